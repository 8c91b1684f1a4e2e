"""How long an answer stays: long enough to read all of it, where it tells people what to do. Pure."""

from rich.cells import cell_len

from kiosk.local_api.messages import Decided, Outcome
from kiosk.screens.panel import Panel

_CELLS_A_SECOND = 12
"""Slow readers manage so many letters, or half as many Chinese characters."""
_BEGINS_AFTER_S = 2
LONGEST_S = 20
LONGEST_RECEIPT_S = 10
"""Long enough to take a picture of the code; meanwhile anybody could take the check-out back."""
_AT_A_GLANCE = (Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT)


def shown_for_s(decided: Decided, shown: Panel, usual_s: int) -> int:
    """Seconds for an answer: a success as the settings say, all else as long as its words need."""
    has_receipt = decided.receipt is not None and bool(decided.receipt.code)
    if decided.outcome in _AT_A_GLANCE and not has_receipt:
        return usual_s
    cells = sum(cell_len(paragraph.text) for paragraph in shown.paragraphs)
    longest_s = LONGEST_RECEIPT_S if has_receipt else LONGEST_S
    return max(usual_s, min(longest_s, _BEGINS_AFTER_S + cells // _CELLS_A_SECOND))
