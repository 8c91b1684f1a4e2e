"""Erasing a person: the hours stay with their number, whose they were goes.

What the law asks: PIPL Art. 47 and Saudi PDPL Art. 18.
"""

from collections.abc import Mapping

import structlog
from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session as LogIn
from django.db import transaction
from django.db.models import Model, QuerySet

from foundation.errors import RulesError
from foundation.trouble import Trouble
from settlement.accounts.accounts import actor_in
from settlement.accounts.actor import Level
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed
from settlement.ledger.entries import pending
from settlement.look_up import check_not_erased, volunteer_numbered
from settlement.merged_numbers import merged_numbers
from settlement.models import (
    Account,
    ApiToken,
    CertificateRequest,
    Credential,
    Dispute,
    Exchange,
    Invitation,
    IssuedCode,
    ManualRecord,
    Session,
    StarReview,
    Transfer,
    Unsettled,
    Volunteer,
)
from settlement.name_search import forget_name_keys
from settlement.personal_data.kept import asked_to_rate, staff_of
from settlement.personal_data.undecided import Undecided
from settlement.personal_data.words import blank_certificates, blank_deeds, blank_words
from settlement.proof.stored import forget_sealed
from settlement.reach import check_entitled
from settlement.reports.files import end_files_that_name
from settlement.rules.points import ExchangeState
from settlement.signatures import check_not_own, reason_given
from settlement.troubles import DecisionTrouble
from settlement.volunteers.transfers import OPEN

ERASED_LOGIN = "erased-"
UNDER_WAY = (ExchangeState.APPLIED, ExchangeState.APPROVED)

_logger = structlog.get_logger()


def erase(number: int, signed: Signed) -> None:
    """Take name, cards, telephones, free text and accounts of a person away, for ever, under all numbers.

    What the law wants kept stays under the number: evidence, hours, decisions and who made them, certificates
    without the name. Nothing may wait for a decision, for nobody could say later whose it was. Raises
    RulesError: UNKNOWN_VOLUNTEER, ALREADY_ERASED, NOT_ALLOWED, OUT_OF_REACH, SELF_REVIEW, NO_REASON,
    ERASED_TOO_EARLY.
    """
    check_not_erased(volunteer_numbered(number))
    actor, numbers = actor_in(signed), merged_numbers().numbers_of(number)
    check_entitled(actor, Deed.ERASE_PEOPLE, *Volunteer.objects.filter(number__in=numbers))
    check_not_own(actor, number)
    reason_given(signed.reason)
    with transaction.atomic():
        locked = list(Volunteer.objects.select_for_update(no_key=True).filter(number__in=numbers))
        waiting = {code for one in numbers for code, rows in undecided(one).items() if rows.exists()}
        if waiting:
            what = [Trouble.term("undecided", code) for code in Undecided if code in waiting]
            raise RulesError(DecisionTrouble.ERASED_TOO_EARLY, volunteer=number, what=what)
        for one in locked:
            take_away(one, signed)


def take_away(volunteer: Volunteer, signed: Signed) -> None:
    """As `erase`, whatever waits: for one who was erased already, and came back with a restored backup."""
    number = volunteer.number
    with transaction.atomic():
        blank_words(number)
        blank_certificates(number)
        forget_sealed([number])
        for account in Account.objects.filter(volunteer=number):
            _close(account, signed.now_ms)
        staff_of(number).update(display_name=str(number), verifier="", removed_ms=signed.now_ms)
        asked_to_rate(number).delete()
        # What was revoked stays known: events that were held for it must not count one day.
        Credential.objects.filter(volunteer=number, revoked_ms=None).delete()
        IssuedCode.objects.filter(volunteer=number).delete()
        volunteer.display_name, volunteer.language = str(number), ""
        volunteer.suspended, volunteer.may_be_named = True, False
        volunteer.erased_ms = signed.now_ms
        volunteer.save()
        forget_name_keys([number])
        transaction.on_commit(end_files_that_name)
        note(Action.ERASE, Kind.VOLUNTEER, number, signed)
    _logger.info("volunteer_erased", volunteer=number)


def undecided(number: int) -> Mapping[Undecided, QuerySet[Model]]:
    """The rows of a volunteer that wait for somebody."""
    own_accounts = Account.objects.filter(volunteer=number, ended_ms=None)
    return {
        Undecided.ACCOUNT: own_accounts.exclude(level=Level.VOLUNTEER, roles=[]),
        Undecided.STAFF: staff_of(number).filter(removed_ms=None),
        Undecided.EVIDENCE: Unsettled.objects.filter(volunteer=number),
        Undecided.STAYS: Session.objects.filter(volunteer=number, is_open=True),
        Undecided.HOURS: pending().filter(volunteer=number),
        Undecided.RECORDS: ManualRecord.objects.filter(volunteer=number, decision=None),
        Undecided.OBJECTIONS: Dispute.objects.filter(volunteer=number, answer=None),
        Undecided.TRANSFERS: Transfer.objects.filter(volunteer=number, state__in=OPEN),
        Undecided.GIFTS: Exchange.objects.filter(volunteer=number, state__in=UNDER_WAY),
        Undecided.CERTIFICATES: CertificateRequest.objects.filter(volunteer=number, decided_ms=None),
        Undecided.STARS: StarReview.objects.filter(volunteer=number, withdrawn=None),
    }


def is_undecided(number: int) -> bool:
    """Whether something still has to happen with a volunteer's hours."""
    return any(rows.exists() for rows in undecided(number).values())


def _close(account: Account, now_ms: int) -> None:
    """End an account; one of a volunteer's level without a role forgets whose it was: whoever decided about
    others answers by name.
    """
    Authenticator.objects.filter(user=account).delete()
    Invitation.objects.filter(account=account).delete()
    ApiToken.objects.filter(account=account).delete()
    account.set_unusable_password()
    account.ended_ms = account.ended_ms or now_ms
    for log_in in LogIn.objects.all():
        # It holds the log-in's name.
        if log_in.get_decoded().get(SESSION_KEY) == str(account.pk):
            log_in.delete()
    if account.level == Level.VOLUNTEER and not account.roles:
        blank_deeds(account)
        account.login = f"{ERASED_LOGIN}{account.volunteer_id}-{account.pk}"
        account.real_name = str(account.volunteer_id)
        account.system_user = ""
    account.save()
