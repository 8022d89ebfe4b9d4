"""What the company policies give in a case, computed from plain rows.

Rows are dicts with the columns of schema.sql, JSON columns decoded. Money is integer cents, days are company days.
Each docstring names the policies, terms or SLAs it executes.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from enterprisegym.world.clock import format_utc, parse_utc

Row = Mapping[str, Any]

ZONE = ZoneInfo("America/New_York")
DISPATCH_CUTOFF_HOUR = 15
RETURN_LABEL_CENTS = 999
RESTOCKING_PERCENT = 15
RESTOCKING_CATEGORIES = frozenset({"cpu", "motherboard", "gpu"})
HOLIDAY_ORDERS = (date(2025, 11, 1), date(2025, 12, 24))
HOLIDAY_RETURN_UNTIL = date(2026, 1, 15)
DOA_DAYS = 15
ASSEMBLY_FEE_CENTS = 7500
ASSEMBLY_STARTS_AFTER = timedelta(hours=48)
PRICE_ADJUSTMENT_DAYS = 14
MANUFACTURER_AFTER_DAYS = 30
LOST_AFTER_BUSINESS_DAYS = 7
LATE_STANDARD_BUSINESS_DAYS = 5
LATE_CREDIT_CENTS = 1000
AGENT_LIMIT_CENTS = 50000
STAFF_LIMITS_CENTS: Mapping[str, int | None] = {
    "frontline": 25000,
    "specialist": 100000,
    "lead": 250000,
    "manager": None,
}
DESK_AGENT_ID = "emp-support-agent"
SHIPPING_CENTS: Mapping[str, int] = {"standard": 999, "express": 1999, "overnight": 3999}
SHIPPING_BUSINESS_DAYS: Mapping[str, int] = {"standard": 5, "express": 2, "overnight": 1}
FREE_STANDARD_FROM_CENTS = 9900
FREE_SERVICES: Mapping[str, frozenset[str]] = {
    "standard": frozenset(),
    "silver": frozenset({"standard"}),
    "gold": frozenset({"standard"}),
    "platinum": frozenset({"standard", "express"}),
}
PACKAGE_CATEGORIES = frozenset({"bundle", "prebuilt", "workstation"})
VOLUME_STEPS = ((25, 8), (10, 5))
PRIORITIES = ("low", "normal", "high", "urgent")
FIRST_RESPONSE_HOURS: Mapping[str, int] = {"low": 48, "normal": 24, "high": 8, "urgent": 2}
MISSED_RESPONSE_CREDIT_CENTS = 1000
FREQUENT_TICKETS = 4
FREQUENT_DAYS = 30

CAPTURED = frozenset({"captured", "partially_refunded", "refunded"})
LIVE_REFUND = frozenset({"pending", "approved", "processed"})
GRANTED_REFUND = frozenset({"approved", "processed"})
OUR_FAULT = frozenset({"defective", "damaged_in_transit", "wrong_item"})
CANCELLABLE = frozenset({"pending", "paid", "on_hold", "backorder"})


# Rounding and days


def half_up(numerator: int, denominator: int) -> int:
    """The quotient of non-negative integers, rounded half up."""
    if numerator < 0 or denominator <= 0:
        raise ValueError(f"half_up takes numerator >= 0 and denominator > 0, got {numerator}/{denominator}")
    return (2 * numerator + denominator) // (2 * denominator)


@lru_cache(maxsize=1 << 16)
def company_day(utc_text: str) -> date:
    """The Columbus day of a stored instant (pol-shipping-dispatch)."""
    return parse_utc(utc_text).astimezone(ZONE).date()


def within_days(start: date, day: date, days: int) -> bool:
    """Whether `day` is within `days` of `start`: the start is day 0, the last day is inside (pol-shipping-dispatch)."""
    return day <= start + timedelta(days=days)


def _weekday_of_month(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _observed(day: date) -> date:
    return day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))


@lru_cache
def company_holidays(year: int) -> frozenset[date]:
    """The six company holidays of a year on the weekdays they are kept (pol-shipping-dispatch)."""
    last_of_may = date(year, 5, 31)
    return frozenset(
        {
            _observed(date(year, 1, 1)),
            last_of_may - timedelta(days=last_of_may.weekday()),
            _observed(date(year, 7, 4)),
            _weekday_of_month(year, 9, 0, 1),
            _weekday_of_month(year, 11, 3, 4),
            _observed(date(year, 12, 25)),
        }
    )


def is_business_day(day: date) -> bool:
    """Monday to Friday and not a company holiday (pol-shipping-dispatch)."""
    holidays = company_holidays(day.year) | company_holidays(day.year + 1)
    return day.weekday() < 5 and day not in holidays


def business_days_between(start: date, end: date) -> int:
    """Business days after `start` up to and including `end`; 0 if `end` is not later (pol-shipping-dispatch)."""
    return sum(is_business_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def add_business_days(start: date, days: int) -> date:
    """The `days`-th business day after `start`; `start` itself for 0 (pol-shipping-dispatch)."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= is_business_day(day)
    return day


