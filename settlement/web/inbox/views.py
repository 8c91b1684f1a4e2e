"""The inbox: counts by kind, what waits of one kind, and decisions, each a service's."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import RulesError
from settlement.accounts.audit import Kind as Noted
from settlement.inspections import LONGEST_PAUSE_DAYS, overdue_sites
from settlement.review.staff_messages import count_unread
from settlement.troubles import CentreTrouble
from settlement.web.frame import answer, current_ms, frame, words_for
from settlement.web.inbox.kind import Act, Kind, Said, counts_of, items_of, reached
from settlement.web.inbox.kinds import KINDS
from settlement.web.inbox.moves import move_form
from settlement.web.inbox.of_transfers import TRANSFERS
from settlement.web.missing import NotHere
from settlement.web.next_page import tell_on_next_page, tell_trouble, told_before
from settlement.web.readers import Reader, for_staff, note_look


@require_safe
@for_staff
def inbox(request: HttpRequest, reader: Reader) -> HttpResponse:
    """How much waits of each kind."""
    words = words_for(request)
    rows = [
        (reverse("inbox-waiting", args=(kind.code,)), words.say(f"inbox-{kind.code}"), count)
        for kind, count in zip(KINDS, counts_of(KINDS, reader.reach), strict=True)
    ]
    due = len(overdue_sites(reader.reach, current_ms(), LONGEST_PAUSE_DAYS))
    rows.append((reverse("inspections"), words.say("inbox-inspections"), due))
    unread = count_unread(reader.actor)
    rows.append((reverse("staff-messages"), words.say("inbox-staff_messages"), unread))
    return answer(request, "settlement/inbox/inbox.html", frame(request, words) | {"rows": rows})


@require_safe
@for_staff
def waiting(request: HttpRequest, reader: Reader, kind: str) -> HttpResponse:
    """What waits of one kind, the oldest first, each with what can be decided."""
    words, now_ms = words_for(request), current_ms()
    found = _kind(kind)
    note_look(request, reader, Noted.RECORD, f"inbox/{kind}")
    offered = [act for act in found.acts if reader.may_do(found.deed_of(act))]
    context = frame(request, words) | {
        "kind": found.code,
        "page": found.page,
        "title": words.say(f"inbox-{found.code}"),
        "items": [
            (item, [(act.value, words.say(f"inbox-act_{act}")) for act in item.acts if act in offered])
            for item in items_of(found, reader.reach, words, now_ms)
        ],
        "told": told_before(request, words),
    }
    if found is TRANSFERS:
        context |= move_form(reader)
    return answer(request, "settlement/inbox/waiting.html", context)


@require_POST
@for_staff
def decided(request: HttpRequest, reader: Reader, kind: str, number: int) -> HttpResponse:
    """Decide on one thing, and go back to what waits; what is refused is told there."""
    found = _kind(kind)
    by = reader.who_acts()
    if reached(found, reader.reach, number) is None:
        raise NotHere(CentreTrouble.NOTHING_WAITS_HERE, number=number)
    act = request.POST.get("what", "")
    decide = found.acts.get(Act(act)) if act in found.acts else None
    if decide is None:
        raise NotHere(CentreTrouble.NOTHING_WAITS_HERE, number=number)
    try:
        decide(number, by, current_ms(), Said(request.POST.get("note", ""), request.POST.get("choice", "")))
    except RulesError as error:
        tell_trouble(request, error.trouble)
    else:
        tell_on_next_page(request, lambda words: [words.say("inbox-done")])
    return redirect("inbox-waiting", kind)


def _kind(code: str) -> Kind:
    for kind in KINDS:
        if kind.code == code:
            return kind
    raise NotHere(CentreTrouble.NO_PAGE)
