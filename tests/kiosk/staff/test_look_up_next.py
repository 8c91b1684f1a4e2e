"""Whose is this? The next reading says so to staff, and records nobody."""

import pytest

from drivers.reading import Presented
from kiosk.checkin.look_up_next import WITHIN_MS
from kiosk.local_api.replies import PersonCard
from kiosk.local_api.requests import EndLookUp, LookUpNext
from sync.contract.events import CheckIn, Refused
from tests.kiosk.samples import reading, token
from tests.kiosk.staff.staffed_terminal import Client, denied, log_in
from tests.sync.patience import PATIENCE_S
from tests.sync.samples import NINE_MS

ASKED = LookUpNext(7)


@pytest.fixture
def wait(terminal, zhao):
    """Zhao waits for the next reading."""
    terminal.desk.take(ASKED, zhao)

    def heard():
        return zhao.heard.get(timeout=PATIENCE_S)

    return heard


def present(terminal, one) -> None:
    terminal.clock.now_ms = one.at.wall_ms
    assert terminal.engine.deliver(one)


def recorded(terminal) -> list[str]:
    return [type(event).__name__ for event in terminal.logged() if isinstance(event, CheckIn | Refused)]


def test_the_next_reading_is_whose_it_is_and_records_nobody(terminal, wait):
    assert terminal.engine.look_up.state == "waiting"
    present(terminal, reading(token(1)))
    card = wait()
    assert isinstance(card, PersonCard)
    assert (card.request, card.volunteer, card.since_ms, card.reason) == (7, "1", None, "")
    assert terminal.engine.look_up.state == "done"
    present(terminal, reading(token(1), wall_ms=NINE_MS + 1000))  # still held there
    assert recorded(terminal) == []
    assert terminal.comes(NINE_MS + 6000).volunteer == "1"
    assert (terminal.engine.look_up.state, recorded(terminal)) == ("", ["CheckIn"])


def test_somebody_else_s_reading_right_after_it_is_their_own(terminal, wait):
    present(terminal, reading("04A2B3C4", Presented.CARD_UID))
    assert wait().volunteer == "1"
    assert terminal.comes(NINE_MS + 1, volunteer=2).volunteer == "2"


def test_a_badge_that_was_taken_back_says_whose_and_why_it_is_refused(terminal, wait):
    present(terminal, reading(token(2, serial=1)))
    card = wait()
    assert (card.volunteer, card.reason, card.badges_revoked) == ("2", "revoked_credential", 1)


def test_what_nobody_knows_is_told_and_not_recorded(terminal, wait):
    present(terminal, reading("no badge"))
    assert wait() == denied(ASKED, "not_recognised")
    assert recorded(terminal) == []


def test_digits_typed_at_the_screen_are_the_volunteers_own(terminal, wait):
    assert terminal.present(reading("482913", Presented.KEYPAD)).volunteer == "1"
    assert terminal.engine.look_up.state == "waiting"


def test_it_ends_after_a_while_by_itself_when_told_to_and_for_the_next_who_asks(terminal, zhao, wait):
    terminal.clock.now_ms += WITHIN_MS + 1
    assert wait() == denied(ASKED, "nothing_presented")
    qian = log_in(terminal)
    terminal.desk.take(ASKED, qian)
    terminal.desk.take(LookUpNext(8), zhao)
    assert qian.heard.get(timeout=PATIENCE_S) == denied(ASKED, "nothing_presented")
    terminal.desk.take(EndLookUp(9), zhao)
    assert [wait().code, wait().code] == ["nothing_presented", "look_up_ended"]
    assert terminal.comes(NINE_MS + WITHIN_MS + 2).volunteer == "1"


def test_only_staff_ask(terminal):
    assert terminal.ask(ASKED, Client()) == denied(ASKED, "not_logged_in")
