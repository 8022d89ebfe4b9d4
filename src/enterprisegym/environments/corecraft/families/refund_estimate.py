"""What would come back for some lines of an order: the sum, what is taken off, until when; an estimate only."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Rows, Worker, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    discount_share,
    item_delivered_on,
    label_cost,
    number_in,
    order_details,
    orders_told,
    restocking_policy,
    return_deadline,
)
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    Check,
    amount,
    call,
    criterion,
    day,
    dollars,
    either,
    near_miss,
    says,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row

ON_ORDER = ("year_twin", "header_lag", "midnight_order")
NO_FEE = [
    "no restocking fee", "restocking fee ... waived", "waive*", "without a restocking fee", "restocking fee none",
    "no restocking", "not ... restocking", "restocking fee ... not", "restocking ... $0.00", "fee ... $0.00", "$0.00 restocking",
    "no fee", "no deduction*", "nothing ... off", "nothing ... deducted", "restocking fee 0", "restocking fee $0", "restocking none",
]  # fmt: skip
FREE_LABEL = [
    "free", "no charge", "no label", "label ... none", "label ... $0", "without ... label", "no deduction*", "not charged",
    "nothing ... off", "nothing ... deducted", "no cost", "no postage", "covered", "no return label", "we pay",
]  # fmt: skip
PAYOUT = [
    "refund", "back", "receive", "get", "estimat", "total", "payout", "paid out", "net", "final", "result", "see again",
    "come", "return", "leave", "sum", "figure", "you would", "remain",
]  # fmt: skip
NOTHING = [
    "too late", "outside the window", "outside ... window", "window ... ended", "window ... closed", "window ... expired",
    "nothing", "no refund", "no longer", "expired", "has ended", "has passed", "is over", "not ... refund*", "past the",
    "not ... return*", "not eligible", "$0.00", "zero", "not ... possible", "was over", "ran out", "missed", "had ended",
]  # fmt: skip
REFUSED = [
    "final sale", "clearance", "consumable", "not returnable", "non returnable", "not ... return*", "not ... take ... back",
    "not ... accept*", "excluded", "not eligible", "no refund", "not come back", "not go back", "nothing",
]  # fmt: skip


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    cut = {m["id"] for m in world.marks("page_cut")}
    names: dict[str, int] = {}
    for customer in world.all("customers"):
        names[customer["name"]] = names.get(customer["name"], 0) + 1
    for order in world.all("orders"):
        customer = world.customer(order["customer_id"])
        if order["status"] != "fulfilled" or not world.untouched(order) or order["build_id"]:
            continue
        if names[customer["name"]] > 1 or not world.shipments(order["id"]):
            continue
        tier, shipments, lines = world.tier_of(customer), world.shipments(order["id"]), world.lines(order["id"])
        ends = [rules.return_deadline(order, tier, shipments, line["product_id"]) for line in lines]
        if None in ends or len(set(ends)) > 1 or len({line["product_id"] for line in lines}) < len(lines):
            continue
        last = ends[0] or world.today
        late = last < world.today
        if late and _seen(world, customer["id"], last):
            continue
        if late and order["id"] not in cut and (last < world.today - timedelta(days=40) or rng.random() < 0.6):
            continue
        bought = [x["product_id"] for o in world.orders_of(customer["id"]) for x in world.lines(o["id"])]
        own = [line for line in lines if bought.count(line["product_id"]) == 1]
        if not own:
            continue
        for _ in range(2 if len(own) > 1 else 1):
            chosen = rng.sample(own, min(len(own), rng.choice((1, 1, 2, 2, 2, 3))))
            items: list[dict[str, Any]] = [
                {
                    "product_id": line["product_id"],
                    "quantity": rng.randint(1, min(line["quantity"], 9)),
                    "condition": rng.choice(("opened", "opened", "unopened")),
                }
                for line in chosen
            ]
            barred = [i for i in items if _barred(world, order, i)]
            if len(barred) == len(items) or len(barred) > 1 or (late and barred):
                continue
            if any(not _word(world, i, items) for i in barred):
                continue
            kept = [i for i in items if i not in barred]
            refund = _refund(world, order, kept)
            shown = {order["total_cents"], order["subtotal_cents"], *(x["unit_price_cents"] for x in lines)}
            if refund.total_cents in shown or (not late and refund.total_cents < 2500):
                continue
            traps = [
                *world.traps_on(customer["id"], among=("contact_format",)),
                *world.traps_on(*(i["product_id"] for i in items), among=("brand_spelling",)),
                *world.traps_on(order["id"], among=ON_ORDER),
            ]
            if not late and any(world.drifted(i["product_id"]) for i in kept):
                traps.append("price_drift")
            if world.former_policy("pol-returns-restocking") or world.former_policy("pol-returns-window"):
                traps += ["superseded_policy"] if rng.random() < 0.5 else []
            told: dict[str, Any] = {"month": said(f"{world.placed_on(order):%B}", f"{world.placed_on(order):%Y-%m}")}
            if order["id"] in cut:
                traps.append("page_cut")
                told = {"whenever": said("order", True)}
            contact = world.contact(customer)
            way = rng.choice(sorted(contact))
            texts = [_phrase(world, order, i) for i in items]
            text = " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)
            yield Situation(
                key={
                    "customer": customer["id"], "order": order["id"],
                    "items": ";".join(f"{i['product_id']}*{i['quantity']}*{i['condition']}" for i in items),
                },
                given={
                    way: contact[way],
                    "name": customer["name"],
                    "items": said(
                        text, [{**i, "product": world.called(world.product(i["product_id"]))} for i in items]
                    ),
                    **told,
                },
                traps=tuple(traps),
                difficulty=min(5, 1 + len(items) + (order["discount_cents"] > 0) + bool(refund.fee_cents) + bool(barred)),
            )  # fmt: skip


def _seen(world: Records, customer_id: str, day_: date) -> bool:
    """Whether something of the customer's happened on that day, so that the day stands in the records anyway."""
    orders = world.orders_of(customer_id)
    rows = [*orders, *world.tickets_of(customer_id), *(s for o in orders for s in world.shipments(o["id"]))]
    text = str(rows)
    return any((day_ + timedelta(days=n)).isoformat() in text for n in (0, 1))