def dispatch_day(paid_at: str) -> date:
    """The day an in-stock order leaves, from the instant it was paid (pol-shipping-dispatch, sla-dispatch)."""
    local = parse_utc(paid_at).astimezone(ZONE)
    if is_business_day(local.date()) and local.hour < DISPATCH_CUTOFF_HOUR:
        return local.date()
    return add_business_days(local.date(), 1)


def add_months(start: date, months: int) -> date:
    """The same day of a later month, or that month's last day (pol-warranty-term)."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


# Parcels


def newest_event(shipment: Row) -> Row | None:
    """The scan event that counts (pol-shipping-tracking)."""
    events: Sequence[Row] = shipment["events"]
    return max(events, key=lambda event: event["at"]) if events else None


def parcel_status(shipment: Row) -> str:
    """The status of the newest scan; the header's only where there are no scans (pol-shipping-tracking)."""
    event = newest_event(shipment)
    return event["status"] if event else shipment["status"]


def parcel_delivered_on(shipment: Row) -> date | None:
    """The day a parcel was delivered, by its record (pol-shipping-tracking)."""
    if parcel_status(shipment) != "delivered":
        return None
    event = newest_event(shipment)
    at: str | None = event["at"] if event else shipment["delivered_at"]
    return company_day(at) if at else None


def delivered_on(shipments: Iterable[Row], product_id: str) -> date | None:
    """The day the latest parcel carrying the item came (pol-returns-window, pol-shipping-tracking).

    None while a parcel with the item is still under way. Parcels lost or sent back do not count.
    """
    carrying = [s for s in shipments if any(c["product_id"] == product_id for c in s["contents"])]
    arrived = [parcel_delivered_on(s) for s in carrying if parcel_status(s) not in ("lost", "returned_to_sender")]
    days = [day for day in arrived if day is not None]
    return max(days) if days and len(days) == len(arrived) else None


def lost_since(shipment: Row, today: date) -> date | None:
    """The day from which a parcel is treated as lost, None if it is not by `today` (pol-shipping-lost)."""
    event = newest_event(shipment)
    scanned = company_day(event["at"] if event else shipment["created_at"])
    status = parcel_status(shipment)
    if status == "lost":
        return scanned
    if status in ("delivered", "returned_to_sender"):
        return None
    day = add_business_days(scanned, LOST_AFTER_BUSINESS_DAYS)
    return day if day <= today else None


@dataclass(frozen=True)
class LateCredit:
    """What a late parcel gives the customer."""

    refund_cents: int = 0
    store_credit_cents: int = 0


_EXEMPT = re.compile(r"\b(weather|customs)\b", re.IGNORECASE)


def late_exempt(shipment: Row) -> bool:
    """Whether the scans show a weather or customs exception (pol-shipping-late)."""
    return any(event["status"] == "exception" and _EXEMPT.search(event["detail"] or "") for event in shipment["events"])


