"""What a terminal is told, as the terminal opens it."""

import datetime as dt

import msgspec
import pytest

from drivers.reading import Instant, Presented, Reading, Secret
from foundation.attendance import AttendancePolicy
from foundation.errors import SettingsError
from kiosk.credentials.identify import identify
from kiosk.roster.index import RosterIndex
from settlement.downlink.rosters import compose_roster
from settlement.master_data.people import revoke_credential
from settlement.models import Activity, Assignment, Credential, Organisation, PhaseChange, Site, Volunteer
from settlement.rule_book import put_in_force, store_version
from settlement.rules import evidence as rules
from settlement.rules.rule_set import RuleSet
from settlement.settling.merging import merge_numbers
from sync.contract.events import Assurance, Method
from sync.contract.pseudonym import Subject, keyed_reference
from sync.contract.roster import Phase, RosterCredential, RosterPerson, RosterShift
from sync.contract.signing import SigningKey
from tests.settlement.actors import actor

ISSUER = "ab" * 32
PSEUDONYM_KEY = bytes(range(32))


@pytest.fixture
def key(settings, tmp_path):
    key = SigningKey.generate()
    key.save(tmp_path / "signing.pem")
    settings.CENTRE = msgspec.structs.replace(
        settings.CENTRE, directory=str(tmp_path), badge_issuers=[ISSUER]
    )
    return key


@pytest.fixture
def roster(key, settings, noon_ms):
    """The roster of north-gate as it is at noon, unless told otherwise."""
    return lambda now_ms=noon_ms: compose_roster("north-gate", 1, settings.CENTRE, now_ms)


def test_it_names_the_site_its_people_and_who_signs_badges(terminal, fair, mei, roster):
    made = roster()
    assert (made.version, made.site, made.zone) == (1, "North gate", "Asia/Shanghai")
    assert (made.realm, made.issuers) == ("live", [ISSUER])
    assert made.people == [RosterPerson("1001", "Mei", "zh-Hans")]


def test_it_names_the_activities_with_their_phases_and_shifts(terminal, fair, roster):
    (activity,) = roster().activities
    assert (activity.id, activity.title, activity.assigned) == ("fair", "Lantern fair", None)
    assert (activity.shift_start_ms, activity.shift_end_ms) == fair.shifts.values_list("start_ms", "end_ms")[
        0
    ]
    assert [phase.phase for phase in activity.phases] == [Phase.EXECUTING]


def test_it_tells_each_shift_and_to_older_terminals_the_first_start_and_the_last_end(
    terminal, fair, roster, noon_ms
):
    hour_ms = 3_600_000
    fair.shifts.create(start_ms=noon_ms + 21 * hour_ms, end_ms=noon_ms + 29 * hour_ms)
    (activity,) = roster().activities
    assert activity.shifts == [
        RosterShift(noon_ms - 3 * hour_ms, noon_ms + 5 * hour_ms),
        RosterShift(noon_ms + 21 * hour_ms, noon_ms + 29 * hour_ms),
    ]
    assert (activity.shift_start_ms, activity.shift_end_ms) == (
        noon_ms - 3 * hour_ms,
        noon_ms + 29 * hour_ms,
    )


def test_it_carries_the_numbers_of_the_rules_that_terminals_decide_by(terminal, fair, roster, settings):
    rules = RuleSet(
        debounce_s=30,
        max_session_s=57_600,
        close_after_s=3_600,
        max_shift_s=0,
        clock_drift_ppm=9,
        min_session_s=1,
    )
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, rules=rules)
    assert roster().policy == AttendancePolicy(
        debounce_s=30, max_session_s=57_600, close_after_s=3_600, max_shift_s=0, clock_drift_ppm=9
    )


def test_it_carries_an_activitys_own_window_of_repetition(terminal, fair, roster):
    assert roster().activities[0].debounce_s is None
    fair.policy = {"debounce_s": 300, "daily_cap_s": 3600}
    fair.save()
    assert roster().activities[0].debounce_s == 300


def test_it_says_where_the_centre_puts_a_forgotten_end_down(terminal, fair, roster):
    assert not roster().activities[0].claims_end
    fair.policy = {"missing_out_policy": "claim"}
    fair.save()
    assert roster().activities[0].claims_end