def _phrase(world: Records, order: Row, item: Row) -> str:
    line = next(x for x in world.lines(order["id"]) if x["product_id"] == item["product_id"])
    name = world.called(world.product(item["product_id"]))
    state = "opened, works" if item["condition"] == "opened" else "still sealed"
    whole = item["quantity"] == line["quantity"]
    count = "the" if line["quantity"] == 1 else f"all {line['quantity']}" if whole else (
        f"{item['quantity']} of the {line['quantity']}"
    )  # fmt: skip
    return f"{count} {name} ({state})"


def _items(key: str) -> list[dict[str, Any]]:
    parts = [text.split("*") for text in key.split(";")]
    return [{"product_id": p, "quantity": int(q), "condition": c} for p, q, c in parts]


def _barred(world: Records, order: Row, item: Row) -> bool:
    product = world.product(item["product_id"])
    return rules.return_exclusion(order, product, item["condition"], "customer_remorse") is not None


def _refund(world: Records, order: Row, items: Sequence[Row]) -> rules.ReturnRefund:
    tier: str = world.customer(order["customer_id"])["loyalty_tier"]
    products = {i["product_id"]: world.product(i["product_id"]) for i in items}
    return rules.return_refund_cents(order, world.lines(order["id"]), items, tier, "customer_remorse", products)


def _word(world: Records, item: Row, items: Sequence[Row]) -> str:
    """A word of a product's name that no other of the products has."""
    rest = " ".join(world.product(i["product_id"])["name"].lower() for i in items if i is not item)
    product = world.product(item["product_id"])
    words = re.findall(r"[A-Za-z]{4,}", product["name"].removeprefix(product["brand"]))
    return next((w for w in words if w.lower() not in rest), "")


