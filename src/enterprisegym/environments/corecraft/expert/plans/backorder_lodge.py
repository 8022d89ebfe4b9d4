"""Plan: the backorder mail with its three choices, and the ticket waiting for the customer."""

from __future__ import annotations

import re

from enterprisegym.environments.corecraft.agents.worker import Plan, Worker, cents, spoken, usd

NUMBERS = {1: "one", 2: "two", 3: "three", 4: "four"}


def solve(a: Worker) -> Plan:
    found = yield from a.call("searchTickets", ticket_id="tick-251113-022")
    ticket = a.pick(found["tickets"])
    colleague = a.pick((yield from a.call("searchEmployees", name="Mei-Lin", department="support"))["employees"])
    yield from a.article("backorder three choices substitute restock")
    yield from a.policy("cancellation", text="backorder restock", title="Backorders")
    details = yield from a.call("getOrderDetails", order_id=ticket["order_id"])
    order, line = details["order"], details["order"]["lines"][0]
    product = (yield from a.call("getProduct", product_id=line["product_id"]))["product"]
    wish = yield from a.product("Cabin Mini (Black)", category="case")
    series = re.sub(r"\s*\(.*\)", "", product["name"])
    siblings = yield from a.all("searchProducts", text=series, category="case")
    other = a.pick(siblings, where=lambda row: row["id"] != product["id"] and a.stock(row) > 0)
    claimed = a.claims(ticket).quantities
    quantity = a.record(claimed[0] if claimed else None, line["quantity"])
    dates = sorted({level["restock_on"] for level in product["inventory"] if level["restock_on"]})
    wish_dates = sorted({level["restock_on"] for level in wish["inventory"] if level["restock_on"]})
    due = f"is due on {spoken(dates[0])}" if dates else "has no date yet"
    gap = (cents(other["price"]) - cents(line["unit_price"])) * quantity
    sign = "-" if gap < 0 else "+"
    yield from a.call(
        "updateTicketStatus", ticket_id=ticket["id"], status="pending_customer", assigned_employee_id=colleague["id"]
    )
    wished = (
        f"The {wish['name']} can't step in: it is out of stock in both warehouses as well"
        f"{f', until {spoken(wish_dates[0])}' if wish_dates else ''}."
        if a.stock(wish) < quantity
        else f"The {wish['name']} could step in."
    )
    return (
        f"Subject: {order['id']} - your choice, please\n\n"
        f"Dear {details['customer']['name']},\n\n"
        f"your order is for {NUMBERS[quantity]} {product['name']}, and we can ship none today: neither Columbus nor"
        " Reno has"
        f" any. The next delivery {due}. {wished}\n\n"
        "- **A. Wait.** Nothing to do, it ships as soon as it is in.\n"
        f"- **B. Take a substitute.** The {other['name']}, in stock now, price difference {sign}{usd(abs(gap))}."
        " Items can't be"
        " swapped within an order, so we would cancel this one and you order again.\n"
        "- **C. Cancel.** Costs nothing; the full refund takes 3-5 business days after approval.\n\n"
        "If we hear nothing, we will take A.\n\n"
        f"{colleague['name'].split()[0]}\nCorecraft support"
    )
