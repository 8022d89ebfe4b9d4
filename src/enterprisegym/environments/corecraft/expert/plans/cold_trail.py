"""The plan of `cold-trail`."""

from __future__ import annotations

from datetime import date

from enterprisegym.environments.corecraft.agents import (
    Plan,
    Worker,
    cents,
    spoken,
    usd,
)
from enterprisegym.environments.corecraft.agents.steps import get_product, number_in, order_details
from enterprisegym.environments.corecraft.policies import rules


def solve(a: Worker) -> Plan:
    found = yield from a.call("searchTickets", ticket_id="tick-251115-015")
    ticket = found["tickets"][0]
    details = yield from order_details(a, ticket["order_id"])
    order = details["order"]
    parcel = details["shipments"][0]
    scan = max(parcel["events"], key=lambda e: e["at"])
    policy = yield from a.policy("shipping", "lost scan business days", title="Lost parcels")
    yield from a.policy("shipping", "company holidays", title="Dispatch cut-off")
    yield from a.policy("escalation", "carrier_claim", title="Where to escalate")
    wait = number_in(r"(\d+) business days", policy)
    scanned = date.fromisoformat(a.day(scan["at"]))
    lost = rules.add_business_days(scanned, wait)
    silent = rules.business_days_between(scanned, a.clock.today)
    left: list[str] = []
    for line in order["lines"]:
        product = yield from get_product(a, line["product_id"])
        left.append(f"{product['name']}: {a.stock(product)} available")
    return (
        f"Not today. The newest scan of {parcel['id']} is {spoken(scanned)}, {scan['location']}. We act after {wait} "
        "business "
        f"days of silence, and up to today we have {silent} business days (November 11 counts, it is no company "
        "holiday).\n\n"
        f"**Day to act:** Tuesday, {spoken(lost)}, if no scan has come in by then.\n\n"
        "**Then the customer chooses:** reship at the same service at no charge, which works today because both items "
        "are in "
        f"stock ({'; '.join(left)}), or a refund of {usd(cents(order['total']))} in full. Shipping was free on "
        f"{order['id']}, so there is nothing to add for it. The reshipment or refund does not wait for the claim.\n\n"
        "**The claim with DHL** is ours and goes to fulfilment as carrier_claim, with the tracking number and that "
        "scan. "
        "Not before that day either.\n\nI have changed nothing; the ticket stays open meanwhile."
    )
