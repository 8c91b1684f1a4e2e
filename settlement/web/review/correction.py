"""Correcting a line that waits: times by hand instead of what was scanned, for a second person to confirm."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from foundation.errors import RulesError
from settlement.accounts.audit import Kind
from settlement.accounts.authority import Deed
from settlement.explain.explanation import About
from settlement.explain.sentences import Teller
from settlement.merged_numbers import merged_numbers
from settlement.records.manual_records import ManualTime, enter_manual_records
from settlement.settling.preview import preview
from settlement.settling.preview_text import tell_preview
from settlement.web.corrected_times import corrections_in, times_form
from settlement.web.frame import answer, current_ms, frame, words_for
from settlement.web.next_page import tell_on_next_page
from settlement.web.reached import entry_among
from settlement.web.readers import Reader, for_staff, note_look


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def correction(request: HttpRequest, reader: Reader, entry: int) -> HttpResponse:
    """The form of a line's times; sent, they wait for a second person, or what they would change is shown."""
    row = entry_among(reader.reach.entries(), entry)
    words = words_for(request)
    zone, kept = row.activity.site.zone, merged_numbers().kept(row.volunteer_id)
    teller = Teller(words, zone)
    note_look(request, reader, Kind.RECORD, f"{row.activity_id}/{row.volunteer_id}")
    explained = About(row.volunteer, row.activity, teller).explain(row.local_date)
    form = times_form(explained, teller, request.POST if request.method == "POST" else None)
    context = frame(request, words) | {
        "row": row,
        "zone": zone,
        "form": form,
        "may_enter": reader.may_do(Deed.ENTER_MANUAL),
    }
    if request.method == "POST":
        by = reader.who_acts()
        try:
            times = [
                ManualTime(kept, row.activity_id, one.direction, one.at_ms, form.why, one.instead_of)
                for one in corrections_in(request.POST, form, zone)
            ]
            if times and request.POST.get("what") == "enter":
                entered = len(enter_manual_records(times, by, current_ms()))
                tell_on_next_page(request, lambda words: [words.say("objection-records", count=entered)])
                return redirect("review-line", entry)
            if times:
                context["would"] = [*tell_preview(preview(times, by, current_ms()), words, zone)]
        except RulesError as error:
            context["why"] = words.trouble(error.trouble)
    return answer(request, "settlement/review/correction.html", context)
