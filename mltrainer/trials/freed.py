"""Memory that was freed and that the C library still holds."""

import ctypes


def give_back() -> None:
    """Give freed memory back to the system, where the C library can; it keeps freed arrays of up to 32 MB by itself."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)
