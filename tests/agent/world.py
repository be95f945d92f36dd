"""A world for conversations: a store on disk, a facilitator whose trials end at once, analysts that follow a script."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

from mltrainer.actions.session_settings import SessionSettings
from mltrainer.agent.analyst import Analyst, Briefing, Part, TextPart, Turn
from mltrainer.agent.conversation import Conversation
from mltrainer.agent.offline import OfflineAnalyst
from mltrainer.agent.policy import ASK, Limits, Policy
from mltrainer.facilitator.facilitator import model_facts
from mltrainer.facilitator.meant import latest_screening
from mltrainer.facilitator.promoting import promoted_trial
from mltrainer.models.registry import MODELS
from mltrainer.settings import events
from mltrainer.settings.errors import MltrainerError
from mltrainer.settings.result import ResultDocument
from mltrainer.settings.stream import EventStream
from mltrainer.store.store import Store
from tests.render.documents import evaluation_row

TICKERS = ("AAPL", "MSFT", "NVDA", "AMD", "MU", "JPM", "XOM")


def document(trial_id: str, action: str, arguments: dict[str, Any], best: float = 0.312) -> dict[str, Any]:
    """Return a result document that the schema accepts, with the best candidate at this confidence."""
    threshold = arguments.get("confidence_threshold", 0.85)
    base = {
        "trial_id": trial_id,
        "action": action,
        "status": "succeeded",
        "settings": arguments,
        "data": {
            "source": "simulated",
            "simulated": True,
            "as_of": "2023-10-20",
            "first": "2018-01-02",
            "last": "2023-10-20",
            "tickers": len(TICKERS),
            "sessions": 1_461,
            "rows": 9_000,
            "fingerprint": "sha256:" + "0" * 64,
            "delay": "none: simulated",
        },
    }
    if action == "regime_detection":
        regime = {"score": 37.2, "label": "normal", "as_of": "2023-10-20", "components": {"volatility": 0.4}}
        base |= {
            "headline": "SIMULATED: 37 of 100: normal",
            "regime": regime | {"probabilities": {"calm": 0.3, "normal": 0.7}},
        }
    elif action == "data_pipeline":
        base |= {"headline": "polygon: 2 of 2 are there"}
    elif action == "promote":
        base |= {"headline": "SIMULATED: the holdout was opened"}
    elif action == "deep_analysis":
        record = {"n": 120, "hits": 31, "hit_rate": 31 / 120}
        looked_at = [{"ticker": name, "confidence": 0.3, "own_record": record} for name in TICKERS[:5]]
        base |= {"headline": "SIMULATED: 5 tickers looked at", "analysis": {"tickers": looked_at}}
    else:
        confidences = [best - 0.01 * place for place in range(len(TICKERS))]
        verdicts = ["qualified" if one >= threshold else "below" for one in confidences]
        qualified = verdicts.count("qualified")
        base |= {
            "headline": f"SIMULATED: {qualified} of {len(TICKERS)} reach {threshold:.0%}; the best is {best:.1%}",
            "event": "closes at least 7 % above today's close",
            "qualified": qualified,
            "evaluation": [
                evaluation_row(model, 0.74 - 0.01 * place) for place, model in enumerate(arguments["models"])
            ],
            "baselines": [evaluation_row("volatility_only", 0.71)],
            "candidates": [
                {
                    "rank": place + 1,
                    "ticker": ticker,
                    "score": confidence,
                    "confidence": confidence,
                    "calibrated": True,
                    "expected_return": 0.012,
                    "last_close": 100.0,
                    "target_price": 107.0,
                    "horizon": (7, 10),
                    "support": {"n": 812, "n_eff": 44.0, "hits": 251, "lower": 0.2, "upper": 0.43},
                    "verdict": verdict,
                }
                for place, (ticker, confidence, verdict) in enumerate(zip(TICKERS, confidences, verdicts, strict=True))
            ],
        }
    return ResultDocument.model_validate(base).as_dict()


class InstantFacilitator:
    """The facilitator's face over a real store; a trial ends at once, fails, or blocks until it is cancelled."""

    def __init__(self, store: Store, best: float = 0.312) -> None:
        self.store = store
        self.request = None
        self.sealed = False
        self.best = best
        self.ran: list[tuple[str, dict[str, Any]]] = []
        self.failure: MltrainerError | None = None
        self.blocked: asyncio.Event | None = None
        # What a fetch changes about the data at hand.
        self.fetched: dict[str, Any] = {}

    async def describe_data(self) -> dict[str, Any]:
        done = any(action == "data_pipeline" for action, _ in self.ran)
        return self._data() | (self.fetched if done else {})

    def _data(self) -> dict[str, Any]:
        return {
            "source": "simulated",
            "simulated": True,
            "first": "2018-01-02",
            "last": "2023-10-20",
            "tickers": len(TICKERS),
            "sessions": 1_461,
            "delay": "none: simulated",
            "fingerprint": "sha256:" + "0" * 64,
            "macro": [],
            "faults": {},
            "sectors": ["Technology", "Energy"],
            "names": list(TICKERS),
        }

    def bound(self, action: str, arguments: dict[str, Any], session_id: str | None) -> dict[str, Any]:
        if action != "promote":
            return arguments
        return {"trial": promoted_trial(self.store, self.request, arguments.get("trial"), session_id)}

    def screening(self, session_id: str | None) -> str:
        return latest_screening(self.store, {}, session_id, sealed=False)

    def models(self) -> list[dict[str, Any]]:
        return [model_facts(name) for name in MODELS]

    def beside(self) -> "InstantFacilitator":
        self.other = InstantFacilitator(self.store, self.best)
        self.other.blocked, self.other.failure = self.blocked, self.failure
        return self.other

    async def run_trial(
        self,
        action: str,
        arguments: dict[str, Any],
        stream: EventStream,
        *,
        defaulted: Sequence[str] = (),
        session_id: str | None = None,
    ) -> dict[str, Any]:
        self.ran.append((action, arguments))
        trial_id = self.store.new_trial(action, arguments, {}, defaulted=defaulted, session_id=session_id)
        stream.emit(events.ActionStarted, action=action, trial_id=trial_id, arguments=arguments)
        head = {"trial_id": trial_id, "action": action}
        try:
            if self.blocked:
                self.blocked.set()
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.store.finish_trial(trial_id, head | {"status": "cancelled"}, seconds=1.0)
            stream.emit(events.ActionCancelled, action=action, trial_id=trial_id)
            raise
        if self.failure:
            self.store.finish_trial(trial_id, head | {"status": "failed"}, seconds=1.0)
            told = {"code": self.failure.code, "message": self.failure.message}
            stream.emit(events.ActionFailed, action=action, trial_id=trial_id, **told)
            raise self.failure
        result = document(trial_id, action, arguments, self.best)
        self.store.finish_trial(trial_id, result, seconds=1.0)
        stream.emit(events.ActionCompleted, action=action, trial_id=trial_id, result=result)
        return result

    async def close(self) -> None:
        pass


