"""Promo codes for a basket on a day: which ones work for a tier, what each takes off, and which way is cheapest."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    all_hold,
    amount,
    criterion,
    near_miss,
    says,
    thing,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row

TRAPS = ("brand_spelling", "superseded_policy")
DAYS = ("2025-11-15", "2025-11-16", "2025-11-17", "2025-11-18", "2025-11-20", "2025-11-24", "2025-11-28", "2025-12-01")
TIERS = ("standard", "silver", "gold", "gold", "platinum")
WANTED, TRIED = 170, 6000
LEAST = 13000
BEST = ["best", "cheapest", "lowest", "most", "recommend", "winner", "better", "biggest", "optimal"]
OUT = [
    "ended", "expired", "over", "starts", "begins", "not running", "not run", "no longer", "not apply", "not work", "not valid",
    "only for", "minimum", "not open", "excluded", "not reach", "below", "not cover", "not yet", "not eligible", "not usable",
    "runs from", "does nothing", "not help", "not include", "until",
]  # fmt: skip
WORKS = [
    "works",
    "valid",
    "runs",
    "running",
    "applies",
    "can be used",
    "yes",
    "active",
    "counts",
    "usable",
    "can use",
    "okay",
]
FAILS = [
    "not work*", "not apply", "not valid", "not run*", "not help", "not usable", "not use*", "not any use", "not good",
    "not do anything", "not cover*", "not count", "not open", "not reach*", "not yet", "not possible", "not eligible",
    "not qualify", "not available", "not active", "not in force", "not function*", "not for", "not included", "not include",
    "of no use", "no use", "no good", "no longer", "no effect", "does nothing", "takes nothing off", "has ended", "ended",
    "expired", "ran out", "is over", "starts only", "only starts", "starts on", "begins", "only for", "only from", "excluded",
    "excludes", "ineligible", "too early", "too late", "invalid", "useless", "unusable", "answer: no", "usable: no", "can not",
    "will not", "would not", "won't", "doesn't",
]  # fmt: skip


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    sold = [p for p in world.all("products") if p["status"] != "discontinued" and p["price_cents"] < 400000]
    hot = [p for p in sold if any(c["ends_on"] >= "2025-10-01" for c in _admitting(world, p))]
    made: set[tuple[Any, ...]] = set()
    for _ in range(TRIED):
        if len(made) == WANTED:
            break
        tier, day = rng.choice(TIERS), date.fromisoformat(rng.choice(DAYS))
        chosen = [rng.choice(hot), *rng.sample(sold, rng.choice((0, 1, 1, 2)))]
        cart = {p["id"]: rng.choice((1, 1, 1, 2)) for p in chosen}
        offers = _offers(world, cart, tier, day)
        asked = rng.choice(_askable(world, chosen[0], offers, rng.random() < 0.45))
        best, second = [*sorted((v for v, _ in offers.values()), reverse=True), 0, 0][:2]
        if _subtotal(world, cart) - best < LEAST or best == second or asked["kind"] == "free_shipping":
            continue
        if len(offers) - (tier != "standard") < 1 + (rng.random() < 0.7):
            continue
        key = {"cart": _written(cart), "tier": tier, "day": day.isoformat(), "asked": asked["id"]}
        names = [f"{f'{n} x ' if n > 1 else ''}{world.called(world.product(id))}" for id, n in cart.items()]
        former = world.former_policy("pol-loyalty-programme") and tier in ("gold", "platinum")
        made.add(tuple(key.values()))
        yield Situation(
            key=key,
            given={
                "cart": said(_listed(names), [[world.called(world.product(id)), n] for id, n in cart.items()]),
                "tier": tier,
                "day": said(f"{day:%B} {day.day}", day.isoformat()),
                "asked": asked["code"],
            },
            traps=(
                *world.traps_on(*cart, among=("brand_spelling",)),
                *(("superseded_policy",) if former else ()),
            ),
            difficulty=min(5, len(cart) + (len(offers) > 2) + (len(offers) > 3) + (tier != "standard")),
        )


def _admitting(world: Records, product: Row) -> list[Row]:
    """This season's codes that cover a product, whenever they run."""
    return [c for c in world.all("promotions") if c["ends_on"] >= "2025-09-01" and rules.promo_covers(c, product)]


def _askable(world: Records, product: Row, offers: Mapping[str, object], works: bool) -> list[Row]:
    """Codes to ask for: such as work, or such as do not; those for one kind of goods rather than for all."""
    known = [c for c in _admitting(world, product) if c["ends_on"] >= "2025-10-01"]
    wanted = [c for c in known if (c["id"] in offers) == works] or known
    return [c for c in wanted if c["categories"] or c["product_ids"]] or wanted


