"""`egym tasks ...` for authors: start a task, try it, lint it; derive tasks from families."""

from __future__ import annotations

import asyncio
import json as json_module
import os
import re
import secrets
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from enterprisegym.cli.output import EnvironmentName, JsonFlag, console, console_error, print_json, print_table
from enterprisegym.cli.tasks import Jobs, TaskId, app, find_task, print_task, read_files
from enterprisegym.environment import Environment, make
from enterprisegym.errors import UserError
from enterprisegym.evaluation.soundness import certify_all, play
from enterprisegym.rollout import Limits, run_rollout
from enterprisegym.tasks import Reference, Task, WorldRef, load_task, write_tasks

REFERENCE_BLOCK = re.compile(r"^reference:.*?(?=^[^\s#]|\Z)", re.MULTILINE | re.DOTALL)
SECRET_BITS = 128
WorldSeed = Annotated[int, typer.Option(help="Seed of the world.")]
Difficulty = Annotated[str, typer.Option(help="Only these difficulties, such as 3 or 2-4.")]


@app.command("try")
def try_task(task_id: TaskId, environment: EnvironmentName = "corecraft") -> None:
    """Run reference, near misses, floors and probes on one task and show which criteria each earns."""
    env = make(environment)
    task = find_task(env, task_id)
    names = [c.id for c in task.criteria]
    rows: list[tuple[str, ...]] = []

    async def run() -> None:
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


@app.command()
def new(
    path: Annotated[Path, typer.Argument(help="The file to write, such as tasks/late-parcel.yaml.")],
    environment: EnvironmentName = "corecraft",
) -> None:
    """Start a task of your own from a template that explains each field."""
    if path.exists():
        raise UserError(f"{path} is there already; name another file")
    if path.suffix not in (".yaml", ".yml"):
        raise UserError(f"{path}: a task is written in YAML; name a file that ends in .yaml")
    text = make(environment).spec.task_template
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("NEW_ID", f"x-{secrets.token_hex(3)}").replace("NEW_FAMILY", path.stem), "utf-8")
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from error
    console.print(f"{path}: fill it in, then `egym tasks lint {path}` and `egym tasks try {path}`", markup=False)


@app.command()
def lint(
    files: Annotated[list[Path] | None, typer.Argument(help="Task files or folders instead of a split.")] = None,
    environment: EnvironmentName = "corecraft",
    split: Annotated[str, typer.Option(help="Which split.")] = "expert",
    json: JsonFlag = False,
) -> None:
    """Say what a reader would hold against prompts: unclear referents, leaked answers, ids nobody knows."""
    env = make(environment)
    tasks, problems = read_files(files) if files else (env.tasks(split), [])
    for task in tasks:
        with env.fork_for(task) as fork:
            problems += [{"id": task.id, "why": why} for why in env.spec.lint(task, fork)]
    if json:
        print_json({"tasks": len(tasks), "problems": problems})
    else:
        for entry in problems:
            console.print(f"[red]{escape(entry['id'])}[/red] {escape(entry['why'])}", soft_wrap=True)
        console.print(f"{len(tasks)} tasks, {len(problems)} problems")
    if problems:
        raise typer.Exit(1)


@app.command()
def families(environment: EnvironmentName = "corecraft", json: JsonFlag = False) -> None:
    """List the families that generated tasks come from."""
    infos = make(environment).spec.families()
    if json:
        print_json([{"name": f.name, "title": f.title, "category": f.category, "unseen": f.unseen} for f in infos])
        return
    rows = [(f.name, f.category, "unseen" if f.unseen else "", f.title) for f in infos]
    print_table(("family", "category", "", "title"), rows)


@app.command()
def family(
    name: Annotated[str, typer.Argument(help="Which family.")],
    environment: EnvironmentName = "corecraft",
    seed: WorldSeed = 21,
    scale: Annotated[int, typer.Option(help="Scale of the world.")] = 1,
    count: Annotated[int, typer.Option(min=1, help="How many tasks.")] = 8,
    difficulty: Difficulty = "1-5",
    show: Annotated[bool, typer.Option(help="Print each task.")] = False,
    json: JsonFlag = False,
) -> None:
    """Derive tasks of a family in a world, and show how they fare: certificates, twins, floors and probes."""
    env = make(environment)
    ref = WorldRef(seed=seed, scale=scale, traps="all")
    tasks = env.derive(name, ref, count, parse_difficulty(difficulty))
    twins = [env.twin(task, trap) for task in tasks for trap in task.traps]
    certificates = certify_all(env, [*tasks, *twins])
    data: dict[str, Any] = {"family": name, "tasks": len(tasks), "twins": len(twins), **_fares(env, tasks)}
    unsound = [{"id": c.task_id, "why": "; ".join(c.problems)} for c in certificates if not c.sound]
    if json:
        print_json({**data, "unsound": unsound})
        return
    for task in tasks if show else ():
        print_task(task)
    for entry in unsound:
        console.print(f"[red]{escape(entry['id'])}[/red] {escape(entry['why'])}", soft_wrap=True)
    print_table((name, ""), list(data.items()))


