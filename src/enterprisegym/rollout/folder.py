"""A run on disk: `config.toml`, `rollouts.jsonl` (one record a line, append-only) and `summary.json`.

A run can be killed at any moment. What was written before is kept, and a half-written last line is dropped.
A (task, trial) that was retried has several lines, of which the last one counts.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import Field, ValidationError

from enterprisegym.errors import UserError
from enterprisegym.rollout.record import Json, RolloutRecord, StopReason
from enterprisegym.tasks.task import Frozen

CONFIG, ROLLOUTS, SUMMARY, LOCK = "config.toml", "rollouts.jsonl", "summary.json", ".lock"
Key = tuple[str, int]
Scalar = str | int | float | bool


class RunConfig(Frozen):
    """Everything that decides what a run's rollouts are. A run resumes only under the same config.

    `tasks_hash` covers the task documents. `limits` and `sampling` hold scalars; leave unset ones out.
    """

    format_version: Literal[1] = 1
    environment: str
    policy: str
    model: str | None = None
    base_url: str | None = None
    split: str
    trials: int = Field(default=1, ge=1)
    seed: int = Field(default=0, ge=0)
    tasks_hash: str = ""
    tasks: tuple[str, ...]
    limits: dict[str, Scalar] = Field(default_factory=dict)
    sampling: dict[str, Scalar] = Field(default_factory=dict)


class RunFolder:
    """A run folder open for writing, locked against other writers. Close it, or use it as a context manager.

    `torn_bytes` is the length of the half-written last line that was dropped on opening, 0 if there was none.
    """

    def __init__(self, path: Path, config: RunConfig) -> None:
        """Make the folder, or resume it; raises UserError when it is in use, not a run, or another run."""
        self.path = path
        self.config = config
        with contextlib.ExitStack() as opened:
            lock = _lock(path)
            opened.callback(os.close, lock)
            try:
                self._check_config()
                self._file = os.open(path / ROLLOUTS, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
                opened.callback(os.close, self._file)
                _sync_folder(path)
                self.torn_bytes = _drop_torn_line(self._file)
            except OSError as error:
                raise _cannot_write(path, error) from error
            self._done = {key for key, (_, finished) in _index(path).items() if finished}
            self._opened = opened.pop_all()

    def finished(self) -> set[Key]:
        """The (task id, trial) pairs that need no further work."""
        return set(self._done)

    def append(self, record: RolloutRecord) -> None:
        """Write one record and wait until it is on disk; raises UserError, and leaves no trace, when that fails."""
        line = record.model_dump_json().encode() + b"\n"
        size = os.fstat(self._file).st_size
        try:
            _write_all(self._file, line)
            os.fsync(self._file)
        except OSError as error:
            with contextlib.suppress(OSError):  # a torn line is also dropped by whoever opens the run next
                os.ftruncate(self._file, size)
            raise _cannot_write(self.path / ROLLOUTS, error) from error
        if not record.stop_reason.excluded:
            self._done.add(record.key)

    def write_summary(self, summary: Json) -> None:
        try:
            _write_file(self.path / SUMMARY, json.dumps(summary, indent=2) + "\n")
        except OSError as error:
            raise _cannot_write(self.path / SUMMARY, error) from error

    def close(self) -> None:
        self._opened.close()

    def __enter__(self) -> RunFolder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_config(self) -> None:
        if (self.path / CONFIG).exists():
            _refuse_other_run(self.path, read_config(self.path), self.config)
            return
        strangers = sorted(entry.name for entry in self.path.iterdir() if entry.name not in {LOCK, f"{CONFIG}.tmp"})
        if strangers:
            raise UserError(f"{self.path} holds {strangers[0]!r} but no {CONFIG}: not a run folder; name another one")
        _write_file(self.path / CONFIG, _to_toml(self.config))


def read_config(path: Path) -> RunConfig:
    """The config of a run folder; raises UserError when it is missing or damaged."""
    file = path / CONFIG
    try:
        return RunConfig.model_validate(tomllib.loads(file.read_text("utf-8")))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UserError(f"{path} is not a run folder: it has no {CONFIG}") from error
    except OSError as error:
        raise UserError(f"cannot read {file}: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UserError(f"{file}: {where}: {first['msg']}; was it written by another version?") from error
    except ValueError as error:
        raise UserError(f"{file} is not readable TOML: {error}") from error


def iter_records(path: Path) -> Iterator[RolloutRecord]:
    """The newest record of every (task, trial), in the order in which they were written.

    A half-written last line is skipped. Raises UserError naming a line that is damaged.
    """
    places = sorted(place for place, _ in _index(path).values())
    if not places:
        return
    with (path / ROLLOUTS).open("rb") as file:
        for place in places:
            file.seek(place)
            try:
                yield RolloutRecord.model_validate_json(file.readline())
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(str(part) for part in first["loc"])
                raise UserError(f"{path / ROLLOUTS}: byte {place}: {where}: {first['msg']}") from error


def _index(path: Path) -> dict[Key, tuple[int, bool]]:
    """For each (task, trial) the byte offset of its newest line and whether that one is finished."""
    index: dict[Key, tuple[int, bool]] = {}
    place = 0
    if (path / ROLLOUTS).exists() and not (path / ROLLOUTS).is_file():
        raise UserError(f"{path / ROLLOUTS} is not a regular file; name another run folder")
    try:
        with (path / ROLLOUTS).open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n"):
                    break
                try:
                    data: Any = json.loads(line)
                    key = (str(data["task_id"]), int(data["trial"]))
                    index[key] = (place, not StopReason(data["stop_reason"]).excluded)
                except (ValueError, KeyError, TypeError, RecursionError) as error:
                    raise UserError(
                        f"{path / ROLLOUTS}: line {number} is damaged ({error}); delete that line to go on without it"
                    ) from error
                place += len(line)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UserError(f"cannot read {path / ROLLOUTS}: {error.strerror}") from error
    return index


def _lock(path: Path) -> int:
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise _cannot_write(path, error) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise UserError(f"{path} is being written by another process; wait for it, or name another folder") from error
    return lock


def _refuse_other_run(path: Path, old: RunConfig, new: RunConfig) -> None:
    for key in RunConfig.model_fields:
        before, after = getattr(old, key), getattr(new, key)
        if before == after:
            continue
        if key == "tasks":
            raise UserError(
                f"{path} is a run of {len(before)} other tasks (now {len(after)}): tasks differ; name another folder"
            )
        if key in ("limits", "sampling"):
            inner = next(name for name in sorted({*before, *after}) if before.get(name) != after.get(name))
            key, before, after = f"{key}.{inner}", before.get(inner), after.get(inner)
        if key == "tasks_hash":
            raise UserError(f"{path}: the tasks have changed since this run began (tasks_hash); name another folder")
        raise UserError(f"{path} is another run: {key} was {before!r} and is now {after!r}; name another folder")


def _drop_torn_line(file: int) -> int:
    """Cut off what follows the last line break; the number of bytes cut."""
    size = end = os.fstat(file).st_size
    while end > 0:
        start = max(0, end - 65536)
        cut = os.pread(file, end - start, start).rfind(b"\n")
        if cut >= 0:
            end = start + cut + 1
            break
        end = start
    if end < size:
        os.ftruncate(file, end)
        os.fsync(file)
    return size - end


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _write_file(path: Path, text: str) -> None:
    """Write a whole file so that it exists complete or not at all."""
    draft = path.with_name(path.name + ".tmp")
    with draft.open("wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _cannot_write(path: Path, error: OSError) -> UserError:
    return UserError(
        f"cannot write {path}: {error.strerror or error}; finished rollouts are kept, "
        "mend it and run the same command again to go on"
    )


def _to_toml(config: RunConfig) -> str:
    tables = {"limits": config.limits, "sampling": config.sampling}
    plain = config.model_dump(mode="json", exclude_none=True, exclude=set(tables))
    lines = [f"{name} = {_toml_value(value)}" for name, value in plain.items()]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"{_toml_value(key)} = {_toml_value(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


def _toml_value(value: Any) -> str:
    """A scalar or list of strings; JSON's spelling is TOML's for these, save for DEL."""
    if isinstance(value, list):
        return "[\n" + "".join(f"  {_toml_value(item)},\n" for item in cast(list[Any], value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
