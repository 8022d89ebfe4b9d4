# ruff: noqa: E501
"""Verdicts to reward, and checks that are broken."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from enterprisegym.errors import UserError
from enterprisegym.grading import grade, run_check, validate_check
from enterprisegym.grading.checks import CHECKS
from enterprisegym.tasks.task import CheckSpec, Criterion, Reference, Task, WorldRef


def task(*checks):
    return Task(
        id="t", family="f", title="T", category="retrieval", mode="autonomous", main_level="tool_use",
        levels=("tool_use",), difficulty=1, world=WorldRef(seed=0), system_prompt="s", prompt="p",
        criteria=tuple(
            Criterion(id=f"c{i}", kind="correctness", assertion="a", check=None if c is None else CheckSpec(**c))
            for i, c in enumerate(checks)
        ),
        reference=Reference(calls=(), response="x"),
    )  # fmt: skip


SEVEN = {"check": "number", "value": 7}
EIGHT = {"check": "number", "value": 8}


def test_reward_is_the_satisfied_share(outcome):
    result = grade(task(SEVEN, EIGHT), outcome("7 of them"))
    assert [v.status for v in result.verdicts] == ["satisfied", "not_satisfied"]
    assert (result.reward, result.passed, result.reward_checked, result.passed_checked) == (0.5, False, 0.5, False)
    assert grade(task(SEVEN), outcome("7 of them")).passed is True


def test_criteria_without_a_check_are_not_requested(outcome):
    result = grade(task(SEVEN, None), outcome("7 of them"))
    assert result.verdicts[1].status == "not_requested"
    assert (result.reward, result.passed, result.reward_checked, result.passed_checked) == (None, None, 1.0, True)
    nothing = grade(task(None), outcome("7"))
    assert (nothing.reward, nothing.reward_checked, nothing.passed_checked) == (None, None, None)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"check": "amonut", "value": "5"}, "did you mean 'amount'"),
        ({"check": "amount", "valeu": "5"}, "'valeu'; did you mean 'value'"),
        ({"check": "amount"}, "'value' is missing"),
        ({"check": "amount", "value": "five"}, "'five' is not an amount"),
        ({"check": "amount", "value": "5", "rivals": ["5.00"]}, "both the value and a rival"),
        ({"check": "date", "value": "2025-13-01"}, "'value'"),
        ({"check": "choice", "value": "x", "options": {"a": ["a"], "b": ["b"]}}, "'x' is not among"),
        ({"check": "says", "all_of": [[]]}, "all_of"),
        ({"check": "says", "all_of": [["!!"]]}, "no word"),
        ({"check": "absent", "phrases": ["a"]}, "'with' is missing"),
        ({"check": "private", "forbidden": ["a"]}, "'with' is missing"),
        ({"check": "unchanged"}, "'with' is missing"),
        ({"check": "unchanged", "with": {"check": "sayz", "all_of": [["a"]]}}, "did you mean 'says'"),
        ({"check": "not_called", "tool": "x"}, "'with' is missing"),
        ({"check": "all_of", "checks": [{"check": "number"}]}, "'value' is missing"),
        ({"check": "all_of", "checks": []}, "checks"),
        ({"check": "structure"}, "no field"),
        ({"check": "structure", "subject": "("}, "not a regular expression"),
        ({"check": "state", "required": []}, "required"),
        ({"check": "state", "required": [{"table": "t", "id": "x"}]}, "needs `set`"),
        ({"check": "state", "required": [{"table": "t", "set": {"a": {"any_off": [1]}}}]}, "did you mean 'any_of'"),
        ({"check": "state", "required": [{"table": "t", "set": {"a": {"between": [1, "b"]}}}]}, "between"),
        ({"check": "called", "tool": "t", "min": 0}, "min"),
        ({"check": "entities", "members": [{"id": "a", "aliases": ["x"]}, {"id": "b", "aliases": ["X"]}]}, "names both"),
    ],
)  # fmt: skip
def test_broken_checks_are_told_apart_at_load_and_never_graded(outcome, spec, message):
    with pytest.raises(UserError) as error:
        validate_check(CheckSpec.model_validate(spec))
    assert message in str(error.value)
    if "with" not in spec and "checks" not in spec:
        with pytest.raises(UserError):
            run_check(CheckSpec.model_validate(spec), outcome("5"))


def test_the_examples_of_the_reference_are_valid_and_complete():
    text = (Path(__file__).parents[2] / "docs" / "checks.md").read_text(encoding="utf-8")
    specs = [CheckSpec.model_validate(json.loads(block)) for block in re.findall(r"```json\n(.*?)```", text, re.S)]
    for spec in specs:
        validate_check(spec)
    assert {spec.check for spec in specs} | {"all_of"} == set(CHECKS)
