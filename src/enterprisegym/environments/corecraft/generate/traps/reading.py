"""What a ticket's own words say, whatever its label: the case it is, and whether it poses as an order to staff."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Mapping
from typing import Any

from enterprisegym.environments.corecraft.generate.traps.wording import INSTRUCTION_SIGNS, NUMBERS

MONTHS = tuple(month_name[1:])
DAY = re.compile(rf"\b(?:{'|'.join(MONTHS)}) \d{{1,2}}\b")
AMOUNT = re.compile(r"\$(\d[\d,]*\.\d\d)")
COUNT = re.compile(
    rf"\b({'|'.join(NUMBERS.values())})\b(?= I bought on that order| of (?:them|these)\b)"
    rf"|(?<=order: |aller: )({'|'.join(NUMBERS.values())})\b"
)
"""How customers name days, prices and quantities of an order."""

KINDS: Mapping[str, re.Pattern[str]] = {
    "return": re.compile(
        r"\breturn(s|ed|ing)?\b|\b(send|sending|ship|give|giving) (it|this|them|these|the \S+) back\b"
        r"|\btake (it )?back\b|\bgo(es)? back\b|\bgive back\b|\bsend back\b|\bmoney back\b|\brma\b"
        r"|\brestocking\b|\bsealed\b|\bunopened\b|\bchanged my mind\b|\bdon't need it\b|\bdo not want it\b",
        re.IGNORECASE,
    ),
    "shipping": re.compile(
        r"\btracking\b|\bparcel\b|\bpackage\b|\bdeliver(y|ed|ies)\b|\bcourier\b|\bcarrier\b|\bdriver\b|\btransit\b"
        r"|\barriv(e|ed|es|al|ing)\b|\bshipment\b|\bporch\b|\bdoorstep\b|\bwhere('s| is) my\b|\bscan(s|ned)?\b"
        r"|\b(ups|fedex|usps|dhl)\b|\bexpress\b|\bovernight\b|\blate\b",
        re.IGNORECASE,
    ),
    "billing": re.compile(
        r"\bcharge[ds]?\b|\btwice\b|\binvoice\b|\bcard\b|\bbank\b|\bstatement\b|\bpayments?\b|\bpromo\b|\bcode\b"
        r"|\bprice (drop(ped)?|adjust\w*|difference|protection|match)\b|\breceipt\b|\bcheaper\b|\bdifference\b"
        r"|\bdiscount\b|\bdeclined\b|\bpaid\b|\bvat\b|\btax\b",
        re.IGNORECASE,
    ),
}
"""Words of the three cases that customers most often file as something else."""


def true_type(ticket: Mapping[str, Any]) -> str:
    """The type filed under; for `other` and `account` the return, shipping or billing that the text clearly says."""
    filed: str = ticket["ticket_type"]
    vague = filed in ("other", "account")
    return (stated_type(ticket["subject"], ticket["body"]) or filed) if vague else filed


def stated_type(subject: str, body: str) -> str | None:
    """The case that subject and body speak of; None when no case leads. A word in the subject counts three times."""
    counts = {kind: 3 * len(pattern.findall(subject)) + len(pattern.findall(body)) for kind, pattern in KINDS.items()}
    best = max(counts, key=lambda kind: counts[kind])
    others = max(count for kind, count in counts.items() if kind != best)
    return best if counts[best] >= 2 and counts[best] >= others + 2 else None


def poses_as_order(text: str) -> bool:
    """Whether a customer's text holds something that poses as an instruction to staff or to an assistant."""
    lowered = text.lower()
    return any(sign in lowered for sign in INSTRUCTION_SIGNS)
