"""What of a long conversation the AI is sent: a summary of the old part from stored facts, and the recent turns.

The stored transcript stays whole. The window moves seldom and far, since every move costs the cache of the prompt.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mltrainer.agent.transcript import MessageDict

_SUMMARY_LINES = 60
_LONGEST_LINE = 300
_SHOWN = ("models", "label", "horizon", "target_return", "confidence_threshold", "universe", "tickers")


@dataclass(frozen=True)
class ContextSize:
    """How much is sent, in characters of JSON, of which three to four make a token.

    Parameters
    ----------
    longest
        Above this the old part is summarised.
    kept
        At most this much of the recent turns stays word for word, and never less than the last one.
    """

    longest: int = 480_000
    kept: int = 120_000


def size_of(messages: Sequence[MessageDict]) -> int:
    """Return the size of messages in characters of JSON."""
    return sum(len(json.dumps(message)) for message in messages)


def recent_from(messages: Sequence[MessageDict], kept: int) -> int:
    """Return where the recent turns begin: at words of the user that answer no tool call, 0 if there are none."""
    begin, size = 0, 0
    for place in range(len(messages) - 1, 0, -1):
        size += size_of(messages[place : place + 1])
        if begin and size > kept:
            break
        if _is_beginning(messages[place]):
            begin = place
    return begin


def windowed(messages: Sequence[MessageDict], begin: int, summary: str) -> list[MessageDict]:
    """Return what is sent: the messages from ``begin`` on, with the summary before the words of the first."""
    if not begin:
        return list(messages)
    first, *others = messages[begin:]
    return [first | {"content": [{"type": "text", "text": summary}, *_blocks(first)]}, *others]


def summary_of(told: Sequence[dict[str, Any]], trials: Sequence[dict[str, Any]]) -> str:
    """Return what happened in a session, from its stored events and trials; the newest facts where they are many.

    Parameters
    ----------
    told
        The events of the session as the store returns them, in order.
    trials
        Trials with id, status and headline.
    """
    headlines = {one["trial_id"]: one.get("headline") or one.get("error") or one["status"] for one in trials}
    lines = [line for event in told if (line := _fact(event, headlines))]
    left_out = len(lines) - _SUMMARY_LINES
    head = [
        "(Summary by the host of the older part of this conversation, from the store; what was said in it is left out. "
        "show_results opens every trial again.)"
    ]
    head += [f"({left_out} older facts are left out.)"] if left_out > 0 else []
    return "\n".join(head + lines[-_SUMMARY_LINES:])


def _fact(event: dict[str, Any], headlines: dict[str, str]) -> str:
    match event:
        case {"type": "action.started", "trial_id": str(trial)}:
            arguments = {key: event["arguments"][key] for key in _SHOWN if key in event.get("arguments", {})}
            said = json.dumps(arguments, separators=(",", ":"))
            return f"- {trial} {event['action']} {said}: {headlines.get(trial, 'unknown')}"[:_LONGEST_LINE]
        case {"type": "settings.changed"}:
            return f"- settings changed by the {event['by']}: {json.dumps(event['after'])}"[:_LONGEST_LINE]
        case {"type": "approval", "decision": "declined"}:
            return f"- {event['proposal']} declined: {event.get('reason') or 'no reason given'}"[:_LONGEST_LINE]
        case {"type": "message", "role": "user"}:
            return f"- the user said: {' '.join(event['text'].split())}"[:_LONGEST_LINE]
    return ""


def _is_beginning(message: MessageDict) -> bool:
    return message["role"] == "user" and all(block["type"] != "tool_result" for block in _blocks(message))


def _blocks(message: MessageDict) -> list[MessageDict]:
    content = message["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)
