"""Plan: one cancellation that is due and one price claim that is not, both tickets resolved, with the arithmetic."""

from __future__ import annotations

from datetime import date

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import get_product, number_in, order_details, wrap_up
from enterprisegym.environments.corecraft.policies import rules


def solve(a: Worker) -> Plan:
    cancel = (yield from a.all("searchTickets", ticket_id="tick-251114-002"))[0]
    price = (yield from a.all("searchTickets", ticket_id="tick-251112-004"))[0]
    # The cancellation
    waiting = yield from order_details(a, cancel["order_id"])
    yield from a.policy("cancellation", "label", title="Cancelling or changing")
    yield from a.policy("refund", "limit", title="Who may approve")
    yield from a.article("cancelling order desk procedure")
    payment = a.payment(waiting["payments"])
    back = cents(payment["amount"])
    yield from a.call(
        "updateOrderStatus",
        order_id=waiting["order"]["id"],
        status="cancelled",
        note=f"CXL {a.clock.today.isoformat()} {cancel['id']} customer",
    )
    made = yield from a.call(
        "createRefund",
        payment_id=payment["id"],
        amount=back / 100,
        reason="order_cancelled",
        status="approved",
        ticket_id=cancel["id"],
    )
    yield from wrap_up(
        a,
        cancel["id"],
        "refund_issued",
        f"Cancelled before a label existed. {usd(back)} refunded.",
        made["refund"]["id"],
    )
    # The price claim
    bought = yield from order_details(a, price["order_id"])
    order, line = bought["order"], bought["order"]["lines"][0]
    product = yield from get_product(a, line["product_id"])
    policy = yield from a.policy("pricing", "14 days", title="Price adjustment")
    days = number_in(r"within (\d+) days", policy)
    claimed = a.claims(price).amounts_cents
    paid = a.record(claimed[0] if claimed else None, a.price_paid(line, product))
    today = cents(product["price"])
    placed, asked = a.day(order["created_at"]), a.day(price["created_at"])
    after = (date.fromisoformat(asked) - date.fromisoformat(placed)).days
    subtotal = cents(order["subtotal"])
    owed = rules.half_up((paid - today) * line["quantity"] * (subtotal - cents(order["discount"])), subtotal)
    yield from wrap_up(
        a,
        price["id"],
        "request_denied",
        f"Price adjustment asked on day {after} from the order; limit is {days}. Price paid {usd(paid)}.",
    )
    return (
        f"Dana, both are resolved.\n\n{cancel['id']}: {waiting['order']['id']} is cancelled (no label yet), and a "
        f"refund of {usd(back)}, the express charge included, is approved to her card.\n\n{price['id']}: denied. "
        f"For your talk with Caleb:\n- list price of the {product['name']} on her order: {usd(paid)}\n"
        f"- list price today: {usd(today)}\n- ordered on {spoken(placed)} and asked {after} days later; "
        f"the limit is {days} days\n\nIn time: {usd(owed)}\n(The code on her order takes its share of the drop.)"
    )
