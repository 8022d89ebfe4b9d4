"""Plan: a dead memory kit is refunded as defective on arrival, a dent reported too late is refused."""

from __future__ import annotations

from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents.worker import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.policies import rules


def solve(a: Worker) -> Plan:
    customers = yield from a.all("searchCustomers", name="Caitlin Fujimoto")
    customer = a.pick(customers, postal_code="31494")
    case = yield from a.product("Fieldhouse Stall M")
    orders = yield from a.all("searchOrders", customer_id=customer["id"], product_id=case["id"])
    details = yield from a.call("getOrderDetails", order_id=orders[0]["id"])
    order, parcel = details["order"], details["shipments"][0]
    came = date.fromisoformat(a.delivered_on(parcel) or "")
    yield from a.policy("return", text="15 days delivery defective", title="Defective on arrival")
    yield from a.policy("shipping", text="report within 7 days photographs", title="Damaged in transit")
    yield from a.policy("refund", text="discount share order line", title="worked out")
    yield from a.policy("refund", text="original shipping fault", title="original shipping")
    yield from a.policy("refund", text="approve limit finance", title="approve a refund")
    if a.clock.today > came + timedelta(days=rules.DOA_DAYS):
        return f"Delivered on {spoken(came)}: too late for a refund of anything in order {order['id']}, warranty only."
    memory: list[tuple[dict[str, object], int]] = []
    for line in order["lines"]:
        product = (yield from a.call("getProduct", product_id=line["product_id"]))["product"]
        if product["category"] == "memory":
            memory.append((product, a.price_paid(line, product)))
    ((kit, paid),) = memory
    share = rules.half_up(cents(order["discount"]) * paid, cents(order["subtotal"]))
    shipping = cents(order["shipping"])
    amount = paid - share + shipping
    made = yield from a.call(
        "processReturn", order_id=order["id"], reason="defective", disposition="refund",
        items=[{"product_id": kit["id"], "quantity": 1, "condition": "defective"}],
        amount=amount / 100, status="approved",
    )  # fmt: skip
    last = came + timedelta(days=7)
    return (
        f"Keisha, for the call back to {customer['name']} (order {order['id']}, delivered {spoken(came)}):\n\n"
        "**Memory: yes.** Eleven days after delivery is inside the 15 for goods that arrive defective, and she may "
        f"choose the money. Return {made['return']['id']} is logged and the refund approved:\n\n"
        f"- {kit['name']}: {usd(paid)}\n- share of the order's discount: -{usd(share)}\n- original overnight "
        f"shipping, back because the fault is ours: +{usd(shipping)}\n- refund: **{usd(amount)}**\n\nThe whole kit "
        "comes back, both sticks, on a free label. To PayPal, 3-5 business days after approval.\n\n"
        "**Case: no.** A dent from the journey has to be reported within 7 days of delivery, that is by "
        f"{spoken(last)}. We cannot replace the panel or the case, and a damaged case cannot be sent back either. It "
        "is not a defect, so the warranty does not help; she can buy a case of her choice as a new order."
    )
