"""Plan: what was taken and given back this year by order; attempts that failed are no charges."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import as_table, discount_share, order_details
from enterprisegym.rollout.record import Json


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="goodwin.bronwyn@fastletter.example")
    orders = yield from a.dated("searchOrders", "2025-01", "2025-11", customer_id=customer["id"])
    yield from a.policy("refund", "duplicate capture voided", title="Duplicate captures")
    yield from a.policy("refund", "discount share", title="How a refund")
    rows: list[tuple[str, str, str, str]] = []
    taken = given = 0
    february: Json = {}
    october: Json = {}
    for order in sorted(orders, key=lambda o: (o["created_at"], o["id"])):
        details = yield from order_details(a, order["id"])
        refunds = [r for p in details["payments"] for r in p["refunds"] if r["status"] in ("approved", "processed")]
        money, back = a.captured(details["payments"]), sum(cents(r["amount"]) for r in refunds)
        taken, given = taken + money, given + back
        rows.append((order["id"], spoken(a.day(order["created_at"])), usd(money), usd(back)))
        if a.day(order["created_at"]).startswith("2025-02"):
            february = details
        if back:
            october = {**details, "refund": refunds[0]}
    refund, order = october["refund"], october["order"]
    item = october["returns"][0]["items"][0]["product_id"]
    line = next(r for r in order["lines"] if r["product_id"] == item)
    price = cents(line["unit_price"])
    total = cents(february["order"]["total"])
    surplus = a.captured(february["payments"]) - total
    if surplus:
        charges = f"we took {usd(surplus)} too much, and that goes back to you."
    else:
        charges = (
            f"we charged you only once, {usd(total)}. Attempts before that which failed or were voided are no charges"
            " and drop off the statement by themselves, so there is nothing to return and I have not made a refund."
        )
    return (
        "Hello Bronwyn,\n\n"
        + as_table(("Order", "Day", "Taken", "Given back"), rows)
        + f"\n\n- Taken in all: {usd(taken)}. Given back: {usd(given)}. Net for 2025: {usd(taken - given)}.\n"
        f"- February: {charges}\n"
        f"- The case: it was {usd(price)} on the shelf, but you had {usd(discount_share(order, price))} of your"
        f" platinum discount on it, so {usd(cents(refund['amount']))} is all that you had paid for it. It was"
        f" processed on {spoken(a.day(refund['processed_at']))}.\n\n"
        "Corecraft support"
    )
