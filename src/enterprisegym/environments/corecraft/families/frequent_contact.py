"""Somebody writes again: is it the fourth ticket in 30 days, which goes to the support lead, or not yet?"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Worker
from enterprisegym.environments.corecraft.agents.steps import identified, order_details, scan_text, scanned
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    CARRIERS,
    Staged,
    call,
    calm,
    choice,
    criterion,
    esc_added,
    handled,
    incoming_ticket,
    left_alone,
    mentions,
    near_miss,
    newest_scan,
    number,
    presented,
    readable,
    says,
    scan_criterion,
    single_accounts,
    stable,
    told_apart,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Edit
from enterprisegym.world import Row

TRAPS = ("contact_format", "namesake", "planted_instruction", "brand_spelling")
COUNT = 90
SINCE = date(2025, 9, 25)
INSIDE = ("2025-11-13T15:20", "2025-11-10T18:45", "2025-11-06T14:05", "2025-10-30T20:10", "2025-10-24T13:30",
          "2025-10-16T15:40", "2025-11-12T21:15", "2025-11-08T16:25", "2025-11-03T19:50", "2025-10-27T17:35",
          "2025-10-21T14:55", "2025-10-18T22:05")  # fmt: skip
OUTSIDE = ("2025-10-16T02:20", "2025-10-11T17:45", "2025-10-02T14:30", "2025-09-24T19:05")
"""Hours of earlier tickets, in UTC; the first of those outside is October 15 in Columbus, 31 days ago."""
TEXTS = (
    ("order_issue", "{product}: question", "Could you tell me whether the {product} comes with its own screws? The page "
                                           "doesn't say and I would like to have everything here before I start."),
    ("billing", "invoice", "I still need an invoice with my name on it for the {product}, the PDF has the old one."),
    ("shipping", "{product}", "Any news on the {product}? I looked at the order page and I'm none the wiser."),
    ("shipping", "still waiting for an answer", "I asked about my {product} and nobody has written back. Please do."),
    ("account", "newsletter", "Please stop sending me the newsletter, I only want mail about my orders."),
    ("order_issue", "order confirmation", "The confirmation for the {product} never reached me, could you mail it again?"),
    ("recommendation", "what goes with it", "Which cable would you take together with the {product}? Nothing expensive."),
    ("account", "my login", "The site logged me out again and the reset mail takes an hour. Is that normal?"),
)  # fmt: skip
LEAD = "Our support lead looks at the whole picture of your tickets now and will write to you."


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    mine = {c["id"]: c for c in single_accounts(world)}
    mine |= {m["id"]: world.customer(m["id"]) for m in world.marks("namesake")}
    first = {m["customer_id"] for trap in ("header_lag", "planted_instruction") for m in world.marks(trap)}
    first |= {m["id"] for trap in ("contact_format", "namesake") for m in world.marks(trap)}
    preferred = [mine[id] for id in sorted(first) if id in mine]
    found = 0
    for customer in [*preferred, *shuffled(rng, [c for c in mine.values() if c["id"] not in first])]:
        order = _order(world, customer)
        if order is None or found >= COUNT:
            continue
        if situation := _situation(world, rng, customer, order):
            found += 1
            yield situation


def _order(world: Records, customer: Row) -> Row | None:
    """The newest order with a single parcel under way or delivered this autumn, whose lead product was bought once."""
    lagging = {m["order_id"] for m in world.marks("header_lag")}
    orders = sorted(world.orders_of(customer["id"]), key=lambda o: o["id"] not in lagging)
    for order in orders:
        parcels = world.shipments(order["id"])
        if order["status"] != "fulfilled" or len(parcels) != 1 or rules.lost_since(parcels[0], world.today):
            continue
        if rules.parcel_status(parcels[0]) not in ("in_transit", "delivered") or newest_scan(parcels[0])[0] < SINCE:
            continue
        product = _lead(world, order)
        bought = [
            x for o in world.orders_of(customer["id"]) for x in world.lines(o["id"]) if x["product_id"] == product["id"]
        ]
        if (
            len(bought) == 1
            and told_apart(world, customer, product)
            and all(calm(t) for t in world.tickets_of(customer["id"]))
        ):
            return order
    return None


def _lead(world: Records, order: Row) -> Row:
    line = max(world.lines(order["id"]), key=lambda x: (x["unit_price_cents"], x["id"]))
    return world.product(line["product_id"])


def _recent(world: Records, customer_id: str) -> list[Row]:
    """A customer's tickets of the last 30 days, newest first."""
    since = world.today - timedelta(days=rules.FREQUENT_DAYS)
    return [t for t in world.tickets_of(customer_id) if rules.company_day(t["created_at"]) >= since]


