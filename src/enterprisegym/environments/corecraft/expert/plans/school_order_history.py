"""The plan of the task `school-order-history`."""

from enterprisegym.environments.corecraft.expert.plans.ada import school_order_history as solve

__all__ = ["solve"]
