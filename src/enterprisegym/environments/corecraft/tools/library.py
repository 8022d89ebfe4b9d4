"""What the company has written down: articles, policies and promotions."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from enterprisegym.environments.corecraft.tools.catalog import ProductCategory
from enterprisegym.environments.corecraft.tools.people import Tier
from enterprisegym.environments.corecraft.tools.search import Filters, Limit, Offset, ShortText, parse_day, require
from enterprisegym.environments.corecraft.tools.views import view, views
from enterprisegym.tools import tool
from enterprisegym.world import Fork

PolicyType = Literal[
    "return", "refund", "cancellation", "warranty", "shipping", "sla", "pricing", "loyalty", "privacy", "escalation",
    "tickets", "conduct", "fraud", "business", "compatibility",
]  # fmt: skip


@tool("read")
def searchKnowledgeBase(
    world: Fork,
    text: ShortText | None = None,
    tags: Annotated[list[ShortText], Field(min_length=1, max_length=20)] | None = None,
    product_id: ShortText | None = None,
    article_id: ShortText | None = None,
    audience: Literal["public", "internal"] | None = None,
    updated_after: ShortText | None = None,
    updated_before: ShortText | None = None,
    limit: Limit = 10,
    offset: Offset = 0,
) -> dict[str, Any]:
    """Search the knowledge base: troubleshooting, installation, product notes, internal procedures.

    Sorted by title, then id. Articles carry a status; deprecated ones stay in the library and name their successor.

    Args:
        text: words; each must occur in the title, body or tags
        tags: tags; each must be on the article
        product_id: articles about this product
        article_id: exact id, such as kb-0143
        audience: articles for customers (public) or for staff (internal)
        updated_after: updated on or after this company day (2025-11-03) or UTC instant
        updated_before: updated on or before this company day or UTC instant
        limit: how many to return, at most 10
        offset: how many to skip, for the next page
    """
    filters = (
        Filters(world)
        .equal("id", article_id)
        .every_word(["title", "body", "tags"], text)
        .condition("EXISTS (SELECT 1 FROM json_each(product_ids) WHERE value = ?)", product_id)
        .equal("audience", audience)
        .between("updated_at", updated_after, updated_before)
    )
    for tag in tags or []:
        filters.condition("EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)", tag.lower())
    return {"articles": views(filters.page("kb_articles", "title, id", limit, offset))}


@tool("read")
def searchPolicies(
    world: Fork,
    policy_type: PolicyType | None = None,
    text: ShortText | None = None,
    policy_id: ShortText | None = None,
    effective_on: ShortText | None = None,
    limit: Limit = 10,
    offset: Offset = 0,
) -> dict[str, Any]:
    """Search what binds the company: company policies, SLAs, warranty terms, loyalty tiers, compatibility rules.

    Sorted by title, then id. Former versions stay in the library: `effective_from` and `effective_to` say when
    they held.

    Args:
        policy_type: area; `sla` are service levels, `warranty` includes the warranty terms of products, `loyalty`
            includes the tiers, `compatibility` are the rules of the build checker
        text: words; each must occur in the title or text
        policy_id: exact id of a policy, SLA, warranty policy, tier or rule
        effective_on: only company policies in force on this day (2025-11-03)
        limit: how many to return, at most 10
        offset: how many to skip, for the next page
    """
    day = None if effective_on is None else parse_day(effective_on, "effective_on").isoformat()
    found: list[dict[str, Any]] = []
    if policy_type not in ("sla", "compatibility"):  # these two have tables of their own and nothing else
        policies = Filters(world).equal("id", policy_id).equal("policy_type", policy_type)
        policies.every_word(["title", "body"], text)
        policies.condition("effective_from <= ? AND (effective_to IS NULL OR effective_to >= ?)", day)
        found += [{"kind": "company_policy", **view(r)} for r in policies.page("company_policies", "id", -1, 0)]
    for kind, table, area, columns in (
        ("sla", "slas", "sla", ["title", "body", "remedy"]),
        ("warranty_terms", "warranty_policies", "warranty", ["title", "body", "covers", "excludes"]),
        ("loyalty_tier", "loyalty_tiers", "loyalty", ["name", "terms", "perks"]),
        ("compatibility_rule", "compatibility_rules", "compatibility", ["name", "statement", "fix"]),
    ):
        if policy_type in (None, area):
            rows = Filters(world).equal("id", policy_id).every_word(columns, text).page(table, "id", -1, 0)
            found += [{"kind": kind, **view(r)} for r in rows]
    found.sort(key=lambda r: (r.get("title") or r["name"], r["id"]))
    return {"policies": found[offset : offset + limit]}


@tool("read")
def searchPromotions(
    world: Fork,
    code: ShortText | None = None,
    text: ShortText | None = None,
    active_on: ShortText | None = None,
    product_id: ShortText | None = None,
    category: ProductCategory | None = None,
    loyalty_tier: Tier | None = None,
    limit: Limit = 10,
    offset: Offset = 0,
) -> dict[str, Any]:
    """Search promotions: codes, windows, what they apply to, whether they stack with loyalty. Sorted by code.

    Args:
        code: the promo code, any case
        text: words; each must occur in the name or terms
        active_on: only promotions that run on this company day (2025-11-03)
        product_id: only promotions whose stated categories, brands and products admit this product
        category: only promotions whose stated categories admit this one
        loyalty_tier: only promotions open to this tier
        limit: how many to return, at most 10
        offset: how many to skip, for the next page
    """
    day = None if active_on is None else parse_day(active_on, "active_on").isoformat()
    filters = (
        Filters(world)
        .equal("code", code, nocase=True)
        .every_word(["name", "terms"], text)
        .condition("starts_on <= ? AND ends_on >= ?", day)
        .condition(_admits("categories"), category)
        .condition(_admits("tiers"), loyalty_tier)
    )
    if product_id is not None:
        product = require(world, "products", product_id, "product", "searchProducts")
        filters.condition(_admits("categories"), product["category"])
        filters.condition(_admits("brands"), product["brand"])
        filters.condition(_admits("product_ids"), product["id"])
    return {"promotions": views(filters.page("promotions", "code", limit, offset))}


def _admits(column: str) -> str:
    return f"({column} = '[]' OR EXISTS (SELECT 1 FROM json_each({column}) WHERE value = ?))"
