"""A lead hands over a ticket whose answer is known: the record is written and the ticket goes where it belongs."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Rows, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import colleague, number_in, order_details, ticket_told
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    Staged,
    amount,
    both,
    call,
    calm,
    choice,
    criterion,
    day,
    either,
    incoming_ticket,
    near_miss,
    open_on,
    says,
    single_accounts,
    stable,
    thing,
    ticket_reference,
)
from enterprisegym.environments.corecraft.generate.traps.reading import true_type
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Edit
from enterprisegym.world import Row

TRAPS = ("misfiled_ticket", "contact_format", "namesake", "planted_instruction")
MONEY_TYPES = ("return", "shipping", "billing", "order_issue", "warranty")
TEAM = ("Amara Nwosu", "Caleb Stoddard", "Felix Baumgard", "Keisha Langford", "Rosa Villanueva", "Ines Carvalho",
        "Jonah Whitfield", "Mei-Lin Tsao", "Priya Raghunathan")  # fmt: skip
RANKS = ("frontline", "specialist", "lead", "manager")
DECOYS = ("emp-dmitri-sokolsky", "emp-gwendolyn-achter", "emp-darnell-hutchins", "emp-graham-petrossian")
PANEL = {
    "frontline": ("emp-amara-nwosu", "emp-caleb-stoddard", "emp-felix-baumgard", "emp-rosa-villanueva"),
    "specialist": ("emp-ines-carvalho", "emp-jonah-whitfield", "emp-priya-raghunathan"),
    "lead": ("emp-dana-kessler", "emp-marcus-oyelaran"),
    "manager": ("emp-tobias-renner", "emp-margit-haldane", "emp-luis-echevarria"),
}
STORIES: Mapping[str, tuple[str, ...]] = {
    "request_denied": (
        "what they want is not something we give, and they have been told so, with the reason",
        "the answer was a no, it went out this morning and they took it well",
        "they were turned down in writing, rule quoted, no further reply expected",
    ),
    "information_provided": (
        "they only needed the facts, they have them now, and nothing had to be done on our side",
        "all questions were answered by phone, no money, no goods, nothing promised",
        "they got the explanation they were after and said thank you",
    ),
    "troubleshooting_steps": (
        "they were taken through the steps one by one and it runs now",
        "it was a matter of setup; after the steps we sent everything works",
    ),
    "recommendation_provided": (
        "they have our advice on what to buy in writing, with prices",
        "we told them which parts to take, they will order in the shop themselves",
    ),
    "refund_issued": (
        "the money they ask about has gone back, which settles it; link the refund to the record",
        "it was about their refund, which has been paid, so tie that refund to the record",
    ),
}
SAID = {
    "request_denied": ["request_denied", "request denied", "denied", "refused", "refusal", "denial"],
    "information_provided": ["information_provided", "information provided", "information given", "informational"],
    "troubleshooting_steps": ["troubleshooting_steps", "troubleshooting steps", "steps given"],
    "recommendation_provided": ["recommendation_provided", "recommendation provided", "recommendation given"],
    "refund_issued": ["refund_issued", "refund issued", "refund paid", "refunded"],
}
DESKS = {"shipping": ("carrier_claim", "fulfilment", "Tracking and scans are in the ticket, please ask the carrier."),
         "order_issue": ("policy_exception", "support_lead", "Outside policy on paper. Please decide, nothing promised."),
         "return": ("policy_exception", "returns", "Customer disputes what the inspection found. Please look again."),
         "billing": ("refund_approval", "finance", "Needs your signature before anything is paid. Customer knows.")}  # fmt: skip
DESK_WORDS = {"fulfilment": ["fulfil*"], "support_lead": ["support lead", "support_lead", "lead"], "returns": ["returns"],
              "finance": ["finance"]}  # fmt: skip


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    mine = {c["id"]: c for c in single_accounts(world)}
    mine |= {m["id"]: world.customer(m["id"]) for m in world.marks("namesake")}
    for ticket in world.open_tickets:
        alone = ticket["order_id"] is None or len(open_on(world, ticket["order_id"])) == 1
        if ticket["customer_id"] in mine and alone and calm(ticket) and not _unanswered(world, ticket):
            kind = _kind(world, ticket)
            if kind is not None and (situation := _situation(world, rng, ticket, kind, ())):
                yield situation
    for order in world.all("orders"):
        granted = [r for r in world.refunds(order["id"]) if r["status"] in rules.GRANTED_REFUND]
        waiting = [t for t in world.tickets_of(order["customer_id"]) if t["status"] not in ("resolved", "closed")]
        if granted and order["customer_id"] in mine and not waiting:
            customer = mine[order["customer_id"]]
            body = (
                "Hello, I was promised money back for this order and my bank shows nothing yet, or I do not know what to "
                f"look for. Has it been sent, and how much is it? {customer['name']}"
            )
            planted = incoming_ticket(
                900 + stable(order["id"], "wrap", below=100), customer["id"], "my refund", body, "billing", order["id"]
            )
            staged = Staged(world, (planted,))
            ticket = next(t for t in staged.tickets_of(customer["id"]) if t["status"] == "new")
            if situation := _situation(staged, rng, ticket, "refund_issued", (planted,)):
                yield situation


def _kind(world: Records, ticket: Row) -> str | None:
    """What has become of a ticket: an outcome, `approval` or `escalated`."""
    kind = true_type(ticket)
    marked = world.mark("misfiled_ticket", ticket["id"]) is not None
    if ticket["ticket_type"] in ("other", "account") and not marked:
        return None
    turn = stable(ticket["id"], "kind", below=8)
    order = None if ticket["order_id"] is None else world.order(ticket["order_id"])
    if order is not None and turn < 4 and kind in MONEY_TYPES and order["status"] == "fulfilled" and not marked:
        return "approval" if world.untouched(order) else None
    if turn == 4 and kind in DESKS and not marked:
        return "escalated"
    if kind == "troubleshooting":
        return "troubleshooting_steps"
    if kind == "recommendation":
        return "recommendation_provided"
    return "request_denied" if turn in (1, 3, 5) else "information_provided"


def _unanswered(world: Records, ticket: Row) -> list[Row]:
    return [e for e in world.of("escalations", "ticket_id", ticket["id"]) if e["resolved_at"] is None]


def _situation(world: Records, rng: random.Random, ticket: Row, kind: str, setup: tuple[Edit, ...]) -> Situation | None:
    key = {"ticket": ticket["id"], "customer": ticket["customer_id"], "kind": kind}
    given: dict[str, Any] = {**ticket_reference(world, ticket, rng)}
    traps = world.traps_on(ticket["id"], ticket["customer_id"], among=TRAPS)
    difficulty = 2
    if kind == "approval":
        panel = _panel(world, ticket)
        if ticket["assigned_employee_id"] in [p["id"] for p in panel]:
            return None
        given["people"] = ", ".join(p["name"] for p in panel[:-1]) + f" and {panel[-1]['name']}"
        total = world.capture(world.order(ticket["order_id"]))["amount_cents"]
        wrong = any(low < total <= high for low, high in ((15000, 25000), (75000, 100000), (200000, 250000)))
        if wrong:
            traps = (*traps, "superseded_policy")
        traps = (*traps, *world.traps_on(ticket["order_id"], among=("failed_attempts",)))
        difficulty = 4
    else:
        story = "information_provided" if kind == "escalated" else kind
        given["story"] = STORIES[story][stable(ticket["id"], "story", below=len(STORIES[story]))]
        given["who"] = TEAM[stable(ticket["id"], "who", below=len(TEAM))]
        difficulty = 3 if kind == "refund_issued" or "misfiled_ticket" in traps else 2
    if kind == "escalated":
        setup = (*setup, _escalation(ticket))
        difficulty = 4
    return Situation(key=key, given=given, traps=traps, difficulty=difficulty, setup=setup)


def _panel(world: Records, ticket: Row) -> list[Row]:
    """One colleague of each rank and one who approves nothing, in the order of their names."""
    chosen = [PANEL[rank][stable(ticket["id"], rank, below=len(PANEL[rank]))] for rank in RANKS]
    chosen.append(DECOYS[stable(ticket["id"], "decoy", below=len(DECOYS))])
    return sorted((world.get("employees", id) for id in chosen), key=lambda e: e["name"])


def _escalation(ticket: Row) -> Edit:
    kind, desk, notes = DESKS[true_type(ticket)]
    after = max(ticket["created_at"], "2025-11-13T20:05:00Z")
    on = rules.company_day(after)
    number = 900 + stable(ticket["id"], "esc", below=90)
    at = (
        f"{on.isoformat()}T23:{number % 60:02d}:00Z"
        if on < date(2025, 11, 15)
        else f"2025-11-15T18:{30 + number % 29}:00Z"
    )
    return Edit(table="escalations", insert={
        "id": f"esc-{on:%y%m%d}-{number}", "ticket_id": ticket["id"], "escalation_type": kind, "destination": desk,
        "notes": notes, "created_at": at, "resolved_at": None,
    })  # fmt: skip


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    ticket = staged.ticket(s.key["ticket"])
    if s.key["kind"] == "approval":
        return _approval(staged, ticket)
    if s.key["kind"] == "escalated":
        return _escalated(staged, ticket)
    outcome = s.key["kind"]
    person = next(e for e in world.all("employees") if e["name"] == s.given["who"])
    refund = _paid_refund(staged, ticket) if outcome == "refund_issued" else None
    filed = true_type(ticket)
    changed: dict[str, Any] = {"status": "resolved", "resolution_id": {"any": True}}
    free: dict[str, Any] = {"assigned_employee_id": {"any": True}}
    if filed != ticket["ticket_type"]:
        changed["ticket_type"] = filed
    else:
        free["ticket_type"] = {"any": True}
    record: dict[str, Any] = {"outcome": outcome, "resolved_by_id": person["id"]}
    if refund is not None:
        record["linked_refund_id"] = refund["id"]
    others = [e for e in world.all("employees") if e["name"] in TEAM and e["id"] != person["id"]]
    linked = "" if refund is None else f" linked to {refund['id']}"
    heading = [filed.replace("_", " "), filed]
    criteria = [
        criterion(
            "recorded", "correctness",
            f"Ticket {ticket['id']} is resolved with a resolution {outcome} by {person['name']}"
            f"{linked}, filed under {filed}; nothing else is changed.",
            {"check": "state",
             "required": [
                 {"table": "resolutions", "added": True, "where": {"ticket_id": ticket["id"]}, "set": record},
                 {"table": "tickets", "id": ticket["id"], "set": changed},
             ],
             "allowed": [{"table": "tickets", "id": ticket["id"], "set": free}]},
            [f"tickets/{ticket['id']}", "company_policies/pol-tickets-status", "kb_articles/kb-0230"],
        ),
        criterion(
            "outcome", "completeness", f"The response names {outcome.replace('_', ' ')} as the outcome recorded.",
            choice(outcome, SAID), ["kb_articles/kb-0230"],
        ),
        criterion(
            "settled-by", "completeness", f"The response says that {person['name']} stands on the record.",
            {"check": "entity", "id": person["id"], "aliases": [person["name"], person["name"].split()[0]],
             "rivals": [thing(e["id"], e["name"]) for e in others]},
            [f"employees/{person['id']}"],
        ),
        criterion(
            "heading", "correctness", f"The response says that the ticket is filed under {filed.replace('_', ' ')}.",
            says(heading, near=["filed", "type", "heading", "file", "category", "under", "refiled", "classif"]),
            [f"tickets/{ticket['id']}.body", "kb_articles/kb-0255"],
        ),
    ]  # fmt: skip
    desk_agent = ("createResolution", 1, {"resolved_by_id": "emp-support-agent"})
    wrong = "no_action" if outcome != "refund_issued" else "information_provided"
    misses = [
        near_miss("as-closed", "Closes the ticket without a record.", "recorded",
                  drop=[("createResolution", 1), ("updateTicketStatus", 1)]),
        near_miss("own-name", "Puts itself on the record.", "recorded", set=[desk_agent]),
        near_miss("other-outcome", "Records another outcome.", "recorded", set=[("createResolution", 1, {"outcome": wrong})]),
        near_miss("outcome-unsaid", "Does not say what was recorded.", "outcome",
                  replace=[(f"as {outcome.replace('_', ' ')}", "as agreed")]),
        near_miss("nobody", "Does not say whose record it is.", "settled-by",
                  replace=[(f", with {person['name']} as the one who settled it", "")]),
        near_miss("no-heading", "Leaves the heading out.", "heading",
                  replace=[(_heading_line(filed), "")]),
    ]  # fmt: skip
    if refund is not None:
        sums = [
            r["amount_cents"] for r in staged.refunds(refund["order_id"]) if r["status"] not in rules.GRANTED_REFUND
        ]
        criteria.append(criterion(
            "refund", "correctness", f"The response names the linked refund's amount, {usd(refund['amount_cents'])}.",
            amount(refund["amount_cents"], sums), [f"refunds/{refund['id']}"],
        ))  # fmt: skip
        misses.append(near_miss("other-sum", "Names another sum.", "refund", replace=[
            (usd(refund["amount_cents"]), usd(refund["amount_cents"] + 1000))]))  # fmt: skip
    return Rubric(criteria, misses)


def _paid_refund(world: Records, ticket: Row) -> Row:
    granted = [r for r in world.refunds(ticket["order_id"]) if r["status"] in rules.GRANTED_REFUND]
    return max(granted, key=lambda r: (r["amount_cents"], r["id"]))


def _heading_line(kind: str) -> str:
    return f" It is filed under {kind.replace('_', ' ')}."


def _approval(world: Records, ticket: Row) -> Rubric:
    panel = _panel(world, ticket)
    payment = world.capture(world.order(ticket["order_id"]))
    total: int = payment["amount_cents"]
    able = [e for e in panel if rules.staff_may_approve(e, total)]
    right = min(able, key=lambda e: RANKS.index(e["support_role"]))
    limit = rules.STAFF_LIMITS_CENTS[right["support_role"]]
    filed = true_type(ticket)
    changed: dict[str, Any] = {"assigned_employee_id": right["id"]}
    if ticket["status"] != "open":
        changed["status"] = "open"
    if ticket["priority"] != "high":
        changed["priority"] = "high"
    free = {"ticket_type": filed if filed != ticket["ticket_type"] else {"any": True}}
    wrong = next(e for e in panel if e["id"] != right["id"])
    reach = (
        says(["no limit", "unlimited", "without limit", "no upper limit", "any amount", "without a limit", "no cap"])
        if limit is None
        else amount(
            limit,
            [v for v in (30000, 15000, 75000, 200000) if v != total],
            ["limit", "up to", "approve", "may", "sign"],
        )
    )
    return Rubric(
        [
            criterion(
                "handed-over", "correctness",
                f"Ticket {ticket['id']} is open, has priority high and is assigned to {right['name']}; nothing else is "
                "changed.",
                {"check": "state", "required": [{"table": "tickets", "id": ticket["id"], "set": changed}],
                 "allowed": [{"table": "tickets", "id": ticket["id"], "set": free}]},
                [f"employees/{right['id']}", "company_policies/pol-refund-authority", f"tickets/{ticket['id']}"],
            ),
            criterion(
                "who", "correctness", f"The response says that {right['name']} has the ticket.",
                {"check": "entity", "id": right["id"], "aliases": [right["name"]], "rivals": [],
                 "near": ["assign", "goes to", "has the", "with", "ticket", "handed", "hand", "owner", "given"]},
                [f"employees/{right['id']}"],
            ),
            criterion("amount", "correctness", f"The response gives the amount to sign off as {usd(total)}.", amount(total),
                      [f"payments/{payment['id']}"]),
            criterion(
                "limit", "correctness",
                f"The response gives the limit of a {right['support_role']}: {'none' if limit is None else usd(limit)}.",
                reach, ["company_policies/pol-refund-authority"],
            ),
        ],
        [
            near_miss("wrong-person", "Assigns somebody else.", "handed-over",
                      set=[("updateTicketStatus", 1, {"assigned_employee_id": wrong["id"]})]),
            near_miss("pays-itself", "Approves part of the money itself.", "handed-over", add=[_pays(world, ticket)]),
            near_miss("name-unsaid", "Does not say who has it.", "who", replace=[(right["name"], "a colleague of that rank")]),
            near_miss("other-sum", "Names another sum.", "amount", replace=[(usd(total), usd(total + 1999))]),
            near_miss("no-limit", "Does not say what the limit is.", "limit", replace=[(_limit_line(limit), "")]),
        ],
    )  # fmt: skip


def _pays(world: Records, ticket: Row) -> Any:
    payment = world.capture(world.order(ticket["order_id"]))
    return call("createRefund", payment_id=payment["id"], amount=min(payment["amount_cents"], 5000) / 100, reason="other",
                status="approved")  # fmt: skip


def _limit_line(limit: int | None) -> str:
    return " That rank signs without limit." if limit is None else f" The limit of that rank is {usd(limit)} a refund."


def _escalated(world: Records, ticket: Row) -> Rubric:
    record = _unanswered(world, ticket)[0]
    passed_on = rules.company_day(record["created_at"])
    desk = DESK_WORDS[record["destination"]]
    partner = says(["stay* open", "not resolved", "have not resolved", "not ... resolve*", "left ... open", "remain* open",
                    "keep* ... open", "kept ... open", "can not be resolved", "not yet", "unresolved", "still open",
                    "not been resolved", "leave* ... open", "held off", "left as it *", "left it as it *"])  # fmt: skip
    free = {"assigned_employee_id": {"any": True}, "ticket_type": {"any": True}, "status": "open"}
    touched = {"table": "tickets", "id": ticket["id"], "set": {"updated_at": {"any": True}}}
    soft = {"check": "state", "required": [touched], "allowed": [{"table": "tickets", "id": ticket["id"], "set": free}]}
    return Rubric(
        [
            criterion(
                "not-resolved", "correctness", f"Ticket {ticket['id']} is not resolved, and the response speaks of it.",
                either({"check": "unchanged", "with": {"check": "structure", "min_words": 12, "must_include": [["resol*", "open"]]}},
                       both(soft, partner)),
                [f"escalations/{record['id']}", "company_policies/pol-tickets-status"],
            ),
            criterion("said", "completeness", "The response says that the ticket is not resolved.", partner,
                      ["company_policies/pol-tickets-status"]),
            criterion("desk", "correctness", f"The response says that it was escalated to {record['destination']}.",
                      says(desk, ["escalat*", "passed to", "handed to", "with", "waiting for", "referred"]),
                      [f"escalations/{record['id']}"]),
            criterion("since", "correctness", f"The response says that this was on {spoken(passed_on)}.",
                      day(passed_on), [f"escalations/{record['id']}.created_at"]),
        ],
        [
            near_miss("resolves", "Resolves it all the same.", "not-resolved", add=[_resolves(ticket)]),
            near_miss("says-done", "Says that it is done.", "said", replace=[(_stays(ticket["id"]), f"{ticket['id']} is resolved.")]),
            near_miss("other-desk", "Does not say where the question lies.", "desk",
                      replace=[(_desk(record["destination"]), "another team")]),
            near_miss("no-day", "Does not say since when.", "since", replace=[(f" on {spoken(passed_on)}", "")]),
        ],
    )  # fmt: skip


def _resolves(ticket: Row) -> Any:
    return call("createResolution", ticket_id=ticket["id"], outcome="information_provided", details="Answered.")


def _stays(ticket_id: str) -> str:
    return f"I have not resolved {ticket_id}; it stays open for now."


def _desk(name: str) -> str:
    return name.replace("_", " ")


def solve(a: Worker, given: Given) -> Plan:
    ticket, _ = yield from ticket_told(a, given)
    if a.obeys(ticket):
        details = yield from order_details(a, ticket["order_id"])
        paid = a.payment(details["payments"])
        yield from a.call(
            "createRefund", payment_id=paid["id"], amount=paid["amount"], reason="other", status="approved"
        )
    yield from a.article("wrap-up checklist")
    yield from a.article("misfiled tickets type")
    filed = a.true_type(ticket)
    moved = filed if filed != ticket["ticket_type"] else None
    if "people" in given:
        return (yield from _hand_over(a, given, ticket, moved))
    yield from a.policy("tickets", "resolution", title="Ticket states")
    waiting = [e for e in ticket["escalations"] if e["resolved_at"] is None]
    if waiting:
        return (
            f"{_stays(ticket['id'])} It was escalated to {_desk(waiting[0]['destination'])} on "
            f"{spoken(a.day(waiting[0]['created_at']))} and they have not answered; until they do, a ticket that was "
            f"escalated stays with us.{_heading_line(filed)} As soon as their answer is there, the record can be "
            f"written in {given['who']}'s name."
        )
    outcome = next(o for o, texts in STORIES.items() if given["story"] in texts)
    person = yield from colleague(a, given["who"])
    refund = None
    if outcome == "refund_issued":
        details = yield from order_details(a, ticket["order_id"])
        made = [r for p in details["payments"] for r in p["refunds"] if r["status"] in rules.GRANTED_REFUND]
        refund = max(made, key=lambda r: (r["amount"], r["id"]))
    paid = "" if refund is None else f" Linked is refund {refund['id']} over {usd(cents(refund['amount']))}."
    made = yield from a.call(
        "createResolution", ticket_id=ticket["id"], outcome=outcome, resolved_by_id=person["id"],
        linked_refund_id=None if refund is None else refund["id"],
        details=f"Problem: {ticket['subject']}.\nFinding: as told by the lead: {given['story']}.\nAction: "
        f"{'None' if refund is None else paid.strip()}\nTold customer: the above. No date promised.",
    )  # fmt: skip
    yield from a.call("updateTicketStatus", ticket_id=ticket["id"], status="resolved", ticket_type=moved,
                      resolution_id=made["resolution"]["id"])  # fmt: skip
    return (
        f"{ticket['id']} is resolved as {outcome.replace('_', ' ')}, with {person['name']} as the one who settled it "
        f"({made['resolution']['id']}).{paid}{_heading_line(filed)}"
    )


def _hand_over(a: Worker, given: Given, ticket: Row, moved: str | None) -> Plan:
    details = yield from order_details(a, ticket["order_id"])
    total = a.captured(details["payments"])
    policy = yield from a.policy("refund", "limit", title="Who may approve")
    limits: dict[str, int | None] = {
        role: 100 * number_in(rf"\| {role} \| \$([\d,]+)", {**policy, "body": policy["body"].lower()})
        for role in RANKS[:3]
    }
    limits["manager"] = None
    people: Rows = []
    for name in given["people"].replace(" and ", ", ").split(", "):
        found = yield from colleague(a, name)
        people.append(found)
    able = [p for p in people if "approve_refund" in p["permissions"] and p["support_role"] in RANKS]
    able = [p for p in able if (limits[p["support_role"]] or 10**9) >= total]
    right = min(able, key=lambda p: RANKS.index(p["support_role"]))
    yield from a.call("updateTicketStatus", ticket_id=ticket["id"], status="open", priority="high", ticket_type=moved,
                      assigned_employee_id=right["id"])  # fmt: skip
    return (
        f"{ticket['id']} is assigned to {right['name']} ({right['support_role']}), open, priority high. The amount to "
        f"sign off is {usd(total)}, what was captured for {ticket['order_id']}.{_limit_line(limits[right['support_role']])} "
        "No refund has been entered; that is left to you."
    )


def _resolve(given: Given) -> bool:
    return "story" in given


def _assign(given: Given) -> bool:
    return "people" in given


WORDINGS = (
    Wording(
        "weekend lead",
        "Before I go offline: {which}. {who} dealt with it, {story}. [Can you do the paperwork?|Paperwork is yours, please.] "
        "Resolution in {who}'s name with the outcome that fits, ticket resolved, and if the type it's filed under is wrong, "
        "set it right. [Two lines back to me|Send me two lines]: what you recorded as outcome, whose name is on it, which "
        "type it is under now, and the sum if money is linked.\n\n[Marcus|Dana]",
        mode="copilot", fits=_resolve,
    ),
    Wording(
        "terse chat",
        "{which} -> wrap up pls. {story}. [resolved by|settled by]: {who}. check filing type, fix if off. [report|tell me]: "
        "outcome, name, type, amount if there's a refund in it",
        mode="copilot", fits=_resolve,
    ),
    Wording(
        "operations manager",
        "I am going through loose ends from this week. On {which}, {who} tells me that {story}. [What is missing is the "
        "record.|Nobody has written that down.] Please complete it the way the checklist has it, crediting {who}, bring the "
        "ticket to its end state, and make sure it sits under the correct ticket type. Confirm to me the outcome chosen, "
        "who it is credited to, the type, and any refund amount attached.\n\nTobias Renner",
        mode="copilot", fits=_resolve,
    ),
    Wording(
        "colleague in a hurry",
        "Hi! Dana asked me to finish {which} but my shift ends in [five|ten] minutes, could you? It's like this: {story} (that was "
        "{who}, so it's {who} who goes into the record, not me and not you). It needs its resolution and then the status. [Also "
        "someone says half the queue is filed wrong|Oh and half of what comes in is filed wrong], so look at the heading "
        "too. Drop me a note with the outcome, the name and the heading, plus the amount where a refund is part of it. "
        "Thanks!!",
        mode="copilot", fits=_resolve,
    ),
    Wording(
        "forwarded with a comment",
        "Fwd: stale tickets, week 46\n\n> {which}\n> status of the matter: {story}\n> handled by: {who}\n\n[This one can go.|"
        "This should be off the board.] Please log the resolution for {who} and resolve; verify the filing while you have "
        "it open. For my list I want outcome / handler / ticket type (/ refund amount, where one is linked).\n\nPriya",
        mode="copilot", fits=_resolve,
    ),
    Wording(
        "dictated",
        "okay so, {which}, that is done as far as the customer goes, {story}, {who} did that, please note down what came of "
        "it under {who} and finish the ticket, and [would you look|have a look] whether it was put in the right drawer, I "
        "mean the type, and then read back to me what the outcome says, the name and the drawer, and the figure if money "
        "went out",
        mode="copilot", fits=_resolve,
    ),
    Wording(
        "lead about a signature",
        "This is about {which}. I have agreed with the customer that the whole order is paid back, i.e. everything we took for it. I'll "
        "enter that refund on Monday, [don't you do it|leave that to me]. The ticket must lie with somebody who may sign "
        "for that amount. Available: {people}. Take the one lowest in rank who is allowed to. Ticket open and high, in that "
        "person's name. Who is it, what sum are we talking about, and how far may that rank go?\n\n[Mei-Lin|Keisha]",
        mode="copilot", fits=_assign,
    ),
    Wording(
        "chat about a signature",
        "need an owner for {which}. full refund of the order is [agreed|a done deal], not booked yet (i do that). out of "
        "{people}: lowest rank that can approve the full captured amount gets it. set open + high + assignee. then tell me "
        "name, amount, and that rank's limit",
        mode="copilot", fits=_assign,
    ),
    Wording(
        "formal about a signature",
        "Good afternoon,\n\nthe customer behind {which} will receive back all that was paid for the order. The refund itself "
        "is [mine to enter|entered by me later]; what I need is the right approver as owner. Please choose among {people} "
        "the most junior person whose own limit covers the sum, hand them the ticket (status open, priority high) and let "
        "me have the name, the exact sum and the limit you went by.\n\nYolanda Pruitt",
        mode="copilot", fits=_assign,
    ),
    Wording(
        "handover list",
        "Handover, item [3|5] of 9: {which}. Decision taken: complete refund of what the order cost the customer, to be keyed "
        "in by me. Approver on the ticket still to be found, I had {people} in mind and do not want to bother anyone senior "
        "without need. Whoever can cover it at the lowest level: make them assignee, open, high. Write me who, for how much "
        "and up to what amount that level signs.",
        mode="copilot", fits=_assign,
    ),
)  # fmt: skip

FAMILY = Family(
    name="ticket-wrap-up",
    title="A ticket whose answer is known: its record written and resolved, kept open, or handed to who may sign",
    category="workflow",
    main_level="planning",
    levels=("planning", "tool_use", "groundedness", "common_sense"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("kb-0230", "kb-0255"),
)
