"""Who may approve the refund of an order: the colleague who asks, their manager, everybody of a department."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import identified, order_details, order_of
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    amount,
    call,
    criterion,
    known_by,
    near_miss,
    says,
    single_accounts,
    thing,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row

TRAPS = ("contact_format", "namesake", "page_cut", "failed_attempts", "stray_note", "brand_spelling")
A_BAND = 26
BANDS = (
    (0, 15000),
    (15000, 25000),
    (25000, 75000),
    (75000, 100000),
    (100000, 200000),
    (200000, 250000),
    (250000, 10**9),
)
DEPARTMENTS = {
    "support": "support",
    "finance": "finance",
    "returns": "the returns department",
    "fulfilment": "fulfilment",
    "technical_bench": "the technical bench",
    "": "the whole company",
}
ASKED_OFTEN = ("support", "support", "support", "finance", "returns", "", "", "fulfilment", "technical_bench")
ASKERS = (
    "emp-amara-nwosu", "emp-caleb-stoddard", "emp-felix-baumgard", "emp-keisha-langford", "emp-rosa-villanueva",
    "emp-dmitri-sokolsky", "emp-ines-carvalho", "emp-jonah-whitfield", "emp-mei-lin-tsao", "emp-priya-raghunathan",
    "emp-dana-kessler", "emp-marcus-oyelaran", "emp-omar-siddiqui", "emp-sanjit-bhalla", "emp-chloe-beaumont",
)  # fmt: skip
MAY = [
    *(f"{may} ... {verb}" for may in ("may", "can", "could", "are allowed to", "are entitled to", "are authorised to", "able to")
      for verb in ("approve", "sign", "release", "decide", "do", "authorise", "authorize", "handle")),
    "yes", "within your", "is covered", "covers", "enough", "below your limit", "under your limit", "sufficient", "good for",
    "inside your", "well within", "is in your", "lies in your", "fits",
]  # fmt: skip
MAY_NOT = [
    "may not", "can not", "could not", "not allowed", "above", "exceed*", "over your", "more than your", "beyond", "too high",
    "not enough", "not sufficient", "not cover*", "not reach", "not alone", "not authorised", "not authorized", "not ... approve",
    "not yourself", "not hold", "no permission", "not permitted", "not within", "not by yourself", "not able", "stops at",
    "not have", "lack*", "without ... permission", "not entitled", "neither", "out of reach", "not high enough",
    "short of", "falls short", "insufficient", "not in your",
]  # fmt: skip
NO_RIGHT = [
    "no permission", "not ... permission", "not approve any*", "not approve refunds", "lack*", "no approve_refund", "no authority",
    "not ... approve_refund", "without ... permission", "no approval right*", "no refund permission", "no limit of your own",
    "not hold", "no right*", "approve nothing", "not ... refunds at all", "not have ... right", "not ... authority", "no refunds",
    "not have approve", "zero", "not ... rights", "not ... refund approval", "no ... rights", "no approval", "not ... approval",
]  # fmt: skip
NOBODY = [
    "nobody",
    "no one",
    "no-one",
    "none",
    "not a single",
    "no person",
    "no colleague",
    "not anyone",
    "no employee*",
]
SHORT = [
    "not reach", "below", "too low", "not enough", "less than", "only up to", "not high enough", "insufficient", "may not",
    "can not", "not allowed", "falls short", "fall short", "stops at", "stop at", "too little", "not permitted", "not hold",
    "no permission", "not sufficient", "exceeds", "not cover", "excluded", "out", "not able", "without the permission",
]  # fmt: skip


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    bands: dict[int, list[tuple[Row, Row, Row]]] = {}
    for customer in single_accounts(world):
        orders = world.orders_of(customer["id"])
        bought = [line["product_id"] for o in orders for line in world.lines(o["id"])]
        for order in orders:
            main = max(world.lines(order["id"]), key=lambda line: (line["unit_price_cents"], line["id"]))
            left = _left(world, order)
            if left and bought.count(main["product_id"]) == 1 and len(_taken(world, order)) == 1:
                band = next(n for n, (low, high) in enumerate(BANDS) if low < left <= high)
                bands.setdefault(band, []).append((customer, order, world.product(main["product_id"])))
    for _, cases in sorted(bands.items()):
        rng.shuffle(cases)
        marked = [c for c in cases if world.traps_on(c[0]["id"], c[1]["id"], among=TRAPS[:5])]
        plain = [c for c in cases if c not in marked]
        for customer, order, product in [*marked[: A_BAND // 3], *plain][:A_BAND]:
            yield _situation(world, rng, customer, order, product)


def _situation(world: Records, rng: random.Random, customer: Row, order: Row, product: Row) -> Situation:
    department, asker = rng.choice(ASKED_OFTEN), world.get("employees", rng.choice(ASKERS))
    payments = [p["id"] for p in world.payments(order["id"])]
    traps = world.traps_on(customer["id"], order["id"], product["id"], *payments, among=TRAPS)
    theirs = ("contact_format", "namesake", "brand_spelling")
    traps = tuple(t for t in traps if t in theirs or world.mark(t, order["id"]))
    traps = tuple(
        t for t in traps if (t != "page_cut" or department) and (t != "stray_note" or "efund" in order["note"])
    )
    former = world.former_policy("pol-refund-authority") and _old_limits_differ(asker, _left(world, order))
    return Situation(
        key={"order": order["id"], "asker": asker["id"], "department": department or "all"},
        given={
            **known_by(world, customer, rng),
            "product": world.called(product),
            "month": f"{world.placed_on(order):%B %Y}",
            "asker": asker["name"],
            "department": said(DEPARTMENTS[department], department),
        },
        traps=(*traps, *(("superseded_policy",) if former else ())),
        difficulty=min(5, 2 + (not department) + (_left(world, order) < order["total_cents"]) + len(traps)),
    )


def _old_limits_differ(asker: Row, left: int) -> bool:
    """Whether going by the limits of 2024 changes an answer: the asker's own limit, or who may approve."""
    own = "approve_refund" in asker["permissions"]
    return own or any(old < left <= new for old, new in ((15000, 25000), (75000, 100000), (200000, 250000)))


