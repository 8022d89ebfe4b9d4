"""Plan: which of four names that occur twice are one person with two accounts, and what they have bought in all."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import Plan, Row, Worker, usd
from enterprisegym.environments.corecraft.agents.steps import order_details

NAMES = (
    ("Lakshmi Marchetti", "Raleigh"),
    ("Vikram Gupta", "vikramgupta@inkwire.example"),
    ("Gwendolyn Mbeki", "Greensboro"),
    ("Paloma Wexler", "pwexler@brightmail.example"),
)


def solve(a: Worker) -> Plan:
    lines: list[str] = []
    for name, known in NAMES:
        rows = yield from a.all("searchCustomers", name=name)
        meant = next(r for r in rows if known in str(r))
        double = any(r["id"] != meant["id"] and _same(r, meant) for r in rows)
        mine = yield from a.accounts(meant)
        count, taken = 0, 0
        for account in mine:
            orders = yield from a.all("searchOrders", customer_id=account["id"])
            count += len(orders)
            for order in orders:
                details = yield from order_details(a, order["id"])
                taken += a.captured(details["payments"])
        how = "one person" if double else "two people"
        accounts = " and ".join(r["id"] for r in mine)
        lines.append(f"- {name}: {how}, {count} order{'s' if count != 1 else ''}, {usd(taken)} captured ({accounts})")
    return "\n".join(lines) + "\n\nI went by phone number and date of birth. Nothing was changed."


def _same(one: Row, other: Row) -> bool:
    return any(one[mark] is not None and one[mark] == other[mark] for mark in ("phone", "date_of_birth"))
