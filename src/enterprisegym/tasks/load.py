"""Task documents from files: YAML or JSON, with facts that may differ when a trap is off.

A hand-written document may hold `facts` (name: value) and use them as `{{name}}` in any text; a text that is nothing
but `{{name}}` takes the fact's own type. `without: {trap: {name: value}}` gives the facts that change when that trap
is switched off.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import ValidationError

from enterprisegym.errors import UserError, did_you_mean
from enterprisegym.tasks.task import Task

Facts = Mapping[str, Any]
SLOT = re.compile(r"\{\{\s*([a-z0-9_]+)\s*\}\}")


def read_document(path: Path) -> dict[str, Any]:
    """The raw document of a task file; raises UserError naming the file and what is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read ({error})") from error
    try:
        data: Any = json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=yaml.CSafeLoader)
    except (json.JSONDecodeError, yaml.YAMLError) as error:
        raise UserError(
            f"{path}: not valid {path.suffix.lstrip('.').upper()} ({' '.join(str(error).split())})"
        ) from error
    if not isinstance(data, dict):
        raise UserError(f"{path}: a task is one mapping of fields, got {type(data).__name__}")
    return cast(dict[str, Any], data)


def load_task(path: Path, *, off: Collection[str] = ()) -> Task:
    """The task in a file, with the facts that hold when the traps in `off` are switched off."""
    return parse_task(read_document(path), str(path), off=off)


def parse_task(document: Mapping[str, Any], where: str, *, off: Collection[str] = ()) -> Task:
    """A task from its document; raises UserError naming `where`, the field and what is wrong with it."""
    fields = dict(document)
    facts = _mapping(fields.pop("facts", None), f"{where}: facts")
    without = _mapping(fields.pop("without", None), f"{where}: without")
    for trap, entry in without.items():
        changed = _mapping(entry, f"{where}: without.{trap}")
        for name in changed:
            if name not in facts:
                raise UserError(f"{where}: without.{trap} sets {name!r}, which is no fact; {did_you_mean(name, facts)}")
        if trap in off:
            facts |= changed
    try:
        return Task.model_validate(_fill(fields, facts, where))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "task"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        hint = ""
        if first["type"] == "extra_forbidden" and len(first["loc"]) == 1:
            hint = f"; {did_you_mean(str(first['loc'][0]), Task.model_fields)}"
        raise UserError(f"{where}: {field}: {first['msg'].removeprefix('Value error, ')}{hint}{more}") from error


def _mapping(node: Any, where: str) -> dict[str, Any]:
    if node is None:
        return {}
    if not isinstance(node, dict):
        raise UserError(f"{where} takes a mapping of names to values, got {type(node).__name__}")
    return cast(dict[str, Any], node)


def _fill(node: Any, facts: Facts, where: str) -> Any:
    if isinstance(node, dict):
        return {key: _fill(value, facts, where) for key, value in cast(dict[str, Any], node).items()}
    if isinstance(node, list):
        return [_fill(item, facts, where) for item in cast(list[Any], node)]
    if not isinstance(node, str):
        return node
    whole = SLOT.fullmatch(node)
    if whole:
        return _fact(whole[1], facts, where)
    return SLOT.sub(lambda slot: str(_fact(slot[1], facts, where)), node)


def _fact(name: str, facts: Facts, where: str) -> Any:
    if name not in facts:
        raise UserError(f"{where}: {{{{{name}}}}} is not among the facts; {did_you_mean(name, facts)}")
    return facts[name]
