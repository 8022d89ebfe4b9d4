"""What a person really paid in a period: the orders, how many, what was captured, what came back."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Row, Rows, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import as_table
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    amount,
    both,
    criterion,
    dollars,
    either,
    near_miss,
    number,
    period_words,
    says,
    thing,
)
from enterprisegym.environments.corecraft.policies import rules

NOTHING_BACK = [
    "no refund*", "nothing ... refunded", "nothing ... back", "not ... refunded", "none ... refunded", "refund* none",
    "without ... refund*", "no money ... back", "none ... back", "refund* nothing", "zero refund*",
]  # fmt: skip


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    evenings = {m["customer_id"]: world.placed_on(world.order(m["id"])) for m in world.marks("midnight_order")}
    doubles = {m["namesake"] for m in world.marks("namesake")} | {
        m["old_account"] for m in world.marks("duplicate_account")
    }
    phones: dict[str, int] = {}
    names: dict[str, int] = {}
    for customer in world.all("customers"):
        phones[customer["phone"] or ""] = phones.get(customer["phone"] or "", 0) + 1
        names[customer["name"]] = names.get(customer["name"], 0) + 1
    for customer in world.all("customers"):
        id = customer["id"]
        twofold = world.mark("duplicate_account", id)
        alike = world.mark("namesake", id)
        if id in doubles or (names[customer["name"]] > 1 and twofold is None and alike is None):
            continue
        accounts = [id] if twofold is None else [id, twofold["old_account"]]
        days = sorted(world.placed_on(o) for account in accounts for o in world.orders_of(account))
        if not days:
            continue
        common = world.traps_on(id, among=("contact_format",)) if alike is None else ()
        for first, last in dict.fromkeys(_spans(rng, days, evenings.get(id), world.today)):
            key = {"customer": id, "from": first.isoformat(), "to": last.isoformat()}
            if twofold is not None:
                key["other"] = twofold["old_account"]
            paid = _paid(world, accounts, first, last)
            tried = {p["status"] for orders in paid.values() for p in orders} - {"failed", "voided", *rules.CAPTURED}
            refunds = [r for o in paid for r in world.refunds(o)]
            placed = {
                o["id"] for a in accounts for o in world.orders_of(a) if first <= world.placed_on(o) <= last
            }  # fmt: skip
            if placed != set(paid) or tried or any(r["status"] != "processed" for r in refunds):
                continue
            traps = list(common)
            if evenings.get(id) in (last, first - timedelta(days=1)):
                traps.append("midnight_order")
            if any(world.mark("failed_attempts", o) for o in paid):
                traps.append("failed_attempts")
            cut = world.mark("page_cut", id)
            if cut is not None and cut["id"] not in paid:
                continue
            if len(paid) > 10:
                traps.append("page_cut")
            if twofold is not None and any(world.order(o)["customer_id"] != id for o in paid):
                traps.append("duplicate_account")
            if alike is not None:
                traps.append("namesake")
            if not 2 <= len(paid) <= 26 or (not traps and not refunds and len(paid) < 3):
                continue
            if alike is not None:
                known: Mapping[str, Any] = {"name": customer["name"], "city": customer["addresses"][0]["city"]}
            else:
                contact = world.contact(customer)
                way = rng.choice(sorted(contact))
                known = {"name": customer["name"], way: contact[way]}
                if twofold is None and way == "email" and "contact_format" not in traps and rng.random() < 0.4:
                    phone = customer["phone"]
                    if phone and phones[phone] == 1:
                        known = {"name": customer["name"], "phone": phone}
            both_accounts = alike is None and (twofold is not None or rng.random() < 0.12)
            yield Situation(
                key=key,
                given={
                    **known,
                    "period": said(period_words(first, last), [first.isoformat(), last.isoformat()]),
                    **({"older": said("account", True)} if both_accounts else {}),
                },
                traps=tuple(traps),
                difficulty=min(
                    5, 1 + (len(paid) > 3) + bool(traps) + (len(traps) > 1) + (len(paid) > 10) + bool(refunds)
                ),
            )


def _spans(rng: random.Random, days: Sequence[date], evening: date | None, today: date) -> Iterator[tuple[date, date]]:
    """Periods around a person's orders; those with a late-evening order begin or end beside it."""
    if evening is not None:
        yield date(evening.year, 1, 1), evening
        yield (evening - timedelta(days=100)).replace(day=1), evening
        yield evening + timedelta(days=1), today
    first = days[0].replace(day=1)
    yield date(2025, 1, 1), today
    yield first, min(today, rules.add_months(first, rng.choice((6, 9, 12, 15))) - timedelta(days=1))
    yield date(2024, 7, 1), today
    if len(days) > 3:
        middle = rng.choice(days[: len(days) // 2]) - timedelta(days=rng.randint(0, 9))
        yield middle, min(today, middle + timedelta(days=rng.choice((90, 150, 240))))
        yield date(2024, 7, 1), date(2025, 6, 30)
        yield (days[-1] - timedelta(days=150)).replace(day=1), today


def _paid(world: Records, accounts: Iterable[str], first: date, last: date) -> dict[str, list[Row]]:
    """All payments of orders in a period, by order, of orders on which something was captured."""
    found: dict[str, list[Row]] = {}
    for account in accounts:
        for payment in world.of("payments", "customer_id", account):
            if first <= rules.company_day(payment["created_at"]) <= last:
                found.setdefault(payment["order_id"], []).append(payment)
    return {o: ps for o, ps in found.items() if any(p["status"] in rules.CAPTURED for p in ps)}


def _captured(payments: Iterable[Row]) -> int:
    return sum(p["amount_cents"] for p in payments if p["status"] in rules.CAPTURED)


def _all(payments: Iterable[Row]) -> int:
    return sum(p["amount_cents"] for p in payments)


def rubric(world: Records, s: Situation) -> Rubric:
    id, first, last = s.key["customer"], date.fromisoformat(s.key["from"]), date.fromisoformat(s.key["to"])
    accounts = [id] + ([s.key["other"]] if "other" in s.key else [])
    paid = _paid(world, accounts, first, last)
    total = sum(map(_captured, paid.values()))
    ranked = sorted(paid, key=lambda o: (world.order(o)["created_at"], o))
    back = sum(r["amount_cents"] for o in paid for r in world.refunds(o))
    largest = max(ranked, key=lambda o: _captured(paid[o]))
    name = world.customer(id)["name"]
    same = [c["id"] for c in world.all("customers") if c["name"] == name]
    others = sorted({o["id"] for c in {*same, *accounts} for o in world.orders_of(c)} - set(paid))
    wide = _paid(world, accounts, first - timedelta(days=1), last + timedelta(days=1))
    utc = [
        _captured(p for p in ps if first.isoformat() <= p["created_at"][:10] <= last.isoformat()) for ps in wide.values()
    ]  # fmt: skip
    first_page = sorted(paid, key=lambda o: world.order(o)["created_at"], reverse=True)[:10]
    singles = {_captured(ps) for ps in paid.values()} if len(paid) > 1 else set[int]()
    rivals = {
        sum(map(_all, paid.values())), sum(utc), sum(_captured(paid[o]) for o in first_page),
        *(sum(map(_captured, _paid(world, [c], first, last).values())) for c in same),
    } - {back, total - back} - singles  # fmt: skip
    evidence = [f"payments/{p['id']}" for o in ranked for p in paid[o]]
    top, low = largest, min(ranked, key=lambda o: _captured(paid[o]))
    placed = world.placed_on(world.order(low))
    low_row = _row(low, placed, _captured(paid[low]))
    wrong_row = _row(top, world.placed_on(world.order(top)), _captured(paid[top]) + 100)
    top_row = _row(top, world.placed_on(world.order(top)), _captured(paid[top]))
    return Rubric(
        criteria=[
            criterion(
                "orders", "completeness", f"The response lists the {len(paid)} paid orders of the period and no others: "
                f"{', '.join(ranked)}.",
                {
                    "check": "entities", "members": [thing(o) for o in ranked],
                    "universe": [thing(o) for o in others or ["ord-230101-001"]],
                },
                [f"orders/{o}" for o in ranked],
            ),
            criterion(
                "count", "correctness", f"The response says that {len(paid)} orders were paid.",
                number(len(paid), ["order", "orders", "count", "number", "purchase", "purchases", "total"]), evidence,
            ),
            criterion(
                "captured", "correctness", f"The response says that {usd(total)} was taken in all, before refunds.",
                amount(total, sorted(rivals)), evidence,
            ),
            criterion(
                "back", "correctness",
                f"The response says that {usd(back)} of it has been refunded."
                if back else "The response says that nothing of it has been refunded.",
                amount(back, near=["refund", "back", "return", "credit"])
                if back
                else either(says(NOTHING_BACK), {"check": "amount", "value": dollars(0), "near": ["refund", "back"]}),
                [f"refunds/{r['id']}" for o in paid for r in world.refunds(o)] or evidence[:1],
            ),
            criterion(
                "each", "correctness", f"The response puts {usd(_captured(paid[top]))} against order {top}.",
                both(amount(_captured(paid[top]), {_all(paid[top]), 2 * _captured(paid[top])}, near=[top])),
                [f"payments/{p['id']}.status" for p in paid[top]],
            ),
        ],
        near_misses=[
            near_miss("one-lost", "Leaves an order out of the list.",
                      ("orders", "each") if low == top else "orders",
                      replace=[(f"\n{low_row}", "")]),
            near_miss("miscounted", "Counts another number of orders.", "count",
                      replace=[(_paid_line(len(paid)), _paid_line(len(paid) + 30))]),
            near_miss("net-total", "Gives another sum as the total.", ("captured", "each") if len(paid) == 1 else "captured",
                      replace=[(_total_line(total), _total_line(total + 999)),
                               *([(top_row, wrong_row)] if len(paid) == 1 else [])]),
            near_miss("refunds-wrong", "Tells another amount as given back.", "back",
                      replace=[(_back_line(back), _back_line(back + 1000))]),
            near_miss("other-amount", "Gives a wrong amount for the largest order.", "each",
                      replace=[(top_row, wrong_row)]),
        ],
    )  # fmt: skip


def _row(order_id: str, placed: date, taken: int) -> str:
    return f"| {order_id} | {spoken(placed)} | {usd(taken)} |"


def _paid_line(count: int) -> str:
    return f"Orders paid: {count}"


def _total_line(total: int) -> str:
    return f"taken in all {usd(total)}"


def _back_line(back: int) -> str:
    return f"{usd(back)} of it has been refunded since." if back else "There were no refunds on them."


def solve(a: Worker, given: Given) -> Plan:
    if "city" in given:
        rows = yield from a.all("searchCustomers", name=given["name"])
        accounts: Rows = [a.pick(rows, city=given["city"])]
    else:
        customer = yield from a.contact(given.get("email"), given.get("phone"))
        accounts = (yield from a.accounts(customer)) if given.get("older") else [customer]
    first, last = given["period"]
    orders: Rows = []
    payments: Rows = []
    for account in accounts:
        orders += yield from a.dated("searchOrders", first, last, customer_id=account["id"])
        payments += yield from a.dated("searchPayments", first, last, customer_id=account["id"])
    taken = {o["id"]: a.captured([p for p in payments if p["order_id"] == o["id"]]) for o in orders}
    paid = sorted((o for o in orders if taken[o["id"]]), key=lambda o: (o["created_at"], o["id"]))
    back = sum(
        cents(r["amount"]) for p in payments for r in p["refunds"] if r["status"] in ("approved", "processed")
    )  # fmt: skip
    rows_ = [_row(o["id"], date.fromisoformat(a.day(o["created_at"])), taken[o["id"]]) for o in paid]
    table = as_table(("Order", "Placed on", "Charged"), [tuple(r.strip("| ").split(" | ")) for r in rows_])
    where = " over both accounts" if len(accounts) > 1 else ""
    return (
        f"{_paid_line(len(paid))}{where}, {_total_line(sum(taken.values()))} (shipping included). {_back_line(back)}\n\n"
        f"{table}\n\nDays are Columbus days; only money that was really captured counts here."
    )


def _plain(name: str) -> Callable[[Given], bool]:
    """Fits what is given with this contact where one account is asked about."""

    def fits(given: Given) -> bool:
        return name in given and "older" not in given

    return fits


WORDINGS = (
    Wording(
        "bookkeeping mail",
        "From: {name} <{email}>\nSubject: [My orders for the books|Statement, {period}]\n\nHello,\n\nI'm doing my "
        "bookkeeping and my bank shows [some Corecraft entries that came and went|a few tries that never went through], so I "
        "would rather have it from you. For {period}: which orders did I pay for (numbers, dates, what was really charged "
        "on each), how many is that, what did you take in total, and how much of it was refunded, if anything?\n\n"
        "[Kind regards|Thank you],\n{name}",
        fits=_plain("email"),
    ),
    Wording(
        "chat",
        "[hi there|hey], {name} here ({email}). tax time :( can u tell me for {period} how many orders i paid, the order "
        "numbers w/ amount each, sum of what you actually took from me, and refunds i got back on them if any?",
        fits=_plain("email"),
    ),
    Wording(
        "terse, phone number",
        "{name}, {phone}. {period}: list of paid orders with amounts charged. Number of orders. Total charged. Total refunded "
        "[on those|to date].",
        fits=_plain("phone"),
    ),
    Wording(
        "worried parent",
        "Good evening, my name is {name}, phone {phone} as you have it on file. My daughter uses my account and I've "
        "lost track. Would you kindly write down what was bought in the time {period}: every order with its number and the amount "
        "that truly left my account, then how many orders that makes and what it all comes to? And whether any of "
        "that money [has since come back to me|was given back, and how much].",
        fits=_plain("phone"),
    ),
    Wording(
        "colleague on a call",
        "I have {name} on the line, {email}, checked. Wants to know for {period} what we charged. [Give me|I need] the orders we "
        "really took money for, with number and amount, how many they are, the total before refunds, and the refunds on "
        "them.",
        mode="copilot",
        fits=_plain("email"),
    ),
    Wording(
        "finance, dispute file",
        "Bank query on {name} (phone {phone}).\nPeriod: {period}, our days.\nPlease fill in: orders with captured "
        "amount each / number of paid orders / captured in all, gross / refunded on those.\n[Declined and voided "
        "tries stay out.|No attempts, only captures.]\n\nOmar",
        mode="copilot",
        fits=_plain("phone"),
    ),
    Wording(
        "two addresses, customer",
        "To whom it may concern. I am {name} and write from {email}. In case you find me twice: I may have an older account "
        "under a former e-mail, same phone and birthday, it's all me and I'd like it counted together. What did I pay "
        "you for orders of {period}? Please state each order number and the sum charged for it, the number of "
        "orders, [the grand total|the total of it all], and what has been refunded.",
        fits=lambda given: "older" in given and "email" in given,
    ),
    Wording(
        "two addresses, colleague",
        "Insurance needs a purchase history for {name}, {email} (identity confirmed, date of birth and phone). Some "
        "people have an old account besides, so look whether there's a second one of the same person and [add it in|include "
        "it]. {period}: orders paid with number and charged amount, the count, the sum charged, the sum refunded.",
        mode="copilot",
        fits=lambda given: "older" in given and "email" in given,
    ),
    Wording(
        "two accounts, by phone",
        "{name} called from {phone}, all verified. Thinks there might be [two accounts|an account from years ago] with "
        "us under that number. Over whatever account is theirs: orders they paid, {period} (number, amount we charged), "
        "how many orders, total, and total given back.",
        mode="copilot",
        fits=lambda given: "older" in given and "phone" in given,
    ),
    Wording(
        "name and city",
        "Need the figures for {name}, the one from {city} ([no e-mail on the note, sorry|that's all my note says]). What did "
        "we really collect for {period}? Order by order with the number, how many orders, total collected, and what went back "
        "out as refunds.\n\nOmar",
        mode="copilot",
        fits=lambda given: "city" in given,
    ),
    Wording(
        "letter, city only",
        "[A letter came in by post|Paper mail again], signed {name}, {city}. They ask us to confirm for {period} which orders "
        "were paid and how much on each, the number of them, the overall amount charged and any refunds. I've "
        "checked the signature. Please get me the numbers and I'll write back.",
        mode="copilot",
        fits=lambda given: "city" in given,
    ),
)  # fmt: skip

FAMILY = Family(
    name="spend-since",
    title="What a person really paid in a period: orders, count, captured total, refunds",
    category="retrieval",
    main_level="tool_use",
    levels=("tool_use", "groundedness", "planning"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
)
