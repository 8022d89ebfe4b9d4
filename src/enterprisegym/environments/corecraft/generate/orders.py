"""Orders as stories: what was bought, how it was paid, how the parcel fared."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from enterprisegym.environments.corecraft.compatibility import Finding, check_parts, expand
from enterprisegym.environments.corecraft.generate.catalog import PriceList, Shelf, tier_for, tier_rows
from enterprisegym.environments.corecraft.generate.content import Content
from enterprisegym.environments.corecraft.generate.draft import Draft, stream
from enterprisegym.environments.corecraft.generate.times import NOW, TODAY, at, later, office_time, shop_time
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row

ORDERS_A_CUSTOMER = ((0, 20), (1, 50), (2, 19), (3, 6), (4, 3), (5, 2))
GRANTED = ("approved", "processed")
NOT_FOR_GOODS = ("duplicate_charge", "shipping_fee")
FIRST_DAY = date(2024, 6, 3)
METHODS = ("card",) * 11 + ("paypal",) * 5 + ("apple_pay", "apple_pay", "google_pay", "bank_transfer")
PREFIX = {"card": "ch", "paypal": "PP", "apple_pay": "ap", "google_pay": "gp", "bank_transfer": "bt"}
HUBS = (
    "Indianapolis, IN", "Louisville, KY", "Memphis, TN", "Chicago, IL", "Kansas City, MO", "Salt Lake City, UT",
    "Ontario, CA", "Newark, NJ", "Atlanta, GA", "Dallas, TX",
)  # fmt: skip

SHIPPED_STORIES = (
    ("delivered", 800), ("late", 62), ("late_excused", 16), ("lost", 22), ("not_received", 18), ("damaged", 20),
    ("wrong_item", 16), ("missing_item", 14), ("double_charge", 16),
)  # fmt: skip


@dataclass
class Story:
    """One order with all that belongs to it. `kind` says how it went; `product_id` is the item it is about."""

    kind: str
    customer: Row
    order: Row
    lines: list[Row]
    payments: list[Row]
    shipments: list[Row] = field(default_factory=list[Row])
    refunds: list[Row] = field(default_factory=list[Row])
    product_id: str = ""

    @property
    def placed(self) -> date:
        return rules.company_day(self.order["created_at"])

    def delivered(self) -> date | None:
        return rules.delivered_on(self.shipments, self.product_id)


class OrderBook:
    """Makes the orders of one world."""

    def __init__(self, draft: Draft, content: Content) -> None:
        self.draft = draft
        self.content = content
        self.shelf = Shelf(content)
        self.prices = PriceList(draft)
        self.tiers = tier_rows(draft)
        self.products = {p["id"]: p for p in draft.all("products")}
        self.sold_out = sorted(
            p
            for p in self.products
            if self.products[p]["status"] == "active"
            and all(i["on_hand"] == 0 and i["backorderable"] for i in self._stock(p))
        )
        # Saved builds that are content have ids in the house style already.
        self._numbers: Counter[str] = Counter(b["id"].rsplit("-", 1)[0] for b in draft.all("builds"))
        self.stories: dict[str, list[Story]] = {}

    def _stock(self, product_id: str) -> list[Row]:
        return [self.draft.get("inventory_levels", f"inv-{product_id}-{place}") for place in ("cmh", "rno")]

    def next_id(self, prefix: str, instant: str) -> str:
        stem = f"{prefix}-{rules.company_day(instant):%y%m%d}"
        self._numbers[stem] += 1
        return f"{stem}-{self._numbers[stem]:03d}"

    def add_customer_orders(self, customer: Row, aftermath: Callable[[Story], None]) -> None:
        """All orders of one customer, oldest first, each at the tier that held on its day.

        `aftermath` writes the tickets and refunds of a story before the next order is placed.
        """
        rng = stream(self.draft.seed, "orders", customer["id"])
        counts, weights = zip(*ORDERS_A_CUSTOMER, strict=True)
        count = rng.choices(counts, weights)[0]
        if customer["account_type"] != "consumer":
            count = max(1, count)
        generous = rng.random() < 0.22
        if generous:
            count += rng.choice((1, 1, 2, 3, 4))
        days = sorted(_order_day(rng) for _ in range(count))
        mine = self.stories.setdefault(customer["id"], [])
        for day in days:
            tier_id = self.tier_on(mine, day)
            mine.append(self._order(rng, customer, tier_id, shop_time(rng, day), generous))
            aftermath(mine[-1])
        customer["loyalty_tier"] = self.tier_on(mine, TODAY)

    def tier_on(self, stories: Sequence[Story], day: date) -> str:
        """The tier of a customer on a day: up on the 1st of a month, down only on the first day of a quarter."""
        if not stories:
            return "standard"
        month = stories[0].placed.replace(day=1)
        tier = "standard"
        while month <= day:
            since = month.replace(year=month.year - 1)
            spend = sum(_spend_cents(s, at(month, 0)) for s in stories if since <= s.placed < month)
            earned = tier_for(spend, self.tiers.values())
            rises = self.tiers[earned]["min_spend_cents"] > self.tiers[tier]["min_spend_cents"]
            if rises or month.month in (1, 4, 7, 10):
                tier = earned
            month = (month + timedelta(days=32)).replace(day=1)
        return tier

    # One order

    def _order(self, rng: random.Random, customer: Row, tier_id: str, placed_at: str, generous: bool) -> Story:
        day = rules.company_day(placed_at)
        items, build_id = self._basket(rng, customer, day, placed_at, generous)
        age = (TODAY - day).days
        unpaid = age < 9 and rng.random() < 0.04
        backorder = age <= 20 and self.sold_out and rng.random() < 0.07
        if backorder:
            items = [(rng.choice(self.sold_out), 1)]
            build_id = None
        service = rng.choices(("standard", "express", "overnight"), (70, 21, 9))[0]
        lines = [
            {"product_id": id, "quantity": quantity, "unit_price_cents": self.prices.on(id, day)}
            for id, quantity in items
        ]
        price = self._price(rng, customer, tier_id, lines, day, service)
        order: Row = {
            "id": self.next_id("ord", placed_at),
            "customer_id": customer["id"],
            "status": "paid",
            "channel": rng.choices(("web", "app", "phone", "quote"), (62, 26, 9, 3))[0],
            "subtotal_cents": price.subtotal_cents,
            "discount_cents": price.discount_cents,
            "discount_label": price.label,
            "promo_code": price.promo_code,
            "shipping_cents": price.shipping_cents,
            "total_cents": price.total_cents,
            "shipping_service": service,
            "ship_to": dict(customer["addresses"][0]),
            "build_id": build_id,
            "note": rng.choice(self.content.people["order_notes"]) if rng.random() < 0.1 else None,
            "created_at": placed_at,
            "updated_at": placed_at,
        }
        self.draft.add("orders", order)
        rows = [
            self.draft.add("order_lines", {"id": f"{order['id']}/{n}", "order_id": order["id"], **line})
            for n, line in enumerate(lines, start=1)
        ]
        main = max(rows, key=lambda line: line["unit_price_cents"])["product_id"]
        story = Story("paid", customer, order, rows, [], product_id=main)
        if unpaid:
            return self._leave_unpaid(rng, story)
        self._capture(rng, story)
        if backorder:
            story.kind = order["status"] = "backorder"
            return story
        return self._fulfil(rng, story, age)

    def _basket(
        self, rng: random.Random, customer: Row, day: date, placed_at: str, generous: bool
    ) -> tuple[list[tuple[str, int]], str | None]:
        """What is bought, and the saved build behind it if there is one."""
        roll = rng.random()
        if customer["account_type"] != "consumer" and roll < 0.45:
            return [
                (
                    self.shelf.pick(rng, day, "monitor", "memory", "storage", "keyboard", "mouse"),
                    rng.choice((4, 6, 10, 12, 25)),
                )
            ], None
        if roll < (0.2 if generous else 0.06):
            return self._build_order(rng, customer, day, placed_at)
        if roll < (0.38 if generous else 0.14):
            return [(self.shelf.pick(rng, day, "prebuilt", "workstation"), 1)], None
        if roll < 0.45:
            wanted = [("cpu", "motherboard"), ("gpu", "psu"), ("case", "cooling"), ("memory", "storage")]
            picks = [self.shelf.pick(rng, day, category) for category in rng.choice(wanted)]
        elif roll < 0.7:
            picks = [
                self.shelf.pick(
                    rng, day, "monitor", "keyboard", "mouse", "headset", "networking", "accessory", "bundle"
                )
            ]
            if rng.random() < 0.4:
                picks.append(self.shelf.pick(rng, day, "accessory", "keyboard", "mouse"))
        else:
            core = ("cpu", "motherboard", "gpu", "memory", "storage", "psu", "case", "cooling")
            picks = [self.shelf.pick(rng, day, *core)]
            if rng.random() < 0.35:
                picks.append(self.shelf.pick(rng, day, *core, "accessory"))
        chosen = list(dict.fromkeys(picks))
        return [(id, 2 if rng.random() < 0.07 and not self.products[id]["components"] else 1) for id in chosen], None

    def _build_order(
        self, rng: random.Random, customer: Row, day: date, placed_at: str
    ) -> tuple[list[tuple[str, int]], str | None]:
        sound = rng.random() < 0.72 or (TODAY - day).days > 6
        patterns = [
            p
            for p in self.content.build_patterns
            if p["valid"] == sound
            and all(self.shelf.on_sale(self.shelf.by_id[c["product_id"]], day) for c in p["components"])
        ]
        pattern = rng.choice(patterns)
        build = self.add_build(
            rng, customer, pattern, later(placed_at, days=-rng.randint(0, 6), minutes=-rng.randint(9, 300))
        )
        return [(c["product_id"], c["quantity"]) for c in pattern["components"]], build["id"]

    def add_build(self, rng: random.Random, customer: Row, pattern: Mapping[str, Any], saved_at: str) -> Row:
        """A saved build of a customer after a pattern."""
        name = rng.choice((*pattern["names"], rng.choice(self.content.people["build_names"])))
        return self.draft.add(
            "builds",
            {
                "id": self.next_id("build", saved_at),
                "name": name,
                "owner_type": "customer",
                "customer_id": customer["id"],
                "components": [dict(c) for c in pattern["components"]],
                "note": None,
                "created_at": saved_at,
                "updated_at": saved_at,
            },
        )

    def _price(
        self, rng: random.Random, customer: Row, tier_id: str, lines: Sequence[Row], day: date, service: str
    ) -> rules.Price:
        tier, account = self.tiers[tier_id], customer["account_type"]
        promo = None
        if rng.random() < 0.22:
            usable = [
                p
                for p in self.content.promotions
                if rules.promo_value_cents(p, lines, self.products, tier_id, day, 999)
            ]
            promo = rng.choice(usable) if usable else None
        return rules.best_discount(lines, self.products, tier, day, promo=promo, account_type=account, service=service)

    # Money

    def _payment(self, rng: random.Random, story: Story, status: str, at_: str, **values: Any) -> Row:
        method = values.pop("method", None) or rng.choice(METHODS)
        reference = f"{PREFIX[method]}_{rng.getrandbits(48):012x}"
        row: Row = {
            "id": self.next_id("pay", at_),
            "order_id": story.order["id"],
            "customer_id": story.customer["id"],
            "amount_cents": story.order["total_cents"],
            "method": method,
            "status": status,
            "transaction_id": reference if status not in ("pending", "failed") else None,
            "failure_reason": None,
            "created_at": at_,
            "captured_at": at_ if status in rules.CAPTURED else None,
            **values,
        }
        story.payments.append(row)
        return self.draft.add("payments", row)

    def _capture(self, rng: random.Random, story: Story) -> None:
        self._payment(rng, story, "captured", later(story.order["created_at"], seconds=rng.randint(20, 170)))

    def _leave_unpaid(self, rng: random.Random, story: Story) -> Story:
        story.kind = story.order["status"] = "pending"
        if rng.random() < 0.5:
            self._payment(rng, story, "pending", later(story.order["created_at"], minutes=2), method="bank_transfer")
        else:
            reason = rng.choice(("card_declined", "insufficient_funds", "expired_card", "3ds_timeout"))
            self._payment(
                rng, story, "failed", later(story.order["created_at"], minutes=1), method="card", failure_reason=reason
            )
            story.kind = "payment_failed"
        return story

    def add_refund(
        self, story: Story, payment: Row, cents: int, reason: str, status: str, at_: str, **links: str | None
    ) -> Row:
        """A refund of the past, with the payment's state moved as the tools would."""
        row: Row = {
            "id": self.next_id("ref", at_),
            "payment_id": payment["id"],
            "order_id": story.order["id"],
            "return_id": links.get("return_id"),
            "ticket_id": links.get("ticket_id"),
            "amount_cents": cents,
            "reason": reason,
            "status": status,
            "note": None,
            "created_at": at_,
            "processed_at": min(NOW, later(at_, days=4)) if status == "processed" else None,
        }
        story.refunds.append(self.draft.add("refunds", row))
        if status in GRANTED:
            granted = sum(
                r["amount_cents"] for r in story.refunds if r["payment_id"] == payment["id"] and r["status"] in GRANTED
            )
            payment["status"] = "refunded" if granted >= payment["amount_cents"] else "partially_refunded"
        story.order["updated_at"] = max(story.order["updated_at"], at_)
        return row

    def cancel(self, story: Story, at_: str, ticket_id: str | None = None) -> Row:
        """Cancel an unshipped order and give all captured money back."""
        story.kind = story.order["status"] = "cancelled"
        story.order["updated_at"] = at_
        payment = story.payments[-1]
        return self.add_refund(
            story, payment, payment["amount_cents"], "order_cancelled", "processed", at_, ticket_id=ticket_id
        )

    # Parcels

    def _fulfil(self, rng: random.Random, story: Story, age: int) -> Story:
        order = story.order
        conflict = order["build_id"] is not None and any(f.severity == "error" for f in self._findings(story))
        if conflict and age <= 7:
            story.kind = order["status"] = "on_hold"
            return story
        ships = rules.dispatch_day(order["created_at"])
        if age > 3 and rng.random() < 0.03:
            self.cancel(story, min(NOW, later(order["created_at"], hours=rng.randint(1, 6))))
            return story
        if ships > TODAY or (ships == TODAY and rng.random() < 0.7):
            return story
        kinds, weights = zip(*SHIPPED_STORIES, strict=True)
        story.kind = rng.choices(kinds, weights)[0]
        if story.kind == "missing_item" and len(story.lines) < 2:
            story.kind = "delivered"
        if story.kind == "double_charge":
            first = story.payments[0]
            self._payment(
                rng, story, "captured", later(first["created_at"], minutes=rng.randint(2, 9)), method=first["method"]
            )
        self._ship(rng, story, ships)
        return story

    def _findings(self, story: Story) -> list[Finding]:
        wanted = [(line["product_id"], line["quantity"]) for line in story.lines]
        return check_parts(expand(wanted, lambda id: self.products[id]))

    def _ship(self, rng: random.Random, story: Story, ships: date) -> None:
        order = story.order
        service = order["shipping_service"]
        eta = rules.add_business_days(ships, rules.SHIPPING_BUSINESS_DAYS[service])
        days = rules.business_days_between(ships, eta)
        arrives = rules.add_business_days(ships, max(1, days - (1 if rng.random() < 0.4 and days > 2 else 0)))
        late = rng.choice((1, 1, 2, 3, 5, 6)) if story.kind in ("late", "late_excused") else 0
        if late:
            arrives = rules.add_business_days(eta, late)
        label_at = max(office_time(rng, ships), later(order["created_at"], minutes=rng.randint(35, 90)))
        carrier = rng.choices(("ups", "fedex", "usps", "dhl"), (45, 32, 17, 6))[0]
        shipment: Row = {
            "id": self.next_id("ship", label_at),
            "order_id": order["id"],
            "carrier": carrier,
            "service": service,
            "tracking_number": _tracking(rng, carrier),
            "status": "in_transit",
            "contents": [{"product_id": line["product_id"], "quantity": line["quantity"]} for line in story.lines],
            "events": [],
            "eta": eta.isoformat(),
            "delivered_at": None,
            "created_at": label_at,
        }
        home = f"{order['ship_to']['city']}, {order['ship_to']['region']}"
        events = _events(rng, story.kind, ships, label_at, arrives, home)
        shipment["events"] = [e for e in events if e["at"] <= NOW]
        last = shipment["events"][-1]
        shipment["status"] = last["status"]
        if last["status"] == "delivered":
            shipment["delivered_at"] = last["at"]
        elif story.kind not in ("lost",):
            story.kind = "late" if eta < TODAY else "in_transit"
        story.shipments.append(self.draft.add("shipments", shipment))
        order["status"] = "fulfilled"
        order["updated_at"] = last["at"]


