"""Finding values in an answer: money amounts, dates, counts, phrases and named entities, each with its standing."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Literal, cast

from enterprisegym.grading.standing import Mention, Rules, Standing, open_between, standings
from enterprisegym.grading.text import (
    Reading,
    column_header,
    find_phrase,
    name_pattern,
    normalise,
    surroundings,
    word_prefixes,
)
from enterprisegym.world.clock import Clock

_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?"
_MONEY_END = r"(?![\d])(?![.,]\d)(?![\w%])"
_AMOUNT = re.compile(
    rf"(?<![A-Za-z])(?P<left>(?:US|USD)\s?\$|USD\s?|\$)\s?[-+]?(?P<a>{_DIGITS}){_MONEY_END}"
    r"(?:\s?(?:USD|US dollars|dollars)\b)?"
    rf"|(?<![\w.,€£#/-])(?P<b>{_DIGITS})\s?(?:USD|US\$|\$|U\.S\. dollars|US dollars|dollars?|bucks)(?!\w)"
    rf"|(?<![\w.,€£#/:$])(?<!\d-)-?(?P<c>(?:\d{{1,3}}(?:,\d{{3}})+|\d+)\.\d{{2}}){_MONEY_END}"
    r"(?!\s?(?:percent|hours?|days?|GB|TB|MHz|GHz|kg|lbs?|mm|cm|inch|inches|W|watts?|V|EUR|GBP|CAD|x)\b)",
    re.I,
)


def cents(text: str) -> int:
    """Dollars text as cents without its sign; raises ValueError when it is not an amount."""
    plain = text.strip().lstrip("-+").replace("$", "").replace(",", "").strip()
    if not re.fullmatch(r"\d+(?:\.\d{1,2})?", plain):
        raise ValueError(f"{text!r} is not an amount of dollars, such as '1519.96'")
    whole, _, fraction = plain.partition(".")
    return int(whole) * 100 + int((fraction + "00")[:2])


def amounts(reading: Reading) -> list[Mention]:
    """Money amounts; the key is cents."""
    if "amounts" not in reading.notes:
        reading.notes["amounts"] = [
            Mention(match.start(), match.end(), cents(match["a"] or match["b"] or match["c"]))
            for match in _AMOUNT.finditer(reading.text)
        ]
    return cast(list[Mention], reading.notes["amounts"])


@dataclass(frozen=True, slots=True)
class DayMention:
    """A day as written: `year` is None when none was given; `instant` is the text of a UTC timestamp."""

    year: int | None
    month: int
    day: int
    instant: str | None = None

    def names(self, wanted: date, clock: Clock) -> bool:
        if self.instant is not None:
            return clock.day_of(self.instant) == wanted
        return (self.month, self.day) == (wanted.month, wanted.day) and self.year in (None, wanted.year)


_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+(?:the\s+)?)?"
_ORDINAL = r"(?:st|nd|rd|th)?"
_YEAR = r"(?:,?[\s-]+(?:of\s+)?(?P<{}>(?:19|20)\d{{2}})(?![\d-]))?"
_ISO_DATE = (
    r"(?P<iy>(?:19|20)\d{2})[-/](?P<im>\d{1,2})[-/](?P<id>\d{1,2})"
    r"(?P<time>[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z| ?UTC)?)?(?![\w-])"
)
_MONTH_FIRST = (
    rf"(?P<nm>{_MONTH})\s*(?P<nd>\d{{1,2}}){_ORDINAL}(?!\d)(?!\s?(?:GB|TB|%))"
    rf"(?:\s?(?:-|–|to|through|until)\s?(?P<nd2>\d{{1,2}}){_ORDINAL}(?![\w/-]))?{_YEAR.format('ny')}"
)
_DAY_FIRST = rf"(?:the\s+)?(?P<dd>\d{{1,2}}){_ORDINAL}[\s-]+(?:of\s+)?(?P<dm>{_MONTH})(?![a-z]){_YEAR.format('dy')}"
_SLASHED = r"(?P<um>\d{1,2})/(?P<ud>\d{1,2})(?:/(?P<uy>\d{4}|\d{2}))?(?![\w/-])"
_DATE = re.compile(rf"(?<![\w-]){_WEEKDAY}(?:{_ISO_DATE}|{_MONTH_FIRST}|{_DAY_FIRST}|{_SLASHED})", re.I)


def _day(year: str | None, month: str, day: str, instant: str | None = None) -> DayMention | None:
    number = int(month) if month.isdigit() else _MONTH_NAMES.index(month[:3].lower()) + 1
    full = None if year is None else int(year) if len(year) == 4 else 2000 + int(year)
    try:
        date(full or 2024, number, int(day))
    except ValueError:
        return None
    return DayMention(full, number, int(day), instant)


def _instant(day: str, time: str | None) -> str | None:
    """A timestamp marked as UTC in the form that the clock reads; None for local times and bare days."""
    if not time or not time.endswith(("Z", "z", "UTC")):
        return None
    found = re.match(r"[T ](\d{2}):(\d{2})(?::(\d{2}))?", time, re.I)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59 or int(found[3] or 0) > 59:
        return None
    return f"{day}T{found[1]}:{found[2]}:{found[3] or '00'}Z"


def days(reading: Reading) -> list[Mention]:
    """Calendar days; the key is a DayMention. `Nov 3-5` names both ends."""
    if "days" in reading.notes:
        return cast(list[Mention], reading.notes["days"])
    found: list[Mention] = []
    for match in _DATE.finditer(reading.text):
        start, end = match.span()
        read: list[DayMention | None] = []
        if match["im"]:
            written = _day(match["iy"], match["im"], match["id"])
            if written is not None:
                iso = f"{written.year}-{written.month:02}-{written.day:02}"
                read = [DayMention(written.year, written.month, written.day, _instant(iso, match["time"]))]
        elif match["nm"]:
            read = [_day(match["ny"], match["nm"], match["nd"])]
            if match["nd2"]:
                read.append(_day(match["ny"], match["nm"], match["nd2"]))
        elif match["dm"]:
            read = [_day(match["dy"], match["dm"], match["dd"])]
        else:
            read = [_day(match["uy"], match["um"], match["ud"])]
        spans = [(start, end)] if len(read) < 2 else [(start, match.start("nd2") - 1), (match.start("nd2"), end)]
        found += [Mention(*span, day) for span, day in zip(spans, read, strict=False) if day is not None]
    reading.notes["days"] = found
    return found


_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBER_WORDS = {word: place for place, word in enumerate(_ONES)} | {w: 20 + 10 * i for i, w in enumerate(_TENS)}
_ONE_TO_NINE = "|".join(_ONES[1:10])
_TENS_WORD = rf"(?:{'|'.join(_TENS)})(?:[ -](?:{_ONE_TO_NINE}))?"
_SPELLED = (
    rf"(?:(?:{_ONE_TO_NINE}|a)[ -]hundred(?:(?: and)? (?:{_TENS_WORD}|{'|'.join(_ONES[:0:-1])}))?"
    rf"|{_TENS_WORD}|{'|'.join(_ONES[::-1])}|a dozen)"
)
_RANGE = r"(?<![\w.,$€£#/:@-])(?P<low>\d{1,3})\s?[-–]\s?(?P<high>\d{1,3})(?![\w/.-]\d|[\d/])(?=\s|[a-z%])"
_DIGIT_NUMBER = (
    r"(?<![\w.,$€£#/:@])(?<!\d-)(?<![a-z]-)(?P<digits>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)"
    r"(?![\d:/]|[.,]\d|-\d|(?:st|nd|rd|th)\b)(?P<suffix>%|[a-z]+)?(?!\w)"
)
_WORD_NUMBER = (
    rf"(?<![\w-])(?<!the )(?<!this )(?<!that )(?<!which )(?<!no )(?P<words>{_SPELLED})(?!\w)"
    r"(?! of (?:the|these|those|our|your)\b)"
)
_NO_NUMBER = r"(?<![\w-])(?P<none>no|none|nil)(?= (?![|(]))|(?:(?<=: )|(?<=\| ))(?P<empty>none|nil)(?=$|[.,;)\n]| [|(])"
_NUMBER = re.compile(rf"{_RANGE}|{_DIGIT_NUMBER}|{_WORD_NUMBER}|{_NO_NUMBER}", re.I | re.M)


Certainty = Literal["sure", "weak", "hedged"]


@dataclass(frozen=True, slots=True)
class Count:
    """A bare number; `suffix` is a unit written right behind it (650W), `hedged` marks an end of a range.

    `aside` is a "one" that may be an article ("one card only comes back in December") and no count. `none` is a "no"
    in front of what is counted, `empty` a "none" behind its label or as a whole cell.
    """

    value: float
    start: int
    end: int
    suffix: str
    hedged: bool = False
    none: bool = False
    aside: bool = False
    empty: bool = False

    @property
    def certainty(self) -> Certainty:
        return "hedged" if self.hedged else "weak" if self.aside else "sure"


def _spelled(text: str) -> int:
    total = 0
    for word in re.split(r"[ -]", text.lower()):
        if word == "hundred":
            total *= 100
        elif word == "dozen":
            return 12
        elif word == "a":
            total = 1
        elif word != "and":
            total += _NUMBER_WORDS[word]
    return total


_PRONOUN_ONE = re.compile(
    r"\b(?:an?|another|the|this|that|which|each|every|any|no|my|your|our|his|her|their)\s+"
    r"(?:(?!(?:of|for|to|is|are|has|have|only|just|in|with|than)\b)[\w-]+\s+){0,2}$",
    re.I,
)
_COUNTING_ONE = re.compile(
    r"(?:^|[\n|:=(]|\b(?:only|just|exactly|precisely|is|are|was|were|have|has|had|hold|holds|held|contains?|gets?|leaves?|of"
    r"|for|ordered|bought|to|by|total|makes?|remains?|than|least|most|takes?|needs?|as)\b)\W*$",
    re.I,
)


def _one(text: str, start: int, end: int) -> Literal["count", "aside", "pronoun"]:
    """Whether "one" counts ("just one order"), stands for a noun ("a new one"), or may be an article."""
    before = text[max(0, start - 40) : start]
    if _PRONOUN_ONE.search(before):
        return "pronoun"
    return "count" if _COUNTING_ONE.search(before) else "aside"


_NUMBERING_HEADER = re.compile(r"\W*(?:#|no\.?|nr\.?|pos\.?|rank|row|line|step)?\W*$", re.I)


def _numbers_a_row(reading: Reading, start: int) -> bool:
    """Whether a number is the running number of a table row: alone in the first cell, under `#` or nothing."""
    sentence = reading.sentence_at(start)
    if sentence.unit.kind != "row" or start != sentence.start or not sentence.unit.header:
        return False
    first = sentence.text.split(" | ", 1)[0]
    return first.strip(" .)").isdigit() and _NUMBERING_HEADER.match(sentence.unit.header[0]) is not None


def _enumerates(text: str, start: int, end: int) -> bool:
    """Whether a number is a list mark: "1) the board", and "(1) the board" at the head of a line or sentence."""
    if text[end : end + 1] != ")":
        return False
    line = text.rfind("\n", 0, start) + 1
    opened = text.rfind("(", line, start)
    if opened <= text.rfind(")", line, start):
        return True
    return opened == start - 1 and not re.search(r"[\w*]\s*\($", text[line:start])


_NAME_BEFORE = re.compile(r"(?<![\w'-])([A-Z][\w'-]*)\s(?:&\s)?$")
_NO_NAME = re.compile(
    r"(?:the|an?|and|or|of|in|on|at|to|for|with|by|from|only|just|exactly|about|total|all|our|your|his|her|their|its|my|i|we"
    r"|you|they|he|she|it|there|this|that|these|those|is|are|was|were|has|have|had|do|does|did|can|will|if|but|so|than|last"
    r"|next|first|over|under|after|before)",
    re.I,
)
_NAME_BEHIND = re.compile(r"\s(?:&\s)?[A-Z][a-z]")
_OPENS_TEXT = re.compile(r"(?:^|[\n:|.!?(\"])\W*$")


def _in_a_name(reading: Reading, start: int, end: int) -> bool:
    """Whether a number word is part of a capitalised name ("Hale Nine", "the Seven Dials keyboard")."""
    text = reading.text
    if not text[start].isupper() or text[start + 1].isupper():
        return False
    before = text[max(0, start - 40) : start]
    if _OPENS_TEXT.search(before) or reading.sentence_at(start).start == start:
        return False
    name = _NAME_BEFORE.search(before)
    if name is not None and not _NO_NAME.fullmatch(name[1]):
        return True
    return reading.sentence_at(start).unit.kind != "heading" and _NAME_BEHIND.match(text, end) is not None


def counts(reading: Reading) -> list[Count]:
    """Bare numbers: neither money, dates, times nor parts of ids."""
    if "counts" in reading.notes:
        return cast(list[Count], reading.notes["counts"])
    taken = sorted((m.start, m.end) for m in (*amounts(reading), *days(reading)))
    found: list[Count] = []
    place = 0
    for match in _NUMBER.finditer(reading.text):
        start, end = match.span()
        while place < len(taken) and taken[place][1] <= start:
            place += 1
        if place < len(taken) and taken[place][0] < end:
            continue
        if match["digits"] and (
            _numbers_a_row(reading, start) or _enumerates(reading.text, start, match.end("digits"))
        ):
            continue
        if match["low"]:
            found += [Count(float(match[g]), *match.span(g), "", hedged=True) for g in ("low", "high")]
        elif match["digits"]:
            value = float(match["digits"].replace(",", ""))
            found.append(Count(value, start, match.end("digits"), (match["suffix"] or "").lower()))
        elif match["words"]:
            if _in_a_name(reading, start, end):
                continue
            if match["words"].lower() == "one" and (said := _one(reading.text, start, end)) != "count":
                if said == "aside":
                    found.append(Count(1.0, start, end, "", aside=True))
                continue
            found.append(Count(float(_spelled(match["words"])), start, end, ""))
        else:
            found.append(Count(0.0, start, end, "", none=True, empty=match["empty"] is not None))
    reading.notes["counts"] = found
    return found


@lru_cache(maxsize=512)
def _unit_pattern(units: tuple[str, ...]) -> re.Pattern[str]:
    parts: list[str] = []
    for unit in units:
        short = len(unit) < 3 or not unit[-1].isalpha()
        parts.append(name_pattern(unit if short else unit.rstrip("*") + "*"))
    return re.compile("|".join(parts))


_LABEL_GAP = re.compile(r"(?:s|es)?(?: [\w-]+){0,2}\W{0,3}(?:[:=]| \| )\W{0,3}")
_SUM = re.compile(r"[\w)]\s*=\s*$")
_BREAKS = re.compile(r"[;|]|[.!?] |\bbut\b")


def counted(reading: Reading, units: tuple[str, ...]) -> list[tuple[Mention, Certainty]]:
    """Numbers that count the given unit, with how certain that is; all numbers without units.

    Each unit word belongs to the number right behind its colon or in the next cell, else to the one up to four words
    before it, else to the one up to four words behind it.
    A row, bullet or sentence that holds the unit word (or whose column header does) gives it to its only number, and
    to one behind an equals sign.
    """
    numbers = counts(reading)
    if not units:
        return [(Mention(n.start, n.end, n.value), n.certainty) for n in numbers if not n.none and not n.suffix]
    pattern = _unit_pattern(units)
    own = {normalise(unit).lower() for unit in units}
    labels: set[int] = set()
    chosen: dict[int, Count] = {n.start: n for n in numbers if n.suffix and n.suffix in own}
    plain = [n for n in numbers if not n.suffix]
    starts = [n.start for n in plain]
    held = Counter(reading.sentence_at(n.start).start for n in numbers if (n.empty or not n.none) and not n.aside)
    for word in pattern.finditer(reading.lower):
        place = bisect_right(starts, word.start())
        if place and word.start() < plain[place - 1].end:
            continue
        if word.group() in own and not word.group().endswith("s") and reading.text[word.end() : word.end() + 1] == " ":
            labels.add(word.end() + 1)  # "ticket 4" is a name
        claimed = _claimed(reading, plain, place, *word.span())
        chosen.update((n.start, n) for n in claimed if n.start not in labels)
    for number in plain:
        if number.start in chosen or number.start in labels or (number.none and not number.empty):
            continue
        sentence = reading.sentence_at(number.start)
        if pattern.search(column_header(sentence, number.start).lower()):
            chosen[number.start] = number
            continue
        if number.none:
            continue
        alone = held[sentence.start] == 1 or _SUM.search(reading.text, sentence.start, number.start)
        if alone and pattern.search(surroundings(reading, number.start)):
            chosen[number.start] = number
    for left, right in pairwise(n for n in plain if not n.none):
        if (left.start in chosen) != (right.start in chosen) and left.value != right.value:
            first, second = (Mention(n.start, n.end, n.value) for n in (left, right))
            if right.start - left.end <= 40 and open_between(reading, first, second, "count"):
                chosen |= {n.start: replace(n, hedged=True) for n in (left, right)}
    return [(Mention(n.start, n.end, n.value), n.certainty) for _, n in sorted(chosen.items())]


def _near(text: str) -> bool:
    return len(text) <= 80 and len(text.split()) <= 4 and "\n" not in text and not _BREAKS.search(text)


def _claimed(reading: Reading, numbers: Sequence[Count], place: int, start: int, end: int) -> list[Count]:
    """Numbers that a unit word belongs to; `place` is the index of the first number behind it."""
    after = numbers[place] if place < len(numbers) else None
    if after is not None and (after.empty or not after.none):
        in_brackets = reading.text[end : after.start] in (" (", "s (") and reading.text[after.end] == ")"
        if in_brackets or _LABEL_GAP.fullmatch(reading.text, end, after.start):
            return [after]
    before = numbers[max(0, place - 2) : place]
    if before and _near(reading.text[before[-1].end : start]):
        return [n for n in before if n is before[-1] or (n.hedged and before[-1].hedged)]
    if after is not None and not after.none and _near(reading.text[end : after.start]):
        return [after]
    return []


@dataclass(frozen=True)
class Named:
    """An entity to look for: its id and its other names."""

    id: str
    aliases: tuple[str, ...] = ()


_SHORT_FORM = re.compile(r"[a-z]+-(\d{6}-\d{3})$")
_ID_END = re.compile(r"(?:[a-z0-9]|[-_][a-z0-9])", re.I)


@lru_cache(maxsize=4096)
def _id_parts(text: str) -> tuple[str, ...]:
    return tuple(re.split(r"[-_\s]+", text.lower()))


@lru_cache(maxsize=4096)
def _id_probe(text: str) -> str:
    return max(_id_parts(text), key=len)


@lru_cache(maxsize=4096)
def _id_pattern(text: str) -> re.Pattern[str]:
    joined = (
        r"[-_ ]".join(re.escape(part) for part in _id_parts(text))
        if re.search(r"\d", text)
        else re.escape(text.lower())
    )
    return re.compile(joined)


def _spans(reading: Reading, entity: Named) -> list[tuple[int, int]]:
    lower = reading.lower
    spans: list[tuple[int, int]] = []
    short = _SHORT_FORM.match(entity.id.lower())
    for text in (entity.id, *((short[1],) if short else ())):
        if _id_probe(text) not in lower:
            continue
        for match in _id_pattern(text).finditer(lower):
            start, end = match.span()
            left = lower[start - 1] if start else " "
            if not (left.isalnum() or left in "-_") and not _ID_END.match(lower, end):
                spans.append((start, end))
    for alias in entity.aliases:
        spans += find_phrase(reading, alias)
    return spans


def mentioned(reading: Reading, wanted: Sequence[Named]) -> list[Mention]:
    """Mentions of the entities in order; of overlapping ones the longest counts."""
    found = [Mention(start, end, named.id) for named in wanted for start, end in _spans(reading, named)]
    return longest(found)


def longest(mentions: Sequence[Mention]) -> list[Mention]:
    """Drops mentions that overlap a longer one; in order of the text."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -(m.end - m.start))):
        if kept and mention.start < kept[-1].end:
            if mention.end - mention.start > kept[-1].end - kept[-1].start:
                kept[-1] = mention
            continue
        kept.append(mention)
    return kept


