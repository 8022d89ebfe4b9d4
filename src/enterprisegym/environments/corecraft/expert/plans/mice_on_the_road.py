"""Plan: an order that can no longer be cancelled; nothing is changed, the ways out are named."""

from __future__ import annotations

from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents.worker import Plan, Worker, spoken, usd
from enterprisegym.environments.corecraft.policies import rules

CARRIERS = {"ups": "UPS", "fedex": "FedEx", "usps": "USPS", "dhl": "DHL"}


def solve(a: Worker) -> Plan:
    customers = yield from a.all("searchCustomers", name="Lloyd Zamora")
    customer = a.pick(customers, postal_code="38173")
    mice = yield from a.brand("Otter & Finch", category="mouse")
    ids = {m["id"] for m in mice}
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    order = next(o for o in orders if any(n["product_id"] in ids for n in o["lines"]))
    details = yield from a.call("getOrderDetails", order_id=order["id"])
    yield from a.policy("cancellation", text="label", title="Cancelling or changing")
    yield from a.policy("return", text="holiday placed November", title="Seasonal notice")
    yield from a.policy("return", text="label", title="return label")
    parcel = details["shipments"][0]
    newest = max(parcel["events"], key=lambda event: event["at"])
    came = a.delivered_on(parcel)
    ordered = date.fromisoformat(a.day(order["created_at"]))
    last = date.fromisoformat(came) + timedelta(days=30) if came else rules.HOLIDAY_RETURN_UNTIL
    if rules.HOLIDAY_ORDERS[0] <= ordered <= rules.HOLIDAY_ORDERS[1]:
        last = max(last, rules.HOLIDAY_RETURN_UNTIL)
    return (
        f"Hi Lloyd, it's too late to cancel: the parcel already left. {CARRIERS[parcel['carrier']]} scanned it in "
        f"{newest['location'].split(',')[0]} on {spoken(a.day(newest['at']))}, so order {order['id']} is on its way "
        "to you.\n\nTwo ways out:\n"
        "1. Refuse the parcel at the door. It travels back to us and is then refunded.\n"
        f"2. Accept it and ask for a return, any time until {spoken(last)}. We e-mail a label, and "
        f"{usd(rules.RETURN_LABEL_CENTS)} for it comes off the refund. Opened or not makes no difference with mice.\n\n"
        "I haven't changed anything on the order."
    )
