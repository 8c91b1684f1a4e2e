import msgspec
import pytest

from foundation.attendance import AttendancePolicy
from kiosk.checkin.decision import Decision, Policy, decide
from kiosk.credentials.identify import Identified
from kiosk.local_api.messages import Outcome
from kiosk.presence.standing import Standing
from kiosk.roster.index import ActivityNow, Expecting
from sync.contract.events import Assurance, Credential, Method
from sync.contract.remote_settings import TerminalDirection
from sync.contract.roster import RosterPerson, RosterShift
from tests.kiosk.samples import GUIDES, HOUR_MS, LONGEST_STAY_MS
from tests.sync.samples import NINE_MS

LI = RosterPerson("1", "李明")
BADGE = Identified(Credential(Method.BADGE, "badge:1.1", Assurance.MEDIUM), "1")
CODE = Identified(Credential(Method.SMS_CODE, "keyed:00", Assurance.MEDIUM), "1", one_use=True)
NOW = ActivityNow(GUIDES)
TOGGLE, IN, OUT = TerminalDirection.TOGGLE, TerminalDirection.IN, TerminalDirection.OUT
LONG_AGO_MS = 3_600_000


def stands(ago_ms: int, *, inside: bool, activity: str = GUIDES.id) -> Standing:
    """Where somebody stands whose last scan was so long ago."""
    last_ms = NINE_MS - ago_ms
    return Standing(activity, last_ms, last_ms if inside else None)


def decided(
    identified=BADGE, person=LI, standing=None, *, spent=False, now=NOW, direction=TOGGLE, unheard=False
) -> Decision:
    policy = Policy(direction)
    return decide(identified, person, standing, spent, now, policy, NINE_MS, others_unheard=unheard)


def accepted_in() -> Decision:
    return Decision(Outcome.ACCEPTED_IN, "", GUIDES.id, NINE_MS)


def accepted_out(since_ago_ms: int | None) -> Decision:
    since_ms = None if since_ago_ms is None else NINE_MS - since_ago_ms
    return Decision(Outcome.ACCEPTED_OUT, "", GUIDES.id, since_ms)


def already_in(reason: str, since_ago_ms: int) -> Decision:
    return Decision(Outcome.ALREADY_IN, reason, GUIDES.id, NINE_MS - since_ago_ms)


def test_who_is_expected_at_another_site_is_told_which():
    guest = RosterPerson("1", "", expected_at="South gate")
    assert decided(person=guest) == Decision(Outcome.REFUSED, "wrong_site", expected_at="South gate")


ALREADY_OUT = Decision(Outcome.ALREADY_OUT, "debounce", GUIDES.id)


@pytest.mark.parametrize(
    ("direction", "standing", "expected"),
    [
        (TOGGLE, None, accepted_in()),
        (TOGGLE, stands(LONG_AGO_MS, inside=False), accepted_in()),
        (TOGGLE, stands(LONG_AGO_MS, inside=True), accepted_out(LONG_AGO_MS)),
        (IN, None, accepted_in()),
        (IN, stands(LONG_AGO_MS, inside=False), accepted_in()),
        (IN, stands(LONG_AGO_MS, inside=True), already_in("already_in", LONG_AGO_MS)),
        (OUT, None, accepted_out(None)),
        (OUT, stands(LONG_AGO_MS, inside=False), accepted_out(None)),
        (OUT, stands(LONG_AGO_MS, inside=True), accepted_out(LONG_AGO_MS)),
    ],
)
def test_in_or_out_follows_the_terminal_and_where_the_person_stands(direction, standing, expected):
    assert decided(standing=standing, direction=direction) == expected


@pytest.mark.parametrize(
    ("direction", "standing", "expected"),
    [
        (TOGGLE, stands(59_999, inside=True), already_in("debounce", 59_999)),
        (TOGGLE, stands(60_000, inside=True), accepted_out(60_000)),
        (TOGGLE, stands(59_999, inside=False), ALREADY_OUT),
        (TOGGLE, stands(60_000, inside=False), accepted_in()),
        (TOGGLE, stands(0, inside=True), already_in("debounce", 0)),
        (IN, stands(59_999, inside=True), already_in("debounce", 59_999)),
        (IN, stands(60_000, inside=True), already_in("already_in", 60_000)),
        (IN, stands(1_000, inside=False), accepted_in()),
        (OUT, stands(59_999, inside=False), ALREADY_OUT),
        (OUT, stands(60_000, inside=False), accepted_out(None)),
        (OUT, stands(1_000, inside=True), accepted_out(1_000)),
    ],
)
def test_for_a_minute_a_scan_is_the_same_scan_unless_the_direction_says_otherwise(
    direction, standing, expected
):
    assert decided(standing=standing, direction=direction) == expected


