"""Reads resident identity cards: find, select, read, and hand over the number alone."""

import time

from drivers.debounce import CardPresence
from drivers.id_card.frames import Command, Damaged, Reply, ReplyFraming, Status, request
from drivers.id_card.text import number_from
from drivers.lifecycle import Unreadable, tell_nobody
from drivers.reading import Deliver, Now, Presented
from drivers.serial_port import SerialDriver
from drivers.settings import IdCardSettings
from drivers.troubles import DeviceTrouble
from foundation.errors import CredentialError, DeviceError

_POLL_MS = 300  # readers lose cards when they are asked faster
_ANSWER_WITHIN_MS = 1000
_READ_WITHIN_MS = 3000
_UNANSWERED_UNTIL_LOST = 3

_MODULE_FAULTS = {
    Status.SELF_TEST_FAILED: DeviceTrouble.ID_MODULE_FAILED,
    Status.NOT_AUTHORISED: DeviceTrouble.ID_MODULE_NOT_AUTHORISED,
}


class IdCardDriver(SerialDriver):
    """Presents the number of each card once; everything else on the card is overwritten unread."""

    _READ_TIMEOUT_MS = 50

    def __init__(
        self, settings: IdCardSettings, *, deliver: Deliver, now: Now, unreadable: Unreadable = tell_nobody
    ) -> None:
        super().__init__(
            settings,
            kind="id_card",
            read_timeout_ms=self._READ_TIMEOUT_MS,
            deliver=deliver,
            now=now,
            unreadable=unreadable,
        )
        self._framing = ReplyFraming()
        self._presence = CardPresence(gone_after_ms=settings.gone_after_ms)
        self._unanswered = 0

    def open(self) -> None:
        """Open the port and have the security module test itself."""
        super().open()
        self._unanswered = 0
        reply = self._ask(Command.MODULE_STATUS, _ANSWER_WITHIN_MS)
        if reply is None or reply.status != Status.DONE:
            raise DeviceError(DeviceTrouble.ID_READER_OTHER, reader=self.name)

    def close(self) -> None:
        """Give the port back and overwrite what was read."""
        self._framing.reset()
        super().close()

    def step(self) -> None:
        """Look for a card and read it."""
        self.pause(_POLL_MS)
        if self.stopping:
            return
        if self._status(Command.FIND_CARD) == Status.CARD_FOUND and (
            self._status(Command.SELECT_CARD) == Status.DONE
        ):
            self._read_card()

    def _status(self, command: Command) -> int | None:
        reply = self._ask(command, _ANSWER_WITHIN_MS)
        if reply is None:
            return None
        reply.wipe()  # it may be the late answer to a read
        return reply.status

    def _read_card(self) -> None:
        reply = self._ask(Command.READ_CARD, _READ_WITHIN_MS)
        if reply is None or reply.status != Status.DONE:
            self.reject()
            return
        try:
            number = number_from(reply.data)
        except CredentialError:
            self.reject()
            return
        finally:
            reply.wipe()
        at = self.now()
        if self._presence.is_new(number, at) and not self.present(Presented.ID_NUMBER, number, at=at):
            self._presence.forget()

    def _ask(self, command: Command, within_ms: int) -> Reply | None:
        """Send a command and wait for its reply; None when none comes in time or the driver is stopped.

        Raises DeviceError when the reader reports its module broken or went silent.
        """
        self._framing.reset()
        self.port.discard_input()
        self.port.write(request(command))
        give_up_at = time.monotonic_ns() + within_ms * 1_000_000
        while time.monotonic_ns() < give_up_at and not self.stopping:
            for event in self._framing.feed(self.port.read()):
                if isinstance(event, Damaged):
                    self.count("damaged_frames")
                    continue
                self._unanswered = 0
                return self._unless_broken(event)
        self._note_silence()
        return None

    def _unless_broken(self, reply: Reply) -> Reply:
        for status, trouble in _MODULE_FAULTS.items():
            if reply.status == status:
                raise DeviceError(trouble)
        return reply

    def _note_silence(self) -> None:
        self._unanswered += 1
        if self._unanswered >= _UNANSWERED_UNTIL_LOST and not self.stopping:
            raise DeviceError(DeviceTrouble.ID_READER_SILENT, reader=self.name)
