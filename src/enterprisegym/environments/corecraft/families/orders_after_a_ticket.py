"""Which orders did the writers of some tickets place afterwards, whichever account they used, and for how much?"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import as_table
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    Staged,
    amount,
    criterion,
    near_miss,
    number,
    period_words,
    stable,
    thing,
)
from enterprisegym.environments.corecraft.generate.traps.reading import KINDS, true_type
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Edit
from enterprisegym.world import Row

KIND_WORDS = {"return": "a return", "shipping": "a delivery", "billing": "a charge or a payment"}
VAGUE = ("other", "account")
WINDOW = 30
MOST = 60
TEXTS = {
    "return": ("Sending it back", "Please take it back: I would like to return the last thing I bought. Do I get a return "
               "label, and when is my money back?"),
    "shipping": ("Parcel late", "My parcel was delivered late by the courier again, the tracking stood still for days. Is the "
                 "delivery charge refunded when a delivery is late?"),
    "billing": ("Invoice and payment", "I need the invoice for my last payment, my bank asks for a receipt for the card "
                "charge. The statement shows the charge without a name."),
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """Tickets of a kind in a period, and what their writers ordered until the end of the window."""

    tickets: tuple[Row, ...]
    hits: tuple[Row, ...]
    missed: tuple[Row, ...]
    """Orders of the writers that do not count: too early, too late or of another status."""


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    seen: set[str] = set()
    for number_, found in enumerate(_staged(world, rng)):
        if found.key["period"] not in seen:
            seen.add(found.key["period"])
            yield found
        if number_ >= MOST // 2:
            break
    made = 0
    misfiled = sorted({rules.company_day(world.ticket(m["id"])["created_at"]) for m in world.marks("misfiled_ticket")})
    days = [d - timedelta(days=n) for d in misfiled for n in range(4)]
    days += shuffled(rng, [date(2025, 3, 1) + timedelta(days=n) for n in range(250)])
    for start in days:
        for kind in sorted(KINDS):
            found = _widened(world, rng, kind, start, ()) if made < MOST else None
            if found is not None and found.key["period"] not in seen:
                seen.add(found.key["period"])
                made += 1
                yield found


def _staged(world: Records, rng: random.Random) -> Iterator[Situation]:
    """Where a ticket is planted for somebody with two accounts, or before an order of a month's last evening."""
    wanted = [(m["id"], order) for m in world.marks("duplicate_account") for order in m["moved"]]
    wanted += [(m["customer_id"], m["id"]) for m in world.marks("midnight_order")]
    for customer_id, order_id in shuffled(rng, wanted):
        order = world.order(order_id)
        day = world.placed_on(order) - timedelta(days=4 + stable(order_id, "before", below=15))
        kind = sorted(KINDS)[stable(order_id, "kind", below=3)]
        number_ = 900 + stable(order_id, "after", below=100)
        subject, body = TEXTS[kind]
        at = f"{day}T15:{number_ % 60:02d}:20Z"
        setup = (
            Edit(table="tickets", insert={
                "id": f"tick-{day:%y%m%d}-{number_}", "customer_id": customer_id, "order_id": None, "build_id": None,
                "ticket_type": kind, "channel": "email", "priority": "normal", "status": "closed", "subject": subject,
                "body": f"{body} {world.customer(customer_id)['name']}", "assigned_employee_id": rules.DESK_AGENT_ID,
                "resolution_id": None, "first_response_at": at.replace("T15", "T18"), "created_at": at,
                "updated_at": at.replace("T15", "T19"),
            }),
        )  # fmt: skip
        month_end = world.mark("midnight_order", order_id) is not None
        for back in range(3):
            found = _widened(world, rng, kind, day - timedelta(days=back), setup, order_id, month_end)
            if found is not None and day.isoformat() <= found.given["period"]["meant"][1]:
                yield found
                break


