"""What colleagues did about the tickets: answers, escalations, and settlements by the company's rules."""

from __future__ import annotations

import random
from collections.abc import Callable
from string import Formatter

from enterprisegym.environments.corecraft.generate.content import Content
from enterprisegym.environments.corecraft.generate.draft import Draft
from enterprisegym.environments.corecraft.generate.orders import OrderBook, Story
from enterprisegym.environments.corecraft.generate.times import NOW, TODAY, later, spoken
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row

DESKS = {
    "technical": "technical_bench",
    "policy_exception": "support_lead",
    "refund_approval": "finance",
    "address_change": "fulfilment",
    "carrier_claim": "fulfilment",
    "fraud_review": "fraud",
    "privacy_request": "privacy",
    "product_safety": "product",
}
ESCALATES = {
    "change_address": "address_change",
    "delivered_not_received": "carrier_claim",
    "lost_parcel": "carrier_claim",
    "safety_smoke": "product_safety",
    "data_deletion": "privacy_request",
}
ANSWERS = {
    "where_is_my_order": "information_provided",
    "cancel_too_late": "request_denied",
    "swap_item": "information_provided",
    "failed_payment": "information_provided",
    "promo_not_applied": "information_provided",
    "backorder_question": "information_provided",
    "warranty_liquid": "request_denied",
    "warranty_overclock": "request_denied",
    "change_address": "order_updated",
    "delivered_not_received": "information_provided",
    "invoice_copy": "information_provided",
    "email_change": "information_provided",
    "name_change": "information_provided",
    "data_deletion": "information_provided",
    "third_party_asks": "request_denied",
    "loyalty_question": "information_provided",
    "loyalty_drop": "information_provided",
    "praise": "no_action",
    "sla_complaint": "information_provided",
    "third_contact": "information_provided",
    "vague_other": "information_provided",
}


