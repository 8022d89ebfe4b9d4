"""Checks of changes and calls."""

from __future__ import annotations

import pytest

from enterprisegym.rollout.record import CallRecord
from enterprisegym.world.diff import RowChange

TICKET = {"id": "tkt-1", "status": "open", "priority": "low", "tags": ["a", "b"], "updated_at": "2025-11-01T00:00:00Z"}


def ticket(**changes):
    after = {**TICKET, "updated_at": "2025-11-15T19:00:00Z", **changes}
    return RowChange("tickets", "tkt-1", TICKET, after)


def refund(id="ref-1", **fields):
    row = {"id": id, "order_id": "ord-1", "amount_cents": 5000, "reason": "Damaged on arrival", "status": "pending"}
    return RowChange("refunds", id, None, {**row, **fields})


REFUND = {
    "check": "state",
    "required": [{"table": "refunds", "added": True, "where": {"order_id": "ord-1", "amount_cents": 5000}}],
    "allowed": [
        {"table": "tickets", "id": "tkt-1", "set": {"status": {"any_of": ["resolved", "pending_customer"]}}},
        {"table": "notes", "added": True, "count": 2},
    ],
}


def note(id):
    return RowChange("notes", id, None, {"id": id, "body": "done"})


@pytest.mark.parametrize(
    ("diff", "ok", "reason"),
    [
        ((refund(),), True, ""),
        ((refund(), ticket(status="resolved")), True, ""),
        ((refund(), ticket()), True, ""),
        ((refund(), note("n1"), note("n2")), True, ""),
        ((refund(reason="anything", status="done"),), True, ""),
        ((), False, "missing"),
        ((refund(amount_cents=5001),), False, "5001"),
        ((refund(order_id="ord-2"),), False, "missing"),
        ((refund(), refund("ref-2")), False, "2 rows match"),
        ((refund(), refund("ref-2", amount_cents=1)), False, "new row refunds/ref-2"),
        ((refund(), ticket(status="closed")), False, "tickets/tkt-1.status"),
        ((refund(), ticket(status="resolved", priority="high")), False, "tickets/tkt-1.priority"),
        ((refund(), note("n1"), note("n2"), note("n3")), False, "notes/n3"),
        ((refund(), RowChange("orders", "ord-1", {"status": "paid"}, {"status": "cancelled"})), False, "orders/ord-1"),
    ],
)
def test_state(judge, diff, ok, reason):
    result = judge(REFUND, diff=diff)
    assert result.ok is ok, result.reason
    assert reason in result.reason


@pytest.mark.parametrize(
    ("matcher", "value", "ok"),
    [
        ("high", "high", True),
        ("high", "low2", False),
        ({"any_of": ["high", "urgent"]}, "urgent", True),
        ({"any_of": ["high", "urgent"]}, "normal", False),
        ({"any": True}, "normal", True),
        ({"any": True}, "low", False),  # not changed
        ({"contains": ["Fan", "noise"]}, "A NOISE from the fan", True),
        ({"contains": ["Fan", "noise"]}, "the fan", False),
        ({"between": [1, 3]}, 3, True),
        ({"between": [1, 3]}, 4, False),
        ({"between": ["2025-11-01", "2025-11-05"]}, "2025-11-03", True),
        ({"between": ["2025-11-01", "2025-11-05"]}, 3, False),
        ({"not": "high"}, "urgent", True),
        ({"not": {"any_of": ["high", "urgent"]}}, "urgent", False),
        ({"items": ["b", "a"]}, ["a", "b"], True),
        ({"items": ["b", "a"]}, ["a", "b", "c"], False),
        (1, True, False),
        (1, 1.0, True),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        (None, None, True),
    ],
)
def test_matchers(judge, matcher, value, ok):
    spec = {"check": "state", "required": [{"table": "tickets", "id": "tkt-1", "set": {"priority": matcher}}]}
    assert judge(spec, diff=(ticket(priority=value),)).ok is ok


