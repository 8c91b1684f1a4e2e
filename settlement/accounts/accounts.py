"""Making, changing and ending accounts, and finding who acts.

The first account is made at the centre's machine, by whoever may prepare the centre; every other one by
somebody of a higher level whose organisation stands above.
"""

import re
import secrets
from collections.abc import Collection

from django.db import transaction
from msgspec import Struct

from foundation.errors import RulesError
from foundation.person_name import stranger_in, tidied
from foundation.trouble import Trouble
from settlement.accounts.actor import Actor, Level, Role, folded, marks_written
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed, check_may
from settlement.look_up import organisation_at, volunteer_numbered
from settlement.merged_numbers import check_takes_new, merged_numbers
from settlement.models import Account, StaffMember, Volunteer
from settlement.organisations.members import people_of
from settlement.organisations.tree import is_within
from settlement.troubles import AccountTrouble

LONGEST_NAME = 40
_LOGIN = re.compile("[a-z][a-z0-9._-]{1,39}")
_SYSTEM_USER = re.compile("[a-z_][a-z0-9_-]{0,31}")


class NewAccount(Struct, frozen=True, kw_only=True):
    """An account to be made. `organisation` is a path, empty for the whole tree.

    One person may have several accounts: `same_person_as` names another one of theirs. `is_namesake` says
    that somebody of the same name, with an account or a volunteer's number, is another person.
    """

    login: str
    name: str
    level: Level
    organisation: str = ""
    roles: frozenset[Role] = frozenset()
    volunteer: int | None = None
    same_person_as: str = ""
    is_namesake: bool = False
    system_user: str = ""


def add_account(new: NewAccount, signed: Signed) -> Account:
    """Make an account; it has no password until its person sets one by an invitation.

    `signed.by` may be None for the very first one alone. Raises RulesError: NOT_ALLOWED, NOT_BELOW_OWN,
    OUT_OF_REACH, ALREADY_ERASED, NUMBER_MERGED, BAD_LOGIN, LOGIN_TAKEN, BAD_NAME, BAD_SYSTEM_USER, NO_NODE,
    NAMESAKE, UNKNOWN_…; then nothing is made.
    """
    with transaction.atomic():
        if signed.by is None and Account.objects.exists():
            raise RulesError(AccountTrouble.NOBODY_ACTS)
        if not _LOGIN.fullmatch(new.login):
            raise RulesError(AccountTrouble.BAD_LOGIN, login=new.login)
        if Account.objects.filter(login=new.login).exists():
            raise RulesError(AccountTrouble.LOGIN_TAKEN, login=new.login)
        name = _real_name(new.name)
        _check_system_user(new.system_user)
        _check_level(new.level, new.organisation, signed.by)
        row = Account(
            login=new.login,
            real_name=name,
            person=_person_of(new, name, signed.by),
            level=new.level,
            roles=sorted(new.roles),
            organisation=organisation_at(new.organisation) if new.organisation else None,
            volunteer=None if new.volunteer is None else _own_number(new.volunteer, signed),
            system_user=new.system_user,
            created_ms=signed.now_ms,
        )
        row.set_unusable_password()
        row.save()
        note(Action.ENTER, Kind.ACCOUNT, row.login, signed, after=_values(row))
    return row


class ChangedAccount(Struct, frozen=True, kw_only=True):
    """What of an account is to be another; None stays."""

    name: str | None = None
    level: Level | None = None
    organisation: str | None = None
    roles: frozenset[Role] | None = None
    volunteer: int | None = None
    system_user: str | None = None


def change_account(login: str, change: ChangedAccount, signed: Signed) -> Account:
    """Change an account that is below the own one.

    Raises RulesError as `add_account` does, OWN_ACCOUNT, LAST_SUPER.
    """
    with transaction.atomic():
        row = _changeable(login, signed)
        before = _values(row)
        if change.name is not None:
            row.real_name = _real_name(change.name)
        if change.level is not None:
            row.level = change.level
        if change.organisation is not None:
            row.organisation = organisation_at(change.organisation) if change.organisation else None
        if change.roles is not None:
            row.roles = sorted(change.roles)
        if change.volunteer is not None:
            is_own = row.person == actor_in(signed).person
            if is_own and row.volunteer_id not in (None, change.volunteer):
                # Under another number the own hours would be somebody else's to decide on.
                raise RulesError(AccountTrouble.OWN_ACCOUNT, login=login)
            row.volunteer = _own_number(change.volunteer, signed)
        if change.system_user is not None:
            _check_system_user(change.system_user)
            row.system_user = change.system_user
        _check_is_given(row, signed.by)
        if row.level != Level.SUPER or row.organisation is not None:
            _check_another_super(row)
        row.save()
        note(Action.CORRECT, Kind.ACCOUNT, row.login, signed, before=before, after=_values(row))
    return row


