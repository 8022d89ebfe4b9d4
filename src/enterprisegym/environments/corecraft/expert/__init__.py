"""Hand-written tasks, one of a kind, for evaluation only.

Each is a YAML file named by its family; `plans/` holds for each family a plan that solves the task from live results.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path

from enterprisegym.errors import UserError
from enterprisegym.tasks import Task, WorldRef, load_task

FOLDER = Path(__file__).parent


def load() -> list[Task]:
    """All expert tasks, sorted by id."""
    return list(_load())


@cache
def _load() -> tuple[Task, ...]:
    return tuple(sorted((load_task(path) for path in FOLDER.glob("*.yaml")), key=lambda task: task.id))


def load_without(task: Task, trap: str, every_trap: Collection[str]) -> Task:
    """The task's document with one of its traps off: other world, other facts, the reference still to be recorded."""
    if trap not in task.traps:
        raise UserError(f"task {task.id} does not carry trap {trap!r}; it carries: {', '.join(task.traps) or 'none'}")
    twin = load_task(FOLDER / f"{task.family}.yaml", off={trap})
    world = WorldRef(seed=task.world.seed, scale=task.world.scale, traps=tuple(sorted(set(every_trap) - {trap})))
    return twin.model_copy(update={"id": f"{task.id}.without.{trap}", "world": world})
