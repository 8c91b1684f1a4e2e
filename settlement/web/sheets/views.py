"""The pages of the sheets; each only fetches and hands over, every decision is a service's."""

import datetime as dt
import secrets
from collections.abc import Collection
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.errors import RulesError
from foundation.trouble import Trouble
from foundation.words import Words
from settlement.accounts.audit import Kind
from settlement.accounts.authority import Deed, may
from settlement.explain.sentences import Teller
from settlement.local_times import clock_text, local_text
from settlement.look_up import row_number, storable
from settlement.models import Activity, Sheet
from settlement.records.sheets import (
    Field,
    NewSheet,
    RowRefusal,
    SheetRefusedError,
    decide_sheet,
    enter_sheet,
)
from settlement.records.sheets_read import (
    RowTold,
    TimeTold,
    last_day,
    list_sheets,
    rows_of_sheet,
    sheets_in,
)
from settlement.review.overlaps import Span
from settlement.troubles import CentreTrouble
from settlement.web.frame import answer, current_ms, frame, words_for
from settlement.web.missing import NotHere
from settlement.web.next_page import tell_on_next_page, told_before
from settlement.web.reached import activity_among
from settlement.web.readers import Reader, for_staff, note_look
from settlement.web.review.overlaps import overlaps_by_span
from settlement.web.sheets.paper import PaperRow, day_typed, marked, read, told_wrong, typed

_LONGEST_FORM = 32


