"""Support tickets that fit the facts of their order, and what colleagues did about them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from enterprisegym.environments.corecraft.generate.casework import CaseWork, money, needs
from enterprisegym.environments.corecraft.generate.content import Content, Entry
from enterprisegym.environments.corecraft.generate.draft import Draft, stream
from enterprisegym.environments.corecraft.generate.orders import OrderBook, Story
from enterprisegym.environments.corecraft.generate.times import NOW, TODAY, at, later, shop_time, spoken
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row

CORE = ("cpu", "motherboard", "gpu", "memory", "storage", "psu", "case", "cooling")
FOR_STORY = {
    "late": ("late_delivery", 0.7),
    "late_excused": ("late_delivery", 0.7),
    "lost": ("lost_parcel", 0.9),
    "not_received": ("delivered_not_received", 1.0),
    "damaged": ("damaged_in_transit", 1.0),
    "wrong_item": ("wrong_item", 1.0),
    "missing_item": ("missing_item", 1.0),
    "double_charge": ("double_charge", 0.85),
    "in_transit": ("where_is_my_order", 0.4),
    "backorder": ("backorder_question", 0.7),
    "payment_failed": ("failed_payment", 0.7),
    "cancelled": ("cancel_request", 0.6),
    "on_hold": ("where_is_my_order", 0.3),
}
UNSHIPPED: tuple[tuple[str | None, int], ...] = (
    ("cancel_request", 30),
    ("swap_item", 16),
    ("change_address", 22),
    (None, 45),
)
ANALOGUE = {"return_wrong_choice", "return_incompatible", "swap_item", "backorder_question", "wrong_item"}


class TicketDesk:
    """Writes the tickets of one world."""

    def __init__(self, draft: Draft, content: Content, book: OrderBook) -> None:
        self.draft = draft
        self.content = content
        self.book = book
        self.by_customer: dict[str, list[Row]] = defaultdict(list)
        self.situations: dict[str, str] = {}
        self.cases = CaseWork(draft, content, book)
        self.technical = [
            s
            for s in content.tickets.values()
            if s.get("needs_order") and s["categories"] and s["situation"] not in ("upgrade_advice", "safety_smoke")
        ]

    # Which ticket a story leads to

    def after_order(self, story: Story) -> None:
        """The ticket, if any, that an order leads to, with its consequences."""
        rng = stream(self.draft.seed, "ticket", story.order["id"])
        if story.kind in FOR_STORY:
            situation, chance = FOR_STORY[story.kind]
            if rng.random() < chance:
                self._write(rng, story, situation)
            elif story.kind in ("damaged", "wrong_item", "missing_item"):
                story.kind = "delivered"
        elif story.kind == "paid":
            situation = rng.choices([s for s, _ in UNSHIPPED], [w for _, w in UNSHIPPED])[0]
            if situation:
                self._write(rng, story, situation)
        elif story.kind == "delivered":
            situation = self._after_delivery(rng, story)
            if situation:
                self._write(rng, story, situation)

    def _after_delivery(self, rng: random.Random, story: Story) -> str | None:
        delivered = story.delivered()
        if delivered is None or rng.random() < 0.34:
            return None
        owned = (TODAY - delivered).days
        product = self.book.products[story.product_id]
        category, stable = product["category"], product["category"] not in ("case", "accessory")
        line = next(row for row in story.lines if row["product_id"] == story.product_id)
        options: list[tuple[str, int]] = [
            ("praise", 3),
            ("invoice_copy", 5),
            ("third_party_asks", 2),
            ("upgrade_advice", 4),
        ]
        if category != "bundle":
            options += [("return_remorse", 12), ("return_wrong_choice", 9)]
        if category in CORE:
            options.append(("return_incompatible", 9))
        if stable and category != "bundle":
            options += [("doa_defect", 9 if owned >= 2 else 2)]
            if owned > 24:
                options += [("warranty_fault", 16), ("warranty_liquid", 4)]
                options += [("warranty_overclock", 5)] if category in ("cpu", "gpu", "memory") else []
        if line["unit_price_cents"] > product["price_cents"]:
            options.append(("price_drop", 60))
        if story.order["discount_cents"] == 0 and owned < 60:
            options.append(("promo_not_applied", 4))
        if (delivered - story.placed).days >= 2:
            options.append(("cancel_too_late", 4))
        options += [(s["situation"], 5) for s in self.technical if fits(s, product)]
        if fits(self.content.tickets["safety_smoke"], product):
            options.append(("safety_smoke", 2))
        if rng.random() < 0.12:
            options.append(("vague_other", 40))
        names, weights = zip(*options, strict=True)
        return rng.choices(names, weights)[0]

    def _written_at(self, rng: random.Random, story: Story, situation: str) -> str:
        """When the customer writes, given when things happened."""
        delivered = story.delivered()
        earliest = later(story.order["created_at"], minutes=rng.randint(25, 240))
        if situation in ("cancel_request", "swap_item", "change_address") and story.kind != "cancelled":
            return min(earliest, later(NOW, minutes=-rng.randint(20, 90)))
        if situation == "cancel_request":
            return (
                story.order["created_at"]
                if not story.refunds
                else later(story.refunds[0]["created_at"], minutes=-rng.randint(15, 50))
            )
        if situation in ("failed_payment", "promo_not_applied", "double_charge"):
            return self._day(rng, story.placed + timedelta(days=rng.randint(1, 2)), earliest)
        if situation == "cancel_too_late":
            return later(story.shipments[0]["created_at"], hours=rng.randint(2, 9))
        if situation in ("where_is_my_order", "backorder_question"):
            return self._day(
                rng, max(story.placed + timedelta(days=rng.randint(2, 4)), TODAY - timedelta(days=2)), earliest
            )
        if situation == "price_drop":
            drop = self.book.prices.drops[story.product_id][0]
            return self._day(
                rng, max(drop + timedelta(days=rng.randint(0, 3)), story.placed + timedelta(days=1)), earliest
            )
        if delivered is None or situation in ("late_delivery", "lost_parcel"):
            eta = date.fromisoformat(story.shipments[0]["eta"]) if story.shipments else story.placed
            return self._day(
                rng, eta + timedelta(days=rng.randint(1, 8 if situation == "lost_parcel" else 3)), earliest
            )
        spans = {
            "doa_defect": (0, 13),
            "damaged_in_transit": (0, 6),
            "wrong_item": (0, 3),
            "missing_item": (0, 3),
            "delivered_not_received": (1, 8),
            "warranty_fault": (20, 900),
            "warranty_liquid": (9, 420),
            "warranty_overclock": (20, 420),
            "return_remorse": (1, 44),
            "return_wrong_choice": (1, 40),
            "return_incompatible": (0, 30),
            "install_question": (0, 4),
            "praise": (1, 6),
            "invoice_copy": (1, 90),
            "upgrade_advice": (30, 400),
            "vague_other": (1, 25),
        }
        low, high = spans.get(situation, (1, 300))
        owned = (TODAY - delivered).days
        high = min(high, owned)
        wait = round(low + (high - low) * rng.random() ** 1.6) if high > low else min(low, owned)
        return self._day(rng, delivered + timedelta(days=wait), later(story.shipments[0]["delivered_at"], hours=2))

    def _day(self, rng: random.Random, day: date, earliest: str) -> str:
        return min(max(shop_time(rng, min(day, TODAY)), earliest), later(NOW, minutes=-rng.randint(12, 200)))

    # Writing it

    def _write(self, rng: random.Random, story: Story, situation: str) -> None:
        if any(self.situations[t["id"]] == situation for t in self.by_customer[story.customer["id"]]):
            return
        written = self._written_at(rng, story, situation)
        ticket = self._ticket(rng, story.customer, situation, written, story)
        if ticket is None:
            return
        self.cases.follow_up(rng, ticket, story, situation)

    def _slots(
        self, rng: random.Random, customer: Row, story: Story | None, situation: str, written: str
    ) -> dict[str, str]:
        first = customer["name"].split()[0]
        slots = {
            "first": first,
            "last": customer["name"].split(" ", 1)[1],
            "full_name": customer["name"],
            "city": customer["addresses"][0]["city"],
            "quantity": str(rng.choice((4, 6, 8, 10, 12, 15, 20, 25, 30))),
        }
        if customer["company"]:
            slots["company"] = customer["company"]
        if story is None:
            return slots
        order = story.order
        product = self.book.products[story.product_id]
        line = next(row for row in story.lines if row["product_id"] == story.product_id)
        placed = story.placed
        slots |= {
            "product": product["name"],
            "order_id": order["id"],
            "order_date": spoken(placed),
            "order_month": f"{placed:%B}",
            "total": money(order["total_cents"]),
            "price": money(line["unit_price_cents"]),
            "days": str((rules.company_day(written) - placed).days),
        }
        if line["quantity"] > 1:
            slots["quantity"] = str(line["quantity"])
        if story.shipments:
            parcel = story.shipments[0]
            slots |= {
                "ship_date": spoken(rules.company_day(parcel["created_at"])),
                "eta": spoken(date.fromisoformat(parcel["eta"])),
                "carrier": {"ups": "UPS", "fedex": "FedEx", "usps": "USPS", "dhl": "DHL"}[parcel["carrier"]],
                "tracking": parcel["tracking_number"],
            }
            if (delivered := story.delivered()) and parcel["delivered_at"] <= written:
                slots["delivered_date"] = spoken(delivered)
        other = self._other_product(rng, story, situation)
        if other:
            slots["other_product"] = self.book.products[other]["name"]
        if situation == "change_address":
            slots["new_address"] = self._new_address(rng, customer)
        running = [p["code"] for p in self.content.promotions if p["starts_on"] <= placed.isoformat() <= p["ends_on"]]
        if running:
            slots["promo_code"] = rng.choice(running)
        return slots

    def _other_product(self, rng: random.Random, story: Story, situation: str) -> str | None:
        if situation == "missing_item":
            return next((row["product_id"] for row in story.lines if row["product_id"] != story.product_id), None)
        category = self.book.products[story.product_id]["category"]
        if situation == "return_incompatible":
            category = {
                "cpu": "motherboard",
                "motherboard": "cpu",
                "gpu": "case",
                "memory": "motherboard",
                "cooling": "case",
            }.get(category, "motherboard")
        if situation in ANALOGUE:
            for _ in range(9):
                other = self.book.shelf.pick(rng, TODAY, category)
                if other != story.product_id:
                    return other
        return None

    def _new_address(self, rng: random.Random, customer: Row) -> str:
        home = customer["addresses"][0]
        street = rng.choice(self.content.people["streets"])
        return f"{rng.randint(3, 9899)} {street}, {home['city']}, {home['region']} {home['postal_code']}"

    def _ticket(
        self,
        rng: random.Random,
        customer: Row,
        situation: str,
        written: str,
        story: Story | None,
        extra: Mapping[str, str] | None = None,
    ) -> Row | None:
        entry = self.content.tickets[situation]
        slots = {**self._slots(rng, customer, story, situation, written), **(extra or {})}
        picked = pick_wording(rng, entry, slots, personal=customer["account_type"] == "consumer")
        if picked is None:
            return None
        wording, channel = picked
        row: Row = {
            "id": self.book.next_id("tick", written),
            "customer_id": customer["id"],
            "order_id": story.order["id"]
            if story and (rng.random() < 0.72 or "{order_id}" in wording["body"])
            else None,
            "build_id": None,
            "ticket_type": entry["ticket_type"],
            "channel": channel,
            "priority": self._priority(rng, entry, customer),
            "status": "new",
            "subject": wording["subject"].format_map(slots),
            "body": wording["body"].format_map(slots),
            "assigned_employee_id": None,
            "resolution_id": None,
            "first_response_at": None,
            "created_at": written,
            "updated_at": written,
        }
        self.draft.add("tickets", row)
        self.by_customer[customer["id"]].append(row)
        self.situations[row["id"]] = situation
        if "condition" in wording:
            self.cases.conditions[row["id"]] = wording["condition"]
        return row

    def _priority(self, rng: random.Random, entry: Entry, customer: Row) -> str:
        hint = entry["priority_hint"]
        if hint == "normal" and rng.random() < 0.08:
            return rng.choice(("low", "high"))
        return hint

    # Tickets without an order

    def add_account_tickets(self) -> None:
        """Questions about accounts, advice and quotes: about one for every six customers."""
        customers = self.draft.all("customers")
        for customer in customers:
            rng = stream(self.draft.seed, "account ticket", customer["id"])
            if rng.random() > 0.2:
                continue
            situations = [
                "compat_question",
                "compat_question",
                "build_advice",
                "prebuilt_or_parts",
                "loyalty_question",
                "email_change",
                "name_change",
                "data_deletion",
            ]
            if customer["account_type"] != "consumer":
                situations = ["business_quote", "business_quote", "bulk_stock", "compat_question", "email_change"]
            missed = [
                t
                for t in self.by_customer[customer["id"]]
                if t["first_response_at"] is None and t["created_at"] < later(NOW, hours=-30)
            ]
            if missed:
                situations = ["sla_complaint"]
            situation = rng.choice(situations)
            written = at(
                TODAY - timedelta(days=round(rng.random() ** 1.7 * 240)), rng.randint(8, 13), rng.randint(0, 59)
            )
            entry = self.content.tickets[situation]
            extra: dict[str, str] = {}
            if entry["categories"]:
                extra["product"] = self.book.products[self.book.shelf.pick(rng, TODAY, *entry["categories"])]["name"]
                others = [c for c in entry.get("other_categories", ()) if c != self._category(extra["product"])]
                if others:
                    extra["other_product"] = self.book.products[self.book.shelf.pick(rng, TODAY, *others)]["name"]
            ticket = self._ticket(rng, customer, situation, min(written, later(NOW, minutes=-25)), None, extra)
            if ticket is not None:
                self.cases.follow_up(rng, ticket, None, situation)

    def _category(self, name: str) -> str:
        return next(p["category"] for p in self.book.products.values() if p["name"] == name)


def fits(entry: Entry, product: Row) -> bool:
    """Whether a technical situation can happen to a product."""
    if product["category"] not in entry["categories"] or product["id"] in entry.get("exclude_products", ()):
        return False
    return all(product["specs"].get(spec) in allowed for spec, allowed in entry.get("specs_any", {}).items())


def pick_wording(
    rng: random.Random, entry: Entry, slots: Mapping[str, str], *, personal: bool
) -> tuple[Entry, str] | None:
    """A wording whose slots can all be filled, and a channel that suits it; None if there is no such wording."""
    fitting = [
        w
        for w in entry["wordings"]
        if needs(w["subject"]) | needs(w["body"]) <= set(slots) and (personal or not w.get("personal"))
    ]
    if not fitting:
        return None
    wording = rng.choice(fitting)
    channels = {c: n for c, n in entry["channel_weights"].items() if c in ("web", "email")} or {"email": 1}
    channel = wording.get("channel") or rng.choices(list(channels), list(channels.values()))[0]
    return wording, channel
