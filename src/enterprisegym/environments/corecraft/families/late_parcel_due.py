"""Was a parcel late, by how many business days, and what does the customer get for it: told, not booked."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import cast

from pydantic import JsonValue

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import identified, order_details, order_holding
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    amount,
    both,
    call,
    criterion,
    day,
    edited,
    either,
    introduced,
    near_miss,
    number,
    only_purchase,
    says,
    single_accounts,
    unless,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Edit
from enterprisegym.world import Row, format_utc, parse_utc

PLACED = ("year_twin", "midnight_order")
TRAPS = ("header_lag", "page_cut", *PLACED)
MOST = {"on time": 8, "on time header": 5, "free": 12, "owed": 44}
"""So many parcels of a kind are asked about."""
CAME = (
    "deliver",
    "arriv",
    "came",
    "come",
    "scan",
    "hand",
    "reach",
    "brought",
    "got",
    "door",
    "receiv",
    "actual",
    "drop",
)
DUE = ("promis", "eta", "due", "expect", "meant", "schedul", "announc", "target", "estimat", "suppos", "said", "given")


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    taken: Counter[str] = Counter()
    people = {c["id"]: c for c in single_accounts(world)}
    for order in shuffled(rng, world.all("orders")):
        customer, parcels = people.get(order["customer_id"]), world.shipments(order["id"])
        if customer is None or len(parcels) != 1 or not world.untouched(order):
            continue
        parcel = parcels[0]
        age = (world.today - world.placed_on(order)).days
        status = rules.parcel_status(parcel)
        if parcel["eta"] is None or status == "returned_to_sender" or rules.lost_since(parcel, world.today):
            continue
        late = rules.late_business_days(parcel, world.today)
        line = only_purchase(world, order)
        known = None if line is None else world.product(line["product_id"])
        if known is None or (late is None and (status != "delivered" or age > 300)) or late == 0:
            continue
        marked = world.traps_on(order["id"], parcel["id"], among=TRAPS)
        marked += world.traps_on(known["id"], among=("brand_spelling",))
        marked += world.traps_on(customer["id"], among=("contact_format",))
        if "contact_format" in marked and "brand_spelling" in marked:
            continue
        setup: tuple[Edit, ...] = ()
        if late is None and order["shipping_cents"] and age > 20 and "header_lag" not in marked:
            if world.order_tickets(order["id"]) or "exception" in str(parcel["events"]):
                continue
            setup = (
                _delayed(
                    parcel,
                    rng.choice((3, 4, 5, 5, 6, 8) if order["shipping_service"] == "standard" else (1, 2, 3, 4, 6)),
                ),
            )
            parcel = edited("shipments", parcel, setup)
            late = rules.late_business_days(parcel, world.today)
        owed = rules.late_credit_cents(order, parcel, world.today)
        nothing = owed.refund_cents + owed.store_credit_cents == 0
        kind = "on time" if late is None else "owed" if not nothing else _ground(order["shipping_cents"], parcel)
        kind += " header" if "header_lag" in marked and late is None else ""
        taken[kind] += 1
        if taken[kind] > MOST.get(kind, 12) or (kind == "on time" and set(marked) - {"brand_spelling"}):
            continue
        dated = age < 320 and "page_cut" not in marked and (rng.random() < 0.6 or any(t in marked for t in PLACED))
        month = f"{world.placed_on(order):%B}"
        told: dict[str, object] = {"product": world.called(known)}
        told["bought"] = f"the {told['product']}" + (f" ordered in {month}" if dated else "")
        if dated:
            told["month"] = said(month, f"{world.placed_on(order):%Y-%m}")
        yield Situation(
            key={"order": order["id"], "product": known["id"]},
            given={**introduced(world, customer, rng), **told},
            traps=marked,
            difficulty=1 + 2 * (late is not None) + (late is not None and nothing) + (age < 320 and not dated),
            setup=setup,
        )


def _delayed(parcel: Row, business_days: int) -> Edit:
    """The parcel's last scan, its delivery, so many business days after the promise."""
    due = date.fromisoformat(parcel["eta"])
    moved = (rules.add_business_days(due, business_days) - (rules.parcel_delivered_on(parcel) or due)).days
    events = [dict(event) for event in sorted(parcel["events"], key=lambda e: e["at"])]
    for event in events[-2 if events[-2]["status"] == "out_for_delivery" else -1 :]:
        event["at"] = format_utc(parse_utc(event["at"]) + timedelta(days=moved))
    return Edit(
        table="shipments", id=parcel["id"], set={"events": cast(JsonValue, events), "delivered_at": events[-1]["at"]}
    )


