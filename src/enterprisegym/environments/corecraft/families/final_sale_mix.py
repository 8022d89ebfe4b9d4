"""Several things are to go back: which may and which may not, what the one that may would bring; answered by letter."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import Plan, Worker, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    discount_share,
    identified,
    label_cost,
    number_in,
    order_details,
    order_holding,
    restocking_policy,
    return_deadline,
)
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    Check,
    Staged,
    amount,
    arrived_order,
    both,
    call,
    choice,
    criterion,
    day,
    either,
    mentions,
    near_miss,
    presented,
    says,
    single_accounts,
    stable,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Criterion, Edit, NearMiss
from enterprisegym.world import Row

WHY = {
    "clearance": "it was sold on clearance, and clearance items are final sale",
    "consumable": "it is a consumable, and those cannot come back once they are opened",
    "custom_build": "it came in a custom build that our bench assembled for you, and those are not taken back",
}
REASONS: Mapping[str, Sequence[str]] = {
    "clearance": ("clearance", "final sale", "final-sale"),
    "consumable": ("consumable*", "once opened", "opened paste", "opened kit", "after opening", "because it was opened"),
    "custom_build": (
        "custom build", "custom-built", "custom pc", "assembled by us", "assembled for", "built by us", "our bench", "built for",
        "assembled at", "custom order", "we assembled", "we built", "custom system", "assembled as", "custom-assembled",
        "put together by us", "part of a build", "assembled build", "custom builds", "custom assembly", "assembled system",
    ),
}  # fmt: skip
SOURCES = dict.fromkeys(REASONS, ("company_policies/pol-returns-excluded",))
FREE_LABEL = "the return label is free at your tier"
NO_FEE = "There is no restocking fee on it"
BOOKED = "Nothing is booked yet."
Mix = list[tuple[Row, Row, str]]
"""Order line, product and whether it may come back: `ok`, `out` or why it is excluded."""


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    cut = {m["customer_id"]: m["id"] for m in world.marks("page_cut")}
    for customer in single_accounts(world):
        if world.mark("namesake", customer["id"]):
            continue
        setup: Sequence[Edit] = ()
        if customer["id"] in cut or world.mark("contact_format", customer["id"]):
            setup = _bought(world, customer)
        staged = Staged(world, setup)
        planted = {str((e.insert or {})["id"]) for e in setup if e.table == "orders"}
        chosen = _mix(staged, customer, {*planted, cut.get(customer["id"], "")} if setup else None)
        if chosen:
            yield from _situation(staged, rng, customer, chosen, setup)


def _bought(world: Records, customer: Row) -> tuple[Edit, ...]:
    """An order of this autumn with something that may come back and something that may not."""
    lot = stable(customer["id"], "mix", below=1000)
    plain = [p for p in world.all("products") if not p["components"] and world.called(p) == p["name"]]
    core = [p for p in plain if p["status"] == "active" and 9000 < p["price_cents"] < 60000]
    core = [p for p in core if p["category"] in ("cpu", "gpu", "motherboard", "storage", "monitor")]
    sale = [p for p in plain if p["status"] == "clearance"]
    used = [p for p in world.all("products") if p["specs"].get("consumable") and p["status"] == "active"]
    items = [core[lot % len(core)]]
    if lot % 3 != 1 and sale:
        items.append(sale[lot % len(sale)])
    if lot % 3 != 0 and used:
        items.append(used[lot % len(used)])
    placed = date(2025, 10, 20) + timedelta(days=lot % 16)
    return tuple(arrived_order(world, customer, [(p, 1) for p in items], 900 + lot % 90, placed))


def _situation(
    world: Records, rng: random.Random, customer: Row, chosen: Mix, setup: Sequence[Edit]
) -> Iterator[Situation]:
    chosen.sort(key=lambda x: stable(customer["id"], x[1]["id"], below=1000))
    names = [world.called(p) for _, p, _ in chosen]
    kept = next(p for _, p, kind in chosen if kind == "ok")
    orders = [line["order_id"] for line, _, _ in chosen]
    traps = list(world.traps_on(customer["id"], among=("contact_format",)))
    traps += world.traps_on(*orders, among=("page_cut", "header_lag", "midnight_order"))
    if world.drifted(kept["id"]) and _drift_shows(chosen):
        traps.append("price_drift")
    if any(world.called(p) != p["name"] for _, p, _ in chosen):
        if "contact_format" in traps:
            return
        traps.append("brand_spelling")
    if not traps or stable(customer["id"], "old", below=2):
        traps.append("superseded_policy")
    yield Situation(
        key={"customer": customer["id"], **{f"line{n}": line["id"] for n, (line, _, _) in enumerate(chosen)}},
        given={
            **presented(world, customer, rng),
            "products": names,
            "things": ", the ".join(names[:-1]) + f" and the {names[-1]}",
        },
        traps=tuple(dict.fromkeys(traps)),
        difficulty=2 + (len(chosen) == 3) + (len(set(orders)) > 1) + ("page_cut" in traps),
        setup=tuple(setup),
    )


def _mix(world: Records, customer: Row, only: set[str] | None) -> Mix:
    """One thing that may come back, and one or two, for different reasons, that may not."""
    found: dict[str, tuple[Row, Row, str]] = {}
    mine = [line["product_id"] for o in world.orders_of(customer["id"]) for line in world.lines(o["id"])]
    for order in world.orders_of(customer["id"]):
        if order["status"] != "fulfilled" or not world.untouched(order) or (only and order["id"] not in only):
            continue
        for line in world.lines(order["id"]):
            product = world.product(line["product_id"])
            if mine.count(product["id"]) > 1 or line["quantity"] > 1 or product["components"]:
                continue
            kind = _kind(world, order, product)
            if kind == "ok" and _refund(world, order, line, product).total_cents <= 0:
                continue
            if kind is not None:
                found.setdefault(kind, (line, product, kind))
    if "ok" not in found or len(found) < 2:
        return []
    rest = [found[k] for k in ("clearance", "consumable", "custom_build", "out") if k in found]
    return [found["ok"], *(rest[-2:] if only else rest[:2])]


def _kind(world: Records, order: Row, product: Row) -> str | None:
    last = rules.return_deadline(
        order, world.tier_of(world.customer(order["customer_id"])), world.shipments(order["id"]), product["id"]
    )
    if last is None:
        return None
    excluded = rules.return_exclusion(order, product, "opened", "customer_remorse")
    if excluded is not None:
        return excluded if last >= world.today else None
    return "ok" if last >= world.today else "out"


def _last(world: Records, order: Row, product: Row) -> date:
    tier = world.tier_of(world.customer(order["customer_id"]))
    return rules.return_deadline(order, tier, world.shipments(order["id"]), product["id"]) or world.today


def _refund(world: Records, order: Row, line: Row, product: Row) -> rules.ReturnRefund:
    items = [{"product_id": product["id"], "quantity": 1, "condition": "opened"}]
    tier: str = world.customer(order["customer_id"])["loyalty_tier"]
    return rules.return_refund_cents(
        order, world.lines(order["id"]), items, tier, "customer_remorse", {product["id"]: product}
    )


def _drift_shows(chosen: Mix) -> bool:
    line, product, _ = next(x for x in chosen if x[2] == "ok")
    return line["unit_price_cents"] != product["price_cents"]


def _words(world: Records, product: Row, others: Sequence[Row]) -> list[str]:
    """Words by which one of several things is told apart."""
    taken = {w for p in others if p["id"] != product["id"] for w in re.findall(r"[\w-]+", world.called(p).lower())}
    own = re.findall(r"[\w-]+", f"{world.called(product)} {product['name']}".lower())
    return sorted({w for w in own if w not in taken and len(w) > 2})


def rubric(world: Records, s: Situation) -> Rubric:
    world = Staged(world, s.setup)
    lines = [world.get("order_lines", id) for role, id in sorted(s.key.items()) if role.startswith("line")]
    goods = [world.product(line["product_id"]) for line in lines]
    criteria: list[Criterion] = []
    misses: list[NearMiss] = []
    payment = ""
    for line, product in zip(lines, goods, strict=True):
        order = world.order(line["order_id"])
        kind, last, name = _kind(world, order, product) or "out", _last(world, order, product), product["name"]
        parcel = [f"shipments/{p['id']}.events" for p in world.shipments(order["id"])]
        if kind == "ok":
            payment = world.capture(order)["id"]
            wrong = [world.placed_on(order) + timedelta(days=n) for n in (21, 30, 45, 60)]
            criteria.append(criterion(
                "last-day", "correctness", f"The response says that the {name} can be returned until {spoken(last)}.",
                day(last, wrong), [*parcel, "company_policies/pol-returns-window"],
            ))  # fmt: skip
            misses.append(near_miss("late-day", "Counts wrongly.", "last-day",
                                    replace=[(spoken(last), spoken(last + timedelta(days=3)))]))  # fmt: skip
            more, wrong_ones = _money(world, order, line, product)
            criteria += more
            misses += wrong_ones
            continue
        words = _words(world, product, goods)
        check: Check = day(last) if kind == "out" else _told(kind, words)
        told = f"its return window ended on {spoken(last)}" if kind == "out" else WHY[kind]
        sources = [*parcel, "company_policies/pol-returns-window"] if kind == "out" else [*SOURCES[kind]]
        row = {"clearance": f"products/{product['id']}.status", "consumable": f"products/{product['id']}.specs",
               "custom_build": f"orders/{order['id']}.build_id", "out": f"orders/{order['id']}"}[kind]  # fmt: skip
        criteria.append(criterion(
            f"no-{kind.replace('_', '-')}", "correctness",
            f"The response says that the {name} cannot come back: {told}.", check, [row, *sources],
        ))  # fmt: skip
        misses.append(near_miss(
            f"no-reason-{kind.replace('_', '-')}", "Refuses without the reason.", f"no-{kind.replace('_', '-')}",
            replace=[(told, "we do not take it")],
        ))  # fmt: skip
    criteria += [
        criterion("letter", "format", "The response is a letter to the customer of 250 words at most that says what may go "
                  "back and what may not.",
                  both({"check": "structure", "max_words": 285, "min_words": 40,
                        "must_include": [[world.customer(s.key["customer"])["name"].split()[0],
                                          world.customer(s.key["customer"])["name"].split()[-1]]]},
                       choice("mixed", {"mixed": MIXED, "all": ALL})), []),
        criterion("untouched", "constraint", "Nothing is booked, and the question is answered.",
                  {"check": "unchanged", "with": mentions("restocking", "label", "refund")}, [f"payments/{payment}"]),
    ]  # fmt: skip
    misses += [
        near_miss("no-letter", "Writes to nobody and in keywords.", "letter", replace=[("Dear ", "Customer: "), *[
            (f"{world.customer(s.key['customer'])['name']},", "-")]]),
        near_miss("books", "Pays at once.", "untouched", add=[call(
            "createRefund", payment_id=payment, amount=5.0, reason="other", status="approved")]),
    ]  # fmt: skip
    return Rubric(criteria, misses)


def _told(kind: str, words: Sequence[str]) -> Check:
    """The reason for a thing is given; also in a sentence that denies, such as "Opened consumables cannot be returned"."""
    denied = {"check": "structure", "min_words": 20, "must_include": [list(REASONS[kind])]}
    return either(says(REASONS[kind], near=words), denied)


MIXED = [
    "not be returned", "cannot be returned", "not come back", "cannot take", "not take", "no", "not returnable", "cannot accept",
    "not accept", "not eligible", "non-returnable", "not go back", "not possible", "unable to", "not be accepted",
    "cannot be taken", "not ... back", "decline", "ineligible", "final sale", "ended", "too late",
]  # fmt: skip
ALL = ["all of them can be returned", "all can come back", "everything can come back", "none of them can"]


def _money(world: Records, order: Row, line: Row, product: Row) -> tuple[list[Criterion], list[NearMiss]]:
    refund = _refund(world, order, line, product)
    net, fee, label = refund.goods_cents, refund.fee_cents, refund.label_cents
    former = net - rules.half_up(net * 20, 100)
    rivals = [former, former - label, former - rules.RETURN_LABEL_CENTS]
    if line["unit_price_cents"] != product["price_cents"]:
        share = rules.half_up(order["discount_cents"] * product["price_cents"], order["subtotal_cents"])
        goods = product["price_cents"] - share
        rivals.append(goods - (rules.half_up(goods * 15, 100) if fee else 0) - label)
    criteria = [criterion(
        "estimate", "correctness", f"The response says that {usd(refund.total_cents)} would come back for the "
        f"{product['name']}.", amount(refund.total_cents, rivals),
        [f"order_lines/{line['id']}", f"orders/{order['id']}.discount_cents", "company_policies/pol-refund-calculation"],
    )]  # fmt: skip
    misses = [near_miss("other-sum", "Names another sum.", "estimate",
                        replace=[(f"back {usd(refund.total_cents)}", f"back {usd(refund.total_cents + 350)}")])]  # fmt: skip
    if fee:
        criteria.append(criterion(
            "fee", "correctness", f"The response gives the restocking fee as {usd(fee)}.",
            amount(fee, [net - former], near=["restock", "fee", "open"]), ["company_policies/pol-returns-restocking"],
        ))  # fmt: skip
    else:
        criteria.append(criterion(
            "fee", "correctness", "The response says that there is no restocking fee.",
            choice("none", {"none": NONE, "some": ["restocking fee of", "20% restocking", "15% restocking", "a restocking fee"]}),
            ["company_policies/pol-returns-restocking"],
        ))  # fmt: skip
    misses.append(near_miss("quiet-on-fee", "Does not speak of the fee.", "fee",
                            replace=[(_fee_line(fee), "It is a fair sum")]))  # fmt: skip
    criteria.append(criterion(
        "label", "completeness", f"The response says that {'the label costs ' + usd(label) if label else 'the label is free'}.",
        amount(label, near=["label", "postage", "ship"]) if label else says(FREE, near=["label", "postage", "ship"]),
        ["company_policies/pol-returns-labels", f"customers/{order['customer_id']}.loyalty_tier"],
    ))  # fmt: skip
    misses.append(near_miss("quiet-on-label", "Does not speak of the label.", "label",
                            replace=[(_label_line(label), "that is that")]))  # fmt: skip
    return criteria, misses


NONE = ["no restocking fee", "no restocking", "without a restocking fee", "restocking fee is waived", "restocking fee waived",
        "restocking fee does not apply", "no fee", "not charge ... restocking", "no fees", "restocking fee: none",
        "restocking fee: $0.00", "$0.00 restocking", "restocking fee ... not apply", "waive*", "nor a restocking fee",
        "or restocking fee", "restocking: $0.00", "restocking: none"]  # fmt: skip
FREE = ["free", "no charge", "no cost", "on us", "prepaid", "not deducted", "nothing", "at no", "no label", "covered", "waived",
        "$0.00", "without charge", "no deduction"]  # fmt: skip


def _fee_line(fee_cents: int) -> str:
    return f"As it was opened, a restocking fee of {usd(fee_cents)} comes off" if fee_cents else NO_FEE


def _label_line(label_cents: int) -> str:
    return f"{usd(label_cents)} comes off for the return label" if label_cents else FREE_LABEL


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    tier: str = customer["loyalty_tier"]
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    yield from a.policy("return", "opened consumables", title="Items we do not take back")
    yes, no = "", ""
    seen: dict[str, Row] = {}
    for name in given["products"]:
        product = yield from a.product(name)
        order = order_holding(a, orders, product["id"])
        if order["id"] not in seen:
            seen[order["id"]] = yield from order_details(a, order["id"])
        details = seen[order["id"]]
        excluded = rules.return_exclusion(order, product, "opened", "customer_remorse")
        if excluded is not None:
            no += f"- {product['name']}: {WHY[excluded]}.\n"
            continue
        parcel = a.pick(details["shipments"], where=lambda s, id=product["id"]: id in str(s["contents"]))
        last, _ = yield from return_deadline(a, order, tier, a.delivered_on(parcel) or "")
        if last < a.clock.today:
            no += f"- {product['name']}: its return window ended on {spoken(last)}.\n"
            continue
        restocking = yield from restocking_policy(a)
        charged = product["category"] in rules.RESTOCKING_CATEGORIES and tier != "platinum"
        line = next(x for x in order["lines"] if x["product_id"] == product["id"])
        price = a.price_paid(line, product)
        net = price - discount_share(order, price)
        fee = rules.half_up(net * number_in(r"(\d+) ?%", restocking), 100) if charged else 0
        label = 0 if tier in ("gold", "platinum") else (yield from label_cost(a))
        yes += (
            f"The {product['name']} may come back; please ask for the return by {spoken(last)}. You would get back "
            f"{usd(net - fee - label)}, from the {usd(net)} you paid for it after the order's discount. {_fee_line(fee)}, "
            f"and {_label_line(label)}.\n\n"
        )
    return (
        f"Dear {customer['name']},\n\nthank you for asking first. {yes}What cannot come back:\n\n{no}\n{BOOKED} Tell us if we "
        "may set the return up.\n\nKind regards\nCorecraft support"
    )


WORDINGS = (
    Wording(
        "mail",
        "Subject: [sending some things back|a few returns]\n\nHello,\n\nI am clearing out and have some things of yours that "
        "I'd return: the {things}. All of them are opened and work fine. Please write me a proper letter (250 words at the most) "
        "saying which of them you take and which you don't and why, up to which day I can return what you take, or when that time "
        "ended, and how much money I would see for it, with each deduction. [Don't book anything yet.|Please book nothing for "
        "now.]\n\n{name}\n{reach}",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "chat",
        "hi its {name}, {reach}\ni wanna return a few things, all opened but fine: the {things}\nwhich ones go n which dont (n why "
        "not)? till when can i, or when was it over? what would i get back for it n what do u take off (restocking, label)\nput it "
        "in a letter i can print pls, max 250 words. [nothing to be set up yet|dont start the return yet]",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "phone note",
        "[Caller has no mail on a Saturday|Promised in writing]: {name} ({reach}) wants to give back the {things}. Everything is "
        "opened and in working order. Draft the letter for me, not longer than 250 words, addressed to the customer by name: what we "
        "accept; what we refuse, each with its reason or the day on which its time was over; for what we accept the last day, the "
        "refund to expect, restocking fee and label. Read-only, [I enter the return myself on Monday|the return is entered later].",
        mode="copilot",
    ),
    Wording(
        "grumpy",
        "My wife says the shelf has to go, so here is what was on it: the {things}. Yes, I opened the lot. No, nothing is broken. "
        "[I do not want a phone call|No phone calls], I want a letter, one page, 250 words tops, in which you tell me item by item "
        "whether you take it, the grounds if you don't, the final date (past or to come), and for what you do take the dollars I "
        "end up with after fee and label. Leave my account alone until I say go. {name}, {reach}",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "manager",
        "Please prepare the answer to {name}, {reach}. The request: return of the {things}, all opened, all working. Policy decides, no "
        "goodwill. I want a letter to the customer in no more than 250 words with the yes and the no for every piece, the reason or the "
        "date its window closed, and where it is a yes the date until which it holds, the estimated refund and what is deducted for "
        "opening and for the label. [Nothing is to be recorded today.|Record nothing today.]\n\nDana",
        mode="copilot",
    ),
    Wording(
        "non-native",
        "Dear Corecraft, my name is {name}, {reach}. I possess the {things} from your shop. I have opened all, all is functioning. I "
        "would like to give them back, what is possible. Please answer with a letter of maximum 250 words: what do you accept, what not "
        "and for which cause, until what date is it allowed or on what date was it finished, how much money comes to me and which costs "
        "go away from it (opening, label). [Please still make nothing in the system.|For the moment do not register a return.]",
        fits=lambda given: "phone" not in given,
    ),
    Wording(
        "terse",
        "{name}, {reach}. To return, all opened, all OK: the {things}. Need a letter, 250 words max. Per item: yes/no, reason or end "
        "date of the window; if yes: last day, estimated refund, restocking fee, label cost. [No booking.|Book nothing.]",
        fits=lambda given: "phone" not in given,
    ),
)  # fmt: skip

FAMILY = Family(
    name="final-sale-mix",
    title="Several opened things to go back: which may, which may not, and what the one that may would bring",
    category="communication",
    main_level="common_sense",
    levels=("common_sense", "planning", "groundedness"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    unseen=True,
)
