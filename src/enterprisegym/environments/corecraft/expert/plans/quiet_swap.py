"""The plan of the task `quiet-swap`."""

from enterprisegym.environments.corecraft.expert.plans.cyd import quiet_swap as solve

__all__ = ["solve"]
