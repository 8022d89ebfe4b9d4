"""The live rollout: one task in one private world, called by an agent and graded at the end."""

from __future__ import annotations

import asyncio
import copy
import hashlib
import time
from dataclasses import dataclass, field
from typing import Any, cast

from enterprisegym.errors import ToolError, UserError
from enterprisegym.rollout.outcome import Grader, Outcome
from enterprisegym.rollout.record import CallRecord, Grade, Json
from enterprisegym.tasks.task import Task
from enterprisegym.tools import Toolbox
from enterprisegym.world.diff import Diff
from enterprisegym.world.fork import Fork
from enterprisegym.world.oplog import Op
from enterprisegym.world.schema import canonical_json

MAX_NESTING = 20


def nested_deeper(value: Any, levels: int) -> bool:
    """Whether JSON data holds lists or objects inside each other beyond a number of levels."""
    layer: list[Any] = [value]
    for _ in range(levels):
        layer = [
            part
            for whole in layer
            if isinstance(whole, (dict, list))
            for part in (cast(Json, whole).values() if isinstance(whole, dict) else cast(list[Any], whole))
        ]
    return any(isinstance(part, (dict, list)) for part in layer)


def digest(value: Any) -> str:
    """SHA-256 hex of a JSON value, whatever the order of its keys."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def _unreadable(name: object, arguments: object) -> str | None:
    """Why a call cannot even be recorded, None if it can."""
    if not isinstance(name, str):
        return f"a tool is called by its name, got {name!r:.80}"
    if not isinstance(arguments, dict) or not all(isinstance(key, str) for key in cast(dict[object, Any], arguments)):
        return "arguments are one object whose keys are texts"
    if nested_deeper(arguments, MAX_NESTING):
        return f"arguments are nested deeper than {MAX_NESTING} levels; no tool takes such"
    return None


@dataclass
class Rollout:
    """One task being worked on in the world `world`, which it owns: close it, or use it as a context manager.

    Calls run one after another, in the order in which they were made. `grader_hash` names the grader in records.
    """

    task: Task
    system_prompt: str
    world: Fork
    toolbox: Toolbox
    grader: Grader
    grader_hash: str = ""
    seed: int = 0
    calls: list[CallRecord] = field(default_factory=list[CallRecord])
    grade: Grade | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def call(self, name: str, arguments: Json | None = None) -> Json:
        """Call a tool and return its result.

        Raises ToolError when the call was wrong (nothing has changed), UserError when the rollout has ended.
        Any other exception is a fault of the environment.
        """
        record = await self.call_recorded(name, arguments or {})
        if record.result is None:
            raise ToolError(record.error or "")
        return copy.deepcopy(record.result)  # what the caller does with it must not reach the record

    async def call_recorded(self, name: str, arguments: Json) -> CallRecord:
        """Like `call`, with a refusal in the record's `error` instead of an exception."""
        async with self._turn:
            self._must_be_open()
            refusal = _unreadable(name, arguments)
            if refusal is not None:
                record = CallRecord(name=str(name), arguments={}, error=refusal)
                self.calls.append(record)
                return record
            kept = copy.deepcopy(arguments)
            result: Json | None = None
            error: str | None = None
            started = time.perf_counter()
            try:
                result = self.toolbox.call(self.world, name, arguments)
            except ToolError as refusal:
                error = str(refusal)
            elapsed_ms = round((time.perf_counter() - started) * 1000, 3)
            record = CallRecord(name=name, arguments=kept, result=result, error=error, duration_ms=elapsed_ms)
            self.calls.append(record)
            return record

    async def refuse(self, name: str, error: str) -> CallRecord:
        """Record a call that could not even be read, such as one whose arguments are not JSON."""
        async with self._turn:
            self._must_be_open()
            record = CallRecord(name=name, arguments={}, error=error)
            self.calls.append(record)
            return record

    async def finish(self, response: str) -> Grade:
        """Grade the rollout with its final response; no call is accepted after it. Raises UserError the second time."""
        async with self._turn:
            self._must_be_open()
            self.grade = self.grader(self.task, self.outcome(response))
            return self.grade

    def outcome(self, response: str) -> Outcome:
        """What a grader would see if the rollout ended now."""
        return Outcome(response=response, calls=tuple(self.calls), diff=self.diff(), clock=self.world.clock)

    def fork(self) -> Rollout:
        """An independent copy of the rollout as it stands, with the calls so far; not yet graded."""
        return Rollout(
            task=self.task,
            system_prompt=self.system_prompt,
            world=self.world.fork(),
            toolbox=self.toolbox,
            grader=self.grader,
            grader_hash=self.grader_hash,
            seed=self.seed,
            calls=list(self.calls),
        )

    @property
    def ops(self) -> list[Op]:
        """The accepted changing calls: replayed on the same start, they give the same world."""
        accepted = (call for call in self.calls if call.result is not None)
        return [Op(call.name, call.arguments) for call in accepted if self.toolbox[call.name].kind == "change"]

    def diff(self) -> Diff:
        """Net changes of the world since the rollout began."""
        return self.world.diff()

    def hash(self) -> str:
        return self.world.hash()

    def close(self) -> None:
        self.world.close()

    def __enter__(self) -> Rollout:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _must_be_open(self) -> None:
        if self.grade is not None:
            raise UserError(f"the rollout of task {self.task.id!r} has been graded; start or fork another one")
