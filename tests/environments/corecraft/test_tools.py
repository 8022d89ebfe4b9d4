"""The 23 tools: searches against a brute-force reference over raw rows, the rest case by case."""

from __future__ import annotations

import string
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enterprisegym.environments.corecraft.tools import TOOLBOX
from enterprisegym.tools import ToolError
from enterprisegym.world import Fork, WorldImage

Row = dict[str, Any]
NOW = "2025-11-15T19:00:00Z"
ABSENT = "no-such-id"

READ = [t.name for t in TOOLBOX if t.kind == "read"]
CHANGE = [t.name for t in TOOLBOX if t.kind == "change"]


def call(fork: Fork, tool: str, /, **arguments: Any) -> dict[str, Any]:
    return TOOLBOX.call(fork, tool, arguments)


def refused(fork: Fork, tool: str, /, **arguments: Any) -> str:
    """The text of a refusal, having checked that nothing changed."""
    before = fork.hash()
    with pytest.raises(ToolError) as error:
        TOOLBOX.call(fork, tool, arguments)
    assert fork.hash() == before
    return str(error.value)


def test_there_are_23_tools_of_three_kinds() -> None:
    assert len(TOOLBOX) == 23
    assert (len(READ), len(CHANGE)) == (14, 6)


def test_searches_take_a_limit_of_one_to_ten_and_an_offset() -> None:
    paged = [t for t in TOOLBOX if "limit" in t.parameters["properties"]]
    assert len(paged) == 12
    for tool in paged:
        limit = tool.parameters["properties"]["limit"]
        assert (limit["minimum"], limit["maximum"], limit["default"]) == (1, 10, 10), tool.name
        assert tool.parameters["properties"]["offset"]["default"] == 0


# Searches against a reference


def day_of(utc: str) -> str:
    return datetime.fromisoformat(utc).astimezone(ZoneInfo("America/New_York")).date().isoformat()


_FOLD = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def has(needle: str, *texts: str | None) -> bool:
    return any(needle.translate(_FOLD) in text.translate(_FOLD) for text in texts if text)


def words_in(needle: str, *texts: str) -> bool:
    return all(has(word, *texts) for word in needle.split())


def not_before(utc: str, bound: str) -> bool:
    return (day_of(utc) if len(bound) == 10 else utc) >= bound


def not_after(utc: str, bound: str) -> bool:
    return (day_of(utc) if len(bound) == 10 else utc) <= bound


class Raw:
    """All rows of a world as plain lists."""

    def __init__(self, fork: Fork) -> None:
        self.tables = {name: fork.rows(f"SELECT * FROM {name} ORDER BY id") for name in fork.schema.tables}
        self.lines = self._by("order_lines", "order_id")
        self.refunds = self._by("refunds", "payment_id")
        self.stock = self._by("inventory_levels", "product_id")
        self.products = {p["id"]: p for p in self.tables["products"]}
        kinds = {
            "company_policies": "company_policy", "slas": "sla", "warranty_policies": "warranty_terms",
            "loyalty_tiers": "loyalty_tier", "compatibility_rules": "compatibility_rule",
        }  # fmt: skip
        self.tables["policies"] = [{"kind": k, **row} for table, k in kinds.items() for row in self.tables[table]]

    def _by(self, table: str, column: str) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.tables[table]:
            found[row[column]].append(row)
        return found


Accepts = Callable[[Raw, Row, Any], bool]
Values = Callable[[Raw, Row], st.SearchStrategy[Any] | None]


@dataclass(frozen=True)
class Filter:
    """`values` proposes arguments that fit a row (None: the row gives none); `accepts` is the reference."""

    values: Values
    accepts: Accepts


def equal(column: str) -> Filter:
    def values(raw: Raw, row: Row) -> st.SearchStrategy[Any] | None:
        return None if row[column] is None else st.just(row[column])

    return Filter(values, lambda raw, row, value: row[column] == value)


def part_of(*columns: str) -> Filter:
    def values(raw: Raw, row: Row) -> st.SearchStrategy[str] | None:
        texts = [row[c] for c in columns if row[c]]
        return st.sampled_from(texts).flatmap(pieces) if texts else None

    return Filter(values, lambda raw, row, value: has(value, *(row[c] for c in columns)))


def pieces(text: str) -> st.SearchStrategy[str]:
    """Stretches of a text, now and then in another case."""

    def cut(start: int, length: int, flip: bool) -> str:
        piece = text[start : start + length]
        return "".join(c.swapcase() if flip and c.isascii() else c for c in piece)

    return st.builds(cut, st.integers(0, max(0, len(text) - 2)), st.integers(1, 12), st.booleans())


def all_words_of(texts: Callable[[Row], list[str]]) -> Filter:
    def values(raw: Raw, row: Row) -> st.SearchStrategy[str]:
        words = [w for text in texts(row) for w in text.split() if w.isalnum()]
        return st.lists(st.sampled_from(words or ["the"]), min_size=1, max_size=3).map(" ".join)

    return Filter(values, lambda raw, row, value: words_in(value, *texts(row)))


def from_time(column: str) -> Filter:
    return Filter(lambda raw, row: bounds(row[column]), lambda raw, row, value: not_before(row[column], value))


def until_time(column: str) -> Filter:
    return Filter(lambda raw, row: bounds(row[column]), lambda raw, row, value: not_after(row[column], value))


def bounds(utc: str) -> st.SearchStrategy[str]:
    return st.sampled_from(
        [utc, day_of(utc), utc[:10], "2025-09-01", "2025-11-01T00:00:00Z", "9999-12-31", "0001-01-01"]
    )


def times(column: str, name: str) -> dict[str, Filter]:
    return {f"{name}_after": from_time(column), f"{name}_before": until_time(column)}


def ordered_product(raw: Raw, row: Row) -> st.SearchStrategy[str] | None:
    return st.sampled_from([line["product_id"] for line in raw.lines[row["id"]]])


def member(column: str) -> Filter:
    return Filter(
        lambda raw, row: st.sampled_from(row[column]) if row[column] else None,
        lambda raw, row, value: value in row[column],
    )


def address_parts(row: Row) -> list[str]:
    return [v for a in row["addresses"] for k, v in a.items() if k != "label" and v is not None]


def admits(column: str, of: Callable[[Raw, Any], Any]) -> Accepts:
    return lambda raw, row, value: not row[column] or of(raw, value) in row[column]


def promotion_admits_product(raw: Raw, row: Row, value: str) -> bool:
    product = raw.products[value]
    return all(
        not row[column] or product[key] in row[column]
        for column, key in (("categories", "category"), ("brands", "brand"), ("product_ids", "id"))
    )


POLICY_KIND = {
    "sla": "sla",
    "compatibility_rule": "compatibility",
    "warranty_terms": "warranty",
    "loyalty_tier": "loyalty",
}
POLICY_TEXT = {
    "company_policy": ("title", "body"), "sla": ("title", "body", "remedy"),
    "warranty_terms": ("title", "body", "covers", "excludes"), "loyalty_tier": ("name", "terms", "perks"),
    "compatibility_rule": ("name", "statement", "fix"),
}  # fmt: skip


def policy_texts(row: Row) -> list[str]:
    values = [row[column] for column in POLICY_TEXT[row["kind"]]]
    return [text for value in values for text in (value if isinstance(value, list) else [value])]


def policy_area(row: Row) -> str:
    return row["policy_type"] if row["kind"] == "company_policy" else POLICY_KIND[row["kind"]]


@dataclass(frozen=True)
class Search:
    """How a search tool must behave: the rows of `table` that all filters accept, in the order of `sort`."""

    table: str
    key: str
    sort: tuple[str, ...]
    filters: dict[str, Filter]
    newest_first: bool = False
    required: tuple[str, ...] = field(default=())

    def expected(self, raw: Raw, arguments: Row) -> list[str]:
        rows = [
            row
            for row in raw.tables[self.table]
            if all(self.filters[name].accepts(raw, row, value) for name, value in arguments.items())
        ]
        rows.sort(key=lambda row: tuple(row.get(c) or row.get("name", "") for c in self.sort))
        if self.newest_first:
            rows.sort(key=lambda row: row["created_at"], reverse=True)
        return [row["id"] for row in rows]


