"""The one door to the machinery: run an action, look at data, models, trials. Pure access, no opinion."""

import asyncio
import os
import time
from collections.abc import Sequence
from typing import Any

from mltrainer.facilitator.asking import ask
from mltrainer.facilitator.fetching import fetch
from mltrainer.facilitator.meant import finished_trial, latest_screening, looked_at, trial_to_save
from mltrainer.facilitator.process import WorkerProcess
from mltrainer.facilitator.promoting import promoted_trial, refuse_without_holdout
from mltrainer.facilitator.saving import Page, new_file, refuse_sealed, save
from mltrainer.facilitator.sealing import fixed_holdout, looked_to
from mltrainer.facilitator.told import told, unsuccessful
from mltrainer.facilitator.trial_request import again_request, trial_request
from mltrainer.models.facts import model_facts
from mltrainer.models.registry import MODELS
from mltrainer.settings.errors import DataError, MltrainerError
from mltrainer.settings.events import ActionCompleted, ActionStarted
from mltrainer.settings.request import DataRequest
from mltrainer.settings.stream import EventStream
from mltrainer.store.store import Store
from mltrainer.trials.chosen import chosen_candidates

# Settings that some data cannot satisfy.
_NEED_DATA = ("universe", "touch", "entry", "slippage")


class Facilitator:
    """Gives whoever starts work access to trials, data and models.

    Parameters
    ----------
    store
        Where trials are kept.
    page
        Draws the report of a trial, where one is wanted.
    request
        Which data the trials run on; None for looking at what is stored only.
    workers
        Processes that fit models side by side; 0 takes one a core.
    scheduler
        Address of the scheduler on whose cluster models are fitted; None for this machine.
    sealed
        Keep the dataset's holdout out of every figure, as conversations do; promotions alone open it.
    """

    def __init__(
        self,
        store: Store,
        request: DataRequest | None,
        *,
        page: Page | None = None,
        workers: int = 0,
        scheduler: str | None = None,
        sealed: bool = False,
    ) -> None:
        self.store = store
        self.page = page
        self.request = request
        self.workers = workers or os.cpu_count() or 1
        self.scheduler = scheduler
        self.sealed = sealed
        self._process = WorkerProcess()
        self._described: dict[str, Any] | None = None

    def beside(self) -> "Facilitator":
        """Return a second door to the same store and data, with a worker of its own."""
        return Facilitator(
            self.store,
            self.request,
            page=self.page,
            workers=self.workers,
            scheduler=self.scheduler,
            sealed=self.sealed,
        )

    async def run_trial(
        self,
        action: str,
        arguments: dict[str, Any],
        stream: EventStream,
        *,
        defaulted: Sequence[str] = (),
        session_id: str | None = None,
    ) -> dict[str, Any]:
        """Run an approved trial in the worker, store it, and return its result document; a task leaves no trial.

        Raises
        ------
        MltrainerError
            If the trial fails; the failure is stored and emitted first.
        asyncio.CancelledError
            If the caller was cancelled; the worker and its children are dead by then.
        """
        if action == "save_results":
            return await self._save(arguments, stream, session_id)
        if action == "data_pipeline":
            return await self._fetch(arguments, stream)
        request = self._named()
        data = request.model_dump(mode="json")
        if action == "deep_analysis":
            # Bound now, so that a rerun looks at the same screening.
            arguments = arguments | {"trial": arguments.get("trial") or self.screening(session_id)}
        arguments = self.bound(action, arguments, session_id)
        earlier = looked_at(self.store, arguments, data)
        if action == "deep_analysis" and earlier:
            chosen_candidates(earlier, arguments)
        universe = arguments.get("universe") or request.default_universe
        said = {name for name in _NEED_DATA if name in arguments and name not in defaulted}
        if said or universe != request.default_universe or request.as_of:
            # What these data cannot give is refused before there is a trial.
            await self._ask({"kind": "members", "data": data, "arguments": arguments, "defaulted": list(defaulted)})
        holdout = await fixed_holdout(
            self.store, request, self._describe, sealed=self.sealed, moves=action == "promote"
        )
        if action == "promote":
            refuse_without_holdout(holdout)
        sealed = self.sealed and action != "promote"
        trial_id = self.store.new_trial(
            action,
            arguments,
            data,
            defaulted=defaulted,
            session_id=session_id,
            dataset=request.dataset,
            sealed_from=holdout["from"] if sealed and holdout else None,
        )
        fields = {"defaulted": list(defaulted), "holdout": holdout, "sealed": sealed, "session": session_id}
        started = time.monotonic()
        with told(stream, action, arguments, trial_id):
            try:
                asked = trial_request(self.store, trial_id, action, arguments, data, earlier)
                answer = await self._work(asked | fields, stream)
            except (MltrainerError, asyncio.CancelledError) as error:
                failure = unsuccessful(action, trial_id, error)
                self.store.finish_trial(trial_id, failure, seconds=time.monotonic() - started)
                raise
        document: dict[str, Any] = answer["document"]
        self.store.finish_trial(
            trial_id,
            document,
            seconds=time.monotonic() - started,
            tried=answer["tried"],
            looked_to=looked_to(self.store, document, sealed=sealed and holdout is not None),
        )
        self.store.record(document, session_id)
        if action == "promote":
            self.store.open_holdout(request.dataset, trial_id, document["data"]["last"])
        stream.emit(ActionCompleted, action=action, trial_id=trial_id, result=document)
        return document

    def screening(self, session_id: str | None) -> str:
        """Return the screening that a deep analysis looks at where none is named.

        Raises
        ------
        UsageError
            If there is none of the data at hand.
        """
        return latest_screening(self.store, self._data(), session_id, sealed=self.sealed)

    def bound(self, action: str, arguments: dict[str, Any], session_id: str | None) -> dict[str, Any]:
        """Return arguments in which the trial that a promotion means is named by its id.

        Raises
        ------
        UsageError
            If there is none, or the trial that is to be saved may not leave a conversation.
        """
        if action == "promote":
            return {"trial": promoted_trial(self.store, self.request, arguments.get("trial"), session_id)}
        if action == "save_results" and self.sealed:
            refuse_sealed(self.store, trial_to_save(self.store, arguments.get("trial"), session_id)["trial_id"])
        return arguments

    async def rerun(self, trial_id: str, stream: EventStream) -> dict[str, Any]:
        """Run a stored trial again without any cache and say whether the numbers are the same.

        Returns
        -------
        dict
            ``identical`` (bool), ``fits`` (int), ``digest``, and ``differences`` (list of str).

        Raises
        ------
        MltrainerError
            If the trial is unknown, never succeeded, or its data are gone.
        """
        stored = finished_trial(self.store, trial_id)
        fields = {"fresh": True, "compare_with": stored["document"]}
        return dict((await self._again(stored, "rerun", fields, stream))["comparison"])

    async def audit(self, trial_id: str, stream: EventStream) -> dict[str, Any]:
        """Check a stored trial for leaks at full size, and run it under other circumstances.

        Returns
        -------
        dict
            As `mltrainer.trials.audit.audit` has it.

        Raises
        ------
        MltrainerError
            If the trial is unknown, never succeeded, evaluated no model, or its data are gone.
        """
        stored = finished_trial(self.store, trial_id)
        return await self._again(stored, "audit", {"audit": True, "screening": stored["document"]}, stream)

    async def _again(
        self, stored: dict[str, Any], folder: str, fields: dict[str, Any], stream: EventStream
    ) -> dict[str, Any]:
        about = {name: stored[name] for name in ("action", "trial_id", "arguments")}
        stream.emit(ActionStarted, **about)
        return await self._work(again_request(self.store, stored, folder) | fields, stream)

    async def _work(self, request: dict[str, Any], stream: EventStream) -> dict[str, Any]:
        where = {"workers": self.workers, "scheduler": self.scheduler}
        return await self._ask(request | where, stream, request["trial_id"])

    async def describe_data(self) -> dict[str, Any]:
        """Return what the data at hand are: span, tickers, sectors, macro series, faults, delay, holdout.

        Raises
        ------
        DataError
            If they cannot be read.
        """
        if self._described is None:
            request = self._named()
            found = self.store.holdout(request.dataset)
            self._described = await self._describe(request, found["from"] if found else None)
        return self._described

    async def _describe(self, request: DataRequest, sealed_from: str | None = None) -> dict[str, Any]:
        data = request.model_dump(mode="json")
        return await self._ask({"kind": "describe", "data": data, "sealed_from": sealed_from})

    async def check_data(self, universe: str) -> dict[str, Any]:
        """Return every fault that the quality gate finds for the tickers of a universe."""
        return await self._ask({"kind": "check", "data": self._data(), "universe": universe})

    async def _fetch(self, arguments: dict[str, Any], stream: EventStream) -> dict[str, Any]:
        """Fetch from a vendor into the store of bars; the data at hand are looked at anew afterwards."""
        with told(stream, "data_pipeline", arguments):
            document = await fetch(arguments, self.store.home, stream)
        self._described = None
        stream.emit(ActionCompleted, action="data_pipeline", result=document)
        return document

    async def _save(self, arguments: dict[str, Any], stream: EventStream, session_id: str | None) -> dict[str, Any]:
        """Write a stored trial into a file and say where it is."""
        self.bound("save_results", arguments, session_id)
        stored = trial_to_save(self.store, arguments.get("trial"), session_id)
        file = new_file(self.store, stored["trial_id"], arguments.get("path"))
        with told(stream, "save_results", arguments):
            document = await save(self.store, stored, file, self.page, self.export)
        stream.emit(ActionCompleted, action="save_results", result=document)
        return document

    async def export(self, trial_id: str, path: str) -> None:
        """Write the predictions of a trial to a Parquet or CSV file."""
        folder = self.store.artefacts(trial_id)
        await self._ask({"kind": "export", "folder": str(folder), "path": path})

    async def resolve(self, predictions: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Say what came of predictions of the ledger on the data at hand: see ``trials.outcomes``."""
        answer = await self._ask({"kind": "resolve", "data": self._data(), "predictions": predictions})
        return list(answer["outcomes"])

    async def follow(self, holdings: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Say how paper holdings stand on the data at hand: see ``trials.holdings``."""
        return list((await self._ask({"kind": "follow", "data": self._data(), "holdings": holdings}))["holdings"])

    async def judge(self, scored: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Compare what scored predictions promised with what came true: see ``trials.live_record``."""
        return list((await self._ask({"kind": "judge", "scored": scored}))["record"])

    def models(self) -> list[dict[str, Any]]:
        """Return the registry as JSON values."""
        return [model_facts(name) for name in MODELS]

    def _named(self) -> DataRequest:
        if self.request is None:
            raise DataError("no data were named", hint="give --data FILE_OR_DIR, or --source simulated")
        return self.request

    def _data(self) -> dict[str, Any]:
        return self._named().model_dump(mode="json")

    async def close(self) -> None:
        """End the worker."""
        await self._process.close()

    async def _ask(
        self, request: dict[str, Any], stream: EventStream | None = None, trial_id: str | None = None
    ) -> dict[str, Any]:
        return await ask(self._process, request, self.store.home, stream, trial_id)
