"""Slash commands about the ledger: what was predicted, and what came of it."""

from typing import TYPE_CHECKING

from mltrainer.facilitator.scoring import live_record, score_predictions
from mltrainer.render.blocks import Block, Line
from mltrainer.render.ledger import chain_line, prediction_blocks, record_blocks, score_blocks
from mltrainer.render.simulated import simulated_line
from mltrainer.settings.errors import UsageError

if TYPE_CHECKING:
    from mltrainer.agent.conversation import Conversation

SHOWN = 20


async def predictions(conversation: "Conversation", words: list[str]) -> list[Block]:
    """Show predictions, and whether the models kept what they promised."""
    status = words.pop(0).lower() if words and words[0].lower() in ("open", "scored") else None
    if len(words) > 1:
        raise UsageError(
            f"/predictions takes one ticker, not {' '.join(words)!r}", hint="such as /predictions open AAPL"
        )
    store = conversation.facilitator.store
    found = store.find_predictions(status=status, ticker=words[0] if words else None)
    mark: list[Block] = [simulated_line()] if any(one["simulated"] for one in found[:SHOWN]) else []
    table = prediction_blocks(found[:SHOWN], total=len(found))
    record = record_blocks(await live_record(conversation.facilitator))
    return [*mark, *table, Line(""), *record, chain_line(*store.head(), store.broken())]


async def score(conversation: "Conversation", words: list[str]) -> list[Block]:
    """Score what is due on the data of this conversation."""
    if words:
        raise UsageError(f"/score takes nothing, but {' '.join(words)!r} was given")
    found = await score_predictions(conversation.facilitator)
    return [*score_blocks(found), *record_blocks(found["record"])]
