"""Families of generated tasks, one module each, found by their `FAMILY`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from enterprisegym.environments.corecraft.families.family import Family, meanings

__all__ = ["families", "meanings"]

PARTS = ("family", "records", "rubrics", "derive", "suite", "phrases")
"""Modules of this folder that are no family."""


@cache
def families() -> dict[str, Family]:
    """Every family by name, in the order of their names."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name not in PARTS)
    found: dict[str, Family] = {}
    for name in names:
        family: Family = importlib.import_module(f"{__name__}.{name}").FAMILY
        if family.name != name.replace("_", "-"):
            raise ValueError(f"family {family.name!r} stands in {name}.py; the two must agree")
        found[family.name] = family
    return found
