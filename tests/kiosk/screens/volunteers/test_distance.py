import msgspec
import pytest
from rich.cells import cell_len

from foundation.words import LANGUAGES, Direction
from kiosk.local_api.messages import Decided, Display, Outcome, ScreenSize
from kiosk.local_api.receipts import Receipt, ReceiptStep
from kiosk.screens.panel import Enlarged, layout
from kiosk.screens.results import DIM
from kiosk.screens.terminal_state import TerminalState
from kiosk.screens.volunteer_view import Doing, panel
from kiosk.screens.volunteers.dimmed import Dimmed, dimmed_lines
from kiosk.screens.volunteers.distance import cell_mm, needed, read

TEN_INCHES = Display(254, 2000)
STEPS = [ReceiptStep("shift_start", 480, 1_760_400_000), ReceiptStep("break", 1800)]
RECEIPT = Receipt("7K2QM-XDA9C", 27_000, STEPS, approved_s=432_000, stars=2)


def test_a_cell_is_as_high_as_the_diagonal_and_the_cells_say():
    assert cell_mm(TEN_INCHES, ScreenSize(80, 24)) == pytest.approx(5.45, abs=0.01)
    assert cell_mm(Display(), ScreenSize(80, 24)) == 0


@pytest.mark.parametrize(
    ("display", "cells", "dots"),
    [
        (TEN_INCHES, (80, 24), (1, 1)),
        (TEN_INCHES, (160, 50), (2, 1)),
        (Display(178, 2000), (80, 24), (2, 1)),
        (Display(254, 4000), (160, 50), (4, 2)),
        (Display(0, 2000), (160, 50), (1, 1)),
    ],
)
def test_small_cells_and_long_distances_need_larger_letters(display, cells, dots):
    assert needed(display, ScreenSize(*cells)) == dots


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("outcome", [Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT, Outcome.ALREADY_IN])
def test_at_two_metres_a_display_of_160_by_50_is_read_wholly(snapshot, language, outcome):
    leaves = RECEIPT if outcome is Outcome.ACCEPTED_OUT else None
    decided = Decided(1_760_407_481_000, "camera", "badge", outcome, name="Anna Schmidt", receipt=leaves)
    size = ScreenSize(160, 50)
    shown = panel(TerminalState(snapshot), Doing(shown=decided), language)
    drawn = layout(shown, 156, 44, needed(TEN_INCHES, size))
    assert drawn.enlarged >= Enlarged.NOT_QUIET
    assert max(cell_len(line.text) for line in drawn.lines) <= 156
    assert len(drawn.lines) <= 44
    found = read(TEN_INCHES, size, drawn)
    assert found.word_mm >= 24
    assert found.text_mm >= 12
    assert min(found.word_from_mm, found.text_from_mm) >= 2000


def test_what_is_needed_to_read_all_comes_before_a_larger_name(snapshot):
    decided = Decided(1_760_407_481_000, "camera", "badge", Outcome.ACCEPTED_IN, name="Li")
    shown = panel(TerminalState(snapshot), Doing(shown=decided), "en")
    drawn = layout(shown, 116, 30, needed(TEN_INCHES, ScreenSize(120, 36)))
    assert drawn.enlarged is Enlarged.NOT_QUIET


def test_the_answer_names_time_and_activity(snapshot):
    titled = msgspec.structs.replace(snapshot, activities={"guides": "Visitor guides"})
    decided = Decided(1_760_407_481_000, "camera", "badge", Outcome.ACCEPTED_IN, activity="guides")
    shown = panel(TerminalState(titled), Doing(shown=decided), "en")
    assert shown.paragraphs[0].text == "You checked in at 10:04 (Visitor guides)."
    assert shown.aside == "10:04"


def test_the_dimmed_clock_moves_so_that_nothing_is_lit_for_long():
    lit: dict[tuple[int, int], int] = {}
    for minute in range(60):
        rows = dimmed_lines(Dimmed(DIM, "10:04", "Show your code", Direction.LTR, minute), 76, 17)
        assert {len(row.text) for row in rows} == {76}
        assert len(rows) == 17
        for place in ((y, x) for y, row in enumerate(rows) for x, cell in enumerate(row.text) if cell != " "):
            lit[place] = lit.get(place, 0) + 1
    assert max(lit.values()) <= 20