NOTHING = (
    "nothing is owed", "nothing owed", "not owed", "no refund", "no credit", "no compensation", "nothing to refund",
    "nothing is due", "nothing due", "not entitled", "owe you nothing", "not eligible", "no money", "nothing back",
    "do not owe", "owes nothing", "no store credit", "nothing to claim", "get nothing", "not due", "none owed", "$0",
    "$0.00", "not ... refund", "not ... compensat*", "not qualify", "no payout", "no claim", "nothing for",
)  # fmt: skip
GRANTS = ("approved", "entitled to a refund", "entitled to store credit", "will refund you", "will credit you")
ON_TIME = (
    "on time", "in time", "not late", "no delay", "punctual*", "as promised", "within the promised", "not delayed",
    "met ... promise*", "not overdue", "ahead of", "early", "before the promised", "on the promised", "kept the promise",
    "no days late", "zero business days late", "0 business days late", "on schedule", "within ... window", "by the promised",
)  # fmt: skip
GROUNDS = {
    "weather": ("weather", "storm*", "snow", "flood*", "ice"),
    "customs": ("customs",),
    "free": (
        "free shipping", "shipping was free", "free", "no shipping fee", "not pay ... shipping", "no charge", "$0",
        "not charged", "nothing for shipping", "paid nothing", "no fee", "without charge", "shipping cost nothing",
    ),
    "short": (
        "5 or more", "five or more", "5 business", "five business", "5 working", "five working", "fewer than 5",
        "less than 5", "under 5", "from 5", "at least 5", "fewer than five", "less than five", "at least five",
    ),
}  # fmt: skip


def _ground(order_shipping_cents: int, parcel: Row) -> str:
    """Why nothing is owed for a late parcel."""
    if rules.late_exempt(parcel):
        words = " ".join(e["detail"] or "" for e in parcel["events"] if e["status"] == "exception").lower()
        return "weather" if "weather" in words else "customs"
    return "free" if order_shipping_cents == 0 else "short"


def rubric(world: Records, s: Situation) -> Rubric:
    order = world.order(s.key["order"])
    parcel = edited("shipments", world.shipments(order["id"])[0], s.setup)
    paid: int = order["shipping_cents"]
    late = rules.late_business_days(parcel, world.today)
    owed = rules.late_credit_cents(order, parcel, world.today)
    eta = date.fromisoformat(parcel["eta"])
    came = rules.parcel_delivered_on(parcel)
    newest = rules.newest_event(parcel)
    seen = came or rules.company_day(newest["at"] if newest else parcel["created_at"])
    told = {eta, world.today, world.placed_on(order), *(rules.company_day(e["at"]) for e in parcel["events"])}
    around = [d for d in (seen + timedelta(days=n) for n in (-3, -2, -1, 1, 2, 3)) if d not in told]
    scans, policy = f"shipments/{parcel['id']}.events", "company_policies/pol-shipping-late"
    total = owed.refund_cents + owed.store_credit_cents
    compensation = _owed_text(order["shipping_service"], total, None if late is None else _ground(paid, parcel))
    promise = (f"promised for {spoken(eta)}", f"promised for {spoken(eta - timedelta(days=20))}")
    scan = (_scan_text(spoken(seen), came is not None), _scan_text(spoken(seen + timedelta(days=12)), came is not None))
    not_come = says(UNDELIVERED)
    criteria = [
        criterion(
            "arrived",
            "correctness",
            f"The response says that the parcel was delivered on {spoken(seen)}."
            if came
            else f"The response says that the parcel has not come and that its newest scan is of {spoken(seen)}.",
            day(seen, around, CAME) if came else both(day(seen, around, (*CAME, "newest", "last", "latest")), not_come),
            [scans],
        )
    ]
    near = [
        near_miss("wrong-scan", "Reads another day off the record.", "arrived",
                  replace=[scan] if eta != seen else [scan, promise])
    ]  # fmt: skip
    if eta != seen:
        criteria.append(
            criterion(
                "promised",
                "completeness",
                f"The response says that the parcel was promised for {spoken(eta)}.",
                day(eta, near=DUE),
                [f"shipments/{parcel['id']}.eta"],
            )
        )
        near.append(near_miss("promise-moved", "Works the promise out afresh.", "promised", replace=[promise]))
    if late is None:
        criteria.append(
            criterion("late", "correctness", "The response says that the parcel was on time.", says(ON_TIME), [scans])
        )
    else:
        calendar = ((came or world.today) - eta).days
        criteria.append(
            criterion(
                "late",
                "correctness",
                f"The response says that the parcel {'was' if came else 'is'} {late} business day(s) late.",
                number(late, ("business", "working", "late", "weekday"), [late + 7]) if late == calendar
                else either(number(late, ("business", "working", "weekday")), number(late, ("late",), [calendar])),
                [scans],
            )
        )  # fmt: skip
    near.append(
        near_miss("counts-wrong", "Counts the days wrongly.", "late",
                  replace=[(_late_text(late, came is not None), _late_text((late or 0) + 7, came is not None))])
    )  # fmt: skip
    criteria.append(
        criterion(
            "owed",
            "correctness",
            f"The response says that {usd(total)} is owed, as a {'refund' if owed.refund_cents else 'store credit'}."
            if total
            else "The response says that nothing is owed for it.",
            both(
                amount(total, (1000,) if order["shipping_service"] == "overnight" else ()),
                says(
                    ["refund*", "back", "reimburse*"]
                    if owed.refund_cents
                    else ["store credit", "shop credit", "credit"]
                ),
            )
            if total
            else unless(GRANTS, says(NOTHING)),
            [policy, f"orders/{order['id']}.shipping_cents"],
        )
    )
    near.append(
        near_miss("nothing-said", "Leaves open what is owed.", "owed", replace=[(compensation, "I am sorry for it.")])
        if total
        else near_miss("pays-anyway", "Promises what policy does not give.", "owed",
                       replace=[("nothing is owed", "I promise you $10.00")])
    )  # fmt: skip
    if total == 0 and late is not None:
        grounds = [*GROUNDS[_ground(paid, parcel)], *(GROUNDS["free"] if paid == 0 else ())]
        criteria.append(
            criterion(
                "ground",
                "completeness",
                f"The response gives the reason why nothing is owed: {_ground(paid, parcel)}.",
                says(grounds),
                [policy],
            )
        )
        near.append(
            near_miss("no-ground", "Does not say why.", "ground",
                      replace=[(compensation, "By our policy nothing is owed.")])
        )  # fmt: skip
    criteria.append(
        criterion(
            "nothing-booked",
            "constraint",
            "The response tells of the parcel, and nothing is changed in the records.",
            {
                "check": "unchanged",
                "with": says(["parcel", "deliver*", "arriv*", "package", "shipment", "came", "scan"]),
            },
            [f"orders/{order['id']}"],
        )
    )
    near.append(
        near_miss("books-it", "Refunds although the writer only wanted to know.", "nothing-booked",
                  add=[call("createRefund", payment_id=world.capture(order)["id"], amount=10.0, reason="shipping_fee",
                            status="approved")])
    )  # fmt: skip
    return Rubric(criteria, near)


