"""The PC/SC service as the contactless driver uses it: one reader, its state, commands to a card.

pyscard's own monitors end for good when pcscd restarts, so the loop is the driver's, over low-level calls.
"""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from smartcard import scard

from drivers.contactless.type4_tag import Transmit
from drivers.contactless.uid import unreadable_card
from drivers.troubles import DeviceTrouble
from foundation.errors import DeviceError

_CARD_FAILURES = frozenset(
    {
        scard.SCARD_W_REMOVED_CARD,
        scard.SCARD_W_RESET_CARD,
        scard.SCARD_W_UNPOWERED_CARD,
        scard.SCARD_W_UNRESPONSIVE_CARD,
        scard.SCARD_W_UNSUPPORTED_CARD,
        scard.SCARD_E_NO_SMARTCARD,
        scard.SCARD_E_SHARING_VIOLATION,
        scard.SCARD_E_PROTO_MISMATCH,
        scard.SCARD_E_NOT_TRANSACTED,
        scard.SCARD_E_COMM_DATA_LOST,
    }
)
_NO_READER = frozenset(
    {scard.SCARD_E_NO_READERS_AVAILABLE, scard.SCARD_E_READER_UNAVAILABLE, scard.SCARD_E_UNKNOWN_READER}
)
_FORBIDDEN = frozenset({scard.SCARD_W_SECURITY_VIOLATION, scard.SCARD_E_NO_ACCESS})
_USUAL_SOCKET = "/run/pcscd/pcscd.comm"
_EVENT_COUNT_SHIFT = 16
_STATUS_BYTES = 2
"""Every response ends with SW1 and SW2 (ISO/IEC 7816-4, 5.1)."""


@dataclass(frozen=True, slots=True)
class ReaderState:
    """What a reader last reported; `raw` is given back to it to wait for the next change."""

    raw: int = scard.SCARD_STATE_UNAWARE

    @property
    def has_card(self) -> bool:
        """Whether a card lies on the reader."""
        return bool(self.raw & scard.SCARD_STATE_PRESENT)

    @property
    def changes(self) -> int:
        """How often a card came or went: tells a swapped card from one that stayed."""
        return self.raw >> _EVENT_COUNT_SHIFT


class CardService(Protocol):
    """What the driver needs of PC/SC, so that a demo can do without."""

    def open(self) -> None:
        """Begin to use the service; raises DeviceError when it does not run."""

    def readers(self) -> list[str]:
        """The names of the readers that are plugged in; raises DeviceError when the service ended."""

    def wait(self, reader: str, known: ReaderState, timeout_ms: int) -> ReaderState:
        """The reader's state once it differs from `known`, or after the time-out; raises DeviceError."""

    def card(self, reader: str) -> AbstractContextManager[Transmit]:
        """Talk to the card on `reader`: what it gives takes a command and returns the card's response.

        Both raise CredentialError when the card is gone or mute, DeviceError when reader or service are.
        """

    def interrupt(self) -> None:
        """End a waiting `wait` at once; safe from any thread."""

    def close(self) -> None:
        """End the use of the service; never raises."""


class PcscCardService:
    """pcscd through pyscard's low-level calls."""

    def __init__(self, calls: Any = scard) -> None:  # noqa: ANN401 - pyscard ships no types
        self._calls = calls
        self._context: int | None = None
        self._closing = threading.Lock()

    def open(self) -> None:
        """Establish a context."""
        result, context = self._calls.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
        if result != scard.SCARD_S_SUCCESS and _hangs_up():
            raise DeviceError(DeviceTrouble.CARD_SERVICE_FORBIDDEN, why=f"PC/SC {result:#x}")
        _require(result)
        # Only now: what stands there after a failure is no context, and releasing it fails too.
        self._context = context

    def readers(self) -> list[str]:
        """List the readers; none is no error."""
        result, names = self._calls.SCardListReaders(self._context, [])
        if result == scard.SCARD_E_NO_READERS_AVAILABLE:
            return []
        _require(result)
        return list(names)

    def wait(self, reader: str, known: ReaderState, timeout_ms: int) -> ReaderState:
        """Wait in SCardGetStatusChange."""
        result, states = self._calls.SCardGetStatusChange(self._context, timeout_ms, [(reader, known.raw)])
        if result in (scard.SCARD_E_TIMEOUT, scard.SCARD_E_CANCELLED):
            return known
        _require(result)
        raw = states[0][1] & ~scard.SCARD_STATE_CHANGED
        if raw & (scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE):
            _require(scard.SCARD_E_READER_UNAVAILABLE)
        return ReaderState(raw)

    @contextmanager
    def card(self, reader: str) -> Iterator[Transmit]:
        """Connect, give commands, and leave the card as it is."""
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        result, card, protocol = self._calls.SCardConnect(
            self._context, reader, scard.SCARD_SHARE_SHARED, protocols
        )
        _require(result)

        def transmit(command: bytes) -> bytes:
            result, response = self._calls.SCardTransmit(card, protocol, list(command))
            _require(result)
            if len(response) < _STATUS_BYTES:
                # Some readers call it a success when the card leaves in the middle: that is no answer.
                raise unreadable_card("The card gave no answer.")
            return bytes(response)

        try:
            yield transmit
        finally:
            self._calls.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)

    def interrupt(self) -> None:
        """Cancel the wait, if there is one."""
        with self._closing:
            if self._context is not None:
                self._calls.SCardCancel(self._context)

    def close(self) -> None:
        """Release the context, if there is one."""
        with self._closing:
            context, self._context = self._context, None
            if context is not None:
                self._calls.SCardReleaseContext(context)


def _require(result: int) -> None:
    """Turn a failed call into the error of what failed: the card, the reader or the service."""
    if result == scard.SCARD_S_SUCCESS:
        return
    if result in _CARD_FAILURES:
        raise unreadable_card(f"The card left the reader or did not answer (PC/SC {result:#x}).")
    if result in _FORBIDDEN:
        raise DeviceError(DeviceTrouble.CARD_SERVICE_FORBIDDEN, why=f"PC/SC {result:#x}")
    if result in _NO_READER:
        raise DeviceError(DeviceTrouble.CARD_READER_GONE, why=f"PC/SC {result:#x}")
    raise DeviceError(DeviceTrouble.CARD_SERVICE_SILENT, why=f"PC/SC {result:#x}")


def _hangs_up() -> bool:
    """Whether somebody listens where pcscd does: it hangs up without a word on whom polkit doesn't let in."""
    with socket.socket(socket.AF_UNIX) as door:
        try:
            door.connect(os.environ.get("PCSCLITE_CSOCK_NAME", _USUAL_SOCKET))
        except PermissionError:
            return True
        except OSError:
            return False
        return True
