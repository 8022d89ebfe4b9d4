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

from enterprisegym.grading.text import Reading, Sentence, column_header, phrase_pattern

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


_AUX = (
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|shall|may|might|must|need|needs|am|been"
    r"|be|gets?|got)"
)
_SUBJECT = r"(?:I|we|you|it|they|he|she|this|that|there)"
_CONJUNCTIONS = (
    r"but|however|although|though|even though|while|whereas|because|since|so|therefore|thus|hence|which|who|where|when"
    r"|if|whether|unless|in case|then|yet (?=the|your|it)|instead(?! of)|given"
)
_AND_CLAUSE = (
    rf"and(?=\s+(?:{_SUBJECT}|instead|therefore|then|so|please|only|{_AUX})\b)"
    rf"|and(?=\s+(?:the|your|our|a|an|my|all|both|each)\s(?:[\w'$.-]+\s+){{1,5}}?{_AUX}\b)"
    r"|and(?=\s+(?:have|has)?\s*(?:issued|refunded|credited|charged|cancelled|canceled|updated|applied|created|added"
    r"|sent|opened|escalated|approved|replaced|shipped|arrived|delivered|booked|logged|flagged|set|moved|changed)\b)"
)
_FULL_STOP = r"(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bincl)(?<!\bexcl)(?<!\bapprox)(?<!\bno)(?<!\betc)[.!?]\s"
_BOUNDARY = re.compile(
    rf"(?P<strong>;|\s?—\s?|\s–\s|\s--\s|\s-\s|\s\|\s|(?:→|->|=>)|\.{{3}}|…|{_FULL_STOP})|(?P<colon>:(?=\s|$))"
    rf"|(?P<open>\()|(?P<close>\))|(?P<comma>,(?!\d{{3}}))|\b(?P<word>{_CONJUNCTIONS}|{_AND_CLAUSE})\b",
    re.I,
)
_FINITE = re.compile(rf"\b(?:{_AUX}|{_SUBJECT}|please|let|means|equals|arrived|shipped|applies|qualifies)\b", re.I)
_LIST_END = re.compile(r"\b(?:and|or|nor)\b", re.I)

