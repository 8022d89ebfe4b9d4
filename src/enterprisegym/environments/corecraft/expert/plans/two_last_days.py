"""Plan: a cut-off sample of two month-ends, by the company's day, without orders on which money went back."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import NotFoundError, Plan, Rows, Worker, usd
from enterprisegym.environments.corecraft.agents.steps import METHODS, as_table, customers_by_id, order_details

DAYS = {"July 31": "2025-07-31", "August 31": "2025-08-31"}


def solve(a: Worker) -> Plan:
    parts: list[str] = []
    buyers: dict[str, set[str]] = {}
    for label, day in DAYS.items():
        found: Rows = yield from a.dated("searchOrders", day)
        buyers[label] = {o["customer_id"] for o in found}
        rows: list[tuple[str, ...]] = []
        total = 0
        for order in sorted(found, key=lambda o: o["id"]):
            payments = (yield from order_details(a, order["id"]))["payments"]
            if any(p["refunds"] for p in payments):
                continue
            taken = a.captured(payments)
            total += taken
            rows.append((order["id"], usd(taken), METHODS[a.payment(payments)["method"]]))
        parts.append(f"**{label}**\n\n{as_table(('Order', 'Captured', 'Method'), rows)}\n\nTotal {label}: {usd(total)}")
    both = sorted(buyers["July 31"] & buyers["August 31"])
    if not both:
        raise NotFoundError("nobody ordered on both days")
    named = yield from customers_by_id(a, both)
    names = ", ".join(c["name"] for c in named.values())
    return "\n\n".join(parts) + f"\n\nOrdered on both days: {names}."
