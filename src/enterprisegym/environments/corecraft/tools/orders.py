"""Orders, their parcels, and the one status an agent may move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.environments.corecraft.tools.search import Filters, Limit, LongText, Offset, ShortText, require, usd
from enterprisegym.environments.corecraft.tools.views import order_views, payment_views, view, views
from enterprisegym.errors import ToolError
from enterprisegym.tools import tool
from enterprisegym.world import Fork, Row, format_utc

OrderStatus = Literal[
    "pending",
    "paid",
    "on_hold",
    "backorder",
    "fulfilled",
    "refund_requested",
    "partially_refunded",
    "refunded",
    "cancelled",
]
Carrier = Literal["ups", "fedex", "usps", "dhl"]
ShipmentStatus = Literal[
    "label_created", "in_transit", "out_for_delivery", "delivered", "exception", "lost", "returned_to_sender"
]

TRANSITIONS: Mapping[str, frozenset[str]] = {
    "pending": frozenset({"cancelled", "on_hold"}),
    "paid": frozenset({"cancelled", "on_hold", "backorder"}),
    "on_hold": frozenset({"paid", "cancelled"}),
    "backorder": frozenset({"paid", "on_hold", "cancelled"}),
    "fulfilled": frozenset({"refund_requested", "partially_refunded", "refunded"}),
    "refund_requested": frozenset({"fulfilled", "partially_refunded", "refunded"}),
    "partially_refunded": frozenset({"refund_requested", "refunded"}),
    "refunded": frozenset(),
    "cancelled": frozenset(),
}


@tool("read")
def searchOrders(
    world: Fork,
    order_id: ShortText | None = None,
    customer_id: ShortText | None = None,
    product_id: ShortText | None = None,
    status: OrderStatus | None = None,
    promo_code: ShortText | None = None,
    created_after: ShortText | None = None,
    created_before: ShortText | None = None,
    limit: Limit = 10,
    offset: Offset = 0,
) -> dict[str, Any]:
    """Search orders. All given filters must hold. Newest first, then by id.

    Args:
        order_id: exact id, such as ord-251103-014
        customer_id: orders of this customer account
        product_id: orders with this product among their lines (parts inside a package are not lines)
        status: order status
        promo_code: orders placed with this promo code
        created_after: placed on or after this company day (2025-11-03) or UTC instant
        created_before: placed on or before this company day or UTC instant
        limit: how many to return, at most 10
        offset: how many to skip, for the next page
    """
    filters = (
        Filters(world)
        .equal("id", order_id)
        .equal("customer_id", customer_id)
        .condition("id IN (SELECT order_id FROM order_lines WHERE product_id = ?)", product_id)
        .equal("status", status)
        .equal("promo_code", promo_code)
        .between("created_at", created_after, created_before)
    )
    return {"orders": order_views(world, filters.page("orders", "created_at DESC, id", limit, offset))}


@tool("read")
def getOrderDetails(world: Fork, order_id: ShortText) -> dict[str, Any]:
    """One order with its lines, customer, payments and refunds, returns, shipments, tickets and build.

    Args:
        order_id: exact id, such as ord-251103-014
    """
    order = require(world, "orders", order_id, "order", "searchOrders")
    customer = world.get("customers", order["customer_id"]) or {}
    return {
        "order": order_views(world, [order])[0],
        "customer": {name: customer[name] for name in ("id", "name", "email", "account_type", "loyalty_tier")},
        "payments": payment_views(world, _of_order(world, "payments", order_id)),
        "returns": views(_of_order(world, "returns", order_id)),
        "shipments": views(_of_order(world, "shipments", order_id)),
        "tickets": [
            {name: t[name] for name in ("id", "ticket_type", "status", "priority", "subject", "created_at")}
            for t in _of_order(world, "tickets", order_id)
        ],
        "build": None if order["build_id"] is None else world.get("builds", order["build_id"]),
    }


@tool("read")
def searchShipments(
    world: Fork,
    shipment_id: ShortText | None = None,
    order_id: ShortText | None = None,
    tracking_number: ShortText | None = None,
    carrier: Carrier | None = None,
    status: ShipmentStatus | None = None,
    created_after: ShortText | None = None,
    created_before: ShortText | None = None,
    limit: Limit = 10,
    offset: Offset = 0,
) -> dict[str, Any]:
    """Search parcels and their scan events. All given filters must hold. Newest first, then by id.

    Args:
        shipment_id: exact id
        order_id: parcels of this order
        tracking_number: exact tracking number
        carrier: carrier
        status: status in the parcel's header
        created_after: label made on or after this company day (2025-11-03) or UTC instant
        created_before: label made on or before this company day or UTC instant
        limit: how many to return, at most 10
        offset: how many to skip, for the next page
    """
    filters = (
        Filters(world)
        .equal("id", shipment_id)
        .equal("order_id", order_id)
        .equal("tracking_number", tracking_number)
        .equal("carrier", carrier)
        .equal("status", status)
        .between("created_at", created_after, created_before)
    )
    return {"shipments": views(filters.page("shipments", "created_at DESC, id", limit, offset))}


@tool("change")
def updateOrderStatus(
    world: Fork, order_id: ShortText, status: OrderStatus, note: LongText | None = None
) -> dict[str, Any]:
    """Move an order to another status. Only legal moves are accepted; money is not touched.

    An order can be cancelled until a parcel of it exists. `partially_refunded` and `refunded` need an approved refund.

    Args:
        order_id: exact id
        status: the new status
        note: text added to the order's note
    """
    order = require(world, "orders", order_id, "order", "searchOrders")
    current = order["status"]
    allowed = TRANSITIONS[current]
    if status not in allowed:
        choices = ", ".join(sorted(allowed)) or "nothing, it is final"
        raise ToolError(f"order {order_id} is {current}; from there it can become: {choices}")
    if status == "cancelled" and _of_order(world, "shipments", order_id):
        raise ToolError(f"order {order_id} cannot be cancelled: a parcel of it already exists")
    captured = sum(p["amount_cents"] for p in _of_order(world, "payments", order_id) if p["status"] in rules.CAPTURED)
    granted = sum(
        r["amount_cents"] for r in _of_order(world, "refunds", order_id) if r["status"] in rules.GRANTED_REFUND
    )
    if status == "paid" and captured < order["total_cents"]:
        raise ToolError(f"order {order_id} is not paid: {usd(captured)} captured of {usd(order['total_cents'])}")
    if status in ("partially_refunded", "refunded") and not granted:
        raise ToolError(f"order {order_id} has no approved refund yet; make it first")
    if status == "partially_refunded" and granted >= captured:
        raise ToolError(f"order {order_id} is refunded in full ({usd(granted)}); use refunded")
    changes: dict[str, Any] = {"status": status, "updated_at": format_utc(world.clock.now)}
    if note is not None:
        changes["note"] = f"{order['note']}\n{note}" if order["note"] else note
    world.update("orders", order_id, changes)
    return {"order": view({**order, **changes})}


def _of_order(world: Fork, table: str, order_id: str) -> list[Row]:
    return world.rows(
        f"SELECT * FROM {table} WHERE order_id = ? ORDER BY created_at DESC, id",
        (order_id,),
    )
