"""Hearing an analyst out: the pieces of an answer go out as events, the whole comes back."""

from contextlib import aclosing
from dataclasses import dataclass

from mltrainer.agent.analyst import Analyst, Cut, Remark, Spent, TextPart, ToolCall, Turn
from mltrainer.settings import events
from mltrainer.settings.stream import EventStream


@dataclass(frozen=True)
class Reply:
    """A whole answer of the analyst. ``cut`` says why it ended early, empty if it did not."""

    text: str
    calls: tuple[ToolCall, ...]
    cut: str = ""


class Ear:
    """Listens to an analyst and adds up what it costs; ``dollars`` is None as long as no price is known."""

    def __init__(self, analyst: Analyst, stream: EventStream) -> None:
        self.dollars: float | None = None
        self._analyst = analyst
        self._stream = stream

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
        try:
            async with aclosing(self._analyst.answer(turn)) as parts:  # type: ignore[type-var]
                async for part in parts:
                    match part:
                        case TextPart():
                            self._stream.emit(events.TextDelta, text=part.text, kind=part.kind)
                            if part.kind == "text":
                                texts.append(part.text)
                        case ToolCall():
                            calls.append(part)
                        case Cut():
                            cut = part.reason
                        case Remark():
                            self._stream.emit(events.Notice, text=part.text)
                        case Spent():
                            spent.append(part)
            text = "".join(texts).strip()
            if text:
                self._stream.emit(events.Message, role="assistant", text=text)
        finally:
            # After the whole answer, which nothing may come between; a refused answer costs as well.
            for one in spent:
                self._add(one)
        if cut:
            self._stream.emit(events.Notice, text=f"The answer ended early: {cut}.")
        return Reply(text, tuple(calls), cut)

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