_NOT_NEUTRAL = (
    r"(?!\s+(?:only|just|merely|simply|solely|until|to worry|a problem|an issue|hesitate|to mention|least|sure if|"
    r"before|wait to)\b)"
)
_PRE = re.compile(
    rf"(?P<neg>(?<!or )\bnot\b(?!-){_NOT_NEUTRAL}|\bnever\b(?!-)|\bno longer\b|\bneither\b|\bnor\b|\bnone of\b"
    rf"|\bunable to\b"
    r"|\bfail(?:s|ed|ing)? to\b|\brefus(?:e|es|ed|ing) to\b|\bdeclin(?:e|es|ed|ing) to\b|\bruled? out\b|\bruling out\b"
    r"|\bcannot\b)"
    r"|(?P<no>\bno\b(?!-)(?! (?:longer|later|earlier|more than|less than|fewer than|sooner|problem|worries|doubt|matter"
    r"|need to worry)\b))"
    r"|(?P<without>\bwithout\b(?! (?:delay|further|issue|a problem|doubt)))"
    r"|(?P<local>\binstead of\b|\brather than\b|\bas opposed to\b|\bin place of\b|\bother than\b|\bapart from\b"
    r"|\baside from\b|\bexcept(?: for| that)?\b|\bexception of\b|\bexclud(?:e|es|ed|ing)\b|\bleaving out\b|\bleft out\b"
    r"|\bomit(?:s|ted|ting)?\b"
    r"|\bused to be\b|\bsupersed(?:es|ing)\b"
    r"|\b(?:changed|reduced|lowered|raised|updated|corrected|dropped|moved|went|down|up|adjusted|increased|decreased)"
    r" from\b)"
    r"|(?P<counter>\bwould (?:(?:otherwise|normally|usually|ordinarily|still|only|just) )?have \w+"
    r"|\bwould (?:otherwise|normally|usually|ordinarily) \w+)"
    r"|(?P<beside>\b(?:list(?:ed)? (?:price|at|for)|lists (?:at|for)|list(?= \$)|sticker price|regular(?:ly)?"
    r"|normal(?:ly)?|usual(?:ly)?|originally|ordinar(?:y|ily)|full price|shop price"
    r"|(?:today's|current|present|normal|usual|original|separate|single) prices?|price today|MSRP|separately"
    r"|individually|one by one|on (?:its|their) own|elsewhere|others pay|compared (?:to|with)|versus|vs\.?|against"
    r"|stored as|stored on|recorded as|in UTC|UTC|would (?:cost|be|come to|add|run to))\b)"
    r"|(?P<wrong>\b(?:wrong|wrongly|incorrect|incorrectly|older(?! than)|mistaken|mistakenly|erroneous"
    r"|erroneously|old|outdated"
    r"|obsolete|superseded|deprecated|former|formerly)\b)"
    r"|(?P<record>\b(?:(?:email|mail|message|note|comment|remark|ticket|letter|article|guide|page|leaflet|manual"
    r"|header|overview|dashboard|banner|record|system|file)s?)\b(?: of (?:ours|yours|hers|his|theirs))?"
    r"(?: (?:on|in|from|of|about|for) (?:(?:the|your|our|her|his|this|that|its|it) )?[\w-]+)?"
    r"(?: (?:that|which|who|also|still|even|once))* "
    r"(?:says?|said|tells?|told|mentions?|mentioned|claims?|claimed|suggests?|suggested|states?|stated|recommends?"
    r"|recommended|lists?|listed|shows?|showed|asks?|asked|promises|promised|reads?)\b)"
    r"|(?P<claim>(?<!as )(?<!where )\b(?:you|he|she|they|(?:the |our |your )?(?:customer|client|caller)(?: also)?)"
    r" (?:(?:also|had|have|has|originally|initially|first|may have|might have|would have|were|was|is|are|who"
    r"|still)\s){0,2}"
    r"(?:(?P<report>mention|mentioned|mentions|wrote|write|writes|describe|describes|described|report|reports"
    r"|reported|told us|tell us|noted?|notes)\b"
    r"|said|say|says|state|states|stated|claim|claims|claimed"
    r"|thinks?|thought|believes?"
    r"|believed|assumes?|assumed|expected|expects?|expecting|remember|remembered|told|heard|saw|seen|calculated"
    r"|suggested|insists?|insisted|wondered|wondering|asked (?:about|whether|if))\b)"
    r"|(?P<cond>\b(?:if|whether|unless|in case|assuming|supposing)\b)",
    re.I,
)
_LIMIT_BEFORE = re.compile(
    r"\b(?:until|before|after|since|later than|earlier than|beyond|past|above|over|more than|less than|exceed|exceeding"
    r"|under|fewer than|within|outside|outside of|up to|exceeds)"
    r"(?:\s+(?:the|your|our|of|a|an|its|by|midnight|end of day|on|that|this|usual|standard|limit|maximum))*\W*$",
    re.I,
)
_BELIEF = re.compile(
    r"\b(?:is|was|were|be|are|been|show|shows|says?|lists?|mentions?|think|thought|believe|told|expected?|quoted|heard"
    r"|saw|see|seen|charged)\b",
    re.I,
)
_DIRECT = re.compile(
    r"[\s\W]*(?:(?:the|your|our|a|an|this|that|order|orders|product|article|ticket|tickets|shipment|item|customer|id"
    r"|on|for|in|from|to|with|by|of|about)\b[\s\W]*)*$",
    re.I,
)
_EVENT = (
    r"(?:(?:been|yet|even|actually|fully|ever|already)\s+)*(?:deliver(?:ed)?|ship(?:ped)?|arrived?|received?|paid"
    r"|refunded|resolved|answered|responded(?: to)?|replied(?: to)?|scanned|moved|processed|fulfilled|captured"
    r"|credited|assigned|escalated|closed|completed|confirmed|dispatched|sent|picked up|picked|restocked|met|reached"
    r"|left|had a|have a|a reply|a response|shown?|be delivered)\b"
)
_AFTER_NOT_EVENT = re.compile(rf"\s+{_EVENT}", re.I)
_REMOVAL = r"(?:be able to |be )?(?:waiv|remov|avoid|lift|skip|forgiv|negotiab|optional|overrid|bypass)"
_KEEPS = re.compile(rf"\s+{_REMOVAL}", re.I)
_RELATIVE_DENIAL = re.compile(
    rf"(?:\s*\([^()]*\))?,?\s*(?:which|that|but (?:that|this|it))\s+(?:(?:{_AUX}\s+)?no longer\b"
    rf"|{_AUX}\s+not\s+(?:apply|valid|correct|current|right|true|accurate|in effect|the case)\b"
    r"|(?:is|was|would be)\s+(?:\w+ly\s+)?(?:wrong|incorrect|outdated|obsolete|superseded"
    r"|a mistake|an error|out of date))",
    re.I,
)
_OPERAND = re.compile(
    r"\s*(?:minus\b|less\s+(?:\$|\d|(?:the|your|our|its|her|his|an?|one|any|all|\d+|label|return|restocking|shipping"
    r"|fee"
    r"|discount|volume|silver|gold|platinum|tax)\b))",
    re.I,
)
_MINUEND = re.compile(
    r"\s+(?:you |that |we |it |she |he |was |were |had )*(?:paid|charged|captured|spent|cost)?"
    r"(?:\s+(?:with|after|for|on|at)(?:\s+(?!less\b|minus\b)[\w'%-]+){1,3})?\s+(?:less|minus)\s+(?:\$|the\b)",
    re.I,
)
_OPERAND_SIGN = re.compile(r"\s*[-–+×x÷]\s*\(?\$?\d", re.I)
_SUBTRACTED = re.compile(r"\b(?:less|minus)\s+(?:\w+\s+){0,4}$", re.I)
_SIGN_BEFORE = re.compile(r"[\w)%]\s*[-–+×x÷]\s*$", re.I)
_LEAVES_OUT = re.compile(r"\s+(?:be |been )?(?:includ|count|list|involv|concern|affect)", re.I)
_NO_ENTITY = re.compile(
    r"\s+(?:issues?|problems?|delays?|breach(?:es)?|match(?:es)?|impact|changes?|need|reason|point)\b", re.I
)

