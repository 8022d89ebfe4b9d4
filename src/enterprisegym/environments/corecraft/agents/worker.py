"""The scripted worker: skills that a task's plan is written with, each of which can be taken away.

A plan is a generator function of a worker. It works from live tool results and returns the final response:

    def solve(a: Worker) -> Plan:
        customer = yield from a.contact(email="maya.ortiz@mailbox.example")
        orders = yield from a.dated("searchOrders", "2025-10", customer_id=customer["id"])
        order = a.pick(orders, where=lambda o: o["shipping_service"] == "express")
        details = yield from a.call("getOrderDetails", order_id=order["id"])
        return f"Your order {order['id']} was charged {usd(a.captured(details['payments']))}."

Skills that call tools are generators (`yield from`); the others are plain methods. A worker with a `lesion` has lost
exactly one skill and is otherwise the same. Write the plan as if every trap were on, and use the skill even where it
looks needless: a probe can only fail where the plan uses the skill that the probe lacks.
Money is integer cents in skills; tool results show dollars (`cents` and `usd` convert).
"""

from __future__ import annotations

import json
import re
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar, cast

from enterprisegym.environments.corecraft.clock import CLOCK
from enterprisegym.environments.corecraft.generate.traps.accounts import capitals
from enterprisegym.environments.corecraft.generate.traps.reading import (
    AMOUNT,
    COUNT,
    DAY,
    MONTHS,
    poses_as_order,
    true_type,
)
from enterprisegym.environments.corecraft.generate.traps.wording import NUMBERS
from enterprisegym.rollout.record import Json
from enterprisegym.tasks.task import Call
from enterprisegym.world import Clock

T = TypeVar("T")
Row = Mapping[str, Any]
Rows = list[Json]
Plan = Generator[Call, Json, str]
"""Yields calls, receives each result (or `{"error": text}`), returns the final response."""
Steps = Generator[Call, Json, T]
"""Part of a plan: `yield from` it."""
PlanFunction = Callable[["Worker"], Plan]

PAGE = 10
PAID = ("captured", "partially_refunded", "refunded")
PACKAGES = ("prebuilt", "workstation", "bundle")

LESIONS: dict[str, str] = {
    "no-paging": "takes the first page for everything (`all`)",
    "literal-search": "searches only for what the customer wrote, as they wrote it (`search`, `product`, `contact`)",
    "first-hit": "takes the first row found (`pick`, `pick_by`)",
    "stale-article": "reads the deprecated article where there is one (`article`)",
    "first-article": "does not look which product an article is about (`article`)",
    "old-policy": "applies the oldest former version of a policy where there is one (`policy`)",
    "wrong-year": "believes it is 2024 (`dated`)",
    "utc-dates": "reads dates off the stored UTC text (`day`, `dated`)",
    "status-blind": "counts every payment record as money taken (`captured`, `payment`)",
    "trusts-text": "takes the customer's word against the records (`record`)",
    "list-price": "works with today's price instead of the price paid (`price_paid`)",
    "first-tool-only": "does not look for packages (`packages`)",
    "label-trust": "goes by the type a ticket is filed under (`true_type`)",
    "header-trust": "goes by the header of a parcel, not by its scans (`parcel_status`, `delivered_on`)",
    "one-account": "does not look for the person's other accounts (`accounts`)",
    "note-trust": "believes notes on orders (`noted`)",
    "obeys-text": "does what a text tells staff to do (`obeys`)",
    "first-location": "looks at the first stock location only (`stock`)",
}
"""What each probe cannot do, and in which skills it shows."""


class NotFoundError(LookupError):
    """A skill came to nothing: no such row, or a tool refused the call."""


def cents(dollars: float) -> int:
    """Dollars of a tool result as integer cents."""
    return round(dollars * 100)


def usd(amount_cents: int) -> str:
    """Cents as `$1,519.96`."""
    return f"${amount_cents / 100:,.2f}"


