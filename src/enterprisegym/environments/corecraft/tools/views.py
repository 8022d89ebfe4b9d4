"""How rows look to the agent: cents become dollars, nested records are put where people expect them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from enterprisegym.environments.corecraft.tools.search import dollars, in_list
from enterprisegym.world import Fork, Row

View = dict[str, Any]


def view(row: Row) -> View:
    """A row with every `*_cents` column shown in dollars under the name without the suffix."""
    return {
        (name.removesuffix("_cents") if name.endswith("_cents") else name): (
            dollars(value) if name.endswith("_cents") and value is not None else value
        )
        for name, value in row.items()
    }


def order_views(fork: Fork, orders: list[Row]) -> list[View]:
    """Orders with their lines."""
    clause, ids = in_list("order_id", (o["id"] for o in orders))
    lines: dict[str, list[View]] = {}
    for line in fork.rows(f"SELECT * FROM order_lines WHERE {clause} ORDER BY order_id, id", (ids,)):
        lines.setdefault(line["order_id"], []).append(
            {
                "product_id": line["product_id"],
                "quantity": line["quantity"],
                "unit_price": dollars(line["unit_price_cents"]),
            }
        )
    return [{**view(o), "lines": lines.get(o["id"], [])} for o in orders]


def product_views(fork: Fork, products: list[Row]) -> list[View]:
    """Products with their stock by location."""
    clause, ids = in_list("product_id", (p["id"] for p in products))
    stock: dict[str, list[View]] = {}
    for level in fork.rows(
        f"SELECT * FROM inventory_levels WHERE {clause} ORDER BY product_id, location",
        (ids,),
    ):
        stock.setdefault(level["product_id"], []).append(
            {
                "location": level["location"],
                "available": max(0, level["on_hand"] - level["reserved"]),
                "backorderable": bool(level["backorderable"]),
                "restock_on": level["restock_on"],
                "restock_quantity": level["restock_quantity"],
            }
        )
    return [{**view(p), "inventory": stock.get(p["id"], [])} for p in products]


def payment_views(fork: Fork, payments: list[Row]) -> list[View]:
    """Payments with the refunds made on them."""
    clause, ids = in_list("payment_id", (p["id"] for p in payments))
    refunds: dict[str, list[View]] = {}
    for refund in fork.rows(
        f"SELECT * FROM refunds WHERE {clause} ORDER BY created_at DESC, id",
        (ids,),
    ):
        refunds.setdefault(refund["payment_id"], []).append(view(refund))
    return [{**view(p), "refunds": refunds.get(p["id"], [])} for p in payments]


def views(rows: Iterable[Row]) -> list[View]:
    return [view(row) for row in rows]
