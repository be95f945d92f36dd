"""The check of figures: measured on labelled sentences, and its rules one by one.

Each batch in ``grounding/`` was written before it was measured, the later ones after the check was mended on the
earlier ones. Sentences stand between ``---``; what stands in braces is supported by nothing. Batches named ``outside``
and ``ordinary`` were written by people who never saw the rules: each begins with what the check made of it unseen.
"""

import json
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.agent.grounding.check import ground
from mltrainer.agent.grounding.claims import read_claims
from mltrainer.agent.grounding.documents import facts_of_document, facts_of_settings, facts_of_words
from mltrainer.agent.grounding.facts import Facts
from mltrainer.settings.parameters import Settings

from .grounding_document import ALL_TICKERS, FIRST, FOLDER, SECOND

# Batches of others with what is held: recall, false alarms of true texts, and of figures.
OF_OTHERS = {"outside": (0.84, 0.27, 0.085), "ordinary": (0.905, 0.10, 0.04)}
BATCHES = sorted(int(path.stem.removeprefix("batch")) for path in FOLDER.glob("batch*.txt"))
DEFAULTS = Facts(facts_of_settings(Settings().model_dump(mode="json")))
FACTS = [Facts(facts_of_document(SECOND)), Facts(facts_of_document(FIRST)), DEFAULTS]


@lru_cache(maxsize=8)
def seen_in(batch: int) -> tuple[list[Facts], frozenset[str]]:
    """Return the facts of the documents that a batch speaks of, and the tickers in them."""
    if batch == 0:
        return FACTS, frozenset(ALL_TICKERS)
    return _seen(f"documents{batch}.json")


def _seen(name: str) -> tuple[list[Facts], frozenset[str]]:
    documents: list[dict[str, Any]] = json.loads((FOLDER / name).read_text())
    rows = [
        one for part in documents for one in part.get("candidates", []) + part.get("analysis", {}).get("tickers", [])
    ]
    return [*(Facts(facts_of_document(one)) for one in documents), DEFAULTS], frozenset(one["ticker"] for one in rows)


def texts_of_others(kind: str) -> Iterator[tuple[str, list[Facts], frozenset[str]]]:
    """Yield the labelled texts of a kind with what was seen and the tickers in it."""
    for path in sorted(FOLDER.glob(f"{kind}*.txt")):
        seen, tickers = _seen(f"{path.stem}.json")
        _, _, body = path.read_text().partition("\n=====\n")
        yield from ((text, seen, tickers) for text in body.strip().split("\n---\n"))


def sentences_of(batch: int) -> list[str]:
    return (FOLDER / f"batch{batch}.txt").read_text().strip().split("\n---\n")


