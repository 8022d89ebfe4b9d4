"""Plan: the board goes back sealed and comes again inside a pair, which is cheaper than the processor alone."""

from __future__ import annotations

from datetime import date

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    discount_share,
    label_cost,
    line_with,
    order_details,
    order_holding,
    price_cart,
    return_deadline,
    running_codes,
)


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="daniel.krishnan@lakemail.example")
    board = yield from a.product("Causeway X6 Pro", category="motherboard")
    chip = yield from a.product("Meridian 680V", category="cpu")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    details = yield from order_details(a, order_holding(a, orders, board["id"])["id"])
    order = details["order"]
    came = a.delivered_on(details["shipments"][0]) or ""
    last, _ = yield from return_deadline(a, order, customer["loyalty_tier"], came)
    yield from a.policy("refund", "discount share order line", title="worked out")
    paid = a.price_paid(line_with(order, board["id"]), board)
    back = paid - discount_share(order, paid) - (yield from label_cost(a))
    codes = yield from running_codes(a, customer["loyalty_tier"], a.clock.today.isoformat())
    alone = yield from price_cart(a, [chip], {chip["id"]: 1}, customer=customer, promotions=codes)
    simple = cents(alone["total"])
    packages = yield from a.packages({board["id"]: 1, chip["id"]: 1})
    lines = [
        f"**Just the processor:** {usd(simple)} today for the {chip['name']} with the code {alone['promo_code_used']}, "
        "standard shipping free."
    ]
    net = simple
    for pair in packages[:1]:
        price = yield from price_cart(a, [pair], {pair["id"]: 1}, customer=customer, promotions=codes)
        through = cents(price["total"]) - back
        lines.append(
            f"**The {pair['name']} instead:** the pair is the same board and the same processor and costs "
            f"{usd(cents(price['total']))} with the code {price['promo_code_used']}. The board of {order['id']} goes "
            "back and "
            f"brings {usd(back)}. What it costs you all in: {usd(through)}."
        )
        net = min(net, through)
    if net < simple:
        verdict = f"Cheapest total: {usd(net)}\nBoard: send back\nBuy: {packages[0]['name']}"
    else:
        verdict = f"Cheapest total: {usd(net)}\nBoard: keep\nBuy: {chip['name']}"
    return (
        f"{verdict}\n\nHello Daniel,\n\nthe ways compared:\n\n" + "\n\n".join(lines) + "\n\nYour PS: the board came on "
        f"{spoken(date.fromisoformat(came))}, so the last day to ask for its return is {spoken(last)}. Sealed, it "
        "brings "
        f"you {usd(back)}: {usd(paid)} less the return label. Nothing is booked.\n\nCorecraft support"
    )
