"""Which tickets of a customer, a colleague or a queue missed their first-response target, and what credit that earns."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import Plan, Steps, Worker, usd
from enterprisegym.environments.corecraft.agents.steps import identified
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    amount,
    call,
    criterion,
    either,
    introduced,
    near_miss,
    number,
    says,
    single_accounts,
    thing,
)
from enterprisegym.environments.corecraft.generate.traps.reading import true_type
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.rollout.record import Json
from enterprisegym.tasks import Call
from enterprisegym.world import Row, parse_utc

FEWEST, MOST = 4, 16
"""Tickets in a queue that is asked about."""
CREDITED = ("gold", "platinum")


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    yield from _queues(world)
    people = [c for c in single_accounts(world) if world.tickets_of(c["id"])]
    late = [
        c for c in people
        if c["loyalty_tier"] in CREDITED and _missed(world, world.tickets_of(c["id"]))
        and not world.traps_on(c["id"], among=("contact_format", "namesake"))
    ]  # fmt: skip
    quiet = paired = 0
    for customer in shuffled(rng, people):
        tickets = world.tickets_of(customer["id"])
        marked = world.traps_on(customer["id"], among=("contact_format", "namesake"))
        told = introduced(world, customer, rng)
        others = [c for c in late if c["id"] != customer["id"]]
        if others and (marked or (paired < 25 and rng.random() < 0.4)):
            paired += 1
            yield _pair(world, customer, rng.choice(others), told, marked)
            continue
        subjects = {t["subject"].lower() for t in tickets}
        closed = all(t["status"] == "closed" for t in tickets)
        if closed or len(tickets) < 2 or len(subjects) < len(tickets):
            continue
        missed = _missed(world, tickets)
        quiet += not missed
        if not missed and quiet > 10:
            continue
        yield Situation(
            key={"customer": customer["id"]},
            given=told,
            traps=marked,
            difficulty=2 + (customer["loyalty_tier"] == "platinum") + (len(tickets) > 2) + bool(missed),
        )


def _pair(world: Records, customer: Row, other: Row, told: dict[str, str], marked: tuple[str, ...]) -> Situation:
    """Two customers whose tickets a colleague wants to know of together."""
    named = f"tickets ever opened by {told['name']} ({told['reach']}) or by {other['name']} ({other['email']})"
    tickets = [*world.tickets_of(customer["id"]), *world.tickets_of(other["id"])]
    return Situation(
        key={"customer": customer["id"], "other": other["id"]},
        given={**told, "other_email": other["email"], "scope": named},
        traps=marked,
        difficulty=3 + (other["loyalty_tier"] == "platinum") + (len(tickets) > 5),
        mode="copilot",
    )


def _queues(world: Records) -> Iterator[Situation]:
    """A month of a colleague's tickets, of a priority, or of a kind of case."""
    filed = {mark["id"] for mark in world.marks("misfiled_ticket")}
    for month in _months(world.today):
        opened = [t for t in world.all("tickets") if rules.company_day(t["created_at"]).isoformat().startswith(month)]
        named = f"{date.fromisoformat(f'{month}-01'):%B %Y}"
        for who in world.all("employees"):
            scope = [t for t in opened if t["assigned_employee_id"] == who["id"]]
            if _asked(world, scope):
                text = f"tickets assigned to {who['name']} that were opened in {named}"
                yield _queue(
                    world, {"employee": who["id"], "month": month}, scope, {"employee": who["name"]}, text, named
                )
        for priority in ("high", "urgent", "low"):
            scope = [t for t in opened if t["priority"] == priority]
            if _asked(world, scope):
                text = f"{priority} priority tickets opened in {named}"
                yield _queue(world, {"priority": priority, "month": month}, scope, {"priority": priority}, text, named)
        vague = [t for t in opened if t["ticket_type"] in ("other", "account")]
        for kind in ("return", "shipping", "billing"):
            scope = [t for t in opened if true_type(t) == kind]
            if not _asked(world, scope) or any(t["id"] not in filed for t in vague):
                continue
            text = f"{kind} tickets opened in {named} (also those that were filed as other or account by mistake)"
            yield _queue(world, {"kind": kind, "month": month}, scope, {"kind": kind}, text, named)


