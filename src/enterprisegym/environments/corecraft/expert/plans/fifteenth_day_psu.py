"""Plan: a power supply dead on the last day of the DOA period: replaced, as the customer chooses."""

from __future__ import annotations

from datetime import date

from enterprisegym.environments.corecraft.agents.worker import Plan, Worker, spoken
from enterprisegym.environments.corecraft.policies import rules


def solve(a: Worker) -> Plan:
    customers = yield from a.all("searchCustomers", name="Alejandro Ong")
    customer = a.pick(customers, postal_code="55403")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    found = None
    for order in orders:
        for line in order["lines"]:
            product = (yield from a.call("getProduct", product_id=line["product_id"]))["product"]
            if product["category"] == "psu" and found is None:
                found = (order, product)
        if found is not None:
            break
    order, product = found or ({}, {})
    details = yield from a.call("getOrderDetails", order_id=order["id"])
    parcel = a.pick(details["shipments"], where=lambda s: any(c["product_id"] == product["id"] for c in s["contents"]))
    came = date.fromisoformat(a.delivered_on(parcel) or "")
    yield from a.policy("return", text="15 days delivery defective", title="Defective on arrival")
    yield from a.article("log a replacement")
    days = (a.clock.today - came).days
    doa = days <= rules.DOA_DAYS
    made = yield from a.call(
        "processReturn", order_id=order["id"], reason="defective", disposition="replacement",
        items=[{"product_id": product["id"], "quantity": 1, "condition": "defective"}],
    )  # fmt: skip
    stock = "in stock" if a.stock(product) > 0 else "back-ordered"
    term = (
        f"That was {days} days ago and today is the last day on which a dead part counts as defective on arrival, so "
        "the choice is yours and nothing more has to be tested."
        if doa
        else "That makes it a warranty case."
    )
    return (
        f"Hello Alejandro,\n\nyou will get a replacement. Your {product['name']} came with order {order['id']}, "
        f"delivered on {spoken(came)}. {term}\n\nThe exchange is logged as {made['return']['id']}; the power supply "
        f"is {stock}. A prepaid label comes by e-mail, and the new unit is sent as soon as the carrier has scanned "
        "the old one. It costs you nothing.\n\nPlease leave the other parts where they are, we only need the power "
        "supply with its cables.\n\nCorecraft support"
    )
