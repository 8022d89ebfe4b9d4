"""The status mail for a parcel in the house layout, and in half of the cases the ticket wrapped up with it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import Plan, Worker, spoken
from enterprisegym.environments.corecraft.agents.steps import get_product, identified, order_details, order_of
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    both,
    call,
    criterion,
    day,
    incoming_ticket,
    near_miss,
    presented,
    says,
    settled,
    single_accounts,
    stable,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row

TRAPS = ("header_lag", "contact_format", "namesake", "brand_spelling")
SINCE = "2025-10-20"
PLAIN = 100
HEADINGS = (
    "Where it is now", "When it should arrive", "What is in the parcel", "What we are doing", "What you can do",
)  # fmt: skip
CARRIERS = {"ups": "UPS", "fedex": "FedEx", "usps": "USPS", "dhl": "DHL"}
SIGNERS = ("Rosa", "Felix", "Keisha", "Amara", "Caleb", "Ines", "Priya", "Jonah")
MESSAGES = (
    "Can somebody tell me what is going on with my {product}? I ordered it in {month}.",
    "Your site and the carrier's site don't agree about the {product} from {month}. So where is it really?",
    "{month}, one {product}. What is the status please, and what am I to do?",
    "I have lost sight of the order with the {product} ({month}). Where is the parcel?",
    "Dear team, kindly inform me about the shipment of the {product} that I ordered in {month}.",
    "Nobody at home knows anything about the {product} I bought in {month}. Is it on the way, is it here, what?",
)  # fmt: skip


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    plain: list[Situation] = []
    for customer in single_accounts(world):
        orders = world.orders_of(customer["id"])
        bought = [line["product_id"] for o in orders for line in world.lines(o["id"])]
        for order in orders:
            main = max(world.lines(order["id"]), key=lambda line: (line["unit_price_cents"], line["id"]))
            parcels = world.shipments(order["id"])
            lag = len(parcels) == 1 and world.mark("header_lag", order["id"]) is not None
            if not parcels or bought.count(main["product_id"]) > 1 or not (lag or parcels[0]["created_at"] >= SINCE):
                continue
            if not _simple(world, order, parcels):
                continue
            situation = _situation(world, rng, customer, order, world.product(main["product_id"]))
            if lag or set(situation.traps) - {"brand_spelling"} or _status(parcels[0], world.today) != "delivered":
                yield situation
            else:
                plain.append(situation)
    yield from rng.sample(plain, min(PLAIN, len(plain)))


def _simple(world: Records, order: Row, parcels: list[Row]) -> bool:
    """One parcel with everything in it, neither lost nor sent back, with nothing owed for lateness."""
    if len(parcels) != 1 or order["status"] not in ("fulfilled", "paid"):
        return False
    parcel = parcels[0]
    whole = {c["product_id"] for c in parcel["contents"]} == {x["product_id"] for x in world.lines(order["id"])}
    owed = rules.late_credit_cents(order, parcel, world.today)
    known = rules.parcel_status(parcel) not in ("lost", "returned_to_sender") and not rules.lost_since(
        parcel, world.today
    )
    fine = whole and known and bool(parcel["events"]) and parcel["eta"] and len(parcel["contents"]) <= 4
    return bool(fine) and not owed.refund_cents and not owed.store_credit_cents


def _waiting(world: Records, order: Row) -> bool:
    return any(t in world.open_tickets for t in world.order_tickets(order["id"]))


def _situation(world: Records, rng: random.Random, customer: Row, order: Row, product: Row) -> Situation:
    told = presented(world, customer, rng)
    named = {"product": world.called(product), "month": f"{world.placed_on(order):%B}", "signer": rng.choice(SIGNERS)}
    setup = ()
    number = 900 + stable(order["id"], below=100)
    if stable(order["id"], "settle", below=2) and not _waiting(world, order):
        message = MESSAGES[stable(order["id"], "text", below=len(MESSAGES))].format(**named)
        named["message"] = message
        body = f"{message}\n\n{customer['name']}"
        setup = (incoming_ticket(number, customer["id"], f"My {named['product']}", body, "shipping", order["id"]),)
    theirs = ("contact_format", "namesake", "brand_spelling")
    traps = world.traps_on(customer["id"], order["id"], product["id"], among=TRAPS)
    status = _status(world.shipments(order["id"])[0], world.today)
    return Situation(
        key={"order": order["id"], "ticket": f"tick-251115-{number}" if setup else "none", "signer": named["signer"]},
        given={**told, **named},
        traps=tuple(t for t in traps if t in theirs or world.mark(t, order["id"])),
        difficulty=min(5, 2 + bool(setup) + (status == "delayed") + (len(world.lines(order["id"])) > 1)),
        setup=setup,
    )


def _status(parcel: Row, today: date) -> str:
    """The word of the house layout for where a parcel is."""
    status = rules.parcel_status(parcel)
    if status == "in_transit":
        return "delayed" if date.fromisoformat(parcel["eta"]) < today else "on its way"
    return {"label_created": "preparing", "exception": "delayed"}.get(status, status.replace("_", " "))


def rubric(world: Records, s: Situation) -> Rubric:
    order = world.order(s.key["order"])
    parcel = world.shipments(order["id"])[0]
    newest = max(parcel["events"], key=lambda event: event["at"])
    scanned, eta = rules.company_day(newest["at"]), date.fromisoformat(parcel["eta"])
    status = _status(parcel, world.today)
    words = {"delayed": "(delayed|on its way)"}.get(status, status)
    goods = [(world.product(c["product_id"]), c["quantity"]) for c in parcel["contents"]]
    place: str = newest["location"].split(",")[0]
    ticket = s.key["ticket"]
    evidence = [f"shipments/{parcel['id']}.events"]
    numbers = [parcel["tracking_number"]]
    other = "delivered" if status != "delivered" else "on its way"
    criteria = [
        criterion(
            "subject",
            "format",
            f'The mail has a subject line that is just the order number {order["id"]} and the status "{status}".',
            {"check": "structure", "subject": rf"^{order['id']}\s*[-–—:|]+\s*{words}\.?$"},
            ["kb_articles/kb-0244", *evidence],
        ),
        criterion(
            "sections",
            "format",
            f"The mail has the sections of the house layout under headings, in this order: {', '.join(HEADINGS)}.",
            {"check": "structure", "headings": list(HEADINGS)},
            ["kb_articles/kb-0244"],
        ),
        criterion(
            "newest-scan",
            "correctness",
            f"The mail gives the newest scan, of {spoken(scanned)} in {newest['location']}.",
            both(day(scanned, near=["scan", "newest", "latest", "last", "where it is now", place]), says([place])),
            evidence,
        ),
        criterion(
            "promised",
            "correctness",
            f"The mail says that the promised day is or was {spoken(eta)}.",
            day(eta, near=["promis", "due", "expect", "estimat", "eta", "arriv", "should", "schedul"]),
            [f"shipments/{parcel['id']}.eta"],
        ),
        criterion(
            "contents",
            "completeness",
            f"The mail names what is in the parcel: {', '.join(p['name'] for p, _ in goods)}.",
            says(*(_names(world, p) for p, _ in goods)),
            [f"shipments/{parcel['id']}.contents"],
        ),
        criterion(
            "tracking",
            "completeness",
            f"The mail gives the carrier {CARRIERS[parcel['carrier']]} and the tracking number {numbers[0]}.",
            says([CARRIERS[parcel["carrier"]]], numbers),
            [f"shipments/{parcel['id']}.tracking_number"],
        ),
        criterion(
            "signature",
            "format",
            f'The mail is signed with the first name {s.key["signer"]} and "Corecraft support".',
            {"check": "structure", "must_include": [s.key["signer"], "Corecraft support"]},
            ["kb_articles/kb-0244"],
        ),
    ]
    misses = [
        near_miss("wrong-status", "Puts another status into the subject.", "subject",
                  replace=[(_subject(order["id"], status), _subject(order["id"], other))]),
        near_miss("own-layout", "Writes under headings of its own.", "sections",
                  replace=[("**Where it is now**", "**News**")]),
        near_miss("older-scan", "Gives another day for the newest scan.", "newest-scan",
                  replace=[(_scan(newest, scanned), _scan(newest, scanned - timedelta(days=9)))]),
        near_miss("invents-a-day", "Promises a day of its own.", "promised",
                  replace=[(_promise(parcel, eta), _promise(parcel, eta + timedelta(days=11)))]),
        near_miss("no-contents", "Leaves out what is in the parcel.", "contents",
                  replace=[(_contents([(p["name"], n) for p, n in goods]), "What you ordered.")]),
        near_miss("no-number", "Leaves out the tracking number.", "tracking", replace=[(numbers[0], "(see your account)")]),
        near_miss("unsigned", "Does not sign as the house does.", "signature", replace=[("Corecraft support", "The team")]),
    ]  # fmt: skip
    if ticket != "none":
        criteria.append(
            criterion(
                "wrapped-up",
                "correctness",
                "The ticket is resolved with a resolution that says that information was given; nothing else is changed.",
                settled(ticket, "information_provided"),
                [f"tickets/{ticket}", "kb_articles/kb-0230", "company_policies/pol-tickets-status"],
            )
        )
        misses.append(near_miss("left-open", "Leaves the ticket open.", "wrapped-up", drop=[("updateTicketStatus", 1)]))
    else:
        criteria.append(
            criterion(
                "only-the-mail",
                "constraint",
                "The mail is written and nothing is changed.",
                {"check": "unchanged", "with": dict(says([place]))},
                evidence,
            )
        )
        misses.append(near_miss("moves-the-order", "Makes a refund nobody asked for.", "only-the-mail",
                                add=[call("createRefund", payment_id=world.capture(order)["id"], amount=1.0,
                                          reason="shipping_fee")]))  # fmt: skip
    return Rubric(criteria=criteria, near_misses=misses)


def _names(world: Records, product: Row) -> list[str]:
    """A product's name as stored and as written, also without the brand in front."""
    written, stored = world.called(product), product["name"]
    short = stored.removeprefix(product["brand"]).strip()
    return list(dict.fromkeys((stored, written, short or stored)))


