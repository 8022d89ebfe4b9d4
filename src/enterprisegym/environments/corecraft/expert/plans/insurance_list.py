"""Plan: all purchases of a customer who has two accounts, with what was charged."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents.worker import Plan, Worker, spoken, usd


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="pauline_w@inkwire.example")
    accounts = yield from a.accounts(customer)
    rows: list[tuple[str, str, int]] = []
    for account in accounts:
        for order in (yield from a.all("searchOrders", customer_id=account["id"], created_after="2024-11-01")):
            payments = yield from a.all("searchPayments", order_id=order["id"])
            rows.append((a.day(order["created_at"]), order["id"], a.captured(payments)))
    rows.sort()
    table = "\n".join(f"| {id} | {spoken(day)} | {usd(paid)} |" for day, id, paid in rows)
    return (
        f"Here is the list for {customer['name']}, oldest first. Part of it is on her earlier account, which has the "
        f"same phone number, date of birth and address.\n\n| Order | Date | Charged |\n|---|---|---|\n{table}\n\n"
        f"Total charged: {usd(sum(paid for _, _, paid in rows))}. No refunds were made on any of them."
    )
