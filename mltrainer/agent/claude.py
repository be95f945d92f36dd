"""Claude as the analyst: a streaming loop written by hand on the official SDK, which is imported only when needed."""

import asyncio
import importlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal

from mltrainer.actions.describe import tool_schemas
from mltrainer.agent.analyst import Briefing, Cut, Part, Remark, Spent, TextPart, ToolCall, Turn
from mltrainer.agent.claude_errors import garbled, readable, retry_after
from mltrainer.agent.context import ContextSize, recent_from, size_of, summary_of, windowed
from mltrainer.agent.prices import dollars
from mltrainer.agent.prompt import system_prompt
from mltrainer.agent.redaction import listed_for_analyst
from mltrainer.agent.transcript import MessageDict, open_calls, repaired, user_message
from mltrainer.settings.errors import CredentialsError, MltrainerError, TemporaryError
from mltrainer.store.store import Store

DEFAULT_MODEL = "claude-sonnet-5-5"
MAX_TOKENS = 16_000
# A pause asks for the same request again; more than this is a loop.
MAX_PAUSES = 4
CACHED = {"cache_control": {"type": "ephemeral"}}


@dataclass(frozen=True)
class Patience:
    """How long to wait for the API, in seconds.

    Parameters
    ----------
    silence
        Between two pieces of an answer; the API sends pings while it thinks.
    retries, longest
        How often a request that failed before its first word is sent again, and the longest wait in between.
    """

    silence: float = 90.0
    connect: float = 15.0
    retries: int = 2
    longest: float = 20.0


LEAST = ContextSize(longest=0, kept=0)
SUMMARISED = "The older part of this conversation goes to Claude as a summary now; all of it stays stored."


