#!/usr/bin/env python
"""Times the default screening cold, and what must be cheap after it, beside the bare library fits.

    .venv/bin/python scripts/bench/default_trial.py --data BARS.parquet
    .venv/bin/python scripts/bench/default_trial.py                      (the simulated market)
    .venv/bin/python scripts/bench/default_trial.py --side-by-side       (also 8 models with 1 worker and with 2)

Everything runs in one call on one machine, so that the ratios mean something; run it on an idle one. After the cold
trial come the same with another threshold, with another number of picks, and with one model more; then, in another
home, a trial that ends a day earlier, and the day that is new. The bare fits take the matrices that the trial built,
and the libraries' own classes with the same parameters, one after the other in one process with one thread; their sum
is divided by the number of workers to compare with wall time.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ["OMP_NUM_THREADS"] = "1"

EIGHT = "ridge,elastic_net,pls,lda,gaussian_naive_bayes,decision_tree,extra_trees,hist_gradient_boosting"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="bars; the simulated market without it")
    parser.add_argument("--models", default="random_forest,xgboost")
    parser.add_argument("--more", default="lightgbm", help="the model that is added")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--side-by-side", action="store_true", help="also compare 8 models with 1 worker and with 2")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mltrainer-bench-") as folder:
        first, second = Path(folder) / "first", Path(folder) / "second"
        cold, document = do(chosen, first)
        again = {
            "threshold changed": do(chosen, first, "--confidence", "90%"),
            "picks changed": do(chosen, first, "--top-k", "20"),
            f"{chosen.more} added": do(chosen, first, models=f"{chosen.models},{chosen.more}"),
        }
        before = date.fromisoformat(document["data"]["last"]) - timedelta(days=1)
        do(chosen, second, "--as-of", str(before))
        again["a new day of bars"] = do(chosen, second)
        bare = bare_fits(document, first)
        if chosen.side_by_side:
            one, two = (
                do(chosen, Path(folder) / name, action="model-comparison", models=EIGHT, workers=count)[0]
                for name, count in (("one", 1), ("two", 2))
            )
            print(f"8 models: {one:.1f} s with 1 worker, {two:.1f} s with 2 ({one / two:.2f} times)")
    data, proof = document["data"], document["provenance"]
    print(f"data: {data['source']}, {data['tickers']} tickers, {data['sessions']} sessions")
    for row in document["evaluation"]:
        print(f"  {row['model']}: {row['folds']} folds, AUC {row['auc']:.4f}, fits {row['seconds']:.1f} s")
    print(f"cold, as seen from outside: {cold:.1f} s ({proof['fits']} fits, {chosen.workers} workers)")
    for name, (spent, found) in again.items():
        fits, fitted = found["provenance"]["fits"], found["provenance"]["fit_seconds"]
        print(f"{name + ':':27} {spent:.1f} s, {spent / cold:.3f} of cold ({fits} fits, {fitted:.1f} s of fitting)")
    print(f"bare library fits:          {bare:.1f} s on one thread, {bare / chosen.workers:.1f} s a worker")
    overhead = cold - bare / chosen.workers
    print(f"cold / (bare / workers):    {cold * chosen.workers / bare:.2f}; all else takes {overhead:.1f} s")
    print(f"peak memory:                {proof['peak_memory_mb']:.0f} MB")


def do(
    chosen: argparse.Namespace,
    home: Path,
    *options: str,
    action: str = "momentum-screening",
    models: str = "",
    workers: int = 0,
) -> tuple[float, dict]:
    """Run an action as a command and return its wall seconds and its document."""
    source = ["--data", str(chosen.data)] if chosen.data else ["--source", "simulated"]
    command = [sys.executable, "-m", "mltrainer", "do", action, "--json", "--home", str(home), *source, *options]
    command += ["--models", models or chosen.models, "--workers", str(workers or chosen.workers)]
    started = time.perf_counter()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started, json.loads(done.stdout)


def bare_fits(document: dict, home: Path) -> float:
    """Return the seconds that fits and predictions of the libraries alone take on the same rows."""
    import numpy as np

    from mltrainer.actions.proposals import propose
    from mltrainer.models.registry import MODELS
    from mltrainer.settings.parameters import Settings
    from mltrainer.settings.request import DataRequest
    from mltrainer.trials.job import Job
    from mltrainer.trials.labels import as_training_labels
    from mltrainer.trials.matrices import prepare
    from mltrainer.trials.walk import cut

    settings = {key: value for key, value in document["settings"].items() if key in Settings.model_fields}
    proposal = propose("momentum_screening", settings, Settings())
    named = {"source": document["data"]["source"]}
    named |= {"data": document["data"]["path"]} if named["source"] == "files" else {}
    job = Job(
        action=proposal.action,
        trial_id=None,
        arguments=proposal.arguments,
        defaulted=[],
        request=DataRequest.model_validate(named),
        home=home,
        folder=home / "bare",
        workers=0,
        progress=lambda **_: None,
    )
    matrices, _ = prepare(job.panel, job.member, job.cache, home, feature_set=job.settings.feature_set)
    walk = cut(job.panel, job.member, matrices, job.settings, job.evaluated)
    features = np.array(matrices.features())
    spent = 0.0
    for model in job.settings.models:
        if MODELS[model].inputs != "tabular":
            continue
        for position, block in enumerate(walk.blocks):
            first, stop = walk.rows(block.fold.train_start, block.fit_end)
            labels = as_training_labels(walk.known(position).event)[first:stop]
            rows = first + np.flatnonzero(labels >= 0)
            test = slice(*walk.rows(block.fold.test_start, block.fold.test_stop - 1))
            estimator = MODELS[model].estimator(0, {})
            inputs, target = features[rows], labels[labels >= 0].astype(float)
            started = time.perf_counter()
            estimator.fit(inputs, target)
            estimator.predict_proba(features[test])
            spent += time.perf_counter() - started
    return spent


if __name__ == "__main__":
    main()
