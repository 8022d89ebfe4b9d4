"""The plan of the task `parcels-for-the-insurer`."""

from enterprisegym.environments.corecraft.expert.plans.ada import parcels_for_the_insurer as solve

__all__ = ["solve"]
