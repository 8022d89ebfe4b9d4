"""Plan: ten dollars for a late express parcel that can no longer be cancelled, and a warning about what is in it."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import NotFoundError, Plan, Rows, Worker, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    discount_share,
    get_product,
    label_cost,
    order_details,
    todays_ticket,
)

OWED = 1000


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="greer.ahmed@papertrail.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    details = yield from order_details(a, orders[0]["id"])
    order, parcel = details["order"], details["shipments"][0]
    ticket, _ = yield from todays_ticket(a, customer["id"], order["id"])
    scan = max(parcel["events"], key=lambda event: event["at"])
    late = yield from a.policy("shipping", "late eta express", title="Late deliveries")
    yield from a.policy("cancellation", "label", title="Cancelling or changing")
    yield from a.policy("return", "compatible", title="turn out not to fit")
    yield from a.policy("refund", "approve limit finance", title="Who may approve")
    excused = any(w in e["detail"].lower() for e in parcel["events"] for w in ("weather", "customs"))
    if parcel["eta"] >= a.clock.today.isoformat() or excused or "$10.00" not in late["body"]:
        raise NotFoundError("nothing is owed")
    items = [{"product_id": line["product_id"], "quantity": line["quantity"]} for line in order["lines"]]
    checked = yield from a.call("validateBuildCompatibility", items=items)
    assert not checked["compatible"]
    products: Rows = []
    for item in items:
        products.append((yield from get_product(a, item["product_id"])))
    chip = next(p for p in products if p["category"] == "cpu")
    board = next(p for p in products if p["category"] == "motherboard")
    line = next(row for row in order["lines"] if row["product_id"] == chip["id"])
    paid = a.price_paid(line, chip)
    label = yield from label_cost(a)
    back = paid - discount_share(order, paid) - label
    payment = a.payment(details["payments"])
    yield from a.call(
        "createRefund", payment_id=payment["id"], amount=OWED / 100, reason="shipping_fee", status="approved",
        ticket_id=ticket["id"],
    )  # fmt: skip
    return (
        f"Hello Ahmed,\n\nyou are right about the date: {order['id']} was promised for {spoken(parcel['eta'])} and is "
        f"late. The newest scan, {spoken(a.day(scan['at']))}, {scan['location']}: {scan['detail'].lower()}.\n\n"
        f"1. We refund {usd(OWED)} now, the difference between express and standard. That is what a late express "
        "parcel "
        "brings; the rest of the fee stays.\n"
        "2. The order cannot be cancelled any more, as the parcel is on its way. You may refuse it at the door or "
        "send it "
        "back.\n"
        f"3. Before Sunday, please: the two parts do not fit each other. The {chip['name']} needs an "
        f"{chip['specs']['socket']} board, and the {board['name']} has {board['specs']['socket']}. Leave both sealed "
        "until "
        "you know which one you keep.\n"
        f"4. For the processor alone, never opened, you would get {usd(back)}: {usd(paid)} less {usd(label)} for the "
        "label.\n\nThe money goes back to your card, 3-5 business days after approval.\n\nCorecraft support"
    )
