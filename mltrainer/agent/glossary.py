"""What the figures mean, in a sentence or two each, for whoever asks."""

import re

# Longer names first: "Brier skill" is no "Brier score", "rank IC" no "IC".
TERMS: tuple[tuple[str, str], ...] = (
    (
        r"deflated sharpe|dsr",
        "The deflated Sharpe ratio is the probability that a strategy's Sharpe ratio is not just the best of all "
        "that was tried. It proves nothing unless it is nearly certain.",
    ),
    (
        r"sharpe( ratio)?",
        "The Sharpe ratio is the mean return of the picks after costs, divided by how much it varies, for a year. One "
        "of 1 is good, and luck alone reaches it easily when much is tried.",
    ),
    (
        r"auc|roc",
        "AUC is how often the model puts a case that came true above one that did not: 0.5 is a coin, 1 is perfect. On "
        "the target event most of it is volatility, so compare it with volatility alone.",
    ),
    (
        r"brier( skill| score)?",
        "The Brier score is the mean squared error of the probabilities. The Brier skill is the part of it that is "
        "saved against always saying the base rate: 0 % is useless, 100 % perfect, and below 0 worse than no model.",
    ),
    (
        r"rank ics?|information coefficients?|ics?|icir",
        "The information coefficient (IC) is the correlation across tickers between what was expected and what came, "
        "a day at a time; the rank IC compares their orders. 0 is none; 0.03 that lasts would be worth having.",
    ),
    (
        r"ece|calibrat\w+|reliability",
        "Calibration makes probabilities mean what they say: of predictions at 30 % about 30 of 100 came true. ECE is "
        "the mean distance from that.",
    ),
    (
        r"qualif\w+|verdicts?|unsupported",
        "A candidate qualifies when its probability reaches your threshold and past predictions at that level came "
        "true about as often. Where the past does not support it, the verdict is unsupported; else it is below.",
    ),
    (
        r"past hits?",
        "The past hits of a candidate are the past predictions, from five points below its confidence upwards, that "
        "came true; below your threshold instead of its confidence where it reaches the threshold.",
    ),
    (
        r"(risk[- ]of[- ])?ruin",
        "The risk of ruin is the chance of losing half the capital within 100 such trades, one after another, at a "
        "stop and a share of the capital in each. It draws past outcomes as if they were independent: in a crash "
        "they are not, so it is the least to expect.",
    ),
    (
        r"base rate",
        "The base rate is how often the target event happened over all rows: what you would be right with without any "
        "model.",
    ),
    (
        r"hold-?out|sealed|promot\w+",
        "The holdout is the latest half year of outcomes, sealed: no figure here uses it. Promoting a trial opens it "
        "once, as the last test; later looks are counted as contaminated.",
    ),
    (
        r"walk[- ]?forward|out of sample|folds?",
        "Walk-forward means that a model is fitted on the past only, tested on the sessions after it, and moved on; "
        "between both lies a gap as long as the horizon. All figures come from such tests.",
    ),
    (r"regime( score)?", "The regime score says how turbulent the market is, from 0 (calm) to 100 (crisis)."),
    (
        r"stop(?:[- ]loss)?|max(imum)? entry|target price",
        "The target price is the last close plus your target, the maximal entry the price up to which the expected "
        "return still pays its costs, and the stop the lower end of the 80 % interval. None of them is advice.",
    ),
    (
        r"top[- ]k|precision( at k)?",
        "Precision at k is how often the picks of a day, its k highest probabilities, came true.",
    ),
    (r"ensembles?", "An ensemble joins several models; several chosen models give their mean by themselves."),
    (
        r"horizon",
        "The horizon is the window of sessions ahead in which the target must be reached, such as 7-10.",
    ),
    (r"simulated", "SIMULATED data come from an artificial market: they show how everything works, and nothing else."),
)
_ASKS = re.compile(
    r"\b(what('s| is| are| does| do)|explain|define|meaning of|mean(s|ing)?\b|tell me about)", re.IGNORECASE
)


def define(text: str) -> str | None:
    """Return what the term means that a question asks for, None where it asks for none."""
    if not _ASKS.search(text):
        return None
    for pattern, meaning in TERMS:
        if re.search(rf"\b({pattern})\b", text, re.IGNORECASE):
            return meaning
    return None
