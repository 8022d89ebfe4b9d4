"""Plan: one line gets a price adjustment, the other comes back, another shop's price stays theirs."""

from __future__ import annotations

from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import NotFoundError, Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import (
    discount_share,
    label_cost,
    line_with,
    order_details,
    order_holding,
    restocking_policy,
    return_deadline,
    wrap_up,
)
from enterprisegym.environments.corecraft.policies import rules


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="genevieve_o@papertrail.example")
    card = yield from a.product("Tempest 8800 S", category="gpu")
    supply = yield from a.product("Keel 1000 Platinum", category="psu")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    details = yield from order_details(a, order_holding(a, orders, card["id"])["id"])
    order = details["order"]
    history = yield from a.all("getCustomerTicketHistory", customer_id=customer["id"])
    ticket = a.pick(history, where=lambda t: t["status"] not in ("resolved", "closed"))
    yield from a.policy("pricing", "own price falls", title="Price adjustment")
    rival = yield from a.policy("pricing", "match", title="Prices of other retailers")
    yield from a.policy("refund", "discount share order line", title="worked out")
    yield from a.policy("refund", "approve limit finance", title="Who may approve")
    placed = date.fromisoformat(a.day(order["created_at"]))
    asked = date.fromisoformat(a.day(ticket["created_at"]))
    drop = cents(line_with(order, card["id"])["unit_price"]) - cents(card["price"])
    goods = cents(order["subtotal"])
    difference = rules.half_up(drop * (goods - cents(order["discount"])), goods)
    if drop <= 0 or asked > placed + timedelta(days=14):
        raise NotFoundError("no adjustment is due")
    came = a.delivered_on(details["shipments"][0]) or ""
    last, _ = yield from return_deadline(a, order, customer["loyalty_tier"], came)
    assert a.clock.today <= last
    paid = a.price_paid(line_with(order, supply["id"]), supply)
    net = paid - discount_share(order, paid)
    restocking = yield from restocking_policy(a)
    fee = rules.half_up(net * 20, 100) if "every returned item" in restocking["body"] else 0
    label = yield from label_cost(a)
    back = net - fee - label
    payment = a.payment(details["payments"])
    adjusted = yield from a.call(
        "createRefund", payment_id=payment["id"], amount=difference / 100, reason="price_adjustment",
        status="approved", ticket_id=ticket["id"],
    )  # fmt: skip
    made = yield from a.call(
        "processReturn", order_id=order["id"], reason="customer_remorse", disposition="refund",
        items=[{"product_id": supply["id"], "quantity": 1, "condition": "unopened"}],
        amount=back / 100, status="approved", ticket_id=ticket["id"],
    )  # fmt: skip
    yield from wrap_up(
        a, ticket["id"], "refund_issued",
        f"Price adjustment {usd(difference)} on the card, asked on {asked}; power supply comes back sealed, "
        f"{usd(back)}. "
        "No match of another shop's price.",
        adjusted["refund"]["id"],
    )  # fmt: skip
    no_match = (
        "Silverline's price: no. Since June 1 we do not match the prices of other shops."
        if "does **not match**" in rival["body"]
        else "Silverline's price: no, that promise held for 7 days after the purchase."
    )
    return (
        "Dear Geneviève,\n\nall booked:\n\n"
        f"- Our own price drop on the {card['name']}: {usd(difference)}. You wrote on {spoken(asked)}, day "
        f"{(asked - placed).days} after the order, so you were in time. The drop is {usd(drop)}, less the part that "
        "your "
        "$15.00 code had already taken off.\n"
        f"- The sealed power supply ({made['return']['id']}): {usd(back)}, that is {usd(paid)} less its share of the "
        "code "
        f"({usd(paid - net)}) and the return label ({usd(label)}). There is no restocking fee; the label comes by "
        "e-mail.\n"
        f"- {no_match}\n\nTogether {usd(difference + back)} go back to your card, 3-5 business days after approval. "
        "Your "
        "inquiry is marked as settled.\n\nCorecraft support"
    )