def _order_day(rng: random.Random) -> date:
    """More orders in recent weeks, a tail back to the summer of last year."""
    span = (TODAY - FIRST_DAY).days
    back = rng.randint(0, 24) if rng.random() < 0.3 else round(span * rng.random() ** 1.5)
    return TODAY - timedelta(days=min(back, span)) if back else TODAY - timedelta(days=1)


def _spend_cents(story: Story, before: str) -> int:
    """Goods paid for, after discounts, less what was refunded for them until an instant."""
    if story.order["status"] in ("cancelled", "pending"):
        return 0
    refunded = sum(
        r["amount_cents"]
        for r in story.refunds
        if r["created_at"] < before and r["status"] in GRANTED and r["reason"] not in NOT_FOR_GOODS
    )
    return max(0, story.order["subtotal_cents"] - story.order["discount_cents"] - refunded)


def _tracking(rng: random.Random, carrier: str) -> str:
    digits = "".join(str(rng.randint(0, 9)) for _ in range(22))
    match carrier:
        case "ups":
            return f"1Z{''.join(rng.choice('0123456789ABCDEFGHJKLMNPRSTVWXYZ') for _ in range(6))}{digits[:10]}"
        case "fedex":
            return digits[:12]
        case "usps":
            return f"94{digits[:20]}"
        case _:
            return f"JD01{digits[:14]}"