NAME, NEWEST = ("name", "id"), ("id",)
SEARCHES: dict[str, Search] = {
    "searchCustomers": Search("customers", "customers", NAME, {
        "customer_id": equal("id"), "name": part_of("name"), "email": equal("email"), "phone": equal("phone"),
        "company": part_of("company"), "account_type": equal("account_type"),
        "loyalty_tier": Filter(
            lambda raw, row: st.sampled_from([[row["loyalty_tier"]], ["gold", "platinum"], ["silver", "gold"]]),
            lambda raw, row, value: row["loyalty_tier"] in value,
        ),
        "address_text": Filter(
            lambda raw, row: st.sampled_from([*address_parts(row), "city", "home"]).flatmap(pieces),
            lambda raw, row, value: has(value, *address_parts(row)),
        ),
        **times("created_at", "created"),
    }),
    "searchOrders": Search("orders", "orders", NEWEST, {
        "order_id": equal("id"), "customer_id": equal("customer_id"), "status": equal("status"),
        "promo_code": equal("promo_code"),
        "product_id": Filter(
            ordered_product, lambda raw, row, value: any(line["product_id"] == value for line in raw.lines[row["id"]])
        ),
        **times("created_at", "created"),
    }, newest_first=True),
    "searchProducts": Search("products", "products", NAME, {
        "product_id": equal("id"), "category": equal("category"), "status": equal("status"),
        "brand": Filter(
            lambda raw, row: st.sampled_from([row["brand"], row["brand"].upper(), row["brand"][:-1]]),
            lambda raw, row, value: row["brand"].translate(_FOLD) == value.translate(_FOLD),
        ),
        "text": part_of("name", "brand", "sku"),
        "min_price": Filter(
            lambda raw, row: st.sampled_from([row["price_cents"] / 100, 0, 200]),
            lambda raw, row, value: row["price_cents"] >= round(value * 100),
        ),
        "max_price": Filter(
            lambda raw, row: st.sampled_from([row["price_cents"] / 100, 0, 200]),
            lambda raw, row, value: row["price_cents"] <= round(value * 100),
        ),
        "in_stock_only": Filter(
            lambda raw, row: st.booleans(),
            lambda raw, row, value: not value or any(i["on_hand"] - i["reserved"] > 0 for i in raw.stock[row["id"]]),
        ),
    }),
    "searchBuilds": Search("builds", "builds", NAME, {
        "build_id": equal("id"), "name": part_of("name"), "customer_id": equal("customer_id"),
        "owner_type": equal("owner_type"),
        "product_id": Filter(
            lambda raw, row: st.sampled_from([c["product_id"] for c in row["components"]]),
            lambda raw, row, value: any(c["product_id"] == value for c in row["components"]),
        ),
        **times("created_at", "created"),
    }),
    "searchTickets": Search("tickets", "tickets", NEWEST, {
        "ticket_id": equal("id"), "customer_id": equal("customer_id"), "order_id": equal("order_id"),
        "assigned_employee_id": equal("assigned_employee_id"), "status": equal("status"), "priority": equal("priority"),
        "ticket_type": equal("ticket_type"), "text": part_of("subject", "body"),
        **times("created_at", "created"), **times("updated_at", "updated"),
    }, newest_first=True),
    "getCustomerTicketHistory": Search("tickets", "tickets", NEWEST, {
        "customer_id": equal("customer_id"),
        "include_resolved": Filter(
            lambda raw, row: st.booleans(),
            lambda raw, row, value: value or row["status"] not in ("resolved", "closed"),
        ),
        **times("created_at", "created"),
    }, newest_first=True, required=("customer_id",)),
    "searchPayments": Search("payments", "payments", NEWEST, {
        "payment_id": equal("id"), "order_id": equal("order_id"), "customer_id": equal("customer_id"),
        "status": equal("status"), "method": equal("method"), "transaction_id": equal("transaction_id"),
        **times("created_at", "created"),
    }, newest_first=True),
    "searchShipments": Search("shipments", "shipments", NEWEST, {
        "shipment_id": equal("id"), "order_id": equal("order_id"), "tracking_number": equal("tracking_number"),
        "carrier": equal("carrier"), "status": equal("status"), **times("created_at", "created"),
    }, newest_first=True),
    "searchEmployees": Search("employees", "employees", NAME, {
        "employee_id": equal("id"), "name": part_of("name"), "department": equal("department"),
        "title": part_of("title"), "support_role": equal("support_role"), "has_permission": member("permissions"),
    }),
    "searchKnowledgeBase": Search("kb_articles", "articles", ("title", "id"), {
        "article_id": equal("id"), "audience": equal("audience"), "product_id": member("product_ids"),
        "text": all_words_of(lambda row: [row["title"], row["body"], *row["tags"]]),
        "tags": Filter(
            lambda raw, row: st.lists(st.sampled_from(row["tags"]), min_size=1, max_size=2) if row["tags"] else None,
            lambda raw, row, value: set(value) <= set(row["tags"]),
        ),
        **times("updated_at", "updated"),
    }),
    "searchPolicies": Search("policies", "policies", ("title", "id"), {
        "policy_id": equal("id"),
        "policy_type": Filter(
            lambda raw, row: st.just(policy_area(row)), lambda raw, row, value: policy_area(row) == value
        ),
        "text": all_words_of(policy_texts),
        "effective_on": Filter(
            lambda raw, row: st.sampled_from(["2025-11-15", "2024-06-01", row.get("effective_from", "2023-01-01")]),
            lambda raw, row, value: row["kind"] != "company_policy"
            or row["effective_from"] <= value <= (row["effective_to"] or "9999-12-31"),
        ),
    }),
    "searchPromotions": Search("promotions", "promotions", ("code",), {
        "code": Filter(
            lambda raw, row: st.sampled_from([row["code"], row["code"].lower(), row["code"][:-1]]),
            lambda raw, row, value: row["code"].translate(_FOLD) == value.translate(_FOLD),
        ),
        "text": all_words_of(lambda row: [row["name"], row["terms"]]),
        "active_on": Filter(
            lambda raw, row: st.sampled_from([row["starts_on"], row["ends_on"], "2025-11-15"]),
            lambda raw, row, value: row["starts_on"] <= value <= row["ends_on"],
        ),
        "product_id": Filter(
            lambda raw, row: st.sampled_from([*row["product_ids"], *list(raw.products)[::9]]), promotion_admits_product
        ),
        "category": Filter(
            lambda raw, row: st.sampled_from([*row["categories"], "gpu"]),
            admits("categories", lambda raw, value: value),
        ),
        "loyalty_tier": Filter(
            lambda raw, row: st.sampled_from([*row["tiers"], "silver"]), admits("tiers", lambda raw, value: value)
        ),
    }),
}  # fmt: skip


@pytest.fixture(scope="module")
def raw(plain_image: WorldImage) -> Raw:
    with closing(plain_image.fork()) as fork:
        return Raw(fork)


@pytest.fixture(scope="module")
def reader(plain_image: WorldImage) -> Iterator[Fork]:
    """A fork for reading only, shared by the tests of this file."""
    with closing(plain_image.fork()) as fork:
        yield fork


def test_the_reference_covers_every_paged_tool_and_filter() -> None:
    refund_filters = {"refund_status", "refunded_after", "refunded_before"}
    for tool in TOOLBOX:
        names = set(tool.parameters["properties"]) - {"limit", "offset"}
        if "limit" in tool.parameters["properties"]:
            assert set(SEARCHES[tool.name].filters) == names - refund_filters, tool.name


def ids(result: dict[str, Any], search: Search) -> list[str]:
    return [row["id"] for row in result[search.key]]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_filters_and_any_page_agree_with_the_reference(data: st.DataObject, raw: Raw, reader: Fork) -> None:
    name = data.draw(st.sampled_from(sorted(SEARCHES)), label="tool")
    search = SEARCHES[name]
    rows = raw.tables[search.table]
    row = rows[data.draw(st.integers(0, len(rows) - 1), label="row")]
    other = rows[data.draw(st.integers(0, len(rows) - 1), label="other row")]
    optional = sorted(set(search.filters) - set(search.required))
    chosen = [
        *search.required,
        *data.draw(st.lists(st.sampled_from(optional), unique=True, max_size=4), label="filters"),
    ]
    arguments: Row = {}
    for filter_name in chosen:
        source = other if data.draw(st.integers(0, 5)) == 0 else row
        values = search.filters[filter_name].values(raw, source)
        if values is not None:
            arguments[filter_name] = data.draw(values, label=filter_name)
    expected = search.expected(raw, arguments)
    limit = data.draw(st.integers(1, 10), label="limit")
    offset = data.draw(st.integers(0, max(0, len(expected))), label="offset")
    found = TOOLBOX.call(reader, name, {**arguments, "limit": limit, "offset": offset})
    assert ids(found, search) == expected[offset : offset + limit]
    assert ids(TOOLBOX.call(reader, name, arguments), search) == expected[:10]


@pytest.mark.parametrize("name", sorted(SEARCHES))
def test_each_filter_alone_finds_rows_and_cuts_others(name: str, raw: Raw, reader: Fork) -> None:
    search = SEARCHES[name]
    required = {n: raw.tables[search.table][0][n] for n in search.required}
    rows = raw.tables[search.table][::7] or raw.tables[search.table]
    for filter_name, filter_ in search.filters.items():
        tried = 0
        for row in rows:
            values = filter_.values(raw, row)
            if values is None or tried >= 3:
                continue
            arguments = {**required, filter_name: _first(values)}
            assert ids(TOOLBOX.call(reader, name, arguments), search) == search.expected(raw, arguments)[:10]
            tried += 1
        assert tried, f"no row gives a value for {filter_name}"


