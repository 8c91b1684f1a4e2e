"""Who belongs to an organisation, and since when."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from foundation.errors import RulesError
from settlement.merged_numbers import check_takes_new, merged_numbers
from settlement.models import Assignment, LedgerEntry, Membership, MergedNumber, Organisation, Volunteer
from settlement.organisations.tree import subtree
from settlement.troubles import DecisionTrouble


def join(volunteer: Volunteer, organisation: Organisation, at_ms: int) -> Membership:
    """Let a volunteer belong to an organisation from that moment on.

    Raises RulesError ALREADY_MEMBER for somebody who does already, ALREADY_ERASED, NUMBER_MERGED.
    """
    with transaction.atomic():
        Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
        check_takes_new(volunteer.number)
        if _current(volunteer, organisation).exists():
            raise RulesError(
                DecisionTrouble.ALREADY_MEMBER, volunteer=volunteer.number, organisation=organisation.name
            )
        return Membership.objects.create(volunteer=volunteer, organisation=organisation, joined_ms=at_ms)


def leave(volunteer: Volunteer, organisation: Organisation, at_ms: int) -> None:
    """End a membership, on the volunteer's written request; hours, points and stars stay as they are.

    Raises RulesError NOT_A_MEMBER, or LEFT_BEFORE_JOINING for a moment before the membership began.
    """
    with transaction.atomic():
        membership = _current(volunteer, organisation).select_for_update(no_key=True).first()
        if membership is None:
            raise RulesError(
                DecisionTrouble.NOT_A_MEMBER, volunteer=volunteer.number, organisation=organisation.name
            )
        if at_ms < membership.joined_ms:
            raise RulesError(
                DecisionTrouble.LEFT_BEFORE_JOINING,
                volunteer=volunteer.number,
                organisation=organisation.name,
            )
        membership.left_ms = at_ms
        membership.save(update_fields=["left_ms"])


def members_of(path: str, at_ms: int) -> QuerySet[Volunteer]:
    """Everybody who belonged, at that moment, to the organisation at `path` or to one below it."""
    held = Membership.objects.filter(subtree(path, "organisation__path"), joined_ms__lte=at_ms)
    held = held.filter(Q(left_ms__isnull=True) | Q(left_ms__gt=at_ms))
    return Volunteer.objects.filter(number__in=held.values("volunteer")).order_by("number")


def people_of(path: str, among: Collection[int] | None = None) -> QuerySet[Volunteer]:
    """Who belongs to the organisation at `path` or one below it, or is expected at or has served in their
    activities, under whichever of the own numbers; everybody for an empty path.

    `among` asks of few people alone, which costs the same however many there are.
    """
    named = Q() if among is None else Q(pk__in=among)
    if not path:
        return Volunteer.objects.filter(named)
    kept = MergedNumber.objects.filter(taken_back=None, kept=OuterRef("pk"))
    known = _is_of(path, "pk") | Q(Exists(kept.filter(_is_of(path, "gone"))))
    return Volunteer.objects.filter(named & known)


def reached_among(path: str, numbers: QuerySet[Any]) -> set[int]:
    """Those of these numbers whose people `people_of` tells, for thousands at once.

    They are joined with what is known of them instead of asked one by one. `numbers` is a query of one
    column; what is known of a number that is gone is known of the kept one.
    """
    merged = merged_numbers()
    if merged.gone:
        numbers = numbers.union(MergedNumber.objects.filter(taken_back=None, kept__in=numbers).values("gone"))
    of_activity = subtree(path, "activity__organisation__path")
    members = Membership.objects.filter(subtree(path, "organisation__path"), left_ms=None)
    known = [
        rows.filter(volunteer__in=numbers).order_by().values_list("volunteer_id")
        for rows in (
            members,
            Assignment.objects.filter(of_activity),
            LedgerEntry.objects.filter(of_activity),
        )
    ]
    found = {number for (number,) in known[0].union(*known[1:])}
    return found.union(map(merged.kept, found))


def _is_of(path: str, number: str) -> Q:
    """That the number belongs there, is expected or has served: asked of each by itself."""
    volunteer = OuterRef(number)
    members = Membership.objects.filter(subtree(path, "organisation__path"), left_ms=None)
    of_activity = subtree(path, "activity__organisation__path")
    expected = Assignment.objects.filter(of_activity, volunteer=volunteer)
    served = LedgerEntry.objects.filter(of_activity, volunteer=volunteer)
    return Q(Exists(members.filter(volunteer=volunteer))) | Q(Exists(expected)) | Q(Exists(served))


def organisations_of(volunteer: int, at_ms: int) -> QuerySet[Organisation]:
    """The organisations to which a volunteer belonged at that moment."""
    held = Membership.objects.filter(volunteer=volunteer, joined_ms__lte=at_ms)
    held = held.filter(Q(left_ms__isnull=True) | Q(left_ms__gt=at_ms))
    return Organisation.objects.filter(pk__in=held.values("organisation")).order_by("path")


def _current(volunteer: Volunteer, organisation: Organisation) -> QuerySet[Membership]:
    return Membership.objects.filter(volunteer=volunteer, organisation=organisation, left_ms=None)
