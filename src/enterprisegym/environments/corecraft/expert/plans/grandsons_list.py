"""The plan of the task `grandsons-list`."""

from enterprisegym.environments.corecraft.expert.plans.cyd import grandsons_list as solve

__all__ = ["solve"]
