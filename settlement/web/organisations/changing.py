"""Entering an organisation, and changing one: shown before it is done, with the reason, one click each."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from foundation.errors import RulesError
from settlement.accounts.audit import Signed
from settlement.accounts.authority import Deed
from settlement.look_up import storable
from settlement.master_data.organisation_overview import contents_of
from settlement.master_data.organisations import add_below
from settlement.troubles import CentreTrouble
from settlement.web.entitled import ToldIfRefused, tell
from settlement.web.frame import answer, current_ms, frame, words_for
from settlement.web.missing import NotHere
from settlement.web.organisations.changes import DEEDS, Asked
from settlement.web.organisations.changes import Deed as Change
from settlement.web.organisations.views import holds_said, offered_of
from settlement.web.reached import organisation_among
from settlement.web.readers import Reader, for_staff

_FIELDS = ("name", "issuer", "in_charge", "under")


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def new(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Enter an organisation below one in reach; what is refused is told at the form."""
    by, words = reader.who_may(Deed.ENTER_ACTIVITIES), words_for(request)
    source = request.POST if request.method == "POST" else request.GET
    given = {name: storable(source.get(name, "")).strip()[:200] for name in _FIELDS}
    rows = reader.reach.organisations()
    context = frame(request, words) | {
        "given": given,
        "offered": offered_of(reader.reach, given["under"]),
        "is_whole": reader.reach.is_whole,
    }
    if request.method == "POST":
        try:
            under = organisation_among(rows, given["under"]) if given["under"] else None
            signed = Signed(by, current_ms(), request.POST.get("reason", "").strip())
            entered = add_below(under, given["name"], signed, given["issuer"], given["in_charge"])
        except RulesError as error:
            return answer(request, _FORM, context | {"why": words.trouble(error.trouble)}, 400)
        tell(request, "organisation-entered", organisation=entered.name)
        return redirect("organisation", entered.path)
    return answer(request, _FORM, context)


@require_POST
@for_staff
def previewed(request: HttpRequest, reader: Reader, path: str, what: str) -> HttpResponse:
    """What would be another, and what hangs on it; nothing is written."""
    deed, asked, words = _deed(what), _asked(request, reader, path), words_for(request)
    with ToldIfRefused(request):
        context = frame(request, words) | {
            "one": asked.one,
            "what": what,
            "title": words.code("organisation_act", what),
            "changes": deed.preview(asked, words),
            "holds": holds_said(contents_of(asked.one), words),
            "kept": [(name, asked.said(name)) for name in deed.fields],
            "reason": asked.said("reason"),
        }
        return answer(request, "settlement/organisations/previewed.html", context)
    return redirect("organisation", asked.one.path)


@require_POST
@for_staff
def done(request: HttpRequest, reader: Reader, path: str, what: str) -> HttpResponse:
    """Do it, and tell so."""
    deed, asked = _deed(what), _asked(request, reader, path)
    with ToldIfRefused(request):
        left = deed.do(asked)
        tell(request, f"organisation_done-{what}", organisation=(left or asked.one).name)
        return redirect("organisations") if left is None else redirect("organisation", left.path)
    return redirect("organisation", path)


def _deed(what: str) -> Change:
    if what not in DEEDS:
        raise NotHere(CentreTrouble.NO_PAGE)
    return DEEDS[what]


def _asked(request: HttpRequest, reader: Reader, path: str) -> Asked:
    found = organisation_among(reader.reach.organisations(), path)
    by = reader.who_may(Deed.ENTER_ACTIVITIES)
    form = {name: value[:500] for name, value in request.POST.items() if isinstance(value, str)}
    return Asked(found, form, by, reader.reach, current_ms())


_FORM = "settlement/organisations/new.html"
