"""Print what the quality gate finds: recall and precision by kind of planted fault, and false alarms on clean data.

Simulated markets are spoiled in one way at a time. A finding counts where it names the ticker and lies on, or within
one session of, a spoiled place. `missing_session` is left out: the simulated market has missing days of its own.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from mltrainer.data.panel import Panel
from mltrainer.data.quality import clean
from mltrainer.data.raw import FIELDS, PRICES, RawBars
from mltrainer.data.simulated import simulate
from mltrainer.settings.request import Simulation

Places = set[tuple[str, int]]
Plant = Callable[[pd.DataFrame, np.random.Generator, int], Places]
PRICE_COLUMNS = list(PRICES)
YOUNG, GONE = 40, -1


@dataclass(frozen=True)
class Row:
    """What came of one kind of fault."""

    kind: str
    planted: int
    found: int
    named: int
    alarms: int

    @property
    def recall(self) -> float:
        return self.found / self.planted

    @property
    def precision(self) -> float:
        return self.named / max(self.named + self.alarms, 1)


def market(seed: int, tickers: int, sessions: int) -> tuple[RawBars, pd.DataFrame]:
    """Return a clean market, raw and as a frame with the number of each session, ordered by ticker and day."""
    raw = simulate(Simulation(tickers=tickers, sessions=sessions), seed).raw
    frame = pd.DataFrame({name: getattr(raw, name) for name in ("dates", "codes", *FIELDS)})
    frame = frame.sort_values(["codes", "dates"], ignore_index=True)
    frame["ticker"] = np.array(raw.tickers)[frame["codes"]]
    frame["session"] = np.unique(frame["dates"], return_inverse=True)[1]
    return raw, frame


def judge(raw: RawBars, frame: pd.DataFrame, *, closes: bool = False) -> Panel:
    """Return what the gate makes of a frame, or of its closes alone; rows without a ticker are not in it."""
    frame = frame[frame["codes"] != GONE]
    columns = {name: frame[name].to_numpy() for name in ("dates", "codes", *FIELDS)}
    absent = ("open", "high", "low", "volume") if closes else ()
    nothing = dict.fromkeys(absent, np.full(len(frame), np.nan))
    return clean(replace(raw, **columns | nothing, absent=absent))


def measure(
    kind: str,
    plant: Plant,
    codes: set[str],
    *,
    seed: int,
    tickers: int,
    sessions: int,
    count: int,
    closes: bool = False,
) -> Row:
    """Plant ``count`` faults of a kind and count what is found; findings that are there without them do not count."""
    raw, frame = market(seed, tickers, sessions)
    before = {(fault.code, fault.ticker, fault.date) for fault in judge(raw, frame, closes=closes).faults}
    days = [str(day) for day in np.unique(frame["dates"].to_numpy())]
    places = plant(frame, np.random.default_rng(seed), count)
    found_now = judge(raw, frame, closes=closes).faults
    faults = [fault for fault in found_now if (fault.code, fault.ticker, fault.date) not in before]
    faults = [fault for fault in faults if fault.code not in ("missing_session", "missing_session_all")]
    at = {(fault.code, fault.ticker, days.index(fault.date)) for fault in faults}
    near = {(ticker, session + step) for ticker, session in places for step in range(-1, 2 + VISIT.get(kind, 0))}
    found = sum(
        any((code, ticker, session + step) in at for code in codes for step in (-1, 0, 1)) for ticker, session in places
    )
    right = sum((ticker, session) in near for _, ticker, session in at)
    return Row(kind, len(places), found, right, len(at) - right)


def _choose(frame: pd.DataFrame, rng: np.random.Generator, count: int, after: int = 1) -> list[int]:
    """Return rows of different tickers, none of a ticker's first 40 bars nor of its last ``after``."""
    size = frame.groupby("codes")["dates"].transform("size").to_numpy()
    place = frame.groupby("codes").cumcount().to_numpy()
    able = frame[(place >= YOUNG) & (place < size - after)]
    chosen = able.sample(frac=1, random_state=int(rng.integers(1 << 31))).drop_duplicates("codes")
    return [int(row) for row in chosen.index[:count]]


def _places(frame: pd.DataFrame, rows: list[int]) -> Places:
    return set(zip(frame["ticker"].iloc[rows], (int(session) for session in frame["session"].iloc[rows]), strict=True))


def spike(frame: pd.DataFrame, rng: np.random.Generator, count: int) -> Places:
    """One bar at another level, 12 to 200 % off, its volume as it was."""
    rows = _choose(frame, rng, count)
    factor = np.exp(rng.choice([-1, 1], len(rows)) * np.exp(rng.uniform(np.log(0.12), np.log(1.1), len(rows))))
    frame.loc[rows, PRICE_COLUMNS] = (frame.loc[rows, PRICE_COLUMNS].to_numpy() * factor[:, None]).round(4)
    return _places(frame, rows)


