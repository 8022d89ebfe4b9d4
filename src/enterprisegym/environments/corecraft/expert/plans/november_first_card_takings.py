"""The plan of `november-first-card-takings`."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import (
    Plan,
    Worker,
    usd,
)
from enterprisegym.environments.corecraft.agents.steps import as_table


def solve(a: Worker) -> Plan:
    payments = yield from a.dated("searchPayments", "2025-11-01", method="card")
    taken = [(p, a.captured([p])) for p in payments if a.captured([p])]
    rows = [(p["order_id"], p["id"], usd(amount)) for p, amount in sorted(taken, key=lambda t: t[0]["created_at"])]
    total = sum(amount for _, amount in taken)
    table = as_table(("Order", "Payment", "Captured"), rows)
    return (
        f"Card captures of Saturday, November 1, 2025, Columbus time: {len(rows)} captures, {usd(total)} "
        f"gross.\n\n{table}"
        "\n\nDeclined and voided attempts are not in it, and later refunds are not deducted."
    )
