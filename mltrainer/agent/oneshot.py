"""One conversation without a person: propose, decide by policy, run, analyse, and end with an exit code."""

import asyncio
from dataclasses import dataclass

from mltrainer.agent.conversation import Conversation
from mltrainer.settings import events
from mltrainer.settings.errors import LimitReached, MltrainerError


@dataclass(frozen=True)
class Outcome:
    """How a run ended: a word, the exit code of the process, and the trials that were started."""

    status: str
    exit_code: int
    trial_ids: tuple[str, ...]


async def run_once(conversation: Conversation, prompt: str) -> Outcome:
    """Say one thing, let the policy decide about what is proposed, and emit ``result`` as the last event.

    Exit codes: 0 when the last permitted trial was analysed or nothing was proposed, 3 when a proposal lacked
    permission, that of the error when a trial or the AI failed, 5 when the seconds or the dollars ran out.

    Raises
    ------
    asyncio.CancelledError
        If the run was interrupted; ``result`` is emitted first, with the conversation's ``interrupt_code``.
    """
    seconds = conversation.budget.limits.max_seconds
    try:
        async with asyncio.timeout(seconds):
            await conversation.start()
            await conversation.say(prompt)
        outcome = _outcome(conversation)
    except TimeoutError:
        limit = LimitReached(f"the limit of {seconds:g} seconds is reached", hint="raise it with --max-seconds")
        outcome = _failed(conversation, limit)
    except MltrainerError as error:
        outcome = _failed(conversation, error)
    except asyncio.CancelledError:
        _finish(conversation, Outcome("interrupted", conversation.interrupt_code, tuple(conversation.trials)))
        raise
    return _finish(conversation, outcome)


def _outcome(conversation: Conversation) -> Outcome:
    trials = tuple(conversation.trials)
    if conversation.failure:
        status = "limit" if isinstance(conversation.failure, LimitReached) else "failed"
        return Outcome(status, conversation.failure.exit_code, trials)
    if conversation.waiting and conversation.policy.kind == "dry_run":
        return Outcome("proposed", 0, trials)
    if conversation.waiting and not trials and conversation.finished_reason != "limit":
        return Outcome("approval_needed", 3, trials)
    return Outcome("succeeded", 0, trials)


def _failed(conversation: Conversation, error: MltrainerError) -> Outcome:
    conversation.stream.emit(events.ErrorEvent, **error.as_dict())
    status = "limit" if isinstance(error, LimitReached) else "failed"
    return Outcome(status, error.exit_code, tuple(conversation.trials))


def _finish(conversation: Conversation, outcome: Outcome) -> Outcome:
    conversation.stream.emit(
        events.FinalResult,
        status=outcome.status,
        exit_code=outcome.exit_code,
        trial_ids=list(outcome.trial_ids),
    )
    return outcome
