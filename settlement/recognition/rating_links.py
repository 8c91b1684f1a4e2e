"""Ratings by link: whoever has no account is asked by a secret address, and rates by it once.

A link is for one person: the volunteer, a colleague who served in the same activity, or somebody who was
served. Who asked is on record, and asks for nobody's rating of the own service.
"""

import hashlib
import secrets
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet
from msgspec import Struct

from foundation.errors import RulesError
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed
from settlement.merged_numbers import check_takes_new
from settlement.models import Activity, LedgerEntry, Rating, RatingLink, Volunteer
from settlement.reach import Reach, check_signed
from settlement.recognition.masking import masked_name
from settlement.recognition.ratings import RaterRole, check_served, take_down
from settlement.signatures import check_not_own, person_named
from settlement.troubles import DecisionTrouble

BY_LINK = (RaterRole.RECIPIENT, RaterRole.PEER, RaterRole.SELF)
"""Whoever leads an activity has an account."""
_DAY_MS = 86_400_000
_KEPT_DAYS = 30
_MOST_TOLD = 50


class LinkState(StrEnum):
    """What has become of a link; `rating_link-…` in the catalogs."""

    OPEN = "open"
    USED = "used"
    WITHDRAWN = "withdrawn"
    OVER = "over"


class RatingAsked(Struct, frozen=True):
    """What whoever holds a link is shown: no more of the volunteer than the masked name."""

    name: str
    activity: str
    organisation: str
    role: RaterRole


def ask_for_rating(
    volunteer: Volunteer,
    activity: Activity,
    role: RaterRole,
    days: int,
    signed: Signed,
    rater: Volunteer | None = None,
) -> tuple[RatingLink, str]:
    """Make a link by which one person rates once within some days; its secret is told this one time.

    `rater` is the colleague who is asked. Raises RulesError: NOT_ALLOWED, OUT_OF_REACH, SELF_REVIEW,
    NOT_SERVED, RATER_IS_ANOTHER, ALREADY_ERASED, NUMBER_MERGED.
    """
    check_signed(signed, Deed.READ_PEOPLE, activity)
    if signed.by is not None:
        check_not_own(signed.by, volunteer.number)
    asked = volunteer if role is RaterRole.SELF else rater if role is RaterRole.PEER else None
    if role not in BY_LINK or (role is RaterRole.PEER) != (asked not in {None, volunteer}):
        raise RulesError(DecisionTrouble.RATER_IS_ANOTHER)
    for person in filter(None, (volunteer, asked)):
        check_takes_new(person.number)
        check_served(person, activity)
    secret = secrets.token_urlsafe(24)
    with transaction.atomic():
        row = RatingLink.objects.create(
            volunteer=volunteer,
            activity=activity,
            role=role,
            rater=asked,
            digest=_digest(secret),
            asked_by=signed.by.name if signed.by else "",
            asked_account_id=signed.by.account if signed.by else None,
            asked_ms=signed.now_ms,
            ends_ms=signed.now_ms + days * _DAY_MS,
        )
        note(Action.ENTER, Kind.RATING, _subject(row), signed, after=_values(row))
    return row, secret


def withdraw_rating_link(number: int, signed: Signed) -> None:
    """Let a link be good no more; one that was used stays what it is.

    Raises RulesError: UNKNOWN_RATING_LINK, NOT_ALLOWED, OUT_OF_REACH.
    """
    row = RatingLink.objects.select_related("activity").filter(pk=number).first()
    if row is None:
        raise RulesError(DecisionTrouble.UNKNOWN_RATING_LINK, number=number)
    check_signed(signed, Deed.READ_PEOPLE, row.activity)
    with transaction.atomic():
        open_ones = RatingLink.objects.filter(pk=row.pk, used_ms=None, withdrawn_ms=None)
        if open_ones.update(withdrawn_ms=signed.now_ms):
            note(Action.REMOVE, Kind.RATING, _subject(row), signed, before=_values(row))


