"""Amounts, dates and counts: what asserts them and what does not."""

from __future__ import annotations

import pytest

AMOUNT = {"check": "amount", "value": "1519.96", "rivals": ["1599.96", "1439.96"]}
SMALL = {"check": "amount", "value": "450.00", "rivals": ["499.00"]}
FEE = {"check": "amount", "value": "9.99", "rivals": ["0.00"], "near": ["label", "return shipping"]}

AMOUNT_HOLDS = [
    "Your refund is $1,519.96.",
    "Your refund is **$1,519.96**.",
    "The total comes to 1519.96 USD.",
    "The total comes to USD 1,519.96",
    "We refunded US$1519.96 today",
    "You will get back 1,519.96 dollars.",
    "Refund: `$1519.96`",
    "| Item | Amount |\n|---|---|\n| Card | $1,599.00 |\n| **Refund** | **$1,519.96** |",
    "| Item | Amount (USD) |\n|---|---|\n| Refund | 1,519.96 |",
    "- Refund amount: $1,519.96\n- Method: original card",
    "A credit of -$1,519.96 will show up.",
    "Adjustment: ($1,519.96)",
    "The refund is not $1,599.96 but $1,519.96.",
    "The refund is $1,519.96, not $1,599.96.",
    "Your refund is $1,519.96 rather than $1,599.96.",
    "Instead of $1,599.96 you will receive $1,519.96.",
    "You mentioned $1,599.96, but the refund comes to $1,519.96.",
    "You wrote that it was $1,599.96. The refund is $1,519.96.",
    "~~$1,599.96~~ $1,519.96",
    "Is it $1,599.96? No, the refund is $1,519.96.",
    "$1,599.96 would be wrong; the refund is $1,519.96.",
    "It isn't $1,599.96; it's $1,519.96.",
    "You will not only get $1,519.96 back, we also send a new card.",
    "You won't receive more than $1,519.96.",
    "There is no restocking fee, so you get $1,519.96 back.",
    "I've issued a refund of $1,519.96 — is there anything else I can do?",
    "The goods were $1,400.00 and tax was $119.96, so the refund is $1,519.96.",
    "Hi Maya,\n\nThanks for writing in. I've refunded $1,519.96 to your Visa.\n\nBest,\nCorecraft Support",
    "The $1,599.96 you mentioned includes shipping; the refund is $1,519.96.",
    "The amount of $1,599.96 is not correct. The correct amount is $1,519.96.",
    "I didn't see a problem, and the refund is $1,519.96.",
    "The old price of $1,599.96 no longer applies. Your refund is $1,519.96.",
    "The total was corrected from $1,599.96 to $1,519.96.",
    "If you were quoted $1,599.96, that was a mistake: the refund is $1,519.96.",
    "Neither $1,599.96 nor $1,439.96 is right; it is $1,519.96.",
    "As you mentioned, the refund is $1,519.96.",
    'The refund is "$1,519.96".',
    "<b>$1,519.96</b> will be refunded.",
    "Refund \\$1,519.96",
    "Without the shipping fee, your refund is $1,519.96.",
    "No problem! Your refund is $1,519.96.",
    "The refund of $1,519.96 has not been processed yet.",
]
AMOUNT_FAILS = [
    "",
    "I am sorry for the trouble.",
    "Your refund is $1,599.96.",
    "Your refund is $11,519.96.",
    "Your refund is $1,519.961.",
    "Your refund is $1,519.",
    "The refund is not $1,519.96.",
    "The refund isn't $1,519.96.",
    "No refund of $1,519.96 is due.",
    "Is the refund $1,519.96?",
    "Would you like me to refund $1,519.96?",
    "You wrote that the refund is $1,519.96.",
    "You mentioned $1,519.96, but I see no such payment.",
    "The customer claims a refund of $1,519.96 was promised.",
    "Either $1,519.96 or $1,599.96.",
    "It's either $1,519.96 or $1,600.00.",
    "The refund is $1,519.96, or $1,599.96, or $1,439.96.",
    "- $1,519.96\n- $1,599.96\n- $1,439.96",
    "~~$1,519.96~~",
    "$1,519.96 would be wrong.",
    "$1,519.96 is no longer valid.",
    "If it was $1,519.96, please send the receipt.",
    "Rather than $1,519.96, we refund nothing.",
    "Not included:\n- $1,519.96 shipping",
    "We cannot refund $1,519.96.",
    "We can't refund the $1,519.96 you paid.",
    "The refund is €1,519.96.",
    "I'm unable to refund the $1,519.96.",
    "Your refund is $1,519.96. Actually the refund is $1,599.96.",
]