_STOP = rf"(?!(?:{_SUBJECT}|{_AUX}|who|because|and|or|if|means)\b)"
_STOP_VALUE = rf"(?!(?:{_SUBJECT}|{_AUX}|who|because|and|or|if|means|the|your|our|a|an|any|all|my|his|her|their)\b)"
_WORD = r"[\w'$%-]+(?:[.,]\d+)*"
_ADVERB = r"(?:\s+(?:also|therefore|still|currently|simply|actually|unfortunately|really|now))?"
_AFTER = (
    r"(?:include|cover|exceed|contain|require|depend|affect|expire|start|end|begin|change|reset|mean|only|just"
    r"|until|before|yet|more|less|later|need|(?:be )?(?:waiv|remov|avoid|lift|negotiab|optional))\w*\b"
)
_BAD = (
    r"(?:is|was|are|were|be|been|looks|seems|appears)\s+(?:\w+ly\s+)?(?:wrong|incorrect|outdated|obsolete|superseded"
    r"|deprecated|mistaken|inaccurate|invalid|excluded|ruled out|out of date|an? (?:error|mistake|typo|misprint)"
    r"|the wrong)\b"
)
_POST: dict[str, re.Pattern[str]] = {
    "value": re.compile(
        rf"(?:[^\w]+(?:of\s+the\s+|of\s+your\s+)?{_STOP_VALUE}{_WORD}){{0,4}}?[^\w]+"
        rf"(?:{_AUX}{_ADVERB}\s+not\b(?!\s+{_AFTER})"
        rf"|(?:{_AUX}\s+)?no longer\b|(?:would\s+|could\s+)?{_BAD}"
        r"|(?:that\s+|which\s+)?you (?:had |have |were )?(?:mentioned|saw|wrote|quoted"
        r"|expected|expecting|cited|remember|calculated|assumed|had in mind)\b)",
        re.I,
    ),
    "phrase": re.compile(
        rf"(?:[^\w]+{_STOP}{_WORD}){{0,4}}?[^\w]+(?:{_AUX}{_ADVERB}\s+not\b(?!\s+(?:only|just|until)\b|\s+{_REMOVAL})"
        rf"|(?:{_AUX}\s+)?no longer\b|(?:would\s+|could\s+)?{_BAD})",
        re.I,
    ),
    "entity": re.compile(
        rf"(?:[^\w]+{_STOP}{_WORD}){{0,4}}?[^\w]+(?:{_AUX}{_ADVERB}\s+not\b(?!\s+(?:only|just"
        rf"|until)\b)(?P<event>\s+{_EVENT})?"
        rf"|(?:{_AUX}\s+)?no longer\b|(?:would\s+|could\s+)?{_BAD})",
        re.I,
    ),
}
_POST["date"] = _POST["value"]
_POST["count"] = re.compile(
    rf"(?:[^\w]+(?:of\s+the\s+|of\s+your\s+)?{_STOP_VALUE}{_WORD}){{0,4}}?[^\w]+"
    rf"(?:{_AUX}{_ADVERB}\s+not\s+(?:the\b|correct|right|accurate|true\b|what\b|valid|current|how many|apply"
    rf"|applicable)"
    rf"|(?:{_AUX}\s+)?no longer\b|(?:would\s+|could\s+)?{_BAD}"
    r"|(?:that\s+|which\s+)?you (?:had |have |were )?(?:mentioned|saw|wrote|quoted|expected|expecting|cited|remember"
    r"|calculated|assumed|had in mind)\b)",
    re.I,
)
_POST_IDENTITY = re.compile(
    rf"[^\w]+(?:{_AUX}|which is|that is){_ADVERB}\s+not\s+(?:it|the (?:one|right|correct|issue|problem|cause|culprit)"
    r"|among|part of|on the list|one of|included|affected|counted|listed|in scope|relevant|involved)\b",
    re.I,
)
MEMBERSHIP = (
    r"(?:not (?:be |been |yet |also )?(?:included|counted|listed|in scope|part of|among|on the list"
    r"|on this list|applicable)"
    r"|excluded|exclude|ruled out|left out|omitted|out of scope|does not count|do not count|skipped)"
)
_MEMBERSHIP_LABEL = re.compile(rf"\b{MEMBERSHIP}\b|^\W*exclusions\W*$|^\W*(?:excluding|except)\W*$", re.I)
_WITH = re.compile(r"\bwith\b[^.]{0,40}\b(?:excluded|omitted|left out)\b", re.I)
_CLAIM_LABEL = re.compile(
    r"\b(?:you|customer|client|they|he|she|message|email)\s+(?:\w+\s+)?(?:wrote|said|says|mentioned|mentions|claimed"
    r"|claims|stated|states)\W*$",
    re.I,
)
_PREDICATE_START = (
    r"(?:^|[,:(—–|-]|\b(?:is|was|are|were|so|it|been|be|both|also|therefore|hence|does|do|did|has|have|and))\s*"
)
_NO_CELL = re.compile(
    r"\W*(?:no|none|false|n|x|excluded|not included)\W*$|\W*no\s*[-—–:(,]|\s*[✗✘❌✖](?!\s*\w*(?:ly|ed)\b)", re.I
)
_FACT_HEADER = re.compile(
    r"deliver|ship|paid|receiv|refund|resolv|answer|respon|stock|repl|clos|active|expired|deprecat|issue",
    re.I,
)  # fmt: skip
_CONJUNCTION = r"(?:and/or|and|or|nor|as well as|plus|or maybe|or possibly|or perhaps|or even)"
_GLUE = re.compile(
    r"[\s,\"'()&/#]*(?:\([^()\n]{0,60}\)[\s,]*)?"
    rf"(?:{_CONJUNCTION}\b[\s\"'(#]*(?:the |order |orders |a |an |possibly |maybe |perhaps |around |about )?)?[\"'#]*$",
    re.I,
)
_OR = re.compile(r"\bor\b|(?<!\w)/(?!\w)|(?<=\w)/|/(?=\$)", re.I)
_INTERROGATIVE = re.compile(
    r"[\s\"'(]*(?:is|are|was|were|do|does|did|can|could|would|will|should|shall|may|might|have|has|what|when|which|how"
    r"|who|why|where|am)\b",
    re.I,
)


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


