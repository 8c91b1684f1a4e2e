"""Entering who may act at terminals; the next roster tells them."""

import msgspec

from foundation.errors import SettingsError
from settlement.models import Site, StaffMember
from settlement.troubles import CentreTrouble
from sync.contract.roster import RosterStaff, StaffRole
from sync.contract.staff_pin import verifier_of


def enter_staff(
    reference: str, name: str, pin: str, *, role: StaffRole, site: str | None, now_ms: int
) -> StaffMember:
    """Enter a staff member of a site (of every site without one), or give a known one a new PIN.

    Raises SettingsError for a reference, a name or a PIN that can't be used, and for an unknown site; then
    nothing is changed.
    """
    verifier = verifier_of(pin)
    fields = {"staff": reference, "name": name.strip(), "verifier": verifier, "role": role}
    try:
        msgspec.convert(fields, RosterStaff)
    except msgspec.ValidationError as error:
        raise SettingsError(CentreTrouble.STAFF_REFERENCE_WRONG, reference=reference, why=error) from error
    if not name.strip():
        raise SettingsError(CentreTrouble.STAFF_WITHOUT_NAME, reference=reference)
    if site is not None and not Site.objects.filter(code=site).exists():
        raise SettingsError(CentreTrouble.STAFF_SITE_UNKNOWN, site=site)
    row, _ = StaffMember.objects.update_or_create(
        reference=reference,
        defaults={
            "display_name": name.strip(),
            "role": role,
            "verifier": verifier,
            "site_id": site,
            "entered_ms": now_ms,
            "removed_ms": None,
        },
    )
    return row


def remove_staff(reference: str, now_ms: int) -> None:
    """Take the right to act at terminals back, with the next roster; raises SettingsError for nobody."""
    if not StaffMember.objects.filter(reference=reference, removed_ms=None).update(removed_ms=now_ms):
        raise SettingsError(CentreTrouble.STAFF_UNKNOWN, reference=reference)
