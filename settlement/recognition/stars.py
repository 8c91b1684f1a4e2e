"""Stars for approved hours. A downward adjustment asks a person; it withdraws nothing by itself (S19)."""

from collections.abc import Collection, Mapping

from django.db import transaction
from django.db.models import Max, QuerySet

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed
from settlement.ledger.totals import approved_seconds_of
from settlement.merged_numbers import merged_numbers
from settlement.models import StarReview
from settlement.reach import Reach, check_entitled
from settlement.rule_book import rules_now
from settlement.rules.stars import needs_star_review, stars
from settlement.signatures import check_not_own, reason_given
from settlement.troubles import DecisionTrouble


def held_stars(volunteer: int) -> int:
    """The stars that a volunteer has: those of the approved time, and those that nobody has withdrawn.

    Of all numbers of the person together; none for a number that is gone.
    """
    numbers = list(merged_numbers().counted_for([volunteer]))
    kept = standing_reviews(numbers).aggregate(highest=Max("stars_before"))["highest"]
    return stars_of(sum(approved_seconds_of(numbers).values()), kept or 0)


def standing_reviews(numbers: Collection[int]) -> QuerySet[StarReview]:
    """Reviews that took no star of these numbers away."""
    return StarReview.objects.filter(volunteer__in=numbers).exclude(withdrawn=True)


def stars_of(approved_s: int, kept: int) -> int:
    """The stars for that approved time, or those that were kept where they are more."""
    return max(stars(approved_s, rules_now().star_thresholds_h), kept)


def held_stars_of(volunteers: Collection[int]) -> dict[int, int]:
    """The stars of each of these people, as `held_stars` tells those of one."""
    counted, thresholds = merged_numbers().counted_for(volunteers), rules_now().star_thresholds_h
    seconds, kept = dict.fromkeys(volunteers, 0), dict.fromkeys(volunteers, 0)
    for number, t_s in approved_seconds_of(counted).items():
        seconds[counted[number]] += t_s
    reviews = StarReview.objects.filter(volunteer__in=counted).exclude(withdrawn=True)
    for number, stars_before in reviews.values_list("volunteer_id", "stars_before"):
        kept[counted[number]] = max(kept[counted[number]], stars_before)
    return {number: max(stars(seconds[number], thresholds), kept[number]) for number in volunteers}


def raise_star_reviews(before_s: Mapping[int, int], after_s: Mapping[int, int], now_ms: int) -> list[int]:
    """Ask for a decision on everybody whose approved time fell below a star; returns whom.

    Both hold the approved seconds by volunteer. Needs the transaction that approved the adjustment.
    """
    thresholds = rules_now().star_thresholds_h
    fallen = [
        volunteer
        for volunteer, before in before_s.items()
        if needs_star_review(before, after_s.get(volunteer, 0), thresholds)
    ]
    StarReview.objects.bulk_create(
        StarReview(
            volunteer_id=volunteer,
            stars_before=stars(before_s[volunteer], thresholds),
            stars_after=stars(after_s.get(volunteer, 0), thresholds),
            approved_s=after_s.get(volunteer, 0),
            raised_ms=now_ms,
        )
        for volunteer in fallen
    )
    return fallen


def open_star_reviews(reach: Reach) -> QuerySet[StarReview]:
    """Reviews that nobody has decided, the oldest first."""
    return reach.star_reviews().filter(withdrawn=None).order_by("raised_ms", "pk")


def decide_star_review(number: int, by: Actor, now_ms: int, *, withdraw: bool, note: str) -> None:
    """Withdraw the stars that the approved time no longer reaches, or let the volunteer keep them.

    Raises RulesError: UNKNOWN_STAR_REVIEW, ALREADY_DECIDED, SELF_REVIEW, NOT_ALLOWED, OUT_OF_REACH,
    NO_REASON.
    """
    note = reason_given(note)
    with transaction.atomic():
        found = StarReview.objects.select_for_update(no_key=True).filter(pk=number).first()
        if found is None:
            raise RulesError(DecisionTrouble.UNKNOWN_STAR_REVIEW, number=number)
        if found.withdrawn is not None:
            raise RulesError(DecisionTrouble.ALREADY_DECIDED)
        check_not_own(by, found.volunteer_id)
        check_entitled(by, Deed.DECIDE_STARS, found.volunteer)
        found.withdrawn, found.decided_ms, found.note = withdraw, now_ms, note
        found.decided_by, found.decided_account_id = by.name, by.account
        found.save()
