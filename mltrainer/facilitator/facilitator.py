"""The one door to the machinery: run an action, look at data, models, trials. Pure access, no opinion."""

import asyncio
import os
import time
from collections.abc import Sequence
from typing import Any

from mltrainer.facilitator.fetching import fetch
from mltrainer.facilitator.process import WorkerProcess
from mltrainer.facilitator.promoting import promoted_trial
from mltrainer.facilitator.saving import HOLDS, Page, as_text, new_file, refuse_sealed, saved, write_text
from mltrainer.models.facts import model_facts
from mltrainer.models.registry import MODELS
from mltrainer.settings.errors import BY_EXIT_CODE, ActionFailed, DataError, MltrainerError, UsageError
from mltrainer.settings.events import (
    ActionCancelled,
    ActionCompleted,
    ActionProgress,
    ActionStarted,
    Notice,
)
from mltrainer.settings.events import (
    ActionFailed as ActionFailedEvent,
)
from mltrainer.settings.request import DataRequest
from mltrainer.settings.result import SCHEMA
from mltrainer.settings.stream import EventStream
from mltrainer.store.store import Store

SCREENINGS = ("momentum_screening", "model_execution")


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
        data = self._data()
        if action == "deep_analysis" and not arguments.get("trial"):
            # Bound now, so that a rerun looks at the same screening.
            arguments = arguments | {"trial": self._latest_screening(session_id)}
        arguments = self.bound(action, arguments, session_id)
        holdout = await self._holdout(moves=action == "promote")
        sealed = self.sealed and action != "promote"
        trial_id = self.store.new_trial(
            action,
            arguments,
            data,
            defaulted=defaulted,
            session_id=session_id,
            dataset=DataRequest.model_validate(data).dataset,
            sealed_from=holdout["from"] if sealed and holdout else None,
        )
        stream.emit(ActionStarted, action=action, trial_id=trial_id, arguments=arguments)
        started = time.monotonic()

        def finish(document: dict[str, Any], tried: list[dict[str, Any]] | None = None) -> None:
            looked_to = self._looked_to(document, arguments, sealed=sealed and holdout is not None)
            seconds = time.monotonic() - started
            self.store.finish_trial(trial_id, document, seconds=seconds, tried=tried, looked_to=looked_to)

        try:
            folder = self.store.trial_folder(trial_id)
            fields = {
                "trial_id": trial_id,
                "folder": str(folder),
                "defaulted": list(defaulted),
                "holdout": holdout,
                "sealed": sealed,
                "session": session_id,
            }
            answer = await self._trial(action, arguments, data, fields, stream)
        except asyncio.CancelledError:
            finish({"schema": SCHEMA, "trial_id": trial_id, "action": action, "status": "cancelled"})
            stream.emit(ActionCancelled, action=action, trial_id=trial_id)
            raise
        except MltrainerError as error:
            failure = {"schema": SCHEMA, "trial_id": trial_id, "action": action, "status": "failed"}
            finish(failure | {"error": error.as_dict()})
            stream.emit(
                ActionFailedEvent,
                action=action,
                trial_id=trial_id,
                code=error.code,
                message=error.message,
                hint=error.hint,
            )
            raise
        document: dict[str, Any] = answer["document"]
        finish(document, answer["tried"])
        self.store.record(document, session_id)
        if action == "promote":
            self.store.open_holdout(DataRequest.model_validate(data).dataset, trial_id, document["data"]["last"])
        stream.emit(ActionCompleted, action=action, trial_id=trial_id, result=document)
        return document

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
            refuse_sealed(self.store, self._saved(arguments, session_id)["trial_id"])
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
        stored = self._finished(trial_id)
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
        stored = self._finished(trial_id)
        return await self._again(stored, "audit", {"audit": True, "screening": stored["document"]}, stream)

    def _finished(self, trial_id: str) -> dict[str, Any]:
        stored = self.store.trial(trial_id)
        if stored["status"] != "succeeded":
            raise ActionFailed(f"trial {trial_id} ended as {stored['status']}: there is nothing to compare with")
        return stored

    async def _again(
        self, stored: dict[str, Any], folder: str, fields: dict[str, Any], stream: EventStream
    ) -> dict[str, Any]:
        """Run a stored trial again, on the sessions that it was evaluated on, in a folder beside what it left."""
        trial_id, sealed = stored["trial_id"], stored["sealed_from"]
        stream.emit(ActionStarted, action=stored["action"], trial_id=trial_id, arguments=stored["arguments"])
        common = {
            "trial_id": trial_id,
            "folder": str(self.store.trial_folder(trial_id) / folder),
            "defaulted": stored["defaulted"],
            "holdout": {"from": sealed, "looks": 0} if sealed else None,
            "sealed": bool(sealed),
            # What the first run could not know is no difference.
            "deleted": 0,
        }
        return await self._trial(stored["action"], stored["arguments"], stored["data_request"], common | fields, stream)

    async def _trial(
        self,
        action: str,
        arguments: dict[str, Any],
        data: dict[str, Any],
        fields: dict[str, Any],
        stream: EventStream,
    ) -> dict[str, Any]:
        request = {
            "kind": "trial",
            "action": action,
            "arguments": arguments,
            "data": data,
            "workers": self.workers,
            "scheduler": self.scheduler,
            "tried": self.store.tried(),
            "deleted": self.store.deleted_trials(),
        }
        if arguments.get("trial"):
            screening = self.store.trial(arguments["trial"])
            if screening["data_request"] != data:
                raise UsageError(
                    f"trial {arguments['trial']} was run on other data than these",
                    hint="name the same data, or run a screening on these first",
                    code="other_data",
                )
            request["screening"] = screening["document"]
        return await self._ask(request | fields, stream, fields["trial_id"])

    async def _holdout(self, *, moves: bool) -> dict[str, Any] | None:
        """Return the holdout of the dataset. A conversation fixes it at the first use of the data.

        Parameters
        ----------
        moves
            Take a later one where the data have grown by a whole holdout since it was opened: for promotions alone.
        """
        request = DataRequest.model_validate(self._data())
        found = self.store.holdout(request.dataset)
        if found and not (moves and "opened_to" in found) or not (found or self.sealed):
            return found
        # The end of the data counts, not the day at which this conversation cuts them.
        whole = request.model_copy(update={"as_of": None}).model_dump(mode="json")
        known = not (request.as_of or found)
        described = await (self.describe_data() if known else self._ask({"kind": "describe", "data": whole}))
        first = described.get("holdout_from")
        return self.store.fix_holdout(request.dataset, first) if first else found

    def _looked_to(self, document: dict[str, Any], arguments: dict[str, Any], *, sealed: bool) -> str | None:
        """Return the last session that a trial's figures may depend on, None where no outcome of the holdout does."""
        if document.get("analysis"):
            looks = self.store.touches_holdout(arguments["trial"])
        else:
            looks = not sealed and bool(document.get("evaluation"))
        return str(document["data"]["last"]) if looks else None

    def _latest_screening(self, session_id: str | None) -> str | None:
        for session in (session_id, None):
            for listed in self.store.trials(limit=1000, session_id=session):
                if listed["status"] != "succeeded" or listed["action"] not in SCREENINGS:
                    continue
                if self.sealed and self.store.touches_holdout(listed["trial_id"]):
                    continue
                if self.store.trial(listed["trial_id"])["data_request"] == self._data():
                    return str(listed["trial_id"])
        return None

    async def describe_data(self) -> dict[str, Any]:
        """Return what the data at hand are: span, tickers, sectors, macro series, faults, delay, holdout.

        Raises
        ------
        DataError
            If they cannot be read.
        """
        if self._described is None:
            found = self.store.holdout(DataRequest.model_validate(self._data()).dataset)
            request = {"kind": "describe", "data": self._data(), "sealed_from": found["from"] if found else None}
            self._described = await self._ask(request)
        return self._described

    async def check_data(self, universe: str) -> dict[str, Any]:
        """Return every fault that the quality gate finds for the tickers of a universe."""
        return await self._ask({"kind": "check", "data": self._data(), "universe": universe})

    async def _fetch(self, arguments: dict[str, Any], stream: EventStream) -> dict[str, Any]:
        """Fetch from a vendor into the store of bars; the data at hand are looked at anew afterwards."""
        stream.emit(ActionStarted, action="data_pipeline", arguments=arguments)
        try:
            document = await fetch(arguments, self.store.home, stream)
        except asyncio.CancelledError:
            stream.emit(ActionCancelled, action="data_pipeline")
            raise
        except MltrainerError as error:
            fields = {"code": error.code, "message": error.message, "hint": error.hint}
            stream.emit(ActionFailedEvent, action="data_pipeline", **fields)
            raise
        self._described = None
        stream.emit(ActionCompleted, action="data_pipeline", result=document)
        return document

    async def _save(self, arguments: dict[str, Any], stream: EventStream, session_id: str | None) -> dict[str, Any]:
        """Write a stored trial into a file and say where it is."""
        self.bound("save_results", arguments, session_id)
        store, stored = self.store, self._saved(arguments, session_id)
        file = new_file(store, stored["trial_id"], arguments.get("path"))
        stream.emit(ActionStarted, action="save_results", arguments=arguments)
        if HOLDS[file.suffix] == "predictions":
            await self.export(stored["trial_id"], str(file))
        else:
            if self.page is None:
                raise ActionFailed("no report can be drawn here", hint="use: mltrainer trials export ID --html FILE")
            write_text(file, as_text(store, stored, HOLDS[file.suffix], self.page))
        document = saved(store, stored, file)
        stream.emit(ActionCompleted, action="save_results", result=document)
        return document

    def _saved(self, arguments: dict[str, Any], session_id: str | None) -> dict[str, Any]:
        """Return the stored trial that is to be saved: the one that is named, or the latest."""
        store, named = self.store, arguments.get("trial")
        stored = store.trial(named) if named else store.latest_trial(session_id) or store.latest_trial()
        if not stored:
            raise UsageError("there is no finished trial yet", hint="run one first", code="unknown_trial")
        return stored

    async def export(self, trial_id: str, path: str) -> None:
        """Write the predictions of a trial to a Parquet or CSV file."""
        folder = self.store.trial_folder(trial_id)
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

    def _data(self) -> dict[str, Any]:
        if self.request is None:
            raise DataError("no data were named", hint="give --data FILE_OR_DIR, or --source simulated")
        return self.request.model_dump(mode="json")

    async def close(self) -> None:
        """End the worker."""
        await self._process.close()

    async def _ask(
        self, request: dict[str, Any], stream: EventStream | None = None, trial_id: str | None = None
    ) -> dict[str, Any]:
        async for answer in self._process.ask({"home": str(self.store.home)} | request):
            kind = answer.pop("kind")
            if kind == "progress" and stream:
                stream.emit(ActionProgress, trial_id=trial_id, **answer)
            elif kind == "notice" and stream:
                stream.emit(Notice, text=answer["text"])
            elif kind == "done":
                return dict(answer["result"])
            elif kind == "failed":
                self._log(answer.pop("trace", ""))
                raise _error(answer)
        raise ActionFailed("the worker gave no answer")

    def _log(self, trace: str) -> None:
        if trace:
            path = self.store.home / "errors.log"
            with os.fdopen(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "a") as log:
                log.write(trace + "\n")


def _error(answer: dict[str, Any]) -> MltrainerError:
    kind = BY_EXIT_CODE.get(answer.get("exit_code", 1), MltrainerError)
    return kind(answer["message"], hint=answer.get("hint", ""), code=answer.get("code", ""))
