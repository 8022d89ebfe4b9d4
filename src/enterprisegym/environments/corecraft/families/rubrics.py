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
from enterprisegym.world import Row

Check = Mapping[str, Any]


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