def rubric(world: Records, s: Situation) -> Rubric:
    order, items = world.order(s.key["order"]), _items(s.key["items"])
    customer, shipments = world.customer(s.key["customer"]), world.shipments(order["id"])
    last = rules.return_deadline(order, world.tier_of(customer), shipments, items[0]["product_id"]) or world.today
    payment = world.capture(order)
    books = near_miss(
        "books-it", "Starts a refund though an estimate was asked.", "estimate-only",
        add=[call("createRefund", payment_id=payment["id"], amount=1.0, reason="other", status="pending")],
    )  # fmt: skip
    wrong_days = {world.placed_on(order) + timedelta(days=21), world.placed_on(order) + timedelta(days=30)}
    last_day = day(last, sorted(wrong_days - {world.today, world.placed_on(order)}) if last < world.today else [])
    evidence = [f"shipments/{x['id']}.events" for x in shipments]
    until = criterion(
        "last-day", "correctness", f"The response says that the return could be asked for until {spoken(last)}.",
        last_day, ["company_policies/pol-returns-window", *evidence],
    )  # fmt: skip
    off = near_miss(
        "day-off", "Tells another last day.", "last-day", replace=[(_until(last), _until(last - timedelta(days=3)))]
    )
    if last < world.today:
        refused = says(NOTHING)
        return Rubric(
            criteria=[
                criterion("nothing", "correctness", "The response says that nothing would be refunded any more.", refused,
                          ["company_policies/pol-returns-window"]),
                until,
                criterion("estimate-only", "constraint", "The question is answered and no record is changed.",
                          {"check": "unchanged", "with": either(refused, last_day)}),
            ],
            near_misses=[
                near_miss("friendly", "Hides the no.", "nothing", response=f"{_until(last)} Let me know what you think."),
                off,
                books,
            ],
        )  # fmt: skip
    barred = [i for i in items if _barred(world, order, i)]
    kept = [i for i in items if i not in barred]
    refund = _refund(world, order, kept)
    lines = {x["product_id"]: x for x in world.lines(order["id"])}
    today = sum(world.product(i["product_id"])["price_cents"] * i["quantity"] for i in kept)
    listed = sum(lines[i["product_id"]]["unit_price_cents"] * i["quantity"] for i in kept)
    goods, total = refund.goods_cents, refund.total_cents
    wrong = {
        goods - rules.half_up(goods * 20, 100), goods - rules.half_up(goods * 20, 100) - refund.label_cents,
        today - refund.fee_cents - refund.label_cents, listed - refund.fee_cents - refund.label_cents,
    } - {goods, listed, goods - refund.fee_cents, goods - refund.label_cents, order["total_cents"]}  # fmt: skip
    wrong -= {lines[i["product_id"]]["unit_price_cents"] * i["quantity"] for i in kept}
    sums = amount(total, sorted(wrong), near=PAYOUT)
    rows = [f"order_lines/{lines[i['product_id']]['id']}" for i in kept]
    criteria = [
        criterion("total", "correctness", f"The response says that {usd(total)} would come back.", sums,
                  [*rows, "company_policies/pol-refund-calculation"]),
        criterion(
            "fee", "correctness",
            f"The response gives the restocking fee as {usd(refund.fee_cents)}."
            if refund.fee_cents else "The response says that there is no restocking fee.",
            amount(refund.fee_cents, (rules.half_up(goods * 20, 100),), near=["restock", "fee", "deduct"])
            if refund.fee_cents else either(says(NO_FEE), _zero("restock", "fee")),
            ["company_policies/pol-returns-restocking"],
        ),
        criterion(
            "label", "completeness",
            f"The response says that {usd(refund.label_cents)} is taken off for the return label."
            if refund.label_cents else "The response says that the return label is free.",
            amount(refund.label_cents, near=["label", "postage", "shipping", "send", "return"])
            if refund.label_cents else either(says(FREE_LABEL), _zero("label", "postage", "ship")),
            ["company_policies/pol-returns-labels"],
        ),
        until,
        criterion("estimate-only", "constraint", "The estimate is given and no record is changed.",
                  {"check": "unchanged", "with": either(sums, last_day)}),
    ]  # fmt: skip
    fails = ["total"]
    if goods != total:
        criteria.insert(
            1,
            criterion("goods", "completeness", f"The response says that {usd(goods)} of it was paid for the goods, after "
                      "their share of the discount.", amount(goods), rows),
        )  # fmt: skip
    misses = [
        near_miss("sum-off", "Estimates another sum.", fails,
                  replace=[(_total_line(total), _total_line(total + 1501))]
                  + ([(_goods_line(goods), _goods_line(goods + 1501))] if goods == total else [])),
        near_miss("fee-forgotten", "Does not speak of the restocking fee.", "fee", replace=[(_fee_line(refund.fee_cents), "")]),
        near_miss("label-forgotten", "Does not speak of the label.", "label",
                  replace=[(_label_line(refund.label_cents), "")]),
        off,
        books,
    ]  # fmt: skip
    if goods != total:
        misses.append(
            near_miss("goods-off", "Gives another sum as the price of the goods.", "goods",
                      replace=[(_goods_line(goods), _goods_line(goods + 1501))])
        )  # fmt: skip
    for item in barred:
        product = world.product(item["product_id"])
        criteria.append(
            criterion(
                "excluded", "correctness", f"The response says that the {product['name']} cannot come back.",
                says(REFUSED, near=[_word(world, item, items)]),
                [f"products/{product['id']}", "company_policies/pol-returns-excluded"],
            )
        )  # fmt: skip
        misses.append(
            near_miss("unclear", "Leaves open what becomes of it.", "excluded",
                      replace=[(_barred_line(product["name"], product["status"] == "clearance"),
                                f"- {product['name']}: see below\n")])
        )  # fmt: skip
    return Rubric(criteria, misses)


