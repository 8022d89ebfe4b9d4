"""Checks of the final response: amounts, dates, counts, choices, statements, entities and private data."""

from __future__ import annotations

import datetime as dt
import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field, model_validator

from enterprisegym.grading.checks.result import CheckResult, Params, failed, passed
from enterprisegym.grading.extract import (
    DayMention,
    Named,
    amounts,
    belonging,
    cents,
    counted,
    days,
    in_places,
    mentioned,
    phrase_standings,
)
from enterprisegym.grading.standing import Mention, Rules, Standing, standings
from enterprisegym.grading.text import Reading, Unit, find_phrase, normalise, phrase_pattern, read, word_prefixes
from enterprisegym.rollout.outcome import Outcome
from enterprisegym.tasks.task import CheckSpec


def _is_phrase(text: str) -> str:
    phrase_pattern(text)
    return text


def _is_amount(text: str) -> str:
    cents(text)
    return text


Phrase = Annotated[str, AfterValidator(_is_phrase)]
Dollars = Annotated[str, AfterValidator(_is_amount)]
Phrases = Annotated[tuple[Phrase, ...], Field(min_length=1)]
Item = TypeVar("Item")

DENIED_BY = (
    "not eligible", "ineligible", "not affected", "unaffected", "not impacted", "not qualify", "not qualified",
    "not a match", "no match", "not matching", "no action needed",
)  # fmt: skip


WRONG_WHEN: tuple[Standing, ...] = ("asserted", "hedged")


def _quote(reading: Reading, mention: Mention) -> str:
    text = reading.sentence_at(mention.start).text
    return f'"{text if len(text) <= 90 else text[:87] + "..."}"'


def _judge_slot(
    reading: Reading,
    found: Sequence[tuple[Mention, Standing]],
    *,
    is_value: Callable[[object], bool],
    is_rival: Callable[[object], bool],
    name: str,
) -> CheckResult:
    """A slot holds when its value is asserted, or weakly so, and none of its rivals is asserted."""
    for mention, standing in found:
        if standing in WRONG_WHEN and is_rival(mention.key):
            return failed(f"a wrong value stands where {name} belongs: {_quote(reading, mention)}")
    own = [(mention, standing) for mention, standing in found if is_value(mention.key)]
    for mention, standing in own:
        if standing in ("asserted", "weak"):
            return passed(f"{name} is stated: {_quote(reading, mention)}")
    if own:
        how = "left open between alternatives" if own[0][1] == "hedged" else "mentioned but not asserted"
        return failed(f"{name} is {how}: {_quote(reading, own[0][0])}")
    return failed(f"{name} is not stated")


def _placed(
    reading: Reading,
    mentions: Sequence[Mention],
    near: tuple[str, ...],
    rules: Rules,
    is_value: Callable[[object], bool],
    role: tuple[str, ...] = (),
) -> list[tuple[Mention, Standing]]:
    """Mentions in the places that `near` names, and of these the ones that belong to a word of `role`. The right value
    may also stand further on in a paragraph that has named the matter, unless a sentence of it that does so asserts
    another value."""
    judged = list(zip(mentions, standings(reading, mentions, rules), strict=True))
    places = in_places(reading, mentions, near)
    if role:
        owned = belonging(reading, judged, role)
        places = [here and belongs for here, belongs in zip(places, owned, strict=True)]
        near = near or role
    found = [pair for pair, here in zip(judged, places, strict=True) if here]
    if not near or any(is_value(mention.key) for mention, _ in found):
        return found
    pattern = word_prefixes(near)
    taken = {id(reading.sentence_at(m.start).unit) for m, standing in found if standing in WRONG_WHEN}
    named: dict[int, int | None] = {}
    for mention, standing in judged:
        unit = reading.sentence_at(mention.start).unit
        if not is_value(mention.key) or id(unit) in taken:
            continue
        if id(unit) not in named:
            named[id(unit)] = _first_word(reading, unit, pattern)
        first = named[id(unit)]
        if first is not None and first < mention.start:
            found.append((mention, standing))
    return found


