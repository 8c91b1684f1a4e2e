"""A terminal at a site where others record as well, and what the centre tells it of them."""

import dataclasses
import queue

import msgspec
import pytest

from drivers.reading import Instant
from kiosk.checkin.decision import Policy
from kiosk.checkin.engine import Engine
from kiosk.checkin.restart import presence_of
from kiosk.local_api.messages import Outcome
from kiosk.presence.elsewhere import CURRENT_FOR_MS
from kiosk.storage.log_keeper import stamp_now
from sync.contract.downlink import Heard, SeenElsewhere, SitePresenceUpdate
from sync.contract.remote_settings import TerminalDirection
from sync.log.writer import Log
from tests.kiosk.samples import HOUR_MS, PSEUDONYM_KEY, ROSTER, HandClock, index_of, reading, token
from tests.sync.samples import NINE_MS, TERMINAL

SHARED = msgspec.structs.replace(ROSTER, shared=True)
TOGGLE, IN = TerminalDirection.TOGGLE, TerminalDirection.IN


class Gate:
    """An engine with its log, whose beats are called by hand."""

    def __init__(self, folder, direction, roster) -> None:
        self.clock = HandClock()
        self.log = Log(folder / "log.db", TERMINAL, stamp_now(self.clock), "muster/test")
        self._announced: queue.SimpleQueue = queue.SimpleQueue()
        self.engine = Engine(
            log=self.log,
            roster=index_of(roster),
            pseudonym_key=PSEUDONYM_KEY,
            policy=Policy(direction),
            clock=self.clock,
            announce=self._announced.put,
        )
        self._number = 0

    def present(self, at_ms: int, mono_ms: int | None = None):
        """What comes of somebody's badge at that moment, after a beat."""
        self.clock.now_ms = at_ms
        self.engine._note_blindness()
        shown = reading(token(1), wall_ms=at_ms)
        if mono_ms is not None:
            shown = dataclasses.replace(shown, at=Instant(mono_ms, at_ms))
        assert self.engine.deliver(shown)
        return self._announced.get()

    def told(self, at_ms: int, *seen: SeenElsewhere, heard: int | None = None) -> None:
        """The centre tells anew who was seen elsewhere, having heard of this log up to `heard`."""
        self.clock.now_ms = at_ms
        self._number += 1
        places = [Heard(self.log.epoch, heard or self.log.seq)]
        self.engine.learn_elsewhere(
            SitePresenceUpdate(number=self._number, follows=0, told_ms=at_ms, heard=places, seen=list(seen))
        )


@pytest.fixture
def gate(tmp_path):
    opened = []

    def _open(direction=TOGGLE, roster=SHARED):
        opened.append(Gate(tmp_path, direction, roster))
        return opened[-1]

    yield _open
    for one in opened:
        one.log.close()


def test_a_word_of_the_centre_that_follows_a_lost_one_is_counted_for_the_uplink_to_greet(gate):
    here = gate()
    here.told(NINE_MS)
    assert here.engine.steps_missed == 0
    step = SitePresenceUpdate(number=9, follows=8, told_ms=NINE_MS, heard=[], seen=[])
    here.engine.learn_elsewhere(step)
    assert here.engine.steps_missed == 1
    here.told(NINE_MS)
    assert here.engine.steps_missed == 1


def came(at_ms: int) -> SeenElsewhere:
    return SeenElsewhere("1", "guides-east", at_ms, at_ms)


def left(at_ms: int) -> SeenElsewhere:
    return SeenElsewhere("1", "guides-east", at_ms, None)


def test_who_came_at_another_terminal_leaves_at_this_one(gate):
    here = gate()
    here.told(NINE_MS + HOUR_MS, came(NINE_MS))
    decided = here.present(NINE_MS + 2 * HOUR_MS)
    assert (decided.outcome, decided.since_ms) == (Outcome.ACCEPTED_OUT, NINE_MS)


def test_who_came_here_and_left_elsewhere_comes_again(gate):
    here = gate()
    here.present(NINE_MS)
    here.told(NINE_MS + 3 * HOUR_MS, left(NINE_MS + 3 * HOUR_MS))
    assert here.present(NINE_MS + 4 * HOUR_MS).outcome is Outcome.ACCEPTED_IN


def test_a_scan_at_the_next_terminal_within_a_minute_is_the_same_scan(gate):
    here = gate()
    here.told(NINE_MS, came(NINE_MS))
    decided = here.present(NINE_MS + 20_000)
    assert (decided.outcome, decided.reason) == (Outcome.ALREADY_IN, "debounce")


def test_a_scan_here_counts_before_the_centre_has_heard_of_it(gate):
    here = gate()
    here.told(NINE_MS, came(NINE_MS - HOUR_MS))
    here.present(NINE_MS)
    here.told(NINE_MS + 1_000, came(NINE_MS - HOUR_MS), heard=here.log.seq - 1)
    assert here.present(NINE_MS + HOUR_MS).outcome is Outcome.ACCEPTED_IN


def test_an_entrance_takes_whom_an_exit_let_out(gate):
    entrance = gate(IN)
    entrance.present(NINE_MS)
    entrance.told(NINE_MS + 3 * HOUR_MS, left(NINE_MS + 3 * HOUR_MS))
    assert entrance.present(NINE_MS + 4 * HOUR_MS).outcome is Outcome.ACCEPTED_IN


def test_an_entrance_that_hears_nothing_of_the_exit_lets_the_centre_decide(gate):
    entrance = gate(IN)
    entrance.present(NINE_MS)
    entrance.told(NINE_MS + HOUR_MS)
    assert entrance.present(NINE_MS + HOUR_MS + CURRENT_FOR_MS).reason == "already_in"
    assert entrance.present(NINE_MS + HOUR_MS + CURRENT_FOR_MS + 1).outcome is Outcome.ACCEPTED_IN
    assert entrance.engine.presence.forgotten("1") is None


def test_an_entrance_that_is_alone_at_its_site_knows_who_is_in(gate):
    entrance = gate(IN, ROSTER)
    entrance.present(NINE_MS)
    assert entrance.present(NINE_MS + 4 * HOUR_MS).reason == "already_in"


def test_a_clock_that_is_set_afterwards_makes_no_stay_longer(gate):
    here = gate()
    here.told(NINE_MS, came(NINE_MS))
    set_by_ms = 20 * HOUR_MS
    decided = here.present(NINE_MS + HOUR_MS + set_by_ms, mono_ms=2 * HOUR_MS)
    assert (decided.outcome, decided.since_ms) == (Outcome.ACCEPTED_OUT, NINE_MS + set_by_ms)


def test_after_a_restart_nobody_is_asked_for_a_check_out_that_another_terminal_may_have(gate):
    entrance = gate(IN)
    entrance.present(NINE_MS)
    entrance.present(NINE_MS + HOUR_MS)
    again = presence_of(entrance.log, index_of(SHARED), entrance.clock)
    assert again.standing("1") is not None
    assert again.forgotten("1") is None


def test_a_revoked_terminal_forgets_who_was_seen_elsewhere(gate):
    here = gate()
    here.told(NINE_MS, came(NINE_MS))
    here.engine.refuse_all("terminal_revoked")
    assert here.engine.presence.standing("1") is None
