"""Traps: each edits its own rows and fields, leaves the truth alone, and is really absent when off."""

from __future__ import annotations

import copy
from collections.abc import Collection
from datetime import date
from functools import cache
from typing import Any

import pytest

from enterprisegym.environments.corecraft.agents import LESIONS
from enterprisegym.environments.corecraft.clock import CLOCK
from enterprisegym.environments.corecraft.generate.build import base_world
from enterprisegym.environments.corecraft.generate.content import ROOT, content
from enterprisegym.environments.corecraft.generate.draft import Draft
from enterprisegym.environments.corecraft.generate.traps import TRAPS, add_traps, chosen, plan_traps
from enterprisegym.environments.corecraft.generate.traps.ground import Ground, Insert
from enterprisegym.environments.corecraft.generate.traps.reading import poses_as_order, stated_type, true_type
from enterprisegym.environments.corecraft.generate.traps.wording import INSTRUCTIONS
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.errors import UserError
from enterprisegym.world import Schema

Cell = tuple[str, str, str]
SEEDS = (1, 42)
LIBRARY = {"stale_article", "sibling_article", "superseded_policy"}
FIXED = LIBRARY | {"brand_spelling", "price_drift", "prebuilt_cheaper", "split_stock"}


@cache
def base(seed: int) -> Draft:
    return base_world(seed, 1)


def world(seed: int, traps: Collection[str]) -> Draft:
    made = base(seed).copy()
    add_traps(made, plan_traps(made, content()), traps)
    return made


@cache
def off(seed: int) -> Draft:
    return world(seed, ())


@cache
def on(seed: int) -> Draft:
    return world(seed, tuple(TRAPS))


def changed(before: Draft, after: Draft) -> dict[Cell, tuple[Any, Any]]:
    """Every field of every row that differs, with both values; None for a row that is not there."""
    found: dict[Cell, tuple[Any, Any]] = {}
    for table in before.rows:
        old, new = before.rows[table], after.rows[table]
        for id in old.keys() | new.keys():
            one, other = old.get(id), new.get(id)
            if one is not other and one != other:
                fields = (one or {}).keys() | (other or {}).keys()
                pairs = {field: ((one or {}).get(field), (other or {}).get(field)) for field in fields}
                whole = one is None or other is None
                found |= {(table, id, field): pair for field, pair in pairs.items() if whole or pair[0] != pair[1]}
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_switching_one_trap_leaves_all_else_as_it_was(seed: int) -> None:
    total: dict[Cell, tuple[Any, Any]] = {}
    for name in TRAPS:
        alone = changed(off(seed), world(seed, (name,)))
        last = changed(world(seed, [t for t in TRAPS if t != name]), on(seed))
        assert alone == last, name
        assert alone, name
        assert not total.keys() & alone.keys(), name
        total |= alone
    assert total == changed(off(seed), on(seed))


def test_the_same_seed_gives_the_same_traps_and_another_seed_others() -> None:
    again = base_world(1, 1)
    add_traps(again, plan_traps(again, content()), tuple(TRAPS))
    assert again.marks == on(1).marks
    assert on(1).marks["namesake"] != on(42).marks["namesake"]


def test_planning_does_not_change_the_base_world() -> None:
    before = copy.deepcopy(base(1).rows)
    plan_traps(base(1), content())
    assert base(1).rows == before


@pytest.mark.parametrize("seed", SEEDS)
def test_every_trap_has_instances_and_marks_rows_that_exist(seed: int) -> None:
    assert list(on(seed).marks) == list(TRAPS)
    for name, marks in on(seed).marks.items():
        assert 7 <= len(marks) <= 25, (name, len(marks))
        for mark in marks:
            assert mark["id"] in on(seed).rows[mark["table"]]
            assert mark["detail"]
    assert off(seed).marks == {}


def test_instances_grow_with_scale() -> None:
    draft = base_world(5, 2)
    add_traps(draft, plan_traps(draft, content()), tuple(TRAPS))
    for name, marks in draft.marks.items():
        if name not in FIXED:
            assert len(marks) >= 1.8 * len(on(1).marks[name]), name