def _first(values: st.SearchStrategy[Any]) -> Any:
    """A value of a strategy, the same at every run."""
    found: list[Any] = []

    @settings(max_examples=1, database=None, derandomize=True, deadline=None)
    @given(values)
    def draw(value: Any) -> None:
        found.append(value)

    draw()
    return found[0]


@pytest.mark.parametrize("name", sorted(SEARCHES))
@pytest.mark.parametrize("limit", [7, 10])
def test_a_walk_by_pages_sees_each_row_once(name: str, limit: int, raw: Raw, reader: Fork) -> None:
    search = SEARCHES[name]
    arguments = {n: raw.tables[search.table][5][n] for n in search.required}
    seen: list[str] = []
    while page := TOOLBOX.call(reader, name, {**arguments, "limit": limit, "offset": len(seen)})[search.key]:
        assert len(page) <= limit
        seen += [row["id"] for row in page]
    assert seen == search.expected(raw, arguments)
    assert len(seen) == len(set(seen)) > 0


@pytest.mark.parametrize("name", sorted(set(SEARCHES) - {"getCustomerTicketHistory"}))
def test_a_search_without_hits_is_empty_and_says_nothing_more(name: str, reader: Fork) -> None:
    search = SEARCHES[name]
    id_filter = next(n for n in search.filters if n.endswith("_id") or n == "code")
    assert TOOLBOX.call(reader, name, {id_filter: ABSENT}) == {search.key: []}
    assert TOOLBOX.call(reader, name, {"offset": 1_000_000}) == {search.key: []}
    full = TOOLBOX.call(reader, name, {})
    assert list(full) == [search.key], "no word that there is more"


def test_payments_are_found_by_their_refunds(raw: Raw, reader: Fork) -> None:
    payments = SEARCHES["searchPayments"]
    refunds = raw.tables["refunds"][::5]
    for status, bounded in ((r["status"], r["created_at"]) for r in refunds):
        for arguments in (
            {"refund_status": status},
            {"refunded_after": day_of(bounded)},
            {"refunded_before": bounded},
            {"refund_status": status, "refunded_after": bounded, "refunded_before": day_of(bounded)},
        ):

            def holds(refund: Row, given: Row = arguments) -> bool:
                return (
                    refund["status"] == given.get("refund_status", refund["status"])
                    and not_before(refund["created_at"], given.get("refunded_after", "0001-01-01"))
                    and not_after(refund["created_at"], given.get("refunded_before", "9999-12-31"))
                )

            hits = [p for p in payments.expected(raw, {}) if any(holds(r) for r in raw.refunds[p])]
            assert ids(TOOLBOX.call(reader, "searchPayments", arguments), payments) == hits[:10]


def test_one_refund_must_meet_all_refund_filters_together(fork: Fork) -> None:
    payment = plant(fork)["payment"]
    for n, (status, at) in enumerate((("denied", "2025-11-01T15:00:00Z"), ("approved", "2025-11-09T15:00:00Z"))):
        fork.insert("refunds", refund_row(f"ref-x-{n}", payment, 100, status, created_at=at))
    by = lambda **given: [p["id"] for p in call(fork, "searchPayments", payment_id=payment["id"], **given)["payments"]]  # noqa: E731
    assert by(refund_status="denied", refunded_before="2025-11-05") == [payment["id"]]
    assert by(refund_status="approved", refunded_before="2025-11-05") == []
    (found,) = call(fork, "searchPayments", payment_id=payment["id"], refund_status="denied")["payments"]
    assert [r["id"] for r in found["refunds"]] == ["ref-x-1", "ref-x-0"], "all its refunds are shown"


def test_a_bare_date_is_the_companys_day(fork: Fork) -> None:
    evening = plant(fork, placed="2025-11-04T04:30:00Z")["order"]["id"]  # 3 November, 23:30 in Columbus
    customer = fork.get("orders", evening)["customer_id"]  # type: ignore[index]

    def found(**given: str) -> bool:
        return any(o["id"] == evening for o in call(fork, "searchOrders", customer_id=customer, **given)["orders"])

    assert found(created_after="2025-11-03", created_before="2025-11-03")
    assert not found(created_after="2025-11-04")
    assert not found(created_before="2025-11-02")
    assert found(created_after="2025-11-04T04:30:00Z", created_before="2025-11-04T04:30:00Z")
    assert not found(created_after="2025-11-04T04:30:01Z")
    assert not found(created_before="2025-11-04T04:29:59Z")
    assert found(created_before="9999-12-31", created_after="0999-01-01")
    fork.update("orders", evening, {"created_at": "2025-11-04T05:00:00Z"})  # the first instant of 4 November
    assert found(created_after="2025-11-04") and not found(created_before="2025-11-03")


@pytest.mark.parametrize(
    "text",
    ["yesterday", "2025-11-31", "2025-13-01", "11/03/2025", "2025-11-3", "20251103", "2025-W46-6", "2025-1-5T9:0:0Z",
     "2025-11-03T10:00:00", "2025-11-03T10:00:00+01:00", "2025-11-03 10:00:00Z"],
)  # fmt: skip
def test_dates_in_other_forms_are_refused_with_the_right_one(reader: Fork, text: str) -> None:
    for name in ("created_after", "created_before"):
        message = refused(reader, "searchOrders", **{name: text})
        assert text in message and "2025-11-03" in message
    assert "2025-11-03" in refused(reader, "searchPolicies", effective_on=text)
    assert "active_on" in refused(reader, "searchPromotions", active_on=text)


def test_text_is_taken_literally(fork: Fork) -> None:
    ticket = fork.rows("SELECT * FROM tickets LIMIT 1")[0]
    fork.update("tickets", ticket["id"], {"subject": r"100% off_it? \o/ 'quoted' \"x\" DROP TABLE", "body": "b"})
    for text in ("100%", "% off", "off_it", r"\o/", "'quoted'", "drop table", "0% OFF"):
        assert [t["id"] for t in call(fork, "searchTickets", text=text)["tickets"]] == [ticket["id"]], text
    for text in ("off%it", "offxit", "100_", "' OR 1=1 --", "%%%"):
        assert call(fork, "searchTickets", text=text) == {"tickets": []}, text
    assert "U+0000" in refused(fork, "searchTickets", text="\0 off")


def test_lists_of_filters_are_bounded(reader: Fork) -> None:
    assert "at most 20" in refused(reader, "searchKnowledgeBase", tags=["bios"] * 2000)
    assert "at least 1" in refused(reader, "searchKnowledgeBase", tags=[])
    assert "at most 4" in refused(reader, "searchCustomers", loyalty_tier=["gold"] * 40_000)
    assert "at least 1" in refused(reader, "searchCustomers", loyalty_tier=[])


def test_names_of_fields_are_not_found_as_address_text(reader: Fork, raw: Raw) -> None:
    found = call(reader, "searchCustomers", address_text="postal_code")
    assert found == {"customers": []}


# What results look like


def shown(row: Row) -> Row:
    """A raw row with cents as dollars."""
    return {k.removesuffix("_cents"): v / 100 if k.endswith("_cents") and v is not None else v for k, v in row.items()}


@pytest.mark.parametrize("name", sorted(set(SEARCHES) - {"searchPolicies"}))
def test_results_show_the_rows_with_money_in_dollars(name: str, raw: Raw, reader: Fork) -> None:
    search = SEARCHES[name]
    by_id = {row["id"]: row for row in raw.tables[search.table]}
    arguments = {n: raw.tables[search.table][3][n] for n in search.required}
    for result in TOOLBOX.call(reader, name, arguments)[search.key]:
        row = shown(by_id[result["id"]])
        assert {k: result[k] for k in row} == row
        assert not any(k.endswith("_cents") for k in result)


def test_policies_say_what_they_are(raw: Raw, reader: Fork) -> None:
    by_key = {(row["kind"], row["id"]): row for row in raw.tables["policies"]}
    for kind in ("return", "sla", "warranty", "loyalty", "compatibility"):
        for result in call(reader, "searchPolicies", policy_type=kind)["policies"]:
            row = shown(by_key[result["kind"], result["id"]])
            assert {k: result[k] for k in row} == row


