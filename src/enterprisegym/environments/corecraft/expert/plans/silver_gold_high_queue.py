"""The plan of the task `silver-gold-high-queue`."""

from enterprisegym.environments.corecraft.expert.plans.ada import silver_gold_high_queue as solve

__all__ = ["solve"]
