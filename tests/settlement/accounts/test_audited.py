"""What people change of master data is on record: who, when, what before and after, and why."""

import pytest
from django.conf import settings as django_settings
from msgspec.structs import replace

from foundation.errors import RulesError
from settlement.accounts.accounts import acting
from settlement.accounts.actor import Level
from settlement.accounts.audit import Kind, Signed, audit_rows, records_of
from settlement.downlink.editions import give_settings, revoke
from settlement.enrolment.tokens import add_terminal, renew_terminal
from settlement.lists.file import ListFile
from settlement.master_data.activities import ActivityValues, activity_as_of, enter_activity
from settlement.master_data.organisations import (
    enter_organisation,
    join_organisation,
    leave_organisation,
    move_organisation,
)
from settlement.master_data.people import allow_naming, assign, enter_credential, enter_volunteer, unassign
from settlement.master_data.people_import import import_people
from settlement.master_data.sites import enter_site
from settlement.master_data.staff import enter_staff, remove_staff
from settlement.models import Account, AuditRecord, Membership, Organisation, StaffMember
from settlement.organisations.tree import add_organisation
from settlement.rules.evidence import Phase
from settlement.volunteers.file import personal_file
from sync.contract.events import Assurance, Method
from sync.contract.roster import StaffRole
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def zhao():
    return actor("Zhao")


@pytest.fixture
def signed(zhao):
    return Signed(zhao, 1000, "it was wrong")


def told(kind, subject):
    """(who, what, before, after) of each change, the latest first."""
    return [(row.name, row.action, row.values.before, row.values.after) for row in records_of(kind, subject)]


def test_a_name_is_corrected_by_somebody_with_a_reason(mei, signed):
    enter_volunteer(1001, "Li Mei", signed, "en")
    assert told(Kind.VOLUNTEER, 1001) == [
        ("Zhao", "correct", {"name": "Mei", "language": "zh-Hans"}, {"name": "Li Mei", "language": "en"})
    ]
    (row,) = records_of(Kind.VOLUNTEER, 1001)
    assert (row.at_ms, row.reason, row.values.volunteer) == (1000, "it was wrong", 1001)
    enter_volunteer(1001, "Li Mei", signed, "en")
    assert len(told(Kind.VOLUNTEER, 1001)) == 1  # nothing changed


def test_every_look_at_clear_data_is_noted(mei, zhao):
    personal_file(1001, zhao, 5000)
    (row,) = records_of(Kind.VOLUNTEER, 1001)
    assert (row.name, row.action, row.at_ms, row.fields) == ("Zhao", "look", 5000, [])


def test_an_activity_can_be_seen_as_it_was_at_any_time(site, signed):
    city = add_organisation("City")
    first = ActivityValues(
        id="fete", site="north", title="Fete", organisation=city.path,
        phases=((Phase.EXECUTING, 0),), shifts=((9, 17),),
    )  # fmt: skip
    enter_activity(first, Signed(signed.by, 100))
    enter_activity(replace(first, shifts=((10, 17),)), Signed(signed.by, 200, "began an hour later"))
    enter_activity(replace(first, shifts=((10, 17),), title="Big fete"), Signed(signed.by, 300))
    seen = [activity_as_of("fete", at) for at in (99, 100, 199, 200)]
    assert [then and then.shifts for then in seen] == [None, ((9, 17),), ((9, 17),), ((10, 17),)]
    assert activity_as_of("fete", 250).title == "Fete"
    assert activity_as_of("fete", 1000).title == "Big fete"
    latest, shifted, made = records_of(Kind.ACTIVITY, "fete")
    assert (latest.fields, shifted.fields, shifted.reason) == (["title"], ["shifts"], "began an hour later")
    assert made.action == "enter"


def test_assignments_memberships_cards_and_wishes_are_on_record(mei, fair, signed):
    city = add_organisation("City")
    assign(fair, mei, signed)
    unassign(fair, mei, signed)
    unassign(fair, mei, signed)
    assert told(Kind.ASSIGNMENT, "fair/1001") == [
        ("Zhao", "remove", {"post": None}, None),
        ("Zhao", "enter", None, {"post": None}),
    ]
    join_organisation(mei, city, signed)
    leave_organisation(mei, city, signed)
    assert [row[1] for row in told(Kind.MEMBERSHIP, f"{city.path}/1001")] == ["remove", "enter"]
    enter_credential("keyed:card:1", mei, Method.CARD, Assurance.MEDIUM, signed)
    enter_credential("keyed:card:1", mei, Method.CARD, Assurance.MEDIUM, signed)
    assert told(Kind.CREDENTIAL, 1001) == [("Zhao", "enter", None, {"ref": "keyed:card:1", "method": "card"})]
    allow_naming(1001, signed, may_be_named=False)
    assert told(Kind.VOLUNTEER, 1001)[0][3] == {"may_be_named": False}


