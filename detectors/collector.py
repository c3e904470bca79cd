"""The collector of cycles: what is restored is large, stays for long and holds no cycle, so it need not look at it."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Let the collector pass over what the block builds, now and later: it would stop the stream for nothing."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
