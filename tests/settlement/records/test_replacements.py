"""Times entered by hand that count instead of what a terminal, or people before, said."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from foundation.errors import RulesError
from settlement.accounts.actor import Level
from settlement.models import (
    Activity,
    Event,
    EventOutcome,
    LedgerEntry,
    ManualRecord,
    Replacement,
    Session,
)
from settlement.organisations.tree import add_organisation
from settlement.records.manual_records import (
    ManualTime,
    confirm_manual_record,
    decline_manual_record,
    enter_manual_record,
)
from settlement.records.replacements import end_of
from settlement.review.decide import approve, approve_clean_lines
from settlement.rules.evidence import Direction
from settlement.settling.full_check import check_everything
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

HOUR = 3_600_000


@pytest.fixture
def served(mei, ended_fair, serve):
    """Mei's terminal says 09:00 to 15:00."""
    serve(-3, 3)


@pytest.fixture
def event(terminal):
    """The name of an event of the terminal's log."""
    return lambda seq: f"{terminal.name}/{terminal.epoch}/{seq}"


@pytest.fixture
def enter(noon_ms, evening_ms):
    """Enters that Mei left at 17:00 instead of what is named."""

    def _enter(*instead_of, hour=5, direction=Direction.OUT, volunteer=1001):
        time = ManualTime(volunteer, "fair", direction, noon_ms + int(hour * HOUR), "seen", instead_of)
        return enter_manual_record(time, actor("staff1"), evening_ms)

    return _enter


@pytest.fixture
def confirmed(enter, evening_ms, settle):
    def _confirmed(*instead_of, **changes):
        record = enter(*instead_of, **changes)
        confirm_manual_record(record.pk, actor("staff2"), evening_ms)
        settle()
        return record

    return _confirmed


def stays(noon_ms):
    rows = Session.objects.order_by("pk").values_list("in_s", "out_s", "t_s")
    noon = noon_ms // 1000
    return [
        (came and (came - noon) / 3600, left and (left - noon) / 3600, t_s / 3600) for came, left, t_s in rows
    ]


def test_a_confirmed_record_counts_instead_of_a_wrong_check_out(served, confirmed, event, entries, noon_ms):
    confirmed(event(3))
    assert stays(noon_ms) == [(-3, 5, 8)]
    assert entries()[-1][:5] == (1001, "original", 2, 8 * 3600, "pending")
    assert list(EventOutcome.objects.values_list("seq", "outcome")) == [(3, "replaced")]


def test_what_is_replaced_stays_as_evidence(served, confirmed, event, evening_ms):
    before = Event.objects.count()
    confirmed(event(3))
    assert Event.objects.count() == before
    told = []
    assert str(check_everything(evening_ms, told.append)) == "checked 1 volunteers: no difference", told


def test_until_it_is_confirmed_nothing_is_replaced(served, enter, event, settle, noon_ms, evening_ms):
    record = enter(event(3))
    settle()
    assert stays(noon_ms) == [(-3, 3, 6)]
    decline_manual_record(record.pk, actor("staff2"), evening_ms, "was seen leaving at three")
    settle()
    assert stays(noon_ms) == [(-3, 3, 6)]


def test_a_record_that_is_held_replaces_nothing(served, confirmed, event, noon_ms):
    confirmed(event(3), hour=7)
    assert stays(noon_ms) == [(-3, 3, 6)]
    assert EventOutcome.objects.get().outcome == "held:PHASE_CLOSED"


def test_a_record_is_corrected_by_another_and_the_first_word_does_not_come_back(
    served, confirmed, event, noon_ms
):
    first = confirmed(event(3))
    confirmed(str(first), hour=4)
    assert stays(noon_ms) == [(-3, 4, 7)]


def test_a_whole_stay_is_replaced_by_both_its_ends(served, confirmed, event, noon_ms):
    confirmed(event(2), direction=Direction.IN, hour=-1)
    confirmed(event(3))
    assert stays(noon_ms) == [(-1, 5, 6)]


def test_one_name_is_taken_once(served, enter, event):
    enter(event(3), event(3))
    assert Replacement.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("manual/404", "NOTHING_TO_REPLACE"),
        ("manual/x", "NOTHING_TO_REPLACE"),
        ("manual/²", "NOTHING_TO_REPLACE"),
        ("north-gate/nowhere/2", "NOTHING_TO_REPLACE"),
        ("three o'clock", "NO_EVENT_NAME"),
    ],
)
def test_what_is_no_evidence_of_theirs_is_named_and_nothing_is_entered(name, code, served, enter):
    with pytest.raises(RulesError) as refused:
        enter(name)
    assert refused.value.code == code
    assert not ManualRecord.objects.exists()


