"""What volunteers do on their own pages, handed to the services; what came of it is told on the next page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Signed
from settlement.look_up import organisation_at, volunteer_numbered
from settlement.master_data.people import allow_naming
from settlement.recognition.certificate_requests import ask_for_certificate
from settlement.recognition.points import apply_for_gift
from settlement.records.disputes import raise_dispute
from settlement.troubles import CentreTrouble
from settlement.volunteers.own import own_line, own_number
from settlement.web.frame import current_ms
from settlement.web.mine.reader import for_volunteer
from settlement.web.mine.views import place_of
from settlement.web.missing import NotHere
from settlement.web.next_page import tell_on_next_page, tell_trouble


@require_POST
@for_volunteer
def objected(request: HttpRequest, by: Actor, activity: str, day: str) -> HttpResponse:
    """Object to one of the own lines."""
    place = place_of(activity, day)
    found = own_line(by, place)
    if found is None:
        raise NotHere(CentreTrouble.NO_LINE_HERE)
    person, about = volunteer_numbered(own_number(by)), found.entries[-1].activity
    text = request.POST.get("objection", "")
    _do(
        request,
        lambda now_ms: raise_dispute(person, about, place.local_date, text, by=by, now_ms=now_ms),
        "mine-objected",
    )
    return redirect("mine-line", activity, day)


@require_POST
@for_volunteer
def applied(request: HttpRequest, by: Actor) -> HttpResponse:
    """Apply for a gift."""
    person, gift = volunteer_numbered(own_number(by)), request.POST.get("gift", "").replace("\0", "")
    _do(request, lambda now_ms: apply_for_gift(person, gift, by, now_ms), "mine-applied")
    return redirect("mine-gifts")


@require_POST
@for_volunteer
def asked(request: HttpRequest, by: Actor) -> HttpResponse:
    """Ask an organisation for a certificate of what it recorded."""
    person, path = volunteer_numbered(own_number(by)), request.POST.get("organisation", "")
    _do(
        request,
        lambda now_ms: ask_for_certificate(person, organisation_at(path), by=by, now_ms=now_ms),
        "mine-asked",
    )
    return redirect("mine-certificates")


@require_POST
@for_volunteer
def naming(request: HttpRequest, by: Actor) -> HttpResponse:
    """Wish to be named in rankings and notices, or not."""
    wish = request.POST.get("named") == "yes"
    number = own_number(by)
    _do(request, lambda now_ms: allow_naming(number, Signed(by, now_ms), may_be_named=wish), "mine-noted")
    return redirect("mine")


def _do(request: HttpRequest, deed: Callable[[int], object], done: str) -> None:
    try:
        deed(current_ms())
    except RulesError as error:
        tell_trouble(request, error.trouble)
    else:
        tell_on_next_page(request, lambda words: [words.say(done)])
