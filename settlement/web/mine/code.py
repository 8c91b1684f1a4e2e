"""The code of a volunteer's telephone: it holds for a minute, and the page brings the next one in time."""

import segno
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from foundation.errors import RulesError, SettingsError
from settlement.accounts.actor import Actor
from settlement.badges.phone import LIFE_S, phone_code
from settlement.explain.sentences import Teller
from settlement.rule_book import rules_at
from settlement.web.frame import answer, current_ms, frame, words_for
from settlement.web.mine.reader import for_volunteer


@require_safe
@for_volunteer
def code(request: HttpRequest, by: Actor) -> HttpResponse:
    """A fresh code; the page comes again at half of its life."""
    words, now_ms = words_for(request), current_ms()
    context = frame(request, words)
    try:
        found = phone_code(by, now_ms)
    except (RulesError, SettingsError) as error:
        why = words.trouble(error.trouble)
        return answer(request, "settlement/refused.html", context | {"why": why}, status=503)
    context |= {
        "drawing": drawing_of_phone(found.token),
        "until": Teller(words, rules_at(now_ms).settlement_tz).clock(found.until_s),
        "number": by.volunteer,
        "refresh_s": LIFE_S // 2,
    }
    return answer(request, "settlement/mine/code.html", context)


def drawing_of_phone(token: str) -> str:
    """The code as a drawing that stands in the page itself, as large as the telephone allows."""
    drawn = segno.make_qr(token, error="q", mode="alphanumeric", boost_error=False)
    drawing: str = drawn.svg_inline(border=4, omitsize=True, light="white")
    return drawing
