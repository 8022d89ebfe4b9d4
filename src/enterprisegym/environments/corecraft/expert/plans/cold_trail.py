"""The plan of the task `cold-trail`."""

from enterprisegym.environments.corecraft.expert.plans.cyd import cold_trail as solve

__all__ = ["solve"]
