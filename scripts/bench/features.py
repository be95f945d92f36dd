#!/usr/bin/env python
"""Times the features: Alpha158 and our own on 505 x 1,259 bars, their growth with the rows, and opening a stored build.

    .venv/bin/python scripts/bench/features.py                       (a simulated panel of that size)
    .venv/bin/python scripts/bench/features.py --data BARS.parquet

Seconds are CPU seconds of one thread. qlib 0.9.7 took 49 to 52 of them for Alpha158 on 505 x 1,259.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np

from mltrainer.data.load import load_panel
from mltrainer.data.panel import Panel
from mltrainer.features.alpha158 import alpha158
from mltrainer.features.bars import Bars
from mltrainer.features.build import ALPHA158_AT_ONCE, build_features, row_index
from mltrainer.settings.request import DataRequest
from mltrainer.trials.matrices import prepare

QLIB_SECONDS = 49.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="bars; a simulated market without it")
    chosen = parser.parse_args()
    size = {"tickers": 505, "sessions": 1259}
    request = {"source": "files", "data": chosen.data} if chosen.data else {"source": "simulated", "simulation": size}
    panel = load_panel(DataRequest.model_validate(request))
    member = np.isfinite(panel.close)
    rows = row_index(panel, member)
    print(f"{panel.shape[1]} tickers x {panel.shape[0]} sessions")
    took = min(seconds(lambda: consume(panel)) for _ in range(3))
    print(f"Alpha158: {took:.2f} CPU-s, qlib's 49 to 52 are {QLIB_SECONDS / took:.0f} times as much")
    own = min(seconds(lambda: build_features(panel, member, rows)) for _ in range(2))
    print(f"own features: {own:.2f} CPU-s")
    print(f"Alpha158 grows with the rows to the power {growth():.2f}")
    with tempfile.TemporaryDirectory(prefix="mltrainer-bench-") as folder:
        scratch = Path(folder, "scratch")
        scratch.mkdir()
        cache = Path(folder, "cache")
        cache.mkdir()
        prepare(panel, member, cache, scratch)
        again = seconds(lambda: prepare(panel, member, cache, scratch))
    print(f"own features again, from the store: {again:.3f} CPU-s")


def consume(panel: Panel) -> None:
    bars = Bars.of(panel)
    with np.errstate(all="ignore"):
        for first in range(0, panel.shape[1], ALPHA158_AT_ONCE):
            for _ in alpha158(bars.of_tickers(slice(first, first + ALPHA158_AT_ONCE))):
                pass


def growth() -> float:
    """Return the exponent of the time in the number of rows, from panels of 630 and of 2,520 sessions."""
    times = []
    for sessions in (630, 2520):
        request = {"source": "simulated", "simulation": {"tickers": 250, "sessions": sessions}}
        panel = load_panel(DataRequest.model_validate(request))
        times.append(min(seconds(lambda panel=panel: consume(panel)) for _ in range(3)))
    return float(np.log(times[1] / times[0]) / np.log(4))


def seconds(work) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    main()