def _fares(environment: Environment, tasks: list[Task]) -> dict[str, Any]:
    """How scripted agents fare on tasks: floors on all, probes on those that carry their traps and on the twins."""
    found: dict[str, Any] = {
        "traps": dict(Counter(trap for t in tasks for trap in t.traps)),
        "calls": sorted(len(t.reference.calls) for t in tasks),
        "transcript_characters": sorted(_transcript(environment, t) for t in tasks),
        "tools": dict(Counter(name for t in tasks for name in {c.name for c in t.reference.calls}).most_common()),
    }
    for info in environment.spec.policies.values():
        if info.kind == "floor":
            found[f"passed by {info.name}"] = sum(_passes(environment, t, info.name) for t in tasks)
    for name, trap in environment.spec.traps.items():
        pairs = [(t, environment.twin(t, name)) for t in tasks if name in t.traps]
        if pairs:
            with_it = sum(_passes(environment, t, trap.probe) for t, _ in pairs)
            without = sum(_passes(environment, twin, trap.probe) for _, twin in pairs)
            found[f"{trap.probe} on {name}"] = f"{with_it} of {len(pairs)}, without it {without}"
    return found


def _transcript(environment: Environment, task: Task) -> int:
    """Characters of the reference's transcript: prompt, calls, results, response; about four make a token."""
    rollout, _ = asyncio.run(play(environment, task, task.reference))
    with rollout:
        calls = sum(len(json_module.dumps([c.arguments, c.result], ensure_ascii=False)) for c in rollout.calls)
    return len(task.prompt) + calls + len(task.reference.response)


def _passes(environment: Environment, task: Task, policy: str) -> bool:
    async def run() -> bool:
        with await environment.start(task) as rollout:
            factory = environment.spec.policies[policy].factory
            return (await run_rollout(rollout, factory(task, 0), Limits())).passed_as_far_as_checked

    return asyncio.run(run())


@app.command()
def generate(
    out: Annotated[Path, typer.Argument(help="The folder; one JSON file a task in a folder of the split's name.")],
    count: Annotated[int, typer.Option(min=1, help="How many tasks.")] = 100,
    environment: EnvironmentName = "corecraft",
    seed: Annotated[int | None, typer.Option(help="Seed of a world of its own; drawn and told if left out.")] = None,
    scale: Annotated[int, typer.Option(help="Scale of the world.")] = 1,
    split: Annotated[str, typer.Option(help="What to call it.")] = "private",
    difficulty: Difficulty = "1-5",
    references: Annotated[bool, typer.Option(help="With references and near misses.")] = True,
    unseen: Annotated[bool, typer.Option("--unseen", help="From the families kept out of training.")] = False,
    jobs: Jobs = None,
    json: JsonFlag = False,
) -> None:
    """Make a fresh, certified split in another world. The seed stays secret: no export holds it."""
    env = make(environment)
    secret = secrets.randbits(SECRET_BITS) if seed is None else seed
    if seed is None:
        console_error(f"the secret seed of this split is {secret}; keep it, without it nobody can make its twins")
    chosen = [f.name for f in env.spec.families() if f.unseen == unseen]
    ref = WorldRef(seed=secret, scale=scale, traps="all")
    wanted = {name: count // len(chosen) + (n < count % len(chosen)) for n, name in enumerate(chosen)}
    sound: list[Task] = []
    dropped: list[dict[str, str]] = []
    for name, n in wanted.items():
        if not n:
            continue
        tasks = env.derive(name, ref, n, parse_difficulty(difficulty))
        for task, certificate in zip(tasks, certify_all(env, tasks, jobs or os.cpu_count() or 1), strict=True):
            if certificate.sound:
                sound.append(task)
            else:
                dropped.append({"id": task.id, "family": name, "why": "; ".join(certificate.problems)})
    hidden = [t.model_copy(update={"world": t.world.model_copy(update={"seed": None})}) for t in sound]
    write_tasks(out / split, hidden, suite=f"{env.name} {env.spec.version}", references=references)
    data = {"split": split, "tasks": len(sound), "families": len({t.family for t in sound}), "dropped": dropped}
    if json:
        print_json(data)
    else:
        for entry in dropped:
            console.print(f"[red]dropped[/red] {escape(entry['family'])} {escape(entry['why'])}", soft_wrap=True)
        console.print(f"{len(sound)} certified tasks of {data['families']} families in {out / split}", markup=False)
    if not sound:
        raise typer.Exit(1)


def parse_difficulty(text: str) -> range:
    """`3` or `2-4` as a range; raises UserError for anything else."""
    found = re.fullmatch(r"([1-5])(?:-([1-5]))?", text)
    if found is None or int(found[2] or found[1]) < int(found[1]):
        raise UserError(f"difficulty {text!r} is not one from 1 to 5, nor a range such as 2-4")
    return range(int(found[1]), int(found[2] or found[1]) + 1)
