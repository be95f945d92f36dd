"""The words by which a clause proposes, asks, denies, doubts, tells or explains: patterns, no decisions."""

from mltrainer.actions.detect_patterns import spaced_words
from mltrainer.actions.detect_verbs import ADVERB, BASE, DO, DOING, GERUND, TALK

_WHO = r"(?:that\s+)?(?:we|you|I)\s+(?:(?:should|could|can|might|now)\s+)?"
_GOOD = r"""(?:natural|logical|sensible|obvious|good|best|useful|reasonable|possible|next|recommended|suggested|
    immediate|
    first|second|third|other|another|concrete|simple|cheap|worthwhile|better|single|following|most|proposed|final|last|
    promising|right|sanity|quick)"""
_STEP = r"""(?:next\s+(?:steps?|trial|move|action|thing)|step|move|option|alternative|follow-up|experiment|idea|
    way\s+forward|way\s+to\s+go|choice|check)"""
_WORTHWHILE = r"""(?:worth(?:while)?|useful|helpful|good|wise|sensible|interesting|better|informative|prudent|natural|
    reasonable|instructive)"""

# Strong: says "do this". What follows is a verb, a gerund, or the thing itself.
STRONG = spaced_words(
    rf"""\blet(?:'s|\s+us|\s+me)\s+{DO}
    | \b(?:i|we)(?:'d|\s+would)?\s+{ADVERB}*(?:strongly\s+)?(?:suggest|propose|recommend|advise|advocate)\b
      (?: \s+(?:(?:{_WHO})?(?:to\s+)?{DO}|(?:that\s+)?{DOING}|(?!(?:{TALK}|that|we|you|i|to)\b))
        | (?:\s+(?:the\s+following|this|as\s+follows))?\s*: | \s+that\s+(?:the|our)\s+next\s+)
    | \bmy\s+(?:next\s+|main\s+|first\s+|strong\s+|concrete\s+)*
      (?:suggestion|proposal|recommendation|step|move|choice|pick|plan|idea|advice|preference)
      (?:\s+(?:for\s+(?:the\s+)?next\s+(?:step|trial)|now|here|next|therefore))?\s*(?:is|would\s+be|:)
    | \b(?:the|a|an|our|your|one)\s+(?:{_GOOD}\s+)*{_STEP}(?:\s+(?:now|here|from\s+here|for\s+us|i'd\s+do))?\s*
      (?:is|would\s+be|could\s+be|might\s+be|:)(?!\s+(?:to\s+)?{TALK}\b)
    | \banother\s+(?:option|idea|step|possibility)\s+(?:is|would\s+be)
    | ^(?:the\s+)?(?:next\s+steps?|recommendations?|suggestions?|proposals?|proposed|suggested|recommended|
        (?:suggested|recommended|proposed|possible)\s+(?:next\s+)?(?:steps?|actions?|trials?|settings?|changes?|
        adjustments?)|next(?:\s+up)?|action|step\s+\d|options?(?:\s+\w{{1,2}})?|worth\s+trying|i'd\s+suggest|plan)
      \s*(?::|–|—|\s-\s)
    | \bshall\s+(?:we|i)\s+{DO} | \b(?:should|can|could|may)\s+(?:we|i)\s+{DO}
    | \b(?:would|do)\s+you\s+(?:like|want|prefer)\s+(?:me\s+|us\s+)?to\s+{DO}
    | \bwould\s+you\s+(?:like|prefer)\s+(?:an?|the)\b
    | \b(?:want|ready)\s+(?:me\s+|us\s+|for\s+me\s+)?to\s+{DO}
    | \bhow\s+about\s+(?:we\s+{DO}|{DOING}|(?:an?|the)\b) | \bwhy\s+(?:not|don't\s+we)\s+{DO}
    | \b(?:i|we)(?:'ll|\s+will)\s+{DO} | \b(?:i'm|i\s+am|we're|we\s+are)\s+(?:about|going)\s+to\s+{DO}
    | \b(?:i|we)\s+(?:want|need|intend|plan|have|ought)\s+to\s+{DO}
    | \b(?:i|we)(?:'d|\s+would)\s+(?:like\s+to\s+|love\s+to\s+|prefer\s+to\s+|rather\s+)?{DO}
    | \b(?:i|we)(?:'d|\s+would)\s+(?:like|prefer|go\s+for)\s+(?:an?|the)\b
    | \bwould\s+{DOING}[^.?]{{0,80}}\b(?:work|suit|help|be\s+(?:ok|okay|fine|acceptable))\b[^.?]*\?
    | \beither\s+(?:we\s+)?{DO} | \bit(?:'s|\s+is)\s+time\s+(?:to\s+{DO}|for\b) | \b(?:we|you)\s+(?:should|must)\s+{DO}
    | \b(?:it\s+makes\s+sense|the\s+(?:best|right)\s+thing\s+is)\s+to\s+{DO}"""
)
# "A walk-forward test is the natural next step": the proposal stands before the words that make it one.
REVERSED = spaced_words(
    rf"\b(?:is|would\s+be|seems|looks\s+like)\s+(?:the|a|an|my|our)\s+(?:{_GOOD}\s+)*"
    rf"(?:{_STEP}|recommendation|suggestion|proposal)\b"
    rf"|\bwould\s+(?:tell\s+us|show|settle|answer)\b"
    rf"|\b(?:is|would\s+be)\s+what\s+(?:i'd|i\s+would|we\s+should)\s+{DO}"
)
# "Which stocks will rise by 8 % within a week?" asks for the search; what is asked of the past is a question.
_WHICH = r"""(?:^|\b(?:and|then)\s)\s*(?:which|what)\s+(?:\w+\s+){0,3}?(?:stocks?|shares|names|tickers|companies)\s+
    (?:(?:that|which)\s+)?(?:will|could|can|might|may|should|are\s+(?:likely|expected|going)\s+to)\b"""
