"""A customer asks for the difference after our own price fell: is it owed, how much, and the refund booked if it is."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    get_product,
    identified,
    number_in,
    order_details,
    order_holding,
)
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    amount,
    both,
    call,
    criterion,
    day,
    edited,
    introduced,
    near_miss,
    only_purchase,
    says,
    single_accounts,
    unless,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Edit
from enterprisegym.world import Row

TRAPS = ("midnight_order", "failed_attempts")
MOST = {"owed": 45, "late": 16, "clearance": 9, "no drop": 12}
"""So many claims of a kind there are."""
SHOPS = ("Partsbarn", "Octane Computing", "Silverline Direct")
"""Whose prices were matched under the former policy."""


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    taken: Counter[str] = Counter()
    people = {c["id"]: c for c in single_accounts(world)}
    recent = [o for o in world.all("orders") if (world.today - world.placed_on(o)).days <= 32]
    for order in shuffled(rng, recent):
        customer = people.get(order["customer_id"])
        if customer is None or order["status"] in ("cancelled", "pending") or not world.untouched(order):
            continue
        line = only_purchase(world, order)
        if line is None:
            continue
        product = world.product(line["product_id"])
        traps = world.traps_on(order["id"], world.capture(order)["id"], among=TRAPS)
        traps += world.traps_on(product["id"], among=("brand_spelling",))
        traps += world.traps_on(customer["id"], among=("contact_format",))
        if "contact_format" in traps and "brand_spelling" in traps:
            continue
        setup = _price_today(rng, world, order, line, product)
        age = (world.today - world.placed_on(order)).days
        now = edited("products", product, setup)
        if now["price_cents"] >= line["unit_price_cents"]:
            kind = "no drop"
        elif now["status"] == "clearance":
            kind = "clearance"
        else:
            kind = "owed" if age <= rules.PRICE_ADJUSTMENT_DAYS else "late"
        taken[kind] += "midnight_order" not in traps
        if taken[kind] > MOST[kind] or now["status"] == "discontinued":
            continue
        shop = {"shop": rng.choice(SHOPS)} if rng.random() < 0.5 else {}
        owed = kind == "owed"
        hard = 2 + owed + (order["discount_cents"] > 0 and owed) + (line["quantity"] > 1 and owed) + bool(shop)
        yield Situation(
            key={"order": order["id"], "product": product["id"]},
            given={**introduced(world, customer, rng), "product": world.called(product), **shop},
            traps=(*traps, *(("superseded_policy",) if shop else ())),
            difficulty=min(hard, 5),
            setup=setup,
        )


def _price_today(rng: random.Random, world: Records, order: Row, line: Row, product: Row) -> tuple[Edit, ...]:
    """This morning's price, moved for most claims; none where it stays as it is."""
    paid: int = line["unit_price_cents"]
    if product["price_cents"] < paid or rng.random() < 0.12:
        return ()
    most = 30000 // line["quantity"]
    lower = round(paid * (100 - rng.choice((4, 5, 6, 8, 10, 12, 15))) / 10000) * 100 - 1
    lower = max(lower, (paid - most) // 100 * 100 + 99)
    if paid - lower < 100:
        return ()
    change: dict[str, object] = {"price_cents": lower}
    if rng.random() < 0.15:
        change["status"] = "clearance"
    return (Edit.model_validate({"table": "products", "id": product["id"], "set": change}),)


NO_MATCH = (
    "not match", "no match*", "not ... match*", "no longer match*", "stopped matching", "not ... follow", "no price match*",
    "not compare", "not ... beat", "not ... other shops", "not ... other retailers", "not ... other stores",
)  # fmt: skip
REFUSED = (
    "not owed", "nothing owed", "nothing is owed", "no adjustment", "no refund", "not ... refund", "not ... adjust*",
    "not eligible", "not qualify", "no price adjustment", "nothing to refund", "not entitled", "not due", "decline*",
    "unable to", "not able to", "not ... credit*", "too late", "not grant*", "not apply", "not covered", "no money back", "not give",
    "nothing back", "no difference", "nothing to pay", "not ... pay", "not possible", "can not", "ineligible", "no claim",
)  # fmt: skip
GRANTED = (
    "approved",
    "have refunded",
    "has been refunded",
    "is refunded",
    "will refund",
    "goes back to",
    "is on its way",
)
GROUNDS = {
    "late": ("14 days", "fourteen days", "14 day", "deadline", "window", "too late", "outside", "expired", "after the"),
    "clearance": ("clearance",),
    "no drop": (
        "not fall*", "not drop*", "no drop", "not ... lower", "not ... cheaper", "higher", "risen", "rose", "gone up",
        "went up", "unchanged", "same price", "same as", "not gone down", "increased", "not ... decreas*", "not ... reduced",
        "not come down", "not ... fallen", "more than you paid", "still costs", "not ... dropped", "went the other way",
        "no price drop", "has not changed", "no reduction", "not moved", "nothing has", "more expensive", "same",
    ),
}  # fmt: skip


def _kind(world: Records, order: Row, line: Row, now: Row) -> str:
    if now["price_cents"] >= line["unit_price_cents"]:
        return "no drop"
    if now["status"] == "clearance":
        return "clearance"
    in_time = rules.within_days(world.placed_on(order), world.today, rules.PRICE_ADJUSTMENT_DAYS)
    return "owed" if in_time else "late"


def rubric(world: Records, s: Situation) -> Rubric:
    order = world.order(s.key["order"])
    product = edited("products", world.product(s.key["product"]), s.setup)
    line = next(x for x in world.lines(order["id"]) if x["product_id"] == product["id"])
    payment = world.capture(order)
    kind = _kind(world, order, line, product)
    owed = rules.price_adjustment_cents(order, line, product, world.today)
    last = world.placed_on(order) + timedelta(days=rules.PRICE_ADJUSTMENT_DAYS)
    paid, today = line["unit_price_cents"], product["price_cents"]
    policy, bought = "company_policies/pol-pricing-adjustment", f"order_lines/{line['id']}"
    arrivals = [rules.parcel_delivered_on(p) for p in world.shipments(order["id"])]
    rivals = [d + timedelta(days=14) for d in arrivals if d is not None]
    criteria = [
        criterion(
            "prices",
            "completeness",
            f"The response says that {usd(paid)} was the price on the order and {usd(today)} is the price today.",
            amount(paid) if paid == today else both(amount(paid), amount(today)),
            [bought, f"products/{product['id']}.price_cents"],
        ),
        criterion(
            "last-day",
            "correctness",
            f"The response says that the difference could be asked for until {spoken(last)}.",
            day(last, [*rivals, last + timedelta(days=1)]),
            [f"orders/{order['id']}.created_at", policy],
        ),
    ]
    near = [
        near_miss("prices-unsaid", "Does not say which prices are compared.", "prices",
                  replace=[(_compared(paid, today), "I have compared the prices")]),
        near_miss("a-month", "Counts thirty days.", "last-day",
                  replace=[(spoken(last), spoken(last + timedelta(days=16)))]),
    ]  # fmt: skip
    if owed:
        given_back = {"status": {"any_of": ["partially_refunded", "refunded"]}}
        criteria += [
            criterion(
                "refunded",
                "correctness",
                f"{usd(owed)} are refunded on the order as a price adjustment, approved; nothing else is changed.",
                {
                    "check": "state",
                    "required": [
                        {
                            "table": "refunds",
                            "added": True,
                            "where": {"payment_id": payment["id"]},
                            "set": {"amount_cents": owed, "reason": "price_adjustment", "status": "approved"},
                        },
                        {"table": "payments", "id": payment["id"], "set": given_back},
                    ],
                    "allowed": [{"table": "orders", "id": order["id"], "set": given_back}],
                },
                [bought, policy, f"payments/{payment['id']}"],
            ),
            criterion(
                "amount",
                "correctness",
                f"The response says that {usd(owed)} is refunded.",
                amount(owed),
                [bought, f"orders/{order['id']}.discount_cents"],
            ),
        ]
        near += [
            near_miss("one-cent-rule", "Refunds another sum than it says.", "refunded",
                      set=[("createRefund", 1, {"amount": (owed + 100) / 100})]),
            near_miss("other-sum", "Tells another sum than it refunds.", "amount",
                      replace=[(f"refunded {usd(owed)}", f"refunded {usd(owed + 100)}")]),
        ]  # fmt: skip
    else:
        criteria += [
            criterion(
                "refused",
                "correctness",
                "The response says that no difference is refunded.",
                unless(GRANTED, says(REFUSED)),
                [policy],
            ),
            criterion(
                "ground",
                "completeness",
                f"The response gives the reason: {kind}.",
                says(GROUNDS[kind]),
                [policy, f"products/{product['id']}"],
            ),
            criterion(
                "unchanged",
                "constraint",
                "The response speaks of the price, and nothing is changed in the records.",
                {
                    "check": "unchanged",
                    "with": says(["price", "difference", "adjust*", "cost*", "clearance", "refund*"]),
                },
                [f"orders/{order['id']}"],
            ),
        ]
        gift = call("createRefund", payment_id=payment["id"], amount=5.0, reason="price_adjustment", status="approved")
        near += [
            near_miss("half-yes", "Leaves it open.", "refused",
                      replace=[(_refusal(kind), _ground_only(kind))]),
            near_miss("no-ground", "Does not say why.", "ground",
                      replace=[(_refusal(kind), "there is no refund of a difference here.")]),
            near_miss("goodwill", "Gives something all the same.", "unchanged", add=[gift]),
        ]  # fmt: skip
    if "shop" in s.given:
        criteria.append(
            criterion(
                "no-match",
                "correctness",
                f"The response says that the price of {s.given['shop']} is not matched.",
                says(NO_MATCH),
                ["company_policies/pol-pricing-no-match"],
            )
        )
        near.append(
            near_miss("matches", "Says nothing of the other shop.", "no-match",
                      replace=[(_shop_text(s.given["shop"]), "")])
        )  # fmt: skip
    return Rubric(criteria, near)


def _compared(paid: int, today: int) -> str:
    same = f"your order has it at {usd(paid)} apiece and that is today's price, too"
    return same if paid == today else f"your order has it at {usd(paid)} apiece, and today it is listed at {usd(today)}"


def _refusal(kind: str) -> str:
    return {
        "late": "nothing is owed: your request came after the 14 days that our policy gives.",
        "clearance": "nothing is owed: it is on clearance now, and a drop to a clearance price does not count.",
        "no drop": "nothing is owed: our price has not dropped since.",
    }[kind]


def _ground_only(kind: str) -> str:
    return {
        "late": "your request came after the 14 days that our policy gives, so let me think about it.",
        "clearance": "it is on clearance now, so let me think about it.",
        "no drop": "our price has not dropped since, so let me think about it.",
    }[kind]


def _shop_text(shop: str) -> str:
    return f" As to {shop}: since June we do not match what other shops ask."


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    product = yield from a.product(given["product"])
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    order = order_holding(a, orders, product["id"])
    line = next(x for x in order["lines"] if x["product_id"] == product["id"])
    details = yield from order_details(a, order["id"])
    today = yield from get_product(a, product["id"])
    policy = yield from a.policy("pricing", "price falls order day", title="Price adjustment")
    last = date.fromisoformat(a.day(order["created_at"])) + timedelta(days=number_in(r"within (\d+) days", policy))
    shop = ""
    if "shop" in given:
        matching = yield from a.policy("pricing", "match price", title="Prices of other")
        shop = _shop_text(given["shop"])
        if "We match the price" in matching["body"]:
            shop = f" We match the price of {given['shop']}; send us a link."
    paid, now = a.price_paid(line, product), cents(today["price"])
    facts = f"{_compared(paid, now)}. A difference could be asked for until {spoken(last)}"
    kind = "no drop" if now >= paid else "clearance" if today["status"] == "clearance" else "late"
    if kind != "late" or last < a.clock.today:
        return f"I have looked at the {product['name']} (order {order['id']}): {facts}; {_refusal(kind)}{shop}"
    yield from a.policy("refund", "approve", title="Who may approve")
    share = cents(order["subtotal"]) - cents(order["discount"])
    owed = rules.half_up((paid - now) * line["quantity"] * share, cents(order["subtotal"]))
    yield from a.call(
        "createRefund", payment_id=a.payment(details["payments"])["id"], amount=owed / 100, reason="price_adjustment",
        status="approved",
    )  # fmt: skip
    units = f" for each of the {line['quantity']}" if line["quantity"] > 1 else ""
    rate = ", less the discount that the order had" if order["discount"] else ""
    return (
        f"I have looked at the {product['name']} (order {order['id']}): {facts}, so you are in time. I have refunded "
        f"{usd(owed)} to the payment method of the order; that is the difference{units}{rate}. It shows on your side 3-5 "
        f"business days from now.{shop}"
    )


def _plain(given: Given) -> bool:
    return "shop" not in given


def _compares(given: Given) -> bool:
    return "shop" in given


WORDINGS = (
    Wording(
        "mail",
        "From: {name} <{email}>\nSubject: [price went down after I bought|your new price]\n\nHi,\n\nI ordered the {product} "
        "from you not long ago and a friend tells me that you sell it for less now. If so I'd like the difference back, "
        "please arrange it if I qualify. I would also like to see in your answer what I paid for it and what it costs "
        "today, for one, and until which day such a request is possible for my order.\n\n[Thanks|Regards],\n{first}",
        fits=lambda given: "email" in given and "shop" not in given,
    ),
    Wording(
        "terse",
        "{name}, {reach}. {product}: [cheaper now than when I ordered, I think.|price dropped, apparently.] Refund the "
        "difference if your rules say so. Want to know: unit price on my order, unit price today, last day for asking.",
        fits=_plain,
    ),
    Wording(
        "note from a colleague",
        "[Phone request|From the hotline]: {name}, {reach}, wants a price adjustment on the {product}. Please decide by "
        "policy and, if owed, book it in full. For the call-back I need the price paid against the current one (each), "
        "the end of the period for asking, and the sum or the reason for the no.",
        mode="copilot",
        fits=_plain,
    ),
    Wording(
        "non-native",
        "Hello, it is {name} ({reach}). I have bought {product} and now I am hearing that the price is gone down in your "
        "shop. [It is not nice feeling.|I was sad to hear.] Please pay me the difference when it is in your conditions. "
        "And write me: my price for one piece, the price of today for one piece, and which is the final day when a "
        "customer can ask this for my order.",
        fits=_plain,
    ),
    Wording(
        "rambling",
        "Dear people, {name} here, {reach}. I do read your newsletter, though only when the dog lets me, and if I read it "
        "correctly the {product} that I have just had from you has become cheaper in the meantime. My neighbour says "
        "shops pay that back these days; I said I'd believe it when I see it. Do you? Then please do so at once. I should "
        "like to have it in writing what was on my bill per item, what it is on the site now, and how long one has after "
        "an order to come forward with this.",
        fits=_plain,
    ),
    Wording(
        "angry, other shop",
        "Typical. I buy the {product} from you and next thing I hear it's cheaper, at your place AND at {shop}. I'm {name}, "
        "{reach}. [I want that money.|Pay up.] First: whatever your own price has come down by, refund it if I have a right "
        "to it, and tell me what I was charged apiece, what you charge today and by what date I had to complain. Second: "
        "will you match {shop} on top, yes or no?",
        fits=_compares,
    ),
    Wording(
        "chat, other shop",
        "heya {name} {reach}\nthe {product} i got from u, pretty sure its gone cheaper since. price adjustment plz if im "
        "still ok for that (whats the cutoff date on my order btw). what did i pay per unit and whats it now?\nalso "
        "{shop} has an even better price lol, u match that[ or nah|?]",
        fits=_compares,
    ),
    Wording(
        "manager's request, other shop",
        "[Please close this one for me.|One for you.] {name}, {reach}, bought a {product} and asks (a) for our price "
        "adjustment, (b) that we match {shop}. Apply the policies in force. If (a) is owed, refund it now. Then a short "
        "reply I can forward, with the unit price on the order and the present one, the last day for claims on that "
        "order, the amount or the reason against it, and our position on (b).",
        mode="copilot",
        fits=_compares,
    ),
    Wording(
        "business tone, other shop",
        "Good afternoon,\n\nwith reference to our purchase of the {product} (account of {name}, {reach}) we understand that "
        "your list price has since been reduced. Kindly credit the difference to the original payment should your terms "
        "provide for it, and confirm the unit price invoiced, the current unit price and the date on which the claim "
        "period for that order ends. In addition we hold a lower offer by {shop}[; please|. Please] state whether you will "
        "meet it.\n\nYours sincerely,\n{name}",
        fits=_compares,
    ),
)  # fmt: skip

FAMILY = Family(
    name="price-drop-claim",
    title="The difference is asked for after our price fell: owed or not, how much, and booked if it is",
    category="reasoning",
    main_level="groundedness",
    levels=("groundedness", "planning", "tool_use"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-refund-authority",),
)
