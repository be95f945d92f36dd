"""The words for figures: which nouns mean which keys of a result, and which digits are no figures at all."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mltrainer.actions.detect_models import find_models
from mltrainer.actions.detect_patterns import exactly, words

# The longest noun at a place counts, and the first of two at the same place. The keys are those of result documents.
_NOUNS: tuple[tuple[str, str], ...] = (
    # Figures that no result holds: whatever is said of them cannot come from one.
    (
        r"accuracy|recall\b|f1(?: score)?|r2\b|r²|r-squared|variance|correlations?|(?:feature )?importances?|"
        r"\bbeta\b|\balpha\b|"
        r"p/e\b|p-values?|earnings|dividends?|market cap\w*|\brsi\b|\bmacd\b|win rates?|\brmse\b|\bmae\b|"
        r"kurtosis|skew\w*|"
        r"(?:worst|best|average) (?:month|year|day|week|quarter)|monthly|\bvix\b|revenues?|profit factor|"
        r"information ratio",
        "unavailable",
    ),
    (r"deflated sharpe(?: ratio)?|more than luck|be(?:ing)? luck", "deflated_sharpe luck"),
    (r"probabilistic sharpe(?: ratio)?", "probabilistic_sharpe"),
    (r"sharpe(?: ratio)?s?", "sharpe sharpe_by_luck"),
    (r"sortino(?: ratio)?", "sortino"),
    (r"calmar(?: ratio)?", "calmar"),
    (r"\bpbo\b|backtest overfitting", "pbo"),
    (r"icir|ic ir|ic information ratio", "icir rank_ic_ir"),
    (
        r"rank[- ](?:ic|information coefficient)s?(?: of)? \(?t\b|\bt[- ]?(?:stat(?:istic)?|value)s?|"
        r"\bt(?= (?:of )?[-−]?\d)",
        "ic_t rank_ic_t",
    ),
    (r"rank[- ](?:ics?\b|information coefficients?)", "rank_ic"),
    (r"\bics?\b|information coefficients?", "information_coefficient"),
    (r"auc by date|(?:by|per)[- ]date auc", "auc_by_date"),
    (r"(?:roc )?aucs?\b", "auc"),
    (r"brier skill(?: scores?)?|skill scores?|\bskill\b", "brier_skill"),
    (r"brier(?: scores?)?", "brier"),
    (r"\bece\b|calibration error", "ece ece_if_calibrated"),
    (r"log[- ]loss", "log_loss"),
    (r"average precision", "average_precision"),
    (r"calibration slope|slope", "calibration_slope"),
    (r"calibrated share", "calibrated_share"),
    (r"precision(?: (?:of (?:the|its) (?:daily )?picks|at k|at \d+|@ ?\d+))?|hit@\w+", "precision_at_k"),
    (r"hit[- ]rates?|success rate|came true|track record|past record|own record", "precision_at_k hit_rate support"),
    (r"base[- ]rates?", "base_rate"),
    (
        r"highest (?:calibrated )?(?:probability|confidence)|peak (?:probability|confidence)",
        "highest_probability confidence",
    ),
    (r"(?:confidence )?thresholds?|\bbar\b|cut-?off|hurdle", "confidence_threshold"),
    (
        r"probability of (?:a|an equal|the mirrored) (?:loss|fall|drop)|downside probability|probability down",
        "probability_down",
    ),
    (
        r"confidences?|probabilit(?:y|ies)|chances?|odds|likelihood",
        "confidence confidence_threshold highest_probability probability_down base_rate hit_rate support "
        "deflated_sharpe probabilistic_sharpe luck pbo regime_probability",
    ),
    (r"expected (?:returns?|moves?|gains?)", "expected_return"),
    (r"excess(?: returns?)?(?: at k| of the picks)?", "excess_return_at_k"),
    (r"decile spread|spread", "decile_spread"),
    (r"target prices?|price targets?", "target_price"),
    (r"target(?: returns?)?", "target_return target_price"),
    (r"stop(?:[- ]loss(?:es)?)?s?\b", "stop_loss"),
    (r"(?:max(?:imum)? )?entr(?:y|ies)(?: prices?)?|buy below", "max_entry"),
    (
        r"last close|clos(?:es|ed|ing)(?: price)?|close\b(?! to| behind| second)|prices?|trad(?:es|ed|ing) at",
        "last_close",
    ),
    (r"cagr|growth a year|annual(?:i[sz]ed)? (?:returns?|growth|loss)|(?:a|per) year|annually", "cagr"),
    (r"draw-?downs?", "max_drawdown drawdown_now worst_drawdown drawdown"),
    (r"turnover", "turnover"),
    (r"exposure", "exposure"),
    (r"annual(?:i[sz]ed)? volatility|volatilities|\bvolatility\b", "volatility annual_volatility volatility_20"),
    (r"median (?:outcome|return|forward return)s?", "return_quantile"),
    (r"regime(?: score)?s?|\bscores?\b", "regime_score score"),
    (r"\bcalm\b", "p_calm regime_score"),
    (r"\bnormal\b", "p_normal regime_score"),
    (r"\bnervous\b", "p_nervous regime_score"),
    (r"\bturbulent\b", "p_turbulent"),
    (r"\bcrisis\b", "p_crisis regime_score"),
    (r"folds?\b", "folds"),
    (r"(?:re)?fits?\b", "fits cached_fits"),
    (
        r"(?:test |scored |out-of-sample |training )?rows?|observations?|data points?|samples\b",
        "test_rows rows train_rows",
    ),
    (r"predictions?", "test_rows n hits"),
    (r"sessions?|trading days?|days\b", "sessions test_dates horizon train_sessions initial_train test_block embargo"),
    (r"(?:test )?dates\b", "test_dates"),
    (r"tickers?|stocks?|names\b|symbols?|securities", "tickers candidates"),
    (r"candidates?", "candidates qualified tickers"),
    (r"qualif(?:y|ies|ied)", "qualified candidates"),
    (r"strateg(?:y|ies)|trials(?= (?:in|of|on|so))|tries\b|attempts?", "trials_in_family trials"),
    (r"excluded", "excluded"),
    (r"faults?|flagged|missing", "faults"),
    (r"trees?\b|estimators", "n_estimators"),
    (r"analogues?|most similar", "n hits hit_rate"),
    (r"seed\b", "seed"),
    (r"basis points|\bbps?\b|(?<!after )(?<!net of )\bcosts?\b", "cost_bps"),
    (r"seconds?\b|\bminutes?\b|took\b", "seconds"),
)
# What only counts: it is meant where it follows its number, or stands before it with a colon.
COUNTS = frozenset(
    [
        "folds",
        "fits",
        "test_rows",
        "rows",
        "sessions",
        "test_dates",
        "tickers",
        "candidates",
        "qualified",
        "trials_in_family",
        "excluded",
        "faults",
        "n_estimators",
        "n",
        "seed",
        "seconds",
        "cost_bps",
    ]
)
# What the nouns for settings may also stand for: a sentence that proposes means the setting.
MAY_BE_SET = frozenset(
    [
        "confidence",
        "confidence_threshold",
        "target_return",
        "sessions",
        "n_estimators",
        "tickers",
        "candidates",
        "seed",
        "cost_bps",
        "trials_in_family",
        "highest_probability",
        "probability_down",
        "base_rate",
        "hit_rate",
        "support",
        "deflated_sharpe",
        "luck",
        "pbo",
        "probabilistic_sharpe",
        "regime_probability",
        "target_price",
        "horizon",
        "test_dates",
        "train_sessions",
        "initial_train",
        "test_block",
        "embargo",
        "qualified",
        "trials",
    ]
)
_ANY_NOUN = words("|".join(f"(?P<q{place}>{pattern})" for place, (pattern, _) in enumerate(_NOUNS)))
_KEYS = [frozenset(keys.split()) for _, keys in _NOUNS]

_BASELINES = words(
    r"(?P<volatility_only>volatility[- _]only(?: baseline)?|(?:plain )?volatility alone|plain volatility|"
    r"(?:the )?volatility baseline|"
    r"(?:(?<=\bon )|(?<=\bby )|(?<=\bwith )|(?<=\bfor )|(?<=\bfrom )|(?<=\bof )|(?<=\bover )|(?<=\bagainst )|"
    r"(?<=\bthan )|(?<=\bbeat )|(?<=\bbeats )|(?<=\bto )|(?<=\babove )|(?<=\bbelow ))volatility\b(?! of))"
    r"|(?P<momentum_12_1>(?:12[-_ ]1[- ])?momentum(?:-only)? baseline|12[-_ ]1[- ](?:month )?momentum|"
    r"momentum[ _-]\(?12[-_]1\)?|\b12[-_]1\b|(?:(?<=\bby )|(?<=\bthan )|(?<=\bof ))plain momentum)"
)
_ENSEMBLE = words(
    r"\b(?:ensembles?|(?:the|their|its) mean|mean of|mean\(|average of the (?:two|models)|blend|"
    r"stack(?:ed)?)\b(?! reversion)"
)
_TRIAL = exactly(r"\b(?:[Tt]rial )?T(\d+)\b|\b[Tt]rial (\d+)\b")

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
# Digits that are no figures. Order matters: each is blanked before the next is looked for.
_NO_FIGURES = (
    words(r"^[ \t]*(`{3,}|~{3,}).*?(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE),
    exactly(r"https?://\S+|sha256:\w+"),
    exactly(r"\b\d{4}-\d{2}(?:-\d{2})?(?:T[\d:.]+\S*)?\b"),
    exactly(
        rf"\b{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?\b|\b(?:\d{{1,2}}(?:st|nd|rd|"
        rf"th)? )?{_MONTH}\.?,? \d{{4}}\b|\b\d{{1,2}} {_MONTH}\b"
    ),
    exactly(r"\bQ[1-4](?: ?\d{4})?\b|\b\d{1,2}:\d{2}(?::\d{2})?\b|\bv\d+(?:\.\d+)+\b|\b\d+\.\d+\.\d+\b"),
    words(r"S&P[ -]?(?:500|400|600)|nasdaq[ -]?100|russell[ -]?[123]000|dow[ -]?30|\bsp500(?:-\d+)?|\bVIX9D\b"),
    words(r"^[ \t]*(?:[*_]{1,2})?\(?\d{1,2}[.)](?=[\s*_])", re.MULTILINE),
    words(r"(?<!\S)\(?\d[.)](?= [A-Z*])"),
    words(r"\b\d+(?:st|nd|rd|th)\b"),
    words(
        r"(?:#|\bno\. ?|\b(?:option|step|number|rank(?:s|ed)?|place|level|stage|phase|point|section|version|"
        r"fold|proposal|page|python)[ -]#?)\d+\b(?!\s?%|[.,]\d)"
    ),
    words(r"\b(?:top|first|next|last|bottom|best|leading|other|remaining)[ -]\d+\b(?!\s?%|[.,]\d| of )"),
    words(
        r"\b(?:80|90)\s?(?:%|percent)[- ](?:confidence |uncertainty |prediction |statistical |"
        r"bootstrap )?(?:intervals?|certainty|ranges?|bands?|CIs?|bounds?|lower|Wilson|levels?)"
    ),
    words(r"(?:intervals?|bands?|ranges?) (?:at|of|are|is) (?:80|90)\s?%(?= (?:level|\())"),
    # The horizon, and lengths of windows that belong to a name.
    words(
        r"\b\d+(?:\s?(?:-|–|to|through)\s?\d+)?(?:[- ](?:trading[- ])?(?:day|session|week|month|year|bar)|"
        r"[dD]\b)(?!s)"
    ),
    words(r"\b\d+\s?(?:-|–|to|through|and|or)\s?\d+ (?:trading |exchange )?(?:days|sessions|weeks)\b"),
    words(r"\b(?:sessions|days) \d+\s?(?:-|–|to|through|and)\s?\d+\b"),
    words(
        r"\b(?:within|over|in|after|for|next|past|last) (?:the (?:next|past|last) )?\d{1,2} (?:trading |"
        r"exchange )?(?:days|sessions|weeks|months|years)\b"
    ),
    words(r"(?<=\d) (?:out )?of 100\b(?= \()|(?<=\.\d) (?:out )?of 100\b|(?<=\.\d)\s?/\s?100\b"),
    words(r"\b24/7\b|\b50[/-]50\b|\b(?:100|a hundred) ?%(?! of)"),
)


@dataclass(frozen=True)
class Mention:
    """Something named at ``text[start:end]``: a model's id, a ticker, a trial, or the keys a noun stands for."""

    start: int
    end: int
    kind: str
    names: frozenset[str]


