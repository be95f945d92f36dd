"""The words by which a clause proposes, asks, denies, doubts, tells or explains: patterns, no decisions."""

import re

# Verbs that do something which an action or a setting stands for. One list, in all forms that a proposal may use.
_VERBS = [
    "run",
    "rerun",
    "re-run",
    "start",
    "restart",
    "initiate",
    "launch",
    "perform",
    "conduct",
    "execute",
    "try",
    "use",
    "switch",
    "test",
    "train",
    "retrain",
    "fit",
    "refit",
    "evaluate",
    "raise",
    "lower",
    "increase",
    "decrease",
    "reduce",
    "set",
    "change",
    "adjust",
    "modify",
    "update",
    "target",
    "add",
    "drop",
    "remove",
    "replace",
    "swap",
    "exclude",
    "include",
    "extend",
    "shorten",
    "lengthen",
    "widen",
    "narrow",
    "restrict",
    "limit",
    "focus",
    "screen",
    "rescreen",
    "scan",
    "detect",
    "check",
    "analyse",
    "analyze",
    "take",
    "dig",
    "drill",
    "look",
    "investigate",
    "examine",
    "move",
    "go",
    "tighten",
    "relax",
    "loosen",
    "begin",
    "proceed",
    "continue",
    "apply",
    "validate",
    "backtest",
    "assess",
    "explore",
    "bump",
    "push",
    "cut",
    "combine",
    "blend",
    "ensemble",
    "build",
    "put",
    "kick",
    "do",
    "give",
    "have",
    "get",
    "predict",
    "aim",
    "require",
    "demand",
    "keep",
    "follow",
    "return",
    "show",
    "display",
    "open",
    "pull",
    "verify",
    "confirm",
    "list",
    "apply",
    "select",
    "choose",
    "pick",
    "revert",
    "bring",
    "ease",
    "repeat",
    "redo",
    "explore",
    "experiment",
    "measure",
    "score",
    "stick",
    "consider",
    "see",
    "make",
]


def _gerund(verb: str) -> str:
    if verb in (
        "run",
        "rerun",
        "re-run",
        "set",
        "get",
        "cut",
        "fit",
        "refit",
        "drop",
        "put",
        "dig",
        "begin",
        "swap",
        "scan",
        "limit",
    ):
        return verb + ("ing" if verb == "limit" else verb[-1] + "ing")
    return (verb[:-1] if verb.endswith("e") and verb != "see" else verb) + "ing"


_DISCUSS = [
    "explain",
    "discuss",
    "interpret",
    "understand",
    "summarise",
    "summarize",
    "describe",
    "clarify",
    "recall",
    "note",
    "remember",
    "review",
    "mention",
    "wait",
    "expect",
    "conclude",
    "celebrate",
    "remind",
    "acknowledge",
    "assume",
    "imagine",
    "suppose",
    "say",
    "believe",
    "know",
    "treat",
    "read",
]
_BASE = rf"(?:{'|'.join(sorted(_VERBS, key=len, reverse=True))})"
_ING = rf"(?:{'|'.join(sorted(map(_gerund, _VERBS), key=len, reverse=True))})"
_TALK = rf"(?:{'|'.join(_DISCUSS)}|{'|'.join(_gerund(verb) for verb in _DISCUSS)})"
_ADVERB = (
    r"(?:(?:now|next|then|first|also|instead|simply|just|still|even|already|probably|perhaps|maybe|definitely|therefore|"
    r"immediately|quickly|again|either|actually|always|together|both|please|finally|at\s+least|slightly|further|"
    r"additionally|directly|briefly|carefully|rather|begin\s+by|start\s+by|go\s+ahead\s+and|try\s+to|be\s+to|"
    r"move\s+on\s+and|proceed\s+to|continue\s+by|need\s+to|want\s+to|like\s+to|aim\s+to|want\s+you\s+to),?\s+)"
)
_DO = rf"(?:{_ADVERB}{{0,3}}{_BASE}\b)"
_DOING = rf"(?:{_ADVERB}{{0,3}}{_ING}\b)"
_WHO = r"(?:that\s+)?(?:we|you|I)\s+(?:(?:should|could|can|might|now)\s+)?"

