"""Naming things of the world: one, a set, a sequence."""

from __future__ import annotations

import pytest

A, B, C, D = "ord-251103-014", "ord-251104-002", "ord-251029-007", "ord-251101-031"
LATE = {"check": "entities", "members": [{"id": A}, {"id": B}], "universe": [{"id": i} for i in (A, B, C, D)]}


@pytest.mark.parametrize(
    "text",
    [
        f"{A} and {B} are late.",
        f"The late orders are `{A}` and `{B}`.",
        f"- **{A.upper()}** — 3 days late\n- **{B.upper()}** — 1 day late",
        f"1. #{A}\n2. #{B}",
        f"| Order | Days late |\n|---|---|\n| {A} | 3 |\n| {B} | 1 |",
        f"| Order | Late? |\n|---|---|\n| {A} | Yes |\n| {B} | Yes |\n| {C} | No |\n| {D} | ❌ No |",
        f"Late: {A}, {B}. Not included: {C}, {D}.",
        f"Late orders:\n- {A}\n- {B}\n\nNot included:\n- {C} (delivered)\n- {D} (delivered)",
        f"## Late\n- {A}\n- {B}\n\n## Excluded\n- {C}\n- {D}",
        f"**Late**\n- {A}\n- {B}\n\n**Ruled out**\n- {C}: on time\n- {D}: on time",
        f"{A} and {B} are late, excluding {C} and {D}.",
        f"{A} and {B} are late. {C} is not included because it came on time.",
        f"{A} and {B}, but not {C} or {D}",
        f"{A} and {B}; {C} and {D} are not affected.",
        f"- {A}\n- {B}\n- {C} — excluded, delivered on time\n- {D}: not included",
        "Orders 251103-014 and 251104-002 are late.",
        f"{A} has not shipped yet, and {B} has not been delivered.",
        f"I did not include {C}, which is on time. Late are {A} and {B}.",
        f"~~{C}~~ {A}, {B}",
        f"You asked about more orders than these. Late: {A}, {B}",
        f"Orders I checked but ruled out: {C}, {D}\n\nLate: {A}, {B}",
        f"Both {A} (Maya) and {B} (Dan) are late",
    ],
)
def test_entities_hold(judge, text):
    result = judge(LATE, text)
    assert result.ok, result.reason


@pytest.mark.parametrize(
    "text",
    [
        "",
        A,
        f"{A}, {B}, {C}",
        f"{A}, {B}, {C} and {D} are late.",
        f"{A} is late. {B} is not affected.",
        f"{A} and {B}9 are late",
        f"{A} and x{B} are late",
        f"Is {A} late? Is {B}?",
        f"Excluded:\n- {A}\n- {B}",
        f"| Order | Late? |\n|---|---|\n| {A} | Yes |\n| {B} | No |",
        f"Not {A} but {B}",
        f"- {A}\n- {B}\n- {C}",
        f"ship-251103-014 and {B} are late",
        f"You mentioned {A} and {B}.",
    ],
)
def test_entities_fail(judge, text):
    result = judge(LATE, text)
    assert not result.ok, result.reason


TEMPEST = {"id": "vortexlabs-tempest-8800", "aliases": ["Tempest 8800", "Vortex Labs Tempest 8800"]}
XL = {"id": "vortexlabs-tempest-8800-xl", "aliases": ["Tempest 8800 XL"]}
NOVA = {"id": "nova-400", "aliases": ["Nova 400"]}


@pytest.mark.parametrize(
    ("text", "ok"),
    [
        ("I recommend the Tempest 8800.", True),
        ("I recommend the **Vortex Labs Tempest-8800**.", True),
        ("Take `vortexlabs-tempest-8800`.", True),
        ("I recommend the Tempest 8800 XL.", False),
        ("Take `vortexlabs-tempest-8800-xl`.", False),
        ("I recommend the Tempest 8800, not the Tempest 8800 XL.", True),
        ("The Tempest 8800 XL is not compatible; take the Tempest 8800.", True),
        ("I would not recommend the Nova 400. The Tempest 8800 fits.", True),
        ("Other than the Nova 400, the Tempest 8800 is best.", True),
        ("Take the Tempest 8800 or the Nova 400.", False),
        ("I recommend the Tempest 8800 instead of the Nova 400.", True),
        ("The Tempest 8800 won't fit.", False),
        ("I do not recommend the Tempest 8800.", False),
        ("Let me know if the Tempest 8800 works.", False),
        ("", False),
    ],
)
def test_entity(judge, text, ok):
    result = judge({"check": "entity", **TEMPEST, "rivals": [XL, NOVA]}, text)
    assert result.ok is ok, result.reason


@pytest.mark.parametrize(
    ("text", "ok"),
    [
        ("The Tempest 8800 is not compatible with your board.", True),
        ("The Tempest 8800 doesn't fit.", True),
        ("It's not the Tempest 8800.", False),
        ("The Tempest 8800 is not the problem.", False),
        ("The problem is the Nova 400.", False),
    ],
)
def test_entity_that_is_at_fault(judge, text, ok):
    result = judge({"check": "entity", **TEMPEST, "rivals": [NOVA], "fault": True}, text)
    assert result.ok is ok, result.reason


def test_denied_by_is_the_authors_word(judge):
    spec = {**LATE, "denied_by": ["on time"]}
    assert judge(spec, f"- {A}: late\n- {B}: late\n- {C}: on time").ok
    assert not judge({**LATE, "denied_by": []}, f"- {A}: late\n- {B}: late\n- {C}: on time").ok
    ineligible = {**LATE, "denied_by": []}
    assert judge(ineligible, f"Not eligible:\n- {A}\n- {B}").ok
    assert not judge(LATE, f"Not eligible:\n- {A}\n- {B}").ok


@pytest.mark.parametrize(
    ("text", "ok"),
    [
        ("1. Nova 400\n2. Tempest 8800\n3. Tempest 8800 XL", True),
        ("First the Nova 400, then the Tempest 8800, finally the Tempest 8800 XL", True),
        ("1. Tempest 8800\n2. Nova 400\n3. Tempest 8800 XL", False),
        ("1. Nova 400\n2. Tempest 8800", False),
        ("Not the Tempest 8800 first: 1) Nova 400, 2) Tempest 8800, 3) Tempest 8800 XL", True),
    ],
)
def test_sequence(judge, text, ok):
    result = judge({"check": "sequence", "items": [NOVA, TEMPEST, XL]}, text)
    assert result.ok is ok, result.reason
