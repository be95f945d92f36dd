"""From arguments to an exit code: every error becomes one line on stderr, and a closed pipe a quiet end."""

import os
import sys
from contextlib import suppress
from typing import Any

from mltrainer.settings.errors import MltrainerError, UsageError


def run_command(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    try:
        code = _run(arguments)
        sys.stdout.flush()
        return code
    except MltrainerError as error:
        return say_error(error)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return _unread()
    except SystemExit as ended:
        # Typer turns a closed pipe into this.
        if isinstance(ended.__context__, BrokenPipeError):
            return _unread()
        raise
    except Exception as error:
        if os.environ.get("MLTRAINER_DEBUG"):
            raise
        said = f"something broke inside: {type(error).__name__}: {error}"
        return say_error(MltrainerError(said, hint="MLTRAINER_DEBUG=1 shows where", code="internal_error"))


def say_error(error: MltrainerError) -> int:
    """Write the error as one line, with a hint if there is one, and return its exit code."""
    from mltrainer.render.error_line import error_line

    with suppress(BrokenPipeError):
        sys.stderr.write(error_line(error.message, error.hint))
    return error.exit_code


def _unread() -> int:
    """Leave without a word: whoever read our answer has gone, and what is still buffered has nowhere to go."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno())  # type: ignore[union-attr]
    return 141


def _run(arguments: list[str]) -> int:
    if arguments in (["--version"], ["-V"]):
        from mltrainer import __version__

        print(f"mltrainer {__version__}")
        return 0
    from mltrainer.cli.app import application

    command: Any = application(arguments)
    try:
        result = command(args=arguments, prog_name="mltrainer", standalone_mode=False)
    except Exception as error:
        # Typer carries its own copy of click: its errors are told by what they can do.
        if not hasattr(error, "format_message"):
            raise
        if type(error).__name__ == "NoArgsIsHelpError":
            print(error.format_message(), file=sys.stderr)
            return UsageError.exit_code
        where = getattr(getattr(error, "ctx", None), "command_path", "mltrainer")
        raise UsageError(error.format_message(), hint=f"see: {where} --help") from None
    return result if isinstance(result, int) else 0
