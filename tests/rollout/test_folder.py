"""Run folders: what is written stays readable, whatever happens to the writer."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stand_in import make_config, make_rollout, make_task

from enterprisegym.errors import UserError
from enterprisegym.rollout import RolloutRecord, StopReason, run_rollout
from enterprisegym.rollout.folder import ROLLOUTS, RunConfig, RunFolder, iter_records, read_config
from enterprisegym.rollout.folder import _to_toml as to_toml
from enterprisegym.rollout.policies import reference

TASKS = [make_task(1), make_task(2)]
CONFIG = make_config(TASKS)


async def make_record(folder: Path, trial: int = 0, stop_reason: StopReason = StopReason.FINISHED) -> RolloutRecord:
    with make_rollout(folder, TASKS[0]) as rollout:
        record = await run_rollout(rollout, reference(TASKS[0], 0), trial=trial)
    return record.model_copy(update={"stop_reason": stop_reason})


async def test_records_come_back_as_they_were(tmp_path: Path) -> None:
    first, second = await make_record(tmp_path, 0), await make_record(tmp_path, 1)
    with RunFolder(tmp_path / "run", CONFIG) as folder:
        folder.append(first)
        assert list(iter_records(folder.path)) == [first]
    with RunFolder(tmp_path / "run", CONFIG) as folder:
        assert folder.finished() == {("task-01", 0)}
        assert folder.torn_bytes == 0
        folder.append(second)
        assert folder.finished() == {("task-01", 0), ("task-01", 1)}
    assert list(iter_records(tmp_path / "run")) == [first, second]
    assert read_config(tmp_path / "run") == CONFIG


async def test_errors_are_not_finished_and_the_newest_record_counts(tmp_path: Path) -> None:
    failed = await make_record(tmp_path, 0, StopReason.POLICY_ERROR)
    good = await make_record(tmp_path, 0)
    with RunFolder(tmp_path / "run", CONFIG) as folder:
        folder.append(failed)
        assert folder.finished() == set()
    with RunFolder(tmp_path / "run", CONFIG) as folder:
        assert folder.finished() == set()
        folder.append(good)
    assert list(iter_records(tmp_path / "run")) == [good]


@pytest.mark.parametrize("keep", [1, 100, -1])
async def test_a_torn_last_line_is_dropped(tmp_path: Path, keep: int) -> None:
    first, second = await make_record(tmp_path, 0), await make_record(tmp_path, 1)
    with RunFolder(tmp_path / "run", CONFIG) as folder:
        folder.append(first)
    file = tmp_path / "run" / ROLLOUTS
    whole = file.read_bytes()
    torn = (second.model_dump_json() + "\n").encode()[:keep]
    file.write_bytes(whole + torn)
    assert list(iter_records(tmp_path / "run")) == [first]
    with RunFolder(tmp_path / "run", CONFIG) as folder:
        assert folder.torn_bytes == len(torn)
        assert folder.finished() == {("task-01", 0)}
        assert file.read_bytes() == whole
        folder.append(second)
    assert list(iter_records(tmp_path / "run")) == [first, second]


def test_a_file_of_one_torn_line_becomes_empty(tmp_path: Path) -> None:
    with RunFolder(tmp_path / "run", CONFIG):
        pass
    (tmp_path / "run" / ROLLOUTS).write_bytes(b"x" * 200_000)
    with RunFolder(tmp_path / "run", CONFIG) as folder:
        assert folder.torn_bytes == 200_000
        assert folder.finished() == set()


async def test_a_damaged_line_in_the_middle_is_named(tmp_path: Path) -> None:
    record = await make_record(tmp_path)
    with RunFolder(tmp_path / "run", CONFIG) as folder:
        folder.append(record)
    file = tmp_path / "run" / ROLLOUTS
    file.write_bytes(file.read_bytes() + b'{"half": \n' + file.read_bytes())
    with pytest.raises(UserError, match="line 2 is damaged"):
        list(iter_records(tmp_path / "run"))
    with pytest.raises(UserError, match="line 2 is damaged"):
        RunFolder(tmp_path / "run", CONFIG)


async def test_a_record_of_another_version_is_named(tmp_path: Path) -> None:
    record = await make_record(tmp_path)
    with RunFolder(tmp_path / "run", CONFIG) as folder:
        folder.append(record)
    file = tmp_path / "run" / ROLLOUTS
    file.write_text(file.read_text().replace('"format_version":1', '"format_version":9'))
    with pytest.raises(UserError, match="format_version"):
        list(iter_records(tmp_path / "run"))


async def test_a_disk_that_fills_up_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = await make_record(tmp_path, 0), await make_record(tmp_path, 1)
    real_write = os.write
    with RunFolder(tmp_path / "run", CONFIG) as folder:
        folder.append(first)
        before = (tmp_path / "run" / ROLLOUTS).read_bytes()
        full = False

        def write_half(file: int, data: bytes) -> int:
            nonlocal full
            if full:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            full = True
            return real_write(file, data[: len(data) // 2])

        monkeypatch.setattr(os, "write", write_half)
        with pytest.raises(UserError, match="No space left on device; finished rollouts are kept"):
            folder.append(second)
        assert (tmp_path / "run" / ROLLOUTS).read_bytes() == before
        assert folder.finished() == {("task-01", 0)}
        monkeypatch.undo()
        folder.append(second)
    assert list(iter_records(tmp_path / "run")) == [first, second]


def test_a_file_that_the_kernel_stops_from_growing_leaves_no_trace(tmp_path: Path) -> None:
    """The same with a real limit: the kernel writes part of the line, then refuses."""
    script = f"""
