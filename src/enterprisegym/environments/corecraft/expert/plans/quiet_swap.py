"""The plan of `quiet-swap`."""

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
    line_with,
    order_details,
    price_cart,
    return_deadline,
    running_codes,
)


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="quach.keisha@fastletter.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"], created_after="2025-11-01")
    order = a.pick(orders, where=lambda o: any("keel-850" in line["product_id"] for line in o["lines"]))
    details = yield from order_details(a, order["id"])
    line = line_with(order, "keel-850")
    supply = yield from get_product(a, line["product_id"])
    delivered = a.delivered_on(details["shipments"][0]) or ""
    last, seasonal = yield from return_deadline(a, order, customer["loyalty_tier"], delivered)
    yield from a.policy("return", "label", title="return label")
    amount = a.price_paid(line, supply)
    share = discount_share(order, amount)
    back = amount - share
    cooler = yield from a.product("Cold Harbor Fjord 240", category="cooling")
    fans = yield from a.product("BriskWind Draft 120 3-Pack", category="cooling")
    paste = yield from a.product("TidyBench Bench Paste 4g", category="accessory")
    cart = {cooler["id"]: 1, fans["id"]: 1, paste["id"]: 1}
    packages = yield from a.packages(cart)
    running = yield from running_codes(a, customer["loyalty_tier"], a.clock.today.isoformat())
    parts = yield from price_cart(a, [cooler, fans, paste], cart, customer=customer, promotions=running)
    best, name = parts, None
    for package in packages:
        if len(package["components"]) == len(cart):
            price = yield from price_cart(a, [package], {package["id"]: 1}, customer=customer, promotions=running)
            if price["total"] < best["total"]:
                best, name = price, package["name"]
    single = f"The three on their own come to {usd(cents(parts['total']))} with {parts['promo_code_used']}."
    how = f"{single} Nothing beats that today."
    if name is not None:
        how = (
            f"{usd(cents(best['total']))}, as the {name}: it is exactly those three, and your gold 8% comes off. "
            f"{single}"
        )
    until = "thanks to the holiday notice, since you ordered in November" if seasonal else "45 days from delivery"
    return (
        f"Hi Keisha,\n\n(1) You would get {usd(back)} back: you paid {usd(amount)} for the Keel 850 Gold v3, and its "
        "part of "
        f"your order's discount was {usd(share)}. As a gold member you send it on a free label, and a power supply "
        "carries no "
        f"restocking fee. The overnight charge stays with the order. You have until {spoken(last)} to ask, {until}.\n\n"
        f"(2) {how} Standard shipping is free for you.\n\n"
        f"(3) On balance {usd(back - cents(best['total']))} stays with you.\n\n"
        "I have not started either. When you want to go ahead, send us a line for the return and place the new order "
        "in the "
        "shop.\n\nCorecraft support"
    )
