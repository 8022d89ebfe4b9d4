"""Plan: what a reset does and does not cure, how it is done, and whether the money is still to be had."""

from __future__ import annotations

import re
from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents.worker import Plan, Worker, cents, spoken, usd

DOA_DAYS = 15


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="dmitrisorensen@coppermail.example")
    product = yield from a.product("Ledger TKL", category="keyboard")
    orders = yield from a.all("searchOrders", customer_id=customer["id"], product_id=product["id"])
    details = yield from a.call("getOrderDetails", order_id=a.pick(orders)["id"])
    ticket = a.pick(details["tickets"])
    reset = yield from a.article("Ledger reset", product_id=product["id"])
    yield from a.article("double letters chatter debounce")
    yield from a.policy("return", text="defective day", title="Defective on arrival")
    cures = re.search(r"first thing to try with keys that type twice", reset["body"]) is not None
    if cures:
        cure = "Yes: a reset is the first thing to try, and two in a row calibrate the switches."
        steps = "Unplug it, hold Esc and Fn, plug it in again and hold on for 10 seconds until the logo turns red."
    else:
        cure = (
            "A waste of an evening: a reset will not fix double letters. It does free stuck lights, so it is worth"
            " doing for"
            " those."
        )
        steps = (
            "Quit the TapWright software in the tray first. With the keyboard plugged in, hold **Fn + Backspace** for"
            " 5 seconds until all the lights go out, then press **R** within 3 seconds. Three white flashes mean it"
            " worked;"
            " no flash, start over. This goes for boards with firmware 2 (sticker FW2, or no sticker)."
        )
    came = a.delivered_on(details["shipments"][0])
    reported = date.fromisoformat(a.day(ticket["created_at"]))
    total = cents(details["order"]["total"])
    if came is None:
        money = "By our tracking the keyboard is still out for delivery, so that clock has not started yet."
    else:
        last = date.fromisoformat(came) + timedelta(days=DOA_DAYS)
        owed = reported <= last
        money = (
            f"You have not slept through it. The keyboard was delivered on {spoken(came)}, a fault reported within"
            f" {DOA_DAYS} days counts (so up to {spoken(last)}), and the day that matters is the one you first wrote,"
            f" {spoken(reported)}. You choose: a replacement, or a full refund of {usd(total)}, express shipping"
            " included."
            if owed
            else f"The fault was reported on {spoken(reported)}, after {spoken(last)}, so it is a warranty matter."
        )
    return (
        f"Hello {customer['name'].split()[0]},\n\n"
        f"1. {cure}\n"
        f"2. {steps}\n"
        f"3. {money}\n\n"
        "Nothing has been started on our side. Write to us when the council has decided.\n\nCorecraft support"
    )
