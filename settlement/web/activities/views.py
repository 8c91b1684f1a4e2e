"""The pages of activities and sites; each only fetches and hands over, every decision is a service's."""

import re
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.errors import RulesError
from foundation.words import Words
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Signed
from settlement.accounts.authority import Deed
from settlement.explain.sentences import Teller
from settlement.local_times import local_ms
from settlement.look_up import site_coded, storable
from settlement.master_data.activities import ActivityValues, Interval, enter_activity
from settlement.master_data.activity_overview import list_activities, list_sites, posts_of
from settlement.master_data.phases import begin_phase, phase_at, phases_to_come
from settlement.models import Activity
from settlement.records.still_checked_in import still_checked_in
from settlement.review.browse import waiting_in
from settlement.rule_book import rules_at
from settlement.rules.evidence import Phase
from settlement.troubles import CentreTrouble, DecisionTrouble
from settlement.web.activities.facts import MOST_TIMES, phases_of, policy_of, times_of
from settlement.web.frame import answer, current_ms, frame, words_for
from settlement.web.missing import NotHere
from settlement.web.next_page import tell_on_next_page, tell_trouble, told_before
from settlement.web.reached import activity_among, site_among
from settlement.web.readers import Reader, for_staff

_LONGEST = {"id": 40, "title": 120, "site": 40, "organisation": 32, "content": 300, "recipients": 200,
            "start": 40, "end": 40}  # fmt: skip
"""The fields of the form, and how much each can hold."""
_ID = re.compile("[A-Za-z0-9._-]+")
_MOST_OFFERED = 300


