"""The one agent loop: evaluation, training data and demonstrations all come out of it."""

from __future__ import annotations

import asyncio
import json
import time
import traceback
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from enterprisegym.errors import UserError
from enterprisegym.rollout.policy import Policy, PolicyError, Reply, ToolCallRequest, parse_arguments
from enterprisegym.rollout.record import CallRecord, Hashes, Json, RolloutRecord, StopReason, Usage
from enterprisegym.rollout.rollout import Rollout, digest
from enterprisegym.tasks.task import Task
from enterprisegym.world.clock import format_utc
from enterprisegym.world.diff import diff_to_json

T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """Bounds of one rollout. A turn is one reply; `max_tokens` counts completion tokens over all turns.

    `max_repeats` identical calls in a row end the rollout.
    """

    max_turns: int = 40
    max_tokens: int | None = None
    max_seconds: float = 600.0
    max_repeats: int = 4

    def __post_init__(self) -> None:
        for name in ("max_turns", "max_tokens", "max_seconds", "max_repeats"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise UserError(f"{name} is {value}; it must be above 0")


@dataclass
class _Progress:
    """What the loop has so far."""

    messages: list[Json]
    response: str | None = None
    usage: Usage = field(default_factory=Usage)
    turns: int = 0
    last_call: str = ""
    repeats: int = 0
    started: float = field(default_factory=time.monotonic)
    lost_s: float = 0.0

    def remaining_s(self, limits: Limits) -> float:
        return limits.max_seconds - (time.monotonic() - self.started - self.lost_s)


class _OurFaultError(Exception):
    """A tool or grader broke; the message is the traceback."""


def task_digest(task: Task) -> str:
    """The hash of a task document, as records and run folders keep it."""
    return digest(task.model_dump(mode="json"))


async def run_rollout(
    rollout: Rollout, policy: Policy, limits: Limits | None = None, *, trial: int = 0
) -> RolloutRecord:
    """Let `policy` work on `rollout` until it responds or a limit ends it, and grade it.

    A limit is graded as a failure to respond. A broken tool or grader, or a PolicyError, gives no reward. UserError and
    whatever else a policy raises pass through.
    """
    limits = limits or Limits()
    task = rollout.task
    state = _Progress([{"role": "system", "content": rollout.system_prompt}, {"role": "user", "content": task.prompt}])
    started_at = format_utc(datetime.now(UTC))
    world_before = rollout.hash()
    tools = rollout.toolbox.schemas()
    error: str | None = None
    try:
        stop_reason = await _converse(rollout, policy, limits, state, tools)
        await _ours(rollout.finish(state.response or ""))
    except PolicyError as failure:
        stop_reason, error = StopReason.POLICY_ERROR, str(failure)
    except _OurFaultError as fault:
        stop_reason, error = StopReason.ENVIRONMENT_ERROR, str(fault)
    grade = rollout.grade
    return RolloutRecord(
        task_id=task.id,
        trial=trial,
        seed=rollout.seed,
        policy=policy.name,
        model=policy.model,
        messages=tuple(state.messages),
        calls=tuple(rollout.calls),
        response=state.response,
        diff=tuple(diff_to_json(rollout.diff())),
        stop_reason=stop_reason,
        error=error,
        verdicts=grade.verdicts if grade else (),
        reward=grade.reward if grade else None,
        passed=grade.passed if grade else None,
        reward_checked=grade.reward_checked if grade else None,
        passed_checked=grade.passed_checked if grade else None,
        usage=state.usage,
        started_at=started_at,
        duration_s=round(time.monotonic() - state.started, 3),
        turns=state.turns,
        hashes=Hashes(
            world_before=world_before,
            world_after=rollout.hash(),
            task=task_digest(task),
            tools=rollout.toolbox.hash(),
            prompt=digest([rollout.system_prompt, task.prompt]),
            grader=rollout.grader_hash,
        ),
    )


async def _converse(
    rollout: Rollout, policy: Policy, limits: Limits, state: _Progress, tools: list[Json]
) -> StopReason:
    while state.turns < limits.max_turns:
        await asyncio.sleep(0)  # a policy that never waits must still let others run, and Ctrl-C through
        reply = await _reply(policy, limits, state, tools)
        if isinstance(reply, StopReason):
            return reply
        state.turns += 1
        state.usage += reply.usage
        state.lost_s += reply.lost_s
        state.messages.append(_assistant_message(reply))
        if not reply.tool_calls:
            state.response = reply.text or ""
            return StopReason.FINISHED
        if await _run_calls(rollout, reply.tool_calls, limits, state):
            return StopReason.REPEATED_CALLS
        if limits.max_tokens is not None and state.usage.completion_tokens >= limits.max_tokens:
            return StopReason.TOKEN_LIMIT
        if state.remaining_s(limits) <= 0:
            return StopReason.TIME_LIMIT
    return StopReason.TURN_LIMIT


async def _run_calls(rollout: Rollout, requests: tuple[ToolCallRequest, ...], limits: Limits, state: _Progress) -> bool:
    """Run the calls of one reply in order, giving each its tool message; True when repeats end the rollout."""
    stuck = False
    for request in requests:
        if stuck:
            state.messages.append(_tool_message(request, {"error": "not run: the rollout has ended"}))
            continue
        record = await _ours(_execute(rollout, request))
        answer = record.result if record.result is not None else {"error": record.error}
        state.messages.append(_tool_message(request, answer))
        stuck = _repeats(state, request) >= limits.max_repeats
    return stuck


async def _reply(policy: Policy, limits: Limits, state: _Progress, tools: list[Json]) -> Reply | StopReason:
    """The next reply, or why there is none. A policy that never answered at all is broken, not slow."""
    deadline = asyncio.timeout(state.remaining_s(limits))
    try:
        async with deadline:
            return await policy.respond([dict(message) for message in state.messages], tools)
    except TimeoutError as error:
        if not deadline.expired():
            raise
        if policy.trouble is not None:
            raise PolicyError(f"gave up after {limits.max_seconds:g} s: {policy.trouble}") from error
        if state.turns == 0:
            raise PolicyError(f"no reply at all within {limits.max_seconds:g} s") from error
        return StopReason.TIME_LIMIT
    except PolicyError as error:
        if error.context_full:
            return StopReason.TOKEN_LIMIT
        raise


async def _execute(rollout: Rollout, request: ToolCallRequest) -> CallRecord:
    if isinstance(request.arguments, dict):
        return await rollout.call_recorded(request.name, request.arguments)
    try:
        parse_arguments(request.arguments)
    except ValueError as error:
        return await rollout.refuse(request.name, str(error))
    raise RuntimeError("a policy gave tool arguments as text although they are a JSON object")


async def _ours(work: Awaitable[T]) -> T:
    """The boundary: what breaks in here is a bug of tools or grader, kept as data with its traceback."""
    try:
        return await work
    except UserError:
        raise
    except Exception as error:
        raise _OurFaultError(traceback.format_exc()) from error


def _repeats(state: _Progress, request: ToolCallRequest) -> int:
    """How many times in a row this very call has been made, this time included."""
    call = json.dumps([request.name, request.arguments], sort_keys=True)
    state.repeats = state.repeats + 1 if call == state.last_call else 1
    state.last_call = call
    return state.repeats


def _assistant_message(reply: Reply) -> Json:
    message: Json = {"role": "assistant", "content": reply.text}
    if reply.tool_calls:
        message["tool_calls"] = [
            {
                "id": request.id,
                "type": "function",
                "function": {"name": request.name, "arguments": _arguments_text(request.arguments)},
            }
            for request in reply.tool_calls
        ]
    return message


def _tool_message(request: ToolCallRequest, content: Json) -> Json:
    return {
        "role": "tool",
        "tool_call_id": request.id,
        "name": request.name,
        "content": json.dumps(content, ensure_ascii=False),
    }


def _arguments_text(arguments: Json | str) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
