"""Plan: a plain no to the price, the credit that is owed for the silence, and the ticket settled."""

from __future__ import annotations

from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents.worker import Plan, Worker, spoken
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import format_utc

ADJUSTMENT_DAYS = 14


def solve(a: Worker) -> Plan:
    found = yield from a.call("searchTickets", ticket_id="tick-251111-003")
    ticket = a.pick(found["tickets"])
    yield from a.article("saying no denial phrase refusal")
    yield from a.article("naming store credits format")
    yield from a.policy("sla", text="first response")
    yield from a.policy("pricing", text="price adjustment order day", title="Price adjustment")
    details = yield from a.call("getOrderDetails", order_id=ticket["order_id"])
    tier, name = details["customer"]["loyalty_tier"], details["customer"]["name"].split()[0]
    product = a.pick((yield from a.all("searchProducts", text="Ledger 75")), where=lambda p: p["name"].endswith("75"))
    ordered = date.fromisoformat(a.day(details["order"]["created_at"]))
    last = ordered + timedelta(days=ADJUSTMENT_DAYS)
    now = format_utc(a.clock.now)
    credit = rules.missed_response_credit_cents(ticket, tier, now)
    if credit == 0:
        raise LookupError("the first response is not overdue")
    code = f"SC-{ticket['id'].removeprefix('tick-')}-SLA-{credit // 100}"
    resolution = yield from a.call(
        "createResolution",
        ticket_id=ticket["id"],
        outcome="store_credit_issued",
        details=(
            f"{code}\n"
            f"Problem: customer asks for a price adjustment on the {product['name']}.\n"
            f"Finding: ordered {ordered.isoformat()}, the 14 days ended {last.isoformat()}. First response to this"
            f" {tier}"
            " customer's normal ticket is overdue (24 hours).\n"
            f"Action: price adjustment refused; store credit ${credit / 100:.2f} for the missed first response.\n"
            "Told customer: no adjustment and why, the credit and its name. No date promised."
        ),
    )
    yield from a.call(
        "updateTicketStatus", ticket_id=ticket["id"], status="resolved", resolution_id=resolution["resolution"]["id"]
    )
    return (
        f"Hi {name},\n\n"
        f"we can't adjust the price of your {product['name']}. We do that when our price drops within 14 days of the"
        " order, and"
        f" yours is of {spoken(ordered)}, so the last day to ask was {spoken(last)}.\n\n"
        f"But you waited four days for this, and for a {tier} customer our answer should have come within 24 hours."
        " Sorry."
        f" You get ${credit / 100:.2f} store credit for it: type **{code}** at checkout. It has no expiry date, and"
        " with"
        f" your {tier} discount it goes well with the next keyboard.\n\nCorecraft support"
    )