def late_business_days(shipment: Row, today: date) -> int | None:
    """Business days past the eta at delivery, or at `today` if not delivered; None if not late (pol-shipping-late).

    A parcel that is lost, declared or by its silence, is not late: it is settled as lost.
    """
    if shipment["eta"] is None or parcel_status(shipment) == "returned_to_sender" or lost_since(shipment, today):
        return None
    eta = date.fromisoformat(shipment["eta"])
    arrived = parcel_delivered_on(shipment) or today
    return business_days_between(eta, arrived) if arrived > eta else None


def late_credit_cents(order: Row, shipment: Row, today: date) -> LateCredit:
    """Owed for a late parcel by the service paid for (pol-shipping-late, sla-delivery). Once per order."""
    late = late_business_days(shipment, today)
    paid: int = order["shipping_cents"]
    if late is None or paid == 0 or late_exempt(shipment):
        return LateCredit()
    match order["shipping_service"]:
        case "express":
            return LateCredit(refund_cents=SHIPPING_CENTS["express"] - SHIPPING_CENTS["standard"])
        case "overnight":
            return LateCredit(refund_cents=paid)
        case _:
            return LateCredit(store_credit_cents=LATE_CREDIT_CENTS if late >= LATE_STANDARD_BUSINESS_DAYS else 0)


# Returns


def return_deadline(order: Row, tier: Row, shipments: Iterable[Row], product_id: str) -> date | None:
    """The last day to ask for the return, None while undelivered (pol-returns-window, pol-returns-holiday-2025)."""
    delivered = delivered_on(shipments, product_id)
    if delivered is None:
        return None
    deadline = delivered + timedelta(days=tier["return_window_days"])
    first, last = HOLIDAY_ORDERS
    if first <= company_day(order["created_at"]) <= last:
        return max(deadline, HOLIDAY_RETURN_UNTIL)
    return deadline


def within_return_window(order: Row, tier: Row, shipments: Iterable[Row], product_id: str, day: date) -> bool:
    """Whether a return asked for on `day` is in time (pol-returns-window, pol-returns-holiday-2025)."""
    deadline = return_deadline(order, tier, shipments, product_id)
    return deadline is None or day <= deadline


Exclusion = Literal["clearance", "consumable", "custom_build", "damaged"]


def return_exclusion(order: Row, product: Row, condition: str, reason: str) -> Exclusion | None:
    """Why an item cannot come back, None if it can (pol-returns-excluded).

    Whether a product was on clearance is read from its status today; an order line does not record it.
    """
    if condition == "damaged" and reason != "damaged_in_transit":
        return "damaged"
    if reason in OUR_FAULT:
        return None
    if product["status"] == "clearance":
        return "clearance"
    if condition == "opened" and product["category"] == "accessory" and product["specs"].get("consumable") is True:
        return "consumable"
    return "custom_build" if order["build_id"] else None


def is_doa(order: Row, shipments: Iterable[Row], product_id: str, reported: date) -> bool:
    """Whether a defect reported on `reported` counts as defective on arrival (pol-returns-doa)."""
    delivered = delivered_on(shipments, product_id)
    return delivered is not None and within_days(delivered, reported, DOA_DAYS)


def line_net_cents(order: Row, lines: Iterable[Row], line_id: str, quantity: int) -> int:
    """Price paid for part of a line, less its share of the order discount (pol-refund-calculation)."""
    line = next((candidate for candidate in lines if candidate["id"] == line_id), None)
    if line is None:
        raise ValueError(f"order {order['id']} has no line {line_id}")
    if not 0 < quantity <= line["quantity"]:
        raise ValueError(f"quantity {quantity} of line {line_id} is not in 1..{line['quantity']}")
    amount: int = line["unit_price_cents"] * quantity
    return amount - half_up(order["discount_cents"] * amount, order["subtotal_cents"])


def restocking_fee_cents(goods_cents: int, category: str, condition: str, tier_id: str, our_fault: bool) -> int:
    """15 % of the refunded goods of an opened, working core component (pol-returns-restocking)."""
    charged = category in RESTOCKING_CATEGORIES and condition == "opened" and tier_id != "platinum" and not our_fault
    return half_up(goods_cents * RESTOCKING_PERCENT, 100) if charged else 0