def _asked(world: Records, scope: Sequence[Row]) -> bool:
    open_ones = any(t["status"] != "closed" for t in scope)
    return FEWEST <= len(scope) <= MOST and open_ones and bool(_missed(world, scope))


def _queue(
    world: Records, key: dict[str, str], scope: Sequence[Row], told: dict[str, str], text: str, named: str
) -> Situation:
    raised = any(world.customer(t["customer_id"])["loyalty_tier"] == "platinum" for t in scope)
    return Situation(
        key=key,
        given={**told, "month": said(named, key["month"]), "scope": text},
        traps=("misfiled_ticket",) if "kind" in key and any(t["ticket_type"] != key["kind"] for t in scope) else (),
        difficulty=3 + raised + (len(scope) > 10),
        mode="copilot",
    )


def _months(today: date) -> list[str]:
    firsts = {(today.replace(day=1) - timedelta(days=30 * n + 2)).isoformat()[:7] for n in range(17)}
    return sorted(firsts | {today.isoformat()[:7]}, reverse=True)


def _missed(world: Records, tickets: Sequence[Row]) -> list[Row]:
    tiers = [world.customer(t["customer_id"])["loyalty_tier"] for t in tickets]
    return [t for t, tier in zip(tickets, tiers, strict=True) if rules.first_response_missed(t, tier, world.now)]


def _scope(world: Records, key: Mapping[str, str]) -> list[Row]:
    if "customer" in key:
        return [t for role in ("customer", "other") if role in key for t in world.tickets_of(key[role])]
    opened = [t for t in world.all("tickets") if rules.company_day(t["created_at"]).isoformat()[:7] == key["month"]]
    if "employee" in key:
        return [t for t in opened if t["assigned_employee_id"] == key["employee"]]
    if "priority" in key:
        return [t for t in opened if t["priority"] == key["priority"]]
    return [t for t in opened if true_type(t) == key["kind"]]


def _over(created_at: str, answered_at: str, hours: int) -> float:
    """Hours past the target."""
    return (parse_utc(answered_at) - parse_utc(created_at)).total_seconds() / 3600 - hours


NONE_MISSED = (
    "none", "no missed", "not missed", "no ticket", "all ... in time", "all ... on time", "within target*", "within ... target*",
    "every ... in time", "no ... late", "not late", "always in time", "met", "no misses", "0 missed", "zero", "nobody",
    "were in time", "was in time", "answered in time", "on time", "not one",
)  # fmt: skip
NO_CREDIT = (
    "no credit", "no store credit", "nothing is owed", "nothing owed", "apology only", "only an apology", "an apology",
    "no compensation", "not ... credit", "not owed", "none is owed", "credit: none", "$0", "$0.00", "nothing", "not entitled",
    "credit owed: none", "zero credit", "without credit", "apology",
)  # fmt: skip