def test_no_customer_carries_two_traps() -> None:
    owners: dict[str, str] = {}
    for name, marks in on(1).marks.items():
        for mark in marks:
            customer = mark.get("customer_id") or (mark["id"] if mark["table"] == "customers" else None)
            if customer:
                assert owners.setdefault(customer, name) == name


@pytest.mark.parametrize("draft", [off, on])
@pytest.mark.parametrize("seed", SEEDS)
def test_worlds_stay_consistent(draft: Any, seed: int) -> None:
    made: Draft = draft(seed)
    schema = Schema.parse((ROOT / "schema.sql").read_text())
    for table, rows in made.tables():
        columns = schema.tables[table].columns
        for row in rows:
            assert set(row) == set(columns), (table, row["id"])
            for name, column in columns.items():
                if column.references and row[name] is not None and table != "orders":
                    target = column.references[0] if isinstance(column.references, tuple) else column.references
                    assert row[name] in made.rows[str(target).split("(")[0]], (table, row["id"], name)
    lines: dict[str, int] = {}
    for line in made.all("order_lines"):
        lines[line["order_id"]] = lines.get(line["order_id"], 0) + line["unit_price_cents"] * line["quantity"]
    opened = {c["id"]: c["created_at"] for c in made.all("customers")}
    for order in made.all("orders"):
        assert order["subtotal_cents"] == lines[order["id"]]
        assert opened[order["customer_id"]] < order["created_at"] <= CLOCK.now_utc
    orders = made.rows["orders"]
    for payment in made.all("payments"):
        assert payment["customer_id"] == orders[payment["order_id"]]["customer_id"]
        assert payment["created_at"] >= orders[payment["order_id"]]["created_at"]
    for parcel in made.all("shipments"):
        times = [event["at"] for event in parcel["events"]]
        assert times == sorted(times)
        assert times[-1] <= CLOCK.now_utc
        if parcel["id"] not in base(seed).rows["shipments"]:
            assert parcel["created_at"] >= orders[parcel["order_id"]]["created_at"]
    for ticket in made.all("tickets"):
        if ticket["order_id"]:
            assert orders[ticket["order_id"]]["customer_id"] == ticket["customer_id"]


def test_added_orders_change_nobody_s_tier() -> None:
    before, after = Ground(base(1), content()), Ground(on(1), content())
    for customer in base(1).all("customers"):
        old, new = before.orders_of(customer["id"]), after.orders_of(customer["id"])
        assert before.tier_on(old, CLOCK.today) == before.tier_on(new, CLOCK.today), customer["id"]
        assert on(1).get("customers", customer["id"])["loyalty_tier"] == customer["loyalty_tier"]


# What each trap looks like, on and off


def facts(name: str, seed: int = 1) -> list[dict[str, Any]]:
    return on(seed).marks[name]


def orders_of(draft: Draft, customer_id: str) -> list[dict[str, Any]]:
    rows = draft.where("orders", customer_id=customer_id)
    return sorted(sorted(rows, key=lambda o: o["id"]), key=lambda o: o["created_at"], reverse=True)


def test_page_cut_hides_the_order_behind_the_first_page() -> None:
    for mark in facts("page_cut"):
        assert [o["id"] for o in orders_of(on(1), mark["customer_id"])].index(mark["id"]) >= 10
        assert [o["id"] for o in orders_of(off(1), mark["customer_id"])].index(mark["id"]) < 10


def test_brands_are_joined_wherever_they_are_referred_to() -> None:
    for mark in facts("brand_spelling"):
        for id in mark["products"]:
            product = on(1).get("products", id)
            assert product["brand"] == mark["stored"]
            assert product["name"].startswith(mark["stored"])
            assert off(1).get("products", id)["name"].startswith(mark["written"])
    joined = {mark["written"] for mark in facts("brand_spelling")}
    assert "Vortex Labs" in joined
    assert not joined & {w["brand"] for w in on(1).all("warranty_policies")}
    assert not joined & {brand for p in on(1).all("promotions") for brand in p["brands"]}


