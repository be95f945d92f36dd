"""The words that go with the figures: headline, warnings, next steps. Every number in them comes from the trial."""

import numpy as np

from mltrainer.evaluation.sentence import sentence_of
from mltrainer.evaluation.support import support_of
from mltrainer.settings.parameters import Settings
from mltrainer.settings.parts.candidates import SUPPORT_MARGIN, Candidate
from mltrainer.settings.parts.comparison import Comparison, Searched
from mltrainer.settings.parts.evaluation import AtThreshold, EvaluationRow
from mltrainer.settings.result import Warned
from mltrainer.trials.data_said import data_warnings
from mltrainer.trials.forecast import Forecast
from mltrainer.trials.job import Job
from mltrainer.trials.selection import selected_warning

# Rank correlation of today's confidence with the volatility-only one from which the two say the same.
SAME_AS_VOLATILITY = 0.9
# Chance that a difference is called real where there is none, and share of those called so that may be chance.
FALSE_SHARE = 0.05


def target_sentence(settings: Settings) -> str:
    """Return what is predicted, generated from the label."""
    return sentence_of(settings.model_dump())


def screening_headline(job: Job, candidates: list[Candidate], base_rate: float) -> str:
    """Return the honest first line of a screening."""
    if not candidates:
        return f"{_mark(job)}no ticker can be scored: none has a usable bar on the last session, {job.panel.dates[-1]}"
    threshold = job.settings.confidence_threshold
    qualified = sum(candidate.verdict == "qualified" for candidate in candidates)
    unsupported = sum(candidate.verdict == "unsupported" for candidate in candidates)
    best = candidates[0]
    beyond = f" ({unsupported} more reach it without support from the past)" if unsupported else ""
    return (
        f"{_mark(job)}{qualified} of {len(candidates)} reach {_percent(threshold)}{beyond}; "
        f"the best is {best.ticker} at {_below(best.confidence, threshold)}; the base rate is {_percent(base_rate)}"
    )


def test_headline(job: Job, rows: list[EvaluationRow], volatility: EvaluationRow) -> str:
    """Return the honest first line of a walk-forward test."""
    best = max(rows, key=lambda row: row.auc or 0.0)
    against = f", volatility alone {volatility.auc:.3f}" if volatility.auc is not None else ""
    auc = f"AUC {best.auc:.3f}" if best.auc is not None else "no AUC (one class only)"
    rank = f"; rank IC {best.rank_ic:+.3f} (t {best.rank_ic_t:.1f})" if best.rank_ic_t is not None else ""
    return f"{_mark(job)}{best.model} has the highest {auc}{against}{rank}"


def comparison_headline(job: Job, comparison: Comparison) -> str:
    """Return the honest first line of a leaderboard."""
    best, others = comparison.rows[0], comparison.rows[1:]
    skill = f"Brier skill {best.brier_skill:+.4f}" if best.brier_skill is not None else "no Brier skill"
    said = f"{_mark(job)}{best.model} is first of {len(comparison.rows)} with {skill}"
    if others:
        apart = sum(_real(row.to_best_q) for row in others)
        said += f"; {apart} of the other {len(others)} differ from it by more than chance"
    beaten = sum((row.to_volatility or 0.0) < 0 and _real(row.to_volatility_q) for row in comparison.rows)
    return f"{said}; {beaten} of {len(comparison.rows)} beat volatility alone by more than chance"


def _real(share: float | None) -> bool:
    """Tell whether a p- or q-value speaks for a real difference; none speaks for nothing."""
    return share is not None and share < FALSE_SHARE


def search_headline(job: Job, searched: list[Searched]) -> str:
    """Return the honest first line of a search."""
    parts = []
    for one in searched:
        gain = f"{one.model}: AUC {one.before.auc:.3f} before and {one.best.auc:.3f} with the best of {one.tries} tries"
        proven = "better" if one.difference < 0 else "worse"
        proof = f"{proven} beyond chance" if _real(one.difference_p) else "not proven to differ"
        p = "" if one.difference_p is None else f" ({by_chance('p', one.difference_p)})"
        parts.append(f"{gain} inside the first training window; {proof} afterwards{p}")
    return _mark(job) + "; ".join(parts)


def by_chance(name: str, share: float) -> str:
    """Return a p- or q-value in words: none is ever 0."""
    return f"{name} < 0.01" if share < 0.01 else f"{name} {share:.2f}"


