"""Answers that take themselves back as a whole, or hide: what is left of them to read.

The list is short and general: a first sentence that says that what follows is untrue or only what somebody else wrote
or might have said, and a last one that says so of all that stands above it.
"""

from __future__ import annotations

import re

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
    if _QUOTED_WHOLE.match(stripped):
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


def _plain(text: str) -> str:
    return re.sub(r"[ \t]+", " ", re.sub(r"[*_`>#]", "", text)).strip()
