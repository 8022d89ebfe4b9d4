"""Customers and staff."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from enterprisegym.environments.corecraft.tools.search import Filters, Limit, Offset, ShortText, like
from enterprisegym.environments.corecraft.tools.views import views
from enterprisegym.tools import tool
from enterprisegym.world import Fork

Tier = Literal["standard", "silver", "gold", "platinum"]
Department = Literal[
    "support",
    "returns",
    "fulfilment",
    "finance",
    "technical_bench",
    "fraud",
    "product",
    "privacy",
    "it",
    "people",
    "sales",
]
Permission = Literal["approve_refund", "edit_order", "cancel_order", "override_policy", "edit_kb", "view_pii"]

IN_AN_ADDRESS = (
    "EXISTS (SELECT 1 FROM json_each(addresses) AS a, json_each(a.value) AS part"
    " WHERE part.key <> 'label' AND part.value LIKE ? ESCAPE '\\')"
)


@tool("read")
def searchCustomers(
    world: Fork,
    customer_id: ShortText | None = None,
    name: ShortText | None = None,
    email: ShortText | None = None,
    phone: ShortText | None = None,
    company: ShortText | None = None,
    loyalty_tier: Annotated[list[Tier], Field(min_length=1, max_length=4)] | None = None,
    account_type: Literal["consumer", "business", "school"] | None = None,
    address_text: ShortText | None = None,
    created_after: ShortText | None = None,
    created_before: ShortText | None = None,
    limit: Limit = 10,
    offset: Offset = 0,
) -> dict[str, Any]:
    """Find customer accounts. All given filters must hold. Sorted by name, then id.

    Args:
        customer_id: exact id, such as cust-10042
        name: part of the name, any case
        email: the e-mail address exactly as stored
        phone: the phone number exactly as stored
        company: part of the company's or school's name
        loyalty_tier: one or more tiers
        account_type: kind of account
        address_text: text that occurs in any of the addresses (street, city, region, postal code)
        created_after: account opened on or after this company day (2025-11-03) or UTC instant
        created_before: account opened on or before this company day or UTC instant
        limit: how many to return, at most 10
        offset: how many to skip, for the next page
    """
    filters = (
        Filters(world)
        .equal("id", customer_id)
        .contains(["name"], name)
        .equal("email", email)
        .equal("phone", phone)
        .contains(["company"], company)
        .equal("account_type", account_type)
        .condition(IN_AN_ADDRESS, None if address_text is None else like(address_text))
        .between("created_at", created_after, created_before)
    )
    if loyalty_tier is not None:
        filters.clauses.append("loyalty_tier IN (" + ", ".join("?" * len(loyalty_tier)) + ")")
        filters.params.extend(loyalty_tier)
    return {"customers": views(filters.page("customers", "name, id", limit, offset))}


@tool("read")
def searchEmployees(
    world: Fork,
    employee_id: ShortText | None = None,
    name: ShortText | None = None,
    department: Department | None = None,
    title: ShortText | None = None,
    support_role: Literal["frontline", "specialist", "lead", "manager"] | None = None,
    has_permission: Permission | None = None,
    limit: Limit = 10,
    offset: Offset = 0,
) -> dict[str, Any]:
    """Find colleagues in the staff directory: who works where and who may do what. Sorted by name, then id.

    Args:
        employee_id: exact id, such as emp-dana-kessler
        name: part of the name, any case
        department: department
        title: part of the job title
        support_role: rank inside support
        has_permission: only people who hold this permission
        limit: how many to return, at most 10
        offset: how many to skip, for the next page
    """
    filters = (
        Filters(world)
        .equal("id", employee_id)
        .contains(["name"], name)
        .equal("department", department)
        .contains(["title"], title)
        .equal("support_role", support_role)
        .condition("EXISTS (SELECT 1 FROM json_each(permissions) WHERE value = ?)", has_permission)
    )
    return {"employees": views(filters.page("employees", "name, id", limit, offset))}
