"""Plan: what a sealed memory kit of this November brings back and until when; nothing about a colleague's order."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import Plan, Worker, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    discount_share,
    item_delivered_on,
    label_cost,
    order_details,
    return_deadline,
)


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="leilani.nakamura@inkwire.example")
    yield from a.policy("privacy", "colleague account", title="Whose account")
    november = yield from a.dated("searchOrders", "2025-11", customer_id=customer["id"])
    row = a.pick(november, where=lambda o: any("tumbler" in x["product_id"] for x in o["lines"]))
    details = yield from order_details(a, row["id"])
    order = details["order"]
    line = next(x for x in order["lines"] if "tumbler" in x["product_id"])
    found = yield from a.call("getProduct", product_id=line["product_id"])
    price = a.price_paid(line, found["product"])
    label = yield from label_cost(a)
    back = price - discount_share(order, price) - label
    came = item_delivered_on(a, details["shipments"], line["product_id"]) or a.clock.today.isoformat()
    until, seasonal = yield from return_deadline(a, order, customer["loyalty_tier"], came)
    why = ", because orders of November and December have longer this season" if seasonal else ""
    return (
        f"Dear {customer['name'].split()[0]},\n\n"
        f"1. That was order {order['id']}, with {line['quantity']} sets of the {found['product']['name']}.\n"
        f"2. For one sealed set you would get {usd(back)}: {usd(price)} less {usd(label)} for our label. There is no "
        "restocking fee on memory.\n"
        f"3. Ask for it by {spoken(until)}{why}. The parcel may travel later.\n"
        "4. About an order of somebody else I can't tell you anything, also not within one company. Mr. Quintero can "
        "write to us from the e-mail address on his account, or have you added to it.\n\n"
        "Kind regards\nCorecraft support"
    )
