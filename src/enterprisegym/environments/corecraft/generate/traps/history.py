"""Traps in the history of orders, payments and parcels."""

from __future__ import annotations

import random
from calendar import monthrange
from datetime import date, timedelta

from enterprisegym.environments.corecraft.generate.times import TODAY, at, later, shop_time, spoken
from enterprisegym.environments.corecraft.generate.traps.ground import Ground, Insert, Instance, Update
from enterprisegym.environments.corecraft.generate.traps.purchases import (
    PARTS,
    SMALL,
    Purchase,
    purchase,
    sold,
)
from enterprisegym.environments.corecraft.generate.traps.wording import STAFF_NOTES
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row

CUT, TWINS, MIDNIGHTS, ATTEMPTS, LAGS, NOTES = 8, 10, 14, 16, 12, 10
LAST_ADDED = TODAY - timedelta(days=10)
FAILURES = ("card_declined", "insufficient_funds", "expired_card", "3ds_timeout")


def page_cut(ground: Ground, rng: random.Random) -> list[Instance]:
    """11 to 24 newer small orders push a customer's older, larger order off the first page."""
    instances: list[Instance] = []
    candidates = [c for c in ground.customers if ground.orders_of(c["id"]) and ground.free("customers", c["id"])]
    for customer in ground.shuffled(rng, candidates, first=lambda c: bool(ground.tickets_of(c["id"]))):
        if len(instances) == CUT * ground.scale:
            break
        history = ground.orders_of(customer["id"])
        target = max(history, key=lambda o: o["subtotal_cents"])
        age = LAST_ADDED - rules.company_day(target["created_at"])
        if age.days <= 75 or target["subtotal_cents"] <= 8000 or len(history) > 5:
            continue
        added = _small_orders(ground, rng, customer, target)
        after = [*history, *(p.order for p in added)]
        if not ground.same_tiers(history, after) or not ground.claim("customers", customer["id"]):
            continue
        newer = sum(o["created_at"] > target["created_at"] for o in after)
        instances.append(
            Instance(
                "orders",
                target["id"],
                f"{newer} newer orders of {customer['id']}",
                on=tuple(insert for p in added for insert in p.inserts),
                facts={"customer_id": customer["id"], "newer": newer, "orders": len(after)},
            )
        )
    return instances


def _small_orders(ground: Ground, rng: random.Random, customer: Row, target: Row) -> list[Purchase]:
    first = rules.company_day(target["created_at"]) + timedelta(days=5)
    span = (LAST_ADDED - first).days
    days = sorted(first + timedelta(days=round(span * rng.random() ** 0.8)) for _ in range(rng.randint(11, 24)))
    history = ground.orders_of(customer["id"])
    made: list[Purchase] = []
    for day in days:
        cheap = sold(ground, day, SMALL, 500, 3500)
        items = [(product, 1) for product in rng.sample(cheap, rng.choice((1, 1, 1, 2)))]
        tier = ground.tier_on(history, day)
        made.append(purchase(ground, rng, customer, items, shop_time(rng, day), tier))
    return made


def year_twin(ground: Ground, rng: random.Random) -> list[Instance]:
    """A like order in the same month of the year before."""
    instances: list[Instance] = []
    recent = [o for o in ground.orders if o["created_at"] >= "2025-02-01" and o["status"] == "fulfilled"]
    for order in ground.shuffled(rng, recent, first=lambda o: ground.open_ticket(o["id"]) is not None):
        if len(instances) == TWINS * ground.scale:
            break
        if not ground.free("customers", order["customer_id"]):
            continue
        made = _twin(ground, rng, order)
        if made is None or not ground.claim("customers", order["customer_id"]):
            continue
        twin, category, edits = made
        placed = rules.company_day(order["created_at"])
        instances.append(
            Instance(
                "orders",
                order["id"],
                f"{twin.order['id']} is its twin of {placed:%B} a year earlier",
                on=twin.inserts,
                off=edits,
                facts={
                    "customer_id": order["customer_id"],
                    "month": f"{placed:%Y-%m}",
                    "category": category,
                    "twin": twin.order["id"],
                    "twin_product": twin.lines[0]["product_id"],
                },
            )
        )
    return instances


