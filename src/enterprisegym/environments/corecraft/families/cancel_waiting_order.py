"""An order is to be cancelled: done with the money back by policy, or refused because it has left the house."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    METHODS,
    approval_limit,
    identified,
    number_in,
    order_details,
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
    near_miss,
    open_on,
    presented,
    says,
    single_accounts,
    stable,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Edit
from enterprisegym.world import Row, parse_utc

TRAPS = ("contact_format", "failed_attempts", "stray_note", "namesake", "brand_spelling", "year_twin")
PLANTED, REFUSED = 36, 45
FULL = "That is everything that was charged; nothing is kept."
WAITS = (
    "This is more than I may release on my own, so a colleague in finance has to confirm it first. Once approved, it"
)
SETTLED = "The refund is approved and"
OUT = "I am sorry, but this order can no longer be cancelled"
INSTEAD = (
    "What you can do: refuse the parcel at the door, or take it in and return it. For a return the time only starts on "
    "the day of delivery."
)


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    mine = {c["id"]: c for c in single_accounts(world)}
    waiting = [o for o in world.all("orders") if o["status"] in rules.CANCELLABLE and o["customer_id"] in mine]
    for order in waiting:
        if found := _situation(world, rng, order["id"], ()):
            yield found
    gone = [o for o in world.all("orders") if o["customer_id"] in mine and _on_its_way(world, o)]
    marked = {m["id"] for m in (*world.marks("contact_format"), *world.marks("namesake"))}
    first = [o for o in gone if o["customer_id"] in marked]
    for order in [*first, *shuffled(rng, [o for o in gone if o not in first])][:REFUSED]:
        if found := _situation(world, rng, order["id"], ()):
            yield found
    builds = [o for o in world.all("orders") if o["build_id"] and o["status"] == "fulfilled"]
    plain = [o for o in world.all("orders") if not o["build_id"] and o["created_at"] > "2025-09-01"]
    buyers = [mine[id] for id in sorted(marked) if id in mine]
    buyers += shuffled(rng, [c for c in mine.values() if c["id"] not in marked])
    for number, customer in enumerate(buyers[:PLANTED]):
        models = builds if number % 2 else plain
        if customer["id"] in marked:
            models = [o for o in models if world.called(_lead(world, o)) == _lead(world, o)["name"]]
        setup = _planted(world, customer, rng.choice(models))
        order_id = next(str((e.insert or {})["id"]) for e in setup if e.table == "orders")
        if found := _situation(Staged(world, setup), rng, order_id, setup):
            yield found


def _on_its_way(world: Records, order: Row) -> bool:
    parcels = world.shipments(order["id"])
    return (
        order["status"] == "fulfilled"
        and world.untouched(order)
        and len(parcels) == 1
        and rules.parcel_status(parcels[0]) in ("label_created", "in_transit")
        and (parcels[0]["eta"] or "") > world.today.isoformat()
        and not rules.lost_since(parcels[0], world.today)
    )


def _lead(world: Records, order: Row) -> Row:
    """The dearest thing on an order, by which people call it."""
    line = max(world.lines(order["id"]), key=lambda x: (x["unit_price_cents"], x["id"]))
    return world.product(line["product_id"])


def _planted(world: Records, customer: Row, model: Row) -> tuple[Edit, ...]:
    """A paid order that has not left: what another customer bought before, at today's prices; a build with its record."""
    number = 900 + stable(customer["id"], model["id"], below=90)
    build = model["build_id"] is not None
    on = (10, 11, 12, 14)[number % 4] if build else 14
    at = f"2025-11-{on}T{15 + number % 3 if build else 20 + number % 3}:{number % 60:02d}:{number % 50:02d}Z"
    order_id, build_id = f"ord-2511{on}-{number}", f"build-2511{on}-{number}"
    lines = [
        {**line, "id": f"{order_id}/{n}", "order_id": order_id,
         "unit_price_cents": world.product(line["product_id"])["price_cents"]}
        for n, line in enumerate(world.lines(model["id"]), start=1)
    ]  # fmt: skip
    products = {x["product_id"]: world.product(x["product_id"]) for x in lines}
    price = rules.best_discount(
        lines, products, world.tier_of(customer), date(2025, 11, on), account_type=customer["account_type"]
    )
    edits: list[Edit] = []
    if build:
        parts: list[Any] = [{"product_id": x["product_id"], "quantity": x["quantity"]} for x in lines]
        edits.append(Edit(table="builds", insert={
            "id": build_id, "name": "my new pc", "owner_type": "customer", "customer_id": customer["id"],
            "components": parts, "note": None, "created_at": at, "updated_at": at,
        }))  # fmt: skip
    edits.append(Edit(table="orders", insert={
        "id": order_id, "customer_id": customer["id"], "status": "paid", "channel": "web",
        "subtotal_cents": price.subtotal_cents, "discount_cents": price.discount_cents, "discount_label": price.label,
        "promo_code": None, "shipping_cents": price.shipping_cents, "total_cents": price.total_cents,
        "shipping_service": "standard", "ship_to": customer["addresses"][0], "build_id": build_id if build else None,
        "note": None, "created_at": at, "updated_at": at,
    }))  # fmt: skip
    edits += [Edit(table="order_lines", insert=line) for line in lines]
    method, prefix = (("card", "ch"), ("paypal", "PP"), ("card", "ch"))[number % 3]
    edits.append(Edit(table="payments", insert={
        "id": f"pay-2511{on}-{number}", "order_id": order_id, "customer_id": customer["id"],
        "amount_cents": price.total_cents, "method": method, "status": "captured",
        "transaction_id": f"{prefix}_{stable(order_id, below=2**32):012x}", "failure_reason": None,
        "created_at": at, "captured_at": at,
    }))  # fmt: skip
    return tuple(edits)


