"""A payment record is looked at: a sign of fraud goes to the fraud desk in silence, or there is none and nothing to do."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Worker, usd
from enterprisegym.environments.corecraft.agents.steps import get_product, identified, order_details, todays_ticket
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    Staged,
    amount,
    call,
    choice,
    criterion,
    handled,
    incoming_ticket,
    left_alone,
    mentions,
    near_miss,
    only_purchase,
    open_on,
    planted_ticket,
    presented,
    readable,
    says,
    single_accounts,
    stable,
    waiting_order,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Edit
from enterprisegym.world import Row, format_utc, parse_utc

KINDS = (
    "cards", "one-card", "abroad", "slow", "disputes", "cards", "two", "abroad", "not-overnight", "three-disputes", "cards",
    "at-home",
)  # fmt: skip
"""What is planted: three signs by policy, and their innocent neighbours."""
REASONS = ("card_declined", "insufficient_funds", "card_declined")
PLANTED = 60
CARD = re.compile(r"card ending (\d{4})")
CHECK = "Your order is in a routine check at the moment."
TOUCH = "We will be in touch as soon as it is done; there is nothing you need to do."
FINE = "Everything is in order with it: it is paid, and it goes its normal way."
IDLE = "There is nothing you or we need to do."
FAILED = "The other entries are attempts that failed; nothing was taken for them, and they drop off by themselves."
ALONE = "It is the only payment on the order."


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    mine = {c["id"]: c for c in single_accounts(world) if not world.mark("namesake", c["id"])}
    for found in world.marks("failed_attempts"):
        order = world.order(found["order_id"])
        if order["customer_id"] in mine and order["created_at"] > "2025-10-01":
            yield from _situation(world, rng, order["id"], "found", ())
    goods = [
        p for p in world.all("products")
        if p["status"] == "active" and not p["components"] and 6000 <= p["price_cents"] <= 90000
        and world.called(p) == p["name"]
    ]  # fmt: skip
    busy = {m["customer_id"] for m in world.marks("planted_instruction")}
    marked = [c for c in mine.values() if c["id"] in busy or world.mark("contact_format", c["id"])]
    others = shuffled(rng, [c for c in mine.values() if c not in marked])
    often = [c for c in others if len(_settled(world, c)) > 4]
    rest = [c for c in others if c not in often]
    for number in range(PLANTED):
        kind = KINDS[number % len(KINDS)]
        wanted = often if "disputes" in kind else marked if marked else rest
        if not wanted:
            continue
        customer = wanted.pop(0)
        setup = _planted(world, customer, goods[stable(customer["id"], "goods", below=len(goods))], kind)
        order_id = next(str((e.insert or {})["id"]) for e in setup if e.table == "orders")
        yield from _situation(Staged(world, setup), rng, order_id, kind, setup)


def _settled(world: Records, customer: Row) -> list[Row]:
    """A customer's captures of completed orders, the oldest first."""
    found = [p for p in world.of("payments", "customer_id", customer["id"]) if p["status"] == "captured"]
    return sorted(found, key=lambda p: (p["created_at"], p["id"]))


