"""What the worker can be asked for: run a trial, describe or check data, export predictions."""

import importlib
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from mltrainer.data.panel import Panel
from mltrainer.data.universe import membership
from mltrainer.settings.parameters import Settings
from mltrainer.settings.request import DataRequest
from mltrainer.settings.result import ResultDocument
from mltrainer.store.cache import prune
from mltrainer.trials.absent import refuse_absent
from mltrainer.trials.engine import Engine
from mltrainer.trials.holdout import holdout_start
from mltrainer.trials.job import Job, Progress
from mltrainer.trials.local_engine import LocalEngine
from mltrainer.trials.memory import remembered_panel

Notice = Callable[[str], None]
Answer = tuple[ResultDocument, list[dict[str, Any]]]

# ``module:function`` of this room, imported when it is asked for: a trial from the cache is quicker than most imports.
RUN = {
    "momentum_screening": "forecasting:screen",
    "model_execution": "forecasting:execute_model",
    "walk_forward_test": "forecasting:walk_forward_test",
    "regime_detection": "regime_detection:run",
    "model_comparison": "model_comparison:run",
    "hyperparameter_search": "hyperparameter_search:run",
    "deep_analysis": "deep_analysis:run",
    "promote": "promote:run",
}


def runner(action: str) -> Callable[[Job], Answer]:
    """Return the function that runs trials of an action."""
    module, _, name = RUN[action].partition(":")
    found: Callable[[Job], Answer] = getattr(importlib.import_module(f"mltrainer.trials.{module}"), name)
    return found


def answer(request: dict[str, Any], progress: Progress, notice: Notice = lambda _: None) -> dict[str, Any]:
    """Answer one request of the facilitator.

    Parameters
    ----------
    progress, notice
        Are told how far a trial is, and what the user should know meanwhile.

    Raises
    ------
    MltrainerError
        If it cannot be done.
    """
    kind = request["kind"]
    if kind == "trial":
        with closing(_engine(request, notice)) as engine:
            return _trial(request, progress, engine)
    if kind == "export":
        from mltrainer.trials import predictions

        return {"rows": predictions.export(Path(request["folder"]), Path(request["path"]))}
    if kind == "judge":
        from mltrainer.trials.live_record import live_record

        return {"record": live_record(request["scored"])}
    cache = Path(request["home"]) / "cache"
    data = DataRequest.model_validate(request["data"])
    if kind == "resolve":
        from mltrainer.trials.outcomes import resolve

        universes = {one["universe"] for one in request["predictions"]}
        panel = remembered_panel(data, universes.pop() if len(universes) == 1 else "all", cache)
        return {"outcomes": resolve(panel, request["predictions"])}
    if kind == "follow":
        from mltrainer.data.stored import stored_actions
        from mltrainer.trials.holdings import follow

        panel = remembered_panel(data, data.default_universe, cache)
        names = sorted({one["ticker"] for one in request["holdings"]})
        fetched = data.data if data.source == "polygon" else None
        if fetched and not set(names) <= set(panel.tickers):
            panel = remembered_panel(data, ",".join(names), cache)
        listed = stored_actions(fetched, names) if fetched else None
        return {"holdings": follow(panel, request["holdings"], listed)}
    if kind == "describe":
        panel = remembered_panel(data, data.default_universe, cache)
        return _describe(panel, data) | holdout_start(panel.dates, request.get("sealed_from"))
    if kind == "members":
        universe = request["arguments"].get("universe") or data.default_universe
        panel = remembered_panel(data, universe, cache)
        settings = {name: one for name, one in request["arguments"].items() if name in Settings.model_fields}
        refuse_absent(panel, Settings.model_validate(settings), request["defaulted"])
        return {"tickers": int(membership(panel, universe)[0].any(axis=0).sum())}
    panel = remembered_panel(data, request["universe"], cache)
    member, _ = membership(panel, request["universe"])
    from mltrainer.data.check import faults_report

    concerned = {ticker for ticker, used in zip(panel.tickers, np.any(member, axis=0).tolist(), strict=True) if used}
    report = faults_report(panel)
    # A fault without a ticker concerns the whole market; one of a ticker that was left out explains why.
    others = set(panel.tickers) - concerned
    report["faults"] = [fault for fault in report["faults"] if fault["ticker"] not in others]
    return report


def _engine(request: dict[str, Any], notice: Notice) -> Engine:
    """Return where the fits of a trial run: here, or on the cluster whose scheduler is named."""
    if scheduler := request.get("scheduler"):
        from mltrainer.trials.dask_engine import DaskEngine

        return DaskEngine(scheduler, notice)
    return LocalEngine(request["workers"])


def _trial(request: dict[str, Any], progress: Progress, engine: Engine) -> dict[str, Any]:
    job = Job(
        action=request["action"],
        trial_id=request["trial_id"],
        arguments=request["arguments"],
        defaulted=request["defaulted"],
        request=DataRequest.model_validate(request["data"]),
        home=Path(request["home"]),
        folder=Path(request["folder"]),
        workers=request["workers"],
        progress=progress,
        engine=engine,
        fresh=request.get("fresh", False),
        tried=request["tried"],
        deleted=request.get("deleted", 0),
        screening=request.get("screening"),
        holdout=request.get("holdout"),
        sealed=request.get("sealed", False),
        session=request.get("session"),
    )
    for folder in (job.folder, job.cache):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if request.get("audit"):
        from mltrainer.trials.audit import audit

        report = audit(job)
        shutil.rmtree(job.folder)
        return report
    document, tried = runner(job.action)(job)
    if job.spent.fits or job.spent.built_features:
        prune(job.cache)
    found: dict[str, Any] = {"document": document.as_dict(), "tried": tried}
    if earlier := request.get("compare_with"):
        from mltrainer.trials.compare import compare

        found["comparison"] = compare(earlier, found["document"], job.folder.parent, job.folder)
        shutil.rmtree(job.folder)
        shutil.rmtree(job.lasting)
    return found


def _describe(panel: Panel, request: DataRequest) -> dict[str, Any]:
    from mltrainer.data.load import known_tickers

    return panel.facts | {
        "delay": panel.delay,
        "macro": sorted(np.unique(panel.macro.series).tolist()) if panel.macro else [],
        "sectors": sorted({sector for sector in panel.sectors if sector}),
        "absent": list(panel.absent),
        "faults": Counter(fault.code for fault in panel.faults),
        "names": known_tickers(request, panel),
    }