class ScriptedAnalyst:
    """An analyst that answers from a list: texts, or lists of parts, or errors; it keeps the turns that it heard."""

    name = "offline"
    model = None
    notice = "scripted"

    def __init__(self, *script: str | list[Part] | Exception) -> None:
        self.script = list(script)
        self.turns: list[Turn] = []

    async def open(self, briefing: Briefing) -> None:
        self.briefing = briefing

    async def close(self) -> None:
        pass

    async def answer(self, turn: Turn) -> AsyncIterator[Part]:
        self.turns.append(turn)
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        for part in [TextPart(step)] if isinstance(step, str) else step:
            yield part


class World:
    """A started conversation and everything that it emitted."""

    def __init__(
        self,
        home: Path,
        analyst: Callable[[InstantFacilitator], Analyst] = OfflineAnalyst,
        *,
        policy: Policy = ASK,
        limits: Limits | None = None,
        best: float = 0.312,
    ) -> None:
        self.store = Store(home)
        self.facilitator = InstantFacilitator(self.store, best)
        self.events: list[events.Event] = []
        session = self.store.new_session("offline", None)
        self.stream = EventStream(session, self.store.add_event, self.events.append)
        self.conversation = Conversation(
            facilitator=self.facilitator,  # type: ignore[arg-type]
            analyst=analyst(self.facilitator),
            stream=self.stream,
            settings=SessionSettings(),
            policy=policy,
            limits=limits,
        )

    def of(self, kind: type[events.Event]) -> list[Any]:
        """Return the events of a kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def last_answer(self) -> str:
        """Return the latest words of the analyst."""
        return [event.text for event in self.of(events.Message) if event.role == "assistant"][-1]

    async def says(self, *texts: str) -> "World":
        """Start if that was not done, and say these things one after another."""
        if not self.of(events.SessionStarted):
            await self.conversation.start()
        for text in texts:
            await self.conversation.say(text)
        return self
