"""Audit of an order whose note, parcel header and ticket may say other things than the records: which hold?"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import identified, order_details
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    Check,
    Staged,
    amount,
    both,
    choice,
    criterion,
    day,
    either,
    incoming_ticket,
    introduced,
    known_once,
    near_miss,
    number,
    says,
    single_accounts,
    stable,
)
from enterprisegym.environments.corecraft.generate.traps.reading import AMOUNT, DAY
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.rollout.record import Json
from enterprisegym.tasks import Edit
from enterprisegym.world import Row

TRAPS = ("stray_note", "header_lag", "failed_attempts", "midnight_order", "year_twin")
MOST = 70
NOTES = {
    "replacement": "Replacement sent {day}, no charge, told the customer. JL",
    "credit": "{day}: $10.00 store credit given for the wait. mh",
    "return": "Return came in {day}, complete and sealed. -VS",
}
REFUND_NOTE = "refunded {total} on {day}, customer informed. R."
TOPICS = {
    "refund": r"refund(ed)? (of|done|in full|\$)|full refund|already refunded",
    "replacement": r"replacement",
    "credit": r"credit",
    "return": r"\breturn\b|\bRMA\b",
}
WORDS = {"contradicted": ["contradicted"], "confirmed": ["confirmed"], "empty": ["empty"]}


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    people = {c["id"]: c for c in single_accounts(world)}
    claimed = {m["order_id"] for m in world.marks("ticket_claim")}
    first: list[Row] = []
    second: list[Row] = []
    rest: list[Row] = []
    for order in world.all("orders"):
        parcels = world.shipments(order["id"])
        if order["customer_id"] not in people or order["created_at"] < "2025-01-15" or len(parcels) != 1:
            continue
        if rules.parcel_delivered_on(parcels[0]) is None or not _plain_money(world, order):
            continue
        if order["note"] is not None and world.mark("stray_note", order["id"]) is None:
            continue
        rare = world.traps_on(order["id"], among=TRAPS[:3]) or order["id"] in claimed
        marked = world.traps_on(order["id"], among=TRAPS) or world.refunds(order["id"])
        marked = marked or world.traps_on(order["customer_id"], among=("contact_format",))
        (first if rare else second if marked else rest).append(order)
    made = 0
    for order in [*first, *shuffled(rng, second)[:30], *shuffled(rng, rest)]:
        found = _situation(world, rng, people[order["customer_id"]], order) if made < MOST else None
        if found is not None:
            made += 1
            yield found


def _plain_money(world: Records, order: Row) -> bool:
    """Whether one capture paid the order, and refunds on it, if any, have been granted."""
    taken = [p for p in world.payments(order["id"]) if p["status"] in rules.CAPTURED]
    granted = all(r["status"] in rules.GRANTED_REFUND for r in world.refunds(order["id"]))
    settled = order["status"] in ("fulfilled", "partially_refunded", "refunded")
    return settled and granted and len(taken) == 1 and taken[0]["amount_cents"] == order["total_cents"]


def _situation(world: Records, rng: random.Random, customer: Row, order: Row) -> Situation | None:
    lines = [x for x in world.lines(order["id"]) if known_once(world, order, x["product_id"])]
    if not lines:
        return None
    line = max(lines, key=lambda x: (x["unit_price_cents"], x["id"]))
    product = world.product(line["product_id"])
    mark = next((m for m in world.marks("ticket_claim") if m["order_id"] == order["id"]), None)
    setup: list[Edit] = []
    if mark is not None:
        body: str = world.ticket(mark["id"])["body"]
        newest = max(world.order_tickets(order["id"]), key=lambda t: (t["created_at"], t["id"]))
        named = {"date": DAY, "price": AMOUNT}.get(mark["claim"])
        other = AMOUNT if named is DAY else DAY
        if named is None or newest["id"] != mark["id"] or other.search(body) or len(set(named.findall(body))) != 1:
            return None
    else:
        if any(t["created_at"] >= "2025-11-15T05:00:00Z" for t in world.order_tickets(order["id"])):
            return None
        setup.append(_ticket(world, customer, order, line, world.called(product)))
    number_ = stable(order["id"], "audit", below=12)
    came = rules.parcel_delivered_on(world.shipments(order["id"])[0]) or world.today
    if order["note"] is None and number_ % 2 == 0 and (edit := _note(world, order, came, number_)):
        setup.append(edit)
    traps = list(world.traps_on(order["id"], among=TRAPS))
    if "header_lag" not in traps and number_ % 4 == 1:
        setup.append(Edit(table="shipments", id=world.shipments(order["id"])[0]["id"],
                          set={"status": ("in_transit", "out_for_delivery")[number_ % 8 == 1], "delivered_at": None}))  # fmt: skip
    traps += ["ticket_claim"] if mark is not None else []
    traps += world.traps_on(customer["id"], among=("contact_format",))
    traps += world.traps_on(product["id"], among=("brand_spelling",))
    if "brand_spelling" in traps and "contact_format" in traps:
        return None
    month = f"{world.placed_on(order):%B}"
    staged = Staged(world, setup)
    lagging = staged.shipments(order["id"])[0]["status"] != "delivered"
    tried = len(world.payments(order["id"])) > 1
    mistaken = mark is not None or stable(order["id"], "claim", below=4) not in (0, 2)
    wrong = sum((staged.order(order["id"])["note"] is not None, lagging, tried, mistaken))
    return Situation(
        key={"customer": customer["id"], "order": order["id"], "product": product["id"]},
        given={
            **introduced(world, customer, rng),
            "product": world.called(product),
            "month": said(month, f"{world.placed_on(order):%Y-%m}"),
        },
        traps=tuple(traps),
        difficulty=1 + wrong,
        setup=tuple(setup),
    )


def _ticket(world: Records, customer: Row, order: Row, line: Row, called: str) -> Edit:
    """A ticket of today that names the day of the order or the unit price, rightly or not."""
    way = stable(order["id"], "claim", below=4)
    placed = world.placed_on(order)
    false = min(placed + timedelta(days=3 + stable(order["id"], "days", below=9)), world.today - timedelta(days=1))
    told = placed if way == 0 or false <= placed else false
    price = line["unit_price_cents"] + (0 if way == 2 else 1000 * (1 + stable(order["id"], "price", below=3)))
    claim = (
        f"I ordered it on {told:%B} {told.day}." if way < 2 else f"It cost me {usd(price)} apiece, before any discount."
    )
    return incoming_ticket(
        900 + stable(order["id"], "audit-ticket", below=100), customer["id"], "my order",
        f"Hello, I have a question about my order with the {called}. {claim} Is everything settled with it on "
        "your side? "
        f"{customer['name']}", "other", order["id"],
    )  # fmt: skip


def _note(world: Records, order: Row, came: date, number_: int) -> Edit | None:
    """A note of a colleague: on a refund that was made, or on something that never happened."""
    refunds = world.refunds(order["id"])
    when = min(came + timedelta(days=3), world.today)
    if refunds:
        made = max(rules.company_day(r["created_at"]) for r in refunds)
        total = sum(r["amount_cents"] for r in refunds)
        text = REFUND_NOTE.format(total=usd(total), day=f"{made.month}/{made.day}")
        return Edit(table="orders", id=order["id"], set={"note": text})
    if world.returns(order["id"]):
        return None
    topic = sorted(NOTES)[number_ % len(NOTES)]
    text = NOTES[topic].format(day=f"{when.month}/{when.day}")
    return Edit(table="orders", id=order["id"], set={"note": text})


def _topic(note: str) -> str:
    """What a note is about."""
    return next(t for t, pattern in TOPICS.items() if re.search(pattern, note, re.IGNORECASE))


def _note_holds(note: str, refunded_cents: int, returns: list[Any]) -> bool:
    """Whether the records bear a note out; `returns` as rows or as tool results."""
    match _topic(note):
        case "refund":
            named = AMOUNT.search(note)
            return refunded_cents > 0 and (named is None or cents(float(named[1].replace(",", ""))) == refunded_cents)
        case "replacement":
            return any(r["disposition"] == "replacement" for r in returns)
        case "credit":
            return any(r["disposition"] == "store_credit" for r in returns)
        case _:
            return bool(returns)


def _verdict(label: str, verdict: str) -> Check:
    others = [w for v, words in WORDS.items() if v != verdict for w in words]
    partner = says(WORDS[verdict], near=[label])
    alone = {"check": "absent", "phrases": others, "near": [label], "with": dict(partner)}
    return either(alone, choice(verdict, {v: [f"{label} {v}", f"{label} is {v}"] for v in WORDS}))


def _attempts(count: int) -> Check:
    counted = number(count, ["attempts"])
    return counted if count else either(counted, says(["none", "nil", "zero"], near=["attempts"]))


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    order, parcel = staged.order(s.key["order"]), staged.shipments(s.key["order"])[0]
    line = next(x for x in staged.lines(order["id"]) if x["product_id"] == s.key["product"])
    ticket = max(staged.order_tickets(order["id"]), key=lambda t: (t["created_at"], t["id"]))
    payments, placed = staged.payments(order["id"]), staged.placed_on(order)
    refunded = sum(r["amount_cents"] for r in staged.refunds(order["id"]) if r["status"] in rules.GRANTED_REFUND)
    kept: int = order["total_cents"] - refunded
    tried = [p for p in payments if p["status"] not in rules.CAPTURED]
    came = rules.parcel_delivered_on(parcel) or world.today
    note: str | None = order["note"]
    by_note = "empty" if note is None else (
        "confirmed" if _note_holds(note, refunded, staged.returns(order["id"])) else "contradicted")  # fmt: skip
    by_header = "confirmed" if parcel["status"] == "delivered" else "contradicted"
    days, prices = DAY.findall(ticket["body"]), AMOUNT.findall(ticket["body"])
    true = days[0] == f"{placed:%B} {placed.day}" if days else prices[0] == usd(line["unit_price_cents"])[1:]
    by_ticket = "confirmed" if true else "contradicted"
    verdicts = {"note": by_note, "header": by_header, "ticket": by_ticket}
    told = {
        "note": ("the order's note", f"orders/{order['id']}.note"),
        "header": ("the header of the parcel", f"shipments/{parcel['id']}.status"),
        "ticket": ("what the customer says of the order in the newest ticket", f"tickets/{ticket['id']}.body"),
    }
    wrong_sum = sum(p["amount_cents"] for p in payments) - refunded
    criteria = [
        criterion(label, "correctness", f"The response says under {label.upper()} that {told[label][0]} is {verdict}.",
                  _verdict(label, verdict), [told[label][1]])
        for label, verdict in verdicts.items()
    ]  # fmt: skip
    criteria += [
        criterion("ordered", "correctness", f"The response says that the order was placed on {spoken(placed)}, at "
                  f"{usd(line['unit_price_cents'])} a unit.",
                  both(day(placed, near=["ordered"]), amount(line["unit_price_cents"], near=["ordered"])),
                  [f"orders/{order['id']}.created_at", f"order_lines/{line['id']}"]),
        criterion("delivered", "correctness", f"The response says that it was delivered on {spoken(came)}.",
                  day(came, near=["delivered"]), [f"shipments/{parcel['id']}.events"]),
        criterion("money", "correctness", f"The response says that {usd(kept)} of the money is kept today.",
                  amount(kept, [wrong_sum], near=["money"]) if kept
                  else says(["$0.00", "$0", "nothing", "zero", "0.00"], near=["money"]),
                  [f"payments/{p['id']}" for p in payments]),
        criterion("attempts", "correctness", f"The response gives {len(tried)} as the number of payments that took nothing.",
                  _attempts(len(tried)), [f"payments/{p['id']}.status" for p in payments]),
    ]  # fmt: skip
    other = {"contradicted": "CONFIRMED", "confirmed": "CONTRADICTED", "empty": "CONFIRMED"}
    misses = [
        near_miss(f"{label}-otherwise", f"Judges the {label} otherwise.", label,
                  replace=[(f"{label.upper()}: {verdict.upper()}", f"{label.upper()}: {other[verdict]}")])
        for label, verdict in verdicts.items()
    ]  # fmt: skip
    misses += [
        near_miss("day-off", "Reads the day of the order off by two.", "ordered",
                  replace=[(f"ORDERED: {spoken(placed)}", f"ORDERED: {spoken(placed + timedelta(days=2))}")]),
        near_miss("other-delivery", "Reads another day of delivery.", "delivered",
                  replace=[(f"DELIVERED: {spoken(came)}", f"DELIVERED: {spoken(came - timedelta(days=1))}")]),
        near_miss("sum-off", "Adds something up that was not taken.", "money",
                  replace=[(_money(kept, refunded), f"MONEY: {usd(wrong_sum if wrong_sum != kept else kept + 999)}.")]),
        near_miss("miscounts", "Miscounts the payments that took nothing.", "attempts",
                  replace=[(f"ATTEMPTS: {len(tried)}", f"ATTEMPTS: {len(tried) + 1}")]),
    ]  # fmt: skip
    return Rubric(criteria, misses)


def _money(kept: int, refunded: int) -> str:
    return f"MONEY: {usd(kept)} is with us today ({usd(kept + refunded)} captured, {usd(refunded)} given back)."


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    product = yield from a.product(given["product"])
    orders = yield from a.dated("searchOrders", given["month"], customer_id=customer["id"])
    order = a.pick(orders, product_id=product["id"])
    details = yield from order_details(a, order["id"])
    tickets = yield from a.all("searchTickets", order_id=order["id"])
    yield from a.policy("shipping", "scan events", title="tracking")
    yield from a.policy("refund", "captured amount", title="Paying out")
    ticket = max(tickets, key=lambda t: (t["created_at"], t["id"]))
    line: Json = next(x for x in order["lines"] if x["product_id"] == product["id"])
    parcel = details["shipments"][0]
    granted = [r for p in details["payments"] for r in p["refunds"] if r["status"] in rules.GRANTED_REFUND]
    refunded = sum(cents(r["amount"]) for r in granted)
    taken = a.captured(details["payments"])
    nothing = [p for p in details["payments"] if not a.captured([p])]
    note: str | None = order["note"]
    lines: list[str] = []
    if note is None:
        lines.append("NOTE: EMPTY. The order carries none.")
    else:
        topic = _topic(note)
        holds = a.noted(order, TOPICS[topic], True, _note_holds(note, refunded, details["returns"]))
        why = f"the {topic} it speaks of is on file" if holds else f"there is no such {topic} on file"
        lines.append(f"NOTE: {'CONFIRMED' if holds else 'CONTRADICTED'}. It was checked: {why}.")
    status, came = a.parcel_status(parcel), a.delivered_on(parcel)
    agrees = status == parcel["status"]
    lines.append(f"HEADER: {'CONFIRMED' if agrees else 'CONTRADICTED'}. It says {parcel['status'].replace('_', ' ')}, the "
                 f"newest scan {status.replace('_', ' ')}.")  # fmt: skip
    placed, price = a.day(order["created_at"]), a.price_paid(line, line | {"price": line["unit_price"]})
    claimed, amounts = a.claimed_day(ticket), a.claims(ticket).amounts_cents
    if claimed is not None:
        placed = a.record(claimed, placed)
        true, what = claimed == placed, f"the customer's day is {spoken(claimed)}, ours {spoken(placed)}"
    else:
        price = a.record(amounts[0], price)
        true, what = amounts[0] == price, f"the customer's price is {usd(amounts[0])}, ours {usd(price)}"
    lines += [
        f"TICKET: {'CONFIRMED' if true else 'CONTRADICTED'}. In {ticket['id']} {what}.",
        f"ORDERED: {spoken(placed)}, {line['quantity']} x {product['name']} at {usd(price)} each.",
        f"DELIVERED: {spoken(came) if came else 'not yet'}.",
        _money(taken - refunded, refunded),
        f"ATTEMPTS: {len(nothing)}.",
    ]
    text = "\n".join(f"- {x}" for x in lines)
    return (
        f"Order {order['id']}, held against payments, refunds, returns and scans:\n\n{text}\n\nI have changed nothing."
    )


WORDINGS = (
    Wording(
        "auditor",
        "Spot check for the quarter. The order of {name} ({reach}) with the {product}, {month}. Hold what "
        "people read first "
        "against the underlying records and return seven labelled lines, [in this order|in the order given]. NOTE (the "
        "note on the order), HEADER (the parcel's status line) and TICKET (what the newest ticket on the order "
        "states about "
        "order day or unit price): one of the words CONFIRMED, CONTRADICTED or EMPTY each, with the reason. "
        "Then ORDERED "
        "(day, and unit price of that product), DELIVERED (day), MONEY (captured less refunded, as of now) and "
        "ATTEMPTS (how "
        "many payments on it took no money). [Read only.|No corrections, please.]",
        mode="copilot",
    ),
    Wording(
        "chat",
        "hey can u sanity check an order 4 me before i call the customer? {name}, {reach}, its the one with the "
        "{product} from "
        "{month}. i never know what to believe in there lol. one line each pls, w/ the label in front:\nNOTE - "
        "is the order "
        "note right? say CONFIRMED / CONTRADICTED, or EMPTY if theres none\nHEADER - same words, for the status "
        "on top of the "
        "shipment\nTICKET - same, for the day or price they give in the last ticket about it\nORDERED - real "
        "order day + what "
        "one {product} cost then\nDELIVERED - real day\nMONEY - what we got minus what we paid back\nATTEMPTS - "
        "number of "
        "payments that didnt take anything\n[dont touch it tho|just looking, dont edit anything]",
        mode="copilot",
    ),
    Wording(
        "manager",
        "I have [a complaint|a call] about {name}'s order on my desk ({reach}; {product}; placed in {month}) "
        "and three people "
        "have told me three stories. Go to the records. I want seven lines that begin with these words: NOTE:, "
        "HEADER:, "
        "TICKET:, ORDERED:, DELIVERED:, MONEY:, ATTEMPTS:. In the first three, judge the note on the order, the "
        "shipment's "
        "headline status, and the order day or price that the customer names in the newest ticket: "
        "CONTRADICTED, CONFIRMED, "
        "or EMPTY where there is nothing to judge. In the other four give the facts: day and unit price of the "
        "{product}; "
        "day of delivery; net amount we hold; count of payments that came to nothing. I'll decide what to "
        "correct.\n\nDana",
        mode="copilot",
    ),
    Wording(
        "mail",
        "From: Margit Haldane\nSubject: [reconciliation|please verify] - {name}\n\nHello,\n\nfor the "
        "reconciliation I need one "
        "order verified: customer {name} ({reach}), {month}, {product}. The reply goes into a form, so keep to "
        "one line per "
        "field: NOTE, HEADER, TICKET with CONFIRMED, CONTRADICTED or EMPTY (does the order's note, the status "
        "shown on the "
        "parcel, the date or price in the latest ticket agree with the records?), and ORDERED with date and "
        "unit price, "
        "DELIVERED with date, MONEY with captures minus refunds, ATTEMPTS with the number of payments without "
        "money. A short "
        "reason behind each verdict helps. Leave everything as it is.\n\n[Thank you|Thanks]\nMargit",
        mode="copilot",
    ),
    Wording(
        "trainee",
        "Sorry, [new here|second week for me], and I don't trust myself yet. In the {month} order of {name} "
        "({reach}), the one "
        "with the {product}, I see a status on the parcel, maybe a note, a list of payments and what the "
        "customer wrote last. "
        "Marcus says some of that can be wrong and that I should file it like this, a line for each: NOTE / "
        "HEADER / TICKET and "
        "behind it CONFIRMED or CONTRADICTED (EMPTY if there's no note); for the ticket it's only about the "
        "order day or the "
        "price in it. After that ORDERED (day, price of one), DELIVERED (day), MONEY (taken minus returned), "
        "ATTEMPTS (how many "
        "payments took nothing at all). Could you fill it in? I'll enter it myself, so nothing to change.",
        mode="copilot",
    ),
    Wording(
        "handover",
        "[Taking over from the late shift,|I inherited this one,] need a clean picture. Customer {name}, "
        "{reach}. Order from "
        "{month} incl. {product}. Format, seven lines: \"NOTE: ...\", \"HEADER: ...\", \"TICKET: ...\" each "
        "with exactly one of "
        "CONFIRMED, CONTRADICTED, EMPTY and why (note = order note; header = shipment status field; ticket = "
        "order date or "
        "item price in the newest ticket of this order). \"ORDERED: day, unit price\". \"DELIVERED: day\". "
        "\"MONEY: what is left "
        "with us after refunds\". \"ATTEMPTS: payments that failed or were voided, as a number\". Facts only, I "
        "make the edits.",
        mode="copilot",
    ),
    Wording(
        "dictated",
        "Dictating from the train, bear with me. {name}, that's {reach}, bought a {product} in {month}. Before "
        "the meeting I must "
        "know [who is right there|what is true there]. Make it a list with seven labels. Label NOTE for the "
        "remark on the "
        "order, label HEADER for what the parcel's top line says, label TICKET for the purchase day or the "
        "price in their last "
        "ticket on it; behind each say CONFIRMED, CONTRADICTED or, if there's nothing, EMPTY. Label ORDERED, "
        "the true day and "
        "the price per piece. Label DELIVERED, the true day. Label MONEY, everything taken less everything "
        "given back. Label "
        "ATTEMPTS, the payments that never went through, just the figure. And leave your hands off the data.",
        mode="copilot",
    ),
)  # fmt: skip

FAMILY = Family(
    name="records-disagree",
    title="Note, parcel header, ticket and payments of an order against its records: which hold, what is true",
    category="reasoning",
    main_level="groundedness",
    levels=("groundedness", "tool_use", "common_sense"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-shipping-tracking", "pol-refund-duplicate"),
    unseen=True,
)
