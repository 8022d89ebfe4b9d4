"""Plan: a safety report that hides in a follow-up: stop, urgent, product desk, replacement."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents.worker import Plan, Worker


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(email="mwexler@papertrail.example")
    tickets = yield from a.all("searchTickets", customer_id=customer["id"])
    ticket = a.pick(tickets, where=lambda row: row["status"] in ("new", "open", "pending_customer"))
    yield from a.policy("escalation", text="smoke smell replacement", title="Smoke")
    yield from a.article("smoke sparks shock safety report")
    details = yield from a.call("getOrderDetails", order_id=ticket["order_id"])
    bought = [line["product_id"] for line in details["order"]["lines"]]
    cards = yield from a.all("searchProducts", category="gpu", text="8800 XL")
    supplies = yield from a.all("searchProducts", category="psu")
    card = a.pick(cards, where=lambda row: row["id"] in bought)
    supply = a.pick(supplies, where=lambda row: row["id"] in bought)
    yield from a.call("updateTicketStatus", ticket_id=ticket["id"], priority="urgent")
    yield from a.call(
        "createEscalation",
        ticket_id=ticket["id"],
        escalation_type="product_safety",
        destination="product",
        notes=(
            f"ASK: may we collect the card for inspection, and how? FACTS: {card['name']} of {ticket['order_id']},"
            " smell of hot"
            " plastic near the power plug on the evening of 14 November after ten minutes of running, went away when"
            " switched"
            f" off. Connected to a {supply['name']} with its 12V-2x6 cable, PC on a power strip. Customer told to"
            " unplug and keep everything, replacement offered. Injuries and present state asked for, not known yet."
            " RULE:"
            " Smoke, heat, shock - safety reports. DUE: no promise made."
        ),
    )
    return (
        "Please switch the computer off at the wall, unplug it, and don't try again.\n\n"
        f"Hi {customer['name'].split()[0]}, no cable tests please, forget the article: a smell like that comes"
        " before everything"
        " else. Is everybody all right, nobody hurt?\n\n"
        f"We replace the {card['name']} right away, you need not send anything in or take a picture first. If you"
        " would rather"
        " have your money back for it than another card, tell us; you told us of the fault within days of delivery,"
        " so the choice"
        " is yours.\n\n"
        "Please keep the card, its cable, the power supply and the packaging as they are, don't open anything and"
        " don't post"
        " anything. Our product team has your report, handles it as urgent and will arrange the"
        " collection.\n\nCorecraft support"
    )
