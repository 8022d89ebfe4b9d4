"""Express and overnight parcels of some days are gone through: what is owed for late ones is booked, the rest is left."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Steps, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import as_table, number_in, order_details
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    Check,
    Staged,
    all_hold,
    amount,
    both,
    criterion,
    day,
    near_miss,
    says,
    sped_up,
    stable,
    thing,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.rollout.record import Json
from enterprisegym.tasks import Edit, NearMiss
from enterprisegym.world import Row, format_utc, parse_utc

COUNT = 84
ON_ORDERS = ("header_lag", "midnight_order", "stray_note")
FAST = ("express", "overnight")
KINDS = (
    "express",
    "overnight",
    "given",
    "express",
    "weather",
    "lost",
    "overnight",
    "failed",
    "express",
    "given",
    "overnight",
)
CARRIER_NAMES = {"ups": "UPS", "fedex": "FedEx", "usps": "USPS", "dhl": "DHL"}
WHY = {
    "weather": "the scans show a weather exception",
    "free": "shipping was free on this order",
    "given": "the refund was made before",
    "lost": "no longer late but lost, as there is no scan for 7 business days or more",
}
WHY_WORDS = {
    "weather": ["weather", "customs"],
    "free": ["free", "no shipping fee", "no shipping charge", "not charged for shipping", "paid no shipping", "$0.00",
             "did not pay for shipping", "no shipping was paid", "shipping was $0", "paid nothing", "waived"],
    "given": ["already", "before", "earlier", "previous*", "existing refund", "prior refund", "refunded on", "been refunded",
              "been given", "pending refund", "refund pending", "was refunded"],
    "lost": ["lost"],
}  # fmt: skip
OUT = [
    "weather", "customs", "free", "already", "lost", "not owed", "nothing owed", "nothing is owed", "no refund", "not booked",
    "left alone", "left as they are", "left untouched", "not touched", "skipped", "not refunded", "nothing booked", "on time",
    "in time", "not late", "no booking", "not eligible", "earlier refund", "previously", "prior refund", "pending refund",
    "not payable", "no payment", "without a refund", "made before", "not included", "excluded", "exempt", "no shipping fee",
    "no entitlement", "not due", "not qualify", "left out", "did not book", "have not booked", "left", "no action", "unchanged", "without a booking", "timely", "punctual", "as promised", "by its promised day", "met",
]  # fmt: skip


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    found = 0
    seen: set[tuple[str, date, date]] = set()
    for turn, (carrier, first, last) in enumerate([*_of_traps(world), *shuffled(rng, _spans(world))]):
        if found < COUNT and (carrier, first, last) not in seen:
            seen.add((carrier, first, last))
            if s := _situation(world, turn, carrier, first, last):
                found += 1
                yield s


def _of_traps(world: Records) -> list[tuple[str, date, date]]:
    """Spans of days around orders with traps."""
    found: list[tuple[str, date, date]] = []
    for mark in world.marks("midnight_order"):
        placed = world.placed_on(world.order(mark["id"]))
        if placed >= date(2025, 7, 1):
            found.append(("", placed - timedelta(days=6 if placed.month < 10 else 2), placed))
    for trap in ("header_lag", "stray_note"):
        for mark in world.marks(trap):
            order = world.order(mark.get("order_id") or mark["id"])
            parcels = world.shipments(order["id"])
            if len(parcels) != 1 or order["created_at"] < "2025-07":
                continue
            on = world.placed_on(order)
            start = on - timedelta(days=stable(order["id"], "start", below=3))
            found.append(("", start, start + timedelta(days=3)))
            label = rules.company_day(parcels[0]["created_at"])
            begin = label - timedelta(days=stable(order["id"], "begin", below=5))
            if parcels[0]["carrier"] in ("ups", "fedex"):
                found.append((parcels[0]["carrier"], begin, begin + timedelta(days=8)))
    for n in range(7):
        start = date(2025, 10, 28) + timedelta(days=n)
        found += [
            (c, start, start + timedelta(days=d)) for c, d in (("", 1 + n % 2), ("ups", 3), ("fedex", 5), ("usps", 8))
        ]
    return [(carrier, first, min(last, date(2025, 11, 12))) for carrier, first, last in found]


def _spans(world: Records) -> list[tuple[str, date, date]]:
    """Carrier or none, first and last day: days of orders, or of the labels of a carrier."""
    found: list[tuple[str, date, date]] = []
    for n in range(46):
        start = date(2025, 9, 20) + timedelta(days=n)
        found.append(("", start, start + timedelta(days=(1 if n > 30 else 2) + n % 3)))
        for carrier, length in (("ups", 5), ("fedex", 9), ("usps", 15)):
            found.append((carrier, start, start + timedelta(days=length + n % 3)))
    return [(carrier, first, last) for carrier, first, last in found if last <= date(2025, 11, 12)]


def _orders(world: Records, carrier: str, first: date, last: date) -> list[Row]:
    """The orders of a round whatever their service, the newest first: placed, or labelled for a carrier, in these days."""
    if not carrier:
        orders = [o for o in world.all("orders") if first <= world.placed_on(o) <= last]
        return sorted(orders, key=lambda o: (o["created_at"], o["id"]), reverse=True)
    parcels = [
        s for s in world.of("shipments", "carrier", carrier) if first <= rules.company_day(s["created_at"]) <= last
    ]
    parcels.sort(key=lambda s: (s["created_at"], s["id"]), reverse=True)
    return [world.order(s["order_id"]) for s in parcels]


def _situation(world: Records, turn: int, carrier: str, first: date, last: date) -> Situation | None:
    orders = _orders(world, carrier, first, last)
    if not 11 <= len(orders) <= 34 or len({o["id"] for o in orders}) < len(orders):
        return None
    of_traps = {m.get("order_id") or m["id"] for trap in ON_ORDERS for m in world.marks(trap)}
    marked = [o for o in orders if o["id"] in of_traps]
    rest = [o for o in orders if o not in marked]
    rest.sort(key=lambda o: stable(o["id"], str(turn), below=10**6))
    silent = next((edits for o in rest if (edits := _silent(world, o))), ())
    setup = [*silent]
    rest = [o for o in rest if not any(e.id == o["id"] for e in silent)]
    staged, wanted = 0, 4 + turn % 3
    for order in [*marked, *rest]:
        kind = ("express", "overnight")[turn % 2] if order in marked else KINDS[(turn + staged) % len(KINDS)]
        edits = _staging(world, order, kind) if staged < wanted else ()
        setup += edits
        staged += bool(edits)
    now = Staged(world, setup)
    fast = [now.order(o["id"]) for o in orders if now.order(o["id"])["shipping_service"] in FAST]
    cases = {o["id"]: _case(now, o) for o in fast}
    if "odd" in cases.values():
        return None
    booked = [o for o in fast if cases[o["id"]] == "owed"]
    if 2 * len(booked) + sum(case in WHY for case in cases.values()) < 8:
        return None
    sent = [o for o in fast if now.shipments(o["id"])]
    if not 3 <= len(booked) <= 7 or not 4 <= len(sent) <= (9 if not carrier else 12):
        return None
    traps: list[str] = []
    for order in fast:
        late = cases[order["id"]] == "owed"
        traps += world.traps_on(order["id"], among=("header_lag",))
        traps += world.traps_on(order["id"], among=("stray_note",)) if late else ()
    if not carrier:
        for mark in world.marks("midnight_order"):
            on = world.placed_on(world.order(mark["id"]))
            late = on in (last, first - timedelta(days=1))
            traps += ["midnight_order"] if late else []
    traps += ["superseded_policy"] if any(_silence(now, o) for o in fast) else []
    told: dict[str, Any] = {
        "first": said(f"{first:%B} {first.day}", first.isoformat()),
        "last": said(f"{last:%B} {last.day}", last.isoformat()),
    }
    if carrier:
        told["carrier"] = said(CARRIER_NAMES[carrier], carrier)
    left = {cases[o["id"]] for o in fast} & set(WHY)
    return Situation(
        key={"carrier": carrier or "any", "first": first.isoformat(), "last": last.isoformat()},
        given=told,
        traps=tuple(dict.fromkeys(traps)),
        difficulty=min(2 + (len(left) > 0) + (len(left) > 1) + bool(traps), 5),
        setup=tuple(setup),
    )


def _staging(world: Records, order: Row, kind: str) -> tuple[Edit, ...]:
    """A standard order as if it had gone by a faster service and come late, with what became of it."""
    service = kind if kind in FAST else FAST[stable(order["id"], "fast", below=3) == 0]
    edits = sped_up(world, order, service, weather=kind == "weather")
    if not edits:
        return ()
    parcel, fee = edits[2], (edits[0].set or {})["shipping_cents"]
    if kind == "lost":
        return (*edits[:2], *_cold(world, world.shipments(order["id"])[0], parcel))
    if kind in ("given", "failed") and fee:
        return (*edits, *_earlier(world, order, service, kind == "failed"))
    return edits


def _cold(world: Records, parcel: Row, edit: Edit) -> tuple[Edit, ...]:
    """A parcel whose scans end on the road."""
    events = [e for e in parcel["events"] if e["status"] in ("label_created", "in_transit")]
    return (Edit(table="shipments", id=parcel["id"], set={
        **(edit.set or {}), "events": events, "status": "in_transit", "delivered_at": None}),)  # fmt: skip


def _silent(world: Records, order: Row) -> tuple[Edit, ...]:
    """A parcel that is lost by the rule of today and was only late by the former one."""
    if not "2025-10-27" < order["created_at"] < "2025-11-06":
        return ()
    edits = _staging(world, order, "lost")
    return edits if edits and _silence(Staged(world, edits), order) else ()


def _earlier(world: Records, order: Row, service: str, failed: bool) -> tuple[Edit, ...]:
    """A refund of shipping made two days after the parcel came; or one that did not go through."""
    payment, came = world.capture(order), world.shipments(order["id"])[0]["events"][-1]["at"]
    number = 900 + stable(order["id"], "earlier", below=90)
    at = parse_utc(came) + timedelta(hours=41, minutes=number % 50)
    done = at + timedelta(days=3)
    processed = format_utc(done) <= world.now
    if format_utc(at) > world.now:
        return ()
    status = "failed" if failed else ("processed" if processed else "approved")
    owed = 1000 if service == "express" else rules.SHIPPING_CENTS["overnight"]
    made = Edit(table="refunds", insert={
        "id": f"ref-{rules.company_day(format_utc(at)):%y%m%d}-{number}", "payment_id": payment["id"], "order_id": order["id"],
        "return_id": None, "ticket_id": None, "amount_cents": owed, "reason": "shipping_fee", "status": status,
        "note": None, "created_at": format_utc(at), "processed_at": format_utc(done) if status == "processed" else None,
    })  # fmt: skip
    moved = Edit(table="payments", id=payment["id"], set={
        "amount_cents": order["total_cents"] - order["shipping_cents"] + rules.SHIPPING_CENTS[service],
        "status": "captured" if failed else "partially_refunded"})  # fmt: skip
    return (moved, made)


def _case(world: Records, order: Row) -> str:
    """What an express or overnight order is: in time, owed, one of `WHY`, or odd."""
    parcels = world.shipments(order["id"])
    if not parcels:
        return "in time"
    if len(parcels) > 1 or parcels[0]["eta"] is None or len([p for p in world.payments(order["id"]) if _took(p)]) != 1:
        return "odd"
    parcel = parcels[0]
    if rules.lost_since(parcel, world.today):
        return "lost"
    if rules.late_business_days(parcel, world.today) is None:
        return "in time"
    live = [r for r in world.refunds(order["id"]) if r["status"] in rules.LIVE_REFUND]
    if (
        world.returns(order["id"])
        or any(r["reason"] != "shipping_fee" for r in live)
        or not rules.late_business_days(parcel, world.today)
    ):
        return "odd"
    if rules.late_exempt(parcel):
        return "weather"
    if not order["shipping_cents"]:
        return "free"
    return "given" if live else "owed"


def _took(payment: Row) -> bool:
    return payment["status"] in rules.CAPTURED


def _silence(world: Records, order: Row) -> bool:
    """Whether a parcel is lost by the rule of today and would only be late by the former one."""
    parcels = world.shipments(order["id"])
    if len(parcels) != 1 or not rules.lost_since(parcels[0], world.today):
        return False
    if not world.order(order["id"])["shipping_cents"]:
        return False
    event = rules.newest_event(parcels[0])
    if event is None or event["status"] == "lost":
        return False
    return rules.add_business_days(rules.company_day(event["at"]), 10) > world.today


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    carrier = "" if s.key["carrier"] == "any" else s.key["carrier"]
    first, last = date.fromisoformat(s.key["first"]), date.fromisoformat(s.key["last"])
    fast = [o for o in _orders(staged, carrier, first, last) if o["shipping_service"] in FAST]
    cases = {o["id"]: _case(staged, o) for o in fast}
    booked = [o for o in fast if cases[o["id"]] == "owed"]
    left = {o["id"]: cases[o["id"]] for o in fast if cases[o["id"]] in WHY}
    parcel = {o["id"]: staged.shipments(o["id"])[0] for o in fast if staged.shipments(o["id"])}
    owed = {o["id"]: _owed(o) for o in booked}
    total = sum(owed.values())
    required: list[dict[str, Any]] = []
    allowed: list[dict[str, Any]] = []
    for order in booked:
        payment = staged.capture(order)
        required += [
            {"table": "refunds", "added": True, "where": {"payment_id": payment["id"]},
             "set": {"amount_cents": owed[order["id"]], "reason": "shipping_fee", "status": "approved"}},
            {"table": "payments", "id": payment["id"], "set": {"status": "partially_refunded"}},
        ]  # fmt: skip
        allowed.append({"table": "orders", "id": order["id"], "set": {"status": "partially_refunded"}})
    wrong = [total + _owed(o) for o in fast if o["id"] in left and o["shipping_cents"]]
    wrong.append(sum(_owed(o) for o in fast if o["id"] in left) + total)
    came = {o["id"]: rules.parcel_delivered_on(parcel[o["id"]]) for o in booked}
    arrivals = [
        day(on) if on is not None else says(["not delivered", "not yet delivered", "not arrived", "under way", "in transit",
                                             "undelivered", "still out", "on its way", "not come", "still not", "outstanding"])
        for on in dict.fromkeys(came.values())
    ]  # fmt: skip
    rows = [f"shipments/{parcel[o['id']]['id']}.events" for o in booked]
    criteria = [
        criterion(
            "booked", "correctness",
            f"{len(booked)} refunds of shipping are booked, approved as shipping_fee: "
            + ", ".join(f"{usd(owed[o['id']])} for {o['id']}" for o in booked) + "; nothing else is changed.",
            {"check": "state", "required": required, "allowed": allowed},
            [*(f"payments/{staged.capture(o)['id']}" for o in booked), "company_policies/pol-shipping-late"],
        ),
        criterion(
            "total", "correctness", f"The response gives the sum of the refunds as {usd(total)}.",
            amount(total, [w for w in wrong if w not in owed.values()]), [f"orders/{o['id']}" for o in booked],
        ),
        criterion(
            "list", "completeness", f"The response lists the {len(booked)} orders that got a refund, and none that came in time.",
            {"check": "entities", "members": [thing(o["id"]) for o in booked], "universe": [thing(o["id"]) for o in fast if o["id"] not in left],
             "denied_by": OUT},
            [f"shipments/{p['id']}" for p in parcel.values()],
        ),
        criterion(
            "arrived", "completeness",
            "The response says for each refund when the parcel came: "
            + ", ".join(f"{o['id']} {spoken(on) if (on := came[o['id']]) else 'not yet'}" for o in booked) + ".",
            all_hold(arrivals), rows,
        ),
    ]  # fmt: skip
    other, on = booked[-1]["id"], came[booked[0]["id"]]
    misses: list[NearMiss] = [
        near_miss("one-missed", "Leaves one refund out.", "booked", drop=[("createRefund", len(booked))]),
        near_miss("other-amount", "Books the whole fee or too little.", "booked", set=[("createRefund", 1, {"amount": 19.99})]),
        near_miss("other-total", "Gives another sum.", "total", replace=[(f"{usd(total)} in all", f"{usd(total + 1000)} in all")]),
        near_miss("list-short", "Leaves an order out of the list.", "list", replace=[(f"| {other} |", "| one more |")]),
        near_miss("no-days", "Does not say when a parcel came.", "arrived", replace=[(_when(on), "-")]),
    ]  # fmt: skip
    if left:
        misses.append(near_miss("nothing-left", "Does not name those that were left.", "left", replace=[
            (_left_line(id, why), "") for id, why in left.items()]))  # fmt: skip
        checks: list[Check] = [
            {"check": "structure", "min_words": 12, "must_include": list(left)},
            *(says(WHY_WORDS[why]) for why in dict.fromkeys(left.values())),
        ]
        criteria.append(criterion(
            "left", "correctness",
            "The response names those that were left and why: " + ", ".join(f"{id}: {WHY[why]}" for id, why in left.items()) + ".",
            both(*checks), [*(f"shipments/{parcel[id]['id']}" for id in left), *_grounds(staged, left)],
        ))  # fmt: skip
    return Rubric(criteria, misses)


def _grounds(world: Records, left: Mapping[str, str]) -> list[str]:
    """The records that show why nothing was owed any more."""
    given = [f"refunds/{r['id']}" for id, why in left.items() if why == "given" for r in world.refunds(id)]
    free = [f"orders/{id}.shipping_cents" for id, why in left.items() if why == "free"]
    return [*given, *free, *(["company_policies/pol-shipping-lost"] if "lost" in left.values() else [])]


def _owed(order: Row) -> int:
    """What a late parcel of this service gives."""
    express = rules.SHIPPING_CENTS["express"] - rules.SHIPPING_CENTS["standard"]
    return express if order["shipping_service"] == "express" else order["shipping_cents"]


def _when(on: date | None) -> str:
    return spoken(on) if on is not None else "not delivered yet"


def _left_line(order_id: str, why: str) -> str:
    return f"\n- {order_id}: {WHY[why]}"


def solve(a: Worker, given: Given) -> Plan:
    fast = yield from _round(a, given)
    late = yield from a.policy("shipping", "late", title="Late deliveries")
    lost = yield from a.policy("shipping", "lost", title="Lost parcels")
    silence = number_in(r"(?:no scan for|after) \**(\d+) business days", lost)
    express = 100 * number_in(r"difference to standard: \$(\d+)\.00", late)
    rows: list[tuple[str, ...]] = []
    left, total = "", 0
    for order_id, known in fast:
        parcel = known
        details: Json | None = None
        if parcel is None:
            details = yield from order_details(a, order_id)
            if not details["shipments"]:
                continue
            parcel = details["shipments"][0]
        why = _trail(a, parcel, silence)
        if why == "in time":
            continue
        if why != "late":
            left += _left_line(order_id, why)
            continue
        if details is None:
            details = yield from order_details(a, order_id)
        order = details["order"]
        given_back = [r for p in details["payments"] for r in p["refunds"] if r["status"] in rules.LIVE_REFUND]
        made = a.noted(order, r"refund|credit", True, bool(given_back))
        why = "free" if not order["shipping"] else "given" if made else "owed"
        if why != "owed":
            left += _left_line(order_id, why)
            continue
        owed = express if order["shipping_service"] == "express" else cents(order["shipping"])
        yield from a.call("createRefund", payment_id=a.payment(details["payments"])["id"], amount=owed / 100,
                          reason="shipping_fee", status="approved")  # fmt: skip
        total += owed
        came = a.delivered_on(parcel)
        rows.append((order_id, _when(date.fromisoformat(came) if came else None), usd(owed)))
    table = as_table(("Order", "Arrived", "Refunded"), rows)
    rest = f"\n\nNothing booked for these, with the reason:\n{left}" if left else ""
    return f"{len(rows)} shipping refunds are booked, {usd(total)} in all.\n\n{table}{rest}"


def _round(a: Worker, given: Given) -> Steps[list[tuple[str, Json | None]]]:
    """The express and overnight orders of a round, with their parcel where the search shows it."""
    if "carrier" in given:
        parcels = yield from a.dated("searchShipments", given["first"], given["last"], carrier=given["carrier"])
        return [(p["order_id"], p) for p in parcels if p["service"] in FAST]
    orders = yield from a.dated("searchOrders", given["first"], given["last"])
    return [(o["id"], None) for o in orders if o["shipping_service"] in FAST]


def _trail(a: Worker, parcel: Json, silence: int) -> str:
    """What the scans of a parcel tell: in time, late, lost, or late through the weather."""
    status, came = a.parcel_status(parcel), a.delivered_on(parcel)
    newest = max(parcel["events"], key=lambda e: e["at"])
    cold = rules.add_business_days(date.fromisoformat(a.day(newest["at"])), silence) <= a.clock.today
    if status == "lost" or (
        came is None and status != "returned_to_sender" and newest["status"] != "delivered" and cold
    ):
        return "lost"
    on = date.fromisoformat(came) if came else a.clock.today
    if status == "returned_to_sender" or on <= date.fromisoformat(parcel["eta"]):
        return "in time"
    exempt = any(
        e["status"] == "exception" and re.search("weather|customs", e["detail"], re.I) for e in parcel["events"]
    )
    return "weather" if exempt else "late"


def _by_order(given: Given) -> bool:
    return "carrier" not in given


def _by_carrier(given: Given) -> bool:
    return "carrier" in given


WORDINGS = (
    Wording(
        "operations, by order day",
        "We owe people money for slow parcels and nobody goes looking. Please do: all express and overnight orders placed from "
        "{first} to {last}, [by the scans and not by the header|what the carriers' scans say counts]. Where a parcel came after "
        "its promised day, book what our rules give for it, unless that has been done. I need a table of those you booked (order "
        "number, day it arrived, refund), the total, and under it the other overdue ones by number with the reason why you "
        "booked nothing.\n\nTobias Renner",
        mode="copilot", fits=_by_order,
    ),
    Wording(
        "chat, by order day",
        "can u do the late round for {first} - {last} (order dates, both ends in)? express + overnight only. [refund what's due|book "
        "what's owed], skip what was paid back already. back to me: order no / arrived on / $ for each one booked + sum, then the "
        "late or vanished ones u didn't touch n why, w/ order no",
        mode="copilot", fits=_by_order,
    ),
    Wording(
        "finance, by order day",
        "Hello,\n\nfor the accruals I would like the shipping refunds of faster services settled. Scope: orders placed between {first} "
        "and {last}, inclusive, with express or overnight shipping. Kindly examine each delivery against its promised date, enter "
        "the refund our late-delivery policy provides wherever it is still outstanding, and [report|let me have] the entries by order "
        "number with date of arrival and amount as well as the overall figure. Overdue orders on which you entered nothing: number and "
        "ground, please, separately.\n\nMargit Haldane",
        mode="copilot", fits=_by_order,
    ),
    Wording(
        "voice note, by order day",
        "okay, Dana here, um, Saturday job for you, go through everybody who paid for express or overnight and ordered between {first} "
        "and {last}, that includes those two days, and look whether it turned up when it should have. if not, and they are owed "
        "something and haven't had it, [put the refund through|make the refund]. read me the ones you did after that, order number, "
        "when it got there, how much, and what it adds up to, and then whichever were overdue but got nothing from you, the number "
        "and the why",
        mode="copilot", fits=_by_order,
    ),
    Wording(
        "bullets, by order day",
        "Late-parcel round\n- orders of {first} up to and including {last}, services express + overnight\n- refund per policy where due "
        "and not yet given; everything else stays untouched\n- result 1: order number, arrival date, amount of each refund you "
        "[entered|made], grand total\n- result 2: orders past their promised day without a refund from you, each with its reason\n\nPriya",
        mode="copilot", fits=_by_order,
    ),
    Wording(
        "operations, by carrier",
        "{carrier} had a bad time and I want it cleaned up. Take every express and overnight parcel of theirs whose label we made from "
        "{first} through {last}, compare promise and scans, and give the customers what our policy gives for late delivery, [once and only "
        "once|nobody twice]. Then report: which orders you refunded, on what day each parcel got there, how much each, how much "
        "together. Also list the late ones that got nothing now, each order with its reason.\n\nYolanda Pruitt",
        mode="copilot", fits=_by_carrier,
    ),
    Wording(
        "chat, by carrier",
        "hi! {carrier} express/overnight, labels {first} to {last} incl. pls check which came late, [do the shipping refunds|refund by the "
        "rules] where still missing. send: order + delivery day + refund per line, total at the end. whatever was overdue or lost and "
        "you left alone -> order + reason. thx",
        mode="copilot", fits=_by_carrier,
    ),
    Wording(
        "carrier review",
        "I meet the {carrier} people on Monday. Until then the customers should have their money: for the parcels handed to "
        "{carrier} as express or overnight with a label dated {first} to {last} (inclusive), please establish who received theirs after "
        "the promised day and make the refunds our rules prescribe, as far as they [have not been made|are not on file]. My folder needs "
        "the refunded orders with delivery date and amount, their sum, and, apart from those, the overdue shipments for which you booked "
        "nothing, by order number and with the cause.\n\nAugust, fulfilment",
        mode="copilot", fits=_by_carrier,
    ),
    Wording(
        "non-native, by carrier",
        "Dear colleague, please you look all the fast parcels of {carrier}, I mean express and overnight, with label between {first} and "
        "{last} with both days. Some are come too late. When we must give money for this by the policy and it is not given, please "
        "[give it in the system|make the refund in system]. After, I like a list of these: order number, which day it came, how much, and "
        "all together how much. And the too late ones or gone ones where you give nothing, please write also the number and the reason. "
        "Thank you, Mei-Lin",
        mode="copilot", fits=_by_carrier,
    ),
    Wording(
        "handover, by carrier",
        "Handover: I got as far as pulling the dates ({carrier}, labels of {first} to {last}, first and last day included), not further. Still to "
        "be done: find the express and overnight ones that missed their promised day, refund by the late-delivery rules what nobody has "
        "refunded so far, [touch nothing else|nothing more than that]. Leave me the orders you paid on, each with arrival and sum, then the "
        "overall sum, then the orders that missed their day but were not paid on, with the ground for each.\n\nFelix",
        mode="copilot", fits=_by_carrier,
    ),
)  # fmt: skip

FAMILY = Family(
    name="parcel-round",
    title="Express and overnight parcels of some days: what is owed for late ones is booked, the rest is left and named",
    category="workflow",
    main_level="tool_use",
    levels=("tool_use", "planning", "groundedness", "common_sense"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-shipping-late", "pol-shipping-lost"),
    weight=2,
)
