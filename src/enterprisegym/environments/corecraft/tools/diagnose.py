"""Calculators that apply the written rules: build checker, warranty dates, prices."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from enterprisegym.environments.corecraft.compatibility import check_parts, expand
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.environments.corecraft.tools.people import Tier
from enterprisegym.environments.corecraft.tools.search import ShortText, dollars, parse_day, require
from enterprisegym.errors import ToolError
from enterprisegym.tools import tool
from enterprisegym.world import Fork, Row


class Item(BaseModel):
    """A product and how many of it."""

    model_config = ConfigDict(extra="forbid", strict=True)
    product_id: ShortText = Field(description="exact product id")
    quantity: int = Field(default=1, ge=1, le=1000, description="how many")


Items = Annotated[list[Item], Field(min_length=1, max_length=60)]


@tool("diagnose")
def validateBuildCompatibility(
    world: Fork, items: Items | None = None, build_id: ShortText | None = None
) -> dict[str, Any]:
    """Check whether parts work together as one computer. Packages are checked by what they contain.

    Says which rules are broken (errors) and what to be careful about (warnings); rules are in searchPolicies under
    `compatibility`. It checks what is in the list and does not know what the customer already owns.

    Args:
        items: the parts; give either these or build_id
        build_id: a saved build
    """
    if (items is None) == (build_id is None):
        raise ToolError("give either items or build_id")
    if build_id is not None:
        build = require(world, "builds", build_id, "build", "searchBuilds")
        wanted = [(c["product_id"], c["quantity"]) for c in build["components"]]
    else:
        wanted = [(item.product_id, item.quantity) for item in items or []]
    parts = expand(wanted, lambda id: require(world, "products", id, "product", "searchProducts"))
    findings = [
        {"rule_id": f.rule_id, "message": f.message, "product_ids": list(f.product_ids), "severity": f.severity}
        for f in check_parts(parts)
    ]
    errors = [{k: v for k, v in f.items() if k != "severity"} for f in findings if f["severity"] == "error"]
    warnings = [{k: v for k, v in f.items() if k != "severity"} for f in findings if f["severity"] == "warning"]
    return {
        "compatible": not errors,
        "errors": errors,
        "warnings": warnings,
        "checked": [{"product_id": product["id"], "quantity": quantity} for product, quantity in parts],
    }


@tool("diagnose")
def checkWarrantyStatus(
    world: Fork, order_id: ShortText, product_id: ShortText, as_of: ShortText | None = None
) -> dict[str, Any]:
    """The warranty period of a product bought with an order. Says nothing about the cause of a fault.

    Args:
        order_id: the order it was bought with
        product_id: a product of the order, or a part inside one of its bundles
        as_of: the day to look at (2025-11-03); today unless given
    """
    order = require(world, "orders", order_id, "order", "searchOrders")
    product = require(world, "products", product_id, "product", "searchProducts")
    day = world.clock.today if as_of is None else parse_day(as_of, "as_of")
    sold_as = _sold_as(world, order, product)
    policy = world.get("warranty_policies", product["warranty_policy_id"]) or {}
    shipments = world.rows("SELECT * FROM shipments WHERE order_id = ? ORDER BY id", (order_id,))
    status = rules.warranty_status(order, shipments, product, policy, day, sold_as=sold_as)
    delivered = rules.delivered_on(shipments, sold_as or product_id)
    return {
        "order_id": order_id,
        "product_id": product_id,
        "warranty_policy_id": policy["id"],
        "months": policy["months"],
        "starts_on": status.starts_on.isoformat(),
        "start_is": "delivery" if delivered else "order",
        "ends_on": None if status.ends_on is None else status.ends_on.isoformat(),
        "as_of": day.isoformat(),
        "in_period": status.covered,
        "days_left": (status.ends_on - day).days if status.covered and status.ends_on else 0,
        "claim_via": policy["claim_via"],
    }


@tool("diagnose")
def calculatePrice(
    world: Fork,
    items: Items,
    customer_id: ShortText | None = None,
    loyalty_tier: Tier | None = None,
    promo_code: ShortText | None = None,
    shipping_service: Literal["standard", "express", "overnight"] = "standard",
) -> dict[str, Any]:
    """Price a cart as checkout would today: list prices, the one discount that saves most, shipping.

    Prices exactly the products given; it does not look for a cheaper package with the same parts.

    Args:
        items: products and quantities
        customer_id: price for this account's tier and kind
        loyalty_tier: price for this tier; give this or customer_id, or neither for a standard consumer
        promo_code: a promo code to try
        shipping_service: how it ships
    """
    if customer_id is not None and loyalty_tier is not None:
        raise ToolError("give customer_id or loyalty_tier, not both")
    account_type = "consumer"
    if customer_id is not None:
        customer = require(world, "customers", customer_id, "customer", "searchCustomers")
        loyalty_tier, account_type = customer["loyalty_tier"], customer["account_type"]
    tier = world.get("loyalty_tiers", loyalty_tier or "standard") or {}
    products = {i.product_id: require(world, "products", i.product_id, "product", "searchProducts") for i in items}
    for product in products.values():
        if product["status"] == "discontinued":
            raise ToolError(f"{product['id']} is discontinued and no longer sold")
    promo = None if promo_code is None else _promo(world, promo_code)
    lines: list[Row] = [
        {
            "product_id": item.product_id,
            "quantity": item.quantity,
            "unit_price_cents": products[item.product_id]["price_cents"],
        }
        for item in items
    ]
    price = rules.best_discount(
        lines, products, tier, world.clock.today, promo=promo, account_type=account_type, service=shipping_service
    )
    return {
        "lines": [
            {
                "product_id": line["product_id"],
                "quantity": line["quantity"],
                "unit_price": dollars(line["unit_price_cents"]),
                "amount": dollars(line["unit_price_cents"] * line["quantity"]),
            }
            for line in lines
        ],
        "subtotal": dollars(price.subtotal_cents),
        "discount": dollars(price.discount_cents),
        "discount_label": price.label,
        "promo_code_used": price.promo_code,
        "shipping": dollars(price.shipping_cents),
        "total": dollars(price.total_cents),
    }


def _promo(world: Fork, code: str) -> Row:
    found = world.rows("SELECT * FROM promotions WHERE code = ? COLLATE NOCASE", (code,))
    if not found:
        raise ToolError(f"there is no promo code {code!r:.40}; find it with searchPromotions")
    return found[0]


def _sold_as(world: Fork, order: Row, product: Row) -> str | None:
    """None when the product is a line of the order; the bundle's id when it came inside one."""
    lines = world.rows("SELECT product_id FROM order_lines WHERE order_id = ? ORDER BY id", (order["id"],))
    if any(line["product_id"] == product["id"] for line in lines):
        return None
    sold = [world.get("products", line["product_id"]) or {} for line in lines]
    packages = [p for p in sold if any(c["product_id"] == product["id"] for c in p["components"])]
    bundle = next((p["id"] for p in packages if p["category"] == "bundle"), None)
    if bundle is not None:
        return bundle
    if packages:
        raise ToolError(
            f"{product['id']} is a part of the system {packages[0]['id']}, which has one warranty: check the system"
        )
    raise ToolError(f"{product['id']} is not in order {order['id']}; see getOrderDetails for its lines")
