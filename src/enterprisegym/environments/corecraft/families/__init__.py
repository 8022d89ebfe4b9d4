"""Families of generated tasks, one module each, found by their `FAMILY`."""

from __future__ import annotations

import importlib.util
import pkgutil
from functools import cache

from enterprisegym.environments.corecraft.families.family import Family, meanings

__all__ = ["families", "family_named", "meanings"]

PARTS = ("derive", "family", "filed", "records", "rubrics", "suite")
"""Modules of this folder that are no family."""


@cache
def family_named(name: str) -> Family | None:
    """The family of a name, `FAMILY` of the module of that name; None when there is none."""
    module = name.replace("-", "_")
    if not module.isidentifier() or module in PARTS or importlib.util.find_spec(f"{__name__}.{module}") is None:
        return None
    family: Family = importlib.import_module(f"{__name__}.{module}").FAMILY
    if family.name != name:
        raise ValueError(f"family {family.name!r} stands in {module}.py; the two must agree")
    return family


def families() -> dict[str, Family]:
    """Every family by name, in the order of their names."""
    names = sorted(m.name.replace("_", "-") for m in pkgutil.iter_modules(__path__) if m.name not in PARTS)
    return {name: family for name in names if (family := family_named(name)) is not None}
