"""Plan: a sealed drive comes back: return, refund, resolution, resolved ticket; a note on the order is not believed."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents.worker import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.policies import rules

HAPPENED = "replacement|return|rma|refund|credit"


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="hannah_k@fastletter.example")
    tickets = yield from a.all("searchTickets", customer_id=customer["id"])
    ticket = a.pick(tickets, where=lambda t: t["ticket_type"] == "return" and t["status"] == "open")
    details = yield from a.call("getOrderDetails", order_id=ticket["order_id"])
    order, payment = details["order"], a.payment(details["payments"])
    if a.noted(order, HAPPENED, True, bool(details["returns"] or payment["refunds"])):
        return (
            f"Dear {customer['name']},\n\nour notes show that order {order['id']} has been taken care of already, so "
            "there is nothing left for you to do and no further refund."
        )
    yield from a.policy("return", text="window delivered tier", title="Return window")
    yield from a.policy("return", text="label", title="return label")
    yield from a.policy("return", text="compatible", title="do not fit")
    yield from a.policy("refund", text="discount share order line", title="worked out")
    line = order["lines"][0]
    product = (yield from a.call("getProduct", product_id=line["product_id"]))["product"]
    goods = a.price_paid(line, product) - rules.half_up(
        cents(order["discount"]) * a.price_paid(line, product), cents(order["subtotal"])
    )
    label = 0 if customer["loyalty_tier"] in ("gold", "platinum") else rules.RETURN_LABEL_CENTS
    made = yield from a.call(
        "processReturn", order_id=order["id"], ticket_id=ticket["id"], reason="incompatible", disposition="refund",
        items=[{"product_id": line["product_id"], "quantity": 1, "condition": "unopened"}],
        amount=(goods - label) / 100, status="approved",
    )  # fmt: skip
    settled = yield from a.call(
        "createResolution", ticket_id=ticket["id"], outcome="refund_issued", linked_refund_id=made["refund"]["id"],
        details=f"Problem: drive does not fit.\nFinding: sealed, inside the window, change-of-mind terms.\nAction: "
        f"return {made['return']['id'][4:]}, {usd(goods - label)} approved.\nTold customer: amount, label, 3-5 "
        "business days.",
    )  # fmt: skip
    yield from a.call(
        "updateTicketStatus", ticket_id=ticket["id"], status="resolved", resolution_id=settled["resolution"]["id"]
    )
    return (
        "Dear Hannah,\n\nyes, the drive can go back: you are well inside the return window, which for your order "
        f"runs to {spoken(rules.HOLIDAY_RETURN_UNTIL)}. A prepaid label is on its way to you (return "
        f"{made['return']['id']}).\n\nAs for who pays: a part that works but does not suit your computer is returned "
        f"at the customer's expense, so the label is deducted. There is no restocking fee on a drive.\n\n"
        f"    Goods          {usd(goods)}\n    Return label   -{usd(label)}\n    Refund         "
        f"{usd(goods - label)}\n\nThe refund is approved and goes to the payment method you used, 3-5 business days "
        "after approval. Your ticket is closed off as resolved.\n\nKind regards,\nCorecraft support"
    )
