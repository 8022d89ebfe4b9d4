"""The plan of `meridian-480x-notice`."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import (
    Plan,
    Worker,
    spoken,
)
from enterprisegym.environments.corecraft.agents.steps import as_table


def solve(a: Worker) -> Plan:
    product = yield from a.product("Hale Nine Meridian 480X", category="cpu")
    orders = yield from a.dated("searchOrders", "2025-01", "2025-05", product_id=product["id"])
    kept = [o for o in orders if o["status"] in ("fulfilled", "paid")]
    rows: list[tuple[str, ...]] = []
    for order in sorted(kept, key=lambda o: o["created_at"]):
        details = yield from a.call("getOrderDetails", order_id=order["id"])
        customer = details["customer"]
        rows.append((order["id"], customer["name"], customer["email"], spoken(a.day(order["created_at"]))))
    table = as_table(("Order", "Customer", "E-mail", "Placed on"), rows)
    return (
        f"{len(rows)} orders with a boxed {product['name']} were placed from January through May 2025 and are "
        "fulfilled "
        f"or paid:\n\n{table}\n\nThe days are Columbus days."
    )
