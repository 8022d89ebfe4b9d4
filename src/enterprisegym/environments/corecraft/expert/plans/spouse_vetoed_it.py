"""Plan: a draft for a return that a colleague takes for undelivered, because the header of the parcel lags."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    discount_share,
    get_product,
    item_delivered_on,
    label_cost,
    line_with,
    order_details,
    restocking_policy,
    return_deadline,
)


def solve(a: Worker) -> Plan:
    ticket = a.pick((yield from a.all("searchTickets", ticket_id="tick-251114-017")))
    details = yield from order_details(a, ticket["order_id"])
    order, tier = details["order"], details["customer"]["loyalty_tier"]
    line = line_with(order, "sprint")
    product = yield from get_product(a, line["product_id"])
    yield from a.policy("shipping", text="scan events", title="Reading the tracking")
    yield from restocking_policy(a)
    label = yield from label_cost(a)
    came = item_delivered_on(a, details["shipments"], product["id"])
    last, _ = yield from return_deadline(a, order, tier, came or a.clock.today.isoformat())
    yield from a.policy("refund", text="business days approval", title="Paying out refunds")
    amount = cents(line["unit_price"]) * line["quantity"]
    back = amount - discount_share(order, amount) - label
    if came is None:
        where = "Your parcel is still in transit, so you can simply refuse it at the door."
    else:
        where = f"Your parcel was delivered on {spoken(came)} and signed for, so refusing it is no longer an option."
    return (
        f"Subject: Your {product['name']}, order {order['id']}\n\n"
        f"Dear Hiroshi,\n\n{where} Sending the drive back is fine, though, and having opened it costs you nothing.\n\n"
        f"The damage: you get {usd(back)} back. That is the {usd(amount)} you paid less {usd(label)} for our return "
        f"label. The memory stays yours.\n\n"
        f"You have until {spoken(last)} to tell us. Say the word and we e-mail the label; the money goes back to your "
        "card 3-5 business days after the refund is approved.\n\nOur regards to the committee at home,\nKeisha"
    )
