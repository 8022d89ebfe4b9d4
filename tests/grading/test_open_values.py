# ruff: noqa: E501
"""Values left open, answers that take themselves back, rivals of a statement and values with a role."""

from __future__ import annotations

import time

import pytest

from enterprisegym.errors import UserError
from enterprisegym.grading import validate_check
from enterprisegym.tasks.task import CheckSpec

AMOUNT = {"check": "amount", "value": "15.00", "rivals": ["24.99"]}
DATE = {"check": "date", "value": "2025-11-07", "rivals": ["2025-11-09"]}
SEVEN = {"check": "number", "value": 7, "unit": ["ticket"], "rivals": [8]}

OPEN_AMOUNTS = [
    "$15.00 or {}", "{} or $15.00", "either $15.00 or {}", "$15.00/{}", "$15.00 (or {})", "$15.00 [or {}]", "{}, possibly $15.00",
    "$15.00, or perhaps {}", "between $15.00 and {}", "$15.00–{}", "$15.00-{}", "~$15.00-{}", "$15.00, {} or $30.00", "$15.00 and/or {}",
    "$15.00 | {}", "maybe $15.00, maybe {}", "$15.00 (alternatively {})", "$15.00 or, if not, {}", "$15.00, otherwise {}",
    "$15.00 unless it is {}", "$15.00 // {}", "one of $15.00, {}, $30.00", "$15.00? {}?", "$15.00 vs. {}",
]  # fmt: skip


@pytest.mark.parametrize("form", OPEN_AMOUNTS)
@pytest.mark.parametrize("other", ["$24.99", "$31.00"])
def test_amounts_left_open_hold_nothing(judge, form, other):
    assert not judge(AMOUNT, f"{form.format(other)} goes back to your card today.").ok


@pytest.mark.parametrize(
    "text",
    [
        "You get $15.00: the $24.98 you paid less $9.98 for the label.",
        "You get $15.00 ($24.98 - $9.98).",
        "$15.00 against $24.99 for the white one.",
        "It costs $15.00 vs. $24.99 for the white one, so it is cheaper.",
        "The refund goes from $10.00 to $15.00.",
        "The difference between $40.00 and $25.00 is $15.00.",
        "You get $15.00. The label is $9.99 or $0.00, by tier.",
        "You get $15.00, not between $20.00 and $24.99.",
        "There is no doubt that you get $15.00.",
        "The $15.00 credit never expires.",
        "Not only $15.00 but a letter of apology is yours.",
    ],
)
def test_amounts_that_are_not_left_open(judge, text):
    result = judge(AMOUNT, text)
    assert result.ok, result.reason


@pytest.mark.parametrize(
    "text",
    [
        "It came on Nov 7-9, 2025.",
        "It came on Nov 7–9, 2025.",
        "It came on November 7–November 9.",
        "It came on November 7, 2025-November 12, 2025.",
        "It came between November 7 and November 9, 2025.",
        "It came on November 7 or a day later.",
        "It came on November 7 or the day after.",
        "It came November 12, possibly November 7.",
        "It allegedly came on November 7.",
        "Nobody said that it came on November 7.",
        "I doubt that it came on November 7.",
    ],
)
def test_days_left_open_hold_nothing(judge, text):
    assert not judge(DATE, text).ok


@pytest.mark.parametrize(
    "text",
    [
        "It came on November 7, 2025.",
        "The window runs Nov 7-20.",
        "Orders placed between November 7, 2025 and January 15, 2026 count.",
        "No doubt it came on November 7.",
        "It took 3-5 days and came on November 7.",
    ],
)
def test_days_that_are_not_left_open(judge, text):
    assert judge(DATE, text).ok


@pytest.mark.parametrize(
    ("text", "ok"),
    [
        ("8 or 7 tickets", False),
        ("11 or 7 tickets", False),
        ("between 7 and 9 tickets", False),
        ("11, possibly 7 tickets", False),
        ("7 tickets, 2 or 3 of them old", True),
        ("Tickets of the week: 3, 2 and 2 = 7.", True),
    ],
)
def test_counts_left_open(judge, text, ok):
    assert judge(SEVEN, text).ok is ok


