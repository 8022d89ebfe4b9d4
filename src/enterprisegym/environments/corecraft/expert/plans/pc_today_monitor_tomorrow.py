"""Plan: when silver can come at the earliest, what it is worth on a monitor, and the cheaper way with two codes."""

from __future__ import annotations

import re
from datetime import date

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import checkout, running_codes
from enterprisegym.environments.corecraft.policies import rules


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="tmuller@fastletter.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    programme = yield from a.policy("loyalty", "spend silver", title="the four tiers")
    yield from a.policy("loyalty", "1st of each month", title="When a loyalty tier")
    yield from a.policy("pricing", "one promo code order", title="Promo codes")
    match = re.search(r"\| Silver \| from \$([\d,]+) \| (\d+)%", programme["body"])
    if match is None or orders:
        raise LookupError("no silver tier, or there are orders")
    missing, percent = int(match[1].replace(",", "")) * 100, int(match[2])
    at_once = "as soon as" in programme["body"]
    today = a.clock.today
    since = today if at_once else date(today.year + today.month // 12, today.month % 12 + 1, 1)
    computer = yield from a.product("Corecraft Foundry 500", category="prebuilt")
    monitor = yield from a.product("Lumenfold Pane 27Q Plus", category="monitor")
    codes = yield from running_codes(a, customer["loyalty_tier"], today.isoformat())
    first = yield from checkout(a, [computer], {computer["id"]: 1}, customer, codes)
    second = yield from checkout(a, [monitor], {monitor["id"]: 1}, customer, codes)
    list_price = cents(monitor["price"])
    silver = list_price - rules.half_up(list_price * percent, 100)
    together = cents(first["total"]) + cents(second["total"])
    waiting = cents(first["total"]) + silver
    return (
        "Hello Trevor,\n\n"
        f"- You have no orders in the last twelve months, so the whole {usd(missing)} is missing.\n"
        f"- Silver on Sunday won't work. Tiers are worked out on the 1st of each month; with the PC paid today you"
        f" would be silver from {spoken(since)}, not a day sooner.\n"
        f"- With silver the {monitor['name']} would be {usd(silver)}.\n"
        f"- The cheapest way is not to wait: place two separate orders today, the {computer['name']} with"
        f" {first['promo_code_used']} ({usd(cents(first['total']))}) and the monitor with {second['promo_code_used']}"
        f" ({usd(cents(second['total']))}). Together {usd(together)}, standard shipping free on both. By way of silver"
        f" it would be {usd(waiting)}. One order for both would be dearer, because it takes only one code.\n\n"
        f"{second['promo_code_used']} ends tonight at midnight, Columbus time.\n\n"
        "Corecraft support"
    )
