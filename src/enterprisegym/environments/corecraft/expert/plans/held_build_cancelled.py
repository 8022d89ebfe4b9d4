"""The plan of the task `held-build-cancelled`."""

from enterprisegym.environments.corecraft.expert.plans.cyd import held_build_cancelled as solve

__all__ = ["solve"]
