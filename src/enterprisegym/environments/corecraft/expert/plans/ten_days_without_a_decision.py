"""Plan: a dead kit refunded with its shipping, a second charge that never was, the ticket wrapped up by the list."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    METHODS,
    approval_limit,
    discount_share,
    get_product,
    number_in,
    order_details,
    wrap_up,
)


def solve(a: Worker) -> Plan:
    found = yield from a.call("searchTickets", ticket_id="tick-251104-005")
    ticket = found["tickets"][0]
    details = yield from order_details(a, ticket["order_id"])
    order = details["order"]
    payment = a.pick(details["payments"], where=lambda p: p["status"] == "captured")
    arrival = yield from a.policy("return", "defective arrival", title="Defective on arrival")
    yield from a.policy("refund", "duplicate capture", title="Duplicate captures")
    yield from a.article("ticket wrap-up checklist")
    limit, _ = yield from approval_limit(a)
    days = number_in(r"within (\d+) days", arrival)
    line = a.pick(order["lines"], where=lambda r: "glow" in r["product_id"])
    product = yield from get_product(a, line["product_id"])
    delivered = a.delivered_on(details["shipments"][0]) or ""
    goods = a.price_paid(line, product) - discount_share(order, a.price_paid(line, product))
    shipping = cents(order["shipping"])
    amount = goods + shipping
    if amount > limit:
        raise LookupError("finance decides")
    made = yield from a.call(
        "processReturn",
        order_id=order["id"],
        items=[{"product_id": product["id"], "quantity": 1, "condition": "defective"}],
        reason="defective",
        disposition="refund",
        amount=amount / 100,
        status="approved",
        payment_id=payment["id"],
        ticket_id=ticket["id"],
    )
    surplus = a.captured(details["payments"]) - cents(order["total"])
    tried = [p for p in details["payments"] if p["status"] in ("failed", "voided")]
    if surplus > 0:
        second = f"charged twice, the surplus {usd(surplus)} goes back to her as well."
    else:
        attempt = f"; {tried[0]['id']} is an attempt that failed, no money moved" if tried else ""
        second = (
            f"there was none. We took {usd(cents(order['total']))} for this order once ({payment['id']}){attempt}."
            " Nothing to give back."
        )
    refund, rma = made["refund"]["id"], made["return"]["id"]
    yield from wrap_up(
        a,
        ticket["id"],
        "refund_issued",
        f"Problem: customer reports her {product['name']} dead and now wants her money instead of a new one.\n"
        f"Finding: {order['id']}, delivered {delivered}, fault reported {a.day(ticket['created_at'])}, inside {days}"
        f" days. Captured once ({payment['id']}).\n"
        f"Action: return {rma}, refund {refund} of {usd(amount)} approved: kit {usd(goods)}, shipping"
        f" {usd(shipping)}.\n"
        "Told customer: through Ines: refund and how it is made up, no second charge, 3-5 business days.",
        refund,
    )
    return (
        "Done, Ines. For the phone:\n\n"
        f"1. What she gets: {usd(amount)}, that is {usd(goods)} for the kit and the {usd(shipping)} express charge. No"
        f" deductions: she reported it on {spoken(a.day(ticket['created_at']))}, so it counts as defective on arrival"
        " and the choice is hers.\n"
        f"2. The second charge: {second}\n"
        f"3. When: 3-5 business days, to her {METHODS[payment['method']]} account.\n\n"
        f"On record: return {rma}, refund {refund} (approved), ticket resolved with the four parts."
    )
