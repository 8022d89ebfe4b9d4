"""Lines on a statement against captures: what was really taken for an order, how, what came to nothing or went back."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import identified, order_details, order_of
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    all_hold,
    amount,
    call,
    choice,
    criterion,
    either,
    known_by,
    near_miss,
    says,
    single_accounts,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Call
from enterprisegym.world import Row

TRAPS = ("failed_attempts", "contact_format", "page_cut", "namesake", "stray_note", "brand_spelling")
OF_THE_PERSON = ("contact_format", "namesake", "brand_spelling")
QUIET = {"contact_format": 8, "namesake": 4, "brand_spelling": 8, "": 8}
METHODS = {
    "card": "card", "paypal": "PayPal", "apple_pay": "Apple Pay", "google_pay": "Google Pay",
    "bank_transfer": "bank transfer",
}  # fmt: skip
SPOKEN = {
    "card": ["card"], "paypal": ["PayPal"], "apple_pay": ["Apple Pay"], "google_pay": ["Google Pay"],
    "bank_transfer": ["bank transfer", "wire transfer", "wire", "bank_transfer"],
}  # fmt: skip
NOT_CARD = ("paypal", "apple_pay", "google_pay", "bank_transfer")
WHY = {
    "card_declined": "the card was declined",
    "insufficient_funds": "insufficient funds",
    "expired_card": "the card had expired",
    "3ds_timeout": "the 3-D Secure check timed out",
}
MEANT = {
    "card_declined": ["declin*", "refused", "rejected"],
    "insufficient_funds": ["insufficient", "not enough", "lack of funds", "too little"],
    "expired_card": ["expired", "expiry", "out of date"],
    "3ds_timeout": ["3ds", "3d secure", "3-D Secure", "timeout", "timed out", "time out"],
    "voided": ["void*", "cancelled before", "cancelled", "canceled", "released", "lapsed"],
}
TAKEN = ["taken", "took", "captured", "charged", "collected", "debited", "paid", "received", "went through"]
NO_ATTEMPT = [
    "no failed", "no attempt*", "no other attempt*", "nothing ... failed", "nothing failed", "none ... failed",
    "no unsuccessful", "no voided", "nothing ... came to nothing", "nothing came to nothing", "none came to nothing",
    "no payment ... failed", "no payment* came to nothing", "no declined", "every attempt ... went through",
    "no other payment*", "only one payment", "0 failed", "zero failed", "there were none", "failed attempts: none",
    "came to nothing: none", "not ... any failed", "no aborted", "without a failed", "only payment", "sole payment",
    "no ... attempt*", "single payment", "one payment record", "attempts ... none", "attempts none", "failed ... none",
    "voided ... none", "attempts 0", "attempts ... 0", "nothing came to nothing", "none of them failed", "failed ... no",
]  # fmt: skip
NONE = ["none", "zero", "nil", "nothing"]
NO_REFUND = [
    "no refund", "nothing ... refunded", "not ... refunded", "nothing ... back", "nothing has gone back", "$0.00",
    "none ... refunded", "none of it", "no money ... back", "not been refunded", "no refunds", "zero", "refunded: none",
    "nothing so far", "not ... given back", "not returned any", "nothing was returned", "has not gone back", "$0",
]  # fmt: skip
WAS_TWICE = [
    "charged twice", "charged you twice", "charged two times", "double charge*", "double-charged", "duplicate charge*",
    "duplicate capture*", "captured twice", "taken twice", "took it twice", "took the amount twice", "duplicate",
    "a double", "two captures", "collected twice", "billed twice", "paid twice", "went through twice", "twice ... yes",
    "captured the ... twice", "took ... twice", "second capture", "second charge", "twice",
]  # fmt: skip
PLAINLY_TWICE = [
    "was charged twice", "were charged twice", "been charged twice", "charged you twice", "was captured twice",
    "was taken twice", "is a duplicate", "was a duplicate", "twice ... yes", "double charge ... yes", "took it twice",
]  # fmt: skip
ONCE = [
    "not charged twice", "not charged you twice", "not ... charged twice", "no double charge*", "no duplicate*",
    "not a double charge", "not double-charged", "not ... twice", "only once", "just once", "charged once",
    "not a duplicate", "not ... double charge*", "not ... duplicate*", "captured once", "taken once", "nothing ... twice",
    "no second charge", "one single time", "a single time", "once only", "single charge", "no ... twice", "single capture",
    "one capture", "no double", "one charge", "nothing twice", "exactly once", "never charged twice", "twice ... no",
    "double charge ... no", "duplicate ... no", "twice no", "double charge no", "duplicate no", "single payment",
    "one payment", "once",
]  # fmt: skip


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    quiet: dict[str, list[Situation]] = {}
    for customer in single_accounts(world):
        orders = world.orders_of(customer["id"])
        bought = [line["product_id"] for o in orders for line in world.lines(o["id"])]
        for order in orders:
            payments = world.payments(order["id"])
            main = max(world.lines(order["id"]), key=lambda line: (line["unit_price_cents"], line["id"]))
            if not _clear(world, order) or bought.count(main["product_id"]) > 1:
                continue
            product = world.product(main["product_id"])
            placed = world.placed_on(order)
            attempts, refunded = _nothing_came(payments), _given_back(world, order)
            traps = world.traps_on(
                customer["id"], order["id"], product["id"], *(p["id"] for p in payments), among=TRAPS
            )
            traps = tuple(t for t in traps if t in OF_THE_PERSON or world.mark(t, order["id"]))
            traps = tuple(t for t in traps if t != "stray_note" or "efund" in order["note"])
            situation = Situation(
                key={"customer": customer["id"], "order": order["id"]},
                given={
                    **known_by(world, customer, rng),
                    "product": world.called(product),
                    "month": f"{placed:%B %Y}",
                },
                traps=traps,
                difficulty=min(5, 1 + (len(payments) > 1) + len(attempts) + 2 * (len(payments) - len(attempts) > 1)
                               + (0 < refunded < order["total_cents"]) + ("page_cut" in traps)),
            )  # fmt: skip
            if len(payments) > 1 or refunded or set(traps) - set(OF_THE_PERSON):
                yield situation
            else:
                quiet.setdefault("".join(traps[:1]), []).append(situation)
    for kind, found in sorted(quiet.items()):
        yield from rng.sample(found, min(QUIET[kind], len(found)))


def _clear(world: Records, order: Row) -> bool:
    """Each record of a payment is of the order's total, some money came, and no refund is undecided."""
    payments = world.payments(order["id"])
    states = {"captured", "partially_refunded", "refunded", "failed", "voided"}
    return (
        all(p["amount_cents"] == order["total_cents"] and p["status"] in states for p in payments)
        and bool(_taken(payments))
        and all(r["status"] in rules.GRANTED_REFUND for r in world.refunds(order["id"]))
        and not any(r["credit_cents"] for r in world.returns(order["id"]))
    )


