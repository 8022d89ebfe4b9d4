"""Products, stock and saved builds."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from enterprisegym.environments.corecraft.tools.search import (
    Filters,
    Limit,
    Offset,
    ShortText,
    cents,
    dollars,
    in_list,
    require,
)
from enterprisegym.environments.corecraft.tools.views import product_views, views
from enterprisegym.tools import tool
from enterprisegym.world import Fork

ProductCategory = Literal[
    "cpu", "motherboard", "gpu", "memory", "storage", "psu", "case", "cooling", "prebuilt", "workstation", "monitor",
    "keyboard", "mouse", "headset", "networking", "accessory", "bundle",
]  # fmt: skip
Price = Annotated[float, Field(ge=0, le=1_000_000)]

AVAILABLE = (
    "EXISTS (SELECT 1 FROM inventory_levels AS i WHERE i.product_id = products.id AND i.on_hand - i.reserved >= ?)"
)


@tool("read")
def searchProducts(
    world: Fork,
    product_id: ShortText | None = None,
    category: ProductCategory | None = None,
    brand: ShortText | None = None,
    text: ShortText | None = None,
    min_price: Price | None = None,
    max_price: Price | None = None,
    status: Literal["active", "clearance", "discontinued"] | None = None,
    in_stock_only: bool = False,
    limit: Limit = 10,
    offset: Offset = 0,
) -> dict[str, Any]:
    """Search the catalog. All given filters must hold. Sorted by name, then id.

    Returns price, specifications and stock by location (cmh is Columbus, rno is Reno).

    Args:
        product_id: exact id
        category: product category; prebuilts, workstations and bundles are categories of their own
        brand: the brand exactly as stored, any case
        text: text as it stands in the name, brand or sku, any case
        min_price: lowest list price in dollars
        max_price: highest list price in dollars
        status: sales status
        in_stock_only: only products of which a unit is available at some location
        limit: how many to return, at most 10
        offset: how many to skip, for the next page
    """
    filters = (
        Filters(world)
        .equal("id", product_id)
        .equal("category", category)
        .equal("brand", brand, nocase=True)
        .contains(["name", "brand", "sku"], text)
        .at_least("price_cents", None if min_price is None else cents(min_price, "min_price"))
        .at_most("price_cents", None if max_price is None else cents(max_price, "max_price"))
        .equal("status", status)
        .condition(AVAILABLE, 1 if in_stock_only else None)
    )
    return {"products": product_views(world, filters.page("products", "name, id", limit, offset))}


@tool("read")
def getProduct(world: Fork, product_id: ShortText) -> dict[str, Any]:
    """One product in full: specifications, stock by location, warranty policy, and what a package contains.

    Args:
        product_id: exact id, as given by searchProducts
    """
    product = require(world, "products", product_id, "product", "searchProducts")
    found = product_views(world, [product])[0]
    clause, ids = in_list("id", (c["product_id"] for c in product["components"]))
    parts = {p["id"]: p for p in world.rows(f"SELECT * FROM products WHERE {clause}", (ids,))}
    found["components"] = [
        {
            **c,
            "name": parts[c["product_id"]]["name"],
            "unit_price": dollars(parts[c["product_id"]]["price_cents"]),
        }
        for c in product["components"]
    ]
    return {"product": found}


@tool("read")
def searchBuilds(
    world: Fork,
    build_id: ShortText | None = None,
    name: ShortText | None = None,
    customer_id: ShortText | None = None,
    owner_type: Literal["customer", "internal"] | None = None,
    product_id: ShortText | None = None,
    created_after: ShortText | None = None,
    created_before: ShortText | None = None,
    limit: Limit = 10,
    offset: Offset = 0,
) -> dict[str, Any]:
    """Search saved configurations (builds) of customers and of Corecraft itself. Sorted by name, then id.

    Args:
        build_id: exact id
        name: part of the build's name, any case
        customer_id: builds of this customer
        owner_type: customer builds, or the internal ones behind prebuilts
        product_id: builds that contain this product
        created_after: created on or after this company day (2025-11-03) or UTC instant
        created_before: created on or before this company day or UTC instant
        limit: how many to return, at most 10
        offset: how many to skip, for the next page
    """
    filters = (
        Filters(world)
        .equal("id", build_id)
        .contains(["name"], name)
        .equal("customer_id", customer_id)
        .equal("owner_type", owner_type)
        .condition(
            "EXISTS (SELECT 1 FROM json_each(components) AS c WHERE json_extract(c.value, '$.product_id') = ?)",
            product_id,
        )
        .between("created_at", created_after, created_before)
    )
    return {"builds": views(filters.page("builds", "name, id", limit, offset))}
