import pytest

from settlement.downlink.site_standings import SiteStandings
from settlement.downlink.site_steps import UpdateStream
from sync.contract.downlink import MAX_SEEN, Heard, SeenElsewhere
from sync.contract.events import CheckIn, ClockState, ClockTrust
from tests.settlement.paper_terminal import NOON_MS, presented

HEARD = {"e" * 32: 7}


@pytest.fixture
def standings():
    return SiteStandings()


def come(standings, terminal, *volunteers, at_ms=NOON_MS):
    for volunteer in volunteers:
        event = CheckIn(
            terminal=terminal,
            epoch="e" * 32,
            seq=volunteer,
            boot="b" * 32,
            mono_ms=0,
            wall_ms=at_ms,
            clock=ClockTrust(ClockState.SYNCED, 5),
            credential=presented(f"badge:{volunteer}.1"),
            activity="fair",
        )
        standings.take(volunteer, event, at_ms)
    return standings.renew()


def seen(volunteer, at_ms=NOON_MS):
    return SeenElsewhere(str(volunteer), "fair", at_ms, at_ms)


def test_it_begins_with_everybody_whom_others_saw_last(standings):
    come(standings, "north-gate", 1)
    come(standings, "south-gate", 2, 3)
    (step,) = UpdateStream("north-gate", standings).steps(standings, HEARD, NOON_MS, 0)
    assert (step.follows, step.told_ms, step.more) == (0, NOON_MS, False)
    assert (step.seen, step.gone, step.heard) == ([seen(2), seen(3)], [], [Heard("e" * 32, 7)])


def test_then_it_tells_what_changed(standings):
    come(standings, "south-gate", 2, 3)
    telling = UpdateStream("north-gate", standings)
    (first,) = telling.steps(standings, HEARD, NOON_MS, 0)
    telling.note(come(standings, "north-gate", 2, at_ms=NOON_MS + 1))
    telling.note(come(standings, "south-gate", 4, at_ms=NOON_MS + 1))
    (second,) = telling.steps(standings, HEARD, NOON_MS, 3)
    assert (second.follows, second.number > first.number) == (first.number, True)
    assert (second.seen, second.gone) == ([seen(4, NOON_MS + 1)], ["2"])


def test_who_was_only_seen_here_is_not_spoken_of(standings):
    telling = UpdateStream("north-gate", standings)
    telling.note(come(standings, "north-gate", 1))
    (step,) = telling.steps(standings, HEARD, NOON_MS, 0)
    assert (step.seen, step.gone) == ([], [])


def test_twenty_thousand_people_are_told_in_parts_that_take_effect_together(standings):
    come(standings, "south-gate", *range(1, 20_001))
    steps = UpdateStream("north-gate", standings).steps(standings, HEARD, NOON_MS, 0)
    assert [len(step.seen) for step in steps] == [MAX_SEEN] * (20_000 // MAX_SEEN)
    assert [step.follows for step in steps] == [0, *(step.number for step in steps[:-1])]
    assert [step.more for step in steps] == [True] * (len(steps) - 1) + [False]


def test_changes_are_told_together_and_silence_is_broken(standings):
    telling = UpdateStream("north-gate", standings)
    assert telling.is_due(0)
    telling.steps(standings, HEARD, NOON_MS, 100)
    assert not telling.is_due(100 + 19)
    assert telling.is_due(100 + 20)
    telling.note({1})
    assert not telling.is_due(100 + 2)
    assert telling.is_due(100 + 3)
