"""From families to tasks: situations are chosen, worded and solved, and traps kept that prove to bite."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from enterprisegym.environment import Environment
from enterprisegym.environments.corecraft.agents import POLICIES, solve
from enterprisegym.environments.corecraft.families.family import Family, Situation, Wording
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


class Deriver:
    """Derives tasks in the worlds of an environment; keeps the records of worlds it has read."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self._records: dict[tuple[int, int, tuple[str, ...]], Records] = {}

    def records(self, ref: WorldRef) -> Records:
        traps = self.environment.resolve_traps(ref.traps)
        key = (ref.seed, ref.scale, traps)
        if key not in self._records:
            self._records[key] = Records(self.environment.world(*key))
        return self._records[key]

    def situations(self, family: Family, ref: WorldRef) -> list[Situation]:
        """Every situation of a family in a world, each key once."""
        found = family.find(self.records(ref), stream(ref.seed, "situations", family.name, ref.scale))
        return list({canonical_json(dict(s.key)): s for s in found}.values())

    def draw(
        self, family: Family, ref: WorldRef, count: int, difficulty: range = range(1, 6), check_traps: bool = True
    ) -> list[Task]:
        """Up to `count` tasks of a family in a world, most of them with traps; wordings take turns."""
        rng = stream(ref.seed, "tasks", family.name, ref.scale)
        rest = [s for s in self.situations(family, ref) if s.difficulty in difficulty]
        rng.shuffle(rest)
        used: Counter[str] = Counter()
        tasks: list[Task] = []
        for situation in _spread(rest, count):
            wordings = family.wordings_for(situation)
            if not wordings:
                raise ValueError(f"family {family.name}: no wording fits {dict(situation.key)}")
            least = min(used[w.text] for w in wordings)
            wording = rng.choice([w for w in wordings if used[w.text] == least])
            used[wording.text] += 1
            tasks.append(self.task(family, ref, situation, wording, rng, check_traps))
        return tasks

    def task(
        self,
        family: Family,
        ref: WorldRef,
        situation: Situation,
        wording: Wording,
        rng: random.Random,
        check_traps: bool = True,
    ) -> Task:
        """One task, with the traps that its probes prove."""
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
        task = self._solved(task)
        if not check_traps:
            return task
        return task.model_copy(update={"traps": tuple(t for t in situation.traps if self.bites(task, t))})

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
        return self._solved(twin)

    def bites(self, task: Task, trap: str) -> bool:
        """Whether the trap's probe fails the task, and passes it with the trap off, where a skilled worker passes too."""
        from enterprisegym.environments.corecraft.families import families

        probe = TRAPS[trap].probe
        if self.passes(task, probe):
            return False
        twin = self.twin(task, families()[task.family], trap)
        return self.passes(twin, "worker") and self.passes(twin, probe)

    def passes(self, task: Task, policy: str) -> bool:
        """Whether a scripted policy earns every criterion that has a check."""

        async def run() -> bool:
            with await self.environment.start(task) as rollout:
                record = await run_rollout(rollout, POLICIES[policy].factory(task, 0), Limits())
            return record.passed_as_far_as_checked

        return asyncio.run(run())

    def _solved(self, task: Task) -> Task:
        with self.environment.fork_for(task) as fork:
            try:
                reference = solve(task, fork)
            except Exception as error:
                raise RuntimeError(f"family {task.family}, {task.situation}: the plan fails: {error!r}") from error
        return task.model_copy(update={"reference": reference})


def _task_id(family: Family, ref: WorldRef, key: Mapping[str, Any]) -> str:
    text = canonical_json([VERSION, ref.seed, ref.scale, family.name, dict(key)])
    return f"t-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def _spread(situations: Iterable[Situation], count: int) -> list[Situation]:
    """The share of trapped ones that is wanted, rare traps first; the others fill up."""
    rest = list(situations)
    common = Counter(trap for s in rest for trap in s.traps)
    trapped = sorted((s for s in rest if s.traps), key=lambda s: min(common[t] for t in s.traps))
    plain = [s for s in rest if not s.traps]
    wanted = max(round(count * TRAPPED_SHARE), count - len(plain))
    chosen = trapped[:wanted]
    return (chosen + plain)[:count]
