"""A customer holds that shipping should have been free: what the charge ought to have been, and whether any is owed."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, usd
from enterprisegym.environments.corecraft.agents.steps import identified, number_in, order_details, order_holding
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    Staged,
    amount,
    call,
    choice,
    criterion,
    mentions,
    near_miss,
    only_purchase,
    presented,
    single_accounts,
    stable,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Edit
from enterprisegym.world import Row

CLAIMS: Mapping[str, Sequence[str]] = {
    "line": (
        "an order of that size ships for free with you, it was more than the ninety-nine dollars",
        "your own site promises free shipping from $99, and this order was bigger than that",
    ),
    "tier": (
        "people in my loyalty tier do not pay for shipping",
        "free shipping comes with my tier, so there should not have been any charge at all",
    ),
}
PLANTED, REAL = 46, 12
NOVEMBER = "2025-11-01T05"
OWED, NOT_OWED = "Yes, the charge was a mistake:", "No, nothing is owed: the charge was correct."
NEAR_GOODS = (
    "goods", "item", "merchandise", "discount", "subtotal", "product", "came to", "net", "order value", "after",
)  # fmt: skip


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    mine = {c["id"]: c for c in single_accounts(world) if not world.mark("namesake", c["id"])}
    paying = [
        o for o in world.all("orders")
        if o["customer_id"] in mine and o["status"] == "fulfilled" and world.untouched(o) and o["shipping_cents"]
        and o["shipping_service"] != "overnight"
        and _claim(world, o) and (o["created_at"] > NOVEMBER or mine[o["customer_id"]]["loyalty_tier"] == "standard")
    ]  # fmt: skip
    among = ("contact_format", "failed_attempts", "page_cut")
    rare = [o for o in paying if world.traps_on(o["customer_id"], among=among)]
    close = [o for o in paying if o not in rare]
    below = [o for o in close if o["shipping_service"] == "standard"]
    express = shuffled(rng, [o for o in close if o not in below])[:REAL]
    for order in [*rare, *below, *express]:
        yield from _situation(world, rng, order["id"], ())
    cut = [m["customer_id"] for m in world.marks("page_cut")]
    marked = [c for c in mine.values() if c["id"] in cut or world.mark("contact_format", c["id"])]
    others = shuffled(rng, [c for c in mine.values() if c not in marked])
    for number, customer in enumerate([*marked, *others][:PLANTED]):
        setup = _bought(world, customer, number, customer["id"] in cut)
        if setup:
            order_id = next(str((e.insert or {})["id"]) for e in setup if e.table == "orders")
            yield from _situation(Staged(world, setup), rng, order_id, setup)


def _net(order: Row) -> int:
    return order["subtotal_cents"] - order["discount_cents"]


def _claim(world: Records, order: Row) -> str | None:
    """What its customer may believe of an order; None where a belief in free shipping would be odd."""
    if world.customer(order["customer_id"])["loyalty_tier"] != "standard" and order["created_at"] > NOVEMBER:
        return "tier"
    return "line" if order["total_cents"] >= rules.FREE_STANDARD_FROM_CENTS - 600 else None


def _bought(world: Records, customer: Row, number: int, early: bool) -> tuple[Edit, ...]:
    """An order that was charged for standard shipping: by mistake, or because a code took it below the line."""
    lot = stable(customer["id"], "fee", below=1000)
    tier = world.tier_of(customer)
    wrong = early or tier["id"] != "standard" or number % 2 == 0
    on = date(2024, 6, 1) if early else date(2025, 11, 2 + lot % 8)
    promo: Row | None = None
    goods = [
        p for p in world.all("products")
        if p["status"] == "active" and not p["components"] and not world.drifted(p["id"]) and p["category"] != "cpu"
        and world.called(p) == p["name"]
    ]  # fmt: skip
    if wrong:
        least, most = (11500, 15500) if early or tier["id"] == "standard" else (3000, 8000)
        fitting = [p for p in goods if least <= p["price_cents"] <= most]
    else:
        pairs = [
            (code, p) for code in world.all("promotions") for p in goods
            if code["kind"] == "percent" and not code["tiers"] and rules.promo_covers(code, p)
            and p["price_cents"] >= 9900 and p["price_cents"] >= code["min_order_cents"]
            and p["price_cents"] * (100 - code["percent"]) < 990000
            and code["starts_on"] >= "2025" and code["ends_on"] < "2025-11-10"
        ]  # fmt: skip
        if not pairs or early:
            return ()
        promo, product = pairs[lot % len(pairs)]
        on = date.fromisoformat(promo["starts_on"]) + timedelta(days=1)
        fitting = [product]
    product = fitting[lot % len(fitting)]
    suffix, at = 900 + lot % 90, f"{on}T{15 + lot % 7}:{lot % 60:02d}:{(lot * 7) % 60:02d}Z"
    line: Row = {
        "id": f"ord-{on:%y%m%d}-{suffix}/1", "order_id": f"ord-{on:%y%m%d}-{suffix}", "product_id": product["id"],
        "quantity": 1, "unit_price_cents": product["price_cents"],
    }  # fmt: skip
    price = rules.best_discount([line], {product["id"]: product}, tier, on, promo=promo)
    sent = rules.add_business_days(on, 1)
    here = rules.add_business_days(sent, 3)
    town = f"{customer['addresses'][0]['city']}, {customer['addresses'][0]['region']}"
    scans = (
        (f"{sent}T19:21:00Z", "Columbus, OH", "label_created", "Label created"),
        (f"{sent}T22:35:00Z", "Columbus, OH", "in_transit", "Picked up by carrier"),
        (f"{here}T18:{suffix % 60:02d}:00Z", town, "delivered", "Left at front door"),
    )
    fee = rules.SHIPPING_CENTS["standard"]
    total = price.subtotal_cents - price.discount_cents + fee
    order: Row = {
        "id": line["order_id"], "customer_id": customer["id"], "status": "fulfilled", "channel": "web",
        "subtotal_cents": price.subtotal_cents, "discount_cents": price.discount_cents, "discount_label": price.label,
        "promo_code": price.promo_code, "shipping_cents": fee, "total_cents": total, "shipping_service": "standard",
        "ship_to": customer["addresses"][0], "build_id": None, "note": None, "created_at": at,
        "updated_at": scans[0][0],
    }  # fmt: skip
    payment: Row = {
        "id": f"pay-{on:%y%m%d}-{suffix}", "order_id": order["id"], "customer_id": customer["id"],
        "amount_cents": total, "method": "card", "status": "captured", "failure_reason": None, "created_at": at,
        "transaction_id": f"ch_{stable(order['id'], below=2**32):012x}", "captured_at": at,
    }  # fmt: skip
    parcel: Row = {
        "id": f"ship-{sent:%y%m%d}-{suffix}", "order_id": order["id"], "carrier": "ups", "service": "standard",
        "tracking_number": f"1Z{stable(order['id'], below=10**9):016d}", "status": "delivered",
        "contents": [{"product_id": product["id"], "quantity": 1}],
        "events": [dict(zip(("at", "location", "status", "detail"), scan, strict=True)) for scan in scans],
        "eta": rules.add_business_days(sent, 5).isoformat(), "delivered_at": scans[-1][0], "created_at": scans[0][0],
    }  # fmt: skip
    rows = (("orders", order), ("order_lines", line), ("payments", payment), ("shipments", parcel))
    return tuple(Edit(table=table, insert=dict(row)) for table, row in rows)


def _situation(world: Records, rng: random.Random, order_id: str, planted: Sequence[Edit]) -> Iterator[Situation]:
    order = world.order(order_id)
    customer = world.customer(order["customer_id"])
    line, claim = only_purchase(world, order), _claim(world, order)
    if line is None or claim is None:
        return
    product = world.product(line["product_id"])
    traps = list(world.traps_on(customer["id"], order_id, among=("contact_format", "failed_attempts", "page_cut")))
    if "page_cut" in traps and sum(o["created_at"] > order["created_at"] for o in world.orders_of(customer["id"])) < 10:
        traps.remove("page_cut")
    if "contact_format" not in traps and world.called(product) != product["name"]:
        traps.append("brand_spelling")
    elif world.called(product) != product["name"]:
        return
    if len(traps) != 1 or stable(order_id, below=2):
        traps.append("superseded_policy")
    yield Situation(
        key={"customer": customer["id"], "order": order_id, "product": product["id"]},
        given={
            **presented(world, customer, rng),
            "product": world.called(product),
            "claim": CLAIMS[claim][stable(order_id, "claim", below=2)],
        },
        traps=tuple(traps),
        difficulty=2 + bool(order["discount_cents"]) + (order["shipping_service"] == "express") + ("page_cut" in traps),
        setup=tuple(planted),
    )  # fmt: skip


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    order, customer = staged.order(s.key["order"]), staged.customer(s.key["customer"])
    due = rules.shipping_fee_cents(order["shipping_service"], _net(order), customer["loyalty_tier"])
    owed: int = order["shipping_cents"] - due
    payments = staged.payments(order["id"])
    taken = sum(p["amount_cents"] for p in payments if p["status"] in rules.CAPTURED)
    tried = sum(p["amount_cents"] for p in payments)
    lines = [f"order_lines/{x['id']}" for x in staged.lines(order["id"])]
    fees = [f"orders/{order['id']}.shipping_cents", "company_policies/pol-shipping-rates"]
    line_words = ["free", "from", "threshold", "line", "minimum", "least", "limit", "reach", "over"]
    return Rubric(
        criteria=[
            criterion(
                "verdict", "correctness", f"The response says that {'shipping is' if owed else 'nothing is'} owed back.",
                choice("owed" if owed else "not", VERDICTS),
                [*fees, f"customers/{customer['id']}.loyalty_tier", "company_policies/pol-loyalty-programme"],
            ),
            criterion(
                "fee", "correctness", f"The response says that {usd(owed)} is owed back." if owed
                else f"The response says that {usd(due)} was the right charge for shipping.",
                amount(owed or due, [799, 1699], near=["ship", "charge", "owe", "back", "fee", "refund", "due", "paid"]),
                fees,
            ),
            criterion(
                "goods", "correctness",
                f"The response says that the goods came to {usd(_net(order))} after discounts.",
                amount(_net(order), near=NEAR_GOODS), [*lines, f"orders/{order['id']}.discount_cents"],
            ),
            criterion(
                "line", "correctness", "The response says that standard shipping is free from $99.00.",
                amount(rules.FREE_STANDARD_FROM_CENTS, [14900], near=line_words), ["company_policies/pol-shipping-rates"],
            ),
            criterion(
                "taken", "correctness", f"The response says that {usd(taken)} was taken for the order in all.",
                amount(taken, [tried, taken - order["shipping_cents"]] if tried != taken else [],
                       near=["taken", "took", "total", "in all", "paid", "charged", "captured", "collected", "altogether"]),
                [f"payments/{p['id']}" for p in payments],
            ),
            criterion(
                "untouched", "constraint", "Nothing is changed, and the question is answered.",
                {"check": "unchanged", "with": mentions("shipping")}, [f"orders/{order['id']}"],
            ),
        ],
        near_misses=[
            near_miss("wrong-side", "Decides the other way.", "verdict",
                      replace=[(OWED, NOT_OWED) if owed else (NOT_OWED, OWED + " it is owed back.")]),
            near_miss("other-fee", "Names a charge of former days.", "fee",
                      replace=[(_fee_text(owed, due), _fee_text(owed and 799, due - 200))]),
            near_miss("gross", "Gives another sum of goods.", "goods",
                      replace=[(_goods_text(_net(order)), _goods_text(_net(order) + 501))]),
            near_miss("former-line", "Names the line of former days.", "line",
                      replace=[("from $99.00", "from $149.00")]),
            near_miss("other-total", "Adds up another total.", "taken",
                      replace=[(f"In all, {usd(taken)}", f"In all, {usd(taken + 999)}")]),
            near_miss("pays", "Refunds although nobody asked for it.", "untouched", add=[call(
                "createRefund", payment_id=staged.capture(order)["id"], amount=9.99, reason="shipping_fee",
                status="approved")]),
        ],
    )  # fmt: skip


VERDICTS = {
    "owed": ["is owed to you", "you are owed", "you are right", "charged in error", "charged by mistake", "was a mistake",
             "should not have been charged", "should have been free", "overcharged", "incorrectly charged", "wrongly charged",
             "is due back", "charge was wrong", "charge was incorrect", "charge was an error", "is owed back", "is owed",
             "we owe", "should not have paid", "customer is right", "owed a refund", "was not due", "should have been $0",
             "should have been zero", "not have been charged", "billed in error", "are due $*", "is due $*", "owes"],
    "not": ["nothing is owed", "not owed", "charge was correct", "correctly charged", "charge stands", "no refund is owed",
            "no refund is due", "no refund due", "no refund owed", "properly charged", "charge is correct", "charged correctly",
            "nothing to refund", "owe nothing", "owes nothing", "owed nothing", "you are owed nothing", "nothing owed",
            "did not qualify", "does not qualify", "nothing is due", "not due back", "fee was correct", "fee is correct",
            "charge was right", "charge was due", "fee was right", "no money is owed", "no amount is owed", "$0.00 is owed",
            "do not owe", "does not owe", "not overcharged", "not entitled", "fee stands", "not charged in error",
            "no overcharge", "applied correctly", "nothing is to be refunded", "no shipping refund", "charge was valid",
            "charge is valid", "charge was justified", "nothing is owed back", "not due a refund", "no refund applies",
            "nothing to give back", "not free on this order", "not owe you", "rightly charged", "owed back: $0.00",
            "owed: $0.00", "nothing back", "you are not right", "not justified", "not a mistake", "no error"],
}  # fmt: skip


def _fee_text(owed: int, due: int) -> str:
    return f"{usd(owed)} is owed back" if owed else f"shipping was rightly {usd(due)}"


def _goods_text(net: int) -> str:
    return f"The goods came to {usd(net)} after discounts."


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    product = yield from a.product(given["product"])
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    order = order_holding(a, orders, product["id"])
    details = yield from order_details(a, order["id"])
    rates = yield from a.policy("shipping", "charge per order", title="Shipping options")
    yield from a.policy("loyalty", "tiers", title="the four tiers")
    net = cents(order["subtotal"]) - cents(order["discount"])
    line = 100 * number_in(r"free from \$(\d+)\.00", rates)
    counted = net if "after discounts is what counts" in rates["body"] else cents(order["subtotal"])
    service: str = order["shipping_service"]
    tier: str = customer["loyalty_tier"]
    listed = re.search(rf"\| {service.title()} \| \$(\d+)\.(\d\d)", rates["body"])
    listed_cents = int(listed[1]) * 100 + int(listed[2]) if listed else 0
    by_tier = service in rules.FREE_SERVICES[tier]
    free = by_tier or (service == "standard" and counted >= line)
    owed = cents(order["shipping"]) if free else 0
    taken = a.captured(details["payments"])
    rule = f"Standard shipping is free from {usd(line)} of goods, counted after discounts"
    rule += ", and from silver on for any order." if tier != "standard" else "."
    if owed:
        head = f"{OWED} {_fee_text(owed, 0)}."
        why = f"A {tier} account pays nothing for it." if by_tier else "So this order was above the line."
    elif service == "express":
        head = f"{NOT_OWED} It went by express, so {_fee_text(0, listed_cents)}."
        why = "That does not cover express, which only platinum has for free."
    else:
        head = f"{NOT_OWED} The order stayed below the line, so {_fee_text(0, listed_cents)}."
        why = "What counts is the amount without the shipping itself."
    return (
        f"{given['name']}, order {order['id']} with the {product['name']}:\n\n{head} {_goods_text(net)} {rule} {why}\n\nIn all, {usd(taken)} was taken for this "
        f"order. As you asked, I have changed nothing."
    )


WORDINGS = (
    Wording(
        "mail",
        "Subject: [shipping charge|why did I pay shipping?]\n\nHello,\n\non my order with the {product} you charged shipping. "
        "As I see it {claim}. Am I owed that money or not? Please give me the reckoning: what the goods came to once discounts "
        "were off, from which amount standard shipping is free, what the right shipping charge was (or how much of it I am "
        "due), and how much you collected for the order in total. [Don't refund anything yet|No refund for now, please], I "
        "only want to understand it first.\n\n{name}\n{reach}",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "chat",
        "hey its {name}, {reach}\nquestion bout the order w/ the {product}: why is there shipping on it?? {claim}\nso who's "
        "right, me or you. what was the goods total after discount, [where does free standard start|free standard starts at "
        "what amount], what should shipping have cost / whats owed, n how much did u take altogether\njust asking, dont book "
        "anything",
    ),
    Wording(
        "angry",
        "You people sneak shipping onto orders and hope nobody looks. I looked! The order with the {product}. Everybody knows: {claim}! Tell me "
        "straight whether the money is mine. I want figures: the value of goods less discounts, your limit for free standard "
        "delivery, the shipping fee as it ought to be or what I am to get back, and the complete sum you helped yourselves to. "
        "[Keep your hands off my account|Do nothing to the order] until I have read that.\n{name}, {reach}",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "phone note",
        "[Caller waiting for a call back|Call back due at four]: {name} ({reach}) disputes the shipping on the order with the "
        "{product}. Caller's words: \"{claim}\". I need from you, without touching any record: justified or not, discounted "
        "goods value, the free-shipping threshold for standard, the correct fee or the sum we owe, and the total captured. I'll "
        "do the booking myself if there is one.",
        mode="copilot",
    ),
    Wording(
        "bookkeeper",
        "To the accounts team at Corecraft\n\nI am {name} ({reach}), and doing my yearly books I find that one purchase, the "
        "{product}, shows a shipping charge. To my understanding {claim}. Kindly confirm for my file: (a) whether the charge is owed back, (b) net goods after discount, (c) the amount "
        "from which standard shipping costs nothing, (d) the proper shipping charge or the amount due, (e) the overall amount "
        "debited. [A statement suffices; please post no credit.|For the moment a statement will do, no credit note.]",
        fits=lambda given: "email" in given,
    ),
    Wording(
        "team lead",
        "Before I sign anything: {name}, {reach}, wants shipping back on the {product} order. The argument, word for word: \"{claim}\". "
        "[Work it out for me|Check it for me], read-only please. Owed, yes or no? Goods after discount? From how many dollars is "
        "standard free? What should the fee have been, or what do we owe? And what did we take overall?\n\nTobias",
        mode="copilot",
    ),
    Wording(
        "non-native",
        "Good morning, here is {name} ({reach}). By my order with the {product} I have paid for the transport, but {claim}. Is it "
        "your error or mine? Write me please the price of the goods when the discount is away, the amount where the standard "
        "transport begins to be gratis, the correct price of transport or the money you must give me, and all that I have paid "
        "together. [Please still change nothing.|You must not return money today.]",
        fits=lambda given: "phone" not in given,
    ),
)  # fmt: skip

FAMILY = Family(
    name="shipping-fee-dispute",
    title="Shipping should have been free, says the customer: by the rates in force it should, or it should not",
    category="reasoning",
    main_level="groundedness",
    levels=("groundedness", "tool_use", "adaptability"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    unseen=True,
)
