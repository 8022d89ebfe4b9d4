"""The plan of the task `meridian-480x-notice`."""

from enterprisegym.environments.corecraft.expert.plans.ada import meridian_480x_notice as solve

__all__ = ["solve"]
