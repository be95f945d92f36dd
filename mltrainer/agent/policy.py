"""Who decides about proposals, and how much may run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mltrainer.actions.proposals import Proposal
from mltrainer.settings.errors import LimitReached


@dataclass(frozen=True)
class Policy:
    """How proposals are decided.

    Parameters
    ----------
    kind
        ``ask`` waits for the user's word, ``auto`` approves what is allowed, ``dry_run`` only shows.
    allowed
        Actions that ``auto`` approves; None for all.
    """

    kind: Literal["ask", "auto", "dry_run"] = "ask"
    allowed: frozenset[str] | None = None

    def first_permitted(self, waiting: Sequence[Proposal]) -> Proposal | None:
        """Return the first proposal that runs without asking, or None."""
        if self.kind != "auto":
            return None
        return next((one for one in waiting if self.allowed is None or one.action in self.allowed), None)


ASK = Policy("ask")
DRY_RUN = Policy("dry_run")


def auto(allowed: frozenset[str] | None = None) -> Policy:
    """Return the policy that approves these actions, or all of them."""
    return Policy("auto", allowed)


@dataclass(frozen=True)
class Limits:
    """How many trials a conversation may run and how many seconds it may last; None for no limit."""

    max_trials: int | None = None
    max_seconds: float | None = None

    def reached(self, trials: int, seconds: float) -> LimitReached | None:
        """Return the limit that forbids one more trial, or None."""
        if self.max_trials is not None and trials >= self.max_trials:
            return LimitReached(
                f"the limit of {self.max_trials} trial{'s' * (self.max_trials != 1)} is reached",
                hint="raise it with --max-trials",
                code="max_trials",
            )
        if self.max_seconds is not None and seconds >= self.max_seconds:
            return LimitReached(
                f"the limit of {self.max_seconds:g} seconds is reached",
                hint="raise it with --max-seconds",
                code="max_seconds",
            )
        return None
