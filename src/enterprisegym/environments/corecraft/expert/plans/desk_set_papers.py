"""The plan of `desk-set-papers`."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import (
    Plan,
    Worker,
    spoken,
    usd,
)
from enterprisegym.environments.corecraft.agents.steps import lines_with


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="lnovak@netporch.example")
    kit = yield from a.product("Desk Set", category="bundle")
    full = yield from a.call("getProduct", product_id=kit["id"])
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    order = a.pick(orders, where=lambda o: bool(lines_with(o, {kit["id"]})))
    details = yield from a.call("getOrderDetails", order_id=order["id"])
    line = lines_with(order, {kit["id"]})[0]
    parcel = a.pick(details["shipments"], where=lambda s: kit["id"] in str(s["contents"]))
    parts = ", ".join(c["name"] for c in full["product"]["components"])
    method = a.payment(details["payments"])["method"].replace("_", " ")
    return (
        f"Hello Linh,\n\nhere is everything for the form: the {kit['name']} came with order {order['id']}, placed on "
        f"{spoken(a.day(order['created_at']))}. It cost {usd(a.price_paid(line, kit))}, paid by {method}. It was "
        "delivered "
        f"on {spoken(a.delivered_on(parcel) or '')}.\n\nIn the set: {parts}.\n\nBest wishes,\nCorecraft"
    )
