"""Traps of the catalog and the stock rooms."""

from __future__ import annotations

import random
import re
from datetime import timedelta

from enterprisegym.environments.corecraft.generate.times import TODAY
from enterprisegym.environments.corecraft.generate.traps.ground import Ground, Instance, Update
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row

JOINED_BRANDS = 8
DRIFTING = 12
SPLIT = 12
ALWAYS_JOINED = "Vortex Labs"
SAVING = re.compile(r"percent|%|\boff\b|\bless than\b|cheaper|\bsav(e|es|ing|ings)\b|discount|bargain", re.IGNORECASE)


def brand_spelling(ground: Ground, rng: random.Random) -> list[Instance]:
    """Some two-word brands joined in the catalog, warranty terms and promotions; prose keeps the words apart."""
    brands = sorted({p["brand"] for p in ground.products.values() if len(p["brand"].split()) == 2})
    others = [brand for brand in brands if brand != ALWAYS_JOINED]
    chosen = rng.sample(others, min(JOINED_BRANDS - 1, len(others)))
    chosen += [ALWAYS_JOINED] if ALWAYS_JOINED in brands else []
    stored = {brand: brand.replace(" ", "") for brand in sorted(chosen)}
    edits: dict[str, list[Update]] = {brand: [] for brand in stored}
    for product in ground.products.values():
        brand: str = product["brand"]
        if brand in stored:
            name = product["name"].replace(brand, stored[brand])
            edits[brand].append(Update("products", product["id"], {"brand": stored[brand], "name": name}))
    for policy in ground.draft.all("warranty_policies"):
        if policy["brand"] in stored:
            edits[policy["brand"]].append(Update("warranty_policies", policy["id"], {"brand": stored[policy["brand"]]}))
    for promotion in ground.draft.all("promotions"):
        named = [brand for brand in promotion["brands"] if brand in stored]
        if named:
            brands = [stored.get(brand, brand) for brand in promotion["brands"]]
            edits[named[0]].append(Update("promotions", promotion["id"], {"brands": brands}))
    return [
        Instance(
            "products",
            edits[brand][0].id,
            f"brand {brand} is stored as {joined}",
            on=tuple(edits[brand]),
            facts={
                "written": brand,
                "stored": joined,
                "products": [e.id for e in edits[brand] if e.table == "products"],
            },
        )
        for brand, joined in stored.items()
    ]


def parts_in_packages(ground: Ground) -> set[str]:
    return {c["product_id"] for p in ground.products.values() for c in p["components"]}


def _pushed(ground: Ground) -> set[str]:
    """Products that a promotion names."""
    return {id for p in ground.draft.all("promotions") for id in p["product_ids"]}


def price_drift(ground: Ground, rng: random.Random) -> list[Instance]:
    """Today's list price differs from what older orders paid; nobody who bought lately gains a claim by it."""
    kept = parts_in_packages(ground) | _pushed(ground) | set(ground.prices.drops)
    bought: dict[str, list[Row]] = {}
    orders = {o["id"]: o for o in ground.orders}
    for line in ground.draft.all("order_lines"):
        bought.setdefault(line["product_id"], []).append(orders[line["order_id"]])
    instances: list[Instance] = []
    for product in ground.shuffled(rng, ground.products.values()):
        sales = bought.get(product["id"], [])
        if product["components"] or product["status"] != "active" or product["id"] in kept or len(sales) < 2:
            continue
        price: int = product["price_cents"]
        quiet = all((TODAY - rules.company_day(o["created_at"])).days > 30 for o in sales)
        factor = rng.choice((0.8, 0.85, 0.9)) if quiet else rng.choice((1.08, 1.12, 1.15, 1.2))
        today = round(price * factor / 100) * 100 - 1
        if abs(today - price) < 150 or len(instances) == DRIFTING or not ground.claim("products", product["id"]):
            continue
        instances.append(
            Instance(
                "products",
                product["id"],
                f"costs ${today / 100:,.2f} today, orders up to now paid ${price / 100:,.2f}",
                on=(Update("products", product["id"], {"price_cents": today}),),
                facts={"paid_cents": price, "today_cents": today, "orders": sorted({o["id"] for o in sales})},
            )
        )
    return instances


def prebuilt_cheaper(ground: Ground, rng: random.Random) -> list[Instance]:
    """Packages that cost less than their parts; switched off, each costs 2 % more than its parts and claims nothing."""
    instances: list[Instance] = []
    for package in ground.products.values():
        if not package["components"]:
            continue
        parts = sum(ground.products[c["product_id"]]["price_cents"] * c["quantity"] for c in package["components"])
        if package["price_cents"] >= parts:
            continue
        fields: Row = {
            "price_cents": rules.half_up(parts * 102, 100),
            "specs": {k: v for k, v in package["specs"].items() if k != "discount"},
            "description": _without_savings(package["description"]),
        }
        edits = {name: value for name, value in fields.items() if value != package[name]}
        ground.claim("products", package["id"])
        instances.append(
            Instance(
                "products",
                package["id"],
                f"package for ${package['price_cents'] / 100:,.2f}, its parts come to ${parts / 100:,.2f}",
                on=(Update("products", package["id"], {name: package[name] for name in edits}),),
                off=(Update("products", package["id"], edits),),
                facts={
                    "price_cents": package["price_cents"],
                    "parts_cents": parts,
                    "components": package["components"],
                },
            )
        )
    return instances


def _without_savings(description: str) -> str:
    sentences = re.split(r"(?<=[.!?])\s+", description)
    kept = [s for s in sentences if not SAVING.search(s)]
    return " ".join(kept) or "Tested together on our bench, packed as one."


def split_stock(ground: Ground, rng: random.Random) -> list[Instance]:
    """Nothing left in Columbus, some in Reno; switched off, the same number lies in Columbus."""
    levels = {i["id"]: i for i in ground.draft.all("inventory_levels")}
    wanted = {
        line["product_id"]
        for order in ground.orders
        if order["status"] == "backorder"
        for line in ground.of_order("order_lines", order["id"])
    }
    instances: list[Instance] = []
    for product in ground.shuffled(
        rng, ground.products.values(), first=lambda p: p["category"] in ("gpu", "cpu", "memory")
    ):
        if len(instances) == SPLIT or product["status"] != "active" or product["components"] or product["id"] in wanted:
            continue
        home, west = levels[f"inv-{product['id']}-cmh"], levels[f"inv-{product['id']}-rno"]
        units = west["on_hand"] - west["reserved"]
        if units < 2 or not ground.claim("products", product["id"]):
            continue
        due = (TODAY + timedelta(days=rng.randint(9, 24))).isoformat()
        empty = {"on_hand": 0, "reserved": 0, "restock_on": None, "restock_quantity": None}
        instances.append(
            Instance(
                "inventory_levels",
                home["id"],
                f"none available at cmh, {units} at rno",
                on=(
                    Update("inventory_levels", home["id"], {**empty, "restock_on": due, "restock_quantity": 12}),
                    Update("inventory_levels", west["id"], {"on_hand": units, "reserved": 0}),
                ),
                off=(
                    Update("inventory_levels", home["id"], {**empty, "on_hand": units}),
                    Update("inventory_levels", west["id"], empty),
                ),
                facts={"product_id": product["id"], "available": units},
            )
        )
    return instances
