"""What a driver hands to the engine: a reading, and how the device is doing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from foundation.trouble import Trouble


class Presented(StrEnum):
    """What kind of thing was presented; decides how its payload is read."""

    CODE = "code"  # text of a QR code or barcode, or "bytes:" and the hex of bytes that declare no text
    ID_NUMBER = "id_number"  # resident identity card
    CARD_UID = "card_uid"  # contactless card, canonical upper-case hex
    SIGNED_TAP = "signed_tap"  # what an NTAG 424 signed, as `contactless.ntag424.tap_message` gives it
    TAG = "tag"  # 125 kHz EM4100 tag, its five bytes or the last four, upper-case hex
    KEYPAD = "keypad"  # digits typed at the terminal
    SMS = "sms"  # text that arrived at the terminal's modem


@dataclass(frozen=True, slots=True)
class Instant:
    """One moment as this machine saw it: CLOCK_BOOTTIME and UTC, both in milliseconds."""

    mono_ms: int
    wall_ms: int


class Secret:
    """Text that must not reach a log, a screen or a traceback; `reveal()` is the only way to it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text; call it only where it is hashed or verified at once."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


@dataclass(frozen=True, slots=True)
class Reading:
    """One presentation of a credential at a device.

    `payload` is secret whatever the device: a badge token admits whoever shows it, a card number identifies.
    `sender` is the E.164 number of a text message, secret too. `is_part`: one QR code of several
    that hold one text together. `by_sight`: a camera saw it, so that nobody need have meant it; `away_ms` is
    then for how long it was out of sight since it was presented before, `after` the codes that went out of
    sight just before this one turned up, and `seen_coming` is False where it may have been there before the
    camera saw. `again`: it was presented already, and was only out of sight for a moment.
    """

    device: str
    presented: Presented
    payload: Secret
    at: Instant
    sender: Secret | None = None
    is_part: bool = False
    by_sight: bool = False
    away_ms: int | None = None
    after: tuple[Secret, ...] = ()
    seen_coming: bool = True
    again: bool = False


class DeviceState(StrEnum):
    """Where a driver's thread is in its life."""

    CLOSED = "closed"
    OPENING = "opening"
    READY = "ready"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class DeviceHealth:
    """How one device is doing, for the staff's screen; counters run since the driver started.

    `fault` is what is wrong, None while the device is well.
    """

    device: str
    kind: str
    state: DeviceState
    readings: int = 0
    unreadable: int = 0
    dropped: int = 0
    reopened: int = 0
    last_reading_wall_ms: int | None = None
    fault: Trouble | None = None
    detail: dict[str, int] = field(default_factory=dict)


Deliver = Callable[[Reading], bool]
"""Takes a reading; answers False when the engine can't keep up and the reading was not taken."""

Now = Callable[[], Instant]
"""The injected clock of a driver."""


class Driver(Protocol):
    """A device with a thread of its own that recovers by itself until it is stopped."""

    @property
    def name(self) -> str:
        """The device's name in the settings."""

    def start(self) -> None:
        """Begin opening and reading; returns at once and never raises for a missing device."""

    def stop(self) -> None:
        """End the thread and close the port; returns when both are done."""

    def health(self) -> DeviceHealth:
        """How the device is doing right now; safe from any thread."""