def in_places(reading: Reading, mentions: Sequence[Mention], near: tuple[str, ...]) -> list[bool]:
    """Which mentions stand in a sentence, bullet or row with one of the `near` words; all when there are none."""
    if not near:
        return [True] * len(mentions)
    pattern = word_prefixes(near)
    return [pattern.search(surroundings(reading, mention.start)) is not None for mention in mentions]


_FARTHEST_ROLE = 10
_ROLE_END = re.compile(r"[;|]|[.!?] ")


def _reaches(gap: str, unit_kind: str) -> bool:
    """Whether a role word reaches a value over the text between them."""
    cells = 1 if unit_kind == "row" else 0
    ends = len(_ROLE_END.findall(gap)) - (cells if " | " in gap else 0)
    return ends <= 0 and len(gap.split()) <= _FARTHEST_ROLE


def belonging(reading: Reading, judged: Sequence[tuple[Mention, Standing]], role: tuple[str, ...]) -> list[bool]:
    """Which values belong to one of the `role` words: each word takes the first asserted value behind it in its
    sentence, else the last in front of it, with what is said in passing on the way. A column header, a row's first
    cell or the label above that holds such a word owns all of its values; so does the sentence before for a sentence
    without such a word ("It was ...")."""
    pattern = word_prefixes(role)
    owned: list[bool] = []
    by_sentence: dict[int, list[int]] = {}
    for place, (mention, _) in enumerate(judged):
        by_sentence.setdefault(reading.sentence_at(mention.start).start, []).append(place)
    taken: set[int] = set()
    for start, places in by_sentence.items():
        sentence = reading.sentence_at(start)
        for word in pattern.finditer(reading.lower, start, sentence.end):
            behind = [p for p in places if judged[p][0].start >= word.end()]
            before = [p for p in reversed(places) if judged[p][0].end <= word.start()]
            if not _takes(reading, judged, word.end(), behind, taken):
                _takes(reading, judged, word.start(), before, taken)
    for place, (mention, _) in enumerate(judged):
        sentence = reading.sentence_at(mention.start)
        labels = [*sentence.unit.labels[-1:], column_header(sentence, mention.start)]
        if sentence.unit.kind == "row":
            labels.append(sentence.text.split(" | ", 1)[0])
        elsewhere = pattern.search(reading.lower, sentence.start, sentence.end) is None
        owned.append(
            place in taken
            or any(pattern.search(label.lower()) for label in labels)
            or (elsewhere and pattern.search(surroundings(reading, mention.start)) is not None)
        )
    return owned


def _takes(
    reading: Reading,
    judged: Sequence[tuple[Mention, Standing]],
    edge: int,
    places: Sequence[int],
    taken: set[int],
) -> bool:
    """Lets a role word that ends or starts at `edge` take from the values on that side of it, the nearest first."""
    for place in places:
        mention, standing = judged[place]
        forward = mention.start >= edge
        gap = reading.text[edge : mention.start] if forward else reading.text[mention.end : edge]
        if not _reaches(gap, reading.sentence_at(mention.start).unit.kind):
            return False
        depth = gap.count("(") - gap.count(")")
        if (depth < 0) or standing == "denied":
            continue
        taken.add(place)
        if standing != "weak":
            return True
    return False


def phrase_standings(
    reading: Reading, phrases: Sequence[str], near: tuple[str, ...] = ()
) -> list[tuple[Mention, Standing]]:
    """Mentions of any of the phrases with their standing."""
    found = [Mention(s, e, phrase) for phrase in phrases for s, e in find_phrase(reading, phrase)]
    found.sort(key=lambda m: (m.start, m.end))
    places = in_places(reading, found, near)
    kept = [mention for mention, here in zip(found, places, strict=True) if here]
    return list(zip(kept, standings(reading, kept, Rules("phrase")), strict=True))
