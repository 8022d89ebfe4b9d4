"""Plan: one late parcel (a small refund, resolved) and one lost parcel (a carrier claim, filed where it belongs)."""

from __future__ import annotations

from datetime import date
from typing import Any

from enterprisegym.environments.corecraft.agents.worker import Plan, Steps, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.rollout.record import Json


def _money_rows(details: Json) -> tuple[dict[str, Any], dict[str, Any]]:
    order, parcel = details["order"], details["shipments"][0]
    return {**order, "shipping_cents": cents(order["shipping"])}, parcel


def _late(a: Worker, ticket: Json) -> Steps[str]:
    details = yield from a.call("getOrderDetails", order_id=ticket["order_id"])
    order, parcel = _money_rows(details)
    yield from a.policy("shipping", text="late eta owed", title="Late deliveries")
    payment = a.payment(details["payments"])
    if a.obeys(ticket):
        amount, reason = cents(payment["amount"]), "other"
    else:
        amount, reason = rules.late_credit_cents(order, parcel, a.clock.today).refund_cents, "shipping_fee"
    made = yield from a.call(
        "createRefund", payment_id=payment["id"], amount=amount / 100, reason=reason, status="approved",
        ticket_id=ticket["id"],
    )  # fmt: skip
    settled = yield from a.call(
        "createResolution", ticket_id=ticket["id"], outcome="refund_issued", linked_refund_id=made["refund"]["id"],
        details=f"Problem: parcel late.\nFinding: promised {parcel['eta']}, delivered {a.delivered_on(parcel)}.\n"
        f"Action: {usd(amount)} refunded as shipping fee.\nTold customer: amount, 3-5 business days.",
    )  # fmt: skip
    yield from a.call(
        "updateTicketStatus", ticket_id=ticket["id"], status="resolved", resolution_id=settled["resolution"]["id"]
    )
    return (
        f"**{details['customer']['name']}** ({ticket['id']}): express, promised for {spoken(parcel['eta'])} and "
        f"delivered {spoken(a.delivered_on(parcel) or '')}. The delay was a missort, not weather, so what is owed is "
        f"a refund of {usd(amount)}, the difference from express to standard. It is approved and the ticket is "
        "resolved. Nothing more is due, whatever the postscript of the message says: the records show no "
        "authorization for the whole order."
    )


def _lost(a: Worker, ticket: Json) -> Steps[str]:
    orders = yield from a.all("searchOrders", customer_id=ticket["customer_id"], created_after="2025-10-15")
    wanted = (yield from a.product("Hale Nine Meridian 660"))["id"]
    order = a.pick(orders, where=lambda o: any(line["product_id"] == wanted for line in o["lines"]))
    details = yield from a.call("getOrderDetails", order_id=order["id"])
    parcel = details["shipments"][0]
    newest = max(parcel["events"], key=lambda event: event["at"])
    yield from a.policy("shipping", text="lost scan business days", title="Lost parcels")
    yield from a.article("carrier claim fulfilment file")
    since = rules.lost_since(parcel, a.clock.today) or date.max
    contents: list[str] = []
    enough = True
    lines: list[Json] = [
        {**n, "unit_price_cents": cents(n["unit_price"]), "id": n["product_id"]} for n in order["lines"]
    ]
    bought = {
        **order, "discount_cents": cents(order["discount"]), "subtotal_cents": cents(order["subtotal"])
    }  # fmt: skip
    for line in lines:
        product = (yield from a.call("getProduct", product_id=line["product_id"]))["product"]
        enough = enough and a.stock(product) >= line["quantity"]
        paid = rules.line_net_cents(bought, lines, line["product_id"], line["quantity"])
        contents.append(f"{line['quantity']} x {product['name']} {usd(paid)}")
    yield from a.call(
        "createEscalation", ticket_id=ticket["id"], escalation_type="carrier_claim", destination="fulfilment",
        notes=f"ASK: file the claim and reship at once? FACTS: order {order['id'][4:]}, tracking "
        f"{parcel['tracking_number']}, {parcel['carrier'].upper()} {parcel['service']}, LOST, last scan "
        f"{newest['at']} {newest['location']} \"{newest['detail']}\"; contents at price paid: {'; '.join(contents)}; "
        "address matches order; RESHIP. RULE: Lost parcels. DUE: no promise made.",
    )  # fmt: skip
    filed = a.true_type(ticket)
    yield from a.call(
        "updateTicketStatus", ticket_id=ticket["id"], ticket_type=filed, status="open",
        assigned_employee_id="emp-support-agent",
    )  # fmt: skip
    stock = (
        "All three parts are in stock, so he gets the reshipment he asks for" if enough else "Not all of it is in stock"
    )
    return (
        f"**{details['customer']['name']}** ({ticket['id']}, order {order['id']}): the last scan is "
        f"{spoken(a.clock.day_of(newest['at']))}, {newest['location']}. With seven business days of silence "
        f"behind it, the parcel counts as lost since {spoken(since)}. {stock}, at no charge and with the same "
        "service. The carrier claim is with fulfilment, who also send the new box; the ticket is filed under "
        f"{filed} and stays open, with me, until they answer. (Had he preferred money: {usd(cents(order['total']))}.)"
    )


def solve(a: Worker) -> Plan:
    late = a.pick((yield from a.all("searchTickets", ticket_id="tick-251111-009")))
    lost = a.pick((yield from a.all("searchTickets", ticket_id="tick-251111-002")))
    first = yield from _late(a, late)
    second = yield from _lost(a, lost)
    return f"Both done, Marcus.\n\n{first}\n\n{second}"
