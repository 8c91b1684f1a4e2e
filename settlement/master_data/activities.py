"""Entering and correcting activities: phases, shifts, breaks, posts. A correction is settled anew (S17)."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec
from django.db import transaction
from django.db.models import ProtectedError
from msgspec import Struct

from foundation.errors import RulesError
from foundation.trouble import Trouble
from settlement.accounts.audit import Action, Kind, Signed, note, records_of
from settlement.accounts.authority import Deed
from settlement.evidence.attribution import attribute_again
from settlement.evidence.resettle import settle_again_with
from settlement.look_up import activity_called, organisation_at, site_coded
from settlement.models import Activity, Break, PhaseChange, Post, Shift
from settlement.reach import check_signed, check_whole
from settlement.rule_book import rules_at
from settlement.rules.evidence import ActivityKind, Phase
from settlement.rules.policy import CENTRES, ActivityPolicy
from settlement.rules.rule_set import BreakMode, check_weights
from settlement.troubles import DecisionTrouble
from sync.contract.roster import UNRESOLVED_ACTIVITY

Interval = tuple[int, int]
"""UTC milliseconds, [from, until)."""

_ORDER = list(Phase)


class ActivityDescription(Struct, frozen=True, kw_only=True):
    """What an activity is, apart from its times; `posts` are the duty of each in thousandths by name."""

    id: str
    site: str
    title: str
    organisation: str | None = None
    """The path of the organisation that records its hours."""
    kind: ActivityKind = ActivityKind.SERVICE
    content: str = ""
    recipients: str = ""
    posts: dict[str, int] = {}
    assigned_only: bool = False
    policy: ActivityPolicy = CENTRES
    """What it fixes otherwise than the centre's rules."""


class ActivityValues(ActivityDescription, frozen=True, kw_only=True):
    """Everything that is entered of an activity; the whole is replaced when it is corrected.

    `phases` are (phase, from when on), in UTC milliseconds as are all times.
    """

    phases: tuple[tuple[Phase, int], ...] = ()
    shifts: tuple[Interval, ...] = ()
    breaks: tuple[Interval, ...] = ()


def enter_activity(values: ActivityValues, signed: Signed) -> Activity:
    """Enter an activity, or correct the one with that id: everybody with evidence in it is settled anew.

    Raises RulesError: ACTIVITY_WITHOUT_NAME, RESERVED_ID, UNKNOWN_SITE, UNKNOWN_ORGANISATION,
    PHASES_OVERLAP, PHASES_OUT_OF_ORDER, TIMES_OVERLAP, WEIGHT_OUT_OF_RANGE, POST_TAKEN, NOT_ALLOWED,
    OUT_OF_REACH; then nothing was written.
    """
    _check(values)
    with transaction.atomic():
        before = _check_entitled(values, signed)
        activity, _ = Activity.objects.update_or_create(
            id=values.id,
            defaults={
                "site": site_coded(values.site),
                "organisation": organisation_at(values.organisation) if values.organisation else None,
                "kind": values.kind,
                "title": values.title.strip(),
                "content": values.content.strip(),
                "recipients": values.recipients.strip(),
                "assigned_only": values.assigned_only,
                "policy": _stored(values.policy),
            },
        )
        _replace_times(activity, values)
        _replace_posts(activity, values.posts)
        # Events that named this activity before it was entered are waiting for it.
        attribute_again(signed.now_ms)
        settle_again_with(activity.id, (), signed.now_ms)
        action = Action.CORRECT if before else Action.ENTER
        note(action, Kind.ACTIVITY, activity.id, signed, before=before, after=values_of(activity))
    return activity


def values_of(activity: Activity) -> dict[str, object]:
    """What is entered of an activity, as the audit keeps it: `ActivityValues` once more."""
    activity = Activity.objects.select_related("organisation").get(pk=activity.pk)
    values = ActivityValues(
        id=activity.id,
        site=activity.site_id,
        title=activity.title,
        organisation=activity.organisation.path if activity.organisation else None,
        kind=ActivityKind(activity.kind),
        content=activity.content,
        recipients=activity.recipients,
        posts={post.name: post.duty_pm for post in activity.posts.order_by("name")},
        assigned_only=activity.assigned_only,
        policy=msgspec.convert(activity.policy or {}, ActivityPolicy),
        phases=tuple((Phase(row.phase), row.from_ms) for row in activity.phases.all()),
        shifts=tuple((row.start_ms, row.end_ms) for row in activity.shifts.all()),
        breaks=tuple((row.start_ms, row.end_ms) for row in activity.breaks.all()),
    )
    built: dict[str, object] = msgspec.to_builtins(values)
    return built


