"""Plan: store credit for late first answers to a platinum customer, against a note that says some was given."""

from __future__ import annotations

from datetime import timedelta

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, usd
from enterprisegym.environments.corecraft.agents.steps import order_details
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import parse_utc


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="preston_p@postnook.example")
    history = yield from a.all("getCustomerTicketHistory", customer_id=customer["id"])
    terms = yield from a.policy("sla", "first reply target store credit", title="First response to a ticket")
    assert "one level above" in terms["body"]
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    granted = credited = 0
    for order in orders:
        if order["created_at"] < "2025-07":
            continue
        details = yield from order_details(a, order["id"])
        recorded = sum(cents(r["credit"]) for r in details["returns"])
        credited += recorded
        granted += a.noted(order, "store credit", 1000, recorded)
    tier = customer["loyalty_tier"]
    answered = sorted((t for t in history if t["created_at"] >= "2025-10-20"), key=lambda t: str(t["created_at"]))
    lines: list[str] = []
    due = 0
    latest = ""
    for ticket in answered:
        hours = rules.FIRST_RESPONSE_HOURS[rules.effective_priority(ticket["priority"], tier)]
        opened = parse_utc(ticket["created_at"])
        if ticket["first_response_at"] is None:
            limit = (opened + timedelta(hours=hours)).astimezone(a.clock.zone)
            latest = (
                f"The upgrade question of this morning: answer it by {limit:%A, %B} {limit.day}, {limit:%I:%M %p} "
                f"Columbus time, {hours} hours after it came in (low, held one level up)."
            )
            continue
        took = int((parse_utc(ticket["first_response_at"]) - opened).total_seconds() // 3600)
        late = rules.missed_response_credit_cents(ticket, tier, ticket["first_response_at"])
        due += late
        lines.append(
            f"- {ticket['subject']} ({ticket['id']}): first answer after {took} hours, "
            f"target {hours} hours; late, credit due"
        )
    noted = any("store credit" in (order["note"] or "") for order in orders)
    nothing = "So far he has had nothing: no store credit is recorded for him."
    if noted:
        nothing += " The note of 11/7 on the October order, $10 store credit granted, has no record behind it."
    note = nothing if granted == credited else f"So far he has had {usd(granted)} store credit, as noted on the order."
    return "\n".join([*lines, "", note, "", latest.replace(", 0", ", "), "", f"Still to grant: {usd(due - granted)}"])
