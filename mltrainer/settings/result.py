"""The result document ``mltrainer.result/1``: what every action that runs a trial returns.

Ratios are fractions, dates are ISO, prices are in USD. A key that an action does not produce is absent, never null.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mltrainer.settings.no_nulls import NoNulls

SCHEMA = "mltrainer.result/1"


class Part(BaseModel):
    """A part of the document. Unknown keys are refused, so that the schema stays the truth."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ExcludedTicker(Part):
    """A ticker of the data that was never a member of the universe, and why."""

    ticker: str
    reason: str


class FaultEntry(Part):
    """One fault of the data, as the quality gate found it."""

    code: str
    ticker: str
    date: str
    severity: Literal["info", "warning", "error"]
    detail: str
    known_at: str | None = None


class Absent(Part):
    """Columns of the bars that the data do not have at all, and what is left out for that: nothing is filled.

    ``features`` are those of the feature set that do not exist without them, ``checks`` the faults that are not looked
    for.
    """

    columns: list[str]
    features: list[str]
    checks: list[str]


class DataPart(Part):
    """The data of a trial and their provenance."""

    source: str
    simulated: bool
    as_of: str
    first: str
    last: str
    tickers: int
    sessions: int
    rows: int
    fingerprint: str
    delay: str
    excluded: list[ExcludedTicker] = []
    faults: list[FaultEntry] = []
    fault_counts: dict[str, int] = {}
    path: str | None = None
    absent: Absent | None = None
    simulation: dict[str, Any] | None = None


class EvaluationRow(Part):
    """Out-of-sample figures of one model, all recomputable from the exported predictions.

    ``base_rate`` is the share of the event over the scored rows; ``intervals`` are 90 % from blocks of dates.
    ``reliability`` (ten bins of equal size) and ``bands`` (``from`` .. ``to``) say what came true of what was said:
    ``n`` rows on ``n_dates`` dates are worth ``n_eff`` independent ones, ``lower`` and ``upper`` are Wilson's 90 %.
    ``brier_parts``: brier = reliability - resolution + uncertainty + within (Murphy 1973, over the ten bins). Sharpe
    ratios of ``portfolio`` are annual, ``sharpe_error`` and ``sharpe_autocorrelated`` those of Lo (2002).
    """

    model: str
    folds: int
    fits: int
    train_rows: list[int]
    test_rows: int
    test_dates: int
    calibrated_share: float
    base_rate: float
    auc: float | None = None
    auc_by_date: float | None = None
    average_precision: float | None = None
    brier: float | None = None
    brier_skill: float | None = None
    log_loss: float | None = None
    ece: float | None = None
    ece_if_calibrated: float | None = None
    calibration_slope: float | None = None
    calibration_intercept: float | None = None
    information_coefficient: float | None = None
    icir: float | None = None
    ic_t: float | None = None
    rank_ic: float | None = None
    rank_ic_ir: float | None = None
    rank_ic_t: float | None = None
    precision_at_k: float | None = None
    decile_spread: float | None = None
    excess_return_at_k: float | None = None
    highest_probability: float | None = None
    reliability: list[dict[str, float]] = []
    bands: list[dict[str, float]] = []
    brier_parts: dict[str, float] | None = None
    portfolio: dict[str, float] | None = None
    intervals: dict[str, tuple[float, float]] = {}
    params: dict[str, Any] = {}
    calibrator: str | None = None
    seconds: float | None = None


class Benchmark(Part):
    """What takes no model, over the same days: ``equal_weight`` of all members, free of costs, ``buy_and_hold_spy``."""

    name: str
    portfolio: dict[str, float]
    intervals: dict[str, tuple[float, float]] = {}


class Support(Part):
    """What happened in the past at this level of confidence. ``lower`` is the Wilson 90 % bound on ``n_eff``."""

    n: int
    n_eff: float
    hits: int
    lower: float
    upper: float


class AtThreshold(Part):
    """What the past says about the confidence threshold: the ``n`` predictions of ``model`` at or above it.

    Of ``calibrated`` out-of-sample predictions with known outcome, ``n`` on ``n_dates`` dates, worth ``n_eff``
    independent ones, reached ``threshold``, and ``hits`` of them came true; ``lower`` and ``upper`` are Wilson's 90 %.
    ``n`` is 0 where it was never reached. ``highest`` is the highest of all, absent where none was calibrated.
    """

    model: str
    threshold: float
    calibrated: int
    n: int
    n_dates: int
    n_eff: float
    hits: int
    lower: float
    upper: float
    highest: float | None = None


