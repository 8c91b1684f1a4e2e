"""Groups that came without names and are here: counted, and nobody's hours."""

from collections.abc import Callable
from dataclasses import dataclass, field

from msgspec import Struct
from msgspec.structs import replace

from sync.contract.events import Direction, Event, Group


class GroupHere(Struct, frozen=True):
    """How many of a group are here, and since when it is (UTC milliseconds, as its clock said)."""

    group: str
    activity: str
    count: int
    remark: str
    since_ms: int


@dataclass(slots=True)
class Groups:
    """Folded from the log's own events, as who is here is."""

    _here: dict[str, GroupHere] = field(default_factory=dict)

    def fold(self, event: Event) -> None:
        """Take one event of the log."""
        if not isinstance(event, Group):
            return
        known, others = self._here.get(event.group), {**self._here}
        others.pop(event.group, None)
        if event.direction == Direction.IN:
            since = (event.activity, event.count, event.remark, event.wall_ms)
            others[event.group] = GroupHere(event.group, *since)
        elif known and known.count > event.count:
            others[event.group] = replace(known, count=known.count - event.count)
        self._here = others  # replaced, never changed: screens are told on other threads

    def here(self, now_ms: int, is_too_long: Callable[[str, int, int], bool]) -> list[GroupHere]:
        """The groups that can still be here, the newest first."""
        found = [one for one in self._here.values() if not is_too_long(one.activity, one.since_ms, now_ms)]
        return sorted(found, key=lambda one: one.since_ms, reverse=True)
