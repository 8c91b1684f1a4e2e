"""Reads scanners that type, and number pads, from the kernel's input devices."""

from abc import abstractmethod
from collections.abc import Callable

from drivers.keyboard.keys import Entered, KeyDecoder, KeypadEntry, Typed
from drivers.keyboard.port import Keyboard
from drivers.lifecycle import DriverThread, Unreadable, tell_nobody
from drivers.reading import Deliver, Now, Presented, Secret
from drivers.scanner import ScannerFraming, present_codes
from drivers.settings import KeyboardSettings, KeypadSettings, WedgeSettings


class KeyboardDriver(DriverThread):
    """A driver whose device types; subclasses say what a step makes of the keys."""

    def __init__(
        self,
        settings: KeyboardSettings,
        *,
        kind: str,
        deliver: Deliver,
        now: Now,
        unreadable: Unreadable,
        keyboard: Keyboard | None,
    ) -> None:
        super().__init__(settings.name, kind=kind, deliver=deliver, now=now, unreadable=unreadable)
        self.keyboard = keyboard or Keyboard(settings.path, settings.usb_id)

    def open(self) -> None:
        """Take the device, forgetting what was typed before it was lost."""
        self.keyboard.open()
        self.forget()

    def close(self) -> None:
        """Give the device back."""
        self.keyboard.close()

    def is_plugged_in(self) -> bool:
        """Whether the device's path exists."""
        return self.keyboard.is_plugged_in()

    @abstractmethod
    def forget(self) -> None:
        """Forget what was typed and not finished."""


class WedgeDriver(KeyboardDriver):
    """Presents every code that a scanner types."""

    def __init__(
        self,
        settings: WedgeSettings,
        *,
        deliver: Deliver,
        now: Now,
        unreadable: Unreadable = tell_nobody,
        keyboard: Keyboard | None = None,
    ) -> None:
        super().__init__(
            settings, kind="wedge", deliver=deliver, now=now, unreadable=unreadable, keyboard=keyboard
        )
        self._idle_ms = settings.idle_ms
        self._layout = settings.layout
        self._form, self._turned = settings.format, settings.reversed
        self.forget()

    def forget(self) -> None:
        """Forget a code that was begun, and which keys were down."""
        self._decoder = KeyDecoder(self._layout)
        self._framing = ScannerFraming()

    def step(self) -> None:
        """Read keys, or notice that none came for the idle time."""
        keys = self.keyboard.read(self._idle_ms)
        typed = b"".join(map(self._decoder.feed, keys))
        read = self._framing.feed(typed) if keys else self._framing.silence()
        present_codes(self, read, self._form, turned=self._turned)


class KeypadDriver(KeyboardDriver):
    """Presents the digits that somebody entered; `typed` is told how many stand in the field."""

    _READ_TIMEOUT_MS = 200

    def __init__(
        self,
        settings: KeypadSettings,
        *,
        deliver: Deliver,
        now: Now,
        unreadable: Unreadable = tell_nobody,
        typed: Callable[[int], None] = lambda count: None,  # noqa: ARG005 - nobody shows the digits
        keyboard: Keyboard | None = None,
    ) -> None:
        super().__init__(
            settings, kind="keypad", deliver=deliver, now=now, unreadable=unreadable, keyboard=keyboard
        )
        self._forget_after_ms = settings.forget_after_ms
        self._tell_count = typed
        self._entry = KeypadEntry()
        self._last_key_ms = 0

    def forget(self) -> None:
        """Clear the field."""
        self._tell(self._entry.clear())

    def step(self) -> None:
        """Read keys, and clear the field when whoever typed has left."""
        keys = self.keyboard.read(self._READ_TIMEOUT_MS)
        at = self.now()
        if keys:
            self._last_key_ms = at.mono_ms
        elif at.mono_ms - self._last_key_ms >= self._forget_after_ms:
            self.forget()
        for key in keys:
            event = self._entry.feed(key)
            if isinstance(event, Entered):
                self._tell_count(0)
                self.present(Presented.KEYPAD, Secret(event.digits), at=at)
            else:
                self._tell(event)

    def _tell(self, typed: Typed | None) -> None:
        if typed is not None:
            self._tell_count(typed.count)
