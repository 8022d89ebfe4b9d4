"""The README's example is run as it stands, and its commands exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from enterprisegym.cli import app

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_the_example_runs_in_fifteen_lines_and_every_criterion_is_satisfied() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) <= 15
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    verdicts = [line.split()[1] for line in ran.stdout.splitlines() if re.match(r"\S+ (not_)?satisfied ", line)]
    assert verdicts
    assert set(verdicts) == {"satisfied"}


def test_every_command_named_in_the_docs_exists() -> None:
    root = Path(__file__).parent.parent
    texts = [README, *(p.read_text(encoding="utf-8") for p in sorted((root / "docs").rglob("*.md")))]
    command = re.compile(r"(?:`|^|bin/)egym ((?:world|tasks|bench) [a-z]+|[a-z]+)\b", re.MULTILINE)
    named = {tuple(words.split()) for text in texts for words in command.findall(text)}
    assert len(named) > 8
    for words in sorted(named):
        ran = CliRunner().invoke(app, [*words, "--help"])
        assert ran.exit_code == 0, f"egym {' '.join(words)}: {ran.output}"


def test_files_named_in_the_readme_exist() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (Path(__file__).parent.parent / target).exists(), target
