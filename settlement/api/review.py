"""The review: what waits, by activity and filter, one line with its evidence, and decisions."""

import datetime as dt
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Annotated

from django.http import HttpRequest
from msgspec import Meta
from ninja import Body, Path, Query, Router

from foundation.errors import RulesError
from foundation.trouble import Trouble
from foundation.words import Words
from settlement.accounts.api_tokens import Scope
from settlement.accounts.audit import Kind
from settlement.api import review_shapes as shapes
from settlement.api.callers import Bearer, Caller, caller_of, note_look
from settlement.api.cursors import read, written
from settlement.api.document import answers
from settlement.api.idempotency import once
from settlement.api.line_shapes import Explanation, Line, Sentence
from settlement.api.shapes import LARGEST, Cursor, IdempotencyKey, Limit
from settlement.explain.explanation import About
from settlement.explain.explanation_text import tell_line
from settlement.explain.sentences import Teller
from settlement.ledger.entries import stored_of
from settlement.look_up import MOST_KEY, storable
from settlement.models import Activity
from settlement.reports.calendar import today
from settlement.review import browse
from settlement.review.decide import Reviewed, Reviewer, approve, approve_clean_lines, reject
from settlement.review.lateness import who_is_late
from settlement.review.lifted_caps import lift_cap
from settlement.review.queue import Near, Waiting, looked_at, near_of, near_to
from settlement.review.wanted import Kept, Wanted, place_at, place_of
from settlement.rules.flags import Flag
from settlement.settling.credited_stays import credit_stay
from settlement.web.reached import activity_among, check_entries, entry_among
from settlement.web.review.rows import rows_of

router = Router(tags=["review"])
ActivityId = Annotated[str, Path(max_length=80)]
Filter = Annotated[shapes.ReviewFilter, Query()]
EntryNumber = Annotated[int, Path(ge=1, le=LARGEST)]


@router.get(
    "/review/activities",
    auth=Bearer(Scope.READ),
    response=answers(shapes.WaitingActivities),
    summary="Activities that wait",
)
def list_waiting_activities(
    request: HttpRequest, limit: Limit, cursor: Cursor, asked: Filter
) -> shapes.WaitingActivities:
    """The activities in reach of which something waits that passes the filter, the longest waiting first."""
    caller = caller_of(request)
    behind = read(cursor, tuple[dt.date, Annotated[str, Meta(max_length=40)]])
    wanted = _wanted(asked, browse.place_of_activity(*behind) if behind else "")
    page = browse.waiting_activities(caller.reach, wanted, caller.now_ms, limit)
    last = page.activities[-1] if page.following else None
    return shapes.WaitingActivities(
        items=[shapes.WaitingActivity.model_validate(one) for one in page.activities],
        next=written((last.oldest, last.id)) if last else None,
    )


@router.get(
    "/review/late", auth=Bearer(Scope.READ), response=answers(shapes.LateOrganisations), summary="Who is late"
)
def list_late(request: HttpRequest) -> shapes.LateOrganisations:
    """The organisations in reach with entries over due."""
    caller = caller_of(request)
    found = who_is_late(caller.reach, caller.now_ms)
    return shapes.LateOrganisations(items=[shapes.Late.model_validate(one) for one in found])


@router.get(
    "/review/entries",
    auth=Bearer(Scope.READ),
    response=answers(shapes.WaitingEntries),
    summary="Entries that wait in all activities",
)
def list_all_entries(
    request: HttpRequest, limit: Limit, cursor: Cursor, asked: Filter
) -> shapes.WaitingEntries:
    """What waits in reach and passes the filter."""
    caller = caller_of(request)
    note_look(caller, Kind.RECORD, "review")
    return _page(caller, None, asked, cursor, limit)


@router.get(
    "/review/activities/{activity}/entries",
    auth=Bearer(Scope.READ),
    response=answers(shapes.WaitingEntries, finds=True),
    summary="Entries that wait",
)
def list_waiting_entries(
    request: HttpRequest, activity: ActivityId, limit: Limit, cursor: Cursor, asked: Filter
) -> shapes.WaitingEntries:
    """What waits in an activity and passes the filter."""
    caller = caller_of(request)
    found = activity_among(caller.reach.activities(), activity)
    note_look(caller, Kind.ACTIVITY, found.pk)
    return _page(caller, found, asked, cursor, limit)