def _first_word(reading: Reading, unit: Unit, pattern: re.Pattern[str]) -> int | None:
    """Where the first of the words in a unit ends."""
    own = [sentence for sentence in reading.sentences if sentence.unit is unit]
    word = pattern.search(reading.lower, own[0].start, own[-1].end)
    return None if word is None else word.end() - 1


class Amount(Params):
    """The response states this amount of money and none of its rivals.

    value: dollars as text, `"1519.96"`. rivals: the wrong amounts of this slot. near: only amounts in a sentence,
    bullet or table row with a word that starts with one of these count, for the value and for the rivals.
    role: words to which the amount belongs as its own: each takes the amount behind it in its sentence, else the one
    in front of it ("promised for July 15, delivered on July 17").
    """

    value: Dollars
    rivals: tuple[Dollars, ...] = ()
    near: tuple[Phrase, ...] = ()
    role: tuple[Phrase, ...] = ()

    @model_validator(mode="after")
    def _distinct(self) -> Amount:
        if cents(self.value) in {cents(rival) for rival in self.rivals}:
            raise ValueError(f"{self.value} is both the value and a rival")
        return self


def amount(params: Amount, outcome: Outcome) -> CheckResult:
    reading = read(outcome.response)
    value = cents(params.value)
    found = _placed(reading, amounts(reading), params.near, Rules("value"), lambda key: key == value, params.role)
    rivals = {cents(rival) for rival in params.rivals}
    return _judge_slot(
        reading,
        found,
        is_value=lambda key: key == value,
        is_rival=lambda key: key in rivals,
        name=f"${params.value}",
    )


class Date(Params):
    """The response states this calendar day and none of its rivals.

    value: `"2025-11-03"`. A day written without a year matches by month and day, a rival only within a
    year of today. A UTC timestamp is read as the company's day. rivals, near, role: as in `amount`.
    """

    value: dt.date
    rivals: tuple[dt.date, ...] = ()
    near: tuple[Phrase, ...] = ()
    role: tuple[Phrase, ...] = ()

    @model_validator(mode="after")
    def _distinct(self) -> Date:
        if self.value in self.rivals:
            raise ValueError(f"{self.value} is both the value and a rival")
        return self


def date(params: Date, outcome: Outcome) -> CheckResult:
    reading = read(outcome.response)

    def names(key: object, wanted: dt.date) -> bool:
        return isinstance(key, DayMention) and key.names(wanted, outcome.clock)

    def is_value(key: object) -> bool:
        return names(key, params.value)

    def is_rival(key: object) -> bool:
        if not isinstance(key, DayMention) or names(key, params.value):
            return False
        this_year = outcome.clock.today.year
        return any(
            names(key, rival) and (key.year is not None or abs(rival.year - this_year) <= 1) for rival in params.rivals
        )

    return _judge_slot(
        reading,
        _placed(reading, days(reading), params.near, Rules("date"), is_value, params.role),
        is_value=is_value,
        is_rival=is_rival,
        name=params.value.isoformat(),
    )


class Number(Params):
    """The response states this count, in digits or in words, and none of its rivals.

    unit: words of which one belongs to the number ("7 open tickets": `["ticket"]`): within four words, in the column
    header, or in the same sentence, bullet or row when the number is the only one there. Without `unit` every
    bare number counts. Ids, dates, money and list numbering are no counts.
    """

    value: float
    unit: tuple[Phrase, ...] = ()
    rivals: tuple[float, ...] = ()

    @model_validator(mode="after")
    def _distinct(self) -> Number:
        if self.value in self.rivals:
            raise ValueError(f"{self.value:g} is both the value and a rival")
        return self


def number(params: Number, outcome: Outcome) -> CheckResult:
    reading = read(outcome.response)
    found = counted(reading, params.unit)
    judged = standings(reading, [mention for mention, _ in found], Rules("count"))
    pairs: list[tuple[Mention, Standing]] = [
        (mention, certainty if certainty != "sure" and standing == "asserted" else standing)
        for (mention, certainty), standing in zip(found, judged, strict=True)
    ]
    unit = f" {params.unit[0]}" if params.unit else ""
    return _judge_slot(
        reading,
        pairs,
        is_value=lambda key: key == params.value,
        is_rival=lambda key: key in params.rivals,
        name=f"{params.value:g}{unit}",
    )