@lru_cache(maxsize=4096)
def _clauses(text: str) -> _Clauses:
    cues = tuple(_Cue(m.start(), m.end(), m.lastgroup or "", bool(m["report"])) for m in _PRE.finditer(text))
    boundaries = tuple((m.start(), m.lastgroup or "") for m in _BOUNDARY.finditer(text))
    return _Clauses(cues, boundaries, tuple(at for at, _ in boundaries), _question_start(text, boundaries))


def _question_start(text: str, boundaries: Sequence[tuple[int, str]]) -> int | None:
    if not text.rstrip("\"')] ").endswith("?"):
        return None
    if _INTERROGATIVE.match(text):
        return 0
    for at, type_ in reversed(boundaries):
        if type_ in ("strong", "comma", "colon", "word"):
            following = text[at:].lstrip(",;:—–- ")
            following = re.sub(r"^(?:and|so|but|then|or)\s+", "", following, flags=re.I)
            if _INTERROGATIVE.match(following):
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
            if kind not in ("phrase", "entity") or _FINITE.search(text, at, start) or not _LIST_END.search(text, at):
                return True
        else:
            return True
    if open_at is None:
        return False
    closing = text.find(")", open_at)
    return bool(_FINITE.search(text, open_at, closing if closing >= 0 else len(text)))


