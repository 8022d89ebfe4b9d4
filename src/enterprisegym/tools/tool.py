"""`@tool`: a function whose signature and docstring are its JSON schema and its argument checks.

The first parameter is the world (a `Fork`); the others are the tool's arguments. The docstring's text before
`Args:` describes the tool; below it, one `name: text` entry describes each argument.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from enterprisegym.errors import ToolError, did_you_mean

ToolKind = Literal["read", "diagnose", "change"]


@dataclass(frozen=True)
class Tool:
    """One tool. `parameters` is the JSON schema of its arguments, in the dialect of OpenAI and MCP."""

    name: str
    kind: ToolKind
    description: str
    parameters: dict[str, Any]
    run: Callable[..., dict[str, Any]]
    _arguments: type[BaseModel]

    def parse(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Checked arguments with defaults; raises ToolError naming each one that is wrong and what is allowed."""
        try:
            parsed = self._arguments.model_validate(arguments)
        except ValidationError as error:
            raise ToolError("; ".join(_explain(self, problem) for problem in error.errors())) from None
        return {name: getattr(parsed, name) for name in self._arguments.model_fields}


def tool(kind: ToolKind) -> Callable[[Callable[..., dict[str, Any]]], Tool]:
    """Make a Tool of a function; raises TypeError when an argument has no description."""

    def make(function: Callable[..., dict[str, Any]]) -> Tool:
        description, described = _read_docstring(function)
        hints = get_type_hints(function, include_extras=True)
        parameters = list(inspect.signature(function).parameters.values())[1:]
        fields: dict[str, Any] = {}
        for parameter in parameters:
            if parameter.name not in described:
                raise TypeError(f"{function.__name__}: argument {parameter.name!r} has no entry under Args:")
            default = ... if parameter.default is inspect.Parameter.empty else parameter.default
            fields[parameter.name] = (hints[parameter.name], Field(default, description=described[parameter.name]))
        unknown = set(described) - set(fields)
        if unknown:
            raise TypeError(f"{function.__name__}: Args: describes {sorted(unknown)}, which it does not take")
        model = create_model(function.__name__, __config__=ConfigDict(extra="forbid", strict=True), **fields)
        return Tool(function.__name__, kind, description, _schema(model), function, model)

    return make


def _read_docstring(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    text = inspect.getdoc(function) or ""
    head, _, tail = text.partition("\nArgs:\n")
    described: dict[str, str] = {}
    for entry in re.split(r"\n(?=\w)", textwrap.dedent(tail).strip()):
        name, _, words = entry.partition(":")
        if words:
            described[name.strip()] = " ".join(words.split())
    return " ".join(head.split()), described


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    schema = cast(dict[str, Any], _simplify(model.model_json_schema()))
    definitions = schema.pop("$defs", {})
    schema = cast(dict[str, Any], _inline(schema, definitions))
    schema.setdefault("properties", {})
    schema["additionalProperties"] = False
    return schema


def _simplify(node: object) -> object:
    """Drop titles and null branches: an optional argument is one that may be left out."""
    if isinstance(node, list):
        return [_simplify(item) for item in cast(list[object], node)]
    if not isinstance(node, dict):
        return node
    entries = cast(dict[str, object], node)
    branches = entries.get("anyOf")
    if isinstance(branches, list):
        kept = [b for b in cast(list[object], branches) if b != {"type": "null"}]
        if len(kept) == 1 and isinstance(kept[0], dict):
            entries = {**cast(dict[str, object], kept[0]), **{k: v for k, v in entries.items() if k != "anyOf"}}
    return {
        key: _simplify(value)
        for key, value in entries.items()
        if not (key == "title" and isinstance(value, str)) and not (key == "default" and value is None)
    }


def _inline(node: object, definitions: Mapping[str, object]) -> object:
    if isinstance(node, list):
        return [_inline(item, definitions) for item in cast(list[object], node)]
    if not isinstance(node, dict):
        return node
    entries = cast(dict[str, object], node)
    reference = entries.get("$ref")
    if isinstance(reference, str):
        return _inline(definitions[reference.rsplit("/", 1)[1]], definitions)
    return {key: _inline(value, definitions) for key, value in entries.items()}


def _explain(tool: Tool, problem: Mapping[str, Any]) -> str:
    """One refusal in words an agent can act on."""
    location: tuple[Any, ...] = problem["loc"]
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part:.80}" for part in location).lstrip(".")
    shown = _shown(problem.get("input"))
    match problem["type"]:
        case "extra_forbidden":
            known: list[str] = list(tool.parameters["properties"]) if len(location) == 1 else []
            return f"unknown argument {path!r}" + (f": {did_you_mean(path, known)}" if known else "")
        case "missing":
            return f"argument {path!r} is required"
        case "literal_error":
            return f"{path}: {shown} is not one of {problem['ctx']['expected'].replace(' or ', ', ')}"
        case "none_required" | "string_type" | "int_type" | "bool_type" | "float_type" | "list_type" | "dict_type":
            expected = problem["type"].removesuffix("_type").replace("dict", "object").replace("int", "integer")
            return f"{path}: expected {expected.replace('float', 'number')}, got {shown}"
        case _:
            return f"{path or 'arguments'}: {problem['msg'].removeprefix('Value error, ')} (got {shown})"


def _shown(value: object) -> str:
    try:
        return f"{value!r:.80}"
    except (RecursionError, ValueError):  # nested too deep, or an integer of thousands of digits
        return f"a value of type {type(value).__name__} that is too large to show"


def enum_values(annotation: object) -> tuple[str, ...]:
    """The choices of a Literal annotation, also inside `| None` and lists; empty for other types."""
    if get_origin(annotation) is Literal:
        return tuple(get_args(annotation))
    return tuple(value for part in get_args(annotation) for value in enum_values(part))
