"""Diffs and op logs survive the way through a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_world import pet

from enterprisegym.errors import UserError
from enterprisegym.world import Fork, Op, diff_from_json, diff_to_json, read_ops, write_ops


def test_a_diff_is_the_same_after_json(small: Fork) -> None:
    small.insert("pets", pet("pet-9", traits=[{"a": [1, 2.5, None, "ü"]}]))
    small.update("pets", "pet-1", {"traits": [], "note": "n"})
    small.update("owners", "own-2", {"badge": "B2"})
    diff = small.diff()
    data = json.loads(json.dumps(diff_to_json(diff)))
    assert diff_from_json(data) == diff
    assert [c.fields for c in diff_from_json(data)] == [c.fields for c in diff]
    owner, changed, added = data
    assert owner["changed"] == {"badge": [None, "B2"]} and owner["row"]["name"] == "Zoë"
    assert set(changed["changed"]) == {"traits", "note"}
    assert added["added"]["id"] == "pet-9"


def test_an_op_log_is_the_same_after_a_file(tmp_path: Path) -> None:
    ops = [
        Op("feed", {"pet_id": "pet-1", "grams": 40.5, "note": "ünï\n\u2028line"}),
        Op("walk", {}),
        Op("feed", {"nested": {"b": [1, {"c": None}], "a": True}}),
    ]
    write_ops(tmp_path / "ops.jsonl", ops)
    assert list(read_ops(tmp_path / "ops.jsonl")) == ops
    write_ops(tmp_path / "none.jsonl", [])
    assert list(read_ops(tmp_path / "none.jsonl")) == []


@pytest.mark.parametrize("bad", ["{", "[]", '{"name": "x"}', '"text"', "null"])
def test_a_damaged_op_log_names_the_line(tmp_path: Path, bad: str) -> None:
    path = tmp_path / "ops.jsonl"
    path.write_text('{"name": "walk", "arguments": {}}\n' + bad + "\n")
    with pytest.raises(UserError, match=r"ops\.jsonl: line 2 is not an op"):
        list(read_ops(path))
    path.write_bytes(b'{"name": "walk", "arguments": {}}\n\xff\n')
    with pytest.raises(UserError, match=r"ops\.jsonl: line 2 is not an op"):
        list(read_ops(path))
