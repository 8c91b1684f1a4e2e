"""Noticing what was used twice although it admits once: a one-time code, or one tap of a signing card.

A terminal takes each once; two terminals that can't talk may both, and a tap that somebody overheard at one
may be played at another.
"""

from collections.abc import Iterable, Sequence

from django.db.models import Count

from settlement.evidence.judge import SingleUse, reason_of_reuse
from settlement.look_up import portions
from settlement.models import Event, EventStatus, OneTimeUse

Use = tuple[SingleUse, int, int]
"""What was used, and chain and seq of the event that names it."""


def note_uses(uses: Sequence[Use]) -> set[int]:
    """Note that stored events used codes or taps, and let a person look at every event of one used twice.

    Returns the volunteers of such events, whose hours the rules mark. Needs the transaction that stores the
    events. All events of such a code or tap are marked, so that it doesn't matter which came first.
    """
    concerned: set[int] = set()
    if not uses:
        return concerned
    OneTimeUse.objects.bulk_create(
        [
            OneTimeUse(ref=once.reference, counter=once.counter, chain_id=chain, seq=seq)
            for once, chain, seq in uses
        ],
        ignore_conflicts=True,
    )
    for once in used_twice(once for once, _, _ in uses):
        for use in OneTimeUse.objects.filter(ref=once.reference, counter=once.counter):
            event = Event.objects.filter(chain_id=use.chain_id, seq=use.seq)
            event.filter(review_reason="").update(
                status=EventStatus.NEEDS_REVIEW, review_reason=reason_of_reuse(once)
            )
            concerned.update(
                event.filter(volunteer__isnull=False).values_list("volunteer__number", flat=True)
            )
    return concerned


def used_twice(wanted: Iterable[SingleUse]) -> set[SingleUse]:
    """Which of these more than one event used."""
    asked = set(wanted)
    found: set[SingleUse] = set()
    for references in portions({once.reference for once in asked}):
        uses = OneTimeUse.objects.filter(ref__in=references).order_by()
        counted = uses.values("ref", "counter").annotate(uses=Count("pk")).filter(uses__gt=1)
        found.update(SingleUse(*use) for use in counted.values_list("ref", "counter"))
    return asked & found


def other_uses(once: SingleUse, chain: int, seq: int) -> tuple[str, ...]:
    """The other events that used the same, as terminal/epoch/seq."""
    uses = OneTimeUse.objects.filter(ref=once.reference, counter=once.counter).select_related("chain")
    others = uses.exclude(chain=chain, seq=seq).order_by("chain__terminal", "chain__epoch", "seq")
    return tuple(f"{use.chain}/{use.seq}" for use in others)
