"""The plan of the task `trench-4tb-november`."""

from enterprisegym.environments.corecraft.expert.plans.ada import trench_4tb_november as solve

__all__ = ["solve"]
