"""The plan of the task `three-charges`."""

from enterprisegym.environments.corecraft.expert.plans.cyd import three_charges as solve

__all__ = ["solve"]
