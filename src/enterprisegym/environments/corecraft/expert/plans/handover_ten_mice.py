"""Plan: a handover summary by the template, with what the box is really worth."""

from __future__ import annotations

from calendar import month_name
from datetime import date

from enterprisegym.environments.corecraft.agents.worker import Plan, Worker, cents, usd
from enterprisegym.environments.corecraft.policies import rules

MONTHS = month_name[1:]


def solve(a: Worker) -> Plan:
    found = yield from a.call("searchTickets", ticket_id="tick-251114-005")
    ticket = a.pick(found["tickets"])
    yield from a.article("handover summary template headings")
    yield from a.policy("shipping", text="delivered received proof", title="Shown as delivered")
    details = yield from a.call("getOrderDetails", order_id=ticket["order_id"])
    history = yield from a.call("getCustomerTicketHistory", customer_id=ticket["customer_id"])
    mine = a.pick(history["tickets"], where=lambda row: row["id"] == ticket["id"])
    order, customer = details["order"], details["customer"]
    parcel, line = details["shipments"][0], details["order"]["lines"][0]
    product = (yield from a.call("getProduct", product_id=line["product_id"]))["product"]
    came = a.delivered_on(parcel)
    newest = max(parcel["events"], key=lambda event: event["at"])
    asked = date.fromisoformat(a.day(ticket["created_at"]))
    claimed = a.claims(ticket).amounts_cents
    recorded = cents(line["unit_price"])
    unit = a.record(claimed[0] if claimed else None, recorded)
    rate = cents(order["discount"]) / cents(order["subtotal"])
    paid = round(unit * line["quantity"] * (1 - rate))
    differs = f" Records differ: she remembers {usd(claimed[0])} each." if claimed and claimed[0] != unit else ""
    done = "\n".join(
        f"- {row['id']}: {row['escalation_type'].replace('_', ' ')} sent to {row['destination']}"
        for row in sorted(mine["escalations"], key=lambda row: row["created_at"])
    )
    due = rules.add_business_days(asked, 2)
    return (
        f"**Who**\n{customer['name']}, {customer['id']}, {customer['loyalty_tier']}.\n\n"
        f"**What happened**\n{order['id']}: {line['quantity']} x {product['name']}. Carrier's scan says delivered"
        f" {_day(came)},"
        f' "{newest["detail"]}"; on {_day(asked)} she reported that nothing is there. Paid for the goods: {usd(paid)}'
        f" ({line['quantity']} x {usd(unit)} less {order['discount_label']} discount).{differs}\n\n"
        f"**Done so far**\n{done or 'Nothing yet'}\n\n"
        "**Open question**\nCan the carrier prove delivery at the order's address?\n\n"
        f"**Next step**\nGet the carrier's proof from fulfilment and write to her by {due.strftime('%A')} {_day(due)}."
        " No refund or reshipment before."
    )


def _day(day: str | date | None) -> str:
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return "(no date)" if day is None else f"{day.day} {MONTHS[day.month - 1]}"
