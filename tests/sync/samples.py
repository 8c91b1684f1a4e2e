"""What the tests of the line share: test keys, golden vectors, an event to log."""

import json
from pathlib import Path
from typing import Any

from sync.contract.events import Assurance, CheckIn, ClockState, ClockTrust, Credential, Method
from sync.contract.signing import SigningKey
from sync.log.writer import Log, Stamp

VECTORS = Path(__file__).parent.parent / "vectors"
TERMINAL = "gate-1"
TERMINAL_KEY = SigningKey.from_seed(bytes(range(32)))
CENTRE_KEY = SigningKey.from_seed(bytes(range(32, 64)))
STRANGER_KEY = SigningKey.from_seed(bytes(range(96, 128)))
BOOT = "c3" * 16
NINE_MS = 1_794_963_600_000
CLOCK = ClockTrust(ClockState.SYNCED, 12, "ntp", 30_000)
STAMP = Stamp(BOOT, 60_000, NINE_MS, CLOCK)


def vector(name: str) -> dict[str, Any]:
    """A golden vector, `wire/hello` for example."""
    content: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    return content


def message(name: str) -> bytes:
    """The payload of a golden message."""
    return str(vector(f"wire/{name}")["message"]).encode()


def check_in(volunteer: int = 1, wall_ms: int = NINE_MS) -> CheckIn:
    """Somebody came; the log gives it its place."""
    return CheckIn(
        terminal=TERMINAL,
        boot=BOOT,
        mono_ms=60_000,
        wall_ms=wall_ms,
        clock=CLOCK,
        credential=Credential(Method.BADGE, f"badge:{volunteer}.1", Assurance.MEDIUM),
        activity="guides-east",
    )


def open_log(path: Path, terminal: str = TERMINAL) -> Log:
    """The log at `path`, in a new epoch."""
    return Log(path, terminal, STAMP, "muster/test")
