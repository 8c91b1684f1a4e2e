"""The screen while nobody has been there for long: a small grey clock that moves, against burn-in. Pure."""

from dataclasses import dataclass

from rich.cells import cell_len

from foundation.words import Direction
from kiosk.screens.block_letters import block_letters
from kiosk.screens.display import lines
from kiosk.screens.panel import DrawnLine
from kiosk.screens.results import Look

_STEP_ACROSS, _STEP_DOWN = 17, 7
"""Cells that it moves each minute: far enough that no cell is lit twice in a row."""


@dataclass(frozen=True, slots=True)
class Dimmed:
    """What is left to see, and in which minute: that says where."""

    look: Look
    clock: str
    said: str
    direction: Direction
    minute: int


def dimmed_lines(dimmed: Dimmed, width: int, height: int) -> list[DrawnLine]:
    """Every line of the space, most of them empty."""
    texts = lines(dimmed.said, max(1, width // 2), dimmed.direction)
    shown = [*block_letters(dimmed.clock, width // 2, height - len(texts) - 1, at_most=1), *texts]
    if len(shown) > height:
        shown = [dimmed.clock]
    across = max(map(cell_len, shown))
    left = dimmed.minute * _STEP_ACROSS % max(1, width - across + 1)
    top = dimmed.minute * _STEP_DOWN % max(1, height - len(shown) + 1)
    placed = [" " * left + line + " " * (width - left - cell_len(line)) for line in shown]
    empty = " " * width
    below = max(0, height - top - len(shown))
    return [DrawnLine(line) for line in (*[empty] * top, *placed, *[empty] * below)]
