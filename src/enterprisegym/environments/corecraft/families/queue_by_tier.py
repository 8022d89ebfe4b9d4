"""Which unfinished tickets of a type or priority belong to customers of given tiers; the one that waits longest."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from itertools import product
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Rows, Worker, spoken
from enterprisegym.environments.corecraft.agents.steps import as_table, customers_by_id
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    both,
    call,
    criterion,
    day,
    near_miss,
    number,
    thing,
)
from enterprisegym.environments.corecraft.generate.traps.reading import KINDS, true_type
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row

TIERS = (
    ("standard",), ("silver",), ("gold",), ("silver", "gold"), ("gold", "platinum"), ("silver", "gold", "platinum"),
    ("standard", "silver"),
)  # fmt: skip
STATES = {
    "new, open or waiting for the customer": ("new", "open", "pending_customer"),
    "new or open": ("new", "open"),
    "open": ("open",),
    "new": ("new",),
    "open or waiting for the customer": ("open", "pending_customer"),
    "waiting for the customer": ("pending_customer",),
}
TYPES = {
    "return tickets": "return",
    "shipping tickets": "shipping",
    "billing tickets": "billing",
}
OTHERS = {
    "warranty tickets": ("warranty", ""),
    "troubleshooting tickets": ("troubleshooting", ""),
    "order-issue tickets": ("order_issue", ""),
    "recommendation tickets": ("recommendation", ""),
    "high-priority tickets": ("", "high"),
    "low-priority tickets": ("", "low"),
    "normal-priority tickets": ("", "normal"),
}
VAGUE = ("other", "account")
LEAST, MOST, LOOKUPS = 2, 12, 16


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    misfiled = {m["id"] for m in world.marks("misfiled_ticket")}
    windows = [("", "", "whenever they came in")]
    for back in (3, 5, 8, 12, 16, 30):
        edge = world.today - timedelta(days=back)
        windows.append((edge.isoformat(), "", f"opened on or after {edge:%B} {edge.day}"))
        windows.append(("", edge.isoformat(), f"opened on or before {edge:%B} {edge.day}"))
    kinds = {name: (kind, "") for name, kind in TYPES.items()} | OTHERS
    seen: set[tuple[str, ...]] = set()
    tickets = [_Read(world, ticket) for ticket in world.open_tickets]
    for tiers, states, kind, (after, before, when) in shuffled(rng, product(TIERS, STATES, kinds, windows)):
        filed, priority = kinds[kind]
        key = {
            "tiers": ",".join(tiers), "states": ",".join(STATES[states]), "type": filed, "priority": priority,
            "after": after, "before": before,
        }  # fmt: skip
        found, considered, doubtful = _tickets(tickets, key, misfiled)
        ids = tuple(t["id"] for t in found)
        if not LEAST <= len(found) <= MOST or len(considered) > LOOKUPS or doubtful or ids in seen:
            continue
        if found[0]["created_at"][:16] == found[1]["created_at"][:16]:
            continue
        if rules.company_day(found[0]["created_at"]).isoformat() in (after, before):
            continue
        seen.add(ids)
        yield Situation(
            key=key,
            given={
                "tiers": said(_listed(tiers), list(tiers)),
                "states": said(states, list(STATES[states])),
                "kind": said(kind, {"type": filed, "priority": priority}),
                "when": said(when, {"after": after, "before": before}),
                **({"read": said("other", True)} if kind in TYPES else {"plain": said("ticket", True)}),
            },
            traps=("misfiled_ticket",) if misfiled & set(ids) else (),
            difficulty=2 + (kind in TYPES) + (len(found) > 5) + (len(STATES[states]) > 1),
        )


def _listed(tiers: tuple[str, ...]) -> str:
    return " or ".join([", ".join(tiers[:-1]), tiers[-1]] if len(tiers) > 1 else tiers)


class _Read:
    """A waiting ticket with what its record and text say, read once for many scopes."""

    def __init__(self, world: Records, row: Row) -> None:
        self.row = row
        self.opened = rules.company_day(row["created_at"]).isoformat()
        self.tier: str = world.customer(row["customer_id"])["loyalty_tier"]
        self.type: str = row["ticket_type"]

    @cached_property
    def true_type(self) -> str:
        return true_type(self.row)

    @cached_property
    def mentions(self) -> Mapping[str, int]:
        """How strongly the text speaks of each case."""
        return {
            kind: 3 * len(words.findall(self.row["subject"])) + len(words.findall(self.row["body"]))
            for kind, words in KINDS.items()
        }


def _tickets(tickets: Sequence[_Read], key: Mapping[str, str], misfiled: set[str]) -> tuple[list[Row], list[Row], bool]:
    """The tickets that qualify, oldest first; those to be looked at; whether the text of another one is in doubt."""
    found: list[Row] = []
    considered: list[Row] = []
    doubtful = False
    states, tiers = key["states"].split(","), key["tiers"].split(",")
    for ticket in tickets:
        if ticket.row["status"] not in states or not ticket.opened >= key["after"]:
            continue
        if (key["before"] and ticket.opened > key["before"]) or key["priority"] not in ("", ticket.row["priority"]):
            continue
        reads = key["type"] in KINDS
        vague = reads and ticket.type in VAGUE
        if key["type"] and ticket.type != key["type"] and not vague:
            continue
        right = not key["type"] or (ticket.true_type if reads else ticket.type) == key["type"]
        considered += [ticket.row] if right else []
        if ticket.tier not in tiers:
            continue
        if vague and ticket.row["id"] not in misfiled:
            doubtful |= ticket.mentions[key["type"]] > 1
        found += [ticket.row] if right else []
    return sorted(found, key=lambda t: (t["created_at"], t["id"])), considered, doubtful


def rubric(world: Records, s: Situation) -> Rubric:
    found, _, _ = _tickets([_Read(world, ticket) for ticket in world.open_tickets], s.key, set())
    ids = {t["id"] for t in found}
    names = {t["id"]: world.customer(t["customer_id"])["name"] for t in found}
    others = [t for t in world.open_tickets if t["id"] not in ids]
    foreign = sorted({world.customer(t["customer_id"])["name"] for t in others} - set(names.values()))
    oldest, newest = found[0], found[-1]
    opened = rules.company_day(oldest["created_at"])
    evidence = [f"tickets/{t['id']}" for t in found]
    last_row = _row(newest["id"], names[newest["id"]], world.customer(newest["customer_id"])["loyalty_tier"], newest)
    alone = sum(name == names[newest["id"]] for name in names.values()) == 1
    outsider = next(t for t in others if t["customer_id"] not in {f["customer_id"] for f in found})
    count = number(len(found), ["ticket", "tickets", "count", "number", "total"], (len(found) + 1, len(found) - 1))
    near = ["longest", "oldest", "first", "earliest"]
    return Rubric(
        criteria=[
            criterion(
                "tickets", "correctness",
                f"The response lists exactly the {len(found)} tickets that qualify: {', '.join(sorted(ids))}.",
                {
                    "check": "entities", "members": [thing(id) for id in sorted(ids)],
                    "universe": [thing(t["id"]) for t in others],
                },
                evidence,
            ),
            criterion(
                "names", "completeness", "Each of these tickets comes with its customer's name: "
                f"{', '.join(dict.fromkeys(names.values()))}.",
                {
                    "check": "entities", "members": [thing(name) for name in sorted(set(names.values()))],
                    "universe": [thing(name) for name in foreign],
                },
                [f"customers/{t['customer_id']}.name" for t in found],
            ),
            criterion("count", "correctness", f"The response says that it is {len(found)} tickets.", count, evidence),
            criterion(
                "longest", "completeness",
                f"The response names ticket {oldest['id']} as the one that waits longest, opened on {spoken(opened)}.",
                both(
                    {
                        "check": "entity", "id": oldest["id"], "aliases": [names[oldest["id"]]],
                        "rivals": [
                            thing(t["id"], *([names[t["id"]]] if names[t["id"]] != names[oldest["id"]] else []))
                            for t in {names[t["id"]]: t for t in reversed(found)}.values() if t is not oldest
                        ],
                        "near": near,
                    },
                    day(opened, near=[*near, oldest["id"], names[oldest["id"]].split()[0]]),
                ),
                [f"tickets/{oldest['id']}.created_at"],
            ),
            criterion(
                "untouched", "constraint", "The tickets are counted and no record is changed.",
                {"check": "unchanged", "with": {k: v for k, v in count.items() if k != "rivals"}},
            ),
        ],
        near_misses=[
            near_miss("one-missing", "Leaves one ticket out.", ("tickets", "names") if alone else "tickets",
                      replace=[(f"\n{last_row}", "")]),
            near_miss("outsider", "Takes in a ticket of another tier, state or kind.", "tickets",
                      replace=[(last_row, f"{last_row}\n{last_row.replace(newest['id'], outsider['id'])}")]),
            near_miss("nameless", "Gives no name for one of them.", "names" if newest is not oldest else ("names", "longest"),
                      replace=[(f"| {names[newest['id']]} |", "| (on the ticket) |")]),
            near_miss("miscounted", "Counts wrongly.", ("count", "untouched"),
                      replace=[(_count_line(len(found)), _count_line(len(found) + 20))]),
            near_miss("newest-for-oldest", "Takes the newest for the one that waits longest.", "longest",
                      replace=[(_oldest_line(oldest["id"], opened),
                                _oldest_line(newest["id"], rules.company_day(newest["created_at"])))]),
            near_miss("takes-one", "Assigns a ticket although nobody asked.", "untouched",
                      add=[call("updateTicketStatus", ticket_id=newest["id"], priority="urgent")]),
        ],
    )  # fmt: skip


def _row(ticket_id: str, name: str, tier: str, ticket: Mapping[str, Any]) -> str:
    status = {"pending_customer": "waiting for the customer"}.get(ticket["status"], ticket["status"])
    opened = rules.company_day(ticket["created_at"])
    return f"| {ticket_id} | {name} | {tier} | {status} | {spoken(opened)} |"


def _count_line(count: int) -> str:
    return f"{count} tickets"


def _oldest_line(ticket_id: str, opened: date) -> str:
    return f"Waiting longest: {ticket_id}, opened on {spoken(opened)}."


def solve(a: Worker, given: Given) -> Plan:
    kind, when = given["kind"], given["when"]
    types = [kind["type"] or None, *(VAGUE if given.get("read") else ())]
    tickets: Rows = []
    for status, ticket_type in product(given["states"], types):
        tickets += yield from a.all(
            "searchTickets", status=status, ticket_type=ticket_type, priority=kind["priority"] or None,
            created_after=when["after"] or None, created_before=when["before"] or None,
        )  # fmt: skip
    if given.get("read"):
        tickets = [t for t in tickets if a.true_type(t) == kind["type"]]
    customers = yield from customers_by_id(a, [t["customer_id"] for t in tickets])
    kept = [t for t in tickets if customers[t["customer_id"]]["loyalty_tier"] in given["tiers"]]
    if not kept:
        return "None of them."
    kept.sort(key=lambda t: (t["created_at"], t["id"]))
    rows: list[tuple[str, ...]] = []
    for ticket in kept:
        customer = customers[ticket["customer_id"]]
        row = _row(ticket["id"], customer["name"], customer["loyalty_tier"], ticket)
        rows.append(tuple(row.strip("| ").split(" | ")))
    opened = date.fromisoformat(a.day(kept[0]["created_at"]))
    note = " Where a ticket was filed as other or account I went by the text." if given.get("read") else ""
    return (
        f"{_count_line(len(kept))}. {_oldest_line(kept[0]['id'], opened)}{note}\n\n"
        f"{as_table(('Ticket', 'Customer', 'Tier', 'Status', 'Opened'), rows)}"
    )


WORDINGS = (
    Wording(
        "lead, Monday planning",
        "Planning Monday's desk. I need the {kind} of our {tiers} customers, status {states}, {when}. People tick \"other\" or "
        "\"account\" in the form when they mean something else, so for those two read what they wrote and count it where "
        "it belongs. Ticket numbers with the customer's name, how many there are, and which one has been waiting longest "
        "and since what day. [Don't assign anything, I do that.|Hands off the tickets themselves please.]\n\nDana",
        mode="copilot",
        fits=lambda given: "read" in given,
    ),
    Wording(
        "terse",
        "{kind}, customers {tiers}, {states}, {when}. incl. those misfiled as other/account (go by the text). want: ticket + "
        "name, number of tickets, oldest one + day opened. [look only|no changes]",
        mode="copilot",
        fits=lambda given: "read" in given,
    ),
    Wording(
        "new lead, wordy",
        "I've taken over the queue from Tobias this week and [frankly I don't trust the type column|the type column is a "
        "mess]: half the customers choose other, or account, whatever they write about. Could you look through the "
        "tickets that are {states}, {when}, and tell me which are really {kind}, only those of customers in the tiers "
        "{tiers}? The rest of the types you can take as filed. For each the id and the customer; then the total; then "
        "the one that was opened earliest with its date, our time. Leave their status alone for now.",
        mode="copilot",
        fits=lambda given: "read" in given,
    ),
    Wording(
        "chat",
        "[hey|hi] can you pull {kind} for me, tier {tiers} only, {states}, {when}? the form lets them pick \"other\" and "
        "\"account\" for everything so pls check those by what the message says, not the label. ids & names, how many, "
        "and who waits the longest (date). dont change them, just the list",
        mode="copilot",
        fits=lambda given: "read" in given,
    ),
    Wording(
        "handed over before the weekend",
        "Handover, please finish: Yolanda asked for a head count of {kind} from {tiers} customers.\n- state: {states}\n- {when}\n"
        "- a ticket filed under other or account counts if its text plainly is one of these\n- list by number and customer "
        "name\n- name the [longest-waiting|oldest] and the day it was opened\nNo edits in the system, she only wants to "
        "see it.",
        mode="copilot",
        fits=lambda given: "read" in given,
    ),
    Wording(
        "call round",
        "For the call round I'd like to see the {kind} of customers who are {tiers} right now. [Take|Only] status {states}, "
        "{when}. Number, customer, and a total; and tell me which of them was opened first, and when. I'll make "
        "the changes in the queue on my own.",
        mode="copilot",
        fits=lambda given: "plain" in given,
    ),
    Wording(
        "stand-up numbers",
        "stand-up in five minutes. {tiers}: {kind}, {states}, {when}. who + ticket no., how many altogether, the longest "
        "waiting with opening date. [nothing to be updated|just reading]",
        mode="copilot",
        fits=lambda given: "plain" in given,
    ),
    Wording(
        "manager's mail",
        "From: Yolanda Pruitt\nSubject: queue by tier\n\nHow do we stand with {kind} from {tiers} customers? I mean those "
        "{states}, {when}. Please send the ticket ids with customer names and the number of tickets, and point out "
        "the one that has waited the longest, with the day it came in. [It's for information, nothing is to be moved.|"
        "I only want to read it, so leave everything as it is.]",
        mode="copilot",
        fits=lambda given: "plain" in given,
    ),
    Wording(
        "non-native temp",
        "Hello, Dana gives me task and I am new here. She wants list of {kind}. Customer must be {tiers}. Ticket must be "
        "{states}. And {when}. Please you write ticket number, name of customer, how many tickets in total, and which "
        "is most old one with date when opened. I must not change ticket, so please you also not.",
        mode="copilot",
        fits=lambda given: "plain" in given,
    ),
)  # fmt: skip

FAMILY = Family(
    name="queue-by-tier",
    title="Unfinished tickets of a kind from customers of given tiers: list, count, the longest waiting",
    category="retrieval",
    main_level="planning",
    levels=("planning", "tool_use", "common_sense"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
)
