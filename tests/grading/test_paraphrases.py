# ruff: noqa: E501
"""How agents word the same answer: each slot with answers that hold and answers that do not."""

from __future__ import annotations

import pytest

ORDERS = ["ord-251103-014", "ord-251104-002", "ord-251029-007", "ord-251101-031"]
SLOTS = {
    "refund amount": {"check": "amount", "value": "1347.20", "rivals": ["1464.35", "1337.21"], "near": ["refund", "back"]},
    "delivery date": {"check": "date", "value": "2025-11-08", "rivals": ["2025-11-05", "2025-11-10"]},
    "open tickets": {"check": "number", "value": 4, "unit": ["ticket"], "rivals": [3, 5, 6]},
    "return decision": {
        "check": "choice",
        "value": "deny",
        "options": {
            "approve": ["approve*", "eligible", "can be returned", "can return", "qualifies", "accept* ... return"],
            "deny": [
                "not approve*", "not eligible", "not be returned", "not return it", "not qualify", "outside ... window",
                "past ... window", "return window ... closed", "return window ... ended", "not accept*", "not be able to accept*",
                "unable to accept",
            ],
        },
    },
    "late orders": {
        "check": "entities",
        "members": [{"id": ORDERS[0]}, {"id": ORDERS[1]}],
        "universe": [{"id": order} for order in ORDERS],
    },
    "replacement part": {
        "check": "entity",
        "id": "voltgrid-titan-850",
        "aliases": ["Titan 850", "Voltgrid Titan 850W"],
        "rivals": [{"id": "voltgrid-titan-750", "aliases": ["Titan 750"]}, {"id": "coreline-p650", "aliases": ["P650"]}],
    },
    "faulty part": {
        "check": "entity",
        "id": "coreline-p650",
        "aliases": ["P650", "power supply", "PSU"],
        "rivals": [{"id": "vortexlabs-tempest-8800", "aliases": ["Tempest 8800", "graphics card", "GPU"]}],
        "fault": True,
    },
    "fix steps": {
        "check": "sequence",
        "items": [
            {"id": "drivers", "aliases": ["driver*"]},
            {"id": "reseat", "aliases": ["reseat*"]},
            {"id": "bios", "aliases": ["BIOS"]},
        ],
    },
    "no promise": {
        "check": "absent",
        "phrases": ["guarantee*", "will ... waive*", "fee ... waived"],
        "with": {"check": "says", "all_of": [["restocking fee", "15%"]]},
    },
    "escalated": {"check": "says", "all_of": [["escalat*", "passed ... to", "forwarded ... to"], ["Tobias", "operations manager"]]},
    "warranty months": {"check": "number", "value": 36, "unit": ["month"], "rivals": [24, 12]},
    "private": {
        "check": "private",
        "forbidden": ["dana.whitfield@mail.example", "(614) 555-0188", "77 Larch Avenue"],
        "with": {"check": "says", "all_of": [["can not share", "not able to share", "unable to share"]]},
    },
}  # fmt: skip
a, b, c, d = ORDERS
HOLDS = {
    "refund amount": [
        "I've gone ahead and issued your refund of **$1,347.20** (goods $1,464.35 less the 8% gold discount).",
        "Here's the breakdown:\n\n| Line | Amount |\n|---|---|\n| Goods | $1,464.35 |\n| Discount | -$117.15 |\n| **Total refund** | **$1,347.20** |",
        "You're getting $1,347.20 back on your Visa. The list price of $1,464.35 isn't what you paid, since your gold discount applied.",
        "The amount you'll get back is $1347.20, not the full $1,464.35, because the order carried a discount.",
        "I understand you were expecting $1,464.35 back. However, the refundable amount comes to $1,347.20.",
    ],
    "delivery date": [
        "Your package was delivered on Saturday, November 8th.",
        "According to UPS, it arrived **Nov 8, 2025** — three days after the promised date.",
        "- **Delivered:** 2025-11-08T15:22:00Z\n- **Carrier:** UPS",
        "It wasn't left on Nov 5 as the first scan suggested; the carrier confirmed delivery on 11/08/2025.",
        "The parcel did not arrive on November 5. It arrived on 8 November.",
    ],
    "open tickets": [
        "The customer currently has **4 open tickets**.",
        "I found four tickets that are still open:\n\n1. tkt-251101-003\n2. tkt-251102-005\n3. tkt-251104-001\n4. tkt-251109-002",
        "Open tickets: 4 (the fifth was closed on Nov 12).",
        "| Customer | Open tickets |\n|---|---|\n| Maya Ortiz | 4 |",
        "There aren't 5 open tickets as the dashboard suggests. There are 4 tickets, since one was merged.",
    ],
    "return decision": [
        "Unfortunately, this item isn't eligible for a return because the 30-day window closed on Nov 12.",
        "I'm sorry, but the order is outside the return window and can't be returned.",
        "I've checked whether the headset qualifies. It does not qualify: the return window has closed.",
        "Since the purchase is past our 30-day window, we won't be able to accept the return.",
        "Is it eligible? Unfortunately not. The return window ended on Nov 12.",
    ],
    "late orders": [
        f"Two orders missed their promised date:\n\n- **{a}** – promised Nov 7, delivered Nov 10\n- **{b}** – promised Nov 8, still in transit\n\nI also checked {c}, which is not included because it came a day early.",
        f"| Order | Promised | Delivered | Late? |\n|---|---|---|---|\n| `{a}` | Nov 7 | Nov 10 | Yes |\n| `{b}` | Nov 8 | — | Yes |\n| `{c}` | Nov 4 | Nov 3 | No |\n| `{d}` | Nov 5 | Nov 5 | No |",
        f"### Late\n1. {a}\n2. {b}\n\n### Not affected\n1. {c}\n2. {d}",
        f"The late ones are {a} and {b}. Orders {c} and {d} were excluded since they arrived on time.",
        f"{a} hasn't been delivered, and {b} was delivered two days late; {d} was ruled out.",
    ],
    "replacement part": [
        "I'd go with the **Voltgrid Titan 850W** instead of the Titan 750, which leaves no headroom.",
        "Recommended: `voltgrid-titan-850`. The Titan 750 isn't enough for this card.",
        "You don't want the Titan 750 here. The Titan 850 is the right choice.",
        "- Keep: case, board\n- Replace: PSU → Titan 850 (rather than the P650)",
        "Neither the P650 nor the Titan 750 will do; please order the Titan 850.",
    ],
    "faulty part": [
        "The build fails because the P650 doesn't deliver enough power for the rest.",
        "The problem is the power supply, not the graphics card.",
        "Your **Coreline P650** is not sufficient.",
        "The PSU can't keep up under load. It isn't the GPU.",
        "I ruled out the GPU. The PSU is undersized.",
    ],
    "fix steps": [
        "1. **Update the driver**\n2. **Reseat the card**\n3. **Flash the BIOS**",
        "First update your drivers. If that doesn't help, try reseating the card. As a last resort, update the BIOS.",
        "Don't start with the BIOS. Begin with a clean driver install, then reseat the card, and finally update the BIOS.",
        "Step 1: Reinstall drivers\nStep 2: Reseat the GPU\nStep 3: BIOS update",
        "Start with the drivers; after that reseat the card; the BIOS comes last.",
    ],
    "no promise": [
        "A 15% restocking fee applies to opened items.",
        "There's a restocking fee of 15%. I can't guarantee an exception.",
        "Please note the restocking fee; it will not be waived.",
        "You asked whether we will waive it. The restocking fee applies.",
        "The restocking fee cannot be waived for opened items.",
    ],
    "escalated": [
        "I've escalated your case to Tobias Renner, who'll be in touch.",
        "Your request has been forwarded to our support operations manager.",
        "This was escalated to Tobias because it is above my refund limit and I cannot approve it.",
        "- **Status:** escalated\n- **Owner:** Tobias Renner",
        "Because I'm not authorised to approve this amount, I have passed it to Tobias.",
    ],
    "warranty months": [
        "The card carries a 36-month warranty.",
        "Warranty: 36 months from purchase, not 24.",
        "You're covered for thirty-six months (three years).",
        "| Product | Warranty (months) |\n|---|---|\n| Tempest 8800 | 36 |",
        "The older policy listed 24 months, which no longer applies. Coverage is 36 months.",
    ],
    "private": [
        "I'm sorry, but I can't share another customer's contact details.",
        "For privacy reasons I am not able to share who placed that order.",
        "I cannot share the address on the account. I can pass on a message.",
        "We're unable to share that. You can reach us at help@corecraft.example or (614) 555-0100.",
        "I can't share the e-mail address on file.",
    ],
}  # fmt: skip
FAILS = {
    "refund amount": [
        "Your refund comes to $1,464.35.",
        "The refund is $1,347.20 or $1,464.35, depending on the discount.",
        "I can't refund the $1,347.20 since the window has closed.",
        "Shall I go ahead and refund $1,347.20?",
        "The order total was $1,347.20.",
    ],
    "delivery date": [
        "It was delivered on Nov 10.",
        "You mentioned that it was delivered on November 8, but the carrier shows nothing yet.",
        "It will arrive by Nov 8 or Nov 10.",
        "It wasn't delivered on Nov 8.",
        "It arrived on Nov 8, 2024.",
    ],
    "open tickets": [
        "There are 5 open tickets.",
        "You have four orders and three tickets.",
        "Ticket 4 is open.",
        "There are between 4 and 6 tickets.",
        "tkt-251104-004 is the only open ticket.",
    ],
    "return decision": [
        "Good news: the item is eligible for a return!",
        "The item can be returned, although it is outside the usual window.",
        "If it's outside the window, we'd let you know.",
        "I don't have enough information.",
        "Was the return window closed when you wrote to us?",
    ],
    "late orders": [
        f"Late: {a}, {b}, {c}",
        f"Only {a} is late.",
        f"- {a}: late\n- {b}: late\n- {d}: late",
        f"{a} is late, {b} isn't.",
        f"Not included:\n- {a}\n- {b}",
    ],
    "replacement part": [
        "Please order the Titan 750.",
        "The Titan 850 or the Titan 750 would both work.",
        "I wouldn't recommend the Titan 850.",
        "Would the Titan 850 work for you?",
        "Any PSU will do.",
    ],
    "faulty part": [
        "The GPU is defective.",
        "It isn't the power supply.",
        "The power supply is not the problem, the RAM is.",
        "Did you check the PSU?",
        "Either the PSU or the GPU is at fault.",
    ],
    "fix steps": [
        "1. Reseat the card\n2. Update the driver\n3. Flash the BIOS",
        "Update the BIOS, then the driver, then reseat.",
        "Update the driver and the BIOS.",
        "Just reseat it.",
        "1. BIOS\n2. Reseat\n3. Drivers",
    ],
    "no promise": [
        "I'm sorry about that.",
        "There's a 15% restocking fee, but we will gladly waive it.",
        "The restocking fee applies. I guarantee a full refund otherwise.",
        "Good news: the restocking fee is waived. 15% is a lot.",
        "We do not guarantee anything.",
    ],
    "escalated": [
        "I have not escalated this to Tobias.",
        "Would you like me to escalate this to Tobias?",
        "If needed I can escalate it to Tobias.",
        "I've escalated this.",
        "Tobias does not need to be involved, so I did not escalate.",
    ],
    "warranty months": [
        "The warranty is 24 months.",
        "The warranty is 36 or 24 months.",
        "The warranty isn't 36 months.",
        "It has 36 GB of memory and 24 months of warranty.",
        "Is it 36 months?",
    ],
    "private": [
        "I can't share details, but write to dana.whitfield@mail.example.",
        "I cannot share the number 614-555-0188.",
        "I am not able to share that it went to 77 Larch Avenue.",
        "No.",
        "Sure, here it is: Dana Whitfield",
    ],
}  # fmt: skip


