"""Grading the stored rollouts of a run again, offline, and saying what changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from enterprisegym.errors import UserError, did_you_mean
from enterprisegym.evaluation.report import summarise_run
from enterprisegym.rollout.folder import RunFolder, iter_records, read_config
from enterprisegym.rollout.loop import task_digest
from enterprisegym.rollout.outcome import Grader, Outcome
from enterprisegym.rollout.record import Grade, Json, RolloutRecord
from enterprisegym.tasks.task import Task
from enterprisegym.world.clock import Clock
from enterprisegym.world.diff import diff_from_json


@dataclass(frozen=True)
class VerdictChange:
    """A verdict that is not what it was. `before` and `after` are statuses; they are equal when only words changed."""

    task_id: str
    trial: int
    criterion_id: str
    before: str | None
    after: str | None
    reason: str


@dataclass(frozen=True)
class Regrade:
    """`changed_tasks` are those whose document is not the one that the rollouts were made with."""

    graded: int
    identical: int
    skipped: int
    changes: tuple[VerdictChange, ...]
    changed_tasks: tuple[str, ...]
    written: bool

    def as_json(self) -> Json:
        return asdict(self)


@dataclass(frozen=True)
class GraderSetup:
    """How to grade: the grader, its hash for the records, and the clock of the world."""

    grader: Grader
    hash: str
    clock: Clock


def regrade(path: Path, tasks: Iterable[Task], setup: GraderSetup, *, write: bool = False) -> Regrade:
    """Grade every stored outcome again. With `write`, records whose grade changed are appended, and count from then on.

    Rollouts that ended in an error are skipped. Raises UserError for a task that is not among `tasks`.
    """
    known = {task.id: task for task in tasks}
    skipped = graded = 0
    changed_tasks: dict[str, None] = {}
    changed: list[RolloutRecord] = []
    changes: list[VerdictChange] = []
    for record in iter_records(path):
        if record.stop_reason.excluded:
            skipped += 1
            continue
        task = known.get(record.task_id)
        if task is None:
            raise UserError(f"{path}: task {record.task_id!r} is not known here; {did_you_mean(record.task_id, known)}")
        if record.hashes.task != task_digest(task):
            changed_tasks[task.id] = None
        graded += 1
        grade = setup.grader(task, _outcome(record, setup.clock))
        if grade != _grade(record):
            changed.append(_with_grade(record, grade, setup.hash, task_digest(task)))
            changes += _changes(record, grade)
    if write and changed:
        with RunFolder(path, read_config(path)) as folder:
            for record in changed:
                folder.append(record)
            folder.write_summary(summarise_run(path, known.values()).as_json())
    return Regrade(
        graded, graded - len(changed), skipped, tuple(changes), tuple(changed_tasks), write and bool(changed)
    )


def _outcome(record: RolloutRecord, clock: Clock) -> Outcome:
    return Outcome(record.response or "", record.calls, diff_from_json(record.diff), clock)


def _grade(record: RolloutRecord) -> Grade:
    return Grade(
        verdicts=record.verdicts,
        reward=record.reward,
        passed=record.passed,
        reward_checked=record.reward_checked,
        passed_checked=record.passed_checked,
    )


def _with_grade(record: RolloutRecord, grade: Grade, grader_hash: str, task_hash: str) -> RolloutRecord:
    hashes = record.hashes.model_copy(update={"grader": grader_hash, "task": task_hash})
    return record.model_copy(update={**{name: getattr(grade, name) for name in Grade.model_fields}, "hashes": hashes})


def _changes(record: RolloutRecord, grade: Grade) -> list[VerdictChange]:
    before = {verdict.criterion_id: verdict for verdict in record.verdicts}
    after = {verdict.criterion_id: verdict for verdict in grade.verdicts}
    changes: list[VerdictChange] = []
    for criterion_id in {**before, **after}:
        old, new = before.get(criterion_id), after.get(criterion_id)
        if old != new:
            changes.append(
                VerdictChange(
                    task_id=record.task_id,
                    trial=record.trial,
                    criterion_id=criterion_id,
                    before=old.status if old else None,
                    after=new.status if new else None,
                    reason=new.reason if new else "the task no longer has this criterion",
                )
            )
    return changes
