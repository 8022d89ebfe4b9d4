"""What a schema.sql must look like, and what is read out of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from enterprisegym.environments import corecraft
from enterprisegym.world import Schema

CORECRAFT = (Path(corecraft.__file__).parent / "schema.sql").read_text(encoding="utf-8")


def test_corecrafts_tables_columns_and_references_are_read() -> None:
    schema = Schema.parse(CORECRAFT)
    assert len(schema.tables) == 21
    orders = schema.tables["orders"]
    assert orders.columns["promo_code"].references == ("promotions", "code")
    assert orders.columns["customer_id"].references == ("customers", "id")
    assert orders.columns["note"].nullable and not orders.columns["id"].nullable
    assert orders.columns["ship_to"].type == "JSON" and "ship_to" in schema.json_columns
    assert schema.tables["products"].unique == ("sku",)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("CREATE TABLE a (id TEXT PRIMARY KEY NOT NULL, x REAL)", r"a\.x is declared REAL; use TEXT, INTEGER or JSON"),
        ("CREATE TABLE a (key TEXT PRIMARY KEY NOT NULL)", "primary key must be the column id alone"),
        ("CREATE TABLE a (id TEXT NOT NULL, x TEXT)", "primary key must be the column id alone"),
        ("CREATE TABLE a (id TEXT, x TEXT, PRIMARY KEY (id, x))", "primary key must be the column id alone"),
        ('CREATE TABLE "a" (id TEXT PRIMARY KEY NOT NULL)', "write its definition as `CREATE TABLE a"),
        (
            "CREATE TABLE a (id TEXT PRIMARY KEY NOT NULL, x JSON);\n"
            "CREATE TABLE b (id TEXT PRIMARY KEY NOT NULL, x TEXT)",
            r"b\.x: a column of that name is JSON in another table",
        ),
        ("CREATE TABLE a (id TEXT PRIMARY KEY NOT NULL);\nCREATE VIEW v AS SELECT id FROM a", "v: a view does not see"),
        (
            "CREATE TABLE a (id TEXT PRIMARY KEY NOT NULL);\nCREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END",
            "t: a trigger does not see",
        ),
        (
            "CREATE TABLE a (id TEXT PRIMARY KEY NOT NULL, x TEXT);\nCREATE UNIQUE INDEX u ON a (x)",
            "a: write uniqueness as UNIQUE on one column",
        ),
        (
            "CREATE TABLE a (id TEXT PRIMARY KEY NOT NULL, x TEXT, y TEXT, UNIQUE (x, y))",
            "a: write uniqueness as UNIQUE on one column",
        ),
    ],
)
def test_shapes_that_the_store_cannot_hold_are_refused(sql: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Schema.parse(sql + ";")
