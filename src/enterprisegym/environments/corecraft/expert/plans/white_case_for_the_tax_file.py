"""Plan: the facts of a late express parcel of last summer, for a customer who has ordered much since."""

from __future__ import annotations

from datetime import date

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.policies import rules


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="curtissingh@inkwire.example")
    cases = yield from a.brand("Pine Hollow", category="case")
    ids = {case["id"] for case in cases if "white" in case["name"].lower()}
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    order = a.pick(orders, where=lambda o: any(line["product_id"] in ids for line in o["lines"]))
    details = yield from a.call("getOrderDetails", order_id=order["id"])
    yield from a.policy("shipping", text="late eta owed", title="Late deliveries")
    case = next(line for line in order["lines"] if line["product_id"] in ids)
    cover = yield from a.call("checkWarrantyStatus", order_id=order["id"], product_id=case["product_id"])
    parcel = details["shipments"][0]
    came = a.delivered_on(parcel) or ""
    newest = max(parcel["events"], key=lambda event: event["at"])
    late = rules.business_days_between(date.fromisoformat(parcel["eta"]), date.fromisoformat(came))
    paid = sum(cents(r["amount"]) for p in details["payments"] for r in p["refunds"] if r["status"] == "processed")
    return (
        f"Hi Curtis, that is order {order['id']}.\n\n"
        f"- Promised for {spoken(parcel['eta'])}, delivered {spoken(came)}: {late} business days late. "
        f'The last scan says "{newest["detail"]}".\n'
        "- There was no second box. The case and the cooler travelled in one parcel, so the cooler came the same day.\n"
        f"- We refunded {usd(paid)} in August, the difference between express and standard. That is all that a late "
        "express parcel gives, and it is paid once per order, so the rest of the shipping charge stays.\n"
        f"- The warranty on the case runs until {spoken(cover['ends_on'])}, and claims come to us."
    )
