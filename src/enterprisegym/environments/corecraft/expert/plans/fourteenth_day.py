"""The plan of `fourteenth-day`."""

from __future__ import annotations

from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import (
    Plan,
    Worker,
    cents,
    spoken,
    usd,
)
from enterprisegym.environments.corecraft.agents.steps import get_product, number_in, order_details
from enterprisegym.environments.corecraft.policies import rules


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="mehta.kenji@northpost.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"], status="backorder")
    order = orders[0]
    details = yield from order_details(a, order["id"])
    line = order["lines"][0]
    product = yield from get_product(a, line["product_id"])
    policy = yield from a.policy("pricing", "adjustment", title="Price adjustment")
    yield from a.policy("refund", "limit", title="Who may approve")
    placed = date.fromisoformat(a.day(order["created_at"]))
    last = placed + timedelta(days=number_in(r"within (\d+) days", policy))
    drop = cents(line["unit_price"]) - cents(product["price"])
    rate = cents(order["subtotal"]) - cents(order["discount"])
    amount = rules.half_up(drop * line["quantity"] * rate, cents(order["subtotal"]))
    payment = a.payment(details["payments"])
    yield from a.call(
        "createRefund",
        payment_id=payment["id"],
        amount=amount / 100,
        reason="price_adjustment",
        status="approved",
        note=f"List price down {usd(drop)} within 14 days of the order; gold rate applied.",
    )
    restock = product["inventory"][0]["restock_on"]
    return (
        "Hello Kenji, you are just in time. A price adjustment has to be asked for within 14 days of the order, and "
        "for "
        f"{order['id']} of {spoken(placed)} that is today, {spoken(last)}. A backorder makes no difference.\n\n"
        f"I have refunded {usd(amount)} to the card you paid with (approved, 3-5 business days). Our list price went "
        "from "
        f"{usd(cents(line['unit_price']))} to {usd(cents(product['price']))}; you had 8% off, so the difference counts "
        "with "
        "the same 8% off.\n\n"
        "What I cannot give you is the price with AUTUMN25. A code that others use is not a drop in our list price, "
        "and a "
        "code cannot be added to an order afterwards.\n\n"
        f"As for the kit itself: the next delivery is due on {spoken(restock)}, at both warehouses. If you do not want "
        "to "
        "wait, a backordered kit can be cancelled at no cost at any time.\n\nCorecraft support"
    )
