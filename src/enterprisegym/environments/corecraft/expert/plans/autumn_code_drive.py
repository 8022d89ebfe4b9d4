"""The plan of the task `autumn-code-drive`."""

from enterprisegym.environments.corecraft.expert.plans.ada import autumn_code_drive as solve

__all__ = ["solve"]
