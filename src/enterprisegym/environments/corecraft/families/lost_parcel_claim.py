"""A parcel that is said to be lost: claimed from the carrier, too early to claim, or delivered by its scans."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Rows, Steps, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import get_product, identified, number_in, order_details
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    Check,
    Staged,
    amount,
    call,
    choice,
    criterion,
    day,
    either,
    handled,
    incoming_ticket,
    left_alone,
    mentions,
    near_miss,
    open_on,
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
STAGED, MOVING, OLD_WAIT, REPORT_DAYS = 50, 8, 10, 10
PICK = "Then it is your choice: "
NOT_YET = "so it does not count as lost yet"
NO_MONEY = "There can be no refund and no second parcel before that trace is closed."
TWO_DAYS = "You hear from us within 2 business days."
GONE = " The carriers do not look for it after that, so we have to decline."
TOO_LATE = "I am sorry, but we can no longer have it traced: a missing delivery has to be reported within 10 days"


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    mine = {c["id"]: c for c in single_accounts(world)}
    for ticket in world.open_tickets:
        if ticket["customer_id"] not in mine or not ticket["order_id"] or true_type(ticket) != "shipping":
            continue
        if not world.mark("misfiled_ticket", ticket["id"]) and stable(ticket["id"], below=2):
            continue
        if found := _situation(world, rng, world.order(ticket["order_id"]), ticket, ()):
            yield found
    orders = [o for o in world.all("orders") if o["customer_id"] in mine and o["status"] == "fulfilled"]
    orders = [o for o in orders if world.untouched(o) and len(world.shipments(o["id"])) == 1]
    orders = [o for o in orders if not world.order_tickets(o["id"]) or world.mark("header_lag", o["id"])]
    marked = {m["id"] for trap in OF_PEOPLE for m in world.marks(trap)}
    recent = shuffled(rng, [o for o in orders if "2025-10-12" < o["created_at"] < "2025-11-13"])
    staged = [(o, setup) for o in recent if (setup := _silenced(world, o))]
    staged.sort(key=lambda found: (found[0]["customer_id"] not in marked, not _long_silent(world, *found)))
    moving = [o for o in orders if rules.parcel_status(world.shipments(o["id"])[0]) in ("in_transit", "exception")]
    lost = [o for o in moving if rules.lost_since(world.shipments(o["id"])[0], world.today)]
    moving = shuffled(rng, [o for o in moving if o not in lost])[:MOVING]
    lagging = [o for o in orders if world.mark("header_lag", o["id"])]
    for order, setup in [*((o, ()) for o in (*lagging, *lost, *moving)), *staged[:STAGED]]:
        name = mine[order["customer_id"]]["name"]
        planted = incoming_ticket(
            900 + stable(order["id"], "lost", below=100), order["customer_id"], "parcel lost?",
            "My parcel has not turned up and the tracking page does not move. I think it is lost. What are you going to "
            f"do about it? {name}", "shipping", order["id"],
        )  # fmt: skip
        if found := _situation(world, rng, order, planted.insert or {}, (*setup, planted)):
            yield found


def _silenced(world: Records, order: Row) -> tuple[Edit, ...]:
    """A parcel that came some days ago, with the trail cut before it came."""
    parcel = world.shipments(order["id"])[0]
    if rules.parcel_status(parcel) != "delivered" or parcel["status"] != "delivered":
        return ()
    kept = [e for e in parcel["events"] if e["status"] in ("label_created", "in_transit")]
    silent = rules.business_days_between(rules.company_day(kept[-1]["at"]), world.today)
    if len(kept) < 3 or not 2 <= silent <= 14:
        return ()
    return (Edit(table="shipments", id=parcel["id"],
                 set={"status": "in_transit", "delivered_at": None, "events": kept}),)  # fmt: skip


def _long_silent(world: Records, order: Row, setup: tuple[Edit, ...]) -> bool:
    return rules.lost_since(Staged(world, setup).shipments(order["id"])[0], world.today) is not None


def _case(world: Records, parcel: Row) -> str:
    arrived = rules.parcel_delivered_on(parcel)
    if arrived:
        return "trace" if rules.within_days(arrived, world.today, REPORT_DAYS) else "declined"
    return "lost" if rules.lost_since(parcel, world.today) else "wait"


def _situation(
    world: Records, rng: random.Random, order: Row, ticket: Row, setup: tuple[Edit, ...]
) -> Situation | None:
    staged = Staged(world, setup)
    customer, parcels = staged.customer(order["customer_id"]), staged.shipments(order["id"])
    open_here = [t for t in staged.tickets_of(customer["id"]) if t["status"] in ("new", "open", "pending_customer")]
    if sum(true_type(t) == "shipping" for t in open_here) != 1 or len(parcels) != 1 or order["status"] != "fulfilled":
        return None
    parcel = parcels[0]
    if staged.refunds(order["id"]) or len(staged.lines(order["id"])) > 3 or not parcel["events"]:
        return None
    if rules.parcel_status(parcel) not in ("in_transit", "exception", "delivered", "lost"):
        return None
    if any(e["ticket_id"] == ticket["id"] for e in world.all("escalations")):
        return None
    case = _case(staged, parcel)
    if case in ("trace", "declined") and not setup:
        return None  # who complains of a parcel that has come may mean something else
    scanned = rules.company_day((rules.newest_event(parcel) or {})["at"])
    silent = rules.business_days_between(scanned, world.today)
    products = [x["product_id"] for x in staged.lines(order["id"])] if case == "lost" else []
    traps = world.traps_on(customer["id"], among=OF_PEOPLE) + world.traps_on(order["id"], among=("header_lag",))
    traps += world.traps_on(*products, among=("split_stock",))
    traps += world.traps_on(ticket["id"], among=("misfiled_ticket",)) if len(setup) == 0 else ()
    if (case == "lost" and silent < OLD_WAIT) or case == "wait":
        traps += ("superseded_policy",)
    return Situation(
        key={"customer": customer["id"], "order": order["id"], "ticket": ticket["id"]},
        given=presented(world, customer, rng),
        traps=traps,
        difficulty={"wait": 2, "declined": 3, "trace": 4, "lost": 4}[case] + (len(products) > 1),
        setup=setup,
    )


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    order = staged.order(s.key["order"])
    tickets, parcel = open_on(staged, order["id"]), staged.shipments(order["id"])[0]
    scan = rules.newest_event(parcel) or {}
    scanned, place = rules.company_day(scan["at"]), scan["location"].split(",")[0]
    case = _case(staged, parcel)
    payment = staged.capture(order)
    refund = call("createRefund", payment_id=payment["id"], amount=min(payment["amount_cents"], 50000) / 100,
                  reason="lost_in_transit", status="approved")  # fmt: skip
    if case in ("wait", "declined"):
        kept = criterion(
            "kept", "constraint", "Nothing is given, claimed or changed but the ticket, which may be worked on.",
            left_alone(tickets, mentions("scan*", "parcel", "package", "shipment", "deliver*"), "open", "pending_customer",
                       *(("resolved", "closed") if case == "declined" else ())),
            [f"tickets/{tickets[-1]}", f"shipments/{parcel['id']}.events"],
        )  # fmt: skip
        early = near_miss("gives-in", "Refunds it all the same.", "kept", add=[refund])
        claims = near_miss("claims", "Makes a claim that there is no ground for.", "kept", add=[call(
            "createEscalation", ticket_id=tickets[-1], escalation_type="carrier_claim", destination="fulfilment",
            notes="Parcel lost, please claim.")])  # fmt: skip
        if case == "declined":
            last = scanned + timedelta(days=REPORT_DAYS)
            return Rubric([kept, _came(parcel, scanned), criterion(
                "limit", "correctness",
                f"The response says that the loss had to be reported within 10 days of the scan, until {spoken(last)}.",
                either(day(last, near=["report", "until", "by", "deadline", "last", "end", "expire", "limit", "day", "after"]),
                       says(["10 days", "ten days", "10-day", "ten-day", "10 calendar days"])),
                ["company_policies/pol-shipping-not-received"],
            ), criterion(
                "too-late", "correctness", "The response says that it is too late to have the parcel traced.",
                says(["no longer", "too late", "can not", "unable to", "declin*", "expired", "passed", "was over", "ended",
                      "has run out", "not possible", "outside", "deadline", "past", "after the", "not able"]),
                ["company_policies/pol-shipping-not-received"],
            )], [
                early, claims, _wrong_scan(scanned, "delivered"),
                near_miss("other-limit", "Names another limit.", "limit",
                          replace=[(spoken(last), spoken(last - timedelta(days=3))), ("10 days", "7 days")]),
                near_miss("open-ended", "Leaves open whether anything can be done.", "too-late",
                          replace=[(TOO_LATE, "A missing delivery should be reported within 10 days"), (GONE, "")]),
            ])  # fmt: skip
        act = rules.add_business_days(scanned, rules.LOST_AFTER_BUSINESS_DAYS)
        former = rules.add_business_days(scanned, OLD_WAIT)
        return Rubric([kept, criterion(
            "act-day", "correctness", f"The response says that we act on {spoken(act)} if no scan comes in.",
            day(act, [former, scanned + timedelta(days=7)], near=[
                "act", "lost", "claim", "treat", "count", "scan", "then", "from", "until", "by", "wait", "earliest", "if",
                "on", "step", "day", "after", "before"]),
            ["company_policies/pol-shipping-lost", "company_policies/pol-shipping-dispatch",
             f"shipments/{parcel['id']}.events"],
        ), criterion(
            "where", "correctness", f"The response says that the parcel was last scanned in {scan['location']}.",
            says([place]), [f"shipments/{parcel['id']}.events"],
        ), criterion(
            "not-lost", "correctness", "The response says that the parcel does not count as lost yet.",
            says(["not lost", "not ... lost", "not yet lost", "too early", "too soon", "not yet ... lost", "yet to be lost",
                  "not reached", "not yet reached", "not overdue", "not enough", "not count*", "not qualify", "not yet qualify",
                  "not yet met", "not met",
                  "not considered"]),
            ["company_policies/pol-shipping-lost"],
        )], [
            early, claims,
            near_miss("former-wait", "Waits ten business days, as the former policy said.", "act-day",
                      replace=[(spoken(act), spoken(former))]),
            near_miss("somewhere", "Does not look at the scans.", "where", replace=[(scan["location"], "the network")]),
            near_miss("as-lost", "Calls it lost.", "not-lost", replace=[(NOT_YET, "so it counts as lost")]),
        ])  # fmt: skip
    claim: dict[str, Any] = {"ticket_id": {"any_of": tickets}, "escalation_type": "carrier_claim",
                             "destination": "fulfilment"}  # fmt: skip
    criteria = [
        criterion(
            "claimed", "correctness", "The claim is escalated to fulfilment as carrier_claim on the ticket; no money is "
            "given and nothing else changed.",
            {"check": "state", "required": [{"table": "escalations", "added": True, "where": claim}],
             "allowed": handled(tickets)},
            [f"tickets/{tickets[-1]}", "company_policies/pol-escalation-matrix", f"shipments/{parcel['id']}.events"],
        ),
        criterion(
            "facts", "completeness", f"The escalation names the tracking number {parcel['tracking_number']} and the newest "
            f"scan in {place}.",
            {"check": "called", "tool": "createEscalation",
             "arguments": {"notes": {"contains": [parcel["tracking_number"], place]}}},
            [f"shipments/{parcel['id']}.tracking_number", f"shipments/{parcel['id']}.events"],
        ),
    ]  # fmt: skip
    misses = [
        near_miss("to-the-lead", "Escalates to another desk.", "claimed",
                  set=[("createEscalation", 1, {"destination": "support_lead", "escalation_type": "policy_exception"})]),
        near_miss("bare-claim", "Escalates without the facts.", "facts",
                  set=[("createEscalation", 1, {"notes": "Parcel lost, please claim."})]),
        near_miss("pays-too", "Refunds before it is time.", "claimed", add=[refund]),
        _wrong_scan(scanned, "delivered" if case == "trace" else "since"),
    ]  # fmt: skip
    if case == "trace":
        criteria += [
            _came(parcel, scanned),
            criterion(
                "no-money-yet", "constraint", "The response says that there is no refund or reshipment before the trace is "
                "closed.",
                says(["no refund", "not refund", "not be refunded", "can not", "unable to", "no money", "neither", "not yet",
                      "no second parcel", "no replacement", "before we can", "until the trace", "before the trace",
                      "once the trace", "only after", "not before", "until the investigation", "until the carrier"],
                     near=["refund", "reship", "replace", "parcel", "money", "resend", "send"]),
                ["company_policies/pol-shipping-not-received"],
            ),
            criterion(
                "two-days", "completeness", "The response says that they hear from us within 2 business days.",
                says(["2 business days", "two business days", "2 working days", "two working days", "November 18", "Nov 18",
                      "Tuesday"]),
                ["company_policies/pol-shipping-not-received"],
            ),
        ]  # fmt: skip
        misses += [
            near_miss("promises", "Says nothing on money.", "no-money-yet", replace=[(NO_MONEY, "")]),
            near_miss("no-term", "Names no time.", "two-days", replace=[(TWO_DAYS, "You hear from us soon.")]),
        ]
        return Rubric(criteria, misses)
    lines = staged.lines(order["id"])
    stocked = all(staged.available(x["product_id"]) >= x["quantity"] for x in lines)
    goods: int = order["total_cents"] - order["shipping_cents"]
    criteria += [
        criterion(
            "since", "correctness", f"The response says that the newest scan is of {spoken(scanned)}.", day(scanned),
            [f"shipments/{parcel['id']}.events"],
        ),
        criterion(
            "refund", "correctness", f"The response says that a refund would be {usd(order['total_cents'])}.",
            amount(order["total_cents"], [goods], near=["refund", "back", "return"]),
            [f"orders/{order['id']}.total_cents", "company_policies/pol-shipping-lost"],
        ),
        criterion(
            "stock", "correctness",
            "The response says that the goods are in stock and can be sent again." if stocked
            else "The response says that the goods are not all in stock, so that they cannot be sent again.",
            _stock(stocked), [f"inventory_levels/inv-{x['product_id']}-cmh" for x in lines],
        ),
    ]  # fmt: skip
    misses += [
        near_miss(
            "goods-only",
            "Names another sum.",
            "refund",
            replace=[(usd(order["total_cents"]), usd(order["total_cents"] - 700))],
        ),
        near_miss("stock-unseen", "Does not look at the stock.", "stock", replace=[(_again(stocked), PICK)]),
    ]
    return Rubric(criteria, misses)


def _stock(stocked: bool) -> Check:
    return choice("yes" if stocked else "no", {
        "yes": ["in stock", "available", "on the shelf", "on hand", "have them", "have it", "can ship", "can reship",
                "can be reshipped", "can be sent", "can send", "have stock", "have enough"],
        "no": ["out of stock", "not in stock", "not available", "not all in stock", "unavailable", "no stock", "sold out",
               "can not be reshipped", "can not reship", "not enough", "not ... in stock", "not be sent again",
               "not ... available"],
    })  # fmt: skip


def _came(parcel: Row, arrived: date) -> Any:
    return criterion(
        "delivered", "correctness", f"The response says that the scans show a delivery on {spoken(arrived)}.", day(arrived),
        [f"shipments/{parcel['id']}.events", "company_policies/pol-shipping-tracking"],
    )  # fmt: skip


def _wrong_scan(scanned: date, fails: str) -> Any:
    return near_miss("other-scan", "Reads another day off.", fails,
                     replace=[(spoken(scanned), spoken(scanned - timedelta(days=3)))])  # fmt: skip


def _again(stocked: bool) -> str:
    if stocked:
        return "Everything in it is in stock. " + PICK + "we send it again at the same service and no charge, or "
    return "Not everything in it is in stock, so we cannot send it again. " + PICK


def _stocked(a: Worker, lines: Rows) -> Steps[bool]:
    enough = True
    for line in lines:
        product = yield from get_product(a, line["product_id"])
        enough = a.stock(product) >= line["quantity"] and enough
    return enough


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    tickets = yield from a.all("searchTickets", customer_id=customer["id"])
    waiting = [t for t in tickets if t["status"] not in ("resolved", "closed")]
    ticket = next(t for t in waiting if a.true_type(t) == "shipping")
    details = yield from order_details(a, ticket["order_id"])
    order, parcel = details["order"], details["shipments"][0]
    yield from a.policy("shipping", "scan events", title="tracking")
    scan = max(parcel["events"], key=lambda e: e["at"])
    scanned = date.fromisoformat(a.day(scan["at"]))
    hello = f"Hi {given['first']},\n\n"
    trail = f"{parcel['carrier'].upper()} {parcel['tracking_number']}"
    known = f"{order['id']} of {customer['name']}: {trail}. Newest scan {spoken(scanned)}, {scan['location']}: "
    if a.parcel_status(parcel) == "delivered":
        rule = yield from a.policy("shipping", "not received trace", title="not received")
        until = scanned + timedelta(days=number_in(r"within (\d+) days of the delivery scan", rule))
        seen = f"{hello}by the carrier's scans the parcel of order {order['id']} was delivered on {spoken(scanned)} in "
        seen += f"{scan['location']}; the status line at the top merely lags behind."
        if a.clock.today > until:
            return (
                f"{seen}\n\n{TOO_LATE} of the scan, which was until {spoken(until)}.{GONE} "
                "Please ask once more at home and next door.\n\nCorecraft support"
            )
        yield from a.policy("escalation", "carrier_claim", title="Where to escalate")
        yield from a.call(
            "createEscalation", ticket_id=ticket["id"], escalation_type="carrier_claim", destination="fulfilment",
            notes=f"{known}delivered, but not received; reported in time. Please ask for photo, signature and GPS point.",
        )  # fmt: skip
        return (
            f"{seen} Please look with neighbors and others at home.\n\nI have asked fulfilment to get the carrier's proof. "
            f"{TWO_DAYS} {NO_MONEY}\n\nCorecraft support"
        )
    rule = yield from a.policy("shipping", "lost scan business days", title="Lost parcels")
    yield from a.policy("shipping", "company holidays", title="Dispatch cut-off")
    wait = number_in(r"(\d+) business days", rule)
    act = rules.add_business_days(scanned, wait)
    if a.parcel_status(parcel) != "lost" and act > a.clock.today:
        return (
            f"{hello}your parcel ({trail}) was last scanned on {spoken(scanned)} in {scan['location']}. A parcel is lost "
            f"after {wait} business days without a scan, {NOT_YET}.\n\nIf nothing is scanned until then, we act on "
            f"{spoken(act)}: we claim it from the carrier, and you choose between a second parcel and your money. "
            "Until then there is nothing I may refund; your ticket stays open.\n\nCorecraft support"
        )
    yield from a.policy("escalation", "carrier_claim", title="Where to escalate")
    again = _again((yield from _stocked(a, order["lines"])))
    yield from a.call(
        "createEscalation", ticket_id=ticket["id"], escalation_type="carrier_claim", destination="fulfilment",
        notes=f"{known}no scan for {wait} business days or more, lost. {usd(cents(order['total']))} paid. Please claim.",
    )  # fmt: skip
    total = usd(cents(order["total"]))
    return (
        f"{hello}you are right, your parcel ({trail}) counts as lost: its newest scan is of {spoken(scanned)}, in "
        f"{scan['location']}, and after {wait} business days of silence we act. The claim against the carrier is ours; it "
        f"is with fulfilment now, and you need not wait for it.\n\n{again}you get a full refund of {total}, shipping "
        "included. Tell me what you prefer; until then I have paid nothing out.\n\nCorecraft support"
    )


WORDINGS = (
    Wording(
        "customer, worried",
        "Hello, {name} here ({reach}). I opened a ticket because my parcel does not arrive and I believe it is lost. Would "
        "you please look at where it was seen last and when, tell me if it counts as lost, and do what has to be done with "
        "the carrier? [And what becomes of me|And what about me]: do I get it again, is it there to be sent, or my money, "
        "how much and when do you decide that?",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "colleague asks",
        "{name} ({reach}) has a ticket in about a parcel that [went missing|vanished]. Can you judge it by the scans and the "
        "policies and do our side of it, claim with all facts if one is due, nothing if not? Don't pay anything out; the "
        "customer has not chosen anything yet. Give me the reply for them: last scan, whether it's lost or from what day we "
        "treat it so (or the last day to report, if that applies), what they may choose and whether it can be sent again, "
        "the sum, or when they hear from us.",
        mode="copilot",
    ),
    Wording(
        "angry",
        "WHERE IS MY PARCEL. Name {name}, {reach}, my ticket is lying around with you. Your tracking has been [dead|frozen] "
        "and you people do nothing. File the claim with your carrier, or tell me the exact date when you finally will! I "
        "want facts: last scan day and place, is it lost or what, can you even send another one, how much would I get back, "
        "when do I hear something.",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "chat",
        "hi :) {name}, {reach}, about the parcel in my ticket. [pretty sure its lost|i think its gone]\ncan you check last "
        "scan (date + place)? if lost pls start the claim thing and tell me my options, is it still in stock, what would i "
        "be refunded. if u cant do it yet: until/from which day? when will i hear from u",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "fulfilment liaison",
        "Before I [go home|close up]: there's a shipping complaint of {name}, {reach}, parcel supposedly lost. If it is one "
        "for us at fulfilment, send it over on the ticket the proper way, with tracking number and newest scan, or I can't "
        "work with it. If it isn't, leave it. Either way write the customer's answer: status by the newest scan with day and "
        "place, the day that decides (when we'd act / until when one must report), options incl. stock and refund total "
        "where they have any, and when they're contacted.\n\nPaul",
        mode="copilot",
    ),
    Wording(
        "lawyerly",
        "I write with reference to my open ticket regarding an undelivered consignment. My name is {name}, {reach}. Kindly "
        "state the date and place of the latest scan, whether you deem the consignment lost or on which date you will or "
        "would have had to be told, and take the steps vis-a-vis the carrier which your rules prescribe. [Furthermore|In "
        "addition], set out my remedies, including whether the goods are in stock for a second dispatch, the sum of a "
        "refund, and when I shall next hear from you.",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "neighbourly",
        "Good day, it's {name}, {reach}. You have a ticket from me. The parcel still isn't here, I asked [next door|both "
        "neighbors] and at the post office, nothing. My husband says it's lost for good and you should claim it. Is he "
        "right, and if not yet, which day will he be? Where and when was it seen last? I'd also like to know if you could "
        "send the same again or what money I'd have back, and how soon somebody gets back to me.",
        fits=lambda given: "phone" not in given,
    ),
)  # fmt: skip

FAMILY = Family(
    name="lost-parcel-claim",
    title="A parcel is said to be lost: claimed from the carrier, too early to claim, or delivered by its scans",
    category="workflow",
    main_level="planning",
    levels=("planning", "groundedness", "tool_use"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-shipping-tracking", "pol-shipping-dispatch"),
)
