"""Plan: the papers of a customer's first purchase, among many small ones since; nothing of a friend's order."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    item_delivered_on,
    line_with,
    order_details,
    order_holding,
)

CARRIERS = {"ups": "UPS", "fedex": "FedEx", "usps": "USPS", "dhl": "DHL"}


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="scottrutledge@inkwire.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    found = yield from a.call("searchProducts", text="Keel 1000", category="psu")
    supply = next(p for p in found["products"] if "1000" in p["name"])
    yield from a.policy("privacy", "spouse account", title="Whose account")
    row = order_holding(a, orders, supply["id"])
    details = yield from order_details(a, row["id"])
    cover = yield from a.call("checkWarrantyStatus", order_id=row["id"], product_id=supply["id"])
    parcel = details["shipments"][0]
    came = item_delivered_on(a, details["shipments"], supply["id"])
    if came is None:
        raise LookupError("the power supply is still under way")
    paid = cents(line_with(details["order"], "keel-1000")["unit_price"])
    many = f"{len(orders)} orders" if len(orders) > 1 else "1 order"
    return (
        f"Good afternoon {customer['name'].split()[0]},\n\n"
        "here is what the form asks for:\n\n"
        f"- Product: {supply['name']}\n"
        f"- Order number: {row['id']}\n"
        f"- Ordered on: {spoken(a.day(row['created_at']))}\n"
        f"- Price paid: {usd(paid)}\n"
        f"- Carrier and tracking number: {CARRIERS[parcel['carrier']]}, {parcel['tracking_number']}\n"
        f"- Delivered on: {spoken(came)}\n"
        f"- Warranty until: {spoken(cover['ends_on'])}\n\n"
        f"So it came in late summer, some weeks before Thanksgiving. Your account has {many} in all.\n\n"
        "About Mr. Wojcik's order I can't tell you anything, that is for him alone. He can write to us from his own "
        "e-mail address and will have his answer quickly.\n\nCorecraft support"
    )