def loud_spike(frame: pd.DataFrame, rng: np.random.Generator, count: int) -> Places:
    """As a spike, with five times the volume."""
    before = frame["close"].copy()
    places = spike(frame, rng, count)
    frame.loc[frame["close"] != before, "volume"] *= 5
    return places


def other_company(frame: pd.DataFrame, rng: np.random.Generator, count: int) -> Places:
    """Two to eight bars of another ticker; a company at nearly the same price is not told apart, and not planted."""
    rows, starts = _choose(frame, rng, 4 * count, after=12), []
    source = {(code, session): row for row, (code, session) in enumerate(zip(frame.codes, frame.session, strict=True))}
    original = frame[list(FIELDS)].to_numpy(copy=True)
    for row in rows:
        length = int(rng.integers(2, 9))
        other = int(rng.choice(frame["codes"].unique()))
        theirs = [source.get((other, frame["session"][row + step])) for step in range(length)]
        if None in theirs or abs(np.log(original[theirs[0], 3] / original[row, 3])) < 0.3:
            continue
        frame.loc[row : row + length - 1, list(FIELDS)] = original[theirs]
        starts.append(row)
        if len(starts) == count:
            break
    return _places(frame, starts)


def next_session(frame: pd.DataFrame, rng: np.random.Generator, count: int) -> Places:
    """The next session's bar a day early, for many tickers on a day."""
    return _shifted(frame, rng, count, 1, per_day=20)


def next_session_alone(frame: pd.DataFrame, rng: np.random.Generator, count: int) -> Places:
    """The next session's bar a day early, for one ticker on a day."""
    return _shifted(frame, rng, count, 1, per_day=1)


def later_session(frame: pd.DataFrame, rng: np.random.Generator, count: int) -> Places:
    """The bar of two weeks later, for many tickers on a day."""
    return _shifted(frame, rng, count, 9, per_day=20)


def stale(frame: pd.DataFrame, rng: np.random.Generator, count: int) -> Places:
    """The bar of the session before once more, for many tickers on a day."""
    return _shifted(frame, rng, count, -1, per_day=20)


