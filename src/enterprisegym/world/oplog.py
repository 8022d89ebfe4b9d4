"""The log of what changed a world: the accepted calls, in order, from which the state can be made again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from enterprisegym.errors import UserError
from enterprisegym.world.schema import canonical_json


@dataclass(frozen=True)
class Op:
    """One accepted changing call."""

    name: str
    arguments: dict[str, Any]


def write_ops(path: Path, ops: Iterable[Op]) -> None:
    """Save ops as JSON lines."""
    lines = (canonical_json({"name": op.name, "arguments": op.arguments}) + "\n" for op in ops)
    path.write_text("".join(lines), encoding="utf-8")


def read_ops(path: Path) -> Iterator[Op]:
    """Ops from JSON lines; raises UserError naming the line that cannot be read."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                entry = json.loads(line)
                yield Op(entry["name"], entry["arguments"])
            except (ValueError, KeyError, TypeError) as error:
                raise UserError(f"{path}: line {number} is not an op ({error}); the log is damaged") from error
