"""Slash commands about the ledger: what was predicted, and what came of it."""

from typing import TYPE_CHECKING

from mltrainer.facilitator import holdings as paper
from mltrainer.facilitator.scoring import live_record, score_predictions
from mltrainer.render.blocks import Block, Line
from mltrainer.render.holdings import holding_blocks
from mltrainer.render.ledger import chain_line, prediction_blocks, record_blocks, score_blocks
from mltrainer.render.simulated import simulated_line
from mltrainer.repl.values import read_pairs
from mltrainer.settings.errors import MltrainerError, UsageError

if TYPE_CHECKING:
    from mltrainer.agent.conversation import Conversation
    from mltrainer.store.store import Store

SHOWN = 20
KEYS = ("price", "size", "target", "stop", "horizon", "since")


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
    record = record_blocks(await live_record(conversation.facilitator, store.predictions()))
    return [*mark, *table, Line(""), *record, *_chain(store)]


async def score(conversation: "Conversation", words: list[str]) -> list[Block]:
    """Score what is due on the data of this conversation."""
    if words:
        raise UsageError(f"/score takes nothing, but {' '.join(words)!r} was given")
    found = await score_predictions(conversation.facilitator)
    return [*score_blocks(found), *record_blocks(found["record"]), *_chain(conversation.facilitator.store)]


async def hold(conversation: "Conversation", words: list[str]) -> list[Block]:
    """Note a paper holding."""
    ticker, *pairs = words or [""]
    stated = read_pairs(pairs, KEYS, conversation.settings.current)
    if not ticker or "=" in ticker or not {"price", "size"} <= set(stated):
        raise UsageError(
            "/hold takes a ticker, its price and the size", hint="/hold AAPL price=187.5 size=10 target=7%"
        )
    key = paper.hold(conversation.facilitator.store, ticker, **paper.read_holding(**stated))
    return [Line(f"{key} is noted on paper. mltrainer places no orders.")]


async def holdings(conversation: "Conversation", words: list[str]) -> list[Block]:
    """Show paper holdings on the data at hand, or close one."""
    facilitator = conversation.facilitator
    if words[:1] == ["drop"] and len(words) == 2:
        paper.drop(facilitator.store, words[1].upper())
        return [Line(f"{words[1].upper()} is closed.")]
    if words:
        raise UsageError(f"/holdings cannot read {' '.join(words)!r}", hint="/holdings, or /holdings drop H1")
    mark: list[Block] = [simulated_line()] if conversation.data.get("simulated") else []
    return [*mark, *holding_blocks(await paper.standing(facilitator)), *_chain(facilitator.store)]


def _chain(store: "Store") -> list[Block]:
    return [chain_line(*store.head(), store.broken()), *(Line(text, "warn") for text in store.set_back())]


async def news(conversation: "Conversation") -> list[Block]:
    """Return what happened to paper holdings, for the prompt; nothing where none needs a look."""
    try:
        said = await paper.alerts(conversation.facilitator)
    except MltrainerError as error:
        # The conversation is none the worse for it.
        said = [f"Paper holdings cannot be followed here: {error.message}"]
    return [Line(text, "accent") for text in said]
