"""Hand-computed cases of the executable policies, and their numbers against the published content."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from enterprisegym.environments.corecraft.policies import rules

CONTENT = Path(rules.__file__).parent.parent / "content"
TIERS: dict[str, dict[str, Any]] = {
    row["id"]: row for row in yaml.safe_load((CONTENT / "loyalty_tiers.yaml").read_text(encoding="utf-8"))
}


def order(**changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": "ord-250901-001",
        "status": "fulfilled",
        "subtotal_cents": 30000,
        "discount_cents": 2400,
        "shipping_cents": 999,
        "total_cents": 28599,
        "shipping_service": "standard",
        "build_id": None,
        "created_at": "2025-09-01T15:00:00Z",
    }
    return row | changes


LINES = [
    {"id": "ord-250901-001/1", "product_id": "board", "quantity": 1, "unit_price_cents": 10000},
    {"id": "ord-250901-001/2", "product_id": "ssd", "quantity": 2, "unit_price_cents": 10000},
]


def product(product_id: str, category: str, price_cents: int = 10000, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": product_id,
        "category": category,
        "brand": "Brand",
        "price_cents": price_cents,
        "status": "active",
        "specs": {},
    }
    return row | changes


PRODUCTS = {p["id"]: p for p in (product("board", "motherboard"), product("ssd", "storage"))}


def parcel(*events: tuple[str, str], product_ids: tuple[str, ...] = ("board",), **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": "ship-250902-001",
        "order_id": "ord-250901-001",
        "status": "in_transit",
        "contents": [{"product_id": p, "quantity": 1} for p in product_ids],
        "events": [{"at": at, "status": status, "location": "Columbus, OH", "detail": ""} for at, status in events],
        "eta": None,
        "delivered_at": None,
        "created_at": "2025-09-02T15:00:00Z",
    }
    return row | changes


def capture(amount: int, at: str, payment_id: str = "pay-1", **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": payment_id,
        "amount_cents": amount,
        "status": "captured",
        "created_at": at,
        "captured_at": at,
    }
    return row | changes


def refund(amount: int, status: str = "processed", payment_id: str = "pay-1") -> dict[str, Any]:
    return {"payment_id": payment_id, "order_id": "ord-250901-001", "amount_cents": amount, "status": status}


def promo(**changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "code": "CODE",
        "kind": "percent",
        "percent": 10,
        "amount_cents": None,
        "cap_cents": None,
        "min_order_cents": 0,
        "categories": [],
        "brands": [],
        "product_ids": [],
        "tiers": [],
        "starts_on": "2025-11-01",
        "ends_on": "2025-11-15",
        "stacks_with_loyalty": 0,
    }
    return row | changes


TODAY = date(2025, 11, 15)


# Rounding and days


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"), [(1, 2, 1), (49, 100, 0), (250, 100, 3), (249, 100, 2), (0, 7, 0)]
)
def test_half_cents_go_up(numerator: int, denominator: int, expected: int) -> None:
    assert rules.half_up(numerator, denominator) == expected


def test_half_up_refuses_negative_amounts() -> None:
    with pytest.raises(ValueError, match="numerator"):
        rules.half_up(-1, 2)


@pytest.mark.parametrize(
    ("utc", "day"),
    [
        ("2025-11-15T04:30:00Z", date(2025, 11, 14)),  # 23:30 in winter time
        ("2025-11-15T05:00:00Z", date(2025, 11, 15)),
        ("2025-07-02T03:30:00Z", date(2025, 7, 1)),  # 23:30 in summer time
        ("2025-07-02T04:00:00Z", date(2025, 7, 2)),
    ],
)
def test_company_day_is_columbus(utc: str, day: date) -> None:
    assert rules.company_day(utc) == day


def test_business_days_skip_weekends_and_company_holidays_only() -> None:
    assert rules.business_days_between(date(2025, 11, 7), date(2025, 11, 11)) == 2  # Veterans Day is worked
    assert rules.business_days_between(date(2025, 11, 26), date(2025, 11, 28)) == 1  # Thanksgiving is not
    assert rules.business_days_between(TODAY, TODAY) == 0
    assert rules.business_days_between(TODAY, date(2025, 11, 10)) == 0
    assert rules.add_business_days(date(2025, 11, 14), 1) == date(2025, 11, 17)
    assert rules.add_business_days(date(2025, 11, 26), 1) == date(2025, 11, 28)
    assert rules.add_business_days(date(2025, 12, 24), 1) == date(2025, 12, 26)
    assert rules.add_business_days(TODAY, 0) == TODAY


def test_company_holidays() -> None:
    assert sorted(rules.company_holidays(2025)) == [
        date(2025, 1, 1),
        date(2025, 5, 26),
        date(2025, 7, 4),
        date(2025, 9, 1),
        date(2025, 11, 27),
        date(2025, 12, 25),
    ]
    assert date(2026, 7, 3) in rules.company_holidays(2026)  # 4 July 2026 is a Saturday
    assert not rules.is_business_day(date(2027, 12, 31))  # New Year's Day 2028 is a Saturday


@pytest.mark.parametrize(
    ("paid", "leaves"),
    [
        ("2025-11-13T19:59:59Z", date(2025, 11, 13)),
        ("2025-11-13T20:00:00Z", date(2025, 11, 14)),  # 3:00 pm sharp is too late
        ("2025-11-14T20:30:00Z", date(2025, 11, 17)),
        ("2025-11-15T15:00:00Z", date(2025, 11, 17)),
    ],
)
def test_dispatch_cutoff(paid: str, leaves: date) -> None:
    assert rules.dispatch_day(paid) == leaves


# Parcels


def test_newest_scan_beats_header() -> None:
    arrived = parcel(("2025-09-03T12:00:00Z", "in_transit"), ("2025-09-06T02:00:00Z", "delivered"))
    assert rules.delivered_on([arrived], "board") == date(2025, 9, 5)
    back = parcel(
        ("2025-09-05T12:00:00Z", "delivered"), ("2025-09-06T12:00:00Z", "returned_to_sender"), status="delivered"
    )
    assert rules.delivered_on([back], "board") is None
    headed = parcel(status="delivered", delivered_at="2025-09-05T18:00:00Z")
    assert rules.delivered_on([headed], "board") == date(2025, 9, 5)


def test_delivery_is_the_latest_parcel_with_the_item() -> None:
    first = parcel(("2025-09-05T12:00:00Z", "delivered"))
    second = parcel(("2025-09-09T12:00:00Z", "delivered"))
    other = parcel(("2025-09-20T12:00:00Z", "delivered"), product_ids=("ssd",))
    assert rules.delivered_on([second, first, other], "board") == date(2025, 9, 9)
    underway = parcel(("2025-09-09T12:00:00Z", "in_transit"))
    assert rules.delivered_on([first, underway], "board") is None
    lost = parcel(("2025-09-09T12:00:00Z", "lost"))
    assert rules.delivered_on([lost, first], "board") == date(2025, 9, 5)


def test_lost_after_seven_business_days_without_scan() -> None:
    silent = parcel(("2025-11-05T18:00:00Z", "in_transit"))  # Wednesday
    assert rules.lost_since(silent, date(2025, 11, 13)) is None
    assert rules.lost_since(silent, date(2025, 11, 14)) == date(2025, 11, 14)
    assert rules.lost_since(parcel(("2025-11-05T18:00:00Z", "delivered")), TODAY) is None
    assert rules.lost_since(parcel(("2025-11-13T18:00:00Z", "lost")), TODAY) == date(2025, 11, 13)


@pytest.mark.parametrize(
    ("service", "paid", "delivered", "refunded", "credited"),
    [
        ("express", 1999, "2025-11-05T18:00:00Z", 1000, 0),
        ("express", 0, "2025-11-05T18:00:00Z", 0, 0),
        ("express", 1999, "2025-11-05T04:30:00Z", 0, 0),  # still the eta day in Columbus
        ("overnight", 3999, "2025-11-05T18:00:00Z", 3999, 0),
        ("standard", 999, "2025-11-10T18:00:00Z", 0, 0),
        ("standard", 999, "2025-11-11T18:00:00Z", 0, 1000),
        ("standard", 0, "2025-11-11T18:00:00Z", 0, 0),
    ],
)
def test_late_delivery(service: str, paid: int, delivered: str, refunded: int, credited: int) -> None:
    late = parcel((delivered, "delivered"), eta="2025-11-04")
    bought = order(shipping_service=service, shipping_cents=paid)
    assert rules.late_credit_cents(bought, late, TODAY) == rules.LateCredit(refunded, credited)


def test_weather_excuses_a_late_parcel_but_other_exceptions_do_not() -> None:
    late = parcel(("2025-11-05T18:00:00Z", "exception"), ("2025-11-06T18:00:00Z", "delivered"), eta="2025-11-04")
    bought = order(shipping_service="overnight", shipping_cents=3999)
    late["events"][0]["detail"] = "Severe weather in Memphis"
    assert rules.late_credit_cents(bought, late, TODAY) == rules.LateCredit()
    late["events"][0]["detail"] = "Recipient address missing suite number"
    assert rules.late_credit_cents(bought, late, TODAY) == rules.LateCredit(refund_cents=3999)


def test_undelivered_parcel_is_late_when_the_eta_day_is_over() -> None:
    underway = parcel(("2025-11-13T18:00:00Z", "in_transit"), eta="2025-11-14")
    assert rules.late_business_days(underway, date(2025, 11, 14)) is None
    assert rules.late_business_days(underway, date(2025, 11, 17)) == 1


def test_a_parcel_whose_trail_has_gone_cold_is_lost_and_not_late() -> None:
    silent = parcel(("2025-11-05T18:00:00Z", "in_transit"), eta="2025-11-07")
    bought = order(shipping_service="express", shipping_cents=1999)
    assert rules.late_credit_cents(bought, silent, date(2025, 11, 13)) == rules.LateCredit(refund_cents=1000)
    assert rules.late_credit_cents(bought, silent, date(2025, 11, 14)) == rules.LateCredit()


# Returns


@pytest.mark.parametrize(
    ("tier", "last"),
    [("standard", date(2025, 10, 5)), ("silver", date(2025, 10, 5)), ("gold", date(2025, 10, 20))],
)
def test_return_window_is_counted_from_delivery(tier: str, last: date) -> None:
    shipments = [parcel(("2025-09-06T03:30:00Z", "delivered"))]  # 5 September, 23:30 in Columbus
    assert rules.return_deadline(order(), TIERS[tier], shipments, "board") == last
    day_after = date.fromordinal(last.toordinal() + 1)
    assert rules.within_return_window(order(), TIERS[tier], shipments, "board", last)
    assert not rules.within_return_window(order(), TIERS[tier], shipments, "board", day_after)


def test_undelivered_items_are_inside_the_window() -> None:
    assert rules.return_deadline(order(), TIERS["standard"], [], "board") is None
    assert rules.within_return_window(order(), TIERS["standard"], [], "board", date(2027, 1, 1))


@pytest.mark.parametrize(
    ("ordered", "delivered", "tier", "deadline"),
    [
        ("2025-11-01T04:00:00Z", "2025-11-05T15:00:00Z", "standard", date(2026, 1, 15)),
        ("2025-11-01T03:59:59Z", "2025-11-05T15:00:00Z", "standard", date(2025, 12, 5)),  # 31 October in Columbus
        ("2025-12-25T04:30:00Z", "2025-12-29T15:00:00Z", "standard", date(2026, 1, 28)),
        ("2025-12-25T05:00:00Z", "2025-12-29T15:00:00Z", "silver", date(2026, 1, 28)),
        ("2025-11-20T15:00:00Z", "2025-11-24T15:00:00Z", "platinum", date(2026, 1, 23)),
    ],
)
def test_holiday_extension(ordered: str, delivered: str, tier: str, deadline: date) -> None:
    shipments = [parcel((delivered, "delivered"))]
    assert rules.return_deadline(order(created_at=ordered), TIERS[tier], shipments, "board") == deadline


def test_doa_runs_to_day_fifteen() -> None:
    shipments = [parcel(("2025-09-05T12:00:00Z", "delivered"))]
    assert rules.is_doa(order(), shipments, "board", date(2025, 9, 20))
    assert not rules.is_doa(order(), shipments, "board", date(2025, 9, 21))


def test_items_not_taken_back() -> None:
    paste = product("paste", "accessory", specs={"consumable": True})
    assert rules.return_exclusion(order(), paste, "opened", "customer_remorse") == "consumable"
    assert rules.return_exclusion(order(), paste, "unopened", "customer_remorse") is None
    cleared = product("old", "gpu", status="clearance")
    assert rules.return_exclusion(order(), cleared, "unopened", "customer_remorse") == "clearance"
    assert rules.return_exclusion(order(), cleared, "opened", "defective") is None
    built = order(build_id="build-250901-001")
    assert rules.return_exclusion(built, PRODUCTS["ssd"], "opened", "customer_remorse") == "custom_build"
    assert rules.return_exclusion(order(), PRODUCTS["ssd"], "damaged", "customer_remorse") == "damaged"
    assert rules.return_exclusion(order(), PRODUCTS["ssd"], "damaged", "defective") == "damaged"
    assert rules.return_exclusion(order(), PRODUCTS["ssd"], "damaged", "damaged_in_transit") is None


def test_line_net_shares_the_discount_half_up() -> None:
    assert rules.line_net_cents(order(), LINES, "ord-250901-001/1", 1) == 9200
    assert rules.line_net_cents(order(), LINES, "ord-250901-001/2", 2) == 18400
    odd = order(subtotal_cents=20000, discount_cents=1001)
    halves = [{"id": "a", "product_id": "ssd", "quantity": 2, "unit_price_cents": 10000}]
    assert rules.line_net_cents(odd, halves, "a", 1) == 9499  # share 500.5 becomes 501
    with pytest.raises(ValueError, match="quantity 3"):
        rules.line_net_cents(order(), LINES, "ord-250901-001/2", 3)
    with pytest.raises(ValueError, match="no line x"):
        rules.line_net_cents(order(), LINES, "x", 1)


def returned(condition: str, tier: str, reason: str, **options: Any) -> rules.ReturnRefund:
    items = [{"product_id": "board", "quantity": 1, "condition": condition}]
    return rules.return_refund_cents(order(), LINES, items, tier, reason, PRODUCTS, **options)


@pytest.mark.parametrize(
    ("condition", "tier", "reason", "expected"),
    [
        ("opened", "silver", "customer_remorse", (9200, 1380, 999, 0, 6821)),  # the example in the policy
        ("unopened", "silver", "customer_remorse", (9200, 0, 999, 0, 8201)),
        ("opened", "gold", "customer_remorse", (9200, 1380, 0, 0, 7820)),
        ("opened", "platinum", "customer_remorse", (9200, 0, 0, 0, 9200)),
        ("opened", "standard", "incompatible", (9200, 1380, 999, 0, 6821)),
        ("defective", "standard", "defective", (9200, 0, 0, 999, 10199)),
        ("opened", "standard", "wrong_item", (9200, 0, 0, 999, 10199)),
    ],
)
def test_return_refund(condition: str, tier: str, reason: str, expected: tuple[int, ...]) -> None:
    assert returned(condition, tier, reason) == rules.ReturnRefund(*expected)


def test_our_compatibility_error_costs_the_customer_nothing() -> None:
    assert returned("opened", "standard", "incompatible", our_error=True) == rules.ReturnRefund(9200, 0, 0, 999, 10199)


def test_shipping_is_not_refunded_twice() -> None:
    assert returned("defective", "standard", "defective", shipping_due=False).total_cents == 9200


def test_one_label_for_all_items_and_no_fee_on_storage() -> None:
    items = [{"product_id": p, "quantity": 1, "condition": "opened"} for p in ("board", "ssd")]
    breakdown = rules.return_refund_cents(order(), LINES, items, "standard", "customer_remorse", PRODUCTS)
    assert breakdown == rules.ReturnRefund(18400, 1380, 999, 0, 16021)


def test_cannot_return_more_than_was_ordered() -> None:
    items = [{"product_id": "ssd", "quantity": 3, "condition": "unopened"}]
    with pytest.raises(ValueError, match="1 more returned"):
        rules.return_refund_cents(order(), LINES, items, "standard", "customer_remorse", PRODUCTS)


def test_restocking_fee_rounds_half_up() -> None:
    assert rules.restocking_fee_cents(10030, "cpu", "opened", "gold", False) == 1505  # 1504.5
    assert rules.restocking_fee_cents(10030, "psu", "opened", "gold", False) == 0


# Refunds and authority


def test_refundable_counts_pending_but_not_denied_refunds() -> None:
    payment = capture(10000, "2025-09-01T15:00:00Z", status="partially_refunded")
    refunds = [
        refund(2000),
        refund(1500, "pending"),
        refund(500, "approved"),
        refund(9000, "denied"),
        refund(1, "failed"),
    ]
    assert rules.refundable_cents(payment, [*refunds, refund(5000, payment_id="pay-2")]) == 6000
    assert rules.refundable_cents(capture(10000, "2025-09-01T15:00:00Z", status="authorized"), []) == 0


def test_agent_limit_is_a_total_per_order() -> None:
    assert rules.agent_may_approve("ord-250901-001", [], 50000)
    assert not rules.agent_may_approve("ord-250901-001", [], 50001)
    refunds = [refund(20000), refund(10000, "pending"), refund(40000, "denied")]
    assert rules.agent_may_approve("ord-250901-001", refunds, 20000)
    assert not rules.agent_may_approve("ord-250901-001", refunds, 20001)
    credit = [{"order_id": "ord-250901-001", "credit_cents": 1000}]
    assert not rules.agent_may_approve("ord-250901-001", refunds, 20000, credit)


@pytest.mark.parametrize(
    ("role", "permissions", "amount", "allowed"),
    [
        ("frontline", ["approve_refund"], 25000, True),
        ("frontline", ["approve_refund"], 25001, False),
        ("specialist", ["approve_refund"], 100000, True),
        ("lead", ["approve_refund"], 250001, False),
        ("manager", ["approve_refund"], 9999999, True),
        ("manager", [], 100, False),
        (None, ["approve_refund"], 100, False),
    ],
)
def test_staff_limits(role: str | None, permissions: list[str], amount: int, allowed: bool) -> None:
    person = {"id": "emp-x", "permissions": permissions, "support_role": role}
    assert rules.staff_may_approve(person, amount) is allowed


def test_desk_agent_is_held_to_its_own_limit() -> None:
    agent = {"id": "emp-support-agent", "permissions": ["approve_refund"], "support_role": "specialist"}
    assert rules.staff_may_approve(agent, 50000)
    assert not rules.staff_may_approve(agent, 50001)


def test_surplus_capture_is_the_later_one_and_split_payments_have_none() -> None:
    first = capture(28599, "2025-09-01T15:00:00Z", "pay-2")
    second = capture(28599, "2025-09-01T15:04:00Z", "pay-1")
    assert rules.surplus_captures(order(), [second, first]) == [second]
    part = capture(20000, "2025-09-01T15:00:00Z", "pay-1")
    rest = capture(8599, "2025-09-01T15:04:00Z", "pay-2")
    assert rules.surplus_captures(order(), [part, rest]) == []


@pytest.mark.parametrize(
    ("cents", "surplus"),
    [
        ((18599, 18599, 10000), [1]),
        ((18599, 10000, 18599), [2]),
        ((18599, 10000, 10000), [2]),
        ((28599, 28599, 28599), [1, 2]),
        ((28599, 999), [1]),
        ((14300, 14299), []),
        ((10000, 10000), []),
    ],
)
def test_of_identical_captures_of_a_split_payment_the_later_is_surplus(
    cents: tuple[int, ...], surplus: list[int]
) -> None:
    taken = [capture(c, f"2025-09-01T15:0{n}:00Z", f"pay-{n}") for n, c in enumerate(cents)]
    assert rules.surplus_captures(order(), taken) == [taken[n] for n in surplus]


# Cancellation


@pytest.mark.parametrize("status", ["pending", "paid", "on_hold", "backorder"])
def test_cancel_until_a_label_exists(status: str) -> None:
    assert rules.may_cancel(order(status=status), [])
    assert not rules.may_cancel(order(status=status), [parcel(status="label_created")])


@pytest.mark.parametrize("status", ["fulfilled", "refunded", "cancelled"])
def test_too_late_to_cancel(status: str) -> None:
    assert not rules.may_cancel(order(status=status), [])


def test_assembly_fee_after_forty_eight_hours() -> None:
    built = order(status="paid", build_id="build-250901-001")
    payments = [
        capture(20000, "2025-11-12T10:00:00Z", "pay-1"),
        capture(8599, "2025-11-13T19:00:00Z", "pay-2"),
    ]
    assert rules.cancellation_refund_cents(built, payments, "2025-11-15T19:00:00Z") == 28599
    assert rules.cancellation_refund_cents(built, payments, "2025-11-15T19:00:01Z") == 21099
    assert rules.cancellation_refund_cents(built, payments, "2025-11-15T19:00:01Z", by_customer=False) == 28599
    plain = order(status="paid")
    assert rules.cancellation_refund_cents(plain, payments, "2025-11-20T19:00:00Z") == 28599
    assert rules.cancellation_refund_cents(plain, payments, "2025-11-20T19:00:00Z", [refund(599)]) == 28000


# Warranty


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2023, 8, 31), 18, date(2025, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 11, 15), 12, date(2025, 11, 15)),
        (date(2024, 12, 1), 1, date(2025, 1, 1)),
    ],
)
def test_months_are_clamped_to_the_month_end(start: date, months: int, end: date) -> None:
    assert rules.add_months(start, months) == end


def test_last_warranty_day_is_inside() -> None:
    shipments = [parcel(("2024-11-15T12:00:00Z", "delivered"))]
    policy = {"months": 12, "claim_via": "corecraft"}
    inside = rules.warranty_status(order(), shipments, PRODUCTS["board"], policy, TODAY)
    assert inside == rules.WarrantyStatus(date(2024, 11, 15), TODAY, True, "corecraft")
    after = rules.warranty_status(order(), shipments, PRODUCTS["board"], policy, date(2025, 11, 16))
    assert (after.covered, after.handled_by) == (False, None)


def test_manufacturer_takes_over_after_day_thirty() -> None:
    shipments = [parcel(("2025-09-05T12:00:00Z", "delivered"))]
    policy = {"months": 60, "claim_via": "manufacturer"}
    day_30 = rules.warranty_status(order(), shipments, PRODUCTS["board"], policy, date(2025, 10, 5))
    day_31 = rules.warranty_status(order(), shipments, PRODUCTS["board"], policy, date(2025, 10, 6))
    assert (day_30.handled_by, day_31.handled_by) == ("corecraft", "manufacturer")


def test_warranty_starts_with_the_order_if_no_delivery_is_recorded() -> None:
    policy = {"months": 24, "claim_via": "corecraft"}
    assert rules.warranty_until(order(), [], PRODUCTS["board"], policy) == date(2027, 9, 1)


def test_warranty_does_not_cover_the_time_before_it_starts() -> None:
    policy = {"months": 24, "claim_via": "corecraft"}
    shipments = [parcel(("2025-09-05T12:00:00Z", "delivered"))]
    for day, covered in ((date(2025, 9, 4), False), (date(2025, 9, 5), True)):
        assert rules.warranty_status(order(), shipments, PRODUCTS["board"], policy, day).covered is covered


def test_bundle_component_runs_from_the_delivery_of_the_bundle() -> None:
    shipments = [parcel(("2025-09-05T12:00:00Z", "delivered"), product_ids=("pair",))]
    own = {"months": 36, "claim_via": "corecraft"}
    assert rules.warranty_until(order(), shipments, PRODUCTS["board"], own, sold_as="pair") == date(2028, 9, 5)
    none = {"months": 0, "claim_via": "corecraft"}
    assert rules.warranty_until(order(), shipments, product("pair", "bundle"), none) is None


# Prices


@pytest.mark.parametrize(
    ("now_cents", "asked", "changes", "expected"),
    [
        (7000, date(2025, 9, 15), {}, 2760),  # 30.00 x 0.92
        (7000, date(2025, 9, 16), {}, 0),  # day 15
        (7000, date(2025, 9, 15), {"status": "cancelled"}, 0),
        (10000, date(2025, 9, 15), {}, 0),
        (10500, date(2025, 9, 15), {}, 0),
        (7000, date(2025, 9, 15), {"created_at": "2025-09-02T03:30:00Z"}, 2760),  # still 1 September
    ],
)
def test_price_adjustment(now_cents: int, asked: date, changes: dict[str, Any], expected: int) -> None:
    now = product("board", "motherboard", now_cents)
    assert rules.price_adjustment_cents(order(**changes), LINES[0], now, asked) == expected


def test_no_price_adjustment_to_a_clearance_price_and_only_for_units_kept() -> None:
    asked = date(2025, 9, 10)
    cleared = product("ssd", "storage", 7000, status="clearance")
    assert rules.price_adjustment_cents(order(), LINES[1], cleared, asked) == 0
    cheaper = product("ssd", "storage", 7000)
    assert rules.price_adjustment_cents(order(), LINES[1], cheaper, asked) == 5520
    assert rules.price_adjustment_cents(order(), LINES[1], cheaper, asked, quantity=1) == 2760


@pytest.mark.parametrize(
    ("service", "goods", "tier", "fee"),
    [
        ("standard", 9899, "standard", 999),
        ("standard", 9900, "standard", 0),
        ("standard", 100, "silver", 0),
        ("express", 50000, "gold", 1999),
        ("express", 100, "platinum", 0),
        ("overnight", 50000, "platinum", 3999),
    ],
)
def test_shipping_fee(service: str, goods: int, tier: str, fee: int) -> None:
    assert rules.shipping_fee_cents(service, goods, tier) == fee


def line(product_id: str, quantity: int = 1, unit_price_cents: int = 10000) -> dict[str, Any]:
    return {"id": product_id, "product_id": product_id, "quantity": quantity, "unit_price_cents": unit_price_cents}


@pytest.mark.parametrize(
    ("changes", "tier", "day", "expected"),
    [
        ({}, "standard", TODAY, 3000),
        ({}, "standard", date(2025, 11, 16), 0),
        ({}, "standard", date(2025, 10, 31), 0),
        ({"cap_cents": 2500}, "standard", TODAY, 2500),
        ({"categories": ["storage"]}, "standard", TODAY, 2000),
        ({"categories": ["storage"], "min_order_cents": 20000}, "standard", TODAY, 2000),
        ({"categories": ["storage"], "min_order_cents": 20001}, "standard", TODAY, 0),
        ({"brands": ["Other"]}, "standard", TODAY, 0),
        ({"product_ids": ["board"]}, "standard", TODAY, 1000),
        ({"tiers": ["gold"]}, "silver", TODAY, 0),
        ({"tiers": ["gold"]}, "gold", TODAY, 3000),
        ({"kind": "fixed", "amount_cents": 5000}, "standard", TODAY, 5000),
        ({"kind": "fixed", "amount_cents": 15000, "categories": ["motherboard"]}, "standard", TODAY, 10000),
        ({"kind": "free_shipping"}, "standard", TODAY, 999),
    ],
)
def test_promo_value(changes: dict[str, Any], tier: str, day: date, expected: int) -> None:
    assert rules.promo_value_cents(promo(**changes), LINES, PRODUCTS, tier, day, 999) == expected


def test_codes_leave_out_packages_unless_they_name_them() -> None:
    products = PRODUCTS | {"pair": product("pair", "bundle"), "rig": product("rig", "prebuilt")}
    lines = [line("pair"), line("rig"), line("ssd")]
    assert rules.promo_value_cents(promo(), lines, products, "standard", TODAY) == 1000
    assert rules.promo_value_cents(promo(brands=["Brand"]), lines, products, "standard", TODAY) == 1000
    assert rules.promo_value_cents(promo(categories=["prebuilt"]), lines, products, "standard", TODAY) == 1000
    assert rules.promo_value_cents(promo(product_ids=["pair", "ssd"]), lines, products, "standard", TODAY) == 2000


def test_percent_is_rounded_once_on_the_total() -> None:
    lines = [line("board", unit_price_cents=1005), line("ssd", unit_price_cents=1005)]
    assert rules.promo_value_cents(promo(), lines, PRODUCTS, "standard", TODAY) == 201  # 100.5 each would give 202


def test_loyalty_leaves_out_clearance_but_not_packages() -> None:
    products = {
        "old": product("old", "gpu", status="clearance"),
        "rig": product("rig", "prebuilt"),
    }
    assert rules.loyalty_discount_cents([line("old"), line("rig")], products, TIERS["platinum"]) == 1200


@pytest.mark.parametrize(
    ("quantity", "account", "expected"),
    [(9, "business", 0), (10, "business", 5000), (24, "school", 12000), (25, "school", 20000), (25, "consumer", 0)],
)
def test_volume_discount(quantity: int, account: str, expected: int) -> None:
    assert rules.volume_discount_cents([line("ssd", quantity)], PRODUCTS, account) == expected


def test_volume_discount_is_for_units_of_one_part() -> None:
    mixed = [line("ssd", 5), line("board", 5)]
    assert rules.volume_discount_cents(mixed, PRODUCTS, "business") == 0
    assert rules.volume_discount_cents([line("rig", 30)], {"rig": product("rig", "prebuilt")}, "business") == 0


def test_better_of_loyalty_and_code() -> None:
    by_code = rules.best_discount(LINES, PRODUCTS, TIERS["gold"], TODAY, promo=promo())
    assert by_code == rules.Price(30000, 3000, "CODE", "CODE", 0, 27000)
    by_tier = rules.best_discount(LINES, PRODUCTS, TIERS["platinum"], TODAY, promo=promo())
    assert by_tier == rules.Price(30000, 3600, "platinum 12%", None, 0, 26400)
    both = rules.best_discount(LINES, PRODUCTS, TIERS["gold"], TODAY, promo=promo(stacks_with_loyalty=1))
    assert (both.discount_cents, both.label) == (5400, "gold 8% + CODE")


def test_volume_against_loyalty() -> None:
    bulk = [line("ssd", 10)]
    silver = rules.best_discount(bulk, PRODUCTS, TIERS["silver"], TODAY, account_type="business")
    assert silver.label == "silver 5%"  # equal: loyalty stays
    standard = rules.best_discount(bulk, PRODUCTS, TIERS["standard"], TODAY, account_type="business")
    assert (standard.discount_cents, standard.label) == (5000, "volume")


def test_discount_can_cost_the_free_shipping() -> None:
    lines = [line("ssd", unit_price_cents=9900)]
    price = rules.best_discount(lines, PRODUCTS, TIERS["standard"], TODAY, promo=promo())
    assert price == rules.Price(9900, 0, None, None, 0, 9900)  # with the code: 89.10 + 9.99 = 99.09
    free = promo(kind="free_shipping")
    small = [line("ssd", unit_price_cents=5000)]
    assert rules.best_discount(small, PRODUCTS, TIERS["standard"], TODAY, promo=free).total_cents == 5000
    fast = rules.best_discount(small, PRODUCTS, TIERS["standard"], TODAY, promo=free, service="express")
    assert (fast.promo_code, fast.total_cents) == (None, 6999)


# Tickets


@pytest.mark.parametrize(
    ("priority", "tier", "due"),
    [
        ("low", "standard", "2025-11-16T12:00:00Z"),
        ("normal", "gold", "2025-11-15T12:00:00Z"),
        ("normal", "platinum", "2025-11-14T20:00:00Z"),
        ("urgent", "platinum", "2025-11-14T14:00:00Z"),
    ],
)
def test_first_response_due(priority: str, tier: str, due: str) -> None:
    ticket = {"priority": priority, "created_at": "2025-11-14T12:00:00Z"}
    assert rules.first_response_due(ticket, tier) == due


@pytest.mark.parametrize(
    ("answered", "tier", "missed", "credit"),
    [
        ("2025-11-14T20:00:00Z", "platinum", False, 0),
        ("2025-11-14T20:00:01Z", "platinum", True, 1000),
        ("2025-11-15T12:00:01Z", "gold", True, 1000),
        ("2025-11-15T12:00:01Z", "silver", True, 0),
        (None, "gold", True, 1000),
    ],
)
def test_missed_first_response(answered: str | None, tier: str, missed: bool, credit: int) -> None:
    ticket = {"priority": "normal", "created_at": "2025-11-14T12:00:00Z", "first_response_at": answered}
    assert rules.first_response_missed(ticket, tier, "2025-11-15T19:00:00Z") is missed
    assert rules.missed_response_credit_cents(ticket, tier, "2025-11-15T19:00:00Z") == credit


def test_four_tickets_in_thirty_days_are_frequent() -> None:
    days = ["2025-11-15", "2025-11-10", "2025-11-01"]
    tickets = [{"customer_id": "cust-1", "created_at": f"{day}T15:00:00Z"} for day in [*days, "2025-10-16"]]
    assert rules.is_frequent_contact(tickets, "cust-1", TODAY)
    older = [{"customer_id": "cust-1", "created_at": f"{day}T15:00:00Z"} for day in [*days, "2025-10-15"]]
    assert not rules.is_frequent_contact(older, "cust-1", TODAY)


# The numbers of the rules are the published ones


def test_rules_agree_with_published_tiers_and_slas() -> None:
    assert {name: row["discount_percent"] for name, row in TIERS.items()} == {
        "standard": 0,
        "silver": 5,
        "gold": 8,
        "platinum": 12,
    }
    slas = {row["id"]: row for row in yaml.safe_load((CONTENT / "slas.yaml").read_text(encoding="utf-8"))}
    first = {priority: target["hours"] for priority, target in slas["sla-first-response"]["targets"].items()}
    assert first == rules.FIRST_RESPONSE_HOURS
    delivery = {name: target["business_days"] for name, target in slas["sla-delivery"]["targets"].items()}
    assert delivery == rules.SHIPPING_BUSINESS_DAYS


def test_every_rule_cites_policies_that_are_in_force() -> None:
    published = yaml.safe_load((CONTENT / "policies.yaml").read_text(encoding="utf-8"))
    in_force = {row["id"] for row in published if row["effective_to"] is None}
    source = Path(rules.__file__).read_text(encoding="utf-8")
    cited = set(re.findall(r"\bpol-[a-z0-9-]+", source))
    assert cited
    assert cited <= in_force
