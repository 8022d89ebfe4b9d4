"""Plan: a board called a lemon that has the other socket, a processor taken back, and two charges that were none."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import Plan, Rows, Worker, cents, usd
from enterprisegym.environments.corecraft.agents.steps import (
    discount_share,
    get_product,
    label_cost,
    order_details,
    restocking_policy,
    todays_ticket,
)
from enterprisegym.environments.corecraft.policies import rules


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="pelletier.kenji@lakemail.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    details = yield from order_details(a, orders[0]["id"])
    order = details["order"]
    ticket, _ = yield from todays_ticket(a, customer["id"], order["id"])
    items = [{"product_id": line["product_id"], "quantity": line["quantity"]} for line in order["lines"]]
    checked = yield from a.call("validateBuildCompatibility", items=items)
    assert not checked["compatible"]
    products: Rows = []
    for item in items:
        products.append((yield from get_product(a, item["product_id"])))
    chip = next(p for p in products if p["category"] == "cpu")
    board = next(p for p in products if p["category"] == "motherboard")
    line = next(row for row in order["lines"] if row["product_id"] == chip["id"])
    yield from a.policy("return", "arrival", title="defective on arrival")
    yield from a.policy("return", "compatible", title="turn out not to fit")
    yield from restocking_policy(a)
    yield from a.policy("refund", "duplicate", title="Duplicate captures")
    paid = a.price_paid(line, chip)
    net = paid - discount_share(order, paid)
    fee = rules.half_up(net * 15, 100)
    label = yield from label_cost(a)
    amount = net - fee - label
    yield from a.policy("refund", "approve limit finance", title="Who may approve")
    surplus = a.captured(details["payments"]) - cents(order["total"])
    if surplus:
        money = f"You were charged {usd(surplus)} too much; that money comes back as well."
    else:
        money = (
            f"Of the three entries only one is a charge: {usd(cents(order['total']))} was captured once. The other two "
            "are a failed attempt and a voided one; no money was taken with them, they drop off your statement by "
            "themselves, and there is nothing to refund."
        )
    made = yield from a.call(
        "processReturn", order_id=order["id"], reason="incompatible", disposition="refund", ticket_id=ticket["id"],
        items=[{"product_id": chip["id"], "quantity": 1, "condition": "opened"}],
        amount=amount / 100, status="approved",
    )  # fmt: skip
    return (
        "Hello Kenji,\n\nno list this time. The board is not defective, so we do not replace it: the "
        f"{board['name']} has "
        f"the socket {board['specs']['socket']}, and the {chip['name']} is made for {chip['specs']['socket']}. The two "
        "can never start together, and that is what the CPU light says.\n\n"
        f"So the processor comes back, return {made['return']['id']}. You get {usd(amount)}: {usd(paid)} less the 15% "
        f"restocking fee for an opened processor ({usd(fee)}) and the return label ({usd(label)}). Parts that do not "
        f"fit count as a change of mind. The money goes to your card, 3-5 business days after approval; the label "
        "follows by e-mail. The board stays with you.\n\n"
        f"{money}\n\nCorecraft support"
    )
