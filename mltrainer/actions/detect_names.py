"""How prose names actions: the words for each of them, and the questions that ask for a look-up."""

from mltrainer.actions.detect_patterns import spaced_words, words

_LOOK = (
    r"(?:analy[sz](?:e|ing)|examin(?:e|ing)|investigat(?:e|ing)|study(?:ing)?|"
    r"inspect(?:ing)?|assess(?:ing)?|explor(?:e|ing))"
)
NAMED = {
    "momentum_screening": spaced_words(
        r"""\bmomentum[\s_-]+(?:screen(?:ing|er)?|analysis|scan(?:ning)?|trial|search|run)s?\b
        |\b(?:re-?)?screening\b(?!\s+(?:results?|out\b))|\bscreen\s+for\b
        |\b(?:re-?)?screen(?:ing)?\s+(?:(?:for|the|all|our|today's|whole|entire)\s+)*(?:momentum|universe|market
            |stocks|names|tickers|top\s+\w+|s&p)
        |\b(?:the|an?|new|another|this|momentum)\s+screen\b|\bscan(?:ning)?\s+(?:for
            |the)\s+(?:\w+\s+)?(?:momentum|universe|market)"""
    ),
    "regime_detection": spaced_words(
        r"""\b(?:market[\s_-]+)?regime[\s_-]+(?:detection|analysis|check|identification|reading|assessment
            |classification|scoring|detector|scan|trial)\b
        |\b(?:detect|check|assess|identify|determin|analy[sz]|look(?:ing)?\s+at|examin|classif|measur|see|score
            |scor|get|gaug|evaluat)[a-z]*\s+
          (?:(?:the|what|which|current|market|market's|today's|prevailing|volatility|at|in|our)\s+){0,4}regimes?\b"""
    ),
    "walk_forward_test": spaced_words(
        r"""\bwalk[\s_-]*forward(?:[\s_-]+(?:test(?:s|ing)?|validation|analysis|evaluation|back-?test(?:s|ing)?
            |run|trial|check|assessment))?\b
        |\bback-?test(?:s|ing)?\b"""
    ),
    "deep_analysis": spaced_words(
        rf"""\bdeep(?:er)?[\s_-]+(?:analys[ei]s|dives?|look|investigation|examination|inspection|dig)\b
            |\b(?:clos(?:er|e)|detailed|harder)\s+(?:look|analysis|examination|inspection)\b
        |\bin-depth\s+(?:analys[ei]s|look|review)|\bdig(?:ging)?\s+(?:deeper|further|more\s+deeply)?\s*into\b
            |\bdrill(?:ing)?\s+(?:down\s+)?into\b|\bdiv(?:e|ing)\s+(?:deep(?:er)?\s+)?into\b
            |\bzoom(?:ing)?\s+in(?:to)?\s+on\b
        |\blook(?:ing)?\s+(?:more\s+)?(?:closely|deeper|deeply|closer|carefully|further|hard(?:er)?)\s+(?:at|into)\b
        |\b{_LOOK}\s+(?=(?:(?:the|just|only|all|more|our|these|those|each|of)\s+)*(?:top\b|best\b|first\b
            |\d+\s+(?:best|top)|candidates?\b|picks?\b|names\b|leading\b|deeper|(?:them|these|those
            |it)\b(?=.{{0,30}}\b(?:depth|detail|deep(?:ly|er)|close(?:ly|r)|further))))
        |\blook(?:ing)?\s+at\b(?=[^.;]{{0,60}}\bin\s+(?:more\s+|greater\s+)?(?:depth|detail)\b)
        |\b{_LOOK}\s+(?-i:(?=\$?[A-Z]{{2,5}}\b(?!\s+(?:model|stocks|sector))))"""
    ),
    "promote": spaced_words(
        r"""\bpromot(?:e|ing|ion\s+of)\s+(?:trial\s+)?T\d+\b
        |\bpromot(?:e|ing)\s+(?:(?:the|our|my|this|that|your|very|best|latest|last|strongest|winning|top|finished)\s+)*
            (?:trial|one|it|this|that|best|latest|last|strongest|winner|result|model|specification|screening|test)\b
            (?!\s+(?:to|into|in|as)\b)
        |\bpromot(?:e|ing)\b(?=\s*(?:[.!,;:]|$|(?:now|please|then|next)\b))
        |\b(?:open(?:ing)?(?:\s+up)?|unseal(?:ing)?)\s+the\s+(?:sealed\s+)?hold-?out\b
        |\b(?:judg(?:e|ing)|try(?:ing)?|test(?:ing)?|evaluat(?:e|ing))\s+(?:trial\s+)?T\d+\s+on\s+the\s+
            (?:sealed\s+)?hold-?out\b"""
    ),
    "model_comparison": spaced_words(
        r"""\bmodel[\s_-]+comparisons?\b|\b(?:head[\s-]to[\s-]head|side[\s-]by[\s-]side)(?:\s+comparison)?\b
        |\bcomparison\s+(?:of|between|across|with|over)\b|\bleader\s*boards?\b
        |\b(?:compar(?:e|ing)|benchmark(?:ing)?)\b"""
    ),
    "hyperparameter_search": spaced_words(
        r"""\bhyper[\s_-]?param(?:eter)?s?[\s_-]+(?:search|tuning|optimi[sz]ation|sweep|scan)\b
            |\bparameter[\s_-]+(?:search|tuning|optimi[sz]ation|sweep)\b|\b(?:grid|random|optuna|bayesian)\s+search\b
        |\b(?:search(?:ing)?|tun(?:e|ing)|optimi[sz](?:e|ing))\s+
            (?:(?:for|the|better|best|good|model|its|their|over|through|all|of)\s+)*(?:hyper[\s_-]?)?param(?:eter)?s\b
        |\b(?:tun(?:e|ing)|optimi[sz](?:e|ing))\b"""
    ),
    "save_results": spaced_words(
        r"""\b(?:sav(?:e|ing)|export(?:ing)?|writ(?:e|ing))\s+
            (?:(?:the|these|those|this|all|our|its|full|of|latest|last|out|stored)\s+)*
            (?:results?|trial|T\d+|report|predictions?|candidates?|figures|numbers|output|it\s+(?:as|to)|them\s+(?:as|to))\b
        |\bsave_results\b"""
    ),
    "data_pipeline": spaced_words(
        r"""\b(?:updat(?:e|ing)|refresh(?:ing)?|fetch(?:ing)?|download(?:ing)?|pull(?:ing)?(?:\s+in)?|get(?:ting)?)\s+
            (?:(?:the|our|any|all|of|new|newer|latest|newest|most|recent|fresh|today's|missing|market|stock|price|daily
            |macro|economic)\s+)*(?:data|bars|prices|series)\b
        |\b(?:fetch|download)\s+(?-i:\$?[A-Z]{2,5})\b
        |\bdata[\s_-]+(?:pipeline|update|refresh)\b"""
    ),
    "model_execution": spaced_words(r"\bmodel[\s_-]+execution\b|\bexecut(?:e|ing)\s+(?:the\s+|an?\s+)?models?\b"),
    "list_models": spaced_words(
        r"\b(?:list|show|display)(?:ing)?\s+(?:me\s+|us\s+)?(?:all\s+)?(?:of\s+)?(?:the\s+|your\s+"
        r"|available\s+|known\s+|registered\s+){0,3}models?\b(?!\s+(?:with|of|on))|\blist_models\b"
    ),
    "system_status": spaced_words(
        r"\b(?:system[\s_]+)status\b|\b(?:check|show|display|see|get|give\s+me)\s+(?:me\s+)?(?:the\s+"
        r"|your\s+|current\s+)*status\b"
    ),
    "show_predictions": spaced_words(
        r"""\b(?:show|display|open|see|view|check|list|look(?:ing)?\s+(?:at|into|up))\s+(?:me\s+|us\s+)?(?:(?:the|all|of|my
            |our|your|past|open|scored|earlier|previous)\s+)*(?:ledger\b|predictions?\b(?!\s+(?:of|from|for|by|file)))
        |\bshow_predictions\b"""
    ),
    "show_results": spaced_words(
        r"""\b(?:show|display|open|pull(?:ing)?\s+up|view|bring(?:ing)?\s+up|see|look(?:ing)?\s+(?:again\s+)?at
            |go(?:ing)?\s+back\s+to|return(?:ing)?\s+to|revisit(?:ing)?)\s+
        (?:(?:me|us|again|the|all|of|for|from|in|full|detailed|complete|stored|earlier|first|last|latest
            |previous|\d+|trial|results?|candidates?|evaluation|settings|baselines?|warnings?|provenance|rows?|details
            |metrics|regime|data|section)\s+)*
        (?:T\d+\b|results?\b|trial\b)|\bshow_results\b"""
    ),
}
ASKED_MODELS = spaced_words(
    r"""\b(?:what|which)\s+(?:\w+\s+){0,2}models?\s+(?:are|do|can|could|is|does
        |have)\b(?=[^.?!]{0,60}\b(?:available|disposal|have|use|exist|there|offer|support|know|choose|run|train|registry
        |at\s+hand|provide)\b)
    |\bmodels\s+(?:are|do\s+you\s+have)\s+(?:available|at\s+(?:your|my|our)\s+disposal|there)\b"""
)
ASKED_STATUS = spaced_words(
    r"""^\W*(?:the\s+|system\s+|show\s+)*status\b\W*(?:please\W*)?$|\breport\s+(?:me\s+)?(?:on\s+)?(?:the\s+
        |your\s+)?(?:current\s+)?(?:progress|status)\b|\bwhat(?:'s|\s+is)\s+the\s+(?:current\s+|system\s+)*status\b
    |\b(?:what|which)\s+(?:trials?|runs?)\s+(?:have|did|has)\s+(?:we|you|i|been)\b
    |\bwhat\s+data\s+(?:do|are|is|have)\b"""
)
ASKED_PREDICTIONS = words(
    r"\bhow\s+(?:did|have|are|were)\s+(?:my|our|your|the)\s+(?:\w+\s+)?predictions?\b"
    r"|\bwhat\s+(?:became|has\s+become|came)\s+of\s+(?:my|our|your|the)\s+(?:\w+\s+)?predictions?\b"
)
ASKED_RESULTS = spaced_words(
    r"\bwhat\s+(?:were|are|was)\s+the\s+(?:\w+\s+)?results?\s+(?:of|for|from)\b|\bresults?\s+(?:of|for"
    r"|from)\s+(?:trial\s+)?T\d+\b"
)
ASKED = (("list_models", ASKED_MODELS), ("system_status", ASKED_STATUS), ("show_predictions", ASKED_PREDICTIONS))
