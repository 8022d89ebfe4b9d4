"""Generated splits on disk, exports, and tasks that keep their world's seed to themselves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from enterprisegym.environment import make
from enterprisegym.errors import UserError
from enterprisegym.tasks import load_task, read_split, task_hash, write_split, write_tasks

ENVIRONMENT = make("corecraft")
TASKS = ENVIRONMENT.tasks("expert")[:4]


def test_a_split_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_split(tmp_path / "a" / "train.jsonl", TASKS)
    assert read_split(tmp_path / "a" / "train.jsonl") == TASKS
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["train.jsonl"]


@pytest.mark.parametrize("damage", [lambda b: b[:-5], lambda b: b.replace(b"customer", b"custumer", 1), lambda b: b""])
def test_a_damaged_or_missing_split_is_none(tmp_path: Path, damage) -> None:
    path = tmp_path / "train.jsonl"
    assert read_split(path) is None
    write_split(path, TASKS)
    path.write_bytes(damage(path.read_bytes()))
    assert read_split(path) is None


def test_the_hash_of_a_task_follows_its_content() -> None:
    task = TASKS[0]
    assert task_hash(task) == task_hash(task.model_copy())
    assert task_hash(task) != task_hash(task.model_copy(update={"prompt": task.prompt + " "}))
    assert len({task_hash(t) for t in TASKS}) == len(TASKS)


def test_exports_carry_a_canary_and_the_version_and_load_again(tmp_path: Path) -> None:
    assert write_tasks(tmp_path / "expert", TASKS, suite="corecraft 1") == len(TASKS)
    for task in TASKS:
        loaded = load_task(tmp_path / "expert" / f"{task.id}.json")
        assert loaded.suite == "corecraft 1"
        assert "canary" in (loaded.canary or "")
        assert loaded.model_copy(update={"suite": None, "canary": None}) == task


def test_an_export_without_references_tells_no_answer(tmp_path: Path) -> None:
    write_tasks(tmp_path, TASKS, suite="corecraft 1", references=False)
    for task in TASKS:
        data = json.loads((tmp_path / f"{task.id}.json").read_text())
        assert not {"reference", "near_misses", "given", "situation"} & set(data)
        assert load_task(tmp_path / f"{task.id}.json").withheld


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot write"):
        write_tasks(tmp_path / "file" / "x", TASKS, suite="corecraft 1")
