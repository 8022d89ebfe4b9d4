"""Are one to three loosely named products on the shelf: how many, where, when more come, when they would leave."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import Plan, Worker, spoken
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    both,
    choice,
    criterion,
    day,
    either,
    near_miss,
    number,
    says,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Criterion, NearMiss
from enterprisegym.world import Row

OUT = [
    "out of stock", "sold out", "not in stock", "none available", "none in stock", "no stock", "not available", "none left",
    "unavailable", "no units", "nothing in stock", "not currently in stock", "0 available", "0 units", "0 in stock", "is out",
    "are out", "not on the shelf", "zero", "neither warehouse", "nothing left", "isn't any",
]  # fmt: skip
GONE = [
    "discontinued", "no longer", "end of life", "not coming back", "no restock", "no delivery", "no more", "not be restocked",
    "not restock*", "no date", "no further", "will not come back", "nothing ... scheduled", "no replenish*", "none planned",
    "none scheduled", "not ... coming",
]  # fmt: skip
BACKORDER = {
    "yes": ["can ... backorder*", "may ... backorder*", "backorder* ... possible", "backorderable", "on backorder",
            "backorder yes", "take* ... backorder*", "accept* ... backorder*", "backorder* ... open", "backorder* ... allowed",
            "backorder ... available", "available ... backorder*", "open ... backorder*", "backorder ok", "backorder okay"],
    "no": ["not ... backorder*", "no backorder*", "backorder no", "backorder* ... not possible", "not backorderable",
           "backorder* ... not available", "backorder* ... not offered", "backorder* ... closed", "backorder* ... not allowed",
           "no ... backorder*", "backorder* ... not open", "not possible ... backorder*", "backorder ... is not"],
}  # fmt: skip
UNITS = (
    "available",
    "unit",
    "units",
    "stock",
    "total",
    "piece",
    "pieces",
    "pcs",
    "left",
    "all",
    "together",
    "altogether",
)
TRAPS = ("brand_spelling", "split_stock")


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    names = {p["id"]: _loose(world, p, rng) for p in world.all("products")}
    plain = [p for p in world.all("products") if _levels(world, p)["cmh"] and _levels(world, p)["rno"]]
    special = [p for p in world.all("products") if p not in plain]
    joined = [p for p in plain if world.traps_on(p["id"], among=("brand_spelling",))]
    seeds = [*special, *special, *special, *special, *rng.sample(joined, min(40, len(joined)))]
    for seed in shuffled(rng, seeds):
        count = rng.choice((2, 2, 3, 3, 3))
        chosen = [seed]
        while len(chosen) < count:
            other = rng.choice(plain if rng.random() < 0.6 and not _split(world, seed) else special)
            if other not in chosen:
                chosen.append(other)
        rng.shuffle(chosen)
        stock = [sum(_levels(world, p).values()) for p in chosen]
        out = [p for p, n in zip(chosen, stock, strict=True) if n == 0]
        single = [n for p in chosen for n in _levels(world, p).values() if n]
        words = [_word(p, [o for o in chosen if o is not p]) for p in chosen]
        if not all(words) or len(out) > 1 or len({n for n in stock if n}) < len([n for n in stock if n]):
            continue
        if any(n in single for n, p in zip(stock, chosen, strict=True) if 0 not in _levels(world, p).values()):
            continue
        spoken_numbers = {int(x) for p in chosen for x in re.findall(r"\d+", p["name"].replace(" Nine ", " 9 "))}
        if spoken_numbers & {n for n in (*stock, *single) if n}:
            continue
        written = [names[p["id"]] if rng.random() < 0.7 else world.called(p) for p in chosen]
        if rng.random() < 0.3:
            written = [w.lower() for w in written]
        text = ["the " + w for w in written]
        items = " and ".join([", ".join(text[:-1]), text[-1]] if len(text) > 1 else text)
        spelled = [p for p, w in zip(chosen, written, strict=True) if w.lower() == world.called(p).lower()]
        traps = world.traps_on(*(p["id"] for p in spelled), among=("brand_spelling",))
        traps += ("split_stock",) if any(_split(world, p) for p in chosen) else ()
        yield Situation(
            key={str(n): p["id"] for n, p in enumerate(chosen, start=1)},
            given={"items": said(items, written)},
            traps=traps,
            difficulty=min(5, count + bool(out) + len(traps)),
        )


def _loose(world: Records, product: Row, rng: random.Random) -> str:
    """A name as people say it, by which only this product is found: without brand, without what stands in brackets."""
    whole = world.called(product)
    short = product["name"].removeprefix(product["brand"]).strip()
    choices = [short, short.split(" (")[0], whole.split(" (")[0]]
    fitting = [
        c for c in choices
        if len(c) > 3 and sum(_key(c) in _key(p["name"]) for p in world.all("products")) == 1
        and (c in whole) and not c.isdigit()
    ]  # fmt: skip
    return rng.choice([*fitting, whole]) if product["category"] not in rules.PACKAGE_CATEGORIES else whole


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _word(product: Row, others: Sequence[Row]) -> str:
    """A word of the model's name that no other of the products has."""
    rest = " ".join(o["name"].lower() for o in others)
    model = product["name"].removeprefix(product["brand"])
    words = [w for w in re.findall(r"[A-Za-z]{4,}", model) if w.lower() not in rest]
    return words[0] if words else ""


