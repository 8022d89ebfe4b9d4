"""Whether a mention is asserted: denials, claims of others, conditions, questions and either-or in its clause.

Sentences have no grammar here, only cues with a reach. A cue before a mention (not, rather than, you wrote, if ...)
reaches to the end of its clause; a cue behind it (... is not, ... is wrong) reaches back over a few words.
Clauses end at `;`, dashes, colons, table cells, most commas, and before words such as `but`, `because`, `and we`.
A negation inside a noun phrase (`without a scan`, `that never light`, `never-lit`) reaches no further than that phrase.

Some mentions are `weak`: said beside the point (a list price, a UTC day, `would have been`, what a rule's condition
names, what a customer reported and nobody contradicts). A weak mention is enough for the right value when no wrong one
is asserted, and is never held against an answer.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from enterprisegym.grading import cues
from enterprisegym.grading.text import Reading, Sentence, column_header, is_inventory, phrase_pattern

Kind = Literal["value", "count", "date", "phrase", "entity"]
Standing = Literal["asserted", "weak", "hedged", "denied"]
Denial = Literal["no", "weak", "yes"]
VALUES = ("value", "count", "date")


@dataclass(frozen=True, slots=True)
class Mention:
    """A span of the reading's text that names `key` (an amount in cents, a date, an option, an entity's id)."""

    start: int
    end: int
    key: object


@dataclass(frozen=True)
class Rules:
    """How strictly an entity is denied: `fault` when the slot asks for what is wrong, so that negative statements
    name it; `denied_by` are phrases that take an entity out of a list."""

    kind: Kind
    fault: bool = False
    denied_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Cue:
    start: int
    end: int
    type: str
    reports: bool = False


@dataclass(frozen=True, slots=True)
class _Context:
    """What stands around a mention: the starts of mentions before it in its sentence, and the sentence behind."""

    earlier: Sequence[int]
    next: str


@dataclass(frozen=True, slots=True)
class _Clauses:
    """Cues and clause boundaries of one sentence; offsets are relative to the sentence."""

    cues: tuple[_Cue, ...]
    boundaries: tuple[tuple[int, str], ...]
    positions: tuple[int, ...]
    question_from: int | None
    quoted: tuple[tuple[int, int], ...]


@lru_cache(maxsize=4096)
def _clauses(text: str) -> _Clauses:
    found = tuple(
        _Cue(m.start(), m.end(), m.lastgroup or "", bool(m["report"]))
        for m in cues.PRE.finditer(text)
        if m.lastgroup != "no" or not _answers(text, *m.span())
    )
    boundaries = tuple((m.start(), m.lastgroup or "") for m in cues.BOUNDARY.finditer(text))
    quoted = tuple(m.span() for m in cues.QUOTED.finditer(text)) if '"' in text else ()
    positions = tuple(at for at, _ in boundaries)
    return _Clauses(found, boundaries, positions, _question_start(text, boundaries, quoted), quoted)


def _answers(text: str, start: int, end: int) -> bool:
    """Whether a "no" is an answer by itself with a remark behind it: "Eligible: No (outside the window)"."""
    return cues.NO_ALONE.match(text, end) is not None and cues.ANSWER_PLACE.search(text, 0, start) is not None


def _question_start(text: str, boundaries: Sequence[tuple[int, str]], quoted: Sequence[tuple[int, int]]) -> int | None:
    if not text.rstrip("\"')] ").endswith("?"):
        return None
    if cues.INTERROGATIVE.match(text) and not cues.NAME_FIRST.match(text):
        return 0
    if quoted and quoted[-1][1] == len(text.rstrip()):
        return quoted[-1][0]
    for at, type_ in reversed(boundaries):
        if type_ != "close":
            following = text[at:].lstrip(",;:—–-|( ")
            following = re.sub(r"^(?:and|so|but|then|or)\s+", "", following, flags=re.I)
            if cues.INTERROGATIVE.match(following):
                return at
    return 0


def _between(clauses: _Clauses, start: int, end: int) -> Iterator[tuple[int, str]]:
    for place in range(bisect_left(clauses.positions, start), len(clauses.boundaries)):
        boundary = clauses.boundaries[place]
        if boundary[0] >= end:
            return
        yield boundary


def _closed(text: str, clauses: _Clauses, cue: _Cue, start: int, kind: Kind) -> bool:
    """Whether a clause ends between a cue and a mention behind it."""
    if any(opened < cue.start and cue.end < closed <= start for opened, closed in clauses.quoted):
        return True
    if cue.type == "cond" and _statement_begins(text, cue, start):
        return True
    open_at: int | None = None
    for at, type_ in _between(clauses, cue.end, start):
        if type_ == "open":
            open_at = at
        elif type_ == "close":
            if open_at is None:
                return True
            open_at = None
        elif open_at is not None and type_ != "comma":
            continue
        elif type_ == "comma":
            if cue.type == "cond" and _ends_condition(text, cue, at):
                return True
            if (
                kind not in ("phrase", "entity")
                or cues.FINITE.search(text, at, start)
                or cues.OWN_CLAUSE.match(text, at + 1)
                or not cues.LIST_END.search(text, at)
            ):
                return True
        else:
            return True
    if open_at is None:
        return False
    if kind in VALUES and cues.EXPLAINS.fullmatch(text, open_at + 1, start):
        return True
    closing = text.find(")", open_at)
    return bool(cues.FINITE.search(text, open_at, closing if closing >= 0 else len(text)))


def _denied_before(text: str, clauses: _Clauses, span: tuple[int, int], rules: Rules, context: _Context) -> Denial:
    """Whether a cue in front of a mention takes it back, or sets it beside the point."""
    start, end = span
    negations: list[str] = []
    weak = False
    for cue in clauses.cues:
        if cue.end > start:
            break
        if _closed(text, clauses, cue, start, rules.kind):
            continue
        gap = text[cue.end : start]
        if cue.type in ("neg", "no", "without"):
            if rules.kind == "phrase" and cues.OWN_NEGATION.match(text, start) and cues.LISTED.search(gap):
                continue
            verdict = _negates(text, cue, gap, rules, context)
            if verdict == "yes":
                negations.append(cue.type)
        else:
            verdict = _sets_aside(text, cue, (start, end), rules, context)
            if verdict == "yes":
                return "yes"
        weak = weak or verdict == "weak"
    if negations and not ("without" in negations and len(negations) > 1):
        return "yes"
    return "weak" if weak else "no"


def _sets_aside(text: str, cue: _Cue, span: tuple[int, int], rules: Rules, context: _Context) -> Denial:
    """The cues that are no negations: claims, conditions, contrasts, remarks beside the point."""
    kind = rules.kind
    start, end = span
    gap = text[cue.end : start]
    others = any(cue.end <= other < start for other in context.earlier)
    near_value = kind in VALUES and not others and len(gap.split()) <= 8
    if cue.type == "claim":
        return _claims(text, cue, span, kind, context)
    if cue.type == "record":
        if cues.OLD.search(text, max(0, cue.start - 25), cue.start) or cues.REFUTED.search(text, end):
            return "yes"
        refuted = cues.BUT.search(text, end) or (text[end:].strip(" .") == "" and cues.BUT_NEXT.match(context.next))
        return "weak" if refuted else "no"
    if cue.type == "cond":
        word = text[cue.start : cue.end].lower()
        if word == "if" and kind == "phrase" and cues.OPTION.match(text, cue.end):
            return "weak"
        if (
            word != "whether"
            and kind in ("phrase", "entity")
            and _is_trailing_condition(text, _statement_start(text, cue.start), cue)
        ):
            return "weak"
        return "yes" if kind in ("phrase", "entity") or word == "whether" or cues.BELIEF.search(gap) else "no"
    if cue.type == "local":
        if kind == "phrase" and cues.EXCLUDES.match(text, cue.start):
            return "weak"
        return "yes" if not others and len(gap.split()) <= 8 else "no"
    if cue.type == "counter":
        if kind == "entity" or others or len(gap.split()) > 8:
            return "no"
        return (
            "yes"
            if cues.CONTRAST.search(text[: cue.start]) or cues.CONTRAST.search(_without_asides(text[end:]))
            else "weak"
        )
    if cue.type == "beside":
        return "weak" if near_value and len(gap.split()) <= 6 else "no"
    if cue.type == "wrong" and near_value and len(gap.split()) <= 3 and not cues.FINITE.search(gap):
        return "yes"
    return "no"


def _without_asides(text: str) -> str:
    return re.sub(r"\([^()]*\)", "", text)


def _claims(text: str, cue: _Cue, span: tuple[int, int], kind: Kind, context: _Context) -> Denial:
    """What somebody claims asserts nothing; what they report and nobody contradicts is taken up as a fact."""
    start, end = span
    if cues.RELATIVE_CLAIM.match(text, cue.end) or (kind == "date" and cues.WHEN_SAID.fullmatch(text, cue.end, start)):
        return "no"
    if not cue.reports or kind != "phrase":
        return "yes"
    contradicted = cues.BUT.search(text, end) or (text[end:].strip(" .") == "" and cues.BUT_NEXT.match(context.next))
    return "yes" if contradicted else "weak"


def _ends_condition(text: str, cue: _Cue, comma: int) -> bool:
    """Whether a comma ends the condition that opens a sentence: it is the last one, or an order or a statement follows
    ("If it comes anyway, refuse it or return it", "If it fails, we take it in, for repair")."""
    if not _opens(text, cue):
        return False
    if "," not in text[comma + 1 :] or cues.IMPERATIVE.match(text, comma + 1):
        return True
    return bool(cues.MAIN_CLAUSE.match(text, comma + 1)) and not cues.MORE_CONDITION.match(text, comma + 1)


def _opens(text: str, cue: _Cue) -> bool:
    return len(text[_statement_start(text, cue.start) : cue.start].split()) <= 1


def _statement_begins(text: str, cue: _Cue, position: int) -> bool:
    """Whether a condition that opens a sentence is over without a comma: "If it still fails we handle it"."""
    for speaker in cues.SPEAKER.finditer(text, cue.end, len(text)):
        if speaker.start() > position:
            break
        condition = text[cue.end : speaker.start()]
        if "," in condition:
            break
        if cues.CONDITION_WHOLE.match(condition) and not cues.CONDITION_GOES_ON.search(condition):
            return _opens(text, cue)
    return False


def _statement_start(text: str, position: int) -> int:
    """Where the sentence part in front of a position begins: behind the last `;`, dash or colon."""
    return max(text.rfind(mark, 0, position) for mark in (";", "—", " – ", " - ", ":")) + 1


def _is_trailing_condition(text: str, begin: int, cue: _Cue) -> bool:
    """Whether a condition closes a statement of what holds ("we keep a fee if ..."), so that it names the rule."""
    main = text[begin : cue.start]
    return (len(main.split()) >= 3 or bool(re.search(r"\d", main))) and not cues.ASKS_BACK.search(main)


def _negates(text: str, cue: _Cue, gap: str, rules: Rules, context: _Context) -> Denial:
    others = any(cue.end <= other < cue.end + len(gap) for other in context.earlier)
    if rules.kind == "entity":
        if cue.type == "no":
            return "yes" if cues.NO_ENTITY.match(gap) or len(gap.split()) <= 1 else "no"
        if cues.DIRECT.match(gap) or cues.LEAVES_OUT.match(gap):
            return "yes"
        return "yes" if not rules.fault and not cues.AFTER_NOT_EVENT.match(gap) and not others else "no"
    if cues.KEEPS.match(gap) or (cues.UNTIL.search(gap)):
        return "no"
    if _inside_noun_phrase(text, cue, gap):
        return "no"
    if rules.kind == "phrase" and cue.type == "no" and cues.PREPOSITION.search(text, 0, cue.start):
        return "no" if "," in gap or len(gap.split()) > 3 else "yes"
    if rules.kind == "phrase":
        cut = text[cue.start : cue.end].lower() == "no longer" or cues.ANY_MORE.search(text, cue.end)
        return "no" if cut and cues.STILL_NAMED.match(gap) else "yes"
    if cues.LIMIT_BEFORE.search(gap) or re.match(r"\s+yet\b", gap) or re.search(r"\byet\b", text[cue.end :]):
        return "no"
    if cue.type == "no":
        if cues.PREPOSITION.search(text, 0, cue.start):
            return "yes" if len(gap.split()) <= 4 else "no"
        return "weak" if cues.FINITE_VERB.search(gap) else "yes"
    return "yes"


def _inside_noun_phrase(text: str, cue: _Cue, gap: str) -> bool:
    """Whether a negation belongs to a phrase that ends before the mention: `without a scan were ...`, `that never
    light count ...`."""
    if cue.type == "without":
        return len(gap.split()) > 5 or cues.FINITE_VERB.search(gap) is not None
    if cue.type == "neg" and cues.RELATIVE.search(text, max(0, cue.start - 14), cue.start):
        return len(gap.split()) > 3 or cues.FINITE_VERB.search(gap) is not None
    return False


def _denied_behind(text: str, clauses: _Clauses, span: tuple[int, int], rules: Rules) -> Denial:
    """Whether what follows a mention in its clause takes it back."""
    start, end = span
    if cues.RELATIVE_DENIAL.match(text, end):
        return "yes"
    stop = len(text)
    open_at: int | None = None
    for at, type_ in _between(clauses, end, len(text)):
        if type_ == "open":
            open_at = at
        elif type_ == "close" and open_at is not None:
            open_at = None
        elif open_at is None:
            stop = at
            break
    if rules.kind == "entity":
        stop = min([stop, *(opened for opened, _ in clauses.quoted if opened >= end)])
    tail = text[end:stop]
    if "(" in tail:
        tail = _without_asides(tail)
    if len(tail) < 6:
        return "no"
    if rules.kind == "entity" and cues.POST_IDENTITY.match(tail):
        return "yes"
    found = cues.POST[rules.kind].match(tail)
    if found is None or (rules.kind in ("phrase", "entity") and cues.PLACE.search(text, 0, start)):
        return "no"
    if rules.kind == "entity":
        return "yes" if not rules.fault and not found["event"] else "no"
    if rules.kind == "phrase":
        named = found.group().lower().endswith(("not", "never", "excluded")) and (
            cues.ABOUT_IT.match(tail, found.end()) or cues.COVERED.search(tail, 0, found.end() + 12)
        )
        return "weak" if named else "yes"
    if rules.kind == "value" and cues.NOT_REFUNDED.match(tail, found.end()):
        return "weak"
    if re.search(r"\byet\b", tail):
        return "no"
    return "no" if rules.kind == "date" and cues.AFTER_NOT_EVENT.match(tail, found.end()) else "yes"


@lru_cache(maxsize=512)
def _membership(phrases: tuple[str, ...]) -> re.Pattern[str]:
    own = "|".join(phrase_pattern(phrase).pattern for phrase in phrases)
    return re.compile(rf"{cues.PREDICATE_START}(?:{cues.MEMBERSHIP}\b{'|' + own if own else ''})", re.I)


def _taken_out(sentence: Sentence, start: int, end: int, next_start: int, rules: Rules) -> bool:
    """Whether an entity's bullet, row or clause says that it is not in the list ("ord-...: excluded")."""
    text = sentence.text
    stop = min(next_start, len(text))
    for at, type_ in _between(_clauses(text), end, stop):
        if type_ == "strong" and text[at] in ";.!?":
            stop = at
            break
    if any(
        not cues.OWN_SUBJECT.search(text, end, end + found.start())
        for found in _membership(rules.denied_by).finditer(text[end:stop].lower())
    ):
        return True
    if sentence.unit.kind == "bullet" and text.startswith(("❌", "✗", "✘", "✖")) and not rules.fault:
        return True
    if sentence.unit.kind != "row":
        return False
    position = 0
    for cell in text.split(" | "):
        header = column_header(sentence, sentence.start + position)
        if cues.NO_CELL.match(cell) and not cues.FACT_HEADER.search(header):
            return True
        position += len(cell) + 3
    return False


