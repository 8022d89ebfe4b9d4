"""Generated splits on disk: JSON lines, one task each, verified when read."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import ValidationError

from enterprisegym.errors import UserError
from enterprisegym.tasks.task import Task
from enterprisegym.world.schema import canonical_json

STORE_FORMAT = 1
CANARY = "enterprisegym task data: keep out of training corpora. canary 5f0c7a52-9b1e-4b0c-8d43-6ad1f2f0b6c9"


def task_hash(task: Task) -> str:
    """The content hash of a task document: the first 16 hex digits of SHA-256 over its canonical JSON."""
    return hashlib.sha256(canonical_json(task.model_dump(mode="json")).encode()).hexdigest()[:16]


def write_tasks(folder: Path, tasks: Iterable[Task], *, suite: str, references: bool = True) -> int:
    """Write one JSON file a task with a canary and the suite's version; the number of files.

    Without references, near misses and what scripted agents are given are left out too. Raises UserError.
    """
    number = 0
    hidden = () if references else ("reference", "near_misses", "given", "situation")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for task in tasks:
            marked = task.model_copy(update={"suite": suite, "canary": CANARY})
            data = marked.model_dump(mode="json", exclude_defaults=True, exclude=set(hidden))
            (folder / f"{task.id}.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8")
            number += 1
    except OSError as error:
        raise UserError(f"cannot write {folder}: {error.strerror or error}") from error
    return number


def write_split(path: Path, tasks: Iterable[Task]) -> None:
    """Write a split and its checksum; readers see the old file or the new one, never a part. Raises OSError."""
    data = "".join(f"{task.model_dump_json(exclude_defaults=True)}\n" for task in tasks).encode()
    head = json.dumps({"format": STORE_FORMAT, "sha256": hashlib.sha256(data).hexdigest()}).encode() + b"\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_bytes(head + data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def read_split(path: Path) -> list[Task] | None:
    """The tasks of a split in their order; None when the file is missing or damaged."""
    try:
        head, _, data = path.read_bytes().partition(b"\n")
        meta = json.loads(head)
        sound: bool = isinstance(meta, Mapping) and meta == {
            "format": STORE_FORMAT, "sha256": hashlib.sha256(data).hexdigest()
        }  # fmt: skip
        return [Task.model_validate_json(line) for line in data.splitlines()] if sound else None
    except (OSError, ValueError, ValidationError):
        return None
