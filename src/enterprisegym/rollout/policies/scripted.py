"""Policies written as plain Python: a generator that yields calls, gets their answers and returns the response."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from enterprisegym.rollout.policy import PolicyFactory, Reply, ToolCallRequest
from enterprisegym.rollout.record import Json
from enterprisegym.tasks.task import Call, Task

Script = Generator[Call, Json, str]
"""Yields a call, receives its result (or `{"error": text}`), returns the final response."""


@dataclass
class ScriptedPolicy:
    """Plays a script, one call a turn."""

    name: str
    script: Script
    model: str | None = None
    trouble: str | None = None
    _calls: int = field(default=0, init=False)

    async def respond(self, messages: list[Json], tools: list[Json]) -> Reply:
        try:
            if self._calls == 0:
                call = next(self.script)
            else:
                answer: Any = json.loads(messages[-1]["content"])
                call = self.script.send(answer)
        except StopIteration as end:
            return Reply(text=end.value)
        self._calls += 1
        return Reply(tool_calls=(ToolCallRequest(f"call_{self._calls}", call.name, dict(call.arguments)),))


def scripted(name: str, script: Callable[[Task, int], Script]) -> PolicyFactory:
    """A policy factory from a script of the task and the rollout's seed."""

    def make(task: Task, seed: int) -> ScriptedPolicy:
        return ScriptedPolicy(name, script(task, seed))

    return make


def _play_nothing(task: Task, seed: int) -> Script:
    return ""
    yield  # a generator that never yields


def _play_reference(task: Task, seed: int) -> Script:
    for call in task.reference.calls:  # noqa: UP028 - the answers that are sent in are of no interest
        yield call
    return task.reference.response


null = scripted("null", _play_nothing)
"""Answers at once, with nothing."""

reference = scripted("reference", _play_reference)
"""Makes the calls of the task's reference solution and gives its response."""