def _levels(world: Records, product: Row) -> dict[str, int]:
    levels = world.of("inventory_levels", "product_id", product["id"])
    return {x["location"]: x["on_hand"] - x["reserved"] for x in levels}


def _split(world: Records, product: Row) -> bool:
    levels = _levels(world, product)
    return levels["cmh"] == 0 and levels["rno"] > 0


def _restock(world: Records, product: Row) -> date | None:
    days = [x["restock_on"] for x in world.of("inventory_levels", "product_id", product["id"]) if x["restock_on"]]
    return date.fromisoformat(min(days)) if days else None


def rubric(world: Records, s: Situation) -> Rubric:
    products = [world.product(id) for _, id in sorted(s.key.items())]
    criteria: list[Criterion] = []
    misses: list[NearMiss] = []
    shelf: list[tuple[Row, str, dict[str, int]]] = []
    for n, product in enumerate(products, start=1):
        word = _word(product, [o for o in products if o is not product])
        levels = _levels(world, product)
        units = sum(levels.values())
        evidence = [f"inventory_levels/{x['id']}" for x in world.of("inventory_levels", "product_id", product["id"])]
        if not units:
            last = _restock(world, product)
            open_ = any(x["backorderable"] for x in world.of("inventory_levels", "product_id", product["id"]))
            criteria += [
                criterion(
                    "out", "correctness", f"The response says that the {product['name']} is out of stock.",
                    either(says(OUT, near=[word]), number(0, [word])), evidence,
                ),
                criterion(
                    "more", "correctness",
                    f"The response says that the next delivery of the {product['name']} is due on {spoken(last)}."
                    if last else f"The response says that no more of the {product['name']} will come.",
                    day(last, near=[word, "deliver", "restock", "next", "expect", "due", "more", "back", "arriv"])
                    if last else says(GONE),
                    evidence,
                ),
                criterion(
                    "backorder", "completeness",
                    f"The response says that it can{'' if open_ else ' not'} be put on backorder.",
                    choice("yes" if open_ else "no", BACKORDER), evidence,
                ),
            ]  # fmt: skip
            old = _out_line(product["name"], last, open_)
            misses += [
                near_miss("in-stock", "Says that it is there.", "out",
                          replace=[(f"{product['name']}: out of stock", f"{product['name']}: in stock")]),
                near_miss("other-day", "Tells another day, or a day where there is none.", "more",
                          replace=[(_more_line(last), "there will be more on January 9, 2026")]),
                near_miss("backorder-turned", "Turns the backorder round.", "backorder",
                          replace=[(old, _out_line(product["name"], last, not open_))]),
            ]  # fmt: skip
            continue
        shelf.append((product, word, levels))
        line = _in_line(product["name"], levels)
        criteria.append(
            criterion(
                f"units-{n}" if len(products) > 1 else "units", "correctness",
                f"The response says that {units} of the {product['name']} are available in all.",
                number(units, [*UNITS, word]), evidence,
            )
        )  # fmt: skip
        misses.append(
            near_miss(f"units-{n}-off", "Tells another number.", f"units-{n}" if len(products) > 1 else "units",
                      replace=[(line, line.replace(f"{units} available", f"{units + 83} available"))])
        )  # fmt: skip
    if not shelf:
        return Rubric(criteria, misses)
    places = [
        says(*([names] if levels[place] else []), near=[word])
        for _, word, levels in shelf
        for place, names in (("cmh", ["Columbus", "cmh", "Ohio"]), ("rno", ["Reno", "rno", "Nevada"]))
        if levels[place]
    ]
    monday = world.today + timedelta(days=2)
    wrong = [(_in_line(p["name"], v), _in_line(p["name"], v).rsplit(" (", 1)[0] + ".") for p, _, v in shelf]
    criteria += [
        criterion(
            "where", "completeness", "The response says where the products that are in stock lie: "
            + "; ".join(f"{p['name']} {_where(v)}" for p, _, v in shelf) + ".",
            both(*places),
            [f"inventory_levels/inv-{p['id']}-{x}" for p, _, v in shelf for x in sorted(v) if v[x]],
        ),
        criterion(
            "leaves", "correctness", f"The response says that what is in stock would leave on {spoken(monday)}.",
            day(monday, [monday + timedelta(days=1)],
                near=["leave", "ship", "dispatch", "sent", "send", "go", "picked", "out", "Monday"]),
            ["company_policies/pol-shipping-dispatch"],
        ),
    ]  # fmt: skip
    misses += [
        near_miss("nowhere", "Does not say where they are.", "where", replace=wrong),
        near_miss("today", "Promises that it leaves today.", "leaves",
                  replace=[(spoken(monday), spoken(world.today))]),
    ]  # fmt: skip
    return Rubric(criteria, misses)


