"""Plan: an unpaid order that cannot take a code is cancelled, because ordering again is cheaper."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import get_product, order_details, running_codes


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="mbrooks@fastletter.example")
    rows = yield from a.all("searchOrders", customer_id=customer["id"], status="pending")
    order = a.pick(rows)
    details = yield from order_details(a, order["id"])
    product = yield from get_product(a, order["lines"][0]["product_id"])
    taken = a.captured(details["payments"])
    yield from a.policy("pricing", "afterwards", title="Promo codes")
    yield from a.policy("cancellation", "label", title="Cancelling or changing")
    codes = yield from running_codes(a, customer["loyalty_tier"], a.clock.today.isoformat())
    code = next(c for c in codes if c["kind"] == "free_shipping")
    fresh = yield from a.call(
        "calculatePrice",
        items=[{"product_id": product["id"], "quantity": 1}],
        customer_id=customer["id"],
        promo_code=code["code"],
    )
    yield from a.call(
        "updateOrderStatus", order_id=order["id"], status="cancelled", note=f"CXL {a.clock.today.isoformat()} customer"
    )
    charged = "Your card was not charged: the payment failed" if taken == 0 else f"We took {usd(taken)}"
    return (
        f"Hi Malik,\n\n1. {charged}, and no money reached us.\n"
        f"2. A code cannot be added to an order afterwards, so the old one ({order['id']}, "
        f"{usd(cents(order['total']))}) is cancelled. Order the case again with {code['code']} and standard shipping "
        f"and you pay {usd(cents(fresh['total']))}. The code works through {spoken(code['ends_on'])}.\n"
        f"3. We have {a.stock(product)} of the {product['name']} altogether, so tonight should be fine. I can't set "
        "one aside.\n\nCorecraft support"
    )
