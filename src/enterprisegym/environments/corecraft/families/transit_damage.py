"""A part came damaged: was it reported in time, and if so the replacement or the money, booked and explained."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    approval_limit,
    discount_share,
    identified,
    number_in,
    order_details,
    wrap_up,
)
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    Staged,
    amount,
    choice,
    criterion,
    day,
    handled,
    incoming_ticket,
    introduced,
    known_once,
    near_miss,
    open_on,
    planted_ticket,
    says,
    seldom_writes,
    single_accounts,
    stable,
    ticket_work,
    wrapped_up,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Criterion, Edit, NearMiss
from enterprisegym.world import Row

OF_ORDERS = ("header_lag", "midnight_order", "year_twin")
OF_GOODS = ("price_drift", "brand_spelling")
MOST = 70
DAYS = 7
DAMAGE = (
    "one corner of it is crushed and the housing is split",
    "the frame is bent and a piece of it rattled about in the box",
    "there is a crack right across it and the carton has a hole to match",
    "it was pressed flat on one side, carton and all",
)
CAME = ("deliver", "came", "arriv", "scan", "receiv", "handed", "reached", "got")
LATEST = (
    "until",
    "last",
    "latest",
    "deadline",
    "by",
    "end",
    "window",
    "limit",
    "cut",
    "through",
    "within",
    "up",
    "expire",
)


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    people = {c["id"]: c for c in single_accounts(world) if seldom_writes(world, c["id"])}
    first: list[Row] = []
    rest: list[Row] = []
    for order in world.all("orders"):
        parcels = world.shipments(order["id"])
        if order["customer_id"] not in people or order["status"] != "fulfilled" or order["build_id"]:
            continue
        came = rules.parcel_delivered_on(parcels[0]) if len(parcels) == 1 else None
        if came is None or not date(2025, 10, 22) <= came < world.today or not world.untouched(order):
            continue
        marked = world.traps_on(order["id"], parcels[0]["id"], *(x["product_id"] for x in world.lines(order["id"])),
                                order["customer_id"], among=(*OF_ORDERS, "price_drift", "contact_format", "failed_attempts"))  # fmt: skip
        (first if marked else rest).append(order)
    made = 0
    for order in [*first, *shuffled(rng, rest)]:
        found = _situation(world, rng, people[order["customer_id"]], order) if made < MOST else None
        if found is not None:
            made += 1
            yield found


def _situation(world: Records, rng: random.Random, customer: Row, order: Row) -> Situation | None:
    fitting = [
        line for line in world.lines(order["id"])
        if line["quantity"] == 1
        and world.product(line["product_id"])["category"] not in rules.PACKAGE_CATEGORIES
        and known_once(world, order, line["product_id"])
    ]  # fmt: skip
    others = [world.ticket(id) for id in open_on(world, order["id"])]
    named = " ".join(f"{t['subject']} {t['body']}" for t in others)
    fitting = [x for x in fitting if world.called(world.product(x["product_id"])) not in named]
    if not fitting or any(t["ticket_type"] in ("shipping", "other", "order_issue", "account") for t in others):
        return None
    line = max(fitting, key=lambda x: (world.drifted(x["product_id"]), x["unit_price_cents"], x["id"]))
    product, parcel = world.product(line["product_id"]), world.shipments(order["id"])[0]
    came = rules.parcel_delivered_on(parcel) or world.today
    reported = _reported(world, order["id"], came)
    if reported is None:
        return None
    in_time = rules.within_days(came, reported, DAYS)
    stock = world.available(product["id"]) > 0 and product["status"] == "active"
    wish = "refund" if not stock or world.drifted(product["id"]) or stable(order["id"], "wish", below=5) < 3 else (
        "replacement")  # fmt: skip
    back = _refund(world, order, product)
    over = in_time and wish == "refund" and back > rules.AGENT_LIMIT_CENTS
    refunded = in_time and wish == "refund"
    drop = {"price_drift"} if not refunded else set[str]()
    traps = [t for t in world.traps_on(product["id"], among=OF_GOODS) if t not in drop]
    traps += world.traps_on(order["id"], among=(*OF_ORDERS, *(("failed_attempts",) if refunded else ())))
    traps += world.traps_on(customer["id"], among=("contact_format",))
    if "brand_spelling" in traps and "contact_format" in traps:
        return None
    month = f"{world.placed_on(order):%B}"
    ticket = _ticket(world, customer, order, world.called(product), wish, reported)
    return Situation(
        key={"customer": customer["id"], "order": order["id"], "product": product["id"]},
        given={
            **introduced(world, customer, rng),
            "product": world.called(product),
            "month": said(month, f"{world.placed_on(order):%Y-%m}"),
            "wish": said(f"a {wish}", wish),
        },
        traps=(*traps, *(("superseded_policy",) if refunded and back > 30000 else ())),
        difficulty=min(5, 2 + (reported != world.today) + (not in_time) + 2 * over),
        setup=(ticket,),
    )


def _reported(world: Records, order_id: str, came: date) -> date | None:
    """The day of the report: today or up to twelve days ago, often near the limit; None where none fits."""
    after = (2, 7, 8, 5, 9, 7, 3, 11, 8, 6, 1, 10)
    choices = [world.today] if (world.today - came).days <= 13 else []
    choices += [
        d for d in (came + timedelta(days=n) for n in after) if world.today - timedelta(days=12) <= d < world.today
    ]
    return choices[stable(order_id, "reported", below=len(choices))] if choices else None


def _ticket(world: Records, customer: Row, order: Row, called: str, wish: str, reported: date) -> Edit:
    number = 900 + stable(order["id"], "damage", below=100)
    damage = DAMAGE[number % len(DAMAGE)]
    body = (
        f"Hello, the {called} has come damaged: {damage}. It was like that when I took it out of the carton. I would "
        f"like a {wish}. {customer['name']}"
    )
    row = dict(incoming_ticket(number, customer["id"], "came damaged", body, "shipping", order["id"]).insert or {})
    if reported == world.today:
        row["body"] = f"{body} PS: All five photos are attached."
    else:
        at = f"{reported}T15:{number % 60:02d}:11Z"
        row |= {
            "id": f"tick-{reported:%y%m%d}-{number}", "status": "pending_customer", "created_at": at,
            "first_response_at": f"{reported}T18:{number % 60:02d}:40Z",
            "assigned_employee_id": rules.DESK_AGENT_ID, "updated_at": f"{reported}T18:{number % 60:02d}:40Z",
        }  # fmt: skip
    return Edit(table="tickets", insert=row)


def _refund(world: Records, order: Row, product: Row) -> int:
    return _breakdown(world, order, product).total_cents


def _breakdown(world: Records, order: Row, product: Row) -> rules.ReturnRefund:
    items = [{"product_id": product["id"], "quantity": 1, "condition": "damaged"}]
    tier: str = world.customer(order["customer_id"])["loyalty_tier"]
    return rules.return_refund_cents(
        order, world.lines(order["id"]), items, tier, "damaged_in_transit", {product["id"]: product}
    )


YES = ("in time", "within the 7", "within 7 days", "within seven days", "within the seven", "on time", "timely",
       "inside the", "met the deadline", "within the reporting", "before the deadline", "within the window",
       "within the period", "within the deadline", "within our 7", "within our seven", "within policy", "last day", "day 7")  # fmt: skip
NO = ("too late", "out of time", "not in time", "past the 7", "after the 7", "after day 7", "after day seven", "outside the",
      "late report", "past the deadline", "after the deadline", "missed the", "not within", "was late", "came late",
      "after the last day", "past day 7", "beyond the", "deadline has passed", "deadline had passed", "expired", "has closed",
      "had closed", "was over", "must decline", "have to decline", "decline the claim", "days late", "day late")  # fmt: skip


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    order, product, ticket = staged.order(s.key["order"]), staged.product(s.key["product"]), planted_ticket(s.setup)
    parcel = staged.shipments(order["id"])[0]
    came = rules.parcel_delivered_on(parcel) or world.today
    reported = rules.company_day(ticket["created_at"])
    last = came + timedelta(days=DAYS)
    in_time = reported <= last
    scans, policy = f"shipments/{parcel['id']}.events", "company_policies/pol-shipping-damage"
    told = {came, reported, world.today, last, world.placed_on(order), rules.company_day(parcel["created_at"])}
    eta = date.fromisoformat(parcel["eta"])
    wrong = [d for d in (world.placed_on(order) + timedelta(days=DAYS), eta + timedelta(days=DAYS)) if d not in told]
    other = next(d for d in (came - timedelta(days=n) for n in range(1, 9)) if d not in wrong)
    yes, no = (YES, NO[:3]) if in_time else (("in time", "on time"), NO)
    shared = [
        criterion("came", "correctness", f"The response says that the parcel was delivered on {spoken(came)}.",
                  day(came, near=CAME), [scans]),
        criterion("last-day", "correctness", f"The response says that damage could be reported until {spoken(last)}.",
                  day(last, wrong, LATEST), [scans, policy]),
        criterion("in-time", "correctness", f"The response says that the report of {spoken(reported)} was "
                  f"{'in time' if in_time else 'too late'}.",
                  choice("yes" if in_time else "no", {"yes": yes, "no": no}), [f"tickets/{ticket['id']}.created_at", policy]),
    ]  # fmt: skip
    misses = [
        near_miss("other-delivery", "Reads another day of delivery.", "came",
                  replace=[(f"delivered on {spoken(came)}", f"delivered on {spoken(other)}")]),
        near_miss("other-limit", "Counts the days wrongly.", "last-day",
                  replace=[(f"until {spoken(last)}", f"until {spoken(last + timedelta(days=3))}")]),
        near_miss("other-verdict", "Judges the day of the report the other way.", "in-time",
                  replace=[(_verdict(in_time), _verdict(not in_time))]),
    ]  # fmt: skip
    if not in_time:
        return _refused(order, product, ticket, shared, misses)
    wish: str = s.given["wish"]["meant"]
    if wish == "replacement":
        return _replaced(order, product, ticket, shared, misses)
    return _refunded(staged, order, product, ticket, shared, misses)


def _refused(
    order: Row, product: Row, ticket: Row, shared: Sequence[Criterion], misses: Sequence[NearMiss]
) -> Rubric:  # fmt: skip
    nothing = choice("no", {
        "no": ["can not refund", "can not replace", "no refund", "decline*", "not able to", "unable to", "can not offer",
               "can not give", "can not send", "not possible", "can not accept", "rejected", "not approve*", "refus*",
               "not eligible", "neither", "not ... refund", "not ... replac*", "denied", "no replacement", "no claim",
               "nothing is owed", "must say no", "nothing we can", "not entitled", "nothing owed", "can not be granted"],
        "yes": ["is approved", "has been refunded", "have refunded", "replacement is on", "will be refunded",
                "replacement has been", "will send you a", "i have recorded"],
    })  # fmt: skip
    return Rubric(
        criteria=[
            criterion("settled", "correctness", "The ticket of the report is resolved as request_denied, and nothing is "
                      "returned, replaced, refunded or changed besides.",
                      {"check": "state", "required": wrapped_up(ticket["id"], "request_denied"),
                       "allowed": [ticket_work(ticket["id"])]},
                      [f"tickets/{ticket['id']}", "company_policies/pol-tickets-status"]),
            *shared,
            criterion("denied", "correctness", f"The response says that the {product['name']} is neither replaced nor "
                      "refunded.", nothing, ["company_policies/pol-shipping-damage"]),
        ],
        near_misses=[
            *misses,
            near_miss("leaves-open", "Does not settle the ticket.", "settled", drop=[("updateTicketStatus", 1)]),
            near_miss("as-information", "Settles it as if something had been solved.", "settled",
                      set=[("createResolution", 1, {"outcome": "store_credit_issued"})]),
            near_miss("as-favour", "Makes an exception that policy does not have.", "denied",
                      replace=[(DENIED, "As a favour the refund is approved all the same.")]),
        ],
    )  # fmt: skip


def _return_row(order: Row, product: Row, **where: str) -> dict[str, Any]:
    items = [{"product_id": product["id"], "quantity": 1, "condition": "damaged"}]
    return {
        "table": "returns", "added": True, "where": {"order_id": order["id"], "reason": "damaged_in_transit", **where},
        "set": {"items": items},
    }  # fmt: skip


def _replaced(
    order: Row, product: Row, ticket: Row, shared: Sequence[Criterion], misses: Sequence[NearMiss]
) -> Rubric:  # fmt: skip
    done = choice("replacement", {
        "replacement": ["replacement", "new one", f"new {product['name']}", "another one", "sent again", "new unit",
                        "fresh one"],
        "refund": ["have refunded", "is refunded", "has been refunded", "refund is approved", "money is on its way"],
    })  # fmt: skip
    return Rubric(
        criteria=[
            criterion("settled", "correctness", f"A replacement for the damaged {product['name']} of order {order['id']} is "
                      "recorded, the ticket of the report resolved as replacement_sent, and nothing else changed.",
                      {"check": "state",
                       "required": [_return_row(order, product, disposition="replacement"),
                                    *wrapped_up(ticket["id"], "replacement_sent")],
                       "allowed": [ticket_work(ticket["id"])]},
                      [f"orders/{order['id']}", f"tickets/{ticket['id']}", "company_policies/pol-shipping-damage"]),
            *shared,
            criterion("what", "completeness", "The response says that a replacement is sent.", done,
                      [f"inventory_levels/inv-{product['id']}-cmh"]),
            criterion("free", "completeness", "The response says that it costs the customer nothing.",
                      says(["no cost", "no charge", "free", "costs you nothing", "costs the customer nothing", "nothing to pay",
                            "without charge", "not ... charged", "no fee", "no fees", "at our expense", "our cost",
                            "not cost", "pay nothing", "pays nothing", "not ... pay", "$0", "$0.00", "no extra", "on us"]),
                      ["company_policies/pol-shipping-damage"]),
        ],
        near_misses=[
            *misses,
            near_miss("open", "Leaves the ticket open.", "settled", drop=[("updateTicketStatus", 1)]),
            near_miss("as-defect", "Records a defect in place of the damage.", "settled",
                      set=[("processReturn", 1, {"reason": "defective"})]),
            near_miss("money", "Speaks of money that was not asked for.", "what",
                      replace=[(_new(product["name"]), "the price is refunded, and that costs you nothing")]),
            near_miss("silent-on-cost", "Does not say what it costs.", "free", replace=[(", which costs you nothing", "")]),
        ],
    )  # fmt: skip


def _refunded(
    world: Records, order: Row, product: Row, ticket: Row, shared: Sequence[Criterion], misses: Sequence[NearMiss]
) -> Rubric:  # fmt: skip
    back, payment = _breakdown(world, order, product), world.capture(order)
    total = back.total_cents
    over = total > rules.AGENT_LIMIT_CENTS
    settled = {"status": {"any_of": ["refunded", "partially_refunded"]}}
    refund = {
        "table": "refunds", "added": True, "where": {"payment_id": payment["id"]},
        "set": {"amount_cents": total, "reason": "damaged_in_transit", "status": "pending" if over else "approved"},
    }  # fmt: skip
    moved = {"table": "orders", "id": order["id"], "set": {"status": "refund_requested"} if over else settled}
    escalation = {"table": "escalations", "added": True, "where": {"ticket_id": ticket["id"]}}
    short = [total - back.shipping_cents, total - rules.RETURN_LABEL_CENTS]
    if back.shipping_cents == rules.RETURN_LABEL_CENTS or over:
        short = short[:1]
    criteria = [
        criterion("settled", "correctness", f"{usd(total)} is refunded on order {order['id']} as damaged_in_transit, "
                  + ("pending, and the ticket stays open; nothing else is changed." if over
                     else "approved, the ticket of the report resolved as refund_issued, and nothing else changed."),
                  {"check": "state",
                   "required": [refund] if over else [
                       refund, {"table": "payments", "id": payment["id"], "set": settled},
                       *wrapped_up(ticket["id"], "refund_issued")],
                   "allowed": [_return_row(order, product, disposition="refund"), moved,
                               *([escalation, *handled(ticket["id"])] if over else [ticket_work(ticket["id"])])]},
                  [f"orders/{order['id']}", f"payments/{payment['id']}", "company_policies/pol-refund-original-shipping"]),
        *shared,
        criterion("amount", "correctness", f"The response says that {usd(total)} comes back.",
                  amount(total, [r for r in short if r != back.goods_cents],
                         near=["refund", "back", "return", "total", "receiv", "reimburs", "credit", "pay"]),
                  [f"order_lines/{order['id']}/1", "company_policies/pol-refund-calculation"]),
    ]  # fmt: skip
    near = [
        *misses,
        near_miss("too-little", "Leaves something out of the refund.", "settled",
                  set=[("processReturn", 1, {"amount": (total - 900) / 100})]),
        near_miss("other-sum", "Names another sum.", "amount", replace=[(usd(total), usd(total - 450))]),
    ]  # fmt: skip
    if over:
        criteria += [
            criterion("escalated", "correctness", "The refund is escalated to finance as refund_approval on the ticket.",
                      {"check": "called", "tool": "createEscalation",
                       "arguments": {"ticket_id": ticket["id"], "escalation_type": "refund_approval",
                                     "destination": "finance"}},
                      ["company_policies/pol-refund-authority", "company_policies/pol-escalation-matrix"]),
            criterion("to-be-confirmed", "constraint", "The response says that somebody else has yet to confirm the refund.",
                      choice("pending", {
                          "pending": ["pending", "has to confirm", "must confirm", "needs approval", "await*", "to be approved",
                                      "to be confirmed", "once approved", "once confirmed", "not yet approved", "has to approve",
                                      "must approve", "needs to approve", "needs to confirm", "finance", "above my",
                                      "over my", "sign* off", "subject to", "escalated"],
                          "approved": ["is approved today", "is approved and", "have approved", "has been approved"],
                      }), ["company_policies/pol-refund-authority"]),
        ]  # fmt: skip
        near += [
            near_miss("kept-to-itself", "Does not hand the pending refund on.", "escalated", drop=[("createEscalation", 1)]),
            near_miss("as-done", "Promises the money as settled.", "to-be-confirmed",
                      replace=[(WAITS, "It is approved and"), ("I have asked for a refund", "I have made a refund")]),
            near_miss("approves", "Approves above the limit.", "settled",
                      set=[("processReturn", 1, {"status": "approved"})]),
        ]  # fmt: skip
    else:
        criteria.append(criterion("when", "completeness", "The response says that the money takes 3-5 business days.",
                                  says(["3-5", "3 to 5", "three to five"]), ["company_policies/pol-refund-payment"]))  # fmt: skip
        near += [
            near_miss("no-time", "Does not say how long it takes.", "when",
                      replace=[("takes 3-5 business days", "is on its way")]),
            near_miss("open", "Leaves the ticket open.", "settled", drop=[("updateTicketStatus", 1)]),
        ]  # fmt: skip
    return Rubric(criteria, near)


DENIED = "So I can neither replace it nor refund it, much as I regret the damage; carriers turn such claims down."
WAITS = "It is more than I may release on my own, so a colleague in finance has to confirm it first; after that it"


def _verdict(in_time: bool) -> str:
    return "so you are in time" if in_time else "so it was too late"


def _new(name: str) -> str:
    return f"a replacement {name} goes out at once, which costs you nothing"


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    product = yield from a.product(given["product"])
    orders = yield from a.dated("searchOrders", given["month"], customer_id=customer["id"])
    order = a.pick(orders, product_id=product["id"])
    details = yield from order_details(a, order["id"])
    tickets = yield from a.all("searchTickets", order_id=order["id"])
    waiting = [t for t in tickets if t["status"] not in ("resolved", "closed")]
    ticket = next(t for t in waiting if "damaged" in f"{t['subject']} {t['body']}")
    policy = yield from a.policy("shipping", "photographs", title="Damaged in transit")
    yield from a.policy("shipping", "scan events", title="tracking")
    parcel = a.pick(details["shipments"], where=lambda p: product["id"] in str(p["contents"]))
    came, reported = a.delivered_on(parcel), a.day(ticket["created_at"])
    hello = f"Hi {given['first']},\n\nI am sorry that the {product['name']} came damaged. "
    if came is None:
        return f"{hello}By our records it is still on its way, so let us wait for the delivery."
    last = date.fromisoformat(came) + timedelta(days=number_in(r"within (\d+) days of delivery", policy))
    in_time = date.fromisoformat(reported) <= last
    hello += (
        f"By the scans, order {order['id']} was delivered on {spoken(came)}, so damage could be reported until "
        f"{spoken(last)}. Your report reached us on {spoken(reported)}, {_verdict(in_time)}.\n\n"
    )
    facts = f"Problem: {product['name']} of {order['id']} damaged. Finding: delivered {came}, reported {reported}. "
    if not in_time:
        yield from a.policy("tickets", "request_denied", title="Ticket states")
        yield from wrap_up(a, ticket["id"], "request_denied", f"{facts}Action: none. Told customer: past {last}.")
        return f"{hello}{DENIED} The ticket is closed off with this answer.\n\nCorecraft support"
    items = [{"product_id": product["id"], "quantity": 1, "condition": "damaged"}]
    if given["wish"] == "replacement":
        yield from a.article("How to log a replacement")
        made = yield from a.call(
            "processReturn", order_id=order["id"], items=items, reason="damaged_in_transit", disposition="replacement",
            ticket_id=ticket["id"],
        )  # fmt: skip
        yield from wrap_up(
            a, ticket["id"], "replacement_sent",
            f"REPL 1 x {product['name']} / {made['return']['id']}. {facts}Action: replacement. Told customer: at "
            "once, free.",
        )  # fmt: skip
        return f"{hello}As you wished, {_new(product['name'])}. The ticket is settled with that.\n\nCorecraft support"
    limit, desk = yield from approval_limit(a)
    yield from a.policy("refund", "damaged in transit", title="original shipping")
    yield from a.policy("refund", "business days after approval", title="Paying out")
    line = next(x for x in order["lines"] if x["product_id"] == product["id"])
    price = a.price_paid(line, product)
    goods, shipping = price - discount_share(order, price), cents(order["shipping"])
    total = goods + shipping
    approved = total <= limit
    made = yield from a.call(
        "processReturn", order_id=order["id"], items=items, reason="damaged_in_transit", disposition="refund",
        amount=total / 100, status="approved" if approved else "pending", ticket_id=ticket["id"],
        payment_id=a.payment(details["payments"])["id"],
    )  # fmt: skip
    parts = f"{usd(goods)} for the goods and {usd(shipping)} for shipping" if shipping else "all that you paid for it"
    if approved:
        yield from wrap_up(
            a, ticket["id"], "refund_issued", f"{facts}Action: {made['refund']['id']} over {usd(total)}, approved. Told "
            "customer: 3-5 business days.", made["refund"]["id"],
        )  # fmt: skip
        return (
            f"{hello}I have made a refund of {usd(total)}, {parts}; nothing is deducted. It is approved and takes 3-5 "
            "business days. The ticket is settled with that.\n\nCorecraft support"
        )
    yield from a.policy("escalation", "refund_approval", title="Where to escalate")
    yield from a.call(
        "createEscalation", ticket_id=ticket["id"], escalation_type="refund_approval", destination=desk,
        notes=f"{customer['name']}, {facts}Photos on file. {made['refund']['id']} over {usd(total)} ({parts}) is pending. "
        "Please approve.",
    )  # fmt: skip
    return (
        f"{hello}I have asked for a refund of {usd(total)}, {parts}; nothing is deducted. {WAITS} takes 3-5 "
        "business days. "
        "Your ticket stays open until then.\n\nCorecraft support"
    )


WORDINGS = (
    Wording(
        "mail",
        "Subject: [damaged|arrived broken]: {product}\n\nGood morning,\n\nthis is about the {product} from my "
        "{month} order, "
        "which was [damaged in the post|broken by the carrier]. The report is on the ticket I have open with "
        "you and all "
        "five photographs are with it now. I would like {wish}.\n\nCould you please decide that today and "
        "arrange it? For "
        "my own notes I need the day that counts as delivery, the last day on which one may report damage, and whether "
        "my report was in time. If I am paid: how much, and in how many days. If you send another: that I pay "
        "nothing for "
        "it.\n\n{name}, {reach}",
    ),
    Wording(
        "terse",
        "Transit damage, {product}, {month} order. {name}, {reach}. Photos complete, report is on my open ticket. Want "
        "{wish}. [Answer with|State]: delivered when, reporting limit (date), in time yes/no, outcome, what it "
        "costs me or "
        "brings me and how fast. Do the booking, [finish the ticket|finish off the ticket].",
    ),
    Wording(
        "angry",
        "Your courier plays football with people's parcels. My {product}, bought in {month}, is "
        "[scrap|rubbish], you have my "
        "report, you have five pictures, and still nothing moves on that ticket. I want {wish}, and I want it "
        "now. And no "
        "hand-waving about deadlines: tell me which day you say it was delivered, up to which day I was allowed "
        "to report "
        "it, and whether I did. If I get money I want the figure and the number of days; if I get a box I don't "
        "pay a cent, "
        "and I want that in writing. [{name}, {reach}|{reach}, {name}]",
    ),
    Wording(
        "chat",
        "hi its {name}, {reach}\n{product} from {month} came smashed up, theres an open ticket from me w/ the "
        "report, [all 5 "
        "pics uploaded|i put all 5 pics on it]. id like {wish} pls\nwas my report early enough? when was it "
        "delivered acc to "
        "you n whats the cutoff date\nif its a refund how much + how long, if its a new one i pay 0 right? pls sort it "
        "completely incl the ticket",
    ),
    Wording(
        "phone note",
        "Caller: {name}, verified by {reach}. Item {product}, ordered in {month}, damaged on arrival by their "
        "account; the "
        "report is on the open ticket, the five photos are complete. Asks for {wish}. Please take the case to "
        "its end under "
        "the damage policy, records and ticket included. In the reply, which I'll [read out|mail on], put: day "
        "of delivery, "
        "last day for a report, whether the report met it, the decision, and either the amount with the time it "
        "takes or "
        "that the new unit is free of charge.",
        mode="copilot",
    ),
    Wording(
        "rambling",
        "Hello there. I've never had to complain before, so forgive me if I go about it in the wrong order. The "
        "{product} I "
        "bought in {month} did not survive its trip. My neighbour, who used to drive for one of those firms, "
        "says they drop "
        "them on purpose; [I wouldn't know|I have no opinion]. My report should be on a ticket, it isn't closed "
        "yet, and the "
        "five pictures have been added. He also says there is a limit for reporting. So: on which day was it "
        "delivered in "
        "your books, which was the final day to report, and did I manage it? I'd be grateful for {wish}. Tell "
        "me the sum and "
        "how many days it takes, should it be money, or that there is nothing to pay, should it be goods. "
        "Please see it "
        "through, ticket and all. {name} ({reach})",
    ),
    Wording(
        "manager",
        "[Bridget asked me about this one|This one has been lying around], please settle it: {name}, {reach}, "
        "{product} out "
        "of the {month} order, reported damaged, ticket still open, photos now complete. The customer chose "
        "{wish}. Check "
        "the date of the report against the delivery scan first. If it holds, book what policy gives, with "
        "approval where "
        "it is needed; if not, refuse. Handle the ticket as policy says. The reply must name the delivery day, "
        "the end of "
        "the reporting period, on time or not, and the result: the refund and its duration, or the replacement "
        "and that "
        "it is free.",
        mode="copilot",
    ),
)  # fmt: skip

FAMILY = Family(
    name="transit-damage",
    title="Damage in transit, reported in time or not: replacement, refund with shipping, or a refusal",
    category="workflow",
    main_level="groundedness",
    levels=("groundedness", "planning", "tool_use"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-shipping-tracking", "pol-refund-authority"),
    unseen=True,
)