def test_nobody_replaces_what_another_did_nor_what_is_no_attendance(served, enter, event, wei):
    for name, volunteer in ((event(3), 1002), (event(1), 1001)):
        with pytest.raises(RulesError) as refused:
            enter(name, volunteer=volunteer)
        assert refused.value.code == "NOTHING_TO_REPLACE"


def test_a_record_that_waits_or_was_declined_is_no_evidence_to_replace(served, enter, evening_ms):
    record = enter()
    with pytest.raises(RulesError) as refused:
        enter(str(record))
    assert refused.value.code == "NOTHING_TO_REPLACE"
    decline_manual_record(record.pk, actor("staff2"), evening_ms, "no")
    with pytest.raises(RulesError):
        enter(str(record))


def test_what_is_replaced_already_is_not_replaced_by_a_second(served, confirmed, enter, event):
    first = confirmed(event(3))
    with pytest.raises(RulesError, match=str(first)) as refused:
        enter(event(3))
    assert refused.value.code == "ALREADY_REPLACED"


def test_it_knows_which_end_of_a_stay_a_name_is(served, event, confirmed, wei):
    assert [end_of(event(seq), 1001) for seq in (2, 3)] == [Direction.IN, Direction.OUT]
    assert end_of(str(confirmed(event(3))), 1001) is Direction.OUT
    assert end_of(event(3), 1001) is Direction.OUT


def test_a_replacement_is_never_changed(served, enter, event):
    record = enter(event(3))
    for change in (
        lambda: Replacement.objects.update(seq=1),
        lambda: Replacement.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
            change()
    with pytest.raises(IntegrityError), transaction.atomic():
        Replacement.objects.create(record=record)


def test_nobody_takes_time_away_in_an_activity_of_others(served, event, market, noon_ms, evening_ms):
    """An entry in the own activity could name events of another one, whose people would never be asked."""
    own, others = add_organisation("Own"), add_organisation("Others")
    Activity.objects.filter(pk="market").update(organisation=own)
    Activity.objects.filter(pk="fair").update(organisation=others)
    first, second = (actor(name, Level.MIDDLE, own.path) for name in ("Sun", "Wu"))
    time = ManualTime(1001, "market", Direction.OUT, noon_ms, "seen", (event(2),))
    with pytest.raises(RulesError) as refused:
        enter_manual_record(time, first, evening_ms)
    assert refused.value.code == "OUT_OF_REACH"
    record = enter_manual_record(time, actor("staff1"), evening_ms)
    with pytest.raises(RulesError) as refused:
        confirm_manual_record(record.pk, second, evening_ms)
    assert refused.value.code == "OUT_OF_REACH"
    written = enter_manual_record(
        ManualTime(1001, "market", Direction.IN, noon_ms, "seen"), first, evening_ms
    )
    confirm_manual_record(written.pk, second, evening_ms)
    assert not Replacement.objects.filter(record__decision__confirmed=True).exists()


def test_who_emptied_an_approved_line_has_a_hand_in_taking_its_hours_back(
    served, event, market, noon_ms, evening_ms, settle, reviewer, entries
):
    approve([row.pk for row in LedgerEntry.objects.all()], reviewer())
    time = ManualTime(1001, "market", Direction.IN, noon_ms, "seen", (event(2), event(3)))
    record = enter_manual_record(time, actor("first"), evening_ms)
    confirm_manual_record(record.pk, actor("second"), evening_ms)
    settle()
    taken = LedgerEntry.objects.get(activity="fair", kind="adjustment")
    assert (taken.delta_s, taken.flags) == (-6 * 3600, ["MANUAL"])
    assert approve_clean_lines(Activity.objects.get(pk="fair"), reviewer(name="third")).decided == ()
    for name in ("first", "second"):
        (why,) = approve([taken.pk], reviewer(name=name)).refused
        assert why == (taken.pk, "FOUR_EYES")
    assert approve([taken.pk], reviewer(name="third")).decided == (taken.pk,)
    assert str(check_everything(evening_ms, print)) == "checked 1 volunteers: no difference"
