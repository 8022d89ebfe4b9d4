"""The plan of `october-drive`."""

from __future__ import annotations

from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import (
    Plan,
    Worker,
    spoken,
)
from enterprisegym.environments.corecraft.agents.steps import get_product, line_with, number_in, order_details


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="adeyemi.maya@quillbox.example")
    orders = yield from a.dated("searchOrders", "2025-10", customer_id=customer["id"])
    order = a.pick(orders, where=lambda o: any("datumline" in line["product_id"] for line in o["lines"]))
    line = line_with(order, "datumline")
    details = yield from order_details(a, order["id"])
    product = yield from get_product(a, line["product_id"])
    status = yield from a.call("checkWarrantyStatus", order_id=order["id"], product_id=product["id"])
    claims = yield from a.policy("warranty", "claim via manufacturer", title="Handling a warranty claim")
    yield from a.call("searchPolicies", policy_id=status["warranty_policy_id"])
    delivered = a.delivered_on(details["shipments"][0]) or ""
    ours = date.fromisoformat(delivered) + timedelta(days=number_in(r"day (\d+) from delivery", claims))
    if a.clock.today <= ours:
        who = (
            f"For now you come to us: Corecraft handles it up to and including {spoken(ours)}, that is 30 days from "
            "delivery. From the day after, the claim goes to DatumLine. We then send you our proof of purchase and "
            "tell you "
            "where to claim, but we do not take the drive in."
        )
    else:
        who = f"Our own 30 days ended on {spoken(ours)}, so you claim with DatumLine; we send you proof of purchase."
    return (
        f"Hi Maya,\n\nthe drive is the {product['name']} from order {order['id']}, delivered on "
        f"{spoken(delivered)}.\n\n"
        f"Its warranty is {status['months']} months and ends on {spoken(status['ends_on'])}, that day included.\n\n"
        f"{who}\n\nSo if the drive acts up in the coming days, write to us rather than to them, with the order "
        "number.\n\n"
        "Corecraft support"
    )
