"""Entering volunteers, whom they are expected by, and what stands for them at a terminal."""

import re

from django.db import transaction

from foundation.errors import RulesError
from foundation.person_name import stranger_in, tidied
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed
from settlement.evidence.attribution import attribute_again, mark_unsettled
from settlement.evidence.judge import volunteer_of_token
from settlement.lists.rows import LONGEST_NAME
from settlement.look_up import check_not_erased, volunteer_numbered
from settlement.merged_numbers import check_takes_new, merged_numbers
from settlement.models import Activity, Assignment, Credential, Post, Volunteer
from settlement.name_search import keep_name_keys
from settlement.reach import check_signed, check_takes_in
from settlement.troubles import DecisionTrouble
from sync.contract import one_time_code
from sync.contract.events import Assurance, Method
from sync.contract.volunteer_number import MAX_VOLUNTEER

_TOKEN = re.compile("(badge:[1-9][0-9]*[.](0|[1-9][0-9]*)|phone:[1-9][0-9]*|code:[1-9][0-9]*[.][0-9a-f]{16})")
"""As terminals write them: revoked under another spelling, it would still be admitted."""


def name_entered(said: str) -> str:
    """A name as it is kept, tidied; raises RulesError NAME_STRANGER for a character that stands in none."""
    if stranger := stranger_in(said):
        raise RulesError(DecisionTrouble.NAME_STRANGER, code=stranger.code, place=stranger.place)
    return tidied(said)


def enter_volunteer(number: int, name: str, signed: Signed, language: str = "") -> Volunteer:
    """Enter a volunteer as sites may show them, or correct the one with that number.

    Raises RulesError INVALID_VOLUNTEER, NAME_STRANGER, ALREADY_ERASED, NOT_ALLOWED, OUT_OF_REACH.
    """
    name = name_entered(name)
    if not 1 <= number <= MAX_VOLUNTEER or not name or len(name) > LONGEST_NAME:
        raise RulesError(DecisionTrouble.INVALID_VOLUNTEER, volunteer=number, most=LONGEST_NAME)
    with transaction.atomic():
        before = Volunteer.objects.select_for_update(no_key=True).filter(number=number).first()
        if before is not None:
            check_not_erased(before)
        check_signed(signed, Deed.ENTER_PEOPLE, before)
        known = {"name": before.display_name, "language": before.language} if before else None
        volunteer, _ = Volunteer.objects.update_or_create(
            number=number, defaults={"display_name": name, "language": language}
        )
        if known is None or known["name"] != name:
            keep_name_keys([volunteer], are_new=known is None)
        note(
            Action.CORRECT if before else Action.ENTER,
            Kind.VOLUNTEER,
            number,
            signed,
            before=known,
            after={"name": volunteer.display_name, "language": language},
            volunteer=number,
        )
    return volunteer


def allow_naming(number: int, signed: Signed, *, may_be_named: bool) -> None:
    """Note whether a volunteer may stand in rankings and, masked, in public notices.

    Raises RulesError UNKNOWN_VOLUNTEER, ALREADY_ERASED, NUMBER_MERGED, NOT_ALLOWED, OUT_OF_REACH.
    """
    volunteer = volunteer_numbered(number)
    check_signed(signed, Deed.ENTER_PEOPLE, volunteer, owner=number)
    check_takes_new(number)
    before = {"may_be_named": volunteer.may_be_named}
    with transaction.atomic():
        volunteer.may_be_named = may_be_named
        volunteer.save(update_fields=["may_be_named"])
        after = {"may_be_named": may_be_named}
        note(Action.CORRECT, Kind.VOLUNTEER, number, signed, before=before, after=after, volunteer=number)


def assign(
    activity: Activity, volunteer: Volunteer, signed: Signed, *, post: str | None = None
) -> Assignment:
    """Expect a volunteer at an activity, on a post where one is named; settles the volunteer anew.

    Raises RulesError UNKNOWN_POST, ALREADY_ERASED, NUMBER_MERGED, NOT_ALLOWED, OUT_OF_REACH.
    """
    check_signed(signed, Deed.ENTER_PEOPLE, activity)
    check_takes_in(signed, volunteer)
    check_takes_new(volunteer.number)
    with transaction.atomic():
        before = _assigned(activity, volunteer)
        assignment, _ = Assignment.objects.update_or_create(
            activity=activity,
            volunteer=volunteer,
            defaults={"post": None if post is None else _post(activity, post)},
        )
        subject = f"{activity.pk}/{volunteer.number}"
        note(Action.ENTER, Kind.ASSIGNMENT, subject, signed, before=before, after={"post": post})
        # Events that name no activity may be for this one now.
        attribute_again(signed.now_ms)
        mark_unsettled([volunteer.number], signed.now_ms, master_data=True)
    return assignment


