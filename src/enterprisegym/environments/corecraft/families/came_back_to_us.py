"""Parcels of a period and carrier that have not arrived: lost, silent for a while or coming back, and what is next."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import Plan, Worker, spoken
from enterprisegym.environments.corecraft.agents.steps import as_table, number_in, order_details
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    CARRIERS,
    Check,
    Staged,
    all_hold,
    call,
    choice,
    criterion,
    day,
    mentions,
    near_miss,
    number,
    says,
    stable,
    thing,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.rollout.record import Json
from enterprisegym.tasks import Call, Edit
from enterprisegym.world import Row

FIRST, STEP, SPANS = date(2025, 10, 1), 2, (6, 9)
LONGEST, FORMER_DAYS = 44, 10
DOCKS = ("CMH DOCK", "RNO DOCK")
HUBS = ("Louisville, KY", "Memphis, TN", "Indianapolis, IN", "Kansas City, MO", "Newark, NJ", "Dallas, TX")
SNAGS = ("Address query", "Business closed", "Trailer missed connection", "Missorted at facility")
LOST_NEXT = "lost by now: the customer chooses reshipment or a full refund, and we claim from the carrier"
HERE_NEXT = "back at our dock: the refund or the reshipment can start now"
COMING_NEXT = "on its way back: the refund or the reshipment starts when our dock scans it in"


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    marked = {m["id"] for m in world.marks("header_lag")}
    silent = [p for p in world.all("shipments") if rules.parcel_status(p) != "delivered"]
    open_orders = {p["order_id"] for p in silent} | {t["order_id"] for t in world.all("tickets")}
    for n in range(32):
        start = FIRST + timedelta(days=STEP * (n // 2))
        end = min(start + timedelta(days=SPANS[n % 2]), date(2025, 11, 3))
        for carrier in ("ups", "fedex", "usps"):
            group = _group(world, carrier, start, end)
            free = [
                p for p in group
                if rules.parcel_status(p) == p["status"] == "delivered" and p["order_id"] not in open_orders
                and len(p["events"]) >= 4 and world.untouched(world.order(p["order_id"]))
                and len(world.shipments(p["order_id"])) == 1
            ]  # fmt: skip
            if end <= start or not 5 <= len(group) <= LONGEST or len(free) < 4 or any(p in group for p in silent):
                continue
            free.sort(key=lambda p: stable(carrier, start.isoformat(), p["id"], below=10**6))
            setup = _troubled(free, stable(carrier, start.isoformat(), below=100))
            lagging = [p["id"] for p in group if p["id"] in marked]
            staged = Staged(world, setup)
            missing = _missing(_group(staged, carrier, start, end))
            names = [_name(staged, p) for p in missing]
            told = {rules.company_day(e["at"]) for p in missing if (e := rules.newest_event(p))} & {start, end}
            if told or len(set(names)) != len(names):
                continue
            yield Situation(
                key={"carrier": carrier, "from": start.isoformat(), "to": end.isoformat()},
                given={
                    "carrier": said(CARRIERS[carrier][0], carrier),
                    "first": said(f"{start:%B} {start.day}", start.isoformat()),
                    "last": said(f"{end:%B} {end.day}", end.isoformat()),
                },
                traps=(*(("header_lag",) if lagging else ()), "superseded_policy"),
                difficulty=3 + (len(group) > 10) + (len(names) > 3),
                setup=setup,
            )


def _group(world: Records, carrier: str, start: date, end: date) -> list[Row]:
    found = world.of("shipments", "carrier", carrier)
    return [p for p in found if start <= rules.company_day(p["created_at"]) <= end]


def _missing(group: Sequence[Row]) -> list[Row]:
    return [p for p in group if rules.parcel_status(p) != "delivered"]


def _name(world: Records, parcel: Row) -> str:
    return world.customer(world.order(parcel["order_id"])["customer_id"])["name"]


def _troubled(free: Sequence[Row], lot: int) -> tuple[Edit, ...]:
    """Three or four parcels of which the last scans are others than they were: they have not come."""
    edits: list[Edit] = []
    for n, parcel in enumerate(free[: 3 + lot % 2]):
        kept = [e for e in parcel["events"] if e["status"] in ("label_created", "in_transit")][:3]
        sent = rules.company_day(kept[-1]["at"])
        minute = f"{(lot * 7 + n * 13) % 60:02d}:{(lot + n * 17) % 60:02d}Z"
        hub = HUBS[(lot + n) % len(HUBS)]
        if n in (0, 3):
            quiet = min(rules.add_business_days(sent, 1 + (lot + n) % 2), date(2025, 11, 5 if n else 4))
            scan = {
                "at": f"{quiet}T16:{minute}",
                "location": hub,
                "status": "in_transit",
                "detail": "Departed facility",
            }
            status = "in_transit"
        elif n == 1:
            quiet = date(2025, 11, (7, 10, 11)[lot % 3])
            scan = {
                "at": f"{quiet}T15:{minute}",
                "location": hub,
                "status": "exception",
                "detail": SNAGS[lot % len(SNAGS)],
            }
            status = "exception"
        else:
            quiet = date(2025, 11, (6, 7, 12, 13)[lot % 4])
            place = DOCKS[lot % 4 // 2] if lot % 2 else hub
            scan = {"at": f"{quiet}T17:{minute}", "location": place, "status": "returned_to_sender",
                    "detail": "Returned to sender"}  # fmt: skip
            status = "in_transit" if lot % 3 == 0 else "returned_to_sender"
        events = [e for e in kept if e["at"] < scan["at"]] + [scan]
        change = {"events": events, "status": status, "delivered_at": None}
        edits.append(Edit.model_validate({"table": "shipments", "id": parcel["id"], "set": change}))
    return tuple(edits)


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    start, end = date.fromisoformat(s.key["from"]), date.fromisoformat(s.key["to"])
    group = _group(staged, s.key["carrier"], start, end)
    missing = _missing(group)
    lost = [p for p in missing if rules.lost_since(p, world.today)]
    back = [p for p in missing if rules.parcel_status(p) == "returned_to_sender"]
    waiting = [p for p in missing if p not in lost and p not in back]
    scans = {p["id"]: rules.newest_event(p) or {"at": p["created_at"], "location": "-"} for p in missing}
    days = {id: rules.company_day(e["at"]) for id, e in scans.items()}
    due = [rules.add_business_days(days[p["id"]], rules.LOST_AFTER_BUSINESS_DAYS) for p in waiting]
    former = [rules.add_business_days(days[p["id"]], FORMER_DAYS) for p in waiting]
    here = any(scans[p["id"]]["location"] in DOCKS for p in back)
    events = [f"shipments/{p['id']}.events" for p in missing]
    orders = [f"orders/{p['order_id']}" for p in missing]
    places: list[Check] = [says([_place(scans[p["id"]]["location"])]) for p in missing]
    one, other = missing[0], waiting[0]
    wait = _wait_text(due[0])
    criteria = [
        criterion("which", "correctness", f"The response lists the orders of the {len(missing)} parcels that have not "
                  "arrived by their scans, and no others.",
                  {"check": "entities", "members": [thing(p["order_id"]) for p in missing],
                   "universe": [thing(p["order_id"]) for p in group],
                   "denied_by": ["was delivered", "were delivered", "has been delivered", "delivered on", "excluded",
                                 "left out", "not listed", "not included", "not affected", "is delivered", "did arrive"]},
                  [*events, "company_policies/pol-shipping-tracking"]),
        criterion("customers", "completeness", "The response names the customer of each.",
                  says(*[[_name(staged, p)] for p in missing]), orders),
        criterion("scanned", "correctness", "The response gives the day of the newest scan of each.",
                  all_hold([day(days[p["id"]]) for p in missing]), events),
        criterion("places", "correctness", "The response gives the place of the newest scan of each.",
                  all_hold(places), events),
        criterion("lost", "correctness", f"The response says that {len(lost)} of them count as lost.",
                  number(len(lost), ["lost"], [len(lost) + 1, len(lost) - 1, len(missing)]),
                  [*events, "company_policies/pol-shipping-lost"]),
        criterion("wait", "correctness", f"The response says that the one held up counts as lost from {spoken(due[0])} on.",
                  day(due[0], former), [f"shipments/{other['id']}.events", "company_policies/pol-shipping-lost"]),
        criterion("lost-next", "correctness", "The response says that customers of lost parcels choose between reshipment and "
                  "refund, and that a claim goes to the carrier.",
                  says(["reship*", "resend*", "re-ship*", "replacement", "sent again", "send ... again"], ["refund*"],
                       ["claim*"]), ["company_policies/pol-shipping-lost"]),
        criterion("back-next", "correctness", "The response says that for the parcel coming back things start " +
                  ("now, as it has reached our dock." if here else "when our dock scans it in."),
                  choice("now" if here else "later", DOCKED),
                  [*(f"shipments/{p['id']}.events" for p in back), "kb_articles/kb-0234"]),
        criterion("untouched", "constraint", "Nothing is changed, and the list is given.",
                  {"check": "unchanged", "with": mentions("lost", "scan")}, [f"shipments/{one['id']}"]),
    ]  # fmt: skip
    others = [p for p in group if p not in missing]
    far = spoken(days[one["id"]] - timedelta(days=1))
    misses = [
        near_miss("one-short", "Leaves one out.", ("which",),
                  replace=[(other["order_id"], "(order to be looked up)")]),
        near_miss("one-more", "Takes a parcel that came.", "which",
                  replace=[("\n\nOf these,", f"\n\nAlso missing is {others[0]['order_id']}.\n\nOf these,")]),
        near_miss("anonymous", "Leaves a name out.", "customers", replace=[(_name(staged, one), "-")]),
        near_miss("wrong-place", "Gives a place that is no newest scan.", "places",
                  replace=[(scans[one["id"]]["location"], "Omaha, NE")]),
        near_miss("other-count", "Counts one more as lost.", "lost",
                  replace=[(_count_text(len(lost)), _count_text(len(lost) + 1))]),
        near_miss("former-days", "Waits ten business days.", "wait",
                  replace=[(wait, _wait_text(former[0]))]),
        near_miss("no-claim", "Does not say what comes next for lost ones.", "lost-next",
                  replace=[(LOST_NEXT, "lost by now")]),
        near_miss("back-wrong", "Mistakes where the returned one is.", "back-next",
                  replace=[(HERE_NEXT, COMING_NEXT) if here else (COMING_NEXT, HERE_NEXT)]),
        near_miss("escalates", "Acts though it was not asked to.", "untouched", add=[_meddle(world)]),
    ]  # fmt: skip
    if list(days.values()).count(days[one["id"]]) == 1:
        misses.append(
            near_miss(
                "wrong-day",
                "Takes another scan for the newest.",
                "scanned",
                replace=[
                    (
                        f"| {spoken(days[one['id']])} | {scans[one['id']]['location']}",
                        f"| {far} | {scans[one['id']]['location']}",
                    )
                ],
            )
        )
    else:
        misses.append(near_miss("no-days", "Leaves the days out.", "scanned", replace=[
            (f"| {spoken(d)} |", "| - |") for d in sorted(set(days.values()))]))  # fmt: skip
    return Rubric(criteria, misses)


DOCKED = {
    "now": ["can start now", "start now", "starts now", "has reached our dock", "at our dock", "back at our dock", "back at the dock",
            "scanned in at", "is back with us", "already at", "already back", "was scanned in", "has been scanned in", "at CMH DOCK",
            "at RNO DOCK", "can proceed now", "can begin now", "can start", "can begin", "can now", "dock scan is there",
            "proceed with", "dock has scanned", "scanned at", "scanned by our dock", "already scanned", "can go ahead",
            "arrived at our dock", "at the dock", "start immediately", "starts immediately", "may start"],
    "later": ["when our dock scans", "once our dock scans", "until our dock", "after our dock", "when it is scanned in",
              "once it is scanned in", "not yet scanned", "not been scanned in", "not yet back", "not reached our dock",
              "when the dock", "once the dock", "until the dock", "after the dock", "not at our dock", "not yet reached", "when dock",
              "once dock", "wait for the dock", "await* dock", "awaiting the dock", "once scanned", "when scanned", "until scanned",
              "wait for our dock", "only when", "only once", "once it reaches", "when it reaches", "once it arrives at our",
              "not yet at", "once it is back", "not start until", "not begin until", "until it is scanned"],
}  # fmt: skip


def _meddle(world: Records) -> Call:
    ticket = next(t for t in world.all("tickets") if t["status"] in ("open", "new"))
    return call("updateTicketStatus", ticket_id=ticket["id"], priority="low" if ticket["priority"] != "low" else "high")


def _place(location: str) -> str:
    return location.split(",")[0]


def _wait_text(due: date) -> str:
    return f"not lost yet: wait, and treat it as lost from {spoken(due)} on if no scan comes"


def _count_text(count: int) -> str:
    return f"Of these, {count} {'counts' if count == 1 else 'count'} as lost."


def solve(a: Worker, given: Given) -> Plan:
    parcels = yield from a.dated("searchShipments", given["first"], given["last"], carrier=given["carrier"])
    yield from a.policy("shipping", "scan events", title="tracking")
    policy = yield from a.policy("shipping", "scan claim", title="Lost parcels")
    yield from a.article("returned to sender dock")
    limit = number_in(r"(\d+) business days", policy)
    rows: list[tuple[str, ...]] = []
    lost = 0
    missing: list[Json] = [p for p in parcels if a.delivered_on(p) is None]
    for parcel in missing:
        details = yield from order_details(a, parcel["order_id"])
        event = max(parcel["events"], key=lambda e: e["at"])
        on = date.fromisoformat(a.day(event["at"]))
        due = rules.add_business_days(on, limit)
        status = a.parcel_status(parcel)
        if status == "returned_to_sender":
            then = HERE_NEXT if event["location"] in DOCKS else COMING_NEXT
        elif status == "lost" or due <= a.clock.today:
            then, lost = LOST_NEXT, lost + 1
        else:
            then = _wait_text(due)
        rows.append((parcel["order_id"], details["customer"]["name"], spoken(on), event["location"], then))
    table = as_table(("Order", "Customer", "Newest scan", "Place", "Next"), rows)
    return f"By the scans, these have not arrived:\n\n{table}\n\n{_count_text(lost)} I have changed nothing."


WORDINGS = (
    Wording(
        "fulfilment desk",
        "Morning round for [Paul|the dock]: all {carrier} parcels with labels made from {first} through {last}, 2025, please. Which "
        "of them never got to the customer, going by the scans? For each: order number, customer name, day and place of the newest scan, "
        "and what our rules have us do with it next (lost ones, ones that are only held up with the date they would turn lost, ones "
        "coming back to us). Also how many count as lost as of today. Look only, [no claims yet|I file the claims].",
        mode="copilot",
    ),
    Wording(
        "carrier review",
        "I have the {carrier} rep on Monday and want [a clean list|facts]. Shipments whose label dates from {first} to {last}, 2025: give "
        "me those that are still not delivered as the tracking stands, with order, customer, last scan (date, location) and next step by "
        "policy. State the number that is lost already. If something is merely stuck, name the day from which we would treat it as lost; "
        "if something is on its return trip or back, say whether refund or reshipment may begin. Don't change records.",
        mode="copilot",
    ),
    Wording(
        "chat from a colleague",
        "hey, need undelivered {carrier} stuff, labels {first} - {last} 2025 (both days in)\n[table is best|a table pls]: order no, customer, "
        "when+where last scanned, what we do next\nand tell me how many are lost by our rules, for the stuck ones when they'd become lost, n "
        "for anything sent back to us if we can start refund/reship now or have to wait\njust the list, dont touch anything",
        mode="copilot",
    ),
    Wording(
        "manager's mail",
        "From: Theodora Kanakis\nSubject: {carrier}, {first} to {last}\n\nHello,\n\nmy dashboard goes by the header of the shipments, and I "
        "[no longer trust it|have my doubts]. For {carrier} labels created between {first} and {last} of this year, both included, please go "
        "through the scans and send me every parcel that did not reach its customer: order, name of the customer, date and place of the "
        "latest scan, and the step that policy foresees. I need the count of lost ones, the date on which a delayed one turns into a lost "
        "one, and whether we may already act on returns to sender. This is a report; nothing is to be changed.\n\nThank you\nTheodora",
        mode="copilot",
    ),
    Wording(
        "hand-over",
        "I started this and have to leave: find the {carrier} parcels (label date {first} up to and including {last}, 2025) that have failed "
        "to arrive. Per parcel I want its order, who bought it, its final scan so far with date and town, and the proper continuation: "
        "[what the customer may choose|the customer's choice] where it is lost, until when we sit still where it is not, and where it "
        "travels back to us, from when we pay or reship. Finish with how many are lost. Only reading, no tickets, no escalations.",
        mode="copilot",
    ),
    Wording(
        "non-native colleague",
        "Hello, I am new in the [returns|parcel] team. Can you make for me the list of {carrier} parcels, label from {first} until {last} 2025, "
        "which are not come to the customer? I need order, name, the newest scan with day and place, and what must we do next after the "
        "rules. Which quantity is lost? If one waits only, from which day it is lost? If one returns to us, can we already give refund or new "
        "parcel? Please to change nothing, I must learn it.",
        mode="copilot",
    ),
)  # fmt: skip

FAMILY = Family(
    name="came-back-to-us",
    title="Parcels of a period and carrier that have not arrived: lost, held up or coming back, and the next step",
    category="retrieval",
    main_level="adaptability",
    levels=("adaptability", "groundedness", "tool_use"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    unseen=True,
)