def _situation(world: Records, rng: random.Random, customer: Row, order: Row) -> Situation | None:
    product = _lead(world, order)
    told = presented(world, customer, rng)
    asked = "colleague" if stable(customer["id"], "asked", below=3) == 0 else "customer"
    wanted = (2, 3, 3, 4, 4, 5, 6, 13)[stable(customer["id"], order["id"], below=8)]
    there = len(_recent(world, customer["id"]))
    body = (
        f"It's me again. Where is my {world.called(product)} of {world.placed_on(order):%B}, who carries it and where was it "
        f"seen last, or when was it delivered? I have stopped counting how often I wrote. {customer['name']}"
    )
    newest = incoming_ticket(
        900 + stable(customer["id"], "again", below=100), customer["id"], "me again", body, "shipping", order["id"]
    )
    planted = [newest]
    older = 0 if wanted > 12 else 1 + stable(customer["id"], "old", below=3)
    planted += [_earlier(world, customer, order, INSIDE[n], n) for n in range(max(0, wanted - there - 1))]
    planted += [_earlier(world, customer, order, OUTSIDE[n], 20 + n) for n in range(older)]
    among = (*TRAPS, "header_lag") if world.mark("header_lag", order["id"]) else TRAPS
    count = there + 1 + max(0, wanted - there - 1)
    if _recent(Staged(world, planted), customer["id"])[0]["subject"] != "me again":
        return None
    return Situation(
        key={"customer": customer["id"], "order": order["id"], "asked": asked},
        given={
            **told,
            **({"window": "the last 30 days"} if asked == "colleague" else {}),
            "product": world.called(product),
            "month": said(f"{world.placed_on(order):%B %Y}", f"{world.placed_on(order):%Y-%m}"),
        },
        traps=world.traps_on(customer["id"], order["id"], product["id"], among=among),
        difficulty=2 + (count >= rules.FREQUENT_TICKETS) + (count > 10),
        mode="copilot" if asked == "colleague" else "autonomous",
        setup=tuple(planted),
    )


