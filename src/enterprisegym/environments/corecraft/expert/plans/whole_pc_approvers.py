"""The plan of the task `whole-pc-approvers`."""

from enterprisegym.environments.corecraft.expert.plans.ada import whole_pc_approvers as solve

__all__ = ["solve"]