def _zero(*near: str) -> Check:
    return {"check": "amount", "value": dollars(0), "near": list(near)}


def _until(last: date) -> str:
    return f"The last day to ask for the return is {spoken(last)}."


def _total_line(total: int) -> str:
    return f"Estimated refund: {usd(total)}."


def _goods_line(goods: int) -> str:
    return f"- goods at the price paid, less their share of any discount: {usd(goods)}\n"


def _fee_line(fee: int) -> str:
    return f"- restocking fee of 15% for opened core parts: {usd(fee)}\n" if fee else "- no restocking fee\n"


def _label_line(label: int) -> str:
    return f"- return label: {usd(label)}\n" if label else "- return label: free at your tier\n"


def _barred_line(name: str, clearance: bool) -> str:
    why = "clearance, final sale" if clearance else "an opened consumable"
    return f"- {name}: cannot be returned ({why})\n"


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from a.contact(given.get("email"), given.get("phone"))
    items: Rows = []
    for told in given["items"]:
        product = yield from a.product(told["product"])
        items.append({**told, "record": product})
    orders = yield from orders_told(a, customer["id"], given.get("month"))
    order = a.pick(orders, product_id=items[0]["record"]["id"])
    details = yield from order_details(a, order["id"])
    tier: str = customer["loyalty_tier"]
    came = item_delivered_on(a, details["shipments"], items[0]["record"]["id"])
    if came is None:
        return "The order has not been delivered yet."
    last, _ = yield from return_deadline(a, order, tier, came)
    if last < a.clock.today:
        return (
            f"I am sorry, but nothing would be refunded: it is too late for a return. {_until(last)} Should one of the "
            "items ever fail, that is a matter of warranty and has its own, longer time. Nothing has been set up."
        )
    restocking = yield from restocking_policy(a)
    label = 0 if tier in ("gold", "platinum") else (yield from label_cost(a))
    yield from a.policy("return", "consumables", title="Items we do not take back")
    yield from a.policy("refund", "discount share", title="How a refund")
    goods = fee = 0
    barred = ""
    for item in items:
        product = item["record"]
        opened = item["condition"] == "opened"
        if product["status"] == "clearance" or (opened and product["specs"].get("consumable") is True):
            barred += _barred_line(product["name"], product["status"] == "clearance")
            continue
        line = next(x for x in order["lines"] if x["product_id"] == product["id"])
        amount_ = a.price_paid(line, product) * item["quantity"]
        net = amount_ - discount_share(order, amount_)
        goods += net
        if opened and product["category"] in rules.RESTOCKING_CATEGORIES and tier != "platinum":
            fee += rules.half_up(net * number_in(r"(\d+) ?%", restocking), 100)
    total = max(goods - fee - label, 0)
    return (
        f"{_total_line(total)}\n\n{_goods_line(goods)}{_fee_line(fee)}{_label_line(label)}{barred}\n"
        f"{_until(last)} It goes back to the original payment method; nothing has been set up."
    )