_CONTRAST = re.compile(
    r"\b(?:otherwise|normal(?:ly)?|usual(?:ly)?|ordinar(?:y|ily)|regular(?:ly)?|standard|originally|previously"
    r"|before that"
    r"|until then|instead|if|unless|without|had|old|older|former|list price|full price)\b|^\W*with\b|\b(?:it|that"
    r"|this)\s*$",
    re.I,
)
_BESIDE_BEHIND = re.compile(
    r"\s*\(?(?:(?:is|was|being) )?(?:in |at |the |today's |our |current |on )*(?:UTC|list(?: price)?|regular price"
    r"|sticker price"
    r"|MSRP|full price|shop price)\b",
    re.I,
)
_FINITE_VERB = re.compile(rf"\b{_AUX}\b", re.I)
_REFUTED = re.compile(
    r"\b(?:(?:please )?(?:do|does|did|must|should|can|need) not (?:follow|apply|hold|use|rely|go by|fit|concern|count)"
    r"|ignore|disregard|forget|outdated|out of date|superseded|withdrawn|deprecated|obsolete|no longer"
    r"|has been replaced"
    r"|was replaced|is replaced|is not (?:true|right|correct|the case|so|what)|is wrong|was wrong|incorrect|mistaken"
    r"|no such|but (?:there (?:is|was|are|were) |(?:I|we) (?:can |could )?(?:find|found|see|have) )?(?:no|nothing"
    r"|none))\b",
    re.I,
)
_OLD = re.compile(r"\b(?:old|older|outdated|former|previous|earlier|deprecated|withdrawn|obsolete|superseded)\b", re.I)
_BUT = re.compile(r"\b(?:but|however|though|although|yet|in fact|actually|whereas|nevertheless)\b", re.I)
_BUT_NEXT = re.compile(r"\W*(?:but|however|in fact|actually|unfortunately|our records|that is not|this is not)\b", re.I)
_RELATIVE_CLAIM = re.compile(
    rf"(?: (?:about|for|of|in|to|from|with|earlier|before))?(?:\s*[,)]|\s+(?:(?:also|too|already|still|now)\s+)?"
    rf"(?:{_AUX}|comes?|came|costs?|contains?|includes?|fits?|means|stays?|counts?|takes?|ended|ends|runs?|ran)\b)",
    re.I,
)
_WHEN_SAID = re.compile(
    r"(?: (?:it|this|that|back|in|again|already|(?:to )?(?:us|me)|about (?:(?:the|your|an?|this"
    r"|that) )?[\w-]+(?: [\w-]+)?"
    r"|(?:the|your|this) (?:fault|problem|defect|damage|issue|loss)))* on (?:the )?",
    re.I,
)
_ABOUT_IT = re.compile(
    r"\s+(?:really |always |even |quite )?(?:what|as|like|go|match|fit|suit|work|belong|want|include|support|have"
    r"|contain|come|keep|turn"
    r"|light|respond|charge|boot|start|show|arriv|reach|look|seem|feel)\w*\b",
    re.I,
)
_RELATIVE = re.compile(r"\b(?:that|which|who)\s+(?:(?:have|has|had|was|were|is|are|do|does|did|can|will)\s+)?$", re.I)
_ASKS_BACK = re.compile(
    r"\b(?:know|tell|ask(?:ed|ing)?|see|check(?:ed|ing)?|wonder\w*|sure|unsure|unclear|say|would|could|might|may|even"
    r"|only|as"
    r"|looked|depends?|decide)\b",
    re.I,
)
_OPTION = re.compile(
    r" you (?:(?:simply|just|rather|then|now|instead) )?(?!(?:would|could|should|might|want|wanted|wish|like|need"
    r"|prefer|have"
    r"|had|were|was|are|did|do|does|think|believe|still|find|see|notice|can|receive|get|got|experience|feel|paid"
    r"|bought)\b)"
    r"[a-z]+\b(?<!ed)",
    re.I,
)
_LIMITED = re.compile(
    r"\b(?:only (?:for|to|if|when|on|applies|covers|holds|counts|valid|runs)|(?:applies|apply|holds|covers|counts"
    r"|meant|valid)"
    r" only|does not (?:apply|hold|count|cover)|do not (?:apply|hold|count)|not for you|not yours)\b",
    re.I,
)
_PREPOSITION = re.compile(r"\b(?:with|at|for|under|in)\s+$", re.I)
_STILL_NAMED = re.compile(r"\s+(?:really |actually )?(?:want|need|use|like|keep)\w*\b", re.I)
_ANY_MORE = re.compile(r"\b(?:any ?more|any longer|after all)\b", re.I)


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
        if _OLD.search(text, max(0, cue.start - 25), cue.start) or _REFUTED.search(text, end):
            return "yes"
        refuted = _BUT.search(text, end) or (text[end:].strip(" .") == "" and _BUT_NEXT.match(context.next))
        return "weak" if refuted else "no"
    if cue.type == "cond":
        word = text[cue.start : cue.end].lower()
        if word == "if" and kind == "phrase" and _OPTION.match(text, cue.end):
            return "weak"
        if (
            word != "whether"
            and kind in ("phrase", "entity")
            and _is_trailing_condition(text, _statement_start(text, cue.start), cue)
        ):
            return "weak"
        return "yes" if kind in ("phrase", "entity") or word == "whether" or _BELIEF.search(gap) else "no"
    if cue.type == "local":
        return "yes" if not others and len(gap.split()) <= 8 else "no"
    if cue.type == "counter":
        if kind == "entity" or others or len(gap.split()) > 8:
            return "no"
        return "yes" if _CONTRAST.search(text[: cue.start]) or _CONTRAST.search(text, end) else "weak"
    if cue.type == "beside":
        return "weak" if near_value and len(gap.split()) <= 6 else "no"
    if cue.type == "wrong" and near_value and len(gap.split()) <= 3 and not _FINITE.search(gap):
        return "yes"
    return "no"