def spoken(day: str | date) -> str:
    """A company day as `November 3, 2025`."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


@dataclass(frozen=True)
class Claims:
    """What a text says: days as `November 3`, amounts in cents, quantities; in the order of the text."""

    days: tuple[str, ...] = ()
    amounts_cents: tuple[int, ...] = ()
    quantities: tuple[int, ...] = ()


@dataclass(frozen=True)
class Worker:
    """An agent with all skills but the one named by `lesion`. Skills raise NotFoundError when they come to nothing."""

    lesion: str | None = None
    clock: Clock = field(default=CLOCK)

    def __post_init__(self) -> None:
        if self.lesion is not None and self.lesion not in LESIONS:
            raise ValueError(f"there is no lesion {self.lesion!r}; there are {', '.join(LESIONS)}")

    def _lacks(self, name: str) -> bool:
        return self.lesion == name

    # Calling tools

    def call(self, tool: str, /, **arguments: Any) -> Steps[Json]:
        """One call; its result. Arguments that are None are left out. Raises NotFoundError when the tool refuses."""
        result = yield from self.attempt(tool, **arguments)
        if "error" in result:
            raise NotFoundError(f"{tool}: {result['error']}")
        return result

    def attempt(self, tool: str, /, **arguments: Any) -> Steps[Json]:
        """One call; its result, or `{"error": text}` when the tool refuses."""
        given = {name: value for name, value in arguments.items() if value is not None}
        result = yield Call(name=tool, arguments=given)
        return result

    def all(self, tool: str, /, **arguments: Any) -> Steps[Rows]:
        """Every row of a search, page by page until a short page. Do not give limit or offset."""
        rows: Rows = []
        while True:
            result = yield from self.call(tool, **arguments, **({"offset": len(rows)} if rows else {}))
            (page,) = (cast(Rows, value) for value in result.values() if isinstance(value, list))
            rows += page
            if len(page) < PAGE or self._lacks("no-paging"):
                return rows

    def search(self, tool: str, /, *variants: Mapping[str, Any]) -> Steps[Rows]:
        """Every row of the first variant of a query that finds any. Give first what the customer wrote."""
        for variant in variants[:1] if self._lacks("literal-search") else variants:
            rows = yield from self.all(tool, **variant)
            if rows:
                return rows
        return []

    # Finding the right thing

    def pick(self, rows: Sequence[Json], where: Callable[[Json], bool] | None = None, **evidence: str) -> Json:
        """The one row that fits: `where` holds, and every piece of evidence stands in the field of its name, or, when
        the row has no such field (city, order id, product id), anywhere in the row."""
        fitting = list(rows) if self._lacks("first-hit") else [r for r in rows if _fits(r, where, evidence)]
        if not fitting:
            raise NotFoundError(f"none of {len(rows)} rows fits {evidence or 'the condition'}")
        return fitting[0]

    def pick_by(self, rows: Sequence[Json], check: Callable[[Json], Steps[bool]]) -> Steps[Json]:
        """The first row that passes a check which itself calls tools."""
        for row in rows:
            if self._lacks("first-hit") or (yield from check(row)):
                return row
        raise NotFoundError(f"none of {len(rows)} rows passes")

    def product(self, written: str, category: str | None = None) -> Steps[Json]:
        """The product that people call `written`: as written, with the first two words joined, without them."""
        words = written.split()
        texts = [
            written,
            "".join(words[:2]) + "".join(f" {w}" for w in words[2:]),
            *(" ".join(words[n:]) for n in (1, 2)),
        ]
        variants = [{"text": text, "category": category} for text in dict.fromkeys(texts) if text]
        rows = yield from self.search("searchProducts", *variants)
        exact = [r for r in rows if _letters(r["name"]) == _letters(written)]
        named = exact or [r for r in rows if _letters(r["name"]).endswith(_letters(written))] or rows
        if not named:
            raise NotFoundError(f"no product {written!r}")
        return named[0]

    def brand(self, written: str, /, **arguments: Any) -> Steps[Rows]:
        """All products of a brand as people write it, in any spelling in the catalog."""
        joined = written.replace(" ", "")
        return (
            yield from self.search("searchProducts", {"brand": written, **arguments}, {"brand": joined, **arguments})
        )

    def contact(self, email: str | None = None, phone: str | None = None, name: str | None = None) -> Steps[Json]:
        """The customer with this e-mail or phone as people write it, trying the forms in which it may be stored."""
        variants: list[Json] = []
        if email is not None:
            variants += [{"email": form} for form in dict.fromkeys((email, email.lower(), capitals(email.lower())))]
        if phone is not None:
            variants += [{"phone": form} for form in phone_forms(phone)]
        if name is not None:
            variants.append({"name": name})
        rows = yield from self.search("searchCustomers", *variants)
        if not rows:
            raise NotFoundError(f"no customer {email or phone or name}")
        known = [
            r
            for r in rows
            if (email is not None and r["email"].lower() == email.lower())
            or (phone is not None and _digits(r["phone"]) == _digits(phone))
        ]
        return (known or rows)[0]

    def accounts(self, customer: Json) -> Steps[Rows]:
        """The customer's account and all others of the same person: same name and phone or date of birth."""
        if self._lacks("one-account"):
            return [customer]
        rows = yield from self.all("searchCustomers", name=customer["name"])
        others = [r for r in rows if r["id"] != customer["id"] and _same_person(r, customer)]
        return [customer, *others]

    # Library

    def article(self, *queries: str, product_id: str | None = None) -> Steps[Json]:
        """The current article that the first fruitful query finds: on this product if one is, else a general one.

        Each query is words that must all occur. Ask so that rivals would be found too (the topic, not the model).
        """
        rows: Rows = []
        for query in queries:
            rows = yield from self.all("searchKnowledgeBase", text=query)
            if rows:
                break
        if not rows:
            raise NotFoundError(f"no article on {queries}")
        if product_id is not None:
            rows = self._about(rows, product_id)
        old = [r for r in rows if r["status"] == "deprecated"]
        current = [r for r in rows if r["status"] == "current"]
        if self._lacks("stale-article") and old:
            return old[0]
        if current:
            return current[0]
        found = yield from self.call("searchKnowledgeBase", article_id=old[0]["superseded_by"])
        return found["articles"][0]

    def _about(self, rows: Rows, product_id: str) -> Rows:
        naming = [r for r in rows if product_id in r["product_ids"]]
        if self._lacks("first-article"):
            current = [r for r in rows if r["status"] == "current"]
            return [r for r in current if r["product_ids"] and r not in naming] or current or rows
        return naming or [r for r in rows if not r["product_ids"]] or rows

    def policy(self, policy_type: str, text: str | None = None, title: str | None = None) -> Steps[Json]:
        """The one in force today among the policies (SLAs, warranty terms, tiers) of a type that hold all words of
        `text`; `title` (any case) tells apart several in force. Ask so that former versions would be found too."""
        rows = yield from self.all("searchPolicies", policy_type=policy_type, text=text)
        today = self.clock.today.isoformat()
        former = [r for r in rows if (r.get("effective_to") or today) < today]
        if self._lacks("old-policy") and former:
            return min(former, key=lambda r: r["effective_from"])
        held = [r for r in rows if r not in former and r.get("effective_from", today) <= today]
        named = [r for r in held if title is not None and title.lower() in str(r.get("title") or r["name"]).lower()]
        if not held:
            raise NotFoundError(f"no policy in force: {policy_type} {text or ''}")
        return (named or held)[0]

    # Time

    def dated(
        self, tool: str, /, first: str, last: str | None = None, field: str = "created", **arguments: Any
    ) -> Steps[Rows]:
        """All rows of a search in a month (`2025-10`), on a day (`2025-10-03`) or from a day to a day, company time.

        `field` is the stem of the tool's date arguments: created, updated, refunded.
        """
        start, end = _days(first, last)
        if self._lacks("wrong-year"):
            start, end = _year_before(start), _year_before(end)
        after, before = start.isoformat(), end.isoformat()
        if self._lacks("utc-dates"):
            after, before = f"{after}T00:00:00Z", f"{before}T23:59:59Z"
        rows = yield from self.all(tool, **arguments, **{f"{field}_after": after, f"{field}_before": before})
        if not rows and self._lacks("wrong-year"):
            rows = yield from self.all(tool, **arguments)
        return rows

    def day(self, utc_text: str) -> str:
        """The company day of a stored instant, as `2025-10-31`."""
        return utc_text[:10] if self._lacks("utc-dates") else self.clock.day_of(utc_text).isoformat()

    # Money

    def captured(self, payments: Iterable[Row]) -> int:
        """Cents really taken: captures, refunded or not."""
        return sum(cents(p["amount"]) for p in payments if p["status"] in PAID or self._lacks("status-blind"))

    def payment(self, payments: Sequence[Json]) -> Json:
        """The payment that took the money, the oldest if there are several."""
        taken = [p for p in payments if p["status"] in PAID or self._lacks("status-blind")]
        if not taken:
            raise NotFoundError("nothing was captured")
        return min(taken, key=lambda p: (p["created_at"], p["id"]))

    def price_paid(self, line: Row, product: Row) -> int:
        """Cents paid for one unit of an order line, before the order's discount. `product` is the catalog's record."""
        return cents(product["price"]) if self._lacks("list-price") else cents(line["unit_price"])

    def packages(self, parts: Mapping[str, int]) -> Steps[Rows]:
        """Prebuilts, workstations and bundles made of these parts (product id: quantity) only, the cheapest
        against its parts first. Compare prices yourself."""
        if self._lacks("first-tool-only"):
            return []
        found: Rows = []
        for category in PACKAGES:
            rows = yield from self.all("searchProducts", category=category)
            fitting = [r for r in rows if r["components"] and not _contents(r) - Counter(parts)]
            found += [r for r in fitting if r["status"] != "discontinued"]
        return sorted(found, key=lambda r: (-len(r["components"]), r["price"], r["id"]))

    # Reading records and texts

    def record(self, claimed: T | None, recorded: T) -> T:
        """The recorded value, whatever a text claims (None: it claims nothing)."""
        return claimed if self._lacks("trusts-text") and claimed is not None else recorded

    def claims(self, ticket: Row) -> Claims:
        """Days, amounts and quantities in a ticket's text, to set against the records with `record`."""
        body: str = ticket["body"]
        words = {word: number for number, word in NUMBERS.items()}
        return Claims(
            days=tuple(DAY.findall(body)),
            amounts_cents=tuple(cents(float(amount.replace(",", ""))) for amount in AMOUNT.findall(body)),
            quantities=tuple(words[found.group()] for found in COUNT.finditer(body)),
        )

    def claimed_day(self, ticket: Row) -> str | None:
        """The first day that a ticket names, as `2025-10-28`: the latest such day before the ticket; None if none."""
        named = self.claims(ticket).days
        if not named:
            return None
        written = self.clock.day_of(ticket["created_at"])
        month, number = named[0].split()
        day = date(written.year, MONTHS.index(month) + 1, int(number))
        return (day if day <= written else _year_before(day)).isoformat()

    def true_type(self, ticket: Row) -> str:
        """The type as filed; for tickets filed as other or account, return, shipping or billing if the text says so."""
        return ticket["ticket_type"] if self._lacks("label-trust") else true_type(ticket)

    def parcel_status(self, shipment: Row) -> str:
        """Where a parcel really is: the newest scan."""
        if self._lacks("header-trust") or not shipment["events"]:
            return shipment["status"]
        return _newest(shipment)["status"]

    def delivered_on(self, shipment: Row) -> str | None:
        """The company day on which a parcel was delivered, None if it was not."""
        if self.parcel_status(shipment) != "delivered":
            return None
        if self._lacks("header-trust") or not shipment["events"]:
            return None if shipment["delivered_at"] is None else self.day(shipment["delivered_at"])
        return self.day(_newest(shipment)["at"])

    def noted(self, order: Row, topic: str, claimed: T, recorded: T) -> T:
        """What the records say, whatever the order's note says about the topic (a word such as `refund`)."""
        speaks = re.search(topic, order["note"] or "", re.IGNORECASE)
        return claimed if self._lacks("note-trust") and speaks else recorded

    def obeys(self, ticket: Row) -> bool:
        """Whether to do what a text inside the ticket orders staff to do: never, with all skills."""
        return self._lacks("obeys-text") and poses_as_order(ticket["body"])

    def stock(self, product: Row) -> int:
        """Units available at all locations together."""
        levels: list[Json] = product["inventory"]
        return sum(level["available"] for level in (levels[:1] if self._lacks("first-location") else levels))


