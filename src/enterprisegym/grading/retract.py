"""Answers that take themselves back as a whole, or hide: what is left of them to read.

The list is short and general: a first sentence that says that what follows is untrue or only what somebody else wrote
or might have said, and a last one that says so of all that stands above it; a denial in front
of every line; nothing but questions.
"""

from __future__ import annotations

import re

from enterprisegym.grading import cues

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_ALL = r"(?:everything|all(?: of (?:this|it|that))?|anything|the (?:whole|entire|full|complete))"
_TEXT = (
    r"(?:answer|repl(?:y|ies)|text|response|message|draft|statement|summary|letter|mail|email|information|version)s?"
)
_FALSE = (
    r"(?:(?:\w+ly|all|quite|just|also)\s+)?(?:wrong|false|incorrect|untrue|invalid|inaccurate|made up|invented|fiction"
    r"|fictional|nonsense|a lie|lies|a joke|not (?:true|correct|right|valid|accurate)|to be (?:disregarded|ignored)"
    r"|the opposite of (?:true|the truth|what is true))\b"
)
_IS = r"(?:is|are|was|were)"
_BELOW = (
    r"(?:below|that follows|which follows|after this|from here on|in what follows|in this (?:answer|reply|message))"
)
_LEADING = re.compile(
    rf"none of (?:the following|what follows|the below|this answer|(?:the )?(?:statements |text )?below) {_IS} (?:true"
    r"|correct|right|accurate|valid|meant)\b"
    rf"|(?:the (?:following|below)(?: {_TEXT})?|what follows|{_ALL} {_BELOW}|{_TEXT} below)\b(?:,[^,.\n]{{0,60}},)?"
    rf"(?: (?:here|below|text))? {_IS} {_FALSE}"
    rf"|(?:the )?opposite of (?:the following|what follows|{_ALL} {_BELOW}) is true\b"
    rf"|(?:please )?(?:disregard|ignore|do not (?:believe|use|trust))"
    rf" (?:the following\b(?! (?!{_TEXT})\w)|what follows|{_ALL} {_BELOW})"
    r"|(?:if [^.:\n]{1,80}, )?I (?:might|could|would|may)(?: well| also)? have (?:said|written|answered|replied)"
    r"\b[^.:\n]{0,40}:"
    r"|it is (?:not true|untrue|false|wrong)(?: that| to say)?:",
    re.I,
)
_QUOTED_WHOLE = re.compile(
    r"\W*(?:you|he|she|they|the customer) (?:wrote|said|claimed?|says?):\W*\n[ \t]*(?![ \t>\"\n]|[-*+] )", re.I
)
_TRAILING = re.compile(
    rf"{_ALL}(?:\s+\w+){{0,3}}? above(?: this(?: line)?| here)?\b(?:,[^,.\n]{{0,60}},)? {_IS} {_FALSE}"
    rf"|(?:the above|^above)(?: {_TEXT})? {_IS} {_FALSE}"
    rf"|none of (?:the above|what (?:is|stands|I (?:said|wrote)) above)(?: {_TEXT})? {_IS} (?:true|correct|right"
    r"|accurate|valid|meant)\b"
    rf"|(?:disregard|ignore|forget|discard|do not (?:believe|use|trust|rely on))"
    rf" (?:(?:{_ALL}(?: (?:of|I (?:wrote|said)))?|of)\s+)?(?:the )?(?:above|(?:whole|entire) {_TEXT}|everything)"
    rf"(?: above)?(?: {_TEXT}| here)?"
    r"(?=\s*(?:[.!,;:)—–]|$| and\b| as\b))"
    rf"|(?:this|the) (?:whole|entire) {_TEXT}(?: above)? {_IS} {_FALSE}"
    rf"|I take (?:all of (?:it|this|that|the above)|everything(?: above)?|all that) back\b",
    re.I,
)
_CONDITION = re.compile(r"\b(?:if|unless|once|in case|should)\b[^.!?]*$", re.I)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_LONGEST_OPENING = 300


def shown(text: str) -> str:
    """The text without HTML comments."""
    return _COMMENT.sub(" ", text) if "<!--" in text else text


def takes_itself_back(text: str) -> bool:
    """Whether the first or last words of an answer (normalised) say that the whole of it is not so."""
    stripped = text.strip()
    if _QUOTED_WHOLE.match(stripped) or _denies_each_line(stripped) or _only_asks(stripped):
        return True
    opening = _plain(stripped[:_LONGEST_OPENING])
    for sentence in _SENTENCE.split(opening)[:3]:
        if _LEADING.match(re.sub(r"^(?:(?:note|warning|attention|careful|hello|hi)\W+)+", "", sentence, flags=re.I)):
            return True
    closing = _plain(stripped[-_LONGEST_OPENING:])
    for sentence in _SENTENCE.split(closing)[-3:]:
        found = _TRAILING.search(sentence)
        if found and not _CONDITION.search(sentence, 0, found.start()):
            return True
    return False


_EACH_LINE = re.compile(
    r"^[\W\d_]*(?:it is (?:not (?:true|so|correct|right|the case)|untrue|false|wrong|incorrect|a lie)"
    r"|(?:I|we) (?:deny|(?:do not|would not|can not|never) (?:say|claim|state|mean))"
    r"|nobody (?:says|said|claims?|claimed))"
    r" that\b",
    re.I | re.M,
)


def _denies_each_line(text: str) -> bool:
    """Whether (nearly) every line begins with "It is not true that"."""
    denied = sum(1 for _ in _EACH_LINE.finditer(text))
    return denied > 1 and denied * 5 >= 4 * sum(1 for line in text.split("\n") if re.search(r"\w", line))


_FULL_STOP = re.compile(r"[\w)\"'%]\.(?=\s|$)")
_LISTED_LINE = re.compile(r"\s*(?:[-*+•|#>]|\d+[.)])")
_ASKS = re.compile(
    rf"(?:^|[,:;—–]\s*|\b(?:and|so|but|or)\s+)(?:{cues.INTERROGATIVE.pattern})"
    r"|^\W*(?:any|some|every|need|want|more|ok|okay|right)",
    re.I,
)


def _only_asks(text: str) -> bool:
    """Whether statements have become questions: there is no full stop, and there are sentences such as "The refund is
    $15?", two of them or one beside no real question."""
    if "?" not in text or _FULL_STOP.search(text):
        return False
    stated = sure = asked = 0
    for line in text.split("\n"):
        if "?" not in line or _LISTED_LINE.match(line):
            continue
        for sentence in re.split(r"(?<=[.!?])\s+", line):
            if not sentence.rstrip().endswith("?"):
                continue
            if _ASKS.search(sentence) or not cues.FINITE.search(sentence):
                asked += 1
            else:
                stated += 1
                sure += cues.FINITE_VERB.search(sentence) is not None
    return stated > 1 or (sure == 1 and not asked)


def _plain(text: str) -> str:
    return re.sub(r"[ \t]+", " ", re.sub(r"[*_`>#]", "", text)).strip()
