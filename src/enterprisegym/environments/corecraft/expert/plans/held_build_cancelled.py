"""The plan of `held-build-cancelled`."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import (
    Plan,
    Worker,
    cents,
    spoken,
    usd,
)
from enterprisegym.environments.corecraft.agents.steps import number_in, order_details


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="takumibianchi@brightmail.example")
    orders = yield from a.dated("searchOrders", "2025-11-09", customer_id=customer["id"])
    order = a.pick(orders, where=lambda o: o["status"] == "on_hold")
    details = yield from order_details(a, order["id"])
    yield from a.policy("cancellation", "shipping label", title="Cancelling")
    builds = yield from a.policy("cancellation", "assembly fee", title="Builds in assembly")
    authority = yield from a.policy("refund", "limit", title="Who may approve")
    yield from a.policy("escalation", "refund_approval", title="Where to escalate")
    payment = a.payment(details["payments"])
    paid = cents(payment["amount"])
    fee = 100 * number_in(r"fee of \$(\d+)\.00", builds)
    refund = paid - fee
    ticket = details["tickets"][0]
    yield from a.call(
        "updateOrderStatus",
        order_id=order["id"],
        status="cancelled",
        note="Cancelled by the customer, assembly fee kept.",
    )
    exempt = "cancelled orders are exempt" in authority["body"]
    approved = exempt or refund <= 100 * number_in(r"\$(\d+)\.00", authority)
    made = yield from a.call(
        "createRefund",
        payment_id=payment["id"],
        amount=refund / 100,
        reason="order_cancelled",
        status="approved" if approved else "pending",
        ticket_id=ticket["id"],
        note="Build order cancelled more than 48 hours after payment: $75.00 assembly fee kept.",
    )
    captured = spoken(a.day(payment["captured_at"]))
    if not approved:
        yield from a.call(
            "createEscalation",
            ticket_id=ticket["id"],
            escalation_type="refund_approval",
            destination="finance",
            notes=(
                f"{customer['name']} cancelled {order['id']} (build, on hold, no parcel). Captured {usd(paid)} on "
                f"{captured}, assembly fee {usd(fee)} kept. {made['refund']['id']} over {usd(refund)} on "
                f"{payment['id']} is pending. Please approve."
            ),
        )
    closing = (
        "It is above what I may release alone, so a colleague in finance has to confirm the amount. After that it "
        "takes 3-5 "
        "business days to the card you paid with."
    )
    if approved:
        closing = "It is approved and takes 3-5 business days to the card you paid with."
    return (
        f"Hello Takumi,\n\nOrder {order['id']} is cancelled. Your other PC of the same day is untouched.\n\n"
        f"Not all of the {usd(paid)} comes back, though: {usd(refund)} does. The order is a build for our bench, and "
        "when a "
        f"build is cancelled more than 48 hours after payment (yours was paid on {captured}) we keep an assembly fee "
        "of "
        f"{usd(fee)}. That holds although the order stood on hold, and I have no discretion over it.\n\n"
        f"The refund is {made['refund']['id']}. {closing}\n\nCorecraft support"
    )