def test_namesakes_share_a_name_only_when_on() -> None:
    for mark in facts("namesake"):
        mine, other = on(1).get("customers", mark["id"]), on(1).get("customers", mark["namesake"])
        assert mine["name"] == other["name"]
        assert other["id"] < mine["id"]
        assert mine["email"] != other["email"]
        assert mine["addresses"][0]["city"] != other["addresses"][0]["city"]
        assert orders_of(on(1), other["id"])
    doubles = {mark["old_account"] for mark in facts("duplicate_account")}
    names = [c["name"] for c in off(1).all("customers") if c["id"] not in doubles]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", sorted(LIBRARY))
def test_texts_of_the_library_are_absent_when_off(name: str) -> None:
    for mark in facts(name):
        assert mark["id"] not in off(1).rows[mark["table"]]
        assert mark.get("current", mark.get("right")) in off(1).rows[mark["table"]]


def test_year_twins_are_a_year_apart() -> None:
    for mark in facts("year_twin"):
        order, twin = on(1).get("orders", mark["id"]), on(1).get("orders", mark["twin"])
        day, earlier = rules.company_day(order["created_at"]), rules.company_day(twin["created_at"])
        assert (earlier.year + 1, earlier.month) == (day.year, day.month)
        assert mark["twin"] not in off(1).rows["orders"]
        assert on(1).get("products", mark["twin_product"])["released_on"] <= earlier.isoformat()


def test_midnight_orders_are_a_month_later_in_utc_only_when_on() -> None:
    def split(draft: Draft) -> set[str]:
        days = {o["id"]: (rules.company_day(o["created_at"]).isoformat(), o["created_at"]) for o in draft.all("orders")}
        return {id for id, (day, utc) in days.items() if day[:7] != utc[:7]}

    assert split(on(1)) == {mark["id"] for mark in facts("midnight_order")}
    assert split(off(1)) == set()


def test_failed_attempts_come_before_the_one_capture() -> None:
    for mark in facts("failed_attempts"):
        payments = on(1).where("payments", order_id=mark["order_id"])
        taken = [p for p in payments if p["status"] == "captured"]
        assert [p["id"] for p in taken] == [mark["id"]]
        others = [p for p in payments if p["id"] != mark["id"]]
        assert {p["id"] for p in others} == set(mark["attempts"])
        assert all(p["status"] in ("failed", "voided") and p["created_at"] < taken[0]["created_at"] for p in others)
        assert len(off(1).where("payments", order_id=mark["order_id"])) == 1


def test_ticket_claims_are_true_when_off() -> None:
    for mark in facts("ticket_claim"):
        assert mark["claimed"] in on(1).get("tickets", mark["id"])["body"]
        told = off(1).get("tickets", mark["id"])["body"]
        assert mark["recorded"] in told
        order = on(1).get("orders", mark["order_id"])
        if mark["claim"] == "date":
            day = rules.company_day(order["created_at"])
            assert mark["recorded"] == f"{day:%B} {day.day}"


def test_price_drift_gives_nobody_a_price_adjustment() -> None:
    for mark in facts("price_drift"):
        product = on(1).get("products", mark["id"])
        assert product["price_cents"] == mark["today_cents"] != mark["paid_cents"]
        assert off(1).get("products", mark["id"])["price_cents"] == mark["paid_cents"]
        for line in on(1).where("order_lines", product_id=mark["id"]):
            assert line["unit_price_cents"] == mark["paid_cents"]
            order = on(1).get("orders", line["order_id"])
            assert rules.price_adjustment_cents(order, line, product, CLOCK.today) == 0


def test_packages_are_cheaper_than_their_parts_only_when_on() -> None:
    def cheaper(draft: Draft) -> set[str]:
        price = {p["id"]: p["price_cents"] for p in draft.all("products")}
        return {
            p["id"]
            for p in draft.all("products")
            if p["components"]
            and p["price_cents"] < sum(price[c["product_id"]] * c["quantity"] for c in p["components"])
        }

    assert cheaper(on(1)) == {mark["id"] for mark in facts("prebuilt_cheaper")}
    assert cheaper(off(1)) == set()


def test_misfiled_tickets_are_plain_from_their_text() -> None:
    for mark in facts("misfiled_ticket"):
        assert on(1).get("tickets", mark["id"])["ticket_type"] == mark["filed"]
        assert true_type(on(1).get("tickets", mark["id"])) == mark["true_type"]
        assert off(1).get("tickets", mark["id"])["ticket_type"] == mark["true_type"]


