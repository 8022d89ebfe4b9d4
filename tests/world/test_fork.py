"""Forks: private, validated, transactional, and compared by their net changes."""

from __future__ import annotations

import math
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import pet

from enterprisegym.world import Fork, IntegrityError, WorldImage


def ages(fork: Fork) -> dict[str, int]:
    return {row["id"]: row["age"] for row in fork.rows("SELECT id, age FROM pets ORDER BY id")}


def test_rows_come_decoded_and_missing_keys_are_none(small: Fork) -> None:
    found = small.get("pets", "pet-1")
    assert found == pet("pet-1")
    assert small.get("pets", "nobody") is None
    assert small.rows("SELECT name FROM owners WHERE name LIKE ?", ("Zo%",)) == [{"name": "Zoë"}]


def test_a_fork_sees_its_own_writes_through_the_same_sql(small: Fork) -> None:
    before = small.rows("SELECT id FROM pets WHERE owner_id = ? ORDER BY id DESC", ("own-1",))
    small.insert("pets", pet("pet-9"))
    small.update("pets", "pet-3", {"owner_id": "own-2"})
    after = small.rows("SELECT id FROM pets WHERE owner_id = ? ORDER BY id DESC", ("own-1",))
    assert [r["id"] for r in before] == ["pet-3", "pet-1"]
    assert [r["id"] for r in after] == ["pet-9", "pet-1"]


@pytest.mark.parametrize("name", ["Pets", "PETS", '"pets"', "[Pets]", "main.pets AS m, Pets"])
def test_own_writes_are_seen_however_the_query_spells_the_table(small: Fork, name: str) -> None:
    small.update("pets", "pet-1", {"age": 10})
    table = name.rpartition(", ")[2]
    assert {"age": 10} in small.rows(f"SELECT {table}.age FROM {name} WHERE {table}.id = 'pet-1'")


@pytest.mark.parametrize("key", [None, 7, {"a": 1}, b"pet-1"])
def test_a_key_that_is_no_text_is_refused(small: Fork, key: Any) -> None:
    with pytest.raises(IntegrityError, match=r"pets\.id"):
        small.insert("pets", {**pet("x"), "id": key})


def test_forks_do_not_see_each_other(small_image: WorldImage) -> None:
    with closing(small_image.fork()) as one, closing(small_image.fork()) as two:
        one.update("pets", "pet-1", {"age": 10})
        two.update("pets", "pet-1", {"age": 20})
        two.insert("pets", pet("pet-9", age=1))
        assert ages(one) == {"pet-1": 10, "pet-2": 3, "pet-3": 0}
        assert ages(two) == {"pet-1": 20, "pet-2": 3, "pet-3": 0, "pet-9": 1}
        with closing(small_image.fork()) as fresh:
            assert ages(fresh) == {"pet-1": 3, "pet-2": 3, "pet-3": 0}
            assert fresh.hash() == small_image.hash
        assert len({one.hash(), two.hash(), small_image.hash}) == 3


def test_a_nested_fork_starts_where_its_parent_stands_and_goes_its_own_way(small: Fork) -> None:
    small.update("pets", "pet-1", {"age": 10})
    with closing(small.fork()) as child:
        assert child.hash() == small.hash()
        assert child.diff() == small.diff()
        child.update("pets", "pet-1", {"age": 11})
        child.insert("owners", {"id": "own-9", "name": "Bo", "badge": None})
        small.update("pets", "pet-2", {"age": 12})
        assert ages(small) == {"pet-1": 10, "pet-2": 12, "pet-3": 0}
        assert ages(child) == {"pet-1": 11, "pet-2": 3, "pet-3": 0}
        with closing(child.fork()) as grandchild:
            assert ages(grandchild) == ages(child)
            assert grandchild.get("owners", "own-9") is not None
            assert [(c.table, c.id) for c in grandchild.diff()] == [("owners", "own-9"), ("pets", "pet-1")]


def test_a_diff_holds_net_changes_only(small: Fork) -> None:
    small.update("pets", "pet-1", {"age": 10})
    small.update("pets", "pet-1", {"age": 11, "note": "x"})
    small.update("pets", "pet-2", {"note": "y"})
    small.insert("pets", pet("pet-0"))
    added, changed, other = small.diff()
    assert (added.id, added.added, added.before, added.fields) == ("pet-0", True, None, {})
    assert (changed.id, changed.added, changed.fields) == ("pet-1", False, {"age": (3, 11), "note": (None, "x")})
    assert other.fields == {"note": (None, "y")}

    small.update("pets", "pet-1", {"age": 3, "note": None})
    assert [c.id for c in small.diff()] == ["pet-0", "pet-2"]
    small.update("pets", "pet-2", {"note": None})
    assert [c.id for c in small.diff()] == ["pet-0"]


