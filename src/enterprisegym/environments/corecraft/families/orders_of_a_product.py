"""Who ordered a product in a period, by order status; with or without the packages it is part of."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import Plan, Rows, Worker, spoken
from enterprisegym.environments.corecraft.agents.steps import as_table, customers_by_id
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    criterion,
    day,
    near_miss,
    number,
    period_words,
    thing,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row

STATES = {
    "fulfilled": ("fulfilled",),
    "fulfilled or paid": ("fulfilled", "paid"),
    "fulfilled, partially refunded or refunded": ("fulfilled", "partially_refunded", "refunded"),
    "partially refunded or refunded": ("partially_refunded", "refunded"),
    "paid, on hold or backorder": ("paid", "on_hold", "backorder"),
    "anything but cancelled or pending": (
        "paid", "on_hold", "backorder", "fulfilled", "refund_requested", "partially_refunded", "refunded",
    ),
}  # fmt: skip
MOST = 14


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    dates = {o["id"]: world.placed_on(o) for o in world.all("orders")}
    evenings = {m["id"]: m["product_id"] for m in world.marks("midnight_order")}
    added = _small_orders(world)
    for product in world.all("products"):
        if product["category"] in rules.PACKAGE_CATEGORIES:
            continue
        placed = sorted(dates[line["order_id"]] for line in world.of("order_lines", "product_id", product["id"]))
        if len(placed) < 3:
            continue
        spans = list(_spans(rng, placed, world.today))
        for order_id in sorted(o for o, p in evenings.items() if p == product["id"]):
            late = dates[order_id]
            back = (late - timedelta(days=rng.choice((1, 32, 63, 125)))).replace(day=1)
            spans += [(back, late), (late + timedelta(days=1), min(world.today, late + timedelta(days=75)))]
        for first, last in dict.fromkeys(spans):
            states = rng.choice(list(STATES))
            packages = [p["id"] for p in _packages(world, product["id"])]
            for scope in ("alone", "inside"):
                key = {
                    "product": product["id"], "from": first.isoformat(), "to": last.isoformat(), "states": states,
                    "scope": scope,
                }  # fmt: skip
                found = _orders(world, key)
                boxed = [o for o in found if any(x["product_id"] in packages for x in world.lines(o["id"]))]
                if (
                    sum(o["id"] not in added for o in found) < 3
                    or len(found) > MOST
                    or (scope == "inside") != bool(boxed)
                ):
                    continue
                if re.search(r"\d,", period_words(first, last)) and dates[found[-1]["id"]] in (first, last):
                    continue
                seen = [
                    o for o in _orders(world, {**key, "states": ""})
                    if any(x["product_id"] == product["id"] for x in world.lines(o["id"]))
                ]  # fmt: skip
                traps = list(world.traps_on(product["id"], among=("brand_spelling",)))
                edges = (last, first - timedelta(days=1))
                if any(p == product["id"] and dates[e] in edges for e, p in evenings.items()):
                    traps.append("midnight_order")
                if len(seen) > 10 and sum(o["id"] not in added for o in seen) <= 10:
                    traps.append("page_cut")
                yield Situation(
                    key=key,
                    given={
                        "product": world.called(product),
                        "period": said(period_words(first, last), [first.isoformat(), last.isoformat()]),
                        "states": said(states, list(STATES[states])),
                        **({"inside": said("bundle", True)} if scope == "inside" else {"boxed": said("own", True)}),
                    },
                    traps=tuple(traps),
                    difficulty=2 + (len(found) > 5) + (scope == "inside") + (len(seen) > 10),
                )


def _spans(rng: random.Random, days: Sequence[date], today: date) -> Iterator[tuple[date, date]]:
    """Whole months and ranges around days of orders."""
    for _ in range(3):
        first = rng.choice(days[: max(1, len(days) - 2)]).replace(day=1)
        months = rng.choice((1, 2, 3, 5, 8))
        end = rules.add_months(first, months) - timedelta(days=1)
        yield first, min(end, today)
    first = rng.choice(days[: len(days) // 2]) - timedelta(days=rng.randint(0, 4))
    yield first, min(today, first + timedelta(days=rng.choice((45, 80, 130, 200))))


def _small_orders(world: Records) -> set[str]:
    """Orders that the trap page_cut has added, as far as can be told: newer ones of its customers."""
    return {
        o["id"]
        for mark in world.marks("page_cut")
        for o in world.orders_of(mark["customer_id"])
        if o["created_at"] > world.order(mark["id"])["created_at"]
    }


def _packages(world: Records, product_id: str) -> list[Row]:
    return [p for p in world.all("products") if any(c["product_id"] == product_id for c in p["components"])]


def _orders(world: Records, key: dict[str, str], days: int = 0) -> list[Row]:
    """Orders of a situation, oldest first; `days` widens the period at both ends, states "" are all."""
    wanted = {key["product"]}
    if key["scope"] == "inside":
        wanted |= {p["id"] for p in _packages(world, key["product"])}
    first, last = date.fromisoformat(key["from"]), date.fromisoformat(key["to"])
    ids = {line["order_id"] for id in wanted for line in world.of("order_lines", "product_id", id)}
    found = [
        o for o in map(world.order, ids)
        if first - timedelta(days=days) <= world.placed_on(o) <= last + timedelta(days=days)
        and (not key["states"] or o["status"] in STATES[key["states"]])
    ]  # fmt: skip
    return sorted(found, key=lambda o: (o["created_at"], o["id"]))


def _units(world: Records, order: Row, product_id: str, inside: bool) -> int:
    units = 0
    for line in world.lines(order["id"]):
        if line["product_id"] == product_id:
            units += line["quantity"]
        elif inside:
            parts = world.product(line["product_id"])["components"]
            units += line["quantity"] * sum(c["quantity"] for c in parts if c["product_id"] == product_id)
    return units


def rubric(world: Records, s: Situation) -> Rubric:
    key, product = dict(s.key), world.product(s.key["product"])
    inside = key["scope"] == "inside"
    found = _orders(world, key)
    ids = {o["id"] for o in found}
    like = [
        p for p in world.all("products")
        if p["category"] == product["category"] and p["brand"] == product["brand"] and p["id"] != product["id"]
    ]  # fmt: skip
    strangers = [
        *_orders(world, {**key, "states": ""}, 60),
        *(o for p in like for o in _orders(world, {**key, "product": p["id"], "scope": "alone"})),
        *_orders(world, {**key, "scope": "inside"}),
    ]
    others = {o["id"]: o for o in strangers if o["id"] not in ids}
    names = {o["customer_id"]: world.customer(o["customer_id"])["name"] for o in found}
    foreign = sorted({world.customer(o["customer_id"])["name"] for o in others.values()} - set(names.values()))
    units = sum(_units(world, o, product["id"], inside) for o in found)
    everything = _orders(world, {**key, "states": ""})
    utc = [o for o in _orders(world, key, 1) if key["from"] <= o["created_at"][:10] <= key["to"]]
    evidence = [f"orders/{o['id']}" for o in found]
    last = found[-1]
    last_row = _row(last["id"], names[last["customer_id"]], _units(world, last, product["id"], inside))
    twice = sum(names[o["customer_id"]] == names[last["customer_id"]] for o in found) > 1
    first_name = names[found[0]["customer_id"]]
    stranger = _row(sorted(others)[0], first_name, 1) if others else _row("ord-230101-001", first_name, 1)
    return Rubric(
        criteria=[
            criterion(
                "orders", "correctness",
                f"The response lists exactly the {len(found)} orders that qualify: {', '.join(o['id'] for o in found)}.",
                {
                    "check": "entities", "members": [thing(id) for id in sorted(ids)],
                    "universe": [thing(id) for id in sorted({*others, "ord-230101-001"})],
                },
                evidence,
            ),
            criterion(
                "names", "completeness",
                f"The response names the customers of these orders ({', '.join(names.values())}) and nobody else.",
                {
                    "check": "entities", "members": [thing(name) for name in sorted(set(names.values()))],
                    "universe": [thing(name) for name in foreign],
                },
                [f"customers/{id}.name" for id in sorted(names)],
            ),
            criterion(
                "count", "correctness", f"The response says that it is {len(found)} orders.",
                number(len(found), ["order", "orders", "count", "number"],
                       {len(everything), len(utc)} - {_units(world, o, product["id"], inside) for o in found} - {units}),
                evidence,
            ),
            criterion(
                "units", "correctness", f"The response says that {units} units of it are on these orders.",
                number(units, ["unit", "units", "piece", "pieces", "total", "pcs", "count", "number", "quantity"]),
                [f"order_lines/{x['id']}" for x in world.lines(last["id"])],
            ),
            criterion(
                "latest", "correctness", f"The response says that the latest was placed on {spoken(world.placed_on(last))}.",
                day(world.placed_on(last), [date.fromisoformat(o["created_at"][:10]) for o in (last, found[0])],
                    near=["latest", "newest", "last", "recent"]),
                [f"orders/{last['id']}.created_at"],
            ),
        ],
        near_misses=[
            near_miss("one-missing", "Leaves one order out of the list.", ("orders",) if twice else ("orders", "names"),
                      replace=[(f"\n{last_row}", "")]),
            near_miss("stranger", "Takes in an order of another time, state or product.", "orders",
                      replace=[(last_row, f"{last_row}\n{stranger}")]),
            near_miss("nameless", "Leaves the names out.", "names",
                      replace=[(names[last["customer_id"]], "(see account)")]),
            near_miss("miscounted", "One order too few in the count.", "count",
                      replace=[(_orders_line(len(found)), _orders_line(len(found) + 13))]),
            near_miss("first-for-last", "Gives another day as the latest.", "latest",
                      replace=[(_latest_line(world.placed_on(last)),
                                _latest_line(world.placed_on(last) - timedelta(days=1)))]),
            near_miss("units-off", "Adds up the units wrongly.", "units",
                      replace=[(_units_line(units), _units_line(units + 17))]),
        ],
    )  # fmt: skip


def _row(order_id: str, name: str, units: int) -> str:
    return f"| {order_id} | {name} | {units} |"


def _orders_line(count: int) -> str:
    return f"{count} orders"


def _units_line(units: int) -> str:
    return f"{units} units"


def _latest_line(placed: date) -> str:
    return f"The latest was placed on {spoken(placed)}."


def solve(a: Worker, given: Given) -> Plan:
    product = yield from a.product(given["product"])
    first, last = given["period"]
    contents: dict[str, int] = {product["id"]: 1}
    if given.get("inside"):
        for category in ("bundle", "prebuilt", "workstation"):
            packages = yield from a.all("searchProducts", category=category)
            for package in packages:
                for part in package["components"]:
                    if part["product_id"] == product["id"]:
                        contents[package["id"]] = part["quantity"]
    found: Rows = []
    for product_id in contents:
        rows = yield from a.dated("searchOrders", first, last, product_id=product_id)
        found += [r for r in rows if r["status"] in given["states"] and r["id"] not in {f["id"] for f in found}]
    found.sort(key=lambda o: (o["created_at"], o["id"]))
    customers = yield from customers_by_id(a, [o["customer_id"] for o in found])
    units = [sum(x["quantity"] * contents.get(x["product_id"], 0) for x in o["lines"]) for o in found]
    rows = [(o["id"], customers[o["customer_id"]]["name"], str(n)) for o, n in zip(found, units, strict=True)]
    how = "on its own or inside a package" if given.get("inside") else "as a line of its own"
    return (
        f"{product['name']}, {how}: {_orders_line(len(found))} with {_units_line(sum(units))}, by Columbus days. "
        f"{_latest_line(date.fromisoformat(a.day(found[-1]['created_at'])))}\n\n"
        f"{as_table(('Order', 'Customer', 'Units'), rows)}"
    )


WORDINGS = (
    Wording(
        "product manager, supplier notice",
        "Product team here. The maker of the {product} has written to us about a [bad batch|labelling fault], no safety "
        "matter. For [the notice|their letter] I need everybody who ordered one during {period}, order status {states}. Only "
        "where it was sold as a line of its own, bundles and systems get their own letter. Order number, customer's full "
        "name and units for each please, and how many orders and units that makes in all. And the day on which the "
        "most recent one was placed.",
        mode="copilot",
        fits=lambda given: "boxed" in given,
    ),
    Wording(
        "terse",
        "{product}. orders {period}, status: {states}. own line only, no packages. list order / customer name / units, "
        "then [# orders and # units|total orders, total units] and date of the newest order",
        mode="copilot",
        fits=lambda given: "boxed" in given,
    ),
    Wording(
        "fulfilment lead on the phone",
        "[Hi, it's Theodora.|Theodora from fulfilment.] Somebody put wrong leaflets in with the {product} and I want to "
        "know who is hit before I tell anyone. Take the orders placed {period}, our days, {states}. Count the "
        "ones bought on their own order line, not the ones hidden in a kit. I need to see whose they are by name, the order "
        "numbers, and at the bottom the number of orders, the pieces altogether, and when the last "
        "one came in.",
        mode="copilot",
        fits=lambda given: "boxed" in given,
    ),
    Wording(
        "forwarded mail",
        "Fwd: units in the field\n\n> Dear partner,\n> please confirm the buyers of {product} in the period {period}.\n\n"
        "[We don't give them names, of course, but I need our own list to count from.|Names stay in the house; I still "
        "need the list for myself.] Orders that are {states}, placed on those Columbus dates, the part as its "
        "own line (packages don't matter here). Who, which order, how many of it, with a total of orders and a "
        "total of units, and the date of the latest order.\n\nTamsin",
        mode="copilot",
        fits=lambda given: "boxed" in given,
    ),
    Wording(
        "non-native colleague",
        "Hello, I need help for list. Product is {product}. Time: {period}. Only order with state {states}. Product must "
        "be own position in order, not part of package. Please write me for every order number, name of customer, how "
        "many pieces. And [in the end|finally] the sum: how many orders, how many pieces, and which "
        "day was newest order. Nothing should miss please.",
        mode="copilot",
        fits=lambda given: "boxed" in given,
    ),
    Wording(
        "recall, packages too",
        "We may have to announce something about the {product}, so the list has to be complete. Everyone who ordered one "
        "during {period}: bought singly, or as a part of a bundle, prebuilt or workstation of ours. Order status {states}. "
        "[Give me|I'd like] order number, customer's name and units of the part per order, then the number of orders and "
        "the units in total, and the day of the most recent order. [Please check the packages properly.|The packages were forgotten last time.]",
        mode="copilot",
        fits=lambda given: "inside" in given,
    ),
    Wording(
        "chat, packages too",
        "[quick one|hi], how many {product} did we send into the world, {period}? status {states}. count single ones plus "
        "those sitting in a bundle or in a finished pc. also need to see the orders (number, who by name, how many of the "
        "part) + total orders + when the newest was placed",
        mode="copilot",
        fits=lambda given: "inside" in given,
    ),
    Wording(
        "bench lead, packages too",
        "Bench found a pattern with {product}. [Raymond wants|I want] to know the reach: all orders from {period} in state "
        "{states} that contain it, no matter whether it stands on the order as itself or comes with a bundle / complete "
        "system. A row per order with customer and quantity of this part; totals for orders and units underneath, plus the "
        "day the latest came in.",
        mode="copilot",
        fits=lambda given: "inside" in given,
    ),
    Wording(
        "manager's request, packages too",
        "Before the supplier call on Monday I need the exposure on the {product}. Period {period}, Columbus dates, orders "
        "{states}. It counts if the part was in the box, so look at kits, bundles and systems that contain it besides "
        "[plain|ordinary] sales. Names and order numbers with units each; sum of orders; sum of units; day of the last order.\n\nTamsin",
        mode="copilot",
        fits=lambda given: "inside" in given,
    ),
)  # fmt: skip

FAMILY = Family(
    name="orders-of-a-product",
    title="Who ordered a product in a period: orders, names, units; nothing missing, nothing extra",
    category="retrieval",
    main_level="planning",
    levels=("planning", "tool_use", "groundedness", "adaptability"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
)
