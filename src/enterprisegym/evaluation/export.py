"""Rollouts as chat transcripts, for training and for reading elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from enterprisegym.rollout.folder import iter_records


def export_chat(path: Path, *, excluded: bool = False) -> Iterator[str]:
    """JSON lines, one a rollout: OpenAI-style `messages` with tool calls and results, and what they earned.

    Rollouts that ended in an error are left out unless `excluded`. Raises UserError for a damaged run.
    """
    for record in iter_records(path):
        if record.excluded and not excluded:
            continue
        line = {
            "messages": record.messages,
            "task_id": record.task_id,
            "trial": record.trial,
            "policy": record.policy,
            "model": record.model,
            "reward": record.reward,
            "passed": record.passed,
            "reward_checked": record.reward_checked,
            "passed_checked": record.passed_checked,
            "stop_reason": record.stop_reason.value,
        }
        yield json.dumps(line, ensure_ascii=False)
