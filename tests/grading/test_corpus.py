"""Whole answers, as different agents write them, with the verdict that each check must give.

A file of `corpus` holds the checks of one matter by name, and answers with the names that hold and that fail.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

FILES = sorted((Path(__file__).parent / "corpus").glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_answers(judge, path):
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    for place, answer in enumerate(document["answers"]):
        for wanted, names in ((True, answer.get("holds", ())), (False, answer.get("fails", ()))):
            for name in names:
                result = judge(document["checks"][name], answer["response"])
                assert result.ok is wanted, f"answer {place}, {name}: {result.reason}"


def test_the_corpus_is_there():
    answers = [answer for path in FILES for answer in yaml.safe_load(path.read_text(encoding="utf-8"))["answers"]]
    assert sum(len(answer.get("holds", ())) for answer in answers) > 500
    assert sum(len(answer.get("fails", ())) for answer in answers) > 250
