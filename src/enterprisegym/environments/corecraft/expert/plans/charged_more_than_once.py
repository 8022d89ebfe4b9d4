"""Plan: of three complaints about double charges one is right; what goes back and who may approve it."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, usd
from enterprisegym.environments.corecraft.agents.steps import (
    approval_limit,
    as_table,
    colleague,
    number_in,
    order_details,
)

ORDERS = ("ord-251106-002", "ord-251112-002", "ord-251114-003")
COLLEAGUES = ("Felix Baumgard", "Ines Carvalho", "Chloe Beaumont")


def solve(a: Worker) -> Plan:
    yield from a.policy("refund", "captures", title="Duplicate captures")
    limit, _ = yield from approval_limit(a)
    policy = yield from a.policy("refund", "limit", title="Who may approve")
    rows: list[tuple[str, ...]] = []
    notes: list[str] = []
    most = 0
    for order_id in ORDERS:
        details = yield from order_details(a, order_id)
        order, payments = details["order"], details["payments"]
        taken = a.captured(payments)
        surplus = taken - cents(order["total"])
        rows.append((order_id, usd(cents(order["total"])), usd(taken), usd(surplus)))
        if surplus:
            later = max(payments, key=lambda p: (p["created_at"], p["id"]))
            notes.append(f"The money for {order_id} goes back on {later['id']}, the later of the two captures.")
            most = max(most, surplus)
    desk = "may not" if most > limit else "may"
    approvers: list[str] = []
    for name in COLLEAGUES:
        person = yield from colleague(a, name)
        role = person["support_role"] or "none"
        if "approve_refund" not in person["permissions"]:
            continue
        if role == "manager" or most <= 100 * number_in(rf"\| {role} \| \$([\d,]+) \|", policy):
            approvers.append(name)
    table = as_table(("Order", "Ordered for", "Really taken", "To give back"), rows)
    return (
        f"{table}\n\n{' '.join(notes)} The other attempts failed or were voided and drop off by themselves.\n\n"
        f"The desk agent {desk} approve it alone, the desk's limit being {usd(limit)} an order: it books the refund as "
        f"pending and escalates to finance.\n\nApprover: {', '.join(approvers)}"
    )
