"""Whether a user asks in words for the settings as they were before: "go back to the previous settings"."""

from mltrainer.actions.detect_patterns import words
from mltrainer.actions.detect_prose import read_prose

_EARLIER = r"(?:previous|earlier|old|prior|former|last|original)"
_THINGS = r"(?:settings?|parameters?|values?|ones?|thresholds?|targets?|horizons?|models?|universe|way|changes?)"
_UNDO = words(
    rf"\b(?:undo|revert|take back|roll back|reverse)(?: (?:it|that|this|them|(?:the|my|your|that|this|"
    rf"our) (?:very )?(?:{_EARLIER} )?{_THINGS}(?: changes?)?)"
    rf"|(?=\W*$)|(?=,? (?:and|then)\b))"
    rf"|\b(?:go|switch|change|return|put (?:it|them)|set (?:it|them)|roll) back to (?:the |my |our |"
    rf"what )?(?:{_EARLIER} {_THINGS}|settings? (?:of )?before|it was|(?:we|i) had)"
    rf"|\b(?:restore|re(?:turn|vert) to|bring back|reinstate) (?:the |my |our )?{_EARLIER} {_THINGS}"
    rf"|\b(?:change|put|set|turn|switch) (?:it|that|them|this|the \w+) back\b(?! to(?! (?:what|where|how|the way) "
    rf"(?:it|they) (?:was|were)))|^\W*(?:please )?go back\W*$"
)
_NOT_ASKED = words(
    r"\b(?:don'?t|do not|never|not|no need|without|rather than|instead of|how|why|what happens|what if|whether|"
    r"if (?:you|i|we))\b"
    r"|\b(?:can|could|may|do|did|should) (?:i|we) (?:still )?(?:undo|go|revert|change)"
)


def speaks_of_undo(clause: str) -> bool:
    """Tell whether a clause that proposes something means the settings as they were before."""
    return bool(_UNDO.search(clause))


def asks_undo(text: str) -> bool:
    """Tell whether a user's own words ask to take the last change of settings back; quotations and questions do not."""
    return any(
        _UNDO.search(sentence.text) and not _NOT_ASKED.search(sentence.text) for sentence in read_prose(text[:1_000])
    )