@lru_cache(maxsize=1024)
def _label_denies(label: str, phrases: tuple[str, ...]) -> bool:
    if cues.CLAIM_LABEL.search(label):
        return True
    text = cues.SENTENCE_BEFORE.sub("", label.lower())
    if cues.WITH.search(text):
        return False
    return bool(cues.MEMBERSHIP_LABEL.search(text)) or any(phrase_pattern(p).search(text) for p in phrases)


def _groups(reading: Reading, mentions: Sequence[Mention], kind: Kind) -> Iterator[tuple[int, int, bool]]:
    """Runs of mentions joined by commas, and, or: (first, behind last, whether different ones are joined by `or`).

    Values in parentheses behind a value are how it was reached and no part of its run: "$89.00 ($100.00 less ...)"."""
    first = 0
    hedged = False
    for place in range(1, len(mentions) + 1):
        if place < len(mentions):
            left, right = mentions[place - 1], mentions[place]
            gap = reading.text[left.end : right.start]
            if len(gap) <= 80 and "\n" not in gap and left.end <= right.start:
                if kind in VALUES and open_between(reading, left, right, kind):
                    hedged = hedged or left.key != right.key
                    continue
                if kind == "entity" and cues.ASIDE_NAME.fullmatch(gap) and _of_several(reading, mentions, place):
                    hedged = hedged or (left.key != right.key and bool(cues.OR.search(gap)))
                    continue
                apart = kind in VALUES and "(" in gap
                if not apart and "|" not in gap and cues.GLUE.match(gap):
                    hedged = hedged or (left.key != right.key and bool(cues.OR.search(gap)))
                    continue
        if place - first > 1 and kind in VALUES and not hedged:
            hedged = _one_of(reading, mentions[first:place], kind)
        yield first, place, hedged
        first, hedged = place, False


