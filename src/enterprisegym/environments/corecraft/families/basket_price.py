"""What a basket costs an account today: the code that the customer names against the best that runs, and shipping."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import cart_of, checkout, identified, number_in, running_codes
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording
from enterprisegym.environments.corecraft.families.filed import filed
from enterprisegym.environments.corecraft.families.package_or_parts import packages_inside
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    amount,
    cheapest_price,
    checkout_price,
    criterion,
    introduced,
    near_miss,
    number,
    says,
    single_accounts,
    thing,
    unless,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.rollout.record import Json
from enterprisegym.world import Row

SERVICES = {"standard": 0.5, "express": 0.35, "overnight": 0.15}
GROUNDS = {
    "expired": ("expired", "ended", "no longer valid", "ran out", "ran until", "was valid until", "run out", "has passed"),
    "future": ("not started", "starts", "not yet", "begins", "not ... until", "too early", "valid from", "only from", "runs from"),
    "tier": ("tier", "gold", "platinum", "standard accounts", "members", "level", "account*"),
    "minimum": ("minimum", "at least", "below", "short of", "not reach*", "threshold", "less than", "needs ... worth"),
    "goods": (
        "not cover", "not include", "not apply to", "none of", "other goods", "category", "categories", "no eligible",
        "not eligible", "not name", "limited to", "only for", "only on", "only covers", "only applies", "applies to", "is for",
        "valid for", "only works", "applies only", "covers only", "restricted to", "good for", "only valid", "neither", "for ... only",
    ),
    "worse": (
        "not stack", "not combine*", "not ... combine*", "can not be combined", "larger", "higher", "bigger", "smaller", "beats",
        "saves less", "less than", "saves more", "more than", "takes off more", "better than", "worth less", "gives less",
        "whichever saves", "one or the other", "lower than", "one of the two", "is worth more", "wins", "on top",
    ),
    "shipping": (
        "only ... standard", "standard ... only", "standard service", "saves less", "smaller", "less than", "covers standard",
        "already free", "free ... anyway", "nothing for express", "not ... express", "not ... overnight", "free standard shipping",
        "for standard shipping", "worth less", "only $9.99", "saves you less", "is free without", "free either way",
    ),
}  # fmt: skip
NAMED_NEAR = ("only", "reserved", "open", "restrict", "exclusive", "limited", "members", "require", "need")
"""Words that give the reason why a code does nothing for an order."""


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    customers = [c for c in single_accounts(world) if c["account_type"] == "consumer"]
    members = [c for c in customers if c["loyalty_tier"] != "standard" or world.mark("contact_format", c["id"])]
    others = [c for c in customers if c not in members]
    shelf = [
        p for p in world.all("products")
        if p["status"] == "active" and not p["components"] and world.available(p["id"]) > 3
    ]  # fmt: skip
    kinds: Counter[str] = Counter()
    for customer in [*members, *shuffled(rng, others)[:110]]:
        for _ in range(12):
            cart = {p["id"]: rng.choice((1, 1, 1, 2)) for p in rng.sample(shelf, rng.choice((2, 2, 3, 4)))}
            if rng.random() < 0.3:
                cart = _with_package(world, rng, cart) or cart
            branded = any(world.called(world.product(id)) != world.product(id)["name"] for id in cart)
            if (branded and world.mark("contact_format", customer["id"])) or packages_inside(world, cart):
                continue
            service = rng.choices(list(SERVICES), list(SERVICES.values()))[0]
            code = _named(world, rng, customer, cart)
            kind = _ground(world, customer, cart, code, service)
            price = cheapest_price(world, customer, cart, service)
            if price.total_cents == price.subtotal_cents or price.discount_cents == price.shipping_cents:
                continue
            if kind is None or kinds[kind] > min(kinds.values(), default=0) + 25:
                continue
            kinds[kind] += 1
            told = [
                f"{n} x {world.called(world.product(id))}" if n > 1 else world.called(world.product(id))
                for id, n in cart.items()
            ]
            yield Situation(
                key={
                    "customer": customer["id"], "cart": ",".join(f"{id}:{n}" for id, n in cart.items()),
                    "code": code["code"], "service": service,
                },
                given={
                    **introduced(world, customer, rng),
                    "parts": told,
                    "wish": "\n".join(f"- {t}" for t in told) if rng.random() < 0.6 else ", ".join(told),
                    "code": code["code"],
                    "service": service,
                },
                traps=(*world.traps_on(customer["id"], *cart, among=("brand_spelling", "contact_format")),
                       *(("superseded_policy",) if service != "overnight" else ())),
                difficulty=min(5, 2 + (kind != "good") + (price.promo_code is not None) + (len(cart) > 3)),
            )  # fmt: skip
            break


def _with_package(world: Records, rng: random.Random, cart: dict[str, int]) -> dict[str, int] | None:
    sold = [
        p for p in world.all("products") if p["components"] and p["status"] == "active" and world.available(p["id"])
    ]
    package = rng.choice(sold)
    first = next(iter(cart))
    return {package["id"]: 1, first: cart[first]}


def _named(world: Records, rng: random.Random, customer: Row, cart: dict[str, int]) -> Row:
    """A code that the customer may have read of: often one that covers something in the basket."""
    codes = [p for p in world.all("promotions") if p["ends_on"] >= "2025-01-01"]
    fitting = [p for p in codes if any(rules.promo_covers(p, world.product(id)) for id in cart)]
    return rng.choice(fitting if fitting and rng.random() < 0.75 else codes)


def _ground(world: Records, customer: Row, cart: dict[str, int], code: Row, service: str) -> str | None:
    """Why the named code does nothing here, `good` if it is the best there is, None where the case is tangled."""
    today = world.today.isoformat()
    own, best = checkout_price(world, customer, cart, code, service), cheapest_price(world, customer, cart, service)
    ties = [
        p for p in _running(world, customer)
        if p["code"] != best.promo_code
        and checkout_price(world, customer, cart, p, service).total_cents == best.total_cents
        and checkout_price(world, customer, cart, p, service).promo_code is not None
    ]  # fmt: skip
    if ties:
        return None
    if own.promo_code is not None:
        return "good" if own.total_cents == best.total_cents else None
    covered = {id: n for id, n in cart.items() if rules.promo_covers(code, world.product(id))}
    eligible = sum(world.product(id)["price_cents"] * n for id, n in covered.items())
    reasons = {
        "expired": code["ends_on"] < today,
        "future": code["starts_on"] > today,
        "tier": bool(code["tiers"]) and customer["loyalty_tier"] not in code["tiers"],
        "goods": not covered,
        "minimum": 0 < eligible < code["min_order_cents"],
    }
    found = [name for name, holds in reasons.items() if holds]
    if len(found) > 1 and found[0] not in ("expired", "future"):
        return None
    if found:
        return found[0]
    return "shipping" if code["kind"] == "free_shipping" else "worse"


def _running(world: Records, customer: Row) -> list[Row]:
    today = world.today.isoformat()
    codes = [p for p in world.all("promotions") if p["starts_on"] <= today <= p["ends_on"]]
    return [p for p in codes if not p["tiers"] or customer["loyalty_tier"] in p["tiers"]]


UNUSED = (
    "not work", "not apply", "not valid", "not ... valid", "no use", "not help*", "can not be used", "not ... use", "expired",
    "not count", "invalid", "not running", "not yet", "nothing off", "not ... accepted", "not take", "no effect",
    "does nothing", "not usable", "not save", "not ... apply", "not ... work", "not ... worth", "less than", "not the best",
    "not eligible", "not ... take", "will not", "not reach*", "not stack", "ended", "not ... apply", "leave it out", "not add",
    "no longer", "not open", "not for your", "starts", "does not cover", "not cover", "worse", "better without", "not bring",
)  # fmt: skip
WORKS = ("works", "applies", "is valid", "valid", "the best", "takes", "saves", "use it", "go with", "counts", "use", "yes",
         "accepted", "gives", "good")  # fmt: skip


def rubric(world: Records, s: Situation) -> Rubric:
    customer = world.customer(s.key["customer"])
    cart = cart_of(s.key["cart"])
    service = s.key["service"]
    code = next(p for p in world.all("promotions") if p["code"] == s.key["code"])
    kind = _ground(world, customer, cart, code, service) or "worse"
    best = cheapest_price(world, customer, cart, service)
    prices = [f"products/{id}.price_cents" for id in cart]
    naive = rules.half_up(best.subtotal_cents * (code["percent"] or 0), 100)
    stray = [best.total_cents - best.shipping_cents] if best.shipping_cents else [best.total_cents + 999]
    stacked = best.total_cents - min(naive, code["cap_cents"] or naive)
    criteria = [
        criterion(
            "total",
            "correctness",
            f"The response says that the order comes to {usd(best.total_cents)} with {service} shipping.",
            amount(best.total_cents, [*(stray if best.shipping_cents == 0 else ()), stacked]),
            prices,
        ),
        criterion(
            "discount",
            "correctness",
            f"The response says that {usd(best.discount_cents)} is taken off."
            if best.discount_cents
            else "The response says that nothing is taken off.",
            amount(best.discount_cents)
            if best.discount_cents
            else says(["no discount", "nothing ... off", "no code", "not ... discount", "without ... discount", "list price"]),
            ["company_policies/pol-pricing-promo-codes"],
        ),
        criterion(
            "shipping",
            "completeness",
            f"The response says that shipping costs {usd(best.shipping_cents)}."
            if best.shipping_cents
            else "The response says that shipping is free.",
            amount(best.shipping_cents, near=["ship", "deliver", "express", "overnight", "standard", "post"])
            if best.shipping_cents
            else says(["free", "$0", "$0.00", "no charge", "nothing for shipping", "included", "no shipping", "costs nothing"]),
            ["company_policies/pol-shipping-rates"],
        ),
    ]  # fmt: skip
    near = [
        near_miss("wrong-total", "Gets the sum wrong.", "total",
                  replace=[(f"{usd(best.total_cents)} in all", f"{usd(best.total_cents + 1234)} in all")]),
        near_miss("wrong-discount", "Gets the discount wrong.", "discount",
                  replace=[(_discount_text(best.discount_cents, best.label), "what goes off is another matter")]),
        near_miss("shipping-unsaid", "Does not say what shipping is.", "shipping",
                  replace=[(_shipping_text(service, best.shipping_cents), "all told")]),
    ]  # fmt: skip
    days = rules.SHIPPING_BUSINESS_DAYS[service]
    former = {"standard": [6], "express": [3], "overnight": []}[service]
    criteria.append(
        criterion(
            "days",
            "correctness",
            f"The response says that delivery takes {days} business day(s) after dispatch.",
            number(days, ("business", "working", "day"), former),
            ["company_policies/pol-shipping-rates"],
        )
    )
    near.append(
        near_miss("days-guessed", "Guesses how long it takes.", "days",
                  replace=[(_days_text(days), _days_text(days + 4))])
    )  # fmt: skip
    if kind == "good":
        criteria.append(
            criterion(
                "code",
                "correctness",
                f"The response says that {code['code']} works and is the best there is.",
                unless([f"{code['code']} does not", "expired"], says([code["code"]], WORKS)),
                [f"promotions/{code['id']}"],
            )
        )
        near.append(
            near_miss("code-unsaid", "Says nothing of the code.", "code",
                      replace=[(_good_text(code["code"]), ""), (f"code {code['code']}", "account's discount")])
        )  # fmt: skip
    else:
        criteria += [
            criterion(
                "code",
                "correctness",
                f"The response says that {code['code']} does nothing for this order.",
                says(UNUSED, near=[code["code"], "code", "coupon", "voucher", "promo"]),
                [f"promotions/{code['id']}"],
            ),
            criterion(
                "why-not",
                "completeness",
                f"The response says why the code does nothing: {kind}.",
                says(GROUNDS[kind], near=(code["code"], *NAMED_NEAR) if kind == "tier" else ()),
                [f"promotions/{code['id']}.terms"],
            ),
        ]
        near += [
            near_miss("code-unsaid", "Does not answer on the code.", ["code", "why-not"],
                      replace=[(_useless_text(code, kind, service), "")]),
            near_miss("no-reason", "Gives no reason.", "why-not",
                      replace=[(_why_text(kind, code, service), "your cart has no use for it")]),
        ]  # fmt: skip
        if best.promo_code is not None:
            others = [p for p in world.all("promotions") if p["code"] not in (best.promo_code, code["code"])]
            criteria.append(
                criterion(
                    "better-code",
                    "correctness",
                    f"The response names {best.promo_code} as the code to use.",
                    {
                        "check": "entity",
                        **thing(best.promo_code),
                        "rivals": [thing(p["code"]) for p in others if p["code"] not in best.promo_code],
                        "near": ["use", "enter", "type", "apply", "with", "code", "best"],
                        "denied_by": ["does not", "not stack", "less"],
                    },
                    ["company_policies/pol-pricing-promo-codes"],
                )
            )
            near.append(
                near_miss("other-code", "Sends the customer to a code of another time.", "better-code",
                          replace=[(best.promo_code, others[0]["code"])])
            )  # fmt: skip
    return Rubric(criteria, near)


def _discount_text(discount_cents: int, label: str | None) -> str:
    if not discount_cents:
        return "there is no discount to be had on these goods"
    parts = [f"the code {p}" if p.isupper() else f"your {p} tier discount" for p in (label or "").split(" + ")]
    return f"{usd(discount_cents)} goes off through {' and '.join(parts)}"


def _shipping_text(service: str, cost_cents: int) -> str:
    if not cost_cents:
        return f"{service} shipping is free"
    return f"{service} shipping is {usd(cost_cents)}"


def _good_text(code: str) -> str:
    return f" And yes, {code} works here and is the best that runs for it."


def _why_text(kind: str, code: Row, service: str) -> str:
    match kind:
        case "expired":
            return f"it expired on {spoken(code['ends_on'])}"
        case "future":
            return f"it starts on {spoken(code['starts_on'])} only"
        case "tier":
            return "it is open to accounts of another tier only"
        case "goods":
            return "it does not cover any of these goods"
        case "minimum":
            return "the goods it covers stay below its minimum"
        case "shipping":
            return "it is about standard shipping only and saves you less"
        case _:
            return "it cannot be combined with the larger discount that you get anyway"


def _useless_text(code: Row, kind: str, service: str) -> str:
    return f"{code['code']} does not help with this order: {_why_text(kind, code, service)}."


def _days_text(days: int) -> str:
    return f"delivery takes {days} business day{'s' if days > 1 else ''} from dispatch"


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    products: list[Json] = []
    cart: dict[str, int] = {}
    for text in given["parts"]:
        times, _, name = text.partition(" x ")
        product = yield from a.product(name if times.isdigit() else text)
        products.append(product)
        cart[product["id"]] = int(times) if times.isdigit() else 1
    code = (yield from a.all("searchPromotions", code=given["code"]))[0]
    promotions = yield from running_codes(a, customer["loyalty_tier"], a.clock.today.isoformat())
    yield from a.policy("pricing", "one promo code", title="Promo codes")
    rates = yield from a.policy("shipping", "charge service", title="Shipping options")
    days = number_in(rf"\| {given['service'].title()} \| [^|]+\| (\d+) business", rates)
    best = yield from checkout(a, products, cart, customer, promotions, given["service"])
    discount, shipping = cents(best["discount"]), cents(best["shipping"])
    cost = (
        f"{usd(cents(best['subtotal']))} of goods; {_discount_text(discount, best['discount_label'])}, and "
        f"{_shipping_text(given['service'], shipping)}: {usd(cents(best['total']))} in all, as of today; {_days_text(days)}."
    )
    if best["promo_code_used"] == code["code"]:
        return f"Here is your basket. {cost}{_good_text(code['code'])}"
    kind = _kind_of(a, code, customer, products, cart)
    instead = (
        f" Use {best['promo_code_used']} at checkout, it is the best code that runs." if best["promo_code_used"] else ""
    )
    return f"{_useless_text(code, kind, given['service'])}{instead}\n\nHere is your basket at the best terms. {cost}"


def _kind_of(a: Worker, code: Json, customer: Json, products: list[Json], cart: dict[str, int]) -> str:
    """Why a code does nothing, from its terms."""
    today = a.clock.today.isoformat()
    covered = [p for p in products if rules.promo_covers(code, p)]
    if not code["starts_on"] <= today <= code["ends_on"]:
        return "expired" if code["ends_on"] < today else "future"
    if code["tiers"] and customer["loyalty_tier"] not in code["tiers"]:
        return "tier"
    if not covered:
        return "goods"
    if sum(p["price"] * cart[p["id"]] for p in covered) < code["min_order"]:
        return "minimum"
    return "shipping" if code["kind"] == "free_shipping" else "worse"


WORDINGS = (
    Wording(
        "mail",
        "From: {name} <{email}>\nSubject: [what would this cost me?|price with code {code}]\n\nHello Corecraft,\n\n[before I "
        "press the button|I am about to order]:\n\n{wish}\n\nSent by {service} shipping. I have the code {code} here; does it "
        "do anything for me with these things, and if not, why? Whatever gets me the best price on my account today, please "
        "name it, and break the sum down for me: what comes off, what the shipping is, what I pay. And in how many business days will the parcel be here once you have handed it over?\n\n{first}",
        fits=lambda given: "email" in given,
    ),
    Wording(
        "terse",
        "{name}, {reach}\n\n{wish}\n\n{service}, code {code}. [Does the code count? If no, reason.|Code good or not, and why "
        "not.] Best discount I can get today instead? Amount off, shipping cost, grand total, business days in transit.",
    ),
    Wording(
        "chat",
        "hey {name} ({reach})\nin my cart rn:\n{wish}\ncoupon {code} from [a group chat|some old mail], {service} delivery. "
        "legit or dead? tell me y if its dead lol. n if theres smth better for my account just say which one. need: how much "
        "gets knocked off, shipping, final price, n how many biz days till its here after u ship",
    ),
    Wording(
        "colleague",
        "[Order desk here.|Quick price check.] Caller {name}, {reach}, wants\n\n{wish}\n\nby {service}, and insists on code "
        "{code}. Is that code any good for this cart on this account (I have to give the reason if it isn't), which discount "
        "is the best they can have today, how many dollars is it, what do we charge for shipping and what is the end price? Also how many business days that service takes from dispatch.",
        mode="copilot",
    ),
    Wording(
        "rambling",
        "Good morning! {name} is my name, {reach}. I have been filling a basket on and off since Tuesday, and this is what "
        "has remained in it:\n\n{wish}\n\nMy colleague swears by a code, {code}, he has it on a sticky note[ of uncertain age|]. "
        "Could you find out whether it is of any benefit to me for this, and if it isn't, tell me what I should reply to him? "
        "Perhaps there is another way to a good price today. I'd take {service} shipping. In the end I need three figures: "
        "the reduction in dollars, the shipping, and what will stand on the bill, and, for my calendar, the number of business days between your door and mine.",
    ),
    Wording(
        "non-native",
        "Hello, I am {name} with {reach}. My basket:\n\n{wish}\n\nI choose {service} shipping. I found the code {code}[ in the "
        "internet| on a forum]. Is this code functioning for my basket or not, what is the cause when not? Please take for me "
        "the best discount which is possible today and tell which it is. How much dollar minus, how much is the transport, "
        "how much I must pay in the end? And how many business days needs the parcel when it has left you?",
    ),
    Wording(
        "manager's request",
        "A customer complains that our checkout \"swallows\" code {code}. Account: {name}, {reach}. Basket, {service} "
        "shipping:\n\n{wish}\n\n[Recalculate it as of today.|Please do the sum as of now.] I want to read whether the code "
        "has any effect there and on what ground it has none, which discount is the most favourable for them, its amount, "
        "the shipping charge and the total payable, plus the business days from dispatch to delivery that we state for that service.",
        mode="copilot",
    ),
    Wording(
        "annoyed",
        "Your site takes codes and then the price doesn't move, so you do the maths for me. {name}, {reach}:\n\n{wish}\n\n"
        "{service} shipping. Code is {code}. If it's good, fine. If it's [rubbish|worthless], I want the reason, not an "
        "apology, plus whatever deal IS the best one for my account today. And then in dollars: off, shipping, total. Oh, and how many business days it's on the road, by your own table.",
    ),
)  # fmt: skip

FAMILY = filed(
    Family(
        name="basket-price",
        title="What a basket costs today: the code named against the best that runs, tier discount and shipping",
        category="reasoning",
        main_level="planning",
        levels=("planning", "groundedness", "adaptability"),
        wordings=WORDINGS,
        find=find,
        rubric=rubric,
        solve=solve,
    ),
    "billing",
    ("information_provided", "recommendation_provided", "request_denied"),
    lambda given: "What would this basket cost",
)
