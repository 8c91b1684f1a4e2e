"""Ratings of the effect of somebody's service, and V, which weighs T by duty and effect (S13)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed
from settlement.database.one_statement import Part
from settlement.ledger.totals import ApprovedLine, approved_lines
from settlement.merged_numbers import check_takes_new, merged_numbers
from settlement.models import Activity, Assignment, LedgerEntry, Rating, Volunteer
from settlement.reach import check_entitled
from settlement.rule_book import rules_now
from settlement.rules.hours import assess_value, effect_from_ratings
from settlement.rules.rule_set import RuleSet, check_weights
from settlement.signatures import note_given, person_named
from settlement.troubles import DecisionTrouble


class RaterRole(StrEnum):
    """Who judges; the first three make the effect, recipients' ratings count for commendations."""

    SELF = "self"
    PEER = "peer"
    LEADER = "leader"
    RECIPIENT = "recipient"


EFFECT_ROLES = (RaterRole.SELF, RaterRole.PEER, RaterRole.LEADER)


class AssessedValue(Struct, frozen=True):
    """V of a volunteer in an activity: `v_s` is `t_s` weighed by duty and effect, in thousandths.

    It is never printed as service time.
    """

    activity: str
    t_s: int
    duty_pm: int
    effect_pm: int
    v_s: int


def rate(
    volunteer: Volunteer,
    activity: Activity,
    role: RaterRole,
    effect_pm: int,
    *,
    by: Actor,
    now_ms: int,
    note: str = "",
    recipient: str = "",
) -> Rating:
    """Take down a rating of the actor's own; of somebody who was served, `recipient` is the name.

    Raises RulesError: WEIGHT_OUT_OF_RANGE, ALREADY_ERASED, NUMBER_MERGED, NOT_ALLOWED, OUT_OF_REACH, NOBODY
    without the recipient's name, NOTE_TOO_LONG, SELF_RATING, NOT_SERVED.
    """
    check_weights(1000, effect_pm)
    if (str(volunteer.number) in by.marks) != (role is RaterRole.SELF):
        raise RulesError(DecisionTrouble.SELF_RATING)
    if role in {RaterRole.LEADER, RaterRole.RECIPIENT} or not _served(by.volunteer, activity):
        # A peer, and the volunteer, has served there; everybody else speaks for the activity.
        check_entitled(by, Deed.READ_PEOPLE, activity, owner=volunteer.number)
    rater = person_named(recipient) if role is RaterRole.RECIPIENT else by.name
    return take_down(
        volunteer, activity, role, effect_pm, rater=rater, account=by.account, now_ms=now_ms, note=note
    )


def take_down(
    volunteer: Volunteer,
    activity: Activity,
    role: RaterRole,
    effect_pm: int,
    *,
    rater: str,
    account: int | None,
    now_ms: int,
    note: str,
) -> Rating:
    """Keep a rating whose `rater` is known: by an account, or by a link that was given to nobody else.

    Raises RulesError: WEIGHT_OUT_OF_RANGE, ALREADY_ERASED, NUMBER_MERGED, NOTE_TOO_LONG, NOT_SERVED.
    """
    check_weights(1000, effect_pm)
    check_takes_new(volunteer.number)
    check_served(volunteer, activity)
    return Rating.objects.create(
        volunteer=volunteer,
        activity=activity,
        role=role,
        by=rater,
        account_id=account,
        effect_pm=effect_pm,
        note=note_given(note),
        at_ms=now_ms,
    )


def check_served(volunteer: Volunteer, activity: Activity) -> None:
    """Raise RulesError NOT_SERVED for somebody without a line in the activity."""
    if not _served(volunteer.number, activity):
        raise RulesError(DecisionTrouble.NOT_SERVED, volunteer=volunteer.number, activity=activity.title)


def _served(volunteer: int | None, activity: Activity) -> bool:
    return LedgerEntry.objects.filter(volunteer=volunteer or 0, activity=activity).exists()


def effect_of(volunteer: int, activity: str) -> int:
    """The effect of somebody's service in an activity: the mean of the last rating of each role.

    Of the person, under whichever number it was given.
    """
    found = _effects(volunteer, [activity]).get(activity)
    return rules_now().default_effect_pm if found is None else found


