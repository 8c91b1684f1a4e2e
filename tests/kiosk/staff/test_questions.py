"""Whether a question is asked at all, without an engine."""

import msgspec
import pytest

from kiosk.local_api.messages import Decided, Outcome
from kiosk.local_api.replies import Question
from kiosk.presence.standings import Presence
from kiosk.staff.questions import QuestionPrompt
from sync.contract.events import ClockState
from tests.kiosk.samples import HOUR_MS, index_of
from tests.sync.samples import NINE_MS, check_in

NEXT_DAY_MS = NINE_MS + 24 * HOUR_MS


@pytest.fixture
def presence() -> Presence:
    """Li Ming came yesterday at nine, never left, and came again."""
    presence = Presence()
    for seq, wall_ms in enumerate((NINE_MS, NEXT_DAY_MS), start=2):
        event = check_in(1, wall_ms)
        presence.fold(msgspec.structs.replace(event, seq=seq, mono_ms=wall_ms - NINE_MS), "1")
    return presence


@pytest.mark.parametrize("clock", list(ClockState))
def test_only_a_clock_that_was_never_set_keeps_a_terminal_from_asking(presence, clock):
    came = Decided(NEXT_DAY_MS, "scanner", "badge", Outcome.ACCEPTED_IN, volunteer="1")
    told = QuestionPrompt(20).after(came, presence, index_of(), clock, 0)
    assert [type(one) for one in told] == ([] if clock is ClockState.UNSET else [Question])
