"""Patterns that are compiled when they are first used: a session that reads no prose pays nothing for them."""

import re
from typing import Any, cast


class _Lazy:
    def __init__(self, text: str, flags: re.RegexFlag) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        # Reached once for each method: what is found is kept on the object.
        value = getattr(re.compile(self._text, self._flags), name)
        self.__dict__[name] = value
        return value


def words(text: str, flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    """Return a pattern that finds words in prose, whatever their case, and that is compiled when first used."""
    return cast("re.Pattern[str]", _Lazy(text, flags))


def spaced_words(text: str) -> re.Pattern[str]:
    """Return such a pattern, written over several lines with blanks that mean nothing."""
    return words(text, re.IGNORECASE | re.VERBOSE)


def exactly(text: str) -> re.Pattern[str]:
    """Return such a pattern in which the case of letters counts."""
    return words(text, re.NOFLAG)
