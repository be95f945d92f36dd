"""The options that several commands share, and what is made of them."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mltrainer.settings.errors import DataError, UsageError

if TYPE_CHECKING:
    from mltrainer.settings.request import DataRequest

Source = Annotated[str | None, typer.Option(help="polygon, files or simulated", metavar="SOURCE")]
Data = Annotated[
    Path | None,
    typer.Option(help="bars: a CSV or Parquet file, a folder, or the name of an import", metavar="FILE_OR_DIR"),
]
Macro = Annotated[Path | None, typer.Option(help="macro series: date, series_id, value", metavar="FILE")]
Simulate = Annotated[
    str | None, typer.Option(help="tickers=N,sessions=N,signal_ic=X,start=DATE", metavar="KEY=VALUE,..")
]
Universe = Annotated[str | None, typer.Option(help="all, top-N, sp500, a sector, a file, or T1,T2", metavar="UNIVERSE")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="use nothing later than this day", metavar="DATE")]
On = Annotated[str | None, typer.Option("--on", help="as of this day; today without it", metavar="DATE")]
Seed = Annotated[int | None, typer.Option(help="root of every random choice", metavar="N")]
Json = Annotated[bool, typer.Option("--json", help="write JSON to stdout")]
Home = Annotated[Path | None, typer.Option(help="folder of the store", metavar="DIR")]
Workers = Annotated[int, typer.Option(help="processes that fit models; one a core by default", min=0, metavar="N")]
Engine = Annotated[str | None, typer.Option(help="where models are fitted: local or dask", metavar="ENGINE")]
Scheduler = Annotated[
    str | None,
    typer.Option(help="of --engine dask, such as tcp://HOST:8786; see: mltrainer cluster --help", metavar="ADDRESS"),
]

Yes = Annotated[bool, typer.Option("--yes", help="approve every proposal within the limits")]
Allow = Annotated[list[str] | None, typer.Option(help="approve this action; may be repeated", metavar="ACTION")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="show proposals, run nothing")]
Agent = Annotated[str | None, typer.Option(help="claude or offline", metavar="AGENT")]
MaxSeconds = Annotated[float | None, typer.Option(min=1, help="begin nothing after so many seconds", metavar="S")]
MaxUsd = Annotated[float | None, typer.Option(min=0.0001, help="ask the AI nothing after so many dollars", metavar="X")]

SOURCES = ("polygon", "files", "simulated")


def data_request(
    *,
    source: str | None,
    data: Path | None,
    macro: Path | None,
    simulate: str | None,
    as_of: str | None,
    seed: int | None,
    home: Path | None = None,
) -> "DataRequest":
    """Return which data are meant: by the options, else by the configuration.

    Raises
    ------
    UsageError
        For an unknown source or options that do not go together.
    DataError
        If no data were named, or the source is not available.
    """
    from pydantic import ValidationError

    from mltrainer.actions.checking import usage_error
    from mltrainer.settings.request import DataRequest, Simulation
    from mltrainer.store.config import read_config

    config = read_config()
    said = config.options
    if source is None and data is None:
        source = said.get("source") or ("files" if "data" in said and not simulate else None)
    if source == "files" and data is None and "data" in said:
        data = Path(said["data"])
    if source == "simulated" and simulate is None:
        simulate = said.get("simulate")
    macro = Path(said["macro"]) if macro is None and "macro" in said else macro
    as_of = as_of or said.get("as_of")
    seed = config.settings.get("seed") if seed is None else seed
    chosen = _source(source, data, home)
    if chosen == "files" and data is None:
        raise UsageError("--source files needs --data FILE_OR_DIR", code="data_missing")
    if chosen != "files" and data is not None:
        raise UsageError(f"--data goes with --source files, not with {chosen}")
    if chosen != "simulated" and simulate is not None:
        raise UsageError(f"--simulate goes with --source simulated, not with {chosen}")
    given: dict[str, Any] = {
        "source": chosen,
        "data": _there(_file(data, home)) if data else None,
        "macro": _there(macro.absolute()) if macro else None,
        "as_of": as_of,
    }
    if chosen != "simulated":
        from mltrainer.store.home import home_folder, index_file

        members = index_file(home_folder(home))
        given["members"] = members if members.is_file() else None
    if chosen == "polygon":
        # What was fetched lies here: a trial needs neither network nor key.
        given["data"] = home_folder(home) / "bars"
    given |= {"simulation": simulate} if simulate else {}
    given |= {"seed": seed} if seed is not None else {}
    try:
        return DataRequest.model_validate(given)
    except ValidationError as error:
        raise usage_error(error, known=list(Simulation.model_fields)) from None


def chosen_scheduler(engine: str | None, scheduler: str | None) -> str | None:
    """Return the scheduler of the cluster that is to fit, by the options, else by the configuration; None for none.

    Raises
    ------
    UsageError
        If the options do not go together, or the address is none.
    """
    from mltrainer.settings.scheduler import scheduler_address
    from mltrainer.store.config import CHOICES, read_config

    said = read_config().options
    chosen = engine or said.get("engine") or ("dask" if scheduler else "local")
    if chosen not in CHOICES["engine"]:
        raise UsageError(f"there is no engine {chosen!r}", hint="choose local or dask")
    if chosen == "local":
        if scheduler:
            raise UsageError("--scheduler goes with --engine dask, not with local")
        return None
    address = scheduler or said.get("scheduler")
    if not address:
        raise UsageError(
            "--engine dask needs --scheduler ADDRESS", hint="mltrainer cluster --help says how to start a cluster"
        )
    return scheduler_address(address)


def _file(data: Path, home: Path | None) -> Path:
    """Return the file that ``--data`` means: a path, or the name of bars that were imported."""
    from mltrainer.store.home import home_folder, import_file

    kept = import_file(home_folder(home), str(data))
    return kept if not data.exists() and len(data.parts) == 1 and kept.is_file() else data.absolute()


def _there(path: Path) -> Path:
    """Refuse a path at which nothing lies before a conversation or a trial begins with it."""
    if not path.exists():
        raise DataError(f"{path} does not exist", hint="check the path after --data or --macro", code="file_missing")
    return path


def _source(source: str | None, data: Path | None, home: Path | None) -> str:
    from mltrainer.store.home import home_folder
    from mltrainer.store.keys import find_key

    named = source or ("files" if data else None)
    if named is None and find_key("POLYGON_API_KEY", home_folder(home)):
        named = "polygon"
    if named is None:
        raise DataError(
            "no data were named",
            hint="give --data FILE_OR_DIR with daily bars, or --source simulated for an artificial market",
            code="data_missing",
        )
    if named not in SOURCES:
        raise UsageError(f"there is no source {named!r}", hint=f"choose one of: {', '.join(SOURCES)}")
    return named


def configured_settings() -> dict[str, Any]:
    """Return the settings that the configuration states, checked.

    Raises
    ------
    UsageError
        If one is wrong; the file and the name are in the message.
    """
    from mltrainer.store.config import read_config

    config = read_config()
    if not config.settings:
        return {}
    from mltrainer.actions.checking import read_arguments
    from mltrainer.actions.registry import ACTIONS

    checked: dict[str, Any] = {}
    for name, value in config.settings.items():
        try:
            checked |= read_arguments(ACTIONS["adjust_settings"], {name: value})
        except UsageError as error:
            where = f"{config.origin[name]}: [settings] {error.message}"
            raise UsageError(where, hint=error.hint, code="wrong_config") from None
    return checked


def stated_settings(universe: str | None, seed: int | None) -> dict[str, Any]:
    """Return the settings that the common options state."""
    if universe and _is_file(universe):
        # A rerun may start in another folder.
        universe = str(Path(universe).absolute())
    return {name: value for name, value in (("universe", universe), ("seed", seed)) if value is not None}


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except OSError:
        # A long list of tickers is no name that a file can have.
        return False


def read_day(text: str, option: str) -> str:
    """Return an option's day (ISO).

    Raises
    ------
    UsageError
        If it is none.
    """
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise UsageError(f"{option} {text!r} is no day", hint="write it like 2018-02-07", code="wrong_date") from None
