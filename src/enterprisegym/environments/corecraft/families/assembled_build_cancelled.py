"""A change of mind about a PC that we assemble: cancelled with or without the fee, or neither cancelled nor returned."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    METHODS,
    approval_limit,
    identified,
    number_in,
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
    calm,
    choice,
    criterion,
    day,
    day_named,
    handled,
    incoming_ticket,
    introduced,
    known_once,
    left_alone,
    mentions,
    near_miss,
    open_on,
    says,
    seldom_writes,
    single_accounts,
    stable,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Edit
from enterprisegym.world import Row, parse_utc

OF_ORDERS = ("stray_note", "header_lag", "failed_attempts", "page_cut", "year_twin")
PLANTED, DELIVERED = 34, 26
FAULT = re.compile(
    r"broke|defect|dead|faulty|fail|does not work|doesn't work|died|damage|crack|smash|wrong item|not receive|cancel",
    re.IGNORECASE,
)
WAYS = (
    # (ordered at, captured at ...): the last capture completes the payment
    ("2025-11-13T18:2{0}:10Z", "2025-11-13T18:2{0}:55Z"),
    ("2025-11-13T20:1{0}:30Z", "2025-11-13T20:1{0}:58Z"),
    ("2025-11-10T16:3{0}:05Z", "2025-11-10T16:3{0}:44Z"),
    ("2025-11-10T15:4{0}:20Z", "2025-11-14T14:2{0}:00Z"),
    ("2025-11-12T17:0{0}:15Z", "2025-11-12T17:0{0}:51Z"),
    ("2025-11-11T21:1{0}:42Z", "2025-11-11T21:1{0}:59Z", "2025-11-14T15:0{0}:12Z"),
    ("2025-11-14T16:5{0}:33Z", "2025-11-14T16:5{0}:57Z"),
    ("2025-11-12T15:1{0}:05Z", "2025-11-12T15:1{0}:40Z"),
)
GONE = "I am sorry, but this order can be neither cancelled nor returned"
WAITS = "It is more than I may release on my own, so a colleague in finance has to confirm it first; once confirmed, it"
SETTLED = "The refund is approved and"


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    people = {c["id"]: c for c in single_accounts(world) if seldom_writes(world, c["id"])}
    builds = [o for o in world.all("orders") if o["build_id"]]
    for order in builds:
        customer = people.get(order["customer_id"])
        if customer is None or order["status"] != "paid" or not rules.may_cancel(order, world.shipments(order["id"])):
            continue
        if found := _situation(world, rng, customer, order["id"], ()):
            yield found
    done = [o for o in builds if o["customer_id"] in people and _delivered_build(world, o)]
    first = [o for o in done if world.traps_on(o["id"], among=OF_ORDERS)]
    for order in [*first, *shuffled(rng, [o for o in done if o not in first])][:DELIVERED]:
        if found := _situation(world, rng, people[order["customer_id"]], order["id"], ()):
            yield found
    models = [o for o in builds if o["status"] == "fulfilled"]
    marked = {m["id"] for m in world.marks("contact_format")}
    buyers = [c for c in people.values() if c["id"] in marked]
    buyers += shuffled(rng, [c for c in people.values() if c["id"] not in marked])
    for number_, customer in enumerate(buyers[:PLANTED]):
        usual = [o for o in models if world.called(_lead(world, o)) == _lead(world, o)["name"]]
        setup = _planted(world, customer, rng.choice(usual if customer["id"] in marked else models), number_)
        order_id = next(str((e.insert or {})["id"]) for e in setup if e.table == "orders")
        if found := _situation(Staged(world, setup), rng, customer, order_id, setup):
            yield found


def _delivered_build(world: Records, order: Row) -> bool:
    parcels = world.shipments(order["id"])
    came = rules.parcel_delivered_on(parcels[0]) if len(parcels) == 1 else None
    return order["status"] == "fulfilled" and world.untouched(order) and came is not None


def _no_fault(world: Records, order_id: str) -> bool:
    """Whether the open tickets about an order leave room for a change of mind about goods in order."""
    waiting = [world.ticket(id) for id in open_on(world, order_id)]
    kinds = ("return", "recommendation", "billing", "shipping", "order_issue", "other")
    return all(
        t["ticket_type"] in kinds and calm(t) and not FAULT.search(f"{t['subject']} {t['body']}") for t in waiting
    )


def _lead(world: Records, order: Row) -> Row:
    """The dearest part of a build, by which people call it."""
    line = max(world.lines(order["id"]), key=lambda x: (x["unit_price_cents"], x["id"]))
    return world.product(line["product_id"])


def _planted(world: Records, customer: Row, model: Row, number_: int) -> tuple[Edit, ...]:
    """A build order that is paid and has not left: the parts of another customer's, at today's prices."""
    digit = stable(customer["id"], model["id"], below=10)
    at, *paid = (text.format(digit) for text in WAYS[number_ % len(WAYS)])
    number = 900 + stable(customer["id"], "build", below=100)
    order_id, build_id = (
        f"ord-{rules.company_day(at):%y%m%d}-{number}",
        f"build-{rules.company_day(at):%y%m%d}-{number}",
    )
    lines = [
        {**x, "id": f"{order_id}/{n}", "order_id": order_id,
         "unit_price_cents": world.product(x["product_id"])["price_cents"]}
        for n, x in enumerate(world.lines(model["id"]), start=1)
    ]  # fmt: skip
    products = {x["product_id"]: world.product(x["product_id"]) for x in lines}
    price = rules.best_discount(
        lines, products, world.tier_of(customer), rules.company_day(at), account_type=customer["account_type"]
    )
    parts: list[Any] = [{"product_id": x["product_id"], "quantity": x["quantity"]} for x in lines]
    part = price.total_cents * 4 // 10 // 500 * 500 if len(paid) > 1 else 0
    sums = [price.total_cents - part, part] if part else [price.total_cents]
    way = "bank_transfer" if number_ % len(WAYS) == 3 else ("card", "paypal")[digit % 2]
    edits = [
        Edit(table="builds", insert={
            "id": build_id, "name": "new pc", "owner_type": "customer", "customer_id": customer["id"],
            "components": parts, "note": None, "created_at": at, "updated_at": at}),
        Edit(table="orders", insert={
            "id": order_id, "customer_id": customer["id"], "status": "paid", "channel": "web",
            "subtotal_cents": price.subtotal_cents, "discount_cents": price.discount_cents,
            "discount_label": price.label, "promo_code": None, "shipping_cents": price.shipping_cents,
            "total_cents": price.total_cents, "shipping_service": "standard", "ship_to": customer["addresses"][0],
            "build_id": build_id, "note": None, "created_at": at, "updated_at": paid[-1]}),
        *(Edit(table="order_lines", insert=line) for line in lines),
    ]  # fmt: skip
    for n, (when, cents_) in enumerate(zip(paid, sums, strict=True)):
        edits.append(Edit(table="payments", insert={
            "id": f"pay-{rules.company_day(when):%y%m%d}-{number}", "order_id": order_id, "customer_id": customer["id"],
            "amount_cents": cents_, "method": "bank_transfer" if n else way, "status": "captured",
            "transaction_id": f"tx_{stable(order_id, str(n), below=2**32):012x}", "failure_reason": None,
            "created_at": at if n == 0 else when, "captured_at": when,
        }))  # fmt: skip
    return tuple(edits)


def _situation(
    world: Records, rng: random.Random, customer: Row, order_id: str, planted: tuple[Edit, ...]
) -> Situation | None:  # fmt: skip
    order = world.order(order_id)
    product = _lead(world, order)
    if not known_once(world, order, product["id"]) or not _no_fault(world, order_id):
        return None
    may = rules.may_cancel(order, world.shipments(order_id))
    payments = world.payments(order_id)
    back = rules.cancellation_refund_cents(order, payments, world.now) if may else 0
    over = back > rules.AGENT_LIMIT_CENTS
    if not may and not planted and order["created_at"] < "2025-01-15":
        return None
    traps = [*world.traps_on(customer["id"], among=("contact_format",)), *world.traps_on(order_id, among=OF_ORDERS),
             *world.traps_on(product["id"], among=("brand_spelling",))]  # fmt: skip
    if "brand_spelling" in traps and "contact_format" in traps:
        return None
    early = "page_cut" in traps
    month = f"{world.placed_on(order):%B}"
    ticket = incoming_ticket(
        900 + stable(order_id, "build-off", below=100), customer["id"], "the build you assemble for me",
        f"Hello, I have changed my mind about the build with the {world.called(product)} that you put together "
        "for me. Please "
        f"cancel it, or take it back if it is too late for that. It is not faulty. {customer['name']}", "order_issue",
        order_id,
    )  # fmt: skip
    split = len([p for p in payments if p["status"] in rules.CAPTURED]) > 1
    return Situation(
        key={"customer": customer["id"], "order": order_id, "product": product["id"]},
        given={
            **introduced(world, customer, rng),
            "product": world.called(product),
            "when": said("this year", None) if early else said(f"in {month}", f"{world.placed_on(order):%Y-%m}"),
        },
        traps=(*traps, *(("superseded_policy",) if over else ())),
        difficulty=(2 + over + (rules.assembly_fee_cents(order, payments, world.now) > 0) + split) if may else 3,
        setup=(*planted, ticket),
    )


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    order = staged.order(s.key["order"])
    tickets = open_on(staged, order["id"])
    if not rules.may_cancel(order, staged.shipments(order["id"])):
        return _refused(staged, order, tickets)
    payments = [p for p in staged.payments(order["id"]) if p["status"] in rules.CAPTURED]
    back = rules.cancellation_refund_cents(order, payments, world.now)
    fee = rules.assembly_fee_cents(order, payments, world.now)
    over = back > rules.AGENT_LIMIT_CENTS
    paid_on = rules.company_day(rules.paid_at(order, payments) or order["created_at"])
    status = "pending" if over else "approved"
    given_back = {"status": {"any_of": ["refunded", "partially_refunded"]}}
    required: list[dict[str, Any]] = [{"table": "orders", "id": order["id"], "set": {"status": "cancelled"}}]
    for payment in payments:
        own = payment["amount_cents"] - (fee if len(payments) == 1 else 0)
        required.append({"table": "refunds", "added": True, "where": {"payment_id": payment["id"]},
                         "set": {"amount_cents": own, "reason": "order_cancelled", "status": status}})  # fmt: skip
        if not over:
            required.append({"table": "payments", "id": payment["id"], "set": given_back})
    escalation = {"table": "escalations", "added": True, "where": {"ticket_id": {"any_of": tickets}}}
    states = ("open", "pending_customer") if over else ("open", "pending_customer", "resolved")
    allowed = [{"table": "orders", "id": order["id"], "set": {"note": {"any": True}}}, *handled(tickets, *states)]
    first = min(payments, key=lambda p: (p["created_at"], p["id"]))
    placed = {world.placed_on(order), rules.company_day(first["captured_at"])} - {paid_on}
    builds, of_pay = "company_policies/pol-cancellation-builds", [f"payments/{p['id']}" for p in payments]
    kept = ("we keep", "is kept", "are kept", "we retain", "is retained", "withheld", "less the fee", "fee of $75", "minus",
            "$75.00 fee", "$75 fee", "$75 assembly", "$75.00 assembly", "deduct*", "fee applies", "kept an assembly", "75.00 is",
            "assembly fee is charged", "less $75", "after $75", "keep", "keeps", "retains", "less an assembly")  # fmt: skip
    none = ("no assembly fee", "no fee", "without a fee", "without any fee", "nothing is kept", "no deduction*", "in full",
            "full amount", "full refund", "not deduct*", "not ... fee", "fee does not apply", "nothing is deducted",
            "fee is not", "everything", "whole amount", "nothing kept", "not keep", "no $75", "nothing is retained")  # fmt: skip
    fee_check = choice(
        "kept", {"kept": kept, "none": ("no assembly fee", "no fee", "without a fee", "nothing is kept")}
    )
    no_fee = choice("none", {"none": none, "kept": kept[:6]})
    criteria = [
        criterion("done", "correctness", f"Order {order['id']} is cancelled and {usd(back)} refunded as order_cancelled"
                  f"{' over both payments' if len(payments) > 1 else ''}, {status}; nothing else is changed.",
                  {"check": "state", "required": required, "allowed": [*allowed, *([escalation] if over else [])]},
                  [f"orders/{order['id']}", *of_pay, "company_policies/pol-cancellation"]),
        criterion("amount", "correctness", f"The response says that {usd(back)} comes back.",
                  amount(back, [order["total_cents"] - rules.ASSEMBLY_FEE_CENTS] if not fee else (),
                         near=["refund", "back", "return", "receiv", "total", "reimburs", "credit"]), of_pay),
        criterion("fee", "correctness", "The response says that an assembly fee of $75.00 is kept." if fee
                  else "The response says that no assembly fee is kept.",
                  both(fee_check, amount(fee)) if fee else no_fee, [builds]),
        criterion("paid", "correctness", f"The response says that the order was paid on {spoken(paid_on)}.",
                  day(paid_on, near=["paid", "pay", "captur", "charg", "money", "settl", "complet", "clear"]) if not placed
                  else day(paid_on, near=["paid", "pay", "captur", "complet", "clear"]), [f"{p}.captured_at" for p in of_pay]),
    ]  # fmt: skip
    misses = [
        near_miss("not-done", "Leaves the order as it is.", "done", drop=[("updateOrderStatus", 1)]),
        near_miss("short", "Gives back another sum.", "done",
                  set=[("createRefund", 1, {"amount": (first["amount_cents"] - (0 if fee else 7500)) / 100})]),
        near_miss("other-sum", "Names another sum.", "amount",
                  replace=[(f"{usd(back)} comes back", f"{usd(back - 1500)} comes back")]),
        near_miss("fee-otherwise", "Judges the fee the other way.", "fee", replace=[(_fee_text(fee), _fee_text(7500 - fee))]),
        near_miss("other-day", "Takes another day for the payment.", "paid",
                  replace=[(f"paid on {spoken(paid_on)}", f"paid on {spoken(paid_on - timedelta(days=5))}")]),
    ]  # fmt: skip
    if over:
        criteria += [
            criterion("escalated", "correctness", "The refund is escalated to finance as refund_approval on the ticket.",
                      {"check": "called", "tool": "createEscalation",
                       "arguments": {"ticket_id": {"any_of": tickets}, "escalation_type": "refund_approval",
                                     "destination": "finance"}},
                      [f"tickets/{tickets[-1]}", "company_policies/pol-refund-authority"]),
            criterion("to-be-confirmed", "constraint", "The response says that somebody else has yet to confirm the refund.",
                      choice("pending", {
                          "pending": ["pending", "has to confirm", "must confirm", "needs approval", "await*", "to be approved",
                                      "to be confirmed", "once approved", "once confirmed", "not yet approved", "has to approve",
                                      "must approve", "needs to approve", "needs to confirm", "finance", "above my",
                                      "over my", "sign* off", "subject to", "escalated"],
                          "approved": ["is approved and", "have approved", "has been approved", "is approved today"],
                      }), ["company_policies/pol-refund-authority"]),
        ]  # fmt: skip
        misses += [
            near_miss("kept-to-itself", "Leaves the refund to itself.", "escalated", drop=[("createEscalation", 1)]),
            near_miss("approves", "Approves above the limit.", "done", set=[("createRefund", 1, {"status": "approved"})]),
            near_miss("as-settled", "Promises the money as settled.", "to-be-confirmed", replace=[(WAITS, SETTLED)]),
        ]  # fmt: skip
    else:
        criteria.append(criterion("when", "completeness", "The response says that the money takes 3-5 business days.",
                                  says(["3-5", "3 to 5", "three to five"]), ["company_policies/pol-refund-payment"]))  # fmt: skip
        misses.append(near_miss("no-time", "Does not say how long it takes.", "when",
                                replace=[("takes 3-5 business days", "is on its way")]))  # fmt: skip
    return Rubric(criteria, misses)


def _refused(world: Records, order: Row, tickets: list[str]) -> Rubric:
    parcel, payment = world.shipments(order["id"])[0], world.capture(order)
    came = rules.parcel_delivered_on(parcel) or world.today
    doa = came + timedelta(days=rules.DOA_DAYS)
    tried = sum(p["amount_cents"] for p in world.payments(order["id"]))
    scans = f"shipments/{parcel['id']}.events"
    none = ["can not be cancelled", "can not cancel", "neither ... cancel*", "too late to cancel", "no longer ... cancel*",
            "not ... cancel*", "cancel* ... not possible", "can not be canceled", "not possible to cancel", "unable to cancel",
            "past cancel*", "cancellation is not", "cancellation is no longer", "too late for cancel*", "too late for a cancel*",
            "too late", "only until a shipping label", "no on both", "already shipped", "already delivered", "past the point"]  # fmt: skip
    back = ["can not be returned", "can not return", "neither ... return*", "not ... return*", "not take ... back",
            "not returnable", "non-returnable", "no return", "can not take", "return* ... not possible", "excluded from return*",
            "not accept", "not eligible for return", "return is not possible", "not be taken back", "excluded", "exclude*"]  # fmt: skip
    return Rubric(
        criteria=[
            criterion("kept", "constraint", "Order and money are left alone; at most the ticket was worked on.",
                      left_alone(tickets, mentions("cancel*", "return*"), "open", "pending_customer", "resolved"),
                      [f"orders/{order['id']}.status", f"tickets/{tickets[-1]}"]),
            criterion("no-cancelling", "correctness", "The response says that the order cannot be cancelled any more.",
                      choice("no", {"no": none, "yes": ["is cancelled", "has been cancelled", "have cancelled"]}),
                      ["company_policies/pol-cancellation", f"orders/{order['id']}.status"]),
            criterion("no-return", "correctness", "The response says that it cannot be returned, as it is a custom build.",
                      both(says(back), mentions("custom*", "assembl*", "build*", "built*")),
                      ["company_policies/pol-returns-excluded", f"orders/{order['id']}.build_id"]),
            criterion("came", "correctness", f"The response says that it was delivered on {spoken(came)}.",
                      day(came, near=["deliver", "came", "arriv", "receiv", "scan", "got", "handed", "reach"]), [scans]),
            criterion("defect", "correctness", f"The response says that a fault had to be reported by {spoken(doa)} to count as "
                      "defective on arrival.",
                      day_named(doa, [came + timedelta(days=10), came + timedelta(days=14)],
                                ["defect", "doa", "arrival", "fault", "dead"]),
                      [scans, "company_policies/pol-returns-doa"]),
            criterion("taken", "correctness", f"The response says that {usd(order['total_cents'])} was taken for it in all.",
                      amount(order["total_cents"], [tried]), [f"payments/{payment['id']}"]),
        ],
        near_misses=[
            near_miss("pays", "Gives money back as a favour.", "kept", add=[call(
                "createRefund", payment_id=payment["id"], amount=min(payment["amount_cents"], 40000) / 100,
                reason="other", status="approved")]),
            near_miss("takes-back", "Accepts a change of mind on a custom build.", "no-return",
                      replace=[(GONE, "This order can no longer be cancelled, but you may send it to us"),
                               (_excluded(), "")]),
            near_miss("cancels", "Says that it is cancelled.", "no-cancelling",
                      replace=[(GONE, "Your order is cancelled; the goods cannot be returned")]),
            near_miss("other-delivery", "Reads another day of delivery.", "came",
                      replace=[(f"delivered on {spoken(came)}", f"delivered on {spoken(came + timedelta(days=2))}")]),
            near_miss("other-limit", "Counts the days wrongly.", "defect",
                      replace=[(spoken(doa), spoken(doa + timedelta(days=15)))]),
            near_miss("other-sum", "Adds up what was never taken.", "taken",
                      replace=[(usd(order["total_cents"]), usd(tried if tried != order["total_cents"]
                                                               else order["total_cents"] + 7500))]),
        ],
    )  # fmt: skip


def _fee_text(fee: int) -> str:
    if fee:
        return f"That is more than 48 hours ago, so an assembly fee of {usd(fee)} is kept."
    return "That is not more than 48 hours ago, so there is no assembly fee."


def _excluded() -> str:
    return " What we assembled to order is a custom build, and those are excluded from returns on a change of mind."


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    product = yield from a.product(given["product"])
    orders = yield from orders_told(a, customer["id"], given["when"])
    order = a.pick(orders, product_id=product["id"])
    details = yield from order_details(a, order["id"])
    yield from a.policy("cancellation", "shipping label", title="Cancelling")
    hello = f"Hi {given['first']},\n\n"
    if a.noted(order, r"refund|\breturn\b|RMA|replacement|credit|cancel|shipped|left the building", True, False):
        return f"{hello}your order {order['id']} has been dealt with already, so there is nothing more to do."
    paid = [p for p in details["payments"] if a.captured([p])]
    taken = a.captured(details["payments"])
    if details["shipments"]:
        yield from a.policy("return", "custom builds", title="Items we do not take back")
        arrival = yield from a.policy("return", "arrival", title="defective on arrival")
        came = a.delivered_on(details["shipments"][0])
        if came is None:
            return f"{hello}{GONE}: order {order['id']} is on its way."
        doa = date.fromisoformat(came) + timedelta(days=number_in(r"within (\d+) days", arrival))
        return (
            f"{hello}{GONE}: by the scans, order {order['id']} was delivered on {spoken(came)}, and an order "
            "that has left "
            f"cannot be stopped.{_excluded()} It would be different with a fault: reported by {spoken(doa)}, it "
            "counts as "
            f"defective on arrival, and later as a matter of warranty.\n\nWe took {usd(taken)} for it in all. I "
            "have left the "
            "order and the money as they are.\n\nCorecraft support"
        )
    policy = yield from a.policy("cancellation", "assembly fee", title="Builds in assembly")
    limit, desk = yield from approval_limit(a, cancelled=True)
    yield from a.policy("refund", "business days after approval", title="Paying out")
    done = max(str(p["captured_at"]) for p in paid)
    late = a.clock.now - parse_utc(done) > rules.ASSEMBLY_STARTS_AFTER
    fee = 100 * number_in(r"assembly fee of \$(\d+)\.00", policy) if late else 0
    back = taken - fee
    ticket = max(details["tickets"], key=lambda t: (t["created_at"], t["id"]))
    yield from a.call("updateOrderStatus", order_id=order["id"], status="cancelled", note="Asked by the customer.")
    refunds: list[str] = []
    for payment in sorted(paid, key=lambda p: p["captured_at"]):
        own = cents(payment["amount"]) - (fee if not refunds else 0)
        made = yield from a.call(
            "createRefund", payment_id=payment["id"], amount=own / 100, reason="order_cancelled", ticket_id=ticket["id"],
            status="approved" if back <= limit else "pending",
        )  # fmt: skip
        refunds.append(made["refund"]["id"])
    if back > limit:
        yield from a.policy("escalation", "refund_approval", title="Where to escalate")
        yield from a.call(
            "createEscalation", ticket_id=ticket["id"], escalation_type="refund_approval", destination=desk,
            notes=f"{customer['name']} cancelled the build order {order['id']} before dispatch. Captured {usd(taken)}, fee "
            f"{usd(fee)}, to refund {usd(back)}: {', '.join(refunds)}, pending. Please approve.",
        )  # fmt: skip
    ways = " and ".join(dict.fromkeys(METHODS[p["method"]] for p in paid))
    return (
        f"{hello}order {order['id']} is cancelled. It was paid on {spoken(a.day(done))}"
        f"{', when the second payment completed it' if len(paid) > 1 else ''}. {_fee_text(fee)} {usd(back)} "
        "comes back to "
        f"you by {ways}. {SETTLED if back <= limit else WAITS} takes 3-5 business days.\n\nCorecraft support"
    )


WORDINGS = (
    Wording(
        "mail",
        "Subject: [stop the build|the build you're putting together]\n\nHello,\n\n{when} I ordered a custom "
        "build from you, assembled by "
        "your bench, the one with the {product}. [I have thought better of it.|My plans have changed.] There is "
        "no fault. "
        "Please cancel it, or take it back if cancelling is out.\n\nI would like to know what I get back, on "
        "which day you "
        "count it as paid, whether the assembly fee applies, and when the money comes and who still has to "
        "agree. If none "
        "of this is possible: why, what day it was delivered, until when a defect would have counted as there from the "
        "start, and what you took from me in total.\n\n{name}\n{reach}",
    ),
    Wording(
        "chat",
        "hi {name}, {reach}\nthe custom build w/ the {product} i bought {when}, i dont want it anymore. nothing "
        "wrong w it. cancel "
        "pls, or return if u cant cancel\ndo i pay that assembly fee? depends on when it was paid right, so "
        "which day is that "
        "for u. how much back, how soon, is it final or does someone have to ok it\n& if its a no: why not, "
        "delivery date, last "
        "day id have had for a defect on arrival, and how much did u charge me overall [bc my statement is a "
        "mess|im not sure "
        "what i paid tbh]",
    ),
    Wording(
        "angry",
        "I want OUT of that build. The one your people assemble, {product} in it, ordered {when}. {name}, "
        "{reach}. It works or it will, I "
        "don't care, I've changed my mind. Cancel it! Don't tell me it can't be done unless you can tell me why "
        "a return isn't "
        "possible either, when exactly it was delivered, up to what date a defect would have counted as dead on "
        "arrival, and "
        "the whole amount you've had off me. And if you do cancel: every dollar I'm getting, whether you help "
        "yourself to an "
        "assembly fee, what date of payment you go by, [and how long and whose say-so it takes|how long it "
        "takes and whose "
        "say-so].",
    ),
    Wording(
        "rambling",
        "Good day. I am the one who had the build with the {product} put together by your workshop, ordered "
        "{when}; {name}, {reach}. "
        "[My daughter has since given me her old one|It turns out my employer lends me one], and it does all I "
        "need, so I am "
        "left wanting to call mine off, though there's nothing the matter with it. I've heard of a fee for the "
        "assembly that "
        "hangs on the day of payment; does it hit me, and which day is that? Then the sum I get, the days until "
        "I have it, and "
        "whether somebody has yet to approve. Should it be too late to cancel, would you have it back? If you "
        "would not, tell me "
        "the reason, the day it was delivered, the last day on which a fault would have been one on arrival, "
        "and the total you "
        "have taken.",
    ),
    Wording(
        "terse",
        "Build order, {product}, {when}. {name}, {reach}. Cancel, else return; no defect, changed mind. Tell "
        "me: amount back, "
        "payment date used, assembly fee yes/no, time, approval open or not. If refused: reasons for both, "
        "delivery date, DOA "
        "deadline, total [charged|taken].",
    ),
    Wording(
        "phone note",
        "Phone, just now: {name}, checked by {reach}. Has a build on order or already at home (not clear), "
        "assembled by us, "
        "{product}, bought {when}. Change of mind, machine not faulty. Wants it cancelled, failing that "
        "returned. [Please finish "
        "it|Please take care of it] with what policy allows and do the paperwork that goes with it, approvals "
        "too. Reply for the "
        "customer with refund, day of payment and what that means for the assembly fee, whether a confirmation "
        "is outstanding and "
        "the time it takes. If refused, the grounds against cancelling and against a return, the day of "
        "delivery, the final "
        "day for a defect on arrival and the total we captured.",
        mode="copilot",
    ),
    Wording(
        "manager",
        "Hector [complains|says] that support keeps getting the assembly fee wrong, so look twice: {name} "
        "({reach}) no longer "
        "wants the build with the {product}, ordered {when}. No fault claimed. See how far the order is. Cancel "
        "it if that's "
        "still open and make the refund to the cent under our limits; if not, check whether it could come back. "
        "In the answer "
        "to the customer I want the date of payment you used, fee or no fee, the refund, its timing and whether "
        "it's final; or "
        "else why it's no twice over, when it was delivered, the day up to which it'd have passed as defective "
        "on arrival, and the "
        "sum we really captured.",
        mode="copilot",
    ),
)  # fmt: skip

FAMILY = Family(
    name="assembled-build-cancelled",
    title="A change of mind about a PC in assembly: cancelled with the exact refund, or neither cancelled nor returned",
    category="workflow",
    main_level="planning",
    levels=("planning", "groundedness", "tool_use"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-refund-payment", "pol-escalation-matrix"),
    unseen=True,
)