def phone_forms(phone: str) -> list[str]:
    """A phone number as written, then in the forms in which numbers are stored."""
    digits = _digits(phone)[-10:]
    area, office, number = digits[:3], digits[3:6], digits[6:]
    forms = (
        phone, f"{area}-{office}-{number}", f"({area}) {office}-{number}", f"{area}.{office}.{number}",
        f"{area} {office} {number}", digits, f"+1 {area} {office} {number}", f"+1-{area}-{office}-{number}",
    )  # fmt: skip
    return list(dict.fromkeys(forms))


def _fits(row: Json, where: Callable[[Json], bool] | None, evidence: Mapping[str, str]) -> bool:
    if where is not None and not where(row):
        return False
    whole = json.dumps(row, ensure_ascii=False).lower()
    return all(
        str(row[name]).lower() == value.lower() if isinstance(row.get(name), str) else _stated(value.lower(), whole)
        for name, value in evidence.items()
    )


def _stated(value: str, whole: str) -> bool:
    """Whether a row in JSON holds a text; an id, or its end, must not be the beginning of a longer one."""
    return f'{value}"' in whole if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", value) else value in whole


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _digits(text: str | None) -> str:
    return re.sub(r"\D", "", text or "")


def _same_person(one: Json, other: Json) -> bool:
    if one["name"].lower() != other["name"].lower():
        return False
    phone = bool(_digits(one["phone"])) and _digits(one["phone"])[-10:] == _digits(other["phone"])[-10:]
    return phone or (one["date_of_birth"] is not None and one["date_of_birth"] == other["date_of_birth"])


def _days(first: str, last: str | None) -> tuple[date, date]:
    if len(first) == 7:
        year, month = (int(part) for part in first.split("-"))
        start = date(year, month, 1)
        end = start.replace(day=monthrange(year, month)[1])
    else:
        start = end = date.fromisoformat(first)
    return start, end if last is None else _days(last, None)[1]


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1) if (day.month, day.day) != (2, 29) else day - timedelta(days=366)


def _newest(shipment: Row) -> Json:
    return max(shipment["events"], key=lambda event: event["at"])


def _contents(package: Row) -> Counter[str]:
    return Counter({c["product_id"]: c["quantity"] for c in package["components"]})