def _written(cart: Mapping[str, int]) -> str:
    return ",".join(f"{id}:{n}" for id, n in cart.items())


def _cart(key: Mapping[str, str]) -> dict[str, int]:
    return {id: int(n) for id, n in (item.split(":") for item in key["cart"].split(","))}


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _lines(world: Records, cart: Mapping[str, int]) -> list[Row]:
    return [
        {"product_id": id, "quantity": n, "unit_price_cents": world.product(id)["price_cents"]}
        for id, n in cart.items()
    ]


def _subtotal(world: Records, cart: Mapping[str, int]) -> int:
    return sum(line["unit_price_cents"] * line["quantity"] for line in _lines(world, cart))


def _offers(world: Records, cart: Mapping[str, int], tier_id: str, day: date) -> dict[str, tuple[int, int]]:
    """What every way saves, and what the code of it takes off alone, by promotion id; `loyalty` for no code."""
    lines, products = _lines(world, cart), {id: world.product(id) for id in cart}
    loyalty = rules.loyalty_discount_cents(lines, products, world.get("loyalty_tiers", tier_id))
    found = {"loyalty": (loyalty, 0)} if loyalty else {}
    for promo in world.all("promotions"):
        value = 0
        if promo["kind"] != "free_shipping":
            value = rules.promo_value_cents(promo, lines, products, tier_id, day)
        if value:
            found[promo["id"]] = (value + loyalty if promo["stacks_with_loyalty"] else value, value)
    return found


