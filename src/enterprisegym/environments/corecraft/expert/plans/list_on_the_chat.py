"""The plan of the task `list-on-the-chat`."""

from enterprisegym.environments.corecraft.expert.plans.cyd import list_on_the_chat as solve

__all__ = ["solve"]
