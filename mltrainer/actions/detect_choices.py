"""Settings that are chosen by a word: the label, what touches the target, where a trade is entered."""

from mltrainer.actions.detect_patterns import words

_LABEL = [
    ("triple_barrier", words(r"\btriple[\s_-]+barriers?\b(?:\s+label)?")),
    (
        "hit_vol_scaled",
        words(
            r"\bhit[\s_-]+vol(?:atility)?[\s_-]+scaled\b(?:\s+label)?"
            r"|\bvol(?:atility)?[\s-]+scaled\s+(?:hit|target)s?\b(?:\s+label)?"
        ),
    ),
    ("xs_rank", words(r"\b(?:xs|cross-sectional)[\s_-]+rank\b(?:\s+label)?")),
    ("fwd_return", words(r"\bfwd[\s_-]+return\b(?:\s+label)?|\bforward[\s-]+return\s+label\b")),
    (
        "beats_median",
        words(
            r"\bbeats?[\s_-]+(?:the\s+)?(?:date's\s+|daily\s+|cross-sectional\s+)?median\b(?:\s+label)?"
            r"|\b(?:outperform(?:s|ing)?|beating)\s+(?:the\s+)?(?:\w+\s+)?median\b"
        ),
    ),
    ("hit", words(r"\b[\"']?hit[\"']?\s+label\b|\blabel\b[^.;\w]{0,3}\s*(?:to\s+|of\s+|=\s*|is\s+)?[\"']?hit\b")),
]
_TOUCH = [
    (
        "high",
        words(
            r"\b(?:touch(?:es|ed|ing)?|reach(?:es|ed|ing)?|hits?|use|by|at|on|with)\s+(?:by\s+)?(?:the\s+)?"
            r"(?:(?:intraday|daily|day's|session's)\s+)?highs?\b|\bhighs?\s+(?:touch(?:es)?|reach(?:es)?|hits?)\b"
        ),
    ),
    (
        "close",
        words(
            r"\b(?:use|by|only|on)\s+(?:the\s+|a\s+)?(?:daily\s+)?closes?\b(?=.{0,30}\b(?:count|touch|reach|target))"
        ),
    ),
]
_ENTRY = [
    ("next_open", words(r"\b(?:from|at|on)\s+the\s+next\s+(?:day's\s+|session's\s+)?open\b|\bnext_open\b")),
    ("close", words(r"\b(?:enter|entry|buy|measured?)\s+(?:from|at|on)\s+(?:the\s+)?close\b")),
]
_FEATURE_SET = [
    ("both", words(r"\bboth\s+(?:feature\s+sets|sets\s+of\s+features)\b|\bfeature[\s_]sets?\s+(?:to\s+|=\s*)?both\b")),
    ("alpha158", words(r"\balpha[\s-]?158\b(?:\s+(?:features?|factors?|set))*")),
    ("own", words(r"\b(?:your|our|the|mltrainer's)?\s*own\s+features?\b")),
]
_WINDOW = [
    ("rolling", words(r"\brolling\s+(?:training\s+)?windows?\b|\brolling\s+training\b")),
    ("anchored", words(r"\b(?:anchored|expanding)\s+(?:training\s+)?windows?\b|\b(?:anchored|expanding)\s+training\b")),
]
_INTERVAL = [(name, words(rf"\b{name}\s+(?:return\s+)?intervals?\b")) for name in ("adaptive", "split", "quantile")]
_SLIPPAGE = [
    ("none", words(r"\b(?:no|without|zero)\s+slippage\b")),
    ("half_spread", words(r"\bwith\s+slippage\b|\bhalf[\s_-]spread(?:\s+slippage)?\b")),
]

CHOICES = (
    ("label", _LABEL),
    ("touch", _TOUCH),
    ("entry", _ENTRY),
    ("feature_set", _FEATURE_SET),
    ("window", _WINDOW),
    ("interval", _INTERVAL),
    ("slippage", _SLIPPAGE),
)
