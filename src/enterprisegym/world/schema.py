"""What SQLite knows about an environment's tables, read once from its `schema.sql`."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PYTHON_TYPES: Mapping[str, tuple[type, ...]] = {"TEXT": (str,), "INTEGER": (int,), "JSON": (list, dict)}


def canonical_json(value: object) -> str:
    """The one spelling of a JSON value that is stored and hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True)
class Column:
    """`references` is (table, column) when the value must name a row elsewhere."""

    name: str
    type: str
    nullable: bool
    references: tuple[str, str] | None


@dataclass(frozen=True)
class Table:
    """One table with a single text key `id`, and the statements that give a fork its private copy of it."""

    name: str
    columns: Mapping[str, Column]
    unique: tuple[str, ...]
    create_delta: str
    create_view: str
    replace_delta: str

    def encode(self, row: Mapping[str, Any]) -> list[Any]:
        """Column values in table order, JSON columns as canonical text."""
        return [
            canonical_json(row[name]) if column.type == "JSON" and row[name] is not None else row[name]
            for name, column in self.columns.items()
        ]

    def check(self, row: Mapping[str, Any]) -> None:
        """Raise ValueError naming the first column that is missing, unknown or of the wrong type."""
        for name in row:
            if name not in self.columns:
                raise ValueError(f"{self.name} has no column {name!r}")
        for name, column in self.columns.items():
            if name not in row:
                raise ValueError(f"{self.name}.{name} is missing")
            value = row[name]
            if value is None:
                if not column.nullable:
                    raise ValueError(f"{self.name}.{name} may not be null")
            elif not isinstance(value, PYTHON_TYPES[column.type]) or isinstance(value, bool):
                raise ValueError(f"{self.name}.{name} takes {column.type}, got {value!r}")


@dataclass(frozen=True)
class Schema:
    """All tables of an environment. A column name is JSON in every table or in none, so rows decode by name."""

    sql: str
    tables: Mapping[str, Table]
    json_columns: frozenset[str]
    _names: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]], repr=False, compare=False)

    def names_in(self, sql: str) -> frozenset[str]:
        """The tables that a query may touch: those whose name occurs in its text, in any case, as SQLite reads it."""
        found = self._names.get(sql)
        if found is None:
            words = set(re.findall(r"\w+", sql.lower()))
            found = self._names[sql] = frozenset(name for name in self.tables if name.lower() in words)
        return found

    @classmethod
    def parse(cls, sql: str) -> Schema:
        """Read the tables out of `CREATE TABLE` statements; raises ValueError for shapes the store cannot hold."""
        connection = sqlite3.connect(":memory:")
        try:
            connection.executescript(sql)
            _refuse_what_forks_cannot_keep(connection)
            found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name")
            tables = {name: _read_table(connection, name, create) for name, create in found.fetchall()}
        finally:
            connection.close()
        json_columns = {c.name for t in tables.values() for c in t.columns.values() if c.type == "JSON"}
        for table in tables.values():
            for column in table.columns.values():
                if column.type != "JSON" and column.name in json_columns:
                    raise ValueError(f"{table.name}.{column.name}: a column of that name is JSON in another table")
        return cls(sql=sql, tables=tables, json_columns=frozenset(json_columns))


def _refuse_what_forks_cannot_keep(connection: sqlite3.Connection) -> None:
    """Views and triggers of the image would not see a fork's rows, and a unique index not those of the image."""
    for kind, name in connection.execute("SELECT type, name FROM sqlite_master WHERE type IN ('view', 'trigger')"):
        raise ValueError(f"{name}: a {kind} does not see what a fork has written; leave it out")
    for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for _, index, is_unique, origin, _ in connection.execute(f"PRAGMA index_list({table})").fetchall():
            columns = connection.execute(f"PRAGMA index_info({index})").fetchall()
            if is_unique and (origin == "c" or (origin == "u" and len(columns) > 1)):
                raise ValueError(f"{table}: write uniqueness as UNIQUE on one column; forks check no other kind")


def _read_table(connection: sqlite3.Connection, name: str, create: str) -> Table:
    references = {
        row[3]: (row[2], row[4] or "id") for row in connection.execute(f"PRAGMA foreign_key_list({name})").fetchall()
    }
    columns: dict[str, Column] = {}
    for _, column, type_name, not_null, _, key in connection.execute(f"PRAGMA table_info({name})").fetchall():
        if type_name not in PYTHON_TYPES:
            raise ValueError(f"{name}.{column} is declared {type_name}; use TEXT, INTEGER or JSON")
        if bool(key) != (column == "id"):
            raise ValueError(f"{name}: the primary key must be the column id alone")
        columns[column] = Column(column, type_name, not not_null and not key, references.get(column))
    unique = tuple(
        info[0][2]
        for _, index, is_unique, origin, _ in connection.execute(f"PRAGMA index_list({name})").fetchall()
        if is_unique and origin == "u" and (info := connection.execute(f"PRAGMA index_info({index})").fetchall())
    )
    delta, found = re.subn(rf"^CREATE TABLE {name}\b", f"CREATE TEMP TABLE delta_{name}", create)
    if not found:
        raise ValueError(f"{name}: write its definition as `CREATE TABLE {name} (`")
    names = ", ".join(columns)
    view = (
        f"CREATE TEMP VIEW {name} AS SELECT {names} FROM main.{name} AS b"
        f" WHERE NOT EXISTS (SELECT 1 FROM temp.delta_{name} AS d WHERE d.id = b.id)"
        f" UNION ALL SELECT {names} FROM temp.delta_{name}"
    )
    marks = ", ".join("?" * len(columns))
    return Table(
        name=name,
        columns=columns,
        unique=unique,
        create_delta=re.sub(r"--[^\n]*", "", delta),
        create_view=view,
        replace_delta=f"INSERT OR REPLACE INTO temp.delta_{name} VALUES ({marks})",
    )
