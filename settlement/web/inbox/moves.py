"""Asking for a move to another organisation: the form above those that are under way."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from foundation.errors import RulesError
from settlement.accounts.authority import Deed
from settlement.look_up import organisation_at, row_number, storable
from settlement.models import Volunteer
from settlement.troubles import DecisionTrouble
from settlement.volunteers.transfers import request_transfer
from settlement.web.frame import current_ms
from settlement.web.next_page import tell_on_next_page, tell_trouble
from settlement.web.readers import Reader, for_staff

_MOST_OFFERED = 300


@require_POST
@for_staff
def requested(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Take down that somebody wants to move; what is refused is told with those under way."""
    by, form = reader.who_acts(), request.POST
    try:
        person = _reached(reader, form.get("volunteer", ""))
        origin, destination = (
            organisation_at(storable(form.get(name, ""))) for name in ("origin", "destination")
        )
        request_transfer(person, origin, destination, by=by, now_ms=current_ms())
    except RulesError as error:
        tell_trouble(request, error.trouble)
    else:
        tell_on_next_page(request, lambda words: [words.say("inbox-move_requested")])
    return redirect("inbox-waiting", "transfers")


def move_form(reader: Reader) -> dict[str, Any]:
    """What the form offers; nothing to who may not ask for a move."""
    if not reader.may_do(Deed.REQUEST_TRANSFER):
        return {}
    offered = reader.reach.organisations().order_by("path").values_list("path", "name")
    return {"move": True, "organisations": [*offered[:_MOST_OFFERED]]}


def _reached(reader: Reader, text: str) -> Volunteer:
    """The volunteer, of those in reach: what is beyond answers as what there is not."""
    number = row_number(text.strip())
    found = reader.reach.volunteers([number]).filter(number=number).first()
    if found is None:
        raise RulesError(DecisionTrouble.UNKNOWN_VOLUNTEER, volunteer=text[:20] or "–")
    return found
