"""The suite: the splits `train`, `heldout` and `unseen`, drawn from the families in worlds of their own."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from enterprisegym.environment import Environment, make
from enterprisegym.environments.corecraft.families.derive import VERSION, Deriver
from enterprisegym.environments.corecraft.families.family import Family, Situation
from enterprisegym.environments.corecraft.generate.draft import stream
from enterprisegym.errors import UserError
from enterprisegym.evaluation.soundness import certify_all
from enterprisegym.grading import grader_hash
from enterprisegym.parallel import parallel_map
from enterprisegym.tasks import Category, Task, WorldRef
from enterprisegym.tasks.alike import ALIKE, likeness, shingles_of
from enterprisegym.tasks.store import read_split, task_hash, write_split
from enterprisegym.world.image import default_cache, lock, warn

SEED = 20
"""Of the choice of tasks: which are held out, and who gets one more."""
SEEN_WORLDS = (21, 22, 23, 24)
UNSEEN_WORLDS = (25,)
SIZES: Mapping[str, int] = {"train": 1000, "heldout": 150, "unseen": 96}
SHARES: Mapping[Category, int] = {"retrieval": 22, "communication": 26, "reasoning": 23, "workflow": 29}
"""Percent of the tasks by category; within one, families have equal shares."""
REWORDINGS = 40
"""Tries a wording when a prompt is too much like another."""
MANIFEST = Path(__file__).parent / "manifest.json"
ROOT = Path(__file__).parent.parent


Name = TypeVar("Name", bound=str)


@dataclass(frozen=True)
class Job:
    """Draw so many tasks of a family in a world."""

    family: str
    seed: int
    count: int


def load(environment: Environment, split: str) -> list[Task]:
    """A split from the cache, built when it is not there. Raises UserError for a cache that cannot be written."""
    folder = (environment.cache or default_cache()) / "suites" / f"corecraft-{VERSION}-{source_digest()}"
    found = read_split(folder / f"{split}.jsonl")
    if found is not None:
        return found
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with lock(folder / "lock"):
            found = read_split(folder / f"{split}.jsonl")
            if found is None:
                if (folder / f"{split}.jsonl").exists():
                    warn(f"cached split {folder / split}.jsonl is damaged; building it again")
                built = build(environment)
                for name, tasks in built.items():
                    write_split(folder / f"{name}.jsonl", tasks)
                found = built[split]
    except OSError as error:
        raise UserError(
            f"cannot write the task cache {folder}: {error.strerror or error}; set EGYM_CACHE to a writable folder"
        ) from error
    return found


def build(environment: Environment, processes: int | None = None) -> dict[str, list[Task]]:
    """All splits of the suite, in several processes."""
    from enterprisegym.environments.corecraft.families import families

    seen = [f for f in families().values() if not f.unseen]
    unseen = [f for f in families().values() if f.unseen]
    both = _drawn(environment, _jobs(seen, SEEN_WORLDS, SIZES["train"] + SIZES["heldout"]), processes)
    new = _drawn(environment, _even(unseen, UNSEEN_WORLDS, SIZES["unseen"], "unseen"), processes)
    train, heldout = _divide(both)
    return {"train": train, "heldout": heldout, "unseen": sorted(new, key=lambda t: t.id)}


def manifest(splits: Mapping[str, Sequence[Task]]) -> dict[str, Any]:
    """What pins the suite: the hashes of its worlds, and of every task by id."""
    worlds = {str(t.world.seed): t.world.hash for tasks in splits.values() for t in tasks}
    return {
        "version": VERSION,
        "worlds": dict(sorted(worlds.items())),
        "splits": {name: {t.id: task_hash(t) for t in tasks} for name, tasks in splits.items()},
    }


def write_manifest(splits: Mapping[str, Sequence[Task]]) -> None:
    """Pin the splits in the repository."""
    MANIFEST.write_text(json.dumps(manifest(splits), indent=1) + "\n", encoding="utf-8")


def read_manifest() -> dict[str, Any]:
    """The manifest in the repository; raises FileNotFoundError before the first `egym tasks build --pin`."""
    return json.loads(MANIFEST.read_text(encoding="utf-8"))


@cache
def source_digest() -> str:
    """A digest of all that a task depends on: content, generator, tools, agents, families, and the grader."""
    digest = hashlib.sha256(grader_hash().encode())
    for path in sorted(p for p in ROOT.rglob("*") if p.suffix in (".py", ".yaml", ".sql", ".md")):
        name = str(path.relative_to(ROOT))
        if not name.startswith("expert/"):
            digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _jobs(families: Sequence[Family], seeds: Sequence[int], total: int) -> list[Job]:
    """Each category's share, by weight over its families, evenly over worlds; first come gets one more."""
    shares = _rounded({c: total * percent / 100 for c, percent in SHARES.items()})
    return [
        job for c, share in shares.items() for job in _even([f for f in families if f.category == c], seeds, share, c)
    ]


