"""Plan: a school gives back an opened card whose parcel's header lags, and asks for a smaller one."""

from __future__ import annotations

from datetime import date

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    approval_limit,
    discount_share,
    label_cost,
    line_with,
    number_in,
    order_details,
    restocking_policy,
    todays_ticket,
    window_days,
)
from enterprisegym.environments.corecraft.policies import rules


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="herrera.kayla@mailbox.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    order = next(o for o in orders if any("9900-xl" in line["product_id"] for line in o["lines"]))
    details = yield from order_details(a, order["id"])
    ticket, _ = yield from todays_ticket(a, customer["id"], order["id"])
    line = line_with(order, "9900-xl")
    window = yield from a.policy("return", "days", title="Return window")
    fee_policy = yield from restocking_policy(a)
    label = yield from label_cost(a)
    limit, desk = yield from approval_limit(a)
    yield from a.policy("cancellation", "swapping", title="Cancelling or changing")
    came = a.delivered_on(details["shipments"][0])
    if came is None:
        when = "The card has not been delivered by our records, so there is no last day yet"
    else:
        last = date.fromisoformat(came).toordinal() + window_days(window, customer["loyalty_tier"])
        when = f"The card was delivered on {spoken(came)}, so {spoken(date.fromordinal(last))} is the last day to ask"
    goods = cents(line["unit_price"]) - discount_share(order, cents(line["unit_price"]))
    fee = rules.half_up(goods * number_in(r"(\d+) ?%", fee_policy), 100)
    refund = goods - fee - label
    found = yield from a.all("searchProducts", text="Ember 9")
    wanted = next(p for p in found if p["name"].endswith("Ember 9"))
    price = yield from a.call(
        "calculatePrice", items=[{"product_id": wanted["id"], "quantity": 1}], customer_id=customer["id"]
    )
    made = yield from a.call(
        "processReturn",
        order_id=order["id"],
        items=[{"product_id": line["product_id"], "quantity": 1, "condition": "opened"}],
        reason="customer_remorse",
        disposition="refund",
        amount=refund / 100,
        status="pending" if refund > limit else "approved",
        ticket_id=ticket["id"],
    )
    if refund > limit:
        yield from a.call(
            "createEscalation",
            ticket_id=ticket["id"],
            escalation_type="refund_approval",
            destination=desk,
            notes=f"Return of an opened graphics card, order {order['id']}: goods {usd(goods)} less restocking "
            f"{usd(fee)} and label {usd(label)} = {usd(refund)}, pending, above the desk's limit. Please decide.",
        )
    stock = "in stock, so you can order it today" if a.stock(wanted) else "out of stock at the moment"
    new = cents(price["total"])
    return (
        f"Dear Kayla,\n\nAn exchange inside the order is not possible: the big card comes back as a return, and the "
        f"{wanted['name']} is an order of its own.\n\n- Return: {made['return']['id']}. {when}.\n"
        f"- Refund: {usd(refund)}, that is {usd(goods)} paid for the card, less 15% restocking ({usd(fee)}) because it "
        f"was opened and {usd(label)} for the label. It is pending: above {usd(limit)} finance has to confirm it, and "
        f"I have passed it on to them.\n- {wanted['name']}: {stock}. It costs you {usd(new)} delivered, your discount "
        f"included.\n- Difference: the smaller card is {usd(refund - new)} below what we would give back.\n\nYou need "
        "not wait for the refund to order.\n\nCorecraft support"
    )
