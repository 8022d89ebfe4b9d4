"""Short ways to write the criteria and near misses of a family."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Call, CallEdit, CheckSpec, Criterion, CriterionKind, Edit, NearMiss
from enterprisegym.world import Row, format_utc, parse_utc

Check = Mapping[str, Any]
STOCKED = (
    "stock", "unit", "available", "piece", "shelf", "hand", "total", "together", "combined", "altogether", "warehouse",
    "left", "overall",
)  # fmt: skip
"""Words that stand by the count of what is in stock, at one location or at all of them."""


def criterion(
    id: str, kind: CriterionKind, assertion: str, check: Check | None, evidence: Iterable[str] = ()
) -> Criterion:
    """A criterion; `check` None leaves it to a judge."""
    spec = None if check is None else CheckSpec.model_validate(check)
    return Criterion(id=id, kind=kind, assertion=assertion, check=spec, evidence=tuple(evidence))


def dollars(amount_cents: int) -> str:
    """Cents as checks take them: `1519.96`."""
    return f"{amount_cents // 100}.{amount_cents % 100:02d}"


def amount(value_cents: int, rivals_cents: Iterable[int] = (), near: Sequence[str] = ()) -> Check:
    """The response asserts an amount and none of its rivals; a rival equal to the value is left out."""
    rivals = [dollars(r) for r in dict.fromkeys(rivals_cents) if r != value_cents and r > 0]
    return {
        "check": "amount",
        "value": dollars(value_cents),
        "rivals": rivals,
        **({"near": list(near)} if near else {}),
    }


def day(value: date, rivals: Iterable[date | None] = (), near: Sequence[str] = ()) -> Check:
    """The response asserts a day and none of its rivals; rivals that are None or the day itself are left out."""
    others = [r.isoformat() for r in dict.fromkeys(rivals) if r is not None and r != value]
    return {"check": "date", "value": value.isoformat(), "rivals": others, **({"near": list(near)} if near else {})}


def number(value: int, unit: Sequence[str] = (), rivals: Iterable[int] = ()) -> Check:
    """The response asserts a count and none of its rivals."""
    others = [r for r in dict.fromkeys(rivals) if r != value]
    return {"check": "number", "value": value, "unit": list(unit), "rivals": others}


def says(*groups: Sequence[str], near: Sequence[str] = ()) -> Check:
    """The response asserts one phrase of each group."""
    return {"check": "says", "all_of": [list(g) for g in groups], **({"near": list(near)} if near else {})}


def choice(value: str, options: Mapping[str, Sequence[str]]) -> Check:
    """The response asserts exactly the right option."""
    return {"check": "choice", "value": value, "options": {k: list(v) for k, v in options.items()}}


def both(*checks: Check) -> Check:
    """All of several checks hold."""
    return {"check": "all_of", "checks": [dict(c) for c in checks]}


def either(*checks: Check) -> Check:
    """At least one of several checks holds."""
    return {"check": "any_of", "checks": [dict(c) for c in checks]}


def thing(id: str, *aliases: str) -> dict[str, Any]:
    """A member of a set, of a sequence, or a rival of an entity."""
    return {"id": id, "aliases": list(aliases)}


def near_miss(
    id: str,
    why: str,
    fails: str | Sequence[str],
    *,
    replace: Sequence[tuple[str, str]] = (),
    response: str | None = None,
    set: Sequence[tuple[str, int, Mapping[str, Any]]] = (),
    drop: Sequence[tuple[str, int]] = (),
    add: Sequence[Call] = (),
    calls: Sequence[Call] | None = None,
) -> NearMiss:
    """A wrong outcome. `set`: (tool, nth call from 1, new arguments); `drop`: (tool, nth); `add`: calls at the end."""
    edits = [CallEdit(tool=tool, nth=nth, set=dict(values)) for tool, nth, values in set]
    edits += [CallEdit(tool=tool, nth=nth, drop=True) for tool, nth in drop]
    return NearMiss(
        id=id,
        why=why,
        fails=(fails,) if isinstance(fails, str) else tuple(fails),
        replace=tuple(replace),
        response=response,
        change_calls=tuple(edits),
        add_calls=tuple(add),
        calls=None if calls is None else tuple(calls),
    )


def call(name: str, **arguments: Any) -> Call:
    """A call for `add` and `calls`."""
    return Call(name=name, arguments=arguments)


def single_accounts(world: Records) -> list[Row]:
    """Customers with one account of their own, sorted by id."""
    marks = world.marks("duplicate_account")
    split = {m["id"] for m in marks} | {m["old_account"] for m in marks}
    doubles = {m["namesake"] for m in world.marks("namesake")}
    return [c for c in world.all("customers") if c["id"] not in split | doubles]


def known_by(world: Records, customer: Row, rng: random.Random) -> dict[str, str]:
    """What a prompt tells to identify a customer: name and e-mail or phone as they write them, or the postal code,
    which it always is for people who have a namesake."""
    told = {"name": customer["name"], "first": customer["name"].split()[0]}
    if world.mark("contact_format", customer["id"]) is not None:
        return {**told, **world.contact(customer)}
    if world.mark("namesake", customer["id"]) is not None or rng.random() < 0.2:
        return {**told, "zip": customer["addresses"][0]["postal_code"]}
    if len(world.of("customers", "phone", customer["phone"])) == 1 and rng.random() < 0.3:
        return {**told, "phone": customer["phone"]}
    return {**told, "email": customer["email"]}


def period_words(first: date, last: date) -> str:
    """Days from `first` to `last` as colleagues write them: `August 2025`, `July through September 2025`."""
    whole = first.day == 1 and (last + timedelta(days=1)).day == 1
    if whole and (first.year, first.month) == (last.year, last.month):
        return f"{first:%B %Y}"
    if whole and first.year == last.year:
        return f"{first:%B} through {last:%B %Y}"
    if first.year == last.year:
        return f"{first:%B} {first.day} through {last:%B} {last.day}, {last.year}"
    return f"{first:%B} {first.day}, {first.year} through {last:%B} {last.day}, {last.year}"


def settled(ticket_id: str, outcome: str, also: Iterable[Mapping[str, Any]] = ()) -> Check:
    """A ticket is resolved with a resolution of this outcome; who has it, its priority and its type are free."""
    free = ("assigned_employee_id", "priority", "ticket_type")
    return {
        "check": "state",
        "required": [
            {"table": "resolutions", "added": True, "where": {"ticket_id": ticket_id}, "set": {"outcome": outcome}},
            {"table": "tickets", "id": ticket_id, "set": {"status": "resolved", "resolution_id": {"any": True}}},
        ],
        "allowed": [*({"table": "tickets", "id": ticket_id, "set": {c: {"any": True}}} for c in free), *also],
    }


def incoming_ticket(
    number: int, customer_id: str, subject: str, body: str, ticket_type: str, order_id: str | None = None
) -> Edit:
    """The ticket of a message that came in this afternoon, to plant; `number` 900 to 999 keeps its id free."""
    at = f"2025-11-15T{17 + number % 2}:{number % 60:02d}:{(number * 7) % 60:02d}Z"
    return Edit(
        table="tickets",
        insert={
            "id": f"tick-251115-{number}", "customer_id": customer_id, "order_id": order_id, "build_id": None,
            "ticket_type": ticket_type, "channel": "email", "priority": "normal", "status": "new", "subject": subject,
            "body": body, "assigned_employee_id": None, "resolution_id": None, "first_response_at": None,
            "created_at": at, "updated_at": at,
        },
    )  # fmt: skip


def stable(*parts: str, below: int) -> int:
    """A number from 0 that only these texts decide, for choices that must not depend on the order of situations."""
    return int(hashlib.sha256("|".join(parts).encode()).hexdigest()[:8], 16) % below


def introduced(world: Records, customer: Row, rng: random.Random) -> dict[str, str]:
    """`known_by` with one way to be reached only, which stands in `reach` as well."""
    told = known_by(world, customer, rng)
    if "email" in told:
        told.pop("phone", None)
    told["reach"] = told.get("email") or told.get("phone") or f"postal code {told['zip']}"
    return told


def running(world: Records, tier_id: str) -> list[Row]:
    """Promotions that run today and are open to a tier, sorted by code."""
    today = world.today.isoformat()
    found = [p for p in world.all("promotions") if p["starts_on"] <= today <= p["ends_on"]]
    return sorted((p for p in found if not p["tiers"] or tier_id in p["tiers"]), key=lambda p: p["code"])


def checkout_price(
    world: Records, customer: Row, cart: Mapping[str, int], promo: Row | None = None, service: str = "standard"
) -> rules.Price:
    """What checkout asks of a customer today for a cart, with one code to try."""
    products = {id: world.product(id) for id in cart}
    lines = [
        {"product_id": id, "quantity": n, "unit_price_cents": products[id]["price_cents"]} for id, n in cart.items()
    ]
    return rules.best_discount(
        lines, products, world.tier_of(customer), world.today, promo=promo,
        account_type=customer["account_type"], service=service,
    )  # fmt: skip


def cheapest_price(
    world: Records, customer: Row, cart: Mapping[str, int], service: str = "standard"
) -> rules.Price:  # fmt: skip
    """What checkout asks for a cart with the running code that helps most, if one helps."""
    codes = [None, *running(world, customer["loyalty_tier"])]
    found = [checkout_price(world, customer, cart, code, service) for code in codes]
    return min(found, key=lambda price: price.total_cents)


class Staged(Records):
    """A world with the rows that a situation's `setup` plants, for rubrics and for finding staged situations."""

    def __init__(self, world: Records, setup: Iterable[Edit]) -> None:
        self.__dict__.update(world.__dict__)
        self.__dict__.pop("open_tickets", None)
        self._under = world
        self._planted: dict[str, dict[str, Row]] = {}
        for edit in setup:
            row: Row = {**self.get(edit.table, edit.id), **(edit.set or {})} if edit.id else {**(edit.insert or {})}
            self._planted.setdefault(edit.table, {})[row["id"]] = row

    def get(self, table: str, id: str) -> Row:
        return self._planted.get(table, {}).get(id) or self._under.get(table, id)

    def all(self, table: str) -> list[Row]:
        found = {row["id"]: row for row in self._under.all(table)} | self._planted.get(table, {})
        return [found[id] for id in sorted(found)]

    def of(self, table: str, column: str, value: Any) -> list[Row]:
        planted = self._planted.get(table, {})
        found = [row for row in self._under.of(table, column, value) if row["id"] not in planted]
        found += [row for row in planted.values() if row[column] == value]
        return sorted(found, key=lambda row: row["id"])


