"""Plan: the waiting orders of business and school accounts, and how many wait for each product."""

from __future__ import annotations

from collections import Counter

from enterprisegym.environments.corecraft.agents import Plan, Worker, spoken
from enterprisegym.environments.corecraft.agents.steps import as_table, customers_by_id, get_product


def solve(a: Worker) -> Plan:
    orders = yield from a.all("searchOrders", status="backorder")
    owners = yield from customers_by_id(a, [order["customer_id"] for order in orders])
    waiting = Counter(line["product_id"] for order in orders for line in order["lines"])
    most, count = waiting.most_common(1)[0]
    wanted = yield from get_product(a, most)
    products = {most: wanted}
    rows: list[tuple[str, ...]] = []
    for order in sorted(orders, key=lambda o: o["created_at"]):
        owner = owners[order["customer_id"]]
        if owner["account_type"] != "consumer":
            for line in order["lines"]:
                if line["product_id"] not in products:
                    products[line["product_id"]] = yield from get_product(a, line["product_id"])
                product = products[line["product_id"]]
                back = min(level["restock_on"] for level in product["inventory"] if level["restock_on"])
                rows.append((order["id"], owner["company"], product["name"], spoken(back)))
    due = {level["location"]: level["restock_quantity"] or 0 for level in wanted["inventory"]}
    table = as_table(("Order", "Company", "Product", "Back on"), rows)
    return (
        f"Morning Janelle, these are yours:\n\n{table}\n\nThe most wanted is the {wanted['name']}: {count} orders are "
        f"waiting for it, everybody counted. The delivery brings {sum(due.values())} units ({due['cmh']} for Columbus, "
        f"{due['rno']} for Reno), so Theodora is right about that one."
    )
