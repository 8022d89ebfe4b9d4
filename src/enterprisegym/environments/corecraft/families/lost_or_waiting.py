"""A parcel is silent: is it lost already or from which day, what the customer may choose then, and what was paid."""

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
    call,
    choice,
    criterion,
    day,
    edited,
    introduced,
    near_miss,
    only_purchase,
    says,
    single_accounts,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Edit
from enterprisegym.world import Row

MOST = {"lost": 34, "waiting": 30, "delivered": 12, "came": 14}
"""So many parcels of a kind are asked about."""
FORMER_DAYS = 10
"""After which a parcel counted as lost under the former policy."""


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    taken: Counter[str] = Counter()
    people = {c["id"]: c for c in single_accounts(world)}
    for order in shuffled(rng, world.all("orders")):
        customer, parcels = people.get(order["customer_id"]), world.shipments(order["id"])
        line = only_purchase(world, order)
        if customer is None or line is None or len(parcels) != 1 or not world.untouched(order):
            continue
        lags = world.mark("header_lag", order["id"]) is not None
        recent = (world.today - (rules.parcel_delivered_on(parcels[0]) or world.today)).days in range(1, 13)
        came = not lags and recent and taken["came"] < MOST["came"] and rng.random() < 0.3
        setup = () if lags else _lagging(parcels[0]) if came else _silenced(world, order, parcels[0])
        parcel = edited("shipments", parcels[0], setup)
        status = rules.parcel_status(parcel)
        age = (world.today - world.placed_on(order)).days
        whole = {c["product_id"] for c in parcel["contents"]} == {x["product_id"] for x in world.lines(order["id"])}
        if (
            not whole
            or age > 45
            or status in ("returned_to_sender", "lost")
            or (status == "delivered" and not lags and not came)
        ):
            continue
        newest = rules.newest_event(parcel)
        if newest is None or (world.today - rules.company_day(newest["at"])).days < 2 or age < 4:
            continue
        lost = rules.lost_since(parcel, world.today)
        kind = "came" if came else "delivered" if status == "delivered" else "waiting" if lost is None else "lost"
        product = world.product(line["product_id"])
        lines = world.lines(order["id"])
        traps = world.traps_on(order["id"], parcel["id"], among=("header_lag", "page_cut"))
        traps += world.traps_on(product["id"], among=("brand_spelling",))
        traps += world.traps_on(customer["id"], among=("contact_format",))
        if "contact_format" in traps and "brand_spelling" in traps:
            continue
        traps += ("price_drift",) if any(world.drifted(x["product_id"]) for x in lines) else ()
        traps += ("superseded_policy",) if status != "delivered" else ()
        levels = [f"inv-{x['product_id']}-cmh" for x in lines]
        traps += world.traps_on(*levels, among=("split_stock",)) if status != "delivered" else ()
        taken[kind] += 1
        if taken[kind] > MOST[kind]:
            continue
        yield Situation(
            key={"order": order["id"], "product": product["id"]},
            given={**introduced(world, customer, rng), "product": world.called(product)},
            traps=traps,
            difficulty=min(5, 2 + (kind == "lost") + (len(lines) > 1) + (order["discount_cents"] > 0)),
            setup=setup,
        )


def _lagging(parcel: Row) -> tuple[Edit, ...]:
    """A header that has not been refreshed since the parcel left."""
    change = {"status": "in_transit", "delivered_at": None}
    return (Edit.model_validate({"table": "shipments", "id": parcel["id"], "set": change}),)


def _silenced(world: Records, order: Row, parcel: Row) -> tuple[Edit, ...]:
    """A parcel that came without anybody's complaint, as if it were still on the road since its first scans."""
    if rules.parcel_status(parcel) != "delivered" or world.order_tickets(order["id"]) or len(parcel["events"]) < 3:
        return ()
    kept = [e for e in parcel["events"] if e["status"] in ("label_created", "in_transit", "exception")]
    change = {"events": kept, "status": "in_transit", "delivered_at": None}
    return (Edit.model_validate({"table": "shipments", "id": parcel["id"], "set": change}),) if kept else ()


