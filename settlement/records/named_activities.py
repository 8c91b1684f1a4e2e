"""Saying which activity events were for, where neither the terminal nor the rules can tell."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed
from settlement.evidence.attribution import attribute_unnamed, mark_unsettled
from settlement.look_up import activity_called
from settlement.models import Activity, Event, EventStatus, NamedActivity, UnnamedActivity
from settlement.reach import Reach, check_entitled
from settlement.rules.evidence import Phase
from settlement.signatures import check_not_own, reason_given
from settlement.troubles import DecisionTrouble
from sync.contract.event_places import EventId

_MOST_TO_NAME = 60
"""Activities of a site that are offered."""


def event_named(text: str) -> EventId:
    """The event that `terminal/epoch/seq` names; raises RulesError NO_EVENT_NAME where it names none."""
    terminal, _, rest = text.partition("/")
    epoch, _, seq = rest.partition("/")
    if not (terminal and epoch and seq.isascii() and seq.isdigit() and len(seq) < 17) or "\0" in text:
        raise RulesError(DecisionTrouble.NO_EVENT_NAME, text=text[:80])
    return EventId(terminal, epoch, int(seq))


def events_to_look_at(reach: Reach) -> QuerySet[Event]:
    """The events that need a person, with their chains, in the order of their arrival."""
    waiting = Event.objects.filter(status=EventStatus.NEEDS_REVIEW, chain__terminal__in=reach.terminals())
    return waiting.select_related("chain__terminal__site").order_by("received_ms", "chain_id", "seq")


def unnamed_events(reach: Reach) -> QuerySet[UnnamedActivity]:
    """The events in reach whose activity nobody knows yet, the oldest first.

    Each with when it was received, and what its terminal's clock said: `received_ms`, `wall_ms`.
    """
    event = Event.objects.filter(chain=OuterRef("chain"), seq=OuterRef("seq"))
    waiting = UnnamedActivity.objects.filter(activity=None, chain__terminal__in=reach.terminals())
    read = waiting.annotate(
        received_ms=Subquery(event.values("received_ms")[:1]), wall_ms=Subquery(event.values("wall_ms")[:1])
    )
    return read.order_by("received_ms", "pk")


def name_unnamed(number: int, activity: str, by: Actor, reason: str, now_ms: int) -> None:
    """The same as `name_activity`, of one that waits; raises UNKNOWN_EVENT, UNKNOWN_ACTIVITY besides."""
    row = UnnamedActivity.objects.select_related("chain").filter(pk=number).first()
    if row is None:
        raise RulesError(DecisionTrouble.UNKNOWN_EVENT, event=str(number))
    place = EventId(row.chain.terminal_id, row.chain.epoch, row.seq)
    name_activity([place], activity_called(activity), by, reason, now_ms)


def activities_to_name(reach: Reach, sites: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    """What events at these sites can have been for, by site: ids and titles, what began last first."""
    begun = Max("phases__from_ms", filter=Q(phases__phase=Phase.EXECUTING))
    rows = reach.activities().filter(site__in=sites).annotate(begun_ms=begun).exclude(begun_ms=None)
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for site, name, title in rows.order_by("-begun_ms", "pk").values_list("site__code", "pk", "title"):
        if len(found[site]) < _MOST_TO_NAME:
            found[site].append((name, title))
    return found


def name_activity(places: Iterable[EventId], activity: Activity, by: Actor, reason: str, now_ms: int) -> None:
    """Say that these events, whose terminal named no activity, were for this one; that stays on record.

    Whoever they are about is settled anew. Raises RulesError: UNKNOWN_EVENT, NAMES_ACTIVITY, OTHER_SITE,
    SELF_REVIEW, NOT_ALLOWED, OUT_OF_REACH, NO_REASON; then nothing is changed.
    """
    reason = reason_given(reason)
    check_entitled(by, Deed.REVIEW, activity)
    with transaction.atomic():
        named = [_unnamed_at(place, activity, by) for place in places]
        NamedActivity.objects.bulk_create(
            NamedActivity(
                chain=row.chain,
                seq=row.seq,
                activity=activity,
                reason=reason,
                by=by.name,
                account_id=by.account,
                at_ms=now_ms,
            )
            for row in named
        )
        changed: set[int] = set()
        for row in named:
            changed |= attribute_unnamed(row.chain_id, [row.seq])
        mark_unsettled(changed, now_ms, master_data=True)


def _unnamed_at(place: EventId, activity: Activity, by: Actor) -> UnnamedActivity:
    here = Event.objects.filter(chain__terminal=place.terminal, chain__epoch=place.epoch, seq=place.seq)
    event = here.select_related("chain__terminal").first()
    if event is None:
        raise RulesError(DecisionTrouble.UNKNOWN_EVENT, event=str(place))
    row = UnnamedActivity.objects.select_related("chain").filter(chain=event.chain, seq=event.seq).first()
    if row is None:
        raise RulesError(DecisionTrouble.NAMES_ACTIVITY, event=str(place))
    if event.chain.terminal.site_id != activity.site_id:
        raise RulesError(DecisionTrouble.OTHER_SITE, activity=activity.id, terminal=place.terminal)
    check_not_own(by, row.volunteer_id)
    return row