def _taken(world: Records, order: Row) -> list[Row]:
    return [p for p in world.payments(order["id"]) if p["status"] in rules.CAPTURED]


def _left(world: Records, order: Row) -> int:
    """What may still be refunded on an order; 0 while anything about it is undecided."""
    refunds = world.refunds(order["id"])
    if order["status"] == "cancelled" or any(
        p["status"] in ("disputed", "pending") for p in world.payments(order["id"])
    ):
        return 0
    return sum(rules.refundable_cents(p, refunds) for p in world.payments(order["id"]))


def _approvers(world: Records, department: str, left: int) -> list[Row]:
    people = [
        e for e in world.all("employees") if department in (e["department"], "all") and e["id"] != rules.DESK_AGENT_ID
    ]
    return [e for e in people if rules.staff_may_approve(e, left)]


def rubric(world: Records, s: Situation) -> Rubric:
    order, department = world.order(s.key["order"]), s.key["department"]
    left = _left(world, order)
    asker = world.get("employees", s.key["asker"])
    manager = world.get("employees", asker["manager_id"])
    able = _approvers(world, department, left)
    known = (rules.DESK_AGENT_ID, asker["id"], manager["id"])
    others = [e for e in world.all("employees") if e not in able and e["id"] not in known]
    others = [e for e in others if "approve_refund" in e["permissions"]] or others[:1]
    may = rules.staff_may_approve(asker, left)
    boss = manager["name"]
    holds = "approve_refund" in asker["permissions"]
    limit = rules.STAFF_LIMITS_CENTS[asker["support_role"]] if holds else None
    place = DEPARTMENTS["" if department == "all" else department]
    evidence = [f"employees/{e['id']}" for e in able] or [f"employees/{manager['id']}"]
    you = ["you", "your", "yourself", asker["name"], asker["name"].split()[0]]
    policy = "company_policies/pol-refund-authority"
    extra = _person(others[0])
    names = _names(able)
    everything = sum(p["amount_cents"] for p in world.payments(order["id"]))
    own_limit = criterion(
        "limit",
        "correctness",
        f"The response says that {asker['name']}'s limit is {usd(limit or 0)}.",
        amount(limit or 1, near=["limit", "up to", *you]),
        [f"employees/{asker['id']}", policy],
    )
    other_limit = near_miss("wrong-limit", "Names another limit.", "limit",
                            replace=[(_limit(limit), _limit((limit or 0) + 5000))])  # fmt: skip
    return Rubric(
        criteria=[
            *([own_limit] if limit else []),
            criterion(
                "left-to-refund",
                "correctness",
                f"The response says that {usd(left)} can still be refunded on the order.",
                amount(left, (everything, everything - order["total_cents"] + left)),
                [f"orders/{order['id']}", *(f"payments/{p['id']}" for p in world.payments(order["id"]))],
            ),
            criterion(
                "asker",
                "correctness",
                f"The response says that {asker['name']} "
                + ("may" if may else "may not") + " approve a refund of that amount alone.",
                says(MAY if may else MAY_NOT, near=you) if holds else says(NO_RIGHT),
                [f"employees/{asker['id']}", policy],
            ),
            criterion(
                "manager",
                "completeness",
                f"The response says that {asker['name']}'s manager is {manager['name']}.",
                says(
                    [f"{word} ... {boss}" for word in ("manager", "boss", "report*", "superior", "supervisor")]
                    + [f"{boss} ... {word}" for word in ("your manager", "your boss", "your superior", "your line manager")]
                ),
                [f"employees/{asker['id']}.manager_id", f"employees/{manager['id']}"],
            ),
            criterion(
                "approvers",
                "correctness",
                f"The response names the people of {place} who may approve that refund alone: "
                f"{', '.join(e['name'] for e in able)}; and nobody else."
                if able
                else f"The response says that nobody of {place} may approve it.",
                {
                    "check": "entities",
                    "members": [_named(e) for e in able],
                    "universe": [_named(e) for e in others],
                    "denied_by": SHORT,
                }
                if able
                else says(NOBODY),
                [*evidence, policy],
            ),
            criterion(
                "nothing-booked",
                "constraint",
                "The question is answered and nothing is changed.",
                {"check": "unchanged", "with": dict(says([boss]))},
                [policy],
            ),
        ],
        near_misses=[
            near_miss("whole-total", "Takes another amount for what is left.", "left-to-refund",
                      replace=[(_sum(left), _sum(left + 1700))]),
            near_miss("wrong-word-on-asker", "Says the opposite about the colleague who asks.", "asker",
                      replace=[(_verdict(may, limit), _verdict(not may, limit or 1))]
                      if limit else [(f"As things stand, {_limit(limit)}. {_verdict(may, limit)}", _verdict(True, 1))]),
            *([other_limit] if limit else []),
            near_miss("no-manager", "Does not say who the manager is.", "manager",
                      replace=[(_manager(manager), f"Please ask {boss} where you belong")]),
            near_miss("one-too-many", "Names somebody who may not.", "approvers", replace=[(names, names + extra)])
            if able else
            near_miss("somebody-after-all", "Names somebody although nobody may.", "approvers", replace=[(names, extra)]),
            near_miss("books-it", "Makes the refund.", "nothing-booked",
                      add=[call("createRefund", payment_id=_taken(world, order)[0]["id"], amount=1.0, reason="other")]),
        ],
    )  # fmt: skip


