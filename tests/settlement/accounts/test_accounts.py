"""Accounts: who may make, change and end them, and that one person stays one person."""

import msgspec
import pytest
from django.db import DatabaseError, transaction

from foundation.errors import RulesError
from settlement import django_settings
from settlement.accounts.accounts import (
    ChangedAccount,
    NewAccount,
    acting,
    add_account,
    change_account,
    end_account,
    marks_of,
)
from settlement.accounts.actor import Actor, Level, Role, folded
from settlement.accounts.audit import Action, Kind, Signed, digest_of, records_of
from settlement.accounts.invitations import accept_invitation, invite_login, invited
from settlement.models import Account, AuditRecord, Invitation, Volunteer
from settlement.organisations.members import join
from settlement.organisations.tree import add_organisation
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

FIRST = NewAccount(login="zhao", name="Zhao Min", level=Level.SUPER, system_user="root")
DAY_MS = 86_400_000


@pytest.fixture
def zhao():
    add_account(FIRST, Signed(None, 1))
    return acting("zhao")


@pytest.fixture
def district(zhao):
    city = add_organisation("City")
    return add_organisation("District", parent=city)


def code_of(action):
    with pytest.raises(RulesError) as refused:
        action()
    return refused.value.code


def new(login="qian", name="Qian Li", level=Level.ORDINARY, **more):
    return NewAccount(login=login, name=name, level=level, **more)


def test_the_first_one_is_made_by_nobody_and_the_second_not(zhao):
    assert (zhao.level, zhao.node, zhao.name) == (Level.SUPER, "", "Zhao Min")
    assert code_of(lambda: add_account(new(level=Level.SUPER), Signed(None, 2))) == "NOBODY_ACTS"


