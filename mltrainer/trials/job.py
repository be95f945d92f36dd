"""A trial at work: what was approved, on which data, and where its pieces are kept."""

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from mltrainer import __version__
from mltrainer.data.panel import BoolArray, Panel
from mltrainer.data.universe import membership
from mltrainer.settings.child_environment import FIT_THREADS
from mltrainer.settings.errors import DataError
from mltrainer.settings.parameters import Settings
from mltrainer.settings.request import DataRequest
from mltrainer.settings.result import HoldoutPart, Provenance
from mltrainer.settings.stream import utc_now
from mltrainer.trials.absent import refuse_absent
from mltrainer.trials.engine import Engine
from mltrainer.trials.fitting import peak_memory_mb
from mltrainer.trials.local_engine import LocalEngine
from mltrainer.trials.market import KeptStates
from mltrainer.trials.memory import remembered_panel
from mltrainer.trials.scratch import MARK
from mltrainer.trials.versions import code_version, libraries

LEAST_TICKERS = 20
Progress = Callable[..., None]


@dataclass
class Spent:
    """What a trial cost so far; ``built_features`` is False where an earlier build was found."""

    fits: int = 0
    cached_fits: int = 0
    fit_seconds: float = 0.0
    worker_peak_mb: float = 0.0
    devices: set[str] = field(default_factory=set)
    certificate_seconds: float = 0.0
    built_features: bool = False


@dataclass
class Job:
    """An approved trial and the data it runs on.

    Parameters
    ----------
    arguments
        Complete and validated: settings, and what the action has of its own.
    folder
        Where artefacts of the trial go; ``home`` holds the cache that all trials share.
    workers
        How much goes on side by side on this machine.
    engine
        Where fits run; in this process where nothing is said.
    fresh
        Pass every cache by.
    tried
        What earlier trials of the store tried; ``deleted`` is how many trials somebody took out of it.
    holdout
        The holdout of the dataset as the store has it; ``sealed`` keeps its sessions out of every figure.
    confined
        Tickers to which an audit confines the universe; None for all of it.
    certified
        False for what an audit repeats: it has checks of its own.
    """

    action: str
    trial_id: str | None
    arguments: dict[str, Any]
    defaulted: list[str]
    request: DataRequest
    home: Path
    folder: Path
    workers: int
    progress: Progress
    engine: Engine = field(default_factory=lambda: LocalEngine(0))
    fresh: bool = False
    tried: list[dict[str, Any]] = field(default_factory=list)
    deleted: int = 0
    screening: dict[str, Any] | None = None
    holdout: dict[str, Any] | None = None
    sealed: bool = False
    confined: frozenset[str] | None = None
    certified: bool = True
    session: str | None = None
    started: str = field(default_factory=utc_now)
    clock: float = field(default_factory=time.monotonic)
    spent: Spent = field(default_factory=Spent)

    @cached_property
    def settings(self) -> Settings:
        """Return the settings among the arguments."""
        return Settings.model_validate({k: v for k, v in self.arguments.items() if k in Settings.model_fields})

    @cached_property
    def panel(self) -> Panel:
        """Return the clean bars; reading them is the first stage."""
        self.stage("data", 0, 1)
        panel = remembered_panel(self.request, self._universe, self.cache, fresh=self.fresh, reading=self._reading)
        self.stage("data", 1, 1)
        return panel

    def _reading(self) -> None:
        """Get ready to fit while the data are read."""
        if self.arguments.get("models"):
            self.engine.prepare()

    @property
    def _universe(self) -> str:
        """Return the universe of the trial, or of the screening that it looks at."""
        source = self.screening["settings"] if self.screening else self.arguments
        return str(source.get("universe") or self.request.default_universe)

    @cached_property
    def _members(self) -> tuple[BoolArray, dict[str, str]]:
        refuse_absent(self.panel, self.settings, self.defaulted)
        member, excluded = membership(self.panel, self.settings.universe)
        if self.confined is not None:
            member = member & np.isin(self.panel.tickers, list(self.confined))
        count = int(member.any(axis=0).sum())
        if count < LEAST_TICKERS:
            raise DataError(
                f"too few tickers: at least {LEAST_TICKERS} are needed to rank them, {count} were found",
                hint="bring more tickers, or choose a wider universe",
                code="data_insufficient",
            )
        return member, excluded

    @property
    def member(self) -> BoolArray:
        """Return who is a member of the universe on which day, (n_dates, n_tickers)."""
        return self._members[0]

    @property
    def excluded(self) -> dict[str, str]:
        """Return the tickers of the data that never were a member, each with why."""
        return self._members[1]

    @property
    def evaluated(self) -> int:
        """Return how many sessions, from the first on, may enter figures: all, or those before the sealed holdout."""
        if not self.sealed or not self.holdout:
            return len(self.panel.sessions)
        return int(np.searchsorted(self.panel.sessions, np.datetime64(self.holdout["from"], "D")))

    def holdout_part(self, *, included: bool) -> HoldoutPart | None:
        """Return what the document says about the holdout; None where the dataset has none."""
        if not self.holdout:
            return None
        first = np.datetime64(self.holdout["from"], "D")
        sessions = int((self.panel.sessions >= first).sum())
        touched = included and sessions > 0
        about = {
            "from": self.holdout["from"],
            "sessions": sessions,
            "status": "opened" if "opened_to" in self.holdout else "sealed",
            "looks": self.holdout["looks"] + touched,
            "included": touched,
            "opened_by": self.holdout.get("opened_by"),
        }
        return HoldoutPart.model_validate(about)

    @property
    def cache(self) -> Path:
        """Return the folder of results that trials share."""
        return self.home / "cache"

    @cached_property
    def kept_states(self) -> KeptStates | None:
        """Return the hidden states of the market that trials share; None where nothing is taken over."""
        return None if self.fresh else KeptStates(self.cache / "states")

    @cached_property
    def lasting(self) -> Path:
        """Return a folder for what a fresh trial builds for itself, which is read until its document is made."""
        return Path(tempfile.mkdtemp(dir=self.cache, prefix=f"{MARK}{os.getpid()}-"))

    def stage(self, name: str, done: int, total: int, **more: Any) -> None:
        """Say how far the trial is."""
        elapsed = round(time.monotonic() - self.clock, 3)
        self.progress(stage=name, done=done, total=total, elapsed=elapsed, **more)

    def shown_settings(self) -> dict[str, Any]:
        """Return what the document says about the arguments, with those that nobody stated."""
        return self.arguments | {"defaulted": self.defaulted}

    def provenance(self, digest: str) -> Provenance:
        """Return what is needed to prove the trial and to run it again."""
        spent = self.spent
        return Provenance(
            seed=self.arguments.get("seed", self.request.seed),
            version=__version__,
            code=code_version(),
            libraries=libraries(),
            fits=spent.fits,
            cached_fits=spent.cached_fits,
            engine=self.engine.name,
            workers=self.engine.workers,
            threads=FIT_THREADS,
            wall_seconds=round(time.monotonic() - self.clock, 3),
            fit_seconds=round(spent.fit_seconds, 3),
            certificate_seconds=round(spent.certificate_seconds, 3) or None,
            devices=sorted(spent.devices) or None,
            peak_memory_mb=round(peak_memory_mb() + spent.worker_peak_mb, 1),
            started=self.started,
            cache={"features": "built" if spent.built_features else "reused", "fits_reused": spent.cached_fits},
            digest=digest,
        )
