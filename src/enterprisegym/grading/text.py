"""Reading an answer: markdown to units (paragraph, bullet, row, heading), and units to sentences of one text."""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from enterprisegym.grading.retract import shown, takes_itself_back

UnitKind = Literal["text", "bullet", "row", "heading", "quote"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A paragraph, bullet, table row or heading. `labels` are the headings and introductions above it, innermost last.

    A row's `text` is its cells joined by " | "; `header` are the cells of the table's first row (empty for that row).
    """

    kind: UnitKind
    text: str
    labels: tuple[str, ...] = ()
    header: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a unit; `start` is its offset in the reading's text."""

    unit: Unit
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True)
class Reading:
    """An answer made ready for the checks: one sentence a line in `text`, `lower` the same in lower case."""

    raw: str
    units: tuple[Unit, ...]
    sentences: tuple[Sentence, ...]
    text: str
    lower: str
    _starts: tuple[int, ...]
    notes: dict[str, object] = field(default_factory=dict[str, object], compare=False)

    def sentence_at(self, position: int) -> Sentence:
        return self.sentences[bisect_right(self._starts, position) - 1]


_CHARACTERS = str.maketrans({
    "‘": "'", "’": "'", "‛": "'", "ʼ": "'", "′": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "‐": "-", "‑": "-", "−": "-", "﹣": "-", "\u200b": None, "\u200c": None, "\u200d": None, "\ufeff": None,
    "\u00ad": None, "\u2060": None, "\ufe0f": None, "\r": "\n", "\v": "\n", "\f": "\n", "\x1c": "\n", "\x1d": "\n",
    "\x1e": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n", "\t": "    ", "―": "—",
})  # fmt: skip
_CONTRACTIONS = (
    ("can't", re.compile(r"\b(can)'t\b", re.I), r"\1 not"),
    ("cannot", re.compile(r"\b(can)not\b", re.I), r"\1 not"),
    ("won't", re.compile(r"\bwon't\b", re.I), "will not"),
    ("shan't", re.compile(r"\bshan't\b", re.I), "shall not"),
    ("ain't", re.compile(r"\bain't\b", re.I), "is not"),
    ("n't", re.compile(r"(?<=\w)n't\b", re.I), " not"),
    ("'s", re.compile(r"\b(it|that|there|what|here|he|she|who|where|how|this)'s\b", re.I), r"\1 is"),
    ("'re", re.compile(r"(?<=\w)'re\b", re.I), " are"),
    ("'ll", re.compile(r"(?<=\w)'ll\b", re.I), " will"),
    ("'ve", re.compile(r"(?<=\w)'ve\b", re.I), " have"),
    ("'m", re.compile(r"\b(I)'m\b", re.I), r"\1 am"),
    ("'d", re.compile(r"\b(I|we|you|he|she|they|it)'d\b", re.I), r"\1 would"),
)
_TOKEN = re.compile(r"(?:^|(?<=\. ))[A-Za-z]+(?: [a-z]+)?\.(?= |$)")
_BARE = re.compile(r"\b(is|was|are|were|does|do|did|has|have|had|would|could|should)nt\b", re.I)
_BARE_WORDS = ("isnt", "wasnt", "arent", "werent", "doesnt", "dont", "didnt", "hasnt", "havent", "hadnt", "wouldnt",
               "couldnt", "shouldnt")  # fmt: skip
_EMAIL_WORD = re.compile(r"\b(e)-(mail)", re.I)


@lru_cache(maxsize=64)
def normalise(text: str) -> str:
    """Unicode, quotes, dashes and contractions brought to one form; markdown and line breaks are kept."""
    text = unicodedata.normalize("NFKC", text.replace("\r\n", "\n")).translate(_CHARACTERS)
    text = _EMAIL_WORD.sub(r"\1\2", text) if "-" in text else text
    lower = text.lower()
    for needle, pattern, replacement in _CONTRACTIONS:
        if needle in lower:
            text = pattern.sub(replacement, text)
    if any(word in lower for word in _BARE_WORDS):
        text = _BARE.sub(r"\1 not", text)
    return text


