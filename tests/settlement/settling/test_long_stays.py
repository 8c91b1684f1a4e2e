"""Stays of many hours at a real engine, by the roster that the centre made, and what the centre credits."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.reading import Instant, Presented, Reading, Secret
from foundation.attendance import AttendancePolicy
from kiosk.checkin.decision import Policy, decide
from kiosk.checkin.engine import Engine
from kiosk.credentials.identify import Identified
from kiosk.local_api.messages import Outcome
from kiosk.presence.standing import Standing
from kiosk.roster.index import ActivityNow, RosterIndex
from kiosk.staff.questions import open_questions
from kiosk.storage.log_keeper import stamp_now
from settlement.downlink.rosters import compose_roster
from settlement.ingest.ingest import ingest
from settlement.models import Activity, PhaseChange, RuleVersion, Session
from settlement.rules.rule_set import RuleSet
from settlement.settling.settler import settle_dirty
from sync.contract.events import Assurance, Credential, Method
from sync.contract.handover import CentreKeys
from sync.contract.remote_settings import TerminalDirection
from sync.contract.roster import Roster, RosterActivity, RosterPerson, RosterShift, open_roster, seal_roster
from sync.contract.wire import Realm
from sync.log.reader import LogReader
from sync.log.writer import Log
from tests.kiosk.samples import ISSUER, PSEUDONYM_KEY, ROSTER, token
from tests.kiosk.stepped_clock import VouchedClock
from tests.settlement.paper_terminal import NOON_MS
from tests.settlement.rules import cast

NAME = "north-gate"
HOUR = 3_600_000
DAY = 24 * HOUR
NO_CAP = RuleSet(version=2, daily_cap_s=None)
IN, OUT = Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT


class Gate:
    """One terminal from noon on, which opens the roster that the centre sealed for it."""

    def __init__(self, folder, sealed, centre):
        self.clock = VouchedClock(NOON_MS)
        self.log = Log(folder / "log.db", NAME, stamp_now(self.clock), "muster/test")
        self._decided = []
        self._engine = Engine(
            log=self.log,
            roster=RosterIndex(open_roster(sealed, CentreKeys((centre.key.public,)), NAME, Realm.LIVE)),
            pseudonym_key=PSEUDONYM_KEY,
            policy=Policy(TerminalDirection.TOGGLE),
            clock=self.clock,
            announce=self._decided.append,
        )

    def scan_at(self, hours):
        """What becomes of Mei's badge so many hours after noon."""
        self.clock.pass_by(NOON_MS + int(hours * HOUR) - self.clock.wall)
        at = Instant(self.clock.mono, self.clock.wall)
        assert self._engine.deliver(Reading("scanner", Presented.CODE, Secret(token(1001)), at))
        return self._decided[-1].outcome

    def questions(self):
        """The check-ins of the stays of which it asks "When did you leave?", in hours after noon."""
        asked = open_questions(self._engine.presence, self._engine.roster, self.clock.wall)
        return [(one.came_ms - NOON_MS) / HOUR for one in asked]

    def everything(self):
        """All events of the log, as they are sent."""
        self.log.close()
        reader = LogReader(self.log.path, NAME)
        stretch = reader.stretch(self.log.epoch, 0, 10_000, 10_000_000)
        reader.close()
        return stretch.events


@pytest.fixture
def open_gate(tmp_path, terminal, site, mei, settings, centre):
    """Enters the fair with a shift (from one hour after noon to another) and such rules; then noon comes."""

    def _open(*shift, rules=NO_CAP):
        fair = Activity.objects.create(id="fair", site=site, title="Lantern fair")
        PhaseChange.objects.create(activity=fair, phase="executing", from_ms=NOON_MS - DAY)
        if shift:
            start_ms, end_ms = (NOON_MS + int(hours * HOUR) for hours in shift)
            fair.shifts.create(start_ms=start_ms, end_ms=end_ms)
        RuleVersion.objects.create(version=rules.version, content={}, first_used_ms=0)
        settings.CENTRE = msgspec.structs.replace(
            settings.CENTRE, rules=rules, badge_issuers=[ISSUER.public.raw.hex()]
        )
        sealed = seal_roster(compose_roster(NAME, 1, settings.CENTRE, NOON_MS), centre.key)
        return Gate(tmp_path, sealed, centre)

    return _open


@pytest.fixture
def settled(paper_terminal, terminal, centre):
    """Hours and flags of every session, once the centre has settled all that a terminal logged."""

    def _settled(gate):
        sent = paper_terminal(epoch=gate.log.epoch)
        sent.key = terminal.key
        for encoded in gate.everything():
            sent.write(encoded)
        ingest(sent.batch_topic, sent.batch(), gate.clock.wall + HOUR, centre=centre)
        settle_dirty(gate.clock.wall + 2 * DAY)
        return [(session.t_s / 3600, session.flags) for session in Session.objects.order_by("pk")]

    return _settled


