"""An opened, working part comes back: is it in time, what is the refund after fees, and the return set up."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    label_cost,
    number_in,
    order_details,
    restocking_policy,
    return_deadline,
)
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import amount, criterion, day, near_miss, says
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row

TRAPS = ("contact_format", "page_cut", "year_twin", "price_drift", "brand_spelling", "header_lag", "midnight_order")


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    for order in world.all("orders"):
        if order["status"] != "fulfilled" or not world.untouched(order) or order["build_id"]:
            continue
        for line in world.lines(order["id"]):
            product, customer = world.product(line["product_id"]), world.customer(order["customer_id"])
            if line["quantity"] != 1 or product["category"] in rules.PACKAGE_CATEGORIES:
                continue
            if not _acceptable(world, order, product):
                continue
            month = f"{world.placed_on(order):%B}"
            fee_free = customer["loyalty_tier"] == "platinum" or product["category"] not in rules.RESTOCKING_CATEGORIES
            traps = world.traps_on(customer["id"], order["id"], product["id"], among=TRAPS)
            yield Situation(
                key={"customer": customer["id"], "order": order["id"], "product": product["id"]},
                given={
                    **world.contact(customer),
                    "name": customer["name"],
                    "first": customer["name"].split()[0],
                    "product": world.called(product),
                    "month": said(month, f"{world.placed_on(order):%Y-%m}"),
                },
                traps=(*traps, *(() if fee_free else ("superseded_policy",))),
                difficulty=2 + (order["discount_cents"] > 0) + (len(world.lines(order["id"])) > 1),
            )


def _acceptable(world: Records, order: Row, product: Row) -> bool:
    """Inside the window, not excluded, within the desk's authority, and the only such purchase of the customer."""
    tier = world.tier_of(world.customer(order["customer_id"]))
    deadline = rules.return_deadline(order, tier, world.shipments(order["id"]), product["id"])
    if deadline is None or deadline < world.today:
        return False
    if rules.return_exclusion(order, product, "opened", "customer_remorse"):
        return False
    bought = [
        line for o in world.orders_of(order["customer_id"]) for line in world.lines(o["id"])
        if line["product_id"] == product["id"]
    ]  # fmt: skip
    return len(bought) == 1 and _refund(world, order, product).total_cents <= rules.AGENT_LIMIT_CENTS


def _refund(world: Records, order: Row, product: Row) -> rules.ReturnRefund:
    items = [{"product_id": product["id"], "quantity": 1, "condition": "opened"}]
    tier: str = world.customer(order["customer_id"])["loyalty_tier"]
    return rules.return_refund_cents(
        order, world.lines(order["id"]), items, tier, "customer_remorse", {product["id"]: product}
    )


