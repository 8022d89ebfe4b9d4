"""Plan: a wish that is only hinted at: the order can still be cancelled, everything paid goes back, no extra favour."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, usd
from enterprisegym.environments.corecraft.agents.steps import approval_limit, order_details


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="kealoha.caitlin@brightmail.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    details = yield from order_details(a, orders[0]["id"])
    order, payment = details["order"], a.payment(details["payments"])
    procedure = yield from a.article("cancelling an order assembly fee label")
    yield from a.policy("cancellation", "shipping label exists", title="Cancelling or changing")
    yield from a.policy("conduct", "promise", title="What we say")
    limit, _ = yield from approval_limit(a)
    if details["shipments"] or order["status"] not in ("pending", "paid", "on_hold", "backorder"):
        raise LookupError("the order has left")
    kept = cents(order["shipping"]) if "Shipping is kept" in procedure["body"] else 0
    amount = cents(payment["amount"]) - kept
    if amount > limit:
        raise LookupError("finance decides")
    yield from a.call("updateOrderStatus", order_id=order["id"], status="cancelled")
    yield from a.call(
        "createRefund",
        payment_id=payment["id"],
        amount=amount / 100,
        reason="order_cancelled",
        status="approved",
        note="Cancelled on the customer's request before a label existed.",
    )
    express = usd(cents(order["shipping"]))
    fee = f"The {express} for express stays with us." if kept else f"The express charge of {express} is in it."
    return (
        "Hi Caitlin,\n\n"
        f"it had not left: no label had been made yet, so I took the hint and cancelled {order['id']}. Nothing will"
        " turn up at your door.\n\n"
        f"You get {usd(amount)} back. {fee} It goes to the card you paid with and takes 3-5 business days.\n\n"
        "What I can't do is ten percent off the cable. There is no discount for a cancelled order, and I can't make"
        " one up.\n\nCorecraft support"
    )
