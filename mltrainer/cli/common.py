"""The options that ``chat``, ``run`` and ``do`` take, as one argument."""

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from mltrainer.cli.options import (
    AsOf,
    Data,
    Engine,
    Home,
    Macro,
    Scheduler,
    Seed,
    Simulate,
    Source,
    Universe,
    Workers,
    chosen_scheduler,
    data_request,
    stated_settings,
)

if TYPE_CHECKING:
    from mltrainer.settings.request import DataRequest


class Common(NamedTuple):
    """Which data, on how many processes, and where everything is kept."""

    source: Source = None
    data: Data = None
    macro: Macro = None
    simulate: Simulate = None
    universe: Universe = None
    as_of: AsOf = None
    seed: Seed = None
    workers: Workers = 0
    engine: Engine = None
    scheduler: Scheduler = None
    home: Home = None

    @property
    def names_data(self) -> bool:
        """Tell whether any option says which data are meant."""
        return (self.source, self.data, self.macro, self.simulate, self.as_of) != (None,) * 5

    def request(self) -> "DataRequest":
        """Return which data are meant.

        Raises
        ------
        UsageError, DataError
            If the options do not go together, or name no data.
        """
        named = {name: getattr(self, name) for name in ("source", "data", "macro", "simulate", "as_of", "seed", "home")}
        return data_request(**named)

    def cluster(self) -> str | None:
        """Return the scheduler of the cluster that is to fit, None for this machine; see `chosen_scheduler`."""
        return chosen_scheduler(self.engine, self.scheduler)

    def stated(self) -> dict[str, Any]:
        """Return the settings that the options state."""
        return stated_settings(self.universe, self.seed)


def with_common(command: Callable[..., int], taken: tuple[str, ...] = Common._fields) -> Callable[..., int]:
    """Let a command take the common options after its own; it gets them as ``common``.

    An option of its own stands in the place of the common one of that name.

    Parameters
    ----------
    taken
        The common options that mean something to it.
    """

    def taking_all(**given: Any) -> int:
        common = Common(**{parameter.name: given.pop(parameter.name) for parameter in shared})
        return command(common=common, **given)

    keyword = inspect.Parameter.KEYWORD_ONLY
    own = [
        parameter.replace(kind=keyword)
        for name, parameter in inspect.signature(command).parameters.items()
        if name != "common"
    ]
    shared = [
        inspect.Parameter(name, keyword, default=Common._field_defaults[name], annotation=Common.__annotations__[name])
        for name in taken
        if name not in {parameter.name for parameter in own}
    ]
    taking_all.__signature__ = inspect.Signature([*own, *shared])  # type: ignore[attr-defined]
    taking_all.__annotations__ = {}
    return taking_all
