"""Whether buzzer and lights can be switched: the pin library, and the lines of this machine."""

from dataclasses import dataclass
from importlib.util import find_spec

from drivers.settings import FeedbackSettings
from kiosk.checkup.check import Check, Said, Subject, broken, found, good, to_look_at
from kiosk.troubles import CheckTrouble, TerminalTrouble

_LIBRARIES = ("lgpio", "RPi.GPIO", "pigpio")
"""What gpiozero reaches GPIO lines by, in its own order."""


@dataclass(frozen=True, slots=True)
class PinsSeen:
    """How opening the lines went. `refused` is what gpiozero said; `in_use` leaves them to the engine."""

    lines: tuple[int, ...]
    library: str = ""
    refused: str = ""
    in_use: bool = False


def look_at_pins(settings: FeedbackSettings, *, in_use: bool) -> PinsSeen | None:
    """Open the lines and give them back, unless the engine has them; None where the settings name none."""
    named = (settings.buzzer, settings.blue, settings.vermilion)
    lines = tuple(line for line in named if line is not None)
    if not lines:
        return None
    library = next((name for name in _LIBRARIES if _is_installed(name)), "")
    if in_use:
        return PinsSeen(lines, library, in_use=True)
    from drivers.feedback import GpioOutputs  # noqa: PLC0415 - loaded only where there are lines

    try:
        GpioOutputs(settings).close()
    except Exception as error:  # noqa: BLE001 - each GPIO library has errors of its own
        return PinsSeen(lines, library, f"{type(error).__name__}: {error}".split("\n")[0])
    return PinsSeen(lines, library)


def judge_pins(seen: PinsSeen | None, *, has_chips: bool) -> Check | None:
    """Pure. A terminal without sound and light still shows everything on its screen."""
    if seen is None:
        return None
    lines = [str(line) for line in seen.lines]
    if seen.refused and not has_chips:
        return found(Subject.PINS, to_look_at(TerminalTrouble.GPIO_MISSING, lines=lines))
    if seen.refused and seen.library:
        return found(Subject.PINS, broken(CheckTrouble.PINS_NOT_OPENED, lines=lines, why=seen.refused))
    if seen.refused:
        return found(Subject.PINS, broken(CheckTrouble.PIN_LIBRARY_MISSING, lines=lines))
    if seen.in_use and not seen.library:
        return found(Subject.PINS, to_look_at(CheckTrouble.PIN_LIBRARY_MISSING, lines=lines))
    return good(Subject.PINS, Said.PINS_OF_ENGINE if seen.in_use else Said.PINS_GOOD, lines=lines)


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ImportError:  # the package that it would be in is missing
        return False
