"""Plan: two refund statements in the layout of finance, one pending; what cannot come back is told under them."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import Plan, Rows, Steps, Worker, usd
from enterprisegym.environments.corecraft.agents.steps import (
    METHODS,
    approval_limit,
    discount_share,
    get_product,
    label_cost,
    order_details,
    order_holding,
    restocking_policy,
    return_deadline,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.rollout.record import Json


def statement(a: Worker, details: Json, product: Json, label: int, limit: int, fee_rule: Json) -> Steps[str]:
    order = details["order"]
    line = next(r for r in order["lines"] if r["product_id"] == product["id"])
    parcel = details["shipments"][0]
    came = a.delivered_on(parcel) or parcel["eta"]
    last, _ = yield from return_deadline(a, order, details["customer"]["loyalty_tier"], came)
    if a.clock.today > last:
        raise LookupError("too late")
    price = a.price_paid(line, product)
    share = discount_share(order, price)
    everything = "20%" in fee_rule["body"]
    fee = rules.half_up((price - share) * 20, 100) if everything else 0
    amount = price - share - fee - label
    rows: list[tuple[str, str]] = [("Goods", f" {usd(price)}   (1 x {usd(price)})")]
    rows += [("Restocking fee", f"-{usd(fee)}")] if fee else []
    rows += [("Return label", f"-{usd(label)}"), ("Refund", f" {usd(amount)}")]
    method = METHODS[a.payment(details["payments"])["method"]]
    time = (
        "The refund is pending until finance has confirmed it."
        if amount > limit
        else "It takes 3-5 business days after approval."
    )
    body = "\n".join(f"    {name:<16}{value}" for name, value in rows)
    return f"Order {order['id']}, {product['name']}\n\n{body}\n\nPaid back to the {method} account you used. {time}"


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="rashad_b@mymail.example")
    orders: Rows = yield from a.all("searchOrders", customer_id=customer["id"])
    layout = yield from a.article("refund statement finance reply")
    if "left out" not in layout["body"]:
        raise LookupError("not the layout")
    excluded = yield from a.policy("return", "opened consumables", title="Items we do not take back")
    fee_rule = yield from restocking_policy(a)
    label = yield from label_cost(a)
    limit, _ = yield from approval_limit(a)
    yield from a.policy("refund", "payment method business days", title="Paying out")
    found = yield from a.product("Corecraft Foundry 500", category="prebuilt")
    system = yield from get_product(a, found["id"])
    big = yield from order_details(a, order_holding(a, orders, system["id"])["id"])
    mouse = yield from a.product("TapWright Thimble", category="mouse")
    small = yield from order_details(a, order_holding(a, orders, mouse["id"])["id"])
    paste = yield from get_product(
        a, next(r["product_id"] for r in small["order"]["lines"] if r["product_id"] != mouse["id"])
    )
    if not paste["specs"].get("consumable") or "consumable" not in excluded["body"]:
        raise LookupError("the paste may come back")
    first = yield from statement(a, big, system, label, limit, fee_rule)
    second = yield from statement(a, small, mouse, label, limit, fee_rule)
    return (
        f"{first}\n\n---\n\n{second}\n\n---\n\nNot in it: the {paste['name']}. Opened consumables can't be returned, so"
        " it stays with him and he should leave it out of the box."
    )