class Coverage(Part):
    """How often the ranking model's intervals of the return held the outcome, as they would have been given that day.

    ``coverage`` of ``n`` predictions, to be compared with ``level`` within two of its ``error`` (blocks of dates;
    absent where dates are too few); ``by_year``, and ``by_volatility`` in thirds of the rows, with the ``errors`` of
    both. ``mean_width`` is a return, and so is ``interval_score`` (Winkler 1972): the mean width, and ten times what a
    missed outcome is away, so that the lower tells which of two kinds of intervals is better. ``quantiles_of`` is the
    model whose conformalised quantiles they are; without it they lie around what the ranking model expects.
    """

    level: float
    coverage: float
    error: float | None = None
    n: int
    n_dates: int
    mean_width: float
    interval_score: float | None = None
    by_year: dict[str, float]
    by_volatility: dict[str, float]
    errors: dict[str, float] = {}
    quantiles_of: str | None = None


class Driver(Part):
    """A feature that moves a candidate's score.

    ``share`` is its signed part in all that moves the score (their absolute values sum to 1; the mean of the members of
    an ensemble), ``value`` the feature's value today.
    """

    feature: str
    share: float
    value: float | None = None


class Candidate(Part):
    """One ticker scored today. ``confidence`` is a calibrated probability, ``interval`` 80 % of the return.

    ``drivers`` are the three features with the largest shares in the score; ``dollar_volume`` is the median of close
    times volume a day over the last 63 sessions; ``correlation`` is the mean correlation of its daily returns with
    those of the other first ten candidates over the last 126 sessions.
    """

    rank: int
    ticker: str
    sector: str | None = None
    score: float
    confidence: float
    calibrated: bool
    expected_return: float
    interval: tuple[float, float] | None = None
    last_close: float
    max_entry: float | None = None
    target_price: float | None = None
    stop_loss: float | None = None
    horizon: tuple[int, int]
    probability_down: float | None = None
    confidence_volatility_only: float | None = None
    support: Support | None = None
    verdict: Literal["qualified", "unsupported", "below"]
    by_model: dict[str, float] = {}
    drivers: list[Driver] | None = None
    dollar_volume: float | None = None
    correlation: float | None = None


class Compared(Part):
    """One line of a leaderboard, the highest Brier skill first.

    A difference is that of the daily Brier score, this model's minus the other's: below 0 this model is better. ``p``
    is that of Diebold & Mariano (1995), two-sided, with Newey-West errors over dates, absent where these hold fewer
    than four blocks of twice the horizon; ``q`` is ``p`` after Benjamini & Hochberg (1995) over all tests of the table.
    ``tested_from`` is the first date of the tests of an ensemble whose members were chosen by their skill before it.
    """

    rank: int
    model: str
    brier_skill: float | None = None
    auc: float | None = None
    rank_ic: float | None = None
    to_best: float | None = None
    to_best_p: float | None = None
    to_best_q: float | None = None
    to_volatility: float | None = None
    to_volatility_p: float | None = None
    to_volatility_q: float | None = None
    tested_from: str | None = None


class FailedModel(Part):
    """A model that could not be compared, and why."""

    model: str
    code: str
    message: str


class Comparison(Part):
    """A leaderboard of models on the same folds, with every difference tested over ``test_dates`` dates."""

    best: str
    test_dates: int
    rows: list[Compared]
    failed: list[FailedModel] = []


class Tried(Part):
    """One set of parameters in a search: its AUC in each block of the first training window, and their mean."""

    params: dict[str, Any]
    auc: float
    auc_by_block: list[float]


class Searched(Part):
    """The search of one model's parameters between the dates ``first`` and ``last``, and what it is worth afterwards.

    ``space`` holds the lowest and the highest value searched, or the choices. ``before`` are the parameters that held
    so far, ``top`` the best tries. ``evaluation`` of the document has the walk-forward figures of the best parameters,
    ``evaluation_before`` those of the earlier ones on the same rows; ``difference`` is that of their daily Brier score,
    below 0 where the best ones are better, with the p-value of Diebold & Mariano. ``use`` is what ``--params`` takes.
    """

    model: str
    tries: int
    failed: int
    first: str
    last: str
    space: dict[str, list[Any]]
    before: Tried
    best: Tried
    top: list[Tried]
    evaluation_before: EvaluationRow
    difference: float
    difference_p: float | None = None
    use: str


