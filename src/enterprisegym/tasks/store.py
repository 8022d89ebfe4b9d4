"""Generated splits on disk: JSON lines, one task each, verified when read."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import ValidationError

from enterprisegym.tasks.task import Task
from enterprisegym.world.schema import canonical_json

STORE_FORMAT = 1


def task_hash(task: Task) -> str:
    """The content hash of a task document: the first 16 hex digits of SHA-256 over its canonical JSON."""
    return hashlib.sha256(canonical_json(task.model_dump(mode="json")).encode()).hexdigest()[:16]


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
