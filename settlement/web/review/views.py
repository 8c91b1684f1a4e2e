"""The pages of the review: each only fetches and hands over; every decision is a service's."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import RulesError
from foundation.trouble import Trouble
from foundation.words import Words
from settlement.accounts.audit import Kind
from settlement.accounts.authority import Deed
from settlement.explain.explanation import About
from settlement.explain.explanation_text import tell_line
from settlement.explain.sentences import Teller
from settlement.ledger.entries import stored_of
from settlement.look_up import row_number
from settlement.models import Activity, LedgerEntry
from settlement.reports.calendar import today
from settlement.review.browse import (
    page_of,
    sum_of,
    waiting_activities,
    waiting_in,
    waiting_rows,
    with_next_doubtful,
)
from settlement.review.deeds import deed_of_review
from settlement.review.held import held_in
from settlement.review.lateness import who_is_late
from settlement.review.places import places_in
from settlement.review.queue import looked_at, near_of, near_to
from settlement.review.reopen import reopen
from settlement.review.wanted import Kept, Wanted, WantedActivities
from settlement.rules.flags import Flag
from settlement.rules.hours import display_hours
from settlement.rules.ledger import EntryState
from settlement.rules.review import refusal_of
from settlement.troubles import CentreTrouble
from settlement.web.filters import Asked, asked_of
from settlement.web.frame import answer, current_ms, frame, words_for
from settlement.web.missing import NotHere
from settlement.web.next_page import (
    Typed,
    also_tell,
    keep_typed,
    tell_on_next_page,
    tell_trouble,
    told_before,
    typed_before,
)
from settlement.web.page import link_to
from settlement.web.reached import activity_among, entry_among
from settlement.web.readers import Reader, for_staff, note_look
from settlement.web.review.decisions import decide, last_click, take_back
from settlement.web.review.filter_told import FILTERS, filter_told
from settlement.web.review.held_rows import held_rows
from settlement.web.review.overlaps import overlaps_told, spans_of
from settlement.web.review.rows import rows_of
from sync.contract.events import Method


@require_safe
@for_staff
def activities(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The activities in reach of which something waits that is wanted, the longest waiting first."""
    words = words_for(request)
    asked = asked_of(request, WantedActivities, (*FILTERS, "after"))
    page = waiting_activities(reader.reach, asked.wanted, current_ms())
    kept = asked.address("after")
    context = frame(request, words) | {
        "activities": page.activities,
        "places": places_in(reader.reach),
        "kept": kept if kept != "?" else "",
        "next": asked.address("after", after=page.following) if page.following else "",
        "first": kept if asked.wanted.after else "",
    }
    context |= _form(asked, words) | _told(request, words)
    return answer(request, "settlement/review/activities.html", context)


