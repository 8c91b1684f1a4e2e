"""The page that shows the address of an invitation, this one time."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from settlement.web.frame import answer, frame, words_for


def invitation_page(
    request: HttpRequest, number: int, login: str, name: str, secret: str, days: int
) -> HttpResponse:
    """Under which address an account's person sets the own password; it can't be shown again."""
    words = words_for(request)
    context = frame(request, words) | {
        "number": number,
        "login": login,
        "name": name,
        "address": request.build_absolute_uri(reverse("invitation", args=(secret,))),
        "until": words.say("accounts-invited_for", count=days),
        "languages": [],
    }
    return answer(request, "settlement/administration/invited.html", context)
