"""Functions over a fork that an agent may call: schema from the signature, refusals that help. Knows no domain."""

from enterprisegym.errors import ToolError
from enterprisegym.tools.tool import Tool, ToolKind, tool
from enterprisegym.tools.toolbox import Toolbox

__all__ = ["Tool", "ToolError", "ToolKind", "Toolbox", "tool"]
