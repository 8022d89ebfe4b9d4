"""The plan of `processor-and-two-drives`."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import (
    Plan,
    Worker,
    cents,
    usd,
)
from enterprisegym.environments.corecraft.agents.steps import order_with
from enterprisegym.environments.corecraft.policies import rules


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="tamika.bouchard@hellobox.example")
    orders = yield from a.dated("searchOrders", "2025-11-01", "2025-11-15", customer_id=customer["id"])
    order, line, product = yield from order_with(a, orders, "cpu")
    details = yield from a.call("getOrderDetails", order_id=order["id"])
    _, _, drive = yield from order_with(a, orders, "storage")
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
