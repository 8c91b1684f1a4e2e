"""The drivers that the settings ask for. A terminal loads only the libraries of the devices that it has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from drivers.catalog import ConfiguredDevice
from drivers.lifecycle import tell_nobody
from drivers.modem.gateway import SmsGateway
from drivers.reading import Deliver, Driver, Now, Presented, Reading
from foundation.words import Words
from kiosk.checkin.reply_limits import ReplyLimits
from kiosk.checkin.text_replies import TextDecided, answer_to
from kiosk.local_api.messages import Outcome
from kiosk.settings import KioskSettings

LibraryTwins = Mapping[str, object]
"""By a device's name, what its driver takes in place of a library such as pcscd or evdev; for demos alone."""


@dataclass(frozen=True, slots=True)
class ReadingSinks:
    """Who takes what the devices have: readings, what could not be read, and texts that must be safe first.

    `take_text` waits until a text is decided and logged, and gives None when that did not happen in time.
    """

    deliver: Deliver
    unreadable: Callable[[str], None]
    take_text: Callable[[Reading], TextDecided | None]


@dataclass(frozen=True, slots=True)
class DriverBuilder:
    """Makes the drivers of one terminal; whose language is not known is answered in that of `words`."""

    settings: KioskSettings
    sinks: ReadingSinks
    now: Now
    words: Words
    twins: LibraryTwins | None = None

    def build_all(self) -> list[Driver]:
        """One driver a device of the settings, not yet started; raises DeviceError for a missing library."""
        return [self.build(one) for one in self.settings.devices]

    def build(self, device: ConfiguredDevice) -> Driver:
        """The driver of one device, not yet started; raises DeviceError for a missing library."""
        kind = device.kind
        more: dict[str, object] = {}
        if self.twins and kind.twin_as:
            more[kind.twin_as] = self.twins[device.name]
        if Presented.SIGNED_TAP in kind.presents:
            more["signed_taps"] = bool(self.settings.ntag424_key_file)
        make = partial(kind.load_driver(), device.settings, now=self.now, **more)
        driver: Driver
        if Presented.SMS in kind.presents:
            answering = _Answering(self.sinks.take_text, self.words)
            # Who sent a text that can't be read does not stand before the terminal.
            driver = answering.gateway = make(deliver=answering.deliver, unreadable=tell_nobody)
        else:
            driver = make(deliver=self.sinks.deliver, unreadable=self.sinks.unreadable)
        return driver


class _Answering:
    """Takes text messages: decided and logged first, then answered, and only then forgotten by the modem."""

    def __init__(self, take_text: Callable[[Reading], TextDecided | None], words: Words) -> None:
        self._take_text = take_text
        self._words = words
        self._limits = ReplyLimits()
        self.gateway: SmsGateway | None = None

    def deliver(self, reading: Reading) -> bool:
        text = self._take_text(reading)
        if text is None or text.decided.outcome is Outcome.NOT_RECORDED:
            return False
        answer = answer_to(text, self._words)
        if answer and reading.sender is not None and self.gateway and self._may_answer(text, reading):
            self.gateway.send(reading.sender, answer)
        return True

    def _may_answer(self, text: TextDecided, reading: Reading) -> bool:
        """Refusals are answered now and then, everything else always: it is its sender's own."""
        if text.digits is not None or text.decided.outcome is not Outcome.REFUSED or reading.sender is None:
            return True
        return self._limits.allow(reading.sender, reading.at.mono_ms, stranger=text.stranger)