def _claims(text: str, cue: _Cue, span: tuple[int, int], kind: Kind, context: _Context) -> Denial:
    """What somebody claims asserts nothing; what they report and nobody contradicts is taken up as a fact."""
    start, end = span
    if _RELATIVE_CLAIM.match(text, cue.end) or (kind == "date" and _WHEN_SAID.fullmatch(text, cue.end, start)):
        return "no"
    if not cue.reports or kind != "phrase":
        return "yes"
    contradicted = _BUT.search(text, end) or (text[end:].strip(" .") == "" and _BUT_NEXT.match(context.next))
    return "yes" if contradicted else "weak"


def _statement_start(text: str, position: int) -> int:
    """Where the sentence part in front of a position begins: behind the last `;`, dash or colon."""
    return max(text.rfind(mark, 0, position) for mark in (";", "—", " – ", " - ", ":")) + 1


def _is_trailing_condition(text: str, begin: int, cue: _Cue) -> bool:
    """Whether a condition closes a statement of what holds ("we keep a fee if ..."), so that it names the rule."""
    main = text[begin : cue.start]
    return (len(main.split()) >= 3 or bool(re.search(r"\d", main))) and not _ASKS_BACK.search(main)


def _negates(text: str, cue: _Cue, gap: str, rules: Rules, context: _Context) -> Denial:
    others = any(cue.end <= other < cue.end + len(gap) for other in context.earlier)
    if rules.kind == "entity":
        if cue.type == "no":
            return "yes" if _NO_ENTITY.match(gap) or len(gap.split()) <= 1 else "no"
        if _DIRECT.match(gap) or _LEAVES_OUT.match(gap):
            return "yes"
        return "yes" if not rules.fault and not _AFTER_NOT_EVENT.match(gap) and not others else "no"
    if _KEEPS.match(gap):
        return "no"
    if _inside_noun_phrase(text, cue, gap):
        return "no"
    if rules.kind == "phrase" and cue.type == "no" and _PREPOSITION.search(text, 0, cue.start):
        return "no" if "," in gap or len(gap.split()) > 3 else "yes"
    if rules.kind == "phrase":
        cut = text[cue.start : cue.end].lower() == "no longer" or _ANY_MORE.search(text, cue.end)
        return "no" if cut and _STILL_NAMED.match(gap) else "yes"
    if _LIMIT_BEFORE.search(gap) or re.match(r"\s+yet\b", gap) or re.search(r"\byet\b", text[cue.end :]):
        return "no"
    if cue.type == "no":
        if _PREPOSITION.search(text, 0, cue.start):
            return "yes" if len(gap.split()) <= 4 else "no"
        return "weak" if _FINITE_VERB.search(gap) else "yes"
    return "yes"