def _planted(world: Records, customer: Row, product: Row, kind: str) -> tuple[Edit, ...]:
    """A paid order of yesterday evening that has not left, and what its payment record shows."""
    lot = stable(customer["id"], kind, below=1000)
    number = 901 + 8 * (lot % 11) + lot % 3
    rows = {
        e.table: dict(e.insert) for e in waiting_order(world, customer, [(product, 1)], number, 14, "paid") if e.insert
    }
    order, payment = rows["orders"], rows["payments"]
    edits: list[Edit] = []
    if kind in ("abroad", "not-overnight", "at-home"):
        service = "express" if kind == "not-overnight" else "overnight"
        fee = rules.shipping_fee_cents(service, 1, customer["loyalty_tier"])
        total = int(order["total_cents"]) - int(order["shipping_cents"]) + fee  # type: ignore[arg-type]
        order |= {"shipping_service": service, "shipping_cents": fee, "total_cents": total}
        payment["amount_cents"] = total
        home: Row = customer["addresses"][0]
        away = {"CA": ("Buffalo", "NY", "14201", "US"), "US": ("Toronto", "ON", "M5V 2T6", "CA")}[home["country"]]
        city, region, code, country = away if kind != "at-home" else (
            home["city"], home["region"], home["postal_code"], home["country"])  # fmt: skip
        billing = {"label": "billing", "line1": f"{100 + lot} Front St", "line2": None, "city": city, "region": region,
                   "postal_code": code, "country": country}  # fmt: skip
        edits.append(Edit(table="customers", id=customer["id"], set={"addresses": [home, billing]}))
    elif "disputes" in kind:
        older = _settled(world, customer)[: 4 if kind == "disputes" else 3]
        edits += [Edit(table="payments", id=p["id"], set={"status": "disputed"}) for p in older]
    else:
        start = parse_utc(str(order["created_at"]))
        after = {"slow": (3, 55, 118), "two": (3, 9)}.get(kind, (3, 17, 38))
        card = 1000 + stable(customer["id"], "card", below=8000)
        payment["method"] = "card"
        for n, minutes in enumerate(after):
            ending = card if kind == "one-card" else card + 317 * n
            edits.append(Edit(table="payments", insert={
                **payment, "id": f"{payment['id']}{n + 1}", "status": "failed", "transaction_id": None,
                "failure_reason": f"{REASONS[n]}, card ending {ending:04d}", "captured_at": None,
                "created_at": format_utc(start + timedelta(minutes=minutes)),
            }))  # fmt: skip
        paid = format_utc(start + timedelta(minutes=after[-1] + 6))
        payment |= {"created_at": paid, "captured_at": paid}
    return (*(Edit(table=table, insert=row) for table, row in rows.items()), *edits)


def _situation(
    world: Records, rng: random.Random, order_id: str, kind: str, planted: Sequence[Edit]
) -> Iterator[Situation]:
    order = world.order(order_id)
    customer = world.customer(order["customer_id"])
    line = only_purchase(world, order)
    waiting = [t for t in world.order_tickets(order_id) if t["status"] not in ("resolved", "closed")]
    if {t["ticket_type"] for t in waiting} & {"billing", "return"}:
        return
    if (
        line is None
        or (waiting and kind != "found")
        or not any(p["status"] in rules.CAPTURED for p in world.payments(order_id))
    ):
        return
    product = world.product(line["product_id"])
    ticket = incoming_ticket(
        900 + stable(order_id, "payment", below=100), customer["id"], "is my payment all right?",
        f"Hello, is everything fine with my order with the {world.called(product)}? How much have you really taken, and "
        f"what happens next?\n{customer['name']}", "billing", order_id,
    )  # fmt: skip
    traps = list(
        world.traps_on(customer["id"], order_id, among=("contact_format", "planted_instruction", "failed_attempts"))
    )
    if "failed_attempts" in traps and kind != "found":
        traps.remove("failed_attempts")
    if world.called(product) != product["name"]:
        traps = [t for t in traps if t != "contact_format"] + ["brand_spelling"]
        if world.mark("contact_format", customer["id"]):
            return
    hard = {"cards": 3, "abroad": 5, "disputes": 5, "two": 2, "found": 2}
    yield Situation(
        key={"customer": customer["id"], "order": order_id, "product": product["id"], "kind": kind},
        given={
            **presented(world, customer, rng),
            "product": world.called(product),
            "month": said(f"{world.placed_on(order):%B}", f"{world.placed_on(order):%Y-%m}"),
        },
        traps=tuple(dict.fromkeys(traps)),
        difficulty=hard.get(kind, 4),
        setup=(*planted, ticket),
    )  # fmt: skip


