"""Until which day can an item be returned, and would a stated day still do: an answer, nothing set up."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import Plan, Worker, spoken
from enterprisegym.environments.corecraft.agents.steps import item_delivered_on, order_details, return_deadline
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    Check,
    call,
    criterion,
    day,
    either,
    near_miss,
    number,
    says,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row

TRAPS = ("year_twin", "header_lag", "midnight_order")
YES = [
    "yes", "in time", "on time", "within the window", "inside the window", "still possible", "can still", "is fine",
    "would be fine", "accepted", "that works", "would work", "still open", "within the return window", "inside your window",
    "within your window", "still inside", "still within", "you can", "is ok", "is okay", "before the deadline", "still ok",
    "still okay", "eligible", "early enough", "enough time", "is early", "would do", "will do", "within the period",
]  # fmt: skip
NO = [
    "too late", "not ... in time", "outside the window", "outside ... window", "after the window", "past the deadline",
    "after the deadline", "no longer", "expired", "has ended", "window ended", "window closed", "has closed", "is closed",
    "missed", "not eligible", "out of time", "can not ... return*", "not ... accept*", "not ... possible", "is over", "has passed",
    "have passed", "had passed", "passed on", "ran out", "run out", "already over", "unfortunately not", "unfortunately no",
    "sorry no", "not ... return*",
    "would not be", "will not be", "beyond the", "past the", "one day late", "days late", "day late", "be late", "is late", "be over",
    "not ... still", "after ... last day", "ended on", "closed on", "will have ended", "will have closed", "no december", "no november", "no january",
]  # fmt: skip


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    claims = {m["order_id"]: m for m in world.marks("ticket_claim") if m["claim"] == "date"}
    names: dict[str, int] = {}
    for customer in world.all("customers"):
        names[customer["name"]] = names.get(customer["name"], 0) + 1
    for order in world.all("orders"):
        customer = world.customer(order["customer_id"])
        if order["status"] != "fulfilled" or not world.untouched(order) or order["build_id"]:
            continue
        if names[customer["name"]] > 1:
            continue
        lines = list(world.lines(order["id"]))
        rng.shuffle(lines)
        for line in lines[:2]:
            product = world.product(line["product_id"])
            last = rules.return_deadline(order, world.tier_of(customer), world.shipments(order["id"]), product["id"])
            if last is None or last < world.today - timedelta(days=6) or not _only(world, order, product):
                continue
            month = world.placed_on(order)
            if month.month == 11 and rng.random() < 0.5 and order["id"] not in claims:
                continue
            stated = _stated(rng, last, world.today)
            if stated == last == rules.HOLIDAY_RETURN_UNTIL:  # the policy tells this day anyway
                stated -= timedelta(days=rng.randint(1, 9))
            traps = [
                *world.traps_on(customer["id"], among=("contact_format",)),
                *world.traps_on(product["id"], among=("brand_spelling",)),
                *world.traps_on(order["id"], among=TRAPS),
            ]
            if world.former_policy("pol-returns-window") and rng.random() < 0.6:
                traps.append("superseded_policy")
            contact = world.contact(customer)
            way = rng.choice(sorted(contact))
            claim = claims.get(order["id"])
            if claim is not None:
                traps.append("ticket_claim")
            yield Situation(
                key={"customer": customer["id"], "order": order["id"], "product": product["id"], "day": stated.isoformat()},
                given={
                    way: contact[way],
                    "name": customer["name"],
                    "first": customer["name"].split()[0],
                    "product": world.called(product),
                    "month": said(f"{month:%B}", f"{month:%Y-%m}"),
                    "day": said(f"{stated:%B} {stated.day}", stated.isoformat()),
                    **({"ticket": said("ticket", True)} if claim is not None else {}),
                },
                traps=tuple(traps),
                difficulty=min(5, 1 + len(traps) + (month.month == 11) + (len(world.shipments(order["id"])) > 1)),
            )  # fmt: skip


def _only(world: Records, order: Row, product: Row) -> bool:
    """Whether it is returnable, and the only purchase of the product by the customer."""
    if rules.return_exclusion(order, product, "opened", "customer_remorse"):
        return False
    orders = world.orders_of(order["customer_id"])
    return sum(x["product_id"] == product["id"] for o in orders for x in world.lines(o["id"])) == 1


def _stated(rng: random.Random, last: date, today: date) -> date:
    """A day on which somebody would ask: around the last one, today or later."""
    inside = [last, last - timedelta(days=rng.randint(1, 6))]
    outside = [last + timedelta(days=1), last + timedelta(days=rng.randint(2, 9))]
    days = inside if rng.random() < 0.6 else outside
    rng.shuffle(days)
    return next((d for d in days if d > today), today + timedelta(days=rng.randint(1, 12)))


def rubric(world: Records, s: Situation) -> Rubric:
    order, product = world.order(s.key["order"]), world.product(s.key["product"])
    tier = world.tier_of(world.customer(s.key["customer"]))
    shipments = world.shipments(order["id"])
    last = rules.return_deadline(order, tier, shipments, product["id"]) or world.today
    came = rules.delivered_on(shipments, product["id"]) or world.today
    placed, stated = world.placed_on(order), date.fromisoformat(s.key["day"])
    window: int = tier["return_window_days"]
    normal = came + timedelta(days=window)
    seasonal = last == rules.HOLIDAY_RETURN_UNTIL and normal < last
    in_time = stated <= last
    wrong = {placed + timedelta(days=window), came + timedelta(days=21), placed + timedelta(days=21)}
    rivals = sorted(wrong - {normal, stated, came, placed, world.today})
    words = [
        "last",
        "until",
        "till",
        "deadline",
        "latest",
        "end",
        "close",
        "expire",
        "through",
        "final",
        "up to",
        "run",
        "by",
    ]
    last_day = day(last, rivals, near=words if stated == last else ())
    why: Check = (
        says(["holiday", "seasonal", "season", "extended", "extension", "notice", "festive", "christmas"])
        if seasonal
        else number(window, ["day", "days"])
    )
    payment = world.capture(order)
    evidence = [f"shipments/{x['id']}.events" for x in shipments]
    criteria = [
        criterion(
            "last-day", "correctness", f"The response says that the return can be asked for until {spoken(last)}.",
            last_day, ["company_policies/pol-returns-window", *evidence],
        ),
        criterion(
            "stated-day", "correctness",
            f"The response says that {spoken(stated)} is {'in time' if in_time else 'too late'}.",
            says(YES) if in_time else either(says(NO), {"check": "structure", "starts_with": ["No"]}),
            ["company_policies/pol-returns-window"],
        ),
        criterion(
            "delivered", "completeness", f"The response says that it was delivered on {spoken(came)}.",
            day(came, near=["deliver", "arriv", "came", "receiv", "brought", "handed", "counted"]),
            evidence,
        ),
        criterion(
            "why", "completeness",
            "The response names the seasonal notice for holiday purchases as the reason."
            if seasonal else f"The response says that the window is {window} days.",
            why, ["company_policies/pol-returns-holiday-2025" if seasonal else f"loyalty_tiers/{tier['id']}"],
        ),
        criterion(
            "nothing-set-up", "constraint", "The last day is told and no record is changed.",
            {"check": "unchanged", "with": last_day},
        ),
    ]  # fmt: skip
    misses = [
        near_miss("counts-from-order", "Tells a last day that is off.", ("last-day", "nothing-set-up"),
                  replace=[(_last_line(last), _last_line(last - timedelta(days=3)))]),
        near_miss("verdict-turned", "Says the opposite about the stated day.", "stated-day",
                  replace=[(_verdict(stated, in_time), _turned(stated, in_time))]),
        near_miss("other-delivery", "Counts from another day.", "delivered",
                  replace=[(_came_line(came), _came_line(came + timedelta(days=400)))]),
        near_miss("no-reason", "Does not say why it is that day.", "why",
                  replace=[(_why(window, seasonal), "That is how it counts.")]),
        near_miss("books-it", "Starts a refund that nobody asked for.", "nothing-set-up",
                  add=[call("createRefund", payment_id=payment["id"], amount=1.0, reason="other", status="pending")]),
    ]  # fmt: skip
    claim = next((m for m in world.marks("ticket_claim") if m["order_id"] == order["id"]), None)
    if "ticket" in s.given:
        told = [] if claim is None else [_claimed(claim["claimed"], placed)]
        criteria.append(
            criterion(
                "placed", "correctness", f"The response says that the order was placed on {spoken(placed)}.",
                day(placed, [d for d in told if d not in (last, came, stated)],
                    near=["order", "placed", "bought", "purchase"]),
                [f"orders/{order['id']}.created_at"],
            )
        )  # fmt: skip
        misses.append(
            near_miss("as-told", "Takes another day for the day of the order.", "placed",
                      replace=[(_placed_line(placed), _placed_line(placed + timedelta(days=400)))])
        )  # fmt: skip
    return Rubric(criteria, misses)


def _claimed(text: str, placed: date) -> date:
    """`November 3` as a day of the year of the order."""
    month, number_ = text.split()
    names = [f"{date(2025, m, 1):%B}" for m in range(1, 13)]
    return date(placed.year, names.index(month) + 1, int(number_))


def _came_line(came: date) -> str:
    return f"was delivered on {spoken(came)}"


def _last_line(last: date) -> str:
    return f"the last day to ask for the return is {spoken(last)}"


def _verdict(stated: date, in_time: bool) -> str:
    return f"{spoken(stated)} {'is in time' if in_time else 'is too late'}."


def _turned(stated: date, in_time: bool) -> str:
    return f"{spoken(stated)}: {'sorry, too late.' if in_time else 'gladly.'}"


def _why(window: int, seasonal: bool) -> str:
    if seasonal:
        return "That comes from our seasonal notice for holiday purchases, orders from November 1 to December 24."
    return f"At your tier that is {window} days from delivery."


def _placed_line(placed: date) -> str:
    return f"The order was placed on {spoken(placed)}"


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from a.contact(given.get("email"), given.get("phone"))
    product = yield from a.product(given["product"])
    orders = yield from a.dated("searchOrders", given["month"], customer_id=customer["id"])
    order = a.pick(orders, product_id=product["id"])
    details = yield from order_details(a, order["id"])
    placed = a.day(order["created_at"])
    if given.get("ticket"):
        tickets = yield from a.all("searchTickets", customer_id=customer["id"], order_id=order["id"])
        claimed = next((c for c in map(a.claimed_day, tickets) if c), None)
        placed = a.record(claimed, placed)
    tier: str = customer["loyalty_tier"]
    came = item_delivered_on(a, details["shipments"], product["id"])
    if came is None:
        return f"The {product['name']} has not been delivered yet, so the time for a return has not even started."
    last, seasonal = yield from return_deadline(a, order, tier, came)
    stated = date.fromisoformat(given["day"])
    window = (last - date.fromisoformat(came)).days
    start = f"{_placed_line(date.fromisoformat(placed))}; the" if given.get("ticket") else "The"
    return (
        f"{start} {product['name']} {_came_line(date.fromisoformat(came))}, and {_last_line(last)}. {_why(window, seasonal)}\n\n"
        f"{_verdict(stated, stated <= last)} It is the request that has to be in by then, the parcel may come later. "
        "Nothing has been set up."
    )


WORDINGS = (
    Wording(
        "mail before a trip",
        "From: {name} <{email}>\nSubject: {product}: [how long do I have?|return date]\n\nHello,\n\nin {month} I bought a {product} "
        "and I am not sure I'll keep it. I am [travelling|away] and could only deal with it on {day}. Would that still be in "
        "time? What is the last day, which day do you count from (when did it arrive, by your records?) and how do you get to "
        "it? Please don't start anything, I only want to know.\n\n[Thanks|Kind regards],\n{first}",
        fits=lambda given: "email" in given and "ticket" not in given,
    ),
    Wording(
        "chat",
        "[hey|hi], {name}, {email}. got the {product} in {month}. if i message you guys on {day} saying i want to return it, ok or "
        "not? need: last possible day + when it was delivered acc. to you + [the rule behind it|why that day]. not returning "
        "yet!!",
        fits=lambda given: "email" in given and "ticket" not in given,
    ),
    Wording(
        "terse",
        "{product}, ordered {month}, {name} ({email}). Last day to return? {day} [ok|still ok]? Delivery date on file and length of "
        "my window please. Info only.",
        fits=lambda given: "email" in given and "ticket" not in given,
    ),
    Wording(
        "present, rambling",
        "Good morning, it's {name}, you have me under {phone}. I bought a {product} in {month} as a present, and the person it's "
        "meant for is as decisive as a weathercock. We only meet on {day}. Suppose [he shakes his head|she doesn't want "
        "it], could I still announce the return that day, or will I be stuck with it? I'd be obliged for the very last day, "
        "the day from which it is reckoned, meaning when it was brought here, and what sort of rule that is. Don't do "
        "anything on my account yet.",
        fits=lambda given: "phone" in given and "ticket" not in given,
    ),
    Wording(
        "suspicious",
        "Last time [a shop|somebody] told me \"30 days\" and then counted differently. So in writing, please: {product}, my order "
        "from {month}, name {name}, account phone {phone}. Delivery day as you have it? Number of days or whatever special rule "
        "applies? Final day? And if I ask on {day}, do you take it, yes or no. This is a question, not a return.",
        fits=lambda given: "phone" in given and "ticket" not in given,
    ),
    Wording(
        "colleague on the phone",
        "On hold: {name}, {email}, {product} from {month}. Wants to know if asking for the return on {day} is good enough. Tell me "
        "yes or no, the last day, the delivery date that it's counted from and the reason I can give. [No RMA|Nothing to "
        "book] yet.",
        mode="copilot",
        fits=lambda given: "email" in given and "ticket" not in given,
    ),
    Wording(
        "returns desk",
        "Returns here, [one to check for me|a quick check]: customer with phone {phone} ({name}) bought a {product} in {month}, is "
        "undecided. Which window applies and why, delivered when by the scans, last day for the request, and is {day} inside? "
        "Please leave the order alone, [they'll|the customer will] write again.",
        mode="copilot",
        fits=lambda given: "phone" in given and "ticket" not in given,
    ),
    Wording(
        "ticket at hand",
        "There's a ticket from {name} ({email}) about the {product} of {month}, and [it reads a bit muddled|it goes on for "
        "ever]. From the records: when was it ordered, when was it delivered, what is the last day for a return and "
        "by which rule? They may only get round to it on {day}, would we still take it? Don't touch order or ticket.",
        mode="copilot",
        fits=lambda given: "email" in given and "ticket" in given,
    ),
    Wording(
        "ticket, lead asks",
        "{name}, {email}, has written us a ticket about their {product} from {month}. Before I reply I need a [clean|short] "
        "timeline: day of the order, day of delivery, last day to ask for a return (with the rule), plus whether a request "
        "on {day} is in time. Read-only please.\n\nTobias",
        mode="copilot",
        fits=lambda given: "email" in given and "ticket" in given,
    ),
    Wording(
        "ticket, by phone number",
        "See the ticket of {name}, phone {phone}: {product}, bought in {month}. They ask how long they can wait with a return. "
        "What does the system say about order date and delivery date, until when can they ask, on what ground, and [would|"
        "might] {day} be alright? No changes in the system.",
        mode="copilot",
        fits=lambda given: "phone" in given and "ticket" in given,
    ),
)  # fmt: skip

FAMILY = Family(
    name="return-deadline-answer",
    title="The last day for a return and whether a stated day would do; read-only",
    category="reasoning",
    main_level="groundedness",
    levels=("groundedness", "tool_use", "adaptability"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-returns-holiday-2025",),
)