def _named(person: Row) -> dict[str, Any]:
    return thing(person["id"], person["name"])


def _person(person: Row) -> str:
    return f"\n- {person['name']}, {person['title']}"


def _names(people: Sequence[Row]) -> str:
    return "".join(_person(p) for p in people) or "Nobody there holds the permission with a limit that high."


def _sum(left: int) -> str:
    return f"{usd(left)} is what could still be refunded"


def _verdict(may: bool, limit: int | None) -> str:
    if may:
        return "That is fine for you to sign, you may approve it alone."
    return "You may not approve it alone." if limit else "So this one is not yours to sign."


def _limit(limit: int | None) -> str:
    return f"your limit is {usd(limit)} a refund" if limit else "you do not hold the permission to approve refunds"


def _manager(person: Row) -> str:
    return f"Your manager is {person['name']}"


def solve(a: Worker, given: Given) -> Plan:
    policy = yield from a.policy("refund", "approve limit", title="Who may approve")
    limits: Mapping[str, int | None] = {
        role.lower(): None if limit == "no limit" else cents(float(limit.lstrip("$").replace(",", "")))
        for role, limit in re.findall(r"\|\s*(\w+)\s*\|\s*(\$[\d,.]+|no limit)\s*\|", policy["body"])
    }
    customer = yield from identified(a, given)
    product = yield from a.product(given["product"])
    order = yield from order_of(a, customer, product)
    details = yield from order_details(a, order["id"])
    refunds = [r for p in details["payments"] for r in p["refunds"] if r["status"] in rules.LIVE_REFUND]
    given_back = sum(cents(r["amount"]) for r in refunds)
    left = a.captured(details["payments"]) - a.noted(order, "refund", cents(order["total"]), given_back)
    asker = a.pick((yield from a.all("searchEmployees", name=given["asker"])))
    manager = a.pick((yield from a.all("searchEmployees", employee_id=asker["manager_id"])))
    staff = yield from a.all("searchEmployees", has_permission="approve_refund", department=given["department"] or None)

    def able(person: Row) -> bool:
        limit = limits.get(person["support_role"], 0)
        return "approve_refund" in person["permissions"] and (limit is None or left <= limit)

    people = [p for p in staff if able(p) and p["id"] != rules.DESK_AGENT_ID]
    holds = "approve_refund" in asker["permissions"]
    limit = limits[asker["support_role"]] if holds else None
    place = DEPARTMENTS[given["department"]]
    return (
        f"Order {order['id']} of {spoken(a.day(order['created_at']))}: {_sum(left)}.\n\n"
        f"As things stand, {_limit(limit)}. {_verdict(able(asker), limit)} {_manager(manager)} ({manager['title']}).\n\n"
        f"Who may approve that sum alone in {place}?\n{_names(people)}\n\nNothing is booked."
    )


