"""The page of an activity's end: who is still checked in, and checking them out together."""

import datetime as dt
import secrets
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods
from msgspec import Struct

from foundation.errors import RulesError
from foundation.trouble import Trouble
from foundation.words import Words
from settlement.accounts.audit import Kind
from settlement.accounts.authority import Deed, may
from settlement.explain.sentences import Teller
from settlement.local_times import clock_ms, clock_text
from settlement.look_up import row_number, storable
from settlement.models import Activity
from settlement.records.sheets import Field, RowRefusal, SheetRefusedError
from settlement.records.still_checked_in import CheckOut, Leaving, check_out, still_checked_in
from settlement.troubles import CentreTrouble
from settlement.web.activities.views import reached_activity
from settlement.web.board import local_today
from settlement.web.frame import answer, current_ms, frame, words_for
from settlement.web.next_page import tell_on_next_page, told_before
from settlement.web.readers import Reader, for_staff, note_look
from settlement.web.sheets.paper import day_typed


class Typed(Struct, frozen=True):
    """What was typed into the form; `own` are times that differ from the common one, by stay."""

    day: str
    left: str
    reason: str
    form: str
    chosen: tuple[str, ...] | None
    """None for all whose end is not entered."""
    own: dict[str, str]


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def still_here(request: HttpRequest, reader: Reader, activity: str) -> HttpResponse:
    """Who has come and not left; whom somebody checks out waits on a sheet for a second person."""
    words = words_for(request)
    found = reached_activity(reader, activity)
    if request.method != "POST":
        wants_all = request.GET.get("choose") == "all"
        return _page(request, reader, found, words, _suggested(found, None if wants_all else ()))
    actor, given = reader.who_acts(), _typed(request.POST)
    day = day_typed(given.day)
    if day is None:
        why = Trouble.of(CentreTrouble.NO_DATE, text=given.day[:20])
        return _page(request, reader, found, words, given, why=why)
    try:
        leaving = [_leaving(stay, given, day, found.site.zone) for stay in given.chosen or ()]
        entered = check_out(CheckOut(found.pk, day, given.reason, given.form, leaving), actor, current_ms())
    except SheetRefusedError as error:
        return _page(request, reader, found, words, given, wrong=error.refusals)
    except RulesError as error:
        return _page(request, reader, found, words, given, why=error.trouble)
    people = len({one.volunteer for one in leaving})
    tell_on_next_page(request, lambda words: [words.say("sheet-entered", count=people)])
    return redirect("sheet", entered.pk)


def _suggested(activity: Activity, chosen: tuple[str, ...] | None) -> Typed:
    """The end of the last shift that is over; else this minute."""
    now_ms, zone = current_ms(), activity.site.zone
    ends = activity.shifts.filter(end_ms__lte=now_ms).order_by("-end_ms").values_list("end_ms", flat=True)
    left_ms = ends.first() or now_ms
    day = local_today(activity.site, left_ms).isoformat()
    return Typed(day, clock_text(left_ms, zone), "", secrets.token_hex(16), chosen, {})


def _typed(form: QueryDict) -> Typed:
    chosen = tuple(form.getlist("stay")[:1000])
    own = {stay: form.get(f"left-{stay}", "").strip()[:20] for stay in chosen}
    return Typed(
        form.get("day", ""),
        form.get("left", "").strip()[:20],
        form.get("reason", ""),
        storable(form.get("form", ""))[:32] or secrets.token_hex(16),
        chosen,
        own,
    )


def _leaving(stay: str, given: Typed, day: dt.date, zone: str) -> Leaving:
    volunteer, _, in_s = stay.partition("-")
    left_ms = clock_ms(day, given.own.get(stay) or given.left, zone)
    return Leaving(row_number(volunteer), row_number(in_s), left_ms)


def _page(
    request: HttpRequest,
    reader: Reader,
    activity: Activity,
    words: Words,
    given: Typed,
    *,
    wrong: Sequence[RowRefusal] = (),
    why: Trouble | None = None,
) -> HttpResponse:
    """The form with what was typed; 400 where something is wrong."""
    note_look(request, reader, Kind.ACTIVITY, f"{activity.pk} end")
    teller = Teller(words, activity.site.zone)
    stays, more = still_checked_in(activity, reader.reach, current_ms())
    of_stay = {given.chosen[each.row - 1]: each for each in wrong} if given.chosen else {}
    rows = []
    for one in stays:
        stay = f"{one.volunteer}-{one.in_s}"
        refusal = of_stay.get(stay)
        rows.append(
            {
                "one": one,
                "stay": stay,
                "since": teller.date_and_time(one.in_s)[:16],
                "chosen": given.chosen is None or stay in given.chosen,
                "left": given.own.get(stay, ""),
                "wrong": words.trouble(refusal.why) if refusal else "",
            }
        )
    gone = [each for stay, each in of_stay.items() if all(row["stay"] != stay for row in rows)]
    context = frame(request, words) | {
        "activity": activity,
        "zone": activity.site.zone,
        "given": given,
        "rows": rows,
        "more": more,
        "why": [words.trouble(each) for each in [*([why] if why else []), *(each.why for each in gone)]],
        "is_wrong": bool(wrong),
        "may_write": reader.actor is not None and may(reader.actor, Deed.ENTER_MANUAL),
        "told": told_before(request, words),
        "chose_all": given.chosen is None,
        "field": words.code("sheet_field", Field.LEFT),
    }
    return answer(request, "settlement/activities/end.html", context, 400 if wrong or why else 200)
