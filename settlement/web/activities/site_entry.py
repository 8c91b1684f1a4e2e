"""Entering a site and changing one: what would be another and what hangs on it, before it is done."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from foundation.errors import RulesError
from foundation.words import LANGUAGES, Words
from settlement.accounts.audit import Kind, Signed
from settlement.accounts.authority import Deed
from settlement.look_up import storable
from settlement.master_data.organisation_overview import hangs_on
from settlement.master_data.sites import check_zone, enter_site
from settlement.models import Site
from settlement.rule_book import rules_at
from settlement.signatures import reason_given
from settlement.web.entitled import ToldIfRefused, tell
from settlement.web.frame import answer, current_ms, frame, words_for
from settlement.web.organisations.views import history_of, holds_said, offered_of
from settlement.web.reached import organisation_among, site_among
from settlement.web.readers import Reader, for_staff

_FIELDS = ("name", "zone", "language", "organisation")


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def new(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Enter a site; what is refused is told at the form."""
    by, words = reader.who_may(Deed.ENTER_ACTIVITIES), words_for(request)
    if request.method != "POST":
        given = dict.fromkeys(_FIELDS, "") | {"zone": rules_at(current_ms()).settlement_tz}
        return answer(request, _NEW, _form(request, reader, words, given))
    given, code = _given(request.POST), storable(request.POST.get("code", "")).strip()[:200]
    try:
        _check_home(reader, given)
        signed = Signed(by, current_ms(), request.POST.get("reason", "").strip())
        site = _enter(code, signed, given, is_new=True)
    except RulesError as error:
        said = {"why": words.trouble(error.trouble), "code": code}
        return answer(request, _NEW, _form(request, reader, words, given) | said, 400)
    tell(request, "site-entered", site=site.name)
    return redirect("site", site.code)


@require_http_methods(["GET", "HEAD"])
@for_staff
def change(request: HttpRequest, reader: Reader, site: str) -> HttpResponse:
    """The form of a site that the own organisations run, and what was changed of it before."""
    found, words = _run(reader, site), words_for(request)
    reader.who_may(Deed.ENTER_ACTIVITIES)
    context = _form(request, reader, words, _values(found)) | {
        "site": found,
        "holds": holds_said(hangs_on(found, reader.reach), words),
        "history": [*history_of(reader.actor, Kind.SITE, found.code, words)],
    }
    return answer(request, "settlement/activities/site_change.html", context)


@require_POST
@for_staff
def previewed(request: HttpRequest, reader: Reader, site: str) -> HttpResponse:
    """What would be another, and what hangs on the site; nothing is written."""
    found, words, given = _run(reader, site), words_for(request), _given(request.POST)
    reader.who_may(Deed.ENTER_ACTIVITIES)
    _check_home(reader, given)
    with ToldIfRefused(request):
        check_zone(given["zone"])
        context = frame(request, words) | {
            "site": found,
            "changes": _changes(found, given, reader, words),
            "holds": holds_said(hangs_on(found, reader.reach), words),
            "moves_times": found.zone != given["zone"],
            "kept": [*given.items()],
            "reason": request.POST.get("reason", ""),
        }
        return answer(request, "settlement/activities/site_previewed.html", context)
    return redirect("site", found.code)


@require_POST
@for_staff
def done(request: HttpRequest, reader: Reader, site: str) -> HttpResponse:
    """Change the site, and tell so."""
    found, given = _run(reader, site), _given(request.POST)
    by = reader.who_may(Deed.ENTER_ACTIVITIES)
    _check_home(reader, given)
    with ToldIfRefused(request):
        signed = Signed(by, current_ms(), reason_given(request.POST.get("reason", "")))
        tell(request, "site-changed", site=_enter(found.code, signed, given).name)
    return redirect("site", found.code)


def _enter(code: str, signed: Signed, given: Mapping[str, str], *, is_new: bool = False) -> Site:
    return enter_site(
        code,
        signed,
        name=given["name"],
        zone=given["zone"],
        language=given["language"],
        organisation=given["organisation"],
        is_new=is_new,
    )


def _run(reader: Reader, code: str) -> Site:
    """The site that the own organisations run; an activity there is not enough to change it."""
    return site_among(reader.reach.run_sites().select_related("organisation"), code)


def _check_home(reader: Reader, given: Mapping[str, str]) -> None:
    """Raise NotHere for an organisation that is not reached: nobody learns which there are."""
    if given["organisation"]:
        organisation_among(reader.reach.organisations(), given["organisation"])


def _given(form: QueryDict) -> dict[str, str]:
    return {name: storable(form.get(name, "")).strip()[:200] for name in _FIELDS}


def _values(site: Site) -> dict[str, str]:
    home = site.organisation.path if site.organisation else ""
    return {"name": site.name, "zone": site.zone, "language": site.language, "organisation": home}


def _changes(
    site: Site, given: Mapping[str, str], reader: Reader, words: Words
) -> list[tuple[str, str, str]]:
    before = _values(site)
    names = dict(
        reader.reach.organisations()
        .filter(path__in=[before["organisation"], given["organisation"]])
        .values_list("path", "name")
    )
    changed = [field for field in _FIELDS if before[field] != given[field]]
    said = [
        [names.get(values[field], values[field]) or "–" for field in changed] for values in (before, given)
    ]
    return list(zip((words.code("entered", field) for field in changed), *said, strict=True))


def _form(request: HttpRequest, reader: Reader, words: Words, given: Mapping[str, str]) -> dict[str, Any]:
    return frame(request, words) | {
        "given": given,
        "spoken": [(code, Words(code).say("language-name")) for code in LANGUAGES],
        "offered": offered_of(reader.reach, given["organisation"]),
        "is_whole": reader.reach.is_whole,
    }


_NEW = "settlement/activities/site_new.html"
