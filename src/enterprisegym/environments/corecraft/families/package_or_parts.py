"""A list of parts: what it costs at the least, bought one by one or as a package that holds them."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, usd
from enterprisegym.environments.corecraft.agents.steps import checkout, identified, running_codes
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording
from enterprisegym.environments.corecraft.families.filed import filed
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    amount,
    cheapest_price,
    criterion,
    introduced,
    near_miss,
    says,
    single_accounts,
    thing,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.rollout.record import Json
from enterprisegym.world import Row

TIMES = re.compile(r"(\d+) x (.+)")
MOST = 8
"""The most kinds of parts on a list."""


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    packages = [p for p in world.all("products") if p["components"]]
    customers = single_accounts(world)
    members = [c for c in customers if c["loyalty_tier"] != "standard" or world.mark("contact_format", c["id"])]
    others = [c for c in customers if c["loyalty_tier"] == "standard" and c not in members]
    for customer in [*members, *shuffled(rng, others)[:60]]:
        for cart, twist in _wishes(world, rng, shuffled(rng, packages)):
            called = [world.called(world.product(id)) for id in cart]
            branded = any(name != world.product(id)["name"] for id, name in zip(cart, called, strict=True))
            if branded and world.mark("contact_format", customer["id"]) is not None:
                continue
            way, best = _cheapest_way(world, customer, cart)
            if best is None or _covered_for_less(world, customer, cart, best.total_cents):
                continue
            told = [f"{n} x {name}" if n > 1 else name for name, n in zip(called, cart.values(), strict=True)]
            wish = "\n".join(f"- {t}" for t in told) if rng.random() < 0.6 else ", ".join(told)
            used = [id for id in way if world.product(id)["components"]]
            traps = ("prebuilt_cheaper",) if any(world.mark("prebuilt_cheaper", id) for id in used) else ()
            hard = (twist != "exact") + (best.promo_code is not None) + (len(cart) > 4)
            yield Situation(
                key={"customer": customer["id"], "cart": ",".join(f"{id}:{n}" for id, n in cart.items())},
                given={**introduced(world, customer, rng), "parts": told, "wish": wish},
                traps=(*traps, *world.traps_on(customer["id"], *cart, among=("brand_spelling", "contact_format"))),
                difficulty=2 + hard,
            )
            break


def _wishes(world: Records, rng: random.Random, packages: Iterable[Row]) -> Iterator[tuple[dict[str, int], str]]:
    """Lists of parts near a package: its contents, with more besides, with one thing changed, or short of one."""
    shelf = [
        p for p in world.all("products")
        if not p["components"] and p["status"] == "active" and world.available(p["id"]) > 3
    ]  # fmt: skip
    for package in packages:
        cart = {c["product_id"]: c["quantity"] for c in package["components"]}
        twist = rng.choice(("exact", "exact", "more", "more", "changed", "short"))
        if twist == "more":
            kinds = {world.product(id)["category"] for id in cart}
            for extra in rng.sample([p for p in shelf if p["category"] not in kinds], rng.choice((1, 2))):
                cart[extra["id"]] = 1
        elif twist == "changed":
            old = rng.choice(sorted(cart))
            like = [p for p in shelf if p["category"] == world.product(old)["category"] and p["id"] not in cart]
            if not like:
                continue
            new = min(like, key=lambda p: abs(p["price_cents"] - world.product(old)["price_cents"]))
            cart = {new["id"] if id == old else id: n for id, n in cart.items()}
        elif twist == "short" and len(cart) > 3:
            cart.pop(rng.choice(sorted(cart)))
        sold = all(world.product(id)["status"] != "discontinued" and world.available(id) >= n for id, n in cart.items())
        if sold and len(cart) <= MOST and all(world.available(p) > 0 for p in packages_inside(world, cart)):
            order = shuffled(rng, cart)
            yield {id: cart[id] for id in order}, twist


def packages_inside(world: Records, cart: Mapping[str, int]) -> list[str]:
    """Packages made of parts of the list only."""
    found: list[str] = []
    for package in world.all("products"):
        contents = Counter({c["product_id"]: c["quantity"] for c in package["components"]})
        if contents and package["status"] != "discontinued" and not contents - Counter(cart):
            found.append(package["id"])
    return found


def _ways(contents: Mapping[str, Mapping[str, int]], cart: Mapping[str, int]) -> list[dict[str, int]]:
    """Carts that bring the same parts: one by one, and with one or two packages."""
    ways: list[dict[str, int]] = [dict(cart)]
    for package in contents:
        rest = Counter(cart) - Counter(contents[package])
        ways.append({package: 1, **rest})
        ways += [
            {package: 1, other: 1, **(rest - Counter(contents[other]))}
            for other in contents
            if other > package and not Counter(contents[other]) - rest
        ]
    return ways


def _cheapest_way(
    world: Records, customer: Row, cart: Mapping[str, int]
) -> tuple[dict[str, int], rules.Price | None]:  # fmt: skip
    """The least there is to pay, and for what; no price when two ways come out equal."""
    inside = {
        id: {c["product_id"]: c["quantity"] for c in world.product(id)["components"]}
        for id in packages_inside(world, cart)
    }
    priced = [(way, cheapest_price(world, customer, way)) for way in _ways(inside, cart)]
    priced.sort(key=lambda found: found[1].total_cents)
    even = len(priced) > 1 and priced[1][1].total_cents - priced[0][1].total_cents < 100
    return priced[0][0], None if even else priced[0][1]


def _covered_for_less(world: Records, customer: Row, cart: Mapping[str, int], total_cents: int) -> bool:
    """Whether a package that holds the whole list and more costs less."""
    for package in world.all("products"):
        contents = Counter({c["product_id"]: c["quantity"] for c in package["components"]})
        covers = package["status"] != "discontinued" and contents and not Counter(cart) - contents
        if covers and cheapest_price(world, customer, {package["id"]: 1}).total_cents < total_cents:
            return True
    return False


NO_PACKAGE = (
    "no package", "no bundle", "no set", "no prebuilt", "no ready made", "none of our", "no workstation", "not ... package",
    "nothing cheaper", "no cheaper", "not ... cheaper", "single parts", "one by one", "separately", "individually",
    "individual parts", "parts ... cheapest", "parts ... cheaper", "cheapest ... parts", "not ... bundle", "none",
)  # fmt: skip


def rubric(world: Records, s: Situation) -> Rubric:
    customer = world.customer(s.key["customer"])
    cart = {id: int(n) for id, _, n in (item.partition(":") for item in s.key["cart"].split(","))}
    way, best = _cheapest_way(world, customer, cart)
    single = cheapest_price(world, customer, cart)
    best = best or single
    packages = [world.product(id) for id in way if world.product(id)["components"]]
    listed = single.subtotal_cents
    stray = {best.total_cents + 999 if best.shipping_cents == 0 else best.total_cents - best.shipping_cents}
    prices = [f"products/{id}.price_cents" for id in {**cart, **way}]
    criteria = [
        criterion(
            "total",
            "correctness",
            f"The response says that the least to pay, with standard shipping, is {usd(best.total_cents)}.",
            amount(best.total_cents, stray - {single.total_cents, listed}),
            prices,
        ),
        criterion(
            "list-prices",
            "completeness",
            f"The response says that the parts come to {usd(listed)} at list price.",
            amount(listed),
            prices,
        ),
    ]
    near = [
        near_miss("wrong-total", "Forgets what shipping does to the sum.", "total",
                  replace=[(usd(best.total_cents), usd(best.total_cents + 999))]),
        near_miss("wrong-list", "Adds up wrong.", "list-prices",
                  replace=[(f"{usd(listed)} at list", f"{usd(listed + 1000)} at list")]),
    ]  # fmt: skip
    if packages:
        first = packages[0]
        others = [p for p in world.all("products") if p["components"] and p["id"] not in way]
        saved = single.total_cents - best.total_cents
        criteria += [
            criterion(
                "package",
                "correctness",
                f"The response names the {' and the '.join(p['name'] for p in packages)} as the cheapest way.",
                {
                    "check": "entities",
                    "members": [thing(p["id"], p["name"], _short(p)) for p in packages],
                    "universe": [thing(p["id"], p["name"], _short(p)) for p in [*packages, *others]],
                },
                [f"products/{p['id']}.components" for p in packages],
            ),
            criterion(
                "parts-total",
                "completeness",
                f"The response says that the parts bought one by one come to {usd(single.total_cents)} at the best.",
                amount(single.total_cents),
                prices,
            ),
            criterion(
                "saved",
                "correctness",
                f"The response says that {usd(saved)} is saved.",
                amount(saved, near=["sav", "less", "cheap", "differ", "under", "below", "keep"]),
                prices,
            ),
        ]
        near += [
            near_miss("other-package", "Sends the customer to another package.", "package",
                      replace=[(first["name"], others[0]["name"])]),
            near_miss("no-comparison", "Does not say what the parts would cost.", "parts-total",
                      replace=[(_singly(single.total_cents), "Bought one by one they come to more")]),
            near_miss("wrong-saving", "Takes the saving off the list prices.", "saved",
                      replace=[(f"saves {usd(saved)}", f"saves {usd(saved + 1050)}")]),
        ]  # fmt: skip
    else:
        criteria.append(
            criterion(
                "no-package",
                "correctness",
                "The response says that no package makes it cheaper and the parts are best bought one by one.",
                says(NO_PACKAGE),
                ["company_policies/pol-pricing-systems"],
            )
        )
        near.append(
            near_miss("some-package", "Hints at a package that does not exist.", "no-package",
                      replace=[(_none_line(), "A ready-made system would save you money.")])
        )  # fmt: skip
    if best.label is not None and best.discount_cents:
        words = re.findall(r"[A-Z0-9]{5,}", best.label)
        tier: str = customer["loyalty_tier"]
        groups = [[code] for code in words] + ([[tier, "loyalty", "tier"]] if tier in best.label else [])
        criteria.append(
            criterion(
                "discount-from",
                "completeness",
                f"The response says where the discount comes from: {best.label}.",
                says(*groups),
                ["company_policies/pol-pricing-promo-codes"],
            )
        )
        near.append(
            near_miss("source-unsaid", "Does not say where the discount comes from.", "discount-from",
                      replace=[(_source(best.label, cents_off=best.discount_cents), "after what goes off.")]
                      + ([(_source(single.label, cents_off=single.discount_cents), "at the best.")]
                         if single.label and packages and single.label != best.label else []))
        )  # fmt: skip
    elif not packages:
        criteria.append(
            criterion(
                "no-discount",
                "completeness",
                "The response says that no discount or code applies.",
                says(["no discount", "no code", "no promo*", "neither", "not ... discount", "none of ... codes"]),
                ["company_policies/pol-pricing-promo-codes"],
            )
        )
        near.append(
            near_miss("discount-unsaid", "Leaves out that nothing comes off.", "no-discount",
                      replace=[("no discount or code applies.", "that is all.")])
        )  # fmt: skip
    return Rubric(criteria, near)


def _short(product: Row) -> str:
    return product["name"].removeprefix("Corecraft ")


def _source(label: str | None, cents_off: int) -> str:
    """Where the discount comes from, in words."""
    if not label or not cents_off:
        return "no discount or code applies."
    parts = [f"the code {p}" if p.isupper() else f"your tier discount ({p})" for p in label.split(" + ")]
    return f"that is with {' and '.join(parts)}, {usd(cents_off)} off."


def _singly(total_cents: int) -> str:
    return f"Bought one by one they come to {usd(total_cents)}"


def _none_line() -> str:
    return (
        "There is no package of ours, neither set nor system, with which you would pay less; take the parts one by one."
    )


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    cart: dict[str, int] = {}
    products: list[Json] = []
    for text in given["parts"]:
        match = TIMES.fullmatch(text)
        product = yield from a.product(match[2] if match else text)
        cart[product["id"]] = int(match[1]) if match else 1
        products.append(product)
    packages = yield from a.packages(cart)
    promotions = yield from running_codes(a, customer["loyalty_tier"], a.clock.today.isoformat())
    yield from a.policy("pricing", "bundles", title="Discounts on bundles")
    inside = {p["id"]: {c["product_id"]: c["quantity"] for c in p["components"]} for p in packages}
    priced: list[tuple[dict[str, int], Json]] = []
    for way in _ways(inside, cart):
        price = yield from checkout(a, [*products, *packages], way, customer, promotions)
        priced.append((way, price))
    single = priced[0][1]
    way, best = min(priced, key=lambda found: found[1]["total"])
    listed = f"The parts on your list come to {usd(cents(single['subtotal']))} at list price"
    source = _source(best["discount_label"], cents(best["discount"]))
    total = cents(best["total"])
    if best is single:
        return (
            f"{_none_line()} {listed}. What you pay today, standard shipping included, is {usd(total)}: {source}"
        )  # fmt: skip
    names = [p["name"] for p in packages if p["id"] in way]
    rest = [p["name"] for p in products if p["id"] in way]
    also = f", and besides it {' and '.join(rest)}" if rest else ", which is just what you listed"
    saved = cents(single["total"]) - total
    alone = _source(single["discount_label"], cents(single["discount"]))
    other_source = single["discount"] and single["discount_label"] != best["discount_label"]
    alone = f"{_singly(cents(single['total']))}{f', {alone}' if other_source else ' at the best.'}"
    return (
        f"Order the {' and the '.join(names)}{also}. Then you pay {usd(total)} with standard shipping; {source}\n\n"
        f"{listed}. {alone} So the package saves {usd(saved)}. Codes for single "
        "parts do not work on packages unless they name them."
    )


WORDINGS = (
    Wording(
        "mail",
        "From: {name} <{email}>\nSubject: [Shopping list|My list, best price?]\n\nHello,\n\n[these are the things I want "
        "to order|I have settled on these]:\n\n{wish}\n\nBefore I do: what do they add up to at the prices on your site, "
        "and what is the least I can really pay today, my account's discount or any code that runs included, standard "
        "shipping? If one of your sets or ready-made systems has the same things in it for less, tell me which, how "
        "much I save, and what it would be piece by piece. [Kind regards|Thanks],\n{first}",
        fits=lambda given: "email" in given,
    ),
    Wording(
        "terse",
        "{wish}\n\n[Need all of it.|That's the whole order.] {name}, {reach}. Sum at list. Lowest total today incl. "
        "standard shipping and where the discount is from. Any bundle/prebuilt with exactly this in it that beats buying "
        "singly? Name it, both totals, difference. If there's none, say none.",
    ),
    Wording(
        "chat",
        "yo {name} ({reach}) here, gonna buy this lot:\n{wish}\nwhats that at normal prices n whats the best u can do for "
        "me, discounts, codes, whatever, regular shipping. [my buddy says|someone on a forum says] u sometimes have the "
        "same stuff cheaper as a bundle or finished pc, is that the case here? which one, how much less, and what do i "
        "pay if i grab the parts on their own",
    ),
    Wording(
        "sales note by a colleague",
        "[Walk-in question by phone|Call-back promised], {name}, {reach}. Wish list:\n\n{wish}\n\nI need for the call: list "
        "total; cheapest way to get precisely these items on that account today (prebuilts, workstations and bundles "
        "count), and its final amount with standard shipping; which code or tier discount is in it; the best price for "
        "the parts bought apart and the saving, should a package win. If nothing we stock undercuts the parts, write that.",
        mode="copilot",
    ),
    Wording(
        "rambling",
        "[Good evening|Dear Corecraft], my name is {name} ({reach}) and I'm replacing things one at a time as pensions "
        "allow, but this month it shall be all at once:\n\n{wish}\n\nMy late husband always said that shops sell the "
        "basket cheaper than the eggs. Is it so with you? I mean, do you sell these very things together for less, under "
        "which name, and what would I be better off by? Kindly write down the plain list sum, then what I would pay for "
        "the pieces one at a time after whatever you grant me, and then the smallest bill there is for me today with "
        "ordinary post and how the reduction comes about. If the eggs are cheaper loose, that is an answer as well.",
    ),
    Wording(
        "non-native",
        "Hello, here {name}, {reach}. I want buy:\n\n{wish}\n\nPlease can you calculate: 1) the normal prices together, "
        "2) my cheapest end price today with standard delivery, and from what is coming the discount (my level, or a "
        "coupon, which), 3) exists a complete set or complete computer from you with the same pieces inside that costs me "
        "less as the pieces separate? How is it called, [how much I spare|how big is the difference], and how much is it "
        "separate. When not exists, also please say.",
    ),
    Wording(
        "manager's request",
        "[For the Monday meeting|As a spot check of our quotes]: take the account of {name}, {reach}, and this list.\n\n"
        "{wish}\n\nWork out what the items cost at list, what the customer would pay for them individually under the best "
        "discount open to them now, and whether a package of ours delivers the identical items for less (name, final "
        "amount, gain). Standard shipping throughout. State the discount used in the cheapest variant. A clear \"no "
        'package" is fine if so.',
        mode="copilot",
    ),
    Wording(
        "impatient",
        "I'm {name}, {reach}, and I've got [ten minutes|one coffee] to order this before my meeting:\n\n{wish}\n\nDon't "
        "sell me anything else. Just tell me the list sum, the rock-bottom figure I can check out with right now on "
        "standard shipping, and which discount gets me there. Last time I found out a week later that the identical "
        "parts were sitting in one of your packages for less money, so look at those first: which, if any, what do I "
        "save against buying loose, and what's the loose price?",
    ),
)  # fmt: skip

FAMILY = filed(
    Family(
        name="package-or-parts",
        title="The cheapest way to a list of parts: one by one with the best discount, or a package that holds them",
        category="reasoning",
        main_level="planning",
        levels=("planning", "adaptability", "tool_use"),
        wordings=WORDINGS,
        find=find,
        rubric=rubric,
        solve=solve,
    ),
    "recommendation",
    ("recommendation_provided", "information_provided"),
    lambda given: "Parts list, what is the cheapest way",
)
