"""One site now: who is here since when, what its terminals read last, and who inspected it last.

A page of people and a fixed number of events, by the same few queries however large the site is.
"""

from django.db.models import Max, Q
from msgspec import Struct

from settlement.models import Chain, Event, InspectionVisit, Session, Site
from settlement.reach import Reach
from settlement.review.wanted import of_person

MOST_HERE = 50
"""People of one page."""
MOST_READINGS = 20
_READINGS = ("check_in", "check_out", "toggle", "refused", "manual", "claim")


class Here(Struct, frozen=True):
    """Somebody who is checked in; `since_s` is in UTC seconds, `session` the row's number."""

    session: int
    volunteer: int
    name: str
    activity: str
    since_s: int | None
    event: str


class LastReading(Struct, frozen=True):
    """What a terminal read; of nobody known where `volunteer` is None."""

    terminal: str
    event: str
    kind: str
    volunteer: int | None
    name: str
    wall_ms: int | None
    doubtful: bool


def here_at(site: Site, reach: Reach, who: str = "", after: int = 0) -> tuple[list[Here], bool]:
    """Who is here, the last to come first, and whether others follow; `who` is a number or a part of a name.

    `after` is the last session of the page before.
    """
    rows = Session.objects.filter(is_open=True, activity__in=reach.activities_at(site))
    if who:
        rows = rows.filter(of_person(who))
    if after:
        rows = rows.filter(pk__lt=after)
    columns = ("pk", "volunteer__number", "volunteer__display_name", "activity__title", "in_s", "in_event")
    # Which ones first, by an index alone; names and titles of these few only.
    shown = Session.objects.filter(pk__in=rows.order_by("-pk").values("pk")[: MOST_HERE + 1])
    found = [Here(*row) for row in shown.order_by("-pk").values_list(*columns)]
    return found[:MOST_HERE], len(found) > MOST_HERE


def last_readings(site: Site, reach: Reach) -> list[LastReading]:
    """What the site's terminals read last, the newest first; nothing for whoever does not run the site."""
    if not reach.runs(site):
        return []
    newest = (
        Chain.objects.filter(terminal__site=site, terminal__revoked_ms=None)
        .order_by()
        .values("terminal")
        .annotate(newest=Max("pk"))
    )
    chains = Chain.objects.filter(pk__in=newest.values("newest"))
    ends = Q(pk__in=())
    for chain in chains:
        # By the key of events: the last few of a log, whatever else they are.
        ends |= Q(chain=chain.pk, seq__gt=chain.contiguous - 5 * MOST_READINGS)
    rows = Event.objects.filter(ends, kind__in=_READINGS).select_related("chain", "volunteer")
    latest = rows.order_by("-received_ms", "-seq")[:MOST_READINGS]
    return [
        LastReading(
            row.chain.terminal_id,
            f"{row.chain.terminal_id}/{row.chain.epoch}/{row.seq}",
            row.kind,
            row.volunteer_id,
            row.volunteer.display_name if row.volunteer else "",
            row.wall_ms,
            row.clock_doubtful,
        )
        for row in latest
    ]


def last_visits(site: Site, reach: Reach) -> list[InspectionVisit]:
    """The last inspections of the site, the latest first."""
    return list(reach.visits().filter(site=site).order_by("-at_ms", "-pk")[:5])
