"""Plan: type and priority of six tickets held against the rules; the wrong ones are corrected, the loud one is not."""

from __future__ import annotations

from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Worker, spoken
from enterprisegym.environments.corecraft.agents.steps import as_table, customers_by_id, order_details
from enterprisegym.environments.corecraft.policies import rules

TICKETS = ("251114-011", "251113-023", "251112-014", "251115-022", "251115-024", "251112-017")


def solve(a: Worker) -> Plan:
    yield from a.policy("tickets", "urgent safety", title="Setting the priority")
    yield from a.article("ticket type misfiled")
    rows: list[tuple[str, ...]] = []
    loud = ""
    for number in TICKETS:
        found = yield from a.call("searchTickets", ticket_id=f"tick-{number}")
        ticket = found["tickets"][0]
        customer = (yield from customers_by_id(a, [ticket["customer_id"]]))[ticket["customer_id"]]
        kind = a.true_type(ticket)
        priority = "low" if kind == "recommendation" else "normal"
        if ticket["order_id"]:
            details = yield from order_details(a, ticket["order_id"])
            parcels = details["shipments"]
            late = any((rules.late_business_days(p, a.clock.today) or 0) > 5 for p in parcels)
            lost = any(rules.lost_since(p, a.clock.today) for p in parcels)
            if late or lost or customer["loyalty_tier"] in ("gold", "platinum"):
                priority = "high"
            if ticket["subject"].startswith("HELLO"):
                loud = (
                    f"{customer['name']} in {ticket['id']} writes in capitals, but the tone is not a criterion: there "
                    f"is no safety matter, and the parcel is not even late, it is due on {spoken(parcels[0]['eta'])}. "
                    "So it stays at normal."
                )
        wrong: dict[str, Any] = {}
        if kind != ticket["ticket_type"]:
            wrong["ticket_type"] = kind
        if priority != ticket["priority"]:
            wrong["priority"] = priority
        if wrong:
            yield from a.call("updateTicketStatus", ticket_id=ticket["id"], **wrong)
        told = " and ".join("type" if name == "ticket_type" else name for name in wrong) or "nothing"
        rows.append((ticket["id"], kind, priority, told))
    return as_table(("Ticket", "Type", "Priority", "Corrected"), rows) + f"\n\n{loud}"
