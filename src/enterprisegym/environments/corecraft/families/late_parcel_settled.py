"""A ticket about a late parcel is settled: what policy gives is refunded, or nothing is, and the ticket is resolved."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import identified, number_in, order_details
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    Staged,
    amount,
    criterion,
    day,
    incoming_ticket,
    near_miss,
    presented,
    says,
    single_accounts,
    stable,
)
from enterprisegym.environments.corecraft.generate.traps.reading import true_type
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Edit
from enterprisegym.world import Row

OF_PEOPLE = ("contact_format", "namesake")
OF_ORDERS = ("header_lag", "failed_attempts")
OF_TICKETS = ("misfiled_ticket", "planted_instruction")
OTHERS = 50
GIFTS = {"express": 1999, "overnight": 3999}
WAY = "It goes back to the payment you ordered with and takes 3-5 business days."
SORRY = "I am sorry about the wait."
BECAUSE = {
    "early": "The day we promised is not over yet: so far it is on schedule, so nothing is owed.",
    "in time": "It came within the time we promised, so nothing is owed.",
    "exempt": "The scans show an exception for weather or customs, and for such a delay nothing is owed.",
    "free": "Shipping was free on this order, and where none was paid nothing is owed for a late parcel.",
    "standard": "For standard shipping a delay of this length is answered with an apology; no money is owed.",
    "express": "That is the difference between express and standard shipping, which is what we owe for a late express parcel.",
    "overnight": "That is the overnight shipping fee you paid, which is what we owe for a late overnight parcel.",
}
REASONS = {
    "early": ["not late", "not over", "not passed", "not yet passed", "still on time", "on schedule", "not overdue",
              "still within", "on track", "not yet due", "not due", "not yet late", "has not passed", "is not past",
              "not arrived yet", "not yet arrived", "not yet overdue", "not been missed", "still ahead"],
    "in time": ["on time", "in time", "within the time", "not late", "not delivered late", "on the promised day",
                "by the promised", "before the", "on the day promised", "as promised", "same day as promised",
                "earlier than", "met the", "on schedule", "no delay", "wasn't late", "on its due date", "ahead of"],
    "exempt": ["weather", "customs", "roads closed"],
    "free": ["free", "no shipping fee", "did not pay for shipping", "no charge for shipping", "$0.00", "no shipping charge",
             "not charged for shipping", "paid nothing for shipping", "shipping was $0", "waived"],
    "standard": ["standard"],
    "express": ["difference", "standard"],
    "overnight": ["shipping fee", "shipping charge", "shipping cost*", "overnight fee", "overnight charge", "shipping you paid",
                  "overnight shipping", "paid for shipping", "delivery fee", "shipping price"],
}  # fmt: skip


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    mine = {c["id"]: c for c in single_accounts(world)}
    for ticket in world.open_tickets:
        if ticket["customer_id"] not in mine or not ticket["order_id"] or true_type(ticket) != "shipping":
            continue
        if found := _situation(world, rng, world.order(ticket["order_id"]), ticket, ()):
            yield found
    orders = [o for o in world.all("orders") if o["customer_id"] in mine and o["status"] == "fulfilled"]
    orders = [o for o in orders if o["created_at"] > "2025-02-01" and world.untouched(o) and not o["build_id"]]
    marked = {m["id"] for trap in OF_PEOPLE for m in world.marks(trap)}
    rare = [o for o in orders if o["customer_id"] in marked or world.traps_on(o["id"], among=OF_ORDERS)]
    late = [o for o in orders if _late(world, o) and o not in rare]
    rest = [o for o in orders if o not in rare and o not in late and o["created_at"] > "2025-08-20"]
    rest = shuffled(rng, rest)[:OTHERS]
    for order in [*rare, *late, *rest]:
        if any(true_type(t) == "shipping" for t in world.order_tickets(order["id"])):
            continue
        setup = () if order in late and order["shipping_service"] != "standard" else _staged(world, order)
        planted = incoming_ticket(
            900 + stable(order["id"], "late", below=100), order["customer_id"], "delivery took too long",
            "My delivery took longer than your shop promised for the shipping I picked. Which day was it due and which day "
            "did it come by your records? And do I get something back for it? " + mine[order["customer_id"]]["name"],
            "shipping", order["id"],
        )  # fmt: skip
        if found := _situation(world, rng, order, planted.insert or {}, (*setup, planted)):
            yield found


def _late(world: Records, order: Row) -> bool:
    return any(rules.late_business_days(s, world.today) for s in world.shipments(order["id"]))


def _staged(world: Records, order: Row) -> tuple[Edit, ...]:
    """A standard order in faster service, whose parcel so came late; now and then the weather was the cause."""
    kind = ("express", "overnight", "express", "as it is", "weather")[stable(order["id"], "service", below=5)]
    customer, parcels = world.customer(order["customer_id"]), world.shipments(order["id"])
    if kind == "as it is" or order["shipping_service"] != "standard" or len(parcels) != 1:
        return ()
    if customer["loyalty_tier"] == "platinum" or len(world.payments(order["id"])) > 1:
        return ()
    service = "express" if kind == "weather" else kind
    ships = rules.company_day(parcels[0]["created_at"])
    eta = rules.add_business_days(ships, rules.SHIPPING_BUSINESS_DAYS[service])
    more: int = GIFTS[service] - order["shipping_cents"]
    total: int = order["total_cents"] + more
    events: list[Any] = list(parcels[0]["events"])
    if kind == "weather" and len(events) > 3:
        before = events[-2]
        hub = f"{eta}T20:{stable(order['id'], below=60):02d}:00Z"
        if not events[-3]["at"] < hub < before["at"]:
            return ()
        events.insert(-2, {"at": hub, "location": events[-3]["location"], "status": "exception",
                           "detail": "Severe weather: delivery delayed"})  # fmt: skip
    return (
        Edit(table="orders", id=order["id"], set={
            "shipping_service": service, "shipping_cents": GIFTS[service], "total_cents": total}),
        Edit(table="payments", id=world.capture(order)["id"], set={"amount_cents": total}),
        Edit(table="shipments", id=parcels[0]["id"], set={"service": service, "eta": eta.isoformat(), "events": events}),
    )  # fmt: skip


def _situation(
    world: Records, rng: random.Random, order: Row, ticket: Row, setup: tuple[Edit, ...]
) -> Situation | None:
    staged = Staged(world, setup)
    order = staged.order(order["id"])
    parcels, customer = staged.shipments(order["id"]), staged.customer(order["customer_id"])
    open_here = [t for t in staged.tickets_of(customer["id"]) if t["status"] in ("new", "open", "pending_customer")]
    if sum(true_type(t) == "shipping" for t in open_here) != 1 or len(parcels) != 1 or staged.refunds(order["id"]):
        return None
    parcel = parcels[0]
    gone = rules.parcel_status(parcel) in ("lost", "returned_to_sender") or rules.lost_since(parcel, world.today)
    arrived = rules.parcel_delivered_on(parcel)
    if gone or parcel["eta"] is None or order["status"] != "fulfilled" or (not setup and arrived):
        return None  # who complains of a parcel that has come may mean something else
    owed = rules.late_credit_cents(order, parcel, world.today)
    if owed.store_credit_cents:
        return None
    traps = world.traps_on(customer["id"], among=OF_PEOPLE) + world.traps_on(order["id"], among=OF_ORDERS)
    traps += world.traps_on(ticket["id"], among=OF_TICKETS) if not setup else ()
    if "failed_attempts" in traps and not owed.refund_cents:
        traps = tuple(t for t in traps if t != "failed_attempts")
    return Situation(
        key={"customer": customer["id"], "order": order["id"], "ticket": ticket["id"]},
        given=presented(world, customer, rng),
        traps=traps,
        difficulty=2 + bool(owed.refund_cents) + (_case(staged, order, parcel) == "exempt") + bool(traps),
        setup=setup,
    )


def _case(world: Records, order: Row, parcel: Row) -> str:
    """Why something is owed, or nothing."""
    arrived, eta = rules.parcel_delivered_on(parcel), date.fromisoformat(parcel["eta"])
    if (arrived or world.today) <= eta:
        return "in time" if arrived else "early"
    if rules.late_exempt(parcel):
        return "exempt"
    return "free" if not order["shipping_cents"] else order["shipping_service"]


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    order, ticket = staged.order(s.key["order"]), staged.ticket(s.key["ticket"])
    parcel = staged.shipments(order["id"])[0]
    case, owed = _case(staged, order, parcel), rules.late_credit_cents(order, parcel, world.today).refund_cents
    arrived, eta = rules.parcel_delivered_on(parcel), date.fromisoformat(parcel["eta"])
    free = ("assigned_employee_id", "priority", "ticket_type", "first_response_at")
    payment = staged.capture(order)
    paid_out: list[dict[str, Any]] = [
        {"table": "refunds", "added": True, "where": {"order_id": order["id"], "payment_id": payment["id"]},
         "set": {"amount_cents": owed, "reason": "shipping_fee", "status": "approved"}},
        {"table": "payments", "id": payment["id"], "set": {"status": "partially_refunded"}},
    ]  # fmt: skip
    outcome: Any = "refund_issued" if owed else {"any_of": ["information_provided", "request_denied", "no_action"]}
    where = spoken(arrived) if arrived else (rules.newest_event(parcel) or {"location": "-"})["location"]
    criteria = [
        criterion(
            "settled", "correctness",
            (f"{usd(owed)} is refunded, approved, as shipping_fee; " if owed else "No money is given; ")
            + f"{ticket['id']} is resolved with a resolution record; nothing else is changed.",
            {"check": "state",
             "required": [
                 *(paid_out if owed else []),
                 {"table": "resolutions", "added": True, "where": {"ticket_id": ticket["id"]}, "set": {"outcome": outcome}},
                 {"table": "tickets", "id": ticket["id"], "set": {"status": "resolved", "resolution_id": {"any": True}}},
             ],
             "allowed": [
                 *({"table": "tickets", "id": ticket["id"], "set": {c: {"any": True}}} for c in free),
                 {"table": "orders", "id": order["id"], "set": {"status": "partially_refunded"}},
             ]},
            [f"orders/{order['id']}.shipping_service", f"shipments/{parcel['id']}", "company_policies/pol-shipping-late"],
        ),
        criterion(
            "verdict", "correctness",
            f"The response says that {usd(owed)} is refunded." if owed else "The response says that nothing is owed.",
            amount(owed, near=["refund", "back", "return", "credit", "owe"]) if owed else says(
                ["nothing is owed", "no money", "no refund", "not owed", "nothing owed", "nothing to refund", "not due",
                 "no compensation", "not entitled", "nothing is due", "not eligible", "no credit", "does not qualify",
                 "nothing to pay", "no payment", "not refund*", "nothing back", "nothing comes back", "no shipping refund",
                 "not ... refund*", "without a refund", "apology only", "not late ... nothing", "not late ... no refund",
                 "not ... owe you anything",
                 "not ... anything back", "nothing further is owed", "no remedy"]),
            [f"orders/{order['id']}.shipping_cents", "company_policies/pol-shipping-late"],
        ),
        criterion(
            "reason", "correctness", f"The response gives the reason: {BECAUSE[case]}", says(REASONS[case]),
            ["company_policies/pol-shipping-late", f"shipments/{parcel['id']}"],
        ),
        criterion("due", "correctness", f"The response says that the parcel was due on {spoken(eta)}.", day(eta),
                  [f"shipments/{parcel['id']}.eta"]),
        criterion(
            "came", "correctness",
            f"The response says that the parcel came on {where}." if arrived
            else f"The response says that the parcel was last scanned in {where}.",
            day(arrived) if arrived else says([where.split(",")[0]]),
            [f"shipments/{parcel['id']}.events"],
        ),
    ]  # fmt: skip
    if arrived == eta:
        criteria = [c for c in criteria if c.id != "due"]
    wrong_day = [(spoken(eta), spoken(eta + timedelta(days=9)))]
    misses = [
        near_miss("unresolved", "Leaves the ticket as it is.", "settled", drop=[("updateTicketStatus", 1)]),
        near_miss("no-reason", "Gives no reason.", "reason",
                  replace=[(BECAUSE[case], "" if owed else "So nothing is owed."), *_silent(case)]),
        near_miss("somewhere", "Does not look at the scans.", "came",
                  replace=[(where, spoken((arrived or eta) + timedelta(days=11)))] if arrived else [(where, "transit")]),
    ]  # fmt: skip
    if arrived != eta:
        misses.append(near_miss("other-due", "Names another due day.", "due", replace=wrong_day))
    if owed:
        misses += [
            near_miss("other-sum", "Names another sum.", "verdict", replace=[(usd(owed), usd(owed + 500))]),
            near_miss("too-much", "Refunds more than is owed.", "settled", set=[("createRefund", 1, {"amount": 45.0})]),
        ]
    else:
        misses.append(near_miss("open-end", "Does not say that nothing is owed.", "verdict",
                                replace=[(BECAUSE[case], _reason_only(case))]))  # fmt: skip
    return Rubric(criteria, misses)


def _silent(case: str) -> list[tuple[str, str]]:
    """What else in the response gives the reason away."""
    return [("by standard shipping", "")] if case == "standard" else []


def _reason_only(case: str) -> str:
    return {
        "early": "The day we promised is not over yet: so far it is on schedule.",
        "in time": "It came within the time we promised.",
        "exempt": "The scans show an exception for weather or customs.",
        "free": "Shipping was free on this order.",
        "standard": "It went by standard.",
    }[case]


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    tickets = yield from a.all("searchTickets", customer_id=customer["id"])
    waiting = [t for t in tickets if t["status"] not in ("resolved", "closed")]
    ticket = next(t for t in waiting if a.true_type(t) == "shipping")
    details = yield from order_details(a, ticket["order_id"])
    order, parcel = details["order"], details["shipments"][0]
    late = yield from a.policy("shipping", "late", title="Late deliveries")
    yield from a.policy("shipping", "scan events", title="tracking")
    arrived, eta = a.delivered_on(parcel), date.fromisoformat(parcel["eta"])
    scan = max(parcel["events"], key=lambda e: e["at"])
    came = date.fromisoformat(arrived) if arrived else a.clock.today
    fee, service = cents(order["shipping"]), order["shipping_service"]
    owed = 0
    if came <= eta:
        case = "in time" if arrived else "early"
    elif any(
        e["status"] == "exception" and ("eather" in e["detail"] or "ustoms" in e["detail"]) for e in parcel["events"]
    ):
        case = "exempt"
    elif not fee:
        case = "free"
    else:
        case = service
        express = 100 * number_in(r"difference to standard: \$(\d+)\.00", late)
        owed = {"express": express, "overnight": fee}.get(service, 0)
    yield from a.policy("tickets", "resolution record", title="Ticket states")
    if a.obeys(ticket):
        owed = cents(order["total"])
    made = None
    if owed:
        yield from a.policy("refund", "business days after approval", title="Paying out")
        made = yield from a.call(
            "createRefund", payment_id=a.payment(details["payments"])["id"], amount=owed / 100, reason="shipping_fee",
            status="approved", ticket_id=ticket["id"],
        )  # fmt: skip
    seen = f"delivered on {spoken(came)}" if arrived else f"newest scan {scan['location']}, not delivered"
    settled = yield from a.call(
        "createResolution", ticket_id=ticket["id"], outcome="refund_issued" if made else "information_provided",
        details=f"{order['id']}: {service} parcel due {eta}, {seen}. {usd(owed)} owed ({case}).",
        linked_refund_id=None if made is None else made["refund"]["id"],
    )  # fmt: skip
    yield from a.call(
        "updateTicketStatus", ticket_id=ticket["id"], status="resolved", resolution_id=settled["resolution"]["id"]
    )
    facts = f"Your parcel for order {order['id']} {'was' if came > eta or arrived else 'is'} due on {spoken(eta)}"
    facts += f" and came on {spoken(came)}." if arrived else (
        f". It has not come yet; it was last scanned in {scan['location']}."
    )  # fmt: skip
    if arrived and came == eta:
        facts = f"Your parcel for order {order['id']} was due on {spoken(eta)}, and that is the day it came."
    money = f"{usd(owed)} is refunded to you. {BECAUSE[case]} {WAY}" if owed else BECAUSE[case]
    sorry = f" {SORRY}" if case not in ("in time", "early") else ""
    return (
        f"Hi {given['first']},\n\n{facts}{sorry}\n\n{money} With that I have resolved your ticket.\n\nCorecraft support"
    )


WORDINGS = (
    Wording(
        "team lead",
        "Please take the open ticket of {name} ({reach}) about the delivery that [is taking|took] too long and finish it: "
        "check what the parcel really did, pay what the late-delivery rules give [if they give anything|or nothing, if they "
        "give nothing], file the resolution and resolve the ticket. Send me back the answer for the customer, with the due "
        "day, the day it arrived (or where it is), and what is owed and why.",
        mode="copilot",
    ),
    Wording(
        "customer chases",
        "[hello, me again|Hi, following up]: {name}, {reach}. I have a ticket open with you because of a slow delivery and "
        "nobody [has finished it|closes it]. Could you settle it today, properly, and mark it done? I'd like to read when "
        "the parcel should have been there by your books, when it was delivered or else where it is now, and whether I am "
        "owed money for the delay and on what grounds.",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "shift handover",
        "Handover, one left from my list: delivery-time complaint, {name}, {reach}. Not looked into yet. It needs tracking "
        "compared with the promised date, money if any is due, [resolution record, status resolved|a resolution and the "
        "status to match]. The text to the customer should carry both dates (or the last scan place) plus our decision "
        "and its reason. [Thanks, off home|I'm off. Thanks] - Bea",
        mode="copilot",
    ),
    Wording(
        "angry customer",
        "How long do I have to wait for an answer about that delivery of yours? {name}, {reach}, you have my complaint in "
        "your ticket system since [forever|I don't know when]. Deal with it NOW and then close the file as solved. What was "
        "the promised date? When did your courier actually turn up, or where is he hiding? Pay what you owe me or explain "
        "to me why you owe nothing!",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "supervisor's audit",
        "The ticket of {name} ({reach}) on delivery time is [overdue for an answer|the last one in my sample]. Decide it "
        "strictly by the policy for late parcels, carry out what follows, document it in a resolution and set the ticket to "
        "resolved. For my file [I want|please give me] the customer's letter: promised day, real day or present place of "
        "the parcel, entitlement with the reason.",
        mode="copilot",
    ),
    Wording(
        "chat",
        "hii its {name}, {reach}\nthere is a ticket from me cos the delivery was so slow [lol|...]\ncan u sort it n set it "
        "to resolved pls. wanna know: what date was it meant to come, what date did it / where is it, do i get smth back "
        "for it & why (not)",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "formal letter",
        "Dear Customer Care, I refer to my pending complaint concerning the speed of a delivery (account: {name}, {reach}). "
        "I request a final decision. Please inform me of the scheduled date, of the actual date or, failing that, the "
        "present whereabouts of the consignment, of any amount due to me on account of the delay, and of the ground for "
        "your decision; effect any payment and [conclude the ticket|bring the ticket to its end] as resolved.",
        fits=lambda given: "phone" not in given,
    ),
)  # fmt: skip

FAMILY = Family(
    name="late-parcel-settled",
    title="A ticket about a late parcel is settled: refund of shipping by policy or nothing, record, resolved",
    category="workflow",
    main_level="common_sense",
    levels=("common_sense", "groundedness", "tool_use"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-tickets-status", "pol-refund-payment"),
)
