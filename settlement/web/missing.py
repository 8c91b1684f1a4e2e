"""What is said of a page that there is none of, and of one that could not be made: in all three languages.

Whoever meets such a page may have chosen no language yet, or one that the failing page never learnt of.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from foundation.trouble import Trouble
from foundation.words import LANGUAGES, Words
from settlement.troubles import CentreTrouble
from settlement.web.logged_out import form_of, is_from_these_pages


class NotHere(Http404):
    """There is no such page, site, day or event."""

    def __init__(self, code: CentreTrouble, /, **arguments: object) -> None:
        self.trouble = Trouble.of(code, **arguments)
        super().__init__(self.trouble.code)

    @classmethod
    def of(cls, trouble: Trouble) -> "NotHere":
        """The same for a trouble that was found elsewhere."""
        found = cls(CentreTrouble.NO_PAGE)
        found.trouble = trouble
        return found


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of an address, site, day or event that does not exist."""
    why = exception.trouble if isinstance(exception, NotHere) else Trouble.of(CentreTrouble.NO_PAGE)
    return render(request, "refusal.html", _in_all_languages("not_here", why), status=404)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's name
    """The page instead of one that the account may not see."""
    if not request.user.is_authenticated:
        return logged_out(request)
    why = Trouble.of(CentreTrouble.PAGE_FOR_OTHERS)
    return render(request, "refusal.html", _in_all_languages("not_allowed", why), status=403)


def logged_out(request: HttpRequest) -> HttpResponse:
    """The page for a form of somebody who is not logged in any more; it keeps what they typed."""
    why = Trouble.of(CentreTrouble.LOGGED_OUT)
    context = _in_all_languages("not_taken", why) | {
        "asks_log_in": True,
        "fields": form_of(request),
        "address": request.get_full_path(),
    }
    return render(request, "refusal.html", context, status=403)


def not_from_here(request: HttpRequest, reason: str) -> HttpResponse:
    """The page instead of what a form asks for that these pages did not make for this browser, or no more."""
    typed_here = form_of(request) if is_from_these_pages(request, reason) else []
    if typed_here and not request.user.is_authenticated:
        return logged_out(request)
    why = Trouble.of(CentreTrouble.FORM_FROM_ELSEWHERE)
    context = _in_all_languages("not_taken", why) | {"fields": typed_here, "address": request.get_full_path()}
    return render(request, "refusal.html", context, status=403)


def failed(request: HttpRequest) -> HttpResponse:
    """The page instead of one that could not be made."""
    why = Trouble.of(CentreTrouble.PAGE_FAILED)
    return render(request, "500.html", _in_all_languages("out_of_order", why), status=500)


def _in_all_languages(title: str, why: Trouble) -> dict[str, object]:
    spoken = [Words(language, on_pages=True) for language in LANGUAGES]
    return {
        "titles": [{"words": words, "text": words.say(f"page-{title}")} for words in spoken],
        "sentences": [{"words": words, "text": words.trouble(why)} for words in spoken],
        "log_ins": [{"words": words, "text": words.say("page-log_in")} for words in spoken],
        "agains": [{"words": words, "text": words.say("page-send_again")} for words in spoken],
        "boards": [{"words": words, "text": words.say("page-board")} for words in spoken],
    }
