"""Hearing an analyst out: the pieces of an answer go out as events, the whole comes back."""

from contextlib import aclosing
from dataclasses import dataclass, replace

from mltrainer.agent.analyst import Analyst, Cut, Remark, Spent, TextPart, ToolCall, Turn
from mltrainer.agent.citation.expression import Open
from mltrainer.agent.citation.references import Cited, References
from mltrainer.settings import events
from mltrainer.settings.stream import EventStream


@dataclass(frozen=True)
class Reply:
    """A whole answer of the analyst, its references resolved.

    Parameters
    ----------
    cut
        Why it ended early, empty if it did not.
    cited
        Where in the text the host put figures in place of references.
    """

    text: str
    calls: tuple[ToolCall, ...]
    cut: str = ""
    cited: tuple[Cited, ...] = ()


class Ear:
    """Listens to an analyst and adds up what it costs; ``dollars`` is None as long as no price is known.

    Parameters
    ----------
    open_trial
        Where results are found that the analyst cites by reference.
    """

    def __init__(self, analyst: Analyst, stream: EventStream, open_trial: Open) -> None:
        self.dollars: float | None = None
        self._analyst = analyst
        self._stream = stream
        self._open_trial = open_trial

    async def listen(self, turn: Turn) -> Reply:
        """Return the whole answer to a turn.

        Raises
        ------
        MltrainerError
            If no whole answer could be had.
        """
        texts: list[str] = []
        calls: list[ToolCall] = []
        spent: list[Spent] = []
        cut = ""
        references = References(self._open_trial)
        try:
            async with aclosing(self._analyst.answer(turn)) as parts:  # type: ignore[type-var]
                async for part in parts:
                    match part:
                        case TextPart():
                            shown = references.feed(part.text) if part.kind == "text" else part.text
                            if shown:
                                self._stream.emit(events.TextDelta, text=shown, kind=part.kind)
                            if part.kind == "text":
                                texts.append(shown)
                        case ToolCall():
                            calls.append(part)
                        case Cut():
                            cut = part.reason
                        case Remark():
                            self._stream.emit(events.Notice, text=part.text)
                        case Spent():
                            spent.append(part)
            if rest := references.close():
                self._stream.emit(events.TextDelta, text=rest)
                texts.append(rest)
            whole = "".join(texts)
            text = whole.strip()
            if text:
                self._stream.emit(events.Message, role="assistant", text=text)
        finally:
            # After the whole answer, which nothing may come between; a refused answer costs as well.
            for one in spent:
                self._add(one)
        if cut:
            self._stream.emit(events.Notice, text=f"The answer ended early: {cut}.")
        opening = len(whole) - len(whole.lstrip())
        cited = tuple(replace(one, start=one.start - opening, end=one.end - opening) for one in references.cited)
        return Reply(text, tuple(calls), cut, cited)

    def _add(self, spent: Spent) -> None:
        if spent.dollars is not None:
            self.dollars = (self.dollars or 0.0) + spent.dollars
        self._stream.emit(
            events.Usage,
            input_tokens=spent.input_tokens,
            output_tokens=spent.output_tokens,
            cached_tokens=spent.cached_tokens,
            dollars=spent.dollars,
            total_dollars=self.dollars,
        )
