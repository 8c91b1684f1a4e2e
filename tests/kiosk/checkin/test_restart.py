"""What a start reads of a long log."""

from kiosk.checkin import restart as remembered
from tests.kiosk.samples import HandClock, index_of
from tests.sync.samples import NINE_MS, check_in, open_log


def test_a_clock_that_woke_up_in_1970_lets_no_start_read_the_whole_log(tmp_path, monkeypatch):
    monkeypatch.setattr(remembered, "_SESSIONS_WITHIN", 300)
    log = open_log(tmp_path / "log.db")
    for volunteer in range(1, 1_501):
        log.append(check_in(volunteer, NINE_MS))
    log.note_dates()
    presence = remembered.presence_of(log, index_of(), HandClock(0, "d4" * 16))
    log.close()
    seen = [volunteer for volunteer in range(1, 1_501) if presence.standing(str(volunteer))]
    assert seen == list(range(seen[0], 1_501))
    assert len(seen) == 300
