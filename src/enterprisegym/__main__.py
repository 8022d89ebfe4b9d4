"""`python -m enterprisegym` is `egym`."""

from enterprisegym.cli import main

main()
