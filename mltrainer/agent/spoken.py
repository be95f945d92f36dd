"""Proposals in words: the sentences of the offline analyst, which detection understands like anybody's."""

from collections.abc import Sequence
from typing import Any

from mltrainer.models.registry import MODELS, ensemble_kind, members_of
from mltrainer.settings.parameters import Settings


def model_name(model: str) -> str:
    """Return a model's name as people write it: ``RandomForest``, ``XGBoost``, ``RandomForest + LightGBM``."""
    if ensemble_kind(model) not in ("", "mean"):
        return model
    if model not in MODELS:
        members = members_of(model)
        return " + ".join(model_name(one) for one in members) if len(members) > 1 else model.replace("_", " ")
    words = MODELS[model].title.split("(")[0].split()
    return words[0] if len(words) == 1 else "".join(word[0].upper() + word[1:] for word in words)


def model_list(models: Sequence[str]) -> str:
    """Return several models as people list them."""
    names = [model_name(one) for one in models]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def chosen_models(models: Sequence[str]) -> str:
    """Return models as a proposal names them, all of the registry in two words."""
    return f"all {len(MODELS)} models" if "all" in models or set(models) >= set(MODELS) else model_list(models)


def percent(ratio: float) -> str:
    """Return a fraction as a percentage without needless digits: ``7%``, ``7.5%``."""
    return f"{float(f'{100 * ratio:.10g}'):g}%"


def days(horizon: Sequence[int]) -> str:
    """Return a horizon as people say it: ``7-10 day``, ``5 day``."""
    first, last = horizon
    return f"{first} day" if first == last else f"{first}-{last} day"


def screening_sentence(settings: Settings, stated: dict[str, Any]) -> str:
    """Return the proposal of a momentum screening with every parameter that decides it."""
    chosen = settings.model_dump() | stated
    models = list(chosen["models"])
    named = chosen_models(models)
    named += "" if named.endswith(" models") else f" model{'s' * (len(models) > 1)}"
    return (
        f"I suggest we initiate momentum screening using {named} targeting "
        f"{days(chosen['horizon'])} momentum with +{percent(chosen['target_return'])} returns at "
        f"{percent(chosen['confidence_threshold'])} confidence."
    )


def trial_sentence(action: str, stated: dict[str, Any], settings: Settings) -> str:
    """Return the proposal of any trial in words that carry what was stated."""
    models = f" with {chosen_models(stated['models'])}" if stated.get("models") else ""
    aim = _aim(stated)
    if action == "momentum_screening":
        return screening_sentence(settings, stated)
    if action == "walk_forward_test":
        label = f" on the {stated['label'].replace('_', '-')} label" if stated.get("label") else ""
        return f"I suggest we run a walk-forward test{models}{aim}{label}."
    if action == "model_comparison":
        return f"I suggest we run a model comparison{models}{aim}."
    if action == "hyperparameter_search":
        tries = f" with {stated['tries']} tries" if stated.get("tries") else ""
        return f"I suggest we run a hyperparameter search{models}{aim}{tries}."
    if action == "data_pipeline":
        what = "the macro series" if stated.get("source") == "fred" else "the data"
        return f"Let's update {what}{' for ' + ', '.join(stated['tickers']) if stated.get('tickers') else ''}."
    if action == "save_results":
        what = f"trial {stated['trial']}" if stated.get("trial") else "the results"
        return f"Let's save {what}{' to ' + stated['path'] if stated.get('path') else ''}."
    if action == "promote":
        trial = stated.get("trial") or "latest"
        return f"I suggest we promote {f'the {trial} trial' if trial in ('best', 'latest') else trial}."
    if action == "model_execution":
        return f"I suggest we run {model_list(stated.get('models') or settings.models)}{aim}."
    if action == "regime_detection":
        states = f" with {stated['states']} states" if stated.get("states") else ""
        return f"I suggest we run regime detection{states}."
    if stated.get("tickers"):
        return f"Let's take a closer look at {', '.join(stated['tickers'])}."
    return f"Let's run deeper analysis on the top {stated.get('top') or 5} candidates."


def _aim(stated: dict[str, Any]) -> str:
    parts = ""
    if "horizon" in stated:
        parts += f" targeting {days(stated['horizon'])} momentum"
    if "target_return" in stated:
        parts += f" with +{percent(stated['target_return'])} returns"
    if "confidence_threshold" in stated:
        parts += f" at {percent(stated['confidence_threshold'])} confidence"
    return parts