@require_safe
@for_staff
def sheets(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The sheets in reach of which something waits, or all of them, the newest first."""
    words = words_for(request)
    wants_all = request.GET.get("show") == "all"
    before = row_number(request.GET.get("before", ""))
    found, more = list_sheets(reader.reach, only_waiting=not wants_all, before=before)
    shown = "all" if wants_all else "waiting"
    context = frame(request, words) | {
        "rows": [(one, Teller(words, one.zone).when(one.entered_ms)) for one in found],
        "wants_all": wants_all,
        "next": f"?show={shown}&before={found[-1].number}" if more else "",
        "first": f"?show={shown}" if before else "",
        "told": told_before(request, words),
    }
    return answer(request, "settlement/sheets/sheets.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def paper(request: HttpRequest, reader: Reader, activity: str) -> HttpResponse:
    """The form of a paper list of an activity; whatever is wrong, what was typed stays."""
    words = words_for(request)
    found = activity_among(reader.reach.activities(), activity)
    by = reader.who_may(Deed.ENTER_MANUAL)
    if request.method != "POST":
        day = day_typed(request.GET.get("day", "")) or last_day(found, current_ms())
        given = {"day": day.isoformat(), "form": secrets.token_hex(16), "reason": ""}
        return _paper(request, words, found, given, typed(request.POST))
    rows = typed(request.POST)
    given = {name: request.POST.get(name, "") for name in ("day", "form", "reason")}
    day_of_sheet = day_typed(given["day"])
    if day_of_sheet is None:
        why = Trouble.of(CentreTrouble.NO_DATE, text=given["day"][:20])
        return _paper(request, words, found, given, rows, why=why)
    whole, wrong = read(rows, day_of_sheet, found.site.zone)
    form = storable(given["form"])[:_LONGEST_FORM] or secrets.token_hex(16)
    try:
        new = NewSheet(found.pk, day_of_sheet, given["reason"], form, whole, wrong)
        entered = enter_sheet(new, by, current_ms())
    except SheetRefusedError as error:
        return _paper(request, words, found, given, rows, wrong=error.refusals)
    except RulesError as error:
        return _paper(request, words, found, given, rows, why=error.trouble)
    people = len({row.volunteer for row in whole})
    tell_on_next_page(request, lambda words: [words.say("sheet-entered", count=people)])
    return redirect("sheet", entered.pk)


@require_safe
@for_staff
def sheet(request: HttpRequest, reader: Reader, number: int) -> HttpResponse:
    """One sheet: its rows, and for a second person what can be decided."""
    return _shown(request, reader, _sheet(reader, number))


@require_POST
@for_staff
def decided(request: HttpRequest, reader: Reader, number: int) -> HttpResponse:
    """Confirm what waits of a sheet, but for the rows that are refused; what is wrong leaves the ticks."""
    found = _sheet(reader, number)
    by = reader.who_acts()
    refused = {row_number(text) for text in request.POST.getlist("refuse")}
    note = request.POST.get("note", "")
    try:
        done = decide_sheet(number, by, current_ms(), refused=refused, note=note)
    except RulesError as error:
        return _shown(request, reader, found, refused, note, error.trouble)
    tell_on_next_page(
        request,
        lambda words: [
            words.say("sheet-confirmed", count=done.confirmed),
            *([words.say("sheet-declined", count=done.declined)] if done.declined else []),
            *(one["text"] for one in told_wrong(done.kept, words)),
        ],
    )
    return redirect("sheet", number)


def _shown(
    request: HttpRequest,
    reader: Reader,
    found: Sheet,
    refused: Collection[int] = (),
    note: str = "",
    why: Trouble | None = None,
) -> HttpResponse:
    """The sheet's page; 400 with what was chosen where a decision was not taken."""
    words = words_for(request)
    note_look(request, reader, Kind.RECORD, f"sheet/{found.pk}")
    rows = rows_of_sheet(found, reader.reach)
    zone = found.activity.site.zone
    context = frame(request, words) | {
        "sheet": found,
        "entered": Teller(words, zone).when(found.entered_ms),
        "zone": zone,
        "reason": _reason(found),
        "rows": _rows(rows, found, reader, words),
        "waiting": sum(row.waits for row in rows),
        "may_decide": reader.actor is not None
        and may(reader.actor, Deed.CONFIRM_MANUAL)
        and any(row.waits for row in rows),
        "refused": refused,
        "note": note,
        "told": [words.trouble(why)] if why else told_before(request, words),
    }
    return answer(request, "settlement/sheets/sheet.html", context, 400 if why else 200)


def _sheet(reader: Reader, number: int) -> Sheet:
    found = sheets_in(reader.reach).select_related("activity__site").filter(pk=number).first()
    if found is None:
        raise NotHere(CentreTrouble.NO_SHEET_HERE, number=number)
    return found


def _paper(
    request: HttpRequest,
    words: Words,
    activity: Activity,
    given: dict[str, str],
    rows: list[PaperRow],
    *,
    wrong: "list[RowRefusal] | tuple[RowRefusal, ...]" = (),
    why: Trouble | None = None,
) -> HttpResponse:
    """The form with what was typed; 400 where something is wrong."""
    context: dict[str, Any] = frame(request, words) | {
        "activity": activity,
        "zone": activity.site.zone,
        "rows": marked(rows, wrong, words),
        "wrong": told_wrong(wrong, words),
        "why": words.trouble(why) if why else "",
        **given,
    }
    status = 400 if wrong or why else 200
    return answer(request, "settlement/sheets/paper.html", context, status)


def _reason(sheet: Sheet) -> str:
    """Why the times were entered: the same words for all of them."""
    return str(
        sheet.records.exclude(record__reason="").values_list("record__reason", flat=True).first() or ""
    )


def _time(time: TimeTold | None, day: dt.date, zone: str) -> str:
    """The time of day, behind its date where that is not the sheet's."""
    if time is None:
        return ""
    date = local_text(time.at_ms, zone)[:10]
    clock = clock_text(time.at_ms, zone)
    return clock if date == day.isoformat() else f"{date} {clock}"


def _rows(rows: list[RowTold], sheet: Sheet, reader: Reader, words: Words) -> list[dict[str, Any]]:
    spans = {
        row.row: Span(row.volunteer, sheet.activity_id, *row.span) for row in rows if row.waits and row.span
    }
    overlaps = overlaps_by_span(spans.values(), reader.reach, words)
    zone = sheet.activity.site.zone
    return [
        _row(row, sheet.local_date, zone, words)
        | {"overlaps": overlaps.get(spans[row.row], ()) if row.row in spans else ()}
        for row in rows
    ]


def _row(row: RowTold, day: dt.date, zone: str, words: Words) -> dict[str, Any]:
    came, left = row.times.get(Field.CAME), row.times.get(Field.LEFT)
    states = {
        "waits" if time.confirmed is None else "confirmed_state" if time.confirmed else "declined_state"
        for time in row.times.values()
    }
    return {
        "told": row,
        "came": _time(came, day, zone),
        "left": _time(left, day, zone),
        "there": [
            "–".join("?" if end is None else clock_text(end * 1000, zone) for end in stay)
            for stay in (row.there if row.waits else ())
        ],
        "states": [words.say(f"sheet-{state}") for state in sorted(states)],
        "by": sorted({time.by for time in row.times.values() if time.by}),
        "outside": row.waits and row.outside,
        "note": next((time.note for time in row.times.values() if time.note), ""),
    }
