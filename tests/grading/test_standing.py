# ruff: noqa: E501
"""Where a denial, a claim or a condition ends, and what is said beside the point."""

from __future__ import annotations

import pytest

ORDERS = ["ord-251105-004", "ord-251105-005", "ord-251105-009"]
LISTED = {"check": "entities", "members": [{"id": ORDERS[0]}, {"id": ORDERS[1]}], "universe": [{"id": ORDERS[2]}]}
NAMES = {
    "check": "entities",
    "members": [{"id": "a", "aliases": ["Bao Galvan"]}],
    "universe": [{"id": "b", "aliases": ["Miriam Krishnan"]}, {"id": "c", "aliases": ["Noor Ong"]}],
}
CARD = {"check": "entity", "id": "x", "aliases": ["Tempest 8800"]}


def says(*group, **fields):
    return {"check": "says", "all_of": [list(group)], **fields}


def date(value, *rivals, **fields):
    return {"check": "date", "value": value, "rivals": list(rivals), **fields}


def amount(value, *rivals, **fields):
    return {"check": "amount", "value": value, "rivals": list(rivals), **fields}


def number(value, *unit, rivals=()):
    return {"check": "number", "value": value, "unit": list(unit), "rivals": list(rivals)}


NARROW_NEGATIONS = [
    (date("2025-11-12"), "Seven business days without a scan were full on November 12, 2025.", True),
    (
        date("2025-11-12"),
        "With seven business days without movement his parcel has counted as lost since November 12.",
        True,
    ),
    (date("2025-11-12"), "It is lost without a scan on November 12.", False),
    (says("one dark"), "Two never-lit sub-pixels count as one dark pixel.", True),
    (says("one dark"), "Sub-pixels that never light count two for one dark pixel.", True),
    (date("2026-01-15"), "A part that was never opened can go back until January 15, 2026.", True),
    (amount("10.00"), "Without the missed excuse, the refund is $10.00.", True),
    (date("2025-11-03"), "No scan has been recorded since November 3.", True),
    (says("refund"), "They may choose: a reshipment at no charge, or a refund of $664.98.", True),
    (says("refund"), "No refund is due.", False),
    (says("liquid damage"), "The warranty does not cover drops or liquid damage.", False),
    (says("Keel 750"), "The customer does not want the Keel 750 any more.", True),
    (says("Keel 750"), "He no longer needs the Keel 750.", True),
    (says("Meridian 690X"), "The Meridian 690X does not match his board.", True),
    (says("restocking fee"), "The restocking fee does not apply.", False),
    (amount("10.00", "20.00"), "It is in stock and costs $119.99, which is $10.00 less.", True),
    (amount("100.00"), "$100.00 less the $10.00 discount is refunded.", False),
    (
        amount("114.97", "124.96"),
        "You would receive $114.97: that is the $124.96 you paid with the code less $9.99 for the label.",
        True,
    ),
    (
        number(4, "of them", "order", rivals=[5]),
        "14 orders were placed, 4 of them were not with the customer by Monday.",
        True,
    ),
    (number(7, "ticket"), "7 tickets is not the right number.", False),
]
CLAIMS = [
    (
        says("overflowed"),
        "But her own mail says that the aquarium overflowed over the computer and left residue.",
        True,
    ),
    (says("overflowed"), "You mention that the aquarium overflowed, and water damage is excluded.", True),
    (says("overflowed"), "You mention that the aquarium overflowed, but the photos show no water.", False),
    (says("overflowed"), "You mention that the aquarium overflowed. However, the photos show no water.", False),
    (says("overflowed"), "You claim that the aquarium overflowed.", False),
    (says("was delivered"), "The carrier's record says the parcel was delivered.", True),
    (says("refunded $25"), "A note says that we refunded $25, but there is no such refund.", False),
    (
        says("backplate off"),
        "An older article of ours tells people to take the backplate off; please leave it on.",
        False,
    ),
    (
        amount("0.00", "25.00"),
        "Refunded to date: $0.00. A note says that $25.00 was refunded, but no refund record exists.",
        True,
    ),
    (date("2025-11-08", "2025-11-05"), "The ticket says it arrived on November 5.", False),
    (date("2025-11-08"), "The record shows that it was delivered on November 8, but you did not see it.", True),
    (date("2025-11-07"), "You told us about the fault on November 7, 2025, so you are in time.", True),
    (date("2025-11-14"), "She reported on Nov 14 that nothing arrived.", True),
    (date("2025-11-03"), "You said it came on Nov 3.", False),
    (CARD, "The Tempest 8800 you asked about is in stock.", True),
    (says("out of stock"), "The Cabin Mini you asked about is out of stock too.", True),
]
BESIDE_THE_POINT = [
    (date("2025-12-03"), "Your last day to ask would have been December 3.", True),
    (
        date("2025-12-03", "2025-12-05"),
        "Your last day to ask would have been December 3, and it is December 5 now.",
        False,
    ),
    (amount("109.98"), "Before that it would have been a full refund of $109.98.", False),
    (amount("200.00"), "With an unbroken seal it would have been $200.00.", False),
    (
        date("2025-12-03", "2025-12-14"),
        "Your last day is December 3; the regular 30 days would have ended December 14.",
        True,
    ),
    (date("2025-12-03", "2025-12-14"), "Your last day is December 14.", False),
    (date("2025-05-31", "2025-06-01"), "It is stored as June 1 UTC, but that is still May 31 in Columbus.", True),
    (date("2025-05-31", "2025-06-01"), "| Name | Day |\n|---|---|\n| Kayla | May 31, 2025 (June 1 in UTC) |", True),
    (date("2025-05-31", "2025-06-01"), "The order is from June 1.", False),
    (amount("63.99", "68.99"), "You paid $63.99. The list price today is $68.99.", True),
    (amount("68.99", "63.99"), "The list price today is $68.99.", True),
    (amount("63.99", "68.99"), "You paid $68.99.", False),
    (amount("89.00", "99.99"), "It is $89.00, not the $99.99 on the banner.", True),
    (amount("59.99", "129.99"), "It is $59.99 more. The white one would cost $129.99.", True),
    (
        date("2025-12-07", "2026-01-15"),
        "Until December 7. Our extension (until January 15, 2026) is only for orders from November.",
        True,
    ),
    (date("2025-12-07", "2026-01-15"), "Until December 7. You have until January 15, 2026.", False),
    (
        date("2030-09-16", "2030-09-15"),
        "It was ordered on 15 September; you are covered through September 16, 2030.",
        True,
    ),
    (date("2030-09-16", "2030-09-15"), "You are covered through September 15, 2030.", False),
]
CONDITIONS = [
    (says("48 hours"), "We keep a fee of $75.00 if the order is cancelled later than 48 hours after payment.", True),
    (says("Quiet Kit"), "(2) $107.11, if you take the Corecraft Cool and Quiet Kit.", True),
    (says("refus*"), "If you refuse it at the door it comes back to us.", True),
    (says("faulty"), "Let me know if the drive is faulty.", False),
    (says("faulty"), "We would replace it if the drive were faulty.", False),
    (says("faulty"), "If the drive is faulty we look at it.", False),
    (says("faulty"), "I can't say if it is faulty.", False),
    (CARD, "It is $449 if you take the Tempest 8800.", True),
    (CARD, "Tell me if the Tempest 8800 works.", False),
]
LISTS = [
    (LISTED, f"- {ORDERS[0]} - fulfilled - $85.49 (two earlier attempts failed/voided, not counted)\n- {ORDERS[1]}", True),
    (LISTED, f"- {ORDERS[0]}\n- {ORDERS[1]}\n- {ORDERS[2]} (cancelled, not counted)", True),
    (LISTED, f"- {ORDERS[0]}\n- {ORDERS[1]}\n- {ORDERS[2]} (two attempts)", False),
    (NAMES, "Bao Galvan.\n\nExcluded: 8 more tickets, all standard (e.g. Miriam Krishnan, Noor Ong)", True),
    (NAMES, "Bao Galvan, e.g. Miriam Krishnan", False),
    (number(3, "silver", rivals=[2]), "Silver: 3, Gold: 2", True),
    (number(2, "gold", rivals=[3]), "Silver: 3, Gold: 2", True),
    (number(4, "stand-off"), "| Question | Answer |\n|---|---|\n| Stand-offs | 4, at 0.6 Nm |", True),
    (number(8, "order"), "| # | Order | Amount |\n|---|---|---|\n| 8 | ord-251103-014 | $5.00 |", False),
    (number(2, "card", rivals=[1, 3]), "Two cards fit; a third needs more power, and one card only comes in December.", True),
    (number(2, "card", rivals=[1, 3]), "Only one card fits.", False),
    (number(1, "order", rivals=[2]), "We cancel 2 orders and you place a new one.", False),
    (number(1, "case", rivals=[2]), "Thank you for your order of one Lodge case.", True),
    (number(1, "case", rivals=[2]), "You ordered 1 × Lodge case.", True),
]  # fmt: skip
PHRASES = [
    (says("lucia_m@mail.example"), "| Lucia | lucia_m@mail.example |", True),
    (says("carrier_claim"), "It goes to fulfilment as `carrier_claim`.", True),
    (says("carrier_claim"), "It goes to fulfilment as a carrier claim.", True),
    (says("from December 4"), "From Dec 4, 2025 on, ask the maker.", True),
    (says("4 Dec"), "On 4 December it ends.", True),
    (says("from December 4"), "From November 4 on.", False),
    (says("no money was taken"), "No money was ever taken.", True),
    (says("not qualify"), "It does not currently qualify.", True),
    (says("march ahead"), "We mar ahead.", False),
]


