"""Failures of the API in our own words: what happened, what to do, and never a key."""

import json
import re
from typing import Any

from mltrainer.settings.errors import CredentialsError, MltrainerError, TemporaryError

_KEY = re.compile(r"sk-ant-[\w-]+")
_AGAIN = "say it again in a moment"


def without_key(text: str, key: str) -> str:
    """Return the text without the key or anything that looks like one."""
    return _KEY.sub("***", text.replace(key, "***") if key else text)


def readable(error: Exception, key: str) -> MltrainerError:
    """Return the error that the user sees for whatever the SDK or the network raised."""
    import anthropic
    import httpx2

    if isinstance(error, MltrainerError):
        return error
    if isinstance(error, anthropic.APIStatusError):
        return _status(error, key)
    if isinstance(error, (anthropic.APITimeoutError, httpx2.TimeoutException)):
        return TemporaryError("Claude did not answer in time", hint=_AGAIN, code="timeout")
    if isinstance(error, anthropic.APIConnectionError):
        cause = without_key(str(error.__cause__ or error), key)
        return TemporaryError(f"Claude cannot be reached ({cause})", hint="check the network", code="unreachable")
    if isinstance(error, httpx2.TransportError):
        return TemporaryError("the answer of Claude was cut off", hint=_AGAIN, code="cut_off")
    # Everything else that comes out of reading an answer means that it was none: HTML of a proxy, broken JSON.
    return garbled(type(error).__name__)


def garbled(why: str) -> MltrainerError:
    """Return the error for an answer that is no answer of the API."""
    return MltrainerError(
        f"the answer of Claude cannot be read ({why})",
        hint="check ANTHROPIC_BASE_URL: something other than the API may answer there",
        code="garbled_answer",
    )


def retry_after(error: Exception) -> float | None:
    """Return the seconds that the API asks to wait, or None."""
    headers: Any = getattr(getattr(error, "response", None), "headers", {})
    try:
        return max(0.0, float(headers["retry-after"]))
    except (KeyError, ValueError):
        return None


def _status(error: Any, key: str) -> MltrainerError:
    """Read status and type: an error that comes in mid-stream has the status 200, only its type tells."""
    status, kind, said = error.status_code, _kind(error.body), without_key(_said(error), key)
    if status in (401, 403) or kind in ("authentication_error", "permission_error"):
        return CredentialsError(f"Claude refused the key ({said})", hint="check ANTHROPIC_API_KEY")
    if status == 402 or kind == "billing_error":
        return CredentialsError(f"Claude refused for billing ({said})", hint="check the account", code="billing")
    if status == 429 or kind == "rate_limit_error":
        wait = retry_after(error)
        hint = f"try again in {wait:.0f} seconds" if wait is not None else "try again in a minute"
        return TemporaryError(f"Claude's rate limit is reached ({said})", hint=hint, code="rate_limit")
    if status in (408, 409) or status >= 500 or kind in ("overloaded_error", "api_error", "timeout_error"):
        return TemporaryError(f"Claude is not available ({said})", hint=_AGAIN, code=kind or f"http_{status}")
    if status == 404 or kind == "not_found_error":
        return MltrainerError(f"Claude does not know what was asked for ({said})", hint="check MLTRAINER_MODEL")
    if status == 413 or "too long" in said:
        hint = "start a new session; everything is kept in this one"
        return MltrainerError("the conversation is too long for the model", hint=hint, code="context_exceeded")
    return MltrainerError(f"Claude refused the request ({said})", code=kind or f"http_{status}")


def _error_part(body: object) -> dict[str, Any]:
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return {}
    part = body.get("error") if isinstance(body, dict) else None
    return part if isinstance(part, dict) else {}


def _kind(body: object) -> str:
    return str(_error_part(body).get("type", ""))


def _said(error: Any) -> str:
    text = str(_error_part(error.body).get("message", "")) or f"HTTP {error.status_code}"
    return " ".join(text.split())[:300]
