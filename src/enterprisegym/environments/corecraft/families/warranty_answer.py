"""A product is faulty: whether it is still covered, until when, who takes the claim, what to send, what is excluded."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import Plan, Worker, spoken
from enterprisegym.environments.corecraft.agents.steps import get_product, number_in, order_details, order_with
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording
from enterprisegym.environments.corecraft.families.filed import filed
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    Check,
    choice,
    criterion,
    day,
    either,
    near_miss,
    number,
    says,
    stable,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Criterion, NearMiss
from enterprisegym.world import Row

FAULTS = {
    "gpu": ("graphics card", "the picture breaks up into blocks after ten minutes of a game"),
    "cpu": ("processor", "the PC stops with machine check errors, on a second board as well"),
    "motherboard": ("motherboard", "the second memory channel is dead whatever sticks I put in"),
    "memory": ("memory kit", "the memory test reports errors on one of the sticks"),
    "storage": ("drive", "it drops off and the health tool calls it failing"),
    "psu": ("power supply", "it shuts off as soon as there is load on it"),
    "case": ("PC case", "the front USB sockets have gone dead"),
    "cooling": ("cooler", "it has stopped turning and the processor overheats"),
    "monitor": ("monitor", "there is a bright vertical line down the screen"),
    "keyboard": ("keyboard", "a whole row of keys no longer reacts"),
    "mouse": ("mouse", "the left button clicks twice for every press"),
    "headset": ("headset", "the left ear has gone silent"),
    "networking": ("network device", "it loses the link every few minutes"),
    "prebuilt": ("PC", "it no longer starts, no light, no fan"),
    "workstation": ("workstation", "it no longer starts, no light, no fan"),
    "accessory": ("accessory", "it simply does not work any more"),
}


@dataclass(frozen=True)
class Cause:
    """What the customer says about how it came; `why` words name the exclusion, none if it is no reason to refuse."""

    text: str
    why: tuple[str, ...] = ()
    told: str = ""


PLAIN = (
    Cause("nothing special happened, it was just used"), Cause("I can't think of anything that could have caused it"),
    Cause("no drops, no water, normal use"),
)  # fmt: skip
EXCLUDED = {
    "any": (
        Cause("I must admit that a glass of cola went over it the day before", ("liquid", "spill*", "cola"),
        "damage by liquid"),
        Cause("it fell off the table last week, to be honest", ("physical", "drop*", "fall", "fell", "fallen"),
        "physical damage such as a drop"),
    ),
    "gpu": (Cause("it has been mining day and night for months", ("mining",), "mining on a consumer card"),),
    "motherboard": (
        Cause("I bent a few socket pins when I put the processor in", ("pins", "installation"),
        "bad installation such as bent socket pins"),
    ),
    "cpu": (Cause("I had it overclocked quite hard until then", ("overclock*",), "overclocking damage"),),
}  # fmt: skip
ALLOWED = (
    Cause("by the way, the XMP/EXPO profile has been on the whole time, at the rated speed of the kit"),
    Cause("I ran the memory at its XMP/EXPO profile, no faster than the label says, if that matters"),
)
PROFILE = ("memory", "cpu", "motherboard")


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    for order in world.all("orders"):
        if order["status"] != "fulfilled":
            continue
        lines = [(line, world.product(line["product_id"])) for line in world.lines(order["id"])]
        for _, product in lines:
            found = _situation(world, order, product, [p for _, p in lines])
            if found is not None:
                yield found


def _situation(world: Records, order: Row, product: Row, sold: list[Row]) -> Situation | None:
    customer, category = world.customer(order["customer_id"]), product["category"]
    came = world.delivered_on(order, product["id"])
    if (
        category not in FAULTS
        or came is None
        or world.mark("duplicate_account", customer["id"])
        or world.returns(order["id"])
    ):
        return None
    if product["specs"].get("consumable") or customer["id"] in _doubles(world):
        return None
    placed = world.placed_on(order)
    alike = [
        x for o in world.orders_of(customer["id"]) for x in world.lines(o["id"]) if x["product_id"] == product["id"]
    ]
    month = [o for o in world.orders_of(customer["id"]) if f"{world.placed_on(o):%Y-%m}" == f"{placed:%Y-%m}"]
    twinned = world.mark("year_twin", order["id"]), world.mark("midnight_order", order["id"])
    by_month = any(twinned) or stable(order["id"], product["id"], "by", below=2) == 0
    if by_month and (len(month) != 1 or sum(p["category"] == category for p in sold) != 1):
        return None
    covered = _status(world, order, product).covered
    rare = (
        not covered or any(twinned) or world.mark("header_lag", order["id"]) or world.mark("namesake", customer["id"])
    )
    if (not by_month and len(alike) != 1) or (category == "accessory" and covered):
        return None
    if not rare and stable(order["id"], product["id"], "few", below=3):
        return None
    cause = _cause(order, product, covered)
    word, trouble = FAULTS[category]
    contact = world.contact(customer)
    if world.mark("namesake", customer["id"]):
        contact = {"zip": customer["addresses"][0]["postal_code"]}
    traps = (
        *world.traps_on(customer["id"], among=("contact_format", "namesake")),
        *world.traps_on(order["id"], among=("header_lag", *(("year_twin", "midnight_order") if by_month else ()))),
        *(() if by_month else world.traps_on(product["id"], among=("brand_spelling",))),
    )
    if {"contact_format", "brand_spelling"} <= set(traps):
        return None
    when = f"{placed:%B %Y}"
    thing = {"month": {"said": when, "meant": f"{placed:%Y-%m}"}, "thing": {"said": word, "meant": category}}
    return Situation(
        key={"customer": customer["id"], "order": order["id"], "product": product["id"]},
        given={
            **contact, "name": customer["name"], "first": customer["name"].split()[0], "trouble": trouble,
            "cause": cause.text,
            **(thing if by_month else {"product": world.called(product)}),
        },
        traps=traps,
        difficulty=2 + bool(cause.why) + bool(traps) + (not covered),
    )  # fmt: skip


def _doubles(world: Records) -> set[str]:
    old = {m["old_account"] for m in world.marks("duplicate_account")}
    return old | {m["namesake"] for m in world.marks("namesake")}


def _cause(order: Row, product: Row, covered: bool) -> Cause:
    lot = stable(order["id"], product["id"], "cause", below=60)
    if covered and lot < 18:
        choices = [*EXCLUDED["any"], *EXCLUDED.get(product["category"], ())]
        return choices[lot % len(choices)]
    if covered and lot < 36 and product["category"] in PROFILE:
        return ALLOWED[lot % 2]
    return PLAIN[lot % 3]


def _status(world: Records, order: Row, product: Row) -> rules.WarrantyStatus:
    policy = world.get("warranty_policies", product["warranty_policy_id"])
    return rules.warranty_status(order, world.shipments(order["id"]), product, policy, world.today)


COVERED = (
    "is covered", "still covered", "are covered", "under warranty", "in warranty", "within warranty",
    "within the warranty", "in its warranty",
    "covered until", "covered through", "covers it", "warranty covers", "warranty applies", "inside the warranty",
    "covered by", "in the warranty",
    "yes", "remains covered", "covered for", "warranty is still", "warranty still runs", "warranty runs", "has cover",
    "eligible", "is valid",
)  # fmt: skip
NOT_COVERED = (
    "not covered", "no longer covered", "out of warranty", "expired", "not under warranty", "ended", "not a warranty",
    "excluded", "does not cover",
    "no cover", "not cover", "falls outside", "ran out", "not eligible", "no warranty", "exclusion", "excludes",
    "no longer under", "is over",
    "cannot accept", "cannot take", "outside the warranty", "not fall under", "declined", "refuse", "voids",
    "not a valid", "has run out", "lapsed",
)  # fmt: skip
OVER = (
    "no longer covered",
    "out of warranty",
    "has expired",
    "warranty has ended",
    "is no longer under warranty",
    "warranty is over",
)
STILL = (
    "is still covered",
    "still covered",
    "still under warranty",
    "you are covered",
    "is covered by the warranty",
    "claim is accepted",
)
MAKER = ("manufacturer*", "the maker", "maker of")
OURS = (
    "we handle", "we take", "we will handle", "we will take", "handled by us", "handled by Corecraft", "through us",
    "with us", "claim with us",
    "Corecraft handles", "Corecraft takes", "Corecraft will", "Corecraft itself", "by Corecraft", "goes to Corecraft",
    "goes to us", "by us",
    "through Corecraft", "with Corecraft", "to Corecraft", "us directly", "via us", "via Corecraft", "our job",
    "is ours", "contact us", "ourselves",
    "we are the ones", "Corecraft is responsible", "we are responsible", "we process", "we would handle",
    "send it to us", "we look after", "we do",
)  # fmt: skip
PROOF = ("proof of purchase", "proof-of-purchase", "receipt", "invoice", "order confirmation")
SYMPTOMS = (
    "tried", "symptom*", "description", "describe*", "what happened", "photo*", "video*", "details", "what you did",
    "steps", "recording",
    "troubleshoot*", "order number",
)  # fmt: skip
INSTEAD = (
    "bench",
    "paid repair",
    "repair",
    "open box",
    "at your cost",
    "at your own cost",
    "discount*",
    "buy",
    "new one",
)


def _period(until: date, months: int, over: bool) -> str:
    return f"The warranty on it is {months} months and {'ended on' if over else 'runs until'} {spoken(until)}."


def _who(handled: str) -> str:
    if handled == "manufacturer":
        return (
            "As more than 30 days have passed since delivery, the manufacturer takes the claim: send them a "
            "description of the fault; "
            "we give you our proof of purchase for it."
        )
    return "The claim is handled by us: send us what happened and what you have tried, and we take it from there."


def _refusal(cause: Cause) -> str:
    return f"But {cause.told} is excluded, so this fault is not covered."


INSTEAD_TOLD = "What we can offer is a repair at our bench at your cost, or an open-box part."


def rubric(world: Records, s: Situation) -> Rubric:
    order, product = world.order(s.key["order"]), world.product(s.key["product"])
    status = _status(world, order, product)
    policy = world.get("warranty_policies", product["warranty_policy_id"])
    months, until = policy["months"], status.ends_on or world.today
    cause = _cause(order, product, status.covered)
    placed = world.placed_on(order)
    rows = [f"orders/{order['id']}", f"warranty_policies/{policy['id']}"]
    length: Check = number(months, ["month"], [m for m in (12, 24, 36, 60) if m != months])
    if months % 12 == 0:
        length = either(length, number(months // 12, ["year"]))
    wrong = (rules.add_months(placed, months), rules.add_months(until, -12), rules.add_months(until, 12))
    rivals = [r for r in wrong if r not in (placed, status.starts_on)]
    criteria: list[Criterion] = [
        criterion("until", "correctness", f"The response gives {spoken(until)} as the last day of the warranty.",
        day(until, rivals),
                  [*rows, *(f"shipments/{x['id']}.events" for x in world.shipments(order["id"]))]),
        criterion("length", "completeness", f"The response says that the warranty is {months} months long.", length,
        rows),
    ]  # fmt: skip
    misses: list[NearMiss] = [
        near_miss("from-the-order", "Counts from another day.", "until",
                  replace=[(spoken(until), spoken(until - timedelta(days=6)))]),
        near_miss("other-term", "Takes another product's term.", "length",
                  replace=[(f"is {months} months", f"is {months + 6} months")]),
    ]  # fmt: skip
    over = not status.covered
    if over or cause.why:
        told = "the warranty has ended" if over else f"{cause.told} is not covered"
        no = choice("no", {"no": NOT_COVERED, "yes": STILL})
        check: Check = no if over else {"check": "all_of", "checks": [no, says(cause.why)]}
        claim = "It is still covered, and the claim is handled by us."
        criteria.append(
            criterion(
                "covered",
                "correctness",
                f"The response says that {told}.",
                check,
                [*rows, "company_policies/pol-warranty-exclusions"],
            )
        )
        gone = (
            [("ended on", "counts to"), ("So it is no longer covered.", claim)] if over else [(_refusal(cause), claim)]
        )
        misses.append(near_miss("accepts-it", "Accepts the claim.", "covered", replace=gone))
        criteria.append(
            criterion("instead", "completeness", "The response offers a way out, such as a paid repair at the bench.",
                      says(INSTEAD), ["company_policies/pol-warranty-exclusions"])
        )  # fmt: skip
        misses.append(
            near_miss(
                "plain-no", "Refuses and offers nothing.", "instead", replace=[(INSTEAD_TOLD, "That is all I can say.")]
            )
        )
    else:
        maker = status.handled_by == "manufacturer"
        criteria += [
            criterion("covered", "correctness", "The response says that it is covered.", choice("yes",
            {"yes": COVERED, "no": OVER}), rows),
            criterion("who", "correctness",
                      "The response says that the manufacturer takes the claim."
                      if maker else "The response says that Corecraft takes the claim.",
                      says(MAKER) if maker else says(OURS), [*rows, "company_policies/pol-warranty-claims"]),
            criterion("send", "completeness",
                      "The response mentions the proof of purchase."
                      if maker else "The response says what to send: what happened, what was tried.",
                      says(PROOF if maker else SYMPTOMS), ["company_policies/pol-warranty-claims"]),
        ]  # fmt: skip
        swapped = "The claim is handled by us, send us your proof of purchase." if maker else (
            "The manufacturer takes the claim: send them what happened and what you have tried."
        )  # fmt: skip
        misses += [
            near_miss("too-strict", "Refuses a claim that is good.", "covered",
                      replace=[("It is covered. ", "It is no longer covered. ")]),
            near_miss("wrong-hands", "Sends it to the wrong place.", "who",
                      replace=[(_who(status.handled_by or ""), swapped)]),
            near_miss("sends-nothing", "Does not say what to send.", "send",
                      replace=[(_who(status.handled_by or ""), "The manufacturer takes the claim."
                      if maker else "The claim is handled by us.")]),
        ]  # fmt: skip
    return Rubric(criteria=criteria, near_misses=misses)


def solve(a: Worker, given: Given) -> Plan:
    if "zip" in given:
        rows = yield from a.all("searchCustomers", name=given["name"])
        customer = a.pick(rows, postal_code=given["zip"])
    else:
        customer = yield from a.contact(given.get("email"), given.get("phone"))
    if "product" in given:
        product = yield from a.product(given["product"])
        orders = yield from a.all("searchOrders", customer_id=customer["id"], product_id=product["id"])
        order = a.pick(orders, product_id=product["id"])
    else:
        orders = yield from a.dated("searchOrders", given["month"], customer_id=customer["id"])
        order, _, product = yield from order_with(a, orders, given["thing"])
    details = yield from order_details(a, order["id"])
    product = yield from get_product(a, product["id"])
    came = next((a.delivered_on(p) for p in details["shipments"] if product["id"] in str(p["contents"])), None)
    start = date.fromisoformat(came or a.day(order["created_at"]))
    yield from a.policy("warranty", "delivery", title="Warranty period")
    exclusions = yield from a.policy("warranty", "liquid", title="What the warranty does not cover")
    claims = yield from a.policy("warranty", "claim", title="Handling a warranty claim")
    terms = (yield from a.call("searchPolicies", policy_id=product["warranty_policy_id"]))["policies"][0]
    until = rules.add_months(start, terms["months"])
    over = until < a.clock.today
    lines = [f"about the {product['name']} of order {order['id']}, which came on {spoken(start)}:"]
    causes = [c for group in EXCLUDED.values() for c in group if c.text == given["cause"]]
    if over:
        lines += [f"{_period(until, terms['months'], True)} So it is no longer covered. {INSTEAD_TOLD}"]
    elif causes and "liquid" in exclusions["body"]:
        lines += [f"{_period(until, terms['months'], False)} {_refusal(causes[0])} {INSTEAD_TOLD}"]
    else:
        ours = start + timedelta(days=number_in(r"\*\*day (\d+) from delivery", claims))
        maker = terms["claim_via"] == "manufacturer" and a.clock.today > ours
        profile = (
            " A profile up to the kit's rated speed is allowed and does no harm to the claim."
            if "EXPO" in given["cause"]
            else ""
        )
        lines += [
            f"It is covered. {_period(until, terms['months'], False)}{profile}",
            _who("manufacturer" if maker else "corecraft"),
        ]
    return f"Hi {customer['name'].split()[0]},\n\n" + "\n\n".join(lines) + "\n\nCorecraft support"


def _named(given: Given) -> str:
    """What is faulty, as the customer calls it."""
    return given["product"] if "product" in given else given["thing"]["said"]


def _is(form: str, *by: str) -> Callable[[Given], bool]:
    return lambda given: form in given and any(b in given for b in by)


WORDINGS = (
    Wording(
        "mail, by name",
        "From: {name} <{email}>\nSubject: [warranty on a {product}|{product} broken]\n\nHello,\n\n[sad news|bad "
        "luck] with my {product}: {trouble}. As to the cause, "
        "{cause}.\n\nIs that still a warranty case? How many months does it run for, and which is the last day? Do "
        "you deal with the claim or the "
        "manufacturer, and what would have to be sent? If it's no, what else can I do?\n\n{first}",
        fits=_is("product", "email"),
    ),
    Wording(
        "terse, by name",
        "{product} faulty: {trouble}. ({cause}.) Covered y/n, term in months, last day, claim via whom, what to send "
        "in? [Plan B if not?|And if not?] {name}, {email}",
        fits=_is("product", "email"),
    ),
    Wording(
        "colleague, by name",
        "{name}, {email}, reports on a {product}: \"{trouble}\". When asked how it came about they said: "
        "\"{cause}\". Draft the warranty answer, that is: accept or refuse "
        "and why, length of the term in months with its final day, whose claim it is (ours or the manufacturer's) "
        "and what's needed from them, or "
        "else what we offer instead.",
        mode="copilot",
        fits=_is("product", "email"),
    ),
    Wording(
        "chat, by name",
        "[hi|yo] {name} here {email}, so my {product} died on me i think. {trouble}. n before u ask: {cause}\nis it "
        "on warranty? how many months n til what date exactly? u guys "
        "or the maker, what do i send.. or if u say no whats the alternative",
        fits=_is("product", "email"),
    ),
    Wording(
        "phone note, by name",
        "Callback wanted: {name}, {phone}. Their {product} has a fault, {trouble}. \"{cause}\" (their words). I must "
        "tell them whether we accept it under warranty, how long the "
        "warranty is in months and when it's over, who has to be approached for it with what papers, and, should the "
        "answer be no, the next best thing.",
        mode="copilot",
        fits=_is("product", "phone"),
    ),
    Wording(
        "zip, by name",
        "Dear support,\n\n[I hope this reaches the right desk.|Please forward if you're the wrong desk.] My name is "
        "{name}, zip {zip}. The trouble is with my {product}, where "
        "{trouble}. How it started I can describe in one sentence: {cause}.\n\nMay I claim the warranty? I should "
        "like its length in months, the date on which it lapses, the "
        "party that settles it, what I must supply, and failing all that your best suggestion.\n\nYours\n{name}",
        fits=_is("product", "zip"),
    ),
    Wording(
        "mail, by month",
        "From: {name} <{email}>\nSubject: claim?\n\nGood morning,\n\nthe {thing} from my order of {month} is giving "
        "up, to be precise: {trouble}. For the record, {cause}. [I don't have "
        "the invoice at hand.|The paperwork is in a box somewhere.]\n\nWould you please confirm if it's covered, "
        "what the term is in months and until which date that goes, whether I "
        "turn to you or to whoever made it, and which things I should send along? Otherwise tell me what "
        "remains.\n\n{first}",
        fits=_is("month", "email"),
    ),
    Wording(
        "angry, by month",
        "So much for quality. I buy a {thing} in {month} and already {trouble}! And {cause}, so don't even start. "
        "Now: warranty or no warranty? How many months, ending on which day, "
        "who is in charge of it, you or the factory, what am I to hand in, and what do you offer me if you weasel "
        "out? {name}, {email}",
        fits=_is("month", "email"),
    ),
    Wording(
        "colleague, by month",
        "Can you check one for me: {name} ({email}), {thing} from the {month} order, now {trouble}. They add: "
        "\"{cause}\". [Needs|I need] a yes or no on the warranty with the reason, the "
        "term in months plus expiry date, the addressee of the claim and what goes with it. If no, the alternative.",
        mode="copilot",
        fits=_is("month", "email"),
    ),
    Wording(
        "phone, by month",
        "Hello, {name} speaking, you have me under {phone}. In {month} I got a {thing} from you and {trouble}. You "
        "will want to know why: {cause}. Tell me, do I have a guarantee "
        "on this still, for how many months altogether and up to what day? Do I bring it to you or to the "
        "manufacturer, and what must be enclosed? And supposing not, what then?",
        fits=_is("month", "phone"),
    ),
    Wording(
        "zip, by month",
        "[Writing from my phone, so short.|Short one.] {name}, postal code {zip}. {thing} bought {month}. {trouble}. "
        "{cause}. Still covered? Months? Final date? You or maker? What to provide? "
        "If refused, what instead?",
        fits=_is("month", "zip"),
    ),
)  # fmt: skip

FAMILY = filed(
    Family(
        name="warranty-answer",
        title="Is it still covered, until when, who takes the claim, and which causes are excluded",
        category="communication",
        main_level="adaptability",
        levels=("adaptability", "groundedness", "tool_use"),
        wordings=WORDINGS,
        find=find,
        rubric=rubric,
        solve=solve,
        rests_on=("pol-warranty-term", "pol-warranty-claims", "pol-warranty-exclusions"),
    ),
    "warranty",
    ("information_provided", "request_denied", "troubleshooting_steps", "recommendation_provided"),
    lambda given: f"Warranty of a {_named(given)}",
)