def _widened(
    world: Records, rng: random.Random, kind: str, start: date, setup: tuple[Edit, ...], needed: str = "",
    month_end: bool = False,
) -> Situation | None:  # fmt: skip
    """A period from a day on that holds two to five writers, with something to find in the window."""
    staged = Staged(world, setup) if setup else world
    status = ("fulfilled", "-cancelled")[stable(kind, start.isoformat(), below=2)]
    for length in (2, 3, 4, 5, 6, 8, 10, 12, 14, 17, 20, 24):
        last = start + timedelta(days=length - 1)
        if last >= world.today:
            return None
        span = (start.isoformat(), last.isoformat())
        tickets = _tickets_in(staged, span)
        if len(tickets) > 36:
            return None
        until: Any = WINDOW
        if month_end or (last.day < 20 and stable(kind, start.isoformat(), "until", below=3) == 0):
            until = ((last.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)).isoformat()
            if until > world.today.isoformat() or until[:7] != span[0][:7]:
                return None
        case = _case(staged, kind, span, until, status)
        if case is None or len(case.tickets) > 5:
            return None
        named = any(world.mark("misfiled_ticket", t["id"]) for t in case.tickets)
        least = 1 if needed or named else 2
        if len(case.tickets) > least and len(case.hits) >= least and needed in ("", *(o["id"] for o in case.hits)):
            return _situation(world, kind, span, until, status, case, setup, tickets)
    return None


@cache
def _day(utc_text: str) -> date:
    return rules.company_day(utc_text)


def _tickets_in(world: Records, span: Sequence[str]) -> list[Row]:
    first, last = (date.fromisoformat(d) for d in span)
    return [t for t in world.all("tickets") if first <= _day(t["created_at"]) <= last]


def _accounts(world: Records, customer_id: str) -> list[str]:
    """A writer's account and the other one of the same person."""
    pairs = [(m["id"], m["old_account"]) for m in world.marks("duplicate_account")]
    return [customer_id, *(b if a == customer_id else a for a, b in pairs if customer_id in (a, b))]


def _case(world: Records, kind: str, span: Sequence[str], until: Any, status: str) -> Case | None:
    """None where it could be read in two ways: a vague ticket, a writer twice, an order on the day of the ticket."""
    found = _tickets_in(world, span)
    mine = [t for t in found if true_type(t) == kind]
    writers = [t["customer_id"] for t in mine]
    vague = [t for t in found if t["ticket_type"] in VAGUE and t not in mine]
    if any(KINDS[kind].search(f"{t['subject']} {t['body']}") for t in vague) or len(set(writers)) < len(writers):
        return None
    if any(t["ticket_type"] in VAGUE and not world.mark("misfiled_ticket", t["id"]) for t in mine):
        return None
    hits: list[Row] = []
    missed: list[Row] = []
    for ticket in mine:
        day = _day(ticket["created_at"])
        end = date.fromisoformat(until) if isinstance(until, str) else day + timedelta(days=until)
        for order in [o for id in _accounts(world, ticket["customer_id"]) for o in world.orders_of(id)]:
            placed = _day(order["created_at"])
            if placed == day:
                return None
            wanted = order["status"] != "cancelled" if status == "-cancelled" else order["status"] == status
            if day < placed <= end and wanted:
                hits.append(order)
            elif placed > day - timedelta(days=60):
                missed.append(order)
    return Case(tuple(mine), tuple(hits), tuple(missed)) if len(hits) <= 9 else None