UNDELIVERED = (
    "not ... delivered", "not ... arrived", "not ... come", "not ... reached", "still", "undelivered", "under way",
    "on its way", "in transit", "no delivery", "out for delivery", "yet to",
)  # fmt: skip


def _scan_text(spoken_day: str, came: bool) -> str:
    return f"delivered on {spoken_day}" if came else f"not been delivered yet; the newest scan is of {spoken_day}"


def _late_text(late: int | None, came: bool) -> str:
    if late is None:
        return "So it was on time."
    days = "1 business day" if late == 1 else f"{late} business days"
    return f"That {'was' if came else 'is, up to today,'} {days} late."


def _owed_text(service: str, total: int, ground: str | None) -> str:
    """What the customer gets; `ground` None: the parcel was not late."""
    if total:
        what = {
            "express": f"a refund of {usd(total)}, the difference between express and standard",
            "overnight": f"a refund of {usd(total)}, the shipping fee paid",
        }
        given = what.get(service, f"{usd(total)} of store credit, which standard parcels earn when they are that late")
        return f"Our policy for late deliveries gives {given}."
    why = {
        None: "",
        "weather": " The scans show a weather exception, and then we do not pay for the delay.",
        "customs": " The scans show a customs exception, and then we do not pay for the delay.",
        "free": " Shipping was free on this order, and we pay only where there was a charge.",
        "short": " With standard shipping there is store credit from 5 or more business days only; all I have is an apology.",
    }
    return f"For this nothing is owed.{why[ground]}"


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    product = yield from a.product(given["product"])
    if "month" in given:
        orders = yield from a.dated("searchOrders", given["month"], customer_id=customer["id"])
    else:
        orders = yield from a.all("searchOrders", customer_id=customer["id"])
    order = order_holding(a, orders, product["id"])
    details = yield from order_details(a, order["id"])
    parcel = a.pick(details["shipments"], where=lambda s: product["id"] in str(s["contents"]))
    yield from a.policy("shipping", "tracking record", title="Reading the tracking")
    yield from a.policy("shipping", "business days", title="Dispatch cut-off")
    yield from a.policy("shipping", "late eta", title="Late deliveries")
    delivered = a.delivered_on(parcel)
    eta = date.fromisoformat(parcel["eta"])
    end = date.fromisoformat(delivered) if delivered else a.clock.today
    late = rules.business_days_between(eta, end) if end > eta else None
    seen = delivered or a.day(max(parcel["events"], key=lambda e: e["at"])["at"])
    paid = cents(order["shipping"])
    total = 0
    if late is not None and paid and not rules.late_exempt(parcel):
        total = {"express": 1000, "overnight": paid}.get(order["shipping_service"], 1000 if late >= 5 else 0)
    ground = None if late is None else _ground(paid, parcel)
    return (
        f"The parcel with the {product['name']} (order {order['id']}, {order['shipping_service']}) was promised for "
        f"{spoken(eta)}, and it {'was' if delivered else 'has'} {_scan_text(spoken(seen), delivered is not None)}. "
        f"{_late_text(late, delivered is not None)}\n\n"
        f"{_owed_text(order['shipping_service'], total, ground)} I have not set anything in motion, as you asked."
    )