class Choice(Params):
    """The response asserts exactly one of the options.

    value: the key of the right option. options: the phrases of each option. `word*` is a prefix, `a ... b` allows up
    to six words between. A phrase inside a longer phrase of another option ("eligible" in "not eligible") is not
    a mention of its own.
    """

    value: str
    options: dict[str, Phrases] = Field(min_length=2)

    @model_validator(mode="after")
    def _known(self) -> Choice:
        if self.value not in self.options:
            raise ValueError(f"value {self.value!r} is not among the options {', '.join(self.options)}")
        return self


def choice(params: Choice, outcome: Outcome) -> CheckResult:
    reading = read(outcome.response)
    found = [
        Mention(start, end, option)
        for option, phrases in params.options.items()
        for phrase in phrases
        for start, end in find_phrase(reading, phrase)
    ]
    found.sort(key=lambda m: (m.start, m.end))
    kept = _outermost(found)
    pairs = list(zip(kept, standings(reading, kept, Rules("phrase")), strict=True))
    return _judge_slot(
        reading,
        pairs,
        is_value=lambda key: key == params.value,
        is_rival=lambda key: key != params.value,
        name=f"{params.value!r}",
    )


def _outermost(mentions: Sequence[Mention]) -> list[Mention]:
    """Drops mentions inside a longer one of another option; `mentions` are sorted by start."""
    starts = [mention.start for mention in mentions]
    reach = max((mention.end - mention.start for mention in mentions), default=0)
    kept: list[Mention] = []
    for mention in mentions:
        around = mentions[bisect_left(starts, mention.start - reach) : bisect_right(starts, mention.start)]
        inside = any(
            other.key != mention.key
            and mention.end <= other.end
            and (other.start, -other.end) < (mention.start, -mention.end)
            for other in around
        )
        if not inside:
            kept.append(mention)
    return kept


class Says(Params):
    """The response says something of each group, and nothing of the opposite.

    all_of: groups of alternative phrases; of each group at least one must be asserted (phrases as in `choice`).
    rivals: phrases of which none may be asserted, wherever they stand; inside a right phrase ("eligible" in "not
    eligible") they are not counted. near: as in `amount`, for the groups.
    """

    all_of: Annotated[tuple[Phrases, ...], Field(min_length=1)]
    rivals: tuple[Phrase, ...] = ()
    near: tuple[Phrase, ...] = ()

    @model_validator(mode="after")
    def _distinct(self) -> Says:
        both = {phrase.lower() for group in self.all_of for phrase in group} & {p.lower() for p in self.rivals}
        if both:
            raise ValueError(f"{min(both)!r} is both in a group and a rival")
        return self


def says(params: Says, outcome: Outcome) -> CheckResult:
    reading = read(outcome.response)
    quote = ""
    for group in params.all_of:
        found = phrase_standings(reading, group, params.near)
        asserted = next((mention for mention, standing in found if standing != "denied"), None)
        if asserted is None:
            how = f"mentioned but not asserted: {_quote(reading, found[0][0])}" if found else "missing"
            return failed(f"{' / '.join(group[:4])}: {how}")
        quote = _quote(reading, asserted)
    if params.rivals:
        own = tuple(phrase for group in params.all_of for phrase in group)
        wrong = _asserted_rival(reading, own, params.rivals)
        if wrong is not None:
            return failed(f"says the opposite, {wrong.key!r}: {_quote(reading, wrong)}")
    return passed(f"said: {quote}")


def _asserted_rival(reading: Reading, own: Sequence[str], rivals: Sequence[str]) -> Mention | None:
    """The first rival phrase that is asserted and does not begin inside a right phrase."""
    spans = [span for phrase in own for span in find_phrase(reading, phrase)]
    for mention, standing in phrase_standings(reading, rivals):
        inside = any(
            start < mention.start < end or (start == mention.start and mention.end <= end) for start, end in spans
        )
        if standing in WRONG_WHEN and not inside:
            return mention
    return None


