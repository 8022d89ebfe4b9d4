"""Where all parcels of a customer are: carrier, status by the newest scan, the day they came or are due."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import Plan, Rows, Worker, spoken
from enterprisegym.environments.corecraft.agents.steps import identified
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    all_hold,
    criterion,
    day,
    known_by,
    near_miss,
    number,
    says,
    single_accounts,
    thing,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row

TRAPS = ("header_lag", "contact_format", "namesake", "page_cut", "midnight_order", "year_twin")
STARTS = (
    "2025-11-01", "2025-10-24", "2025-10-15", "2025-10-06", "2025-09-22", "2025-09-01", "2025-08-01",
    "2025-07-01", "2025-06-01", "2025-05-01", "2025-04-01", "2025-03-01", "2025-01-01",
)  # fmt: skip
EASY = 25
CARRIERS = {"ups": "UPS", "fedex": "FedEx", "usps": "USPS", "dhl": "DHL"}
WORDS = {
    "label_created": "label made, not with the carrier yet",
    "in_transit": "in transit",
    "out_for_delivery": "out for delivery",
    "delivered": "delivered",
    "exception": "held up",
}
MEANT = {
    "label_created": ["label *", "labeled", "pre-transit", "preparing", "not ... picked up", "not ... handed over"],
    "in_transit": ["transit", "on its way", "on the way", "under way", "underway", "en route", "moving", "shipped"],
    "out_for_delivery": ["out for delivery", "on the van", "on the truck"],
    "delivered": ["delivered", "arrived", "received", "came", "handed to", "left at", "left with"],
    "exception": ["exception", "held", "hold", "delay*", "problem", "stuck", "issue", "incident"],
}
COLUMNS = ("Order", "Carrier", "Status", "Day")
LAYOUTS = ("a table", "a bulleted list")
LAYOUT_WORDS = {
    "a table": "a table with the columns Order, Carrier, Status and Day",
    "a bulleted list": "a bulleted list with one item per parcel",
}


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    easy: list[Situation] = []
    for customer in single_accounts(world):
        history = world.orders_of(customer["id"])
        cut = {m["id"] for m in world.marks("page_cut") if m["customer_id"] == customer["id"]}
        long = bool(cut)
        fits = [start for start in STARTS if _suits(world, history, start, 11 if long else 2, 19 if long else 8)]
        if not fits and world.traps_on(customer["id"], among=("header_lag", "contact_format", "namesake")):
            fits = [start for start in STARTS if _suits(world, history, start, 1, 1)]
        fits = [start for start in fits if cut <= {o["id"] for o in _since(world, history, start)}]
        if not fits:
            continue
        start = fits[0] if long else rng.choice(fits[-3:])
        inside = _since(world, history, start)
        layout = rng.choice(LAYOUTS) if len(inside) < 6 else LAYOUTS[0]
        ids = [p["id"] for o in inside for p in world.shipments(o["id"])]
        situation = Situation(
            key={"customer": customer["id"], "since": start, "layout": layout},
            given={
                **known_by(world, customer, rng),
                "since": said(f"{date.fromisoformat(start):%B} {date.fromisoformat(start).day}", start),
                "layout": said(LAYOUT_WORDS[layout], layout),
            },
            traps=world.traps_on(customer["id"], *ids, *(o["id"] for o in inside), among=TRAPS),
            difficulty=min(5, 1 + (len(ids) > 2) + (len(ids) > len(inside)) + _under_way(world, inside) + 2 * long),
        )
        if situation.traps or situation.difficulty > 1:
            yield situation
        else:
            easy.append(situation)
    yield from rng.sample(easy, min(EASY, len(easy)))


def _since(world: Records, history: list[Row], start: str) -> list[Row]:
    """The orders placed since a day that have parcels."""
    first = date.fromisoformat(start)
    return [o for o in history if world.placed_on(o) >= first and world.shipments(o["id"])]


def _suits(world: Records, history: list[Row], start: str, least: int, most: int) -> bool:
    """As many parcels as wanted, none lost or sent back, one order in one parcel that was there before any trap."""
    inside = _since(world, history, start)
    parcels = [p for o in inside for p in world.shipments(o["id"])]
    fine = all(rules.parcel_status(p) in WORDS and p["eta"] for p in parcels)
    return fine and least <= len(inside) and len(parcels) <= most and _pivot(world, inside) is not None


def _under_way(world: Records, inside: list[Row]) -> bool:
    return any(rules.parcel_status(p) != "delivered" for o in inside for p in world.shipments(o["id"]))


def _pivot(world: Records, inside: list[Row]) -> Row | None:
    """The oldest order in one parcel."""
    return next((o for o in reversed(inside) if len(world.shipments(o["id"])) == 1), None)


def _state(parcel: Row) -> tuple[str, date]:
    came = rules.parcel_delivered_on(parcel)
    return rules.parcel_status(parcel), came or date.fromisoformat(parcel["eta"])


def _cells(order_id: str, carrier: str, status: str, when: date | str) -> tuple[str, ...]:
    due = "" if status == "delivered" else "due "
    return order_id, CARRIERS[carrier], WORDS[status], f"{due}{spoken(when)}"


def _line(layout: str, cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |" if layout == "a table" else f"- {cells[0]}: {', '.join(cells[1:])}"


def rubric(world: Records, s: Situation) -> Rubric:
    history = world.orders_of(s.key["customer"])
    inside = _since(world, history, s.key["since"])
    pivot = _pivot(world, inside) or inside[0]
    parcels = {o["id"]: world.shipments(o["id"]) for o in inside}
    total = sum(len(p) for p in parcels.values())
    outside = [o for o in history if o not in inside and world.shipments(o["id"])]
    stranger = next(o for o in world.all("orders") if o["customer_id"] != s.key["customer"])
    namesakes = [m["namesake_orders"] for m in world.marks("namesake") if m["id"] == s.key["customer"]]
    others = [*(o["id"] for o in outside), stranger["id"], *(id for ids in namesakes for id in ids)]
    layout, parcel = s.key["layout"], parcels[pivot["id"]][0]
    status, when = _state(parcel)
    row = _line(layout, _cells(pivot["id"], parcel["carrier"], status, when))
    lagging = "in_transit" if status == "delivered" else "delivered"
    evidence = [f"shipments/{p['id']}" for found in parcels.values() for p in found][:8]

    def instead(carrier: str = parcel["carrier"], word: str = WORDS[status], day: date = when) -> tuple[str, str]:
        cells = _cells(pivot["id"], carrier, status, day)
        return row, _line(layout, (cells[0], cells[1], word, cells[3]))

    form = {"table_columns": list(COLUMNS)} if layout == "a table" else {"min_bullets": len(inside)}
    return Rubric(
        criteria=[
            criterion(
                "which",
                "completeness",
                f"The response covers exactly the orders since {spoken(s.key['since'])} that have parcels: "
                f"{', '.join(parcels)}.",
                {"check": "entities", "members": [thing(id) for id in parcels], "universe": [thing(id) for id in others]},
                [f"orders/{id}" for id in list(parcels)[:8]],
            ),
            criterion(
                "how-many",
                "correctness",
                f"The response says that it is {total} parcel{'s' if total > 1 else ''} in all.",
                number(total, ["parcel", "parcels", "package", "packages", "shipment", "shipments", "box", "boxes"],
                       (10,) if total > 10 else ()),
                evidence,
            ),
            criterion(
                "status",
                "correctness",
                "The response gives each parcel the status of its newest scan.",
                all_hold([says(MEANT[_state(p)[0]], near=[id]) for id, found in parcels.items() for p in found]),
                [*evidence, "company_policies/pol-shipping-tracking"],
            ),
            criterion(
                "days",
                "correctness",
                "The response gives for each parcel the day of delivery by the newest scan, or else the day it is due.",
                all_hold([day(_state(p)[1], near=[id]) for id, found in parcels.items() for p in found]),
                evidence,
            ),
            criterion(
                "carriers",
                "completeness",
                "The response names the carrier of each parcel.",
                all_hold([says([CARRIERS[p["carrier"]]], near=[id]) for id, found in parcels.items() for p in found]),
                evidence,
            ),
            criterion(
                "layout",
                "format",
                "The parcels are laid out in a table with the columns Order, Carrier, Status and Day."
                if layout == "a table" else "The parcels are laid out in a bulleted list, an item for each.",
                {"check": "structure", **form},
            ),
        ],
        near_misses=[
            near_miss(
                "an-order-too-many", "Takes in an order that was not asked about.", "which",
                replace=[(row, f"{row}\n{row.replace(pivot['id'], (outside or [stranger])[0]['id'])}")],
            ),
            near_miss(
                "miscounts", "Counts a parcel too many.", "how-many",
                replace=[(_count(total), _count(total + 1))],
            ),
            near_miss("old-status", "Tells where one parcel was a scan ago.", "status",
                      replace=[instead(word=WORDS[lagging])]),
            near_miss("wrong-day", "Takes another day for one parcel.", "days",
                      replace=[instead(day=when + timedelta(days=3))]),
            near_miss("wrong-carrier", "Names another carrier for one parcel.", "carriers",
                      replace=[instead(carrier="dhl" if parcel["carrier"] != "dhl" else "ups")]),
            near_miss("other-layout", "Lays the answer out in its own way.", "layout",
                      replace=[(_head(layout), "| Order no. | Shipped with | Where | Date |")]
                      if layout == "a table" else [("\n- ord-", "\n\nord-")]),
        ],
    )  # fmt: skip


def _count(total: int) -> str:
    return f"{total} parcel{'s' if total > 1 else ''} in all"


def _head(layout: str) -> str:
    return f"| {' | '.join(COLUMNS)} |" if layout == "a table" else ""


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    layout: str = given["layout"]
    today = a.clock.today.isoformat()
    yield from a.policy("shipping", "newest scan", title="Reading the tracking record")
    orders = yield from a.dated("searchOrders", given["since"], today, customer_id=customer["id"])
    lines: list[str] = []
    waiting: list[str] = []
    for order in orders:
        parcels: Rows = yield from a.all("searchShipments", order_id=order["id"])
        if not parcels:
            waiting.append(f"Order {order['id']} has no parcel yet; it is {order['status'].replace('_', ' ')}.")
        for parcel in parcels:
            status = a.parcel_status(parcel)
            when = a.delivered_on(parcel) or parcel["eta"]
            lines.append(_line(layout, _cells(order["id"], parcel["carrier"], status, when)))
    if layout == "a table":
        lines = [_head(layout), "|---|---|---|---|", *lines]
    count = len(lines) - (2 if layout == "a table" else 0)
    came = sum(WORDS["delivered"] in line for line in lines)
    progress = f"{count - came} still to come" if came < count else "nothing is left to come"
    left = f"\n\n{' '.join(waiting)}" if waiting else ""
    return (
        f"Going by the newest scan of each, orders since {spoken(given['since'])} went out in {_count(count)}; "
        f"{progress}.\n\n" + "\n".join(lines) + left
    )


WORDINGS = (
    Wording(
        "business mail",
        "From: {name} <{email}>\nSubject: [Open and received parcels|Parcel overview]\n\n[Dear Sir or Madam|Dear "
        "Corecraft team],\n\nfor our goods-in book I need an overview of everything [shipped|sent] on the orders that I "
        "placed from {since} on: order number, carrier, where the parcel stands, and the day on which it was delivered "
        "or is due. Please set it out as {layout}, and state how many parcels [there are in total|that makes "
        "altogether].\n\n[Kind regards|With best regards],\n{name}",
        fits=lambda given: "email" in given,
    ),
    Wording(
        "chat",
        "hey [there|], {name} here, {email}\n[my porch is chaos and i lost track|i've lost the overview]. everything i "
        "ordered since {since}: what came, what didnt, who carried it? send me {layout} pls, so per parcel the order no, "
        "carrier, status n the day it landed or should land. and how many boxes is it in total",
        fits=lambda given: "email" in given,
    ),
    Wording(
        "rambling",
        "[We were away and|I have been in hospital and] the neighbors took things in for [us|me], so I have no idea what "
        "should be standing in the hall. I am {name}, {phone} on the account. Could you write down for me, in the form of "
        "{layout}, what was sent for the orders made on or after {since}? I would want the order each parcel belongs to, "
        "who carried it, what its tracking says now, and when it came or will come. And the number of parcels in all, so "
        "that I can count them [off|when my son drives me over].",
        fits=lambda given: "phone" in given,
    ),
    Wording(
        "colleague, phone",
        "Caller on hold: {name}, ringing from {phone}. [Says|Claims] half the stuff never turned up. Make me {layout} I can "
        "read out, parcels of all orders since {since}: order id, carrier, status, delivery or due day. [Total of parcels "
        "first|And the total of parcels].",
        mode="copilot",
        fits=lambda given: "phone" in given,
    ),
    Wording(
        "lead, identity by postal code",
        "Need something for the [call-back|account review] of {name}, postal code {zip}. Every parcel on orders from "
        "{since} to today: order, carrier, status (the real one), day delivered or, failing that, due. Format: {layout}. "
        "Also tell me how many parcels we're talking about. - [Marcus|Dana]",
        mode="copilot",
        fits=lambda given: "zip" in given,
    ),
    Wording(
        "non-native, postal code",
        "Hello, I am {name}, my post code is {zip}. Since {since} I make [more orders|several orders] by you and now I not "
        "know anymore which packet is arrived. Please make me {layout} where is written for every packet: the order, the "
        "transporter, the status and the day of arrival (the planned day when it is not arrived). How many packets it is "
        "together? [Thank you very much|Thanks in advance]!",
        fits=lambda given: "zip" in given,
    ),
    Wording(
        "forwarded to a colleague",
        "Fwd from the shared inbox, can you take the look-up and I'll do the pleasantries:\n\n> [Hi|Morning]. Nothing you "
        "people send ever shows up in one piece. List me the parcels for what I ordered since {since}, all of them, not "
        "only the ones you feel like.\n> {name}\n> {email}\n\nI'd like {layout}: order number, carrier, current status, "
        "and the day (delivered, else expected) of each, plus the total count of parcels [up front|underneath].",
        mode="copilot",
        fits=lambda given: "email" in given,
    ),
    Wording(
        "insurance",
        "My [renter's|household] insurance asks which deliveries I had. {name}, {email}. It is about orders dated {since} or "
        "later. What I must hand in is {layout}, naming, parcel by parcel, the order number, the carrier, its present "
        "status and the delivery day, or the promised day where nothing has been delivered, with the overall number of "
        "parcels on top. [Much obliged|Thank you].",
        fits=lambda given: "email" in given,
    ),
)  # fmt: skip

FAMILY = Family(
    name="parcels-of-a-customer",
    title="All parcels of a customer since a day: carrier, status by the newest scan, day delivered or due",
    category="retrieval",
    main_level="adaptability",
    levels=("adaptability", "tool_use", "groundedness"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
)
