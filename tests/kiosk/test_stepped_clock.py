"""Scanning under a clock that is set while people are here: who stands where, after a restart as well."""

import dataclasses
import secrets

import msgspec
import pytest

from drivers.reading import Instant, Presented
from kiosk.checkin.decision import Policy
from kiosk.checkin.engine import Engine
from kiosk.local_api.messages import Outcome
from kiosk.staff.questions import open_questions
from kiosk.storage.log_keeper import stamp_now
from sync.contract import events
from sync.contract.events import Alarm, CheckIn, CheckOut
from sync.contract.remote_settings import TerminalDirection
from sync.contract.roster import UNRESOLVED_ACTIVITY, Phase, PhaseChange
from sync.log.writer import Log
from tests.kiosk.samples import (
    GUIDES,
    HOUR_MS,
    LONGEST_STAY_MS,
    PSEUDONYM_KEY,
    ROSTER,
    TAG_KEYS,
    index_of,
    reading,
    token,
)
from tests.kiosk.stepped_clock import VouchedClock
from tests.sync.samples import NINE_MS, TERMINAL

DAY_MS = 24 * HOUR_MS
YEAR_MS = 365 * DAY_MS
IN_1970_MS = 400_000
ALWAYS = msgspec.structs.replace(GUIDES, phases=[PhaseChange(Phase.EXECUTING, 0)])
"""Executes under any clock: only who stands where is asked about here."""
ROSTER_OF_ALL_TIMES = msgspec.structs.replace(ROSTER, activities=[ALWAYS])


class Gate:
    """An engine whose clock is set while it works."""

    def __init__(self, folder):
        self.roster = ROSTER_OF_ALL_TIMES
        self.clock = VouchedClock()
        self._file = folder / "log.db"
        self._decided = []
        self._begin()

    def _begin(self):
        self.log = Log(self._file, TERMINAL, stamp_now(self.clock), "muster/test")
        self.engine = Engine(
            log=self.log,
            roster=index_of(self.roster),
            pseudonym_key=PSEUDONYM_KEY,
            policy=Policy(TerminalDirection.TOGGLE),
            clock=self.clock,
            announce=self._decided.append,
            tag_keys=TAG_KEYS,
        )

    def after(self, passed_ms, *, shows=None):
        """Somebody presents a badge so much later."""
        self.clock.pass_by(passed_ms)
        at = Instant(self.clock.mono, self.clock.wall)
        assert self.engine.deliver(dataclasses.replace(shows or reading(token(1), Presented.CODE), at=at))
        return self._decided[-1]

    def restart(self):
        self.log.close()
        self._begin()

    def reboot(self):
        self.log.close()
        self.clock.boot, self.clock.mono = secrets.token_hex(16), 60_000
        self._begin()

    def questions(self):
        return open_questions(self.engine.presence, self.engine.roster, self.clock.wall)


@pytest.fixture
def gate(tmp_path):
    one = Gate(tmp_path)
    yield one
    one.log.close()


@pytest.fixture
def shift(gate):
    """The same gate, whose activity executes for two days only, from an hour ago on."""
    gate.roster = ROSTER
    gate.restart()
    return gate


@pytest.fixture(params=["goes on", "is started again"])
def meanwhile(gate, request):
    """What the engine does between two scans of one boot."""
    return gate.restart if request.param == "is started again" else lambda: None


STEPS = {"+1 h": HOUR_MS, "-1 day": -DAY_MS, "+1 year": YEAR_MS, "-1 year": -YEAR_MS}


@pytest.mark.parametrize("right", [True, False], ids=["vouched for", "not vouched for"])
@pytest.mark.parametrize("step_ms", STEPS.values(), ids=STEPS)
def test_a_second_scan_is_the_same_scan_however_the_clock_is_set_between(gate, meanwhile, step_ms, right):
    gate.after(0)
    gate.clock.wall, gate.clock.right = gate.clock.wall + step_ms, right
    meanwhile()
    again = gate.after(5_000)
    assert (again.outcome, again.reason) == (Outcome.ALREADY_IN, "debounce")
    assert again.since_ms == gate.clock.wall - 5_000


@pytest.mark.parametrize("wrong_ms", [IN_1970_MS, NINE_MS - DAY_MS, NINE_MS - YEAR_MS, NINE_MS + YEAR_MS])
def test_who_came_under_a_wrong_clock_leaves_once_it_is_right(gate, meanwhile, wrong_ms):
    gate.clock.wall, gate.clock.right = wrong_ms, False
    assert gate.after(0).outcome is Outcome.ACCEPTED_IN
    gate.clock.wall, gate.clock.right = NINE_MS, True
    meanwhile()
    left = gate.after(4 * HOUR_MS)
    assert (left.outcome, left.at_ms - left.since_ms) == (Outcome.ACCEPTED_OUT, 4 * HOUR_MS)
    assert gate.questions() == []


def test_who_leaves_after_three_hours_is_no_repetition_when_the_clock_went_back_by_three(gate, meanwhile):
    gate.after(0)
    gate.clock.wall -= 3 * HOUR_MS
    meanwhile()
    assert gate.after(3 * HOUR_MS).outcome is Outcome.ACCEPTED_OUT


def test_the_longest_stay_is_measured_by_the_time_since_the_boot(gate, meanwhile):
    gate.after(0)
    gate.clock.wall -= 6 * HOUR_MS
    meanwhile()
    assert gate.after(LONGEST_STAY_MS + 1).outcome is Outcome.ACCEPTED_IN


def test_nobody_is_asked_about_a_stay_whose_clock_was_set_since(gate, meanwhile):
    gate.after(0)
    gate.clock.wall += HOUR_MS
    meanwhile()
    assert gate.after(LONGEST_STAY_MS + 1).outcome is Outcome.ACCEPTED_IN
    assert gate.questions() == []


