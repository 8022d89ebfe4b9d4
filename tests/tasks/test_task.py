"""Task documents that contradict themselves are refused in words."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from enterprisegym.environments.corecraft import expert
from enterprisegym.errors import UserError
from enterprisegym.tasks import Edit, Task, parse_task


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"id": "ord-1"},
        {"set": {"status": "paid"}},
        {"insert": {"id": "ord-1"}, "set": {"status": "paid"}},
        {"insert": {"id": "ord-1"}, "id": "ord-1"},
        {"insert": {"id": "ord-1"}, "id": "ord-1", "set": {"status": "paid"}},
    ],
)
def test_an_edit_inserts_or_sets_and_never_both(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="an edit has either"):
        Edit.model_validate({"table": "orders", **fields})


def test_an_edit_of_either_kind_is_taken() -> None:
    assert Edit(table="orders", insert={"id": "ord-1"}).set is None
    assert Edit(table="orders", id="ord-1", set={"status": "paid"}).insert is None


def test_near_misses_have_ids_of_their_own() -> None:
    document = expert.load()[0].model_dump(mode="json")
    document["near_misses"].append(document["near_misses"][0])
    with pytest.raises(ValidationError, match="two near misses share an id"):
        Task.model_validate(document)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"facts": ["a"]}, "task.yaml: facts takes a mapping of names to values, got list"),
        ({"facts": "a"}, "task.yaml: facts takes a mapping of names to values, got str"),
        ({"without": ["page_cut"]}, "task.yaml: without takes a mapping"),
        ({"facts": {"a": 1}, "without": {"page_cut": ["a"]}}, "task.yaml: without.page_cut takes a mapping"),
        ({"facts": {"a": 1}, "without": {"page_cut": None}}, "task.yaml: id: Field required"),
    ],
)
def test_facts_of_another_shape_are_told(document: dict[str, Any], words: str) -> None:
    with pytest.raises(UserError) as error:
        parse_task(document, "task.yaml")
    assert str(error.value).startswith(words)
