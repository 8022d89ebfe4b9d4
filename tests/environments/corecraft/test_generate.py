"""The generated world: reproducible, complete, and consistent in money, time and words."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from enterprisegym.environments.corecraft.generate.build import generate
from enterprisegym.environments.corecraft.generate.traps import TRAPS
from enterprisegym.world import WorldImage

Row = dict[str, Any]
Index = dict[str, list[Row]]

NOW = "2025-11-15T19:00:00Z"
TODAY = date(2025, 11, 15)
CAPTURED = ("captured", "partially_refunded", "refunded")
GRANTED = ("approved", "processed")
LIVE = (*GRANTED, "pending")
TIERS = (("platinum", 500_000), ("gold", 250_000), ("silver", 100_000), ("standard", 0))
ENTITY_TABLES = (
    "customers", "orders", "products", "builds", "tickets", "slas", "shipments", "compatibility_rules",
    "warranty_policies", "loyalty_tiers", "kb_articles", "promotions", "inventory_levels", "company_policies",
)  # fmt: skip
SCALING = ("customers", "orders", "tickets", "shipments", "payments", "order_lines")
FIXED = (
    "products", "slas", "compatibility_rules", "warranty_policies", "loyalty_tiers", "kb_articles", "promotions",
    "company_policies", "employees", "inventory_levels",
)  # fmt: skip


def day_of(utc: str) -> date:
    return datetime.fromisoformat(utc).astimezone(ZoneInfo("America/New_York")).date()


class Rows:
    """A generated world by table, and by the id that rows refer to."""

    def __init__(self, seed: int, traps: tuple[str, ...]) -> None:
        generated = generate(seed=seed, scale=1, traps=traps)
        self.tables: dict[str, list[Row]] = {name: [dict(r) for r in rows] for name, rows in generated.rows.items()}

    def __getitem__(self, table: str) -> list[Row]:
        return self.tables[table]

    def by_id(self, table: str) -> dict[str, Row]:
        return {row["id"]: row for row in self[table]}

    def by(self, table: str, column: str) -> Index:
        found: Index = defaultdict(list)
        for row in self[table]:
            found[row[column]].append(row)
        return found


WORLDS = {"seed 1": (1, ()), "seed 7": (7, ()), "seed 8": (8, ()), "seed 1 with all traps": (1, tuple(TRAPS))}


@pytest.fixture(scope="module", params=WORLDS, ids=str)
def world(request: pytest.FixtureRequest) -> Rows:
    return Rows(*WORLDS[request.param])


# Reproducible and complete

HASH = """
import sys
from pathlib import Path
from enterprisegym.environments import corecraft
from enterprisegym.environments.corecraft.clock import CLOCK
from enterprisegym.environments.corecraft.generate.build import generate
from enterprisegym.world import Schema, WorldKey, open_image
schema = Schema.parse((Path(corecraft.__file__).parent / "schema.sql").read_text())
key = WorldKey("corecraft", 1, 1, (), "process")
print(open_image(key, schema, CLOCK, lambda: generate(seed=1, scale=1, traps=()), Path(sys.argv[1])).hash)
"""


def test_another_process_makes_the_same_world(plain_image: WorldImage, tmp_path: Any) -> None:
    # Another hash seed, so that the order of a set could show.
    done = subprocess.run(
        [sys.executable, "-c", HASH, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo"},
    )
    assert done.stdout.strip() == plain_image.hash, done.stderr


def test_another_seed_makes_another_world(build_world: Callable[..., WorldImage], plain_image: WorldImage) -> None:
    assert build_world(seed=2).hash != plain_image.hash


def test_there_are_fourteen_entity_types_and_2500_entities(plain_image: WorldImage) -> None:
    with closing(plain_image.fork()) as fork:
        counts = {t: fork.rows(f"SELECT count(*) AS n FROM {t}")[0]["n"] for t in ENTITY_TABLES}
    assert len(counts) == 14 and all(counts.values())
    assert sum(counts.values()) >= 2500
    assert counts["products"] >= 150 and counts["compatibility_rules"] >= 20
    assert counts["kb_articles"] >= 100 and counts["company_policies"] >= 40


def test_the_catalog_is_broad(world: Rows) -> None:
    assert len({p["category"] for p in world["products"]}) >= 14
    assert len({p["brand"] for p in world["products"]}) >= 20


def test_people_scale_and_the_catalog_does_not() -> None:
    one, three = generate(seed=1, scale=1, traps=()), generate(seed=1, scale=3, traps=())
    for table in SCALING:
        assert 2.6 < len(three.rows[table]) / len(one.rows[table]) < 3.4, table
    owned = [len([b for b in g.rows["builds"] if b["owner_type"] == "customer"]) for g in (one, three)]
    assert 2.4 < owned[1] / owned[0] < 3.6
    for table in FIXED:
        assert [r["id"] for r in three.rows[table]] == [r["id"] for r in one.rows[table]], table
    assert three.rows["company_policies"] == one.rows["company_policies"]


def test_every_reference_holds(world: Rows, plain_image: WorldImage) -> None:
    tables = plain_image.schema.tables
    for name, table in tables.items():
        for column in table.columns.values():
            if column.references is None:
                continue
            other, key = column.references
            known = {row[key] for row in world[other]}
            broken = [r["id"] for r in world[name] if r[column.name] is not None and r[column.name] not in known]
            assert not broken, f"{name}.{column.name}"
    products = world.by_id("products")
    nested = [
        *((b["id"], c["product_id"]) for b in (*world["builds"], *world["products"]) for c in b["components"]),
        *((s["id"], c["product_id"]) for s in world["shipments"] for c in s["contents"]),
        *((r["id"], i["product_id"]) for r in world["returns"] for i in r["items"]),
    ]
    assert [pair for pair in nested if pair[1] not in products] == []


# Money


def test_orders_add_up(world: Rows) -> None:
    lines = world.by("order_lines", "order_id")
    for order in world["orders"]:
        goods = sum(row["quantity"] * row["unit_price_cents"] for row in lines[order["id"]])
        assert order["subtotal_cents"] == goods, order["id"]
        assert order["total_cents"] == goods - order["discount_cents"] + order["shipping_cents"], order["id"]
        assert 0 <= order["discount_cents"] <= goods, order["id"]
        assert (order["discount_label"] is None) == (order["discount_cents"] == 0) or order["promo_code"], order["id"]


def test_paid_orders_are_covered_by_captured_payments(world: Rows) -> None:
    payments = world.by("payments", "order_id")
    for order in world["orders"]:
        captured = sum(p["amount_cents"] for p in payments[order["id"]] if p["status"] in CAPTURED)
        if order["status"] == "pending":
            assert captured == 0, order["id"]
        elif order["status"] != "cancelled":
            assert captured >= order["total_cents"], order["id"]
        assert all(p["customer_id"] == order["customer_id"] for p in payments[order["id"]]), order["id"]


def test_payments_tell_what_was_refunded(world: Rows) -> None:
    refunds = world.by("refunds", "payment_id")
    for payment in world["payments"]:
        made = refunds[payment["id"]]
        granted = sum(r["amount_cents"] for r in made if r["status"] in GRANTED)
        assert sum(r["amount_cents"] for r in made if r["status"] in LIVE) <= payment["amount_cents"], payment["id"]
        assert {r["order_id"] for r in made} <= {payment["order_id"]}, payment["id"]
        match payment["status"]:
            case "captured":
                assert granted == 0, payment["id"]
            case "partially_refunded":
                assert 0 < granted < payment["amount_cents"], payment["id"]
            case "refunded":
                assert granted == payment["amount_cents"], payment["id"]
            case _:
                assert not made, payment["id"]
        assert (payment["captured_at"] is not None) == (payment["status"] in CAPTURED), payment["id"]
        assert (payment["failure_reason"] is not None) <= (payment["status"] == "failed"), payment["id"]


def test_orders_tell_what_was_refunded_and_shipped(world: Rows) -> None:
    payments, refunds = world.by("payments", "order_id"), world.by("refunds", "order_id")
    shipments = world.by("shipments", "order_id")
    for order in world["orders"]:
        id, status = order["id"], order["status"]
        granted = sum(r["amount_cents"] for r in refunds[id] if r["status"] in GRANTED)
        pending = any(r["status"] == "pending" for r in refunds[id])
        captured = sum(p["amount_cents"] for p in payments[id] if p["status"] in CAPTURED)
        assert pending == (status == "refund_requested"), id
        if status in ("refunded", "partially_refunded"):
            assert granted > 0, id
        if status == "partially_refunded":
            assert granted < captured, id
        if status == "cancelled":
            assert granted == captured, id
        if status in ("pending", "paid", "on_hold", "backorder", "cancelled"):
            assert not shipments[id], id
        else:
            assert shipments[id], id


def test_refund_records_are_whole(world: Rows) -> None:
    tickets, returns = world.by_id("tickets"), world.by_id("returns")
    customers = {o["id"]: o["customer_id"] for o in world["orders"]}
    for refund in world["refunds"]:
        assert refund["amount_cents"] > 0, refund["id"]
        assert (refund["processed_at"] is not None) == (refund["status"] == "processed"), refund["id"]
        if refund["ticket_id"]:
            assert tickets[refund["ticket_id"]]["customer_id"] == customers[refund["order_id"]], refund["id"]
        if refund["return_id"]:
            assert returns[refund["return_id"]]["order_id"] == refund["order_id"], refund["id"]


def test_tiers_follow_the_trailing_spend(world: Rows) -> None:
    """Recomputed on the 1st from goods of the 12 months before, less refunds; a drop waits for the next quarter."""
    orders, refunds = world.by("orders", "customer_id"), world.by("refunds", "order_id")
    rank = dict(TIERS)

    def spent(order: Row, month: date) -> int:
        if (
            order["status"] in ("cancelled", "pending")
            or not _months_before(month, 12) <= day_of(order["created_at"]) < month
        ):
            return 0
        back = sum(
            r["amount_cents"]
            for r in refunds[order["id"]]
            if r["status"] in GRANTED
            and r["reason"] not in ("duplicate_charge", "shipping_fee")
            and day_of(r["created_at"]) < month
        )
        return max(0, order["subtotal_cents"] - order["discount_cents"] - back)

    seen: set[str] = set()
    for customer in world["customers"]:
        tier = "standard"
        for back in range(20, -1, -1):
            month = _months_before(TODAY.replace(day=1), back)
            total = sum(spent(order, month) for order in orders[customer["id"]])
            earned = next(name for name, minimum in TIERS if total >= minimum)
            if rank[earned] > rank[tier] or month.month in (1, 4, 7, 10):
                tier = earned
        assert customer["loyalty_tier"] == tier, customer["id"]
        seen.add(tier)
    assert seen == set(rank), "every tier occurs"


def _months_before(month: date, count: int) -> date:
    year, index = divmod(month.year * 12 + month.month - 1 - count, 12)
    return date(year, index + 1, 1)


# Time


def instants(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from instants(part)
    elif isinstance(value, list):
        for part in value:
            yield from instants(part)
    elif isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value):
        yield value


def test_nothing_lies_in_the_future_and_updates_follow_creation(world: Rows) -> None:
    for name, rows in world.tables.items():
        for row in rows:
            assert max(instants(row), default="") <= NOW, f"{name} {row['id']}"
            if "updated_at" in row:
                assert row["updated_at"] >= row["created_at"], f"{name} {row['id']}"


def test_orders_come_before_what_follows_from_them(world: Rows) -> None:
    customers, builds = world.by_id("customers"), world.by_id("builds")
    orders = world.by_id("orders")
    for order in orders.values():
        assert order["created_at"] >= customers[order["customer_id"]]["created_at"], order["id"]
        if order["build_id"]:
            build = builds[order["build_id"]]
            assert build["created_at"] <= order["created_at"], order["id"]
            assert build["customer_id"] == order["customer_id"], order["id"]
    for table in ("shipments", "payments", "returns", "refunds"):
        for row in world[table]:
            assert row["created_at"] >= orders[row["order_id"]]["created_at"], f"{table} {row['id']}"
    for ticket in world["tickets"]:
        if ticket["order_id"]:
            assert ticket["created_at"] >= orders[ticket["order_id"]]["created_at"], ticket["id"]
            assert ticket["customer_id"] == orders[ticket["order_id"]]["customer_id"], ticket["id"]


def test_scans_of_a_parcel_are_in_order(world: Rows) -> None:
    lines = world.by("order_lines", "order_id")
    for parcel in world["shipments"]:
        times = [event["at"] for event in parcel["events"]]
        assert times == sorted(times) and times, parcel["id"]
        assert times[0] >= parcel["created_at"], parcel["id"]
        if parcel["delivered_at"] is not None:
            assert parcel["delivered_at"] == times[-1] and parcel["events"][-1]["status"] == "delivered", parcel["id"]
        bought = {row["product_id"] for row in lines[parcel["order_id"]]}
        assert {c["product_id"] for c in parcel["contents"]} <= bought, parcel["id"]


def test_parcel_headers_agree_with_the_newest_scan_without_traps() -> None:
    for parcel in Rows(1, ())["shipments"]:
        assert parcel["status"] == parcel["events"][-1]["status"], parcel["id"]
        assert (parcel["delivered_at"] is not None) == (parcel["status"] == "delivered"), parcel["id"]


def test_tickets_are_answered_after_they_are_written(world: Rows) -> None:
    resolutions = world.by_id("resolutions")
    for ticket in world["tickets"]:
        id = ticket["id"]
        answered = ticket["first_response_at"]
        assert (ticket["assigned_employee_id"] is None) == (ticket["status"] == "new"), id
        assert answered is None or ticket["created_at"] <= answered <= ticket["updated_at"], id
        assert (ticket["resolution_id"] is not None) == (ticket["status"] == "resolved"), id
        if ticket["resolution_id"]:
            resolution = resolutions[ticket["resolution_id"]]
            assert resolution["ticket_id"] == id
            assert resolution["created_at"] >= answered, id
    tickets, refunds = world.by_id("tickets"), world.by_id("refunds")
    for resolution in resolutions.values():
        linked = resolution["linked_refund_id"]
        assert (resolution["outcome"] == "refund_issued") == (linked is not None), resolution["id"]
        if linked:
            assert refunds[linked]["ticket_id"] == resolution["ticket_id"], resolution["id"]
    for escalation in world["escalations"]:
        assert escalation["created_at"] >= tickets[escalation["ticket_id"]]["created_at"], escalation["id"]
        assert (escalation["resolved_at"] or NOW) >= escalation["created_at"], escalation["id"]


# Words


def texts(world: Rows) -> Iterator[tuple[str, str, str]]:
    """(row id, customer id, text) of all that was written in tickets and about them."""
    tickets = world.by_id("tickets")
    for ticket in tickets.values():
        yield ticket["id"], ticket["customer_id"], f"{ticket['subject']}\n{ticket['body']}"
    for row in world["resolutions"]:
        yield row["id"], tickets[row["ticket_id"]]["customer_id"], row["details"]
    for row in world["escalations"]:
        yield row["id"], tickets[row["ticket_id"]]["customer_id"], row["notes"]


def test_no_slot_is_left_unfilled(world: Rows) -> None:
    for id, _, text in texts(world):
        assert not re.search(r"[{}]|\bNone\b", text), f"{id}: {text}"
        assert text.strip(), id


def test_orders_named_in_texts_exist_and_are_the_writers_own(world: Rows) -> None:
    orders = world.by_id("orders")
    named = 0
    for id, customer_id, text in texts(world):
        for order_id in re.findall(r"\bord-\d{6}-\d+\b", text):
            assert order_id in orders, f"{id} names {order_id}"
            assert orders[order_id]["customer_id"] == customer_id, f"{id} names {order_id}"
            named += 1
    assert named > 50


def test_tickets_name_the_order_they_are_filed_under(world: Rows) -> None:
    for ticket in world["tickets"]:
        named = re.findall(r"\bord-\d{6}-\d+\b", f"{ticket['subject']} {ticket['body']}")
        if ticket["order_id"] and named:
            assert ticket["order_id"] in named, ticket["id"]


def test_products_named_in_a_ticket_are_in_its_order(world: Rows) -> None:
    """Other products may be named beside it: the one wanted instead, the one it does not fit.

    Spaces do not count: a trap stores two-word brands as one word, and people do not write them so.
    """
    names = {p["id"]: p["name"].replace(" ", "") for p in world["products"]}
    lines = world.by("order_lines", "order_id")
    checked = 0
    for ticket in world["tickets"]:
        text = f"{ticket['subject']} {ticket['body']}".replace(" ", "")
        if ticket["order_id"] and any(name in text for name in names.values()):
            bought = {names[row["product_id"]] for row in lines[ticket["order_id"]]}
            assert any(name in text for name in bought), f"{ticket['id']}: {text} / {bought}"
            checked += 1
    assert checked > 100


def test_amounts_in_resolutions_are_those_of_the_refund(world: Rows) -> None:
    refunds = world.by_id("refunds")
    checked = 0
    for resolution in world["resolutions"]:
        if resolution["linked_refund_id"]:
            cents = refunds[resolution["linked_refund_id"]]["amount_cents"]
            for amount in re.findall(r"\$([\d,]+\.\d\d)", resolution["details"]):
                assert round(float(amount.replace(",", "")) * 100) == cents, resolution["id"]
                checked += 1
    assert checked > 10


def test_texts_vary(world: Rows) -> None:
    bodies = [ticket["body"] for ticket in world["tickets"]]
    assert len(set(bodies)) > 0.9 * len(bodies)
    assert max(map(len, bodies)) > 6 * min(map(len, bodies))


def test_ids_carry_the_company_day_of_their_row(world: Rows) -> None:
    for table in ("orders", "shipments", "tickets", "payments", "refunds", "returns", "escalations", "resolutions"):
        for row in world[table]:
            day = row["id"].split("-")[1]
            stated = datetime.strptime(day, "%y%m%d").replace(tzinfo=UTC).date()
            assert stated == day_of(row["created_at"]), f"{table} {row['id']} {row['created_at']}"