WHICH = spaced_words(_WHICH)
# Weak: says "this is possible"; a condition or a "later" takes it away.
WEAK = spaced_words(
    rf"""\b(?:we|you|i)\s+(?:could|might|may)\s+(?:want\s+to\s+|wish\s+to\s+|like\s+to\s+)?(?:consider\s+{DOING}|{DO})
    | \bwe\s+can\s+{DO} | \bi\s+can\s+(?:now|next|also|then)\s+{DO}
    | \b(?:it\s+)?(?:would|might|could|may|will)\s+(?:also\s+)?be\s+(?:\w+\s+)?{_WORTHWHILE}\s+(?:to\s+{DO}|{DOING})
    | \b(?:it\s+is|it's|is|also)\s+worth\s+{DOING} | \b(?:it\s+)?(?:may|might|could)\s+help\s+to\s+{DO}
    | \bwhat\s+if\s+we\s+{DO} | \bwhat\s+about\s+{DOING} | \balternatively,?\s+{DO}"""
)
# "Would you run it?" asks for it, "would you use it?" asks for an opinion.
_OPINION = r"(?:also\s+|rather\s+)?(?:use|do|try|choose|pick|consider|have|keep|go)\b"
_YOU = rf"\b(?:can|could|will|would(?!\s+you\s+{_OPINION}))\s+you"
OFFER = spaced_words(rf"\bi\s+(?:can|could)\s+{DO}")
REQUEST = spaced_words(
    rf"""{_YOU}\s+(?:please\s+)?{DO}
    | \b(?:i|we)(?:'d|\s+would)\s+like\s+(?:you\s+)?to\s+{DO} | \b(?:i|we)\s+want\s+(?:you\s+)?to\s+{DO}
    | \b(?:i|we)(?:'d|\s+would)?\s+(?:like|want|prefer|need)\s+(?:an?|the|only|just|to\s+have)\b
    | \b(?:i|we)\s+want\b | \blet(?:'s|\s+us)\s+{DO} | \bi\s+(?:suggest|propose|recommend)\b
    | \bwe\s+(?:should|must|need\s+to)\s+{DO} | \b(?:go\s+ahead\s+and|please|just)\s+{DO} | {_WHICH}"""
)
_LEAD_IN = r"""(?:(?:and|or|so|ok|okay|please|now|next|then|first|second|third|lastly|finally|also|instead|
    alternatively|
    great|good|perfect|yes|no|sure|in\s+addition|additionally|second(?:ly)?|third(?:ly)?|afterwards|
    (?:as\s+)?(?:a|the|my|our)\s+next\s+(?:step|trial)|(?:after|following)\s+that|to\s+start|from\s+(?:here|there)|
    for\s+now|at\s+the\s+same\s+time)[\s,:!]+)"""