@pytest.mark.parametrize(
    ("spec", "text", "ok"),
    [*NARROW_NEGATIONS, *CLAIMS, *BESIDE_THE_POINT, *CONDITIONS, *LISTS, *PHRASES],
    ids=lambda value: value[:50] if isinstance(value, str) else "",
)
def test_standing(judge, spec, text, ok):
    result = judge(spec, text)
    assert result.ok is ok, result.reason


def test_what_is_beside_the_point_is_never_held_against_an_answer(judge):
    spec = {"check": "absent", "phrases": ["lost"], "with": says("scan")}
    assert judge(spec, "The scan counts. We refund you if a parcel is lost.").ok
    assert not judge(spec, "The scan counts. The parcel is lost.").ok


@pytest.mark.parametrize(
    ("text", "ok"),
    [
        ("**Rosa Simmons, the board.** She ordered in October. Sealed, she would get $145.00 for it.", True),
        ("**Rosa Simmons, the board.** She gets $154.99 for Rosa's board. Another is $145.00.", False),
        ("The amount is $145.00. The board is here.", False),
        ("**Rosa Simmons** is here.\n\nShe gets $145.00.", False),
    ],
)
def test_near_reaches_on_in_its_paragraph_for_the_right_value(judge, text, ok):
    result = judge(amount("145.00", "123.24", near=["board"]), text)
    assert result.ok is ok, result.reason


