"""Which grader gave a grade."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path


@cache
def grader_hash() -> str:
    """SHA-256 over the source of this package: grades of two runs are comparable when it is the same."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted(folder.rglob("*.py")):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
