"""Plan: ten cards for a company: stock in both warehouses, an old quote, the best price, the day of arrival."""

from __future__ import annotations

from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import checkout, number_in
from enterprisegym.environments.corecraft.policies import rules

WANTED = 10
QUOTED = date(2025, 11, 7)


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="heather.sandoval@hellobox.example")
    card = yield from a.product("Vortex Labs Tempest 8600", category="gpu")
    terms = yield from a.policy("business", text="quotes volume", title="Quotes and volume")
    yield from a.policy("pricing", text="stack promo", title="Promo codes")
    yield from a.policy("shipping", text="cut-off business", title="Dispatch cut-off")
    yield from a.policy("shipping", text="overnight charge", title="Shipping options")
    codes = yield from a.all("searchPromotions", code="TEMPEST50")
    price = yield from checkout(a, [card], {card["id"]: WANTED}, customer, codes, service="overnight")
    until = QUOTED + timedelta(days=number_in(r"valid \*\*(\d+) days", terms))
    free = a.stock(card)
    if free >= WANTED:
        leaves = rules.dispatch_day(a.clock.now_utc)
        shelf = "Yes, all ten are in stock, so nothing goes on backorder."
    else:
        back = min(level["restock_on"] for level in card["inventory"] if level["restock_on"])
        leaves = date.fromisoformat(back)
        shelf = f"No, they are out of stock until {spoken(back)}."
    arrives = rules.add_business_days(leaves, 1)
    over = until < a.clock.today
    quote = (
        f"No. The quote has expired: its last valid day was {spoken(until)}, so today's prices and terms hold."
        if over
        else f"Yes, the quote is still good until {spoken(until)}."
    )
    return (
        f"Dear Ms. Sandoval,\n\n1. {shelf}\n2. {quote}\n"
        f"3. {usd(cents(price['total']))}: ten at {usd(cents(card['price']))}, less the volume discount of "
        f"{usd(cents(price['discount']))} (5% from ten units; 8% starts at 25), plus {usd(cents(price['shipping']))} "
        "for overnight. TEMPEST50 does not stack with it and would take off less.\n"
        f"4. They leave on {leaves:%A}, {spoken(leaves)}, since no carrier picks up at the weekend, and overnight "
        f"brings them to Miami on {arrives:%A}, {spoken(arrives)}.\n\n"
        "Nothing is reserved until you order.\n\nCorecraft support"
    )
