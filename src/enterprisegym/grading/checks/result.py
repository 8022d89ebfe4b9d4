"""What a check answers, and the base of its parameters."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict


class Params(BaseModel):
    """Base of every check's parameters: immutable, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)


@dataclass(frozen=True)
class CheckResult:
    """Whether the outcome meets a check, and what was found."""

    ok: bool
    reason: str


def passed(reason: str) -> CheckResult:
    return CheckResult(True, reason)


def failed(reason: str) -> CheckResult:
    return CheckResult(False, reason)


def shorten(value: object, limit: int = 80) -> str:
    """A value for a reason's text."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= limit else f"{text[: limit - 3]}..."
