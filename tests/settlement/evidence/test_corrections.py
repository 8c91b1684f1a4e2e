"""What a terminal took back counts no more at the centre, and shows as cancelled."""

import pytest

from settlement.evidence.corrections import correct
from settlement.models import Event, EventOutcome, Line, Volunteer
from settlement.settling.settler import settle_dirty, settle_everything
from sync.contract import events
from sync.contract.events import Correction, Manual
from tests.settlement.paper_terminal import NOON_MS, PaperTerminal, presented

HOUR = 3_600_000
MINUTE = 60_000


def taken_back(paper, seq, wall_ms, ref="badge:1001.1", **more):
    """The terminal logs that one of its events was a mistake."""
    named = {"cancelled_epoch": paper.epoch, "cancelled_seq": seq, "reason": "wrong card"}
    return paper.log(Correction, wall_ms, **named, credential=presented(ref), activity="fair", **more)


def owned(paper, volunteer=1001):
    return [(volunteer, events.decode(raw)) for raw in paper.events]


@pytest.mark.parametrize(
    ("later_ms", "cancels"),
    [(-1, False), (0, True), (5 * MINUTE, True), (5 * MINUTE + 1, False)],
)
def test_a_correction_counts_for_five_minutes(later_ms, cancels):
    paper = PaperTerminal()
    paper.check_in()
    taken_back(paper, 1, NOON_MS + later_ms)
    corrected = correct(owned(paper))
    assert corrected.cancelled == ({(paper.name, paper.epoch, 1)} if cancels else set())
    assert corrected.without_effect == (set() if cancels else {(paper.name, paper.epoch, 2)})


def test_a_clock_that_is_set_in_between_does_not_change_how_long_it_was():
    paper = PaperTerminal()
    paper.check_in()
    common = paper.common(NOON_MS + HOUR) | {"mono_ms": HOUR + MINUTE}
    fields = {"cancelled_epoch": paper.epoch, "cancelled_seq": 1, "reason": "-", "activity": "fair"}
    paper.write(events.encode(Correction(**common, **fields)))
    assert correct(owned(paper)).cancelled


def test_an_event_is_cancelled_once():
    paper = PaperTerminal()
    paper.check_in()
    taken_back(paper, 1, NOON_MS + MINUTE)
    taken_back(paper, 1, NOON_MS + 2 * MINUTE)
    corrected = correct(reversed(owned(paper)))
    assert corrected.without_effect == {(paper.name, paper.epoch, 3)}


def test_nobody_cancels_for_somebody_else_or_at_another_terminal():
    here, there = PaperTerminal(), PaperTerminal(name="south-gate")
    here.check_in()
    taken_back(there, 1, NOON_MS + MINUTE)
    taken_back(here, 1, NOON_MS + MINUTE)
    mei, wei = owned(here)[:1], [(1002, event) for _, event in (*owned(there), *owned(here)[1:])]
    corrected = correct([*mei, *wei])
    assert corrected.cancelled == set()
    assert len(corrected.without_effect) == 2


@pytest.mark.django_db
class TestSettled:
    """Mei came at nine, went home by mistake at noon, and left at five."""

    @pytest.fixture
    def day(self, terminal, deliver, mei, fair, rules, evening_ms):
        terminal.check_in(wall_ms=NOON_MS - 3 * HOUR)
        mistake = terminal.check_out(wall_ms=NOON_MS)
        taken_back(terminal, mistake, NOON_MS + 2 * MINUTE, by="staff-7")
        terminal.check_out(wall_ms=NOON_MS + 5 * HOUR)
        deliver()
        settle_dirty(evening_ms)
        return mistake

    def test_the_cancelled_check_out_ends_nothing(self, day):
        assert list(Line.objects.values_list("t_s", flat=True)) == [8 * 3600]

    def test_it_shows_as_cancelled_and_not_as_lost(self, day):
        assert list(EventOutcome.objects.values_list("seq", "outcome")) == [(day, "cancelled")]

    def test_no_event_needs_a_review_for_it(self, day):
        assert not Event.objects.filter(status="needs_review").exists()

    def test_settled_again_it_is_the_same(self, day, evening_ms):
        assert settle_everything(evening_ms).changed == 0

    def test_the_order_of_arrival_is_all_the_same(self, terminal, deliver, mei, fair, rules, evening_ms):
        terminal.check_in(wall_ms=NOON_MS - 3 * HOUR)
        terminal.check_out(wall_ms=NOON_MS)
        taken_back(terminal, 3, NOON_MS + MINUTE)
        terminal.check_out(wall_ms=NOON_MS + 5 * HOUR)
        deliver(4, 5)
        settle_dirty(evening_ms)
        outcomes = EventOutcome.objects.values_list("seq", "outcome")
        assert list(outcomes.all()) == [(4, "held:CORRECTION_WITHOUT_EFFECT")]
        deliver(1, 3)
        settle_dirty(evening_ms)
        assert list(outcomes.all()) == [(3, "cancelled")]
        assert Line.objects.get().t_s == 8 * 3600


@pytest.mark.django_db
def test_a_manual_entry_is_taken_back_by_the_number_of_its_volunteer(
    terminal, deliver, mei, fair, rules, evening_ms
):
    people = {"reason": "forgot the badge", "entered_by": "staff-7", "confirmed_by": "staff-8"}
    wrong = terminal.log(
        Manual, NOON_MS, volunteer="1001", activity="fair", direction="in", at_ms=NOON_MS, **people
    )
    fields = {"cancelled_epoch": terminal.epoch, "cancelled_seq": wrong, "reason": "wrong person"}
    terminal.log(Correction, NOON_MS + MINUTE, **fields, volunteer="1001", activity="fair", by="staff-7")
    deliver()
    settle_dirty(evening_ms)
    assert list(EventOutcome.objects.values_list("seq", "outcome")) == [(wrong, "cancelled")]
    assert not Line.objects.exists()


@pytest.mark.django_db
def test_a_correction_of_somebody_unknown_waits_for_the_name(terminal, deliver, fair, rules, evening_ms):
    Volunteer.objects.create(number=1002, display_name="Wei")
    terminal.check_in()
    taken_back(terminal, 2, NOON_MS + MINUTE)
    deliver()
    assert {event.review_reason for event in Event.objects.exclude(kind="epoch_start")} == {
        "unknown_volunteer"
    }
