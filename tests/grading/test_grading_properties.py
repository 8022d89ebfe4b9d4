# ruff: noqa: E501
"""Properties: no text crashes a check, wrapping does not matter, silence earns nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enterprisegym.grading import Outcome, run_check
from enterprisegym.grading.text import read
from enterprisegym.tasks.task import CheckSpec
from enterprisegym.world.clock import Clock

CLOCK = Clock("2025-11-15T19:00:00Z", "America/New_York")
SPECS = [
    {"check": "amount", "value": "99.00", "rivals": ["89.00"]},
    {"check": "amount", "value": "99.00", "rivals": ["89.00"], "near": ["refund"]},
    {"check": "date", "value": "2025-11-03", "rivals": ["2025-11-05"]},
    {"check": "number", "value": 7, "unit": ["ticket"], "rivals": [8]},
    {"check": "number", "value": 7},
    {"check": "choice", "value": "yes", "options": {"yes": ["eligible"], "no": ["not eligible"]}},
    {"check": "says", "all_of": [["refund*", "credit ... back"]]},
    {"check": "entity", "id": "ord-251103-014", "rivals": [{"id": "ord-251104-002"}]},
    {"check": "entities", "members": [{"id": "ord-251103-014", "aliases": ["Nova 400"]}], "universe": [{"id": "b-1"}]},
    {"check": "sequence", "items": [{"id": "a-1"}, {"id": "b-1"}]},
    {"check": "structure", "max_words": 50, "headings": ["Refund"]},
    {"check": "structure", "max_words": 50},
    {"check": "structure", "json_keys": ["a"]},
    {"check": "private", "forbidden": ["a@b.example", "614-555-0142"], "with": {"check": "number", "value": 7}},
    {"check": "absent", "phrases": ["refund"], "with": {"check": "number", "value": 7}},
    {"check": "unchanged", "with": {"check": "number", "value": 7}},
    {"check": "called", "tool": "x"},
    {"check": "not_called", "tool": "x", "with": {"check": "number", "value": 7}},
    {"check": "state", "required": [{"table": "t", "added": True}]},
]
PIECES = [
    "$99.00", "$89", "99.00 USD", "Nov 3", "2025-11-03T02:00:00Z", "11/5/25", "7 tickets", "seven", "eligible", "not ",
    "isn't ", "rather than ", "either ", " or ", ", ", "; ", ": ", " — ", "(", ")", "|", "\n", "\n\n", "- ", "1. ", "# ",
    "**", "`", "~~", "> ", "| a | b |\n|---|---|\n", "?", ". ", "ord-251103-014", "Nova 400", "Not included:\n", "if ",
    "you wrote ", "refund ", "credit ", "```json\n", "{", "}", "&nbsp;", "\u2028", "İ", "\t", "No ", "yet ", "and we ",
]  # fmt: skip


def holds(spec, text):
    return run_check(CheckSpec.model_validate(spec), Outcome(text, (), (), CLOCK)).ok


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)))
def test_no_text_crashes_a_check(text):
    reading = read(text)
    assert len(reading.lower) == len(reading.text)
    for spec in SPECS:
        holds(spec, text)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec["check"])
@pytest.mark.parametrize("text", ["", " \n", "...", "I don't know.", "Sorry, I cannot help with that."])
def test_saying_nothing_satisfies_nothing(spec, text):
    if spec.get("max_words") and set(spec) == {"check", "max_words"} and any(c.isalpha() for c in text):
        pytest.skip("a short text is short")
    assert not holds(spec, text)


SENTENCES = [
    "Your refund is $99.00.",
    "The refund is not $99.00.",
    "The refund is $99.00, not $89.",
    "It was delivered on Nov 3 and not on Nov 5.",
    "It was not delivered on Nov 3, it was delivered on Nov 5.",
    "There are 7 tickets.",
    "It is not eligible.",
    "It is eligible.",
    "The order is ord-251103-014.",
    "Excluding ord-251103-014, none is late.",
    "Is it $99.00?",
]
WRAPPERS = [
    "**{}**", "*{}*", "_{}_", "__{}__", "> {}", "- {}", "* {}", "1. {}", "Hello Maya,\n\n{}\n\nBest regards,\nAvery",
    "<p>{}</p>", "`{}`", "Good news! {}", "{}\n\nIs there anything else I can do?", "### {}", "  {}  ", "\u200b{}", "\\{}",
    "| Result |\n|---|\n| {} |", '"{}"', "- [x] {}", "   - {}", "\r\n{}\r\n",
]  # fmt: skip


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_wrapping_does_not_change_the_verdict(sentence, wrapper):
    for spec in SPECS[:9]:
        assert holds(spec, wrapper.format(sentence)) is holds(spec, sentence), (spec, wrapper, sentence)


@given(
    st.integers(0, 9_999_999), st.sampled_from(["{0}", "**{0}**", "{1} USD", "USD {1}", "US{0}", "{1} dollars", "-{0}"])
)
def test_every_amount_is_read_and_no_other(cents, form):
    text = form.format(f"${cents / 100:,.2f}", f"{cents / 100:.2f}")
    spec = {"check": "amount", "value": f"{cents / 100:.2f}"}
    assert holds(spec, f"The refund is {text}, sent today.")
    assert not holds({**spec, "value": f"{(cents + 1) / 100:.2f}"}, f"The refund is {text}, sent today.")


@given(st.dates(), st.sampled_from(range(7)))
def test_every_day_is_read_and_no_other(day, form):
    day = day.replace(year=2025, day=min(day.day, 28))
    name = [
        f"{day:%Y-%m-%d}", f"{day:%B} {day.day}, 2025", f"{day:%b} {day.day}", f"{day:%b}. {day.day}",
        f"{day.day} {day:%B} 2025", f"{day:%m/%d/%Y}", f"{day:%a}, {day:%b} {day.day}",
    ][form]  # fmt: skip
    assert holds({"check": "date", "value": day.isoformat()}, f"It arrived on {name}.")
    other = day.replace(day=day.day % 28 + 1)
    assert not holds({"check": "date", "value": other.isoformat()}, f"It arrived on {name}.")
