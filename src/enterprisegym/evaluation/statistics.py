"""Rates with 95 % intervals that hold for few tasks, for several trials a task, and at 0 and 1."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, variance

Z_95 = 1.959963984540054
T_95 = (12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281)


@dataclass(frozen=True)
class Estimate:
    """A mean in 0..1, or of differences in -1..1, with its 95 % interval."""

    mean: float
    low: float
    high: float


def wilson(successes: float, n: int) -> Estimate:
    """Wilson's score interval of a proportion; n must be at least 1."""
    p, zz = successes / n, Z_95**2
    centre = (p + zz / (2 * n)) / (1 + zz / n)
    half = Z_95 / (1 + zz / n) * math.sqrt(p * (1 - p) / n + zz / (4 * n * n))
    low = 0.0 if p == 0 else max(0.0, centre - half)
    high = 1.0 if p == 1 else min(1.0, centre + half)
    return Estimate(p, low, high)


def t_quantile(degrees: int) -> float:
    """The 97.5 % quantile of Student's t: a table up to 10, then the Cornish-Fisher expansion (error below 2e-4)."""
    if degrees <= len(T_95):
        return T_95[degrees - 1]
    z, v = Z_95, degrees
    return (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
    )


def clustered_mean(values: Mapping[str, Sequence[float]]) -> Estimate | None:
    """The mean over tasks of each task's mean, trials of one task being no independent draws; values are in 0..1.

    The interval is Student's t over the task means. Where they do not vary (or there is one task) that would be
    a point, so Wilson's interval with one draw a task takes its place. None without values.
    """
    means = [fmean(trials) for trials in values.values() if trials]
    if not means:
        return None
    mean, n = fmean(means), len(means)
    spread = variance(means) if n > 1 else 0.0
    if spread < 1e-12:
        return wilson(min(1.0, max(0.0, mean)) * n, n)
    half = t_quantile(n - 1) * math.sqrt(spread / n)
    return Estimate(mean, max(0.0, mean - half), min(1.0, mean + half))


def pass_rate(passes: Mapping[str, Sequence[bool]]) -> Estimate | None:
    """The strict pass rate: Wilson's interval with one trial a task, the clustered one with several."""
    tasks = [trials for trials in passes.values() if trials]
    if not tasks:
        return None
    if all(len(trials) == 1 for trials in tasks):
        return wilson(sum(trials[0] for trials in tasks), len(tasks))
    return clustered_mean({task: [float(passed) for passed in trials] for task, trials in passes.items()})


def paired_difference(before: Mapping[str, float], after: Mapping[str, float]) -> Estimate | None:
    """The mean of `after` less `before` over the keys that both have, each in 0..1, with Student's t over the pairs.

    Where all pairs agree, the interval is Wilson's of a proportion of that size. None without pairs.
    """
    gains = [after[key] - before[key] for key in before if key in after]
    if not gains:
        return None
    mean, n = fmean(gains), len(gains)
    spread = variance(gains) if n > 1 else 0.0
    if spread < 1e-12:
        one = wilson(abs(mean) * n, n)
        return Estimate(mean, one.low, one.high) if mean >= 0 else Estimate(mean, -one.high, -one.low)
    half = t_quantile(n - 1) * math.sqrt(spread / n)
    return Estimate(mean, max(-1.0, mean - half), min(1.0, mean + half))