def test_orders_come_with_their_lines_and_products_with_their_stock(raw: Raw, reader: Fork) -> None:
    for order in call(reader, "searchOrders", status="fulfilled")["orders"]:
        assert order["lines"] == [
            {"product_id": x["product_id"], "quantity": x["quantity"], "unit_price": x["unit_price_cents"] / 100}
            for x in raw.lines[order["id"]]
        ]
    for product in call(reader, "searchProducts", category="gpu")["products"]:
        assert [i["location"] for i in product["inventory"]] == ["cmh", "rno"]
        for level, stored in zip(product["inventory"], raw.stock[product["id"]], strict=True):
            assert level["available"] == max(0, stored["on_hand"] - stored["reserved"])
            assert level["backorderable"] is bool(stored["backorderable"])


def test_ticket_history_brings_escalations_and_resolutions(raw: Raw, reader: Fork) -> None:
    ticket = raw.tables["escalations"][0]["ticket_id"]
    customer = next(t for t in raw.tables["tickets"] if t["id"] == ticket)["customer_id"]
    found = {t["id"]: t for t in call(reader, "getCustomerTicketHistory", customer_id=customer)["tickets"]}
    for table in ("escalations", "resolutions"):
        for id, result in found.items():
            assert {r["id"] for r in result[table]} == {r["id"] for r in raw.tables[table] if r["ticket_id"] == id}
    assert found[ticket]["escalations"]
    assert "no customer 'cust-0'; find it with searchCustomers" in refused(
        reader, "getCustomerTicketHistory", customer_id="cust-0"
    )


def test_order_details_bring_everything_about_an_order(raw: Raw, reader: Fork) -> None:
    refund = next(r for r in raw.tables["refunds"] if r["return_id"])
    id = refund["order_id"]
    found = call(reader, "getOrderDetails", order_id=id)
    assert found["order"] == call(reader, "searchOrders", order_id=id)["orders"][0]
    assert found["customer"]["id"] == found["order"]["customer_id"]
    assert "phone" not in found["customer"] and "addresses" not in found["customer"]
    for key in ("payments", "returns", "shipments", "tickets"):
        assert {r["id"] for r in found[key]} == {r["id"] for r in raw.tables[key] if r["order_id"] == id}, key
    assert refund["id"] in {r["id"] for p in found["payments"] for r in p["refunds"]}
    assert found["build"] is None
    built = next(o for o in raw.tables["orders"] if o["build_id"])
    assert call(reader, "getOrderDetails", order_id=built["id"])["build"]["id"] == built["build_id"]
    assert "no order 'ord-1'; find it with searchOrders" in refused(reader, "getOrderDetails", order_id="ord-1")


def test_a_product_in_full_resolves_what_a_package_contains(raw: Raw, reader: Fork) -> None:
    package = next(p for p in raw.tables["products"] if p["category"] == "bundle")
    found = call(reader, "getProduct", product_id=package["id"])["product"]
    assert [(c["product_id"], c["quantity"]) for c in found["components"]] == [
        (c["product_id"], c["quantity"]) for c in package["components"]
    ]
    for part in found["components"]:
        assert part["name"] == raw.products[part["product_id"]]["name"]
        assert part["unit_price"] == raw.products[part["product_id"]]["price_cents"] / 100
    single = next(p for p in raw.tables["products"] if p["category"] == "cpu")
    assert call(reader, "getProduct", product_id=single["id"])["product"]["components"] == []
    assert "no product 'x'; find it with searchProducts" in refused(reader, "getProduct", product_id="x")


# Planted orders for the tools that change things


def plant(
    fork: Fork,
    *,
    status: str = "fulfilled",
    lines: tuple[tuple[str, int, int], ...] = (("corvane-onyx-250", 2, 10_000),),
    paid: tuple[tuple[int, str], ...] = ((20_000, "captured"),),
    placed: str = "2025-10-01T15:00:00Z",
    delivered: str | None = "2025-10-06T15:00:00Z",
    customer: str = "cust-10007",
) -> dict[str, Any]:
    """An order with its lines, payments and, if delivered, one parcel. Returns order, payment (the first), payments."""
    total = sum(quantity * unit for _, quantity, unit in lines)
    id = fork.next_id("orders", "ord")
    order: Row = {
        "id": id, "customer_id": customer, "status": status, "channel": "web", "subtotal_cents": total,
        "discount_cents": 0, "discount_label": None, "promo_code": None, "shipping_cents": 0, "total_cents": total,
        "shipping_service": "standard", "ship_to": fork.rows("SELECT * FROM customers LIMIT 1")[0]["addresses"][0],
        "build_id": None, "note": None, "created_at": placed, "updated_at": placed,
    }  # fmt: skip
    fork.insert("orders", order)
    for n, (product, quantity, unit) in enumerate(lines, start=1):
        fork.insert(
            "order_lines",
            {"id": f"{id}/{n}", "order_id": id, "product_id": product, "quantity": quantity, "unit_price_cents": unit},
        )
    payments: list[Row] = []
    for amount, state in paid:
        row: Row = {
            "id": fork.next_id("payments", "pay"), "order_id": id, "customer_id": customer, "amount_cents": amount,
            "method": "card", "status": state, "transaction_id": None, "failure_reason": None, "created_at": placed,
            "captured_at": placed if state == "captured" else None,
        }  # fmt: skip
        fork.insert("payments", row)
        payments.append(row)
    if delivered:
        scan = {"at": delivered, "location": "Home", "status": "delivered", "detail": "Left at front door"}
        fork.insert(
            "shipments",
            {
                "id": fork.next_id("shipments", "ship"), "order_id": id, "carrier": "ups", "service": "standard",
                "tracking_number": "1Z0", "status": "delivered", "events": [scan], "eta": None,
                "delivered_at": delivered, "contents": [{"product_id": p, "quantity": q} for p, q, _ in lines],
                "created_at": placed,
            },
        )  # fmt: skip
    return {"order": order, "payments": payments, "payment": payments[0] if payments else None}


def refund_row(id: str, payment: Row, cents: int, status: str, created_at: str = NOW) -> Row:
    return {
        "id": id, "payment_id": payment["id"], "order_id": payment["order_id"], "return_id": None, "ticket_id": None,
        "amount_cents": cents, "reason": "other", "status": status, "note": None, "created_at": created_at,
        "processed_at": None,
    }  # fmt: skip


def ticket_in(fork: Fork, status: str, **changes: Any) -> str:
    """A ticket of that status, changed as told."""
    ticket = fork.rows("SELECT * FROM tickets WHERE status = ? ORDER BY id DESC", (status,))[0]
    fork.update("tickets", ticket["id"], changes)
    return ticket["id"]


# createRefund


def test_a_refund_is_recorded_and_moves_the_payment_but_not_the_order(fork: Fork) -> None:
    planted = plant(fork)
    order, payment = planted["order"], planted["payment"]
    result = call(
        fork,
        "createRefund",
        payment_id=payment["id"],
        amount=19.99,
        reason="price_adjustment",
        status="approved",
        note="ok",
    )
    refund = fork.get("refunds", result["refund"]["id"])
    expected = refund_row(result["refund"]["id"], payment, 1999, "approved")
    assert refund == {**expected, "reason": "price_adjustment", "note": "ok"}
    assert result["refund"] == shown(refund)
    assert result["payment"]["status"] == "partially_refunded"
    assert fork.get("orders", order["id"]) == order
    rest = call(fork, "createRefund", payment_id=payment["id"], amount=180.01, reason="other", status="approved")
    assert rest["payment"]["status"] == "refunded"


def test_pending_refunds_reserve_money_and_leave_the_payment_alone(fork: Fork) -> None:
    payment = plant(fork)["payment"]
    first = call(fork, "createRefund", payment_id=payment["id"], amount=150, reason="other")
    assert first["refund"]["status"] == "pending"
    assert first["payment"]["status"] == "captured"
    message = refused(fork, "createRefund", payment_id=payment["id"], amount=50.01, reason="other", status="approved")
    assert "$50.01" in message and "$200.00 captured" in message and "$150.00 already refunded or pending" in message
    assert call(fork, "createRefund", payment_id=payment["id"], amount=50, reason="other")["refund"]["amount"] == 50
    assert "may still be refunded" in refused(
        fork, "createRefund", payment_id=payment["id"], amount=0.01, reason="other"
    )


def test_denied_and_failed_refunds_free_their_money(fork: Fork) -> None:
    payment = plant(fork)["payment"]
    fork.insert("refunds", refund_row("ref-x-1", payment, 15_000, "denied"))
    fork.insert("refunds", refund_row("ref-x-2", payment, 15_000, "failed"))
    fork.insert("refunds", refund_row("ref-x-3", payment, 5_000, "processed"))
    assert "more than may still be" in refused(
        fork, "createRefund", payment_id=payment["id"], amount=150.01, reason="other"
    )
    result = call(fork, "createRefund", payment_id=payment["id"], amount=150, reason="other", status="approved")
    assert result["payment"]["status"] == "refunded"


