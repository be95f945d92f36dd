#!/usr/bin/env python
"""Times the longest paths through the product: CPU seconds of all processes that a command starts, and wall seconds.

    .venv/bin/python scripts/bench/paths.py                             (the simulated market)
    .venv/bin/python scripts/bench/paths.py --data BARS.parquet
    .venv/bin/python scripts/bench/paths.py --against ../other          (beside another version of the code)
    .venv/bin/python scripts/bench/paths.py --only regime --only "regime again"

Paths that build on others come after them, in a home of their own. With ``--against`` each path runs with one version
and at once with the other, so that their ratio means something on a machine that others use too; CPU seconds of the
same work differ less than wall seconds do there.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq

HERE = Path(__file__).resolve().parents[2]
EIGHT = "ridge,elastic_net,pls,lda,gaussian_naive_bayes,decision_tree,hist_gradient_boosting,lightgbm"
TWENTY_YEARS = ["--source", "simulated", "--simulate", "tickers=100,sessions=5040,start=2000-01-03"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a Parquet file of bars; the simulated market without it")
    parser.add_argument("--simulate", default="tickers=200,sessions=1500", help="size of the simulated market")
    parser.add_argument("--against", type=Path, help="folder of another version of the code")
    parser.add_argument("--only", action="append", help="a path by its name; may be repeated")
    chosen = parser.parse_args()
    versions = [HERE, *([chosen.against.resolve()] if chosen.against else [])]
    heading = "wall s   CPU s" + "  wall there  CPU there  CPU here / there" * bool(chosen.against)
    with tempfile.TemporaryDirectory(prefix="mltrainer-bench-") as folder:
        print(f"{'':28}{heading}")
        for name, home, command in paths(chosen):
            if chosen.only and name not in chosen.only:
                continue
            spent = [
                cost(code, [*command, "--home", f"{folder}/{place}-{home}"]) for place, code in enumerate(versions)
            ]
            wall, cpu = spent[0]
            beside = f"{spent[1][0]:12.1f} {spent[1][1]:10.1f} {cpu / spent[1][1]:17.2f}" if chosen.against else ""
            print(f"{name:28}{wall:6.1f} {cpu:7.1f}{beside}", flush=True)


def paths(chosen: argparse.Namespace) -> Iterator[tuple[str, str, list[str]]]:
    """Yield each path: its name, its home, and its command."""
    data = ["--data", str(chosen.data)] if chosen.data else ["--source", "simulated", "--simulate", chosen.simulate]
    screen, compare = ["do", "momentum-screening", *data], ["do", "model-comparison", *data, "--universe", "top-100"]
    yield "screening, cold", "screening", [*screen, "--as-of", str(day_before(chosen))]
    yield "a new day", "screening", screen
    yield "another threshold", "screening", [*screen, "--confidence", "80%"]
    yield "list of trials", "screening", ["trials", "list"]
    yield "a trial", "screening", ["trials", "show", "T2"]
    yield "report", "screening", ["trials", "export", "T2", "--html", f"{tempfile.mkdtemp()}/report.html"]
    yield "rerun", "screening", ["trials", "rerun", "T2"]
    yield "8 models", "comparison", [*compare, "--models", EIGHT]
    yield "one model more", "comparison", [*compare, "--models", f"{EIGHT},lasso"]
    yield "audit", "comparison", ["trials", "audit", "T1"]
    yield "regime", "regime", ["do", "regime-detection", *TWENTY_YEARS]
    yield "regime again", "regime", ["do", "regime-detection", *TWENTY_YEARS]
    if chosen.data:
        yield "import", "import", ["data", "import", str(chosen.data)]


def day_before(chosen: argparse.Namespace) -> date:
    """Return the day before the last bar."""
    if chosen.data:
        last = max(pq.read_table(chosen.data, columns=["date"])["date"].to_pylist())
        return date.fromisoformat(str(last)[:10]) - timedelta(days=1)
    from mltrainer.data.load import load_panel
    from mltrainer.settings.request import DataRequest

    simulated = DataRequest.model_validate({"source": "simulated", "simulation": chosen.simulate})
    return date.fromisoformat(load_panel(simulated).dates[-1]) - timedelta(days=1)


def cost(code: Path, command: list[str]) -> tuple[float, float]:
    """Run a command of one version and return its wall seconds, and the CPU seconds of all that it started.

    Workers are in a session of their own, and are killed without anybody reaping what they forked: their times are
    looked at while they live.
    """
    started, spent = time.perf_counter(), dict[int, float]()
    running = subprocess.Popen(
        [sys.executable, "-m", "mltrainer", *command],
        cwd=code,
        env=os.environ | {"PYTHONPATH": str(code)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    mine = {running.pid}
    while running.poll() is None:
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                # It has just ended.
                continue
            if {int(folder.name), int(fields[1]), int(fields[3])} & mine:
                mine.add(int(folder.name))
                spent[int(folder.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        time.sleep(0.05)
    if running.returncode:
        sys.exit(f"exit code {running.returncode} of mltrainer {' '.join(command)}")
    return time.perf_counter() - started, sum(spent.values())


if __name__ == "__main__":
    main()
