"""Contactless cards without hardware: a card for the virtual reader vpcd, and a whole service of our own."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from drivers.contactless.pcsc import ReaderState
from drivers.contactless.type4_tag import Transmit
from drivers.contactless.uid import GET_UID, unreadable_card
from drivers.settings import ContactlessSettings
from drivers.simulated.ntag424 import card_showing
from drivers.troubles import DeviceTrouble
from foundation.errors import DeviceError

ATR = bytes.fromhex("3B8F8001804F0CA000000306030001000000006A")
"""Answer to reset of a MIFARE 1K card, as PC/SC part 3 builds it for storage cards."""

_POWER_OFF, _POWER_ON, _RESET, _GET_ATR = b"\x00", b"\x01", b"\x02", b"\x04"
_PRESENT, _EMPTY = 0x20, 0x10


def card_with(uid: str) -> Callable[[bytes], bytes]:
    """A card's answers: its UID when it is asked for it, "instruction not supported" otherwise."""
    return lambda command: bytes.fromhex(uid) + b"\x90\x00" if command == GET_UID else b"\x6d\x00"


class VirtualCard:
    """A card in the reader that vpcd shows to pcscd: it is there while the connection stands.

    Messages on the connection have a length of two bytes, big-endian, in front; one byte is a command to the
    card's power, anything longer an APDU (vsmartcard, doc/api.txt). `answer` returns None to be pulled away
    in the middle of a command.
    """

    def __init__(self, port: int, answer: Callable[[bytes], bytes | None]) -> None:
        self._answer = answer
        self._line = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._line.settimeout(None)
        self._thread = threading.Thread(target=self._run, name="virtual card", daemon=True)
        self._thread.start()

    def pull(self) -> None:
        """Take the card off the reader."""
        with contextlib.suppress(OSError):  # the service ended before, or the card pulled itself
            self._line.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._line.close()

    def _run(self) -> None:
        try:
            while (message := self._receive()) is not None:
                if message in (_POWER_OFF, _POWER_ON, _RESET):
                    continue
                answer = ATR if message == _GET_ATR else self._answer(message)
                if answer is None:
                    self._line.shutdown(socket.SHUT_RDWR)
                    return
                self._line.sendall(len(answer).to_bytes(2, "big") + answer)
        except OSError:
            return  # the service ended

    def _receive(self) -> bytes | None:
        header = self._line.recv(2, socket.MSG_WAITALL)
        if len(header) < 2:
            return None
        return self._line.recv(int.from_bytes(header, "big"), socket.MSG_WAITALL)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pull()


class SimulatedCardService:
    """Stands in for pcscd with one reader, for a demo without it; satisfies CardService."""

    READER = "Simulated card reader 00 00"

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._plugged_in = True
        self._runs = True
        self._card: Callable[[bytes], bytes | None] | None = None
        self._changes = 0

    @classmethod
    def of(cls, settings: ContactlessSettings) -> Self:  # noqa: ARG003 - its one reader has a name of its own
        """The stand-in for a device of the settings."""
        return cls()

    def port(self) -> Self:
        """What its driver takes in place of pcscd."""
        return self

    def obey(self, action: str, argument: str) -> None:
        """Hold the card with a UID to the reader, which shows a web address if one follows.

        Without a word the card is taken away; `unplug` and `plug_in` are the reader's.
        """
        match action:
            case "":
                self.take_away()
            case "unplug":
                self.unplug()
            case "plug_in":
                self.plug_in()
            case uid:
                self.hold(card_showing(uid, argument) if argument else card_with(uid))

    def hold(self, answer: Callable[[bytes], bytes | None]) -> None:
        """Hold a card to the reader, such as `card_with(uid)`."""
        self._change(card=answer)

    def take_away(self) -> None:
        """Take the card away."""
        self._change(card=None)

    def unplug(self) -> None:
        """Pull the reader's cable."""
        self._plugged_in = False
        self._change(card=None)

    def plug_in(self) -> None:
        """Plug the reader in again."""
        self._plugged_in = True
        self._change(card=None)

    def end(self) -> None:
        """End the service, as when pcscd is killed."""
        self._runs = False
        self._change(card=None)

    def begin(self) -> None:
        """Let the service run again."""
        self._runs = True
        self._change(card=None)

    def open(self) -> None:
        """Begin to use the service."""
        self._require_service()

    def readers(self) -> list[str]:
        """The one reader, while it is plugged in."""
        self._require_service()
        return [self.READER] if self._plugged_in else []

    def wait(self, reader: str, known: ReaderState, timeout_ms: int) -> ReaderState:
        """Wait until a card comes or goes."""
        with self._changed:
            if self._state() == known:
                self._changed.wait(timeout_ms / 1000)
            self._require_service()
            if reader not in self.readers():
                raise DeviceError(DeviceTrouble.CARD_READER_GONE, why="simulated")
            return self._state()

    @contextlib.contextmanager
    def card(self, reader: str) -> Iterator[Transmit]:
        """Talk to the card; another one that lies there meanwhile does not answer in its place."""
        card = self._card

        def transmit(command: bytes) -> bytes:
            there = card is not None and card is self._card and reader in self.readers()
            response = card(command) if card is not None and there else None
            if response is None:
                raise unreadable_card("The card left the reader (simulated).")
            return response

        yield transmit

    def interrupt(self) -> None:
        """End a wait at once."""
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        """End the use of the service."""

    def _state(self) -> ReaderState:
        return ReaderState(self._changes << 16 | (_PRESENT if self._card else _EMPTY))

    def _change(self, *, card: Callable[[bytes], bytes | None] | None) -> None:
        with self._changed:
            self._card = card
            self._changes += 1
            self._changed.notify_all()

    def _require_service(self) -> None:
        if not self._runs:
            raise DeviceError(DeviceTrouble.CARD_SERVICE_SILENT, why="simulated")
