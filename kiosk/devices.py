"""The drivers that the settings ask for. A terminal loads only the libraries of the devices that it has."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from drivers.modem.gateway import SmsGateway
from drivers.reading import Deliver, Driver, Now, Reading
from drivers.settings import KeyboardSettings
from drivers.troubles import DeviceTrouble
from foundation.errors import DeviceError
from foundation.words import Words
from kiosk.checkin.text_replies import TextDecided, answer_to
from kiosk.local_api.messages import Outcome
from kiosk.settings import KioskSettings

if TYPE_CHECKING:
    from drivers.contactless.pcsc import (
        CardService,  # it loads pyscard, which a terminal without a reader lacks
    )


@dataclass(frozen=True, slots=True)
class Takers:
    """Who takes what the devices have: readings, what could not be read, and texts that must be safe first.

    `take_text` waits until a text is decided and logged, and gives None when that did not happen in time.
    """

    deliver: Deliver
    unreadable: Callable[[str], None]
    take_text: Callable[[Reading], TextDecided | None]


class LibraryTwins(Protocol):
    """Stand-ins for what libraries offer: the drivers call them in place of pcscd and evdev."""

    @property
    def cards(self) -> "CardService":
        """What stands for pcscd."""

    def open_keyboard(self, path: str) -> Any:  # noqa: ANN401 - what evdev.InputDevice is to the driver
        """What stands for opening an input device."""


def build_drivers(
    settings: KioskSettings, takers: Takers, now: Now, words: Words, twins: LibraryTwins | None = None
) -> list[Driver]:
    """One driver a device of the settings, not yet started; raises DeviceError for a missing library.

    With `twins`, keypads and contactless readers are stand-ins.
    """
    drivers: list[Driver] = []
    deliver, unreadable = takers.deliver, takers.unreadable
    if settings.camera:
        from drivers.camera.driver import CameraDriver

        drivers += [
            CameraDriver(one, deliver=deliver, now=now, unreadable=unreadable) for one in settings.camera
        ]
    if settings.scanner:
        from drivers.scanner import ScannerDriver

        drivers += [
            ScannerDriver(one, deliver=deliver, now=now, unreadable=unreadable) for one in settings.scanner
        ]
    if settings.id_card:
        from drivers.id_card.driver import IdCardDriver

        drivers += [
            IdCardDriver(one, deliver=deliver, now=now, unreadable=unreadable) for one in settings.id_card
        ]
    if settings.tag:
        from drivers.em4100 import Em4100Driver

        drivers += [
            Em4100Driver(one, deliver=deliver, now=now, unreadable=unreadable) for one in settings.tag
        ]
    if settings.contactless:
        drivers += _contactless(settings, takers, now, twins)
    if settings.wedge or settings.keypad:
        from drivers.keyboard.drivers import KeypadDriver, WedgeDriver
        from drivers.keyboard.port import Keyboard

        def keyboard(one: KeyboardSettings) -> Keyboard | None:
            return Keyboard(one.path, one.usb_id, twins.open_keyboard) if twins else None

        drivers += [
            WedgeDriver(one, deliver=deliver, now=now, unreadable=unreadable, keyboard=keyboard(one))
            for one in settings.wedge
        ]
        drivers += [
            KeypadDriver(one, deliver=deliver, now=now, unreadable=unreadable, keyboard=keyboard(one))
            for one in settings.keypad
        ]
    if settings.modem:
        from drivers.modem.driver import ModemDriver

        for one in settings.modem:
            answering = _Answering(takers.take_text, words)
            modem = ModemDriver(one, deliver=answering.deliver, now=now)
            answering.gateway = modem
            drivers.append(modem)
    return drivers


def _contactless(
    settings: KioskSettings, takers: Takers, now: Now, twins: LibraryTwins | None
) -> list[Driver]:
    try:
        from drivers.contactless.driver import ContactlessDriver
        from drivers.contactless.pcsc import PcscCardService
    except ImportError as error:
        raise DeviceError(DeviceTrouble.CARD_SERVICE_MISSING, why=error) from error
    return [
        ContactlessDriver(
            one,
            twins.cards if twins else PcscCardService(),
            deliver=takers.deliver,
            now=now,
            unreadable=takers.unreadable,
            signed_taps=bool(settings.ntag424_key_file),
        )
        for one in settings.contactless
    ]


class _Answering:
    """Takes text messages: decided and logged first, then answered, and only then forgotten by the modem."""

    def __init__(self, take_text: Callable[[Reading], TextDecided | None], words: Words) -> None:
        self._take_text = take_text
        self._words = words
        self.gateway: SmsGateway | None = None

    def deliver(self, reading: Reading) -> bool:
        text = self._take_text(reading)
        if text is None or text.decided.outcome is Outcome.NOT_RECORDED:
            return False
        answer = answer_to(text, self._words)
        if answer and reading.sender is not None and self.gateway is not None:
            self.gateway.send(reading.sender, answer)
        return True