def presented(world: Records, customer: Row, rng: random.Random) -> dict[str, str]:
    """`known_by` with one way to be reached only, which stands in `reach`."""
    told = known_by(world, customer, rng)
    if "email" in told:
        told.pop("phone", None)
    told["reach"] = told.get("email") or told.get("phone") or f"postal code {told['zip']}"
    return told


def handled(ticket_ids: str | Sequence[str], *states: str) -> list[dict[str, Any]]:
    """For `allowed`: what somebody who works on tickets may do to them besides, up to one of these states."""
    ids = [ticket_ids] if isinstance(ticket_ids, str) else list(ticket_ids)
    free = ("assigned_employee_id", "priority", "ticket_type", "first_response_at")
    fields: dict[str, Any] = {column: {"any": True} for column in free}
    fields |= {"status": {"any_of": list(states or ("open", "pending_customer"))}, "resolution_id": {"any": True}}
    made = {"table": "resolutions", "added": True, "where": {"ticket_id": {"any_of": ids}}}
    return [*({"table": "tickets", "id": id, "set": fields} for id in ids), made]


def left_alone(ticket_ids: str | Sequence[str], partner: Check, *states: str) -> Check:
    """No record is changed but a ticket of the matter, which may be handled, and the partner check holds."""
    ids = [ticket_ids] if isinstance(ticket_ids, str) else list(ticket_ids)
    touched = {"table": "tickets", "where": {"id": {"any_of": ids}}, "set": {"updated_at": {"any": True}}}
    worked_on = {"check": "state", "required": [touched], "allowed": handled(ids, *states)}
    return either({"check": "unchanged", "with": dict(partner)}, both(worked_on, partner))


