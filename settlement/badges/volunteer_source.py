"""Who is to get a badge, from the centre's own volunteers."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import QuerySet

from foundation.errors import RulesError, SettingsError
from foundation.trouble import Trouble
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed, check_may
from settlement.badges.csv_source import WantedBadge
from settlement.merged_numbers import check_takes_new, merged_numbers
from settlement.models import Activity, Assignment, Credential, Volunteer
from settlement.reach import reach_of
from settlement.troubles import CentreTrouble, DecisionTrouble
from sync.contract.badge import Badge
from sync.contract.events import Method


def wanted_of_centre(
    numbers: Sequence[int],
    activity: str | None,
    last_day: dt.date | None,
    by: Actor,
    now_ms: int,
    *,
    demo: bool,
) -> list[WantedBadge]:
    """The volunteers of these numbers, or those who are expected at an activity, or all; none suspended.

    All of those whom the actor reaches, and that their names were read is noted. Who lost a badge, which was
    revoked, gets the next serial. Raises SettingsError for an unknown number, RulesError NOT_ALLOWED,
    UNKNOWN_ACTIVITY, NUMBER_MERGED.
    """
    check_may(by, Deed.READ_PEOPLE)
    check_takes_new(*numbers)
    people = _people(reach_of(by).volunteers(), numbers, activity)
    note(Action.EXPORT, Kind.VOLUNTEER, activity or "badges", Signed(by, now_ms))
    serials = _serials(people)
    return [
        WantedBadge(
            Trouble.term("place", "volunteer", number=one.number),
            Badge(one.number, serial=serials.get(one.number, 1), last_day=last_day, demo=demo),
            one.display_name,
        )
        for one in people
    ]


def _people(
    reached: QuerySet[Volunteer], numbers: Sequence[int], activity: str | None
) -> QuerySet[Volunteer]:
    merged = merged_numbers()
    people = reached.filter(suspended=False).exclude(number__in=merged.gone).order_by("number")
    if activity is not None:
        if not Activity.objects.filter(id=activity).exists():
            raise RulesError(DecisionTrouble.UNKNOWN_ACTIVITY, activity=activity)
        expected = Assignment.objects.filter(activity=activity).values_list("volunteer_id", flat=True)
        people = people.filter(number__in={merged.kept(number) for number in expected})
    if numbers:
        people = people.filter(number__in=numbers)
        if missing := sorted(set(numbers) - set(people.values_list("number", flat=True))):
            raise SettingsError(CentreTrouble.BADGES_FOR_NOBODY, volunteers=missing)
    return people


def _serials(people: QuerySet[Volunteer]) -> dict[int, int]:
    """The serial of each one's badge: the highest that is entered, the next one where that was revoked."""
    entered = Credential.objects.filter(volunteer__in=people, method=Method.BADGE)
    newest: dict[int, tuple[int, bool]] = {}
    for ref, volunteer, revoked_ms in entered.values_list("ref", "volunteer_id", "revoked_ms"):
        serial = int(ref.rpartition(".")[2])
        newest[volunteer] = max(newest.get(volunteer, (0, False)), (serial, revoked_ms is not None))
    return {volunteer: serial + revoked for volunteer, (serial, revoked) in newest.items()}
