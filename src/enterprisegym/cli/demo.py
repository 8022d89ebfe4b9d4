"""`egym demo`: agents work real tickets in a real world and are graded, in about a minute and without a key."""

from __future__ import annotations

import asyncio
import itertools
import re
from pathlib import Path
from typing import Annotated

import typer

from enterprisegym.cli.output import EnvironmentName, console, print_table
from enterprisegym.cli.runs import print_rollout
from enterprisegym.cli.world import counts
from enterprisegym.environment import Environment, PolicyInfo, make
from enterprisegym.evaluation.report import sheets, summarise
from enterprisegym.evaluation.run import EvalSettings, evaluate, tasks_digest
from enterprisegym.rollout.folder import RunConfig, RunFolder, iter_records
from enterprisegym.tasks import Task


def demo(
    environment: EnvironmentName = "corecraft",
    out: Annotated[Path | None, typer.Option(help="Folder for the runs; a new one under runs/ unless given.")] = None,
    svg: Annotated[Path | None, typer.Option(help="Also draw the tables into this SVG file.")] = None,
) -> None:
    """Build the world, evaluate the reference, the floors and the probes on the expert tasks, show what came out."""
    env = make(environment)
    console.record = svg is not None
    folder = out or next(p for n in itertools.count(1) if not (p := Path("runs") / f"demo-{n}").exists())
    console.print(f"[bold]1. The world[/bold]: {env.spec.title}, seed 1")
    image = env.world(seed=1)
    found = counts(env, image)
    console.print(", ".join(f"{n} {name.replace('_', ' ')}" for name, n in found.items()))
    size = f"{sum(found.values())} entities of {len(found)} types, {len(env.toolbox)} tools"
    console.print(f"{size}, hash {image.hash[:16]}\n")
    tasks = env.tasks("expert")
    console.print(f"[bold]2. Agents without a model[/bold] on {len(tasks)} expert tasks: the reference and the floors")
    scripted = [p for p in env.spec.policies.values() if p.kind != "probe"]
    runs = [_run(env, folder / info.name, info, tasks, "expert") for info in scripted]
    console.print(sheets(summarise(runs, tasks))[0].as_rich())
    console.print(
        "\n[bold]3. Probes[/bold]: competent scripted agents with one thing they cannot do, with their trap and without"
    )
    print_table(("probe", "trap", "tasks", "passed with the trap", "passed without"), _probes(env, folder, tasks))
    if svg is not None:
        picture = re.sub(r"@font-face \{.*?\}", "", console.export_svg(title="make demo"), flags=re.DOTALL)
        svg.write_text(re.sub(r"<!--.*?-->", "", picture), encoding="utf-8")
        console.record = False
    console.print("\n[bold]4. One graded rollout in full[/bold]")
    shown = max((t for t in tasks if len(t.reference.calls) <= 9), key=lambda t: (_changes(env, t), len(t.criteria)))
    record = next(r for r in iter_records(folder / "reference") if r.task_id == shown.id)
    print_rollout(record, shown)
    console.print(
        f"\nThe runs are in {folder}. Next: `egym report {folder}/*`, `egym show {folder}/reference {shown.id}`,",
        markup=False,
    )
    console.print("`egym eval --model NAME --base-url URL --out runs/mine` for a model of your own.", soft_wrap=True)


def _changes(environment: Environment, task: Task) -> bool:
    return any(environment.toolbox[c.name].kind == "change" for c in task.reference.calls)


def _run(environment: Environment, out: Path, info: PolicyInfo, tasks: list[Task], split: str) -> Path:
    config = RunConfig(
        environment=environment.name,
        policy=info.name,
        split=split,
        tasks=tuple(t.id for t in tasks),
        tasks_hash=tasks_digest(tasks),
    )
    with RunFolder(out, config) as folder:
        asyncio.run(evaluate(folder, tasks, environment.start, info.factory, EvalSettings()))
    return out


def _probes(environment: Environment, folder: Path, tasks: list[Task]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for trap in environment.spec.traps.values():
        carrying = [t for t in tasks if trap.name in t.traps]
        if not carrying:
            continue
        info = environment.spec.policies[trap.probe]
        twins = [environment.twin(t, trap.name) for t in carrying]
        on = _run(environment, folder / f"{info.name}-{trap.name}", info, carrying, "expert")
        off = _run(environment, folder / f"{info.name}-without-{trap.name}", info, twins, f"expert without {trap.name}")
        passed = [sum(bool(r.passed) for r in iter_records(path)) for path in (on, off)]
        rows.append((info.name, trap.name, len(carrying), *passed))
    return rows
