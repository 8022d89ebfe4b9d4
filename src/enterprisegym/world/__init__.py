"""The store: a world's image on disk, and forks of it that cost nothing to make. Knows no domain."""

from enterprisegym.world.clock import Clock, format_utc, parse_utc
from enterprisegym.world.diff import Diff, RowChange, diff_from_json, diff_to_json
from enterprisegym.world.fork import Fork, IntegrityError, Row
from enterprisegym.world.image import WorldImage, WorldKey, open_image
from enterprisegym.world.oplog import Op, read_ops, write_ops
from enterprisegym.world.schema import Schema, Table

__all__ = [
    "Clock",
    "Diff",
    "Fork",
    "IntegrityError",
    "Op",
    "Row",
    "RowChange",
    "Schema",
    "Table",
    "WorldImage",
    "WorldKey",
    "diff_from_json",
    "diff_to_json",
    "format_utc",
    "open_image",
    "parse_utc",
    "read_ops",
    "write_ops",
]
