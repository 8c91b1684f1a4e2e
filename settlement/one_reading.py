"""Reading once what many services ask for on the way to one page, as which numbers are one person's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

Read = TypeVar("Read")

_kept: ContextVar[dict[object, Any] | None] = ContextVar("kept", default=None)


@contextmanager
def one_reading() -> Iterator[None]:
    """Within, what is `read_once` is asked for one time. For what only reads: nothing may change."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def read_once(read: Callable[[], Read]) -> Callable[[], Read]:
    """A reading without arguments whose first answer stands as long as `one_reading` lasts."""

    @wraps(read)
    def kept() -> Read:
        held = _kept.get()
        if held is None:
            return read()
        if read not in held:
            held[read] = read()
        found: Read = held[read]
        return found

    return kept
