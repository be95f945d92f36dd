"""Which parameters a search draws from, and the drawing: a tree-structured Parzen estimator (Bergstra et al. 2011)."""

import json
from typing import Any

from mltrainer.models.entry import Param
from mltrainer.models.registry import MODELS
from mltrainer.settings.parameters import ParameterValue
from mltrainer.trials.seeds import seed_for

# How many times its default, up or down, a parameter is searched within its bounds: beyond, a fit costs a multiple.
REACH = 10
# The same draws come first whatever they give; the estimator learns from them.
AT_RANDOM = 10

Params = dict[str, ParameterValue]


class Sampler:
    """Draws parameters of a model, the first being those that hold; the same seed and scores give the same draws.

    Parameters
    ----------
    params
        Parameters that hold now, beside the model's defaults.
    """

    def __init__(self, model: str, params: Params, *, seed: int) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        entry = MODELS[model]
        # A cap on rows is a price, not a choice of the model.
        known = {name: param for name, param in entry.params.items() if name != "max_rows"}
        now = {name: params.get(name, param.default) for name, param in known.items()}
        self.space = {name: _range(param, now[name]) for name, param in known.items()}
        self._distributions = {name: _distribution(param, self.space[name]) for name, param in known.items()}
        self._fixed = {name: value for name, value in params.items() if name not in known}
        sampler = optuna.samplers.TPESampler(
            seed=seed_for(seed, "search", model), n_startup_trials=AT_RANDOM, constant_liar=True
        )
        self._study = optuna.create_study(direction="maximize", sampler=sampler)
        self._study.enqueue_trial(now)
        self._open: dict[str, list[Any]] = {}

    def draw(self, count: int) -> list[Params]:
        """Return so many sets of parameters."""
        drawn = []
        for _ in range(count):
            trial = self._study.ask(self._distributions)
            drawn.append(self._fixed | trial.params)
            self._open.setdefault(_key(drawn[-1]), []).append(trial)
        return drawn

    def learn(self, params: Params, score: float | None) -> None:
        """Take note of what a set of parameters that was drawn came to; None where it failed."""
        import optuna

        trial = self._open[_key(params)].pop(0)
        if score is None:
            self._study.tell(trial, state=optuna.trial.TrialState.FAIL)
        else:
            self._study.tell(trial, score)


def _key(params: Params) -> str:
    return json.dumps(params, sort_keys=True)


def _range(param: Param, now: Any) -> list[Any]:
    """Return the choices of a parameter, or the lowest and the highest value that are searched, the present within."""
    if param.choices:
        return list(param.choices)
    assert param.low is not None and param.high is not None
    kind, usual = type(param.default), float(param.default)
    low, high = (max(param.low, usual / REACH), min(param.high, usual * REACH)) if usual else (param.low, param.high)
    return [min(kind(low), now), max(kind(high), now)]


def _distribution(param: Param, found: list[Any]) -> Any:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if param.choices:
        return CategoricalDistribution(found)
    low, high = found
    wide = low > 0 and high / low >= REACH
    return (IntDistribution if isinstance(low, int) else FloatDistribution)(low, high, log=wide)