@pytest.mark.parametrize(
    ("ago_ms", "direction", "expected"),
    [
        (LONG_AGO_MS, IN, accepted_in()),
        (59_999, IN, already_in("debounce", 59_999)),
        (LONG_AGO_MS, TOGGLE, accepted_out(LONG_AGO_MS)),
    ],
)
def test_who_may_have_left_elsewhere_unheard_may_come_in_again(ago_ms, direction, expected):
    inside = stands(ago_ms, inside=True)
    assert decided(standing=inside, direction=direction, unheard=True) == expected


def test_scans_of_another_activity_are_no_repetition():
    elsewhere = stands(1_000, inside=True, activity="water")
    assert decided(standing=elsewhere) == accepted_in()
    assert decided(standing=elsewhere, direction=OUT) == accepted_out(None)


def test_a_clock_that_was_set_back_makes_no_repetition():
    """The scan before lies two hours in the future: the person wants to leave."""
    ahead = stands(-2 * LONG_AGO_MS, inside=True)
    assert decided(standing=ahead) == accepted_out(-2 * LONG_AGO_MS)
    assert decided(standing=stands(-30_000, inside=True)) == already_in("debounce", -30_000)


@pytest.mark.parametrize("direction", [TOGGLE, IN])
def test_after_twelve_hours_a_check_out_was_forgotten(direction):
    assert decided(standing=stands(LONGEST_STAY_MS + 1, inside=True), direction=direction) == accepted_in()
    expected = {
        TOGGLE: accepted_out(LONGEST_STAY_MS),
        IN: already_in("already_in", LONGEST_STAY_MS),
    }
    still_in = stands(LONGEST_STAY_MS, inside=True)
    assert decided(standing=still_in, direction=direction) == expected[direction]


def test_a_check_out_after_twelve_hours_names_no_check_in():
    forgotten = stands(LONGEST_STAY_MS + 1, inside=True)
    assert decided(standing=forgotten, direction=OUT) == accepted_out(None)


def refused(reason: str) -> Decision:
    return Decision(Outcome.REFUSED, reason)


def test_what_proves_nothing_is_refused_with_its_own_reason():
    forged = msgspec.structs.replace(BADGE, reason="forged_badge")
    assert decided(forged) == refused("forged_badge")
    assert decided(forged, None, spent=True, now=ActivityNow(None)) == refused("forged_badge")


def test_who_is_not_on_the_roster_is_refused():
    assert decided(person=None) == refused("not_on_roster")


def test_who_is_suspended_is_refused_whatever_they_present():
    suspended = RosterPerson("1", "李明", suspended=True)
    assert decided(person=suspended) == refused("suspended_credential")
    assert decided(CODE, suspended) == refused("suspended_credential")


def test_without_an_executing_activity_nobody_is_let_in():
    too_early = Decision(Outcome.REFUSED, "not_yet_open", opens_ms=NINE_MS + 1)
    assert decided(now=ActivityNow(None, NINE_MS + 1)) == too_early
    assert decided(now=ActivityNow(None)) == refused("activity_not_executing")


def test_a_one_use_code_is_taken_once():
    assert decided(CODE) == accepted_in()
    assert decided(CODE, spent=True) == refused("code_used")


@pytest.mark.parametrize("direction", list(TerminalDirection))
@pytest.mark.parametrize("inside", [True, False])
def test_a_spent_code_opens_no_direction(direction, inside):
    standing = stands(LONG_AGO_MS, inside=inside)
    assert decided(CODE, standing=standing, spent=True, direction=direction) == refused("code_used")


def test_a_spent_code_is_no_way_round_the_minute():
    moved = decided(CODE, standing=stands(1_000, inside=True), spent=True, direction=OUT)
    assert moved == refused("code_used")


def test_a_code_typed_twice_is_the_same_scan():
    twice = decided(CODE, standing=stands(2_000, inside=True), spent=True)
    assert twice == already_in("debounce", 2_000)


def test_other_credentials_may_be_used_again():
    assert decided(standing=stands(LONG_AGO_MS, inside=True), spent=True) == accepted_out(LONG_AGO_MS)


def by_rules(activity=GUIDES, **numbers) -> ActivityNow:
    """What a roster says that carries these numbers of the centre's rules."""
    return ActivityNow(activity, policy=AttendancePolicy(**numbers))


def test_the_debounce_of_the_rules_counts():
    now = by_rules(debounce_s=10)
    assert decided(standing=stands(10_000, inside=True), now=now) == accepted_out(10_000)
    assert decided(standing=stands(9_999, inside=True), now=now) == already_in("debounce", 9_999)


def test_an_activitys_own_debounce_goes_before_that_of_the_rules():
    now = by_rules(msgspec.structs.replace(GUIDES, debounce_s=300), debounce_s=10)
    assert decided(standing=stands(299_999, inside=True), now=now) == already_in("debounce", 299_999)
    assert decided(standing=stands(300_000, inside=True), now=now).outcome is Outcome.ACCEPTED_OUT
    none = by_rules(msgspec.structs.replace(GUIDES, debounce_s=0), debounce_s=10)
    assert decided(standing=stands(0, inside=True), now=none).outcome is Outcome.ACCEPTED_OUT


