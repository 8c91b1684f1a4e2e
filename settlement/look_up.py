"""Finding what is entered (an activity, a site, a volunteer …) by the name that people give it."""

from collections.abc import Collection, Iterator
from typing import TypeVar

import msgspec
from django.db.models import Exists, OuterRef

from foundation.errors import RulesError
from settlement.models import Activity, Organisation, PhaseChange, Site, Volunteer
from settlement.rules import evidence
from settlement.rules.evidence import Phase
from settlement.rules.policy import CENTRES, ActivityPolicy
from settlement.troubles import DecisionTrouble

Key = TypeVar("Key", int, str)

_AT_ONCE = 10_000
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


def as_the_rules_see(row: Activity, assigned: Collection[str] = ()) -> evidence.Activity:
    """An activity as the rules take it, with those of its assigned volunteers that are asked about."""
    phases = [(Phase(phase.phase), phase.from_ms // 1000) for phase in row.phases.all()]
    return evidence.Activity(
        id=row.id,
        site=row.site_id,
        zone=row.site.zone,
        kind=evidence.ActivityKind(row.kind),
        executing=evidence.executing_intervals(phases),
        shifts=tuple((shift.start_ms // 1000, shift.end_ms // 1000) for shift in row.shifts.all()),
        breaks=tuple((pause.start_ms // 1000, pause.end_ms // 1000) for pause in row.breaks.all()),
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


def storable(text: str) -> str:
    """The text without the one character that PostgreSQL refuses to store or compare."""
    return text.replace("\0", "")
