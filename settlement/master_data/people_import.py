"""Bringing a file of volunteers into the database: all of it, all but its broken rows, or nothing."""

from django.db import transaction
from msgspec import Struct

from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.evidence.attribution import attribute_again, mark_unsettled
from settlement.lists.file import ListFile
from settlement.lists.row_troubles import BrokenRow
from settlement.master_data.people_plan import Plan, plan_of
from settlement.models import Assignment, Credential, Membership, Organisation, Volunteer
from settlement.name_search import keep_name_keys


class Imported(Struct, frozen=True):
    """What became of a file: how many of each are new, and which rows are broken."""

    volunteers: int
    memberships: int
    assignments: int
    cards: int
    broken: tuple[BrokenRow, ...]


def import_people(
    file: ListFile, organisation: Organisation | None, signed: Signed, *, skip_broken: bool = False
) -> Imported:
    """Enter the volunteers of a file, their memberships, assignments, cards and telephones.

    Rows that name no organisation mean `organisation`. If any row is broken nothing is entered, unless
    `skip_broken`: then all others are. A volunteer who is known already keeps the name: a row that gives the
    number another one is broken. Raises SettingsError for a file or a pseudonym key that can't be read,
    RulesError NOT_ALLOWED, OUT_OF_REACH.
    """
    with transaction.atomic():
        plan = plan_of(file, organisation, signed)
        if plan.broken and not skip_broken:
            return Imported(0, 0, 0, 0, plan.broken)
        _enter(plan, signed.now_ms)
        new = sum(assigned.is_new for assigned in plan.assignments.values())
        done = Imported(len(plan.volunteers), len(plan.memberships), new, len(plan.cards), plan.broken)
        _note(plan, done, signed)
        # Scans that waited for a volunteer or a card count now.
        attribute_again(signed.now_ms)
    return done


def _enter(plan: Plan, now_ms: int) -> None:
    people = Volunteer.objects.bulk_create(
        Volunteer(number=person.number, display_name=person.name, language=person.language)
        for person in plan.volunteers.values()
    )
    keep_name_keys(people, are_new=True)
    Membership.objects.bulk_create(
        Membership(volunteer_id=number, organisation_id=organisation, joined_ms=joined_ms)
        for (number, organisation), joined_ms in plan.memberships.items()
    )
    rows = [
        Assignment(activity_id=activity, volunteer_id=number, post_id=assigned.post)
        for (activity, number), assigned in plan.assignments.items()
    ]
    Assignment.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["activity", "volunteer"], update_fields=["post"]
    )
    mark_unsettled({number for _, number in plan.assignments}, now_ms, master_data=True)
    Credential.objects.bulk_create(
        Credential(ref=card.ref, volunteer_id=number, method=card.method, assurance=card.assurance)
        for number, card in plan.cards.values()
    )


def _note(plan: Plan, done: Imported, signed: Signed) -> None:
    """One row for the whole file: who came with it, and how much was new."""
    numbers = sorted({person.number for person in plan.whole})
    told = {"volunteers": done.volunteers, "memberships": done.memberships, "cards": done.cards,
            "assignments": done.assignments, "numbers": numbers}  # fmt: skip
    note(Action.ENTER, Kind.VOLUNTEER, "import", signed, after=told)
