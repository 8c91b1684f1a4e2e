"""Whether the engine answers the screens; what it says of itself is what other checks go by then."""

import queue
from dataclasses import dataclass
from pathlib import Path

from drivers.reading import DeviceHealth, DeviceState
from foundation.trouble import Trouble
from kiosk.checkup.check import Check, Finding, Mark, Said, Subject, found, good
from kiosk.local_api.client import SILENCE_MS, EngineGone, Heard, LocalClient
from kiosk.local_api.messages import Snapshot, Status
from kiosk.troubles import TerminalTrouble

_NAME = "doctor"


@dataclass(frozen=True, slots=True)
class EngineSeen:
    """The engine's status where it answered, else why it did not."""

    status: Status | None = None
    trouble: Trouble | None = None
    snapshot: Snapshot | None = None

    @property
    def devices(self) -> list[DeviceHealth]:
        """How the engine says that its devices are doing."""
        told = self.status.devices if self.status else []
        return [DeviceHealth(one.name, one.kind, DeviceState(one.state), fault=one.trouble) for one in told]


def look_at_engine(socket: Path) -> EngineSeen:
    """Greet it as a screen does."""
    heard: queue.SimpleQueue[Heard] = queue.SimpleQueue()
    client = LocalClient(socket, _NAME, heard.put)
    client.start()
    try:
        while True:
            message = heard.get(timeout=2 * SILENCE_MS / 1000)
            if isinstance(message, Snapshot):
                return EngineSeen(message.status, snapshot=message)
            if isinstance(message, EngineGone):
                return EngineSeen(trouble=message.why)
    except queue.Empty:
        return EngineSeen(trouble=Trouble.of(TerminalTrouble.ENGINE_SILENT, path=socket))
    finally:
        client.close()


def judge_screen(seen: EngineSeen) -> Check:
    """Whether a screen could show anything; an engine that was stopped is no fault of its socket. Pure."""
    if seen.trouble is None:
        return good(Subject.SCREEN, Said.SCREEN_GOOD)
    stopped = seen.trouble.code == TerminalTrouble.ENGINE_MISSING
    return found(Subject.SCREEN, Finding(Mark.LOOK if stopped else Mark.BROKEN, seen.trouble))
