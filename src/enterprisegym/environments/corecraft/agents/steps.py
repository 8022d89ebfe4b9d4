"""Steps that several plans take: reading rules out of policies, pricing carts, laying out tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import (
    NotFoundError,
    Row,
    Rows,
    Steps,
    Worker,
    cents,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.rollout.record import Json

Cart = Mapping[str, int]


def lines_with(order: Row, product_ids: set[str]) -> list[Json]:
    return [line for line in order["lines"] if line["product_id"] in product_ids]


def order_with(a: Worker, orders: Rows, category: str) -> Steps[tuple[Json, Json, Json]]:
    """The first order that has a line of this category, with that line and its product."""
    for order in orders:
        for line in order["lines"]:
            found = yield from a.call("getProduct", product_id=line["product_id"])
            if found["product"]["category"] == category:
                return order, line, found["product"]
    raise LookupError(f"none of {len(orders)} orders has a {category}")


def as_table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def number_in(pattern: str, policy: Row) -> int:
    """The first number that the pattern finds in a policy's text."""
    match = re.search(pattern, policy["body"])
    if match is None:
        raise NotFoundError(f"{policy['id']} does not say {pattern}")
    return int(match[1].replace(",", ""))


def window_days(policy: Row, tier: str) -> int:
    return number_in(rf"\| {tier.title()} \| (\d+) \|", policy)


def restocking_policy(a: Worker) -> Steps[Json]:
    return (yield from a.policy("return", "restocking fee", title="Restocking fee on opened"))


def label_cost(a: Worker) -> Steps[int]:
    """What a return label costs the customer; nothing where the customer posts the goods."""
    policy = yield from a.policy("return", "label", title="return label")
    match = re.search(r"deduct \*\*\$(\d+)\.(\d\d)", policy["body"])
    return 0 if match is None else int(match[1]) * 100 + int(match[2])


def return_deadline(a: Worker, order: Row, tier: str, delivered: str) -> Steps[tuple[date, bool]]:
    """The last day for a return, and whether it is the one of the seasonal notice."""
    window = yield from a.policy("return", "days", title="Return window")
    seasonal = yield from a.policy("return", "holiday placed", title="Seasonal notice")
    first, last = rules.HOLIDAY_ORDERS
    placed = date.fromisoformat(a.day(order["created_at"]))
    if "of the order date" in window["body"]:
        return placed + timedelta(days=number_in(r"(\d+) days of the order date", window)), False
    normal = date.fromisoformat(delivered) + timedelta(days=window_days(window, tier))
    if "15 January 2026" in seasonal["body"] and first <= placed <= last and normal < rules.HOLIDAY_RETURN_UNTIL:
        return rules.HOLIDAY_RETURN_UNTIL, True
    return normal, False


def order_details(a: Worker, order_id: str) -> Steps[Json]:
    return (yield from a.call("getOrderDetails", order_id=order_id))


def get_product(a: Worker, product_id: str) -> Steps[Json]:
    found = yield from a.call("getProduct", product_id=product_id)
    return found["product"]


def line_with(order: Row, word: str) -> Json:
    for line in order["lines"]:
        if word in line["product_id"]:
            return line
    raise NotFoundError(f"order {order['id']} has no {word}")


def discount_share(order: Row, amount_cents: int) -> int:
    """The part of the order's discount that an amount bears."""
    return rules.half_up(cents(order["discount"]) * amount_cents, cents(order["subtotal"]))


def cart_items(cart: Cart) -> list[Json]:
    return [{"product_id": product_id, "quantity": quantity} for product_id, quantity in cart.items()]


def covers(promo: Row, product: Row) -> bool:
    return rules.promo_covers(promo, product)


def price_cart(
    a: Worker,
    products: Sequence[Json],
    cart: Cart,
    *,
    customer: Row | None = None,
    promotions: Rows | None = None,
) -> Steps[Json]:
    """What checkout asks for a cart with the running code that helps most, if any helps."""
    customer_id = None if customer is None else customer["id"]
    best = yield from a.call("calculatePrice", items=cart_items(cart), customer_id=customer_id)
    for promo in promotions or []:
        if any(covers(promo, p) for p in products if p["id"] in cart):
            tried = yield from a.call(
                "calculatePrice", items=cart_items(cart), customer_id=customer_id, promo_code=promo["code"]
            )
            if tried["total"] < best["total"]:
                best = tried
    return best


def running_codes(a: Worker, tier: str, day: str) -> Steps[Rows]:
    return (yield from a.all("searchPromotions", active_on=day, loyalty_tier=tier))
