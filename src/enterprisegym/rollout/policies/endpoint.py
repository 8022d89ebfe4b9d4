"""Any OpenAI-compatible chat endpoint as a policy.

Retries are ours, not the client's: they honour Retry-After, say what went wrong, and their time is not the agent's.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, cast
from urllib.parse import urlsplit

import openai

from enterprisegym.errors import UserError
from enterprisegym.rollout.policy import PolicyError, Reply, ToolCallRequest, clean_text, parse_arguments
from enterprisegym.rollout.record import Json, Usage
from enterprisegym.tasks.task import Task

RETRIED_STATUSES = frozenset({408, 409, 425, 429})
FATAL_STATUSES: Mapping[int, str] = {
    401: "set OPENAI_API_KEY to a key that this endpoint takes",
    402: "the account cannot pay for the request",
    403: "the key may not use this model or endpoint",
    404: "check the model's name and --base-url (it usually ends in /v1)",
}
CONTEXT_FULL = re.compile(r"context[ _]length|maximum context|context window|too many tokens|prompt is too long", re.I)
LONGEST_WAIT_S = 300.0


@dataclass(frozen=True)
class Endpoint:
    """Where and how a model is asked. Prices are USD per million tokens; `extra_body` goes into every request as is.

    The rollout's seed is sent along unless `send_seed` is off. `attempts` counts the first one.
    """

    model: str
    base_url: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    send_seed: bool = True
    price_in: float | None = None
    price_out: float | None = None
    timeout_s: float = 300.0
    attempts: int = 6
    backoff_s: float = 1.0
    extra_body: Mapping[str, Any] = field(default_factory=dict[str, Any])


class _TransientError(Exception):
    """An attempt failed in a way that may pass. `wait_s` is what the endpoint asked for, if it did."""

    def __init__(self, message: str, wait_s: float | None = None) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class OpenAIEndpoint:
    """A connection pool to one endpoint, shared by the policies of a run. `policy` is a policy factory."""

    def __init__(self, endpoint: Endpoint) -> None:
        key = os.environ.get("OPENAI_API_KEY", "").strip()
        if not key and endpoint.base_url is None:
            raise UserError("OPENAI_API_KEY is not set; set it, or name another endpoint with --base-url")
        if not key.isascii() or not key.isprintable():
            raise UserError("OPENAI_API_KEY holds characters that no key has; set it again")
        if endpoint.base_url is not None and not _is_url(endpoint.base_url):
            raise UserError(f"--base-url {endpoint.base_url!r} is not a URL; write it as http://HOST:PORT/v1")
        self.endpoint = endpoint
        self.client = openai.AsyncOpenAI(
            api_key=key or "none", base_url=endpoint.base_url, max_retries=0, timeout=endpoint.timeout_s
        )

    @property
    def where(self) -> str:
        return str(self.client.base_url).rstrip("/")

    def policy(self, task: Task, seed: int) -> OpenAIPolicy:
        return OpenAIPolicy(self, seed)

    async def close(self) -> None:
        await self.client.close()


@dataclass
class OpenAIPolicy:
    """One conversation with the endpoint's model."""

    endpoint: OpenAIEndpoint
    seed: int
    name: str = "openai"
    trouble: str | None = None

    @property
    def model(self) -> str:
        return self.endpoint.endpoint.model

    async def respond(self, messages: list[Json], tools: list[Json]) -> Reply:
        """Ask the model, again and again while the fault may pass; raises PolicyError, or UserError (bad set-up)."""
        settings = self.endpoint.endpoint
        started = time.monotonic()
        attempt_started = started
        request = _request(settings, self.seed, messages, tools)
        for attempt in range(1, settings.attempts + 1):
            attempt_started = time.monotonic()
            try:
                reply = _read_reply(await self._ask(request), settings)
            except _TransientError as error:
                self.trouble = f"{self.endpoint.where}: {error}"
                if error.wait_s is not None and error.wait_s > LONGEST_WAIT_S:
                    raise PolicyError(f"{self.trouble}; it asks to wait {error.wait_s:.0f} s, too long") from error
                if attempt == settings.attempts:
                    break
                await asyncio.sleep(_wait_s(error, attempt, settings))
                continue
            self.trouble = None
            return Reply(reply.text, reply.tool_calls, reply.usage, lost_s=attempt_started - started)
        raise PolicyError(f"{self.trouble} (after {settings.attempts} attempts)")

    async def _ask(self, request: Json) -> Json:
        """One attempt: the body of the answer as JSON."""
        settings = self.endpoint.endpoint
        try:
            async with asyncio.timeout(settings.timeout_s):
                ask: Any = self.endpoint.client.chat.completions.with_raw_response.create
                text: str = (await ask(**request)).text
        except (openai.APITimeoutError, TimeoutError) as error:
            raise _TransientError(f"no answer within {settings.timeout_s:g} s") from error
        except openai.APIConnectionError as error:
            cause = error.__cause__ or error
            raise _TransientError(f"connection failed: {str(cause) or type(cause).__name__}") from error
        except openai.APIStatusError as error:
            raise self._status_error(error) from error
        return self._read_body(text)

    def _status_error(self, error: openai.APIStatusError) -> Exception:
        status = error.status_code
        said = f"HTTP {status}: {_excerpt(error.response.text)}"
        hint = FATAL_STATUSES.get(status)
        if error.code == "insufficient_quota":
            hint = FATAL_STATUSES[402]
        if hint is not None:
            return UserError(f"{self.endpoint.where} refused model {self.model!r} with {said}; {hint}")
        if status in RETRIED_STATUSES or status >= 500:
            return _TransientError(said, _retry_after_s(error.response.headers))
        full = error.code == "context_length_exceeded" or bool(CONTEXT_FULL.search(error.response.text))
        return PolicyError(f"{self.endpoint.where}: {said}", context_full=status in (400, 413, 422) and full)

    def _read_body(self, text: str) -> Json:
        if text.lstrip()[:1] == "<":
            raise PolicyError(
                f"{self.endpoint.where}: answered a web page instead of JSON ({_excerpt(text)}); {FATAL_STATUSES[404]}"
            )
        try:
            body: Any = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _TransientError(f"answered with something that is not JSON: {_excerpt(text)}") from error
        if not isinstance(body, dict):
            raise _TransientError(f"answered with JSON that is not an object: {_excerpt(text)}")
        return cast(Json, body)


