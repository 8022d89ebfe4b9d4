"""Plan: a backorder dated too late is cancelled, a case comes back in a gold window, a closed ticket stays shut."""

from __future__ import annotations

from datetime import date

from enterprisegym.environments.corecraft.agents import NotFoundError, Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    discount_share,
    get_product,
    label_cost,
    line_with,
    order_details,
    return_deadline,
)

LIMIT = date(2025, 12, 12)


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="ruthhansen@postnook.example")
    history = yield from a.all("getCustomerTicketHistory", customer_id=customer["id"])
    old = a.pick(history, where=lambda t: "Freight" in t["body"])
    waiting = a.pick(history, where=lambda t: t["status"] == "pending_customer")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    pending = a.pick(orders, where=lambda o: o["status"] == "backorder")
    bundle = yield from get_product(a, pending["lines"][0]["product_id"])
    dates = [level["restock_on"] for level in bundle["inventory"] if level["restock_on"]]
    restock = date.fromisoformat(min(dates))
    yield from a.policy("cancellation", "backorder", title="Backorders and orders on hold")
    yield from a.policy("tickets", "reopened", title="Ticket states")
    case = yield from a.product("BoxWright Freight", category="case")
    bought = a.pick(orders, where=lambda o: any(row["product_id"] == case["id"] for row in o["lines"]))
    details = yield from order_details(a, bought["id"])
    order = details["order"]
    came = a.delivered_on(details["shipments"][0]) or ""
    last, _ = yield from return_deadline(a, order, customer["loyalty_tier"], came)
    if a.clock.today > last:
        raise NotFoundError("too late")
    yield from a.policy("refund", "discount share order line", title="worked out")
    yield from a.policy("refund", "original shipping fault", title="original shipping")
    labels = yield from a.policy("return", "label", title="return label")
    paid = a.price_paid(line_with(order, case["id"]), case)
    share = discount_share(order, paid)
    free = customer["loyalty_tier"].title() in labels["body"] or customer["loyalty_tier"] == "platinum"
    back = paid - share - (0 if free else (yield from label_cost(a)))
    yield from a.policy("refund", "approve limit finance", title="Who may approve")
    assert restock > LIMIT
    money = yield from order_details(a, pending["id"])
    payment = a.payment(money["payments"])
    yield from a.call("updateOrderStatus", order_id=pending["id"], status="cancelled")
    yield from a.call(
        "createRefund", payment_id=payment["id"], amount=payment["amount"], reason="order_cancelled",
        status="approved", ticket_id=waiting["id"],
    )  # fmt: skip
    made = yield from a.call(
        "processReturn", order_id=order["id"], reason="customer_remorse", disposition="refund",
        items=[{"product_id": case["id"], "quantity": 1, "condition": "opened"}],
        amount=back / 100, status="approved",
    )  # fmt: skip
    return (
        "Dear Ruth,\n\n"
        f"The pair: the date on the board is {spoken(restock)}. That is after the 12th, so {pending['id']} is "
        "cancelled "
        f"and {usd(cents(payment['amount']))} goes back to you.\n\n"
        f"The case: yes, you are in time. As a gold member you have until {spoken(last)}. Return "
        f"{made['return']['id']} "
        f"brings you {usd(back)}: {usd(paid)} less its share of the order's discount ({usd(share)}). No fee for the "
        "opened box, and the label is free for gold.\n\n"
        "The $39.99 for overnight delivery stays with us: original shipping is only refunded where the fault is "
        "ours.\n\n"
        f"Your October message ({old['id']}): a closed ticket cannot be reopened. I am sorry that it ended without an "
        "answer. This one is the answer.\n\nBoth refunds go to the way you paid, 3-5 business days after approval.\n\n"
        "Corecraft support"
    )
