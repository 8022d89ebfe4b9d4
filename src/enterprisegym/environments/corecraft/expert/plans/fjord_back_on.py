"""Plan: mounting a cooler again on its board, and what its noise means."""

from __future__ import annotations

import re

from enterprisegym.environments.corecraft.agents.worker import Plan, Worker


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="alejandro_o@brightmail.example")
    orders = yield from a.all("searchOrders", customer_id=customer["id"], created_after="2025-10-01")
    details = yield from a.call("getOrderDetails", order_id=a.pick(orders)["id"])
    coolers = yield from a.all("searchProducts", category="cooling")
    boards = yield from a.all("searchProducts", category="motherboard")
    bought = {line["product_id"] for line in details["order"]["lines"]}
    cooler = a.pick(coolers, where=lambda row: row["id"] in bought)
    board = a.pick(boards, where=lambda row: row["id"] in bought)
    socket = board["specs"]["socket"]
    mount = yield from a.article(f"Fjord {socket} torque", product_id=cooler["id"])
    noise = yield from a.article("Fjord pump rattle", product_id=cooler["id"])
    stays = "stays on" in mount["body"]
    number, torque = re.search(r"\*\*(four|eight)\*\*", mount["body"]), re.search(r"(\d\.\d) N·m", mount["body"])
    arrow = "arrow" in mount["body"]
    hours = re.search(r"\*\*(\d+) hours\*\*", noise["body"])
    rated = re.search(r"\*\*(\d,\d{3}) rpm\*\*", noise["body"])
    slow = re.search(r"(\d\d) ?%\*{0,2} \(about (\d,\d{3})", noise["body"])
    if not (number and torque and hours and rated and slow):
        raise LookupError("the articles do not say it")
    plate = (
        "The board's own backplate **stays on**. Only the two plastic clips on the front come off."
        if stays
        else "The board's own backplate comes off, and the universal plate goes on in its place."
    )
    way = (
        "With the arrow pointing to the memory; the wrong way round gives you one hot half of the chip."
        if arrow
        else "The orientation is free."
    )
    return (
        f"Hi {customer['name'].split()[0]},\n\n"
        f"that is a {cooler['name']} on a {board['name']} ({socket}), so:\n\n"
        f"a) {plate}\n"
        f"b) {number[1].capitalize()} stand-offs, {torque[1]} N·m.\n"
        f"c) {way}\n"
        "d) No, not yet. Trickling in the first minutes is air. We call a rattle a fault when it is still there"
        f" after {hours[1]}"
        f" hours of use, and you are at 30. The pump is rated {rated[1]} rpm; a reading between 2,600 and 3,000 is"
        " healthy.\n"
        f"e) Set the pump to {slow[1]} % (about {slow[2]} rpm), that is what we recommend against the hum.\n\n"
        f"Should it rattle beyond {hours[1]} hours, or should you see even a drop of liquid, write to"
        " us.\n\nCorecraft support"
    )