def _with(*names: str) -> Callable[[Given], bool]:
    """Fits where all of these are given."""

    def fits(given: Given) -> bool:
        return all(name in given for name in names)

    return fits


WORDINGS = (
    Wording(
        "mail, undecided",
        "From: {name} <{email}>\nSubject: [What would I get back?|before I decide]\n\nHello,\n\nfrom my {month} order I might send "
        "back {items}. I haven't made up my mind, so please just do the sum for me: what would I get in the end, what's the "
        "value of the goods you start from, and what would you take off for opening or for the label? [And how long can I "
        "think about it?|Also the last day on which I can decide.]\n\n{name}",
        fits=_with("email", "month"),
    ),
    Wording(
        "chat",
        "[hi|hello], {name} / {email}. say i return {items} from {month}. how much $$ do i see again? goods amount, restocking if "
        "any, label if any, final number, and [last day to say yes|the deadline]. only asking!! dont start a return",
        fits=_with("email", "month"),
    ),
    Wording(
        "terse",
        "Estimate please, no return yet. {name}, {phone}, order of {month}: {items}. Goods / restocking / label / total / last "
        "day.",
        fits=_with("phone", "month"),
    ),
    Wording(
        "household accounts, rambling",
        "Dear Corecraft people, {name} here, the number on my account is {phone}. My wife says the things from {month} should go "
        "back and I say it isn't worth it with all your fees, so you shall decide our argument. We are talking about {items}. "
        "Would you work out the goods first, then any restocking, then the postage label, and [tell us the figure at the bottom|"
        "name the final amount]? And by which day would we have to come to terms? We are not returning anything today.",
        fits=_with("phone", "month"),
    ),
    Wording(
        "colleague, live call",
        "Customer on the line: {name}, {email}, {month} order. Thinking of giving back {items}. What would the refund be? I "
        "need to read out goods value, restocking fee yes/no and how much, label cost, the total and the date until which "
        "they can ask. [Don't open an RMA.|No RMA for now.]",
        mode="copilot",
        fits=_with("email", "month"),
    ),
    Wording(
        "returns lead, by phone number",
        "Quick calculation for me, nothing to be booked: account with phone {phone} ({name}), order from {month}, [would "
        "return|returning] {items}, plain change of mind. Goods net of discount, restocking, label, payout, end of "
        "the window.\n\nLuis",
        mode="copilot",
        fits=_with("phone", "month"),
    ),
    Wording(
        "no month, mail",
        "Hi, this is {name} writing from {email}. Some time ago I bought among [many other|lots of] small things one bigger "
        "order with {items}. If I [wanted|decided] to return that, what would be in it for me after your deductions (opened-box "
        "fee, label), starting from which goods value, and up to which day? I order so often that I can't tell you the "
        "date. Just an estimate please.",
        fits=_with("email", "whenever"),
    ),
    Wording(
        "no month, note from phone team",
        "{name}, {phone}: orders with us all the time, asks about the order that had {items}. Doesn't recall when. What would a "
        "return pay out (goods, restocking, label, total) and what is the last day for it? [Estimate only, don't book "
        "it.|They only want the figure.]",
        mode="copilot",
        fits=_with("phone", "whenever"),
    ),
    Wording(
        "no month, colleague",
        "Can you find the order of {email} ({name}) with {items} in it, the list is endless, and say what they'd get for "
        "sending that back? Start from the goods, restocking and label off if due, give the payout and the last possible "
        "day. [Nothing is decided yet, so only the numbers.|I only need the numbers.]",
        mode="copilot",
        fits=_with("email", "whenever"),
    ),
)  # fmt: skip

FAMILY = Family(
    name="refund-estimate",
    title="What a return of some lines would pay out, after fees, and until when; nothing set up",
    category="reasoning",
    main_level="groundedness",
    levels=("groundedness", "planning", "tool_use"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-returns-holiday-2025", "pol-returns-excluded"),
)
