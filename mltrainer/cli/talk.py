"""What ``chat`` and ``run`` share: from options to a conversation."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mltrainer.cli.options import configured_settings
from mltrainer.settings.errors import UsageError
from mltrainer.store.config import read_config
from mltrainer.store.keys import find_key

if TYPE_CHECKING:
    from mltrainer.agent.analyst import Analyst
    from mltrainer.agent.conversation import Conversation
    from mltrainer.agent.policy import Limits, Policy
    from mltrainer.agent.resume import Past
    from mltrainer.settings.events import Event
    from mltrainer.settings.request import DataRequest
    from mltrainer.settings.stream import Listener
    from mltrainer.store.store import Store

AgentName = Literal["claude", "offline"]


def chosen_agent(agent: str | None, home: Path) -> AgentName:
    """Return who answers: as asked, or Claude where there is a key, in the environment or in the home folder.

    Raises
    ------
    UsageError
        If there is no such agent.
    CredentialsError
        If others can read the file of keys.
    """
    if agent is None:
        agent = read_config().options.get("agent")
    if agent is None:
        return "claude" if find_key("ANTHROPIC_API_KEY", home) else "offline"
    if agent not in ("claude", "offline"):
        raise UsageError(f"there is no agent {agent!r}", hint="choose claude or offline")
    return "claude" if agent == "claude" else "offline"


def open_conversation(
    *,
    agent: AgentName,
    request: "DataRequest",
    home: Path,
    stated: dict[str, Any],
    workers: int,
    scheduler: str | None,
    policy: "Policy",
    limits: "Limits",
    listeners: "tuple[Listener, ...]" = (),
    resume: str | None = None,
) -> "Conversation":
    """Build store, machinery, analyst and conversation; nothing is started yet.

    Parameters
    ----------
    resume
        The session to go on with; a new one where there is none.

    Raises
    ------
    UsageError
        If there is no such session, or another process has it open.
    """
    from mltrainer.actions.session_settings import SessionSettings
    from mltrainer.agent.conversation import Conversation
    from mltrainer.agent.prices import dollars
    from mltrainer.facilitator.facilitator import Facilitator
    from mltrainer.render.page import report_page
    from mltrainer.settings.parameters import Settings
    from mltrainer.settings.stream import EventStream
    from mltrainer.store.hold import hold_session
    from mltrainer.store.store import Store

    store = Store(home)
    facilitator = Facilitator(store, request, workers=workers, scheduler=scheduler, sealed=True, page=report_page)
    analyst = _analyst(agent, facilitator, store)
    if limits.max_usd is not None and analyst.model and dollars(analyst.model, 1, 1, 0, 0) is None:
        raise UsageError(
            f"what {analyst.model} costs is not known here, so --max-usd cannot be kept",
            hint="leave it out, or choose another model with MLTRAINER_MODEL",
        )
    session_id = resume or store.new_session(agent, analyst.model)
    held = hold_session(store, session_id)
    past = past_of(store, session_id) if resume else None
    settings = past.settings if past else SessionSettings(Settings(universe=request.default_universe))
    # A session that goes on has its own settings already.
    if chosen := stated if past else configured_settings() | stated:
        settings.change(chosen)
    return Conversation(
        facilitator=facilitator,
        analyst=analyst,
        stream=EventStream(session_id, store.add_event, *listeners),
        settings=settings,
        policy=policy,
        limits=limits,
        past=past,
        held=held,
    )


def past_of(store: "Store", session_id: str) -> "Past":
    """Return what a stored session comes back with."""
    from mltrainer.agent.resume import recall

    return recall(told_in(store, session_id))


def told_in(store: "Store", session_id: str) -> "list[Event]":
    """Return the events of a stored session."""
    from pydantic import TypeAdapter

    from mltrainer.settings.events import AnyEvent, Event

    reader = TypeAdapter[Event](AnyEvent)
    return [reader.validate_python(event) for event in store.events(session_id)]


def _analyst(agent: AgentName, facilitator: Any, store: "Store") -> "Analyst":
    if agent == "offline":
        from mltrainer.agent.offline import OfflineAnalyst

        return OfflineAnalyst(facilitator)
    from mltrainer.agent.claude import DEFAULT_MODEL, ClaudeAnalyst

    return ClaudeAnalyst(
        api_key=find_key("ANTHROPIC_API_KEY", store.home),
        base_url=os.environ.get("ANTHROPIC_BASE_URL") or None,
        model=os.environ.get("MLTRAINER_MODEL") or read_config().options.get("model") or DEFAULT_MODEL,
        store=store,
    )
