"""The plan of `whole-pc-approvers`."""

from __future__ import annotations

import re

from enterprisegym.environments.corecraft.agents import (
    Plan,
    Worker,
    cents,
    usd,
)
from enterprisegym.environments.corecraft.policies import rules


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="khalloran@inkwire.example")
    orders = yield from a.dated("searchOrders", "2024-12", customer_id=customer["id"])
    details = yield from a.call("getOrderDetails", order_id=orders[0]["id"])
    amount = a.captured(details["payments"])
    policy = yield from a.policy("refund", "approve", title="Who may approve")
    limits = {
        role: None if limit == "no limit" else cents(float(limit.lstrip("$").replace(",", "")))
        for role, limit in re.findall(r"\|\s*(\w+)\s*\|\s*(\$[\d,.]+|no limit)\s*\|", policy["body"])
    }
    staff = yield from a.all("searchEmployees", has_permission="approve_refund")
    people = [p for p in staff if p["id"] != rules.DESK_AGENT_ID and p["support_role"] in limits]
    able = [p for p in people if (limit := limits[p["support_role"]]) is None or limit >= amount]
    short = max(limit for limit in limits.values() if limit is not None and limit < amount)
    role = next(name for name, limit in limits.items() if limit == short)
    names = "\n".join(f"- {p['name']} ({p['support_role']}, {p['department']})" for p in able)
    return (
        f"1. The order is {orders[0]['id']}.\n"
        f"2. We captured {usd(amount)} on it.\n"
        f"3. A refund of that size can be approved alone by:\n\n{names}\n\n"
        f"A {role} stops at {usd(short)}, so that role falls just short. Nothing was changed."
    )
