"""The plan of `october-processor`."""

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


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="tyronekone@fastletter.example")
    orders = yield from a.dated("searchOrders", "2025-10", customer_id=customer["id"])
    order, line, product = yield from order_with(a, orders, "cpu")
    details = yield from a.call("getOrderDetails", order_id=order["id"])
    parcel = a.pick(details["shipments"], where=lambda s: line["product_id"] in str(s["contents"]))
    delivered = date.fromisoformat(a.delivered_on(parcel) or "")
    policy = yield from a.policy("return", "window", title="Return window")
    days = window_days(policy, details["customer"]["loyalty_tier"])
    last = delivered + timedelta(days=days)
    return (
        "Dear Mr. Kone,\n\nhere are the figures for your October sheet:\n\n"
        f"- Order: {order['id']}\n"
        f"- Processor: {product['name']}, {usd(a.price_paid(line, product))} before the discount\n"
        f"- Code: {order['promo_code']}, {usd(cents(order['discount']))} off the order\n"
        f"- Paid for the whole order: {usd(a.captured(details['payments']))}\n"
        f"- Delivered: {spoken(delivered)}\n\n"
        f"You can ask to return it through {spoken(last)}, {days} days from delivery.\n\nKind "
        "regards,\nCorecraft support"
    )
