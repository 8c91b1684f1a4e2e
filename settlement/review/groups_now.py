"""Groups without names that are at a site now, as its terminals noted them; nobody's hours."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from settlement.models import GroupMovement, Site
from settlement.reach import Reach

_LOOKED_BACK_MS = 86_400_000
_MOST_READ = 2_000


class GroupNow(Struct, frozen=True):
    """How many of a group are here, who they are as a whole, and since when it is (UTC milliseconds)."""

    count: int
    remark: str
    activity: str
    since_ms: int


class Groups(Struct, frozen=True):
    """Those that are here, the newest first, and how many people came so within the last day."""

    here: tuple[GroupNow, ...]
    came: int

    @property
    def people(self) -> int:
        """How many are here in groups."""
        return sum(one.count for one in self.here)


def groups_at(site: Site, reach: Reach, now_ms: int) -> Groups:
    """The groups of the last day at the site, as far as its activities are in reach."""
    rows = GroupMovement.objects.filter(
        chain__terminal__site=site, at_ms__gte=now_ms - _LOOKED_BACK_MS, at_ms__lte=now_ms
    )
    if not reach.runs(site):
        rows = rows.filter(activity__in=reach.activities_at(site))
    found = rows.select_related("activity").order_by("-at_ms", "-pk")[:_MOST_READ]
    return _folded(reversed(list(found)))


def _folded(rows: Iterable[GroupMovement]) -> Groups:
    here: dict[tuple[int, str], GroupNow] = {}
    came = 0
    for row in rows:
        place = (row.chain_id, row.group)
        known = here.pop(place, None)
        if row.direction == "in":
            came += row.count
            title = row.activity.title if row.activity else ""
            here[place] = GroupNow(row.count, row.remark, title, row.at_ms)
        elif known and known.count > row.count:
            here[place] = replace(known, count=known.count - row.count)
    return Groups(tuple(sorted(here.values(), key=lambda one: one.since_ms, reverse=True)), came)
