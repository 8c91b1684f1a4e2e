"""Taking a public notice back: a row beside it says who did so and why, and nobody reads it any more."""

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed, check_may
from settlement.models import NoticeWithdrawal, PublicNotice
from settlement.reach import Reach, reach_of
from settlement.signatures import reason_given
from settlement.troubles import AccountTrouble, DecisionTrouble


def notices_in(reach: Reach) -> QuerySet[PublicNotice]:
    """The notices about branches in reach, the latest first; the whole centre's are the whole tree's."""
    rows = PublicNotice.objects.select_related("organisation", "withdrawal").order_by("-pk")
    return rows if reach.is_whole else rows.filter(organisation__in=reach.organisations())


def withdraw(number: int, reason: str, *, by: Actor, now_ms: int) -> NoticeWithdrawal:
    """Take a notice back; the reason is public, as the notice was.

    Raises RulesError: NOT_ALLOWED, OUT_OF_REACH (of no notice, too), NO_REASON, NOTE_TOO_LONG,
    ALREADY_DECIDED for one that is withdrawn already.
    """
    check_may(by, Deed.PUBLISH)
    row = notices_in(reach_of(by)).filter(pk=number).first()
    if row is None:
        raise RulesError(AccountTrouble.OUT_OF_REACH, name=number)
    said = reason_given(reason)
    try:
        with transaction.atomic():
            return NoticeWithdrawal.objects.create(
                notice=row, reason=said, by=by.name, account_id=by.account, at_ms=now_ms
            )
    except IntegrityError as error:
        raise RulesError(DecisionTrouble.ALREADY_DECIDED) from error
