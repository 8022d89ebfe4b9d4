"""Checks of the world's net diff: what had to change, what may change, and everything else is collateral."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, model_validator

from enterprisegym.grading.checks.match import Matcher, matches
from enterprisegym.grading.checks.result import CheckResult, Params, failed, passed, shorten
from enterprisegym.rollout.outcome import Outcome
from enterprisegym.tasks.task import CheckSpec
from enterprisegym.world.diff import RowChange

ALWAYS_FREE = ("updated_at",)


class Change(Params):
    """Changed rows of one table.

    id: the row; or found by `where`: {column: matcher} over the row as it is now. added: the row is new. set: the
    changed columns and matchers of their new values. count: how many rows (null, in `allowed`, for any number).
    """

    table: str
    id: str | None = None
    added: bool = False
    where: dict[str, Matcher] = Field(default_factory=dict)
    set: dict[str, Matcher] = Field(default_factory=dict)
    count: Annotated[int, Field(ge=1)] | None = 1

    @model_validator(mode="after")
    def _named(self) -> Change:
        if not self.added and not self.set:
            raise ValueError(f"a change of existing rows of {self.table!r} needs `set`; a new row needs `added: true`")
        if self.id is not None and self.count not in (None, 1):
            raise ValueError(f"{self.table}/{self.id} is one row; `count` cannot be {self.count}")
        return self

    def describe(self) -> str:
        """For reasons: what the author asked for."""
        what = "a new row" if self.added else "a change"
        fields = {**self.where, **self.set}
        where = f"{self.table}/{self.id}" if self.id else self.table
        return f"{what} in {where} {shorten(fields, 100) if fields else ''}".rstrip()

    def locates(self, row: RowChange) -> bool:
        """Same table, id, kind and `where`."""
        return (
            row.table == self.table
            and row.added == self.added
            and self.id in (None, row.id)
            and all(column in row.after and matches(m, row.after[column]) for column, m in self.where.items())
        )

    def sets(self, row: RowChange) -> list[str]:
        """Columns of `set` with their right new value: changed ones, or any of an added row."""
        changed = row.after if row.added else row.fields
        return [c for c, m in self.set.items() if c in changed and matches(m, row.after[c])]

    def covers(self, row: RowChange) -> bool:
        return self.locates(row) and len(self.sets(row)) == len(self.set)


class State(Params):
    """The world's net diff is one of the right ones.

    required: changes that must be there, each matched by exactly `count` rows. allowed: changes that may be there, at
    most `count` rows each. Any other changed row or column is collateral and fails. Columns of an added row that are
    not named are free; of an updated row only named columns and `updated_at` may change.
    """

    required: tuple[Change, ...] = Field(min_length=1)
    allowed: tuple[Change, ...] = ()

    @model_validator(mode="after")
    def _counted(self) -> State:
        if any(change.count is None for change in self.required):
            raise ValueError("a required change needs a `count`")
        return self


def state(params: State, outcome: Outcome) -> CheckResult:
    covered: dict[tuple[str, str], set[str]] = {}
    for change in params.required:
        rows = [row for row in outcome.diff if change.covers(row)]
        if len(rows) != change.count:
            return failed(_miscount(change, len(rows), outcome.diff))
        for row in rows:
            covered.setdefault((row.table, row.id), set()).update(change.set, change.where)
    stray = _collateral(outcome.diff, covered, params.allowed)
    return failed(f"collateral: {stray}") if stray else passed(f"{len(outcome.diff)} changed rows, all as required")


def _collateral(diff: Sequence[RowChange], covered: dict[tuple[str, str], set[str]], allowed: Sequence[Change]) -> str:
    """The first changed row or column that is neither in `covered` (columns by row) nor allowed; empty when none is."""
    used = [0] * len(allowed)
    for row in diff:
        place = (row.table, row.id)
        if row.added and place in covered:
            continue
        free = covered.get(place, set()) | set(ALWAYS_FREE)
        for i, change in enumerate(allowed):
            if not change.locates(row) or (change.count is not None and used[i] >= change.count):
                continue
            if row.added and not change.covers(row):
                continue
            columns = set(change.sets(row))
            if row.added or columns:
                used[i] += 1
                free |= set(row.after) if row.added else columns
                covered.setdefault(place, set())
            if row.added:
                break
        stray = _stray(row, free, known=place in covered)
        if stray:
            return stray
    return ""


def _miscount(change: Change, found: int, diff: Sequence[RowChange]) -> str:
    if found:
        return f"{found} rows match {change.describe()}; {change.count} required"
    near = next((row for row in diff if row.table == change.table and row.added == change.added), None)
    if near is None:
        return f"missing: {change.describe()}"
    have = {c: near.after.get(c) for c in (*change.where, *change.set)}
    return f"missing: {change.describe()}; found {near.table}/{near.id} with {shorten(have, 160)}"


def _stray(row: RowChange, free: set[str], *, known: bool) -> str:
    if row.added:
        return "" if known else f"new row {row.table}/{row.id}"
    for column, (old, new) in row.fields.items():
        if column not in free:
            return f"{row.table}/{row.id}.{column} changed from {shorten(old, 60)} to {shorten(new, 60)}"
    if not known and set(row.fields) - set(ALWAYS_FREE):
        return f"{row.table}/{row.id} changed"
    return ""


class Unchanged(Params):
    """The world is as it was (reading is free), and the partner check holds.

    allowed: changes that may be there all the same, as in `state`. with: the partner, a check spec.
    """

    allowed: tuple[Change, ...] = ()
    partner: CheckSpec = Field(alias="with")


def unchanged(params: Unchanged, outcome: Outcome) -> CheckResult:
    if not outcome.diff:
        return passed("nothing has changed")
    if params.allowed:
        stray = _collateral(outcome.diff, {}, params.allowed)
        return failed(f"not allowed: {stray}") if stray else passed(f"{len(outcome.diff)} changed rows, all allowed")
    row = outcome.diff[0]
    what = f"new row {row.table}/{row.id}" if row.added else f"{row.table}/{row.id} changed {', '.join(row.fields)}"
    return failed(f"{what}{f' and {len(outcome.diff) - 1} more rows' if len(outcome.diff) > 1 else ''}")