class ClaudeAnalyst:
    """Claude, with the actions as tools and a transcript that only grows.

    Parameters
    ----------
    api_key, base_url
        Where to ask. Both are passed on explicitly, nothing is taken from the environment.
    store
        Keeps the transcript of the session word for word.

    Raises
    ------
    CredentialsError
        If there is no key.
    """

    name: Literal["claude", "offline"] = "claude"

    def __init__(
        self,
        *,
        api_key: str,
        store: Store,
        model: str = DEFAULT_MODEL,
        base_url: str | None = None,
        patience: Patience | None = None,
        context: ContextSize | None = None,
    ) -> None:
        if not api_key.strip():
            raise CredentialsError("there is no key for Claude", hint="set ANTHROPIC_API_KEY, or use --agent offline")
        self.model: str | None = model
        self.notice = f"Claude ({model}). Every trial waits for your word."
        self._key = api_key.strip()
        self._base_url = base_url or "https://api.anthropic.com"
        self._patience = patience or Patience()
        self._store = store
        self._session_id = ""
        self._fixed: dict[str, Any] = {}
        self._context = context or ContextSize()
        self._messages: list[MessageDict] = []
        # Where what is sent begins, and the summary that stands for what is before.
        self._begin, self._summary = 0, ""
        self._client: Any = None

    async def open(self, briefing: Briefing) -> None:
        """Build what stays the same in every request, and load what was said before in this session."""
        tools = tool_schemas()
        self._session_id = briefing.session_id
        self._fixed = {
            "model": self.model,
            "max_tokens": MAX_TOKENS,
            "system": [{"type": "text", "text": system_prompt(briefing), **CACHED}],
            "tools": [*tools[:-1], tools[-1] | CACHED],
            "thinking": {"type": "adaptive", "display": "summarized"},
            "output_config": {"effort": "medium"},
            # The API moves this mark to the last block by itself: the messages stay byte for byte as they were.
            **CACHED,
        }
        self._messages = repaired(self._store.messages(briefing.session_id))
        self._client = await asyncio.to_thread(self._connect)

    def _connect(self) -> Any:
        """Import the SDK, which takes a second, and make a client that does not retry by itself."""
        anthropic: Any = importlib.import_module("anthropic")
        timeout = anthropic.Timeout(self._patience.silence, connect=self._patience.connect)
        return anthropic.AsyncAnthropic(api_key=self._key, base_url=self._base_url, timeout=timeout, max_retries=0)

    async def close(self) -> None:
        """Close the connections."""
        if self._client:
            await self._client.close()

    async def answer(self, turn: Turn) -> AsyncIterator[Part]:
        """Send the turn and pass the answer on as it arrives; tool calls come when they are whole.

        Raises
        ------
        MltrainerError
            If no whole answer came. The transcript then ends with the user's message and is valid.
        """
        self._append(user_message(turn, open_calls(self._messages)))
        if self._summarise(self._context):
            yield Remark(SUMMARISED)
        for _ in range(MAX_PAUSES):
            final: Any = None
            try:
                async for part in self._request():
                    if isinstance(part, (TextPart, Remark)):
                        yield part
                    else:
                        final = part
                async for part in self._finish(final):
                    yield part
            except MltrainerError as error:
                # The model's own limit came first: only what this turn needs is sent then, if that is any less.
                if error.code != "context_exceeded" or not self._summarise(LEAST):
                    raise
                yield Remark(SUMMARISED)
                continue
            if final.stop_reason != "pause_turn":
                return
        raise TemporaryError("Claude paused again and again", hint="say it again", code="paused")

    async def _request(self) -> AsyncIterator[Any]:
        """Yield the pieces of one answer and at last the whole message; try again if it fails before its first word."""
        sent = windowed(self._messages, self._begin, self._summary)
        for attempt in range(self._patience.retries + 1):
            begun, texts = False, 0
            try:
                async with self._client.messages.stream(messages=sent, **self._fixed) as stream:
                    async for event in stream:
                        begun = True
                        if event.type == "content_block_start" and event.content_block.type == "text":
                            texts += 1
                            if texts > 1:
                                yield TextPart("\n\n")
                        elif event.type == "text" and event.text:
                            yield TextPart(event.text)
                        elif event.type == "thinking":
                            yield TextPart(event.thinking, "thinking")
                        elif event.type == "message_delta" and event.delta.stop_reason:
                            # The answer is whole here; message_stop may never come.
                            break
                    final = stream.current_message_snapshot if begun else None
            except Exception as error:
                ours = readable(error, self._key)
                asked = retry_after(error)
                wait = 0.5 * 2**attempt if asked is None else asked
                if begun or not ours.retryable or attempt == self._patience.retries or wait > self._patience.longest:
                    raise ours from None
                yield Remark(f"{ours.message}; trying again in {wait:.0f} s")
                await asyncio.sleep(wait)
                continue
            if final is None:
                raise garbled("no event came")
            if final.stop_reason is None:
                raise TemporaryError("the answer of Claude was cut off", hint="say it again", code="cut_off")
            yield final
            return

    async def _finish(self, final: Any) -> AsyncIterator[Part]:
        """Keep a whole answer, and say what it cost and what it calls."""
        yield self._spent(final.usage)
        reason = final.stop_reason
        if reason == "refusal":
            raise _refused(final)
        if reason == "model_context_window_exceeded" and not final.content:
            raise _too_long()
        content = final.to_dict(mode="json")["content"]
        if content:
            self._append({"role": "assistant", "content": content})
        cut = {
            "max_tokens": "it reached the longest answer allowed",
            "model_context_window_exceeded": "the conversation fills the model's memory; start a new session",
        }.get(reason, "")
        for block in final.content:
            if block.type == "tool_use":
                # Only this reason says that the inputs are complete.
                fault = "" if reason == "tool_use" else f"the call is incomplete: {cut or reason}; make it again"
                if not isinstance(block.input, dict):
                    fault = fault or "the input is no JSON object"
                yield ToolCall(block.id, block.name, {} if fault else dict(block.input), fault)
        if cut:
            yield Cut(cut)

    def _summarise(self, size: ContextSize) -> bool:
        """Move the window where more than this would be sent, and tell whether it moved."""
        if size_of(self._messages[self._begin :]) + len(self._summary) <= size.longest:
            return False
        begin = recent_from(self._messages, size.kept)
        if begin <= self._begin:
            return False
        trials = listed_for_analyst(self._store, self._store.trials(limit=1000, session_id=self._session_id))
        self._begin, self._summary = begin, summary_of(self._store.events(self._session_id), trials)
        return True

    def _append(self, message: MessageDict) -> None:
        self._messages.append(message)
        self._store.add_message(self._session_id, message)

    def _spent(self, usage: Any) -> Spent:
        read = usage.cache_read_input_tokens or 0
        written = usage.cache_creation_input_tokens or 0
        cost = dollars(str(self.model), usage.input_tokens, usage.output_tokens, read, written)
        return Spent(usage.input_tokens + read + written, usage.output_tokens, read, cost)


def _refused(final: Any) -> MltrainerError:
    details = final.stop_details
    category = getattr(details, "category", None) or "no category given"
    return MltrainerError(
        f"Claude declined to answer ({category})",
        hint="say it in other words; the conversation goes on",
        code="refusal",
    )


def _too_long() -> MltrainerError:
    hint = "start a new session; everything is kept in this one"
    return MltrainerError("the conversation is too long for the model", hint=hint, code="context_exceeded")
