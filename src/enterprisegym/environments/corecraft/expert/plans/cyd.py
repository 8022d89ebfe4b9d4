"""Plans of thirteen tasks about rules, time, money and compatibility; a module per family imports its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from enterprisegym.environments.corecraft.agents import (
    NotFoundError,
    Plan,
    Rows,
    Steps,
    Worker,
    cents,
    spoken,
    usd,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.rollout.record import Json

Row = Mapping[str, Any]
Cart = Mapping[str, int]


# Reading policies


def _number(pattern: str, policy: Row) -> int:
    """The first number that the pattern finds in a policy's text."""
    match = re.search(pattern, policy["body"])
    if match is None:
        raise NotFoundError(f"{policy['id']} does not say {pattern}")
    return int(match[1].replace(",", ""))


def _window_days(policy: Row, tier: str) -> int:
    return _number(rf"\| {tier.title()} \| (\d+) \|", policy)


def _restocking(a: Worker) -> Steps[Json]:
    return (yield from a.policy("return", "restocking fee", title="Restocking fee on opened"))


def _label_cents(a: Worker) -> Steps[int]:
    """What a return label costs the customer; nothing where the customer posts the goods."""
    policy = yield from a.policy("return", "label", title="return label")
    match = re.search(r"deduct \*\*\$(\d+)\.(\d\d)", policy["body"])
    return 0 if match is None else int(match[1]) * 100 + int(match[2])


def _deadline(a: Worker, order: Row, tier: str, delivered: str) -> Steps[tuple[date, bool]]:
    """The last day for a return, and whether it is the one of the seasonal notice."""
    window = yield from a.policy("return", "days", title="Return window")
    seasonal = yield from a.policy("return", "holiday placed", title="Seasonal notice")
    first, last = rules.HOLIDAY_ORDERS
    placed = date.fromisoformat(a.day(order["created_at"]))
    if "of the order date" in window["body"]:
        return placed + timedelta(days=_number(r"(\d+) days of the order date", window)), False
    normal = date.fromisoformat(delivered) + timedelta(days=_window_days(window, tier))
    if "15 January 2026" in seasonal["body"] and first <= placed <= last and normal < rules.HOLIDAY_RETURN_UNTIL:
        return rules.HOLIDAY_RETURN_UNTIL, True
    return normal, False


# Orders and prices


def _details(a: Worker, order_id: str) -> Steps[Json]:
    return (yield from a.call("getOrderDetails", order_id=order_id))


def _product(a: Worker, product_id: str) -> Steps[Json]:
    found = yield from a.call("getProduct", product_id=product_id)
    return found["product"]


def _line(order: Row, word: str) -> Json:
    for line in order["lines"]:
        if word in line["product_id"]:
            return line
    raise NotFoundError(f"order {order['id']} has no {word}")


def _share(order: Row, amount_cents: int) -> int:
    """The part of the order's discount that an amount bears."""
    return rules.half_up(cents(order["discount"]) * amount_cents, cents(order["subtotal"]))


def _items(cart: Cart) -> list[Json]:
    return [{"product_id": product_id, "quantity": quantity} for product_id, quantity in cart.items()]


def _covers(promo: Row, product: Row) -> bool:
    return rules.promo_covers(promo, product)


def _priced(
    a: Worker,
    products: Sequence[Json],
    cart: Cart,
    *,
    customer: Row | None = None,
    promotions: Rows | None = None,
) -> Steps[Json]:
    """What checkout asks for a cart with the running code that helps most, if any helps."""
    customer_id = None if customer is None else customer["id"]
    best = yield from a.call("calculatePrice", items=_items(cart), customer_id=customer_id)
    for promo in promotions or []:
        if any(_covers(promo, p) for p in products if p["id"] in cart):
            tried = yield from a.call(
                "calculatePrice", items=_items(cart), customer_id=customer_id, promo_code=promo["code"]
            )
            if tried["total"] < best["total"]:
                best = tried
    return best


def _running(a: Worker, tier: str, day: str) -> Steps[Rows]:
    return (yield from a.all("searchPromotions", active_on=day, loyalty_tier=tier))


# The tasks


