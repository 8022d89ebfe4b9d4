"""Checks of the calls that were made."""

from __future__ import annotations

from pydantic import Field, model_validator

from enterprisegym.grading.checks.match import Matcher, matches
from enterprisegym.grading.checks.result import CheckResult, Params, failed, passed, shorten
from enterprisegym.rollout.outcome import Outcome
from enterprisegym.rollout.record import CallRecord
from enterprisegym.tasks.task import CheckSpec


def _fits(call: CallRecord, tool: str, arguments: dict[str, Matcher]) -> bool:
    return call.name == tool and all(
        name in call.arguments and matches(matcher, call.arguments[name]) for name, matcher in arguments.items()
    )


class Called(Params):
    """The tool was called, successfully, with these arguments.

    arguments: {name: matcher}; others do not matter. min, max: how often (`max` null: any number of times).
    """

    tool: str
    arguments: dict[str, Matcher] = Field(default_factory=dict)
    min: int = Field(default=1, ge=1)
    max: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _ordered(self) -> Called:
        if self.max is not None and self.max < self.min:
            raise ValueError(f"max {self.max} is less than min {self.min}")
        return self


def called(params: Called, outcome: Outcome) -> CheckResult:
    count = sum(call.error is None and _fits(call, params.tool, params.arguments) for call in outcome.calls)
    what = f"{params.tool}({shorten(params.arguments) if params.arguments else ''}) succeeded {count} times"
    if count < params.min:
        return failed(f"{what}; at least {params.min} asked for")
    if params.max is not None and count > params.max:
        return failed(f"{what}; at most {params.max} allowed")
    return passed(what)


class NotCalled(Params):
    """The tool was not called with these arguments, not even in vain, and the partner check holds.

    arguments: {name: matcher}; empty for any call of the tool. with: the partner, a check spec.
    """

    tool: str
    arguments: dict[str, Matcher] = Field(default_factory=dict)
    partner: CheckSpec = Field(alias="with")


def not_called(params: NotCalled, outcome: Outcome) -> CheckResult:
    call = next((call for call in outcome.calls if _fits(call, params.tool, params.arguments)), None)
    if call is not None:
        return failed(f"{call.name} was called with {shorten(call.arguments)}")
    return passed(f"{params.tool} was not called")