def _where(levels: Mapping[str, int]) -> str:
    names = {"cmh": "Columbus", "rno": "Reno"}
    held = [f"{levels[x]} in {names[x]}" for x in ("cmh", "rno") if levels.get(x)]
    return "all in " + held[0].split(" in ")[1] if len(held) == 1 else ", ".join(held)


def _in_line(name: str, levels: Mapping[str, int]) -> str:
    return f"- {name}: in stock, {sum(levels.values())} available ({_where(levels)})."


def _more_line(last: date | None) -> str:
    return f"the next delivery is due on {spoken(last)}" if last else "it is discontinued, no more will come"


def _out_line(name: str, last: date | None, open_: bool) -> str:
    how = "You can order it on backorder." if open_ else "It cannot be put on backorder."
    return f"- {name}: out of stock at both warehouses, {_more_line(last)}. {how}"


def solve(a: Worker, given: Given) -> Plan:
    lines: list[str] = []
    there = 0
    for written in given["items"]:
        product = yield from a.product(written)
        units = a.stock(product)
        there += bool(units)
        if units:
            seen = {x["location"]: x["available"] for x in product["inventory"]}
            lines.append(_in_line(product["name"], seen if sum(seen.values()) == units else {"cmh": units}))
            continue
        due = [x["restock_on"] for x in product["inventory"] if x["restock_on"]]
        yield from a.policy("cancellation", "backorder", title="Backorders")
        lines.append(
            _out_line(
                product["name"],
                date.fromisoformat(min(due)) if due else None,
                any(x["backorderable"] for x in product["inventory"]),
            )
        )
    answer = "As of now:\n\n" + "\n".join(lines)
    if there:
        yield from a.policy("shipping", "Columbus time", title="Dispatch")
        leaves = rules.add_business_days(a.clock.today, 1)
        answer += (
            f"\n\nOrdered and paid this afternoon, what is in stock leaves on {leaves:%A}, {spoken(leaves)}; no carrier "
            "picks up at the weekend."
        )
    return answer


WORDINGS = (
    Wording(
        "customer mail",
        "Subject: [stock question|availability]\n\nHello,\n\nbefore I order: do you have {items} in stock at the moment? "
        "I would like to know how many you have altogether and in which warehouse. Should something be out, when do you "
        "get more, and would you take [a backorder|it as a backorder] until then? And if I order and pay this afternoon, what "
        "day do the things in stock leave the house?\n\n[Best regards|Thanks in advance],\n[Sandra W.|Piet]",
    ),
    Wording(
        "chat",
        "[hi|yo], {items}, got any? total count + columbus or reno pls. anything sold out: when's the next delivery n "
        "can i backorder. if i pay in the next hour [when does it go out|which day does it ship]?",
    ),
    Wording(
        "terse",
        "Availability now: {items}. [Units in total, location.|Total units and site.] If none: next delivery date, backorder y/n. "
        "Dispatch day if paid today?",
    ),
    Wording(
        "annoyed",
        "Your website tells me one thing in the morning and another at noon. So please, from a human with the system "
        "open: {items}. Are they there or not? How many of each in all, and where do they sit? For what's missing I "
        "want the day the next lot arrives[ and not an estimate|, no guessing], and whether I can order it anyway on "
        "backorder. Also: pay today, leaves when? Don't say tomorrow, I know what day it is.",
    ),
    Wording(
        "sales colleague",
        "[Quote going out|I'm writing a quote] for a customer in a hurry: {items}. Please check the shelves in both places and tell "
        "me the overall quantity per item and which site has it. Where we have none I need the inbound date and if backorder is "
        "switched on. They'd pay this afternoon, so what's the dispatch day for the rest?\n\nJanelle",
        mode="copilot",
    ),
    Wording(
        "phone note",
        "Caller holding, wants {items}. Read me per product: in stock or not, units over both warehouses, which one. None "
        "left -> due date of the next delivery, backorder possible? Also when it would leave if [she|he] pays right now.",
        mode="copilot",
    ),
    Wording(
        "non-native builder",
        "Good day! I build computer for my cousin and I search {items}. Is it in your store now? How many pieces in sum, and "
        "from which storage it comes? If is not there, please say me the date when new pieces come, and if it is allowed to order "
        "before (back order). When I pay today afternoon, on which day [will leave the packet|the packet goes away]?",
    ),
    Wording(
        "lan party",
        "We're [twelve|eight] people getting ready for a LAN party and I'm the one who volunteered to do the shopping, "
        "god help me. Everybody wants to know about {items}. What's your stock on that, all warehouses taken together, and "
        "where is it physically? If we're out of luck on something: next shipment in on what date, and do you let people "
        "backorder? Last thing, money would be on your side today, so the parcel starts moving on which date?",
    ),
)  # fmt: skip

FAMILY = Family(
    name="shelf-check",
    title="Stock of one to three loosely named products: how many, where, when more, when it leaves",
    category="retrieval",
    main_level="adaptability",
    levels=("adaptability", "tool_use", "groundedness"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-cancellation-holds",),
)
