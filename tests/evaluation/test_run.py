"""Evaluation runs: each (task, trial) exactly once, whatever happens in between."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from stand_in import grade, make_config, make_start, make_task

from enterprisegym.errors import UserError
from enterprisegym.evaluation.regrade import GraderSetup, regrade
from enterprisegym.evaluation.run import EvalProgress, EvalSettings, evaluate, rollout_seed
from enterprisegym.rollout import Grade, Outcome, PolicyError, Reply, RolloutRecord, StopReason, ToolCallRequest
from enterprisegym.rollout.folder import ROLLOUTS, RunFolder, iter_records
from enterprisegym.rollout.policies import null, reference
from enterprisegym.rollout.record import Json
from enterprisegym.tasks.task import Task
from enterprisegym.world import Clock

TASKS = [make_task(i) for i in range(6)]
CLOCK = Clock("2025-11-15T19:00:00Z", "America/New_York")


@dataclass
class Failing:
    """Fails for the tasks in `bad`; for others it responds at once."""

    task: Task
    bad: frozenset[str]
    error: Exception
    name: str = "failing"
    model: str | None = None
    trouble: str | None = None

    async def respond(self, messages: list[Json], tools: list[Json]) -> Reply:
        await asyncio.sleep(0.001)
        if self.task.id in self.bad:
            raise self.error
        return Reply(text="closed")


@dataclass
class Breaker:
    name: str = "breaker"
    model: str | None = None
    trouble: str | None = None

    async def respond(self, messages: list[Json], tools: list[Json]) -> Reply:
        return Reply(tool_calls=(ToolCallRequest("a", "breakDown", {}),))


async def test_every_task_and_trial_once(tmp_path: Path) -> None:
    seen: list[tuple[EvalProgress, RolloutRecord | None]] = []
    config = make_config(TASKS, trials=3)
    with RunFolder(tmp_path / "run", config) as folder:
        report = await evaluate(
            folder,
            TASKS,
            make_start(tmp_path),
            reference,
            EvalSettings(trials=3, concurrency=4),
            lambda progress, record: seen.append((progress, record)),
        )
    keys = [record.key for record in iter_records(folder.path)]
    assert sorted(keys) == sorted((task.id, trial) for task in TASKS for trial in range(3))
    assert (report.overall.rollouts, report.overall.excluded) == (18, 0)
    assert json.loads((folder.path / "summary.json").read_text()) == report.as_json()
    assert seen[0][1] is None
    last = seen[-1][0]
    assert (last.done, last.total, last.passed, last.excluded, last.eta_s) == (18, 18, 18, 0, 0)


def test_seeds_differ_and_stay() -> None:
    seeds = {rollout_seed(0, f"task-{i}", trial) for i in range(50) for trial in range(4)}
    assert len(seeds) == 200
    assert all(0 <= seed < 2**31 for seed in seeds)
    assert rollout_seed(1, "task-0", 0) == 182330013


async def test_a_finished_run_is_left_alone(tmp_path: Path) -> None:
    for _ in range(2):
        with RunFolder(tmp_path / "run", make_config(TASKS)) as folder:
            report = await evaluate(folder, TASKS, make_start(tmp_path), reference, EvalSettings())
            assert report.overall.rollouts == 6
    assert len((tmp_path / "run" / ROLLOUTS).read_text().splitlines()) == 6


async def test_a_user_error_stops_at_once_and_keeps_what_is_finished(tmp_path: Path) -> None:
    error = UserError("the key is bad")

    def policy(task: Task, seed: int) -> Failing:
        return Failing(task, frozenset({TASKS[3].id}), error)

    with RunFolder(tmp_path / "run", make_config(TASKS)) as folder:
        with pytest.raises(UserError, match="the key is bad"):
            await evaluate(folder, TASKS, make_start(tmp_path), policy, EvalSettings(concurrency=1))
        assert folder.finished() == {(task.id, 0) for task in TASKS[:3]}


async def test_too_many_errors_fail_loudly_and_are_retried(tmp_path: Path) -> None:
    def policy(task: Task, seed: int) -> Failing:
        return Failing(task, frozenset({TASKS[4].id}), PolicyError("endpoint is down"))

    with RunFolder(tmp_path / "run", make_config(TASKS)) as folder:
        with pytest.raises(UserError, match=r"1 of 6 rollouts .*\(at most 2\.0% may\).*endpoint is down") as caught:
            await evaluate(folder, TASKS, make_start(tmp_path), policy, EvalSettings())
        assert caught.value.exit_code == 3
        assert (tmp_path / "run" / "summary.json").exists()
        report = await evaluate(folder, TASKS, make_start(tmp_path), policy, EvalSettings(max_excluded=0.5))
        assert (report.overall.rollouts, report.overall.excluded) == (6, 1)
        assert report.overall.reward is not None
        assert report.overall.reward.mean == 0.5
        await evaluate(folder, TASKS, make_start(tmp_path), reference, EvalSettings())
    records = list(iter_records(tmp_path / "run"))
    assert sorted(record.key for record in records) == [(task.id, 0) for task in TASKS]
    assert not any(record.excluded for record in records)


async def test_a_broken_tool_does_not_stop_the_others(tmp_path: Path) -> None:
    def policy(task: Task, seed: int) -> Breaker | Failing:
        return Breaker() if task.id == TASKS[0].id else Failing(task, frozenset(), UserError(""))

    with RunFolder(tmp_path / "run", make_config(TASKS)) as folder:
        with pytest.raises(UserError, match="RuntimeError: the tool has a bug"):
            await evaluate(folder, TASKS, make_start(tmp_path), policy, EvalSettings())
        records = list(iter_records(folder.path))
    assert len(records) == 6
    assert [r.stop_reason for r in records if r.excluded] == [StopReason.ENVIRONMENT_ERROR]


async def test_a_cancelled_run_keeps_what_is_finished(tmp_path: Path) -> None:
    def policy(task: Task, seed: int) -> Slow:
        return Slow(0.0 if task.id in {TASKS[0].id, TASKS[1].id} else 60.0)

    with RunFolder(tmp_path / "run", make_config(TASKS)) as folder:
        work = asyncio.create_task(evaluate(folder, TASKS, make_start(tmp_path), policy, EvalSettings(concurrency=2)))
        while len(folder.finished()) < 2:
            await asyncio.sleep(0.01)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
    assert len(list(iter_records(tmp_path / "run"))) == 2


@dataclass
class Slow:
    pause_s: float
    name: str = "slow"
    model: str | None = None
    trouble: str | None = None

    async def respond(self, messages: list[Json], tools: list[Json]) -> Reply:
        await asyncio.sleep(self.pause_s)
        return Reply(text="closed")


SCRIPT = """
import asyncio, sys
from pathlib import Path
from stand_in import make_config, make_start, make_task
from test_run import Slow
from enterprisegym.evaluation.run import EvalSettings, evaluate
from enterprisegym.rollout.folder import RunFolder
here = Path(sys.argv[1])
tasks = [make_task(i) for i in range(20)]
async def main():
    with RunFolder(here / "run", make_config(tasks, policy="slow", trials=2)) as folder:
        settings = EvalSettings(trials=2, concurrency=3)
        await evaluate(folder, tasks, make_start(here), lambda task, seed: Slow(0.05), settings)