@pytest.mark.parametrize(
    ("text", "ok"),
    [
        ("Ravi (stored in UTC) comes last.\n\n| Who | Day |\n|---|---|\n| Bao | 4 |\n| Ravi | 11 |", True),
        ("Bao comes first.\n\n1. Ravi\n2. Bao", False),
        ("Covered by Ravi. In short:\n\n1. **Start:** Bao\n2. **End:** Ravi", False),
    ],
)
def test_a_list_decides_the_order(judge, text, ok):
    result = judge({"check": "sequence", "items": [{"id": "bao"}, {"id": "ravi"}]}, text)
    assert result.ok is ok, result.reason


def test_must_include_takes_alternatives(judge):
    spec = {"check": "structure", "must_include": [["turnaround", "how long"], "DatumLine"]}
    assert judge(spec, "I can't promise you a turnaround; DatumLine decides.").ok
    assert judge(spec, "How long it takes is up to DatumLine.").ok
    assert not judge(spec, "DatumLine decides.").ok
    assert not judge(spec, "I can't promise you a turnaround.").ok


ORDER_LIST = {"check": "entities", "members": [{"id": ORDERS[0]}], "universe": [{"id": ORDERS[2]}], "fault": True}
SHARP_ANSWERS = [
    (amount("9.99", near=["label"]), "Refund: $144.99 - $9.99 label = $135.00", True),
    (amount("9.99", near=["label"]), "You get $144.99 less $9.99 for the return label.", True),
    (amount("9.99"), "There is no $9.99 label charge.", False),
    (amount("100.00"), "You get $100.00 - $11.00 = $89.00.", False),
    (amount("9.99"), "The $9.99 is not refunded.", True),
    (amount("9.99"), "It is not $9.99.", False),
    (amount("649.95", near=["refund"]), "The refund of $649.95 ($659.94 less the $9.99 label) is approved.", True),
    (amount("114.97", "124.96"), "You get $114.97 ($124.96 after the discount, minus $9.99 for the label).", True),
    (amount("500.00", "9.99"), "You get $500.00, that is $509.99 minus $9.99.", True),
    (amount("31.50"), "There is no restocking fee (15% = $31.50).", False),
    (amount("168.50", "200.00"), "You get $168.50. If the seal were intact, you would receive $200.00.", True),
    (amount("168.50", "200.00"), "You get $200.00. If it were opened, you would receive $168.50.", False),
    (amount("99.00"), "You may expect your refund of $99.00 by Friday.", True),
    (date("2025-10-31"), "The extension does not apply (order placed Oct 31, 2025).", True),
    (date("2025-11-07"), "You told us in your first mail on November 7 that it doubles letters.", True),
    (date("2026-01-15"), "You would have until January 15 (not December 14, that is the normal window).", True),
    (number(48, "hour"), "A rattle isn't a fault until the cooler has run for 48 hours.", True),
    (number(48, "hour"), "It is not 48 hours.", False),
    (number(2, "gold", rivals=[3]), "Silver (3), Gold (2)", True),
    (number(3, "silver", rivals=[2]), "Silver (2), Gold (3)", False),
    (number(1, "board"), "1) the board is fine", False),
    (says("liquid damage"), "Liquid damage is excluded.", True),
    (says("covered"), "Liquid damage is not covered.", False),
    (says("refund"), "A refund is not possible.", False),
    (says("no label charge"), "No restocking fee and no label charge.", True),
    (says("label charge"), "No restocking fee and no label charge.", False),
    (says("refus*"), "If it reaches you nevertheless, refuse the parcel or return it.", True),
    (says("replacement"), "Let us know if you want a refund, replacement or credit.", False),
    (says("missed"), "You may think that you missed it.", False),
    (says("clearance"), "Not included: the two drives, because they were bought on clearance.", True),
    (says("from November 1"), "It is only for orders from November 1st on.", True),
    (says("from November 1"), "It is only for orders from November 11 on.", False),
    (says("not available", near=["cabin"]), "I looked at the Cabin. It is not available.", True),
    (says("not available", near=["cabin"]), "The Cabin is here. The Lodge is not available.", False),
    (CARD, "That twelve on your Tempest 8800 is not its age.", True),
    (CARD, "The Tempest 8800 does not fit.", False),
    (ORDER_LIST, f"- {ORDERS[0]}\n- {ORDERS[2]} came in time and is not in the table.", True),
    (ORDER_LIST, f"{ORDERS[0]}.\n\nChecked and not in the table, as they came in time: {ORDERS[2]}.", True),
    (ORDER_LIST, f"Not in the table are cancelled ones. These are late:\n\n- {ORDERS[0]}\n- {ORDERS[2]}", False),
]


@pytest.mark.parametrize(("spec", "text", "ok"), SHARP_ANSWERS)
def test_sharp_answers(judge, spec, text, ok):
    result = judge(spec, text)
    assert result.ok is ok, result.reason


def test_absent_looks_only_near(judge):
    spec = {"check": "absent", "phrases": ["on the way"], "near": [ORDERS[0]], "with": says("order")}
    assert judge(spec, f"The order {ORDERS[0]} has arrived. The order {ORDERS[2]} is on the way.").ok
    assert not judge(spec, f"The order {ORDERS[0]} is on the way.").ok
