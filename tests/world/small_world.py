"""A world of two tables, small enough to see whole."""

from __future__ import annotations

from typing import Any

from enterprisegym.world import Clock, Schema

CLOCK = Clock("2025-11-15T19:00:00Z", "America/New_York")
SCHEMA = Schema.parse(
    """
CREATE TABLE owners (
  id TEXT PRIMARY KEY NOT NULL,  -- own-1
  name TEXT NOT NULL,
  badge TEXT UNIQUE
) WITHOUT ROWID;
CREATE TABLE pets (
  id TEXT PRIMARY KEY NOT NULL,
  owner_id TEXT NOT NULL REFERENCES owners(id),
  friend_id TEXT REFERENCES pets(id),
  badge TEXT REFERENCES owners(badge),
  age INTEGER NOT NULL CHECK (age >= 0),
  traits JSON NOT NULL,
  note TEXT
) WITHOUT ROWID;
CREATE INDEX pets_by_owner ON pets (owner_id, id);
"""
)


def pet(key: str, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": key,
        "owner_id": "own-1",
        "friend_id": None,
        "badge": None,
        "age": 3,
        "traits": ["calm", {"likes": "tuna", "kg": 4.5}],
        "note": None,
    }
    return row | changes


def small_rows() -> dict[str, list[dict[str, Any]]]:
    return {
        "owners": [
            {"id": "own-1", "name": "Ada", "badge": "A1"},
            {"id": "own-2", "name": "Zoë", "badge": None},
        ],
        "pets": [pet("pet-1"), pet("pet-2", owner_id="own-2", friend_id="pet-1", badge="A1"), pet("pet-3", age=0)],
    }
