"""Plan: what a customer paid for fast delivery, all pages of orders; a parcel that she thinks was late was not."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import order_details


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="yolandagreer@coppermail.example")
    orders = yield from a.dated("searchOrders", "2025-06-01", "2025-11-15", customer_id=customer["id"])
    fast = [o for o in orders if o["shipping_service"] in ("express", "overnight") and o["shipping"] > 0]
    fast.sort(key=lambda o: o["created_at"])
    overnight = next(o for o in fast if o["shipping_service"] == "overnight")
    parcel = (yield from order_details(a, overnight["id"]))["shipments"][0]
    came = a.delivered_on(parcel) or ""
    yield from a.policy("shipping", "dispatch", title="Dispatch cut-off")
    yield from a.policy("shipping", "owed", title="Late deliveries")
    lines = "\n".join(
        f"- {spoken(a.day(o['created_at']))}: {o['id']}, {o['shipping_service']}, {usd(cents(o['shipping']))}"
        for o in fast
    )
    total = sum(cents(o["shipping"]) for o in fast)
    return (
        f"Hello Yolanda,\n\nFast delivery since June 1:\n\n{lines}\n\nTogether {len(fast)} orders, {usd(total)}.\n\n"
        f"As for October 29: the overnight charge is not refunded. You ordered after 3:00 pm, so the parcel left the "
        f"next business day. It was promised for {spoken(parcel['eta'])} and was delivered on {spoken(came)}, so it "
        "was on time.\n\nCorecraft support"
    )
