"""Orders of company days, the last evening of a month among them: which, how many, how much, whose was the last."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, usd
from enterprisegym.environments.corecraft.agents.steps import customers_by_id
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    all_hold,
    amount,
    criterion,
    near_miss,
    number,
    period_words,
    says,
    thing,
)
from enterprisegym.world import Row

TRAPS = ("midnight_order", "brand_spelling")
FILTERS = {
    "all": "of every status",
    "live": "except cancelled ones",
    "web": "placed through the website",
    "fast": "with express or overnight shipping",
}
MOST, LATE, PLAIN = 13, 100, 45
LATEST = ["last", "latest", "final", "newest", "most recent", "closing"]


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    marked = [world.order(m["id"]) for m in world.marks("midnight_order")]
    ends = sorted({world.placed_on(o) for o in marked})
    one = timedelta(days=1)
    spans = [
        span
        for end in ends
        for span in (
            (end, end), (end + one, end + one), (end - one, end), (end, end + one), (end - 3 * one, end),
            (end - 6 * one, end), (end + one, end + 3 * one), (end - 2 * one, end + one),
        )
    ]  # fmt: skip
    wanted = [(first, last, kind, "") for first, last in spans for kind in FILTERS]
    for order in marked:
        end = world.placed_on(order)
        product: str = world.lines(order["id"])[0]["product_id"]
        months = [(end.replace(day=1), end), (end + one, _month_end(end + one))]
        wanted += [(first, last, "product", product) for first, last in [*months, (end.replace(day=1), months[1][1])]]
    late = _situations(world, rng, wanted)
    yield from rng.sample(late, min(LATE, len(late)))
    days = sorted({world.placed_on(o) for o in world.all("orders")})
    calm = [d for d in days if d.day < 27 and d.day > 2 and d >= date(2025, 7, 1)]
    rng.shuffle(calm)
    plain = [(day, day + timedelta(days=rng.choice((0, 0, 1, 2))), rng.choice(list(FILTERS)), "") for day in calm]
    yield from _situations(world, rng, plain)[:PLAIN]


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _situations(world: Records, rng: random.Random, wanted: list[tuple[date, date, str, str]]) -> list[Situation]:
    """A situation for each span and filter that finds a handful of orders, each set of orders once."""
    found: list[Situation] = []
    seen: set[tuple[str, ...]] = set()
    for first, last, kind, product in rng.sample(wanted, len(wanted)):
        members = _members(world, first, last, kind, product)
        ids = tuple(o["id"] for o in members)
        if not 2 <= len(ids) <= MOST or ids in seen or last > world.today - timedelta(days=1):
            continue
        seen.add(ids)
        words = f"with the {world.called(world.product(product))} among their goods" if product else FILTERS[kind]
        single = f"{first:%B} {first.day}, {first.year}"
        near = _members(world, first - timedelta(days=1), last + timedelta(days=1), kind, product)
        utc = {o["id"] for o in near if str(first) <= o["created_at"][:10] <= str(last)}
        traps = world.traps_on(*(o["id"] for o in near), *([product] if product else []), among=TRAPS)
        found.append(
            Situation(
                key={"first": first.isoformat(), "last": last.isoformat(), "filter": kind, "product": product or "any"},
                given={
                    "period": said(single if first == last else period_words(first, last), [str(first), str(last)]),
                    "filter": said(words, kind),
                    **({"product": world.called(world.product(product))} if product else {}),
                },
                traps=tuple(t for t in traps if t != "midnight_order" or utc != set(ids)),
                difficulty=min(5, 1 + (len(ids) > 3) + (len(ids) > 7) + (kind != "all") + (utc != set(ids))),
            )
        )
    return found


def _members(world: Records, first: date, last: date, kind: str, product: str) -> list[Row]:
    orders = [o for o in world.all("orders") if first <= world.placed_on(o) <= last]
    if product and product != "any":
        orders = [o for o in orders if any(line["product_id"] == product for line in world.lines(o["id"]))]
    return [o for o in orders if _passes(o, kind)]


def _passes(order: Row, kind: str) -> bool:
    match kind:
        case "live":
            return order["status"] != "cancelled"
        case "web":
            return order["channel"] == "web"
        case "fast":
            return order["shipping_service"] in ("express", "overnight")
        case _:
            return True


def rubric(world: Records, s: Situation) -> Rubric:
    first, last = date.fromisoformat(s.key["first"]), date.fromisoformat(s.key["last"])
    product = "" if s.key["product"] == "any" else s.key["product"]
    members = _members(world, first, last, s.key["filter"], product)
    around = _members(world, first - timedelta(days=4), last + timedelta(days=4), "all", product)
    others = [o for o in around if o not in members] or [o for o in world.all("orders") if o not in members][-3:]
    total = sum(o["total_cents"] for o in members)
    latest = max(members, key=lambda o: (o["created_at"], o["id"]))
    utc = [o for o in around if s.key["first"] <= o["created_at"][:10] <= s.key["last"]]
    utc = [o for o in utc if _passes(o, s.key["filter"])]
    evidence = [f"orders/{o['id']}" for o in members]
    row = _line(latest["id"], latest["total_cents"], latest["status"], _buyer(world, latest))
    extra = _line(others[0]["id"], others[0]["total_cents"], others[0]["status"], _buyer(world, others[0]))
    period = period_words(first, last) if first != last else f"{first:%B} {first.day}, {first.year}"
    which = f"with {product}" if product else FILTERS[s.key["filter"]]
    return Rubric(
        criteria=[
            criterion(
                "which",
                "correctness",
                f"The response lists exactly the orders of {period} {which}: {', '.join(o['id'] for o in members)}.",
                {
                    "check": "entities",
                    "members": [thing(o["id"]) for o in members],
                    "universe": [thing(o["id"]) for o in others],
                },
                evidence,
            ),
            criterion(
                "how-many",
                "correctness",
                f"The response says that there are {len(members)} of them.",
                number(len(members), ["order", "orders"], (len(utc),)),
                evidence,
            ),
            criterion(
                "sum",
                "correctness",
                f"The response says that their totals come to {usd(total)}.",
                amount(total, (sum(o["total_cents"] for o in utc),) if len(utc) != 1 else ()),
                evidence,
            ),
            criterion(
                "last-one",
                "correctness",
                f"The response says that the last of them was {latest['id']}.",
                {"check": "entity", "id": latest["id"], "near": LATEST},
                [f"orders/{latest['id']}.created_at"],
            ),
            criterion(
                "buyers",
                "completeness",
                "The response names the customer of each order.",
                all_hold([says([_buyer(world, o)], near=[o["id"]]) for o in members]),
                [f"customers/{o['customer_id']}" for o in members],
            ),
        ],
        near_misses=[
            near_miss("one-too-many", "Takes in an order of another day or kind.", "which",
                      replace=[(row, f"{row}\n{extra}")]),
            near_miss("miscounts", "Counts one too many.", "how-many",
                      replace=[(_count(len(members)), _count(len(members) + 1))]),
            near_miss("misses-shipping", "Adds up something else.", "sum",
                      replace=[(_sum(total), _sum(total - 999))]),
            near_miss("no-last", "Does not say which was the last.", "last-one",
                      replace=[(_last(latest["id"]), "The newest stand at the bottom")]),
            near_miss("another-buyer", "Names another buyer.", "buyers",
                      replace=[(row, _line(latest["id"], latest["total_cents"], latest["status"], "Pat Doe"))]),
        ],
    )  # fmt: skip


def _buyer(world: Records, order: Row) -> str:
    return world.customer(order["customer_id"])["name"]


def _line(id: str, total: int, status: str, buyer: str) -> str:
    return f"- {id}: {buyer}, {usd(total)}, {status.replace('_', ' ')}"


def _count(n: int) -> str:
    return f"{n} order{'s' if n != 1 else ''}"


def _sum(total: int) -> str:
    return f"{usd(total)} together"


def _last(id: str) -> str:
    return f"The last one to come in was {id}"


def solve(a: Worker, given: Given) -> Plan:
    first, last = given["period"]
    product_id: str | None = None
    if "product" in given:
        product = yield from a.product(given["product"])
        product_id = product["id"]
    yield from a.policy("shipping", "Columbus UTC", title="Dispatch cut-off")
    rows = yield from a.dated("searchOrders", first, last, product_id=product_id)
    orders = sorted((o for o in rows if _passes(o, given["filter"])), key=lambda o: (o["created_at"], o["id"]))
    if not orders:
        return "I find no such order in that time."
    latest = orders[-1]
    buyers = yield from customers_by_id(a, sorted({o["customer_id"] for o in orders}))
    total = sum(cents(o["total"]) for o in orders)
    lines = "\n".join(_line(o["id"], cents(o["total"]), o["status"], buyers[o["customer_id"]]["name"]) for o in orders)
    return f"In Columbus time that is {_count(len(orders))}, {_sum(total)}:\n\n{lines}\n\n{_last(latest['id'])}."


WORDINGS = (
    Wording(
        "finance, e-mail",
        "From: Chloe Beaumont <cbeaumont@corecraft.example>\nSubject: Cut-off check, {period}\n\nHello,\n\nfor the [cut-off "
        "test|auditors] I need the orders {filter} that were placed in this period, our days and not the server's: {period}. "
        "Order numbers with the buyer's name, how many there are, and the sum of their totals (as charged, shipping "
        "included). Please also tell me which of them [came in last|was the last to come in].\n\nThank you, Chloe",
    ),
    Wording(
        "sales, chat",
        "need numbers for a slide: orders {filter}, placed {period} (columbus days obv). list of order ids each w/ "
        "customer name, count, total $ of the lot, plus the very last one that came in. [thx|cheers]",
        mode="copilot",
    ),
    Wording(
        "warehouse supervisor",
        "[We argue here about the late shift.|There's a bet on here.] Orders {filter}, {period}, counted by when it was that "
        "day in Columbus: how many, which ones and whose, what are they worth all together, total as charged? And the latest "
        "of them? - Darnell",
        mode="copilot",
    ),
    Wording(
        "terse",
        "Period: {period}, company days. Orders {filter}. Give: ids with customer names, number, sum of order totals, last "
        "order placed.",
    ),
    Wording(
        "IT, testing a report",
        "I rebuilt the order report and don't trust it [yet|an inch]. Could you produce the right answer independently so that "
        "I can compare? Orders {filter} that were placed, going by the calendar in Columbus, {period}: the ids and the "
        "customers' names, the number of orders and what their totals add up to. One more probe: the id of the one placed "
        "last. Graham",
    ),
    Wording(
        "promotions desk, rambling",
        "We ran a banner around then and [Vivian|the product side] swears it did something, I say it did nothing, so let's "
        "look instead of talking. What I want is the orders {filter} that we got {period}, and please the days as we live "
        "them here at headquarters. Tell me the order numbers and who bought, how many it comes to, and the money in all "
        "(order totals). Then the last of these to arrive, which one it was. Stellan",
        mode="copilot",
    ),
    Wording(
        "non-native colleague",
        "Hello colleague, for the statistic I must have orders {filter} from {period}. Please take the day of Columbus, not "
        "UTC. Write to me the numbers of the orders with the name of each customer, the quantity, and the amount of all totals "
        "in one sum. Also [which order is the last|which was the last order] in this time. Thanks for the help!",
    ),
    Wording(
        "finance manager",
        "Month-end questions [again|as ever]. Kindly establish for {period}, in company time, the orders {filter}: a list by "
        "order number and customer, their count, and the aggregate of the order totals. I further need to know the most "
        "recent of these orders. Margit Haldane",
    ),
)  # fmt: skip

FAMILY = Family(
    name="late-evening-orders",
    title="Orders of company days around midnight: which, how many, what sum, and whose the last one was",
    category="retrieval",
    main_level="groundedness",
    levels=("groundedness", "tool_use"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-shipping-dispatch",),
)