def halloween_processor(a: Worker) -> Plan:
    customer = yield from a.contact(email="keisha.cabrera@inkwire.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    order = a.pick(orders, product_id="halenine-meridian-480x")
    details = yield from _details(a, order["id"])
    line = _line(order, "480x")
    product = yield from _product(a, line["product_id"])
    tier: str = customer["loyalty_tier"]
    delivered = a.delivered_on(details["shipments"][0]) or ""
    last, seasonal = yield from _deadline(a, order, tier, delivered)
    restocking = yield from _restocking(a)
    label = yield from _label_cents(a)
    amount = a.price_paid(line, product)
    goods = amount - _share(order, amount)
    fee = rules.half_up(goods * _number(r"(\d+)%", restocking), 100)
    placed = spoken(a.day(order["created_at"]))
    why = (
        f"The holiday notice covers orders placed from November 1, and yours ({order['id']}) was placed on {placed}, "
        "in the "
        f"evening, so it does not apply. Your normal 30 days run from delivery on {spoken(delivered)}."
    )
    if seasonal:
        why = f"Your order was placed on {placed}, so the holiday notice covers it."
    return (
        f"Hi Keisha,\n\n"
        f"The last day to ask for the return is {spoken(last)}. {why} It is enough that you ask us by then; the parcel "
        "may "
        "follow a little later. After that day we could not take the processor back for a change of mind, so please "
        "don't "
        f"wait until after Christmas.\n\n"
        f"Back to your card you would get {usd(goods - fee - label)}:\n\n"
        f"- Meridian 480X as paid: {usd(goods)}\n"
        f"- 15% restocking fee, because the seal is broken: {usd(fee)}\n"
        f"- return label: {usd(label)}\n\n"
        "I have not started anything. A line from you is enough when you have decided.\n\nCorecraft support"
    )


def two_boards_back(a: Worker) -> Plan:
    customer = yield from a.contact(email="tsorensen@mymail.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    order = a.pick(orders, product_id="brightmoor-viaduct-z7")
    details = yield from _details(a, order["id"])
    line = _line(order, "viaduct-z7")
    product = yield from _product(a, line["product_id"])
    tier: str = customer["loyalty_tier"]
    delivered = a.delivered_on(details["shipments"][0]) or ""
    last, _ = yield from _deadline(a, order, tier, delivered)
    restocking = yield from _restocking(a)
    label = yield from _label_cents(a)
    authority = yield from a.policy("refund", "limit", title="Who may approve")
    percent = _number(r"(\d+)%", restocking)
    unit = a.price_paid(line, product)
    net = unit - _share(order, unit)
    fee = rules.half_up(net * percent, 100)
    fees = fee * (2 if "opened or unopened" in restocking["body"] else 1)
    refund = 2 * net - fees - label
    within = refund <= 100 * _number(r"\$(\d+)\.00", authority)
    made = yield from a.call(
        "processReturn",
        order_id=order["id"],
        items=[
            {"product_id": product["id"], "quantity": 1, "condition": "opened"},
            {"product_id": product["id"], "quantity": 1, "condition": "unopened"},
        ],
        reason="customer_remorse",
        disposition="refund",
        amount=refund / 100,
        status="approved" if within else "pending",
        note="One board opened, one sealed; one label; PSU stays with the customer.",
    )
    state = "approved" if within else "waiting for approval"
    return (
        f"Terrence, the return is set up: {made['return']['id']}, two Viaduct Z7 boards from order {order['id']}. The "
        f"power supply stays with you. You are inside the window, which runs to {spoken(last)}.\n\n"
        f"**Refund: {usd(refund)}**, {state}, to the Apple Pay account you paid with, within 3-5 business days.\n\n"
        "| | |\n|---|---|\n"
        f"| 2 boards at the {usd(unit)} you paid | {usd(2 * net)} |\n"
        f"| {percent}% restocking fee on the opened board | {usd(fees)} |\n"
        f"| return label, one for both | {usd(label)} |\n\n"
        "The sealed board carries no restocking fee. The express charge is not part of it, as that only goes back "
        "where "
        "the fault was ours. A prepaid label is on its way to you; please send both boards complete in one parcel."
    )


def three_charges(a: Worker) -> Plan:
    customer = yield from a.contact(email="dale_b@coppermail.example")
    orders = yield from a.dated("searchOrders", "2025-11-03", customer_id=customer["id"])
    order = orders[0]
    details = yield from _details(a, order["id"])
    line = _line(order, "12v-2x6-cable")
    product = yield from _product(a, line["product_id"])
    delivered = a.delivered_on(details["shipments"][0]) or ""
    last, _ = yield from _deadline(a, order, customer["loyalty_tier"], delivered)
    yield from a.policy("refund", "captures", title="Duplicate captures")
    yield from a.policy("refund", "limit", title="Who may approve")
    yield from a.policy("refund", "shipping charge", title="Refunding the original")
    yield from _restocking(a)
    label = yield from _label_cents(a)
    amount = a.price_paid(line, product)
    refund = amount - _share(order, amount) - label
    taken = a.captured(details["payments"])
    surplus = taken - cents(order["total"])
    if surplus > 0:
        for payment in details["payments"]:
            yield from a.attempt(
                "createRefund",
                payment_id=payment["id"],
                amount=surplus / 100,
                reason="duplicate_charge",
                status="approved",
            )
    made = yield from a.call(
        "processReturn",
        order_id=order["id"],
        items=[{"product_id": line["product_id"], "quantity": 1, "condition": "unopened"}],
        reason="customer_remorse",
        disposition="refund",
        amount=refund / 100,
        status="approved",
    )
    charges = (
        f"**The three lines.** We took {usd(taken)} once. The other two are attempts that came to nothing: one failed, "
        "one was "
        "voided, then the third went through. No money moved with those two, so there is nothing to refund, and they "
        "drop "
        "off your statement by themselves."
    )
    if surplus > 0:
        charges = f"**The three lines.** You were charged {usd(taken)} in all, so I have refunded {usd(surplus)}."
    return (
        f"Hello Dale,\n\n{charges}\n\n"
        f"**The cable.** Return {made['return']['id']} is set up, and a prepaid label is on its way; you are well "
        "inside the "
        f"window, which runs to {spoken(last)}. {usd(refund)} goes back to your Google Pay: {usd(label)} of the "
        "cable's price "
        "pays for the label, and there is no restocking fee. It is approved and takes 3-5 business days.\n\n"
        "**The express charge** stays. On a change of mind the original shipping is not refunded, and the parcel came "
        "on its "
        "day.\n\n"
        f"So in the end this order costs you {usd(taken - max(surplus, 0) - refund)}.\n\nCorecraft support"
    )


def held_build_cancelled(a: Worker) -> Plan:
    customer = yield from a.contact(email="takumibianchi@brightmail.example")
    orders = yield from a.dated("searchOrders", "2025-11-09", customer_id=customer["id"])
    order = a.pick(orders, where=lambda o: o["status"] == "on_hold")
    details = yield from _details(a, order["id"])
    yield from a.policy("cancellation", "shipping label", title="Cancelling")
    builds = yield from a.policy("cancellation", "assembly fee", title="Builds in assembly")
    authority = yield from a.policy("refund", "limit", title="Who may approve")
    yield from a.policy("escalation", "refund_approval", title="Where to escalate")
    payment = a.payment(details["payments"])
    paid = cents(payment["amount"])
    fee = 100 * _number(r"fee of \$(\d+)\.00", builds)
    refund = paid - fee
    ticket = details["tickets"][0]
    yield from a.call(
        "updateOrderStatus",
        order_id=order["id"],
        status="cancelled",
        note="Cancelled by the customer, assembly fee kept.",
    )
    exempt = "cancelled orders are exempt" in authority["body"]
    approved = exempt or refund <= 100 * _number(r"\$(\d+)\.00", authority)
    made = yield from a.call(
        "createRefund",
        payment_id=payment["id"],
        amount=refund / 100,
        reason="order_cancelled",
        status="approved" if approved else "pending",
        ticket_id=ticket["id"],
        note="Build order cancelled more than 48 hours after payment: $75.00 assembly fee kept.",
    )
    captured = spoken(a.day(payment["captured_at"]))
    if not approved:
        yield from a.call(
            "createEscalation",
            ticket_id=ticket["id"],
            escalation_type="refund_approval",
            destination="finance",
            notes=(
                f"{customer['name']} cancelled {order['id']} (build, on hold, no parcel). Captured {usd(paid)} on "
                f"{captured}, assembly fee {usd(fee)} kept. {made['refund']['id']} over {usd(refund)} on "
                f"{payment['id']} is pending. Please approve."
            ),
        )
    closing = (
        "It is above what I may release alone, so a colleague in finance has to confirm the amount. After that it "
        "takes 3-5 "
        "business days to the card you paid with."
    )
    if approved:
        closing = "It is approved and takes 3-5 business days to the card you paid with."
    return (
        f"Hello Takumi,\n\nOrder {order['id']} is cancelled. Your other PC of the same day is untouched.\n\n"
        f"Not all of the {usd(paid)} comes back, though: {usd(refund)} does. The order is a build for our bench, and "
        "when a "
        f"build is cancelled more than 48 hours after payment (yours was paid on {captured}) we keep an assembly fee "
        "of "
        f"{usd(fee)}. That holds although the order stood on hold, and I have no discretion over it.\n\n"
        f"The refund is {made['refund']['id']}. {closing}\n\nCorecraft support"
    )


def fourteenth_day(a: Worker) -> Plan:
    customer = yield from a.contact(email="mehta.kenji@northpost.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"], status="backorder")
    order = orders[0]
    details = yield from _details(a, order["id"])
    line = order["lines"][0]
    product = yield from _product(a, line["product_id"])
    policy = yield from a.policy("pricing", "adjustment", title="Price adjustment")
    yield from a.policy("refund", "limit", title="Who may approve")
    placed = date.fromisoformat(a.day(order["created_at"]))
    last = placed + timedelta(days=_number(r"within (\d+) days", policy))
    drop = cents(line["unit_price"]) - cents(product["price"])
    rate = cents(order["subtotal"]) - cents(order["discount"])
    amount = rules.half_up(drop * line["quantity"] * rate, cents(order["subtotal"]))
    payment = a.payment(details["payments"])
    yield from a.call(
        "createRefund",
        payment_id=payment["id"],
        amount=amount / 100,
        reason="price_adjustment",
        status="approved",
        note=f"List price down {usd(drop)} within 14 days of the order; gold rate applied.",
    )
    restock = product["inventory"][0]["restock_on"]
    return (
        "Hello Kenji, you are just in time. A price adjustment has to be asked for within 14 days of the order, and "
        "for "
        f"{order['id']} of {spoken(placed)} that is today, {spoken(last)}. A backorder makes no difference.\n\n"
        f"I have refunded {usd(amount)} to the card you paid with (approved, 3-5 business days). Our list price went "
        "from "
        f"{usd(cents(line['unit_price']))} to {usd(cents(product['price']))}; you had 8% off, so the difference counts "
        "with "
        "the same 8% off.\n\n"
        "What I cannot give you is the price with AUTUMN25. A code that others use is not a drop in our list price, "
        "and a "
        "code cannot be added to an order afterwards.\n\n"
        f"As for the kit itself: the next delivery is due on {spoken(restock)}, at both warehouses. If you do not want "
        "to "
        "wait, a backordered kit can be cancelled at no cost at any time.\n\nCorecraft support"
    )


def cold_trail(a: Worker) -> Plan:
    found = yield from a.call("searchTickets", ticket_id="tick-251115-015")
    ticket = found["tickets"][0]
    details = yield from _details(a, ticket["order_id"])
    order = details["order"]
    parcel = details["shipments"][0]
    scan = max(parcel["events"], key=lambda e: e["at"])
    policy = yield from a.policy("shipping", "lost scan business days", title="Lost parcels")
    yield from a.policy("shipping", "company holidays", title="Dispatch cut-off")
    yield from a.policy("escalation", "carrier_claim", title="Where to escalate")
    wait = _number(r"(\d+) business days", policy)
    scanned = date.fromisoformat(a.day(scan["at"]))
    lost = rules.add_business_days(scanned, wait)
    silent = rules.business_days_between(scanned, a.clock.today)
    left: list[str] = []
    for line in order["lines"]:
        product = yield from _product(a, line["product_id"])
        left.append(f"{product['name']}: {a.stock(product)} available")
    return (
        f"Not today. The newest scan of {parcel['id']} is {spoken(scanned)}, {scan['location']}. We act after {wait} "
        "business "
        f"days of silence, and up to today we have {silent} business days (November 11 counts, it is no company "
        "holiday).\n\n"
        f"**Day to act:** Tuesday, {spoken(lost)}, if no scan has come in by then.\n\n"
        "**Then the customer chooses:** reship at the same service at no charge, which works today because both items "
        "are in "
        f"stock ({'; '.join(left)}), or a refund of {usd(cents(order['total']))} in full. Shipping was free on "
        f"{order['id']}, so there is nothing to add for it. The reshipment or refund does not wait for the claim.\n\n"
        "**The claim with DHL** is ours and goes to fulfilment as carrier_claim, with the tracking number and that "
        "scan. "
        "Not before that day either.\n\nI have changed nothing; the ticket stays open meanwhile."
    )


def keep_the_big_card(a: Worker) -> Plan:
    customers = yield from a.all("searchCustomers", name="Ebony Siddiqui")
    customer = customers[0]
    orders = yield from a.all("searchOrders", customer_id=customer["id"], status="on_hold")
    order = orders[0]
    cart = {line["product_id"]: line["quantity"] for line in order["lines"]}
    yield from a.call("validateBuildCompatibility", items=_items(cart))
    cases = yield from a.all("searchProducts", category="case", status="active", in_stock_only=True)
    supplies = yield from a.all("searchProducts", category="psu", status="active", in_stock_only=True)
    cables = yield from a.all("searchProducts", category="accessory", text="12V-2x6", in_stock_only=True)
    prices: dict[str, int] = {p["id"]: cents(p["price"]) for p in (*cases, *supplies, *cables)}
    old_case = next(p for p in cart if p in {c["id"] for c in cases})
    old_psu = next(p for p in cart if p in {s["id"] for s in supplies})
    card = next(p for p in cart if "tempest" in p)
    length = (yield from _product(a, card))["specs"]["length_mm"]
    roomy = [c for c in cases if c["specs"]["gpu_max_length_mm"] >= length]
    powers: list[dict[str, int]] = [{old_psu: 1, c["id"]: 1} for c in cables]
    powers += [{s["id"]: 1} for s in supplies if s["specs"]["pcie_12v2x6"]]
    ways = [
        (prices[case["id"]] + sum(prices[p] for p in power) - prices[old_case] - prices[old_psu], case["id"], power)
        for case in roomy
        for power in powers
    ]
    kept = {p: n for p, n in cart.items() if p not in (old_case, old_psu)}
    for extra, case, power in sorted(ways, key=lambda way: way[0]):  # noqa: B007
        changed = {**kept, case: 1, **power}
        checked = yield from a.call("validateBuildCompatibility", items=_items(changed))
        if checked["compatible"]:
            break
    else:
        raise NotFoundError("nothing fits")
    promotions = yield from _running(a, customer["loyalty_tier"], a.clock.today.isoformat())
    products: Rows = []
    for product_id in changed:
        products.append((yield from _product(a, product_id)))
    price = yield from _priced(a, products, changed, customer=customer, promotions=promotions)
    names = {p["id"]: p["name"] for p in products}
    warning = checked["warnings"][0]["message"]
    return (
        f"Cheapest set that clears every error on {order['id']} and keeps the {names[card]}:\n\n"
        f"- Case: {names[case]} ({usd(prices[case])}) in place of the Paddock Mesh ({usd(prices[old_case])}). The card "
        "is "
        f"{length} mm long and the Paddock Mesh has room for 335 mm.\n"
        f"- Power: add the {names[cables[0]['id']]} ({usd(prices[cables[0]['id']])}). The card wants one 12V-2x6 plug "
        "and "
        "the Keel 850 Gold has none; the cable is made for that unit, so the power supply stays.\n\n"
        f"That is {usd(extra)} more at list. New total {usd(cents(price['total']))}: {usd(cents(price['subtotal']))} "
        "less "
        f"her silver 5% ({usd(cents(price['discount']))}), standard shipping free. No running code beats the 5%. Both "
        "parts are in stock.\n\n"
        f"One warning stays, which you should put to her: {warning} The checker lets it pass.\n\n"
        "Nothing was changed on the order."
    )


def october_drive(a: Worker) -> Plan:
    customer = yield from a.contact(email="adeyemi.maya@quillbox.example")
    orders = yield from a.dated("searchOrders", "2025-10", customer_id=customer["id"])
    order = a.pick(orders, where=lambda o: any("datumline" in line["product_id"] for line in o["lines"]))
    line = _line(order, "datumline")
    details = yield from _details(a, order["id"])
    product = yield from _product(a, line["product_id"])
    status = yield from a.call("checkWarrantyStatus", order_id=order["id"], product_id=product["id"])
    claims = yield from a.policy("warranty", "claim via manufacturer", title="Handling a warranty claim")
    yield from a.call("searchPolicies", policy_id=status["warranty_policy_id"])
    delivered = a.delivered_on(details["shipments"][0]) or ""
    ours = date.fromisoformat(delivered) + timedelta(days=_number(r"day (\d+) from delivery", claims))
    if a.clock.today <= ours:
        who = (
            f"For now you come to us: Corecraft handles it up to and including {spoken(ours)}, that is 30 days from "
            "delivery. From the day after, the claim goes to DatumLine. We then send you our proof of purchase and "
            "tell you "
            "where to claim, but we do not take the drive in."
        )
    else:
        who = f"Our own 30 days ended on {spoken(ours)}, so you claim with DatumLine; we send you proof of purchase."
    return (
        f"Hi Maya,\n\nthe drive is the {product['name']} from order {order['id']}, delivered on "
        f"{spoken(delivered)}.\n\n"
        f"Its warranty is {status['months']} months and ends on {spoken(status['ends_on'])}, that day included.\n\n"
        f"{who}\n\nSo if the drive acts up in the coming days, write to us rather than to them, with the order "
        "number.\n\n"
        "Corecraft support"
    )


def grandsons_list(a: Worker) -> Plan:
    customer = yield from a.contact(email="ianstrickland@coppermail.example")
    cpu = yield from a.product("Hale Nine Meridian 660X", category="cpu")
    board = yield from a.product("Quill & Rook Parapet B6", category="motherboard")
    memory = yield from a.product("Latchkey Tumbler DDR5-6000 32GB (2x16GB)", category="memory")
    cart = {cpu["id"]: 1, board["id"]: 1, memory["id"]: 1}
    packages = yield from a.packages(cart)
    running = yield from _running(a, customer["loyalty_tier"], a.clock.today.isoformat())
    parts = yield from _priced(a, [cpu, board, memory], cart, customer=customer, promotions=running)
    whole = [p for p in packages if len(p["components"]) == len(cart)]
    best, name = parts, None
    for package in whole:
        price = yield from _priced(a, [package], {package["id"]: 1}, customer=customer, promotions=running)
        if price["total"] < best["total"]:
            best, name = price, package["name"]
    programme = yield from a.policy("loyalty", "spend tier", title="four tiers")
    moves = yield from a.policy("loyalty", "recomputed", title="When a loyalty tier changes")
    needed = 100 * _number(r"\| Platinum \| from \$([\d,]+)", programme)
    with_shipping = "includes shipping" in programme["body"]
    at_once = "as soon as" in programme["body"] or "1st of each month" not in moves["body"]
    turn = a.clock.today.replace(day=1) + timedelta(days=32)
    turn = turn.replace(day=1)
    since = turn.replace(year=turn.year - 1)
    orders = yield from a.all("searchOrders", customer_id=customer["id"], created_after=since.isoformat())
    spend = 0
    for order in orders:
        if order["status"] in ("pending", "cancelled"):
            continue
        spend += cents(order["subtotal"]) - cents(order["discount"])
        spend += cents(order["shipping"]) if with_shipping else 0
        payments = yield from a.all("searchPayments", order_id=order["id"])
        spend -= sum(cents(r["amount"]) for p in payments for r in p["refunds"] if r["status"] != "denied")
    missing = needed - spend
    after = spend + cents(best["subtotal"]) - cents(best["discount"])
    single = (
        f"Bought one by one they come to {usd(cents(parts['total']))} at best, with the code "
        f"{parts['promo_code_used']} on "
        "top of your gold discount."
    )
    if name is None:
        price_text = f"{single} There is nothing cheaper with the same parts today."
    else:
        price_text = (
            f"The least is {usd(cents(best['total']))}: order the {name} ({usd(cents(best['subtotal']))}), which is "
            "exactly "
            f"these three parts in one set, and your gold 8% comes off it. Standard shipping is free for you. {single} "
            "That "
            "code does not work on sets."
        )
    if missing > 0:
        tier_text = (
            f"You are {usd(missing)} short today: {usd(spend)} of goods count in the twelve months that will be looked "
            "at, and "
            f"platinum starts at {usd(needed)}. With this order you reach {usd(after)}, so yes, that is enough. It "
            "does not "
            f"happen at once, though: tiers are worked out on the first of each month, so you become platinum on "
            f"{spoken(turn)}, provided that nothing is sent back before. This order itself still gets the gold "
            "discount."
        )
        if at_once:
            tier_text = f"You are {usd(missing)} short. With this order you are platinum at once."
    else:
        tier_text = f"You have {usd(spend)}, which is above {usd(needed)} already, so you are platinum at once."
    return (
        f"Dear Ian,\n\n**The three parts.** {price_text}\n\n**Platinum.** {tier_text}\n\n"
        "I wish you both a better evening at the kitchen table this time.\n\nCorecraft support"
    )


LISTED = (
    ("Hale Nine Meridian 680", "cpu"),
    ("Brightmoor Causeway X6", "motherboard"),
    ("Latchkey Tumbler DDR5-6000 32GB (2x16GB)", "memory"),
    ("DatumLine Sprint G4 2TB", "storage"),
    ("Steady State Keel 850 Gold", "psu"),
    ("Pine Hollow Lodge (Black)", "case"),
    ("Vortex Labs Tempest 8800", "gpu"),
    ("Cold Harbor Jetty 120", "cooling"),
)


def list_on_the_chat(a: Worker) -> Plan:
    products: Rows = []
    for written, category in LISTED:
        products.append((yield from a.product(written, category=category)))
    cart = {p["id"]: 1 for p in products}
    packages = yield from a.packages(cart)
    running = yield from _running(a, "standard", a.clock.today.isoformat())
    parts = yield from _priced(a, products, cart, promotions=running)
    found = yield from a.call("searchPromotions", text="Black Friday")
    friday = next(p for p in found["promotions"] if p["starts_on"] > a.clock.today.isoformat())
    off = min(rules.half_up(cents(parts["subtotal"]) * friday["percent"], 100), cents(friday["cap"]))
    later = cents(parts["subtotal"]) - off
    yield from a.policy("pricing", "prebuilts workstation", title="Discounts on bundles")
    yield from a.policy("shipping", "company holidays", title="Dispatch cut-off")
    best, name, goods = parts, None, products
    for package in packages:
        if len(package["components"]) == len(cart):
            price = yield from _priced(a, [package], {package["id"]: 1}, promotions=running)
            if price["total"] < best["total"]:
                best, name, goods = price, package["name"], [package]
    lacking = [p for p in goods if a.stock(p) == 0]
    leaves = rules.add_business_days(a.clock.today, 1)
    start = spoken(friday["starts_on"])
    if name is None:
        due = lacking[0]["inventory"][0]["restock_on"]
        return (
            f"The parts as listed: {usd(cents(best['total']))} today with {best['promo_code_used']}, shipping free. "
            "With "
            f"{friday['code']} from {start} the parts come to {usd(later)}, so waiting is cheaper. The "
            f"{lacking[0]['name']} is out at both warehouses until {spoken(due)}, so the list cannot leave complete "
            "before."
        )
    jetty = next(p for p in products if a.stock(p) == 0)
    due = jetty["inventory"][0]["restock_on"]
    return (
        "| | Total |\n|---|---|\n"
        f"| **{name} with {best['promo_code_used']}, today** | **{usd(cents(best['total']))}** |\n"
        f"| Her list as single parts with {parts['promo_code_used']}, today | {usd(cents(parts['total']))} |\n"
        f"| Her list as single parts with {friday['code']}, from {start} | {usd(later)} |\n\n"
        f"The {name} is those eight parts, put together, at {usd(cents(best['subtotal']))}; the code takes "
        f"{usd(cents(best['discount']))} off and standard shipping is free.\n\n"
        f"Waiting does not pay. The Black Friday code is capped at {usd(cents(friday['cap']))} and leaves out complete "
        "systems.\n\n"
        f"The {name} is in stock, so paid this weekend it leaves on Monday, {spoken(leaves)}. The single-part list "
        "could "
        f"not: the {jetty['name']} is out at both warehouses until {spoken(due)}."
    )


def quiet_swap(a: Worker) -> Plan:
    customer = yield from a.contact(email="quach.keisha@fastletter.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"], created_after="2025-11-01")
    order = a.pick(orders, where=lambda o: any("keel-850" in line["product_id"] for line in o["lines"]))
    details = yield from _details(a, order["id"])
    line = _line(order, "keel-850")
    supply = yield from _product(a, line["product_id"])
    delivered = a.delivered_on(details["shipments"][0]) or ""
    last, seasonal = yield from _deadline(a, order, customer["loyalty_tier"], delivered)
    yield from a.policy("return", "label", title="return label")
    amount = a.price_paid(line, supply)
    share = _share(order, amount)
    back = amount - share
    cooler = yield from a.product("Cold Harbor Fjord 240", category="cooling")
    fans = yield from a.product("BriskWind Draft 120 3-Pack", category="cooling")
    paste = yield from a.product("TidyBench Bench Paste 4g", category="accessory")
    cart = {cooler["id"]: 1, fans["id"]: 1, paste["id"]: 1}
    packages = yield from a.packages(cart)
    running = yield from _running(a, customer["loyalty_tier"], a.clock.today.isoformat())
    parts = yield from _priced(a, [cooler, fans, paste], cart, customer=customer, promotions=running)
    best, name = parts, None
    for package in packages:
        if len(package["components"]) == len(cart):
            price = yield from _priced(a, [package], {package["id"]: 1}, customer=customer, promotions=running)
            if price["total"] < best["total"]:
                best, name = price, package["name"]
    single = f"The three on their own come to {usd(cents(parts['total']))} with {parts['promo_code_used']}."
    how = f"{single} Nothing beats that today."
    if name is not None:
        how = (
            f"{usd(cents(best['total']))}, as the {name}: it is exactly those three, and your gold 8% comes off. "
            f"{single}"
        )
    until = "thanks to the holiday notice, since you ordered in November" if seasonal else "45 days from delivery"
    return (
        f"Hi Keisha,\n\n(1) You would get {usd(back)} back: you paid {usd(amount)} for the Keel 850 Gold v3, and its "
        "part of "
        f"your order's discount was {usd(share)}. As a gold member you send it on a free label, and a power supply "
        "carries no "
        f"restocking fee. The overnight charge stays with the order. You have until {spoken(last)} to ask, {until}.\n\n"
        f"(2) {how} Standard shipping is free for you.\n\n"
        f"(3) On balance {usd(back - cents(best['total']))} stays with you.\n\n"
        "I have not started either. When you want to go ahead, send us a line for the return and place the new order "
        "in the "
        "shop.\n\nCorecraft support"
    )


