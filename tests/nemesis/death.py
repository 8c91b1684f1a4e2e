"""Signals for a process and its children: all killed at one moment, as by a power cut, or all stopped."""

import contextlib
import os
import signal
from pathlib import Path

from tests.sync.patience import until


def kill_with_children(pid: int) -> None:
    """Kill it and whatever it started; returns when all of them are gone, but for their burial.

    It is stopped first: so it starts nobody meanwhile, and buries nobody, whose number then were another's.
    """
    os.kill(pid, signal.SIGSTOP)
    until(lambda: _state_of(pid) in "TtZX")
    family = [*_children_of(pid), pid]
    for each in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
    until(lambda: all(_state_of(each) in "ZX" for each in family))


def tell_family(pid: int, number: signal.Signals) -> None:
    """Send a signal to it and to whatever it started."""
    for each in (pid, *_children_of(pid)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, number)


def _children_of(pid: int) -> list[int]:
    parents = {int(path.name): _field(path, 1) for path in Path("/proc").iterdir() if path.name.isdigit()}
    return [child for child, parent in parents.items() if parent == str(pid)]


def _state_of(pid: int) -> str:
    """A letter as in proc(5); X for one that is gone."""
    return _field(Path("/proc") / str(pid), 0) or "X"


def _field(process: Path, number: int) -> str:
    """One of the fields behind the name, which may hold spaces itself."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[number]
    except (OSError, IndexError):
        return ""
