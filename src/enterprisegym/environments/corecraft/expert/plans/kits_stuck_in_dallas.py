"""Plan: a company's late express parcel is paid for, is not lost yet, and another one was on time."""

from __future__ import annotations

from datetime import date
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import number_in, order_details
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.rollout.record import Json


def _priced(order: Json) -> dict[str, Any]:
    return {**order, "shipping_cents": cents(order["shipping"])}


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="isaiah.rosales@netporch.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    order = a.pick(orders, where=lambda o: any(n["quantity"] == 25 and "ecc" in n["product_id"] for n in o["lines"]))
    other = a.pick(orders, where=lambda o: a.day(o["created_at"]) == "2025-11-09")
    details = yield from order_details(a, order["id"])
    earlier = yield from order_details(a, other["id"])
    yield from a.policy("shipping", text="late eta owed", title="Late deliveries")
    silence = yield from a.policy("shipping", text="scan business days claim", title="Lost parcels")
    yield from a.policy("shipping", text="holidays count", title="Dispatch cut-off")
    yield from a.policy("refund", text="approve limit finance", title="approve a refund")
    parcel, came_parcel = details["shipments"][0], earlier["shipments"][0]
    newest = max(parcel["events"], key=lambda event: event["at"])
    quiet = date.fromisoformat(a.day(newest["at"]))
    lost = rules.add_business_days(quiet, number_in(r"(\d+) business days", silence))
    owed = rules.late_credit_cents(_priced(order), parcel, a.clock.today).refund_cents
    made = yield from a.call(
        "createRefund", payment_id=a.payment(details["payments"])["id"], amount=owed / 100, reason="shipping_fee",
        status="approved",
    )  # fmt: skip
    came = a.delivered_on(came_parcel) or ""
    on_time = came <= came_parcel["eta"]
    return (
        f"Mr. Rosales,\n\nA) You have been refunded {usd(cents(made['refund']['amount']))}, the difference between "
        "express and standard, which is what a late express parcel gives. It goes back to the card, 3-5 business days "
        "from now.\n\n"
        f"B) The parcel is late, but not lost yet, so we cannot send twenty-five more on Monday. Its last scan is from "
        f"{newest['location']}, {spoken(quiet)}. If nothing follows it, we treat it as lost on {spoken(lost)}; you "
        "then choose between a new set and your money back, and need not wait for the carrier.\n\n"
        f"C) That parcel was promised for {spoken(came_parcel['eta'])} and delivered {spoken(came)}, "
        + ("on time, so nothing is owed for it." if on_time else "late.")
        + f" ({other['id']}; the twenty-five are {order['id']}.)\n\nCorecraft support"
    )