def _of_several(reading: Reading, mentions: Sequence[Mention], place: int) -> bool:
    """Whether the last name of a list has a verb for several behind it ("... and B do not hold it")."""
    sentence = reading.sentence_at(mentions[place].start)
    for mention in mentions[place:]:
        if mention.start >= sentence.end:
            return False
        if cues.OF_SEVERAL.match(reading.text, mention.end, sentence.end):
            return True
    return False


def open_between(reading: Reading, left: Mention, right: Mention, kind: Kind) -> bool:
    """Whether two neighbouring values are left open: "$5 (or $9)", "$5, possibly $9", "$5-$9", "Nov 7-9"."""
    text = reading.text
    gap = text[left.end : right.start]
    if cues.OPEN_GAP.fullmatch(gap):
        return True
    sentence = reading.sentence_at(left.start)
    before, behind = text[sentence.start : left.start], text[right.end : sentence.end]
    if "|" in gap:
        return sentence.unit.kind != "row" and not gap.strip(" |")
    if cues.VERSUS_GAP.fullmatch(gap):
        return not (cues.COMPARES.search(before) or cues.COMPARED.match(behind))
    if kind == "date":
        short = right.start - left.end == 1 and cues.SHORT_DAY.fullmatch(text, right.start, right.end) is not None
        tight = cues.TIGHT_RANGE.fullmatch(gap) is not None and _days_apart(left, right) <= _LONGEST_DAY_RANGE
        return (short or tight) and not cues.PERIOD.search(before)
    return kind == "value" and gap in ("-", "–", "—") and "=" not in behind and not cues.SUBTRACTS.match(behind)