@require_safe
@for_staff
def late(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Who is late: the organisations in reach with entries over due, that with the earliest first."""
    words = words_for(request)
    context = frame(request, words) | {"rows": who_is_late(reader.reach, current_ms())}
    return answer(request, "settlement/review/late.html", context)


@require_safe
@for_staff
def lines(request: HttpRequest, reader: Reader, activity: str = "") -> HttpResponse:
    """What waits, in one activity or in all, by filter and page by page; in one it is decided together."""
    words, now_ms = words_for(request), current_ms()
    found = activity_among(reader.reach.activities(), activity) if activity else None
    asked = asked_of(request, Wanted, (*FILTERS, "after"))
    page = page_of(waiting_in(reader.reach, found), asked.wanted, now_ms)
    near = near_to(found) if found else near_of({one.entry.key.activity for one in page.entries})
    waiting = looked_at(page.entries, near)
    note_look(request, reader, *((Kind.ACTIVITY, found.pk) if found else (Kind.RECORD, "review")))
    context = frame(request, words) | {
        "activity": found,
        "rows": rows_of(waiting, words, today(now_ms), page.names, near),
        "next": asked.address("after", after=page.following) if page.following else "",
        "first": asked.address("after") if asked.wanted.after else "",
        "query": asked.address("after").removeprefix("?"),
        "terminals": near.terminals if found else (),
        "may_decide": found is not None and reader.may_do(near.deed_on(found, now_ms)),
    }
    context |= _form(asked, words) | _told(request, words)
    return answer(request, "settlement/review/lines.html", context)


@require_safe
@for_staff
def line(request: HttpRequest, reader: Reader, entry: int) -> HttpResponse:
    """One line that waits: its evidence and the rules in words, its history, and what can be decided."""
    words = words_for(request)
    row = entry_among(with_next_doubtful(reader.reach.entries()), entry)
    note_look(request, reader, Kind.RECORD, f"{row.activity_id}/{row.volunteer_id}")
    teller = Teller(words, row.activity.site.zone)
    about = About(row.volunteer, row.activity, teller)
    explained = about.explain(row.local_date)
    held = row.held.review if hasattr(row, "held") else None
    near = near_to(row.activity, about.stored, about.stays_by_line())
    sessions = [session for one in explained for session in one.sessions]
    waits = not hasattr(row, "review") and held is None
    waiting = looked_at([stored_of(row)], near) if waits else []
    events = [source for session in sessions for source in (session.came, session.left) if source is not None]
    may_decide = reader.may_do(near.deed_on(row.activity, current_ms()))
    own = refusal_of(waiting[0].stored.entry, reader.actor.marks) if waiting and reader.actor else None
    shown = rows_of(waiting, words, today(current_ms()), {row.volunteer_id: row.volunteer.display_name}, near)
    context = frame(request, words) | {
        "row": row,
        "waits": shown[0] if shown else None,
        "sentences": [_indented(text) for one in explained for text in tell_line(one, teller)],
        "events": [(one.source, link_to(one.source)) for one in events],
        "overlaps": overlaps_told(spans_of(row, sessions), reader.reach, words),
        "is_long": bool(waiting and waiting[0].long_stay),
        "is_capped": Flag.DAILY_CAP in row.flags,
        "next": _next_doubtful(row),
        "held": held,
        "may_not": words.trouble(Trouble.of(own)) if own else "",
        "may_decide": bool(waiting) and may_decide and own is None,
        "may_reopen": may_decide and _is_rejected(row),
        "may_undo": may_decide,
    }
    return answer(request, "settlement/review/line.html", context | _told(request, words))


@require_safe
@for_staff
def clean(request: HttpRequest, reader: Reader, activity: str) -> HttpResponse:
    """What an approval of all clean entries would take, before anybody asks for it."""
    words = words_for(request)
    found = activity_among(reader.reach.activities(), activity)
    entries, seconds, people = sum_of(waiting_rows(found, Wanted(Kept.CLEAN)))
    said = {"hours": display_hours(seconds), "people": str(people)}
    context = frame(request, words) | {
        "activity": found,
        "entries": entries,
        "said": words.say("review-clean", count=entries, **said),
        "may_decide": _may_decide(reader, found),
    }
    return answer(request, "settlement/review/clean.html", context)


@require_POST
@for_staff
def decided(request: HttpRequest, reader: Reader, activity: str) -> HttpResponse:
    """Decide on entries of an activity, and go back to where that was asked; from a line on to the next.

    Where nothing waits in the activity any more, on to all that waits.
    """
    found = activity_among(reader.reach.activities(), activity)
    entry = row_number(request.POST.get("line", ""))
    is_done = decide(request, reader, found, current_ms())
    if entry and not is_done:
        return redirect("review-line", entry)
    if is_done and not waiting_in(reader.reach, found).exists():
        also_tell(request, lambda words: [words.say("review-finished", activity=found.title)])
        return redirect("review")
    row = with_next_doubtful(found.entries.filter(pk=entry)).first() if entry else None
    if row is not None and (following := _next_doubtful(row)):
        return redirect(following)
    if entry:
        return redirect(f"{reverse('review-all-lines')}?kept={Kept.DOUBTFUL}")
    query = request.POST.get("query", "")
    return redirect(f"{reverse('review-lines', args=(found.pk,))}?{query}".rstrip("?"))


@require_safe
@for_staff
def decisions(request: HttpRequest, reader: Reader) -> HttpResponse:
    """What was decided at the pages lately: what can still be undone, and what became of the rest."""
    words = words_for(request)
    rows = held_rows(held_in(reader.reach), words)
    context = frame(request, words) | {"rows": rows, "may_undo": reader.may_do(Deed.REVIEW)}
    return answer(request, "settlement/review/decisions.html", context | _told(request, words))


@require_POST
@for_staff
def reopened(request: HttpRequest, reader: Reader, entry: int) -> HttpResponse:
    """Take a rejection back; what the line is now waits for a decision once it is settled."""
    by, reason = reader.who_acts(), request.POST.get("reason", "")
    entry_among(reader.reach.entries(), entry)
    try:
        opened = reopen(entry, by=by, reason=reason, now_ms=current_ms())
    except RulesError as error:
        tell_trouble(request, error.trouble)
        keep_typed(request, Typed(reason))
    else:
        tell_on_next_page(request, lambda words: [words.say("review-reopened_now", count=len(opened))])
    return redirect("review-line", entry)


@require_POST
@for_staff
def undone(request: HttpRequest, reader: Reader, number: int) -> HttpResponse:
    """Undo what one click decided, and go back to what waits again."""
    if not held_in(reader.reach).filter(pk=number).exists():
        raise NotHere(CentreTrouble.NO_PAGE)
    click = take_back(request, reader, number, current_ms())
    if click is None:
        return redirect("review-decisions")
    if len(click.entries) == 1:
        return redirect("review-line", *click.entries)
    return redirect("review-lines", click.activity.pk)


def _is_rejected(row: LedgerEntry) -> bool:
    """Whether it was, and nobody has taken that back."""
    is_rejected = hasattr(row, "review") and row.review.state == EntryState.REJECTED
    return is_rejected and not hasattr(row, "reopening")


def _told(request: HttpRequest, words: Words) -> dict[str, object]:
    """What the decision before came to, its number while it can be undone, and what was typed in vain."""
    return {"told": told_before(request, words), "undo": last_click(request), "typed": typed_before(request)}


def _may_decide(reader: Reader, activity: Activity) -> bool:
    return reader.may_do(deed_of_review([activity.pk], current_ms()))


def _form(asked: Asked[Wanted], words: Words) -> dict[str, object]:
    """What the form of the filter prints, and what is shown of the filter."""
    form = {
        "wanted": asked.wanted,
        "keeps": [*Kept],
        "flags": [(flag, words.code("flag", flag, "short")) for flag in Flag],
        "methods": [(method, words.code("method", method)) for method in Method],
    }
    return form | filter_told(asked, words)


def _next_doubtful(row: LedgerEntry) -> str:
    """The address of the next line to be looked at, of a row that was read with it."""
    following: int | None = getattr(row, "next_doubtful", None)
    return reverse("review-line", args=(following,)) if following else ""


def _indented(text: str) -> tuple[int, str]:
    """A sentence and how deep it stands."""
    bare = text.lstrip(" ")
    return (len(text) - len(bare)) // 2, bare