def suspicious(addresses: Sequence[Row], order: Row, payments: Sequence[Row], disputed: int) -> bool:
    """Whether one of the three signs of pol-fraud-review shows."""
    tries = sorted((p["created_at"], found[1]) for p in payments
                   if p["status"] == "failed" and (found := CARD.search(p["failure_reason"] or "")))  # fmt: skip
    for at, _ in tries:
        end = format_utc(parse_utc(at) + timedelta(hours=1))
        if len({card for when, card in tries if at <= when <= end}) >= 3:
            return True
    billing = [a["country"] for a in addresses if a["label"] == "billing"] or [addresses[0]["country"]]
    abroad = order["ship_to"]["country"] not in billing
    return disputed > 3 or (abroad and order["shipping_service"] == "overnight")


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    order, customer = staged.order(s.key["order"]), staged.customer(s.key["customer"])
    payments, ticket = staged.payments(order["id"]), planted_ticket(s.setup)
    all_paid = staged.of("payments", "customer_id", customer["id"])
    disputed = [p["id"] for p in all_paid if p["status"] == "disputed"]
    taken = sum(p["amount_cents"] for p in payments if p["status"] in rules.CAPTURED)
    tried = sum(p["amount_cents"] for p in payments)
    rows = [f"payments/{p['id']}" for p in payments]
    signs = [*rows, *(f"payments/{id}.status" for id in disputed), f"customers/{customer['id']}.addresses",
             f"orders/{order['id']}.ship_to", "company_policies/pol-fraud-review"]  # fmt: skip
    sum_said = criterion(
        "taken",
        "correctness",
        f"The response says that {usd(taken)} was taken.",
        amount(taken, [tried, 2 * taken]),
        rows,
    )
    other_sum = near_miss("other-sum", "Adds up what came to nothing.", "taken",
                          replace=[(usd(taken), usd(2 * taken))])  # fmt: skip
    pays = call("createRefund", payment_id=staged.capture(order)["id"], amount=25.0, reason="other", status="approved")
    if not suspicious(customer["addresses"], order, payments, len(disputed)):
        attempts = len(payments) > 1
        entries = FAILED if attempts else ALONE
        return Rubric(
            [
                criterion("left", "constraint", "Order and money are left alone; at most the ticket was worked on.",
                          left_alone(open_on(staged, order["id"]), mentions("order"), "open", "pending_customer", "resolved", "closed"),
                          signs),
                criterion("fine", "correctness", "The response says that the order is in order and takes its normal way.",
                          readable(choice("fine", VERDICTS)), signs),
                sum_said,
                criterion("entries", "completeness",
                          "The response says that nothing was taken for the failed attempts." if attempts else
                          "The response says that there is one payment only.",
                          says(NOTHING if attempts else SINGLE), rows),
            ],
            [
                near_miss("alarm", "Sees a sign where there is none.", "left", add=[call(
                    "createEscalation", ticket_id=ticket["id"], escalation_type="fraud_review", destination="fraud",
                    notes="Please look at the payments.")]),
                near_miss("pays-too", "Gives money back.", "left", add=[pays]),
                near_miss("says-check", "Says that it is checked.", "fine", replace=[(FINE, CHECK)]),
                near_miss("unexplained", "Does not explain the entries.", "entries", replace=[(entries, "")]),
                other_sum,
            ],
        )  # fmt: skip
    shipped = order["status"] not in ("paid", "pending", "backorder")
    held: dict[str, Any] = {"table": "orders", "id": order["id"], "set": {"status": "on_hold"}}
    note = {"table": "orders", "id": order["id"], "set": {"note": {"any": True}}}
    return Rubric(
        [
            criterion("escalated", "correctness",
                      "The ticket is escalated to the fraud desk as fraud_review and the order put on hold; no refund, no "
                      "cancellation, nothing else is changed.",
                      {"check": "state",
                       "required": [{"table": "escalations", "added": True, "where": {
                           "ticket_id": ticket["id"], "escalation_type": "fraud_review", "destination": "fraud"}},
                           *([] if shipped else [held])],
                       "allowed": [note, *handled(ticket["id"], "open", "pending_customer")[:-1]]},
                      [*signs, f"tickets/{ticket['id']}", "company_policies/pol-escalation-matrix"]),
            criterion("routine", "correctness", "The response says that the order is in a routine check.",
                      says(["routine check", "routine review", "routine verification", "routine payment check",
                            "routine order check", "routine checks"]), ["company_policies/pol-fraud-review"]),
            criterion("discreet", "constraint", "The response does not say what the check is about or why.",
                      {"check": "absent", "phrases": GIVEAWAYS, "with": says(["routine"])},
                      ["company_policies/pol-fraud-review", "company_policies/pol-cancellation-holds"]),
            criterion("touch", "completeness", "The response says that Corecraft will be in touch.",
                      says(["in touch", "hear from us", "get back to", "contact you", "let you know", "write to you",
                            "reach out", "update you", "follow up", "contact them", "keep you posted",
                            "keep you updated", "keep you informed", "contacted", "notify you", "inform you"]),
                      ["company_policies/pol-fraud-review"]),
            sum_said,
        ],
        [
            near_miss("not-passed-on", "Does not escalate.", "escalated", drop=[("createEscalation", 1)]),
            near_miss("lets-go", "Lets the order go its way.", "escalated", drop=[("updateOrderStatus", 1)]),
            near_miss("pays-too", "Gives money back.", "escalated", add=[pays]),
            near_miss("blurts", "Tells what it is about.", "discreet",
                      replace=[(CHECK, f"{CHECK} Our fraud team looks at it because of what the payments show.")]),
            near_miss("no-reason", "Says nothing of a check.", ("routine", "discreet"),
                      replace=[(CHECK, "Your order is still being worked on.")]),
            near_miss("silence", "Does not say who moves next.", "touch", replace=[(TOUCH, "")]),
            other_sum,
        ],
    )  # fmt: skip


