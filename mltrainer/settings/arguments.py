"""The arguments of every action: one pydantic model each, from which all faces are made.

Fields that are settings are taken over from :class:`Settings` and made optional: what an action does not state comes
from the session's settings.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from mltrainer.settings.parameters import Settings
from mltrainer.settings.sections import Section
from mltrainer.settings.values import read_names


class Arguments(BaseModel):
    """What an action is called with. Nothing is required that the settings already say."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _stated(*names: str) -> dict[str, Any]:
    """Return the named settings as optional fields with the same readers, bounds and help."""
    fields = {}
    for name in names:
        info = Settings.model_fields[name]
        annotated: Any = info.annotation
        if info.metadata:
            annotated = Annotated[(annotated, *info.metadata)]
        fields[name] = (annotated | None, Field(default=None, description=info.description))
    return fields


_EVERY = tuple(Settings.model_fields)
_ANY_SETTINGS: Any = create_model("_ANY_SETTINGS", __base__=Arguments, **_stated(*_EVERY))

TickerList = Annotated[tuple[str, ...], BeforeValidator(read_names)]


class MomentumScreening(_ANY_SETTINGS):
    """Train the chosen models walk-forward, rank today's universe and return candidates."""


class WalkForwardTest(_ANY_SETTINGS):
    """Test models or an ensemble walk-forward: folds, costs, baselines, significance."""


class ModelExecution(_ANY_SETTINGS):
    """Fit and evaluate one model (or ensemble) walk-forward and predict today's universe with it."""


class ModelComparison(_ANY_SETTINGS):
    """Compare several models, or all of them, on the same folds: one leaderboard with tested differences."""


class HyperparameterSearch(_ANY_SETTINGS):
    """Search better parameters for the chosen models inside the first training window only, within a budget."""

    tries: Annotated[
        int | None, Field(ge=2, le=500, description="parameter sets to try for each model, 20 unless stated")
    ] = None
    seconds: Annotated[
        float | None, Field(gt=0, le=86_400, description="begin no further try after so many seconds")
    ] = None


class RegimeDetection(Arguments):
    """Score the market's regime from 0 (calm) to 100 (crisis) with filtered probabilities."""

    states: Annotated[int | None, Field(ge=2, le=4, description="hidden states of the market, 3 unless stated")] = None


class DeepAnalysis(Arguments):
    """Look closely at chosen tickers, or at the top of a finished screening, under the settings of that screening."""

    tickers: Annotated[TickerList | None, Field(description="tickers to analyse")] = None
    top: Annotated[int | None, Field(ge=1, le=50, description="analyse the first N candidates instead")] = None
    trial: Annotated[str | None, Field(description="the screening that is meant, such as T3; the latest if absent")] = (
        None
    )


class Promote(Arguments):
    """Open the sealed holdout once for one finished trial, with exactly its settings, and print how it did there."""

    trial: Annotated[
        str | None,
        Field(
            description="the trial that is frozen and judged on the holdout, such as T3; best for the highest t of the "
            "rank IC; the latest if absent"
        ),
    ] = None


class AdjustSettings(_ANY_SETTINGS):
    """Change parameters of the session, such as the confidence threshold or the horizon."""


class SelectModels(create_model("_MODELS", __base__=Arguments, **_stated("models", "model_params"))):  # type: ignore[misc]
    """Change which models the next trials use."""


class ShowResults(Arguments):
    """Open a stored trial, or one part of it."""

    trial: Annotated[str | None, Field(description="trial id such as T3; the latest if absent")] = None
    section: Annotated[
        Section | None,
        Field(description="one part of the result; a compact whole if absent"),
    ] = None
    limit: Annotated[int | None, Field(ge=1, le=500, description="at most so many rows")] = None


class SaveResults(Arguments):
    """Write a stored trial into a file: .html (a report), .json (the document), .csv or .parquet (its predictions)."""

    trial: Annotated[str | None, Field(description="trial id such as T3; the latest if absent")] = None
    path: Annotated[
        str | None, Field(min_length=1, description="a file that is not there yet; a report in the store if absent")
    ] = None


class DataPipeline(Arguments):
    """Fetch new bars from Polygon, or macro series from FRED; what is there already is not fetched again."""

    source: Annotated[
        Literal["polygon", "fred"] | None, Field(description="polygon (bars, if absent) or fred (macro series)")
    ] = None
    tickers: Annotated[
        TickerList | None, Field(description="tickers, or sp500-200; those that were fetched before if absent")
    ] = None


class ShowPredictions(Arguments):
    """Open the ledger: every prediction that was shown, what came of it, and whether the models kept their promise."""

    status: Annotated[
        Literal["open", "scored"] | None, Field(description="open or scored predictions only; both if absent")
    ] = None
    ticker: Annotated[str | None, Field(description="only of this ticker")] = None
    limit: Annotated[int | None, Field(ge=1, le=500, description="at most so many rows, 20 if absent")] = None


class ListModels(Arguments):
    """List the models of the registry with family, role and bounds of their parameters."""


class SystemStatus(Arguments):
    """Say what data, models, settings and trials are at hand."""