def open_on(world: Records, order_id: str) -> list[str]:
    """The tickets that still wait about an order, the newest last."""
    waiting = [t for t in world.order_tickets(order_id) if t["status"] not in ("resolved", "closed")]
    return [t["id"] for t in sorted(waiting, key=lambda t: (t["created_at"], t["id"]))]


def all_hold(checks: Sequence[Check]) -> Check:
    """Every one of some checks holds; they may be one."""
    return both(*checks) if len(checks) > 1 else checks[0]


def mentions(*words: str) -> Check:
    """The response has one of some words, asserted or not: a partner for checks that silence must not pass."""
    return either(*({"check": "structure", "min_words": 12, "must_include": [w]} for w in words))


def edited(table: str, row: Row, setup: Iterable[Edit]) -> Row:
    """A row as it is once the edits of a situation are planted."""
    for edit in setup:
        if edit.table == table and edit.id == row["id"] and edit.set is not None:
            row = {**row, **edit.set}
    return row


UNSAFE_WORDS = ("smoke", "burn", "spark", "melt", "shock", "tingl", "flame", "swollen", "fire ")


def calm(ticket: Row) -> bool:
    """Whether a ticket has none of the words that make it a safety report."""
    text = f"{ticket['subject']} {ticket['body']}".lower()
    return not any(word in text for word in UNSAFE_WORDS)


