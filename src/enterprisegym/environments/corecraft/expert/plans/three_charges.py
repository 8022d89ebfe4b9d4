"""The plan of `three-charges`."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import (
    Plan,
    Worker,
    cents,
    spoken,
    usd,
)
from enterprisegym.environments.corecraft.agents.steps import (
    discount_share,
    get_product,
    label_cost,
    line_with,
    order_details,
    restocking_policy,
    return_deadline,
)


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="dale_b@coppermail.example")
    orders = yield from a.dated("searchOrders", "2025-11-03", customer_id=customer["id"])
    order = orders[0]
    details = yield from order_details(a, order["id"])
    line = line_with(order, "12v-2x6-cable")
    product = yield from get_product(a, line["product_id"])
    delivered = a.delivered_on(details["shipments"][0]) or ""
    last, _ = yield from return_deadline(a, order, customer["loyalty_tier"], delivered)
    yield from a.policy("refund", "captures", title="Duplicate captures")
    yield from a.policy("refund", "limit", title="Who may approve")
    yield from a.policy("refund", "shipping charge", title="Refunding the original")
    yield from restocking_policy(a)
    label = yield from label_cost(a)
    amount = a.price_paid(line, product)
    refund = amount - discount_share(order, amount) - label
    taken = a.captured(details["payments"])
    surplus = taken - cents(order["total"])
    if surplus > 0:
        for payment in details["payments"]:
            yield from a.attempt(
                "createRefund",
                payment_id=payment["id"],
                amount=surplus / 100,
                reason="duplicate_charge",
                status="approved",
            )
    made = yield from a.call(
        "processReturn",
        order_id=order["id"],
        items=[{"product_id": line["product_id"], "quantity": 1, "condition": "unopened"}],
        reason="customer_remorse",
        disposition="refund",
        amount=refund / 100,
        status="approved",
    )
    charges = (
        f"**The three lines.** We took {usd(taken)} once. The other two are attempts that came to nothing: one failed, "
        "one was "
        "voided, then the third went through. No money moved with those two, so there is nothing to refund, and they "
        "drop "
        "off your statement by themselves."
    )
    if surplus > 0:
        charges = f"**The three lines.** You were charged {usd(taken)} in all, so I have refunded {usd(surplus)}."
    return (
        f"Hello Dale,\n\n{charges}\n\n"
        f"**The cable.** Return {made['return']['id']} is set up, and a prepaid label is on its way; you are well "
        "inside the "
        f"window, which runs to {spoken(last)}. {usd(refund)} goes back to your Google Pay: {usd(label)} of the "
        "cable's price "
        "pays for the label, and there is no restocking fee. It is approved and takes 3-5 business days.\n\n"
        "**The express charge** stays. On a change of mind the original shipping is not refunded, and the parcel came "
        "on its "
        "day.\n\n"
        f"So in the end this order costs you {usd(taken - max(surplus, 0) - refund)}.\n\nCorecraft support"
    )