@pytest.mark.parametrize("status", ["pending", "authorized", "failed", "voided", "disputed", "refunded"])
def test_only_captured_money_can_be_refunded(fork: Fork, status: str) -> None:
    payment = plant(fork, paid=((20_000, status),))["payment"]
    message = refused(fork, "createRefund", payment_id=payment["id"], amount=1, reason="other")
    assert payment["id"] in message and status in message


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"payment_id": "pay-0"}, "no payment 'pay-0'; find it with searchPayments"),
        ({"amount": 10.001}, "amount: 10.001 has more than two decimals"),
        ({"amount": 0}, "amount"),
        ({"amount": 1e-9}, "amount"),
        ({"amount": -5}, "amount"),
        ({"amount": float("nan")}, "amount"),
        ({"amount": "10.00"}, "amount: expected number"),
        ({"reason": "because"}, "'because' is not one of 'customer_remorse'"),
        ({"status": "processed"}, "'processed' is not one of 'pending', 'approved'"),
        ({"ticket_id": "tick-0"}, "no ticket 'tick-0'; find it with searchTickets"),
        ({"order_id": "ord-1"}, "unknown argument 'order_id'"),
    ],
)
def test_bad_refunds_are_refused(fork: Fork, arguments: Row, words: str) -> None:
    given = {"payment_id": plant(fork)["payment"]["id"], "amount": 10, "reason": "other", **arguments}
    assert words in refused(fork, "createRefund", **given)


def test_a_refund_belongs_to_a_ticket_of_the_same_customer(fork: Fork) -> None:
    payment = plant(fork)["payment"]
    own = ticket_in(fork, "open", customer_id="cust-10007")
    foreign = ticket_in(fork, "new", customer_id="cust-10008")
    message = refused(fork, "createRefund", payment_id=payment["id"], amount=1, reason="other", ticket_id=foreign)
    assert "another customer" in message
    made = call(fork, "createRefund", payment_id=payment["id"], amount=1, reason="other", ticket_id=own)
    assert made["refund"]["ticket_id"] == own


# processReturn

ITEM = {"product_id": "corvane-onyx-250", "quantity": 1, "condition": "opened"}


def give_back(fork: Fork, order: Row, **changes: Any) -> dict[str, Any]:
    given: Row = {
        "order_id": order["id"], "items": [ITEM], "reason": "customer_remorse", "disposition": "refund",
        "amount": 90.01,
    }  # fmt: skip
    return TOOLBOX.call(fork, "processReturn", {k: v for k, v in {**given, **changes}.items() if v is not ...})


def test_a_pending_return_refund_asks_and_an_approved_one_moves_money(fork: Fork) -> None:
    planted = plant(fork)
    asked = give_back(fork, planted["order"])
    assert asked["refund"]["status"] == "pending" and asked["order"]["status"] == "refund_requested"
    assert asked["refund"]["return_id"] == asked["return"]["id"]
    assert asked["return"]["id"].startswith("rma-251115-")
    assert fork.get("payments", planted["payment"]["id"])["status"] == "captured"  # type: ignore[index]
    done = give_back(fork, planted["order"], status="approved", amount=80)
    assert done["order"]["status"] == "partially_refunded", "the refund for the first unit is not decided yet"
    assert fork.get("payments", planted["payment"]["id"])["status"] == "partially_refunded"  # type: ignore[index]


def test_part_of_an_order_makes_it_partially_refunded(fork: Fork) -> None:
    planted = plant(fork)
    assert give_back(fork, planted["order"], status="approved")["order"]["status"] == "partially_refunded"
    both = give_back(fork, planted["order"], status="approved", amount=80)
    assert both["order"]["status"] == "refunded", "all goods have come back and are settled"
    whole = plant(fork)
    assert give_back(fork, whole["order"], status="approved", amount=200)["order"]["status"] == "refunded"


def test_replacements_and_store_credit_leave_money_and_order_alone(fork: Fork) -> None:
    planted = plant(fork)
    swap = give_back(fork, planted["order"], disposition="replacement", amount=..., reason="defective")
    credit = give_back(fork, planted["order"], disposition="store_credit", amount=15.5)
    assert swap["refund"] is None and credit["refund"] is None
    assert (swap["return"]["credit"], credit["return"]["credit"]) == (0, 15.5)
    assert fork.get("orders", planted["order"]["id"]) == planted["order"]
    assert fork.get("payments", planted["payment"]["id"]) == planted["payment"]
    assert {c.table for c in fork.diff()} >= {"returns"}


def test_store_credits_of_an_order_stay_within_its_total_together(fork: Fork) -> None:
    order = plant(fork)["order"]
    give_back(fork, order, disposition="store_credit", amount=150)
    with pytest.raises(ToolError, match=r"store credit \$50\.01 on top of \$150\.00 is more than the order's total"):
        give_back(fork, order, disposition="store_credit", amount=50.01)
    give_back(fork, order, disposition="store_credit", amount=50)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"order_id": "ord-0"}, "no order 'ord-0'; find it with searchOrders"),
        ({"items": []}, "items: List should have at least 1 item"),
        ({"items": [{**ITEM, "product_id": "cable"}]}, "'cable' is not a line of order"),
        ({"items": [{**ITEM, "quantity": 3}]}, "2 bought, of which 0 returned before; 3 more cannot come back"),
        ({"items": [ITEM, ITEM, ITEM]}, "cannot come back"),
        ({"items": [{**ITEM, "quantity": 0}]}, "items[0].quantity"),
        ({"items": [{**ITEM, "condition": "fine"}]}, "items[0].condition: 'fine' is not one of 'unopened'"),
        ({"items": [{**ITEM, "why": "x"}]}, "unknown argument 'items[0].why'"),
        ({"amount": ...}, "give `amount` for a refund or store credit"),
        ({"disposition": "replacement"}, "leave it out for a replacement"),
        ({"disposition": "store_credit", "amount": 200.01}, "$200.01 is more than the order's total $200.00"),
        ({"amount": 200.01}, "more than may still be refunded"),
        ({"payment_id": "pay-0"}, "has no captured payment pay-0"),
        ({"ticket_id": "tick-0"}, "no ticket 'tick-0'"),
        ({"reason": "price_adjustment"}, "is not one of"),
    ],
)
def test_bad_returns_are_refused(fork: Fork, changes: Row, words: str) -> None:
    order = plant(fork)["order"]
    before = fork.hash()
    with pytest.raises(ToolError) as error:
        give_back(fork, order, **changes)
    assert words in str(error.value)
    assert fork.hash() == before


@pytest.mark.parametrize("status", ["pending", "paid", "on_hold", "backorder", "cancelled", "refunded"])
def test_only_fulfilled_orders_can_be_returned(fork: Fork, status: str) -> None:
    order = plant(fork, status=status)["order"]
    with pytest.raises(ToolError, match=f"is {status}; only orders that were fulfilled"):
        give_back(fork, order)


def test_what_came_back_before_counts(fork: Fork) -> None:
    order = plant(fork)["order"]
    give_back(fork, order, disposition="replacement", amount=...)
    with pytest.raises(ToolError, match="2 bought, of which 1 returned before; 2 more cannot come back"):
        give_back(fork, order, items=[{**ITEM, "quantity": 2}])
    give_back(fork, order)


def test_with_several_payments_one_must_be_named(fork: Fork) -> None:
    planted = plant(fork, paid=((20_000, "captured"), (20_000, "captured"), (20_000, "failed")))
    first, second, failed = (p["id"] for p in planted["payments"])
    with pytest.raises(ToolError, match=f"several captured payments; name one: {first}, {second}"):
        give_back(fork, planted["order"])
    with pytest.raises(ToolError, match=f"has no captured payment {failed}"):
        give_back(fork, planted["order"], payment_id=failed)
    assert give_back(fork, planted["order"], payment_id=second)["refund"]["payment_id"] == second
    unpaid = plant(fork, paid=())
    with pytest.raises(ToolError, match=r"has no captured payment$"):
        give_back(fork, unpaid["order"])


# updateOrderStatus

ORDER_MOVES = {
    "pending": {"cancelled", "on_hold"},
    "paid": {"cancelled", "on_hold", "backorder"},
    "on_hold": {"paid", "cancelled"},
    "backorder": {"paid", "on_hold", "cancelled"},
    "fulfilled": {"refund_requested", "partially_refunded", "refunded"},
    "refund_requested": {"fulfilled", "partially_refunded", "refunded"},
    "partially_refunded": {"refund_requested", "refunded"},
    "refunded": set[str](),
    "cancelled": set[str](),
}


