"""A colleague hands over two or three waiting tickets of different people: each decided by policy, booked, ended."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Steps, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    approval_limit,
    number_in,
    order_details,
    return_deadline,
    wrap_up,
)
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    Check,
    Staged,
    amount,
    both,
    call,
    criterion,
    day,
    esc_added,
    incoming_ticket,
    lone_customers,
    near_miss,
    says,
    second_payment,
    sped_up,
    stable,
    ticket_work,
    unless,
    wrapped_up,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.rollout.record import Json
from enterprisegym.tasks import Criterion, Edit, NearMiss
from enterprisegym.world import Row

COUNT = 96
MIXES = (
    ("late", "match", "safety"), ("charge", "window", "address"), ("late", "drop", "data"), ("charge", "match", "data"),
    ("window", "late", "address"), ("drop", "charge", "safety"), ("match", "window", "address"), ("late", "charge", "data"),
    ("drop", "window", "safety"), ("charge", "late", "address"), ("match", "late"), ("window", "drop", "data"),
    ("charge", "match", "safety"), ("drop", "late", "address"), ("charge", "drop"), ("late", "window", "charge"),
)  # fmt: skip
"""What the tickets of one handover are about."""
FILED = {"late": "shipping", "charge": "billing", "drop": "billing", "match": "billing", "window": "return",
         "address": "order_issue", "safety": "troubleshooting", "data": "account"}  # fmt: skip
SHOPS = ("Partsbarn", "Octane Computing", "Silverline Direct")
STREETS = ("Alder Court", "Quarry Road", "Beacon Street", "Millrace Lane", "Juniper Way", "Foundry Avenue")
ELECTRIC = ("psu", "gpu", "prebuilt", "monitor", "workstation", "motherboard")
DESK = {"address": ("address_change", "fulfilment"), "safety": ("product_safety", "product"),
        "data": ("privacy_request", "privacy"), "charge over": ("refund_approval", "finance")}  # fmt: skip
POLICY = {"late": "pol-shipping-late", "charge": "pol-refund-duplicate", "drop": "pol-pricing-adjustment",
          "match": "pol-pricing-no-match", "window": "pol-returns-window", "address": "pol-cancellation",
          "safety": "pol-escalation-safety", "data": "pol-privacy-requests"}  # fmt: skip
MAIL: Mapping[str, tuple[tuple[str, str], ...]] = {
    "late": (
        (
            "slow delivery",
            "My {product} took longer to get here than you promise for the shipping I chose. Do I get something "
            "back for that?",
        ),
        (
            "it came when it came",
            "I was told a day for my {product} and stayed at home for it. Please check your tracking: "
            "was it late by your own books, and what do you give for a late parcel?",
        ),
        (
            "compensation?",
            "Delivery of the {product}: I think your carrier was late. If there is compensation for late "
            "parcels, I would like to have it.",
        ),
    ),
    "charge": (
        (
            "charged twice",
            "On my bank statement I see two charges for the order with the {product}. Please give me back the one "
            "that is too many.",
        ),
        (
            "double payment",
            "My card app shows the payment for the {product} twice, same amount, minutes apart. That can't "
            "be right, can it?",
        ),
    ),
    "drop": (
        (
            "price of the {product}",
            "Somebody tells me the price of the {product} in your shop has dropped since I bought "
            "mine from you. If so, I would like the difference back, please.",
        ),
        (
            "cheaper now?",
            "I look at your price for the {product} and then at what I paid. Is there a price adjustment in it "
            "for me? That is what I am asking for.",
        ),
    ),
    "match": (
        (
            "{shop} has it cheaper",
            "{shop} sells the {product} for {quote}, in stock, I can send the link. I bought mine from "
            "you this week. Please refund me the difference to that price.",
        ),
        (
            "price match",
            "You match prices, I hear. The {product} I have just bought from you is {quote} at {shop}. I would "
            "like that price, too.",
        ),
    ),
    "window": (
        (
            "how long can I return it",
            "The {product} is still sealed, it may be a present or it may go back. Up to which day "
            "can I ask you for the return?",
        ),
        (
            "last day?",
            "Before I decide about the {product}: what is the very last day on which I can still tell you that I "
            "want to return it? It has not been opened.",
        ),
    ),
    "address": (
        (
            "wrong address",
            "The order with the {product} goes to an address where nobody will be. Please send it to {to} instead.",
        ),
        (
            "we are moving",
            "I forgot to change the address when I ordered the {product}. It must go to {to}. Can you change "
            "it on the order?",
        ),
    ),
    "safety": (
        (
            "question about the {product}",
            "Is it normal that the {product} has a burning smell after an hour? It gets stronger. "
            "I would not like to send it in, I need it.",
        ),
        (
            "{product} acting up",
            "Since yesterday there was smoke out of the {product} twice, only a little. Should I update something?",
        ),
    ),
    "data": (
        (
            "my account",
            "I do not shop online any more. Please erase everything that you have stored about me, the whole account.",
        ),
        (
            "what you know about me",
            "Please send me a copy of all personal data that you hold about me. By next Friday, please.",
        ),
    ),
}
KEYS = (
    ("safety", r"smoke|burning smell"), ("data", r"erase everything|personal data"), ("match", "|".join(SHOPS).lower()),
    ("address", r"address"), ("charge", r"twice|two charges"), ("drop", r"price of the|price adjustment"),
    ("window", r"very last day|up to which day"), ("late", r"late|took longer"),
)  # fmt: skip
LINES = {
    "late express": "the parcel came after the promised day; {sum} is refunded, the difference between express and standard",
    "late overnight": "the parcel came after the promised day; {sum} is refunded, the overnight shipping fee that was paid",
    "late exempt": "nothing is owed, because the scans show a weather exception",
    "late free": "the parcel was late, but shipping was free on this order, so nothing is owed",
    "late in time": "nothing is owed, the parcel was delivered in time by its scans",
    "late standard": "nothing is owed, as it was a standard parcel; the customer gets an apology",
    "charge twice": "captured twice; the surplus payment of {sum} is refunded",
    "charge over": "captured twice; the surplus of {sum} is above our limit, so the refund is pending and with finance",
    "charge once": "no refund, the money was captured only once",
    "drop owed": "our price has dropped within 14 days of the order; {sum} is refunded",
    "drop old": "declined, the order is older than 14 days",
    "drop none": "declined, our own price has not dropped since",
    "match": "declined, we do not match the prices of other shops",
    "window": "the last day to ask for the return is {day}",
    "window over": "the last day to ask for the return was {day}",
    "address": "support does not change addresses; escalated to fulfilment with the new one",
    "safety": "a safety report: priority urgent, escalated to product",
    "data": "escalated to privacy, who answer within 30 days",
}
"""What is reported of a ticket, by what became of it."""
NOT_OWED = [
    "nothing is owed", "nothing owed", "not owed", "no refund", "no money", "no compensation", "not refund*", "nothing due",
    "nothing is due", "not entitled", "not eligible", "denied", "declined", "refused", "rejected", "no credit", "nothing to pay",
    "no payment", "nothing to refund", "not due", "not qualify", "does not qualify", "no shipping refund", "nothing back",
    "request_denied", "no adjustment", "no price adjustment", "turned down", "$0", "apology", "not get", "not approved",
    "not ... owe", "no remedy", "no action", "denial", "ineligible", "nothing booked", "no booking", "without a refund", "no ... refund", "no ... owed", "not payable", "no reimbursement", "not booked",
]  # fmt: skip
SAYS: Mapping[str, list[list[str]]] = {
    "late express": [["difference", "express"]],
    "late overnight": [["overnight", "shipping fee", "shipping charge", "shipping paid"]],
    "late exempt": [["weather"], NOT_OWED],
    "late free": [["free", "no shipping fee", "no shipping charge", "no shipping was charged", "not charged for shipping",
                   "did not pay for shipping", "paid nothing for shipping", "shipping was $0", "$0.00", "paid no shipping"],
                  NOT_OWED],
    "late in time": [["in time", "on time", "not late", "by the promised", "before the", "within the", "ahead of", "early",
                      "earlier", "as promised", "on the promised", "on the eta", "met the", "on its eta", "on schedule"],
                     NOT_OWED],
    "late standard": [["standard"], NOT_OWED],
    "charge once": [["once", "only one", "single", "one capture", "one charge", "one payment", "failed", "not a charge",
                     "never captured", "not captured", "not ... captured", "no second", "no duplicate", "voided",
                     "no surplus", "not a duplicate", "authoriz*", "hold", "one successful", "not ... twice"]],
    "drop old": [["14 days", "14-day", "fourteen days", "two weeks", "14 day"]],
    "drop none": [["not dropped", "not fallen", "has not changed", "unchanged", "same price", "not ... drop*", "no drop",
                   "no price drop", "not lower*", "same as", "higher", "did not drop", "not gone down", "no decrease",
                   "not below", "not ... cheaper", "no reduction", "still the same", "not decreased", "risen", "went up",
                   "gone up", "more than", "increased"]],
    "match": [["not match", "no match*", "no price match*", "not ... match*", "without match*", "match* ... not",
               "matching ... ended", "no longer match*", "stopped match*", "no competitor", "never match*"]],
    "address": [["fulfil*"]],
    "safety": [["product_safety", "product safety", "product team", "product desk", "to product", "with product",
                "product queue", "product has", "product department", "destination product", "team product"]],
    "data": [["privacy"], ["30 days", "thirty days", "30-day"]],
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What policy makes of a ticket: how it ends, what is refunded on which payment, the last day of a window."""

    how: str
    owed: int = 0
    payment: str = ""
    last: date | None = None
    desk: str = "finance"

    @property
    def line(self) -> str:
        return LINES[self.how].format(sum=usd(self.owed), day=spoken(self.last) if self.last else "")


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    mine, known = lone_customers(world), lone_customers(world, waiting=1)
    orders = [o for o in world.all("orders") if o["customer_id"] in known and o["created_at"] > "2025-09-25"]
    orders = shuffled(rng, [o for o in orders if o["status"] != "cancelled" and not o["build_id"]])
    pools = {topic: _pool(world, topic, orders) for topic in MAIL}
    for turn in range(COUNT):
        mix, chosen = MIXES[turn % len(MIXES)], dict[str, Row]()
        for topic in mix:
            pool, place = pools[topic], stable(str(turn), topic, below=7)
            rest = [o for o in pool if o["customer_id"] not in {c["customer_id"] for c in chosen.values()}]
            chosen[topic] = rest[(turn // 2 + place) % len(rest)]
        if len(mix) == len(chosen) and (found := _situation(world, mine, turn, chosen)):
            yield found


def _pool(world: Records, topic: str, orders: Sequence[Row]) -> list[Row]:
    """The orders that a ticket on a topic can be about, those with a trap of it first."""
    marked = {"late": ("header_lag",), "window": ("header_lag", "midnight_order"), "drop": ("midnight_order",),
              "charge": ("failed_attempts", "stray_note")}  # fmt: skip
    fitting = [o for o in orders if _fits(world, topic, o)]
    first = [o for o in fitting if topic in marked and world.traps_on(o["id"], among=marked[topic])]
    return [*first, *[o for o in fitting if o not in first][: max(24, 40 - len(first))]]


def _product(world: Records, order: Row) -> Row:
    line = max(world.lines(order["id"]), key=lambda x: (x["unit_price_cents"], x["id"]))
    return world.product(line["product_id"])


def _fits(world: Records, topic: str, order: Row) -> bool:
    product, age = _product(world, order), (world.today - world.placed_on(order)).days
    parcels = world.shipments(order["id"])
    status = rules.parcel_status(parcels[0]) if len(parcels) == 1 else ""
    line = next(x for x in world.lines(order["id"]) if x["product_id"] == product["id"])
    if world.called(product) != product["name"] or not world.untouched(order):
        return False
    match topic:
        case "late":
            return status == "delivered" and (
                bool(world.mark("header_lag", order["id"])) or bool(_sped(world, order)) or _fee(order)
            )
        case "charge":
            return not world.mark("header_lag", order["id"]) and order["status"] != "pending"
        case "drop":
            return product["status"] == "active" and age <= 28 and order["status"] != "pending"
        case "match":
            same = product["price_cents"] >= line["unit_price_cents"]
            return age <= 6 and same and line["quantity"] == 1 and product["status"] == "active"
        case "window":
            fine = product["status"] == "active" and not product["specs"].get("consumable") and age <= 50
            return fine and status == "delivered"
        case "address":
            gone = order["status"] == "fulfilled" and status not in ("label_created", "in_transit")
            return not gone and (not parcels or parcels[0]["eta"] > "2025-11-16")
        case "safety":
            return product["category"] in ELECTRIC and status == "delivered"
        case _:
            return True


def _fee(order: Row) -> bool:
    return order["shipping_service"] != "standard"


def _sped(world: Records, order: Row) -> tuple[Edit, ...]:
    service = ("express", "overnight", "express")[stable(order["id"], "service", below=3)]
    return sped_up(world, order, service, weather=stable(order["id"], "weather", below=3) == 0)


def _edits(world: Records, topic: str, order: Row) -> tuple[Edit, ...]:
    """What else has to be so for a ticket to have its case."""
    turn = stable(order["id"], topic, below=6)
    if topic == "late" and turn and not world.mark("header_lag", order["id"]):
        return _sped(world, order)
    if topic == "charge" and len(world.payments(order["id"])) == 1 and (turn or world.mark("stray_note", order["id"])):
        return second_payment(world, order, {1: "failed", 2: "voided"}.get(turn, "captured"))
    product = _product(world, order)
    line = next(x for x in world.lines(order["id"]) if x["product_id"] == product["id"])
    if topic == "drop" and turn:
        price = max((line["unit_price_cents"] * (96 - 2 * turn) // 100) // 100 * 100 + 99 - 100, 499)
        return (Edit(table="products", id=product["id"], set={"price_cents": price}),)
    return ()


def _quote(world: Records, order: Row) -> str:
    price: int = _product(world, order)["price_cents"]
    return usd(price * (88 + stable(order["id"], "quote", below=7)) // 100 // 100 * 100 + 95)


def _situation(world: Records, mine: Mapping[str, Row], turn: int, chosen: Mapping[str, Row]) -> Situation | None:
    setup: list[Edit] = []
    refs: list[str] = []
    traps: list[str] = []
    by_name = turn % 3 == 1 and all(o["customer_id"] in mine for o in chosen.values())
    tickets: list[str] = []
    people: list[str] = []
    for n, (topic, order) in enumerate(chosen.items()):
        customer, product = world.customer(order["customer_id"]), _product(world, order)
        number, street = 11 + stable(order["id"], "no", below=900), STREETS[stable(order["id"], "street", below=6)]
        home = customer["addresses"][0]
        words = {
            "product": product["name"], "shop": SHOPS[stable(order["id"], "shop", below=3)], "quote": _quote(world, order),
            "to": f"{number} {street}, {home['city']}, {home['region']} {home['postal_code']}",
        }  # fmt: skip
        subject, body = MAIL[topic][stable(order["id"], "mail", below=len(MAIL[topic]))]
        planted = incoming_ticket(
            900 + 33 * n + stable(order["id"], str(turn), below=33), customer["id"], subject.format_map(words),
            f"{body.format_map(words)}\n\n{customer['name']}", FILED[topic], None if topic == "data" else order["id"],
        )  # fmt: skip
        ticket_id = str((planted.insert or {})["id"])
        setup += [*_edits(world, topic, order), planted]
        outcome = _outcome(Staged(world, setup), topic, order["id"])
        if outcome is None:
            return None
        if topic in ("late", "window"):
            traps += world.traps_on(order["id"], among=("header_lag",))
        if topic in ("window", "drop"):
            traps += world.traps_on(order["id"], among=("midnight_order",))
        if topic == "charge":
            traps += world.traps_on(order["id"], among=("failed_attempts", "stray_note"))
        over = topic == "charge" and outcome.owed > 30000
        traps += ["superseded_policy"] if topic in ("match", "window") or over else []
        tickets.append(ticket_id)
        people.append(customer["email"])
        refs.append(f"{customer['name']} ({customer['email']})" if by_name else f"{ticket_id} ({customer['name']})")
    told = {"people": people} if by_name else {"tickets": tickets}
    hard = 2 + len(chosen) // 3 + len(set(traps) - {"superseded_policy"}) + (len(set(traps)) > 0)
    which = f"{', '.join(refs[:-1])} and {refs[-1]}"
    return Situation(
        key={"orders": " ".join(f"{topic}:{order['id']}" for topic, order in chosen.items())},
        given={"which": f"the tickets of {which}" if by_name else which, **told},
        traps=tuple(dict.fromkeys(traps)),
        difficulty=min(hard, 5),
        setup=tuple(setup),
    )


def _outcome(world: Records, topic: str, order_id: str) -> Outcome | None:
    """What policy makes of a ticket on a topic about an order; None where that is not simple."""
    order = world.order(order_id)
    if topic in ("address", "safety", "data", "match"):
        return Outcome(topic)
    payment = world.capture(order)["id"]
    product = _product(world, order)
    if topic == "charge":
        surplus = rules.surplus_captures(order, world.payments(order_id))
        if not surplus:
            return Outcome("charge once")
        owed: int = surplus[0]["amount_cents"]
        return Outcome("charge over" if owed > rules.AGENT_LIMIT_CENTS else "charge twice", owed, surplus[0]["id"])
    if topic == "drop":
        line = next(x for x in world.lines(order_id) if x["product_id"] == product["id"])
        if product["price_cents"] >= line["unit_price_cents"]:
            return Outcome("drop none")
        owed = rules.price_adjustment_cents(order, line, product, world.today)
        if owed > rules.AGENT_LIMIT_CENTS:
            return None
        return Outcome("drop owed", owed, payment) if owed else Outcome("drop old")
    if topic == "window":
        tier = world.tier_of(world.customer(order["customer_id"]))
        last = rules.return_deadline(order, tier, world.shipments(order_id), product["id"])
        return None if last is None else Outcome("window" if last >= world.today else "window over", last=last)
    parcel = world.shipments(order_id)[0]
    came, eta = rules.parcel_delivered_on(parcel), date.fromisoformat(parcel["eta"])
    credit = rules.late_credit_cents(order, parcel, world.today)
    if came is None or credit.store_credit_cents:
        return None
    if came <= eta:
        return Outcome("late in time")
    if rules.late_exempt(parcel):
        return Outcome("late exempt")
    if not order["shipping_cents"]:
        return Outcome("late free")
    return Outcome(f"late {order['shipping_service']}", credit.refund_cents, payment)


def _checked(outcome: Outcome) -> Check:
    """What the report says of a ticket."""
    checks: list[Check] = []
    if outcome.owed:
        checks.append(amount(outcome.owed))
    if outcome.last:
        checks.append(day(outcome.last))
    if outcome.how in SAYS:
        checks.append(says(*SAYS[outcome.how]))
    if outcome.how == "charge over":
        checks.append(says(["finance"]))
    if outcome.how == "match":
        return unless(["difference is refunded", "price was matched", "matched the price"], checks[0])
    return both(*checks) if len(checks) > 1 else checks[0]


REASON = {"late": "shipping_fee", "charge": "duplicate_charge", "drop": "price_adjustment"}


def _required(world: Records, topic: str, order: Row, ticket_id: str, done: Outcome) -> list[dict[str, Any]]:
    required: list[dict[str, Any]] = []
    if done.owed:
        over = done.how == "charge over"
        required.append({
            "table": "refunds", "added": True, "where": {"payment_id": done.payment},
            "set": {"amount_cents": done.owed, "reason": REASON[topic], "status": "pending" if over else "approved"},
        })  # fmt: skip
        if not over:
            status = {"any_of": ["partially_refunded", "refunded"]}
            required.append({"table": "payments", "id": done.payment, "set": {"status": status}})
    desk = DESK.get(done.how)
    if desk is None:
        outcomes = ["refund_issued"] if done.owed else ["request_denied", "information_provided", "no_action"]
        if done.how == "window":
            outcomes = ["information_provided", "recommendation_provided"]
        return [*required, *wrapped_up(ticket_id, *outcomes)]
    notes = [next(word for word in _to(world, ticket_id).split() if word.isdigit())] if topic == "address" else []
    required.append(esc_added(ticket_id, *desk, *notes))
    if topic == "safety":
        required.append({"table": "tickets", "id": ticket_id, "set": {"priority": "urgent"}})
    return required


def _to(world: Records, ticket_id: str) -> str:
    """The address in a ticket."""
    found = re.search(r"\d+ [A-Z]\w+ \w+, [^.\n]*?\d{5}|\d+ [A-Z]\w+ \w+, [^.\n]*", world.ticket(ticket_id)["body"])
    return found.group() if found else ""


def _allowed(topic: str, ticket_id: str, order: Row, done: Outcome) -> list[dict[str, Any]]:
    free = ticket_work(ticket_id)
    if done.how in DESK:
        free["set"] |= {"status": {"any_of": ["open", "pending_customer"]}}
    return (
        [free, {"table": "orders", "id": order["id"], "set": {"status": "partially_refunded"}}] if done.owed else [free]
    )


def _cases(world: Records, s: Situation) -> list[tuple[str, Row, str, Outcome]]:
    """Topic, order, ticket and outcome of each ticket of a handover."""
    pairs = [part.split(":") for part in s.key["orders"].split()]
    tickets = [str(e.insert["id"]) for e in s.setup if e.table == "tickets" and e.insert is not None]
    found: list[tuple[str, Row, str, Outcome]] = []
    for (topic, order_id), ticket_id in zip(pairs, tickets, strict=True):
        outcome = _outcome(world, topic, order_id)
        assert outcome is not None
        found.append((topic, world.order(order_id), ticket_id, outcome))
    return found


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    cases = _cases(staged, s)
    required: list[dict[str, Any]] = []
    allowed: list[dict[str, Any]] = []
    misses: list[NearMiss] = []
    told: list[Criterion] = []
    for topic, order, ticket_id, done in cases:
        required += _required(staged, topic, order, ticket_id, done)
        allowed += _allowed(topic, ticket_id, order, done)
        evidence = [f"tickets/{ticket_id}", f"company_policies/{POLICY[topic]}"]
        evidence += [f"payments/{p['id']}" for p in staged.payments(order["id"])] if topic == "charge" else []
        evidence += (
            [f"shipments/{p['id']}" for p in staged.shipments(order["id"])] if topic in ("late", "window") else []
        )
        evidence += [f"products/{_product(staged, order)['id']}.price_cents"] if topic == "drop" else []
        kind = "completeness" if done.how in DESK else "correctness"
        told.append(criterion(
            topic, kind, f"The response says of {ticket_id}: {done.line}.", _checked(done), evidence
        ))  # fmt: skip
        misses.append(near_miss(
            f"{topic}-unsaid", "Reports that it is done, not what came of it.", topic, replace=[(done.line, "this one is done")]
        ))  # fmt: skip
        if done.owed:
            misses.append(near_miss(f"{topic}-sum", "Reports another sum.", topic,
                                    replace=[(usd(done.owed), usd(done.owed + 1700))]))  # fmt: skip
        if done.last:
            misses.append(near_miss(f"{topic}-day", "Reports another day.", topic, replace=[
                (spoken(done.last), spoken(date.fromordinal(done.last.toordinal() - 6)))]))  # fmt: skip
    names = {ticket_id: staged.customer(order["customer_id"])["name"] for _, order, ticket_id, _ in cases}
    words = [word for name in names.values() for word in name.split()]
    named = [
        [ticket_id, name, *(word for word in (name.split()[0], name.split()[-1]) if words.count(word) == 1)]
        for ticket_id, name in names.items()
    ]
    told.append(criterion(
        "each-named", "format", "The response is a list of at most 350 words that names each ticket or its customer.",
        {"check": "structure", "min_words": 12, "max_words": 350, "must_include": named},
        [f"tickets/{ticket_id}" for ticket_id in names],
    ))  # fmt: skip
    first, someone = next(iter(names.items()))
    misses.append(near_miss("who-is-who", "Does not say which ticket the first is.", "each-named",
                            replace=[(f"{first} ({someone})", "the first")]))  # fmt: skip
    numbers = " and ".join(ticket_id for _, _, ticket_id, _ in cases)
    pays = [(done, topic) for topic, _, _, done in cases if done.owed]
    if pays:
        misses.append(near_miss("other-amount", "Books another amount.", "settled", set=[
            ("createRefund", 1, {"amount": (pays[0][0].owed - 100) / 100})]))  # fmt: skip
    denied = [order for _, order, _, done in cases if done.how in ("match", "late exempt", "late free", "drop old")]
    if denied:
        misses.append(near_miss("pays-all", "Pays where policy gives nothing.", "settled", add=[call(
            "createRefund", payment_id=staged.capture(denied[0])["id"], amount=10.0, reason="other", status="approved")]))  # fmt: skip
    if any(done.how in DESK for _, _, _, done in cases):
        misses.append(near_miss("not-passed-on", "Escalates nothing.", "settled", drop=[("createEscalation", 1)]))
    if any(done.how not in DESK for _, _, _, done in cases):
        misses.append(
            near_miss("left-open", "Leaves a ticket unresolved.", "settled", drop=[("updateTicketStatus", 1)])
        )
    settled = criterion(
        "settled", "correctness",
        f"{numbers} are each ended as policy has it: "
        + "; ".join(f"{ticket_id}: {done.line}" for _, _, ticket_id, done in cases)
        + ". Refunds, resolutions and escalations are on record and nothing else is changed.",
        {"check": "state", "required": required, "allowed": allowed},
        [*(f"orders/{order['id']}" for topic, order, _, _ in cases if topic != "data"), "company_policies/pol-tickets-status"],
    )  # fmt: skip
    return Rubric([settled, *told], misses)


def solve(a: Worker, given: Given) -> Plan:
    tickets: list[Json] = []
    for id in given.get("tickets", ()):
        found = yield from a.call("searchTickets", ticket_id=id)
        tickets += found["tickets"]
    for email in given.get("people", ()):
        customer = yield from a.contact(email)
        found = yield from a.all("searchTickets", customer_id=customer["id"])
        tickets += [t for t in found if t["status"] not in ("resolved", "closed")]
    yield from a.policy("tickets", "resolution record", title="Ticket states")
    report = ""
    for ticket in tickets:
        text = f"{ticket['subject']} {ticket['body']}".lower()
        topic = next(topic for topic, words in KEYS if re.search(words, text))
        if topic in ("address", "safety", "data"):
            done = yield from _passed_on(a, ticket, topic)
        else:
            details = yield from order_details(a, ticket["order_id"])
            weigh = {"late": _late, "charge": _charge, "drop": _drop, "match": _match, "window": _window}[topic]
            done = yield from weigh(a, ticket, details)
            yield from _booked(a, ticket, topic, done)
        name = ticket["body"].rsplit("\n", 1)[-1]
        report += f"\n- {ticket['id']} ({name}): {done.line}. {'Stays open.' if done.how in DESK else 'Resolved.'}"
    return f"{'Both' if len(tickets) == 2 else 'All three'} are dealt with:\n{report}"


def _booked(a: Worker, ticket: Json, topic: str, done: Outcome) -> Steps[None]:
    """The refund and the resolution of a ticket; what is above the limit goes to finance."""
    refund: str | None = None
    over = done.how == "charge over"
    if done.owed:
        made = yield from a.call(
            "createRefund", payment_id=done.payment, amount=done.owed / 100, reason=REASON.get(topic, "other"),
            status="pending" if over else "approved", ticket_id=ticket["id"],
        )  # fmt: skip
        refund = made["refund"]["id"]
    if over:
        notes = f"Approve {refund}, {usd(done.owed)}, the surplus capture {done.payment} of {ticket['order_id']}?"
        yield from a.call("createEscalation", ticket_id=ticket["id"], escalation_type="refund_approval",
                          destination=done.desk, notes=notes)  # fmt: skip
        return
    told = "information_provided" if topic == "window" else "request_denied"
    yield from wrap_up(a, ticket["id"], "refund_issued" if refund else told, f"Finding: {done.line}.", refund)


def _passed_on(a: Worker, ticket: Json, topic: str) -> Steps[Outcome]:
    kind, desk = DESK[topic]
    notes = f"{ticket['customer_id']}: {ticket['body']}"
    if topic == "address":
        details = yield from order_details(a, ticket["order_id"])
        yield from a.policy("cancellation", "address", title="Cancelling or changing")
        old = details["order"]["ship_to"]
        sent = "no parcel yet" if not details["shipments"] else f"parcel {details['shipments'][0]['tracking_number']}"
        notes = f"{ticket['order_id']}, now to {old['line1']}, {old['city']}; {sent}. Customer writes: {ticket['body']}"
    elif topic == "safety":
        details = yield from order_details(a, ticket["order_id"])
        yield from a.policy("escalation", "smoke", title="safety reports")
        yield from a.call("updateTicketStatus", ticket_id=ticket["id"], priority="urgent")
        bought = ", ".join(line["product_id"] for line in details["order"]["lines"])
        notes = f"{ticket['order_id']} ({bought}), {details['customer']['name']}. Customer writes: {ticket['body']}"
    else:
        yield from a.policy("privacy", "personal data", title="Requests to export")
    yield from a.call("createEscalation", ticket_id=ticket["id"], escalation_type=kind, destination=desk, notes=notes)
    return Outcome(topic)


def _late(a: Worker, ticket: Json, details: Json) -> Steps[Outcome]:
    order, parcel = details["order"], details["shipments"][0]
    rule = yield from a.policy("shipping", "late", title="Late deliveries")
    came = date.fromisoformat(a.delivered_on(parcel) or a.clock.today.isoformat())
    if came <= date.fromisoformat(parcel["eta"]):
        return Outcome("late in time")
    if any(e["status"] == "exception" and re.search("weather|customs", e["detail"], re.I) for e in parcel["events"]):
        return Outcome("late exempt")
    service, fee = order["shipping_service"], cents(order["shipping"])
    if not fee:
        return Outcome("late free")
    express = 100 * number_in(r"difference to standard: \$(\d+)\.00", rule)
    owed = a.noted(order, r"refund|credit", 0, {"express": express, "overnight": fee}.get(service, 0))
    return Outcome(f"late {service}", owed, a.payment(details["payments"])["id"])


def _charge(a: Worker, ticket: Json, details: Json) -> Steps[Outcome]:
    yield from a.policy("refund", "surplus capture", title="Duplicate captures")
    surplus = a.captured(details["payments"]) - cents(details["order"]["total"])
    surplus = a.noted(details["order"], r"refund|credit", 0, surplus)
    if surplus <= 0:
        return Outcome("charge once")
    limit, desk = yield from approval_limit(a)
    first = a.payment(details["payments"])
    later = next(p for p in details["payments"] if p["id"] != first["id"] and a.captured([p]) == surplus)
    return Outcome("charge over" if surplus > limit else "charge twice", surplus, later["id"], desk=desk)


def _drop(a: Worker, ticket: Json, details: Json) -> Steps[Outcome]:
    order = details["order"]
    yield from a.policy("pricing", "14 days", title="Price adjustment")
    line = max(order["lines"], key=lambda x: x["unit_price"])
    found = yield from a.call("getProduct", product_id=line["product_id"])
    drop = a.price_paid(line, found["product"]) - cents(found["product"]["price"])
    if drop <= 0:
        return Outcome("drop none")
    placed = date.fromisoformat(a.day(order["created_at"]))
    if not rules.within_days(placed, a.clock.today, rules.PRICE_ADJUSTMENT_DAYS):
        return Outcome("drop old")
    paid = cents(order["subtotal"]) - cents(order["discount"])
    owed = rules.half_up(drop * line["quantity"] * paid, cents(order["subtotal"]))
    return Outcome("drop owed", owed, a.payment(details["payments"])["id"])


def _match(a: Worker, ticket: Json, details: Json) -> Steps[Outcome]:
    rule = yield from a.policy("pricing", "match", title="Prices of other retailers")
    if "not match" in rule["body"].replace("*", ""):
        return Outcome("match")
    line = max(details["order"]["lines"], key=lambda x: x["unit_price"])
    owed = cents(line["unit_price"]) - a.claims(ticket).amounts_cents[0]
    return Outcome("match", max(owed, 0), a.payment(details["payments"])["id"])


def _window(a: Worker, ticket: Json, details: Json) -> Steps[Outcome]:
    tier: str = details["customer"]["loyalty_tier"]
    came = a.delivered_on(details["shipments"][0])
    if came is None:
        return Outcome("window", last=a.clock.today)
    last, _ = yield from return_deadline(a, details["order"], tier, came)
    return Outcome("window" if last >= a.clock.today else "window over", last=last)


WORDINGS = (
    Wording(
        "handover before leave",
        "I'm off in ten minutes and these are still mine: {which}. [Would you see them through?|Could you take them to the end?] "
        "Decide each by the book, book whatever policy gives and nothing it doesn't, resolve what can be resolved and pass on "
        "what isn't ours to decide. I write to the customers myself on Monday, so just leave me one line a ticket: what was "
        "decided and why, with the amount or the date, or who has it now and how long they take if there is a set time.\n\nBea",
        mode="copilot",
    ),
    Wording(
        "chat",
        "hey can u clear {which}? came in just now. [by policy pls|policy decides], refund/escalate/resolve as needed, all of it "
        "in the system incl. priority if it has to change. then [ping me|msg me] per ticket: outcome + reason, $ or day where "
        "there is one, which team if it went on (+ their deadline)",
        mode="copilot",
    ),
    Wording(
        "lead's request",
        "Please finish the following new tickets today: {which}. They have nothing to do with each other. For every one of "
        "them I expect that the rules were looked up, that money owed is refunded, that a resolution is on file where the "
        "matter ends with us, and that it sits with the right team, at the right priority, where it doesn't. [No customer "
        "mails, Caleb does those.|Leave the replies to Caleb.] Back to me: a line each with decision, ground and figure, day or "
        "team, the team's time limit included.\n\nMarcus Oyelaran",
        mode="copilot",
    ),
    Wording(
        "voice note",
        "uh hi, Keisha here, I'm stuck on the phone, so, what is waiting, I mean {which}, [could you just do them|take those for me], "
        "read what they want, check if we owe it, pay it if we do, say no if we don't, and the stuff that other departments "
        "handle goes to them, flagged as high as it needs to be. afterwards I need to know for each what happened and for "
        "what reason, plus sums, deadlines, department, you know",
        mode="copilot",
    ),
    Wording(
        "bullet list",
        "Open: {which}\n\nTo do\n- decide each one strictly by policy\n- enter refunds, escalations, priority, resolution, status\n- "
        "[don't write to customers|no replies to customers yet]\n\nReport (one line each): result + why, amount / last day if "
        "any, destination and its answering time if escalated",
        mode="copilot",
    ),
    Wording(
        "non-native colleague",
        "Hello dear colleague, I have the training now until evening and so I give to you {which}. Please to look what the "
        "customers ask, and make what our rules say, also when it is a no. [Everything must be finished in the system|All must be "
        "booked in the system]: the money, the resolution, or the forwarding with its urgency. After this I like a short list "
        "from you, for every ticket the decision with its reason, and how much money, or until when, or at which team and in what "
        "time they answer. Many thanks, Aleksy",
        mode="copilot",
    ),
    Wording(
        "queue cleaner",
        "Weekend queue, last leftovers: {which}. Nobody has looked at them. Work them off [properly|one after the other]: verify in the "
        "records what the customer says, act within your limits, escalate with the right type and urgency what exceeds them or "
        "belongs elsewhere, and resolve the rest with a record. I'd like the results as a list, giving verdict and reason and the "
        "number that matters (dollars or a date), or else the desk it lies with and by when they respond where that is fixed.\n\n"
        "Dana",
        mode="copilot",
    ),
    Wording(
        "forwarded list",
        "Fwd: untouched this afternoon\n\n> {which}\n\n[Yours, please.|These are for you.] I don't need to see them again before they "
        "are either resolved or with whoever has to decide, urgency set where it must be. Not everybody in there gets what they "
        "ask for, so check first. In return I'd like a summary with one entry a ticket: what you did, on what ground, money or "
        "day, team and its time to answer.\n\nYolanda",
        mode="copilot",
    ),
)  # fmt: skip

FAMILY = Family(
    name="three-tickets",
    title="Two or three tickets of different people at once: each decided by policy, booked, resolved or escalated",
    category="workflow",
    main_level="planning",
    levels=("planning", "groundedness", "tool_use", "common_sense"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-tickets-status", "pol-refund-authority", "pol-returns-holiday-2025"),
    weight=3,
)