def marked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the text without its braces, and where they stood."""
    places, plain = [], ""
    for part in re.split(r"(\{[^}]*\})", text):
        if part.startswith("{"):
            places.append((len(plain), len(plain) + len(part) - 2))
        plain += part.strip("{}")
    return plain, places


def overlaps(one: tuple[int, int], others: Sequence[tuple[int, int]]) -> bool:
    return any(one[0] < end and start < one[1] for start, end in others)


@dataclass
class Tally:
    """What the check made of labelled sentences."""

    bad: int = 0
    caught: int = 0
    good: int = 0
    alarms: int = 0
    wrong: int = 0
    checked: int = 0

    def add(self, text: str, seen: list[Facts], tickers: frozenset[str]) -> None:
        plain, places = marked(text)
        result = ground(plain, seen, tickers)
        found = [(one.start, one.end) for one in result.unsupported]
        self.checked += result.checked
        self.bad += len(places)
        self.caught += sum(overlaps(place, found) for place in places)
        self.good += not places
        self.alarms += bool(found) and not places
        # A figure that is right beside a wrong one is not to be marked either.
        self.wrong += sum(not overlaps(one, places) for one in found)


def test_invented_and_swapped_figures_are_found_and_true_ones_left_alone() -> None:
    """The bounds hold for all batches together; a single one may be a little worse: no rule is there for one alone."""
    every: list[Tally] = []
    for batch in BATCHES:
        tally = Tally()
        for text in sentences_of(batch):
            tally.add(text, *seen_in(batch))
        every.append(tally)
        assert tally.caught / tally.bad >= 0.86, batch
        assert tally.wrong / tally.checked <= 0.05, batch
        assert tally.checked > len(sentences_of(batch)), "most sentences have figures, and they are looked at"
    assert sum(one.caught for one in every) / sum(one.bad for one in every) >= 0.95
    assert sum(one.alarms for one in every) / sum(one.good for one in every) <= 0.05
    assert sum(one.wrong for one in every) / sum(one.checked for one in every) <= 0.02


@pytest.mark.parametrize("kind", OF_OTHERS)
def test_texts_of_others_are_read_no_worse_than_they_were(kind: str) -> None:
    """Bounds to be moved towards those above as the check gets better: outside is prose, ordinary plain sentences."""
    recall, alarms, wrong = OF_OTHERS[kind]
    tally = Tally()
    for text, facts, named in texts_of_others(kind):
        tally.add(text, facts, named)
    assert tally.bad and tally.caught / tally.bad >= recall
    assert tally.alarms / tally.good <= alarms
    assert tally.wrong / tally.checked <= wrong


def test_the_labelled_set_is_large_enough() -> None:
    assert sum(len(sentences_of(batch)) for batch in BATCHES) >= 400


def test_a_swapped_figure_names_its_owner() -> None:
    [found] = ground("XGBoost reached an AUC of 0.7235.", FACTS, ALL_TICKERS).unsupported
    assert (found.text, found.contradicted) == ("0.7235", True)
    assert found.reason.endswith("as auc of xgboost, and it is the figure of random_forest in T2")
    assert "AUC of 0.7235" in found.around


def test_what_is_stored_is_told_where_a_figure_is_against_it() -> None:
    [stored] = [one["auc"] for one in FIRST["evaluation"] if one["model"] == "xgboost"]
    [found] = ground("XGBoost reached an AUC of 0.6181.", FACTS, ALL_TICKERS).unsupported
    assert found.contradicted and found.reason == f"T1 has {stored:.4g} as auc of xgboost"


def test_what_the_words_do_not_name_may_be_right() -> None:
    [found] = ground("The gap is about 0.6181.", FACTS, ALL_TICKERS).unsupported
    assert (found.contradicted, found.reason) == (False, "nothing seen says so")


def test_marks_that_are_against_what_is_stored_are_seldom_wrong() -> None:
    right = wrong = 0
    for entry, facts, tickers in texts_of_others("outside"):
        text, invented = marked(entry)
        for one in ground(text, facts, tickers).unsupported:
            if one.contradicted:
                right, wrong = right + overlaps((one.start, one.end), invented), wrong + 1
    assert right / wrong >= 0.85


def test_sources_say_where_figures_are_from() -> None:
    found = ground("In T1 XGBoost has an AUC of 0.712; the threshold of 85 % was not reached.", FACTS, ALL_TICKERS)
    assert not found.unsupported and found.checked == 2 and set(found.sources) <= {"T1", "T2", "settings"}


@pytest.mark.parametrize(
    ("text", "supported"),
    [
        ("The data end on 2018-02-07.", True),
        ("The data end on 2018-07-02.", False),
        ("Four of the 200 candidates are above 30 %.", True),
        ("Nine of the 200 candidates are above 30 %.", False),
        ("The interval of LightGBM's AUC is 0.037 wide.", True),
        ("The interval of LightGBM's AUC is 0.052 wide.", False),
        ("The AUCs of RandomForest, LightGBM and their ensemble average 0.729.", True),
        ("The AUCs of RandomForest, LightGBM and their ensemble average 0.717.", False),
        ("AUC: 0.7235, 0.7301 and 0.7342 for RandomForest, LightGBM and their ensemble.", True),
        ("AUC: 0.7301, 0.7235 and 0.7342 for RandomForest, LightGBM and their ensemble.", False),
        ("LightGBM's Sharpe of 0.66 is 1.4 times volatility's 0.48.", True),
        ("LightGBM's Sharpe of 0.66 is three times volatility's 0.48.", False),
        ("NVDA closed at $228.80; a stop 5 % below it would be at $217.36.", True),
        ("NVDA closed at $228.80; a stop 5 % below it would be at $227.36.", False),
        ("AMD stands second.\n\n- Confidence: 40.6 %; RandomForest says 37.0 %.\n- It closed at $11.66.", True),
        ("MU stands third.\n\n- Confidence: 40.6 %; RandomForest says 37.0 %.\n- It closed at $11.66.", False),
        ("AUC: RandomForest 0.7235, LightGBM 0.7301, mean 0.7342.", True),
        ("AUC: RandomForest 0.7235, LightGBM 0.7301, mean 0.7301.", False),
    ],
)
def test_what_follows_from_figures_is_computed(text: str, supported: bool) -> None:
    assert (not ground(text, FACTS, ALL_TICKERS).unsupported) == supported


AMOUNT = """On NVDA, with $10,000 each:

| ticker | shares | cost | stop | loss at the stop |
|---|---|---|---|---|
| NVDA | 43 at $228.80 | $9,838 | {stop} | {loss} |

"""


@pytest.mark.parametrize(
    ("shares", "loss", "marked"), [("43", "", []), ("431", "", ["431"]), ("43", "$1,234", ["$1,234"])]
)
def test_what_an_amount_comes_to_is_computed(shares: str, loss: str, marked: list[str]) -> None:
    [nvda] = [one for document in (SECOND, FIRST) for one in document["candidates"] if one["ticker"] == "NVDA"][:1]
    stop = nvda["stop_loss"]
    text = AMOUNT.format(stop=f"${stop:.2f}", loss=loss or f"${43 * (nvda['last_close'] - stop):,.0f}")
    found = ground(text.replace("43 at", f"{shares} at"), FACTS, ALL_TICKERS).unsupported
    assert [one.text for one in found][: len(marked) or None] == marked


def test_a_table_and_a_paragraph_keep_the_trial_that_they_begin_with() -> None:
    [old] = [row["auc"] for row in FIRST["evaluation"] if row["model"] == "xgboost"]
    new = old - 0.0567
    later = {"trial_id": "T2", "evaluation": [{"model": "xgboost", "auc": new}]}
    seen = [Facts(facts_of_document(one)) for one in (later, FIRST)]
    table = "{} compares models.\n\n| model | AUC |\n|---|---|\n| xgboost | {:.4f} |"
    prose = "{} compares models. XGBoost reached an AUC of {:.4f}."
    for text in (table, prose):
        for trial, auc, supported in (("T1", old, True), ("T2", new, True), ("T1", new, False), ("T2", old, False)):
            assert (not ground(text.format(trial, auc), seen).unsupported) == supported, (text, trial)


def test_a_figure_of_nobody_is_the_ensembles() -> None:
    ensemble = next(one for one in FIRST["evaluation"] if "(" in one["model"])
    for row in (ensemble, *(one for one in FIRST["evaluation"] if "(" not in one["model"])):
        supported = row is ensemble
        found = ground(f"The AUC is {row['auc']:.4f}.", [Facts(facts_of_document(FIRST))], ALL_TICKERS)
        assert (not found.unsupported) == supported, row["model"]


def test_a_list_goes_on_with_the_ticker_of_its_paragraph() -> None:
    first, second = FIRST["candidates"][:2]
    for own, other, supported in ((first, first, True), (first, second, False)):
        text = f"{own['ticker']} leads the list.\n\nBehind it:\n- Stop: ${other['stop_loss']:.2f}."
        assert (not ground(text, [Facts(facts_of_document(FIRST))], ALL_TICKERS).unsupported) == supported


BANDS = {
    "trial_id": "T9",
    "evaluation": [
        {
            "model": "xgboost",
            "calibrated_share": 0.275,
            "bands": [
                {"from": 0.6, "to": 0.7, "mean_probability": 0.642, "hit_rate": 0.0907, "n": 408.0},
                {"from": 0.7, "to": 0.8, "mean_probability": 0.741, "hit_rate": 0.0375, "n": 80.0},
            ],
        }
    ],
}


@pytest.mark.parametrize(
    ("text", "supported"),
    [
        ("Where XGBoost said 70-80 %, only 3.75 % of 80 predictions came true.", True),
        ("Where XGBoost said 70-80 %, only 9.07 % of 80 predictions came true.", False),
        ("Of XGBoost's 488 predictions above 60 %, 40 came true.", True),
        ("About 72.5 % of the rows were not yet calibrated.", True),
        ("About 27.5 % of the rows were not yet calibrated.", False),
    ],
)
def test_figures_of_a_row_belong_together(text: str, supported: bool) -> None:
    assert (not ground(text, [Facts(facts_of_document(BANDS))]).unsupported) == supported


@settings(derandomize=True, max_examples=80, deadline=None)
@given(
    st.sampled_from(["random_forest", "xgboost", "lightgbm"]),
    st.sampled_from(["auc", "brier_skill", "rank_ic", "precision_at_k"]),
    st.integers(2, 4),
)
def test_a_figure_as_it_rounds_is_supported_and_one_step_off_is_not(model: str, key: str, digits: int) -> None:
    rows = {row["model"]: row for one in (FIRST, SECOND) for row in one["evaluation"]}
    name = {"auc": "AUC", "brier_skill": "Brier skill", "rank_ic": "rank IC", "precision_at_k": "precision"}[key]
    value = rows[model][key]
    for shift, supported in ((0, True), (2, False), (-2, False)):
        text = f"The {name} of {model} is {value + shift * 10.0**-digits:.{digits}f}."
        claims = read_claims(text)
        others = {abs(row[key]) for row in rows.values() if row["model"] == model}
        assume_apart = all(abs(abs(one) - abs(value + shift * 10.0**-digits)) > 10.0**-digits for one in others)
        assert len(claims) == 1
        if supported or (assume_apart and claims[0].number.value):
            assert (not ground(text, FACTS, ALL_TICKERS).unsupported) == supported, text


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.text(alphabet="0123456789 .,%$-+()[]|*`TPof\naAUC", max_size=120))
def test_any_text_can_be_checked(text: str) -> None:
    found = ground(text, FACTS, ALL_TICKERS)
    assert all(0 <= one.start < one.end <= len(text) for one in found.unsupported)
    assert found.checked == sum(found.sources.values()) + len(found.unsupported)


def test_a_long_reply_is_checked_between_two_keys() -> None:
    seen, tickers = seen_in(1)
    reply = "\n".join(marked(text)[0] for text in sentences_of(1))
    reply = "\n".join([reply, reply])
    many = [Facts(facts.all) for facts in seen[:2] * 10]
    ground(reply, many, tickers)
    began = time.process_time()
    found = ground(reply, many, tickers)
    assert found.checked > 300
    assert time.process_time() - began < 1.5


def test_a_table_that_the_user_pastes_is_read_in_a_moment() -> None:
    rows = [f"{row}, AAPL, 2018-01-{row % 28 + 1:02d}, 1.5, 100000" for row in range(1000)]
    began = time.process_time()
    facts = list(facts_of_words("\n".join(rows), "words"))
    assert [fact.kind for fact in facts[:4]] == ["count", "date", "score", "count"]
    assert len(facts) == 4 * len(rows)
    assert time.process_time() - began < 0.8
