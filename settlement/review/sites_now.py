"""All sites at a glance: who is here, who is expected and missing, how the terminals are; troubles first.

It costs the same few queries for any number of sites, people and events: everything is counted in the
database. How whole the evidence of one site is, to the event, says `site_completeness`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Aggregate, Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Sum
from msgspec import Struct

from settlement.lately import Lately
from settlement.models import (
    Assignment,
    Chain,
    LogAlarm,
    Session,
    Site,
    Terminal,
    TlsCertificate,
    WaitingEntry,
)
from settlement.reach import Reach
from settlement.review.site_completeness import SILENT_AFTER_MS
from settlement.rule_book import rules_at

CERTIFICATE_ENDS_SOON_MS = 14 * 86_400_000
"""Terminals ask for another one a month before; of one that has two weeks left none came."""


_Counts = dict[str, dict[str, int]]
"""By the site's key."""


class SiteNow(Struct, frozen=True):
    """One site now. `lacking` are events that terminals have told of and that are not here.

    `heard_ms` is when the terminal that is silent for longest was last heard of, None where one never was or
    there is none. `expected` have a shift that runs now; `missing` of them neither are here nor were.
    """

    code: str
    name: str
    here: int
    expected: int
    missing: int
    terminals: int
    silent: int
    heard_ms: int | None
    lacking: int
    unsent: int
    alarms: int
    certificates: int
    waiting: int

    @property
    def is_in_trouble(self) -> bool:
        """Whether somebody should look at it."""
        return bool(self.silent or self.lacking or self.alarms or self.certificates)


class Counted(Struct, frozen=True):
    """All sites in reach, as they were at a moment (UTC milliseconds of the centre's clock)."""

    sites: tuple[SiteNow, ...]
    at_ms: int


class Missing(Struct, frozen=True):
    """Somebody who is expected and not here; times are UTC milliseconds."""

    volunteer: int
    name: str
    activity: str
    post: str
    start_ms: int
    end_ms: int


def sites_now(reach: Reach, now_ms: int, machine_ms: int) -> list[SiteNow]:
    """The sites in reach, those in trouble first; `machine_ms` is the time by which certificates end."""
    sites = reach.sites()
    running = _running(reach, now_ms)
    absent = running.filter(_has_not_come(now_ms))
    terminals = Terminal.objects.filter(site__in=sites, revoked_ms=None)
    of_terminals = _by_site(
        terminals,
        all=Count("pk"),
        heard=Count("status"),
        silent=Count("pk", filter=Q(status=None) | Q(status__hello_ms__lt=now_ms - SILENT_AFTER_MS)),
        oldest=Min("status__hello_ms"),
        unsent=Sum("status__unsent"),
    )
    lacking = Chain.objects.filter(terminal__in=terminals, head__gt=F("contiguous"))
    counted = {
        "lacking": _by_site(lacking, "terminal__", n=Sum(F("head") - F("contiguous"))),
        "alarms": _by_site(
            LogAlarm.objects.filter(terminal__in=terminals, settled_ms=None), "terminal__", n=Count("pk")
        ),
        "certificates": _ending(terminals, machine_ms),
        "here": _by_site(_open(reach), "activity__", n=Count("volunteer", distinct=True)),
        "expected": _by_site(running, "activity__", n=Count("volunteer", distinct=True)),
        "missing": _by_site(absent, "activity__", n=Count("volunteer", distinct=True)),
        "waiting": _by_site(_waiting(reach), "activity__", n=Count("pk")),
    }
    found = [_site(row, of_terminals.get(row.pk, {}), counted) for row in sites.order_by("name", "code")]
    return sorted(found, key=lambda one: (not one.is_in_trouble, -one.missing))


def sites_lately(reach: Reach, moment: Callable[[], tuple[int, int]]) -> Counted:
    """The same as they were some seconds ago: who reads them again and again doesn't wait for the count.

    `moment` tells both times of `sites_now`.
    """
    if reach.node is None:
        now_ms, machine_ms = moment()
        return Counted(tuple(sites_now(reach, now_ms, machine_ms)), now_ms)
    return _lately.get(_Asked(reach.node, moment))


