# ruff: noqa: E501
"""Readings that authors of tasks found wrong, each with a right and a wrong one beside it."""

from __future__ import annotations

import pytest

from enterprisegym.errors import UserError
from enterprisegym.grading import validate_check
from enterprisegym.tasks.task import CheckSpec


def says(*group, **fields):
    return {"check": "says", "all_of": [list(group)], **fields}


def amount(value, *rivals, **fields):
    return {"check": "amount", "value": value, "rivals": list(rivals), **fields}


def number(value, *unit, rivals=()):
    return {"check": "number", "value": value, "unit": list(unit), "rivals": list(rivals)}


CONDITIONS = [
    (
        says("we take"),
        "If that does not help, we take it in ourselves under the warranty, for replacement or repair.",
        True,
    ),
    (says("we take"), "If that does not help, we take it in, and you get a label, free of charge.", True),
    (says("we take"), "If you have lost the box, or we take it back opened, the fee applies, as always.", False),
    (says("fee of 15%"), "If the seal is broken, a fee of 15% applies, and the label is yours to pay.", True),
    (says("damaged"), "If it is opened, damaged, or incomplete, a fee applies, as always.", False),
    (
        says("seal was broken"),
        "If the drive was used, the seal was broken, or it was scratched, we keep 15%, sadly.",
        False,
    ),
    (says("replace it"), "If it comes broken, we replace it, or we refund you, as you like.", True),
    (says("we handle"), "If it still fails we handle it.", True),
    (says("we handle"), "If the drive we handle is slow, tell us.", False),
    (says("we handle"), "If you would rather we handle it, tell us.", False),
    (says("we handle"), "If you find that we handle it badly, tell us.", False),
    (says("still fails"), "If it still fails we handle it.", False),
    (says("we handle"), "We do not know whether we handle it.", False),
]
DECIMALS = [
    (says("1.2"), "It is due on November 12.", False),
    (says("1.2"), "The rule is in section 1.2 of the terms.", True),
    (says("1.2"), "The rule is in section 1.25 of the terms.", False),
    (says("1.2"), "The rule is in section 11.2.", False),
    (says("1.2"), "The rule is in section 3.1.2.", False),
    (says("1.2"), "The rule is in section 1.2.", True),
    (says("v1.2"), "Flash v1.2 first.", True),
    (says("v1.2"), "Flash v12 first.", False),
    (says("3.8"), "The room has 38 seats.", False),
    (says("3.8 GHz"), "It runs at 3.8 GHz.", True),
    (says("0.6 N·m"), "Tighten it to 0.6 N·m.", True),
    (says("0.6 Nm"), "Tighten it to **0.6 Nm**.", True),
    (says("2 days"), "It takes 1.2 days.", False),
    (says("$10"), "You get $10.00 back.", True),
    (says("$10"), "You get $10.50 back.", False),
    (says("$1,519.96"), "You get $1,519.96.", True),
    (says("614.555.0100"), "Call (614) 555-0100.", True),
    (says("M.2"), "Use the second M.2 slot.", True),
    (says("38*"), "It is the 3800.", True),
]
DENIAL_AND = [
    (says("nothing is owed"), "The parcel is not late and nothing is owed.", True),
    (says("nothing ... owed"), "It is not late, damaged or lost, and nothing more is owed.", True),
    (says("nobody is at fault"), "It was not lost and nobody is at fault.", True),
    (says("no refund"), "The parcel is not late and no refund is due.", True),
    (says("refund"), "The parcel is not late and no refund is due.", False),
    (amount("10.00"), "The parcel is not late and you are owed $10.00.", True),
    (amount("10.00"), "The parcel is not late and $10.00 comes back.", True),
    (amount("10.00"), "You are not owed $5.00 and $10.00.", False),
    (says("made an exception"), "The charge is not refunded and nobody made an exception.", False),
    (says("theft"), "It does not cover drops and theft.", False),
]
TICKETS = {
    "check": "entities",
    "members": [{"id": "tick-251112-006"}, {"id": "tick-251113-001"}],
    "universe": [{"id": "tick-251114-002"}],
}
TICKET = {"check": "entity", "id": "tick-251112-006", "rivals": [{"id": "tick-251114-002"}]}
SECOND = "\n- tick-251113-001: it does not fit :("
TITLES = [
    (TICKETS, "Open:\n- tick-251112-006: price adjustment?" + SECOND, True),
    (TICKETS, "Open:\n- tick-251112-006 (price adjustment?)" + SECOND, True),
    (TICKETS, "Open:\n- tick-251112-006 - Price adjustment?" + SECOND, True),
    (TICKETS, 'Open:\n- tick-251112-006, "Price adjustment?"' + SECOND, True),
    (TICKETS, 'Open:\n- tick-251112-006 "Does it fit?"' + SECOND, True),
    (TICKETS, "Open:\n- tick-251112-006 | Is my order late?" + SECOND, True),
    (TICKETS, 'Open:\n- "Card does not fit :(" (tick-251112-006)' + SECOND, True),
    (TICKETS, 'Open:\n- tick-251112-006 "The card does not fit :("' + SECOND, True),
    (
        TICKETS,
        "| Ticket | Subject |\n|---|---|\n| tick-251112-006 | Price adjustment? |\n| tick-251113-001 | it does not fit :( |",
        True,
    ),
    (TICKETS, "Open:\n- tick-251112-006?" + SECOND, False),
    (TICKETS, "Open:\n- Is it tick-251112-006?" + SECOND, False),
    (TICKETS, "Open:\n- Is tick-251112-006 (price adjustment) meant?" + SECOND, False),
    (TICKETS, "Open:\n- not tick-251112-006: price adjustment?" + SECOND, False),
    (TICKET, "Is it tick-251112-006?", False),
    (TICKET, "- Will Harker (tick-251112-006): price adjustment?", True),
    (TICKET, "Will Harker (tick-251112-006) get it?", False),
    (TICKET, "You mean tick-251112-006 - the one about the price?", False),
    (TICKET, "Perhaps tick-251112-006?", False),
    (TICKET, 'It is tick-251112-006, "Price adjustment?".', True),
    (TICKET, 'The mail said "not this one" and I mean tick-251112-006.', True),
    (TICKET, 'It is "not" tick-251112-006.', False),
]
CHARGED = {
    "check": "choice",
    "value": "once",
    "options": {
        "twice": ["double charge", "charged twice"],
        "once": ["charged once", "only one capture", "one capture"],
    },
}
TWICE = {**CHARGED, "value": "twice"}
LABELS = [
    (CHARGED, "Double charge: No - only one capture", True),
    (CHARGED, "- **Double charge:** no, there is only one capture.", True),
    (CHARGED, "There is one capture.\n\n| Question | Answer |\n|---|---|\n| Charged twice? | No |", True),
    (CHARGED, "There is one capture.\n\n| Question | Answer |\n|---|---|\n| Double charge | No (a hold) |", True),
    (CHARGED, "Charged twice? No. There is one capture.", True),
    (CHARGED, "**Double charge**\nNo, only one capture.", True),
    (CHARGED, "Double charge: yes. There is one capture too.", False),
    (CHARGED, "Double charge: no (only one capture)", True),
    (TWICE, "Charged twice? Yes.", True),
    (TWICE, "Was the card charged twice? Yes, on Monday.", True),
    (TWICE, "Charged twice? No.", False),
    (TWICE, "Charged twice? Yes or no, we look.", False),
    (TWICE, "| Question | Answer |\n|---|---|\n| Charged twice? | Yes |", True),
    (TWICE, "| Question | Answer |\n|---|---|\n| Charged twice? | No |", False),
    (TWICE, "| Question | Answer |\n|---|---|\n| Charged twice? |  |", False),
    (TWICE, "Double charge: Yes - two captures", True),
    (TWICE, "Double charge: No", False),
    (TWICE, "Double charge: no later than Monday it is corrected.", True),
    (TWICE, "| Order | Charged twice on | Late |\n|---|---|---|\n| ord-1 | charged twice | No |", True),
    (amount("15.00"), "Is it $15.00? Yes.", True),
    (amount("15.00"), "Is it $15.00? No.", False),
]
NONE_CELLS = [
    (number(0, "attempt", rivals=[1, 2]), "| Fact | Value |\n|---|---|\n| Failed attempts | None |", True),
    (number(0, "attempt", rivals=[1, 2]), "| Order | Failed attempts |\n|---|---|\n| ord-1 | none |", True),
    (number(0, "attempt", rivals=[1, 2]), "Failed attempts: none.", True),
    (number(0, "attempt", rivals=[1, 2]), "- **Failed attempts:** none (1 was voided)", True),
    (
        number(0, "attempt", rivals=[1, 2]),
        "| Fact | Value |\n|---|---|\n| Failed attempts | 2 |\n| Refunds | None |",
        False,
    ),
    (says("no failed attempts"), "| Fact | Value |\n|---|---|\n| Failed attempts | None |", True),
    (says("no failed attempts"), "Failed attempts: 0", True),
    (says("no failed attempts"), "| Fact | Value |\n|---|---|\n| Failed attempts | 2 |", False),
    (says("no cost"), "Cost: no restocking fee, $9.99 for the label", False),
    (says("no failed attempts"), "Failed attempts: nothing but trouble", False),
]
PEOPLE = {
    "check": "entities",
    "members": [{"id": "emp-1", "aliases": ["Tobias Renner"]}],
    "universe": [{"id": "emp-2", "aliases": ["Dmitri Sokolsky"]}, {"id": "emp-3", "aliases": ["Gwendolyn Achter"]}],
}
LISTED_PEOPLE = [
    (PEOPLE, "Tobias Renner may. Dmitri Sokolsky, trainee, and Gwendolyn Achter do not hold the permission.", True),
    (
        PEOPLE,
        "Tobias Renner may. Dmitri Sokolsky, a trainee, and Gwendolyn Achter (off until Monday) can not approve it.",
        True,
    ),
    (PEOPLE, "Tobias Renner may. Dmitri Sokolsky (trainee) and Gwendolyn Achter do not hold the permission.", True),
    (PEOPLE, "Tobias Renner may. Dmitri Sokolsky, trainee, and Gwendolyn Achter hold the permission.", False),
    (PEOPLE, "Tobias Renner, lead, and Dmitri Sokolsky may. Gwendolyn Achter does not.", False),
    (PEOPLE, "Tobias Renner, the lead, and, unlike him, Gwendolyn Achter does not hold it.", True),
    (PEOPLE, "Tobias Renner may. Dmitri Sokolsky, trainee, and Gwendolyn Achter is not eligible.", False),
]
BRANDS = [
    (number(2, "case", rivals=[9, 1]), "He ordered the Hale Nine case and 2 cases of the Lodge.", True),
    (number(2, "case", rivals=[9, 1]), "Hale Nine cases are sold out; 2 cases of the Lodge are left.", True),
    (number(2, "keyboard", rivals=[7]), "The Otter & Finch Seven keyboard fits, and 2 keyboards are left.", True),
    (number(2, "keyboard", rivals=[7]), "We have the Seven Dials keyboard. Only 2 keyboards are left.", True),
    (number(9, "case"), "Nine cases are left.", True),
    (number(9, "case"), "There are nine cases from Hale.", True),
    (number(9, "case"), "| What | How many |\n|---|---|\n| Cases | Nine |", True),
    (number(9, "case"), "The Hale Nine is a case.", False),
    (number(9, "ticket"), "## You Have Nine Tickets", True),
]
UNDERSCORES = [
    (amount("5.00", near=["remorse"]), "Under `customer_remorse` it is $5.00.", True),
    (amount("5.00", near=["remorse"]), "Under `customer_premorse` it is $5.00.", False),
    (number(3, "remorse"), "| Reason | Count |\n|---|---|\n| customer_remorse | 3 |", True),
    (number(3, "remorse"), "| Reason | Count |\n|---|---|\n| carrier_damage | 3 |", False),
    (amount("5.00", "6.00", role=["remorse"]), "customer_remorse $5.00, carrier_damage $6.00", True),
]
FUTURE = [
    (says("reship*"), "Please check the address before anything is reshipped.", False),
    (says("reship*"), "Nothing moves until the order has been reshipped.", False),
    (says("is reshipped"), "Please check the address before anything is reshipped.", False),
    (says("reship*"), "We reship before the weekend.", True),
    (says("reship*"), "It was reshipped before the claim was filed.", True),
    (says("damaged"), "It was damaged before it was delivered.", True),
    (says("reship*"), "Before the claim is paid, the parcel is reshipped.", True),
]
BODY = "Hello Maya,\n\nThe refund is $15.00. It goes to your card.\n\n- Label: $9.99\n\nYou need do nothing more.\n\nBest regards,\nAda"
REFUND = amount("15.00")
WHOLE = [
    (REFUND, "\n".join(f"It is not true that {line}" if line else "" for line in BODY.split("\n")), False),
    (says("nothing more"), "\n".join(f"It is not true that {line}" if line else "" for line in BODY.split("\n")), False),
    (amount("9.99"), BODY.replace(".\n", "?\n").replace(". ", "? "), False),
    (REFUND, BODY.replace(".\n", "?\n").replace(". ", "? "), False),
    (REFUND, BODY, True),
    (REFUND, "It is not true that, because of the delay, the refund is $15.00.", False),
    (REFUND, "It is not true that the refund is $20.00, but it is $15.00.", True),
    (REFUND, "It is not true that the refund is late. It is $15.00.", True),
    (REFUND, "| Position | Amount |\n|---|---|\n| Refund | $15.00 |\n\nThe refund is under way?", False),
    (REFUND, "| Position | Amount |\n|---|---|\n| Refund | $15.00 |\n\nAnything else you need?", True),
    (REFUND, "We say that the refund is $15.00\nWe mean that it comes today", True),
    (says("can not"), "It is not true that we can not do it.", False),
    (says("serial number"), "We need the serial number!\n\nCould you send it? Where did you buy it?", True),
    (REFUND, "What do you get?\n\n- Refund: $15.00\n\nWhen does it come? In 3 days.", True),
    (REFUND, "Refund: $15.00\n\nIs there anything else that I can do for you?", True),
    ({"check": "structure", "min_words": 5}, "Hi Maya,\n\nWhich order is it? Could you send the number?", True),
]  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "text", "ok"),
    [*CONDITIONS, *DECIMALS, *DENIAL_AND, *TITLES, *LABELS, *NONE_CELLS, *LISTED_PEOPLE, *BRANDS, *UNDERSCORES, *FUTURE, *WHOLE],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)  # fmt: skip
