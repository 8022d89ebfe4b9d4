"""Plan: a parcel that the page calls late and that was on time: no fee back; a sealed item of it may come back."""

from __future__ import annotations

from datetime import date

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    discount_share,
    get_product,
    label_cost,
    line_with,
    order_details,
    restocking_policy,
    return_deadline,
)
from enterprisegym.environments.corecraft.policies import rules


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="genevieve.mckenna@brightmail.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    order = a.pick(orders, where=lambda o: o["shipping_service"] == "overnight")
    details = yield from order_details(a, order["id"])
    parcel = details["shipments"][0]
    yield from a.policy("shipping", "scan events", title="tracking record")
    yield from a.policy("shipping", "overnight late refund", title="Late deliveries")
    came = a.delivered_on(parcel)
    line = line_with(order, "meridian-660")
    product = yield from get_product(a, line["product_id"])
    fee_rule = yield from restocking_policy(a)
    last, _ = yield from return_deadline(a, order, customer["loyalty_tier"], came or parcel["eta"])
    label = yield from label_cost(a)
    goods = a.price_paid(line, product) - discount_share(order, a.price_paid(line, product))
    fee = rules.half_up(goods * 20, 100) if "20%" in fee_rule["body"] else 0
    amount = goods - fee - label
    yield from a.call(
        "processReturn",
        order_id=order["id"],
        items=[{"product_id": product["id"], "quantity": 1, "condition": "unopened"}],
        reason="customer_remorse",
        disposition="refund",
        amount=amount / 100,
        status="approved",
        note=f"{usd(goods)} less the label, sealed.",
    )
    if came is None or date.fromisoformat(came) > date.fromisoformat(parcel["eta"]):
        late = f"you are right, the parcel is late. The {usd(cents(order['shipping']))} for overnight is refunded."
    else:
        late = (
            f"the {usd(cents(order['shipping']))} for overnight is not refunded: the parcel was on time. The carrier's"
            f" own scan has it delivered on {spoken(came)}, left at the front door, and that was the day we had"
            " promised. The line on top of the page just has not caught up with the scans; sorry about that."
        )
    return (
        f"Hello Geneviève,\n\n{late}\n\n"
        f"The sealed {product['name']} can come back, and I have started the return. The refund for it is {usd(amount)}"
        f" ({usd(goods)} less {usd(label)} for the label; sealed goods carry no restocking fee).\n\n"
        f"For the other one you can ask through {spoken(last)}, like for everything of that order.\n\n"
        "Corecraft support"
    )