@require_safe
@for_staff
def activities(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The activities in reach, by name and phase, a page at a time."""
    words, now_ms = words_for(request), current_ms()
    wanted = {name: request.GET.get(name, "")[:80] for name in ("text", "phase")}
    after = request.GET.get("after", "")[:80]
    found, more = list_activities(reader.reach, now_ms, **wanted, after=after)
    kept = {name: value for name, value in wanted.items() if value}
    context = frame(request, words) | {
        "rows": [_listed(one, words) for one in found],
        "phases": [(phase.value, words.code("phase", phase)) for phase in Phase],
        "wanted": wanted,
        "first": f"?{urlencode(kept)}" if after else "",
        "next": f"?{urlencode({**kept, 'after': found[-1].id})}" if more else "",
        "may_enter": reader.may_do(Deed.ENTER_ACTIVITIES),
        "told": told_before(request, words),
    }
    return answer(request, "settlement/activities/activities.html", context)


@require_safe
@for_staff
def activity(request: HttpRequest, reader: Reader, activity: str) -> HttpResponse:
    """One activity: its phases and what each allows, shifts, breaks, posts, rules, and who is expected."""
    words, now_ms = words_for(request), current_ms()
    found = reached_activity(reader, activity)
    teller = Teller(words, found.site.zone)
    phases = phases_of(found, now_ms, teller)
    shifts, breaks = (rows.order_by("-start_ms")[:MOST_TIMES] for rows in (found.shifts, found.breaks))
    context = frame(request, words) | {
        "activity": found,
        "kind": words.code("activity_kind", found.kind),
        "phases": phases,
        "to_come": [(one.value, words.code("phase", one)) for one in phases_to_come(phase_at(found, now_ms))],
        "shifts": times_of(shifts, teller),
        "breaks": times_of(breaks, teller),
        "posts": [(name, f"{duty / 1000:.2f}", count) for name, duty, count in posts_of(found, reader.reach)],
        "expected": found.assignments.count(),
        "policy": policy_of(found, rules_at(now_ms), words),
        "may_enter": reader.may_do(Deed.ENTER_ACTIVITIES),
        "may_write": reader.may_do(Deed.ENTER_MANUAL),
        "told": told_before(request, words),
    }
    return answer(request, "settlement/activities/activity.html", context)


@require_POST
@for_staff
def phase_begun(request: HttpRequest, reader: Reader, activity: str) -> HttpResponse:
    """Let an activity go on to a later phase: approve it, end it, archive it."""
    found, actor = reached_activity(reader, activity), reader.who_acts()
    wanted = request.POST.get("phase", "")
    if wanted not in [*Phase]:
        raise NotHere(CentreTrouble.NO_PAGE)
    phase = Phase(wanted)
    if phase is Phase.ARCHIVED and request.POST.get("sure") != "yes":
        return _asked_once_more(request, reader, found)
    try:
        begin_phase(found.pk, phase, Signed(actor, current_ms(), request.POST.get("reason", "").strip()))
    except RulesError as error:
        tell_trouble(request, error.trouble)
    else:
        tell_on_next_page(
            request, lambda words: [words.say("activity-phase_begun", phase=words.code("phase", phase))]
        )
    return redirect("activity", found.pk)


def _asked_once_more(request: HttpRequest, reader: Reader, found: Activity) -> HttpResponse:
    """What is still open in an activity that somebody wants to archive, which cannot be taken back."""
    words = words_for(request)
    stays, _ = still_checked_in(found, reader.reach, current_ms())
    context = frame(request, words) | {
        "activity": found,
        "reason": request.POST.get("reason", ""),
        "waiting": waiting_in(reader.reach, found).count(),
        "still_here": len(stays),
    }
    return answer(request, "settlement/activities/archive.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def apply(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Apply for an activity: it is entered as submitted, and begins once somebody lets it go on."""
    words, actor = words_for(request), reader.who_may(Deed.ENTER_ACTIVITIES)
    if request.method != "POST":
        return answer(request, _FORM, _form(request, reader, words))
    try:
        entered = _submit(request.POST, actor)
    except RulesError as error:
        context = _form(request, reader, words) | {"why": words.trouble(error.trouble)}
        return answer(request, _FORM, context, status=400)
    tell_on_next_page(request, lambda words: [words.say("activity-submitted")])
    return redirect("activity", entered.pk)


@require_safe
@for_staff
def sites(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The sites in reach, a page at a time."""
    words = words_for(request)
    text, after = request.GET.get("text", "")[:80], request.GET.get("after", "")[:80]
    found, more = list_sites(reader.reach, text=text, after=after)
    kept = {"text": text} if text else {}
    context = frame(request, words) | {
        "rows": found,
        "text": text,
        "first": f"?{urlencode(kept)}" if after else "",
        "next": f"?{urlencode({**kept, 'after': found[-1].code})}" if more else "",
        "may_enter": reader.may_do(Deed.ENTER_ACTIVITIES),
    }
    return answer(request, "settlement/activities/sites.html", context)


@require_safe
@for_staff
def site(request: HttpRequest, reader: Reader, site: str) -> HttpResponse:
    """One site: who runs it, its terminals, and the activities there that the reader reaches."""
    words, now_ms = words_for(request), current_ms()
    found = site_among(reader.reach.sites().select_related("organisation"), site)
    rows, more = list_activities(reader.reach, now_ms, site=found.pk)
    terminals = reader.reach.terminals().filter(site=found, revoked_ms=None)
    context = frame(request, words) | {
        "site": found,
        "rows": [_listed(one, words) for one in rows],
        "more": more,
        "terminals": [*terminals.order_by("pk").values_list("pk", flat=True)[:100]],
        "may_change": reader.may_do(Deed.ENTER_ACTIVITIES) and reader.reach.runs(found),
        "told": told_before(request, words),
    }
    return answer(request, "settlement/activities/site.html", context)


def reached_activity(reader: Reader, name: str) -> Activity:
    """The activity of that id, with who records it; raises NotHere where it is beyond reach."""
    return activity_among(reader.reach.activities().select_related("organisation"), name)


_FORM = "settlement/activities/apply.html"


def _listed(one: Any, words: Words) -> dict[str, Any]:  # noqa: ANN401 - an ActivityTold
    shift = ""
    if one.start_ms is not None and one.end_ms is not None:
        teller = Teller(words, one.zone)
        start, end = teller.moment(one.start_ms // 1000), teller.moment(one.end_ms // 1000)
        shift = f"{start:%Y-%m-%d %H:%M}–{end:%H:%M}"
    return {"one": one, "phase": words.code("phase", one.phase) if one.phase else "", "shift": shift}


def _submit(form: QueryDict, actor: Actor) -> Activity:
    """Enter what was applied for, as submitted now."""
    given = {name: storable(form.get(name, "").strip())[:most] for name, most in _LONGEST.items()}
    now_ms = current_ms()
    if given["id"] and not _ID.fullmatch(given["id"]):
        raise RulesError(DecisionTrouble.BAD_ACTIVITY_ID, activity=given["id"])
    if Activity.objects.filter(pk=given["id"]).exists():
        raise RulesError(DecisionTrouble.ID_TAKEN, activity=given["id"])
    zone = site_coded(given["site"]).zone
    shifts: tuple[Interval, ...] = ()
    if given["start"] or given["end"]:
        shifts = ((local_ms(given["start"], zone), local_ms(given["end"], zone)),)
    values = ActivityValues(
        id=given["id"],
        site=given["site"],
        title=given["title"],
        organisation=given["organisation"] or None,
        content=given["content"],
        recipients=given["recipients"],
        phases=((Phase.SUBMITTED, now_ms),),
        shifts=shifts,
    )
    return enter_activity(values, Signed(actor, now_ms))


def _form(request: HttpRequest, reader: Reader, words: Words) -> dict[str, Any]:
    organisations = reader.reach.organisations().order_by("path").values_list("path", "name")
    sites = reader.reach.sites().order_by("name", "code").values_list("code", "name")
    return frame(request, words) | {
        "given": {name: request.POST.get(name, "") for name in _LONGEST},
        "organisations": [*organisations[:_MOST_OFFERED]],
        "sites": [*sites[:_MOST_OFFERED]],
        "is_whole": reader.reach.is_whole,
    }