import asyncio, resource, sys
from pathlib import Path
sys.path.append({str(Path(__file__).parent)!r})
from test_folder import CONFIG, make_record
from enterprisegym.errors import UserError
from enterprisegym.rollout.folder import ROLLOUTS, RunFolder, iter_records
here = Path(sys.argv[1])
first, second = asyncio.run(make_record(here, 0)), asyncio.run(make_record(here, 1))
with RunFolder(here / "run", CONFIG) as folder:
    folder.append(first)
    size = (here / "run" / ROLLOUTS).stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, size + 100))
    try:
        folder.append(second)
    except UserError as error:
        print(error)
    assert (here / "run" / ROLLOUTS).stat().st_size == size
    assert list(iter_records(here / "run")) == [first]
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "File too large" in done.stdout
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_two_writers_are_refused(tmp_path: Path) -> None:
    with RunFolder(tmp_path / "run", CONFIG), pytest.raises(UserError, match="being written by another process"):
        RunFolder(tmp_path / "run", CONFIG)
    RunFolder(tmp_path / "run", CONFIG).close()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"policy": "null"}, "policy was 'reference' and is now 'null'"),
        ({"split": "other"}, "split was 'all' and is now 'other'"),
        ({"seed": 5}, "seed was 0 and is now 5"),
        ({"trials": 3}, "trials was 1 and is now 3"),
        ({"model": "m"}, "model was None and is now 'm'"),
        ({"limits": {"max_turns": 3}}, "limits.max_turns was None and is now 3"),
        ({"sampling": {"temperature": 0.5}}, "sampling.temperature was None and is now 0.5"),
        ({"tasks": ["task-01"]}, "tasks differ"),
        ({"tasks_hash": "abc"}, "tasks have changed"),
    ],
)
def test_another_run_is_refused(tmp_path: Path, change: dict[str, object], told: str) -> None:
    RunFolder(tmp_path / "run", CONFIG).close()
    with pytest.raises(UserError, match=told):
        RunFolder(tmp_path / "run", make_config(TASKS, **change))
    RunFolder(tmp_path / "run", CONFIG).close()


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(UserError, match=r"thesis\.txt.*not a run folder"):
        RunFolder(tmp_path, CONFIG)
    with pytest.raises(UserError, match="not a run folder"):
        read_config(tmp_path)
    with pytest.raises(UserError, match="not a run folder"):
        read_config(tmp_path / "nowhere")


def test_a_path_that_cannot_be_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot write"):
        RunFolder(tmp_path / "file" / "run", CONFIG)


@pytest.mark.parametrize("text", ["not toml [", "format_version = 9\n", "", 'policy = "x"\n', "\x00"])
def test_a_damaged_config_is_told(tmp_path: Path, text: str) -> None:
    RunFolder(tmp_path / "run", CONFIG).close()
    (tmp_path / "run" / "config.toml").write_text(text)
    with pytest.raises(UserError, match=r"config\.toml"):
        read_config(tmp_path / "run")
    with pytest.raises(UserError, match=r"config\.toml"):
        RunFolder(tmp_path / "run", CONFIG)


SCALARS = st.text() | st.integers(-(2**62), 2**62) | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)


@given(st.text(), st.lists(st.text()), st.dictionaries(st.text(), SCALARS))
def test_any_config_survives_toml(name: str, tasks: list[str], table: dict[str, str | int | float | bool]) -> None:
    import tomllib

    config = RunConfig(environment=name, policy=name, split=name, tasks=tuple(tasks), sampling=table)
    assert RunConfig.model_validate(tomllib.loads(to_toml(config))) == config


async def test_a_damaged_run_leaves_no_file_open(tmp_path: Path) -> None:
    with RunFolder(tmp_path / "run", CONFIG) as folder:
        folder.append(await make_record(tmp_path))
    (tmp_path / "run" / ROLLOUTS).write_text("{}\n")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        with pytest.raises(UserError, match="line 1 is damaged"):
            RunFolder(tmp_path / "run", CONFIG)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