def _situation(world: Records, rng: random.Random, order_id: str, planted: Sequence[Edit]) -> Situation | None:
    order = world.order(order_id)
    customer = world.customer(order["customer_id"])
    product = _lead(world, order)
    bought = [
        o for o in world.orders_of(customer["id"]) for x in world.lines(o["id"]) if x["product_id"] == product["id"]
    ]
    if len(bought) != 1 or world.refunds(order_id):
        return None
    key = {"customer": customer["id"], "order": order_id, "product": product["id"]}
    ticket = incoming_ticket(
        900 + stable(order_id, "cancel", below=100), customer["id"], "please cancel",
        f"Hello, I want to cancel my order with the {world.called(product)}. What do I get back and when? "
        f"If it is too late, what else can I do? {customer['name']}", "order_issue", order_id,
    )  # fmt: skip
    may = rules.may_cancel(order, world.shipments(order_id))
    back = rules.cancellation_refund_cents(order, world.payments(order_id), world.now)
    over = may and back > rules.AGENT_LIMIT_CENTS
    fee = rules.assembly_fee_cents(order, world.payments(order_id), world.now) > 0
    among = TRAPS if may else ("contact_format", "namesake", "brand_spelling", "year_twin")
    traps = world.traps_on(customer["id"], order_id, product["id"], among=among)
    return Situation(
        key=key,
        given={
            **presented(world, customer, rng),
            "product": world.called(product),
            "month": said(f"{world.placed_on(order):%B}", f"{world.placed_on(order):%Y-%m}"),
        },
        traps=(*traps, *(("superseded_policy",) if over else ())),
        difficulty=(2 if back else 1) + 2 * over + (may and fee) if may else 3,
        setup=(*planted, ticket),
    )


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    order = staged.order(s.key["order"])
    tickets = open_on(staged, order["id"])
    if not rules.may_cancel(order, staged.shipments(order["id"])):
        return _refused(staged, order, tickets)
    payments = staged.payments(order["id"])
    back = rules.cancellation_refund_cents(order, payments, world.now)
    fee = rules.assembly_fee_cents(order, payments, world.now)
    said_so = criterion(
        "said", "completeness", f"The response says that the order with the {staged.product(s.key['product'])['name']} "
        "is cancelled.",
        says(["cancelled", "canceled", "cancellation is done", "cancellation is complete", "cancellation went through"]),
        [f"orders/{order['id']}"],
    )  # fmt: skip
    quiet = near_miss(
        "says-nothing", "Does it, but does not say so.", "said",
        replace=[(f"Order {order['id']} is cancelled; nothing of it had left our warehouse.", "Thank you for your note.")],
    )  # fmt: skip
    undone = near_miss("not-done", "Leaves the order as it is.", "done", drop=[("updateOrderStatus", 1)])
    if not back:
        return Rubric(
            [
                criterion(
                    "done", "correctness", f"Order {order['id']} is cancelled and nothing else is changed.",
                    {"check": "state", "required": [_cancelled(order)], "allowed": _besides(order, tickets, True)},
                    [f"orders/{order['id']}", "company_policies/pol-cancellation"],
                ),
                said_so,
                criterion(
                    "no-charge", "correctness",
                    "The response says that no money was taken for the order, so that none has to come back.",
                    says(["never captured", "not captured", "not been captured", "never charged", "not charged",
                          "not been charged", "no money was taken", "no payment was taken", "nothing was charged",
                          "nothing to refund", "no refund", "no charge", "was not taken", "never taken", "not collected",
                          "nothing was taken", "no money to", "not been taken", "nothing has been charged", "no money has",
                          "no captured", "not gone through", "never went through", "still pending", "lapse*"]),
                    [f"payments/{payments[0]['id']}.status"],
                ),
            ],
            [
                quiet, undone,
                near_miss(
                    "promises-money", "Promises a refund of money that was never taken.", "no-charge",
                    replace=[(_nothing_taken(), "Your money comes back within 3-5 business days.")],
                ),
            ],
        )  # fmt: skip
    payment = staged.capture(order)
    over = back > rules.AGENT_LIMIT_CENTS
    shipping: int = order["shipping_cents"]
    refund = {
        "table": "refunds", "added": True, "where": {"payment_id": payment["id"]},
        "set": {"amount_cents": back, "reason": "order_cancelled", "status": "pending" if over else "approved"},
    }  # fmt: skip
    given_back = {"table": "payments", "id": payment["id"],
                  "set": {"status": {"any_of": ["refunded", "partially_refunded"]}}}  # fmt: skip
    escalation = {
        "table": "escalations", "added": True,
        "where": {"ticket_id": {"any_of": tickets}, "escalation_type": "refund_approval", "destination": "finance"},
    }  # fmt: skip
    criteria = [
        criterion(
            "done", "correctness",
            f"Order {order['id']} is cancelled and a refund of {usd(back)} made on {payment['id']} as order_cancelled, "
            f"{'pending' if over else 'approved'}; nothing else is changed.",
            {"check": "state", "required": [_cancelled(order), refund, *([] if over else [given_back])],
             "allowed": [*_besides(order, tickets, not over), *([escalation] if over else [])]},
            [f"orders/{order['id']}", f"payments/{payment['id']}", "company_policies/pol-cancellation"],
        ),
        said_so,
        criterion(
            "amount", "correctness", f"The response says that {usd(back)} comes back.",
            amount(back, (() if fee else (payment["amount_cents"] - 7500,)) if not shipping else (back - shipping,)),
            [f"payments/{payment['id']}"],
        ),
        criterion(
            "kept", "correctness",
            "The response says that an assembly fee of $75.00 is kept, as the build is cancelled more than 48 hours "
            "after it was paid." if fee else "The response says that the whole amount comes back, without a fee.",
            both(
                amount(fee, near=["fee", "assembl", "kept", "keep", "deduct", "less", "minus", "withh", "retain"]),
                says(["48 hours", "48h", "48 h", "two days", "2 days", "forty-eight", "48-hour"]),
            ) if fee else says(
                ["in full", "full amount", "everything", "full refund", "nothing is kept", "no fee", "without a fee",
                 "no deduction*", "nothing is deducted", "all of it", "whole amount", "entire amount", "no cost",
                 "full payment", "nothing deducted", "without deduction*", "no fees", "fully", "nothing held back",
                 "nothing is held back", "nothing withheld", "no assembly fee", "not deducted", "nothing comes off",
                 "nothing is taken off", "nothing taken off", "nothing kept", "complete amount", "full $*"]
            ),
            ["company_policies/pol-cancellation-builds", f"payments/{payment['id']}.captured_at"],
        ),
    ]  # fmt: skip
    misses = [
        quiet, undone,
        near_miss(
            "part-only", "Gives back less than is owed.", "done",
            set=[("createRefund", 1, {"amount": (back - 1500) / 100})],
        ),
        near_miss("other-sum", "Names another sum.", "amount",
                  replace=[(f"{usd(back)} {verb}", f"{usd(back - 1500)} {verb}") for verb in ["comes" if fee else "goes"]]),
        near_miss("no-word-on-fee", "Does not say whether anything is kept.", "kept",
                  replace=[(_fee_line(staged, order) if fee else FULL, "")]),
    ]  # fmt: skip
    if over:
        criteria += [
            criterion(
                "escalated", "correctness", "The refund is escalated to finance as refund_approval on the ticket.",
                {"check": "called", "tool": "createEscalation",
                 "arguments": {"ticket_id": {"any_of": tickets}, "escalation_type": "refund_approval",
                               "destination": "finance"}},
                [f"tickets/{tickets[-1]}", "company_policies/pol-escalation-matrix"],
            ),
            criterion(
                "to-be-confirmed", "constraint", "The response says that somebody else has yet to confirm the refund.",
                says(["finance", "colleague*", "another team", "approv*", "confirm*", "review*", "sign off", "signed off"],
                     ["has to", "have to", "must", "needs", "need", "await*", "waiting", "waits", "pending", "once",
                      "after", "subject to", "until", "before", "escalated", "above", "exceeds", "over my", "over the"],
                     near=["finance", "colleague", "approv", "confirm", "review", "sign", "pending", "team"]),
                ["company_policies/pol-refund-authority"],
            ),
        ]  # fmt: skip
        misses += [
            near_miss(
                "not-passed-on", "Leaves the pending refund to itself.", "escalated", drop=[("createEscalation", 1)]
            ),
            near_miss(
                "approves", "Approves above the limit.", "done", set=[("createRefund", 1, {"status": "approved"})]
            ),
            near_miss("as-settled", "Promises the money as settled.", "to-be-confirmed", replace=[(WAITS, "It")]),
        ]
    else:
        criteria.append(criterion(
            "when", "completeness", "The response says that the money takes 3-5 business days.",
            says(["3-5", "3 to 5", "three to five", "3 5 business days"]), ["company_policies/pol-refund-payment"],
        ))  # fmt: skip
        misses.append(near_miss("no-date", "Does not say when.", "when",
                                replace=[(" takes 3-5 business days", " is on its way")]))  # fmt: skip
    return Rubric(criteria, misses)


