"""Which events used a one-time code. A terminal takes each once; two terminals that can't talk may both."""

from collections.abc import Iterable, Sequence

from django.db.models import Count

from settlement.judgement import ReviewReason
from settlement.models import CodeUse, Event, EventStatus
from sync.one_time_code import is_code

Use = tuple[str, int, int]
"""Reference, chain and seq of an event that names a code."""


def note_uses(uses: Sequence[Use]) -> None:
    """Note that stored events used codes, and let a person look at every event of a code used twice.

    Needs the transaction that stores the events. All events of such a code are marked, so that it doesn't
    matter which came first.
    """
    if not uses:
        return
    CodeUse.objects.bulk_create(
        [CodeUse(ref=ref, chain_id=chain, seq=seq) for ref, chain, seq in uses], ignore_conflicts=True
    )
    for use in CodeUse.objects.filter(ref__in=used_twice(ref for ref, _, _ in uses)):
        Event.objects.filter(chain_id=use.chain_id, seq=use.seq, review_reason="").update(
            status=EventStatus.NEEDS_REVIEW, review_reason=ReviewReason.CODE_USED_TWICE
        )


def used_twice(references: Iterable[str]) -> set[str]:
    """Which of these codes more than one event used."""
    codes = set(filter(is_code, references))
    if not codes:
        return set()
    counted = CodeUse.objects.filter(ref__in=codes).values("ref").annotate(uses=Count("pk"))
    return set(counted.filter(uses__gt=1).values_list("ref", flat=True))
