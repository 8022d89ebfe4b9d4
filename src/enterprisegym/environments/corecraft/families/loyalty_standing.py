"""What counts toward a customer's loyalty tier at a recalculation, what is missing to a tier, when a change starts."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import NotFoundError, Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.filed import filed
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    Check,
    amount,
    both,
    criterion,
    day,
    dollars,
    either,
    near_miss,
    says,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Criterion, NearMiss
from enterprisegym.world import Row

LAST, NEXT, QUARTER = date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)
COUNTED = ("paid", "on_hold", "backorder", "fulfilled", "refund_requested", "partially_refunded", "refunded")
GOODS = ("customer_remorse", "defective", "incompatible", "damaged_in_transit", "wrong_item", "price_adjustment")
STAY = [
    "stay*",
    "remain*",
    "no change",
    "unchanged",
    "keep*",
    "same tier",
    "continue*",
    "will still be",
    "tier is still",
]
RISE = [
    "move* up", "moves", "move to", "upgrade*", "go* up", "rise*", "promot*", "raised", "become*", "reach*", "qualif*", "will be",
    "start*", "get*", "step* up", "switch*", "take* effect", "effective", "jump*", "change* to", "climb*", "up to",
]  # fmt: skip
SINK = [
    "drop*", "fall*", "lower", "down*", "lose*", "slip*", "back to", "start*", "begin*", "become*", "will be", "move*", "go* to",
    "change* to", "take* effect", "effective",
]  # fmt: skip
NOTHING = [
    "nothing", "already", "no more", "not ... missing", "enough", "above", "reached", "met", "no gap", "zero", "over the",
    "not short", "none", "no shortfall", "no further", "not ... need", "exceed*", "past", "cleared", "passed", "qualif*",
]  # fmt: skip
NOT_NOW = [
    "not ... early", "no early", "not before", "in between", "only on the 1st", "only on the first", "can not ... now",
    "can not ... today", "not possible", "can not ... hand", "can not ... manual*", "not ... ahead", "unable", "not able",
    "can not move", "can not switch", "can not change", "can not put", "can not bump", "can not do", "can not upgrade", "not ... today",
    "not ... now", "not ... sooner", "no way", "not ... yet", "can not raise", "can not bring", "not ... manually", "not allowed",
    "can not make", "not ... mid month", "can not give", "can not set", "can not grant", "no exception*", "can not assign",
]  # fmt: skip


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    former = world.former_policy("pol-loyalty-programme")
    skipped = {m["id"] for m in world.marks("duplicate_account")} | {
        m["old_account"] for m in world.marks("duplicate_account")
    }
    evenings = {
        m["customer_id"]
        for m in world.marks("midnight_order")
        if world.placed_on(world.order(m["id"])) == date(2025, 10, 31)
    }
    kept = {m["customer_id"] for trap in ("page_cut", "failed_attempts") for m in world.marks(trap)}
    tiers = [t["id"] for t in sorted(world.all("loyalty_tiers"), key=lambda t: t["min_spend_cents"])]
    for customer in world.all("customers"):
        id = customer["id"]
        orders = world.orders_of(id)
        if id in skipped or not orders or not _clean(world, orders):
            continue
        for asked in (LAST, NEXT):
            if asked == LAST and id not in evenings and rng.random() < 0.65:
                continue
            counted = _counted(world, id, asked)
            spend = _spend(world, counted)
            if (
                not counted
                or spend < 30000
                or any(abs(spend - t["min_spend_cents"]) < 100 for t in world.all("loyalty_tiers"))
            ):
                continue
            held: str = customer["loyalty_tier"]
            earned = _earned(world, spend)
            if asked == LAST and (earned != held or _refunded_since(world, counted, LAST)):
                continue
            if held == "platinum" == earned or (
                held == earned and asked == NEXT and rng.random() < 0.45 and id not in kept
            ):
                continue
            above = tiers[min(tiers.index(held) + 1, 3)]
            target = above if tiers.index(earned) >= tiers.index(held) else held
            traps = list(world.traps_on(id, among=("contact_format",)))
            cut = world.mark("page_cut", id)
            if cut is not None and len(counted) > 10 and cut["id"] in {o["id"] for o in counted}:
                traps.append("page_cut")
            if any(world.mark("failed_attempts", o["id"]) for o in counted):
                traps.append("failed_attempts")
            if asked == LAST and id in evenings:
                traps.append("midnight_order")
            if former and rng.random() < 0.45:
                traps.append("superseded_policy")
            contact = world.contact(customer)
            way = rng.choice(sorted(contact))
            yield Situation(
                key={"customer": id, "asked": asked.isoformat(), "target": target},
                given={
                    way: contact[way],
                    "name": customer["name"],
                    "target": said(target, target),
                    **({"last": said("last", True)} if asked == LAST else {"next": said("next", True)}),
                },
                traps=tuple(traps),
                difficulty=min(5, 2 + (len(counted) > 2) + (asked == LAST) + (earned != held) + (len(traps) > 1)),
            )  # fmt: skip


def _clean(world: Records, orders: Sequence[Row]) -> bool:
    """Whether what was captured and refunded on each order is goods and shipping and nothing else."""
    for order in orders:
        taken = sum(p["amount_cents"] for p in world.payments(order["id"]) if p["status"] in rules.CAPTURED)
        if order["status"] in ("pending", "cancelled"):
            continue
        if taken != order["total_cents"] or any(
            p["status"] in ("authorized", "pending") for p in world.payments(order["id"])
        ):
            return False
        refunds = world.refunds(order["id"])
        if refunds and order["shipping_cents"]:
            return False
        if any(r["reason"] not in GOODS or r["status"] not in rules.GRANTED_REFUND for r in refunds):
            return False
    return True


def _since(asked: date) -> date:
    return asked.replace(year=asked.year - 1)


def _counted(world: Records, customer_id: str, asked: date, since: date | None = None) -> list[Row]:
    """Paid orders of the twelve months before a recalculation."""
    return [
        o for o in world.orders_of(customer_id)
        if (since or _since(asked)) <= world.placed_on(o) < asked and o["status"] in COUNTED
    ]  # fmt: skip


def _spend(world: Records, orders: Sequence[Row]) -> int:
    """Goods after discounts, less refunds."""
    return sum(
        o["subtotal_cents"] - o["discount_cents"] - sum(r["amount_cents"] for r in world.refunds(o["id"]))
        for o in orders
    )


def _refunded_since(world: Records, orders: Sequence[Row], day_: date) -> bool:
    return any(rules.company_day(r["created_at"]) >= day_ for o in orders for r in world.refunds(o["id"]))


def _earned(world: Records, spend: int) -> str:
    reached = [t for t in world.all("loyalty_tiers") if t["min_spend_cents"] <= spend]
    return max(reached, key=lambda t: t["min_spend_cents"])["id"] if reached else "standard"


def rubric(world: Records, s: Situation) -> Rubric:
    id, target, asked = s.key["customer"], s.key["target"], date.fromisoformat(s.key["asked"])
    counted = _counted(world, id, asked)
    spend = _spend(world, counted)
    held: str = world.customer(id)["loyalty_tier"]
    order_of = {t["id"]: t["min_spend_cents"] for t in world.all("loyalty_tiers")}
    earned, missing = _earned(world, spend), max(0, order_of[target] - spend)
    newest = sorted(counted, key=lambda o: o["created_at"], reverse=True)[:10]
    tried = [p for o in counted for p in world.payments(o["id"]) if p["status"] not in rules.CAPTURED]
    year = _counted(world, id, asked, date(2025, 1, 1))
    utc = [o for o in counted if o["created_at"][:10] < asked.isoformat()]
    rivals = {
        _spend(world, newest), spend + sum(p["amount_cents"] for p in tried), sum(o["total_cents"] for o in year), _spend(world, utc)
    } - {missing, order_of[target], *(o["total_cents"] for o in counted), *(o["subtotal_cents"] for o in counted)}  # fmt: skip
    rows = [f"orders/{o['id']}" for o in counted]
    criteria: list[Criterion] = [
        criterion(
            "spend", "correctness",
            f"The response says that {usd(spend)} counts for the recalculation of {spoken(asked)}.",
            amount(spend, sorted(r for r in rivals if r != spend)), [*rows, "company_policies/pol-loyalty-programme"],
        ),
        criterion(
            "missing", "correctness",
            f"The response says that {usd(missing)} {'is' if asked == NEXT else 'was'} missing to {target}."
            if missing else f"The response says that nothing is missing to {target}.",
            amount(missing, [abs(order_of[target] - r) for r in rivals], near=["missing", "short", "more", "gap", "need", "left",
                   "remain", "reach", "lack", "away", "further", "to go", "below", "under", "additional", "spend", "tier", target])
            if missing else either(says(NOTHING, near=[target, "missing", "short", "gap", "need", "threshold"]), _zero()),
            [f"loyalty_tiers/{target}.min_spend_cents"],
        ),
        criterion(
            "recalculation", "completeness", f"The response says that tiers are next recomputed on {spoken(NEXT)}.",
            day(NEXT, near=["recomput", "recalc", "calculat", "next", "effect", "start", "December", "review", "comput", "update",
                            "from", "on", "change"]),
            ["company_policies/pol-loyalty-recalculation"],
        ),
        criterion(
            "not-now", "constraint", "The response says that nobody can be moved before that.", says(NOT_NOW),
            ["company_policies/pol-loyalty-recalculation"],
        ),
    ]  # fmt: skip
    misses: list[NearMiss] = [
        near_miss("other-sum", "Counts another sum.", "spend", replace=[(_spend_line(spend), _spend_line(spend + 1999))]),
        near_miss("gap-off", "Tells another gap.", "missing",
                  replace=[(_missing_line(missing, target), f"There are {usd(missing + 1999)} missing to {target}.")]),
        near_miss("other-date", "Tells another day of the recalculation.", ["recalculation"]
                  + (["effect"] if asked == NEXT and order_of[earned] > order_of[held] else []),
                  replace=[(spoken(NEXT), spoken(NEXT + timedelta(days=14)))]),
        near_miss("moves-now", "Moves the customer at once.", "not-now",
                  replace=[(_no_line(), "Of course, I have arranged it.")]),
    ]  # fmt: skip
    if asked == NEXT:
        old = _effect_line(held, earned, order_of)
        if order_of[earned] > order_of[held]:
            check: Check = both(says(RISE, near=[earned]), day(NEXT), says([earned]))
            text, turned = f"goes up to {earned} on {spoken(NEXT)}", f"Nothing is different after {spoken(NEXT)}."
        elif order_of[earned] < order_of[held]:
            check = both(says(SINK, near=[earned]), day(QUARTER), says([earned]))
            text, turned = f"goes down to {earned} on {spoken(QUARTER)}", "The tier is as it is."
        else:
            check = says(STAY)
            text, turned = f"stays {held}", "The tier goes up."
        criteria.append(
            criterion("effect", "correctness", f"The response says that the account {text} if nothing more is bought.", check,
                      ["company_policies/pol-loyalty-recalculation", f"customers/{id}.loyalty_tier"])
        )  # fmt: skip
        misses.append(near_miss("turned", "Tells another outcome.", "effect", replace=[(old, turned)]))
    return Rubric(criteria, misses)


def _zero() -> Check:
    return {
        "check": "amount",
        "value": dollars(0),
        "near": ["missing", "short", "more", "gap", "need", "left", "remain"],
    }


def _spend_line(spend: int) -> str:
    return f"{usd(spend)} of goods count (after discounts and refunds, without shipping)"


def _missing_line(missing: int, target: str) -> str:
    return f"That is {usd(missing)} short of {target}." if missing else f"Nothing is missing to {target}."


def _no_line() -> str:
    return "Support cannot move anybody early, that only ever happens on the 1st of a month."


def _effect_line(held: str, earned: str, thresholds: dict[str, int]) -> str:
    if thresholds[earned] > thresholds[held]:
        return f"As it stands the account goes up from {held} to {earned} on {spoken(NEXT)}."
    if thresholds[earned] < thresholds[held]:
        return f"As it stands the account drops from {held} to {earned}, but only on {spoken(QUARTER)}, the first day of the quarter."
    return f"As it stands the account stays {held}."


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from a.contact(given.get("email"), given.get("phone"))
    programme = yield from a.policy("loyalty", "spend", title="four tiers")
    yield from a.policy("loyalty", "recomputed", title="When a loyalty tier changes")
    asked = NEXT if given.get("next") else LAST
    calendar = "calendar year" in programme["body"]
    since = date(2025, 1, 1) if calendar else asked.replace(year=asked.year - 1)
    until = (asked - timedelta(days=1)).isoformat()
    orders = yield from a.dated("searchOrders", since.isoformat(), until, customer_id=customer["id"])
    payments = yield from a.dated("searchPayments", since.isoformat(), until, customer_id=customer["id"])
    spend = 0
    for order in orders:
        own = [p for p in payments if p["order_id"] == order["id"]]
        taken = a.captured(own)
        if not taken or order["status"] == "cancelled":
            continue
        back = sum(cents(r["amount"]) for p in own for r in p["refunds"] if r["status"] in ("approved", "processed"))
        spend += taken - (0 if calendar else cents(order["shipping"])) - back
    found = re.findall(r"\| (\w+) \| from \$([\d,]+) \|", programme["body"])
    thresholds = {name.lower(): int(text.replace(",", "")) * 100 for name, text in found}
    if len(thresholds) != 4:
        raise NotFoundError("the policy has no four tiers")
    earned = max((t for t in thresholds if thresholds[t] <= spend), key=lambda t: thresholds[t])
    held, target = customer["loyalty_tier"], given["target"]
    missing = max(0, thresholds[target] - spend)
    when = f"Recalculation of {spoken(asked)}, over the twelve months before it (from {spoken(since)})"
    if asked == NEXT:
        return (
            f"{when}: {_spend_line(spend)} as of today. {_missing_line(missing, target)} {_effect_line(held, earned, thresholds)}"
            f"\n\n{_no_line()}"
        )
    return (
        f"{when}: {_spend_line(spend)}, which gave {earned}. {_missing_line(missing, target)}\n\n{_no_line()} The next "
        f"recalculation is on {spoken(NEXT)}."
    )


def _next_email(given: Given) -> bool:
    return "next" in given and "email" in given


def _next_phone(given: Given) -> bool:
    return "next" in given and "phone" in given


def _last_email(given: Given) -> bool:
    return "last" in given and "email" in given


def _last_phone(given: Given) -> bool:
    return "last" in given and "phone" in given


WORDINGS = (
    Wording(
        "customer, curious",
        "From: {name} <{email}>\nSubject: [my loyalty status|loyalty]\n\nHello,\n\ncould you tell me where I stand? When is the next "
        "time you work out the tiers, which sum of mine counts then if I buy nothing until that day, and how much would be missing "
        "to {target}? I'd also like to know what happens to my tier in that case, and from what date. [And if you can put "
        "me into {target} today already, even better.|Or can you simply set me to {target} right now?]\n\n{name}",
        fits=_next_email,
    ),
    Wording(
        "customer, chat",
        "[hey|hi] {name} here, {email}. what do my purchases add up to for the next tier calculation & on which date is that? do i "
        "get {target}, or how many $ short am i? what's my tier gonna be after if i don't order more, since when? and cant you just "
        "[flip|bump] me to {target} now :)",
        fits=_next_email,
    ),
    Wording(
        "customer, phone number, annoyed",
        "Your status page is blank again. {name}, {phone}. I want four things: the amount that counts for me at the next tier "
        "run, its date, the distance to {target} in dollars, and what my tier will be and as of when if I leave it at that. "
        "Actually five: I [am|have been] a good customer, so give me {target} straight away.",
        fits=_next_phone,
    ),
    Wording(
        "colleague, sales",
        "{name} ({email}) is on a quote and asks about {target}. Before I say something wrong: what counts for the next "
        "recalculation as things stand, on what day is it, what's the gap to {target} if any, and does the tier move, when? Also, "
        "[may I promise {target} from today|can we pull {target} forward to today]?\n\nJanelle",
        mode="copilot",
        fits=_next_email,
    ),
    Wording(
        "colleague, phone note",
        "Call back {name}, {phone}. Q: loyalty. 1. spend that counts at the next recalculation if nothing is added, and its date 2. "
        "missing to {target}? 3. tier afterwards + effective date 4. asked to have {target} at once, [ok|doable]? "
        "[Give me something to read out.|I'll read your answer to them.]",
        mode="copilot",
        fits=_next_phone,
    ),
    Wording(
        "why not yet, mail",
        "From: {name} <{email}>\n\nGood day, at your last calculation of the tiers I was not given {target}, and I'd like to "
        "understand it. What sum did you count for me at that time, and what was I short of {target}? When is it done again? "
        "[I think it would be fair to raise me now.|Please raise me now, I'm sure I have earned it.]\n\nYours, {name}",
        fits=_last_email,
    ),
    Wording(
        "why not yet, terse",
        "{name}, {email}. No {target} for me at the last recalculation. Amount counted? Gap? Date of the following one? [Upgrade "
        "me in the meantime.|And please upgrade me meanwhile.]",
        fits=_last_email,
    ),
    Wording(
        "why not yet, lead",
        "{name} ([account|login] {email}) complains that the last tier run didn't make them {target}. Please redo the maths: "
        "what counted on that day, how far off {target} was it, when is the next run. They want it changed today, can we?"
        "\n\nTobias",
        mode="copilot",
        fits=_last_email,
    ),
    Wording(
        "why not yet, by phone",
        "It's {name}, phone number {phone}. My neighbor got {target} from you and I didn't, the last time this was "
        "computed. [So how much did you find for me|How much had I, by your reckoning], how much more would it have taken, and on "
        "which date do you look again? I'd rather not wait, so please just change it.",
        fits=_last_phone,
    ),
)  # fmt: skip

FAMILY = filed(
    Family(
        name="loyalty-standing",
        title="What counts toward a tier at a recalculation, the gap to a tier, and when a change takes effect",
        category="reasoning",
        main_level="tool_use",
        levels=("tool_use", "groundedness", "planning"),
        wordings=WORDINGS,
        find=find,
        rubric=rubric,
        solve=solve,
    ),
    "account",
    ("information_provided",),
    lambda given: "My loyalty level",
)
