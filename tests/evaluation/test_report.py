"""Reports and exports of small runs whose figures can be counted by hand."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console
from stand_in import make_config, make_start, make_task

from enterprisegym.errors import UserError
from enterprisegym.evaluation.export import export_chat
from enterprisegym.evaluation.report import reports_json, sheets, summarise
from enterprisegym.evaluation.run import EvalSettings, evaluate
from enterprisegym.evaluation.statistics import wilson
from enterprisegym.rollout import StopReason
from enterprisegym.rollout.folder import RunFolder, iter_records
from enterprisegym.rollout.policies import Script, reference, scripted
from enterprisegym.tasks.task import Call, Task

TASKS = [
    make_task(0, "workflow", "planning"),
    make_task(1, "workflow", "planning"),
    make_task(2, "retrieval", "tool_use"),
    make_task(3, "retrieval", "planning"),
]


def _mixed(task: Task, seed: int) -> Script:
    """Passes tasks 0 and 1, only talks on 2, and does nothing on 3."""
    if task.id in ("task-00", "task-01"):
        yield Call(name="setStatus", arguments={"order_id": "ord-1", "status": "closed"})
    return "" if task.id == "task-03" else "closed"


mixed = scripted("mixed", _mixed)


async def make_run(folder: Path, tasks: list[Task], name: str = "run") -> Path:
    with RunFolder(folder / name, make_config(tasks, policy="mixed")) as run:
        await evaluate(run, tasks, make_start(folder), mixed, EvalSettings())
    return folder / name


async def test_rates_by_hand(tmp_path: Path) -> None:
    path = await make_run(tmp_path, TASKS)
    [run] = reports_json(summarise([path], TASKS))["runs"]
    half = wilson(2, 4)
    assert (run["run"], run["policy"], run["split"]) == (str(path), "mixed", "all")
    assert (run["rollouts"], run["excluded"], run["planned"]) == (4, 0, 4)
    assert run["strict_pass"] == 0.5
    assert run["strict_pass_ci"] == [half.low, half.high]
    assert run["mean_reward"] == pytest.approx((1 + 1 + 0.5 + 0) / 4)
    assert run["by_category"]["workflow"]["strict_pass"] == 1
    assert run["by_category"]["retrieval"]["mean_reward"] == 0.25
    assert set(run["by_category"]) == {"workflow", "retrieval"}
    assert run["by_level"]["planning"]["rollouts"] == 3
    assert run["by_level"]["tool_use"]["strict_pass"] == 0
    assert run["by_kind"]["correctness"] == {"judged": 4, "satisfied": 2, "rate": 0.5}
    assert run["by_kind"]["completeness"] == {"judged": 4, "satisfied": 3, "rate": 0.75}
    assert run["stop_reasons"] == {"finished": 4}
    assert "passed_checked" not in run
    json.dumps(run)


async def test_excluded_rollouts_are_shown_and_left_out(tmp_path: Path) -> None:
    path = await make_run(tmp_path, TASKS)
    last = next(record for record in iter_records(path) if record.task_id == "task-03")
    none = {"reward": None, "passed": None, "reward_checked": None, "passed_checked": None}
    with RunFolder(path, make_config(TASKS, policy="mixed")) as folder:
        folder.append(
            last.model_copy(update={"stop_reason": StopReason.ENVIRONMENT_ERROR, "error": "x", "verdicts": (), **none})
        )
    [report] = summarise([path], TASKS)
    run = report.as_json()
    assert (run["rollouts"], run["excluded"]) == (4, 1)
    assert run["strict_pass"] == pytest.approx(2 / 3)
    assert run["by_kind"]["correctness"]["judged"] == 3
    assert run["stop_reasons"] == {"finished": 3, "environment_error": 1}
    assert len(list(export_chat(path))) == 3
    assert len(list(export_chat(path, excluded=True))) == 4


async def test_an_unscored_criterion_excludes_the_rollout(tmp_path: Path) -> None:
    path = await make_run(tmp_path, TASKS)
    last = next(record for record in iter_records(path) if record.task_id == "task-00")
    verdict = last.verdicts[0].model_copy(update={"status": "unscored"})
    with RunFolder(path, make_config(TASKS, policy="mixed")) as folder:
        folder.append(last.model_copy(update={"verdicts": (verdict,), "reward": None, "passed": None}))
    [report] = summarise([path], TASKS)
    assert report.as_json()["excluded"] == 1


async def test_without_a_judge_the_rates_carry_other_names(tmp_path: Path) -> None:
    tasks = [make_task(0, judged=True), make_task(2)]
    path = await make_run(tmp_path, tasks)
    reports = summarise([path], tasks)
    run = reports[0].as_json()
    assert (run["strict_pass"], run["strict_pass_ci"], run["mean_reward"]) == (None, None, None)
    assert (run["passed_checked"], run["reward_checked"]) == (0.5, 0.75)
    assert run["passed_checked_ci"] == [wilson(1, 2).low, wilson(1, 2).high]
    assert "format" not in run["by_kind"]
    assert "passed_checked" in sheets(reports)[0].columns


async def test_an_unfinished_run_is_shown_as_such(tmp_path: Path) -> None:
    path = await make_run(tmp_path, TASKS)
    lines = (path / "rollouts.jsonl").read_text().splitlines(keepends=True)
    (path / "rollouts.jsonl").write_text("".join(lines[:1]) + lines[1][:50])
    [report] = summarise([path], TASKS)
    assert report.as_json()["rollouts"] == 1
    assert "1 of 4" in sheets([report])[0].rows[0]
    (path / "rollouts.jsonl").unlink()
    [report] = summarise([path], TASKS)
    assert report.as_json()["strict_pass"] is None
    assert sheets([report])[0].rows[0][5] == "-"


async def test_tables(tmp_path: Path) -> None:
    paths = [await make_run(tmp_path, TASKS, name) for name in ("one", "two")]
    found = sheets(summarise(paths, TASKS))
    assert [sheet.columns[0] for sheet in found] == ["run", "category", "capability level", "kind"]
    assert found[1].columns == ("category", "one", "two")
    assert found[1].rows[0][0] == "retrieval"
    console = Console(file=io.StringIO(), width=140)
    for sheet in found:
        console.print(sheet.as_rich())
        title, blank, *lines = sheet.as_markdown().splitlines()
        assert (title, blank, len(lines)) == (f"**{sheet.title}**", "", len(sheet.rows) + 2)
        assert len({line.count("|") for line in lines}) == 1
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "50.0% [15.0, 85.0]" in text
    assert "75.0% (3/4)" in text


def test_a_folder_that_is_no_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not a run folder"):
        summarise([tmp_path], TASKS)


async def test_chat_export(tmp_path: Path) -> None:
    with RunFolder(tmp_path / "run", make_config(TASKS)) as run:
        await evaluate(run, TASKS, make_start(tmp_path), reference, EvalSettings())
    lines = [json.loads(line) for line in export_chat(tmp_path / "run")]
    assert len(lines) == 4
    assert (lines[0]["reward"], lines[0]["passed"], lines[0]["trial"]) == (1.0, True, 0)
    messages = lines[0]["messages"]
    asked = [call["id"] for message in messages for call in message.get("tool_calls", [])]
    answered = [message["tool_call_id"] for message in messages if message["role"] == "tool"]
    assert asked == answered == ["call_1", "call_2"]
    assert messages[-1] == {"role": "assistant", "content": "Order ord-1 is closed."}


async def test_names_are_shown_as_they_are_and_never_as_markup(tmp_path: Path) -> None:
    console = Console(file=io.StringIO(), width=200)
    for name in ("run[bold]", "odd[ /x]"):
        run = await make_run(tmp_path, TASKS[:1], name)
        for sheet in sheets(summarise([run], TASKS)):
            console.print(sheet.as_rich())
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert text.count("run[bold]") >= 2