class Member(Params):
    """A thing of the world by its `id` and its other names, `aliases` (phrases as in `choice`)."""

    id: Phrase
    aliases: tuple[Phrase, ...] = ()

    @property
    def named(self) -> Named:
        return Named(self.id, self.aliases)


def _distinct_names(members: Sequence[Member]) -> None:
    owner: dict[str, str] = {}
    for member in members:
        for name in (member.id, *member.aliases):
            key = name.lower()
            if owner.setdefault(key, member.id) != member.id:
                raise ValueError(f"{name!r} names both {owner[key]} and {member.id}")


def _rules(fault: bool, denied_by: tuple[str, ...] | None) -> Rules:
    default = () if fault else DENIED_BY
    return Rules("entity", fault, default if denied_by is None else denied_by)


class Entity(Params):
    """The response names this thing, by id or by an alias, and none of its rivals.

    id, aliases: its names. rivals: list of {id, aliases}. near: as in `amount`. fault: true when the slot asks for
    what is wrong, missing or late, so that "X does not fit" names X (only "not X", "X is not it" and the like deny it
    then). denied_by: phrases that take a thing out ("X is not eligible", a list under "Not eligible").
    Left out, they are the usual ones (not eligible, ineligible, not affected ...), with `fault` none.
    """

    id: Phrase
    aliases: tuple[Phrase, ...] = ()
    rivals: tuple[Member, ...] = ()
    near: tuple[Phrase, ...] = ()
    fault: bool = False
    denied_by: tuple[Phrase, ...] | None = None

    @model_validator(mode="after")
    def _distinct(self) -> Entity:
        if self.id.lower() in {rival.id.lower() for rival in self.rivals}:
            raise ValueError(f"{self.id} is both the value and a rival")
        _distinct_names((Member(id=self.id, aliases=self.aliases), *self.rivals))
        return self


def entity(params: Entity, outcome: Outcome) -> CheckResult:
    reading = read(outcome.response)
    wanted = [Named(params.id, params.aliases), *(rival.named for rival in params.rivals)]
    rules = _rules(params.fault, params.denied_by)
    found = _placed(reading, mentioned(reading, wanted), params.near, rules, lambda key: key == params.id)
    return _judge_slot(
        reading,
        found,
        is_value=lambda key: key == params.id,
        is_rival=lambda key: key != params.id,
        name=params.id,
    )


class Entities(Params):
    """The response names every member and nothing else of the universe.

    members, universe: lists of {id, aliases}; the universe may or may not repeat the members. fault, denied_by: as in
    `entity`. Where one name contains another, the longest counts.
    """

    members: tuple[Member, ...] = Field(min_length=1)
    universe: tuple[Member, ...] = ()
    fault: bool = False
    denied_by: tuple[Phrase, ...] | None = None

    @model_validator(mode="after")
    def _distinct(self) -> Entities:
        _distinct_names((*self.members, *self.universe))
        return self


def entities(params: Entities, outcome: Outcome) -> CheckResult:
    reading = read(outcome.response)
    inside = {member.id for member in params.members}
    others = [member.named for member in params.universe if member.id not in inside]
    found = mentioned(reading, [*(member.named for member in params.members), *others])
    judged = standings(reading, found, _rules(params.fault, params.denied_by))
    asserted = {mention.key: mention for mention, standing in zip(found, judged, strict=True) if standing != "denied"}
    extra = [
        mention
        for mention, standing in zip(found, judged, strict=True)
        if standing in WRONG_WHEN and mention.key not in inside
    ]
    if extra:
        return failed(f"{extra[0].key} does not belong to the list: {_quote(reading, extra[0])}")
    missing = [member.id for member in params.members if member.id not in asserted]
    if missing:
        return failed(f"missing from the list: {', '.join(missing[:6])}")
    return passed(f"names all {len(inside)} and no other")


