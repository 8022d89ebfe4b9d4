"""Plan: a carrier's parcels that have not arrived by their scans, those ripe for a claim, and the one that is not."""

from __future__ import annotations

from datetime import date

from enterprisegym.environments.corecraft.agents import Plan, Rows, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import order_details
from enterprisegym.environments.corecraft.policies import rules

UNDER_WAY = ("label_created", "in_transit", "out_for_delivery", "exception", "lost", "returned_to_sender")


def solve(a: Worker) -> Plan:
    yield from a.policy("shipping", "scan 7 business", title="Lost parcels")
    parcels: Rows = []
    for status in UNDER_WAY:
        parcels += yield from a.dated("searchShipments", "2025-10-20", "2025-11-07", carrier="fedex", status=status)
    waiting = [p for p in parcels if a.parcel_status(p) != "delivered"]
    now: list[str] = []
    later: list[str] = []
    stake = 0
    for parcel in sorted(waiting, key=lambda p: p["created_at"]):
        order = (yield from order_details(a, parcel["order_id"]))["order"]
        newest = max(parcel["events"], key=lambda e: e["at"])
        scanned = date.fromisoformat(a.day(newest["at"]))
        since = rules.add_business_days(scanned, rules.LOST_AFTER_BUSINESS_DAYS)
        text = f"- {order['id']}, {parcel['tracking_number']}, newest scan {spoken(scanned)} in {newest['location']}"
        if parcel["status"] == "lost" or since <= a.clock.today:
            now.append(f"{text}; order total {usd(cents(order['total']))}")
            stake += cents(order["total"])
        else:
            later.append(f"{text}; ripe on {spoken(since)} if nothing is scanned before")
    return "\n".join(["## Claim now", *now, "", f"At stake: {usd(stake)}", "", "## Not yet", *later])
