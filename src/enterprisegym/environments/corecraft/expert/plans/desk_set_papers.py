"""The plan of the task `desk-set-papers`."""

from enterprisegym.environments.corecraft.expert.plans.ada import desk_set_papers as solve

__all__ = ["solve"]
