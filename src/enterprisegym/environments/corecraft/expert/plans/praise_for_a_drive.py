"""Plan: thank for the praise and answer the worry that hides in it."""

from __future__ import annotations

import re

from enterprisegym.environments.corecraft.agents.worker import Plan, Worker, spoken

REALLOCATED = 12


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="kenji.mensah@hellobox.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    catalog = yield from a.brand("Fathom Deep", category="storage")
    drives = {row["id"]: row for row in catalog}
    order = a.pick(orders, where=lambda row: any(line["product_id"] in drives for line in row["lines"]))
    drive = drives[a.pick(order["lines"], where=lambda row: row["product_id"] in drives)["product_id"]]
    article = yield from a.article("Trench SMART reallocated", product_id=drive["id"])
    checked = yield from a.call("checkWarrantyStatus", order_id=order["id"], product_id=drive["id"])
    yield from a.policy("warranty", text="replacement label", title="Handling a warranty claim")
    limit = int((re.search(r"\*\*over (\d+)\*\*", article["body"]) or re.search(r"(\d+)", "0"))[1])  # type: ignore[index]
    tock = "soft double *tock* every 4 to 6 minutes" in article["body"]
    sound = (
        "The soft double tock every five minutes is normal: the drive recalibrates when it is idle."
        if tock
        else "A tick at idle is normal, it is wear levelling of the arm."
    )
    bad = limit < REALLOCATED
    route = "us, Corecraft," if checked["claim_via"] == "corecraft" else "the maker"
    verdict = (
        f"The number is not: on the {drive['name']} more than {limit} reallocated sectors count as a fault, and you"
        " have"
        f" {REALLOCATED}. Please copy what you can't lose off the drive now, before anything else; lost data is"
        " nothing that a"
        f" warranty brings back.\n\nThe drive is under warranty through {spoken(checked['ends_on'])}, and the claim"
        " goes to"
        f" {route} so you are in the right place. Shall we replace it? Then just answer this mail, and save any"
        " encryption keys"
        " first: we don't return the old disk."
        if bad
        else f"And {REALLOCATED} reallocated sectors are fine on this drive, it is faulty only over {limit}."
    )
    return (
        f"Dear {customer['name'].split()[0]},\n\nthank you, that mail goes up on the wall by the bench.\n\n"
        f"Before you put your feet up, though, about the drive. {sound} {verdict}\n\nKind regards\nCorecraft support"
    )
