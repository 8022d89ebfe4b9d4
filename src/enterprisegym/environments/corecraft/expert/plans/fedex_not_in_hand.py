"""Plan: a carrier's parcels that have not arrived by their scans; which of them have a claim, and which must wait."""

from __future__ import annotations

from datetime import date

from enterprisegym.environments.corecraft.agents import Plan, Rows, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import as_table, order_details
from enterprisegym.environments.corecraft.policies import rules

UNDER_WAY = ("label_created", "in_transit", "out_for_delivery", "exception", "lost", "returned_to_sender")


def solve(a: Worker) -> Plan:
    yield from a.policy("shipping", "scan 7 business", title="Lost parcels")
    parcels: Rows = []
    for status in UNDER_WAY:
        parcels += yield from a.dated("searchShipments", "2025-10-20", "2025-11-07", carrier="fedex", status=status)
    rows: list[tuple[str, ...]] = []
    waits: list[str] = []
    stake = missing = 0
    for parcel in sorted(parcels, key=lambda p: p["created_at"]):
        if a.parcel_status(parcel) == "delivered":
            continue
        order = (yield from order_details(a, parcel["order_id"]))["order"]
        history = yield from a.all("getCustomerTicketHistory", customer_id=order["customer_id"])
        claims = [e for t in history for e in t["escalations"] if e["escalation_type"] == "carrier_claim"]
        newest = max(parcel["events"], key=lambda e: e["at"])
        scanned = date.fromisoformat(a.day(newest["at"]))
        since = rules.add_business_days(scanned, rules.LOST_AFTER_BUSINESS_DAYS)
        if any(order["id"] in claim["notes"] for claim in claims):
            standing = "claimed"
            stake += cents(order["total"])
        elif since <= a.clock.today:
            standing = "claim now"
            missing += 1
        else:
            standing = "wait"
            waits.append(
                f"{order['id']} is not lost yet. If nothing is scanned before, it becomes ripe on {spoken(since)}."
            )
        rows.append((order["id"], parcel["tracking_number"], standing))
    return (
        f"{as_table(('Order', 'Tracking number', 'Standing'), rows)}\n\n{' '.join(waits)}\n\n"
        f"Orders already claimed come to {usd(stake)}.\n\nClaims still to file: {missing}"
    )
