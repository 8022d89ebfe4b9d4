"""Corecraft's time: Saturday 15 November 2025, 2 pm in Columbus, for good."""

from enterprisegym.world import Clock

CLOCK = Clock(now_utc="2025-11-15T19:00:00Z", zone_name="America/New_York")
