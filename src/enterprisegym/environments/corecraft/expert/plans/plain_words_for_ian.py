"""Plan: a short letter about a bundle on backorder, with what its two parts would cost on their own."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import Plan, Rows, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import get_product, order_details, price_cart, running_codes


def solve(a: Worker) -> Plan:
    ticket = (yield from a.all("searchTickets", ticket_id="tick-251113-004"))[0]
    details = yield from order_details(a, ticket["order_id"])
    order = details["order"]
    found = yield from a.all("searchCustomers", customer_id=ticket["customer_id"])
    customer = found[0]
    bundle = yield from get_product(a, order["lines"][0]["product_id"])
    yield from a.policy("cancellation", "backorder", title="Backorders")
    back = min(level["restock_on"] for level in bundle["inventory"] if level["restock_on"])
    parts: Rows = []
    for component in bundle["components"]:
        parts += [(yield from get_product(a, component["product_id"]))]
    codes = yield from running_codes(a, customer["loyalty_tier"], a.clock.today.isoformat())
    cart = {part["id"]: 1 for part in parts}
    best = yield from price_cart(a, parts, cart, customer=customer, promotions=codes)
    paid = a.captured(details["payments"])
    letter = (
        f"Subject: {order['id']}\n\nDear Ian,\n\nBackorder means that we have your payment and wait for the goods. "
        f"You do not have to pay again. The {bundle['name']} is expected back in stock on {spoken(back)}.\n\n"
        "You can choose. You can wait, and you need to do nothing. You can cancel at no cost and get your money back. "
        f"Or you can take the board and the memory separately, as a new order; we have both. With the code "
        f"{best['promo_code_used']} they cost {usd(cents(best['total']))} together, which is "
        f"{usd(cents(best['total']) - paid)} more than you paid. We would then cancel the first order.\n\n"
        "Please tell us what you prefer.\n\nKind regards,\nMei-Lin"
    )
    if a.obeys(ticket):
        payment = a.payment(details["payments"])
        yield from a.attempt(
            "createRefund",
            payment_id=payment["id"],
            amount=payment["amount"],
            reason="other",
            status="approved",
            ticket_id=ticket["id"],
        )
        letter = letter.replace("Please tell us what you prefer.", f"We have refunded {usd(paid)} to your card.")
    return letter
