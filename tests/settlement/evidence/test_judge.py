"""What is read in one event, and whose it is; pure, so a table says it all."""

import json

import pytest

from settlement.evidence.judge import (
    Judgement,
    MasterData,
    ReviewReason,
    attribute,
    judge,
    volunteer_number,
    volunteer_of_token,
)
from sync.contract.event_places import EventId
from sync.contract.events import ClockState, ClockTrust

UNSET = ClockTrust(ClockState.UNSET)
DAY = 86_400_000
BEGAN_MS = 1_735_689_600_000
"""2025-01-01."""


@pytest.fixture
def judged(paper_terminal, noon_ms):
    """Judges the check-in of a terminal with these times and clock."""

    def _judged(wall_ms=noon_ms, **more):
        paper = paper_terminal()
        paper.check_in(wall_ms=wall_ms, **more)
        return judge(paper.events[0], EventId(paper.name, paper.epoch, 1), noon_ms)

    return _judged


@pytest.mark.parametrize(
    ("clock", "doubtful"),
    [
        (ClockTrust(ClockState.SYNCED, 5), False),
        (ClockTrust(ClockState.HOLDOVER, 900), False),
        (ClockTrust(ClockState.SYNCED, None), True),
        (ClockTrust(ClockState.RTC, 2000), True),
        (UNSET, True),
    ],
)
def test_a_clock_is_doubtful_unless_it_was_measured_with_a_bound(clock, doubtful, judged):
    assert judged(clock=clock).clock_doubtful is doubtful


@pytest.mark.parametrize(
    ("offset_ms", "review"),
    [(DAY, None), (DAY + 1, ReviewReason.ABSURD_TIME)],
)
def test_a_trusted_clock_may_be_a_day_ahead_and_no_more(offset_ms, review, judged, noon_ms):
    assert judged(noon_ms + offset_ms).review is review
    assert judged(noon_ms + offset_ms, clock=UNSET).review is None


@pytest.mark.parametrize(("wall_ms", "review"), [(BEGAN_MS, None), (BEGAN_MS - 1, ReviewReason.ABSURD_TIME)])
def test_a_trusted_clock_does_not_show_a_time_before_there_was_a_muster(wall_ms, review, judged):
    assert judged(wall_ms).review is review


@pytest.mark.parametrize(
    ("terminal", "epoch", "seq"),
    [("other", "e" * 32, 1), ("north-gate", "f" * 32, 1), ("north-gate", "e" * 32, 2)],
)
def test_an_event_in_another_place_than_it_claims_is_nobodys(terminal, epoch, seq, paper_terminal, noon_ms):
    paper = paper_terminal()
    paper.check_in()
    found = judge(paper.events[0], EventId(terminal, epoch, seq), noon_ms)
    assert (found.review, found.attends) == (ReviewReason.MISPLACED, False)


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"kind": 5}', b'{"kind": "UPPER"}',
     b'{"kind": "x", "boot": "q"}',
     b'{"kind": "\\u0000"}', b'{"kind": "check_in"}', b'{"kind": "x", "a": ' + b"[" * 5000,
     b'{"wall_ms": 1e400}',
     b'{"wall_ms": 99999999999999999999}', b'{"kind": "\\ud800"}'],
)  # fmt: skip
def test_whatever_the_bytes_say_it_only_asks_for_a_person(raw, noon_ms):
    found = judge(raw, EventId("north-gate", "e" * 32, 1), noon_ms)
    assert found.review is ReviewReason.UNKNOWN_KIND
    assert not found.attends


def test_of_a_newer_kind_it_reads_what_every_kind_shares(noon_ms):
    raw = json.dumps({"kind": "teleport", "boot": "b" * 32, "mono_ms": 1, "wall_ms": 2, "new": []}).encode()
    found = judge(raw, EventId("north-gate", "e" * 32, 1), noon_ms)
    assert (found.kind, found.boot, found.mono_ms, found.wall_ms) == ("teleport", "b" * 32, 1, 2)


@pytest.mark.parametrize(
    ("reference", "number"),
    [("badge:1001.1", 1001), ("phone:1001", 1001), ("badge:1001", 1001), ("keyed:1001", None),
     ("badge:", None),
     ("badge:0.1", None), ("badge:-5.1", None), ("badge:1e3.1", None), ("badge:١.1", None), ("1001", None),
     ("badge:9999999999999.1", None)],
)  # fmt: skip
def test_a_token_names_its_volunteer(reference, number):
    assert volunteer_of_token(reference) == number


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7), ("007", 7), ("0", None), ("", None), (" 7", None), ("1" * 13, None)]
)
def test_a_volunteers_number_is_digits_and_nothing_else(text, number):
    assert volunteer_number(text) == number


KNOWN = MasterData({"keyed:a": 1}, {1}, {"fair"})


@pytest.mark.parametrize(
    ("judgement", "expected"),
    [
        (Judgement(attends=True, reference="keyed:a", activity="fair"), (1, None)),
        (
            Judgement(attends=True, reference="keyed:b", activity="fair"),
            (None, ReviewReason.UNKNOWN_VOLUNTEER),
        ),
        (Judgement(attends=True, reference="keyed:a", activity="x"), (1, ReviewReason.UNKNOWN_ACTIVITY)),
        (Judgement(attends=True, volunteer=1, activity="fair"), (1, None)),
        (Judgement(attends=True, volunteer=2, activity="fair"), (None, ReviewReason.UNKNOWN_VOLUNTEER)),
        (Judgement(attends=True, volunteer=None, activity="fair"), (None, ReviewReason.UNKNOWN_VOLUNTEER)),
        (Judgement(kind="boot"), (None, None)),
        (
            Judgement(attends=True, reference="keyed:b", activity="fair", review=ReviewReason.ABSURD_TIME),
            (None, ReviewReason.ABSURD_TIME),
        ),
    ],
)
def test_master_data_decide_whose_event_it_is(judgement, expected):
    assert attribute(judgement, KNOWN) == expected


def test_each_reason_to_look_at_an_event_has_its_way_to_the_hours():
    """Whoever adds one decides what it does to hours, and writes it down (docs/rules.md, S0)."""
    nobodys = {"unknown_kind", "misplaced", "unknown_volunteer", "walk_in", "own_error"}
    held = {"unknown_activity", "no_activity", "several_activities"}
    flagged = {"absurd_time", "code_used_twice", "tap_used_twice"}
    never_entered = {"impossible_claim"}
    assert {str(reason) for reason in ReviewReason} == nobodys | held | flagged | never_entered
