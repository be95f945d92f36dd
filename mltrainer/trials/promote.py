"""The action ``promote``: one finished trial, frozen as it is, judged on the sessions that were kept sealed."""

from dataclasses import replace
from typing import Any

from mltrainer.evaluation.effective import enough_blocks
from mltrainer.settings.errors import DataError
from mltrainer.settings.parameters import Settings
from mltrainer.settings.parts.evaluation import EvaluationRow
from mltrainer.settings.result import ResultDocument, Warned
from mltrainer.trials.confidence import Confidence
from mltrainer.trials.data_said import data_part, data_warnings
from mltrainer.trials.evaluate import BASE_RATE, base_rate_row, evaluation_row, scored_rows
from mltrainer.trials.forecast import forecast
from mltrainer.trials.job import Job
from mltrainer.trials.verdicts import target_sentence
from mltrainer.trials.versions import code_version
from mltrainer.trials.walk import Walk

FIGURES = ("auc", "brier_skill", "rank_ic", "precision_at_k", "excess_return_at_k", "base_rate")
# What the market did is neither better nor worse.
WORDS = {"base_rate": ("higher", "lower")}


def run(job: Job) -> tuple[ResultDocument, list[dict[str, Any]]]:
    """Run the frozen trial over all sessions and return its figures of the holdout alone.

    Every model is fitted and calibrated walk-forward as before: what is said on a day depends on nothing later.

    Raises
    ------
    DataError
        If the data end before the holdout, or no session of it has a known outcome yet.
    """
    frozen, holdout = job.screening or {}, job.holdout_part(included=True)
    if not holdout or not holdout.included:
        raise DataError(
            "no session of these data lies in the sealed holdout",
            hint="leave out --as-of, or bring later bars",
            code="no_holdout",
        )
    settings = {name: value for name, value in frozen["settings"].items() if name in Settings.model_fields}
    work = replace(job, arguments=settings)
    found = forecast(work)
    late, skipped = _holdout_of(found.walk, holdout.from_)
    scored = scored_rows(late)
    if not len(scored.rows):
        raise DataError(
            f"no outcome of the holdout is known yet: it begins on {holdout.from_}",
            hint=f"wait until {late.settings.horizon[1]} more sessions have passed",
            code="data_insufficient",
        )
    said = {name: _of_holdout(one, skipped) for name, one in found.said.items()}
    base = said[BASE_RATE]
    rows = [evaluation_row(late, said[row.model], base, scored)[0] for row in found.rows]
    baselines = [base_rate_row(late, base, scored)]
    baselines += [evaluation_row(late, said[row.model], base, scored)[0] for row in found.baselines[1:]]
    before = {row["model"]: row for row in frozen["evaluation"]}
    trial, looks = frozen["trial_id"], holdout.looks
    mark = "SIMULATED: " if job.panel.simulated else ""
    document = ResultDocument(
        trial_id=job.trial_id,
        action=job.action,
        status="succeeded",
        # No figure here: headlines are listed where the analyst reads them.
        headline=f"{mark}the holdout from {holdout.from_} on was opened for {trial}"
        + (f": contaminated, look {looks}" if looks > 1 else ""),
        event=target_sentence(work.settings),
        settings=work.shown_settings() | {"trial": trial, "defaulted": frozen["settings"].get("defaulted", [])},
        data=data_part(work, members=True),
        evaluation=rows,
        baselines=baselines,
        holdout=holdout.model_copy(update={"status": "opened", "opened_by": holdout.opened_by or job.trial_id}),
        promotion={
            "trial": trial,
            "first": job.panel.dates[int(scored.date.min())],
            "last": job.panel.dates[int(scored.date.max())],
            "dates": len(set(scored.date.tolist())),
            "look": looks,
            "contaminated": looks > 1,
            "figures": [one for row in rows if row.model in before for one in _compared(before[row.model], row)],
        },
        warnings=[*data_warnings(job), *_cautions(job, frozen, late, looks, len(set(scored.date.tolist())))],
        provenance=job.provenance(found.digest),
    )
    return document, []


def _holdout_of(walk: Walk, first: str) -> tuple[Walk, int]:
    """Return the walk with the out-of-fold rows of the holdout only, and how many rows come before them."""
    session = next((place for place, day in enumerate(walk.panel.dates) if day >= first), walk.evaluated)
    row = max(walk.matrices.rows_before(session), walk.first_row)
    return replace(walk, first_row=row), row - walk.first_row


def _of_holdout(said: Confidence, skipped: int) -> Confidence:
    return replace(
        said,
        score=said.score[skipped:],
        probability=said.probability[skipped:],
        expected_return=said.expected_return[skipped:],
        calibrated=said.calibrated[skipped:],
    )


def _compared(before: dict[str, Any], now: EvaluationRow) -> list[dict[str, Any]]:
    """Return each figure of a model before the holdout and on it, and whether its 90 % interval holds the earlier."""
    lines = []
    for name in FIGURES:
        value = getattr(now, name)
        if value is None or before.get(name) is None:
            continue
        line = {"model": now.model, "figure": name, "before": before[name], "holdout": value}
        if between := now.intervals.get(name):
            above, below = WORDS.get(name, ("better", "worse"))
            word = "as before" if between[0] <= before[name] <= between[1] else above if value > before[name] else below
            line |= {"lower": between[0], "upper": between[1], "verdict": word}
        lines.append(line)
    return lines


def _cautions(job: Job, frozen: dict[str, Any], walk: Walk, looks: int, dates: int) -> list[Warned]:
    ahead = walk.settings.horizon[1]
    worth = max(1, dates // ahead)
    text = f"{dates} dates are worth about {worth} that do not overlap: only large differences can be told from luck"
    if not enough_blocks(dates, horizon_end=ahead):
        text += "; they are too few for intervals"
    cautions = [Warned(code="short_holdout", message=text)]
    if looks > 1:
        text = f"contaminated: {looks - 1} earlier trial{'s' * (looks > 2)} looked at these sessions"
        cautions.insert(0, Warned(code="contaminated", message=text))
    if frozen["provenance"]["code"] != code_version():
        text = f"the program changed since {frozen['trial_id']}: it is not exactly what was frozen"
        cautions.append(Warned(code="code_changed", message=text))
    return cautions