def _taken(payments: Sequence[Row]) -> list[Row]:
    return [p for p in payments if p["status"] in rules.CAPTURED]


def _nothing_came(payments: Sequence[Row]) -> list[Row]:
    found = [p for p in payments if p["status"] in ("failed", "voided")]
    return sorted(found, key=lambda p: (p["created_at"], p["id"]))


def _given_back(world: Records, order: Row) -> int:
    return sum(r["amount_cents"] for r in world.refunds(order["id"]))


def rubric(world: Records, s: Situation) -> Rubric:
    order = world.order(s.key["order"])
    payments = world.payments(order["id"])
    taken, attempts, back = _taken(payments), _nothing_came(payments), _given_back(world, order)
    total = sum(p["amount_cents"] for p in taken)
    method = taken[0]["method"]
    twice = "yes" if len(taken) > 1 else "no"
    evidence = [f"payments/{p['id']}" for p in payments]
    refunds = [f"refunds/{r['id']}" for r in world.refunds(order["id"])]
    reasons = [a["failure_reason"] or "voided" for a in attempts]
    wrong_method = "bank_transfer" if method != "bank_transfer" else "card"
    return Rubric(
        criteria=[
            criterion(
                "taken",
                "correctness",
                f"The response says that {usd(total)} was really taken in all.",
                amount(total, (sum(p["amount_cents"] for p in payments), total + order["total_cents"]), near=TAKEN),
                evidence,
            ),
            criterion(
                "method",
                "completeness",
                f"The response names the method of payment: {METHODS[method]}.",
                choice(method, {m: phrases for m, phrases in SPOKEN.items() if m in (method, *NOT_CARD)}),
                evidence,
            ),
            criterion(
                "came-to-nothing",
                "completeness",
                f"The response says why attempts came to nothing: {', '.join(reasons)}."
                if reasons
                else "The response says that no attempt to pay for this order came to nothing.",
                all_hold([says(MEANT[reason]) for reason in reasons]) if reasons else either(says(NO_ATTEMPT), says(NONE, near=["fail", "attempt", "void", "came to nothing", "tries"])),
                evidence,
            ),
            criterion(
                "gone-back",
                "correctness",
                f"The response says that {usd(back)} has been refunded."
                if back
                else "The response says that nothing has been refunded.",
                amount(back, near=["refund", "back", "return", "credit", "reimburs"]) if back else either(says(NO_REFUND), says(NONE, near=["refund", "back", "returned"])),
                [*evidence, *refunds],
            ),
            criterion(
                "twice",
                "correctness",
                "The response says that the order was charged twice."
                if twice == "yes"
                else "The response says that the order was not charged twice.",
                says(WAS_TWICE) if twice == "yes" else {"check": "absent", "phrases": PLAINLY_TWICE, "with": dict(either(says(ONCE), says(["no", "not"], near=["twice", "double", "duplicate"])))},
                [*evidence, "company_policies/pol-refund-duplicate"],
            ),
            criterion(
                "untouched",
                "constraint",
                "The payments are explained and nothing is changed or refunded.",
                {"check": "unchanged", "with": dict(says([f"{word}*" for word in TAKEN]))},
                evidence[:1],
            ),
        ],
        near_misses=[
            near_miss("adds-up-lines", "Adds a line that is no charge.", "taken",
                      replace=[(_sum(total), _sum(total + order["total_cents"]))]),
            near_miss("no-reasons", "Keeps quiet about the attempts.", "came-to-nothing",
                      replace=[(_attempts(reasons), "")]),
            near_miss("wrong-refund", "Gets wrong what has gone back.", "gone-back",
                      replace=[(_refunded(back), _refunded(back + 500))]),
            near_miss("wrong-verdict", "Answers the question about a double charge wrongly.", "twice",
                      replace=[(_verdict(twice), _verdict("no" if twice == "yes" else "yes"))]),
            near_miss("acts-unasked", "Changes something unasked.", "untouched", add=[_change(world, order, taken)]),
            near_miss("wrong-method", "Names another method.", "method",
                      replace=[(METHODS[method], METHODS[wrong_method])]),
        ],
    )  # fmt: skip


