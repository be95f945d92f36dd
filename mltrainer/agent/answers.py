"""Which question of the user's the offline analyst hears in a text, and who answers it: rules, tried in order."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from mltrainer.actions.detect_universe import top_of_what
from mltrainer.agent import questions
from mltrainer.agent.analyst import Briefing, Turn
from mltrainer.agent.explain import explain
from mltrainer.agent.glossary import define
from mltrainer.agent.redaction import for_analyst, listed_for_analyst
from mltrainer.facilitator.facilitator import Facilitator
from mltrainer.settings.errors import UsageError

_TRIAL = re.compile(r"\bT\d+\b")
_CAPITALS = re.compile(r"(?<![\w$])\$?[A-Z][A-Z.-]{0,6}(?![\w])")
_ASKS_FOR_TICKER = re.compile(r"\?|^\W*(and|what about|how about|show|tell)\b", re.IGNORECASE)


class Answers:
    """Answers from the store, the registry and the facts of the session.

    Attributes
    ----------
    briefing
        The facts of the session; the data in it as they are now.
    """

    def __init__(self, facilitator: Facilitator) -> None:
        self.briefing = Briefing("", {}, [])
        self._facilitator = facilitator
        self._rules: tuple[tuple[re.Pattern[str], Callable[[str, Turn], str]], ...] = tuple(
            (re.compile(pattern, re.IGNORECASE), answer)
            for pattern, answer in (
                (r"^\W*(thanks?|thank you|thx|cheers|danke|bye|goodbye|ciao|good night)\b.{0,30}$", self._farewell),
                (r"\bwhy\b.*\b(few|no|none|nothing|not|nobody|so little|only|empty)\b", self._few),
                (r"\b(too|far too|so|very) (quick|fast)|\bhow long\b|\bprov(e|en|able)\b|\bproof\b", self._proof),
                (r"\b(real|fake|faked|made up|trust|verify|reproduce|check (the|these) numbers)\b", self._proof),
                (r"\b(buy|invest)\b.*\?|\b(show|list|give|see|what are|which)\b.*\b(candidates|picks)\b", self._picks),
                (r"\b(best|top) (\d+|stocks?|picks?|names|candidates)\b|\bwhich stocks\b", self._picks),
                (r"\b(which|what)\b.*\b(best|better|worst|won|winner)\b.*\?|\bmodel (was|is|did) best", self._skill),
                (r"\b(significan|luck|chance|better than|skill\b|overfit)", self._skill),
                (r"\b(which|what|list|show|how many)\b.*\bmodels?\b", self._models),
                (r"\b(progress|so far|(did|have) we (try|tried|do|done|run)|history|report|status)\b", self._progress),
                (r"\b(settings|parameters)\b|\bwhat (would|will|does) (it )?run\b", self._settings),
                (r"\b(date|day) (is it )?today\b|\btoday'?s date\b|\bwhat day\b", self._day),
                (r"\bT\d+\b|\b(results?|explain)\b", self._results),
                (r"\b(confidence|base rate|probabilit(y|ies)|qualif(y|ies))\b", self._confidence),
                (r"\b(data|tickers|sectors|macro)\b", self._data),
            )
        )

    def find(self, text: str, turn: Turn) -> str | None:
        """Return the answer to a question, None where it is none that the rules know."""
        if meaning := define(text):
            # What a word means, and then what it is now, where there is a figure.
            now = self._confidence(text, turn) if re.search(r"\bbase rate\b", text, re.IGNORECASE) else ""
            return f"{meaning}\n\n{now}" if now else meaning
        if (ticker := self._ticker(text)) and _ASKS_FOR_TICKER.search(text):
            return questions.about_ticker(ticker, self.latest("candidates"))
        return next((answer(text, turn) for pattern, answer in self._rules if pattern.search(text)), None)

    def latest(self, part: str) -> dict[str, Any] | None:
        """Return the latest result of the session that has this part, as an analyst may see it."""
        documents = (for_analyst(self._facilitator.store, stored["document"]) for stored in self.finished())
        return next((document for document in documents if document.get(part)), None)

    def finished(self) -> Iterator[dict[str, Any]]:
        """Return the finished trials of the session as the store has them, newest first."""
        store = self._facilitator.store
        for listed in store.trials(session_id=self.briefing.session_id):
            if listed["status"] == "succeeded":
                yield store.trial(listed["trial_id"])

    def _ticker(self, text: str) -> str | None:
        names = set(self.briefing.data.get("names", ()))
        found = [match[0].lstrip("$") for match in _CAPITALS.finditer(text)]
        return next((name for name in found if name in names and len(name) > 1), None)

    def _farewell(self, _: str, turn: Turn) -> str:
        return "You are welcome. Everything is stored: Ctrl-D leaves, and `mltrainer chat --resume` goes on here."

    def _few(self, text: str, turn: Turn) -> str:
        return questions.about_few(self.latest("candidates"))

    def _skill(self, text: str, turn: Turn) -> str:
        return questions.about_skill(self.latest("evaluation"))

    def _picks(self, text: str, turn: Turn) -> str:
        return questions.about_candidates(self.latest("candidates"), turn.settings, top_of_what(text))

    def _proof(self, text: str, turn: Turn) -> str:
        return questions.about_proof(self.latest("trial_id"))

    def _settings(self, text: str, turn: Turn) -> str:
        return questions.about_settings(turn.settings)

    def _day(self, text: str, turn: Turn) -> str:
        last = self.briefing.data.get("last", "an unknown day")
        return f"Today is {date.today().isoformat()}; the data go to {last}."

    def _models(self, text: str, turn: Turn) -> str:
        return questions.about_models(self._facilitator.models())

    def _progress(self, text: str, turn: Turn) -> str:
        store = self._facilitator.store
        return questions.about_trials(
            listed_for_analyst(store, store.trials(session_id=self.briefing.session_id)),
        )

    def _data(self, text: str, turn: Turn) -> str:
        return questions.about_data(self.briefing.data)

    def _confidence(self, text: str, turn: Turn) -> str:
        return questions.about_confidence(self.latest("candidates"))

    def _results(self, text: str, turn: Turn) -> str:
        named = _TRIAL.search(text)
        store = self._facilitator.store
        try:
            stored = store.trial(named[0]) if named else store.latest_trial(self.briefing.session_id)
        except UsageError as error:
            return f"> {error.message}"
        if not stored:
            return "There is no finished trial yet."
        if stored["status"] != "succeeded":
            return f"Trial {stored['trial_id']} has no result: it is {stored['status']}."
        return explain(for_analyst(store, stored["document"]))