LOST = (
    "lost", "counts as lost", "treated as lost", "regarded as lost", "considered lost", "missing",
)  # fmt: skip
NOT_LOST = ("not lost", "not ... lost", "not count* as lost", "too early to call", "not treated as lost")
NOT_YET = (
    "not lost", "not ... lost", "not yet", "not count*", "not treated", "not considered", "too early", "wait", "still within",
    "only from", "not before", "if ... no scan", "unless", "will count", "becomes lost", "would count", "not until",
)  # fmt: skip
HERE = (
    "in stock", "available", "on the shelf", "have it", "have them", "can reship", "can be reshipped", "enough", "can send",
    "can be sent", "on hand", "ready to ship", "reshipment is possible", "stock is there", "stocked", "stock: yes",
)  # fmt: skip
GONE = (
    "not in stock", "out of stock", "not available", "unavailable", "no stock", "sold out", "not ... in stock", "none left",
    "not have", "not enough", "can not ... resh*", "can not ... send", "not all in stock", "none available", "not possible",
    "no reshipment", "0 in stock", "nothing in stock", "lacks", "none in stock", "not on the shelf",
)  # fmt: skip


def rubric(world: Records, s: Situation) -> Rubric:
    order = world.order(s.key["order"])
    parcel = edited("shipments", world.shipments(order["id"])[0], s.setup)
    newest = rules.newest_event(parcel)
    seen = rules.company_day(newest["at"] if newest else parcel["created_at"])
    came = rules.parcel_delivered_on(parcel)
    acts = rules.add_business_days(seen, rules.LOST_AFTER_BUSINESS_DAYS)
    lost = rules.lost_since(parcel, world.today)
    lines = world.lines(order["id"])
    stocked = all(world.available(x["product_id"]) >= x["quantity"] for x in lines)
    paid: int = order["total_cents"]
    scans = f"shipments/{parcel['id']}.events"
    policy = "company_policies/pol-shipping-lost"
    dated = {*(rules.company_day(e["at"]) for e in parcel["events"]), world.placed_on(order), world.today}
    dated |= {date.fromisoformat(parcel["eta"])} if parcel["eta"] else set()
    around = [d for d in (seen + timedelta(days=n) for n in (-2, -1, 1, 2)) if d not in {*dated, acts}]
    near_scan = (
        "scan",
        "deliver",
        "last",
        "newest",
        "latest",
        "seen",
        "record",
        "since",
        "silen",
        "event",
        "track",
        "arriv",
    )
    criteria = [
        criterion(
            "last-scan",
            "correctness",
            f"The response says that the parcel was delivered on {spoken(seen)}."
            if came
            else f"The response says that the newest scan of the parcel is of {spoken(seen)}.",
            day(seen, around, near_scan),
            [scans],
        ),
        criterion(
            "paid",
            "correctness",
            f"The response says that {usd(paid)} was paid in all, shipping included.",
            amount(paid, near=("paid", "pay", "total", "cost", "refund", "charge", "came to", "worth", "price")),
            [f"orders/{order['id']}", *(f"order_lines/{x['id']}" for x in lines)],
        ),
    ]
    near = [
        near_miss("other-scan", "Reads another day off the record.", "last-scan",
                  replace=[(_scan_text(spoken(seen), bool(came)), _scan_text(spoken(seen - timedelta(days=40)), bool(came)))]),
        near_miss("todays-prices", "Names another sum.", "paid", replace=[(usd(paid), usd(paid + 2500))]),
    ]  # fmt: skip
    if came:
        criteria.append(
            criterion(
                "state",
                "correctness",
                "The response says that the parcel is not lost, it was delivered.",
                says(["delivered", "arrived", "handed over", "handed to", "reached"]),
                [scans],
            )
        )
        near.append(
            near_miss("silent-still", "Believes the header.", ["state", "last-scan"],
                      replace=[(_scan_text(spoken(seen), True), "on the road"), (_came_text(), "We go on waiting.")])
        )  # fmt: skip
    else:
        calendar = seen + timedelta(days=7)
        former = rules.add_business_days(seen, FORMER_DAYS)
        criteria += [
            criterion(
                "state",
                "correctness",
                "The response says that the parcel counts as lost." if lost else "The response says that it is not lost yet.",
                choice("lost", {"lost": LOST, "waiting": NOT_LOST}) if lost else says(NOT_YET),
                [scans, policy],
            ),
            criterion(
                "from-when",
                "correctness",
                f"The response says that it counts as lost from {spoken(acts)}.",
                day(acts, [d for d in (calendar, former) if d not in dated and d != acts]),
                [policy, "company_policies/pol-shipping-dispatch"],
            ),
            criterion(
                "choice",
                "completeness",
                "The response names both, sending again and the refund, as the customer's choice.",
                says(["resh*", "send* ... again", "sent again", "new parcel", "replacement", "second parcel", "ship* ... again",
                      "another parcel", "re ship*", "resend*", "redeliver*"],
                     ["refund*", "money back", "pay* ... back", "reimburse*"]),
                [policy],
            ),
            criterion(
                "stock",
                "correctness",
                f"The response says that the goods are {'' if stocked else 'not '}in stock.",
                says(HERE if stocked else GONE),
                [f"inventory_levels/inv-{x['product_id']}-cmh" for x in lines],
            ),
        ]  # fmt: skip
        near += [
            near_miss("other-verdict", "Says nothing clear on the parcel.", "state",
                      replace=[(_state_text(lost is not None), "The day that decides is")]),
            near_miss("ten-days", "Counts ten business days.", "from-when",
                      replace=[(spoken(acts), spoken(acts + timedelta(days=21)))]),
            near_miss("refund-only", "Leaves out that it can be sent again.", "choice",
                      replace=[(_choice_text(), "Then you get a refund in full.")]),
            near_miss("stock-unread", "Is wrong about the stock.", "stock",
                      replace=[(_stock_text(stocked), _stock_text(not stocked))]),
        ]  # fmt: skip
    criteria.append(
        criterion(
            "unchanged",
            "constraint",
            "The response tells of the parcel, and nothing is changed in the records.",
            {"check": "unchanged", "with": says(["parcel", "scan*", "deliver*", "package", "shipment", "tracking"])},
            [f"orders/{order['id']}"],
        )
    )
    near.append(
        near_miss("refunds-early", "Refunds though only asked to tell.", "unchanged",
                  add=[call("createRefund", payment_id=world.capture(order)["id"], amount=paid / 100,
                            reason="lost_in_transit", status="approved" if paid <= 50000 else "pending")])
    )  # fmt: skip
    return Rubric(criteria, near)


