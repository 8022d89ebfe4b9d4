"""The plan of the task `howling-fjord`."""

from enterprisegym.environments.corecraft.expert.plans.ada import howling_fjord as solve

__all__ = ["solve"]
