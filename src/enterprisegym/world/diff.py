"""Net changes between a fork and its image, row by row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from enterprisegym.world.schema import canonical_json


@dataclass(frozen=True)
class RowChange:
    """A row that differs from the image; `before` is None for an added row. Rows are never deleted."""

    table: str
    id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]

    @property
    def added(self) -> bool:
        return self.before is None

    @property
    def fields(self) -> dict[str, tuple[Any, Any]]:
        """Changed columns of an updated row as {name: (old, new)}; empty for an added row."""
        if self.before is None:
            return {}
        return {name: (self.before[name], new) for name, new in self.after.items() if self.before[name] != new}


Diff = tuple[RowChange, ...]


def diff_to_json(diff: Diff) -> list[dict[str, Any]]:
    """A diff as plain JSON data: whole rows for added ones, both values of changed columns otherwise."""
    return [
        {"table": c.table, "id": c.id, "added": dict(c.after)}
        if c.added
        else {
            "table": c.table,
            "id": c.id,
            "changed": {name: [old, new] for name, (old, new) in c.fields.items()},
            "row": dict(c.after),
        }
        for c in diff
    ]


def diff_from_json(data: Iterable[Mapping[str, Any]]) -> Diff:
    """The inverse of `diff_to_json`."""
    changes: list[RowChange] = []
    for entry in data:
        if "added" in entry:
            changes.append(RowChange(entry["table"], entry["id"], None, entry["added"]))
        else:
            after = entry["row"]
            before = {**after, **{name: pair[0] for name, pair in entry["changed"].items()}}
            changes.append(RowChange(entry["table"], entry["id"], before, after))
    return tuple(changes)


def state_hash(base_hash: str, diff: Diff) -> str:
    """SHA-256 of a world's state: the image's hash, and over it the changed rows, if there are any."""
    if not diff:
        return base_hash
    digest = hashlib.sha256(base_hash.encode())
    for change in diff:
        digest.update(canonical_json([change.table, dict(change.after)]).encode() + b"\n")
    return digest.hexdigest()
