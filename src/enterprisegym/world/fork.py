"""A private, writable view of an immutable world image.

A fork costs nothing until it is written to: it reads through a connection to the image that all forks share. The
first write opens a connection of its own; the first write to a table gives that connection a TEMP delta table of the
same columns and a TEMP view that shadows the table's name (image rows that the delta does not override, and the
delta). Reads of written tables go there, with the same SQL and the same indexes.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from enterprisegym.world.clock import Clock
from enterprisegym.world.diff import Diff, RowChange, state_hash
from enterprisegym.world.schema import Schema, Table

Row = dict[str, Any]
IDLE_CONNECTIONS = 16


class IntegrityError(Exception):
    """A write that would break the world: wrong type, broken reference, failed CHECK. A bug of the caller."""


@dataclass
class OwnConnection:
    """A fork's own connection; `prepared` are the tables for which it has a delta table and a view, perhaps empty."""

    connection: sqlite3.Connection
    prepared: set[str]
    pid: int


class ImageFile:
    """The file of an image: the connection through which all forks of a thread read it, and used ones for writing.

    A fork that is closed empties its delta tables and leaves its connection for the next one, which then need not
    parse the schema again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._idle: list[OwnConnection] = []

    @property
    def reader(self) -> sqlite3.Connection:
        """The shared connection of this thread; made anew in a process that was forked."""
        if getattr(self._local, "pid", None) != os.getpid():
            self._local.connection = self.connect(cached_statements=512)
            self._local.connection.executescript("PRAGMA cache_size = -16384; PRAGMA query_only = ON")
            self._local.pid = os.getpid()
        return self._local.connection

    def take(self) -> OwnConnection:
        """A connection for one fork alone, as if freshly opened."""
        while self._idle:
            own = self._idle.pop()
            if own.pid == os.getpid():
                return own
        connection = self.connect(cached_statements=6)
        # Few private pages: the kernel caches the file once for all forks.
        connection.executescript("PRAGMA cache_size = 4; PRAGMA temp_store = MEMORY; PRAGMA temp.cache_size = 4")
        return OwnConnection(connection, set(), os.getpid())

    def give_back(self, own: OwnConnection, written: Iterable[str]) -> None:
        """Take a connection back, with what its fork wrote wiped out."""
        if own.connection.in_transaction or len(self._idle) >= IDLE_CONNECTIONS or own.pid != os.getpid():
            own.connection.close()
            return
        for name in written:
            own.connection.execute(f"DELETE FROM temp.delta_{name}")
        self._idle.append(own)

    def connect(self, cached_statements: int = 128) -> sqlite3.Connection:
        """A new read-only connection to the image."""
        return sqlite3.connect(
            f"file:{quote(str(self.path))}?mode=ro&immutable=1",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=cached_statements,
        )


class Fork:
    """One rollout's world. Not for use by two threads at once."""

    def __init__(self, file: ImageFile, schema: Schema, clock: Clock, base_hash: str) -> None:
        self.schema = schema
        self.clock = clock
        self.base_hash = base_hash
        self._file = file
        self._private: OwnConnection | None = None
        self._written: set[str] = set()
        self._baseline: dict[tuple[str, str], Row] = {}
        self._in_transaction = False
        self._closed = False

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """Rows of a query over the current state, JSON columns decoded. Values go in as `?` parameters only."""
        return self._decode(self._connection_for(sql).execute(sql, params))

    def _decode(self, cursor: sqlite3.Cursor) -> list[Row]:
        json_columns = self.schema.json_columns
        decoder = [(column[0], column[0] in json_columns) for column in cursor.description]
        return [
            {
                name: json.loads(value) if is_json and value is not None else value
                for (name, is_json), value in zip(decoder, values, strict=True)
            }
            for values in cursor.fetchall()
        ]

    def get(self, table: str, id: str) -> Row | None:
        """One row by its key, or None."""
        found = self.rows(f"SELECT * FROM {self._table(table).name} WHERE id = ?", (id,))
        return found[0] if found else None

    def insert(self, table: str, row: Mapping[str, Any]) -> None:
        """Add a whole row; raises IntegrityError if it is malformed, refers to nothing, or its key is taken."""
        spec = self._table(table)
        if isinstance(row.get("id"), str) and self.get(table, row["id"]) is not None:
            raise IntegrityError(f"{table} already has a row {row['id']!r}")
        self._put(spec, row, changed=spec.columns)

    def update(self, table: str, id: str, changes: Mapping[str, Any]) -> None:
        """Set columns of one row; raises IntegrityError if the row is missing or the new row is not legal."""
        spec = self._table(table)
        current = self.get(table, id)
        if current is None:
            raise IntegrityError(f"{table} has no row {id!r}")
        if changes.get("id", id) != id:
            raise IntegrityError(f"{table} {id!r}: a key cannot change")
        self._put(spec, {**current, **changes}, changed=changes)

    @contextmanager
    def transaction(self) -> Generator[None]:
        """All writes inside become visible together, or none of them if anything is raised."""
        if self._in_transaction:
            raise RuntimeError("a transaction is already open in this fork")
        written = set(self._written)
        prepared = None if self._private is None else set(self._private.prepared)
        self._in_transaction = True
        try:
            yield
        except BaseException:
            self._end_transaction("ROLLBACK")
            self._written = written
            if self._private is not None and prepared is not None:
                self._private.prepared = prepared
            elif self._private is not None:
                self._private.connection.close()
                self._private = None
            raise
        else:
            self._end_transaction("COMMIT")
        finally:
            self._in_transaction = False

    def next_id(self, table: str, prefix: str) -> str:
        """The next free key in the house style, `prefix-YYMMDD-NNN`, dated by the world's clock."""
        stem = f"{prefix}-{self.clock.today:%y%m%d}-"
        found = self.rows(
            f"SELECT id FROM {self._table(table).name} WHERE id >= ? AND id < ?",
            (stem, stem + "~"),
        )
        numbers = [int(tail) for row in found if (tail := row["id"][len(stem) :]).isdecimal()]
        return f"{stem}{max(numbers, default=0) + 1:03d}"

    def fork(self) -> Fork:
        """An independent copy of the current state; costs by the number of changed rows."""
        if self._in_transaction:
            raise RuntimeError("cannot fork inside a transaction")
        child = Fork(self._file, self.schema, self.clock, self.base_hash)
        for name in sorted(self._written):
            table = self.schema.tables[name]
            rows = self._own().execute(f"SELECT * FROM temp.delta_{name}").fetchall()
            child._open_delta(table).executemany(table.replace_delta, rows)
        child._baseline = dict(self._baseline)
        return child

    def start_here(self) -> None:
        """Let `diff` count from the present state, so that what a task planted is not taken for the agent's doing."""
        self._baseline = {(c.table, c.id): dict(c.after) for c in self._changes({})}

    def diff(self) -> Diff:
        """Net changes since the start, sorted by table and key; a row set back to its old values is absent.

        The start is the image, or the state in which `start_here` was called.
        """
        return self._changes(self._baseline)

    def hash(self) -> str:
        """SHA-256 of the state; equal states of one image have equal hashes, however they came about."""
        return state_hash(self.base_hash, self._changes({}))

    def close(self) -> None:
        if self._private is not None and not self._closed:
            self._file.give_back(self._private, self._written)
        self._closed = True

    def __enter__(self) -> Fork:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _changes(self, baseline: Mapping[tuple[str, str], Row]) -> Diff:
        changes: list[RowChange] = []
        for name in sorted(self._written):
            for after in self._decode(self._own().execute(f"SELECT * FROM temp.delta_{name} ORDER BY id")):
                before = baseline.get((name, after["id"]))
                if before is None:
                    query = f"SELECT * FROM {name} WHERE id = ?"
                    found = self._decode(self._file.reader.execute(query, (after["id"],)))
                    before = found[0] if found else None
                if before != after:
                    changes.append(RowChange(name, after["id"], before, after))
        return tuple(changes)

    def _table(self, name: str) -> Table:
        table = self.schema.tables.get(name)
        if table is None:
            raise IntegrityError(f"there is no table {name!r}")
        return table

    def _connection_for(self, sql: str) -> sqlite3.Connection:
        """The shared reader, unless the query names a table that this fork has written to."""
        if self._closed:
            raise sqlite3.ProgrammingError("the fork is closed")
        if self._private is None or self._written.isdisjoint(self.schema.names_in(sql)):
            return self._file.reader
        return self._private.connection

    def _own(self) -> sqlite3.Connection:
        """The fork's own connection, opened on first use, in a transaction if one is open."""
        if self._closed:
            raise sqlite3.ProgrammingError("the fork is closed")
        if self._private is None:
            self._private = self._file.take()
        connection = self._private.connection
        if self._in_transaction and not connection.in_transaction:
            connection.execute("BEGIN")
        return connection

    def _end_transaction(self, how: str) -> None:
        if self._private is not None and self._private.connection.in_transaction:
            self._private.connection.execute(how)

    def _open_delta(self, table: Table) -> sqlite3.Connection:
        connection = self._own()
        if self._private is not None and table.name not in self._private.prepared:
            connection.execute(table.create_delta)
            connection.execute(table.create_view)
            self._private.prepared.add(table.name)
        self._written.add(table.name)
        return connection

    def _put(self, table: Table, row: Mapping[str, Any], changed: Mapping[str, Any]) -> None:
        try:
            table.check(row)
        except ValueError as error:
            raise IntegrityError(str(error)) from error
        for name in changed:
            self._check_value(table, row["id"], name, row[name])
        own = self._open_delta(table)
        try:
            own.execute(table.replace_delta, table.encode(row))
        except (sqlite3.IntegrityError, OverflowError, ValueError) as error:  # also NaN and integers of 65 bits
            raise IntegrityError(f"{table.name} {row['id']!r}: {error}") from error

    def _check_value(self, table: Table, id: str, name: str, value: Any) -> None:
        if value is None:
            return
        reference = table.columns[name].references
        if reference is not None:
            other, column = reference
            if not self.rows(f"SELECT 1 AS found FROM {other} WHERE {column} = ? LIMIT 1", (value,)):
                raise IntegrityError(f"{table.name}.{name} refers to {other} {value!r}, which does not exist")
        if name in table.unique and self.rows(
            f"SELECT 1 AS found FROM {table.name} WHERE {name} = ? AND id <> ? LIMIT 1",
            (value, id),
        ):
            raise IntegrityError(f"{table.name}.{name} {value!r} is taken")
