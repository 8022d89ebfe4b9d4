"""An evaluation run: every task so many times, several at once, into a run folder that can be resumed."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import cast

from enterprisegym.errors import UserError
from enterprisegym.evaluation.report import RunReport, summarise_run
from enterprisegym.rollout.folder import RunFolder, iter_records
from enterprisegym.rollout.loop import Limits, run_rollout, task_digest
from enterprisegym.rollout.policy import PolicyFactory
from enterprisegym.rollout.record import RolloutRecord, StopReason, Usage
from enterprisegym.rollout.rollout import Rollout, digest
from enterprisegym.tasks.task import Task

Start = Callable[[Task, int], Awaitable[Rollout]]
"""Starts the rollout of a task with a seed, such as `Environment.start`."""


@dataclass(frozen=True)
class EvalSettings:
    """`concurrency` and `max_excluded` (a share of all rollouts) do not change what the rollouts are."""

    trials: int = 1
    seed: int = 0
    concurrency: int = 8
    limits: Limits = field(default_factory=Limits)
    max_excluded: float = 0.02

    def __post_init__(self) -> None:
        for name in ("trials", "concurrency"):
            if getattr(self, name) < 1:
                raise UserError(f"{name} is {getattr(self, name)}; it must be at least 1")


@dataclass(frozen=True)
class EvalProgress:
    """Where a run stands. `done` and `passed` include what an earlier session finished; `usage` does not."""

    total: int
    done: int
    passed: int
    excluded: int
    usage: Usage
    elapsed_s: float
    eta_s: float | None


OnProgress = Callable[[EvalProgress, RolloutRecord | None], None]
"""Called once at the start (without a record) and after every rollout."""


def rollout_seed(seed: int, task_id: str, trial: int) -> int:
    """The seed of one rollout, in 0 .. 2**31 - 1, independent of the order of tasks."""
    data = f"{seed}/{task_id}/{trial}".encode()
    return int.from_bytes(hashlib.sha256(data).digest()[:4], "big") >> 1


def tasks_digest(tasks: Iterable[Task]) -> str:
    """The hash of a selection of task documents, for a run's config."""
    return digest(sorted(task_digest(task) for task in tasks))


async def evaluate(
    folder: RunFolder,
    tasks: Sequence[Task],
    start: Start,
    policy: PolicyFactory,
    settings: EvalSettings,
    on_progress: OnProgress | None = None,
) -> RunReport:
    """Run what `folder` still lacks, and write the summary.

    A UserError (a bad key, a full disk) stops the run at once, as does an endpoint that fails all first rollouts;
    what was finished is kept. Raises UserError with exit code 3 when more than `max_excluded` of the rollouts
    ended in an error that is not the agent's.
    """
    wanted = [(task, trial) for trial in range(settings.trials) for task in tasks]
    finished = folder.finished()
    todo = [(task, trial) for task, trial in wanted if (task.id, trial) not in finished]
    tally = _Tally(total=len(wanted), todo=len(todo), on_progress=on_progress)
    for record in iter_records(folder.path) if finished else ():
        if not record.stop_reason.excluded:
            tally.done += 1
            tally.passed += record.passed_as_far_as_checked
    tally.report(None)
    queue = iter(todo)

    async def work() -> None:
        for task, trial in queue:
            with await start(task, rollout_seed(settings.seed, task.id, trial)) as rollout:
                agent = policy(task, rollout.seed)
                record = await run_rollout(rollout, agent, settings.limits, trial=trial)
            folder.append(record)
            tally.add(record, first=max(settings.concurrency, 3))

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(settings.concurrency, len(todo))):
                group.create_task(work())
    except BaseExceptionGroup as group:
        raise _first(group) from None
    report = summarise_run(folder.path, tasks)
    folder.write_summary(report.as_json())
    _refuse_too_many_excluded(folder, report, settings.max_excluded)
    return report


@dataclass
class _Tally:
    total: int
    todo: int
    on_progress: OnProgress | None
    done: int = 0
    passed: int = 0
    excluded: int = 0
    ended: int = 0
    usage: Usage = field(default_factory=Usage)
    started: float = field(default_factory=time.monotonic)

    def add(self, record: RolloutRecord, first: int) -> None:
        """Count a rollout; raises UserError when the `first` ones all failed without a reply and more are to come."""
        self.ended += 1
        self.done += not record.stop_reason.excluded
        self.passed += record.passed_as_far_as_checked
        self.excluded += record.excluded
        self.usage += record.usage
        self.report(record)
        mute = record.stop_reason is StopReason.POLICY_ERROR and record.turns == 0
        if mute and self.excluded == self.ended == first < self.todo:
            raise UserError(f"stopped: all of the first {first} rollouts failed; {record.error}", exit_code=3)

    def report(self, record: RolloutRecord | None) -> None:
        if self.on_progress is None:
            return
        elapsed = time.monotonic() - self.started
        eta = elapsed / self.ended * (self.todo - self.ended) if self.ended else None
        progress = EvalProgress(self.total, self.done, self.passed, self.excluded, self.usage, elapsed, eta)
        self.on_progress(progress, record)


def _first(error: BaseException) -> BaseException:
    """The exception to tell about out of a group: a UserError if there is one."""
    if not isinstance(error, BaseExceptionGroup):
        return error
    group = cast(BaseExceptionGroup[BaseException], error)
    return _first((group.subgroup(UserError) or group).exceptions[0])


def _refuse_too_many_excluded(folder: RunFolder, report: RunReport, max_excluded: float) -> None:
    total, excluded = report.overall.rollouts, report.overall.excluded
    if excluded <= max_excluded * total:
        return
    errors = Counter(
        (record.error or "a criterion could not be scored").strip().splitlines()[-1]
        for record in iter_records(folder.path)
        if record.excluded
    )
    worst, count = errors.most_common(1)[0]
    raise UserError(
        f"{excluded} of {total} rollouts ended in an error that is not the agent's (at most "
        f"{max_excluded:.1%} may); {count} of them with: {worst}; "
        f"results are kept in {folder.path}, run the same command again to retry the failed ones",
        exit_code=3,
    )
