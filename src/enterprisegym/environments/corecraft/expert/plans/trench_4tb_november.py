"""The plan of `trench-4tb-november`."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import (
    Plan,
    Worker,
    usd,
)
from enterprisegym.environments.corecraft.agents.steps import as_table


def solve(a: Worker) -> Plan:
    product = yield from a.product("Fathom Deep Trench 4TB", category="storage")
    orders = yield from a.dated("searchOrders", "2025-11-01", "2025-11-15", product_id=product["id"])
    rows: list[tuple[str, ...]] = []
    total = 0
    for order in sorted(orders, key=lambda o: o["created_at"]):
        found = yield from a.call("searchPayments", order_id=order["id"])
        taken = a.captured(found["payments"])
        total += taken
        rows.append((order["id"], order["status"].replace("_", " "), usd(taken)))
    held = " and ".join(o["id"] for o in orders if o["status"] == "on_hold") or "none of them"
    table = as_table(("Order", "Status", "Captured"), rows)
    return (
        f"Dear Margit,\n\norders with a {product['name']} from November 1 through today, with the money captured "
        "on each "
        f"whole order:\n\n{table}\n\nTogether: {usd(total)}. Please note that {held} is on hold; I have not "
        "released it."
    )
