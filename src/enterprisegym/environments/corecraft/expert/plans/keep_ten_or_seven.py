"""Plan: what a return of three screens brings, and which loyalty level it costs on the first of December."""

from __future__ import annotations

import re

from enterprisegym.environments.corecraft.agents import NotFoundError, Plan, Row, Worker, cents, usd
from enterprisegym.environments.corecraft.agents.steps import (
    discount_share,
    get_product,
    label_cost,
    order_with,
    return_deadline,
)

BACK = 3


def level_at(policy: Row, spend_cents: int) -> str:
    """The highest tier of the programme that a spend reaches."""
    reached = "Standard"
    for name, dollars in re.findall(r"\| (\w+) \| from \$([\d,]+) \|", policy["body"]):
        if spend_cents >= 100 * int(dollars.replace(",", "")):
            reached = name
    return reached


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="bkim@mailbox.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    order, line, screen = yield from order_with(a, orders, "monitor")
    memory = a.pick(orders, where=lambda o: o["discount"] == 0)
    first = yield from get_product(a, memory["lines"][0]["product_id"])
    programme = yield from a.policy("loyalty", "tier", title="the four tiers")
    yield from a.policy("loyalty", "recomputed", title="When a loyalty tier changes")
    yield from a.policy("refund", "discount share order line", title="worked out")
    yield from a.policy("business", "volume", title="Quotes and volume")
    found = yield from a.call("searchShipments", order_id=order["id"])
    came = a.delivered_on(found["shipments"][0])
    if came is None:
        raise NotFoundError("not delivered")
    last, _ = yield from return_deadline(a, order, customer["loyalty_tier"], came)
    assert a.clock.today <= last
    amount = a.price_paid(line, screen) * BACK
    share = discount_share(order, amount)
    back = amount - share - (yield from label_cost(a))
    spend = sum(cents(o["subtotal"]) - cents(o["discount"]) for o in orders)
    ten, seven = level_at(programme, spend), level_at(programme, spend - (amount - share))
    return (
        "Hello Bethany,\n\n"
        f"1. No, we can't pay the 5% on the {first['name']} kits back. On October 28 your account was still at "
        "standard; "
        "silver began on November 1, and a level never works backwards.\n"
        f"2. For {BACK} sealed screens of {order['id']} you would get {usd(back)}: {usd(amount)} less their share of "
        "the "
        f"order's discount ({usd(share)}) and one return label. Whoever decides on refunds of that size has to confirm "
        "it first.\n"
        "3. The seven you keep stay at 5%. The discount on the order is what was given and is not worked out again.\n"
        f"4. With all ten your spend is {usd(spend)}, goods after discounts over the last twelve months. A return "
        "refunded before December 1 is taken off.\n\nNothing is booked. For your sheet:\n\n"
        f"Keep ten: {ten}\nKeep seven: {seven}\n\nCorecraft support"
    )
