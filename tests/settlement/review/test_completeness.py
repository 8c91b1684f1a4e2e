"""Up to when the evidence of a site is whole, and what is missing after that."""

import msgspec
import pytest

from settlement.ingest.ingest import ingest
from settlement.models import Terminal
from settlement.review.completeness import MissingEvents, complete_until_ms, evidence_of
from sync.contract.events import ClockState, ClockTrust, EpochEnd, EpochStart

pytestmark = pytest.mark.django_db

HOUR = 3_600_000


@pytest.fixture
def evidence(site):
    def _evidence():
        (found,) = evidence_of(site)
        return found

    return _evidence


@pytest.fixture
def five(terminal, noon_ms):
    """A terminal with five events, one each hour from noon on."""
    for hour in range(1, 5):
        terminal.check_in(f"badge:{1000 + hour}.1", wall_ms=noon_ms + hour * HOUR)
    return terminal


def test_it_is_whole_up_to_the_last_greeting_when_nothing_is_missing(
    five, deliver, hear, evidence, evening_ms
):
    deliver()
    hear()
    found = evidence()
    assert (found.held, found.missing, found.complete_until_ms) == (5, (), evening_ms)


def test_nothing_can_be_said_of_a_terminal_that_never_said_how_far_its_log_reaches(five, deliver, evidence):
    deliver()
    assert (evidence().complete_until_ms, evidence().heard_ms) == (None, None)


def test_it_names_the_events_that_the_terminal_told_of_and_is_whole_before_them(
    five, deliver, hear, evidence, noon_ms
):
    deliver(1, 2)
    hear()
    found = evidence()
    assert found.missing == (MissingEvents(five.epoch, 3, 5),)
    assert found.complete_until_ms == noon_ms + HOUR
    assert (found.progress.contiguous_seq, found.progress.highest_seq) == (2, 5)


def test_what_is_held_above_a_gap_is_not_missing(five, deliver, hear, evidence, noon_ms):
    deliver(1, 2)
    deliver(4, 4)
    hear()
    assert evidence().missing == (MissingEvents(five.epoch, 3, 3), MissingEvents(five.epoch, 5, 5))
    assert evidence().complete_until_ms == noon_ms + HOUR
    deliver(3, 3)
    assert evidence().missing == (MissingEvents(five.epoch, 5, 5),)
    assert evidence().complete_until_ms == noon_ms + 3 * HOUR


def test_it_believes_no_doubtful_clock(terminal, deliver, hear, evidence, noon_ms):
    terminal.check_in("badge:1001.1", wall_ms=noon_ms + HOUR)
    terminal.check_in("badge:1002.1", wall_ms=0, clock=ClockTrust(ClockState.UNSET))
    terminal.check_in("badge:1003.1", wall_ms=noon_ms + 2 * HOUR)
    deliver(1, 3)
    hear()
    assert evidence().complete_until_ms == noon_ms + HOUR


def start_another_epoch(paper_terminal, terminal, seq, wall_ms):
    """The same terminal opens its log anew; the first event says where the epoch before ended."""
    paper = paper_terminal(epoch="d" * 32)
    paper.key = terminal.key
    end = EpochEnd(terminal.epoch, seq, "0" * 64)
    paper.log(EpochStart, wall_ms, software="test", previous=end)
    return paper


def test_a_lost_tail_shows_in_the_epoch_that_follows(
    five, deliver, hear, evidence, paper_terminal, centre, noon_ms, evening_ms
):
    deliver()
    later = start_another_epoch(paper_terminal, five, 7, noon_ms + 5 * HOUR)
    ingest(later.batch_topic, later.batch(), evening_ms, centre=centre)
    hear()
    assert evidence().missing == (MissingEvents(five.epoch, 6, 7),)
    assert evidence().complete_until_ms == noon_ms + 4 * HOUR


def test_an_epoch_of_which_nothing_came_is_missing_as_a_whole(
    five, hear, evidence, paper_terminal, centre, noon_ms, evening_ms
):
    later = start_another_epoch(paper_terminal, five, 5, noon_ms + 5 * HOUR)
    ingest(later.batch_topic, later.batch(), evening_ms, centre=centre)
    assert evidence().missing == (MissingEvents(five.epoch, 1, 5),)
    assert evidence().complete_until_ms is None


def test_a_site_is_as_whole_as_its_least_known_terminal(
    five, deliver, hear, site, evening_ms, paper_terminal
):
    deliver()
    hear()
    assert complete_until_ms(evidence_of(site)) == evening_ms
    paper_terminal(name="south-gate").enrol(site)
    assert complete_until_ms(evidence_of(site)) is None
    assert complete_until_ms([]) is None


def test_a_terminal_that_was_revoked_before_keeps_nobody_waiting(site, terminal, noon_ms):
    Terminal.objects.update(revoked_ms=noon_ms)
    assert evidence_of(site, working_since_ms=noon_ms + 1) == []
    assert [found.terminal for found in evidence_of(site, working_since_ms=noon_ms)] == ["north-gate"]


def test_it_reads_on_past_a_first_event_that_it_does_not_understand(site, paper_terminal, centre, evening_ms):
    paper = paper_terminal()
    paper.enrol(site)
    start = msgspec.json.encode({**paper.common(), "kind": "epoch_start", "software": 7})
    paper.write(start)
    ingest(paper.batch_topic, paper.batch(), evening_ms, centre=centre)
    (found,) = evidence_of(site)
    assert found.missing == ()
