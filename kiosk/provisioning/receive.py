"""Messages from the centre, brought by the uplink: verified, kept on disk, and queued for the engine.

Messages are taken on the local socket's threads; the engine fetches what came of them between two readings.
"""

import queue
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from foundation.errors import MessageError, SettingsError
from kiosk.local_api.messages import FromCentre
from kiosk.provisioning.centre_data import CentreData, KeptRoster, KeptSettings
from kiosk.roster.index import NO_VERSION
from kiosk.troubles import TerminalTrouble
from sync.contract import wire
from sync.contract.downlink import (
    Codes,
    Command,
    NewerCommand,
    RosterChunk,
    SettingsGiven,
    SitePresenceUpdate,
    Wipe,
)
from sync.contract.orders import DoTask, ScreenMessages, Task
from sync.contract.roster_chunks import NOTHING, take_chunk
from sync.contract.wire import Ack, MessageKind, RejectCode

_IDS_KEPT = 200


@dataclass(frozen=True, slots=True)
class CentreKeyReplaced:
    """The terminal believes another key of the centre, and says so."""


@dataclass(frozen=True, slots=True)
class TaskGiven:
    """The centre asks for something, by the id of its command."""

    id: str
    todo: DoTask


@dataclass(frozen=True, slots=True)
class OrderNotKnown:
    """A command of a newer centre: it is answered so, and passed over."""

    id: str


Change = (
    KeptRoster
    | KeptSettings
    | CentreKeyReplaced
    | TaskGiven
    | OrderNotKnown
    | Wipe
    | Codes
    | SitePresenceUpdate
    | ScreenMessages
)
"""What is to take effect between two readings."""

_logger = structlog.get_logger()


class DownlinkReceiver:
    """The centre's messages to one terminal; `take` never raises for what somebody may send."""

    def __init__(
        self,
        centre_data: CentreData,
        *,
        roster_version: int,
        settings_version: int,
        acknowledged: Callable[[Ack, int], None] = lambda *_: None,
    ) -> None:
        """The versions are those in force; what is not newer is passed over.

        `acknowledged` gets each acknowledgement and when it came (ms since the boot), on any thread.
        """
        self._acknowledged = acknowledged
        self._centre_data = centre_data
        self._roster_version = roster_version
        self._settings_version = settings_version
        self._assembly = NOTHING
        self._arrived: queue.SimpleQueue[Change] = queue.SimpleQueue()
        self._seen: deque[str] = deque(maxlen=_IDS_KEPT)
        self._one_at_a_time = threading.Lock()

    def take(self, message: FromCentre) -> None:
        """Take one sealed message; what is not the centre's, not for us or too late is refused and logged.

        Rosters and settings are on the disk before they are held ready.
        """
        try:
            with self._one_at_a_time:
                self._take(message)
        except MessageError as error:
            _logger.warning("centre_message_refused", code=error.code, why=error.trouble)
        except SettingsError as error:
            _logger.warning("centre_message_not_kept", error=error.trouble)

    def arrived(self) -> list[Change]:
        """What has arrived since the last call, oldest first."""
        changes = []
        while not self._arrived.empty():
            changes.append(self._arrived.get())
        return changes

    def _take(self, message: FromCentre) -> None:
        sealed = message.message
        match wire.read_envelope(sealed).kind:
            case MessageKind.ROSTER_CHUNK:
                self._take_chunk(*self._centre_data.open(sealed, RosterChunk))
            case MessageKind.SETTINGS:
                given, _ = self._centre_data.open(sealed, SettingsGiven)
                if given.version > self._settings_version:
                    self._arrived.put(self._centre_data.keep_settings(sealed))
                    self._settings_version = given.version
            case MessageKind.COMMAND:
                self._take_command(self._command(sealed), message.centre_ms)
            case MessageKind.HANDOVER:
                self._centre_data.follow(sealed)
                self._arrived.put(CentreKeyReplaced())
            case MessageKind.ACK:
                self._acknowledged(self._centre_data.open_ack(sealed), message.received_mono_ms)
            case kind:
                raise MessageError(RejectCode.MALFORMED, TerminalTrouble.KIND_NOT_TAKEN, kind=kind)

    def _take_chunk(self, chunk: RosterChunk, body: bytes) -> None:
        try:
            self._assembly, whole = take_chunk(self._assembly, chunk, body, self._roster_version)
        except MessageError:
            self._assembly = NOTHING
            raise
        if whole is not None:
            self._arrived.put(self._centre_data.keep_roster(whole, chunk.version))
            self._roster_version = chunk.version

    def _command(self, sealed: bytes) -> Command | NewerCommand:
        """The command, or as much of it as is understood; raises MessageError for what is not believed."""
        try:
            return self._centre_data.open(sealed, Command)[0]
        except MessageError as error:
            if error.code != RejectCode.MALFORMED:
                raise
            _logger.warning("order_not_known", why=error.trouble)
            return self._centre_data.open(sealed, NewerCommand)[0]

    def _take_command(self, command: Command | NewerCommand, centre_ms: int) -> None:
        if command.id in self._seen:
            return
        if centre_ms > command.deadline_ms:
            raise MessageError(
                RejectCode.MALFORMED,
                TerminalTrouble.COMMAND_TOO_LATE,
                id=command.id,
                ms=centre_ms - command.deadline_ms,
            )
        self._seen.append(command.id)
        if isinstance(command, NewerCommand):
            self._arrived.put(OrderNotKnown(command.id))
        elif isinstance(command.order, DoTask):
            if command.order.task is Task.TAKE_ROSTER:
                # Its chunks are on their way already.
                self._roster_version, self._assembly = NO_VERSION, NOTHING
            self._arrived.put(TaskGiven(command.id, command.order))
        else:
            self._arrived.put(command.order)
