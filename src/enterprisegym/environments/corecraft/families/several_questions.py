"""One message, three questions that have nothing to do with each other: all of them answered, in the order asked."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import Plan, Steps, Worker, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import order_details, return_deadline
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording
from enterprisegym.environments.corecraft.families.filed import filed
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    WAREHOUSES,
    amount,
    both,
    choice,
    criterion,
    day,
    last_scan,
    near_miss,
    number,
    parcel_check,
    stable,
    stock_check,
    stocked_in,
    thing,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.rollout.record import Json
from enterprisegym.tasks import Criterion, NearMiss
from enterprisegym.world import Row

ASKED: Mapping[str, tuple[str, str]] = {
    "window": (
        "whether the {item} can still be returned under your rules, and which day is or was the last for it",
        "the last day for sending back the {item}, and whether I'd still be in time today",
    ),
    "stock": (
        "how many of the {stocked} are free at the moment, and in which warehouse",
        "your stock of the {stocked}, the number and where it lies",
    ),
    "parcel": (
        "what the newest scan of the parcel with the {parcel} says, and of which day it is",
        "how far the parcel with the {parcel} has come, that is its newest scan and the day of it",
    ),
    "count": (
        "how many orders there have been on my account in all, and on what day the first was placed",
        "the number of all orders I ever placed with you and the date of the very first one",
    ),
    "charged": (
        "how much was really taken from me for the order with the {charged}",
        "the sum you actually collected for the order that had the {charged} in it",
    ),
}
ALIASES = {
    "window": ("return*", "send* back", "sent back"),
    "parcel": ("scan*", "tracking", "newest event", "last event", "latest event"),
    "count": ("orders in all", "orders in total", "orders altogether", "first order", "very first", "the first"),
    "charged": ("taken", "took", "charged", "captured", "collected", "payment", "capture"),
}
OPEN = (
    "can still", "still be returned", "still return*", "in time", "still possible", "still within", "still open",
    "within the window", "still in",
    "is open", "you may return", "can be returned", "can return", "within the return", "still eligible",
    "is eligible", "until", "yes", "remains open",
)  # fmt: skip
SHUT = (
    "no longer", "too late", "has passed", "passed", "has closed", "closed", "is over", "has ended", "ended",
    "expired", "not in time", "can not be returned",
    "cannot be returned", "cannot return", "out of time", "has run out", "ran out", "not possible", "lapsed",
    "outside", "past the", "not be returned",
)  # fmt: skip
OPEN_NOT = (
    "can still be returned",
    "still in time",
    "still within",
    "can still return",
    "still open",
    "still possible",
)
SHUT_NOT = ("no longer be returned", "too late", "has passed", "is over", "has ended", "has expired", "has closed")


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    doubles = {m["namesake"] for m in world.marks("namesake")} | {
        m["old_account"] for m in world.marks("duplicate_account")
    }
    shelf = [
        p
        for p in world.all("products")
        if p["status"] == "active" and not p["components"] and world.available(p["id"]) > 2
    ]
    split = [p for p in shelf if len(stocked_in(world, p)) == 1]
    for customer in world.all("customers"):
        id = customer["id"]
        if id in doubles or world.traps_on(id, among=("namesake", "duplicate_account")):
            continue
        orders = [o for o in world.orders_of(id) if o["status"] == "fulfilled" and len(world.shipments(o["id"])) == 1]
        if len(orders) < 2 or any(world.returns(o["id"]) for o in orders):
            continue
        third, order = _third(world, customer, orders)
        cut = [m["id"] for m in world.marks("page_cut") if m["customer_id"] == id]
        lasting = [o for o in orders if not cut or o["id"] in cut]  # the others are absent without the trap
        if cut:
            third, order = "count", None
        item = _item(world, customer, [o for o in lasting if order is None or o["id"] != order["id"]])
        other = None if order is None else _item(world, customer, [order], whatever=third != "window")
        if item is None or (order is not None and other is None):
            continue
        pool = split if stable(id, "split", below=3) == 0 else shelf
        stocked = pool[stable(id, "stocked", below=len(pool))]
        yield _situation(world, customer, item, stocked, third, other)


def _third(world: Records, customer: Row, orders: list[Row]) -> tuple[str, Row | None]:
    """What the third question is about, and of which order."""
    for order in orders:
        if world.mark("header_lag", order["id"]):
            return "parcel", order
        if any(m["order_id"] == order["id"] for m in world.marks("failed_attempts")):
            return "charged", order
    kind = ("parcel", "count", "charged")[stable(customer["id"], "third", below=3)]
    recent = kind == "parcel" and stable(customer["id"], "recent", below=2) == 0
    return kind, None if kind == "count" else orders[0 if recent else -1]


def _item(world: Records, customer: Row, orders: list[Row], whatever: bool = False) -> tuple[Row, Row] | None:
    """An order and a product of it that was bought once and, unless `whatever`, may be sent back by its nature."""
    for order in orders:
        for line in world.lines(order["id"]):
            product = world.product(line["product_id"])
            lines = [x for o in world.orders_of(customer["id"]) for x in world.lines(o["id"])]
            if sum(x["product_id"] == product["id"] for x in lines) != 1:
                continue
            if whatever:
                return order, product
            excluded = rules.return_exclusion(order, product, "opened", "customer_remorse")
            if not excluded and world.delivered_on(order, product["id"]) and not product["components"]:
                return order, product
    return None


def _situation(
    world: Records, customer: Row, item: tuple[Row, Row], stocked: Row, third: str, other: tuple[Row, Row] | None
) -> Situation:
    places = ["window", "stock", third]
    turn = stable(customer["id"], "turn", below=3)
    places = places[turn:] + places[:turn]
    names = {"item": world.called(item[1]), "stocked": world.called(stocked)}
    if other is not None:
        names[third] = world.called(other[1])
    texts = [ASKED[kind][stable(customer["id"], kind, below=2)].format(**names) for kind in places]
    role = {"parcel": ("header_lag",), "charged": ("failed_attempts",), "count": ("page_cut",)}[third]
    traps = (
        *world.traps_on(customer["id"], *((other[0]["id"],) if other else ()), among=("contact_format", *role)),
        *world.traps_on(stocked["id"], among=("split_stock", "brand_spelling")),
        *world.traps_on(item[1]["id"], among=("brand_spelling",)),
    )
    late = stable(customer["id"], "rules", below=2) == 0
    clash = {"contact_format", "brand_spelling"} <= set(traps)
    traps = tuple(dict.fromkeys(t for t in traps if not clash or t not in ("contact_format", "brand_spelling")))
    ids = {"order": item[0]["id"], "item": item[1]["id"], "stocked": stocked["id"]}
    more = {} if other is None else {"other": other[0]["id"], "subject": other[1]["id"]}
    return Situation(
        key={"customer": customer["id"], **ids, "kinds": "-".join(places), **more},
        given={
            **world.contact(customer), "name": customer["name"], "first": customer["name"].split()[0],
            **names, "q1": texts[0], "q2": texts[1], "q3": texts[2], "kinds": {"said": "", "meant": "-".join(places)},
        },
        traps=(*traps, *(("superseded_policy",) if late else ())),
        difficulty=3 + bool(set(traps) & {"header_lag", "failed_attempts", "page_cut"}),
    )  # fmt: skip


def _window(last: date, today: date, name: str) -> str:
    if last >= today:
        return f"A return of the {name}: you can still ask for it, until {spoken(last)}."
    return f"A return of the {name}: it is too late, the last day was {spoken(last)}."


def _stock(name: str, units: int, places: list[str]) -> str:
    return f"{name}: {units} units are free, in {' and '.join(places)}."


def _parcel(name: str, status: str, scanned: date) -> str:
    return f"The newest scan of the parcel with the {name} is of {spoken(scanned)}: {status.replace('_', ' ')}."


def rubric(world: Records, s: Situation) -> Rubric:
    customer, kinds = world.customer(s.key["customer"]), s.key["kinds"].split("-")
    order, item = world.order(s.key["order"]), world.product(s.key["item"])
    stocked = world.product(s.key["stocked"])
    shipments = world.shipments(order["id"])
    last = rules.return_deadline(order, world.tier_of(customer), shipments, item["id"]) or world.today
    placed = world.placed_on(order)
    goes = last >= world.today
    units, places = world.available(stocked["id"]), stocked_in(world, stocked)
    levels = [f"inventory_levels/{i['id']}" for i in world.of("inventory_levels", "product_id", stocked["id"])]
    verdict = choice("yes", {"yes": OPEN, "no": SHUT_NOT}) if goes else choice("no", {"no": SHUT, "yes": OPEN_NOT})
    criteria: list[Criterion] = [
        criterion("window", "correctness",
        f"The response gives {spoken(last)} as the last day for returning the {item['name']}.",
                  day(last, (placed + timedelta(days=21),
                  placed + timedelta(days=world.tier_of(customer)["return_window_days"]))),
                  [f"orders/{order['id']}", f"shipments/{shipments[0]['id']}.events",
                  "company_policies/pol-returns-window"]),
        criterion("in-time", "correctness",
        f"The response says that it {'can still' if goes else 'can no longer'} be returned.",
                  verdict, [f"orders/{order['id']}", "company_policies/pol-returns-window"]),
        criterion("stock", "correctness",
        f"The response says that {units} of the {stocked['name']} are free, in {' and '.join(places)}.",
                  stock_check(world, stocked), levels),
    ]  # fmt: skip
    told = {"window": _window(last, world.today, item["name"]), "stock": _stock(stocked["name"], units, places)}
    other_day = last + timedelta(days=4) if goes else last - timedelta(days=4)
    misses: list[NearMiss] = [
        near_miss("wrong-day", "Counts the window wrongly.", "window", replace=[(spoken(last), spoken(other_day))]),
        near_miss("other-verdict", "Draws the wrong conclusion from the day.", "in-time",
                  replace=[("you can still ask for it, until", "it is too late, the last day being")] if goes
                  else [("it is too late, the last day was", "it can still be returned, the last day being")]),
        near_miss("half-the-stock", "Does not see the stock.", "stock", replace=[(told["stock"],
        f"{stocked['name']}: hard to say.")]),
    ]  # fmt: skip
    if "parcel" in kinds:
        other, subject = world.order(s.key["other"]), world.product(s.key["subject"])
        status, scanned = last_scan(world, other)
        check, words = parcel_check(world, other)
        criteria.append(criterion("parcel", "correctness", f"The response says {words}.", check,
                                  [f"shipments/{world.shipments(other['id'])[0]['id']}.events"]))  # fmt: skip
        told["parcel"] = _parcel(subject["name"], status or "", scanned or world.today)
        misses.append(near_miss("lagging", "Goes by the header.", "parcel",
                                replace=[(told["parcel"],
                                f"The parcel with the {subject['name']} is scanned as lost.")]))  # fmt: skip
    if "count" in kinds:
        orders = world.orders_of(customer["id"])
        first = world.placed_on(orders[-1])
        criteria.append(
            criterion("count", "correctness",
            f"The response says that there are {len(orders)} orders, the first of {spoken(first)}.",
                      both(number(len(orders), ["order", "all", "total"], [10] if len(orders) > 10 else []),
                      day(first)),
                      [f"orders/{o['id']}" for o in orders])
        )  # fmt: skip
        told["count"] = _count(len(orders), first)
        misses.append(near_miss("first-page", "Counts too few.", "count",
                                replace=[(told["count"], _count(len(orders) - 1, first))]))  # fmt: skip
    if "charged" in kinds:
        other, subject = world.order(s.key["other"]), world.product(s.key["subject"])
        payments = world.payments(other["id"])
        sums = (
            sum(p["amount_cents"] for p in payments if p["status"] in rules.CAPTURED),
            sum(p["amount_cents"] for p in payments),
        )
        criteria.append(
            criterion("charged", "correctness", f"The response says that {usd(sums[0])} was taken.",
                      amount(sums[0], (sums[1],)), [f"payments/{world.capture(other)['id']}"])
        )  # fmt: skip
        told["charged"] = _charged(subject["name"], sums[0])
        misses.append(near_miss("attempts-too", "Adds what came to nothing.", "charged",
                                replace=[(usd(sums[0]), usd(2 * sums[0]))]))  # fmt: skip
    counted = f"{len(world.orders_of(customer['id']))} orders"
    words = {
        **ALIASES,
        "count": (counted, *ALIASES["count"]),
        "stock": (stocked["name"], world.called(stocked), *_tails(stocked["name"])),
    }
    order_of = {"check": "sequence", "items": [thing(kind, *words[kind]) for kind in kinds]}
    criteria.append(
        criterion("in-order", "format", f"The answers come in the order of the questions: {', '.join(kinds)}.",
                  order_of, [f"customers/{customer['id']}"])
    )  # fmt: skip
    a, b, c = (told[kind] for kind in kinds)
    misses.append(
        near_miss("shuffled", "Answers in an order of its own.", "in-order", replace=[(f"1. {a}\n2. {b}\n3. {c}",
        f"1. {c}\n2. {b}\n3. {a}")])
    )  # fmt: skip
    return Rubric(criteria=criteria, near_misses=misses)


def _tails(name: str) -> list[str]:
    words = name.split()
    return [" ".join(words[n:]) for n in (1, 2) if len(words) - n >= 2]


def _count(orders: int, first: date) -> str:
    return f"There are {orders} orders in all; the first was placed on {spoken(first)}."


def _charged(name: str, taken: int) -> str:
    return f"For the order with the {name} {usd(taken)} was taken, once."


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from a.contact(given.get("email"), given.get("phone"))
    kinds: list[str] = given["kinds"].split("-")
    answers: list[str] = []
    for kind in kinds:
        match kind:
            case "window":
                answer = yield from _ask_window(a, customer, given["item"])
            case "stock":
                product = yield from a.product(given["stocked"])
                places = [WAREHOUSES[level["location"]] for level in product["inventory"] if level["available"] > 0]
                answer = _stock(product["name"], a.stock(product), places)
            case "count":
                orders = yield from a.all("searchOrders", customer_id=customer["id"])
                answer = _count(len(orders), date.fromisoformat(a.day(orders[-1]["created_at"])))
            case _:
                product, details = yield from _order_of(a, customer, given[kind])
                if kind == "charged":
                    answer = _charged(product["name"], a.captured(details["payments"]))
                else:
                    parcel = details["shipments"][0]
                    newest = max(parcel["events"], key=lambda e: e["at"])
                    answer = _parcel(product["name"], a.parcel_status(parcel), date.fromisoformat(a.day(newest["at"])))
        answers.append(answer)
    listed = "\n".join(f"{n}. {answer}" for n, answer in enumerate(answers, start=1))
    return f"Hi {customer['name'].split()[0]},\n\nin the order you asked:\n\n{listed}\n\nCorecraft support"


def _order_of(a: Worker, customer: Json, name: str) -> Steps[tuple[Json, Json]]:
    product = yield from a.product(name)
    orders = yield from a.all("searchOrders", customer_id=customer["id"], product_id=product["id"])
    details = yield from order_details(a, a.pick(orders, product_id=product["id"])["id"])
    return product, details


def _ask_window(a: Worker, customer: Json, name: str) -> Steps[str]:
    product, details = yield from _order_of(a, customer, name)
    parcel = a.pick(details["shipments"], where=lambda x: product["id"] in str(x["contents"]))
    yield from a.policy("return", "clearance", title="Items we do not take back")
    last, _ = yield from return_deadline(a, details["order"], customer["loyalty_tier"], a.delivered_on(parcel) or "")
    return _window(last, a.clock.today, product["name"])


def _by(way: str) -> Callable[[Given], bool]:
    return lambda given: way in given


WORDINGS = (
    Wording(
        "mail with a list",
        "From: {name} <{email}>\nSubject: [three things|three questions at once]\n\nHi,\n\nbefore I forget, three "
        "things I'd like to know [in one go|at a stroke]:\n\n1. {q1}\n2. {q2}\n3. {q3}\n\n"
        "Number your answers the same way, please.\n\n{first}",
        fits=_by("email"),
    ),
    Wording(
        "flowing",
        "Hello, {name} here, I shop under {email}. You could help me with {q1}. On an entirely different note I have "
        "been wondering about {q2}. And to finish, [my "
        "wife|my bookkeeper] would like to be told {q3}. If you answer one after the other in this order I can file "
        "it.",
        fits=_by("email"),
    ),
    Wording(
        "terse",
        "{name}, {email}. Need, in this order:\n- {q1}\n- {q2}\n- {q3}\n[Short answers.|No essays please.]",
        fits=_by("email"),
    ),
    Wording(
        "chat",
        "[hey|hi], {name} ({email})\n3 quick ones ok?\nfirst {q1}\nthen {q2}\nlast {q3}\n[same order pls so i dont "
        "mix em up|pls answer 1 2 3 like i asked]",
        fits=_by("email"),
    ),
    Wording(
        "cross",
        "You made me fill in three forms for three questions and lost all of them, so here they are in one mail, and "
        "I want three answers, in sequence! One: {q1}. Two: {q2}. Three: {q3}. "
        "{name}, account {email}.",
        fits=_by("email"),
    ),
    Wording(
        "colleague",
        "{name} ({email}) has sent three questions that belong to three desks. I'd rather send one reply. Look up "
        "for me {q1}; next, {q2}; finally, {q3}. (\"I\" and \"me\" is the customer.) "
        "[Numbered|As a numbered list], same sequence, ready to send.",
        mode="copilot",
        fits=_by("email"),
    ),
    Wording(
        "phone note",
        "{name} rang, number on file {phone}, speaks fast. What I wrote down, in the customer's words: a) {q1}, b) "
        "{q2}, c) {q3}. Can you find it all out and give me the text for a, b and c, "
        "[in that order|keeping the order]?",
        mode="copilot",
        fits=_by("phone"),
    ),
    Wording(
        "letter",
        "Dear Corecraft,\n\nmy name is {name} and my telephone {phone}. I have put off writing until there were "
        "three questions together. The first concerns {q1}. With the second I should like to learn "
        "{q2}. Thirdly, kindly inform me of {q3}. Please reply point by point as I have set them out.\n\nRespectfully",
        fits=_by("phone"),
    ),
)  # fmt: skip

FAMILY = filed(
    Family(
        name="several-questions",
        title="Three unrelated questions in one message: return window, stock, and a parcel, a charge or a count of orders",
        category="communication",
        main_level="planning",
        levels=("planning", "tool_use", "groundedness"),
        wordings=WORDINGS,
        find=find,
        rubric=rubric,
        solve=solve,
        rests_on=("pol-returns-excluded", "pol-returns-holiday-2025"),
    ),
    "other",
    ("information_provided", "recommendation_provided"),
    lambda given: "Three questions at once",
)
