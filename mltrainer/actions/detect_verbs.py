"""The verbs that proposals are made with, in the forms that a clause may use, as pieces of patterns."""

# Verbs that do something for which an action or a setting stands.
_DOING_VERBS = (
    "run", "rerun", "re-run", "start", "restart", "initiate", "launch", "perform", "conduct", "execute", "try", "use",
    "switch", "test", "train", "retrain", "fit", "refit", "evaluate", "raise", "lower", "increase", "decrease",
    "reduce", "set", "change", "adjust", "modify", "update", "target", "add", "drop", "remove", "replace", "swap",
    "exclude", "include", "extend", "shorten", "lengthen", "widen", "narrow", "restrict", "limit", "focus", "screen",
    "rescreen", "scan", "detect", "check", "analyse", "analyze", "take", "dig", "drill", "look", "investigate",
    "examine", "move", "go", "tighten", "relax", "loosen", "begin", "proceed", "continue", "apply", "validate",
    "verify", "confirm", "backtest", "assess", "explore", "bump", "push", "cut", "combine", "blend", "ensemble",
    "build", "put", "kick", "do", "give", "have", "get", "predict", "aim", "require", "demand", "keep", "follow",
    "show", "display", "open", "pull", "list", "select", "choose", "pick", "revert", "bring", "ease",
    "repeat", "redo", "retry", "experiment", "measure", "score", "stick", "consider", "see", "make", "expand",
    "broaden", "enlarge", "shrink", "boost", "tweak", "tune", "soften", "probe", "mix", "average", "introduce",
    "incorporate", "concentrate", "trim", "cap", "dive", "zoom", "adopt", "opt", "step", "schedule", "compute",
    "compare", "benchmark", "optimise", "optimize", "search", "save", "export", "fetch", "download", "refresh", "undo",
    "return", "trade", "enter", "halve", "double", "find", "count", "ask", "write", "promote",
)  # fmt: skip
# Verbs of talk and thought: what they govern is spoken of, not proposed.
_TALKING_VERBS = (
    "explain", "discuss", "interpret", "understand", "summarise", "summarize", "describe", "clarify", "recall", "note",
    "remember", "review", "mention", "wait", "expect", "conclude", "celebrate", "remind", "acknowledge", "assume",
    "imagine", "suppose", "say", "believe", "know", "treat", "read",
)  # fmt: skip
_DOUBLED = (
    "run", "rerun", "re-run", "set", "get", "cut", "fit", "refit", "drop", "put", "dig", "begin", "swap", "scan",
    "trim", "cap",
)  # fmt: skip


def _gerund(verb: str) -> str:
    if verb in _DOUBLED:
        return verb + verb[-1] + "ing"
    return (verb[:-1] if verb.endswith("e") and verb != "see" else verb) + "ing"


def _either(words: list[str] | tuple[str, ...]) -> str:
    return rf"(?:{'|'.join(sorted(words, key=len, reverse=True))})"


BASE = rf"(?:{_either(_DOING_VERBS)}|let(?!'))"
GERUND = _either([_gerund(verb) for verb in _DOING_VERBS])
TALK = _either([*_TALKING_VERBS, *(_gerund(verb) for verb in _TALKING_VERBS)])
ADVERB = (
    r"(?:(?:now|next|then|first|also|instead|simply|just|still|even|already|probably|perhaps|maybe|definitely|"
    r"therefore|immediately|quickly|again|either|actually|always|together|both|please|finally|at\s+least|slightly|"
    r"further|additionally|directly|briefly|carefully|rather|begin\s+by|start\s+by|go\s+ahead\s+and|try\s+to|be\s+to|"
    r"move\s+on\s+and|proceed\s+to|continue\s+by|want\s+to|like\s+to|aim\s+to|want\s+you\s+to),?\s+)"
)
DO = rf"(?:{ADVERB}{{0,3}}{BASE}\b)"
DOING = rf"(?:{ADVERB}{{0,3}}{GERUND}\b)"
