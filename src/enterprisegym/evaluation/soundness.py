"""The certificate of a task: it can be solved, doing nothing does not pass, and each criterion can fail."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from enterprisegym.environment import TWIN, Environment, make
from enterprisegym.errors import ToolError, UserError
from enterprisegym.evaluation.sources import Step, another_order, needed, steps_of
from enterprisegym.grading import validate_check
from enterprisegym.parallel import parallel_map
from enterprisegym.rollout import CallRecord, Grade, Rollout
from enterprisegym.tasks import NearMiss, Reference, Task

EMPTY_ANSWERS = ("", "I am sorry for the trouble. I will look into this and come back to you as soon as possible.")
ID_LIKE = re.compile(r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)+(?:/\d+)?$")
MONEY = re.compile(r"\$\s?(\d[\d,]*(?:\.\d\d)?)")
RECORD_ID = re.compile(r"\b(?:cust-\d{5}|(?:ord|pay|ref|rma|ship|tick|esc|res|build)-\d{6}-\d{3,4}|kb-\d{4})\b")
FIELD_SEPARATOR = "."
MANY = 40
"""From so many tasks on, starting further processes pays."""
CHUNK = 10


@dataclass(frozen=True)
class Certificate:
    """What was found for one task; it is sound when `problems` is empty.

    `killed` counts criteria with a killer; a twin's criteria need none, those of the task itself prove them. `needed`
    counts the reference calls without which something has no source.
    """

    task_id: str
    problems: tuple[str, ...]
    criteria: int
    checked: int
    near_misses: int
    killed: int
    calls: int
    needed: int

    @property
    def sound(self) -> bool:
        return not self.problems


@dataclass
class _Findings:
    problems: list[str] = field(default_factory=list[str])
    killed: set[str] = field(default_factory=set[str])
    needed: int = 0

    def say(self, problem: str) -> None:
        self.problems.append(problem)


async def certify(environment: Environment, task: Task) -> Certificate:
    """Try the reference, nothing at all, and every near miss; each problem is said in words, none is raised."""
    found = _Findings()
    try:
        environment.resolve_traps(task.traps)
        for criterion in task.criteria:
            if criterion.check is not None:
                validate_check(criterion.check)
        await _check_reference(environment, task, found)
        await _check_nothing(environment, task, found)
        for miss in task.near_misses:
            await _check_near_miss(environment, task, miss, found)
    except UserError as error:
        found.say(str(error))
    else:
        for criterion in task.criteria:
            if criterion.check is not None and criterion.id not in found.killed and TWIN not in task.id:
                found.say(
                    f"criterion {criterion.id!r}: no near miss fails it and leaves half of the criteria satisfied"
                )
        if not any(c.kind == "correctness" and c.check is not None for c in task.criteria):
            found.say("no correctness criterion has a check")
    return Certificate(
        task_id=task.id,
        problems=tuple(found.problems),
        criteria=len(task.criteria),
        checked=sum(c.check is not None for c in task.criteria),
        near_misses=len(task.near_misses),
        killed=len(found.killed),
        calls=len(task.reference.calls),
        needed=found.needed,
    )


def certify_all(environment: Environment, tasks: Sequence[Task], processes: int = 1) -> list[Certificate]:
    """Certificates of many tasks, in order; in several processes where that is asked for."""

    async def run() -> list[Certificate]:
        return [await certify(environment, task) for task in tasks]

    if processes == 1 or len(tasks) < MANY:
        return asyncio.run(run())
    chunks = [tasks[n : n + CHUNK] for n in range(0, len(tasks), CHUNK)]
    work = [(environment.name, environment.cache, [t.model_dump_json() for t in chunk]) for chunk in chunks]
    return [certificate for part in parallel_map(certify_chunk, work, processes) for certificate in part]


def needed_calls(environment: Environment, tasks: Sequence[Task]) -> list[int]:
    """For each task how many calls of its reference are needed."""
    changing = frozenset(tool.name for tool in environment.toolbox if tool.kind == "change")

    async def count(task: Task) -> int:
        with await environment.start(task) as rollout:
            for call in task.reference.calls:
                await rollout.call_recorded(call.name, dict(call.arguments))
            return sum(needed(task, steps_of(rollout.calls, changing)))

    async def run() -> list[int]:
        return [await count(task) for task in tasks]

    return asyncio.run(run())


@cache
def _environment(name: str, folder: Path | None) -> Environment:
    return make(name, cache=folder)


def certify_chunk(work: tuple[str, Path | None, list[str]]) -> list[Certificate]:
    """Certificates of some tasks in a process of its own: the environment's name, its cache, and the documents."""
    name, folder, documents = work
    return certify_all(_environment(name, folder), [Task.model_validate_json(text) for text in documents])


async def play(environment: Environment, task: Task, outcome: Reference) -> tuple[Rollout, Grade]:
    """A finished rollout of given calls and a given response; refused calls stay in its record."""
    rollout = await environment.start(task)
    for call in outcome.calls:
        try:
            await rollout.call(call.name, dict(call.arguments))
        except ToolError:
            continue
    return rollout, await rollout.finish(outcome.response)


