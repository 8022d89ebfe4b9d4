"""What all search tools share: AND-ed filters, company days, pages of at most ten in a total order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from enterprisegym.errors import ToolError
from enterprisegym.world import Fork, Row, parse_utc

Limit = Annotated[int, Field(ge=1, le=10)]
Offset = Annotated[int, Field(ge=0, le=1_000_000)]
Dollars = Annotated[float, Field(ge=0.01, le=1_000_000)]

LIMIT = "how many to return, at most 10"
OFFSET = "how many to skip, for the next page"
LAST_INSTANT = "9999-12-31T23:59:59Z"


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("text may not contain the character U+0000")
    return text


ShortText = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_without_nul)]
LongText = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(_without_nul)]


@dataclass
class Filters:
    """The WHERE clause of a search, built from the filters that were given. SQL text never comes from an argument."""

    fork: Fork
    clauses: list[str] = field(default_factory=list[str])
    params: list[Any] = field(default_factory=list[Any])

    def equal(self, column: str, value: object | None, *, nocase: bool = False) -> Filters:
        if value is not None:
            self.clauses.append(f"{column} = ?" + (" COLLATE NOCASE" if nocase else ""))
            self.params.append(value)
        return self

    def at_least(self, column: str, value: object | None) -> Filters:
        return self.condition(f"{column} >= ?", value)

    def at_most(self, column: str, value: object | None) -> Filters:
        return self.condition(f"{column} <= ?", value)

    def condition(self, clause: str, value: object | None) -> Filters:
        """A clause with one or more `?`, each given the value; nothing when the value is None."""
        if value is not None:
            self.clauses.append(clause)
            self.params.extend([value] * clause.count("?"))
        return self

    def contains(self, columns: Sequence[str], text: str | None) -> Filters:
        """The text as it stands, in any of the columns, whatever the case."""
        if text is not None:
            self.clauses.append("(" + " OR ".join(f"{c} LIKE ? ESCAPE '\\'" for c in columns) + ")")
            self.params.extend([like(text)] * len(columns))
        return self

    def every_word(self, columns: Sequence[str], text: str | None) -> Filters:
        """Each word of the text somewhere in the columns, whatever the case."""
        for word in (text or "").split():
            self.contains(columns, word)
        return self

    def between(self, column: str, after: str | None, before: str | None) -> Filters:
        """Instants from `after` to `before`, both inside; a bare date means the whole company day."""
        if after is not None:
            self.at_least(column, _bound(self.fork, after, end=False))
        if before is not None:
            bound = _bound(self.fork, before, end=True)
            self.clauses.append(f"{column} < ?" if len(before) == 10 else f"{column} <= ?")
            self.params.append(bound)
        return self

    def page(self, table: str, order: str, limit: int, offset: int) -> list[Row]:
        where = " AND ".join(self.clauses) or "1"
        sql = f"SELECT * FROM {table} WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"
        return self.fork.rows(sql, [*self.params, limit, offset])


def like(text: str) -> str:
    """A LIKE pattern that finds the text literally."""
    return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def parse_day(text: str, argument: str) -> date:
    """A bare ISO date, or a ToolError that names the argument."""
    try:
        return _iso_day(text)
    except ValueError:
        raise ToolError(f"{argument}: {text!r:.60} is not a date; write it as 2025-11-03") from None


def _iso_day(text: str) -> date:
    day = date.fromisoformat(text)
    if day.isoformat() != text:  # such as 2025-W46-6
        raise ValueError(text)
    return day


def _bound(fork: Fork, text: str, *, end: bool) -> str:
    try:
        if len(text) == 10:
            day = _iso_day(text)
            if end:
                return LAST_INSTANT if day == date.max else fork.clock.day_end(day)
            return fork.clock.day_start(day)
        parse_utc(text)
        return text
    except ValueError:
        raise ToolError(
            f"{text!r:.60} is not a date: write a company day as 2025-11-03 or a UTC instant as 2025-11-03T14:30:00Z"
        ) from None


def in_list(column: str, values: Iterable[str]) -> tuple[str, str]:
    """A clause and its one parameter for `column IN (values)`, with one text for any number of values."""
    return f"{column} IN (SELECT value FROM json_each(?))", json.dumps(list(values))


def require(fork: Fork, table: str, id: str, what: str, finder: str) -> Row:
    """The row, or a ToolError that says how to find a right id."""
    row = fork.get(table, id)
    if row is None:
        raise ToolError(f"there is no {what} {id!r:.80}; find it with {finder}")
    return row


def cents(amount: float, argument: str = "amount") -> int:
    """Dollars from an agent as cents; refuses fractions of a cent."""
    value = round(amount * 100)
    if abs(amount * 100 - value) > 1e-6:
        raise ToolError(f"{argument}: {amount} has more than two decimals")
    return value


def dollars(value: int) -> float:
    """Cents as the number of dollars that the agent sees."""
    return value / 100


def usd(value: int) -> str:
    """Cents as text for messages."""
    return f"${value / 100:,.2f}"