_SMILEY = re.compile(r"(?<=\s)[:;=]['-]?[()](?=[\s\"'.,;|]|\Z)")
_STRUCK = re.compile(r"~~(?=\S).*?~~|<(del|s|strike)>.*?</\1>", re.S | re.I)
_BREAK = re.compile(r"<\s*(?:br|/p|/li|/tr|/h\d)\s*/?>", re.I)
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,80}>")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\(([^()\s]*)\)")
_ESCAPE = re.compile(r"\\(?=[^\w\s])")
_UNDERSCORE = re.compile(r"(?<![\w])_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)")
_SPACES = re.compile(r"[^\S\n]+")


def _without_inline_markup(text: str) -> str:
    text = _UNDERSCORE.sub("", text.replace("`", "").replace("*", ""))
    return _SPACES.sub(" ", text).strip()


_HEADING = re.compile(r"\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_BULLET = re.compile(r"(\s*)(?:[-*+•‣◦▪●·–—]|\(?\d{1,3}[.)]|\(?[a-zA-Z]\))\s+(?:\[[ xX]\]\s+)?(\S.*)$")
_QUOTE = re.compile(r"\s{0,3}(?:>\s?)+")
_BOLD_LINE = re.compile(r"\s*(?:\*\*|__)([^*_\n]{1,80}?)(?:\*\*|__)\s*:?\s*$")
_LABELLED = re.compile(r"(?:\*\*|__)?[A-Z][\w '/&()-]{0,40}(?:\*\*|__)?:(?:\*\*|__)?(?:\s|$)")
_RULE = re.compile(r"\s*(?:[-*_=]\s*){3,}$")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-{1,}:?\s*(?:\|\s*:?-{1,}:?\s*)*\|?\s*$")
_WRAPPED_LINE = 55


def _cells(line: str) -> tuple[str, ...]:
    inner = line.strip().removeprefix("|").removesuffix("|")
    return tuple(_without_inline_markup(cell) for cell in inner.split("|"))


@dataclass(slots=True)
class _Outline:
    """Where the lines stand: headings by level, the last introduction, the bullets above by indentation."""

    units: list[Unit] = field(default_factory=list[Unit])
    headings: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    intro: str | None = None
    bullets: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    header: tuple[str, ...] = ()

    def labels(self) -> tuple[str, ...]:
        above = [title for _, title in self.headings]
        if self.intro is not None:
            above.append(self.intro)
        return (*above, *(text for _, text in self.bullets))

    def heading(self, level: int, title: str) -> None:
        self.headings = [item for item in self.headings if item[0] < level]
        self.intro, self.bullets, self.header = None, [], ()
        self.units.append(Unit("heading", title, self.labels()))
        self.headings.append((level, title))

    def bullet(self, indent: int, text: str) -> None:
        self.header = ()
        self.bullets = [item for item in self.bullets if item[0] < indent]
        self.units.append(Unit("bullet", text, self.labels()))
        self.bullets.append((indent, text))

    def row(self, cells: tuple[str, ...]) -> None:
        self.bullets = []
        self.units.append(Unit("row", " | ".join(cells), self.labels(), self.header))

    def paragraph(self, text: str, *, quoted: bool, introduces: bool) -> None:
        self.bullets, self.header = [], ()
        if quoted:
            self.units.append(Unit("quote", text, self.labels()))
            return
        self.intro = None
        self.units.append(Unit("text", text, self.labels()))
        if introduces:
            self.intro = text


def _continues(previous: str, line: str) -> bool:
    """Whether a line goes on with the sentence of the line before (hard-wrapped prose)."""
    if previous.endswith((".", "!", "?", ":", ";")) and not previous.endswith(("Nov.", "approx.")):
        return len(previous) >= _WRAPPED_LINE and not previous.endswith(":") and not _LABELLED.match(line)
    if line[:1].islower():
        return len(previous) >= 25 or previous.endswith((",", "-"))
    return len(previous) >= _WRAPPED_LINE and not _LABELLED.match(line)


def _outline(text: str) -> tuple[Unit, ...]:
    lines = text.split("\n")
    out = _Outline()
    place = 0
    while place < len(lines):
        line = lines[place]
        place += 1
        quote = _QUOTE.match(line)
        if quote:
            line = line[quote.end() :]
        stripped = line.strip()
        if not stripped or stripped.startswith("```") or _RULE.match(line):
            if not stripped:
                out.header = ()
            continue
        if heading := _HEADING.match(line):
            out.heading(len(heading[1]), _without_inline_markup(heading[2]))
            continue
        follows = lines[place] if place < len(lines) else ""
        if "|" in line and (stripped.startswith("|") or out.header or ("|" in follows and _TABLE_RULE.match(follows))):
            if _TABLE_RULE.match(line):
                continue
            out.row(_cells(line))
            if "|" in follows and _TABLE_RULE.match(follows):
                out.header = _cells(line)
            continue
        bullet = _BULLET.match(line)
        body, indent = (bullet[2], len(bullet[1])) if bullet else (stripped, len(line) - len(line.lstrip()))
        if bullet is None and (bold := _BOLD_LINE.match(line)):
            out.heading(7, _without_inline_markup(bold[1]).rstrip(":"))
            continue
        last = body.rstrip()
        while place < len(lines):
            after = _QUOTE.sub("", lines[place], count=1) if quote else lines[place]
            closed = not after.strip() or _BULLET.match(after) or _HEADING.match(after) or "|" in after
            if closed or after.lstrip().startswith(("```", ">")) or _BOLD_LINE.match(after):
                break
            if not _continues(last, after.strip()):
                break
            last = after.strip()
            body = f"{body} {last}"
            place += 1
        plain = _without_inline_markup(body)
        if not plain:
            continue
        if bullet:
            out.bullet(indent, plain)
            continue
        listed = next((item for item in lines[place:] if item.strip()), "")
        starts_list = bool(_BULLET.match(listed)) or listed.strip().startswith("|")
        introduces = plain.endswith(":") or (starts_list and len(plain.split()) <= 6 and plain[-1] not in ".!?")
        out.paragraph(plain, quoted=quote is not None, introduces=introduces)
    return tuple(out.units)


_LONGEST_SENTENCE = 1200
_SENTENCE_END = re.compile(r"[.!?]+[\"')\]]*\s+|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:approx|est|e\.g|i\.e|vs|etc|mr|mrs|ms|dr|inc|corp|ltd|co|st|ave|blvd|no|nos|art|ref|incl|excl|max|min"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mon|tues?|wed|thurs?|fri|sat|sun|a\.m|p\.m|u\.s|qty|acct|dept)"
    r"|(?<!\w)[A-Za-z])\.$",
    re.I,
)


