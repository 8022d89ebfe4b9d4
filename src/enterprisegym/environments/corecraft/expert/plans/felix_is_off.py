"""Plan: two return questions handed to a colleague, with last day and amount of each worked out."""

from __future__ import annotations

from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents.worker import Plan, Steps, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.rollout.record import Json


def _terms(a: Worker, ticket: Json, written: str) -> Steps[tuple[date, int]]:
    """The last day to ask, and what an unopened item brings."""
    details = yield from a.call("getOrderDetails", order_id=ticket["order_id"])
    order = details["order"]
    tier = yield from a.call("searchPolicies", policy_id=details["customer"]["loyalty_tier"], policy_type="loyalty")
    product = yield from a.product(written)
    line = a.pick(order["lines"], where=lambda n: n["product_id"] == product["id"])
    parcel = a.pick(details["shipments"], where=lambda s: any(c["product_id"] == product["id"] for c in s["contents"]))
    last = date.fromisoformat(a.delivered_on(parcel) or "") + timedelta(days=tier["policies"][0]["return_window_days"])
    ordered = a.record(a.claimed_day(ticket), a.day(order["created_at"]))
    if rules.HOLIDAY_ORDERS[0] <= date.fromisoformat(ordered) <= rules.HOLIDAY_ORDERS[1]:
        last = max(last, rules.HOLIDAY_RETURN_UNTIL)
    paid = a.price_paid(line, product)
    share = rules.half_up(cents(order["discount"]) * paid, cents(order["subtotal"]))
    return last, paid - share - rules.RETURN_LABEL_CENTS


def solve(a: Worker) -> Plan:
    rosa = a.pick((yield from a.all("searchTickets", ticket_id="tick-251109-003")))
    bao = a.pick((yield from a.all("searchTickets", ticket_id="tick-251112-009")))
    people = yield from a.all("searchEmployees", name="Amara")
    amara = a.pick(people, where=lambda e: e["department"] == "support")
    yield from a.policy("return", text="window delivered tier", title="Return window")
    yield from a.policy("return", text="holiday placed November", title="Seasonal notice")
    yield from a.policy("return", text="label", title="return label")
    yield from a.policy("cancellation", text="swapping items", title="Cancelling or changing")
    yield from a.article("ticket type misfiled")
    board_day, board = yield from _terms(a, rosa, "Quill & Rook Parapet B6")
    supply_day, supply = yield from _terms(a, bao, "Steady State Keel 750 Gold")
    for ticket in (rosa, bao):
        filed = a.true_type(ticket)
        yield from a.call(
            "updateTicketStatus", ticket_id=ticket["id"], assigned_employee_id=amara["id"], status="open",
            ticket_type=filed if filed != ticket["ticket_type"] else None,
        )  # fmt: skip
    return (
        f"Both tickets are with {amara['name']} now and open, under return.\n\n"
        "| Customer | Item | Last day to ask | Comes back, unopened |\n|---|---|---|---|\n"
        f"| Rosa Simmons | Quill & Rook Parapet B6 | {spoken(board_day)} | {usd(board)} |\n"
        f"| Bao Tran | Steady State Keel 750 Gold | {spoken(supply_day)} | {usd(supply)} |\n\n"
        "Each amount is the price paid less the return label. Rosa ordered in October, whatever her mail says, so the "
        "holiday extension does not reach her order. A swap inside the order is not possible: she returns the board "
        "and places a new order. I have made no return and no refund; that is Amara's to do."
    )
