"""Taking back what was accepted by mistake: who may, for how long, and what stands in the log."""

import msgspec
import pytest

from kiosk.local_api.messages import Outcome, TakenBack
from kiosk.local_api.replies import Result
from kiosk.local_api.requests import Cancel, ListRecent
from sync.contract.events import Correction
from sync.contract.roster import RosterPerson
from tests.kiosk.samples import HOUR_MS, ROSTER
from tests.kiosk.staff.staffed_terminal import denied, entry, log_in
from tests.sync.samples import NINE_MS

FIVE_MINUTES_MS = 300_000


def test_an_accidental_check_in_is_taken_back_and_nothing_is_deleted(terminal):
    came = terminal.comes(NINE_MS)
    terminal.clock.now_ms += FIVE_MINUTES_MS
    assert terminal.ask(Cancel(3, came.seq)) == Result(3, ok=True, code="cancelled", name="李明")
    taken = TakenBack(came.seq, NINE_MS + FIVE_MINUTES_MS, "")
    assert terminal.next(TakenBack) == taken
    assert terminal.engine.recent == (came.marked(taken),)
    first, second = terminal.logged()[1:]
    assert (first.seq, second.cancelled_seq, second.cancelled_epoch) == (2, 2, terminal.log.epoch)
    assert isinstance(second, Correction)
    assert terminal.comes(NINE_MS + HOUR_MS).outcome is Outcome.ACCEPTED_IN


def test_an_accidental_check_out_is_taken_back_and_who_left_is_in_since_before(terminal):
    terminal.comes(NINE_MS)
    out = terminal.comes(NINE_MS + HOUR_MS)
    assert terminal.ask(Cancel(3, out.seq)).ok
    terminal.next(TakenBack)
    left = terminal.comes(NINE_MS + 2 * HOUR_MS)
    assert (left.outcome, left.since_ms) == (Outcome.ACCEPTED_OUT, NINE_MS)


def test_after_five_minutes_nothing_is_taken_back(terminal):
    came = terminal.comes(NINE_MS)
    terminal.clock.now_ms += FIVE_MINUTES_MS + 1
    request = Cancel(3, came.seq)
    assert terminal.ask(request) == denied(request, "cancel_too_late")


@pytest.mark.parametrize(
    ("request_of", "code"),
    [
        (lambda seq: Cancel(3, seq + 1), "cancel_unknown"),
        (lambda seq: Cancel(3, seq, epoch="f" * 32), "cancel_unknown"),
    ],
    ids=["no accepted event", "another terminal's"],
)
def test_what_this_terminal_did_not_accept_is_not_taken_back(terminal, request_of, code):
    request = request_of(terminal.comes(NINE_MS).seq)
    assert terminal.ask(request) == denied(request, code)


def test_an_event_is_taken_back_once_also_across_a_restart(start):
    first = start()
    seq, epoch = first.comes(NINE_MS).seq, first.log.epoch
    assert first.ask(Cancel(3, seq)).ok
    again = Cancel(4, seq)
    assert first.ask(again) == denied(again, "cancel_again")
    first.stop()
    second = start(now_ms=NINE_MS + 60_000)
    later = Cancel(5, seq, epoch)
    assert second.ask(later) == denied(later, "cancel_again")
    assert second.comes(NINE_MS + 120_000).outcome is Outcome.ACCEPTED_IN


def test_what_was_accepted_before_a_restart_can_still_be_taken_back(start):
    first = start()
    seq, epoch = first.comes(NINE_MS).seq, first.log.epoch
    first.stop()
    second = start(now_ms=NINE_MS + 60_000)
    assert second.ask(Cancel(5, seq, epoch)).ok


def test_without_staff_only_the_newest_event_is_taken_back(start):
    two = msgspec.structs.replace(ROSTER, people=[*ROSTER.people, RosterPerson("5", "Zoë")])
    terminal = start(roster=two)
    first = terminal.comes(NINE_MS)
    terminal.comes(NINE_MS + 1000, volunteer=5)
    request = Cancel(3, first.seq)
    assert terminal.ask(request) == denied(request, "not_logged_in")


def test_a_refusal_is_nothing_to_take_back(terminal):
    refused = terminal.comes(NINE_MS, volunteer=4)
    request = Cancel(3, refused.seq)
    assert terminal.ask(request) == denied(request, "cancel_unknown")


def test_staff_take_back_any_event_of_the_last_minutes_with_a_reason(start):
    two = msgspec.structs.replace(ROSTER, people=[*ROSTER.people, RosterPerson("5", "Zoë")])
    terminal = start(roster=two)
    zhao = log_in(terminal)
    first = terminal.comes(NINE_MS)
    terminal.comes(NINE_MS + 1000, volunteer=5)
    recent = terminal.ask(ListRecent(2), zhao).events
    assert [(one.name, one.direction) for one in recent] == [("Zoë", "in"), ("李明", "in")]
    assert terminal.ask(Cancel(3, first.seq), zhao).code == "no_reason"
    assert terminal.ask(Cancel(3, first.seq, reason="wrong person"), zhao).ok
    correction = terminal.logged()[-1]
    assert (correction.by, correction.reason) == ("liaison-7", "wrong person")
    assert [one.name for one in terminal.ask(ListRecent(4), zhao).events] == ["Zoë"]


def test_a_manual_entry_can_be_taken_back(terminal, zhao):
    terminal.ask(entry(), zhao)
    seq = terminal.logged()[-1].seq
    assert terminal.ask(Cancel(3, seq, reason="wrong person"), zhao).ok
    assert terminal.logged()[-1].volunteer == "2"
    assert terminal.engine.presence.here(NINE_MS) == []
