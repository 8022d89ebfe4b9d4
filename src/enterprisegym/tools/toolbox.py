"""The set of tools of an environment, and the one way to call them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from enterprisegym.errors import ToolError, did_you_mean
from enterprisegym.tools.tool import Tool
from enterprisegym.world import Fork
from enterprisegym.world.schema import canonical_json

RESERVED = {"reset", "step", "state", "close", "verify", "seed_session", "close_session", "aggregate_metrics", "mcp"}


class Toolbox:
    """Tools by name, in a fixed order."""

    def __init__(self, tools: Iterable[Tool]) -> None:
        self._tools: dict[str, Tool] = {}
        for tool in tools:
            if tool.name in self._tools or tool.name in RESERVED:
                raise ValueError(f"tool name {tool.name!r} is taken or reserved by a framework")
            self._tools[tool.name] = tool

    def __iter__(self) -> Iterator[Tool]:
        return iter(self._tools.values())

    def __len__(self) -> int:
        return len(self._tools)

    def __getitem__(self, name: str) -> Tool:
        found = self._tools.get(name)
        if found is None:
            raise ToolError(f"there is no tool {name!r:.80}: {did_you_mean(str(name), self._tools)}")
        return found

    def schemas(self) -> list[dict[str, Any]]:
        """The tools as OpenAI function definitions."""
        return [
            {
                "type": "function",
                "function": {"name": t.name, "description": t.description, "parameters": t.parameters},
            }
            for t in self
        ]

    def hash(self) -> str:
        """SHA-256 of all that an agent is told about the tools."""
        return hashlib.sha256(canonical_json(self.schemas()).encode()).hexdigest()

    def call(self, fork: Fork, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Run one call in one transaction; raises ToolError, after which nothing has changed.

        Any other exception is a fault of the tool, not of the caller; it is rolled back as well.
        """
        tool = self[name]
        parsed = tool.parse(arguments)
        if tool.kind == "change":
            with fork.transaction():
                return tool.run(fork, **parsed)
        return tool.run(fork, **parsed)
