"""What a policy is: it gets the messages and tools so far and replies with text, tool calls or both."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from enterprisegym.rollout.record import Json, Usage
from enterprisegym.tasks.task import Task


class PolicyError(Exception):
    """The policy could not reply, by no fault of the agent's: the rollout is left out of rates and retried later.

    With `context_full` the conversation no longer fits the model, which is the agent's doing and is graded.
    """

    def __init__(self, message: str, *, context_full: bool = False) -> None:
        super().__init__(message)
        self.context_full = context_full


@dataclass(frozen=True)
class ToolCallRequest:
    """One call that a policy asks for. `arguments` stay raw text when they are not a JSON object."""

    id: str
    name: str
    arguments: Json | str


@dataclass(frozen=True)
class Reply:
    """One message of the policy. Without tool calls, `text` is the final response.

    `lost_s`: seconds spent on attempts that failed by no fault of the agent's; they do not count as its time.
    """

    text: str | None = None
    tool_calls: tuple[ToolCallRequest, ...] = ()
    usage: Usage = field(default_factory=Usage)
    lost_s: float = 0.0


class Policy(Protocol):
    """One agent in one rollout. It may keep state: every rollout gets a policy of its own."""

    @property
    def name(self) -> str: ...

    @property
    def model(self) -> str | None: ...

    @property
    def trouble(self) -> str | None:
        """What keeps `respond` from answering at the moment, by no fault of the agent's; None if nothing does."""
        ...

    async def respond(self, messages: list[Json], tools: list[Json]) -> Reply:
        """Reply to OpenAI-style `messages`; raises PolicyError, or UserError to stop the whole run."""
        ...


PolicyFactory = Callable[[Task, int], Policy]
"""Makes the policy of one rollout from the task and the rollout's seed. Only `reference` looks at the solution."""


def parse_arguments(text: str) -> Json:
    """Tool arguments from a model's JSON text (nothing at all means none); raises ValueError saying what is wrong."""
    if not text.strip():
        return {}
    try:
        value: Any = json.loads(text, parse_constant=_refuse_constant)
        text.encode()
        json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise ValueError(f"arguments are not valid JSON: {error.msg} at character {error.pos}") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"arguments are not valid JSON: {type(error).__name__}") from error
    if not isinstance(value, dict):
        raise ValueError(f"arguments must be a JSON object, got {type(value).__name__}")
    return cast(Json, value)


def clean_text(text: str) -> str:
    """Text that can be stored as UTF-8: lone surrogates become U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _refuse_constant(name: str) -> float:
    raise json.JSONDecodeError(f"{name} is not JSON", name, 0)
