"""Plan: the page for the lead on a customer who writes often; a note on an order claims a refund that is not there."""

from __future__ import annotations

import re
from datetime import timedelta

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import order_details
from enterprisegym.environments.corecraft.policies import rules

ABOUT = {
    "billing": "asked for the difference after a price drop, refused",
    "troubleshooting": "two dead outputs on a new graphics card, waiting for her",
    "order_issue": "wants another delivery address, with fulfilment",
    "recommendation": "memory or a faster drive, not answered yet",
}


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="nair.beatriz@papertrail.example")
    history = yield from a.all("getCustomerTicketHistory", customer_id=customer["id"])
    yield from a.policy("tickets", "30 days", title="frequent contact")
    yield from a.article("frequent contact summary lead")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    since = a.clock.today - timedelta(days=rules.FREQUENT_DAYS)
    recent = sorted((t for t in history if a.day(t["created_at"]) >= since.isoformat()), key=lambda t: t["id"])
    running = [t for t in recent if t["status"] not in ("resolved", "closed")]
    newest = recent[-1]
    big = next(o for o in orders if a.day(o["created_at"]) == "2025-11-05")
    details = yield from order_details(a, big["id"])
    refunded = sum(cents(r["amount"]) for p in details["payments"] for r in p["refunds"])
    claim = re.search(r"\$([\d,]+\.\d\d)", big["note"] or "")
    claimed = cents(float(claim[1].replace(",", ""))) if claim else 0
    told = a.noted(big, "refund", claimed, refunded)
    year_ago = a.clock.today.replace(year=a.clock.today.year - 1).isoformat()
    bought = sum(
        cents(o["subtotal"]) - cents(o["discount"])
        for o in orders
        if a.day(o["created_at"]) > year_ago and o["status"] not in ("cancelled", "pending")
    )
    rows = "\n".join(
        f"| {t['id']}{'*' if t in running else ''} | {a.day(t['created_at'])} | {t['ticket_type']} | {t['status']} | "
        f"{t['order_id'] or '-'} | {ABOUT[t['ticket_type']]} |"
        for t in recent
    )
    yield from a.call(
        "createEscalation",
        ticket_id=newest["id"],
        escalation_type="policy_exception",
        destination="support_lead",
        notes=(
            f"{customer['name']}, {customer['loyalty_tier']}, {len(recent)} tickets since "
            f"{a.day(recent[0]['created_at'])}\n\n"
            "| ticket | created | type | status | order | last thing we said |\n|---|---|---|---|---|---|\n"
            f"{rows}\n\n"
            "Common thread: a large purchase in November, set up by herself, with one question after the other.\n"
            f"Value: {usd(bought)}\n"
            "Proposal: one specialist owns all open tickets and calls her on Monday."
        ),
    )
    yield from a.call("updateTicketStatus", ticket_id=newest["id"], priority="high")
    moved = next(e for t in running for e in t["escalations"] if e["destination"] == "fulfilment")
    if told:
        money = f"{usd(told)} were refunded on {big['id']}, the order of November 5."
    else:
        money = (
            f"On {big['id']}, the order of November 5, nothing has been refunded: its payment of "
            f"{usd(a.captured(details['payments']))} is captured in full and there is no refund on it, pending or "
            "otherwise." + (" The note on the order is wrong." if claim else "")
        )
    return (
        f"Done: {newest['id']} is escalated to the support lead with the page, and its priority is high.\n\n"
        f"1. {len(recent)} tickets in the window, the first of {spoken(a.day(recent[0]['created_at']))}. Still open: "
        f"{', '.join(t['id'] for t in running)}.\n"
        f"2. {money}\n"
        f"3. The address went to fulfilment on {spoken(a.day(moved['created_at']))}. They have not answered yet."
    )
