"""Task documents: models, loading, the split files. Knows no domain."""

from enterprisegym.tasks.load import load_task, parse_task, read_document
from enterprisegym.tasks.store import read_split, task_hash, write_split, write_tasks
from enterprisegym.tasks.task import (
    MAX_WORLD_SEED,
    WITHHELD,
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
    "MAX_WORLD_SEED",
    "WITHHELD",
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
    "read_split",
    "task_hash",
    "write_split",
    "write_tasks",
]
