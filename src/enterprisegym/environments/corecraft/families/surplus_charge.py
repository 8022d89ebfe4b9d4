"""Somebody sees several charges for one order: the surplus capture goes back, attempts and split payments do not."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import timedelta

from enterprisegym.environments.corecraft.agents import Plan, Steps, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    METHODS,
    approval_limit,
    identified,
    order_details,
    orders_told,
)
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    Staged,
    amount,
    both,
    call,
    criterion,
    day,
    handled,
    incoming_ticket,
    left_alone,
    mentions,
    near_miss,
    open_on,
    presented,
    says,
    single_accounts,
    stable,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.rollout.record import Json
from enterprisegym.tasks import Edit
from enterprisegym.world import Row, format_utc, parse_utc

OF_ORDERS = ("failed_attempts", "page_cut", "stray_note", "midnight_order", "year_twin", "brand_spelling")
OF_PEOPLE = ("contact_format", "namesake")
OTHERS = 60
WAITS = "It is more than I may release on my own, so a colleague in finance has to confirm it first; once approved, it"
SETTLED = "That refund is approved and"
ONCE = "You were charged once"
VANISHES = "Such a line is no charge; the bank lets it drop off by itself."
SPLIT = "That is a split payment, not a duplicate"


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    writers = {c["id"]: c for c in single_accounts(world)}
    for mark in world.marks("duplicate_account"):
        writers[mark["old_account"]] = writers[mark["id"]] = world.customer(mark["id"])
    usable = [o for o in world.all("orders") if o["status"] == "fulfilled" and o["customer_id"] in writers]
    usable = [o for o in usable if world.untouched(o) or _own_surplus(world, o)]
    marked = {m["id"] for trap in ("duplicate_account", *OF_PEOPLE) for m in world.marks(trap)}
    marked |= {m["old_account"] for m in world.marks("duplicate_account")}
    rare = [o for o in usable if _own_surplus(world, o) or world.traps_on(o["id"], among=OF_ORDERS)]
    rare += _two_each(o for o in usable if o["customer_id"] in marked and o not in rare)
    rest = [o for o in usable if o not in rare and o["created_at"] > "2025-05-01"]
    for order in [*rare, *shuffled(rng, rest)[:OTHERS]]:
        if found := _situation(world, rng, order, writers[order["customer_id"]]):
            yield found


def _two_each(orders: Iterable[Row]) -> list[Row]:
    """At most two orders of an account, the largest."""
    kept: dict[str, list[Row]] = {}
    for order in sorted(orders, key=lambda o: (-o["total_cents"], o["id"])):
        if len(kept.setdefault(order["customer_id"], [])) < 2:
            kept[order["customer_id"]].append(order)
    return [o for of in kept.values() for o in of]


def _own_surplus(world: Records, order: Row) -> bool:
    return bool(rules.surplus_captures(order, world.payments(order["id"]))) and not world.refunds(order["id"])


def _situation(world: Records, rng: random.Random, order: Row, writer: Row) -> Situation | None:
    line = max(world.lines(order["id"]), key=lambda x: (x["unit_price_cents"], x["id"]))
    product = world.product(line["product_id"])
    accounts = {writer["id"], order["customer_id"], *(m["old_account"] for m in world.marks("duplicate_account")
                                                       if m["id"] == writer["id"])}  # fmt: skip
    bought = [
        o for account in accounts for o in world.orders_of(account) for x in world.lines(o["id"])
        if x["product_id"] == product["id"]
    ]  # fmt: skip
    if len(bought) != 1:
        return None
    setup = _planted(world, order)
    staged = Staged(world, setup)
    surplus = rules.surplus_captures(order, staged.payments(order["id"]))
    over = bool(surplus) and surplus[0]["amount_cents"] > rules.AGENT_LIMIT_CENTS
    pair = world.mark("duplicate_account", writer["id"])
    known = {"name": writer["name"], "first": writer["name"].split()[0], "email": writer["email"],
             "reach": writer["email"]} if pair else presented(world, writer, rng)  # fmt: skip
    traps = list(world.traps_on(order["id"], product["id"], among=OF_ORDERS))
    note = world.mark("stray_note", order["id"])
    if note and not (surplus and note["topic"] == "refund"):
        traps.remove("stray_note")
    traps += world.traps_on(writer["id"], among=OF_PEOPLE)
    if "brand_spelling" in traps and "contact_format" in traps:
        return None
    traps += ["duplicate_account"] * (pair is not None and order["id"] in pair["moved"])
    traps += ["superseded_policy"] * (bool(surplus) and surplus[0]["amount_cents"] > 30000)
    placed = world.placed_on(order)
    month = f"{placed:%B}" if placed.year == 2025 else f"{placed:%B %Y}"
    early = world.mark("page_cut", order["id"])
    return Situation(
        key={"writer": writer["id"], "order": order["id"], "product": product["id"]},
        given={
            **known,
            "product": world.called(product),
            "when": said("quite a while ago", None) if early else said(f"in {month}", f"{placed:%Y-%m}"),
        },
        traps=tuple(traps),
        difficulty=(4 if over else 2) + (pair is not None) if surplus else (3 if len(setup) > 1 else 1),
        setup=(
            *setup,
            incoming_ticket(
                900 + stable(order["id"], "charge", below=100), writer["id"], "more than one charge",
                f"My statement shows more than one charge for the order with the {world.called(product)}. Please look "
                f"into it and give back what is too much. {writer['name']}", "billing",
                None if pair else order["id"],
            ),
        ),
    )  # fmt: skip


def _planted(world: Records, order: Row) -> tuple[Edit, ...]:
    """What the customer sees on the statement: a second capture, an attempt, a split payment, or what is there."""
    payments = world.payments(order["id"])
    if _own_surplus(world, order):
        return ()
    payment = world.capture(order)
    number = 900 + stable(order["id"], "second", below=90)
    kind = ("surplus", "attempt", "surplus", "split", "surplus")[number % 5]
    if len(payments) > 1:
        kind = ("surplus", "none")[number % 2]
    elif kind == "attempt" and world.mark("stray_note", order["id"]):
        kind = "surplus"
    made = parse_utc(payment["captured_at"])
    minutes = {"split": 2 + number % 7, "attempt": -1 - number % 4}.get(kind, 0)
    at = format_utc(made + timedelta(minutes=minutes))
    if kind == "surplus":  # around noon, so that no clock turns its day
        at = f"{rules.company_day(at) + timedelta(days=1 + number % 3)}T16:{number % 60:02d}:{number % 50:02d}Z"
    if kind == "none" or at > world.now or order["total_cents"] < 4000:
        return ()
    second = {
        **payment, "id": f"pay-{rules.company_day(at):%y%m%d}-{number}", "created_at": at, "captured_at": at,
        "transaction_id": f"{str(payment['transaction_id'] or 'tx').split('_')[0]}_{stable(order['id'], below=2**32):012x}",
    }  # fmt: skip
    if kind == "surplus":
        return (Edit(table="payments", insert=second),)
    if kind == "attempt":
        voided = number % 2 == 0
        return (Edit(table="payments", insert={
            **second, "status": "voided" if voided else "failed", "captured_at": None,
            "failure_reason": None if voided else "3ds_timeout",
            "transaction_id": second["transaction_id"] if voided else None,
        }),)  # fmt: skip
    part = order["total_cents"] * (35 + number % 30) // 100 // 500 * 500
    other = "paypal" if payment["method"] != "paypal" else "card"
    return (
        Edit(table="payments", id=payment["id"], set={"amount_cents": part}),
        Edit(table="payments", insert={**second, "amount_cents": order["total_cents"] - part, "method": other}),
    )


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    order = staged.order(s.key["order"])
    planted = next(e.insert for e in s.setup if e.table == "tickets") or {}
    tickets = list(dict.fromkeys([*open_on(staged, order["id"]), str(planted["id"])]))
    payments = staged.payments(order["id"])
    surplus = rules.surplus_captures(order, payments)
    if surplus:
        return _owed(staged, order, dict(surplus[0]), tickets)
    taken = sorted((p for p in payments if p["status"] in rules.CAPTURED), key=lambda p: p["captured_at"])
    others = [p for p in payments if p not in taken]
    criteria = [
        criterion("kept", "constraint", "No refund is made and no record changed but the ticket, which may be worked on.",
                  left_alone(tickets, mentions("charge*", "captur*", "paid", "took", "taken"),
                             "open", "pending_customer", "resolved", "closed"),
                  [f"orders/{order['id']}.total_cents", "company_policies/pol-refund-duplicate"]),
        criterion("total", "correctness", f"The response says that {usd(order['total_cents'])} was taken in all.",
                  amount(order["total_cents"]), [f"payments/{taken[0]['id']}", f"orders/{order['id']}.total_cents"]),
        criterion("nothing-back", "correctness", "The response says that there is nothing to refund.",
                  {"check": "absent", "phrases": ["captures one order twice", "is the surplus one"],
                   "with": says(["nothing to refund", "no refund", "nothing needs", "not ... refund", "nothing ... back",
                        "not due a refund", "nothing to give back", "nothing to return",
                        "not refund*", "nothing is owed", "nothing was overcharged", "nothing has to come back",
                        "nothing too much", "no money to refund", "nothing comes back", "nothing to be refunded",
                        "nothing for us to refund", "no surplus", "nothing further to refund", "not owed", "no duplicate",
                        "no double charge", "nothing surplus", "no overcharge", "not overcharged", "nothing extra"])},
                  ["company_policies/pol-refund-duplicate"]),
    ]  # fmt: skip
    misses = [
        near_miss("pays-twice", "Gives one of the charges back.", "kept", add=[call(
            "createRefund", payment_id=taken[-1]["id"], amount=taken[-1]["amount_cents"] / 100, reason="other",
            status="approved" if taken[-1]["amount_cents"] <= 50000 else "pending")]),
        near_miss("other-total", "Names another total.", "total",
                  replace=[(usd(order["total_cents"]), usd(order["total_cents"] + 1000))]),
        near_miss("leaves-it-open", "Does not say that nothing comes back.", "nothing-back",
                  replace=[("so there is nothing to refund", "as you can see")]),
    ]  # fmt: skip
    if len(taken) > 1:
        criteria.append(criterion(
            "split", "correctness", f"The response says that it is one price paid in two parts, {usd(taken[0]['amount_cents'])} "
            f"and {usd(taken[1]['amount_cents'])}.",
            both(*(amount(p["amount_cents"]) for p in taken)), [f"payments/{p['id']}" for p in taken],
        ))  # fmt: skip
        misses.append(near_miss("one-part", "Sees one of the two parts only.", "split",
                                replace=[(usd(taken[1]["amount_cents"]), usd(taken[1]["amount_cents"] + 1000))]))  # fmt: skip
    elif others:
        criteria += [
            criterion("attempt", "correctness", "The response says that the rest are attempts that were never captured.",
                      says(["attempt*", "failed", "declined", "void*", "did not go through", "never captured",
                            "not captured", "timed out", "never went through", "authoris*", "authoriz*", "not completed",
                            "never completed", "unsuccessful", "cancelled payment"]),
                      [f"payments/{p['id']}.status" for p in others]),
            criterion("vanishes", "completeness", "The response says that such a line goes away by itself.",
                      says(["drop*", "disappear*", "fall* off", "vanish*", "by itself", "on its own", "by themselves",
                            "on their own", "automatically", "releas*", "lapse*", "expire*", "clear*", "go* away"]),
                      ["company_policies/pol-refund-duplicate"]),
        ]  # fmt: skip
        misses += [
            near_miss("no-reason", "Does not say what the other line is.", "attempt",
                      replace=[(_attempts([p["status"] for p in others]), "The rest is nothing of ours.")]),
            near_miss("no-comfort", "Does not say what becomes of it.", "vanishes", replace=[(VANISHES, "")]),
        ]  # fmt: skip
    return Rubric(criteria, misses)


def _owed(world: Records, order: Row, surplus: Row, tickets: list[str]) -> Rubric:
    back: int = surplus["amount_cents"]
    over = back > rules.AGENT_LIMIT_CENTS
    made_on = rules.company_day(surplus["captured_at"])
    first = world.capture(order)
    refund = {
        "table": "refunds", "added": True, "where": {"payment_id": surplus["id"]},
        "set": {"amount_cents": back, "reason": "duplicate_charge", "status": "pending" if over else "approved"},
    }  # fmt: skip
    escalation = {"table": "escalations", "added": True, "where": {"escalation_type": "refund_approval"}}
    states = ("open", "pending_customer") if over else ("open", "pending_customer", "resolved")
    criteria = [
        criterion(
            "refunded", "correctness",
            f"{usd(back)} is refunded on {surplus['id']}, the surplus capture, as duplicate_charge, "
            f"{'pending' if over else 'approved'}; nothing else is changed.",
            {"check": "state",
             "required": [refund] if over else [
                 refund, {"table": "payments", "id": surplus["id"], "set": {"status": "refunded"}}],
             "allowed": [*handled(tickets, *states), *([escalation] if over else [])]},
            [f"payments/{surplus['id']}", f"orders/{order['id']}.total_cents", "company_policies/pol-refund-duplicate"],
        ),
        criterion("double", "correctness", "The response says that the order was charged twice.",
                  says(["twice", "duplicate*", "double", "second charge", "second capture", "surplus", "two captures",
                        "two charges", "charged two times", "2x", "extra charge", "two payments", "second payment"]),
                  [f"payments/{first['id']}", f"payments/{surplus['id']}"]),
        criterion("amount", "correctness", f"The response says that {usd(back)} comes back.",
                  amount(back, near=["refund", "back", "return", "credit", "revers"]), [f"payments/{surplus['id']}"]),
        criterion("which", "correctness", f"The response says that the surplus charge is the one of {spoken(made_on)}.",
                  day(made_on), [f"payments/{surplus['id']}.captured_at"]),
    ]  # fmt: skip
    misses = [
        near_miss("wrong-one", "Gives the first capture back.", "refunded",
                  set=[("createRefund", 1, {"payment_id": first["id"]})]),
        near_miss("a-part", "Keeps a part of it.", "refunded", set=[("createRefund", 1, {"amount": (back - 1000) / 100})]),
        near_miss("no-word", "Does not say what went wrong.", "double",
                  replace=[("was charged twice", "was charged"), ("The second one, of", "The one of"),
                           (", is the surplus", ", is wrong")]),
        near_miss("other-sum", "Names another sum.", "amount", replace=[(usd(back), usd(back + 1000))]),
        near_miss("other-day", "Names another day.", "which",
                  replace=[(spoken(made_on), spoken(made_on + timedelta(days=5)))]),
    ]  # fmt: skip
    if over:
        criteria += [
            criterion("escalated", "correctness", "The refund is escalated to finance as refund_approval on the ticket.",
                      {"check": "called", "tool": "createEscalation",
                       "arguments": {"ticket_id": {"any_of": tickets}, "escalation_type": "refund_approval",
                                     "destination": "finance"}},
                      [f"tickets/{tickets[-1]}", "company_policies/pol-escalation-matrix"]),
            criterion("to-be-confirmed", "constraint", "The response says that somebody else has yet to confirm it.",
                      says(["finance", "colleague*", "another team", "approv*", "confirm*", "review*", "sign* off"],
                           ["has to", "have to", "must", "needs", "need", "await*", "waiting", "waits", "pending", "once",
                            "after", "subject to", "until", "before", "escalated", "above", "exceeds", "over my", "over the"],
                           near=["finance", "colleague", "approv", "confirm", "review", "sign", "pending", "team"]),
                      ["company_policies/pol-refund-authority"]),
        ]  # fmt: skip
        misses += [
            near_miss(
                "not-passed-on", "Leaves the pending refund to itself.", "escalated", drop=[("createEscalation", 1)]
            ),
            near_miss("as-settled", "Promises the money as settled.", "to-be-confirmed", replace=[(WAITS, "It")]),
        ]
    else:
        criteria.append(criterion("when", "completeness", "The response says that the money takes 3-5 business days.",
                                  says(["3-5", "3 to 5", "three to five"]), ["company_policies/pol-refund-payment"]))  # fmt: skip
        misses.append(near_miss("no-time", "Does not say how long.", "when",
                                replace=[(" takes 3-5 business days", " is on its way")]))  # fmt: skip
    return Rubric(criteria, misses)


def _attempts(statuses: list[str]) -> str:
    counted = " or ".join(sorted({"failed": "failed", "voided": "were voided"}.get(x, x) for x in statuses))
    return f"Whatever else you see are attempts before it that {counted} and took no money."


def _found(a: Worker, customer: Json, product: Json, when: str | None) -> Steps[Json]:
    """The order with the product, on this account or, when it is not there, on another of the same person."""
    orders = yield from orders_told(a, customer["id"], when)
    if not any(line["product_id"] == product["id"] for o in orders for line in o["lines"]):
        for account in (yield from a.accounts(customer))[1:]:
            orders = yield from orders_told(a, account["id"], when)
    return a.pick(orders, product_id=product["id"])


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    product = yield from a.product(given["product"])
    order = yield from _found(a, customer, product, given["when"])
    details = yield from order_details(a, order["id"])
    yield from a.policy("refund", "surplus capture", title="Duplicate captures")
    hello = f"Hi {given['first']},\n\n"
    taken = sorted(
        (p for p in details["payments"] if a.captured([p])), key=lambda p: p["captured_at"] or p["created_at"]
    )
    total, paid = cents(order["total"]), 0
    surplus: list[Json] = []
    for payment in taken:
        if paid >= total:
            surplus.append(payment)
        paid += cents(payment["amount"])
    if a.noted(order, "refund", True, any(p["refunds"] for p in surplus)):
        return f"{hello}the refund for order {order['id']} was made already; please allow your bank some days."
    if not surplus:
        if len(taken) > 1:
            parts = " and ".join(f"{usd(cents(p['amount']))} by {METHODS[p['method']]}" for p in taken)
            return (
                f"{hello}order {order['id']} with the {product['name']} was charged correctly. It came to {usd(total)}, "
                f"and you paid it in two parts: {parts}. {SPLIT}, so there is nothing to refund.\n\nCorecraft support"
            )
        others = [p["status"] for p in details["payments"] if p not in taken]
        rest = f"{_attempts(others)} {VANISHES}" if others else "We have no other payment on record for it."
        return (
            f"{hello}{ONCE}: {usd(total)} for order {order['id']} with the {product['name']}, on "
            f"{spoken(a.day(taken[0]['captured_at']))}. {rest}\n\nThat one charge is the price of the order, so there is "
            "nothing to refund.\n\nCorecraft support"
        )
    limit, desk = yield from approval_limit(a)
    yield from a.policy("refund", "business days after approval", title="Paying out")
    back = cents(surplus[0]["amount"])
    tickets = details["tickets"]
    own = next((t["id"] for t in tickets), None)
    made = yield from a.call(
        "createRefund", payment_id=surplus[0]["id"], amount=back / 100, reason="duplicate_charge",
        status="approved" if back <= limit else "pending", ticket_id=own,
        note=f"Captured twice for {order['id']}; surplus {surplus[0]['id']}.",
    )  # fmt: skip
    if back > limit:
        yield from a.policy("escalation", "refund_approval", title="Where to escalate")
        if own is None:
            found = yield from a.call("searchTickets", customer_id=customer["id"], created_after="2025-11-15")
            own = a.pick(found["tickets"], where=lambda t: t["ticket_type"] == "billing" and not t["order_id"])["id"]
        yield from a.call(
            "createEscalation", ticket_id=own, escalation_type="refund_approval", destination=desk,
            notes=f"{order['id']} ({usd(total)}) of {customer['name']} was captured twice. Surplus capture "
            f"{surplus[0]['id']}, {usd(back)}: {made['refund']['id']} is pending. Please approve.",
        )  # fmt: skip
    return (
        f"{hello}order {order['id']} with the {product['name']} was charged twice. The second one, of "
        f"{spoken(a.day(surplus[0]['captured_at']))}, is the surplus and goes back to you in full: {usd(back)}, to the same "
        f"account it came from. {SETTLED if back <= limit else WAITS} takes 3-5 business days. The first one pays for the "
        "order and stays.\n\nCorecraft support"
    )


WORDINGS = (
    Wording(
        "statement",
        "Subject: [charges I don't understand|my statement]\n\nHello Corecraft,\n\ngoing through my statements I find more "
        "than one line from you for the order with the {product} that I placed {when}. [One order, one price, I thought.|I "
        "only ordered it once.] Please check what you really took in total. If it was too much, send that back and tell me "
        "which day's charge was the wrong one, how much returns and how long it takes; if not, explain the other lines to "
        "me, and whether they stay.\n\nKind regards\n{name}\n{reach}",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "angry",
        "You people charged me AGAIN. {product}, ordered {when}, and my [bank|banking app] shows you helped yourselves more "
        "than once!! {name}, {reach}. I want to know exactly what you took, for what, and from which date the extra one is, "
        "and I want it returned - amount, timeline, no waffle. And don't tell me 'nothing to refund' without saying what "
        "the other thing on my statement [is, then|is supposed to be], and when it goes.",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "chat",
        "[hey|hello], quick q about the {product} i bought {when}\nbank shows more than 1 charge from you?? name is {name}, "
        "{reach}\nwas i billed too much? [if yes pls refund it|refund it if so], how much + when + which date is the wrong "
        "charge. if no, how much did u take overall and what are the others, do they go away",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "polite elder",
        "Dear Madam or Sir, my daughter set up the banking on my telephone, and there it seems that I have paid for my "
        "{product} [more often than I ought to|several times over]. I ordered it {when}. Would you kindly compare with your "
        "books what you have received from me in sum? Any surplus I should like to have back, with a word on its date, its "
        "size and the time I must wait. If all is in order, I would be grateful to learn what the additional entries are "
        "and whether they remain.\n\nYours faithfully, {name} ({reach})",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "bookkeeper",
        "Reconciling [our|the] books: several entries from Corecraft against a single purchase ({product}, placed {when}). "
        "Account holder {name}, {reach}. Kindly confirm the sum captured overall. Should an entry be a duplicate, reverse "
        "it and state its date, the amount and the expected [time to credit|crediting time]; should none be, state what "
        "the further entries represent and whether they will persist.",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "phone note",
        "[Caller on hold earlier|Call, ended 10 min ago]: {name}, {reach}, identity checked. Says the order {when} with the "
        "{product} shows up more than once at the bank. Please look at the payments and put it right if there is something "
        "to put right - whoever has to approve it. I need the reply for the caller in writing: total taken; the wrong "
        "charge by date, what returns, how long; or else what those other lines are and what becomes of them.",
        mode="copilot",
    ),
    Wording(
        "colleague, short",
        "Double charge claim from {name} ({reach}), {product}, bought {when}. True or not? [True: fix it, all the way|If "
        "true, do the whole thing], and draft my answer with amount, date of the bad charge and waiting time. Not true: "
        "leave the payments be and draft what we took overall, what else is on that statement and that it goes, if it does.",
        mode="copilot",
    ),
    Wording(
        "non-native",
        "Hello, I am {name}, {reach}. For one article, {product}, buyed {when}, I have several debits of you in the bank. "
        "I think is error. [Can you look?|Please to verify.] How much you have taken together? When is too much please "
        "give back and say me of what day is the false debit, how much comes and in how much time. When is correct, please "
        "say what are the other debits and if they go off.",
        fits=lambda given: "phone" not in given,
    ),
)  # fmt: skip

FAMILY = Family(
    name="surplus-charge",
    title="Several charges for one order: the surplus capture goes back, attempts and split payments do not",
    category="workflow",
    main_level="tool_use",
    levels=("tool_use", "planning", "groundedness"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-refund-payment",),
)
