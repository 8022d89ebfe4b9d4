"""`make("corecraft")`: an environment by name, and the rollouts that it starts."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from enterprisegym.errors import UserError, did_you_mean
from enterprisegym.grading import grade, grader_hash
from enterprisegym.rollout import CallRecord, PolicyFactory, Rollout
from enterprisegym.tasks import MAX_WORLD_SEED, Reference, Task, WorldRef
from enterprisegym.tools import Toolbox
from enterprisegym.world import Clock, Diff, Fork, IntegrityError, Schema, WorldImage, WorldKey, open_image
from enterprisegym.world.image import Generated, find_image

ENTRY_POINTS = "enterprisegym.environments"
MAX_SEED = 2**31 - 1
MAX_SCALE = 100
TWIN = ".without."
"""Between a task's id and the trap that is off in its twin."""


@dataclass(frozen=True)
class TrapInfo:
    """A switch of the generator: the noise it puts into the world and the probe that falls for it."""

    name: str
    title: str
    level: str
    story: str
    probe: str


@dataclass(frozen=True)
class PolicyInfo:
    """A scripted policy that comes with an environment. `kind` is reference, floor or probe."""

    name: str
    kind: str
    summary: str
    factory: PolicyFactory


@dataclass(frozen=True)
class FamilyInfo:
    """A family of generated tasks; `unseen` ones are kept out of training."""

    name: str
    title: str
    category: str
    unseen: bool


@dataclass(frozen=True)
class EnvironmentSpec:
    """All that an environment brings: content and functions over the engine.

    `audit` says in words which of the company's rules an outcome breaks, `lint` what is wrong with a task's prompt.
    `load_split` builds a generated split on first use; `split_of` knows the split of a task id without that.
    `twin` gives a task with one of its traps off. `derive` makes up to so many tasks of a family in a world.
    `pinned` are the content hashes of tasks by split and id that the repository vouches for, `pin` writes them.
    `entity_types` maps the name of a type to its table, `task_template` is the text that a new task starts from.
    """

    name: str
    title: str
    version: str
    schema_sql: str
    clock: Clock
    toolbox: Toolbox
    entity_types: Mapping[str, str]
    traps: Mapping[str, TrapInfo]
    system_prompts: Mapping[str, str]
    policies: Mapping[str, PolicyInfo]
    splits: Sequence[str]
    generate: Callable[[int, int, Collection[str]], Generated]
    load_split: Callable[[Environment, str], list[Task]]
    split_of: Callable[[str], str | None]
    families: Callable[[], Sequence[FamilyInfo]]
    derive: Callable[[Environment, str, WorldRef, int, range], list[Task]]
    lint: Callable[[Task, Fork], list[str]]
    pinned: Callable[[], Mapping[str, Mapping[str, str]]]
    pin: Callable[[Mapping[str, Sequence[Task]]], None]
    task_template: str
    audit: Callable[[Task, Fork, Diff, Sequence[CallRecord]], list[str]]
    twin: Callable[[Environment, Task, str], Task]
    solve: Callable[[Task, Fork], Reference]


