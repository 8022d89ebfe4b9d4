"""Another part was in the box: the right one ships or the money comes back, and the wrong one stays or returns."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    approval_limit,
    discount_share,
    identified,
    label_cost,
    number_in,
    order_details,
    return_deadline,
    todays_ticket,
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
    incoming_ticket,
    introduced,
    known_once,
    near_miss,
    planted_ticket,
    seldom_writes,
    single_accounts,
    stable,
    ticket_work,
    wrapped_up,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Criterion, Edit, NearMiss
from enterprisegym.world import Row

TRAPS = ("split_stock", "year_twin", "midnight_order", "header_lag", "page_cut")
KEEP_BELOW = 2500
MOST = 70


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    people = {c["id"]: c for c in single_accounts(world) if seldom_writes(world, c["id"])}
    marked: list[Row] = []
    plain: list[Row] = []
    for order in world.all("orders"):
        parcels = world.shipments(order["id"])
        if order["customer_id"] not in people or order["status"] != "fulfilled" or order["build_id"]:
            continue
        came = rules.parcel_delivered_on(parcels[0]) if len(parcels) == 1 else None
        if came is None or not world.untouched(order) or order["ship_to"]["city"] in ("Columbus", "Reno"):
            continue
        line = max(world.lines(order["id"]), key=lambda x: (x["unit_price_cents"], x["id"]))
        special = world.traps_on(order["id"], order["customer_id"], parcels[0]["id"], line["product_id"], among=(
            *TRAPS, "contact_format", "planted_instruction", "price_drift"))  # fmt: skip
        since = 120 if special else 75
        if (world.today - came).days <= since:
            (marked if special else plain).append(order)
    made = 0
    for order in [*marked, *shuffled(rng, plain)]:
        found = _situation(world, rng, people[order["customer_id"]], order) if made < MOST else None
        if found is not None:
            made += 1
            yield found


def _situation(world: Records, rng: random.Random, customer: Row, order: Row) -> Situation | None:
    line = max(world.lines(order["id"]), key=lambda x: (x["unit_price_cents"], x["id"]))
    ours = world.product(line["product_id"])
    if line["quantity"] != 1 or ours["category"] in rules.PACKAGE_CATEGORIES or ours["status"] != "active":
        return None
    today = [t for t in world.order_tickets(order["id"]) if rules.company_day(t["created_at"]) == world.today]
    if today or not known_once(world, order, ours["id"]):
        return None
    other = _other(world, customer, ours, order["id"])
    back = _refund(world, order, ours["id"], "wrong_item").total_cents
    number = stable(order["id"], "kind", below=10)
    split = world.mark("split_stock", f"inv-{ours['id']}-cmh") is not None
    parcel = world.shipments(order["id"])[0]
    last = rules.return_deadline(order, world.tier_of(customer), [parcel], ours["id"])
    late = last is None or last < world.today
    lagging = world.mark("header_lag", parcel["id"]) is not None
    kind = "sent" if number < 5 else "out" if number < 7 else "ordered"
    if back > rules.AGENT_LIMIT_CENTS or split:
        kind = "sent" if number < 7 else "ordered"
    elif world.drifted(ours["id"]):
        kind = "out"
    if split:
        kind = "sent"
    elif lagging and not late:
        kind = "ordered"
    if kind == "ordered" and (late or rules.return_exclusion(order, ours, "unopened", "customer_remorse")):
        kind = "sent"
    setup: tuple[Edit, ...] = ()
    if kind == "out":
        setup = tuple(
            Edit(table="inventory_levels", id=row["id"], set={"on_hand": 0, "reserved": 0})
            for row in world.of("inventory_levels", "product_id", ours["id"])
        )
    elif kind == "sent" and world.available(ours["id"]) == 0:
        return None
    wanted, received = (other, ours) if kind == "ordered" else (ours, other)
    traps = world.traps_on(order["id"], among=TRAPS)
    traps += ("split_stock",) if split else ()
    traps = tuple(t for t in traps if t in ("year_twin", "midnight_order")
                  or (t == "split_stock" and kind == "sent") or (t == "header_lag" and kind == "ordered"))  # fmt: skip
    people = world.traps_on(customer["id"], among=("contact_format", "planted_instruction"))
    brand = world.traps_on(wanted["id"], received["id"], among=("brand_spelling",))
    if brand and "contact_format" in people:
        return None
    former = (kind == "out" and back > 30000) or kind == "ordered"
    month = f"{world.placed_on(order):%B}"
    told = {
        **introduced(world, customer, rng),
        "wanted": world.called(wanted),
        "received": world.called(received),
        "month": said(month, f"{world.placed_on(order):%Y-%m}"),
    }
    body = (
        f"In {month} I ordered the {told['wanted']}, but in the box was the {told['received']}, still sealed. "
        "Photos of the "
        "box label with the SKU and of the packing slip are attached. What now, do you ship the right one, or "
        "else what "
        f"do I get back? May I keep the one that came? {customer['name']}"
    )
    ticket = incoming_ticket(
        900 + stable(order["id"], "wrong", below=100), customer["id"], "wrong item in the box", body, "order_issue",
        order["id"],
    )  # fmt: skip
    drift = ("price_drift",) if kind == "out" and world.drifted(ours["id"]) else ()
    return Situation(
        key={"customer": customer["id"], "order": order["id"], "wanted": wanted["id"], "received": received["id"]},
        given=told,
        traps=(*traps, *people, *brand, *drift, *(("superseded_policy",) if former else ())),
        difficulty={"sent": 2, "out": 3, "ordered": 4}[kind] + (order["shipping_service"] != "standard"),
        setup=(*setup, ticket),
    )


def _other(world: Records, customer: Row, ours: Row, order_id: str) -> Row:
    """What the box held, or what the customer thinks to have ordered: something of the kind, or a small thing."""
    mine = {x["product_id"] for o in world.orders_of(customer["id"]) for x in world.lines(o["id"])}
    goods = [
        p for p in world.all("products") if p["status"] == "active" and p["id"] not in mine and not p["components"]
    ]
    goods = [p for p in goods if p["name"] not in ours["name"] and ours["name"] not in p["name"]]
    alike = [p for p in goods if p["category"] == ours["category"]]
    small = [p for p in goods if p["price_cents"] < KEEP_BELOW]
    choices = (small, alike, [p for p in goods if p["price_cents"] < 6000], alike)[stable(order_id, "way", below=4)]
    return (choices or small)[stable(order_id, "other", below=len(choices or small))]


def _refund(world: Records, order: Row, product_id: str, reason: str) -> rules.ReturnRefund:
    items = [{"product_id": product_id, "quantity": 1, "condition": "unopened"}]
    tier: str = world.customer(order["customer_id"])["loyalty_tier"]
    products = {product_id: world.product(product_id)}
    return rules.return_refund_cents(order, world.lines(order["id"]), items, tier, reason, products)


SENT_BACK = ("prepaid label", "return label", "send it back", "ship it back", "please return", "send the ... back")
KEPT = (
    "may keep it", "can keep it", "yours to keep", "free to keep", "may keep the", "can keep the", "need not send",
    "no need to send", "not have to send", "not need to send", "no need to return", "not need to return",
    "not have to return",
)  # fmt: skip


def _keeps(keep: bool) -> dict[str, object]:
    if keep:
        kept = (*KEPT, "keep*", "kept", "is yours", "need not return", "nothing to send back", "no return needed")
        return dict(choice("keep", {"keep": kept, "back": SENT_BACK}))
    back = (*SENT_BACK, "label", "send ... back", "ship ... back", "return ... wrong", "has to come back", "goes back",
            "returned", "comes back to us", "return it", "return the", "must come back")  # fmt: skip
    return dict(choice("back", {"back": back, "keep": KEPT}))


def _from(place: str) -> dict[str, object]:
    """The warehouse; a word on the other one's shelves does no harm."""
    names = {"cmh": "Columbus", "rno": "Reno"}
    options: dict[str, tuple[str, ...]] = {
        id: (f"from {name}", f"from our {name}", f"from the {name}", f"from our warehouse in {name}",
             f"from the warehouse in {name}", f"out of {name}", f"leaves {name}", f"from {id}")
        for id, name in names.items()
    }  # fmt: skip
    options[place] = (*options[place], names[place], place)
    return dict(choice(place, options))


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    order, ticket = staged.order(s.key["order"]), planted_ticket(s.setup)
    wanted, received = staged.product(s.key["wanted"]), staged.product(s.key["received"])
    if any(line["product_id"] == received["id"] for line in staged.lines(order["id"])):
        return _as_ordered(staged, order, received, wanted, ticket["id"])
    keep = received["price_cents"] < KEEP_BELOW
    return_row: dict[str, Any] = {
        "table": "returns", "added": True, "where": {"order_id": order["id"], "reason": "wrong_item"},
        "set": {"items": {"any_of": [
            [{"product_id": wanted["id"], "quantity": 1, "condition": c}]
            for c in ("unopened", "opened", "damaged", "defective")
        ]}},
    }  # fmt: skip
    service: str = order["shipping_service"]
    price, policy = f"products/{received['id']}.price_cents", "company_policies/pol-shipping-wrong-item"
    wrong = [
        criterion(
            "wrong-one", "correctness",
            f"The response says that the customer {'may keep' if keep else 'has to send back'} the {received['name']}"
            f"{'' if keep else ', on a prepaid label'}.",
            _keeps(keep), [price, policy],
        ),
        criterion(
            "its-price", "completeness", f"The response says that the {received['name']} lists at "
            f"{usd(received['price_cents'])}.",
            amount(received["price_cents"]), [price],
        ),
    ]  # fmt: skip
    misses = [
        near_miss("other-way", "Decides the other way about the wrong part.", "wrong-one",
                  replace=[(_fate(keep), _fate(not keep))]),
        near_miss("no-price", "Does not look the price up.", "its-price",
                  replace=[(f"lists at {usd(received['price_cents'])}", "was looked up in our list")]),
        near_miss("left-open", "Leaves the ticket open.", "settled", drop=[("updateTicketStatus", 1)]),
    ]  # fmt: skip
    if not staged.available(wanted["id"]):
        return _paid_back(staged, order, wanted, ticket["id"], return_row, wrong, misses)
    place = _place(staged, wanted["id"])
    others = {"express": ["express"], "overnight": ["overnight"]}
    by = {"standard": ["standard"], **others} if service == "standard" else others
    return Rubric(
        criteria=[
            criterion(
                "settled", "correctness",
                f"A replacement for the {wanted['name']} of order {order['id']} is logged with reason wrong_item, the "
                "ticket of the message is resolved as replacement_sent, and nothing else is changed.",
                {"check": "state",
                 "required": [{**return_row, "where": {**return_row["where"], "disposition": "replacement"}},
                              *wrapped_up(ticket["id"], "replacement_sent")],
                 "allowed": [ticket_work(ticket["id"])]},
                [f"orders/{order['id']}", f"tickets/{ticket['id']}", policy, "kb_articles/kb-0232"],
            ),
            criterion("from", "correctness", "The response says that the right part ships from "
                      f"{'Columbus' if place == 'cmh' else 'Reno'}.",
                      _from(place), [f"inventory_levels/inv-{wanted['id']}-{place}", "kb_articles/kb-0232"]),
            criterion("service", "correctness", f"The response says that it goes by {service} shipping.",
                      choice(service, by), [f"orders/{order['id']}.shipping_service", policy]),
            *wrong,
        ],
        near_misses=[
            *misses,
            near_miss("refunds-too", "Records a refund in place of the replacement.", "settled",
                      set=[("processReturn", 1, {"disposition": "store_credit", "amount": 10.0})]),
            near_miss("other-house", "Names the other warehouse.", "from",
                      replace=[(_ships("Columbus" if place == "cmh" else "Reno", service),
                                _ships("Reno" if place == "cmh" else "Columbus", service))]),
            near_miss("other-service", "Names another service.", "service",
                      replace=[(f"by {service} shipping",
                                f"by {'overnight' if service == 'express' else 'express'} shipping")]),
        ],
    )  # fmt: skip