def duty_of(volunteer: int, activity: str) -> int:
    """The weight of the post that somebody has in an activity, of several numbers the kept one's first."""
    found = _duties(volunteer, [activity]).get(activity)
    return rules_now().default_duty_pm if found is None else found


def assessed_values(volunteer: int) -> list[AssessedValue]:
    """V of a volunteer, by activity; from the approved time of the whole activity, rounded once."""
    lines = approved_lines(volunteer)
    served = {line.activity for line in lines}
    return values_of(lines, _duties(volunteer, served), _effects(volunteer, served))


def values_of(
    lines: Iterable[ApprovedLine], duties: Mapping[str, int], effects: Mapping[str, int]
) -> list[AssessedValue]:
    """The same of approved lines, by the duties and effects that are known, by activity."""
    time: dict[str, int] = {}
    for line in lines:
        time[line.activity] = time.get(line.activity, 0) + line.t_s
    rules = rules_now()
    return [_value(rules, activity, t_s, duties, effects) for activity, t_s in time.items()]


def _value(
    rules: RuleSet, activity: str, t_s: int, duties: Mapping[str, int], effects: Mapping[str, int]
) -> AssessedValue:
    duty_pm = duties.get(activity, rules.default_duty_pm)
    effect_pm = effects.get(activity, rules.default_effect_pm)
    return AssessedValue(activity, t_s, duty_pm, effect_pm, assess_value(t_s, duty_pm, effect_pm))


def value_parts(volunteer: int, activity: str) -> tuple[Part, Part]:
    """What makes the value of somebody's service in one activity, to be read together with other things."""
    theirs = {"volunteer__in": merged_numbers().numbers_of(volunteer), "activity": activity}
    return (
        (Rating.objects.filter(**theirs, role__in=EFFECT_ROLES), ("pk", "role", "effect_pm")),
        (Assignment.objects.filter(**theirs, post__isnull=False), ("volunteer_id", "post__duty_pm")),
    )


def value_of(
    volunteer: int, activity: str, t_s: int, ratings: list[list[Any]], posts: list[list[Any]]
) -> AssessedValue:
    """V in one activity of the approved time `t_s` there, of what was read for `value_parts`."""
    effects = effects_in((activity, role, effect_pm) for _, role, effect_pm in sorted(ratings))
    held = ((activity, number, duty_pm) for number, duty_pm in posts)
    duties = duties_in(held, merged_numbers().numbers_of(volunteer))
    return _value(rules_now(), activity, t_s, duties, effects)


def _effects(volunteer: int, activities: Collection[str]) -> dict[str, int]:
    numbers = merged_numbers().numbers_of(volunteer)
    rows = Rating.objects.filter(volunteer__in=numbers, activity__in=activities, role__in=EFFECT_ROLES)
    return effects_in(rows.order_by("pk").values_list("activity__id", "role", "effect_pm"))


def effects_in(rated: Iterable[tuple[str, str, int]]) -> dict[str, int]:
    """The effect by activity of ratings in their order: activity, role and thousandths of each."""
    last: dict[str, dict[str, int]] = {}
    for activity, role, effect_pm in rated:
        last.setdefault(activity, {})[role] = effect_pm
    return {activity: effect_from_ratings(of_role.values()) for activity, of_role in last.items()}


def _duties(volunteer: int, activities: Collection[str]) -> dict[str, int]:
    numbers = merged_numbers().numbers_of(volunteer)
    rows = Assignment.objects.filter(volunteer__in=numbers, activity__in=activities, post__isnull=False)
    return duties_in(rows.values_list("activity__id", "volunteer__number", "post__duty_pm"), numbers)


def duties_in(posts: Iterable[tuple[str, int, int]], numbers: Sequence[int]) -> dict[str, int]:
    """The weight by activity of posts (activity, number, thousandths) of a person's numbers."""
    held = {(activity, number): duty_pm for activity, number, duty_pm in posts}
    # The last to be put down is the kept number's.
    return {
        activity: held[activity, number]
        for number in reversed(numbers)
        for activity in {activity for activity, _ in held}
        if (activity, number) in held
    }