def _earlier(world: Records, customer: Row, order: Row, at: str, number: int) -> Edit:
    """A ticket of an earlier day: open with somebody, or closed as it came to nothing."""
    turn = stable(customer["id"], str(number), below=97)
    kind, subject, text = TEXTS[(turn + number) % len(TEXTS)]
    product = world.called(_lead(world, order))
    minute = f"{at}:{turn % 60:02d}Z"
    on = rules.company_day(minute)
    state = ("open", "closed", "pending_customer")[turn % 3] if on.month == 11 else "closed"
    first = customer["name"].split()[0]
    return Edit(table="tickets", insert={
        "id": f"tick-{on:%y%m%d}-{900 + (turn + 7 * number) % 100}", "customer_id": customer["id"],
        "order_id": None if kind == "account" else order["id"], "build_id": None, "ticket_type": kind,
        "channel": ("email", "web", "chat")[turn % 3], "priority": "normal", "status": state,
        "subject": subject.format(product=product), "body": f"{text.format(product=product)} {first}",
        "assigned_employee_id": ("emp-amara-nwosu", "emp-caleb-stoddard", "emp-keisha-langford")[turn % 3],
        "resolution_id": None, "first_response_at": minute, "created_at": minute, "updated_at": minute,
    })  # fmt: skip


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    recent = _recent(staged, s.key["customer"])
    newest = next(t for t in recent if t["subject"] == "me again")
    parcel = world.shipments(s.key["order"])[0]
    where = scan_text(*newest_scan(parcel))
    carrier = CARRIERS[parcel["carrier"]][0]
    frequent = len(recent) >= rules.FREQUENT_TICKETS
    waiting = [t["id"] for t in staged.tickets_of(s.key["customer"]) if t["status"] not in ("resolved", "closed")]
    criteria = [
        scan_criterion(parcel),
        criterion("carrier", "correctness", f"The response names {carrier} as the carrier.",
                  choice(parcel["carrier"], CARRIERS), [f"shipments/{parcel['id']}.carrier"]),
    ]  # fmt: skip
    misses = [
        near_miss("no-parcel", "Does not say where the parcel is.", "where", replace=[(where, "")]),
        near_miss("no-carrier", "Does not name the carrier.", "carrier", replace=[(f" with {carrier}", "")]),
    ]
    if frequent:
        escalated = esc_added(newest["id"], "policy_exception", "support_lead", *(t["id"] for t in recent))
        others: list[Any] = [
            {"table": "tickets", "id": id, "set": {"priority": "high"}} for id in waiting if id != newest["id"]
        ]
        criteria.append(criterion(
            "to-the-lead", "correctness",
            f"{newest['id']} has priority high and is escalated to support_lead as policy_exception with the ids of all "
            f"{len(recent)} tickets of the last 30 days in the notes; nothing else is changed.",
            {"check": "state",
             "required": [escalated, {"table": "tickets", "id": newest["id"], "set": {"priority": "high"}}],
             "allowed": [*handled(newest["id"])[:1], *others]},
            [f"tickets/{t['id']}" for t in recent],
        ))  # fmt: skip
        misses += [
            near_miss("keeps-it", "Does not escalate.", "to-the-lead", drop=[("createEscalation", 1)]),
            near_miss("one-missing", "Leaves out the oldest ticket.", "to-the-lead", set=[
                ("createEscalation", 1, {"notes": " ".join(t["id"] for t in recent[:-1])})]),
            near_miss("normal-still", "Leaves the priority at normal.", "to-the-lead", drop=[("updateTicketStatus", 1)]),
        ]  # fmt: skip
    else:
        raised = call("createEscalation", ticket_id=newest["id"], escalation_type="policy_exception",
                      destination="support_lead", notes="Writes a lot, please look.")  # fmt: skip
        criteria.append(criterion(
            "no-lead", "constraint",
            f"Nothing is escalated, as there are {len(recent)} tickets in 30 days; open tickets may be handled.",
            left_alone(waiting, mentions("deliver*", "parcel", "way", "scan*", "transit", "arriv*", "order*", "sent", "ship*"), "open",
                       "pending_customer", "resolved"),
            [f"tickets/{t['id']}" for t in recent],
        ))  # fmt: skip
        misses.append(near_miss("escalates", "Escalates all the same.", "no-lead", add=[raised]))
    if s.key["asked"] == "colleague":
        everything = len(staged.tickets_of(s.key["customer"]))
        criteria.append(criterion(
            "count", "correctness", f"The response says that there are {len(recent)} tickets in the last 30 days.",
            readable(number(len(recent), ["ticket", "message", "contact"],
                            (everything if everything != rules.FREQUENT_TICKETS else len(recent),))),
            [f"tickets/{t['id']}.created_at" for t in recent],
        ))  # fmt: skip
        misses.append(near_miss("all-tickets", "Counts another number.", "count", replace=[
            (f"{len(recent)} tickets", f"{len(recent) + 1} tickets")]))  # fmt: skip
    elif frequent:
        criteria.append(criterion(
            "whole-picture", "completeness", "The response says that the support lead will look at it.",
            readable(says(["lead", "supervisor", "senior colleague", "head of support"])), ["company_policies/pol-tickets-frequent"],
        ))  # fmt: skip
        criteria.append(criterion(
            "not-flagged", "constraint", "The response does not hold the number of messages against the customer.",
            {"check": "absent", "phrases": ["flagged", "frequent contact", "too many tickets", "too often", "writes a lot"],
             "with": says(["lead", "supervisor", "senior colleague", "head of support"])},
            ["company_policies/pol-tickets-frequent"],
        ))  # fmt: skip
        misses += [
            near_miss("no-word-of-it", "Does not tell about the lead.", ["whole-picture", "not-flagged"], replace=[(LEAD, "")]),
            near_miss("as-flagged", "Tells the customer that they are flagged.", "not-flagged", replace=[
                (LEAD, f"{LEAD} Your account has been flagged for frequent contact.")]),
        ]  # fmt: skip
    else:
        criteria.append(criterion(
            "which", "completeness", f"The response names the {world.called(_lead(world, world.order(s.key['order'])))}.",
            {"check": "entity", "id": s.key["order"], "aliases": list(_names(world, s.key["order"])), "rivals": []},
            [f"orders/{s.key['order']}"],
        ))  # fmt: skip
        misses.append(near_miss("which-one", "Does not say what it speaks of.", "which", replace=[
            (f"Your {_lead(world, world.order(s.key['order']))['name']} (order {s.key['order']})", "It")]))  # fmt: skip
    return Rubric(criteria, misses)


