"""Refunds entered in a period: how many, how much, the largest; by reason; or beside what was captured."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Rows, Worker, cents, usd
from enterprisegym.environments.corecraft.agents.steps import as_table
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    amount,
    both,
    criterion,
    near_miss,
    number,
    period_words,
    thing,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row

REASONS = {
    "customer_remorse": ("customer remorse", ("remorse", "change", "mind", "customer_remorse")),
    "order_cancelled": ("cancelled orders", ("cancel", "order_cancelled")),
    "defective": ("defective goods", ("defect",)),
    "duplicate_charge": ("duplicate charges", ("duplicate",)),
    "shipping_fee": ("shipping fees", ("shipping",)),
    "damaged_in_transit": ("transit damage", ("damage",)),
    "incompatible": ("incompatible parts", ("incompat",)),
    "lost_in_transit": ("lost parcels", ("lost",)),
    "price_adjustment": ("price adjustments", ("price",)),
    "wrong_item": ("wrong items", ("wrong",)),
    "other": ("other", ("other",)),
}
"""How colleagues call a reason, and words by which a row about it is known."""
GROUPS = (
    *((reason,) for reason in list(REASONS)[:7]),
    ("customer_remorse", "incompatible"),
    ("defective", "damaged_in_transit", "wrong_item"),
    ("duplicate_charge", "shipping_fee", "price_adjustment"),
    ("order_cancelled", "customer_remorse"),
)
STATES = {
    "any": ("processed or not", ("pending", "approved", "processed")),
    "processed": ("only the processed ones", ("processed",)),
    "waiting": ("only those not processed yet", ("pending", "approved")),
}
LEAST = 11
"""Payments that a search must find: more than one page."""


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    for first, last in _periods(rng, world.today):
        period = {"period": said(period_words(first, last), [first.isoformat(), last.isoformat()])}
        if len({r["payment_id"] for r in _refunds(world, first, last)}) < LEAST:
            continue
        for state in STATES:
            found = _refunds(world, first, last, states=STATES[state][1])
            how = {"state": said(STATES[state][0], list(STATES[state][1]))}
            key = {"from": first.isoformat(), "to": last.isoformat(), "state": state}
            if len({r["reason"] for r in found}) >= 3 and rng.random() < 0.5:
                yield Situation(
                    key={**key, "reasons": "by reason"},
                    given={**period, **how, "table": said("reason", True)},
                    difficulty=3,
                )
            for group in rng.sample(GROUPS, 3):
                kept = [r for r in found if r["reason"] in group]
                if 2 <= len(kept) <= 14 and _largest(kept) is not None:
                    yield Situation(
                        key={**key, "reasons": ",".join(group)},
                        given={**period, **how, **_named(group)},
                        difficulty=2 + (state != "any") + (len(group) > 1),
                    )
    for first, last in _busy_spans(rng, world):
        found = _refunds(world, first, last)
        groups = [tuple(REASONS), *rng.sample(GROUPS, 4)]
        rng.shuffle(groups)
        for group in groups:
            kept = [r for r in found if r["reason"] in group]
            if len(kept) < 2 or _largest(kept) is None:
                continue
            yield Situation(
                key={
                    "from": first.isoformat(),
                    "to": last.isoformat(),
                    "state": "any",
                    "reasons": "any" if len(group) == len(REASONS) else ",".join(group),
                },
                given={
                    "period": said(period_words(first, last), [first.isoformat(), last.isoformat()]),
                    "state": said("processed or not", list(STATES["any"][1])),
                    **_named(group),
                    "takings": said("captured", True),
                },
                traps=tuple(_traps(world, first, last, kept)),
                difficulty=3 + (len(_payments(world, first, last)) > 40),
            )
            break


def _named(group: Sequence[str]) -> Mapping[str, Any]:
    names = [REASONS[reason][0] for reason in group]
    text = (
        "any reason"
        if len(group) == len(REASONS)
        else " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    )
    return {"reasons": said(text, list(group))}


def _periods(rng: random.Random, today: date) -> Iterator[tuple[date, date]]:
    months = [date(2024 + (m + 6) // 12, (m + 6) % 12 + 1, 1) for m in range(17)]
    ends = [(m.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1) for m in months]
    for span in (1, 2, 3, 4, 6):
        for start in range(len(months) - span + 1):
            first, last = months[start], min(ends[start + span - 1], today)
            yield first, last
            yield first + timedelta(days=rng.randint(3, 20)), last - timedelta(days=rng.randint(0, 9))


def _busy_spans(rng: random.Random, world: Records) -> Iterator[tuple[date, date]]:
    """Spans around payments that came to nothing and around month ends."""
    failed = {rules.company_day(world.get("payments", m["id"])["created_at"]) for m in world.marks("failed_attempts")}
    evenings = {world.placed_on(world.order(m["id"])) for m in world.marks("midnight_order")}
    for day in sorted(failed):
        first = day - timedelta(days=rng.randint(1, 5))
        yield first, min(world.today, day + timedelta(days=rng.randint(2, 6)))
    for day in sorted(evenings):
        yield day - timedelta(days=rng.randint(9, 24)), day
        yield day + timedelta(days=1), min(world.today, day + timedelta(days=rng.randint(10, 24)))
        if day.month < 9:
            yield day.replace(day=1), day
    for week in range(5, 40):
        first = world.today - timedelta(days=7 * week + rng.randint(0, 6))
        yield first, first + timedelta(days=rng.randint(11, 24))


def _traps(world: Records, first: date, last: date, kept: Sequence[Row]) -> Iterator[str]:
    attempts = {id for m in world.marks("failed_attempts") for id in m["attempts"]}
    idle = {p["id"] for p in _payments(world, first, last) if p["status"] not in rules.CAPTURED}
    if idle and idle <= attempts:
        yield "failed_attempts"
    evenings = {m["id"] for m in world.marks("midnight_order")}
    utc = {p["order_id"] for p in world.all("payments") if _in_utc(p, first, last) and p["status"] in rules.CAPTURED}
    local = {p["order_id"] for p in _payments(world, first, last) if p["status"] in rules.CAPTURED}
    ours = [r for r in world.all("refunds") if _in_utc(r, first, last) and r["reason"] in {k["reason"] for k in kept}]
    if local != utc and local ^ utc <= evenings and len(ours) == len(kept):
        yield "midnight_order"


def _in_utc(row: Row, first: date, last: date) -> bool:
    return first.isoformat() <= row["created_at"][:10] <= last.isoformat()


def _refunds(
    world: Records, first: date, last: date, states: Sequence[str] = STATES["any"][1], reasons: Sequence[str] = ()
) -> list[Row]:
    return [
        r for r in world.all("refunds")
        if first <= rules.company_day(r["created_at"]) <= last
        and r["status"] in states and (not reasons or r["reason"] in reasons)
    ]  # fmt: skip


def _payments(world: Records, first: date, last: date) -> list[Row]:
    return [p for p in world.all("payments") if first <= rules.company_day(p["created_at"]) <= last]


def _largest(rows: Sequence[Row]) -> Row | None:
    """The largest refund, None when two are equally large."""
    ranked = sorted(rows, key=lambda r: -r["amount_cents"])
    return None if ranked[0]["amount_cents"] == ranked[1]["amount_cents"] else ranked[0]


def _sum(rows: Sequence[Row]) -> int:
    return sum(r["amount_cents"] for r in rows)


def rubric(world: Records, s: Situation) -> Rubric:
    first, last = date.fromisoformat(s.key["from"]), date.fromisoformat(s.key["to"])
    states = STATES[s.key["state"]][1]
    if s.key["reasons"] == "by reason":
        return _table_rubric(_refunds(world, first, last, states))
    reasons = list(REASONS) if s.key["reasons"] == "any" else s.key["reasons"].split(",")
    kept = _refunds(world, first, last, states, reasons)
    largest = _largest(kept) or kept[0]
    smallest = min(kept, key=lambda r: r["amount_cents"])
    evidence = [f"refunds/{r['id']}" for r in kept]
    utc = [r for r in world.all("refunds") if _in_utc(r, first, last) and r["reason"] in reasons]
    paid_out = [
        r for r in world.all("refunds")
        if r["processed_at"] and first <= rules.company_day(r["processed_at"]) <= last and r["reason"] in reasons
    ]  # fmt: skip
    rivals = {_sum(utc), _sum(paid_out)} - {r["amount_cents"] for r in kept}
    criteria = [
        criterion(
            "count", "correctness", f"The response says that it is {len(kept)} refunds.",
            number(len(kept), ["refund", "refunds", "count", "number", "items"], (len(kept) + 1, len(kept) - 1)), evidence,
        ),
        criterion(
            "sum", "correctness", f"The response says that they come to {usd(_sum(kept))}.",
            amount(_sum(kept), sorted(rivals)), evidence,
        ),
        criterion(
            "largest", "completeness",
            f"The response names order {largest['order_id']} as the one with the largest of them, "
            f"{usd(largest['amount_cents'])}.",
            both(
                {
                    "check": "entity", "id": largest["order_id"], "aliases": [],
                    "rivals": [thing(r["order_id"]) for r in kept if r["order_id"] != largest["order_id"]],
                    "near": ["largest", "biggest", "highest", "top"],
                },
                amount(largest["amount_cents"], near=["largest", "biggest", "highest", "top"]),
            ),
            [f"refunds/{largest['id']}.amount_cents"],
        ),
    ]  # fmt: skip
    misses = [
        near_miss("one-more", "Counts a refund that does not belong.", "count",
                  replace=[(_counted(len(kept)), _counted(len(kept) + 1))]),
        near_miss("one-forgotten", "Adds up one refund too few.", "sum",
                  replace=[(f"come to {usd(_sum(kept))}", f"come to {usd(_sum(kept) - smallest['amount_cents'])}")]),
        near_miss("wrong-order", "Names another order.", "largest",
                  replace=[(_largest_line(largest), _largest_line(smallest))]),
    ]  # fmt: skip
    if "takings" in s.given:
        taken = [p for p in _payments(world, first, last) if p["status"] in rules.CAPTURED]
        tried = _payments(world, first, last)
        shifted = [p for p in world.all("payments") if _in_utc(p, first, last) and p["status"] in rules.CAPTURED]
        evidence = [f"payments/{p['id']}.status" for p in taken[:3]]
        criteria += [
            criterion(
                "captured", "correctness", f"The response says that {usd(_sum(taken))} was captured in the period.",
                amount(_sum(taken), (_sum(tried), _sum(shifted)), near=["captur", "taken", "took", "takings", "gross"]),
                evidence,
            ),
            criterion(
                "captures", "correctness", f"The response says that this was {len(taken)} captures.",
                number(
                    len(taken), ["capture", "captures", "captured", "payment", "payments", "count", "number"], (len(tried), len(shifted))
                ),
                evidence,
            ),
        ]  # fmt: skip
        misses += [
            near_miss("tried-too", "Adds a payment that came to nothing.", "captured",
                      replace=[(usd(_sum(taken)), usd(_sum(taken) + taken[0]["amount_cents"]))]),
            near_miss("miscounted", "Counts one capture too many.", "captures",
                      replace=[(f"{len(taken)} captures", f"{len(taken) + 1} captures")]),
        ]  # fmt: skip
    else:
        near = [r for r in _refunds(world, first - timedelta(days=20), last + timedelta(days=20)) if r not in kept]
        criteria.append(
            criterion(
                "numbers", "completeness", f"The response lists the refund numbers of these {len(kept)} and no others.",
                {"check": "entities", "members": [thing(r["id"]) for r in kept], "universe": [thing(r["id"]) for r in near]},
                evidence,
            )
        )  # fmt: skip
        misses.append(
            near_miss("number-missing", "Leaves one refund out of the list.", "numbers",
                      replace=[(f"\n{_item(smallest['id'], smallest['amount_cents'])}", "")])
        )  # fmt: skip
    return Rubric(criteria, misses)


def _table_rubric(found: Sequence[Row]) -> Rubric:
    by_reason = {k: [r for r in found if r["reason"] == k] for k in REASONS}
    by_reason = {k: rows for k, rows in by_reason.items() if rows}
    top = max(by_reason, key=lambda k: (_sum(by_reason[k]), k))
    evidence = [f"refunds/{r['id']}" for r in found]
    rows = {k: _row(k, len(v), _sum(v)) for k, v in by_reason.items()}
    return Rubric(
        criteria=[
            criterion(
                "amounts", "correctness",
                "The response gives per reason " + ", ".join(f"{k} {usd(_sum(v))}" for k, v in by_reason.items()) + ".",
                both(*(amount(_sum(v), near=REASONS[k][1]) for k, v in by_reason.items())), evidence,
            ),
            criterion(
                "total", "correctness", f"The response gives the total of all of them as {usd(_sum(found))}.",
                amount(_sum(found), near=["total", "sum", "all", "altogether", "together", "come", "overall"]), evidence,
            ),
            criterion(
                "count", "correctness", f"The response says that it is {len(found)} refunds in all.",
                number(len(found), ["refund", "refunds", "total", "all", "count", "number"]), evidence,
            ),
            criterion(
                "columns", "format", "There is a table with the columns Reason, Refunds and Amount.",
                {"check": "structure", "table_columns": ["Reason", "Refunds", "Amount"]},
            ),
            criterion(
                "reasons", "completeness", "The number of refunds of each reason is right: " + ", ".join(f"{k} {len(v)}" for k, v in by_reason.items()) + ".",
                both(*(number(len(v), REASONS[k][1]) for k, v in by_reason.items())),
                evidence,
            ),
        ],
        near_misses=[
            near_miss("total-off", "Adds up wrongly.", "total",
                      replace=[(f"come to {usd(_sum(found))}", f"come to {usd(_sum(found) - 1000)}")]),
            near_miss("count-off", "One too many in all.", "count",
                      replace=[(_counted(len(found)), _counted(len(found) + 1))]),
            near_miss("row-off", "A wrong amount in a row.", "amounts",
                      replace=[(rows[top], _row(top, len(by_reason[top]), _sum(by_reason[top]) + 999))]),
            near_miss("row-count-off", "A wrong count in a row.", "reasons",
                      replace=[(rows[top], _row(top, len(by_reason[top]) + 7, _sum(by_reason[top])))]),
            near_miss("other-columns", "Names the columns otherwise.", "columns",
                      replace=[("| Reason | Refunds | Amount |", "| Reason | Number | Dollars |")]),
        ],
    )  # fmt: skip


def _row(reason: str, count: int, total_cents: int) -> str:
    return f"| {reason} | {count} | {usd(total_cents)} |"


def _counted(count: int) -> str:
    return f"{count} refunds"


def _item(refund_id: str, amount_cents: int) -> str:
    return f"- {refund_id}: {usd(amount_cents)}"


def _largest_line(refund: Row) -> str:
    cents_ = refund["amount_cents"] if "amount_cents" in refund else cents(refund["amount"])
    return f"largest is {usd(cents_)} on order {refund['order_id']}"


def solve(a: Worker, given: Given) -> Plan:
    first, last = given["period"]
    payments = yield from a.dated("searchPayments", first, last, field="refunded")
    found: Rows = [
        r
        for p in payments
        for r in p["refunds"]
        if first <= a.day(r["created_at"]) <= last and r["status"] in given["state"]
    ]
    if given.get("table"):
        groups = {k: [r for r in found if r["reason"] == k] for k in REASONS}
        rows = sorted(
            ((k, len(v), sum(cents(r["amount"]) for r in v)) for k, v in groups.items() if v), key=lambda x: -x[2]
        )
        table = as_table(("Reason", "Refunds", "Amount"), [(k, str(n), usd(c)) for k, n, c in rows])
        total = sum(c for _, _, c in rows)
        return f"{table}\n\n{_counted(len(found))} in all, and they come to {usd(total)}. Days are Columbus days."
    kept = sorted((r for r in found if r["reason"] in given["reasons"]), key=lambda r: r["created_at"])
    if not kept:
        return "No such refund was entered in that period."
    largest = max(kept, key=lambda r: r["amount"])
    total = sum(cents(r["amount"]) for r in kept)
    answer = f"{_counted(len(kept))}, and they come to {usd(total)}. The {_largest_line(largest)}."
    if given.get("takings"):
        tried = yield from a.dated("searchPayments", first, last)
        taken = [p for p in tried if a.captured([p])]
        return (
            f"Taken: {len(taken)} captures, {usd(a.captured(taken))} captured in all (later refunds not deducted).\n\n"
            f"Refunds entered in the same days: {answer}\n\nAll by Columbus days."
        )
    return f"{answer}\n" + "".join(f"\n{_item(r['id'], cents(r['amount']))}" for r in kept)


def _listed(given: Given) -> bool:
    return "table" not in given and "takings" not in given


WORDINGS = (
    Wording(
        "finance, list to tick off",
        "[Hi,|Morning,] I'm ticking off refunds against the bank file. Period {period}, Columbus days (the day we "
        "keyed it, not the day the money left), reason {reasons}, {state}. Give me the refund numbers [one per line|as a "
        "list], how many there are, the sum, and which order had the biggest one and for how much.\n\nOmar",
        mode="copilot",
        fits=_listed,
    ),
    Wording(
        "terse lead",
        "refunds {period} / reason: {reasons} / {state} / by entry date our time. need: ref numbers, count, total $, "
        "[largest w/ order no.|largest one incl. its order number]",
        mode="copilot",
        fits=_listed,
    ),
    Wording(
        "lead before a review",
        "[Margit asked me|I was asked in the ops review] what we have been giving back for {reasons}. Could you pull it "
        "for {period}? What counts is when the refund was created on our side, and take {state}. I have to show the "
        "number of refunds, the amount they add up to, the single largest with its order, and I'd like every refund's "
        "number underneath so that nobody says I made it up.",
        mode="copilot",
        fits=_listed,
    ),
    Wording(
        "auditor's mail, forwarded",
        "FW: sample request\n\n> For our file please supply the refunds recorded from your side for {reasons}, {state}. "
        "Period (date of creation, local time): {period}. We need refund references, the number of items, the total, "
        "and the order number and amount of the largest item.\n\n[Can you put that together? I only forward it.|Please "
        "draft the answer, I'll send it on.] - Margit",
        mode="copilot",
        fits=_listed,
    ),
    Wording(
        "table for a slide",
        "One table for my slide: Reason | Refunds | Amount. All refunds we entered, {period} (Columbus days, day "
        "of entry), {state}, [one row for each reason that occurs|a row per reason], reasons spelled as in the system. "
        "Below it how many refunds that is altogether and the total in dollars.",
        mode="copilot",
        fits=lambda given: "table" in given,
    ),
    Wording(
        "returns lead wonders",
        "Why did we give money back? I mean {period}. [I can't tell from the dashboard any more.|The dashboard is down again.] "
        "Break the refunds down by reason code please, {state}, going by the day each was created here in Columbus. "
        "Columns exactly Reason, Refunds, Amount, and a closing line with the overall count and overall sum.\n\nLuis",
        mode="copilot",
        fits=lambda given: "table" in given,
    ),
    Wording(
        "non-native analyst",
        "Hello! I make statistic of refunds for {period}, local days, by date when refund is made in system. I need "
        "table with three column: Reason, Refunds (how many), Amount (dollars). Every reason code one line. It should be "
        "{state}. And after table please [how many are all together and how much is all together|the number and the "
        "amount of all]. Thank you",
        mode="copilot",
        fits=lambda given: "table" in given,
    ),
    Wording(
        "month-end close",
        "For the close, {period}, one line each, midnight to midnight Columbus:\n1) gross captured, all methods, "
        "and the number of captures. Attempts that never went through are not money.\n2) refunds created in those days "
        "for {reasons}, {state}: how many, what sum, and the [largest|biggest] with its order number.\n\nOmar",
        mode="copilot",
        fits=lambda given: "takings" in given,
    ),
    Wording(
        "chat from the lead",
        "[hey|hi] quick numbers please, {period}, our time zone\n- how many payments were really captured and how much "
        "is that\n- and refunds keyed in that same window for {reasons} ({state}): count, total, plus the "
        "order behind the largest and its amount\ndon't net anything, i do that myself",
        mode="copilot",
        fits=lambda given: "takings" in given,
    ),
    Wording(
        "manager's question",
        "I have a feeling refunds [are eating up|cost us too much of] what comes in. Take {period} in Columbus days. What "
        "have we actually captured, over how many captures? And against that, looking at refunds for {reasons} that "
        "were entered in that time, {state}: their number, their sum, and the largest among them with the order it "
        "belongs to. Gross figures both.\n\nYolanda",
        mode="copilot",
        fits=lambda given: "takings" in given,
    ),
    Wording(
        "acquirer's question passed on",
        "From: Margit Haldane\nTo: support desk\n\nThe acquirer disputes our volume for {period}. Before I answer them I "
        "want our own records, Columbus calendar days: total captured over all methods and in how many captures ([no "
        "declined or voided tries|nothing that was only attempted]). They also claim we refund too freely, so add what we "
        "booked in the same days as refunds for {reasons}, {state}, by booking day, as a count and an amount, "
        "and say which order got the largest of those and how much that was.",
        mode="copilot",
        fits=lambda given: "takings" in given,
    ),
    Wording(
        "terse, two boxes to fill",
        "[Two boxes to fill in|Need to fill two boxes], {period}, our days.\nBox A: captures (n), captured gross ($), real "
        "money only.\nBox B: refunds by entry day, {reasons}, {state} (n, $), plus top one with order no. and $.",
        mode="copilot",
        fits=lambda given: "takings" in given,
    ),
    Wording(
        "handover note",
        "Leaving this with you because I'm off [at two|in ten minutes]: finance wants captured vs. refunded for "
        "{period} (local days). Captured side: dollars and count, before any refunds, nothing that failed. Refund side: "
        "{reasons}, {state}, by day of entry; dollars, count, and name the order with the highest one and "
        "what it was.",
        mode="copilot",
        fits=lambda given: "takings" in given,
    ),
)  # fmt: skip

FAMILY = Family(
    name="refunds-of-a-period",
    title="Refunds entered in a period: count, sum and largest, by reason, or beside the takings",
    category="retrieval",
    main_level="tool_use",
    levels=("tool_use", "groundedness", "planning"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
)