def _split(text: str) -> list[str]:
    """Sentences of one unit; a full stop after an abbreviation or before a number of it does not end one."""
    parts: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        head = text[start : end.start() + 1]
        following = text[end.end() : end.end() + 1]
        if text[end.start()] == "." and end.group().rstrip() == ".":
            short = _ABBREVIATION.search(head[-8:])
            if short and short.group().lower() in ("no.", "nos."):
                if following.isdigit() and len(head.split()) > 1:
                    continue
            elif short and (following.isdigit() or following.islower() or short.group().lower() in _TITLES):
                continue
        parts.append(text[start : end.end()].strip())
        start = end.end()
    parts.append(text[start:].strip())
    return [piece for part in parts if part for piece in _pieces(part)]


def _pieces(text: str) -> list[str]:
    """A sentence without end cut at spaces, so that the work on it stays bounded."""
    pieces: list[str] = []
    while len(text) > _LONGEST_SENTENCE:
        cut = text.rfind(" ", 1, _LONGEST_SENTENCE)
        cut = cut if cut > 0 else _LONGEST_SENTENCE
        pieces.append(text[:cut])
        text = text[cut:].lstrip()
    return [*pieces, text] if text else pieces


_TITLES = ("mr.", "mrs.", "ms.", "dr.", "st.", "vs.", "e.g.", "i.e.", "approx.", "est.")


@lru_cache(maxsize=32)
def visible(response: str) -> str:
    """The normalised answer without what is hidden in comments; empty when it takes itself back as a whole."""
    text = shown(normalise(response))
    return "" if takes_itself_back(text) else text


@lru_cache(maxsize=32)
def read(response: str) -> Reading:
    """The answer as the checks see it; cached, so that all checks of one grading share it."""
    text = visible(html.unescape(response) if "&" in response else response)
    text = _SMILEY.sub("", text)
    text = _STRUCK.sub(" ", text)
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub("\n", text))
    text = _ESCAPE.sub("", _LINK.sub(r"\1", text))
    units = _outline(text)
    sentences: list[Sentence] = []
    start = 0
    for unit in units:
        for part in _pieces(unit.text) if unit.kind == "row" else _split(unit.text):
            sentences.append(Sentence(unit, part, start))
            start += len(part) + 1
    joined = "\n".join(sentence.text for sentence in sentences)
    lower = joined.lower()
    if len(lower) != len(joined):  # a few letters grow in lower case; offsets must agree
        lower = "".join(low if len(low := letter.lower()) == 1 else letter for letter in joined)
    starts = tuple(sentence.start for sentence in sentences)
    return Reading(response, units, tuple(sentences), joined, lower, starts)


