"""A chat endpoint with a bad character: the model's name chooses how it behaves. Run as `python endpoint_app.py`.

It prints its port, and ends when its standard input is closed, so it never outlives the test that started it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

asked: Counter[str] = Counter()
moments: list[tuple[str, float]] = []
bodies: list[dict[str, Any]] = []


def tool_call(name: str, arguments: dict[str, Any] | str, call_id: str) -> dict[str, Any]:
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": text}}


def completion(message: dict[str, Any]) -> JSONResponse:
    return JSONResponse(
        {
            "id": "x",
            "object": "chat.completion",
            "model": "m",
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", **message}}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
        }
    )


def work(messages: list[dict[str, Any]]) -> JSONResponse:
    """An agent that looks, closes the order and says so."""
    done = sum(message["role"] == "tool" for message in messages)
    close = {"order_id": "ord-1", "status": "closed"}
    if done == 0:
        return completion({"content": None, "tool_calls": [tool_call("getOrder", {"order_id": "ord-1"}, "a")]})
    if done == 1:
        return completion({"content": "Closing.", "tool_calls": [tool_call("setStatus", close, "b")]})
    return completion({"content": [{"type": "text", "text": "Order ord-1 is closed."}]})


def parallel(messages: list[dict[str, Any]]) -> JSONResponse:
    if messages[-1]["role"] == "tool":
        return completion({"content": "closed"})
    calls = [tool_call("setStatus", {"order_id": "ord-1", "status": s}, "same") for s in ("closed", "open", "closed")]
    return completion({"content": None, "tool_calls": calls})


def bad_arguments(messages: list[dict[str, Any]]) -> JSONResponse:
    for message in messages:
        for call in message.get("tool_calls") or []:
            json.loads(call["function"]["arguments"])  # as chat templates do, and fail
    if messages[-1]["role"] == "tool":
        return completion({"content": f"it said: {messages[-1]['content']}"})
    return completion({"content": None, "tool_calls": [tool_call("getOrder", '{"order_id": "ord', "a")]})


async def torn_body() -> AsyncIterator[bytes]:
    yield b'{"choices": ['
    await asyncio.sleep(0.01)
    raise ConnectionResetError("cut on purpose")


async def answer(request: Request) -> Response:
    body = await request.json()
    model, messages = body["model"], body["messages"]
    asked[model] += 1
    moments.append((model, time.monotonic()))
    bodies.append(body)
    first = asked[model]
    error = {"error": {"message": "no luck", "type": "x", "code": None}}
    match model:
        case "parallel":
            return parallel(messages)
        case "bad-arguments":
            return bad_arguments(messages)
        case "500-twice" if first <= 2:
            return JSONResponse(error, 500)
        case "429-once" if first == 1:
            return JSONResponse(error, 429, headers={"retry-after": "1"})
        case "429-for-hours":
            return JSONResponse(error, 429, headers={"retry-after": "7200"})
        case "stalls":
            await asyncio.sleep(30)
        case "stalls-once" if first == 1:
            await asyncio.sleep(30)
        case "cut":
            return StreamingResponse(torn_body(), media_type="application/json")
        case "cut-once" if first == 1:
            return StreamingResponse(torn_body(), media_type="application/json")
        case "html":
            return HTMLResponse("<!doctype html><html><body>Welcome to nginx!</body></html>")
        case "garbage":
            return Response("over and out", media_type="application/json")
        case "no-choices":
            return JSONResponse({"choices": []})
        case "error-as-200":
            return JSONResponse(error)
        case "no-message":
            return JSONResponse({"choices": [{"index": 0}]})
        case "says-nothing":
            return completion({"content": None})
        case "401" | "403" | "404" | "400" | "503":
            return JSONResponse(error, int(model))
        case "too-long":
            full = {"message": "This model's maximum context length is 8 tokens", "code": "context_length_exceeded"}
            return JSONResponse({"error": full}, 400)
        case "dies-midway" if messages[-1]["role"] == "tool":
            return JSONResponse(error, 500)
        case _:
            pass
    return work(messages)


async def seen(request: Request) -> JSONResponse:
    model = request.query_params["model"]
    return JSONResponse(
        {
            "count": asked[model],
            "moments": [moment for name, moment in moments if name == model],
            "bodies": [body for body in bodies if body["model"] == model],
        }
    )


app = Starlette(routes=[Route("/v1/chat/completions", answer, methods=["POST"]), Route("/seen", seen, methods=["GET"])])


def main() -> None:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", lifespan="off"))

    def tell_port() -> None:
        while not server.started:
            time.sleep(0.01)
        print(server.servers[0].sockets[0].getsockname()[1], flush=True)

    def end_with_test() -> None:
        sys.stdin.read()
        server.force_exit = server.should_exit = True

    threading.Thread(target=tell_port, daemon=True).start()
    threading.Thread(target=end_with_test, daemon=True).start()
    server.run()


if __name__ == "__main__":
    main()
