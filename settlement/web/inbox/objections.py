"""One objection: what it says, the line that it is about, and an answer that may correct times."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from foundation.errors import RulesError
from settlement.accounts.audit import Kind
from settlement.accounts.authority import Deed
from settlement.explain.explanation import Explanation, explain_lines
from settlement.explain.explanation_text import tell_line
from settlement.explain.sentences import Teller
from settlement.merged_numbers import merged_numbers
from settlement.models import Dispute
from settlement.records.disputes import (
    DisputeOutcome,
    DisputeResolution,
    answer_dispute,
    open_disputes,
    times_of,
)
from settlement.settling.preview import preview
from settlement.settling.preview_text import tell_preview
from settlement.troubles import CentreTrouble, DecisionTrouble
from settlement.web.corrected_times import corrections_in, times_form
from settlement.web.frame import answer, current_ms, frame, words_for
from settlement.web.inbox.objection_steps import steps_told
from settlement.web.missing import NotHere
from settlement.web.next_page import tell_on_next_page
from settlement.web.readers import Reader, for_staff, note_look


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def objection(request: HttpRequest, reader: Reader, number: int) -> HttpResponse:
    """An objection that waits; sent as a form it is answered, or what an answer would change is shown."""
    rows = open_disputes(reader.reach).filter(pk=number)
    found = rows.select_related("volunteer", "activity__site", "activity__organisation").first()
    if found is None:
        raise NotHere(CentreTrouble.NOTHING_WAITS_HERE, number=number)
    words = words_for(request)
    teller = Teller(words, found.activity.site.zone)
    note_look(request, reader, Kind.RECORD, f"{found.activity_id}/{found.volunteer_id}")
    explained = _explained(found, teller)
    form = times_form(explained, teller, request.POST if request.method == "POST" else None)
    context = frame(request, words) | {
        "found": found,
        "zone": found.activity.site.zone,
        "form": form,
        "outcomes": [(one, words.say(f"objection-{one}")) for one in DisputeOutcome],
        "sentences": [text for one in explained for text in tell_line(one, teller)],
        "may_decide": reader.may_do(Deed.ANSWER_DISPUTE),
        "people": steps_told(found, reader.reach, words),
    }
    if request.method == "POST":
        by = reader.who_acts()
        try:
            corrections = corrections_in(request.POST, form, found.activity.site.zone)
            what = request.POST.get("what", "")
            if what in list(DisputeOutcome):
                answered = DisputeResolution(DisputeOutcome(what), form.why, corrections)
                done = answer_dispute(number, answered, by=by, now_ms=current_ms())
                said = {"records": len(done.records), "reopened": len(done.reopened)}
                tell_on_next_page(
                    request,
                    lambda words: [
                        words.say("inbox-done"),
                        *(
                            words.say(f"objection-{name}", count=count)
                            for name, count in said.items()
                            if count
                        ),
                    ],
                )
                return redirect("inbox-waiting", "objections")
            if corrections:
                times = times_of(found, corrections, form.why or "?")
                would = preview(times, by, current_ms())
                context["would"] = [*tell_preview(would, words, found.activity.site.zone)]
        except RulesError as error:
            context["why"] = words.trouble(error.trouble)
    return answer(request, "settlement/inbox/objection.html", context)


def _explained(found: Dispute, teller: Teller) -> list[Explanation]:
    """The line that it is about; none where its absence is what somebody objects to."""
    volunteer = merged_numbers().kept(found.volunteer_id)
    try:
        return explain_lines(volunteer, found.activity_id, teller, found.local_date)
    except RulesError as error:
        if error.code in {DecisionTrouble.NO_LINE, DecisionTrouble.NO_LINE_THAT_DAY}:
            return []
        raise