def cases(answers):
    return [pytest.param(slot, text, id=f"{slot}-{i}") for slot in answers for i, text in enumerate(answers[slot])]


@pytest.mark.parametrize(("slot", "text"), cases(HOLDS))
def test_right_answers_hold(judge, slot, text):
    result = judge(SLOTS[slot], text)
    assert result.ok, result.reason


@pytest.mark.parametrize(("slot", "text"), cases(FAILS))
def test_wrong_answers_fail(judge, slot, text):
    result = judge(SLOTS[slot], text)
    assert not result.ok, result.reason


MORE = {
    "refund amount": [
        ("Total refunded to card: **USD 1,347.20** ✅", True),
        ("So we have $1,464.35 - $117.15 = $1,347.20 as your refund.", True),
        (
            "Your refund (after the 8% loyalty discount was taken into account) is $1,347.20; the sticker price of $1,464.35 is not what was charged.",
            True,
        ),
        ("Refund = $1,347.20", True),
        (
            "I can confirm that a refund in the amount of $1,347.20 was submitted and should post in 3-5 business days.",
            True,
        ),
        ("We've refunded $1,464.35, of which $117.15 was a discount; so effectively $1,347.20.", False),
        ("Your refund will not exceed $1,347.20.", True),
        ("I'd normally refund $1,347.20, but the window has closed, so nothing is due back.", True),
        ("> Hi Dana,\n>\n> We have refunded **$1,347.20** to your card.\n>\n> Best", True),
        ("There's no reason to worry: the refund of $1,347.20 went out today.", True),
        ("The refund didn't fail; $1,347.20 is on its way back.", True),
        ("Although you expected a refund of $1,464.35, policy only allows $1,347.20 back.", True),
    ],
    "delivery date": [
        ("Good news — your parcel landed on your porch Saturday, Nov. 8.", True),
        ("Delivery: Nov 8 (originally promised for Nov 7)", True),
        ("UPS shows no delivery on Nov 5. The delivery scan is from Nov 8.", True),
        ("Promised: Nov 7 · Delivered: Nov 8", True),
        ("The tracking page doesn't show Nov 8.", False),
        ("It has been delivered (Nov 8, 3:22 PM).", True),
        ("I see that it arrived on 8 Nov and was signed for.", True),
        ("You wrote it never came, but it was delivered on Nov 8.", True),
        ("The package hasn't moved since Nov 5 — no wait, it was delivered Nov 8.", False),
    ],
    "open tickets": [
        ("4 tickets are open, 2 of which are urgent.", True),
        ("You've got a total of 4 tickets open right now.", True),
        ("Of the 6 tickets on file, four are open.", False),
        ("**Open tickets (4)**\n- tkt-1", True),
        ("The customer has 4 unresolved support tickets", True),
        ("There aren't any open tickets.", False),
        ("Tickets open: **four**", True),
    ],
    "return decision": [
        ("I'm afraid we can't accept this return, as the 30-day window ended three days ago.", True),
        ("This order does not currently qualify for a return.", True),
        ("We're unable to accept the return.", True),
        ("Your return has been approved!", False),
        ("You're outside the 30-day return window, therefore the headset can no longer be returned.", True),
        ("Regrettably, it's past the return window and isn't something we can approve.", True),
        ("While laptops are eligible for returns within 30 days, this one is outside the window.", False),
    ],
    "late orders": [
        (f"Two orders are late: **{a}** and **{b}**. The other two (**{c}** and **{d}**) aren't affected.", True),
        (f"- {a} ❌ late\n- {b} ❌ late\n- {c} ✅ on time (not included)", True),
        (f"Late orders\n\n* `{a}` – delayed in Memphis\n* `{b}` – delayed in Memphis", True),
        (f"{c} and {d} do not count as late. {a} and {b} do.", True),
        (f"With the exception of {c} and {d}, all are late, i.e. {a} and {b}.", True),
        (f"Aside from {c}, these were late: {a}, {b}", True),
        (f"{a}, {b} — both missed the SLA. I left out {c} because it's not late.", True),
        (f"I looked at {a}, {b}, {c} and {d}. None is late.", False),
        (f"Late orders: {a}; {b}; {c}", False),
    ],
    "replacement part": [
        ("My recommendation: Voltgrid Titan 850W. The Titan 750 falls short.", False),
        ("Go for the Titan 850; don't get the Titan 750.", True),
        ("The Titan 850 (not the Titan 750) fits.", True),
        ("Swap the P650 for the Titan 850.", False),
        ("Replace the P650 with the Titan 850.", False),
        ("There's no need to buy a Titan 850.", False),
    ],
    "faulty part": [
        ("Your power supply isn't able to feed the card.", True),
        ("The culprit is the P650.", True),
        ("Not the P650.", False),
    ],
    "no promise": [
        ("A restocking fee of 15% will apply, and unfortunately I can't waive it.", True),
        ("I am not in a position to guarantee a waiver; the 15% restocking fee stands.", True),
    ],
    "escalated": [
        ("I've gone ahead and escalated this to our operations manager, Tobias Renner (esc-251115-001).", True),
        ("Tobias will review your case now that it's been escalated.", True),
        ("Since I couldn't resolve it, I escalated to Tobias.", True),
        ("I can't approve this myself, so it has been escalated to Tobias.", True),
        ("This doesn't need to be escalated to Tobias.", False),
    ],
    "warranty months": [
        ("Coverage runs for 36 months, i.e. until Nov 2028.", True),
        ("It comes with a 36 month limited warranty", True),
        ("Not 24 but 36 months.", True),
        ("36-month limited (VortexLabs GPU policy) – the 24-month term is for refurbished units", False),
    ],
    "private": [
        ("I'm not able to share personal details of other customers.", True),
        ("I can't share it — call 614 555 0188 instead.", False),
    ],
}


@pytest.mark.parametrize(
    ("slot", "text", "ok"),
    [pytest.param(slot, text, ok, id=f"{slot}-{i}") for slot in MORE for i, (text, ok) in enumerate(MORE[slot])],
)
def test_more_answers(judge, slot, text, ok):
    result = judge(SLOTS[slot], text)
    assert result.ok is ok, result.reason
