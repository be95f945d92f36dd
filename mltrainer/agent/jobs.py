"""Approved trials that run while the conversation goes on: one at a time, in a worker of their own."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from mltrainer.actions.proposals import Proposal
from mltrainer.agent.compact import compact
from mltrainer.agent.outbox import Outbox
from mltrainer.agent.redaction import for_analyst
from mltrainer.agent.running import run_approved
from mltrainer.facilitator.facilitator import Facilitator
from mltrainer.settings import events
from mltrainer.settings.errors import MltrainerError, UsageError
from mltrainer.settings.stream import EventStream


@dataclass
class Job:
    """A trial in the background. ``stage`` says how far it is while it runs."""

    number: int
    proposal: Proposal
    state: Literal["queued", "running", "done", "failed", "cancelled"] = "queued"
    trial_id: str = ""
    stage: str = ""

    def __str__(self) -> str:
        """Return what it is in a few words: ``job 2 (walk forward test, T5)``."""
        trial = f", {self.trial_id}" if self.trial_id else ""
        return f"job {self.number} ({self.proposal.action.replace('_', ' ')}{trial})"


class Jobs:
    """Runs trials one after another beside the conversation; their results wait for the AI's next turn.

    Attributes
    ----------
    all
        Every job of the session, in order.
    """

    def __init__(self, facilitator: Facilitator, stream: EventStream, outbox: Outbox) -> None:
        self.all: list[Job] = []
        self._outbox = outbox
        self._beside = facilitator
        self._worker: Facilitator | None = None
        self._main = stream
        self._stream = EventStream(stream.session_id, self._relay)
        self._working: asyncio.Task[None] | None = None
        self._trial: asyncio.Task[None] | None = None

    @property
    def active(self) -> list[Job]:
        """Return the jobs that run or wait for their turn."""
        return [job for job in self.all if job.state in ("running", "queued")]

    @property
    def queued(self) -> int:
        """Return how many wait: trials that are approved and not yet started."""
        return sum(job.state == "queued" for job in self.all)

    def add(self, proposal: Proposal) -> Job:
        """Let an approved trial run as soon as the jobs before it are done."""
        job = Job(len(self.all) + 1, proposal)
        self.all.append(job)
        if not self._working or self._working.done():
            self._working = asyncio.create_task(self._work())
        return job

    async def cancel(self, number: int) -> None:
        """Stop a job, or take it out of the queue.

        Raises
        ------
        UsageError
            If there is no such job, or it has ended.
        """
        job = next((one for one in self.all if one.number == number), None)
        if not job or job not in self.active:
            what = f"job {number} has ended already" if job else f"there is no job {number}"
            raise UsageError(what, hint="/jobs lists them", code="unknown_job")
        if job.state == "queued":
            self._drop(job)
        elif self._trial:
            self._trial.cancel()
            await asyncio.wait({self._trial})

    async def close(self) -> None:
        """End every job, and the worker."""
        for job in self.active[::-1]:
            await self.cancel(job.number)
        if self._working:
            self._working.cancel()
            with suppress(asyncio.CancelledError):
                await self._working
        if self._worker:
            await self._worker.close()

    def _drop(self, job: Job) -> None:
        job.state = "cancelled"
        self._main.emit(events.Notice, text=f"{job} was taken out of the queue: it never started.")
        self._outbox.note(f"The user cancelled {job}; it never started.")

    async def _work(self) -> None:
        while job := next((one for one in self.all if one.state == "queued"), None):
            self._trial = asyncio.create_task(self._run(job))
            await asyncio.wait({self._trial})

    async def _run(self, job: Job) -> None:
        job.state = "running"
        self._worker = self._worker or self._beside.beside()
        proposal = job.proposal
        try:
            document = await run_approved(proposal, self._worker, self._stream)
        except asyncio.CancelledError:
            job.state = "cancelled"
            self._outbox.note(f"The user cancelled {job} in the background.")
            raise
        except MltrainerError as error:
            job.state = "failed"
            self._outbox.note(f"{job} in the background failed: {error.message}. {error.hint}".strip())
        else:
            job.state = "done"
            document = for_analyst(self._worker.store, document)
            self._outbox.note(f"{job} in the background is done:\n{compact(document)}")
            self._outbox.bring(document)
        finally:
            job.stage = ""

    def _relay(self, event: events.Event) -> None:
        """Pass an event on to everybody, and keep what it says about the job that runs."""
        running = next((job for job in self.all if job.state == "running"), None)
        if running and isinstance(event, events.ActionStarted):
            running.trial_id = event.trial_id or ""
            event = event.model_copy(update={"background": True})
        elif running and isinstance(event, events.ActionProgress):
            running.stage = f"{event.stage} {event.done}/{event.total}"
        self._main.hand_on(event)
