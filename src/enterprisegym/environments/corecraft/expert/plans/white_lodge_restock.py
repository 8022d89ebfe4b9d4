"""The plan of the task `white-lodge-restock`."""

from enterprisegym.environments.corecraft.expert.plans.ada import white_lodge_restock as solve

__all__ = ["solve"]
