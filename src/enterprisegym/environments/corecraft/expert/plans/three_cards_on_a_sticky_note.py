"""Plan: whether a customer's attempts to pay make the three-card sign, and what was really taken."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, usd
from enterprisegym.environments.corecraft.agents.steps import order_details


def solve(a: Worker) -> Plan:
    customers = yield from a.all("searchCustomers", name="Isaiah Quintero")
    customer = a.pick(customers, company="Cobalt Machine Shop")
    orders = yield from a.dated("searchOrders", "2025-10-27", customer_id=customer["id"])
    details = yield from order_details(a, orders[0]["id"])
    yield from a.policy("fraud", "three failed", title="Signs of fraud")
    yield from a.policy("refund", "surplus capture", title="Duplicate captures")
    payments = details["payments"]
    failed = [p for p in payments if p["status"] == "failed"]
    listed = ", ".join(f"{p['id']} {p['status']}" for p in sorted(payments, key=lambda p: p["created_at"]))
    taken = a.captured(payments)
    surplus = taken - cents(details["order"]["total"])
    if len(failed) >= 3 or any(p["status"] == "disputed" for p in payments):
        raise LookupError("a sign of fraud after all")
    back = f"{usd(surplus)} goes back." if surplus else "Nothing to give back."
    return (
        f"1. On {details['order']['id']}: {listed}.\n"
        f"2. We took {usd(taken)} in all; the order's total is {usd(cents(details['order']['total']))}.\n"
        "3. No, the sign is not met. It takes three failed payments on different cards within one hour.\n"
        f"4. {back} Failed and voided payments are no charges, they drop off his statement by themselves.\n\n"
        "I have changed nothing."
    )
