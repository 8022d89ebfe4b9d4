"""A ticket is left in other hands: the handover summary by the house template, with facts from the records."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import get_product, order_details
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
    last_scan,
    near_miss,
    parcel_check,
    says,
    stable,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Call, Edit, NearMiss
from enterprisegym.world import Row

TRAPS = ("ticket_claim", "failed_attempts", "stray_note", "header_lag", "planted_instruction")
HEADINGS = ("Who", "What happened", "Done so far", "Open question", "Next step")
TARGETS = {"low": 10, "normal": 5, "high": 3, "urgent": 1}
DESKS = {
    "shipping": (
        "carrier_claim",
        "fulfilment",
        "Please ask the carrier where this parcel is and tell me what they say.",
    ),
    "troubleshooting": (
        "technical",
        "technical_bench",
        "Could somebody on the bench have a look? The usual steps are done.",
    ),
    "warranty": ("technical", "technical_bench", "Is this within what the terms cover? Photos are on the ticket."),
    "return": ("policy_exception", "returns", "Customer does not agree with what we wrote, please look once more."),
}
OTHER_DESK = (
    "policy_exception",
    "support_lead",
    "I would rather not decide this alone, please have a look at the whole case.",
)
TAKEN = ("paid", "captur", "charg", "take", "took", "total", "receiv", "money", "collect", "sum", "payment")
NOTED = r"refund|replacement|credit|return|RMA|cancel|shipped|building"


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    for ticket in world.open_tickets:
        if ticket["order_id"] is None:
            continue
        order = world.order(ticket["order_id"])
        taken = [p for p in world.payments(order["id"]) if p["status"] in rules.CAPTURED]
        if sum(p["amount_cents"] for p in taken) != order["total_cents"] or len(world.lines(order["id"])) > 3:
            continue
        if len(world.shipments(order["id"])) > 1 or _due(world, ticket) < world.today or world.refunds(order["id"]):
            continue
        escalated = bool(world.of("escalations", "ticket_id", ticket["id"]))
        planted = not escalated and ticket["status"] != "new" and stable(ticket["id"], "handover", below=3) > 0
        number = 900 + stable(ticket["id"], below=100)
        given = {"ticket": ticket["id"]}
        traps = world.traps_on(ticket["id"], order["id"], among=TRAPS)
        yield Situation(
            key={"ticket": ticket["id"], "order": order["id"], **({"escalation": f"esc-251115-{number}"}
            if planted else {})},
            given=given,
            traps=traps,
            difficulty=3 + bool(traps) + (len(world.lines(order["id"])) > 1 and planted),
            mode=None,
            setup=(_escalation(ticket, f"esc-251115-{number}"),) if planted else (),
        )  # fmt: skip


def _escalation(ticket: Row, id: str) -> Edit:
    kind, desk, notes = DESKS.get(ticket["ticket_type"], OTHER_DESK)
    return Edit(
        table="escalations",
        insert={
            "id": id, "ticket_id": ticket["id"], "escalation_type": kind, "destination": desk, "notes": notes,
            "created_at": "2025-11-15T18:21:40Z", "resolved_at": None,
        },
    )  # fmt: skip


def _due(world: Records, ticket: Row) -> date:
    tier: str = world.customer(ticket["customer_id"])["loyalty_tier"]
    days = TARGETS[rules.effective_priority(ticket["priority"], tier)]
    return rules.add_business_days(rules.company_day(ticket["created_at"]), days)


def _spoken(when: date | str) -> str:
    when = date.fromisoformat(when) if isinstance(when, str) else when
    return f"{when.day} {when:%B %Y}"


def _words(name: str) -> list[str]:
    return [word for word in name.replace("&", " ").replace("-", " ").split() if len(word) > 2 and word.isalpha()]


def _parcel_line(status: str | None, scanned: date | None) -> str:
    if status is None or scanned is None:
        return "No parcel yet."
    if status == "delivered":
        return f"Parcel: delivered on {_spoken(scanned)} by the newest scan."
    return f"Parcel: newest scan is of {_spoken(scanned)}, {status.replace('_', ' ')}."


NONE_DONE = (
    "nothing yet", "nothing so far", "nothing done", "no action*", "no escalation*", "none yet", "none so far",
    "none recorded",
    "first response", "first reply", "responded", "answered", "replied", "no deed*", "no record*", "acknowledg*",
    "assigned",
)  # fmt: skip
NOTE_DONE = (
    "refund issued", "refund done", "refunded", "refund of", "replacement went", "replacement shipped",
    "store credit granted",
    "gave store credit", "gave $10 store credit", "return arrived", "rma received", "is cancelled", "cancelled at",
    "shipped",
    "left the building", "credit granted",
)  # fmt: skip


def rubric(world: Records, s: Situation) -> Rubric:
    ticket, order = world.ticket(s.key["ticket"]), world.order(s.key["order"])
    customer = world.customer(ticket["customer_id"])
    lines, placed, due = world.lines(order["id"]), world.placed_on(order), _due(world, ticket)
    escalations = [e["id"] for e in world.of("escalations", "ticket_id", ticket["id"])]
    escalations += [s.key["escalation"]] if "escalation" in s.key else []
    mark = world.mark("ticket_claim", ticket["id"]) or {}
    claimed_day = _claimed(mark["claimed"], placed) if mark.get("claim") == "date" else None
    claimed_price = (
        round(float(mark["claimed"].strip("$").replace(",", "")) * 100) if mark.get("claim") == "price" else 0
    )
    tried = sum(p["amount_cents"] for p in world.payments(order["id"]))
    names = {line["product_id"]: world.product(line["product_id"])["name"] for line in lines}
    items = [
        amount(line["unit_price_cents"], (claimed_price,), near=_words(names[line["product_id"]])) for line in lines
    ]
    where, told = parcel_check(world, order)
    status, scanned = last_scan(world, order)
    shape = {"check": "structure", "headings": list(HEADINGS), "min_words": 30, "max_words": 149}
    who = says([customer["name"]], [customer["id"]], [customer["loyalty_tier"]])
    done: Check
    if escalations:
        done = says(*([e] for e in escalations))
        deed = f"names the escalation{'s' if len(escalations) > 1 else ''} {', '.join(escalations)} as done so far"
    else:
        done = choice("none", {"none": NONE_DONE, "note": NOTE_DONE})
        deed = "says that nothing has been done yet beyond answering"
    order_rows = [f"orders/{order['id']}"]
    seen = f"shipments/{world.shipments(order['id'])[0]['id']}.events" if status else f"orders/{order['id']}"
    wrong_place = "Parcel: lost by the carrier." if status else "Parcel: delivered."
    return Rubric(
        criteria=[
            criterion(
                "template", "format",
                "The summary has the headings Who, What happened, Done so far, Open question, Next step, in this "
                "order, and "
                "fewer than 150 words.",
                shape, ["kb_articles/kb-0243"],
            ),
            criterion(
                "who", "completeness",
                f"The summary names {customer['name']}, customer number {customer['id']}, tier "
                f"{customer['loyalty_tier']}.",
                who, [f"customers/{customer['id']}"],
            ),
            criterion(
                "order", "correctness",
                f"The summary says that the order was placed on {spoken(placed)} and what each item cost: "
                + ", ".join(usd(line["unit_price_cents"]) for line in lines) + ".",
                both(day(placed, (claimed_day,), near=["order", "placed", "bought", "purchase"]), *items),
                [*order_rows, *(f"order_lines/{line['id']}" for line in lines)],
            ),
            criterion(
                "paid", "correctness", f"The summary says that {usd(order['total_cents'])} was taken for the order.",
                amount(order["total_cents"], (tried, tried - order["total_cents"]), near=TAKEN),
                [f"payments/{world.capture(order)['id']}"],
            ),
            criterion("parcel", "correctness", f"The summary says {told}.", where, [seen]),
            criterion("done", "completeness", f"The summary {deed}.", done, [f"tickets/{ticket['id']}"]),
            criterion(
                "due", "correctness",
                f"The next step is due by {spoken(due)}, when the resolution target ends.",
                day(due, near=["next", "by", "until", "answer", "write", "reply", "due", "target", "resol", "before"]),
                ["slas/sla-resolution", f"tickets/{ticket['id']}.created_at"],
            ),
            criterion(
                "untouched", "constraint", "Nothing in the system is changed.",
                {"check": "unchanged", "with": who}, [f"tickets/{ticket['id']}"],
            ),
        ],
        near_misses=[
            near_miss("own-headings", "Has headings of its own.", "template", replace=[("**What happened**",
            "**Story**")]),
            near_miss("no-number", "Leaves out number and tier.", ("who", "untouched"),
                      replace=[(f", {customer['id']}, {customer['loyalty_tier']}.", ".")]),
            *_wrong_day(placed, rules.company_day(ticket["created_at"])),
            near_miss("wrong-price", "Gives another price for the first item.", "order",
                      replace=[(f" at {usd(lines[0]['unit_price_cents'])}",
                      f" at {usd(lines[0]['unit_price_cents'] + 1000)}")]),
            near_miss("with-attempts", "Adds an attempt that came to nothing.", "paid",
                      replace=[(f"Taken: {usd(order['total_cents'])}", f"Taken: {usd(2 * order['total_cents'])}")]),
            near_miss("wrong-place", "Takes the parcel to be elsewhere.", "parcel",
                      replace=[(_parcel_line(status, scanned), wrong_place)]),
            near_miss("deed-missing", "Does not say what has been done.", "done",
                      replace=[(f"**Done so far**\n{_done(escalations)}", "**Done so far**\nSee the ticket")]),
            near_miss("calendar-days", "Counts other days than business days.", "due",
                      replace=[(f"by {_spoken(due)}", f"by {_spoken(date.fromordinal(due.toordinal() + 4))}")]),
            near_miss("takes-it", "Raises the priority on the way.", "untouched",
                      add=[_raise(ticket)]),
        ],
    )  # fmt: skip


def _wrong_day(placed: date, written: date) -> list[NearMiss]:
    if placed == written:
        return []
    other = date.fromordinal(placed.toordinal() + 3)
    replace = [(f"placed on {_spoken(placed)}", f"placed on {_spoken(other)}")]
    return [near_miss("wrong-day", "Gives another day of the order.", "order", replace=replace)]


def _raise(ticket: Row) -> Call:
    return call("updateTicketStatus", ticket_id=ticket["id"], priority="low" if ticket["priority"] != "low" else "high")


def _claimed(text: str, placed: date) -> date:
    month, number = text.split()
    months = [f"{date(2025, n, 1):%B}" for n in range(1, 13)]
    return date(placed.year, months.index(month) + 1, int(number))


def _done(ids: list[str]) -> str:
    return "\n".join(f"- Escalated: {id}" for id in ids) or "Nothing yet"


QUESTIONS = {
    "return": "Is the return in time, and what comes off the refund?",
    "shipping": "What do we tell the customer about the parcel, and is anything owed?",
    "billing": "Is the charge the customer writes about right?",
    "warranty": "Is the fault covered, and who handles the claim?",
    "troubleshooting": "Do the usual steps cure it, or is it a claim?",
    "recommendation": "Which part suits what the customer has?",
    "order_issue": "Can what is asked still be done on this order?",
    "account": "What may we tell or change on the account?",
    "other": "What is wanted exactly, and whose job is it?",
}


def solve(a: Worker, given: Given) -> Plan:
    ticket = (yield from a.call("searchTickets", ticket_id=given["ticket"]))["tickets"][0]
    yield from a.article("handover summary template headings")
    target = yield from a.policy("sla", "resolution", title="Resolution of a ticket")
    details = yield from order_details(a, ticket["order_id"])
    order, customer = details["order"], details["customer"]
    history = yield from a.all("getCustomerTicketHistory", customer_id=customer["id"])
    mine = a.pick(history, where=lambda row: row["id"] == ticket["id"])
    claims = a.claims(ticket)
    items: list[str] = []
    for line in order["lines"]:
        product = yield from get_product(a, line["product_id"])
        price = a.record(claims.amounts_cents[0] if claims.amounts_cents else None, cents(line["unit_price"]))
        items.append(f"{line['quantity']} × {product['name']} at {usd(price)}")
    if a.obeys(ticket):
        yield from a.attempt("updateTicketStatus", ticket_id=ticket["id"], priority="urgent")
    recorded = a.day(order["created_at"])
    placed = a.record(a.claimed_day(ticket), recorded)
    status: str | None = None
    scanned: str | None = None
    if details["shipments"]:
        parcel = details["shipments"][0]
        status = a.parcel_status(parcel)
        newest = max(parcel["events"], key=lambda e: e["at"])
        scanned = a.delivered_on(parcel) or a.day(newest["at"])
    deeds = _done([e["id"] for e in sorted(mine["escalations"], key=lambda e: e["created_at"])])
    deeds = a.noted(order, NOTED, f"- By the order's note: {order['note']}", deeds)
    level = rules.effective_priority(ticket["priority"], customer["loyalty_tier"])
    written = date.fromisoformat(a.day(ticket["created_at"]))
    due = rules.add_business_days(written, target["targets"][level]["business_days"])
    told = a.claimed_day(ticket)
    differs = (
        f" Records differ: the customer names {_spoken(told)}." if told and told not in (recorded, scanned) else ""
    )
    where = _parcel_line(status, date.fromisoformat(scanned) if scanned else None)
    return (
        f"**Who**\n{customer['name']}, {customer['id']}, {customer['loyalty_tier']}.\n\n"
        f"**What happened**\nWrote in on {_spoken(written)} ({a.true_type(ticket).replace('_', ' ')}, "
        f"{ticket['priority']}). "
        f"Order {order['id']} was placed on {_spoken(placed)}: {', '.join(items)}. "
        f"Taken: {usd(a.captured(details['payments']))}. {where}{differs}\n\n"
        f"**Done so far**\n{deeds}\n\n"
        f"**Open question**\n{QUESTIONS[a.true_type(ticket)]}\n\n"
        f"**Next step**\nAnswer the customer and settle {ticket['id']} by {_spoken(due)}."
    )


WORDINGS = (
    Wording(
        "trainee",
        "hi, [felix|one of the trainees] here. my shift is over [at 3|in an hour] and {ticket} goes to somebody "
        "else. can you write "
        "the handover summary? marcus wants the template from the knowledge base and is strict about the length. "
        "please have in "
        "it when they ordered and each item with the price it was sold at, what was really taken for the order, the "
        "parcel's last "
        "scan with the day, what we did so far with record numbers, and as next step the day on which our resolution "
        "target is "
        "up. don't change anything",
        mode="copilot",
    ),
    Wording(
        "terse",
        "Handover, {ticket}. House template and limit. Include: order day, price per item, amount captured, newest "
        "scan + day, "
        "deeds with ids, date of the resolution target [as deadline|for the next step]. [Read only|No edits].",
        mode="copilot",
    ),
    Wording(
        "lead's mail",
        "From: Dana Kessler\nSubject: {ticket}\n\nThis one moves to the [evening crew|Monday crew]. Give me the "
        "handover summary in the "
        "format we agreed on (it is written down, look it up, word limit included). They will ask four things, so "
        "answer them in "
        "it: on which day the order was placed and the price of every item on it; how much money we actually "
        "received; where the "
        "parcel was last seen, with date; which deeds of ours are on file, by number. Close with the day by which "
        "the target for "
        "resolving it runs out. The ticket itself stays as it is, [please|thanks].\n\nD.",
        mode="copilot",
    ),
    Wording(
        "voice note",
        "[OK so|Right,] voice note because I'm already on the stairs. {ticket}, I can't finish it, sorry. Could you "
        "put together "
        "that handover thing, with the five headings, you know, short? What I'd want to read if I were Priya: the "
        "day of the "
        "order and what every single item cost them, the sum that we took in the end, not what they say it was, then "
        "the parcel, "
        "where and when was the last scan, then what has been done already with the numbers, and until what day we "
        "must have it "
        "solved going by the SLA. Only write it, I don't want the ticket touched.",
        mode="copilot",
    ),
    Wording(
        "before the holidays",
        "I am [off from tomorrow|on leave as of Monday], back [after Thanksgiving|in December]. For {ticket} I [need|would like] a handover summary [made up the usual "
        "way|according to the "
        "staff article], to be pasted [for my stand-in|into the notes for whoever stands in]. [Contents|What goes in]: order date, item prices as sold, money captured on "
        "the order, "
        "latest parcel scan and its date, actions taken with their record numbers, and the final day of the "
        "resolution target as "
        "the deadline in the last section. Nothing is to be altered in the records.",
    ),
    Wording(
        "non-native colleague",
        "Good afternoon! I must leave ticket {ticket} to other colleague. Please make for me the handover summary "
        "like it is in our "
        "instruction, with right headings and not too long. Must be inside: which day was the order, how much costed "
        "each thing "
        "in the order, how much we have really got paid, last scan of parcel and which day, what was made already "
        "(with number), "
        "and for next step the day when [time for resolution|our resolution time] ends. Please not change the "
        "ticket, only text.",
        mode="copilot",
    ),
    Wording(
        "weekend rota",
        "[Weekend rota|Rota]: {ticket} is reassigned at [four|half past three|shift change]. The summary for the person taking over is [still "
        "missing, please "
        "produce it|not there yet, so please write it] (template + limit as per the handover article). [Needed for their call|They need]: date of purchase, what "
        "each item went "
        "for, the total we captured, current position of the parcel by its newest scan incl. day, every step already "
        "on record "
        "with its id, the last day of the resolution SLA. I'll do the reassignment myself, so leave all records alone.",
    ),
)  # fmt: skip

FAMILY = Family(
    name="handover-note",
    title="The handover summary of a waiting ticket by the house template, against what customer, note, header say",
    category="communication",
    main_level="planning",
    levels=("planning", "groundedness", "tool_use"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
)