def _situation(
    world: Records, kind: str, span: Sequence[str], until: Any, status: str, case: Case, setup: tuple[Edit, ...],
    tickets: Sequence[Row],
) -> Situation:  # fmt: skip
    first, last = (date.fromisoformat(d) for d in span)
    window = (
        f"by the end of {date.fromisoformat(until):%B}" if isinstance(until, str) else "within 30 days of the ticket"
    )
    of_tickets = world.traps_on(*(t["id"] for t in case.tickets), among=("misfiled_ticket",))
    hits = [o["id"] for o in case.hits]
    late = [m["id"] for m in world.marks("midnight_order") if m["id"] in hits and isinstance(until, str)]
    second = [o for o in case.hits if o["customer_id"] not in {t["customer_id"] for t in case.tickets}]
    traps = (*of_tickets, *(("midnight_order",) if late else ()), *(("duplicate_account",) if second else ()))
    return Situation(
        key={"kind": kind, "period": f"{kind} {span[0]}..{span[1]}", "until": str(until), "status": status},
        given={
            "kind": said(KIND_WORDS[kind], kind),
            "period": said(period_words(first, last), list(span)),
            "window": said(window, until),
            "status": said(
                'stand at "fulfilled" in the system' if status == "fulfilled" else "have not been cancelled", status
            ),
        },
        traps=traps,
        difficulty=min(5, 2 + (len(case.tickets) > 3) + (len(tickets) > 10) + bool(second or of_tickets)),
        setup=setup,
    )


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    span, until = s.given["period"]["meant"], s.given["window"]["meant"]
    case = _case(staged, s.key["kind"], span, until, s.key["status"])
    if case is None:
        raise ValueError(f"{dict(s.key)} can be read in two ways")
    hits = sorted(case.hits, key=lambda o: o["id"])
    by_account = {id: t["customer_id"] for t in case.tickets for id in _accounts(staged, t["customer_id"])}
    again = {by_account[o["customer_id"]] for o in hits}
    total = sum(o["total_cents"] for o in hits)
    filed = [t for t in case.tickets if t["ticket_type"] not in VAGUE]
    own = [o for o in hits if o["customer_id"] in {t["customer_id"] for t in filed}]
    orders = [f"orders/{o['id']}" for o in hits]
    universe = [thing(o["id"]) for o in sorted((*hits, *case.missed), key=lambda o: o["id"])]
    n, wrong = len(hits), {len(own)} - {len(hits), 0}
    criteria = [
        criterion("orders", "correctness", f"The response lists exactly these orders: {', '.join(o['id'] for o in hits)}.",
                  {"check": "entities", "members": [thing(o["id"]) for o in hits], "universe": universe}, orders),
        criterion("count", "correctness", f"The response gives {n} as the number of orders.",
                  number(n, ["order"], sorted(wrong)), orders),
        criterion("tickets", "correctness", f"The response gives {len(case.tickets)} as the number of tickets.",
                  number(len(case.tickets), ["ticket"], [len(filed)]), [f"tickets/{t['id']}" for t in case.tickets]),
        criterion("again", "correctness", f"The response says that {len(again)} of the writers ordered again.",
                  number(len(again), ["writer", "customer", "people", "person", "buyer"]), orders),
        criterion("total", "correctness", f"The response gives {usd(total)} as the total of these orders.",
                  amount(total, [sum(o["total_cents"] for o in own)] if len(own) > 1 else ()),
                  [f"{o}.total_cents" for o in orders]),
    ]  # fmt: skip
    first = hits[0]
    misses = [
        near_miss("one-less", "Overlooks an order in the list.", "orders", replace=[(first["id"], "(not named)")]),
        near_miss("count-off", "Miscounts the orders.", "count",
                  replace=[(_orders(n), _orders(n + 1))]),
        near_miss("tickets-off", "Counts other tickets in.", "tickets",
                  replace=[(_tickets(len(case.tickets)), _tickets(len(case.tickets) + 2))]),
        near_miss("again-off", "Counts orders for writers.", "again",
                  replace=[(_again(len(again)), _again(len(again) + 3))]),
        near_miss("total-off", "Adds up wrongly.", "total", replace=[(usd(total), usd(total + 1000))]),
    ]  # fmt: skip
    return Rubric(criteria, misses)


def _orders(count: int) -> str:
    return "1 order" if count == 1 else f"{count} orders"


def _tickets(count: int) -> str:
    return "1 ticket" if count == 1 else f"{count} tickets"


def _again(count: int) -> str:
    return "1 customer bought again" if count == 1 else f"{count} customers bought again"


def solve(a: Worker, given: Given) -> Plan:
    first, last = given["period"]
    kind: str = given["kind"]
    tickets = yield from a.dated("searchTickets", first, last)
    mine = [t for t in tickets if a.true_type(t) == kind]
    rows: list[tuple[Mapping[str, Any], Mapping[str, Any], str]] = []
    for ticket in sorted(mine, key=lambda t: (t["created_at"], t["id"])):
        found = yield from a.call("searchCustomers", customer_id=ticket["customer_id"])
        customer = found["customers"][0]
        day = date.fromisoformat(a.day(ticket["created_at"]))
        end = (
            given["window"] if isinstance(given["window"], str) else (day + timedelta(days=given["window"])).isoformat()
        )
        for account in (yield from a.accounts(customer)):
            orders = yield from a.dated(
                "searchOrders", (day + timedelta(days=1)).isoformat(), end, customer_id=account["id"]
            )
            fitting = [o for o in orders if (o["status"] != "cancelled" if given["status"] == "-cancelled"
                                             else o["status"] == given["status"])]  # fmt: skip
            rows += [(order, ticket, customer["name"]) for order in sorted(fitting, key=lambda o: o["created_at"])]
    total = sum(cents(order["total"]) for order, _, _ in rows)
    table = as_table(
        ("Customer", "Ticket", "Order", "Placed", "Total"),
        [(name, t["id"], o["id"], spoken(a.day(o["created_at"])), usd(cents(o["total"]))) for o, t, name in rows],
    )
    again = len({t["id"] for _, t, _ in rows})
    elsewhere = [o["id"] for o, t, _ in rows if o["customer_id"] != t["customer_id"]]
    second = f" {', '.join(elsewhere)} is on the writer's other account." if elsewhere else ""
    if len(elsewhere) > 1:
        second = second.replace(" is on", " are on")
    return (
        f"There are {_tickets(len(mine))} of that kind in the period. {_again(again)}. Orders that fit: "
        f"{_orders(len(rows))}, "
        f"together {usd(total)}.{second}\n\n{table}"
    )