def test_headers_lag_only_when_on() -> None:
    def lagging(draft: Draft) -> set[str]:
        return {s["id"] for s in draft.all("shipments") if s["status"] != rules.parcel_status(s)}

    assert lagging(on(1)) - lagging(off(1)) == {mark["id"] for mark in facts("header_lag")}
    for mark in facts("header_lag"):
        parcel = on(1).get("shipments", mark["id"])
        assert rules.parcel_delivered_on(parcel) == date.fromisoformat(mark["delivered_on"])


def test_two_accounts_are_one_person_and_the_old_one_is_empty_when_off() -> None:
    for mark in facts("duplicate_account"):
        new, old = on(1).get("customers", mark["id"]), on(1).get("customers", mark["old_account"])
        assert (new["phone"], new["date_of_birth"], new["name"]) == (old["phone"], old["date_of_birth"], old["name"])
        assert new["email"] != old["email"]
        assert {o["id"] for o in orders_of(on(1), old["id"])} == set(mark["moved"])
        assert orders_of(on(1), new["id"])
        assert {o["id"] for o in orders_of(off(1), new["id"])} == set(mark["orders"])
        assert not orders_of(off(1), old["id"])


def test_contacts_are_stored_otherwise_only_when_on() -> None:
    for mark in facts("contact_format"):
        for name, value in mark["written"].items():
            assert off(1).get("customers", mark["id"])[name] == value
            assert on(1).get("customers", mark["id"])[name] == mark["stored"][name] != value


def test_stray_notes_have_no_record_behind_them() -> None:
    for mark in facts("stray_note"):
        assert not on(1).where("refunds", order_id=mark["id"])
        assert not on(1).where("returns", order_id=mark["id"])
        assert off(1).get("orders", mark["id"])["note"] is None


def test_planted_instructions_can_be_told_from_what_customers_write() -> None:
    assert all(poses_as_order(text) for text in INSTRUCTIONS)
    told = {t["id"] for t in on(1).all("tickets") if poses_as_order(t["body"])}
    assert told == {mark["id"] for mark in facts("planted_instruction")}
    assert not any(poses_as_order(t["body"]) for t in off(1).all("tickets"))


def test_split_stock_moves_units_without_changing_their_number() -> None:
    def available(draft: Draft, product_id: str, *places: str) -> int:
        levels = [draft.get("inventory_levels", f"inv-{product_id}-{place}") for place in places]
        return sum(level["on_hand"] - level["reserved"] for level in levels)

    for mark in facts("split_stock"):
        id = mark["product_id"]
        assert available(on(1), id, "cmh") == 0
        assert available(on(1), id, "rno") == mark["available"] == available(off(1), id, "cmh")
        assert available(off(1), id, "rno") == 0


def test_every_trap_names_a_probe_and_says_what_it_is() -> None:
    for name, trap in TRAPS.items():
        assert trap.name == name
        assert trap.probe in LESIONS
        assert " Off: " in trap.story
    assert {trap.probe for trap in TRAPS.values()} == set(LESIONS)


def test_trap_names_are_checked() -> None:
    assert chosen("all") == tuple(TRAPS)
    assert chosen("none") == ()
    assert chosen("namesake, page_cut") == ("page_cut", "namesake")
    with pytest.raises(UserError, match=r"no trap 'namesakes': did you mean 'namesake'\?"):
        chosen("namesakes")


def test_a_mixed_text_keeps_its_filed_type() -> None:
    assert stated_type("Return please", "I want to return it, still sealed.") == "return"
    assert stated_type("hello", "How many cores does it have?") is None
    assert true_type({"subject": "x", "body": "parcel", "ticket_type": "other"}) == "other"


def test_two_traps_never_edit_the_same_row() -> None:
    inserted: dict[tuple[str, str], str] = {}
    for name, instances in plan_traps(base(1), content()).items():
        for instance in instances:
            for edit in (*instance.off, *instance.on):
                if isinstance(edit, Insert):
                    assert inserted.setdefault((edit.table, edit.row["id"]), name) == name