def rubric(world: Records, s: Situation) -> Rubric:
    scope = _scope(world, s.key)
    missed = _missed(world, scope)
    tier = {t["id"]: world.customer(t["customer_id"])["loyalty_tier"] for t in scope}
    hours = {t["id"]: rules.FIRST_RESPONSE_HOURS[rules.effective_priority(t["priority"], tier[t["id"]])] for t in scope}
    over = {t["id"]: _over(t["created_at"], t["first_response_at"] or world.now, hours[t["id"]]) for t in missed}
    credit = sum(rules.missed_response_credit_cents(t, tier[t["id"]], world.now) for t in scope)
    own = "scope" not in s.given
    evidence = [f"tickets/{t['id']}.first_response_at" for t in scope]
    criteria = [
        criterion(
            "looked-at",
            "completeness",
            f"The response says that {len(scope)} ticket(s) are in question.",
            number(len(scope), ("ticket", "request", "case", "enquir", "inquir", "message", "quer")),
            evidence,
        )
    ]
    near = [
        near_miss("one-page", "Counts fewer tickets.", "looked-at",
                  replace=[(_count_text(len(scope)), _count_text(len(scope) + 31))])
    ]  # fmt: skip
    if missed:
        worst = max(over.values())
        fit = [number(n, ("hour", "hours", "h", "hrs")) for n in sorted({math.floor(worst), math.ceil(worst)})]
        if round(worst, 1) % 1:
            fit.append({**number(0, ("hour", "hours", "h", "hrs")), "value": round(worst, 1)})
        naming = {t["id"]: (t["subject"],) if own else () for t in scope}
        others = [t for t in scope if t not in missed]
        criteria += [
            criterion(
                "missed",
                "correctness",
                f"The response names those that missed the target, and no others: {', '.join(t['id'] for t in missed)}.",
                {
                    "check": "entities",
                    "members": [thing(t["id"], *naming[t["id"]]) for t in missed],
                    "universe": [thing(t["id"], *naming[t["id"]]) for t in scope],
                    "denied_by": ["in time", "on time", "met", "within", "not missed", "fine", "ok"],
                },
                evidence,
            ),
            criterion(
                "worst",
                "correctness",
                f"The response says that the worst was {worst:.1f} hours over its target.",
                either(*fit) if len(fit) > 1 else fit[0],
                ["slas/sla-first-response"],
            ),
        ]
        first = missed[0]
        near += [
            near_miss("one-forgotten", "Leaves one out.", "missed",
                      replace=[(_ticket_text(first["subject"], first["id"], own), "one more")])
            if len(missed) > 1 or not others
            else near_miss("another-one", "Names one that was in time.", "missed",
                           replace=[(_ticket_text(first["subject"], first["id"], own),
                                     _ticket_text(others[0]["subject"], others[0]["id"], own))]),
            near_miss("from-opening", "Gives a time that is not past the target.", "worst",
                      replace=[(_worst_text(worst), _worst_text(worst + 55))]),
        ]  # fmt: skip
    else:
        criteria.append(
            criterion(
                "missed", "correctness", "The response says that none missed the target.", says(NONE_MISSED), evidence
            )
        )
        near.append(
            near_miss("no-verdict", "Does not say whether one did.", "missed",
                      replace=[(_all_well(len(scope)), "The replies are on file.")])
        )  # fmt: skip
    wrong = {1000 * len(missed), 1000 * len(scope)} - {credit}
    criteria.append(
        criterion(
            "credit",
            "correctness",
            f"The response says that {usd(credit)} of store credit is owed."
            if credit
            else "The response says that no credit is owed.",
            amount(credit, sorted(wrong - {1000} if credit else wrong)) if credit else says(NO_CREDIT),
            [
                "slas/sla-first-response",
                *(f"customers/{c}.loyalty_tier" for c in sorted({t["customer_id"] for t in scope})),
            ],
        )
    )
    near.append(
        near_miss("credit-for-all", "Gives another credit.", "credit",
                  replace=[(_credit_text(credit, bool(missed)), "Store credit of $70.00 is owed.")])
    )  # fmt: skip
    criteria.append(
        criterion(
            "unchanged",
            "constraint",
            "The response reports on the tickets, and nothing is changed in the records.",
            {"check": "unchanged", "with": says(["ticket*", "request*", "case*", "repl*", "response*", "answer*"])},
            evidence[:1],
        )
    )
    near.append(
        near_miss("touches-one", "Raises a ticket's priority by the way.", "unchanged",
                  add=[_raise(scope)])
    )  # fmt: skip
    return Rubric(criteria, near)


def _raise(scope: Sequence[Row]) -> Call:
    ticket = next(t for t in scope if t["status"] != "closed")
    return call("updateTicketStatus", ticket_id=ticket["id"], priority="low" if ticket["priority"] != "low" else "high")