def _scan_text(spoken_day: str, came: bool) -> str:
    return f"delivered on {spoken_day}" if came else f"silent; the newest scan is of {spoken_day}"


def _state_text(lost: bool) -> str:
    return "By our policy it counts as lost, namely from" if lost else "It is not lost yet; it will count as lost from"


def _choice_text() -> str:
    return "Then the choice is the customer's: we send the goods again free of charge, or refund everything."


def _stock_text(stocked: bool) -> str:
    return "The goods are all in stock." if stocked else "The goods are not all in stock."


def _came_text() -> str:
    return "So it is not lost; the status line on top lags behind the scans."


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    product = yield from a.product(given["product"])
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    order = order_holding(a, orders, product["id"])
    details = yield from order_details(a, order["id"])
    parcel = a.pick(details["shipments"], where=lambda s: product["id"] in str(s["contents"]))
    yield from a.policy("shipping", "tracking record", title="Reading the tracking")
    paid, stocked = cents(order["shipping"]) - cents(order["discount"]), True
    for line in order["lines"]:
        item = yield from get_product(a, line["product_id"])
        paid += a.price_paid(line, item) * line["quantity"]
        stocked = stocked and a.stock(item) >= line["quantity"]
    seen = a.delivered_on(parcel) or a.day(max(parcel["events"], key=lambda e: e["at"])["at"])
    head = f"Order {order['id']}, the parcel with the {product['name']}: it"
    cost = f"paid for the order, shipping included and after any discount: {usd(paid)}"
    if a.parcel_status(parcel) == "delivered":
        return f"{head} was {_scan_text(spoken(seen), True)}, by its newest scan. {_came_text()} This was {cost}."
    policy = yield from a.policy("shipping", "lost scan", title="lost parcels")
    yield from a.policy("shipping", "business days", title="Dispatch cut-off")
    silent_days = number_in(r"(\d+) business days", policy)
    acts = rules.add_business_days(date.fromisoformat(seen), silent_days)
    lost = acts <= a.clock.today
    return (
        f"{head} is {_scan_text(spoken(seen), False)}. {_state_text(lost)} {spoken(acts)}, {silent_days} business "
        f"days after that scan.\n\n{_choice_text()} {_stock_text(stocked)} The refund would be all that was {cost}. I have not started anything."
    )


