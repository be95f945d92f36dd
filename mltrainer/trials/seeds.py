"""Seeds by name, so that neither the order of work nor the number of workers matters."""

import zlib

import numpy as np


def seed_for(root: int, *names: str | int) -> int:
    """Return the seed of one piece of work, such as (root, "random_forest", 3)."""
    words = [zlib.crc32(str(name).encode()) for name in names]
    return int(np.random.SeedSequence([root, *words]).generate_state(1)[0]) & 0x7FFFFFFF