BODY = "Hello Maya,\n\nthe refund is $15.00.\n\nBest regards"
RETRACTED = [
    "None of the following is true:\n\n{}",
    "The following answer, which a colleague drafted, is completely wrong and must not be used:\n\n{}",
    "Everything below is made up.\n\n{}",
    "<!--\n{}\n-->",
    "<!-- {}",
    "If I had looked at the records, I might have said: {}",
    "You wrote:\n{}",
    "Please ignore what follows.\n\n{}",
    "{}\n\nCorrection: everything above is wrong. Please disregard it; I could not find anything out.",
    "{}\n\nPlease disregard the above.",
    "{}\n\nNone of the above is true.",
    "{}\n\nThe above answer is wrong.",
]
STANDING = [
    "You wrote:\n> it is $99\n\n{}",
    "{}\n\nIf this has been settled already, please disregard the above.",
    "{}\n\nPlease ignore the above tracking number.",
    "{}\n\nThe price in the banner above is wrong.",
    "The following is true for your order.\n\n{}",
    "None of this is your fault.\n\n{}",
    "{}\n<!-- end -->",
    "The following price is wrong in our shop: $99.\n\n{}",
]


@pytest.mark.parametrize("form", RETRACTED)
def test_an_answer_that_takes_itself_back_says_nothing(judge, form):
    assert not judge(AMOUNT, form.format(BODY)).ok
    assert not judge({"check": "structure", "max_words": 100}, form.format(BODY)).ok


@pytest.mark.parametrize("form", STANDING)
def test_an_answer_that_only_speaks_of_what_is_wrong_stands(judge, form):
    result = judge(AMOUNT, form.format(BODY))
    assert result.ok, result.reason


EXPRESS = {
    "check": "says",
    "all_of": [["not refunded", "stays", "not eligible"]],
    "rivals": ["made an exception", "stays free", "eligible for", "comes back too"],
    "near": ["express"],
}


@pytest.mark.parametrize(
    ("text", "ok"),
    [
        ("The express charge is not refunded.", True),
        ("The express charge is usually not refunded, but I made an exception.", False),
        ("The express charge is not refunded. The label comes back too.", False),
        ("The express charge is not refunded, and nobody made an exception.", True),
        ("The express charge is not refunded; we have not made an exception.", True),
        ("The express charge is not eligible for a refund.", True),
        ("The express charge stays free of any refund.", False),
        ("I made an exception.", False),
    ],
)
def test_rivals_of_a_statement(judge, text, ok):
    result = judge(EXPRESS, text)
    assert result.ok is ok, result.reason


def test_a_phrase_is_not_its_own_rival():
    with pytest.raises(UserError, match="both in a group and a rival"):
        validate_check(CheckSpec.model_validate({"check": "says", "all_of": [["Free"]], "rivals": ["free"]}))


DELIVERED = {"check": "date", "value": "2025-11-07", "rivals": ["2025-11-06"], "role": ["deliver", "came", "arriv"]}


@pytest.mark.parametrize(
    ("text", "ok"),
    [
        ("It was promised for November 6 and delivered on November 7.", True),
        ("It was promised for November 7 and delivered on November 6.", False),
        ("It was delivered on November 4 (the label was printed for November 7).", False),
        ("November 7 is the day of delivery.", True),
        ("Delivered: November 7, 2025", True),
        ("| Promised | Delivered |\n|---|---|\n| Nov 6 | Nov 7 |", True),
        ("| Promised | Delivered |\n|---|---|\n| Nov 7 | Nov 8 |", False),
        ("| Promised | Nov 6 |\n|---|---|\n| Delivered | Nov 7 |", True),
        ("**Delivery**\n- November 7", True),
        ("The parcel was late. It came November 7.", True),
        ("The parcel arrived. It was November 7.", True),
        ("It was ordered on November 7.", False),
        ("It came on November 7 instead of November 6.", True),
    ],
)
def test_a_role_has_its_own_value(judge, text, ok):
    result = judge(DELIVERED, text)
    assert result.ok is ok, result.reason


@pytest.mark.parametrize(
    ("text", "ok"),
    [
        ("Refund: $24.98 - $9.98 = $15.00", True),
        ("Refund: $24.98 less $9.98 for the label, so $15.00", True),
        ("The refund is $12.00 (list price $15.00).", False),
        ("You paid $15.00, and the refund is $12.00.", False),
    ],
)
def test_a_role_takes_the_result_of_a_sum(judge, text, ok):
    result = judge({"check": "amount", "value": "15.00", "role": ["refund"]}, text)
    assert result.ok is ok, result.reason


def test_a_response_beyond_the_limit_is_not_read(judge):
    began = time.perf_counter()
    result = judge(AMOUNT, "You get $15.00. " * 2_000_000)
    assert not result.ok
    assert "100,000 are allowed" in result.reason
    assert time.perf_counter() - began < 5
    assert judge(AMOUNT, "You get $15.00. " * 100).ok
