"""Steps that several plans take: reading rules out of policies, pricing carts, laying out tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

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


def identified(a: Worker, given: Mapping[str, Any]) -> Steps[Json]:
    """The customer that a prompt tells of: by e-mail or phone, or by name and postal code."""
    if "email" in given or "phone" in given:
        return (yield from a.contact(given.get("email"), given.get("phone")))
    rows = yield from a.all("searchCustomers", name=given["name"])
    return a.pick(rows, postal_code=given["zip"])


def warranty_answer(a: Worker, order: Row, product: Row, delivered: str) -> Steps[tuple[str, date, date]]:
    """Who takes care of a fault reported today, the last day of that (arrival cases), the last day of the warranty.

    The first is `doa`, `corecraft`, `manufacturer` or `expired`.
    """
    cover = yield from a.call("checkWarrantyStatus", order_id=order["id"], product_id=product["id"])
    arrival = yield from a.policy("return", "arrival", title="defective on arrival")
    claims = yield from a.policy("warranty", "claim", title="Handling a warranty claim")
    since = date.fromisoformat(a.day(order["created_at"])) if "order" in arrival["body"][:140] else None
    doa = (since or date.fromisoformat(delivered)) + timedelta(days=number_in(r"within (\d+) days", arrival))
    until = date.fromisoformat(cover["ends_on"])
    if a.clock.today <= doa:
        return "doa", doa, until
    if not cover["in_period"]:
        return "expired", doa, until
    ours = date.fromisoformat(delivered) + timedelta(days=number_in(r"\*\*day (\d+) from delivery", claims))
    if cover["claim_via"] == "corecraft" or a.clock.today <= ours:
        return "corecraft", doa, until
    return "manufacturer", doa, until


def _promo_row(promo: Row) -> Row:
    """A promotion as the rules take it, in cents."""
    amounts = {name: None if promo[name] is None else cents(promo[name]) for name in ("amount", "cap", "min_order")}
    return {**promo, **{f"{name}_cents": value for name, value in amounts.items()}}


def checkout(
    a: Worker,
    products: Sequence[Json],
    cart: Cart,
    customer: Row,
    promotions: Rows | None = None,
    service: str = "standard",
) -> Steps[Json]:
    """What checkout asks for a cart. Of the codes, the one that takes off most by its terms is tried."""
    arguments: Json = {"items": cart_items(cart), "customer_id": customer["id"]}
    if service != "standard":
        arguments["shipping_service"] = service
    plain = yield from a.call("calculatePrice", **arguments)
    named = {p["id"]: p for p in products}
    lines = [{"product_id": id, "quantity": n, "unit_price_cents": cents(named[id]["price"])} for id, n in cart.items()]
    percents = {"standard": 0, "silver": 5, "gold": 8, "platinum": 12}
    tier = {"id": customer["loyalty_tier"], "discount_percent": percents[customer["loyalty_tier"]]}
    best, code = cents(plain["total"]), None
    for promo in promotions or []:
        price = rules.best_discount(
            lines, named, tier, a.clock.today, promo=_promo_row(promo), account_type=customer["account_type"],
            service=service,
        )  # fmt: skip
        if price.total_cents < best and price.promo_code is not None:
            best, code = price.total_cents, price.promo_code
    return plain if code is None else (yield from a.call("calculatePrice", **arguments, promo_code=code))


def approval_limit(a: Worker, cancelled: bool = False) -> Steps[tuple[int, str]]:
    """Cents that the desk may approve on an order (on a cancelled one, if told), and the desk that decides above it."""
    policy = yield from a.policy("refund", "limit", title="Who may approve")
    exempt = cancelled and "cancelled orders are exempt" in policy["body"]
    limit = 10**9 if exempt else 100 * number_in(r"\$(\d+)\.00", policy)
    return limit, "support_lead" if "escalates to the *support lead*" in policy["body"] else "finance"


def orders_told(a: Worker, customer_id: str, when: str | None) -> Steps[Rows]:
    """A customer's orders of the month, day or range that a prompt tells (`2025-10`), all of them if it tells none."""
    if when is None:
        return (yield from a.all("searchOrders", customer_id=customer_id))
    return (yield from a.dated("searchOrders", when, customer_id=customer_id))


