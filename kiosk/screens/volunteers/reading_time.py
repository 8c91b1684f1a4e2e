"""How long an answer stays: long enough to read all of it, where it tells people what to do. Pure."""

from rich.cells import cell_len

from kiosk.local_api.messages import Outcome
from kiosk.screens.panel import Panel

_CELLS_A_SECOND = 12
"""Slow readers manage so many letters, or half as many Chinese characters."""
_BEGINS_AFTER_S = 2
LONGEST_S = 20
_AT_A_GLANCE = (Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT)


def shown_for_s(outcome: Outcome, shown: Panel, usual_s: int) -> int:
    """Seconds for an answer: a success as the settings say, all else as long as its words need."""
    if outcome in _AT_A_GLANCE:
        return usual_s
    cells = sum(cell_len(paragraph.text) for paragraph in shown.paragraphs)
    return max(usual_s, min(LONGEST_S, _BEGINS_AFTER_S + cells // _CELLS_A_SECOND))
