#!/usr/bin/env python
"""A walk-forward test on a large simulated market: its time, its rows, and the most memory that it held at once.

    .venv/bin/python scripts/bench/scale.py --tickers 500        (a tenth of the full size: a few minutes)
    .venv/bin/python scripts/bench/scale.py                      (5,000 tickers x 2,500 sessions)

Memory is the sum over the command, its worker and the processes that fit, read every second from the kernel's
proportional shares, so that what they share counts once. It is printed as it grows, with the fits that are done, so
that a run which is cut off has told where it was. Stated apart are pages of mapped files, which the kernel takes
back whenever it needs room, and what importing the libraries alone costs in as many processes. Linux only.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

EVERY = 1.0
# However little grows, a line comes so often, in seconds.
NEWS = 300
NOISE = 50.0
IMPORTS = {
    "worker": "import mltrainer.trials.requests, mltrainer.trials.forecasting, mltrainer.data.load, pandas",
    "fits": "import mltrainer.trials.engine, sklearn.ensemble, {library}",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tickers", type=int, default=5000)
    parser.add_argument("--sessions", type=int, default=2500)
    parser.add_argument("--models", default="lightgbm")
    parser.add_argument("--library", default="lightgbm", help="module that the fits import")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--test-block", type=int, default=252)
    parser.add_argument("--params", default="", help="of models, such as lightgbm.n_estimators=10 for a quick look")
    parser.add_argument("--home", type=Path, help="where matrices and results go; a folder that is removed otherwise")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mltrainer-scale-") as folder:
        run(chosen, chosen.home or Path(folder))


def run(chosen: argparse.Namespace, home: Path) -> None:
    """Run the test, watch it, and print what it took."""
    command = [sys.executable, "-m", "mltrainer", "do", "walk-forward-test", "--json", "--home", str(home)]
    command += ["--source", "simulated", "--simulate", f"tickers={chosen.tickers},sessions={chosen.sessions}"]
    command += ["--universe", "all", "--models", chosen.models, "--test-block", str(chosen.test_block)]
    command += ["--params", chosen.params] if chosen.params else []
    started = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--workers", str(chosen.workers)], stdout=subprocess.PIPE, stderr=2, text=True
    )
    watch = Watch(process.pid, home / "cache" / "fits")
    answer, _ = process.communicate()
    spent = time.perf_counter() - started
    watch.stop()
    document = json.loads(answer)
    if document["status"] != "succeeded":
        sys.exit(f"failed: {document['error']}")
    size = matrix_bytes(home) / 1e6
    alone = imports_mb(IMPORTS["worker"]) + chosen.workers * imports_mb(IMPORTS["fits"].format(library=chosen.library))
    proof, rows = document["provenance"], document["evaluation"]
    print(f"{chosen.tickers} tickers x {chosen.sessions} sessions, {document['data']['rows']:,} bars")
    for row in rows:
        print(f"  {row['model']}: {row['folds']} folds, {row['test_rows']:,} scored rows, AUC {row['auc']:.4f}")
    print(
        f"wall time:        {spent:,.0f} s with {chosen.workers} workers; fits {proof['fit_seconds']:,.0f} s, ", end=""
    )
    print(f"certificate {proof.get('certificate_seconds', 0):,.0f} s")
    print(f"feature matrix:   {size:,.0f} MB as float32")
    above = watch.peak.total - alone
    print(f"peak memory:      {watch.peak.total:,.0f} MB, of it mapped files {watch.peak.files:,.0f} MB")
    print(f"above imports:    {above:,.0f} MB ({alone:,.0f} MB), {above / size:.2f} times the matrix; ", end="")
    print(f"without mapped files {watch.own - alone:,.0f} MB, {(watch.own - alone) / size:.2f} times")


def matrix_bytes(home: Path) -> int:
    """Return the size of the feature matrix that the test built."""
    return max(path.stat().st_size for path in (home / "cache" / "matrices").glob("*/X.npy"))


def imports_mb(code: str) -> float:
    """Return what a process holds that only imports."""
    ask = f"{code}\nfrom pathlib import Path\nprint(Path('/proc/self/smaps_rollup').read_text())"
    found = subprocess.run([sys.executable, "-c", ask], check=True, stdout=subprocess.PIPE, text=True).stdout
    return Held.of([found]).total


class Held:
    """Memory of some processes in MB."""

    def __init__(self, total: float, files: float, parts: list[int]) -> None:
        self.total, self.files, self.parts = total, files, parts

    @classmethod
    def of(cls, texts: list[str]) -> "Held":
        """Sum up what the kernel says about each process."""
        fields = [{line.split(":")[0]: line.split() for line in text.splitlines()[1:]} for text in texts]
        pss = [int(one["Pss"][1]) / 1000 for one in fields]
        files = sum(int(one["Pss_File"][1]) + int(one["Pss_Shmem"][1]) for one in fields) / 1000
        return cls(sum(pss), files, [round(one) for one in pss])


class Watch:
    """Reads the memory of a process and all its descendants until it is stopped, and says how it grows."""

    def __init__(self, root: int, fits: Path) -> None:
        self.root, self.fits = root, fits
        self.peak, self.own = Held(0.0, 0.0, []), 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        started = told = time.monotonic()
        highest = 0.0
        while not self._ended.wait(EVERY):
            held = Held.of([text for pid in self._descendants() if (text := read(f"/proc/{pid}/smaps_rollup"))])
            self.own = max(self.own, held.total - held.files)
            if held.total > self.peak.total:
                self.peak = held
            now = time.monotonic()
            # One line for each tenth and some megabytes more, to see where it grows.
            if held.total > 1.1 * highest + NOISE or now > told + NEWS:
                told, highest = now, max(highest, held.total)
                print(
                    f"{now - started:>7,.0f} s: {held.total:,.0f} MB, mapped files {held.files:,.0f} MB, processes "
                    f"{held.parts}, {len(list(self.fits.glob('*.npz')))} fits; at most {self.peak.total:,.0f} MB, "
                    f"{self.own:,.0f} MB without mapped files",
                    flush=True,
                )

    def _descendants(self) -> list[int]:
        parents = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal() and (stat := read(f"/proc/{entry.name}/stat")):
                parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
        mine = {self.root}
        while more := {pid for pid, parent in parents.items() if parent in mine} - mine:
            mine |= more
        return sorted(mine)


def read(path: str) -> str:
    """Return what stands there; nothing where the process has ended."""
    try:
        return Path(path).read_text()
    except OSError:
        return ""


if __name__ == "__main__":
    main()
