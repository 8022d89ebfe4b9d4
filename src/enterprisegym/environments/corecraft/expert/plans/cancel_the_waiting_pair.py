"""Plan: a backorder on the person's older account is cancelled and refunded in full."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents.worker import NotFoundError, Plan, Rows, Worker, cents, usd


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="hollis.scott@coppermail.example")
    accounts = yield from a.accounts(customer)
    waiting: Rows = []
    for account in accounts:
        for status in ("backorder", "paid", "on_hold", "pending"):
            waiting += yield from a.all("searchOrders", customer_id=account["id"], status=status)
    if not waiting:
        raise NotFoundError("no order is waiting")
    order = a.pick(waiting)
    details = yield from a.call("getOrderDetails", order_id=order["id"])
    product = (yield from a.call("getProduct", product_id=order["lines"][0]["product_id"]))["product"]
    yield from a.policy("cancellation", text="label", title="Cancelling or changing")
    yield from a.policy("cancellation", text="backorder", title="Backorders")
    yield from a.policy("refund", text="approve limit finance", title="approve a refund")
    yield from a.article("cancelling order desk procedure")
    payment = a.payment(details["payments"])
    amount = cents(payment["amount"])
    yield from a.call(
        "updateOrderStatus", order_id=order["id"], status="cancelled", note=f"CXL {a.clock.today.isoformat()} customer"
    )
    yield from a.call(
        "createRefund", payment_id=payment["id"], amount=amount / 100, reason="order_cancelled", status="approved"
    )
    return (
        f"Dear Mr. Hollis,\n\nYour order {order['id']} for the {product['name']} is cancelled. It was still on "
        f"backorder, so there is no charge for that.\n\nThe whole payment of {usd(amount)} goes back, the express "
        f"shipping of {usd(cents(order['shipping']))} included. The refund is approved and returns to the Google Pay "
        "payment you made; allow 3-5 business days.\n\nThe order was on the account with your earlier e-mail "
        "address, which is why you could not see it from the new one. Your other orders are as they "
        "were.\n\nSincerely,\nCorecraft support"
    )
