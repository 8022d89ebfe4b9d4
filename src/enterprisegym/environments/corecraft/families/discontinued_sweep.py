"""A product cannot be delivered any more: its waiting orders are cancelled and refunded, the shipped ones listed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import approval_limit, order_details
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    Staged,
    amount,
    criterion,
    handled,
    incoming_ticket,
    near_miss,
    number,
    readable,
    says,
    single_accounts,
    stable,
    thing,
    waiting_order,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.tasks import Criterion, Edit, NearMiss
from enterprisegym.world import Row

SINCE = (date(2025, 11, 1), date(2025, 10, 1), date(2025, 9, 1), date(2025, 8, 1), date(2025, 7, 1))
COUNT = 80
WAITS = ("paid", "backorder", "paid", "on_hold", "pending", "backorder")


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    inside = {c["product_id"] for p in world.all("products") for c in p["components"] or ()}
    products = [
        p for p in world.all("products")
        if p["category"] not in rules.PACKAGE_CATEGORIES and p["id"] not in inside and p["status"] != "discontinued"
    ]  # fmt: skip
    late = {
        x["product_id"]: world.placed_on(world.order(m["id"])) + timedelta(days=1)
        for m in world.marks("midnight_order") for x in world.lines(m["id"])
    }  # fmt: skip
    buyers = shuffled(rng, [c for c in single_accounts(world) if c["account_type"] == "consumer"])
    found = 0
    for turn, product in enumerate(shuffled(rng, products)):
        for again, since in enumerate(_since(world, product, late.get(product["id"]))):
            if found < COUNT and (s := _situation(world, product, since, buyers, turn + 45 * again)):
                found += 1
                yield s


def _orders(world: Records, product_id: str) -> list[Row]:
    ids = sorted({x["order_id"] for x in world.of("order_lines", "product_id", product_id)})
    return [world.order(id) for id in ids]


def _gone(world: Records, product_id: str) -> list[Row]:
    """Orders of a product that have left the house."""
    return [o for o in _orders(world, product_id) if world.shipments(o["id"])]


def _waiting(world: Records, product_id: str) -> list[Row]:
    return [o for o in _orders(world, product_id) if rules.may_cancel(o, world.shipments(o["id"]))]


def _since(world: Records, product: Row, wanted: date | None) -> list[date]:
    """Up to two firsts of a month since when one to seven orders of a product have left."""
    gone = [world.placed_on(o) for o in _gone(world, product["id"])]
    fitting = [day for day in SINCE if 1 <= sum(placed >= day for placed in gone) <= 7]
    turn = stable(product["id"], "since", below=5)
    return sorted(fitting, key=lambda day: (day != wanted, (SINCE.index(day) + turn) % 5))[:2]


def _situation(world: Records, product: Row, since: date, buyers: list[Row], turn: int) -> Situation | None:
    real = _waiting(world, product["id"])
    if any(world.refunds(o["id"]) or o["build_id"] for o in real):
        return None
    setup: list[Edit] = []
    for n in range(max(1, 2 + turn % 3 - len(real))):
        customer = buyers[(7 * turn + n) % len(buyers)]
        if any(o["status"] in rules.CANCELLABLE for o in world.orders_of(customer["id"])):
            continue
        units = 1 + (stable(customer["id"], product["id"], below=4) == 0)
        place = 900 + (turn * 5 + n) % 95
        setup += waiting_order(
            world, customer, [(product, units)], place, 4 + (turn + 3 * n) % 10, WAITS[(turn + n) % 6]
        )
    staged = Staged(world, setup)
    waiting = _waiting(staged, product["id"])
    for n, order in enumerate(waiting):
        if sum(p["amount_cents"] for p in _taken(staged, order)) > rules.AGENT_LIMIT_CENTS:
            customer = world.customer(order["customer_id"])
            text = f"When does my {product['name']} leave? I would like to plan. {customer['name']}"
            ticket = incoming_ticket(900 + (stable(product["id"], "when", below=100) + 7 * n) % 100, customer["id"], "when does it ship",
                                     text, "order_issue", order["id"])  # fmt: skip
            setup.append(ticket)
    captured = [p for o in waiting for p in _taken(staged, o)]
    if len(captured) < 2 or len({t["id"] for o in waiting for t in _tickets(Staged(world, setup), o)}) > 4:
        return None
    over = [o for o in waiting if sum(p["amount_cents"] for p in _taken(staged, o)) > rules.AGENT_LIMIT_CENTS]
    traps = list(world.traps_on(product["id"], among=("brand_spelling",)))
    for order in waiting:
        traps += world.traps_on(order["id"], among=("failed_attempts", "stray_note"))
    for order in _gone(world, product["id"]):
        traps += world.traps_on(order["id"], among=("midnight_order",))
    traps += ["superseded_policy"] if over else []
    traps += ["stale_article"] if any(o["shipping_cents"] for o in waiting) else []
    return Situation(
        key={"product": product["id"], "since": since.isoformat()},
        given={"product": world.called(product), "since": said(f"{since:%B} {since.day}", since.isoformat())},
        traps=tuple(dict.fromkeys(traps)),
        difficulty=3 + (len(over) > 0) + (len(waiting) > 3),
        setup=tuple(setup),
    )


def _taken(world: Records, order: Row) -> list[Row]:
    return [p for p in world.payments(order["id"]) if p["status"] in rules.CAPTURED]


def _tickets(world: Records, order: Row) -> list[Row]:
    return [t for t in world.order_tickets(order["id"]) if t["status"] not in ("resolved", "closed")]


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    product = world.product(s.key["product"])
    since = date.fromisoformat(s.key["since"])
    waiting = _waiting(staged, product["id"])
    gone = _gone(staged, product["id"])
    members = [o for o in gone if world.placed_on(o) >= since]
    older = [o for o in gone if world.placed_on(o) < since]
    required: list[dict[str, Any]] = []
    allowed: list[dict[str, Any]] = []
    total, shipping = 0, 0
    over: list[Row] = []
    tickets = sorted({t["id"] for o in waiting for t in _tickets(staged, o)})
    for order in waiting:
        required.append({"table": "orders", "id": order["id"], "set": {"status": "cancelled"}})
        allowed.append({"table": "orders", "id": order["id"], "set": {"note": {"any": True}}})
        due = sum(p["amount_cents"] for p in _taken(staged, order))
        total += due
        shipping += order["shipping_cents"] if due else 0
        high = due > rules.AGENT_LIMIT_CENTS
        for payment in _taken(staged, order):
            required.append({
                "table": "refunds", "added": True, "where": {"payment_id": payment["id"]},
                "set": {"amount_cents": payment["amount_cents"], "reason": "order_cancelled",
                        "status": "pending" if high else "approved"},
            })  # fmt: skip
            if not high:
                required.append({"table": "payments", "id": payment["id"], "set": {"status": "refunded"}})
        if high:
            over.append(order)
            own = [t["id"] for t in _tickets(staged, order)]
            required.append({
                "table": "escalations", "added": True,
                "where": {"ticket_id": {"any_of": own}, "escalation_type": "refund_approval", "destination": "finance"},
            })  # fmt: skip
    paid = [o for o in waiting if _taken(staged, o)]
    alone = {p["amount_cents"] for o in paid for p in _taken(staged, o)}
    wrong = (total - shipping, sum(p["amount_cents"] for o in waiting for p in staged.payments(o["id"])))
    listed = members[0]["id"]
    criteria: list[Criterion] = [
        criterion(
            "swept", "correctness",
            f"The {len(waiting)} waiting orders of the {product['name']} are cancelled and what was captured for them, "
            f"{usd(total)}, is refunded as order_cancelled, above $500.00 pending with finance; nothing else is changed.",
            {"check": "state", "required": required, "allowed": [*allowed, *(handled(tickets) if tickets else [])]},
            [*(f"orders/{o['id']}" for o in waiting), "company_policies/pol-cancellation"],
        ),
        criterion(
            "total", "correctness", f"The response says that {usd(total)} goes back in all.",
            amount(total, [w for w in wrong if w not in alone]),
            [f"payments/{p['id']}" for o in waiting for p in _taken(staged, o)],
        ),
        criterion(
            "count", "completeness", f"The response says, in 450 words at most, that {len(waiting)} orders were cancelled.",
            readable(number(len(waiting), ["order"], (len(waiting) + len(members),))), [f"orders/{o['id']}" for o in waiting],
        ),
        criterion(
            "shipped", "correctness",
            f"The response lists the orders placed since {since:%B} {since.day} that have left ({len(members)}), and none "
            "placed before.",
            {"check": "entities", "members": [thing(o["id"]) for o in members], "universe":
             [thing(o["id"]) for o in [*members, *older]], "denied_by": []},
            [f"orders/{o['id']}.created_at" for o in members],
        ),
    ]  # fmt: skip
    misses: list[NearMiss] = [
        near_miss("one-left", "Forgets one of the orders.", "swept", drop=[("updateOrderStatus", len(waiting))]),
        near_miss("part-only", "Keeps something back.", "swept",
                  set=[("createRefund", 1, {"amount": (_taken(staged, _first(paid))[0]["amount_cents"] - 100) / 100})]),
        near_miss("other-total", "Names another sum.", "total", replace=[(f"{usd(total)} goes back", f"{usd(total + 500)} goes back")]),
        near_miss("count-unsaid", "Does not say how many.", "count",
                  replace=[(f"{len(waiting)} orders of", "All waiting orders of")]),
        near_miss("list-short", "Leaves one out of the list.", "shipped", replace=[(_listed(listed), "")]),
    ]  # fmt: skip
    if older:
        misses.append(near_miss("from-before", "Lists an order from before.", "shipped", replace=[
            (_listed(listed), f"{_listed(listed)}{_listed(older[-1]['id'])}")]))  # fmt: skip
    if over:
        criteria.append(criterion(
            "to-confirm", "completeness", "The response says that a refund above the limit is pending until finance confirms.",
            says(["finance"], ["pending", "confirm*", "approv*", "sign*", "escalat*", "awaiting", "waits"]),
            ["company_policies/pol-refund-authority"],
        ))  # fmt: skip
        misses += [
            near_miss("as-settled", "Does not say that finance decides.", "to-confirm",
                      replace=[(", pending until finance confirms it", "")]),
            near_miss("no-escalation", "Leaves the pending refund to itself.", "swept", drop=[("createEscalation", 1)]),
        ]  # fmt: skip
    return Rubric(criteria, misses)


def _first(orders: list[Row]) -> Row:
    """The order that the plan refunds first, the newest."""
    return max(orders, key=lambda o: (o["created_at"], o["id"]))


def _listed(order_id: str) -> str:
    return f"\n- {order_id}"


def solve(a: Worker, given: Given) -> Plan:
    product = yield from a.product(given["product"])
    orders = yield from a.all("searchOrders", product_id=product["id"])
    waiting = [o for o in orders if o["status"] in rules.CANCELLABLE]
    recent = yield from a.dated("searchOrders", given["since"], a.clock.today.isoformat(), product_id=product["id"])
    gone = [o for o in recent if o["status"] not in (*rules.CANCELLABLE, "cancelled")]
    yield from a.policy("cancellation", "shipping label", title="Cancelling")
    procedure = yield from a.article("cancelling order desk")
    limit, desk = yield from approval_limit(a, cancelled=True)
    total, rows, asked = 0, "", False
    for order in waiting:
        details = yield from order_details(a, order["id"])
        if details["shipments"] or a.noted(order, r"\bcancel|shipped|left the building", True, False):
            continue
        yield from a.call("updateOrderStatus", order_id=order["id"], status="cancelled",
                          note=f"CXL {a.clock.today} no ticket, cannot be delivered")  # fmt: skip
        taken = a.captured(details["payments"])
        if taken == 0:
            rows += f"\n- {order['id']}: nothing was captured, nothing to refund"
            continue
        payment = a.payment(details["payments"])
        back = taken - (cents(order["shipping"]) if "Shipping is kept" in procedure["body"] else 0)
        high = back > limit
        made = yield from a.call(
            "createRefund", payment_id=payment["id"], amount=back / 100, reason="order_cancelled",
            status="pending" if high else "approved",
        )  # fmt: skip
        if high:
            if not asked:
                yield from a.policy("escalation", "refund_approval", title="Where to escalate")
                asked = True
            ticket = next(t for t in details["tickets"] if t["status"] not in ("resolved", "closed"))
            yield from a.call(
                "createEscalation", ticket_id=ticket["id"], escalation_type="refund_approval", destination=desk,
                notes=f"ASK: approve {made['refund']['id']}, {usd(back)} on {payment['id']}? FACTS: {order['id']} cancelled by "
                f"us, {product['name']} cannot be delivered. RULE: Who may approve a refund. DUE: no promise made.",
            )  # fmt: skip
        total += back
        rows += f"\n- {order['id']}: {usd(back)}{f', pending until {desk} confirms it' if high else ''}"
    number_of = rows.count("\n")
    return (
        f"{number_of} orders of the {product['name']} are cancelled and {usd(total)} goes back in all:\n{rows}\n\nLeft the house "
        f"already, since {spoken(given['since'])}, and not touched:\n{''.join(_listed(o['id']) for o in gone) or ' none'}"
    )


WORDINGS = (
    Wording(
        "head of product",
        "All, the maker has withdrawn the {product} and we will not get another one. [Please clear it up|Please clear the "
        "decks]: every order of it that is still waiting with us, in whatever waiting state, is cancelled from our side and "
        "the customer gets all of their money back. I need to hear how many those were and what goes back altogether. Orders "
        "that have left the house stay as they are, but give me the numbers of those placed since {since}.\n\nVivian",
        mode="copilot",
    ),
    Wording(
        "warehouse chat",
        "ok so {product} is dead, [supplier pulled it|container is lost at sea, no joke]. nothing will come in anymore. cancel "
        "+ refund whatever orders of it havent gone out. tell me count n total $. and list me the order nos that already "
        "shipped, only ones ordered since {since}, dont touch those",
        mode="copilot",
    ),
    Wording(
        "formal",
        "Dear colleague,\n\nas of today the {product} can no longer be supplied. I ask you to cancel all open orders containing "
        "it for which nothing has been shipped, and to return the full payment in each case within the rules on approval. "
        "Report the number of orders and the overall sum of the refunds. [For completeness|In addition], set out the order "
        "numbers placed on or after {since} that were already dispatched; these remain unaffected.\n\nTheodora Kanakis",
        mode="copilot",
    ),
    Wording(
        "lead between two calls",
        "Quick, before my next call: {product} is not coming back, [final word from purchasing|purchasing just confirmed]. Pull "
        "every unshipped order with it, money back in full, approvals as usual. How many, how much in total? Plus: which "
        "ones ordered since {since} got out before the stop, by number? Leave those alone.\n\nDana",
        mode="copilot",
    ),
    Wording(
        "bullet list",
        "{product} - discontinued, no stock to come\n\n- unshipped orders: cancel, refund everything paid, limits apply\n- "
        "[to me|back to me]: how many orders, total refunded\n- shipped ones: hands off; order numbers of those from {since} "
        "onwards, please\n\nMarcus",
        mode="copilot",
    ),
    Wording(
        "forwarded supplier mail",
        "FYI and please act on it.\n\n> We regret that we are unable to fulfil any further deliveries of the {product}, "
        "[effective immediately|with immediate effect].\n\nThat means: whoever still waits for one gets a cancelled order and "
        "the complete amount back. Whoever has theirs on the way or at home keeps it, I only want their order numbers if they "
        "bought since {since}. For the report: number of cancellations, sum of refunds.\n\nAleksy",
        mode="copilot",
    ),
    Wording(
        "voice note",
        "hi it's Yolanda, transcribing this in the car, um, the {product}, we can't deliver it, it's gone for good, so would you "
        "go through the orders and cancel the ones that are still sitting with us and give people their money, properly, all "
        "of it. tell me afterwards how many people that was, I mean how many orders, and the grand total. and [one more|"
        "another] thing, the ones that went out already, ordered {since} or later, I need a list of the order numbers, nothing "
        "else happens to them",
        mode="copilot",
    ),
)  # fmt: skip

FAMILY = Family(
    name="discontinued-sweep",
    title="A product is withdrawn: every waiting order cancelled and refunded by the rules, the shipped ones listed",
    category="workflow",
    main_level="planning",
    levels=("planning", "tool_use", "groundedness"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("kb-0229", "pol-refund-authority", "pol-escalation-matrix"),
)
