"""Plan: a parcel that is said to be with a neighbor goes to the carrier's trace, and the order to a quiet review."""

from __future__ import annotations

from datetime import date

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import number_in, order_details, scanned
from enterprisegym.environments.corecraft.policies import rules


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="petrov.jorge@homepost.example")
    ticket = a.pick((yield from a.all("searchTickets", ticket_id="tick-251115-931")))
    details = yield from order_details(a, ticket["order_id"])
    order, parcel = details["order"], details["shipments"][0]
    rule = yield from a.policy("shipping", text="delivered trace", title="Shown as delivered")
    yield from a.policy("cancellation", text="address", title="Cancelling or changing")
    yield from a.article("carrier claim fulfilment file")
    yield from a.policy("fraud", text="overnight countries", title="Signs of fraud")
    newest = max(parcel["events"], key=lambda event: event["at"])
    came, _ = scanned(a, parcel)
    total = usd(cents(order["total"]))
    yield from a.call(
        "createEscalation", ticket_id=ticket["id"], escalation_type="carrier_claim", destination="fulfilment",
        notes=f"NOT RECEIVED, order {order['id']}, tracking {parcel['tracking_number']}, {parcel['carrier'].upper()} "
        f"{parcel['service']}; newest scan {came} {newest['location']} \"{newest['detail']}\"; address matches the "
        f"order; paid {total}; asked neighbors on both sides, across the street and the super; wish: refund or reship.",
    )  # fmt: skip
    billing = next((at for at in customer["addresses"] if at["label"] == "billing"), order["ship_to"])
    if billing["country"] != order["ship_to"]["country"] and order["shipping_service"] == "overnight":
        yield from a.call(
            "createEscalation", ticket_id=ticket["id"], escalation_type="fraud_review", destination="fraud",
            notes=f"Order {order['id']}, {total}: overnight to {order['ship_to']['country']}, billing address in "
            f"{billing['country']}. Customer reports the parcel as not received and asks for money, or for the parts "
            "at the billing address. Nothing paid or sent; carrier claim opened.",
        )  # fmt: skip
    days = number_in(r"within \*\*(\d+) business days", rule)
    answer: date = rules.add_business_days(a.clock.today, days)
    town = newest["location"].split(",")[0]
    return (
        f"Dear Mr. Petrov,\n\nI can neither refund you today nor send the parts again before the trace is closed, and "
        "so nothing goes to Philadelphia either. The carrier's proof comes first, whatever the amount.\n\n"
        f'What UPS says: delivered on {spoken(came or "")} in {town}, "{newest["detail"]}". It does not say which '
        "one.\n\n"
        "What we do: our fulfilment team now asks UPS for the photo, the signature and the GPS point, and knows where "
        f"you have looked. You hear from us within {days} business days, by {answer:%A}, {spoken(answer)}. If UPS "
        "cannot prove delivery at your address, the parcel counts as lost and you choose between money and parts.\n\n"
        "The order is also in a routine check, and we will be in touch about that.\n\nCorecraft support"
    )
