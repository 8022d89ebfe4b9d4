"""Company days and instants while the world is made."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

from enterprisegym.environments.corecraft.clock import CLOCK
from enterprisegym.world import format_utc, parse_utc

NOW = CLOCK.now_utc
TODAY = CLOCK.today


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> str:
    """A stored instant of a company day's local time."""
    return format_utc(datetime.combine(day, time(hour, minute, second), tzinfo=CLOCK.zone))


def later(instant: str, **delta: float) -> str:
    return format_utc(parse_utc(instant) + timedelta(**delta))


def office_time(rng: random.Random, day: date) -> str:
    """A random instant of a working day."""
    return at(day, rng.randint(9, 17), rng.randint(0, 59), rng.randint(0, 59))


def shop_time(rng: random.Random, day: date) -> str:
    """A random instant at which people shop; never so late that the UTC date differs (a trap plants those)."""
    return at(
        day, rng.choice((7, 8, 9, 10, 11, 12, 12, 13, 14, 15, 16, 17, 18)), rng.randint(0, 59), rng.randint(0, 59)
    )


def spoken(day: date) -> str:
    """October 28"""
    return f"{day:%B} {day.day}"
