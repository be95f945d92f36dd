"""What a proposal could show at best, said before it is approved: an impossible question is answered before it runs."""

from collections.abc import Mapping
from typing import Any

from mltrainer.actions.proposals import Proposal
from mltrainer.evaluation.power import detectable_rank_ic
from mltrainer.facilitator.facilitator import Facilitator
from mltrainer.facilitator.promoting import promotion_outlook
from mltrainer.settings.errors import UsageError

# What a label is made of: a probability of the past counts only for the same one.
_LABEL = ("label", "horizon", "target_return", "stop_return", "volatility_multiple", "touch", "entry")
# Knowledge cutoffs (the end of the month, ISO) by Anthropic's overview of models, read in November 2026; some texts of
# the months after may have been learned from too. Of a model that is not here nothing is known.
KNOWS_UNTIL = {"claude-opus-5-5": "2026-06-30", "claude-sonnet-5-5": "2026-06-30"}


def outlook(
    proposal: Proposal, data: Mapping[str, Any], facilitator: Facilitator, model: str | None, session_id: str = ""
) -> list[str]:
    """Return in sentences what the data could support, nothing for a proposal without a label or data.

    Of a promotion it says what opening the holdout would mean, of a deep analysis which screening it looks at,
    of a fetch what is asked of whom.

    Parameters
    ----------
    data
        What the data at hand are, empty where they are not known yet.
    model
        The AI that proposes, None for the offline analyst.
    """
    arguments = proposal.arguments
    if proposal.action == "promote":
        return promotion_outlook(facilitator.store, facilitator.request, arguments["trial"], session_id)
    if proposal.action == "deep_analysis":
        return [_looked_at(arguments, facilitator, session_id)]
    if proposal.action == "data_pipeline":
        chosen = arguments.get("tickers")
        what = ", ".join(chosen) if chosen else "what was fetched before, up to today"
        return [f"it asks {arguments.get('source') or 'polygon'} for {what}, within its limits of requests"]
    if not data or not proposal.needs_approval or not {*_LABEL, "initial_train"} <= set(arguments):
        return []
    sentences = [_power(arguments, data, sealed=facilitator.sealed), _highest(arguments, data, facilitator)]
    if facilitator.sealed and (needed := data.get("holdout_needs")):
        sentences.append(f"nothing is sealed for a last judgement: {data['sessions']} sessions, {needed} needed")
    if model:
        sentences.append(_remembered(data, model))
    return [one for one in sentences if one]


def _looked_at(arguments: Mapping[str, Any], facilitator: Facilitator, session_id: str) -> str:
    try:
        trial = arguments.get("trial") or facilitator.screening(session_id)
    except UsageError as error:
        return f"{error.message} yet"
    names = arguments.get("tickers")
    chosen = ", ".join(names) if names else f"the first {arguments.get('top') or 5} candidates"
    return f"it looks at {chosen} as {trial} predicted them, under the settings of {trial}"


def _power(arguments: Mapping[str, Any], data: Mapping[str, Any], *, sealed: bool) -> str:
    last = arguments["horizon"][1]
    seen = data["sessions"] - (data.get("holdout_sessions", 0) if sealed else 0)
    days = seen - arguments["initial_train"] - last
    found = detectable_rank_ic(days, horizon_end=last) if days > 0 else None
    if found is None:
        return f"{max(days, 0)} test days are too few to detect any rank IC at a horizon of {last} sessions"
    return f"{days} test days detect a rank IC of {found[0]:.2f} to {found[1]:.2f}, and nothing smaller"


def _highest(arguments: Mapping[str, Any], data: Mapping[str, Any], facilitator: Facilitator) -> str:
    label = {name: arguments[name] for name in _LABEL}
    highest = facilitator.store.highest_probability(data["fingerprint"], label, sealed=facilitator.sealed)
    if highest is None:
        return ""
    threshold = arguments["confidence_threshold"]
    text = f"the highest calibrated probability in the history of this label on these data is {highest:.2f}"
    return f"{text}: {100 * threshold:g} % was never reached" if highest < threshold else text


def _remembered(data: Mapping[str, Any], model: str) -> str:
    """Return whether the AI may know from its training what the data are about."""
    if data.get("simulated"):
        return ""
    cutoff = KNOWS_UNTIL.get(model)
    if cutoff is None:
        return f"until when {model} was trained is unknown: it may remember every day of these data"
    if data["first"] > cutoff:
        return ""
    return f"{model} knows texts up to {cutoff} by its documentation: it may remember what happened until then"
