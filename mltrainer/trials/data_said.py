"""What a result document says of its data: where they come from, what is wrong with them, what to be wary of."""

from collections import Counter
from dataclasses import asdict

from mltrainer.data.panel import Panel
from mltrainer.settings.parts.data import DataPart, ExcludedTicker, FaultEntry
from mltrainer.settings.result import Warned
from mltrainer.trials.absent import absent_part, absent_warning
from mltrainer.trials.job import Job

SHOWN_FAULTS = 500


def data_part(job: Job, *, members: bool) -> DataPart:
    """Return the data of the trial; ``members`` counts and excludes by the universe, else all tickers count."""
    panel = job.panel
    excluded = job.excluded if members else dict(panel.dropped)
    tickers = int(job.member.any(axis=0).sum()) if members else len(panel.tickers)
    part = panel.facts | {
        "as_of": panel.dates[-1],
        "tickers": tickers,
        "delay": panel.delay,
        "path": panel.path or None,
        "excluded": [ExcludedTicker(ticker=name, reason=why) for name, why in sorted(excluded.items())],
        "faults": [FaultEntry.model_validate(asdict(fault)) for fault in panel.faults[:SHOWN_FAULTS]],
        "fault_counts": Counter(fault.code for fault in panel.faults),
    }
    if panel.simulated:
        part["simulation"] = job.request.simulation.model_dump(mode="json") | {"seed": job.request.seed}
    return DataPart(**part, absent=absent_part(panel, job.settings))


def data_warnings(job: Job) -> list[Warned]:
    """Return what the reader must know about the data."""
    warnings = []
    if job.panel.simulated:
        text = "SIMULATED data: an artificial market; nothing here says anything about real prices"
        warnings.append(Warned(code="simulated", message=text))
    else:
        warnings += _survivorship(job.panel)
    warnings += absent_warning(job.panel, job.settings)
    if job.deleted:
        text = f"{job.deleted} earlier trials were deleted from the store: too few tries and looks are counted"
        warnings.append(Warned(code="trials_deleted", message=text))
    if len(job.panel.faults) > SHOWN_FAULTS:
        text = f"{len(job.panel.faults)} faults in the data, the first {SHOWN_FAULTS} are listed"
        warnings.append(Warned(code="many_faults", message=f"{text}; see: mltrainer data check"))
    return warnings


def _survivorship(panel: Panel) -> list[Warned]:
    """Return how far the tickers of real data are those that did well enough to be there."""
    index = panel.index
    if index is None:
        text = (
            "which tickers were in the index on which day is not known here; the "
            f"{len(panel.tickers)} tickers of the data may be survivors, which flatters returns"
        )
    elif index.absent:
        named = ", ".join(index.absent[:5]) + (", ..." if len(index.absent) > 5 else "")
        text = (
            f"{len(index.absent)} of the {index.ever} tickers that were in the index between {panel.dates[0]} and "
            f"{panel.dates[-1]} have no bars here ({named}); results without them are flattered"
        )
    else:
        return []
    return [Warned(code="survivorship", message=f"survivorship: {text}")]