@dataclass(frozen=True)
class ReturnRefund:
    """Breakdown of a refund for a return; `total_cents` = goods - fee - label + shipping, at least 0."""

    goods_cents: int
    fee_cents: int
    label_cents: int
    shipping_cents: int
    total_cents: int


def _lines_returned(lines: Sequence[Row], items: Iterable[Row]) -> list[tuple[Row, int, str]]:
    """The order lines that the returned items come from: (line, quantity, condition)."""
    left = {line["id"]: int(line["quantity"]) for line in lines}
    taken: list[tuple[Row, int, str]] = []
    for item in items:
        wanted: int = item["quantity"]
        for line in lines:
            quantity = min(wanted, left[line["id"]]) if line["product_id"] == item["product_id"] else 0
            if quantity > 0:
                taken.append((line, quantity, item["condition"]))
                left[line["id"]] -= quantity
                wanted -= quantity
        if wanted > 0:
            raise ValueError(f"{item['product_id']}: {wanted} more returned than ordered")
    return taken


def return_refund_cents(
    order: Row,
    lines: Sequence[Row],
    items: Iterable[Row],
    tier_id: str,
    reason: str,
    products: Mapping[str, Row],
    *,
    our_error: bool = False,
    shipping_due: bool = True,
) -> ReturnRefund:
    """The refund for a return that policy allows.

    Executes pol-refund-calculation, pol-returns-restocking, pol-returns-labels, pol-refund-original-shipping and
    pol-returns-incompatible. `our_error`: we had called the parts compatible. `shipping_due` False: the charge was
    refunded before, or the defect is a warranty claim and not DOA.
    """
    our_fault = our_error or reason in OUR_FAULT
    goods = fee = 0
    for line, quantity, condition in _lines_returned(lines, items):
        net = line_net_cents(order, lines, line["id"], quantity)
        goods += net
        fee += restocking_fee_cents(net, products[line["product_id"]]["category"], condition, tier_id, our_fault)
    label = 0 if our_fault or tier_id in ("gold", "platinum") else RETURN_LABEL_CENTS
    shipping: int = order["shipping_cents"] if our_fault and shipping_due else 0
    return ReturnRefund(goods, fee, label, shipping, max(goods - fee - label + shipping, 0))


# Refunds and authority


def refundable_cents(payment: Row, refunds: Iterable[Row]) -> int:
    """What is left of a capture; pending refunds are reserved (pol-refund-payment)."""
    if payment["status"] not in CAPTURED:
        return 0
    taken = sum(r["amount_cents"] for r in refunds if r["payment_id"] == payment["id"] and r["status"] in LIVE_REFUND)
    return max(payment["amount_cents"] - taken, 0)


def agent_may_approve(order_id: str, refunds: Iterable[Row], amount_cents: int, returns: Iterable[Row] = ()) -> bool:
    """Whether the desk agent may approve a further amount on an order (pol-refund-authority).

    `returns` brings the store credit already granted on the order into the total.
    """
    refunded = sum(r["amount_cents"] for r in refunds if r["order_id"] == order_id and r["status"] in LIVE_REFUND)
    credited = sum(r["credit_cents"] for r in returns if r["order_id"] == order_id)
    return refunded + credited + amount_cents <= AGENT_LIMIT_CENTS


def staff_may_approve(employee: Row, amount_cents: int) -> bool:
    """Whether a person may approve a refund of this amount (pol-refund-authority)."""
    if "approve_refund" not in employee["permissions"]:
        return False
    if employee["id"] == DESK_AGENT_ID:
        return amount_cents <= AGENT_LIMIT_CENTS
    role: str | None = employee["support_role"]
    if role is None:
        return False
    limit = STAFF_LIMITS_CENTS[role]
    return limit is None or amount_cents <= limit