def test_sites_organisations_staff_and_terminals_are_on_record(site, terminal, signed, zhao):
    enter_organisation("0001", "City", signed, "310115")
    enter_organisation("0001", "Big city", signed, "310115")
    assert told(Kind.ORGANISATION, "0001")[0][2:] == (
        {"name": "City", "issuer": "310115", "in_charge": ""},
        {"name": "Big city", "issuer": "310115", "in_charge": ""},
    )  # fmt: skip
    enter_site("north", signed, name="North door", zone="UTC", organisation="0001")
    assert told(Kind.SITE, "north")[0][3]["organisation"] == "0001"
    enter_staff("liaison-7", "Zhao", "482913", signed, role=StaffRole.STAFF, site="north", account="zhao")
    assert StaffMember.objects.get().account_id == zhao.account
    remove_staff("liaison-7", signed)
    assert [row[1] for row in told(Kind.STAFF, "liaison-7")] == ["remove", "enter"]
    assert "482913" not in str(told(Kind.STAFF, "liaison-7"))
    give_settings("north-gate", {"result_shown_s": 6}, signed)
    revoke("north-gate", signed)
    revoke("north-gate", signed)
    assert told(Kind.SETTINGS, "north-gate")[0][3] == {"result_shown_s": 6}
    assert len(told(Kind.TERMINAL, "north-gate")) == 1


@pytest.fixture
def keys(settings, tmp_path):
    """The centre's folder with a pseudonym key."""
    settings.CENTRE = replace(settings.CENTRE, directory=str(tmp_path))
    (tmp_path / "pseudonym.key").write_text("5a" * 32)


def test_an_import_is_one_row_that_says_who_came(keys, zhao, signed):
    city = add_organisation("City")
    import_people(ListFile(b"number,name\n7,Mei\n8,Wei\n"), city, signed)
    ((who, _, _, after),) = told(Kind.VOLUNTEER, "import")
    assert (who, after["volunteers"], after["numbers"]) == ("Zhao", 2, [7, 8])


def test_a_branch_moves_with_all_that_is_below_and_nothing_is_lost(mei, signed):
    west, east = add_organisation("West"), add_organisation("East")
    district = add_organisation("District", parent=west)
    team = add_organisation("Team", parent=district)
    Membership.objects.create(volunteer=mei, organisation=team, joined_ms=0)
    add_organisation("Already there", parent=east)
    moved = move_organisation(district, east, signed)
    assert moved.path == f"{east.path}0002"
    team.refresh_from_db()
    assert team.path == f"{moved.path}0001"
    assert Organisation.objects.count() == 5
    assert told(Kind.ORGANISATION, moved.path)[0][2:] == (
        {"path": f"{west.path}0001"}, {"path": moved.path},
    )  # fmt: skip
    for under in (moved, team):
        with pytest.raises(RulesError) as refused:
            move_organisation(moved, under, signed)
        assert refused.value.code == "MOVED_INTO_ITSELF"


@pytest.mark.parametrize(
    "change",
    [
        lambda world, by: enter_volunteer(1001, "X", by),
        lambda world, by: assign(world.fair, world.mei, by),
        lambda world, by: enter_credential("keyed:x:1", world.mei, Method.CARD, Assurance.LOW, by),
        lambda world, by: join_organisation(world.mei, world.city, by),
        lambda world, by: enter_site("north", by, name="X", zone="UTC", organisation=world.city.path),
        lambda world, by: enter_site("lonely", by, name="X", zone="UTC"),
        lambda world, by: enter_organisation(world.city.path, "X", by),
        lambda world, by: enter_organisation("0009", "X", by),
        lambda world, by: move_organisation(world.city, None, by),
        lambda world, by: give_settings("north-gate", {}, by),
        lambda world, by: revoke("north-gate", by),
        lambda world, by: enter_staff("x-7", "X", "482913", by, role=StaffRole.STAFF, site="north"),
        lambda world, by: enter_staff("x-7", "X", "482913", by, role=StaffRole.STAFF, site=None),
        lambda world, by: import_people(ListFile(b"number,name\n7,Mei\n"), world.city, by),
        lambda world, by: enter_activity(
            ActivityValues(id="fair", site="north", title="X", organisation=world.beside.path), by
        ),
        lambda world, by: enter_activity(ActivityValues(id="new", site="north", title="X"), by),
    ],
)
def test_nobody_changes_what_is_beside_the_own_branch(keys, change, mei, fair, site, terminal):
    class World:
        pass

    world = World()
    world.city, world.beside = add_organisation("City"), add_organisation("Beside")
    world.mei, world.fair = mei, fair
    fair.organisation = site.organisation = world.city
    fair.save()
    site.save()
    by = Signed(actor("Sun", Level.SENIOR, world.beside.path), 1)
    before = AuditRecord.objects.count()
    with pytest.raises(RulesError) as refused:
        change(world, by)
    assert refused.value.code == "OUT_OF_REACH"
    assert AuditRecord.objects.count() == before