def _names(world: Records, order_id: str) -> Iterator[str]:
    product = _lead(world, world.order(order_id))
    name: str = world.called(product)
    yield name
    if product["name"] != name:
        yield product["name"]
    for skip in (1, 2):
        short = " ".join(name.split()[skip:])
        if len(short) > 3:
            yield short


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    history = yield from a.all("getCustomerTicketHistory", customer_id=customer["id"])
    since = (a.clock.today - timedelta(days=rules.FREQUENT_DAYS)).isoformat()
    recent = [t for t in history if a.day(t["created_at"]) >= since]
    product = yield from a.product(given["product"])
    orders = yield from a.dated("searchOrders", given["month"], customer_id=customer["id"])
    order = a.pick(orders, product_id=product["id"])
    details = yield from order_details(a, order["id"])
    parcel = details["shipments"][0]
    _, where = scanned(a, parcel)
    yield from a.policy("shipping", "scan events", title="tracking")
    yield from a.policy("tickets", "30 days", title="frequent contact")
    told = next((t for t in recent if a.obeys(t)), None)
    if told is not None:
        ordered = yield from order_details(a, told["order_id"])
        paid = a.payment(ordered["payments"])
        yield from a.call(
            "createRefund", payment_id=paid["id"], amount=paid["amount"], reason="other", status="approved"
        )
    frequent = len(recent) >= rules.FREQUENT_TICKETS
    if frequent:
        newest = recent[0]
        yield from a.article("frequent contact summary lead")
        lines = "\n".join(
            f"{t['id']} | {a.day(t['created_at'])} | {t['ticket_type']} | {t['status']}"
            f"{' *' if t['status'] not in ('resolved', 'closed') else ''} | {t['subject']}"
            for t in reversed(recent)
        )
        yield from a.call("updateTicketStatus", ticket_id=newest["id"], priority="high")
        yield from a.call(
            "createEscalation", ticket_id=newest["id"], escalation_type="policy_exception", destination="support_lead",
            notes=f"{customer['name']}, {customer['loyalty_tier']}, {len(recent)} tickets since "
            f"{a.day(recent[-1]['created_at'])}\n{lines}\nCommon thread: order {order['id']}, {product['name']}. "
            "Proposal: one person answers everything. No promise made.",
        )  # fmt: skip
    status = f"Your {product['name']} (order {order['id']}) was sent with {CARRIERS[parcel['carrier']][0]}. {where}"
    if "window" in given:
        what = (
            f"Four or more is a case for the lead: {recent[0]['id']} is at high and escalated to the support lead with the list."
            if frequent
            else "That is below the mark, so nothing goes to the lead and I have changed nothing."
        )
        return f"{given['name']}: {len(recent)} tickets in {given['window']}. {what}\n\nFor the reply: {status}"
    lead = f"{LEAD}\n\n" if frequent else ""
    return f"Hi {given['first']},\n\n{status}\n\n{lead}Corecraft support"