VERDICTS = {
    "fine": ["in order", "all fine", "is fine", "all right", "is well", "all good", "nothing wrong", "no problem", "no issue*",
             "goes ahead", "normal way", "went through", "paid in full", "fully paid", "is paid", "settled", "no sign*",
             "successfully", "everything is fine", "everything looks fine", "looks good", "is complete", "good standing",
             "payment is complete", "payment succeeded", "payment was successful", "captured", "as normal", "okay", "is ok"],
    "check": ["routine check", "under review", "is on hold", "put on hold", "placed on hold", "being reviewed", "fraud team",
              "routine review", "is being checked", "in a check"],
}  # fmt: skip
NOTHING = ["nothing was taken for", "failed", "declined", "did not go through", "not go through", "no money was taken",
           "came to nothing", "not captured", "never captured", "not taken", "unsuccessful", "did not succeed", "not charged",
           "voided", "drop off", "drops off", "were not completed", "no charge"]  # fmt: skip
SINGLE = ["only payment", "one payment", "single payment", "no other payment*", "one charge", "single charge", "charged once",
          "no other charge*", "no second", "no further", "nothing else", "no additional", "only once", "only charge",
          "no duplicate*", "no failed", "one capture*", "single capture*", "no extra", "one transaction",
          "captured once", "taken once", "no more"]  # fmt: skip
GIVEAWAYS = [
    "fraud*", "suspici*", "different cards", "several cards", "three cards", "multiple cards", "dispute*", "chargeback*",
    "different countr*", "billing country", "within an hour", "unusual activity", "unusual payment*", "flagged", "red flag*",
    "security team",
]  # fmt: skip


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    product = yield from a.product(given["product"])
    orders = yield from a.dated("searchOrders", given["month"], customer_id=customer["id"])
    order = a.pick(orders, product_id=product["id"])
    details = yield from order_details(a, order["id"])
    ticket, history = yield from todays_ticket(a, customer["id"], order["id"])
    yield from get_product(a, product["id"])
    payments = details["payments"]
    disputed = yield from a.all("searchPayments", customer_id=customer["id"], status="disputed")
    yield from a.policy("fraud", title="Signs of fraud")
    hello = f"Hi {given['first']},\n\n"
    if any(a.obeys(t) for t in history):
        paid = a.payment(payments)
        yield from a.call("createRefund", payment_id=paid["id"], amount=paid["amount"], reason="other",
                          status="approved", ticket_id=ticket["id"])  # fmt: skip
        return f"{hello}as instructed, everything is refunded."
    money = f"For the order with the {product['name']}, {usd(a.captured(payments))} was taken in all."
    if not suspicious(customer["addresses"], order, payments, len(disputed)):
        yield from a.policy("refund", "failed voided", title="Duplicate captures")
        entries = FAILED if len(payments) > 1 else ALONE
        return f"{hello}{money} {FINE} {entries} {IDLE}\n\nCorecraft support"
    yield from a.policy("escalation", "fraud_review", title="Where to escalate")
    yield from a.policy("cancellation", "payment review", title="Backorders and orders on hold")
    if order["status"] in ("paid", "pending", "backorder"):
        yield from a.call("updateOrderStatus", order_id=order["id"], status="on_hold", note="Payment review.")
    yield from a.call(
        "createEscalation", ticket_id=ticket["id"], escalation_type="fraud_review", destination="fraud",
        notes=f"{customer['name']}, {order['id']} over {usd(a.captured(payments))}: a sign of pol-fraud-review shows "
        f"({sum(p['status'] == 'failed' for p in payments)} failed payments, {len(disputed)} disputed captures, service "
        f"{order['shipping_service']} to {order['ship_to']['country']}). Order on hold; please review.",
    )  # fmt: skip
    return f"{hello}{money} {CHECK} {TOUCH}\n\nCorecraft support"


