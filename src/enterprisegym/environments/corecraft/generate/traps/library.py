"""Traps of the library: texts that are out of date, or about another model."""

from __future__ import annotations

import random
from collections.abc import Iterable

from enterprisegym.environments.corecraft.generate.catalog import document
from enterprisegym.environments.corecraft.generate.content import Entry
from enterprisegym.environments.corecraft.generate.traps.ground import Ground, Insert, Instance


def stale_article(ground: Ground, rng: random.Random) -> list[Instance]:
    """Deprecated articles whose successor says otherwise."""
    return [
        Instance(
            "kb_articles",
            entry["id"],
            f"deprecated, superseded by {entry['superseded_by']}",
            on=(Insert("kb_articles", document(entry)),),
            facts={"current": entry["superseded_by"], "title": entry["title"], "products": entry["product_ids"]},
        )
        for entry in _held_back(ground.content.articles, "stale_article")
    ]


def sibling_article(ground: Ground, rng: random.Random) -> list[Instance]:
    """Articles that are right, but for the sibling of the model in question."""
    return [
        Instance(
            "kb_articles",
            entry["id"],
            f"about {', '.join(entry['product_ids'])}, easily taken for {entry.get('sibling_of')}",
            on=(Insert("kb_articles", document(entry)),),
            facts={"right": entry.get("sibling_of"), "title": entry["title"], "products": entry["product_ids"]},
        )
        for entry in _held_back(ground.content.articles, "sibling_article")
    ]


def superseded_policy(ground: Ground, rng: random.Random) -> list[Instance]:
    """Former versions of policies, kept on file."""
    return [
        Instance(
            "company_policies",
            entry["id"],
            f"held until {entry['effective_to']}, superseded by {entry['superseded_by']}",
            on=(Insert("company_policies", document(entry)),),
            facts={"current": entry["superseded_by"], "policy_type": entry["policy_type"], "title": entry["title"]},
        )
        for entry in _held_back(ground.content.policies, "superseded_policy")
    ]


def _held_back(entries: Iterable[Entry], trap: str) -> list[Entry]:
    return sorted((e for e in entries if e.get("trap") == trap), key=lambda e: e["id"])
