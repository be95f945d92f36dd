"""What cannot be done on data that lack open, high, low or volume, and what their results say about it."""

from collections.abc import Collection

from mltrainer.data.checks import not_checked
from mltrainer.data.panel import Panel
from mltrainer.features.build import left_out
from mltrainer.settings.errors import DataError
from mltrainer.settings.parameters import Settings
from mltrainer.settings.parts.data import Absent
from mltrainer.settings.result import Warned


def refuse_absent(panel: Panel, settings: Settings, defaulted: Collection[str] = ()) -> None:
    """Refuse settings that need columns which the data do not have.

    Half the spread is the default of every trial. Where nobody asked for it, it is not charged, and the result says so.

    Raises
    ------
    DataError
        ``column_absent``, with what to choose instead.
    """
    asked = (
        ("touch", settings.touch == "high", ("high", "low"), "high", "close"),
        ("entry", settings.entry == "next_open", ("open",), "next_open", "close"),
        (
            "slippage",
            settings.slippage == "half_spread" and "slippage" not in defaulted,
            ("volume",),
            "half_spread",
            "none",
        ),
    )
    for name, chosen, columns, value, instead in asked:
        if chosen and (lacking := [column for column in columns if column in panel.absent]):
            raise DataError(
                f"{name} {value} needs {' and '.join(columns)}, and these data have no {' and no '.join(lacking)}",
                hint=f"choose {name} {instead}",
                code="column_absent",
            )


def absent_part(panel: Panel, settings: Settings) -> Absent | None:
    """Return which columns the data lack, and what is left out for that; None where they have all."""
    if not panel.absent:
        return None
    return Absent(
        columns=list(panel.absent),
        features=left_out(panel, settings.feature_set),
        checks=list(not_checked(panel.absent)),
    )


def absent_warning(panel: Panel, settings: Settings) -> list[Warned]:
    """Return what the reader of a result must know about columns that the data lack."""
    if not panel.absent:
        return []
    features, checks = len(left_out(panel, settings.feature_set)), len(not_checked(panel.absent))
    parts = [
        f"the data have no {', '.join(panel.absent)}: {features} features that need them are left out, and {checks} "
        "kinds of faults are not looked for"
    ]
    if "open" in panel.absent:
        parts.append("portfolios buy at the next close, in place of the next open")
    if "volume" in panel.absent:
        parts.append("no half of a spread is charged, only the stated costs")
    return [Warned(code="columns_absent", message="; ".join(parts))]