@pytest.mark.parametrize("old", ORDER_MOVES)
def test_orders_move_only_along_legal_ways(fork: Fork, old: str) -> None:
    shipped = old in ("fulfilled", "refund_requested", "partially_refunded", "refunded")
    for new in ORDER_MOVES:
        planted = plant(fork, status=old, delivered="2025-10-06T15:00:00Z" if shipped else None)
        fork.insert("refunds", refund_row(fork.next_id("refunds", "ref"), planted["payment"], 5_000, "approved"))
        id = planted["order"]["id"]
        if new in ORDER_MOVES[old]:
            result = call(fork, "updateOrderStatus", order_id=id, status=new)
            assert result["order"]["status"] == new
            assert fork.get("orders", id) == {**planted["order"], "status": new, "updated_at": NOW}
        else:
            message = refused(fork, "updateOrderStatus", order_id=id, status=new)
            assert f"order {id} is {old}; from there it can become: " in message
            assert all(choice in message for choice in ORDER_MOVES[old])
            assert ORDER_MOVES[old] or message.endswith("nothing, it is final")


def test_a_parcel_stops_a_cancellation(fork: Fork) -> None:
    id = plant(fork, status="paid")["order"]["id"]
    assert "a parcel of it already exists" in refused(fork, "updateOrderStatus", order_id=id, status="cancelled")


def test_paid_needs_the_money_and_refunded_needs_a_refund(fork: Fork) -> None:
    short = plant(fork, status="on_hold", paid=((19_999, "captured"), (1, "failed")), delivered=None)["order"]["id"]
    message = refused(fork, "updateOrderStatus", order_id=short, status="paid")
    assert "$199.99 captured of $200.00" in message
    planted = plant(fork)
    id = planted["order"]["id"]
    for status in ("refunded", "partially_refunded"):
        assert "no approved refund yet" in refused(fork, "updateOrderStatus", order_id=id, status=status)
    call(fork, "createRefund", payment_id=planted["payment"]["id"], amount=1, reason="other")
    assert "no approved refund yet" in refused(fork, "updateOrderStatus", order_id=id, status="refunded")
    call(fork, "createRefund", payment_id=planted["payment"]["id"], amount=199, reason="other", status="approved")
    assert (
        call(fork, "updateOrderStatus", order_id=id, status="partially_refunded")["order"]["status"]
        == "partially_refunded"
    )
    whole = plant(fork)
    call(fork, "createRefund", payment_id=whole["payment"]["id"], amount=200, reason="other", status="approved")
    message = refused(fork, "updateOrderStatus", order_id=whole["order"]["id"], status="partially_refunded")
    assert "refunded in full ($200.00); use refunded" in message


def test_notes_are_added_to_what_is_there(fork: Fork) -> None:
    id = plant(fork, status="paid", delivered=None)["order"]["id"]
    assert call(fork, "updateOrderStatus", order_id=id, status="on_hold", note="one")["order"]["note"] == "one"
    assert call(fork, "updateOrderStatus", order_id=id, status="paid", note="two")["order"]["note"] == "one\ntwo"
    assert call(fork, "updateOrderStatus", order_id=id, status="on_hold")["order"]["note"] == "one\ntwo"


# Tickets

TICKET_MOVES = {
    "new": {"open", "pending_customer", "resolved", "closed"},
    "open": {"pending_customer", "resolved", "closed"},
    "pending_customer": {"open", "resolved", "closed"},
    "resolved": {"open"},
    "closed": set[str](),
}


def resolution_for(fork: Fork, ticket: str, created_at: str = NOW) -> str:
    id = fork.next_id("resolutions", "res")
    fork.insert(
        "resolutions",
        {"id": id, "ticket_id": ticket, "outcome": "no_action", "details": "d", "linked_refund_id": None,
         "resolved_by_id": None, "created_at": created_at},
    )  # fmt: skip
    return id


@pytest.mark.parametrize("old", TICKET_MOVES)
def test_tickets_move_only_along_legal_ways(fork: Fork, old: str) -> None:
    for new in TICKET_MOVES:
        id = ticket_in(fork, old)
        given: Row = {"ticket_id": id, "status": new}
        if new == "open":
            given["assigned_employee_id"] = "emp-support-agent"
        if new == "resolved":
            given["resolution_id"] = resolution_for(fork, id)
        if old == "resolved":
            fork.update("tickets", id, {"resolution_id": resolution_for(fork, id)})
        with closing(fork.fork()) as trial:
            before = trial.get("tickets", id)
            if new in TICKET_MOVES[old]:
                assert TOOLBOX.call(trial, "updateTicketStatus", given)["ticket"]["status"] == new
                changes = {k: v for k, v in given.items() if k != "ticket_id"}
                assert trial.get("tickets", id) == {**before, **changes, "updated_at": NOW}  # type: ignore[dict-item]
            elif new != old:
                message = refused(trial, "updateTicketStatus", **given)
                assert f"ticket {id} is {old}; from there it can become: " in message
                assert all(choice in message for choice in TICKET_MOVES[old])


def test_statuses_need_what_they_stand_for(fork: Fork) -> None:
    new, open_ = ticket_in(fork, "new"), ticket_in(fork, "open")
    assert "needs an assignee" in refused(fork, "updateTicketStatus", ticket_id=new, status="open")
    message = refused(fork, "updateTicketStatus", ticket_id=new, assigned_employee_id="emp-support-agent")
    assert "give status open together with the assignee" in message
    message = refused(fork, "updateTicketStatus", ticket_id=open_, status="resolved")
    assert "make one with createResolution" in message
    foreign = resolution_for(fork, new)
    message = refused(fork, "updateTicketStatus", ticket_id=open_, status="resolved", resolution_id=foreign)
    assert f"was made for ticket {new}" in message
    assert "nothing to change: give one of status" in refused(fork, "updateTicketStatus", ticket_id=open_)
    for name, value in (("ticket_id", ABSENT), ("assigned_employee_id", ABSENT), ("resolution_id", ABSENT)):
        given = {"ticket_id": open_, "priority": "low", name: value}
        assert f"{ABSENT!r}; find it with" in refused(fork, "updateTicketStatus", **given)


def test_priority_and_type_change_alone(fork: Fork) -> None:
    id = ticket_in(fork, "new")
    before = fork.get("tickets", id)
    result = call(fork, "updateTicketStatus", ticket_id=id, priority="urgent", ticket_type="billing")
    assert result["ticket"] == {**before, "priority": "urgent", "ticket_type": "billing", "updated_at": NOW}  # type: ignore[dict-item]
    closed = ticket_in(fork, "closed")
    assert "closed tickets cannot be changed" in refused(fork, "updateTicketStatus", ticket_id=closed, priority="low")


def test_a_resolved_ticket_reopens_for_30_days(fork: Fork) -> None:
    id = ticket_in(fork, "resolved")
    for resolved_at, legal in (("2025-10-16T04:00:00Z", True), ("2025-10-16T03:59:59Z", False)):
        with closing(fork.fork()) as trial:
            trial.update(
                "tickets", id, {"resolution_id": resolution_for(trial, id, resolved_at), "updated_at": resolved_at}
            )
            if not legal:
                assert "resolved 31 days ago; it can be reopened for 30" in refused(
                    trial, "updateTicketStatus", ticket_id=id, status="open"
                )
                call(trial, "updateTicketStatus", ticket_id=id, priority="low")
                refused(trial, "updateTicketStatus", ticket_id=id, status="open")
            else:
                assert call(trial, "updateTicketStatus", ticket_id=id, status="open")["ticket"]["status"] == "open"


def test_escalations_and_resolutions_are_recorded_and_leave_the_ticket_alone(fork: Fork) -> None:
    id = ticket_in(fork, "open")
    before = fork.get("tickets", id)
    escalation = call(
        fork,
        "createEscalation",
        ticket_id=id,
        escalation_type="carrier_claim",
        destination="fulfilment",
        notes="Trace it.",
    )["escalation"]
    assert fork.get("escalations", escalation["id"]) == {
        "id": escalation["id"], "ticket_id": id, "escalation_type": "carrier_claim", "destination": "fulfilment",
        "notes": "Trace it.", "created_at": NOW, "resolved_at": None,
    }  # fmt: skip
    resolution = call(fork, "createResolution", ticket_id=id, outcome="information_provided", details="Told.")[
        "resolution"
    ]
    assert resolution["resolved_by_id"] == "emp-support-agent"
    assert fork.get("resolutions", resolution["id"]) == resolution
    assert fork.get("tickets", id) == before
    linked = call(fork, "updateTicketStatus", ticket_id=id, status="resolved", resolution_id=resolution["id"])
    assert linked["ticket"]["resolution_id"] == resolution["id"]


