"""Waiting for threads, processes and brokers: as long as it takes, and never for a fixed time."""

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")

PATIENCE_S = 300
"""Long enough for any busy machine; a test that waits so long has failed. pytest gives up later than this."""


def until(happened: Callable[[], Answer]) -> Answer:
    """Wait for something that is about to happen; answers with what `happened` then says."""
    give_up_at = time.monotonic() + PATIENCE_S
    while not (answer := happened()):
        assert time.monotonic() < give_up_at, "it did not happen"
        time.sleep(0.01)
    return answer
