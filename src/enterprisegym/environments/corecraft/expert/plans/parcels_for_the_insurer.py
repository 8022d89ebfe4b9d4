"""The plan of `parcels-for-the-insurer`."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import (
    Plan,
    Rows,
    Worker,
    spoken,
)
from enterprisegym.environments.corecraft.agents.steps import as_table


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="zainab_v@postnook.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    parcels: Rows = []
    for order in orders:
        parcels += yield from a.all("searchShipments", order_id=order["id"])
    rows: list[tuple[str, ...]] = []
    for parcel in sorted(parcels, key=lambda s: s["created_at"]):
        delivered = a.delivered_on(parcel)
        name = {"ups": "UPS", "fedex": "FedEx", "usps": "USPS", "dhl": "DHL"}[parcel["carrier"]]
        arrived = "not yet" if delivered is None else spoken(delivered)
        rows.append((parcel["order_id"], name, parcel["tracking_number"], arrived))
    table = as_table(("Order", "Carrier", "Tracking number", "Delivered"), rows)
    return f"Hi Zainab, this is everything we have sent you so far:\n\n{table}"
