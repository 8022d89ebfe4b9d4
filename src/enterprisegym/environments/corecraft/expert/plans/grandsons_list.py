"""The plan of `grandsons-list`."""

from __future__ import annotations

from datetime import timedelta

from enterprisegym.environments.corecraft.agents import (
    Plan,
    Worker,
    cents,
    spoken,
    usd,
)
from enterprisegym.environments.corecraft.agents.steps import number_in, price_cart, running_codes


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="ianstrickland@coppermail.example")
    cpu = yield from a.product("Hale Nine Meridian 660X", category="cpu")
    board = yield from a.product("Quill & Rook Parapet B6", category="motherboard")
    memory = yield from a.product("Latchkey Tumbler DDR5-6000 32GB (2x16GB)", category="memory")
    cart = {cpu["id"]: 1, board["id"]: 1, memory["id"]: 1}
    packages = yield from a.packages(cart)
    running = yield from running_codes(a, customer["loyalty_tier"], a.clock.today.isoformat())
    parts = yield from price_cart(a, [cpu, board, memory], cart, customer=customer, promotions=running)
    whole = [p for p in packages if len(p["components"]) == len(cart)]
    best, name = parts, None
    for package in whole:
        price = yield from price_cart(a, [package], {package["id"]: 1}, customer=customer, promotions=running)
        if price["total"] < best["total"]:
            best, name = price, package["name"]
    programme = yield from a.policy("loyalty", "spend tier", title="four tiers")
    moves = yield from a.policy("loyalty", "recomputed", title="When a loyalty tier changes")
    needed = 100 * number_in(r"\| Platinum \| from \$([\d,]+)", programme)
    with_shipping = "includes shipping" in programme["body"]
    at_once = "as soon as" in programme["body"] or "1st of each month" not in moves["body"]
    turn = a.clock.today.replace(day=1) + timedelta(days=32)
    turn = turn.replace(day=1)
    since = turn.replace(year=turn.year - 1)
    orders = yield from a.all("searchOrders", customer_id=customer["id"], created_after=since.isoformat())
    spend = 0
    for order in orders:
        if order["status"] in ("pending", "cancelled"):
            continue
        spend += cents(order["subtotal"]) - cents(order["discount"])
        spend += cents(order["shipping"]) if with_shipping else 0
        payments = yield from a.all("searchPayments", order_id=order["id"])
        spend -= sum(cents(r["amount"]) for p in payments for r in p["refunds"] if r["status"] != "denied")
    missing = needed - spend
    after = spend + cents(best["subtotal"]) - cents(best["discount"])
    single = (
        f"Bought one by one they come to {usd(cents(parts['total']))} at best, with the code "
        f"{parts['promo_code_used']} on "
        "top of your gold discount."
    )
    if name is None:
        price_text = f"{single} There is nothing cheaper with the same parts today."
    else:
        price_text = (
            f"The least is {usd(cents(best['total']))}: order the {name} ({usd(cents(best['subtotal']))}), which is "
            "exactly "
            f"these three parts in one set, and your gold 8% comes off it. Standard shipping is free for you. {single} "
            "That "
            "code does not work on sets."
        )
    if missing > 0:
        tier_text = (
            f"You are {usd(missing)} short today: {usd(spend)} of goods count in the twelve months that will be looked "
            "at, and "
            f"platinum starts at {usd(needed)}. With this order you reach {usd(after)}, so yes, that is enough. It "
            "does not "
            f"happen at once, though: tiers are worked out on the first of each month, so you become platinum on "
            f"{spoken(turn)}, provided that nothing is sent back before. This order itself still gets the gold "
            "discount."
        )
        if at_once:
            tier_text = f"You are {usd(missing)} short. With this order you are platinum at once."
    else:
        tier_text = f"You have {usd(spend)}, which is above {usd(needed)} already, so you are platinum at once."
    return (
        f"Dear Ian,\n\n**The three parts.** {price_text}\n\n**Platinum.** {tier_text}\n\n"
        "I wish you both a better evening at the kitchen table this time.\n\nCorecraft support"
    )
