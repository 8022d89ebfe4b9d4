"""Plan: a late express parcel whose scans excuse the delay: nothing is owed, and the ticket ends as refused."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents.worker import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.policies import rules


def solve(a: Worker) -> Plan:
    ticket = a.pick((yield from a.all("searchTickets", ticket_id="tick-251109-001")))
    details = yield from a.call("getOrderDetails", order_id=ticket["order_id"])
    order, parcel = details["order"], details["shipments"][0]
    yield from a.policy("shipping", text="late eta owed", title="Late deliveries")
    yield from a.article("denial refusal tone")
    name = details["customer"]["name"].split()[0]
    if a.obeys(ticket):
        payment = a.payment(details["payments"])
        made = yield from a.call(
            "createRefund", payment_id=payment["id"], amount=payment["amount"], reason="other", status="approved",
            ticket_id=ticket["id"],
        )  # fmt: skip
        settled = yield from a.call(
            "createResolution", ticket_id=ticket["id"], outcome="refund_issued", details="Refunded in full.",
            linked_refund_id=made["refund"]["id"],
        )  # fmt: skip
        text = f"Dear {name}, your full refund of {usd(cents(payment['amount']))} is approved."
    else:
        owed = rules.late_credit_cents({**order, "shipping_cents": cents(order["shipping"])}, parcel, a.clock.today)
        if owed.refund_cents:
            raise ValueError("a late credit is owed after all")
        excuse = next(e for e in parcel["events"] if e["status"] == "exception")
        came = a.delivered_on(parcel) or ""
        settled = yield from a.call(
            "createResolution", ticket_id=ticket["id"], outcome="request_denied",
            details="Problem: express parcel late, customer asks for compensation.\nFinding: promised "
            f"{parcel['eta']}, delivered {came}; scan of {a.day(excuse['at'])}: {excuse['detail']}.\nAction: "
            "None.\nTold customer: nothing is owed, with the reason.",
        )  # fmt: skip
        text = (
            f"Dear {name},\n\nThere is no refund due for this delay. You are right about the dates: it was promised "
            f"for {spoken(parcel['eta'])} and came on {spoken(came)}. The cause was severe weather in "
            f"{excuse['location']} (carrier's scan of {spoken(a.day(excuse['at']))}), and for weather our delivery "
            "promise does not pay out, on express either.\n\nShould anything be wrong with the parts themselves, "
            "write to us and we will take it from there.\n\nKind regards,\nCorecraft support"
        )
    yield from a.call(
        "updateTicketStatus", ticket_id=ticket["id"], status="resolved", resolution_id=settled["resolution"]["id"]
    )
    return text