def ticket_reference(world: Records, ticket: Row, rng: random.Random) -> dict[str, str]:
    """How a colleague names a ticket in `which`: by its id, or by the customer, where it is their only open one."""
    customer = world.customer(ticket["customer_id"])
    waiting = [t for t in world.tickets_of(customer["id"]) if t["status"] not in ("resolved", "closed")]
    told = presented(world, customer, rng)
    twin_account = any(customer["id"] in (m["id"], m["old_account"]) for m in world.marks("duplicate_account"))
    marked = any(world.mark(trap, customer["id"]) for trap in ("contact_format", "namesake"))
    if len(waiting) > 1 or twin_account or not (marked or rng.random() < 0.5):
        return {"which": ticket["id"], "ticket": ticket["id"]}
    told.pop("first")
    return {**told, "which": f"the open ticket of {told['name']} ({told['reach']})"}


def esc_added(ticket_id: str, kind: str, desk: str, *contains: str) -> dict[str, Any]:
    """For `required`: an escalation of a ticket to a desk whose notes hold some words."""
    notes = {"set": {"notes": {"contains": list(contains)}}} if contains else {}
    where = {"ticket_id": ticket_id, "escalation_type": kind, "destination": desk}
    return {"table": "escalations", "added": True, "where": where, **notes}


def unless(phrases: Sequence[str], check: Check) -> Check:
    """A check holds, and none of some phrases is asserted."""
    return {"check": "absent", "phrases": list(phrases), "with": dict(check)}


def wrapped_up(ticket_id: str, *outcomes: str) -> list[dict[str, Any]]:
    """For `required`: a ticket is resolved, with a resolution of one of these outcomes."""
    made = {"table": "resolutions", "added": True, "where": {"ticket_id": ticket_id}}
    return [
        {**made, "set": {"outcome": {"any_of": list(outcomes)}}},
        {"table": "tickets", "id": ticket_id, "set": {"status": "resolved", "resolution_id": {"any": True}}},
    ]


def ticket_work(ticket_id: str) -> dict[str, Any]:
    """For `allowed`: who has a ticket, its priority and type may change besides what is required of it."""
    free = ("assigned_employee_id", "priority", "ticket_type", "first_response_at")
    return {"table": "tickets", "id": ticket_id, "set": {column: {"any": True} for column in free}}


def planted_ticket(setup: Iterable[Edit]) -> Row:
    """The ticket that a situation plants."""
    return next(dict(e.insert) for e in setup if e.table == "tickets" and e.insert is not None)


def known_once(world: Records, order: Row, product_id: str) -> bool:
    """Whether the customer of an order has this product on no other line of any order."""
    orders = world.orders_of(order["customer_id"])
    return sum(line["product_id"] == product_id for o in orders for line in world.lines(o["id"])) == 1


def readable(check: Check) -> Check:
    """A check that holds in an answer of readable length, at most 450 words."""
    return both({"check": "structure", "max_words": 450}, check)


def newest_scan(parcel: Row) -> tuple[date, str, bool]:
    """Day and place of a parcel's newest scan, and whether it says delivered."""
    event = rules.newest_event(parcel) or {"at": parcel["created_at"], "location": "-"}
    return rules.company_day(event["at"]), event["location"], rules.parcel_delivered_on(parcel) is not None


def scan_criterion(parcel: Row, id: str = "where") -> Criterion:
    """The response tells where a parcel is: the day of its delivery, or the place of its newest scan."""
    on, location, came = newest_scan(parcel)
    evidence = [f"shipments/{parcel['id']}.events"]
    if came:
        near = ("deliver", "arriv", "handed", "dropped", "left", "came")
        assertion = f"The response says that the parcel was delivered on {on:%B} {on.day}, {on.year}."
        return criterion(id, "correctness", assertion, day(on, near=near), evidence)
    assertion = f"The response says that the parcel was last scanned in {location}."
    return criterion(id, "correctness", assertion, says([location.split(",")[0]]), evidence)


