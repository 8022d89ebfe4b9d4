"""Plan: what a drive bought this November gives as a change of mind, as a defect on arrival, and under warranty."""

from __future__ import annotations

from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    discount_share,
    item_delivered_on,
    label_cost,
    line_with,
    number_in,
    order_details,
    restocking_policy,
    return_deadline,
    warranty_answer,
)


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="noelle_b@homepost.example")
    drive = yield from a.product("DatumLine Sprint G4 1TB", category="storage")
    orders = yield from a.dated("searchOrders", "2025-11", customer_id=customer["id"])
    order = a.pick(orders, product_id=drive["id"])
    details = yield from order_details(a, order["id"])
    line = line_with(order, "sprint")
    yield from restocking_policy(a)
    label = yield from label_cost(a)
    came = item_delivered_on(a, details["shipments"], drive["id"]) or a.day(order["created_at"])
    last, _ = yield from return_deadline(a, order, details["customer"]["loyalty_tier"], came)
    yield from a.policy("refund", text="original shipping", title="Refunding the original shipping")
    _, arrival, until = yield from warranty_answer(a, order, drive, came)
    claims = yield from a.policy("warranty", text="claim manufacturer label", title="Handling a warranty claim")
    ours = date.fromisoformat(came) + timedelta(days=number_in(r"\*\*day (\d+) from delivery", claims))
    amount = cents(line["unit_price"]) * line["quantity"]
    goods = amount - discount_share(order, amount)
    shipping = cents(order["shipping"])
    return (
        f"Good day Ms. Benavides,\n\nI have done nothing yet. Your drive came on {spoken(came)} "
        f"(order {order['id']}); all days count from there.\n\n"
        f"1) Changed plan: {usd(goods - label)} comes back, that is {usd(goods)} less {usd(label)} for the return "
        f"label. Opened is no problem with a drive. You may ask until {spoken(last)}. The memory stays with you.\n\n"
        f"2) Broken: tell us until {spoken(arrival)}, and you choose between a new drive and your money. The money is "
        f"{usd(goods + shipping)} in all, because the {usd(shipping)} for express comes back too, and the label is "
        "free.\n\n"
        f"3) Later: until {spoken(ours)} we take care of it, with a new drive or a repair first. From then on you go "
        f"to DatumLine directly, with our proof of purchase. The warranty ends on {spoken(until)}.\n\n"
        f"So try it in your brother's computer before {spoken(arrival)}: if it is the drive, that way is the "
        "better one.\n\n"
        "Kind regards\nCorecraft support"
    )
