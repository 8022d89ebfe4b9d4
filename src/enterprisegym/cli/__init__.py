"""The command line: `egym`."""

from enterprisegym.cli.main import app, main

__all__ = ["app", "main"]
