"""A check-in and the check-out after it that are too far apart for one stay, seen together (S5, S6)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise

from msgspec import Struct

from settlement.look_up import portions
from settlement.models import Session
from settlement.rules.flags import Flag
from settlement.rules.settle import LineKey

LONGEST_S = 3 * 86_400
"""Further apart, a check-in and a check-out are nobody's one stay: each waits for a time that is missing."""


class LongStay(Struct, frozen=True):
    """The two events as sessions name them, when they were (UTC seconds), and their lines' dates."""

    came: str
    left: str
    came_s: int
    left_s: int
    came_on: dt.date
    left_on: dt.date

    @property
    def seconds(self) -> int:
        """How far they are apart."""
        return self.left_s - self.came_s


def long_stays_of(lines: Collection[LineKey]) -> dict[LineKey, LongStay]:
    """What may be one stay, by the lines, among these, that show one of its two events."""
    volunteers, activities = {int(key.volunteer) for key in lines}, {key.activity for key in lines}
    about: dict[tuple[str, str], list[Session]] = defaultdict(list)
    for portion in portions(volunteers):
        for row in Session.objects.filter(volunteer__in=portion, activity__in=activities):
            about[str(row.volunteer_id), row.activity_id].append(row)
    found: dict[LineKey, LongStay] = {}
    for (volunteer, activity), sessions in about.items():
        for stay in long_stays_among(sessions):
            for day in (stay.came_on, stay.left_on):
                found.setdefault(LineKey(volunteer, activity, day), stay)
    return {key: found[key] for key in lines if key in found}


def long_stays_among(sessions: Iterable[Session]) -> Iterator[LongStay]:
    """The stays that lack their end while the next one lacks its beginning.

    Among these sessions, all of one volunteer in one activity.
    """
    in_order = sorted(sessions, key=lambda row: row.in_s if row.in_s is not None else row.out_s or 0)
    for first, then in pairwise(in_order):
        if first.in_s is None or then.out_s is None or then.in_s is not None or first.out_s is not None:
            continue
        if Flag.MISSING_OUT not in first.flags or then.out_s - first.in_s > LONGEST_S:
            continue
        yield LongStay(
            first.in_event, then.out_event, first.in_s, then.out_s, first.line_date, then.line_date
        )