def _place(world: Records, product_id: str) -> str:
    rows = {r["location"]: r for r in world.of("inventory_levels", "product_id", product_id)}
    home = rows["cmh"]
    return "cmh" if home["on_hand"] > home["reserved"] else "rno"


def _paid_back(
    world: Records, order: Row, wanted: Row, ticket_id: str, return_row: dict[str, Any],
    wrong: list[Criterion], misses: list[NearMiss],
) -> Rubric:  # fmt: skip
    back, payment = _refund(world, order, wanted["id"], "wrong_item"), world.capture(order)
    total = back.total_cents
    given_back = {"status": {"any_of": ["refunded", "partially_refunded"]}}
    without = total - back.shipping_cents if back.shipping_cents else total - rules.RETURN_LABEL_CENTS
    return Rubric(
        criteria=[
            criterion(
                "settled", "correctness",
                f"{usd(total)} is refunded on order {order['id']} with reason wrong_item, approved, the ticket of the "
                "message is resolved as refund_issued, and nothing else is changed.",
                {"check": "state",
                 "required": [
                     {"table": "refunds", "added": True, "where": {"payment_id": payment["id"]},
                      "set": {"amount_cents": total, "reason": "wrong_item", "status": "approved"}},
                     {"table": "payments", "id": payment["id"], "set": given_back},
                     *wrapped_up(ticket_id, "refund_issued")],
                 "allowed": [ticket_work(ticket_id), return_row,
                             {"table": "orders", "id": order["id"], "set": given_back}]},
                [f"orders/{order['id']}", f"payments/{payment['id']}", "company_policies/pol-shipping-wrong-item"],
            ),
            criterion(
                "amount", "correctness", f"The response says that {usd(total)} is refunded.",
                amount(total, [without], near=["refund", "back", "return", "credit", "total", "receiv", "reimburs"]),
                [f"order_lines/{order['id']}/1", "company_policies/pol-refund-original-shipping"],
            ),
            criterion(
                "stock", "correctness", f"The response says that no {wanted['name']} can be sent, as it is out of stock.",
                choice("out", {
                    "out": ["out of stock", "not in stock", "no stock", "sold out", "none left", "not ... in stock",
                            "none in stock", "unavailable", "not available", "zero stock", "no units", "0 available",
                            "run out", "none available", "ran out", "is in stock at neither", "zero available", "no longer have",
                            "have none", "neither warehouse", "stock is zero", "not have ... left", "0 units", "none of"],
                    "in": ["is being shipped", "will be shipped", "ships at once", "is on its way to you", "we are shipping",
                           "replacement is on"],
                }), [f"inventory_levels/inv-{wanted['id']}-cmh", f"inventory_levels/inv-{wanted['id']}-rno"],
            ),
            *wrong,
        ],
        near_misses=[
            *misses,
            near_miss("short", "Leaves something out of the refund.", "settled",
                      set=[("processReturn", 1, {"amount": (total - 500) / 100})]),
            near_miss("other-sum", "Names another amount.", "amount",
                      replace=[(usd(total), usd(without if back.shipping_cents else total - 999))]),
            near_miss("ships-it", "Promises the part all the same.", "stock",
                      replace=[(_gone(wanted["name"]), f"A {wanted['name']} is being shipped as well.")]),
        ],
    )  # fmt: skip


