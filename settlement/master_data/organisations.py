"""Entering, correcting and moving organisations, and who belongs to them; each change is on record."""

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from msgspec import Struct
from msgspec.structs import astuple

from foundation.errors import RulesError
from foundation.trouble import Trouble
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed
from settlement.conflicts import again_on_conflict
from settlement.master_data.organisation_overview import contents_of
from settlement.models import Membership, Organisation, Volunteer
from settlement.organisations import members, tree
from settlement.reach import check_signed, check_takes_in, check_whole
from settlement.troubles import DecisionTrouble


class Given(Struct, frozen=True):
    """What is entered of an organisation."""

    name: str
    issuer: str = ""
    in_charge: str = ""


def enter_organisation(
    path: str, name: str, signed: Signed, issuer: str = "", in_charge: str = ""
) -> Organisation:
    """Enter an organisation at a place of the tree, or correct the one that stands there.

    Raises RulesError as `settlement.organisations.tree.check_organisation` does, NOT_ALLOWED, OUT_OF_REACH,
    UNKNOWN_ORGANISATION where nothing stands above it.
    """
    given = Given(name.strip(), issuer, in_charge.strip())
    return again_on_conflict(lambda: _enter(path, given, signed))


def add_below(
    parent: Organisation | None, name: str, signed: Signed, issuer: str = "", in_charge: str = ""
) -> Organisation:
    """Enter an organisation at the next free place below another one, or at the top.

    Raises RulesError as `enter_organisation` does, TREE_FULL.
    """
    given = Given(name.strip(), issuer, in_charge.strip())
    return again_on_conflict(lambda: _enter(None, given, signed, parent))


def _enter(
    path: str | None, given: Given, signed: Signed, parent: Organisation | None = None
) -> Organisation:
    with transaction.atomic():
        place = tree.place_below(parent) if path is None else path
        # Whoever ends the one above waits until this is entered.
        rows = Organisation.objects.select_for_update(no_key=True).order_by("path")
        found = {row.path: row for row in rows.filter(path__in=[place, place[: -tree.DIGITS]])}
        before, above = found.get(place), found.get(place[: -tree.DIGITS])
        if before is None and above is None:
            check_whole(signed, Deed.ENTER_ACTIVITIES)
        check_signed(signed, Deed.ENTER_ACTIVITIES, before or above)
        tree.check_organisation(place, *astuple(given))
        if above is None and len(place) > tree.DIGITS:
            raise RulesError(DecisionTrouble.UNKNOWN_ORGANISATION, organisation=place[: -tree.DIGITS])
        known = _values(before) if before else None
        entered = before or Organisation(path=place)
        entered.name, entered.issuer, entered.in_charge = astuple(given)
        entered.save()
        action = Action.CORRECT if before else Action.ENTER
        note(action, Kind.ORGANISATION, place, signed, before=known, after=_values(entered))
    return entered


def end_organisation(organisation: Organisation, signed: Signed) -> None:
    """Take an organisation out of the tree that holds nothing and that no record names.

    Raises RulesError: NOT_ALLOWED, OUT_OF_REACH, ORGANISATION_HOLDS.
    """
    check_signed(signed, Deed.ENTER_ACTIVITIES, organisation)
    with transaction.atomic():
        row = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        if held := contents_of(row):
            what = [Trouble.term("holds", kind, count=count) for kind, count in held.items()]
            raise RulesError(DecisionTrouble.ORGANISATION_HOLDS, organisation=row.name, what=what)
        note(Action.REMOVE, Kind.ORGANISATION, row.path, signed, before=_values(row))
        # Nothing names it, as was counted above; Django would ask each table once more, and the keys hold.
        Organisation.objects.filter(pk=row.pk)._raw_delete(row._state.db)  # noqa: SLF001


def move_organisation(organisation: Organisation, under: Organisation | None, signed: Signed) -> Organisation:
    """Put an organisation and all below it under another one (at the top for None); its records go along.

    Raises RulesError: NOT_ALLOWED, OUT_OF_REACH, MOVED_INTO_ITSELF, TREE_FULL.
    """
    check_signed(signed, Deed.ENTER_ACTIVITIES, organisation, under)
    if under is None:
        check_whole(signed, Deed.ENTER_ACTIVITIES)
    elif tree.is_within(under.path, organisation.path):
        raise RulesError(DecisionTrouble.MOVED_INTO_ITSELF, organisation=organisation.name)
    with transaction.atomic():
        old = organisation.path
        # A place of its own first: nobody else may take it while the branch moves.
        place = tree.add_organisation(organisation.name, parent=under)
        new = place.path
        place.delete()
        branch = Organisation.objects.filter(tree.subtree(old))
        deepest = max(len(path) for path in branch.values_list("path", flat=True)) - len(old) + len(new)
        if deepest > tree.DIGITS * tree.DEEPEST:
            raise RulesError(DecisionTrouble.TREE_FULL)
        branch.update(path=Concat(Value(new), Substr(F("path"), len(old) + 1)))
        note(Action.CORRECT, Kind.ORGANISATION, new, signed, before={"path": old}, after={"path": new})
    organisation.refresh_from_db()
    return organisation


def join_organisation(volunteer: Volunteer, organisation: Organisation, signed: Signed) -> Membership:
    """Let a volunteer belong to an organisation from now on.

    Raises RulesError: ALREADY_MEMBER, ALREADY_ERASED, NUMBER_MERGED, NOT_ALLOWED, OUT_OF_REACH.
    """
    check_signed(signed, Deed.ENTER_PEOPLE, organisation)
    check_takes_in(signed, volunteer)
    with transaction.atomic():
        joined = members.join(volunteer, organisation, signed.now_ms)
        subject = f"{organisation.path}/{volunteer.number}"
        note(Action.ENTER, Kind.MEMBERSHIP, subject, signed, after={"joined_ms": signed.now_ms})
    return joined


def leave_organisation(volunteer: Volunteer, organisation: Organisation, signed: Signed) -> None:
    """End a membership, on the volunteer's written request.

    Raises RulesError: NOT_A_MEMBER, LEFT_BEFORE_JOINING, NOT_ALLOWED, OUT_OF_REACH.
    """
    check_signed(signed, Deed.ENTER_PEOPLE, organisation, owner=volunteer.number)
    with transaction.atomic():
        members.leave(volunteer, organisation, signed.now_ms)
        subject = f"{organisation.path}/{volunteer.number}"
        note(Action.REMOVE, Kind.MEMBERSHIP, subject, signed, after={"left_ms": signed.now_ms})


def _values(row: Organisation) -> dict[str, str]:
    return {"name": row.name, "issuer": row.issuer, "in_charge": row.in_charge}
