"""The offline analyst: rules instead of an AI, with the same protocol. It invents nothing and says what it is."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from itertools import count
from typing import Any, Literal

from mltrainer.actions.describe import show_value
from mltrainer.actions.detect import detect
from mltrainer.actions.detection import Detection, DetectionContext
from mltrainer.actions.proposals import propose
from mltrainer.actions.registry import find_action
from mltrainer.actions.selection import read_selection
from mltrainer.agent import questions
from mltrainer.agent.analyst import Briefing, Part, TextPart, ToolCall, Turn
from mltrainer.agent.explain import explain
from mltrainer.agent.next_step import next_step, steps_done
from mltrainer.agent.reading import user_changes
from mltrainer.agent.redaction import for_analyst, listed_for_analyst
from mltrainer.agent.spoken import trial_sentence
from mltrainer.facilitator.facilitator import Facilitator
from mltrainer.settings.errors import UsageError

# A trial that is only named, such as "momentum screening with LightGBM", is asked for.
_NAMED = re.compile(r"\s*(a |the )?(momentum|screening|walk[- ]?forward|regime detection|deep(er)? analysis)\b", re.I)
_YES = re.compile(r"\s*(yes|go|run|ok|okay|proceed|execute|approve)([\s,.!]+(go|ahead|please|it))*[\s.!]*$", re.I)
_TRIAL = re.compile(r"\bT\d+\b")

OPTIONS = ("Start momentum analysis", "Run regime detection", "Run a walk-forward test", "Run LightGBM", "Report")


class OfflineAnalyst:
    """Explains results and proposes next steps by rules, with no network.

    Parameters
    ----------
    facilitator
        Where models and stored trials are looked up.
    """

    name: Literal["claude", "offline"] = "offline"
    model: str | None = None
    notice = "Offline analyst: rule-based, no AI. It reads results and proposes next steps by fixed rules."

    def __init__(self, facilitator: Facilitator) -> None:
        self._facilitator = facilitator
        self._briefing = Briefing("", {}, [])
        self._offered: set[str] = set()
        self._may_pick = False
        self._calls: list[ToolCall] = []
        self._ids = count(1)
        # What a text is about, in the order in which it is tried.
        self._rules: tuple[tuple[re.Pattern[str], Callable[[str, Turn], str]], ...] = tuple(
            (re.compile(pattern, re.IGNORECASE), answer)
            for pattern, answer in (
                (r"\b(which|what|list|show)\b.*\bmodels?\b", self._models),
                (r"\b(progress|so far|(did|have) we (try|tried|do|done|run)|history|report|status)\b", self._progress),
                (r"\bT\d+\b|\b(results?|explain)\b", self._results),
                (r"\bregime\b|\bmarket\b.*\?", self._regime),
                (r"\b(next|continue|go on|what now)\b", self._next),
                (r"\b(start|begin|launch|kick off|screen(ing)?|momentum|restate|again|propose|re-?run)\b", self._again),
                (r"\b(confidence|base rate|probabilit(y|ies)|qualif(y|ies))\b", self._confidence),
                (r"\b(data|tickers|sectors|macro)\b", self._data),
            )
        )

    async def open(self, briefing: Briefing) -> None:
        """Take in the facts of the session."""
        self._briefing = briefing

    async def close(self) -> None:
        """Nothing is open."""

    async def answer(self, turn: Turn) -> AsyncIterator[Part]:
        """Answer one turn, a few words at a time."""
        self._calls = []
        # A fetch may have changed them since the conversation began; where it has not, nothing is read again.
        self._briefing = replace(self._briefing, data=await self._facilitator.describe_data())
        for piece in re.findall(r"\s*\S+\s*", self._reply(turn)):
            yield TextPart(piece)
        for call in self._calls:
            yield call

    def _reply(self, turn: Turn) -> str:
        if turn.kind == "result":
            return self._after_result(turn)
        if turn.kind == "failed":
            return f"The trial failed:\n\n{_quoted(turn.text)}\n\nTell me what to change, or what to do instead."
        if turn.kind == "answers":
            said = [*turn.notes, *(answer.text for answer in turn.answers)]
            return f"That is not possible:\n\n{_quoted(*said)}"
        if turn.documents:
            told = "\n\n".join(f"In the background: {explain(one)}" for one in turn.documents)
            return f"{told}\n\n{self._reply(replace(turn, documents=()))}"
        picked = read_selection(turn.text, len(OPTIONS)) if self._may_pick else None
        self._may_pick = False
        if picked:
            return "\n\n".join(self._said(OPTIONS[place - 1], turn) for place in picked)
        return self._said(turn.text, turn)

    def _said(self, text: str, turn: Turn) -> str:
        """Return the answer to what somebody said."""
        if found := self._asked_for(text, turn):
            return "\n\n".join(self._proposal(one, turn) for one in found)
        if turn.changed:
            return self._again(text, turn)
        if user_changes(text, self._context(turn, "user")):
            return f"That is so already. {self._again(text, turn)}"
        if _YES.match(text):
            return "Nothing waits for a decision right now."
        for pattern, answer in self._rules:
            if pattern.search(text):
                return answer(text, turn)
        return self._help(turn)

    # Proposals

    def _asked_for(self, text: str, turn: Turn) -> list[Detection]:
        """Return the trials that the user asks for."""
        context = self._context(turn, "user")
        wordings = [text]
        if _NAMED.match(text) and "?" not in text:
            wordings.append(f"Please run {text.strip()}")
        for wording in wordings:
            found = [one for one in detect(wording, context) if find_action(one.action).needs_approval]
            if found:
                return found
        return []

    def _proposal(self, found: Detection, turn: Turn) -> str:
        """Put what was asked for into words, and into a call where the words do not carry all of it.

        Raises
        ------
        UsageError
            If what was asked for is impossible, such as an unknown model.
        """
        wanted = propose(found.action, found.stated, turn.settings)
        self._offered.add(found.action)
        sentence = trial_sentence(found.action, found.stated, turn.settings)
        heard = [one.stated for one in detect(sentence, self._context(turn, "ai")) if one.action == found.action]
        understood = propose(found.action, heard[0], turn.settings) if heard else None
        if understood and understood.digest == wanted.digest:
            return sentence
        self._calls.append(ToolCall(f"offline_{next(self._ids)}", found.action, found.stated))
        lost = [name for name in wanted.stated if not understood or name not in understood.stated]
        rest = "; ".join(f"{name.replace('_', ' ')} {show_value(name, wanted.arguments[name])}" for name in lost)
        return f"{sentence}\n\nAs you asked: {rest}." if rest else sentence

    def _again(self, _: str, turn: Turn) -> str:
        """Propose the latest action, or the first screening, with the settings as they are now."""
        action = turn.last_action or "momentum_screening"
        self._offered.add(action)
        changed = f"With {', '.join(name.replace('_', ' ') for name in turn.changed)} changed as you said: "
        return (changed if turn.changed else "") + trial_sentence(action, {}, turn.settings)

    def _after_result(self, turn: Turn) -> str:
        self._offered |= {one["action"] for one in turn.documents}
        explained = "\n\n".join(explain(one) for one in turn.documents)
        if not any("trial_id" in one for one in turn.documents):
            # What was only written somewhere asks for no next step.
            return explained
        return f"{explained}\n\n{self._next('', turn)}"

    def _next(self, _: str, turn: Turn) -> str:
        """Propose the next step from the latest result that has candidates."""
        done = steps_done(list(self._finished()))
        step = next_step(self._latest("candidates") or {}, turn.settings, self._offered | done)
        if not step:
            return "My rules have no further step of their own. Say what you would like to change."
        self._offered.add(step.key)
        return step.text

    # Answers

    def _models(self, _: str, turn: Turn) -> str:
        return questions.about_models(self._facilitator.models())

    def _progress(self, _: str, turn: Turn) -> str:
        return questions.about_trials(
            listed_for_analyst(
                self._facilitator.store, self._facilitator.store.trials(session_id=self._briefing.session_id)
            )
        )

    def _data(self, _: str, turn: Turn) -> str:
        return questions.about_data(self._briefing.data)

    def _confidence(self, _: str, turn: Turn) -> str:
        return questions.about_confidence(self._latest("candidates"))

    def _regime(self, text: str, turn: Turn) -> str:
        if document := self._latest("regime"):
            return questions.about_regime(document)
        return f"The regime was not looked at yet. {trial_sentence('regime_detection', {}, turn.settings)}"

    def _results(self, text: str, turn: Turn) -> str:
        named = _TRIAL.search(text)
        store = self._facilitator.store
        try:
            stored = store.trial(named[0]) if named else store.latest_trial(self._briefing.session_id)
        except UsageError as error:
            return _quoted(error.message)
        if not stored:
            return "There is no finished trial yet."
        if stored["status"] != "succeeded":
            return f"Trial {stored['trial_id']} has no result: it is {stored['status']}."
        return explain(for_analyst(store, stored["document"]))

    def _latest(self, part: str) -> dict[str, Any] | None:
        """Return the latest result of the session that has this part."""
        documents: Iterator[dict[str, Any]] = (
            for_analyst(self._facilitator.store, stored["document"]) for stored in self._finished()
        )
        return next((document for document in documents if document.get(part)), None)

    def _finished(self) -> Iterator[dict[str, Any]]:
        """Return the finished trials of the session as the store has them, newest first."""
        store = self._facilitator.store
        for listed in store.trials(session_id=self._briefing.session_id):
            if listed["status"] == "succeeded":
                yield store.trial(listed["trial_id"])

    def _help(self, turn: Turn) -> str:
        self._may_pick = True
        opening = "Nothing was run. " if turn.kind == "declined" else ""
        lines = [f"{opening}I am a set of rules and understand plain requests. You can say one of these:", ""]
        lines += [f'{place}. "{option}"' for place, option in enumerate(OPTIONS, start=1)]
        return "\n".join([*lines, "", 'Settings change in plain words too, such as "use a 5-7 day horizon".'])

    def _context(self, turn: Turn, speaker: Literal["ai", "user"]) -> DetectionContext:
        data = self._briefing.data
        names, sectors = frozenset(data.get("names", ())), tuple(data.get("sectors", ()))
        return DetectionContext(settings=turn.settings, tickers=names, sectors=sectors, speaker=speaker)


def _quoted(*said: str) -> str:
    """Return what the system said as a block quote, in which nothing is taken for a proposal."""
    return "\n".join(f"> {line}" for text in said for line in text.splitlines())
