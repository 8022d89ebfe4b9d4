"""What runs show: rates with intervals by category, level and kind of criterion, as JSON, tables and Markdown."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import get_args

from rich import box
from rich.markup import escape
from rich.table import Table

from enterprisegym.environment import TWIN
from enterprisegym.evaluation.statistics import Estimate, clustered_mean, paired_difference, pass_rate
from enterprisegym.rollout.folder import RunConfig, iter_records, read_config
from enterprisegym.rollout.record import Json, RolloutRecord, Usage
from enterprisegym.tasks.task import CapabilityLevel, Category, CriterionKind, Task

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Rates:
    """Rates over `rollouts`, the excluded ones left out of them.

    `checked`: some criteria were not requested, so the rates are over those that code checks, and named after that.
    """

    rollouts: int
    excluded: int
    checked: bool
    passed: Estimate | None
    reward: Estimate | None

    def as_json(self) -> Json:
        strict = None if self.checked else self.passed
        mean = None if self.checked else self.reward
        result: Json = {
            "rollouts": self.rollouts,
            "excluded": self.excluded,
            "strict_pass": _mean(strict),
            "strict_pass_ci": _interval(strict),
            "mean_reward": _mean(mean),
            "mean_reward_ci": _interval(mean),
        }
        if self.checked:
            result |= {
                "passed_checked": _mean(self.passed),
                "passed_checked_ci": _interval(self.passed),
                "reward_checked": _mean(self.reward),
                "reward_checked_ci": _interval(self.reward),
            }
        return result


@dataclass(frozen=True)
class KindRate:
    """Of the judged criteria of one kind, how many were satisfied. Those not requested or unscored are not judged."""

    judged: int
    satisfied: int

    @property
    def rate(self) -> float | None:
        return self.satisfied / self.judged if self.judged else None


@dataclass(frozen=True)
class TrapCost:
    """What a trap costs: pass rates of `pairs` tasks with it and of their twins without it, and the difference."""

    pairs: int
    passed_with: float
    passed_without: float
    cost: Estimate

    def as_json(self) -> Json:
        return {
            "pairs": self.pairs,
            "passed_with": self.passed_with,
            "passed_without": self.passed_without,
            "cost": self.cost.mean,
            "cost_ci": _interval(self.cost),
        }


@dataclass(frozen=True)
class RunReport:
    """One run's figures. `planned` counts the rollouts that the run is to have in the end.

    A run with twins is reported over the tasks themselves; twins count in `trap_costs` only.
    """

    path: Path
    config: RunConfig
    planned: int
    overall: Rates
    by_category: Mapping[str, Rates]
    by_level: Mapping[str, Rates]
    by_kind: Mapping[str, KindRate]
    trap_costs: Mapping[str, TrapCost]
    stop_reasons: Mapping[str, int]
    usage: Usage
    mean_turns: float | None
    mean_duration_s: float | None

    @property
    def name(self) -> str:
        return self.path.name or str(self.path)

    def as_json(self) -> Json:
        """The run as an entry of `egym report --json`; rates are 0 to 1, intervals [low, high] or null."""
        return {
            "run": str(self.path),
            "environment": self.config.environment,
            "policy": self.config.policy,
            "model": self.config.model,
            "split": self.config.split,
            "trials": self.config.trials,
            "planned": self.planned,
            **self.overall.as_json(),
            "by_category": {name: rates.as_json() for name, rates in self.by_category.items()},
            "by_level": {name: rates.as_json() for name, rates in self.by_level.items()},
            "by_kind": {
                name: {"judged": kind.judged, "satisfied": kind.satisfied, "rate": kind.rate}
                for name, kind in self.by_kind.items()
            },
            "trap_costs": {name: cost.as_json() for name, cost in self.trap_costs.items()},
            "stop_reasons": dict(self.stop_reasons),
            "mean_turns": self.mean_turns,
            "mean_duration_s": self.mean_duration_s,
            "usage": self.usage.model_dump(),
        }


def summarise(paths: Iterable[Path], tasks: Iterable[Task]) -> list[RunReport]:
    """A report of each run folder; raises UserError for a folder that is none. Tasks not given count as `unknown`."""
    known = list(tasks)
    return [summarise_run(path, known) for path in paths]


def summarise_run(path: Path, tasks: Iterable[Task]) -> RunReport:
    """The report of one run folder, finished or not."""
    config = read_config(path)
    known = {task.id: task for task in tasks}
    everything = list(iter_records(path))
    planned = {id for id in config.tasks if TWIN not in id or id.partition(TWIN)[0] not in config.tasks}
    records = [record for record in everything if record.task_id in planned or record.task_id not in config.tasks]
    reasons = Counter(record.stop_reason.value for record in records)
    return RunReport(
        path=path,
        config=config,
        planned=len(planned) * config.trials,
        overall=_rates(records),
        by_category=_grouped(
            records, get_args(Category), lambda r: known[r.task_id].category if r.task_id in known else UNKNOWN
        ),
        by_level=_grouped(
            records, get_args(CapabilityLevel), lambda r: known[r.task_id].main_level if r.task_id in known else UNKNOWN
        ),
        by_kind=_kind_rates(records, known),
        trap_costs=_trap_costs(everything),
        stop_reasons=dict(reasons.most_common()),
        usage=sum((record.usage for record in records), Usage()),
        mean_turns=fmean(record.turns for record in records) if records else None,
        mean_duration_s=fmean(record.duration_s for record in records) if records else None,
    )


def reports_json(reports: Iterable[RunReport]) -> Json:
    return {"runs": [report.as_json() for report in reports]}


def _rates(records: Sequence[RolloutRecord]) -> Rates:
    scored = [record for record in records if not record.excluded]
    checked = any(verdict.status == "not_requested" for record in scored for verdict in record.verdicts)
    passes: dict[str, list[bool]] = defaultdict(list)
    rewards: dict[str, list[float]] = defaultdict(list)
    for record in scored:
        passed, reward = (record.passed_checked, record.reward_checked) if checked else (record.passed, record.reward)
        if passed is not None:
            passes[record.task_id].append(passed)
        if reward is not None:
            rewards[record.task_id].append(reward)
    return Rates(len(records), len(records) - len(scored), checked, pass_rate(passes), clustered_mean(rewards))


def _grouped(
    records: Iterable[RolloutRecord], order: Sequence[str], group_of: Callable[[RolloutRecord], str]
) -> dict[str, Rates]:
    groups: dict[str, list[RolloutRecord]] = defaultdict(list)
    for record in records:
        groups[group_of(record)].append(record)
    return {name: _rates(groups[name]) for name in (*order, UNKNOWN) if name in groups}


def _trap_costs(records: Iterable[RolloutRecord]) -> dict[str, TrapCost]:
    """Over the tasks of which both forms were rolled out; an excluded rollout leaves its pair out."""
    passes: dict[str, list[bool]] = defaultdict(list)
    for record in records:
        if not record.excluded:
            passes[record.task_id].append(record.passed_as_far_as_checked)
    rates = {id: fmean(found) for id, found in passes.items()}
    pairs: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    for id, rate in rates.items():
        base, _, trap = id.partition(TWIN)
        if trap and base in rates:
            pairs[trap][base] = (rates[base], rate)
    found: dict[str, TrapCost] = {}
    for trap, by_task in sorted(pairs.items()):
        on = {id: pair[0] for id, pair in by_task.items()}
        off = {id: pair[1] for id, pair in by_task.items()}
        cost = paired_difference(on, off)
        if cost is not None:
            found[trap] = TrapCost(len(by_task), fmean(on.values()), fmean(off.values()), cost)
    return found


def _kind_rates(records: Iterable[RolloutRecord], tasks: Mapping[str, Task]) -> dict[str, KindRate]:
    kinds = {(task.id, criterion.id): criterion.kind for task in tasks.values() for criterion in task.criteria}
    judged: Counter[str] = Counter()
    satisfied: Counter[str] = Counter()
    for record in records:
        if record.excluded:
            continue
        for verdict in record.verdicts:
            if verdict.status in ("satisfied", "not_satisfied"):
                kind = kinds.get((record.task_id, verdict.criterion_id), UNKNOWN)
                judged[kind] += 1
                satisfied[kind] += verdict.status == "satisfied"
    return {
        kind: KindRate(judged[kind], satisfied[kind]) for kind in (*get_args(CriterionKind), UNKNOWN) if judged[kind]
    }


@dataclass(frozen=True)
class Sheet:
    """A table before it is drawn; the first column holds names, the others figures."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def as_rich(self) -> Table:
        table = Table(title=self.title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for place, column in enumerate(self.columns):
            numbers = {"strict pass", "mean reward", "passed_checked", "reward_checked"}
            table.add_column(
                escape(column), justify="left" if place == 0 else "right", overflow="fold", no_wrap=column in numbers
            )
        for row in self.rows:
            table.add_row(*map(escape, row))
        return table

    def as_markdown(self) -> str:
        def line(cells: Iterable[str]) -> str:
            return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

        rule = "|" + "|".join([" --- "] + [" ---: "] * (len(self.columns) - 1)) + "|"
        return "\n".join([f"**{self.title}**", "", line(self.columns), rule, *map(line, self.rows)]) + "\n"


def sheets(reports: Sequence[RunReport]) -> list[Sheet]:
    """The tables of `egym report`: a row a run, then a column a run by category, level and kind of criterion."""
    checked = any(report.overall.checked for report in reports)
    passed, reward = ("passed_checked", "reward_checked") if checked else ("strict pass", "mean reward")
    runs = tuple(report.name for report in reports)
    overview = Sheet(
        "Runs (95 % intervals)",
        ("run", "policy", "split", "rollouts", "excluded", passed, reward, "turns", "cost"),
        tuple(_overview_row(report) for report in reports),
    )
    groups = [
        ("category", [report.by_category for report in reports]),
        ("capability level", [report.by_level for report in reports]),
    ]
    found = [overview]
    for label, by_run in groups:
        names = dict.fromkeys(name for rates in by_run for name in rates)
        rows = tuple((name, *(_percent(r[name].passed) if name in r else "-" for r in by_run)) for name in names)
        found.append(Sheet(f"{passed.capitalize()} by {label}", (label, *runs), rows))
    kinds = dict.fromkeys(kind for report in reports for kind in report.by_kind)
    rows = tuple((kind, *(_kind_cell(report.by_kind.get(kind)) for report in reports)) for kind in kinds)
    found.append(Sheet("Criteria satisfied by kind", ("kind", *runs), rows))
    for report in reports:
        rows = tuple(
            (trap, str(c.pairs), f"{c.passed_with:.1%}", f"{c.passed_without:.1%}", _percent(c.cost))
            for trap, c in report.trap_costs.items()
        )
        columns = ("trap", "pairs", "passed with", "passed without", "cost")
        found.append(Sheet(f"What traps cost {report.name}", columns, rows))
    return [sheet for sheet in found if sheet.rows]


def _overview_row(report: RunReport) -> tuple[str, ...]:
    overall, cost = report.overall, report.usage.cost_usd
    count = str(overall.rollouts) if overall.rollouts == report.planned else f"{overall.rollouts} of {report.planned}"
    return (
        report.name,
        report.config.model or report.config.policy,
        report.config.split,
        count,
        str(overall.excluded),
        _percent(overall.passed),
        _decimal(overall.reward),
        "-" if report.mean_turns is None else f"{report.mean_turns:.1f}",
        "-" if cost is None else f"${cost:,.2f}",
    )


def _percent(estimate: Estimate | None) -> str:
    if estimate is None:
        return "-"
    return f"{estimate.mean:.1%} [{100 * estimate.low:.1f}, {100 * estimate.high:.1f}]"


def _decimal(estimate: Estimate | None) -> str:
    return "-" if estimate is None else f"{estimate.mean:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


def _kind_cell(kind: KindRate | None) -> str:
    return "-" if kind is None or kind.rate is None else f"{kind.rate:.1%} ({kind.satisfied}/{kind.judged})"


def _mean(estimate: Estimate | None) -> float | None:
    return None if estimate is None else estimate.mean


def _interval(estimate: Estimate | None) -> list[float] | None:
    return None if estimate is None else [estimate.low, estimate.high]
