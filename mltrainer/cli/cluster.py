"""``mltrainer cluster``: start a cluster on this machine, and how to use a larger one."""

import asyncio
import os
import sys
from typing import Annotated, Any

import typer

from mltrainer.settings.errors import MltrainerError, UsageError

GUIDE = """Fit models on a Dask cluster: several processes, several machines, or a cloud.

\b
A cluster on this machine, and a trial on it from another terminal:
  pip install "distributed>=2026.8"      (or, in the folder of mltrainer, pip install ".[dask]")
  mltrainer cluster start --workers 2
  mltrainer do model-comparison --engine dask --scheduler tcp://127.0.0.1:8786 ...

\b
Several machines, each with the same versions of Python, mltrainer and its libraries (others are refused):
  dask scheduler --host SCHEDULER                 on one of them
  dask worker tcp://SCHEDULER:8786 --nthreads 8   on each: so many fits side by side, one thread each

\b
A cloud: whatever starts a Dask scheduler and workers from an image with mltrainer in it and tells the address:
  dask-cloudprovider: EC2Cluster, AzureVMCluster, GCPCluster with docker_image=IMAGE, FargateCluster with image=IMAGE
  Kubernetes: the Helm chart dask/dask, or dask-kubernetes (KubeCluster): image IMAGE
  machines with SSH: distributed.SSHCluster, or dask ssh HOST HOST ...
  The image: FROM python:3.11-slim, COPY the folder of mltrainer, RUN pip install "FOLDER[dask]".
  Use tls:// or a tunnel (ssh -L 8786:localhost:8786 SCHEDULER) and --scheduler tcp://localhost:8786.

\b
What travels: workers that see the home folder (--home on a shared disk) read the matrices there; to others they are
sent once, and fitted models are not kept. Keys never travel. Results are the same to the last bit where processors
compute alike.

\b
Who is trusted: whoever reaches a scheduler can run code on its workers, and a scheduler can run code on this machine.
Let it listen on loopback or in a closed network, or use TLS: tls:// with the certificates that Dask is configured with
(DASK_DISTRIBUTED__COMM__TLS__CA_FILE, ..__CLIENT__CERT, ..__CLIENT__KEY; dask scheduler --help lists its own).

The user's configuration may hold engine and scheduler under [options]; a project's may not.
"""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def add_to(app: typer.Typer, name: str, summary: str) -> None:
    """Add the group."""
    group = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help=GUIDE)
    group.command("start")(start)
    app.add_typer(group, name=name)


def start(
    workers: Annotated[int, typer.Option(min=1, help="processes, each for one fit at a time", metavar="N")] = 2,
    host: Annotated[str, typer.Option(help="address to listen on", metavar="HOST")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one", metavar="PORT")] = 8786,
) -> int:
    """Start a scheduler and workers on this machine, print the address, and go on until Ctrl-C."""
    import importlib.util

    from mltrainer.cli.running import run_until_done
    from mltrainer.settings.child_environment import child_environment

    if importlib.util.find_spec("distributed") is None:
        raise UsageError("a cluster needs the package distributed", hint='pip install "distributed>=2026.8"')
    # Keys stay here: workers would inherit them.
    for name in os.environ.keys() - child_environment().keys():
        del os.environ[name]
    return run_until_done(_serve(workers, host, port))


async def _serve(workers: int, host: str, port: int) -> int:
    import logging

    from distributed import LocalCluster

    try:
        cluster: Any = LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host=host,
            scheduler_port=port,
            # Its pages stay on this address too.
            dashboard_address=f"{host}:0",
            # It holds for the worker alone, which only waits for the processes that fit.
            memory_limit=None,
            # Scheduler and workers trace at the highest level what is none of an error, such as a client that leaves.
            silence_logs=logging.CRITICAL + 1,
            asynchronous=True,
        )
        await cluster
    except (OSError, RuntimeError) as error:
        cause: BaseException = error
        while cause.__cause__:
            cause = cause.__cause__
        said = f"no cluster can be started on {host}:{port}: {cause}"
        raise MltrainerError(said, hint="choose another --port or --host") from None
    try:
        if host not in LOOPBACK:
            print("whoever reaches this address can run code here; mltrainer cluster --help", file=sys.stderr)
        print(f"--engine dask --scheduler {cluster.scheduler_address}", flush=True)
        await asyncio.Event().wait()
    finally:
        await cluster.close()
    return 0
