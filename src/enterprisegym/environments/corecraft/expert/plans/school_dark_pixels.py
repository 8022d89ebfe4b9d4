"""Plan: count the pixel faults by the current table and say what to send."""

from __future__ import annotations

import re

from enterprisegym.environments.corecraft.agents.worker import Plan, Worker, spoken

DARK, NEVER_LIT_SUBPIXELS = 2, 2


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(phone="857-555-7338")
    orders = yield from a.all("searchOrders", customer_id=customer["id"])
    catalog = yield from a.all("searchProducts", category="monitor")
    monitors = {row["id"]: row for row in catalog}
    order = a.pick(orders, where=lambda row: any(line["product_id"] in monitors for line in row["lines"]))
    line = a.pick(order["lines"], where=lambda row: row["product_id"] in monitors)
    product = monitors[line["product_id"]]
    article = yield from a.article("dead pixel bright dark")
    checked = yield from a.call("checkWarrantyStatus", order_id=order["id"], product_id=product["id"])
    terms = yield from a.call("searchPolicies", policy_id=checked["warranty_policy_id"])
    current = re.search(r"Dark pixel \(never lit\) \| (\d+)", article["body"])
    former = re.search(r"(\d+) or more dark pixels", article["body"])
    limit = int((current or former)[1])  # type: ignore[index]
    dark = DARK + NEVER_LIT_SUBPIXELS // 2 if current else DARK
    first = customer["name"].split()[0]
    if dark < limit:
        return (
            f"Dear {first},\n\nwith {dark} dark pixels the monitor is within the makers' tolerance ({limit} or more"
            " would count)."
            " Please run a color cycler for 24 hours; if it gets worse, send a one-minute video in a single take."
        )
    who = "Corecraft handles it" if checked["claim_via"] == "corecraft" else "the maker handles it"
    return (
        f"Dear {first},\n\n"
        f"yes, that screen counts as faulty, and you get an exchange: {terms['policies'][0]['remedy'].lower()} Our"
        " table asks for"
        f" {limit} dark pixels anywhere on the panel. You have {DARK}, and sub-pixels that never light count two for"
        " one dark"
        f" pixel, which makes {dark}. Where they sit and how far apart plays no part.\n\n"
        f"Your {line['quantity']} {product['name']} are covered through {spoken(checked['ends_on'])}, and {who}, so"
        " there is no"
        " need to write to the maker.\n\n"
        "To be sure of the count, let the screen warm up for 30 minutes and look at our five test colors from 50 cm."
        " Then send us:\n"
        "- a photo of the whole screen on the color where the faults show,\n"
        "- a close-up with a coin beside the fault,\n"
        "- a photo of the sticker on the back.\n\n"
        "You don't need to make a video. Cycling colors for an hour does no harm, but please don't let anybody press"
        " on the"
        " panel: a pressed panel isn't covered.\n\nCorecraft support"
    )
