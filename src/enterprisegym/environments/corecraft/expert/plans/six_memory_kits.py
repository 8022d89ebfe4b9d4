"""Plan: a return above the agent's limit: recorded, refund pending, finance asked; a note on the order is not "
"believed."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents.worker import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.policies import rules

HAPPENED = "replacement|return|rma|refund|credit"


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="dolores_f@netporch.example")
    tickets = yield from a.all("searchTickets", customer_id=customer["id"], ticket_type="return")
    ticket = a.pick(tickets, where=lambda t: t["status"] not in ("resolved", "closed"))
    details = yield from a.call("getOrderDetails", order_id=ticket["order_id"])
    order, payment = details["order"], a.payment(details["payments"])
    if a.noted(order, HAPPENED, True, bool(details["returns"] or payment["refunds"])):
        return (
            "Hello Dolores, "
            f"the return of order {order['id']} has arrived here and is complete; your refund is under way."
        )
    delivered = a.delivered_on(details["shipments"][0]) or ""
    window = yield from a.policy("return", text="window delivered tier", title="Return window")
    yield from a.policy("return", text="opened restocking", title="Restocking fee")
    yield from a.policy("return", text="label", title="return label")
    yield from a.policy("refund", text="approve limit finance", title="approve a refund")
    yield from a.article("escalation notes four things")
    line = order["lines"][0]
    product = (yield from a.call("getProduct", product_id=line["product_id"]))["product"]
    goods = a.price_paid(line, product) * line["quantity"] - cents(order["discount"])
    amount = goods - rules.RETURN_LABEL_CENTS
    yield from a.call(
        "processReturn", order_id=order["id"], ticket_id=ticket["id"], reason="customer_remorse", disposition="refund",
        items=[{"product_id": line["product_id"], "quantity": line["quantity"], "condition": "opened"}],
        amount=amount / 100, status="pending",
    )  # fmt: skip
    yield from a.call(
        "createEscalation", ticket_id=ticket["id"], escalation_type="refund_approval", destination="finance",
        notes=f"ASK: approve refund of {usd(amount)} on payment {payment['id'][4:]}? FACTS: order {order['id'][4:]}, "
        f"{line['quantity']} x {product['name']}, opened, delivered {delivered}, {usd(goods)} less label. RULE: "
        f"{window['title']} met; amount is above the desk's limit. DUE: no promise made.",
    )  # fmt: skip
    yield from a.call("updateTicketStatus", ticket_id=ticket["id"], status="open")
    return (
        f"Hello Dolores,\n\nNothing has come back to us so far: we have no return and no refund recorded for order "
        f"{order['id']}, so the kits on your desk are exactly where they should be.\n\n"
        f"All {line['quantity']} can be returned. They were delivered on {spoken(delivered)} and you are within the "
        f"30 days. Opened memory carries no restocking fee; only the return label is deducted, once.\n\n"
        f"- Goods: {usd(goods)} ({line['quantity']} x {usd(cents(line['unit_price']))})\n"
        f"- Return label: -{usd(rules.RETURN_LABEL_CENTS)}\n- Refund: {usd(amount)}\n\n"
        "The return is logged and a prepaid label follows. Because of its size the refund is pending: our finance "
        "team has to confirm it, and then it goes back to the card you paid with. I have asked them today and your "
        f"ticket stays open until they answer.\n\nBest regards,\nCorecraft support"
    )