def _subject(order_id: str, status: str) -> str:
    return f"Subject: {order_id} - {status}\n"


def _scan(newest: Row, scanned: date | str) -> str:
    return f'The newest scan is of {spoken(scanned)}, {newest["location"]}: "{newest["detail"]}".'


def _promise(parcel: Row, eta: date) -> str:
    return f"The promised day {'was' if parcel['events'][-1]['status'] == 'delivered' else 'is'} {spoken(eta)}."


def _contents(goods: list[tuple[str, int]]) -> str:
    return "\n".join(f"- {quantity} x {name}" for name, quantity in goods)


def solve(a: Worker, given: Given) -> Plan:
    yield from a.article("e-mail layout order status tracking")
    yield from a.policy("shipping", "newest scan", title="Reading the tracking record")
    customer = yield from identified(a, given)
    product = yield from a.product(given["product"])
    found = yield from order_of(a, customer, product)
    details = yield from order_details(a, found["id"])
    parcel = details["shipments"][0]
    names: dict[str, str] = {}
    for item in parcel["contents"]:
        names[item["product_id"]] = (yield from get_product(a, item["product_id"]))["name"]
    goods = [(names[item["product_id"]], item["quantity"]) for item in parcel["contents"]]
    newest = max(parcel["events"], key=lambda event: event["at"])
    eta, today = date.fromisoformat(parcel["eta"]), a.clock.today
    status = a.parcel_status(parcel)
    came = a.delivered_on(parcel)
    word = _status({**parcel, "events": [{**newest, "status": status}]}, today)
    late = ""
    if came is None and eta < today:
        late = " That day has passed; the carrier has not named another."
    elif came is not None and date.fromisoformat(came) > eta:
        late = " It came later than that, and we are sorry."
    if "message" in given:
        yield from a.article("wrap-up checklist resolution outcome")
        tickets = yield from a.all("searchTickets", customer_id=customer["id"], order_id=found["id"])
        ticket = next(t for t in tickets if t["status"] in ("new", "open", "pending_customer"))
        made = yield from a.call(
            "createResolution", ticket_id=ticket["id"], outcome="information_provided",
            details=(
                "Problem: the customer asks where the parcel is.\n"
                f"Finding: order {found['id']}, newest scan {a.day(newest['at'])}, {newest['detail']}; due {parcel['eta']}.\n"
                "Action: None.\n"
                f"Told customer: status {word}, contents, carrier and tracking number. No date promised."
            ),
        )  # fmt: skip
        yield from a.call(
            "updateTicketStatus", ticket_id=ticket["id"], status="resolved", resolution_id=made["resolution"]["id"]
        )
    todo = "If it is not where the scan says, please ask in the household and with the neighbors, then write to us."
    carrier = f"The carrier is {CARRIERS[parcel['carrier']]}, tracking number {parcel['tracking_number']}."
    return (
        f"{_subject(found['id'], word)}\nDear {customer['name']},\n\n"
        f"**Where it is now**\n{_scan(newest, a.day(newest['at']))}\n\n"
        f"**When it should arrive**\n{_promise(parcel, eta)}{late}\n\n"
        f"**What is in the parcel**\n{_contents(goods)}\n\n"
        "**What we are doing**\nNothing is needed from our side right now.\n\n"
        f"**What you can do**\n{carrier}{f' {todo}' if came else ''}\n\n"
        f"{given['signer']}\nCorecraft support"
    )


