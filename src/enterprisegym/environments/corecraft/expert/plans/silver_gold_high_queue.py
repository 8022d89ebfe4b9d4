"""The plan of `silver-gold-high-queue`."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import (
    Plan,
    Rows,
    Worker,
)
from enterprisegym.environments.corecraft.agents.steps import as_table


def solve(a: Worker) -> Plan:
    waiting: Rows = []
    for status in ("new", "open", "pending_customer"):
        waiting += yield from a.all("searchTickets", priority="high", status=status)
    rows: list[tuple[str, ...]] = []
    for ticket in sorted(waiting, key=lambda t: t["created_at"]):
        found = yield from a.call("searchCustomers", customer_id=ticket["customer_id"])
        customer = found["customers"][0]
        if customer["loyalty_tier"] in ("silver", "gold"):
            status = "waiting for the customer" if ticket["status"] == "pending_customer" else ticket["status"]
            opened = a.day(ticket["created_at"])
            rows.append((ticket["id"], customer["name"], customer["loyalty_tier"], status, opened))
    table = as_table(("Ticket", "Customer", "Tier", "Status", "Opened"), rows)
    return f"Here is your call list, oldest first. Days are Columbus days, nothing was changed.\n\n{table}"
