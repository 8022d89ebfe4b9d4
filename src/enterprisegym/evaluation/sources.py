"""Where the facts of a solution come from: which of its calls are needed, and in which other order they could go."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from enterprisegym.rollout import CallRecord
from enterprisegym.tasks import Call, Task

TOKEN = re.compile(r"[a-z0-9]+(?:[-./_@+'][a-z0-9]+)*")
"""Ids, codes, addresses, amounts, days and words of a text in lower case."""
PAGING = frozenset({"offset", "limit"})


@dataclass(frozen=True)
class Step:
    """One accepted call of a solution. `changes`: it changes the world."""

    call: Call
    result: str
    changes: bool

    @cached_property
    def tokens(self) -> frozenset[str]:
        """What its result tells."""
        return frozenset(TOKEN.findall(self.result.lower()))

    @cached_property
    def asks(self) -> frozenset[str]:
        """Ids that its arguments name."""
        return frozenset(t.lower() for t in _strings(self.call.arguments) if "-" in t and " " not in t)

    @cached_property
    def query(self) -> str:
        """The call without its page."""
        rest = {name: value for name, value in self.call.arguments.items() if name not in PAGING}
        return f"{self.call.name} {json.dumps(rest, sort_keys=True)}"


def steps_of(calls: Sequence[CallRecord], changing: frozenset[str]) -> list[Step]:
    """The accepted calls of a record; `changing` names the tools that change the world."""
    return [
        Step(Call(name=c.name, arguments=c.arguments), json.dumps(c.result, ensure_ascii=False), c.name in changing)
        for c in calls
        if c.result is not None
    ]


def needed(task: Task, steps: Sequence[Step]) -> list[bool]:
    """For each step whether it is needed.

    A step is needed when it changes the world, when without it an id in a later argument has no earlier source, or a
    word, amount or day of the response or a row of the evidence none at all, or when it is one of several pages of a
    query: a count over pages has its source in all of them.
    """
    response = frozenset(TOKEN.findall(task.reference.response.lower()))
    evidence = frozenset(e.partition("/")[2].split(".")[0].lower() for c in task.criteria for e in c.evidence)
    told = task.prompt.lower()
    prompt = frozenset(TOKEN.findall(told))
    found: list[bool] = []
    for place, step in enumerate(steps):
        if step.changes:
            found.append(True)
            continue
        rest = [(n, s) for n, s in enumerate(steps) if n != place]
        alone = step.tokens - prompt.union(*(s.tokens for _, s in rest))
        asked = any(
            id in step.result.lower()
            and id not in told
            and not any(id in s.result.lower() for n, s in rest if n < later)
            for later in range(place + 1, len(steps))
            for id in steps[later].asks
        )
        paged = sum(s.query == step.query for s in steps) > 1
        found.append(paged or asked or bool(alone & (response | evidence)))
    return found


def another_order(task: Task, steps: Sequence[Step]) -> list[Call]:
    """The steps in the order that is farthest from theirs: each as early or late as its sources allow.

    A step comes after the first that told an id it names, changes keep their order, and pages of a query theirs.
    """
    told = task.prompt.lower()
    before: list[set[int]] = []
    last_change: int | None = None
    for place, step in enumerate(steps):
        sources = {
            next((n for n in range(place) if id in steps[n].result.lower()), -1) for id in step.asks if id not in told
        } - {-1}
        sources |= {n for n in range(place) if steps[n].query == step.query}
        if step.changes:
            sources |= {last_change} if last_change is not None else set[int]()
            last_change = place
        before.append(sources)
    order: list[int] = []
    rest = set(range(len(steps)))
    while rest:
        place = max(n for n in rest if before[n] <= set(order))
        order.append(place)
        rest.remove(place)
    return [steps[n].call for n in order]


def _strings(node: Any) -> list[str]:
    if isinstance(node, str):
        return [node]
    if isinstance(node, dict):
        return [text for value in cast(dict[str, Any], node).values() for text in _strings(value)]
    if isinstance(node, list):
        return [text for value in cast(list[Any], node) for text in _strings(value)]
    return []
