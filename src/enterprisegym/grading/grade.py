"""From an outcome to a grade: one verdict a criterion."""

from __future__ import annotations

from enterprisegym.grading.checks import run_check
from enterprisegym.rollout.outcome import Outcome
from enterprisegym.rollout.record import Grade, Verdict
from enterprisegym.tasks.task import Criterion, Task


def grade(task: Task, outcome: Outcome) -> Grade:
    """Verdicts in the order of the criteria; the reward is the satisfied share, passed is all of them.

    Criteria without a check are `not_requested`: then `reward` and `passed` are None and only `reward_checked` and
    `passed_checked` tell of the others. Raises whatever a broken check raises: that is our fault and never a 0.
    """
    verdicts = tuple(_verdict(criterion, outcome) for criterion in task.criteria)
    judged = [verdict for verdict in verdicts if verdict.status != "not_requested"]
    satisfied = sum(verdict.status == "satisfied" for verdict in judged)
    rate = satisfied / len(judged) if judged else None
    every = satisfied == len(judged) if judged else None
    complete = len(judged) == len(verdicts)
    return Grade(
        verdicts=verdicts,
        reward=rate if complete else None,
        passed=every if complete else None,
        reward_checked=rate,
        passed_checked=every,
    )


def _verdict(criterion: Criterion, outcome: Outcome) -> Verdict:
    if criterion.check is None:
        return Verdict(criterion_id=criterion.id, status="not_requested", reason="needs a judge")
    result = run_check(criterion.check, outcome)
    return Verdict(
        criterion_id=criterion.id, status="satisfied" if result.ok else "not_satisfied", reason=result.reason
    )
