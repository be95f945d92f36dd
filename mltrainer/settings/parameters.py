"""The session's settings: every parameter that a trial depends on, with its unit, bounds and default."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from mltrainer.settings.values import forward, read_horizon, read_names, read_ratio

ParameterValue = bool | int | float | str


def _underscored(value: object) -> object:
    return value.replace("-", "_") if isinstance(value, str) else value


class Settings(BaseModel):
    """The parameters of a trial. Ratios are fractions, lengths of time are exchange sessions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    models: Annotated[
        tuple[str, ...],
        BeforeValidator(read_names),
        Field(min_length=1, description="models by registry id, or all; several also give their ensemble mean"),
    ] = ("random_forest", "xgboost")
    model_params: Annotated[
        dict[str, dict[str, ParameterValue]],
        Field(description="parameters of single models, by model id"),
    ] = {}
    label: Annotated[
        Literal["hit", "hit_vol_scaled", "beats_median", "fwd_return", "xs_rank", "triple_barrier"],
        BeforeValidator(_underscored),
        Field(
            description="what is predicted: hit (reaches the target), hit_vol_scaled (reaches a multiple of its own "
            "volatility), beats_median (beats the date's median), fwd_return (returns more than 0), xs_rank (is in the "
            "date's top fifth), triple_barrier (reaches the target before the stop)"
        ),
    ] = "hit"
    horizon: Annotated[
        tuple[Annotated[int, Field(ge=1, le=189)], Annotated[int, Field(ge=1, le=189)]],
        BeforeValidator(read_horizon),
        AfterValidator(forward),
        Field(description="first and last session ahead, such as 7-10"),
    ] = (7, 10)
    target_return: Annotated[
        float,
        BeforeValidator(read_ratio),
        Field(gt=0, le=0.99, description="return to reach within the horizon, such as 7%"),
    ] = 0.07
    stop_return: Annotated[
        float,
        BeforeValidator(read_ratio),
        Field(gt=0, le=0.99, description="loss that ends a trade of the label triple_barrier, such as 5%"),
    ] = 0.05
    volatility_multiple: Annotated[
        float,
        Field(gt=0, le=10, description="target of hit_vol_scaled in standard deviations of the ticker's own returns"),
    ] = 1.5
    touch: Annotated[
        Literal["close", "high"],
        Field(description="what reaches the target: a close, or the high of a session (a stop: its low)"),
    ] = "close"
    entry: Annotated[
        Literal["close", "next_open"],
        BeforeValidator(_underscored),
        Field(description="what the label's return is measured from: the close of the day, or the next open"),
    ] = "close"
    confidence_threshold: Annotated[
        float,
        BeforeValidator(read_ratio),
        Field(gt=0, lt=1, description="calibrated probability from which a candidate qualifies, such as 85%"),
    ] = 0.85
    top_k: Annotated[int, Field(ge=1, le=500, description="how many candidates a day count as the picks")] = 10
    universe: Annotated[
        str,
        Field(
            min_length=1,
            description="all, top-N, sp500, sp500-200, a sector, a file, or tickers between commas; each also without "
            "sectors or tickers, such as: top-200 without Energy",
        ),
    ] = "top-200"
    feature_set: Annotated[
        Literal["own", "alpha158", "both"],
        Field(description="what models see: own features, the 158 of qlib's Alpha158, or both"),
    ] = "own"
    window: Annotated[
        Literal["anchored", "rolling"],
        Field(description="training window: everything since the start, or the last train_sessions"),
    ] = "anchored"
    train_sessions: Annotated[int, Field(ge=252, le=5040, description="length of a rolling training window")] = 756
    initial_train: Annotated[int, Field(ge=126, le=5040, description="sessions before the first test block")] = 252
    test_block: Annotated[int, Field(ge=5, le=504, description="sessions of one test block (refit interval)")] = 63
    embargo: Annotated[int, Field(ge=0, le=252, description="sessions left out beyond the purge")] = 0
    cost_bps: Annotated[float, Field(ge=0, le=500, description="cost of a trade, basis points a side")] = 5.0
    slippage: Annotated[
        Literal["half_spread", "none"],
        BeforeValidator(_underscored),
        Field(description="paid a side besides: half the spread, estimated from volatility and traded value, or none"),
    ] = "half_spread"
    interval: Annotated[
        Literal["adaptive", "split", "quantile"],
        Field(
            description="80 % interval of the return: adaptive (around the expected return, by past errors, wider "
            "after misses), split (by past errors alone), quantile (between quantiles that a model learns besides)"
        ),
    ] = "adaptive"
    seed: Annotated[int, Field(ge=0, lt=2**32, description="root of every random choice")] = 58

    @model_validator(mode="after")
    def _quantiles_of_returns(self) -> Self:
        if self.interval == "quantile" and self.label in ("beats_median", "xs_rank"):
            raise ValueError(
                f"interval=quantile needs quantiles of the return, and the label {self.label} teaches the place among "
                "the others; choose interval=adaptive, or the label hit or fwd_return"
            )
        return self


# Changing these trains nothing anew: they only decide how finished predictions are read. An interval between quantiles
# needs one more model, which changes nothing of the others.
READING_ONLY = frozenset({"confidence_threshold", "top_k", "cost_bps", "slippage", "interval"})

# What the event is that a probability is about.
EVENT = ("label", "horizon", "target_return", "stop_return", "volatility_multiple", "touch", "entry")

# What the AI may change with a proposal; the rest is the user's own.
AI_MAY_CHANGE = frozenset({"models", "model_params", *EVENT, "confidence_threshold", "universe", "top_k"})