_LONGEST_DAY_RANGE = 21


def _days_apart(left: Mention, right: Mention) -> int:
    months = [
        (getattr(m.key, "year", None), getattr(m.key, "month", 0), getattr(m.key, "day", 0)) for m in (left, right)
    ]
    (year, month, day), (other_year, other_month, other_day) = months
    years = (other_year - year) * 365 if year and other_year else 0
    return abs(years + (other_month - month) * 30 + other_day - day)


def _one_of(reading: Reading, run: Sequence[Mention], kind: Kind) -> bool:
    """Whether a run of values is one to choose from: "one of $5, $9", "between $5 and $9"."""
    if len({mention.key for mention in run}) < 2:
        return False
    sentence = reading.sentence_at(run[0].start)
    before = reading.text[sentence.start : run[0].start]
    if cues.ONE_OF.search(before):
        return True
    if len(run) != 2 or not cues.BETWEEN.search(before):
        return False
    return kind != "date" or _days_apart(run[0], run[1]) <= _LONGEST_DAY_RANGE


def standings(reading: Reading, mentions: Sequence[Mention], rules: Rules) -> list[Standing]:
    """The standing of each mention; `mentions` are in the order of the text and do not overlap (phrases may)."""
    result: list[Standing] = []
    runs = (
        [(i, i + 1, False) for i in range(len(mentions))]
        if rules.kind == "phrase"
        else _groups(reading, mentions, rules.kind)
    )
    for first, last, hedged in runs:
        sentence = reading.sentence_at(mentions[first].start)
        start, end = mentions[first].start - sentence.start, mentions[last - 1].end - sentence.start
        following = mentions[last].start - sentence.start if last < len(mentions) else len(sentence.text)
        back = first
        while back and mentions[back - 1].start >= sentence.start:
            back -= 1
        behind = reading.text[sentence.end + 1 : sentence.end + 61]
        context = _Context([m.start - sentence.start for m in mentions[back:first]], behind)
        denial = _denied(sentence, (start, end), following, context, rules)
        hedged = hedged or (rules.kind in VALUES and cues.OPEN_BEHIND.match(sentence.text, end) is not None)
        standing: Standing = "hedged" if hedged else "asserted"
        if denial == "yes":
            standing = "denied"
        elif denial == "weak" and not hedged:
            standing = "weak"
        if rules.kind != "entity" and is_inventory(sentence):
            standing = "denied"
        result.extend(standing for _ in range(first, last))
    return result


