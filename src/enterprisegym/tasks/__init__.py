"""Task documents: models, loading, the split files. Knows no domain."""

from enterprisegym.tasks.load import load_task, parse_task, read_document
from enterprisegym.tasks.task import (
    Call,
    CallEdit,
    CapabilityLevel,
    Category,
    CheckSpec,
    Criterion,
    CriterionKind,
    Edit,
    Mode,
    NearMiss,
    Reference,
    Task,
    WorldRef,
)

__all__ = [
    "Call",
    "CallEdit",
    "CapabilityLevel",
    "Category",
    "CheckSpec",
    "Criterion",
    "CriterionKind",
    "Edit",
    "Mode",
    "NearMiss",
    "Reference",
    "Task",
    "WorldRef",
    "load_task",
    "parse_task",
    "read_document",
]
