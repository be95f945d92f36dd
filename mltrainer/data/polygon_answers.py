"""What is wrong with an answer of Polygon: its own errors, and answers that only claim to be good."""

import json

from mltrainer.settings.errors import CredentialsError, DataError, MltrainerError, TemporaryError, UsageError


def judge(status: int, body: bytes) -> MltrainerError | None:
    """Return the error that an answer means, None where it is good."""
    if status == 200:
        return _junk(body)
    said = _said(body) or f"status {status}"
    if status == 401:
        return CredentialsError(f"Polygon refused the key: {said}", hint="check POLYGON_API_KEY", code="key_refused")
    if status == 403:
        return _not_entitled(said)
    if status == 404:
        return UsageError(
            f"Polygon does not know this: {said}", hint="check the ticker, and POLYGON_BASE_URL", code="unknown_ticker"
        )
    if status == 429:
        return TemporaryError(
            "Polygon's limit of requests is reached",
            hint="try again in a minute; what was fetched is kept; MLTRAINER_POLYGON_RATE sets the pace of your plan",
            code="rate_limit",
        )
    if status in (400, 422):
        return UsageError(f"Polygon refused the request: {said}", hint="check ticker and dates", code="refused")
    return None


def _not_entitled(said: str) -> MltrainerError:
    if "before end of day" in said:
        return DataError(f"Polygon: {said}", hint="ask again after the session", code="session_unfinished")
    hint = "your plan does not hold this: see what it holds, or check POLYGON_API_KEY"
    if "timeframe" in said:
        hint = "the free plan reaches back about two years: give a later --from, or a higher plan"
    return CredentialsError(f"Polygon does not permit this: {said}", hint=hint, code="not_entitled")


def _junk(body: bytes) -> TemporaryError | None:
    """Return what is wrong with an answer that claims to be good; the vendor's client would take it for empty."""
    try:
        found = json.loads(body)
    except ValueError:
        return TemporaryError("Polygon answered with something that is no JSON", hint="try again later", code="junk")
    if isinstance(found, list):
        return None
    if not isinstance(found, dict):
        return TemporaryError("Polygon's answer is no object", hint="try again later", code="junk")
    if str(found.get("status", "OK")).upper() not in ("OK", "DELAYED"):
        return TemporaryError(f"Polygon answered with status {found['status']!r}: {_said(body)}", code="junk")
    results = found.get("results")
    stated = found.get("resultsCount", 0)
    if isinstance(results, list) and isinstance(stated, int) and len(results) < stated or results is None and stated:
        held = len(results) if isinstance(results, list) else 0
        return TemporaryError(f"Polygon's answer holds {held} of {stated} results", code="junk")
    if "resultsCount" in found and isinstance(results, list) and not all(_is_bar(one) for one in results):
        return TemporaryError("Polygon's answer holds bars without a time", hint="try again later", code="junk")
    return None


def _is_bar(found: object) -> bool:
    return isinstance(found, dict) and isinstance(found.get("t"), int | float) and not isinstance(found["t"], bool)


def _said(body: bytes) -> str:
    try:
        found = json.loads(body)
    except ValueError:
        return ""
    text = (found.get("error") or found.get("message") or "") if isinstance(found, dict) else ""
    return str(text)[:200]
