"""Measure what reading a panel costs in a bar store of many tickers.

A panel of some tickers must cost what the some cost, whatever the store holds. `all` and `top-N` read every ticker: who
is most traded on a day, and the market's mean of that day, are of all tickers of the day; to leave out those that never
made it would let the future choose the past's market. What was read and judged is kept, and the next trial opens that.
"""

import argparse
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from mltrainer.data.barstore import BarStore
from mltrainer.data.calendar import sessions_from
from mltrainer.data.load import load_panel
from mltrainer.settings.request import DataRequest
from mltrainer.trials.kept_panel import load_panel_copy, save_panel_copy


def fill(folder: Path, tickers: int, sessions: int) -> None:
    """Write a random walk for every ticker."""
    days = sessions_from(np.datetime64("2004-01-02"), sessions)
    rng = np.random.default_rng(58)
    store = BarStore(folder)
    for number in range(tickers):
        close = 50 * np.exp(np.cumsum(rng.normal(0, 0.015, sessions))).round(2) + 1
        opened = close * np.exp(rng.normal(0, 0.004, sessions))
        bars = pd.DataFrame(
            {
                "date": days.astype("datetime64[s]"),
                "open": opened,
                "high": np.maximum(opened, close) * 1.004,
                "low": np.minimum(opened, close) * 0.996,
                "close": close,
                "volume": rng.integers(1_000_000, 2_000_000, sessions).astype(float),
            }
        )
        store.put(f"T{number}", bars, (str(days[0]), str(days[-1])), basis=str(days[-1]))
    store.close()


def read(folder: Path, chosen: frozenset[str] | None) -> tuple[float, float, tuple[int, int]]:
    """Return the seconds of one reading, the CPU seconds, and the shape of the panel."""
    wall, cpu = time.perf_counter(), time.process_time()
    panel = load_panel(DataRequest(source="polygon", data=folder), chosen)
    return time.perf_counter() - wall, time.process_time() - cpu, panel.shape


def again(folder: Path) -> tuple[float, float]:
    """Return the seconds and the CPU seconds of opening the panel of all tickers that was kept."""
    path = folder / "kept.npz"
    save_panel_copy(path, load_panel(DataRequest(source="polygon", data=folder)))
    wall, cpu = time.perf_counter(), time.process_time()
    load_panel_copy(path)
    return time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickers", type=int, nargs="+", default=[500, 5000], help="sizes of the store")
    parser.add_argument("--sessions", type=int, default=5040)
    parser.add_argument("--read", type=int, nargs="+", default=[50, 200], help="how many tickers are read")
    given = parser.parse_args()
    for size in given.tickers:
        folder = Path(tempfile.mkdtemp(prefix="bars-"))
        try:
            started = time.perf_counter()
            fill(folder, size, given.sessions)
            print(f"{size} tickers x {given.sessions} sessions written in {time.perf_counter() - started:.0f} s")
            for count in given.read:
                chosen = frozenset(f"T{number}" for number in range(0, size, max(size // count, 1))[:count])
                wall, cpu, shape = read(folder, chosen)
                print(f"  {count} of {size}: {wall:.1f} s, {cpu:.1f} CPU-s, panel {shape}")
            wall, whole, shape = read(folder, None)
            each = whole / size / (cpu / count)
            print(
                f"  all {size}: {wall:.1f} s, {whole:.1f} CPU-s, panel {shape}; a ticker costs {each:.2f} of that above"
            )
            print("  all, kept by an earlier trial: {:.1f} s, {:.1f} CPU-s".format(*again(folder)))
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
