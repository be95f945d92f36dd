"""Which trial is sensible next: one step, from what happened and what was already offered."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mltrainer.agent.explain import apart, best_model
from mltrainer.agent.spoken import model_name, percent, trial_sentence
from mltrainer.models.registry import members_of
from mltrainer.settings.parameters import Settings

PARTNER = "lightgbm"


@dataclass(frozen=True)
class Step:
    """A next step: the words that propose it, and a key by which it is offered only once."""

    key: str
    text: str


def next_step(document: dict[str, Any], settings: Settings, offered: set[str]) -> Step | None:
    """Return the first sensible step that was not offered yet, or None.

    Parameters
    ----------
    document
        The latest result.
    offered
        Keys of steps that were offered or done in this session.
    """
    return next((step for step in _steps(document, settings) if step.key not in offered), None)


def steps_done(trials: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return the keys of steps that finished trials, as the store has them, already took."""
    done: set[str] = set()
    for trial in trials:
        given = trial["arguments"]
        done.add(trial["action"])
        if PARTNER in given.get("models", ()) and len(given["models"]) > 1:
            done.add("ensemble")
        if "confidence_threshold" in given:
            done.add(_threshold(given["confidence_threshold"]))
        if trial["action"] == "walk_forward_test" and given.get("label") == "beats_median":
            done.add("beats_median")
    # Whoever tried two targets or horizons knows that way by now.
    for key, step in (("target_return", "lower target"), ("horizon", "longer horizon")):
        if len({str(trial["arguments"][key]) for trial in trials if key in trial["arguments"]}) > 1:
            done.add(step)
    return done


def _threshold(value: float) -> str:
    return f"threshold {percent(value)}"


def _steps(document: dict[str, Any], settings: Settings) -> Iterator[Step]:
    candidates = document.get("candidates", [])
    if not candidates:
        yield Step("momentum_screening", trial_sentence("momentum_screening", {}, settings))
    elif document.get("qualified"):
        yield _deeper(candidates)
        yield from _higher(candidates, settings)
        yield from _ensemble(document)
    else:
        yield from _ensemble(document)
        yield _deeper(candidates)
        yield from _lower(candidates, settings)
    yield Step(
        "regime_detection",
        f"What kind of market this is decides how far these figures carry. "
        f"{trial_sentence('regime_detection', {}, settings)}",
    )
    yield Step(
        "walk_forward_test",
        f"Whether the picks earn more than they cost is still open. "
        f"{trial_sentence('walk_forward_test', {'models': settings.models}, settings)}",
    )
    if candidates:
        yield from _other_questions(document, settings)


def _other_questions(document: dict[str, Any], settings: Settings) -> Iterator[Step]:
    """Offer an easier target, more time and another label, each with what it does not prove."""
    if settings.label != "hit":
        return
    rows = document.get("evaluation", [])
    lower = math.floor(70 * settings.target_return + 1e-9) / 100
    if not document.get("qualified") and rows and lower > 0:
        rate = f"{100 * rows[0]['base_rate']:.1f} %"
        yield Step(
            "lower target",
            f"A lower target is reached more often by chance as well: the base rate, {rate} now, rises with it. "
            f"{trial_sentence('momentum_screening', {'target_return': lower}, settings)}",
        )
    longer = [min(2 * end, 189) for end in settings.horizon]
    if longer != list(settings.horizon):
        yield Step(
            "longer horizon",
            "With more time the target is reached more often, by the models and by chance alike. "
            f"{trial_sentence('momentum_screening', {'horizon': longer}, settings)}",
        )
    stated = {"models": settings.models, "label": "beats_median"}
    yield Step(
        "beats_median",
        "Volatility alone explains who reaches a target, and not who does better than the rest. "
        f"{trial_sentence('walk_forward_test', stated, settings)}",
    )


def _deeper(candidates: list[dict[str, Any]]) -> Step:
    return Step("deep_analysis", f"Let's run deeper analysis on the top {min(5, len(candidates))} candidates.")


def _ensemble(document: dict[str, Any]) -> Iterator[Step]:
    """Offer the better of the models together with LightGBM, where LightGBM was not among them."""
    rows = [row for row in document.get("evaluation", []) if row.get("auc") is not None]
    single = sorted((row for row in rows if len(members_of(row["model"])) == 1), key=lambda row: -row["auc"])
    best = best_model(document)
    if not single or not best or any(PARTNER in members_of(row["model"]) for row in rows):
        return
    name = model_name(single[0]["model"])
    why = ""
    if len(single) > 1:
        other = single[1]
        known = {True: "", False: ", which is within error", None: ", on too few days to tell"}
        proof = known[apart(single[0], other)]
        why = f"{name} performed better than {model_name(other['model'])} ({single[0]['auc']:.3f} against "
        why += f"{other['auc']:.3f} AUC){proof}. "
    yield Step("ensemble", f"{why}Let's try ensemble of {name} + {model_name(PARTNER)}.")


def _higher(candidates: list[dict[str, Any]], settings: Settings) -> Iterator[Step]:
    """Offer a higher threshold only where something still reaches it."""
    higher = round(settings.confidence_threshold + 0.05, 10)
    qualified = [one for one in candidates if one["verdict"] == "qualified"]
    left = sum(one["confidence"] >= higher for one in qualified)
    if higher < 1 and left:
        yield Step(
            _threshold(higher),
            f"{left} of the {len(qualified)} that qualify would still be there at a higher bar. "
            f"I suggest we increase confidence threshold to {percent(higher)}.",
        )


def _lower(candidates: list[dict[str, Any]], settings: Settings) -> Iterator[Step]:
    """Offer the threshold that the best candidate reaches, and say what it costs."""
    best = candidates[0]["confidence"]
    # A whole number of points, so that what is said is what is set.
    lower = math.floor(best * 100 + 1e-9) / 100
    if 0 < lower < settings.confidence_threshold:
        support = candidates[0].get("support") or {"n": 0}
        record = "no past prediction was ever at the level of the best one"
        if support["n"]:
            missed = f"{support['n'] - support['hits']:,} of {support['n']:,}"
            record = f"in the past {missed} predictions at the level of the best one missed the target"
        yield Step(
            _threshold(lower),
            f"Nothing reaches {percent(settings.confidence_threshold)}, and a lower bar changes no forecast: {record}. "
            f"To see what is there at that price, I suggest we lower the confidence threshold to {percent(lower)}.",
        )
