"""A function over many items in several processes, from any program: the caller's main module is never run again."""

from __future__ import annotations

import importlib
import pickle
import queue
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import IO, Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")
HEAD = struct.Struct(">Q")


def parallel_map(function: Callable[[T], R], items: Sequence[T], processes: int) -> list[R]:
    """`function(item)` for each item, in order. `function` is at the top level of an importable module.

    Items and results are pickled. The first exception of a worker is raised here; the others are stopped then.
    """
    if processes <= 1 or len(items) <= 1:
        return [function(item) for item in items]
    results: dict[int, R] = {}
    failures: list[BaseException] = []
    todo: queue.SimpleQueue[int] = queue.SimpleQueue()
    for place in range(len(items)):
        todo.put(place)

    def attend() -> None:
        name = f"{function.__module__}:{function.__qualname__}"
        command = [sys.executable, "-c", f"from {__name__} import serve; serve({name!r})"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:  # noqa: S603
            assert child.stdin is not None and child.stdout is not None
            try:
                while not failures:
                    place = todo.get_nowait()
                    _send(child.stdin, items[place])
                    done, value = _receive(child.stdout)
                    if not done:
                        raise value
                    results[place] = value
            except queue.Empty:
                pass
            except BaseException as error:  # noqa: BLE001 - raised again below
                failures.append(error)
            finally:
                child.stdin.close()

    threads = [threading.Thread(target=attend) for _ in range(min(processes, len(items)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return [results[place] for place in range(len(items))]


def serve(name: str) -> None:
    """A worker: answers each item on standard input until that is closed. Only `parallel_map` starts it."""
    module, _, attribute = name.partition(":")
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # what the function prints must not mix with answers
    function = getattr(importlib.import_module(module), attribute)
    while True:
        try:
            item = _receive(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer = (True, function(item))
        except Exception as error:  # noqa: BLE001 - raised in the parent
            answer = (False, error)
        try:
            _send(answers, answer)
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            _send(answers, (False, RuntimeError(f"{name} answered with what cannot be pickled: {error}")))


def _send(stream: IO[bytes], value: Any) -> None:
    data = pickle.dumps(value)
    stream.write(HEAD.pack(len(data)) + data)
    stream.flush()


def _receive(stream: IO[bytes]) -> Any:
    head = stream.read(HEAD.size)
    if len(head) < HEAD.size:
        raise EOFError("the other process has ended")
    return pickle.loads(stream.read(HEAD.unpack(head)[0]))  # noqa: S301 - from our own child or parent
