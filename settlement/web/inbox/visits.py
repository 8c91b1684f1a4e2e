"""Inspections: which sites are due for a visit, whose names to call at one, and what was found there."""

from random import SystemRandom

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Kind
from settlement.accounts.authority import Deed
from settlement.explain.sentences import Teller
from settlement.inspections import (
    LONGEST_FINDINGS,
    LONGEST_PAUSE_DAYS,
    REMARKED,
    Visit,
    draw_names,
    enter_visit,
    overdue_sites,
    visits,
)
from settlement.look_up import row_number, storable
from settlement.models import Site
from settlement.web.frame import answer, current_ms, frame, words_for
from settlement.web.next_page import tell_on_next_page, tell_trouble, told_before
from settlement.web.reached import site_among
from settlement.web.readers import Reader, for_staff, note_look

_MOST_SHOWN = 200
_MOST_DRAWN = 50
_LATEST = 20


@require_safe
@for_staff
def due(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The sites in reach that nobody visited for a week, never visited ones first."""
    words = words_for(request)
    found = overdue_sites(reader.reach, current_ms(), LONGEST_PAUSE_DAYS)
    context = frame(request, words) | {
        "rows": [(site, Teller(words, site.zone).when(last_ms)) for site, last_ms in found[:_MOST_SHOWN]],
        "count": len(found),
        "told": told_before(request, words),
    }
    return answer(request, "settlement/inbox/inspections.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def inspection(request: HttpRequest, reader: Reader, site: str) -> HttpResponse:
    """One site: its latest visits, names drawn from those who are there, and the form of what was found."""
    found, now_ms = site_among(reader.reach.sites(), site), current_ms()
    words, drawn = words_for(request), []
    if request.method == "POST":
        by = reader.who_may(Deed.INSPECT)
        if request.POST.get("what") == "enter":
            return _enter(request, found, by, now_ms)
        count = min(row_number(request.POST.get("count", "")) or 1, _MOST_DRAWN)
        try:
            drawn = draw_names(found, count, by=by, now_ms=now_ms, random=SystemRandom())
        except RulesError as error:
            tell_trouble(request, error.trouble)
            return redirect("inspections")
        note_look(request, reader, Kind.SITE, f"{found.code} inspected")
    teller = Teller(words, found.zone)
    seen = Count("people", filter=Q(people__seen=True))
    latest = visits(reader.reach).filter(site=found).annotate(called=Count("people"), seen=seen)
    latest = latest.prefetch_related(REMARKED)
    context = frame(request, words) | {
        "site": found,
        "drawn": drawn,
        "was_drawn": request.method == "POST",
        "longest": LONGEST_FINDINGS,
        "visits": [(one, teller.when(one.at_ms)) for one in latest[:_LATEST]],
        "may_inspect": reader.may_do(Deed.INSPECT),
    }
    return answer(request, "settlement/inbox/inspection.html", context)


def _enter(request: HttpRequest, site: Site, by: Actor, now_ms: int) -> HttpResponse:
    try:
        enter_visit(site, _visit(request.POST, now_ms), by=by, now_ms=now_ms)
    except RulesError as error:
        tell_trouble(request, error.trouble)
    else:
        tell_on_next_page(request, lambda words: [words.say("inspection-entered", site=site.name)])
    return redirect("inspections")


def _visit(form: QueryDict, now_ms: int) -> Visit:
    called = {number: form.get(f"found-{number}") for number in map(row_number, form.getlist("called"))}
    return Visit(
        at_ms=now_ms,
        findings=storable(form.get("findings", "")),
        seen=tuple(number for number, found in called.items() if found == "seen"),
        not_seen=tuple(number for number, found in called.items() if found == "not_seen"),
    )