def test_bad_escalations_and_resolutions_are_refused(fork: Fork) -> None:
    open_, closed = ticket_in(fork, "open", customer_id="cust-10007"), ticket_in(fork, "closed")
    escalate: Row = {"ticket_id": open_, "escalation_type": "technical", "destination": "technical_bench", "notes": "n"}
    assert "closed tickets cannot be escalated" in refused(
        fork, "createEscalation", **{**escalate, "ticket_id": closed}
    )
    assert "no ticket" in refused(fork, "createEscalation", **{**escalate, "ticket_id": ABSENT})
    assert "destination: 'sales' is not one of" in refused(
        fork, "createEscalation", **{**escalate, "destination": "sales"}
    )
    assert "notes" in refused(fork, "createEscalation", **{**escalate, "notes": ""})
    assert "notes" in refused(fork, "createEscalation", **{**escalate, "notes": "x" * 4001})
    resolve: Row = {"ticket_id": open_, "outcome": "refund_issued", "details": "d"}
    assert "needs linked_refund_id" in refused(fork, "createResolution", **resolve)
    assert "no refund" in refused(fork, "createResolution", **resolve, linked_refund_id=ABSENT)
    assert "no employee" in refused(
        fork, "createResolution", **{**resolve, "outcome": "no_action"}, resolved_by_id=ABSENT
    )
    assert "closed" in refused(fork, "createResolution", **{**resolve, "outcome": "no_action", "ticket_id": closed})
    foreign = plant(fork, customer="cust-10008")["payment"]
    fork.insert("refunds", refund_row("ref-x-1", foreign, 100, "approved"))
    assert "another customer" in refused(fork, "createResolution", **resolve, linked_refund_id="ref-x-1")
    own = plant(fork)["payment"]
    fork.insert("refunds", refund_row("ref-x-2", own, 100, "approved"))
    made = call(fork, "createResolution", **resolve, linked_refund_id="ref-x-2")
    assert made["resolution"]["linked_refund_id"] == "ref-x-2"


# checkWarrantyStatus


def warranty(fork: Fork, months: int, claim_via: str = "corecraft") -> str:
    """A product whose warranty runs so long."""
    product = fork.get("products", "corvane-onyx-250")
    assert product is not None
    fork.update("warranty_policies", product["warranty_policy_id"], {"months": months, "claim_via": claim_via})
    return product["id"]


def test_the_last_day_of_the_warranty_is_inside(fork: Fork) -> None:
    product = warranty(fork, 1)
    # Delivered on 31 January at 23:30 in Columbus; February has 28 days.
    id = plant(fork, placed="2025-01-20T15:00:00Z", delivered="2025-02-01T04:30:00Z")["order"]["id"]
    last = call(fork, "checkWarrantyStatus", order_id=id, product_id=product, as_of="2025-02-28")
    assert (last["starts_on"], last["ends_on"], last["start_is"]) == ("2025-01-31", "2025-02-28", "delivery")
    assert (last["in_period"], last["days_left"], last["months"]) == (True, 0, 1)
    after = call(fork, "checkWarrantyStatus", order_id=id, product_id=product, as_of="2025-03-01")
    assert (after["in_period"], after["days_left"]) == (False, 0)
    early = call(fork, "checkWarrantyStatus", order_id=id, product_id=product, as_of="2025-01-30")
    assert (early["in_period"], early["days_left"]) == (False, 0), "the period has not begun"
    today = call(fork, "checkWarrantyStatus", order_id=id, product_id=product)
    assert today["as_of"] == "2025-11-15"


def test_without_a_delivery_the_order_day_counts(fork: Fork) -> None:
    product = warranty(fork, 24, "manufacturer")
    id = plant(fork, placed="2025-01-20T15:00:00Z", delivered=None)["order"]["id"]
    found = call(fork, "checkWarrantyStatus", order_id=id, product_id=product, as_of="2027-01-19")
    assert (found["starts_on"], found["ends_on"], found["start_is"]) == ("2025-01-20", "2027-01-20", "order")
    assert (found["in_period"], found["days_left"], found["claim_via"]) == (True, 1, "manufacturer")


def test_parts_are_covered_through_bundles_but_not_through_systems(fork: Fork, raw: Raw) -> None:
    by_kind = {c: next(p for p in raw.tables["products"] if p["category"] == c) for c in ("bundle", "prebuilt")}
    bundle, system = by_kind["bundle"], by_kind["prebuilt"]
    bought = plant(fork, lines=((bundle["id"], 1, 20_000),))["order"]["id"]
    part = bundle["components"][0]["product_id"]
    found = call(fork, "checkWarrantyStatus", order_id=bought, product_id=part)
    assert (found["product_id"], found["start_is"], found["starts_on"]) == (part, "delivery", "2025-10-06")
    kept = {c: [p for p in raw.tables["products"] if p["category"] == c] for c in ("bundle", "prebuilt")}
    pack, machine, shared = next(
        (b, s, c["product_id"])
        for b in kept["bundle"]
        for s in kept["prebuilt"]
        for c in b["components"]
        if c["product_id"] in {d["product_id"] for d in s["components"]}
    )
    mixed = plant(fork, lines=((machine["id"], 1, 10_000), (pack["id"], 1, 10_000)))["order"]["id"]
    assert call(fork, "checkWarrantyStatus", order_id=mixed, product_id=shared)["in_period"] is True
    built = plant(fork, lines=((system["id"], 1, 20_000),))["order"]["id"]
    inside = system["components"][0]["product_id"]
    message = refused(fork, "checkWarrantyStatus", order_id=built, product_id=inside)
    assert f"part of the system {system['id']}" in message
    assert call(fork, "checkWarrantyStatus", order_id=built, product_id=system["id"])["in_period"] is True


def test_bad_warranty_questions_are_refused(fork: Fork, raw: Raw) -> None:
    id = plant(fork)["order"]["id"]
    other = next(p for p in raw.products if p != "corvane-onyx-250")
    ask: Row = {"order_id": id, "product_id": "corvane-onyx-250"}
    assert f"{other} is not in order {id}" in refused(fork, "checkWarrantyStatus", **{**ask, "product_id": other})
    assert "no order" in refused(fork, "checkWarrantyStatus", **{**ask, "order_id": ABSENT})
    assert "no product" in refused(fork, "checkWarrantyStatus", **{**ask, "product_id": ABSENT})
    assert "as_of: 'today' is not a date" in refused(fork, "checkWarrantyStatus", **ask, as_of="today")


# calculatePrice


@pytest.fixture
def shop(fork: Fork, raw: Raw) -> dict[str, str]:
    """Products at round prices: parts at $40 and $99, one on clearance, a bundle at $500, one not sold any more."""
    free = [p for p in raw.tables["products"] if p["category"] == "storage" and p["status"] == "active"]
    bundle = next(p for p in raw.tables["products"] if p["category"] == "bundle")
    prices = {
        "part": (free[0], 4_000, "active"),
        "dear": (free[1], 9_900, "active"),
        "sale": (free[2], 5_000, "clearance"),
        "bundle": (bundle, 50_000, "active"),
        "gone": (free[3], 1_000, "discontinued"),
    }
    for product, cents, status in prices.values():
        fork.update("products", product["id"], {"price_cents": cents, "status": status})
    return {name: product["id"] for name, (product, _, _) in prices.items()}


def promotion(fork: Fork, code: str, **changes: Any) -> None:
    fork.insert(
        "promotions",
        {"id": f"promo-{code}", "code": code, "name": code, "kind": "percent", "percent": 10, "amount_cents": None,
         "cap_cents": None, "min_order_cents": 0, "categories": [], "brands": [], "product_ids": [], "tiers": [],
         "starts_on": "2025-11-01", "ends_on": "2025-11-15", "stacks_with_loyalty": 0, "terms": "", **changes},
    )  # fmt: skip


def price(
    fork: Fork, *items: tuple[str, int], **given: Any
) -> tuple[float, float, str | None, str | None, float, float]:
    result = call(fork, "calculatePrice", items=[{"product_id": p, "quantity": q} for p, q in items], **given)
    assert result["total"] == pytest.approx(result["subtotal"] - result["discount"] + result["shipping"])
    assert result["subtotal"] == pytest.approx(sum(line["amount"] for line in result["lines"]))
    return (
        result["subtotal"], result["discount"], result["discount_label"], result["promo_code_used"], result["shipping"],
        result["total"],
    )  # fmt: skip


def test_tiers_and_shipping(fork: Fork, shop: dict[str, str]) -> None:
    part, dear = shop["part"], shop["dear"]
    assert price(fork, (part, 1)) == (40, 0, None, None, 9.99, 49.99)
    assert price(fork, (dear, 1)) == (99, 0, None, None, 0, 99)
    assert price(fork, (part, 1), loyalty_tier="silver") == (40, 2, "silver 5%", None, 0, 38)
    assert price(fork, (part, 1), loyalty_tier="gold") == (40, 3.2, "gold 8%", None, 0, 36.8)
    assert price(fork, (part, 1), loyalty_tier="gold", shipping_service="express")[4] == 19.99
    assert price(fork, (part, 1), loyalty_tier="platinum", shipping_service="express")[4] == 0
    assert price(fork, (part, 1), loyalty_tier="platinum", shipping_service="overnight")[4] == 39.99
    assert price(fork, (dear, 9), shipping_service="overnight")[4] == 39.99