def _inside_noun_phrase(text: str, cue: _Cue, gap: str) -> bool:
    """Whether a negation belongs to a phrase that ends before the mention: `without a scan were ...`, `that never
    light count ...`."""
    if cue.type == "without":
        return len(gap.split()) > 5 or _FINITE_VERB.search(gap) is not None
    if cue.type == "neg" and _RELATIVE.search(text, max(0, cue.start - 14), cue.start):
        return len(gap.split()) > 3 or _FINITE_VERB.search(gap) is not None
    return False


def _denied_behind(text: str, clauses: _Clauses, end: int, rules: Rules) -> Denial:
    """Whether what follows a mention in its clause takes it back."""
    if _RELATIVE_DENIAL.match(text, end):
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
    tail = text[end:stop]
    if "(" in tail:
        tail = re.sub(r"\([^()]*\)", "", tail)
    if len(tail) < 6:
        return "no"
    if rules.kind == "entity" and _POST_IDENTITY.match(tail):
        return "yes"
    found = _POST[rules.kind].match(tail)
    if found is None:
        return "no"
    if rules.kind == "entity":
        return "yes" if not rules.fault and not found["event"] else "no"
    if rules.kind == "phrase":
        return "weak" if found.group().lower().endswith("not") and _ABOUT_IT.match(tail, found.end()) else "yes"
    if re.search(r"\byet\b", tail):
        return "no"
    return "no" if rules.kind == "date" and _AFTER_NOT_EVENT.match(tail, found.end()) else "yes"


_OWN_SUBJECT = re.compile(
    r"[(,;:—–-]\s*(?:(?:the|its|their|an?|one|two|three|four|five|six|seven|eight|nine|ten|\d+|several|some|earlier"
    r"|other"
    r"|further|more|failed|voided|previous|old|older|later|which|whose)\s+)+[\w/-]+[^();:—–]*$",
    re.I,
)


@lru_cache(maxsize=512)
def _membership(phrases: tuple[str, ...]) -> re.Pattern[str]:
    own = "|".join(phrase_pattern(phrase).pattern for phrase in phrases)
    return re.compile(rf"{_PREDICATE_START}(?:{MEMBERSHIP}\b{'|' + own if own else ''})", re.I)


