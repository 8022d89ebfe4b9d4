"""The check of a response's form: length, headings, bullets, tables, JSON, subject line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Annotated, Any, cast

from pydantic import AfterValidator, Field, model_validator

from enterprisegym.grading.checks.response import Phrase, Phrases
from enterprisegym.grading.checks.result import CheckResult, Params, failed, passed
from enterprisegym.grading.text import find_phrase, normalise, phrase_pattern, read, visible
from enterprisegym.rollout.outcome import Outcome


def _is_regex(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is not a regular expression: {error}") from error
    return text


Count = Annotated[int, Field(ge=0)]


class Structure(Params):
    """The response has the asked form; each field that is given must hold, and an empty response has none.

    min_words, max_words; headings: in this order, as markdown headings, bold lines or `Heading:` lines;
    min_bullets, max_bullets (numbered items count); table_columns: a markdown table with exactly these columns in
    this order; subject: a regular expression found in the text of the `Subject:` line; json_keys: the response or a
    code block of it is a JSON object, or a list of them, each with these keys; starts_with: one of these phrases
    opens the response; must_include: phrases that occur, a list among them being
    alternatives; paragraphs: a number, or [least, most], of prose blocks
    between blank lines.
    """

    min_words: Count | None = None
    max_words: Count | None = None
    headings: tuple[Phrase, ...] = ()
    min_bullets: Count | None = None
    max_bullets: Count | None = None
    table_columns: tuple[Phrase, ...] = ()
    subject: Annotated[str, AfterValidator(_is_regex)] | None = None
    json_keys: tuple[str, ...] = ()
    starts_with: tuple[Phrase, ...] = ()
    must_include: tuple[Phrase | Phrases, ...] = ()
    paragraphs: Count | tuple[Count, Count] | None = None

    @model_validator(mode="after")
    def _something(self) -> Structure:
        if not self.model_fields_set:
            raise ValueError("no field is given")
        for name in ("words", "bullets"):
            least, most = getattr(self, f"min_{name}"), getattr(self, f"max_{name}")
            if least is not None and most is not None and least > most:
                raise ValueError(f"min_{name} {least} is more than max_{name} {most}")
        return self


def structure(params: Structure, outcome: Outcome) -> CheckResult:
    response = visible(outcome.response)
    if not re.search(r"\w", response):
        return failed("the response is empty, or takes itself back as a whole")
    wrong = next(_faults(params, response), None)
    return passed("the form is as asked") if wrong is None else failed(wrong)


def _faults(params: Structure, response: str) -> Iterator[str]:
    lines = response.split("\n")
    words = len(re.findall(r"[^\W_](?:[\w'.,$/@%-]*\w)?", response))
    yield from _range_fault("words", words, params.min_words, params.max_words)
    if params.headings and (missing := _heading_fault(params.headings, lines)):
        yield missing
    bullets = sum(bool(_LIST_ITEM.match(line)) for line in lines)
    yield from _range_fault("bullets", bullets, params.min_bullets, params.max_bullets)
    if params.table_columns and not _has_table(params.table_columns, lines):
        yield f"no table with the columns {', '.join(params.table_columns)}"
    if params.subject is not None:
        found = next((match[1] for line in lines if (match := _SUBJECT.match(line))), None)
        if found is None:
            yield "no subject line"
        elif not re.search(params.subject, found, re.I):
            yield f"the subject is {found!r}"
    if params.json_keys and (fault := _json_fault(params.json_keys, response)):
        yield fault
    reading = read(response)
    if params.starts_with and not any(phrase_pattern(p).match(reading.lower) for p in params.starts_with):
        yield f"does not start with {' / '.join(params.starts_with)}"
    for item in params.must_include:
        alternatives = (item,) if isinstance(item, str) else item
        if not any(find_phrase(reading, phrase) for phrase in alternatives):
            yield f"does not include {' / '.join(alternatives[:4])}"
    if params.paragraphs is not None:
        least, most = (params.paragraphs,) * 2 if isinstance(params.paragraphs, int) else params.paragraphs
        yield from _range_fault("paragraphs", _paragraphs(response), least, most)


def _range_fault(name: str, count: int, least: int | None, most: int | None) -> Iterator[str]:
    if least is not None and count < least:
        yield f"{count} {name}, at least {least} are asked for"
    if most is not None and count > most:
        yield f"{count} {name}, at most {most} are allowed"


_LIST_ITEM = re.compile(r"[\s>]*(?:[-*+•‣◦▪]|\d{1,3}[.)])\s+\S")
_SUBJECT = re.compile(r"[\s>*_#`]*subject(?: line)?[\s*_`]*:[\s*_`]*(.*?)[\s*_`]*$", re.I)
_TITLE = re.compile(
    r"[\s>]*(?:#{1,6}\s+(?P<hash>.+?)\s*#*|(?:\d{1,2}[.)]\s+)?(?:\*\*|__)(?P<bold>.+?)(?:\*\*|__).*"
    r"|(?:\d{1,2}[.)]\s+)?(?P<label>[^\s:*|-][^:|]{0,60}?):(?:\s.*)?)\s*$"
)


def _heading_fault(wanted: tuple[str, ...], lines: list[str]) -> str:
    found = [match for line in lines if (match := _TITLE.match(line))]
    titles = [re.sub(r"[*_`:]", "", m["hash"] or m["bold"] or m["label"]).lower().strip() for m in found]
    place = 0
    for heading in wanted:
        pattern = phrase_pattern(heading)
        while place < len(titles) and not pattern.search(titles[place]):
            place += 1
        if place == len(titles):
            return f"heading {heading!r} is missing or out of order"
        place += 1
    return ""


def _has_table(columns: tuple[str, ...], lines: list[str]) -> bool:
    wanted = [_plain(column) for column in columns]
    for place, line in enumerate(lines[:-1]):
        below = lines[place + 1].strip(" >")
        if "|" in line and "-" in below and not below.strip("|:- "):
            cells = line.strip().lstrip(">").strip().removeprefix("|").removesuffix("|").split("|")
            if [_plain(cell) for cell in cells] == wanted:
                return True
    return False


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", normalise(text)).strip().lower()


def _json_fault(keys: tuple[str, ...], response: str) -> str:
    blocks = re.findall(r"```[\w-]*\n(.*?)```", response, re.S)
    parsed = False
    for text in (response, *blocks):
        try:
            value: Any = json.loads(text)
        except (ValueError, RecursionError):
            continue
        parsed = True
        rows: list[Any] = cast(list[Any], value) if isinstance(value, list) else [value]
        if rows and all(isinstance(row, dict) and all(key in row for key in keys) for row in rows):
            return ""
    return (
        f"the JSON lacks some of the keys {', '.join(keys)}"
        if parsed
        else "neither the response nor a code block is JSON"
    )


def _paragraphs(text: str) -> int:
    blocks = re.split(r"\n\s*\n", text.strip())
    return sum(
        not _LIST_ITEM.match(block) and not block.lstrip().startswith(("#", "|", "```", "---", "***"))
        for block in blocks
    )