def _asked(given: Given) -> bool:
    return "message" in given


def _unasked(given: Given) -> bool:
    return "message" not in given


WORDINGS = (
    Wording(
        "colleague, chat, mail only",
        "[can u|could you] write the where-is-my-order mail for {name} ({reach})? it's the {product} from {month}. use the "
        "layout we have for those, subject and all, and put {signer} + the usual line under it. [text only, i send it and i "
        "do the ticket side|just the text pls, nothing in the system].",
        mode="copilot",
        fits=_unasked,
    ),
    Wording(
        "lead, delegating the text",
        "For my call at half past: {name}, {reach}, asks about the {month} order with the {product}. I'd like a status mail in "
        "our house layout for parcel enquiries that [stands up to the scans|agrees with the scans], ready to paste, signed "
        "{signer}. Don't record or change anything.",
        mode="copilot",
        fits=_unasked,
    ),
    Wording(
        "phone note",
        "Rang: {name} ({reach}). Wants in writing where the parcel with the {product} ordered in {month} has got to. Please "
        "draft it as the knowledge base says such mails should look, with subject line; sender's name at the bottom is "
        "{signer}. I only need the draft, [leave the records alone|no entries].",
        mode="copilot",
        fits=_unasked,
    ),
    Wording(
        "new colleague",
        "Hello! I am new and I was told that there is one fixed form for the mails about parcels, but my first try came back "
        "red all over. Could you do this one properly, so that I learn from it? Customer {name}, {reach}; product {product}, "
        "[bought|ordered] in {month}. The name under the mail should be {signer}. Please only write, don't touch the order.",
        fits=_unasked,
    ),
    Wording(
        "training desk",
        "[Sample|Model answer] wanted for the binder, from a real case: shipment status for {name} ({reach}), {month}, the order "
        "with the {product}. House layout for order-status mails to the letter, correct facts from the tracking record, signed "
        "by {signer}. Nothing in the records may change through this.",
        fits=_unasked,
    ),
    Wording(
        "answer and wrap up, chat",
        "got this in from {name} ({reach}):\n\n> {message}\n\ncan you do the reply in our order-status layout with my name "
        "({signer}) under it, and then [finish|settle] the ticket for me, resolution n everything? [thx|ta!]",
        mode="copilot",
        fits=_asked,
    ),
    Wording(
        "answer and wrap up, inbox",
        "A message from the shared inbox, not answered yet.\n\nFrom: {name}, {reach}\n{message}\n\nPlease answer it with the "
        "status mail in the form the house prescribes, in the name of {signer}, and resolve the ticket as the wrap-up "
        "checklist has it. [Your reply to me is the mail itself.|Hand me the mail as your answer.]",
        fits=_asked,
    ),
    Wording(
        "leaving early",
        "I must run, [dentist|school called]. One left in my pile: {name} ({reach}) wrote \"{message}\" Would you write the mail "
        "the way we lay these out (signed {signer}, that's me), and take the ticket through to resolved with what belongs in "
        "it? It wants nothing but information as far as I can see.",
        mode="copilot",
        fits=_asked,
    ),
    Wording(
        "manager, backlog",
        "Clearing the shipping queue. Next one is {name}, {reach}:\n\n\"{message}\"\n\nTwo things please. The mail to the "
        "customer, standard layout for shipment status including its subject line, signature {signer}. And the ticket: "
        "resolution recorded, status resolved. [Nothing beyond that.|No other changes.]",
        fits=_asked,
    ),
    Wording(
        "non-native colleague",
        "Hi, please help with a customer of {signer}, who is sick today. The customer is {name}, {reach}, and the text is: "
        "\"{message}\" Please make the mail with the form of the house for the state of a packet, under it the name {signer}, "
        "and after this bring the ticket to resolved, with the note that is necessary. [Thank you.|Thanks a lot!]",
        fits=_asked,
    ),
)  # fmt: skip

FAMILY = Family(
    name="shipping-status-mail",
    title="Status mail in the house layout by the newest scan, and the ticket wrapped up where there is one",
    category="communication",
    main_level="groundedness",
    levels=("groundedness", "planning", "tool_use"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-shipping-tracking",),
)
