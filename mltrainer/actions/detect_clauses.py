"""Which clauses of a sentence put something forward, and which only tell, deny, doubt or explain."""

from dataclasses import dataclass, replace
from typing import Literal

from mltrainer.actions import detect_mood as mood
from mltrainer.actions.detect_patterns import words

Speaker = Literal["ai", "user"]


@dataclass(frozen=True)
class Clause:
    """A piece of a sentence, ``sentence[start:end]``, that puts something forward.

    Parameters
    ----------
    separate
        It begins with a verb of its own, so that values in it may be a matter of their own.
    is_order
        It holds nothing but names and values, so that models are chosen by their mere names.
    """

    start: int
    end: int
    separate: bool
    is_order: bool = False


@dataclass(frozen=True)
class _Piece:
    start: int
    end: int
    joint: str


def live_clauses(sentence: str, speaker: Speaker, *, offered: bool = False) -> list[Clause]:
    """Return the clauses of a sentence that propose or ask for something.

    Parameters
    ----------
    offered
        The sentence stands in a list that was introduced as options or next steps: then the bare name of a thing
        proposes it.
    """
    if speaker == "user" and _only_asks(sentence):
        return []
    clauses: list[Clause] = []
    state = "offered" if offered else "idle"
    consents = bool(mood.CONSENT.search(sentence))
    taken: Literal["none", "weak", "all"] = "none"
    for piece in _pieces(sentence):
        text = sentence[piece.start : piece.end]
        if sentence[: piece.start].rstrip().endswith(";"):
            # What comes behind a semicolon stands for itself: the condition before it is no condition of it.
            taken = "none"
        if text.rstrip().endswith(":") and mood.CAPABILITY.search(text):
            # "The available actions are: ..." only lists them.
            return clauses
        if mood.WITHOUT_A_THING.match(text) and clauses and clauses[-1].end == piece.start:
            clauses[-1] = replace(clauses[-1], end=piece.end)
            continue
        if mood.SUB_HEAD.match(text) and not (mood.CONSENT.search(text) or mood.WHICH.match(text)):
            if mood.CONDITION.match(text):
                if clauses:
                    return []
                taken = "weak" if consents else "all"
            elif mood.SEQUENCE.match(text) and not mood.PAST.search(text) and taken == "none" and not clauses:
                taken = "weak"
            continue
        opens = _opening(text, speaker, taken, consents=consents, is_offered=state == "offered")
        if opens is None:
            state = "dead"
        elif opens >= 0:
            clauses.append(Clause(piece.start + opens, piece.end, True))
            state = "live"
        elif state in ("live", "offered") and _continues(text, piece.joint, state):
            separate = bool(mood.COORDINATED.match(text)) and not mood.MANNER.match(text)
            if not separate and clauses and clauses[-1].end == piece.start:
                # "with random forest, XGBoost and LightGBM" is one thing said: it is read as one.
                clauses[-1] = replace(clauses[-1], end=piece.end)
            else:
                clauses.append(Clause(piece.start, piece.end, separate))
        elif state == "live" and piece.joint != "comma":
            state = "idle"
    return clauses


def _only_asks(sentence: str) -> bool:
    """Tell whether a user's sentence is a question and no request."""
    return sentence.rstrip(" )\"'").endswith("?") and not mood.ASKS_FOR_IT.search(sentence)


def _opening(
    text: str, speaker: Speaker, taken: Literal["none", "weak", "all"], *, consents: bool, is_offered: bool
) -> int | None:
    """Return where a clause begins to propose, -1 where it has no such words of its own, None where it denies.

    Parameters
    ----------
    taken
        Which ways of proposing a condition before the clause takes away.
    consents
        The sentence asks for the user's consent ("if you like"): then "I can run it" is an offer.
    is_offered
        The clause stands in a list of options.
    """
    if _denies(text):
        return None
    if speaker == "ai" and taken == "none" and mood.REVERSED.search(text):
        return 0
    strong = (mood.REQUEST if speaker == "user" else mood.STRONG).search(text)
    if strong and taken != "all":
        return strong.start()
    if taken != "none":
        return None
    if speaker == "ai":
        if weak := mood.WEAK.search(text):
            return weak.start()
        if consents and (offer := mood.OFFER.search(text)):
            return offer.start()
    if mood.CAPABILITY.search(text) and not is_offered:
        return None
    order = mood.IMPERATIVE.match(text) or (mood.ONLY.match(text) if speaker == "user" else None)
    if order and not mood.FINITE.search(text, order.end()):
        return order.start("verb")
    return -1