def _cancelled(order: Row) -> dict[str, object]:
    return {"table": "orders", "id": order["id"], "set": {"status": "cancelled"}}


def _besides(order: Row, tickets: list[str], settled: bool) -> list[dict[str, object]]:
    states = ("open", "pending_customer", "resolved") if settled else ("open", "pending_customer")
    return [{"table": "orders", "id": order["id"], "set": {"note": {"any": True}}}, *handled(tickets, *states)]


def _refused(world: Records, order: Row, tickets: list[str]) -> Rubric:
    parcel = world.shipments(order["id"])[0]
    scan = rules.newest_event(parcel) or {"location": "-"}
    due = date.fromisoformat(parcel["eta"])
    no = says(["too late", "can not be cancelled", "can not cancel", "can no longer ... cancel*", "no longer ... cancel*",
               "not ... cancel*", "unable to cancel", "not possible to cancel", "cancellation is not possible",
               "could not ... cancel*", "can't ... canceled", "can no longer ... canceled", "past the point",
               "cancel* ... not possible", "not eligible for cancellation", "not cancellable", "non-cancellable",
               "not be stopped", "no longer ... stop*", "not possible anymore", "no longer possible", "can not be canceled"])  # fmt: skip
    payment = world.capture(order)
    return Rubric(
        [
            criterion("no", "correctness", "The response says that the order can no longer be cancelled.", no,
                      [f"shipments/{parcel['id']}", "company_policies/pol-cancellation"]),
            criterion("kept", "constraint", "Order and money are left alone; at most the ticket was worked on.",
                      left_alone(tickets, {"check": "structure", "min_words": 12, "must_include": ["cancel*"]}, "open",
                                 "pending_customer", "resolved", "closed"),
                      [f"orders/{order['id']}.status", f"tickets/{tickets[-1]}"]),
            criterion("instead", "completeness", "The response says that the parcel can be refused or returned.",
                      says(["refus*", "declin*", "reject*", "turn ... away", "not accept"], ["return*", "send ... back"]),
                      ["company_policies/pol-cancellation"]),
            criterion("where", "correctness", f"The response says that the parcel was last scanned in {scan['location']}.",
                      says([scan["location"].split(",")[0]]), [f"shipments/{parcel['id']}.events"]),
            criterion("due", "correctness", f"The response says that the parcel is due on {spoken(due)}.",
                      day(due, near=["due", "arriv", "eta", "deliver", "expect", "estimat", "reach", "schedul", "come",
                                     "there"]),
                      [f"shipments/{parcel['id']}.eta"]),
        ],
        [
            near_miss("yes", "Says that it is cancelled.", "no",
                      replace=[(OUT, "Your order is cancelled")]),
            near_miss("pays", "Gives the money back all the same.", "kept", add=[call(
                "createRefund", payment_id=payment["id"], amount=min(payment["amount_cents"], 40000) / 100,
                reason="other", status="approved")]),
            near_miss("no-way-out", "Does not say what is possible.", "instead", replace=[(INSTEAD, "")]),
            near_miss("somewhere", "Does not look where the parcel is.", "where",
                      replace=[(f"in {scan['location']}", "at the carrier's")]),
            near_miss("other-day", "Names another day.", "due",
                      replace=[(spoken(due), spoken(rules.add_business_days(due, 2)))]),
        ],
    )  # fmt: skip