def activity_as_of(name: str, at_ms: int) -> ActivityValues | None:
    """What was entered of an activity at a moment; None where it was not there yet.

    The audit keeps what each correction replaced, so an old line can be computed again. Raises RulesError
    UNKNOWN_ACTIVITY.
    """
    activity = activity_called(name)
    later = records_of(Kind.ACTIVITY, name).filter(at_ms__gt=at_ms).order_by("at_ms", "pk").first()
    values = values_of(activity) if later is None else later.values.before
    return None if values is None else msgspec.convert(values, ActivityValues)


def _check_entitled(values: ActivityValues, signed: Signed) -> dict[str, object] | None:
    """What is there so far; raises RulesError where it is, or becomes, somebody else's."""
    known = Activity.objects.select_related("organisation").filter(id=values.id).first()
    home = organisation_at(values.organisation) if values.organisation else None
    if home is None:
        check_whole(signed, Deed.ENTER_ACTIVITIES)
    check_signed(signed, Deed.ENTER_ACTIVITIES, known, home)
    if known is None or known.site_id != values.site:
        # Who has an activity at a site reaches it: whoever runs it says where others may have one.
        check_signed(signed, Deed.ENTER_ACTIVITIES, site_coded(values.site))
    return values_of(known) if known else None


def takes_no_breaks(values: ActivityValues, now_ms: int) -> bool:
    """Whether breaks are entered that nothing is taken off for, because the rules say otherwise (S8)."""
    mode = values.policy.break_mode or rules_at(now_ms).break_mode
    return bool(values.breaks) and mode is not BreakMode.SCHEDULED


def _stored(policy: ActivityPolicy) -> dict[str, object] | None:
    said = {name: value for name, value in msgspec.to_builtins(policy).items() if value is not None}
    return said or None


def _replace_times(activity: Activity, values: ActivityValues) -> None:
    activity.phases.all().delete()
    activity.shifts.all().delete()
    activity.breaks.all().delete()
    PhaseChange.objects.bulk_create(
        PhaseChange(activity=activity, phase=phase, from_ms=from_ms) for phase, from_ms in values.phases
    )
    Shift.objects.bulk_create(
        Shift(activity=activity, start_ms=low, end_ms=high) for low, high in values.shifts
    )
    Break.objects.bulk_create(
        Break(activity=activity, start_ms=low, end_ms=high) for low, high in values.breaks
    )


def _replace_posts(activity: Activity, posts: dict[str, int]) -> None:
    try:
        activity.posts.exclude(name__in=posts).delete()
    except ProtectedError as error:
        raise RulesError(DecisionTrouble.POST_TAKEN, activity=activity.id) from error
    for name, duty_pm in posts.items():
        Post.objects.update_or_create(activity=activity, name=name, defaults={"duty_pm": duty_pm})


def _check(values: ActivityValues) -> None:
    if not values.id.strip() or not values.title.strip():
        raise RulesError(DecisionTrouble.ACTIVITY_WITHOUT_NAME)
    if values.id == UNRESOLVED_ACTIVITY:
        raise RulesError(DecisionTrouble.RESERVED_ID, activity=values.id)
    _check_phases(values)
    _check_disjoint("shifts", values.id, values.shifts)
    _check_disjoint("breaks", values.id, values.breaks)
    for duty_pm in values.posts.values():
        check_weights(duty_pm, 1000)


def _check_phases(values: ActivityValues) -> None:
    """Phases follow each other in the order of an activity's life, each later than the one before."""
    for (phase, from_ms), (following, following_ms) in pairwise(values.phases):
        if following_ms <= from_ms:
            raise RulesError(
                DecisionTrouble.PHASES_OVERLAP,
                activity=values.id,
                phase=_term(phase),
                following=_term(following),
            )
        if _ORDER.index(following) <= _ORDER.index(phase):
            raise RulesError(
                DecisionTrouble.PHASES_OUT_OF_ORDER,
                activity=values.id,
                phase=_term(phase),
                following=_term(following),
                order=[*map(_term, _ORDER)],
            )


def _term(phase: Phase) -> Trouble:
    return Trouble.term("phase", phase)


def _check_disjoint(what: str, activity: str, times: Sequence[Interval]) -> None:
    if any(high <= low for low, high in times) or _overlap(times):
        raise RulesError(DecisionTrouble.TIMES_OVERLAP, activity=activity, times=Trouble.term("times", what))


def _overlap(times: Iterable[Interval]) -> bool:
    return any(following[0] < before[1] for before, following in pairwise(sorted(times)))