class _Asked:
    """Whose sites are counted; who has the same reach gets the same count."""

    def __init__(self, node: str, moment: Callable[[], tuple[int, int]]) -> None:
        self.node, self.moment = node, moment

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and other.node == self.node

    def __hash__(self) -> int:
        return hash(self.node)


def _counted(asked: _Asked) -> Counted:
    now_ms, machine_ms = asked.moment()
    return Counted(tuple(sites_now(Reach(asked.node), now_ms, machine_ms)), now_ms)


_lately = Lately(_counted)


def missing_at(site: Site, reach: Reach, now_ms: int) -> list[Missing]:
    """Who is expected at a site by a shift that runs now, and neither is here nor was."""
    activities = reach.activities_at(site)
    running = _shifts(Assignment.objects.filter(activity__in=activities), now_ms)
    rows = running.annotate(ends_ms=F("activity__shifts__end_ms")).filter(_has_not_come(now_ms))
    columns = ("volunteer__number", "volunteer__display_name", "activity__title", "post__name")
    told = rows.order_by("activity__title", "volunteer").values_list(*columns, "began_ms", "ends_ms")
    return [
        Missing(number, name, title, post or "", start_ms, end_ms)
        for number, name, title, post, start_ms, end_ms in told
    ]


def _site(
    row: Site, terminals: Mapping[str, int], counted: Mapping[str, Mapping[str, Mapping[str, int]]]
) -> SiteNow:
    numbers = {name: of_sites.get(row.pk, {}).get("n") or 0 for name, of_sites in counted.items()}
    all_heard = terminals.get("all") and terminals["all"] == terminals["heard"]
    return SiteNow(
        row.code,
        row.name,
        terminals=terminals.get("all", 0),
        silent=terminals.get("silent", 0),
        heard_ms=terminals["oldest"] if all_heard else None,
        unsent=terminals.get("unsent") or 0,
        **numbers,
    )


def _by_site(rows: "QuerySet[Any]", prefix: str = "", **counts: Aggregate) -> "_Counts":
    """What is counted, by the site's key; `prefix` leads from a row to what stands at a site."""
    field = f"{prefix}site"
    grouped = rows.order_by().values(field).annotate(**counts)
    return {row[field]: row for row in grouped}


def _open(reach: Reach) -> QuerySet[Session]:
    return Session.objects.filter(is_open=True, activity__in=reach.activities())


def _waiting(reach: Reach) -> QuerySet[WaitingEntry]:
    return WaitingEntry.objects.filter(activity__in=reach.activities())


def _running(reach: Reach, now_ms: int) -> QuerySet[Assignment]:
    return _shifts(Assignment.objects.filter(activity__in=reach.activities()), now_ms)


def _shifts(rows: QuerySet[Assignment], now_ms: int) -> QuerySet[Assignment]:
    """Those whose activity has a shift that runs now, with when it began."""
    running = rows.filter(activity__shifts__start_ms__lte=now_ms, activity__shifts__end_ms__gt=now_ms)
    # The annotation keeps to the shift that was found; a further condition would look at all of them.
    return running.annotate(began_ms=F("activity__shifts__start_ms"))


def _has_not_come(now_ms: int) -> Q:
    """Of an assignment with `began_ms`: nobody is here for it, came for it, or was there since then.

    Whoever comes to take over may be early by as much as the rules say (S5).
    """
    early_ms = rules_at(now_ms).close_after_s * 1000
    stays = Session.objects.filter(volunteer=OuterRef("volunteer"), activity=OuterRef("activity"))
    times = stays.annotate(came_ms=F("in_s") * 1000 + early_ms, left_ms=F("out_s") * 1000)
    began = OuterRef("began_ms")
    return ~Q(Exists(times.filter(Q(is_open=True) | Q(came_ms__gte=began) | Q(left_ms__gte=began))))


def _ending(terminals: QuerySet[Terminal], machine_ms: int) -> _Counts:
    """How many terminals of each site have a certificate that ends soon."""
    newest = TlsCertificate.objects.filter(name__in=terminals.values("pk"), revoked_ms=None).order_by()
    ending = newest.values("name").annotate(ends=Max("not_after_ms"))
    soon = ending.filter(ends__lt=machine_ms + CERTIFICATE_ENDS_SOON_MS).values("name")
    return _by_site(terminals.filter(pk__in=soon), n=Count("pk"))
