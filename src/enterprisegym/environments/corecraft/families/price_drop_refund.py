"""Somebody saw our own price fall after buying: the difference is refunded where policy owes it, nothing where not."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
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
from enterprisegym.tasks import Edit
from enterprisegym.world import Row

OF_ORDERS = ("midnight_order", "page_cut", "failed_attempts", "year_twin")
OF_PEOPLE = ("contact_format", "namesake")
RECENT, EARLIER = 70, 12
SHOPS = ("Partsbarn", "Octane Computing", "Silverline Direct")
MATCH_DAYS = 7
NO_MATCH = "we do not match the prices of other shops, "
PAYS = "It goes back to the payment you ordered with, is approved and takes 3-5 business days."
NOTHING = {
    "late": "The request comes too late, so there is no refund",
    "same": "There is no refund, as our price has not fallen since",
    "clearance": "There is no refund, as the product is on clearance and adjustments do not cover clearance prices",
}


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    mine = {c["id"]: c for c in single_accounts(world)}
    orders = [
        o for o in world.all("orders") if o["customer_id"] in mine and o["status"] in ("fulfilled", "paid", "backorder")
    ]
    orders = [o for o in orders if world.untouched(o) and not o["build_id"]]
    marked = {m["id"] for trap in OF_PEOPLE for m in world.marks(trap)}
    rare = [o for o in orders if world.traps_on(o["id"], among=OF_ORDERS)]
    rare += [o for o in orders if o["customer_id"] in marked and o not in rare and o["created_at"] > "2025-08-01"]
    plain = [o for o in orders if o not in rare]
    recent = [o for o in plain if rules.within_days(world.placed_on(o), world.today, 14)]
    earlier = [o for o in plain if o not in recent and o["created_at"] > "2025-09-15"]
    for order in [*rare, *shuffled(rng, recent)[:RECENT], *shuffled(rng, earlier)[:EARLIER]]:
        if found := _situation(world, rng, order, mine[order["customer_id"]]):
            yield found


def _situation(world: Records, rng: random.Random, order: Row, customer: Row) -> Situation | None:
    line = max(world.lines(order["id"]), key=lambda x: (x["unit_price_cents"], x["id"]))
    product = world.product(line["product_id"])
    bought = [
        o for o in world.orders_of(customer["id"]) for x in world.lines(o["id"]) if x["product_id"] == product["id"]
    ]
    if len(bought) != 1 or line["unit_price_cents"] < 2500:
        return None
    setup = _staged(world, order, line, product)
    case = _case(Staged(world, setup), order, product)
    placed = world.placed_on(order)
    ticket = incoming_ticket(
        900 + stable(order["id"], "price", below=100), customer["id"], "price of my order",
        f"I believe you sell the {world.called(product)} for less now than I paid. Do I get the difference? "
        f"{customer['name']}", "billing", order["id"],
    )  # fmt: skip
    traps = list(world.traps_on(order["id"], among=OF_ORDERS)) + list(
        world.traps_on(product["id"], among=("brand_spelling",))
    )
    traps += world.traps_on(customer["id"], among=OF_PEOPLE)
    if "brand_spelling" in traps and "contact_format" in traps:
        return None
    if case != "owed":
        traps = [t for t in traps if t != "failed_attempts"]
    if rules.within_days(placed, world.today, MATCH_DAYS):
        traps.append("superseded_policy")
    month = f"{placed:%B}" if placed.year == 2025 else f"{placed:%B %Y}"
    early = world.mark("page_cut", order["id"])
    return Situation(
        key={"customer": customer["id"], "order": order["id"], "product": product["id"]},
        given={
            **presented(world, customer, rng),
            "product": world.called(product),
            "when": said("some time ago", None) if early else said(f"in {month}", f"{placed:%Y-%m}"),
            "shop": SHOPS[stable(order["id"], "shop", below=3)],
        },
        traps=tuple(dict.fromkeys(traps)),
        difficulty={"owed": 3, "late": 2, "same": 1, "clearance": 3}[case]
        + (case == "owed" and order["discount_cents"] > 0),
        setup=(*setup, ticket),
    )


def _staged(world: Records, order: Row, line: Row, product: Row) -> tuple[Edit, ...]:
    """Today's price: lower than was paid, now and then as clearance; or as it is, if that is not lower."""
    number = stable(order["id"], product["id"], "drop", below=1000)
    fresh = rules.within_days(world.placed_on(order), world.today, rules.PRICE_ADJUSTMENT_DAYS)
    kind = ("drop", "drop", "same", "drop", "clearance")[number % 5] if fresh else "drop"
    if kind == "same" and product["price_cents"] >= line["unit_price_cents"]:
        return ()
    paid: int = line["unit_price_cents"]
    price = max((paid * (94 - number % 13) // 10000) * 100 - 1, 999)
    status = {"status": "clearance"} if kind == "clearance" else {}
    return (Edit(table="products", id=product["id"], set={"price_cents": price, **status}),)


def _case(world: Records, order: Row, product: Row) -> str:
    product = world.product(product["id"])
    line = next(x for x in world.lines(order["id"]) if x["product_id"] == product["id"])
    if not rules.within_days(world.placed_on(order), world.today, rules.PRICE_ADJUSTMENT_DAYS):
        return "late"
    if product["status"] == "clearance":
        return "clearance"
    return "owed" if line["unit_price_cents"] > product["price_cents"] else "same"


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    order, product = staged.order(s.key["order"]), staged.product(s.key["product"])
    line = next(x for x in staged.lines(order["id"]) if x["product_id"] == product["id"])
    tickets, payment, case = open_on(staged, order["id"]), staged.capture(order), _case(staged, order, product)
    placed = staged.placed_on(order)
    last = placed + timedelta(days=rules.PRICE_ADJUSTMENT_DAYS)
    came = staged.delivered_on(order, product["id"])
    no_match = criterion(
        "no-match", "correctness", "The response says that the prices of other shops are not matched.",
        says(["not match", "no longer match", "no price match", "not ... price match", "not ... match", "stopped matching",
              "no matching", "not ... other shops", "not ... other retailers", "not ... competitor*", "not offer price matching",
              "price matching ended", "not available", "no longer ... match",
              "ended price matching"]),
        ["company_policies/pol-pricing-no-match"],
    )  # fmt: skip
    last_day = criterion(
        "last-day", "correctness", f"The response says that {spoken(last)} is the last day to ask for an adjustment.",
        day(last, [None if came is None else came + timedelta(days=14)],
            near=["ask", "until", "by", "last", "request", "deadline", "window", "within", "end", "expire", "adjust", "latest",
                  "through", "cut", "before", "after", "up", "limit", "14", "day", "was", "is", "on"]),
        [f"orders/{order['id']}.created_at", "company_policies/pol-pricing-adjustment"],
    )  # fmt: skip
    today = criterion(
        "price-now", "correctness", f"The response says that our price today is {usd(product['price_cents'])}.",
        amount(product["price_cents"]), [f"products/{product['id']}.price_cents"],
    )  # fmt: skip
    misses = [
        near_miss("matches", "Promises to match the other shop.", "no-match", replace=[(NO_MATCH, "we match it for you, ")]),
        near_miss("other-day", "Names another last day.", "last-day",
                  replace=[(spoken(last), spoken(last + timedelta(days=7)))]),
    ]  # fmt: skip
    if case == "owed":
        owed = rules.price_adjustment_cents(order, line, product, world.today)
        return Rubric([
            criterion(
                "refunded", "correctness",
                f"{usd(owed)} is refunded on {payment['id']} as price_adjustment, approved; nothing else is changed.",
                {"check": "state",
                 "required": [
                     {"table": "refunds", "added": True, "where": {"payment_id": payment["id"]},
                      "set": {"amount_cents": owed, "reason": "price_adjustment", "status": "approved"}},
                     {"table": "payments", "id": payment["id"], "set": {"status": "partially_refunded"}},
                 ],
                 "allowed": [
                     *handled(tickets, "open", "pending_customer", "resolved"),
                     {"table": "orders", "id": order["id"], "set": {"status": "partially_refunded"}},
                 ]},
                [f"order_lines/{line['id']}", f"products/{product['id']}.price_cents", f"orders/{order['id']}.discount_cents"],
            ),
            criterion("amount", "correctness", f"The response says that {usd(owed)} is refunded.",
                      amount(owed, near=["refund", "back", "return", "credit", "adjust", "differ", "owe", "get", "receive"]),
                      [f"order_lines/{line['id']}", "company_policies/pol-pricing-adjustment"]),
            today, last_day, no_match,
        ], [
            *misses,
            near_miss("other-sum", "Names another sum.", "amount",
                      replace=[(f"**{usd(owed)}**", f"**{usd(owed + 300)}**")]),
            near_miss("whole-difference", "Refunds another sum than is owed.", "refunded",
                      set=[("createRefund", 1, {"amount": (owed + 300) / 100})]),
            near_miss("as-other", "Gives another reason for the refund.", "refunded",
                      set=[("createRefund", 1, {"reason": "other"})]),
            near_miss("other-price", "Reads off another price.", "price-now",
                      replace=[(_now(product["price_cents"]), _now(product["price_cents"] + 2000))]),
        ])  # fmt: skip
    why = {
        "late": ["too late", "14 days", "14-day", "fourteen days", "passed", "expired", "over", "ended", "outside", "past"],
        "same": ["not fallen", "not dropped", "not gone down", "same price", "unchanged", "not changed", "no drop", "not lower",
                 "no price drop", "not come down", "not decreased", "has gone up", "higher", "same as", "not reduced",
                 "no decrease", "still the same", "risen", "no reduction", "what you paid", "increased", "still $*"],
        "clearance": ["clearance"],
    }[case]  # fmt: skip
    criteria = [
        criterion("kept", "constraint", "No refund is made and nothing changed; at most the ticket was worked on.",
                  left_alone(tickets, mentions("price", "adjust*"), "open", "pending_customer", "resolved", "closed"),
                  [f"orders/{order['id']}", f"tickets/{tickets[-1]}"]),
        criterion("why", "correctness", f"The response says why nothing is refunded: {NOTHING[case]}.", says(why),
                  ["company_policies/pol-pricing-adjustment"]),
        no_match,
        last_day if case == "late" else today,
    ]  # fmt: skip
    misses = [
        misses[0],
        near_miss("gives-in", "Refunds something all the same.", "kept", add=[call(
            "createRefund", payment_id=payment["id"], amount=10.0, reason="price_adjustment", status="approved")]),
        near_miss("no-reason", "Gives no reason.", "why", replace=[(NOTHING[case], "There is no refund"), *_traces(case)]),
        misses[1] if case == "late" else near_miss(
            "other-price", "Reads off another price.", "price-now",
            replace=[(usd(product["price_cents"]), usd(product["price_cents"] + 2000))]),
    ]  # fmt: skip
    return Rubric(criteria, misses)


WITHIN = "An adjustment has to be asked for within 14 days of the order day"


def _traces(case: str) -> list[tuple[str, str]]:
    """What else in the response gives the reason away."""
    return [(WITHIN, "An adjustment has a term")] if case == "late" else []


def _now(price_cents: int) -> str:
    return f"our price today is {usd(price_cents)}"


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    product = yield from a.product(given["product"])
    orders = yield from orders_told(a, customer["id"], given["when"])
    order = a.pick(orders, product_id=product["id"])
    details = yield from order_details(a, order["id"])
    line = next(x for x in order["lines"] if x["product_id"] == product["id"])
    rule = yield from a.policy("pricing", "14 days order", title="Price adjustment")
    match = yield from a.policy("pricing", "match price", title="Prices of other retailers")
    placed = date.fromisoformat(a.day(order["created_at"]))
    last = placed + timedelta(days=number_in(r"within (\d+) days of the order day", rule))
    matched = "We match the price" in match["body"] and a.clock.today <= placed + timedelta(days=MATCH_DAYS)
    shop = f"we match the price of {given['shop']} for you." if matched else (
        f"{NO_MATCH}and that goes for {given['shop']} too; our own prices and your loyalty discount are where we put the money."
    )  # fmt: skip
    paid, price = a.price_paid(line, product), cents(product["price"])
    hello = f"Hi {given['first']},\n\n"
    facts = f"you paid {usd(paid)}{' apiece' if line['quantity'] > 1 else ''} on {spoken(placed)}, and {_now(price)}. "
    term = f"{WITHIN}, here until {spoken(last)}. "
    drop = (paid - price) * line["quantity"]
    subtotal, discount = cents(order["subtotal"]), cents(order["discount"])
    owed = rules.half_up(max(drop, 0) * (subtotal - discount), subtotal)
    if a.clock.today > last:
        return f"{hello}{facts}{term}{NOTHING['late']}.\n\nAs to the other shop: {shop}\n\nCorecraft support"
    if product["status"] == "clearance" or not owed:
        case = "clearance" if product["status"] == "clearance" else "same"
        return f"{hello}{facts}{NOTHING[case]}.\n\nAs to the other shop: {shop}\n\nCorecraft support"
    limit, _ = yield from approval_limit(a)
    yield from a.policy("refund", "business days after approval", title="Paying out")
    own = details["tickets"][0]["id"]
    yield from a.call(
        "createRefund", payment_id=a.payment(details["payments"])["id"], amount=owed / 100, reason="price_adjustment",
        status="approved" if owed <= limit else "pending", ticket_id=own,
        note=f"{product['name']}: list {usd(paid)} to {usd(price)}, {line['quantity']} unit(s).",
    )  # fmt: skip
    rate = (
        f"As the order had a discount of {usd(discount)} on {usd(subtotal)}, the same rate comes off: "
        if discount
        else ""
    )
    units = f" for {line['quantity']} units" if line["quantity"] > 1 else ""
    return (
        f"{hello}{facts}{term}You are in time.\n\n{rate}{'you' if rate else 'You'} get **{usd(owed)}** back{units}. {PAYS}\n\n"
        f"As to the other shop: {shop}\n\nCorecraft support"
    )


WORDINGS = (
    Wording(
        "mail",
        "Subject: [lower price on the {product}|{product}: price drop]\n\nHello,\n\nI ordered the {product} {when}, and I have "
        "the impression that you are selling it for less now. [Also, {shop} has it cheaper than either of you.|And {shop} "
        "undercuts you anyway.] Would you check your price of today against what I paid and refund what I'm due, if "
        "anything? Up to which day can one ask for that? And do you match {shop}'s price? If there's nothing, I'd like to know "
        "why.\n\n{name}\n{reach}",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "angry",
        "I buy a {product} {when} and then your shop drops the price behind my back. Typical. {name}, {reach}. I want the "
        "difference NOW, calculated properly, with your current price next to it. And since {shop} is cheaper still, match "
        "them. [If you wriggle out, with reasons please, and|No wriggling. Reasons if it's a no, and] the last day I could "
        "have asked.",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "chat",
        "[hi|heya] {name}, {reach}. got the {product} off u {when}, looks like its cheaper now?? whats the price today and do i "
        "get the diff back, how much. whats the cutoff date for that. or can u match {shop}, theyre even lower. if no tell "
        "me why",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "phone note",
        "[Caller|On the phone]: {name}, {reach}, checked. Bought the {product} {when}. Claims our price has come down since and "
        "wants the difference, or else {shop}'s price. Please look up what we charge today, refund the right amount if policy "
        "gives one and leave it if not. I need the text for the customer: price now, amount or the reason for none, last day "
        "for such a request, answer on {shop}.",
        mode="copilot",
    ),
    Wording(
        "thrifty pensioner",
        "Dear people at Corecraft, I keep a book on my purchases, and the {product} stands in it ({when}). Now my grandson says "
        "the price at your place has gone down, and that {shop} asks less than you in any case. Would you be so fair as to "
        "give me back the difference, and tell me the figure, the present price, and until what date one may come with "
        "such a wish? Or [join|go along with] {shop}'s price? Should I get nothing, please explain it to me.\n\n{name}, {reach}",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "colleague",
        "Price adjustment request, {name} ({reach}): {product}, bought {when}. [Second part|Second wish]: match {shop}. Decide "
        "both by policy. If an adjustment is owed, refund exactly that; if it isn't, don't touch the payment. Draft the answer: "
        "our price today, what comes back or why nothing does, deadline for asking, yes/no on {shop}.",
        mode="copilot",
    ),
    Wording(
        "non-native",
        "Hello, I am customer {name}, {reach}. I have bought {product} {when}. I think you made price more low after. Please "
        "see what is price today, and if I must get the difference, send it back and say how much. Until which date it is "
        "allowed to ask? In shop {shop} is also cheaper, can you do same price like {shop}? If you say no, tell the cause.",
        fits=lambda given: "phone" not in given,
    ),
)  # fmt: skip

FAMILY = Family(
    name="price-drop-refund",
    title="Our price fell after the purchase: the exact difference is refunded where owed, nothing where not",
    category="workflow",
    main_level="groundedness",
    levels=("groundedness", "tool_use", "planning"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-refund-authority", "pol-refund-payment"),
)