def _nothing_taken() -> str:
    return "No money was taken for it, so nothing has to come back; the open payment lapses on its own."


def _fee_line(world: Records, order: Row) -> str:
    paid = rules.paid_at(order, world.payments(order["id"])) or order["created_at"]
    return _fee_text(rules.ASSEMBLY_FEE_CENTS, spoken(rules.company_day(paid)))


def _fee_text(fee_cents: int, paid_on: str) -> str:
    return (
        f"We keep an assembly fee of {usd(fee_cents)}: it is a build for our bench, paid on {paid_on}, and more than "
        "48 hours have passed since."
    )


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    product = yield from a.product(given["product"])
    orders = yield from a.dated("searchOrders", given["month"], customer_id=customer["id"])
    order = a.pick(orders, product_id=product["id"])
    details = yield from order_details(a, order["id"])
    yield from a.policy("cancellation", "shipping label", title="Cancelling")
    hello = f"Hi {given['first']},\n\n"
    if a.noted(order, r"\bcancel", True, order["status"] == "cancelled"):
        return f"{hello}your order {order['id']} was cancelled already, the money is on its way to you."
    if a.noted(order, r"shipped|left the building", True, bool(details["shipments"])):
        parcel = details["shipments"][0]
        scan = max(parcel["events"], key=lambda e: e["at"])
        yield from a.policy("shipping", "scan events", title="tracking")
        return (
            f"{hello}{OUT}: order {order['id']} has a shipping label and is with the carrier "
            f"({parcel['carrier'].upper()} {parcel['tracking_number']}). The newest scan is from "
            f"{spoken(a.day(scan['at']))} in {scan['location']}. The parcel is due on {spoken(parcel['eta'])}.\n\n"
            f"{INSTEAD} I have left the order and the payment as they are.\n\nCorecraft support"
        )
    builds = None
    if order["build_id"] is not None:
        builds = yield from a.policy("cancellation", "assembly fee", title="Builds in assembly")
    open_payments = [p for p in details["payments"] if a.captured([p])]
    if not open_payments:
        yield from a.call("updateOrderStatus", order_id=order["id"], status="cancelled", note="Asked by the customer.")
        return (
            f"{hello}Order {order['id']} is cancelled; nothing of it had left our warehouse. {_nothing_taken()}\n\n"
            "Corecraft support"
        )
    limit, desk = yield from approval_limit(a, cancelled=True)
    yield from a.policy("refund", "business days after approval", title="Paying out")
    payment = a.payment(details["payments"])
    paid = cents(payment["amount"])
    fee = 0
    since = a.clock.now - parse_utc(payment["captured_at"] or payment["created_at"])
    if builds is not None and since > rules.ASSEMBLY_STARTS_AFTER:
        fee = 100 * number_in(r"fee of \$(\d+)\.00", builds)
    back = paid - fee
    ticket = details["tickets"][0]
    yield from a.call("updateOrderStatus", order_id=order["id"], status="cancelled", note="Asked by the customer.")
    made = yield from a.call(
        "createRefund", payment_id=payment["id"], amount=back / 100, reason="order_cancelled",
        status="approved" if back <= limit else "pending", ticket_id=ticket["id"],
    )  # fmt: skip
    if back > limit:
        yield from a.policy("escalation", "refund_approval", title="Where to escalate")
        yield from a.call(
            "createEscalation", ticket_id=ticket["id"], escalation_type="refund_approval", destination=desk,
            notes=f"{customer['name']} cancelled {order['id']} before dispatch. Captured {usd(paid)}, "
            f"{f'assembly fee {usd(fee)} kept' if fee else 'no fee'}; {made['refund']['id']} over {usd(back)} on "
            f"{payment['id']} is pending. Please approve.",
        )  # fmt: skip
    method = METHODS[payment["method"]]
    money = f"{usd(back)} goes back to the {method} you paid with. {FULL}"
    if fee:
        kept = _fee_text(fee, spoken(a.day(payment["captured_at"])))
        money = f"Of the {usd(paid)} you paid, {usd(back)} comes back to your {method}. {kept}"
    return (
        f"{hello}Order {order['id']} is cancelled; nothing of it had left our warehouse.\n\n{money} "
        f"{SETTLED if back <= limit else WAITS} takes 3-5 business days.\n\nCorecraft support"
    )


