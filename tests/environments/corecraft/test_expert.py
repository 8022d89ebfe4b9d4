"""The expert tasks: certified, solved live, twins solved too; floors low; probes caught by their own trap only."""

from __future__ import annotations

import asyncio
from collections import Counter
from statistics import fmean

import pytest

from enterprisegym.environment import Environment, make
from enterprisegym.evaluation.soundness import certify
from enterprisegym.rollout import Limits, RolloutRecord, run_rollout
from enterprisegym.tasks import Task

ENVIRONMENT = make("corecraft")
TASKS = ENVIRONMENT.tasks("expert")
CHANGES = {t.name for t in ENVIRONMENT.toolbox if t.kind == "change"}


def rollout_of(environment: Environment, policy: str, task: Task) -> RolloutRecord:
    async def run() -> RolloutRecord:
        with await environment.start(task) as rollout:
            return await run_rollout(rollout, environment.spec.policies[policy].factory(task, 0), Limits())

    record = asyncio.run(run())
    assert not record.stop_reason.excluded, record.error
    return record


@pytest.mark.parametrize("task", TASKS, ids=lambda t: f"{t.id}-{t.family}")
def test_the_task_is_sound(task: Task) -> None:
    certificate = asyncio.run(certify(ENVIRONMENT, task))
    assert certificate.problems == ()
    assert 3 <= certificate.criteria <= 10
    assert certificate.checked == certificate.criteria == certificate.killed


@pytest.mark.parametrize("task", TASKS, ids=lambda t: f"{t.id}-{t.family}")
def test_the_reference_is_what_the_plan_does(task: Task) -> None:
    with ENVIRONMENT.fork_for(task) as fork:
        assert ENVIRONMENT.spec.solve(task, fork) == task.reference


PAIRS = [(task, trap) for task in TASKS for trap in task.traps]


@pytest.mark.parametrize(("task", "trap"), PAIRS, ids=[f"{t.id}-{trap}" for t, trap in PAIRS])
def test_the_twin_is_solved_by_the_same_plan(task: Task, trap: str) -> None:
    twin = ENVIRONMENT.twin(task, trap)
    record = rollout_of(ENVIRONMENT, "worker", twin)
    assert record.passed, [v for v in record.verdicts if v.status != "satisfied"]


@pytest.mark.parametrize("trap", sorted(ENVIRONMENT.spec.traps))
def test_the_probe_fails_with_its_trap_and_mostly_passes_without(trap: str) -> None:
    probe = ENVIRONMENT.spec.traps[trap].probe
    carrying = [t for t in TASKS if trap in t.traps]
    assert len(carrying) >= 2
    with_trap = [rollout_of(ENVIRONMENT, probe, t).passed for t in carrying]
    without = [rollout_of(ENVIRONMENT, probe, ENVIRONMENT.twin(t, trap)).passed for t in carrying]
    assert not any(with_trap)
    assert sum(map(bool, without)) > len(without) / 2


@pytest.mark.parametrize("floor", [p.name for p in ENVIRONMENT.spec.policies.values() if p.kind == "floor"])
def test_floors_stay_low(floor: str) -> None:
    records = [rollout_of(ENVIRONMENT, floor, t) for t in TASKS]
    passed = fmean(bool(r.passed) for r in records)
    assert passed <= (0.0 if floor in ("null", "apologiser") else 0.05)
    assert fmean(r.reward or 0.0 for r in records) <= 1 / 3


def test_the_spread_of_the_split() -> None:
    categories = Counter(t.category for t in TASKS)
    assert len(TASKS) >= 48
    assert len(categories) == 4
    assert min(categories.values()) >= 10
    assert {t.mode for t in TASKS} == {"autonomous", "copilot"}
    assert {t.main_level for t in TASKS} == {"tool_use", "planning", "adaptability", "groundedness", "common_sense"}
    assert sum(any(c.name in CHANGES for c in t.reference.calls) for t in TASKS) >= 16
    assert sum(bool(t.traps) for t in TASKS) >= 30
    assert len({t.id for t in TASKS}) == len({t.family for t in TASKS}) == len(TASKS)
    assert all(t.family not in t.id for t in TASKS)


def test_prompts_name_no_tool_and_leak_no_criterion() -> None:
    names = {t.name for t in ENVIRONMENT.toolbox}
    for task in TASKS:
        assert not any(name in task.prompt for name in names), task.id
        assert task.title not in task.prompt
        assert task.reference.response not in task.prompt