def _of_another_rule(text: str, start: int) -> bool:
    """Whether a value stands in parentheses in a sentence that says whom a rule is for ("our extension (until January
    15) is only for orders from November")."""
    open_at = text.rfind("(", 0, start)
    return open_at > text.rfind(")", 0, start) and cues.LIMITED.search(text) is not None


def _labelled_out(text: str, clauses: _Clauses, start: int, phrases: tuple[str, ...]) -> bool:
    """Whether a mention stands behind a label such as "Not included:" in its own sentence."""
    begin = 0
    label: str | None = None
    for at, type_ in clauses.boundaries:
        if at >= start:
            break
        if type_ == "strong" or (type_ == "word" and cues.REASON.match(text, at)):
            begin, label = at + 1, None
        elif type_ == "colon" and label is None:
            label = text[begin:at]
    return label is not None and len(label.split()) <= 14 and _label_denies(label, phrases)


def _operand(text: str, start: int, end: int) -> Denial:
    """Whether a value is a step of a computation: what is subtracted or added is stated beside the point, what a
    computation starts from is not stated ("$100.00 less $8.00 for the label", "100 x 3 - 8 = 292")."""
    if cues.SUBTRACTED.search(text, max(0, start - 60), start):
        return "weak"
    if "=" in text and cues.ADDED_BEFORE.search(text, max(0, start - 6), start):
        return "weak"
    if cues.OPERAND.match(text, end) or cues.MINUEND.match(text, end):
        return "yes"
    signs = cues.OPERAND_SIGN.match(text, end) or cues.SIGN_BEFORE.search(text, max(0, start - 6), start)
    return "yes" if signs and "=" in text else "no"