@pytest.mark.parametrize("text", AMOUNT_HOLDS)
def test_amount_holds(judge, text):
    result = judge(AMOUNT, text)
    assert result.ok, result.reason


@pytest.mark.parametrize("text", AMOUNT_FAILS)
def test_amount_fails(judge, text):
    result = judge(AMOUNT, text)
    assert not result.ok, result.reason


@pytest.mark.parametrize(
    ("text", "ok"),
    [
        ("Refund: $450", True),
        ("Refund: $450.0", True),
        ("Refund: 450 USD", True),
        ("Refund: 450 dollars", True),
        ("Refund: $450.", True),
        ("Refund: $4500", False),
        ("Refund: $450k", False),
        ("Refund: 450 points", False),
        ("Refund: $45", False),
        ("Refund of $450 (was $499.00)", False),
    ],
)
def test_amount_without_cents(judge, text, ok):
    assert judge(SMALL, text).ok is ok


@pytest.mark.parametrize(
    ("text", "ok"),
    [
        ("The return label costs $9.99. The refund is $0.00 today.", True),
        ("| Position | Amount |\n|---|---|\n| Return label | $9.99 |\n| Tax | $0.00 |", True),
        ("The refund is $9.99. Print the label at home.", False),
        ("You don't need to pay the $9.99 label fee.", False),
        ("The label costs $0.00, so the refund is $9.99", False),
        ("**Return shipping:** $9.99", True),
        ("**Return shipping**\n\n$9.99", True),
    ],
)
def test_near_restricts_value_and_rivals(judge, text, ok):
    assert judge(FEE, text).ok is ok


DATE = {"check": "date", "value": "2025-11-03", "rivals": ["2025-11-05", "2025-10-29"]}


@pytest.mark.parametrize(
    "text",
    [
        "Delivered on Nov 3.",
        "Delivered on Nov. 3rd.",
        "Delivered November 3, 2025",
        "Delivered 3 November 2025",
        "Delivered on the 3rd of November",
        "Delivered 2025-11-03",
        "Delivered 11/03/2025",
        "Delivered 11/3/25",
        "Delivered on Mon, Nov 3",
        "Delivered on Monday, November 3rd, 2025.",
        "Delivered 2025-11-03T19:12:00Z",
        "Delivered 2025-11-04T02:12:00Z",
        "Delivered **Nov 3** (not Nov 5)",
        "It was not delivered on Nov 5, it was delivered on Nov 3.",
        "It wasn't delivered on Nov 5 and was instead delivered on Nov 3.",
        "| Order | Delivered |\n|---|---|\n| ord-251029-001 | 2025-11-03 |",
        "You can't return it after Nov 3.",
        "The return must reach us no later than Nov 3.",
        "You believed it was Nov 5; the carrier shows Nov 3.",
        "Your order from Nov 3 has not shipped.",
        "It will not arrive before Nov 3.",
    ],
)
def test_date_holds(judge, text):
    result = judge(DATE, text)
    assert result.ok, result.reason


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Delivered on Nov 5.",
        "Delivered on Nov 30.",
        "Delivered November 2025.",
        "Delivered Nov 3, 2024",
        "Delivered 11/03/2024",
        "Delivered 2025-11-03T02:12:00Z",
        "It was not delivered on Nov 3, it was delivered on Nov 5",
        "It was not delivered on Nov 3, it arrived later.",
        "Was it delivered on Nov 3?",
        "Delivered on Nov 3 or Nov 5.",
        "Delivered on Nov 3 or Nov 4.",
        "You said it came on Nov 3.",
        "Nov 3 is not the delivery date.",
        "ord-251103-014 was delivered",
        "It won't arrive by Nov 3.",
    ],
)
def test_date_fails(judge, text):
    result = judge(DATE, text)
    assert not result.ok, result.reason


