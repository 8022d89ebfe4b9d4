"""Plan: status mail in the house layout, then the ticket wrapped up."""

from __future__ import annotations

from datetime import date

from enterprisegym.environments.corecraft.agents.worker import Plan, Worker, spoken

WORDS = {"in_transit": "on its way", "out_for_delivery": "out for delivery", "delivered": "delivered"}


def solve(a: Worker) -> Plan:
    found = yield from a.call("searchTickets", ticket_id="tick-251115-003")
    ticket = a.pick(found["tickets"])
    yield from a.article("e-mail layout order status tracking")
    yield from a.article("wrap-up checklist resolution outcome")
    yield from a.policy("shipping", text="late eta owed", title="Late deliveries")
    details = yield from a.call("getOrderDetails", order_id=ticket["order_id"])
    parcel = details["shipments"][0]
    item = parcel["contents"][0]
    product = (yield from a.call("getProduct", product_id=item["product_id"]))["product"]
    status, came = WORDS[a.parcel_status(parcel)], a.delivered_on(parcel)
    eta = date.fromisoformat(parcel["eta"])
    newest = max(parcel["events"], key=lambda event: event["at"])
    if came is None:
        where = "The parcel is still in transit with the carrier."
        arrival = f"The promised day was {spoken(eta)}. That day has passed."
        late = "We are sorry for the delay."
    else:
        where = (
            f'The newest scan is of {spoken(came)}, {newest["location"]}: "{newest["detail"]}". It has been delivered.'
        )
        on_time = date.fromisoformat(came) <= eta
        arrival = f"The promised day was {spoken(eta)}, and the parcel came {'on time' if on_time else 'late'}."
        late = (
            "As it was not late, there is no late-delivery compensation." if on_time else "We are sorry for the delay."
        )
    resolution = yield from a.call(
        "createResolution",
        ticket_id=ticket["id"],
        outcome="information_provided",
        details=(
            "Problem: a third party asked about the order and got nothing; the account holder then asked herself"
            " where it is.\n"
            f"Finding: the parcel's newest scan says {status}{f', {came}' if came else ''}; promised for"
            f" {parcel['eta']}.\n"
            "Action: None.\n"
            "Told customer: where the parcel is, its contents and tracking number, nothing owed. No date promised."
        ),
    )
    yield from a.call(
        "updateTicketStatus", ticket_id=ticket["id"], status="resolved", resolution_id=resolution["resolution"]["id"]
    )
    return (
        f"Subject: {details['order']['id']} - {status}\n\n"
        f"Dear {details['customer']['name']},\n\n"
        f"**Where it is now**\n{where}\n\n"
        f"**When it should arrive**\n{arrival}\n\n"
        f"**What is in the parcel**\n{item['quantity']} x {product['name']}\n\n"
        f"**What we are doing**\nNothing is needed from our side right now. {late}\n\n"
        "**What you can do**\nPlease ask in the household who took the box in. The carrier is"
        f" {parcel['carrier'].upper()},"
        f" tracking number {parcel['tracking_number']}.\n\n"
        "Rosa\nCorecraft support"
    )
