"""Tasks that are too alike are found, within and across splits."""

from __future__ import annotations

from enterprisegym.environment import make
from enterprisegym.evaluation.distinct import shared_families, too_alike

TASK = make("corecraft").tasks("expert")[0]


def task(id: str, prompt: str, family: str = "a", **situation: str):
    return TASK.model_copy(update={"id": id, "prompt": prompt, "family": family, "situation": situation})


LONG = "Could you please look up when the parcel of my order from {} will come, and who carries it? I am {}, thank you."


def test_expert_tasks_are_all_different() -> None:
    assert too_alike({"expert": make("corecraft").tasks("expert")}) == []


def test_the_same_situation_of_a_family_is_found_across_splits() -> None:
    one, two = task("1", "One text.", order="ord-1"), task("2", "A different request.", order="ord-1")
    assert [(a.kind, a.first, a.second) for a in too_alike({"train": [one], "heldout": [two]})] == [
        ("situation", "1", "2")
    ]
    assert too_alike({"train": [one], "heldout": [task("2", "A different request.", "b", order="ord-1")]}) == []


def test_nearly_the_same_prompt_is_found_and_the_same_wording_about_others_is_not() -> None:
    first = task("1", LONG.format("May", "Ann Lee"), order="1")
    again = task("2", LONG.format("May", "Ann Lee") + " Bye.", order="2")
    other = task("3", LONG.format("June", "Bo Diaz"), order="3")
    found = too_alike({"train": [first, again, other]})
    assert [(a.kind, a.first, a.second) for a in found] == [("prompt", "1", "2")]
    assert found[0].similarity >= 0.9


def test_shared_families() -> None:
    assert shared_families([task("1", "x", "a")], [task("2", "y", "b"), task("3", "z", "a")]) == {"a"}
