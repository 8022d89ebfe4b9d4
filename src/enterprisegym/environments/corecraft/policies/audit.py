"""Does an outcome break the company's rules? Checks references and near misses; never shown to an agent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.rollout import CallRecord
from enterprisegym.tasks import Task
from enterprisegym.world import Diff, Fork, Row, RowChange

DESKS: Mapping[str, tuple[str, ...]] = {
    "technical": ("technical_bench",),
    "policy_exception": ("support_lead", "returns"),
    "refund_approval": ("finance",),
    "address_change": ("fulfilment",),
    "carrier_claim": ("fulfilment",),
    "fraud_review": ("fraud",),
    "privacy_request": ("privacy",),
    "product_safety": ("product",),
}


def audit(task: Task, world: Fork, diff: Diff, calls: Sequence[CallRecord]) -> list[str]:
    """What the changes break, in words; empty when every change obeys the policies. `world` is the state after them."""
    return [problem for change in diff for problem in _RULES.get(change.table, _nothing)(world, change, diff)]


def _nothing(world: Fork, change: RowChange, diff: Diff) -> Iterator[str]:
    yield from ()


def _audit_refund(world: Fork, change: RowChange, diff: Diff) -> Iterator[str]:
    refund = change.after
    order = _must(world, "orders", refund["order_id"])
    others = [r for r in _of_order(world, "refunds", order["id"]) if r["id"] != refund["id"]]
    returns = [r for r in _of_order(world, "returns", order["id"]) if r["id"] != refund["return_id"]]
    within = rules.agent_may_approve(order["id"], others, refund["amount_cents"], returns)
    if refund["status"] == "approved" and not within:
        yield f"{refund['id']}: approved above the agent's limit (pol-refund-authority)"
    if refund["status"] == "pending" and not within and not _escalated(diff, refund["ticket_id"], "refund_approval"):
        yield f"{refund['id']}: above the agent's limit and not escalated to finance (pol-refund-authority)"
    if refund["reason"] == "duplicate_charge":
        surplus = [p["id"] for p in rules.surplus_captures(order, _of_order(world, "payments", order["id"]))]
        payment = _must(world, "payments", refund["payment_id"])
        if payment["id"] not in surplus or refund["amount_cents"] != payment["amount_cents"]:
            yield f"{refund['id']}: not the surplus capture in full (pol-refund-duplicate)"
    if refund["reason"] == "order_cancelled" and order["status"] != "cancelled":
        yield f"{refund['id']}: cancellation refund on an order that is {order['status']} (pol-cancellation)"
    if refund["return_id"] is not None:
        yield from _audit_return_amount(world, order, refund)


def _audit_return_amount(world: Fork, order: Row, refund: Mapping[str, Any]) -> Iterator[str]:
    record = _must(world, "returns", refund["return_id"])
    products = {i["product_id"]: _must(world, "products", i["product_id"]) for i in record["items"]}
    customer = _must(world, "customers", order["customer_id"])
    lines = world.rows("SELECT * FROM order_lines WHERE order_id = ? ORDER BY id", (order["id"],))
    allowed = {
        rules.return_refund_cents(
            order,
            lines,
            record["items"],
            customer["loyalty_tier"],
            record["reason"],
            products,
            our_error=e,
            shipping_due=s,
        ).total_cents
        for e in (False, record["reason"] == "incompatible")
        for s in (True, False)
    }
    if refund["amount_cents"] not in allowed:
        yield f"{refund['id']}: {refund['amount_cents']} cents, policy gives {sorted(allowed)} (pol-refund-calculation)"


def _audit_return(world: Fork, change: RowChange, diff: Diff) -> Iterator[str]:
    record = change.after
    order = _must(world, "orders", record["order_id"])
    customer = _must(world, "customers", order["customer_id"])
    tier = _must(world, "loyalty_tiers", customer["loyalty_tier"])
    shipments = _of_order(world, "shipments", order["id"])
    others = [r for r in _of_order(world, "returns", order["id"]) if r["id"] != record["id"]]
    refunds = _of_order(world, "refunds", order["id"])
    within = rules.agent_may_approve(order["id"], refunds, record["credit_cents"], others)
    if record["credit_cents"] and not within and not _escalated(diff, record["ticket_id"], "refund_approval"):
        yield f"{record['id']}: store credit above the agent's limit, not escalated to finance (pol-refund-authority)"
    for item in record["items"]:
        product = _must(world, "products", item["product_id"])
        in_window = rules.within_return_window(order, tier, shipments, product["id"], world.clock.today)
        if record["reason"] not in rules.OUR_FAULT and not in_window:
            yield f"{record['id']}: {product['id']} is past its return window (pol-returns-window)"
        excluded = rules.return_exclusion(order, product, item["condition"], record["reason"])
        if excluded:
            yield f"{record['id']}: {product['id']} cannot be returned: {excluded} (pol-returns-excluded)"


def _audit_order(world: Fork, change: RowChange, diff: Diff) -> Iterator[str]:
    order = change.after
    if order["status"] == "cancelled" and change.fields.get("status"):
        refunded = sum(
            r["amount_cents"] for r in _of_order(world, "refunds", order["id"]) if r["status"] in rules.LIVE_REFUND
        )
        payments = _of_order(world, "payments", order["id"])
        paid = sum(p["amount_cents"] for p in payments if p["status"] in rules.CAPTURED)
        fee = rules.assembly_fee_cents(order, payments, world.clock.now_utc)
        if paid and refunded not in (paid, paid - fee):
            yield f"{order['id']}: cancelled, {refunded} of {paid} cents given back (pol-cancellation)"


def _audit_ticket(world: Fork, change: RowChange, diff: Diff) -> Iterator[str]:
    ticket = change.after
    if ticket["status"] == "resolved" and ticket["resolution_id"] is None:
        yield f"{ticket['id']}: resolved without a resolution (pol-tickets-status)"


def _audit_escalation(world: Fork, change: RowChange, diff: Diff) -> Iterator[str]:
    record = change.after
    desks = DESKS[record["escalation_type"]]
    if record["destination"] not in desks:
        yield f"{record['id']}: {record['escalation_type']} goes to {' or '.join(desks)} (pol-escalation-matrix)"


_RULES: Mapping[str, Callable[[Fork, RowChange, Diff], Iterator[str]]] = {
    "refunds": _audit_refund,
    "returns": _audit_return,
    "orders": _audit_order,
    "tickets": _audit_ticket,
    "escalations": _audit_escalation,
}


def _must(world: Fork, table: str, id: str) -> Row:
    row = world.get(table, id)
    if row is None:
        raise LookupError(f"{table} has no row {id!r}")
    return row


def _of_order(world: Fork, table: str, order_id: str) -> list[Row]:
    return world.rows(f"SELECT * FROM {table} WHERE order_id = ? ORDER BY id", (order_id,))


def _escalated(diff: Diff, ticket_id: str | None, kind: str) -> bool:
    return any(
        c.table == "escalations" and c.after["escalation_type"] == kind and ticket_id in (None, c.after["ticket_id"])
        for c in diff
    )