def rubric(world: Records, s: Situation) -> Rubric:
    order, product = world.order(s.key["order"]), world.product(s.key["product"])
    tier = world.tier_of(world.customer(s.key["customer"]))
    line = next(x for x in world.lines(order["id"]) if x["product_id"] == product["id"])
    payment = world.capture(order)
    refund = _refund(world, order, product)
    shipments = world.shipments(order["id"])
    last = rules.return_deadline(order, tier, shipments, product["id"]) or world.today
    came = rules.delivered_on(shipments, product["id"]) or world.today
    net = refund.goods_cents
    former_fee = net - rules.half_up(net * 20, 100) - refund.label_cents
    given_back = {"status": {"any_of": ["refunded", "partially_refunded"]}}
    return Rubric(
        criteria=[
            criterion(
                "recorded",
                "correctness",
                f"The opened {product['name']} of order {order['id']} is recorded as returned and "
                f"{usd(refund.total_cents)} is refunded, approved; nothing else is changed.",
                {
                    "check": "state",
                    "required": [
                        {
                            "table": "returns", "added": True, "where": {"order_id": order["id"]},
                            "set": {
                                "items": [{"product_id": product["id"], "quantity": 1, "condition": "opened"}],
                                "reason": "customer_remorse", "disposition": "refund",
                            },
                        },
                        {
                            "table": "refunds", "added": True, "where": {"payment_id": payment["id"]},
                            "set": {"amount_cents": refund.total_cents, "status": "approved"},
                        },
                        {"table": "orders", "id": order["id"], "set": given_back},
                        {"table": "payments", "id": payment["id"], "set": given_back},
                    ],
                },
                [f"orders/{order['id']}", f"order_lines/{line['id']}", "company_policies/pol-refund-calculation"],
            ),
            criterion(
                "amount",
                "correctness",
                f"The response says that {usd(refund.total_cents)} is refunded.",
                amount(refund.total_cents, (former_fee,) if refund.fee_cents else ()),
                [f"order_lines/{line['id']}", "company_policies/pol-returns-restocking"],
            ),
            criterion(
                "fee",
                "completeness",
                f"The response gives the restocking fee as {usd(refund.fee_cents)}."
                if refund.fee_cents
                else "The response says that there is no restocking fee.",
                amount(refund.fee_cents, (rules.half_up(net * 20, 100),), near=["restock", "fee"])
                if refund.fee_cents
                else says(["no restocking fee", "restocking fee is waived", "waive*", "without a restocking fee", "$0.00"]),
                ["company_policies/pol-returns-restocking"],
            ),
            criterion(
                "last-day",
                "correctness",
                f"The response says that the return can be asked for until {spoken(last)}.",
                day(last, (world.placed_on(order) + timedelta(days=tier["return_window_days"]), came + timedelta(days=21))),
                ["company_policies/pol-returns-window", f"shipments/{shipments[-1]['id']}.events"],
            ),
        ],
        near_misses=[
            near_miss(
                "keeps-quiet", "Says when, but not what comes off.", "fee",
                replace=[(_fee_line(refund.fee_cents), "")],
            ),
            near_miss(
                "more-than-paid", "Promises more than was paid.", "amount",
                replace=[(usd(refund.total_cents), usd(line["unit_price_cents"] + 100))],
            ),
            near_miss(
                "sealed", "Records the part as unopened.", "recorded",
                set=[("processReturn", 1, {"items": [{"product_id": product["id"], "quantity": 1, "condition": "unopened"}]})],
            ),
            near_miss(
                "wrong-last-day", "Counts the days from the order.", "last-day",
                replace=[(spoken(last), spoken(last - timedelta(days=2)))],
            ),
        ],
    )  # fmt: skip


def _fee_line(fee_cents: int) -> str:
    return f"- restocking fee, because it was opened: {usd(fee_cents)}\n" if fee_cents else "- no restocking fee\n"


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from a.contact(given.get("email"), given.get("phone"))
    product = yield from a.product(given["product"])
    orders = yield from a.dated("searchOrders", given["month"], customer_id=customer["id"])
    order = a.pick(orders, where=lambda o: any(x["product_id"] == product["id"] for x in o["lines"]))
    details = yield from order_details(a, order["id"])
    line = next(x for x in order["lines"] if x["product_id"] == product["id"])
    parcel = a.pick(details["shipments"], where=lambda s: any(c["product_id"] == product["id"] for c in s["contents"]))
    tier: str = customer["loyalty_tier"]
    last, _ = yield from return_deadline(a, order, tier, a.delivered_on(parcel) or "")
    if last < a.clock.today:
        return f"Hi {customer['name'].split()[0]}, I am sorry, but the time for this return ended on {spoken(last)}."
    restocking = yield from restocking_policy(a)
    charged = product["category"] in rules.RESTOCKING_CATEGORIES and tier != "platinum"
    label = 0 if tier in ("gold", "platinum") else (yield from label_cost(a))
    yield from a.policy("refund", "approve", title="Who may approve")
    price = a.price_paid(line, product)
    net = price - rules.half_up(cents(order["discount"]) * price, cents(order["subtotal"]))
    fee = 0 if not charged else rules.half_up(net * number_in(r"(\d+) ?%", restocking), 100)
    total = net - fee - label
    yield from a.call(
        "processReturn", order_id=order["id"], reason="customer_remorse", disposition="refund", status="approved",
        items=[{"product_id": product["id"], "quantity": 1, "condition": "opened"}], amount=total / 100,
        payment_id=a.payment(details["payments"])["id"],
    )  # fmt: skip
    return (
        f"Hi {customer['name'].split()[0]},\n\nthe return of the {product['name']} from order {order['id']} is set up; "
        f"you are in time, the last day to ask is {spoken(last)}. Your refund is {usd(total)}, approved today and back "
        "with you 3-5 business days from now:\n\n"
        f"- goods as paid, after the order's discount: {usd(net)}\n"
        f"{_fee_line(fee)}"
        f"- return label: {usd(label) if label else 'free at your tier'}\n\n"
        "Pack it with everything that came in the box; the label is on its way by mail.\n\nCorecraft support"
    )


