"""Plan: a fault reported in time three months ago is replaced at last; a sealed computer of February stays."""

from __future__ import annotations

from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import Plan, Worker, spoken
from enterprisegym.environments.corecraft.agents.steps import number_in, order_details, order_with


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="xiomara.cabrera@homepost.example")
    august = yield from a.dated("searchOrders", "2025-08", customer_id=customer["id"])
    order, line, product = yield from order_with(a, august, "cpu")
    details = yield from order_details(a, order["id"])
    came = a.delivered_on(details["shipments"][0]) or ""
    history = yield from a.all("getCustomerTicketHistory", customer_id=customer["id"])
    ticket = a.pick(history, where=lambda t: t["status"] == "open")
    arrival = yield from a.policy("return", "arrival", title="defective on arrival")
    window = yield from a.policy("return", "days", title="Return window")
    rows = yield from a.all("searchOrders", customer_id=customer["id"])
    computer, _, system = yield from order_with(a, rows, "prebuilt")
    sealed = yield from order_details(a, computer["id"])
    last = date.fromisoformat(came) + timedelta(days=number_in(r"within (\d+) days", arrival))
    made = yield from a.call(
        "processReturn",
        order_id=order["id"],
        items=[{"product_id": line["product_id"], "quantity": 1, "condition": "defective"}],
        reason="defective",
        disposition="replacement",
        ticket_id=ticket["id"],
    )
    days = number_in(r"\| Standard \| (\d+) \|", window)
    arrived = a.delivered_on(sealed["shipments"][0]) or ""
    stock = "It is in stock" if a.stock(product) > 0 else "It is out of stock at the moment"
    return (
        f"Dear Xiomara,\n\nThe replacement for your {product['name']} (order {order['id']}) is booked now, as return "
        f"{made['return']['id']} on the case you opened on {spoken(a.day(ticket['created_at']))}. {stock}. "
        "You pay nothing for it: the label for the faulty one is on us, and there is no fee.\n\n"
        f"The processor came on {spoken(came)}, so a fault had to be reported by {spoken(last)}. What counts is the "
        "day you wrote, not the day we got round to it. You were in time, and the wait was our doing. I am sorry about "
        "it.\n\n"
        f"The {system['name']} is too late: it came on {spoken(arrived)}, and unused goods can be returned for {days} "
        "days. That we cannot refund, sealed or not, so please do not put it in the parcel.\n\nCorecraft support"
    )
