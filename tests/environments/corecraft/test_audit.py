"""Outcomes that break a company rule are named with the rule; lawful ones are not."""

from __future__ import annotations

from typing import Any

import pytest

from enterprisegym.environments.corecraft import expert
from enterprisegym.environments.corecraft.policies.audit import audit
from enterprisegym.environments.corecraft.tools import TOOLBOX
from enterprisegym.world import Fork, Row

TASK = expert.load()[0]


def recent_line(fork: Fork, at_least_cents: int) -> Row:
    """A line of an order that is inside its return window, without refunds or returns, by an account without perks."""
    return fork.rows(
        "SELECT l.*, o.total_cents, o.shipping_cents FROM order_lines AS l JOIN orders AS o ON o.id = l.order_id"
        " JOIN customers AS c ON c.id = o.customer_id JOIN products AS p ON p.id = l.product_id"
        " WHERE o.status = 'fulfilled' AND o.created_at > '2025-11-02' AND o.build_id IS NULL AND p.status = 'active'"
        " AND o.total_cents >= ? AND NOT EXISTS (SELECT 1 FROM returns AS r WHERE r.order_id = o.id)"
        " AND NOT EXISTS (SELECT 1 FROM refunds AS r WHERE r.order_id = o.id) ORDER BY l.id LIMIT 1",
        (at_least_cents,),
    )[0]


def give_back(fork: Fork, line: Row, **changes: Any) -> list[str]:
    fork.start_here()
    arguments = {
        "order_id": line["order_id"],
        "items": [{"product_id": line["product_id"], "quantity": 1, "condition": "unopened"}],
        "reason": "customer_remorse",
        "disposition": "store_credit",
        "amount": 10.0,
    }
    TOOLBOX.call(fork, "processReturn", {**arguments, **changes})
    return audit(TASK, fork, fork.diff(), ())


def test_a_lawful_return_breaks_nothing(fork: Fork) -> None:
    assert give_back(fork, recent_line(fork, 10_000)) == []


@pytest.mark.parametrize(("amount", "problems"), [(500.0, 0), (500.01, 1)])
def test_store_credit_above_the_limit_must_be_escalated(fork: Fork, amount: float, problems: int) -> None:
    line = recent_line(fork, 60_000)
    found = give_back(fork, line, amount=amount)
    assert len(found) == problems
    assert all("store credit above the agent's limit" in problem for problem in found)


def test_store_credit_above_the_limit_is_lawful_once_escalated(fork: Fork) -> None:
    line = recent_line(fork, 60_000)
    ticket = fork.rows("SELECT * FROM tickets WHERE status = 'open' ORDER BY id LIMIT 1")[0]
    owner = fork.get("orders", line["order_id"])
    assert owner is not None
    fork.update("tickets", ticket["id"], {"customer_id": owner["customer_id"]})
    assert len(give_back(fork, line, amount=600.0, ticket_id=ticket["id"])) == 1
    escalation = {"escalation_type": "refund_approval", "destination": "finance", "notes": "Store credit of $600.00."}
    TOOLBOX.call(fork, "createEscalation", {"ticket_id": ticket["id"], **escalation})
    assert audit(TASK, fork, fork.diff(), ()) == []


def test_goods_that_the_customer_damaged_do_not_come_back_as_defective(fork: Fork) -> None:
    line = recent_line(fork, 10_000)
    broken = [{"product_id": line["product_id"], "quantity": 1, "condition": "damaged"}]
    swap = {"disposition": "replacement", "amount": None, "items": broken}
    [problem] = give_back(fork, line, reason="defective", **swap)
    assert "cannot be returned: damaged (pol-returns-excluded)" in problem


def test_goods_damaged_in_transit_do_come_back(fork: Fork) -> None:
    line = recent_line(fork, 10_000)
    broken = [{"product_id": line["product_id"], "quantity": 1, "condition": "damaged"}]
    swap = {"disposition": "replacement", "amount": None, "items": broken}
    assert give_back(fork, line, reason="damaged_in_transit", **swap) == []
