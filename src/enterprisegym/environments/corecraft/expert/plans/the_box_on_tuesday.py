"""Plan: a draft to a sister in mourning: nothing on his account, nothing on her card, and the time that there is."""

from __future__ import annotations

from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import Plan, Worker, spoken
from enterprisegym.environments.corecraft.agents.steps import number_in
from enterprisegym.environments.corecraft.policies import rules

PLACED = date(2025, 11, 10)


def solve(a: Worker) -> Plan:
    own = yield from a.all("searchCustomers", email="nadine.jefferson@postnook.example")
    if own:
        raise LookupError("she has an account of her own")
    yield from a.article("saying no denial phrase")
    yield from a.policy("privacy", "spouse account", title="Whose account")
    payout = yield from a.policy("refund", "another card replaced bank", title="Paying out")
    window = yield from a.policy("return", "days", title="Return window")
    seasonal = yield from a.policy("return", "holiday placed", title="Seasonal notice")
    first, last = rules.HOLIDAY_ORDERS
    if "of the order date" in window["body"]:
        until = PLACED + timedelta(days=number_in(r"(\d+) days of the order date", window))
    elif first <= PLACED <= last and "15 January 2026" in seasonal["body"]:
        until = rules.HOLIDAY_RETURN_UNTIL
    else:
        raise LookupError("the day depends on the account")
    if "banks forward" not in " ".join(payout["body"].split()):
        raise LookupError("nothing on closed cards")
    return (
        "Dear Nadine,\n\n"
        "I am so sorry about your brother. I can't tell you what he paid or anything else about his account, and I"
        " can't put a refund on your card: we speak about an account only with the person it belongs to, and papers"
        " from the box don't change that.\n\n"
        "What holds for every order may help you. One placed on November 10 can be returned through"
        f" **{spoken(until)}**, so nothing has to be decided now. A refund goes back to the payment method that was"
        " used. If that card has been closed, the bank forwards it to the account behind it.\n\n"
        "Amara, Corecraft support"
    )
