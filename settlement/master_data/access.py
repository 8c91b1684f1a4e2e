"""Taking the right to check in, and giving it back: of one badge, card or telephone, or of a person.

Each change says who made it and why, and stays on record. Terminals are told with their next roster.
"""

import contextlib
from enum import StrEnum

import structlog
from django.conf import settings as django_settings
from django.db import transaction
from msgspec import Struct

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed
from settlement.lists.row_troubles import RowFault
from settlement.look_up import check_not_erased, storable, volunteer_numbered
from settlement.master_data.people import revoke_credential
from settlement.master_data.people_file import EVIDENCE, as_presented
from settlement.models import AccessChange, Credential, Volunteer
from settlement.reach import check_entitled
from settlement.signatures import check_not_own, reason_given
from settlement.troubles import DecisionTrouble
from sync.contract.pseudonym import keyed_reference, load_key, older_reference

_logger = structlog.get_logger()


class Change(StrEnum):
    """What happens to a credential, or to a person."""

    REVOKE = "revoke"
    RESTORE = "restore"
    SUSPEND = "suspend"
    RESUME = "resume"


class SignedBy(Struct, frozen=True):
    """Who changes it, why, and when (UTC milliseconds)."""

    by: Actor
    reason: str
    now_ms: int


def reference_of(column: str, text: str) -> str:
    """How events name what a file of volunteers holds in that column, as `id_number`, `tag` or `phone`.

    What no reader can present may have been entered by an earlier version, and is looked for as it is
    written. Raises SettingsError where the pseudonym key can't be read.
    """
    settings = django_settings.CENTRE
    with contextlib.suppress(RowFault):
        text = as_presented(column, text, settings.telephone_region)
    key = load_key(settings.path(settings.pseudonym_key_file))
    subject = EVIDENCE[column].subject
    ref = keyed_reference(key, subject, text)
    if Credential.objects.filter(ref=ref).exists():
        return ref
    before = older_reference(key, subject, text)
    return before if Credential.objects.filter(ref=before).exists() else ref


def revoke(ref: str, order: SignedBy, from_ms: int | None = None) -> Volunteer:
    """Let a badge, card or telephone stand for nobody from that moment on, now if None; returns whose it was.

    Scans since then are held (S2), and hours of them are taken back by adjustments. Raises RulesError:
    UNKNOWN_CREDENTIAL, FUTURE_REVOCATION, NOT_ALLOWED, OUT_OF_REACH, NO_REASON; then nothing is changed.
    """
    from_ms = order.now_ms if from_ms is None else from_ms
    if from_ms > order.now_ms:
        raise RulesError(DecisionTrouble.FUTURE_REVOCATION)
    return _change_credential(ref, Change.REVOKE, from_ms, order)


def restore(ref: str, order: SignedBy) -> Volunteer:
    """Take a revocation back, as if it had never been; returns whose credential it is.

    Raises RulesError: NOT_REVOKED, NOT_ALLOWED, OUT_OF_REACH, NO_REASON, SELF_REVIEW; then nothing is
    changed.
    """
    if not Credential.objects.filter(ref=storable(ref), revoked_ms__isnull=False).exists():
        raise RulesError(DecisionTrouble.NOT_REVOKED)
    return _change_credential(ref, Change.RESTORE, None, order)


def suspend(number: int, order: SignedBy) -> None:
    """Let terminals refuse whatever a volunteer presents; hours stay as they are.

    Raises RulesError: UNKNOWN_VOLUNTEER, ALREADY_SUSPENDED, NOT_ALLOWED, OUT_OF_REACH, NO_REASON; then
    nothing is changed.
    """
    _change_person(number, Change.SUSPEND, order)


def resume(number: int, order: SignedBy) -> None:
    """Let a suspended volunteer check in again.

    Raises RulesError: UNKNOWN_VOLUNTEER, NOT_SUSPENDED, NOT_ALLOWED, OUT_OF_REACH, NO_REASON, SELF_REVIEW.
    """
    _change_person(number, Change.RESUME, order)


def _change_credential(ref: str, change: Change, from_ms: int | None, order: SignedBy) -> Volunteer:
    with transaction.atomic():
        volunteer = revoke_credential(ref, from_ms, order.now_ms).volunteer
        check_not_erased(volunteer)
        _note(volunteer, change, order, ref, from_ms)
    return volunteer


def _change_person(number: int, change: Change, order: SignedBy) -> None:
    suspended = change is Change.SUSPEND
    with transaction.atomic():
        volunteer = volunteer_numbered(number)
        check_not_erased(volunteer)
        if not Volunteer.objects.filter(pk=number, suspended=not suspended).update(suspended=suspended):
            code = DecisionTrouble.ALREADY_SUSPENDED if suspended else DecisionTrouble.NOT_SUSPENDED
            raise RulesError(code, volunteer=number)
        _note(volunteer, change, order)


def _note(
    volunteer: Volunteer, change: Change, order: SignedBy, ref: str = "", from_ms: int | None = None
) -> None:
    reason = reason_given(order.reason)
    if change in {Change.RESTORE, Change.RESUME}:
        check_not_own(order.by, volunteer.number)
    check_entitled(order.by, Deed.CHANGE_ACCESS, volunteer)
    AccessChange.objects.create(
        volunteer=volunteer,
        ref=ref,
        change=change,
        from_ms=from_ms,
        reason=reason,
        by=order.by.name,
        account_id=order.by.account,
        at_ms=order.now_ms,
    )
    _logger.info("access_changed", change=change, volunteer=volunteer.number)
