"""What a conversation cost: tokens, cached tokens and dollars, a turn and in total."""

from collections.abc import Sequence
from dataclasses import dataclass

from mltrainer.render.blocks import Block, Column, Grid, Line
from mltrainer.render.safe import safe_line
from mltrainer.settings import events
from mltrainer.settings.events import Event

_WORDS = 40


@dataclass
class Turn:
    """What the answers to one thing that the user said cost; ``dollars`` is None where no price is known."""

    said: str
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    dollars: float | None = None
    answers: int = 0

    def add(self, used: events.Usage) -> None:
        """Add what one answer used."""
        self.input_tokens += used.input_tokens
        self.cached_tokens += used.cached_tokens
        self.output_tokens += used.output_tokens
        self.answers += 1
        if used.dollars is not None:
            self.dollars = (self.dollars or 0.0) + used.dollars


def turns_of(told: Sequence[Event]) -> list[Turn]:
    """Return what each turn cost that asked the AI anything."""
    turns = [Turn("")]
    for event in told:
        if isinstance(event, events.Message) and event.role == "user":
            turns.append(Turn(event.text))
        elif isinstance(event, events.Usage):
            turns[-1].add(event)
    return [turn for turn in turns if turn.answers]


def cost_blocks(told: Sequence[Event]) -> list[Block]:
    """Return the table of turns with their sum."""
    turns = turns_of(told)
    if not turns:
        return [Line("Nothing was asked of a paid model in this session.", "dim")]
    total = Turn("total")
    for turn in turns:
        total.input_tokens += turn.input_tokens
        total.cached_tokens += turn.cached_tokens
        total.output_tokens += turn.output_tokens
        total.answers += turn.answers
        if turn.dollars is not None:
            total.dollars = (total.dollars or 0.0) + turn.dollars
    columns = (
        Column("turn", 0, wrap=True),
        Column("answers", 4, right=True),
        Column("tokens in", 1, right=True),
        Column("cached", 2, right=True),
        Column("out", 3, right=True),
        Column("dollars", 0, right=True),
    )
    return [Grid(columns, [_row(turn) for turn in [*turns, total]], [""] * len(turns) + ["head"])]


def _row(turn: Turn) -> list[str]:
    said = safe_line(turn.said)
    short = said if len(said) <= _WORDS else f"{said[:_WORDS]}..."
    dollars = "unknown" if turn.dollars is None else f"{turn.dollars:.4f}"
    counts = (turn.answers, turn.input_tokens, turn.cached_tokens, turn.output_tokens)
    return [short, *(f"{count:,}" for count in counts), dollars]
