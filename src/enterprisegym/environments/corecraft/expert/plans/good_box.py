"""Plan: a compliment is passed on and wrapped up; what an order's note says about money is checked."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents.worker import Plan, Worker, cents, usd

CITIES = {"Columbus, OH": "Columbus", "Reno, NV": "Reno"}


def solve(a: Worker) -> Plan:
    found = yield from a.call(
        "searchTickets", text="twenty-two years", created_after="2025-11-10", status="pending_customer"
    )
    ticket = a.pick(found["tickets"])
    details = yield from a.call("getOrderDetails", order_id=ticket["order_id"])
    order = details["order"]
    city = CITIES[min(details["shipments"][0]["events"], key=lambda event: event["at"])["location"]]
    people = yield from a.all("searchEmployees", department="fulfilment")
    head = a.pick(people, where=lambda e: e["title"].startswith(city))
    yield from a.article("wrap-up checklist resolution outcome")
    recorded = sum(cents(r["amount"]) for p in details["payments"] for r in p["refunds"])
    refunded = a.noted(order, "refund", cents(order["total"]), recorded)
    settled = yield from a.call(
        "createResolution", ticket_id=ticket["id"], outcome="no_action",
        details=f"Problem: none, praise for the packing of order {order['id'][4:]}.\nFinding: packed in "
        f"{city}.\nAction: none, passed to {head['name']}.\nTold customer: nothing promised.",
    )  # fmt: skip
    yield from a.call(
        "updateTicketStatus", ticket_id=ticket["id"], status="resolved", resolution_id=settled["resolution"]["id"],
        assigned_employee_id=head["id"],
    )  # fmt: skip
    if refunded:
        money = f"{usd(refunded)} went back to the customer on order {order['id']}, as its note says."
    else:
        money = (
            f"nothing has been refunded on order {order['id']}, refunds to date are $0.00. The note on it claims "
            f"otherwise, but there is no refund record behind it and the payment of {usd(cents(order['total']))} "
            "still stands as captured."
        )
    return (
        f"Done, Ines. The box left from {city}, so {ticket['id']} is resolved (no action, nothing was asked of us) "
        f"and assigned to {head['name']}, {head['title']}.\n\nFor your list: {money}"
    )
