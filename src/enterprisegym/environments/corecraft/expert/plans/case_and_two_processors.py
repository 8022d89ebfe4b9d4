"""Plan: a backorder that comes too late is cancelled; the missing processors stay with the carrier's trace."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import get_product, order_details

NEEDED = "2025-11-26"


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="abooker@inkwire.example")
    waiting = yield from a.all("searchOrders", customer_id=customer["id"], status="backorder")
    order = a.pick(waiting)
    details = yield from order_details(a, order["id"])
    case = yield from get_product(a, order["lines"][0]["product_id"])
    history = yield from a.all("getCustomerTicketHistory", customer_id=customer["id"])
    missing = a.pick(history, where=lambda t: t["ticket_type"] == "shipping" and t["status"] != "resolved")
    yield from a.policy("cancellation", text="label", title="Cancelling or changing")
    yield from a.policy("cancellation", text="backorder", title="Backorders")
    yield from a.policy("refund", text="payment method", title="Paying out refunds")
    yield from a.policy("refund", text="approve limit finance", title="approve a refund")
    yield from a.policy("shipping", text="delivered trace", title="Shown as delivered")
    back = min(level["restock_on"] for level in case["inventory"] if level["restock_on"])
    if back <= NEEDED:
        return f"Dear Ms. Booker,\n\nThe case is expected on {spoken(back)}, so I have left the order alone."
    payment = a.payment(details["payments"])
    yield from a.call("updateOrderStatus", order_id=order["id"], status="cancelled", note="CXL 2025-11-15 customer")
    yield from a.call(
        "createRefund", payment_id=payment["id"], amount=payment["amount"], reason="order_cancelled", status="approved"
    )
    trace = missing["escalations"][0]
    return (
        f"Dear Ms. Booker,\n\n**The case.** Both warehouses expect it on {spoken(back)}, after your weekend, so I have "
        f"cancelled the order ({order['id']}).\n\n**The money.** All of it goes back, {usd(cents(payment['amount']))} "
        "with the express charge. It can only go back to the bank account that paid, by transfer, not to Google Pay; "
        "banks forward such money even when an account is closed. The refund is approved; allow 3-5 business days.\n\n"
        "**The processors.** I can neither refund them nor send new ones before the trace is closed, at any amount. "
        f"It has been with our fulfilment team since {spoken(a.day(trace['created_at']))} and no answer is on file "
        "yet, which is longer than we like. If FedEx cannot prove delivery at your address, the parcel counts as lost "
        "and you choose between your money and a new pair.\n\nCorecraft support"
    )
