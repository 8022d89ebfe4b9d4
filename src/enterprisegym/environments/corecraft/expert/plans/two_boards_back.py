"""The plan of `two-boards-back`."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import (
    Plan,
    Worker,
    spoken,
    usd,
)
from enterprisegym.environments.corecraft.agents.steps import (
    discount_share,
    get_product,
    label_cost,
    line_with,
    number_in,
    order_details,
    restocking_policy,
    return_deadline,
)
from enterprisegym.environments.corecraft.policies import rules


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="tsorensen@mymail.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    order = a.pick(orders, product_id="brightmoor-viaduct-z7")
    details = yield from order_details(a, order["id"])
    line = line_with(order, "viaduct-z7")
    product = yield from get_product(a, line["product_id"])
    tier: str = customer["loyalty_tier"]
    delivered = a.delivered_on(details["shipments"][0]) or ""
    last, _ = yield from return_deadline(a, order, tier, delivered)
    restocking = yield from restocking_policy(a)
    label = yield from label_cost(a)
    authority = yield from a.policy("refund", "limit", title="Who may approve")
    percent = number_in(r"(\d+)%", restocking)
    unit = a.price_paid(line, product)
    net = unit - discount_share(order, unit)
    fee = rules.half_up(net * percent, 100)
    fees = fee * (2 if "opened or unopened" in restocking["body"] else 1)
    refund = 2 * net - fees - label
    within = refund <= 100 * number_in(r"\$(\d+)\.00", authority)
    made = yield from a.call(
        "processReturn",
        order_id=order["id"],
        items=[
            {"product_id": product["id"], "quantity": 1, "condition": "opened"},
            {"product_id": product["id"], "quantity": 1, "condition": "unopened"},
        ],
        reason="customer_remorse",
        disposition="refund",
        amount=refund / 100,
        status="approved" if within else "pending",
        note="One board opened, one sealed; one label; PSU stays with the customer.",
    )
    state = "approved" if within else "waiting for approval"
    return (
        f"Terrence, the return is set up: {made['return']['id']}, two Viaduct Z7 boards from order {order['id']}. The "
        f"power supply stays with you. You are inside the window, which runs to {spoken(last)}.\n\n"
        f"**Refund: {usd(refund)}**, {state}, to the Apple Pay account you paid with, within 3-5 business days.\n\n"
        "| | |\n|---|---|\n"
        f"| 2 boards at the {usd(unit)} you paid | {usd(2 * net)} |\n"
        f"| {percent}% restocking fee on the opened board | {usd(fees)} |\n"
        f"| return label, one for both | {usd(label)} |\n\n"
        "The sealed board carries no restocking fee. The express charge is not part of it, as that only goes back "
        "where "
        "the fault was ours. A prepaid label is on its way to you; please send both boards complete in one parcel."
    )