asyncio.run(main())
"""


def start_process(here: Path) -> subprocess.Popen[str]:
    paths = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "rollout")]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    return subprocess.Popen([sys.executable, "-c", SCRIPT, str(here)], env=env, stderr=subprocess.PIPE, text=True)


def lines_in(here: Path) -> int:
    file = here / "run" / ROLLOUTS
    return file.read_bytes().count(b"\n") if file.exists() else 0


def wait_for_lines(here: Path, count: int) -> None:
    deadline = time.monotonic() + 30
    while lines_in(here) < count and time.monotonic() < deadline:
        time.sleep(0.005)
    assert lines_in(here) >= count


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    for count in (4, 15):
        with start_process(tmp_path) as child:
            wait_for_lines(tmp_path, count)
            child.send_signal(signal.SIGKILL)
            child.wait(timeout=10)
    kept = lines_in(tmp_path)
    assert 15 <= kept < 40
    with (tmp_path / "run" / ROLLOUTS).open("ab") as file:
        file.write(b'{"task_id": "task-19", "trial": 1, "stop_rea')
    with start_process(tmp_path) as child:
        _, errors = child.communicate(timeout=60)
    assert child.returncode == 0, errors
    assert lines_in(tmp_path) == 40
    lines = (tmp_path / "run" / ROLLOUTS).read_text().splitlines()
    keys = [(data["task_id"], data["trial"]) for data in map(json.loads, lines)]
    assert sorted(keys) == sorted((f"task-{i:02d}", trial) for i in range(20) for trial in range(2))


def test_ctrl_c_ends_a_run_cleanly(tmp_path: Path) -> None:
    with start_process(tmp_path) as child:
        wait_for_lines(tmp_path, 4)
        child.send_signal(signal.SIGINT)
        _, errors = child.communicate(timeout=10)
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert 4 <= len(list(iter_records(tmp_path / "run"))) < 40


async def test_regrading_gives_the_same_grades(tmp_path: Path) -> None:
    with RunFolder(tmp_path / "run", make_config(TASKS)) as folder:
        await evaluate(folder, TASKS, make_start(tmp_path), reference, EvalSettings())
    before = (tmp_path / "run" / ROLLOUTS).read_bytes()
    result = regrade(tmp_path / "run", TASKS, GraderSetup(grade, "grader-1", CLOCK), write=True)
    assert (result.graded, result.identical, result.changes, result.written) == (6, 6, (), False)
    assert (tmp_path / "run" / ROLLOUTS).read_bytes() == before


async def test_regrading_says_what_changed_and_writes_only_when_asked(tmp_path: Path) -> None:
    def harsh(task: Task, outcome: Outcome) -> Grade:
        found = grade(task, outcome)
        failed = found.verdicts[1].model_copy(update={"status": "not_satisfied", "reason": "too curt"})
        return found.model_copy(update={"verdicts": (found.verdicts[0], failed), "reward": 0.5, "passed": False})

    with RunFolder(tmp_path / "run", make_config(TASKS)) as folder:
        await evaluate(folder, TASKS, make_start(tmp_path), reference, EvalSettings())
    before = (tmp_path / "run" / ROLLOUTS).read_bytes()
    setup = GraderSetup(harsh, "grader-2", CLOCK)
    dry = regrade(tmp_path / "run", TASKS, setup)
    assert (dry.graded, dry.identical, dry.written) == (6, 0, False)
    assert {(c.criterion_id, c.before, c.after, c.reason) for c in dry.changes} == {
        ("said", "satisfied", "not_satisfied", "too curt")
    }
    assert (tmp_path / "run" / ROLLOUTS).read_bytes() == before
    assert regrade(tmp_path / "run", TASKS, setup, write=True).written
    records = list(iter_records(tmp_path / "run"))
    assert [(record.reward, record.hashes.grader) for record in records] == [(0.5, "grader-2")] * 6
    assert json.loads((tmp_path / "run" / "summary.json").read_text())["strict_pass"] == 0
    with pytest.raises(UserError, match="task-00"):
        regrade(tmp_path / "run", TASKS[1:], setup)


async def test_progress_counts_what_could_be_checked(tmp_path: Path) -> None:
    tasks = [make_task(1, judged=True)]
    seen: list[EvalProgress] = []
    with RunFolder(tmp_path / "run", make_config(tasks)) as folder:
        for _ in range(2):
            await evaluate(
                folder,
                tasks,
                make_start(tmp_path),
                reference,
                EvalSettings(),
                lambda progress, _: seen.append(progress),
            )
    assert [(progress.done, progress.passed) for progress in seen] == [(0, 0), (1, 1), (1, 1)]


def test_settings_out_of_range_are_told() -> None:
    with pytest.raises(UserError, match="trials is 0"):
        EvalSettings(trials=0)
    with pytest.raises(UserError, match="concurrency is -1"):
        EvalSettings(concurrency=-1)


async def test_null_fails_everything(tmp_path: Path) -> None:
    with RunFolder(tmp_path / "run", make_config(TASKS, policy="null")) as folder:
        report = await evaluate(folder, TASKS, make_start(tmp_path), null, EvalSettings())
    assert report.overall.passed is not None
    assert report.overall.passed.mean == 0
