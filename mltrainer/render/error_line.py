"""An error as programs and logs read it: one line, whatever the foreign text in it."""

from mltrainer.render.safe import make_safe


def error_line(message: str, hint: str = "") -> str:
    """Return ``mltrainer: error: MESSAGE (HINT)`` and a line feed."""
    ending = f" ({hint})" if hint else ""
    return make_safe(f"mltrainer: error: {message}{ending}").replace("\n", " ") + "\n"
