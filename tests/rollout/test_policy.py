"""Arguments and texts as models write them, and scripted policies."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stand_in import make_rollout, make_task

from enterprisegym.rollout import Usage, run_rollout
from enterprisegym.rollout.policies import Script, scripted
from enterprisegym.rollout.policy import clean_text, parse_arguments
from enterprisegym.tasks.task import Call, Task


@pytest.mark.parametrize(("text", "value"), [("", {}), ("  ", {}), ("{}", {}), ('{"a": [1, null]}', {"a": [1, None]})])
def test_good_arguments(text: str, value: dict[str, object]) -> None:
    assert parse_arguments(text) == value


@pytest.mark.parametrize(
    "text",
    ["{", "nonsense", "[]", "3", "null", '{"a": NaN}', '{"a": "\\ud800"}', "[" * 100_000, '{"a": ' + "1" * 5000 + "}"],
)
def test_bad_arguments_say_why(text: str) -> None:
    with pytest.raises(ValueError, match="arguments"):
        parse_arguments(text)


@given(st.text(st.characters()))
def test_any_text_is_either_an_object_or_refused(text: str) -> None:
    try:
        value = parse_arguments(text)
    except ValueError:
        return
    assert isinstance(value, dict)
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()


@given(st.text(st.characters(exclude_categories=())))
def test_clean_text_can_always_be_written(text: str) -> None:
    clean_text(text).encode()


def test_clean_text_keeps_good_text() -> None:
    assert clean_text("naïve 😀 \ud83d") == "naïve 😀 \ufffd"


def test_usage_adds_up() -> None:
    some = Usage(prompt_tokens=1, completion_tokens=2, cost_usd=0.5)
    assert Usage() + some + some == Usage(prompt_tokens=2, completion_tokens=4, cost_usd=1.0)
    assert (some + Usage(prompt_tokens=1)).cost_usd is None


async def test_a_script_works_from_live_results(tmp_path: Path) -> None:
    def look_and_close(task: Task, seed: int) -> Script:
        answer = yield Call(name="getOrder", arguments={"order_id": "ord-9"})
        assert "error" in answer
        answer = yield Call(name="getOrder", arguments={"order_id": "ord-1"})
        order = answer["order"]
        yield Call(name="setStatus", arguments={"order_id": order["id"], "status": "closed"})
        return f"{order['id']} is closed"

    with make_rollout(tmp_path) as rollout:
        record = await run_rollout(rollout, scripted("looker", look_and_close)(make_task(), 0))
    assert (record.policy, record.passed, record.response) == ("looker", True, "ord-1 is closed")
