"""A quote for many units: volume steps against the loyalty discount, two quantities compared, stock and validity."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import checkout, identified, number_in
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.filed import filed
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    STOCKED,
    amount,
    both,
    checkout_price,
    criterion,
    day,
    introduced,
    near_miss,
    number,
    says,
    single_accounts,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row

KINDS = frozenset({"monitor", "keyboard", "mouse", "headset", "memory", "storage", "cpu", "gpu", "networking"})
PAIRS = ((24, 25), (9, 10), (20, 25), (8, 12), (12, 25), (18, 26), (9, 24), (15, 30), (6, 10))
"""Quantities that people weigh against each other, most of them across a step."""
CLUBS = (
    "the Tuesday chess club",
    "the youth centre",
    "a gaming club",
    "the neighbours' association",
    "a family project",
)
FORMER_DAYS = {"standard": 6, "express": 3}
"""Of delivery, under the former policy; overnight has not changed."""
QUOTE_DAYS = 7


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    accounts = [c for c in single_accounts(world) if c["account_type"] != "consumer"]
    consumers = [c for c in single_accounts(world) if c["account_type"] == "consumer"]
    members = [c for c in consumers if c["loyalty_tier"] != "standard" or world.mark("contact_format", c["id"])]
    goods = [
        p for p in world.all("products")
        if p["category"] in KINDS and p["status"] == "active" and world.available(p["id"]) > 0
    ]  # fmt: skip
    packages = [
        p for p in world.all("products") if p["components"] and p["status"] == "active" and world.available(p["id"])
    ]
    for customer in [*accounts, *accounts, *accounts, *shuffled(rng, members)[:22]]:
        product = rng.choice(goods)
        branded = world.called(product) != product["name"]
        if branded and world.mark("contact_format", customer["id"]):
            continue
        low, high = rng.choice(PAIRS)
        package = rng.choice(packages) if rng.random() < 0.4 else None
        count = rng.choice((1, 2, 3))
        if world.available(product["id"]) in (low, high):
            continue
        service = rng.choice(("standard", "standard", "express", "express", "overnight"))
        extra = f", plus {count} x {package['name']} in either case" if package else ""
        told: dict[str, object] = {
            **introduced(world, customer, rng),
            "product": world.called(product),
            "low": said(str(low), low),
            "high": said(str(high), high),
            "extra": extra,
            "service": service,
            "whom": customer["company"] or rng.choice(CLUBS),
        }
        if package:
            told |= {"package": package["name"], "count": said(str(count), count)}
        levels = (f"inv-{product['id']}-cmh", product["id"])
        yield Situation(
            key={
                "customer": customer["id"], "product": product["id"], "quantities": f"{low}-{high}", "service": service,
                **({"package": package["id"], "count": str(count)} if package else {}),
            },
            given=told,
            traps=world.traps_on(customer["id"], among=("contact_format",))
            + world.traps_on(*levels, among=("brand_spelling", "split_stock"))
            + (("superseded_policy",) if service in FORMER_DAYS else ()),
            difficulty=2 + bool(package) + (customer["loyalty_tier"] != "standard") + (customer["account_type"] == "consumer"),
        )  # fmt: skip


def rubric(world: Records, s: Situation) -> Rubric:
    customer, product = world.customer(s.key["customer"]), world.product(s.key["product"])
    low, high = (int(n) for n in s.key["quantities"].split("-"))
    service = s.key["service"]
    extra = {s.key["package"]: int(s.key["count"])} if "package" in s.key else {}
    prices = {n: checkout_price(world, customer, {product["id"]: n, **extra}, None, service) for n in (low, high)}
    units = world.available(product["id"])
    days = rules.SHIPPING_BUSINESS_DAYS[service]
    valid = world.today + timedelta(days=QUOTE_DAYS)
    terms = "company_policies/pol-business-quotes"
    criteria = [
        criterion(
            f"total-{name}",
            "correctness",
            f"The response says that {n} of the {product['name']}{' with the packages' if extra else ''} come to "
            f"{usd(prices[n].total_cents)} with {service} shipping.",
            amount(prices[n].total_cents, _wrong_totals(world, customer, product, n, extra, prices)),
            [f"products/{product['id']}.price_cents", terms],
        )
        for name, n in (("low", low), ("high", high))
    ]
    near = [
        near_miss(f"wrong-{name}", "Works one total out wrongly.", f"total-{name}",
                  replace=[(f"{usd(prices[n].total_cents)} in all", f"{usd(prices[n].total_cents + 4321)} in all")])
        for name, n in (("low", low), ("high", high))
    ]  # fmt: skip
    criteria += [
        criterion(
            "units",
            "correctness",
            f"The response says that {units} of the {product['name']} are in stock.",
            number(units, STOCKED),
            [f"inventory_levels/inv-{product['id']}-cmh", f"inventory_levels/inv-{product['id']}-rno"],
        ),
        criterion(
            "valid-until",
            "completeness",
            f"The response says that the quote is valid until {spoken(valid)}.",
            day(valid, [world.today + timedelta(days=n) for n in (14, 30)]),
            [terms],
        ),
        criterion(
            "days",
            "correctness",
            f"The response says that {service} shipping takes {days} business day(s) after dispatch.",
            number(days, ("business", "working"), [FORMER_DAYS[service]] if service in FORMER_DAYS else ()),
            ["company_policies/pol-shipping-rates"],
        ),
    ]
    near += [
        near_miss("one-shelf", "Counts wrong what is in stock.", "units",
                  replace=[(_stock_text(units, high), _stock_text(units + 211, high))]),
        near_miss("a-month", "Gives the quote thirty days.", "valid-until",
                  replace=[(spoken(valid), spoken(valid + timedelta(days=23)))]),
        near_miss("slower", "Quotes another delivery time.", "days",
                  replace=[(_days_text(service, days), _days_text(service, days + 7))]),
    ]  # fmt: skip
    best = prices[high]
    if customer["account_type"] == "consumer":
        criteria.append(
            criterion(
                "no-volume",
                "correctness",
                "The response says that a consumer account gets no volume discount.",
                says(
                    ["no volume", "not ... volume", "no quantity discount", "not ... quantity discount", "only ... business",
                     "business account*", "business or school", "business and school", "no bulk", "not ... bulk"],
                ),
                [terms, f"customers/{customer['id']}.account_type"],
            )
        )  # fmt: skip
        near.append(
            near_miss("volume-unsaid", "Does not say why there is no volume discount.", "no-volume",
                      replace=[(_consumer_text(), "")])
        )  # fmt: skip
    elif best.label is not None:
        words = (
            ["volume", "quantity discount", "bulk"]
            if best.label == "volume"
            else ["tier", "loyalty", f"{customer['loyalty_tier']} discount", f"your {customer['loyalty_tier']}"]
        )
        percent = _percent(world, customer, best, product, high)
        criteria.append(
            criterion(
                "discount",
                "correctness",
                f"The response says that the discount for {high} is {percent}%, the {best.label} one.",
                both(says(words), says([f"{percent}%", f"{percent} %", f"{percent} percent", f"{percent} per cent"])),
                [terms, f"customers/{customer['id']}.loyalty_tier"],
            )
        )
        near.append(
            near_miss("discount-unsaid", "Does not say which discount it is.", "discount",
                      replace=[*((text, "as computed") for text in dict.fromkeys(
                          _discount_text(n, p.label, _percent(world, customer, p, product, n)) for n, p in prices.items()
                      )), (_rule_text(), "")])
        )  # fmt: skip
    else:
        criteria.append(
            criterion(
                "discount",
                "correctness",
                f"The response says that {high} units earn no discount.",
                says(
                    ["no discount", "no volume", "not ... discount", "without ... discount", "not reach*", "list price"]
                ),
                [terms],
            )
        )
        near.append(
            near_miss("discount-unsaid", "Does not say that there is none.", "discount",
                      replace=[(_discount_text(high, None, 0), "as computed"), (_rule_text(), "")])
        )  # fmt: skip
    return Rubric(criteria, near)


def _percent(world: Records, customer: Row, price: rules.Price, product: Row, units: int) -> int:
    """The rate of the discount that applies."""
    if price.label == "volume":
        return next(percent for step, percent in rules.VOLUME_STEPS if units >= step)
    return world.tier_of(customer)["discount_percent"] if price.label else 0


def _wrong_totals(
    world: Records, customer: Row, product: Row, units: int, extra: dict[str, int], right: dict[int, rules.Price]
) -> list[int]:
    """What comes out with the volume rate on everything, on top of loyalty, or a step too high."""
    price = right[units]
    volume = next((percent for step, percent in rules.VOLUME_STEPS if units >= step), 0)
    loyalty = world.tier_of(customer)["discount_percent"]
    found: list[int] = []
    for percent in {volume + loyalty, 8, volume} if volume else {8, 5}:
        off = rules.half_up(price.subtotal_cents * percent, 100)
        found.append(price.subtotal_cents - off + price.shipping_cents)
    kept = {p.total_cents for p in right.values()} | {p.subtotal_cents for p in right.values()}
    kept |= {p.subtotal_cents - p.discount_cents for p in right.values()}
    return sorted(set(found) - kept)


def _rule_text() -> str:
    return " Volume and loyalty discounts do not add up; whichever is better applies."


def _discount_text(units: int, label: str | None, percent: int) -> str:
    if label is None:
        return "no discount at that quantity"
    return (
        f"{percent}% volume discount on the units" if label == "volume" else f"{percent}% loyalty discount of your tier"
    )


def _stock_text(units: int, high: int) -> str:
    enough = "enough for either" if units >= high else "so part of it would have to follow"
    return f"We have {units} in stock over both warehouses, {enough}"


def _days_text(service: str, days: int) -> str:
    return f"{service} shipping takes {days} business day{'s' if days > 1 else ''} from dispatch"


def _consumer_text() -> str:
    return " Volume discounts are for business and school accounts; yours is a consumer account, so there is none."


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    product = yield from a.product(given["product"])
    products, extra = [product], {}
    if "package" in given:
        package = yield from a.product(given["package"])
        products.append(package)
        extra = {package["id"]: given["count"]}
    quote = yield from a.policy("business", "quotes volume", title="Quotes and volume")
    rates = yield from a.policy("shipping", "charge service", title="Shipping options")
    valid = a.clock.today + timedelta(days=number_in(r"valid \*\*(\d+) days", quote))
    service: str = given["service"]
    days = number_in(rf"\| {service.title()} \| [^|]+\| (\d+) business", rates)
    consumer = customer["account_type"] == "consumer"
    lines: list[str] = []
    for units in (given["low"], given["high"]):
        price = yield from checkout(a, products, {product["id"]: units, **extra}, customer, None, service)
        label: str | None = price["discount_label"]
        percent = number_in(rf"\| from {25 if units >= 25 else 10} \| (\d+)%", quote) if label == "volume" else 0
        if label and label != "volume":
            percent = int(label.rstrip("%").rpartition(" ")[2])
        off = (
            f"{_discount_text(units, label, percent)}, {usd(cents(price['discount']))} off"
            if label
            else "no discount at that quantity"
        )
        shipping = f"shipping {usd(cents(price['shipping']))}" if price["shipping"] else "shipping free"
        lines.append(f"- {units} units: {usd(cents(price['total']))} in all ({off}; {shipping})")
    note = _consumer_text() if consumer else _rule_text()
    return (
        f"Quote for {given['whom']}, {product['name']}{given['extra']}:\n\n" + "\n".join(lines) + f"\n\n{_stock_text(a.stock(product), given['high'])}; "
        f"{_days_text(service, days)}. The quote is valid until {spoken(valid)} and does not reserve stock.{note}"
    )  # fmt: skip


WORDINGS = (
    Wording(
        "mail",
        "From: {name} <{email}>\nSubject: [Request for a quote|Quote please], {product}\n\nHello,\n\nfor {whom} I need a quote "
        "on the {product}: once for {low} units and once for {high}{extra}. We would not use any code. Please give me the total "
        "for each with {service} shipping, the discount that applies to the larger one and the rate, how many you have at hand "
        "in Columbus and Reno together, how many business days {service} takes, and up to which day the quote stands.\n\n"
        "[Best regards|Thank you],\n{first}",
        fits=lambda given: "email" in given,
    ),
    Wording(
        "terse",
        "{name}, {reach}, for {whom}. {product}: {low} vs {high}{extra}. [Both totals|Two totals], {service} shipping, no code. "
        "Discount and percent on the {high}. Stock over all warehouses. Business days in transit. Quote good until?",
    ),
    Wording(
        "non-native",
        "Good day, I am {name} ({reach}) and I make the purchase for {whom}. I like to have an offer: {product}, {low} pieces or "
        "{high} pieces, we are not decided{extra}. How much is the end price for the one and for the other with {service} "
        "shipping, without coupon? Which discount do we become for {high} and how many percent? How many pieces have you in "
        "stock in total of the two houses, how many business days is the way, and until which date is the offer valid?",
    ),
    Wording(
        "sales colleague",
        "[Quote to prepare, I send it out.|I owe these people a quote.] Account: {name}, {reach}; it's for {whom}. {product}, in "
        "two versions: {low} and {high} units{extra}. {service} shipping, they don't have a code. I need the two totals, the kind "
        "and percentage of the discount at {high} (or the reason there is none), units available in Columbus plus Reno, transit "
        "time in business days, and the last day of validity.",
        mode="copilot",
    ),
    Wording(
        "chat",
        "hi, {name} here {reach}\nbuying for {whom}, thinking {low} or maybe {high} of the {product}{extra}\ncan u quote both w/ "
        "{service} shipping, no promo code. do we get a better deal at {high}, like what discount n how many %. also are there "
        "even that many in stock (both warehouses), how many business days to get here once shipped, and how long is the quote "
        "good for, exact date pls",
    ),
    Wording(
        "rambling",
        "Dear Corecraft, the committee has met three times about this, so forgive me if I'm thorough. I am {name} ({reach}), and I "
        "have been asked to find out for {whom} what the {product} would cost us. One half of the table wants {low}, the other "
        "half {high}, as somebody claims that at {high} there is a discount worth having{extra}. Would you put both sums on paper, "
        "by {service} shipping and without any vouchers, and tell us which discount that would be and of how many percent? I'm "
        "also to report how many of them you hold altogether in your two warehouses, the business days that the transport needs, "
        "and on which day your quote runs out.",
    ),
    Wording(
        "manager's request",
        "Please check a quote before it leaves the house. Customer {name}, {reach}, on behalf of {whom}: {product}, alternatives of "
        "{low} and {high}{extra}, {service} shipping, no code involved. [State|Work out] for each alternative what is payable; for "
        "{high} the discount our terms give this account, with the rate; total stock of both locations; delivery time in business "
        "days; final day of the quote.",
        mode="copilot",
    ),
    Wording(
        "impatient",
        "I asked another shop and they took four days, so [surprise me|be quicker]. {name}, {reach}, buying for {whom}. {product}. "
        "Price for {low}? Price for {high}{extra}? Shipped {service}, no codes. What's the discount at {high}, name and percent, if "
        "there is one? Do you have them, how many across the warehouses? How many business days on the way? Till what date can I "
        "hold you to it?",
    ),
)  # fmt: skip

FAMILY = filed(
    Family(
        name="school-quote",
        title="A quote for two quantities: volume steps against loyalty, packages left out, stock and validity",
        category="reasoning",
        main_level="common_sense",
        levels=("common_sense", "planning", "tool_use"),
        wordings=WORDINGS,
        find=find,
        rubric=rubric,
        solve=solve,
    ),
    "recommendation",
    ("information_provided", "recommendation_provided"),
    lambda given: "Quote for our order",
)
