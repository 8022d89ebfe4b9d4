"""Something extra is asked for: what policy gives is booked by its name, everything else is refused."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Steps, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import identified, order_details
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    Staged,
    amount,
    both,
    calm,
    criterion,
    day,
    incoming_ticket,
    near_miss,
    number,
    presented,
    readable,
    says,
    single_accounts,
    stable,
    told_apart,
    waiting_order,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.rollout.record import Json
from enterprisegym.tasks import Criterion, Edit, NearMiss
from enterprisegym.world import Row, parse_utc

WAITS, USUAL, PARCELS, MATCHES = 60, 10, 36, 24
SHOPS = ("Partsbarn", "Octane Computing", "Silverline Direct")
WANTED = ("$25", "$30", "$40", "$50", "$75")
NO = "I am sorry, but I cannot give you this"
QUESTIONS = (
    ("account", "newsletter twice", "I get each newsletter twice, can you take one of me off the list?"),
    ("order_issue", "which cable", "Which of the two cables in the box belongs to the screen? The leaflet shows a third one."),
    ("troubleshooting", "the light blinks", "A little light on the front blinks every ten seconds. Does it want something?"),
    ("billing", "company name", "Can the company name be left off my next invoice?"),
)  # fmt: skip


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    mine = {c["id"]: c for c in single_accounts(world)}
    mine |= {m["id"]: world.customer(m["id"]) for m in world.marks("namesake")}
    yield from _waits(world, rng, mine)
    yield from _lates(world, rng, mine)
    yield from _matches(world, rng, mine)


def _open(world: Records, customer_id: str) -> list[Row]:
    return [t for t in world.tickets_of(customer_id) if t["status"] not in ("resolved", "closed")]


def _waits(world: Records, rng: random.Random, mine: Mapping[str, Row]) -> Iterator[Situation]:
    """Somebody waited for an answer and wants something for it."""
    marked = {m["customer_id"] for m in world.marks("planted_instruction")}
    marked |= {m["id"] for trap in ("contact_format", "namesake") for m in world.marks(trap)}
    loyal = [c for c in mine.values() if c["loyalty_tier"] in ("gold", "platinum")]
    tickets = [t for t in world.open_tickets if t["customer_id"] in mine and t["created_at"] < "2025-11-15"]
    tickets.sort(key=lambda t: (t["customer_id"] not in marked, mine[t["customer_id"]] not in loyal))
    found = usual = 0
    for ticket in tickets:
        plain = ticket["customer_id"] not in marked and mine[ticket["customer_id"]] not in loyal
        escalated = any(e["resolved_at"] is None for e in world.of("escalations", "ticket_id", ticket["id"]))
        if found < WAITS and calm(ticket) and not escalated and len(_open(world, ticket["customer_id"])) == 1:
            usual += plain
            if usual > USUAL:
                break
            found += 1
            yield _wait(world, rng, ticket, ())
    for customer in loyal:
        if not _open(world, customer["id"]):
            setup = (_unanswered(customer),)
            staged = Staged(world, setup)
            yield _wait(staged, rng, _open(staged, customer["id"])[0], setup)


def _unanswered(customer: Row) -> Edit:
    """A ticket of this week, answered in time, late or not at all."""
    seat = stable(customer["id"], "wait", below=997)
    kind, subject, text = QUESTIONS[seat % len(QUESTIONS)]
    on = 9 + seat % 4
    at = f"2025-11-{on:02d}T{15 + seat % 5}:{seat % 60:02d}:00Z"
    hours = (None, 2, 40, 5)[seat % 4]
    first = None if hours is None else (parse_utc(at) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Edit(table="tickets", insert={
        "id": f"tick-2511{on:02d}-{900 + seat % 100}", "customer_id": customer["id"], "order_id": None, "build_id": None,
        "ticket_type": kind, "channel": "email", "priority": "normal", "status": "new" if first is None else "open",
        "subject": subject, "body": f"{text} {customer['name']}",
        "assigned_employee_id": None if first is None else "emp-amara-nwosu", "resolution_id": None,
        "first_response_at": first, "created_at": at, "updated_at": first or at,
    })  # fmt: skip


def _wait(world: Records, rng: random.Random, ticket: Row, setup: tuple[Edit, ...]) -> Situation:
    customer = world.customer(ticket["customer_id"])
    on = rules.company_day(ticket["created_at"])
    owed = rules.missed_response_credit_cents(ticket, customer["loyalty_tier"], world.now)
    text = f"{on:%B} {on.day}" if on.year == 2025 else f"{on:%B} {on.day}, {on.year}"
    return Situation(
        key={"about": "wait", "customer": customer["id"], "ticket": ticket["id"]},
        given={**presented(world, customer, rng), "written": said(text, on.isoformat()), **_wanted(ticket["id"])},
        traps=world.traps_on(ticket["id"], customer["id"], among=("planted_instruction", "contact_format", "namesake")),
        difficulty=3 if owed or customer["loyalty_tier"] in ("gold", "platinum") else 2,
        setup=setup,
    )


def _wanted(id: str) -> dict[str, str]:
    return {"wanted": WANTED[stable(id, "wanted", below=len(WANTED))]}


def _lates(world: Records, rng: random.Random, mine: Mapping[str, Row]) -> Iterator[Situation]:
    """A parcel was late, or seems so, and the customer wants something for it."""
    lagging = {m["order_id"] for m in world.marks("header_lag")}
    for parcel in world.all("shipments"):
        order = world.order(parcel["order_id"])
        late = rules.late_business_days(parcel, world.today)
        came = rules.parcel_delivered_on(parcel)
        odd = order["id"] in lagging or (late is not None and late > 0 and parcel["created_at"] > "2025-06")
        known = came and order["customer_id"] in mine and len(world.shipments(order["id"])) == 1
        if odd and known and world.untouched(order) and (s := _late(world, rng, order, (), parcel)):
            yield s
    small = [p for p in world.all("products") if 1500 < p["price_cents"] < 9900 and p["status"] == "active"
             and p["category"] in ("accessory", "mouse", "keyboard", "cooling", "memory", "storage")
             and world.called(p) == p["name"]]  # fmt: skip
    large = [p for p in world.all("products") if 11000 < p["price_cents"] < 40000 and p["status"] == "active"
             and p["category"] in ("psu", "case", "storage", "monitor") and world.called(p) == p["name"]]  # fmt: skip
    plain = [c for c in mine.values() if c["loyalty_tier"] == "standard" and not _open(world, c["id"])
             and c["account_type"] == "consumer"]  # fmt: skip
    marked = {m["id"] for trap in ("contact_format", "namesake") for m in world.marks(trap)}
    first = [c for c in plain if c["id"] in marked]
    for n, customer in enumerate([*first, *shuffled(rng, [c for c in plain if c not in first])][:PARCELS]):
        kind = ("owed", "short", "owed", "free", "weather", "owed", "short")[n % 7]
        product = rng.choice(large if kind == "free" else small)
        setup = _late_order(world, customer, product, n, kind)
        order_id = next(str((e.insert or {})["id"]) for e in setup if e.table == "orders")
        staged = Staged(world, setup)
        if s := _late(staged, rng, staged.order(order_id), setup, staged.shipments(order_id)[0]):
            yield s


def _late_order(world: Records, customer: Row, product: Row, n: int, kind: str) -> tuple[Edit, ...]:
    """An order of October with a standard parcel that came late."""
    on, place = 6 + n % 5, 900 + stable(customer["id"], "late", below=95)
    edits = waiting_order(world, customer, [(product, 1)], place, on, "fulfilled", month=10)
    order_id = str((edits[0].insert or {})["id"])
    sent = rules.add_business_days(date(2025, 10, on), 1)
    eta = rules.add_business_days(sent, 5)
    came = rules.add_business_days(eta, (2 + n % 2) if kind == "short" else 5 + n % 3)
    home = customer["addresses"][0]
    events = [
        {"at": f"{sent}T14:10:00Z", "location": "Columbus, OH", "status": "label_created", "detail": "Label created"},
        {
            "at": f"{sent}T22:30:00Z",
            "location": "Columbus, OH",
            "status": "in_transit",
            "detail": "Picked up by carrier",
        },
    ]
    if kind == "weather":
        stuck = rules.add_business_days(sent, 3)
        events.append({"at": f"{stuck}T11:05:00Z", "location": "Memphis, TN", "status": "exception",
                       "detail": "Severe weather, delivery delayed"})  # fmt: skip
    events.append({"at": f"{came}T17:45:00Z", "location": f"{home['city']}, {home['region']}", "status": "delivered",
                   "detail": "Delivered, front door"})  # fmt: skip
    parcel: dict[str, Any] = {
        "id": f"ship-{sent:%y%m%d}-{place}", "order_id": order_id, "carrier": ("ups", "usps")[n % 2], "service": "standard",
        "tracking_number": f"9400{stable(order_id, 'track', below=10**9):016d}", "status": "delivered",
        "contents": [{"product_id": product["id"], "quantity": 1}], "events": events, "eta": eta.isoformat(),
        "delivered_at": f"{came}T17:45:00Z", "created_at": f"{sent}T14:10:00Z",
    }  # fmt: skip
    return (*edits, Edit(table="shipments", insert=parcel))


def _product(world: Records, order: Row) -> Row:
    line = max(world.lines(order["id"]), key=lambda x: (x["unit_price_cents"], x["id"]))
    return world.product(line["product_id"])


def _late(world: Records, rng: random.Random, order: Row, setup: tuple[Edit, ...], parcel: Row) -> Situation | None:
    customer = world.customer(order["customer_id"])
    product = _product(world, order)
    bought = [
        x for o in world.orders_of(customer["id"]) for x in world.lines(o["id"]) if x["product_id"] == product["id"]
    ]
    if len(bought) != 1 or not told_apart(world, customer, product):
        return None
    wanted = _wanted(order["id"])
    ticket = incoming_ticket(
        900 + stable(order["id"], "goodwill", below=100), customer["id"], "for the delay",
        f"My order with the {world.called(product)} comes or came far too late. I want {wanted['wanted']} for that. "
        f"{customer['name']}", "shipping", order["id"],
    )  # fmt: skip
    lag = ("header_lag",) if world.mark("header_lag", order["id"]) else ()
    owed = rules.late_credit_cents(order, parcel, world.today)
    return Situation(
        key={"about": "late", "customer": customer["id"], "order": order["id"]},
        given={
            **presented(world, customer, rng),
            "product": world.called(product),
            "month": said(f"{world.placed_on(order):%B %Y}", f"{world.placed_on(order):%Y-%m}"),
            **wanted,
        },
        traps=(
            *world.traps_on(customer["id"], product["id"], among=("contact_format", "namesake", "brand_spelling")),
            *lag,
        ),
        difficulty=3 + (owed == rules.LateCredit()),
        setup=(*setup, ticket),
    )


def _matches(world: Records, rng: random.Random, mine: Mapping[str, Row]) -> Iterator[Situation]:
    """Another shop is cheaper, a few days after the order."""
    recent = [o for o in world.all("orders") if o["created_at"] >= "2025-11-08T12" and o["customer_id"] in mine]
    found = 0
    for order in shuffled(rng, recent):
        product, customer = _product(world, order), mine[order["customer_id"]]
        line = max(world.lines(order["id"]), key=lambda x: (x["unit_price_cents"], x["id"]))
        bought = [
            x for o in world.orders_of(customer["id"]) for x in world.lines(o["id"]) if x["product_id"] == product["id"]
        ]
        if found >= MATCHES or len(bought) != 1 or line["quantity"] != 1 or not world.untouched(order):
            continue
        if line["unit_price_cents"] > product["price_cents"] or product["category"] in rules.PACKAGE_CATEGORIES:
            continue
        if not told_apart(world, customer, product):
            continue
        found += 1
        cut = 1000 + 500 * stable(order["id"], "cut", below=8)
        if line["unit_price_cents"] < 2 * cut or product["status"] == "clearance":
            continue
        theirs = usd(line["unit_price_cents"] - cut)
        shop = SHOPS[stable(order["id"], "shop", below=3)]
        ticket = incoming_ticket(
            900 + stable(order["id"], "goodwill", below=100), customer["id"], "cheaper elsewhere",
            f"{shop} sells the {world.called(product)} for {theirs}. Please pay me the difference or give me store credit "
            f"for it. {customer['name']}", "billing", order["id"],
        )  # fmt: skip
        yield Situation(
            key={"about": "match", "customer": customer["id"], "order": order["id"]},
            given={
                **presented(world, customer, rng),
                "product": world.called(product),
                "month": said(f"{world.placed_on(order):%B %Y}", f"{world.placed_on(order):%Y-%m}"),
                "shop": shop,
                "theirs": said(theirs, line["unit_price_cents"] - cut),
            },
            traps=(
                "superseded_policy",
                *world.traps_on(customer["id"], product["id"], among=("contact_format", "brand_spelling")),
            ),
            difficulty=3,
            setup=(ticket,),
        )


def _reason(world: Records, s: Situation, ticket: Row) -> tuple[str, Any, list[str]]:
    """Why it is given or refused: the sentence of the plan, its check, and what proves it."""
    customer = world.customer(s.key["customer"])
    if s.key["about"] == "wait":
        tier = customer["loyalty_tier"]
        if tier not in ("gold", "platinum"):
            return (
                _for_tiers(tier),
                says(["gold"], ["platinum"]),
                ["slas/sla-first-response", f"customers/{customer['id']}"],
            )
        level = rules.effective_priority(ticket["priority"], tier)
        hours = rules.FIRST_RESPONSE_HOURS[level]
        missed = rules.first_response_missed(ticket, tier, world.now)
        return (
            _target(hours, missed),
            number(hours, ["hour", "hours", "h"]),
            ["slas/sla-first-response", f"tickets/{ticket['id']}"],
        )
    order = world.order(s.key["order"])
    if s.key["about"] == "match":
        return NO_MATCH, says(
            ["not match", "no longer match", "not ... match", "no match", "stopped match*", "no price match*", "not price match",
             "not ... matched", "not offer ... match*", "not do price", "price matching ended", "unable to match"],
        ), ["company_policies/pol-pricing-no-match"]  # fmt: skip
    parcel = world.shipments(order["id"])[0]
    came = rules.parcel_delivered_on(parcel) or world.today
    late = rules.late_business_days(parcel, world.today) or 0
    text = _late_reason(order["shipping_cents"], order["shipping_service"], late, rules.late_exempt(parcel), came)
    evidence = [f"shipments/{parcel['id']}.events", "company_policies/pol-shipping-late"]
    if late == 0:
        return text, day(came, near=["deliver", "arriv", "came", "left"]), evidence
    if rules.late_exempt(parcel):
        return text, says(["weather", "customs", "storm"]), evidence
    if order["shipping_cents"] == 0:
        return text, says(["shipping was free", "free shipping", "delivery was free", "free delivery", "not charged for shipping",
                           "no shipping", "paid nothing for", "shipped free", "free standard", "not pay ... shipping",
                           "not paid ... shipping", "shipping ... free", "without a shipping", "free of charge",
                           "not pay for shipping"]), evidence  # fmt: skip
    return text, number(late, ["business", "working", "days", "day"]), evidence


def _for_tiers(tier: str) -> str:
    return f" Store credit for a late answer is given to gold and platinum customers only, and your account is {tier}."


def _target(hours: int, missed: bool) -> str:
    if missed:
        return f" Our first answer was due within {hours} hours and came too late."
    return f" Our first answer was due within {hours} hours and was in time."


NO_MATCH = " We do not match the prices of other shops, neither with money nor with store credit."


def _late_reason(paid_cents: int, service: str, late: int, exempt: bool, came: date) -> str:
    if late == 0:
        return f" The newest scan says that the parcel was delivered on {spoken(came)}, which was in time."
    if exempt:
        return " The scans show that the weather or customs held the parcel up, and such a delay gives no claim."
    if paid_cents == 0:
        return " Shipping was free on this order, and then a delay gives no claim."
    if service == "standard" and late < rules.LATE_STANDARD_BUSINESS_DAYS:
        return f" The parcel came {late} business {'day' if late == 1 else 'days'} late, and for standard shipping credit starts later."
    return f" The parcel came {late} business {'day' if late == 1 else 'days'} late."


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    customer = staged.customer(s.key["customer"])
    credit = back = 0
    code = "SLA"
    if s.key["about"] == "wait":
        ticket = staged.ticket(s.key["ticket"])
        credit = rules.missed_response_credit_cents(ticket, customer["loyalty_tier"], world.now)
    else:
        subject = "for the delay" if s.key["about"] == "late" else "cheaper elsewhere"
        ticket = next(t for t in staged.order_tickets(s.key["order"]) if t["subject"] == subject)
        if s.key["about"] == "late":
            owed = rules.late_credit_cents(
                staged.order(s.key["order"]), staged.shipments(s.key["order"])[0], world.today
            )
            credit, back, code = owed.store_credit_cents, owed.refund_cents, "LATE"
    reason, check, evidence = _reason(staged, s, ticket)
    name = _name(ticket["id"], code)
    outcome = "store_credit_issued" if credit else "refund_issued" if back else "request_denied"
    record: dict[str, Any] = {"outcome": outcome}
    if credit:
        record["details"] = {"contains": [name]}
    required: list[dict[str, Any]] = [
        {"table": "resolutions", "added": True, "where": {"ticket_id": ticket["id"]}, "set": record},
        {"table": "tickets", "id": ticket["id"], "set": {"status": "resolved", "resolution_id": {"any": True}}},
    ]  # fmt: skip
    if back:
        payment = staged.capture(staged.order(s.key["order"]))
        required += [
            {"table": "refunds", "added": True, "where": {"payment_id": payment["id"]},
             "set": {"amount_cents": back, "reason": "shipping_fee", "status": "approved"}},
            {"table": "payments", "id": payment["id"], "set": {"status": {"any_of": ["partially_refunded", "refunded"]}}},
        ]  # fmt: skip
    free = {c: {"any": True} for c in ("assigned_employee_id", "priority", "ticket_type")}
    allowed: list[dict[str, Any]] = [{"table": "tickets", "id": ticket["id"], "set": free}]
    if back:
        allowed.append({"table": "orders", "id": s.key["order"], "set": {"status": "partially_refunded"}})
    what = f"store credit {name}" if credit else f"a refund of {usd(back)}" if back else "a refusal"
    criteria: list[Criterion] = [
        criterion(
            "settled", "correctness",
            f"Ticket {ticket['id']} is resolved as {outcome} with {what}; nothing else is changed.",
            {"check": "state", "required": required, "allowed": allowed},
            [f"tickets/{ticket['id']}", "kb_articles/kb-0239", "company_policies/pol-tickets-status"],
        ),
        criterion("why", "correctness", f"The response gives the reason, in 450 words at most:{reason}", readable(check), evidence),
    ]  # fmt: skip
    misses: list[NearMiss] = [
        near_miss("not-recorded", "Answers and leaves the ticket open.", "settled",
                  drop=[("createResolution", 1), ("updateTicketStatus", 1)]),
        near_miss("no-reason", "Does not say why.", "why", replace=[(reason, "")]),
        near_miss("as-info", "Records it as mere information.", "settled",
                  set=[("createResolution", 1, {"outcome": "information_provided"})]),
    ]  # fmt: skip
    wanted = None if s.key["about"] == "match" else int(str(s.given["wanted"]).strip("$")) * 100
    if credit:
        criteria += [
            criterion("amount", "correctness", f"The response gives {usd(credit)} store credit and no more.",
                      both(amount(credit, (wanted or 0, 2 * credit), ["credit"]), says(["credit"])), evidence),
            criterion("name", "format", f"The response gives the credit's name, {name}.",
                      {"check": "structure", "must_include": [name]}, ["kb_articles/kb-0239"]),
        ]  # fmt: skip
        misses += [
            near_miss("as-wanted", "Promises twice as much.", "amount",
                      replace=[(f"{usd(credit)} store credit", f"{usd(2 * credit)} store credit")]),
            near_miss("nameless", "Gives the credit without its name.", "name", replace=[(name, "your account")]),
        ]  # fmt: skip
    elif back:
        criteria += [
            criterion("amount", "correctness", f"The response says that {usd(back)} is refunded and no more.",
                      amount(back, (wanted or 0,)), evidence),
            criterion("when", "completeness", "The response says that the money takes 3-5 business days.",
                      says(["3-5", "3 to 5", "three to five", "3 5 business days"]), ["company_policies/pol-refund-payment"]),
        ]  # fmt: skip
        misses += [
            near_miss("as-wanted", "Promises another sum.", "amount", replace=[(f"{usd(back)} back", f"{usd(back + 1500)} back")]),
            near_miss("no-time", "Does not say when.", "when", replace=[("3-5 business days", "a while")]),
        ]  # fmt: skip
    else:
        no = says(["can not", "unable", "not able", "not possible", "not owed", "no credit", "not give", "decline", "not offer",
                   "nothing is owed", "not due", "not entitled", "not eligible", "not qualify", "no compensation", "not grant",
                   "not match", "no refund", "no store credit", "not be able", "do not have", "can't", "not available"])  # fmt: skip
        if s.key["about"] != "match":
            criteria.append(
                criterion("refused", "correctness", "The response refuses what is asked for.", no, evidence)
            )
            misses.append(
                near_miss("grants", "Says yes.", ["refused", "sorry"], replace=[(NO, "You get this from us")])
            )
        criteria += [
            criterion(
                "sorry", "completeness", "The response refuses with a word of regret.",
                both(no, says(["sorry", "apolog*", "regret*", "unfortunately", "understand"])),
                ["company_policies/pol-conduct-promises"],
            ),
        ]  # fmt: skip
        misses += [
            near_miss("cold", "Refuses without a word of regret.", "sorry", replace=[("I am sorry, but I", "I")]),
        ]
    return Rubric(criteria, misses)


def _name(ticket_id: str, code: str) -> str:
    return f"SC-{ticket_id.removeprefix('tick-')}-{code}-10"


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    tickets = yield from a.all("getCustomerTicketHistory", customer_id=customer["id"], include_resolved=False)
    if "written" in given:
        ticket = a.pick(tickets, where=lambda t: a.day(t["created_at"]) == given["written"])
        if a.obeys(ticket):
            details = yield from order_details(a, ticket["order_id"])
            paid = a.payment(details["payments"])
            yield from a.call(
                "createRefund", payment_id=paid["id"], amount=paid["amount"], reason="other", status="approved"
            )
        yield from a.policy("sla", "first response", title="First response")
        reason, credit = _wait_answer(a, ticket, customer["loyalty_tier"])
        return (yield from _settle(a, given, ticket, reason, _name(ticket["id"], "SLA") if credit else None, None))
    product = yield from a.product(given["product"])
    orders = yield from a.dated("searchOrders", given["month"], customer_id=customer["id"])
    order = a.pick(orders, product_id=product["id"])
    details = yield from order_details(a, order["id"])
    if "shop" in given:
        ticket = next(t for t in tickets if given["shop"] in t["body"])
        policy = yield from a.policy("pricing", "match", title="Prices of other retailers")
        line = next(x for x in order["lines"] if x["product_id"] == product["id"])
        cut = a.price_paid(line, product) - given["theirs"]
        if given["shop"] in policy["body"]:
            return (
                yield from _settle(
                    a, given, ticket, " We match that shop.", None, (a.payment(details["payments"]), cut)
                )
            )
        return (yield from _settle(a, given, ticket, NO_MATCH, None, None))
    ticket = next(t for t in tickets if t["subject"] == "for the delay")
    yield from a.policy("shipping", "late eta", title="Late deliveries")
    yield from a.policy("shipping", "scan events", title="tracking")
    parcel = details["shipments"][0]
    came = date.fromisoformat(a.delivered_on(parcel) or a.clock.today.isoformat())
    late = rules.business_days_between(date.fromisoformat(parcel["eta"]), came)
    fee, service = cents(order["shipping"]), order["shipping_service"]
    exempt = rules.late_exempt(parcel)
    reason = _late_reason(fee, service, late, exempt, came)
    if late == 0 or exempt or fee == 0 or (service == "standard" and late < rules.LATE_STANDARD_BUSINESS_DAYS):
        return (yield from _settle(a, given, ticket, reason, None, None))
    if service == "standard":
        return (yield from _settle(a, given, ticket, reason, _name(ticket["id"], "LATE"), None))
    back = fee if service == "overnight" else rules.SHIPPING_CENTS["express"] - rules.SHIPPING_CENTS["standard"]
    return (yield from _settle(a, given, ticket, reason, None, (a.payment(details["payments"]), back)))


def _wait_answer(a: Worker, ticket: Row, tier: str) -> tuple[str, bool]:
    if tier not in ("gold", "platinum"):
        return _for_tiers(tier), False
    hours = rules.FIRST_RESPONSE_HOURS[rules.effective_priority(ticket["priority"], tier)]
    answered = a.clock.now if ticket["first_response_at"] is None else parse_utc(ticket["first_response_at"])
    missed = answered > parse_utc(ticket["created_at"]) + timedelta(hours=hours)
    return _target(hours, missed), missed


def _settle(
    a: Worker, given: Given, ticket: Row, reason: str, credit: str | None, refund: tuple[Json, int] | None
) -> Steps[str]:
    hello = f"Hi {given['first']},\n\n"
    made, outcome = None, "request_denied"
    if credit is not None:
        yield from a.article("naming store credits")
        outcome = "store_credit_issued"
        answer = f"{hello}I am sorry.{reason} You get $10.00 store credit for that, no more: type {credit} at checkout."
        first = f"{credit}\n"
    elif refund is not None:
        payment, sum_cents = refund
        yield from a.policy("refund", "limit", title="Who may approve")
        yield from a.policy("refund", "business days after approval", title="Paying out")
        result = yield from a.call("createRefund", payment_id=payment["id"], amount=sum_cents / 100, reason="shipping_fee",
                                   status="approved", ticket_id=ticket["id"])  # fmt: skip
        made, outcome, first = result["refund"]["id"], "refund_issued", ""
        answer = (
            f"{hello}I am sorry.{reason} For that you get {usd(sum_cents)} back, which is what our terms give, to the payment method "
            "of the order. It takes 3-5 business days."
        )
    else:
        yield from a.article("saying no denial phrase")
        answer, first = f"{hello}{NO}.{reason}", ""
    yield from a.policy("tickets", "resolution", title="Ticket states")
    resolution = yield from a.call(
        "createResolution", ticket_id=ticket["id"], outcome=outcome, linked_refund_id=made,
        details=f"{first}Problem: {given['name']} wants something extra.\nFinding:{reason}\nAction: {made or credit or 'None'}.\n"
        "Told customer: the above. No date promised.",
    )  # fmt: skip
    yield from a.call("updateTicketStatus", ticket_id=ticket["id"], status="resolved",
                      resolution_id=resolution["resolution"]["id"])  # fmt: skip
    return f"{answer} Your ticket is closed with this.\n\nCorecraft support"


def _waited(given: Given) -> bool:
    return "written" in given


def _delayed(given: Given) -> bool:
    return "wanted" in given and "product" in given


def _cheaper(given: Given) -> bool:
    return "shop" in given


WORDINGS = (
    Wording(
        "mail, waited",
        "Subject: [your idea of service|waiting]\n\nHello,\n\nI wrote to you on {written}. The matter has since [settled itself|solved "
        "itself], you can put that ticket to rest. What has not settled is how long one waits for you: I want {wanted} in store "
        "credit for it. Yes or no, and the reason, please; if it is a yes, tell me how I redeem it.\n\n{name}\n{reach}",
        fits=_waited,
    ),
    Wording(
        "chat, waited",
        "{name}, {reach}. re my msg from {written}, [forget it its fixed|all good now, my cousin fixed it], close it. but i want {wanted} "
        "credit for being left hanging. do i get it? if not why not, if yes whats the code",
        fits=_waited,
    ),
    Wording(
        "phone note, waited",
        "{name} called ({reach}). The question of {written} is [moot|no longer an issue], so that ticket can be wrapped up. They ask for "
        "{wanted} store credit because of the wait. Check whether anything is due under our response targets, book precisely that, "
        "settle the ticket with the outcome that fits and draft what I send them, reason included.",
        mode="copilot", fits=_waited,
    ),
    Wording(
        "non-native, waited",
        "Good day. My letter of {written} you can now finish, I found the solution alone. But for such waiting I think {wanted} of credit "
        "is [correct|fair]. Please decide and explain me why yes or why not, and how I use it if yes. {name}, {reach}",
        fits=_waited,
    ),
    Wording(
        "angry, late",
        "What do I pay for if nothing comes on the promised day? The {product}, ordered {month}: [late, late, late|a disgrace]. {name}, "
        "{reach}. I demand {wanted} for it and I demand it today. Spell out what I get, how it reaches me and on what grounds, or why I "
        "get nothing, then you can close the case.",
        fits=_delayed,
    ),
    Wording(
        "polite, late",
        "Dear support, on the delivery of my {product} from {month} I [was rather let down|was disappointed]: it did not keep to the date "
        "you gave. Would {wanted} be a fitting gesture? If your rules give something else, or nothing, kindly tell me which and for "
        "what reason, and when or how I would have it. No need to keep the ticket open after that. {name} ({reach})",
        fits=_delayed,
    ),
    Wording(
        "terse, late",
        "{name}, {reach}. {product}, {month}: not here on the day promised. [Compensation of {wanted} please.|I claim {wanted}.] Decision, "
        "basis, how and when paid. Then close.",
        fits=_delayed,
    ),
    Wording(
        "manager, late",
        "[Please decide this one|One to decide]: {name} ({reach}) wants {wanted} since the {product} of {month} supposedly came late. "
        "Look at the parcel, give what the late-delivery rules give, in the form they give it, and not a cent of goodwill beyond. Settle "
        "today's ticket accordingly and let me have the reply with the grounds.\n\nTheodora",
        mode="copilot", fits=_delayed,
    ),
    Wording(
        "mail, cheaper elsewhere",
        "Hi,\n\nI bought the {product} from you in {month} and now {shop} has it for {theirs}, [screenshot at hand|I have the link]. I "
        "would like the difference back, or as store credit, as a goodwill thing I'd be fine with that. Possible? If it's a no, a short "
        "why is enough and the ticket is done.\n\n{name}\n{reach}",
        fits=_cheaper,
    ),
    Wording(
        "chat, cheaper elsewhere",
        "yo {name} ({reach}), {shop} sells the {product} for {theirs}!! got mine from u in {month}. [price match or credit for the diff "
        "pls|match it or give me credit]. tell me yes/no + reason then u can close this",
        fits=_cheaper,
    ),
    Wording(
        "colleague, cheaper elsewhere",
        "{name}, {reach}, holds {shop}'s offer of {theirs} against our {product} from {month} and asks for the difference in money or "
        "credit. [I seem to remember we do that|Didn't we do that at some point?], please check what holds today, act on it, settle "
        "today's ticket and write the answer with the reason.\n\nFelix",
        mode="copilot", fits=_cheaper,
    ),
)  # fmt: skip

FAMILY = Family(
    name="goodwill-limits",
    title="Store credit, fee or price difference asked for: what policy gives is booked, everything else refused",
    category="workflow",
    main_level="groundedness",
    levels=("groundedness", "planning", "common_sense"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("kb-0240", "pol-refund-authority"),
)
