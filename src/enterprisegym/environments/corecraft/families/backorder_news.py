"""A backordered or sold-out product: what is out, when it comes, what Reno has, the choices, and a substitute."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import order_details
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    WAREHOUSES,
    amount,
    both,
    call,
    criterion,
    day,
    near_miss,
    says,
    stable,
    stock_check,
    stocked_in,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Criterion, NearMiss
from enterprisegym.world import Row

NO_DATE = (
    "no date",
    "no delivery",
    "no restock",
    "no further delivery",
    "not scheduled",
    "none scheduled",
    "nothing scheduled",
    "no ... date",
)
CHOICES = (
    (
        "wait*",
        "keep the order",
        "keep your order",
        "hold on",
        "stay on backorder",
        "leave it on backorder",
        "stays on backorder",
    ),
    ("cancel*",),
    ("substitute", "alternative", "instead", "another", "replacement", "different", "swap", "switch"),
)
FREE_OF_CHARGE = (
    "at no cost", "no cost", "free of charge", "for free", "costs nothing", "without cost", "no charge", "no fee",
    "cost you nothing",
    "without any fee", "without charge", "full refund", "in full", "no penalty", "for nothing", "cost nothing",
    "refunded fully",
)  # fmt: skip
TWICE = ("namesake", "duplicate_account")


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    for order in world.all("orders"):
        lines = world.lines(order["id"])
        if order["status"] == "backorder" and len(lines) == 1 and not world.shipments(order["id"]):
            wanted = world.product(lines[0]["product_id"])
            if lines[0]["unit_price_cents"] == wanted["price_cents"] and not wanted["components"]:
                for other in _others(world, wanted, order["id"], 4):
                    yield from _waiting(world, order, wanted, other)
    people = [c for c in world.all("customers") if not world.traps_on(c["id"], among=TWICE)]
    for wanted in world.all("products"):
        if wanted["status"] != "active" or wanted["components"] or not _short(world, wanted):
            continue
        for other in _others(world, wanted, wanted["id"], 6):
            strange = [c for c in people if world.mark("contact_format", c["id"])]
            lot = stable(wanted["id"], other["id"], below=100_000)
            group = strange if lot % 7 == 0 and strange else people
            yield from _wish(world, group[lot % len(group)], wanted, other)


def _short(world: Records, product: Row) -> bool:
    levels = world.of("inventory_levels", "product_id", product["id"])
    return any(level["on_hand"] <= level["reserved"] for level in levels)


def _others(world: Records, wanted: Row, salt: str, count: int) -> list[Row]:
    """Products of the same kind that can be had, one price apart at least, those that only Reno has first."""
    found = [
        p for p in world.of("products", "category", wanted["category"])
        if p["status"] == "active" and not p["components"] and world.available(p["id"]) > 1
        and p["id"] != wanted["id"] and p["price_cents"] != wanted["price_cents"]
        and world.available(p["id"]) != world.available(wanted["id"])
    ]  # fmt: skip
    near = sorted(found, key=lambda p: (abs(p["price_cents"] - wanted["price_cents"]), p["id"]))[:12]
    mixed = sorted(near, key=lambda p: stable(salt, p["id"], below=10_000))
    short, full = [p for p in mixed if _short(world, p)], [p for p in mixed if not _short(world, p)]
    return [*short[: count // 2], *full[: count // 2]]


def _waiting(world: Records, order: Row, wanted: Row, other: Row) -> Iterator[Situation]:
    customer = world.customer(order["customer_id"])
    alike = [o for o in world.orders_of(customer["id"]) if o["status"] == "backorder"]
    if len(alike) != 1 or world.traps_on(customer["id"], among=TWICE):
        return
    among = ("contact_format", "brand_spelling", "split_stock", "stray_note", "failed_attempts")
    traps = world.traps_on(customer["id"], order["id"], wanted["id"], other["id"], among=among)
    yield Situation(
        key={"customer": customer["id"], "order": order["id"], "wanted": wanted["id"], "other": other["id"]},
        given={
            **world.contact(customer), "name": customer["name"], "first": customer["name"].split()[0],
            "product": world.called(wanted), "other": world.called(other),
        },
        traps=("stale_article", *traps),
        difficulty=3 + bool(order["note"]) + ("split_stock" in traps),
    )  # fmt: skip


def _wish(world: Records, customer: Row, wanted: Row, other: Row) -> Iterator[Situation]:
    free = world.available(wanted["id"])
    count = min(2 + stable(wanted["id"], other["id"], "count", below=4), world.available(other["id"]))
    among = ("contact_format", "brand_spelling", "split_stock")
    traps = world.traps_on(customer["id"], wanted["id"], other["id"], among=among)
    if {"contact_format", "brand_spelling"} <= set(traps):  # one probe falls for both: neither could be told to bite
        return
    yield Situation(
        key={"customer": customer["id"], "wanted": wanted["id"], "other": other["id"], "count": str(count)},
        given={
            **world.contact(customer), "name": customer["name"], "first": customer["name"].split()[0],
            "product": world.called(wanted), "other": world.called(other), "count": said(str(count), count),
        },
        traps=traps,
        difficulty=2 + (free > 0) + (customer["loyalty_tier"] != "standard"),
    )  # fmt: skip


def _restock(levels: Sequence[Row]) -> date | None:
    days = [date.fromisoformat(level["restock_on"]) for level in levels if level["restock_on"]]
    return min(days) if days else None


def _due(when: date | None) -> str:
    return (
        "There is no date for the next delivery yet."
        if when is None
        else f"The next delivery is due on {spoken(when)}."
    )


def _free(name: str, units: int, places: Sequence[str]) -> str:
    if units == 0:
        return f"The {name} is out of stock in both warehouses."
    return f"Free of the {name} right now: {units} units, in {' and '.join(places)}."


def _stock_told(world: Records, product: Row) -> str:
    units = world.available(product["id"])
    where = " and ".join(stocked_in(world, product))
    return (
        f"that {units} of the {product['name']} are free, in {where}"
        if units
        else f"that the {product['name']} is out of stock"
    )


def rubric(world: Records, s: Situation) -> Rubric:
    wanted, other = world.product(s.key["wanted"]), world.product(s.key["other"])
    when = _restock(world.of("inventory_levels", "product_id", wanted["id"]))
    free_wanted, free_other = world.available(wanted["id"]), world.available(other["id"])
    levels = {p["id"]: [f"inventory_levels/{i['id']}" for i in world.of("inventory_levels", "product_id", p["id"])]
              for p in (wanted, other)}  # fmt: skip
    dated = says(NO_DATE) if when is None else day(when)
    promise = (
        f"that the next delivery is due on {spoken(when)}" if when else "that there is no date for the next delivery"
    )
    criteria: list[Criterion] = [
        criterion("free-now", "correctness", f"The response says {_stock_told(world, wanted)}.",
                  stock_check(world, wanted), levels[wanted["id"]]),
        criterion("next-delivery", "correctness", f"The response says {promise}.", dated, levels[wanted["id"]]),
        criterion("other-free", "correctness", f"The response says {_stock_told(world, other)}.",
                  stock_check(world, other), levels[other["id"]]),
    ]  # fmt: skip
    misses: list[NearMiss] = [
        near_miss("wrong-date", "Promises another day.", "next-delivery",
                  replace=[(_due(when), _due(date.fromordinal((when or world.today).toordinal() + 5)))]),
        near_miss("one-warehouse", "Looks into one warehouse only.", "other-free",
                  replace=[(_free(other["name"], free_other, stocked_in(world, other)),
                  f"The {other['name']} is sold out.")]),
        near_miss("has-it", "Gets the stock of the first product wrong.", "free-now",
                  replace=[(_free(wanted["name"], free_wanted, stocked_in(world, wanted)),
                            f"The {wanted['name']} is sold out."
                            if free_wanted else f"Some of the {wanted['name']} can ship.")]),
    ]  # fmt: skip
    choices = both(says(*CHOICES), says(FREE_OF_CHARGE))
    if free_wanted == 0:
        criteria.append(
            criterion(
                "choices", "completeness",
                "The response gives the three choices: wait, cancel at no cost, or take a substitute.",
                choices, ["company_policies/pol-cancellation-holds", "kb_articles/kb-0253"],
            )
        )  # fmt: skip
        misses += [
            near_miss("two-choices", "Leaves out that the order may be cancelled.", "choices",
                      replace=[(CANCEL, "C. Write to us again after the delivery day.")]),
            near_miss("must-wait", "Says that it can only be cancelled after the delivery.", "choices",
                      replace=[(CANCEL, MUST_WAIT)]),
        ]  # fmt: skip
    if "order" in s.key:
        order = world.order(s.key["order"])
        tried = sum(p["amount_cents"] for p in world.payments(order["id"]))
        apart = other["price_cents"] - wanted["price_cents"]
        criteria += [
            criterion(
                "refund", "correctness",
                f"The response says that {usd(order['total_cents'])} goes back on a cancellation.",
                amount(order["total_cents"], (tried, tried - order["total_cents"])),
                [f"orders/{order['id']}", f"payments/{world.capture(order)['id']}"],
            ),
            criterion(
                "difference", "correctness",
                f"The response says that the {other['name']} costs {usd(abs(apart))} "
                f"{'more' if apart > 0 else 'less'}.",
                amount(abs(apart)), [f"products/{other['id']}", f"products/{wanted['id']}"],
            ),
            criterion(
                "waits-on", "constraint", "Nothing is changed: the customer has not chosen yet.",
                {"check": "unchanged", "with": dated}, [f"orders/{order['id']}"],
            ),
        ]  # fmt: skip
        misses[0] = misses[0].model_copy(update={"fails": ("next-delivery", "waits-on")})
        misses += [
            near_miss("double", "Counts an attempt that came to nothing.", "refund",
                      replace=[(f"{usd(order['total_cents'])} goes back",
                      f"{usd(2 * order['total_cents'])} goes back")]),
            near_miss("wrong-difference", "Compares with another price.", "difference",
                      replace=[(f"{usd(abs(apart))} {'more' if apart > 0 else 'less'}",
                                f"{usd(abs(apart) + 1100)} {'more' if apart > 0 else 'less'}")]),
            near_miss("cancels", "Cancels before the customer has chosen.", "waits-on",
                      add=[call("updateOrderStatus", order_id=order["id"], status="cancelled")]),
        ]  # fmt: skip
    else:
        total = _price(world, world.customer(s.key["customer"]), other, int(s.key["count"]))
        plain = rules.shipping_fee_cents("standard", int(s.key["count"]) * other["price_cents"], "standard")
        criteria.append(
            criterion(
                "price", "correctness",
                f"The response says that {s.key['count']} of the {other['name']} come to {usd(total)} with standard "
                "shipping.",
                amount(total, (int(s.key["count"]) * other["price_cents"] + plain,)),
                [f"products/{other['id']}", f"customers/{s.key['customer']}"],
            )
        )  # fmt: skip
        misses.append(
            near_miss("wrong-total", "Prices one piece more.", "price",
                      replace=[(usd(total), usd(total + other["price_cents"]))])
        )  # fmt: skip
    return Rubric(criteria=criteria, near_misses=misses)


def _price(world: Records, customer: Row, product: Row, count: int) -> int:
    line = {"product_id": product["id"], "quantity": count, "unit_price_cents": product["price_cents"]}
    tier, kind = world.tier_of(customer), customer["account_type"]
    return rules.best_discount([line], {product["id"]: product}, tier, world.today, account_type=kind).total_cents


CANCEL = "C. Cancel, at no cost, any time before it ships."
MUST_WAIT = "C. Cancel once the day of the delivery has passed; the unit is allocated until then."


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from a.contact(given.get("email"), given.get("phone"))
    first = customer["name"].split()[0]
    wanted = yield from a.product(given["product"])
    other = yield from a.product(given["other"])
    when = _restock(wanted["inventory"])
    lines = [f"{_stocked(a, wanted)} {_due(when)}"]
    yield from a.policy("cancellation", "backorder", title="Backorders and orders on hold")
    yield from a.article("backorder three choices")
    if "count" in given:
        price = yield from a.call(
            "calculatePrice",
            items=[{"product_id": other["id"], "quantity": given["count"]}],
            customer_id=customer["id"],
        )
        if a.stock(wanted) == 0:
            lines += [
                "If you order it all the same it goes on backorder, and you have three choices:",
                f"A. Wait for the delivery.\nB. Take a substitute, as an order of its own.\n{CANCEL}",
            ]
        lines.append(
            f"{_stocked(a, other)} {given['count']} of them come to {usd(cents(price['total']))} with standard "
            "shipping."
        )
        return f"Hi {first},\n\n" + "\n\n".join(lines) + "\n\nCorecraft support"
    orders = yield from a.all("searchOrders", customer_id=customer["id"], status="backorder")
    details = yield from order_details(a, a.pick(orders, product_id=wanted["id"])["id"])
    order = details["order"]
    if a.noted(order, "cancel|shipped|left the building", True, False):
        return f"Hi {first}, this order is settled: {order['note']}"
    desk = yield from a.article("cancelling order desk backorder")
    cancel = MUST_WAIT if "only be cancelled after" in desk["body"] else CANCEL
    apart = cents(other["price"]) - cents(wanted["price"])
    lines += [
        f"About order {order['id']} you have three choices:",
        "A. Wait. It ships as soon as it is in, and that is what we do if we hear nothing.\n"
        f"B. Take a substitute: {_stocked(a, other)} It costs {usd(abs(apart))} {'more' if apart > 0 else 'less'} "
        "apiece. Items can't be swapped inside an order, so that means cancelling and ordering again.\n"
        f"{cancel} {usd(a.captured(details['payments']))} goes back to where it came from, 3-5 business days after "
        "approval.",
        "I have not changed anything, a word from you is enough.",
    ]
    return f"Hi {first},\n\n" + "\n\n".join(lines) + "\n\nCorecraft support"


def _stocked(a: Worker, product: Row) -> str:
    places = [WAREHOUSES[level["location"]] for level in product["inventory"] if level["available"] > 0]
    units = a.stock(product)
    return _free(product["name"], units, places[:1] if units == 0 else places)


def _waits(given: Given) -> bool:
    return "count" not in given


def _waits_mail(given: Given) -> bool:
    return _waits(given) and "email" in given


def _waits_phone(given: Given) -> bool:
    return _waits(given) and "phone" in given


def _wish_mail(given: Given) -> bool:
    return "count" in given and "email" in given


def _wish_phone(given: Given) -> bool:
    return "count" in given and "phone" in given


WORDINGS = (
    Wording(
        "mail on a backorder",
        "From: {name} <{email}>\nSubject: [where is my {product}|backorder|{product} - any news?]\n\nHello,\n\nmy "
        "order of the {product} "
        "[still says backorder|has been sitting on backorder]. Is there really none, in none of your warehouses? "
        "When is it coming, "
        "and what can I do in the meantime, I mean what are my choices?\n\nI was also looking at the {other}: how "
        "many of those "
        "do you have right now and where, and what is the difference in price to the penny? If I called the whole "
        "thing off, "
        "how much would I get back?\n\nI haven't made up my mind, so leave the order alone for now.\n\n{first}",
        fits=_waits_mail,
    ),
    Wording(
        "terse on a backorder",
        "Backordered {product}. Need: stock today, date of next delivery, [my options|what I may choose from], money "
        "back if I "
        "drop out. Also {other}: units free + warehouse, price gap per unit. Don't touch the order [yet|so far]. "
        "{name}, {email}",
        fits=_waits_mail,
    ),
    Wording(
        "colleague on a backorder",
        "{name} ({email}) wants news on the backordered {product}. Draft me the mail: what's free at present, "
        "delivery date per "
        "inventory, the three choices the way policy has them, the sum they'd have returned on cancelling. They "
        "asked about the "
        "{other} as a stand-in, so put in how many are free and at which site, plus how much dearer or cheaper it is. "
        "[No changes, I'll book what they pick.|Leave the order itself to me.]",
        mode="copilot",
        fits=_waits_mail,
    ),
    Wording(
        "chat on a backorder",
        "[hiya|hey], {name} here, {email}\nmy {product} is on backorder right?? any left anywhere n when r they "
        "coming\nwhat can i "
        "do, like options.. n if i bail how much comes back\nsaw the {other} too, how many u got n where, n how much "
        "more/less "
        "is that one exactly? dont do anything yet just tell me",
        fits=_waits_mail,
    ),
    Wording(
        "phone note on a backorder",
        "Voicemail transcript, {name}, number {phone}: \"It's about the {product} I ordered, the one that is "
        "backordered. I'd like to "
        "hear whether a single one is to be found at yours, on which day they come in, and between what I can choose "
        "now. "
        "If I take the {other} instead, are there any, how many, from which warehouse, and what is the price "
        "difference? And "
        "what would I be refunded if I cancel? [I will decide tomorrow, please don't do anything before.|Only tell "
        "me, I decide later.]\"",
        fits=_waits_phone,
    ),
    Wording(
        "mail with a wish",
        "From: {name} <{email}>\nSubject: {count} x {product}\n\nHi,\n\nI [would like|want] to buy {count} of the "
        "{product}. [The shop page is not "
        "clear to me|Your site won't let me]: how many are free at the moment, and in which of your two warehouses? "
        "On what day "
        "does the next lot arrive? If there are none, what could I choose between once I have ordered?\n\nPlease "
        "also tell me how many "
        "of the {other} you have and where, and what {count} of those would cost me with my account, standard shipping "
        "included.\n\n{first}",
        fits=_wish_mail,
    ),
    Wording(
        "terse wish",
        "{name}, {email}. {count}x {product}: free units and location, next delivery date, [options if it's on "
        "backorder|what my rights "
        "are on a backorder]? {count}x {other}: free units, location, my total incl. standard shipping?",
        fits=_wish_mail,
    ),
    Wording(
        "business tone",
        "Dear Sir or Madam,\n\nwe intend to purchase {count} pieces of the {product}. Kindly confirm the quantity "
        "available today and "
        "its location, the date of your next delivery and, should it be unavailable, the choices open to us under a "
        "backorder.\n\n"
        "As a fallback we consider the {other}. Kindly state the quantity in stock with location, and the amount due "
        "for {count} "
        "pieces on our account including standard shipping.\n\n[Yours faithfully|Kind regards]\n{name}\n{email}",
        fits=_wish_mail,
    ),
    Wording(
        "colleague with a wish",
        "Have {name} on chat, account {email}. They're after {count} of the {product}. [Feed me|Give me] what to "
        "type: how many are there "
        "and at which site, when more come in, what one can choose on a backorder if it's none. Then the {other}, same "
        "thing, how many and where, and the price they'd pay for {count} with standard shipping.",
        mode="copilot",
        fits=_wish_mail,
    ),
    Wording(
        "caller with a wish",
        "[Caller|Somebody on line two]: {name}, {phone}. Could we sell them {count} of the {product}, they ask; if "
        "not, what do they have to "
        "choose from when it's backordered. I need number on hand and warehouse, and the day of the next delivery. "
        "They would "
        "also settle for the {other}: number on hand, warehouse, what {count} of them come to for this customer, "
        "standard "
        "shipping and all.",
        mode="copilot",
        fits=_wish_phone,
    ),
)  # fmt: skip

FAMILY = Family(
    name="backorder-news",
    title="A product that is out: stock in both warehouses, the next delivery, the choices, and what else could be had",
    category="communication",
    main_level="tool_use",
    levels=("tool_use", "groundedness", "adaptability"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-cancellation-holds", "kb-0253", "kb-0229"),
)