# Strong: says "do this". What follows is a verb, a gerund, or the thing itself.
STRONG = re.compile(
    rf"""\blet(?:'s|\s+us)\s+{_DO}
    | \blet\s+me\s+{_DO}
    | \b(?:i|we)(?:'d|\s+would)?\s+{_ADVERB}*(?:strongly\s+)?(?:suggest|propose|recommend|advise|advocate)\b
      \s+(?:(?:{_WHO})?(?:to\s+)?{_DO}|(?:that\s+)?{_DOING}|(?!(?:{_TALK}|that|we|you|i|to)\b))
    | \b(?:i|we)(?:'d|\s+would)?\s+(?:suggest|propose|recommend)\s+that\s+(?:the\s+next\s+|our\s+next\s+)
    | \bmy\s+(?:next\s+|main\s+|first\s+|strong\s+|concrete\s+)*(?:suggestion|proposal|recommendation|step|move|choice|pick|plan|idea|advice|preference)
      (?:\s+(?:for\s+(?:the\s+)?next\s+(?:step|trial)|now|here|next))?\s*(?:is|would\s+be|:)
    | \b(?:the|a|an|our|your|one)\s+(?:(?:natural|logical|sensible|obvious|good|best|useful|reasonable|possible|next|recommended|suggested|immediate|
      first|second|third|other|another|concrete|simple|cheap|worthwhile|better|single|following|most|suggested|proposed|final|last|promising)\s+)*
      (?:next\s+steps?|next\s+trial|next\s+move|step|move|option|alternative|follow-up|experiment|next\s+action|idea|way\s+forward|choice)
      (?:\s+(?:now|here|from\s+here|for\s+us))?\s*(?:is|would\s+be|could\s+be|might\s+be|:)(?!\s+(?:to\s+)?{_TALK}\b)
    | \banother\s+(?:option|idea|step|possibility)\s+(?:is|would\s+be)
    | ^(?:the\s+)?(?:next\s+steps?|(?:suggested|recommended|proposed|possible)\s+(?:next\s+)?(?:steps?|actions?|trials?|settings?|changes?|adjustments?)
      |recommendations?|suggestions?|proposals?|proposed|suggested|recommended|next(?:\s+up)?|action|step\s+\d|options?(?:\s+\w{{1,2}})?
      |worth\s+trying|i'd\s+suggest|plan)\s*(?::|–|—|\s-\s)
    | \bshall\s+(?:we|i)\s+{_DO}
    | \b(?:should|can|could|may)\s+(?:we|i)\s+{_DO}
    | \b(?:would|do)\s+you\s+(?:like|want|prefer)\s+(?:me\s+|us\s+)?to\s+{_DO}
    | \b(?:want|ready)\s+(?:me\s+|us\s+|for\s+me\s+)?to\s+{_DO}
    | \bhow\s+about\s+(?:we\s+{_DO}|{_DOING}|(?:an?|the)\b)
    | \bwhy\s+(?:not|don't\s+we)\s+{_DO}
    | \b(?:i|we)(?:'ll|\s+will)\s+{_DO}
    | \b(?:i'm|i\s+am|we're|we\s+are)\s+(?:about|going)\s+to\s+{_DO}
    | \b(?:i|we)\s+(?:want|need|intend|plan|have|ought)\s+to\s+{_DO}
    | \b(?:i|we)(?:'d|\s+would)\s+(?:like\s+to\s+|love\s+to\s+|prefer\s+to\s+|rather\s+)?{_DO}
    | \b(?:i|we)(?:'d|\s+would)\s+(?:like|prefer|go\s+for)\s+(?:an?|the)\b
    | \bit(?:'s|\s+is)\s+time\s+(?:to\s+{_DO}|for\b)
    | \b(?:it\s+makes\s+sense|the\s+(?:best|right)\s+thing\s+is)\s+to\s+{_DO}
    | \b(?:we|you)\s+(?:should|must)\s+{_DO}
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Weak: says "this is possible"; a condition or a "later" takes it away.
WEAK = re.compile(
    rf"""\b(?:we|you|i)\s+(?:could|might|may)\s+(?:want\s+to\s+|wish\s+to\s+|like\s+to\s+)?(?:consider\s+{_DOING}|{_DO})
    | \bwe\s+can\s+{_DO}
    | \bi\s+can\s+(?:now|next|also|then)\s+{_DO}
    | \b(?:it\s+)?(?:would|might|could|may|will)\s+(?:also\s+)?be\s+(?:\w+\s+)?(?:worth(?:while)?|useful|helpful|good|wise|sensible|interesting|better|informative|prudent|natural|reasonable|instructive)\s+(?:to\s+{_DO}|{_DOING})
    | \b(?:it\s+is|it's|is|also)\s+worth\s+{_DOING}
    | \b(?:it\s+)?(?:may|might|could)\s+help\s+to\s+{_DO}
    | \bwhat\s+if\s+we\s+{_DO}
    | \bwhat\s+about\s+{_DOING}
    | \balternatively,?\s+{_DO}
    """,
    re.IGNORECASE | re.VERBOSE,
)
OFFER = re.compile(rf"\bi\s+(?:can|could)\s+{_DO}", re.IGNORECASE)
REQUEST = re.compile(
    rf"""\b(?:can|could|would|will)\s+you\s+(?:please\s+)?{_DO}
    | \b(?:i|we)(?:'d|\s+would)\s+like\s+(?:you\s+)?to\s+{_DO}
    | \b(?:i|we)\s+want\s+(?:you\s+)?to\s+{_DO}
    | \b(?:i|we)(?:'d|\s+would)?\s+(?:like|want|prefer|need)\s+(?:an?|the|only|just|to\s+have)\b
    | \b(?:i|we)\s+want\b
    | \blet(?:'s|\s+us)\s+{_DO}
    | \bi\s+(?:suggest|propose|recommend)\b
    | \bwe\s+(?:should|must|need\s+to)\s+{_DO}
    | \b(?:go\s+ahead\s+and|please|just)\s+{_DO}
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LEAD_IN = (
    r"(?:(?:and|or|so|ok|okay|please|now|next|then|first|second|third|lastly|finally|also|instead|alternatively|"
    r"great|good|perfect|yes|no|sure|in\s+addition|additionally|second(?:ly)?|third(?:ly)?|afterwards|"
    r"(?:as\s+)?(?:a|the|my|our)\s+next\s+(?:step|trial)|(?:after|following)\s+that|to\s+start|from\s+(?:here|there)|for\s+now|at\s+the\s+same\s+time)[\s,:!]+)"
)
IMPERATIVE = re.compile(
    rf"^\s*{_LEAD_IN}{{0,3}}{_ADVERB}{{0,2}}(?P<verb>{_BASE})\b(?!\s+(?:in|of|rate|was|is)\b)(?!-)", re.IGNORECASE
)
COORDINATED = re.compile(
    rf"^\s*(?:,?\s*(?:and|or|then|plus|but\s+also|as\s+well\s+as)\b[\s,]*)*{_ADVERB}{{0,2}}(?:(?:to|by)\s+)?(?P<verb>{_BASE}|{_ING})\b",
    re.IGNORECASE,
)

NEGATION = re.compile(
    r"""\b(?:do|does|did|would|should|could|can|is|are|was|were|has|have|wo|must|need|ai)n't\b|\bcannot\b|\bnot\b(?!\s+only)|\bnever\b|\bnor\b|\bneither\b
    |\bno\s+(?:need|point|reason|sense|longer|use)\b|\bavoid(?:ing)?\b|\brefrain|\bagainst\b|\bskip(?:ping)?\b|\bpremature\b|\bunnecessary\b
    |\bpointless\b|\bhold(?:ing)?\s+off\b|\bpostpone|\bdefer\b|\bwait\b|\bno\s+(?:further|more|new|additional)\b|\bstop\b|\bunwise\b|\btoo\s+early\b
    |\bdiscourage|\bpass\s+on\b|\bhardly\b|\bwithout\s+(?:running|starting|training|changing)\b|\brule[sd]?\s+out\b|\boverkill\b""",
    re.IGNORECASE | re.VERBOSE,
)
NOT_NEGATION = re.compile(
    r"\bwhy\s+(?:not|don't\s+we)\b|\bnot\s+only\b|\bif\s+not\b|\bdon't\s+you\s+think\b|\b(?:do\s+not|don't)\s+hesitate\b",
    re.IGNORECASE,
)
UNREAL = re.compile(
    r"\b(?:would|could|should|might|must|may)(?:n't|\s+not)?(?:\s+\w+)?\s+have\s+(?:\w+\s+)?(?:been|\w+ed|run|found|given|shown|made|taken|had|led|put|got)\b|\bhad\s+(?:we|you|i|it)\b|\bif\s+(?:we|you|i|it)\s+had\b|\bwere\s+(?:we|you|i)\s+to\b",
    re.IGNORECASE,
)
LATER = re.compile(
    r"\blater\b(?!\s+(?:years|sessions|dates))|\bat\s+some\s+(?:later\s+)?point\b|\beventually\b|\bin\s+(?:the|a)\s+future\b|\banother\s+(?:time|day)\b|\bdown\s+the\s+(?:road|line)\b|\bsome\s*day\b|\bone\s+day\b|\bin\s+due\s+course\b|\bin\s+theory\b|\bhypothetically\b|\btheoretically\b|\bin\s+principle\b",
    re.IGNORECASE,
)
CAPABILITY = re.compile(
    r"""\b(?:you\s+can\s+(?:also\s+)?ask|ask\s+me\s+to|able\s+to|capable\s+of|what\s+i\s+can\s+do|lets\s+you|allows?\s+you|available\s+(?:actions?|commands?|tools?|options)
    |the\s+(?:system|tool|platform|app|program|registry|software)\s+(?:can|could|supports?|offers?|includes?|has|provides?|will|is)|mltrainer\s+(?:can|supports?|offers?|provides?|has)
    |i\s+(?:can|support|offer)\b(?!\s+(?:now|next|then)\b)|my\s+(?:capabilities|tools|actions)|i\s+have\s+(?:access|tools?|the\s+ability)|you\s+can\b(?!\s+now)|actions?\s+(?:are|include)|can\s+be\s+(?:used|run|set|changed|adjusted)|used\s+to|is\s+used|users?\s+(?:can|may))""",
    re.IGNORECASE | re.VERBOSE,
)
FINITE = re.compile(
    r"""\b(?:is|are|was|were|has|have|had|did|does|found|ran|showed|shows|gave|gives|reached|returned|produced|yielded|identified|completed|finished|
    failed|took|came|performed|beat|won|lost|improved|suggested|looked|looks|used|uses|trained|tested|means|seems|appears|remains|stays|fell|rose|dropped|
    scored|ended|went|made|works|worked|turned|exceeded|exceeds|increased|decreased|raised|lowered|reduced|tends?|hurt|helped|needs|requires|indicates?|confirm(?:s|ed)|revealed|reveals)\b""",
    re.IGNORECASE | re.VERBOSE,
)
CONSENT = re.compile(
    r"\bif\s+(?:you\s*(?:'d|would)?\s*(?:like|want|wish|agree|approve|are\s+(?:happy|ok|okay|fine|ready|interested)|'re\s+(?:happy|ok|okay|fine|ready)|prefer|say|confirm|think)|(?:that|this|it)\s+(?:sounds|works|makes|is\s+(?:ok|okay|fine))|so|not|possible)|\bwhen(?:ever)?\s+(?:you\s*(?:'re|are)\s+ready|ready)\b|\bunless\s+you\s+(?:object|mind|disagree|prefer|want|would\s+rather|'d\s+rather)|\bonce\s+you\s+(?:agree|approve|confirm|say|give)",
    re.IGNORECASE,
)
CONDITION = re.compile(
    r"^\s*(?:and\s+|or\s+|but\s+)?(?:if|unless|provided|in\s+case|assuming|only\s+if|suppose|supposing|should\s+(?:the|it|you|this|that|volatility|regime)\b)",
    re.IGNORECASE,
)
SEQUENCE = re.compile(r"^\s*(?:once|when|whenever|as\s+soon\s+as|until|till)\b", re.IGNORECASE)

# "take the top three and analyse them" is one thing said.
_LOOK_AT_THEM = r"(?:then\s+)?(?:analy[sz]|examin|investigat|study|inspect|look)\w*\s+(?:(?:closely|deeper|more\s+closely)\s+)?(?:(?:at|into)\s+)?(?:them|these|those|it|each)\b"
_SUBORDINATE = (
    r"(?:because|since|although|though|even\s+though|while|whereas|when|whenever|once|(?<!what\s)if|unless|until|till|before|after|as(?!\s+(?:well|an?|the|our|my|soon|next|of)\b)"
    r"|as\s+soon\s+as|given|rather\s+than|instead\s+of|without|which|who|in\s+case|provided|assuming|to\s+(?:see|check|find\s+out|confirm|verify|understand|learn|know|make\s+sure|determine)|so\s+that"
    r"|despite|in\s+spite\s+of|unlike|compared\s+(?:to|with)|in\s+order\s+to|whether|that\s+(?:was|were|is|are|has|have|had|found|showed|gave|beat|reached|ran|did)|where|why(?!\s+(?:not|don't)\b)|what(?!\s+(?:if|about)\b)|how(?!\s+about\b))"
)
BOUNDARY = re.compile(
    rf"""(?P<hard>[;]|\s[—–]\s|—|\s-\s)|(?P<colon>:\s)|(?P<comma>,\s)
    |(?P<fresh>(?<=\s)(?:but|yet|however|so(?!\s+(?:that|far|as))|therefore|hence)\s)
    |(?P<sub>(?<=[\s(]){_SUBORDINATE}\b)
    |(?P<and>(?<=\s)(?:and(?:\s+then)?|then|or|plus)\s+(?!{_LOOK_AT_THEM})(?={_ADVERB}?(?:(?:to|by)\s+)?(?:{_BASE}|{_ING})\b|let's|let\s+us|i\s|we\s|i'd|it\s|the\s+\w+\s+(?:was|is|were|found|showed)))
    |(?P<again>(?<=\s)(?:let's|let\s+us|i\s+(?:suggest|propose|recommend)|i'd\s+(?:suggest|propose|recommend)|shall\s+we)\s)""",
    re.IGNORECASE | re.VERBOSE,
)
SUB_HEAD = re.compile(rf"^\s*(?:and\s+|but\s+|or\s+)?(?:even\s+|only\s+|just\s+)?{_SUBORDINATE}\b", re.IGNORECASE)
INSTEAD = re.compile(r"^\s*(?:rather\s+than|instead\s+of)\b", re.IGNORECASE)
INSTEAD_THEN = re.compile(r"(?<=\s)(?:do|run|use|try|start|take|go|we\s+(?:should|could|can))\s", re.IGNORECASE)
ASKS_FOR_IT = re.compile(
    rf"\b(?:can|could|would|will)\s+you\s+(?:please\s+)?{_DO}|\bplease\b|^\s*{_LEAD_IN}{{0,2}}let(?:'s|\s+us)\b"
    r"|^\s*(?:what|which)\s+models\b|\bmodels\s+are\b|^\s*(?:show|display|list)\b|\bwhat\s+(?:were|are|was)\s+the\s+results?\b",
    re.IGNORECASE,
)
# Verbs that only say how a trial is to be run; others ask for something of their own.
MANNER = re.compile(
    r"^\s*,?\s*(?:(?:and|but|while|by|to)\s+)*(?:us(?:e|ing)|target(?:ing)?|focus(?:ing)?|requir(?:e|ing)|aim(?:ing)?|apply(?:ing)?|demand(?:ing)?"
    r"|restrict(?:ing|ed)?|limit(?:ing|ed)?|look(?:ing)?\s+for|includ(?:e|ing)|show(?:ing)?|keeping)\b",
    re.IGNORECASE,
)
LOOKING = re.compile(
    r"^.{0,40}?\b(?:look|see|show|examine|check|display|open|explore|measure|score|analy[sz]e|investigate|assess|compare|keep(?!\s+only)|stick"
    r"|looking|seeing|showing|examining|checking|exploring|keeping(?!\s+only)|sticking|analy[sz]ing|investigating|assessing|validate|validating)\b(?!\s+for\b)",
    re.IGNORECASE | re.DOTALL,
)
SELECTING = re.compile(
    r"\b(?:us(?:e|ing)|try(?:ing)?|switch(?:ing)?|ensembles?|add(?:ing)?|drop(?:ping)?|replac(?:e|ing)|swap(?:ping)?|combin(?:e|ing)|blend(?:ing)?|test(?:ing)?|go(?:ing)?\s+with|includ(?:e|ing)"
    r"|exclud(?:e|ing)|remov(?:e|ing)|select(?:ing)?|choos(?:e|ing)|pick(?:ing)?|with|only|just|instead|set(?:ting)?|increas(?:e|ing)|rais(?:e|ing)|lower(?:ing)?|reduc(?:e|ing)|chang(?:e|ing)|giv(?:e|ing)|grow(?:ing)?|mov(?:e|ing)|bring(?:ing)?|limit(?:ing)?|leave)\b"
    r"|\b(?:suggest|recommend|propose)\s+(?:(?:an?|the)\s+)?\w+[\s\w]{0,12}$|^\s*(?:an?\s+)?\w+(?:\s+\w+)?(?:\s*(?:\+|and|,)\s*\w+(?:\s+\w+)?)*[\s.!]*$",
    re.IGNORECASE,
)
ONLY = re.compile(rf"^\s*{_LEAD_IN}{{0,2}}(?P<verb>only|just|with)\b", re.IGNORECASE)
PAST = re.compile(r"\b(?:was|were|had|did|ran|found|gave|took|went|came|saw|made|\w{2,}ed)\b", re.IGNORECASE)