def customers_by_id(a: Worker, ids: Sequence[str]) -> Steps[dict[str, Json]]:
    """The accounts with these ids, each looked up once."""
    found: dict[str, Json] = {}
    for id in dict.fromkeys(ids):
        rows = yield from a.call("searchCustomers", customer_id=id)
        found[id] = rows["customers"][0]
    return found


def order_holding(a: Worker, orders: Rows, product_id: str) -> Json:
    """The order that has exactly this product among its lines."""
    return a.pick(orders, where=lambda o: any(line["product_id"] == product_id for line in o["lines"]))


METHODS: Mapping[str, str] = {
    "card": "card", "paypal": "PayPal", "apple_pay": "Apple Pay", "google_pay": "Google Pay",
    "bank_transfer": "bank transfer",
}  # fmt: skip
"""Payment methods as people call them."""


def colleague(a: Worker, name: str) -> Steps[Json]:
    """The member of staff of this name."""
    rows = yield from a.all("searchEmployees", name=name)
    return next(r for r in rows if name.lower() in r["name"].lower())


def ticket_told(a: Worker, given: Mapping[str, Any]) -> Steps[tuple[Json, Rows]]:
    """The ticket that a prompt tells by its id, or else the open one of the customer it tells, and the customer's
    history with escalations and resolutions, newest first."""
    if "ticket" in given:
        found = yield from a.call("searchTickets", ticket_id=given["ticket"])
        customer_id = found["tickets"][0]["customer_id"]
    else:
        customer_id = (yield from identified(a, given))["id"]
    history = yield from a.all("getCustomerTicketHistory", customer_id=customer_id)
    if "ticket" in given:
        return next(t for t in history if t["id"] == given["ticket"]), history
    return a.pick(history, where=lambda t: t["status"] not in ("resolved", "closed")), history


def order_of(a: Worker, customer: Row, product: Row) -> Steps[Json]:
    """The customer's newest order with a product, among all their orders."""
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    for order in orders:
        if lines_with(order, {product["id"]}):
            return order
    raise NotFoundError(f"{customer['id']} has not ordered {product['id']}")


def todays_ticket(a: Worker, customer_id: str, order_id: str) -> Steps[tuple[Json, Rows]]:
    """A customer's newest open ticket about an order, and the whole history, newest first."""
    history = yield from a.all("getCustomerTicketHistory", customer_id=customer_id)
    waiting = [t for t in history if t["status"] not in ("resolved", "closed") and t["order_id"] == order_id]
    return max(waiting, key=lambda t: (t["created_at"], t["id"])), history


def wrap_up(a: Worker, ticket_id: str, outcome: str, details: str, refund_id: str | None = None) -> Steps[Json]:
    """A resolution for a ticket, and the ticket resolved with it."""
    made = yield from a.call(
        "createResolution", ticket_id=ticket_id, outcome=outcome, details=details, linked_refund_id=refund_id
    )
    return (
        yield from a.call(
            "updateTicketStatus", ticket_id=ticket_id, status="resolved", resolution_id=made["resolution"]["id"]
        )
    )


def item_delivered_on(a: Worker, shipments: Rows, product_id: str) -> str | None:
    """The company day on which the latest parcel with an item came, None while one is under way."""
    carrying = [s for s in shipments if any(c["product_id"] == product_id for c in s["contents"])]
    live = [s for s in carrying if a.parcel_status(s) not in ("lost", "returned_to_sender")]
    days = [a.delivered_on(s) for s in live]
    came = [day for day in days if day is not None]
    return max(came) if came and len(came) == len(days) else None


def cart_of(text: str) -> dict[str, int]:
    """A cart from its short form, `product:2,other:1`."""
    return {id: int(n) for id, _, n in (item.partition(":") for item in text.split(","))}


def scan_text(on: date, location: str, delivered: bool) -> str:
    """Where a parcel is by its newest scan, in a sentence."""
    if delivered:
        return f"The newest scan says that it was delivered on {on:%B} {on.day}, {on.year}."
    return f"It is on its way: the newest scan, of {on:%B} {on.day}, {on.year}, is from {location}."


def scanned(a: Worker, parcel: Row) -> tuple[str | None, str]:
    """The day of a parcel's delivery, if it came, and where it is in a sentence."""
    came = a.delivered_on(parcel)
    event = max(parcel["events"], key=lambda e: e["at"])
    return came, scan_text(date.fromisoformat(came or a.day(event["at"])), event["location"], came is not None)
