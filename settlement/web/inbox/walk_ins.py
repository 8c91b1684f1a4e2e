"""Walk-ins: what the inbox tells of them, and the page where somebody says who one was."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from foundation.errors import RulesError
from foundation.words import Words
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Kind as Noted
from settlement.accounts.authority import Deed
from settlement.explain.sentences import Teller
from settlement.look_up import row_number, storable
from settlement.models import WalkIn
from settlement.troubles import CentreTrouble
from settlement.volunteers.walk_ins import (
    called_like,
    match_to,
    opened,
    refuse,
    register,
    waiting_walk_ins,
)
from settlement.web.frame import answer, current_ms, frame, words_for
from settlement.web.inbox.kind import Act, Kind
from settlement.web.missing import NotHere
from settlement.web.next_page import tell_on_next_page
from settlement.web.readers import Reader, for_staff, note_look


def _tell(row: Any, words: Words, now_ms: int) -> tuple[str, ...]:  # noqa: ANN401, ARG001 - as others
    terminal = row.chain.terminal
    at = Teller(words, terminal.site.zone).when(row.wall_ms) if row.wall_ms is not None else "–"
    return (words.say("inbox-walk_in_told", terminal=terminal.pk, site=terminal.site.name, at=at),)


WALK_INS = Kind(
    code="walk_ins",
    waiting=waiting_walk_ins,
    related=("chain__terminal__site",),
    tell=_tell,
    since_ms=lambda row: row.arrived_ms,
    acts={Act.REFUSE: lambda number, by, now_ms, said: refuse(number, by, now_ms, said.note)},
    deed=Deed.ENTER_PEOPLE,
    about=lambda row: (None, f"{row.chain.terminal.site.name} {row.pk}"),
    page="walk-in",
)
"""Names stand on the page of one alone, where each look is noted."""


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def walk_in(request: HttpRequest, reader: Reader, number: int) -> HttpResponse:
    """One that waits: who it is; sent as a form it is matched, registered or refused."""
    row = waiting_walk_ins(reader.reach).select_related("chain__terminal__site").filter(pk=number).first()
    if row is None:
        raise NotHere(CentreTrouble.NOTHING_WAITS_HERE, number=number)
    by = reader.who_may(Deed.ENTER_PEOPLE)
    words, why = words_for(request), ""
    if request.method == "POST":
        try:
            _decide(request, row, by)
        except RulesError as error:
            why = words.trouble(error.trouble)
        else:
            tell_on_next_page(request, lambda words: [words.say("inbox-done")])
            return redirect("inbox-waiting", WALK_INS.code)
    note_look(request, reader, Noted.RECORD, f"walk-in/{number}")
    known, teller = opened(number, by), Teller(words, row.chain.terminal.site.zone)
    context = frame(request, words) | {
        "row": row,
        "person": known.person,
        "event": known.event,
        "at": teller.when(known.event.at_ms),
        "like": called_like(known.person, reader.reach),
        "form": request.POST,
        "why": why,
    }
    return answer(request, "settlement/inbox/walk_in.html", context)


def _decide(request: HttpRequest, row: WalkIn, by: Actor) -> None:
    form, now_ms = request.POST, current_ms()
    volunteer = row_number(form.get("volunteer", "").strip())
    match form.get("what"):
        case "match":
            match_to(row.pk, volunteer, by, now_ms)
        case "register":
            register(row.pk, volunteer, storable(form.get("name", "")), by, now_ms)
        case _:
            refuse(row.pk, by, now_ms, form.get("note", ""))