async def _check_reference(environment: Environment, task: Task, found: _Findings) -> None:
    rollout, grade = await play(environment, task, task.reference)
    with rollout:
        for record in rollout.calls:
            if record.error is not None:
                found.say(f"reference call {record.name} {json.dumps(record.arguments)} is refused: {record.error}")
        for verdict in grade.verdicts:
            if verdict.status == "not_satisfied":
                found.say(f"the reference fails criterion {verdict.criterion_id!r}: {verdict.reason}")
        for problem in environment.spec.audit(task, rollout.world, rollout.diff(), rollout.calls):
            found.say(f"the reference breaks a rule: {problem}")
        _check_sources(task, environment.spec.system_prompts[task.system_prompt], rollout.calls, found)
        _check_evidence(task, rollout, found)
    changing = frozenset(tool.name for tool in environment.toolbox if tool.kind == "change")
    steps = steps_of(rollout.calls, changing)
    found.needed = sum(needed(task, steps))
    await _check_order(environment, task, steps, grade, found)
    with environment.fork_for(task) as fork:
        for problem in environment.spec.lint(task, fork):
            found.say(problem)


async def _check_order(
    environment: Environment, task: Task, steps: Sequence[Step], grade: Grade, found: _Findings
) -> None:
    """Another legal order of the same calls must earn the same."""
    calls = another_order(task, steps)
    if calls == [step.call for step in steps]:
        return
    rollout, other = await play(environment, task, Reference(calls=tuple(calls), response=task.reference.response))
    rollout.close()
    before = {v.criterion_id: v.status for v in grade.verdicts}
    for verdict in other.verdicts:
        if verdict.status != before[verdict.criterion_id]:
            found.say(f"in another order of its calls, criterion {verdict.criterion_id!r} is {verdict.status}")


def _check_sources(task: Task, system_prompt: str, calls: Sequence[CallRecord], found: _Findings) -> None:
    """Every id that the reference uses or states comes from the prompt or from a result that it has seen."""
    seen = f"{system_prompt}\n{task.prompt}"
    for record in calls:
        for value in _strings(record.arguments):
            for id in {value} if ID_LIKE.match(value) else set(RECORD_ID.findall(value)):
                if id not in seen:
                    found.say(f"reference call {record.name}: {id!r} is not in the prompt or an earlier result")
        if record.result is not None:
            seen += "\n" + json.dumps(record.result, ensure_ascii=False)
    for id in sorted(set(RECORD_ID.findall(task.reference.response))):
        if id not in seen:
            found.say(f"the reference states {id}, which is not in the prompt or a result")


def _check_evidence(task: Task, rollout: Rollout, found: _Findings) -> None:
    for criterion in task.criteria:
        for evidence in criterion.evidence:
            table, _, rest = evidence.partition("/")
            id, _, column = rest.partition(FIELD_SEPARATOR) if table != "order_lines" else (rest, "", "")
            if table not in rollout.world.schema.tables:
                found.say(f"criterion {criterion.id!r}: evidence {evidence!r} names no table")
                continue
            row = rollout.world.get(table, id)
            if row is None or (column and column not in row):
                found.say(f"criterion {criterion.id!r}: evidence {evidence!r} is not in the world")


async def _check_nothing(environment: Environment, task: Task, found: _Findings) -> None:
    for answer in EMPTY_ANSWERS:
        rollout, grade = await play(environment, task, Reference(calls=(), response=answer or " "))
        rollout.close()
        earned = [v.criterion_id for v in grade.verdicts if v.status == "satisfied"]
        if grade.passed_checked:
            found.say(f"doing nothing and answering {answer!r} passes")
        if earned:
            found.say(f"doing nothing and answering {answer!r} earns {', '.join(earned)}")


async def _check_near_miss(environment: Environment, task: Task, miss: NearMiss, found: _Findings) -> None:
    try:
        outcome = miss.outcome(task.reference)
    except ValueError as error:
        found.say(str(error))
        return
    rollout, grade = await play(environment, task, outcome)
    rollout.close()
    failed = {v.criterion_id for v in grade.verdicts if v.status == "not_satisfied"}
    checked = {c.id for c in task.criteria if c.check is not None}
    named = set(miss.fails) & checked
    if failed != named:
        for criterion_id in sorted(named - failed):
            found.say(f"near miss {miss.id!r} should fail {criterion_id!r} and does not")
        for criterion_id in sorted(failed - named):
            reason = next(v.reason for v in grade.verdicts if v.criterion_id == criterion_id)
            found.say(f"near miss {miss.id!r} also fails {criterion_id!r}, which it does not name: {reason}")
    if 2 * len(failed) <= len(task.criteria):
        found.killed |= failed


def _strings(node: Any) -> list[str]:
    if isinstance(node, str):
        return [node]
    if isinstance(node, dict):
        return [text for value in node.values() for text in _strings(value)]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(node, list):
        return [text for value in node for text in _strings(value)]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return []