@router.get(
    "/review/activities/{activity}/clean",
    auth=Bearer(Scope.READ),
    response=answers(shapes.CleanSum, finds=True),
    summary="Sum of the clean entries",
)
def sum_clean_entries(request: HttpRequest, activity: ActivityId) -> shapes.CleanSum:
    """What an approval of all clean entries would take, before anybody asks for it."""
    found = activity_among(caller_of(request).reach.activities(), activity)
    rows = browse.waiting_rows(found, Wanted(Kept.CLEAN))
    entries, seconds, people = browse.sum_of(rows)
    return shapes.CleanSum(entries=entries, seconds=seconds, people=people)


@router.get(
    "/review/entries/{entry}",
    auth=Bearer(Scope.READ),
    response=answers(Line, finds=True),
    summary="One line with its evidence",
)
def explain_entry(request: HttpRequest, entry: EntryNumber) -> Line:
    """The line of an entry: its evidence, the rules step by step, its history, and what waits in it."""
    caller = caller_of(request)
    row = entry_among(caller.reach.entries(), entry)
    note_look(caller, Kind.RECORD, f"{row.activity_id}/{row.volunteer_id}")
    teller = Teller(caller.words, row.activity.site.zone)
    about = About(row.volunteer, row.activity, teller)
    explained = about.explain(row.local_date)
    near = near_to(row.activity, about.stored, about.stays_by_line())
    waiting = [] if hasattr(row, "review") else looked_at([stored_of(row)], near)
    return Line(
        waits=next(iter(_told(waiting, caller, {row.volunteer_id: row.volunteer.display_name}, near)), None),
        is_long=bool(waiting and waiting[0].long_stay),
        is_capped=Flag.DAILY_CAP in row.flags,
        explanations=[Explanation.model_validate(one) for one in explained],
        sentences=[_sentence(text) for one in explained for text in tell_line(one, teller)],
    )


@router.post(
    "/review/activities/{activity}/approve-clean",
    auth=Bearer(Scope.REVIEW),
    response=answers(shapes.Reviewed, writes=True),
    summary="Approve all clean entries",
)
@once
def approve_clean_entries(
    request: HttpRequest,
    activity: ActivityId,
    asked: Annotated[shapes.CleanApproval, Body()],
    idempotency_key: IdempotencyKey,  # noqa: ARG001 - `once` reads it
) -> shapes.Reviewed:
    """Approve what waits in an activity and asks for no look of its own; the rest is refused and waits."""
    caller = caller_of(request)
    found = activity_among(caller.reach.activities(), activity)
    return _reviewed(approve_clean_lines(found, _reviewer(caller, asked.note, asked.override)), caller.words)


@router.post(
    "/review/approve",
    auth=Bearer(Scope.REVIEW),
    response=answers(shapes.Reviewed, writes=True),
    summary="Approve entries",
)
@once
def approve_entries(
    request: HttpRequest,
    asked: Annotated[shapes.Approval, Body()],
    idempotency_key: IdempotencyKey,  # noqa: ARG001 - `once` reads it
) -> shapes.Reviewed:
    """Approve entries that somebody looked at one by one."""
    caller = caller_of(request)
    with _of_reach(caller, asked.entries):
        done = approve(asked.entries, _reviewer(caller, asked.note, asked.override))
    return _reviewed(done, caller.words)


@router.post(
    "/review/reject",
    auth=Bearer(Scope.REVIEW),
    response=answers(shapes.Reviewed, writes=True),
    summary="Reject entries",
)
@once
def reject_entries(
    request: HttpRequest,
    asked: Annotated[shapes.Rejection, Body()],
    idempotency_key: IdempotencyKey,  # noqa: ARG001 - `once` reads it
) -> shapes.Reviewed:
    """Reject entries, with the reason."""
    caller = caller_of(request)
    with _of_reach(caller, asked.entries):
        done = reject(asked.entries, _reviewer(caller, asked.note))
    return _reviewed(done, caller.words)


