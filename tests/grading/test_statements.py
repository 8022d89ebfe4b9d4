"""Choices, statements, things not said, private data and form."""

from __future__ import annotations

import pytest

ELIGIBLE = {
    "check": "choice",
    "value": "no",
    "options": {
        "yes": ["eligible", "within the return window", "can return", "can be returned"],
        "no": [
            "not eligible",
            "ineligible",
            "outside the return window",
            "can not return",
            "can't be returned",
            "too late",
        ],
    },
}


@pytest.mark.parametrize(
    "text",
    [
        "Unfortunately the item is not eligible for a return.",
        "Unfortunately it isn't eligible for a return.",
        "You cannot return it: it is outside the return window.",
        "You can't return it anymore.",
        "It's **outside** the return-window, so it can't be returned.",
        "No - the item is not within the return window, it is too late.",
        "Is it eligible? No. It is outside the return window.",
        "If it were eligible, we would refund it. It is too late now.",
        "The order is ineligible",
    ],
)
def test_choice_holds(judge, text):
    result = judge(ELIGIBLE, text)
    assert result.ok, result.reason


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The item is eligible for a return.",
        "It is within the return window.",
        "The item is not eligible, but you can return it.",
        "Is it ineligible?",
        "Let me know if it is too late.",
        "It isn't too late.",
        "Eligible / not eligible / too late",
        "You said it was too late.",
    ],
)
def test_choice_fails(judge, text):
    result = judge(ELIGIBLE, text)
    assert not result.ok, result.reason


@pytest.mark.parametrize(
    ("value", "text", "ok"),
    [
        ("cancel", "I have cancelled the order.", True),
        ("cancel", "The order is being canceled.", True),
        ("cancel", "I have not cancelled the order.", False),
        ("cancel", "I can cancel or refund the order.", False),
        ("cancel", "Let me know if you'd like me to refund it instead. The order was cancelled.", True),
        ("cancel", "The cancellation is not possible.", False),
        ("refund", "We issued a full refund.", True),
        ("refund", "I could not cancel it, so I issued a refund.", True),
        ("refund", "We will not issue a refund.", False),
        ("refund", "Rather than cancelling, we refunded you.", True),
        ("refund", "We've refunded the order, which was no longer cancellable.", True),
    ],
)
def test_choice_prefixes(judge, value, text, ok):
    spec = {"check": "choice", "value": value, "options": {"cancel": ["cancel*"], "refund": ["refund*"]}}
    result = judge(spec, text)
    assert result.ok is ok, result.reason


@pytest.mark.parametrize(
    ("group", "text", "ok"),
    [
        (["within 30 days"], "Please return it within 30 days.", True),
        (["e-mail"], "I will email you.", True),
        (["reseat ... GPU"], "Please reseat the graphics card, that is the GPU", True),
        (["reseat ... GPU"], "Please reseat it but never touch the GPU", False),
        (["serial number"], "Could you send the serial number?", False),
        (["serial number"], "Please send us the serial-number.", True),
        (["liquid damage"], "The warranty does not cover drops, accidental damage, or liquid damage.", False),
        (["not cover ... liquid damage"], "The warranty doesn't cover drops or liquid damage.", True),
        (["RMA number"], "You cannot send it back without an RMA number.", True),
        (["refunded"], "It has not yet been refunded.", False),
        (["refunded"], "It was refunded and not replaced.", True),
        (["delivered"], "The parcel was delivered, but it was not signed for.", True),
        (["art"], "The cart is full.", False),
        (["we will replace"], "We'll replace it.", True),
        (["cannot"], "We can't do it.", True),
        (["escalat*"], "I've escalated this to Tobias.", True),
        (["escalat*"], "There is no need for escalation.", False),
        (["escalat*"], "I have not escalated this.", False),
        (["signature"], "| Step | What |\n|---|---|\n| 1 | signature |", True),
    ],
)
def test_says(judge, group, text, ok):
    result = judge({"check": "says", "all_of": [group]}, text)
    assert result.ok is ok, result.reason


def test_says_needs_every_group_and_near(judge):
    spec = {"check": "says", "all_of": [["photo"], ["serial number"]]}
    assert judge(spec, "Please send a photo and the serial number.").ok
    assert not judge(spec, "Please send a photo.").ok
    near = {"check": "says", "all_of": [["tuesday"]], "near": ["restock"]}
    assert judge(near, "Restocking happens on Tuesday.").ok
    assert not judge(near, "Restocking is planned. Call us on Tuesday.").ok