def test_the_audit_is_read_by_seniors_of_their_own_branch(mei, signed):
    city, beside = add_organisation("City"), add_organisation("Beside")
    here = actor("Sun", Level.SENIOR, city.path)
    enter_volunteer(1001, "Li", signed)
    join_organisation(mei, city, Signed(here, 5))
    assert [row.name for row in audit_rows(signed.by)] == ["Sun", "Zhao"]
    assert [row.name for row in audit_rows(here)] == ["Sun"]
    assert list(audit_rows(actor("Wu", Level.SENIOR, beside.path))) == []
    assert audit_rows(signed.by, kind="volunteer", subject="1001").count() == 1
    with pytest.raises(RulesError) as refused:
        audit_rows(actor("Low", Level.MIDDLE, city.path))
    assert refused.value.code == "NOT_ALLOWED"
    assert Account.objects.filter(login="sun").exists()
    assert acting("sun") == here


@pytest.fixture
def beside(keys, mei, fair, site):
    """Somebody of a place that has nothing to do with Mei, and an activity of that place."""
    city, place = add_organisation("City"), add_organisation("Beside")
    Membership.objects.create(volunteer=mei, organisation=city, joined_ms=0)
    site.organisation = place
    site.save()
    fair.organisation = place
    fair.save()
    return Signed(actor("Sun", Level.SENIOR, place.path), 1)


@pytest.mark.parametrize(
    "take_in",
    [
        lambda fair, mei, by: join_organisation(mei, Organisation.objects.get(path=by.by.node), by),
        assign,
        lambda fair, mei, by: import_people(
            ListFile(b"number,name\n1001,Mei\n"), Organisation.objects.get(path=by.by.node), by
        ),
        lambda fair, mei, by: import_people(
            ListFile(b"number,name,tag\n1001,Mei,0A12345678\n"), Organisation.objects.get(path=by.by.node), by
        ),
    ],
)
def test_nobody_reaches_a_person_by_taking_that_person_in(take_in, beside, mei, fair):
    """Who belongs to a place, or is expected there, is read and corrected from there."""
    with pytest.raises(RulesError) as refused:
        take_in(fair, mei, beside)
    assert refused.value.code == "OUT_OF_REACH"
    with pytest.raises(RulesError):
        personal_file(1001, beside.by, 5000)
    Membership.objects.update(left_ms=1)
    take_in(fair, mei, beside)
    assert personal_file(1001, beside.by, 5000).name == "Mei"


def test_nobody_reaches_a_site_by_an_activity_of_the_own(site, zhao, terminal):
    city, place = add_organisation("City"), add_organisation("Beside")
    site.organisation = city
    site.save()
    sun = Signed(actor("Sun", Level.SENIOR, place.path), 1)
    there = ActivityValues(id="mine", site="north", title="Mine", organisation=place.path)
    with pytest.raises(RulesError) as refused:
        enter_activity(there, sun)
    assert refused.value.code == "OUT_OF_REACH"
    enter_activity(there, Signed(zhao, 1))
    enter_activity(replace(there, title="Mine too"), sun)
    for change in (
        lambda: enter_site("north", sun, name="Stolen", zone="UTC", organisation=place.path),
        lambda: enter_staff("x-7", "X", "482913", sun, role=StaffRole.STAFF, site="north"),
        lambda: give_settings("north-gate", {}, sun),
        lambda: revoke("north-gate", sun),
        lambda: renew_terminal("north-gate", 5, sun.by, 1, settings=django_settings.CENTRE),
        lambda: add_terminal("south-gate", "north", 5, sun.by, 1, settings=django_settings.CENTRE),
    ):
        with pytest.raises(RulesError) as refused:
            change()
        assert refused.value.code == "OUT_OF_REACH"


@pytest.mark.parametrize("reason", ["x" * 301, "so\0so"])
def test_a_reason_that_cannot_be_kept_changes_nothing(reason, mei, zhao):
    """PostgreSQL would fail on it, and SQLite would keep a novel."""
    with pytest.raises(RulesError) as refused:
        enter_volunteer(1001, "Li", Signed(zhao, 1, reason))
    assert refused.value.code == "NOTE_TOO_LONG"
    mei.refresh_from_db()
    assert mei.display_name == "Mei"
