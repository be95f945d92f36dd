"""Everything that can go wrong in a way a user can act on, with the exit code it ends in."""

from typing import ClassVar


class MltrainerError(Exception):
    """A failure with one clear line: what was wrong, what was found, and what to do.

    Parameters
    ----------
    message
        What was wrong and what was found.
    hint
        What the user can do about it.
    code
        A stable name for programs, such as ``unknown_model``.
    """

    exit_code: ClassVar[int] = 1
    retryable: ClassVar[bool] = False
    default_code: ClassVar[str] = "failure"

    def __init__(self, message: str, *, hint: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or self.default_code

    def as_dict(self) -> dict[str, object]:
        """Return the error as an event or a result document carries it."""
        fields: dict[str, object] = {"code": self.code, "message": self.message, "retryable": self.retryable}
        return fields | ({"hint": self.hint} if self.hint else {})


class UsageError(MltrainerError):
    """A wrong command, a wrong value, an unknown model or ticker."""

    exit_code = 2
    default_code = "wrong_usage"


class ApprovalNeeded(MltrainerError):
    """An action needs the user's word, and it was not given."""

    exit_code = 3
    default_code = "approval_needed"


class ActionFailed(MltrainerError):
    """A trial or another action broke while it ran."""

    exit_code = 4
    default_code = "action_failed"


class LimitReached(MltrainerError):
    """The budget of trials, seconds or dollars is used up."""

    exit_code = 5
    default_code = "limit_reached"


class DataError(MltrainerError):
    """Data are missing, insufficient, or rejected by the quality gate."""

    exit_code = 6
    default_code = "data_missing"


class TemporaryError(MltrainerError):
    """A rate limit or a network fault: the same call may work later."""

    exit_code = 75
    retryable = True
    default_code = "temporary"


class CredentialsError(MltrainerError):
    """A key is missing or was refused."""

    exit_code = 77
    default_code = "credentials"


class Cancelled(MltrainerError):
    """The user interrupted the work."""

    exit_code = 130
    default_code = "interrupted"


BY_EXIT_CODE: dict[int, type[MltrainerError]] = {
    kind.exit_code: kind
    for kind in (
        MltrainerError,
        UsageError,
        ApprovalNeeded,
        ActionFailed,
        LimitReached,
        DataError,
        TemporaryError,
        CredentialsError,
        Cancelled,
    )
}
