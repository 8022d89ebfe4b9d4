"""The plan of the task `processor-and-two-drives`."""

from enterprisegym.environments.corecraft.expert.plans.ada import processor_and_two_drives as solve

__all__ = ["solve"]