def test_equal_states_have_equal_hashes_however_they_came_about(small_image: WorldImage) -> None:
    with closing(small_image.fork()) as one, closing(small_image.fork()) as two:
        one.update("pets", "pet-1", {"age": 10})
        one.update("owners", "own-1", {"name": "Eve"})
        two.update("owners", "own-1", {"name": "Bob"})
        two.update("owners", "own-1", {"name": "Eve"})
        two.update("pets", "pet-2", {"age": 99})
        two.update("pets", "pet-1", {"age": 10})
        assert one.hash() != two.hash()
        two.update("pets", "pet-2", {"age": 3})
        assert one.hash() == two.hash()
        one.update("pets", "pet-1", {"age": 3})
        one.update("owners", "own-1", {"name": "Ada"})
        assert one.hash() == small_image.hash


def test_what_was_planted_before_start_here_is_not_in_the_diff(small: Fork, small_image: WorldImage) -> None:
    small.update("pets", "pet-1", {"age": 10})
    small.insert("pets", pet("pet-9"))
    small.start_here()
    assert small.diff() == ()
    assert small.hash() != small_image.hash, "the planted state is still part of the world's state"

    small.update("pets", "pet-1", {"age": 3})
    small.update("pets", "pet-9", {"note": "z"})
    back, edited = small.diff()
    assert back.fields == {"age": (10, 3)}, "setting it back to the image's value is a change of what was planted"
    assert edited.fields == {"note": (None, "z")} and not edited.added
    with closing(small.fork()) as child:
        assert child.diff() == small.diff()
        child.update("pets", "pet-1", {"age": 10})
        assert [c.id for c in child.diff()] == ["pet-9"]


def test_a_failed_transaction_leaves_nothing(small: Fork, small_image: WorldImage) -> None:
    small.update("owners", "own-1", {"name": "Eve"})
    before = small.hash()
    with pytest.raises(RuntimeError, match="stop"), small.transaction():
        small.update("owners", "own-1", {"name": "Mallory"})
        small.insert("pets", pet("pet-9"))  # the first write to this table: its delta table is made in here
        assert small.get("pets", "pet-9") is not None
        raise RuntimeError("stop")
    assert small.hash() == before
    assert ages(small) == {"pet-1": 3, "pet-2": 3, "pet-3": 0}
    assert small.get("owners", "own-1") == {"id": "own-1", "name": "Eve", "badge": "A1"}

    with small.transaction():
        small.insert("pets", pet("pet-9", age=7))
    assert ages(small)["pet-9"] == 7
    assert small.hash() not in (before, small_image.hash)


def test_a_transaction_inside_another_and_a_fork_inside_one_are_refused(small: Fork) -> None:
    with small.transaction():
        with pytest.raises(RuntimeError, match="already open"), small.transaction():
            pass
        with pytest.raises(RuntimeError, match="inside a transaction"):
            small.fork()
        small.update("pets", "pet-1", {"age": 5})
    assert ages(small)["pet-1"] == 5


def test_ids_follow_the_house_style_and_the_company_day(small: Fork) -> None:
    assert small.next_id("pets", "rex") == "rex-251115-001"
    small.insert("pets", pet("rex-251115-001"))
    small.insert("pets", pet("rex-251115-007"))
    small.insert("pets", pet("rex-251115-x"))
    small.insert("pets", pet("rex-251114-050"))
    assert small.next_id("pets", "rex") == "rex-251115-008"
    assert small.next_id("pets", "re") == "re-251115-001"
    small.insert("pets", pet("rex-251115-999"))
    assert small.next_id("pets", "rex") == "rex-251115-1000"
    small.insert("pets", pet("rex-251115-1000"))
    assert small.next_id("pets", "rex") == "rex-251115-1001"


BAD_ROWS: dict[str, tuple[dict[str, Any], str]] = {
    "key taken": (pet("pet-1"), "already has a row 'pet-1'"),
    "broken reference": (pet("new", owner_id="own-77"), "owner_id refers to owners 'own-77', which does not exist"),
    "broken reference to a column": (pet("new", badge="B9"), "badge refers to owners 'B9'"),
    "failed check": (pet("new", age=-1), "CHECK"),
    "text for an integer": (pet("new", age="3"), "takes INTEGER, got '3'"),
    "float for an integer": (pet("new", age=2.0), "takes INTEGER, got 2.0"),
    "bool for an integer": (pet("new", age=True), "takes INTEGER, got True"),
    "number for text": (pet("new", note=5), "takes TEXT, got 5"),
    "text for JSON": (pet("new", traits="calm"), "takes JSON"),
    "null where forbidden": (pet("new", age=None), "age may not be null"),
    "null key": (pet("new", id=None), "id may not be null"),
    "unknown column": (pet("new", colour="red"), "no column 'colour'"),
    "missing column": ({k: v for k, v in pet("new").items() if k != "age"}, "age is missing"),
    "NaN in JSON": (pet("new", traits=[math.nan]), "pets 'new'"),
    "integer of 65 bits": (pet("new", age=2**64), "pets 'new'"),
}


