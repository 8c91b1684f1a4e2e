"""Who is here, and who is on a break, with the names that the site may show."""

from kiosk.local_api.messages import Here
from kiosk.presence.standings import Presence
from kiosk.roster.index import RosterIndex
from kiosk.storage.walk_ins import WalkIns

Heads = tuple[Here, ...]


def who_is_here(
    presence: Presence, roster: RosterIndex, walk_ins: WalkIns, now_ms: int
) -> tuple[Heads, Heads]:
    """Those who are checked in at this terminal, and those who left it for a break; longest first.

    Names of walk-ins that were kept for a day are forgotten.
    """
    walk_ins.forget_old(now_ms)

    def named(found: list[tuple[str, int, str]]) -> Heads:
        return tuple(
            Here(who, name_of(who, roster, walk_ins), at_ms, activity) for who, at_ms, activity in found
        )

    return named(presence.here(now_ms)), named(presence.on_break(now_ms))


def name_of(who: str, roster: RosterIndex, walk_ins: WalkIns) -> str:
    """What somebody is called: by the roster, or today; else the number or reference."""
    person = roster.person(who)
    return (person.name if person else "") or walk_ins.name(who) or who
