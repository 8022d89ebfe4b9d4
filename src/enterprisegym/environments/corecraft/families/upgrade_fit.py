"""An upgrade for a PC bought or planned here: does it fit, what is in the way, what else is needed, and the price."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Steps, Worker, cents, usd
from enterprisegym.environments.corecraft.agents.steps import (
    cart_items,
    checkout,
    get_product,
    identified,
    order_holding,
)
from enterprisegym.environments.corecraft.compatibility import SYSTEM_BASE_WATTS, Finding, check_parts, expand
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording
from enterprisegym.environments.corecraft.families.filed import filed
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    STOCKED,
    amount,
    checkout_price,
    choice,
    criterion,
    either,
    introduced,
    near_miss,
    number,
    says,
    single_accounts,
    thing,
)
from enterprisegym.rollout.record import Json
from enterprisegym.world import Row

TRAPS = ("page_cut", "contact_format")
NOUNS = {"gpu": "graphics card", "cpu": "processor", "memory": "memory", "cooling": "cooler", "psu": "power supply",
         "case": "case"}  # fmt: skip
PC = frozenset({*NOUNS, "motherboard", "storage", "accessory", "networking"})
FIGURES = re.compile(r"(\d+) (?:mm|W)\b")
SOCKETS = re.compile(r"\b(?:AM4|AM5|LGA1700|LGA1851)\b")

Part = Mapping[str, Any]
Parts = Sequence[tuple[Part, int]]


ENOUGH = 100
"""Situations, of which a world has many more; to try repairs takes time."""


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    shelf = [p for p in world.all("products") if p["category"] in PC and p["status"] != "discontinued"]
    shelf = [p for p in shelf if world.available(p["id"]) > 0]
    found = 0
    for customer in shuffled(rng, single_accounts(world)):
        for key, told, owned in _machines(world, customer) if found < ENOUGH else ():
            before = check_parts(owned)
            if any(f.severity == "error" for f in before):
                continue
            fitting = refused = 0
            written_otherwise = world.mark("contact_format", customer["id"]) is not None
            for part in _wishes(rng, shelf, owned):
                if written_otherwise and world.called(part) != part["name"]:
                    continue
                findings = check_parts(_swapped(owned, part))
                errors = [f for f in findings if f.severity == "error"]
                if (errors and (refused or not _reason(errors))) or (not errors and fitting):
                    continue
                fix = _fix(shelf, before, owned, part) if errors else None
                if (errors and fix is None) or (not errors and _new_warnings(before, findings)):
                    continue
                fitting, refused, found = fitting + (not errors), refused + bool(errors), found + 1
                shelved = (part["id"], f"inv-{part['id']}-cmh")
                yield Situation(
                    key={**key, "part": part["id"]},
                    given={
                        **introduced(world, customer, rng),
                        **told,
                        "part": world.called(part),
                        "noun": NOUNS[part["category"]],
                    },
                    traps=world.traps_on(customer["id"], key.get("order", ""), among=TRAPS)
                    + world.traps_on(*shelved, among=("brand_spelling", "split_stock")),
                    difficulty=(4 if errors else 2) + (len(world.orders_of(customer["id"])) > 10 or "build" in key),
                )
                if fitting and refused:
                    break


def _wishes(rng: random.Random, shelf: Sequence[Row], owned: Parts) -> list[Row]:
    """Parts that could come in, in a random order of their kinds, graphics cards often first."""
    kinds = shuffled(rng, NOUNS)
    if rng.random() < 0.5:
        kinds = ["gpu", *(k for k in kinds if k != "gpu")]
    has = {p["id"] for p, _ in owned}
    return [
        part
        for kind in kinds
        for part in shuffled(rng, shelf)
        if part["category"] == kind and part["id"] not in has and part["specs"].get("kind") != "fan"
    ]


def _machines(world: Records, customer: Row) -> Iterator[tuple[dict[str, str], dict[str, str], Parts]]:
    """The PCs that a customer can speak of without doubt: saved builds by name, orders by their case or system."""
    builds = [b for b in world.of("builds", "customer_id", customer["id"]) if b["owner_type"] == "customer"]
    orders = [o for o in world.orders_of(customer["id"]) if o["status"] not in ("cancelled", "refunded", "pending")]
    lines = [(o, line) for o in orders for line in world.lines(o["id"])]
    for build in builds:
        same = [b for b in builds if build["name"].lower() in b["name"].lower()]
        owned = expand([(c["product_id"], c["quantity"]) for c in build["components"]], world.product)
        if len(same) == 1 and _whole(owned):
            yield {"build": build["id"]}, {"build": build["name"], "pc": f'saved build "{build["name"]}"'}, owned
    for order, line in lines:
        product = world.product(line["product_id"])
        if sum(x["product_id"] == product["id"] for _, x in lines) > 1 or line["quantity"] > 1:
            continue
        if product["category"] in ("prebuilt", "workstation"):
            owned = expand([(product["id"], 1)], world.product)
            yield {"order": order["id"]}, {"system": product["name"], "pc": product["name"]}, owned
        elif product["category"] == "case":
            bought = expand([(x["product_id"], x["quantity"]) for x in world.lines(order["id"])], world.product)
            owned = [(p, n) for p, n in bought if p["category"] in PC]
            if _whole(owned):
                name = world.called(product)
                yield (
                    {"order": order["id"]},
                    {"case": name, "pc": f"PC in the {name} (all parts from one order)"},
                    owned,
                )


def _whole(owned: Parts) -> bool:
    counted = [p["category"] for p, n in owned for _ in range(n)]
    return all(counted.count(c) == 1 for c in ("cpu", "motherboard", "psu", "case")) and counted.count("gpu") < 2


def _swapped(owned: Parts, part: Part) -> list[tuple[Part, int]]:
    """The machine with one part in place of all of its kind; fans stay, accessories are added."""
    if part["category"] == "accessory":
        return [*owned, (part, 1)]
    kept = [
        (p, n) for p, n in owned if p["category"] != part["category"] or p["specs"].get("kind") == "fan"
    ]  # fmt: skip
    return [*kept, (part, 1)]


def _new_warnings(before: Sequence[Finding], after: Sequence[Finding]) -> set[str]:
    return {f.rule_id for f in after} - {f.rule_id for f in before}


def _reason(errors: Sequence[Finding]) -> list[str]:
    """The words or figures that say why, for the one rule that is broken; none for a case too tangled to ask about."""
    if len(errors) != 1:
        return []
    message = errors[0].message
    match errors[0].rule_id:
        case "rule-gpu-length" | "rule-cooler-height" | "rule-psu-wattage":
            return FIGURES.findall(message)[-2:]
        case "rule-psu-fit":
            return FIGURES.findall(message) or ["SFX"]
        case "rule-gpu-power-connectors":
            return ["12V-2x6" if "12V-2x6 plugs" in message else "8-pin"]
        case "rule-cpu-socket":
            return SOCKETS.findall(message)
        case "rule-memory-type":
            return ["DDR4", "DDR5"]
        case "rule-form-factor":
            return re.findall(r" is ([\w-]+);", message)
        case _:
            return []


def _fix(shelf: Sequence[Row], before: Sequence[Finding], owned: Parts, part: Part) -> Row | None:
    """The one part, swapped or added, with which the upgrade works, the cheapest in stock; None if none or unclear.

    Unclear as well: a cheaper processor or graphics card would do, which nobody would call an upgrade.
    """
    mended: list[tuple[Row, bool]] = []
    for other in shelf:
        if other["category"] != part["category"] and other["id"] not in {p["id"] for p, _ in owned}:
            after = check_parts(_swapped(_swapped(owned, part), other))
            if not any(f.severity == "error" for f in after):
                mended.append((other, not _new_warnings(before, after)))
    mended.sort(key=lambda m: m[0]["price_cents"])
    clear = len(mended) == 1 or (len(mended) > 1 and mended[0][0]["price_cents"] < mended[1][0]["price_cents"])
    sensible = clear and mended[0][1] and mended[0][0]["category"] not in ("cpu", "gpu")
    return mended[0][0] if sensible else None


def _watts(parts: Parts) -> tuple[int, float]:
    """What the parts draw by the wattage rule, and what it wants of the power supply."""
    drawn = SYSTEM_BASE_WATTS + sum(p["specs"]["tdp_watts"] * n for p, n in parts if p["category"] in ("cpu", "gpu"))
    return drawn, drawn * 1.25


FITS = ("yes", "fits", "will fit", "does fit", "it fits", "works", "will work", "compatible", "passes", "goes in")
FITS_NOT = (
    "does not fit", "will not fit", "would not fit", "not ... fit", "not compatible", "incompatible", "does not work",
    "will not work", "would not work", "not ... work", "no not as it is", "does not pass", "fails", "not ... as it is",
    "will not go", "not go in", "not go with", "too long", "too tall", "too big", "too wide", "nah", "no it", "no the", "no this",
    "answer no", "does not go", "not supported", "can not be used", "not enough", "too weak", "wrong socket", "not drop in",
    "not ... possible", "can not ... swap", "not ... suitable", "unsuitable", "clash*", "conflict*",
)  # fmt: skip


def rubric(world: Records, s: Situation) -> Rubric:
    part = world.product(s.key["part"])
    if "build" in s.key:
        build = world.get("builds", s.key["build"])
        customer = world.customer(build["customer_id"])
        items = [(c["product_id"], c["quantity"]) for c in build["components"]]
        source = f"builds/{build['id']}"
    else:
        order = world.order(s.key["order"])
        customer = world.customer(order["customer_id"])
        source = f"orders/{order['id']}"
        items = [(x["product_id"], x["quantity"]) for x in world.lines(order["id"])]
        systems = [i for i in items if world.product(i[0])["category"] in ("prebuilt", "workstation")]
        named = [i for i in systems if world.product(i[0])["name"] == s.given.get("system")]
        items = named or items
    owned = [(p, n) for p, n in expand(items, world.product) if p["category"] in PC]
    after = _swapped(owned, part)
    errors = [f for f in check_parts(after) if f.severity == "error"]
    shelf = [p for p in world.all("products") if p["category"] in PC and p["status"] != "discontinued"]
    shelf = [p for p in shelf if world.available(p["id"]) > 0]
    fix = _fix(shelf, check_parts(owned), owned, part) if errors else None
    cart = {part["id"]: 1, **({fix["id"]: 1} if fix else {})}
    total = checkout_price(world, customer, cart).total_cents
    shipping = checkout_price(world, customer, cart).shipping_cents
    drawn, wanted = _watts(after)
    budget = math.ceil(wanted)
    units = world.available(part["id"])
    own = math.ceil((drawn - SYSTEM_BASE_WATTS) * 1.25)
    criteria = [
        criterion(
            "verdict",
            "correctness",
            f"The response says that the {part['name']} {'does not fit or work as it is' if errors else 'fits'}.",
            says(FITS_NOT) if errors else choice("fits", {"fits": FITS, "not": FITS_NOT[:8]}),
            [source, f"products/{part['id']}"],
        ),
        criterion(
            "watts",
            "correctness",
            f"The response says that the wattage rule asks {budget} W ({wanted:g} W unrounded) of the power supply.",
            either(
                number(budget, ("W", "watt", "watts"), (own,)),
                number(math.floor(wanted), ("W", "watt", "watts"), (own,)),
                says([f"{wanted:g} W", f"{wanted:g}W", f"{wanted:g} watts", f"{wanted:g}"]),
            ),
            ["compatibility_rules/rule-psu-wattage"],
        ),
        criterion(
            "total",
            "correctness",
            f"The response says that {usd(total)} is due in all with standard shipping.",
            amount(total, (total + 999 if shipping == 0 else total - shipping,)),
            [f"products/{p}.price_cents" for p in cart],
        ),
        criterion(
            "units",
            "completeness",
            f"The response says that {units} of the {part['name']} are in stock.",
            number(units, STOCKED),
            [f"inventory_levels/inv-{part['id']}-cmh", f"inventory_levels/inv-{part['id']}-rno"],
        ),
    ]  # fmt: skip
    near = [
        near_miss("wrong-way", "Reads the limits the wrong way round.", "verdict",
                  replace=[(_verdict(part, bool(errors)), _verdict(part, not errors))]),
        near_miss("no-base", "Leaves the 75 W for the rest out of the budget.", "watts",
                  replace=[(_watts_line(drawn, wanted), _watts_line(drawn - SYSTEM_BASE_WATTS, float(own)))]),
        near_miss("discount-on-nothing", "Quotes a sum that checkout does not ask.", "total",
                  replace=[(usd(total), usd(total + 999))]),
        near_miss("one-shelf", "Counts wrong what is in stock.", "units",
                  replace=[(_stock_line(part, units), _stock_line(part, units + 40))]),
    ]  # fmt: skip
    if fix is not None:
        words = _reason(errors)
        variants = [_variants(word) for word in dict.fromkeys(words)]
        others = [p for p in world.all("products") if p["category"] == fix["category"] and p["id"] != fix["id"]]
        present = " ".join(p["name"] for p, _ in owned)
        others = [p for p in others if _short(p) not in present]
        criteria += [
            criterion(
                "why",
                "completeness",
                f"The response names what is in the way: {', '.join(dict.fromkeys(words))}.",
                says(*variants),
                [f"compatibility_rules/{errors[0].rule_id}"],
            ),
            criterion(
                "also-needed",
                "correctness",
                f"The response names the {fix['name']} as the cheapest part that makes it work.",
                {
                    "check": "entity",
                    **thing(fix["id"], fix["name"], world.called(fix), _short(fix)),
                    "rivals": [thing(p["id"], p["name"], _short(p)) for p in others],
                    "near": ["cheap", "need", "swap", "add", "replace", "instead", "also", "together", "both", "with"],
                },
                [f"products/{fix['id']}"],
            ),
        ]
        wrong = next((p for p in others if p["status"] == "active"), None)
        if wrong is None:
            raise LookupError(f"nothing to take for {fix['id']}")
        near += [
            near_miss("no-reason", "Does not say what is in the way.", "why",
                      replace=[(errors[0].message, "The checker of our shop refuses the combination.")]),
            near_miss("another-part", "Names another part of the kind.", "also-needed",
                      replace=[(fix["name"], wrong["name"])]),
        ]  # fmt: skip
    return Rubric(criteria, near)


def _variants(word: str) -> list[str]:
    """How a figure, a socket or a kind of plug may be written."""
    if word.isdigit():
        return [word, f"{word}mm", f"{word}W"]
    if word in ("12V-2x6", "8-pin"):
        ends = ("plug*", "connector*", "power", "output*", "lead*", "socket*", "PCIe", "free")
        starts = ("needs", "lacks", "no", "without", "requires", "missing", "wants", "not have", "has no", "zero", "0")
        return [*(f"{word} {end}" for end in ends), *(f"{start} ... {word}" for start in starts)]
    return [word]


def _short(product: Row) -> str:
    """The name without its brand."""
    return product["name"].removeprefix(product["brand"]).strip()


def _verdict(part: Part, refused: bool) -> str:
    return f"No, the {part['name']} does not fit as things are." if refused else f"Yes, the {part['name']} fits."


def _watts_line(drawn: int, wanted: float) -> str:
    return f"Our wattage rule asks {math.ceil(wanted)} W of the power supply then ({drawn} times 1.25)."


def _stock_line(part: Part, units: int) -> str:
    return f"We have {units} in stock, both warehouses together."


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    if "build" in given:
        builds = yield from a.all("searchBuilds", customer_id=customer["id"], name=given["build"])
        components = a.pick(builds, name=given["build"])["components"]
    else:
        anchor = yield from a.product(given.get("system") or given["case"])
        orders = yield from a.all("searchOrders", customer_id=customer["id"])
        order = order_holding(a, orders, anchor["id"])
        components = order["lines"]
        if "system" in given:
            components = [line for line in components if line["product_id"] == anchor["id"]]
    owned: list[tuple[Part, int]] = []
    for component in components:
        product = yield from get_product(a, component["product_id"])
        for inner in product["components"]:
            found = yield from get_product(a, inner["product_id"])
            owned.append((found, inner["quantity"]))
        if not product["components"] and product["category"] in PC:
            owned.append((product, component["quantity"]))
    part = yield from a.product(given["part"])
    after = _swapped(owned, part)
    checked = yield from a.call("validateBuildCompatibility", items=cart_items({p["id"]: n for p, n in after}))
    yield from a.call("searchPolicies", policy_type="compatibility", text="wattage budget")
    fix: Json | None = None
    if checked["errors"]:
        fix = yield from _cheapest_fix(a, owned, part, checked["errors"][0]["product_ids"])
    cart = {part["id"]: 1, **({fix["id"]: 1} if fix else {})}
    price = yield from checkout(a, [part, *([fix] if fix else [])], cart, customer)
    units = a.stock(part)
    watts = _watts_line(*_watts(after))
    stock = _stock_line(part, units)
    cost = (
        f"With standard shipping that is {usd(cents(price['total']))} today at your account's price, without any code."
    )
    if units == 0:
        stock = f"Sorry, the {part['name']} is out of stock."
    if fix is None:
        return (
            f"{_verdict(part, False)} I put it into the list in place of your present {given['noun']} and our checker "
            f"finds nothing in the way, nor does it add a warning. {watts}\n\n{stock} {cost}"
        )
    how = "add" if fix["category"] == "accessory" else "swap in"
    return (
        f"{_verdict(part, True)} {checked['errors'][0]['message']}\n\n"
        f"The cheapest way to make it work with one more part from stock: {how} the {fix['name']}. With it the list "
        f"passes our checker. {watts}\n\n{stock} You would pay for the {given['noun']} and that part in one order. {cost}"
    )


def _cheapest_fix(a: Worker, owned: Parts, part: Part, named: Sequence[str]) -> Steps[Json]:
    """The cheapest part in stock that, in place of one named in the error or added to it, mends the list."""
    categories = {p["category"] for p, _ in owned if p["id"] in named and p["category"] != part["category"]}
    tried: list[Json] = []
    for category in sorted({*categories, "accessory"}):
        tried += yield from a.all("searchProducts", category=category, in_stock_only=True)
    tried = [p for p in tried if p["status"] != "discontinued" and p["id"] not in {o["id"] for o, _ in owned}]
    for other in sorted(tried, key=lambda p: p["price"]):
        whole = _swapped(_swapped(owned, part), other)
        if not any(f.severity == "error" for f in check_parts(whole)):
            checked = yield from a.call("validateBuildCompatibility", items=cart_items({p["id"]: n for p, n in whole}))
            if checked["compatible"]:
                return other
    raise LookupError("no single part makes it work")


WORDINGS = (
    Wording(
        "mail",
        "From: {name} <{email}>\nSubject: [{part}, does it fit?|Upgrade question]\n\n[Hello|Hi Corecraft],\n\nthis is "
        "about my {pc}. I am thinking of a new {noun}, the {part}, in place of what is in there now. Will that fit and "
        "run? If not, I would like to know what exactly gets in the way, and the cheapest thing you have on the shelf "
        "that I could add or swap along with it so that it does.\n\nAlso please: how many watts your rule of thumb "
        "demands of the power supply with the new setup, how many of the {part} you have in both warehouses together, "
        "and what I would pay in all today, standard shipping, no promo code.\n\n[Thank you|Best],\n{first}",
        fits=lambda given: "email" in given,
    ),
    Wording(
        "terse",
        "{name}, {reach}. My {pc}: swap the {noun} for a {part}. [Fits y/n|OK or not]? If not: the problem, plus cheapest in-stock "
        "part (extra or swapped) that solves it. Watts the PSU must have by your rule. Units of the {part} in stock, "
        "total. Price of what I'd [have to buy|need to order], standard delivery, without a code.",
    ),
    Wording(
        "chat",
        "hey, {name}, {reach} here. u guys have my {pc} on file right? [birthday money came in|got a bonus] and i want to put in the "
        "{part} ({noun} ofc, old one goes on ebay)\n- does it go with the rest or nah\n- if nah why, give me numbers or "
        "whatever clashes, and the cheapest ONE other part u have there that makes it ok\n- whats the psu supposed to "
        "have in watts then, by ur checker's rule\n- how many {part} are left, all warehouses\n- final price to my door "
        "w/ normal shipping. not using a code",
    ),
    Wording(
        "colleague on the phone",
        "[Can you check this while I keep them on the line?|Customer on hold, need this quick.] {name}, {reach}. They own or saved "
        "this with us: {pc}. They'd replace the {noun} by the {part}. I have to tell them yes or no; with a no, the thing "
        "that collides and the one cheapest item from stock (replacement or add-on) that gets it working. Then the "
        "wattage our budget rule wants from the supply, our stock of the {part} over both locations, and the sum "
        "including standard shipping on their account, code-free.",
        mode="copilot",
    ),
    Wording(
        "rambling",
        "Good day, {name}, {reach}. My son-in-law, who knows about such things up to a point, insists that my {pc} deserves a better "
        "{noun} and has written {part} on the back of an envelope. Before I spend [a penny|anything] I want to hear it "
        "from you. Can it simply take the place of the old one? He was wrong about the boiler, too, so if it cannot, tell "
        "me what stands against it and which single other part I'd have to get from your stock, the cheapest one that "
        "helps. He'll ask how many watts the power supply must bring according to your rules, so put that in, and how "
        "many {part} you hold between Ohio and Nevada. And of course the bill: everything I would need, ordinary "
        "delivery, no vouchers.",
    ),
    Wording(
        "non-native",
        "Dear team, I am {name}, {reach}. I have with you my {pc}. I like to change the {noun} and take {part}. Please you check: it "
        "is possible with my other pieces, yes or no? When no, [why is it not|for which reason], and what is the most "
        "cheap piece from your stock which I must buy more or change, so it becomes possible. I need also: the watt of "
        "power supply after your rule, the quantity of {part} what you have now in all your magazines, the complete "
        "price for me with the standard transport, I have not a code.",
    ),
    Wording(
        "manager's request",
        "Please prepare the answer to an upgrade question, I sign it off [tonight|later]. Customer: {name}, {reach}. Machine: {pc}. "
        "Wanted: {part} replacing the current {noun}.\n\n1. Compatible, or not?\n2. Where not: the ground for it and the "
        "lowest-priced single part in our stock, additional or as a swap, which cures it.\n3. Wattage that our rule "
        "requires of the supply after the change.\n4. Stock of the {part}, Columbus plus Reno.\n5. Total for all that "
        "would have to be ordered, account pricing, standard shipping, no code applied.",
        mode="copilot",
    ),
    Wording(
        "annoyed",
        "{name}, {reach}. Twice now I've bought parts elsewhere that did not go together, so this time you tell me BEFORE I pay. It's "
        "about my {pc}. New {noun}: {part}, old one out. I want a straight yes or a straight no. [And a no comes with|If "
        "it's no, give me] the actual reason and the least expensive other part, in stock, one part, that turns it into "
        "a yes. How strong must the power supply be by your own formula? How many {part} are there really, counting "
        "every warehouse? What leaves my account at the end, slow shipping, no codes?",
    ),
)  # fmt: skip

FAMILY = filed(
    Family(
        name="upgrade-fit",
        title="Does an upgrade fit a PC on record, what is in the way, what else is needed, and the price",
        category="reasoning",
        main_level="adaptability",
        levels=("adaptability", "tool_use", "planning"),
        wordings=WORDINGS,
        find=find,
        rubric=rubric,
        solve=solve,
        weight=2,
    ),
    "recommendation",
    ("information_provided", "recommendation_provided"),
    lambda given: f"Would a {given['part']} fit",
)
