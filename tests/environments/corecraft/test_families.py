"""Families of tasks: each derives sound tasks and twins in a world, and asks in many ways."""

from __future__ import annotations

import random
import re

import pytest

from enterprisegym.environment import make
from enterprisegym.environments.corecraft.families import families, family_named, meanings
from enterprisegym.environments.corecraft.families.derive import Deriver
from enterprisegym.environments.corecraft.families.family import Wording, said
from enterprisegym.errors import UserError
from enterprisegym.evaluation.soundness import certify_all
from enterprisegym.tasks import WorldRef
from enterprisegym.tasks.alike import shingles_of

ENVIRONMENT = make("corecraft")
DERIVER = Deriver(ENVIRONMENT)
FLOORS = [p.name for p in ENVIRONMENT.spec.policies.values() if p.kind == "floor"]


def world_of(name: str) -> WorldRef:
    return WorldRef(seed=25 if families()[name].unseen else 21, scale=1, traps="all")


@pytest.mark.parametrize("name", families())
def test_tasks_and_their_twins_are_sound(name: str) -> None:
    family = families()[name]
    tasks = DERIVER.draw(family, world_of(name), 3)
    assert len(tasks) == 3
    twins = [DERIVER.twin(task, family, trap) for task in tasks for trap in task.traps]
    unsound = {c.task_id: c.problems for c in certify_all(ENVIRONMENT, [*tasks, *twins]) if not c.sound}
    assert unsound == {}
    for task in tasks:
        assert 3 <= len(task.criteria) <= 12
        assert task.situation
        assert not any(DERIVER.passes(task, floor) for floor in FLOORS)


@pytest.mark.parametrize("name", families())
def test_there_are_enough_situations_and_wordings(name: str) -> None:
    family = families()[name]
    situations = DERIVER.situations(family, world_of(name))
    assert len(situations) >= (20 if family.unseen else 40)
    assert all(family.wordings_for(s) for s in situations)
    assert len(family.wordings) >= 6
    apart = [w for w in family.wordings if not w.voice.endswith(", on file")]  # those close with a ticket besides
    texts = [re.sub(r"\{\w+\}|[\[\]|]", " ", w.text) for w in apart]
    for n, text in enumerate(texts):
        for other in texts[n + 1 :]:
            mine, theirs = shingles_of(text), shingles_of(other)
            assert len(mine & theirs) <= 0.35 * min(len(mine), len(theirs)), (text[:60], other[:60])


def test_a_draw_is_the_same_every_time() -> None:
    ref = WorldRef(seed=21, scale=1, traps="all")
    family = families()["opened-return"]
    assert DERIVER.draw(family, ref, 3) == Deriver(make("corecraft")).draw(family, ref, 3)


def test_a_trap_that_is_kept_fells_its_probe_and_its_twin_does_not() -> None:
    ref = WorldRef(seed=21, scale=1, traps="all")
    family = families()["opened-return"]
    task = next(t for t in DERIVER.draw(family, ref, 6) if t.traps)
    probe = ENVIRONMENT.spec.traps[task.traps[0]].probe
    assert not DERIVER.passes(task, probe)
    assert DERIVER.passes(DERIVER.twin(task, family, task.traps[0]), probe)
    with pytest.raises(UserError, match="does not carry"):
        ENVIRONMENT.twin(task, "no_such_trap")


def test_a_wording_draws_choices_and_says_what_is_given() -> None:
    wording = Wording("terse", "[Hi|Hello [there|you]], {month} it was, {name}.")
    given = {"name": "Maya", "month": said("early May", "2025-05")}
    prompts = {wording.render(given, random.Random(n)) for n in range(40)}
    assert prompts == {f"{hello}, early May it was, Maya." for hello in ("Hi", "Hello there", "Hello you")}
    assert meanings(given) == {"name": "Maya", "month": "2025-05"}
    with pytest.raises(KeyError):
        Wording("terse", "{order}").render(given, random.Random(0))


def test_unknown_families() -> None:
    assert family_named("no-such-family") is None
    assert family_named("../x") is None
    with pytest.raises(UserError, match="opened-return"):
        ENVIRONMENT.derive("opend-return", WorldRef(seed=21), 1)
