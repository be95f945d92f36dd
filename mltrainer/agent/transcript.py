"""The transcript of the AI: message dicts of the API, append-only, in which every tool call has its answer."""

from collections.abc import Sequence
from typing import Any

from mltrainer.agent.analyst import Answer, Turn

MessageDict = dict[str, Any]

UNANSWERED = "No answer was recorded: the call was interrupted before it was decided. Nothing ran for it."


def open_calls(messages: Sequence[MessageDict]) -> list[str]:
    """Return the ids of tool calls in the last message that still need an answer."""
    return _calls(messages[-1]) if messages else []


def user_message(turn: Turn, calls: Sequence[str]) -> MessageDict:
    """Return the next user message: one result for every open call first, then what is said.

    Parameters
    ----------
    calls
        Ids of the open tool calls. The API refuses a conversation in which one of them is left out.
    """
    given = {answer.call: answer for answer in turn.answers}
    content = [_result(given.get(call, Answer(call, UNANSWERED, is_error=True))) for call in calls]
    texts = [*turn.notes, *(answer.text for answer in turn.answers if answer.call not in calls)]
    if turn.kind in ("user", "declined"):
        texts.append(turn.text)
    content += [{"type": "text", "text": text} for text in texts if text.strip()]
    return {"role": "user", "content": content or [{"type": "text", "text": "Go on."}]}


def repaired(messages: Sequence[MessageDict]) -> list[MessageDict]:
    """Return a stored transcript in which every tool call but those of the last message is answered.

    The same transcript always gives the same repair, so that caches of the prompt stay good.
    """
    whole: list[MessageDict] = []
    for message in messages:
        missing = [call for call in open_calls(whole) if call not in _answered(message)]
        if missing:
            results = [_result(Answer(call, UNANSWERED, is_error=True)) for call in missing]
            if message["role"] == "user":
                # All results of one message must stand together, before any text.
                message = {"role": "user", "content": results + _blocks(message)}
            else:
                whole.append({"role": "user", "content": results})
        whole.append(message)
    return whole


def _calls(message: MessageDict) -> list[str]:
    if message["role"] != "assistant":
        return []
    return [block["id"] for block in _blocks(message) if block["type"] == "tool_use"]


def _answered(message: MessageDict) -> set[str]:
    return {block["tool_use_id"] for block in _blocks(message) if block["type"] == "tool_result"}


def _blocks(message: MessageDict) -> list[MessageDict]:
    content = message["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


def _result(answer: Answer) -> MessageDict:
    block = {"type": "tool_result", "tool_use_id": answer.call, "content": answer.text}
    return block | ({"is_error": True} if answer.is_error else {})