class CaseWork:
    """Carries tickets on from the moment they are written. `conditions`: the state of goods that a customer stated."""

    def __init__(self, draft: Draft, content: Content, book: OrderBook) -> None:
        self.draft = draft
        self.content = content
        self.book = book
        self.conditions: dict[str, str] = {}
        self.agents = [
            e["id"]
            for e in content.employees
            if e["department"] == "support" and e["support_role"] in ("frontline", "specialist")
        ]

    def follow_up(self, rng: random.Random, ticket: Row, story: Story | None, situation: str) -> None:
        """Answer, escalate, settle or leave a ticket, as its age makes likely."""
        age = (TODAY - rules.company_day(ticket["created_at"])).days
        bands = ((1, (62, 38, 0, 0, 0)), (5, (16, 44, 18, 22, 0)), (14, (2, 22, 14, 54, 8)), (9999, (0, 2, 1, 85, 12)))
        weights = next(w for limit, w in bands if age <= limit)
        status = rng.choices(("new", "open", "pending_customer", "resolved", "closed"), weights)[0]
        if situation in ("safety_smoke", "cancel_request") and story and story.kind == "cancelled":
            status = "resolved"
        if status == "new":
            return
        ticket["assigned_employee_id"] = rng.choice(self.agents)
        target = rules.FIRST_RESPONSE_HOURS[ticket["priority"]]
        hours = target * (rng.uniform(0.05, 0.9) if rng.random() < 0.85 else rng.uniform(1.1, 2.5))
        ticket["first_response_at"] = min(later(ticket["created_at"], hours=hours), NOW)
        ticket["status"] = status
        ticket["updated_at"] = ticket["first_response_at"]
        kind = ESCALATES.get(situation)
        if kind and (status != "closed"):
            self._escalate(rng, ticket, story, kind)
        if status == "resolved":
            done = max(later(ticket["first_response_at"], hours=rng.randint(1, 40)), ticket["first_response_at"])
            done = min(done, later(NOW, minutes=-rng.randint(5, 60)))
            self._resolve(rng, ticket, story, situation, max(done, ticket["first_response_at"]))
        elif status == "closed":
            ticket["updated_at"] = min(NOW, later(ticket["first_response_at"], days=14))

    def _escalate(self, rng: random.Random, ticket: Row, story: Story | None, kind: str) -> None:
        made = min(NOW, later(ticket["first_response_at"], minutes=rng.randint(4, 50)))
        self.draft.add(
            "escalations",
            {
                "id": self.book.next_id("esc", made),
                "ticket_id": ticket["id"],
                "escalation_type": kind,
                "destination": DESKS[kind],
                "notes": self._text(rng, self.content.escalations[kind], ticket, story, None, made),
                "created_at": made,
                "resolved_at": min(NOW, later(made, hours=rng.randint(3, 40)))
                if ticket["status"] == "resolved"
                else None,
            },
        )

    def _resolve(self, rng: random.Random, ticket: Row, story: Story | None, situation: str, done: str) -> None:
        outcome, refund, cents = self._settle(rng, ticket, story, situation, done)
        row: Row = {
            "id": self.book.next_id("res", done),
            "ticket_id": ticket["id"],
            "outcome": outcome,
            "details": self._text(rng, self.content.resolutions[outcome], ticket, story, cents, done),
            "linked_refund_id": refund,
            "resolved_by_id": ticket["assigned_employee_id"],
            "created_at": done,
        }
        self.draft.add("resolutions", row)
        ticket["resolution_id"] = row["id"]
        ticket["updated_at"] = done

    def _text(
        self, rng: random.Random, texts: list[str], ticket: Row, story: Story | None, cents: int | None, when: str
    ) -> str:
        customer = self.draft.get("customers", ticket["customer_id"])
        slots = {"first": customer["name"].split()[0], "date": spoken(rules.company_day(when))}
        if story:
            slots |= {"product": self.book.products[story.product_id]["name"], "order_id": story.order["id"]}
        if cents is not None:
            slots["amount"] = money(cents)
        fitting = [t for t in texts if needs(t) <= set(slots)]
        return rng.choice(fitting or ["Done."]).format_map(slots)

    def _settle(
        self, rng: random.Random, ticket: Row, story: Story | None, situation: str, done: str
    ) -> tuple[str, str | None, int | None]:
        """Carry out what policy gives: (outcome, refund id, cents)."""
        if story is None or situation in ANSWERS:
            return ANSWERS.get(situation, "recommendation_provided"), None, None
        handler: dict[str, Callable[..., tuple[str, str | None, int | None]]] = {
            "return_remorse": self._settle_return,
            "return_wrong_choice": self._settle_return,
            "return_incompatible": self._settle_return,
            "doa_defect": self._settle_defect,
            "warranty_fault": self._settle_warranty,
            "damaged_in_transit": self._settle_defect,
            "wrong_item": self._settle_replacement,
            "missing_item": self._settle_replacement,
            "late_delivery": self._settle_late,
            "lost_parcel": self._settle_lost,
            "cancel_request": self._settle_cancel,
            "double_charge": self._settle_double,
            "price_drop": self._settle_price,
        }
        settle = handler.get(situation)
        if settle is not None:
            return settle(rng, ticket, story, done)
        advice = situation in ("upgrade_advice", "compat_question", "build_advice", "prebuilt_or_parts")
        return ("recommendation_provided" if advice else "troubleshooting_steps"), None, None

    def _record_return(
        self, ticket: Row, story: Story, reason: str, disposition: str, condition: str, done: str
    ) -> Row:
        line = next(row for row in story.lines if row["product_id"] == story.product_id)
        age = (TODAY - rules.company_day(done)).days
        return self.draft.add(
            "returns",
            {
                "id": self.book.next_id("rma", done),
                "order_id": story.order["id"],
                "ticket_id": ticket["id"],
                "items": [{"product_id": story.product_id, "quantity": line["quantity"], "condition": condition}],
                "reason": reason,
                "disposition": disposition,
                "credit_cents": 0,
                "status": "closed" if age > 12 else "received" if age > 6 else "label_sent",
                "created_at": done,
            },
        )

    def _refund_for_goods(
        self, rng: random.Random, ticket: Row, story: Story, reason: str, condition: str, done: str
    ) -> tuple[str, str | None, int | None]:
        line = next(row for row in story.lines if row["product_id"] == story.product_id)
        items: list[Row] = [{**line, "condition": condition}]
        tier = self.book.tier_on(self.book.stories[story.customer["id"]], rules.company_day(ticket["created_at"]))
        breakdown = rules.return_refund_cents(story.order, story.lines, items, tier, reason, self.book.products)
        payment = story.payments[0]
        cents = min(breakdown.total_cents, rules.refundable_cents(payment, story.refunds))
        if cents == 0:  # the label costs more than the goods: the customer keeps them
            return "no_action", None, None
        record = self._record_return(ticket, story, reason, "refund", condition, done)
        granted = rules.agent_may_approve(story.order["id"], story.refunds, breakdown.total_cents)
        age = (TODAY - rules.company_day(done)).days
        status = "processed" if age > 7 else "approved" if granted else "pending"
        refund = self.book.add_refund(
            story, payment, cents, reason, status, done, ticket_id=ticket["id"], return_id=record["id"]
        )
        if status == "pending":
            story.order["status"] = "refund_requested"
        else:
            whole = sum(row["quantity"] for row in story.lines) == record["items"][0]["quantity"]
            story.order["status"] = "refunded" if whole else "partially_refunded"
        return "refund_issued", refund["id"], cents

    def _settle_return(
        self, rng: random.Random, ticket: Row, story: Story, done: str
    ) -> tuple[str, str | None, int | None]:
        product = self.book.products[story.product_id]
        asked = rules.company_day(ticket["created_at"])
        tier_id = self.book.tier_on(self.book.stories[story.customer["id"]], asked)
        condition = "unopened" if rng.random() < 0.4 else "opened"
        condition = self.conditions.get(ticket["id"], condition)
        reason = "incompatible" if "compat" in ticket["subject"].lower() else "customer_remorse"
        in_time = rules.within_return_window(
            story.order, self.book.tiers[tier_id], story.shipments, story.product_id, asked
        )
        if not in_time or rules.return_exclusion(story.order, product, condition, reason):
            return "request_denied", None, None
        return self._refund_for_goods(rng, ticket, story, reason, condition, done)

    def _settle_defect(
        self, rng: random.Random, ticket: Row, story: Story, done: str
    ) -> tuple[str, str | None, int | None]:
        damaged = story.kind == "damaged"
        if rng.random() < 0.5:
            reason, condition = ("damaged_in_transit", "damaged") if damaged else ("defective", "defective")
            return self._refund_for_goods(rng, ticket, story, reason, condition, done)
        return self._settle_replacement(rng, ticket, story, done)

    def _settle_replacement(
        self, rng: random.Random, ticket: Row, story: Story, done: str
    ) -> tuple[str, str | None, int | None]:
        if story.kind != "missing_item":
            reasons = {"damaged": ("damaged_in_transit", "damaged"), "wrong_item": ("wrong_item", "unopened")}
            reason, condition = reasons.get(story.kind, ("defective", "defective"))
            self._record_return(ticket, story, reason, "replacement", condition, done)
        return "replacement_sent", None, None

    def _settle_warranty(
        self, rng: random.Random, ticket: Row, story: Story, done: str
    ) -> tuple[str, str | None, int | None]:
        product = self.book.products[story.product_id]
        policy = self.draft.get("warranty_policies", product["warranty_policy_id"])
        status = rules.warranty_status(
            story.order, story.shipments, product, policy, rules.company_day(ticket["created_at"])
        )
        if not status.covered:
            return "request_denied", None, None
        if status.handled_by == "manufacturer":
            return "information_provided", None, None
        return self._settle_replacement(rng, ticket, story, done)

    def _settle_late(
        self, rng: random.Random, ticket: Row, story: Story, done: str
    ) -> tuple[str, str | None, int | None]:
        owed = rules.late_credit_cents(story.order, story.shipments[0], rules.company_day(done))
        if owed.refund_cents:
            refund = self.book.add_refund(
                story, story.payments[0], owed.refund_cents, "shipping_fee", "processed", done, ticket_id=ticket["id"]
            )
            story.order["status"] = "partially_refunded"
            return "refund_issued", refund["id"], owed.refund_cents
        return "information_provided", None, None

    def _settle_lost(
        self, rng: random.Random, ticket: Row, story: Story, done: str
    ) -> tuple[str, str | None, int | None]:
        if rules.lost_since(story.shipments[0], rules.company_day(done)) is None or rng.random() < 0.5:
            return (
                (
                    "replacement_sent"
                    if rules.lost_since(story.shipments[0], rules.company_day(done))
                    else "information_provided"
                ),
                None,
                None,
            )
        payment = story.payments[0]
        refund = self.book.add_refund(
            story, payment, payment["amount_cents"], "lost_in_transit", "processed", done, ticket_id=ticket["id"]
        )
        story.order["status"] = "refunded"
        return "refund_issued", refund["id"], payment["amount_cents"]

    def _settle_cancel(
        self, rng: random.Random, ticket: Row, story: Story, done: str
    ) -> tuple[str, str | None, int | None]:
        if not story.refunds:
            refund = self.book.cancel(story, done, ticket["id"])
        else:
            refund = story.refunds[0]
            refund["ticket_id"] = ticket["id"]
        return "refund_issued", refund["id"], refund["amount_cents"]

    def _settle_double(
        self, rng: random.Random, ticket: Row, story: Story, done: str
    ) -> tuple[str, str | None, int | None]:
        surplus = story.payments[-1]
        refund = self.book.add_refund(
            story, surplus, surplus["amount_cents"], "duplicate_charge", "processed", done, ticket_id=ticket["id"]
        )
        return "refund_issued", refund["id"], surplus["amount_cents"]

    def _settle_price(
        self, rng: random.Random, ticket: Row, story: Story, done: str
    ) -> tuple[str, str | None, int | None]:
        line = next(row for row in story.lines if row["product_id"] == story.product_id)
        cents = rules.price_adjustment_cents(
            story.order, line, self.book.products[story.product_id], rules.company_day(ticket["created_at"])
        )
        if not cents:
            return "request_denied", None, None
        refund = self.book.add_refund(
            story, story.payments[0], cents, "price_adjustment", "approved", done, ticket_id=ticket["id"]
        )
        return "refund_issued", refund["id"], cents


def needs(text: str) -> set[str]:
    """The slots that a text uses."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def money(cents: int) -> str:
    return f"${cents / 100:,.2f}"
