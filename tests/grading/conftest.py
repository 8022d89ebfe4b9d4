from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from enterprisegym.grading import CheckResult, Outcome, run_check
from enterprisegym.rollout.record import CallRecord
from enterprisegym.tasks.task import CheckSpec
from enterprisegym.world.clock import Clock
from enterprisegym.world.diff import Diff

CLOCK = Clock("2025-11-15T19:00:00Z", "America/New_York")
Judge = Callable[..., CheckResult]


@pytest.fixture(scope="session")
def outcome() -> Callable[..., Outcome]:
    def make(response: str = "", calls: tuple[CallRecord, ...] = (), diff: Diff = ()) -> Outcome:
        return Outcome(response, calls, diff, CLOCK)

    return make


@pytest.fixture(scope="session")
def judge(outcome: Callable[..., Outcome]) -> Judge:
    """judge({"check": ...}, response, calls=..., diff=...) -> CheckResult"""

    def run(spec: dict[str, Any], response: str = "", **rest: Any) -> CheckResult:
        return run_check(CheckSpec.model_validate(spec), outcome(response, **rest))

    return run
