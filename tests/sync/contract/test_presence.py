"""Both ends say the same of where somebody stands, as long as one terminal with one clock records it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.presence.standings import Presence
from settlement.downlink.site_standings import SiteStandings
from sync.contract.events import CheckIn, CheckOut, ClockState, ClockTrust, Correction, Manual, Toggle
from sync.contract.presence import is_in_after
from tests.settlement.paper_terminal import NOON_MS, presented

MEI = 1001
MINUTE_MS = 60_000
CARD = presented("badge:1001.1")


class Paper:
    """Events as a terminal would write them, a minute after one another."""

    def __init__(self) -> None:
        self.written = []

    def moment(self):
        seq = len(self.written) + 1
        return {
            "terminal": "north-gate",
            "epoch": "e" * 32,
            "seq": seq,
            "boot": "b" * 32,
            "mono_ms": seq * MINUTE_MS,
            "wall_ms": NOON_MS + seq * MINUTE_MS,
            "clock": ClockTrust(ClockState.SYNCED, 5),
        }

    def scan(self, kind):
        self.written.append(kind(**self.moment(), credential=CARD, activity="fair"))

    def write_down(self, direction, minutes_ago):
        moment = self.moment()
        hands = {"reason": "forgot the badge", "entered_by": "liaison-7", "confirmed_by": "leader-2"}
        at_ms = moment["wall_ms"] - minutes_ago * MINUTE_MS
        person = {"volunteer": str(MEI), "activity": "fair"}
        self.written.append(Manual(**moment, **hands, **person, direction=direction, at_ms=at_ms))

    def take_back(self, event):
        named = {"cancelled_epoch": event.epoch, "cancelled_seq": event.seq}
        why = {"activity": "fair", "reason": "by mistake"}
        self.written.append(Correction(**self.moment(), **named, **why, credential=CARD))


steps = st.lists(
    st.one_of(
        st.just(CheckIn),
        st.just(CheckOut),
        st.tuples(st.sampled_from(["in", "out"]), st.integers(0, 9)),
        st.just("take back"),
    ),
    max_size=12,
)


@given(steps)
@example([CheckIn, ("out", 1)])  # written down for the very moment of the scan
def test_terminal_and_centre_see_somebody_at_the_same_place(steps):
    paper, newest = Paper(), []
    for step in steps:
        match step:
            case "take back":
                # As the terminal does: the newest that stands, within five minutes of what it takes back.
                if newest and len(paper.written) - newest[-1].seq < 5 and len(newest) <= 4:
                    paper.take_back(newest.pop())
                continue
            case (direction, minutes_ago):
                paper.write_down(direction, minutes_ago)
            case kind:
                paper.scan(kind)
        newest.append(paper.written[-1])
    at_terminal, at_centre = Presence(), SiteStandings()
    for event in paper.written:
        at_terminal.fold(event, str(MEI))
        at_centre.take(MEI, event, event.at_ms if isinstance(event, Manual) else event.wall_ms)
    at_centre.renew()
    here, seen = at_terminal.standing(str(MEI)), at_centre.last_seen(MEI)
    assert (here and (here.activity, here.last_ms, here.since_ms)) == (
        seen and (seen.activity, seen.at_ms, seen.since_ms)
    )


@pytest.mark.parametrize("was_in", [True, False])
def test_each_event_says_whether_somebody_is_in_and_a_toggle_turns_it(was_in):
    paper = Paper()
    for kind in (CheckIn, CheckOut, Toggle):
        paper.scan(kind)
    for direction in ("in", "out"):
        paper.write_down(direction, 0)
    is_in = [is_in_after(event, was_in=was_in) for event in paper.written]
    assert is_in == [True, False, not was_in, True, False]
