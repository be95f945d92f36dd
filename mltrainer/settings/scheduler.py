"""The address of a cluster's scheduler, as people write it."""

import re

from mltrainer.settings.errors import UsageError

_HINT = "write it like tcp://HOST:8786, tls://HOST:8786, or tcp://[::1]:8786"
_ADDRESS = re.compile(r"(?:(tcp|tls)://)?(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})")


def scheduler_address(text: str) -> str:
    """Return the address with its protocol; TCP where none is written.

    Raises
    ------
    UsageError
        If it is no address.
    """
    if "@" in text:
        # What stands before the sign may be a secret: it is not repeated.
        raise UsageError("a scheduler takes no user and no password in its address", hint=_HINT, code="wrong_value")
    match = _ADDRESS.fullmatch(text.strip())
    if not match or not 0 < int(match[3]) < 65536:
        raise UsageError(f"{text!r} is no address of a scheduler", hint=_HINT, code="wrong_value")
    return f"{match[1] or 'tcp'}://{match[2]}:{match[3]}"


def host_and_port(address: str) -> tuple[str, int]:
    """Split what `scheduler_address` returned."""
    host, _, port = address.partition("://")[2].rpartition(":")
    return host.strip("[]"), int(port)
