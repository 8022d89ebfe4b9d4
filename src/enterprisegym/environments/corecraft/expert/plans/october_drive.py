"""The plan of the task `october-drive`."""

from enterprisegym.environments.corecraft.expert.plans.cyd import october_drive as solve

__all__ = ["solve"]