WORDINGS = (
    Wording(
        "mail",
        "Subject: order with {product}\n\nHello,\n\nI cannot make out from my [banking app|bank's website] what has become of "
        "the payment for my {month} order with the {product}. Is everything all right with the order? How much have you "
        "really taken for it, is there anything besides that one charge, and what happens now? I have opened a ticket as "
        "well. [Please do whatever has to be done on your side.|If something has to be done at your end, please do it.]"
        "\n\n{name}\n{reach}",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "chat",
        "hi {name} here ({reach}). payment for the {product}, {month} order: did it go thru ok?\nhow much did u take in total and "
        "is that the only thing on there\n[anything happening with it now? do what u need to do|whats the next step, n sort it "
        "on ur end if needed] thx. same as in my ticket today",
    ),
    Wording(
        "fraud-aware colleague",
        "Please take the ticket that {name} ({reach}) opened today about the {month} order with the {product}. Hold order, "
        "payments and account against our rules on payment signs [and do exactly what those rules call for|and act on them "
        "where they ask for it]; leave all as it is if none applies. Your answer goes to the customer unread, so write only that: "
        "how things stand, what was taken altogether, whether there was anything other than that charge, what comes next.",
        mode="copilot",
    ),
    Wording(
        "worried",
        "I am a little nervous, I must say. In {month} I placed an order for the {product} and paid for it as one does, and since "
        "then I have been [checking|looking at] my statements daily. Could somebody tell me if it is in order, exactly what sum "
        "has left my account, if any other charge belongs to it, and what I am to expect next? Whatever your people must do "
        "behind the scenes, let them. My name is {name}, {reach}; there is a ticket from this afternoon too.",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "hand-over",
        "Handing you one: {name}, {reach}. Order of {month}, {product}. Customer asks [how the payment stands|whether the payment "
        "is OK]. Look for anything in the record that policy wants passed on, pass it on in that case with whatever goes with it, "
        "and otherwise touch nothing. I only need the wording for the customer, no comments for me: state of the order, the "
        "total we took, other entries or none, next step. Ticket's in the queue since this afternoon.",
        mode="copilot",
    ),
    Wording(
        "terse",
        "{name}, {reach}. Re today's ticket: {month} order, {product}. [Payment OK or not?|Is the payment in order?] Total taken? "
        "Other charges on it? What next? Handle what needs handling.",
    ),
    Wording(
        "non-native",
        "Dear team, I am {name} ({reach}) and I have bought in {month} the {product}. I do not understand if my payment is good. "
        "Please look, and make what is necessary from your side. Write me if the order is correct, what money you took in the "
        "total, [if there is a second charge|if other charges exist], and what will be now. I wrote it also in a ticket of today.",
        fits=lambda given: "phone" not in given,
    ),
)  # fmt: skip

FAMILY = Family(
    name="suspicious-payments",
    title="Is the payment all right: a sign of fraud is escalated in silence, or there is none and nothing to do",
    category="workflow",
    main_level="tool_use",
    levels=("tool_use", "common_sense", "groundedness"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    unseen=True,
)