@pytest.mark.parametrize("name", BAD_ROWS)
def test_bad_rows_are_refused_and_change_nothing(name: str, small: Fork, small_image: WorldImage) -> None:
    row, message = BAD_ROWS[name]
    with pytest.raises(IntegrityError, match=message):
        small.insert("pets", row)
    assert small.hash() == small_image.hash
    if name not in ("key taken", "missing column", "null key"):
        changes = {k: v for k, v in row.items() if k != "id" and v != pet("pet-1").get(k, ...)}
        with pytest.raises(IntegrityError, match=message.replace("'new'", "'pet-1'")):
            small.update("pets", "pet-1", changes)
        assert small.hash() == small_image.hash


def test_unique_columns_stay_unique_across_image_and_changes(small: Fork) -> None:
    with pytest.raises(IntegrityError, match="badge 'A1' is taken"):
        small.update("owners", "own-2", {"badge": "A1"})
    small.update("owners", "own-1", {"badge": "A1", "name": "Eve"})
    small.insert("owners", {"id": "own-3", "name": "Cy", "badge": "C3"})
    with pytest.raises(IntegrityError, match="badge 'C3' is taken"):
        small.insert("owners", {"id": "own-4", "name": "Di", "badge": "C3"})
    small.insert("owners", {"id": "own-4", "name": "Di", "badge": None})
    assert small.get("owners", "own-3") == {"id": "own-3", "name": "Cy", "badge": "C3"}


def test_references_may_name_rows_that_the_fork_has_added(small: Fork) -> None:
    small.insert("owners", {"id": "own-3", "name": "Cy", "badge": "C3"})
    small.insert("pets", pet("new", owner_id="own-3", badge="C3"))
    small.update("pets", "pet-1", {"friend_id": "new"})
    assert small.rows("SELECT o.name FROM pets p JOIN owners o ON o.id = p.owner_id WHERE p.id = 'new'") == [
        {"name": "Cy"}
    ]


def test_unknown_tables_rows_and_key_changes_are_refused(small: Fork) -> None:
    for write in (
        lambda: small.get("pests", "x"),
        lambda: small.insert("pests", {}),
        lambda: small.update("pests", "x", {}),
        lambda: small.next_id("pests", "x"),
    ):
        with pytest.raises(IntegrityError, match="there is no table 'pests'"):
            write()
    with pytest.raises(IntegrityError, match="no row 'nobody'"):
        small.update("pets", "nobody", {"age": 1})
    with pytest.raises(IntegrityError, match="a key cannot change"):
        small.update("pets", "pet-1", {"id": "pet-7"})


def test_the_image_file_is_never_written(small_image: WorldImage) -> None:
    before = small_image.path.read_bytes()
    with closing(small_image.fork()) as fork:
        for n in range(50):
            fork.insert("pets", pet(f"new-{n}", note="x" * 1000))
            fork.update("pets", "pet-1", {"age": n})
    assert small_image.path.read_bytes() == before
    assert sorted(p.name for p in small_image.folder.iterdir()) == ["annotations.json", "meta.json", "world.sqlite"]


EDITS = st.lists(
    st.tuples(st.sampled_from(["pet-1", "pet-2", "n-1", "n-2"]), st.sampled_from([0, 1, 2, -1, None]), st.booleans()),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(edits=EDITS)
def test_a_fork_agrees_with_a_dictionary(edits: list[tuple[str, int | None, bool]], small_image: WorldImage) -> None:
    start = {f"pet-{n}": age for n, age in ((1, 3), (2, 3), (3, 0))}
    model = dict(start)
    with closing(small_image.fork()) as fork:
        for id, age, undo in edits:
            try:
                with fork.transaction():
                    if id in model:
                        fork.update("pets", id, {"age": age})
                    else:
                        fork.insert("pets", pet(id, age=age))
                    if undo:
                        raise KeyError
            except IntegrityError:
                assert age is None or age < 0
            except KeyError:
                pass
            else:
                assert age is not None
                model[id] = age
        assert ages(fork) == model
        assert {c.id: c.after["age"] for c in fork.diff()} == {k: v for k, v in model.items() if start.get(k) != v}
        with closing(small_image.fork()) as direct:
            for id, age in sorted(model.items(), reverse=True):
                if id in start:
                    direct.update("pets", id, {"age": age})
                else:
                    direct.insert("pets", pet(id, age=age))
            assert direct.hash() == fork.hash()
