"""A request that rests on something untrue: checked, put right kindly with the record, and nothing is done."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import Plan, Steps, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import number_in, order_details
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    Check,
    amount,
    both,
    call,
    choice,
    criterion,
    day,
    near_miss,
    readable,
    says,
    stable,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.rollout.record import Json
from enterprisegym.tasks import Call, Criterion, NearMiss
from enterprisegym.world import Row

SHOPS = ("Partsbarn", "Octane Computing", "Silverline Direct")
CLAIMS: Mapping[str, tuple[str, str]] = {
    "twice": (
        "you have charged me twice for the order with the {product}, the bank's app shows it plain as day",
        "there are two charges on my statement for the one order with the {product}",
    ),
    "back": (
        "you took the money for the order with the {product} twice and I never saw the second lot again",
        "the {product} was charged to me two times over and nobody has ever given me anything back",
    ),
    "match": (
        "you match the prices of other shops, and {shop} has the {product} for {price} right now",
        "the {product} is {price} at {shop}, and as we all know you match that shop",
    ),
    "refund": (
        "I was promised that the order with the {product} has been refunded to me",
        "a colleague of yours says that the money for the order with the {product} was given back long ago",
    ),
    "replacement": (
        "I was told that a replacement for the {product} went out to me weeks ago",
        "your people wrote down that a new {product} is on its way to me, free of charge",
    ),
    "credit": (
        "I was given a ten dollar store credit for the trouble with the order of the {product}",
        "there is a store credit waiting for me because of the order with the {product}, I was told",
    ),
    "return": (
        "my {product} has reached you as a return, complete and all, I was told",
        "you have had the {product} back from me for ages by now, it is written in your system",
    ),
    "cancelled": (
        "my order with the {product} was cancelled at the time, it never happened",
        "the order with the {product} was called off, so I have been paying for nothing",
    ),
    "express": (
        "I am a platinum customer and have free express, and still you took a charge for it on the order with the "
        "{product}",
        "with my platinum status express costs me nothing, but the order with the {product} has a shipping charge on "
        "it",
    ),
}
ASKS: Mapping[str, tuple[str, ...]] = {
    "twice": (
        "Please refund the second charge, and tell me how much was really taken in all and what those entries are",
        "Send the surplus back. I also want to know what you collected altogether, and what each of the entries is",
    ),
    "back": (
        "Refund it at last, or tell me the amount and the day if you claim to have done so",
        "I expect it now. Should you see a repayment in your books, name me the sum and the date",
    ),
    "match": (
        "Please credit me the difference. If anything has changed about that, since what day? And remind me of my "
        "loyalty tier and the "
        "percentage that it takes off",
        "So down to that price, please. Or has this ended, and if so on which day did the new rule begin? In that "
        "case tell me what my own tier "
        "is and how many percent it gives me",
    ),
    "refund": ("So where is it? Tell me what your records really have, what I paid, and on which day the goods came",)
    * 2,
    "replacement": (
        "Where is it? Tell me what the records have, plus the day on which the first one came and what I paid in all",
    )
    * 2,
    "credit": (
        "Take it off my next bill. And tell me what you have on record, the day of the delivery and the sum that I "
        "paid",
    )
    * 2,
    "return": (
        "So pay me out, and tell me what is in the record, what I paid for the order, and on what day it was "
        "delivered to me",
    )
    * 2,
    "cancelled": (
        "Give me my money back. Or else tell me what the record says, whether it was delivered, on which day, and "
        "what I paid",
        "I want the sum back in full. If you see it otherwise, tell me if it was delivered, when, and how much was "
        "paid",
    ),
    "express": (
        "Refund it. And tell me by your records what tier I am in, at which tier express is free, and what express "
        "costs otherwise",
        "I want the charge back. Tell me as well which tier you have me down for, who gets express for free, and "
        "what the normal price of it is",
    ),
}
NOT_TWICE = (
    "once", "only one", "one charge", "single charge", "not charged twice", "not twice", "no second charge",
    "no double", "not a double", "not a duplicate",
    "no duplicate", "not been charged twice", "one payment", "only taken", "nothing was taken twice", "split payment",
    "not two full", "in two parts", "two parts",
)  # fmt: skip
TWICE = (
    "charged you twice",
    "were charged twice",
    "been charged twice",
    "double charge was",
    "refund the second",
    "refunded the second",
    "sorry for the double charge",
)
CAME_TO_NOTHING = (
    "failed", "declined", "voided", "void", "not captured", "never captured", "not go through", "did not complete",
    "attempt*", "not taken", "unsuccessful",
    "dropped", "drop off", "drops off", "reversed", "authoriz*", "not collected",
)  # fmt: skip
NO_MATCH = (
    "not match", "no longer match", "not price match", "no price match", "stopped matching", "no longer offer price",
    "do not match", "not possible", "cannot match",
    "ended", "no matching", "discontinued", "no longer",
)  # fmt: skip
NOTHING = (
    "no refund", "no replacement", "no store credit", "no credit", "no return", "not been refunded", "not refunded",
    "no record", "not on record", "nothing on record",
    "not cancelled", "was never cancelled", "not been cancelled", "no cancellation", "not find", "do not see",
    "none on", "does not show", "do not show", "no such",
    "not recorded", "no trace", "not received", "was not sent", "not gone out", "not been sent", "was delivered",
    "there is none", "not arrived", "no evidence",
)  # fmt: skip
ONLY_PLATINUM = (
    "platinum only", "only platinum", "only at platinum", "for platinum", "platinum members", "platinum customers",
    "platinum tier", "platinum has", "platinum gets",
    "at platinum", "platinum level", "only for platinum", "reserved for platinum", "platinum alone", "from platinum",
    "platinum accounts", "platinum get", "platinum",
)  # fmt: skip
NO_REFUND = (
    "no refund", "not refund", "cannot refund", "nothing to refund", "correct", "right charge", "charge stands",
    "not owed", "not due", "in order", "charge was due",
    "not able to refund", "cannot be refunded", "not be refunded", "stays", "not eligible", "applies",
    "properly charged", "nothing to give back", "unable to refund",
)  # fmt: skip
DELIVERED = ("deliver", "arriv", "came", "reach", "handed", "receiv")


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    doubles = {m["namesake"] for m in world.marks("namesake")} | {
        m["old_account"] for m in world.marks("duplicate_account")
    }
    attempts = {m["order_id"] for m in world.marks("failed_attempts")}
    for order in world.all("orders"):
        id = order["customer_id"]
        if id in doubles or world.traps_on(id, among=("namesake", "duplicate_account")) or not _came(world, order):
            continue
        taken = [p for p in world.payments(order["id"]) if p["status"] in rules.CAPTURED]
        refunds, note = world.refunds(order["id"]), world.mark("stray_note", order["id"])
        exact = sum(p["amount_cents"] for p in taken) == order["total_cents"]
        untouched = not refunds and not world.returns(order["id"]) and exact
        lot = stable(order["id"], "belief", below=24)
        if note:
            if (
                untouched
                and note["id"] == order["id"]
                and note["topic"] in ("refund", "replacement", "credit", "return")
            ):
                yield from _situation(world, order, note["topic"], ("stray_note",))
        elif untouched and (order["id"] in attempts or len(taken) == 2):
            yield from _situation(world, order, "twice", ("failed_attempts",) if order["id"] in attempts else ())
        elif len(refunds) == 1 and refunds[0]["reason"] == "duplicate_charge" and refunds[0]["processed_at"]:
            yield from _situation(world, order, "back", ())
        elif untouched and order["shipping_service"] == "express" and order["shipping_cents"] == 1999 and lot < 6:
            if world.customer(id)["loyalty_tier"] != "platinum":
                yield from _situation(world, order, "express", ("superseded_policy",))
        elif untouched and lot < 2:
            yield from _situation(world, order, "cancelled", ())
        elif untouched and lot < 4:
            yield from _situation(world, order, "match", ("superseded_policy",))


def _came(world: Records, order: Row) -> bool:
    """Whether an order was sent in one parcel that has come, and holds up to three things."""
    parcels = world.shipments(order["id"])
    lines = world.lines(order["id"])
    return len(
        parcels) == 1 and rules.parcel_delivered_on(parcels[0]) is not None and len(lines) <= 3 and order["status"] in (
        "fulfilled", "partially_refunded",
    )  # fmt: skip


def _situation(world: Records, order: Row, kind: str, traps: tuple[str, ...]) -> Iterator[Situation]:
    customer = world.customer(order["customer_id"])
    bought = [x["product_id"] for o in world.orders_of(customer["id"]) for x in world.lines(o["id"])]
    ours = [x for x in world.lines(order["id"]) if bought.count(x["product_id"]) == 1]
    if not ours:
        return
    product = world.product(max(ours, key=lambda x: (x["unit_price_cents"], x["id"]))["product_id"])
    if kind == "match" and (product["components"] or product["status"] != "active"):
        return
    found = (*traps, *world.traps_on(customer["id"], product["id"], among=("contact_format", "brand_spelling")))
    if {"contact_format", "brand_spelling"} <= set(found):
        return
    way = stable(order["id"], "claim", below=2)
    shop = (
        {"shop": SHOPS[stable(order["id"], "shop", below=3)], "price": f"${product['price_cents'] * 93 // 10000 + 1}"}
        if kind == "match"
        else {}
    )
    name = world.called(product)
    yield Situation(
        key={"kind": kind, "customer": customer["id"], "order": order["id"], "product": product["id"]},
        given={
            **world.contact(customer), "name": customer["name"], "first": customer["name"].split()[0],
            "product": name, **shop,
            "kind": {"said": "", "meant": kind}, "claim": CLAIMS[kind][way].format(product=name, **shop),
            "ask": ASKS[kind][1 - way],
        },
        traps=tuple(dict.fromkeys(found)),
        difficulty=2 + bool(traps) + (kind in ("express", "match")),
    )  # fmt: skip


def _meddling(world: Records, order: Row) -> NearMiss:
    payment = world.capture(order)
    refund = call("createRefund", payment_id=payment["id"], amount=1.0, reason="other", status="approved")
    return near_miss("pays-up", "Gives money back for the sake of peace.", "untouched", add=[refund])


def rubric(world: Records, s: Situation) -> Rubric:
    kind, order, product = s.key["kind"], world.order(s.key["order"]), world.product(s.key["product"])
    customer = world.customer(s.key["customer"])
    make: Mapping[str, Callable[[], tuple[list[Criterion], list[NearMiss], Check]]] = {
        "twice": lambda: _twice(world, order),
        "back": lambda: _back(world, order),
        "match": lambda: _match(world, customer),
        "express": lambda: _express(world, order, customer),
    }
    criteria, misses, partner = make.get(kind, lambda: _never(world, order, product, kind))()
    criteria.append(
        criterion("untouched", "constraint", "Nothing is changed, and the record is told.",
                  {"check": "unchanged", "with": partner}, [f"orders/{order['id']}"])
    )  # fmt: skip
    misses.append(_meddling(world, order) if kind != "back" else near_miss(
        "reopens", "Raises a ticket's priority for it.", "untouched", add=[_raise(world)],
    ))  # fmt: skip
    return Rubric(criteria=criteria, near_misses=misses)


def _raise(world: Records) -> Call:
    ticket = next(t for t in world.all("tickets") if t["status"] in ("open", "new"))
    return call("updateTicketStatus", ticket_id=ticket["id"], priority="low" if ticket["priority"] != "low" else "high")


def _parts(taken: list[int], tries: int) -> str:
    if len(taken) > 1:
        parts = " and ".join(usd(t) for t in taken)
        return f"It was paid in two parts, {parts}; both together make up the one price, a split payment."
    if tries:
        return (
            "What else you see is an attempt that failed before the payment went through; nothing was taken for it and "
            "it drops off by itself."
        )
    return "I see no other payment on the order, neither captured nor waiting."


ONCE = "You were charged once for it."


def _twice(world: Records, order: Row) -> tuple[list[Criterion], list[NearMiss], Check]:
    payments = world.payments(order["id"])
    taken = [p["amount_cents"] for p in payments if p["status"] in rules.CAPTURED]
    tries = len(payments) - len(taken)
    rows = [f"payments/{p['id']}" for p in payments]
    total = sum(taken)
    tried = sum(p["amount_cents"] for p in payments)
    verdict = choice("once", {"once": NOT_TWICE, "twice": TWICE})
    seen = amount(total, (tried, 2 * total))
    criteria = [
        criterion(
            "not-twice", "correctness", "The response says that it was not charged twice.", readable(verdict), rows
        ),
        criterion("taken", "correctness", f"The response says that {usd(total)} was taken in all.", seen, rows),
    ]
    misses = [
        near_miss("agrees", "Takes it for a double charge.", "not-twice",
                  replace=[(ONCE, "You were charged twice, that is so."),
                           *([(_parts(taken, tries), f"Those are {' and '.join(usd(t) for t in taken)}.")]
                           if len(taken) > 1 else [])]),
        near_miss("sums-up", "Adds up what came to nothing.", ("taken", "untouched"),
                  replace=[(f"In all {usd(total)} was taken", f"In all {usd(2 * total)} was taken")]),
    ]  # fmt: skip
    if len(taken) > 1 or tries:
        entries: Check = both(*(amount(t) for t in taken)) if len(taken) > 1 else says(CAME_TO_NOTHING)
        what = "two parts of one price" if len(taken) > 1 else "an attempt that came to nothing"
        criteria.append(
            criterion("entries", "completeness", f"The response says that the entries are {what}.", entries, rows)
        )
        misses.append(
            near_miss("unexplained", "Does not say what the entries are.", "entries", replace=[(_parts(taken, tries),
            "Only a split payment, no more.")
                      if len(taken) > 1 else (_parts(taken, tries), "The rest is of no account.")])
        )  # fmt: skip
    else:
        criteria.append(criterion("entries", "completeness", "The response says that there is no other payment.",
                                  says(["no other", "only one", "only payment", "nothing else", "no second",
                                  "no further", "single"]), rows))  # fmt: skip
        misses.append(
            near_miss(
                "unexplained", "Does not say whether there is another.", "entries", replace=[(_parts(taken, tries), "")]
            )
        )
    return criteria, misses, seen


def _back(world: Records, order: Row) -> tuple[list[Criterion], list[NearMiss], Check]:
    refund = world.refunds(order["id"])[0]
    out = rules.company_day(refund["processed_at"])
    rows = [f"refunds/{refund['id']}"]
    verdict = choice("paid", {
        "paid": ["has been refunded", "was refunded", "refunded on", "went back", "already refunded", "was paid back",
        "was returned", "refunded", "has gone back",
                 "already been refunded", "sent back", "given back", "was repaid"],
        "owed": ["we will refund", "will be refunded", "still owe", "refund it now", "is still owed"],
    })  # fmt: skip
    seen = day(out)
    criteria = [
        criterion("given-back", "correctness", "The response says that the second charge has been refunded already.",
        readable(verdict), rows),
        criterion("how-much", "correctness",
        f"The response gives {usd(refund['amount_cents'])} as the amount that went back.",
                  amount(refund["amount_cents"]), rows),
        criterion("when", "correctness", f"The response says that it was paid out on {spoken(out)}.", seen, rows),
    ]  # fmt: skip
    misses = [
        near_miss("again", "Promises it once more.", "given-back",
                  replace=[("That was put right: it was refunded,", "It will be refunded,")]),
        near_miss("other-amount", "Names another amount.", "how-much",
                  replace=[(usd(refund["amount_cents"]), usd(refund["amount_cents"] + 501))]),
        near_miss("other-day", "Names another day.", ("when", "untouched"), replace=[(spoken(out),
        spoken(out + timedelta(days=8)))]),
    ]  # fmt: skip
    return criteria, misses, seen


MATCH_BEGAN = date(2025, 6, 1)


def _match(world: Records, customer: Row) -> tuple[list[Criterion], list[NearMiss], Check]:
    tier = world.tier_of(customer)
    percent = tier["discount_percent"]
    rows = ["company_policies/pol-pricing-no-match"]
    verdict = choice(
        "no",
        {
            "no": NO_MATCH,
            "yes": [
                "we match the price",
                "we will match",
                "gladly match",
                "matched the price",
                "price match is approved",
            ],
        },
    )
    none = [
        "0%",
        "no discount",
        "0 percent",
        "zero",
        "nothing off",
        "takes nothing",
        "no percentage",
        "not ... discount",
        "nothing",
    ]
    mine = says([f"{percent}%", f"{percent} percent", f"{percent} per cent"] if percent else none)
    seen = day(MATCH_BEGAN)
    takes = _tier_takes(tier["id"], percent)
    criteria = [
        criterion("no-match", "correctness", "The response says that prices of other shops are not matched.",
        readable(verdict), rows),
        criterion("since", "correctness", "The response says that this holds since June 1, 2025.", seen, rows),
        criterion("own-tier", "completeness",
        f"The response says that the customer is {tier['id']}, with {percent}% off.",
                  both(says([tier["id"]]), mine), [f"customers/{customer['id']}", f"loyalty_tiers/{tier['id']}"]),
    ]  # fmt: skip
    misses = [
        near_miss("matches", "Matches the price.", "no-match",
                  replace=[("we do not match the prices of other shops,", "we match the price of that shop,")]),
        near_miss("old-day", "Gives another day.", ("since", "untouched"), replace=[(spoken(MATCH_BEGAN),
        spoken(date(2025, 7, 15)))]),
        near_miss("no-tier", "Leaves the tier out.", "own-tier", replace=[(takes, "Our shop has fair prices.")]),
        near_miss("other-tier", "Gives another tier.", "own-tier",
                  replace=[(takes, _tier_takes("platinum", 12) if tier["id"] != "platinum" else _tier_takes("gold",
                  8))]),
    ]  # fmt: skip
    return criteria, misses, seen


def _tier_takes(tier: str, percent: int) -> str:
    return (
        f"Your own tier is {tier}, which takes {percent}% off goods."
        if percent
        else f"Your own tier is {tier}; there is no discount at that tier yet."
    )


def _express(world: Records, order: Row, customer: Row) -> tuple[list[Criterion], list[NearMiss], Check]:
    tier: str = customer["loyalty_tier"]
    rows = [f"orders/{order['id']}", f"customers/{customer['id']}"]
    seen = amount(1999, (1699,))
    criteria = [
        criterion("tier", "correctness", f"The response says that the account is {tier}.",
                  says([tier], near=["tier", "account", "level", "status", tier, "you"]),
                  [f"customers/{customer['id']}"]),
        criterion("whose", "completeness", "The response says that express is free for platinum only.",
        says(ONLY_PLATINUM),
                  ["company_policies/pol-shipping-rates"]),
        criterion("price", "correctness", "The response says that express costs $19.99.", seen,
        ["company_policies/pol-shipping-rates"]),
        criterion("stands", "correctness", "The response says that the charge was right and is not refunded.",
                  readable(choice("no", {"no": NO_REFUND, "yes": ["refund you the", "have refunded", "will refund",
                  "is refunded"]})), rows),
    ]  # fmt: skip
    misses = [
        near_miss("believes", "Takes the tier at the customer's word.", "tier", replace=[(f"Your account is {tier}.",
        "I have looked at your account.")]),
        near_miss("whose-free", "Does not say who has it free.", "whose", replace=[(FREE_EXPRESS,
        "Express is not free for you.")]),
        near_miss("old-price", "Names a former price.", ("price", "untouched"), replace=[("$19.99", "$16.99")]),
        near_miss("refunds-it", "Promises it back.", "stands", replace=[(STANDS,
        "I will refund you the charge this once.")]),
    ]  # fmt: skip
    return criteria, misses, seen


FREE_EXPRESS = "Only platinum members have express for free."
STANDS = "So the charge was in order and there is no refund of it."
MISSING = {
    "refund": "there is no refund on record for it", "replacement": "there is no replacement on record",
    "credit": "there is no store credit on record",
    "return": "there is no return on record", "cancelled": "the order was not cancelled",
}  # fmt: skip
CLAIMED = {
    "refund": "it has been refunded in full", "replacement": "a replacement has gone out",
    "credit": "the store credit is on your account",
    "return": "your return has arrived", "cancelled": "the order was cancelled",
}  # fmt: skip


def _never(world: Records, order: Row, product: Row, kind: str) -> tuple[list[Criterion], list[NearMiss], Check]:
    parcel = world.shipments(order["id"])[0]
    came = rules.parcel_delivered_on(parcel) or world.today
    rows = [f"orders/{order['id']}"]
    verdict = choice(
        "no",
        {
            "no": NOTHING,
            "yes": [
                CLAIMED[kind],
                "was refunded on",
                "went out on",
                "is on its way",
                "has been credited",
                "was cancelled on",
            ],
        },
    )
    seen = day(came, near=DELIVERED)
    criteria = [
        criterion("no-record", "correctness", f"The response says that {MISSING[kind]}.", readable(verdict), rows),
        criterion("came", "correctness", f"The response says that it was delivered on {spoken(came)}.", seen,
        [f"shipments/{parcel['id']}.events"]),
        criterion("paid", "correctness", f"The response says that {usd(order['total_cents'])} was paid.",
                  amount(order["total_cents"]), [f"payments/{world.capture(order)['id']}"]),
    ]  # fmt: skip
    misses = [
        near_miss("confirms", "Confirms what is not so.", "no-record",
                  replace=[(f"{MISSING[kind]}.", f"{CLAIMED[kind]}."), ("was delivered on", "came on")]),
        near_miss("other-day", "Gives another day.", ("came", "untouched"), replace=[(spoken(came),
        spoken(came + timedelta(days=3)))]),
        near_miss("other-sum", "Gives another sum.", "paid", replace=[(usd(order["total_cents"]),
        usd(order["total_cents"] + 250))]),
    ]  # fmt: skip
    return criteria, misses, seen


def solve(a: Worker, given: Given) -> Plan:
    kind: str = given["kind"]
    customer = yield from a.contact(given.get("email"), given.get("phone"))
    product = yield from a.product(given["product"])
    orders = yield from a.all("searchOrders", customer_id=customer["id"], product_id=product["id"])
    details = yield from order_details(a, a.pick(orders, product_id=product["id"])["id"])
    match kind:
        case "twice" | "back":
            text = yield from _tell_payments(a, details)
        case "match":
            text = yield from _tell_match(a, customer)
        case "express":
            text = yield from _tell_express(a, customer)
        case _:
            text = yield from _tell_record(a, details, kind)
    return (
        f"Hi {customer['name'].split()[0]},\n\nI have looked into it (order {details['order']['id']}, the "
        f"{product['name']}). {text}\n\nI have not changed anything. "
        "If you see it otherwise, send me what you have and I look again.\n\nCorecraft support"
    )


def _tell_payments(a: Worker, details: Json) -> Steps[str]:
    yield from a.policy("refund", "duplicate capture", title="Duplicate captures")
    yield from a.article("charged twice check")
    payments = sorted(details["payments"], key=lambda p: (p["created_at"], p["id"]))
    refunds = [r for p in payments for r in p["refunds"]]
    if refunds:
        out = spoken(a.day(refunds[0]["processed_at"]))
        return (
            "It is true that the order was captured twice. That was put right: it was refunded, "
            f"{usd(cents(refunds[0]['amount']))} in full, on {out}, to the payment "
            "method that had been used. Please look at the statement of those days."
        )
    total = a.captured(payments)
    taken = [cents(p["amount"]) for p in payments if p["status"] in ("captured", "partially_refunded", "refunded")]
    return f"{ONCE} In all {usd(total)} was taken. {_parts(taken, len(payments) - len(taken))}"


def _tell_match(a: Worker, customer: Json) -> Steps[str]:
    policy = yield from a.policy("pricing", "match", title="Prices of other retailers")
    tiers = (yield from a.call("searchPolicies", policy_id=customer["loyalty_tier"]))["policies"]
    percent: int = tiers[0]["discount_percent"]
    if "We match the price" in policy["body"]:
        takes = _tier_takes(customer["loyalty_tier"], percent)
        return f"Gladly, we match the price of that shop and credit you the difference. {takes}"
    since = spoken(policy["effective_from"])
    return (
        f"I am sorry, we do not match the prices of other shops, and have not since {since}: we put the money into "
        "everyday prices and loyalty instead. "
        f"{_tier_takes(customer['loyalty_tier'], percent)} If our own price falls within 14 days of an order, we do "
        "refund the difference on request."
    )


def _tell_express(a: Worker, customer: Json) -> Steps[str]:
    rates = yield from a.policy("shipping", "express charge", title="Shipping options")
    found = re.search(r"\| Express \| (\$[\d.]+)", rates["body"])
    number_in(r"Express \| \$(\d+)", rates)
    yield from a.policy("loyalty", "tier", title="the four tiers")
    price = found[1] if found else ""
    return f"Your account is {customer['loyalty_tier']}. {FREE_EXPRESS} Everybody else pays {price} for it. {STANDS}"


def _tell_record(a: Worker, details: Json, kind: str) -> Steps[str]:
    order, parcel = details["order"], details["shipments"][0]
    yield from a.policy("conduct", "record", title="What we say")
    history = yield from a.all("getCustomerTicketHistory", customer_id=order["customer_id"])
    topic = {"return": "return|RMA", "credit": "credit", "cancelled": "cancel"}.get(kind, kind)
    credited = [r for r in details["returns"] if r["credit"]]
    said = a.noted(order, topic, CLAIMED[kind], MISSING[kind] if not credited else CLAIMED[kind])
    waiting = [t for t in history if t["status"] in ("new", "open") and t["order_id"] == order["id"]]
    also = f" Your ticket {waiting[0]['id']} about this order is still open with us." if waiting else ""
    return (
        f"By our records {said}. The parcel was delivered on {spoken(a.delivered_on(parcel) or '')}. You paid "
        f"{usd(a.captured(details['payments']))} for the order, and that is "
        f"where it stands.{also}"
    )


def _by(way: str) -> Callable[[Given], bool]:
    return lambda given: way in given


WORDINGS = (
    Wording(
        "mail",
        "From: {name} <{email}>\nSubject: [please put this right|something is wrong]\n\nHello Corecraft,\n\nI am "
        "writing because {claim}. {ask}.\n\n[Thank you|Regards],\n{first}",
        fits=_by("email"),
    ),
    Wording("terse", "{claim}. {ask}. [That's all.|Today if possible.] {name}, {email}", fits=_by("email")),
    Wording(
        "angry",
        "I am FED UP. You know as well as I do that {claim}!! {ask}! [And no excuses.|I won't ask a third time.] "
        "{name} ({email})",
        fits=_by("email"),
    ),
    Wording(
        "chat",
        "[hi|hey there], {name} here\nmy mail is {email}\nso {claim}\n{ask}. [thx|cheers]",
        fits=_by("email"),
    ),
    Wording(
        "sure of it",
        "Dear team, let me start by saying that I like your shop. [It is a small thing and surely an "
        "oversight.|Mistakes happen, I know.] The fact is that {claim}. {ask}. "
        "I'm {name}, registered with {email}.",
        fits=_by("email"),
    ),
    Wording(
        "colleague forwards",
        "Got this one in my inbox from {name}, {email}: \"{claim}. {ask}.\" [Sounds plausible to me, but|I'd say "
        "they are right, though] please look at what is on file and write the answer for "
        "me. I'll do any bookings that turn out to be needed.",
        mode="copilot",
        fits=_by("email"),
    ),
    Wording(
        "phone note",
        "Message on the machine, {name}, calling from {phone}. Word for word: \"Hello, {claim}. {ask}. Thank you.\" "
        "Find out what's true and draft me [an answer|what to say], bookings are up to me.",
        mode="copilot",
        fits=_by("phone"),
    ),
    Wording(
        "by phone number",
        "[Good day|Good evening], my name is {name}, my number is {phone}, I hope you find me. As you can check for "
        "yourself, {claim}. {ask}. With best wishes",
        fits=_by("phone"),
    ),
    Wording(
        "second attempt",
        "From: {name} <{email}>\nSubject: AW: Re: [my order|complaint]\n\n[Nobody wrote back last time.|My last mail "
        "went unanswered.] To repeat it in one line, {claim}. {ask}.\n\n{name}",
        fits=_by("email"),
    ),
)  # fmt: skip

FAMILY = Family(
    name="wrong-belief",
    title="A request with a false premise: checked against the record and put right, and nothing is done",
    category="reasoning",
    main_level="common_sense",
    levels=("common_sense", "groundedness"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-conduct-promises", "pol-loyalty-programme", "pol-refund-duplicate", "kb-0238"),
)
