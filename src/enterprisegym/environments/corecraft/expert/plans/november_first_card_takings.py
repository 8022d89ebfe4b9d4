"""The plan of the task `november-first-card-takings`."""

from enterprisegym.environments.corecraft.expert.plans.ada import november_first_card_takings as solve

__all__ = ["solve"]
