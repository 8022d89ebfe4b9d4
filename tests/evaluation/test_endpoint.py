"""The OpenAI-compatible policy against a real endpoint in another process that misbehaves in every way."""

from __future__ import annotations

import json
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stand_in import make_config, make_rollout, make_start, make_task, serve

from enterprisegym.errors import UserError
from enterprisegym.evaluation.run import EvalSettings, evaluate
from enterprisegym.rollout import Limits, RolloutRecord, StopReason, run_rollout
from enterprisegym.rollout.folder import RunFolder, iter_records
from enterprisegym.rollout.policies.endpoint import Endpoint, OpenAIEndpoint


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serve() as root:
        yield root


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


async def run(folder: Path, url: str, model: str, limits: Limits | None = None, **settings: Any) -> RolloutRecord:
    chosen = {"backoff_s": 0.01, "attempts": 3, "timeout_s": 5.0, **settings}
    endpoint = OpenAIEndpoint(Endpoint(model=model, base_url=f"{url}/v1", **chosen))
    try:
        with make_rollout(folder, seed=11) as rollout:
            return await run_rollout(rollout, endpoint.policy(rollout.task, 11), limits)
    finally:
        await endpoint.close()


def seen(url: str, model: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}/seen?model={model}", timeout=5) as answer:
        return json.load(answer)


async def test_a_good_model_passes_and_is_counted(tmp_path: Path, url: str) -> None:
    record = await run(
        tmp_path, url, "good", price_in=1.0, price_out=10.0, temperature=0.5, max_tokens=99, extra_body={"top_k": 3}
    )
    assert (record.stop_reason, record.passed, record.policy, record.model) == ("finished", True, "openai", "good")
    assert record.response == "Order ord-1 is closed."
    assert (record.usage.prompt_tokens, record.usage.completion_tokens) == (300, 30)
    assert record.usage.cost_usd == pytest.approx(600e-6)
    body = seen(url, "good")["bodies"][-1]
    assert (body["temperature"], body["max_tokens"], body["seed"], body["top_k"]) == (0.5, 99, 11, 3)
    assert {tool["function"]["name"] for tool in body["tools"]} == {"getOrder", "setStatus", "breakDown"}
    assert [message["role"] for message in body["messages"]] == [
        "system", "user", "assistant", "tool", "assistant", "tool",
    ]  # fmt: skip


async def test_parallel_calls_run_in_order(tmp_path: Path, url: str) -> None:
    record = await run(tmp_path, url, "parallel")
    assert [call.arguments["status"] for call in record.calls] == ["closed", "open", "closed"]
    ids = [message["tool_call_id"] for message in record.messages if message["role"] == "tool"]
    assert len(set(ids)) == 3
    assert record.passed


async def test_bad_arguments_go_back_to_the_model(tmp_path: Path, url: str) -> None:
    record = await run(tmp_path, url, "bad-arguments")
    assert record.stop_reason is StopReason.FINISHED
    assert "not valid JSON" in (record.response or "")
    assert record.calls[0].error
    assert record.messages[2]["tool_calls"][0]["function"]["arguments"] == '{"order_id": "ord'


@pytest.mark.parametrize("model", ["500-twice", "cut-once"])
async def test_faults_that_pass_are_retried(tmp_path: Path, url: str, model: str) -> None:
    record = await run(tmp_path, url, model)
    assert record.passed
    assert record.error is None


async def test_a_stall_is_cut_off_and_retried(tmp_path: Path, url: str) -> None:
    record = await run(tmp_path, url, "stalls-once", Limits(max_seconds=1.0), timeout_s=0.9)
    assert record.passed  # the lost 0.9 s are not the agent's


async def test_retry_after_is_honoured(tmp_path: Path, url: str) -> None:
    assert (await run(tmp_path, url, "429-once")).passed
    first, second, *_ = seen(url, "429-once")["moments"]
    assert second - first >= 1.0


