"""What the centre tells this terminal, as the uplink brings it: verified, and held ready for the engine.

Messages are taken on the local socket's threads; the engine fetches what came of them between two readings.
"""

import queue
from collections import deque

import structlog

from kiosk.local_messages import FromCentre
from muster.errors import MessageError
from sync import downlink, wire
from sync.downlink import Command, Order
from sync.signing import VerifyKey
from sync.wire import MessageKind, Realm, RejectCode

_IDS_KEPT = 200

_logger = structlog.get_logger()


class Intake:
    """The centre's messages to one terminal; `take` never raises for what somebody may send."""

    def __init__(self, terminal: str, realm: Realm, centre: VerifyKey) -> None:
        self._terminal = terminal
        self._realm = realm
        self._centre = centre
        self._orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
        self._seen: deque[str] = deque(maxlen=_IDS_KEPT)

    def take(self, message: FromCentre) -> None:
        """Take one sealed message; what is not the centre's, not for us or too late is refused and logged."""
        try:
            self._take(message)
        except MessageError as error:
            _logger.warning("centre_message_refused", code=error.code, why=error.what)

    def orders(self) -> list[Order]:
        """The orders that have arrived since the last call, oldest first."""
        arrived = []
        while not self._orders.empty():
            arrived.append(self._orders.get())
        return arrived

    def _take(self, message: FromCentre) -> None:
        match wire.read_envelope(message.message).kind:
            case MessageKind.COMMAND:
                command, _ = downlink.open_told(
                    message.message, Command, centre=self._centre, terminal=self._terminal, realm=self._realm
                )
                self._take_command(command, message.centre_ms)
            case kind:
                raise MessageError(
                    RejectCode.MALFORMED,
                    f"Nobody here takes a {kind} message.",
                    remedy="Update this terminal.",
                )

    def _take_command(self, command: Command, centre_ms: int) -> None:
        if command.id in self._seen:
            return
        if centre_ms > command.deadline_ms:
            raise MessageError(
                RejectCode.MALFORMED,
                f"The order {command.id} came {centre_ms - command.deadline_ms} ms after its deadline.",
                remedy="The centre gives it again where it still holds.",
            )
        self._seen.append(command.id)
        self._orders.put(command.order)
