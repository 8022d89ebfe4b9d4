"""The plan of the task `two-boards-back`."""

from enterprisegym.environments.corecraft.expert.plans.cyd import two_boards_back as solve

__all__ = ["solve"]
