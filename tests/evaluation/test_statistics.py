"""Intervals against published figures, and against a simulation of what they promise."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprisegym.evaluation.statistics import clustered_mean, pass_rate, t_quantile, wilson


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 48, 0.0, 0.0741), (48, 48, 0.9259, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_wilson(successes: int, n: int, low: float, high: float) -> None:
    found = wilson(successes, n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("degrees", "value"), [(1, 12.7062), (10, 2.2281), (11, 2.2010), (30, 2.0423), (120, 1.9799)])
def test_t_quantile(degrees: int, value: float) -> None:
    assert t_quantile(degrees) == pytest.approx(value, abs=2e-4)


def test_one_trial_a_task_is_wilson() -> None:
    passes = {str(i): [i < 8] for i in range(10)}
    assert pass_rate(passes) == wilson(8, 10)


def test_trials_of_a_task_are_not_independent() -> None:
    """Repeating every trial ten times tells nothing new about tasks."""
    once = clustered_mean({str(i): [float(i < 5)] for i in range(10)})
    often = pass_rate({str(i): [i < 5] * 10 for i in range(10)})
    assert once == often


def test_nothing_gives_nothing() -> None:
    assert pass_rate({}) is None
    assert pass_rate({"a": []}) is None
    assert clustered_mean({}) is None


def test_a_mean_by_hand() -> None:
    found = clustered_mean({"a": [0.2, 0.4], "b": [0.5], "c": [0.7]})
    assert found is not None
    assert found.mean == pytest.approx(0.5)
    assert found.high - found.mean == pytest.approx(4.3027 * 0.2 / 3**0.5, abs=1e-4)


@given(st.dictionaries(st.text(max_size=3), st.lists(st.floats(0, 1), min_size=1, max_size=5), min_size=1))
def test_an_interval_holds_its_mean(values: dict[str, list[float]]) -> None:
    found = clustered_mean(values)
    assert found is not None
    assert -1e-12 <= found.low <= found.mean + 1e-9
    assert found.mean - 1e-9 <= found.high <= 1 + 1e-12
    if len({sum(v) / len(v) for v in values.values()}) == 1:
        assert found.low < found.high


def test_the_interval_covers_as_often_as_it_says() -> None:
    draw = random.Random(5)
    hits = 0
    for _ in range(400):
        rates = {str(i): draw.random() for i in range(25)}
        found = pass_rate({task: [draw.random() < rate for _ in range(4)] for task, rate in rates.items()})
        assert found is not None
        hits += found.low <= 0.5 <= found.high
    assert 0.92 <= hits / 400 <= 0.98
