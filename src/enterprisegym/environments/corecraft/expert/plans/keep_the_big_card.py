"""The plan of the task `keep-the-big-card`."""

from enterprisegym.environments.corecraft.expert.plans.cyd import keep_the_big_card as solve

__all__ = ["solve"]