NUMBER = {"check": "number", "value": 7, "unit": ["ticket"], "rivals": [6, 8, 12]}


@pytest.mark.parametrize(
    "text",
    [
        "There are 7 open tickets.",
        "There are seven open tickets.",
        "There are **7** tickets in the queue.",
        "Open tickets: 7",
        "Total number of tickets: seven.",
        "| Tickets open | Orders |\n|---|---|\n| 7 | 12 |",
        "| Metric | Count |\n|---|---|\n| Open tickets | 7 |\n| Orders | 8 |",
        "You have 12 orders and 7 tickets.",
        "There are not 8 tickets but 7 tickets.",
        "1. tkt-251103-008 is a ticket\n2. Altogether 7 tickets",
        "The number of tickets waiting for an answer right now is 7.",
        "We have 7 tickets; 6 orders are late.",
    ],
)
def test_number_holds(judge, text):
    result = judge(NUMBER, text)
    assert result.ok, result.reason


@pytest.mark.parametrize(
    "text",
    [
        "",
        "There are 8 open tickets.",
        "7. Look at the tickets",
        "Ticket tkt-251103-007 is open.",
        "Ticket #7 is open.",
        "The tickets cost $7.",
        "The tickets came on Nov 7.",
        "There are 17 tickets.",
        "There are 7.5 tickets.",
        "There are 7 orders and 8 tickets.",
        "There are not 7 tickets.",
        "Are there 7 tickets?",
        "There are 7 or 8 tickets.",
        "There are 6-7 tickets.",
        "There are 7 orders.",
        "You wrote that there are 7 tickets.",
    ],
)
def test_number_fails(judge, text):
    result = judge(NUMBER, text)
    assert not result.ok, result.reason


@pytest.mark.parametrize(
    ("spec", "text", "ok"),
    [
        ({"value": 650, "unit": ["W", "watt"]}, "The PSU delivers 650W.", True),
        ({"value": 650, "unit": ["W", "watt"]}, "The PSU delivers 650 watts.", True),
        ({"value": 650, "unit": ["W", "watt"], "rivals": [750]}, "It needs 750 W, not 650 W.", False),
        ({"value": 30, "unit": ["day"], "rivals": [21]}, "The 30-day window applies.", True),
        (
            {"value": 30, "unit": ["day"], "rivals": [21]},
            "The old 21-day window no longer applies; you have 30 days.",
            True,
        ),
        ({"value": 21, "unit": ["day"]}, "The old 21-day window no longer applies.", False),
        ({"value": 30, "unit": ["day"]}, "You are no longer within the 30-day window.", True),
        ({"value": 0, "unit": ["ticket"]}, "There are no open tickets.", True),
        ({"value": 0, "unit": ["ticket"]}, "There are 2 open tickets.", False),
        ({"value": 25, "unit": ["unit"]}, "We have twenty-five units.", True),
        ({"value": 105, "unit": ["unit"]}, "We have one hundred and five units.", True),
        ({"value": 1200, "unit": ["unit"]}, "We have 1,200 units.", True),
        ({"value": 8, "unit": ["%", "percent"]}, "You get 8% off.", True),
        ({"value": 2, "unit": ["ticket"], "rivals": [1]}, "One of the tickets is old; 2 tickets are new.", True),
    ],
)
def test_number_units(judge, spec, text, ok):
    result = judge({"check": "number", **spec}, text)
    assert result.ok is ok, result.reason
