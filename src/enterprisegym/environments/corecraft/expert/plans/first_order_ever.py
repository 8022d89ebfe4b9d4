"""The plan of `first-order-ever`."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import (
    Plan,
    Worker,
    spoken,
    usd,
)


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="patrick.washington@homepost.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    first = min(orders, key=lambda o: o["created_at"])
    details = yield from a.call("getOrderDetails", order_id=first["id"])
    names: list[str] = []
    for line in first["lines"]:
        found = yield from a.call("getProduct", product_id=line["product_id"])
        names.append(found["product"]["name"])
    parcel = details["shipments"][0]
    number = f"{len(orders)} order" + ("s" if len(orders) != 1 else "")
    return (
        f"Hi Patrick,\n\nyou have placed {number} with us so far. The one that started it was {first['id']} on "
        f"{spoken(a.day(first['created_at']))}: {' and '.join(names)}, {usd(a.captured(details['payments']))} in "
        "all.\n\n"
        f"You remember rightly, it was late: promised for {spoken(parcel['eta'])}, delivered on "
        f"{spoken(a.delivered_on(parcel) or '')}.\n\nThanks for staying with us anyway!"
    )
