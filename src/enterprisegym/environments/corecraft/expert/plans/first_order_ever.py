"""The plan of the task `first-order-ever`."""

from enterprisegym.environments.corecraft.expert.plans.ada import first_order_ever as solve

__all__ = ["solve"]
