"""The plan of the task `twenty-four-kits`."""

from enterprisegym.environments.corecraft.expert.plans.cyd import twenty_four_kits as solve

__all__ = ["solve"]