def _asked(sentence: Sentence, clauses: _Clauses, span: tuple[int, int], context: _Context, rules: Rules) -> bool:
    """Whether a mention stands in a question that is not answered by yes.

    A name in front of a title that ends with a question mark is not asked for ("- tick-...: price adjustment?")."""
    text = sentence.text
    start, end = span
    if sentence.unit.kind == "row":
        cells = text[text.rfind(" | ", 0, start) + 1 :].removeprefix("| ").split(" | ", 2)
        if cells[0].rstrip().endswith("?"):
            return len(cells) < 2 or not cues.ANSWERS_YES.match(cells[1])
        return False
    if clauses.question_from is None or end <= clauses.question_from:
        return False
    if cues.ANSWERS_YES.match(context.next):
        return False
    return not (rules.kind == "entity" and _heads_a_title(text, clauses, span))


def _heads_a_title(text: str, clauses: _Clauses, span: tuple[int, int]) -> bool:
    """Whether a mention that opens a sentence is followed by a title with the question mark in it."""
    start, end = span
    name = cues.NAME_FIRST.match(text)
    if name is None and cues.INTERROGATIVE.match(text):
        return False
    if cues.FINITE.search(text, name.end() if name else 0, start) or cues.OPEN_QUESTION.search(text, 0, start):
        return False
    if text.rstrip().endswith("?)"):
        return any(type_ == "open" for _, type_ in _between(clauses, end, len(text)))
    return any(type_ in ("colon", "strong") for _, type_ in _between(clauses, end, len(text)))


