"""The plan of `drop-in-card`."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import (
    Plan,
    Worker,
    cents,
    usd,
)
from enterprisegym.environments.corecraft.agents.steps import cart_items, get_product, price_cart, running_codes
from enterprisegym.rollout.record import Json


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="jamal_m@brightmail.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    order = a.pick(orders, product_id="northglass-aurora-30")
    cart = {line["product_id"]: line["quantity"] for line in order["lines"]}
    old = next(p for p in cart if "aurora-30" in p)
    present = yield from get_product(a, old)
    kept = {p: n for p, n in cart.items() if p != old}
    running = yield from running_codes(a, customer["loyalty_tier"], a.clock.today.isoformat())
    cards = yield from a.all("searchProducts", category="gpu", status="active", max_price=300)
    chosen: list[tuple[Json, int, str | None]] = []
    for card in cards:
        if card["price"] <= present["price"] or a.stock(card) == 0:
            continue
        checked = yield from a.call("validateBuildCompatibility", items=cart_items({**kept, card["id"]: 1}))
        if checked["errors"] or checked["warnings"]:
            continue
        price = yield from price_cart(a, [card], {card["id"]: 1}, customer=customer, promotions=running)
        if cents(price["total"]) <= 26000:
            chosen.append((card, cents(price["total"]), price["promo_code_used"]))
    most = max(chosen, key=lambda item: item[0]["specs"]["vram_gb"])[0]
    number = {1: "one card fits", 2: "two cards fit"}.get(len(chosen), f"{len(chosen)} cards fit")
    code = chosen[0][2]
    lines = "\n".join(
        f"- {card['name']}, {card['specs']['vram_gb']} GB: {usd(total)} to your door" for card, total, _ in chosen
    )
    return (
        f"Hey Jamal, {number} everything you asked for. They go into the Stall M from {order['id']} with the power "
        "supply you "
        f"have, stay at or under the 550 W it gives, and are on the shelf today:\n\n{lines}\n\n"
        f"Both prices are with the code {code}, type it in at checkout (it is for accounts in the Standard tier). "
        "Standard "
        f"shipping is free at that amount.\n\nThe one with the most memory is the {most['name']}, "
        f"{most['specs']['vram_gb']} GB against the {present['specs']['vram_gb']} GB in your Aurora 30. My pick would "
        "be that one."
    )
