"""Plan: what four returns come to, and who of the evening shift may approve each by the limits of today."""

from __future__ import annotations

import re

from enterprisegym.environments.corecraft.agents import Plan, Row, Steps, Worker, usd
from enterprisegym.environments.corecraft.agents.steps import (
    as_table,
    colleague,
    discount_share,
    label_cost,
    number_in,
    order_details,
    restocking_policy,
)
from enterprisegym.environments.corecraft.policies import rules

BACK = (
    ("oferraro@hellobox.example", "Onyx 250"),
    ("guerrero.jorge@papertrail.example", "Tempest 8600"),
    ("alejandroguerrero@coppermail.example", "Foundry 500"),
    ("nair.beatriz@papertrail.example", "Atelier 6"),
)
SHIFT = ("Dmitri Sokolsky", "Felix Baumgard", "Mei-Lin Tsao", "Marcus Oyelaran")


def solve(a: Worker) -> Plan:
    fee = yield from restocking_policy(a)
    label = yield from label_cost(a)
    limits = yield from a.policy("refund", "limit", title="Who may approve")
    bound = {r: _limit(limits, r) for r in ("frontline", "specialist", "lead")}
    team: dict[str, Row] = {}
    for name in SHIFT:
        team[name] = yield from colleague(a, name)
    found = yield from a.all("searchEmployees", support_role="manager", has_permission="approve_refund")
    rows: list[tuple[str, ...]] = []
    for email, what in BACK:
        customer, due = yield from _refund(a, email, what, fee, label)
        able = [p for p in team.values() if "approve_refund" in p["permissions"] and due <= bound[p["support_role"]]]
        first = min(able, key=lambda p: bound[p["support_role"]], default=None)
        rows.append((customer["name"], usd(due), first["name"] if first else "nobody on the shift"))
    manager = next(p for p in found if p["department"] == "support" and "operations" in p["title"])
    return (
        as_table(("Customer", "Refund", "Who"), rows) + "\n\nThe last one is too big for the evening: above "
        f"{usd(bound['lead'])} it takes a manager, so it waits for {manager['name']}. It can't be split into two "
        "halves either, the limit is for the whole refund.\n\n"
        "Dmitri can approve none of them, he doesn't hold the permission."
    )


def _limit(policy: Row, role: str) -> int:
    match = re.search(rf"\| {role} \| \$([\d,]+) \|", policy["body"], re.IGNORECASE)
    return int(match[1].replace(",", "")) * 100 if match else number_in(rf"{role}.*?\$(\d+)", policy) * 100


def _refund(a: Worker, email: str, what: str, fee: Row, label: int) -> Steps[tuple[Row, int]]:
    """What an opened item that comes back on our label gives its customer."""
    customer = yield from a.contact(email=email)
    products = yield from a.all("searchProducts", text=what)
    product = next(p for p in products if p["name"].endswith(what))
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    row = next(o for o in orders if any(x["product_id"] == product["id"] for x in o["lines"]))
    details = yield from order_details(a, row["id"])
    order = details["order"]
    line = next(x for x in order["lines"] if x["product_id"] == product["id"])
    amount = a.price_paid(line, product) * line["quantity"]
    goods = amount - discount_share(order, amount)
    percent = number_in(r"(\d+)%", fee)
    charged = product["category"] in rules.RESTOCKING_CATEGORIES and customer["loyalty_tier"] != "platinum"
    less = rules.half_up(goods * percent, 100) if charged or "every returned item" in fee["body"] else 0
    return customer, goods - less - (0 if customer["loyalty_tier"] in ("gold", "platinum") else label)