def rubric(world: Records, s: Situation) -> Rubric:
    cart, tier, day = _cart(s.key), s.key["tier"], date.fromisoformat(s.key["day"])
    offers = _offers(world, cart, tier, day)
    promos = {id: world.get("promotions", id) for id in offers if id != "loyalty"}
    asked = world.get("promotions", s.key["asked"])
    works = asked["id"] in promos
    loyalty, _ = offers.get("loyalty", (0, 0))
    best = max(offers, key=lambda id: offers[id][0])
    subtotal, saved = _subtotal(world, cart), offers[best][0]
    both_ways = best in promos and promos[best]["stacks_with_loyalty"] and loyalty
    tempting = [
        c for id in cart for c in _admitting(world, world.product(id))
        if c["id"] not in promos and c["id"] != asked["id"] and c["kind"] != "free_shipping"
    ]  # fmt: skip
    if not tempting:
        others = (c for c in world.all("promotions") if c["id"] not in promos and c["id"] != asked["id"])
        tempting = [c for c in others if c["kind"] != "free_shipping" and c["ends_on"] >= "2025-10-01"]
    codes = [p["code"] for p in promos.values()]
    evidence = [f"promotions/{id}" for id in promos]
    wrong = [subtotal - value - loyalty for id, (_, value) in offers.items() if id in promos]
    right = {subtotal - s for s, _ in offers.values()}
    way = promos[best]["code"] if best in promos else f"the {tier} discount"
    criteria = [
        criterion(
            "asked-code",
            "correctness",
            f"The response says that the code {asked['code']} "
            + ("works for this basket on that day." if works else "does not work for this basket on that day."),
            says(WORKS if works else FAILS, near=[asked["code"]]),
            [f"promotions/{asked['id']}", *(f"products/{id}" for id in cart)],
        ),
        criterion(
            "best-way",
            "correctness",
            f"The response says that the cheapest way is {way}"
            + (f" together with the {tier} discount." if both_ways else "."),
            says(
                [promos[best]["code"]]
                if best in promos
                else [
                    "loyalty",
                    f"{tier} discount",
                    f"{tier} 8%",
                    "tier discount",
                    "member* discount",
                    tier,
                    "no code",
                    "without a code",
                ],
                near=BEST,
            ),
            [*evidence, "company_policies/pol-pricing-promo-codes"],
        ),
        criterion(
            "total",
            "correctness",
            f"The response says that the goods then come to {usd(subtotal - saved)}.",
            amount(subtotal - saved, [w for w in wrong if w not in right]),
            [*(f"products/{id}" for id in cart), *evidence],
        ),
    ]
    if promos:
        criteria.append(
            criterion(
                "which-codes",
                "completeness",
                f"The response names exactly the codes that work: {', '.join(codes)}; a code for free shipping aside.",
                {
                    "check": "entities",
                    "members": [thing(p["code"]) for p in promos.values()],
                    "universe": [thing(code) for code in sorted({c["code"] for c in tempting})],
                    "denied_by": OUT,
                },
                evidence,
            )
        )
        criteria.append(
            criterion(
                "each-value",
                "correctness",
                "The response says what each of them takes off: "
                + ", ".join(f"{p['code']} {usd(offers[id][1])}" for id, p in promos.items())
                + ".",
                all_hold([amount(offers[id][1], near=[p["code"]]) for id, p in promos.items()]),
                evidence,
            )
        )
    if loyalty:
        percent: int = world.get("loyalty_tiers", tier)["discount_percent"]
        criteria.append(
            criterion(
                "tier-value",
                "correctness",
                f"The response says that the {tier} discount alone takes off {usd(loyalty)}.",
                amount(loyalty, near=["loyalty", tier, "tier", "member", f"{percent}%"]),
                [f"loyalty_tiers/{tier}", "company_policies/pol-loyalty-programme"],
            )
        )
    misses = [
        near_miss(
            "wrong-word-on-code",
            "Says the opposite about the code asked for.",
            "asked-code",
            replace=[(_verdict(asked["code"], works), _verdict(asked["code"], not works))],
        ),
        near_miss(
            "wrong-way",
            "Calls another way the best.",
            "best-way",
            replace=[(_best(way, bool(both_ways), tier), "Best of all is to wait for a better offer.")],
        ),
        near_miss(
            "wrong-total",
            "Works out another total.",
            "total",
            replace=[(_total(subtotal - saved), _total(subtotal - saved - 1000))],
        ),
    ]
    if promos:
        first = next(iter(promos))
        code, value = promos[first]["code"], offers[first][1]
        more = _code_line(tempting[0]["code"], 1000)
        misses.append(
            near_miss(
                "takes-any-code",
                "Names a code that does not work.",
                "which-codes",
                replace=[(_code_line(code, value), _code_line(code, value) + more)],
            )
        )
        misses.append(
            near_miss(
                "wrong-value",
                "Works out wrongly what a code takes off.",
                "each-value",
                replace=[(_code_line(code, value), _code_line(code, value + 700))],
            )
        )
    if loyalty:
        misses.append(
            near_miss(
                "old-rate",
                "Takes another rate for the tier.",
                "tier-value",
                replace=[(_tier_line(tier, loyalty), _tier_line(tier, loyalty * 5 // 4 + 1))],
            )
        )
    return Rubric(criteria=criteria, near_misses=misses)  # fmt: skip


def _verdict(code: str, works: bool) -> str:
    return f"{code} works for this basket." if works else f"{code} does not work here."


def _code_line(code: str, value: int) -> str:
    return f"\n- {code}: {usd(value)} off"


def _tier_line(tier: str, value: int) -> str:
    return f"\n- {tier} discount alone, no code: {usd(value)} off"


def _best(way: str, both_ways: bool, tier: str) -> str:
    return f"Cheapest is {way}{f' together with the {tier} discount, as the two add up' if both_ways else ''}."


def _total(goods: int) -> str:
    return f"goods come to {usd(goods)}"


def solve(a: Worker, given: Given) -> Plan:
    tier, day = str(given["tier"]), str(given["day"])
    lines: list[Row] = []
    products: dict[str, Row] = {}
    for name, quantity in given["cart"]:
        product = yield from a.product(name)
        products[product["id"]] = product
        lines.append({"product_id": product["id"], "quantity": quantity, "unit_price_cents": cents(product["price"])})
    yield from a.policy("pricing", "stack", title="Promo codes")
    if any(p["category"] in rules.PACKAGE_CATEGORIES for p in products.values()):
        yield from a.policy("pricing", "bundle prebuilt", title="Discounts on bundles")
    programme = yield from a.policy("loyalty", "tier spend off goods", title="loyalty")
    percent = re.search(rf"\| {tier.title()} \|[^|]*\| (\d+)% ", programme["body"])
    rate = {"discount_percent": int(percent[1]) if percent else 0}
    loyalty = rules.loyalty_discount_cents(lines, products, rate)
    running = yield from a.all("searchPromotions", active_on=day, loyalty_tier=tier)
    found = yield from a.all("searchPromotions", code=given["asked"])
    offers: dict[str, tuple[int, int]] = {}
    for promo in running:
        if promo["kind"] == "free_shipping":
            continue
        value = rules.promo_value_cents(_stored(promo), lines, products, tier, date.fromisoformat(day))
        if value:
            offers[promo["code"]] = (value + loyalty if promo["stacks_with_loyalty"] else value, value)
    subtotal = sum(line["unit_price_cents"] * line["quantity"] for line in lines)
    ways = {**offers, **({f"the {tier} discount": (loyalty, 0)} if loyalty else {})}
    way = max(ways, key=lambda name: ways[name][0])
    both_ways = way in offers and offers[way][0] != offers[way][1]
    listed = "".join(_code_line(code, value) for code, (_, value) in offers.items())
    listed += _tier_line(tier, loyalty) if loyalty else ""
    asked = found[0]
    works = asked["code"] in offers
    period = "" if works else _why_not(asked, tier, day)
    return (
        f"{_verdict(asked['code'], works)}{period}\n\nAt today's list prices the basket is {usd(subtotal)} before discounts. "
        f"On {spoken(day)} these would do something for it, one at a time:\n{listed}\n\n"
        f"{_best(way, both_ways, tier)} The {_total(subtotal - ways[way][0])}, shipping aside."
    )


def _why_not(promo: Row, tier: str, day: str) -> str:
    if not promo["starts_on"] <= day <= promo["ends_on"]:
        return f" It runs from {spoken(promo['starts_on'])} to {spoken(promo['ends_on'])}."
    if promo["tiers"] and tier not in promo["tiers"]:
        return f" It is for {' and '.join(promo['tiers'])} accounts."
    return f" Its goods have to be in the basket for {usd(max(cents(promo['min_order']), 1))} at least."


def _stored(promo: Row) -> Row:
    """A promotion with its money in cents again."""
    money = ("amount", "cap", "min_order")
    return {**promo, **{f"{m}_cents": None if promo[m] is None else cents(promo[m]) for m in money}}


WORDINGS = (
    Wording(
        "shopper's mail",
        "Hello Corecraft,\n\n[I want to buy|I'm about to order] {cart}, on {day}. My account is {tier}. A [colleague|friend] "
        "gave me the code {asked}: does that one work for this? And which other codes would, how much does each take off, "
        "what does my status alone take off, if anything, and which way is cheapest? Please tell me also what the goods "
        "cost me then.\n\n[Cheers|Regards],\na careful shopper",
    ),
    Wording(
        "chat",
        "hey, cart is {cart}. [buying|gonna buy] on {day}, im {tier} tier. is {asked} any good for that?? list me every code "
        "that works w/ the $ it saves, plus what the tier thing saves by itself if i have one, n tell me the best one n what "
        "id pay for the stuff (w/o shipping)",
    ),
    Wording(
        "sales colleague",
        "Prospect asks about {cart}; would order on {day} as a {tier} customer. They quote {asked}, [valid or not|is that any "
        "use]? Please check all codes that take something off this basket that day, with the dollar amount of each and of the "
        "plain tier discount where there is one, pick the cheapest way, and give me the goods total that results. [I'll put "
        "it in the mail.|Janelle]",
        mode="copilot",
    ),
    Wording(
        "terse",
        "Basket: {cart}. Date: {day}. Tier: {tier}. Code in hand: {asked} - [good|usable]? All working codes + dollars off "
        "each, dollars off by tier alone (if any), cheapest route, goods total.",
    ),
    Wording(
        "grandmother",
        "I am putting together a present for my [grandson|granddaughter] who knows exactly what is wanted, namely {cart}. "
        "Your letters call me a {tier} member, and I mean to order on {day}. There is a coupon on my refrigerator that says "
        "{asked}. Is it of use for this? I am told there are others: would you be so good as to set down each one that "
        "counts for these things and the dollars it saves, likewise what my membership saves on its own should it save "
        "something, and then advise me which is the cheapest and what the things cost me in the end?",
    ),
    Wording(
        "promotions desk",
        "Checking our own small print before [the newsletter|Monday's mailing]: a {tier} account, basket of {cart}, order "
        "dated {day}. (1) Does {asked} do anything? (2) Which codes do, and how many dollars each? (3) What does the tier's "
        "discount do alone, if the tier has one? (4) Which combination or single discount is cheapest, and what do the goods "
        "come to? [Thanks, Stellan|- Stellan]",
        mode="copilot",
    ),
    Wording(
        "annoyed",
        "[Every shop has ten codes and none works.|Codes, codes, codes.] Simple question. {tier} customer, {cart}, order on "
        "{day}. {asked}: yes or no? Then every code that really does take money off this, and how much, what I get off as a "
        "member without any code if that's a thing, and the cheapest of it all with the price of the goods. I don't want to "
        "find out at checkout.",
    ),
    Wording(
        "non-native",
        "Good day, I want to order the {day} this: {cart}. I am client {tier}. In the forum they say code {asked}, is it "
        "functioning for me? Please [write|explain] which codes are functioning, how much dollar every code makes less, how "
        "much makes my level alone (when it makes), and which is the most cheap. How much I pay then for the articles?",
    ),
)  # fmt: skip

FAMILY = Family(
    name="codes-for-a-basket",
    title="Promo codes for a basket on a day: which work, what each takes off, the cheapest way and the total",
    category="retrieval",
    main_level="planning",
    levels=("planning", "tool_use", "groundedness"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-pricing-systems", "pol-loyalty-programme"),
)
