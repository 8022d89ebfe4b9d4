"""Plan: which power supply it is, and which cables belong to it."""

from __future__ import annotations

import re

from enterprisegym.environments.corecraft.agents.worker import Plan, Worker


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="oleg.kaminski@netporch.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    catalog = yield from a.brand("Steady State", category="psu")
    supplies = {row["id"]: row for row in catalog}
    order = a.pick(orders, where=lambda row: any(line["product_id"] in supplies for line in row["lines"]))
    supply = supplies[a.pick(order["lines"], where=lambda row: row["product_id"] in supplies)["product_id"]]
    article = yield from a.article("Keel modular SATA 6-pin", product_id=supply["id"])
    body = article["body"]
    sata, main = re.search(r"KC-06[AC]", body), re.search(r"KC-24[AC]", body)
    if sata is None or main is None:
        raise LookupError("no cable numbers")
    mine = sata[0][-1]
    borrowed = (
        "No. It is made for another version: the plug fits, the wiring doesn't, and a drive on the wrong cable is"
        " dead in under a"
        " second. That would be installation damage and isn't covered."
        if mine == "A"
        else "Yes, cables with a C belong to this unit."
    )
    return (
        f"Hi {customer['name'].split()[0]}, on order {order['id']} you bought the **{supply['name']}**.\n\n"
        "| Cable | Part number |\n|---|---|\n"
        f"| SATA | {sata[0]} |\n| 24-pin | {main[0]} |\n\n"
        f"- Your flatmate's KC-06C: {borrowed}\n"
        "- A lost cable is a spare part and no warranty case; give support the number above. (A cable that is itself"
        " faulty would"
        " be part of the warranty.)"
    )
