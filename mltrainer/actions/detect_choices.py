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
]

CHOICES = (("label", _LABEL), ("touch", _TOUCH), ("entry", _ENTRY))