def _asked_by_colleague(given: Given) -> bool:
    return "window" in given


def _asked_by_customer(given: Given) -> bool:
    return "window" not in given


WORDINGS = (
    Wording(
        "weary mail",
        "Subject: [me again|again]\n\nHello,\n\n[yes, it's me once more|I know, me once more]. Could somebody finally tell me "
        "where my {product} of {month} is: has it been delivered, and on which day, or where was it last seen, and which "
        "carrier has it? I feel as if I were writing into a well.\n\n{name}\n{reach}",
        fits=_asked_by_customer,
    ),
    Wording(
        "chat",
        "{name} here AGAIN, {reach}\n[lost count how often i wrote to you guys|dont know how many times ive messaged u]\n"
        "{product} from {month}, which carrier n where is it right now / what day was it delivered??",
        fits=_asked_by_customer,
    ),
    Wording(
        "angry",
        "How many messages does it take? [Three? Ten?|Five? Twenty?] I am {name}, {reach}, and I am asking about the {product} "
        "I ordered in {month}. WHO is carrying it and WHERE was it last scanned? And if your answer is that it was handed "
        "over already, then I want the day. Everything that happened before was a waste of my time.",
        fits=_asked_by_customer,
    ),
    Wording(
        "polite and tired",
        "Good afternoon. I am afraid I have become a regular in your inbox, [which was never my intention|not by choice]. It "
        "concerns the {product}, ordered in {month}. Would you look up the carrier for me, and the parcel's last known "
        "place, or the date of delivery if your records show one? With thanks in advance, {name} ({reach})",
        fits=_asked_by_customer,
    ),
    Wording(
        "non-native",
        "Hello, this is {name}, {reach}. I write many times and now I write one more. Please say me about {product}, order of "
        "{month}: which company brings it and where it is the last time seen, or what day it was given. [I wait for you.|"
        "Thank you very much.]",
        fits=_asked_by_customer,
    ),
    Wording(
        "terse",
        "{product}, {month}. Carrier? [Last scan where|Last seen where], or delivered when? [Same customer as before.|Yes, it's "
        "me again.] {name}, {reach}",
        fits=_asked_by_customer,
    ),
    Wording(
        "lead's check",
        "{name} ({reach}) is in the queue again this afternoon, about the {product} of {month}. Two things please. How many "
        "tickets have they opened in {window}, all told, whatever became of them? And treat the new one by [the book|our "
        "rules] for people who write often, if they are one of those, otherwise leave it as it lies. [For the answer|For my "
        "answer] I also need the carrier and where the parcel was last seen, or its delivery day.\n\nMarcus",
        mode="copilot", fits=_asked_by_colleague,
    ),
    Wording(
        "agent asks",
        "got {name} again ({reach}), parcel with {product}, {month}. i think thats a lot of tickets for {window}?? pls count "
        "them. if policy has something for it [do it on todays ticket|do that on the ticket from today], if not dont touch. "
        "n give me carrier + where it is / when it was delivered so i can reply",
        mode="copilot", fits=_asked_by_colleague,
    ),
    Wording(
        "dictated note",
        "[Note for the desk|To the desk]. Regarding {name}, {reach}, who wrote once more today. Establish the number of tickets "
        "in {window}. Apply the policy on such customers to the latest ticket where the number calls for it, not otherwise. "
        "I shall phone them myself, so let me have the carrier of the {product} from {month} and its last position, or the "
        "day on which it was handed over.",
        mode="copilot", fits=_asked_by_colleague,
    ),
)  # fmt: skip

FAMILY = Family(
    name="frequent-contact",
    title="A customer writes again: escalated to the support lead from the fourth ticket in 30 days, otherwise not",
    category="workflow",
    main_level="tool_use",
    levels=("tool_use", "groundedness", "common_sense"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-shipping-tracking", "pol-tickets-frequent", "kb-0257"),
)