def _taken_out(sentence: Sentence, start: int, end: int, next_start: int, rules: Rules) -> bool:
    """Whether an entity's bullet, row or clause says that it is not in the list ("ord-...: excluded")."""
    text = sentence.text
    stop = min(next_start, len(text))
    for at, type_ in _between(_clauses(text), end, stop):
        if type_ == "strong" and text[at] in ";.!?":
            stop = at
            break
    if any(
        not _OWN_SUBJECT.search(text, end, end + found.start())
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
        if _NO_CELL.match(cell) and not _FACT_HEADER.search(header):
            return True
        position += len(cell) + 3
    return False


@lru_cache(maxsize=1024)
def _label_denies(label: str, phrases: tuple[str, ...]) -> bool:
    if _CLAIM_LABEL.search(label):
        return True
    text = label.lower()
    if _WITH.search(text):
        return False
    return bool(_MEMBERSHIP_LABEL.search(text)) or any(phrase_pattern(p).search(text) for p in phrases)


def _groups(reading: Reading, mentions: Sequence[Mention]) -> Iterator[tuple[int, int, bool]]:
    """Runs of mentions joined by commas, and, or: (first, behind last, whether different ones are joined by `or`)."""
    first = 0
    hedged = False
    for place in range(1, len(mentions) + 1):
        if place < len(mentions):
            gap = reading.text[mentions[place - 1].end : mentions[place].start]
            if len(gap) <= 80 and "\n" not in gap and "|" not in gap and _GLUE.match(gap):
                differ = mentions[place - 1].key != mentions[place].key
                hedged = hedged or (differ and bool(_OR.search(gap)))
                continue
        yield first, place, hedged
        first, hedged = place, False


def standings(reading: Reading, mentions: Sequence[Mention], rules: Rules) -> list[Standing]:
    """The standing of each mention; `mentions` are in the order of the text and do not overlap (phrases may)."""
    result: list[Standing] = []
    runs = [(i, i + 1, False) for i in range(len(mentions))] if rules.kind == "phrase" else _groups(reading, mentions)
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
        standing: Standing = "hedged" if hedged else "asserted"
        if denial == "yes":
            standing = "denied"
        elif denial == "weak" and not hedged:
            standing = "weak"
        result.extend(standing for _ in range(first, last))
    return result


def _of_another_rule(text: str, start: int) -> bool:
    """Whether a value stands in parentheses in a sentence that says whom a rule is for ("our extension (until January
    15) is only for orders from November")."""
    open_at = text.rfind("(", 0, start)
    return open_at > text.rfind(")", 0, start) and _LIMITED.search(text) is not None


def _labelled_out(text: str, clauses: _Clauses, start: int, phrases: tuple[str, ...]) -> bool:
    """Whether a mention stands behind a label such as "Not included:" in its own sentence."""
    begin = 0
    label: str | None = None
    for at, type_ in clauses.boundaries:
        if at >= start:
            break
        if type_ == "strong":
            begin, label = at + 1, None
        elif type_ == "colon" and label is None:
            label = text[begin:at]
    return label is not None and len(label.split()) <= 9 and _label_denies(label, phrases)


def _operand(text: str, start: int, end: int) -> bool:
    """Whether a value is only a step of a computation ("$100.00 less $8.00", "100 - 8 = 92")."""
    if _OPERAND.match(text, end) or _MINUEND.match(text, end) or _SUBTRACTED.search(text, max(0, start - 60), start):
        return True
    signs = _OPERAND_SIGN.match(text, end) or _SIGN_BEFORE.search(text, max(0, start - 6), start)
    return bool(signs) and "=" in text


def _denied(sentence: Sentence, span: tuple[int, int], following: int, context: _Context, rules: Rules) -> Denial:
    text = sentence.text
    start, end = span
    clauses = _clauses(text)
    if clauses.question_from is not None and end > clauses.question_from:
        cell = text[text.rfind("|", 0, start) + 1 :].split("|")[0] if sentence.unit.kind == "row" else "?"
        if cell.rstrip().endswith("?"):
            return "yes"
    phrases = rules.denied_by if rules.kind == "entity" else ()
    if any(_label_denies(label, phrases) for label in sentence.unit.labels):
        return "yes"
    if _labelled_out(text, clauses, start, phrases):
        return "yes"
    if rules.kind in ("value", "count") and _operand(text, start, end):
        return "yes"
    if rules.kind != "phrase" and re.match(r"\s*(?:→|->|=>)", text[end:]):
        return "no" if rules.kind == "entity" else "yes"
    if rules.kind == "entity" and _taken_out(sentence, start, end, following, rules):
        return "yes"
    before = _denied_before(text, clauses, span, rules, context)
    behind = "yes" if before == "yes" else _denied_behind(text, clauses, end, rules)
    if behind != "no":
        return behind
    if rules.kind in VALUES and (_BESIDE_BEHIND.match(text, end) or _of_another_rule(text, start)):
        return "weak"
    return before