IMPERATIVE = spaced_words(
    rf"^\s*{_LEAD_IN}{{0,3}}{ADVERB}{{0,2}}(?P<verb>{BASE})\b(?!\s+(?:in|of|rate|was|is)\b)(?!-|\s*:)"
)
ONLY = spaced_words(rf"^\s*{_LEAD_IN}{{0,2}}(?P<verb>only|just|with)\b(?=[^?]{{0,60}}\Z)")
COORDINATED = spaced_words(
    rf"""^\s*(?:,?\s*(?:and|or|then|plus|but\s+also|as\s+well\s+as)\b[\s,]*)*(?:(?<=or\s)we\s+)?{ADVERB}{{0,2}}(?:(?:to|by)\s+)?
    (?:{BASE}|{GERUND})\b"""
)
ASKS_FOR_IT = spaced_words(
    rf"""{_YOU}\s+(?:please\s+)?{DO} | \bplease\b | ^\s*{_LEAD_IN}{{0,2}}let(?:'s|\s+us)\b
    | {_WHICH} | ^\s*(?:what|which)\s+models\b | \bmodels\s+are\b | ^\s*(?:show|display|list)\b
    | \bwhat\s+(?:were|are|was)\s+the\s+results?\b"""
)

NEGATION = spaced_words(
    r"""\b(?:do|does|did|would|should|could|can|is|are|was|were|has|have|wo|must|need|ai)n't\b | \bcannot\b
    | \bnot\b(?!\s+only) | \bnever\b | \bnor\b | \bneither\b | \bno\s+(?:need|point|reason|sense|longer|use)\b
    | \bavoid(?:ing)?\b | \brefrain
    | \b(?:advis|recommend|argu|speak|decid|vot|warn|be|'m|am|is|are|strongly|lean)\w*\s+(?:\w+\s+)?against\b
    | \bskip(?:ping)?\b | \bpremature\b | \bunnecessary\b | \bpointless\b
    | \bhold(?:ing)?\s+off\b | \bpostpone | \bdefer\b | \bwait\b | \bno\s+(?:further|more|new|additional)\b
    | (?<!%\s)(?<!%)(?<!\ba\s)(?<!\bthe\s)\bstop\b(?![\s_-]*(?:loss|return)|\s+(?:at|of)\b)
    | \bunwise\b | \btoo\s+early\b | \bdiscourage | \bpass\s+on\b | \bhardly\b | \brule[sd]?\s+out\b | \boverkill\b
    | \bwithout\s+(?:running|starting|training|changing)\b"""
)
NOT_NEGATION = spaced_words(
    r"""\bwhy\s+(?:not|don't\s+we)\b | \bnot\s+only\b | \bif\s+not\b | \bdon't\s+you\s+think\b
    | \b(?:do\s+not|don't)\s+hesitate\b"""
)
UNREAL = spaced_words(
    r"""\b(?:would|could|should|might|must|may)(?:n't|\s+not)?(?:\s+\w+)?\s+have\s+(?:\w+\s+)?
      (?:been|\w+ed|run|found|given|shown|made|taken|had|led|put|got)\b
    | \bhad\s+(?:we|you|i|it)\b | \bif\s+(?:we|you|i|it)\s+had\b | \bwere\s+(?:we|you|i)\s+to\b"""
)
LATER = spaced_words(
    r"""\blater\b(?!\s+(?:years|sessions|dates)) | \bat\s+some\s+(?:later\s+)?point\b | \beventually\b
    | \bin\s+(?:the|a)\s+future\b | \banother\s+(?:time|day)\b | \bdown\s+the\s+(?:road|line)\b | \bsome\s*day\b
    | \bone\s+day\b | \bin\s+due\s+course\b | \bin\s+theory\b | \b(?:hypothetically|theoretically)\b
    | \bin\s+principle\b"""
)
CAPABILITY = spaced_words(
    r"""\b(?:you\s+can\s+(?:also\s+)?ask | ask\s+me\s+to | able\s+to | capable\s+of | what\s+i\s+can\s+do | lets\s+you
    | allows?\s+you | available\s+(?:actions?|commands?|tools?|options)
    | the\s+(?:system|tool|platform|app|program|registry|software)\s+
      (?:can|could|supports?|offers?|includes?|has|provides?|will|is)
    | mltrainer\s+(?:can|supports?|offers?|provides?|has) | i\s+(?:can|support|offer)\b(?!\s+(?:now|next|then)\b)
    | my\s+(?:capabilities|tools|actions) | i\s+have\s+(?:access|tools?|the\s+ability) | you\s+can\b(?!\s+now)
    | actions?\s+(?:are|include) | can\s+be\s+(?:used|run|set|changed|adjusted) | used\s+to | is\s+used
    | users?\s+(?:can|may))"""
)
FINITE = spaced_words(
    r"""\b(?:is|are|was|were|has|have|had|did|does|found|ran|showed|shows|gave|gives|reached|returned|produced|yielded|
    identified|completed|finished|failed|took|came|performed|beat|won|lost|improved|suggested|looked|looks|used|uses|
    trained|tested|means|seems|appears|remains|stays|fell|rose|dropped|scored|ended|went|made|works|worked|turned|
    exceeded|exceeds|increased|decreased|raised|lowered|reduced|tends?|hurt|helped|needs|requires|indicates?|
    confirm(?:s|ed)|revealed|reveals)\b"""
)
PAST = spaced_words(r"\b(?:was|were|had|did|ran|found|gave|took|went|came|saw|made|\w{2,}ed)\b")
CONSENT = spaced_words(
    r"""\bif\s+(?:you\s*(?:'d|would)?\s*(?:like|want|wish|agree|approve|prefer|say|confirm|think|
        (?:are\s+|'re\s+)(?:happy|ok|okay|fine|ready|interested))
      |(?:that|this|it)\s+(?:sounds|works|makes|is\s+(?:ok|okay|fine))|so|not|possible)
    | \bwhen(?:ever)?\s+(?:you\s*(?:'re|are)\s+ready|ready)\b | \bonce\s+you\s+(?:agree|approve|confirm|say|give)
    | \bunless\s+you\s+(?:object|mind|disagree|prefer|want|would\s+rather|'d\s+rather)"""
)
CONDITION = spaced_words(
    r"""^\s*(?:and\s+|or\s+|but\s+)?(?:if|unless|provided|in\s+case|assuming|only\s+if|suppose|supposing|
    should\s+(?:the|it|you|this|that|volatility|regime)\b)"""
)
SEQUENCE = spaced_words(r"^\s*(?:once|when|whenever|as\s+soon\s+as|until|till)\b")

