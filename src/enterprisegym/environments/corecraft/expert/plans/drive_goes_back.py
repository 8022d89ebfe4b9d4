"""The plan of `drive-goes-back`."""

from __future__ import annotations

from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import (
    Plan,
    Worker,
    cents,
    spoken,
    usd,
)
from enterprisegym.environments.corecraft.agents.steps import order_with, window_days
from enterprisegym.environments.corecraft.policies import rules


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="adeyemi.maya@quillbox.example")
    orders = yield from a.dated("searchOrders", "2025-10", customer_id=customer["id"])
    order, line, product = yield from order_with(a, orders, "storage")
    details = yield from a.call("getOrderDetails", order_id=order["id"])
    parcel = a.pick(details["shipments"], where=lambda s: line["product_id"] in str(s["contents"]))
    delivered = date.fromisoformat(a.delivered_on(parcel) or "")
    tier = details["customer"]["loyalty_tier"]
    window = yield from a.policy("return", "window", title="Return window")
    yield from a.policy("return", "label", title="Who pays")
    yield from a.policy("refund", "approve", title="Who may approve")
    last = delivered + timedelta(days=window_days(window, tier))
    if last < a.clock.today:
        return f"Hi Maya, I am sorry, but the time to return the {product['name']} ended on {spoken(last)}."
    price = a.price_paid(line, product)
    share = rules.half_up(cents(order["discount"]) * price, cents(order["subtotal"]))
    label = 0 if tier in ("gold", "platinum") else rules.RETURN_LABEL_CENTS
    amount = price - share - label
    yield from a.call(
        "processReturn",
        order_id=order["id"],
        items=[{"product_id": product["id"], "quantity": 1, "condition": "opened"}],
        reason="customer_remorse",
        disposition="refund",
        amount=amount / 100,
        status="approved",
    )
    return (
        f"Hi Maya,\n\ndone: the return of your {product['name']} (order {order['id']}) is set up and a prepaid "
        "label is on "
        "its way to you.\n\n"
        f"    Goods          {usd(price)}   (1 x {usd(price)})\n"
        f"    Return label    -{usd(label)}\n"
        f"    Refund         {usd(amount)}\n\n"
        f"The refund of {usd(amount)} goes back to the card you paid with, 3-5 business days after approval; I "
        "approved it "
        "today. That it was in use costs you nothing extra.\n\n"
        f"You are well in time, the last day to ask is {spoken(last)}. The rest of the order stays as it is."
    )
