"""Complete, unremarkable purchases that traps add: order, lines, payment, parcel, all delivered on time."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from enterprisegym.environments.corecraft.generate.times import TODAY, at, later, office_time
from enterprisegym.environments.corecraft.generate.traps.ground import Ground, Insert
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row

HUBS = ("Indianapolis, IN", "Louisville, KY", "Chicago, IL", "Newark, NJ", "Dallas, TX", "Salt Lake City, UT")
CARRIERS = ("ups", "ups", "ups", "fedex", "fedex", "usps")
SMALL = ("accessory", "mouse", "keyboard", "headset", "networking", "cooling", "storage")
PARTS = ("cpu", "motherboard", "gpu", "memory", "storage", "psu", "case", "cooling", "monitor")


@dataclass(frozen=True)
class Purchase:
    """An order and all rows that belong to it."""

    order: Row
    lines: tuple[Row, ...]
    payment: Row
    shipment: Row

    @property
    def inserts(self) -> tuple[Insert, ...]:
        return (
            Insert("orders", self.order),
            *(Insert("order_lines", line) for line in self.lines),
            Insert("payments", self.payment),
            Insert("shipments", self.shipment),
        )


def purchase(
    ground: Ground, rng: random.Random, customer: Row, items: Sequence[tuple[Row, int]], placed_at: str, tier_id: str
) -> Purchase:
    """A web order by standard shipping, paid at once and delivered in time."""
    day = rules.company_day(placed_at)
    order_id = ground.new_id("ord", placed_at)
    lines = tuple(
        {
            "id": f"{order_id}/{number}",
            "order_id": order_id,
            "product_id": product["id"],
            "quantity": quantity,
            "unit_price_cents": ground.prices.on(product["id"], day),
        }
        for number, (product, quantity) in enumerate(items, start=1)
    )
    price = rules.best_discount(
        lines,
        ground.products,
        ground.tiers[tier_id],
        day,
        promo=None,
        account_type=customer["account_type"],
        service="standard",
    )
    paid_at = later(placed_at, seconds=rng.randint(25, 160))
    shipment = _shipment(ground, rng, customer, order_id, lines, paid_at)
    order: Row = {
        "id": order_id,
        "customer_id": customer["id"],
        "status": "fulfilled",
        "channel": rng.choice(("web", "web", "web", "app")),
        "subtotal_cents": price.subtotal_cents,
        "discount_cents": price.discount_cents,
        "discount_label": price.label,
        "promo_code": None,
        "shipping_cents": price.shipping_cents,
        "total_cents": price.total_cents,
        "shipping_service": "standard",
        "ship_to": dict(customer["addresses"][0]),
        "build_id": None,
        "note": None,
        "created_at": placed_at,
        "updated_at": shipment["delivered_at"],
    }
    method, prefix = rng.choice((("card", "ch"), ("card", "ch"), ("paypal", "PP"), ("apple_pay", "ap")))
    payment: Row = {
        "id": ground.new_id("pay", paid_at),
        "order_id": order_id,
        "customer_id": customer["id"],
        "amount_cents": price.total_cents,
        "method": method,
        "status": "captured",
        "transaction_id": f"{prefix}_{rng.getrandbits(48):012x}",
        "failure_reason": None,
        "created_at": paid_at,
        "captured_at": paid_at,
    }
    return Purchase(order, lines, payment, shipment)


def _shipment(
    ground: Ground, rng: random.Random, customer: Row, order_id: str, lines: Sequence[Row], paid_at: str
) -> Row:
    ships = rules.dispatch_day(paid_at)
    today = ships == rules.company_day(paid_at)
    label_at = at(ships, rng.choice((15, 16, 17)), rng.randint(5, 59)) if today else office_time(rng, ships)
    arrives = rules.add_business_days(ships, rng.choice((3, 4, 4, 5)))
    home = f"{customer['addresses'][0]['city']}, {customer['addresses'][0]['region']}"
    picked_at = max(later(label_at, minutes=20), at(ships, 18, rng.randint(0, 55)))
    hub_day = ships + timedelta(days=max(1, (arrives - ships).days // 2))
    delivered_at = at(arrives, rng.randint(10, 17), rng.randint(0, 59))
    detail = rng.choice(("Left at front door", "Handed to resident", "Left with neighbor", "Delivered, signed for"))
    scans = (
        (label_at, "Columbus, OH", "label_created", "Label created"),
        (picked_at, "Columbus, OH", "in_transit", "Picked up by carrier"),
        (at(hub_day, rng.randint(2, 11), rng.randint(0, 59)), rng.choice(HUBS), "in_transit", "Processed at facility"),
        (at(arrives, 7, rng.randint(20, 59)), home, "out_for_delivery", "Out for delivery"),
        (delivered_at, home, "delivered", detail),
    )
    carrier = rng.choice(CARRIERS)
    return {
        "id": ground.new_id("ship", label_at),
        "order_id": order_id,
        "carrier": carrier,
        "service": "standard",
        "tracking_number": _tracking(rng, carrier),
        "status": "delivered",
        "contents": [{"product_id": line["product_id"], "quantity": line["quantity"]} for line in lines],
        "events": [
            {"at": when, "location": place, "status": status, "detail": text} for when, place, status, text in scans
        ],
        "eta": rules.add_business_days(ships, rules.SHIPPING_BUSINESS_DAYS["standard"]).isoformat(),
        "delivered_at": delivered_at,
        "created_at": label_at,
    }


def _tracking(rng: random.Random, carrier: str) -> str:
    digits = "".join(str(rng.randint(0, 9)) for _ in range(20))
    match carrier:
        case "ups":
            return f"1Z{''.join(rng.choice('0123456789ABCDEFGHJKLMNPRSTVWXYZ') for _ in range(6))}{digits[:10]}"
        case "fedex":
            return digits[:12]
        case _:
            return f"94{digits}"


def sold(ground: Ground, day: date, categories: Sequence[str], low_cents: int, high_cents: int) -> list[Row]:
    """Products on sale on a day, in a price range, whose list price no trap and no story moves."""
    return [
        p
        for p in ground.products.values()
        if p["category"] in categories
        and p["status"] == "active"
        and low_cents <= p["price_cents"] <= high_cents
        and p["released_on"] <= day.isoformat()
        and p["id"] not in ground.prices.drops
        and ground.free("products", p["id"])
    ]


def delivered_before_now(placed: date) -> bool:
    """Whether a standard parcel ordered on that day has surely come by now."""
    return rules.add_business_days(placed, 7) < TODAY
