"""The plan of `halloween-processor`."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import (
    Plan,
    Worker,
    spoken,
    usd,
)
from enterprisegym.environments.corecraft.agents.steps import (
    discount_share,
    get_product,
    label_cost,
    line_with,
    number_in,
    order_details,
    restocking_policy,
    return_deadline,
)
from enterprisegym.environments.corecraft.policies import rules


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="keisha.cabrera@inkwire.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    order = a.pick(orders, product_id="halenine-meridian-480x")
    details = yield from order_details(a, order["id"])
    line = line_with(order, "480x")
    product = yield from get_product(a, line["product_id"])
    tier: str = customer["loyalty_tier"]
    delivered = a.delivered_on(details["shipments"][0]) or ""
    last, seasonal = yield from return_deadline(a, order, tier, delivered)
    restocking = yield from restocking_policy(a)
    label = yield from label_cost(a)
    amount = a.price_paid(line, product)
    goods = amount - discount_share(order, amount)
    fee = rules.half_up(goods * number_in(r"(\d+)%", restocking), 100)
    placed = spoken(a.day(order["created_at"]))
    why = (
        f"The holiday notice covers orders placed from November 1, and yours ({order['id']}) was placed on {placed}, "
        "in the "
        f"evening, so it does not apply. Your normal 30 days run from delivery on {spoken(delivered)}."
    )
    if seasonal:
        why = f"Your order was placed on {placed}, so the holiday notice covers it."
    return (
        f"Hi Keisha,\n\n"
        f"The last day to ask for the return is {spoken(last)}. {why} It is enough that you ask us by then; the parcel "
        "may "
        "follow a little later. After that day we could not take the processor back for a change of mind, so please "
        "don't "
        f"wait until after Christmas.\n\n"
        f"Back to your card you would get {usd(goods - fee - label)}:\n\n"
        f"- Meridian 480X as paid: {usd(goods)}\n"
        f"- 15% restocking fee, because the seal is broken: {usd(fee)}\n"
        f"- return label: {usd(label)}\n\n"
        "I have not started anything. A line from you is enough when you have decided.\n\nCorecraft support"
    )
