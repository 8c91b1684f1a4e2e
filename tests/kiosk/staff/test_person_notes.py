"""What staff leave for somebody to read: once, at the next scan, and kept encrypted until then."""

from foundation.errors import SettingsError
from kiosk.local_api.messages import Outcome
from kiosk.local_api.requests import LeaveNote, LookUp
from kiosk.staff.person_notes import MOST_NOTES
from tests.kiosk.samples import HOUR_MS, reading, token
from tests.kiosk.staff.staffed_terminal import NEXT_DAY_MS, denied, entry, log_in
from tests.sync.samples import NINE_MS

JACKET = "Your jacket is at the gate."


def leave(terminal, zhao, text=JACKET, volunteer="1"):
    return terminal.ask(LeaveNote(5, volunteer, text), zhao)


def card(terminal):
    return terminal.ask(LookUp(6, "1"), log_in(terminal))


def test_a_note_is_read_once_at_the_next_scan_and_staff_see_that_it_was(terminal, zhao):
    result = leave(terminal, zhao, "  Your jacket\nis at the gate. ")
    assert (result.ok, result.code, result.name) == (True, "noted", "李明")
    waiting = card(terminal).note
    assert (waiting.text, waiting.by, waiting.shown_ms) == (JACKET, "liaison-7", None)
    assert terminal.comes(NINE_MS, volunteer=2).message == ""  # somebody else's answer
    assert terminal.comes(NINE_MS + 1).message == JACKET
    assert terminal.engine.recent[-1].message == JACKET
    assert terminal.comes(NINE_MS + HOUR_MS).message == ""
    assert card(terminal).note.shown_ms == NINE_MS + 1


def test_only_staff_leave_one_and_only_for_whom_the_roster_names(terminal, zhao):
    assert leave(terminal, None).code == "not_logged_in"
    assert leave(terminal, zhao, volunteer="999") == denied(LeaveNote(5, "999", ""), "no_such_volunteer")


def test_a_refused_badge_and_an_entry_by_staff_show_it_to_nobody(terminal, zhao):
    leave(terminal, zhao, volunteer="2")
    revoked = terminal.present(reading(token(2, serial=1)))
    assert (revoked.outcome, revoked.message) == (Outcome.REFUSED, "")
    terminal.desk.take(entry(), zhao)
    assert terminal.told.get(timeout=20).message == ""


def test_a_note_outlives_a_restart_unread_by_others_and_one_that_was_shown_is_not_shown_again(
    terminal, zhao, start, tmp_path
):
    leave(terminal, zhao)
    terminal.stop()
    kept = (tmp_path / "state" / "person_notes.kept").read_bytes()
    assert b"jacket" not in kept
    again = start()
    assert again.comes(NINE_MS).message == JACKET
    again.desk.beat()
    again.stop()
    third = start()
    assert third.comes(NINE_MS + HOUR_MS).message == ""


def test_an_empty_note_takes_it_away_and_nothing_waits_for_ever(terminal, zhao):
    leave(terminal, zhao)
    assert leave(terminal, zhao, " ").code == "note_gone"
    assert terminal.comes(NINE_MS).message == ""
    leave(terminal, zhao)
    terminal.clock.now_ms = NEXT_DAY_MS + 30 * 24 * HOUR_MS
    terminal.engine.do(terminal.desk.beat)
    assert card(terminal).note is None


def test_what_cannot_be_kept_is_told_and_changes_nothing(terminal, zhao, monkeypatch):
    notes = terminal.desk._notes

    def full(*_):
        raise SettingsError("kept_not_written", path="x", why="No space left on device")

    monkeypatch.setattr(notes._at_rest, "keep", full)
    assert leave(terminal, zhao).code == "not_recorded"
    assert card(terminal).note is None
    monkeypatch.undo()
    for number in range(MOST_NOTES):
        notes._notes[f"9{number}"] = None
    assert leave(terminal, zhao).code == "too_many_notes"
    notes._notes.clear()