def test_it_carries_the_rules_that_hold_on_its_day(terminal, fair, roster, rules, noon_ms):
    for version, since, seconds in ((1, None, 60), (2, dt.date(2026, 3, 8), 90)):
        row, _ = store_version(msgspec.structs.replace(RuleSet(), version=version + 1, debounce_s=seconds), 0)
        put_in_force(row, since, "Zhao Min", "why", 0)
    assert roster().policy.debounce_s == 60
    assert roster(noon_ms + 12 * 3_600_000).policy.debounce_s == 90


def test_an_activity_that_was_archived_is_left_out(terminal, fair, roster, noon_ms):
    PhaseChange.objects.create(activity=fair, phase="archived", from_ms=noon_ms)
    assert roster().activities == []


def test_an_activity_that_is_to_be_archived_stays_until_then(terminal, fair, roster, noon_ms):
    PhaseChange.objects.create(activity=fair, phase="archived", from_ms=noon_ms + 1000)
    assert [phase.phase for phase in roster().activities[0].phases] == [Phase.EXECUTING, Phase.ARCHIVED]
    assert roster(noon_ms + 1000).activities == []


def test_where_only_those_assigned_are_expected_nobody_else_is_named(terminal, fair, mei, roster):
    Volunteer.objects.create(number=1002, display_name="Wei")
    fair.assigned_only = True
    fair.save()
    Assignment.objects.create(activity=fair, volunteer=mei)
    assert [person.volunteer for person in roster().people] == ["1001"]
    assert roster().activities[0].assigned == ["1001"]


def test_where_anybody_may_come_everybody_is_named(terminal, fair, mei, site, roster):
    Volunteer.objects.create(number=1002, display_name="Wei", suspended=True)
    Activity.objects.create(id="closed", site=site, title="Closed", assigned_only=True)
    assert [(person.volunteer, person.suspended) for person in roster().people] == [
        ("1001", False),
        ("1002", True),
    ]


@pytest.mark.parametrize(
    ("presented", "text", "subject", "method"),
    [
        (Presented.CODE, "LIB-00412", Subject.CODE, "other_code"),
        (Presented.ID_NUMBER, "11010519491231002X", Subject.ID_NUMBER, "id_card"),
        (Presented.CARD_UID, "04A2B3C4", Subject.CARD_UID, "card"),
        (Presented.TAG, "0A00ABCDEF", Subject.TAG, "tag"),
        (Presented.SMS, "+8613800138000", Subject.PHONE, "sms_in"),
    ],
)
def test_what_the_centre_took_back_is_refused_as_such_at_a_terminal(
    terminal, fair, mei, roster, noon_ms, presented, text, subject, method
):
    ref = keyed_reference(PSEUDONYM_KEY, subject, text)
    Credential.objects.create(ref=ref, volunteer=mei, method=method, assurance="low")
    at = Instant(0, noon_ms)
    shown = Reading("reader", presented, Secret(text), at, Secret(text))
    assert identify(shown, RosterIndex(roster()), PSEUDONYM_KEY).volunteer == "1001"
    revoke_credential(ref, noon_ms, noon_ms)
    assert identify(shown, RosterIndex(roster()), PSEUDONYM_KEY).reason == "revoked_credential"


@pytest.fixture
def parade(noon_ms):
    """An activity of an organisation at another site, for those who are assigned."""
    union = Organisation.objects.create(path="0001", name="Union")
    south = Site.objects.create(code="south", name="South gate", zone="Asia/Shanghai")
    parade = Activity.objects.create(
        id="parade", site=south, title="Parade", assigned_only=True, organisation=union
    )
    PhaseChange.objects.create(activity=parade, phase="executing", from_ms=noon_ms)
    return parade


def test_those_whom_the_organisation_expects_elsewhere_are_sent_there_without_a_name(
    terminal, fair, mei, roster, parade
):
    fair.assigned_only, fair.organisation = True, parade.organisation
    fair.save()
    wei = Volunteer.objects.create(number=1002, display_name="Wei")
    Volunteer.objects.create(number=1003, display_name="Expected nowhere")
    Credential.objects.create(ref="keyed:" + "c" * 32, volunteer=wei, method="card", assurance="low")
    Assignment.objects.create(activity=fair, volunteer=mei)
    for volunteer in (mei, wei):
        Assignment.objects.create(activity=parade, volunteer=volunteer)
    told = roster()
    assert told.people == [
        RosterPerson("1001", "Mei", "zh-Hans"),
        RosterPerson("1002", "", expected_at="South gate"),
    ]
    assert [known.volunteer for known in told.credentials] == ["1002"]


