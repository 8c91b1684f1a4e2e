"""Worked cases of the kinds `dating`, from anchors to times, and `closes`: when lines may be reviewed."""

from datetime import UTC, date, datetime, timedelta

from msgspec import Struct

from settlement.cases.case_file import Answer, Case, CaseActivity, Instant, Setting, milliseconds
from settlement.rules.dating import Anchor, Boot, Timeline
from settlement.rules.local_dates import local_dates
from settlement.rules.readiness import closes_s, review_due


class CaseAnchor(Struct, frozen=True):
    """At `mono_ms` since the boot it was `utc`, give or take `error_ms`."""

    mono_ms: int
    utc: Instant
    error_ms: int


class CaseBoot(Struct, frozen=True):
    """A boot of a terminal, which is known to have run for `last_mono_ms`."""

    last_mono_ms: int
    anchors: list[CaseAnchor] = []


class CaseMoment(Struct, frozen=True):
    """A moment that is to be dated: `mono_ms` after the start of the boot with that number, from 0."""

    boot: int
    mono_ms: int


class DatingInput(Struct, frozen=True):
    """The boots of a terminal in order, and what is asked."""

    boots: list[CaseBoot]
    moments: list[CaseMoment]
    received: Instant | None = None


class DatingCase(Case, frozen=True, kw_only=True):
    """Anchors in, times and their errors out."""

    input: DatingInput


class ClosesInput(Struct, frozen=True):
    """An activity, and the local dates of some of its lines."""

    activity: CaseActivity
    dates: list[date]


class ClosesCase(Case, frozen=True, kw_only=True):
    """An activity in, when each line closes and by when it should be reviewed out."""

    input: ClosesInput


def answer_dating(case: DatingCase, setting: Setting) -> Answer:
    """When each moment was; null where nothing bounds it."""
    given = case.input
    boots = [
        Boot(
            boot.last_mono_ms,
            tuple(Anchor(one.mono_ms, milliseconds(one.utc), one.error_ms) for one in boot.anchors),
        )
        for boot in given.boots
    ]
    received_ms = None if given.received is None else milliseconds(given.received)
    timeline = Timeline(boots, drift_ppm=setting[0].clock_drift_ppm, received_ms=received_ms)
    dated = [timeline.date(one.boot, one.mono_ms) for one in given.moments]
    return {"dated": [one and {"utc": _instant(one.utc_ms), "error_ms": one.error_ms} for one in dated]}


def answer_closes(case: ClosesCase, setting: Setting) -> Answer:
    """When the lines close (S14)."""
    rules = setting[0]
    activity = case.input.activity.activity("A1")
    closing = [closes_s(activity, day, activity.policy.over(rules)) for day in case.input.dates]
    calendar = local_dates(rules.zone_at(activity.zone))
    return {
        "closes": [_instant(second * 1000) for second in closing],
        "due": [
            review_due(calendar.date_of(second - 1), rules.review_due_days, weekend=rules.weekend).isoformat()
            for second in closing
        ],
    }


def _instant(utc_ms: int) -> str:
    """An instant as such cases expect it, in UTC."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=utc_ms)
    return moment.isoformat()
