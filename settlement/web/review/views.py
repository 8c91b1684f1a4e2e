"""The pages of the review: each only fetches and hands over; every decision is a service's."""

from urllib.parse import urlencode

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from foundation.words import Words
from settlement.accounts.audit import Kind
from settlement.accounts.authority import Deed
from settlement.explain.explanation import explain_lines
from settlement.explain.explanation_text import tell_line
from settlement.explain.sentences import Teller
from settlement.look_up import row_number
from settlement.models import Activity, LedgerEntry
from settlement.reports.calendar import today
from settlement.review.browse import Kept, Wanted, page_of, sum_of, waiting_activities, waiting_rows
from settlement.review.deeds import deed_of_review
from settlement.review.held import held_in, held_of
from settlement.review.queue import waiting_among
from settlement.rules.flags import Flag
from settlement.rules.hours import display_hours
from settlement.troubles import CentreTrouble
from settlement.web.frame import answer, current_ms, frame, reader_language
from settlement.web.missing import NotHere
from settlement.web.next_page import told_before
from settlement.web.page import link_to
from settlement.web.reached import activity_among, entry_among
from settlement.web.readers import Reader, for_staff, note_look
from settlement.web.review.decisions import decide, last_click, take_back
from settlement.web.review.held_rows import held_rows
from settlement.web.review.rows import rows_of

_FILTERS = ("kept", "flag", "day", "person")


@require_safe
@for_staff
def activities(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The activities in reach of which something waits, the longest waiting first."""
    words = Words(reader_language(request))
    found = waiting_activities(reader.reach)
    context = frame(request, words) | {"activities": found} | _told(request, words)
    return answer(request, "settlement/review/activities.html", context)


@require_safe
@for_staff
def lines(request: HttpRequest, reader: Reader, activity: str) -> HttpResponse:
    """What waits in one activity, by filter and page by page, to be decided together or one by one."""
    words = Words(reader_language(request))
    found = activity_among(reader.reach.activities(), activity)
    wanted = _wanted(request)
    numbers, more = page_of(waiting_rows(found, wanted))
    waiting = waiting_among(LedgerEntry.objects.filter(pk__in=numbers))
    note_look(request, reader, Kind.ACTIVITY, found.pk)
    on = today(current_ms())
    kept = {name: request.GET[name] for name in _FILTERS if request.GET.get(name)}
    context = frame(request, words) | {
        "activity": found,
        "rows": rows_of(waiting, words, on),
        "wanted": wanted,
        "kept": [*Kept],
        "flags": [(flag, words.code("flag", flag, "short")) for flag in Flag],
        "next": f"?{urlencode({**kept, 'after': numbers[-1]})}" if more else "",
        "first": f"?{urlencode(kept)}" if wanted.after else "",
        "query": urlencode(kept),
        "may_decide": _may_decide(reader, found),
    }
    return answer(request, "settlement/review/lines.html", context | _told(request, words))


@require_safe
@for_staff
def line(request: HttpRequest, reader: Reader, entry: int) -> HttpResponse:
    """One line that waits: its evidence and the rules in words, its history, and what can be decided."""
    words = Words(reader_language(request))
    row = entry_among(reader.reach.entries(), entry)
    note_look(request, reader, Kind.RECORD, f"{row.activity_id}/{row.volunteer_id}")
    teller = Teller(words, row.activity.site.zone)
    explained = explain_lines(row.volunteer_id, row.activity_id, teller, row.local_date)
    held = held_of(entry)
    waiting = waiting_among(LedgerEntry.objects.filter(pk=entry, review=None, held=None))
    events = [
        source
        for one in explained
        for session in one.sessions
        for source in (session.came, session.left)
        if source is not None
    ]
    may_decide = _may_decide(reader, row.activity)
    context = frame(request, words) | {
        "row": row,
        "waits": rows_of(waiting, words, today(current_ms()))[0] if waiting else None,
        "sentences": [_indented(text) for one in explained for text in tell_line(one, teller)],
        "events": [(one.source, link_to(one.source)) for one in events],
        "is_long": bool(waiting and waiting[0].long_stay),
        "is_capped": Flag.DAILY_CAP in row.flags,
        "next": _next_doubtful(row.activity, row.pk),
        "held": held,
        "may_decide": bool(waiting) and may_decide,
        "may_undo": may_decide,
    }
    return answer(request, "settlement/review/line.html", context | _told(request, words))


@require_safe
@for_staff
def clean(request: HttpRequest, reader: Reader, activity: str) -> HttpResponse:
    """What an approval of all clean entries would take, before anybody asks for it."""
    words = Words(reader_language(request))
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
    """Decide on entries of an activity, and go back to where that was asked; from a line on to the next."""
    found = activity_among(reader.reach.activities(), activity)
    entry = row_number(request.POST.get("line", ""))
    is_done = decide(request, reader, found, current_ms())
    if entry and not is_done:
        return redirect("review-line", entry)
    if entry and (following := _next_doubtful(found, entry)):
        return redirect(following)
    query = request.POST.get("query", "")
    return redirect(f"{reverse('review-lines', args=(found.pk,))}?{query}".rstrip("?"))


@require_safe
@for_staff
def decisions(request: HttpRequest, reader: Reader) -> HttpResponse:
    """What was decided at the pages lately: what can still be undone, and what became of the rest."""
    words = Words(reader_language(request))
    rows = held_rows(held_in(reader.reach), words)
    context = frame(request, words) | {"rows": rows, "may_undo": reader.may_do(Deed.REVIEW)}
    return answer(request, "settlement/review/decisions.html", context | _told(request, words))


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


def _told(request: HttpRequest, words: Words) -> dict[str, object]:
    """What the decision before came to, and its number as long as it can be undone."""
    return {"told": told_before(request, words), "undo": last_click(request)}


def _may_decide(reader: Reader, activity: Activity) -> bool:
    return reader.may_do(deed_of_review([activity.pk], current_ms()))


def _wanted(request: HttpRequest) -> Wanted:
    """The filter of the address; what it can't mean leaves everything in."""
    given = {name: request.GET[name] for name in (*_FILTERS, "after") if request.GET.get(name)}
    for name in list(given):
        try:
            msgspec.convert({name: given[name]}, Wanted, strict=False)
        except msgspec.ValidationError:
            del given[name]
    return msgspec.convert(given, Wanted, strict=False)


def _next_doubtful(activity: Activity, entry: int) -> str:
    """The address of the next line to be looked at; after the last one the first again."""
    for after in (entry, 0):
        rows = waiting_rows(activity, Wanted(Kept.DOUBTFUL, after=after)).exclude(pk=entry)
        if found := rows.values_list("pk", flat=True).first():
            return reverse("review-line", args=(found,))
    return ""


def _indented(text: str) -> tuple[int, str]:
    """A sentence and how deep it stands."""
    bare = text.lstrip(" ")
    return (len(text) - len(bare)) // 2, bare
