"""A real Dask cluster on loopback: a scheduler and workers, each a process that a test may kill."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from tests.cli.program import LONGEST_SECONDS

BLIND = Path(__file__).with_name("blind_worker.py")


class DaskCluster:
    """Starts what is missing, and ends everything at the end.

    Workers are started with a key in their environment, as a careless user may do.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = ""
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.workers: dict[str, subprocess.Popen[bytes]] = {}

    def alive(self) -> "DaskCluster":
        """Return this cluster with a scheduler and two workers: one that sees our folders, and a blind one."""
        if not self.scheduler:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            self.address = f"tcp://127.0.0.1:{port}"
            self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", str(port))
        for name, more in (("seeing", ()), ("blind", ("--preload", str(BLIND)))):
            if name not in self.workers:
                self.workers[name] = self._start(
                    "worker", self.address, "--no-nanny", "--nthreads", "1", "--name", name, "--host", "127.0.0.1",
                    "--local-directory", str(self.folder / name), *more,
                )  # fmt: skip
        self._wait_for_workers()
        return self

    def kill_worker(self, name: str) -> None:
        _kill(self.workers.pop(name))

    def kill_scheduler(self) -> None:
        """Kill the scheduler; its workers are of no more use."""
        assert self.scheduler
        _kill(self.scheduler)
        self.scheduler = None
        for name in list(self.workers):
            self.kill_worker(name)

    def close(self) -> None:
        if self.scheduler:
            self.kill_scheduler()

    def fitting(self, *names: str) -> list[int]:
        """Return the processes that fit, of the named workers or of all."""
        found = []
        for name in names or self.workers:
            for children in Path(f"/proc/{self.workers[name].pid}/task").glob("*/children"):
                found += [int(child) for child in children.read_text().split()]
        return found

    def _start(self, what: str, *options: str) -> "subprocess.Popen[bytes]":
        environment = os.environ | {"ANTHROPIC_API_KEY": "sk-do-not-pass-on", "DASK_LOGGING__DISTRIBUTED": "error"}
        with (self.folder / f"{what}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", what, "--no-dashboard", *options],
                env=environment,
                stdout=log,
                stderr=log,
            )

    def _wait_for_workers(self) -> None:
        import distributed

        with distributed.Client(self.address, timeout=LONGEST_SECONDS, set_as_default=False) as client:
            client.wait_for_workers(len(self.workers), timeout=LONGEST_SECONDS)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