@router.post(
    "/review/entries/{entry}/credit-long-stay",
    auth=Bearer(Scope.REVIEW),
    response=answers(shapes.Credited, writes=True),
    summary="Credit a long stay",
)
@once
def credit_long_stay(
    request: HttpRequest,
    entry: EntryNumber,
    asked: Annotated[shapes.LongStayCredited, Body()],
    idempotency_key: IdempotencyKey,  # noqa: ARG001 - `once` reads it
) -> shapes.Credited:
    """Let the check-in and the check-out that an entry shows apart be one stay, and approve its line."""
    caller = caller_of(request)
    check_entries(caller.reach.entries(), [entry])
    done = credit_stay(entry, caller.actor, asked.note, caller.now_ms, override=asked.override)
    return shapes.Credited(approved_s=done.approved_s)


@router.post(
    "/review/entries/{entry}/lift-cap",
    auth=Bearer(Scope.REVIEW),
    response=answers(shapes.CapLifted, writes=True),
    summary="Lift the daily cap",
)
@once
def lift_daily_cap(
    request: HttpRequest,
    entry: EntryNumber,
    asked: Annotated[shapes.WithReason, Body()],
    idempotency_key: IdempotencyKey,  # noqa: ARG001 - `once` reads it
) -> shapes.CapLifted:
    """Let what the daily cap took from an entry's line count; it waits for a decision again."""
    caller = caller_of(request)
    check_entries(caller.reach.entries(), [entry])
    return shapes.CapLifted(dates=lift_cap(entry, caller.actor, asked.note, caller.now_ms))


@contextmanager
def _of_reach(caller: Caller, entries: Collection[int]) -> Iterator[None]:
    """What is refused of entries that are not all reached answers as what does not exist."""
    try:
        yield
    except RulesError:
        check_entries(caller.reach.entries(), entries)
        raise


def _reviewer(caller: Caller, note: str, override: str = "") -> Reviewer:
    return Reviewer(caller.actor, caller.now_ms, storable(note), storable(override))


def _reviewed(done: Reviewed, words: Words) -> shapes.Reviewed:
    refused = [
        shapes.Refused(entry=entry, code=why, text=words.what(Trouble.of(why))) for entry, why in done.refused
    ]
    return shapes.Reviewed(decided=[*done.decided], refused=refused)


def _page(
    caller: Caller, activity: Activity | None, asked: shapes.ReviewFilter, cursor: str, limit: int
) -> shapes.WaitingEntries:
    """A page of what waits, behind the cursor."""
    behind = read(cursor, tuple[dt.date, Annotated[int, Meta(ge=0, le=MOST_KEY)]])
    wanted = _wanted(asked, place_of(*behind) if behind else "")
    page = browse.page_of(browse.waiting_in(caller.reach, activity), wanted, caller.now_ms, limit)
    near = near_to(activity) if activity else near_of({one.entry.key.activity for one in page.entries})
    following = place_at(page.following)
    return shapes.WaitingEntries(
        items=_told(looked_at(page.entries, near), caller, page.names, near),
        next=written(following) if following else None,
    )


def _wanted(asked: shapes.ReviewFilter, after: str = "") -> Wanted:
    return Wanted(**asked.model_dump(), after=after)


def _told(
    waiting: list[Waiting], caller: Caller, names: dict[int, str], near: Near
) -> list[shapes.WaitingEntry]:
    rows = rows_of(waiting, caller.words, today(caller.now_ms), names, near)
    return [
        shapes.WaitingEntry(
            entry=row.entry,
            activity=row.activity,
            volunteer=int(row.number),
            name=row.name,
            date=one.stored.entry.key.local_date,
            is_adjustment=row.is_adjustment,
            seconds=one.stored.entry.delta_s,
            due=one.readiness.due,
            is_late=row.is_late,
            lacks=[*row.lacks],
            flags=[
                shapes.FlagTold(code=flag, text=said.sentence, blocking=said.blocking)
                for flag, said in zip(one.stored.entry.flags, row.remarks, strict=True)
            ],
            more=[*row.more],
        )
        for one, row in zip(waiting, rows, strict=True)
    ]


def _sentence(text: str) -> Sentence:
    bare = text.lstrip(" ")
    return Sentence(depth=(len(text) - len(bare)) // 2, text=bare)
