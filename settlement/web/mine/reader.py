"""Whose own pages these are: whoever is logged in with an account that a volunteer's number belongs to."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

from settlement.accounts.actor import Actor
from settlement.web.frame import answer, frame, words_for
from settlement.web.readers import for_account

Given = ParamSpec("Given")


def for_volunteer(
    page: Callable[Concatenate[HttpRequest, Actor, Given], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Given], HttpResponse]:
    """A page about the own number; an account without one is told so."""

    @for_account
    @wraps(page)
    def shown(request: HttpRequest, by: Actor, /, *args: Given.args, **given: Given.kwargs) -> HttpResponse:
        if by.volunteer is None:
            words = words_for(request)
            return answer(request, "settlement/mine/nobody.html", frame(request, words), status=404)
        return page(request, by, *args, **given)

    return shown