CARRIERS: Mapping[str, Sequence[str]] = {
    "ups": ("UPS", "United Parcel Service"), "fedex": ("FedEx", "Federal Express"),
    "usps": ("USPS", "US Postal Service", "U.S. Postal Service", "Postal Service"), "dhl": ("DHL",),
}  # fmt: skip
"""Carriers as people write them."""


NONE_FREE = (
    "out of stock", "none", "no units", "no unit", "not in stock", "sold out", "zero", "unavailable", "no stock",
    "not available",
    "0 available", "0 units", "0 in stock", "nothing in stock", "nothing available", "not have any", "cannot ship",
    "no ... available",
    "no free", "0 free", "nothing can ship", "no ... in stock", "no ... can ship",
)  # fmt: skip
FREE = (
    "unit", "units", "piece", "pieces", "free", "available", "stock", "left", "ready", "ship", "total", "altogether",
    "all", "there",
    "pcs", "today", "now", "Reno", "together", "both", "kit", "kits", "we have", "have",
)  # fmt: skip
WAREHOUSES = {"cmh": "Columbus", "rno": "Reno"}


def stocked_in(world: Records, product: Row) -> list[str]:
    """The warehouses that have free units of a product."""
    levels = sorted(world.of("inventory_levels", "product_id", product["id"]), key=lambda level: level["location"])
    return [WAREHOUSES[level["location"]] for level in levels if level["on_hand"] > level["reserved"]]


def stock_check(world: Records, product: Row) -> Check:
    """The response gives the free units of a product, in all or by warehouse, and the one warehouse that has them."""
    units = world.available(product["id"])
    if units == 0:
        return says(NONE_FREE)
    levels = world.of("inventory_levels", "product_id", product["id"])
    each = [level["on_hand"] - level["reserved"] for level in levels if level["on_hand"] > level["reserved"]]
    counted = (
        either(number(units, FREE), both(*(number(n, FREE) for n in each))) if len(each) > 1 else number(units, FREE)
    )
    places = stocked_in(world, product)
    return both(counted, says(places)) if len(places) == 1 else counted


def last_scan(world: Records, order: Row) -> tuple[str | None, date | None]:
    """Status and day of the newest scan of an order's first parcel; None where nothing has gone out."""
    found = world.shipments(order["id"])
    event = rules.newest_event(found[0]) if found else None
    return (None, None) if event is None else (event["status"], rules.company_day(event["at"]))


PARCEL_WORDS = {
    "delivered": ["delivered", "delivery scan", "delivery on", "arrived"],
    "in_transit": ["in transit", "on its way", "facility", "picked up", "under way", "transit", "departed",
    "arrived at", "processed"],
    "out_for_delivery": ["out for delivery"],
    "label_created": ["label*"],
    "exception": ["exception", "delay*", "weather", "customs"],
    "lost": ["lost"],
    "returned_to_sender": ["return* to sender", "sent back", "returned"],
}  # fmt: skip
PARCEL_NEAR = ("deliver", "scan", "parcel", "track", "arriv", "transit", "carrier", "ship", "label", "status")


def parcel_check(world: Records, order: Row) -> tuple[Check, str]:
    """The response tells where an order's parcel was scanned last, with the day; and that in words."""
    status, scanned = last_scan(world, order)
    if status is None or scanned is None:
        nothing = (
            "no parcel", "not shipped", "not been shipped", "nothing shipped", "nothing has shipped", "no shipment",
            "not left",
            "unshipped", "not yet shipped", "no label", "not dispatched", "has not gone out", "not gone out",
            "no shipments",
        )  # fmt: skip
        return says(nothing), "that no parcel has gone out yet"
    check = both(day(scanned, near=PARCEL_NEAR), says(PARCEL_WORDS[status]))
    return check, f"that the newest scan is {status.replace('_', ' ')}, of {scanned:%B} {scanned.day}, {scanned.year}"


