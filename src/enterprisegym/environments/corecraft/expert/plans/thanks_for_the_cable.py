"""Plan: a thank-you call holds a safety report; the mail puts it first, and no refund is read off a note."""

from __future__ import annotations

import re

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, usd
from enterprisegym.environments.corecraft.agents.steps import order_details


def solve(a: Worker) -> Plan:
    found = yield from a.call("searchTickets", ticket_id="tick-251108-004")
    ticket = a.pick(found["tickets"])
    cable = yield from a.call("searchProducts", text="Keel 12V-2x6 cable")
    product = cable["products"][0]
    yield from a.policy("escalation", "smoke burning", title="Smoke, heat, shock")
    yield from a.article("safety report minutes")
    yield from a.article("12V-2x6 plug brown", product_id=product["id"])
    april = yield from a.dated("searchOrders", "2025-04", customer_id=ticket["customer_id"])
    details = yield from order_details(a, april[0]["id"])
    order = details["order"]
    refunded = sum(cents(r["amount"]) for p in details["payments"] for r in p["refunds"])
    claim = re.search(r"\$([\d,]+\.\d\d)", order["note"] or "")
    told = a.noted(order, "refund", cents(float(claim[1].replace(",", ""))) if claim else 0, refunded)
    if told:
        april_text = f"Your order of April was refunded in full, {usd(told)}."
    else:
        april_text = (
            "On your order of April nothing has been refunded: the "
            f"{usd(a.captured(details['payments']))} you paid are still with us, and no refund is on its way."
        )
    warning = (
        f"\n\nThe note on {order['id']} that speaks of a refund is wrong, don't go by it." if claim and not told else ""
    )
    return (
        f"Dear {details['customer']['name'].split()[0]},\n\n"
        "please switch the computer off now and unplug it at the wall, before you read on. Leave it off. Don't pull "
        "the plug out of the graphics card, and don't test or push it again. Were you or anybody else hurt?\n\n"
        "A soft, brown plug is something we take seriously. We offer you a replacement cable at once, you don't have "
        "to send us anything first. Please keep the old one and its packaging as they are; our product team arranges "
        "the collection.\n\n"
        f"{april_text}\n\nThank you for telling us.\nCorecraft support\n\n---\n"
        "For you:\n- priority urgent\n- escalation: product_safety, to product\n- in the note: what she saw, how "
        f"long it ran, that it was still powered, order and {product['name']}{warning}"
    )