def twenty_four_kits(a: Worker) -> Plan:
    customer = yield from a.contact(email="vu.gwendolyn@homepost.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    order = a.pick(orders, product_id="ddr4-3200-1x16")
    details = yield from _details(a, order["id"])
    line = _line(order, "ddr4-3200-1x16")
    sticks = yield from _product(a, line["product_id"])
    delivered = a.delivered_on(details["shipments"][0]) or ""
    last, _ = yield from _deadline(a, order, customer["loyalty_tier"], delivered)
    label = yield from _label_cents(a)
    amount = a.price_paid(line, sticks) * line["quantity"]
    back = amount - _share(order, amount) - label
    kit = yield from a.product("Latchkey Tumbler DDR5-6000 32GB (2x16GB)", category="memory")
    yield from a.policy("business", "volume", title="volume terms")
    running = yield from _running(a, customer["loyalty_tier"], a.clock.today.isoformat())
    totals: dict[int, int] = {}
    for units in (24, 25):
        price = yield from _priced(a, [kit], {kit["id"]: units}, customer=customer, promotions=running)
        totals[units] = cents(price["total"])
    there = a.stock(kit)
    more = totals[25] - totals[24]
    stock = f"{there} kits are available right now, so either quantity can ship at once, from one warehouse."
    if there < 25:
        stock = "None of the kits is available right now, so the order would have to wait for the next delivery."
    return (
        f"Dear Gwendolyn,\n\n**The four DDR4 sticks.** Sealed, they can come back; you have until {spoken(last)} to "
        "ask. You "
        f"would get {usd(back)}: what you paid after the WELCOME15 discount, of which the return label costs "
        f"{usd(label)}.\n\n"
        "**The DDR5 kits**, with your school terms and shipping included:\n\n"
        "| Kits | Discount | Total |\n|---|---|---|\n"
        f"| 24 | 5% volume | {usd(totals[24])} |\n"
        f"| 25 | 8% volume | {usd(totals[25])} |\n\n"
        f"Yes, take the 25th: the step to 8% makes it cost only {usd(more)} more. The LATCH15 code ran out on November "
        "14, "
        f"and codes do not combine with the volume discount. {stock}\n\nCorecraft support"
    )


def drop_in_card(a: Worker) -> Plan:
    customer = yield from a.contact(email="jamal_m@brightmail.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    order = a.pick(orders, product_id="northglass-aurora-30")
    cart = {line["product_id"]: line["quantity"] for line in order["lines"]}
    old = next(p for p in cart if "aurora-30" in p)
    present = yield from _product(a, old)
    kept = {p: n for p, n in cart.items() if p != old}
    running = yield from _running(a, customer["loyalty_tier"], a.clock.today.isoformat())
    cards = yield from a.all("searchProducts", category="gpu", status="active", max_price=300)
    chosen: list[tuple[Json, int, str | None]] = []
    for card in cards:
        if card["price"] <= present["price"] or a.stock(card) == 0:
            continue
        checked = yield from a.call("validateBuildCompatibility", items=_items({**kept, card["id"]: 1}))
        if checked["errors"] or checked["warnings"]:
            continue
        price = yield from _priced(a, [card], {card["id"]: 1}, customer=customer, promotions=running)
        if cents(price["total"]) <= 26000:
            chosen.append((card, cents(price["total"]), price["promo_code_used"]))
    most = max(chosen, key=lambda item: item[0]["specs"]["vram_gb"])[0]
    number = {1: "one card fits", 2: "two cards fit"}.get(len(chosen), f"{len(chosen)} cards fit")
    code = chosen[0][2]
    lines = "\n".join(
        f"- {card['name']}, {card['specs']['vram_gb']} GB: {usd(total)} to your door" for card, total, _ in chosen
    )
    return (
        f"Hey Jamal, {number} everything you asked for. They go into the Stall M from {order['id']} with the power "
        "supply you "
        f"have, stay at or under the 550 W it gives, and are on the shelf today:\n\n{lines}\n\n"
        f"Both prices are with the code {code}, type it in at checkout (it is for accounts in the Standard tier). "
        "Standard "
        f"shipping is free at that amount.\n\nThe one with the most memory is the {most['name']}, "
        f"{most['specs']['vram_gb']} GB against the {present['specs']['vram_gb']} GB in your Aurora 30. My pick would "
        "be that one."
    )
