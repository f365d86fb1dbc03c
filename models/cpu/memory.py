"""Memory that is freed goes back to the system: settings of the allocator, where that is glibc's
(Linux).

By default glibc takes blocks of up to 32 MB from the same heaps as all small ones, once it has seen
blocks of that size freed. What was read and thrown away while a model was loaded then stays with
the process, in gaps between what lasts, and heaps grow when blocks of another size fit no gap: see
docs/decisions/memory.md.
"""

import ctypes
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

SETTINGS: Final = (
    "MALLOC_MMAP_THRESHOLD_",
    "MALLOC_TRIM_THRESHOLD_",
    "MALLOC_TOP_PAD_",
    "GLIBC_TUNABLES",
)
_MMAP_THRESHOLD, _TRIM_THRESHOLD = -3, -1  # M_MMAP_THRESHOLD, M_TRIM_THRESHOLD of malloc.h
MIB: Final = 1 << 20
# Bytes from which on a block is mapped by itself and given back when it is freed: nearly all
# weights while a model is loaded; afterwards the keys and values of the requests under way, but not
# the logits of a step, for which new pages at every step would cost time.
LOADING: Final = MIB
SERVING: Final = 8 * MIB
KEPT: Final = 256 * MIB  # free bytes at the end of a heap that are kept for the next pass


@contextmanager
def compact_loading() -> Iterator[None]:
    """What is loaded inside leaves no gaps, and what is freed later does not stay with the process.

    Changes nothing where somebody has set the allocator by one of the variables SETTINGS, or with
    another C library.
    """
    if platform.libc_ver()[0] != "glibc" or any(name in os.environ for name in SETTINGS):
        yield
        return
    allocator = ctypes.CDLL(None)
    allocator.mallopt(_MMAP_THRESHOLD, LOADING)
    try:
        yield
    finally:
        allocator.mallopt(_MMAP_THRESHOLD, SERVING)
        allocator.mallopt(_TRIM_THRESHOLD, KEPT)
        allocator.malloc_trim(0)