def _events(rng: random.Random, kind: str, ships: date, label_at: str, arrives: date, home: str) -> list[Row]:
    """Scans of a parcel, oldest first; those after now are cut by the caller."""
    origin = "Columbus, OH" if rng.random() < 0.7 else "Reno, NV"

    def event(at_: str, place: str, status: str, detail: str) -> Row:
        return {"at": at_, "location": place, "status": status, "detail": detail}

    picked = max(later(label_at, minutes=20), at(ships, 18, rng.randint(0, 55)))
    found = [
        event(label_at, origin, "label_created", "Label created"),
        event(picked, origin, "in_transit", "Picked up by carrier"),
    ]
    gap = max(1, (arrives - ships).days)
    hub_day = ships + timedelta(days=max(1, gap // 2)) if gap > 1 else ships
    hub_at = (
        at(hub_day, 22, rng.randint(0, 59)) if hub_day == ships else at(hub_day, rng.randint(2, 11), rng.randint(0, 59))
    )
    hub = rng.choice(HUBS)
    found.append(
        event(hub_at, hub, "in_transit", rng.choice(("Arrived at hub", "Departed hub", "Processed at facility")))
    )
    if kind == "late_excused":
        cause = rng.choice(
            ("Severe weather: delivery delayed", "Weather exception, roads closed", "Held for customs inspection")
        )
        found.append(event(later(hub_at, hours=6), hub, "exception", cause))
    elif kind == "late" and rng.random() < 0.5:
        found.append(
            event(
                later(hub_at, hours=9),
                hub,
                "exception",
                rng.choice(("Missorted at facility", "Trailer missed connection", "Mechanical delay")),
            )
        )
    if kind == "lost":
        return found
    out = at(arrives, 7, rng.randint(20, 59))
    found.append(event(max(out, later(found[-1]["at"], hours=1)), home, "out_for_delivery", "Out for delivery"))
    done = at(arrives, rng.randint(10, 17), rng.randint(0, 59))
    detail = rng.choice(
        ("Left at front door", "Handed to resident", "Left with neighbor", "Delivered, signed for", "Left at reception")
    )
    if kind == "not_received":
        detail = rng.choice(("Left at front door", "Left on porch", "Left in lobby"))
    found.append(event(max(done, later(found[-1]["at"], minutes=40)), home, "delivered", detail))
    return found
