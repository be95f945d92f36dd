"""The conversation over the real machinery: a worker process, a simulated market, a stored trial."""

import asyncio
from pathlib import Path

from mltrainer.actions.session_settings import SessionSettings
from mltrainer.agent.conversation import Conversation
from mltrainer.agent.offline import OfflineAnalyst
from mltrainer.agent.oneshot import Outcome, run_once
from mltrainer.agent.policy import Limits, auto
from mltrainer.facilitator.facilitator import Facilitator
from mltrainer.settings import events
from mltrainer.settings.request import DataRequest, Simulation
from mltrainer.settings.result import ResultDocument
from mltrainer.settings.stream import EventStream
from mltrainer.store.store import Store


def test_a_run_screens_explains_and_keeps_to_its_limit(tmp_path: Path) -> None:
    store = Store(tmp_path)
    session = store.new_session("offline", None)
    seen: list[events.Event] = []
    request = DataRequest(source="simulated", simulation=Simulation(tickers=40, sessions=420))
    facilitator = Facilitator(store, request, workers=1)
    settings = SessionSettings()
    settings.change({"models": ["logistic_regression"]})
    conversation = Conversation(
        facilitator=facilitator,
        analyst=OfflineAnalyst(facilitator),
        stream=EventStream(session, store.add_event, seen.append),
        settings=settings,
        policy=auto(),
        limits=Limits(max_trials=1),
    )

    async def whole() -> Outcome:
        try:
            outcome = await run_once(conversation, "Start momentum analysis")
            await conversation.say("run deeper analysis on the top 3")
            await conversation.approve([conversation.waiting[0].id])
            return outcome
        finally:
            await conversation.close()

    assert asyncio.run(whole()) == Outcome("succeeded", 0, ("T1",))
    document = store.trial("T1")["document"]
    assert ResultDocument.model_validate(document).status == "succeeded"
    assert document["settings"]["models"] == ["logistic_regression"]
    answers = [event.text for event in seen if isinstance(event, events.Message) and event.role == "assistant"]
    assert f"AUC {document['evaluation'][0]['auc']:.3f}" in answers[1] and "SIMULATED" in answers[1]
    # One trial was allowed, and the second one says so.
    assert [event.code for event in seen if isinstance(event, events.ErrorEvent)] == ["max_trials"]
    assert len(store.trials()) == 1