def test_readings(judge, spec, text, ok):
    result = judge(spec, text)
    assert result.ok is ok, result.reason


@pytest.mark.parametrize(
    ("text", "ok"),
    [
        ("It is stated. Please confirm the address before anything is reshipped.", True),
        ("It is stated. We have reshipped it.", False),
    ],
)
def test_what_waits_is_not_held_against_an_answer(judge, text, ok):
    spec = {"check": "absent", "phrases": ["reship*"], "with": says("is stated")}
    assert judge(spec, text).ok is ok


def test_an_unknown_field_of_allowed_is_refused():
    spec = {"check": "unchanged", "allowed": [{"table": "tickets", "sets": {}}], "with": says("so")}
    with pytest.raises(UserError, match=r"unknown field 'allowed\.0\.sets'"):
        validate_check(CheckSpec.model_validate(spec))


def test_whoever_pours_out_everything_says_none_of_it(judge) -> None:
    amounts = ", ".join(f"${n}.99" for n in range(10, 40))
    check = {"check": "amount", "value": "15.99"}
    assert not judge(check, f"Amounts: {amounts}.").ok
    assert judge(check, f"Your refund is $15.99.\n\nAmounts: {amounts}.").ok
    assert judge(check, "We charged $9.99, $12.99 and $15.99 for the three of them.").ok
    days = ", ".join(f"November {n}, 2025" for n in range(1, 30))
    assert not judge({"check": "date", "value": "2025-11-05"}, f"Dates: {days}.").ok
    words = ", ".join(["gold", "shipped", "billing", "Reno, NV", "UPS", "refund"] * 6)
    assert not judge({"check": "says", "all_of": [["billing"]]}, f"Details: {words}.").ok
    ids = ", ".join(f"ord-2511{n:02d}-001" for n in range(1, 31))
    members = [{"id": f"ord-2511{n:02d}-001"} for n in range(1, 31)]
    assert judge({"check": "entities", "members": members, "universe": members}, f"Orders: {ids}.").ok
    options = {"yes": ["yes", "eligible"], "no": ["not eligible"]}
    assert not judge(
        {"check": "choice", "value": "yes", "options": options},
        "Yes. No. Approved. Denied. In stock. Out of stock. Paid. Late. Lost. Open. Closed.",
    ).ok
    assert judge({"check": "choice", "value": "yes", "options": options}, "Yes. It can go back until Friday.").ok
