"""Plan: what was kept of an order after half of it went back, and for what."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import METHODS, discount_share, get_product, order_details


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="dmitri_p@brightmail.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    order = a.pick(orders, where=lambda o: o["status"] == "partially_refunded")
    details = yield from order_details(a, order["id"])
    payment = a.payment(details["payments"])
    refunds = [r for p in details["payments"] for r in p["refunds"] if r["status"] in ("approved", "processed")]
    sent = {item["product_id"] for r in details["returns"] for item in r["items"]}
    (line,) = (row for row in order["lines"] if row["product_id"] not in sent)
    cooler = yield from get_product(a, line["product_id"])
    paid = a.price_paid(line, cooler)
    share = discount_share(order, paid)
    back = sum(cents(r["amount"]) for r in refunds)
    kept = a.captured([payment]) - back
    label = kept - (paid - share)
    yield from a.policy("refund", "discount share order line", title="worked out")
    yield from a.policy("return", "label", title="return label")
    cover = yield from a.call("checkWarrantyStatus", order_id=order["id"], product_id=cooler["id"])
    yield from a.policy("warranty", "claim", title="Handling a warranty claim")
    where = "us" if cover["claim_via"] == "corecraft" else "the manufacturer"
    return (
        f"Order {order['id']}, paid by {METHODS[payment['method']]}, {usd(cents(payment['amount']))} charged.\n\n"
        f"1. Refunded for the case: {usd(back)}.\n"
        f"2. Still with us: {usd(kept)}.\n"
        f"3. The cooler ({cooler['name']}) cost him {usd(paid - share)}: price {usd(paid)} less {usd(share)} of the "
        "WELCOME15 discount.\n"
        f"4. The gap between 2 and 3 is {usd(label)}: the return label of the case. It is no overcharge.\n"
        f"5. The cooler's warranty runs through {spoken(cover['ends_on'])}. A claim today goes to {where}: 30 days "
        "from delivery are over.\n\nNothing was changed."
    )
