"""EnterpriseGym: enterprise worlds, tools and graded tasks for tool-using agents."""

from enterprisegym.environment import Environment, make
from enterprisegym.errors import ToolError, UserError
from enterprisegym.rollout import Grade, Rollout
from enterprisegym.tasks import Criterion, Task
from enterprisegym.tools import Toolbox, tool

__version__ = "0.1.0"

__all__ = [
    "Criterion",
    "Environment",
    "Grade",
    "Rollout",
    "Task",
    "ToolError",
    "Toolbox",
    "UserError",
    "make",
    "tool",
]
