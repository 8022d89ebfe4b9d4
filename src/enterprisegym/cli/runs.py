"""`egym eval`, `grade`, `report`, `export`, `show`: run agents on tasks and read what came out."""

from __future__ import annotations

import asyncio
import json as json_module
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from enterprisegym.cli.output import EnvironmentName, JsonFlag, console, console_error, print_json, print_table
from enterprisegym.cli.tasks import read_files
from enterprisegym.environment import MAX_SEED, TWIN, Environment, make
from enterprisegym.errors import UserError, did_you_mean
from enterprisegym.evaluation.export import export_chat
from enterprisegym.evaluation.regrade import GraderSetup, regrade
from enterprisegym.evaluation.report import reports_json, sheets, summarise
from enterprisegym.evaluation.run import EvalProgress, EvalSettings, OnProgress, evaluate, tasks_digest
from enterprisegym.evaluation.soundness import certify_all
from enterprisegym.grading import grade as grade_outcome
from enterprisegym.grading import grader_hash
from enterprisegym.rollout import Limits, PolicyFactory, RolloutRecord
from enterprisegym.rollout.folder import RunConfig, RunFolder, iter_records, read_config
from enterprisegym.tasks import Task, task_hash

RunPath = Annotated[Path, typer.Argument(help="A run folder.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the top level of `egym`."""
    app.command("eval")(eval_command)
    app.command()(grade)
    app.command()(report)
    app.command()(export)
    app.command()(show)


def load_folder(folder: Path) -> list[Task]:
    """The tasks in a folder; those that cannot be read are told about and left out. Raises UserError for none."""
    tasks, unreadable = read_files([folder])
    for entry in unreadable:
        console_error(entry["why"])
    if not tasks:
        raise UserError(f"{folder} holds no task that can be read; see `egym tasks verify {folder}`")
    return tasks


def select_tasks(
    environment: Environment,
    tasks: list[Task],
    split: str,
    ids: list[str] | None,
    limit: int | None,
    without: str | None,
) -> list[Task]:
    """The tasks of a run: all of a split or those named, the first `limit` of them; their twins `without` a trap."""
    if ids:
        known = {t.id: t for t in tasks}
        for id in ids:
            if id not in known:
                raise UserError(f"split {split} has no task {id!r}; {did_you_mean(id, known)}")
        tasks = [known[id] for id in dict.fromkeys(ids)]
    if without is not None:
        environment.resolve_traps([without])
        tasks = [environment.twin(t, without) for t in tasks if without in t.traps]
    if not tasks:
        raise UserError(f"no task is left to run in split {split}")
    return tasks[:limit]


def refuse_unsound(environment: Environment, tasks: list[Task]) -> None:
    """Certify what the repository does not vouch for; raises UserError when a task is not sound."""
    pinned = {id: known for split in environment.spec.pinned().values() for id, known in split.items()}
    doubtful = [t for t in tasks if TWIN not in t.id and not t.withheld and pinned.get(t.id) != task_hash(t)]
    unsound = [c for c in certify_all(environment, doubtful) if not c.sound]
    if unsound:
        raise UserError(
            f"{len(unsound)} of {len(tasks)} tasks are not sound, the first is {unsound[0].task_id}: "
            f"{unsound[0].problems[0]}; see `egym tasks verify`, or run them with --uncertified"
        )


def eval_command(
    out: Annotated[Path, typer.Option(help="The run folder; a run that was stopped goes on.")],
    environment: EnvironmentName = "corecraft",
    policy: Annotated[str | None, typer.Option(help="A scripted policy: reference, a floor or a probe.")] = None,
    model: Annotated[str | None, typer.Option(help="A model behind an OpenAI-compatible endpoint.")] = None,
    base_url: Annotated[str | None, typer.Option(help="The endpoint, such as http://127.0.0.1:8000/v1.")] = None,
    split: Annotated[str, typer.Option(help="Which split.")] = "expert",
    task: Annotated[list[str] | None, typer.Option(help="Only this task; can be given several times.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many tasks.")] = None,
    tasks_in: Annotated[Path | None, typer.Option("--tasks", help="Task files in this folder, not a split.")] = None,
    without: Annotated[str | None, typer.Option(help="Run the tasks that carry this trap with the trap off.")] = None,
    twins: Annotated[bool, typer.Option("--twins", help="Run each task's twins, one trap off, beside it.")] = False,
    uncertified: Annotated[bool, typer.Option("--uncertified", help="Run tasks that are not sound as well.")] = False,
    trials: Annotated[int, typer.Option(min=1, help="Rollouts a task.")] = 1,
    seed: Annotated[int, typer.Option(min=0, max=MAX_SEED, help="Seed of the rollouts.")] = 0,
    concurrency: Annotated[int, typer.Option(min=1, help="Rollouts at once.")] = 8,
    max_turns: Annotated[int, typer.Option(min=1)] = 40,
    max_tokens: Annotated[int | None, typer.Option(min=1, help="Completion tokens a rollout.")] = None,
    max_seconds: Annotated[float, typer.Option(min=1, help="Wall time a rollout.")] = 600,
    temperature: Annotated[float | None, typer.Option(min=0, help="Sampling temperature of the model.")] = None,
    reply_tokens: Annotated[int | None, typer.Option(min=1, help="max_tokens of each request.")] = None,
    send_seed: Annotated[bool, typer.Option(help="Send a seed with each request; some endpoints refuse it.")] = True,
    extra_body: Annotated[str | None, typer.Option(help="JSON object added to each request.")] = None,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds a request may take.")] = 300,
    price_in: Annotated[float | None, typer.Option(min=0, help="Dollars per million prompt tokens.")] = None,
    price_out: Annotated[float | None, typer.Option(min=0, help="Dollars per million completion tokens.")] = None,
    json: JsonFlag = False,
) -> None:
    """Evaluate an agent: every task, graded criterion by criterion, into a run folder."""
    if (policy is None) == (model is None):
        raise UserError("name one agent: --policy NAME (scripted) or --model NAME with --base-url URL")
    if policy is not None and extra_body is not None:
        raise UserError("--extra-body belongs to --model; a scripted policy sends no requests")
    env = make(environment)
    scripted = None if policy is None else scripted_policy(env, policy)
    found = env.tasks(split) if tasks_in is None else load_folder(tasks_in)
    tasks = select_tasks(env, found, split if tasks_in is None else str(tasks_in), task, limit, without)
    if not uncertified:
        refuse_unsound(env, tasks)
    if twins:
        tasks = [t for task in tasks for t in (task, *(env.twin(task, trap) for trap in task.traps))]
    limits = Limits(max_turns=max_turns, max_tokens=max_tokens, max_seconds=max_seconds)
    settings = EvalSettings(trials=trials, seed=seed, concurrency=concurrency, limits=limits)
    sampling: dict[str, Any] = {
        "temperature": temperature,
        "max_tokens": reply_tokens,
        "extra_body": extra_body,
        "send_seed": None if send_seed else False,
    }
    config = RunConfig(
        environment=env.name,
        policy=policy or "openai",
        model=model,
        base_url=base_url,
        split=_name_of(str(tasks_in) if tasks_in else split, without, twins),
        trials=trials,
        seed=seed,
        tasks=tuple(t.id for t in tasks),
        tasks_hash=tasks_digest(tasks),
        limits={k: v for k, v in asdict(limits).items() if v is not None},
        sampling={k: v for k, v in sampling.items() if v is not None},
    )
    endpoint = _endpoint(
        model, base_url, temperature, reply_tokens, send_seed, extra_body, timeout, price_in, price_out
    )

    async def run(folder: RunFolder) -> None:
        factory: PolicyFactory | None = endpoint.policy if endpoint else scripted
        assert factory is not None  # one agent is named
        try:
            with _progress_bar() as on_progress:
                await evaluate(folder, tasks, env.start, factory, settings, on_progress)
        finally:
            if endpoint:
                await endpoint.close()

    with RunFolder(out, config) as folder:
        if folder.torn_bytes:
            console_error(
                f"{out}: dropped a half-written last line ({folder.torn_bytes} bytes); that rollout runs again"
            )
        asyncio.run(run(folder))
    _print_reports([out], tasks, json)


def scripted_policy(environment: Environment, name: str) -> PolicyFactory:
    """The factory of a scripted policy; raises UserError for an unknown name."""
    known = environment.spec.policies
    if name not in known:
        raise UserError(f"{environment.name} has no policy {name!r}; {did_you_mean(name, known)}")
    return known[name].factory


def _endpoint(
    model: str | None,
    base_url: str | None,
    temperature: float | None,
    reply_tokens: int | None,
    send_seed: bool,
    extra_body: str | None,
    timeout: float,
    price_in: float | None,
    price_out: float | None,
) -> Any:
    if model is None:
        return None
    from enterprisegym.rollout.policies.endpoint import Endpoint, OpenAIEndpoint

    try:
        extra: Any = json_module.loads(extra_body) if extra_body else {}
    except json_module.JSONDecodeError as error:
        raise UserError(f"--extra-body is not JSON ({error})") from error
    if not isinstance(extra, dict):
        raise UserError("--extra-body takes a JSON object")
    return OpenAIEndpoint(
        Endpoint(
            model=model,
            base_url=base_url,
            temperature=temperature,
            max_tokens=reply_tokens,
            send_seed=send_seed,
            price_in=price_in,
            price_out=price_out,
            timeout_s=timeout,
            extra_body=extra,  # pyright: ignore[reportUnknownArgumentType]
        )
    )


def _name_of(split: str, without: str | None, twins: bool) -> str:
    return f"{split} without {without}" if without else f"{split} with twins" if twins else split


@contextmanager
def _progress_bar() -> Generator[OnProgress]:
    """A progress bar on standard error, if that is a terminal, and the callback that moves it."""
    errors = Console(stderr=True)
    with Progress(
        TextColumn("rollouts"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    ) as bar:
        line = bar.add_task("", total=None, note="")

        def move(progress: EvalProgress, record: RolloutRecord | None) -> None:
            cost = f", ${progress.usage.cost_usd:.2f}" if progress.usage.cost_usd else ""
            note = f"{progress.passed} passed, {progress.excluded} excluded{cost}"
            bar.update(line, total=progress.total, completed=progress.done, note=note)

        yield move


def report(
    runs: Annotated[list[Path], typer.Argument(help="Run folders.")],
    json: JsonFlag = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown tables.")] = False,
) -> None:
    """Pass rates and rewards with 95 % intervals, by category, level and kind of criterion."""
    _print_reports(runs, tasks_of(runs), json, markdown)


def tasks_of(runs: list[Path]) -> list[Task]:
    """The tasks that runs were made of, as they are today; those that are gone are left out."""
    found: dict[str, Task] = {}
    for config in map(read_config, runs):
        environment = make(config.environment)
        for id in config.tasks:
            with suppress(UserError):
                found[id] = environment.task(id)
    return list(found.values())


def _print_reports(runs: list[Path], tasks: list[Task], json: bool, markdown: bool = False) -> None:
    reports = summarise(runs, tasks)
    if json:
        print_json(reports_json(reports))
    elif markdown:
        print("\n\n".join(sheet.as_markdown() for sheet in sheets(reports)))
    else:
        for sheet in sheets(reports):
            console.print(sheet.as_rich())


def grade(
    run: RunPath,
    write: Annotated[bool, typer.Option("--write", help="Append records whose grade changed.")] = False,
    json: JsonFlag = False,
) -> None:
    """Grade the stored rollouts of a run again, offline, and say what changed."""
    env = make(read_config(run).environment)
    found = regrade(run, tasks_of([run]), GraderSetup(grade_outcome, grader_hash(), env.spec.clock), write=write)
    if json:
        print_json(found.as_json())
        return
    console.print(
        f"{found.graded} graded again, {found.identical} identical, {found.skipped} skipped (ended in an error)"
    )
    if found.changed_tasks:
        console.print(f"made with other versions of: {', '.join(found.changed_tasks)}")
    if found.changes:
        print_table(
            ("task", "trial", "criterion", "before", "now", "why"),
            [(c.task_id, c.trial, c.criterion_id, c.before, c.after, c.reason) for c in found.changes],
        )


def export(
    run: RunPath,
    chat: Annotated[
        bool, typer.Option("--chat", help="Chat JSON lines: messages with tool calls, and the reward.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Write to this file instead of standard output.")] = None,
) -> None:
    """Export the rollouts of a run."""
    if not chat:
        raise UserError("say in which form: --chat")
    lines = (f"{line}\n" for line in export_chat(run))
    if out is None:
        for line in lines:
            print(line, end="")
        return
    try:
        with out.open("w", encoding="utf-8") as file:
            file.writelines(lines)
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror or error}") from error


def show(
    run: RunPath,
    task_id: Annotated[str, typer.Argument(help="Which task.")],
    trial: Annotated[int, typer.Option(min=0, help="Which trial.")] = 0,
) -> None:
    """Show one graded rollout in full: messages, calls, what changed, every verdict."""
    records = {(r.task_id, r.trial): r for r in iter_records(run)}
    record = records.get((task_id, trial))
    if record is None:
        raise UserError(
            f"{run} has no rollout of {task_id!r}, trial {trial}; {did_you_mean(task_id, {k[0] for k in records})}"
        )
    tasks = {t.id: t for t in tasks_of([run])}
    print_rollout(record, tasks.get(task_id))


def print_rollout(record: RolloutRecord, task: Task | None) -> None:
    """One rollout as a person reads it."""
    prompt = next((m["content"] for m in record.messages if m["role"] == "user"), "")
    console.print(Panel(escape(prompt), title=f"task {record.task_id}", subtitle=f"policy {record.policy}"))
    for number, call in enumerate(record.calls, start=1):
        console.print(f"[bold]{number:2}. {call.name}[/bold] {escape(_short(call.arguments, 160))}", soft_wrap=True)
        outcome = (
            f"[red]refused:[/red] {escape(call.error)}"
            if call.error
            else f"[dim]{escape(_short(call.result, 220))}[/dim]"
        )
        console.print(f"    {outcome}", soft_wrap=True)
    console.print(Panel(escape(record.response or "(no answer)"), title="final response"))
    if record.diff:
        rows = [
            (entry["table"], entry["id"], "added" if "added" in entry else _short(entry["changed"], 140))
            for entry in record.diff
        ]
        print_table(("table", "row", "change"), rows, title="what it changed")
    assertions = {c.id: c.assertion for c in task.criteria} if task else {}
    print_table(
        ("", "criterion", "assertion", "why"),
        [
            ("yes" if v.status == "satisfied" else "no" if v.status == "not_satisfied" else v.status, v.criterion_id,
             assertions.get(v.criterion_id, ""), v.reason)
            for v in record.verdicts
        ],
        title="verdicts",
    )  # fmt: skip
    console.print(f"stopped: {record.stop_reason.value}; reward {record.reward}; passed {record.passed}")


def _short(value: Any, width: int) -> str:
    text = json_module.dumps(value, ensure_ascii=False)
    return text if len(text) <= width else f"{text[: width - 3]}..."