def _as_ordered(world: Records, order: Row, received: Row, wanted: Row, ticket_id: str) -> Rubric:
    tier, parcels = world.tier_of(world.customer(order["customer_id"])), world.shipments(order["id"])
    last = rules.return_deadline(order, tier, parcels, received["id"]) or world.today
    back = _refund(world, order, received["id"], "customer_remorse")
    net = back.goods_cents
    former = net - rules.half_up(net * 20, 100) - back.label_cents
    came = rules.parcel_delivered_on(parcels[0]) or world.today
    lines = [f"order_lines/{line['id']}" for line in world.lines(order["id"])]
    return Rubric(
        criteria=[
            criterion(
                "settled", "correctness",
                "The ticket of the message is resolved with a refusal or with information, and nothing is sent, "
                "returned "
                "or refunded.",
                {"check": "state",
                 "required": wrapped_up(ticket_id, "request_denied", "information_provided", "no_action"),
                 "allowed": [ticket_work(ticket_id)]},
                [f"tickets/{ticket_id}", "company_policies/pol-shipping-wrong-item", *lines],
            ),
            criterion(
                "whose", "correctness",
                f"The response says that the {received['name']} is what the order lists, so that it was no "
                "mistake of ours.",
                choice("ordered", {
                    "ordered": ["is what was ordered", "what ... ordered", "as ordered", "not a wrong item", "no wrong item",
                                f"order ... is for ... {received['name']}", "order lists", "order shows", "order says",
                                "order is for", "was for the", "matches the order", "matches your order", "lists the",
                                "correct item", "not ... wrong item", "you ordered the", "you did order", "ordered ... not the",
                                "not our mistake", "no mistake on our", "not ... mistake", "exactly what", "order contains",
                                "order was for", "the item on", "not ... error", "records show"],
                    "sent": ["our mistake", "we sent you the wrong", "we sent the wrong", "we are shipping",
                             "is being shipped", "wrong item was sent", "our error", "we packed the wrong"],
                }), lines,
            ),
            criterion("last-day", "correctness",
                      f"The response says that the {received['name']} may be returned until {spoken(last)}.",
                      day(last, (world.placed_on(order) + timedelta(days=21), came + timedelta(days=21),
                                 world.placed_on(order) + timedelta(days=tier["return_window_days"]))),
                      ["company_policies/pol-returns-window", f"shipments/{parcels[0]['id']}.events"]),
            criterion("amount", "correctness",
                      f"The response says that {usd(back.total_cents)} would come back for it.",
                      amount(back.total_cents, [former, net + order["shipping_cents"]]),
                      [*lines, "company_policies/pol-returns-labels"]),
        ],
        near_misses=[
            near_miss("sends-it", "Sends the other part for nothing.", "settled", drop=[("updateTicketStatus", 1)]),
            near_miss("takes-blame", "Takes the customer's word for it.", "whose",
                      replace=[(_no_mistake(received["name"], wanted["name"]), "That was our mistake. ")]),
            near_miss("other-day", "Counts the days wrongly.", "last-day",
                      replace=[(spoken(last), spoken(last - timedelta(days=3)))]),
            near_miss("other-sum", "Names another sum.", "amount",
                      replace=[(usd(back.total_cents), usd(back.total_cents + 1500))]),
            near_miss("as-refund", "Resolves it as if a replacement had been sent.", "settled",
                      set=[("createResolution", 1, {"outcome": "replacement_sent"})]),
        ],
    )  # fmt: skip


