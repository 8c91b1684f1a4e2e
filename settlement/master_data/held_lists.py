"""Lists handed over at the pages: held, sealed and for an hour, until somebody says what becomes of them.

Without a script a page can't keep a file, and asking for it twice asks for two that differ. So the centre
keeps it: one of each account, readable by that account alone and by nobody who has only the database, for its
seal is made of the centre's secret. It goes when it is imported or dropped, when another one comes, or when
its hour is over.
"""

import base64
import hashlib
import secrets

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings as django_settings
from django.db import transaction
from msgspec import Struct

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Signed
from settlement.accounts.authority import Deed, check_may
from settlement.conflicts import again_on_conflict
from settlement.lists.file import ListFile
from settlement.look_up import organisation_at
from settlement.master_data.people_import import Imported, import_people
from settlement.master_data.people_preview import PeoplePreview, preview_people
from settlement.models import HeldList, Organisation
from settlement.reach import reach_of
from settlement.troubles import AccountTrouble, CentreTrouble

HELD_FOR_MS = 3_600_000


class PeopleList(Struct, frozen=True):
    """A list, for which organisation its rows are that name none (a path), and what it would do."""

    file: ListFile
    organisation: str
    preview: PeoplePreview


def hold_list(file: ListFile, organisation: str, signed: Signed) -> str:
    """Look through a list of volunteers and hold it; returns the name under which it is held.

    Raises as `preview_people` does, and RulesError UNKNOWN_ORGANISATION; then nothing is held.
    """
    actor = _actor_in(signed)
    check_may(actor, Deed.ENTER_PEOPLE)
    home = _home(organisation, actor)
    found = PeopleList(file, organisation, preview_people(file, home, signed))
    sealed = _seal().encrypt(msgspec.msgpack.encode(found))
    name = secrets.token_hex(16)

    def hold() -> None:
        with transaction.atomic():
            drop_overdue(signed.now_ms)
            HeldList.objects.filter(account=actor.account).delete()
            HeldList.objects.create(
                id=name, account_id=actor.account, sealed=sealed, until_ms=signed.now_ms + HELD_FOR_MS
            )

    again_on_conflict(hold)
    return name


def held_list(name: str, by: Actor, now_ms: int) -> PeopleList:
    """The list that this account was given that name for; raises RulesError LIST_GONE, NOT_ALLOWED."""
    check_may(by, Deed.ENTER_PEOPLE)
    row = HeldList.objects.filter(pk=name, account=by.account, until_ms__gt=now_ms).first()
    if row is None:
        raise RulesError(CentreTrouble.LIST_GONE)
    try:
        return msgspec.msgpack.decode(_seal().decrypt(bytes(row.sealed)), type=PeopleList)
    except (InvalidToken, msgspec.DecodeError) as error:
        # The centre has another secret or another version since.
        raise RulesError(CentreTrouble.LIST_GONE) from error


def import_held(name: str, signed: Signed) -> Imported:
    """Import the rows that fit, and let go of the list: asked for twice, it is imported once.

    Raises RulesError LIST_GONE, and as `import_people` does; then the list is still held.
    """
    actor = _actor_in(signed)
    with transaction.atomic():
        # Who asks at the same moment waits here, and then finds nothing.
        row = HeldList.objects.select_for_update(no_key=True).filter(pk=name, account=actor.account).first()
        if row is None:
            raise RulesError(CentreTrouble.LIST_GONE)
        found = held_list(name, actor, signed.now_ms)
        row.delete()
        return import_people(found.file, _home(found.organisation, actor), signed, skip_broken=True)


def drop_list(name: str, by: Actor) -> None:
    """Let go of a list without importing it; nothing where it is gone already."""
    HeldList.objects.filter(pk=name, account=by.account).delete()


def drop_overdue(now_ms: int) -> int:
    """Let go of all lists whose time is over; returns how many."""
    return HeldList.objects.filter(until_ms__lte=now_ms).delete()[0]


def _home(path: str, actor: Actor) -> Organisation | None:
    if not path:
        return None
    reach_of(actor).branch(path)
    return organisation_at(path)


def _actor_in(signed: Signed) -> Actor:
    """Whose list it is; the centre itself hands none over."""
    if signed.by is None:
        raise RulesError(AccountTrouble.NOBODY_ACTS)
    return signed.by


def _seal() -> Fernet:
    key = hashlib.sha256(b"muster held list\0" + django_settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