WORDINGS = (
    Wording(
        "chat between colleagues",
        "{asker} here. [Got a loud one:|Loud customer:] {name}, {email}, wants the complete order with the {product} "
        "({month}) refunded. If we did it, how much is left to give back on that order? Could I sign that by myself, what's "
        "my limit, who's my manager, and who in {department} may sign a sum like that? names of all pls. just asking, [dont "
        "book anything|no booking]",
        mode="copilot",
        fits=lambda given: "email" in given,
    ),
    Wording(
        "e-mail to the desk",
        "From: {asker}\nSubject: [Authority question|Who signs this?]\n\nHi desk,\n\nthe customer {name} ({email}) has asked to "
        "be repaid everything on the {month} order with the {product}. Whether we do is another matter and [nothing should be "
        "entered|no refund is to be entered] now. For the file I need the amount still refundable there, whether it is "
        "within my own authority and what that authority is, the name of my manager, and everyone in {department} who could "
        "approve the amount single-handedly.\n\nThank you\n{asker}",
        fits=lambda given: "email" in given,
    ),
    Wording(
        "phone, caller waiting",
        "[Quick please, caller waiting.|I've a caller on the other line.] {name}, phone {phone}, {month}, order with the "
        "{product}. They want all their money back and then \"somebody who can decide\". Max. still refundable on that order? "
        "Enough authority on my side ({asker}), up to what? My boss's name? And list who in {department} may decide a refund "
        "that size on their own. No entries in the system.",
        mode="copilot",
        fits=lambda given: "phone" in given,
    ),
    Wording(
        "rambling",
        "So {name} rang again from {phone}, lovely person really, about the {product} and the rest of that {month} order, and "
        "asked straight out who in this company is allowed to give all of it back, which made me realise I [couldn't say|had no "
        "idea]. I'm {asker}, by the way, new laptop. What is there left to give back on it? Am I allowed to approve that alone, "
        "and up to how much am I anyway? Who is it I report to, on paper? And who are all the people in {department} that may "
        "approve such a sum alone? Don't pay out anything, this is me learning.",
        fits=lambda given: "phone" in given,
    ),
    Wording(
        "terse",
        "{asker}. Customer {name}, ZIP {zip}. Order {month}, {product}. Q: 1) still refundable, total 2) am I good for that "
        "alone, my limit 3) my manager 4) all in {department} good for it alone. [Info only|Read-only].",
        mode="copilot",
        fits=lambda given: "zip" in given,
    ),
    Wording(
        "handover before leave",
        "Before I go on leave: the case of {name} (postal code {zip}) may blow up, the order from {month} with the {product}. "
        "Please leave me a note, addressed to {asker}, with what can still be refunded on it in full, if I could have approved "
        "that alone and how far I may go, who my manager is, and which people in {department} may approve the sum by "
        "themselves, [so my stand-in knows where to go|for my stand-in]. Please change nothing on the order.",
        fits=lambda given: "zip" in given,
    ),
    Wording(
        "non-native",
        "Hello, I am {asker}. Customer {name} ({email}) demands to give back the money of the entire order of {month} where is "
        "{product} inside. I don't know the rules so good yet. What sum is still possible to refund there? Have I alone the "
        "right for this sum, and what is the limit of me? Who is my manager? Please tell also all persons from {department} "
        "who have alone the right. You [should not|must not] do the refund, I only want to know. Thanks!",
        mode="copilot",
        fits=lambda given: "email" in given,
    ),
    Wording(
        "audit",
        "Sample for the [authority audit|control of approvals]: customer {name}, {email}, order of {month} containing the "
        "{product}. State what remains refundable on the order; whether {asker}, that is me, may release that amount alone, "
        "with my limit; my line manager; and the complete list of persons in {department} entitled to release it alone. "
        "Documentation only, no record may change.",
        fits=lambda given: "email" in given,
    ),
)  # fmt: skip

FAMILY = Family(
    name="who-may-decide",
    title="Who may approve the refund of an order: the asker, their manager, everybody of a department",
    category="retrieval",
    main_level="adaptability",
    levels=("adaptability", "groundedness", "tool_use"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
)
