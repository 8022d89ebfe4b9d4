"""The plan of `twenty-four-kits`."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import (
    Plan,
    Worker,
    cents,
    spoken,
    usd,
)
from enterprisegym.environments.corecraft.agents.steps import (
    discount_share,
    get_product,
    label_cost,
    line_with,
    order_details,
    price_cart,
    return_deadline,
    running_codes,
)


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="vu.gwendolyn@homepost.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    order = a.pick(orders, product_id="ddr4-3200-1x16")
    details = yield from order_details(a, order["id"])
    line = line_with(order, "ddr4-3200-1x16")
    sticks = yield from get_product(a, line["product_id"])
    delivered = a.delivered_on(details["shipments"][0]) or ""
    last, _ = yield from return_deadline(a, order, customer["loyalty_tier"], delivered)
    label = yield from label_cost(a)
    amount = a.price_paid(line, sticks) * line["quantity"]
    back = amount - discount_share(order, amount) - label
    kit = yield from a.product("Latchkey Tumbler DDR5-6000 32GB (2x16GB)", category="memory")
    yield from a.policy("business", "volume", title="volume terms")
    running = yield from running_codes(a, customer["loyalty_tier"], a.clock.today.isoformat())
    totals: dict[int, int] = {}
    for units in (24, 25):
        price = yield from price_cart(a, [kit], {kit["id"]: units}, customer=customer, promotions=running)
        totals[units] = cents(price["total"])
    there = a.stock(kit)
    more = totals[25] - totals[24]
    stock = f"{there} kits are available right now, so either quantity can ship at once, from one warehouse."
    if there < 25:
        stock = "None of the kits is available right now, so the order would have to wait for the next delivery."
    return (
        f"Dear Gwendolyn,\n\n**The four DDR4 sticks.** Sealed, they can come back; you have until {spoken(last)} to "
        "ask. You "
        f"would get {usd(back)}: what you paid after the WELCOME15 discount, of which the return label costs "
        f"{usd(label)}.\n\n"
        "**The DDR5 kits**, with your school terms and shipping included:\n\n"
        "| Kits | Discount | Total |\n|---|---|---|\n"
        f"| 24 | 5% volume | {usd(totals[24])} |\n"
        f"| 25 | 8% volume | {usd(totals[25])} |\n\n"
        f"Yes, take the 25th: the step to 8% makes it cost only {usd(more)} more. The LATCH15 code ran out on November "
        "14, "
        f"and codes do not combine with the volume discount. {stock}\n\nCorecraft support"
    )