def _twin(ground: Ground, rng: random.Random, order: Row) -> tuple[Purchase, str, tuple[Update, ...]] | None:
    """A purchase a year before, its category, and what has to be true for it; None where it does not fit."""
    customer = ground.draft.get("customers", order["customer_id"])
    history = ground.orders_of(customer["id"])
    placed = rules.company_day(order["created_at"])
    lines = ground.of_order("order_lines", order["id"])
    main = ground.products[max(lines, key=lambda line: line["unit_price_cents"])["product_id"]]
    month = (placed.year - 1, placed.month)
    days = [rules.company_day(o["created_at"]) for o in history]
    others = [
        line["product_id"]
        for o in history
        if o["id"] != order["id"]
        for line in ground.of_order("order_lines", o["id"])
    ]
    if main["components"] or any(ground.products[id]["category"] == main["category"] for id in others):
        return None
    if (
        any((d.year, d.month) == month for d in days)
        or sum((d.year, d.month) == (placed.year, placed.month) for d in days) > 1
    ):
        return None
    day = date(*month, rng.randint(2, monthrange(*month)[1] - 2))
    price: int = main["price_cents"]
    choices = sold(ground, day, (main["category"],), price * 6 // 10, price * 3 // 2)
    if not choices:
        return None
    product = main if main in choices and rng.random() < 0.5 else rng.choice(choices)
    twin = purchase(ground, rng, customer, [(product, 1)], shop_time(rng, day), ground.tier_on(history, day))
    if not ground.same_tiers(history, [*history, twin.order]):
        return None
    opened: str = customer["created_at"]
    early = later(twin.order["created_at"], days=-rng.randint(20, 200))
    edits = (Update("customers", customer["id"], {"created_at": early}),) if opened > early else ()
    return twin, main["category"], edits


def midnight_order(ground: Ground, rng: random.Random) -> list[Instance]:
    """Orders of a month's last evening in Columbus, which is the next month in UTC; switched off, that afternoon."""
    ends = [date(2025, month, monthrange(2025, month)[1]) for month in range(1, 11)]
    instances: list[Instance] = []
    for customer in ground.shuffled(rng, ground.customers):
        if len(instances) == MIDNIGHTS * ground.scale:
            break
        history = ground.orders_of(customer["id"])
        if not 1 <= len(history) <= 4 or not ground.free("customers", customer["id"]):
            continue
        day = rng.choice(ends[-4:] if rng.random() < 0.7 else ends)
        near = {(d.year, d.month) for d in (day, day + timedelta(days=1))}
        if any((d.year, d.month) in near for d in (rules.company_day(o["created_at"]) for o in history)):
            continue
        product = rng.choice(sold(ground, day, PARTS, 6000, 45000))
        afternoon = at(day, rng.choice((15, 16)), rng.randint(5, 55), rng.randint(0, 59))
        tier = ground.tier_on(history, day)
        made = purchase(ground, rng, customer, [(product, 1)], afternoon, tier)
        if not ground.same_tiers(history, [*history, made.order]) or not ground.claim("customers", customer["id"]):
            continue
        evening = at(day, rng.choice((20, 21, 22, 23)), rng.randint(4, 54), rng.randint(0, 59))
        paid = later(evening, seconds=rng.randint(25, 160))
        instances.append(
            Instance(
                "orders",
                made.order["id"],
                f"placed late on {spoken(day)} in Columbus, {evening[:10]} in UTC",
                on=(
                    Update("orders", made.order["id"], {"created_at": evening}),
                    Update("payments", made.payment["id"], {"created_at": paid, "captured_at": paid}),
                ),
                off=made.inserts,
                facts={
                    "customer_id": customer["id"],
                    "product_id": product["id"],
                    "month": f"{day:%Y-%m}",
                    "utc_month": evening[:7],
                },
            )
        )
    return instances


def failed_attempts(ground: Ground, rng: random.Random) -> list[Instance]:
    """One or two payments that came to nothing before the one that was captured."""
    instances: list[Instance] = []
    paid = [o for o in ground.orders if o["status"] in ("fulfilled", "paid", "backorder")]
    for order in ground.shuffled(rng, paid, first=lambda o: ground.open_ticket(o["id"]) is not None):
        if len(instances) == ATTEMPTS * ground.scale:
            break
        payments = ground.of_order("payments", order["id"])
        if len(payments) != 1 or payments[0]["status"] != "captured" or payments[0]["method"] == "bank_transfer":
            continue
        placed = order["created_at"]
        moved = later(placed, minutes=rng.randint(5, 14), seconds=rng.randint(0, 59))
        parcels = ground.of_order("shipments", order["id"])
        same_dispatch = rules.dispatch_day(placed) == rules.dispatch_day(moved)
        settled = rules.company_day(moved) == rules.company_day(placed) and all(
            s["created_at"] > moved for s in parcels
        )
        told = [t["created_at"] for t in ground.of_order("tickets", order["id"])]
        if not (same_dispatch and settled and all(t > moved for t in told)):
            continue
        if not ground.free("customers", order["customer_id"]) or not ground.claim("customers", order["customer_id"]):
            continue
        attempts = [_attempt(ground, rng, payments[0], order, n) for n in range(rng.choice((1, 2, 2)))]
        instances.append(
            Instance(
                "payments",
                payments[0]["id"],
                f"{len(attempts)} attempt(s) before the capture of ${payments[0]['amount_cents'] / 100:,.2f}",
                on=(
                    *(Insert("payments", attempt) for attempt in attempts),
                    Update("payments", payments[0]["id"], {"created_at": moved, "captured_at": moved}),
                ),
                facts={
                    "order_id": order["id"],
                    "customer_id": order["customer_id"],
                    "captured_cents": payments[0]["amount_cents"],
                    "attempts": [attempt["id"] for attempt in attempts],
                },
            )
        )
    return instances


def _attempt(ground: Ground, rng: random.Random, captured: Row, order: Row, number: int) -> Row:
    voided = number == 1
    tried_at = later(order["created_at"], seconds=35 + 110 * number + rng.randint(0, 60))
    return {
        **captured,
        "id": ground.new_id("pay", tried_at),
        "status": "voided" if voided else "failed",
        "transaction_id": f"{captured['transaction_id'].split('_')[0]}_{rng.getrandbits(48):012x}" if voided else None,
        "failure_reason": None if voided else rng.choice(FAILURES),
        "created_at": tried_at,
        "captured_at": None,
    }


def header_lag(ground: Ground, rng: random.Random) -> list[Instance]:
    """The parcel's header has not caught up with the newest scan, which says delivered."""
    instances: list[Instance] = []
    recent = [s for s in ground.shipments if s["status"] == "delivered" and s["delivered_at"] >= "2025-09-15"]
    for parcel in ground.shuffled(rng, recent, first=lambda s: ground.open_ticket(s["order_id"]) is not None):
        if len(instances) == LAGS * ground.scale:
            break
        order = ground.draft.get("orders", parcel["order_id"])
        newest = max(parcel["events"], key=lambda e: e["at"])
        if newest["status"] != "delivered" or len(ground.of_order("shipments", order["id"])) != 1:
            continue
        if not ground.claim("customers", order["customer_id"]):
            continue
        header = rng.choice(("in_transit", "in_transit", "out_for_delivery"))
        instances.append(
            Instance(
                "shipments",
                parcel["id"],
                f"header says {header}, delivered on {rules.company_day(newest['at'])} by the newest scan",
                on=(Update("shipments", parcel["id"], {"status": header, "delivered_at": None}),),
                facts={
                    "order_id": order["id"],
                    "customer_id": order["customer_id"],
                    "delivered_on": rules.company_day(newest["at"]).isoformat(),
                },
            )
        )
    return instances


def stray_note(ground: Ground, rng: random.Random) -> list[Instance]:
    """A note on an order speaks of something that never happened."""
    instances: list[Instance] = []
    plain = [
        o
        for o in ground.orders
        if o["note"] is None
        and o["status"] in ("fulfilled", "paid", "backorder")
        and not ground.of_order("refunds", o["id"])
        and not ground.of_order("returns", o["id"])
        and rules.company_day(o["created_at"]) < TODAY - timedelta(days=4)
    ]
    for order in ground.shuffled(rng, plain, first=lambda o: ground.open_ticket(o["id"]) is not None):
        if len(instances) == NOTES * ground.scale:
            break
        if not ground.claim("customers", order["customer_id"]):
            continue
        texts = STAFF_NOTES["shipped" if order["status"] == "fulfilled" else "waiting"]
        topic = sorted(texts)[len(instances) % len(texts)]
        arrived = [rules.parcel_delivered_on(s) for s in ground.of_order("shipments", order["id"])]
        since = max([rules.company_day(order["created_at"]), *(day for day in arrived if day is not None)])
        day = min(TODAY - timedelta(days=1), since + timedelta(days=rng.randint(2, 15)))
        wording = rng.choice(texts[topic])
        note = wording.format(
            total=f"${order['total_cents'] / 100:,.2f}", day=f"{day.month}/{day.day}", spoken=spoken(day)
        )
        instances.append(
            Instance(
                "orders",
                order["id"],
                f"note claims a {topic} that no record shows",
                on=(Update("orders", order["id"], {"note": note}),),
                facts={"customer_id": order["customer_id"], "topic": topic, "note": note},
            )
        )
    return instances
