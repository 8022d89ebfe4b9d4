"""A dear item comes back: the exact refund, approved within the desk's authority or pending and sent to finance."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Worker, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    approval_limit,
    discount_share,
    identified,
    label_cost,
    number_in,
    order_details,
    restocking_policy,
    return_deadline,
)
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    Staged,
    amount,
    call,
    choice,
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
from enterprisegym.world import Row

TRAPS = (
    "contact_format", "namesake", "year_twin", "price_drift", "brand_spelling", "header_lag", "midnight_order",
    "stray_note", "failed_attempts",
)  # fmt: skip
DEAR = 36000
BUILDS = 10
STATES = {"unopened": "still sealed", "opened": "opened and in good working order"}
NONE_KEPT = "No restocking fee is taken."
WAITS = (
    "This sum is above what I may approve, so it is pending and a colleague in finance has to confirm it first. Then it"
)
SETTLED = "The refund is approved and"
LATE = "I am sorry, but we can no longer take it back"
REASONS = {
    "window": "the time for a return is over",
    "custom_build": "it is part of a custom build that our bench put together, and those come back only when defective",
    "clearance": "it was a clearance item, and those are final sale",
}


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    mine = {c["id"]: c for c in single_accounts(world)}
    builds = 0
    for order in world.all("orders"):
        builds += order["build_id"] is not None and order["created_at"] > "2025-09-20"
        if order["build_id"] is not None and not 0 < builds <= BUILDS:
            continue
        if order["status"] != "fulfilled" or order["customer_id"] not in mine or not world.untouched(order):
            continue
        for line in world.lines(order["id"]):
            if line["unit_price_cents"] * line["quantity"] < DEAR or order["created_at"] < "2025-07-01":
                continue
            if found := _situation(world, rng, order, line, mine[order["customer_id"]]):
                yield found


def _situation(world: Records, rng: random.Random, order: Row, line: Row, customer: Row) -> Situation | None:
    product = world.product(line["product_id"])
    bought = [
        o for o in world.orders_of(customer["id"]) for x in world.lines(o["id"]) if x["product_id"] == product["id"]
    ]
    came = world.delivered_on(order, product["id"])
    if len(bought) != 1 or line["quantity"] > 3 or came is None or (world.today - came).days > 130:
        return None
    condition = ("opened", "unopened", "opened")[stable(order["id"], product["id"], below=3)]
    ticket = incoming_ticket(
        900 + stable(order["id"], product["id"], "return", below=100), customer["id"], "sending something back",
        f"I would like to return my {world.called(product)}. It is {STATES[condition]}. {customer['name']}", "return",
        order["id"],
    )  # fmt: skip
    key = {"customer": customer["id"], "order": order["id"], "product": product["id"], "condition": condition}
    case = _case(world, order, line, condition)
    refund = _refund(world, order, line, condition)
    over = refund.total_cents > rules.AGENT_LIMIT_CENTS
    traps = list(world.traps_on(order["id"], product["id"], among=TRAPS))
    traps += world.traps_on(customer["id"], among=("contact_format", "namesake"))
    if (world.mark("stray_note", order["id"]) or {}).get("topic") in ("replacement", "credit"):
        traps.remove("stray_note")
    if case:
        traps = [t for t in traps if t not in ("price_drift", "stray_note", "failed_attempts")]
    month = f"{world.placed_on(order):%B}"
    units = "all {n} of them".format(n=line["quantity"]) if line["quantity"] > 1 else "one piece"
    return Situation(
        key=key,
        given={
            **presented(world, customer, rng),
            "product": world.called(product),
            "month": said(month, f"{world.placed_on(order):%Y-%m}"),
            "state": said(STATES[condition], condition),
            "units": said(units, line["quantity"]),
        },
        traps=tuple(dict.fromkeys([*traps, *(["superseded_policy"] if stable(order["id"], below=3) else [])])),
        difficulty=2 if case else 3 + over + (refund.fee_cents > 0 and order["discount_cents"] > 0),
        setup=(ticket,),
    )


def _case(world: Records, order: Row, line: Row, condition: str) -> str | None:
    """Why the goods cannot come back, None if they can."""
    product, tier = world.product(line["product_id"]), world.tier_of(world.customer(order["customer_id"]))
    if excluded := rules.return_exclusion(order, product, condition, "customer_remorse"):
        return excluded
    shipments = world.shipments(order["id"])
    return None if rules.within_return_window(order, tier, shipments, product["id"], world.today) else "window"


def _refund(world: Records, order: Row, line: Row, condition: str) -> rules.ReturnRefund:
    items = [{"product_id": line["product_id"], "quantity": line["quantity"], "condition": condition}]
    tier: str = world.customer(order["customer_id"])["loyalty_tier"]
    products = {line["product_id"]: world.product(line["product_id"])}
    return rules.return_refund_cents(order, world.lines(order["id"]), items, tier, "customer_remorse", products)


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    order, product = staged.order(s.key["order"]), staged.product(s.key["product"])
    line = next(x for x in staged.lines(order["id"]) if x["product_id"] == product["id"])
    condition, tickets, payment = s.key["condition"], open_on(staged, order["id"]), staged.capture(order)
    tier, shipments = staged.tier_of(staged.customer(order["customer_id"])), staged.shipments(order["id"])
    case, refund = _case(staged, order, line, condition), _refund(staged, order, line, condition)
    last = rules.return_deadline(order, tier, shipments, product["id"]) or world.today
    items = [{"product_id": product["id"], "quantity": line["quantity"], "condition": condition}]
    if case:
        return _refused(order, product, tickets, items, case, last, shipments[-1])
    back, over = refund.total_cents, refund.total_cents > rules.AGENT_LIMIT_CENTS
    listed = product["price_cents"] * line["quantity"]
    todays = listed - rules.half_up(order["discount_cents"] * listed, order["subtotal_cents"])
    moved: Any = "refund_requested" if over else {"any_of": ["refunded", "partially_refunded"]}
    escalation = {"table": "escalations", "added": True, "where": {"escalation_type": "refund_approval"}}
    states = ("open", "pending_customer") if over else ("open", "pending_customer", "resolved")
    criteria = [
        criterion(
            "recorded", "correctness",
            f"The {product['name']} ({line['quantity']}, {condition}) of order {order['id']} is recorded as returned, change of "
            f"mind, with a refund of {usd(back)}, {'pending' if over else 'approved'}; nothing else is changed.",
            {"check": "state",
             "required": [
                 {"table": "returns", "added": True, "where": {"order_id": order["id"]},
                  "set": {"items": items, "reason": "customer_remorse", "disposition": "refund"}},
                 {"table": "refunds", "added": True, "where": {"payment_id": payment["id"]},
                  "set": {"amount_cents": back, "status": "pending" if over else "approved"}},
                 {"table": "orders", "id": order["id"], "set": {"status": moved}},
                 *([] if over else [{"table": "payments", "id": payment["id"], "set": {"status": moved}}]),
             ],
             "allowed": [*handled(tickets, *states), *([escalation] if over else [])]},
            [f"orders/{order['id']}", f"order_lines/{line['id']}", "company_policies/pol-refund-calculation"],
        ),
        criterion("amount", "correctness", f"The response says that the refund is {usd(back)}.",
                  amount(back, [todays] if todays != refund.goods_cents else []), [f"order_lines/{line['id']}"]),
        criterion(
            "fee", "completeness",
            f"The response gives the restocking fee as {usd(refund.fee_cents)}." if refund.fee_cents
            else "The response says that there is no restocking fee.",
            amount(refund.fee_cents, near=["restock", "fee", "open"]) if refund.fee_cents else says(
                ["no restocking fee", "restocking fee is waived", "waive*", "without a restocking fee", "$0.00", "no fee",
                 "no fees", "not charge* ... restocking", "no ... restocking", "restocking fee does not apply", "$0",
                 "restocking fee: none", "no 15%", "not subject to"]),
            ["company_policies/pol-returns-restocking"],
        ),
        criterion("last-day", "correctness", f"The response says that the return could be asked for until {spoken(last)}.",
                  day(last, [staged.placed_on(order) + timedelta(days=21)]),
                  ["company_policies/pol-returns-window", f"shipments/{shipments[-1]['id']}.events"]),
    ]  # fmt: skip
    misses = [
        near_miss("other-sum", "Names another sum.", "amount", replace=[(usd(back), usd(back + 1100))]),
        near_miss("more-than-due", "Refunds without what comes off.", "recorded",
                  set=[("processReturn", 1, {"amount": (back - 500) / 100})]),
        near_miss("damaged", "Records another state of the goods.", "recorded", set=[("processReturn", 1, {
            "items": [{**items[0], "condition": "unopened" if condition == "opened" else "opened"}]})]),
        near_miss("quiet-on-fee", "Does not say what comes off.", "fee",
                  replace=[(_fee_line(refund.fee_cents), "")]),
        near_miss("wrong-day", "Counts wrongly.", "last-day", replace=[(spoken(last), spoken(last - timedelta(days=4)))]),
    ]  # fmt: skip
    if over:
        criteria += [
            criterion(
                "escalated", "correctness",
                f"The refund is escalated to finance as refund_approval on the ticket, with the sum {usd(back)}.",
                {"check": "called", "tool": "createEscalation",
                 "arguments": {"ticket_id": {"any_of": tickets}, "escalation_type": "refund_approval",
                               "destination": "finance"}},
                [f"tickets/{tickets[-1]}", "company_policies/pol-escalation-matrix"],
            ),
            criterion(
                "to-be-confirmed", "constraint", "The response says that somebody else has yet to confirm the refund.",
                says(["finance", "colleague*", "another team", "approv*", "confirm*", "review*", "sign* off"],
                     ["has to", "have to", "must", "needs", "need", "await*", "waiting", "waits", "pending", "once", "after",
                      "subject to", "until", "before", "escalated", "above", "exceeds", "over my", "over the"],
                     near=["finance", "colleague", "approv", "confirm", "review", "sign", "pending", "team"]),
                ["company_policies/pol-refund-authority"],
            ),
        ]  # fmt: skip
        misses += [
            near_miss("not-passed-on", "Leaves the pending refund to itself.", "escalated", drop=[("createEscalation", 1)]),
            near_miss("approves", "Approves above the limit.", "recorded",
                      set=[("processReturn", 1, {"status": "approved"})]),
            near_miss("as-settled", "Promises the money as settled.", "to-be-confirmed", replace=[(WAITS, "It")]),
        ]  # fmt: skip
    return Rubric(criteria, misses)


def _refused(
    order: Row, product: Row, tickets: list[str], items: list[dict[str, Any]], case: str, last: Any, parcel: Row
) -> Rubric:
    why = {
        "custom_build": [
            "custom build",
            "custom-built",
            "assembled",
            "built for you",
            "put together",
            "built to order",
        ],
        "clearance": ["clearance", "final sale"],
    }.get(case, [])
    criteria = [
        criterion("kept", "constraint", "No return, refund or escalation is made; at most the ticket was worked on.",
                  left_alone(tickets, mentions("return*", "take ... back", "send ... back", "refund*"), "open",
                             "pending_customer", "resolved", "closed"),
                  [f"orders/{order['id']}.status", f"tickets/{tickets[-1]}"]),
        criterion("no", "correctness", f"The response says that the {product['name']} cannot be returned.",
                  choice("no", {
                      "yes": ["approved", "eligible", "accepted", "is set up", "can be returned"],
                      "no": ["can not", "can no longer", "no longer", "not returnable", "not eligible", "unable to",
                             "not possible", "not accept*", "not take*", "too late", "declin*", "not able",
                             "not be returned", "non-returnable", "excluded", "not approved", "ineligible", "not set up",
                             "outside", "has passed", "expired", "not allow*", "refus*", "not permit*"]}),
                  [f"orders/{order['id']}", "company_policies/pol-returns-window"]),
        criterion("warranty", "completeness", "The response says that a fault would be a matter of warranty or a defect.",
                  says(["warranty", "guarantee", "defect*", "fault*"]), ["company_policies/pol-returns-window"]),
    ]  # fmt: skip
    misses = [
        near_miss("takes-it", "Takes it back all the same.", "kept", add=[call(
            "processReturn", order_id=order["id"], items=items, reason="customer_remorse", disposition="store_credit",
            amount=100.0)]),
        near_miss("says-yes", "Says yes.", "no", replace=[(LATE, "We take it back"), (NOT_OURS, "")]),
        near_miss("no-outlook", "Says nothing of a fault.", "warranty", replace=[
            (FAULT, ""), *([(REASONS[case], REASONS[case].replace(", and those come back only when defective", ""))]
                           if case == "custom_build" else [])]),
    ]  # fmt: skip
    if case == "window":
        criteria.append(criterion(
            "last-day", "correctness", f"The response says that the last day to ask was {spoken(last)}.", day(last),
            [f"shipments/{parcel['id']}.events", "company_policies/pol-returns-window"],
        ))  # fmt: skip
        misses.append(near_miss("wrong-day", "Counts wrongly.", "last-day",
                                replace=[(spoken(last), spoken(last - timedelta(days=4)))]))  # fmt: skip
    else:
        criteria.append(criterion("why", "correctness", f"The response gives the reason: {REASONS[case]}.", says(why),
                                  ["company_policies/pol-returns-excluded"]))  # fmt: skip
        misses.append(near_miss("no-reason", "Gives no reason.", "why", replace=[(f": {REASONS[case]}", "")]))
    return Rubric(criteria, misses)


FAULT = "Should it ever turn out to be faulty, that is a warranty matter, and I will gladly look into it."
NOT_OURS = "I have not set anything up."


def _until(day_text: str) -> str:
    return f"The last day to ask was {day_text}. "


def _fee_line(fee_cents: int) -> str:
    return f"- restocking fee, as it was opened: {usd(fee_cents)}\n" if fee_cents else f"- {NONE_KEPT}\n"


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    product = yield from a.product(given["product"])
    orders = yield from a.dated("searchOrders", given["month"], customer_id=customer["id"])
    order = a.pick(orders, product_id=product["id"])
    details = yield from order_details(a, order["id"])
    line = next(x for x in order["lines"] if x["product_id"] == product["id"])
    parcel = next(s for s in details["shipments"] if product["id"] in str(s["contents"]))
    tier: str = customer["loyalty_tier"]
    hello = f"Hi {given['first']},\n\n"
    excluded = yield from a.policy("return", "clearance consumables", title="Items we do not take back")
    last, _ = yield from return_deadline(a, order, tier, a.delivered_on(parcel) or "")
    case = "clearance" if product["status"] == "clearance" else "window" if last < a.clock.today else None
    if order["build_id"] is not None and "assembled by us" in excluded["body"]:
        case = case if case == "clearance" else "custom_build"
    if case:
        until = _until(spoken(last)) if case == "window" else ""
        return f"{hello}{LATE}: {REASONS[case]}. {until}{NOT_OURS}\n\n{FAULT}\n\nCorecraft support"
    if a.noted(order, r"refund|return|RMA", True, bool(details["returns"])):
        return f"{hello}your return of the {product['name']} is with us already; nothing more is needed from you."
    restocking = yield from restocking_policy(a)
    charged = product["category"] in rules.RESTOCKING_CATEGORIES and tier != "platinum" and given["state"] == "opened"
    label = 0 if tier in ("gold", "platinum") else (yield from label_cost(a))
    limit, desk = yield from approval_limit(a)
    yield from a.policy("refund", "business days after approval", title="Paying out")
    paid = a.price_paid(line, product) * line["quantity"]
    net = paid - discount_share(order, paid)
    fee = rules.half_up(net * number_in(r"(\d+) ?%", restocking), 100) if charged else 0
    total = net - fee - label
    ticket, payment = details["tickets"][0], a.payment(details["payments"])
    made = yield from a.call(
        "processReturn", order_id=order["id"], reason="customer_remorse", disposition="refund", amount=total / 100,
        items=[{"product_id": product["id"], "quantity": line["quantity"], "condition": given["state"]}],
        status="approved" if total <= limit else "pending", payment_id=payment["id"], ticket_id=ticket["id"],
    )  # fmt: skip
    if total > limit:
        yield from a.policy("escalation", "refund_approval", title="Where to escalate")
        yield from a.call(
            "createEscalation", ticket_id=ticket["id"], escalation_type="refund_approval", destination=desk,
            notes=f"{customer['name']} returns {line['quantity']} x {product['name']} ({given['state']}) of {order['id']}: goods "
            f"{usd(net)}, restocking {usd(fee)}, label {usd(label)}. {made['return']['id']}, {made['refund']['id']} over "
            f"{usd(total)} is pending. Please approve.",
        )  # fmt: skip
    return (
        f"{hello}you are in time (the last day to ask is {spoken(last)}), and the return of the {product['name']} from order "
        f"{order['id']} is set up.\n\n"
        f"- goods as you paid them, after the discount of the order: {usd(net)}\n"
        f"{_fee_line(fee)}"
        f"- return label: {usd(label) if label else 'free'}\n\n"
        f"That makes a refund of **{usd(total)}**. {SETTLED if total <= limit else WAITS} takes 3-5 business days.\n\n"
        "Corecraft support"
    )


WORDINGS = (
    Wording(
        "plain mail",
        "Subject: [return of my {product}|sending the {product} back]\n\nHello,\n\nI bought the {product} from you in "
        "{month} ({units}) and [it isn't what I need|I have no use for it]. It is {state}; nothing is wrong with it. Please "
        "set up the return if I am still allowed to, and tell me up to which day that is possible, what I get back exactly, "
        "the restocking fee if you take one, and when the money comes. If you can't take it, then why, and what if it should "
        "break?\n\n{name}\n{reach}",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "angry",
        "So [reviewers|the internet] told me I overpaid and I want my money back for the {product}, {units}, ordered {month}. "
        "It's {state}, before you ask. {name}, {reach}. Start the return today. I want the refund to the cent, your famous "
        "restocking fee if there is one, the day my return right ends, and don't you dare say 'approved' if someone else "
        "still has to nod it through. And if you refuse: the reason, plus what happens if it fails on me.",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "chat",
        "hey there, {name} ({reach})\nthinking better of the {product} i got in {month}, {units}, {state}\ncan i return it? "
        "if so pls do it, and whats [the last day i couldve asked|the deadline], the exact refund, any restock fee n is the "
        "money safe or does someone need to ok it? if not why not & what about a defect later",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "phone note",
        "[Phone note|From a call]: {name}, {reach}, verified. Returns the {product} of {month}, {units}, {state}, simply "
        "changed plans. Please [process it by policy|take it through by policy], approvals included; if it can't come back, "
        "don't book anything. I need the text for the customer: refund amount, restocking fee or none, last day of the "
        "window, whose approval it still needs if any; in case of a no, the reason and how a later fault would be handled.",
        mode="copilot",
    ),
    Wording(
        "rambling",
        "Good evening, I hope I'm writing to the right people. {name} is the name, {reach}. In {month} we bought the {product} "
        "({units}), after [weeks|months] of reading, and then my wife measured the desk, and that was that. Everything is "
        "{state}. Would you have it back? If yes, please begin. We would like to read the precise sum, whether you hold back "
        "anything for restocking, until when one may change one's mind, and if the payment is already sure. If no, on what "
        "ground, and who helps us should it have a fault one day?",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "lead",
        "Large return on your desk: {name}, {reach}, {product}, {units}, bought {month}, {state}, no longer wanted. [Check "
        "it, book it|Check and book it] and route it to whoever must sign, if anyone must. Nothing booked if policy forbids "
        "it. Then draft the customer's mail: the sum, restocking fee yes/no and how much, window end, status of the approval; "
        "or the refusal with its reason and a word on what happens with faults.\n\n[Dana|Tobias]",
        mode="copilot",
    ),
    Wording(
        "non-native",
        "Hello dear support. My name {name}, {reach}. I have buyed {product} in {month}, {units}. Now I do not want it, it is "
        "{state}. I ask for return. Please tell me until what day return is good, how many dollars exact I become back, is "
        "there restocking cost, and if the money is sure or one must still allow it. When return is not possible please "
        "explain me why and what is when it goes broken.",
        fits=lambda given: "phone" not in given,
    ),
)  # fmt: skip

FAMILY = Family(
    name="big-return",
    title="A dear item comes back: the exact refund, approved by the desk or pending and sent to finance",
    category="workflow",
    main_level="groundedness",
    levels=("groundedness", "planning", "tool_use"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-returns-holiday-2025", "pol-returns-excluded", "pol-returns-labels", "pol-refund-payment"),
)
