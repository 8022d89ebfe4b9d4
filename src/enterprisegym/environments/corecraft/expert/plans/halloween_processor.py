"""The plan of the task `halloween-processor`."""

from enterprisegym.environments.corecraft.expert.plans.cyd import halloween_processor as solve

__all__ = ["solve"]