def surplus_captures(order: Row, payments: Iterable[Row]) -> list[Row]:
    """Captures beyond the order total, each to be refunded in full, oldest first (pol-refund-duplicate).

    Of identical captures the later ones go first; then any other, newest first, that the total does not need.
    """
    newest_first = sorted((p for p in payments if p["status"] in CAPTURED), key=_captured_at, reverse=True)
    excess = sum(p["amount_cents"] for p in newest_first) - order["total_cents"]
    repeated = [p for n, p in enumerate(newest_first) if _amounts(newest_first[n + 1 :]) & _amounts([p])]
    surplus: list[Row] = []
    for payment in (*repeated, *newest_first):
        if payment not in surplus and payment["amount_cents"] <= excess:
            surplus.append(payment)
            excess -= payment["amount_cents"]
    return sorted(surplus, key=_captured_at)


def _amounts(payments: Iterable[Row]) -> set[int]:
    return {p["amount_cents"] for p in payments}


# Cancellation


def _captured_at(payment: Row) -> str:
    return payment["captured_at"] or payment["created_at"]


def paid_at(order: Row, payments: Iterable[Row]) -> str | None:
    """The instant of the capture that completed the order total (pol-cancellation-builds)."""
    paid = 0
    for payment in sorted((p for p in payments if p["status"] in CAPTURED), key=_captured_at):
        paid += payment["amount_cents"]
        if paid >= order["total_cents"]:
            return _captured_at(payment)
    return None


def may_cancel(order: Row, shipments: Iterable[Row]) -> bool:
    """Whether an order can still be cancelled: no label yet (pol-cancellation)."""
    return order["status"] in CANCELLABLE and not any(s["order_id"] == order["id"] for s in shipments)


def assembly_fee_cents(order: Row, payments: Iterable[Row], now: str) -> int:
    """The fee kept when the customer cancels a build more than 48 hours after paying (pol-cancellation-builds)."""
    paid = paid_at(order, payments)
    if order["build_id"] is None or paid is None:
        return 0
    return ASSEMBLY_FEE_CENTS if parse_utc(now) - parse_utc(paid) > ASSEMBLY_STARTS_AFTER else 0


def cancellation_refund_cents(
    order: Row, payments: Sequence[Row], now: str, refunds: Sequence[Row] = (), *, by_customer: bool = True
) -> int:
    """What goes back when an order is cancelled (pol-cancellation, pol-cancellation-builds)."""
    left = sum(refundable_cents(payment, refunds) for payment in payments)
    fee = assembly_fee_cents(order, payments, now) if by_customer else 0
    return max(left - fee, 0)


# Warranty


@dataclass(frozen=True)
class WarrantyStatus:
    """Cover of one item on one day; `handled_by` is None without cover."""

    starts_on: date
    ends_on: date | None
    covered: bool
    handled_by: Literal["corecraft", "manufacturer"] | None


def warranty_start(order: Row, shipments: Iterable[Row], product_id: str) -> date:
    """Day of delivery, or of the order if no delivery is recorded (pol-warranty-term)."""
    return delivered_on(shipments, product_id) or company_day(order["created_at"])


def warranty_until(
    order: Row, shipments: Iterable[Row], product: Row, policy: Row, *, sold_as: str | None = None
) -> date | None:
    """The last covered day, None for terms of 0 months such as bundles (pol-warranty-term, the product's terms).

    `sold_as`: for a component, the id of the bundle on the order line.
    """
    start = warranty_start(order, shipments, sold_as or product["id"])
    return add_months(start, policy["months"]) if policy["months"] else None


def warranty_status(
    order: Row, shipments: Sequence[Row], product: Row, policy: Row, day: date, *, sold_as: str | None = None
) -> WarrantyStatus:
    """Whether a fault reported on `day` is in the period, and who takes it (pol-warranty-term, pol-warranty-claims)."""
    start = warranty_start(order, shipments, sold_as or product["id"])
    until = warranty_until(order, shipments, product, policy, sold_as=sold_as)
    if until is None or not start <= day <= until:
        return WarrantyStatus(start, until, False, None)
    ours = policy["claim_via"] == "corecraft" or within_days(start, day, MANUFACTURER_AFTER_DAYS)
    return WarrantyStatus(start, until, True, "corecraft" if ours else "manufacturer")