def test_who_stayed_too_long_is_asked_when_the_clock_was_set_and_set_back(gate, meanwhile):
    gate.after(0)
    gate.clock.wall += HOUR_MS
    gate.after(1_000, shows=reading(token(2, serial=2)))
    gate.clock.wall -= HOUR_MS
    meanwhile()
    gate.after(LONGEST_STAY_MS)
    assert [asked.came_ms for asked in gate.questions()] == [NINE_MS]


def test_who_is_here_stays_here_when_the_clock_is_set(gate, meanwhile):
    gate.clock.wall, gate.clock.right = IN_1970_MS, False
    gate.after(0)
    gate.clock.wall, gate.clock.right = NINE_MS, True
    meanwhile()
    gate.after(1_000, shows=reading(token(2, serial=2)))
    assert [since_ms for _, since_ms, _ in gate.engine.presence.here(gate.clock.wall)] == [
        NINE_MS,
        NINE_MS + 1_000,
    ]


def test_a_boot_that_learnt_the_time_before_it_ended_dates_all_of_its_scans(gate):
    """Came under 1970; the clock was set; then the power went."""
    gate.clock.wall, gate.clock.right = IN_1970_MS, False
    gate.after(0)
    gate.clock.wall, gate.clock.right = NINE_MS, True
    gate.log.append(Alarm(**stamp_now(gate.clock).moment(TERMINAL), code="clock_jump"))
    gate.clock.wall += HOUR_MS
    gate.reboot()
    left = gate.after(HOUR_MS)
    assert (left.outcome, left.since_ms) == (Outcome.ACCEPTED_OUT, NINE_MS)


def test_what_a_clock_said_while_it_was_trusted_counts_more_than_what_it_said_last(gate):
    """Came under a right clock; it ran a year ahead just before the power went."""
    gate.after(0)
    gate.clock.wall, gate.clock.right = NINE_MS + YEAR_MS, False
    gate.after(1_000, shows=reading(token(2, serial=2)))
    gate.clock.wall, gate.clock.right = NINE_MS + HOUR_MS, True
    gate.reboot()
    here = gate.engine.presence.here(gate.clock.wall)
    assert [since_ms for _, since_ms, _ in here] == [NINE_MS, NINE_MS + 1_000]


def test_a_boot_of_long_ago_whose_clock_ran_ahead_is_forgotten(gate):
    gate.clock.wall, gate.clock.right = NINE_MS + YEAR_MS, False
    gate.after(0)
    gate.clock.wall, gate.clock.right = NINE_MS, True
    gate.reboot()
    gate.after(0, shows=reading(token(2, serial=2)))
    gate.clock.wall += 3 * DAY_MS
    gate.reboot()
    assert gate.engine.presence.standing("1") is None


def test_across_boots_the_wall_clock_tells_how_long_somebody_stayed(gate):
    gate.after(0)
    gate.clock.wall += 2 * HOUR_MS
    gate.reboot()
    assert gate.after(30_000).since_ms == NINE_MS
    gate.after(HOUR_MS)
    gate.clock.wall += LONGEST_STAY_MS
    gate.reboot()
    assert gate.after(1).outcome is Outcome.ACCEPTED_IN
    assert [asked.found_ms for asked in gate.engine.presence.all_forgotten()] == [gate.clock.wall]


@pytest.mark.parametrize("wrong_ms", [IN_1970_MS, NINE_MS - YEAR_MS, NINE_MS + YEAR_MS])
def test_scanning_goes_on_under_a_clock_that_is_far_wrong_and_the_centre_decides(shift, wrong_ms):
    shift.clock.wall, shift.clock.right = wrong_ms, False
    came = shift.after(0)
    assert (came.outcome, came.reason, came.activity) == (Outcome.ACCEPTED_IN, "centre_decides", GUIDES.id)
    left = shift.after(HOUR_MS)
    assert (left.outcome, left.reason) == (Outcome.ACCEPTED_OUT, "centre_decides")
    assert [event.activity for event in scans(shift)] == [GUIDES.id, GUIDES.id]


def test_a_clock_that_is_vouched_for_still_closes_the_shift(shift):
    shift.clock.wall = NINE_MS - YEAR_MS
    assert shift.after(0).reason == "not_yet_open"
    shift.clock.wall, shift.clock.right = NINE_MS - HOUR_MS - 2_000, False
    assert shift.after(1_000).reason == "not_yet_open"


@pytest.mark.parametrize("is_first", [True, False])
def test_who_came_for_one_activity_leaves_it_while_nobody_knows_which_executes(gate, is_first):
    """Of two it is left open under 1970; the other scan is dated by a right clock."""
    songs = msgspec.structs.replace(
        GUIDES, id="songs", phases=[PhaseChange(Phase.EXECUTING, NINE_MS + YEAR_MS)]
    )
    gate.roster = msgspec.structs.replace(ROSTER, activities=[GUIDES, songs])
    gate.restart()
    for wrong in (is_first, not is_first):
        gate.clock.wall, gate.clock.right = (IN_1970_MS, False) if wrong else (NINE_MS, True)
        gate.after(HOUR_MS)
    activities = [event.activity for event in scans(gate)]
    assert sorted(activities) == [UNRESOLVED_ACTIVITY, GUIDES.id]
    assert [type(event) for event in scans(gate)] == [CheckIn, CheckOut]
    assert (activities[0] == UNRESOLVED_ACTIVITY) is is_first


def scans(gate) -> list[CheckIn | CheckOut]:
    logged = map(events.decode, gate.log.since(0))
    return [event for event in logged if isinstance(event, CheckIn | CheckOut)]
