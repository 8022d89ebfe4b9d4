"""`egym tasks ...`: read tasks, count them, and prove that they are sound."""

from __future__ import annotations

import json as json_module
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.panel import Panel

from enterprisegym.cli.output import EnvironmentName, JsonFlag, console, print_json, print_table
from enterprisegym.environment import TWIN, Environment, make
from enterprisegym.errors import UserError
from enterprisegym.evaluation.distinct import shared_families, too_alike
from enterprisegym.evaluation.soundness import certify_all, needed_calls
from enterprisegym.tasks import Task, load_task, task_hash, write_tasks

app = typer.Typer(no_args_is_help=True, help="Read tasks and prove that they are sound.")

Split = Annotated[str, typer.Option(help="Which split.")]
AnySplit = Annotated[str | None, typer.Option(help="Only this split.")]
Jobs = Annotated[int | None, typer.Option(min=1, help="Processes; as many as there are cores unless given.")]
TaskId = Annotated[str, typer.Argument(help="A task id, or the path of a task file.")]


def find_task(environment: Environment, name: str) -> Task:
    """A task by id, or from a file when the name is a path."""
    return load_task(Path(name)) if name.endswith((".yaml", ".yml", ".json")) else environment.task(name)


@app.command("list")
def list_tasks(
    environment: EnvironmentName = "corecraft",
    split: Split = "expert",
    family: Annotated[str | None, typer.Option(help="Only those of this family.")] = None,
    json: JsonFlag = False,
) -> None:
    """List the tasks of a split."""
    tasks = [t for t in make(environment).tasks(split) if family in (None, t.family)]
    if json:
        print_json(
            [t.model_dump(mode="json", include={"id", "family", "title", "category", "mode", "traps"}) for t in tasks]
        )
        return
    print_table(
        ("task", "category", "mode", "main hurdle", "criteria", "calls", "title"),
        [(t.id, t.category, t.mode, t.main_level, len(t.criteria), len(t.reference.calls), t.title) for t in tasks],
    )


@app.command()
def show(task_id: TaskId, environment: EnvironmentName = "corecraft", json: JsonFlag = False) -> None:
    """Show a task in full: prompt, criteria, reference, near misses."""
    task = find_task(make(environment), task_id)
    if json:
        print_json(task.model_dump(mode="json", exclude_none=True))
    else:
        print_task(task)


def print_task(task: Task) -> None:
    """A task as its author reads it."""
    head = f"{task.category}, {task.mode}, main hurdle {task.main_level}, difficulty {task.difficulty}"
    console.print(Panel(escape(task.prompt), title=f"{task.id}: {escape(task.title)}", subtitle=head))
    console.print(f"traps: {', '.join(task.traps) or 'none'}; world: seed {task.world.seed}, scale {task.world.scale}")
    print_table(
        ("criterion", "kind", "assertion", "check"),
        [(c.id, c.kind, c.assertion, c.check.check if c.check else "judge") for c in task.criteria],
    )
    for number, call in enumerate(task.reference.calls, start=1):
        console.print(
            escape(f"{number:2}. {call.name} {json_module.dumps(call.arguments, ensure_ascii=False)}"), soft_wrap=True
        )
    console.print(Panel(escape(task.reference.response), title="reference response"))
    print_table(("near miss", "fails", "why"), [(m.id, ", ".join(m.fails), m.why) for m in task.near_misses])


@app.command()
def stats(environment: EnvironmentName = "corecraft", split: AnySplit = None, json: JsonFlag = False) -> None:
    """Count tasks by split, category, level, mode and trap; of calls, those that are needed count."""
    env = make(environment)
    names = [split] if split else list(env.spec.splits)
    data = {"splits": {name: split_stats(env, env.tasks(name)) for name in names}}
    if json:
        print_json(data)
        return
    for name, found in data["splits"].items():
        print_table((name, ""), [(key, value) for key, value in found.items()])


def split_stats(environment: Environment, tasks: list[Task]) -> dict[str, Any]:
    """The spread of a split over all that tasks are sorted by."""
    change = {t.name for t in environment.toolbox if t.kind == "change"}
    calls = [len(t.reference.calls) for t in tasks]
    needed = needed_calls(environment, tasks)
    return {
        "tasks": len(tasks),
        "families": len({t.family for t in tasks}),
        "by_category": _counts(t.category for t in tasks),
        "by_level": _counts(t.main_level for t in tasks),
        "by_mode": _counts(t.mode for t in tasks),
        "by_difficulty": _counts(str(t.difficulty) for t in tasks),
        "by_trap": _counts(trap for t in tasks for trap in t.traps),
        "changing": sum(any(c.name in change for c in t.reference.calls) for t in tasks),
        "with_trap": sum(bool(t.traps) for t in tasks),
        "calls_median": median(calls) if calls else 0,
        "calls_most": max(calls, default=0),
        "calls_10_plus": sum(n >= 10 for n in needed),
        "criteria_median": median(len(t.criteria) for t in tasks) if tasks else 0,
        "criteria_with_check": sum(c.check is not None for t in tasks for c in t.criteria),
        "with_judged_criteria": sum(any(c.check is None for c in t.criteria) for t in tasks),
    }


