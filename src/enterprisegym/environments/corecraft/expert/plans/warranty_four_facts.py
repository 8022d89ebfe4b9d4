"""Plan: the warranty answer in four facts, from the records and not from the form."""

from __future__ import annotations

from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents.worker import Plan, Worker, spoken
from enterprisegym.environments.corecraft.policies import rules


def solve(a: Worker) -> Plan:
    found = yield from a.call("searchTickets", ticket_id="tick-251101-005")
    ticket = a.pick(found["tickets"])
    yield from a.article("warranty last day through coverage customer reply")
    yield from a.policy("warranty", text="claim via day 30", title="Handling a warranty claim")
    details = yield from a.call("getOrderDetails", order_id=ticket["order_id"])
    catalog = yield from a.all("searchProducts", category="storage", text="Sprint G4 2TB")
    line = a.pick(details["order"]["lines"], where=lambda row: row["product_id"] in {p["id"] for p in catalog})
    product = (yield from a.call("getProduct", product_id=line["product_id"]))["product"]
    checked = yield from a.call("checkWarrantyStatus", order_id=ticket["order_id"], product_id=product["id"])
    terms = yield from a.call("searchPolicies", policy_id=checked["warranty_policy_id"])
    claimed = a.claimed_day(ticket)
    recorded = date.fromisoformat(checked["starts_on"])
    claimed_start = (
        None if claimed is None or claimed == a.day(details["order"]["created_at"]) else date.fromisoformat(claimed)
    )
    start = a.record(claimed_start, recorded)
    last = rules.add_months(start, terms["policies"][0]["months"])
    handover = start + timedelta(days=30)
    reported = date.fromisoformat(a.day(ticket["created_at"]))
    ours = checked["claim_via"] == "corecraft" or reported <= handover
    name = details["customer"]["name"].split()[0]
    who = (
        "Corecraft handles the claim, as you wrote within 30 days of delivery."
        if ours
        else "The manufacturer, DatumLine, with our proof of purchase. We handle claims on this drive for the first"
        " 30 days"
        f" after delivery, that was through {spoken(handover)}; your message reached us on {spoken(reported)}."
    )
    return (
        f"Hi {name},\n\n"
        f"your {product['name']} is under warranty. In short:\n\n"
        f"1. **Start:** {spoken(start)}, the day it was delivered.\n"
        f"2. **Last day:** covered through {last.day} {spoken(last).split()[0]} {last.year} (or until the rated"
        " amount of data"
        " has been written, if that comes first).\n"
        f"3. **Who handles it:** {who}\n"
        "4. **What happens next:** open the claim with DatumLine and add a screenshot of the drive's health data"
        " with the"
        " terabytes written; they ask for it with every claim. The proof-of-purchase letter comes with this mail.\n\n"
        "You want a working drive and not a refund, and that is what the terms give: a replacement with the same or"
        " a faster"
        " drive. How long it takes is up to DatumLine, so I can't promise you a turnaround.\n\n"
        "Felix\nCorecraft support"
    )
