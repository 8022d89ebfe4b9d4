"""What a rollout leaves behind: its calls, its grade and the record that a run folder keeps."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from enterprisegym.tasks.task import Frozen

Json = dict[str, Any]
Rate = Annotated[float, Field(ge=0, le=1)]
VerdictStatus = Literal["satisfied", "not_satisfied", "unscored", "not_requested"]


class CallRecord(Frozen):
    """One tool call and its answer: `result`, or `error` (the text the agent saw)."""

    name: str
    arguments: Json
    result: Json | None = None
    error: str | None = None
    duration_ms: float = 0.0


class Usage(Frozen):
    """Tokens of all requests of a rollout; `cost_usd` is None when prices are not known."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = None

    def __add__(self, other: Usage) -> Usage:
        """Sums; a side without tokens does not make a known cost unknown."""
        costs = [side.cost_usd for side in (self, other) if side.cost_usd is not None or side.tokens]
        known = [cost for cost in costs if cost is not None]
        return Usage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cost_usd=sum(known) if known and len(known) == len(costs) else None,
        )

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


class StopReason(StrEnum):
    FINISHED = "finished"
    TURN_LIMIT = "turn_limit"
    TOKEN_LIMIT = "token_limit"  # noqa: S105
    TIME_LIMIT = "time_limit"
    REPEATED_CALLS = "repeated_calls"
    ENVIRONMENT_ERROR = "environment_error"
    POLICY_ERROR = "policy_error"

    @property
    def excluded(self) -> bool:
        """Not the agent's doing: no reward, left out of rates, retried when the run is resumed."""
        return self in (StopReason.ENVIRONMENT_ERROR, StopReason.POLICY_ERROR)


class Verdict(Frozen):
    """Whether one criterion holds, and why.

    `unscored`: it could not be judged, by a fault of ours. `not_requested`: it needs a judge and none was asked for.
    """

    criterion_id: str
    status: VerdictStatus
    reason: str


class Grade(Frozen):
    """All verdicts of an outcome, in the order of the task's criteria.

    `reward` and `passed` are None when a criterion is unscored or not requested. `reward_checked` and
    `passed_checked` are over the criteria that were judged by code; None when one of those is unscored.
    """

    verdicts: tuple[Verdict, ...]
    reward: Rate | None
    passed: bool | None
    reward_checked: Rate | None
    passed_checked: bool | None


class Hashes(Frozen):
    """SHA-256 hex digests of all that a rollout's grade depends on."""

    world_before: str
    world_after: str
    task: str
    tools: str
    prompt: str
    grader: str


class RolloutRecord(Frozen):
    """One line of `rollouts.jsonl`.

    `messages` are OpenAI chat messages, tool calls and their results included. `diff` holds the net row changes.
    `started_at` is the host's time and only informs.
    """

    format_version: Literal[1] = 1
    task_id: str
    trial: int
    seed: int
    policy: str
    model: str | None = None
    messages: tuple[Json, ...]
    calls: tuple[CallRecord, ...]
    response: str | None
    diff: tuple[Json, ...]
    stop_reason: StopReason
    error: str | None = None
    verdicts: tuple[Verdict, ...] = ()
    reward: Rate | None = None
    passed: bool | None = None
    reward_checked: Rate | None = None
    passed_checked: bool | None = None
    usage: Usage = Usage()
    started_at: str
    duration_s: float
    turns: int
    hashes: Hashes

    @property
    def excluded(self) -> bool:
        """Left out of rates: an error that is not the agent's, or a criterion that could not be scored."""
        return self.stop_reason.excluded or any(verdict.status == "unscored" for verdict in self.verdicts)

    @property
    def passed_as_far_as_checked(self) -> bool:
        """Passed all criteria that were judged, the ones that need a judge aside when none was asked for."""
        return bool(self.passed_checked if self.passed is None else self.passed)

    @property
    def key(self) -> tuple[str, int]:
        return (self.task_id, self.trial)
