"""One agent working on one task: the live rollout, the policies, the loop, the record and the run folder."""

from enterprisegym.rollout.loop import Limits, run_rollout
from enterprisegym.rollout.outcome import Grader, Outcome
from enterprisegym.rollout.policy import Policy, PolicyError, PolicyFactory, Reply, ToolCallRequest
from enterprisegym.rollout.record import CallRecord, Grade, RolloutRecord, StopReason, Usage, Verdict
from enterprisegym.rollout.rollout import Rollout

__all__ = [
    "CallRecord",
    "Grade",
    "Grader",
    "Limits",
    "Outcome",
    "Policy",
    "PolicyError",
    "PolicyFactory",
    "Reply",
    "Rollout",
    "RolloutRecord",
    "StopReason",
    "ToolCallRequest",
    "Usage",
    "Verdict",
    "run_rollout",
]