# "take the top three and analyse them" is one thing said.
_LOOK_AT_THEM = r"""(?:then\s+)?(?:analy[sz]|examin|investigat|study|inspect|look)\w*\s+
    (?:(?:closely|deeper|more\s+closely)\s+)?(?:(?:at|into)\s+)?(?:them|these|those|it|each)\b"""
_SUBORDINATE = r"""(?:because|since|although|though|even\s+though|while|whereas|when|whenever|once|(?<!what\s)if|unless|
    until|till|before|after|as(?!\s+(?:well|an?|the|our|my|soon|next|of|follows|csv|json|parquet|html)\b|\s+\S+\.(?:csv|json|parquet|html?)\b)|as\s+soon\s+as|given|rather\s+than|
    instead\s+of|in\s+place\s+of|without|which|who|in\s+case|provided|assuming|
    to\s+(?:see|check|find\s+out|confirm|verify|understand|learn|know|make\s+sure|determine)|so\s+that|despite|
    in\s+spite\s+of|unlike|compared\s+(?:to|with)|in\s+order\s+to|whether|
    that\s+(?:was|were|is|are|has|have|had|found|showed|gave|beat|reached|ran|did)|where|why(?!\s+(?:not|don't)\b)|
    what(?!\s+(?:if|about|i'd|i\s+would)\b)|how(?!\s+about\b))"""
