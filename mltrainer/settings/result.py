"""The result document ``mltrainer.result/1``: what every action that runs a trial returns.

Ratios are fractions, dates are ISO, prices are in USD. A key that an action does not produce is absent, never null.
"""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from mltrainer.settings.no_nulls import NoNulls
from mltrainer.settings.parts.candidates import Candidate
from mltrainer.settings.parts.comparison import Comparison, Searched
from mltrainer.settings.parts.data import DataPart
from mltrainer.settings.parts.evaluation import AtThreshold, Benchmark, Coverage, EvaluationRow
from mltrainer.settings.parts.part import Part
from mltrainer.settings.parts.significance import Significance

SCHEMA = "mltrainer.result/1"


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
    kept_from: str | None = Field(
        default=None,
        description="when an earlier trial made the check, of the same bars, rows, scores, settings and code; "
        "absent where this trial made it",
    )


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
    threads: int | None = Field(default=None, description="threads inside a fit while others wait")
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
    analysis: dict[str, Any] | None = Field(
        default=None,
        description="what the past says of single tickers: own_record of their own predictions, analogues of those "
        "nearest in confidence, historical_analogues of the days nearest in features; risk_of_ruin is the chance of "
        "losing half the capital within 100 such trades, by stop and by the share of the capital in each",
    )
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
