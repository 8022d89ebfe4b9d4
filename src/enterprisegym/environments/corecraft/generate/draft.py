"""A world while it is being made: rows by table and key, random streams by name, and notes about traps."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from enterprisegym.world import Row


def stream(seed: int, *names: str | int) -> random.Random:
    """A random stream of its own for each (seed, names), so that what one part draws never shifts another."""
    text = "/".join(str(part) for part in (seed, *names))
    return random.Random(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]))


@dataclass
class Draft:
    """Rows of a world under construction. `marks` says for each trap which rows carry it and how."""

    seed: int
    scale: int
    rows: dict[str, dict[str, Row]] = field(default_factory=dict[str, dict[str, Row]])
    marks: dict[str, list[dict[str, Any]]] = field(default_factory=dict[str, list[dict[str, Any]]])

    def copy(self) -> Draft:
        """A draft of its own over the same rows; rows are replaced, never changed in place."""
        return Draft(self.seed, self.scale, {name: dict(rows) for name, rows in self.rows.items()})

    def add(self, table: str, row: Row) -> Row:
        """Put a whole row; raises ValueError when its key is taken."""
        found = self.rows.setdefault(table, {})
        if row["id"] in found:
            raise ValueError(f"{table} {row['id']!r} is made twice")
        found[row["id"]] = row
        return row

    def get(self, table: str, id: str) -> Row:
        return self.rows[table][id]

    def all(self, table: str) -> list[Row]:
        """All rows of a table, sorted by key."""
        return [row for _, row in sorted(self.rows.get(table, {}).items())]

    def where(self, table: str, **values: Any) -> list[Row]:
        """Rows of a table with the given column values, sorted by key. A scan: index it yourself in hot loops."""
        return [row for row in self.all(table) if all(row[name] == value for name, value in values.items())]

    def tables(self) -> Iterator[tuple[str, list[Row]]]:
        for name in self.rows:
            yield name, self.all(name)

    def mark(self, trap: str, table: str, id: str, detail: str, **facts: Any) -> None:
        """Note for authors that a row carries a trap: what was done, and the facts a task would be built on."""
        self.marks.setdefault(trap, []).append({"table": table, "id": id, "detail": detail, **facts})
