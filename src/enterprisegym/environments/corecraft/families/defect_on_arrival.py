"""A fresh purchase is defective: refund or replacement while it counts as defective on arrival, warranty after that."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Worker, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    approval_limit,
    discount_share,
    get_product,
    identified,
    order_details,
    warranty_answer,
)
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records, shuffled
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

OF_ORDERS = ("header_lag", "midnight_order", "failed_attempts", "year_twin")
OF_GOODS = ("split_stock", "brand_spelling")
FRESH, LATER = 45, 30
SYMPTOMS = {
    "gpu": "gives no picture at all",
    "cpu": "does not post in any board",
    "memory": "throws errors from the first minute",
    "storage": "is not found by any computer",
    "psu": "stays dead, no fan, no light",
    "cooling": "has a fan that does not turn",
    "monitor": "stays black",
    "keyboard": "has a whole row of dead keys",
    "mouse": "has a left button that does nothing",
    "headset": "is silent on one side",
    "networking": "loses the connection every minute",
}
WISHES = {"refund": "the money back", "replacement": "a working one instead, or the money if there is none left"}
FREE = "You pay nothing: the return label is free and no fee comes off."
WAITS = (
    "This sum is more than I may approve, so it is pending and a colleague in finance has to confirm it first. Then it"
)
SETTLED = "The refund is approved and"
STOCKED = "We have it in stock, so"
ROUTES = {
    "corecraft": "From then on a fault is a warranty case. We handle it ourselves, with replacement or repair first.",
    "manufacturer": "From then on a fault is a warranty case, and this one goes to the manufacturer, with our proof of "
    "purchase.",
}


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    mine = {c["id"]: c for c in single_accounts(world)}
    marked = {m["id"] for trap in ("contact_format", "namesake") for m in world.marks(trap)}
    cases: list[tuple[Row, Row, bool, bool]] = []
    for order in world.all("orders"):
        if order["status"] != "fulfilled" or order["customer_id"] not in mine or order["build_id"]:
            continue
        if not world.untouched(order) or order["created_at"] < "2025-08-25":
            continue
        for line in world.lines(order["id"]):
            came = world.delivered_on(order, line["product_id"])
            product = world.product(line["product_id"])
            if came is None or line["quantity"] != 1 or product["category"] not in SYMPTOMS:
                continue
            rare = order["customer_id"] in marked or bool(
                world.traps_on(order["id"], among=OF_ORDERS) or world.traps_on(product["id"], among=("split_stock",))
            )
            cases.append((order, line, rare, rules.within_days(came, world.today, rules.DOA_DAYS)))
    chosen = [c for c in cases if c[2]]
    plain = shuffled(rng, [c for c in cases if not c[2]])
    chosen += [c for c in plain if c[3]][:FRESH] + [c for c in plain if not c[3]][:LATER]
    for order, line, _, _ in chosen:
        if found := _situation(world, rng, order, line, mine[order["customer_id"]]):
            yield found


def _situation(world: Records, rng: random.Random, order: Row, line: Row, customer: Row) -> Situation | None:
    product = world.product(line["product_id"])
    bought = [
        o for o in world.orders_of(customer["id"]) for x in world.lines(o["id"]) if x["product_id"] == product["id"]
    ]
    if len(bought) != 1:
        return None
    wish = ("refund", "replacement")[stable(order["id"], product["id"], below=2)]
    if world.mark("split_stock", product["id"]) or world.available(product["id"]) < 1:
        wish = "replacement"
    case = _case(world, order, product)
    told = {t["ticket_type"] for t in world.order_tickets(order["id"]) if t["status"] not in ("resolved", "closed")}
    if case == "expired" or told & {"return", "warranty", "troubleshooting"}:
        return None
    goes = _remedy(world, product, wish) if case == "doa" else case
    over = goes == "refund" and _refund(world, order, product).total_cents > rules.AGENT_LIMIT_CENTS
    ticket = incoming_ticket(
        900 + stable(order["id"], product["id"], "defect", below=100), customer["id"], "does not work",
        f"My {world.called(product)} {SYMPTOMS[product['category']]}. I tried it on another machine, the same. "
        f"{customer['name']}", "return", order["id"],
    )  # fmt: skip
    traps = list(world.traps_on(order["id"], among=OF_ORDERS)) + list(world.traps_on(product["id"], among=OF_GOODS))
    traps += world.traps_on(customer["id"], among=("contact_format", "namesake"))
    if "brand_spelling" in traps and "contact_format" in traps:
        return None
    if "split_stock" in traps and (case != "doa" or wish != "replacement"):
        traps.remove("split_stock")
    if "failed_attempts" in traps and goes != "refund":
        traps.remove("failed_attempts")
    if not traps and stable(order["id"], below=4):
        traps.append("superseded_policy")
    return Situation(
        key={"customer": customer["id"], "order": order["id"], "product": product["id"], "wish": wish},
        given={
            **presented(world, customer, rng),
            "product": world.called(product),
            "month": said(f"{world.placed_on(order):%B}", f"{world.placed_on(order):%Y-%m}"),
            "symptom": SYMPTOMS[product["category"]],
            "wish": said(WISHES[wish], wish),
        },
        traps=tuple(dict.fromkeys(traps)),
        difficulty={"refund": 3, "replacement": 2, "corecraft": 2, "manufacturer": 3}[goes] + over
        + (wish == "replacement" and goes == "refund"),
        setup=(ticket,),
    )  # fmt: skip


def _case(world: Records, order: Row, product: Row) -> str:
    """`doa`, or who takes the warranty case today: `corecraft`, `manufacturer`; `expired`."""
    shipments = world.shipments(order["id"])
    if rules.is_doa(order, shipments, product["id"], world.today):
        return "doa"
    policy = world.get("warranty_policies", product["warranty_policy_id"])
    return rules.warranty_status(order, shipments, product, policy, world.today).handled_by or "expired"


def _remedy(world: Records, product: Row, wish: str) -> str:
    return "replacement" if wish == "replacement" and world.available(product["id"]) > 0 else "refund"


def _refund(world: Records, order: Row, product: Row) -> rules.ReturnRefund:
    items = [{"product_id": product["id"], "quantity": 1, "condition": "defective"}]
    tier: str = world.customer(order["customer_id"])["loyalty_tier"]
    return rules.return_refund_cents(
        order, world.lines(order["id"]), items, tier, "defective", {product["id"]: product}
    )


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    order, product = staged.order(s.key["order"]), staged.product(s.key["product"])
    tickets, shipments = open_on(staged, order["id"]), staged.shipments(order["id"])
    came = rules.delivered_on(shipments, product["id"]) or world.today
    case, last = _case(staged, order, product), came + timedelta(days=rules.DOA_DAYS)
    former = staged.placed_on(order) + timedelta(days=10)
    doa_day = criterion(
        "arrival-day", "correctness", f"The response says that {spoken(last)} is the last day of a defect on arrival.",
        day(last, [former]), ["company_policies/pol-returns-doa", f"shipments/{shipments[-1]['id']}.events"],
    )  # fmt: skip
    wrong_day = near_miss("counts-wrongly", "Counts the days wrongly.", "arrival-day",
                          replace=[(spoken(last), spoken(last - timedelta(days=6)))])  # fmt: skip
    items = [{"product_id": product["id"], "quantity": 1, "condition": "defective"}]
    if case != "doa":
        return _warranty(staged, order, product, case, tickets, doa_day, wrong_day, items)
    goes, refund, payment = (
        _remedy(staged, product, s.key["wish"]),
        _refund(staged, order, product),
        staged.capture(order),
    )
    back, over = refund.total_cents, goes == "refund" and refund.total_cents > rules.AGENT_LIMIT_CENTS
    free = criterion(
        "free", "completeness", "The response says that nothing is deducted or to be paid.",
        says(["no fee", "no fees", "no cost", "free", "pay nothing", "nothing to pay", "nothing is deducted", "no deduction*",
              "without deduction*", "in full", "full refund", "nothing comes off", "at no charge", "no charge", "prepaid",
              "on us", "nothing deducted", "costs you nothing", "not deduct*", "nothing off", "nothing is taken off",
              "cost you nothing", "our cost", "our expense"]),
        ["company_policies/pol-returns-doa"],
    )  # fmt: skip
    silent = near_miss("quiet-on-cost", "Does not say what it costs.", "free", replace=[(FREE, "")])
    record: dict[str, Any] = {
        "table": "returns", "added": True, "where": {"order_id": order["id"]},
        "set": {"items": items, "reason": "defective", "disposition": goes},
    }  # fmt: skip
    if goes == "replacement":
        return Rubric([
            criterion("recorded", "correctness",
                      f"The {product['name']} of order {order['id']} is recorded as returned, defective, for a replacement; "
                      "nothing else is changed.",
                      {"check": "state", "required": [record],
                       "allowed": handled(tickets, "open", "pending_customer", "resolved")},
                      [f"orders/{order['id']}", "company_policies/pol-returns-doa"]),
            criterion("stock", "correctness", "The response says that a replacement is in stock.",
                      choice("yes", {
                          "yes": ["in stock", "available", "on the shelf", "on hand", "have one", "have it", "have stock",
                                  "in our warehouse", "ready to ship", "have them", "have replacement*", "have several"],
                          "no": ["out of stock", "not in stock", "not available", "no stock", "sold out", "unavailable",
                                 "none left", "not ... in stock"]}),
                      [f"inventory_levels/inv-{product['id']}-rno"]),
            doa_day, free,
        ], [
            near_miss("pays-instead", "Gives money though a replacement was wanted and is there.", "recorded",
                      set=[("processReturn", 1, {"disposition": "store_credit", "amount": 10.0})]),
            near_miss("stock-unseen", "Does not say whether there is one.", "stock", replace=[(STOCKED, "As you wish,")]),
            wrong_day, silent,
        ])  # fmt: skip
    moved: Any = "refund_requested" if over else {"any_of": ["refunded", "partially_refunded"]}
    escalation = {"table": "escalations", "added": True, "where": {"escalation_type": "refund_approval"}}
    states = ("open", "pending_customer") if over else ("open", "pending_customer", "resolved")
    criteria = [
        criterion("recorded", "correctness",
                  f"The {product['name']} of order {order['id']} is recorded as returned, defective, with a refund of "
                  f"{usd(back)}, {'pending' if over else 'approved'}; nothing else is changed.",
                  {"check": "state",
                   "required": [
                       record,
                       {"table": "refunds", "added": True, "where": {"payment_id": payment["id"]},
                        "set": {"amount_cents": back, "status": "pending" if over else "approved"}},
                       {"table": "orders", "id": order["id"], "set": {"status": moved}},
                       *([] if over else [{"table": "payments", "id": payment["id"], "set": {"status": moved}}]),
                   ],
                   "allowed": [*handled(tickets, *states), *([escalation] if over else [])]},
                  [f"orders/{order['id']}", "company_policies/pol-refund-calculation", "company_policies/pol-returns-doa"]),
        criterion("amount", "correctness", f"The response says that {usd(back)} is refunded.",
                  amount(back, [back - 2500]), [f"orders/{order['id']}.shipping_cents"]),
        doa_day, free,
    ]  # fmt: skip
    misses = [
        near_miss("short", "Refunds less than was paid.", "recorded",
                  set=[("processReturn", 1, {"amount": (back - 500) / 100})]),
        near_miss("as-remorse", "Records a change of mind.", "recorded",
                  set=[("processReturn", 1, {"reason": "customer_remorse"})]),
        near_miss("other-sum", "Names another sum.", "amount", replace=[(usd(back), usd(back + 700))]),
        wrong_day, silent,
    ]  # fmt: skip
    if over:
        criteria += [
            criterion("escalated", "correctness", "The refund is escalated to finance as refund_approval on the ticket.",
                      {"check": "called", "tool": "createEscalation",
                       "arguments": {"ticket_id": {"any_of": tickets}, "escalation_type": "refund_approval",
                                     "destination": "finance"}},
                      [f"tickets/{tickets[-1]}", "company_policies/pol-escalation-matrix"]),
            criterion("to-be-confirmed", "constraint", "The response says that somebody else has yet to confirm the refund.",
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
    return Rubric(criteria, misses)


def _warranty(
    world: Records, order: Row, product: Row, case: str, tickets: list[str], doa_day: Any, wrong_day: Any,
    items: list[dict[str, Any]],
) -> Rubric:  # fmt: skip
    policy = world.get("warranty_policies", product["warranty_policy_id"])
    until = rules.warranty_until(order, world.shipments(order["id"]), product, policy) or world.today
    theirs = ["to the manufacturer", "with the manufacturer", "manufacturer handles", "contact the manufacturer", "the maker",
              "handled by the manufacturer", "through the manufacturer", "via the manufacturer", "by the manufacturer",
              "manufacturer takes", "manufacturer's", "directly with *"]  # fmt: skip
    ours = ["we handle", "handle* ... ourselves", "handled by us", "through us", "with us", "by Corecraft", "through Corecraft",
            "we take care", "Corecraft handles", "Corecraft will handle", "we will handle", "via Corecraft", "with Corecraft",
            "we take it", "our warranty", "I will handle", "our bench", "to us", "on our side", "we still handle", "claim via us",
            "we process", "we are responsible", "Corecraft takes", "our team"]  # fmt: skip
    return Rubric([
        criterion("kept", "constraint", "No return, refund or escalation is made; at most the ticket was worked on.",
                  left_alone(tickets, mentions("warranty"), "open", "pending_customer", "resolved"),
                  [f"orders/{order['id']}.status", f"tickets/{tickets[-1]}"]),
        doa_day,
        criterion("route", "correctness", ROUTES[case],
                  choice("ours", {"ours": ours, "theirs": theirs[:10]}) if case == "corecraft"
                  else says(theirs), ["company_policies/pol-warranty-claims", f"warranty_policies/{policy['id']}"]),
        criterion("until", "correctness", f"The response says that the warranty runs until {spoken(until)}.", day(until),
                  [f"warranty_policies/{policy['id']}.months", "company_policies/pol-warranty-term"]),
    ], [
        near_miss("gives-in", "Takes it back all the same.", "kept", add=[call(
            "processReturn", order_id=order["id"], items=items, reason="defective", disposition="replacement")]),
        wrong_day,
        near_miss("other-route", "Sends them the other way.", "route", replace=[(
            ROUTES[case], ROUTES["manufacturer"] if case == "corecraft" else "From then on a fault is a warranty case; ours.")]),
        near_miss("other-end", "Names another end.", "until",
                  replace=[(spoken(until), spoken(until - timedelta(days=40)))]),
    ])  # fmt: skip


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    product = yield from a.product(given["product"])
    orders = yield from a.dated("searchOrders", given["month"], customer_id=customer["id"])
    order = a.pick(orders, product_id=product["id"])
    details = yield from order_details(a, order["id"])
    line = next(x for x in order["lines"] if x["product_id"] == product["id"])
    parcel = next(s for s in details["shipments"] if product["id"] in str(s["contents"]))
    case, last, until = yield from warranty_answer(a, order, product, a.delivered_on(parcel) or "")
    hello = f"Hi {given['first']},\n\nI am sorry that the {product['name']} {given['symptom']}. "
    if case not in ("doa", "corecraft", "manufacturer"):
        return f"{hello}Its warranty has run out."
    if case != "doa":
        return (
            f"{hello}The time in which it counts as defective on arrival, with refund or replacement at your choice, ended on "
            f"{spoken(last)}, 15 days after delivery. {ROUTES[case]} The warranty runs until "
            f"{spoken(until)}."
            "\n\nI have booked nothing so far.\n\nCorecraft support"
        )
    yield from a.policy("refund", "original shipping charge", title="Refunding the original")
    stocked = given["wish"] == "replacement" and a.stock((yield from get_product(a, product["id"]))) > 0
    items = [{"product_id": product["id"], "quantity": 1, "condition": "defective"}]
    own = details["tickets"][0]["id"]
    intro = f"{hello}It counts as defective on arrival (the last day for that is {spoken(last)}), so the choice is yours.\n\n"
    if stocked:
        made = yield from a.call(
            "processReturn",
            order_id=order["id"],
            items=items,
            reason="defective",
            disposition="replacement",
            ticket_id=own,
        )
        return (
            f"{intro}{STOCKED} a replacement is on its way for you: return {made['return']['id']} is set up for the faulty one. "
            f"{FREE}\n\nCorecraft support"
        )
    limit, desk = yield from approval_limit(a)
    yield from a.policy("refund", "business days after approval", title="Paying out")
    paid = a.price_paid(line, product)
    total = paid - discount_share(order, paid) + round(order["shipping"] * 100)
    made = yield from a.call(
        "processReturn", order_id=order["id"], items=items, reason="defective", disposition="refund", amount=total / 100,
        status="approved" if total <= limit else "pending", payment_id=a.payment(details["payments"])["id"], ticket_id=own,
    )  # fmt: skip
    if total > limit:
        yield from a.policy("escalation", "refund_approval", title="Where to escalate")
        yield from a.call(
            "createEscalation", ticket_id=own, escalation_type="refund_approval", destination=desk,
            notes=f"{customer['name']}: {product['name']} of {order['id']} defective on arrival, {made['return']['id']}. Refund "
            f"{made['refund']['id']} over {usd(total)}, shipping included, is pending. Please approve.",
        )  # fmt: skip
    none_left = (
        "There is none left to send, so as you wished you get the money. " if given["wish"] == "replacement" else ""
    )
    shipping = ", the shipping charge included" if order["shipping"] else " (no shipping had been charged)"
    return (
        f"{intro}{none_left}The refund is {usd(total)}{shipping}; the return is set up. {FREE} "
        f"{SETTLED if total <= limit else WAITS} takes 3-5 business days.\n\nCorecraft support"
    )


WORDINGS = (
    Wording(
        "mail",
        "Subject: {product} [faulty|defective]\n\nHello,\n\nthe {product} I ordered in {month} {symptom}. I have tried it on a "
        "second machine, it's the part. I'd like {wish}. Please arrange it if this still counts as faulty on arrival, and "
        "write me what happens now: until which day that counts, the sum or whether you have one in stock, and [what it costs "
        "me|if anything is deducted]. If it has become a warranty thing, book nothing; tell me who deals with it and "
        "how long the warranty lasts.\n\n{name}\n{reach}",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "angry",
        "Brand new {product}, and it {symptom}!! Ordered {month}, {name}, {reach}. Tried another PC, cables, everything. I want "
        "{wish}. [No forms, no testing.|Spare me the questionnaire.] Say exactly up to which date this is a dead-on-arrival "
        "case, what I get (how much, or is there stock), what you'd dare to charge me. Only if that date is gone: don't book "
        "stuff, just who do I turn to and when does the warranty end.",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "chat",
        "hi its {name}, {reach}\nmy {product} from {month} {symptom} :( tried it on my brothers pc too, same\nid like {wish}. can "
        "u set that up? whats the last day for faulty-on-arrival, do i pay anything, how much do i get / is one in stock\nif im "
        "past that dont book anything, [just tell me|tell me instead] who handles the warranty + its end date",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "phone note",
        "Call note: {name} ({reach}, checked). {product}, ordered in {month}, {symptom}; cross-checked on another computer. "
        "Wants {wish}. If it's inside the arrival period please book that, [approval and all|with the approval if it needs "
        "one]. If not, nothing gets booked. Text for the customer, please: last day of the arrival period, sum or stock, that "
        "or whether something is deducted; otherwise who takes the warranty case and until when warranty runs.",
        mode="copilot",
    ),
    Wording(
        "schoolteacher",
        "Dear Corecraft team, I teach [physics|chemistry] and hence tested methodically: the {product} which I ordered from you "
        "in {month} {symptom}, on two computers out of two. I should prefer {wish}. Kindly initiate this provided that the "
        "period for goods defective on delivery, whose last day you will please name, is not over, and state the amount or the "
        "availability as well as any costs to me. Were it over, please initiate nothing and name the party responsible for "
        "the warranty together with its last day.\n\n{name}, {reach}",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "bench colleague",
        "Ray from the bench. {name}, {reach}, described me a {product} (bought {month}) that {symptom}; sounds dead to me, no "
        "need to see it. Customer asks for {wish}. Can you [do the paperwork|take care of the booking] if we're still in the "
        "on-arrival days, and leave it if we aren't? Then the reply to send: cut-off date, refund sum or in stock, costs to "
        "them; or, if too late, whose warranty case and the end of the term.",
        mode="copilot",
    ),
    Wording(
        "non-native",
        "Good day, I am {name}, {reach}. The {product} of my order in {month} {symptom}. I proofed also with other computer. I "
        "wish {wish}. Please to organize when it is still defect of arrival; tell until what day is this, how much money or if "
        "you have it on the stock, and do I pay something. When it is too late, organize nothing, only say me who makes the "
        "warranty and until what date.",
        fits=lambda given: "phone" not in given,
    ),
)  # fmt: skip

FAMILY = Family(
    name="defect-on-arrival",
    title="A fresh purchase is defective: refund or replacement by choice and stock, or the warranty route",
    category="workflow",
    main_level="groundedness",
    levels=("groundedness", "planning", "tool_use"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-warranty-claims", "pol-refund-original-shipping", "pol-refund-authority", "pol-refund-payment"),
)
