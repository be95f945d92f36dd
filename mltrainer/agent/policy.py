"""Who decides about proposals, and how much may run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mltrainer.actions.proposals import Proposal
from mltrainer.actions.registry import find_action
from mltrainer.settings.errors import LimitReached


@dataclass(frozen=True)
class Policy:
    """How proposals are decided.

    Parameters
    ----------
    kind
        ``ask`` waits for the user's word, ``auto`` approves what is allowed, ``dry_run`` only shows.
    every
        Whether ``auto`` approves all actions but those that must be named.
    named
        Actions that the user named, which ``auto`` approves.
    per_turn
        Most trials that ``auto`` runs in one turn of a chat before the user has the word; None where there is no user.
    """

    kind: Literal["ask", "auto", "dry_run"] = "ask"
    every: bool = False
    named: frozenset[str] = frozenset()
    per_turn: int | None = None

    @property
    def has_user(self) -> bool:
        """Tell whether a person has a word in it."""
        return self.kind == "ask" or self.per_turn is not None

    def first_permitted(self, waiting: Sequence[Proposal]) -> Proposal | None:
        """Return the first proposal that runs without asking, or None."""
        if self.kind != "auto":
            return None
        return next((one for one in waiting if self._covers(one.action)), None)

    def _covers(self, action: str) -> bool:
        return action in self.named or (self.every and not find_action(action).named_only)


# The share of a budget from which the user is warned.
WARN_AT = 0.8

# How many trials run in one turn of a chat without a word of the user's.
MAX_UNASKED = 5

ASK = Policy("ask")
DRY_RUN = Policy("dry_run")


def auto(named: frozenset[str] | None = None, *, every: bool = False) -> Policy:
    """Return the policy that approves the named actions, or all where ``every`` is set or none is named."""
    return Policy("auto", every or named is None, named or frozenset())


def chosen_policy(*, yes: bool, allow: Sequence[str], dry_run: bool, chat: bool) -> Policy:
    """Return the policy that options choose; a chat gives the user the word after a few trials.

    Raises
    ------
    UsageError
        If there is no such action.
    """
    allowed = frozenset(find_action(name).name for name in allow)
    if dry_run:
        return DRY_RUN
    if not (yes or allowed):
        return ASK
    policy = auto(allowed, every=yes)
    return replace(policy, per_turn=MAX_UNASKED) if chat else policy


@dataclass(frozen=True)
class Used:
    """What a conversation has used: trials started, seconds since its begin, dollars where they are known."""

    trials: int
    seconds: float
    dollars: float | None = None


@dataclass(frozen=True)
class Limits:
    """How many trials a conversation may run, how long it may last, and what it may cost; None for no limit."""

    max_trials: int | None = None
    max_seconds: float | None = None
    max_usd: float | None = None

    def __str__(self) -> str:
        """Return the limits in words, empty where there are none."""
        said = (
            (self.max_trials, "{:g} trials"),
            (self.max_seconds, "{:g} seconds"),
            (self.max_usd, "${:g}"),
        )
        return ", ".join(text.format(limit) for limit, text in said if limit is not None)

    def reached(self, used: Used) -> LimitReached | None:
        """Return the limit that forbids one more trial, or None."""
        if self.max_trials is not None and used.trials >= self.max_trials:
            return LimitReached(
                f"the limit of {self.max_trials} trial{'s' * (self.max_trials != 1)} is reached",
                hint="raise it with --max-trials",
                code="max_trials",
            )
        return self.spent(used)

    def spent(self, used: Used) -> LimitReached | None:
        """Return the limit of seconds or dollars that forbids to go on at all, or None."""
        if self.max_seconds is not None and used.seconds >= self.max_seconds:
            return LimitReached(
                f"the limit of {self.max_seconds:g} seconds is reached",
                hint="raise it with --max-seconds",
                code="max_seconds",
            )
        if self.max_usd is not None and (used.dollars or 0.0) >= self.max_usd:
            return LimitReached(
                f"the limit of ${self.max_usd:g} is reached (${used.dollars or 0.0:.4f} were spent)",
                hint="raise it with --max-usd",
                code="max_usd",
            )
        return None

    def nearly(self, used: Used) -> dict[str, str]:
        """Return a warning for each budget of which four fifths are used and something is left."""
        budgets = (
            ("max_trials", self.max_trials, float(used.trials), "{used:g} of {limit:g} trials were run"),
            ("max_seconds", self.max_seconds, used.seconds, "{used:.0f} of {limit:g} seconds have passed"),
            ("max_usd", self.max_usd, used.dollars or 0.0, "${used:.4f} of ${limit:g} were spent"),
        )
        return {
            name: text.format(used=amount, limit=limit) + f" (--{name.replace('_', '-')})"
            for name, limit, amount, text in budgets
            if limit is not None and WARN_AT * limit <= amount < limit
        }
