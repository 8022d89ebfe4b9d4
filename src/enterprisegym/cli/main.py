"""`egym`: its commands, and how errors reach a person."""

from __future__ import annotations

import os
import sys

import typer

from enterprisegym.cli import bench, runs, tasks, world
from enterprisegym.cli.demo import demo
from enterprisegym.cli.output import console_error
from enterprisegym.errors import UserError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="EnterpriseGym: enterprise worlds, tools and graded tasks for agents. The first environment is corecraft.",
)
app.add_typer(world.app, name="world")
app.add_typer(tasks.app, name="tasks")
app.add_typer(bench.app, name="bench")
app.command("tools")(world.tools)
app.command("demo")(demo)
runs.register(app)


def main() -> None:
    """Run a command. A UserError becomes one line and its exit code; `--debug` shows where it came from."""
    debug = "--debug" in sys.argv
    arguments = [a for a in sys.argv[1:] if a != "--debug"]
    try:
        app(args=arguments, standalone_mode=True)
    except UserError as error:
        if debug:
            raise
        console_error(str(error))
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except KeyboardInterrupt:
        console_error("stopped; what was finished is kept")
        sys.exit(130)
