"""The fixed part of the world: catalog, stock, rules, staff, library, promotions. The same at every scale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from enterprisegym.environments.corecraft.generate.content import Content, Entry
from enterprisegym.environments.corecraft.generate.draft import Draft, stream
from enterprisegym.environments.corecraft.generate.times import TODAY
from enterprisegym.environments.corecraft.policies import rules

PRICE_DROPS = 6
DROP_DAYS = (3, 12)


def add_catalog(draft: Draft, content: Content) -> None:
    """Everything that does not scale."""
    for entry in content.loyalty_tiers:
        draft.add("loyalty_tiers", entry)
    for entry in content.warranties:
        draft.add("warranty_policies", entry)
    for entry in content.products:
        draft.add("products", {k: v for k, v in entry.items() if k not in ("popularity", "backorderable")})
    for entry in content.compatibility_rules:
        draft.add("compatibility_rules", entry)
    for entry in content.internal_builds:
        draft.add("builds", entry)
    for entry in content.promotions:
        draft.add("promotions", entry)
    for entry in content.slas:
        draft.add("slas", entry)
    for entry in content.employees:
        draft.add("employees", entry)
    for entry in content.policies:
        if not entry.get("trap"):
            draft.add("company_policies", document(entry))
    for entry in content.articles:
        if not entry.get("trap"):
            draft.add("kb_articles", document(entry))
    for entry in content.products:
        _add_stock(draft, entry)


def document(entry: Entry) -> Entry:
    """A policy or article as a row, without the hints for the generator."""
    return {k: v for k, v in entry.items() if k not in ("trap", "sibling_of")}


def _add_stock(draft: Draft, entry: Entry) -> None:
    rng = stream(draft.seed, "stock", entry["id"])
    sold_out = entry["status"] == "discontinued" or (entry["status"] == "active" and rng.random() < 0.06)
    restock = TODAY + timedelta(days=rng.randint(4, 40)) if sold_out and entry["status"] == "active" else None
    for location, share in (("cmh", 1.0), ("rno", 0.5)):
        typical = 4 + entry.get("popularity", 5) * 5
        on_hand = 0 if sold_out else round(rng.uniform(0.3, 1.4) * typical * share) + 2
        if entry["status"] == "clearance":
            on_hand = min(on_hand, rng.randint(1, 9))
        low = not sold_out and on_hand < 6 and entry["status"] == "active"
        due = restock or (TODAY + timedelta(days=rng.randint(5, 25)) if low else None)
        draft.add(
            "inventory_levels",
            {
                "id": f"inv-{entry['id']}-{location}",
                "product_id": entry["id"],
                "location": location,
                "on_hand": on_hand,
                "reserved": min(on_hand, rng.choice((0, 0, 0, 1, 1, 2))) if on_hand > 3 else 0,
                "backorderable": int(bool(entry.get("backorderable")) and entry["status"] == "active"),
                "restock_on": due.isoformat() if due else None,
                "restock_quantity": rng.choice((6, 10, 12, 20, 24, 40)) if due else None,
            },
        )


class PriceList:
    """List prices by day: today's are in the catalog; a few products were dearer until some days ago."""

    def __init__(self, draft: Draft) -> None:
        rng = stream(draft.seed, "price drops")
        self._today = {p["id"]: p["price_cents"] for p in draft.all("products")}
        candidates = [
            p["id"]
            for p in draft.all("products")
            if p["status"] == "active" and p["price_cents"] > 9000 and not p["components"]
        ]
        self.drops: Mapping[str, tuple[date, int]] = {
            id: (TODAY - timedelta(days=rng.randint(*DROP_DAYS)), rng.choice((1000, 1500, 2000, 3000, 4000)))
            for id in sorted(rng.sample(candidates, PRICE_DROPS))
        }

    def on(self, product_id: str, day: date) -> int:
        drop = self.drops.get(product_id)
        extra = drop[1] if drop and day < drop[0] else 0
        return self._today[product_id] + extra


class Shelf:
    """Weighted choice of products that were on sale on a day."""

    def __init__(self, content: Content) -> None:
        self._entries = list(content.products)
        self.by_id: dict[str, Entry] = {e["id"]: e for e in content.products}

    @cache  # noqa: B019 - one shelf a world, gone with it
    def _weights(self, categories: frozenset[str], month: date) -> tuple[list[str], list[int]]:
        fitting = [
            e for e in self._entries if (not categories or e["category"] in categories) and self.on_sale(e, month)
        ]
        return [e["id"] for e in fitting], [e.get("popularity", 5) for e in fitting]

    @staticmethod
    def on_sale(entry: Entry, day: date) -> bool:
        return entry["released_on"] <= day.isoformat() and (entry["status"] != "discontinued" or day < date(2025, 5, 1))

    def pick(self, rng: Any, day: date, *categories: str) -> str:
        ids, weights = self._weights(frozenset(categories), day.replace(day=1))
        return rng.choices(ids, weights)[0]


def tier_rows(draft: Draft) -> dict[str, Entry]:
    return {t["id"]: t for t in draft.all("loyalty_tiers")}


def tier_for(spend_cents: int, tiers: Iterable[Entry]) -> str:
    """The highest tier whose threshold the spend reaches."""
    return max((t for t in tiers if t["min_spend_cents"] <= spend_cents), key=lambda t: t["min_spend_cents"])["id"]


PACKAGES = rules.PACKAGE_CATEGORIES