WORDINGS = (
    Wording(
        "manager",
        "Do people come back after they had to write to us? Take the tickets of {period} that were about {kind} "
        "(as filed, or "
        "filed as other or account though the text is plainly about that). Which orders did these customers "
        "place after "
        "their ticket, {window}, that {status}? I need the number of tickets, how many of the customers "
        "ordered, how many "
        "orders, the order numbers, and what the orders come to in all. [Some people have two accounts, count both.|If "
        "somebody has a second account, that counts too.]",
        mode="copilot",
    ),
    Wording(
        "chat",
        "hi, small analysis for the monday meeting\ntickets from {period} abt {kind}. pls dont just trust the "
        "type, ppl file "
        "those under other/account as well when its obviously {kind}\nthen: orders the same ppl placed AFTER "
        "the ticket, "
        "{window}, only ones that {status}. a second account of the same person = same person\ngive me # "
        "tickets, # of ppl who "
        "ordered, # orders, the order ids + sum of order totals",
        mode="copilot",
    ),
    Wording(
        "mail",
        "From: Dana Kessler\nTo: support desk agent\nSubject: [follow-on orders|repeat business]\n\nHello,\n\nI "
        "would like to "
        "know what a contact about {kind} does to us. Basis: all tickets created from {period} on that subject, "
        "including those "
        "that were filed as \"other\" or \"account\" although they clearly belong to it. Follow the writers and "
        "find what they "
        "ordered after the day of the ticket, {window}; [leave out what does not count|only what counts]: the "
        "orders must "
        "{status}. Someone who uses two accounts is one customer.\n\nPlease report the count of tickets, of "
        "customers who "
        "ordered again and of orders, then the orders by number, and their totals added up.\n\nThanks, Dana",
        mode="copilot",
    ),
    Wording(
        "terse",
        "Tickets {period}, subject {kind} ([incl. misfiled ones|misfiled ones included] under other/account). "
        "Orders by the "
        "writers afterwards, {window}, all their accounts, if they {status}. Want: tickets, returning "
        "customers, orders (counts), "
        "order ids, sum of totals.",
    ),
    Wording(
        "rambling",
        "I was thinking on the way in about what Tobias said, that nobody buys again once they've had to write "
        "about {kind}. I "
        "don't believe him. Can you look at everybody who opened such a ticket from {period}? Mind that the "
        "form lets them pick "
        "other or account, so go by the text where it is plain. And then see what they ordered later, {window}, "
        "on whatever "
        "account, as long as the orders {status}. How many tickets was that, how many of these people ordered, "
        "how many "
        "orders is it, [which ones|which ones exactly], and what do they add up to? If it's a fair sum I'll "
        "frame it for him.",
        mode="copilot",
    ),
    Wording(
        "analyst",
        "Cohort question. Cohort: authors of tickets on {kind} opened from {period}; ticket type as filed, plus "
        "tickets filed as other "
        "or account whose text is unmistakably on it. Outcome: orders placed after the ticket's day and "
        "{window}, which "
        "{status}. [Merge accounts of one person.|Treat accounts of one person as one.] Output: cohort tickets "
        "(n), customers "
        "with an outcome (n), orders (n), list of order ids, total value of the orders as charged.",
    ),
    Wording(
        "voice note",
        "So, transcript of my voice note: please get me the tickets about {kind} from {period}, yes, also the "
        "ones that hide "
        "under other and account if it's clear from what they wrote. Then for each writer the orders after "
        "that, {window}. Only "
        "the ones that {status}. And watch out for folks with an old and a new account, that's one person. Send "
        "back [four|the] "
        "figures, being tickets, people who bought again, orders and the money these orders come to, and the "
        "list of the orders.",
        mode="copilot",
    ),
)  # fmt: skip

FAMILY = Family(
    name="orders-after-a-ticket",
    title="What the writers of a period's tickets on one subject ordered afterwards, on any account of theirs",
    category="retrieval",
    main_level="planning",
    levels=("planning", "tool_use", "common_sense"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    unseen=True,
)
