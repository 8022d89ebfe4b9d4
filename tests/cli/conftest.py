"""Running `egym` inside the test process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from enterprisegym.cli import main


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


Egym = Callable[..., Ran]


@pytest.fixture
def egym(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Egym:
    """Run a command line and give its exit code, standard output and standard error."""

    def run(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["egym", *arguments])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    return run
