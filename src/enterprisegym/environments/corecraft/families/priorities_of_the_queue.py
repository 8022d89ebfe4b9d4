"""A day's queue is gone over: each waiting ticket gets the priority that policy gives, those that have it stay."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Rows, Worker, spoken
from enterprisegym.environments.corecraft.agents.steps import order_details
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    UNSAFE_WORDS,
    Staged,
    call,
    calm,
    criterion,
    near_miss,
    number,
    readable,
    single_accounts,
    stable,
    thing,
)
from enterprisegym.environments.corecraft.generate.traps.reading import true_type
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Criterion, Edit, NearMiss
from enterprisegym.world import Row

DAYS = tuple(date(2025, 11, n) for n in range(1, 13))
SETS = 8
MOST = 8
DOWN = "at a standstill"
"""In the words of business customers whose work has stopped."""
TEXTS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "smell": (
        ("return", "sending back a {product}", "I'd like to return the {product}. It does its job, but there is a burning smell "
                                               "when it has run for a while and my partner wants it out of the house. Label please."),
        ("billing", "charged for shipping?", "Was I charged shipping for the {product}? I can't find it on the invoice. While I "
                                             "write: I saw a spark behind it yesterday, is that usual?"),
    ),
    "down": (
        ("troubleshooting", "all six PCs off", "Since this morning none of the machines with your {product} starts, all six of "
                                               "them. The practice is at a standstill, I had to send patients home."),
        ("order_issue", "server parts", "The {product} we need for our till server is not here and we are at a standstill: no "
                                        "sales, no invoices, since yesterday noon."),
    ),
    "loyal-trouble": (
        ("order_issue", "something is missing", "The parcel came without the {product}, although it is on the packing list. No "
                                                "drama, but I do need it."),
        ("shipping", "dented box", "The courier brought the {product} in a crushed, torn box and the corner of it is broken. "
                                   "Pictures on request. What is the next step?"),
    ),
    "loyal-advice": (
        ("recommendation", "headset for calls", "Which of your headsets would you take for eight hours of calls a day? I have "
                                                "nothing on order, just planning."),
        ("recommendation", "a second monitor", "I'm thinking about a second monitor, 27 inches, mostly text. What do you advise?"),
    ),
    "loud": (
        ("billing", "INVOICE!!!", "I WANT AN INVOICE FOR THE {product}. NOT TOMORROW. NOW. THIS IS RIDICULOUS."),
        ("return", "URGENT URGENT", "URGENT!! I CHANGED MY MIND ABOUT THE {product}, TAKE IT BACK, I WON'T SAY IT TWICE."),
    ),
    "advice": (
        ("recommendation", "first build", "What would you put into a quiet PC for photo editing, around $1,300? I'm in no hurry."),
        ("recommendation", "which SSD", "One big SSD or two smaller ones for a photo archive? Interested in what you'd buy."),
    ),
    "lost": (
        ("shipping", "no parcel", "The {product} never came and the tracking has not moved for ages. What now?"),
        ("shipping", "still nothing", "I'm still without my {product}. The neighbors don't have it, the depot neither."),
    ),
    "lagging": (
        ("shipping", "status of my parcel", "Your page shows the same line for my {product} day after day. Is that still right?"),
        ("shipping", "order page", "Could you look up what the carrier last said about the {product}? The order page is no help."),
    ),
    "plain": (
        ("order_issue", "manual", "Is there a printed manual for the {product}? There was none in the box, which is fine, I only "
                                  "like paper."),
        ("billing", "two copies", "Could I have the invoice for the {product} once more, with the company name left out?"),
    ),
}  # fmt: skip
PRIORITY = {"smell": "urgent", "down": "urgent", "loyal-trouble": "high", "loyal-advice": "low", "loud": "normal",
            "advice": "low", "lost": "high", "lagging": "normal", "plain": "normal"}  # fmt: skip
FILED = {"smell": "normal", "down": "normal", "loyal-trouble": "normal", "loyal-advice": "high", "loud": "urgent",
         "advice": "normal", "lost": "normal", "lagging": "normal", "plain": "normal"}  # fmt: skip
STAFF = ("emp-amara-nwosu", "emp-caleb-stoddard", "emp-rosa-villanueva")


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    cast = _Cast(world, rng)
    for m in world.marks("misfiled_ticket"):
        ticket = world.ticket(m["id"])
        if ticket["status"] in ("new", "open") and _level(world, ticket) is not None:
            on = rules.company_day(ticket["created_at"])
            for turn in range(3):
                if s := _situation(world, cast, on, true_type(ticket), turn, ticket):
                    yield s
    for on in DAYS:
        for turn in range(SETS):
            if s := _situation(world, cast, on, None, turn, None):
                yield s


class _Cast:
    """Customers and orders for the tickets to plant."""

    def __init__(self, world: Records, rng: random.Random) -> None:
        since = (world.today - timedelta(days=60)).isoformat()
        mine = [
            c for c in single_accounts(world) if not any(t["created_at"] > since for t in world.tickets_of(c["id"]))
        ]
        orders = [(c, o) for c in mine for o in world.orders_of(c["id"])[:1] if _settled(world, o)]
        usual = [x for x in orders if x[0]["account_type"] == "consumer"]
        self.loyal = shuffled(rng, [x for x in usual if x[0]["loyalty_tier"] in ("gold", "platinum")])
        self.usual = shuffled(rng, [x for x in usual if x[0]["loyalty_tier"] in ("standard", "silver")])
        self.business = shuffled(rng, [x for x in orders if x[0]["account_type"] == "business"])
        plain = {c["id"]: c for c in world.all("customers")
                 if c["account_type"] == "consumer" and c["loyalty_tier"] in ("standard", "silver")}  # fmt: skip
        parcels = [(s, world.order(s["order_id"])) for s in world.all("shipments")]
        self.lost = [(plain[o["customer_id"]], o) for s, o in parcels
                     if o["customer_id"] in plain and len(world.shipments(o["id"])) == 1 and _bad(s, world.today)]  # fmt: skip
        lagging = {m["order_id"] for m in world.marks("header_lag")}
        self.lagging = [(plain[o["customer_id"]], o) for s, o in parcels
                        if o["id"] in lagging and o["customer_id"] in plain and (s["eta"] or "9") <= "2025-11-06"]  # fmt: skip

    def pick(self, role: str, place: int) -> tuple[Row, Row] | None:
        pool = {"down": self.business, "loyal-trouble": self.loyal, "loyal-advice": self.loyal, "lost": self.lost,
                "lagging": self.lagging}.get(role, self.usual)  # fmt: skip
        return pool[place % len(pool)] if pool else None


def _settled(world: Records, order: Row) -> bool:
    parcels = world.shipments(order["id"])
    return order["status"] == "fulfilled" and bool(parcels) and all(rules.parcel_delivered_on(s) for s in parcels)


def _bad(parcel: Row, today: date) -> bool:
    """Lost, or more than 5 business days late and not here."""
    if rules.parcel_delivered_on(parcel):
        return False
    return rules.lost_since(parcel, today) is not None or (rules.late_business_days(parcel, today) or 0) > 5


def _level(world: Records, ticket: Row) -> str | None:
    """The priority by policy of a ticket of the world; None where one may argue."""
    customer = world.customer(ticket["customer_id"])
    kind = true_type(ticket)
    contacts = [t for t in world.tickets_of(customer["id"]) if t["created_at"] > "2025-08-15"]
    clear = customer["account_type"] == "consumer" and customer["loyalty_tier"] in ("standard", "silver")
    if not clear or not calm(ticket) or len(contacts) > 2 or kind in ("other", "account", "warranty"):
        return None
    if kind == "recommendation":
        return "low" if ticket["order_id"] is None else None
    if kind == "shipping":
        if ticket["order_id"] is None:
            return None
        return "high" if any(_bad(s, world.today) for s in world.shipments(ticket["order_id"])) else "normal"
    return "normal"


def _queue(world: Records, on: date, kind: str | None) -> list[Row]:
    """Tickets of a day that are new or open, of a kind if one is told, in the order of their ids."""
    return [
        t for t in world.all("tickets")
        if t["status"] in ("new", "open") and rules.company_day(t["created_at"]) == on and kind in (None, true_type(t))
    ]  # fmt: skip


def _situation(
    world: Records, cast: _Cast, on: date, kind: str | None, turn: int, misfiled: Row | None
) -> Situation | None:
    name = f"{on.isoformat()}-{kind}-{turn}" if misfiled is None else f"{misfiled['id']}-{turn}"
    seat = stable(name, below=997)
    roles = _roles(kind, seat, bool(cast.lagging))
    setup = [
        Edit(table="tickets", id=t["id"], set={"status": "pending_customer"})
        for t in _queue(world, on, kind)
        if _level(world, t) is None
    ]
    if len(setup) > 8:
        return None
    if misfiled is not None:
        setup.append(Edit(table="tickets", id=misfiled["id"], set={"priority": "low"}))
    used: set[str] = set()
    lagging = ""
    for n, role in enumerate(roles):
        found = cast.pick(role, seat + 13 * n)
        if (
            found is None
            or found[0]["id"] in used
            or found[1]["created_at"][:10] >= (on - timedelta(days=1)).isoformat()
        ):
            continue
        used.add(found[0]["id"])
        lagging = found[1]["id"] if role == "lagging" else lagging
        setup.append(_planted(world, role, found, on, kind, seat, n))
    staged = Staged(world, setup)
    queue = _queue(staged, on, kind)
    changed = [t for t in queue if t["priority"] != _truth(staged, t)]
    if not 4 <= len(queue) <= MOST or not 3 <= len(changed) < len(queue):
        return None
    traps = [*(("misfiled_ticket",) if misfiled is not None else ()), *(("header_lag",) if lagging else ())]
    key = {
        "day": on.isoformat(),
        "set": str(turn),
        **({"ticket": misfiled["id"], "kind": kind or ""} if misfiled else {}),
    }
    given: dict[str, Any] = {"day": said(f"{on:%B} {on.day}", on.isoformat())}
    if kind is not None:
        given["kind"] = kind
    return Situation(key=key, given=given, traps=tuple(traps), difficulty=3 + (len(queue) > 5) + (kind is not None),
                     setup=tuple(setup))  # fmt: skip


def _roles(kind: str | None, seat: int, lagging: bool) -> list[str]:
    late = ["lagging"] if lagging and seat % 3 else []
    if kind == "shipping":
        return ["loyal-trouble", "lost", *late, "lost"]
    if kind == "return":
        return ["smell", "loud", "loud"]
    if kind == "billing":
        return ["smell", "loud", "plain"]
    urgent = ("smell", "down")[seat % 2]
    return [
        urgent,
        "loyal-trouble",
        ("loyal-advice", "advice")[seat % 3 == 0],
        "loud",
        *late,
        ("lost", "plain")[seat % 4 == 0],
    ]


def _planted(
    world: Records, role: str, found: tuple[Row, Row], on: date, kind: str | None, seat: int, place: int
) -> Edit:
    customer, order = found
    texts = [x for x in TEXTS[role] if kind in (None, x[0])] or list(TEXTS[role])
    filed, subject, text = texts[(seat + place) % len(texts)]
    line = max(world.lines(order["id"]), key=lambda x: (x["unit_price_cents"], x["id"]))
    product = world.product(line["product_id"])["name"]
    at = f"{on.isoformat()}T{14 + (seat + place) % 8}:{(seat * 7 + place * 11) % 60:02d}:{seat % 60:02d}Z"
    number = 900 + (seat + 17 * place) % 100
    taken = (seat + place) % 2 == 0
    right = (seat + place) % 6 == 0 and role in ("advice", "loyal-trouble", "lost")
    return Edit(table="tickets", insert={
        "id": f"tick-{on:%y%m%d}-{number}", "customer_id": customer["id"],
        "order_id": None if filed == "recommendation" else order["id"], "build_id": None, "ticket_type": filed,
        "channel": ("email", "web")[seat % 2], "priority": PRIORITY[role] if right else FILED[role],
        "status": "open" if taken else "new", "subject": subject.format(product=product),
        "body": f"{text.format(product=product)} {customer['name'].split()[0]}",
        "assigned_employee_id": STAFF[place % 3] if taken else None, "resolution_id": None, "first_response_at": None,
        "created_at": at, "updated_at": at,
    })  # fmt: skip


def _truth(world: Records, ticket: Row) -> str:
    """The priority by policy of a ticket that is planted or clear."""
    customer = world.customer(ticket["customer_id"])
    parcels = world.shipments(ticket["order_id"]) if ticket["order_id"] else []
    bad = any(_bad(s, world.today) for s in parcels)
    return _by_policy(ticket, true_type(ticket), customer["loyalty_tier"], customer["account_type"], bad)


def _by_policy(ticket: Row | Mapping[str, Any], kind: str, tier: str, account_type: str, bad_parcel: bool) -> str:
    """Setting the priority of a ticket: the highest that fits."""
    text = f"{ticket['subject']} {ticket['body']}".lower()
    if any(word in text for word in UNSAFE_WORDS) or (account_type == "business" and DOWN in text):
        return "urgent"
    if kind == "recommendation":
        return "low"
    trouble = kind in ("shipping", "order_issue") and ticket["order_id"] is not None
    if (tier in ("gold", "platinum") and trouble) or (kind == "shipping" and bad_parcel):
        return "high"
    return "normal"


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    on = date.fromisoformat(s.key["day"])
    queue = _queue(staged, on, s.key.get("kind"))
    truth = {t["id"]: _truth(staged, t) for t in queue}
    changed = sorted((t for t in queue if t["priority"] != truth[t["id"]]), key=lambda t: t["id"])
    stay = [t for t in queue if t not in changed]
    urgent = [t for t in changed if truth[t["id"]] == "urgent"]
    calmer = [t for t in changed if t not in urgent]
    victim = calmer[-1]
    criteria: list[Criterion] = [
        criterion(
            "set", "correctness",
            f"Of the {len(queue)} tickets, "
            + ", ".join(f"{t['id']} gets {truth[t['id']]}" for t in changed) + "; nothing else is changed.",
            {"check": "state",
             "required": [{"table": "tickets", "id": t["id"], "set": {"priority": truth[t["id"]]}} for t in changed]},
            [*(f"tickets/{t['id']}" for t in queue), "company_policies/pol-tickets-priority"],
        ),
        criterion(
            "changed", "correctness", f"The response lists the {len(changed)} changed tickets and no other as changed.",
            {"check": "entities", "members": [thing(t["id"]) for t in changed],
             "universe": [thing(t["id"]) for t in queue],
             "denied_by": ["unchanged", "left", "already", "correct", "no change", "kept", "stay*", "as it was", "as they were",
                           "not changed", "fine", "right as"]},
            [f"tickets/{t['id']}.priority" for t in changed],
        ),
        criterion(
            "looked-at", "completeness", f"The response says, in 450 words at most, that {len(queue)} tickets were looked at.",
            readable(number(len(queue), ["ticket", "queue", "total", "reviewed", "checked", "looked"])),
            [f"tickets/{t['id']}.status" for t in queue],
        ),
        criterion(
            "raised-to", "completeness", f"The response says that {victim['id']} is {truth[victim['id']]} now.",
            {"check": "entity", "id": victim["id"], "aliases": [], "rivals": [], "near": [truth[victim["id"]]]},
            [f"tickets/{victim['id']}"],
        ),
    ]  # fmt: skip
    line = _line(victim, truth[victim["id"]])
    first = stay[0]
    misses: list[NearMiss] = [
        near_miss("one-left", "Leaves one as it was.", "set", drop=[("updateTicketStatus", len(changed))]),
        near_miss("one-more", "Changes one that is right.", "set", add=[call(
            "updateTicketStatus", ticket_id=first["id"], priority="high" if first["priority"] != "high" else "normal")]),
        near_miss("wrong-level", "Gives one another level.", "set",
                  set=[("updateTicketStatus", 1, {"priority": _another(truth[changed[0]["id"]])})]),
        near_miss("list-long", "Lists one that was not changed.", "changed",
                  replace=[(line, f"{line}{_line(first, first['priority'])}")]),
        near_miss("total-unsaid", "Does not say how many were looked at.", "looked-at",
                  replace=[(f"{len(queue)} tickets", "All tickets")]),
        near_miss("level-unsaid", "Does not say which level one has now.", "raised-to", replace=[(line, f"\n- {victim['id']}")]),
    ]  # fmt: skip
    if urgent:
        criteria.append(criterion(
            "urgent", "correctness", f"The response says that {urgent[0]['id']} is urgent.",
            {"check": "entity", "id": urgent[0]["id"], "aliases": [], "near": ["urgent"],
             "rivals": []},
            [f"tickets/{urgent[0]['id']}.body", "company_policies/pol-tickets-priority"],
        ))  # fmt: skip
        misses.append(near_miss("urgent-unsaid", "Does not say that one is urgent.", "urgent", replace=[
            (_line(urgent[0], "urgent"), f"\n- {urgent[0]['id']}: raised")]))  # fmt: skip
    return Rubric(criteria, misses)


def _another(right: str) -> str:
    """A level that is not the right one."""
    return "low" if right != "low" else "high"


def _line(ticket: Row | Mapping[str, Any], level: str) -> str:
    return f"\n- {ticket['id']}: {level}"


def solve(a: Worker, given: Given) -> Plan:
    yield from a.policy("tickets", "priority", title="Setting the priority")
    yield from a.policy("shipping", "scan events", title="tracking")
    yield from a.policy("shipping", "7 business days", title="Lost parcels")
    kinds = (given["kind"], "other", "account") if "kind" in given else (None,)
    found: Rows = []
    for kind in kinds:
        found += yield from a.dated("searchTickets", given["day"], ticket_type=kind)
    queue = [t for t in found if t["status"] in ("new", "open") and given.get("kind") in (None, a.true_type(t))]
    lines, reasons = "", 0
    for ticket in sorted(queue, key=lambda t: t["id"]):
        bad = False
        if ticket["order_id"] is not None:
            details = yield from order_details(a, ticket["order_id"])
            customer = details["customer"]
            bad = any(_looks_bad(a, parcel) for parcel in details["shipments"])
        else:
            rows = yield from a.call("searchCustomers", customer_id=ticket["customer_id"])
            customer = rows["customers"][0]
        level = _by_policy(ticket, a.true_type(ticket), customer["loyalty_tier"], customer["account_type"], bad)
        if level != ticket["priority"]:
            yield from a.call("updateTicketStatus", ticket_id=ticket["id"], priority=level)
            lines += f"{_line(ticket, level)}"
            reasons += 1
    return (
        f"{len(queue)} tickets of {spoken(given['day'])} looked at, {reasons} of them had a wrong priority. Changed:\n{lines}\n\n"
        "The others are as policy has them and were left alone."
    )


def _looks_bad(a: Worker, parcel: Row) -> bool:
    """Lost, or more than 5 business days late and not here, as the worker reads the parcel."""
    if a.delivered_on(parcel):
        return False
    seen = {**parcel, "events": [e for e in parcel["events"] if e["status"] != "delivered"]}
    late = rules.late_business_days(seen, a.clock.today) or 0
    return rules.lost_since(seen, a.clock.today) is not None or late > 5


def _typed(given: Given) -> bool:
    return "kind" in given


def _whole_day(given: Given) -> bool:
    return "kind" not in given


WORDINGS = (
    Wording(
        "lead, whole day",
        "The priorities of {day} are a mess, [somebody set them by gut feeling|people set them by tone of voice]. Go through all "
        "tickets of that day that are still new or open, put each at the level our policy gives, and leave alone what is right. "
        "Only the priority, nothing else on them. Then tell me how many you looked at and list the ones you changed with their new "
        "level.\n\nDana",
        mode="copilot", fits=_whole_day,
    ),
    Wording(
        "chat, whole day",
        "can u do the prio check for {day}? everything new/open from then. fix whats off per policy, dont touch the rest or any "
        "other field. [send me|give me] the changed ones (id + new prio) and how many tickets it was in all",
        mode="copilot", fits=_whole_day,
    ),
    Wording(
        "formal, whole day",
        "Dear team,\n\nan audit sample has fallen on {day}. For every ticket created on that day and presently new or open, please "
        "verify the priority against the policy and correct it where it deviates; [no other change is wanted|please make no other "
        "change]. I require the number of tickets examined and a list of the corrections, ticket and new priority.\n\nTobias Renner",
        mode="copilot", fits=_whole_day,
    ),
    Wording(
        "handover, whole day",
        "Handover from the early shift. I never got to sorting {day}. So: new and open ones from then, right priority on each by the "
        "rules and not by who [shouts|screams] loudest. What's right stays. Back to me: total checked, then line by line what you "
        "changed and to what. Rosa",
        mode="copilot", fits=_whole_day,
    ),
    Wording(
        "bullets, whole day",
        "Triage {day}\n- scope: status new or open, created that day\n- priority as per policy, [correct only what's wrong|change "
        "only the wrong ones]\n- no reassigning, no closing\n- report: n of tickets in scope; changed ones with the level they have "
        "now",
        mode="copilot", fits=_whole_day,
    ),
    Wording(
        "specialist, one kind",
        "I take over everything that is in truth a {kind} matter from {day}, new and open, however it was filed. Before I start I "
        "want the priorities [straight|in order]: set the ones that are wrong to what the policy says, leave the types and all the "
        "rest to me. Number of tickets, and the changed ones with the new level, please.\n\nInes",
        mode="copilot", fits=_typed,
    ),
    Wording(
        "chat, one kind",
        "for {day}: pls check prio of all {kind} cases still new or open. [half of them sit under other, so read them|careful, people "
        "file them under other all the time]. wrong ones -> right level by policy, nothing else, not even the type. reply with how "
        "many cases n which you changed to what",
        mode="copilot", fits=_typed,
    ),
    Wording(
        "manager, one kind",
        "A question of the director's about {kind} cases made me look at {day}, and I do not believe the priorities I see. Please "
        "review those that are new or open, [going by what the customer writes and not by the form|by content, not by the box that "
        "was ticked], and bring the priority of each into line with policy, that field only. How many were there, and which did you "
        "change to which level?\n\nYolanda",
        mode="copilot", fits=_typed,
    ),
)  # fmt: skip

FAMILY = Family(
    name="priorities-of-the-queue",
    title="A day's new and open tickets get the priority that policy gives; those that have it are left alone",
    category="workflow",
    main_level="tool_use",
    levels=("tool_use", "groundedness", "common_sense"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-shipping-tracking", "pol-shipping-lost"),
)
