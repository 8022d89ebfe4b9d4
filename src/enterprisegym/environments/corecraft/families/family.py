"""What a family of tasks is: where its question arises, how people ask, what a right outcome is, how it is reached."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from enterprisegym.environments.corecraft.agents.worker import Plan, Worker
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.tasks import CapabilityLevel, Category, Criterion, Edit, Mode, NearMiss

Given = Mapping[str, Any]
"""What a prompt tells, as data. A text stands in the prompt as it is; see `said`."""

CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")


def said(text: str, meant: Any) -> dict[str, Any]:
    """A value that the prompt puts in words: `said("early October", "2025-10")`. Plans get what is meant."""
    return {"said": text, "meant": meant}


def meanings(given: Given) -> dict[str, Any]:
    """The given values as plans get them."""
    return {name: _half(value, "meant") for name, value in given.items()}


def _half(value: Any, half: str) -> Any:
    return cast(Mapping[str, Any], value)[half] if isinstance(value, Mapping) else value


@dataclass(frozen=True)
class Situation:
    """One place in a world where a family's question arises.

    `key`: the records it is about, by role (customer, order, product, ticket ...); tasks of a family never share a key.
    `given`: what the prompt tells. `traps`: those that may bite here; kept are those whose probe proves it.
    `setup`: rows planted before the agent starts, such as the ticket of a message that has just come in.
    `difficulty`: 1 to 5. `main_level`, `mode`: where they differ from the family's; a mode limits the wordings.
    """

    key: Mapping[str, str]
    given: Given
    traps: tuple[str, ...] = ()
    difficulty: int = 2
    main_level: CapabilityLevel | None = None
    mode: Mode | None = None
    setup: tuple[Edit, ...] = ()


@dataclass(frozen=True)
class Wording:
    """A way to ask: a text with `{slots}` of the situation's `given` and `[this|that]` choices, of which one is drawn.

    `fits`: whether it suits what is given; every situation needs wordings that do.
    """

    voice: str
    text: str
    mode: Mode = "autonomous"
    fits: Callable[[Given], bool] | None = None

    def render(self, given: Given, rng: random.Random) -> str:
        """The prompt for a situation. Raises KeyError for a slot that is not given."""
        text = self.text
        while CHOICE.search(text):
            text = CHOICE.sub(lambda found: rng.choice(found[1].split("|")), text)
        values = {name: _half(value, "said") for name, value in given.items()}
        return re.sub(r"[ ]+\n", "\n", text.format_map(values)).strip()


@dataclass(frozen=True)
class Rubric:
    """What a right outcome is, and plausible wrong ones."""

    criteria: Sequence[Criterion]
    near_misses: Sequence[NearMiss]


@dataclass(frozen=True)
class Family:
    """A kind of task. `title` is for authors; `unseen` families are kept out of `train` and `heldout`.

    `find` yields the situations of a world, in any order; there are many more than are used.
    `rubric` derives what is right from the records of a world: the same situation in the world without a trap gives
    the twin's rubric, so it looks up everything anew by `key`.
    `solve` is the plan: it works from tool results and what is given, and never sees records or rubric.
    `rests_on`: policies and articles (ids) that answers of the family rest on; where a solution has consulted one, it
    becomes evidence. `weight`: how many shares of its category the family gets.
    """

    name: str
    title: str
    category: Category
    main_level: CapabilityLevel
    levels: tuple[CapabilityLevel, ...]
    wordings: Sequence[Wording]
    find: Callable[[Records, random.Random], Iterable[Situation]]
    rubric: Callable[[Records, Situation], Rubric]
    solve: Callable[[Worker, Given], Plan]
    unseen: bool = False
    rests_on: tuple[str, ...] = ()
    weight: int = 1

    def wordings_for(self, situation: Situation) -> list[Wording]:
        """The wordings that suit a situation."""
        return [
            w
            for w in self.wordings
            if (situation.mode is None or w.mode == situation.mode) and (w.fits is None or w.fits(situation.given))
        ]
