"""Settings of glibc's allocator (Linux), so that freed memory goes back to the system.

By default glibc takes blocks of up to 32 MB from the same heaps as small blocks, once blocks of
that size were freed. Memory that was freed while a model was loaded then stays with the process, in
gaps between lasting blocks. Heaps grow when blocks of another size fit no gap: see
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
# A block of this many bytes or more is mapped by itself, and given back when it is freed. While a
# model is loaded, nearly all weights are such blocks. Afterwards the keys and values of requests
# are, but not the logits of a step: new pages at every step would cost time.
LOADING: Final = MIB
SERVING: Final = 8 * MIB
# So many free bytes at the end of a heap are kept for the next pass.
KEPT: Final = 256 * MIB


@contextmanager
def compact_loading() -> Iterator[None]:
    """Loads inside the block without leaving gaps; memory that is freed later goes back.

    Changes nothing where one of the variables SETTINGS is set, or with another C library.
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
