"""The offline analyst: rules instead of an AI, with the same protocol. It invents nothing and says what it is."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count
from typing import Literal

from mltrainer.actions.describe import show_value
from mltrainer.actions.detect import LONGEST_ORDER, detect
from mltrainer.actions.detect_universe import top_of_what
from mltrainer.actions.detection import Detection, DetectionContext
from mltrainer.actions.proposals import propose
from mltrainer.actions.registry import find_action
from mltrainer.actions.selection import read_selection
from mltrainer.agent import questions
from mltrainer.agent.analyst import Briefing, Part, TextPart, ToolCall, Turn
from mltrainer.agent.answers import Answers
from mltrainer.agent.explain import explain
from mltrainer.agent.next_step import next_step, steps_done
from mltrainer.agent.reading import user_changes
from mltrainer.agent.spoken import trial_sentence
from mltrainer.agent.unread import unread_numbers
from mltrainer.facilitator.facilitator import Facilitator
from mltrainer.models.registry import MODELS

# A trial that is only named, such as "momentum screening with LightGBM", is asked for.
_NAMED = re.compile(r"\s*(a |the )?(momentum|screening|walk[- ]?forward|regime detection|deep(er)? analysis)\b", re.I)
_YES = re.compile(r"\s*(yes|go|run|ok|okay|proceed|execute|approve)([\s,.!]+(go|ahead|please|it))*[\s.!]*$", re.I)
_NO = re.compile(r"\W*(no|nope|nah|nein|cancel|decline|stop|not now|later)\b[\s,.!]*(thanks?|thank you)?\W*$", re.I)
_HELP = re.compile(
    r"\W*((hi|hello|hey|hallo|moin|servus|greetings|good (morning|afternoon|evening|day)|guten (tag|morgen|abend))\b"
    r".{0,20}"
    r"|help( me)?|what can (you|i|we) (do|say|ask)( here)?|who are you|what are you|how does (this|it) work)\W*$",
    re.I,
)
_NEXT = re.compile(
    r"^\W*(and |so |ok,? )?(next|continue|go on|what now)\W*$|\bnext (step|trial|one)\b|\bwhat (next|now)\b"
    r"|\bwhat (should|would|do|can) (we|you|i) (do|try|run|suggest|recommend)\b",
    re.I,
)
_SHOW = re.compile(r"\b(show|give|list|see|what|which|who)\b", re.I)
_REGIME = re.compile(r"\bregime\b(?!.*\bmean)|\bmarket\b.*\?|\bgood time to (buy|invest)\b", re.I)
_AGAIN = re.compile(r"\b(start|begin|launch|kick off|screen(ing)?|momentum|restate|again|propose|re-?run|find)\b", re.I)

_MORE = (
    'Settings change in plain words too, such as "stocks that rise 8 % in 5-7 days, only technology, 60 % confidence". '
    'Questions are fine as well: "why so few?", "which model was best?", "what is the base rate?", "is this real?"'
)
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
        self._answers = Answers(facilitator)
        self._offered: set[str] = set()
        self._may_pick = False
        self._calls: list[ToolCall] = []
        self._ids = count(1)

    async def open(self, briefing: Briefing) -> None:
        """Take in the facts of the session."""
        self._answers.briefing = briefing

    async def close(self) -> None:
        """Nothing is open."""

    async def answer(self, turn: Turn) -> AsyncIterator[Part]:
        """Answer one turn, a few words at a time."""
        self._calls = []
        # A fetch may have changed them since the conversation began; where it has not, nothing is read again.
        briefing = self._answers.briefing
        self._answers.briefing = replace(briefing, data=await self._facilitator.describe_data())
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
        if turn.kind == "declined" and _NO.match(text):
            return "Nothing was run. Say what to change, ask something, or say what to run instead."
        if _HELP.match(text):
            return self._help()
        if found := self._asked_for(text, turn):
            return "\n\n".join(self._proposal(one, turn) for one in found) + self._unread(text, found, turn)
        if turn.changed:
            return self._again(turn) + self._unread(text, [], turn)
        if user_changes(text, self._context(turn, "user")):
            return f"That is so already. {self._again(turn)}{self._unread(text, [], turn)}"
        if (open_ := top_of_what(text)) and not _SHOW.search(text):
            return _which_top(open_)
        if _YES.match(text) or _NO.match(text):
            return "Nothing waits for a decision right now."
        if _NEXT.search(text):
            return self._next(turn)
        if _REGIME.search(text):
            return self._regime(turn)
        if answer := self._answers.find(text, turn):
            return answer
        if _AGAIN.search(text):
            return self._again(turn) + self._unread(text, [], turn)
        if len(text) > LONGEST_ORDER:
            return (
                "That is long: I take it for pasted text, in which I look for no request. Say it in a sentence or two."
            )
        if "%" in text and (left := self._unread(text, [], turn)):
            return left.strip()
        return self._help("I did not understand that.")

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

    def _again(self, turn: Turn) -> str:
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
        return f"{explained}\n\n{self._next(turn)}"

    def _next(self, turn: Turn) -> str:
        """Propose the next step from the latest result that has candidates."""
        done = steps_done(list(self._answers.finished()))
        step = next_step(self._answers.latest("candidates") or {}, turn.settings, self._offered | done)
        if not step:
            return "My rules have no further step of their own. Say what you would like to change."
        self._offered.add(step.key)
        return step.text

    def _regime(self, turn: Turn) -> str:
        if document := self._answers.latest("regime"):
            return questions.about_regime(document)
        return f"The regime was not looked at yet. {trial_sentence('regime_detection', {}, turn.settings)}"

    def _unread(self, text: str, found: list[Detection], turn: Turn) -> str:
        """Return which numbers nothing was made of, so that none is dropped in silence."""
        stated = {place: one.stated for place, one in enumerate(found)}
        now = turn.settings.model_dump(mode="json")
        open_ = top_of_what(text)
        left = unread_numbers(text, {"found": stated, "models": len(MODELS), "now": now, "open": open_})
        return "".join(
            [
                f"\n\n{_which_top(open_)}" if open_ else "",
                f"\n\nI could make nothing of {' and '.join(left)} in what you said." if left else "",
                ' A share needs its name, such as "confidence 60 %" or "target 8 %".' if "%" in "".join(left) else "",
            ]
        )

    def _help(self, opening: str = "") -> str:
        self._may_pick = True
        known = "I am a set of rules and understand plain requests. You can say one of these:"
        lines = [f"{opening} {known}".strip(), ""]
        lines += [f'{place}. "{option}"' for place, option in enumerate(OPTIONS, start=1)]
        return "\n".join([*lines, "", _MORE])

    def _context(self, turn: Turn, speaker: Literal["ai", "user"]) -> DetectionContext:
        data = self._answers.briefing.data
        names, sectors = frozenset(data.get("names", ())), tuple(data.get("sectors", ()))
        return DetectionContext(settings=turn.settings, tickers=names, sectors=sectors, speaker=speaker)


def _which_top(count: int) -> str:
    return (
        f'The top {count} of what? Say "universe top {count}" for the {count} most traded stocks, or '
        f'"{count} picks a day" for how many candidates count as the picks.'
    )


def _quoted(*said: str) -> str:
    """Return what the system said as a block quote, in which nothing is taken for a proposal."""
    return "\n".join(f"> {line}" for text in said for line in text.splitlines())
