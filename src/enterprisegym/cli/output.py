"""How commands print: tables for people, JSON for machines, one line for errors."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
EnvironmentName = Annotated[str, typer.Option("--environment", "-e", help="Which environment.")]

console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)


def console_error(message: str) -> None:
    print(f"egym: {message}", file=sys.stderr)


def print_json(data: Any) -> None:
    print(json.dumps(data, indent=2, ensure_ascii=False))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> None:
    """A table whose cells are shown as text, never as markup."""
    table = Table(*columns, title=title, title_justify="left", header_style="bold", show_edge=False, pad_edge=False)
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    console.print(table)
