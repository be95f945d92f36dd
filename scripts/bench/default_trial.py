#!/usr/bin/env python
"""Times the default screening cold, again with only the threshold changed, and the bare library fits beside it.

    .venv/bin/python scripts/bench/default_trial.py --data BARS.parquet
    .venv/bin/python scripts/bench/default_trial.py                      (the simulated market)

Everything runs in one call on one machine, so that the ratios mean something; run it on an idle one. The bare fits
take the matrices that the trial built, and the libraries' own classes with the same parameters, one after the other in
one process with one thread; their sum is divided by the number of workers to compare with wall time.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ["OMP_NUM_THREADS"] = "1"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="bars; the simulated market without it")
    parser.add_argument("--models", default="random_forest,xgboost")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mltrainer-bench-") as folder:
        home = Path(folder)
        cold, first = screen(chosen, home, "85%")
        warm, second = screen(chosen, home, "90%")
        bare = bare_fits(first, home)
    fits, overhead = first["provenance"]["fits"], cold - bare / chosen.workers
    print(f"data: {first['data']['source']}, {first['data']['tickers']} tickers, {first['data']['sessions']} sessions")
    for row in first["evaluation"]:
        print(f"  {row['model']}: {row['folds']} folds, AUC {row['auc']:.4f}, fits {row['seconds']:.1f} s")
    print(f"cold, as seen from outside: {cold:.1f} s ({fits} fits, {chosen.workers} workers)")
    print(f"threshold changed:          {warm:.1f} s ({second['provenance']['fits']} fits, {warm / cold:.3f} of cold)")
    print(f"bare library fits:          {bare:.1f} s on one thread, {bare / chosen.workers:.1f} s a worker")
    print(f"cold / (bare / workers):    {cold * chosen.workers / bare:.2f}; all else takes {overhead:.1f} s")
    print(f"peak memory:                {first['provenance']['peak_memory_mb']:.0f} MB")


def screen(chosen: argparse.Namespace, home: Path, confidence: str) -> tuple[float, dict]:
    source = ["--data", str(chosen.data)] if chosen.data else ["--source", "simulated"]
    command = [sys.executable, "-m", "mltrainer", "do", "momentum-screening", "--confidence", confidence, "--json"]
    command += ["--home", str(home), "--models", chosen.models, "--workers", str(chosen.workers), *source]
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
    matrices, _ = prepare(job.panel, job.member, job.cache, home)
    walk = cut(job.panel, job.member, matrices, job.settings)
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
