"""How much two prompts say the same: the likeness of their word triples, numbers and names included."""

from __future__ import annotations

import re
from collections.abc import Iterable

SHINGLE = 3
ALIKE = 0.9
"""Jaccard similarity from which two prompts count as one."""


def shingles_of(text: str) -> frozenset[str]:
    """The word triples of a text in lower case; a shorter text is its own."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return frozenset(" ".join(words[n : n + SHINGLE]) for n in range(max(1, len(words) - SHINGLE + 1)))


def likeness(text: str, others: Iterable[frozenset[str]]) -> float:
    """The greatest Jaccard similarity of a text to any of some others, 0 without others."""
    mine = shingles_of(text)
    return max((len(mine & other) / len(mine | other) for other in others), default=0.0)
