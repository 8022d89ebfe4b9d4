"""A letter about a return that cannot be, or only in part, or can after all: the no, its reason, what is left."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Steps, Worker, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    discount_share,
    get_product,
    identified,
    label_cost,
    number_in,
    order_details,
    order_of,
    restocking_policy,
    return_deadline,
)
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    Check,
    amount,
    call,
    criterion,
    day,
    either,
    incoming_ticket,
    near_miss,
    presented,
    says,
    settled,
    single_accounts,
    stable,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.rollout.record import Json
from enterprisegym.tasks import NearMiss
from enterprisegym.world import Row

TRAPS = ("header_lag", "page_cut", "contact_format", "namesake", "price_drift", "brand_spelling")
OWN = ("contact_format", "namesake", "price_drift", "brand_spelling")
SHARES = {"late": 50, "clearance": 14, "consumable": 12, "custom_build": 28, "partly": 22, "in_time": 40}
LONGEST = 120
NO = [
    "can not take", "can not accept", "can not be returned", "can not come back", "can not go back", "can not return",
    "can not offer", "can not be taken", "can not refund", "can not do", "can not approve", "not take ... back", "not accept",
    "not possible", "not returnable", "not eligible", "non-returnable", "unable to", "not be able", "not able to", "refuse*",
    "declin*", "is over", "too late", "final sale", "no return", "outside the", "has ended", "ended on", "the answer is no",
    "must say no", "have to say no", "not available for return", "not allowed", "closed on", "has closed", "expired", "ran until",
    "excluded", "can not", "no longer", "not be returned", "not qualify",
]  # fmt: skip
YES = [
    "can be returned", "may be returned", "may return", "can return", "can take", "will take", "take it back", "gladly take",
    "can come back", "may come back", "can go back", "can send", "may send", "in time", "still possible", "return is possible",
    "is returnable", "are welcome to return", "happy to take", "able to return", "able to take", "accept ... back", "accept the",
    "can accept", "eligible", "still return", "within the window", "within your", "open until", "runs until", "you have until",
    "inside the window", "inside your", "taking it back",
]  # fmt: skip
GIVEN_WAY = [
    "we will take ... back", "we can take ... back", "return is approved", "return is set up", "you may return it",
    "you can return it", "can still be returned", "can be returned until", "may be returned until", "you are in time",
    "you are still in time", "we accept the return", "we will refund",
]  # fmt: skip
REASONS = {
    "late": [
        "window",
        "30 days",
        "45 days",
        "60 days",
        "days after",
        "days from",
        "time for returning",
        "time to return",
        "return period",
        "too late",
        "deadline",
        "ran until",
        "ended",
        "expired",
        "closed",
        "period",
    ],
    "clearance": ["clearance", "final sale"],
    "consumable": ["consumable*"],
    "custom_build": [
        "custom build*",
        "custom-built",
        "built ... for you",
        "assembled",
        "put together",
        "built to order",
        "build",
    ],
}
BECAUSE = {
    "clearance": "it was sold on clearance, which is final sale",
    "consumable": "it is a consumable and has been opened",
    "custom_build": "it is part of a custom build that our bench assembled for you",
}
MESSAGES = (
    "I'd like to return the {item} from {month}. Opened, but in working order, I just don't need it. Please let me know.",
    "{month} order, {item}: opened, works, not wanted any more. Will you take it back?",
    "We have no use for the {item} after all. Bought in {month}, unpacked, nothing wrong with it. How do we return it?",
    "Please take back the {item} that I ordered in {month}. I opened it and it runs fine, I have simply changed my mind.",
    "My plans changed, so the {item} of {month} should go back. The box is open and everything works.",
)


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    cases: dict[str, list[Situation]] = {kind: [] for kind in SHARES}
    for customer in single_accounts(world):
        orders = world.orders_of(customer["id"])
        bought = [line["product_id"] for o in orders for line in world.lines(o["id"])]
        for order in orders:
            if order["status"] != "fulfilled" or not world.untouched(order):
                continue
            lines = [x for x in world.lines(order["id"]) if x["quantity"] == 1 and bought.count(x["product_id"]) == 1]
            kinds = {line["product_id"]: _kind(world, order, line["product_id"]) for line in lines}
            for id, kind in kinds.items():
                others = [o for o, k in kinds.items() if k == "in_time" and o != id]
                if kind is not None:
                    cases[kind].append(_situation(world, rng, customer, order, kind, id))
                    if kind in ("clearance", "consumable") and others:
                        cases["partly"].append(
                            _situation(world, rng, customer, order, "partly", id, rng.choice(others))
                        )
    for kind, found in cases.items():
        rng.shuffle(found)
        found.sort(key=lambda s: not set(s.traps) - {"superseded_policy", "brand_spelling"})
        yield from found[: SHARES[kind]]


def _kind(world: Records, order: Row, product_id: str) -> str | None:
    """What becomes of a return of the opened, working product today; None where more than one thing decides it."""
    product, tier = world.product(product_id), world.tier_of(world.customer(order["customer_id"]))
    deadline = rules.return_deadline(order, tier, world.shipments(order["id"]), product_id)
    if deadline is None or product["category"] in rules.PACKAGE_CATEGORIES or deadline == world.today:
        return None
    excluded = rules.return_exclusion(order, product, "opened", "customer_remorse")
    until = _covered_until(world, order, product)
    if until is None or until <= world.today:
        return None
    if deadline < world.today:
        old = world.today - deadline > timedelta(days=200)
        return None if excluded or old else "late"
    return excluded or "in_time"


def _covered_until(world: Records, order: Row, product: Row) -> date | None:
    policy = world.get("warranty_policies", product["warranty_policy_id"])
    return rules.warranty_until(order, world.shipments(order["id"]), product, policy)


def _situation(
    world: Records, rng: random.Random, customer: Row, order: Row, kind: str, id: str, other: str = ""
) -> Situation:
    told = presented(world, customer, rng)
    names = [world.called(world.product(p)) for p in (id, other) if p]
    item = " and the ".join(names)
    named = {"product": names[0], "item": item, "month": f"{world.placed_on(order):%B}"}
    if other:
        named["second"] = names[1]
    setup = ()
    number = 900 + stable(order["id"], id, below=100)
    if kind != "partly" and stable(order["id"], id, "settle", below=2):
        text = MESSAGES[stable(order["id"], id, "text", below=len(MESSAGES))]
        named["message"] = text.format(**named)
        body = f"{named['message']}\n\n{customer['name']}"
        setup = (incoming_ticket(number, customer["id"], f"Return: {names[0]}", body, "return", order["id"]),)
    traps = world.traps_on(customer["id"], order["id"], id, *([other] if other else []), among=TRAPS)
    dated = kind in ("late", "in_time", "partly")
    traps = [t for t in traps if t in OWN or (world.mark(t, order["id"]) and (dated or t != "header_lag"))]
    if world.former_policy("pol-returns-window") and dated:
        traps.append("superseded_policy")
    several = len(world.lines(order["id"])) > 1
    return Situation(
        key={
            "order": order["id"], "product": id, "other": other or "none",
            "ticket": f"tick-251115-{number}" if setup else "none", "kind": kind,
        },
        given={**told, **named},
        traps=tuple(t for t in traps if t != "price_drift" or kind in ("in_time", "partly")),
        difficulty=min(5, 2 + (kind == "partly") + bool(setup) + (several and kind in ("in_time", "partly", "late"))),
        setup=setup,
    )  # fmt: skip


def _refund(world: Records, order: Row, product: Row, price: int | None = None) -> rules.ReturnRefund:
    lines = [
        {**x, "unit_price_cents": price} if price and x["product_id"] == product["id"] else x
        for x in world.lines(order["id"])
    ]
    items = [{"product_id": product["id"], "quantity": 1, "condition": "opened"}]
    tier: str = world.customer(order["customer_id"])["loyalty_tier"]
    return rules.return_refund_cents(order, lines, items, tier, "customer_remorse", {product["id"]: product})


def rubric(world: Records, s: Situation) -> Rubric:
    order = world.order(s.key["order"])
    tier = world.tier_of(world.customer(order["customer_id"]))
    parcels = world.shipments(order["id"])
    refused = world.product(s.key["product"]) if s.key["kind"] != "in_time" else None
    taken = world.product(s.key["other"]) if s.key["kind"] == "partly" else None
    taken = world.product(s.key["product"]) if refused is None else taken
    reason = _kind(world, order, s.key["product"]) or "late"
    placed = world.placed_on(order)
    near = _near(world, refused) if taken and refused else []
    criteria = [
        criterion(
            "length",
            "format",
            f"The letter has no more than {LONGEST} words, greeting and signature not counted.",
            _letter(max_words=LONGEST + 25),
            ["kb_articles/kb-0240"],
        )
    ]
    misses = [near_miss("rambles", "Goes on and on.", "length", replace=[("\n\nCorecraft support", _chatter())])]
    if refused is not None:
        until = _covered_until(world, order, refused) or world.today
        criteria += [
            criterion(
                "refused",
                "correctness",
                f"The letter says that the {refused['name']} cannot be returned.",
                _with_absent(says(NO, near=near), not taken),
                [f"orders/{order['id']}", f"products/{refused['id']}", "company_policies/pol-returns-window"],
            ),
            criterion(
                "reason",
                "correctness",
                f"The letter gives the reason: {BECAUSE.get(reason, 'the time for returning it is over')}.",
                says(REASONS[reason]),
                [
                    "company_policies/pol-returns-window"
                    if reason == "late"
                    else "company_policies/pol-returns-excluded"
                ],
            ),
            criterion(
                "warranty",
                "completeness",
                f"The letter says that the warranty of the {refused['name']} runs until {spoken(until)}.",
                day(until, near=["warrant", "cover", "fault", "defect"]),
                [f"warranty_policies/{refused['warranty_policy_id']}", *(f"shipments/{p['id']}" for p in parcels)],
            ),
        ]
        misses += [
            near_miss("gives-way", "Takes it back after all.", "refused",
                      replace=[(_no(refused["name"]), f"We will take it back, the {refused['name']}.")]),
            near_miss("no-reason", "Does not say why.", "reason",
                      replace=[(_because(reason, _deadline(world, order, tier, refused)), "")])
            if reason != "late" else
            near_miss("other-reason", "Gives a reason that is none.", ["reason", "last-day"],
                      replace=[(_because(reason, _deadline(world, order, tier, refused)), "It is on clearance.")]),
            near_miss("wrong-warranty", "Names another end of the warranty.", "warranty",
                      replace=[(_left(until), _left(until + timedelta(days=40)))]),
        ]  # fmt: skip
    if reason == "late" or taken is not None:
        which = taken or refused or {}
        last = _deadline(world, order, tier, which)
        came = world.delivered_on(order, which["id"]) or world.today
        days: int = tier["return_window_days"]
        criteria.append(
            criterion(
                "last-day",
                "correctness",
                f"The letter says that the last day to return the {which['name']} "
                f"{'was' if last < world.today else 'is'} {spoken(last)}.",
                day(last, (placed + timedelta(days=21), placed + timedelta(days=days), came + timedelta(days=21))),
                ["company_policies/pol-returns-window", f"shipments/{parcels[-1]['id']}.events"],
            )
        )
        misses.append(
            near_miss("wrong-day", "Counts the days from the order.", "last-day",
                      replace=[(spoken(last), spoken(last - timedelta(days=4)))])
        )  # fmt: skip
    if taken is not None:
        refund, line = _refund(world, order, taken), _line(world, order, taken)
        old = refund.goods_cents - rules.half_up(refund.goods_cents * 20, 100)
        wrong = [old, old - refund.label_cents, _refund(world, order, taken, taken["price_cents"]).total_cents]
        yes = says(YES, near=_near(world, taken) if refused else [])
        criteria += [
            criterion(
                "accepted",
                "correctness",
                f"The letter says that the {taken['name']} can be returned.",
                yes,
                [f"orders/{order['id']}", f"products/{taken['id']}", "company_policies/pol-returns-window"],
            ),
            criterion(
                "amount",
                "correctness",
                f"The letter says that the refund for the {taken['name']} would be {usd(refund.total_cents)}.",
                amount(refund.total_cents, wrong),
                [f"order_lines/{line['id']}", "company_policies/pol-refund-calculation"],
            ),
        ]
        misses += [
            near_miss("refuses-it", "Does not say that it can come back.", "accepted",
                      replace=[(_yes(taken["name"]), f"About the {taken['name']}:")]),
            near_miss("wrong-amount", "Works the refund out wrongly.", "amount",
                      replace=[(_gets(refund.total_cents), _gets(refund.total_cents + 1200))]),
        ]  # fmt: skip
    record, miss = _record(world, s, order, refused is not None and taken is None)
    return Rubric(criteria=[*criteria, record], near_misses=[*misses, miss])


def _record(world: Records, s: Situation, order: Row, denied: bool) -> tuple[Any, NearMiss]:
    ticket = s.key["ticket"]
    if ticket != "none" and denied:
        wanted = criterion(
            "settled",
            "correctness",
            "The ticket is resolved with a resolution that says that the request was denied; nothing else is changed.",
            settled(ticket, "request_denied"),
            [f"tickets/{ticket}", "company_policies/pol-tickets-status", "kb_articles/kb-0240"],
        )
        return wanted, near_miss("other-outcome", "Records that information was given.", "settled",
                                 set=[("createResolution", 1, {"outcome": "information_provided"})])  # fmt: skip
    wanted = criterion(
        "nothing-booked",
        "constraint",
        "The letter is written and nothing is changed.",
        {"check": "unchanged", "with": dict(_letter())},
        [f"orders/{order['id']}"],
    )
    return wanted, near_miss("pays-unasked", "Refunds something unasked.", "nothing-booked",
                             add=[call("createRefund", payment_id=world.capture(order)["id"], amount=1.0,
                                       reason="customer_remorse")])  # fmt: skip


def _letter(**form: int) -> Check:
    """A text about a return, of some form."""
    words = ("return", "returned", "returning", "warranty", "refund")
    return either(*({"check": "structure", "must_include": [word], **form} for word in words))


def _with_absent(check: Check, whole: bool) -> Check:
    """A refusal that does not say yes as well, where nothing is taken back."""
    return {"check": "absent", "phrases": GIVEN_WAY, "with": dict(check)} if whole else check


def _deadline(world: Records, order: Row, tier: Row, product: Row) -> date:
    return rules.return_deadline(order, tier, world.shipments(order["id"]), product["id"]) or world.today


def _line(world: Records, order: Row, product: Row) -> Row:
    return next(x for x in world.lines(order["id"]) if x["product_id"] == product["id"])


def _near(world: Records, product: Row | None) -> list[str]:
    """The names under which a letter speaks of one of two products."""
    if product is None:
        return []
    written, stored = world.called(product), product["name"]
    short = stored.removeprefix(product["brand"]).strip() or stored
    return list(dict.fromkeys((written, stored, short)))


def _chatter() -> str:
    return "\n\n" + "We know how it is when one thing leads to another, and we were glad to hear from you. " * 8


def _no(name: str) -> str:
    return f"We cannot take the {name} back."


def _yes(name: str) -> str:
    return f"Yes, the {name} can be returned."


def _because(reason: str, last: date) -> str:
    if reason == "late":
        return f"The time for returning it ended on {spoken(last)}."
    return f"The reason is that {BECAUSE[reason]}."


def _left(until: date | str) -> str:
    return f"covered by its warranty until {spoken(until)}"


def _gets(total: int) -> str:
    return f"your refund would be {usd(total)}"


def solve(a: Worker, given: Given) -> Plan:
    yield from a.article("denial tone customer reply")
    customer = yield from identified(a, given)
    product = yield from a.product(given["product"])
    found = yield from order_of(a, customer, product)
    details = yield from order_details(a, found["id"])
    products = [product]
    if "second" in given:
        products.append((yield from a.product(given["second"])))
    yield from a.policy("return", "clearance build", title="Items we do not take back")
    parts: list[str] = []
    refused = False
    for item in products:
        full = yield from get_product(a, item["id"])
        no, text = yield from _one(a, details, full)
        refused = refused or no
        parts.append(text)
    if "message" in given and refused:
        tickets = yield from a.all("searchTickets", customer_id=customer["id"], order_id=found["id"])
        ticket = next(t for t in tickets if t["status"] == "new" and "eturn" in t["subject"])
        made = yield from a.call(
            "createResolution", ticket_id=ticket["id"], outcome="request_denied",
            details=f"Problem: wants to return the {product['name']}.\nFinding: {parts[0]}\nAction: None.\n"
            "Told customer: the no, the reason, the warranty.",
        )  # fmt: skip
        yield from a.call(
            "updateTicketStatus", ticket_id=ticket["id"], status="resolved", resolution_id=made["resolution"]["id"]
        )
    start = "" if refused else " Just tell us and we start the return."
    return f"Hello {details['customer']['name']},\n\n" + "\n\n".join(parts) + f"{start}\n\nCorecraft support"


def _one(a: Worker, details: Json, product: Row) -> Steps[tuple[bool, str]]:
    """Whether a product is refused, and the paragraph about it."""
    order, tier = details["order"], str(details["customer"]["loyalty_tier"])
    excluded = rules.return_exclusion(order, product, "opened", "customer_remorse")
    parcel = a.pick(details["shipments"], where=lambda s: product["id"] in str(s["contents"]))
    came = a.delivered_on(parcel)
    last = a.clock.today
    if excluded is None and came is not None:
        last, _ = yield from return_deadline(a, order, tier, came)
    if excluded is None and last >= a.clock.today:
        line = next(x for x in order["lines"] if x["product_id"] == product["id"])
        restocking = yield from restocking_policy(a)
        label = 0 if tier in ("gold", "platinum") else (yield from label_cost(a))
        price = a.price_paid(line, product)
        goods = price - discount_share(order, price)
        charged = product["category"] in rules.RESTOCKING_CATEGORIES and tier != "platinum"
        fee = rules.half_up(goods * number_in(r"(\d+) ?%", restocking), 100) if charged else 0
        taken = [f"{usd(fee)} for restocking"] * bool(fee) + [f"{usd(label)} for the label"] * bool(label)
        after = f" after {' and '.join(taken)}" if taken else ""
        return False, (
            f"{_yes(product['name'])} The last day to ask is {spoken(last)}. Opened and in working order, "
            f"{_gets(max(goods - fee - label, 0))}{after}."
        )
    cover = yield from a.call("checkWarrantyStatus", order_id=order["id"], product_id=product["id"])
    return True, (
        f"{_no(product['name'])} {_because(excluded or 'late', last)}\n\nWhat stays: against defects it is "
        f"{_left(cover['ends_on'])}. So if it ever develops a fault, write to us and we sort that out."
    )


def _asked(given: Given) -> bool:
    return "message" in given


def _unasked(given: Given) -> bool:
    return "message" not in given


def _single(given: Given) -> bool:
    return "message" not in given and "second" not in given


def _two(given: Given) -> bool:
    return "second" in given


WORDINGS = (
    Wording(
        "colleague, letter only",
        "{name} ({reach}) wants to send back the {item} from {month}, opened, in working order, no longer wanted. I [guess|bet] "
        "it's a no. Please write the letter, 120 words at the most, the way our guide for a no has it. What can't come back: "
        "say so, with the reason (and the day it ended, if time is the reason) and until when its warranty runs. Should "
        "something be returnable after all: say that, the last day for it and the dollars they would get back. [I send it "
        "myself, don't record anything.|Text only, nothing gets booked.]",
        mode="copilot",
        fits=_unasked,
    ),
    Wording(
        "customer, mail",
        "Dear Corecraft,\n\nI ordered the {item} in {month}; opened, working, but I [changed my mind|have no use for it]. Can "
        "you take it back? If not, please tell me straight why, since which day if I am simply late, and how long the "
        "warranty still lasts. If yes: until what day may I return it, and what sum would I get? [Please don't start anything "
        "before I have thought it over.|Don't set anything up yet.] A short letter will do, you needn't write more than 120 "
        "words.\n\n{name}\n{reach}",
        fits=_single,
    ),
    Wording(
        "lead on the phone queue",
        "Promised {name} ({reach}) a written answer today. It's about returning the {item}, bought {month}; unpacked, works "
        "fine, change of mind. [I have not looked into it.|Didn't have time to check.] Draft me the letter: at most 120 words; "
        "a plain no where it is a no, its one reason, the day the window closed where that's it, and the end of the warranty; "
        "a plain yes where it is a yes, with the final day and the refund in dollars. Leave the records as they are.",
        mode="copilot",
        fits=_unasked,
    ),
    Wording(
        "terse customer",
        "{name}, {reach}. {item}, {month}. Opened, works, don't want. Return: yes or no? No: why, and since when if it's about "
        "days, and warranty until when? Yes: last day, refund amount? [Answer in max 120 words, don't book it.|120 words max. Just "
        "the answer, no booking.]",
        fits=_unasked,
    ),
    Wording(
        "rambling customer",
        "Good afternoon! My {item} came with the order from {month}, and I did open it and it does what it should, only my "
        "brother-in-law, who knows everything, has set me up differently. Before I go looking for packing tape: is it a thing "
        "you take back? I'd be grateful for an honest letter of not more than 120 words. If it's no, the reason, the day on "
        "which I missed it (should I have missed it), and when the warranty ends. If it's yes, the last day and how many dollars "
        "I'd see again. [I decide then, so please leave it all as it is.|Nothing needs doing until I answer.] {name}, {reach}",
        fits=_single,
    ),
    Wording(
        "customer with two things",
        "Hi, {name} here, {reach}. Two things from one order in {month} should go back if you'll have them: the {product} and "
        "the {second}. Both opened, both work, I [overdid it|got carried away]. What do you say to each? For a no I'd like the "
        "reason and how long its warranty still runs, for a yes the last day and what I'd be paid back in dollars. Keep it "
        "under 120 words, and [don't start a return, I'll answer first|wait with the return until I write again].",
        fits=_two,
    ),
    Wording(
        "answer and settle, chat",
        "[next one|one more] for you, {name}, {reach}:\n\n> {message}\n\nwrite the letter to them (<=120 words, like the "
        "guide on saying no). if we don't take it: reason, the day it ended if it's the window, end of the warranty, and then "
        "settle the ticket as what it is. if we do take it: last day + what they'd get in $, and leave ticket n order alone, i do "
        "the return",
        mode="copilot",
        fits=_asked,
    ),
    Wording(
        "answer and settle, inbox",
        "In the shared inbox this afternoon:\n\nFrom: {name} ({reach})\n{message}\n\nPlease deal with it. Should it be a refusal, "
        "the letter says so plainly, gives the reason, the last day if it is a matter of time, and the date the warranty ends; "
        "record the refusal and resolve the ticket. Should we take it back, the letter gives the last day and the sum the "
        "customer would receive, and nothing is recorded: [the returns desk|Sanjit] takes over. Your answer is the letter, 120 "
        "words or fewer.",
        fits=_asked,
    ),
    Wording(
        "manager, queue",
        "Return requests, please finish this one. {name}, {reach}, writes: \"{message}\" Letter of up to 120 words as your answer. "
        "A no comes with why, with the closing day where days are the reason, and with the day the warranty runs out, and the "
        "ticket is then resolved as denied. A yes comes with the final day and the refund in dollars; [in that case touch "
        "neither ticket nor order|then the records stay as they are].",
        fits=_asked,
    ),
    Wording(
        "non-native colleague",
        "Hello, I have a ticket where I am not sure. {name} ({reach}): \"{message}\" Please write for me the letter to the "
        "customer, not longer than 120 words. If the return is not possible, write why, which was the last day (if it is because "
        "of the days) and until which date is the warranty, and please close the case in the system like it must be for a "
        "refusal. If it is possible, write the last day and the amount of money, but then [do nothing in the system|change "
        "nothing], I make it myself.",
        mode="copilot",
        fits=_asked,
    ),
    Wording(
        "leaving note",
        "Off to the airport. {name}, {reach}, left me this: \"{message}\" I told them somebody would write tonight. So, a letter, "
        "no more than 120 words. Either we don't take it: then the reason, the day it was over (time being the reason), when the "
        "warranty ends, and the ticket done with, recorded for what it is. Or we take it: then the last day for it and what it "
        "would bring them in dollars, and hands off ticket and order till I'm back. [Thank you!|You're a star.]",
        mode="copilot",
        fits=_asked,
    ),
)  # fmt: skip

FAMILY = Family(
    name="return-refusal-letter",
    title="A letter on a return: a plain no with reason and warranty, a yes in part, or a yes after all",
    category="communication",
    main_level="common_sense",
    levels=("common_sense", "groundedness", "planning"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-returns-excluded", "pol-returns-holiday-2025", "pol-returns-labels"),
)
