"""The plan of `list-on-the-chat`."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import (
    Plan,
    Rows,
    Worker,
    cents,
    spoken,
    usd,
)
from enterprisegym.environments.corecraft.agents.steps import price_cart, running_codes
from enterprisegym.environments.corecraft.policies import rules

LISTED = (
    ("Hale Nine Meridian 680", "cpu"),
    ("Brightmoor Causeway X6", "motherboard"),
    ("Latchkey Tumbler DDR5-6000 32GB (2x16GB)", "memory"),
    ("DatumLine Sprint G4 2TB", "storage"),
    ("Steady State Keel 850 Gold", "psu"),
    ("Pine Hollow Lodge (Black)", "case"),
    ("Vortex Labs Tempest 8800", "gpu"),
    ("Cold Harbor Jetty 120", "cooling"),
)


def solve(a: Worker) -> Plan:
    products: Rows = []
    for written, category in LISTED:
        products.append((yield from a.product(written, category=category)))
    cart = {p["id"]: 1 for p in products}
    packages = yield from a.packages(cart)
    running = yield from running_codes(a, "standard", a.clock.today.isoformat())
    parts = yield from price_cart(a, products, cart, promotions=running)
    found = yield from a.call("searchPromotions", text="Black Friday")
    friday = next(p for p in found["promotions"] if p["starts_on"] > a.clock.today.isoformat())
    off = min(rules.half_up(cents(parts["subtotal"]) * friday["percent"], 100), cents(friday["cap"]))
    later = cents(parts["subtotal"]) - off
    yield from a.policy("pricing", "prebuilts workstation", title="Discounts on bundles")
    yield from a.policy("shipping", "company holidays", title="Dispatch cut-off")
    best, name, goods = parts, None, products
    for package in packages:
        if len(package["components"]) == len(cart):
            price = yield from price_cart(a, [package], {package["id"]: 1}, promotions=running)
            if price["total"] < best["total"]:
                best, name, goods = price, package["name"], [package]
    lacking = [p for p in goods if a.stock(p) == 0]
    leaves = rules.add_business_days(a.clock.today, 1)
    start = spoken(friday["starts_on"])
    if name is None:
        due = lacking[0]["inventory"][0]["restock_on"]
        return (
            f"The parts as listed: {usd(cents(best['total']))} today with {best['promo_code_used']}, shipping free. "
            "With "
            f"{friday['code']} from {start} the parts come to {usd(later)}, so waiting is cheaper. The "
            f"{lacking[0]['name']} is out at both warehouses until {spoken(due)}, so the list cannot leave complete "
            "before."
        )
    jetty = next(p for p in products if a.stock(p) == 0)
    due = jetty["inventory"][0]["restock_on"]
    return (
        "| | Total |\n|---|---|\n"
        f"| **{name} with {best['promo_code_used']}, today** | **{usd(cents(best['total']))}** |\n"
        f"| Her list as single parts with {parts['promo_code_used']}, today | {usd(cents(parts['total']))} |\n"
        f"| Her list as single parts with {friday['code']}, from {start} | {usd(later)} |\n\n"
        f"The {name} is those eight parts, put together, at {usd(cents(best['subtotal']))}; the code takes "
        f"{usd(cents(best['discount']))} off and standard shipping is free.\n\n"
        f"Waiting does not pay. The Black Friday code is capped at {usd(cents(friday['cap']))} and leaves out complete "
        "systems.\n\n"
        f"The {name} is in stock, so paid this weekend it leaves on Monday, {spoken(leaves)}. The single-part list "
        "could "
        f"not: the {jetty['name']} is out at both warehouses until {spoken(due)}."
    )
