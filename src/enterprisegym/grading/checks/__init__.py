"""The checks by the names that task documents use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import Field, ValidationError

from enterprisegym.errors import UserError, did_you_mean
from enterprisegym.grading.checks import conduct, response, state, structure
from enterprisegym.grading.checks.result import CheckResult, Params
from enterprisegym.rollout.outcome import Outcome
from enterprisegym.tasks.task import CheckSpec

__all__ = ["CHECKS", "Check", "CheckResult", "run_check", "validate_check"]


class AllOf(Params):
    """Every one of the checks holds. checks: check specs."""

    checks: tuple[CheckSpec, ...] = Field(min_length=1)


class AnyOf(Params):
    """At least one of the checks holds. checks: check specs."""

    checks: tuple[CheckSpec, ...] = Field(min_length=1)


def _all_of(params: AllOf, outcome: Outcome) -> CheckResult:
    results: list[CheckResult] = []
    for spec in params.checks:
        results.append(run_check(spec, outcome))
        if not results[-1].ok:
            return results[-1]
    return CheckResult(True, "; ".join(result.reason for result in results))


def _any_of(params: AnyOf, outcome: Outcome) -> CheckResult:
    reasons: list[str] = []
    for spec in params.checks:
        result = run_check(spec, outcome)
        if result.ok:
            return result
        reasons.append(result.reason)
    return CheckResult(False, "; ".join(reasons))


@dataclass(frozen=True)
class Check:
    """A check's parameters and its function; a partner (`with`) is run after it, by `run_check`.

    `reads` says that it reads the response, so that one of more than `LONGEST_RESPONSE` characters fails it unread.
    """

    params: type[Params]
    run: Callable[[Any, Outcome], CheckResult]
    reads: bool = False


LONGEST_RESPONSE = 100_000


CHECKS: dict[str, Check] = {
    "amount": Check(response.Amount, response.amount, reads=True),
    "date": Check(response.Date, response.date, reads=True),
    "number": Check(response.Number, response.number, reads=True),
    "choice": Check(response.Choice, response.choice, reads=True),
    "says": Check(response.Says, response.says, reads=True),
    "entity": Check(response.Entity, response.entity, reads=True),
    "entities": Check(response.Entities, response.entities, reads=True),
    "sequence": Check(response.Sequence_, response.sequence, reads=True),
    "structure": Check(structure.Structure, structure.structure, reads=True),
    "private": Check(response.Private, response.private, reads=True),
    "absent": Check(response.Absent, response.absent, reads=True),
    "state": Check(state.State, state.state),
    "unchanged": Check(state.Unchanged, state.unchanged),
    "called": Check(conduct.Called, conduct.called),
    "not_called": Check(conduct.NotCalled, conduct.not_called),
    "all_of": Check(AllOf, _all_of),
    "any_of": Check(AnyOf, _any_of),
}


def run_check(spec: CheckSpec, outcome: Outcome) -> CheckResult:
    """Runs a check, then its partner if it has one. Raises UserError for an unknown check or broken parameters."""
    check, params = _parse(spec)
    if check.reads and len(outcome.response) > LONGEST_RESPONSE:
        length = len(outcome.response)
        return CheckResult(
            False, f"the response has {length:,} characters and is not read; {LONGEST_RESPONSE:,} are allowed"
        )
    result = check.run(params, outcome)
    partner: CheckSpec | None = getattr(params, "partner", None)
    if partner is None or not result.ok:
        return result
    other = run_check(partner, outcome)
    return other if not other.ok else CheckResult(True, f"{result.reason}; {other.reason}")


def validate_check(spec: CheckSpec) -> None:
    """Raises UserError when the check or one inside it is unknown or its parameters are broken."""
    _, params = _parse(spec)
    partner: CheckSpec | None = getattr(params, "partner", None)
    nested: tuple[CheckSpec, ...] = getattr(params, "checks", ()) if partner is None else (partner,)
    for inner in nested:
        validate_check(inner)


def _parse(spec: CheckSpec) -> tuple[Check, Params]:
    return _parse_json(spec.model_dump_json())


@lru_cache(maxsize=8192)
def _parse_json(text: str) -> tuple[Check, Params]:
    """Cached, since a task's checks are run once a rollout and their validation costs more than the reading."""
    spec = CheckSpec.model_validate_json(text)
    check = CHECKS.get(spec.check)
    if check is None:
        raise UserError(f"unknown check {spec.check!r}; {did_you_mean(spec.check, CHECKS)}")
    try:
        return check, check.params.model_validate(spec.params)
    except ValidationError as error:
        raise UserError(f"check {spec.check!r}: {_explain(check, error)}") from error


def _explain(check: Check, error: ValidationError) -> str:
    errors = error.errors(include_url=False)
    first = next((entry for entry in errors if entry["type"] == "extra_forbidden"), errors[0])
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        if len(first["loc"]) == 1:
            known = [info.alias or name for name, info in check.params.model_fields.items()]
            return f"unknown field {place!r}; {did_you_mean(place, known)}"
        inner = state.Change if first["loc"][0] in ("required", "allowed") else response.Member
        return f"unknown field {place!r}; {did_you_mean(str(first['loc'][-1]), inner.model_fields)}"
    if first["type"] == "missing":
        return f"field {place!r} is missing"
    message = first["msg"].removeprefix("Value error, ")
    if not place:
        return message
    value = repr(first["input"])
    return f"field {place!r}: {message} (given: {value if len(value) <= 80 else value[:77] + '...'})"