def _answered_no(sentence: Sentence, span: tuple[int, int], context: _Context) -> bool:
    """Whether a label or a question is answered by no: "Double charge: No", "| Charged twice? | No |", a heading."""
    text = sentence.text
    if sentence.unit.kind == "row":
        cells = text.split(" | ")
        return len(cells) == 2 and span[1] <= len(cells[0]) and cues.ANSWERS_NO.match(cells[1]) is not None
    label = cues.LABEL_END.match(text, span[1])
    if label is not None and label.end() < len(text):
        return cues.ANSWERS_NO.match(text, label.end()) is not None
    if label is None and not (sentence.unit.kind == "heading" and cues.HEADING_END.fullmatch(text, span[1])):
        return False
    return cues.ANSWERS_NO.match(context.next) is not None


def _to_come(text: str, start: int) -> bool:
    """Whether a phrase is what something else comes before: "before anything is reshipped"."""
    if not cues.COMES_BEFORE.search(text, 0, start):
        return False
    clause = max(text.rfind(mark, 0, start) for mark in ",;:") + 1
    if cues.BEFORE_IT_IS.search(text, clause, start):
        return True
    return cues.IT_IS.match(text, start) is not None and cues.BEFORE_IT.search(text, clause, start) is not None


def _denied(sentence: Sentence, span: tuple[int, int], following: int, context: _Context, rules: Rules) -> Denial:
    text = sentence.text
    start, end = span
    clauses = _clauses(text)
    if _asked(sentence, clauses, span, context, rules) or (
        rules.kind == "phrase" and _answered_no(sentence, span, context)
    ):
        return "yes"
    untrue = cues.UNTRUE.match(text)
    if untrue is not None and start >= untrue.end() and not cues.CONTRARY.search(text, untrue.end(), start):
        return "yes"
    if rules.kind == "phrase" and _to_come(text, start):
        return "yes"
    question = rules.kind in VALUES and text[end : end + 2].lstrip().startswith("?")
    if question and not cues.ANSWERS_YES.match(context.next):
        return "yes"
    phrases = rules.denied_by if rules.kind == "entity" else ()
    if any(_label_denies(label, phrases) for label in sentence.unit.labels):
        return "yes"
    if _labelled_out(text, clauses, start, phrases):
        return "yes"
    operand = _operand(text, start, end) if rules.kind in ("value", "count") else "no"
    if operand == "yes":
        return "yes"
    if rules.kind != "phrase" and re.match(r"\s*(?:→|->|=>)", text[end:]):
        return "no" if rules.kind == "entity" else "yes"
    if rules.kind == "entity" and _taken_out(sentence, start, end, following, rules):
        return "yes"
    before = _denied_before(text, clauses, span, rules, context)
    behind = "yes" if before == "yes" else _denied_behind(text, clauses, span, rules)
    if behind != "no":
        return behind
    if rules.kind in VALUES and (
        cues.BESIDE_BEHIND.match(text, end)
        or cues.COUNTERFACTUAL.search(text, 0, start)
        or _of_another_rule(text, start)
    ):
        return "weak"
    return operand if before == "no" else before
