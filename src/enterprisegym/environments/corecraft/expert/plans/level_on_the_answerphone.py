"""Plan: which tier a caller has and what is missing to the next, no credit, and a ticket of July taken to its end."""

from __future__ import annotations

import re

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import number_in, window_days, wrap_up
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import format_utc


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(phone="678-555-4700")
    history = yield from a.all("getCustomerTicketHistory", customer_id=customer["id"])
    ticket = a.pick(history, where=lambda t: t["status"] not in ("resolved", "closed"))
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    programme = yield from a.policy("loyalty", "spend", title="the four tiers")
    window = yield from a.policy("return", "days", title="Return window")
    rates = yield from a.policy("shipping", "charge", title="Shipping options")
    response = yield from a.policy("sla", "first response")
    yield from a.article("wrap-up checklist")
    need = re.search(r"\| Silver \| from \$([\d,]+)", programme["body"])
    if need is None or "Gold and platinum" not in response["remedy"]:
        raise LookupError("the rules do not read as expected")
    silver = int(need[1].replace(",", "")) * 100
    year_ago = a.clock.today.replace(year=a.clock.today.year - 1).isoformat()
    counting = [o for o in orders if a.day(o["created_at"]) > year_ago and o["status"] not in ("cancelled", "pending")]
    spend = sum(cents(o["subtotal"]) - cents(o["discount"]) for o in counting)
    last = max(orders, key=lambda o: o["created_at"])
    if rules.missed_response_credit_cents(ticket, customer["loyalty_tier"], format_utc(a.clock.now)):
        raise LookupError("a credit is owed after all")
    tier = customer["loyalty_tier"].title()
    days, free = window_days(window, tier), number_in(r"free from \$(\d+)", rates)
    yield from wrap_up(
        a,
        ticket["id"],
        "information_provided",
        "Problem: customer asks which tier she has and what it gives; by voicemail also for $10 credit.\n"
        f"Finding: {tier}; goods of the last 12 months {usd(spend)}, last order {last['id']} of "
        f"{a.day(last['created_at'])}. First response came in time.\n"
        "Action: None.\n"
        f"Told customer: tier, benefits, {usd(silver - spend)} to Silver, no credit and why. No date promised.",
    )
    return (
        f"Dear {customer['name'].split()[0]},\n\n"
        f"you are on our {tier} level. It has no discount. You can return things within {days} days of delivery, and "
        f"standard shipping is free from ${free}.00 of goods.\n\n"
        f"Silver starts at {usd(silver)} of goods bought within twelve months. Of what you have spent, "
        f"{usd(spend)} counts today: your last order was on {spoken(a.day(last['created_at']))}, and shipping never "
        f"counts. So {usd(silver - spend)} are missing.\n\n"
        "The ten dollars I can't give you, that credit is for Gold and Platinum members. Sorry that your question "
        "lay here since July.\n\nCorecraft support"
    )
