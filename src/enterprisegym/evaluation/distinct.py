"""Tasks that are too alike: the same situation twice, or prompts that say the same in nearly the same words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from enterprisegym.tasks import Task
from enterprisegym.tasks.alike import ALIKE, shingles_of


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


def shared_families(seen: Iterable[Task], unseen: Iterable[Task]) -> set[str]:
    """Families that a split of unseen families has in common with others: none may be."""
    return {task.family for task in seen} & {task.family for task in unseen}
