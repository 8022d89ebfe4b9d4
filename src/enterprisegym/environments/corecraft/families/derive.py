"""From families to tasks: situations are chosen, worded and solved, and traps kept that prove to bite."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from enterprisegym.environment import Environment
from enterprisegym.environments.corecraft.agents import POLICIES, solve
from enterprisegym.environments.corecraft.families.family import Family, Situation
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.generate.draft import stream
from enterprisegym.environments.corecraft.generate.traps import TRAPS
from enterprisegym.errors import UserError
from enterprisegym.rollout import Limits, run_rollout
from enterprisegym.tasks import Reference, Task, WorldRef
from enterprisegym.world.schema import canonical_json

VERSION = "1"
TRAPPED_SHARE = 0.75
"""Of the tasks of a family in a world, as far as its situations allow."""
LIBRARY = frozenset({"searchPolicies", "searchKnowledgeBase"})
HARDER = 0.15
"""How much sooner a situation is drawn for each step of difficulty, as a share of the queue."""
TRIES = 3
"""Situations tried for each task that is wanted, before those whose traps do not bite are taken."""


class Deriver:
    """Derives tasks in the worlds of an environment; keeps the records of worlds it has read."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self._records: dict[tuple[int, int, tuple[str, ...]], Records] = {}

    def records(self, ref: WorldRef) -> Records:
        if ref.seed is None:
            raise UserError("the seed of a private world is not written into its tasks; give it to make their twins")
        key = (ref.seed, ref.scale, self.environment.resolve_traps(ref.traps))
        if key not in self._records:
            self._records[key] = Records(self.environment.world(*key))
        return self._records[key]

    def situations(self, family: Family, ref: WorldRef) -> list[Situation]:
        """Every situation of a family in a world, each key once."""
        found = family.find(self.records(ref), _stream(ref, "situations", family.name))
        return list({canonical_json(dict(s.key)): s for s in found}.values())

    def draw(self, family: Family, ref: WorldRef, count: int, difficulty: range = range(1, 6)) -> list[Task]:
        """Up to `count` tasks of a family in a world; most carry traps, of which many kinds; wordings take turns."""
        rest = [s for s in self.situations(family, ref) if s.difficulty in difficulty]
        rng = _stream(ref, "tasks", family.name)
        rest.sort(key=lambda s: rng.random() - HARDER * s.difficulty)
        wanted = round(count * TRAPPED_SHARE)
        used: Counter[str] = Counter()
        tasks: list[Task] = []
        toothless: list[Task] = []
        trapped = _by_trap(rest)
        for situation in trapped[: TRIES * count]:
            if len(tasks) < wanted:
                task = self.task(family, ref, situation, used)
                (tasks if task.traps else toothless).append(task)
        tried = {task.id for task in (*tasks, *toothless)}
        plain = [s for s in rest if not s.traps]
        for situation in (*plain, *(s for s in trapped if _task_id(family, ref, s.key) not in tried)):
            if len(tasks) < count - min(len(toothless), (count - wanted) // 2):
                tasks.append(self.task(family, ref, situation, used))
        return (tasks + toothless)[:count]

    def task(self, family: Family, ref: WorldRef, situation: Situation, used: Counter[str]) -> Task:
        """One task, with the traps that its probes prove, in a wording that was `used` least."""
        rng = _stream(ref, "wording", family.name, canonical_json(dict(situation.key)))
        wordings = family.wordings_for(situation)
        if not wordings:
            raise ValueError(f"family {family.name}: no wording fits {dict(situation.key)}")
        least = min(used[w.text] for w in wordings)
        wording = rng.choice([w for w in wordings if used[w.text] == least])
        used[wording.text] += 1
        records = self.records(ref)
        rubric = family.rubric(records, situation)
        main_level = situation.main_level or family.main_level
        task = Task(
            id=_task_id(family, ref, situation.key),
            family=family.name,
            title=family.title,
            category=family.category,
            mode=wording.mode,
            main_level=main_level,
            levels=tuple(dict.fromkeys((main_level, *family.levels))),
            difficulty=situation.difficulty,
            traps=situation.traps,
            world=WorldRef(seed=ref.seed, scale=ref.scale, traps=ref.traps, hash=records.hash),
            setup=situation.setup,
            system_prompt=wording.mode,
            prompt=wording.render(situation.given, rng),
            situation=dict(situation.key),
            given=dict(situation.given),
            criteria=tuple(rubric.criteria),
            near_misses=tuple(rubric.near_misses),
            reference=Reference(calls=(), response="-"),
        )
        task = self._with_library(self._solved(task), family)
        return task.model_copy(update={"traps": tuple(t for t in situation.traps if self.bites(task, family, t))})

    def twin(self, task: Task, family: Family, trap: str) -> Task:
        """The task in the world without one of its traps, its rubric and reference derived anew."""
        if trap not in task.traps:
            raise UserError(
                f"task {task.id} does not carry trap {trap!r}; it carries: {', '.join(task.traps) or 'none'}"
            )
        on = self.environment.resolve_traps(task.world.traps)
        ref = WorldRef(seed=task.world.seed, scale=task.world.scale, traps=tuple(t for t in on if t != trap))
        records = self.records(ref)
        situation = Situation(key=task.situation, given=task.given, difficulty=task.difficulty, setup=task.setup)
        rubric = family.rubric(records, situation)
        twin = task.model_copy(
            update={
                "id": f"{task.id}.without.{trap}",
                "traps": tuple(t for t in task.traps if t != trap),
                "world": ref.model_copy(update={"hash": records.hash}),
                "criteria": tuple(rubric.criteria),
                "near_misses": tuple(rubric.near_misses),
            }
        )
        return self._with_library(self._solved(twin), family)

    def bites(self, task: Task, family: Family, trap: str) -> bool:
        """Whether the trap's probe fails the task and passes its twin, which a skilled worker passes too."""
        probe = TRAPS[trap].probe
        if self.passes(task, probe):
            return False
        twin = self.twin(task, family, trap)
        return self.passes(twin, "worker") and self.passes(twin, probe)

    def passes(self, task: Task, policy: str) -> bool:
        """Whether a scripted policy earns every criterion that has a check."""

        async def run() -> bool:
            with await self.environment.start(task) as rollout:
                record = await run_rollout(rollout, POLICIES[policy].factory(task, 0), Limits())
            return record.passed_as_far_as_checked

        return asyncio.run(run())

    def _with_library(self, task: Task, family: Family) -> Task:
        """The policies and articles that the reference has consulted become evidence of what is correct."""
        if not family.rests_on:
            return task
        seen = ""
        with self.environment.fork_for(task) as fork:
            for call in task.reference.calls:
                if call.name in LIBRARY:
                    seen += json.dumps(self.environment.toolbox.call(fork, call.name, call.arguments))
        tables = {"pol": "company_policies", "kb": "kb_articles", "sla": "slas"}
        named = [f"{tables[id.partition('-')[0]]}/{id}" for id in family.rests_on if f'"{id}"' in seen]
        place = next((n for n, c in enumerate(task.criteria) if c.kind == "correctness"), 0)
        main = task.criteria[place]
        main = main.model_copy(update={"evidence": tuple(dict.fromkeys((*main.evidence, *named)))})
        return task.model_copy(update={"criteria": (*task.criteria[:place], main, *task.criteria[place + 1 :])})

    def _solved(self, task: Task) -> Task:
        with self.environment.fork_for(task) as fork:
            try:
                reference = solve(task, fork)
            except Exception as error:
                raise RuntimeError(f"family {task.family}, {task.situation}: the plan fails: {error!r}") from error
        return task.model_copy(update={"reference": reference})


def _stream(ref: WorldRef, *names: str) -> random.Random:
    return stream(ref.seed or 0, *names, ref.scale)


def _task_id(family: Family, ref: WorldRef, key: Mapping[str, Any]) -> str:
    text = canonical_json([VERSION, ref.seed, ref.scale, family.name, dict(key)])
    return f"t-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def _by_trap(situations: Iterable[Situation]) -> list[Situation]:
    """Those with traps, each trap in turn, so that rare traps come as often as common ones."""
    rest = [s for s in situations if s.traps]
    ordered: list[Situation] = []
    while rest:
        for trap in sorted({trap for s in rest for trap in s.traps}):
            found = next((s for s in rest if trap in s.traps), None)
            if found is not None:
                rest.remove(found)
                ordered.append(found)
    return ordered
