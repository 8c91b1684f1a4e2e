"""One click of somebody's, one call of a program's or one command: whatever it changes bears one id."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("click", default="")


@contextmanager
def one_click() -> Iterator[str]:
    """Whatever is noted within it belongs together; within another one it is part of that."""
    held = _current.get()
    if held:
        yield held
        return
    token = _current.set(secrets.token_hex(8))
    try:
        yield _current.get()
    finally:
        _current.reset(token)


def current_click() -> str:
    """The id of what is under way; empty for what the centre does by itself."""
    return _current.get()
