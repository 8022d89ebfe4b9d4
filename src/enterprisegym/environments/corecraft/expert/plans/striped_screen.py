"""The plan of the task `striped-screen`."""

from enterprisegym.environments.corecraft.expert.plans.ada import striped_screen as solve

__all__ = ["solve"]
