"""The plan of the task `home-lab-kit-invoice`."""

from enterprisegym.environments.corecraft.expert.plans.ada import home_lab_kit_invoice as solve

__all__ = ["solve"]