def _change(world: Records, order: Row, taken: Sequence[Row]) -> Call:
    for payment in taken:
        if rules.refundable_cents(payment, world.refunds(order["id"])) >= 100:
            return call("createRefund", payment_id=payment["id"], amount=1.0, reason="other")
    ticket = world.open_tickets[0]["id"]
    return call("createEscalation", ticket_id=ticket, escalation_type="refund_approval", destination="finance",
                notes=f"Please look at {order['id']}.")  # fmt: skip


def _sum(total: int) -> str:
    return f"we have really taken {usd(total)} in all"


def _refunded(back: int) -> str:
    return f"{usd(back)} of it has been refunded" if back else "Nothing of it has been refunded"


def _verdict(twice: str) -> str:
    return "the order was charged twice" if twice == "yes" else "the order was not charged twice"


def _attempts(reasons: Sequence[str]) -> str:
    if not reasons:
        return " No attempt to pay for it failed."
    parts = [
        "one was voided before any money moved" if r == "voided" else f"one failed ({WHY.get(r, r)})" for r in reasons
    ]
    listed = " and ".join(parts)
    return f" Besides that {listed}; your bank drops such lines by itself."


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    product = yield from a.product(given["product"])
    bought = yield from order_of(a, customer, product)
    yield from a.article("charged twice authorization capture")
    yield from a.policy("refund", "duplicate captures", title="Duplicate captures")
    details = yield from order_details(a, bought["id"])
    order, payments = details["order"], details["payments"]
    paid = a.payment(payments)
    total = a.captured(payments)
    attempts = sorted(
        (p for p in payments if p["status"] in ("failed", "voided")), key=lambda p: (p["created_at"], p["id"])
    )
    granted = [r for p in payments for r in p["refunds"] if r["status"] in rules.GRANTED_REFUND]
    back = a.noted(order, "refund", total, sum(cents(r["amount"]) for r in granted))
    twice = "yes" if total > cents(order["total"]) else "no"
    reasons = [p["failure_reason"] or "voided" for p in attempts]
    surplus = ""
    if twice == "yes" and not back:
        surplus = " The second capture is a surplus and can be refunded as soon as you ask for it."
    return (
        f"The {product['name']} is on order {order['id']} of {spoken(a.day(order['created_at']))}, which came to "
        f"{usd(cents(order['total']))}. For it {_sum(total)}, by {METHODS[paid['method']]}; {_verdict(twice)}."
        f"{_attempts(reasons)} {_refunded(back)}.{surplus} I have only looked and changed nothing."
    )