@pytest.mark.parametrize(
    ("model", "text", "attempts"),
    [
        ("stalls", "no answer within 0.3 s", 3),
        ("cut", "connection failed", 3),
        ("503", "HTTP 503", 3),
        ("garbage", "not JSON: over and out", 3),
        ("no-choices", "no choices", 3),
        ("error-as-200", "no luck", 3),
        ("no-message", "no message", 3),
        ("html", "a web page instead of JSON", 1),
        ("400", "HTTP 400", 1),
        ("429-for-hours", "asks to wait 7200 s", 1),
    ],
)
async def test_an_endpoint_that_stays_broken_is_a_policy_error(
    tmp_path: Path, url: str, model: str, text: str, attempts: int
) -> None:
    record = await run(tmp_path, url, model, timeout_s=0.3)
    assert (record.stop_reason, record.reward, record.turns) == (StopReason.POLICY_ERROR, None, 0)
    assert text in (record.error or "")
    assert url in (record.error or "")
    assert "\n" not in (record.error or "")
    assert seen(url, model)["count"] == attempts


async def test_an_endpoint_that_dies_midway_keeps_the_trajectory(tmp_path: Path, url: str) -> None:
    record = await run(tmp_path, url, "dies-midway")
    assert (record.stop_reason, record.turns, len(record.calls)) == (StopReason.POLICY_ERROR, 1, 1)


async def test_an_empty_reply_is_the_models_own(tmp_path: Path, url: str) -> None:
    record = await run(tmp_path, url, "says-nothing")
    assert (record.stop_reason, record.response, record.reward) == (StopReason.FINISHED, "", 0.0)


async def test_a_full_context_is_graded(tmp_path: Path, url: str) -> None:
    record = await run(tmp_path, url, "too-long")
    assert (record.stop_reason, record.reward) == (StopReason.TOKEN_LIMIT, 0.0)


@pytest.mark.parametrize(("model", "hint"), [("401", "OPENAI_API_KEY"), ("403", "key"), ("404", "--base-url")])
async def test_a_refusal_stops_the_run_with_one_line(tmp_path: Path, url: str, model: str, hint: str) -> None:
    with pytest.raises(UserError, match=f"refused model '{model}' with HTTP {model}: .*{hint}") as caught:
        await run(tmp_path, url, model)
    assert url in str(caught.value)
    assert "\n" not in str(caught.value)


async def evaluate_model(folder: Path, url: str, model: str, count: int) -> None:
    tasks = [make_task(i) for i in range(count)]
    endpoint = OpenAIEndpoint(Endpoint(model=model, base_url=f"{url}/v1", backoff_s=0.01, attempts=2))
    config = make_config(tasks, policy="openai", model=model)
    try:
        with RunFolder(folder / "run", config) as run_folder:
            await evaluate(run_folder, tasks, make_start(folder), endpoint.policy, EvalSettings(concurrency=4))
    finally:
        await endpoint.close()


async def test_a_bad_key_stops_an_evaluation_at_once(tmp_path: Path, url: str) -> None:
    before = seen(url, "401")["count"]
    with pytest.raises(UserError, match="HTTP 401") as caught:
        await evaluate_model(tmp_path, url, "401", 40)
    assert caught.value.exit_code != 0
    assert seen(url, "401")["count"] - before <= 8


async def test_nobody_listening_stops_an_evaluation_early(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with pytest.raises(UserError, match=r"all of the first 4 rollouts failed.*connection failed") as caught:
        await evaluate_model(tmp_path, dead, "good", 40)
    assert "\n" not in str(caught.value)
    assert len(list(iter_records(tmp_path / "run"))) < 12


async def test_an_evaluation_through_the_endpoint(tmp_path: Path, url: str) -> None:
    await evaluate_model(tmp_path, url, "good", 6)
    assert sum(bool(record.passed) for record in iter_records(tmp_path / "run")) == 6


def test_a_missing_key_is_told_before_anything_runs() -> None:
    with pytest.raises(UserError, match="OPENAI_API_KEY"):
        OpenAIEndpoint(Endpoint(model="m"))


@pytest.mark.parametrize("bad", ["localhost:8000/v1", "ftp://x", "http://", "http://exa mple:x/v1"])
def test_a_bad_url_is_told_before_anything_runs(bad: str) -> None:
    with pytest.raises(UserError, match="--base-url"):
        OpenAIEndpoint(Endpoint(model="m", base_url=bad))


def test_a_bad_key_is_told_before_anything_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "schlüssel")
    with pytest.raises(UserError, match="OPENAI_API_KEY") as caught:
        OpenAIEndpoint(Endpoint(model="m", base_url="http://x/v1"))
    assert "schl" not in str(caught.value)
