"""Commands as a person or a script runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from enterprisegym.cli.authoring import reference_yaml
from enterprisegym.environments.corecraft import expert
from enterprisegym.tasks import Call, Reference

EXPERT = Path(expert.__file__).parent


def test_world_stats_has_the_stated_keys_and_a_stable_hash(egym) -> None:
    first = json.loads(egym("world", "stats", "--json").out)
    assert {"seed", "scale", "hash", "types", "total"} <= set(first)
    assert len(first["types"]) == 14
    assert first["total"] == sum(first["types"].values()) >= 2500
    assert json.loads(egym("world", "stats", "--json").out)["hash"] == first["hash"]
    assert json.loads(egym("world", "stats", "--seed", "2", "--json").out)["hash"] != first["hash"]


def test_the_same_world_comes_out_of_another_process_and_another_cache(egym, tmp_path: Path) -> None:
    here = json.loads(egym("world", "stats", "--json").out)["hash"]
    there = subprocess.run(
        [sys.executable, "-m", "enterprisegym", "world", "stats", "--json"],
        env={**os.environ, "EGYM_CACHE": str(tmp_path), "PYTHONHASHSEED": "7"},
        capture_output=True,
        check=True,
    )
    assert json.loads(there.stdout)["hash"] == here


def test_tools_lists_23(egym) -> None:
    tools = json.loads(egym("tools", "--json").out)
    assert len(tools) == 23
    assert all(t["description"] and t["parameters"]["type"] == "object" for t in tools)
    assert egym("tools").out.count("createRefund") >= 1


def test_world_traps_lists_at_least_15_with_probes_and_instances(egym) -> None:
    traps = json.loads(egym("world", "traps", "--json").out)
    assert len(traps) >= 15
    assert all(t["probe"] and t["instances"] > 0 and t["story"] for t in traps)
    marks = json.loads(egym("world", "traps", traps[0]["name"]).out)
    assert len(marks) == traps[0]["instances"]


def test_world_show_and_sql(egym) -> None:
    shown = json.loads(egym("world", "show", "cust-10001").out)
    assert shown["table"] == "customers"
    rows = json.loads(egym("world", "sql", "SELECT count(*) AS n FROM customers", "--json").out)
    assert rows[0]["n"] >= 420
    line = json.loads(egym("world", "sql", "SELECT id, x'00ff' AS raw FROM order_lines LIMIT 1", "--json").out)[0]
    assert line["raw"] == "00ff"
    shown = json.loads(egym("world", "show", f"order_lines/{line['id']}").out)
    assert (shown["table"], shown["row"]["id"]) == ("order_lines", line["id"])
    assert json.loads(egym("world", "show", line["id"]).out) == shown


@pytest.mark.parametrize("name", ["a#b?c%41", "[ [/c] ]"])
def test_the_cache_may_have_any_name(egym, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    monkeypatch.setenv("EGYM_CACHE", str(tmp_path / name))
    assert name in egym("world", "build").out.replace("\n", "")
    assert json.loads(egym("world", "sql", "SELECT count(*) AS n FROM orders", "--json").out)[0]["n"] > 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("world", "stats", "--environment", "corecraf"), "did you mean 'corecraft'"),
        (("world", "stats", "--seed", "-1"), "seed -1 is out of range"),
        (("world", "stats", "--scale", "101"), "scale 101 is out of range"),
        (("world", "stats", "--traps", "page_cutt"), "did you mean 'page_cut'"),
        (("world", "traps", "nonsense"), "there is no trap 'nonsense'"),
        (("world", "show", "ord-000000-000"), "no row has the id"),
        (("world", "sql", "DELETE FROM orders"), "SQLite does not take the query"),
        (("world", "sql", "SELEC 1"), "SQLite does not take the query"),
        (("tasks", "list", "--split", "exprt"), "did you mean 'expert'"),
        (("tasks", "show", "x-000000"), "has no task"),
        (("tasks", "show", "nowhere.yaml"), "cannot be read"),
        (("eval", "--policy", "referense", "--out", "OUT"), "did you mean 'reference'"),
        (("eval", "--out", "OUT"), "name one agent"),
        (("eval", "--policy", "null", "--task", "x-000000", "--out", "OUT"), "has no task"),
        (("eval", "--policy", "null", "--without", "nonsense", "--out", "OUT"), "has no trap"),
        (("report", "nowhere"), "nowhere"),
        (("grade", "nowhere"), "nowhere"),
        (("export", "nowhere"), "--chat"),
        (("eval", "--policy", "null"), "Missing option '--out'; see `egym eval --help`"),
        (("eval", "--policy", "null", "--seed", "-1", "--out", "OUT"), "Invalid value for '--seed'"),
        (("world", "stat"), "Did you mean 'stats'"),
        (("tasks", "verify", "--splt", "x"), "No such option: --splt"),
        (("nonsense",), "No such command 'nonsense'; see `egym --help`"),
    ],
)
def test_bad_input_is_one_clear_line(egym, arguments: tuple[str, ...], words: str, tmp_path: Path) -> None:
    ran = egym(*(str(tmp_path / "run") if a == "OUT" else a for a in arguments))
    assert ran.code not in (0, None)
    assert words in ran.err
    assert ran.err.count("\n") == 1
    assert "Traceback" not in ran.err


def test_an_unwritable_cache_is_one_clear_line(egym, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("EGYM_CACHE", str(blocked))
    ran = egym("world", "stats")
    assert ran.code == 2
    assert "cannot write the world cache" in ran.err
    assert "EGYM_CACHE" in ran.err


def test_eval_report_grade_export_and_show(egym, tmp_path: Path) -> None:
    out = str(tmp_path / "run")
    assert egym("eval", "--policy", "reference", "--limit", "4", "--out", out).code == 0
    report = json.loads(egym("report", out, "--json").out)["runs"][0]
    keys = {"run", "policy", "split", "rollouts", "strict_pass", "strict_pass_ci", "mean_reward", "excluded"}
    assert keys <= set(report)
    assert report["strict_pass"] == 1.0
    assert report["rollouts"] == 4
    regraded = json.loads(egym("grade", out, "--json").out)
    assert regraded["graded"] == regraded["identical"] == 4
    lines = egym("export", out, "--chat").out.splitlines()
    assert len(lines) == 4
    first = json.loads(lines[0])
    assert [m["role"] for m in first["messages"][:2]] == ["system", "user"]
    shown = egym("show", out, first["task_id"])
    assert shown.code == 0
    assert "final response" in shown.out


def test_a_task_that_is_named_twice_runs_once(egym, tmp_path: Path) -> None:
    task_id = json.loads(egym("tasks", "list", "--json").out)[0]["id"]
    out = str(tmp_path / "run")
    ran = egym("eval", "--policy", "null", "--task", task_id, "--task", task_id, "--out", out, "--json")
    run = json.loads(ran.out)["runs"][0]
    assert (run["planned"], run["rollouts"]) == (1, 1)


def test_a_run_that_sends_no_seed_is_another_run(egym, tmp_path: Path) -> None:
    out = str(tmp_path / "run")
    assert egym("eval", "--policy", "null", "--limit", "1", "--out", out).code == 0
    ran = egym("eval", "--policy", "null", "--limit", "1", "--no-send-seed", "--out", out)
    assert ran.code == 2
    assert "sampling.send_seed" in ran.err


def test_a_run_resumes_and_refuses_another_config(egym, tmp_path: Path) -> None:
    out = str(tmp_path / "run")
    assert egym("eval", "--policy", "null", "--limit", "3", "--out", out).code == 0
    assert egym("eval", "--policy", "null", "--limit", "3", "--out", out).code == 0
    assert len((tmp_path / "run" / "rollouts.jsonl").read_text().splitlines()) == 3
    ran = egym("eval", "--policy", "apologiser", "--limit", "3", "--out", out)
    assert ran.code == 2
    assert "policy" in ran.err


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda d: d["reference"].update(response="I could not find it."), "the reference fails criterion"),
        (lambda d: d["reference"]["calls"].insert(0, {"name": "getProduct", "arguments": {"id": "x"}}), "is refused"),
        (lambda d: d["criteria"][0].update(check={"check": "amount", "value": "98765.43"}), "fails criterion"),
        (lambda d: d["criteria"][0].update(check={"check": "amout", "value": "1.00"}), "amount"),
        (lambda d: d.update(near_misses=d["near_misses"][:1]), "no near miss fails it"),
        (lambda d: d["near_misses"][0].update(replace=[["no such text", "x"]], response=None), "does not occur"),
        (lambda d: d["criteria"][0].update(evidence=["orders/ord-000000-000"]), "is not in the world"),
        (lambda d: d.update(categori="x"), "did you mean 'category'"),
        (lambda d: d["world"].update(hash="0" * 64), "was made for world"),
    ],
)  # fmt: skip
def test_a_broken_task_is_named_with_the_reason(egym, tmp_path: Path, edit, words: str) -> None:
    task_id = json.loads(egym("tasks", "list", "--json").out)[0]["id"]
    document = json.loads(egym("tasks", "show", task_id, "--json").out)
    path = tmp_path / "task.json"
    path.write_text(json.dumps(document))
    assert egym("tasks", "verify", str(path)).code == 0
    edit(document)
    path.write_text(json.dumps(document))
    ran = egym("tasks", "verify", str(path), "--json")
    assert ran.code == 1
    found = json.loads(ran.out)
    assert found["sound"] == 0
    assert any(words in entry["why"] for entry in found["unsound"])


def test_a_task_file_may_be_yaml_with_facts(egym, tmp_path: Path) -> None:
    task_id = json.loads(egym("tasks", "list", "--json").out)[0]["id"]
    document = json.loads(egym("tasks", "show", task_id, "--json").out)
    document["facts"] = {"who": document["title"]}
    document["title"] = "{{who}}"
    path = tmp_path / "task.yaml"
    path.write_text(yaml.safe_dump(document))
    assert egym("tasks", "verify", str(path)).code == 0
    document["title"] = "{{whom}}"
    path.write_text(yaml.safe_dump(document))
    ran = egym("tasks", "verify", str(path), "--json")
    assert "did you mean 'who'" in json.loads(ran.out)["unsound"][0]["why"]


def test_recording_a_reference_keeps_the_rest_of_the_file(egym, tmp_path: Path) -> None:
    source = sorted(EXPERT.glob("*.yaml"))[0].read_text(encoding="utf-8")
    head, reference = source.split("\nreference:")
    recorded: list[str] = []
    for text in (source, f"reference:{reference}\n{head}\n"):
        path = tmp_path / "task.yaml"
        path.write_text(text, encoding="utf-8")
        assert egym("tasks", "record", str(path)).code == 0
        recorded.append(path.read_text(encoding="utf-8"))
    assert recorded[0].startswith(head)
    assert yaml.safe_load(recorded[1]) == yaml.safe_load(recorded[0])


@pytest.mark.parametrize(
    "response", ["  indented", "two  \nlines", "end\n", "a\u2028b", "\nlow", "# x", "a: 1\n\n- b", "\x7f"]
)
def test_a_recorded_response_is_read_back_as_it_was(response: str) -> None:
    text = reference_yaml(Reference(calls=(Call(name="x", arguments={"a": "b: c"}),), response=response))
    found = yaml.safe_load(text)["reference"]
    assert found == {"calls": [{"name": "x", "arguments": {"a": "b: c"}}], "response": response}