WORDINGS = (
    Wording(
        "worried mail",
        "From: {name} <{email}>\nSubject: [The {product} on my statement|What did you charge for the {product}?]\n\nHello,"
        "\n\nmy bank statement has me [puzzled|worried]. It is about the order with the {product}, {month}, and I cannot "
        "tell whether you took the money once or more than once. Please tell me how much you have really collected for "
        "that order and by which means of payment, whether it was charged double, whether any attempt failed and if so "
        "why, and how much (if anything) you have already paid back. [I only want to understand it, so please don't start "
        "anything.|Don't refund or change anything yet, I just want the facts.]\n\n{name}",
        fits=lambda given: "email" in given,
    ),
    Wording(
        "chat",
        "hi {name} ({email}). my banking app shows stuff from u for the {product} order ({month}) and [im confused|it looks "
        "weird]. did that go thru once or twice?? how much did u actually take in total, paid with what, did any tries "
        "bounce n for what reason, and how much did i get back so far. no action needed just info pls",
        fits=lambda given: "email" in given,
    ),
    Wording(
        "phone note",
        "[Call from|Had on the line]: {name}, {phone}. Is looking at the statement for the order of {month} with the "
        "{product} and suspects a double booking. Please give me for the call-back: total we really took, method, whether "
        "it was twice, attempts that came to nothing with the reason, refunded so far. [Look only, no bookings.|Don't book "
        "anything, I decide after the call.]",
        mode="copilot",
        fits=lambda given: "phone" in given,
    ),
    Wording(
        "elderly and polite",
        "Good day. My name is {name} and my telephone number with you is {phone}. I keep my accounts by hand and there is a "
        "{product} in them, ordered in {month}, for which the bank's figures and mine won't agree. Would you be so kind as "
        "to tell me how much money truly went to you for that order, in which way it was paid, whether you have by mistake "
        "charged me a second time, whether some payment did not succeed (and what the trouble was), and how much of it has "
        "come back to me? You need not [put anything in motion|do anything further]; I merely wish to enter it correctly.",
        fits=lambda given: "phone" in given,
    ),
    Wording(
        "finance colleague",
        "Reconciling {name}, postal code {zip}: order from {month}, the one with the {product}. What do our payment records "
        "say? I need the captured total, the method, double charge yes or no, each attempt without money behind it and its "
        "cause, and the sum refunded so far. [Report only, keep your hands off the records.|Read-only please.] - Chloe, "
        "finance",
        mode="copilot",
        fits=lambda given: "zip" in given,
    ),
    Wording(
        "angry, postal code",
        "You [people|lot] had better explain what you did to my account over that {product}. {name}, ZIP {zip}, {month}. Did "
        "you help yourselves twice? I want to hear what you actually took off me altogether for the order, with which "
        "payment method, which payments failed and WHY, and how much you've refunded to this day. [And don't you dare move "
        "any money before I say so.|Touch nothing until I've read your answer.]",
        fits=lambda given: "zip" in given,
    ),
    Wording(
        "non-native",
        "Hello dear support, in my bank I look for the order with {product}, it was in {month}, and I don't understand the "
        "lines. My data: {name}, {email}. Please, what sum you took really, complete? With which payment form? It was two "
        "times by error? Some payment was not working, and from what reason? And how much have you given back to me "
        "already? You must not make a refund now, [only explain|only the information]. Thanks",
        fits=lambda given: "email" in given,
    ),
    Wording(
        "forwarded with a colleague's request",
        "Could you do the numbers on this one [while I'm in the other queue|for me]? I write the reply.\n\n"
        "---------- Forwarded message ----------\nFrom: {name} <{email}>\n\nWhy are you on my account again for the "
        "{product}? I paid that order in {month}. I think you took it a second time. Please sort this out.\n----------\n\nI "
        "need: collected in total and how it was paid; was it taken twice; tries that ended in nothing, with cause; "
        "how much has been refunded. Nothing gets booked at this point.",
        mode="copilot",
        fits=lambda given: "email" in given,
    ),
)  # fmt: skip

FAMILY = Family(
    name="what-was-charged",
    title="What was really taken for an order: captures against failed attempts, double charges and refunds",
    category="retrieval",
    main_level="tool_use",
    levels=("tool_use", "groundedness", "adaptability"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("kb-0238",),
)
