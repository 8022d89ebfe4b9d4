"""Money taken and given back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.environments.corecraft.tools.search import (
    Dollars,
    Filters,
    Limit,
    LongText,
    Offset,
    ShortText,
    cents,
    require,
    usd,
)
from enterprisegym.environments.corecraft.tools.views import payment_views, view
from enterprisegym.errors import ToolError
from enterprisegym.tools import tool
from enterprisegym.world import Fork, Row, format_utc

PaymentStatus = Literal[
    "pending", "authorized", "captured", "failed", "voided", "partially_refunded", "refunded", "disputed"
]
Method = Literal["card", "paypal", "apple_pay", "google_pay", "bank_transfer"]
RefundReason = Literal[
    "customer_remorse", "defective", "incompatible", "damaged_in_transit", "wrong_item", "lost_in_transit",
    "duplicate_charge", "shipping_fee", "price_adjustment", "order_cancelled", "other",
]  # fmt: skip
ReturnReason = Literal["customer_remorse", "defective", "incompatible", "damaged_in_transit", "wrong_item", "other"]
Decision = Literal["pending", "approved"]
RETURNABLE = ("fulfilled", "refund_requested", "partially_refunded")


class ReturnItem(BaseModel):
    """One product that comes back."""

    model_config = ConfigDict(extra="forbid", strict=True)
    product_id: ShortText = Field(description="a product among the order's lines; packages come back whole")
    quantity: int = Field(ge=1, le=10_000, description="units that come back")
    condition: Literal["unopened", "opened", "defective", "damaged"] = Field(description="state of the goods")


@tool("read")
def searchPayments(
    world: Fork,
    payment_id: ShortText | None = None,
    order_id: ShortText | None = None,
    customer_id: ShortText | None = None,
    status: PaymentStatus | None = None,
    method: Method | None = None,
    transaction_id: ShortText | None = None,
    refund_status: Literal["pending", "approved", "processed", "denied", "failed"] | None = None,
    refunded_after: ShortText | None = None,
    refunded_before: ShortText | None = None,
    created_after: ShortText | None = None,
    created_before: ShortText | None = None,
    limit: Limit = 10,
    offset: Offset = 0,
) -> dict[str, Any]:
    """Search payments, each with all refunds made on it. All given filters must hold. Newest first, then by id.

    With refund filters, a payment is found when at least one refund on it meets them together.

    Args:
        payment_id: exact id
        order_id: payments of this order
        customer_id: payments of this customer account
        status: payment status
        method: payment method
        transaction_id: exact id at the payment provider
        refund_status: payments with a refund in this status
        refunded_after: with a refund made on or after this company day (2025-11-03) or UTC instant
        refunded_before: with a refund made on or before this company day or UTC instant
        created_after: made on or after this company day or UTC instant
        created_before: made on or before this company day or UTC instant
        limit: how many to return, at most 10
        offset: how many to skip, for the next page
    """
    filters = (
        Filters(world)
        .equal("id", payment_id)
        .equal("order_id", order_id)
        .equal("customer_id", customer_id)
        .equal("status", status)
        .equal("method", method)
        .equal("transaction_id", transaction_id)
        .between("created_at", created_after, created_before)
    )
    refunds = Filters(world).equal("status", refund_status).between("created_at", refunded_after, refunded_before)
    if refunds.clauses:
        inner = " AND ".join(refunds.clauses)
        filters.clauses.append(f"id IN (SELECT payment_id FROM refunds WHERE {inner})")
        filters.params.extend(refunds.params)
    return {"payments": payment_views(world, filters.page("payments", "created_at DESC, id", limit, offset))}


@tool("change")
def createRefund(
    world: Fork,
    payment_id: ShortText,
    amount: Dollars,
    reason: RefundReason,
    status: Decision = "pending",
    ticket_id: ShortText | None = None,
    note: LongText | None = None,
) -> dict[str, Any]:
    """Give money back on a payment without goods coming back: duplicate charge, fee, price adjustment, cancellation.

    An approved refund moves the payment's state; the order's status is left alone. Refunds that are pending,
    approved or processed all count against what may still be refunded. For goods that come back use processReturn.

    Args:
        payment_id: the payment to refund
        amount: dollars, at most two decimals
        reason: why
        status: pending (somebody else decides) or approved
        ticket_id: the ticket this belongs to
        note: internal note
    """
    payment = require(world, "payments", payment_id, "payment", "searchPayments or getOrderDetails")
    order = require(world, "orders", payment["order_id"], "order", "searchOrders")
    _check_ticket(world, ticket_id, order)
    refund = _refund(world, payment, cents(amount), reason, status, ticket_id, None, note)
    return {"refund": view(refund), "payment": payment_views(world, [world.get("payments", payment_id) or {}])[0]}


@tool("change")
def processReturn(
    world: Fork,
    order_id: ShortText,
    items: Annotated[list[ReturnItem], Field(min_length=1, max_length=50)],
    reason: ReturnReason,
    disposition: Literal["refund", "replacement", "store_credit"],
    amount: Dollars | None = None,
    status: Decision = "pending",
    payment_id: ShortText | None = None,
    ticket_id: ShortText | None = None,
    note: LongText | None = None,
) -> dict[str, Any]:
    """Record goods that come back and what the customer gets for them. Whether they may come back is yours to judge.

    A refund is made on the order's payment and moves the order: to refund_requested while it is pending, to
    partially_refunded or refunded once approved. Replacements and store credit leave money and order as they are.

    Args:
        order_id: the order the goods were bought with
        items: what comes back
        reason: why
        disposition: refund to the payment method, replacement, or store credit
        amount: dollars to refund or credit; leave out for a replacement
        status: decision on a refund: pending (somebody else decides) or approved
        payment_id: the payment to refund, needed when the order has several
        ticket_id: the ticket this belongs to
        note: internal note on the refund
    """
    order = require(world, "orders", order_id, "order", "searchOrders")
    if order["status"] not in RETURNABLE:
        raise ToolError(f"order {order_id} is {order['status']}; only orders that were fulfilled can be returned")
    _check_ticket(world, ticket_id, order)
    _check_items(world, order, items)
    if (amount is None) != (disposition == "replacement"):
        raise ToolError("give `amount` for a refund or store credit, and leave it out for a replacement")
    if disposition != "refund" and (payment_id is not None or note is not None or status != "pending"):
        raise ToolError("`payment_id`, `note` and `status` belong to a refund; leave them out for this disposition")
    credit = cents(amount) if amount is not None and disposition == "store_credit" else 0
    earlier = world.rows("SELECT credit_cents FROM returns WHERE order_id = ?", (order_id,))
    credited = sum(r["credit_cents"] for r in earlier)
    if credit and credit + credited > order["total_cents"]:
        asked = f"{usd(credit)} on top of {usd(credited)}" if credited else usd(credit)
        raise ToolError(f"store credit {asked} is more than the order's total {usd(order['total_cents'])}")
    now = format_utc(world.clock.now)
    record: Row = {
        "id": world.next_id("returns", "rma"),
        "order_id": order_id,
        "ticket_id": ticket_id,
        "items": [item.model_dump() for item in items],
        "reason": reason,
        "disposition": disposition,
        "credit_cents": credit,
        "status": "label_sent",
        "created_at": now,
    }
    world.insert("returns", record)
    refund: Row | None = None
    if amount is not None and disposition == "refund":
        payment = _payment_of(world, order, payment_id)
        refund = _refund(world, payment, cents(amount), reason, status, ticket_id, record["id"], note)
        world.update("orders", order_id, {"status": _status_after(world, order, status), "updated_at": now})
    return {
        "return": view(record),
        "refund": None if refund is None else view(refund),
        "order": view(world.get("orders", order_id) or {}),
    }


def _refund(
    world: Fork,
    payment: Row,
    amount_cents: int,
    reason: str,
    status: str,
    ticket_id: str | None,
    return_id: str | None,
    note: str | None,
) -> Row:
    if payment["status"] not in ("captured", "partially_refunded"):
        raise ToolError(f"payment {payment['id']} is {payment['status']}; only captured money can be refunded")
    made = world.rows("SELECT * FROM refunds WHERE payment_id = ? ORDER BY id", (payment["id"],))
    held = sum(r["amount_cents"] for r in made if r["status"] in rules.LIVE_REFUND)
    if amount_cents > payment["amount_cents"] - held:
        raise ToolError(
            f"{usd(amount_cents)} is more than may still be refunded on {payment['id']}: "
            f"{usd(payment['amount_cents'])} captured, {usd(held)} already refunded or pending"
        )
    refund: Row = {
        "id": world.next_id("refunds", "ref"),
        "payment_id": payment["id"],
        "order_id": payment["order_id"],
        "return_id": return_id,
        "ticket_id": ticket_id,
        "amount_cents": amount_cents,
        "reason": reason,
        "status": status,
        "note": note,
        "created_at": format_utc(world.clock.now),
        "processed_at": None,
    }
    world.insert("refunds", refund)
    if status in rules.GRANTED_REFUND:
        granted = amount_cents + sum(r["amount_cents"] for r in made if r["status"] in rules.GRANTED_REFUND)
        state = "refunded" if granted == payment["amount_cents"] else "partially_refunded"
        world.update("payments", payment["id"], {"status": state})
    return refund


def _check_ticket(world: Fork, ticket_id: str | None, order: Row) -> None:
    if ticket_id is None:
        return
    ticket = require(world, "tickets", ticket_id, "ticket", "searchTickets")
    if ticket["customer_id"] != order["customer_id"]:
        raise ToolError(f"ticket {ticket_id} belongs to another customer than order {order['id']}")


def _check_items(world: Fork, order: Row, items: list[ReturnItem]) -> None:
    bought: dict[str, int] = {}
    for line in world.rows("SELECT * FROM order_lines WHERE order_id = ?", (order["id"],)):
        bought[line["product_id"]] = bought.get(line["product_id"], 0) + line["quantity"]
    left = dict(bought)
    for earlier in world.rows("SELECT * FROM returns WHERE order_id = ?", (order["id"],)):
        for item in earlier["items"]:
            left[item["product_id"]] = left.get(item["product_id"], 0) - item["quantity"]
    for item in items:
        if item.product_id not in bought:
            raise ToolError(
                f"{item.product_id!r} is not a line of order {order['id']}; its lines are: {', '.join(sorted(bought))}"
            )
        left[item.product_id] -= item.quantity
        if left[item.product_id] < 0:
            before = bought[item.product_id] - item.quantity - left[item.product_id]
            raise ToolError(
                f"{item.product_id}: {bought[item.product_id]} bought, of which {before} returned before; "
                f"{item.quantity} more cannot come back"
            )


def _payment_of(world: Fork, order: Row, payment_id: str | None) -> Row:
    found = [
        p
        for p in world.rows("SELECT * FROM payments WHERE order_id = ? ORDER BY id", (order["id"],))
        if p["status"] in rules.CAPTURED
    ]
    if payment_id is not None:
        found = [p for p in found if p["id"] == payment_id]
    if len(found) == 1:
        return found[0]
    if payment_id is not None or not found:
        raise ToolError(f"order {order['id']} has no captured payment {payment_id or ''}".rstrip())
    raise ToolError(f"order {order['id']} has several captured payments; name one: {', '.join(p['id'] for p in found)}")


def _status_after(world: Fork, order: Row, decision: str) -> str:
    """The order's status after a refund for goods: `refunded` once all money or all goods are settled."""
    if decision == "pending":
        return "refund_requested"
    captured = sum(
        p["amount_cents"]
        for p in world.rows("SELECT * FROM payments WHERE order_id = ?", (order["id"],))
        if p["status"] in rules.CAPTURED
    )
    refunds = world.rows("SELECT * FROM refunds WHERE order_id = ?", (order["id"],))
    approved = [r for r in refunds if r["status"] in rules.GRANTED_REFUND]
    settled = {r["return_id"] for r in approved}
    granted = sum(r["amount_cents"] for r in approved)
    bought = sum(
        line["quantity"] for line in world.rows("SELECT * FROM order_lines WHERE order_id = ?", (order["id"],))
    )
    returned = sum(
        item["quantity"]
        for r in world.rows("SELECT * FROM returns WHERE order_id = ?", (order["id"],))
        if r["id"] in settled
        for item in r["items"]
    )
    return "refunded" if granted >= captured or returned >= bought else "partially_refunded"
