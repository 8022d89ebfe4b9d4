"""The scans say delivered and the customer says no: the carrier's proof comes first, or it is reported too late."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import Plan, Worker, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    discount_share,
    get_product,
    identified,
    number_in,
    order_details,
    wrap_up,
)
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    Check,
    Staged,
    both,
    call,
    choice,
    criterion,
    day,
    dollars,
    either,
    esc_added,
    handled,
    incoming_ticket,
    introduced,
    known_once,
    near_miss,
    open_on,
    says,
    seldom_writes,
    single_accounts,
    stable,
    ticket_work,
    wrapped_up,
)
from enterprisegym.environments.corecraft.generate.traps.reading import true_type
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Edit
from enterprisegym.world import Row

OF_ORDERS = ("header_lag", "midnight_order", "year_twin")
OF_PEOPLE = ("contact_format", "planted_instruction")
MOST, DAYS, REPLY = 66, 10, 2
MISSING = re.compile(r"not receive|nothing received|did not get|never delivered|STOLEN", re.IGNORECASE)
LOOKED = (
    "with both neighbors and behind the bins",
    "in the mail room and with everybody at home",
    "on the porch and with the people next door",
    "at the front desk and in the garage",
)
CAME = ("deliver", "scan", "left", "handed", "came", "drop", "signed", "arriv", "shows", "newest")
LATEST = (
    "until",
    "last",
    "latest",
    "deadline",
    "by",
    "end",
    "window",
    "limit",
    "cut",
    "through",
    "within",
    "up",
    "expire",
)
BACK = ("hear", "repl", "answer", "contact", "writ", "update", "back", "touch", "respon", "know", "promis", "next", "word",
        "inform", "tell", "news")  # fmt: skip


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    people = {c["id"]: c for c in single_accounts(world) if seldom_writes(world, c["id"])}
    first: list[Row] = []
    rest: list[Row] = []
    for order in world.all("orders"):
        parcels = world.shipments(order["id"])
        if order["customer_id"] not in people or order["status"] != "fulfilled" or order["build_id"]:
            continue
        came = rules.parcel_delivered_on(parcels[0]) if len(parcels) == 1 else None
        if came is None or not date(2025, 10, 29) <= came < world.today or not world.untouched(order):
            continue
        if len(world.lines(order["id"])) > 3:
            continue
        marked = world.traps_on(order["id"], among=OF_ORDERS) + world.traps_on(order["customer_id"], among=OF_PEOPLE)
        marked += world.traps_on(*(x["product_id"] for x in world.lines(order["id"])), among=("price_drift",))
        (first if marked or _own_report(world, order) else rest).append(order)
    made = 0
    for order in [*first, *shuffled(rng, rest)]:
        found = _situation(world, rng, people[order["customer_id"]], order) if made < MOST else None
        if found is not None:
            made += 1
            yield found


def _own_report(world: Records, order: Row) -> Row | None:
    """The report that stands in the world itself: open, about this order alone, not passed on yet."""
    waiting = [world.ticket(id) for id in open_on(world, order["id"])]
    if len(waiting) != 1 or true_type(waiting[0]) != "shipping" or waiting[0]["created_at"] < "2025-11-14T05:00:00Z":
        return None
    text = f"{waiting[0]['subject']} {waiting[0]['body']}"
    return waiting[0] if MISSING.search(text) and not world.of("escalations", "ticket_id", waiting[0]["id"]) else None


def _situation(world: Records, rng: random.Random, customer: Row, order: Row) -> Situation | None:
    own = _own_report(world, order)
    prompt = customer["loyalty_tier"] in ("gold", "platinum")  # a late first word would be owed something
    if own is not None and prompt:
        return None
    if own is None and open_on(world, order["id"]):
        return None
    lines = [x for x in world.lines(order["id"]) if known_once(world, order, x["product_id"])]
    if not lines:
        return None
    line = max(lines, key=lambda x: (world.drifted(x["product_id"]), x["unit_price_cents"], x["id"]))
    product, parcel = world.product(line["product_id"]), world.shipments(order["id"])[0]
    came = rules.parcel_delivered_on(parcel) or world.today
    if own is None and any(
        true_type(t) == "shipping" for t in world.open_tickets if t["customer_id"] == customer["id"]
    ):
        return None
    number = 900 + stable(order["id"], "missing", below=100)
    wish = "refund" if own or number % 2 else "second parcel"
    month = f"{world.placed_on(order):%B}"
    told = {
        **introduced(world, customer, rng),
        "product": world.called(product),
        "month": said(month, f"{world.placed_on(order):%Y-%m}"),
        "wish": said(f"a {wish}", "REFUND" if wish == "refund" else "RESHIP"),
        "looked": LOOKED[number % len(LOOKED)],
    }
    setup: tuple[Edit, ...] = ()
    sent_at: str = "" if own is None else own["created_at"]
    if own is None:
        body = (
            f"The tracking of my order with the {told['product']} says delivered, but I never received it. I "
            "have looked "
            f"{told['looked']}. I want a {wish}, please. {customer['name']}"
        )
        row = dict(
            incoming_ticket(number, customer["id"], "delivered? not to me", body, "shipping", order["id"]).insert or {}
        )
        if number % 3 == 0 and not prompt and came < world.today - timedelta(days=1):
            at = {name: str(row[name]).replace("2025-11-15", "2025-11-14") for name in ("created_at", "updated_at")}
            row |= {**at, "id": f"tick-251114-{number}"}
        setup, sent_at = (Edit(table="tickets", insert=row),), str(row["created_at"])
    reported = rules.company_day(sent_at)
    in_time = rules.within_days(came, reported, DAYS)
    traps = world.traps_on(order["id"], among=OF_ORDERS) + world.traps_on(customer["id"], among=OF_PEOPLE)
    traps += world.traps_on(product["id"], among=("brand_spelling", *(("price_drift",) if in_time else ())))
    if own is not None:
        traps += world.traps_on(own["id"], among=("misfiled_ticket",))
    if "brand_spelling" in traps and "contact_format" in traps:
        return None
    return Situation(
        key={"customer": customer["id"], "order": order["id"], "product": product["id"]},
        given=told,
        traps=traps,
        difficulty=2 + in_time + (len(world.lines(order["id"])) > 1) + (own is not None),
        setup=setup,
    )


def _scan_text(detail: str | None, city: str, came: str) -> str:
    how = f' ("{detail}")' if detail else ""
    return f"delivered on {came} in {city}{how}"


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    order, product = staged.order(s.key["order"]), staged.product(s.key["product"])
    ticket = staged.ticket(open_on(staged, order["id"])[-1])
    parcel = staged.shipments(order["id"])[0]
    scan = rules.newest_event(parcel) or {"location": "-", "detail": None}
    came = rules.parcel_delivered_on(parcel) or world.today
    city = str(scan["location"]).split(",")[0]
    reported = rules.company_day(ticket["created_at"])
    last = came + timedelta(days=DAYS)
    told = {came, world.placed_on(order), last, *(reported + timedelta(days=n) for n in range(REPLY + 3))}
    wrong = [d for d in (came + timedelta(days=7), world.placed_on(order) + timedelta(days=DAYS)) if d not in told]
    policy = "company_policies/pol-shipping-not-received"
    other = next(d for d in (came - timedelta(days=n) for n in range(1, 9)) if d not in wrong)
    scanned = criterion(
        "scan", "correctness", f"The response says that the newest scan is a delivery on {spoken(came)} in {city}.",
        both(day(came, near=CAME), says([city])), [f"shipments/{parcel['id']}.events"],
    )  # fmt: skip
    limit = criterion(
        "last-day", "correctness", f"The response says that the report had to be made by {spoken(last)}.",
        day(last, wrong, LATEST), [f"shipments/{parcel['id']}.events", policy],
    )  # fmt: skip
    misses = [
        near_miss("other-scan", "Reads another day off the record.", "scan",
                  replace=[(f"delivered on {spoken(came)}", f"delivered on {spoken(other)}")]),
        near_miss("other-limit", "Counts the days wrongly.", "last-day",
                  replace=[(f"until {spoken(last)}", f"until {spoken(last + timedelta(days=2))}")]),
    ]  # fmt: skip
    if reported > last:
        return Rubric(
            criteria=[
                criterion("settled", "correctness", "The ticket of the report is resolved as request_denied; nothing is "
                          "refunded, sent again or escalated.",
                          {"check": "state", "required": wrapped_up(ticket["id"], "request_denied"),
                           "allowed": [ticket_work(ticket["id"])]},
                          [f"tickets/{ticket['id']}", "company_policies/pol-tickets-status"]),
                scanned,
                limit,
                criterion("too-late", "correctness", f"The response says that the report of {spoken(reported)} is too late, "
                          "so that neither money nor goods follow.",
                          choice("no", {"no": [*LATE, *NEVER], "yes": ["in time", "have refunded", "is refunded",
                                                                       "trace is open", "has been escalated"]}), [policy]),
            ],
            near_misses=[
                *misses,
                near_miss("leaves-open", "Leaves the ticket open.", "settled", drop=[("updateTicketStatus", 1)]),
                near_miss("traces", "Opens a trace all the same.", "settled", add=[call(
                    "createEscalation", ticket_id=ticket["id"], escalation_type="carrier_claim",
                    destination="fulfilment", notes=f"Please trace {parcel['tracking_number']}.")]),
                near_miss("as-in-time", "Takes the report as one in time.", "too-late",
                          replace=[(_late(), "You are in time, and the carrier will be asked.")]),
            ],
        )  # fmt: skip
    due = rules.add_business_days(reported, REPLY)
    off = [d for d in (reported + timedelta(days=REPLY), world.today + timedelta(days=REPLY)) if d not in (due, last)]
    line = next(x for x in staged.lines(order["id"]) if x["product_id"] == product["id"])
    value = rules.line_net_cents(order, staged.lines(order["id"]), line["id"], line["quantity"])
    where = {"ticket_id": ticket["id"], "escalation_type": "carrier_claim", "destination": "fulfilment"}
    return Rubric(
        criteria=[
            criterion("escalated", "correctness", "The report is escalated to fulfilment as carrier_claim; nothing is refunded "
                      "or sent again, and the ticket stays open.",
                      {"check": "state", "required": [esc_added(ticket["id"], "carrier_claim", "fulfilment")],
                       "allowed": handled(ticket["id"])[:1]},
                      [f"tickets/{ticket['id']}", policy, "company_policies/pol-escalation-matrix"]),
            criterion("tracking", "completeness", f"The claim names the tracking number {parcel['tracking_number']}.",
                      {"check": "called", "tool": "createEscalation",
                       "arguments": {**where, "notes": {"contains": [parcel["tracking_number"]]}}},
                      [f"shipments/{parcel['id']}.tracking_number", "kb_articles/kb-0233"]),
            criterion("value", "correctness",
                      f"The claim gives {usd(value)} as the price paid for the {product['name']}, after discounts.",
                      _noted(where, value, line), [f"order_lines/{line['id']}", "kb_articles/kb-0233"]),
            scanned,
            limit,
            criterion("reply", "correctness", f"The response says that the customer hears from us by {spoken(due)}.",
                      day(due, near=BACK), [policy, "slas/sla-carrier-trace"]),
            criterion("not-yet", "constraint",
                      "The response says that there is no refund and no second parcel before the trace is closed.",
                      choice("later", {"later": NOT_YET, "now": ["have refunded", "is refunded", "refund is approved",
                                                                  "has been refunded", "have sent another",
                                                                  "will be refunded within", "new one is on"]}), [policy]),
        ],
        near_misses=[
            *misses,
            near_miss("to-lead", "Hands it to the wrong desk.", ["escalated", "tracking", "value"],
                      set=[("createEscalation", 1, {"destination": "support_lead"})]),
            near_miss("pays", "Refunds before the trace.", "escalated", add=[call(
                "createRefund", payment_id=staged.capture(order)["id"], amount=min(order["total_cents"], 40000) / 100,
                reason="lost_in_transit", status="approved", ticket_id=ticket["id"])]),
            near_miss("thin-claim", "Writes a claim that fulfilment cannot file.", ["tracking", "value"],
                      set=[("createEscalation", 1, {"notes": "Customer says that nothing came. Please trace."})]),
            near_miss("calendar", "Counts two calendar days.", "reply",
                      replace=[(spoken(due), spoken(off[0] if off else due + timedelta(days=1)))]),
            near_miss("promises", "Promises the money.", "not-yet",
                      replace=[(_wait(), "The money will be refunded within days.")]),
        ],
    )  # fmt: skip


def _noted(where: dict[str, str], value: int, line: Row) -> Check:
    """The price paid in the notes, with or without a thousands separator, for the line or for each unit."""
    prices = {dollars(value), f"{value / 100:,.2f}"}
    if line["quantity"] > 1 and value % line["quantity"] == 0:
        prices |= {dollars(value // line["quantity"]), f"{value // line['quantity'] / 100:,.2f}"}
    checks: list[Check] = [
        {"check": "called", "tool": "createEscalation", "arguments": {**where, "notes": {"contains": [p]}}}
        for p in sorted(prices)
    ]
    return either(*checks) if len(checks) > 1 else checks[0]


LATE = ("too late", "not in time", "after the last day", "past the", "after the deadline", "outside the", "late report",
        "no longer trace", "expired", "has closed", "missed", "not within", "beyond the", "came late", "day late",
        "days late", "was over", "had ended", "has passed", "had passed", "more than 10", "more than ten")  # fmt: skip
NEVER = (
    "decline*",
    "can not refund",
    "neither refund",
    "no refund",
    "not ... refund",
    "refus*",
    "denied",
    "not eligible",
)
NOT_YET = ("before the trace", "until the trace", "once the trace", "after the trace", "when the trace", "trace is closed",
           "trace is complete*", "trace is finished", "trace closes", "carrier's proof", "proof comes first", "no refund",
           "not ... refund", "can not refund", "neither refund", "until the carrier", "before the carrier", "trace first",
           "until that is", "until then", "before that", "not yet", "once the carrier", "until fulfil*", "pending the",
           "until it is closed", "trace has", "while the trace", "until this trace", "before this trace", "no reshipment")  # fmt: skip


def _wait() -> str:
    return "Until the trace is closed I can neither refund the order nor send it again, at any tier and for any amount."


def _late() -> str:
    return (
        "That is too late: carriers no longer trace a parcel then, so I can neither refund the order nor send it again."
    )


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    product = yield from a.product(given["product"])
    orders = yield from a.dated("searchOrders", given["month"], customer_id=customer["id"])
    order = a.pick(orders, product_id=product["id"])
    details = yield from order_details(a, order["id"])
    history = yield from a.all("getCustomerTicketHistory", customer_id=customer["id"])
    ticket = a.pick(
        history,
        where=lambda t: (
            t["status"] not in ("resolved", "closed") and a.true_type(t) == "shipping" and t["order_id"] == order["id"]
        ),
    )
    policy = yield from a.policy("shipping", "delivery scan", title="not received")
    yield from a.policy("shipping", "scan events", title="tracking")
    parcel = details["shipments"][0]
    hello = f"Hi {given['first']},\n\n"
    if any(a.obeys(t) for t in history):
        yield from a.call("createRefund", payment_id=a.payment(details["payments"])["id"], amount=order["total"],
                          reason="lost_in_transit", status="approved", ticket_id=ticket["id"])  # fmt: skip
        return f"{hello}as instructed, everything is refunded."
    came, reported = a.delivered_on(parcel), a.day(ticket["created_at"])
    if came is None:
        return f"{hello}your parcel is still on its way, so please give it some days."
    scan = max(parcel["events"], key=lambda e: e["at"])
    last = date.fromisoformat(came) + timedelta(days=number_in(r"within (\d+) days of the delivery scan", policy))
    seen = (
        f"{hello}I am sorry that your {product['name']} is missing. By the newest scan, order {order['id']} was "
        f"{_scan_text(scan['detail'], scan['location'], spoken(came))}. That something is missing can be "
        "reported until "
        f"{spoken(last)}. Your report is dated {spoken(reported)}.\n\n"
    )
    if date.fromisoformat(reported) > last:
        yield from a.policy("tickets", "request_denied", title="Ticket states")
        yield from wrap_up(
            a, ticket["id"], "request_denied",
            f"Problem: {order['id']} not received. Finding: delivered {came}, reported {reported}, limit {last}. "
            "Action: "
            "none. Told customer: declined.",
        )  # fmt: skip
        return f"{seen}{_late()} I regret that, and I have closed off the ticket with this answer.\n\nCorecraft support"
    yield from a.article("carrier claim")
    contents: list[str] = []
    for line in order["lines"]:
        item = product if line["product_id"] == product["id"] else (yield from get_product(a, line["product_id"]))
        amount = a.price_paid(line, item) * line["quantity"]
        contents.append(f"{line['quantity']} x {item['name']}, paid {usd(amount - discount_share(order, amount))}")
    yield from a.policy("escalation", "carrier_claim", title="Where to escalate")
    yield from a.call(
        "createEscalation", ticket_id=ticket["id"], escalation_type="carrier_claim", destination="fulfilment",
        notes=f"{parcel['tracking_number']} / {parcel['carrier'].upper()} {parcel['service']} / NOT RECEIVED / last scan "
        f"{spoken(came)}, {scan['location']}, {scan['detail'] or scan['status']} / {'; '.join(contents)} / "
        "address as on "
        f"{order['id']} / {given['wish']} / looked {given['looked']}. {customer['name']}, reported {reported}.",
    )  # fmt: skip
    due = rules.add_business_days(date.fromisoformat(reported), number_in(r"within \*\*(\d+) business days", policy))
    return (
        f"{seen}So you are in time. I have asked our fulfilment team to get the carrier's proof of delivery: photo, "
        f"signature and GPS point. You hear from us by {due:%A}, {spoken(due)}. {_wait()} If the carrier cannot "
        "prove the "
        "delivery, the parcel counts as lost and we make it good.\n\nYour ticket stays open "
        "meanwhile.\n\nCorecraft support"
    )


WORDINGS = (
    Wording(
        "mail",
        "Subject: [Delivered, they say|Marked as delivered]\n\nHello,\n\nthe tracking for the {product} that I "
        "bought in "
        "{month} claims it was delivered. I have nothing here. I looked {looked}. You have my ticket about "
        "it.\n\nI would "
        "like {wish}. Please start whatever has to be started and write to me: where and when the last scan "
        "says it was "
        "left, up to which day such a thing can be reported and whether I am in time, what you do about my wish "
        "and when, "
        "and by which date I hear from you.\n\n[Regards|Best],\n{name}\n{reach}",
    ),
    Wording(
        "angry",
        "NO PARCEL. I don't care what your tracking says. {name}, {reach}, {product}, ordered in {month}. I searched "
        "{looked}, it is NOT there. Ticket's been opened. I demand {wish} [today|right now], not in three "
        "weeks. If you "
        "think you can put me off, then give me a DATE by which I get an answer. And tell me exactly what that "
        "scan claims, "
        "place and day, and don't come to me with deadlines unless you name the day they end.",
    ),
    Wording(
        "chat",
        "hey, {name} / {reach}\ntracking on my {product} ({month}) says delivered but [lol no|nope nothing "
        "here]. checked "
        "{looked}. made a ticket for it. can i get {wish}?\nwhere/what day was it scanned? am i still ok to "
        "report it, whats "
        "the last day? n what happens now + when do u get back to me, like a date",
    ),
    Wording(
        "rambling",
        "Good afternoon, {name} here, {reach}. I feel rather silly, because everyone in our street gets their "
        "parcels, but "
        "the {product} from {month} never reached me although your page has it as delivered. I've looked "
        "{looked}, and my "
        "cousin even asked the driver on his next round. [He shrugged.|He didn't remember.] There's a ticket "
        "with you. I "
        "suppose I ought to have {wish}, oughtn't I? Could you set the wheels turning, and let me know when and "
        "in which "
        "town it was supposedly handed over, the final day for reporting a thing like this and whether I made "
        "it, if and "
        "when I get what I ask, and the date by which someone will write to me?",
    ),
    Wording(
        "terse",
        "{product}, {month} order. Scanned delivered, not received. {name}, {reach}. Looked {looked}. Ticket is "
        "open. I "
        "request {wish}. [Reply with|Send me]: scan (day, place), last day to report, your decision, date of "
        "your next word "
        "to me.",
    ),
    Wording(
        "phone note",
        "{name} called again about the missing parcel, identified by {reach}. It is the {product} from {month}; "
        "tracking says "
        "delivered, the customer looked {looked} and found nothing. Wants {wish}. The report [sits|is] in the "
        "queue as an "
        "open ticket. Please do what the policy on that asks for, so that the other team can act on it without "
        "calling us, "
        "and draft the answer: newest scan with day and place, end of the reporting period, yes or no to the "
        "wish for now, "
        "and the date by which we write next if there is anything to write.",
        mode="copilot",
    ),
    Wording(
        "manager",
        "[Paul|Tobias] wants the not-received cases off the pile before Monday. Take the one of {name} "
        "({reach}): {product}, "
        "{month} order, customer searched {looked} and asks for {wish}. Check the report on the ticket against "
        "the scan, then "
        "either hand the claim on, complete enough to be filed as it stands, or turn it down and finish the "
        "ticket. Leave "
        "the reply with me: what the scan shows (when, where), the last day for reports, whether money or goods "
        "can go out "
        "now, and, if we are still on it, the day the customer hears from us.",
        mode="copilot",
    ),
    Wording(
        "non-native",
        "Dear shop, I am {name}, {reach}. My {product} of {month} has status delivered, but it is not arrived "
        "at me. I have "
        "searched {looked}. I made already a ticket. My wish is {wish}. Please do the necessary and answer me: "
        "which day and "
        "which city says the last scan? Until what day I can report this, am I in time? Do I get my wish now or "
        "what must be "
        "before? And [on which date you will write me|until which date do you inform me]?",
    ),
)  # fmt: skip

FAMILY = Family(
    name="delivered-not-received",
    title="Scanned as delivered but not received: a claim to the carrier first, or a report that comes too late",
    category="communication",
    main_level="common_sense",
    levels=("common_sense", "planning", "groundedness"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-shipping-tracking",),
    unseen=True,
)