def test_a_stay_of_13_hours_is_one_where_the_centre_allows_16(open_gate, settled):
    gate = open_gate(rules=msgspec.structs.replace(NO_CAP, max_session_s=57_600))
    assert [gate.scan_at(0), gate.scan_at(13)] == [IN, OUT]
    assert gate.questions() == []
    assert settled(gate) == [(13, [])]


@pytest.mark.parametrize(
    ("shift", "hours"), [((7, 19.5), 12.5), ((7, 31), 24)], ids=["from 19:00 to 07:30", "24 hours"]
)
def test_whoever_is_rostered_for_longer_than_the_longest_session_gets_those_hours(
    open_gate, settled, shift, hours
):
    gate = open_gate(*shift)
    assert [gate.scan_at(shift[0] - 0.25), gate.scan_at(shift[1] + 0.1)] == [IN, OUT]
    assert gate.questions() == []
    assert settled(gate) == [(hours, ["EARLY_ARRIVAL", "LATE_LEAVE"])]


def test_24_hours_that_no_shift_asked_for_are_asked_about_and_credit_nothing(open_gate, settled):
    gate = open_gate()
    assert [gate.scan_at(7), gate.scan_at(31)] == [IN, IN]
    assert gate.questions() == [7]
    assert settled(gate) == [(0, ["MISSING_OUT"]), (0, ["MISSING_OUT"])]


def test_a_check_out_that_was_forgotten_after_a_long_night_is_asked_for_on_the_next_eve(open_gate, settled):
    gate = open_gate(7, 19.5)
    assert [gate.scan_at(6.9), gate.scan_at(30.9)] == [IN, IN]
    assert gate.questions() == [6.9]
    assert settled(gate)[0] == (0, ["EARLY_ARRIVAL", "MISSING_OUT"])


def moments():
    return st.builds(
        lambda grid, off: 1_772_840_000 + 1800 * grid + off, st.integers(0, 96), st.integers(-1, 1)
    )


@st.composite
def duties(draw):
    """Up to three shifts in order, often without a gap."""
    shifts, start = [], draw(st.integers(0, 40))
    for _ in range(draw(st.integers(0, 3))):
        end = start + draw(st.sampled_from([4, 16, 25, 48, 50, 51]))
        shifts.append((1_772_840_000 + 1800 * start, 1_772_840_000 + 1800 * end))
        start = end + draw(st.sampled_from([0, 0, 1, 20]))
    return shifts


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    duties(),
    moments(),
    st.integers(1, 120),
    st.sampled_from([43_200, 57_600, 3_600]),
    st.sampled_from([7_200, 0]),
    st.sampled_from([90_000, 0]),
)
def test_both_ends_agree_on_whether_a_stay_can_have_lasted(shifts, came_s, half_hours, longest, close, duty):
    numbers = {"max_session_s": longest, "close_after_s": close, "max_shift_s": duty}
    left_s = came_s + 1800 * half_hours
    roster = one_activity(shifts, AttendancePolicy(**numbers))
    settlement = cast.settle(
        [cast.scan("e1", "in", came_s), cast.scan("e2", "out", left_s)],
        cast.activity(shifts=tuple(shifts)),
        rules=RuleSet(**numbers),
        settle_at=left_s + 86_400,
    )
    is_one_stay = len(settlement.sessions) == 1
    assert RosterIndex(roster).is_too_long("A1", came_s * 1000, left_s * 1000) is not is_one_stay
    if toggled(roster, came_s * 1000, left_s * 1000) is OUT:
        assert is_one_stay


def one_activity(shifts, policy) -> Roster:
    told = RosterActivity(
        "A1", "Fair", [], shifts=[RosterShift(start * 1000, end * 1000) for start, end in shifts]
    )
    return msgspec.structs.replace(ROSTER, activities=[told], policy=policy)


def toggled(roster: Roster, came_ms: int, now_ms: int) -> Outcome:
    """What the next scan of somebody is who came at that moment."""
    now = ActivityNow(roster.activities[0], zone=roster.zone, policy=roster.policy)
    badge = Identified(Credential(Method.BADGE, "badge:1.1", Assurance.MEDIUM), "1")
    standing = Standing("A1", came_ms, came_ms)
    policy = Policy(TerminalDirection.TOGGLE)
    return decide(badge, RosterPerson("1", "Mei"), standing, False, now, policy, now_ms).outcome
