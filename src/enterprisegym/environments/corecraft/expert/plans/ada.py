"""Plans of thirteen look-up and workflow tasks; each task's family names its plan in `PLANS`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from enterprisegym.environments.corecraft.agents import (
    Plan,
    PlanFunction,
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


def _lines_with(order: Row, product_ids: set[str]) -> list[Json]:
    return [line for line in order["lines"] if line["product_id"] in product_ids]


def _order_with(a: Worker, orders: Rows, category: str) -> Steps[tuple[Json, Json, Json]]:
    """The first order that has a line of this category, with that line and its product."""
    for order in orders:
        for line in order["lines"]:
            found = yield from a.call("getProduct", product_id=line["product_id"])
            if found["product"]["category"] == category:
                return order, line, found["product"]
    raise LookupError(f"none of {len(orders)} orders has a {category}")


def _window_days(policy: Row, tier: str) -> int:
    """The days of a tier in the table of the return window policy."""
    match = re.search(rf"\|\s*{tier}\s*\|\s*(\d+)\s*\|", policy["body"], re.IGNORECASE)
    if match is None:
        raise LookupError(f"the policy names no window for {tier}")
    return int(match[1])


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def silver_gold_high_queue(a: Worker) -> Plan:
    waiting: Rows = []
    for status in ("new", "open", "pending_customer"):
        waiting += yield from a.all("searchTickets", priority="high", status=status)
    rows: list[tuple[str, ...]] = []
    for ticket in sorted(waiting, key=lambda t: t["created_at"]):
        found = yield from a.call("searchCustomers", customer_id=ticket["customer_id"])
        customer = found["customers"][0]
        if customer["loyalty_tier"] in ("silver", "gold"):
            status = "waiting for the customer" if ticket["status"] == "pending_customer" else ticket["status"]
            opened = a.day(ticket["created_at"])
            rows.append((ticket["id"], customer["name"], customer["loyalty_tier"], status, opened))
    table = _table(("Ticket", "Customer", "Tier", "Status", "Opened"), rows)
    return f"Here is your call list, oldest first. Days are Columbus days, nothing was changed.\n\n{table}"


def meridian_480x_notice(a: Worker) -> Plan:
    product = yield from a.product("Hale Nine Meridian 480X", category="cpu")
    orders = yield from a.dated("searchOrders", "2025-01", "2025-05", product_id=product["id"])
    kept = [o for o in orders if o["status"] in ("fulfilled", "paid")]
    rows: list[tuple[str, ...]] = []
    for order in sorted(kept, key=lambda o: o["created_at"]):
        details = yield from a.call("getOrderDetails", order_id=order["id"])
        customer = details["customer"]
        rows.append((order["id"], customer["name"], customer["email"], spoken(a.day(order["created_at"]))))
    table = _table(("Order", "Customer", "E-mail", "Placed on"), rows)
    return (
        f"{len(rows)} orders with a boxed {product['name']} were placed from January through May 2025 and are "
        "fulfilled "
        f"or paid:\n\n{table}\n\nThe days are Columbus days."
    )


def november_first_card_takings(a: Worker) -> Plan:
    payments = yield from a.dated("searchPayments", "2025-11-01", method="card")
    taken = [(p, a.captured([p])) for p in payments if a.captured([p])]
    rows = [(p["order_id"], p["id"], usd(amount)) for p, amount in sorted(taken, key=lambda t: t[0]["created_at"])]
    total = sum(amount for _, amount in taken)
    table = _table(("Order", "Payment", "Captured"), rows)
    return (
        f"Card captures of Saturday, November 1, 2025, Columbus time: {len(rows)} captures, {usd(total)} "
        f"gross.\n\n{table}"
        "\n\nDeclined and voided attempts are not in it, and later refunds are not deducted."
    )


def whole_pc_approvers(a: Worker) -> Plan:
    customer = yield from a.contact(email="khalloran@inkwire.example")
    orders = yield from a.dated("searchOrders", "2024-12", customer_id=customer["id"])
    details = yield from a.call("getOrderDetails", order_id=orders[0]["id"])
    amount = a.captured(details["payments"])
    policy = yield from a.policy("refund", "approve", title="Who may approve")
    limits = {
        role: None if limit == "no limit" else cents(float(limit.lstrip("$").replace(",", "")))
        for role, limit in re.findall(r"\|\s*(\w+)\s*\|\s*(\$[\d,.]+|no limit)\s*\|", policy["body"])
    }
    staff = yield from a.all("searchEmployees", has_permission="approve_refund")
    people = [p for p in staff if p["id"] != rules.DESK_AGENT_ID and p["support_role"] in limits]
    able = [p for p in people if (limit := limits[p["support_role"]]) is None or limit >= amount]
    short = max(limit for limit in limits.values() if limit is not None and limit < amount)
    role = next(name for name, limit in limits.items() if limit == short)
    names = "\n".join(f"- {p['name']} ({p['support_role']}, {p['department']})" for p in able)
    return (
        f"1. The order is {orders[0]['id']}.\n"
        f"2. We captured {usd(amount)} on it.\n"
        f"3. A refund of that size can be approved alone by:\n\n{names}\n\n"
        f"A {role} stops at {usd(short)}, so that role falls just short. Nothing was changed."
    )


def white_lodge_restock(a: Worker) -> Plan:
    cases = yield from a.brand("Pine Hollow", category="case")
    white = a.pick(cases, where=lambda p: "lodge" in p["name"].lower() and "white" in p["name"].lower())
    black = a.pick(cases, where=lambda p: "lodge" in p["name"].lower() and "black" in p["name"].lower())
    yield from a.policy("cancellation", "backorder", title="Backorders")
    due = [level for level in white["inventory"] if level["restock_on"]]
    day = min(level["restock_on"] for level in due)
    coming = sum(level["restock_quantity"] for level in due)
    where = {"cmh": "Columbus", "rno": "Reno"}
    split = " and ".join(f"{level['restock_quantity']} for {where[level['location']]}" for level in due)
    price, other = cents(white["price"]), cents(black["price"])
    return (
        f"Hey Tobias, the white Lodge is sold out at the moment. The next delivery is due on {spoken(day)}: "
        f"{coming} of "
        f"them altogether ({split}).\n\n"
        "No need to wait with ordering, it can be backordered today and ships once it is in. As long as no label "
        "exists you can still cancel at no cost.\n\n"
        f"The black one is here right now, {a.stock(black)} in stock. And yes: {usd(other)} against {usd(price)} "
        "for the "
        f"white one, so {usd(price - other)} less."
    )


def trench_4tb_november(a: Worker) -> Plan:
    product = yield from a.product("Fathom Deep Trench 4TB", category="storage")
    orders = yield from a.dated("searchOrders", "2025-11-01", "2025-11-15", product_id=product["id"])
    rows: list[tuple[str, ...]] = []
    total = 0
    for order in sorted(orders, key=lambda o: o["created_at"]):
        found = yield from a.call("searchPayments", order_id=order["id"])
        taken = a.captured(found["payments"])
        total += taken
        rows.append((order["id"], order["status"].replace("_", " "), usd(taken)))
    held = " and ".join(o["id"] for o in orders if o["status"] == "on_hold") or "none of them"
    table = _table(("Order", "Status", "Captured"), rows)
    return (
        f"Dear Margit,\n\norders with a {product['name']} from November 1 through today, with the money captured "
        "on each "
        f"whole order:\n\n{table}\n\nTogether: {usd(total)}. Please note that {held} is on hold; I have not "
        "released it."
    )


def october_processor(a: Worker) -> Plan:
    customer = yield from a.contact(email="tyronekone@fastletter.example")
    orders = yield from a.dated("searchOrders", "2025-10", customer_id=customer["id"])
    order, line, product = yield from _order_with(a, orders, "cpu")
    details = yield from a.call("getOrderDetails", order_id=order["id"])
    parcel = a.pick(details["shipments"], where=lambda s: line["product_id"] in str(s["contents"]))
    delivered = date.fromisoformat(a.delivered_on(parcel) or "")
    policy = yield from a.policy("return", "window", title="Return window")
    days = _window_days(policy, details["customer"]["loyalty_tier"])
    last = delivered + timedelta(days=days)
    return (
        "Dear Mr. Kone,\n\nhere are the figures for your October sheet:\n\n"
        f"- Order: {order['id']}\n"
        f"- Processor: {product['name']}, {usd(a.price_paid(line, product))} before the discount\n"
        f"- Code: {order['promo_code']}, {usd(cents(order['discount']))} off the order\n"
        f"- Paid for the whole order: {usd(a.captured(details['payments']))}\n"
        f"- Delivered: {spoken(delivered)}\n\n"
        f"You can ask to return it through {spoken(last)}, {days} days from delivery.\n\nKind "
        "regards,\nCorecraft support"
    )


def drive_goes_back(a: Worker) -> Plan:
    customer = yield from a.contact(email="adeyemi.maya@quillbox.example")
    orders = yield from a.dated("searchOrders", "2025-10", customer_id=customer["id"])
    order, line, product = yield from _order_with(a, orders, "storage")
    details = yield from a.call("getOrderDetails", order_id=order["id"])
    parcel = a.pick(details["shipments"], where=lambda s: line["product_id"] in str(s["contents"]))
    delivered = date.fromisoformat(a.delivered_on(parcel) or "")
    tier = details["customer"]["loyalty_tier"]
    window = yield from a.policy("return", "window", title="Return window")
    yield from a.policy("return", "label", title="Who pays")
    yield from a.policy("refund", "approve", title="Who may approve")
    last = delivered + timedelta(days=_window_days(window, tier))
    if last < a.clock.today:
        return f"Hi Maya, I am sorry, but the time to return the {product['name']} ended on {spoken(last)}."
    price = a.price_paid(line, product)
    share = rules.half_up(cents(order["discount"]) * price, cents(order["subtotal"]))
    label = 0 if tier in ("gold", "platinum") else rules.RETURN_LABEL_CENTS
    amount = price - share - label
    yield from a.call(
        "processReturn",
        order_id=order["id"],
        items=[{"product_id": product["id"], "quantity": 1, "condition": "opened"}],
        reason="customer_remorse",
        disposition="refund",
        amount=amount / 100,
        status="approved",
    )
    return (
        f"Hi Maya,\n\ndone: the return of your {product['name']} (order {order['id']}) is set up and a prepaid "
        "label is on "
        "its way to you.\n\n"
        f"    Goods          {usd(price)}   (1 x {usd(price)})\n"
        f"    Return label    -{usd(label)}\n"
        f"    Refund         {usd(amount)}\n\n"
        f"The refund of {usd(amount)} goes back to the card you paid with, 3-5 business days after approval; I "
        "approved it "
        "today. That it was in use costs you nothing extra.\n\n"
        f"You are well in time, the last day to ask is {spoken(last)}. The rest of the order stays as it is."
    )


def desk_set_papers(a: Worker) -> Plan:
    customer = yield from a.contact(email="lnovak@netporch.example")
    kit = yield from a.product("Desk Set", category="bundle")
    full = yield from a.call("getProduct", product_id=kit["id"])
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    order = a.pick(orders, where=lambda o: bool(_lines_with(o, {kit["id"]})))
    details = yield from a.call("getOrderDetails", order_id=order["id"])
    line = _lines_with(order, {kit["id"]})[0]
    parcel = a.pick(details["shipments"], where=lambda s: kit["id"] in str(s["contents"]))
    parts = ", ".join(c["name"] for c in full["product"]["components"])
    method = a.payment(details["payments"])["method"].replace("_", " ")
    return (
        f"Hello Linh,\n\nhere is everything for the form: the {kit['name']} came with order {order['id']}, placed on "
        f"{spoken(a.day(order['created_at']))}. It cost {usd(a.price_paid(line, kit))}, paid by {method}. It was "
        "delivered "
        f"on {spoken(a.delivered_on(parcel) or '')}.\n\nIn the set: {parts}.\n\nBest wishes,\nCorecraft"
    )


def first_order_ever(a: Worker) -> Plan:
    customer = yield from a.contact(email="patrick.washington@homepost.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    first = min(orders, key=lambda o: o["created_at"])
    details = yield from a.call("getOrderDetails", order_id=first["id"])
    names: list[str] = []
    for line in first["lines"]:
        found = yield from a.call("getProduct", product_id=line["product_id"])
        names.append(found["product"]["name"])
    parcel = details["shipments"][0]
    number = f"{len(orders)} order" + ("s" if len(orders) != 1 else "")
    return (
        f"Hi Patrick,\n\nyou have placed {number} with us so far. The one that started it was {first['id']} on "
        f"{spoken(a.day(first['created_at']))}: {' and '.join(names)}, {usd(a.captured(details['payments']))} in "
        "all.\n\n"
        f"You remember rightly, it was late: promised for {spoken(parcel['eta'])}, delivered on "
        f"{spoken(a.delivered_on(parcel) or '')}.\n\nThanks for staying with us anyway!"
    )


def howling_fjord(a: Worker) -> Plan:
    customer = yield from a.contact(email="singh.rashad@homepost.example")
    cooler = yield from a.product("Fjord 240", category="cooling")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    order = a.pick(orders, where=lambda o: bool(_lines_with(o, {cooler["id"]})))
    line = _lines_with(order, {cooler["id"]})[0]
    cover = yield from a.call("checkWarrantyStatus", order_id=order["id"], product_id=cooler["id"])
    terms = yield from a.call("searchPolicies", policy_id=cover["warranty_policy_id"])
    yield from a.policy("warranty", "claim", title="Handling a warranty claim")
    months = terms["policies"][0]["months"]
    return (
        f"Dear Rashad Singh,\n\nyour {cooler['name']} is under warranty, through {spoken(cover['ends_on'])}: "
        f"{months} months "
        f"from its delivery on {spoken(cover['starts_on'])}.\n\n"
        "Where to send it: not to us. For this cooler we handle claims for the first 30 days after delivery "
        "only, after "
        "that the manufacturer, Cold Harbor, does. Please claim there.\n\n"
        f"They will want our proof of purchase: order {order['id']}, {cooler['name']}, price paid "
        f"{usd(a.price_paid(line, cooler))}."
    )


def processor_and_two_drives(a: Worker) -> Plan:
    customer = yield from a.contact(email="tamika.bouchard@hellobox.example")
    orders = yield from a.dated("searchOrders", "2025-11-01", "2025-11-15", customer_id=customer["id"])
    order, line, product = yield from _order_with(a, orders, "cpu")
    details = yield from a.call("getOrderDetails", order_id=order["id"])
    _, _, drive = yield from _order_with(a, orders, "storage")
    yield from a.policy("return", "window", title="Return window")
    notice = yield from a.policy("return", "holiday", title="Seasonal notice")
    yield from a.policy("return", "clearance", title="Items we do not take back")
    yield from a.policy("return", "restocking", title="Restocking fee")
    yield from a.policy("return", "label", title="Who pays")
    yield from a.policy("refund", "approve", title="Who may approve")
    if drive["status"] != "clearance" or "15 January 2026" not in " ".join(notice["body"].split()):
        raise LookupError("the records do not say what this plan is about")
    tier = details["customer"]["loyalty_tier"]
    item = {"product_id": product["id"], "quantity": 1, "condition": "opened"}
    cut = rules.return_refund_cents(
        {"id": order["id"]} | {f"{name}_cents": cents(order[name]) for name in ("subtotal", "discount", "shipping")},
        [{**line, "id": "1", "unit_price_cents": a.price_paid(line, product)}],
        [item],
        tier,
        "customer_remorse",
        {product["id"]: product},
    )
    yield from a.call(
        "processReturn",
        order_id=order["id"],
        items=[item],
        reason="customer_remorse",
        disposition="refund",
        amount=cut.total_cents / 100,
        status="approved",
    )
    return (
        f"Hi Tamika,\n\nthe processor can come back, the two drives can't.\n\n**{product['name']}** (order "
        f"{order['id']}): the "
        "return is set up, a prepaid label is on its way.\n\n"
        f"- Goods: {usd(cut.goods_cents)}\n- Restocking fee, opened processor, 15%: -{usd(cut.fee_cents)}\n"
        f"- Return label: -{usd(cut.label_cents)}\n- **Refund: {usd(cut.total_cents)}**\n\n"
        "I have approved it; the money is back on your original payment method 3-5 business days from today.\n\n"
        f"**{drive['name']}, 2 units**: these were clearance items and therefore final sale, sealed or not, so "
        "please do "
        "not put them in the parcel. Their warranty stays.\n\n"
        "There is no rush with the decision either: November orders may be returned until January 15, 2026."
    )


def parcels_for_the_insurer(a: Worker) -> Plan:
    customer = yield from a.contact(email="zainab_v@postnook.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    parcels: Rows = []
    for order in orders:
        parcels += yield from a.all("searchShipments", order_id=order["id"])
    rows: list[tuple[str, ...]] = []
    for parcel in sorted(parcels, key=lambda s: s["created_at"]):
        delivered = a.delivered_on(parcel)
        name = {"ups": "UPS", "fedex": "FedEx", "usps": "USPS", "dhl": "DHL"}[parcel["carrier"]]
        arrived = "not yet" if delivered is None else spoken(delivered)
        rows.append((parcel["order_id"], name, parcel["tracking_number"], arrived))
    table = _table(("Order", "Carrier", "Tracking number", "Delivered"), rows)
    return f"Hi Zainab, this is everything we have sent you so far:\n\n{table}"


PLANS: dict[str, PlanFunction] = {
    function.__name__.replace("_", "-"): function
    for function in (
        silver_gold_high_queue,
        meridian_480x_notice,
        november_first_card_takings,
        whole_pc_approvers,
        white_lodge_restock,
        trench_4tb_november,
        october_processor,
        drive_goes_back,
        desk_set_papers,
        first_order_ever,
        howling_fjord,
        parcels_for_the_insurer,
        processor_and_two_drives,
    )
}
"""Plans by family."""
