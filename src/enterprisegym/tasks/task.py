"""The task document: what the agent is asked, in which world, and how the outcome is judged."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from enterprisegym.errors import did_you_mean

Category = Literal["retrieval", "communication", "reasoning", "workflow"]
Mode = Literal["autonomous", "copilot"]
CapabilityLevel = Literal["tool_use", "planning", "adaptability", "groundedness", "common_sense"]
CriterionKind = Literal["completeness", "correctness", "constraint", "format"]

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=80)]
Text = Annotated[str, Field(min_length=1)]


class Frozen(BaseModel):
    """Base of every document model: immutable, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Call(Frozen):
    """One tool call by name and JSON arguments."""

    name: Text
    arguments: dict[str, JsonValue] = Field(default_factory=dict)


MAX_WORLD_SEED = 2**128 - 1
WITHHELD = "(left out of this export)"


class WorldRef(Frozen):
    """Which world a task plays in. `traps` is "all", "none" or a list of trap names.

    A private task keeps its seed to itself (None): its world is known by its hash alone.
    """

    seed: int | None = Field(ge=0, le=MAX_WORLD_SEED)
    scale: int = Field(default=1, ge=1, le=100)
    traps: Literal["all", "none"] | tuple[str, ...] = "all"
    hash: str | None = None


class Edit(Frozen):
    """A change planted in the fork before the agent starts: `insert` a whole row or `set` fields of row `id`."""

    table: Text
    id: str | None = None
    set: dict[str, JsonValue] | None = None
    insert: dict[str, JsonValue] | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Edit:
        inserts = self.insert is not None and self.id is None and self.set is None
        sets = self.insert is None and self.id is not None and self.set is not None
        if not inserts and not sets:
            raise ValueError("an edit has either `insert`, or `id` together with `set`")
        return self


class CheckSpec(BaseModel):
    """A named check and its parameters; the registry in `grading.checks` validates the parameters."""

    model_config = ConfigDict(frozen=True, extra="allow")
    check: Text

    @property
    def params(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


class Criterion(Frozen):
    """One atomic, objective statement about the outcome, judged true or false.

    `evidence` names the rows that make it true, as `table/id` or `table/id.field`.
    """

    id: Slug
    kind: CriterionKind
    assertion: Text
    check: CheckSpec | None = None
    evidence: tuple[str, ...] = ()


class Reference(Frozen):
    """A solution that earns every criterion."""

    calls: tuple[Call, ...]
    response: Text


class CallEdit(Frozen):
    """Change the `nth` (from 1) reference call of `tool`: drop it, or set some of its arguments."""

    tool: Text
    nth: int = Field(default=1, ge=1)
    drop: bool = False
    set: dict[str, JsonValue] = Field(default_factory=dict)


class NearMiss(Frozen):
    """A plausible wrong outcome, given as a variation of the reference, and the criteria it must fail.

    The response is the reference's with each `replace` pair applied (the first text must occur), or `response`.
    The calls are the reference's with `change_calls` applied and `add_calls` appended, or `calls`.
    """

    id: Slug
    why: Text
    fails: tuple[Slug, ...] = Field(min_length=1)
    response: str | None = None
    replace: tuple[tuple[str, str], ...] = ()
    calls: tuple[Call, ...] | None = None
    change_calls: tuple[CallEdit, ...] = ()
    add_calls: tuple[Call, ...] = ()

    def outcome(self, reference: Reference) -> Reference:
        """The wrong calls and response; raises ValueError when a variation does not apply."""
        response = self.response if self.response is not None else reference.response
        for old, new in self.replace:
            if old not in response:
                raise ValueError(f"near miss {self.id!r}: {old!r} does not occur in the response")
            response = response.replace(old, new)
        calls = list(self.calls if self.calls is not None else reference.calls)
        doomed: list[int] = []
        for edit in self.change_calls:
            places = [i for i, call in enumerate(calls) if call.name == edit.tool]
            if len(places) < edit.nth:
                raise ValueError(f"near miss {self.id!r}: the reference has no call number {edit.nth} of {edit.tool}")
            place = places[edit.nth - 1]
            if edit.drop:
                doomed.append(place)
            else:
                calls[place] = Call(name=edit.tool, arguments={**calls[place].arguments, **edit.set})
        kept = [call for i, call in enumerate(calls) if i not in doomed]
        return Reference(calls=(*kept, *self.add_calls), response=response)


class Task(Frozen):
    """One task. `main_level` is the capability that is its main hurdle; `levels` are all that it needs.

    Generated tasks name the records they are about in `situation` and, for scripted agents, what the prompt tells in
    `given`. Agents see neither. Exports carry the version of their `suite` and a `canary`, a string by which a text
    corpus that has swallowed them can be found out; they may leave out the reference (`withheld`) and near misses.
    """

    format_version: Literal[1] = 1
    id: Slug
    family: Slug
    title: Text
    category: Category
    mode: Mode
    main_level: CapabilityLevel
    levels: tuple[CapabilityLevel, ...]
    difficulty: int = Field(ge=1, le=5)
    traps: tuple[Slug, ...] = ()
    world: WorldRef
    setup: tuple[Edit, ...] = ()
    system_prompt: Slug
    prompt: Text
    situation: dict[str, str] = Field(default_factory=dict[str, str])
    given: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue])
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    reference: Reference = Reference(calls=(), response=WITHHELD)
    near_misses: tuple[NearMiss, ...] = ()
    suite: str | None = None
    canary: str | None = None

    @property
    def withheld(self) -> bool:
        """Whether the reference was left out."""
        return self.reference.response == WITHHELD

    @model_validator(mode="after")
    def _consistent(self) -> Task:
        ids = [criterion.id for criterion in self.criteria]
        if len(set(ids)) != len(ids):
            raise ValueError("two criteria share an id")
        misses = [miss.id for miss in self.near_misses]
        if len(set(misses)) != len(misses):
            raise ValueError("two near misses share an id")
        if self.main_level not in self.levels:
            raise ValueError(f"main_level {self.main_level!r} is not among levels")
        for miss in self.near_misses:
            for name in miss.fails:
                if name not in ids:
                    raise ValueError(f"near miss {miss.id!r} names criterion {name!r}; {did_you_mean(name, ids)}")
        return self
