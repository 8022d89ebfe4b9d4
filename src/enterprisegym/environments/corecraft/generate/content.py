"""The hand-written content of the world, read once from the YAML files beside this package."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Entry = dict[str, Any]
ROOT = Path(__file__).parent.parent
CONTENT = ROOT / "content"


@dataclass(frozen=True)
class Content:
    """Lists of entries as written; `tickets` maps a situation to its entry, `people` holds the name material."""

    products: Sequence[Entry]
    internal_builds: Sequence[Entry]
    build_patterns: Sequence[Entry]
    compatibility_rules: Sequence[Entry]
    loyalty_tiers: Sequence[Entry]
    warranties: Sequence[Entry]
    promotions: Sequence[Entry]
    policies: Sequence[Entry]
    slas: Sequence[Entry]
    employees: Sequence[Entry]
    articles: Sequence[Entry]
    people: Entry
    tickets: dict[str, Entry]
    resolutions: dict[str, list[str]]
    escalations: dict[str, list[str]]


def read(name: str) -> Any:
    """One YAML file of the content folder."""
    return yaml.load((CONTENT / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


@cache
def content() -> Content:
    """All content; read once a process."""
    builds = read("builds.yaml")
    tickets = [t for name in ("orders", "technical", "account") for t in read(f"tickets/{name}.yaml")]
    return Content(
        products=[p for path in sorted((CONTENT / "products").glob("*.yaml")) for p in read(f"products/{path.name}")],
        internal_builds=builds["internal"],
        build_patterns=builds["patterns"],
        compatibility_rules=read("compatibility_rules.yaml"),
        loyalty_tiers=read("loyalty_tiers.yaml"),
        warranties=read("warranties.yaml"),
        promotions=read("promotions.yaml"),
        policies=read("policies.yaml"),
        slas=read("slas.yaml"),
        employees=read("employees.yaml"),
        articles=[a for path in sorted((CONTENT / "kb").glob("*.yaml")) for a in read(f"kb/{path.name}")],
        people=read("people.yaml"),
        tickets={t["situation"]: t for t in tickets},
        resolutions=read("resolutions.yaml"),
        escalations=read("escalations.yaml"),
    )


@cache
def source_digest() -> str:
    """A digest of the schema, the content and the generator: worlds made by other versions are never mixed up."""
    digest = hashlib.sha256()
    folders = (CONTENT, ROOT / "generate", ROOT / "policies")
    files = [p for folder in folders for p in folder.rglob("*") if p.suffix in (".py", ".yaml")]
    for path in [ROOT / "schema.sql", ROOT / "compatibility.py", *sorted(files)]:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
