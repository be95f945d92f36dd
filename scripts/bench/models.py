#!/usr/bin/env python
"""Measures every model: the time of a fit, the bare library's beside it, memory, and skill on signal and on noise.

    .venv/bin/python scripts/bench/models.py                     (all models; takes some minutes)
    .venv/bin/python scripts/bench/models.py ridge lightgbm

Each model runs in a process of its own with one thread, on the same simulated markets: label "beats the median",
two thirds of the sessions are trained on, the rest is scored. Times are CPU seconds of reading, fitting and scoring,
for 100,000 training rows; a model with a cap on its rows does not take longer with more of them. ``bare`` is the fit
of the same library class on rows that are already prepared, and ``ratio`` the estimator's own fit against it. ``MB`` is
what the fit added to the memory of a process that had fitted a few rows before. AUCs are means over the seeds.

On two busy cores, 60 tickers x 700 sessions (25,000 training rows, 74 features): linear models take 0.3 to 2 s for
100,000 rows, boosting 2 to 8, forests 4 to 18 (a tree costs the same on more rows), kernels 3 to 7, tabular networks 2
to 3, recurrent networks 8 to 22, the FT-Transformer 88. Classifiers take 0.97 to 1.05 times as long as the bare
library; where a fit solves one system of equations (ridge, lasso, PLS), scaling the rows takes twice as long as that.
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
# The settings of the model ``lightgbm`` in the words of the library's own classifier.
SAME_AS_LIGHTGBM = {
    "n_estimators": 100,
    "num_leaves": 8,
    "learning_rate": 0.05,
    "min_child_samples": 500,
    "subsample": 0.7,
    "subsample_freq": 1,
    "colsample_bytree": 0.5,
    "max_bin": 63,
    "deterministic": True,
    "force_row_wise": True,
    "n_jobs": 1,
    "verbose": -1,
}
BUILD = """
import pickle, sys
from pathlib import Path
from tests.models.markets import build
folder, tickers, sessions, seeds = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
size = {"tickers": tickers, "sessions": sessions, "label": "beats_median"}
for name, strength in (("planted", 0.15), ("noise", 0.0)):
    made = [build(folder / (name + seed), signal_ic=strength, seed=int(seed), **size) for seed in seeds.split(",")]
    (folder / f"{name}.pickle").write_bytes(pickle.dumps(made))
"""


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

    print(f"{'model':31} {'rows':>7} {'s/100k':>7} {'bare s':>7} {'ratio':>6} {'MB':>6} {'planted':>8} {'noise':>6}")
    with tempfile.TemporaryDirectory(prefix="mltrainer-bench-") as folder:
        # Markets are built by a process of their own, so that their memory is not taken for a model's.
        size = [str(chosen.tickers), str(chosen.sessions), chosen.seeds]
        subprocess.run([sys.executable, "-c", BUILD, folder, *size], check=True, cwd=ROOT)
        for name in chosen.models or MODELS:
            subprocess.run([sys.executable, __file__, "--child", name, folder], check=True)


def measure(name: str, folder: Path) -> None:
    warnings.simplefilter("ignore")
    planted, noise = (pickle.loads((folder / market).read_bytes()) for market in ("planted.pickle", "noise.pickle"))
    # The first fit of a process pays for importing the library.
    few = replace(planted[0], train=(planted[0].train[1] - 8_000, planted[0].train[1]))
    few.fit(name)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    before = time.process_time()
    found = planted[0].fit(name)
    spent = time.process_time() - before
    added = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held) / 1024
    bare, ratio = against_bare(name, planted[0])
    on_planted = [planted[0].auc(found), *(market.auc(market.fit(name)) for market in planted[1:])]
    on_noise = [market.auc(market.fit(name)) for market in noise]
    print(
        f"{name:31} {found.train_rows:7d} {spent * 100_000 / found.train_rows:7.2f} {bare:>7} {ratio:>6}"
        f" {added:6.0f} {fmean(on_planted):8.3f} {fmean(on_noise):6.3f}",
        flush=True,
    )


def against_bare(name: str, market) -> tuple[str, str]:
    """Return CPU seconds of the bare library's fit, and the estimator's own fit against it; "-" where there is none."""
    import numpy as np
    from sklearn.base import clone

    from mltrainer.models.registry import MODELS
    from mltrainer.models.scaled import capped
    from mltrainer.trials.matrices import open_matrices

    entry = MODELS[name]
    if name == "lightgbm":
        from lightgbm import LGBMClassifier
    if entry.library == "torch" or not set(entry.fit_takes) <= {"sample_weight"}:
        return "-", "-"
    file = "returns.npy" if entry.learns_returns else "labels.npy"
    target = np.load(market.folder / file)[0, slice(*market.train)].astype(np.float64)
    known = np.isfinite(target) if entry.learns_returns else target >= 0
    rows, target = open_matrices(market.folder).features()[slice(*market.train)][known], target[known]
    ours = entry.estimator(5, {})
    before = time.process_time()
    ours.fit(rows, target)
    own = time.process_time() - before
    if hasattr(ours, "scaler_"):
        few, target, _ = capped(ours, rows, target)
        model, rows = clone(ours.model_), ours.scaler_.transform(few)
        target = (target - ours.mean_) / ours.spread_ if entry.learns_returns else target
    elif entry.library in ("sklearn", "xgboost"):
        base = type(ours).__mro__[1]
        params = {key: getattr(ours, key) for key in base().get_params() if hasattr(ours, key)}
        if params.get("max_samples", 0) and params["max_samples"] > 1:
            params["max_samples"] = min(params["max_samples"], len(target))
        if name == "decision_tree":
            params["min_samples_leaf"] = min(params["min_samples_leaf"], len(target) // 10)
        params |= ours.kwargs if hasattr(ours, "kwargs") and ours.kwargs else {}
        model = base(**params)
    elif name == "lightgbm":
        model = LGBMClassifier(**SAME_AS_LIGHTGBM)
    else:
        return "-", "-"
    before = time.process_time()
    model.fit(rows, target)
    spent = time.process_time() - before
    return f"{spent:.2f}", f"{own / max(spent, 1e-3):.2f}"


if __name__ == "__main__":
    main()
