"""Commands for authors: new, lint, twin, export, family, generate; and eval over files and twins."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from enterprisegym.environment import make

ENVIRONMENT = make("corecraft")
TASK = next(t for t in ENVIRONMENT.tasks("expert") if len(t.traps) == 1)


def exported(egym, folder: Path) -> Path:
    egym("tasks", "export", str(folder))
    return folder / "expert"


def test_new_writes_a_template_that_the_other_commands_read(egym, tmp_path: Path) -> None:
    path = tmp_path / "mine" / "late-parcel.yaml"
    assert egym("tasks", "new", str(path)).code == 0
    assert yaml.safe_load(path.read_text())["family"] == "late-parcel"
    verified = egym("tasks", "verify", str(path))
    assert verified.code == 1
    assert "x-" in verified.out
    assert "is there already" in egym("tasks", "new", str(path)).err
    assert ".yaml" in egym("tasks", "new", str(tmp_path / "x.json")).err


def test_lint_tells_what_a_reader_would_hold_against_a_prompt(egym, tmp_path: Path) -> None:
    assert json.loads(egym("tasks", "lint", "--json").out) == {
        "tasks": len(ENVIRONMENT.tasks("expert")),
        "problems": [],
    }
    path = exported(egym, tmp_path) / f"{TASK.id}.json"
    data = json.loads(path.read_text())
    path.write_text(json.dumps({**data, "prompt": "Please look at pay-251103-014 for me."}))
    ran = egym("tasks", "lint", str(path))
    assert ran.code == 1
    assert "pay-251103-014" in ran.out


def test_a_twin_is_sound_and_another_world(egym) -> None:
    ran = egym("tasks", "twin", TASK.id, "--without", TASK.traps[0], "--json")
    twin = json.loads(ran.out)
    assert twin["id"] == f"{TASK.id}.without.{TASK.traps[0]}"
    assert TASK.traps[0] not in twin["world"]["traps"]
    assert "sound" in egym("tasks", "twin", TASK.id, "--without", TASK.traps[0]).out.splitlines()[-1]
    assert "does not carry" in egym("tasks", "twin", TASK.id, "--without", "nope").err


def test_eval_runs_twins_and_the_report_shows_what_a_trap_costs(egym, tmp_path: Path) -> None:
    trap = TASK.traps[0]
    probe = ENVIRONMENT.spec.traps[trap].probe
    out = str(tmp_path / "run")
    assert egym("eval", "--policy", probe, "--task", TASK.id, "--twins", "--out", out).code == 0
    (run,) = json.loads(egym("report", out, "--json").out)["runs"]
    assert run["rollouts"] == 1
    assert run["strict_pass"] == 0.0
    cost = run["trap_costs"][trap]
    assert (cost["pairs"], cost["passed_with"], cost["passed_without"], cost["cost"]) == (1, 0.0, 1.0, 1.0)
    assert trap in egym("report", out).out


def test_eval_reads_task_files_leaves_out_the_unreadable_and_refuses_the_unsound(egym, tmp_path: Path) -> None:
    folder = exported(egym, tmp_path)
    for path in sorted(folder.glob("*.json"))[3:]:
        path.unlink()
    (folder / "broken.json").write_text('{"id": "x-1"}')
    ran = egym("eval", "--policy", "null", "--tasks", str(folder), "--out", str(tmp_path / "a"), "--json")
    assert json.loads(ran.out)["runs"][0]["rollouts"] == 3
    assert "broken.json" in ran.err
    path = min(folder.glob("x-*.json"))
    data = json.loads(path.read_text())
    data["reference"]["response"] = "I have done what you asked for."
    path.write_text(json.dumps(data))
    refused = egym("eval", "--policy", "null", "--tasks", str(folder), "--out", str(tmp_path / "b"))
    assert refused.code == 2
    assert data["id"] in refused.err
    assert "--uncertified" in refused.err
    assert not (tmp_path / "b").exists()
    allowed = egym("eval", "--policy", "null", "--tasks", str(folder), "--uncertified", "--out", str(tmp_path / "b"))
    assert allowed.code == 0


def test_an_unknown_policy_leaves_no_run_folder(egym, tmp_path: Path) -> None:
    assert egym("eval", "--policy", "nulll", "--out", str(tmp_path / "run")).code == 2
    assert not (tmp_path / "run").exists()


def test_families_and_what_becomes_of_one(egym) -> None:
    listed = json.loads(egym("tasks", "families", "--json").out)
    assert {"name", "title", "category", "unseen"} == set(listed[0])
    found = json.loads(egym("tasks", "family", "opened-return", "--count", "3", "--json").out)
    assert found["tasks"] == 3
    assert found["unsound"] == []
    assert found["passed by null"] == found["passed by answer-stuffer"] == 0
    assert "opened-return" in egym("tasks", "family", "opend-return").err


@pytest.mark.parametrize("text", ["0", "6", "4-2", "x"])
def test_a_difficulty_that_is_none(egym, text: str) -> None:
    assert "not one from 1 to 5" in egym("tasks", "family", "opened-return", "--difficulty", text).err


def test_difficulty_is_a_knob(egym) -> None:
    shown = egym("tasks", "family", "opened-return", "--count", "3", "--difficulty", "4", "--show").out
    assert shown.count("difficulty 4") == 3


def test_a_private_split_is_certified_and_keeps_its_seed(egym, tmp_path: Path) -> None:
    secret = 2**127 + 12345
    families = len([f for f in ENVIRONMENT.spec.families() if not f.unseen])
    ran = egym("tasks", "generate", str(tmp_path), "--seed", str(secret), "--count", str(families), "--json")
    made = json.loads(ran.out)
    assert made["dropped"] == []
    assert made["tasks"] == made["families"] == families
    files = sorted((tmp_path / "private").glob("*.json"))
    assert len(files) == families
    texts = [path.read_text() for path in files]
    assert not any(str(secret) in text for text in texts)
    assert all("canary" in text for text in texts)
    out = str(tmp_path / "run")
    evaluated = egym("eval", "--policy", "reference", "--tasks", str(tmp_path / "private"), "--out", out, "--json")
    (run,) = json.loads(evaluated.out)["runs"]
    assert run.get("strict_pass", run.get("passed_checked")) in (1.0, None) or run["passed_checked"] == 1.0


def test_a_private_world_that_is_not_here_is_told(egym, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = exported(egym, tmp_path)
    path = folder / f"{TASK.id}.json"
    data = json.loads(path.read_text())
    data["world"] = {"seed": None, "scale": 1, "traps": "all", "hash": "0" * 64}
    path.write_text(json.dumps(data))
    ran = egym("tasks", "verify", str(path))
    assert ran.code == 1
    assert "secret seed" in ran.out