def test_the_first_one_is_of_the_highest_level(db):
    organisation = add_organisation("City")
    wanted = new(level=Level.SENIOR, organisation=organisation.path)
    assert code_of(lambda: add_account(wanted, Signed(None, 1))) == "FIRST_IS_SUPER"
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"login": "Qian"}, "BAD_LOGIN"),
        ({"login": "1001"}, "BAD_LOGIN"),
        ({"login": "zhao"}, "LOGIN_TAKEN"),
        ({"name": "  "}, "BAD_NAME"),
        ({"name": "x" * 41}, "BAD_NAME"),
        ({"name": " 01001 "}, "BAD_NAME"),
        ({"name": "Qian\nLi"}, None),
        ({"organisation": ""}, "NO_NODE"),
        ({"organisation": "0009"}, "UNKNOWN_ORGANISATION"),
        ({"volunteer": 1001}, "UNKNOWN_VOLUNTEER"),
        ({"system_user": "Root"}, "BAD_SYSTEM_USER"),
        ({"system_user": "root"}, "SYSTEM_USER_TAKEN"),
        ({"name": "ZHAO  min"}, "NAMESAKE"),
        ({"same_person_as": "nobody"}, "UNKNOWN_ACCOUNT"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_made(changes, code, zhao, district):
    wanted = msgspec.structs.replace(new(organisation=district.path), **changes)
    if code is None:
        assert add_account(wanted, Signed(zhao, 2)).real_name == "Qian Li"
        return
    assert code_of(lambda: add_account(wanted, Signed(zhao, 2))) == code
    assert Account.objects.count() == 1


def test_who_is_called_like_a_volunteer_says_whether_that_is_the_same_person(zhao, district):
    Volunteer.objects.create(number=1001, display_name="qian li")
    wanted = new(organisation=district.path)
    assert code_of(lambda: add_account(wanted, Signed(zhao, 2))) == "NAMESAKE"
    own = add_account(msgspec.structs.replace(wanted, volunteer=1001), Signed(zhao, 2))
    other = add_account(msgspec.structs.replace(wanted, login="qian2", is_namesake=True), Signed(zhao, 2))
    assert own.person != other.person
    assert acting("qian").mark == "1001"
    assert "1001" not in acting("qian2").marks


def test_two_accounts_of_one_person_are_one_person(zhao, district):
    again = new("zhao.district", "Zhao Min", organisation=district.path, same_person_as="zhao")
    add_account(again, Signed(zhao, 2))
    other = acting("zhao.district")
    assert (other.person, other.mark) == (zhao.person, zhao.mark)
    assert not other.marks.isdisjoint(marks_of(Account.objects.get(login="zhao"), "Zhao Min"))


@pytest.mark.parametrize(
    ("own", "wanted", "allowed"),
    [
        (Level.SUPER, Level.SUPER, True),
        (Level.SENIOR, Level.SENIOR, False),
        (Level.SENIOR, Level.MIDDLE, True),
        (Level.MIDDLE, Level.ORDINARY, True),
        (Level.MIDDLE, Level.SENIOR, False),
        (Level.ORDINARY, Level.VOLUNTEER, False),
        (Level.VOLUNTEER, Level.VOLUNTEER, False),
    ],
)
def test_each_level_makes_those_below_it(own, wanted, allowed, zhao, district):
    maker = Actor(account=zhao.account, login="m", name="M", level=own, person="m", node=district.path)
    if own is Level.SUPER:
        maker = msgspec.structs.replace(maker, node="")
    made = new(level=wanted, organisation="" if wanted is Level.SUPER else district.path)
    if allowed:
        add_account(made, Signed(maker, 2))
    else:
        assert code_of(lambda: add_account(made, Signed(maker, 2))) in {"NOT_BELOW_OWN", "NOT_ALLOWED"}


def test_nobody_makes_a_further_account_of_somebody_above(zhao, district, mei):
    """What it did would count as done by that person, who could not decide beside it any more."""
    middle = actor("middle", Level.MIDDLE, district.path)
    spy = new("spy", "Spy", level=Level.ORDINARY, organisation=district.path)
    with pytest.raises(RulesError) as refused:
        add_account(msgspec.structs.replace(spy, same_person_as="zhao"), Signed(middle, 2))
    assert refused.value.code == "NOT_BELOW_OWN"
    join(mei, district, 1)
    Account.objects.filter(login="zhao").update(volunteer=mei)
    with pytest.raises(RulesError) as refused:
        add_account(msgspec.structs.replace(spy, volunteer=mei.number), Signed(middle, 2))
    assert refused.value.code == "NOT_BELOW_OWN"
    own = msgspec.structs.replace(spy, same_person_as="middle")
    assert add_account(own, Signed(middle, 2)).person == Account.objects.get(login="middle").person


def test_nobody_makes_accounts_above_or_beside(zhao, district):
    beside = add_organisation("Other district", parent=None)
    maker = Actor(
        account=zhao.account, login="m", name="M", level=Level.SENIOR, person="m", node=district.path
    )
    for path in (beside.path, district.path[:4]):
        wanted = new(organisation=path)
        assert code_of(lambda wanted=wanted: add_account(wanted, Signed(maker, 2))) == "OUT_OF_REACH"


def test_a_change_is_on_record_with_what_was_before(zhao, district):
    add_account(new(organisation=district.path), Signed(zhao, 2))
    change_account("qian", ChangedAccount(level=Level.MIDDLE, roles=frozenset({Role.REVIEWER})),
                   Signed(zhao, 3, "heads it now"))  # fmt: skip
    assert acting("qian").level is Level.MIDDLE
    record, made = records_of(Kind.ACCOUNT, "qian")
    assert (record.action, record.name, record.reason, record.fields) == (
        "correct", "Zhao Min", "heads it now", ["level", "roles"],
    )  # fmt: skip
    assert (record.values.before["level"], record.values.after["level"]) == ("ordinary", "middle")
    assert record.digest == digest_of({"before": record.values.before, "after": record.values.after})
    assert made.action == Action.ENTER


def test_who_ended_acts_no_more_and_the_own_account_is_changed_by_others(zhao, district):
    add_account(new(level=Level.MIDDLE, organisation=district.path, system_user="qian"), Signed(zhao, 2))
    qian = acting(None, "qian")
    add_account(new("qian2", "Qian Li", organisation=district.path, same_person_as="qian"), Signed(zhao, 2))
    assert code_of(lambda: end_account("qian2", Signed(qian, 3))) == "OWN_ACCOUNT"
    end_account("qian", Signed(zhao, 3, "left"))
    assert code_of(lambda: acting("qian")) == "ACCOUNT_ENDED"
    assert code_of(lambda: acting(None, "qian")) == "NOBODY_ACTS"
    assert code_of(lambda: acting("nobody")) == "UNKNOWN_ACCOUNT"
    assert not Account.objects.get(login="qian").is_active


def test_the_audit_is_never_changed_or_deleted(zhao):
    rows = AuditRecord.objects
    for change in (lambda: rows.update(name="x"), lambda: rows.all()._raw_delete("default")):
        with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
            change()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zhao Min", "zhao  MIN"),
        (" 01001", "1001"),
        ("\uff2dei", "mei"),
        ("\u0661\u0660\u0660\u0661", "1001"),
    ],
)
def test_a_name_is_the_same_in_any_spelling(one, other):
    assert folded(one) == folded(other)


