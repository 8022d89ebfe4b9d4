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
from enterprisegym.tasks import Reference, Task, WorldRef
from enterprisegym.tools import Toolbox
from enterprisegym.world import Clock, Diff, Fork, IntegrityError, Schema, WorldImage, WorldKey, open_image
from enterprisegym.world.image import Generated

ENTRY_POINTS = "enterprisegym.environments"
MAX_SEED = 2**31 - 1
MAX_SCALE = 100


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
class EnvironmentSpec:
    """All that an environment brings: content and functions over the engine.

    `audit` says in words which of the company's rules an outcome breaks. `twin` gives a task with one of its traps
    off. `entity_types` maps the name of a type to its table.
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
    load_split: Callable[[str], list[Task]]
    audit: Callable[[Task, Fork, Diff, Sequence[CallRecord]], list[str]]
    twin: Callable[[Task, str], Task]
    solve: Callable[[Task, Fork], Reference]


@dataclass
class Environment:
    """A loaded environment. Worlds and tasks are read once and kept."""

    spec: EnvironmentSpec
    cache: Path | None = None
    _worlds: dict[WorldKey, WorldImage] = field(default_factory=dict[WorldKey, WorldImage], repr=False)
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
        if not 0 <= seed <= MAX_SEED:
            raise UserError(f"seed {seed} is out of range; choose 0 to {MAX_SEED}")
        if not 1 <= scale <= MAX_SCALE:
            raise UserError(f"scale {scale} is out of range; choose 1 to {MAX_SCALE}")
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
            self._splits[split] = self.spec.load_split(split)
        return self._splits[split]

    def task(self, id: str) -> Task:
        """One task by its id, whatever its split."""
        found = {task.id: task for split in self.spec.splits for task in self.tasks(split)}
        if id not in found:
            raise UserError(f"{self.name} has no task {id!r}; {did_you_mean(id, found)}")
        return found[id]

    def image_of(self, ref: WorldRef) -> WorldImage:
        """The world that a task plays in; raises UserError when it is not the one the task was made for."""
        image = self.world(ref.seed, ref.scale, ref.traps)
        if ref.hash is not None and ref.hash != image.hash:
            raise UserError(
                f"the task was made for world {ref.hash[:12]}, this version builds {image.hash[:12]} (seed {ref.seed}, "
                f"scale {ref.scale}); use the version that exported the task"
            )
        return image

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
        """Begin a rollout of a task in a private world. `seed` is the rollout's own, for policies that draw."""
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
