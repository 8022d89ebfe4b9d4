"""Whatever an agent calls, in whatever order, the world stays whole.

Calls are drawn from a few orders, customers and tickets, so that they meet; one argument in twenty is junk.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enterprisegym.environments.corecraft.tools import TOOLBOX
from enterprisegym.tools import ToolError
from enterprisegym.world import Fork, Op, WorldImage

Arguments = dict[str, Any]
Call = tuple[str, Any]
Known = dict[str, list[Any]]

NOW = "2025-11-15T19:00:00Z"
CHANGES = {t.name for t in TOOLBOX if t.kind == "change"}
EDITABLE = {
    "orders": {"status", "note", "updated_at"},
    "payments": {"status"},
    "tickets": {
        "status", "priority", "ticket_type", "assigned_employee_id", "resolution_id", "updated_at",
    },
}  # fmt: skip
CREATED = {"refunds", "returns", "escalations", "resolutions"}
HELD = {"pending", "approved", "processed"}
GRANTED = {"approved", "processed"}


def invariants(fork: Fork) -> None:
    """What must hold in every state that calls can lead to."""
    for change in fork.diff():
        where = f"{change.table} {change.id}"
        if change.added:
            assert change.table in CREATED, where
            assert change.after["created_at"] == NOW, where
        else:
            assert set(change.fields) <= EDITABLE[change.table], where
        for name, column in fork.schema.tables[change.table].columns.items():
            value = change.after[name]
            if column.references is not None and value is not None:
                table, key = column.references
                assert fork.rows(f"SELECT 1 AS found FROM {table} WHERE {key} = ?", (value,)), f"{where}.{name}"
    _money(fork)
    _orders(fork)
    _tickets(fork)


def _money(fork: Fork) -> None:
    rows = fork.rows(
        "SELECT r.*, p.amount_cents AS captured, p.status AS state, p.order_id AS paid_for"
        " FROM refunds r JOIN payments p ON p.id = r.payment_id"
    )
    held, granted = Counter[str](), Counter[str]()
    for row in rows:
        assert row["amount_cents"] > 0 and row["order_id"] == row["paid_for"], row["id"]
        held[row["payment_id"]] += row["amount_cents"] if row["status"] in HELD else 0
        granted[row["payment_id"]] += row["amount_cents"] if row["status"] in GRANTED else 0
    for row in rows:
        id, captured = row["payment_id"], row["captured"]
        assert held[id] <= captured, id
        expected = "captured" if granted[id] == 0 else "refunded" if granted[id] == captured else "partially_refunded"
        assert row["state"] == expected, id
    with_refunds = {row["payment_id"] for row in rows}
    for payment in fork.rows("SELECT id FROM payments WHERE status IN ('refunded', 'partially_refunded')"):
        assert payment["id"] in with_refunds


def _orders(fork: Fork) -> None:
    granted = {
        r["order_id"] for r in fork.rows("SELECT order_id FROM refunds WHERE status IN ('approved', 'processed')")
    }
    shipped = {r["order_id"] for r in fork.rows("SELECT order_id FROM shipments")}
    for order in fork.rows("SELECT * FROM orders"):
        assert order["total_cents"] == order["subtotal_cents"] - order["discount_cents"] + order["shipping_cents"]
        if order["status"] in ("refunded", "partially_refunded"):
            assert order["id"] in granted, order["id"]
        if order["status"] == "cancelled":
            assert order["id"] not in shipped, order["id"]
    left = Counter[tuple[str, str]]()
    for line in fork.rows("SELECT order_id, product_id, quantity FROM order_lines"):
        left[line["order_id"], line["product_id"]] += line["quantity"]
    for record in fork.rows("SELECT * FROM returns"):
        for item in record["items"]:
            left[record["order_id"], item["product_id"]] -= item["quantity"]
    assert min(left.values()) >= 0, "more came back than was bought"


def _tickets(fork: Fork) -> None:
    settles = {r["id"]: r["ticket_id"] for r in fork.rows("SELECT id, ticket_id FROM resolutions")}
    for ticket in fork.rows("SELECT * FROM tickets"):
        id, assignee, resolution = ticket["id"], ticket["assigned_employee_id"], ticket["resolution_id"]
        assert ticket["status"] != "new" or assignee is None, id
        assert ticket["status"] != "open" or assignee is not None, id
        assert ticket["status"] != "resolved" or resolution is not None, id
        assert resolution is None or settles[resolution] == id, id


def test_the_invariants_hold_at_the_start_and_see_what_is_wrong(plain_image: WorldImage) -> None:
    with closing(plain_image.fork()) as fork:
        invariants(fork)
        payment = fork.rows("SELECT * FROM payments WHERE status = 'captured'")[0]
        ticket = fork.rows("SELECT * FROM tickets WHERE status = 'open'")[0]
        unshipped = fork.rows("SELECT * FROM orders WHERE status = 'fulfilled'")[0]
        for table, id, changes in (
            ("payments", payment["id"], {"status": "refunded"}),
            ("payments", payment["id"], {"amount_cents": 1}),
            ("tickets", ticket["id"], {"assigned_employee_id": None}),
            ("tickets", ticket["id"], {"status": "resolved"}),
            ("orders", unshipped["id"], {"status": "cancelled"}),
            ("orders", unshipped["id"], {"status": "refunded"}),
        ):
            with closing(fork.fork()) as broken:
                broken.update(table, id, changes)
                with pytest.raises(AssertionError):
                    invariants(broken)


# What is called


@pytest.fixture(scope="module")
def known(plain_image: WorldImage) -> Known:
    """Values for arguments by name, all around a few orders of different states."""
    with closing(plain_image.fork()) as fork:
        orders = [
            order
            for status in (
                "pending",
                "paid",
                "on_hold",
                "backorder",
                "fulfilled",
                "refund_requested",
                "partially_refunded",
            )
            for order in fork.rows(
                "SELECT * FROM orders WHERE status = ? ORDER BY created_at DESC, id LIMIT ?",
                (status, 3 if status == "fulfilled" else 1),
            )
        ]
        marks = json.dumps([o["id"] for o in orders]), json.dumps([o["customer_id"] for o in orders])
        returnable = {o["id"] for o in orders if o["status"] in ("fulfilled", "refund_requested", "partially_refunded")}
        payments = fork.rows("SELECT * FROM payments WHERE order_id IN (SELECT value FROM json_each(?))", marks[:1])
        tickets = fork.rows("SELECT * FROM tickets WHERE customer_id IN (SELECT value FROM json_each(?))", marks[1:])
        tickets += fork.rows(
            "SELECT * FROM tickets WHERE status IN ('new', 'open', 'resolved') ORDER BY id DESC LIMIT 4"
        )
        lines = fork.rows("SELECT * FROM order_lines WHERE order_id IN (SELECT value FROM json_each(?))", marks[:1])
        made = {
            name: [f"{stem}-{int(number) + n:03d}" for n in range(4)]
            for name, table, prefix in (("res", "resolutions", "res"), ("ref", "refunds", "ref"))
            for stem, _, number in [fork.next_id(table, prefix).rpartition("-")]
        }
        employees = [e["id"] for e in fork.rows("SELECT id FROM employees LIMIT 3")]
        return {
            "order_id": [o["id"] for o in orders],
            "customer_id": [o["customer_id"] for o in orders],
            "payment_id": [p["id"] for p in payments],
            "ticket_id": [t["id"] for t in tickets],
            "product_id": [line["product_id"] for line in lines],
            "build_id": [b["id"] for b in fork.rows("SELECT id FROM builds LIMIT 3")],
            "assigned_employee_id": employees,
            "resolved_by_id": employees,
            "resolution_id": made["res"],
            "linked_refund_id": [*made["ref"], *(r["id"] for r in fork.rows("SELECT id FROM refunds LIMIT 1"))],
            "promo_code": [p["code"] for p in fork.rows("SELECT code FROM promotions LIMIT 3")],
            "line": [line for line in lines if line["order_id"] in returnable],
            "amount": [0.01, 1, 9.99, 40, 100.5, *(p["amount_cents"] / 100 for p in payments)],
        }


DATES = ["2025-11-15", "2025-10-01", "0001-01-01", "9999-12-31", "2025-11-04T04:30:00Z", "2025-02-29", "soon"]
JUNK = st.one_of(
    st.sampled_from(
        [None, True, False, 0, -1, 2**63, -(2**70), 10**400, 1e-9, 0.001, 1e308, float("nan"), float("inf"), -0.0, "",
         " ", "\0", "\ud800", "' OR 1=1 --", "%", "_", "\\", "a" * 5000, "ünïcödé 🦊 \u202e", "null", [], {}, [[[[]]]],
         {"product_id": 1}, [{"product_id": "x", "quantity": -1}], ["x"] * 3000]
    ),
    st.text(max_size=30),
    st.integers(),
    st.floats(),
    st.recursive(st.none() | st.text(max_size=4), lambda s: st.lists(s) | st.dictionaries(st.text(max_size=4), s)),
)  # fmt: skip


def mostly(good: st.SearchStrategy[Any], rarely: st.SearchStrategy[Any] = JUNK) -> st.SearchStrategy[Any]:
    return st.integers(0, 19).flatmap(lambda n: rarely if n == 19 else good)


def value_for(name: str, schema: dict[str, Any], known: Known) -> st.SearchStrategy[Any]:
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if name in known:
        return st.sampled_from(known[name])
    match schema["type"]:
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(schema["minimum"], min(schema["maximum"], 12))
        case "number":
            return st.sampled_from(known["amount"])
        case "array":
            return st.lists(mostly(value_for(name, schema["items"], known)), min_size=1, max_size=2)
        case "object":
            return object_for(schema, known)
        case _ if name.endswith(("_after", "_before", "_on", "as_of")):
            return st.sampled_from(DATES)
        case _:
            return st.sampled_from(["a", "Ridge", "100%", "Told the customer.", "ünï"])


def object_for(schema: dict[str, Any], known: Known) -> st.SearchStrategy[Arguments]:
    required = set(schema.get("required", ()))
    values = {name: mostly(value_for(name, part, known)) for name, part in schema["properties"].items()}
    return st.fixed_dictionaries(
        {name: values[name] for name in sorted(required)},
        optional={name: values[name] for name in sorted(set(values) - required)},
    )


def any_call(known: Known) -> st.SearchStrategy[Call]:
    """Two changes for every look-up; now and then an unknown tool, an unknown argument or no object at all."""
    by_name = {t.name: object_for(t.parameters, known) for t in TOOLBOX}
    by_name |= {name: slim(name, known) for name in CHANGES}
    names = st.sampled_from([*sorted(CHANGES) * 6, *by_name])
    proper = names.flatmap(lambda name: st.tuples(st.just(name), by_name[name]))
    proper = st.one_of(proper, proper, proper, fitting_return(known))
    odd = st.one_of(
        st.tuples(st.sampled_from(sorted(by_name)), JUNK),
        st.tuples(st.text(max_size=12), st.just(Arguments())),
        st.tuples(st.sampled_from(sorted(by_name)), st.dictionaries(st.text(max_size=12), JUNK, max_size=3)),
    )
    return mostly(proper, odd)


def fitting_return(known: Known) -> st.SearchStrategy[Call]:
    """A return whose arguments belong together; drawn apart they hardly ever do."""

    def build(line: Arguments, disposition: str, amount: float, condition: str, status: str) -> Call:
        item = {"product_id": line["product_id"], "quantity": 1, "condition": condition}
        given = {"order_id": line["order_id"], "items": [item], "disposition": disposition, "status": status}
        money = {} if disposition == "replacement" else {"amount": amount}
        return "processReturn", {**given, **money, "reason": "defective"}

    return st.builds(
        build,
        st.sampled_from(known["line"]),
        st.sampled_from(["refund", "refund", "refund", "replacement", "store_credit"]),
        st.sampled_from([0.01, 5, 20, 40.5]),
        st.sampled_from(["unopened", "opened", "defective", "damaged"]),
        st.sampled_from(["pending", "approved"]),
    )


def slim(name: str, known: Known) -> st.SearchStrategy[Arguments]:
    """Arguments of a change with few of the optional ones: most that are given at random contradict each other."""
    schema = TOOLBOX[name].parameters
    optional = sorted(set(schema["properties"]) - set(schema["required"]))
    few = st.lists(st.sampled_from(optional), max_size=3, unique=True) if optional else st.just(list[str]())
    full = object_for({**schema, "required": list(schema["properties"])}, known)
    return st.builds(
        lambda arguments, kept: {k: v for k, v in arguments.items() if k in schema["required"] or k in kept}, full, few
    )


def attempt(fork: Fork, call: Call) -> dict[str, Any] | None:
    """The result, or None when the call was refused. Anything but a ToolError fails the test."""
    name, arguments = call
    before = fork.hash()
    try:
        result = TOOLBOX.call(fork, name, arguments)
    except ToolError as refusal:
        assert 0 < len(str(refusal)) < 3000
        assert fork.hash() == before, "a refused call changed the world"
        return None
    json.dumps(result, allow_nan=False).encode()
    if name not in CHANGES:
        assert fork.hash() == before, "a look-up changed the world"
    return result


def test_any_sequence_of_calls_keeps_the_world_whole(plain_image: WorldImage, known: Known) -> None:
    accepted = Counter[str]()

    @settings(max_examples=220, deadline=None, suppress_health_check=list(HealthCheck))
    @given(calls=st.lists(any_call(known), min_size=1, max_size=14), cut=st.integers(0, 14))
    def run(calls: list[Call], cut: int) -> None:
        with (
            closing(plain_image.fork()) as fork,
            closing(plain_image.fork()) as bystander,
            closing(plain_image.fork()) as replay,
        ):
            bystander.update("orders", known["order_id"][0], {"note": "a colleague was here"})
            elsewhere = bystander.hash()

            ops: list[Op] = []
            middle = fork.fork()
            for n, call in enumerate(calls):
                if n == cut:
                    middle.close()
                    middle = fork.fork()
                if attempt(fork, call) is not None and call[0] in CHANGES:
                    ops.append(Op(*call))
                    accepted[call[0]] += 1
            invariants(fork)
            assert bystander.hash() == elsewhere

            for op in json.loads(json.dumps([asdict(op) for op in ops])):
                TOOLBOX.call(replay, op["name"], op["arguments"])
            assert replay.hash() == fork.hash()
            assert replay.diff() == fork.diff()

            with closing(middle):
                for call in calls[cut if cut < len(calls) else 0 :]:
                    attempt(middle, call)
                assert middle.hash() == fork.hash()

    run()
    # The property would be empty if nothing were accepted; which of the six come up is chance.
    assert len(accepted) >= 4


@pytest.mark.parametrize("name", [t.name for t in TOOLBOX])
def test_junk_in_any_argument_is_a_refusal_or_harmless(name: str, plain_image: WorldImage, known: Known) -> None:
    properties = sorted(TOOLBOX[name].parameters["properties"])
    proper = object_for(TOOLBOX[name].parameters, known)

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(arguments=proper, spoiled=st.dictionaries(st.sampled_from(properties), JUNK, min_size=1))
    def run(arguments: Arguments, spoiled: Arguments) -> None:
        with closing(plain_image.fork()) as fork:
            if attempt(fork, (name, {**arguments, **spoiled})) is not None:
                invariants(fork)

    run()


def test_the_image_is_untouched_by_all_of_it(plain_image: WorldImage, known: Known) -> None:
    with closing(plain_image.fork()) as fork:
        for order_id in known["order_id"]:
            for status in ("cancelled", "refund_requested", "on_hold"):
                attempt(fork, ("updateOrderStatus", {"order_id": order_id, "status": status}))
        assert fork.hash() != plain_image.hash
    with closing(plain_image.fork()) as fresh:
        assert fresh.hash() == plain_image.hash
        assert fresh.diff() == ()
