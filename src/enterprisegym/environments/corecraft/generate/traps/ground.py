"""What every trap is planned on: the finished base world, read-only, and what traps have claimed of it."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Literal

from enterprisegym.environments.corecraft.generate.catalog import PriceList, tier_for
from enterprisegym.environments.corecraft.generate.content import Content
from enterprisegym.environments.corecraft.generate.draft import Draft
from enterprisegym.environments.corecraft.generate.times import TODAY
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row

Level = Literal["tool_use", "planning", "adaptability", "groundedness", "common_sense"]
Key = tuple[str, str]
OPEN = ("new", "open", "pending_customer")


@dataclass(frozen=True)
class Insert:
    """A whole new row."""

    table: str
    row: Row


@dataclass(frozen=True)
class Update:
    """New values for some fields of a row."""

    table: str
    id: str
    fields: Row


Edit = Insert | Update


@dataclass(frozen=True)
class Instance:
    """One place where a trap bites. The `off` edits are made in every world, the `on` edits on top where it is on.

    `table`, `id` name the row that carries the trap; `facts` are what a task would be built on.
    """

    table: str
    id: str
    detail: str
    on: tuple[Edit, ...]
    off: tuple[Edit, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Trap:
    """A named piece of real-world noise that the generator can leave out.

    `level` is the capability it tests, `probe` the policy that falls for it. `plan` reads the base world and says
    what to edit; it draws only from its own random stream and claims what it edits, so that traps never meet.
    """

    name: str
    title: str
    level: Level
    story: str
    probe: str
    plan: Callable[[Ground, random.Random], list[Instance]]


class Ground:
    """The base world indexed for planning. Nothing is edited here: plans are carried out after all are made."""

    def __init__(self, draft: Draft, content: Content) -> None:
        self.draft = draft
        self.content = content
        self.scale = draft.scale
        self.products = {p["id"]: p for p in draft.all("products")}
        self.tiers = {t["id"]: t for t in draft.all("loyalty_tiers")}
        self.prices = PriceList(draft)
        self.customers = draft.all("customers")
        self.orders = draft.all("orders")
        self.tickets = draft.all("tickets")
        self.shipments = draft.all("shipments")
        self._claimed: set[Key] = set()
        self._numbers: Counter[str] = Counter()
        for table in ("orders", "payments", "shipments"):
            for id in draft.rows.get(table, {}):
                stem, _, number = id.rpartition("-")
                self._numbers[stem] = max(self._numbers[stem], int(number) if number.isdigit() else 0)
        self._lowest_customer = min((int(c["id"].rpartition("-")[2]) for c in self.customers), default=10001)

    # Reading

    def _by(self, table: str, column: str) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.draft.all(table):
            if row[column] is not None:
                found[row[column]].append(row)
        return found

    @cached_property
    def _orders_by_customer(self) -> dict[str, list[Row]]:
        return self._by("orders", "customer_id")

    @cached_property
    def _by_order(self) -> dict[str, dict[str, list[Row]]]:
        tables = ("order_lines", "payments", "shipments", "tickets", "refunds", "returns")
        return {table: self._by(table, "order_id") for table in tables}

    @cached_property
    def _tickets_by_customer(self) -> dict[str, list[Row]]:
        return self._by("tickets", "customer_id")

    @cached_property
    def names(self) -> set[str]:
        return {c["name"] for c in self.customers}

    @cached_property
    def emails(self) -> set[str]:
        """Addresses in use, those of planned accounts included."""
        return {c["email"].lower() for c in self.customers}

    def orders_of(self, customer_id: str) -> list[Row]:
        """A customer's orders, oldest first."""
        return sorted(self._orders_by_customer.get(customer_id, []), key=lambda o: (o["created_at"], o["id"]))

    def of_order(self, table: str, order_id: str) -> list[Row]:
        return self._by_order[table].get(order_id, [])

    def tickets_of(self, customer_id: str) -> list[Row]:
        return self._tickets_by_customer.get(customer_id, [])

    def open_ticket(self, order_id: str) -> Row | None:
        return next((t for t in self.of_order("tickets", order_id) if t["status"] in OPEN), None)

    # Claiming

    def claim(self, table: str, id: str) -> bool:
        """Take a row for a trap; False if it is taken."""
        if (table, id) in self._claimed:
            return False
        self._claimed.add((table, id))
        return True

    def free(self, table: str, id: str) -> bool:
        return (table, id) not in self._claimed

    def shuffled(
        self, rng: random.Random, rows: Iterable[Row], first: Callable[[Row], bool] = lambda _: False
    ) -> list[Row]:
        """Rows in random order, those that satisfy `first` before the others."""
        found = list(rows)
        rng.shuffle(found)
        return sorted(found, key=lambda row: not first(row))

    # Making

    def new_id(self, prefix: str, instant: str) -> str:
        """The next free key of that kind and company day."""
        stem = f"{prefix}-{rules.company_day(instant):%y%m%d}"
        self._numbers[stem] += 1
        return f"{stem}-{self._numbers[stem]:03d}"

    def new_customer_id(self) -> str:
        """A key below all others: an older account, which lists before the ones it is mistaken for."""
        self._lowest_customer -= 1
        return f"cust-{self._lowest_customer:05d}"

    def tier_on(self, orders: Sequence[Row], day: date) -> str:
        """The tier that these orders earn by a day: up on the 1st of a month, down only on a quarter's first day."""
        days = [(rules.company_day(o["created_at"]), spend_cents(o)) for o in orders]
        if not days:
            return "standard"
        month = min(placed for placed, _ in days).replace(day=1)
        tier = "standard"
        while month <= day:
            since = month.replace(year=month.year - 1)
            earned = tier_for(sum(c for placed, c in days if since <= placed < month), self.tiers.values())
            rises = self.tiers[earned]["min_spend_cents"] > self.tiers[tier]["min_spend_cents"]
            if rises or month.month in (1, 4, 7, 10):
                tier = earned
            month = (month + timedelta(days=32)).replace(day=1)
        return tier

    def same_tiers(self, before: Sequence[Row], after: Sequence[Row]) -> bool:
        """Whether two histories earn the same tier today and on the day of each order of either."""
        days = {rules.company_day(o["created_at"]) for o in (*before, *after)} | {TODAY}
        return all(self.tier_on(before, day) == self.tier_on(after, day) for day in days)


def spend_cents(order: Row) -> int:
    """Goods paid for, after discounts."""
    if order["status"] in ("cancelled", "pending", "refunded"):
        return 0
    return order["subtotal_cents"] - order["discount_cents"]
