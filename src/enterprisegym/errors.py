"""The two ways in which things go wrong that are not our bugs."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """Something a person can mend: one line that says what, where and what next.

    The command line prints it without a traceback and exits with `exit_code`.
    """

    def __init__(self, message: str, *, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class ToolError(Exception):
    """A tool call that the agent got wrong; the text is shown to the agent and nothing has changed."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A closing phrase for messages about unknown names: the nearest match, or the choices when they are few."""
    choices = sorted(known)
    near = difflib.get_close_matches(name, choices, n=1, cutoff=0.55)
    if near:
        return f"did you mean {near[0]!r}?"
    if not choices:
        return "there are none"
    shown = ", ".join(choices[:12])
    return f"choose one of: {shown}{', ...' if len(choices) > 12 else ''}"
