"""Which data a conversation or a command works on."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from mltrainer.settings.parameters import Settings
from mltrainer.settings.values import calendar_day


def read_simulation(value: object) -> object:
    """Read ``"tickers=50,sessions=600"`` as a mapping."""
    if not isinstance(value, str):
        return value
    pairs = [part.partition("=") for part in value.split(",") if part.strip()]
    if bad := [key for key, equals, _ in pairs if not equals]:
        raise ValueError(f"{bad[0]!r} is not KEY=VALUE; known keys: {', '.join(Simulation.model_fields)}")
    return {key.strip(): text.strip() for key, _, text in pairs}


class Simulation(BaseModel):
    """The size and the truth of a simulated market."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tickers: Annotated[int, Field(ge=2, le=10_000, description="number of tickers")] = 200
    sessions: Annotated[int, Field(ge=30, le=20_000, description="number of sessions")] = 1500
    signal_ic: Annotated[
        float, Field(ge=0, le=0.5, description="rank IC of the oracle against the realised return at 10 sessions")
    ] = 0.03
    start: Annotated[
        str,
        Field(pattern=r"\d{4}-\d{2}-\d{2}", description="first session on or after this date"),
        AfterValidator(calendar_day),
    ] = "2018-01-02"


class DataRequest(BaseModel):
    """The data a trial runs on: where they come from and up to which date."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Literal["polygon", "files", "simulated"]
    data: Path | None = None
    macro: Path | None = None
    members: Annotated[Path | None, Field(description="membership intervals of the index")] = None
    simulation: Annotated[Simulation, BeforeValidator(read_simulation)] = Simulation()
    as_of: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(calendar_day)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 58

    @property
    def default_universe(self) -> str:
        """Return the universe of this source where none is chosen."""
        return "sp500-200" if self.source == "polygon" else str(Settings.model_fields["universe"].default)

    @property
    def dataset(self) -> str:
        """Return which data these are, whatever day they are cut at and however many bars were appended.

        Files and stored bars are known by where they lie, an artificial market by its settings and its seed.
        """
        if self.source == "simulated":
            return f"simulated seed={self.seed} {self.simulation}"
        return f"{self.source} {self.data.expanduser().absolute() if self.data else ''}"
