"""Plan: an e-mail with proof of purchase for every kit of a model, one of them bought late in the evening."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import Plan, Worker, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import lines_with


def solve(a: Worker) -> Plan:
    found = yield from a.all("searchCustomers", name="Owen Carlisle")
    customer = a.pick(found, postal_code="13253")
    kit = yield from a.product("Tumbler DDR5-7200", category="memory")
    orders = yield from a.all("searchOrders", customer_id=customer["id"], product_id=kit["id"])
    rows: list[str] = []
    total = count = 0
    for order in sorted(orders, key=lambda o: str(o["created_at"])):
        payments = yield from a.call("searchPayments", order_id=order["id"])
        assert a.captured(payments["payments"]) > 0
        for line in lines_with(order, {kit["id"]}):
            price = a.price_paid(line, kit)
            total += price * line["quantity"]
            count += line["quantity"]
            rows.append(
                f"- order {order['id']}, placed {spoken(a.day(order['created_at']))}: "
                f"{line['quantity']} kit at {usd(price)}"
            )
    words = {1: "one kit", 2: "two kits"}
    return (
        f"Subject: Proof of purchase: {kit['name']}\n\nDear {customer['name'].split()[0]},\n\nwe are sorry about the "
        f"break-in. For your insurer: our records show {words.get(count, f'{count} kits')} of the {kit['name']}, "
        "bought "
        "from us on separate orders and paid in full.\n\n" + "\n".join(rows) + f"\n\nPaid for the kits in total: "
        f"{usd(total)}.\n\nYou wrote of one; please list what was really taken.\n\nKind regards\nCorecraft support"
    )
