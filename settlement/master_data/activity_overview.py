"""Activities and sites in reach, as people look for them: a page at a time, each with where it stands."""

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from msgspec import Struct

from settlement.look_up import storable
from settlement.models import Activity, Assignment, PhaseChange, Shift
from settlement.reach import Reach

ON_A_PAGE = 50


class ActivityTold(Struct, frozen=True):
    """An activity in a list; the shift is the one that runs or comes next (UTC milliseconds)."""

    id: str
    title: str
    site: str
    zone: str
    organisation: str
    phase: str
    start_ms: int | None
    end_ms: int | None
    expected: int


class SiteTold(Struct, frozen=True):
    """A site in a list."""

    code: str
    name: str
    zone: str
    organisation: str
    terminals: int


def list_activities(
    reach: Reach, now_ms: int, *, text: str = "", phase: str = "", site: str = "", after: str = ""
) -> tuple[list[ActivityTold], bool]:
    """A page of the activities in reach, by id, behind that of `after`; and whether there are more."""
    begun = PhaseChange.objects.filter(activity=OuterRef("pk"), from_ms__lte=now_ms).order_by("-from_ms")
    rows = reach.activities().annotate(phase=Subquery(begun.values("phase")[:1]))
    if wanted := storable(text.strip()):
        rows = rows.filter(Q(title__icontains=wanted) | Q(pk__icontains=wanted))
    if site:
        rows = rows.filter(site=site)
    if phase:
        rows = rows.filter(phase=storable(phase))
    if after:
        rows = rows.filter(pk__gt=storable(after))
    coming = Shift.objects.filter(activity=OuterRef("pk"), end_ms__gt=now_ms).order_by("start_ms")
    expected = Assignment.objects.filter(activity=OuterRef("pk")).order_by().values("activity")
    rows = rows.annotate(
        start_ms=Subquery(coming.values("start_ms")[:1]),
        end_ms=Subquery(coming.values("end_ms")[:1]),
        expected=Subquery(expected.annotate(n=Count("pk")).values("n")),
        zone=F("site__zone"),
    )
    columns = ("pk", "title", "site__name", "zone", "organisation__name", "phase", "start_ms", "end_ms")
    told = rows.order_by("pk").values_list(*columns, "expected")[: ON_A_PAGE + 1]
    found = [
        ActivityTold(name, title, site, zone, by or "", at or "", start_ms, end_ms, n or 0)
        for name, title, site, zone, by, at, start_ms, end_ms, n in told
    ]
    return found[:ON_A_PAGE], len(found) > ON_A_PAGE


def list_sites(reach: Reach, *, text: str = "", after: str = "") -> tuple[list[SiteTold], bool]:
    """A page of the sites in reach, by code, behind that of `after`; and whether there are more."""
    rows = reach.sites()
    if wanted := storable(text.strip()):
        rows = rows.filter(Q(name__icontains=wanted) | Q(pk__icontains=wanted))
    if after:
        rows = rows.filter(pk__gt=storable(after))
    rows = rows.annotate(n=Count("terminals", filter=Q(terminals__revoked_ms=None)))
    told = rows.order_by("pk").values_list("pk", "name", "zone", "organisation__name", "n")[: ON_A_PAGE + 1]
    found = [SiteTold(code, name, zone, by or "", n) for code, name, zone, by, n in told]
    return found[:ON_A_PAGE], len(found) > ON_A_PAGE


def posts_of(activity: Activity, reach: Reach) -> QuerySet[Activity, tuple[str, int, int]]:
    """The posts of an activity with their duty (thousandths) and how many are expected on each."""
    rows = reach.activities().filter(pk=activity.pk, posts__isnull=False)
    rows = rows.annotate(n=Count("posts__assignments")).order_by("posts__name")
    return rows.values_list("posts__name", "posts__duty_pm", "n")