def test_free_shipping_looks_at_goods_after_discounts_and_clearance_is_not_discounted(
    fork: Fork, shop: dict[str, str]
) -> None:
    promotion(fork, "TINY", percent=1)
    assert price(fork, (shop["dear"], 1), promo_code="TINY") == (99, 0, None, None, 0, 99), "the code would cost more"
    assert price(fork, (shop["sale"], 1), (shop["part"], 1), loyalty_tier="platinum") == (
        90, 4.8, "platinum 12%", None, 0, 85.2,
    )  # fmt: skip


def test_one_discount_applies_the_better_one_unless_it_stacks(fork: Fork, shop: dict[str, str]) -> None:
    promotion(fork, "TEN")
    promotion(fork, "FOUR", percent=4)
    promotion(fork, "STACK", percent=4, stacks_with_loyalty=1)
    promotion(fork, "CAP", percent=50, cap_cents=700)
    promotion(fork, "FIVER", kind="fixed", percent=None, amount_cents=500, min_order_cents=8_000)
    promotion(fork, "POSTFREE", kind="free_shipping", percent=None)
    part = shop["part"]
    assert price(fork, (part, 1), promo_code="ten") == (40, 4, "TEN", "TEN", 9.99, 45.99)
    assert price(fork, (part, 1), loyalty_tier="silver", promo_code="TEN") == (40, 4, "TEN", "TEN", 0, 36)
    assert price(fork, (part, 1), loyalty_tier="silver", promo_code="FOUR") == (40, 2, "silver 5%", None, 0, 38)
    assert price(fork, (part, 1), loyalty_tier="silver", promo_code="STACK") == (
        40, 3.6, "silver 5% + STACK", "STACK", 0, 36.4,
    )  # fmt: skip
    assert price(fork, (part, 1), promo_code="CAP")[1] == 7
    assert price(fork, (part, 1), promo_code="FIVER")[1] == 0
    assert price(fork, (part, 2), promo_code="FIVER") == (80, 5, "FIVER", "FIVER", 9.99, 84.99)
    assert price(fork, (part, 1), promo_code="POSTFREE")[3:] == ("POSTFREE", 0, 40)


def test_codes_have_windows_tiers_and_goods(fork: Fork, shop: dict[str, str]) -> None:
    part, dear, bundle = shop["part"], shop["dear"], shop["bundle"]
    promotion(fork, "TODAY", starts_on="2025-11-15", ends_on="2025-11-15")
    promotion(fork, "OVER", ends_on="2025-11-14")
    promotion(fork, "SOON", starts_on="2025-11-16", ends_on="2025-12-01")
    promotion(fork, "GOLDEN", tiers=["gold"], percent=20)
    promotion(fork, "DEAR", product_ids=[dear], percent=50)
    promotion(fork, "ALL", percent=50)
    promotion(fork, "BUNDLES", categories=["bundle"], percent=50)
    assert price(fork, (part, 1), promo_code="TODAY")[1] == 4
    assert price(fork, (part, 1), promo_code="OVER")[1] == price(fork, (part, 1), promo_code="SOON")[1] == 0
    assert price(fork, (part, 1), promo_code="GOLDEN")[1] == 0
    assert price(fork, (part, 1), promo_code="GOLDEN", loyalty_tier="gold")[1] == 8
    assert price(fork, (part, 1), (dear, 1), promo_code="DEAR")[1] == 49.5
    assert price(fork, (bundle, 1), promo_code="ALL")[1] == 0, "packages must be named"
    assert price(fork, (bundle, 1), promo_code="BUNDLES")[1] == 250
    assert price(fork, (bundle, 1), loyalty_tier="gold")[1] == 40


def test_businesses_get_a_volume_discount_on_parts(fork: Fork, shop: dict[str, str]) -> None:
    part, dear, bundle = shop["part"], shop["dear"], shop["bundle"]
    fork.update("customers", "cust-10007", {"account_type": "business", "loyalty_tier": "standard"})
    for quantity, discount in ((9, 0), (10, 20), (24, 48), (25, 80)):
        assert price(fork, (part, quantity), customer_id="cust-10007")[1] == discount
    assert price(fork, (part, 5), (part, 5), customer_id="cust-10007")[1:3] == (20, "volume")
    assert price(fork, (part, 5), (dear, 5), customer_id="cust-10007")[1] == 0
    assert price(fork, (bundle, 10), customer_id="cust-10007")[1] == 0
    assert price(fork, (part, 10))[1] == 0
    fork.update("customers", "cust-10007", {"loyalty_tier": "gold"})
    assert price(fork, (part, 10), customer_id="cust-10007")[1:3] == (32, "gold 8%")
    fork.update("customers", "cust-10007", {"account_type": "consumer", "loyalty_tier": "standard"})
    assert price(fork, (part, 25), customer_id="cust-10007")[1] == 0


def test_cents_round_half_up(fork: Fork, shop: dict[str, str]) -> None:
    fork.update("products", shop["part"], {"price_cents": 4_010})
    assert price(fork, (shop["part"], 1), loyalty_tier="silver")[1] == 2.01  # 2.005


def test_bad_carts_are_refused(fork: Fork, shop: dict[str, str]) -> None:
    cart = {"items": [{"product_id": shop["part"]}]}
    assert "not both" in refused(fork, "calculatePrice", **cart, customer_id="cust-10007", loyalty_tier="gold")
    assert "no customer" in refused(fork, "calculatePrice", **cart, customer_id=ABSENT)
    assert "no promo code 'NOPE'; find it with searchPromotions" in refused(
        fork, "calculatePrice", **cart, promo_code="NOPE"
    )
    assert "discontinued" in refused(fork, "calculatePrice", items=[{"product_id": shop["gone"]}])
    assert "no product" in refused(fork, "calculatePrice", items=[{"product_id": ABSENT}])
    assert "items" in refused(fork, "calculatePrice", items=[])
    assert "items[0].quantity" in refused(fork, "calculatePrice", items=[{"product_id": shop["part"], "quantity": 0}])


# validateBuildCompatibility


def parts_of(*ids: str) -> list[Row]:
    return [{"product_id": id} for id in ids]


def test_sockets_must_match(reader: Fork, raw: Raw) -> None:
    def of(category: str, socket: str) -> str:
        return next(
            p["id"] for p in raw.tables["products"] if p["category"] == category and p["specs"].get("socket") == socket
        )

    good = call(reader, "validateBuildCompatibility", items=parts_of(of("cpu", "AM5"), of("motherboard", "AM5")))
    assert good["compatible"] is True and good["errors"] == []
    cpu, board = of("cpu", "AM5"), of("motherboard", "LGA1700")
    bad = call(reader, "validateBuildCompatibility", items=parts_of(cpu, board))
    assert bad["compatible"] is False
    (error,) = [e for e in bad["errors"] if e["rule_id"] == "rule-cpu-socket"]
    assert error["product_ids"] == [cpu, board] and "AM5" in error["message"] and "LGA1700" in error["message"]
    assert set(error) == {"rule_id", "message", "product_ids"}


def test_builds_and_packages_are_checked_by_what_they_contain(reader: Fork, raw: Raw) -> None:
    for build in raw.tables["builds"][::11]:
        saved = call(reader, "validateBuildCompatibility", build_id=build["id"])
        listed = call(reader, "validateBuildCompatibility", items=build["components"])
        assert saved == listed
        assert saved["compatible"] is (not saved["errors"])
    system = next(p for p in raw.tables["products"] if p["category"] == "prebuilt")
    packed = call(reader, "validateBuildCompatibility", items=parts_of(system["id"]))
    assert {c["product_id"] for c in packed["checked"]} == {c["product_id"] for c in system["components"]}
    assert packed["compatible"] is True, "we sell no system that does not work"
    rules = {r["id"] for r in raw.tables["compatibility_rules"]}
    assert {f["rule_id"] for f in (*packed["errors"], *packed["warnings"])} <= rules


def test_bad_build_questions_are_refused(reader: Fork, raw: Raw) -> None:
    some = parts_of(next(iter(raw.products)))
    assert "give either items or build_id" in refused(reader, "validateBuildCompatibility")
    build = raw.tables["builds"][0]["id"]
    assert "give either" in refused(reader, "validateBuildCompatibility", items=some, build_id=build)
    assert "no build" in refused(reader, "validateBuildCompatibility", build_id=ABSENT)
    assert "no product 'x'; find it with searchProducts" in refused(
        reader, "validateBuildCompatibility", items=parts_of("x")
    )