def test_an_invitation_sets_a_password_once_and_within_its_days(zhao, district, settings):
    settings.PASSWORD_HASHERS = django_settings.PASSWORD_HASHERS  # not the cheap one of other tests
    add_account(new(organisation=district.path), Signed(zhao, 2))
    first = invite_login("qian", 7, Signed(zhao, 10))
    secret = invite_login("qian", 7, Signed(zhao, 20))
    assert code_of(lambda: invited(first, 30)) == "INVITATION_OVER"
    assert invited(secret, 30).login == "qian"
    assert secret not in Invitation.objects.get().digest
    assert code_of(lambda: accept_invitation(secret, "short", 30)) == "WEAK_PASSWORD"
    assert (
        code_of(lambda: accept_invitation(secret, "passwordpassword", 21 + 7 * DAY_MS)) == "INVITATION_OVER"
    )
    account = accept_invitation(secret, "a horse of correct battery", 30)
    assert account.check_password("a horse of correct battery")
    assert account.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert code_of(lambda: accept_invitation(secret, "another horse of battery", 31)) == "INVITATION_OVER"


def test_nobody_invites_who_is_not_below(zhao, district):
    add_account(new(level=Level.SENIOR, organisation=district.path), Signed(zhao, 2))
    add_account(new("sun", "Sun Wei", organisation=district.path), Signed(zhao, 2))
    sun = acting("sun")
    assert code_of(lambda: invite_login("qian", 7, Signed(sun, 3))) == "NOT_ALLOWED"
    invite_login("sun", 7, Signed(sun, 3))


def test_the_last_of_the_highest_level_neither_ends_nor_steps_down(zhao, district):
    """Nobody could make accounts any more, and the first one is made only while there is none."""
    down = ChangedAccount(level=Level.SENIOR, organisation=district.path)
    lower = ChangedAccount(organisation=district.path)
    assert code_of(lambda: end_account("zhao", Signed(zhao, 2))) == "LAST_SUPER"
    assert code_of(lambda: change_account("zhao", down, Signed(zhao, 2))) == "LAST_SUPER"
    add_account(new("of-one", "Of One", Level.SUPER, organisation=district.path), Signed(zhao, 3))
    assert code_of(lambda: change_account("zhao", lower, Signed(zhao, 4))) == "LAST_SUPER"
    add_account(new("second", "Second One", Level.SUPER), Signed(zhao, 5))
    end_account("zhao", Signed(zhao, 6))
    assert code_of(lambda: end_account("second", Signed(acting("second"), 7))) == "LAST_SUPER"


@pytest.mark.parametrize("name", ["", " ", "x" * 41, "1002", "Qian\x00Li"])
def test_a_corrected_name_is_one_as_a_new_account_would_have_it(name, zhao, district):
    add_account(new(organisation=district.path), Signed(zhao, 2))
    change = ChangedAccount(name=name)
    assert code_of(lambda: change_account("qian", change, Signed(zhao, 3))) == "BAD_NAME"
    assert acting("qian").name == "Qian Li"


def test_an_account_speaks_for_nobody_whom_its_maker_does_not_reach(zhao, district):
    """Its person would see everything of that volunteer, and speak as the volunteer."""
    Volunteer.objects.create(number=2002, display_name="Bea")
    Volunteer.objects.create(number=2003, display_name="2003", erased_ms=1)
    add_account(new("head", "Head", Level.MIDDLE, organisation=district.path), Signed(zhao, 2))
    head = Signed(acting("head"), 3)
    spy = new("spy", "Spy", Level.VOLUNTEER, organisation=district.path, volunteer=2002)
    assert code_of(lambda: add_account(spy, head)) == "OUT_OF_REACH"
    add_account(msgspec.structs.replace(spy, volunteer=None), head)
    assert code_of(lambda: change_account("spy", ChangedAccount(volunteer=2002), head)) == "OUT_OF_REACH"
    erased = msgspec.structs.replace(spy, login="again", name="Again", volunteer=2003)
    assert code_of(lambda: add_account(erased, Signed(zhao, 4))) == "ALREADY_ERASED"


def test_nobody_gives_oneself_another_number(zhao):
    """The own hours would be decided on under it, and the number changed back."""
    for number in (1001, 1002):
        Volunteer.objects.create(number=number, display_name=str(number))
    change_account("zhao", ChangedAccount(volunteer=1001), Signed(zhao, 2))
    other = ChangedAccount(volunteer=1002)
    assert code_of(lambda: change_account("zhao", other, Signed(acting("zhao"), 3))) == "OWN_ACCOUNT"
    add_account(new("second", "Second One", Level.SUPER), Signed(zhao, 4))
    change_account("zhao", other, Signed(acting("second"), 5))
    assert acting("zhao").volunteer == 1002
