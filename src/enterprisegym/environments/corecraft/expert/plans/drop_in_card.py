"""The plan of the task `drop-in-card`."""

from enterprisegym.environments.corecraft.expert.plans.cyd import drop_in_card as solve

__all__ = ["solve"]