def _count_text(count: int) -> str:
    return "1 ticket is in question" if count == 1 else f"{count} tickets are in question"


def _ticket_text(subject: str, ticket_id: str, own: bool) -> str:
    return f'"{subject}"' if own else ticket_id


def _worst_text(worst: float) -> str:
    return f"{worst:.1f} hours over its target"


def _all_well(count: int) -> str:
    return "It was answered in time." if count == 1 else "All of them were answered in time."


def _credit_text(credit: int, missed: bool) -> str:
    if credit:
        return f"Store credit of {usd(credit)} is owed, $10.00 a ticket, as gold and platinum customers get it."
    if missed:
        return "No store credit is owed for it, an apology is; only gold and platinum customers get credit."
    return "So no store credit is owed."


def solve(a: Worker, given: Given) -> Plan:
    own = "scope" not in given
    customers: list[Json] = []
    tickets: list[Json] = []
    if "reach" in given:
        customers.append((yield from identified(a, given)))
    if "other_email" in given:
        customers.append((yield from a.contact(given["other_email"])))
    for customer in customers:
        tickets += yield from a.all("searchTickets", customer_id=customer["id"])
    if not customers:
        tickets += yield from _queue_tickets(a, given)
    sla = yield from a.policy("sla", "first response", title="First response")
    yield from a.policy("tickets", "platinum level", title="Setting the priority")
    members = customers or (yield from a.all("searchCustomers", loyalty_tier=list(CREDITED)))
    raised = {member["id"]: member["loyalty_tier"] for member in members}
    lines: list[str] = []
    worst, credit = 0.0, 0
    for ticket in sorted(tickets, key=lambda t: t["created_at"]):
        tier = raised.get(ticket["customer_id"], "standard")
        hours = sla["targets"][rules.effective_priority(ticket["priority"], tier)]["hours"]
        over = _over(ticket["created_at"], ticket["first_response_at"] or a.clock.now_utc, hours)
        if over > 0:
            lines.append(_ticket_text(ticket["subject"], ticket["id"], own))
            worst = max(worst, over)
            credit += 1000 if tier in CREDITED else 0
    counted = f"{_count_text(len(tickets))}."
    if not lines:
        return f"{counted} {_all_well(len(tickets))} {_credit_text(0, False)}"
    which = "\n".join(f"- {line}" for line in lines)
    return (
        f"{counted} First answer past the target, counted in clock hours and with platinum one level up:\n\n{which}\n\n"
        f"The worst of it was {_worst_text(worst)}. {_credit_text(credit, True)}"
    )


def _queue_tickets(a: Worker, given: Given) -> Steps[list[Json]]:
    month: str = given["month"]
    if "employee" in given:
        people = yield from a.all("searchEmployees", name=given["employee"])
        return (yield from a.dated("searchTickets", month, assigned_employee_id=people[0]["id"]))
    if "priority" in given:
        return (yield from a.dated("searchTickets", month, priority=given["priority"]))
    opened = yield from a.dated("searchTickets", month)
    return [ticket for ticket in opened if a.true_type(ticket) == given["kind"]]


def _of_queue(given: Given) -> bool:
    return "scope" in given


def _of_customer(given: Given) -> bool:
    return "scope" not in given