WORDINGS = (
    Wording(
        "forwarded mail",
        "From: {name} <{email}>\nSubject: [{product}|sending back the {product}|return?]\n\n[Hi|Hello|Hi there],\n\n"
        "I ordered [a|one] {product} in {month} and [I don't need it after all|it turns out I have no use for it]. The "
        "box is open, [the part works, I had it running for an evening|I did install it once, it works fine].\n\n"
        "Am I still in time to send it back, and until when? If so please set it up and tell me how much I get and "
        "what you take off.\n\n[Thanks|Many thanks],\n{first}",
        fits=lambda given: "email" in given,
    ),
    Wording(
        "terse",
        "{product}, bought in {month}. Opened, works, [not needed|don't want it]. [Return it please|Take it back]. Need: "
        "last day, refund, deductions. {name}, {email}",
        fits=lambda given: "email" in given,
    ),
    Wording(
        "angry",
        "[Third time I write this, the form keeps eating it.|Your return form is broken so now I have to write this.] "
        "{name}, {email}. I want to return the {product} from {month}, [it was open for ten minutes|yes I opened it, how "
        "else would I know I don't like it]. Nothing is wrong with it. [DO IT NOW|Please just do it] and spell out what "
        "I'm getting back, every fee you charge, and up to which day I could have asked, because I bet you'll tell me "
        "I'm late.",
        fits=lambda given: "email" in given,
    ),
    Wording(
        "chat",
        "[hey|hi], it's {name} ({email})\n[so i|i] got a {product} off you in {month}, opened it, [works great but my "
        "mate gave me a better one|all good with it, just changed plans]\ncan it go back? whats the last day for that "
        "n how much would land on my card, fees included pls. if its ok just start it",
        fits=lambda given: "email" in given,
    ),
    Wording(
        "phone note from a colleague",
        "[Call just now|Took a call], {name} from {phone} on the account. Wants to send back the {product} bought in "
        "{month}: [seal broken, in working order, no longer wanted|opened, works, changed their mind]. I promised an "
        "answer in writing today. Please check that we still take it and until which day that would have held, set "
        "the return up, and write down the refund with every deduction. I'll read it out to them.",
        mode="copilot",
        fits=lambda given: "phone" in given,
    ),
    Wording(
        "rambling",
        "Good afternoon, [you may remember me|I have bought from you before] ({name}, my number is {phone}). In {month} "
        "my nephew talked me into a {product}, and I let him open it and put it in, and it [ran|worked] perfectly well, "
        "only he has since moved [out|to Denver] and took his opinions with him, so the old part is back in and this "
        "one sits in its box. Would you take it back? I should like to know the last day on which I may ask, in case my "
        "husband is slow about it, and to the cent what I receive and what is held back. If it is possible, please "
        "begin.",
        fits=lambda given: "phone" in given,
    ),
    Wording(
        "manager's request",
        "Quick one before [my|the] three o'clock: {name} ({email}) returns the opened but working {product} from {month}. "
        "Book the return the way policy has it and give me [a note|three lines] for the file: refund, deductions, last "
        "day of the window.\n\nMarcus",
        mode="copilot",
        fits=lambda given: "email" in given,
    ),
)  # fmt: skip

FAMILY = Family(
    name="opened-return",
    title="An opened core part comes back in time: fee, label, refund, and the return set up",
    category="workflow",
    main_level="groundedness",
    levels=("groundedness", "planning", "tool_use"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-returns-holiday-2025", "pol-returns-labels", "pol-refund-authority"),
)
