"""Support tickets, their escalations and their resolutions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.environments.corecraft.tools.search import (
    Filters,
    Limit,
    LongText,
    Offset,
    ShortText,
    in_list,
    require,
)
from enterprisegym.environments.corecraft.tools.views import view, views
from enterprisegym.errors import ToolError
from enterprisegym.tools import tool
from enterprisegym.world import Fork, Row, format_utc

TicketType = Literal[
    "return", "warranty", "troubleshooting", "recommendation", "order_issue", "shipping", "billing", "account", "other"
]
TicketStatus = Literal["new", "open", "pending_customer", "resolved", "closed"]
Priority = Literal["low", "normal", "high", "urgent"]
EscalationType = Literal[
    "technical", "policy_exception", "refund_approval", "address_change", "carrier_claim", "fraud_review",
    "privacy_request", "product_safety",
]  # fmt: skip
Desk = Literal["support_lead", "returns", "fulfilment", "finance", "technical_bench", "fraud", "product", "privacy"]
Outcome = Literal[
    "refund_issued", "replacement_sent", "store_credit_issued", "recommendation_provided", "troubleshooting_steps",
    "order_updated", "information_provided", "request_denied", "no_action",
]  # fmt: skip

REOPEN_DAYS = 30
TRANSITIONS: Mapping[str, frozenset[str]] = {
    "new": frozenset({"open", "pending_customer", "resolved", "closed"}),
    "open": frozenset({"pending_customer", "resolved", "closed"}),
    "pending_customer": frozenset({"open", "resolved", "closed"}),
    "resolved": frozenset({"open"}),
    "closed": frozenset(),
}


@tool("read")
def searchTickets(
    world: Fork,
    ticket_id: ShortText | None = None,
    customer_id: ShortText | None = None,
    order_id: ShortText | None = None,
    assigned_employee_id: ShortText | None = None,
    status: TicketStatus | None = None,
    priority: Priority | None = None,
    ticket_type: TicketType | None = None,
    text: ShortText | None = None,
    created_after: ShortText | None = None,
    created_before: ShortText | None = None,
    updated_after: ShortText | None = None,
    updated_before: ShortText | None = None,
    limit: Limit = 10,
    offset: Offset = 0,
) -> dict[str, Any]:
    """Search support tickets. All given filters must hold. Newest first, then by id.

    Args:
        ticket_id: exact id, such as tick-251110-021
        customer_id: tickets of this customer account
        order_id: tickets about this order
        assigned_employee_id: tickets assigned to this colleague
        status: ticket status
        priority: priority
        ticket_type: type under which the ticket was filed
        text: text as it stands in the subject or body, any case
        created_after: created on or after this company day (2025-11-03) or UTC instant
        created_before: created on or before this company day or UTC instant
        updated_after: last updated on or after this company day or UTC instant
        updated_before: last updated on or before this company day or UTC instant
        limit: how many to return, at most 10
        offset: how many to skip, for the next page
    """
    filters = (
        Filters(world)
        .equal("id", ticket_id)
        .equal("customer_id", customer_id)
        .equal("order_id", order_id)
        .equal("assigned_employee_id", assigned_employee_id)
        .equal("status", status)
        .equal("priority", priority)
        .equal("ticket_type", ticket_type)
        .contains(["subject", "body"], text)
        .between("created_at", created_after, created_before)
        .between("updated_at", updated_after, updated_before)
    )
    return {"tickets": views(filters.page("tickets", "created_at DESC, id", limit, offset))}


@tool("read")
def getCustomerTicketHistory(
    world: Fork,
    customer_id: ShortText,
    include_resolved: bool = True,
    created_after: ShortText | None = None,
    created_before: ShortText | None = None,
    limit: Limit = 10,
    offset: Offset = 0,
) -> dict[str, Any]:
    """A customer's tickets with their escalations and resolutions. Newest first, then by id.

    Args:
        customer_id: exact id of the account
        include_resolved: also tickets that are resolved or closed
        created_after: created on or after this company day (2025-11-03) or UTC instant
        created_before: created on or before this company day or UTC instant
        limit: how many tickets to return, at most 10
        offset: how many tickets to skip, for the next page
    """
    require(world, "customers", customer_id, "customer", "searchCustomers")
    filters = Filters(world).equal("customer_id", customer_id).between("created_at", created_after, created_before)
    if not include_resolved:
        filters.clauses.append("status NOT IN ('resolved', 'closed')")
    tickets = filters.page("tickets", "created_at DESC, id", limit, offset)
    clause, ids = in_list("ticket_id", (t["id"] for t in tickets))
    escalations = world.rows(f"SELECT * FROM escalations WHERE {clause} ORDER BY created_at DESC, id", (ids,))
    resolutions = world.rows(f"SELECT * FROM resolutions WHERE {clause} ORDER BY created_at DESC, id", (ids,))
    return {
        "tickets": [
            {
                **view(ticket),
                "escalations": [view(e) for e in escalations if e["ticket_id"] == ticket["id"]],
                "resolutions": [view(r) for r in resolutions if r["ticket_id"] == ticket["id"]],
            }
            for ticket in tickets
        ]
    }


@tool("change")
def updateTicketStatus(
    world: Fork,
    ticket_id: ShortText,
    status: TicketStatus | None = None,
    priority: Priority | None = None,
    ticket_type: TicketType | None = None,
    assigned_employee_id: ShortText | None = None,
    resolution_id: ShortText | None = None,
) -> dict[str, Any]:
    """Change a ticket: its status, priority, type, assignee or resolution. Give at least one.

    `open` needs an assignee. `resolved` needs a resolution made for this ticket with createResolution, given here or
    already linked. A resolved ticket can be reopened for 30 days; a closed one never.

    Args:
        ticket_id: the ticket
        status: new status
        priority: new priority
        ticket_type: the type under which it should be filed
        assigned_employee_id: the colleague who takes it
        resolution_id: the resolution that settles it
    """
    ticket = require(world, "tickets", ticket_id, "ticket", "searchTickets")
    given = {
        "status": status,
        "priority": priority,
        "ticket_type": ticket_type,
        "assigned_employee_id": assigned_employee_id,
        "resolution_id": resolution_id,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    if not changes:
        raise ToolError(f"nothing to change: give one of {', '.join(given)}")
    if assigned_employee_id is not None:
        require(world, "employees", assigned_employee_id, "employee", "searchEmployees")
    if resolution_id is not None:
        resolution = require(world, "resolutions", resolution_id, "resolution", "createResolution")
        if resolution["ticket_id"] != ticket_id:
            raise ToolError(f"resolution {resolution_id} was made for ticket {resolution['ticket_id']}")
    after = {**ticket, **changes}
    _check_move(world, ticket, after)
    changes["updated_at"] = format_utc(world.clock.now)
    world.update("tickets", ticket_id, changes)
    return {"ticket": view({**ticket, **changes})}


@tool("change")
def createEscalation(
    world: Fork, ticket_id: ShortText, escalation_type: EscalationType, destination: Desk, notes: LongText
) -> dict[str, Any]:
    """Hand a ticket's question to another desk. The ticket itself is not changed.

    Args:
        ticket_id: the ticket
        escalation_type: kind of question
        destination: the desk that decides
        notes: what the desk must know to act
    """
    ticket = require(world, "tickets", ticket_id, "ticket", "searchTickets")
    if ticket["status"] == "closed":
        raise ToolError(f"ticket {ticket_id} is closed; closed tickets cannot be escalated")
    record: Row = {
        "id": world.next_id("escalations", "esc"),
        "ticket_id": ticket_id,
        "escalation_type": escalation_type,
        "destination": destination,
        "notes": notes,
        "created_at": format_utc(world.clock.now),
        "resolved_at": None,
    }
    world.insert("escalations", record)
    return {"escalation": view(record)}


@tool("change")
def createResolution(
    world: Fork,
    ticket_id: ShortText,
    outcome: Outcome,
    details: LongText,
    linked_refund_id: ShortText | None = None,
    resolved_by_id: ShortText = rules.DESK_AGENT_ID,
) -> dict[str, Any]:
    """Record how a ticket was settled. The ticket itself is not changed: link it with updateTicketStatus.

    Args:
        ticket_id: the ticket
        outcome: what was done; refund_issued needs linked_refund_id
        details: a short account for colleagues
        linked_refund_id: the refund that settled it
        resolved_by_id: the colleague who settled it; you, unless named
    """
    ticket = require(world, "tickets", ticket_id, "ticket", "searchTickets")
    if ticket["status"] == "closed":
        raise ToolError(f"ticket {ticket_id} is closed; closed tickets cannot be resolved")
    require(world, "employees", resolved_by_id, "employee", "searchEmployees")
    if linked_refund_id is not None:
        refund = require(world, "refunds", linked_refund_id, "refund", "searchPayments")
        order = world.get("orders", refund["order_id"]) or {}
        if order["customer_id"] != ticket["customer_id"]:
            raise ToolError(f"refund {linked_refund_id} belongs to another customer than ticket {ticket_id}")
    elif outcome == "refund_issued":
        raise ToolError("outcome refund_issued needs linked_refund_id")
    record: Row = {
        "id": world.next_id("resolutions", "res"),
        "ticket_id": ticket_id,
        "outcome": outcome,
        "details": details,
        "linked_refund_id": linked_refund_id,
        "resolved_by_id": resolved_by_id,
        "created_at": format_utc(world.clock.now),
    }
    world.insert("resolutions", record)
    return {"resolution": view(record)}


def _check_move(world: Fork, before: Row, after: Row) -> None:
    old, new = before["status"], after["status"]
    if old != new:
        if new not in TRANSITIONS[old]:
            choices = ", ".join(sorted(TRANSITIONS[old])) or "nothing, it is final"
            raise ToolError(f"ticket {before['id']} is {old}; from there it can become: {choices}")
        if old == "resolved":
            _check_reopening(world, before)
    elif old == "closed":
        raise ToolError(f"ticket {before['id']} is closed; closed tickets cannot be changed")
    if new == "new" and after["assigned_employee_id"] is not None:
        raise ToolError("a new ticket is unassigned: give status open together with the assignee")
    if new == "open" and after["assigned_employee_id"] is None:
        raise ToolError("an open ticket needs an assignee: give assigned_employee_id")
    if new == "resolved" and after["resolution_id"] is None:
        raise ToolError("a resolved ticket needs a resolution: make one with createResolution and give resolution_id")


def _check_reopening(world: Fork, ticket: Row) -> None:
    resolution = world.get("resolutions", ticket["resolution_id"] or "")
    resolved_at = ticket["updated_at"] if resolution is None else resolution["created_at"]
    age = world.clock.today - world.clock.day_of(resolved_at)
    if age > timedelta(days=REOPEN_DAYS):
        raise ToolError(f"ticket {ticket['id']} was resolved {age.days} days ago; it can be reopened for {REOPEN_DAYS}")
