"""Requests to a vendor: in time, at the permitted pace, again where that may help, and with the key out of sight."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlsplit

import certifi
import urllib3

from mltrainer.data.pace import Pace
from mltrainer.settings.errors import CredentialsError, MltrainerError, TemporaryError, UsageError

ATTEMPTS = 5
CONNECT_SECONDS = 10.0
LONGEST_WAIT = 120.0
LONGEST_ANSWER = 120.0
RETRIED_STATUS = (408, 425, 429)

Judge = Callable[[int, bytes], MltrainerError | None]


@dataclass(frozen=True)
class Answer:
    """What came back: as much of a urllib3 response as the vendor's own client reads."""

    status: int
    headers: Mapping[str, str]
    data: bytes


class Transport:
    """Sends GET requests to one vendor.

    Parameters
    ----------
    vendor
        The name for messages.
    key
        The key, only to keep it out of every message.
    pace
        How often may be asked.
    judge
        Says from status and body what is wrong with an answer, None for nothing. A ``TemporaryError`` is asked again.
    read
        Seconds until the next byte must come.
    """

    def __init__(self, vendor: str, key: str, pace: Pace, judge: Judge, *, read: float = 30.0) -> None:
        self.vendor = vendor
        self.pace = pace
        self.requests = 0
        self.server_time: datetime | None = None
        self._key = key
        self._judge = judge
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=read),
            retries=False,
            cert_reqs="CERT_REQUIRED",
            ca_certs=certifi.where(),
        )

    def request(
        self, method: str, url: str, fields: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask until there is a good answer, at most five times.

        Raises
        ------
        TemporaryError
            If the vendor cannot be reached, is overloaded, or answers with junk.
        MltrainerError
            What ``judge`` says of an answer.
        """
        for attempt in range(1, ATTEMPTS + 1):
            self.pace.wait()
            self.requests += 1
            wait = float(2 ** (attempt - 1))
            error: MltrainerError
            try:
                answer = self._once(method, url, fields, headers)
            except (urllib3.exceptions.HTTPError, OSError) as broken:
                # Its text holds the address with all that was asked, the key included: only its kind is told.
                error = TemporaryError(
                    f"{self.vendor} cannot be reached ({_kind(broken)})",
                    hint="try again later; what was fetched is kept",
                    code="network",
                )
            else:
                found = self._verdict(answer)
                if found is None:
                    return answer
                error = found
                wait = max(self._asked_wait(answer, wait), 0.0)
            if not isinstance(error, TemporaryError):
                raise error
            if wait > LONGEST_WAIT:
                raise TemporaryError(
                    f"{self.vendor} asks to wait {wait:.0f} s", hint="try again then; what was fetched is kept"
                )
            if attempt < ATTEMPTS:
                self.pace.pause(wait)
        raise error

    def _once(
        self, method: str, url: str, fields: Mapping[str, str] | None, headers: Mapping[str, str] | None
    ) -> Answer:
        # Another host must never see the key: a redirection is an answer like any other.
        response = self._pool.request(
            method, url, fields=fields, headers=headers, redirect=False, preload_content=False
        )
        try:
            limit = time.monotonic() + LONGEST_ANSWER
            parts = []
            while part := response.read1():
                parts.append(part)
                if time.monotonic() > limit:
                    raise TimeoutError("the answer does not end")
            # Reading by pieces does not notice that some are missing.
            stated = response.headers.get("Content-Length", "")
            if stated.isdigit() and response.tell() < int(stated):
                raise ConnectionError("the answer is not whole")
            answer = Answer(response.status, dict(response.headers), b"".join(parts))
        except BaseException:
            response.close()
            raise
        response.release_conn()
        with suppress(TypeError, ValueError):
            self.server_time = parsedate_to_datetime(response.headers.get("Date", "")).astimezone(UTC)
        return answer

    def _verdict(self, answer: Answer) -> MltrainerError | None:
        error = self._judge(answer.status, answer.data)
        if error is None and answer.status != 200:
            kind = TemporaryError if answer.status >= 500 or answer.status in RETRIED_STATUS else MltrainerError
            error = kind(f"{self.vendor} answered {answer.status}", hint="try again later")
        if error is None:
            return None
        return type(error)(self._hidden(error.message), hint=self._hidden(error.hint), code=error.code)

    def _asked_wait(self, answer: Answer, usual: float) -> float:
        asked = {name.lower(): value for name, value in answer.headers.items()}.get("retry-after", "").strip()
        if asked.isdigit():
            return float(asked)
        with suppress(TypeError, ValueError):
            return (parsedate_to_datetime(asked) - (self.server_time or datetime.now(UTC))).total_seconds()
        if answer.status == 429 and self.pace.count:
            return min(self.pace.seconds, LONGEST_WAIT)
        return usual

    def _hidden(self, text: str) -> str:
        for secret in {self._key, quote(self._key, safe="")}:
            text = text.replace(secret, "[key]")
        return text


def checked_key(key: str, vendor: str, variable: str) -> str:
    """Return the key without the blanks around it.

    Raises
    ------
    CredentialsError
        If there is none, or it holds what no key holds.
    """
    key = key.strip()
    if not key:
        raise CredentialsError(f"there is no key for {vendor}", hint=f"set {variable}", code="key_missing")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise CredentialsError(
            f"the key for {vendor} holds characters that no key has", hint=f"check {variable}", code="key_wrong"
        )
    return key


def checked_base(url: str, variable: str) -> str:
    """Return the base address without a slash at its end.

    Raises
    ------
    UsageError
        If it is no address of a web server.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{variable} is no http or https address", hint="write it like https://host", code="wrong_url")
    return url.rstrip("/")


def _kind(error: Exception) -> str:
    if isinstance(error, urllib3.exceptions.SSLError):
        return "no trusted connection"
    if isinstance(error, urllib3.exceptions.NewConnectionError | ConnectionRefusedError):
        return "no connection"
    if isinstance(error, urllib3.exceptions.TimeoutError | TimeoutError):
        return "no answer in time"
    return "the connection was cut"