# Prices


def price_adjustment_cents(order: Row, line: Row, product: Row, asked_on: date, quantity: int | None = None) -> int:
    """Refund after our own list price fell (pol-pricing-adjustment); `product` carries today's price.

    `quantity`: the units not refunded yet, all of the line unless told.
    """
    drop: int = line["unit_price_cents"] - product["price_cents"]
    in_time = within_days(company_day(order["created_at"]), asked_on, PRICE_ADJUSTMENT_DAYS)
    if drop <= 0 or not in_time or order["status"] == "cancelled" or product["status"] == "clearance":
        return 0
    units: int = line["quantity"] if quantity is None else quantity
    return half_up(drop * units * (order["subtotal_cents"] - order["discount_cents"]), order["subtotal_cents"])


def shipping_fee_cents(service: str, goods_after_discount_cents: int, tier_id: str) -> int:
    """The shipping charge of an order (pol-shipping-rates, loyalty tiers); nothing for an empty order."""
    if service in FREE_SERVICES[tier_id] or goods_after_discount_cents == 0:
        return 0
    if service == "standard" and goods_after_discount_cents >= FREE_STANDARD_FROM_CENTS:
        return 0
    return SHIPPING_CENTS[service]


def _amount_cents(line: Row) -> int:
    return line["unit_price_cents"] * line["quantity"]


def loyalty_discount_cents(lines: Iterable[Row], products: Mapping[str, Row], tier: Row) -> int:
    """Tier discount on all goods but clearance (pol-loyalty-programme, pol-pricing-promo-codes)."""
    eligible = sum(_amount_cents(line) for line in lines if products[line["product_id"]]["status"] != "clearance")
    return half_up(eligible * tier["discount_percent"], 100)


def volume_discount_cents(lines: Iterable[Row], products: Mapping[str, Row], account_type: str) -> int:
    """Volume discount of business and school accounts, by units of one product (pol-business-quotes)."""
    if account_type not in ("business", "school"):
        return 0
    units: dict[str, int] = {}
    amounts: dict[str, int] = {}
    for line in lines:
        product_id: str = line["product_id"]
        if products[product_id]["category"] not in PACKAGE_CATEGORIES:
            units[product_id] = units.get(product_id, 0) + line["quantity"]
            amounts[product_id] = amounts.get(product_id, 0) + _amount_cents(line)
    percents = {p: next((percent for step, percent in VOLUME_STEPS if n >= step), 0) for p, n in units.items()}
    return half_up(sum(amounts[product_id] * percent for product_id, percent in percents.items()), 100)


def promo_covers(promo: Row, product: Row) -> bool:
    """Whether a product is eligible for a code: every list that is not empty must match.

    Executes pol-pricing-promo-codes and pol-pricing-systems: packages must be named by category or product.
    """
    named = product["id"] in promo["product_ids"] or product["category"] in promo["categories"]
    if product["category"] in PACKAGE_CATEGORIES and not named:
        return False
    return (
        (not promo["categories"] or product["category"] in promo["categories"])
        and (not promo["brands"] or product["brand"] in promo["brands"])
        and (not promo["product_ids"] or product["id"] in promo["product_ids"])
    )


def promo_value_cents(
    promo: Row, lines: Iterable[Row], products: Mapping[str, Row], tier_id: str, day: date, standard_fee_cents: int = 0
) -> int:
    """What a code takes off an order placed on `day`, 0 if it does not apply (pol-pricing-promo-codes).

    A free-shipping code is worth `standard_fee_cents`, the standard charge the order would bear.
    """
    eligible = sum(_amount_cents(line) for line in lines if promo_covers(promo, products[line["product_id"]]))
    running = date.fromisoformat(promo["starts_on"]) <= day <= date.fromisoformat(promo["ends_on"])
    allowed = not promo["tiers"] or tier_id in promo["tiers"]
    if not running or not allowed or eligible == 0 or eligible < promo["min_order_cents"]:
        return 0
    match promo["kind"]:
        case "percent":
            value = half_up(eligible * promo["percent"], 100)
            return value if promo["cap_cents"] is None else min(value, promo["cap_cents"])
        case "fixed":
            return min(promo["amount_cents"], eligible)
        case _:
            return standard_fee_cents


