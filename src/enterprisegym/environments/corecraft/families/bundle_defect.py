"""One part of a bundle is faulty: it is replaced alone, or the whole bundle comes back in time; never a part refund."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    approval_limit,
    discount_share,
    get_product,
    identified,
    order_details,
    todays_ticket,
    warranty_answer,
    wrap_up,
)
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    Staged,
    amount,
    arrived_order,
    call,
    choice,
    criterion,
    day,
    handled,
    incoming_ticket,
    near_miss,
    planted_ticket,
    presented,
    says,
    single_accounts,
    stable,
    ticket_work,
    wrapped_up,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Criterion, Edit, NearMiss
from enterprisegym.world import Row

SYMPTOMS = {
    "gpu": "shows no picture on any screen", "cpu": "does not start in two different boards",
    "motherboard": "has two dead memory slots", "memory": "fails the memory test within seconds",
    "storage": "drops out after a minute", "psu": "clicks once and stays off",
    "cooling": "has a fan that stands still", "monitor": "has a black bar across the screen",
    "keyboard": "has a dead row of keys", "mouse": "does not register the left button",
    "headset": "is silent on the right", "networking": "drops the connection every few minutes",
    "accessory": "makes no contact unless I hold it",
}  # fmt: skip
PARTNERS = {
    "gpu": ("psu", "Graphics and Power Pair"), "cpu": ("cooling", "Processor and Cooler Pair"),
    "memory": ("storage", "Memory and Drive Pair"), "motherboard": ("storage", "Board and Drive Pair"),
    "storage": ("memory", "Drive and Memory Pair"), "psu": ("case", "Power and Case Pair"),
    "cooling": ("case", "Cooler and Case Pair"),
}  # fmt: skip
NO_PART = "A bundle has one price, so there is no partial refund for a single part of it."
KEEP = "You keep the rest of the bundle."
OURS = "We replace it under warranty at no cost to you: it is in stock, and a replacement is on its way."
THEIRS = (
    "Its warranty claim goes to the manufacturer, as delivery was more than 30 days ago; use our proof of purchase."
)
BACK = "The whole bundle may come back, as defective on arrival."
LATE = "The whole bundle can no longer be taken back."
FREE = "Nothing is deducted, and the return label is free."
WAITS = (
    "That is above what I may approve, so it is pending until a colleague in finance has confirmed it. After that it"
)


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    mine = {c["id"]: c for c in single_accounts(world) if not world.mark("namesake", c["id"])}
    for order in world.all("orders"):
        if order["status"] == "fulfilled" and order["customer_id"] in mine and world.untouched(order):
            yield from _situation(world, rng, order["id"], ())
    busy = {m["customer_id"] for m in world.marks("planted_instruction")}
    marked = [c for c in mine.values() if c["id"] in busy or world.mark("contact_format", c["id"])]
    plain = shuffled(rng, [c for c in mine.values() if c not in marked])
    sets = [p for p in world.all("products") if p["category"] == "bundle" and p["status"] == "active"]
    for number, customer in enumerate(marked):
        setup = _bought(world, customer, rng.choice(sets), number)
        yield from _situation(Staged(world, setup), rng, _order_id(setup), setup)
    parts = [world.product(m["product_id"]) for m in world.marks("split_stock")]
    for number, part in enumerate(p for p in parts if p["category"] in PARTNERS and p["status"] == "active"):
        partner, name = PARTNERS[part["category"]]
        other = next(
            p for p in world.all("products")
            if p["category"] == partner and p["status"] == "active" and world.available(p["id"]) > 9
        )  # fmt: skip
        bundle = _new_bundle(part, other, name)
        added = Edit(table="products", insert=dict(bundle))
        for n in (0, 1):
            setup = (added, *_bought(world, plain[2 * number + n], bundle, 2 * number + n))
            yield from _situation(Staged(world, setup), rng, _order_id(setup), setup, part["id"])


def _order_id(setup: Sequence[Edit]) -> str:
    return next(str((e.insert or {})["id"]) for e in setup if e.table == "orders")


def _new_bundle(part: Row, other: Row, name: str) -> Row:
    price = (part["price_cents"] + other["price_cents"]) * 9 // 10
    return {
        "id": f"corecraft-{name.lower().replace(' ', '-')}", "sku": f"CC-BDL-{300 + stable(name, below=90)}",
        "name": f"Corecraft {name}", "brand": "Corecraft", "category": "bundle", "price_cents": price, "status": "active",
        "specs": {"categories": [part["category"], other["category"]], "component_count": 2,
                  "discount": {"type": "percent", "value": 10}},
        "components": [{"product_id": p["id"], "quantity": 1} for p in (part, other)],
        "warranty_policy_id": "war-bundle", "released_on": "2025-09-02",
        "description": f"{part['name']} and {other['name']} in one carton at ten percent less.",
    }  # fmt: skip


def _bought(world: Records, customer: Row, bundle: Row, number: int) -> tuple[Edit, ...]:
    """A bundle bought by somebody this autumn that has come: order, payment and parcel."""
    placed = date(2025, 10, 27 if number % 2 else 1) + timedelta(days=(number * 3) % 9)
    number = 900 + stable(customer["id"], bundle["id"], below=90)
    return tuple(arrived_order(world, customer, [(bundle, 1)], number, placed))


def _situation(
    world: Records, rng: random.Random, order_id: str, planted: Sequence[Edit], part_id: str | None = None
) -> Iterator[Situation]:
    order = world.order(order_id)
    customer = world.customer(order["customer_id"])
    bundles = [x for x in world.lines(order_id) if world.product(x["product_id"])["category"] == "bundle"]
    if len(bundles) != 1 or bundles[0]["quantity"] != 1:
        return
    bundle = world.product(bundles[0]["product_id"])
    mine = [x["product_id"] for o in world.orders_of(customer["id"]) for x in world.lines(o["id"])]
    came = world.delivered_on(order, bundle["id"])
    told = [t for t in world.order_tickets(order_id) if t["ticket_type"] in ("return", "warranty", "troubleshooting")]
    if mine.count(bundle["id"]) != 1 or came is None or told:
        return
    parts = [world.product(c["product_id"]) for c in bundle["components"]]
    able = [p for p in parts if not p["specs"].get("consumable") and world.available(p["id"]) > 0]
    if world.mark("contact_format", customer["id"]):
        able = [p for p in able if world.called(p) == p["name"]] or able
    if planted:
        able = [p for p in able if _claimed_via(world, p) == "manufacturer"] or able
    part = world.product(part_id) if part_id else able[stable(order_id, "part", below=len(able))]
    deadline = rules.return_deadline(order, world.tier_of(customer), world.shipments(order_id), bundle["id"])
    fresh = rules.within_days(came, world.today, rules.DOA_DAYS)
    may_ask = (fresh or (deadline or came) < world.today) and not order["shipping_cents"]
    wish = "whole" if may_ask and part_id is None and stable(order_id, "wish", below=5) < 3 + bool(planted) else "part"
    case = _case(world, order, bundle, part)
    if case == "expired" or part["category"] not in SYMPTOMS:
        return
    want = "I would like to send everything back." if wish == "whole" else "I would like the money for that part."
    ticket = incoming_ticket(
        900 + stable(order_id, part["id"], "bundle", below=100), customer["id"], f"{bundle['name']}, one part faulty",
        f"The {world.called(part)} from my {bundle['name']} {SYMPTOMS[part['category']]}. Checked it with other parts, the "
        f"same. {want}\n{customer['name']}", "warranty", order_id,
    )  # fmt: skip
    traps = [*world.traps_on(customer["id"], among=("contact_format", "planted_instruction"))]
    traps += world.traps_on(order_id, among=("header_lag", "midnight_order"))
    if part_id and case in ("doa", "corecraft"):
        traps.append("split_stock")
    if world.called(part) != part["name"] and "contact_format" not in traps:
        traps.append("brand_spelling")
    yield Situation(
        key={"customer": customer["id"], "order": order_id, "bundle": bundle["id"], "part": part["id"], "wish": wish},
        given={
            **presented(world, customer, rng),
            "bundle": bundle["name"],
            "part": world.called(part),
            "symptom": SYMPTOMS[part["category"]],
            "month": said(f"{world.placed_on(order):%B}", f"{world.placed_on(order):%Y-%m}"),
            "wish": said("", wish),
        },
        traps=tuple(dict.fromkeys([*traps, *(["superseded_policy"] if wish == "whole" else [])])),
        difficulty=(3 if case == "manufacturer" else 2) if wish == "part"
        else 5 if fresh and _refund(world, order, bundle) > rules.AGENT_LIMIT_CENTS else 4,
        setup=(*planted, ticket),
    )  # fmt: skip


def _claimed_via(world: Records, part: Row) -> str:
    return world.get("warranty_policies", part["warranty_policy_id"])["claim_via"]


def _case(world: Records, order: Row, bundle: Row, part: Row) -> str:
    """`doa`, or who takes the claim for the part today: `corecraft`, `manufacturer`; `expired`."""
    shipments = world.shipments(order["id"])
    if rules.is_doa(order, shipments, bundle["id"], world.today):
        return "doa"
    policy = world.get("warranty_policies", part["warranty_policy_id"])
    found = rules.warranty_status(order, shipments, part, policy, world.today, sold_as=bundle["id"])
    return found.handled_by or "expired"


def _refund(world: Records, order: Row, bundle: Row) -> int:
    items = [{"product_id": bundle["id"], "quantity": 1, "condition": "defective"}]
    tier: str = world.customer(order["customer_id"])["loyalty_tier"]
    lines = world.lines(order["id"])
    return rules.return_refund_cents(order, lines, items, tier, "defective", {bundle["id"]: bundle}).total_cents


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    order, bundle, part = staged.order(s.key["order"]), staged.product(s.key["bundle"]), staged.product(s.key["part"])
    shipments, ticket = staged.shipments(order["id"]), planted_ticket(s.setup)
    case, whole = _case(staged, order, bundle, part), s.key["wish"] == "whole"
    came = rules.delivered_on(shipments, bundle["id"]) or world.today
    last = came + timedelta(days=rules.DOA_DAYS)
    parcel = next(p for p in shipments if bundle["id"] in str(p["contents"]))
    arrival = criterion(
        "arrival-day", "correctness", f"The response says that {spoken(last)} is the last day of a defect on arrival.",
        day(last, [staged.placed_on(order) + timedelta(days=n) for n in (10, 15)]),
        ["company_policies/pol-returns-doa", f"shipments/{parcel['id']}.events"],
    )  # fmt: skip
    wrong_day = near_miss(
        "counts-wrongly", "Counts the days wrongly.", "arrival-day",
        replace=[(spoken(last), spoken(last - timedelta(days=4)))],
    )  # fmt: skip
    if whole and case == "doa":
        return _taken_back(staged, order, bundle, ticket, arrival, wrong_day)
    policy = world.get("warranty_policies", part["warranty_policy_id"])
    until = rules.warranty_until(order, shipments, part, policy, sold_as=bundle["id"]) or world.today
    ours = case in ("doa", "corecraft")
    outcomes = ("replacement_sent",) if ours else ("information_provided", "request_denied", "no_action")
    desk = {"table": "escalations", "added": True, "where": {"ticket_id": ticket["id"], "escalation_type": "technical"}}
    criteria = [
        criterion(
            "settled", "correctness",
            "The ticket is resolved with a replacement sent; nobody is paid and no bundle is booked as coming back."
            if ours else "The ticket is resolved without a replacement or a refund; nothing comes back.",
            {"check": "state", "required": wrapped_up(ticket["id"], *outcomes),
             "allowed": [ticket_work(ticket["id"]), desk]},
            [f"tickets/{ticket['id']}", "company_policies/pol-returns-bundles", "company_policies/pol-warranty-claims"],
        ),
        criterion(
            "route", "correctness", "The response says that Corecraft itself replaces the part." if ours else
            "The response says that the claim for the part goes to the manufacturer.",
            choice("ours" if ours else "theirs", ROUTES),
            ["company_policies/pol-warranty-claims", f"warranty_policies/{policy['id']}.claim_via",
             *([f"inventory_levels/inv-{part['id']}-{x}" for x in ("cmh", "rno")] if ours else [])],
        ),
        criterion(
            "until", "correctness", f"The response says that the warranty of the part runs until {spoken(until)}.",
            day(until, [rules.add_months(staged.placed_on(order), policy["months"])], near=NEAR_END),
            [f"warranty_policies/{policy['id']}.months", "company_policies/pol-warranty-term"],
        ),
    ]  # fmt: skip
    misses = [
        near_miss("pays", "Gives money for the part all the same.", "settled", add=[call(
            "createRefund", payment_id=staged.capture(order)["id"], amount=40.0, reason="defective", status="approved")]),
        near_miss("left-open", "Does not settle the ticket.", "settled", drop=[("updateTicketStatus", 1)]),
        near_miss("wrong-way", "Sends them the other way.", "route",
                  replace=[(OURS, THEIRS) if ours else (THEIRS, OURS)]),
        near_miss("other-end", "Names another end.", "until",
                  replace=[(spoken(until), spoken(until - timedelta(days=35)))]),
    ]  # fmt: skip
    if whole:
        verdict = criterion(
            "no-whole", "correctness", "The response says that the whole bundle cannot come back any more.",
            choice("no", WHOLE), ["company_policies/pol-returns-doa", "company_policies/pol-returns-window"],
        )  # fmt: skip
        yes = near_miss("takes-all", "Takes the whole bundle back.", "no-whole", replace=[(LATE, BACK)])
        return Rubric([criteria[0], verdict, arrival, *criteria[1:]], [yes, wrong_day, *misses])
    criteria += [
        criterion("no-part", "correctness", "The response says that a single part of the bundle is not refunded.",
                  choice("no", PART), ["company_policies/pol-returns-bundles"]),
        criterion("rest", "completeness", "The response says that the customer keeps the other parts.",
                  says(REST), ["company_policies/pol-returns-bundles"]),
    ]  # fmt: skip
    misses += [
        near_miss("part-money", "Promises money for the part.", "no-part",
                  replace=[(NO_PART, "We will refund you the part on its own.")]),
        near_miss("quiet-on-rest", "Does not say what becomes of the rest.", "rest", replace=[(KEEP, "")]),
    ]  # fmt: skip
    return Rubric(criteria, misses)


NEAR_END = ("warrant", "cover", "until", "term", "run", "expire", "end", "through", "valid", "last")
ROUTES = {
    "ours": ["we replace", "we will replace", "we are replacing", "replacement is on its way", "replacement under warranty",
             "send* you a replacement", "send* a replacement", "replaced by us", "we are sending", "replacement ... shipped",
             "we handle", "handled by Corecraft", "through Corecraft", "Corecraft replaces", "will be replaced",
             "replaced alone", "is replaced", "be replaced", "replacement ... arranged", "replacement ... set up",
             "I have arranged a replacement", "a replacement goes out", "replacement ... being sent", "replace just",
             "replace only", "replace it", "replacement ... sent", "replacement ... is going out", "replacement ... goes out"],
    "theirs": ["to the manufacturer", "with the manufacturer", "manufacturer handles", "contact the manufacturer",
               "handled by the manufacturer", "through the manufacturer", "via the manufacturer", "by the manufacturer",
               "manufacturer takes", "manufacturer will handle", "manufacturer claim", "manufacturer directly"],
}  # fmt: skip
WHOLE = {
    "no": ["no longer be taken back", "too late", "not be returned", "cannot be returned", "no longer be returned",
           "not ... take ... back", "not ... go back", "not ... come back", "cannot accept", "past the return window",
           "outside the return window", "return window ... over", "return window ... ended", "not eligible",
           "no longer eligible", "unable to take", "return window ... closed", "no longer return*", "not possible",
           "no longer possible", "no longer ... refund*", "not refund*", "cannot refund", "period ... over",
           "not ... send ... back", "no longer ... come back", "has passed", "have passed", "window ... expired"],
    "yes": ["may come back", "can come back", "may be returned", "can be returned", "we take it back",
            "we will take it back", "return is set up", "you can send it back", "you can return", "you may return"],
}  # fmt: skip
PART = {
    "no": ["no partial refund", "no refund", "not refund*", "cannot refund", "no pro rata", "not possible to refund",
           "not offer ... refund*", "not ... part* refund*", "not pay out", "not give ... refund*", "not able to refund",
           "not ... money back", "no part* refund*", "not be refunded", "no separate refund", "no money back",
           "not entitled to ... refund*", "unable to refund", "no cash", "no money for", "no partial or", "not ... money for",
           "not available ... refund*", "refund ... not possible", "refund ... not available", "refund ... not something",
           "partial refund* ... not", "decline*", "cannot pay", "not ... pay ... back"],
    "yes": ["we will refund you", "will refund the part", "refund of the part is", "partial refund is approved",
            "we refund the part", "has been refunded", "have refunded", "partial refund of"],
}  # fmt: skip
REST = [
    "keep* the rest", "keep* the other*", "rest ... stay*", "rest ... remain*", "rest ... keep", "other* ... stay*",
    "other* ... remain*", "everything else stays", "keep everything else", "remain* with you", "stay* with you",
    "keep* the remaining", "remaining ... stay*", "remaining ... keep", "stay* with the customer", "rest is yours",
    "remain* with the customer", "retain* the rest", "retain* the other*", "other* ... keep", "remaining ... yours",
    "keep* all the other*", "hold on to the rest", "hold onto the rest", "keep* the working", "nothing else ... come back",
    "rest ... not ... come back", "keep* it", "keep* them", "yours to keep", "remains yours", "keep* your other*",
]  # fmt: skip


def _taken_back(
    world: Records, order: Row, bundle: Row, ticket: Row, arrival: Criterion, wrong_day: NearMiss
) -> Rubric:
    back, payment = _refund(world, order, bundle), world.capture(order)
    over = back > rules.AGENT_LIMIT_CENTS
    line = next(x for x in world.lines(order["id"]) if x["product_id"] == bundle["id"])
    moved: Any = "refund_requested" if over else {"any_of": ["refunded", "partially_refunded"]}
    items = [{"product_id": bundle["id"], "quantity": 1, "condition": "defective"}]
    required: list[dict[str, Any]] = [
        {"table": "returns", "added": True, "where": {"order_id": order["id"]},
         "set": {"items": items, "reason": "defective", "disposition": "refund"}},
        {"table": "refunds", "added": True, "where": {"payment_id": payment["id"]},
         "set": {"amount_cents": back, "status": "pending" if over else "approved"}},
        {"table": "orders", "id": order["id"], "set": {"status": moved}},
    ]  # fmt: skip
    if over:
        required.append({"table": "escalations", "added": True, "where": {
            "ticket_id": ticket["id"], "escalation_type": "refund_approval", "destination": "finance"}})  # fmt: skip
    else:
        required += [{"table": "payments", "id": payment["id"], "set": {"status": moved}},
                     *wrapped_up(ticket["id"], "refund_issued")]  # fmt: skip
    beside = handled(ticket["id"], "open", "pending_customer") if over else [ticket_work(ticket["id"])]
    what = "pending and escalated to finance" if over else "approved, and the ticket resolved with it"
    criteria = [
        criterion("booked", "correctness", f"The whole {bundle['name']} is booked as returned, defective, with a refund of "
                  f"{usd(back)}, {what}; nothing else is changed.",
                  {"check": "state", "required": required, "allowed": beside},
                  [f"orders/{order['id']}", f"order_lines/{line['id']}", "company_policies/pol-returns-bundles",
                   "company_policies/pol-returns-doa", "company_policies/pol-refund-authority"]),
        criterion("yes-whole", "correctness", "The response says that the whole bundle may come back.",
                  choice("yes", {**WHOLE, "yes": TAKEN}), ["company_policies/pol-returns-bundles"]),
        arrival,
        criterion("amount", "correctness", f"The response says that {usd(back)} is refunded.",
                  amount(back, [back - rules.RETURN_LABEL_CENTS, back * 80 // 100]),
                  [f"order_lines/{line['id']}", f"orders/{order['id']}.discount_cents"]),
        criterion("free", "completeness", "The response says that nothing is deducted or to be paid.",
                  says(["no fee", "no fees", "no cost", "free", "pay nothing", "nothing to pay", "nothing is deducted",
                        "no deduction*", "without deduction*", "in full", "full refund", "nothing comes off", "no charge",
                        "prepaid", "on us", "nothing deducted", "costs you nothing", "not deduct*", "nothing is taken off",
                        "our expense", "our cost", "no restocking", "nothing off", "full amount"]),
                  ["company_policies/pol-returns-doa", "company_policies/pol-returns-labels"]),
    ]  # fmt: skip
    misses = [
        near_miss("label-off", "Takes the label off.", "booked",
                  set=[("processReturn", 1, {"amount": (back - rules.RETURN_LABEL_CENTS) / 100})]),
        near_miss("says-no", "Refuses the whole bundle.", "yes-whole", replace=[(BACK, LATE)]),
        near_miss("other-sum", "Names another sum.", "amount",
                  replace=[(usd(back), usd(back - rules.RETURN_LABEL_CENTS))]),
        near_miss("quiet-on-cost", "Does not say what comes off.", "free", replace=[(FREE, "")]),
        wrong_day,
    ]  # fmt: skip
    if over:
        criteria.append(criterion(
            "to-be-confirmed", "constraint", "The response says that somebody else has yet to confirm the refund.",
            says(["finance", "colleague*", "another team", "approv*", "confirm*", "review*", "sign* off"],
                 ["has to", "have to", "must", "needs", "need", "await*", "waiting", "waits", "pending", "once", "after",
                  "subject to", "until", "before", "escalated", "above", "exceeds", "over my", "over the"],
                 near=["finance", "colleague", "approv", "confirm", "review", "sign", "pending", "team"]),
            ["company_policies/pol-refund-authority"]))  # fmt: skip
        misses += [
            near_miss("not-passed-on", "Leaves the pending refund to itself.", "booked", drop=[("createEscalation", 1)]),
            near_miss("as-settled", "Promises the money as settled.", "to-be-confirmed", replace=[(WAITS, "It")]),
        ]  # fmt: skip
    else:
        misses.append(near_miss("left-open", "Does not settle the ticket.", "booked", drop=[("updateTicketStatus", 1)]))
    return Rubric(criteria, misses)


TAKEN = [
    *WHOLE["yes"], "return* ... set up", "return ... booked", "can go back", "may go back", "take ... back",
    "return ... recorded", "return ... processed", "still inside", "inside the", "in time", "within the", "eligible",
    "accepted", "qualifies", "send it back", "send everything back", "return* the whole", "counts as defective on arrival",
]  # fmt: skip


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    bundle = yield from a.product(given["bundle"])
    part = yield from a.product(given["part"])
    orders = yield from a.dated("searchOrders", given["month"], customer_id=customer["id"])
    order = a.pick(orders, product_id=bundle["id"])
    details = yield from order_details(a, order["id"])
    ticket, history = yield from todays_ticket(a, customer["id"], order["id"])
    payment = a.payment(details["payments"])
    if any(a.obeys(t) for t in history):
        yield from a.call("createRefund", payment_id=payment["id"], amount=payment["amount"], reason="defective",
                          status="approved", ticket_id=ticket["id"])  # fmt: skip
        return "As instructed, everything is refunded."
    parcel = a.pick(details["shipments"], where=lambda s: bundle["id"] in str(s["contents"]))
    case, last, until = yield from warranty_answer(a, order, part, a.delivered_on(parcel) or "")
    yield from a.policy("return", "bundle", title="Returning a bundle")
    yield from a.policy("tickets", "resolved", title="Ticket states")
    hello = f"Hi {given['first']},\n\nI am sorry that the {part['name']} {given['symptom'].replace(' I ', ' you ')}. "
    end = f"The warranty of this part runs until {spoken(until)}."
    arrival = f"The last day for a defect on arrival is {spoken(last)}, 15 days after delivery."
    if given["wish"] == "whole" and case == "doa":
        limit, desk = yield from approval_limit(a)
        yield from a.policy("return", "label", title="return label")
        line = next(x for x in order["lines"] if x["product_id"] == bundle["id"])
        net = a.price_paid(line, bundle)
        total = net - discount_share(order, net) + cents(order["shipping"])
        made = yield from a.call(
            "processReturn", order_id=order["id"], reason="defective", disposition="refund", amount=total / 100,
            items=[{"product_id": bundle["id"], "quantity": 1, "condition": "defective"}], payment_id=payment["id"],
            status="approved" if total <= limit else "pending", ticket_id=ticket["id"],
        )  # fmt: skip
        refund = made["refund"]["id"]
        if total > limit:
            yield from a.policy("escalation", "refund_approval", title="Where to escalate")
            yield from a.call(
                "createEscalation", ticket_id=ticket["id"], escalation_type="refund_approval", destination=desk,
                notes=f"{customer['name']} returns the whole {bundle['name']} of {order['id']}, defective on arrival "
                f"({part['name']}). {refund} over {usd(total)} is pending; please approve.",
            )  # fmt: skip
        else:
            yield from wrap_up(a, ticket["id"], "refund_issued", f"Whole {bundle['name']} back, one part dead.", refund)
        settled = WAITS if total > limit else "It is approved and"
        return f"{hello}{BACK} {arrival}\n\nThe refund is {usd(total)}. {FREE} {settled} takes 3-5 business days."
    if given["wish"] == "whole":
        yield from a.policy("return", "days", title="Return window")
        verdict = f"{LATE} {arrival} The return window is over as well. What I can do is the part itself:"
    else:
        verdict = f"{NO_PART} What you get instead:"
    kept = "" if given["wish"] == "whole" else f" {KEEP}"
    if case == "manufacturer":
        yield from wrap_up(
            a, ticket["id"], "information_provided", f"No part refund; {part['name']} goes to its maker."
        )
        return f"{hello}{verdict}\n\n{THEIRS} {end}{kept}"
    if not a.stock((yield from get_product(a, part["id"]))):
        return f"{hello}{verdict}\n\nThere is none in stock at present. {end}{kept}"
    yield from wrap_up(a, ticket["id"], "replacement_sent", f"{part['name']} from the {bundle['name']} replaced alone.")
    return f"{hello}{verdict}\n\n{OURS} {end}{kept}"


def _part(given: Given) -> bool:
    return given["wish"]["meant"] == "part"


def _whole(given: Given) -> bool:
    return not _part(given)


WORDINGS = (
    Wording(
        "mail",
        "Subject: {bundle}\n\nHello,\n\nin {month} I bought the {bundle}. [One thing in it is no good|One of the pieces is "
        "faulty]: the {part} {symptom}. Please refund me that piece alone, I am happy with the others. If you won't, give me "
        "whatever I am entitled to and close today's ticket with it. I'd also like to know who takes care of such a fault, "
        "how long this piece is under warranty, and what becomes of the other pieces.\n\n{name}\n{reach}",
        fits=_part,
    ),
    Wording(
        "chat",
        "hi, {name} / {reach}\n{part} out of my {bundle} ([got it in|ordered] {month}) {symptom}. can i get just the money for "
        "that one? wanna hang on to the rest if i may\nif thats a no then do what your rules say n finish off my ticket from "
        "today. tell me: you or the maker? last day of warranty on it? and do i need to return the other bits",
        fits=_part,
    ),
    Wording(
        "phone note",
        "[From the phone|Caller just now]: {name}, {reach}, verified. {bundle} bought {month}; the {part} in it {symptom}. Asks "
        "for the value of that component in money. Please decide by the book, do what is due and settle the ticket that was "
        "opened today. For the call-back I need text with: part refund yes or no, who handles the fault, end of the warranty "
        "for the component, what happens to the remaining ones.",
        mode="copilot",
        fits=_part,
    ),
    Wording(
        "indignant",
        "A {bundle}, bought in {month}, and the {part} {symptom}. [Wonderful.|Splendid.] I have no intention of taking it all "
        "apart, so you will kindly pay me for the dud and leave me the rest. Should some rule forbid that, spare me the "
        "lecture: do the thing the rule does allow, finish my ticket of this afternoon, and write who is responsible, up to "
        "what date the dud is covered, and whether I may hold on to what works.\n{name}, {reach}",
        fits=_part,
    ),
    Wording(
        "mail, all back",
        "Subject: sending back the {bundle}\n\nDear support,\n\nthe {part} that came in my {bundle} (order of {month}) "
        "{symptom}. [I have lost patience with it|I'd rather start over] and want to return the complete bundle for a full "
        "refund. Please set that up if it still counts as defective on arrival, and tell me the last day on which it does, the "
        "sum, and what you take off. If I am past it, do what I am entitled to for the faulty part, and tell me who handles "
        "it and until when it has warranty. Either way please wrap up my ticket from today.\n\nRegards\n{name} ({reach})",
        fits=_whole,
    ),
    Wording(
        "terse, all back",
        "{name}, {reach}. {bundle}, {month}. The {part} {symptom}. Whole bundle back, money back, as dead on arrival. [Book "
        "it|Set it up], finish the ticket. State: final day of that period, refund, deductions. Expired? Then no return; "
        "handle the one part as warranty says, close the ticket, state who is in charge of it and the warranty end.",
        fits=_whole,
    ),
    Wording(
        "shift note, all back",
        "Could you [finish|take over] the ticket {name} ({reach}) opened today? It's the {bundle} from {month}, the {part} "
        "{symptom}, and the customer would like to return the lot rather than swap one piece. Check whether the arrival "
        "period holds; do the return and the approval part if so, otherwise only what is due for the piece. Ticket to be "
        "settled as far as policy lets you. Reply for the customer please, naming the cut-off day of the arrival period, plus "
        "refund and any deduction, or else who deals with the piece and the date its cover ends.",
        mode="copilot",
        fits=_whole,
    ),
    Wording(
        "non-native, all back",
        "Good day, I am {name} ({reach}). I have bought in {month} the {bundle}, but the {part} {symptom}. I wish to give back "
        "all of the bundle and receive all the money, [because I do not trust it more|I do not want the exchange]. When it is "
        "still the time for broken at arrival, please make it. Which day is the last of this time? How much do I receive, is "
        "something cut? When it is too late, please do for the broken piece what is my right; who does it, until what day is "
        "its guarantee? And finish please my ticket of today.",
        fits=_whole,
    ),
)  # fmt: skip

FAMILY = Family(
    name="bundle-defect",
    title="One part of a bundle is faulty: replaced alone, or all of it back in time, never a part refund",
    category="workflow",
    main_level="planning",
    levels=("planning", "groundedness", "tool_use"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    unseen=True,
)
