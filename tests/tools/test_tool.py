"""`@tool` and Toolbox: the schema an agent is shown, the arguments it may send, the refusals it reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from enterprisegym.tools import Toolbox, ToolError, tool
from enterprisegym.tools.tool import enum_values
from enterprisegym.world import Clock, Fork, IntegrityError, Schema, WorldKey, open_image
from enterprisegym.world.image import Generated

Colour = Literal["red", "green", "blue"]
CLOCK = Clock("2025-11-15T19:00:00Z", "UTC")
SCHEMA = Schema.parse("CREATE TABLE notes (id TEXT PRIMARY KEY NOT NULL, text TEXT NOT NULL CHECK (text <> ''));")


class Pen(BaseModel):
    """A pen."""

    model_config = ConfigDict(extra="forbid", strict=True)
    colour: Colour = Field(description="what it writes in")
    width: int = Field(default=1, ge=1, le=5, description="in millimetres")


@tool("read")
def echo(
    world: Fork,
    text: Annotated[str, Field(min_length=1, max_length=20)],
    colour: Colour | None = None,
    loud: bool = False,
    times: Annotated[int, Field(ge=1, le=10)] = 1,
    price: Annotated[float, Field(ge=0)] | None = None,
    pens: list[Pen] | None = None,
    tags: list[Colour] | None = None,
) -> dict[str, Any]:
    """Say it again.

    Over and
    over.

    Args:
        text: what to say, which may
            take two lines: really
        colour: the colour
        loud: whether to shout
        times: how often
        price: what it costs
        pens: pens to write with
        tags: colours
    """
    return {
        "text": text, "colour": colour, "loud": loud, "times": times, "price": price,
        "pens": None if pens is None else [pen.model_dump() for pen in pens], "tags": tags,
    }  # fmt: skip


@tool("change")
def addNotes(world: Fork, texts: list[str], fail: Literal["no", "tool", "bug"] = "no") -> dict[str, Any]:  # noqa: N802
    """Add notes.

    Args:
        texts: the notes
        fail: how to fail after all are written
    """
    for text in texts:
        world.insert("notes", {"id": world.next_id("notes", "note"), "text": text})
    if fail == "tool":
        raise ToolError("no, thank you")
    if fail == "bug":
        raise ZeroDivisionError
    return {"notes": [row["id"] for row in world.rows("SELECT id FROM notes ORDER BY id")]}


TOOLS = Toolbox([echo, addNotes])


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Fork]:
    image = open_image(WorldKey("notes", 0, 1, (), "1"), SCHEMA, CLOCK, lambda: Generated({}, {}), tmp_path)
    with closing(image.fork()) as fork:
        yield fork


def test_the_schema_is_the_signature() -> None:
    read, change = TOOLS.schemas()
    assert read == {
        "type": "function",
        "function": {
            "name": "echo",
            "description": "Say it again. Over and over.",
            "parameters": {
                "type": "object",
                "additionalProperties": False,
                "required": ["text"],
                "properties": {
                    "text": {
                        "type": "string", "minLength": 1, "maxLength": 20,
                        "description": "what to say, which may take two lines: really",
                    },
                    "colour": {"type": "string", "enum": ["red", "green", "blue"], "description": "the colour"},
                    "loud": {"type": "boolean", "default": False, "description": "whether to shout"},
                    "times": {"type": "integer", "minimum": 1, "maximum": 10, "default": 1, "description": "how often"},
                    "price": {"type": "number", "minimum": 0, "description": "what it costs"},
                    "pens": {
                        "type": "array",
                        "description": "pens to write with",
                        "items": {
                            "type": "object",
                            "description": "A pen.",
                            "additionalProperties": False,
                            "required": ["colour"],
                            "properties": {
                                "colour": {
                                    "type": "string", "enum": ["red", "green", "blue"],
                                    "description": "what it writes in",
                                },
                                "width": {
                                    "type": "integer", "minimum": 1, "maximum": 5, "default": 1,
                                    "description": "in millimetres",
                                },
                            },
                        },
                    },
                    "tags": {
                        "type": "array", "description": "colours",
                        "items": {"type": "string", "enum": ["red", "green", "blue"]},
                    },
                },
            },
        },
    }  # fmt: skip
    assert change["function"]["parameters"]["required"] == ["texts"]
    json.dumps(TOOLS.schemas())


def test_the_hash_of_a_toolbox_covers_what_the_agent_is_told() -> None:
    assert TOOLS.hash() == Toolbox([echo, addNotes]).hash()
    assert TOOLS.hash() != Toolbox([addNotes, echo]).hash()
    assert TOOLS.hash() != Toolbox([echo]).hash()


def test_defaults_are_filled_in_and_optional_arguments_may_be_null(world: Fork) -> None:
    plain = {
        "text": "hi", "colour": None, "loud": False, "times": 1, "price": None, "pens": None, "tags": None,
    }  # fmt: skip
    assert TOOLS.call(world, "echo", {"text": "hi"}) == plain
    assert TOOLS.call(world, "echo", {"text": "hi", "colour": None, "pens": None}) == plain
    full = {
        "text": "ü", "colour": "red", "loud": True, "times": 10, "price": 3, "pens": [{"colour": "blue"}],
        "tags": ["red"],
    }  # fmt: skip
    assert TOOLS.call(world, "echo", full) == {**full, "pens": [{"colour": "blue", "width": 1}]}


REFUSALS: list[tuple[Any, str]] = [
    ({}, "argument 'text' is required"),
    ({"text": "a", "loud": "false"}, "loud: expected bool, got 'false'"),
    ({"text": "a", "loud": 0}, "loud: expected bool, got 0"),
    ({"text": "a", "times": 1.0}, "times: expected integer, got 1.0"),
    ({"text": "a", "times": True}, "times: expected integer, got True"),
    ({"text": "a", "times": "1"}, "times: expected integer, got '1'"),
    ({"text": "a", "times": 0}, "times: Input should be greater than or equal to 1 (got 0)"),
    ({"text": "a", "times": 11}, "times: Input should be less than or equal to 10 (got 11)"),
    ({"text": "a", "times": None}, "times: expected integer, got None"),
    ({"text": "a", "price": "9.99"}, "price: expected number, got '9.99'"),
    ({"text": "a", "price": True}, "price: expected number, got True"),
    ({"text": "a", "price": 10**400}, "price: expected number, got 1000"),
    ({"text": 5}, "text: expected string, got 5"),
    ({"text": ["a"]}, "text: expected string, got ['a']"),
    ({"text": ""}, "text: String should have at least 1 character (got '')"),
    ({"text": "a" * 21}, "text: String should have at most 20 characters"),
    ({"text": "a", "colour": "pink"}, "colour: 'pink' is not one of 'red', 'green', 'blue'"),
    ({"text": "a", "colour": "Red"}, "colour: 'Red' is not one of 'red', 'green', 'blue'"),
    ({"text": "a", "tags": "red"}, "tags: expected list, got 'red'"),
    ({"text": "a", "tags": ["red", "pink"]}, "tags[1]: 'pink' is not one of"),
    ({"text": "a", "pens": [{"colour": "red"}, {"width": 2}]}, "argument 'pens[1].colour' is required"),
    ({"text": "a", "pens": [{"colour": "red", "widht": 2}]}, "unknown argument 'pens[0].widht'"),
    ({"text": "a", "color": "red"}, "unknown argument 'color': did you mean 'colour'?"),
    ({"text": "a", "qqqq": 1}, "unknown argument 'qqqq': choose one of: colour, loud, pens, price, tags, text, times"),
    ("text", "arguments: Input should be a valid dictionary"),
    ({1: "a"}, "Keys should be strings"),
    ({"text": "\ud800"}, "text: "),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSALS)
def test_wrong_arguments_are_refused_in_words_that_help(world: Fork, arguments: Any, message: str) -> None:
    with pytest.raises(ToolError) as refusal:
        TOOLS.call(world, "echo", arguments)
    assert message in str(refusal.value)


def test_every_wrong_argument_is_named_at_once(world: Fork) -> None:
    with pytest.raises(ToolError) as refusal:
        TOOLS.call(world, "echo", {"text": 1, "times": "x", "colours": 3})
    assert [part.partition(":")[0] for part in str(refusal.value).split("; ")] == [
        "text", "times", "unknown argument 'colours'",
    ]  # fmt: skip


def test_refusals_stay_short_whatever_was_sent(world: Fork) -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    for arguments in ({"text": "x" * 100_000}, {"text": deep}, {"y" * 100_000: 1}, {"text": "a", "times": 10**9000}):
        with pytest.raises(ToolError) as refusal:
            TOOLS.call(world, "echo", arguments)
        assert len(str(refusal.value)) < 400
    with pytest.raises(ToolError) as refusal:
        TOOLS.call(world, "z" * 100_000, {})
    assert len(str(refusal.value)) < 400


def test_an_unknown_tool_is_refused_with_the_nearest_name(world: Fork) -> None:
    with pytest.raises(ToolError, match=r"there is no tool 'addNote': did you mean 'addNotes'\?"):
        TOOLS.call(world, "addNote", {})
    with pytest.raises(ToolError, match="choose one of: addNotes, echo"):
        TOOLS.call(world, "", {})


def test_a_change_is_one_transaction(world: Fork) -> None:
    assert TOOLS.call(world, "addNotes", {"texts": ["a", "b"]}) == {"notes": ["note-251115-001", "note-251115-002"]}
    before = world.hash()
    with pytest.raises(ToolError, match="no, thank you"):
        TOOLS.call(world, "addNotes", {"texts": ["c"], "fail": "tool"})
    with pytest.raises(ZeroDivisionError):
        TOOLS.call(world, "addNotes", {"texts": ["c"], "fail": "bug"})
    with pytest.raises(IntegrityError):
        TOOLS.call(world, "addNotes", {"texts": ["c", ""]})
    assert world.hash() == before
    assert TOOLS.call(world, "addNotes", {"texts": ["c"]})["notes"][-1] == "note-251115-003"


def test_a_toolbox_is_an_ordered_collection() -> None:
    assert [t.name for t in TOOLS] == ["echo", "addNotes"]
    assert len(TOOLS) == 2
    assert (TOOLS["echo"].kind, TOOLS["addNotes"].kind) == ("read", "change")
    with pytest.raises(ValueError, match="'echo' is taken"):
        Toolbox([echo, echo])


def test_names_that_frameworks_reserve_are_refused() -> None:
    @tool("read")
    def reset(world: Fork) -> dict[str, Any]:
        """Nothing."""
        return {}

    assert reset.parameters == {"type": "object", "properties": {}, "additionalProperties": False}
    with pytest.raises(ValueError, match="'reset' is taken or reserved"):
        Toolbox([reset])


def test_a_tool_must_describe_exactly_its_arguments() -> None:
    with pytest.raises(TypeError, match="argument 'b' has no entry under Args:"):

        @tool("read")
        def one(world: Fork, a: int, b: int) -> dict[str, Any]:
            """Do.

            Args:
                a: first
            """
            return {}

    with pytest.raises(TypeError, match=r"Args: describes \['c'\]"):

        @tool("read")
        def two(world: Fork, a: int) -> dict[str, Any]:
            """Do.

            Args:
                a: first
                c: third
            """
            return {}


def test_enum_values_are_found_inside_optionals_and_lists() -> None:
    assert enum_values(Colour) == ("red", "green", "blue")
    assert enum_values(list[Colour] | None) == ("red", "green", "blue")
    assert enum_values(int | None) == ()