def waiting_order(
    world: Records, customer: Row, items: Sequence[tuple[Row, int]], number: int, on: int, status: str, month: int = 11
) -> list[Edit]:
    """An order of 2025 at today's prices, to plant, without a parcel; `pending` ones are authorised only."""
    at = f"2025-{month}-{on:02d}T{15 + number % 8}:{number % 60:02d}:{(number * 11) % 60:02d}Z"
    order_id = f"ord-25{month}{on:02d}-{number}"
    lines: list[Row] = [
        {"id": f"{order_id}/{n}", "order_id": order_id, "product_id": product["id"], "quantity": quantity,
         "unit_price_cents": product["price_cents"]}
        for n, (product, quantity) in enumerate(items, start=1)
    ]  # fmt: skip
    price = rules.best_discount(
        lines, {p["id"]: p for p, _ in items}, world.tier_of(customer), date(2025, month, on),
        account_type=customer["account_type"],
    )  # fmt: skip
    charged = status != "pending"
    method, prefix = (("card", "ch"), ("paypal", "PP"), ("apple_pay", "ch"))[number % 3]
    order: Row = {
        "id": order_id, "customer_id": customer["id"], "status": status, "channel": "web",
        "subtotal_cents": price.subtotal_cents, "discount_cents": price.discount_cents, "discount_label": price.label,
        "promo_code": None, "shipping_cents": price.shipping_cents, "total_cents": price.total_cents,
        "shipping_service": "standard", "ship_to": customer["addresses"][0], "build_id": None, "note": None,
        "created_at": at, "updated_at": at,
    }  # fmt: skip
    payment: Row = {
        "id": f"pay-25{month}{on:02d}-{number}", "order_id": order_id, "customer_id": customer["id"],
        "amount_cents": price.total_cents, "method": method, "status": "captured" if charged else "authorized",
        "transaction_id": f"{prefix}_{stable(order_id, below=2**32):012x}", "failure_reason": None, "created_at": at,
        "captured_at": at if charged else None,
    }  # fmt: skip
    rows = [("orders", order), *(("order_lines", line) for line in lines), ("payments", payment)]
    return [Edit(table=table, insert=dict(row)) for table, row in rows]


def only_purchase(world: Records, order: Row) -> Row | None:
    """The dearest line of an order whose product the customer has bought but once; None if there is none."""
    mine = [line["product_id"] for o in world.orders_of(order["customer_id"]) for line in world.lines(o["id"])]
    once = [line for line in world.lines(order["id"]) if mine.count(line["product_id"]) == 1]
    return max(once, key=lambda line: (line["unit_price_cents"], line["id"])) if once else None


def seldom_writes(world: Records, customer_id: str, planted: int = 1) -> bool:
    """Whether a customer stays below the frequent-contact limit with so many planted tickets more."""
    days = [rules.company_day(t["created_at"]) for t in world.tickets_of(customer_id)]
    recent = sum(rules.within_days(day, world.today, rules.FREQUENT_DAYS) for day in days)
    return recent + planted < rules.FREQUENT_TICKETS


def told_apart(world: Records, customer: Row, product: Row) -> bool:
    """Whether nobody else of a customer's name has bought a product, so that name and product cannot mislead."""
    doubles = [c["id"] for c in world.of("customers", "name", customer["name"]) if c["id"] != customer["id"]]
    buyers = {world.order(x["order_id"])["customer_id"] for x in world.of("order_lines", "product_id", product["id"])}
    return not buyers & set(doubles)


def day_named(value: date, rivals: Iterable[date | None] = (), near: Sequence[str] = ()) -> Check:
    """The last day of something that did not happen: asserted, or named in the conditional as in `until May 3`."""
    month = f"{value:%B}"
    forms = [f"{month} {value.day}", f"{month[:3]} {value.day}", f"{value.day} {month}", value.isoformat()]
    forms += [f"{value.month}/{value.day}", f"{month} {value.day}th", f"{month[:3]} {value.day}th"]
    named = [f"{word} {form}" for word in ("until", "by", "through", "deadline", "latest", "up to") for form in forms]
    return either(day(value, rivals, near), {"check": "structure", "min_words": 12, "must_include": [named]})