def unassign(activity: Activity, volunteer: Volunteer, signed: Signed) -> None:
    """Expect the volunteer no more; what was served there stays, with a remark (NOT_ASSIGNED).

    Raises RulesError NOT_ALLOWED, OUT_OF_REACH.
    """
    check_signed(signed, Deed.ENTER_PEOPLE, activity)
    with transaction.atomic():
        before = _assigned(activity, volunteer)
        if before is None:
            return
        Assignment.objects.filter(activity=activity, volunteer=volunteer).delete()
        note(Action.REMOVE, Kind.ASSIGNMENT, f"{activity.pk}/{volunteer.number}", signed, before=before)
        attribute_again(signed.now_ms)
        mark_unsettled([volunteer.number], signed.now_ms, master_data=True)


def _assigned(activity: Activity, volunteer: Volunteer) -> dict[str, str | None] | None:
    row = Assignment.objects.select_related("post").filter(activity=activity, volunteer=volunteer).first()
    return None if row is None else {"post": row.post.name if row.post else None}


def enter_credential(
    ref: str, volunteer: Volunteer, method: Method, assurance: Assurance, signed: Signed
) -> Credential:
    """Let a card, telephone or badge stand for a volunteer; scans that waited for it count now.

    Raises RulesError CREDENTIAL_TAKEN where it stands for somebody else, ALREADY_ERASED, NUMBER_MERGED,
    NOT_ALLOWED, OUT_OF_REACH.
    """
    check_signed(signed, Deed.ENTER_PEOPLE, volunteer)
    check_takes_new(volunteer.number)
    with transaction.atomic():
        credential, is_new = Credential.objects.get_or_create(
            ref=ref, defaults={"volunteer": volunteer, "method": method, "assurance": assurance}
        )
        if credential.volunteer_id not in merged_numbers().numbers_of(volunteer.number):
            raise RulesError(DecisionTrouble.CREDENTIAL_TAKEN)
        if is_new:
            after = {"ref": ref, "method": method}
            note(
                Action.ENTER,
                Kind.CREDENTIAL,
                volunteer.number,
                signed,
                after=after,
                volunteer=volunteer.number,
            )
        attribute_again(signed.now_ms)
    return credential


def revoke_credential(ref: str, from_ms: int | None, now_ms: int) -> Credential:
    """Let a credential stand for nobody from that moment on, be it past: scans since then are held (S2).

    None takes the revocation back. A badge is known by its number alone and needs no entry before. Raises
    RulesError UNKNOWN_CREDENTIAL.
    """
    with transaction.atomic():
        credential = Credential.objects.select_for_update(no_key=True).filter(ref=ref).first() or _token(ref)
        credential.revoked_ms = from_ms
        credential.save()
        mark_unsettled([credential.volunteer_id], now_ms, master_data=True)
    return credential


def _token(ref: str) -> Credential:
    """The credential of a badge or phone code, which prove themselves and are entered only to be revoked."""
    number = volunteer_of_token(ref) if _TOKEN.fullmatch(ref) else None
    volunteer = Volunteer.objects.filter(number=number or 0).first()
    if volunteer is None:
        raise RulesError(DecisionTrouble.UNKNOWN_CREDENTIAL)
    family = ref.partition(":")[0]
    method = Method.SMS_CODE if family == one_time_code.FAMILY else Method(family)
    return Credential(ref=ref, volunteer=volunteer, method=method, assurance=Assurance.MEDIUM)


def _post(activity: Activity, name: str) -> Post:
    post = Post.objects.filter(activity=activity, name=name).first()
    if post is None:
        raise RulesError(DecisionTrouble.UNKNOWN_POST, activity=activity.id, post=name)
    return post