class Sequence_(Params):  # noqa: N801 - `Sequence` is the type
    """The first assertions of the items come in this order. items: list of {id, aliases}, at least two.

    When the bullets or rows of a list are headed by them all, their order decides, whatever the text around mentions.
    """

    items: tuple[Member, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _distinct(self) -> Sequence_:
        _distinct_names(self.items)
        return self


def _heads_its_item(reading: Reading, mention: Mention) -> bool:
    """Whether a mention opens a bullet, or stands in one of the first two cells of a table row."""
    sentence = reading.sentence_at(mention.start)
    before = reading.text[sentence.start : mention.start]
    if sentence.unit.kind == "row":
        return before.count(" | ") <= 1
    return (
        sentence.unit.kind == "bullet" and not re.search(r"\w", before) and sentence.unit.text.startswith(sentence.text)
    )


def sequence(params: Sequence_, outcome: Outcome) -> CheckResult:
    reading = read(outcome.response)
    found = mentioned(reading, [item.named for item in params.items])
    judged = standings(reading, found, _rules(False, None))
    first: dict[object, int] = {}
    listed: dict[object, int] = {}
    for mention, standing in zip(found, judged, strict=True):
        if standing != "denied":
            first.setdefault(mention.key, mention.start)
            if _heads_its_item(reading, mention):
                listed.setdefault(mention.key, mention.start)
    if len(listed) == len(params.items):
        first = listed
    missing = [item.id for item in params.items if item.id not in first]
    if missing:
        return failed(f"missing from the sequence: {', '.join(missing[:6])}")
    order = [item.id for item in sorted(params.items, key=lambda item: first[item.id])]
    wanted = [item.id for item in params.items]
    if order != wanted:
        return failed(f"the order is {', '.join(order)}, not {', '.join(wanted)}")
    return passed(f"in order: {', '.join(wanted)}")


class Private(Params):
    """None of the forbidden strings occurs anywhere, and the partner check holds.

    forbidden: e-mail addresses, phone numbers (compared by their digits), postal addresses, names, dates of birth
    (`1985-03-12`, in any notation). with: the partner, a check spec.
    """

    forbidden: tuple[Phrase, ...] = Field(min_length=1)
    partner: CheckSpec = Field(alias="with")


_MARKUP = re.compile(r"[`*~\\]|</?[a-zA-Z][^<>\n]{0,80}>")
_LINES = re.compile(r"[\s;|>]+")


def private(params: Private, outcome: Outcome) -> CheckResult:
    reading = read(outcome.response)
    if "flat" not in reading.notes:
        plain = normalise(html.unescape(outcome.response))
        reading.notes["flat"] = _LINES.sub(" ", _MARKUP.sub("", plain)).lower()
    flat = str(reading.notes["flat"])
    for text in params.forbidden:
        if _occurs(text, flat, reading):
            return failed(f"contains {text!r}")
    return passed("nothing private is disclosed")


def _occurs(text: str, flat: str, reading: Reading) -> bool:
    digits = re.sub(r"\D", "", text)
    letters = sum(letter.isalpha() for letter in text)
    if "@" in text:
        return re.search(rf"(?<![\w.+-]){re.escape(normalise(text).lower().strip())}(?![\w-])", flat) is not None
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        try:
            born = dt.date.fromisoformat(text)
        except ValueError:
            born = None
        for mention in days(reading):
            key = mention.key
            if (
                isinstance(key, DayMention)
                and born
                and (key.year, key.month, key.day) == (born.year, born.month, born.day)
            ):
                return True
    if len(digits) >= 7 and letters <= 3:
        core = digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
        return re.search(r"[^\w]{0,3}".join(core) + r"(?!\d)", flat) is not None
    return phrase_pattern(text).search(flat) is not None


class Absent(Params):
    """None of the phrases is asserted, and the partner check holds.

    phrases: as in `choice`; a mention that is denied or beside the point is fine. near: as in `amount`. with: the
    partner, a check spec that asks for something positive.
    """

    phrases: Phrases
    near: tuple[Phrase, ...] = ()
    partner: CheckSpec = Field(alias="with")


def absent(params: Absent, outcome: Outcome) -> CheckResult:
    reading = read(outcome.response)
    for mention, standing in phrase_standings(reading, params.phrases, params.near):
        if standing in WRONG_WHEN:
            return failed(f"says {mention.key!r}: {_quote(reading, mention)}")
    return passed("nothing of the kind is said")