def sped_up(world: Records, order: Row, service: str, weather: bool = False) -> tuple[Edit, ...]:
    """A delivered standard order as if it had gone by a faster service, to plant: paid for it (free where the tier has
    it free), promised sooner and so late, now and then because of the weather; nothing where that cannot be told."""
    parcels, payments = world.shipments(order["id"]), world.payments(order["id"])
    if order["shipping_service"] != "standard" or len(parcels) != 1 or len(payments) != 1:
        return ()
    parcel, events = parcels[0], list(parcels[0]["events"])
    came = rules.parcel_delivered_on(parcel)
    eta = rules.add_business_days(rules.company_day(parcel["created_at"]), rules.SHIPPING_BUSINESS_DAYS[service])
    if came is None or came <= eta or len(events) < 4 or not world.untouched(order):
        return ()
    fee = rules.shipping_fee_cents(
        service, order["subtotal_cents"] - order["discount_cents"], world.customer(order["customer_id"])["loyalty_tier"]
    )
    total: int = order["total_cents"] - order["shipping_cents"] + fee
    if weather:
        first, then = (parse_utc(event["at"]) for event in events[-3:-1])
        event = {**events[-3], "at": format_utc(first + (then - first) / 2), "status": "exception"}
        events.insert(-2, {**event, "detail": "Severe weather: delivery delayed"})
    return (
        Edit(table="orders", id=order["id"], set={
            "shipping_service": service, "shipping_cents": fee, "total_cents": total}),
        Edit(table="payments", id=payments[0]["id"], set={"amount_cents": total}),
        Edit(table="shipments", id=parcel["id"], set={"service": service, "eta": eta.isoformat(), "events": events}),
    )  # fmt: skip


def second_payment(world: Records, order: Row, status: str = "captured") -> tuple[Edit, ...]:
    """A second capture of an order's whole sum some minutes after the first, to plant, or an attempt before it."""
    payment = world.capture(order)
    number = 900 + stable(order["id"], "again", below=90)
    minutes = 1 + number % 7 if status == "captured" else -1 - number % 4
    at = format_utc(parse_utc(payment["captured_at"]) + timedelta(minutes=minutes))
    failed = status == "failed"
    return (Edit(table="payments", insert={
        **payment, "id": f"{payment['id'][:10]}-{number}", "status": status, "created_at": at,
        "captured_at": at if status == "captured" else None, "failure_reason": "3ds_timeout" if failed else None,
        "transaction_id": None if failed else f"ch_{stable(order['id'], 'again', below=2**32):012x}",
    }),)  # fmt: skip


def lone_customers(world: Records, waiting: int = 0) -> dict[str, Row]:
    """Customers with one account and a name of their own who have so few tickets waiting and seldom write, by id."""
    found: dict[str, Row] = {}
    for customer in single_accounts(world):
        open_ones = [t for t in world.tickets_of(customer["id"]) if t["status"] not in ("resolved", "closed")]
        alone = len(world.of("customers", "name", customer["name"])) == 1
        if alone and len(open_ones) <= waiting and seldom_writes(world, customer["id"], 2):
            found[customer["id"]] = customer
    return found


def arrived_order(
    world: Records, customer: Row, items: Sequence[tuple[Row, int]], number: int, placed: date
) -> list[Edit]:
    """A `waiting_order` of October or November 2025, sent the next business day in one parcel that has come."""
    edits = waiting_order(world, customer, items, number, placed.day, "fulfilled", placed.month)
    order: Row = next(dict(e.insert) for e in edits if e.table == "orders" and e.insert)
    sent = rules.add_business_days(placed, 1)
    here = rules.add_business_days(sent, 2 + number % 3)
    town = f"{order['ship_to']['city']}, {order['ship_to']['region']}"
    scans = (
        (f"{sent}T19:{number % 60:02d}:00Z", "Columbus, OH", "label_created", "Label created"),
        (f"{sent}T22:{number % 60:02d}:00Z", "Columbus, OH", "in_transit", "Picked up by carrier"),
        (f"{here}T13:{number % 60:02d}:00Z", town, "out_for_delivery", "Out for delivery"),
        (f"{here}T18:{number % 60:02d}:00Z", town, "delivered", "Left at front door"),
    )
    parcel: Row = {
        "id": f"ship-{sent:%y%m%d}-{number}", "order_id": order["id"], "carrier": "ups", "service": "standard",
        "tracking_number": f"1Z{stable(order['id'], below=10**9):016d}", "status": "delivered",
        "contents": [{"product_id": product["id"], "quantity": quantity} for product, quantity in items],
        "events": [dict(zip(("at", "location", "status", "detail"), scan, strict=True)) for scan in scans],
        "eta": rules.add_business_days(sent, 5).isoformat(), "delivered_at": scans[-1][0], "created_at": scans[0][0],
    }  # fmt: skip
    return [*edits, Edit(table="shipments", insert=dict(parcel))]
