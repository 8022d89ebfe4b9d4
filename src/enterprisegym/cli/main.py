"""`egym`: its commands, and how errors reach a person."""

from __future__ import annotations

import errno
import itertools
import os
import sys
from typing import cast

import typer

from enterprisegym.cli import authoring, bench, runs, world
from enterprisegym.cli.demo import demo
from enterprisegym.cli.output import console_error
from enterprisegym.errors import UserError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="EnterpriseGym: enterprise worlds, tools and graded tasks for agents. The first environment is corecraft. "
    "Errors are one line; --debug shows where one came from.",
)
app.add_typer(world.app, name="world")
app.add_typer(authoring.app, name="tasks")
app.add_typer(bench.app, name="bench")
app.command("tools")(world.tools)
app.command("demo")(demo)
runs.register(app)


# What typer raises for an unknown option, a missing argument or a value out of range.
UsageError = cast(type[Exception], typer.BadParameter.__mro__[1])


def main() -> None:
    """Run a command. A UserError becomes one line and its exit code; `--debug` shows where it came from."""
    debug = "--debug" in sys.argv
    arguments = [a for a in sys.argv[1:] if a != "--debug"]
    try:
        code = app(args=arguments, standalone_mode=False)
        sys.stdout.flush()
        sys.exit(code if isinstance(code, int) else 0)
    except UserError as error:
        if debug:
            raise
        console_error(str(error))
        sys.exit(error.exit_code)
    except UsageError as error:
        message = str(getattr(error, "format_message", error.__str__)()).rstrip(".")
        if message:  # empty when the help was printed because nothing was asked for
            words = " ".join(("egym", *_words(arguments, message)))
            console_error(f"{message}; see `{words} --help`")
        sys.exit(2)
    except BrokenPipeError:
        _silence_stdout()
        sys.exit(141)
    except OSError as error:
        if debug or error.errno != errno.ENOSPC or error.filename is not None:
            raise
        _silence_stdout()
        console_error(f"cannot write the output: {error.strerror}; what was finished is kept")
        sys.exit(1)
    except (KeyboardInterrupt, typer.Abort):
        console_error("stopped; what was finished is kept")
        sys.exit(130)


def _silence_stdout() -> None:
    """What is still buffered for a reader or a disk that is gone is dropped, not tried again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _words(arguments: list[str], message: str) -> list[str]:
    """The command that was meant: the words before the first option, two at most, without one that is no command."""
    words = list(itertools.takewhile(lambda a: not a.startswith("-"), arguments))
    words = words[: 2 if words and words[0] in ("world", "tasks", "bench") else 1]
    return words[:-1] if message.startswith("No such command") else words
