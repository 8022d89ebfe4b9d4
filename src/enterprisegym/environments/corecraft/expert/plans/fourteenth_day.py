"""The plan of the task `fourteenth-day`."""

from enterprisegym.environments.corecraft.expert.plans.cyd import fourteenth_day as solve

__all__ = ["solve"]