def warnings_of(job: Job, found: Forecast) -> list[Warned]:
    """Return what the reader must know to read the figures rightly."""
    warnings = data_warnings(job)
    if found.selection:
        warnings.append(selected_warning(found.walk, found.selection))
    settings = found.walk.settings
    if settings.window == "rolling" and all(block.fold.train_start == 0 for block in found.walk.blocks):
        text = (
            f"the rolling window of {settings.train_sessions} sessions is longer than the past of every fold: all "
            "trained on everything before them, as an anchored window does"
        )
        warnings.append(Warned(code="window_not_reached", message=text))
    chosen = found.said[found.chosen]
    row = next(row for row in found.rows if row.model == found.chosen)
    if not chosen.today_calibrated:
        text = (
            "uncalibrated: fewer than 252 out-of-fold sessions lie in the past, so today's confidence is the model's "
            "raw score; it may be far from the share that comes true"
        )
        warnings.append(Warned(code="uncalibrated", message=text))
    elif row.calibrated_share < 1:
        text = f"{_percent(1 - row.calibrated_share)} of the scored rows, the earliest, were not yet calibrated"
        if not row.calibrated_share:
            text = "none of the scored rows was calibrated yet: their figures are of raw scores, today's is calibrated"
        warnings.append(Warned(code="partly_uncalibrated", message=text))
    text = _threshold_history(at_threshold(job, found))
    warnings.append(Warned(code="threshold_history", message=text))
    same = _rank_correlation(chosen.today_probability, found.said["volatility_only"].today_probability)
    if job.settings.label in ("hit", "triple_barrier") and same >= SAME_AS_VOLATILITY:
        text = f"explained by volatility: today's ranking agrees with volatility alone (rank correlation {same:.2f})"
        warnings.append(Warned(code="explained_by_volatility", message=text))
    if row.rank_ic_t is not None and row.rank_ic_t < 2:
        text = f"the rank IC of {row.model} ({row.rank_ic:+.3f}, t {row.rank_ic_t:.1f}) is "
        text += (
            "not distinguishable from zero" if row.rank_ic_t > -2 else "negative: what it ranks higher returned less"
        )
        warnings.append(Warned(code="no_direction_skill", message=text))
    return warnings


def contradicted(candidates: list[Candidate], threshold: float) -> list[Warned]:
    """Return a warning where the past contradicts the highest confidence of today, or the threshold that it reaches."""
    if not candidates or not (past := candidates[0].support) or not past.n:
        return []
    best = candidates[0]
    least = min(best.confidence, threshold) - SUPPORT_MARGIN
    if past.upper >= least:
        return []
    level, share = _percent(least), _percent(past.hits / past.n)
    text = (
        f"the past contradicts the highest confidence: {best.ticker} has {_percent(best.confidence)}, but of "
        f"{past.n} predictions at {level} or more {past.hits} ({share}) came true"
    )
    return [Warned(code="overconfident", message=text)]


def suggestions_of(job: Job, candidates: list[Candidate], found: Forecast) -> list[str]:
    """Return sensible next steps, the first first."""
    steps = []
    if candidates:
        steps.append(f"deep_analysis of the top {min(5, len(candidates))} candidates")
        if all(candidate.verdict != "qualified" for candidate in candidates):
            best = candidates[0].confidence
            steps.append(
                f"a target or threshold that the data can reach: the best confidence today is {_percent(best)}"
            )
    used = {name for row in found.rows for name in (row.params or {})} | set(found.said)
    if "lightgbm" not in used:
        steps.append("an ensemble of random_forest + lightgbm on the same folds")
    if job.settings.label in ("hit", "triple_barrier"):
        steps.append("the label beats_median, which volatility cannot explain")
    return steps


def at_threshold(job: Job, found: Forecast) -> AtThreshold:
    """Return how often calibrated predictions of the chosen model reached the threshold, and how many came true."""
    said, rows = found.said[found.chosen], found.scored.rows
    judged = said.calibrated[rows]
    past, event, date = said.probability[rows][judged], found.scored.event[judged], found.scored.date[judged]
    threshold = job.settings.confidence_threshold
    at = past >= threshold
    support = support_of(event[at], date[at], horizon_end=job.settings.horizon[1])
    return AtThreshold(
        model=found.chosen,
        threshold=threshold,
        calibrated=len(past),
        n_dates=len(np.unique(date[at])),
        highest=float(past.max()) if len(past) else None,
        **support.model_dump(),
    )


def _threshold_history(past: AtThreshold) -> str:
    threshold = _percent(past.threshold)
    if past.highest is None:
        return f"no calibrated prediction has a known outcome yet: nothing is known about {threshold}"
    if past.n:
        return (
            f"in the past {past.n} calibrated predictions were at {threshold} or more; "
            f"{past.hits} of them ({_percent(past.hits / past.n)}) came true"
        )
    highest = _below(past.highest, past.threshold)
    return f"{threshold} was never reached in {past.calibrated} calibrated predictions; the highest was {highest}"


def _mark(job: Job) -> str:
    return "SIMULATED: " if job.panel.simulated else ""


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %".replace(".0 %", " %")


def _below(share: float, threshold: float) -> str:
    """Return a share, with as many digits as it takes to show that it is below the threshold."""
    short = _percent(share)
    return f"{100 * share:.3f} %" if share < threshold and short == _percent(threshold) else short


def _rank_correlation(a: np.ndarray, b: np.ndarray) -> float:
    ranks = [np.argsort(np.argsort(values, kind="stable"), kind="stable") for values in (a, b)]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1]) if len(a) > 2 else 0.0
