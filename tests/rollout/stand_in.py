"""A two-table environment with four tools and a grader of its own, small enough to read in a minute."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from enterprisegym.errors import ToolError
from enterprisegym.evaluation.run import Start
from enterprisegym.rollout import CallRecord, Grade, Grader, Outcome, Rollout, Verdict
from enterprisegym.rollout.folder import RunConfig
from enterprisegym.tasks.task import Task
from enterprisegym.tools import Toolbox, tool
from enterprisegym.world import Clock, Fork, Schema
from enterprisegym.world.fork import ImageFile

SQL = """
CREATE TABLE customers (id TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE orders (
  id TEXT PRIMARY KEY, customer_id TEXT NOT NULL REFERENCES customers(id), status TEXT NOT NULL, notes JSON NOT NULL
);
"""
SYSTEM_PROMPT = "You work at the desk."


@tool("read")
def getOrder(world: Fork, order_id: str) -> dict:  # noqa: N802
    """One order.

    Args:
        order_id: Its id.
    """
    order = world.get("orders", order_id)
    if order is None:
        raise ToolError(f"there is no order {order_id!r}")
    return {"order": order}


@tool("change")
def setStatus(world: Fork, order_id: str, status: Literal["open", "closed"]) -> dict:  # noqa: N802
    """Set an order's status.

    Args:
        order_id: Its id.
        status: The new status.
    """
    getOrder.run(world, order_id)
    world.update("orders", order_id, {"status": status})
    return getOrder.run(world, order_id)


@tool("change")
def breakDown(world: Fork) -> dict:  # noqa: N802
    """Writes, then fails by a bug of ours."""
    world.update("orders", "ord-2", {"status": "broken"})
    raise RuntimeError("the tool has a bug")


TOOLBOX = Toolbox([getOrder, setStatus, breakDown])


def make_task(number: int = 1, category: str = "workflow", level: str = "planning", judged: bool = False) -> Task:
    """Close order ord-1 and say so; with `judged` a third criterion asks for a judge."""
    criteria = [
        {"id": "closed", "kind": "correctness", "assertion": "ord-1 is closed", "check": {"check": "closed"}},
        {"id": "said", "kind": "completeness", "assertion": "says closed", "check": {"check": "said"}},
    ]
    if judged:
        criteria.append({"id": "kind", "kind": "format", "assertion": "is kind"})
    return Task.model_validate(
        {
            "id": f"task-{number:02d}",
            "family": "orders",
            "title": "Close an order",
            "category": category,
            "mode": "autonomous",
            "main_level": level,
            "levels": [level],
            "difficulty": 1,
            "world": {"seed": 0},
            "system_prompt": "desk",
            "prompt": f"Please close order ord-1. ({number})",
            "criteria": criteria,
            "reference": {
                "calls": [
                    {"name": "getOrder", "arguments": {"order_id": "ord-1"}},
                    {"name": "setStatus", "arguments": {"order_id": "ord-1", "status": "closed"}},
                ],
                "response": "Order ord-1 is closed.",
            },
        }
    )


def grade(task: Task, outcome: Outcome) -> Grade:
    closed = any(c.id == "ord-1" and c.fields.get("status") == ("open", "closed") for c in outcome.diff)
    facts = {"closed": closed, "said": "closed" in outcome.response}
    verdicts = tuple(
        Verdict(criterion_id=c.id, status="not_requested", reason="no judge")
        if c.check is None
        else Verdict(
            criterion_id=c.id, status="satisfied" if facts[c.check.check] else "not_satisfied", reason=c.assertion
        )
        for c in task.criteria
    )
    good = [v.status == "satisfied" for v in verdicts if v.status != "not_requested"]
    reward, whole = sum(good) / len(good), len(good) == len(verdicts)
    return Grade(
        verdicts=verdicts,
        reward=reward if whole else None,
        passed=all(good) if whole else None,
        reward_checked=reward,
        passed_checked=all(good),
    )


def open_world(folder: Path) -> Fork:
    """A fork of the image, which is made when it is not there yet."""
    path = folder / "world.sqlite"
    if not path.exists():
        connection = sqlite3.connect(path)
        connection.executescript(
            SQL
            + """
            INSERT INTO customers VALUES ('cus-1', 'Ada');
            INSERT INTO orders VALUES ('ord-1', 'cus-1', 'open', '["gift"]'), ('ord-2', 'cus-1', 'open', '[]');
            """
        )
        connection.close()
    return Fork(ImageFile(path), Schema.parse(SQL), Clock("2025-11-15T19:00:00Z", "America/New_York"), "0" * 64)


def make_rollout(folder: Path, task: Task | None = None, grader: Grader = grade, seed: int = 0) -> Rollout:
    return Rollout(task or make_task(), SYSTEM_PROMPT, open_world(folder), TOOLBOX, grader, "grader-1", seed)


def make_start(folder: Path, grader: Grader = grade) -> Start:
    async def start(task: Task, seed: int) -> Rollout:
        return make_rollout(folder, task, grader, seed)

    return start


def make_config(of: list[Task], **changes: object) -> RunConfig:
    fields = {
        "environment": "desk",
        "policy": "reference",
        "split": "all",
        "tasks": [task.id for task in of],
        **changes,
    }
    return RunConfig.model_validate(fields)


def names(calls: list[CallRecord] | tuple[CallRecord, ...]) -> list[str]:
    return [call.name for call in calls]


@contextmanager
def serve() -> Iterator[str]:
    """The misbehaving endpoint in a process of its own; yields its root URL."""
    app = Path(__file__).with_name("endpoint_app.py")
    with subprocess.Popen(
        [sys.executable, str(app)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(child.stdout.readline())}"
        finally:
            child.stdin.close()
            child.wait(timeout=10)
