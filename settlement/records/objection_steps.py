"""Who may do what an objection needs: how many people that takes, who is out of it, and which is missing.

Somebody who did not decide on the line answers; another confirms the times that the answer corrects; a third,
by whom none of these times is, reviews the line anew.
"""

from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from itertools import accumulate

from django.db.models import Q
from msgspec import Struct

from foundation.errors import RulesError
from settlement.accounts.accounts import marks_of
from settlement.accounts.actor import Level, Role
from settlement.accounts.authority import Deed, allowed
from settlement.merged_numbers import merged_numbers
from settlement.models import Account, Activity, Dispute, Review
from settlement.reach import Reach
from settlement.troubles import AccountTrouble

_LEVEL_DIGITS = 4


class ObjectionStep(StrEnum):
    """What has to be done, in this order; `objection-step_…` in the catalogs."""

    ANSWER = "answer"
    CONFIRM = "confirm"
    REVIEW = "review"


_DEEDS = {
    ObjectionStep.ANSWER: Deed.ANSWER_DISPUTE,
    ObjectionStep.CONFIRM: Deed.CONFIRM_MANUAL,
    ObjectionStep.REVIEW: Deed.REVIEW,
}


class ObjectionPeople(Struct, frozen=True):
    """How many people could do each step; `decided` are the names of those who decided on the line before.

    `missing` is the first step for which nobody is left, where each is done by another person.
    """

    able: dict[ObjectionStep, int]
    decided: tuple[str, ...]
    missing: ObjectionStep | None


def people_for(dispute: Dispute, reach: Reach) -> ObjectionPeople:
    """Who there is for an objection that is reached; raises RulesError OUT_OF_REACH."""
    if not reach.disputes().filter(pk=dispute.pk).exists():
        raise RulesError(AccountTrouble.OUT_OF_REACH, name=dispute.activity.title)
    numbers = merged_numbers().numbers_of(dispute.volunteer_id)
    decided = [*_decided(dispute, numbers)]
    deciders = frozenset(mark for review in decided for mark in marks_of(review.account, review.by))
    able: dict[ObjectionStep, set[str]] = {step: set() for step in ObjectionStep}
    for account in _accounts(dispute.activity):
        marks = marks_of(account, account.real_name)
        if not marks.isdisjoint(map(str, numbers)):
            continue
        level, roles = Level(account.level), [Role(role) for role in account.roles]
        for step, people in able.items():
            is_barred = step is ObjectionStep.ANSWER and not marks.isdisjoint(deciders)
            if allowed(level, roles, _DEEDS[step]) and not is_barred:
                people.add(account.person)
    return ObjectionPeople(
        {step: len(people) for step, people in able.items()},
        tuple(dict.fromkeys(review.by for review in decided)),
        _missing([*able.values()]),
    )


def _decided(dispute: Dispute, numbers: Collection[int]) -> Iterator[Review]:
    rows = Review.objects.select_related("account").filter(
        entry__volunteer__in=numbers,
        entry__activity=dispute.activity_id,
        entry__local_date=dispute.local_date,
    )
    yield from rows.exclude(by="").order_by("at_ms")


def _accounts(activity: Activity) -> Iterator[Account]:
    """Those that act at the activity: of its organisation and of those above it, and of the whole tree."""
    path = activity.organisation.path if activity.organisation else ""
    above = [*accumulate(path[at : at + _LEVEL_DIGITS] for at in range(0, len(path), _LEVEL_DIGITS))]
    rows = Account.objects.filter(ended_ms=None).exclude(level=Level.VOLUNTEER)
    yield from rows.filter(Q(organisation=None) | Q(organisation__path__in=above))


def _missing(able: Sequence[set[str]], taken: frozenset[str] = frozenset()) -> ObjectionStep | None:
    """The first step that nobody is left for, whoever of those who can does the steps before."""
    steps: list[ObjectionStep] = list(ObjectionStep)
    if not able:
        return None
    missing: ObjectionStep = steps[-len(able)]
    # More than there are steps are never needed to tell.
    for one in sorted(able[0] - taken)[: len(steps)]:
        later = _missing(able[1:], taken | {one})
        if later is None:
            return None
        if steps.index(later) > steps.index(missing):
            missing = later
    return missing
