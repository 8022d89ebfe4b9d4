"""`egym bench ...`: measure this machine; nothing is asserted."""

from __future__ import annotations

from typing import Annotated

import typer

from enterprisegym.cli.output import EnvironmentName, JsonFlag, print_json, print_table
from enterprisegym.evaluation.bench import bench_world

app = typer.Typer(no_args_is_help=True, help="Measure speed and memory on this machine.")


@app.callback()
def _bench() -> None:  # pyright: ignore[reportUnusedFunction]
    """Measure speed and memory on this machine."""


@app.command()
def world(
    environment: EnvironmentName = "corecraft",
    repeat: Annotated[int, typer.Option(min=10, help="Repetitions of each small measurement.")] = 300,
    large_scale: Annotated[int, typer.Option(min=2, max=100, help="The scale of the large world.")] = 100,
    json: JsonFlag = False,
) -> None:
    """Build, fork, read, change and grade; medians."""
    found = bench_world(environment, large_scale=large_scale, repeat=repeat)
    if json:
        print_json(found)
        return
    print_table(("figure", "value"), [(name, value) for name, value in found.items()])
