"""A day at a real engine whose clock is far wrong, settled once the centre knows what time it was."""

import msgspec
import pytest

from drivers.reading import Instant, Presented, Reading, Secret
from kiosk.checkin.decision import Policy
from kiosk.checkin.engine import Engine
from kiosk.local_api.messages import Outcome
from kiosk.roster.index import RosterIndex
from kiosk.storage.log_keeper import stamp_now
from settlement.downlink.rosters import compose_roster
from settlement.ingest.ingest import ingest
from settlement.models import Activity, PhaseChange, Session
from sync.contract import events
from sync.contract.events import CheckIn, CheckOut, ClockAnchor, ClockState
from sync.contract.remote_settings import TerminalDirection
from sync.contract.roster import UNRESOLVED_ACTIVITY
from sync.log.reader import LogReader
from sync.log.writer import Log
from tests.kiosk.samples import ISSUER, PSEUDONYM_KEY, token
from tests.kiosk.stepped_clock import SetClock, VouchedClock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules", "mei", "ended_fair", "terminal")]

NAME = "north-gate"
HOUR = 3_600_000
YEAR = 365 * 24 * HOUR
WOKE_UP_MS = 400_000


class Day:
    """One terminal's working day, from noon on, whatever its clock says."""

    def __init__(self, folder, clock, roster):
        self.clock = clock
        self.log = Log(folder / "log.db", NAME, stamp_now(clock), "muster/test")
        self.decided = []
        self._engine = Engine(
            log=self.log,
            roster=roster,
            pseudonym_key=PSEUDONYM_KEY,
            policy=Policy(TerminalDirection.TOGGLE),
            clock=clock,
            announce=self.decided.append,
        )

    def present(self):
        at = Instant(self.clock.mono_ms(), self.clock.wall_ms())
        self._engine.deliver(Reading("scanner", Presented.CODE, Secret(token(1001)), at))
        return self.decided[-1]

    def learn_the_time(self, true_ms):
        moment = stamp_now(self.clock).moment(NAME)
        self.log.append(ClockAnchor(**moment, true_ms=true_ms, error_ms=40, source="ack"))

    def everything(self):
        """All events of the log, as they are sent."""
        self.log.close()
        reader = LogReader(self.log.path, NAME)
        stretch = reader.stretch(self.log.epoch, 0, 10_000, 10_000_000)
        reader.close()
        return stretch.events


def battery(wall_ms):
    clock = VouchedClock(wall_ms)
    clock.right = False
    return clock


@pytest.fixture(params=["1970, never set", "1970, of a battery", "-1 year", "+1 year"])
def clock(request, noon_ms):
    return {
        "1970, never set": SetClock(WOKE_UP_MS),
        "1970, of a battery": battery(WOKE_UP_MS),
        "-1 year": battery(noon_ms - YEAR),
        "+1 year": battery(noon_ms + YEAR),
    }[request.param]


@pytest.fixture
def day(tmp_path, clock, settings, noon_ms):
    def _day():
        centre = msgspec.structs.replace(settings.CENTRE, badge_issuers=[ISSUER.public.raw.hex()])
        return Day(tmp_path, clock, RosterIndex(compose_roster(NAME, 1, centre, noon_ms)))

    return _day


@pytest.fixture
def settled(paper_terminal, terminal, centre, settle, evening_ms):
    """The sessions that come of what a terminal logged, once the centre has all of it."""

    def _settled(day):
        sent = paper_terminal(epoch=day.log.epoch)
        sent.key = terminal.key
        for encoded in day.everything():
            sent.write(encoded)
        ingest(sent.batch_topic, sent.batch(), evening_ms, centre=centre)
        settle()
        return Session.objects.all()

    return _settled


def test_three_hours_under_a_clock_that_is_far_wrong_are_three_hours_once_the_time_is_known(
    day, settled, noon_ms
):
    worked = day()
    came = worked.present()
    worked.clock.pass_by(3 * HOUR)
    left = worked.present()
    assert (came.outcome, left.outcome) == (Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT)
    worked.learn_the_time(noon_ms + 3 * HOUR)
    (session,) = settled(worked)
    assert (session.in_s * 1000, session.t_s) == (noon_ms, 3 * 3600)


def test_who_came_under_a_wrong_clock_and_left_under_a_right_one_has_the_hours_between(day, settled, noon_ms):
    worked = day()
    worked.present()
    worked.clock.pass_by(3 * HOUR)
    worked.clock.wall = noon_ms + 3 * HOUR
    worked.learn_the_time(noon_ms + 3 * HOUR)
    assert worked.present().outcome is Outcome.ACCEPTED_OUT
    (session,) = settled(worked)
    assert (session.in_s * 1000, session.t_s) == (noon_ms, 3 * 3600)


def test_which_of_two_activities_it_was_the_centre_finds_out_by_the_time(day, settled, site, noon_ms):
    """Last month's is over, and still in the roster."""
    songs = Activity.objects.create(id="songs", site=site, title="Songs")
    for phase, days in (("executing", 40), ("ended", 30)):
        PhaseChange.objects.create(activity=songs, phase=phase, from_ms=noon_ms - days * 24 * HOUR)
    worked = day()
    worked.present()
    worked.clock.pass_by(3 * HOUR)
    worked.present()
    worked.learn_the_time(noon_ms + 3 * HOUR)
    scans = [
        one for one in map(events.decode, worked.log.since(-YEAR)) if isinstance(one, CheckIn | CheckOut)
    ]
    assert [scan.activity for scan in scans] == [UNRESOLVED_ACTIVITY] * 2
    (session,) = settled(worked)
    assert (session.activity_id, session.t_s) == ("fair", 3 * 3600)


def test_a_clock_that_was_never_set_is_told_from_one_of_a_battery():
    assert stamp_now(SetClock(WOKE_UP_MS)).clock.state is ClockState.UNSET
    assert stamp_now(battery(WOKE_UP_MS)).clock.state is ClockState.RTC