def _counts(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


@app.command()
def verify(
    files: Annotated[list[Path] | None, typer.Argument(help="Task files to check instead of a split.")] = None,
    environment: EnvironmentName = "corecraft",
    split: Split = "expert",
    every: Annotated[bool, typer.Option("--all", help="All splits, and that no two tasks are too alike.")] = False,
    jobs: Jobs = None,
    json: JsonFlag = False,
) -> None:
    """Prove that tasks are sound: the reference passes, doing nothing does not, each criterion can fail."""
    env = make(environment)
    unsound: list[dict[str, str]] = []
    splits: dict[str, list[Task]] = {}
    if files:
        tasks, unsound = read_files(files)
    else:
        splits = {name: env.tasks(name) for name in (env.spec.splits if every else (split,))}
        tasks = [task for found in splits.values() for task in found]
    certificates = certify_all(env, tasks, jobs or os.cpu_count() or 1)
    total = len(certificates) + len(unsound)
    unsound += [{"id": c.task_id, "why": "; ".join(c.problems)} for c in certificates if not c.sound]
    if every:
        unsound += _not_distinct(splits)
    data = {
        "tasks": total,
        "sound": sum(c.sound for c in certificates),
        "references": sum(c.sound for c in certificates),
        "near_misses": sum(c.near_misses for c in certificates),
        "criteria": sum(c.criteria for c in certificates),
        "checked": sum(c.checked for c in certificates),
        "killed": sum(c.killed for c in certificates),
        "unsound": unsound,
    }
    if json:
        print_json(data)
    else:
        for entry in unsound:
            console.print(f"[red]{escape(entry['id'])}[/red] {escape(entry['why'])}", soft_wrap=True)
        console.print(
            f"{data['sound']} of {data['tasks']} tasks are sound: {data['near_misses']} near misses, "
            f"{data['killed']} of {data['checked']} criteria killed"
        )
    if unsound:
        raise typer.Exit(1)


def read_files(files: Iterable[Path]) -> tuple[list[Task], list[dict[str, str]]]:
    """The tasks of files and folders, and what is wrong with those that cannot be read."""
    tasks: list[Task] = []
    unreadable: list[dict[str, str]] = []
    for path in files:
        for file in sorted(path.glob("*.json")) + sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
            try:
                tasks.append(load_task(file))
            except UserError as error:
                unreadable.append({"id": str(file), "why": str(error)})
    return tasks, unreadable


def _not_distinct(splits: dict[str, list[Task]]) -> list[dict[str, str]]:
    found = [
        {"id": pair.second, "why": f"its {pair.kind} is that of {pair.first} ({pair.similarity:.0%} alike)"}
        for pair in too_alike(splits)
    ]
    seen = [task for name in ("train", "heldout") for task in splits.get(name, ())]
    shared = sorted(shared_families(seen, splits.get("unseen", ())))
    return found + [{"id": name, "why": "a family of `unseen` that `train` or `heldout` has too"} for name in shared]


@app.command()
def twin(
    task_id: TaskId,
    without: Annotated[str, typer.Option(help="The trap to switch off.")],
    environment: EnvironmentName = "corecraft",
    json: JsonFlag = False,
) -> None:
    """The same task in the world without one of its traps, and whether it is sound."""
    env = make(environment)
    found = env.task(f"{task_id}{TWIN}{without}")
    if json:
        print_json(found.model_dump(mode="json", exclude_none=True))
        return
    certificate = certify_all(env, [found])[0]
    print_task(found)
    console.print("sound" if certificate.sound else "; ".join(certificate.problems), markup=False)


@app.command()
def export(
    out: Annotated[Path, typer.Argument(help="The folder; one JSON file a task.")],
    environment: EnvironmentName = "corecraft",
    split: Split = "expert",
    references: Annotated[bool, typer.Option(help="With references and near misses.")] = True,
) -> None:
    """Write a split as JSON files with a canary string and the suite's version."""
    env = make(environment)
    written = write_tasks(out / split, env.tasks(split), suite=f"{env.name} {env.spec.version}", references=references)
    console.print(f"{written} tasks in {out / split}", markup=False)


@app.command()
def build(
    environment: EnvironmentName = "corecraft",
    pin: Annotated[bool, typer.Option("--pin", help="Write the manifest that pins ids and contents.")] = False,
) -> None:
    """Build the generated splits into the cache, and say whether they are those of the manifest."""
    env = make(environment)
    splits = {name: env.tasks(name) for name in env.spec.splits}
    if pin:
        env.spec.pin(splits)
    pinned = env.spec.pinned()
    for name, tasks in splits.items():
        expected = pinned.get(name, {})
        same = {task.id: task_hash(task) for task in tasks} == expected
        console.print(f"{name}: {len(tasks)} tasks, {'as pinned' if same else 'NOT those of the manifest'}")
    if any({t.id: task_hash(t) for t in tasks} != pinned.get(name, {}) for name, tasks in splits.items()):
        raise UserError("the splits differ from the manifest; after a change of generator or tasks run with --pin")
