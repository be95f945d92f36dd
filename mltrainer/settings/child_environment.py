"""What processes that work for us see of our environment: no key, and one thread a fit."""

import os

# One level of parallelism, the processes: results do not depend on how many cores a machine has.
FIT_THREADS = 1
# Spinning OpenMP threads on busy cores cost up to 25 times the work.
_FIXED = {
    "OMP_WAIT_POLICY": "PASSIVE",
    "OMP_NUM_THREADS": str(FIT_THREADS),
    "OPENBLAS_NUM_THREADS": str(FIT_THREADS),
    "MKL_NUM_THREADS": str(FIT_THREADS),
    "PYTHONHASHSEED": "0",
    # An array of more than 2 million rows goes back to the system when it is freed; glibc would come to keep it.
    "MALLOC_MMAP_THRESHOLD_": str(16 * 1024**2),
    "MALLOC_TRIM_THRESHOLD_": str(32 * 1024**2),
    # Processes that fit are forked from one that has imported this; its allocator would keep a thread there.
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
# Keys are for the conversation; the machinery that trains models needs none.
_SECRETS = ("ANTHROPIC_API_KEY", "POLYGON_API_KEY", "FRED_API_KEY")


def child_environment() -> dict[str, str]:
    """Return the environment of a child process."""
    return {name: value for name, value in os.environ.items() if name not in _SECRETS} | _FIXED
