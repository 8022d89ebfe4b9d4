"""Plan: a late overnight parcel whose fee is owed; a closed ticket that stays closed; lost wages that nobody pays."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import approval_limit, order_details


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="gromano@brightmail.example")
    history = yield from a.all("getCustomerTicketHistory", customer_id=customer["id"])
    ticket = a.pick(history, where=lambda t: t["ticket_type"] == "shipping" and t["status"] == "closed")
    details = yield from order_details(a, ticket["order_id"])
    order, parcel, payment = details["order"], details["shipments"][0], a.payment(details["payments"])
    yield from a.policy("shipping", "late weather", title="Late deliveries")
    yield from a.policy("tickets", "reopened", title="Ticket states")
    yield from a.policy("conduct", "promise", title="What we say")
    limit, _ = yield from approval_limit(a)
    came = a.delivered_on(parcel)
    if came is None:
        raise LookupError("the parcel has not come")
    excused = [e for e in parcel["events"] if "weather" in e["detail"].lower() or "customs" in e["detail"].lower()]
    held = next(e for e in parcel["events"] if e["status"] == "exception")
    amount = cents(order["shipping"])
    if excused or came <= parcel["eta"] or amount > limit:
        raise LookupError("not owed, or too much")
    yield from a.call(
        "createRefund",
        payment_id=payment["id"],
        amount=amount / 100,
        reason="shipping_fee",
        status="approved",
        note=f"Overnight late: eta {parcel['eta']}, delivered {came}, {held['detail'].lower()}. See {ticket['id']}.",
    )
    return (
        "Dear Geneviève,\n\n"
        f"For your employer: the parcel of order {order['id']} was promised for {spoken(parcel['eta'])} and was"
        f" delivered on {spoken(came)}.\n\n"
        f"1. You were told wrong. The carrier's record gives a {held['detail'].lower()} in {held['location']}, not"
        f" weather, so the overnight charge is owed to you. I have refunded {usd(amount)} to the card you paid with;"
        " allow 3-5 business days.\n"
        "2. The day's pay we can't replace. The charge is what we give back for a late overnight parcel, and that is"
        " all.\n"
        f"3. A closed ticket can't be reopened, so {ticket['id']} stays as it is. You needed an answer to it, though,"
        " and this is it. I am sorry that it was closed without one.\n\n"
        "Corecraft support"
    )
