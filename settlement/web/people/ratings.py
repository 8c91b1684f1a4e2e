"""What was said of a volunteer's service, asking for more by link, and the leader's own word."""

from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import RulesError
from foundation.words import Words
from settlement.accounts.audit import Kind, Signed
from settlement.explain.sentences import Teller
from settlement.look_up import row_number, storable
from settlement.models import RatingLink, Volunteer
from settlement.recognition.rating_links import (
    BY_LINK,
    LinkState,
    ask_for_rating,
    links_about,
    ratings_about,
    served_in,
    state_of,
    withdraw_rating_link,
)
from settlement.recognition.ratings import RaterRole, rate
from settlement.rule_book import rules_at
from settlement.troubles import CentreTrouble, DecisionTrouble
from settlement.web.entitled import ToldIfRefused, tell
from settlement.web.frame import answer, centre_settings, current_ms, frame, words_for
from settlement.web.missing import NotHere
from settlement.web.next_page import told_before
from settlement.web.rating import EFFECTS
from settlement.web.reached import activity_among, volunteer_among
from settlement.web.readers import Reader, for_staff, note_look

_MOST_OFFERED = 100


@require_safe
@for_staff
def ratings(request: HttpRequest, reader: Reader, number: int) -> HttpResponse:
    """Ratings in reach, links that were made, and the forms that ask for more."""
    reader.who_acts()
    person, words, now_ms = _person(reader, number), words_for(request), current_ms()
    note_look(request, reader, Kind.VOLUNTEER, str(number))
    teller = Teller(words, rules_at(now_ms).settlement_tz)
    served = served_in(person, reader.reach).values_list("pk", "title")
    context = frame(request, words) | {
        "person": person,
        "activities": [*served[:_MOST_OFFERED]],
        "roles": [(role.value, words.code("rating_role", role)) for role in BY_LINK],
        "effects": [(effect, words.code("rating_effect", str(effect))) for effect in EFFECTS],
        "links": [_link_told(row, now_ms, teller) for row in links_about(person, reader.reach)],
        "ratings": [
            {
                "row": row,
                "role": words.code("rating_role", row.role),
                "effect": f"{row.effect_pm / 1000:.2f}",
                "at": teller.when(row.at_ms),
            }
            for row in ratings_about(person, reader.reach)
        ],
        "days": words.say("ratings-days", count=centre_settings().ratings.link_days),
        "told": told_before(request, words),
    }
    return answer(request, "settlement/people/ratings.html", context)


@require_POST
@for_staff
def asked(request: HttpRequest, reader: Reader, number: int) -> HttpResponse:
    """Make a link and show it this one time, with its QR code for paper."""
    by, person, form = reader.who_acts(), _person(reader, number), request.POST
    found = activity_among(reader.reach.activities(), form.get("activity", ""))
    words, days = words_for(request), centre_settings().ratings.link_days
    with ToldIfRefused(request):
        role = _role(form.get("role", ""))
        signed = Signed(by, current_ms(), form.get("reason", "").strip())
        rater = _rater(reader, form.get("rater", "")) if role is RaterRole.PEER else None
        _, secret = ask_for_rating(person, found, role, days, signed, rater)
        address = request.build_absolute_uri(reverse("rating", args=(secret,)))
        context = frame(request, words) | {
            "person": person,
            "activity": found,
            "role": words.code("rating_role", role),
            "address": address,
            "drawing": segno.make_qr(address, error="m").svg_inline(border=4, omitsize=True, light="white"),
            "days": words.say("ratings-days", count=days),
            "languages": [],
        }
        return answer(request, "settlement/people/rating_link.html", context)
    return redirect("volunteer-ratings", number)


@require_POST
@for_staff
def withdrawn(request: HttpRequest, reader: Reader, number: int, link: int) -> HttpResponse:
    """Let a link be good no more."""
    by = reader.who_acts()
    row = reader.reach.rating_links().filter(pk=link, volunteer=_person(reader, number)).first()
    if row is None:
        raise NotHere(CentreTrouble.NO_PAGE)
    with ToldIfRefused(request):
        withdraw_rating_link(row.pk, Signed(by, current_ms()))
        tell(request, "ratings-withdrawn")
    return redirect("volunteer-ratings", number)


@require_POST
@for_staff
def given(request: HttpRequest, reader: Reader, number: int) -> HttpResponse:
    """Take down what the reader says, as who led the activity."""
    by, person, form = reader.who_acts(), _person(reader, number), request.POST
    found = activity_among(reader.reach.activities(), form.get("activity", ""))
    with ToldIfRefused(request):
        effect, note = row_number(form.get("effect", "")), storable(form.get("note", ""))
        rate(person, found, RaterRole.LEADER, effect, by=by, now_ms=current_ms(), note=note)
        tell(request, "ratings-given")
    return redirect("volunteer-ratings", number)


def _person(reader: Reader, number: int) -> Volunteer:
    return volunteer_among(reader.reach.volunteers([number]).filter(erased_ms=None), number)


def _role(text: str) -> RaterRole:
    if text not in [*BY_LINK]:
        raise RulesError(DecisionTrouble.RATER_IS_ANOTHER)
    return RaterRole(text)


def _rater(reader: Reader, text: str) -> Volunteer:
    """The colleague; what is not there and what is not reached are told alike."""
    number = row_number(text.strip())
    found = reader.reach.volunteers([number]).filter(pk=number).first()
    if found is None:
        raise RulesError(DecisionTrouble.UNKNOWN_VOLUNTEER, volunteer=number or "–")
    return found


def _link_told(row: RatingLink, now_ms: int, teller: Teller) -> dict[str, Any]:
    words: Words = teller.words
    state = state_of(row, now_ms)
    return {
        "row": row,
        "role": words.code("rating_role", row.role),
        "asked": teller.when(row.asked_ms),
        "ends": teller.when(row.ends_ms),
        "state": words.code("rating_link", state),
        "is_open": state is LinkState.OPEN,
    }