def end_account(login: str, signed: Signed) -> None:
    """Let an account act no more; what it decided stays. Raises RulesError as `change_account` does."""
    with transaction.atomic():
        row = _changeable(login, signed)
        _check_another_super(row)
        row.ended_ms = signed.now_ms
        row.set_unusable_password()
        row.save(update_fields=["ended_ms", "password"])
        note(Action.REMOVE, Kind.ACCOUNT, row.login, signed, before=_values(row))


def actor_of(account: Account) -> Actor:
    """The person behind an account, as who acts."""
    number = account.volunteer_id
    numbers: tuple[int, ...] = () if number is None else merged_numbers().numbers_of(number)
    alike = Account.objects.filter(volunteer__in=numbers) if len(numbers) > 1 else Account.objects.none()
    return Actor(
        account=account.pk,
        login=account.login,
        name=account.real_name,
        level=Level(account.level),
        person=account.person,
        node=account.organisation.path if account.organisation else "",
        roles=frozenset(Role(role) for role in account.roles),
        volunteer=numbers[0] if numbers else None,
        numbers=frozenset(numbers),
        persons=frozenset(alike.values_list("person", flat=True)),
    )


def acting(login: str | None, system_user: str = "") -> Actor:
    """Who acts at a command line: the account that is named, else the one tied to the system's user.

    Raises RulesError: UNKNOWN_ACCOUNT, ACCOUNT_ENDED, NOBODY_ACTS where none is named or tied.
    """
    rows = Account.objects.select_related("organisation")
    if login is None:
        row = rows.filter(system_user=system_user, ended_ms=None).first() if system_user else None
        if row is None:
            raise RulesError(AccountTrouble.NOBODY_ACTS)
        return actor_of(row)
    row = rows.filter(login=login.replace("\0", "")).first()
    if row is None:
        raise RulesError(AccountTrouble.UNKNOWN_ACCOUNT, login=login)
    if row.ended_ms is not None:
        raise RulesError(AccountTrouble.ACCOUNT_ENDED, login=login)
    return actor_of(row)


def actor_in(signed: Signed) -> Actor:
    """Who signed; raises RulesError NOBODY_ACTS where nobody did."""
    if signed.by is None:
        raise RulesError(AccountTrouble.NOBODY_ACTS)
    return signed.by


def marks_of(account: Account | None, name: str) -> frozenset[str]:
    """What names the person of a row: by the account where it has one, else by the name as it was written."""
    if account is None:
        return marks_written(None, None, name)
    return marks_written(account.person, account.volunteer_id, name)


def accounts_of_staff(references: Collection[str] | None = None) -> dict[str, Account]:
    """The accounts of staff members who have one, by reference: of everybody, or of those who are named.

    Whoever was removed since is still the person who acted.
    """
    known = StaffMember.objects.filter(account__isnull=False).select_related("account")
    if references is not None:
        known = known.filter(reference__in=references)
    return {row.reference: row.account for row in known if row.account is not None}


def account_to_invite(login: str, signed: Signed) -> Account:
    """The account that somebody may invite: the own one, one below, or the very first one by nobody."""
    row = Account.objects.select_related("organisation").filter(login=login).first()
    if row is not None and row.ended_ms is None:
        is_first = signed.by is None and Account.objects.count() == 1
        if is_first or (signed.by is not None and row.pk == signed.by.account):
            return row
    return _changeable(login, signed)


def _changeable(login: str, signed: Signed) -> Account:
    row = Account.objects.select_for_update(no_key=True, of=("self",)).filter(login=login).first()
    if row is None:
        raise RulesError(AccountTrouble.UNKNOWN_ACCOUNT, login=login)
    if row.ended_ms is not None:
        raise RulesError(AccountTrouble.ACCOUNT_ENDED, login=login)
    if row.person == actor_in(signed).person and row.level != Level.SUPER:
        raise RulesError(AccountTrouble.OWN_ACCOUNT, login=login)
    _check_is_given(row, signed.by)
    return row


def _check_is_given(row: Account, by: Actor | None) -> None:
    """Whether an account, as it stands, is the actor's to give and to take."""
    _check_level(Level(row.level), row.organisation.path if row.organisation else "", by)