@dataclass(frozen=True)
class Price:
    """What checkout asks for; `label` as stored on the order."""

    subtotal_cents: int
    discount_cents: int
    label: str | None
    promo_code: str | None
    shipping_cents: int
    total_cents: int


def best_discount(
    lines: Sequence[Row],
    products: Mapping[str, Row],
    tier: Row,
    day: date,
    *,
    promo: Row | None = None,
    account_type: str = "consumer",
    service: str = "standard",
) -> Price:
    """The cheapest price that the discount rules allow; on a tie loyalty, then volume, then the code.

    Executes pol-pricing-promo-codes, pol-loyalty-programme, pol-business-quotes and pol-shipping-rates.
    """
    subtotal = sum(_amount_cents(line) for line in lines)
    tier_id: str = tier["id"]

    def price(discount: int, label: str | None, code: str | None = None, free_standard: bool = False) -> Price:
        off = min(discount, subtotal)
        fee = 0 if free_standard and service == "standard" else shipping_fee_cents(service, subtotal - off, tier_id)
        return Price(subtotal, off, label, code, fee, subtotal - off + fee)

    loyalty = loyalty_discount_cents(lines, products, tier)
    loyalty_label = f"{tier_id} {tier['discount_percent']}%" if loyalty else None
    volume = volume_discount_cents(lines, products, account_type)
    options = [price(loyalty, loyalty_label)]
    if volume:
        options.append(price(volume, "volume"))
    if promo is not None:
        free = promo["kind"] == "free_shipping"
        value = promo_value_cents(promo, lines, products, tier_id, day, SHIPPING_CENTS["standard"])
        off = 0 if free else value
        code: str = promo["code"]
        if value and (not free or service == "standard"):
            options.append(price(off, code, code, free))
            if promo["stacks_with_loyalty"] and loyalty:
                options.append(price(off + loyalty, f"{loyalty_label} + {code}", code, free))
    return min(options, key=lambda option: option.total_cents)


# Tickets


def effective_priority(priority: str, tier_id: str) -> str:
    """The priority a ticket is held to: one level up for platinum (sla-first-response)."""
    level = PRIORITIES.index(priority) + (tier_id == "platinum")
    return PRIORITIES[min(level, len(PRIORITIES) - 1)]


def first_response_due(ticket: Row, tier_id: str) -> str:
    """The instant by which the first response is due, in UTC text (sla-first-response)."""
    hours = FIRST_RESPONSE_HOURS[effective_priority(ticket["priority"], tier_id)]
    return format_utc(parse_utc(ticket["created_at"]) + timedelta(hours=hours))


def first_response_missed(ticket: Row, tier_id: str, now: str) -> bool:
    """Whether the first response came, or is still missing, after its target (sla-first-response)."""
    answered: datetime = parse_utc(ticket["first_response_at"] or now)
    return answered > parse_utc(first_response_due(ticket, tier_id))


def missed_response_credit_cents(ticket: Row, tier_id: str, now: str) -> int:
    """Store credit for a missed first response, once a ticket (sla-first-response)."""
    owed = tier_id in ("gold", "platinum") and first_response_missed(ticket, tier_id, now)
    return MISSED_RESPONSE_CREDIT_CENTS if owed else 0


def is_frequent_contact(tickets: Iterable[Row], customer_id: str, today: date) -> bool:
    """Whether a customer opened 4 or more tickets within 30 days (pol-tickets-frequent)."""
    days = [company_day(t["created_at"]) for t in tickets if t["customer_id"] == customer_id]
    recent = [day for day in days if day <= today and within_days(day, today, FREQUENT_DAYS)]
    return len(recent) >= FREQUENT_TICKETS
