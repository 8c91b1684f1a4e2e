"""The hours before and after, shown before a time is entered or confirmed."""

import pytest

from settlement.accounts.actor import Level
from settlement.models import Activity, Event, EventOutcome, LedgerEntry, ManualRecord, Session
from settlement.organisations.tree import add_organisation
from settlement.records.manual_records import ManualTime, confirm_manual_record, enter_manual_record
from settlement.rules.evidence import Direction
from settlement.settling.preview import preview, preview_record
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

HOUR = 3_600_000


@pytest.fixture
def asked(mei, ended_fair, noon_ms, evening_ms):
    """Previews times of Mei: (direction, hour from noon, events that it counts instead of)."""

    def _asked(*times):
        said = [
            ManualTime(1001, "fair", Direction(way), noon_ms + int(hour * HOUR), "seen", tuple(instead_of))
            for way, hour, *instead_of in times
        ]
        return preview(said, actor("staff1"), evening_ms)

    return _asked


@pytest.fixture
def event(terminal):
    return lambda seq: f"{terminal.name}/{terminal.epoch}/{seq}"


def hours(found):
    return [
        (line.before_s and line.before_s / 3600, line.after_s and line.after_s / 3600) for line in found.lines
    ]


def there(found):
    return [(str(one.direction), one.event) for one in found.already]


def test_a_missing_end_is_shown_as_what_it_would_bring(asked, serve):
    serve(-3, None)
    found = asked(("out", 5))
    assert hours(found) == [(0, 8)]
    assert found.lines[0].flags_before == ("MISSING_OUT",)
    assert (found.lines[0].flags_after, found.held, found.already) == (("MANUAL",), (), ())


def test_both_ends_of_a_stay_that_nothing_knows_of(asked):
    found = asked(("in", -1), ("out", 2))
    assert hours(found) == [(None, 3)]


def test_nothing_is_written(asked, serve):
    serve(-3, 3)
    models = (Event, EventOutcome, LedgerEntry, ManualRecord, Session)
    before = [list(model.objects.values()) for model in models]
    asked(("out", 5))
    assert [list(model.objects.values()) for model in models] == before


def test_a_second_check_out_is_told_and_how_it_would_count_instead(asked, serve, event):
    serve(-3, 3)
    found = asked(("out", 5))
    assert there(found) == [("out", event(3))]
    assert "MISSING_IN" in found.lines[0].flags_after
    found = asked(("out", 5, event(3)))
    assert (hours(found), there(found)) == ([(6, 8)], [])


def test_an_earlier_check_out_by_hand_is_told_of_the_later_one(asked, serve, event):
    serve(-3, 3)
    assert there(asked(("out", 2))) == [("out", event(3))]


def test_a_second_check_in_is_told(asked, serve, event):
    serve(-3, 3)
    assert there(asked(("in", -2))) == [("in", event(2))]
    assert there(asked(("in", -2, event(2)))) == []


def test_a_stay_of_its_own_is_no_second_end(asked, serve):
    serve(-3, 1)
    found = asked(("in", 2), ("out", 4))
    assert (hours(found), there(found)) == ([(4, 6)], [])


def test_a_time_that_would_not_count_is_told_with_its_reason(asked, serve):
    serve(-3, 3)
    found = asked(("out", 7))
    assert (found.held, found.lines) == (("held:PHASE_CLOSED",), ())


def test_a_time_that_changes_nothing_shows_no_line(asked, serve):
    """The device's time is that already, and it wins."""
    serve(-3, 3)
    found = asked(("out", 3))
    assert (found.lines, found.held) == ((), ("duplicate_scan",))


def test_it_comes_out_as_it_was_shown(asked, serve, event, settle, noon_ms, evening_ms, entries):
    serve(-3, 3)
    shown = asked(("out", 5, event(3))).lines[0].after_s
    time = ManualTime(1001, "fair", Direction.OUT, noon_ms + 5 * HOUR, "seen", (event(3),))
    record = enter_manual_record(time, actor("staff1"), evening_ms)
    assert preview_record(record, actor("staff1"), evening_ms).lines[0].after_s == shown
    confirm_manual_record(record.pk, actor("staff2"), evening_ms)
    settle()
    assert entries()[-1][3] == shown


def test_a_preview_tells_no_line_that_the_reader_does_not_reach(
    mei, ended_fair, market, serve, noon_ms, evening_ms
):
    """What overlaps changes in every activity; of another's it is that one's reviewers who are told."""
    serve(-3, 3)
    own, others = add_organisation("Own"), add_organisation("Others")
    Activity.objects.filter(pk="market").update(organisation=own)
    Activity.objects.filter(pk="fair").update(organisation=others)
    times = [
        ManualTime(1001, "market", Direction.IN, noon_ms - 4 * HOUR, "seen"),
        ManualTime(1001, "market", Direction.OUT, noon_ms + HOUR, "seen"),
    ]
    seen = preview(times, actor("Sun", Level.MIDDLE, own.path), evening_ms)
    assert {line.activity for line in seen.lines} == {"market"}
    assert {line.activity for line in preview(times, actor("staff1"), evening_ms).lines} == {"fair", "market"}