_PHRASE_PART = re.compile(r"\.\.\.|(?<!\d\.)(?!\d{3}\.\d{3}\.\d{4})[^\W_]*\d(?:\.\d+)+\*?|[^\W_]+\*?|[$%#+]|_")
_BETWEEN = (
    r"[^\w\n;|]{1,4}(?:(?:actually|already|also|completely|currently|directly|even|ever|fully|now|really|simply|then"
    r"|therefore|unfortunately)[^\w\n;|]{1,4})?"
)
_LOOSE = r"(?:[^\w\n;|]|_){0,3}"
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTH_WORDS = {
    name: rf"(?:{month}|{'sept?' if month == 'september' else month[:3]}\.?)"
    for month in _MONTHS
    for name in {month, month[:3], "sept" if month == "september" else month}
    if name != "mar"
}
_GAP = r"(?:[^\w\n;|]{1,4}(?!(?:not|never|no|nor|without)\b)[\w$%.]+){0,6}?"


_BY_NUMBER = re.compile(r"\.? \d")
_BY_MONTH = re.compile(rf"\b(?:{'|'.join(_MONTH_WORDS)})\.? $")
_AFTER_NUMBER = re.compile(r"\d(?:st|nd|rd|th)?(?: of)? $")


@lru_cache(maxsize=4096)
def phrase_pattern(phrase: str) -> re.Pattern[str]:
    """A phrase as a pattern over `Reading.lower`: punctuation and hyphens do not matter, `word*` is a prefix,
    `a ... b` allows up to six words between, a month beside a number stands for its short form too.
    Raises ValueError for a phrase without a word."""
    plain = _without_inline_markup(_STARS.sub("\0", normalise(phrase).lower())).replace("\0", "*")
    pattern = ""
    glue: str | None = None
    end = 0
    for part in _PHRASE_PART.finditer(plain):
        word = part.group()
        if word == "_":
            continue
        dated = bool(_BY_NUMBER.match(plain, part.end()) or _AFTER_NUMBER.search(plain, 0, part.start()))
        if word == "...":
            if pattern:
                glue = _GAP + _BETWEEN
            continue
        if pattern:
            hyphen = plain[end : part.start()]
            pattern += glue or (_LOOSE if hyphen in ("", "-", "/", "'", ".", "_") else _BETWEEN)
        glue, end = None, part.end()
        if word.isdigit() and len(word) < 3 and _BY_MONTH.search(plain, 0, part.start()):
            pattern += word + "(?:st|nd|rd|th)?"
        elif dated and word in _MONTH_WORDS:
            pattern += _MONTH_WORDS[word]
        else:
            pattern += re.escape(word[:-1]) + r"\w*" if word.endswith("*") else re.escape(word)
    if not pattern:
        raise ValueError(f"phrase {phrase!r} has no word")
    first = next(part.group() for part in _PHRASE_PART.finditer(plain) if part.group() not in ("...", "_"))
    left = (_LEFT + (r"(?<!\d\.)" if first[0].isdigit() else "")) if first[0].isalnum() else ""
    right = r"(?!\w)" + (_NO_MORE_DIGITS if pattern[-1].isdigit() else "")
    if (counted := _NONE_OF.fullmatch(plain)) is not None:
        pattern = f"(?:{pattern}|{phrase_pattern(counted[1]).pattern.removeprefix(_LEFT)}{_IS_NONE})"
    return re.compile(left + pattern + right)


_STARS = re.compile(r"(?<=\w)\*(?!\*)")
_LEFT = r"(?<!\w)"
_LEFT_OF_NAME = r"(?<![^\W_])"
_NO_MORE_DIGITS = r"(?!\.(?!00?(?!\d))\d)"  # "$10" may go on as "$10.00"
_NONE_OF = re.compile(r"no ((?!longer\b|more\b|later\b|one\b)[a-z][a-z -]*)")
_IS_NONE = r"(?:\s*:\s*|\s\|\s)(?:none|no|nil|0)(?= *(?:[.,;)|\n]|\Z))"