def test_an_activity_elsewhere_counts_until_it_is_archived(terminal, fair, mei, roster, parade, noon_ms):
    fair.assigned_only, fair.organisation = True, parade.organisation
    fair.save()
    Assignment.objects.create(activity=parade, volunteer=mei)
    PhaseChange.objects.create(activity=parade, phase="archived", from_ms=noon_ms + 1000)
    assert [person.expected_at for person in roster().people] == ["South gate"]
    assert roster(noon_ms + 1000).people == []


def test_an_activity_elsewhere_of_another_organisation_tells_nothing_here(
    terminal, fair, mei, roster, parade
):
    fair.assigned_only = True
    fair.save()
    Assignment.objects.create(activity=parade, volunteer=mei)
    assert roster().people == []


def test_cards_are_named_by_their_keyed_hash_and_badges_only_when_revoked(terminal, fair, mei, roster):
    card, badge = "keyed:" + "a" * 32, "badge:1001.1"
    for ref, revoked_ms in ((card, None), (badge, 5), ("badge:1001.2", None), ("keyed:" + "b" * 32, 5)):
        Credential.objects.create(
            ref=ref, volunteer=mei, method="card", assurance="low", revoked_ms=revoked_ms, one_use=True
        )
    told = roster()
    assert told.credentials == [
        RosterCredential(card, "1001", Method.CARD, Assurance.LOW, None, one_use=True)
    ]
    assert told.revoked == [badge, "keyed:" + "b" * 32]


def test_a_terminal_that_is_not_enrolled_or_was_revoked_gets_none(terminal, roster, settings):
    with pytest.raises(SettingsError, match="No terminal 'east-gate'"):
        compose_roster("east-gate", 1, settings.CENTRE, 0)


def test_it_says_whether_other_terminals_record_at_the_site(terminal, site, paper_terminal, roster):
    assert not roster().shared
    paper_terminal("south-gate").enrol(site)
    assert roster().shared


def test_a_revoked_terminal_shares_no_site(terminal, site, paper_terminal, roster, noon_ms):
    second = paper_terminal("south-gate").enrol(site)
    second.revoked_ms = noon_ms
    second.save()
    assert not roster().shared


def test_rosters_tell_the_phases_that_the_rules_know():
    assert list(map(str, Phase)) == list(map(str, rules.Phase))


@pytest.fixture
def merged(mei, fair, noon_ms, rules):
    """Mei was registered as 2001 too, with a card that is hers and one that she lost."""
    twice = Volunteer.objects.create(number=2001, display_name="Mei Li")
    for ref, revoked_ms in (("card:own", None), ("card:lost", 1)):
        Credential.objects.create(
            ref=ref, volunteer=twice, method="card", assurance="low", revoked_ms=revoked_ms
        )
    merge_numbers(1001, 2001, actor("Zhao"), "same card", noon_ms)
    return twice


def test_of_merged_numbers_the_kept_one_stands_in_it_with_the_cards_of_both(terminal, merged, roster):
    made = roster()
    assert [person.volunteer for person in made.people] == ["1001"]
    assert [(one.ref, one.volunteer) for one in made.credentials] == [("card:own", "1001")]
    assert made.revoked == ["card:lost"]


def test_whoever_is_expected_or_suspended_under_one_number_is_so_under_the_kept_one(
    terminal, fair, merged, roster
):
    fair.assigned_only = True
    fair.save()
    Assignment.objects.create(activity=fair, volunteer=merged)
    Volunteer.objects.filter(pk=2001).update(suspended=True)
    made = roster()
    assert [(person.volunteer, person.suspended) for person in made.people] == [("1001", True)]
    assert made.activities[0].assigned == ["1001"]
    assert [one.volunteer for one in made.credentials] == ["1001"]


def test_whoever_is_expected_elsewhere_under_another_number_is_sent_there(
    terminal, fair, merged, roster, noon_ms
):
    organisation = Organisation.objects.create(path="0001", name="City")
    Activity.objects.update(organisation=organisation, assigned_only=True)
    south = Site.objects.create(code="south", name="South gate", zone="UTC")
    other = Activity.objects.create(
        id="other", site=south, title="Other", organisation=organisation, assigned_only=True
    )
    PhaseChange.objects.create(activity=other, phase="executing", from_ms=noon_ms)
    Assignment.objects.create(activity=other, volunteer=merged)
    assert [(one.volunteer, one.expected_at) for one in roster().people] == [("1001", "South gate")]
    Assignment.objects.create(activity=fair, volunteer_id=1001)
    assert [(one.volunteer, one.expected_at) for one in roster().people] == [("1001", "")]
