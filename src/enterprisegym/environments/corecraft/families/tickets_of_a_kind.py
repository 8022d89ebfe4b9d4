"""Open tickets of a kind that came in between two days, under whatever type they are filed: which, how many, whose."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import date

from enterprisegym.environments.corecraft.agents import Plan, Rows, Worker, spoken
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    all_hold,
    call,
    criterion,
    either,
    near_miss,
    number,
    says,
    thing,
)
from enterprisegym.environments.corecraft.generate.traps.reading import KINDS as KINDS_OF_TEXT
from enterprisegym.environments.corecraft.generate.traps.reading import stated_type, true_type
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row

TRAPS = ("misfiled_ticket",)
KINDS = {
    "return": "returns (people who want to give something back)",
    "shipping": "shipping (where is it, late, lost)",
    "billing": "billing (charges, receipts, codes, price drops)",
}
VAGUE = ("other", "account", "order_issue")
THANKS = re.compile(r"\bthank|\bhappy\b|\bpraise|\bfive stars|\bawesome|\bfeedback", re.IGNORECASE)
FIRST = date(2025, 2, 1)
LEAST, MOST, A_KIND = 2, 13, 45
NOBODY = ["nobody", "no one", "no-one", "unassigned", "not assigned", "none", "no assignee", "no owner", "new"]
FILED = {"return": ["return*"], "order_issue": ["order issue*", "order_issue"]}


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    days = sorted({rules.company_day(t["created_at"]) for t in world.open_tickets})
    days = [d for d in days if d >= FIRST]
    for kind, words in KINDS.items():
        found: dict[tuple[str, ...], tuple[date, date]] = {}
        for first in days:
            for last in days:
                ids = tuple(t["id"] for t in _members(world, kind, first, last))
                if LEAST <= len(ids) <= MOST and len(_open_to_reading(world, kind, first, last)) <= 1:
                    found.setdefault(ids, (first, last))
        chosen = sorted(found.items())
        rng.shuffle(chosen)
        for ids, (first, last) in sorted(chosen, key=lambda f: not world.traps_on(*f[0], among=TRAPS))[:A_KIND]:
            misfiled = [id for id in ids if world.ticket(id)["ticket_type"] != kind]
            yield Situation(
                key={"kind": kind, "first": first.isoformat(), "last": last.isoformat()},
                given={
                    "kind": said(words, kind),
                    "first": said(f"{first:%B} {first.day}", first.isoformat()),
                    "last": said(f"{last:%B} {last.day}", last.isoformat()),
                },
                traps=world.traps_on(*ids, among=TRAPS),
                difficulty=min(5, 1 + (len(ids) > 5) + (len(ids) > 9) + (len(misfiled) > 0) + (len(misfiled) > 2)),
            )


def _inside(world: Records, first: date, last: date) -> list[Row]:
    return [t for t in world.open_tickets if first <= rules.company_day(t["created_at"]) <= last]


def _is(world: Records, ticket: Row, kind: str) -> bool:
    marks = (m for m in world.marks("misfiled_ticket") if m["id"] == ticket["id"])
    return next((m["true_type"] for m in marks), ticket["ticket_type"]) == kind


def _members(world: Records, kind: str, first: date, last: date) -> list[Row]:
    """Filed as the kind, or misfiled and plainly of the kind."""
    return [t for t in _inside(world, first, last) if _is(world, t, kind)]


def _open_to_reading(world: Records, kind: str, first: date, last: date) -> list[Row]:
    """Of other kinds, and yet a reader might count them in."""
    marked = {m["id"] for m in world.marks("misfiled_ticket")}
    rest = [t for t in _inside(world, first, last) if t["id"] not in marked and not _is(world, t, kind)]
    return [t for t in rest if t["ticket_type"] in VAGUE and _might_be(t, kind)]


def _might_be(ticket: Row, kind: str) -> bool:
    text = f"{ticket['subject']} {ticket['body']}"
    if stated_type(ticket["subject"], ticket["body"]) == kind:
        return True
    if kind == "return":
        return ticket["ticket_type"] == "other" and not THANKS.search(text)
    return ticket["ticket_type"] != "order_issue" and KINDS_OF_TEXT[kind].search(text) is not None


def _owner(world: Records, ticket: Row) -> str | None:
    id = ticket["assigned_employee_id"]
    return None if id is None else world.get("employees", id)["name"]


def _line(id: str, filed: str, owner: str | None) -> str:
    return f"- {id}: filed as {filed.replace('_', ' ')}; {f'with {owner}' if owner else 'assigned to nobody'}"


def rubric(world: Records, s: Situation) -> Rubric:
    kind = s.key["kind"]
    first, last = (date.fromisoformat(s.key[end]) for end in ("first", "last"))
    members = _members(world, kind, first, last)
    loose = {t["id"] for t in _open_to_reading(world, kind, first, last)}
    others = [t for t in world.all("tickets") if t not in members and t["id"] not in loose]
    near = [t for t in others if abs((rules.company_day(t["created_at"]) - last).days) < 40]
    n, one = len(members), members[0]
    shown = n + sum(true_type(world.ticket(id)) == kind for id in loose)
    evidence = [f"tickets/{t['id']}" for t in members]
    row = _line(one["id"], one["ticket_type"], _owner(world, one))
    stray = next((t for t in near if t["ticket_type"] == kind), near[0])
    other_type = "warranty" if one["ticket_type"] != "warranty" else "account"
    other_name = "Rosa Villanueva" if _owner(world, one) != "Rosa Villanueva" else "Felix Baumgard"
    units = ["ticket", "tickets", "case", "cases", "open", "waiting", "in total", "total", "altogether", "count"]
    return Rubric(
        criteria=[
            criterion(
                "which",
                "correctness",
                f"The response lists exactly the open tickets about {KINDS[kind]} from {spoken(first)} to {spoken(last)}: "
                f"{', '.join(t['id'] for t in members)}."
                + (f" {', '.join(sorted(loose))} may or may not be listed." if loose else ""),
                {
                    "check": "entities",
                    "members": [thing(t["id"]) for t in members],
                    "universe": [thing(t["id"]) for t in near],
                },
                [*evidence, "kb_articles/kb-0255"],
            ),
            criterion(
                "how-many",
                "correctness",
                f"The response says that there are {n} of them" + (f" (or {n + 1})." if loose else "."),
                either(number(n, units), number(n + 1, units)) if loose else number(n, units),
                evidence,
            ),
            criterion(
                "filed-as",
                "completeness",
                "The response says of each ticket under which type it is filed.",
                all_hold([says(_filed(t["ticket_type"]), near=[t["id"]]) for t in members]),
                evidence,
            ),
            criterion(
                "with-whom",
                "completeness",
                "The response says of each ticket which colleague it is assigned to, or that it is assigned to nobody.",
                all_hold([says(_names(world, t), near=[t["id"]]) for t in members]),
                evidence,
            ),
            criterion(
                "untouched",
                "constraint",
                "The list is given and no ticket is changed.",
                {"check": "unchanged", "with": {"check": "entity", "id": one["id"]}},
                evidence[:1],
            ),
        ],
        near_misses=[
            near_miss("one-too-many", "Lists a ticket that is not open, of another kind or of other days.", "which",
                      replace=[(row, f"{row}\n{row.replace(one['id'], stray['id'])}")]),
            near_miss("miscounts", "Gives a wrong number.", "how-many", replace=[(_count(shown), _count(shown + 4))]),
            near_miss("other-label", "Names another type than the filed one.", "filed-as",
                      replace=[(row, _line(one["id"], other_type, _owner(world, one)))]),
            near_miss("other-colleague", "Names the wrong colleague.", "with-whom",
                      replace=[(row, _line(one["id"], one["ticket_type"], other_name))]),
            near_miss("starts-sorting", "Sets about the first ticket.", "untouched",
                      add=[call("updateTicketStatus", ticket_id=one["id"],
                                priority="low" if one["priority"] != "low" else "normal")]),
        ],
    )  # fmt: skip


def _filed(ticket_type: str) -> list[str]:
    return FILED.get(ticket_type, [ticket_type])


def _names(world: Records, ticket: Row) -> list[str]:
    owner = _owner(world, ticket)
    if owner is None:
        return NOBODY
    return [owner, owner.split()[0], "you", "me"] if owner.startswith("Corecraft") else [owner, owner.split()[0]]


def _count(n: int) -> str:
    return f"{n} tickets"


def solve(a: Worker, given: Given) -> Plan:
    kind: str = given["kind"]
    yield from a.article("ticket type misfiled")
    found: Rows = []
    for status in ("new", "open", "pending_customer"):
        found += yield from a.dated("searchTickets", given["first"], given["last"], status=status)
    tickets = sorted((t for t in found if a.true_type(t) == kind), key=lambda t: t["id"])
    names: dict[str, str] = {}
    for id in sorted({t["assigned_employee_id"] for t in tickets if t["assigned_employee_id"]}):
        colleague = a.pick((yield from a.call("searchEmployees", employee_id=id))["employees"])
        names[id] = colleague["name"]
    lines = [_line(t["id"], t["ticket_type"], names.get(t["assigned_employee_id"] or "")) for t in tickets]
    return (
        f"From {spoken(given['first'])} to {spoken(given['last'])} {_count(len(tickets))} of that kind came in and have "
        "not been settled yet:\n\n" + "\n".join(lines) + "\n\nI have changed nothing."
    )


WORDINGS = (
    Wording(
        "lead before the stand-up",
        "[Need this before the stand-up.|For Monday's stand-up.] Everything on {kind} that came in from {first} to {last}, "
        "both days included, and is not resolved or closed. Go by what people write, our filing is [a lottery|hopeless]. "
        "Give me the number, and for each one its id, the type it sits under and who has it. [Hands off, please, I sort "
        "them myself|Don't change anything yet].",
        mode="copilot",
    ),
    Wording(
        "handover",
        "I'm [back from leave|off the early shift and trying to catch up]. Which tickets about {kind} arrived {first} "
        "through {last} and are still unsettled? I don't care what the form says they are, I care what they are. A line "
        "each: ticket id, filed under what, assigned to whom or nobody. And how many it is in all. Just the list, leave "
        "the tickets as they stand. [Thanks!|Ta, Keisha]",
        mode="copilot",
    ),
    Wording(
        "operations manager, e-mail",
        "From: Tobias Renner <trenner@corecraft.example>\nSubject: Backlog, {first} to {last}\n\nGood afternoon,\n\nfor the "
        "staffing plan I [require|need] the unsettled tickets whose subject matter is {kind}, created between {first} and "
        "{last} inclusive. The type selected by the customer is unreliable and must not decide. Please state the count and "
        "list for every ticket the id, the type under which it is filed at present, and the colleague it is assigned to "
        "(or that there is none). This is a reading exercise; no ticket is to be edited.\n\n[Regards|Best], Tobias",
    ),
    Wording(
        "chat",
        "[quick one|hey], can u pull all tickets re {kind} created {first} - {last} that nobody finished (so not resolved / "
        "closed)? ppl file stuff under other n whatnot so [read them|look inside] pls. need ids + filed type + owner per "
        "ticket n the total. dont touch them tho",
        mode="copilot",
    ),
    Wording(
        "grumpy",
        "[Last week's report was wrong again|The dashboard is wrong again], because it counts labels and not cases. So by "
        "hand: what do we have on {kind}, received no earlier than {first} and no later than {last}, and not yet resolved "
        "or closed? Total, ids, current label of each, and whose desk it is on, if anybody's. I want the facts, not a "
        "clean-up: [no edits|nobody edits anything].",
    ),
    Wording(
        "non-native colleague",
        "Hello, for my presentation of Monday I must know the tickets for {kind}. The days are {first} until {last}, the "
        "two also counted. Only these which wait still, not the resolved and not the closed. Attention, many are filed "
        "under a wrong type, please take also them. For each ticket: number, type how it is filed now, name of the person "
        "who has it (maybe nobody). And please [the quantity|how many they are]. You must not modify them. Thank you!",
    ),
    Wording(
        "terse",
        "Unsettled tickets, {first} to {last} incl., topic: {kind}. Topic by content, not by label. Output: count; then id, "
        "label, assignee per ticket. [Read-only|No changes].",
    ),
    Wording(
        "team lead, rambling",
        "You know how the form drops people into \"other\" if they so much as blink? I've been asked [upstairs|by Yolanda] how "
        "many tickets on {kind} we took in from {first} up to and including {last} that we still owe an answer, meaning "
        "neither resolved nor closed, and I'm not going up there with the number from the filter. So could you go through "
        "them properly and hand me the figure plus the ids, and beside each id what it is filed as and which of us it "
        "belongs to, or that it belongs to no one? Leave them be otherwise, I'd like the team to see them as they are.",
        mode="copilot",
    ),
)  # fmt: skip

FAMILY = Family(
    name="tickets-of-a-kind",
    title="Open tickets of a kind between two days, under whatever type they are filed: count, ids, label, owner",
    category="retrieval",
    main_level="common_sense",
    levels=("common_sense", "tool_use"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
)
