"""What a reader would hold against a prompt: unclear referents, leaked answers, ids that nobody knows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from enterprisegym.environments.corecraft.agents.worker import spoken
from enterprisegym.tasks import Task
from enterprisegym.world import Fork, Row

INTERNAL_ID = re.compile(r"\b(?:pay|ship|ref|rma|res|esc|inv|kb|pol|war|sla|rule|promo|emp)-[a-z0-9][a-z0-9-]*\b")
FULL_NAME = re.compile(r"\b[A-Z][\w'’-]+(?: (?:Van|De|La|Del|St\.))? [A-Z][\w'’-]+\b")
RECORD_ID = re.compile(r"\b(?:cust-\d{5}|(?:ord|tick|build)-\d{6}-\d{3,4})\b")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
VAGUE_TIME = re.compile(r"\b(?:recently|a while ago|the other day|some time ago)\b", re.IGNORECASE)


def lint(task: Task, fork: Fork) -> list[str]:
    """What is wrong with a task's prompt in its world, in words."""
    return [*_unsaid(task), *_internal_ids(task, fork), *_namesakes(task, fork), *_nobody(task), *_leaks(task)]


def _unsaid(task: Task) -> Iterator[str]:
    prompt = _plain(task.prompt)
    for name, value in task.given.items():
        for text in _said(value):
            if _plain(text) not in prompt:
                yield f"`given` has {name} {text!r}, which the prompt does not say"


def _said(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [value["said"]] if "said" in value else []  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [text for part in value for text in _said(part)]  # pyright: ignore[reportUnknownVariableType]
    return []


def _internal_ids(task: Task, fork: Fork) -> Iterator[str]:
    known = {row["id"] for row in fork.rows("SELECT id FROM products")}
    words = set(re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)+", task.prompt))
    for id in sorted({*INTERNAL_ID.findall(task.prompt), *(words & known)}):
        yield f"the prompt names {id}, an id that whoever writes would not know"


def _namesakes(task: Task, fork: Fork) -> Iterator[str]:
    """A name that several customers have must come with something that only one of them has."""
    if RECORD_ID.search(task.prompt):
        return
    prompt = _plain(task.prompt)
    for name in sorted(set(FULL_NAME.findall(task.prompt))):
        rows = fork.rows("SELECT * FROM customers WHERE name = ? COLLATE NOCASE ORDER BY id", (name,))
        if len({row["phone"] or row["date_of_birth"] or row["id"] for row in rows}) < 2:  # one person's accounts
            continue
        owners: dict[str, set[str]] = {}
        for row in rows:
            for mark in _marks(fork, row):
                owners.setdefault(_plain(mark), set()).add(row["id"])
        told = {id for mark, ids in owners.items() if len(ids) == 1 and _stands_in(mark, prompt) for id in ids}
        if len(told) != 1:
            yield f"{len(rows)} customers are called {name}, and the prompt does not tell which one is meant"


def _stands_in(mark: str, prompt: str) -> bool:
    """Whether the prompt has the mark as whole words; "Parapet B6" is not in "Parapet B6-ITX"."""
    longer = r"-(?!\d{4}(?!\w))" if re.fullmatch(r"\d{5}", mark) else "-"  # a postal code with its four further digits
    return re.search(rf"(?<![\w-]){re.escape(mark)}(?!\w|{longer})", prompt) is not None


def _marks(fork: Fork, customer: Row) -> set[str]:
    """What tells a customer from a namesake where only one of them has it: e-mail, phone, company, city, postal code,
    what they bought."""
    marks = {customer["email"], customer["phone"] or customer["email"], customer["company"] or customer["email"]}
    for address in customer["addresses"]:
        marks |= {address["city"], address["postal_code"]}
    bought = fork.rows(
        "SELECT DISTINCT p.name FROM orders o JOIN order_lines l ON l.order_id = o.id"
        " JOIN products p ON p.id = l.product_id WHERE o.customer_id = ?",
        (customer["id"],),
    )
    return marks | {row["name"] for row in bought}


def _nobody(task: Task) -> Iterator[str]:
    if "customer" not in task.situation or RECORD_ID.search(task.prompt) or EMAIL.search(task.prompt):
        return
    if not FULL_NAME.search(task.prompt) and not re.search(r"\d{3}\D{0,2}\d{3}\D{0,2}\d{4}", task.prompt):
        yield "the prompt is about a customer and does not say who"


def _leaks(task: Task) -> Iterator[str]:
    prompt = _plain(task.prompt)
    for criterion in task.criteria:
        for check in _checks(criterion.check.model_dump() if criterion.check else {}):
            value = str(check.get("value", ""))
            if check["check"] == "amount":
                whole, _, part = value.partition(".")
                if re.search(rf"\$ ?{int(whole):,}\.{part}\b", prompt):
                    yield f"the prompt tells ${value}, which criterion {criterion.id!r} asks for"
            elif check["check"] == "date" and (value in prompt or _plain(spoken(date.fromisoformat(value))) in prompt):
                yield f"the prompt tells {value}, which criterion {criterion.id!r} asks for"


def _checks(spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "check" in spec:
        yield spec
    for value in spec.values():
        for part in value if isinstance(value, list) else [value]:  # pyright: ignore[reportUnknownVariableType]
            if isinstance(part, Mapping) and "check" in json.dumps(part):
                yield from _checks(part)  # pyright: ignore[reportUnknownArgumentType]


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.lower())
