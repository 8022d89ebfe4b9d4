"""The agent loop: turns, limits, faults and what each leaves in the record."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from stand_in import SYSTEM_PROMPT, make_rollout, make_task, names

from enterprisegym.errors import UserError
from enterprisegym.rollout import (
    Grade,
    Limits,
    Outcome,
    PolicyError,
    Reply,
    RolloutRecord,
    StopReason,
    ToolCallRequest,
    Usage,
    run_rollout,
)
from enterprisegym.rollout.policies import null, reference
from enterprisegym.rollout.record import Json
from enterprisegym.tasks.task import Task


def ask(name: str, arguments: Json | str, call_id: str = "c1") -> ToolCallRequest:
    return ToolCallRequest(call_id, name, arguments)


READ = Reply(tool_calls=(ask("getOrder", {"order_id": "ord-1"}),), usage=Usage(prompt_tokens=10, completion_tokens=5))


@dataclass
class Listed:
    """Gives prepared replies; callables are made at their turn, exceptions are raised."""

    replies: list[Reply | Exception | Callable[[int], Reply]]
    name: str = "listed"
    model: str | None = None
    trouble: str | None = None
    seen: list[list[Json]] = field(default_factory=list)

    async def respond(self, messages: list[Json], tools: list[Json]) -> Reply:
        self.seen.append(messages)
        turn = len(self.seen) - 1
        reply = self.replies[min(turn, len(self.replies) - 1)]
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, Reply) else reply(turn)


@dataclass
class Sleeper:
    """Replies to the first `quick` turns and then never again."""

    quick: int
    trouble: str | None = None
    name: str = "sleeper"
    model: str | None = None
    turns: int = 0

    async def respond(self, messages: list[Json], tools: list[Json]) -> Reply:
        self.turns += 1
        if self.turns > self.quick:
            await asyncio.sleep(60)
        return READ


async def run(folder: Path, *replies: Reply | Exception | Callable[[int], Reply], **limits: float) -> RolloutRecord:
    with make_rollout(folder) as rollout:
        return await run_rollout(rollout, Listed(list(replies)), Limits(**limits), trial=2)  # type: ignore[arg-type]


async def test_the_reference_passes(tmp_path: Path) -> None:
    task = make_task()
    with make_rollout(tmp_path, task, seed=7) as rollout:
        record = await run_rollout(rollout, reference(task, 7))
    assert (record.stop_reason, record.passed, record.reward, record.turns) == (StopReason.FINISHED, True, 1.0, 3)
    assert (record.policy, record.seed, record.response) == ("reference", 7, task.reference.response)
    assert names(record.calls) == ["getOrder", "setStatus"]
    assert record.diff[0]["changed"] == {"status": ["open", "closed"]}
    assert record.hashes.world_before != record.hashes.world_after
    roles = [message["role"] for message in record.messages]
    assert roles == ["system", "user", "assistant", "tool", "assistant", "tool", "assistant"]
    assert record.messages[0]["content"] == SYSTEM_PROMPT
    assert json.loads(record.messages[3]["content"])["order"]["status"] == "open"
    assert RolloutRecord.model_validate_json(record.model_dump_json()) == record


async def test_null_earns_nothing(tmp_path: Path) -> None:
    task = make_task()
    with make_rollout(tmp_path, task) as rollout:
        record = await run_rollout(rollout, null(task, 0))
    assert (record.stop_reason, record.response, record.reward) == (StopReason.FINISHED, "", 0.0)


async def test_parallel_calls_run_in_order_and_each_is_answered(tmp_path: Path) -> None:
    calls = (
        ask("setStatus", {"order_id": "ord-1", "status": "closed"}, "a"),
        ask("setStatus", {"order_id": "ord-1", "status": "open"}, "b"),
        ask("setStatus", {"order_id": "ord-1", "status": "closed"}, "c"),
    )
    record = await run(tmp_path, Reply(tool_calls=calls), Reply(text="closed"))
    assert [c.arguments["status"] for c in record.calls] == ["closed", "open", "closed"]
    assert [m["tool_call_id"] for m in record.messages if m["role"] == "tool"] == ["a", "b", "c"]
    assert record.passed


async def test_wrong_calls_are_told_to_the_agent(tmp_path: Path) -> None:
    bad = (
        ask("getOrder", '{"order_id": ', "a"),
        ask("getOrder", "[1]", "b"),
        ask("noSuchTool", {}, "c"),
        ask("getOrder", {"order_id": 5}, "d"),
        ask("getOrder", {"order_id": "ord-9"}, "e"),
    )
    record = await run(tmp_path, Reply(tool_calls=bad), Reply(text="hm"))
    answers = [json.loads(m["content"])["error"] for m in record.messages if m["role"] == "tool"]
    assert "not valid JSON" in answers[0]
    assert "must be a JSON object" in answers[1]
    assert "getOrder" in answers[2] or "noSuchTool" in answers[2]
    assert all(answers)
    assert [call.error for call in record.calls] == answers
    assert record.messages[2]["tool_calls"][0]["function"]["arguments"] == '{"order_id": '
    assert record.stop_reason is StopReason.FINISHED


async def test_limits_end_a_rollout_and_are_graded(tmp_path: Path) -> None:
    def fresh(turn: int) -> Reply:
        return Reply(tool_calls=(ask("getOrder", {"order_id": f"ord-{turn}"}),), usage=READ.usage)

    for limits, reason, turns in [
        ({"max_turns": 3}, StopReason.TURN_LIMIT, 3),
        ({"max_tokens": 12}, StopReason.TOKEN_LIMIT, 3),
    ]:
        record = await run(tmp_path, fresh, **limits)
        assert (record.stop_reason, record.turns) == (reason, turns)
        assert (record.response, record.reward, record.passed) == (None, 0.0, False)
        assert not record.excluded
        assert record.usage.completion_tokens == 5 * turns


async def test_repeating_one_call_ends_the_rollout(tmp_path: Path) -> None:
    record = await run(tmp_path, READ, max_repeats=3)
    assert (record.stop_reason, len(record.calls)) == (StopReason.REPEATED_CALLS, 3)
    batch = Reply(tool_calls=tuple(ask("getOrder", {"order_id": "ord-1"}, f"c{i}") for i in range(5)))
    record = await run(tmp_path, batch, max_repeats=3)
    assert len(record.calls) == 3
    assert [m["tool_call_id"] for m in record.messages if m["role"] == "tool"] == ["c0", "c1", "c2", "c3", "c4"]


async def test_two_calls_in_turn_are_no_repetition(tmp_path: Path) -> None:
    def alternate(turn: int) -> Reply:
        return Reply(tool_calls=(ask("getOrder", {"order_id": f"ord-{turn % 2}"}),))

    record = await run(tmp_path, alternate, max_repeats=2, max_turns=6)
    assert record.stop_reason is StopReason.TURN_LIMIT


async def test_a_slow_agent_meets_the_time_limit(tmp_path: Path) -> None:
    with make_rollout(tmp_path) as rollout:
        record = await run_rollout(rollout, Sleeper(quick=1), Limits(max_seconds=0.2))
    assert (record.stop_reason, record.reward, record.turns) == (StopReason.TIME_LIMIT, 0.0, 1)


@pytest.mark.parametrize(("quick", "trouble"), [(0, None), (1, "http://x: connection failed")])
async def test_a_dead_endpoint_is_not_a_slow_agent(tmp_path: Path, quick: int, trouble: str | None) -> None:
    with make_rollout(tmp_path) as rollout:
        record = await run_rollout(rollout, Sleeper(quick, trouble), Limits(max_seconds=0.2))
    assert (record.stop_reason, record.reward) == (StopReason.POLICY_ERROR, None)
    assert (trouble or "no reply") in (record.error or "")


async def test_time_lost_to_the_endpoint_is_given_back(tmp_path: Path) -> None:
    lost = Reply(tool_calls=READ.tool_calls, lost_s=100.0)

    async def late() -> RolloutRecord:
        class Late(Listed):
            async def respond(self, messages: list[Json], tools: list[Json]) -> Reply:
                await asyncio.sleep(0.15)
                return await super().respond(messages, tools)

        with make_rollout(tmp_path) as rollout:
            return await run_rollout(rollout, Late([lost, READ, Reply(text="closed")]), Limits(max_seconds=0.2))

    assert (await late()).stop_reason is StopReason.FINISHED


async def test_a_policy_error_is_excluded_and_keeps_the_trajectory(tmp_path: Path) -> None:
    record = await run(tmp_path, READ, PolicyError("endpoint is down"))
    assert (record.stop_reason, record.error) == (StopReason.POLICY_ERROR, "endpoint is down")
    assert (record.reward, record.passed, record.verdicts) == (None, None, ())
    assert record.excluded
    assert names(record.calls) == ["getOrder"]


async def test_a_full_context_is_the_agents_doing(tmp_path: Path) -> None:
    record = await run(tmp_path, READ, PolicyError("too long", context_full=True))
    assert (record.stop_reason, record.reward) == (StopReason.TOKEN_LIMIT, 0.0)


async def test_a_broken_tool_is_an_environment_error_with_its_traceback(tmp_path: Path) -> None:
    record = await run(tmp_path, READ, Reply(tool_calls=(ask("breakDown", {}),)))
    assert (record.stop_reason, record.reward) == (StopReason.ENVIRONMENT_ERROR, None)
    assert "RuntimeError: the tool has a bug" in (record.error or "")
    assert "breakDown" in (record.error or "")
    assert names(record.calls) == ["getOrder"]
    assert record.diff == ()


async def test_a_broken_grader_is_an_environment_error(tmp_path: Path) -> None:
    def broken(task: Task, outcome: Outcome) -> Grade:
        raise KeyError("a check has a bug")

    with make_rollout(tmp_path, grader=broken) as rollout:
        record = await run_rollout(rollout, Listed([Reply(text="closed")]))
    assert (record.stop_reason, record.reward, record.response) == (StopReason.ENVIRONMENT_ERROR, None, "closed")
    assert "a check has a bug" in (record.error or "")


def test_limits_out_of_range_are_told() -> None:
    with pytest.raises(UserError, match="max_turns is 0"):
        Limits(max_turns=0)
    with pytest.raises(UserError, match="max_seconds is -1"):
        Limits(max_seconds=-1)


async def test_what_a_person_must_mend_passes_through(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="bad key"):
        await run(tmp_path, UserError("bad key"))


async def test_a_bug_in_a_policy_is_not_hidden(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        await run(tmp_path, ZeroDivisionError())