def rating_asked(secret: str, now_ms: int) -> RatingAsked:
    """What a link asks for; raises RulesError RATING_LINK_WITHDRAWN, or RATING_LINK_OVER for any other."""
    row = _good(secret, now_ms)
    organisation = row.activity.organisation
    return RatingAsked(
        masked_name(row.volunteer.display_name),
        row.activity.title,
        organisation.name if organisation else "",
        RaterRole(row.role),
    )


def rate_by_link(secret: str, effect_pm: int, name: str, remark: str, now_ms: int) -> Rating:
    """Take down what the holder of a link says, and use the link up; `name` is that of somebody served.

    Raises RulesError as `rating_asked` and `settlement.recognition.ratings.take_down` do, and NOBODY.
    """
    with transaction.atomic():
        row = _good(secret, now_ms)
        # Of a volunteer the number alone is kept beside the rating: the name goes when the person is erased.
        rater = str(row.rater_id) if row.rater_id else person_named(name)
        open_ones = RatingLink.objects.filter(pk=row.pk, used_ms=None, withdrawn_ms=None)
        if not open_ones.update(used_ms=now_ms):
            raise RulesError(DecisionTrouble.RATING_LINK_OVER)
        return take_down(
            row.volunteer,
            row.activity,
            RaterRole(row.role),
            effect_pm,
            rater=rater,
            account=None,
            now_ms=now_ms,
            note=remark,
        )


def links_about(volunteer: Volunteer, reach: Reach) -> list[RatingLink]:
    """What was asked about somebody's service in reach, the newest first."""
    rows = reach.rating_links().filter(volunteer=volunteer).select_related("activity", "rater")
    return list(rows.order_by("-pk")[:_MOST_TOLD])


def ratings_about(volunteer: Volunteer, reach: Reach) -> list[Rating]:
    """What was said of somebody's service in reach, the newest first."""
    rows = reach.ratings().filter(volunteer=volunteer).select_related("activity")
    return list(rows.order_by("-pk")[:_MOST_TOLD])


def served_in(volunteer: Volunteer, reach: Reach) -> QuerySet[Activity]:
    """The activities in reach in which somebody has served."""
    lines = LedgerEntry.objects.filter(volunteer=volunteer).values("activity")
    return reach.activities().filter(pk__in=lines).order_by("title", "pk")


def state_of(link: RatingLink, now_ms: int) -> LinkState:
    """What has become of a link."""
    if link.used_ms is not None:
        return LinkState.USED
    if link.withdrawn_ms is not None:
        return LinkState.WITHDRAWN
    return LinkState.OPEN if now_ms < link.ends_ms else LinkState.OVER


def forget_rating_links(now_ms: int) -> None:
    """Take away links a month after their end; that they were made is in the audit."""
    RatingLink.objects.filter(ends_ms__lt=now_ms - _KEPT_DAYS * _DAY_MS).delete()


def _good(secret: str, now_ms: int) -> RatingLink:
    rows = RatingLink.objects.select_related("volunteer", "activity__organisation")
    found = rows.filter(digest=_digest(secret)).first()
    state = state_of(found, now_ms) if found else LinkState.OVER
    if found is None or state is not LinkState.OPEN:
        withdrawn = state is LinkState.WITHDRAWN
        code = DecisionTrouble.RATING_LINK_WITHDRAWN if withdrawn else DecisionTrouble.RATING_LINK_OVER
        raise RulesError(code)
    return found


def _subject(row: RatingLink) -> str:
    return f"{row.activity_id}/{row.volunteer_id}"


def _values(row: RatingLink) -> dict[str, object]:
    return {"link": row.pk, "role": row.role, "rater": row.rater_id, "ends_ms": row.ends_ms}


def _digest(secret: str) -> str:
    # As random as a key: nothing is gained by a slow hash.
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