WORDINGS = (
    Wording(
        "short mail",
        "Subject: [cancel please|cancellation]\n\nHello,\n\nplease cancel the order with the {product} that I placed in "
        "{month}. [I have changed my plans.|I found out I won't need it.] How much do I get back to the cent, do you keep "
        "any of it, and when will I have it? And if I am too late: where is the parcel, which day will it be here, and "
        "what are my options?\n\n{name}\n{reach}",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "chat",
        "[hi|hey] {name} here, {reach}. cancel my {product} order pls ({month}) [if it hasnt left yet|as long as its "
        "still with you]\nif ok: whats coming back n when, any fee??\nif its gone already, tell me where it is right now, "
        "when its due and what i can do about it",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "angry",
        "I have been [staring at|refreshing] that order page for days and I am done. Cancel it. The one from {month} with "
        "the {product}, account {name}, {reach}. I expect every cent back; if you intend to hold on to something, tell me "
        "what and why, and how long your refund takes. Should you now claim it is too late, then at least have the "
        "[decency|courtesy] to say where the thing was last seen, the day it is supposed to get here, and how else I get "
        "rid of it.",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "rambling",
        "Good afternoon! My name is {name} ({reach}). In {month} I treated myself to a {product}, [and then the dishwasher "
        "broke, as they do|and the same week the roof started to leak], so sensible me has to win over the other me. "
        "Could the order be called off? I would be glad to know what sum returns to me, whether a fee comes off, and "
        "roughly how many days it takes. In case it has been sent already, do tell me how far it has come, when I should "
        "expect it, and what one does then.",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "non-native",
        "Dear Sirs, I am {name}, {reach}. I like to annul my order of {month}, it is with the {product}. [My company "
        "gives me one now.|My brother has bought me the same.] Please make it and write me the exact money which returns, "
        "if something is taken off, and in how many days. When it is not more possible because it travels already: please "
        "write the last place of the parcel, the foreseen day, and which possibilities I have.",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "phone note",
        "[Phone note, please finish|From the phones, needs finishing]: {name} ({reach}, checked) wants out of the {month} "
        "order with the {product}. Cancel it and pay back what policy says, or don't if policy says no. Then write the "
        "answer to the customer for me: [sum, anything we hold back, how long|the sum, what is held back if anything, "
        "the time it takes]; or, if it's a no, the reason, where the parcel is, its due date and the alternatives.",
        mode="copilot",
    ),
    Wording(
        "manager",
        "Can you take this off my desk? Cancellation request, {name}, {reach}, {month}, {product}. If the order can still "
        "be stopped, stop it and sort the money out by the book, approvals included. If it can't, touch nothing. In both "
        "cases I need the reply to [them|the customer] ready to send: what comes back, what (if anything) we retain and "
        "when it lands, or why not, what they may do now, and the parcel's whereabouts with its expected day.\n\n"
        "[Tobias|Dana]",
        mode="copilot",
    ),
    Wording(
        "terse",
        "Cancel order: {product}, {month}. {name} / {reach}. [Tell me refund, fees, time.|State refund, fee if any, time.] "
        "If impossible: parcel location, ETA, alternatives.",
        fits=lambda given: "phone" not in given,
    ),
)  # fmt: skip

FAMILY = Family(
    name="cancel-waiting-order",
    title="An order is to be cancelled: done and paid back by policy, or refused because a label exists",
    category="workflow",
    main_level="planning",
    levels=("planning", "tool_use", "groundedness"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-refund-authority", "pol-refund-payment"),
)
