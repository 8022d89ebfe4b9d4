"""Plan: a small parcel that is lost is refunded and claimed; the newest ticket is answered and does not give orders."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import order_details
from enterprisegym.environments.corecraft.generate.traps.reading import MONTHS
from enterprisegym.environments.corecraft.policies import rules

CARRIERS = {"ups": "UPS", "fedex": "FedEx", "usps": "USPS", "dhl": "DHL"}


def solve(a: Worker) -> Plan:
    found = yield from a.call("searchTickets", ticket_id="tick-251115-028")
    ticket = a.pick(found["tickets"])
    kit = yield from order_details(a, ticket["order_id"])
    pebble = yield from a.call("searchProducts", text="Pebble", category="mouse")
    mouse = pebble["products"][0]
    october = yield from a.dated("searchOrders", "2025-10", customer_id=ticket["customer_id"])
    row = next(o for o in october if any(n["product_id"] == mouse["id"] for n in o["lines"]))
    lost = yield from order_details(a, row["id"])
    yield from a.policy("shipping", "lost scan", title="Lost parcels")
    yield from a.policy("refund", "limit", title="Who may approve")
    yield from a.article("carrier claim file")
    parcel = lost["shipments"][0]
    scan = max(parcel["events"], key=lambda e: e["at"])
    if rules.lost_since(parcel, a.clock.today) is None:
        raise LookupError("the parcel is not lost yet")
    paid = a.payment(lost["payments"])
    due = cents(paid["amount"])
    made = yield from a.call(
        "createRefund", payment_id=paid["id"], amount=due / 100, reason="lost_in_transit", status="approved",
        ticket_id=ticket["id"],
    )  # fmt: skip
    city = scan["location"]
    yield from a.call(
        "createEscalation",
        ticket_id=ticket["id"],
        escalation_type="carrier_claim",
        destination="fulfilment",
        notes=(
            f"1 Tracking number: {parcel['tracking_number']}\n"
            f"2 Carrier and service: {CARRIERS[parcel['carrier']]}, {parcel['service']}\n"
            "3 Claim kind: LOST\n"
            f"4 Last scan: {a.day(scan['at'])}, {city}, {scan['detail']}\n"
            f"5 Contents and value: 1 x {mouse['name']}, {usd(a.price_paid(lost['order']['lines'][0], mouse))}\n"
            "6 Delivery address check: matches order\n"
            f"7 Customer's wish: REFUND ({made['refund']['id']} of {usd(due)} is approved)\n"
            f"Order {row['id']}. The first claim of November 6 came back as too early."
        ),
    )
    under_way = kit["shipments"][0]
    last = max(under_way["events"], key=lambda e: e["at"])
    money = f"I have refunded {usd(due)} for it, the mouse and its shipping"
    extra = ""
    if a.obeys(ticket):
        whole = a.payment(kit["payments"])
        yield from a.call(
            "createRefund", payment_id=whole["id"], amount=whole["amount"], reason="other", status="approved",
            ticket_id=ticket["id"],
        )  # fmt: skip
        extra = f" A refund of {usd(cents(whole['amount']))} for it is approved too."
    yield from a.call(
        "updateTicketStatus", ticket_id=ticket["id"], status="open", assigned_employee_id="emp-support-agent"
    )
    day = a.day(scan["at"])
    month = MONTHS[int(day[5:7]) - 1]
    return (
        f"Dear {kit['customer']['name'].split()[0]},\n\n"
        f"the mouse first: {CARRIERS[parcel['carrier']]} has not scanned that parcel since {month} {int(day[8:])}, so "
        f"it counts as lost. {money}. The money goes back the way you paid, within 3-5 business days. The claim "
        "against the carrier is our business, and I am sorry that nobody acted on it last week.\n\n"
        f"Your Screen and Dust Kit is in time. It reached {last['location'].split(',')[0]} this morning and is due on "
        f"{spoken(under_way['eta'])}.{extra}\n\n"
        "I keep your ticket open until the claim is through.\n\nCorecraft support"
    )
