"""The figures that a text claims: each number with its unit, what it is said to be, and whose it is said to be."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding_numbers import Claim, numbers_in
from mltrainer.agent.grounding_subjects import Sentence, subject_of
from mltrainer.agent.grounding_terms import (
    COUNTS,
    MAY_BE_SET,
    Mention,
    find_nouns,
    find_subjects,
    without_digits_that_are_no_figures,
)

_PROSPECTIVE = words(
    r"\b(?:let'?s|let us|suggest|propose|recommend|shall we|should we|would you|do you want|"
    r"what (?:would|if|about)|would \d|could (?:also )?(?:try|run|use|lower|raise|look)|"
    r"try(?:ing)?|we (?:could|can|might|may)|you (?:could|can|might|may)|next step|i'?d (?:like|run|try|raise|"
    r"lower|set|use)|"
    r"(?:increase|raise|lower|reduce|drop|cut|set|move|change|switch|bring)\b[^.;]{0,40}\b(?:to|by|from)|"
    r"such as|e\.g\.|for example|for instance|"
    r"if (?:we|you)|say (?:yes|no)|want(?:s|ed)? (?:me|to|a)|instead of|rather than)\b"
)
COUNTED = COUNTS | frozenset(
    [
        "train_rows",
        "cached_fits",
        "hits",
        "horizon",
        "train_sessions",
        "initial_train",
        "test_block",
        "embargo",
        "trials",
    ]
)
PRICES = frozenset({"last_close", "max_entry", "target_price", "stop_loss"})
# What a share of predictions can be.
OF_PREDICTIONS = frozenset(
    ["confidence", "confidence_threshold", "highest_probability", "precision_at_k", "hit_rate", "support", "base_rate"]
)
_REASON = words(
    r"\b(?:since|because|given|which|whose|where|as (?:it|they|the)|after|now that|with (?:its|an?) (?:auc|"
    r"brier|sharpe))\b"
)
# What ends a thought: nouns before it no longer say what a number after it is.
_TURN = words(
    r";| — | – |, (?:and|but|while|whereas|so|yet|with the|although|though|which)\b|\b(?:while|whereas|although|"
    r"but|so)\b|\. "
)
_OF_SOME = words(r"\W*(?:\w+\W+){0,4}(?:predictions|signals|picks|such|times)")
_FAR = 240
_INSTEAD = words(r"\b(?:instead of|rather than)\b")
_OF_CASES = words(
    r" of (?:the |all |its |such |these |those )*(?:[\w-]+ )?(?:cases|times?|predictions|picks|"
    r"signals|calls|trades|stock-days)\b"
)
_OPTION = words(
    r"\W*(?:lower|raise|increase|reduce|use|try|switch|add|longer|shorter|higher|wider|narrower|"
    r"test|run|move|set|change|drop|relax|tighten)\b"
)
_NOT_NOUN_AFTER = words(
    r"[,;:(|)]|\b(?:and|or|but|for|in|at|on|over|from|to|by|against|with|than|while|versus|vs|is|was|were|are|"
    r"as|its|the|among|across|that|which|has|have|had|gives?|gave|reach\w*|shows?)\b|\d"
)


def read_claims(text: str, tickers: Sequence[str] = ()) -> list[Claim]:
    """Return the figures that a text claims, in order.

    Ordinals, numbers of lists, dates, horizons, small counts, ids and what a sentence only proposes are none.

    Parameters
    ----------
    tickers
        Names that are tickers in this session.
    """
    plain = without_digits_that_are_no_figures(text)
    plain = re.sub(r"[*`]", " ", plain).replace("..", "  ")
    claims: list[Claim] = []
    carried: list[Mention] = []
    header: list[str] = []
    place = 0
    for line in plain.split("\n"):
        if line.lstrip().startswith("|"):
            cells = [one.strip() for one in line.strip().strip("|").split("|")]
            if re.fullmatch(r"[\s|:-]+", line):
                pass
            elif not header:
                header = cells
            else:
                claims += _of_row(line, place, header, text, tickers)
        else:
            header = []
            if not line.strip():
                carried = []
            for start, end in _sentences(line):
                sentence, found = _read(line[start:end], tickers, carried)
                claims += [_moved(one, place + start, text) for one in found]
                carried = [one for one in sentence.subjects if one.kind != "trial"] or carried
        place += len(line) + 1
    return claims


def _of_row(line: str, place: int, header: Sequence[str], text: str, tickers: Sequence[str]) -> Iterator[Claim]:
    """Read a row of a table: its first cells say whose the figures are, the head of a column what they are."""
    named: list[Mention] = []
    for column, match in enumerate(re.finditer(r"[^|]+", line)):
        cell, title = match[0], header[column] if column < len(header) else ""
        subjects = find_subjects(cell, tickers)
        keys = frozenset().union(*(one.names for one in find_nouns(title)))
        percent = "%" in title
        _, found = _read(cell, tickers, [])
        for one in found:
            models, names = _names(subjects or named, "model"), _names(subjects or named, "ticker")
            models |= _names(find_subjects(title, tickers), "model")
            one = replace(one, models=one.models or models, tickers=one.tickers or names, keys=one.keys or keys)
            if one.unit == "" and percent:
                one = replace(one, unit="%")
            if not (_counts_only(one) and not keys):
                yield _moved(replace(one, sentence=line.strip()), place + match.start(), text)
        named = named or subjects


def _names(mentions: Sequence[Mention], kind: str) -> frozenset[str]:
    return frozenset().union(*(one.names for one in mentions if one.kind == kind))


def _moved(claim: Claim, by: int, text: str) -> Claim:
    return replace(claim, start=claim.start + by, end=claim.end + by, text=text[claim.start + by : claim.end + by])


def _sentences(line: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for match in re.finditer(r"(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bapprox)[.!?]+[)\"']*(?=\s|$)|;(?=\s)", line):
        yield begin, match.end()
        begin = match.end()
    if line[begin:].strip():
        yield begin, len(line)


def _read(text: str, tickers: Sequence[str], carried: Sequence[Mention]) -> tuple[Sentence, list[Claim]]:
    subjects = find_subjects(text, tickers)
    nouns = [one for one in find_nouns(text) if not any(s.start <= one.start < s.end for s in subjects)]
    worth = [one for one in nouns if one.names - PRICES]
    numbers = [one for one in numbers_in(text) if not any(s.start <= one.start < s.end for s in subjects)]
    numbers = [replace(one, keys=_keys(one, worth if one.unit == "%" else nouns, text)) for one in numbers]
    sentence = Sentence(text, tuple(subjects), tuple((one.start, one.end, one.keys) for one in numbers))
    claims = []
    for one in numbers:
        models, names, trials = (subject_of(kind, one.start, sentence) for kind in ("model", "ticker", "trial"))
        if not subjects and re.match(r"\W*(?:it|its|this|that|both|their|they)\b", text, re.IGNORECASE):
            models, names = _names(carried, "model"), _names(carried, "ticker")
        one = replace(one, models=models, tickers=names, trials=trials, named=_names(subjects, "model"))
        if not _counts_only(one) and not _only_proposed(one):
            # What is far away in an endless sentence says nothing about a number.
            claims.append(replace(one, sentence=text[max(0, one.start - _FAR) : one.end + _FAR]))
    return sentence, claims


def _keys(claim: Claim, nouns: Sequence[Mention], text: str) -> frozenset[str]:
    """Return what a number is said to be: by the noun right after it, else by the last one before it."""
    if claim.unit == "%" and _OF_CASES.match(claim.after):
        return OF_PREDICTIONS - {"highest_probability", "confidence_threshold"}
    after = next((one for one in nouns if one.start >= claim.end), None)
    if after and _belongs_after(text[claim.end : after.start]):
        counts = claim.unit in ("", "seconds", "minutes", "bps")
        if counts or not _only_counted(after.names):
            return after.names
    told = frozenset().union(*(one.names for one in nouns if not _only_counted(one.names)))
    if claim.unit in ("share", "pair"):
        return OF_PREDICTIONS | told if told or _OF_SOME.match(claim.after) else told
    # A distance is measured in whatever the sentence speaks of.
    return _keys_before(claim, nouns, text) or (told if claim.unit == "points" else frozenset())


def _belongs_after(between: str) -> bool:
    return len(between.split()) <= 4 and not _NOT_NOUN_AFTER.search(between.replace(" of ", " "))


def _keys_before(claim: Claim, nouns: Sequence[Mention], text: str) -> frozenset[str]:
    before = [one for one in nouns if one.end <= claim.start]
    for place, one in reversed(list(enumerate(before))):
        between = text[one.end : claim.start]
        if _only_counted(one.names):
            if claim.unit != "%" and re.fullmatch(r"\s*(?:[:=|]|(?:was|is|of|were|are|at))\s*", between):
                return one.names
            continue
        if _TURN.search(between):
            return frozenset()
        outer = before[place - 1] if place else None
        if outer and "regime_probability" in one.names and any(key.startswith("p_") for key in outer.names):
            return outer.names
        # "The t-statistic of its rank IC is 1.4": the first noun is as good.
        if outer and re.match(r"\s*(?:of|for|in)\b[^\d,;]*$", text[outer.end : one.start]):
            return one.names | outer.names
        return one.names
    return frozenset()


def _only_counted(keys: frozenset[str]) -> bool:
    return keys <= COUNTED


def _counts_only(claim: Claim) -> bool:
    """Tell whether a number only counts things that stand around it: "3 models", "the 5 names"."""
    strict = claim.keys & {"folds", "fits", "qualified", "regime_score", "trials_in_family", "hits", "seed"}
    if claim.unit == "pair":
        small = claim.of <= 12 and not re.search(
            r"qualif|reach|came true|hit\b|hits\b|predictions|succeeded", claim.sentence, re.IGNORECASE
        )
        return small and bool(
            re.match(
                r"\W*(?:\w+\W+){0,2}(?:models?|folds?|names|components?|steps?|baselines?|picks|tickers|metrics|"
                r"warnings)",
                claim.after,
                re.IGNORECASE,
            )
        )
    if claim.unit or claim.step < 1:
        return False
    if claim.value in (0, 1) and not claim.keys:
        return True
    if claim.value <= 12 and not (
        claim.keys
        and not claim.keys
        <= COUNTS
        | {
            "horizon",
            "candidates",
            "sessions",
            "test_dates",
            "train_sessions",
            "initial_train",
            "test_block",
            "embargo",
            "test_rows",
            "n",
            "hits",
        }
    ):
        return not strict or claim.keys >= {"candidates", "qualified", "tickers"}
    year = 1990 <= claim.value <= 2039 and claim.text.strip().isdigit() and not claim.keys
    return year


def _only_proposed(claim: Claim) -> bool:
    """Tell whether a number is a setting that the sentence puts forward, and no figure of a result."""
    if not claim.keys <= MAY_BE_SET or claim.tickers or claim.unit in ("pair", "share", "times", "$"):
        return False
    if _OPTION.match(claim.sentence) or _INSTEAD.search(claim.sentence):
        return not _REASON.search(claim.sentence)
    # Not yet moved to its place in the text: the start counts from the sentence.
    opening = claim.sentence[: claim.start]
    found = list(_PROSPECTIVE.finditer(opening))
    return bool(found) and not _REASON.search(opening[found[-1].end() :])
