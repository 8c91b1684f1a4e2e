"""The page on which somebody without an account rates service, by a link of their own, once."""

from allauth.core.internal.ratelimit import consume
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from foundation.errors import RulesError
from settlement.look_up import row_number, storable
from settlement.recognition.rating_links import rate_by_link, rating_asked
from settlement.recognition.ratings import RaterRole
from settlement.rules.troubles import RulesTrouble
from settlement.troubles import DecisionTrouble
from settlement.web.frame import answer, current_ms, frame, words_for

THROTTLED = "rating"
"""The name of the limit in the settings of django-allauth."""
EFFECTS = (1500, 1200, 1000, 800, 500)
"""What may be chosen, in thousandths; `rating_effect-…` in the catalogs."""
_GONE = {DecisionTrouble.RATING_LINK_WITHDRAWN: 410, DecisionTrouble.RATING_LINK_OVER: 404}
_PAGE = "settlement/rating.html"


@require_http_methods(["GET", "HEAD", "POST"])
def rating(request: HttpRequest, secret: str) -> HttpResponse:
    """What is asked, and taking the answer down; who tries many from one address is told to wait."""
    words, now_ms, form = words_for(request), current_ms(), request.POST
    context = frame(request, words)
    if request.method == "POST":
        context["languages"] = []
    if not consume(request, app="allauth.account", action=THROTTLED, limit_get=True):
        return answer(request, _PAGE, context | {"too_many": True}, 429)
    try:
        asked = rating_asked(secret, now_ms)
    except RulesError as error:
        said = {"why": words.trouble(error.trouble)}
        return answer(request, _PAGE, context | said, _GONE.get(error.code, 404))  # type: ignore[call-overload]
    context |= {
        "asked": asked,
        "of": words.code("rating_of", asked.role),
        "is_recipient": asked.role is RaterRole.RECIPIENT,
        "effects": [(effect, words.code("rating_effect", str(effect))) for effect in EFFECTS],
        "given": {name: form.get(name, "")[:300] for name in ("effect", "name", "note")},
    }
    if request.method != "POST":
        return answer(request, _PAGE, context)
    effect, name, note = (storable(form.get(field, "")) for field in ("effect", "name", "note"))
    try:
        rate_by_link(secret, _chosen(effect), name, note, now_ms)
    except RulesError as error:
        return answer(request, _PAGE, context | {"why": words.trouble(error.trouble)}, 400)
    return answer(request, _PAGE, context | {"thanks": True})


def _chosen(text: str) -> int:
    effect = row_number(text)
    if effect not in EFFECTS:
        raise RulesError(RulesTrouble.WEIGHT_OUT_OF_RANGE, duty=1000, effect=text[:8] or "–")
    return effect
