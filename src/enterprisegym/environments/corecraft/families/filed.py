"""A question that is on file as a ticket too: answered, and the ticket settled, in half of a family's situations."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from enterprisegym.environments.corecraft.agents.worker import Plan, Worker
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import criterion, incoming_ticket, near_miss, stable
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Criterion, NearMiss

FREQUENT = 3
CUSTOMERS_SAY = (
    "[PS:|P.S.] I opened {ticket} about this. Once you have answered me here, you can mark it as resolved.",
    "There is [also |]a ticket of mine, {ticket}, on the same matter; your answer settles it, so please resolve it too.",
    "My ticket for this is {ticket}. [No need to keep it open|Don't keep it open] after your reply, resolve it.",
    "({ticket} is this very question. Set it to resolved [when|as soon as] you have replied, I get reminders every day.)",
)
COLLEAGUES_SAY = (
    "[This came in as|It is filed as] {ticket}: when the answer stands, put the resolution on record and resolve it.",
    "{ticket} is the ticket. Please [finish it off|see it through] as well: resolution first, then resolved.",
    "Ticket {ticket} hangs on this. [Don't leave it lying|While you are there], record how it was settled and resolve it.",
    "And [please |]wrap {ticket} up with it, properly, with a resolution behind the status.",
)


def filed(family: Family, kind: str, outcomes: Sequence[str], topic: Callable[[Given], str]) -> Family:
    """The family, half of whose situations come with a ticket to settle with one of these outcomes.

    `kind` is the type of the ticket, `topic` says what it is about, as its subject. Criteria that nothing is changed
    give way to the one on the ticket.
    """

    def find(world: Records, rng: random.Random) -> Iterator[Situation]:
        for situation in family.find(world, rng):
            yield _with_ticket(world, situation, family.name, kind, topic)

    def rubric(world: Records, situation: Situation) -> Rubric:
        found = family.rubric(world, situation)
        ticket = situation.key.get("ticket")
        return found if ticket is None else _settled(found, ticket, outcomes)

    def solve(a: Worker, given: Given) -> Plan:
        response = yield from family.solve(a, given)
        if "ticket" not in given:
            return response
        yield from a.call("searchTickets", ticket_id=given["ticket"])
        made = yield from a.call(
            "createResolution", ticket_id=given["ticket"], outcome=outcomes[0],
            details="Answered in full; see the reply of today.",
        )  # fmt: skip
        yield from a.call(
            "updateTicketStatus", ticket_id=given["ticket"], status="resolved", resolution_id=made["resolution"]["id"]
        )
        return f"{response}\n\n{given['ticket']} is resolved."

    return replace(
        family, find=find, rubric=rubric, solve=solve, wordings=tuple(_wordings(family.wordings)),
        rests_on=(*family.rests_on, "pol-tickets-status"),
    )  # fmt: skip


def _with_ticket(
    world: Records, situation: Situation, name: str, kind: str, topic: Callable[[Given], str]
) -> Situation:
    """The situation with a ticket planted, where chance has it and the customer does not write all the time."""
    order = situation.key.get("order")
    customer_id = situation.key.get("customer") or (world.order(order)["customer_id"] if order else None)
    parts = (name, *(f"{k}={v}" for k, v in sorted(situation.key.items())))
    if customer_id is None or "ticket" in situation.key or stable(*parts, "ticket", below=2):
        return situation
    recent = [
        t
        for t in world.tickets_of(customer_id)
        if rules.company_day(t["created_at"]) >= world.today - timedelta(days=rules.FREQUENT_DAYS)
    ]
    if len(recent) >= FREQUENT:
        return situation
    number = 900 + stable(*parts, below=100)
    about = topic(situation.given)
    body = f"Hello, I have a question about this: {about}. I have also written to you about it. Please answer there."
    planted = incoming_ticket(number, customer_id, about[:1].upper() + about[1:], body, kind)
    ticket = f"tick-251115-{number}"
    return replace(
        situation,
        key={**situation.key, "ticket": ticket},
        given={**situation.given, "ticket": ticket},
        setup=(*situation.setup, planted),
        difficulty=min(5, situation.difficulty + 1),
    )


def _wordings(wordings: Sequence[Wording]) -> Iterator[Wording]:
    for wording in wordings:
        yield replace(wording, fits=_when(wording, ticket=False))
        said = COLLEAGUES_SAY if wording.mode == "copilot" else CUSTOMERS_SAY
        closing = said[stable(wording.voice, wording.text[:40], below=len(said))]
        yield replace(
            wording,
            voice=f"{wording.voice}, on file",
            text=f"{wording.text}\n\n{closing}",
            fits=_when(wording, ticket=True),
        )


def _when(wording: Wording, ticket: bool) -> Callable[[Given], bool]:
    return lambda given: ("ticket" in given) is ticket and (wording.fits is None or wording.fits(given))


def _settled(found: Rubric, ticket: str, outcomes: Sequence[str]) -> Rubric:
    untouched = {c.id for c in found.criteria if c.check is not None and c.check.check == "unchanged"}
    free = ("assigned_employee_id", "priority", "ticket_type")
    check = {
        "check": "state",
        "required": [
            {
                "table": "resolutions", "added": True, "where": {"ticket_id": ticket},
                "set": {"outcome": {"any_of": list(outcomes)}},
            },
            {"table": "tickets", "id": ticket, "set": {"status": "resolved", "resolution_id": {"any": True}}},
        ],
        "allowed": [{"table": "tickets", "id": ticket, "set": {c: {"any": True}}} for c in free],
    }  # fmt: skip
    assertion = (
        f"Ticket {ticket} is resolved with a resolution of outcome {' or '.join(o.replace('_', ' ') for o in outcomes)}; "
        "nothing else is changed."
    )
    settled = criterion("settled", "correctness", assertion, check, [f"tickets/{ticket}"])
    kept: list[Criterion] = [c for c in found.criteria if c.id not in untouched]
    misses: list[NearMiss] = []
    for miss in found.near_misses:
        named = ["settled" if name in untouched and miss.add_calls else name for name in miss.fails]
        fails = tuple(dict.fromkeys(name for name in named if name not in untouched))
        misses += [miss.model_copy(update={"fails": fails})] if fails else []
    misses += [
        near_miss(
            "left-open", "Writes the resolution and leaves the ticket as it is.", "settled",
            drop=[("updateTicketStatus", 1)],
        ),
        near_miss(
            "as-nothing", "Records that nothing was done.", "settled",
            set=[("createResolution", 1, {"outcome": "replacement_sent"})],
        ),
    ]  # fmt: skip
    return Rubric(criteria=[*kept, settled], near_misses=misses)
