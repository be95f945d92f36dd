#!/usr/bin/env python
"""Times one comparison on this machine's processes, on a cluster that sees the data, and on one that is sent them.

    .venv/bin/python scripts/bench/engines.py [--data BARS.parquet] [--workers 2]

Scheduler and workers run on loopback, as many fits side by side as the local engine has. The runs follow one another
in one call, each in a home of its own; seconds of fits are told beside wall time, since a busy machine slows all. Last,
a long trial is interrupted, and the time until no fit runs on the cluster any more is taken.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLIND = ROOT / "tests" / "trials" / "blind_worker.py"
MODELS = "ridge,lda,gaussian_naive_bayes,decision_tree,hist_gradient_boosting,lightgbm"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="bars; a simulated market without it")
    parser.add_argument("--simulate", default="tickers=60,sessions=900", help="the simulated market")
    parser.add_argument("--models", default=MODELS)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    source = ["--data", str(chosen.data)] if chosen.data else ["--simulate", chosen.simulate]
    source = ["--source", "files" if chosen.data else "simulated", *source]
    sys.stdout.reconfigure(line_buffering=True)
    with tempfile.TemporaryDirectory(prefix="mltrainer-bench-") as folder:
        place = Path(folder)
        compare = ["model-comparison", "--json", "--models", chosen.models, *source]
        local = do(place / "local", *compare, "--workers", str(chosen.workers))
        print(told("local", local, local))
        with cluster(place, chosen.workers) as address:
            there = do(place / "dask", *compare, "--engine", "dask", "--scheduler", address)
            print(told("dask, same folder", there, local))
            print(f"interrupted: the workers are free after {until_free(place, source, address):.2f} s")
        with cluster(place, chosen.workers, "--preload", str(BLIND)) as address:
            far = do(place / "far", *compare, "--engine", "dask", "--scheduler", address)
            print(told("dask, data sent", far, local))
            sent = sum(path.stat().st_size for path in (place / "copies").rglob("copies/*/*"))
            print(f"sent: {sent / 1e6:.1f} MB in all to one worker process")


def do(home: Path, *arguments: str) -> tuple[float, dict]:
    """Run an action as a command and return its wall seconds and its document."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "mltrainer", "do", *arguments, "--home", str(home)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started, json.loads(done.stdout)


def told(name: str, run: tuple[float, dict], local: tuple[float, dict]) -> str:
    wall, proof = run[0], run[1]["provenance"]
    same = "same numbers" if proof["digest"] == local[1]["provenance"]["digest"] else "OTHER NUMBERS"
    return (
        f"{name + ':':20} {wall:6.1f} s, {wall / local[0]:.2f} of local; {proof['fits']} fits that took "
        f"{proof['fit_seconds']:.1f} s, {proof['workers']} side by side; {same}"
    )


@contextmanager
def cluster(place: Path, threads: int, *options: str) -> Iterator[str]:
    """Start a scheduler and one worker for so many fits, and yield the address."""
    import distributed

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address, dask = f"tcp://127.0.0.1:{port}", [sys.executable, "-m", "dask"]
    commands = (
        [*dask, "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"],
        [*dask, "worker", address, "--nthreads", str(threads), "--no-nanny", "--no-dashboard", *options]
        + ["--local-directory", str(place / "copies")],
    )  # fmt: skip
    started = [subprocess.Popen(one, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) for one in commands]
    try:
        with distributed.Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(1, timeout=60)
        yield address
    finally:
        for process in started:
            process.kill()
            process.wait()


def until_free(place: Path, source: list[str], address: str) -> float:
    """Interrupt a trial whose fits would take minutes, and return the seconds until none of them runs."""
    long = ["walk-forward-test", "--models", "random_forest", "--params", "random_forest.n_estimators=2000", *source]
    command = [sys.executable, "-m", "mltrainer", "do", *long, "--engine", "dask", "--scheduler", address]
    with subprocess.Popen([*command, "--home", str(place / "dask")], stderr=subprocess.DEVNULL) as program:
        before = cpu_of_fits()
        while cpu_of_fits() < before + 3:
            time.sleep(0.1)
        program.send_signal(signal.SIGINT)
        started = time.perf_counter()
        while fits():
            time.sleep(0.01)
        return time.perf_counter() - started


def fits() -> list[Path]:
    """Return the processes that fit for a cluster on this machine."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if b"mltrainer.trials.fit_process" in (entry / "cmdline").read_bytes():
                found.append(entry)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def cpu_of_fits() -> float:
    ticks = 0
    for entry in fits():
        try:
            ticks += int((entry / "stat").read_text().rpartition(")")[2].split()[11])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