def _denies(text: str) -> bool:
    is_negative = bool(mood.NEGATION.search(mood.NOT_NEGATION.sub(" ", text)))
    return is_negative or bool(mood.UNREAL.search(text) or mood.LATER.search(text))


def _continues(text: str, joint: str, state: str) -> bool:
    """Tell whether a clause without words of its own goes on with what the clause before put forward."""
    if mood.COORDINATED.match(text):
        return True
    if mood.FINITE.search(text):
        return False
    return joint in ("start", "comma", "hard", "colon", "and", "by") or state == "offered"


def _pieces(sentence: str) -> list[_Piece]:
    """Part a sentence at its joints; "rather than" and "instead of" end where a main clause begins anew."""
    pieces: list[_Piece] = []
    start, joint = 0, "start"
    for match in mood.BOUNDARY.finditer(sentence):
        kind = match.lastgroup or "comma"
        end = match.start() if kind in ("sub", "fresh", "and", "by", "again") else match.end()
        if end > start:
            pieces += _split_instead(sentence, _Piece(start, end, joint))
            start = end
        joint = kind
    if start < len(sentence):
        pieces += _split_instead(sentence, _Piece(start, len(sentence), joint))
    return [piece for piece in pieces if sentence[piece.start : piece.end].strip(" ,;:-–—.!?()")]


def _split_instead(sentence: str, piece: _Piece) -> list[_Piece]:
    text = sentence[piece.start : piece.end]
    if mood.INSTEAD.match(text) and (then := mood.INSTEAD_THEN.search(text)):
        middle = piece.start + then.start()
        return [_Piece(piece.start, middle, piece.joint), _Piece(middle, piece.end, "fresh")]
    return [piece]


_LIVE_INTRO = words(
    r"\b(?:suggest|recommend|propos|next\s+steps?|would\s+you\s+(?:like|prefer)|which\s+(?:one|of|would|do"
    r"|option|should)|let\s+me\s+know\s+which"
    r"|(?:pick|choose|select)\s+(?:one|any|from|between|a\s+number)|what\s+(?:i|we)(?:'d|\s+would|\s+could"
    r"|\s+can|\s+should)\s+(?:do|try|run|suggest)"
    r"|from\s+here|way\s+forward|ways\s+forward|let's|shall\s+(?:we|i)|should\s+(?:we|i)|(?:we"
    r"|you)\s+(?:could|should|can\s+(?:now|next))|i'd\s+(?:do|try|run|start|go)|my\s+plan|plan\s+of\s+action"
    r"|worth\s+trying|try\s+next|what\s+next|what\s+to\s+(?:do|try|run)\s+next|where\s+to\s+go"
    r"|how\s+to\s+proceed|reply\s+with|tell\s+me\s+which|your\s+choice)"
)
_WEAK_INTRO = words(r"\b(?:options?|plan|ideas?|choices?|alternatives?|possibilities|steps?)\b")
_DEAD_INTRO = words(
    r"\b(?:available\s+(?:actions|models|commands|tools)|i\s+can\b|can\s+do\b|capabilit|supports?\b|did\b"
    r"|ran\b|done\b|tried\b|completed|so\s+far|history|"
    r"works?\b|already|past\b|previous|earlier|commands?\b|actions\s+are|taken\b|was\b|were\b|have\s+been"
    r"|has\s+been|finished|executed|learned|ruled\s+out|rejected|declined|limits?\b|limitations?)"
)


def introduces(text: str) -> bool | None:
    """Tell whether a line introduces proposals (True) or things that are none (False); None where it says neither."""
    if mood.UNREAL.search(text):
        return False
    is_live = bool(_LIVE_INTRO.search(text))
    if is_live or _WEAK_INTRO.search(text):
        if mood.NEGATION.search(mood.NOT_NEGATION.sub(" ", text)):
            return False
        return is_live or not _DEAD_INTRO.search(text)
    return False if _DEAD_INTRO.search(text) or mood.NEGATION.search(text) else None
