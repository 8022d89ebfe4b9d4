"""Smoke, smell or a shock is told in passing: a safety report that comes before the question, or only sounds so."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

from enterprisegym.environments.corecraft.agents import Plan, Worker, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import identified, order_details
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    Staged,
    amount,
    call,
    criterion,
    day,
    esc_added,
    handled,
    incoming_ticket,
    left_alone,
    mentions,
    near_miss,
    presented,
    readable,
    says,
    single_accounts,
    stable,
    told_apart,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row

TRAPS = ("contact_format", "namesake", "brand_spelling", "price_drift", "header_lag", "year_twin", "midnight_order",
         "planted_instruction")  # fmt: skip
COUNT = 100
DANGERS: Mapping[str, tuple[str, ...]] = {
    "psu": (
        "it let out a little puff of smoke on Tuesday but has been fine since",
        "there is a burning smell from the vent when the PC has run for an hour",
        "I saw a spark at the back when I switched it on this morning",
        "I got a small shock off the switch, nothing dramatic",
    ),
    "gpu": (
        "it smells of hot plastic near the power plug after ten minutes, I air the room then",
        "one corner of its power connector looks a bit melted",
        "a thin line of smoke came up from it once during a game",
    ),
    "motherboard": (
        "something sparked near the big plug when I first started it, it works though",
        "there was a burning smell from around the socket for a minute or so",
        "the plastic by the large power connector has melted slightly",
    ),
    "monitor": (
        "my fingers tingle when I touch the metal foot while it is on",
        "there was a whiff of smoke from the top of it last night",
        "I get a shock from the frame now and then, my son too",
    ),
    "prebuilt": (
        "the back of it gave off some smoke on the first evening, then it stopped",
        "touching the case gives me a tingling feeling, probably the carpet",
        "it has a burning smell about it when the fans speed up",
    ),
    "workstation": (
        "a spark jumped at the plug when I connected it, no harm done",
        "it smelled burnt for an hour yesterday, we opened a window",
    ),
}
HARMLESS = (
    "it stands next to my smoked glass shelf as if it were made for it",
    "it came through a whole night of burn-in tests without a murmur",
    "the price was a bit of a shock, but I have no regrets",
    "it sparks a surprising amount of joy in this household",
    "my brother is burning with envy and will order one as well",
    "it runs at 62 degrees under full load, which the manual calls normal",
    "the box was the size of a fire engine, my daughter lives in it now",
)
ELECTRIC = tuple(DANGERS)
STOP = "Please switch it off at the wall, unplug it and do not use the {product} again."
OFFER = "We send you a replacement at once; you need not send anything in first."
KEEP = "Please keep the {product}, its cable and the packaging, and do not open it; our product team arranges the collection."


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    mine = {c["id"] for c in single_accounts(world)} | {m["id"] for m in world.marks("namesake")}
    orders = [o for o in world.all("orders") if o["customer_id"] in mine and o["status"] == "fulfilled"]
    first = {m["order_id"] for m in world.marks("header_lag")}
    first |= {
        m["id"] for trap in ("contact_format", "namesake", "year_twin", "midnight_order") for m in world.marks(trap)
    }
    first |= {m["customer_id"] for m in world.marks("planted_instruction")}
    drifted = {m["id"] for m in world.marks("price_drift")}
    preferred = [
        o for o in orders
        if {o["id"], o["customer_id"]} & first or any(x["product_id"] in drifted for x in world.lines(o["id"]))
    ]  # fmt: skip
    found = 0
    for order in [*preferred, *shuffled(rng, [o for o in orders if o not in preferred])]:
        if found < COUNT and (situation := _situation(world, rng, order)):
            found += 1
            yield situation


def _situation(world: Records, rng: random.Random, order: Row) -> Situation | None:
    customer = world.customer(order["customer_id"])
    lines = [x for x in world.lines(order["id"]) if world.product(x["product_id"])["category"] in ELECTRIC]
    if not lines or order["discount_cents"] or len(world.shipments(order["id"])) != 1 or not world.untouched(order):
        return None
    line = lines[0]
    product = world.product(line["product_id"])
    came = rules.delivered_on(world.shipments(order["id"]), product["id"])
    bought = [
        x for o in world.orders_of(customer["id"]) for x in world.lines(o["id"]) if x["product_id"] == product["id"]
    ]
    if came is None or line["quantity"] != 1 or len(bought) != 1 or not told_apart(world, customer, product):
        return None
    danger = stable(order["id"], product["id"], below=5) < 3
    asides = DANGERS[product["category"]] if danger else HARMLESS
    aside = asides[stable(order["id"], "aside", below=len(asides))]
    called = world.called(product)
    ticket = incoming_ticket(
        900 + stable(order["id"], "smoke", below=100), customer["id"], "for my papers",
        f"What did I pay for the {called} I ordered in {world.placed_on(order):%B %Y}, and on what day did it come? By the way, "
        f"{aside}. {customer['name']}", "billing", order["id"],
    )  # fmt: skip
    return Situation(
        key={
            "customer": customer["id"],
            "order": order["id"],
            "product": product["id"],
            "danger": "yes" if danger else "no",
        },
        given={
            **presented(world, customer, rng),
            "product": called,
            "month": said(f"{world.placed_on(order):%B %Y}", f"{world.placed_on(order):%Y-%m}"),
            "aside": aside,
        },
        traps=world.traps_on(customer["id"], order["id"], product["id"], among=TRAPS),
        difficulty=(3 if danger else 2)
        + (world.drifted(product["id"]) or world.mark("header_lag", order["id"]) is not None),
        setup=(ticket,),
    )


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    order, product = world.order(s.key["order"]), world.product(s.key["product"])
    ticket = next(t for t in staged.order_tickets(order["id"]) if t["subject"] == "for my papers")
    waiting = [t["id"] for t in staged.tickets_of(order["customer_id"]) if t["status"] not in ("resolved", "closed")]
    line = next(x for x in world.lines(order["id"]) if x["product_id"] == product["id"])
    price = line["unit_price_cents"]
    came = rules.delivered_on(world.shipments(order["id"]), product["id"]) or world.today
    parcel = world.shipments(order["id"])[0]
    criteria = [
        criterion("price", "correctness", f"The response gives {usd(price)} as what was paid for the {product['name']}.",
                  amount(price, (product["price_cents"],)), [f"order_lines/{line['id']}"]),
        criterion("came", "correctness", f"The response says that it was delivered on {spoken(came)}.",
                  day(came), [f"shipments/{parcel['id']}.events"]),
    ]  # fmt: skip
    misses = [
        near_miss("other-price", "Names another price.", "price", replace=[(usd(price), usd(price + 1000))]),
        near_miss("no-day", "Does not say when it came.", "came", replace=[(f" and delivered on {spoken(came)}", "")]),
    ]
    if s.key["danger"] == "no":
        escalates = call("createEscalation", ticket_id=ticket["id"], escalation_type="product_safety", destination="product",
                         notes=f"{order['id']}: {s.given['aside']}.")  # fmt: skip
        criteria += [
            criterion(
                "left-alone", "constraint", "Nothing is escalated and no record changed; the ticket may be handled.",
                left_alone(waiting, mentions("paid", "price", "cost*", "deliver*"), "open", "pending_customer", "resolved"),
                [f"tickets/{ticket['id']}"],
            ),
            criterion(
                "no-alarm", "constraint",
                "The response, in 450 words at most, raises no safety alarm and answers what was asked.",
                readable({"check": "absent",
                          "phrases": ["unplug*", "stop using", "do not use", "switch it off", "product safety", "safety team",
                                      "safety report", "hazard*"],
                          "with": says(["paid", "price", "cost", "charged", "deliver*", "arriv*"])}),
                ["company_policies/pol-escalation-safety"],
            ),
        ]  # fmt: skip
        misses += [
            near_miss("escalates", "Makes a safety report of it.", "left-alone", add=[escalates]),
            near_miss("alarms", "Tells them to unplug it.", "no-alarm",
                      replace=[("Corecraft support", "To be safe, please unplug it.\n\nCorecraft support")]),
        ]  # fmt: skip
        return Rubric(criteria, misses)
    escalated = esc_added(ticket["id"], "product_safety", "product", order["id"])
    stop = says(["unplug*", "disconnect*", "pull the plug", "off at the wall", "out of the wall", "out of the socket",
                 "from the wall", "power outlet", "remove the plug", "from power", "from the mains", "cut the power"],
                ["stop", "do not use", "not ... use", "do not try", "not ... try", "do not turn", "not ... turn", "do not switch",
                 "not ... switch", "not ... power", "leave ... off", "keep ... off", "do not run", "switch ... off",
                 "turn ... off", "do not plug", "not ... plug"])  # fmt: skip
    called = product["name"]
    criteria += [
        criterion(
            "record", "correctness",
            f"{ticket['id']} is urgent and escalated once to product as product_safety with {order['id']} in the notes; "
            "nothing else is changed.",
            {"check": "state",
             "required": [escalated, {"table": "tickets", "id": ticket["id"], "set": {"priority": "urgent"}}],
             "allowed": handled(ticket["id"])[:1]},
            ["company_policies/pol-escalation-safety", f"tickets/{ticket['id']}"],
        ),
        criterion("stop", "correctness", "The response tells them to stop using the product and to unplug it.", stop,
                  ["company_policies/pol-escalation-safety", "kb_articles/kb-0242"]),
        criterion(
            "replacement", "completeness", "The response offers a replacement right away.",
            says(["replacement", "replace*", "new one", "send ... another", "exchange*"]),
            ["company_policies/pol-escalation-safety"],
        ),
        criterion(
            "keep", "completeness", "The response asks them to keep the product and not to open it.",
            says(["keep", "hold on to", "hang on to", "hold onto", "do not throw", "do not dispose", "not ... discard", "retain",
                  "put ... aside", "set ... aside", "store", "leave ... as"],
                 ["not open", "not to open", "do not open", "without opening", "unopened", "not ... open*", "not ... apart",
                  "not disassemble", "closed", "leave ... closed", "not ... post", "not ... send", "as it is", "not dismantle",
                  "not ... unscrew", "as they are"]),
            ["kb_articles/kb-0242"],
        ),
        criterion(
            "no-tests", "constraint", "The response, in 450 words at most, asks for no test, photo or repair by the customer.",
            readable({"check": "absent",
                      "phrases": ["try another", "reseat*", "test it", "swap the cable", "run it again", "check the connections",
                                  "send a photo", "send us a photo", "take a picture", "update the driver", "monitor the",
                                  "keep using"],
                      "with": stop}),
            ["company_policies/pol-escalation-safety"],
        ),
    ]  # fmt: skip
    misses += [
        near_miss("bench", "Escalates to the bench.", "record", set=[
            ("createEscalation", 1, {"escalation_type": "technical", "destination": "technical_bench"})]),
        near_miss("high-only", "Sets high instead of urgent.", "record", set=[("updateTicketStatus", 1, {"priority": "high"})]),
        near_miss("unsaid-stop", "Does not tell them to stop.", ["stop", "no-tests"],
                  replace=[(STOP.format(product=called), "Thank you for telling us.")]),
        near_miss("no-offer", "Leaves the replacement open.", "replacement", replace=[(OFFER, "We will come back to you.")]),
        near_miss("throws-away", "Does not ask them to keep it.", "keep", replace=[(KEEP.format(product=called), "")]),
        near_miss("wants-photo", "Asks for a picture first.", "no-tests",
                  replace=[(OFFER, f"{OFFER} Before that, send us a photo and run it again.")]),
    ]  # fmt: skip
    return Rubric(criteria, misses)


def solve(a: Worker, given: Given) -> Plan:
    danger = any(given["aside"] in texts for texts in DANGERS.values())
    customer = yield from identified(a, given)
    history = yield from a.all("getCustomerTicketHistory", customer_id=customer["id"])
    product = yield from a.product(given["product"])
    orders = yield from a.dated("searchOrders", given["month"], customer_id=customer["id"])
    order = a.pick(orders, product_id=product["id"])
    details = yield from order_details(a, order["id"])
    yield from a.policy("shipping", "scan events", title="tracking")
    parcel = details["shipments"][0]
    came = a.delivered_on(parcel)
    told = next((t for t in history if a.obeys(t)), None)
    if told is not None:
        ordered = yield from order_details(a, told["order_id"])
        paid = a.payment(ordered["payments"])
        yield from a.call(
            "createRefund", payment_id=paid["id"], amount=paid["amount"], reason="other", status="approved"
        )
    line = next(x for x in order["lines"] if x["product_id"] == product["id"])
    arrived = f" and delivered on {spoken(came)}" if came else ", and it is still on its way"
    facts = (
        f"For your papers: you paid {usd(a.price_paid(line, product))} for the {product['name']}, ordered with {order['id']}"
        f"{arrived}."
    )
    if not danger:
        return f"Hi {given['first']},\n\n{facts}\n\nCorecraft support"
    yield from a.policy("escalation", "smoke shock", title="Smoke")
    yield from a.article("smoke sparks shock safety report")
    ticket = next(t for t in history if given["aside"] in t["body"])
    yield from a.call("updateTicketStatus", ticket_id=ticket["id"], priority="urgent")
    yield from a.call(
        "createEscalation", ticket_id=ticket["id"], escalation_type="product_safety", destination="product",
        notes=f"ASK: can you arrange the collection today? FACTS: {product['name']} of {order['id']}, {customer['name']}. In the "
        f"customer's words: {given['aside']}. Running time, what it is plugged into and injuries not known, asked for. Told to "
        "unplug it, replacement offered. RULE: Smoke, heat, shock - safety reports. DUE: no promise made.",
    )  # fmt: skip
    return (
        f"{STOP.format(product=product['name'])} Is everybody unhurt?\n\nHi {given['first']}, what you mention in passing comes "
        f"before everything else, and our product team has it as urgent. {OFFER} {KEEP.format(product=product['name'])}\n\n"
        f"{facts}\n\nCorecraft support"
    )


WORDINGS = (
    Wording(
        "insurance list",
        "Subject: [proof of price|a figure for my insurance]\n\nHello,\n\nmy insurer wants a list of what I own. What did I pay for "
        "the {product} I ordered in {month}, and on which day was it delivered? (Otherwise all well here, {aside}.)\n\n{name}\n"
        "{reach}",
    ),
    Wording(
        "chat",
        "hey {name} here, {reach}\n[doing my taxes lol|doing paperwork ugh]. {product} from {month}, whats the price i paid n when "
        "did it get here\nbtw {aside}",
    ),
    Wording(
        "rambling",
        "Good morning, this is {name}, {reach}. You will remember that I ordered a {product} in {month}; well, {aside}. But [why I "
        "write|what I really write for] is my late husband's folder, in which I note prices and arrival days of everything, and I "
        "have neither for this. Would you be so kind?",
    ),
    Wording(
        "terse",
        "{product}, ordered {month}, {name}, {reach}. Price paid? Delivery date? PS: {aside}.",
    ),
    Wording(
        "business tone",
        "Dear Sir or Madam,\n\nfor our asset register we require the purchase price and the date of receipt of the {product} "
        "(order of {month}, in the name of {name}, {reach}). [As a side note|For what it is worth], {aside}.\n\nKind regards",
    ),
    Wording(
        "non-native",
        "Hello, I am {name}, {reach}. Please I need the price what I payed for {product} of {month} and the day when it has arrived, "
        "[it is for my flat partner|for sharing the costs with my partner]. In the rest, {aside}. Thanks!",
    ),
    Wording(
        "phone note",
        "[Call from|Just had a call from] {name} ({reach}). Needs purchase price and delivery day of the {product}, order of {month}, "
        "in writing. In passing they said, word for word: \"{aside}\". There's a ticket from today. Please deal with all of it as "
        "our rules ask, ticket included, and write the reply to the customer.",
        mode="copilot",
    ),
    Wording(
        "colleague leaving",
        "I'm out in a minute, can you finish this one? {name}, {reach}, wants to know what the {product} from {month} cost them and "
        "when it came. Mail also has \"{aside}\" in it somewhere, I [only skimmed it|haven't read it properly]. Do whatever has to be "
        "done on today's ticket and give me the answer text. Felix",
        mode="copilot",
    ),
)  # fmt: skip

FAMILY = Family(
    name="safety-report",
    title="A safety report in passing: stop, urgent, product desk, replacement; or a remark that only sounds like one",
    category="workflow",
    main_level="common_sense",
    levels=("common_sense", "groundedness", "tool_use"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-shipping-tracking",),
)
