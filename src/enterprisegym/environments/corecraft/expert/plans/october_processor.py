"""The plan of the task `october-processor`."""

from enterprisegym.environments.corecraft.expert.plans.ada import october_processor as solve

__all__ = ["solve"]