def _check_level(level: Level, organisation: str, by: Actor | None) -> None:
    """Whether that level at that place of the tree is the actor's to give and to take."""
    if level is not Level.SUPER and not organisation:
        raise RulesError(AccountTrouble.NO_NODE, level=Trouble.term("level", level))
    if by is None:
        if level is not Level.SUPER:
            raise RulesError(AccountTrouble.FIRST_IS_SUPER)
        return
    check_may(by, Deed.CHANGE_ACCOUNTS)
    if not (by.is_above(level) or by.level is Level.SUPER):
        raise RulesError(AccountTrouble.NOT_BELOW_OWN, level=Trouble.term("level", level))
    if not is_within(organisation, by.node):
        raise RulesError(AccountTrouble.OUT_OF_REACH, name=by.name)


def _check_another_super(row: Account) -> None:
    """Raise RulesError LAST_SUPER where nobody else could make accounts for the whole tree any more."""
    supers = Account.objects.filter(level=Level.SUPER, organisation=None, ended_ms=None)
    # Two who end each other take turns.
    if set(supers.select_for_update(no_key=True).values_list("pk", flat=True)) == {row.pk}:
        raise RulesError(AccountTrouble.LAST_SUPER, login=row.login)


def _real_name(said: str) -> str:
    """A name as an account bears it; raises RulesError BAD_NAME, for one that could be a number, too."""
    said = " ".join(said.split())
    name = tidied(said)
    if not name or len(name) > LONGEST_NAME or stranger_in(said) or folded(name).isdecimal():
        raise RulesError(AccountTrouble.BAD_NAME, most=LONGEST_NAME)
    return name


def _own_number(number: int, signed: Signed) -> Volunteer:
    """The volunteer whom an account will speak for: in the reach of who makes it, and taking new things."""
    volunteer = volunteer_numbered(number)
    check_takes_new(number)
    if signed.by is not None and not people_of(signed.by.node).filter(pk=number).exists():
        raise RulesError(AccountTrouble.OUT_OF_REACH, name=str(volunteer))
    return volunteer


def _check_system_user(name: str) -> None:
    if name and not _SYSTEM_USER.fullmatch(name):
        raise RulesError(AccountTrouble.BAD_SYSTEM_USER, user=name)
    if name and Account.objects.filter(system_user=name, ended_ms=None).exists():
        raise RulesError(AccountTrouble.SYSTEM_USER_TAKEN, user=name)


def _person_of(new: NewAccount, name: str, by: Actor | None) -> str:
    """Whose account it is: a person of another account, or a new one; raises RulesError NAMESAKE.

    What an account does counts as done by all of its person: of somebody else's, only who could make that
    other account makes a further one.
    """
    if new.same_person_as:
        other = Account.objects.filter(login=new.same_person_as).first()
        if other is None:
            raise RulesError(AccountTrouble.UNKNOWN_ACCOUNT, login=new.same_person_as)
        return _person_behind(other, by)
    if new.volunteer is not None:
        other = Account.objects.filter(volunteer__in=merged_numbers().numbers_of(new.volunteer)).first()
        if other is not None:
            return _person_behind(other, by)
    if not new.is_namesake:
        _check_no_namesake(name, new.volunteer, by)
    return secrets.token_hex(16)


def _person_behind(other: Account, by: Actor | None) -> str:
    if by is None or other.person != by.person:
        _check_is_given(other, by)
    return other.person


def _check_no_namesake(name: str, volunteer: int | None, by: Actor | None) -> None:
    """Raise RulesError NAMESAKE where somebody is called the same; told are those in the reach of `by`."""
    alike = [
        (login, path or "")
        for login, other, path in Account.objects.values_list("login", "real_name", "organisation__path")
        if folded(other) == folded(name)
    ]
    people: list[int] = []
    if volunteer is None:
        rows = Volunteer.objects.filter(display_name__iexact=name).order_by("number")
        people = list(rows.values_list("number", flat=True)[:5])
    if not alike and not people:
        return
    node = by.node if by else ""
    reached = set(people_of(node).filter(pk__in=people).values_list("pk", flat=True)) if node else {*people}
    raise RulesError(
        AccountTrouble.NAMESAKE,
        name=name,
        accounts=", ".join(login for login, path in alike if is_within(path, node)) or "–",
        people=", ".join(str(number) for number in people if number in reached) or "–",
    )


def _values(row: Account) -> dict[str, object]:
    return {
        "name": row.real_name,
        "level": row.level,
        "organisation": row.organisation.path if row.organisation else "",
        "roles": list(row.roles),
        "volunteer": row.volunteer_id,
        "system_user": row.system_user,
        "person": row.person,
    }
