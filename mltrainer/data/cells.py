"""From places of the grid to faults in words."""

import numpy as np

from mltrainer.data.checks import SPLIT_BARS_SESSIONS
from mltrainer.data.copies import Copies
from mltrainer.data.grid import Grid
from mltrainer.data.jumps import Jumps
from mltrainer.data.known_actions import KnownActions
from mltrainer.data.panel import BoolArray, Fault, FloatArray
from mltrainer.data.twins import Twins


class Cells:
    """Collects the faults of single bars."""

    def __init__(self, grid: Grid) -> None:
        self.faults: list[Fault] = []
        self._days = [str(day) for day in grid.sessions]
        self._tickers = grid.tickers

    def report(self, code: str, where: BoolArray, detail: str) -> BoolArray:
        """Note an error, known on its own day, for every True place, and return the places."""
        for row, column in np.argwhere(where):
            self._note(code, row, column, row, f"{detail}; the bar is left out")
        return where

    def report_copies(self, copies: Copies) -> BoolArray:
        """Note the wrong bar of each pair, and return the places of the stale ones."""
        stale = np.zeros((len(self._days), len(self._tickers)), dtype=bool)
        stale[copies.later[~copies.looks_ahead], copies.column[~copies.looks_ahead]] = True
        for earlier, later, column, ahead in zip(
            copies.earlier, copies.later, copies.column, copies.looks_ahead, strict=True
        ):
            adjacent = later - earlier == 1
            if ahead:
                code, which = ("next_session_bar", "next session") if adjacent else ("later_session_bar", "session")
                detail = (
                    f"all five values are those of the {which} {self._days[later]}: the file looks ahead; labels "
                    "that touch the bar are undefined, and from then on it is left out of all that is computed"
                )
                self._note(code, earlier, column, later, detail)
            else:
                code, which = (
                    ("repeated_bar", "the session before") if adjacent else ("copied_bar", self._days[earlier])
                )
                self._note(code, later, column, later, f"all five values equal those of {which}; the bar is left out")
        return stale

    def report_twins(self, twins: Twins) -> BoolArray:
        """Note bars of another ticker, warn once of two tickers that cannot be told apart, return the wrong places."""
        wrong = np.zeros((len(self._days), len(self._tickers)), dtype=bool)
        wrong[twins.row[twins.wrong], twins.column[twins.wrong]] = True
        warned: set[tuple[str, ...]] = set()
        for row, column, other, is_wrong in zip(twins.row, twins.column, twins.other, twins.wrong, strict=True):
            name = self._tickers[other]
            if is_wrong:
                self._note("other_company", row, column, row, f"the bar is that of {name}; it is left out")
            elif (pair := tuple(sorted((name, self._tickers[column])))) not in warned:
                warned.add(pair)
                detail = f"{pair[0]} and {pair[1]} carry the same bar; nothing tells whose it is, and both keep it"
                day = self._days[row]
                self.faults.append(Fault("same_bars", pair[0], day, day, "warning", detail))
        return wrong

    def report_splits(self, ratios: FloatArray, known: KnownActions | None) -> None:
        """Note an error for every ratio that is not NaN, and what the vendor lists there."""
        for row, column in np.argwhere(~np.isnan(ratios)):
            ratio = ratios[row, column]
            kind = f"{ratio:g}:1 split" if ratio > 1 else f"1:{1 / ratio:g} reverse split"
            found = f"looks like an unadjusted {kind}"
            if known and known.ratio[row, column] == ratio:
                found = f"the vendor lists a {kind}, and the bars before it are not adjusted"
            elif known and known.asked[row, column]:
                found += " that the vendor does not list"
            detail = (
                f"{found}; labels across it are undefined and the ticker is left out for {SPLIT_BARS_SESSIONS} sessions"
            )
            self._note("unadjusted_split", row, column, row, detail)

    def warn_of_jumps(self, where: BoolArray, change: FloatArray, reason: str) -> None:
        """Note a warning for every True place of a log return that nothing explains."""
        for row, column in np.argwhere(where):
            day = self._days[row]
            detail = f"{np.expm1(change[row, column]):+.1%} from the last close; {reason}; the bar is kept"
            self.faults.append(Fault("large_jump", self._tickers[column], day, day, "warning", detail))

    def report_jumps(self, jumps: Jumps, known: KnownActions | None) -> None:
        """Note what the jumps were found to be, and the dividend that the vendor lists on that day."""
        for found in jumps.findings:
            paid = known.dividend[found.row, found.column] if known else np.nan
            listed = "" if np.isnan(paid) else f"; the vendor lists a dividend of {paid:g} a share on that day"
            self._note(found.code, found.row, found.column, found.known, found.detail + listed)

    def _note(self, code: str, row: int, column: int, known: int, detail: str) -> None:
        self.faults.append(Fault(code, self._tickers[column], self._days[row], self._days[known], "error", detail))
