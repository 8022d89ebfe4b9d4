"""The words that end a clause, take a mention back or set it beside the point: patterns only.

How far each of them reaches is the business of `standing`.
"""

from __future__ import annotations

import re

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
    r"|and(?=\s+(?:nothing|nobody|no one|none|neither)\b)"
    rf"|and(?=\s+\$\d[\d.,]*\s+(?:\w+\s+){{0,2}}?(?:{_AUX}|comes?|goes?|went|remains?|stays?)\b)"
)
_FULL_STOP = r"(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bincl)(?<!\bexcl)(?<!\bapprox)(?<!\bno)(?<!\betc)[.!?]\s"
BOUNDARY = re.compile(
    rf"(?P<strong>;|\s?—\s?|\s–\s|\s--\s|\s-\s|\s\|\s|(?:→|->|=>)|\.{{3}}|…|{_FULL_STOP})|(?P<colon>:(?=\s|$))"
    rf"|(?P<open>\()|(?P<close>\))|(?P<comma>,(?!\d{{3}}))|\b(?P<word>{_CONJUNCTIONS}|{_AND_CLAUSE})\b",
    re.I,
)
FINITE = re.compile(rf"\b(?:{_AUX}|{_SUBJECT}|please|let|means|equals|arrived|shipped|applies|qualifies)\b", re.I)
LIST_END = re.compile(r"\b(?:and|or|nor)\b", re.I)
_NOT_NEUTRAL = (
    r"(?!\s+(?:only|just|merely|simply|solely|until|to worry|a problem|an issue|hesitate|to mention|least|sure if|"
    r"before|wait to)\b)"
)
PRE = re.compile(
    rf"(?P<neg>(?<!or )\bnot\b(?!-){_NOT_NEUTRAL}|\bnever\b(?!-)|\bno longer\b|\bneither\b|\bnor\b|\bnone of\b"
    r"|\bunable to\b|\bnobody's\b|\bnobody(?: \w+){0,2} (?:says?|said|claims?|claimed|promised|thinks|stated?)\b"
    r"|(?<!no )(?<!without )(?<!without a )(?<!beyond )(?<!beyond a )\bdoubt(?:s|ed|ful)?\b(?! about it)|\bhardly\b"
    r"|(?<=\band )not (?:merely|just|only|simply)\b(?= \$?\d)|\ballegedly\b|\bsupposedly\b"
    r"|\bfail(?:s|ed|ing)? to\b|\brefus(?:e|es|ed|ing) to\b|\bdeclin(?:e|es|ed|ing) to\b|\bruled? out\b|\bruling out\b"
    r"|(?<=\band )(?:nobody|no one|nothing)\b(?! (?:but|more than|less than|short of)\b)"
    r"|\bcannot\b)"
    r"|(?P<no>\bno\b(?!-)(?! (?:longer|later|earlier|more than|less than|fewer than|sooner|problem|worries|doubt|matter"
    r"|need to worry)\b))"
    r"|(?P<without>\bwithout\b(?! (?:delay|further|issue|a problem|doubt)))"
    r"|(?P<local>\binstead of\b|\brather than\b|\bas opposed to\b|\bin place of\b|\bother than\b|\bapart from\b"
    r"|\baside from\b|\bexcept(?: for| that)?\b|\bexception of\b|\bexclud(?:e|es|ed|ing)\b|\bleaving out\b|\bleft out\b"
    r"|\bomit(?:s|ted|ting)?\b|\bused to be\b|\bsupersed(?:es|ing)\b"
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
    r"|erroneously|old|outdated|obsolete|superseded|deprecated|former|formerly)\b)"
    r"|(?P<record>\b(?:(?:email|mail|message|note|comment|remark|ticket|letter|article|guide|page|leaflet|manual"
    r"|header|overview|dashboard|banner|record|system|file)s?)\b(?: of (?:ours|yours|hers|his|theirs))?"
    r"(?: (?:on|in|from|of|about|for) (?:(?:the|your|our|her|his|this|that|its|it) )?[\w-]+)?"
    r"(?: (?:that|which|who|also|still|even|once))* "
    r"(?:says?|said|tells?|told|mentions?|mentioned|claims?|claimed|suggests?|suggested|states?|stated|recommends?"
    r"|recommended|lists?|listed|shows?|showed|asks?|asked|promises|promised|reads?)\b)"
    r"|(?P<claim>(?<!as )(?<!where )\b(?:you|he|she|they|(?:the |our |your )?(?:customer|client|caller)(?: also)?)"
    r" (?:(?:also|had|have|has|originally|initially|first|may have|might have"
    r"|(?:may|might|probably|perhaps)(?= (?:think|believe|assume|remember)\b)|would have|were|was|is|are"
    r"|who|still)\s){0,2}"
    r"(?:(?P<report>mention|mentioned|mentions|wrote|write|writes|describe|describes|described|report|reports"
    r"|reported|told us|tell us|noted?|notes)\b|said|say|says|state|states|stated|claim|claims|claimed"
    r"|thinks?|thought|believes?"
    r"|believed|assumes?|assumed|expected|expects?|expecting|remember|remembered|told|heard|saw|seen|calculated"
    r"|suggested|insists?|insisted|wondered|wondering|asked (?:about|whether|if))\b)"
    r"|(?P<cond>\b(?:if|whether|unless|in case|assuming|supposing)\b)",
    re.I,
)
LIMIT_BEFORE = re.compile(
    r"\b(?:until|before|after|since|later than|earlier than|beyond|past|above|over|more than|less than|exceed|exceeding"
    r"|under|fewer than|within|outside|outside of|up to|exceeds)"
    r"(?:\s+(?:the|your|our|of|a|an|its|by|midnight|end of day|on|that|this|usual|standard|limit|maximum))*\W*$",
    re.I,
)
BELIEF = re.compile(
    r"\b(?:is|was|were|be|are|been|show|shows|says?|lists?|mentions?|think|thought|believe|told|expected?|quoted|heard"
    r"|saw|see|seen|charged)\b",
    re.I,
)
DIRECT = re.compile(
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
AFTER_NOT_EVENT = re.compile(rf"\s+{_EVENT}", re.I)
_REMOVAL = r"(?:be able to |be )?(?:waiv|remov|avoid|lift|skip|forgiv|negotiab|optional|overrid|bypass)"
KEEPS = re.compile(rf"\s+{_REMOVAL}", re.I)
RELATIVE_DENIAL = re.compile(
    rf"(?:\s*\([^()]*\))?,?\s*(?:which|that|but (?:that|this|it))\s+(?:(?:{_AUX}\s+)?no longer\b"
    rf"|{_AUX}\s+not\s+(?:apply|valid|correct|current|right|true|accurate|in effect|the case)\b"
    r"|(?:is|was|would be)\s+(?:\w+ly\s+)?(?:wrong|incorrect|outdated|obsolete|superseded"
    r"|a mistake|an error|out of date))",
    re.I,
)
OPERAND = re.compile(
    r"\s*(?:minus\b|less\s+(?:\$|\d|(?:the|your|our|its|her|his|an?|one|any|all|\d+|label|return|restocking|shipping"
    r"|fee|discount|volume|silver|gold|platinum|tax)\b))",
    re.I,
)
MINUEND = re.compile(
    r"(?:\s+(?:you |that |we |it |she |he |was |were |had )*(?:paid|charged|captured|spent|cost))?"
    r"(?:\s+(?:with|after|for|on|at)(?:\s+(?!less\b|minus\b)[\w'%-]+){1,3})?,?\s+(?:less|minus)\s+(?:\$|the\b)",
    re.I,
)
OPERAND_SIGN = re.compile(r"\s*[-–+×x÷]\s*\(?\$?\d", re.I)
SUBTRACTED = re.compile(r"\b(?:less|minus)\s+(?:\w+\s+){0,4}$", re.I)
ADDED_BEFORE = re.compile(r"[\w)%]\s*[-–+]\s*$")
SIGN_BEFORE = re.compile(r"[\w)%]\s*[-–+×x÷]\s*$", re.I)
LEAVES_OUT = re.compile(r"\s+(?:be |been )?(?:includ|count|list|involv|concern|affect)", re.I)
NO_ENTITY = re.compile(
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
_NEVER = (
    rf"{_AUX}\s+never\b(?!\s+{_AFTER})|never\s+(?:was|were|is|are|has|had|will|did|goes?|went|gets?|got|comes?|came"
    r"|arrive[ds]?|happen(?:s|ed)?|appl(?:y|ies|ied)|left|ships?|shipped)\b"
)
POST: dict[str, re.Pattern[str]] = {
    "value": re.compile(
        rf"(?:[^\w]+(?:of\s+the\s+|of\s+your\s+)?{_STOP_VALUE}{_WORD}){{0,4}}?[^\w]+"
        rf"(?:{_AUX}{_ADVERB}\s+not\b(?!\s+{_AFTER})|(?:{_AUX}\s+)?no longer\b|{_NEVER}|(?:would\s+|could\s+)?{_BAD}"
        r"|(?:that\s+|which\s+)?you (?:had |have |were )?(?:mentioned|saw|wrote|quoted"
        r"|expected|expecting|cited|remember|calculated|assumed|had in mind)\b)",
        re.I,
    ),
    "phrase": re.compile(
        rf"(?:[^\w]+{_STOP}{_WORD}){{0,4}}?[^\w]+(?:{_AUX}{_ADVERB}\s+(?:not|never)\b(?!\s+(?:only|just|until)\b|\s+{_REMOVAL})"
        rf"|(?:{_AUX}\s+)?no longer\b|(?:would\s+|could\s+)?{_BAD})",
        re.I,
    ),
    "entity": re.compile(
        rf"(?:[^\w]+{_STOP}{_WORD}){{0,4}}?[^\w]+(?:{_AUX}{_ADVERB}\s+(?:not|never)\b(?!\s+(?:only|just"
        rf"|until)\b)(?P<event>\s+{_EVENT})?|(?:{_AUX}\s+)?no longer\b|(?:would\s+|could\s+)?{_BAD})",
        re.I,
    ),
}
POST["date"] = POST["value"]
POST["count"] = re.compile(
    rf"(?:[^\w]+(?:of\s+the\s+|of\s+your\s+)?{_STOP_VALUE}{_WORD}){{0,4}}?[^\w]+"
    rf"(?:{_AUX}{_ADVERB}\s+not\s+(?:the\b|correct|right|accurate|true\b|what\b|valid|current|how many|apply"
    rf"|applicable)|(?:{_AUX}\s+)?no longer\b|(?:would\s+|could\s+)?{_BAD}"
    r"|(?:that\s+|which\s+)?you (?:had |have |were )?(?:mentioned|saw|wrote|quoted|expected|expecting|cited|remember"
    r"|calculated|assumed|had in mind)\b)",
    re.I,
)
POST_IDENTITY = re.compile(
    rf"[^\w]+(?:{_AUX}|which is|that is){_ADVERB}\s+not\s+(?:it|the (?:one|right|correct|issue|problem|cause|culprit)"
    r"|among|part of|on the list|one of|included|affected|counted|listed|in scope|relevant|involved)\b",
    re.I,
)
MEMBERSHIP = (
    r"(?:not (?:be |been |yet |also )?(?:included|counted|listed|in scope|part of|among|on the list"
    r"|on this list|in (?:the|this|my|your) (?:table|list|count)|applicable)"
    r"|excluded|exclude|ruled out|left out|omitted|out of scope|does not count|do not count|skipped)"
)
SENTENCE_BEFORE = re.compile(r"^.*[.!?]\s(?=.)", re.S)
MEMBERSHIP_LABEL = re.compile(rf"\b{MEMBERSHIP}\b|^\W*exclusions\W*$|^\W*(?:excluding|except)\W*$", re.I)
WITH = re.compile(r"\bwith\b[^.]{0,40}\b(?:excluded|omitted|left out)\b", re.I)
CLAIM_LABEL = re.compile(
    r"\b(?:you|customer|client|they|he|she|message|email)\s+(?:\w+\s+)?(?:wrote|said|says|mentioned|mentions|claimed"
    r"|claims|stated|states)\W*$",
    re.I,
)
PREDICATE_START = (
    r"(?:^|[,:(—–|-]|\b(?:is|was|are|were|so|it|been|be|both|also|therefore|hence|does|do|did|has|have|and))\s*"
)
NO_CELL = re.compile(
    r"\W*(?:no|none|false|n|x|excluded|not included)\W*$|\W*no\s*[-—–:(,]|\s*[✗✘❌✖](?!\s*\w*(?:ly|ed)\b)", re.I
)
FACT_HEADER = re.compile(
    r"deliver|ship|paid|receiv|refund|resolv|answer|respon|stock|repl|clos|active|expired|deprecat|issue",
    re.I,
)  # fmt: skip
_CONJUNCTION = r"(?:and/or|and|or|nor|as well as|plus|or maybe|or possibly|or perhaps|or even)"
GLUE = re.compile(
    r"[\s,\"'()&/#]*(?:\([^()\n]{0,60}\)[\s,]*)?"
    rf"(?:{_CONJUNCTION}\b[\s\"'(#]*(?:the |order |orders |a |an |possibly |maybe |perhaps |around |about )?)?[\"'#]*$",
    re.I,
)
OR = re.compile(r"\bor\b|(?<!\w)/(?!\w)|(?<=\w)/|/(?=\$)", re.I)
# Values left open: between two neighbours, behind one, in front of a run of them.
_MAY_BE = r"(?:might|could|may)(?: also)? be"
OPEN_GAP = re.compile(
    r"[\s,;(\[\"'/]*(?:(?:and/or|or|alternatively|otherwise|else|maybe|perhaps|possibly|potentially|failing that"
    rf"|if not|{_MAY_BE}|unless)\b[\s,]*){{1,3}}(?:(?:it|that|this) (?:is|was|{_MAY_BE})\s+)?"
    r"(?:(?:on|to|around|about|approximately|even|the|rather)\s+)?[\s\"'(\[]*|\s?/{1,2}\s?",
    re.I,
)
OPEN_BEHIND = re.compile(
    r"(?:,? \d{4})?-(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"  # a month behind a hyphen is not read as a day
    r"|\s+or\s+(?:the\s+day\s+(?:after|before)|(?:a|an|one|two|three|some|\d+)\s+(?:\w+\s+)?(?:days?|weeks?|dollars?|more|less)"
    r"\s*(?:later|earlier|after|before|more|less)?)\b",
    re.I,
)
VERSUS_GAP = re.compile(r"\s*\(?(?:vs\.?|versus)\s*", re.I)
COMPARES = re.compile(
    r"\b(?:less|more|cheaper|dearer|saves?|saving|costs?|better|lower|higher|longer|shorter|difference|instead|against|faster"
    r"|slower|compared?|comparison|price[ds]?)\b",
    re.I,
)
COMPARED = re.compile(
    r"\W*(?:for|with|without|in|on|at|if|before|after|when|list|elsewhere|today|now|now|then|bought|separately|apiece|each"
    r"|regular(?:ly)?|normal(?:ly)?|usual(?:ly)?)\b|\s*[\])]?[.;,]?\s*$",
    re.I,
)
SHORT_DAY = re.compile(r"\d{1,2}(?:st|nd|rd|th)?(?:,?\s+\d{4})?", re.I)
TIGHT_RANGE = re.compile(r"(?:,? \d{4})?[-–—]")  # a year right before a hyphen is not read as one
PERIOD = re.compile(
    r"\b(?:from|window|period|runs?|covers?|covered|valid|open|warranty)\b(?:(?!\b(?:through|until|by|on|before)\b)[^.;]){0,25}$",
    re.I,
)
SUBTRACTS = re.compile(r"\s*(?:for|label|return|restocking|shipping|fee|discount|postage|off)\b", re.I)
ONE_OF = re.compile(r"\b(?:one|any|some) (?:of|out of|among)\s+(?:(?:the|these|about|around)\s+)*[~(]?$", re.I)
BETWEEN = re.compile(
    r"(?<!difference )(?<!differences )(?<!gap )(?<!spread )(?<!distance )(?<!choice )(?<!discrepancy )(?<!choose )"
    r"\b(?:some(?:where|thing|time) )?between\s+(?:(?:the|about|around|roughly)\s+)*~?$",
    re.I,
)
INTERROGATIVE = re.compile(
    r"[\s\"'(]*(?:is|are|was|were|do|does|did|can|could|would|will|should|shall|may|might|have|has|what|when|which|how"
    r"|who|why|where|am)\b",
    re.I,
)
CONTRAST = re.compile(
    r"\b(?:otherwise|normal(?:ly)?|usual(?:ly)?|ordinar(?:y|ily)|regular(?:ly)?|standard|originally|previously"
    r"|before that"
    r"|until then|instead|if|unless|without|had|old|older|former|list price|full price)\b|^\W*with\b|\b(?:it|that"
    r"|this)\s*$",
    re.I,
)
BESIDE_BEHIND = re.compile(
    r"\s*\(?(?:(?:is|was|being) )?(?:in |at |the |today's |our |current |on )*(?:UTC|list(?: price)?|regular price"
    r"|sticker price|MSRP|full price|shop price)\b(?! price|\W{0,3}\d)",
    re.I,
)
FINITE_VERB = re.compile(rf"\b{_AUX}\b", re.I)
REFUTED = re.compile(
    r"\b(?:(?:please )?(?:do|does|did|must|should|can|need) not (?:follow|apply|hold|use|rely|go by|fit|concern|count)"
    r"|ignore|disregard|forget|outdated|out of date|superseded|withdrawn|deprecated|obsolete|no longer"
    r"|has been replaced"
    r"|was replaced|is replaced|is not (?:true|right|correct|the case|so|what)|is wrong|was wrong|incorrect|mistaken"
    r"|no such|but (?:there (?:is|was|are|were) |(?:I|we) (?:can |could )?(?:find|found|see|have) )?(?:no|nothing"
    r"|none))\b",
    re.I,
)
OLD = re.compile(r"\b(?:old|older|outdated|former|previous|earlier|deprecated|withdrawn|obsolete|superseded)\b", re.I)
BUT = re.compile(r"\b(?:but|however|though|although|yet|in fact|actually|whereas|nevertheless)\b", re.I)
BUT_NEXT = re.compile(r"\W*(?:but|however|in fact|actually|unfortunately|our records|that is not|this is not)\b", re.I)
RELATIVE_CLAIM = re.compile(
    rf"(?: (?:about|for|of|in|to|from|with|earlier|before))?(?:\s*[,)]|\s+(?:(?:also|too|already|still|now)\s+)?"
    rf"(?:{_AUX}|comes?|came|costs?|contains?|includes?|fits?|means|stays?|counts?|takes?|ended|ends|runs?|ran)\b)",
    re.I,
)
WHEN_SAID = re.compile(
    r"(?: (?:it|this|that|back|in|again|already|(?:to )?(?:us|me)|in (?:your|his|her|their|the|an?)(?: \w+)?"
    r" (?:e?mail|message|note|letter|ticket|chat|call)|about (?:(?:the|your|an?|this|that) )?[\w-]+(?: [\w-]+)?"
    r"|(?:the|your|this) (?:fault|problem|defect|damage|issue|loss)))* on (?:the )?",
    re.I,
)
ABOUT_IT = re.compile(
    r"\s+(?:really |always |even |quite )?(?:what|as|like|go|match|fit|suit|work|belong|want|include|support|have"
    r"|contain|come|keep|turn|light|respond|charge|boot|start|show|arriv|reach|look|seem|feel)\w*\b",
    re.I,
)
RELATIVE = re.compile(r"\b(?:that|which|who)\s+(?:(?:have|has|had|was|were|is|are|do|does|did|can|will)\s+)?$", re.I)
ASKS_BACK = re.compile(
    r"\b(?:know|tell|ask(?:ed|ing)?|see|check(?:ed|ing)?|wonder\w*|sure|unsure|unclear|say|would|could|might|may|even"
    r"|only|as|looked|depends?|decide)\b",
    re.I,
)
OPTION = re.compile(
    r" you (?:(?:simply|just|rather|then|now|instead) )?(?!(?:would|could|should|might|want|wanted|wish|like|need"
    r"|prefer|have"
    r"|had|were|was|are|did|do|does|think|believe|still|find|see|notice|can|receive|get|got|experience|feel|paid"
    r"|bought)\b)"
    r"[a-z]+\b(?<!ed)",
    re.I,
)
LIMITED = re.compile(
    r"\b(?:only (?:for|to|if|when|on|applies|covers|holds|counts|valid|runs)|(?:applies|apply|holds|covers|counts"
    r"|meant|valid)"
    r" only|does not (?:apply|hold|count|cover)|do not (?:apply|hold|count)|not for you|not yours)\b",
    re.I,
)
PREPOSITION = re.compile(r"\b(?:with|at|for|under|in)\s+$", re.I)
STILL_NAMED = re.compile(r"\s+(?:really |actually )?(?:want|need|use|like|keep)\w*\b", re.I)
ANY_MORE = re.compile(r"\b(?:any ?more|any longer|after all)\b", re.I)
OWN_SUBJECT = re.compile(
    r"[(,;:—–-]\s*(?:(?:the|its|their|an?|one|two|three|four|five|six|seven|eight|nine|ten|\d+|several|some|earlier"
    r"|other|further|more|failed|voided|previous|old|older|later|which|whose)\s+)+[\w/-]+[^();:—–]*$",
    re.I,
)

# What only names a matter: "liquid damage is excluded", "the $9.99 is not refunded".
COVERED = re.compile(r"\b(?:not (?:be )?(?:covered|included)|excluded)\b", re.I)
EXCLUDES = re.compile(r"exclude[sd]?\b", re.I)
NOT_REFUNDED = re.compile(r"\s+(?:be )?(?:refund|return|reimburs|given back|come back|go back)\w*\b", re.I)

# Where a negation or a condition ends before the mention.
UNTIL = re.compile(r"\b(?:until|unless)\b", re.I)
REASON = re.compile(r"(?:because|since)\b", re.I)
IMPERATIVE = re.compile(
    r"\s*(?:please|just|simply|then|kindly)?\s*(?:refuse|return|reply|answer|contact|send|write|call|choose|take|keep"
    r"|use|hold|press|let|tell|go|try|copy|back up|order|ask|leave|set|turn)\b",
    re.I,
)
# What follows a condition: its statement, with a subject of its own.
MAIN_CLAUSE = re.compile(
    rf"\s*(?:(?:then|also|instead|please)\s+)?(?:{_SUBJECT}\s+[a-z]"
    rf"|(?:the|your|our|a|an|any|all|no|both|each|nothing|nobody)\b[^,;:]*?\b(?:{_AUX}|applies|apply|comes?|goes?|stays?)\b)",
    re.I,
)
OWN_CLAUSE = re.compile(rf"\s*{_SUBJECT}\s+[a-z]", re.I)
MORE_CONDITION = re.compile(
    rf"[^,;:]*,\s*(?:and|or)\b[^,;:]*,\s*(?:then\s+)?(?:{_SUBJECT}|the|your|our|please|a|an)\b", re.I
)
SPEAKER = re.compile(r"\b(?:we|I)\b(?=\s+[a-z])")
CONDITION_WHOLE = re.compile(rf"\s+(?:(?:it|they|he|she|this|that|you|there)\s+[a-z]|[^,;:]*?\b{_AUX}\b)", re.I)
CONDITION_GOES_ON = re.compile(
    r"\b(?:that|which|who|whom|what|how|where|when|why|because|as|than|and|or|nor|but|if|whether|once|before|after|until"
    r"|unless|while|since|rather|wish|want|prefer|like|think|believe|says?|said|know|tell|told|mean|see|find|feel|hope"
    r"|expect|sure|us|me|of|for|in|on|to|with|by|from|one|ones|something|anything|everything|way|time|day"
    r"|(?:the|a|an|any|all|every|each|no|this|that|these|those|some|your|our)\s+(?:[\w-]+\s+)?[\w-]+)\s+$",
    re.I,
)
# What is still to come: "before anything is reshipped".
_COMING = r"\b(?:before|until)\s+(?:(?!and\b|but\b|or\b)[\w'$#-]+\s+){1,6}?"
_IS = r"(?:is|are|has been|have been|gets?|can be|be)"
BEFORE_IT_IS = re.compile(rf"{_COMING}{_IS}\s+(?:(?:\w+ly|already|ever)\s+)?$", re.I)
BEFORE_IT = re.compile(rf"{_COMING}$", re.I)
IT_IS = re.compile(rf"{_IS}\b", re.I)
UNTRUE = re.compile(
    r"\W*(?:it|this|that) (?:is|was) (?:not (?:true|correct|right|the case|so)|untrue|false|wrong|incorrect)"
    r" that\b",
    re.I,
)
CONTRARY = re.compile(r"[;—–]|\b(?:but|instead|rather)\b", re.I)
# Labels and questions, and what answers them: "Double charge: No - only one capture".
LABEL_END = re.compile(r"(?:\s+[\w'-]+){0,4}\s*[:?]\s*", re.I)
ANSWERS_NO = re.compile(r"\W{0,3}(?:no|nope|none|never|false)\b *(?:[-—–:(,.;!|\n]|$)|\W{0,3}[✗✘❌✖]", re.I)
ANSWERS_YES = re.compile(r"\W{0,3}(?:yes|yep|indeed|correct)\b(?!\s*(?:/|or)\s*no\b)|\W{0,3}[✓✔✅]", re.I)
HEADING_END = re.compile(r"(?:\s+[\w'-]+){0,4}\W*")
COMES_BEFORE = re.compile(r"\b(?:before|until)\b", re.I)
NO_ALONE = re.compile(r" \(")
ANSWER_PLACE = re.compile(r"(?:^|[:|?])\W*$")
NAME_FIRST = re.compile(r"\W*(?:Will|May)\s+[A-Z][\w'-]+\s*[(:|,-]")
OPEN_QUESTION = re.compile(r"\b(?:perhaps|maybe|possibly|probably|or)\b", re.I)
QUOTED = re.compile(r'(?<!\d)"([^"]*\w\s+\w[^"]*)"')
# A remark behind the name of one of several ("Dmitri Sokolsky, trainee, and Gwendolyn Achter do not ...").
ASIDE_NAME = re.compile(
    rf",\s*(?!{_CONJUNCTION}\b)[\w'-]+(?:\s+(?!(?:{_AUX}|not|no)\b)[\w'-]+){{0,3}},\s*"
    r"(?:and|or|nor)?\s*",
    re.I,
)
OF_SEVERAL = re.compile(
    r"(?:\s*\([^()]*\))?\s+(?:(?:both|all)\s+)?(?:do|are|were|have|can|could|may|must|should|will|would|lack)\b", re.I
)
COUNTERFACTUAL = re.compile(
    r"\b(?:if (?:[\w'-]+ ){1,4}(?:were|had|was)\b|(?:^|, )(?:had|were) (?:it|the|you|your|he|she|they))[^;:]*"
    r"\bwould\b[^;:]*$",
    re.I,
)
OWN_NEGATION = re.compile(r"(?:no|not|never|none|nothing|nobody|neither|nor|without|can not)\b", re.I)
# A remark in parentheses with words of its own ("does not apply (order placed on October 31)").
EXPLAINS = re.compile(r"[^,()]*?[a-z]{3,}[^,()\w]+(?:[\w'-]+\s+)*?[a-z]{3,}[^,()]*", re.I)
LISTED = re.compile(r",|\b(?:and|or|nor)\b", re.I)
PLACE = re.compile(
    r"\w\s+(?:on|in|inside|behind|under)\s+(?:(?:the|your|our|his|her|their|this|that)\s+)?(?:[\w-]+\s+)?$", re.I
)