def without_digits_that_are_no_figures(text: str) -> str:
    """Return the text, as long as before, with dates, ordinals, list numbers, horizons and the like blanked."""
    for pattern in _NO_FIGURES:
        text = pattern.sub(lambda match: "".join("\n" if one == "\n" else " " for one in match[0]), text)
    return text


def find_nouns(text: str) -> list[Mention]:
    """Return the nouns that name figures, in order."""
    found = []
    for match in _ANY_NOUN.finditer(text):
        place = int(str(match.lastgroup)[1:])
        before = text[match.start() - 1 : match.start()]
        if not before.isalnum() and match.end() > match.start():
            found.append(Mention(match.start(), match.end(), "noun", _KEYS[place]))
    return found


def find_subjects(text: str, tickers: Sequence[str]) -> list[Mention]:
    """Return the models, baselines, tickers and trials that a text names, in order."""
    found = [Mention(one.start, one.end, "model", frozenset({one.name})) for one in find_models(text)]
    found += [Mention(*match.span(), "model", frozenset({str(match.lastgroup)})) for match in _BASELINES.finditer(text)]
    found += [
        Mention(match.start(), match.end(), "model", frozenset({"ensemble"})) for match in _ENSEMBLE.finditer(text)
    ]
    found += [
        Mention(*match.span(), "trial", frozenset({f"T{match[1] or match[2]}"})) for match in _TRIAL.finditer(text)
    ]
    found += _tickers(text, tickers)
    return sorted(_outermost(found), key=lambda one: one.start)


def _tickers(text: str, tickers: Sequence[str]) -> Iterator[Mention]:
    known = frozenset(tickers)
    for match in re.finditer(r"(?<![\w$])\$?([A-Z][A-Z0-9]*(?:[.-][A-Z]{1,2})?)(?![\w])", text):
        # A ticker of one letter is an ordinary word more often than not: only in brackets or bold is it meant.
        alone = len(match[1]) == 1 and not re.match(r"[*(`|]", text[match.start() - 1 : match.start()])
        if match[1] in known and not alone:
            yield Mention(match.start(), match.end(), "ticker", frozenset({match[1]}))


def _outermost(found: list[Mention]) -> list[Mention]:
    """Leave out what lies within something longer of the same kind."""
    longest = sorted(found, key=lambda one: one.start - one.end)
    kept: list[Mention] = []
    for one in longest:
        if not any(other.kind == one.kind and other.start < one.end and one.start < other.end for other in kept):
            kept.append(one)
    return kept