WORDINGS = (
    Wording(
        "team lead",
        "[Monday stand-up prep.|For the weekly review.] Take all {scope}. How many are there, and which of them got their "
        "first answer later than the target allows (open ones without an answer count as of now)? Ticket ids, please. I also "
        "need the worst overrun in hours past its target, and what we owe in store credit for the lot, in dollars. Don't "
        "grant or change anything.",
        mode="copilot",
        fits=_of_queue,
    ),
    Wording(
        "terse colleague",
        "SLA check, first response: {scope}. [Need number in scope|Number of tickets], ids of the misses, hours over target "
        "for the worst one, total credit due under the SLA. Read only.",
        mode="copilot",
        fits=_of_queue,
    ),
    Wording(
        "finance",
        "Hi, finance here. I'm setting aside money for service credits and need [a figure|something reliable] for the "
        "following: {scope}. Could you check each against its first-response target and tell me how many there are in all, "
        "the ids of those where we were too slow or are still silent past the deadline, by how many hours the slowest ran "
        "over, and the dollar sum of credit this entitles customers to? Please leave the tickets as they are, it is only "
        "for the books.",
        mode="copilot",
        fits=_of_queue,
    ),
    Wording(
        "new manager",
        "I'm trying to get a feel for our response times before I talk to the team, so no actions please, [just facts|facts "
        "only]. Scope: {scope}.\n\n- size of the scope\n- ids of tickets whose first reply missed its target, the ones "
        "waiting beyond it included\n- hours past target of the most extreme one\n- credit owed to the customers "
        "concerned, total",
        mode="copilot",
        fits=_of_queue,
    ),
    Wording(
        "worried colleague",
        "[Dana asked me|I've been asked] whether we kept our promise on first replies and I keep getting different results "
        "by hand, the level thing with platinum confuses me. It's about {scope}. Would you go through them? Tell me how many "
        "you looked at, list those over the limit by id (no reply yet and time is up: over, too), say how many hours the "
        "worst is beyond its limit and add up the credit that the SLA gives. I'd rather you didn't touch them.",
        mode="copilot",
        fits=_of_queue,
    ),
    Wording(
        "customer, mail",
        "From: {name} <{email}>\nSubject: [your response times|how long you take]\n\nHello,\n\nyou advertise how quickly "
        "you answer. I have a feeling that this has not held for me. Please go through everything I have ever written to "
        "your support: how many requests were there, on which of them (give me the subject line) did your first answer come "
        "too late by your own targets, and by how many hours past the target in the worst case? And if there is a credit for "
        "that on my account, how much in total? [Just the information for now.|I only want to know for now, no booking.]\n\n"
        "{first}",
        fits=lambda given: "email" in given and "scope" not in given,
    ),
    Wording(
        "customer, chat",
        "hi its {name}, {reach}\n[quick q|question] about my support tickets, all of em. how many have i opened, which ones "
        "(subjects) did u reply to late the first time, going by ur official times, and how many hrs over was the worst? do i "
        "get credit for those n how much. dont change anything on them pls",
        fits=_of_customer,
    ),
    Wording(
        "customer, angry",
        "Waiting, waiting, always waiting. {name}, {reach}. You have published targets for the first reply, [haven't you|don't "
        "you]? Then show me, over ALL the tickets I've filed: their number, the subjects of those where you broke the target, "
        "how far past it the longest was in hours, and what credit you owe me by your own SLA. Numbers in writing first. I "
        "don't want anything closed, raised or credited behind my back.",
        fits=_of_customer,
    ),
    Wording(
        "colleague on a customer",
        "I have {name} ({reach}) on the phone at three about slow replies. [Please prepare|Can you prepare]: how many tickets "
        "this customer has with us altogether, by subject which of them had a first response after the target for their "
        "priority and tier, hours past target of the worst of these, and whether the SLA gives them credit, and what sum. "
        "No changes, I'll handle the rest.",
        mode="copilot",
        fits=_of_customer,
    ),
    Wording(
        "customer, non-native",
        "Good day, my name is {name}, {reach}. I would like know about my tickets at your support, all of the time. How much "
        "tickets are it? For which (please the subject) was the first answer after the time that you have for target, and how "
        "many hours was the most late one over the target? I heard it gives store credit for this, is it [right|true] for me "
        "and how many dollars together? Only inform me please, not change.",
        fits=_of_customer,
    ),
)  # fmt: skip

FAMILY = Family(
    name="response-time-miss",
    title="First-response targets by priority and tier: who missed them, by how much, and what credit is owed",
    category="reasoning",
    main_level="tool_use",
    levels=("tool_use", "groundedness", "planning"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-tickets-priority",),
)