def name_pattern(phrase: str) -> str:
    """A phrase that may also begin behind an underscore (`remorse` in `customer_remorse`)."""
    pattern = phrase_pattern(phrase).pattern
    return _LEFT_OF_NAME + pattern.removeprefix(_LEFT) if pattern.startswith(_LEFT) else pattern


@dataclass(frozen=True, slots=True)
class _Probe:
    """What makes a phrase cheap to look for: texts that must occur, the longest first, and the text it begins with
    (empty when that may be written in several ways)."""

    words: tuple[str, ...]
    first: str
    pattern: re.Pattern[str]


@lru_cache(maxsize=4096)
def _probe(phrase: str) -> _Probe:
    plain = _without_inline_markup(_STARS.sub(" ", normalise(phrase).lower()))
    words = [part.group() for part in _PHRASE_PART.finditer(plain) if part.group() not in ("...", "_")]
    fixed = sorted((word for word in words if word not in _MONTH_WORDS), key=len, reverse=True)
    first = words[0] if words and words[0] not in _MONTH_WORDS else ""
    if _NONE_OF.fullmatch(plain):  # "no open tickets" may stand as "open tickets: none"
        first = ""
        fixed.remove("no")
    return _Probe(tuple(fixed), first, phrase_pattern(phrase))


def find_phrase(reading: Reading, phrase: str) -> list[tuple[int, int]]:
    """Spans of a phrase in the reading's text."""
    probe = _probe(phrase)
    lower = reading.lower
    for word in probe.words:
        if word not in lower:
            return []
    if not probe.first:
        return [match.span() for match in probe.pattern.finditer(lower)]
    spans: list[tuple[int, int]] = []
    at = lower.find(probe.first)
    while at >= 0:
        match = probe.pattern.match(lower, at)
        if match is not None:
            spans.append(match.span())
        at = lower.find(probe.first, match.end() if match is not None else at + 1)
    return spans


INVENTORY = 20
"""Items from which a list inside one sentence is an inventory."""
TOKENS = 9
"""One-word sentences in one paragraph from which none of them is said."""


def is_inventory(sentence: Sentence) -> bool:
    """Whether a sentence is nothing but a long list of scraps, or one of a run of one-word sentences: whoever pours out
    all they have seen, or "Yes. No. Approved. Denied. ...", says none of it."""
    if sentence.unit.kind != "row" and sentence.text.count(", ") >= INVENTORY - 1:
        items = sentence.text.split(", ")
        return sum(len(item.split()) <= 4 for item in items) >= 0.9 * len(items)
    if len(sentence.text.split()) <= 2:
        return len(_TOKEN.findall(sentence.unit.text)) >= TOKENS
    return False


@lru_cache(maxsize=1024)
def word_prefixes(words: tuple[str, ...]) -> re.Pattern[str]:
    """Matches lower-case text in which any of the words (or phrases) begins a word."""
    patterns = [name_pattern(word.rstrip("*") + "*") for word in words]
    return re.compile("|".join(patterns))


_GOES_ON = re.compile(
    r"(?:(?:and|but|so|sadly|unfortunately|luckily|also)\b,?\s*)?"
    r"(?:it|that|this|they|these|those|both|neither|no luck)\b",
    re.I,
)


def surroundings(reading: Reading, position: int) -> str:
    """What `near` looks at, in lower case: the sentence, or the whole bullet or row, with its column's header and the
    innermost label above; a sentence that goes on about the one before ("It is ...") has that too."""
    sentence = reading.sentence_at(position)
    unit = sentence.unit
    whole = unit.kind not in ("text", "quote") and len(unit.text) <= _LONGEST_SENTENCE
    parts = [unit.text if whole else sentence.text, *unit.labels[-1:]]
    if not whole and _GOES_ON.match(sentence.text):
        before = reading.sentence_at(max(0, sentence.start - 1))
        parts += [before.text] if before.unit is unit else []
    if unit.kind == "row" and unit.header:
        parts.append(column_header(sentence, position))
    return "\n".join(parts).lower()


def column_header(sentence: Sentence, position: int) -> str:
    """The header above a position in a table row; empty when there is none."""
    column = sentence.text.count(" | ", 0, max(0, position - sentence.start))
    header = sentence.unit.header
    return header[column] if column < len(header) else ""
