"""Entering who may act at terminals; the next roster tells them."""

import msgspec
from django.db import transaction

from foundation.errors import SettingsError
from settlement.accounts.accounts import acting
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed
from settlement.master_data.people import name_entered
from settlement.merged_numbers import check_takes_new
from settlement.models import Site, StaffMember
from settlement.reach import check_runs, check_whole
from settlement.troubles import CentreTrouble
from sync.contract.roster import RosterStaff, StaffRole
from sync.contract.staff_pin import verifier_of
from sync.contract.volunteer_number import MAX_VOLUNTEER


def enter_staff(
    reference: str,
    name: str,
    pin: str,
    signed: Signed,
    *,
    role: StaffRole,
    site: str | None,
    account: str = "",
) -> StaffMember:
    """Enter a staff member of a site (of every site without one), or give a known one a new PIN.

    `account` is the login of the same person at the centre, so that four eyes are counted by the person.
    Raises SettingsError for a reference, a name or a PIN that can't be used, and for an unknown site,
    RulesError NAME_STRANGER, UNKNOWN_ACCOUNT, ALREADY_ERASED, NUMBER_MERGED, NOT_ALLOWED, OUT_OF_REACH; then
    nothing is changed.
    """
    verifier = verifier_of(pin)
    name = name_entered(name)
    fields = {"staff": reference, "name": name, "verifier": verifier, "role": role}
    try:
        msgspec.convert(fields, RosterStaff)
    except msgspec.ValidationError as error:
        raise SettingsError(CentreTrouble.STAFF_REFERENCE_WRONG, reference=reference, why=error) from error
    if not name:
        raise SettingsError(CentreTrouble.STAFF_WITHOUT_NAME, reference=reference)
    place = None if site is None else Site.objects.filter(code=site).first()
    if site is not None and place is None:
        raise SettingsError(CentreTrouble.STAFF_SITE_UNKNOWN, site=site)
    if place is None:
        check_whole(signed, Deed.ENTER_STAFF)
    else:
        check_runs(signed.by, Deed.ENTER_STAFF, place)
    if reference.isdecimal() and int(reference) <= MAX_VOLUNTEER:
        check_takes_new(int(reference))
    person = acting(account).account if account else None
    with transaction.atomic():
        before = StaffMember.objects.filter(reference=reference, removed_ms=None).first()
        known = _values(before) if before else None
        row, _ = StaffMember.objects.update_or_create(
            reference=reference,
            defaults={
                "display_name": name,
                "role": role,
                "verifier": verifier,
                "site": place,
                "account_id": person,
                "entered_ms": signed.now_ms,
                "removed_ms": None,
            },
        )
        action = Action.CORRECT if before else Action.ENTER
        note(action, Kind.STAFF, reference, signed, before=known, after={**_values(row), "pin": "set"})
    return row


def remove_staff(reference: str, signed: Signed) -> None:
    """Take the right to act at terminals back, with the next roster.

    Raises SettingsError for nobody, RulesError NOT_ALLOWED, OUT_OF_REACH.
    """
    with transaction.atomic():
        row = StaffMember.objects.select_related("site").filter(reference=reference, removed_ms=None).first()
        if row is None:
            raise SettingsError(CentreTrouble.STAFF_UNKNOWN, reference=reference)
        if row.site is None:
            check_whole(signed, Deed.ENTER_STAFF)
        else:
            check_runs(signed.by, Deed.ENTER_STAFF, row.site)
        StaffMember.objects.filter(pk=row.pk).update(removed_ms=signed.now_ms)
        note(Action.REMOVE, Kind.STAFF, reference, signed, before=_values(row))


def _values(row: StaffMember) -> dict[str, object]:
    return {"name": row.display_name, "role": row.role, "site": row.site_id, "account": row.account_id}