BOUNDARY = spaced_words(
    rf"""(?P<hard>[;]|\s[—–]\s|—|\s-\s) | (?P<colon>:\s) | (?P<comma>,\s)
    | (?P<fresh>(?<=\s)(?:but(?!\s+(?:with|on|only|at|for|using|in)\b)|yet|however|
        so(?!\s+(?:that|far|as|\d))|(?<!'d\s)(?<!\bI\s)(?<!\bwould\s)(?:therefore|hence))\s)
    | (?P<sub>(?<=[\s(]){_SUBORDINATE}\b)
    | (?P<and>(?<=\s)(?:and(?:\s+then)?|then|or|plus)\s+(?!{_LOOK_AT_THEM})
        (?={ADVERB}?(?:(?:to|by)\s+)?(?:{BASE}|{GERUND})\b|let's|let\s+us|i\s|we\s|i'd|it\s
          |the\s+\w+\s+(?:was|is|were|found|showed)))
    | (?P<by>(?<=\s)by\s+(?={GERUND}\b))
    | (?P<again>(?<=\s)(?:let's|let\s+us|i\s+(?:suggest|propose|recommend)|i'd\s+(?:suggest|propose|recommend)
        |shall\s+we)\s)"""
)
SUB_HEAD = spaced_words(rf"^\s*(?:and\s+|but\s+|or\s+)?(?:even\s+|only\s+|just\s+)?{_SUBORDINATE}\b")
WITHOUT_A_THING = spaced_words(r"^\s*without\s+(?!\w+ing\b)")
INSTEAD = spaced_words(r"^\s*(?:rather\s+than|instead\s+of|in\s+place\s+of)\b")
INSTEAD_THEN = spaced_words(r"(?<=\s)(?:do|run|use|try|start|take|go|we\s+(?:should|could|can))\s")

# Verbs that only say how a trial is to be run; others ask for something of their own.
MANNER = spaced_words(
    r"""^\s*,?\s*(?:(?:and|but|while|by|to)\s+)*(?:us(?:e|ing)|target(?:ing)?|focus(?:ing)?|requir(?:e|ing)|aim(?:ing)?|
    apply(?:ing)?|demand(?:ing)?|restrict(?:ing|ed)?|limit(?:ing|ed)?|look(?:ing)?\s+for|includ(?:e|ing)|show(?:ing)?|
    keeping)\b"""
)
# Verbs of looking: numbers and models in such a clause are what is looked at.
LOOKING = spaced_words(
    r"""\A[\s\S]{0,40}?\b(?:look(?:ing)?|see(?:ing)?|show(?:ing)?|examin(?:e|ing)|check(?:ing)?|display|(?<!next\s)open|
    explor(?:e|ing)|measure(?!\s+from)|score|analy[sz](?:e|ing)|investigat(?:e|ing)|assess(?:ing)?|compar(?:e|ing)|
    keep(?:ing)?(?!\s+only)|stick(?:ing)?|validat(?:e|ing))\b(?!\s+for\b)"""
)
# Verbs and forms by which models are chosen.
SELECTING = spaced_words(
    r"""\b(?:us(?:e|ing)|put(?:ting)?|try(?:ing)?|switch(?:ing)?|ensembles?|add(?:ing)?|drop(?:ping)?|replac(?:e|ing)|swap(?:ping)?|
      combin(?:e|ing)|blend(?:ing)?|mix(?:ing)?|test(?:ing)?|go(?:ing)?\s+with|includ(?:e|ing)|exclud(?:e|ing)|
      remov(?:e|ing)|select(?:ing)?|choos(?:e|ing)|pick(?:ing)?|adopt(?:ing)?|opt(?:ing)?\s+for|with(?:out)?|only|just|instead|
      set(?:ting)?|increas(?:e|ing)|rais(?:e|ing)|lower(?:ing)?|reduc(?:e|ing)|chang(?:e|ing)|giv(?:e|ing)|
      grow(?:ing)?|mov(?:e|ing)|bring(?:ing)?|introduc(?:e|ing)|limit(?:ing)?|leave)\b
    | \b(?:suggest|recommend|propose)\s+(?:(?:an?|the)\s+)?\w+[\s\w]{0,12}$
    | ^\s*(?:an?\s+)?\w+(?:\s+\w+)?(?:\s*(?:\+|and|,)\s*\w+(?:\s+\w+)?)*[\s.!]*$"""
)
