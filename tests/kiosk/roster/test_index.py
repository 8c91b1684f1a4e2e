import msgspec
import pytest

from foundation.errors import CredentialError, SettingsError
from kiosk.roster.index import ActivityNow, phase_at
from sync.contract import badge
from sync.contract.badge import Badge
from sync.contract.pseudonym import Subject
from sync.contract.roster import Phase, PhaseChange, RosterActivity
from tests.kiosk.samples import GUIDES, HOUR_MS, ROSTER, index_of, reference, token
from tests.sync.samples import NINE_MS, STRANGER_KEY

WATER = RosterActivity("water", "Water", [PhaseChange(Phase.EXECUTING, NINE_MS + HOUR_MS)])


def test_it_knows_people_by_their_number():
    assert index_of().person("1").name == "李明"
    assert index_of().person("9") is None


def test_it_knows_whose_a_thing_is():
    assert index_of().credential(reference(Subject.TAG, "0A00ABCDEF")).volunteer == "1"
    assert index_of().credential(reference(Subject.TAG, "1")) is None


def test_it_knows_what_was_taken_back():
    assert index_of().is_revoked("badge:2.1")
    assert not index_of().is_revoked("badge:2.2")


@pytest.mark.parametrize(
    ("ref", "volunteer"),
    [
        ("badge:590000.3", "590000"),
        ("phone:42", "42"),
        (reference(Subject.TAG, "0A00ABCDEF"), "1"),
        ("keyed:" + "00" * 16, None),
    ],
)
def test_it_knows_for_whom_an_events_reference_stands(ref, volunteer):
    assert index_of().volunteer_of(ref) == volunteer


def test_an_issuer_that_is_no_key_is_refused():
    with pytest.raises(SettingsError, match="64 hex digits"):
        index_of(msgspec.structs.replace(ROSTER, issuers=["00"]))


def test_a_phase_lasts_from_its_beginning_up_to_the_next():
    changes = [PhaseChange(Phase.EXECUTING, NINE_MS), PhaseChange(Phase.ENDED, NINE_MS + HOUR_MS)]
    activity = RosterActivity("a", "A", changes)
    assert phase_at(activity, NINE_MS - 1) is None
    assert phase_at(activity, NINE_MS) is Phase.EXECUTING
    assert phase_at(activity, NINE_MS + HOUR_MS - 1) is Phase.EXECUTING
    assert phase_at(activity, NINE_MS + HOUR_MS) is Phase.ENDED


def now_of(*activities: RosterActivity, wall_ms: int = NINE_MS) -> ActivityNow:
    return index_of(msgspec.structs.replace(ROSTER, activities=list(activities))).activity_now(wall_ms)


def test_the_executing_activity_is_the_one_of_now():
    assert now_of(WATER, GUIDES) == ActivityNow(GUIDES, zone="Asia/Shanghai")


def running(name: str, assigned: list[str] | None) -> RosterActivity:
    return RosterActivity(name, name.title(), GUIDES.phases, assigned=assigned)


@pytest.mark.parametrize(
    ("volunteer", "attends"),
    [("1", "songs"), ("2", "tea"), ("3", "tea"), ("4", "water"), (None, "water")],
    ids=["the second lists them", "the first lists them", "both list them", "none lists them", "unknown"],
)
def test_of_several_the_one_that_lists_a_volunteer_counts_else_one_for_everybody(volunteer, attends):
    several = now_of(
        running("tea", ["2", "3"]),
        running("water", None),
        running("songs", ["1", "3"]),
        running("fire", None),
    )
    assert several.activity_for(volunteer).id == attends


def test_of_several_that_all_expect_others_the_first_of_the_roster_counts():
    several = now_of(running("tea", ["2"]), running("songs", ["1"]))
    assert several.activity_for("9").id == "tea"


def test_what_staff_ordered_counts_for_everybody_while_it_executes():
    roster = msgspec.structs.replace(ROSTER, activities=[running("tea", ["1"]), running("songs", ["2"])])
    index = index_of(roster)
    assert index.activity_now(NINE_MS, "songs").activity_for("1").id == "songs"
    assert index.activity_now(NINE_MS + 48 * HOUR_MS, "songs").activity_for("1") is None


def test_the_only_one_that_executes_counts_for_whom_it_does_not_list_too():
    assert now_of(running("tea", ["2"]), WATER).activity_for("1").id == "tea"


def test_before_the_first_it_says_when_the_next_opens():
    later = RosterActivity("later", "Later", [PhaseChange(Phase.EXECUTING, NINE_MS + 2 * HOUR_MS)])
    assert now_of(later, WATER) == ActivityNow(None, NINE_MS + HOUR_MS)


def test_after_the_last_nothing_opens():
    assert now_of(GUIDES, wall_ms=NINE_MS + 48 * HOUR_MS) == ActivityNow(None)
    assert now_of() == ActivityNow(None)


def test_it_is_the_same_whatever_was_asked_before():
    changes = [PhaseChange(Phase.EXECUTING, NINE_MS), PhaseChange(Phase.ENDED, NINE_MS + HOUR_MS)]
    short = RosterActivity("short", "Short", changes)
    roster = msgspec.structs.replace(ROSTER, activities=[short, WATER, GUIDES])
    index = index_of(roster)
    moments = [NINE_MS + apart_ms for apart_ms in (-1, 0, 1, HOUR_MS - 1, HOUR_MS, 2 * HOUR_MS, 48 * HOUR_MS)]
    asked = [(wall_ms, preferred) for wall_ms in moments for preferred in ("", GUIDES.id, WATER.id)]
    for wall_ms, preferred in (*asked, *reversed(asked), *asked[::5], *asked[::4]):
        assert index.activity_now(wall_ms, preferred) == index_of(roster).activity_now(wall_ms, preferred)


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.EXECUTING])
def test_attendance_works_in_no_other_phase(phase):
    assert now_of(RosterActivity("a", "A", [PhaseChange(phase, NINE_MS)])) == ActivityNow(None)


def test_a_badge_is_the_same_at_its_first_and_its_next_reading():
    index = index_of()
    text = token(1)
    assert index.genuine_badge(text) is index.genuine_badge(text)
    assert index.genuine_badge(text).badge == badge.verify(text, index.issuers)


def test_a_forged_badge_stays_forged_however_often_it_is_shown():
    index, forged = index_of(), badge.issue(Badge(1), STRANGER_KEY)
    index.genuine_badge(token(1))
    for _ in range(2):
        with pytest.raises(CredentialError, match="not issued by the organiser"):
            index.genuine_badge(forged)
