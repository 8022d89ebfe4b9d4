"""The world's own time: one fixed now, stored in UTC, read in the company's zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

_UTC_TEXT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


def parse_utc(text: str) -> datetime:
    """The instant written as `2025-11-15T19:00:00Z`; raises ValueError for other forms."""
    if not _UTC_TEXT.fullmatch(text):
        raise ValueError(f"{text!r} is not an instant in UTC such as 2025-11-15T19:00:00Z")
    return datetime.fromisoformat(text)


def format_utc(instant: datetime) -> str:
    """An aware datetime as `2025-11-15T19:00:00Z`, cut to seconds."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


@dataclass(frozen=True)
class Clock:
    """A fixed instant and the company's time zone."""

    now_utc: str
    zone_name: str

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)

    @cached_property
    def now(self) -> datetime:
        return parse_utc(self.now_utc)

    @cached_property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def day_of(self, utc_text: str) -> date:
        """The company's calendar day of a stored instant."""
        return parse_utc(utc_text).astimezone(self.zone).date()

    def day_start(self, day: date) -> str:
        """First stored instant of a company day."""
        return format_utc(datetime.combine(day, time(), tzinfo=self.zone))

    def day_end(self, day: date) -> str:
        """First stored instant after a company day (exclusive bound)."""
        return self.day_start(day + timedelta(days=1))