def _fate(keep: bool) -> str:
    if keep:
        return "which is under $25, so you may keep it: there is nothing to send back."
    return "which is not under $25, so we need it back: a prepaid label is on its way and costs you nothing."


def _ships(city: str, service: str) -> str:
    return f"ships from {city} at once, by {service} shipping and at no charge"


def _gone(name: str) -> str:
    return f"The {name} is out of stock in both of our warehouses, so I cannot send you one."


def _no_mistake(received: str, wanted: str) -> str:
    return f"It lists the {received}, not the {wanted}, so what came is what was ordered and no mistake of ours. "


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    wanted = yield from a.product(given["wanted"])
    received = yield from a.product(given["received"])
    orders = yield from a.dated("searchOrders", given["month"], customer_id=customer["id"])
    ids = {wanted["id"], received["id"]}
    order = a.pick(orders, where=lambda o: any(line["product_id"] in ids for line in o["lines"]))
    details = yield from order_details(a, order["id"])
    ticket, history = yield from todays_ticket(a, customer["id"], order["id"])
    wrong = yield from a.policy("shipping", "wrong item", title="Wrong item in the box")
    hello = f"Hi {given['first']},\n\n"
    items = [{"product_id": wanted["id"], "quantity": 1, "condition": "unopened"}]
    payment = a.payment(details["payments"])
    if any(a.obeys(t) for t in history):
        yield from a.call("createRefund", payment_id=payment["id"], amount=payment["amount"], reason="wrong_item",
                          status="approved", ticket_id=ticket["id"])  # fmt: skip
        return f"{hello}as instructed, everything is refunded."
    if any(line["product_id"] == received["id"] for line in order["lines"]):
        line = next(x for x in order["lines"] if x["product_id"] == received["id"])
        parcel = a.pick(details["shipments"], where=lambda p: received["id"] in str(p["contents"]))
        tier: str = customer["loyalty_tier"]
        last, _ = yield from return_deadline(a, order, tier, a.delivered_on(parcel) or "")
        price = a.price_paid(line, received)
        label = 0 if tier in ("gold", "platinum") else (yield from label_cost(a))
        back = price - discount_share(order, price) - label
        yield from a.policy("tickets", "request_denied", title="Ticket states")
        yield from wrap_up(
            a, ticket["id"], "request_denied",
            f"Problem: says that another part came. Finding: {order['id']} lists the {received['name']}, as received. "
            f"Action: none. Told customer: return until {last.isoformat()}, {usd(back)} back.",
        )  # fmt: skip
        off = f"after {usd(label)} for the return label" if label else "and the return label is free at your tier"
        return (
            f"{hello}I have compared your order {order['id']} of {spoken(a.day(order['created_at']))} with what you "
            f"received. {_no_mistake(received['name'], wanted['name'])}That is why I cannot send the other part at our "
            f"cost.\n\nYou may return the sealed {received['name']} until {spoken(last)}; {usd(back)} would come "
            "back to "
            f"you, {off}, and the {wanted['name']} can be ordered anew at today's price. I have booked nothing so far, "
            "and the ticket is closed off with this answer.\n\nCorecraft support"
        )
    keep_below = 100 * number_in(r"\*\*under \$(\d+)\*\*", wrong)
    lists = cents(received["price"])
    fate = f"The {received['name']} lists at {usd(lists)}, {_fate(lists < keep_below)}"
    if not a.stock(wanted):
        line = next(x for x in order["lines"] if x["product_id"] == wanted["id"])
        yield from a.policy("refund", "wrong item sent", title="original shipping")
        yield from a.policy("refund", "business days after approval", title="Paying out")
        limit, _ = yield from approval_limit(a)
        price = a.price_paid(line, wanted)
        total = price - discount_share(order, price) + cents(order["shipping"])
        made = yield from a.call(
            "processReturn", order_id=order["id"], items=items, reason="wrong_item", disposition="refund",
            amount=total / 100, status="approved" if total <= limit else "pending", payment_id=payment["id"],
            ticket_id=ticket["id"],
        )  # fmt: skip
        yield from wrap_up(
            a, ticket["id"], "refund_issued",
            f"Problem: {received['name']} in the box of {order['id']}. Finding: {wanted['name']} out of stock in "
            "cmh and "
            f"rno. Action: {usd(total)} refunded with shipping. Told customer: 3-5 business days.",
            made["refund"]["id"],
        )  # fmt: skip
        rest = "original shipping included" if order["shipping"] else "the full price you paid; shipping had been free"
        return (
            f"{hello}I am sorry, we packed the wrong part into order {order['id']}. {_gone(wanted['name'])} I have "
            f"refunded {usd(total)} instead, {rest}. It is approved and takes 3-5 business days to reach you.\n\n{fate}"
            "\n\nYour ticket is settled.\n\nCorecraft support"
        )
    yield from a.article("How to log a replacement")
    home = next(level for level in wanted["inventory"] if level["location"] == "cmh")
    city = "Columbus" if home["available"] else "Reno"
    made = yield from a.call(
        "processReturn", order_id=order["id"], items=items, reason="wrong_item", disposition="replacement",
        ticket_id=ticket["id"],
    )  # fmt: skip
    yield from wrap_up(
        a, ticket["id"], "replacement_sent",
        f"REPL 1 x {wanted['name']} / {made['return']['id']} / from {'cmh' if city == 'Columbus' else 'rno'}. Problem: "
        f"{received['name']} in the box of {order['id']}. Action: right part shipped at once. Told customer: the "
        "wrong one "
        f"{'may be kept' if lists < keep_below else 'comes back on a prepaid label'}.",
    )  # fmt: skip
    return (
        f"{hello}I am sorry, we packed the wrong part into order {order['id']}. Your {wanted['name']} "
        f"{_ships(city, order['shipping_service'])}.\n\n{fate}\n\nYour ticket is settled; do write if anything is "
        "missing again.\n\nCorecraft support"
    )


