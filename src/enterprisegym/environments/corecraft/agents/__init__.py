"""Scripted agents for Corecraft's tasks: a skilled worker, workers that lack one skill, and floors that lack all."""

from enterprisegym.environments.corecraft.agents.policies import NOT_FOUND, POLICIES, plan_of, play, solve
from enterprisegym.environments.corecraft.agents.worker import (
    LESIONS,
    Claims,
    NotFoundError,
    Plan,
    PlanFunction,
    Row,
    Rows,
    Steps,
    Worker,
    cents,
    spoken,
    usd,
)

__all__ = [
    "LESIONS",
    "NOT_FOUND",
    "POLICIES",
    "Claims",
    "NotFoundError",
    "Plan",
    "PlanFunction",
    "Row",
    "Rows",
    "Steps",
    "Worker",
    "cents",
    "plan_of",
    "play",
    "solve",
    "spoken",
    "usd",
]
