"""Finding what is entered (an activity, a site, a volunteer …) by the name that people give it."""

from collections.abc import Collection, Iterator, Sequence
from typing import TypeVar

import msgspec
from django.db.models import Exists, OuterRef, Q

from foundation.errors import RulesError
from settlement.models import Activity, Organisation, PhaseChange, Site, Volunteer
from settlement.rules import evidence
from settlement.rules.evidence import Phase
from settlement.rules.policy import CENTRES, ActivityPolicy
from settlement.troubles import DecisionTrouble

Key = TypeVar("Key", int, str)

_AT_ONCE = 10_000
LONGEST_NUMBER = 12
"""Digits of a volunteer's number."""
MOST_KEY = 2**63 - 1
"""No row has a higher number, and no database compares with one."""


def volunteer_numbered(number: int) -> Volunteer:
    """The volunteer with that number; raises RulesError UNKNOWN_VOLUNTEER."""
    found = Volunteer.objects.filter(number=number).first()
    if found is None:
        raise RulesError(DecisionTrouble.UNKNOWN_VOLUNTEER, volunteer=number)
    return found


def check_not_erased(volunteer: Volunteer) -> None:
    """Raise RulesError ALREADY_ERASED for the number of somebody who was erased: nobody gets it again."""
    if volunteer.erased_ms is not None:
        raise RulesError(DecisionTrouble.ALREADY_ERASED, volunteer=volunteer.number)


def activity_called(name: str) -> Activity:
    """The activity with that id; raises RulesError UNKNOWN_ACTIVITY."""
    found = Activity.objects.filter(id=storable(name)).first()
    if found is None:
        raise RulesError(DecisionTrouble.UNKNOWN_ACTIVITY, activity=name)
    return found


def organisation_at(path: str) -> Organisation:
    """The organisation at that place of the tree; raises RulesError UNKNOWN_ORGANISATION."""
    found = Organisation.objects.filter(path=storable(path)).first()
    if found is None:
        raise RulesError(DecisionTrouble.UNKNOWN_ORGANISATION, organisation=path)
    return found


def site_coded(code: str) -> Site:
    """The site with that code; raises RulesError UNKNOWN_SITE."""
    found = Site.objects.filter(code=storable(code)).first()
    if found is None:
        raise RulesError(DecisionTrouble.UNKNOWN_SITE, site=code)
    return found


def fixed_by(activity: Activity) -> ActivityPolicy:
    """What an activity fixes otherwise than the centre's rules."""
    return msgspec.convert(activity.policy, ActivityPolicy) if activity.policy else CENTRES


class Schedule(msgspec.Struct, frozen=True):
    """When an activity goes on (UTC milliseconds): its phases' beginnings, its shifts and its breaks."""

    phases: Sequence[tuple[str, int]]
    shifts: Sequence[tuple[int, int]]
    breaks: Sequence[tuple[int, int]]

    def is_archived(self, now_ms: int) -> bool:
        """Whether it has been archived by now, not only planned to be."""
        return any(phase == Phase.ARCHIVED and from_ms <= now_ms for phase, from_ms in self.phases)


def schedule_of(row: Activity) -> Schedule:
    """When an activity goes on, of what is read along with its row."""
    return Schedule(
        phases=[(phase.phase, phase.from_ms) for phase in row.phases.all()],
        shifts=[(shift.start_ms, shift.end_ms) for shift in row.shifts.all()],
        breaks=[(pause.start_ms, pause.end_ms) for pause in row.breaks.all()],
    )


def as_the_rules_see(
    row: Activity, assigned: Collection[str] = (), schedule: Schedule | None = None
) -> evidence.Activity:
    """An activity as the rules take it, with those of its assigned volunteers that are asked about."""
    on = schedule or schedule_of(row)
    return evidence.Activity(
        id=row.id,
        site=row.site_id,
        zone=row.site.zone,
        kind=evidence.ActivityKind(row.kind),
        executing=evidence.executing_intervals(
            [(Phase(phase), from_ms // 1000) for phase, from_ms in on.phases]
        ),
        shifts=tuple((start_ms // 1000, end_ms // 1000) for start_ms, end_ms in on.shifts),
        breaks=tuple((start_ms // 1000, end_ms // 1000) for start_ms, end_ms in on.breaks),
        roster=frozenset(assigned) if row.assigned_only else None,
        policy=fixed_by(row),
    )


def has_been_archived(activity: str, now_ms: int) -> Exists:
    """Whether the activity that this column names has been archived by now, not only planned to be."""
    begun = PhaseChange.objects.filter(phase=Phase.ARCHIVED, from_ms__lte=now_ms)
    return Exists(begun.filter(activity=OuterRef(activity)))


def portions(wanted: Collection[Key]) -> Iterator[list[Key]]:
    """As many at once as a statement can hold."""
    ordered = sorted(wanted)
    for first in range(0, len(ordered), _AT_ONCE):
        yield ordered[first : first + _AT_ONCE]


def row_number(text: str) -> int:
    """The number of a row that a form or an address names; 0, which no row has, where it names none."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_KEY))
    return int(text) if is_number and int(text) <= MOST_KEY else 0


def number_begins(digits: str, column: str) -> Q:
    """That a volunteer's number begins with these digits: ranges, which an index answers."""
    first, condition = int(digits[: LONGEST_NUMBER + 1]), Q(pk__in=())
    for more in range(LONGEST_NUMBER - len(digits) + 1):
        low = first * 10**more
        condition |= Q(**{f"{column}__gte": low, f"{column}__lt": low + 10**more})
    return condition


def storable(text: str) -> str:
    """The text without the one character that PostgreSQL refuses to store or compare."""
    return text.replace("\0", "")
