"""The live rollout: calls, forks, grading."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from stand_in import make_rollout, names

from enterprisegym.errors import ToolError, UserError


async def test_calls_are_recorded_and_graded(tmp_path: Path) -> None:
    with make_rollout(tmp_path) as rollout:
        before = rollout.hash()
        result = await rollout.call("setStatus", {"order_id": "ord-1", "status": "closed"})
        assert result["order"]["status"] == "closed"
        assert rollout.hash() != before
        grade = await rollout.finish("It is closed.")
        assert (grade.reward, grade.passed) == (1.0, True)
        assert names(rollout.calls) == ["setStatus"]
        assert rollout.calls[0].result == result
        assert rollout.calls[0].duration_ms > 0


async def test_half_an_answer_earns_half(tmp_path: Path) -> None:
    with make_rollout(tmp_path) as rollout:
        grade = await rollout.finish("It is closed.")
    assert (grade.reward, grade.passed) == (0.5, False)


async def test_a_wrong_call_raises_and_is_recorded(tmp_path: Path) -> None:
    with make_rollout(tmp_path) as rollout:
        for name, arguments in [
            ("getOrder", {"order_id": "ord-9"}),
            ("getOrder", {"nonsense": 1}),
            ("noSuchTool", {}),
            ("setStatus", {"order_id": "ord-1", "status": "eaten"}),
        ]:
            with pytest.raises(ToolError):
                await rollout.call(name, arguments)
        assert all(call.error and call.result is None for call in rollout.calls)
        assert len(rollout.calls) == 4
        assert rollout.ops == []
        assert rollout.diff() == ()


async def test_a_bug_in_a_tool_is_raised_as_it_is_and_rolled_back(tmp_path: Path) -> None:
    with make_rollout(tmp_path) as rollout:
        with pytest.raises(RuntimeError, match="has a bug"):
            await rollout.call("breakDown")
        assert rollout.diff() == ()
        assert (await rollout.call("getOrder", {"order_id": "ord-2"}))["order"]["status"] == "open"


async def test_nothing_happens_after_the_grade(tmp_path: Path) -> None:
    with make_rollout(tmp_path) as rollout:
        await rollout.finish("")
        with pytest.raises(UserError, match="has been graded"):
            await rollout.call("getOrder", {"order_id": "ord-1"})
        with pytest.raises(UserError, match="has been graded"):
            await rollout.finish("again")


async def test_a_fork_goes_its_own_way(tmp_path: Path) -> None:
    with make_rollout(tmp_path) as rollout:
        await rollout.call("getOrder", {"order_id": "ord-1"})
        with rollout.fork() as other:
            await other.call("setStatus", {"order_id": "ord-1", "status": "closed"})
            assert names(other.calls) == ["getOrder", "setStatus"]
            assert names(rollout.calls) == ["getOrder"]
            assert (await other.finish("closed")).passed
            assert rollout.diff() == ()
            with rollout.fork() as third:
                assert third.grade is None
        assert not (await rollout.finish("closed")).passed


async def test_replaying_the_ops_gives_the_same_world(tmp_path: Path) -> None:
    with make_rollout(tmp_path) as rollout, make_rollout(tmp_path) as replay:
        for status in ("closed", "open", "closed"):
            await rollout.call("setStatus", {"order_id": "ord-1", "status": status})
        with pytest.raises(ToolError):
            await rollout.call("setStatus", {"order_id": "ord-7", "status": "open"})
        assert len(rollout.ops) == 3
        for op in rollout.ops:
            await replay.call(op.name, op.arguments)
        assert replay.hash() == rollout.hash()


async def test_calls_run_in_the_order_they_were_made(tmp_path: Path) -> None:
    with make_rollout(tmp_path) as rollout:
        statuses = ["closed", "open"] * 5
        await asyncio.gather(*(rollout.call("setStatus", {"order_id": "ord-1", "status": s}) for s in statuses))
        assert [call.arguments["status"] for call in rollout.calls] == statuses


async def test_the_record_does_not_follow_the_callers_arguments(tmp_path: Path) -> None:
    with make_rollout(tmp_path) as rollout:
        arguments = {"order_id": "ord-1"}
        await rollout.call("getOrder", arguments)
        arguments["order_id"] = "ord-2"
        assert rollout.calls[0].arguments == {"order_id": "ord-1"}


async def test_the_record_does_not_follow_what_the_caller_does_with_a_result(tmp_path: Path) -> None:
    with make_rollout(tmp_path) as rollout:
        result = await rollout.call("getOrder", {"order_id": "ord-1"})
        result["order"]["status"] = "closed"
        kept = rollout.calls[0].result
        assert kept is not None
        assert kept["order"]["status"] == "open"


async def test_calls_that_are_no_calls_are_refused_and_recorded(tmp_path: Path) -> None:
    with make_rollout(tmp_path) as rollout:
        for name, arguments in ((None, {}), ("look", {1: 2}), ("look", ["x"])):
            record = await rollout.call_recorded(name, arguments)
            assert record.error is not None
        assert len(rollout.calls) == 3