WORDINGS = (
    Wording(
        "mail",
        "From: {name} <{email}>\nSubject: [tracking page stands still|{product}]\n\nHello,\n\nI have sent an order with the "
        "{product} to my office, [I am travelling|I am on the road], and the tracking page has been saying \"in transit\" "
        "whenever I look. Could you see what your own record says? When was it last scanned, does it count as lost by now, or "
        "from which day would it? If it does, what could I choose between, do you have everything in stock to do it again, "
        "and what did I pay in all, shipping included, which I'd get back otherwise? Please don't start anything yet.\n\n"
        "{first}",
        fits=lambda given: "email" in given,
    ),
    Wording(
        "terse",
        "{name}, {reach}. Order with the {product}. [Header says in transit.|Status line: in transit.] Need: day of the newest "
        "scan and what it says; lost or not; the day it is or will be lost by your rules; my options then; stock for a second "
        "shipment y/n; amount paid with shipping. No action, I'll come back to you.",
    ),
    Wording(
        "chat",
        "hi {name} {reach}\nmy order w the {product} goes to my parents so i only got the tracking site n it just says in "
        "transit [lol|all the time]. is it lost?? whats the last scan (date). if its not lost yet when is it officially. and "
        "what do i get to pick then, would u even have the stuff to resend. also total i paid incl shipping pls. dont refund "
        "or anything rn",
    ),
    Wording(
        "colleague",
        "[Preparing a call with|I'm about to phone] {name} ({reach}) about the order with the {product}; the header of the "
        "parcel reads in transit and they fear that it is gone. Please read the events for me. Date of the newest one and "
        "its meaning, whether the parcel is to be treated as lost under the policy in force, and since or from when. Then what "
        "we offer in that case, if the goods are there for a reshipment (count both warehouses), and the full sum they paid "
        "with shipping. Leave the records alone, I do the rest.",
        mode="copilot",
    ),
    Wording(
        "worried and long",
        "Dear Corecraft people, I am {name}, {reach}, and I do not like to make a fuss. I had the {product} and whatever else "
        "was on that order sent to my brother, who is at sea until Thursday and answers no messages, so all I can do is stare "
        "at a line that says it is in transit. Would you look what was really the last thing that happened to the parcel, and "
        "on what day? And tell me honestly whether it must be given up for lost, and on which date that happens or happened "
        "under your rules. I would like to know what I might ask for in that event, whether you still have the things to send "
        "them a second time, and how much it was altogether with the postage, I've misplaced the bill. You need do nothing "
        "before I have talked to him.",
    ),
    Wording(
        "non-native",
        "Hello, my name is {name} ({reach}). My order with {product} is sent to my company. The status on top says in transit "
        "since days. [I have fear|I am afraid] it is lost. Please check: which date has the last scan and what is it, is it for "
        "you a lost parcel now, when not, at which date it will be? What can I choose when lost? You have all articles on "
        "stock for new sending? How much I have paid in total with the shipping? Please do not book, only write me.",
    ),
    Wording(
        "manager's request",
        "Case for the afternoon round: {name}, {reach}, order containing the {product}, parcel shown as in transit. I need a "
        "short status that holds water: newest scan and its date; lost under our policy or not, with the date from which it is; "
        "what the customer may choose in the event of loss; whether a second shipment could be filled from stock, Columbus and "
        "Reno; and the amount the customer has paid for that order including shipping. [Nothing is to be booked yet.|No "
        "bookings.]",
        mode="copilot",
    ),
    Wording(
        "angry",
        "\"In transit.\" That's all your site has told me about the order with the {product}. In transit to WHERE? {name}, {reach}. "
        "I'm not at that address this week and I want facts: the date and content of the very last scan. Is the thing lost, yes "
        "or no, and as of what date do you lot admit it? What are my choices when you do, do you have the stock to send it all "
        "again, and what's the full amount I paid, shipping and all? [Don't touch|Do not touch] my order until I say so.",
    ),
)  # fmt: skip

FAMILY = Family(
    name="lost-or-waiting",
    title="A silent parcel: lost already or from which day, what may be chosen then, and what was paid",
    category="reasoning",
    main_level="planning",
    levels=("planning", "groundedness", "tool_use"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-shipping-tracking",),
)