@dataclass
class Environment:
    """A loaded environment. Worlds and tasks are read once and kept; `memory` is the spec's own."""

    spec: EnvironmentSpec
    cache: Path | None = None
    _worlds: dict[WorldKey, WorldImage] = field(default_factory=dict[WorldKey, WorldImage], repr=False)
    memory: dict[str, Any] = field(default_factory=dict[str, Any], repr=False)
    _splits: dict[str, list[Task]] = field(default_factory=dict[str, list[Task]], repr=False)

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def toolbox(self) -> Toolbox:
        return self.spec.toolbox

    @cached_property
    def schema(self) -> Schema:
        return Schema.parse(self.spec.schema_sql)

    def resolve_traps(self, traps: str | Collection[str]) -> tuple[str, ...]:
        """Trap names from "all", "none" or a collection; raises UserError for an unknown one."""
        if isinstance(traps, str):
            if traps == "all":
                return tuple(sorted(self.spec.traps))
            traps = [] if traps == "none" else [part.strip() for part in traps.split(",") if part.strip()]
        for name in traps:
            if name not in self.spec.traps:
                raise UserError(f"{self.name} has no trap {name!r}; {did_you_mean(name, self.spec.traps)}")
        return tuple(sorted(set(traps)))

    def world(self, seed: int = 1, scale: int = 1, traps: str | Collection[str] = "all") -> WorldImage:
        """The image of a world, built on first use. Raises UserError for values out of range or an unwritable cache."""
        _check_range("seed", seed, 0, MAX_WORLD_SEED)
        _check_range("scale", scale, 1, MAX_SCALE)
        names = self.resolve_traps(traps)
        key = WorldKey(self.name, seed, scale, names, self.spec.version)
        if key not in self._worlds:
            self._worlds[key] = open_image(
                key, self.schema, self.spec.clock, lambda: self.spec.generate(seed, scale, names), self.cache
            )
        return self._worlds[key]

    def tasks(self, split: str = "expert") -> list[Task]:
        """The tasks of a split, in a fixed order."""
        if split not in self.spec.splits:
            raise UserError(f"{self.name} has no split {split!r}; {did_you_mean(split, self.spec.splits)}")
        if split not in self._splits:
            self._splits[split] = self.spec.load_split(self, split)
        return self._splits[split]

    def task(self, id: str) -> Task:
        """One task by its id, whatever its split; `ID.without.TRAP` is its twin. Raises UserError for an unknown id."""
        base, _, trap = id.partition(TWIN)
        split = self.spec.split_of(base)
        found = {task.id: task for task in self.tasks(split)} if split is not None else {}
        if base not in found:
            known = [task.id for tasks in self._splits.values() for task in tasks] or ["`egym tasks list --split ...`"]
            raise UserError(f"{self.name} has no task {base!r}; {did_you_mean(base, known)}")
        return self.twin(found[base], trap) if trap else found[base]

    def twin(self, task: Task, trap: str) -> Task:
        """The task in the world without one of its traps. Raises UserError for a trap that it does not carry."""
        if trap not in task.traps:
            raise UserError(
                f"task {task.id} does not carry trap {trap!r}; it carries: {', '.join(task.traps) or 'none'}"
            )
        return self.spec.twin(self, task, trap)

    def derive(self, family: str, ref: WorldRef, count: int, difficulty: range = range(1, 6)) -> list[Task]:
        """Up to `count` tasks of a family in a world. Raises UserError for an unknown family."""
        names = [info.name for info in self.spec.families()]
        if family not in names:
            raise UserError(f"{self.name} has no family {family!r}; {did_you_mean(family, names)}")
        return self.spec.derive(self, family, ref, count, difficulty)

    def image_of(self, ref: WorldRef) -> WorldImage:
        """The world that a task plays in; raises UserError when it is not the one the task was made for."""
        if ref.seed is None:
            return self._image_by_hash(ref)
        image = self.world(ref.seed, ref.scale, ref.traps)
        if ref.hash is not None and ref.hash != image.hash:
            raise UserError(
                f"the task was made for world {ref.hash[:12]}, this version builds {image.hash[:12]} (seed {ref.seed}, "
                f"scale {ref.scale}); use the version that exported the task"
            )
        return image

    def _image_by_hash(self, ref: WorldRef) -> WorldImage:
        known = {image.hash: image for image in self._worlds.values()}
        if ref.hash not in known:
            found = find_image(ref.hash or "", self.name, self.schema, self.spec.clock, self.cache)
            if found is None:
                raise UserError(
                    f"the world {(ref.hash or '?')[:12]} of a private task is not in the cache; make it again with "
                    "`egym tasks generate` and the secret seed of these tasks"
                )
            self._worlds[found.key] = found
            return found
        return known[ref.hash]

    def fork_for(self, task: Task) -> Fork:
        """A fresh fork of the task's world with the task's edits planted."""
        fork = self.image_of(task.world).fork()
        try:
            with fork.transaction():
                for edit in task.setup:
                    if edit.insert is not None:
                        fork.insert(edit.table, edit.insert)
                    else:
                        fork.update(edit.table, edit.id or "", edit.set or {})
        except IntegrityError as error:
            fork.close()
            raise UserError(f"task {task.id}: its setup does not fit its world: {error}") from error
        fork.start_here()
        return fork

    async def start(self, task: Task | str, seed: int = 0) -> Rollout:
        """Begin a rollout of a task in a private world. `seed` is the rollout's own, for policies that draw.

        Raises UserError for an unknown task or a seed out of range.
        """
        _check_range("seed", seed, 0, MAX_SEED)
        if isinstance(task, str):
            task = self.task(task)
        prompt = self.spec.system_prompts.get(task.system_prompt)
        if prompt is None:
            raise UserError(
                f"task {task.id}: no system prompt {task.system_prompt!r}; "
                f"{did_you_mean(task.system_prompt, self.spec.system_prompts)}"
            )
        return Rollout(
            task=task,
            system_prompt=prompt,
            world=self.fork_for(task),
            toolbox=self.spec.toolbox,
            grader=grade,
            grader_hash=grader_hash(),
            seed=seed,
        )


def _check_range(name: str, value: object, least: int, most: int) -> None:
    if not isinstance(value, int) or not least <= value <= most:
        raise UserError(f"{name} {value!r} is out of range; choose a whole number from {least} to {most}")


def available() -> list[str]:
    """Names that `make` knows: environments in this package and those of installed packages."""
    package = importlib.import_module("enterprisegym.environments")
    inside = [module.name for module in pkgutil.iter_modules(package.__path__)]
    return sorted({*inside, *(point.name for point in entry_points(group=ENTRY_POINTS))})


def make(name: str, *, cache: Path | None = None) -> Environment:
    """An environment by name; raises UserError for an unknown one.

    `cache` is where worlds are kept: `$EGYM_CACHE`, or the user's cache folder, unless given.
    """
    if name not in available():
        raise UserError(f"there is no environment {name!r}; {did_you_mean(name, available())}")
    points = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
    module: Any = (
        points[name].load() if name in points else importlib.import_module(f"enterprisegym.environments.{name}.spec")
    )
    spec: EnvironmentSpec = module.SPEC
    return Environment(spec, cache)
