"""Taking rejections back: the rejected entries stay, and the same result may be asked again (S15)."""

from collections.abc import Collection

from django.db.models import Q

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.ledger.entries import of_lines, read_entries
from settlement.models import Dispute, LedgerEntry, Reopening, Volunteer
from settlement.rules.ledger import entry_id
from settlement.rules.review import reopen_each
from settlement.rules.settle import LineKey


def reopen_line(
    key: LineKey, by: Actor, reason: str, now_ms: int, dispute: Dispute | None = None
) -> tuple[int, ...]:
    """Reopen every rejection of a line that stands; returns the numbers of the entries, or () for none.

    Needs a transaction; the caller marks the volunteer, so that the line is entered anew. Raises RulesError:
    SELF_REVIEW, OWN_REJECTION, FOUR_EYES, and django.db.IntegrityError when somebody did it meanwhile.
    """
    # Of one volunteer's hours one person decides at a time.
    Volunteer.objects.select_for_update(no_key=True).get(number=int(key.volunteer))
    history = read_entries(LedgerEntry.objects.filter(of_lines([key])))
    answer = reopen_each([stored.entry for stored in history], by.marks)
    if answer.refused:
        raise RulesError(answer.refused[0][1])
    before = {entry_id(stored.entry): stored for stored in history}
    opened = [
        before[entry_id(after)].pk
        for after in answer.entries
        if after.reopened and not before[entry_id(after)].entry.reopened
    ]
    Reopening.objects.bulk_create(
        Reopening(
            entry_id=pk, by=by.name, account_id=by.account, reason=reason, dispute=dispute, at_ms=now_ms
        )
        for pk in opened
    )
    return tuple(opened)


def line_of(entry: int) -> LineKey | None:
    """The line of a rejected entry that nobody has reopened; None where there is no such entry."""
    rejected = Q(pk=entry, review__state="rejected", reopening=None)
    found = read_entries(LedgerEntry.objects.filter(rejected))
    return found[0].entry.key if found else None


def with_reopened_lines(volunteers: Collection[int]) -> set[int]:
    """Those of these volunteers who have a reopened line: their ledger is brought up to their result again,
    although the result is what it was.
    """
    rows = Reopening.objects.filter(entry__volunteer__in=volunteers)
    return set(rows.values_list("entry__volunteer__number", flat=True).distinct())
