#!/usr/bin/env python
"""Times the default screening cold, and what must be cheap after it, beside the bare library fits.

    .venv/bin/python scripts/bench/default_trial.py --data BARS.parquet
    .venv/bin/python scripts/bench/default_trial.py                      (the simulated market)
    .venv/bin/python scripts/bench/default_trial.py --bare               (only the cold trial and the bare fits)
    .venv/bin/python scripts/bench/default_trial.py --side-by-side       (only 8 models with 1 worker and with 2)

Everything runs in one call on one machine, so that the ratios mean something; run it on an idle one. After the cold
trial come the same with another threshold, with another number of picks, and with one model more; then, in another
home, a trial that ends a day earlier, and the day that is new. The bare fits take the matrices that the trial built,
and the libraries' own classes with the same parameters: fits and predictions of the same rows, in as many processes
with one thread each, which have imported everything before the clock starts. What the trial takes beyond them, less
features and leak certificate, is the overhead.
"""

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ["OMP_NUM_THREADS"] = "1"

EIGHT = "ridge,elastic_net,pls,lda,gaussian_naive_bayes,decision_tree,extra_trees,hist_gradient_boosting"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="bars; the simulated market without it")
    parser.add_argument("--simulate", default="tickers=200,sessions=1500", help="size of the simulated market")
    parser.add_argument("--models", default="random_forest,xgboost")
    parser.add_argument("--more", default="lightgbm", help="the model that is added")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--side-by-side", action="store_true", help="only 8 models with 1 worker and with 2")
    parser.add_argument("--bare", action="store_true", help="only the cold trial beside the bare fits")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mltrainer-bench-") as folder:
        if chosen.side_by_side:
            side_by_side(chosen, Path(folder))
        else:
            default_trial(chosen, Path(folder))


def side_by_side(chosen: argparse.Namespace, folder: Path) -> None:
    """Compare 8 models with one worker and with two."""
    (one, first), (two, second) = (
        do(chosen, folder / str(count), action="model-comparison", models=EIGHT, workers=count) for count in (1, 2)
    )
    same = first["provenance"]["digest"] == second["provenance"]["digest"]
    print(f"8 models: {one:.1f} s with 1 worker, {two:.1f} s with 2: {one / two:.2f} times, same numbers: {same}")
    fits = first["provenance"]["fit_seconds"]
    print(
        f"fits {fits:.1f} s, all else {one - fits:.1f} s; were only the fits shared, {one / (one - fits / 2):.2f} times"
    )


def default_trial(chosen: argparse.Namespace, folder: Path) -> None:
    """Time the cold trial, what is cheap after it, and the bare fits."""
    first, second = folder / "first", folder / "second"
    cold, document = do(chosen, first)
    again = {}
    if not chosen.bare:
        again = {
            "threshold changed": do(chosen, first, "--confidence", "90%"),
            "picks changed": do(chosen, first, "--top-k", "20"),
            "costs changed": do(chosen, first, "--cost-bps", "10"),
            f"{chosen.more} added": do(chosen, first, models=f"{chosen.models},{chosen.more}"),
        }
        before = date.fromisoformat(document["data"]["last"]) - timedelta(days=1)
        do(chosen, second, "--as-of", str(before))
        again["a new day of bars"] = do(chosen, second)
    features, bare = bare_fits(chosen, document, first)
    data, proof = document["data"], document["provenance"]
    print(f"data: {data['source']}, {data['tickers']} tickers, {data['sessions']} sessions")
    for row in document["evaluation"]:
        print(f"  {row['model']}: {row['folds']} folds, AUC {row['auc']:.4f}, fits {row['seconds']:.1f} s")
    print(f"cold, as seen from outside: {cold:.1f} s ({proof['fits']} fits, {chosen.workers} workers)")
    for name, (spent, found) in again.items():
        fits, fitted = found["provenance"]["fits"], found["provenance"]["fit_seconds"]
        print(f"{name + ':':27} {spent:.1f} s, {spent / cold:.3f} of cold ({fits} fits, {fitted:.1f} s of fitting)")
    certificate = proof.get("certificate_seconds", 0.0)
    trial = cold - features - certificate
    print(f"features {features:.1f} s, leak certificate {certificate:.1f} s, all else {trial:.1f} s")
    print(f"bare fits and predictions:  {bare:.1f} s in {chosen.workers} processes")
    print(f"overhead:                   {trial / bare - 1:.1%}, {trial - bare:.1f} s")
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
    source = ["--data", str(chosen.data)] if chosen.data else ["--source", "simulated", "--simulate", chosen.simulate]
    command = [sys.executable, "-m", "mltrainer", "do", action, "--json", "--home", str(home), *source, *options]
    command += ["--models", models or chosen.models, "--workers", str(workers or chosen.workers)]
    started = time.perf_counter()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started, json.loads(done.stdout)


def bare_fits(chosen: argparse.Namespace, document: dict, home: Path) -> tuple[float, float]:
    """Return the seconds of the features, and those of fits and predictions of the libraries alone on the same rows."""
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
    named |= {"data": document["data"]["path"]} if named["source"] == "files" else {"simulation": chosen.simulate}
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
    work = home / "again"
    work.mkdir()
    panel, member = job.panel, job.member
    started = time.perf_counter()
    matrices, _ = prepare(panel, member, job.cache, work, feature_set=job.settings.feature_set, fresh=True)
    features = time.perf_counter() - started
    walk = cut(panel, member, matrices, job.settings, job.evaluated)
    spent = 0.0
    context = multiprocessing.get_context("spawn")
    for model in job.settings.models:
        if MODELS[model].inputs != "tabular":
            continue
        tasks = []
        for position, block in enumerate(walk.blocks):
            first, stop = walk.rows(block.fold.train_start, block.fit_end)
            labels = as_training_labels(walk.known(position).event)[first:stop]
            test = walk.rows(block.fold.test_start, block.fold.test_stop - 1)
            tasks.append((model, first, labels, test))
        with ProcessPoolExecutor(chosen.workers, context, load, (str(matrices.folder / "X.npy"), model)) as pool:
            # Both processes are there, with all imported, before the clock starts.
            list(pool.map(time.sleep, [1.0] * chosen.workers))
            started = time.perf_counter()
            list(pool.map(bare_fit, reversed(tasks)))
            spent += time.perf_counter() - started
    return features, spent


def load(path: str, model: str) -> None:
    """Read the matrix and import the library of a model."""
    import numpy as np

    from mltrainer.models.registry import MODELS

    MODELS[model].estimator(0, {})
    globals()["MATRIX"] = np.load(path)


def bare_fit(task: tuple) -> None:
    """Fit the library's own class and predict."""
    import numpy as np

    from mltrainer.models.registry import MODELS

    model, first, labels, test = task
    matrix = globals()["MATRIX"]
    estimator = MODELS[model].estimator(0, {})
    estimator.fit(matrix[first + np.flatnonzero(labels >= 0)], labels[labels >= 0].astype(float))
    estimator.predict_proba(matrix[slice(*test)])


if __name__ == "__main__":
    main()