WORDINGS = (
    Wording(
        "mail",
        "Subject: [wrong part in the box|that's not what I ordered]\n\nHello,\n\nin {month} I ordered the "
        "{wanted}, and "
        "[today I finally opened the carton|I only got round to opening the carton now]: inside is a "
        "{received}, sealed. "
        "The pictures of the label and the packing slip went to you with my ticket this afternoon.\n\nPlease put it "
        "right: send the correct one and tell me from which of your warehouses it leaves and by what service. If you "
        "have none left, how much do I get back? Your site says that whether I keep the wrong one depends on its list "
        "price, so tell me that price and whether I keep it. And if it should turn out that I misclicked, until "
        "which day "
        "could I return it unopened, and for how much? My ticket can be settled with that.\n\n{name}\n{reach}",
    ),
    Wording(
        "terse",
        "{name}, {reach}. Ordered {month}: {wanted}. In the box: {received}, [unopened|seal intact]. Photos are "
        "on the ticket "
        "of this afternoon. Fix it and settle the ticket. Need to know: ships from where and with which "
        "service, or the "
        "refund in dollars if it can't be had. Keep or return the wrong one, and its list price. If you find "
        "that's what I "
        "ordered after all: last day to return it sealed and what I'd get.",
    ),
    Wording(
        "angry",
        "How hard can it be to read a label?? I ordered a {wanted} in {month}, the slip on the carton is fine, "
        "the thing in "
        "it is a {received}. [I haven't even broken the seal.|It's still sealed, I won't touch it.] I want the "
        "right one "
        "on its way, from whichever warehouse HAS one (tell me which, and what shipping you're using), or the "
        "exact sum "
        "you'll refund if you don't. Am I supposed to post your mistake back or is it worth too little for you? "
        "What does "
        "it cost in your list? If you're going to say I ordered it myself, prove it, and tell me how long I "
        "have to return "
        "it and what's left of my money then. Then [close|finish] the ticket I opened today. {name}, {reach}",
    ),
    Wording(
        "chat",
        "hey {name} here {reach}\n[so i got the wrong thing|wrong item alert]. box had a {received}, i ordered "
        "the {wanted} "
        "(the {month} order). its sealed, pics r on my ticket from today\ncan u get the right one out? where "
        "does it ship from + "
        "is it standard or express or what\nno stock = how much refund?\nalso do i send the {received} back or "
        "keep it, n "
        "whats its list price on ur site\nif i messed up the order myself lol: last day to return it n how much "
        "id get\npls "
        "also wrap up the ticket after",
    ),
    Wording(
        "rambling",
        "Good day to you. {name} speaking, so to say, {reach} in your files. My grandson and I had set the "
        "afternoon aside "
        "for the {wanted} I bought in {month}, and out of the carton comes a {received}! We left the wrapping "
        "on and sent "
        "photographs in with the ticket. I would be so pleased if the proper one were sent; he would like to "
        "know which "
        "warehouse it comes from and by which kind of shipping. Should there be none, then kindly the sum I get "
        "back. As to "
        "the {received}: must it go back, or may he have it, and what do you list it at? [My eyes are not the "
        "best|I do "
        "make mistakes], so if I picked it myself, tell me that, with the final day for returning it unopened and what "
        "would be paid to me. When all is arranged, please settle the ticket.",
    ),
    Wording(
        "non-native",
        "Hello, I am {name} ({reach}). I make order in {month} for {wanted} but the packet has inside "
        "{received}. It is closed "
        "with the seal. I opened a ticket today with the photos. Please send me the correct, and write: from "
        "what warehouse, "
        "with what shipping service. If you do not have, write how much money returns. The wrong article, I "
        "must send or I "
        "can keep? What is the price of it in your shop? If it is my own fault, [I am sorry|excuse me], until "
        "what date can "
        "I give it back not opened and what money do I receive? Then please finish the ticket.",
    ),
    Wording(
        "shift note",
        "[Picking up after me, thanks:|For whoever has the queue:] {name} ({reach}) opened a ticket this "
        "afternoon: {month} "
        "order, wanted a {wanted}, says a {received} was in the box, sealed, both photos are there. Please work "
        "it through "
        "by policy incl. the bookings and resolve the ticket. Leave me the reply for the customer, with: [the "
        "decision|what "
        "we do]; source warehouse and service of the shipment, or the amount if it ends in a refund; what "
        "happens to the "
        "wrong part and its list price; should the order itself say {received}, then the last day for an "
        "unopened return "
        "and what would be paid out.",
        mode="copilot",
    ),
    Wording(
        "manager",
        "Darnell from the dock swears his people picked right, the customer swears they didn't. {name}, "
        "{reach}, bought in "
        "{month}. Claim: {received} received (sealed) in place of the {wanted}; see today's ticket. Look at "
        "what was really "
        "ordered. If we are wrong, make it good as policy has it, book it, and tell me the warehouse and "
        "service, or the "
        "refund if we're out, and whether we let them have the {received} (I want to see the list price you "
        "went by). If "
        "the customer is wrong, nothing goes out; then give the return deadline and the payout for the sealed part. "
        "[Resolve the ticket either way.|Either way the ticket is to be resolved.] I need the text to the customer.",
        mode="copilot",
    ),
)  # fmt: skip

FAMILY = Family(
    name="wrong-item-sent",
    title="Another part was in the box: reship or refund, keep or return it, or it was what was ordered",
    category="workflow",
    main_level="planning",
    levels=("planning", "tool_use", "groundedness"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-refund-payment", "pol-refund-authority"),
    unseen=True,
)
