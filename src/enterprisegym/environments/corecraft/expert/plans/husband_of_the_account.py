"""Plan: nothing about the account to a third party; general rules for everybody."""

from __future__ import annotations

import re

from enterprisegym.environments.corecraft.agents.worker import Plan, Worker, spoken


def solve(a: Worker) -> Plan:
    rows = yield from a.all("searchCustomers", email="tom.lindgren@quillbox.example")
    privacy = yield from a.policy("privacy", text="spouse account", title="Whose account")
    yield from a.article("identity third party account holder")
    window = yield from a.policy("return", text="window delivered", title="Return window")
    seasonal = yield from a.policy("return", text="holiday seasonal", title="Seasonal notice")
    days = dict(re.findall(r"\| (Standard|Silver|Gold|Platinum) \| (\d+) \|", window["body"]))
    if rows or "spouse" not in privacy["body"]:
        raise LookupError("the writer has an account of his own")
    until = re.search(r"\*\*(15 January 2026)\*\*", seasonal["body"])
    return (
        "Hello Tom,\n\n"
        "I can't tell you anything about an order or an account that isn't yours, and that includes whether there is"
        " one and"
        " holds for husbands and wives too. An order number and a name don't change it.\n\n"
        "What works: the account holder writes to us from the e-mail address on file, or adds you to the account."
        " Then we can"
        " speak with you about everything.\n\n"
        f"Your general question I can answer. Goods can be returned within {days['Standard']} days of delivery,"
        f" {days['Gold']} for"
        f" gold and {days['Platinum']} for platinum members. What was ordered from November 1 to December 24, 2025"
        " can go back"
        f" until {spoken('2026-01-15') if until else 'the usual day'}, so there is time to ask at home first.\n\n"
        "Corecraft support"
    )
