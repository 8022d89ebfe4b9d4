"""Plan: the warranties of two drives that one person bought on two accounts, and where a claim would go."""

from __future__ import annotations

from datetime import date

from enterprisegym.environments.corecraft.agents import Plan, Rows, Worker, spoken
from enterprisegym.environments.corecraft.agents.steps import get_product, item_delivered_on, order_details


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="scottmarchetti@netporch.example")
    accounts = yield from a.accounts(customer)
    orders: Rows = []
    for account in accounts:
        orders += yield from a.all("searchOrders", customer_id=account["id"])
    yield from a.policy("warranty", "claim", title="Handling a warranty claim")
    parts: list[str] = []
    routes: list[str] = []
    days: list[tuple[int, date]] = []
    for order in sorted(orders, key=lambda o: str(o["created_at"])):
        for line in order["lines"]:
            product = yield from get_product(a, line["product_id"])
            if product["category"] != "storage":
                continue
            details = yield from order_details(a, order["id"])
            came = item_delivered_on(a, details["shipments"], product["id"]) or a.day(order["created_at"])
            cover = yield from a.call("checkWarrantyStatus", order_id=order["id"], product_id=product["id"])
            until = date.fromisoformat(cover["ends_on"])
            ours = cover["claim_via"] == "corecraft"
            kind = "Hard drive" if product["specs"].get("rpm") else "SSD"
            who = (
                "Corecraft, we handle it to the last day."
                if ours
                else "the manufacturer, as 30 days from delivery are over."
            )
            routes.append(f"{kind} dies: {who}")
            years, months = divmod((until.year - date.fromisoformat(came).year) * 12, 12)
            parts.append(
                f"**{product['name']}**, {order['id']}\n- arrived: {spoken(came)}\n- last day of warranty: "
                f"{spoken(until)} ({years + months} years)"
            )
            days.append((years, until))
    both = (
        "Not both have five years: the hard drive has two."
        if len({years for years, _ in days}) > 1
        else "All of them have the same term."
    )
    return f"Hi Scott,\n\n{both}\n\n" + "\n\n".join(parts) + "\n\n" + "\n".join(routes)
