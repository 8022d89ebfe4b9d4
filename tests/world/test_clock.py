"""Company days against stored instants."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprisegym.world import Clock, format_utc, parse_utc

CLOCK = Clock("2025-11-15T19:00:00Z", "America/New_York")


def test_now_and_today() -> None:
    assert format_utc(CLOCK.now) == "2025-11-15T19:00:00Z"
    assert CLOCK.today == date(2025, 11, 15)
    assert Clock("2025-11-15T04:59:59Z", "America/New_York").today == date(2025, 11, 14)


@pytest.mark.parametrize(
    ("day", "start", "end", "hours"),
    [
        (date(2025, 7, 1), "2025-07-01T04:00:00Z", "2025-07-02T04:00:00Z", 24),
        (date(2025, 1, 31), "2025-01-31T05:00:00Z", "2025-02-01T05:00:00Z", 24),
        (date(2025, 3, 9), "2025-03-09T05:00:00Z", "2025-03-10T04:00:00Z", 23),
        (date(2025, 11, 2), "2025-11-02T04:00:00Z", "2025-11-03T05:00:00Z", 25),
        (date(999, 1, 1), "0999-01-01T04:56:02Z", "0999-01-02T04:56:02Z", 24),
    ],
)
def test_bounds_of_a_company_day(day: date, start: str, end: str, hours: int) -> None:
    assert (CLOCK.day_start(day), CLOCK.day_end(day)) == (start, end)
    assert parse_utc(end) - parse_utc(start) == timedelta(hours=hours)
    assert CLOCK.day_of(start) == day
    assert CLOCK.day_of(end) == day + timedelta(days=1)
    assert CLOCK.day_of(format_utc(parse_utc(end) - timedelta(seconds=1))) == day


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)))
def test_every_instant_lies_inside_its_day(moment: datetime) -> None:
    text = moment.isoformat(timespec="seconds") + "Z"
    day = CLOCK.day_of(text)
    assert CLOCK.day_start(day) <= text < CLOCK.day_end(day)
    assert format_utc(parse_utc(text)) == text


def test_instants_of_other_zones_are_written_in_utc() -> None:
    assert format_utc(datetime(2025, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))) == "2024-12-31T22:30:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "2025-11-15", "2025-11-15T19:00:00", "2025-11-15T19:00Z", "2025-11-15 19:00:00Z", "2025-11-15T19:00:00+00:00",
        "2025-11-15T19:00:00.5Z", "2025-1-5T09:00:00Z", "2025-11-31T00:00:00Z", "2025-11-15T24:00:00Z",
        "2025-11-15T19:00:00Z\n", "2025-W46-6T19:00:00Z", "٢٠٢٥-11-15T19:00:00Z", "",
    ],
)  # fmt: skip
def test_other_forms_are_no_instants(text: str) -> None:
    with pytest.raises(ValueError):
        parse_utc(text)