def _even(families: Sequence[Family], seeds: Sequence[int], share: int, name: str) -> list[Job]:
    """A share by weight over families, evenly over worlds; who is first in a random order named so gets one more."""
    jobs: list[Job] = []
    places = [(f.name, seed) for f in families for seed in seeds for _ in range(f.weight)]
    if places:
        stream(SEED, "shares", name, len(seeds)).shuffle(places)
        each, more = divmod(share, len(places))
        counts: Counter[tuple[str, int]] = Counter()
        for n, place in enumerate(places):
            counts[place] += each + (n < more)
        jobs += [Job(name, seed, n) for (name, seed), n in counts.items()]
    return jobs


def _rounded(shares: Mapping[Name, float]) -> dict[Name, int]:
    """Whole numbers of the same sum, each next to its share."""
    whole = {name: int(share) for name, share in shares.items()}
    missing = round(sum(shares.values())) - sum(whole.values())
    for name in sorted(shares, key=lambda n: whole[n] - shares[n])[:missing]:
        whole[name] += 1
    return whole


def _divide(tasks: Sequence[Task]) -> tuple[list[Task], list[Task]]:
    """`train` and `heldout`: within each family, the held-out ones are drawn at random."""
    rng = stream(SEED, "heldout")
    by_family: dict[str, list[Task]] = {}
    for task in sorted(tasks, key=lambda t: t.id):
        by_family.setdefault(task.family, []).append(task)
    shares = {name: len(found) * SIZES["heldout"] / len(tasks) for name, found in by_family.items()}
    heldout = {t.id for name, n in _rounded(shares).items() for t in rng.sample(by_family[name], n)}
    ordered = sorted(tasks, key=lambda t: t.id)
    return [t for t in ordered if t.id not in heldout], [t for t in ordered if t.id in heldout]


def _drawn(environment: Environment, jobs: Sequence[Job], processes: int | None) -> list[Task]:
    work = [(environment.cache, job) for job in sorted(jobs, key=lambda j: (j.seed, j.family))]
    found = parallel_map(draw_job, work, processes or os.cpu_count() or 1)
    return reworded([Task.model_validate_json(line) for lines in found for line in lines])


def reworded(tasks: Sequence[Task]) -> list[Task]:
    """The tasks, of which those whose prompts are nearly the same as an earlier one of the family ask in other words."""
    taken: dict[str, list[frozenset[str]]] = {}
    found: list[Task] = []
    for task in tasks:
        others = taken.setdefault(task.family, [])
        if likeness(task.prompt, others) >= ALIKE:
            task = task.model_copy(update={"prompt": min(_other_words(task), key=lambda p: likeness(p, others))})
        others.append(shingles_of(task.prompt))
        found.append(task)
    return found


def _other_words(task: Task) -> list[str]:
    """Ways to ask the same in the same mode."""
    from enterprisegym.environments.corecraft.families import family_named

    family = family_named(task.family)
    assert family is not None
    rng = stream(SEED, "reworded", task.id)
    asked = Situation(key=task.situation, given=task.given, mode=task.mode)
    return [w.render(task.given, rng) for w in family.wordings_for(asked) for _ in range(REWORDINGS)]


_DERIVERS: dict[int, Deriver] = {}


def draw_job(work: tuple[Path | None, Job]) -> list[str]:
    """The tasks of one job as JSON lines, in a process of its own; `work` names the cache too."""
    from enterprisegym.environments.corecraft.families import family_named

    folder, job = work
    if job.seed not in _DERIVERS:
        _DERIVERS.clear()  # the records of one seed's worlds are enough to hold
        _DERIVERS[job.seed] = Deriver(make("corecraft", cache=folder))
    ref = WorldRef(seed=job.seed, scale=1, traps="all")
    family = family_named(job.family)
    assert family is not None
    return [task.model_dump_json() for task in sound_tasks(_DERIVERS[job.seed], family, ref, job.count)]


def sound_tasks(deriver: Deriver, family: Family, ref: WorldRef, count: int) -> list[Task]:
    """So many certified tasks of a family in a world; one that is not sound gives way to another.

    Raises RuntimeError when the world does not have so many.
    """
    wanted = count
    while True:
        tasks = deriver.draw(family, ref, wanted)
        certificates = certify_all(deriver.environment, tasks)
        sound = [task for task, certificate in zip(tasks, certificates, strict=True) if certificate.sound]
        if len(sound) >= count:
            return sound[:count]
        if len(tasks) < wanted:
            problems = [problem for c in certificates for problem in c.problems][:3]
            raise RuntimeError(
                f"family {family.name} has {len(sound)} sound tasks in world {ref.seed}, {count} are wanted: {problems}"
            )
        wanted += count - len(sound)
