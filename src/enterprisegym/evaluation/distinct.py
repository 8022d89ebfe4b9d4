"""Tasks that are too alike: the same situation twice, or prompts that say the same in nearly the same words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from enterprisegym.tasks import Task

SHINGLE = 3
ALIKE = 0.9
"""Jaccard similarity of the prompts' word triples, numbers and names included, from which they count as one."""


@dataclass(frozen=True)
class Alike:
    """Two tasks that say the same. `similarity` is that of their prompts."""

    kind: Literal["situation", "prompt"]
    first: str
    second: str
    similarity: float


def too_alike(splits: Mapping[str, Sequence[Task]]) -> list[Alike]:
    """Pairs of tasks, within and across splits, that share a situation of their family or nearly a whole prompt."""
    tasks = [task for split in splits.values() for task in split]
    found: list[Alike] = []
    by_situation: dict[tuple[object, ...], Task] = {}
    for task in tasks:
        if task.situation:
            key = (task.family, task.world.seed, task.world.scale, *sorted(task.situation.items()))
            if key in by_situation:
                found.append(Alike("situation", by_situation[key].id, task.id, 1.0))
            by_situation[key] = task
    shingles = {task.id: shingles_of(task.prompt) for task in tasks}
    holders: dict[str, list[str]] = defaultdict(list)
    for task in tasks:
        shared: dict[str, int] = defaultdict(int)
        mine = shingles[task.id]
        for shingle in mine:
            for other in holders[shingle]:
                shared[other] += 1
            holders[shingle].append(task.id)
        for other, common in shared.items():
            similarity = common / (len(mine) + len(shingles[other]) - common)
            if similarity >= ALIKE:
                found.append(Alike("prompt", other, task.id, round(similarity, 3)))
    return found


def shingles_of(text: str) -> frozenset[str]:
    """The word triples of a text in lower case; a shorter text is its own."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return frozenset(" ".join(words[n : n + SHINGLE]) for n in range(max(1, len(words) - SHINGLE + 1)))


def shared_families(seen: Iterable[Task], unseen: Iterable[Task]) -> set[str]:
    """Families that a split of unseen families has in common with others: none may be."""
    return {task.family for task in seen} & {task.family for task in unseen}
