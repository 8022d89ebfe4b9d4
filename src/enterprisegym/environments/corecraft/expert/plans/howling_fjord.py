"""The plan of `howling-fjord`."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import (
    Plan,
    Worker,
    spoken,
    usd,
)
from enterprisegym.environments.corecraft.agents.steps import lines_with


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="singh.rashad@homepost.example")
    cooler = yield from a.product("Fjord 240", category="cooling")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    order = a.pick(orders, where=lambda o: bool(lines_with(o, {cooler["id"]})))
    line = lines_with(order, {cooler["id"]})[0]
    cover = yield from a.call("checkWarrantyStatus", order_id=order["id"], product_id=cooler["id"])
    terms = yield from a.call("searchPolicies", policy_id=cover["warranty_policy_id"])
    yield from a.policy("warranty", "claim", title="Handling a warranty claim")
    months = terms["policies"][0]["months"]
    return (
        f"Dear Rashad Singh,\n\nyour {cooler['name']} is under warranty, through {spoken(cover['ends_on'])}: "
        f"{months} months "
        f"from its delivery on {spoken(cover['starts_on'])}.\n\n"
        "Where to send it: not to us. For this cooler we handle claims for the first 30 days after delivery "
        "only, after "
        "that the manufacturer, Cold Harbor, does. Please claim there.\n\n"
        f"They will want our proof of purchase: order {order['id']}, {cooler['name']}, price paid "
        f"{usd(a.price_paid(line, cooler))}."
    )
