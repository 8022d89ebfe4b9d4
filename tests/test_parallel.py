"""Work in several processes: order, errors, and no second run of the main module."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from enterprisegym.parallel import parallel_map


def test_results_come_in_the_order_of_the_items() -> None:
    numbers = list(range(20, 0, -1))
    assert parallel_map(math.factorial, numbers, 2) == [math.factorial(n) for n in numbers]
    assert parallel_map(math.factorial, [5], 4) == [120]
    assert parallel_map(math.factorial, [], 4) == []


def test_an_error_of_a_worker_is_raised_here() -> None:
    with pytest.raises(ValueError, match="not defined for negative"):
        parallel_map(math.factorial, [3, -1, 4, 5], 2)


def test_a_worker_that_dies_is_an_error_and_not_a_hang() -> None:
    with pytest.raises(EOFError, match="ended"):
        parallel_map(os._exit, [3, 4], 2)


def test_a_script_without_a_main_guard_may_use_it(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import math\nfrom enterprisegym.parallel import parallel_map\nprint('once')\n"
        "print(parallel_map(math.factorial, [3, 4], 2))\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert done.stdout == "once\n[6, 24]\n"
