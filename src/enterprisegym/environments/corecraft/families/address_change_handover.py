"""Another delivery address or another article is wanted after the purchase: handed on, refused, or too late."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Steps, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    identified,
    order_details,
    return_deadline,
    scan_text,
    scanned,
)
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    Staged,
    amount,
    both,
    call,
    criterion,
    day,
    esc_added,
    handled,
    incoming_ticket,
    left_alone,
    mentions,
    near_miss,
    newest_scan,
    open_on,
    presented,
    readable,
    says,
    scan_criterion,
    single_accounts,
    stable,
    told_apart,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Criterion, NearMiss
from enterprisegym.world import Row

TRAPS = ("contact_format", "namesake", "brand_spelling", "year_twin", "midnight_order")
MOVING, DELIVERED = 34, 34
STREETS = ("Pike St", "Barley Mow Ln", "Kestrel Way", "W Chestnut St", "Old Post Rd", "Summit St", "Linden St", "Hatch St",
           "Camden Pl", "Quarry St", "Birch Hollow Rd", "Ridgeline Rd")  # fmt: skip
PASSED_ON = (
    "I may not change an address myself once an order is placed, so I have passed your new one to our fulfilment team"
)
WAITING = "It has not left our warehouse and has no shipping label yet."
NO_SWAP = "An article cannot be swapped inside an order, so I cannot make it"
OPEN_END = "They decide whether that is still possible and confirm by e-mail; I cannot promise it."


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    mine = {c["id"] for c in single_accounts(world)} | {m["id"] for m in world.marks("namesake")}
    orders = [o for o in world.all("orders") if o["customer_id"] in mine and not o["build_id"]]
    first = {m["order_id"] for m in world.marks("header_lag")}
    first |= {m["id"] for trap in ("year_twin", "midnight_order") for m in world.marks(trap)}
    marked = {m["id"] for trap in ("contact_format", "namesake") for m in world.marks(trap)}
    taken = {"moving": 0, "delivered": 0}
    preferred = [o for o in orders if o["id"] in first or o["customer_id"] in marked]
    for order in [*preferred, *shuffled(rng, [o for o in orders if o not in preferred])]:
        stage = _stage(world, order)
        if stage is None or (
            order not in preferred and taken.get(stage, 0) >= (MOVING if stage == "moving" else DELIVERED)
        ):
            continue
        if found := _situation(world, rng, order, stage):
            taken[stage] = taken.get(stage, 0) + 1
            yield found


def _stage(world: Records, order: Row) -> str | None:
    """`waiting`, `moving` or `delivered`; None where the case is another one."""
    parcels = world.shipments(order["id"])
    if rules.may_cancel(order, parcels):
        return "waiting"
    if order["status"] != "fulfilled" or len(parcels) != 1 or not world.untouched(order):
        return None
    if rules.parcel_delivered_on(parcels[0]):
        return "delivered"
    under_way = rules.parcel_status(parcels[0]) in ("label_created", "in_transit")
    return "moving" if under_way and not rules.lost_since(parcels[0], world.today) else None


def _situation(world: Records, rng: random.Random, order: Row, stage: str) -> Situation | None:
    customer = world.customer(order["customer_id"])
    line = max(world.lines(order["id"]), key=lambda x: (x["unit_price_cents"], x["id"]))
    product = world.product(line["product_id"])
    bought = [
        o for o in world.orders_of(customer["id"]) for x in world.lines(o["id"]) if x["product_id"] == product["id"]
    ]
    packaged = product["category"] in rules.PACKAGE_CATEGORIES
    if (
        len(bought) != 1
        or not told_apart(world, customer, product)
        or packaged
        or rules.return_exclusion(order, product, "opened", "customer_remorse")
    ):
        return None
    came = rules.delivered_on(world.shipments(order["id"]), product["id"])
    turn = stable(order["id"], "ask", below=5)
    ask = (
        ("address", "address", "swap", "both", "both")[turn] if stage != "delivered" else ("address", "swap")[turn % 2]
    )
    if stage == "delivered" and (came is None or (world.today - came).days > 12):
        if came is None or (world.today - came).days > 300:
            return None
        ask = "swap"
    given: dict[str, Any] = {
        **presented(world, customer, rng),
        "product": world.called(product),
        "month": said(f"{world.placed_on(order):%B}", f"{world.placed_on(order):%Y-%m}"),
    }
    body = f"About my order with the {world.called(product)}:"
    if ask != "swap":
        given["to"] = _address(world, rng)
        body += f" please send it to {given['to']} instead, the address on it is not where I am."
    if ask != "address":
        other = _other(world, product, order)
        if other is None:
            return None
        given["other"] = other["name"]
        body += f" I would rather have the {other['name']}, please exchange it. What does that one cost?"
    ticket = incoming_ticket(
        900 + stable(order["id"], "address", below=100), customer["id"], "a change to my order",
        f"{body} {customer['name']}", "order_issue", order["id"],
    )  # fmt: skip
    among = (*TRAPS, "header_lag") if stage == "delivered" else (*TRAPS, "stray_note") if stage == "waiting" else TRAPS
    former = ("superseded_policy",) if stage == "delivered" and ask == "swap" else ()
    step = {"waiting": 0, "moving": 1, "delivered": 1}[stage]
    return Situation(
        key={"customer": customer["id"], "order": order["id"], "product": product["id"], "ask": ask},
        given=given,
        traps=(*world.traps_on(customer["id"], order["id"], product["id"], among=among), *former),
        difficulty=2 + step + (ask == "both"),
        setup=(ticket,),
    )


def _address(world: Records, rng: random.Random) -> str:
    home = rng.choice([c["addresses"][0] for c in world.all("customers") if c["addresses"][0]["country"] == "US"])
    number, street = rng.randint(11, 9800), rng.choice(STREETS)
    return f"{number} {street}, {home['city']}, {home['region']} {home['postal_code']}"


def _other(world: Records, product: Row, order: Row) -> Row | None:
    held = {x["product_id"] for x in world.lines(order["id"])}
    like = [
        p for p in world.all("products")
        if p["category"] == product["category"] and p["status"] == "active" and p["id"] not in held
        and p["name"] == world.called(p) and not world.drifted(p["id"]) and p["price_cents"] != product["price_cents"]
    ]  # fmt: skip
    return like[stable(order["id"], "other", below=len(like))] if like else None


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    order = staged.order(s.key["order"])
    tickets = open_on(staged, order["id"])
    stage = _stage(staged, order) or "delivered"
    criteria: list[Criterion] = []
    misses: list[NearMiss] = []
    if s.key["ask"] != "swap" and stage != "delivered":
        street = str(s.given["to"]).split(",")[0]
        escalated = esc_added("", "address_change", "fulfilment", order["id"], street)
        escalated["where"]["ticket_id"] = {"any_of": tickets}
        criteria += [
            criterion(
                "escalated", "correctness",
                f"The change to {street} is escalated to fulfilment as address_change on the ticket, with order and new "
                "address in the notes; the order itself and everything else stay as they are.",
                {"check": "state", "required": [escalated], "allowed": handled(tickets)},
                [f"orders/{order['id']}.ship_to", "company_policies/pol-cancellation", "kb_articles/kb-0259"],
            ),
            criterion(
                "passed-on", "completeness", "The response says that the address was passed to the fulfilment team.",
                says(["fulfil*", "warehouse team", "shipping team"],
                     ["passed", "pass*", "escalat*", "forward*", "handed", "sent", "referred", "with our", "given", "team"],
                     near=["fulfil", "warehouse", "team"]),
                ["company_policies/pol-escalation-matrix"],
            ),
            criterion(
                "no-promise", "constraint",
                "The response leaves open whether the address can be changed and does not call it changed.",
                {"check": "absent",
                 "phrases": ["address has been changed", "address has been updated", "have changed the address",
                             "have updated the address", "address is changed", "address is updated", "will be delivered to",
                             "changed your address", "updated your address", "now going to your new address"],
                 "with": says(["whether", "can not promise", "no guarantee", "not guarantee*", "if ... still", "they decide",
                               "they will confirm", "confirm*", "can not guarantee", "let you know", "will tell you",
                               "decide*", "try", "still possible", "may not", "up to them"])},
                ["kb_articles/kb-0259"],
            ),
        ]  # fmt: skip
        misses += [
            near_miss("not-escalated", "Does not pass it on.", "escalated", drop=[("createEscalation", 1)]),
            near_miss("to-the-lead", "Passes it to the wrong desk.", "escalated", set=[
                ("createEscalation", 1, {"escalation_type": "policy_exception", "destination": "support_lead"})]),
            near_miss("quiet", "Does not say who has it.", "passed-on", replace=[(f"{PASSED_ON}. ", "")]),
            near_miss("promises", "Calls the address changed.", "no-promise",
                      replace=[(OPEN_END, "The address has been changed for you.")]),
        ]  # fmt: skip
    else:
        undo = call("updateOrderStatus", order_id=order["id"], status="cancelled")
        late = call("createEscalation", ticket_id=tickets[-1], escalation_type="address_change", destination="fulfilment",
                    notes=f"{order['id']}: please change the address.")  # fmt: skip
        criteria.append(criterion(
            "left-alone", "constraint", "The order is left as it is and nothing is escalated; the ticket may be handled.",
            left_alone(tickets, mentions("address", "deliver*", "swap*", "exchang*", "order*", "return*", "chang*"), "open",
                       "pending_customer", "resolved"),
            [f"orders/{order['id']}", "company_policies/pol-cancellation"],
        ))  # fmt: skip
        misses.append(near_miss("acts", "Changes something all the same.", "left-alone",
                                add=[undo if stage == "waiting" else late]))  # fmt: skip
    if s.key["ask"] != "swap":
        where = _where(staged, order, stage)
        criteria.append(_where_criterion(staged, order, stage))
        misses.append(near_miss("nowhere", "Does not say how far it is.", "where", replace=[(where, "")]))
        if stage == "delivered":
            criteria.append(criterion(
                "too-late", "correctness", "The response says, in 450 words at most, that the parcel cannot be sent elsewhere any more.",
                readable(says(["can no longer", "can not", "too late", "no longer possible", "not possible", "unable", "nothing left to",
                      "not able", "no longer", "nothing to redirect", "past the point"])),
                ["company_policies/pol-cancellation"],
            ))  # fmt: skip
            misses.append(near_miss("redirects", "Says that it will be sent on.", "too-late",
                                    replace=[(_TOO_LATE, "We redirect it")]))  # fmt: skip
            criteria.append(criterion(
                "to-which", "correctness", "The response says that it went to the address on the order.",
                says([order["ship_to"]["line1"], order["ship_to"]["city"], "address on the order", "address on your order",
                      "original address", "old address", "address you gave", "address on file", "address given"]),
                [f"orders/{order['id']}.ship_to"],
            ))  # fmt: skip
            misses.append(near_miss("no-place", "Does not say to which address it went.", "to-which",
                                    replace=[(_went_to(order["ship_to"]), "")]))  # fmt: skip
    if s.key["ask"] != "address":
        more, wrong = _swap(staged, s, order, stage)
        criteria += more
        misses += wrong
    return Rubric(criteria, misses)


_TOO_LATE = "It can no longer be sent elsewhere"


def _went_to(address: Mapping[str, Any]) -> str:
    return f" It went to the address on the order, {address['line1']} in {address['city']}."


def _where(world: Records, order: Row, stage: str) -> str:
    if stage == "waiting":
        return WAITING
    return scan_text(*newest_scan(world.shipments(order["id"])[0]))


def _where_criterion(world: Records, order: Row, stage: str) -> Criterion:
    if stage == "waiting":
        return criterion(
            "where", "correctness", "The response says that the order has not been shipped yet.",
            says(["not left", "not shipped", "not been shipped", "not been sent", "no label", "no shipping label", "still with us",
                  "still in our warehouse", "not yet ship*", "not dispatched", "not been dispatched", "no shipment",
                  "no parcel", "not gone out", "yet to ship", "not yet left", "not on its way", "backorder*", "on hold",
                  "waiting", "unshipped", "no label has been", "has not yet been", "not out the door"]),
            [f"orders/{order['id']}.status"],
        )  # fmt: skip
    return scan_criterion(world.shipments(order["id"])[0])


def _swap(world: Records, s: Situation, order: Row, stage: str) -> tuple[list[Criterion], list[NearMiss]]:
    other = next(p for p in world.all("products") if p["name"] == s.given["other"])
    product = world.product(s.key["product"])
    price = other["price_cents"]
    tier = world.tier_of(world.customer(order["customer_id"]))
    deadline = rules.return_deadline(order, tier, world.shipments(order["id"]), product["id"])
    criteria = [
        criterion(
            "no-swap", "correctness", "The response says, in 450 words at most, that an article cannot be exchanged inside the order.",
            readable(says(["not possible", "can not", "unable", "not able", "no way to", "not ... swap*", "not ... exchang*",
                  "no swap*", "not something we can", "isn't possible", "impossible", "not offer*"],
                 near=["swap", "exchang", "replac", "instead", "inside", "item", "substitut", "article",
                       *(() if s.key["ask"] == "both" else ("chang", "order"))])),
            ["company_policies/pol-cancellation"],
        ),
        criterion("price", "correctness", f"The response gives {usd(price)} as what the {other['name']} costs today.",
                  amount(price, (product["price_cents"],) if stage != "delivered" else ()), [f"products/{other['id']}"]),
    ]  # fmt: skip
    misses = [
        near_miss(
            "swaps", "Says that it is exchanged.", "no-swap", replace=[(NO_SWAP, "The article is exchanged for")]
        ),
        near_miss("old-price", "Names another price.", "price", replace=[(usd(price), usd(price + 700))]),
    ]
    way = _way(stage, deadline, world.today)
    if stage == "waiting":
        check = says(["cancel*"], ["order ... again", "reorder*", "new order", "order anew", "place a", "order the", "buy",
                                   "order it", "fresh order", "separate order", "re-order*", "place an", "order a"])  # fmt: skip
        text = "The response says that the order can be cancelled and the other article ordered anew."
    elif stage == "moving":
        check = says(["refus*", "return*", "send ... back", "declin*", "reject*"])
        text = "The response says that the parcel can be refused or returned."
    else:
        last = deadline or world.today
        placed = world.placed_on(order)
        came = rules.delivered_on(world.shipments(order["id"]), product["id"]) or last
        check = day(last, (placed + timedelta(days=21), placed + timedelta(days=tier["return_window_days"]),
                           came + timedelta(days=tier["return_window_days"])), [])  # fmt: skip
        text = f"The response says that {spoken(last)} is the last day to return the {product['name']}."
        if last < world.today:
            check = both(check, says(["ended", "too late", "no longer", "closed", "expired", "passed", "over", "outside", "was",
                                      "ran out", "can not"], near=["return", "window", "last", "ended", "until"]))  # fmt: skip
            text = f"The response says that the time to return the {product['name']} ended on {spoken(last)}."
    criteria.append(criterion("way", "completeness", text, check, ["company_policies/pol-cancellation",
                                                                   "company_policies/pol-returns-window"]))  # fmt: skip
    misses.append(near_miss("no-way", "Does not say what is possible.", "way", replace=[(way, "")]))
    return criteria, misses


def _way(stage: str, last: date | None, today: date) -> str:
    if stage == "waiting":
        return " You may cancel the order at no cost, just say so, and place a new one at today's price."
    if stage == "moving":
        return " It is too late to cancel: refuse the parcel at the door or return it to us."
    if last is not None and last >= today:
        return f" You may return it until {spoken(last)}."
    return f" The time to return it ended on {spoken(last or today)}."


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    product = yield from a.product(given["product"])
    orders = yield from a.dated("searchOrders", given["month"], customer_id=customer["id"])
    order = a.pick(orders, product_id=product["id"])
    details = yield from order_details(a, order["id"])
    yield from a.policy("cancellation", "shipping label address", title="Cancelling")
    yield from a.article("address changes checkout")
    gone = a.noted(order, r"shipped|left the building", True, bool(details["shipments"]))
    if a.noted(order, r"\bcancel", True, order["status"] == "cancelled"):
        return f"Hi {given['first']},\n\norder {order['id']} was cancelled, there is nothing to change any more."
    stage, where, came = "waiting", WAITING, None
    if gone:
        yield from a.policy("shipping", "scan events", title="tracking")
        came, where = scanned(a, details["shipments"][0])
        stage = "moving" if came is None else "delivered"
    paragraphs: list[str] = []
    if "to" in given:
        answer = yield from _address_answer(a, given, details, stage, where)
        paragraphs.append(answer)
    if "other" in given:
        other = yield from a.product(given["other"])
        last = None
        if came is not None:
            last, _ = yield from return_deadline(a, order, customer["loyalty_tier"], came)
        paragraphs.append(
            f"{NO_SWAP} the {other['name']}.{_way(stage, last, a.clock.today)} The {other['name']} "
            f"costs {usd(cents(other['price']))} today.",
        )  # fmt: skip
    return f"Hi {given['first']},\n\n" + "\n\n".join(paragraphs) + "\n\nCorecraft support"


def _address_answer(a: Worker, given: Given, details: Row, stage: str, where: str) -> Steps[str]:
    order = details["order"]
    if stage == "delivered":
        return f"{where}{_went_to(order['ship_to'])} {_TOO_LATE}; I have left the order as it is."
    yield from a.policy("escalation", "address", title="Where to escalate")
    ticket = next(t for t in details["tickets"] if t["status"] not in ("resolved", "closed"))
    old = order["ship_to"]
    label = "no" if stage == "waiting" else f"yes, {details['shipments'][0]['id']}"
    rush = "RUSH " if stage == "waiting" and order["shipping_service"] != "standard" else ""
    yield from a.call(
        "createEscalation", ticket_id=ticket["id"], escalation_type="address_change", destination="fulfilment",
        notes=f"ASK: can {order['id']} ({order['status']}) still go to the new address?\n"
        f"{rush}OLD: {old['line1']}, {old['city']}, {old['region']} {old['postal_code']}\nNEW: {given['to']}\n"
        f"Identified by {given['reach']}. Label: {label}. RULE: Cancelling or changing an order. DUE: no promise made.",
    )  # fmt: skip
    return f"{PASSED_ON}. {where} {OPEN_END}"


def _moves(given: Given) -> bool:
    return "to" in given and "other" not in given


def _swaps(given: Given) -> bool:
    return "other" in given and "to" not in given


def _twofold(given: Given) -> bool:
    return "other" in given and "to" in given


WORDINGS = (
    Wording(
        "mail, moved house",
        "Subject: [wrong address on my order|we have moved]\n\nHello,\n\nthe {product} I ordered from you in {month} must go "
        "to {to}. [We moved earlier than planned|The lease started earlier than planned] and nobody lives at the old place "
        "any more. Can you change that for me? Please also tell me how far the order is, or where it is by now.\n\n{name}\n"
        "{reach}",
        fits=_moves,
    ),
    Wording(
        "chat, moved house",
        "[hi|hey] so i messed up the address on my {product} ({month}), it should go to {to}\n[can u switch it|pls switch it] "
        "n tell me whats the status, like has it even left / where is it??\n{name}, {reach}",
        fits=_moves,
    ),
    Wording(
        "angry, moved house",
        "Your checkout kept my OLD address although I corrected it, twice. The order of {month} with the {product} goes to "
        "{to} and to nowhere else, [understood?|is that clear?] I want to hear that this is dealt with, by whom, and where "
        "the thing is at this moment. {name}, {reach}",
        fits=_moves,
    ),
    Wording(
        "colleague on the phones, moved house",
        "[Caller on line two just now|Just off the phone]: {name}, {reach}, identity is fine. Wants the {month} order with "
        "the {product} sent to {to} instead of the address on it. I had no time to look where it stands. Please do whatever "
        "we do in such a case and write me the reply for the customer, including where the order is.",
        mode="copilot", fits=_moves,
    ),
    Wording(
        "mail, other article",
        "Dear Corecraft,\n\nI bought a {product} in {month} and [on second thoughts|having slept on it] the {other} is what "
        "I should have taken. Could you simply put that one into the order in its place? If not, what are my options (and "
        "until when, if there is a date), and what is the price of the other one at the moment?\n\nKind regards,\n{name}\n"
        "{reach}",
        fits=_swaps,
    ),
    Wording(
        "non-native, other article",
        "Good day, I make a wrong choice in {month}: I took {product} but I need {other}. [Please change it in my order.|Be "
        "so kind to exchange it in the order.] When it is not possible please say what I can do, with the last date, and "
        "how much costs {other} today. With thanks, {name}, {reach}",
        fits=_swaps,
    ),
    Wording(
        "terse, other article",
        "Order from {month}: swap {product} for {other}. {name}, {reach}. [If no: alternatives and deadline.|Not possible? "
        "Then alternatives plus deadline.] Current price of {other}?",
        fits=_swaps,
    ),
    Wording(
        "manager, other article",
        "[Small one|A quick one]: {name} ({reach}) asked me at a trade fair, of all places, whether the {product} from the "
        "{month} order can be exchanged for a {other} without further ado. Please see what the order allows, do no more than "
        "that, and give me the text to send: yes or no, what else is open to them and up to which day, today's price of the "
        "other model.\n\nStellan",
        mode="copilot", fits=_swaps,
    ),
    Wording(
        "rambling, both",
        "Hello again from {name} ({reach})! Two things, both about the order with the {product} that I placed in {month}. "
        "Firstly my [sister|daughter] has persuaded me that it should go to her, since I am away: {to}. Secondly she says "
        "the {other} would have been the better buy, so could you send that one and take the first off? I would be glad to "
        "know what it costs now. And do tell me where everything stands, whether it has gone out and so on, and if one of "
        "my wishes cannot be had, what I might do.",
        fits=_twofold,
    ),
    Wording(
        "terse, both",
        "{name}, {reach}. {month} order, {product}.\n1. [New delivery address|Ship it here instead]: {to}\n2. Replace "
        "{product} with {other}; what is its price today?\nStatus of the parcel, please. If 1 or 2 is not possible, say what "
        "is.",
        fits=_twofold,
    ),
    Wording(
        "business tone, both",
        "To whom it may concern: with regard to our purchase of {month} ({product}; account {name}, {reach}), kindly arrange "
        "delivery to {to}, and substitute the {other} for the article ordered, stating its present price. [Should either "
        "request fall outside your terms|If your terms do not allow one of these], let us know the alternative. We should "
        "also like to learn the present whereabouts of the goods.",
        fits=_twofold,
    ),
    Wording(
        "phone note, both",
        "Voicemail typed up for you: \"Hi, {name}, {reach}. The {product} thing from {month}. It needs to come to {to}, I "
        "changed jobs. Oh and can it be the {other}? What's that one going for right now? [And where is it anyway.|Also, "
        "where is it now?] If you can't do any of it tell me what I can do. Bye.\" Please handle it and draft our answer.",
        mode="copilot", fits=_twofold,
    ),
)  # fmt: skip

FAMILY = Family(
    name="address-change-handover",
    title="Another address or article after the purchase: escalated to fulfilment, refused, or too late",
    category="workflow",
    main_level="common_sense",
    levels=("common_sense", "groundedness", "tool_use"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-shipping-tracking",),
)