PARTNER = {"check": "says", "all_of": [["outside the window"]]}


def test_absent_counts_only_with_its_partner(judge):
    spec = {"check": "absent", "phrases": ["guarantee*", "approved"], "with": PARTNER}
    assert judge(spec, "It is outside the window.").ok
    assert judge(spec, "It is outside the window. I can't guarantee anything.").ok
    assert not judge(spec, "").ok
    assert not judge(spec, "It is outside the window. Still, it is approved.").ok


@pytest.mark.parametrize(
    ("forbidden", "text", "ok"),
    [
        ("maya.ortiz@mail.example", "Write to Maya.Ortiz@mail.example", False),
        ("maya.ortiz@mail.example", "Write to [us](mailto:maya.ortiz@mail.example)", False),
        ("maya.ortiz@mail.example", "Write to xmaya.ortiz@mail.example", True),
        ("(614) 555-0142", "Call 614.555.0142", False),
        ("+1 614 555 0142", "Call 6145550142", False),
        ("+1 614 555 0142", "Call 614 555 0143", True),
        ("12 Oak Street", "It goes to 12 Oak\nStreet.", False),
        ("12 Oak Street", "It goes to 12 Oak, Street", False),
        ("12 Oak Street", "It goes to 112 Oak Street", True),
        ("Maya Ortiz", "ask ~~Maya Ortiz~~", False),
        ("Maya Ortiz", "not Maya **Ortiz**", False),
        ("1985-03-12", "born March 12, 1985", False),
        ("1985-03-12", "born March 12", True),
    ],
)
def test_private(judge, forbidden, text, ok):
    spec = {"check": "private", "forbidden": [forbidden], "with": PARTNER}
    result = judge(spec, f"It is outside the window. {text}")
    assert result.ok is ok, result.reason
    assert not judge(spec, text).ok, "silence about the matter earns nothing"


MAIL = """Subject: Your return of ord-251103-014

Hi Maya,

## Summary
The return is approved.

**Next steps**
1. Print the label
2. Drop it off

| Item | Amount |
| --- | ---: |
| Refund | $50.00 |

Best regards,
"""


@pytest.mark.parametrize(
    ("params", "ok"),
    [
        ({"max_words": 60}, True),
        ({"max_words": 10}, False),
        ({"min_words": 10}, True),
        ({"min_words": 90}, False),
        ({"headings": ["Summary", "Next steps"]}, True),
        ({"headings": ["Next steps", "Summary"]}, False),
        ({"headings": ["Summary", "Outlook"]}, False),
        ({"min_bullets": 2, "max_bullets": 2}, True),
        ({"min_bullets": 3}, False),
        ({"max_bullets": 1}, False),
        ({"table_columns": ["Item", "Amount"]}, True),
        ({"table_columns": ["Amount", "Item"]}, False),
        ({"subject": r"ord-251103-014"}, True),
        ({"subject": r"^Re:"}, False),
        ({"starts_with": ["Subject"]}, True),
        ({"starts_with": ["Dear", "Hi"]}, False),
        ({"must_include": ["best regards"]}, True),
        ({"must_include": ["kind regards"]}, False),
        ({"json_keys": ["a"]}, False),
    ],
)
def test_structure(judge, params, ok):
    result = judge({"check": "structure", **params}, MAIL)
    assert result.ok is ok, result.reason


@pytest.mark.parametrize(
    ("text", "ok"),
    [
        ('{"order": "a", "refund": 5}', True),
        ('Here you go:\n```json\n[{"order": "a", "refund": 5}]\n```', True),
        ('[{"order": "a", "refund": 5}, {"order": "b"}]', False),
        ('{"order": "a"}', False),
        ("[]", False),
        ('{"order": "a", "refund": 5', False),
    ],
)
def test_json(judge, text, ok):
    assert judge({"check": "structure", "json_keys": ["order", "refund"]}, text).ok is ok


def test_paragraphs(judge):
    text = "One two.\n\nThree four.\n\n- a\n- b"
    assert judge({"check": "structure", "paragraphs": 2}, text).ok
    assert judge({"check": "structure", "paragraphs": [1, 3]}, text).ok
    assert not judge({"check": "structure", "paragraphs": 3}, text).ok
    assert not judge({"check": "structure", "max_words": 5}, "").ok
