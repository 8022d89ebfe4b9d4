"""One world as its author sees it: every row in memory, indexed, with the marks that the generator left."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row, WorldImage

T = TypeVar("T")


class Records:
    """All rows of one world by table, read once. For authors only: agents have the tools.

    `marks(trap)` are the places where a trap sits: `{"table", "id", "detail", ...}`; none when the trap is off.
    """

    def __init__(self, image: WorldImage) -> None:
        self.key = image.key
        self.hash = image.hash
        self.now = image.clock.now_utc
        self.today: date = image.clock.today
        with image.fork() as fork:
            self._tables: dict[str, dict[str, Row]] = {
                name: {row["id"]: row for row in fork.rows(f"SELECT * FROM {name} ORDER BY id")}
                for name in image.schema.tables
            }
        self._indexes: dict[tuple[str, str], dict[Any, list[Row]]] = {}
        self._marks: Mapping[str, Sequence[Mapping[str, Any]]] = image.annotations()["traps"]

    # Rows

    def get(self, table: str, id: str) -> Row:
        """The row with this id; raises KeyError when there is none."""
        return self._tables[table][id]

    def all(self, table: str) -> list[Row]:
        """All rows of a table, sorted by id."""
        return list(self._tables[table].values())

    def of(self, table: str, column: str, value: Any) -> list[Row]:
        """Rows of a table with this value in a column, sorted by id."""
        if (table, column) not in self._indexes:
            index: dict[Any, list[Row]] = defaultdict(list)
            for row in self._tables[table].values():
                index[row[column]].append(row)
            self._indexes[table, column] = index
        return list(self._indexes[table, column].get(value, ()))

    def product(self, id: str) -> Row:
        return self.get("products", id)

    def customer(self, id: str) -> Row:
        return self.get("customers", id)

    def order(self, id: str) -> Row:
        return self.get("orders", id)

    def ticket(self, id: str) -> Row:
        return self.get("tickets", id)

    def tier_of(self, customer: Row) -> Row:
        return self.get("loyalty_tiers", customer["loyalty_tier"])

    def called(self, product: Row) -> str:
        """A product's name as people write it: the brand in two words even where it is stored as one."""
        for found in self._marks.get("brand_spelling", ()):
            if product["id"] in found["products"]:
                return product["name"].replace(found["stored"], found["written"])
        return product["name"]

    def contact(self, customer: Row) -> dict[str, str]:
        """How a customer says how to reach them: `{"email": ...}` or `{"phone": ...}`, as they write it."""
        found = self.mark("contact_format", customer["id"])
        written: Mapping[str, str] = found["written"] if found is not None else {"email": customer["email"]}
        return dict(list(written.items())[:1])

    def orders_of(self, customer_id: str) -> list[Row]:
        """Newest first."""
        return sorted(self.of("orders", "customer_id", customer_id), key=lambda o: o["created_at"], reverse=True)

    def tickets_of(self, customer_id: str) -> list[Row]:
        """Newest first."""
        return sorted(self.of("tickets", "customer_id", customer_id), key=lambda t: t["created_at"], reverse=True)

    def lines(self, order_id: str) -> list[Row]:
        return self.of("order_lines", "order_id", order_id)

    def payments(self, order_id: str) -> list[Row]:
        return self.of("payments", "order_id", order_id)

    def refunds(self, order_id: str) -> list[Row]:
        return self.of("refunds", "order_id", order_id)

    def returns(self, order_id: str) -> list[Row]:
        return self.of("returns", "order_id", order_id)

    def shipments(self, order_id: str) -> list[Row]:
        return self.of("shipments", "order_id", order_id)

    def order_tickets(self, order_id: str) -> list[Row]:
        return self.of("tickets", "order_id", order_id)

    def available(self, product_id: str) -> int:
        """Units free to sell at all locations together."""
        return sum(
            level["on_hand"] - level["reserved"] for level in self.of("inventory_levels", "product_id", product_id)
        )

    # Facts that many families ask for

    def placed_on(self, order: Row) -> date:
        """The company day of an order."""
        return rules.company_day(order["created_at"])

    def delivered_on(self, order: Row, product_id: str) -> date | None:
        """The company day on which an item of an order came."""
        return rules.delivered_on(self.shipments(order["id"]), product_id)

    def untouched(self, order: Row) -> bool:
        """Whether an order has neither refunds nor returns, and its one capture paid it exactly."""
        taken = [p for p in self.payments(order["id"]) if p["status"] in rules.CAPTURED]
        paid = len(taken) == 1 and taken[0]["amount_cents"] == order["total_cents"]
        return paid and not self.refunds(order["id"]) and not self.returns(order["id"])

    def capture(self, order: Row) -> Row:
        """The oldest payment that took money; raises LookupError when none did."""
        taken = [p for p in self.payments(order["id"]) if p["status"] in rules.CAPTURED]
        if not taken:
            raise LookupError(f"order {order['id']} has no capture")
        return min(taken, key=lambda p: (p["created_at"], p["id"]))

    @cached_property
    def open_tickets(self) -> list[Row]:
        """Tickets that still wait, sorted by id."""
        return [t for t in self.all("tickets") if t["status"] in ("new", "open", "pending_customer")]

    # Traps

    def marks(self, trap: str) -> list[Mapping[str, Any]]:
        """Where a trap sits in this world."""
        return list(self._marks.get(trap, ()))

    def mark(self, trap: str, id: str) -> Mapping[str, Any] | None:
        """The mark of a trap on the row with this id, or on the customer or order with this id; None if unmarked."""
        for found in self._marks.get(trap, ()):
            if id in (found["id"], found.get("customer_id"), found.get("order_id")):
                return found
        return None

    def traps_on(self, *ids: str, among: Iterable[str]) -> tuple[str, ...]:
        """Which of some traps sit on records with these ids: on the row itself, or on one that its mark names."""
        wanted = set(ids)
        return tuple(t for t in among if any(wanted & _mentioned(m) for m in self._marks.get(t, ())))

    def trapped_customers(self) -> set[str]:
        """Customers whose records carry a trap of their own."""
        return {c for marks in self._marks.values() for m in marks if (c := _customer_of(m)) is not None}

    def former_policy(self, policy_id: str) -> bool:
        """Whether a former version of this policy is on file beside it (trap superseded_policy)."""
        return any(found["current"] == policy_id for found in self._marks.get("superseded_policy", ()))

    def drifted(self, product_id: str) -> bool:
        """Whether today's list price of a product differs from what older orders paid (trap price_drift)."""
        return any(found["id"] == product_id for found in self._marks.get("price_drift", ()))


def _mentioned(mark: Mapping[str, Any]) -> set[str]:
    roles = ("id", "customer_id", "order_id", "product_id", "old_account", "right")
    return {mark[r] for r in roles if r in mark} | set(mark.get("products", ()))


def _customer_of(mark: Mapping[str, Any]) -> str | None:
    return mark["id"] if mark["table"] == "customers" else mark.get("customer_id")


def shuffled(rng: random.Random, rows: Iterable[T]) -> list[T]:
    """The rows in a random order."""
    found = list(rows)
    rng.shuffle(found)
    return found
