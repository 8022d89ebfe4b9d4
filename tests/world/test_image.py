"""The cache of worlds: built once, verified on opening, rebuilt when damaged, safe for several processes."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest

from enterprisegym.environments import corecraft
from enterprisegym.environments.corecraft.clock import CLOCK
from enterprisegym.environments.corecraft.generate.build import generate
from enterprisegym.errors import UserError
from enterprisegym.world import Clock, Schema, WorldImage, WorldKey, open_image
from enterprisegym.world.image import Generated, default_cache, rows_hash

OpenSmall = Callable[..., WorldImage]


class Builds:
    """Counts how often a world was generated."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


def entries(cache: Path) -> list[str]:
    return sorted(p.name for p in (cache / "worlds").iterdir() if p.is_dir())


def test_a_world_is_built_once_and_found_again(
    open_small: OpenSmall, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    builds = Builds()
    first = open_small(tmp_path, on_build=builds)
    second = open_small(tmp_path, on_build=builds)
    assert builds.count == 1
    assert first.hash == second.hash and len(first.hash) == 64
    assert second.annotations() == {"traps": {"twin": ["pet-2"]}}
    assert entries(tmp_path) == [first.folder.name]
    assert capsys.readouterr().err == ""


def test_other_seeds_and_versions_have_entries_of_their_own(open_small: OpenSmall, tmp_path: Path) -> None:
    one, two, newer = open_small(tmp_path), open_small(tmp_path, seed=2), open_small(tmp_path, version="2")
    assert len({one.folder, two.folder, newer.folder}) == 3
    assert one.hash != two.hash
    assert one.hash == newer.hash


def flip_a_byte(folder: Path) -> None:
    path = folder / "world.sqlite"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def truncate(folder: Path) -> None:
    path = folder / "world.sqlite"
    path.write_bytes(path.read_bytes()[:5000])


def other_seed(folder: Path) -> None:
    meta = json.loads((folder / "meta.json").read_text())
    meta["key"]["seed"] = 99
    (folder / "meta.json").write_text(json.dumps(meta))


def other_hash(folder: Path) -> None:
    meta = json.loads((folder / "meta.json").read_text())
    meta["hash"] = "0" * 64
    (folder / "meta.json").write_text(json.dumps(meta))


def write(name: str, text: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / name).write_text(text)

    return damage


def remove(name: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / name).unlink()

    return damage


def a_file_instead(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("not a folder")


DAMAGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "one byte flipped": (flip_a_byte, "does not match its checksum"),
    "truncated": (truncate, "does not match its checksum"),
    "no database": (remove("world.sqlite"), "cannot be read"),
    "meta of another world": (other_seed, "belongs to another world"),
    "meta with another hash": (other_hash, "does not match its checksum"),
    "meta is not JSON": (write("meta.json", "{"), "cannot be read"),
    "meta is a list": (write("meta.json", "[]"), "cannot be read"),
    "meta is empty": (write("meta.json", "{}"), "cannot be read"),
    "no meta": (remove("meta.json"), "cannot be read"),
    "no annotations": (remove("annotations.json"), "cannot be read"),
    "annotations cut short": (write("annotations.json", '{"traps"'), "does not match its checksum"),
    "a file in its place": (a_file_instead, "cannot be read"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_entry_is_rebuilt_with_one_line_of_warning(
    name: str, open_small: OpenSmall, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage, reason = DAMAGES[name]
    builds = Builds()
    sound = open_small(tmp_path, on_build=builds)
    damage(sound.folder)

    again = open_small(tmp_path, on_build=builds)
    (line,) = capsys.readouterr().err.splitlines()
    assert reason in line and str(sound.folder) in line and "building it again" in line
    assert builds.count == 2
    assert again.hash == sound.hash
    assert again.annotations() == {"traps": {"twin": ["pet-2"]}}
    with closing(again.fork()) as fork:
        assert fork.get("pets", "pet-3") is not None
    assert entries(tmp_path) == [sound.folder.name]

    open_small(tmp_path, on_build=builds)
    assert builds.count == 2, "the rebuilt entry is sound"
    assert capsys.readouterr().err == ""


def test_a_cache_that_cannot_be_made_is_one_clear_error(open_small: OpenSmall, tmp_path: Path) -> None:
    blocked = tmp_path / "a-file"
    blocked.write_text("")
    with pytest.raises(UserError, match=r"cannot write the world cache .*a-file.*EGYM_CACHE"):
        open_small(blocked)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_cache_serves_what_it_has_and_refuses_the_rest(open_small: OpenSmall, tmp_path: Path) -> None:
    built = open_small(tmp_path)
    (tmp_path / "worlds").chmod(0o555)
    try:
        assert open_small(tmp_path).hash == built.hash
        with pytest.raises(UserError, match="EGYM_CACHE"):
            open_small(tmp_path, seed=2)
    finally:
        (tmp_path / "worlds").chmod(0o755)


FULL_DISK = """
import resource, sys
from pathlib import Path
sys.path[:0] = {path!r}
from small_world import CLOCK, SCHEMA, pet
from enterprisegym.errors import UserError
from enterprisegym.world import WorldKey, open_image
from enterprisegym.world.image import Generated
owners = [{{"id": "own-1", "name": "Ada", "badge": "A1"}}]
rows = {{"owners": owners, "pets": [pet(f"pet-{{n}}", note="x" * 500) for n in range(4000)]}}
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    open_image(WorldKey("small", 1, 1, (), "1"), SCHEMA, CLOCK, lambda: Generated(rows, {{}}), Path({cache!r}))
except UserError as error:
    print("refused:", error)
"""


def test_a_full_disk_is_one_clear_error_and_leaves_no_rubbish(tmp_path: Path) -> None:
    script = FULL_DISK.format(path=[str(Path(__file__).parent)], cache=str(tmp_path))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("refused: cannot write the world cache"), done.stderr
    assert entries(tmp_path) == []


def test_a_generator_that_breaks_its_own_schema_is_stopped(tmp_path: Path) -> None:
    schema = Schema.parse(
        "CREATE TABLE owners (id TEXT PRIMARY KEY NOT NULL);\n"
        "CREATE TABLE pets (id TEXT PRIMARY KEY NOT NULL, owner_id TEXT NOT NULL REFERENCES owners(id),"
        " age INTEGER CHECK (age > 0));"
    )
    clock = Clock("2025-11-15T19:00:00Z", "UTC")
    good: dict[str, Any] = {"id": "pet-1", "owner_id": "own-1", "age": 1}
    for bad in ({"owner_id": "nobody"}, {"age": 0}, {"age": "old"}, {"colour": "red"}):
        rows = Generated({"owners": [{"id": "own-1"}], "pets": [good | bad]}, {})
        with pytest.raises(ValueError, match=r"references|CHECK|takes INTEGER|no column"):
            open_image(WorldKey("bad", 1, 1, (), "1"), schema, clock, lambda rows=rows: rows, tmp_path)
    assert entries(tmp_path) == []


def test_the_hash_does_not_depend_on_the_file(small_image: WorldImage, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    with closing(sqlite3.connect(small_image.path)) as source:
        source.execute("PRAGMA page_size = 1024")
        source.execute("VACUUM INTO ?", (str(copy),))
    assert copy.read_bytes() != small_image.path.read_bytes()
    with closing(sqlite3.connect(copy)) as connection:
        assert rows_hash(connection, small_image.schema) == small_image.hash
        connection.execute("UPDATE pets SET age = 1 WHERE id = 'pet-3'")
        assert rows_hash(connection, small_image.schema) != small_image.hash


def test_the_cache_is_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.delenv("EGYM_CACHE", raising=False)
    assert default_cache() == tmp_path / "xdg" / "enterprisegym"
    monkeypatch.setenv("EGYM_CACHE", str(tmp_path / "mine"))
    assert default_cache() == tmp_path / "mine"


def build_corecraft(cache: Path, start: Barrier, hashes: Any) -> None:
    """What each of the competing processes does."""
    schema = Schema.parse((Path(corecraft.__file__).parent / "schema.sql").read_text())

    def counted() -> Generated:
        (cache / f"built-by-{os.getpid()}").touch()
        return generate(seed=3, scale=1, traps=())

    start.wait(timeout=60)
    image = open_image(WorldKey("corecraft", 3, 1, (), "race"), schema, CLOCK, counted, cache)
    with closing(image.fork()) as fork:
        hashes.put((image.hash, len(fork.rows("SELECT id FROM orders"))))


def test_processes_that_build_one_world_at_once_end_with_one_sound_entry(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    start, hashes = context.Barrier(3), context.Queue()
    workers = [context.Process(target=build_corecraft, args=(tmp_path, start, hashes)) for _ in range(3)]
    for worker in workers:
        worker.start()
    found = {hashes.get(timeout=60) for _ in workers}
    for worker in workers:
        worker.join(timeout=60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert len(found) == 1
    assert len(list(tmp_path.glob("built-by-*"))) == 1, "the others wait and take what the first has built"
    (entry,) = entries(tmp_path)
    assert not entry.startswith(".")


def test_what_a_killed_builder_left_is_cleared_away(open_small: OpenSmall, tmp_path: Path) -> None:
    entry = open_small(tmp_path).folder
    left = entry.with_name(f".building-{entry.name}")
    entry.rename(left)
    (left / "world.sqlite").write_bytes(b"half of a world")
    assert open_small(tmp_path).folder == entry
    assert entries(tmp_path) == [entry.name]


def test_other_users_may_read_a_cache_as_far_as_the_umask_lets_them(open_small: OpenSmall, tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        folder = open_small(tmp_path).folder
    finally:
        os.umask(before)
    assert folder.stat().st_mode & 0o777 == 0o755
