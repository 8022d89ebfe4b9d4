"""Plan: one of two sealed memory kits from the older account comes back."""

from __future__ import annotations

from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents.worker import NotFoundError, Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.policies import rules


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="gwendolyn.crawford@fastletter.example")
    accounts = yield from a.accounts(customer)
    found = None
    for account in accounts:
        for order in (yield from a.all("searchOrders", customer_id=account["id"])):
            for line in order["lines"]:
                product = (yield from a.call("getProduct", product_id=line["product_id"]))["product"]
                if product["category"] == "memory" and line["quantity"] == 2:
                    found = (order, line, product)
    if found is None:
        raise NotFoundError("no memory on this account")
    order, line, product = found
    details = yield from a.call("getOrderDetails", order_id=order["id"])
    came = date.fromisoformat(a.delivered_on(details["shipments"][0]) or "")
    yield from a.policy("return", text="window delivered tier", title="Return window")
    yield from a.policy("return", text="holiday placed November", title="Seasonal notice")
    yield from a.policy("return", text="label", title="return label")
    yield from a.policy("refund", text="discount share order line", title="worked out")
    paid = a.price_paid(line, product)
    goods = paid - rules.half_up(cents(order["discount"]) * paid, cents(order["subtotal"]))
    amount = goods - rules.RETURN_LABEL_CENTS
    made = yield from a.call(
        "processReturn", order_id=order["id"], reason="customer_remorse", disposition="refund",
        items=[{"product_id": product["id"], "quantity": 1, "condition": "unopened"}],
        amount=amount / 100, status="approved",
    )  # fmt: skip
    last = came + timedelta(days=30)
    return (
        f"Hi Gwendolyn! Sure, one kit can go back ({product['name']}, order {order['id']}). I've logged it as "
        f"{made['return']['id']} and a label is coming by e-mail.\n\n"
        f"You paid {usd(paid)} for it; the label costs {usd(rules.RETURN_LABEL_CENTS)}, so your refund is "
        f"{usd(amount)}, approved, to the card you paid with within 3-5 business days.\n\n"
        f"For the second kit: you have until {spoken(last)} to ask. That's 30 days from delivery on {spoken(came)}. "
        "(The holiday extension is only for orders placed from November 1 on, and yours was placed the day before.) "
        "The SSD stays as it is."
    )
