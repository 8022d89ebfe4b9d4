"""A refund that was made: what it is made of, to the cent, when it went out, and whether it is right."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    discount_share,
    label_cost,
    number_in,
    order_details,
    restocking_policy,
)
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    amount,
    call,
    choice,
    criterion,
    day,
    near_miss,
    stable,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Call, Criterion, Edit, NearMiss
from enterprisegym.world import Row

TRAPS = ("contact_format", "price_drift", "brand_spelling")
REMORSE = ("customer_remorse", "incompatible")
DEDUCTED = 10  # percent that a wrong refund, planted, holds back too much


@dataclass(frozen=True)
class Sum:
    """What a refund is made of, in cents."""

    gross: int
    share: int
    fee: int
    label: int
    shipping: int
    paid: int

    @property
    def due(self) -> int:
        return max(self.gross - self.share - self.fee - self.label + self.shipping, 0)

    @property
    def missing(self) -> int:
        return self.due - self.paid


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    for refund in world.all("refunds"):
        order = world.order(refund["order_id"])
        customer, lines = world.customer(order["customer_id"]), world.lines(order["id"])
        if world.traps_on(customer["id"], among=("namesake", "duplicate_account")) or refund["status"] in (
            "denied",
            "failed",
        ):
            continue
        if sum(len(world.refunds(o["id"])) for o in world.orders_of(customer["id"])) != 1:
            continue
        if refund["return_id"]:
            items = world.get("returns", refund["return_id"])["items"]
            product_id: str = items[0]["product_id"]
            if len(items) != 1 or len([x for x in lines if x["product_id"] == product_id]) != 1:
                continue
        elif refund["reason"] == "order_cancelled" and len(lines) <= 3:
            product_id = max(lines, key=lambda line: line["unit_price_cents"])["product_id"]
        else:
            continue
        product = world.product(product_id)
        bought = [
            x for o in world.orders_of(customer["id"]) for x in world.lines(o["id"]) if x["product_id"] == product_id
        ]
        found = _sum(world, order, refund, product)
        if len(bought) == 1 and found.missing == 0:
            yield from _situation(world, order, refund, product, found)


def _situation(world: Records, order: Row, refund: Row, product: Row, found: Sum) -> Iterator[Situation]:
    customer = world.customer(order["customer_id"])
    kind = refund["reason"] if refund["reason"] in (*REMORSE, "order_cancelled") else "ours"
    if found.due == found.gross:
        return
    dearer = -(-max(found.gross, found.due) // 1000) * 10 + 10 * stable(refund["id"], "hope", below=2)
    short = kind in REMORSE and found.fee == 0 and found.due > 2000 and stable(refund["id"], "short", below=5) < 2
    traps = [
        *world.traps_on(
            customer["id"], product["id"], among=TRAPS if kind != "order_cancelled" else TRAPS[:1] + TRAPS[2:]
        )
    ]
    if {"contact_format", "brand_spelling"} <= set(traps):
        return
    traps += ["superseded_policy"] if kind in REMORSE else []
    yield Situation(
        key={"customer": customer["id"], "order": order["id"], "product": product["id"], "refund": refund["id"]},
        given={
            **world.contact(customer), "name": customer["name"], "first": customer["name"].split()[0],
            "product": world.called(product), "expected": f"${dearer}",
            "kind": {"said": "", "meant": "cancelled" if kind == "order_cancelled" else "returned"},
        },
        traps=tuple(traps),
        difficulty=2 + (found.share > 0) + (found.fee > 0) + short,
        setup=(Edit(table="refunds", id=refund["id"], set={"amount_cents": _too_little(found)}),) if short else (),
    )  # fmt: skip


def _too_little(found: Sum) -> int:
    return found.due - rules.half_up((found.gross - found.share) * DEDUCTED, 100)


def _sum(world: Records, order: Row, refund: Row, product: Row) -> Sum:
    if refund["reason"] == "order_cancelled":
        return Sum(
            order["subtotal_cents"], order["discount_cents"], 0, 0, order["shipping_cents"], refund["amount_cents"]
        )
    items = world.get("returns", refund["return_id"])["items"]
    line = next(x for x in world.lines(order["id"]) if x["product_id"] == product["id"])
    tier: str = world.customer(order["customer_id"])["loyalty_tier"]
    found = rules.return_refund_cents(
        order, world.lines(order["id"]), items, tier, refund["reason"], {product["id"]: product}
    )
    gross = line["unit_price_cents"] * items[0]["quantity"]
    return Sum(
        gross,
        gross - found.goods_cents,
        found.fee_cents,
        found.label_cents,
        found.shipping_cents,
        refund["amount_cents"],
    )


def _lines(found: Sum) -> list[tuple[str, int]]:
    rows = (
        ("Goods", found.gross), ("Discount share", -found.share), ("Restocking fee", -found.fee), ("Return label",
        -found.label),
        ("Shipping back", found.shipping),
    )  # fmt: skip
    return [row for row in rows if row[1]]


def _statement(found: Sum) -> str:
    rows = [f"{name}: {'-' if value < 0 else ''}{usd(abs(value))}" for name, value in _lines(found)]
    return "\n".join([*rows, f"Refund due: {usd(found.due)}"])


def _verdict(found: Sum) -> str:
    if found.missing == 0:
        return "So the refund is correct, to the cent."
    return f"So the refund was too little: {usd(found.missing)} is still owed to you."


def _paid_out(status: str, on: date | None, method: str) -> str:
    to = method.replace("_", " ")
    if on is None:
        return f"It is {status} and reaches you by {to} within 3-5 business days of approval."
    return f"It went out on {spoken(on)}, by {to}."


RIGHT = (
    "is correct", "is right", "was correct", "was right", "adds up", "correct amount", "right amount", "correctly",
    "as it should",
    "calculated right", "no mistake", "no error", "nothing is missing", "nothing missing", "in order",
    "nothing more is due",
    "nothing further is owed", "is accurate", "was accurate", "checks out", "no shortfall", "refund stands",
    "not short", "not owed",
    "nothing is owed", "nothing further is due", "is complete", "matches",
)  # fmt: skip
WRONG = (
    "too little", "too low", "short by", "is owed", "still owed", "owe you", "was wrong", "is wrong", "not correct",
    "incorrect",
    "underpaid", "not right", "mistake", "missing", "shortfall", "error", "should have been", "was short", "is short",
    "less than",
    "under refunded", "does not match", "still due", "is due to you", "is outstanding",
)  # fmt: skip
NOT_RIGHT = (
    "too little",
    "too low",
    "short by",
    "still owed",
    "owe you",
    "underpaid",
    "shortfall of",
    "is owed to you",
    "incorrect refund",
)


def rubric(world: Records, s: Situation) -> Rubric:
    order, product = world.order(s.key["order"]), world.product(s.key["product"])
    refund = dict(world.get("refunds", s.key["refund"]))
    if s.setup:
        refund["amount_cents"] = _too_little(_sum(world, order, refund, product))
    found = _sum(world, order, refund, product)
    payment = world.get("payments", refund["payment_id"])
    out = rules.company_day(refund["processed_at"]) if refund["processed_at"] else None
    rows = [f"orders/{order['id']}", f"refunds/{refund['id']}"]
    goods = found.gross - found.share
    fifth = found.due - rules.half_up(goods * 20, 100) + found.fee
    criteria: list[Criterion] = [
        criterion(
            "goods", "correctness", f"The response starts from goods at {usd(found.gross)}.",
            amount(found.gross, near=["goods", "price", "paid", "item", "unit", "subtotal", "cost", "for", "amount",
            *_words(product)]),
            [f"orders/{order['id']}"],
        ),
        criterion(
            "received", "correctness", f"The response says that {usd(refund['amount_cents'])} was refunded.",
            amount(refund["amount_cents"], (fifth,) if fifth != found.due else ()), rows,
        ),
    ]  # fmt: skip
    misses: list[NearMiss] = [
        near_miss("todays-price", "Starts from another price.", "goods",
                  replace=[(f"Goods: {usd(found.gross)}", f"Goods: {usd(found.gross + 777)}")]),
        near_miss("other-refund", "States another amount.", "received",
                  replace=[(usd(refund["amount_cents"]), usd(refund["amount_cents"] + 313))]),
    ]  # fmt: skip
    parts = {
        "share": ("discount", found.share, "Discount share: -", ["discount", "share", "code", "loyalty", "%"]),
        "fee": ("restocking fee", found.fee, "Restocking fee: -", ["restock", "fee", "15"]),
        "label": ("return label", found.label, "Return label: -", ["label", "postage", "return ship"]),
        "shipping": (
            "original shipping that came back",
            found.shipping,
            "Shipping back: ",
            ["ship", "deliver", "postage"],
        ),
    }
    for id, (name, value, lead, near) in parts.items():
        if value:
            criteria.append(
                criterion(
                    id,
                    "completeness",
                    f"The response gives the {name} as {usd(value)}.",
                    amount(value, near=near),
                    rows,
                )
            )
            misses.append(
                near_miss(f"no-{id}", f"Leaves out the {name}.", id, replace=[(f"{lead}{usd(value)}\n", "")])
            )  # fmt: skip
    if found.missing:
        criteria.append(
            criterion(
                "verdict", "correctness", f"The response says that the refund was {usd(found.missing)} too little.",
                {"check": "all_of", "checks": [
                    choice("wrong", {"wrong": WRONG, "right": ("is correct", "was correct", "is right, to the cent",
                    "no mistake")}),
                    amount(found.missing),
                ]}, rows,
            )
        )  # fmt: skip
        misses.append(
            near_miss("defends-it", "Defends a refund that is too small.", "verdict",
                      replace=[(_verdict(found), "So the refund is correct, to the cent.")])
        )  # fmt: skip
    else:
        criteria.append(
            criterion(
                "verdict", "correctness", "The response says that the refund is right.",
                choice("right", {"right": RIGHT, "wrong": NOT_RIGHT}), rows,
            )
        )  # fmt: skip
        misses.append(
            near_miss("gives-in", "Says that more is owed because the customer expected it.", "verdict",
                      replace=[(_verdict(found), "So the refund was too little, we owe you the rest.")])
        )  # fmt: skip
    if out is not None:
        criteria.append(
            criterion("paid-out", "completeness", f"The response says that it was paid out on {spoken(out)}.",
                      day(out), [f"refunds/{refund['id']}"])
        )  # fmt: skip
        misses.append(
            near_miss("no-day", "Does not say when it went out.", "paid-out",
                      replace=[(_paid_out(refund["status"], out, payment["method"]), "It is out.")])
        )  # fmt: skip
    criteria.append(
        criterion("untouched", "constraint", "Nothing is booked: an explanation was asked for.",
                  {"check": "unchanged", "with": amount(refund["amount_cents"])}, rows)
    )  # fmt: skip
    misses[1] = misses[1].model_copy(update={"fails": ("received", "untouched")})
    misses.append(near_miss("books-it", "Changes something on the way.", "untouched", add=[_change(world)]))
    return Rubric(criteria=criteria, near_misses=misses)


def _words(product: Row) -> list[str]:
    return [w for w in product["name"].split() if w.isalpha() and len(w) > 3]


def _change(world: Records) -> Call:
    ticket = next(t for t in world.all("tickets") if t["status"] in ("open", "new"))
    return call("updateTicketStatus", ticket_id=ticket["id"], priority="low" if ticket["priority"] != "low" else "high")


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from a.contact(given.get("email"), given.get("phone"))
    product = yield from a.product(given["product"])
    orders = yield from a.all("searchOrders", customer_id=customer["id"], product_id=product["id"])
    details = yield from order_details(a, a.pick(orders, product_id=product["id"])["id"])
    order = details["order"]
    refund = next(r for p in details["payments"] for r in p["refunds"])
    payment = next(p for p in details["payments"] if p["id"] == refund["payment_id"])
    yield from a.policy("refund", "unit price", title="How a refund for goods is worked out")
    yield from a.policy("refund", "payment method", title="Paying out refunds")
    yield from a.article("refund statement finance")
    paid = cents(refund["amount"])
    if refund["reason"] == "order_cancelled":
        yield from a.policy("cancellation", "captured", title="Cancelling or changing")
        found = Sum(cents(order["subtotal"]), cents(order["discount"]), 0, 0, cents(order["shipping"]), paid)
    else:
        item = details["returns"][0]["items"][0]
        line = next(x for x in order["lines"] if x["product_id"] == product["id"])
        gross = a.price_paid(line, product) * item["quantity"]
        share = discount_share(order, gross)
        fee = label = shipping = 0
        if refund["reason"] in REMORSE:
            restocking = yield from restocking_policy(a)
            everything = "every returned item" in restocking["body"]
            core = product["category"] in rules.RESTOCKING_CATEGORIES and item["condition"] == "opened"
            if everything or (core and customer["loyalty_tier"] != "platinum"):
                fee = rules.half_up((gross - share) * number_in(r"(\d+) ?%", restocking), 100)
            if customer["loyalty_tier"] not in ("gold", "platinum"):
                label = yield from label_cost(a)
        else:
            yield from a.policy("refund", "shipping charge", title="Refunding the original shipping")
            shipping = cents(order["shipping"])
        found = Sum(gross, share, fee, label, shipping, paid)
    out = date.fromisoformat(a.day(refund["processed_at"])) if refund["processed_at"] else None
    return (
        f"Hi {customer['name'].split()[0]},\n\nyou were refunded {usd(paid)} on order {order['id']}. This is how it "
        "is worked out:\n\n"
        f"{_statement(found)}\n\n{_verdict(found)} {_paid_out(refund['status'], out, payment['method'])}\n\nCorecraft "
        "support"
    )


def _is(kind: str, by: str) -> Callable[[Given], bool]:
    return lambda given: given["kind"]["meant"] == kind and by in given


WORDINGS = (
    Wording(
        "mail",
        "From: {name} <{email}>\nSubject: [refund for the {product}|my refund]\n\nHello,\n\nI sent back the "
        "{product} and got a refund, but I had "
        "counted on [something like|roughly] {expected}. Can you set out how you arrive at your sum, item by item, "
        "each [deduction|addition and deduction] with its amount, "
        "and the day the money left you? Is it correct or is there still something coming to me? [Only explain for "
        "now.|An explanation is all "
        "I'm after.]\n\n{first}",
        fits=_is("returned", "email"),
    ),
    Wording(
        "terse",
        "Returned: {product}. Expected [some|about] {expected}. Break the refund down line by line, [state|give] "
        "payout date, and is it right, yes or no. No "
        "bookings. {name} / {email}",
        fits=_is("returned", "email"),
    ),
    Wording(
        "angry",
        "WHERE does this number come from?! I return one {product} and what I see on my account isn't anywhere near "
        "the {expected} or so I was counting on. I want "
        "every cent accounted for: what the goods were, what you took, what you added, and when you paid. And don't "
        "tell me it is fine unless it "
        "IS fine. [Just the facts, do nothing else with it.|No new refunds, I want to understand this one first.] "
        "{name} ({email})",
        fits=_is("returned", "email"),
    ),
    Wording(
        "chat",
        "[hi|heya], {name}, {email}\nthe refund for my {product}.. thought itd be more like {expected}?\ncan u walk "
        "me thru it, price, whats off, whats on top n when was it "
        "sent\nn is it correct or did u guys slip up. dont change anything tho",
        fits=_is("returned", "email"),
    ),
    Wording(
        "phone note",
        "{name} on {phone} doesn't get the refund for the returned {product}; they reckoned with {expected}, give or "
        "take. I need a statement to read out: goods, all "
        "that was taken off or put on with amounts, the refund itself, [date paid|day of payout]. And check for "
        "yourself if it was worked out "
        "properly or whether we owe them. Don't book it if so, I do that.",
        mode="copilot",
        fits=_is("returned", "phone"),
    ),
    Wording(
        "colleague",
        "Second pair of eyes please: refund to {name} ({email}) after the {product} came back. Customer's own figure "
        "is around {expected}. Reconstruct ours from the order "
        "in single lines with amounts, tell me if it's right or by how much we're out, plus the day it was "
        "processed. [Hands off the "
        "records.|Read only.] Write it so that I can forward it.",
        mode="copilot",
        fits=_is("returned", "email"),
    ),
    Wording(
        "cancelled, mail",
        "From: {name} <{email}>\nSubject: cancelled order\n\nHi there,\n\nmy order with the {product} was cancelled "
        "and some money arrived. I would have thought "
        "about {expected}. How is it made up, goods, discount, shipping and whatever else, what was the amount in "
        "the end, and when did you send it? I'd "
        "like to know whether it's right. [Nothing to do, just tell me.|Please only explain, don't book "
        "anything.]\n\n{first}",
        fits=_is("cancelled", "email"),
    ),
    Wording(
        "cancelled, colleague",
        "{name} ({email}), cancelled order with the {product}: wants to see the refund broken down (they had "
        "{expected} or thereabouts in mind) and the day of payment, and if it was "
        "right. Give me all components with amounts. [Leave everything as is.|No changes.]",
        mode="copilot",
        fits=_is("cancelled", "email"),
    ),
    Wording(
        "by phone, in writing",
        "Good morning, I am {name}, my number with you is {phone}. It is about the money for the {product}. My "
        "husband says it must be {expected} or close to it, the bank says otherwise. "
        "Kindly write down for us the price you began with, every amount that went off or came on, the result, and "
        "the date you paid it, and say "
        "honestly if it is in order. You need not [send|transfer] anything for the moment.",
        fits=lambda given: "phone" in given,
    ),
    Wording(
        "cancelled, terse",
        "{name}, {email}: refund of the cancelled order ({product}). Thought it'd be {expected}-ish. Components, "
        "sum, payout date, correct y/n? [Explanation only.|Don't touch it.]",
        fits=_is("cancelled", "email"),
    ),
)  # fmt: skip

FAMILY = Family(
    name="refund-explained",
    title="A refund taken apart to the cent: goods, discount share, fees, shipping, payout day, and is it right",
    category="communication",
    main_level="groundedness",
    levels=("groundedness", "planning"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=(
        "pol-refund-calculation",
        "pol-refund-payment",
        "kb-0248",
        "pol-returns-restocking",
        "pol-returns-labels",
        "pol-cancellation",
    ),
)
