"""The offline analyst: rules instead of an AI, with the same protocol. It invents nothing and says what it is."""

import re
from collections.abc import AsyncIterator
from typing import Any, Literal

from mltrainer.actions.detect import detect
from mltrainer.actions.detection import Detection, DetectionContext
from mltrainer.actions.registry import find_action
from mltrainer.actions.selection import read_selection
from mltrainer.agent.analyst import Briefing, Part, TextPart, Turn
from mltrainer.agent.explain import explain
from mltrainer.agent.next_step import next_step
from mltrainer.agent.spoken import model_name, trial_sentence
from mltrainer.facilitator.facilitator import Facilitator
from mltrainer.settings.errors import UsageError

_START = re.compile(r"\b(start|begin|launch|kick off|screen(ing)?|momentum|restate|again|propose|re-?run|next)\b", re.I)
_PROGRESS = re.compile(r"\b(progress|so far|(did|have) we (try|tried|do|done|run)|history|report|status)\b", re.I)
_MODELS = re.compile(r"\b(which|what|list|show)\b.*\bmodels?\b", re.I)
_TRIAL = re.compile(r"\bT\d+\b")
_RESULTS = re.compile(r"\b(results?|explain|show|trial)\b", re.I)

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

    async def open(self, briefing: Briefing) -> None:
        """Take in the facts of the session."""
        self._briefing = briefing

    async def close(self) -> None:
        """Nothing is open."""

    async def answer(self, turn: Turn) -> AsyncIterator[Part]:
        """Answer one turn, a few words at a time."""
        for piece in re.findall(r"\s*\S+\s*", self.reply(turn)):
            yield TextPart(piece)

    def reply(self, turn: Turn) -> str:
        """Return the whole answer to a turn."""
        if turn.kind == "result":
            return self._after_result(turn)
        if turn.kind == "failed":
            return f"The trial failed:\n\n> {turn.text}\n\nTell me what to change, or what to do instead."
        if turn.kind == "answers":
            return f"That was not possible:\n\n{_quoted(turn)}" if turn.notes or turn.answers else ""
        return self._hear(turn)

    def _hear(self, turn: Turn) -> str:
        picked = read_selection(turn.text, len(OPTIONS)) if self._may_pick else None
        self._may_pick = False
        if picked:
            answers = [self._said(OPTIONS[place - 1], turn) for place in picked]
            return "\n\n".join(answer for answer in answers if answer)
        return self._said(turn.text, turn) or self._help(turn)

    def _said(self, text: str, turn: Turn) -> str:
        """Return the answer to what somebody said, empty where no rule knows it."""
        found = detect(text, self._context(turn))
        trials = [one for one in found if find_action(one.action).kind == "trial"]
        if trials:
            return "\n\n".join(self._proposal(one, turn) for one in trials)
        actions = {one.action for one in found}
        if "list_models" in actions or _MODELS.search(text):
            return self._models()
        if "show_results" in actions or (_TRIAL.search(text) and _RESULTS.search(text)):
            return self._results(text)
        if turn.changed or (_START.search(text) and not _PROGRESS.search(text)):
            return self._again(turn)
        if "system_status" in actions or _PROGRESS.search(text):
            return self._progress(turn)
        return ""

    def _proposal(self, found: Detection, turn: Turn) -> str:
        self._offered.add(found.action)
        return trial_sentence(found.action, found.stated, turn.settings)

    def _again(self, turn: Turn) -> str:
        """Propose the latest action, or the first screening, with the settings as they are now."""
        action = turn.last_action or "momentum_screening"
        self._offered.add(action)
        changed = f"With {', '.join(name.replace('_', ' ') for name in turn.changed)} changed as you said: "
        return (changed if turn.changed else "") + trial_sentence(action, {}, turn.settings)

    def _after_result(self, turn: Turn) -> str:
        document = turn.documents[-1]
        self._offered |= {one["action"] for one in turn.documents}
        latest = self._screening(document)
        step = next_step(latest, turn.settings, self._offered)
        texts = [explain(one) for one in turn.documents]
        if step:
            self._offered.add(step.key)
            texts.append(step.text)
        else:
            texts.append("My rules have no further step of their own. Say what you would like to change.")
        return "\n\n".join(texts)

    def _screening(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return the latest result that has candidates, this one or an earlier one of the session."""
        if document.get("candidates"):
            return document
        for listed in self._facilitator.store.trials(session_id=self._briefing.session_id):
            if listed["status"] == "succeeded":
                earlier: dict[str, Any] = self._facilitator.store.trial(listed["trial_id"])["document"]
                if earlier.get("candidates"):
                    return earlier
        return document

    def _models(self) -> str:
        lines = ["These models are at hand:", "", "| model | id | family | inputs |", "|---|---|---|---|"]
        lines += [
            f"| {model_name(one['name'])} | `{one['name']}` | {one['family']} | {one['inputs']} |"
            for one in self._facilitator.models()
        ]
        return "\n".join([*lines, "", "Several of them together also give their ensemble mean."])

    def _results(self, text: str) -> str:
        named = _TRIAL.search(text)
        store = self._facilitator.store
        try:
            stored = store.trial(named[0]) if named else store.latest_trial()
        except UsageError as error:
            return f"{error.message}."
        if not stored:
            return "There is no finished trial yet."
        if stored["status"] != "succeeded":
            return f"Trial {stored['trial_id']} has no result: it is {stored['status']}."
        return explain(stored["document"])

    def _progress(self, turn: Turn) -> str:
        trials = self._facilitator.store.trials(session_id=self._briefing.session_id)
        if not trials:
            return "Nothing was tried in this session yet."
        lines = ["What was tried in this session:", "", "| trial | action | outcome | seconds |", "|---|---|---|---|"]
        for one in reversed(trials):
            simulated = "SIMULATED: " if one.get("simulated") else ""
            outcome = one.get("headline") or one.get("error") or one["status"]
            seconds = f"{one['seconds']:.1f}" if one.get("seconds") is not None else ""
            lines.append(f"| {one['trial_id']} | `{one['action']}` | {simulated}{_in_cell(outcome)} | {seconds} |")
        return "\n".join([*lines, "", "Each can be opened and proven with `trials show ID`."])

    def _help(self, turn: Turn) -> str:
        self._may_pick = True
        opening = "Nothing was run. " if turn.kind == "declined" else ""
        lines = [f"{opening}I am a set of rules and understand plain requests. You can say one of these:", ""]
        lines += [f'{place}. "{option}"' for place, option in enumerate(OPTIONS, start=1)]
        return "\n".join([*lines, "", 'Settings change in plain words too, such as "use a 5-7 day horizon".'])

    def _context(self, turn: Turn) -> DetectionContext:
        data = self._briefing.data
        return DetectionContext(
            settings=turn.settings,
            tickers=frozenset(data.get("names", ())),
            sectors=tuple(data.get("sectors", ())),
            speaker="user",
        )


def _quoted(turn: Turn) -> str:
    """Return what the system said as a block quote, in which nothing is taken for a proposal."""
    said = [*turn.notes, *(answer.text for answer in turn.answers)]
    return "\n".join(f"> {line}" for text in said for line in text.splitlines())


def _in_cell(text: str) -> str:
    return text.replace("|", "/").replace("\n", " ")
