"""What a grader sees of a rollout, and the seam through which it is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from enterprisegym.rollout.record import CallRecord, Grade
from enterprisegym.tasks.task import Task
from enterprisegym.world.clock import Clock
from enterprisegym.world.diff import Diff


@dataclass(frozen=True)
class Outcome:
    """The final response (empty when none was given), every call in order, and the net change of the world."""

    response: str
    calls: tuple[CallRecord, ...]
    diff: Diff
    clock: Clock


Grader = Callable[[Task, Outcome], Grade]
