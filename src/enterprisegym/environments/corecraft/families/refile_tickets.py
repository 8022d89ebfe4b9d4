"""Open tickets of some days, filed as other or account, that are returns, shipping or billing cases, are refiled."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Rows, Worker, spoken
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    all_hold,
    call,
    criterion,
    mentions,
    near_miss,
    number,
    period_words,
    says,
)
from enterprisegym.environments.corecraft.generate.traps.reading import true_type
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row

KINDS = ("return", "shipping", "billing")
OPEN = ("new", "open", "pending_customer")
GIVES_BACK = re.compile(
    r"too many in the house|don't really need after all|not what I had imagined|to have my money again", re.IGNORECASE
)
"""How people ask for a return without any word for it."""
PARCEL = re.compile(r"know about the parcel with|going on with my package|something about a parcel", re.IGNORECASE)
STAYS = re.compile(
    r"roommate|on leave|front desk|friend of|married|partner|on behalf|one of the older|not the account holder|whisper"
    r"|my name|last name|legal name|level|tier|loyalty|points|e-?mail address|delete|erase|data\b",
    re.IGNORECASE,
)
"""Somebody else's order; one's own profile, level or data."""
UNCLEAR = re.compile(r"^(Order|um question)$")
IDLE = 8
"""Situations in which nothing is to be moved."""
NOTHING = "No ticket had to be moved."
LABELS = {"both": '"other" or "account"', "other": '"other"', "account": '"account"'}


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    first, last = date(2024, 8, 1), world.today
    waiting = [t for t in world.open_tickets if true_type(t) in KINDS or t["ticket_type"] in ("other", "account")]
    days = sorted({rules.company_day(t["created_at"]) for t in waiting if t["ticket_type"] in ("other", "account")})
    ranges = [(a, b, labels) for a in days for b in days for labels in LABELS if first <= a <= b <= last]
    seen: set[tuple[str, ...]] = set()
    idle = 0
    for start, end, labels in shuffled(rng, ranges):
        found = _filed(world, start, end, labels)
        ids = tuple(t["id"] for t in found)
        moved = [t for t in found if _truth(world, t)]
        unclear = any(UNCLEAR.match(t["subject"]) or _text_kind(t, true_type(t)) != _truth(world, t) for t in found)
        if ids in seen or unclear or not 3 <= len(found) <= 22:
            continue
        if not moved and (idle := idle + 1) > IDLE:
            continue
        seen.add(ids)
        marked = any(world.mark("misfiled_ticket", t["id"]) for t in found)
        hidden = any(GIVES_BACK.search(t["body"]) for t in found)
        words = spoken(start) if start == end else period_words(start, end)
        yield Situation(
            key={"first": start.isoformat(), "last": end.isoformat(), "labels": labels},
            given={
                "period": said(words, f"{start}/{end}"),
                "labels": said(LABELS[labels], labels),
            },
            traps=("misfiled_ticket",) if marked else (),
            difficulty=min(5, 1 + len(found) // 5 + hidden + (len({_truth(world, t) for t in moved}) > 1)),
        )


def _filed(world: Records, start: date, end: date, labels: str) -> list[Row]:
    """Open tickets of these days under these labels, in the order of their ids."""
    return [
        t for t in world.open_tickets
        if (t["ticket_type"] == labels or (labels == "both" and t["ticket_type"] in ("other", "account")))
        and start <= rules.company_day(t["created_at"]) <= end
    ]  # fmt: skip


def _truth(world: Records, ticket: Row) -> str | None:
    """What a ticket filed as other or account is really about, None if it stays."""
    mark = world.mark("misfiled_ticket", ticket["id"])
    if mark is not None and mark["id"] == ticket["id"]:
        return mark["true_type"]
    if GIVES_BACK.search(ticket["body"]):
        return "return"
    return "shipping" if PARCEL.search(ticket["body"]) else None


def _text_kind(ticket: Mapping[str, Any], stated: str) -> str | None:
    """The same by the words alone; `stated` is the type that the text clearly says."""
    if GIVES_BACK.search(ticket["body"]):
        return "return"
    if PARCEL.search(ticket["body"]):
        return "shipping"
    if stated in KINDS and not STAYS.search(f"{ticket['subject']} {ticket['body']}"):
        return stated
    return None


def rubric(world: Records, s: Situation) -> Rubric:
    start, end = date.fromisoformat(s.key["first"]), date.fromisoformat(s.key["last"])
    filed = _filed(world, start, end, s.key["labels"])
    moved = {t["id"]: kind for t in filed if (kind := _truth(world, t))}
    left = [t["id"] for t in filed if t["id"] not in moved]
    stays = criterion(
        "left", "correctness", f"The response says that {len(left)} of these tickets stay where they are.",
        number(len(left), ["left", "stay", "stays", "remain", "remains", "remaining", "unchanged", "untouched", "kept",
                           "other", "others", "rest", "leave", "staying", "alone", "correct", "correctly"]),
        [f"tickets/{id}" for id in left],
    )  # fmt: skip
    miscounted = near_miss("left-wrong", "Miscounts those that stay.", "left",
                           replace=[(_stay(len(left)), _stay(len(left) + 2))])  # fmt: skip
    if not moved:
        return Rubric([
            criterion("untouched", "constraint", "No ticket is changed.",
                      {"check": "unchanged", "with": mentions("ticket*")}, [f"tickets/{left[0]}"] if left else []),
            criterion("none", "correctness", "The response says that no ticket had to be moved.",
                      says(["no ticket*", "none", "nothing", "not move*", "0 tickets", "zero"])),
            *([stays] if left else []),
        ], [
            near_miss("moves-one", "Moves one that should stay.", "untouched",
                      add=[call("updateTicketStatus", ticket_id=id, ticket_type="shipping") for id in left[:1]]),
            near_miss("keeps-quiet", "Does not say it.", "none", replace=[(NOTHING, "I went through the tickets.")]),
            *([miscounted] if left else []),
        ] if left else [
            near_miss("moves-any", "Moves a ticket of another time.", "untouched", add=[
                call("updateTicketStatus", ticket_id=world.open_tickets[0]["id"], ticket_type="other")]),
            near_miss("keeps-quiet", "Does not say it.", "none", replace=[(NOTHING, "I went through the tickets.")]),
        ])  # fmt: skip
    counts = {kind: list(moved.values()).count(kind) for kind in KINDS}
    present = [kind for kind in KINDS if counts[kind]]
    words = {"return": ["return", "returns"], "shipping": ["shipping", "delivery"], "billing": ["billing", "payment"]}
    some = next(iter(moved))
    kind = present[0]
    return Rubric(
        [
            criterion(
                "moved", "correctness",
                f"{len(moved)} tickets get their right type ("
                + ", ".join(f"{counts[k]} {k}" for k in present) + "); no other ticket is changed.",
                {"check": "state", "required": [
                    {"table": "tickets", "id": id, "set": {"ticket_type": true}} for id, true in moved.items()]},
                [f"tickets/{id}" for id in moved],
            ),
            criterion(
                "counts", "correctness",
                "The response counts the moved tickets by their new type: "
                + ", ".join(f"{k} {counts[k]}" for k in present) + ".",
                all_hold([number(counts[k], words[k]) for k in present]), [f"tickets/{id}" for id in moved],
            ),
            criterion(
                "which", "correctness", "The response names the tickets that were moved: " + ", ".join(moved) + ".",
                {"check": "structure", "must_include": [id.removeprefix("tick-") for id in moved]},
                [f"tickets/{id}" for id in moved],
            ),
            *([stays] if left else []),
        ],
        [
            near_miss("one-too-many", "Moves one that should stay.", "moved",
                      add=[call("updateTicketStatus", ticket_id=left[0], ticket_type="billing")] if left else [
                          call("updateTicketStatus", ticket_id=some, priority="high")]),
            near_miss("one-wrong", "Puts one under another type.", "moved",
                      set=[("updateTicketStatus", 1, {"ticket_type": "warranty"})]),
            near_miss("miscounted", "Counts one too many.", "counts",
                      replace=[(_line(kind, counts[kind]), _line(kind, counts[kind] + 1))]),
            near_miss("unnamed", "Does not name one of them.", "which", replace=[(some.removeprefix("tick-"), "one more")]),
            *([miscounted] if left else []),
        ],
    )  # fmt: skip


def _line(kind: str, count: int) -> str:
    return f"- **{kind}: {count}**"


def _stay(count: int) -> str:
    return f"The rest stays as it was filed: {count} of them."


def solve(a: Worker, given: Given) -> Plan:
    yield from a.article("ticket type misfiled")
    first, last = str(given["period"]).split("/")
    labels = ("other", "account") if given["labels"] == "both" else (given["labels"],)
    filed: Rows = []
    for label in labels:
        filed += yield from a.dated("searchTickets", first, last, ticket_type=label)
    moved: dict[str, list[str]] = {kind: [] for kind in KINDS}
    waiting = [t for t in sorted(filed, key=lambda t: t["id"]) if t["status"] in OPEN]
    for ticket in waiting:
        kind = _text_kind(ticket, a.true_type(ticket))
        if kind is not None:
            yield from a.call("updateTicketStatus", ticket_id=ticket["id"], ticket_type=kind)
            moved[kind].append(f"  - {ticket['id']}: {ticket['subject']}")
    total = sum(len(ids) for ids in moved.values())
    parts = [f"{_line(kind, len(ids))}\n" + "\n".join(ids) for kind, ids in moved.items() if ids]
    rest = _stay(len(waiting) - total)
    if not total:
        return f"{NOTHING} I read every open one of these days. {rest}"
    return (
        "Done. Moved, by their new type:\n\n" + "\n".join(parts) + f"\n\n{rest} Statuses and assignees are untouched."
    )


WORDINGS = (
    Wording(
        "weekly report",
        "[Weekly report|Report time again], and the types are a mess as ever. Please go through the tickets created on "
        "{period} that sit under {labels} and are still running (not resolved, not closed). What is really a return, a "
        "shipping or a billing matter, by what the customer wrote, gets that type. People asking after somebody else's "
        "order or account stay put, and so do profile, level and data questions. Then tell me how many went to each type, "
        "which ones (numbers), and how many you left.\n\nTobias",
        mode="copilot",
    ),
    Wording(
        "terse",
        "Refile: {period}, filed {labels}, open ones only. Returns, shipping, billing -> proper type, going by the text. "
        "Leave: third parties asking about other people's orders; name, e-mail, tier, privacy stuff; praise. [Report|Give "
        "me] count per type with ticket ids + number left as is.",
        mode="copilot",
    ),
    Wording(
        "chatty colleague",
        "hey, could you do me a favor [before the shift ends|while it's quiet]? for {period} somebody has to reread "
        "everything still unsettled that customers dropped in {labels}, because half of them don't look at the form at "
        "all :) if it's plainly about giving goods back, a parcel, or money/invoices, put it under return, shipping or "
        "billing. if they ask on behalf of / about another person, or it's their own profile, tier or data, let it be. i "
        "need the ticket numbers you changed sorted by new type with how many each, and how many stayed.",
        mode="copilot",
    ),
    Wording(
        "queue mail",
        "From: Dana Kessler\nTo: support desk\nSubject: mislabelled tickets\n\nThe teams complain that their cases don't "
        "reach them. Take all tickets of {period} labelled {labels} that are neither resolved nor closed, and read "
        "them. Return requests, delivery "
        "matters and billing matters are to be given their own type, even when the customer beats about the bush; nothing "
        "else about a ticket may change. Enquiries into another customer's order or account are for privacy and stay, as "
        "does anything on the writer's own name, address, level or data.\n\nI expect [a short list|a list]: per type, the "
        "number of tickets moved and their ids; then the number that you did not move.\n\nDana",
    ),
    Wording(
        "analyst",
        "For the [statistics|dashboard] I need clean categories. Scope: tickets opened on {period}, category {labels}, "
        "state anything but resolved/closed. Reassign the category where the message itself clearly belongs to return, "
        "shipping or billing. Out of scope, hence unchanged: requests about a third person's purchase, account "
        "administration, loyalty, privacy, thanks. Output: moved ids grouped by new category, a count for each group, and "
        "the count of tickets that keep their category.",
    ),
    Wording(
        "returns desk",
        "Luis from returns here. We keep finding our cases under {labels}. [Can you please|Would you] sweep what came in on "
        "{period} and isn't finished yet, and refile? Same for the parcels people and the billing people while you're at "
        "it. Don't touch anything where someone asks about an order that isn't theirs, or wants their name, mail or data "
        "changed, or just says hello. Let me know the ones you moved, by type and with numbers, and the amount that "
        "remained.",
        mode="copilot",
    ),
    Wording(
        "dictated",
        "[Dictated on the way home:|Voice memo, typed out:] Tickets, {period}, the ones lying under {labels} and not done. "
        "Read each one. Return case, goes under return. Something with a delivery, under shipping. Charges, invoices, "
        "codes, under billing. Other people's orders, no, leave those. Names, logins, tiers, deleting data, leave as "
        "well. And then I want to hear three figures at most, one for each type, with the ticket ids, plus one figure for "
        "what you left.",
    ),
)  # fmt: skip

FAMILY = Family(
    name="refile-tickets",
    title="Open tickets filed as other or account that are returns, shipping or billing cases get their right type",
    category="workflow",
    main_level="common_sense",
    levels=("common_sense", "tool_use", "planning"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("kb-0255",),
)