WORDINGS = (
    Wording(
        "mail",
        "From: {name} <{email}>\nSubject: [late delivery|was this late?]\n\nHello,\n\nI have {bought} in mind. I am "
        "fairly sure that the parcel did not keep to the day you had given me. Could you look it up: which day was "
        "promised, on which day was it handed over (or where does it stand), and by how many business days was it late, "
        "if at all? And what am I entitled to for that under your rules? [Please only tell me|Do not book anything], I "
        "will decide [afterwards|then] whether I bother.\n\n{first}",
        fits=lambda given: "email" in given,
    ),
    Wording(
        "terse",
        "{name}, {reach}. It's about {bought}. [Late or not?|On time or late?] Promised day, actual day, business days "
        "over. What's owed, why or why not. Information only, [change nothing|no bookings].",
    ),
    Wording(
        "angry",
        "I am sick of delivery promises that nobody keeps!! {name}, {reach}. Take {bought}. You named a day, so WHICH day "
        "was it, and when does your own record say the box got to me, or hasn't it even? Count the working days in "
        "between for me. Then tell me in plain words what you people pay for a delay like that, in dollars, or why you "
        "think you get away with zero. [Don't you dare|Don't] quietly credit me anything, I want to read it first.",
    ),
    Wording(
        "chat",
        "hi there, {name} {reach}\nremember {bought}? [felt like forever|took ages i think]\nwas that actually late per "
        "ur policy? i'd need the day it was meant to come + the day it came acc to the scans (if it did) + how many biz "
        "days behind. do i get money or credit for it n how much. pls dont do anything yet just wanna know",
    ),
    Wording(
        "note by a colleague",
        "[For my call back at four|Before I ring them]: {name}, {reach}, claims that {bought} arrived too late and wants "
        "compensation. Check it against the scans: promised date, delivery date or latest scan, lateness in business "
        "days. Then tell me what our policy owes in this case and on what ground, refund, store credit or nothing. I make "
        "the booking myself if there is one to make, so leave the records as they are.",
        mode="copilot",
    ),
    Wording(
        "rambling",
        "Dear all, {name} writing ({reach}). My sister and I have a running bet about you. It concerns {bought}; she says "
        "it was on the doorstep when it should have been, I say it dawdled. To settle it we need from your books the day "
        "you had announced and the day it was truly delivered, should it have been by now, and the count of business days "
        "between if there are any. The loser pays for lunch, and if I win I'd also like to hear what the house gives for "
        "such a delay, or for what reason it gives nothing. Nothing needs doing at your end[, it is the knowledge that I "
        "want| beyond the reply].",
    ),
    Wording(
        "non-native",
        "Good day. I am {name}, {reach}. The question is for {bought}. I think the transport was too slow. Please say me "
        "the date that was promised and the date when the carrier has brought it (or if it is not yet brought), and the "
        "delay in business days. Do I become something back for this, how much and in which form, and when not, from what "
        "reason? Please [not make a booking|do not change something], first I like only the answer.",
    ),
    Wording(
        "manager's request",
        "I have a complaint on my desk from {name}, {reach}: delivery of {bought} [was slow|overran]. Before I reply I "
        "want the facts checked. Due date on the parcel; date of the delivery scan, or of the newest one if there is no "
        "delivery; business days of delay, zero included. And the entitlement: amount and form under the late-delivery "
        "rules, with the clause that decides if the answer is none. Read only, please, I take it from there.",
        mode="copilot",
    ),
)  # fmt: skip

FAMILY = Family(
    name="late-parcel-due",
    title="Was a parcel late, by how many business days, and what is owed for it; told, not booked",
    category="reasoning",
    main_level="groundedness",
    levels=("groundedness", "tool_use"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-shipping-tracking",),
)