def _shifted(frame: pd.DataFrame, rng: np.random.Generator, count: int, ahead: int, per_day: int) -> Places:
    original, done = frame[list(FIELDS)].to_numpy(copy=True), []
    codes, sessions = frame["codes"].to_numpy(), frame["session"].to_numpy()
    for day in rng.choice(np.arange(YOUNG, sessions.max() - 12), count // per_day, replace=False):
        rows = np.flatnonzero(sessions == day)
        rows = rows[(codes[rows + ahead] == codes[rows]) & (sessions[rows + ahead] == day + ahead)]
        rows = rng.choice(rows, per_day, replace=False)
        frame.loc[rows, list(FIELDS)] = original[rows + ahead]
        done += list(rows)
    return _places(frame, done)


def split(frame: pd.DataFrame, rng: np.random.Generator, count: int) -> Places:
    """The bars before a split left as they were."""
    rows = _choose(frame, rng, count, after=3)
    for row in rows:
        ratio = float(rng.choice([1.5, 2, 3, 4, 5, 10, 0.5, 0.1]))
        before = frame.index[(frame["codes"] == frame["codes"][row]) & (frame.index < row)]
        frame.loc[before, PRICE_COLUMNS] *= ratio
        frame.loc[before, "volume"] /= ratio
    return _places(frame, rows)


def spin_off(frame: pd.DataFrame, rng: np.random.Generator, count: int) -> Places:
    """The bars before a spin-off of 10 to 45 % of the value left as they were, no volume of its own."""
    rows = _choose(frame, rng, count, after=3)
    for row in rows:
        before = frame.index[(frame["codes"] == frame["codes"][row]) & (frame.index < row)]
        frame.loc[before, PRICE_COLUMNS] /= 1 - rng.uniform(0.10, 0.45)
    return _places(frame, rows)


def unit(frame: pd.DataFrame, rng: np.random.Generator, count: int) -> Places:
    """One to ten bars in pence, or in hundreds."""
    done: list[int] = []
    for row in _choose(frame, rng, count, after=12):
        run = range(row, row + int(rng.integers(1, 11)))
        frame.loc[run, PRICE_COLUMNS] *= rng.choice([100.0, 0.01])
        done += run
    return _places(frame, done)


def no_volume(frame: pd.DataFrame, rng: np.random.Generator, count: int) -> Places:
    """A bar without volume."""
    rows = _choose(frame, rng, count)
    frame.loc[rows, "volume"] = 0.0
    return _places(frame, rows)


def frozen(frame: pd.DataFrame, rng: np.random.Generator, count: int) -> Places:
    """A close that stays for seven to twelve sessions while the other prices move around it; named from the fifth."""
    done: list[int] = []
    for row in _choose(frame, rng, count, after=14):
        run = range(row, row + int(rng.integers(7, 13)))
        frame.loc[run, "close"] = frame["close"][row]
        frame.loc[run, "high"] = frame.loc[run, ["high", "close", "open"]].max(axis=1)
        frame.loc[run, "low"] = frame.loc[run, ["low", "close", "open"]].min(axis=1)
        done += run[5:]
    return _places(frame, done)


def reused(frame: pd.DataFrame, rng: np.random.Generator, count: int) -> Places:
    """A ticker that ends, and after two months without a bar stands for a company at another price."""
    rows = _choose(frame, rng, count, after=80)
    gone: list[int] = []
    for row in rows:
        after = frame.index[(frame["codes"] == frame["codes"][row]) & (frame.index >= row)]
        frame.loc[after, PRICE_COLUMNS] *= np.exp(rng.choice([-1, 1]) * rng.uniform(0.7, 2.5))
        gone += range(row - 30, row)
    places = _places(frame, rows)
    frame.loc[gone, "codes"] = GONE
    return places


def tick(frame: pd.DataFrame, rng: np.random.Generator, count: int) -> Places:
    """A low at half, or a high at twice, of the rest of the bar."""
    rows = _choose(frame, rng, count)
    for number, row in enumerate(rows):
        frame.loc[row, "high" if number % 2 else "low"] *= 2.0 if number % 2 else 0.5
    return _places(frame, rows)


# A visit of another company ends so many sessions after the place that is counted, with a jump of its own.
VISIT = {"bars of another company": 8}
JUMPS = {"price_spike", "unexplained_jump"}
KINDS: dict[str, tuple[Plant, set[str]]] = {
    "spike, usual volume": (spike, JUMPS),
    "spike, five times the volume": (loud_spike, JUMPS),
    "bars of another company": (
        other_company,
        {"other_company", "unexplained_jump", "unadjusted_split", "price_spike"},
    ),
    "next session's bar, many tickers": (next_session, {"next_session_bar"}),
    "next session's bar, one ticker": (next_session_alone, {"next_session_bar", "repeated_bar"}),
    "later session's bar": (later_session, {"later_session_bar"}),
    "stale bar, many tickers": (stale, {"repeated_bar"}),
    "unadjusted split": (split, JUMPS | {"unadjusted_split"}),
    "unadjusted spin-off": (spin_off, {"spin_off", "unexplained_jump", "unadjusted_split"}),
    "100 times the price": (unit, {"unit_jump"}),
    "close that stays": (frozen, {"stale_close"}),
    "symbol of another company": (reused, {"symbol_reused"}),
    "no volume": (no_volume, {"zero_volume"}),
    "high or low far off": (tick, {"bad_tick"}),
}


CLOSES = {
    "spike, usual volume": {"price_spike"},
    "bars of another company": {"other_company", "unadjusted_split", "price_spike", "large_jump"},
    "unadjusted split": {"unadjusted_split", "large_jump"},
    "100 times the price": {"unit_jump"},
    "close that stays": {"stale_close"},
    "symbol of another company": {"symbol_reused"},
}
"""What can be found in closes alone, and how it may be called there."""


def false_alarms(seeds: range, tickers: int, sessions: int, *, closes: bool = False) -> tuple[int, int]:
    """Return the findings on clean markets, `missing_session` aside, as places, and the bars judged."""
    places, bars = 0, 0
    for seed in seeds:
        raw, frame = market(seed, tickers, sessions)
        faults = judge(raw, frame, closes=closes).faults
        expected = ("missing_session", "columns_absent")
        places += len({(fault.ticker, fault.date) for fault in faults if fault.code not in expected})
        bars += len(frame)
    return places, bars


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--tickers", type=int, default=200)
    parser.add_argument("--sessions", type=int, default=1000)
    given = parser.parse_args()
    size = {"tickers": given.tickers, "sessions": given.sessions}
    print(f"{'planted':34} {'places':>6} {'recall':>7} {'precision':>9}")
    asked = [(kind, *KINDS[kind], False) for kind in KINDS]
    asked += [(kind, KINDS[kind][0], codes, True) for kind, codes in CLOSES.items()]
    for kind, plant, codes, closes in asked:
        rows = [measure(kind, plant, codes, seed=seed, count=100, closes=closes, **size) for seed in range(1, 3)]
        kind = f"closes: {kind}" if closes else kind
        total = Row(
            kind, *(sum(getattr(row, name) for row in rows) for name in ("planted", "found", "named", "alarms"))
        )
        print(f"{kind:34} {total.planted:6d} {total.recall:7.1%} {total.precision:9.1%}")
    for closes in (False, True):
        places, bars = false_alarms(range(1, given.seeds + 1), closes=closes, **size)
        called = "clean closes" if closes else "clean"
        print(f"{called}: {places} false alarms in {bars} bars, {places / bars * 1e5:.1f} in 100,000")


if __name__ == "__main__":
    main()
