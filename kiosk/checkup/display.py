"""From how far the volunteers' display can be read, with the letters that its cells leave room for. Pure."""

from kiosk.checkup.check import Check, Said, Subject, found, good, to_look_at, unjudged
from kiosk.local_api.messages import Snapshot
from kiosk.screens.volunteers.distance import Read, read_at_worst
from kiosk.troubles import CheckTrouble


def judge_display(snapshot: Snapshot | None) -> Check:
    """By what the settings say of the display, and by the cells that its screen told the engine."""
    if snapshot is None or snapshot.status.screen is None:
        return unjudged(Subject.DISPLAY, Said.DISPLAY_WITHOUT_SCREEN)
    screen = snapshot.status.screen
    if not snapshot.display.diagonal_mm:
        return unjudged(
            Subject.DISPLAY, Said.DISPLAY_NOT_MEASURED, columns=str(screen.columns), rows=str(screen.rows)
        )
    read = read_at_worst(snapshot, screen)
    figures = {
        "word": f"{read.word_mm:.0f}",
        "word_m": _metres(read.word_from_mm),
        "text": f"{read.text_mm:.0f}",
        "text_m": _metres(read.text_from_mm),
    }
    if _is_read_from(read, snapshot.display.read_from_mm):
        return good(Subject.DISPLAY, Said.DISPLAY_READ, **figures)
    wanted = _metres(snapshot.display.read_from_mm)
    cells = f"{screen.columns} × {screen.rows}"
    return found(
        Subject.DISPLAY, to_look_at(CheckTrouble.DISPLAY_NOT_READ, wanted=wanted, cells=cells, **figures)
    )


def _is_read_from(read: Read, wanted_mm: int) -> bool:
    return min(read.word_from_mm, read.text_from_mm) >= wanted_mm


def _metres(millimetres: float) -> str:
    # Rounded down: nobody shall be promised more than there is.
    return f"{int(millimetres / 100) / 10:.1f}"