def test_state_of_an_updated_row_needs_the_change(judge):
    spec = {
        "check": "state",
        "required": [{"table": "tickets", "where": {"id": "tkt-1"}, "set": {"status": "resolved"}}],
    }
    assert judge(spec, diff=(ticket(status="resolved"),)).ok
    assert not judge(spec, diff=(ticket(priority="high"),)).ok
    assert not judge(spec, diff=(ticket(status="resolved", tags=[]),)).ok


def test_two_required_changes_of_one_row(judge):
    one = {"table": "tickets", "id": "tkt-1", "set": {"status": "resolved"}}
    two = {"table": "tickets", "id": "tkt-1", "set": {"priority": "high"}}
    spec = {"check": "state", "required": [one, two]}
    assert judge(spec, diff=(ticket(status="resolved", priority="high"),)).ok
    assert not judge(spec, diff=(ticket(status="resolved"),)).ok


SAID = {"check": "says", "all_of": [["not possible"]]}


def test_unchanged_needs_its_partner(judge):
    spec = {"check": "unchanged", "with": SAID}
    assert judge(spec, "It is not possible.").ok
    assert not judge(spec, "").ok
    result = judge(spec, "It is not possible.", diff=(refund(),))
    assert not result.ok
    assert "refunds/ref-1" in result.reason


ONLY_THE_TICKET = {
    "check": "unchanged",
    "allowed": [
        {"table": "tickets", "id": "tkt-1", "set": {"status": {"any_of": ["resolved", "pending_customer"]}}},
        {"table": "notes", "added": True, "count": 2},
    ],
    "with": SAID,
}


@pytest.mark.parametrize(
    ("diff", "reason"),
    [
        ((), ""),
        ((ticket(status="resolved"),), ""),
        ((ticket(status="resolved"), note("n1"), note("n2")), ""),
        ((ticket(),), ""),
        ((refund(),), "new row refunds/ref-1"),
        ((ticket(status="closed"),), "tickets/tkt-1.status"),
        ((ticket(status="resolved", priority="high"),), "tickets/tkt-1.priority"),
        ((note("n1"), note("n2"), note("n3")), "notes/n3"),
    ],
)
def test_unchanged_but_for_what_is_allowed(judge, diff, reason):
    result = judge(ONLY_THE_TICKET, "It is not possible.", diff=diff)
    assert result.ok is (reason == "")
    assert reason in result.reason
    assert not judge(ONLY_THE_TICKET, "", diff=diff).ok


def call(name="createRefund", error=None, **arguments):
    return CallRecord(name=name, arguments=arguments, result=None if error else {}, error=error)


def test_called_counts_successes(judge):
    spec = {"check": "called", "tool": "createRefund", "arguments": {"amount": {"between": [1, 50]}}, "max": 1}
    assert judge(spec, calls=(call(amount=50, order="x"),)).ok
    assert not judge(spec, calls=(call(amount=51),)).ok
    assert not judge(spec, calls=(call(),)).ok
    assert not judge(spec, calls=(call(amount=50, error="no such order"),)).ok
    assert not judge(spec, calls=(call(amount=50), call(amount=49))).ok
    assert not judge(spec).ok


def test_not_called_counts_attempts_and_needs_its_partner(judge):
    spec = {"check": "not_called", "tool": "createRefund", "arguments": {"order": "x"}, "with": SAID}
    assert judge(spec, "It is not possible.", calls=(call(order="y"),)).ok
    assert not judge(spec, "", calls=(call(order="y"),)).ok
    assert not judge(spec, "It is not possible.", calls=(call(order="x", error="refused"),)).ok


def test_combinations(judge):
    number = {"check": "number", "value": 7}
    assert judge({"check": "all_of", "checks": [SAID, number]}, "A refund is not possible. There are 7 of them.").ok
    assert not judge({"check": "all_of", "checks": [SAID, number]}, "A refund is not possible. There are 8 of them.").ok
    assert judge({"check": "any_of", "checks": [SAID, number]}, "A refund is not possible. There are 8 of them.").ok
    assert not judge({"check": "any_of", "checks": [SAID, number]}, "A refund is possible. There are 8 of them.").ok
