"""The plan of the task `drive-goes-back`."""

from enterprisegym.environments.corecraft.expert.plans.ada import drive_goes_back as solve

__all__ = ["solve"]