def _request(settings: Endpoint, seed: int, messages: list[Json], tools: list[Json]) -> Json:
    request: Json = {"model": settings.model, "messages": [_sendable(message) for message in messages]}
    if tools:
        request["tools"] = tools
    optional = {
        "temperature": settings.temperature,
        "max_tokens": settings.max_tokens,
        "seed": seed if settings.send_seed else None,
        "extra_body": dict(settings.extra_body) or None,
    }
    return request | {name: value for name, value in optional.items() if value is not None}


def _sendable(message: Json) -> Json:
    """Servers parse the arguments of earlier calls again, and many fail on text that is not JSON: quote it for them."""
    if not message.get("tool_calls"):
        return message
    calls: list[Json] = []
    for call in message["tool_calls"]:
        text = call["function"]["arguments"]
        try:
            parse_arguments(text)
            text = text.strip() or "{}"
        except ValueError:
            text = json.dumps({"not_json": text})
        calls.append({**call, "function": {**call["function"], "arguments": text}})
    return {**message, "tool_calls": calls}


def _read_reply(body: Json, settings: Endpoint) -> Reply:
    """The reply in a chat completion; raises _TransientError saying what is missing from it."""
    choices = body.get("choices")
    if not isinstance(choices, list) or not choices:
        error = body.get("error")
        detail = f"an error: {_excerpt(json.dumps(error))}" if error else "no choices"
        raise _TransientError(f"answered with {detail}")
    fields = _object(_object(cast(list[Any], choices)[0]).get("message"))
    if not fields:
        raise _TransientError("answered with a choice that has no message")
    text = _text(fields.get("content"))
    if text is None and isinstance(fields.get("refusal"), str):
        text = clean_text(fields["refusal"])
    return Reply(text=text, tool_calls=_tool_calls(fields.get("tool_calls")), usage=_usage(body.get("usage"), settings))


def _text(content: Any) -> str | None:
    """Message content, whether plain or in parts."""
    if isinstance(content, str):
        return clean_text(content)
    if isinstance(content, list):
        texts = [_object(part).get("text") for part in cast(list[Any], content)]
        return clean_text("".join(text for text in texts if isinstance(text, str)))
    return None


def _tool_calls(found: Any) -> tuple[ToolCallRequest, ...]:
    calls: list[ToolCallRequest] = []
    seen: set[str] = set()
    if found is not None and not isinstance(found, list):
        raise _TransientError(f"answered with tool calls that are not a list: {_excerpt(json.dumps(found))}")
    for number, item in enumerate(cast(list[Any], found or []), start=1):
        fields = _object(_object(item).get("function"))
        if not fields:
            raise _TransientError(f"answered with a tool call that has no function: {_excerpt(json.dumps(item))}")
        call_id = str(_object(item).get("id") or "")
        if not call_id or call_id in seen:
            call_id = f"{call_id or 'call'}_{number}"
        seen.add(call_id)
        arguments = _arguments(fields.get("arguments"))
        calls.append(ToolCallRequest(clean_text(call_id), clean_text(str(fields.get("name") or "")), arguments))
    return tuple(calls)


def _arguments(found: Any) -> Json | str:
    text = found if isinstance(found, str) else "" if found is None else json.dumps(found)
    try:
        return parse_arguments(text)
    except ValueError:
        return clean_text(text)


def _usage(found: Any, settings: Endpoint) -> Usage:
    """Token counts, and the cost by the given prices or as the endpoint states it."""
    usage = _object(found)
    prompt, completion = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    stated: Any = usage.get("cost")
    cost: float | None = float(stated) if isinstance(stated, int | float) and not isinstance(stated, bool) else None
    if settings.price_in is not None and settings.price_out is not None:
        cost = (prompt * settings.price_in + completion * settings.price_out) / 1_000_000
    return Usage(prompt_tokens=prompt, completion_tokens=completion, cost_usd=cost)


def _object(value: Any) -> Json:
    """A JSON object; anything else as an empty one."""
    return cast(Json, value) if isinstance(value, dict) else {}


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _wait_s(error: _TransientError, attempt: int, settings: Endpoint) -> float:
    """The pause before the next attempt: what the endpoint asked for, or doubling ones with jitter."""
    if error.wait_s is None:
        return min(settings.backoff_s * 2 ** (attempt - 1), 60.0) * random.uniform(0.5, 1.0)
    return error.wait_s + random.uniform(0.0, 0.1) * settings.backoff_s


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds from `retry-after-ms` or `retry-after` (a number or an HTTP date); None when absent or unreadable."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name, "").strip()
        if re.fullmatch(r"\d+(\.\d+)?", value):
            return float(value) * unit
        if name == "retry-after" and value:
            try:
                moment = parsedate_to_datetime(value)
            except ValueError:
                return None
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return max(0.0, (moment - datetime.now(UTC)).total_seconds())
    return None


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and " " not in text
    except ValueError:
        return False


def _excerpt(text: str) -> str:
    line = " ".join(clean_text(text).split())
    return line if len(line) <= 200 else line[:197] + "..."