def test_the_longest_session_of_the_rules_counts():
    sixteen_hours = by_rules(max_session_s=57_600)
    for hours in (13, 16):
        inside = stands(hours * HOUR_MS, inside=True)
        assert decided(standing=inside, now=sixteen_hours) == accepted_out(hours * HOUR_MS)
    assert decided(standing=stands(16 * HOUR_MS + 1, inside=True), now=sixteen_hours) == accepted_in()
    assert decided(standing=stands(13 * HOUR_MS, inside=True)) == accepted_in()


def on_duty(came_ago_ms: int, hours: float, ended_ago_ms: int = 0, **numbers) -> Decision:
    """What becomes of who came for the whole of a shift of so many hours, which ended then."""
    end_ms = NINE_MS - ended_ago_ms
    shift = RosterShift(end_ms - int(hours * HOUR_MS), end_ms)
    return decided(
        standing=stands(came_ago_ms, inside=True),
        now=by_rules(msgspec.structs.replace(GUIDES, shifts=[shift]), **numbers),
    )


@pytest.mark.parametrize("hours", [12.5, 24])
def test_who_leaves_after_a_shift_longer_than_the_longest_session_leaves(hours):
    whole_ms = int(hours * HOUR_MS)
    assert on_duty(whole_ms, hours) == accepted_out(whole_ms)
    early_ms = whole_ms + HOUR_MS
    assert on_duty(early_ms, hours) == accepted_out(early_ms)


def test_for_two_hours_after_a_long_shift_people_are_still_leaving():
    lasted_ms = 26 * HOUR_MS
    assert on_duty(lasted_ms, 24, 2 * HOUR_MS) == accepted_out(lasted_ms)
    assert on_duty(lasted_ms + 1, 24, 2 * HOUR_MS + 1) == accepted_in()
    assert on_duty(lasted_ms, 24, 2 * HOUR_MS, close_after_s=7_199) == accepted_in()


def test_a_shift_of_days_is_a_calendar_and_lengthens_nothing():
    assert on_duty(24 * HOUR_MS, 72) == accepted_in()
    assert on_duty(24 * HOUR_MS, 24, max_shift_s=3_600) == accepted_in()


def test_an_older_centre_that_tells_no_single_shifts_lengthens_nothing():
    told = msgspec.structs.replace(GUIDES, shift_start_ms=NINE_MS - 24 * HOUR_MS, shift_end_ms=NINE_MS)
    assert decided(standing=stands(24 * HOUR_MS, inside=True), now=by_rules(told)) == accepted_in()


def test_of_several_activities_everybody_is_let_into_their_own():
    songs = msgspec.structs.replace(GUIDES, id="songs", title="Songs")
    several = ActivityNow(
        GUIDES, choice=(Expecting(GUIDES, frozenset({"2"})), Expecting(songs, frozenset({"1"})))
    )
    assert decided(now=several).activity == "songs"
    came = stands(LONG_AGO_MS, inside=True, activity="songs")
    assert decided(standing=came, now=several) == Decision(
        Outcome.ACCEPTED_OUT, "", "songs", NINE_MS - LONG_AGO_MS
    )


SONGS = msgspec.structs.replace(GUIDES, id="songs", title="Songs")
EXPECTED_AT_SONGS = ActivityNow(
    GUIDES, choice=(Expecting(GUIDES, frozenset()), Expecting(SONGS, frozenset({"1"})))
)


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        (TOGGLE, accepted_out(LONG_AGO_MS)),
        (OUT, accepted_out(LONG_AGO_MS)),
        (IN, already_in("already_in", LONG_AGO_MS)),
    ],
)
def test_whom_a_newer_roster_expects_elsewhere_leaves_what_they_came_for(direction, expected):
    came = stands(LONG_AGO_MS, inside=True)
    assert decided(standing=came, now=EXPECTED_AT_SONGS, direction=direction) == expected


@pytest.mark.parametrize(
    "standing", [stands(LONG_AGO_MS, inside=False), stands(LONGEST_STAY_MS + 1, inside=True)]
)
def test_who_left_or_forgot_to_comes_for_what_expects_them_now(standing):
    came = decided(standing=standing, now=EXPECTED_AT_SONGS)
    assert (came.outcome, came.activity) == (Outcome.ACCEPTED_IN, "songs")


def test_what_staff_ordered_ends_what_somebody_came_for():
    came = decided(standing=stands(LONG_AGO_MS, inside=True), now=ActivityNow(SONGS))
    assert (came.outcome, came.activity) == (Outcome.ACCEPTED_IN, "songs")


def test_whom_no_activity_expects_is_let_into_the_first():
    nobodys = ActivityNow(GUIDES, choice=(Expecting(GUIDES, frozenset({"2"})),) * 2)
    assert decided(now=nobodys) == accepted_in()
