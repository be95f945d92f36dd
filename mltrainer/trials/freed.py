"""Memory that nobody needs any more and that still counts as ours."""

import ctypes
import mmap

import numpy as np


def give_back() -> None:
    """Give freed memory back to the system, where the C library can; it keeps freed arrays of up to 32 MB by itself."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)


def let_go(mapped: np.memmap) -> None:
    """Unmap the pages of a map of a file that were looked at or written; they come back when they are asked for."""
    pages = mapped.base
    assert isinstance(pages, mmap.mmap)
    pages.madvise(mmap.MADV_DONTNEED)
