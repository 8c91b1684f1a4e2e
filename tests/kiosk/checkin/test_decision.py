import msgspec
import pytest

from kiosk.checkin.decision import Decision, Policy, decide
from kiosk.credentials.identify import Identified
from kiosk.local_api.messages import Outcome
from kiosk.presence.standings import LONGEST_SESSION_MS, Standing
from kiosk.roster.index import ActivityNow, Expecting
from sync.contract.events import Assurance, Credential, Method
from sync.contract.remote_settings import TerminalDirection
from sync.contract.roster import RosterPerson
from tests.kiosk.samples import GUIDES
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
    policy = Policy(direction, 60)
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
    assert decided(standing=stands(LONGEST_SESSION_MS + 1, inside=True), direction=direction) == accepted_in()
    expected = {
        TOGGLE: accepted_out(LONGEST_SESSION_MS),
        IN: already_in("already_in", LONGEST_SESSION_MS),
    }
    still_in = stands(LONGEST_SESSION_MS, inside=True)
    assert decided(standing=still_in, direction=direction) == expected[direction]


def test_a_check_out_after_twelve_hours_names_no_check_in():
    forgotten = stands(LONGEST_SESSION_MS + 1, inside=True)
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


def test_the_debounce_of_the_settings_counts():
    policy = Policy(TOGGLE, 10)
    standing = stands(10_000, inside=True)
    assert decide(BADGE, LI, standing, False, NOW, policy, NINE_MS) == accepted_out(10_000)
    standing = stands(9_999, inside=True)
    assert decide(BADGE, LI, standing, False, NOW, policy, NINE_MS) == already_in("debounce", 9_999)


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
    "standing", [stands(LONG_AGO_MS, inside=False), stands(LONGEST_SESSION_MS + 1, inside=True)]
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
