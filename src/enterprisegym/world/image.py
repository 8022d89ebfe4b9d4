"""World images on disk: built once, cached, verified when opened.

A cache entry is a folder with `world.sqlite`, `annotations.json` (what the generator wants to remember, such as
where its traps sit) and `meta.json` (key, world hash, SHA-256 of both files and of itself). It is built in a
folder beside it and renamed into place under a lock, so several processes may ask for the same world at once.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from enterprisegym.errors import UserError
from enterprisegym.world.clock import Clock
from enterprisegym.world.fork import Fork, ImageFile
from enterprisegym.world.schema import Schema, canonical_json

IMAGE_FORMAT = 2
FILES = ("world.sqlite", "annotations.json")
SECRET_FROM = 2**31
"""Seeds from here on are taken for secrets and kept out of file names."""


@dataclass(frozen=True)
class WorldKey:
    """All that determines a world. `traps` is sorted; `version` names the generator and its content."""

    environment: str
    seed: int
    scale: int
    traps: tuple[str, ...]
    version: str

    @property
    def folder(self) -> str:
        """The name of the cache entry."""
        digest = hashlib.sha256(canonical_json(asdict(self)).encode()).hexdigest()[:12]
        seed = f"s{self.seed}" if self.seed < SECRET_FROM else "secret"
        return f"{self.environment}-{seed}-x{self.scale}-{digest}"


@dataclass(frozen=True)
class Generated:
    """What a generator returns: rows by table, and annotations that are no part of the world."""

    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    annotations: Mapping[str, Any]


@dataclass(frozen=True)
class WorldImage:
    """An opened, verified image; `hash` is the SHA-256 over its canonical rows."""

    key: WorldKey
    folder: Path
    schema: Schema
    clock: Clock
    hash: str

    @property
    def path(self) -> Path:
        return self.folder / "world.sqlite"

    def fork(self) -> Fork:
        """A private, writable view; its cost does not depend on the size of the world."""
        return Fork(self._file, self.schema, self.clock, self.hash)

    @cached_property
    def _file(self) -> ImageFile:
        return ImageFile(self.path)

    def annotations(self) -> dict[str, Any]:
        """What the generator noted beside the world."""
        return json.loads((self.folder / "annotations.json").read_text(encoding="utf-8"))


def default_cache() -> Path:
    """`$EGYM_CACHE`, or `enterprisegym` in the user's cache folder."""
    named = os.environ.get("EGYM_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "enterprisegym"


def warn(message: str) -> None:
    """One line on standard error."""
    print(f"egym: {message}", file=sys.stderr)


def open_image(
    key: WorldKey, schema: Schema, clock: Clock, generate: Callable[[], Generated], cache: Path | None = None
) -> WorldImage:
    """The image for `key`: from the cache if a sound one is there, built otherwise.

    Raises UserError when the cache folder cannot be written.
    """
    root = (cache or default_cache()) / "worlds"
    entry = root / key.folder
    found = _read_entry(entry, key)
    if isinstance(found, str):
        return WorldImage(key, entry, schema, clock, found)
    try:
        root.mkdir(parents=True, exist_ok=True)
        with lock(root / f"{key.folder}.lock"):
            found = _read_entry(entry, key)
            if isinstance(found, _Damage):
                if found.reason:
                    warn(f"cached world {entry} {found.reason}; building it again")
                found = _build(entry, key, schema, _generated(generate))
    except (OSError, sqlite3.OperationalError) as error:  # SQLite's own way to say that the disk is full
        reason = error.strerror if isinstance(error, OSError) else None
        raise UserError(
            f"cannot write the world cache {root}: {reason or error}; set EGYM_CACHE to a writable folder"
        ) from error
    return WorldImage(key, entry, schema, clock, found)


def find_image(
    world_hash: str, environment: str, schema: Schema, clock: Clock, cache: Path | None = None
) -> WorldImage | None:
    """The cached world of an environment with this hash, whatever its key; None when there is none."""
    for entry in sorted(((cache or default_cache()) / "worlds").glob(f"{environment}-*")):
        try:
            meta = json.loads((entry / "meta.json").read_text())
            if meta["hash"] == world_hash:
                k: dict[str, Any] = meta["key"]
                key = WorldKey(k["environment"], k["seed"], k["scale"], tuple(k["traps"]), k["version"])
                if _read_entry(entry, key) == world_hash:
                    return WorldImage(key, entry, schema, clock, world_hash)
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None


def _generated(generate: Callable[[], Generated]) -> Generated:
    try:
        return generate()
    except OSError as error:  # not the cache's fault
        raise RuntimeError(f"the generator could not read its content: {error}") from error


def rows_hash(connection: sqlite3.Connection, schema: Schema) -> str:
    """SHA-256 over every table's columns and rows in canonical form, independent of SQLite's file format."""
    digest = hashlib.sha256()
    for name in sorted(schema.tables):
        columns = ", ".join(schema.tables[name].columns)
        digest.update(canonical_json([name, columns]).encode() + b"\n")
        for row in connection.execute(f"SELECT {columns} FROM {name} ORDER BY id"):
            digest.update(canonical_json(row).encode() + b"\n")
    return digest.hexdigest()


@dataclass(frozen=True)
class _Damage:
    reason: str | None


def _read_entry(entry: Path, key: WorldKey) -> str | _Damage:
    """The world's hash if the entry is sound, else what is wrong with it (None: it is simply not there)."""
    if not entry.exists():
        return _Damage(None)
    try:
        meta = json.loads((entry / "meta.json").read_text())
        if meta["format"] != IMAGE_FORMAT or meta["key"] != json.loads(canonical_json(asdict(key))):
            return _Damage("belongs to another world")
        if any(_sha256(entry / name) != meta["files"][name] for name in FILES) or _meta_sha256(meta) != meta["sha256"]:
            return _Damage("does not match its checksum")
        return str(meta["hash"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        return _Damage(f"cannot be read ({error})")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _meta_sha256(meta: Mapping[str, Any]) -> str:
    text = canonical_json({name: value for name, value in meta.items() if name != "sha256"})
    return hashlib.sha256(text.encode()).hexdigest()


def _build(entry: Path, key: WorldKey, schema: Schema, generated: Generated) -> str:
    work = entry.with_name(f".building-{entry.name}")
    shutil.rmtree(work, ignore_errors=True)  # left by a builder that was killed: the lock is ours
    work.mkdir()
    try:
        world_hash = _write_database(work / "world.sqlite", schema, generated.rows)
        (work / "annotations.json").write_text(canonical_json(generated.annotations), encoding="utf-8")
        files = {name: _sha256(work / name) for name in FILES}
        meta: dict[str, Any] = {"format": IMAGE_FORMAT, "key": asdict(key), "hash": world_hash, "files": files}
        (work / "meta.json").write_text(json.dumps({**meta, "sha256": _meta_sha256(meta)}, indent=1))
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.exists() or entry.is_symlink():
            entry.unlink()
        work.rename(entry)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return world_hash


def _write_database(path: Path, schema: Schema, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 4096")
        connection.executescript(schema.sql.replace("CREATE INDEX", "-- CREATE INDEX"))
        connection.execute("BEGIN")
        for name, table in schema.tables.items():
            found = sorted(rows.get(name, ()), key=lambda row: row["id"])
            for row in found:
                table.check(row)
            marks = ", ".join("?" * len(table.columns))
            try:
                connection.executemany(
                    f"INSERT INTO {name} VALUES ({marks})",
                    (table.encode(row) for row in found),
                )
            except sqlite3.IntegrityError as error:
                raise ValueError(f"{name}: {error}") from error
        for statement in _index_statements(schema.sql):
            connection.execute(statement)
        connection.execute("COMMIT")
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            table, _, target, _ = broken[0]
            raise ValueError(f"{len(broken)} broken references, the first from {table} to {target}")
        return rows_hash(connection, schema)
    finally:
        connection.close()


def _index_statements(sql: str) -> list[str]:
    return [line.strip().rstrip(";") for line in sql.splitlines() if line.startswith("CREATE INDEX")]


@contextmanager
def lock(path: Path) -> Generator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)