class Significance(Part):
    """What the best of a trial's models is worth after everything that was tried on overlapping data.

    ``trials_in_family`` counts distinct models and settings, whatever their event and session; ``tries_of_event`` are
    those with the event of this trial. Sharpe ratios are of daily net returns, annual:
    ``sharpe_by_luck`` is what the best of so many would show without skill; ``probabilistic_sharpe`` is the probability
    that the true ratio is above 0, ``deflated_sharpe`` that it is above luck (Bailey & López de Prado 2014). ``spa_p``
    is Hansen's (2005) p-value that no model of the trial earns more than the equal-weight market. ``pbo`` is the
    probability of backtest overfitting over the trial's ``pbo_models``, which is anywhere in ``pbo_by_chance`` without
    skill. ``return_p`` and ``rank_p`` are the lowest p-values of the trial, one-sided, of the return beyond the
    equal-weight market and of the rank IC; the ``q`` are theirs after Benjamini & Yekutieli (2001: the false
    discovery rate of dependent tests), over the tries of the session and of the store. ``significant`` asks for a
    deflated Sharpe of 0.95, ``spa_p`` of 0.05 and ``return_q_store`` of 0.025; ``rank_significant`` for
    ``rank_q_store`` of 0.025: a trial makes two claims, and each has half of 5 %.
    """

    trials_in_family: int
    tries_of_event: int | None = None
    summary: str | None = None
    significant: bool | None = None
    rank_significant: bool | None = None
    best_model: str | None = None
    sharpe: float | None = None
    probabilistic_sharpe: float | None = None
    deflated_sharpe: float | None = None
    sharpe_by_luck: float | None = None
    spa_p: float | None = None
    pbo: float | None = None
    pbo_models: int | None = None
    pbo_by_chance: tuple[float, float] | None = None
    return_p: float | None = None
    return_q_session: float | None = None
    return_q_store: float | None = None
    rank_model: str | None = None
    rank_p: float | None = None
    rank_q_session: float | None = None
    rank_q_store: float | None = None


class Regime(Part):
    """The market's regime on the last session, from information available on that day."""

    score: float
    label: Literal["calm", "normal", "nervous", "crisis"]
    probabilities: dict[str, float]
    components: dict[str, float]
    missing: list[str] = []
    as_of: str
    states: list[dict[str, Any]] = []
    history: dict[str, Any] = {}
    # Of the yield curve, and no part of the score.
    recession: dict[str, float] | None = None


class LeakCheck(Part):
    """One check of the leak certificate: what was checked, whether it passed, and what was found.

    Everything that a trial computed up to a day is computed again with another future; what changes has leaked.
    """

    check: str
    passed: bool
    detail: str


class HoldoutPart(Part):
    """The sessions that conversations keep sealed: no figure of them is seen before a promotion.

    ``from`` is their first date, fixed at the first use of the data; ``sessions`` counts those from it on. ``included``
    says whether this trial's figures come from them too; ``looks`` counts the stored trials whose figures do, this one
    included. More than one look contaminates: what was seen guides what is tried.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    from_: str = Field(alias="from")
    sessions: int
    status: Literal["sealed", "opened"]
    looks: int
    included: bool
    opened_by: str | None = None


class Warned(Part):
    """Something the reader must know to read the figures rightly."""

    code: str
    message: str


class Provenance(Part):
    """What is needed to prove the trial and to run it again to the same numbers."""

    seed: int
    version: str
    code: str
    libraries: dict[str, str]
    fits: int
    cached_fits: int
    engine: str | None = Field(
        default=None,
        description="where fits ran: local, or dask for a cluster; older trials have none",
    )
    workers: int = Field(description="how many fits may run side by side; 0 where no cluster was needed")
    threads: int | None = Field(default=None, description="threads inside a fit")
    wall_seconds: float
    fit_seconds: float
    certificate_seconds: float | None = Field(
        default=None,
        description="seconds of wall_seconds that went into the leak certificate; absent where it was kept",
    )
    devices: list[str] | None = Field(
        default=None,
        description="what fits ran on: cpu, or the name of a GPU; absent where none was made",
    )
    peak_memory_mb: float
    started: str
    cache: dict[str, Any]
    digest: str


class Failure(Part):
    """Why a document has the status ``failed``."""

    code: str
    message: str
    hint: str = ""
    retryable: bool = False


class ResultDocument(Part):
    """The whole document."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_: Literal["mltrainer.result/1"] = Field(default="mltrainer.result/1", alias="schema")
    trial_id: str | None = None
    action: str
    status: Literal["succeeded", "failed", "cancelled"]
    headline: str | None = None
    event: str | None = None
    settings: dict[str, Any] | None = None
    data: DataPart | None = None
    evaluation: list[EvaluationRow] | None = None
    baselines: list[EvaluationRow] | None = None
    benchmarks: list[Benchmark] | None = None
    at_threshold: AtThreshold | None = None
    coverage: Coverage | None = None
    candidates: list[Candidate] | None = None
    qualified: int | None = None
    ranked_by: str | None = Field(default=None, description="the model or ensemble whose confidence orders candidates")
    regime: Regime | None = None
    comparison: Comparison | None = None
    search: list[Searched] | None = None
    leak_certificate: list[LeakCheck] | None = None
    holdout: HoldoutPart | None = None
    promotion: dict[str, Any] | None = Field(
        default=None,
        description="how a frozen trial did on the holdout: each figure before and there, its 90 % interval there, and "
        "whether the interval holds the earlier figure; contaminated where the sessions had been looked at before",
    )
    analysis: dict[str, Any] | None = None
    significance: Significance | None = None
    warnings: list[Warned] = []
    suggestions: list[str] = []
    provenance: Provenance | None = None
    error: Failure | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the document as JSON has it: aliases, no nulls."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the document."""
    return ResultDocument.model_json_schema(by_alias=True, schema_generator=NoNulls)
