"""`egym tasks ...`: read tasks, prove that they are sound, and try them while they are written."""

from __future__ import annotations

import asyncio
import json as json_module
import re
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.panel import Panel

from enterprisegym.cli.output import EnvironmentName, JsonFlag, console, print_json, print_table
from enterprisegym.environment import Environment, make
from enterprisegym.errors import UserError
from enterprisegym.evaluation.soundness import certify_all
from enterprisegym.rollout import Limits, run_rollout
from enterprisegym.tasks import Reference, Task, load_task

app = typer.Typer(no_args_is_help=True, help="Read tasks and prove that they are sound.")

Split = Annotated[str, typer.Option(help="Which split.")]
REFERENCE_BLOCK = re.compile(r"^reference:.*?(?=^[^\s#]|\Z)", re.MULTILINE | re.DOTALL)
TaskId = Annotated[str, typer.Argument(help="A task id, or the path of a task file.")]


def find_task(environment: Environment, name: str) -> Task:
    """A task by id, or from a file when the name is a path."""
    return load_task(Path(name)) if name.endswith((".yaml", ".yml", ".json")) else environment.task(name)


@app.command("list")
def list_tasks(environment: EnvironmentName = "corecraft", split: Split = "expert", json: JsonFlag = False) -> None:
    """List the tasks of a split."""
    tasks = make(environment).tasks(split)
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
        return
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
def stats(environment: EnvironmentName = "corecraft", json: JsonFlag = False) -> None:
    """Count tasks by split, category, level, mode and trap."""
    env = make(environment)
    data = {"splits": {split: split_stats(env, env.tasks(split)) for split in env.spec.splits}}
    if json:
        print_json(data)
        return
    for split, found in data["splits"].items():
        print_table((split, ""), [(name, value) for name, value in found.items()])


def split_stats(environment: Environment, tasks: list[Task]) -> dict[str, Any]:
    """The spread of a split over all that tasks are sorted by."""
    change = {t.name for t in environment.toolbox if t.kind == "change"}
    calls = [len(t.reference.calls) for t in tasks]
    return {
        "tasks": len(tasks),
        "families": len({t.family for t in tasks}),
        "by_category": dict(Counter(t.category for t in tasks)),
        "by_level": dict(Counter(t.main_level for t in tasks)),
        "by_mode": dict(Counter(t.mode for t in tasks)),
        "by_trap": dict(sorted(Counter(trap for t in tasks for trap in t.traps).items())),
        "changing": sum(any(c.name in change for c in t.reference.calls) for t in tasks),
        "with_trap": sum(bool(t.traps) for t in tasks),
        "calls_median": median(calls) if calls else 0,
        "calls_10_plus": sum(n >= 10 for n in calls),
        "criteria_median": median(len(t.criteria) for t in tasks) if tasks else 0,
        "criteria_with_check": sum(c.check is not None for t in tasks for c in t.criteria),
    }


@app.command()
def verify(
    files: Annotated[list[Path] | None, typer.Argument(help="Task files to check instead of a split.")] = None,
    environment: EnvironmentName = "corecraft",
    split: Split = "expert",
    json: JsonFlag = False,
) -> None:
    """Prove that tasks are sound: the reference passes, doing nothing does not, each criterion can fail."""
    env = make(environment)
    unreadable: list[dict[str, str]] = []
    tasks: list[Task] = []
    for path in files or []:
        try:
            tasks.append(load_task(path))
        except UserError as error:
            unreadable.append({"id": str(path), "why": str(error)})
    certificates = certify_all(env, tasks if files else env.tasks(split))
    unsound = unreadable + [
        {"id": c.task_id, "why": problem} for c in certificates if not c.sound for problem in c.problems
    ]
    data = {
        "tasks": len(certificates) + len(unreadable),
        "sound": sum(c.sound for c in certificates),
        "near_misses": sum(c.near_misses for c in certificates),
        "criteria": sum(c.criteria for c in certificates),
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
            f"{data['killed']} of {data['criteria']} criteria killed"
        )
    if unsound:
        raise typer.Exit(1)


@app.command("try")
def try_task(task_id: TaskId, environment: EnvironmentName = "corecraft") -> None:
    """Run reference, near misses, floors and probes on one task and show which criteria each earns."""
    env = make(environment)
    task = find_task(env, task_id)
    names = [c.id for c in task.criteria]
    rows: list[tuple[str, ...]] = []

    async def run() -> None:
        from enterprisegym.evaluation.soundness import play

        outcomes = [("reference", task.reference)]
        for miss in task.near_misses:
            try:
                outcomes.append((f"near miss {miss.id}", miss.outcome(task.reference)))
            except ValueError as error:
                console.print(f"[red]{escape(str(error))}[/red]")
        for name, outcome in outcomes:
            rollout, grade = await play(env, task, outcome)
            rows.append((name, *(_mark(v.status) for v in grade.verdicts)))
            for verdict in grade.verdicts:
                if verdict.status != "satisfied":
                    console.print(escape(f"{name} / {verdict.criterion_id}: {verdict.reason}"), soft_wrap=True)
            rollout.close()
        for info in env.spec.policies.values():
            if info.kind == "probe" and info.name not in {env.spec.traps[t].probe for t in task.traps}:
                continue
            with await env.start(task) as rollout:
                record = await run_rollout(rollout, info.factory(task, 0), Limits())
            by_id = {v.criterion_id: v.status for v in record.verdicts}
            rows.append((f"{info.kind} {info.name}", *(_mark(by_id.get(n, "?")) for n in names)))

    asyncio.run(run())
    print_table(("", *names), rows)


@app.command()
def record(
    task_id: TaskId,
    environment: EnvironmentName = "corecraft",
    response_only: Annotated[bool, typer.Option(help="Print only the final response.")] = False,
) -> None:
    """Play a task's plan in its world and write what it did as the `reference:` at the end of the task's file."""
    env = make(environment)
    path = Path(task_id)
    task = load_task(path) if path.exists() else env.task(task_id)
    with env.fork_for(task) as fork:
        reference = env.spec.solve(task, fork)
    if response_only or not path.exists():
        console.print(escape(reference.response))
        return
    rest = REFERENCE_BLOCK.sub("", path.read_text(encoding="utf-8")).rstrip()
    path.write_text(f"{rest}\n\n{reference_yaml(reference)}", encoding="utf-8")
    console.print(f"{path}: {len(reference.calls)} calls recorded", markup=False)


def reference_yaml(reference: Reference) -> str:
    """The `reference:` block of a task file: one call a line, the response as text where YAML keeps it."""
    lines = ["reference:", "  calls:" + ("" if reference.calls else " []")]
    for call in reference.calls:
        arguments = json_module.dumps(call.arguments, ensure_ascii=False)
        lines.append(f"  - {{name: {call.name}, arguments: {arguments}}}")
    said = reference.response.split("\n")
    plain = all(not line or line.isprintable() for line in said)
    if plain and said[-1].strip() and not reference.response.lstrip("\n").startswith(" "):
        lines += ["  response: |-", *(f"    {line}" if line else "" for line in said)]
    else:
        lines.append(f"  response: {json_module.dumps(reference.response)}")
    return "\n".join(lines) + "\n"


def _mark(status: str) -> str:
    return {"satisfied": "yes", "not_satisfied": "no", "not_requested": "judge"}.get(status, status)
