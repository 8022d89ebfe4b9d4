"""Floors: agents without understanding. A task that one of them passes grades the wrong thing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from enterprisegym.environments.corecraft.agents.worker import PAID, cents, spoken, usd
from enterprisegym.environments.corecraft.clock import CLOCK
from enterprisegym.rollout.policies import Script
from enterprisegym.rollout.record import Json
from enterprisegym.tasks import Call, Task

ID = re.compile(
    r"\b(?:cust|ord|pay|ship|tick|ref|rma|res|esc|build|emp|kb|pol|war|sla|promo|rule|inv)-[a-z0-9][a-z0-9-]*\b"
)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
NAME = re.compile(r"\b[A-Z][\w'’-]+(?: (?:Van|De|La))? [A-Z][\w'’-]+\b")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
LIVE = ("pending", "approved", "processed")
LONGEST = 24_000


def _ask(name: str, /, **arguments: Any) -> Generator[Call, Json, Json]:
    result = yield Call(name=name, arguments=arguments)
    return result


def apologiser(task: Task, seed: int) -> Script:
    """Apologises and promises that somebody will follow up; calls nothing."""
    return (
        "I'm very sorry for the trouble this has caused, and thank you for your patience. I completely understand how "
        "frustrating it is. I have noted everything and will look into it right away; a colleague from the responsible "
        "team will get back to you within 24 hours. We value you and will do all we can to make this right."
    )
    yield  # a generator that never yields


def spammer(task: Task, seed: int) -> Script:
    """Makes many look-ups and answers vaguely."""
    for call in _lookups(task):  # noqa: UP028 - the answers that are sent in are of no interest
        yield call
    return (
        "I have gone through the customer, order, payment, shipping, ticket, product and policy records. Everything "
        "has been checked against our current policies, and the matter has been handled accordingly. Please let me "
        "know if you need anything else."
    )


def blind_refunder(task: Task, seed: int) -> Script:
    """Refunds the whole payment of the first order it finds, approved, and resolves the ticket."""
    order_id, ticket_id = yield from _some_order(task.prompt)
    if order_id is None:
        return "Good news: your full refund has been approved and will reach you in 3-5 business days."
    details = yield from _ask("getOrderDetails", order_id=order_id)
    payments = [p for p in details.get("payments", []) if p["status"] in PAID]
    if ticket_id is None and details.get("tickets"):
        ticket_id = details["tickets"][0]["id"]
    if not payments:
        return f"Your order {order_id} has been refunded in full."
    payment = payments[0]
    left = cents(payment["amount"]) - sum(cents(r["amount"]) for r in payment["refunds"] if r["status"] in LIVE)
    arguments = {"payment_id": payment["id"], "amount": left / 100, "reason": "other", "status": "approved"}
    made = yield from _ask("createRefund", **arguments, **({"ticket_id": ticket_id} if ticket_id else {}))
    if ticket_id is not None:
        yield from _resolve(ticket_id, made)
    return f"Good news: I have refunded {usd(left)} for order {order_id} in full. The ticket is resolved."


def _resolve(ticket_id: str, made: Json) -> Generator[Call, Json, None]:
    refund_id = made.get("refund", {}).get("id")
    outcome = {"outcome": "refund_issued", "linked_refund_id": refund_id} if refund_id else {"outcome": "no_action"}
    settled = yield from _ask("createResolution", ticket_id=ticket_id, details="Refunded in full.", **outcome)
    if "resolution" in settled:
        yield from _ask(
            "updateTicketStatus", ticket_id=ticket_id, status="resolved", resolution_id=settled["resolution"]["id"]
        )


def _some_order(prompt: str) -> Generator[Call, Json, tuple[str | None, str | None]]:
    """The first order that the prompt leads to, and a ticket it names."""
    ids = ID.findall(prompt)
    ticket_id = next((id for id in ids if id.startswith("tick-")), None)
    order_id = next((id for id in ids if id.startswith("ord-")), None)
    customer_id = next((id for id in ids if id.startswith("cust-")), None)
    if order_id is None and ticket_id is not None:
        found = yield from _ask("searchTickets", ticket_id=ticket_id)
        for ticket in found.get("tickets", []):
            order_id, customer_id = ticket["order_id"], ticket["customer_id"]
    searches = [{"email": email} for email in EMAIL.findall(prompt)] + [{"name": name} for name in NAME.findall(prompt)]
    for search in searches[:8]:
        if order_id is not None or customer_id is not None:
            break
        found = yield from _ask("searchCustomers", **search)
        customer_id = next((c["id"] for c in found.get("customers", [])), None)
    if order_id is None and customer_id is not None:
        found = yield from _ask("searchOrders", customer_id=customer_id)
        order_id = next((o["id"] for o in found.get("orders", [])), None)
    if ticket_id is None and customer_id is not None:
        found = yield from _ask("searchTickets", customer_id=customer_id)
        ticket_id = next((t["id"] for t in found.get("tickets", []) if t["status"] not in ("resolved", "closed")), None)
    return order_id, ticket_id


def answer_stuffer(task: Task, seed: int) -> Script:
    """Makes look-ups and answers with every id, amount, date, name and policy sentence it saw."""
    seen = _Seen()
    for call in _lookups(task):
        seen.add((yield call))
        if call.name == "searchCustomers" and seen.customers:
            customer_id = seen.customers.pop(0)
            seen.add((yield from _ask("searchOrders", customer_id=customer_id)))
            seen.add((yield from _ask("getCustomerTicketHistory", customer_id=customer_id)))
    return seen.answer(task)


@dataclass
class _Seen:
    """All that tool results have shown, each thing once, in the order of sight."""

    ids: dict[str, None] = field(default_factory=dict[str, None])
    amounts: dict[str, None] = field(default_factory=dict[str, None])
    days: dict[str, None] = field(default_factory=dict[str, None])
    names: dict[str, None] = field(default_factory=dict[str, None])
    words: dict[str, None] = field(default_factory=dict[str, None])
    sentences: dict[str, None] = field(default_factory=dict[str, None])
    customers: list[str] = field(default_factory=list[str])

    def add(self, result: Json) -> None:
        for key, value in _leaves(result):
            if isinstance(value, float):
                self.amounts[usd(round(value * 100))] = None
            elif isinstance(value, str):
                self._add_text(key, value)

    def _add_text(self, key: str, text: str) -> None:
        if INSTANT.fullmatch(text):
            self.days[spoken(CLOCK.day_of(text))] = None
        elif DAY.fullmatch(text):
            self.days[spoken(text)] = None
        elif key == "id" or ID.fullmatch(text):
            self.ids[text] = None
            if text.startswith("cust-"):
                self.customers.append(text)
        elif key in ("name", "title", "email", "tracking_number", "city"):
            self.names[text] = None
        elif key in ("body", "terms", "statement", "remedy", "detail"):
            self.sentences.update(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
        elif len(text) < 40:
            self.words[text] = None

    def answer(self, task: Task) -> str:
        parts = (
            "Yes. No. Approved. Denied. Eligible. Not eligible. In stock. Out of stock. Compatible. Not compatible.",
            "Orders, tickets and other records: " + ", ".join(self.ids),
            "Amounts: " + ", ".join(self.amounts),
            "Dates: " + ", ".join(self.days),
            "Counts: " + ", ".join(str(n) for n in range(31)),
            "Names: " + ", ".join(self.names),
            "Details: " + ", ".join(self.words),
            "Policy: " + " ".join(self.sentences),
        )
        return "\n\n".join(parts)[:LONGEST]


def _leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():  # pyright: ignore[reportUnknownVariableType]
            yield from _leaves(inner, str(name))  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(value, list):
        for inner in value:  # pyright: ignore[reportUnknownVariableType]
            yield from _leaves(inner, key)
    else:
        yield key, value


def _lookups(task: Task) -> Iterable[Call]:
    """At most 25 look-ups around what a prompt mentions."""
    prompt = task.prompt
    calls: list[Call] = []
    tools = {
        "ord": ("getOrderDetails", "order_id"),
        "tick": ("searchTickets", "ticket_id"),
        "cust": ("searchOrders", "customer_id"),
    }
    for id in dict.fromkeys(ID.findall(prompt)):
        if (prefix := id.split("-")[0]) in tools:
            name, argument = tools[prefix]
            calls.append(Call(name=name, arguments={argument: id}))
    calls += [
        Call(name="searchCustomers", arguments={"email": email}) for email in dict.fromkeys(EMAIL.findall(prompt))
    ]
    for name in list(dict.fromkeys(NAME.findall(prompt)))[:5]:
        calls.append(Call(name="searchCustomers", arguments={"name": name}))
        calls.append(Call(name="searchProducts", arguments={"text": name}))
    types = ("return", "refund", "shipping", "pricing", "warranty", "cancellation", "loyalty")
    calls += [Call(name="searchPolicies", arguments={"policy_type": policy_type}) for policy_type in types]
    searches = (
        "searchOrders",
        "searchTickets",
        "searchPayments",
        "searchShipments",
        "searchPromotions",
        "searchProducts",
    )
    calls += [Call(name=name) for name in searches]
    return {json.dumps(call.model_dump(), sort_keys=True): call for call in calls[:25]}.values()


FLOORS: dict[str, Callable[[Task, int], Script]] = {
    "apologiser": apologiser,
    "spammer": spammer,
    "blind-refunder": blind_refunder,
    "answer-stuffer": answer_stuffer,
}
