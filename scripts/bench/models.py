#!/usr/bin/env python
"""Measures every model: what a fit costs, the bare library's beside it, memory, and skill on signal and on noise.

    .venv/bin/python scripts/bench/models.py                     (all models; takes a quarter of an hour)
    .venv/bin/python scripts/bench/models.py ridge lightgbm --seeds 1,2,3

Each model runs in a process of its own with one thread, on the same simulated markets: label "beats the median",
two thirds of the sessions are trained on, the rest is scored. All times are CPU seconds.

``trial``
    Reading, weighing, fitting and scoring, for 100,000 training rows of all features. A model with a cap on its rows
    does not take longer with more of them.
``fit``
    The estimator's own fit for 100,000 rows.
``bare``
    That fit against the same library class on rows that are already prepared: of a network against a plain loop of as
    many steps over tensors that are already cut and scaled.
``pipeline``
    Against scikit-learn's own pipeline on the same raw rows: StandardScaler, SimpleImputer, and the same class, which
    is what somebody without this product would write. "-" where the library takes raw rows.
``MB``
    What the fit added to the memory of a process that had fitted a few rows before.
``signal``, ``noise``
    The AUC on markets with a planted signal and without one, means over the seeds. Models that tell volatility and
    not direction are asked on a market without a signal who reaches the target (``hit``), which is their signal.

"-" stands where there is nothing to compare with: no library fits those models to many tickers at once.

On two busy cores, 60 tickers x 700 sessions (25,000 training rows, 74 features): where the bare fit is a pass or two
over scaled rows, scaling them counts (lda 1.2 times as long, ridge 1.4, lasso and principal components 1.7, naive Bayes
1.8), and yet they take 0.4 to 0.7 times as long as scikit-learn's pipeline. The other 17 that were compared, trees,
boosting, kernels and networks among them, take 0.9 to 1.13 times as long as the bare library.
"""

import argparse
import os
import pickle
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from dataclasses import replace
from pathlib import Path
from statistics import fmean

os.environ["OMP_NUM_THREADS"] = "1"
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
BUILD = """
import pickle, sys
from pathlib import Path
from tests.models.markets import build
folder, tickers, sessions, seeds = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
for name, strength, label in (("signal", 0.15, "beats_median"), ("noise", 0.0, "beats_median"), ("hit", 0.0, "hit")):
    size = {"tickers": tickers, "sessions": sessions, "label": label, "signal_ic": strength}
    made = [build(folder / (name + seed), seed=int(seed), **size) for seed in seeds.split(",")]
    (folder / f"{name}.pickle").write_bytes(pickle.dumps(made))
"""
HEAD = (
    f"{'model':31} {'rows':>7} {'trial':>7} {'fit':>7} {'bare':>6} {'pipeline':>8} {'MB':>6} {'signal':>7} {'noise':>6}"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", help="registry ids; all without any")
    parser.add_argument("--tickers", type=int, default=120)
    parser.add_argument("--sessions", type=int, default=900)
    parser.add_argument("--seeds", default="1", help="such as 1,2,3")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        measure(chosen.child[0], Path(chosen.child[1]))
        return
    from mltrainer.models.registry import MODELS

    print(HEAD, flush=True)
    with tempfile.TemporaryDirectory(prefix="mltrainer-bench-") as folder:
        # Markets are built by a process of their own, so that their memory is not taken for a model's.
        size = [str(chosen.tickers), str(chosen.sessions), chosen.seeds]
        subprocess.run([sys.executable, "-c", BUILD, folder, *size], check=True, cwd=ROOT)
        for name in chosen.models or MODELS:
            subprocess.run([sys.executable, __file__, "--child", name, folder], check=True)


def measure(name: str, folder: Path) -> None:
    from mltrainer.models.registry import MODELS
    from scripts.bench.bare_fits import against_bare

    warnings.simplefilter("ignore")
    signal_market = "signal" if MODELS[name].direction else "hit"
    signal, noise = (pickle.loads((folder / f"{market}.pickle").read_bytes()) for market in (signal_market, "noise"))
    # The first fit of a process pays for importing the library.
    few = replace(signal[0], train=(signal[0].train[1] - 8_000, signal[0].train[1]))
    few.fit(name)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    before = time.process_time()
    found = signal[0].fit(name)
    spent = time.process_time() - before
    added = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held) / 1024
    own, bare, pipeline = against_bare(name, signal[0])
    on_signal = [signal[0].auc(found), *(market.auc(market.fit(name)) for market in signal[1:])]
    on_noise = [market.auc(market.fit(name)) for market in noise]
    per = 100_000 / found.train_rows
    print(
        f"{name:31} {found.train_rows:7d} {spent * per:7.2f} {own * per:7.2f}"
        f" {ratio(own, bare):>6} {ratio(own, pipeline):>8} {added:6.0f}"
        f" {fmean(on_signal):7.3f} {fmean(on_noise):6.3f}",
        flush=True,
    )


def ratio(own: float, other: float | None) -> str:
    return "-" if other is None else f"{own / other:.2f}"


if __name__ == "__main__":
    main()
